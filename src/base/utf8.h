/*
 * utf8.h
 *		UTF-8 as RFC 3629 defines it.
 */
#ifndef GAUTH_BASE_UTF8_H
#define GAUTH_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

extern size_t gauth_utf8_sequence(const char *data, size_t len);
extern size_t gauth_utf8_valid_prefix(GauthSpan text);
extern size_t gauth_utf8_encode(uint32_t code_point, char *out);
extern size_t gauth_utf8_decode(const char *data, size_t len,
								uint32_t *code_point);

#endif							/* GAUTH_BASE_UTF8_H */
