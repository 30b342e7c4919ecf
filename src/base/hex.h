/*
 * hex.h
 *		Lower-case hexadecimal.
 */
#ifndef GAUTH_BASE_HEX_H
#define GAUTH_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

extern void gauth_hex_encode(GauthSpan bytes, char *text);
extern GauthStatus gauth_hex_decode(GauthSpan text, uint8_t *bytes,
									GauthError *err);

#endif							/* GAUTH_BASE_HEX_H */
