/*
 * path.h
 *		Paths of resources, and the patterns that allow and deny them (RFC
 *		0117 CHK-07).
 *
 * A path is seen from the root of what the mandate is about: "src/a",
 * "/src/a", "./src//a/" and "src/x/../a" are the same path.  One that leaves
 * the root, or that somebody else might read differently (a backslash, a
 * percent code, a control character), is refused.  Paths are bytes: there is
 * no folding of Unicode.
 *
 * Patterns are much like those of gitignore:
 *
 *	.env		no slash: any part of the path
 *	/.env		at the root only
 *	src/		the directory and all below it
 *	src/a		this path
 *	src/?[a-c]*	"*" and "?" stay within a part; "[!a-c]" is all but these
 *	src/ ** /b	(written without spaces) any number of parts, or none
 *
 * What a pattern that denies matches is denied with all below it, in upper
 * and lower case alike; a pattern that allows is taken at its word.
 */
#ifndef GAUTH_POA_PATH_H
#define GAUTH_POA_PATH_H

#include "base/status.h"
#include "poa/credential.h"

/* what a pattern has to be, for a problem */
#define GAUTH_PATTERN_RULE \
	"must be a pattern: a path without \"..\", backslash, braces, percent " \
	"code or leading \"!\", with at most 32 wildcards"

extern GauthStatus gauth_path_canonical(GauthArena *arena, GauthSpan written,
										GauthSpan *path);
extern bool gauth_path_characters_good(GauthSpan text);

extern bool gauth_pattern_valid(GauthSpan pattern);
extern bool gauth_pattern_allows(GauthSpan pattern, GauthSpan path);
extern bool gauth_pattern_denies(GauthSpan pattern, GauthSpan path);
extern bool gauth_pattern_covers(GauthSpan wide, GauthSpan narrow);

extern bool gauth_paths_allow(const GauthNames *patterns, GauthSpan path);
extern bool gauth_paths_deny(const GauthNames *patterns, GauthSpan path);

#endif							/* GAUTH_POA_PATH_H */
