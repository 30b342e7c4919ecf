/*
 * words.h
 *		The words of the enumerations of credential.h, in their order and with
 *		NULL behind the last.
 */
#ifndef GAUTH_POA_WORDS_H
#define GAUTH_POA_WORDS_H

#include "poa/credential.h"

extern const char *const gauth_profile_words[];
extern const char *const gauth_phase_words[];
extern const char *const gauth_approval_words[];
extern const char *const gauth_trust_words[];
extern const char *const gauth_shell_words[];
extern const char *const gauth_target_words[];

#endif							/* GAUTH_POA_WORDS_H */
