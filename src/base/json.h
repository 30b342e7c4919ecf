/*
 * json.h
 *		A strict JSON reader (RFC 8259), into a tree in an arena.
 *
 * What it does that a lenient reader does not: member names are unique at
 * every level, compared after their escapes are resolved; text is valid
 * UTF-8; lone surrogates, trailing bytes, comments, a byte order mark, NaN
 * and leading zeros are refused; depth and the number of nodes are limited.
 * It does not recurse, so no input can exhaust the stack.
 *
 * Numbers stay text: who reads one says which form it takes.
 */
#ifndef GAUTH_BASE_JSON_H
#define GAUTH_BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

typedef enum GauthJsonType
{
	GAUTH_JSON_NULL,
	GAUTH_JSON_FALSE,
	GAUTH_JSON_TRUE,
	GAUTH_JSON_NUMBER,
	GAUTH_JSON_STRING,
	GAUTH_JSON_ARRAY,
	GAUTH_JSON_OBJECT
} GauthJsonType;

typedef struct GauthJson GauthJson;

/*
 * One value.  Strings and names point into the input where they hold no
 * escape, so the input must outlive the tree.
 */
struct GauthJson
{
	GauthJsonType type;
	uint32_t	count;			/* of members or elements */
	GauthSpan	name;			/* of a member of an object; else empty */
	GauthSpan	text;			/* string content, or a number as written */
	GauthJson  *first;			/* first child */
	GauthJson  *next;			/* next sibling */
	size_t		offset;			/* where the value begins in the input */
};

typedef struct GauthJsonLimits
{
	uint32_t	depth;			/* nested arrays and objects */
	uint32_t	nodes;			/* values altogether */
	bool		zero_bytes;		/* may \u0000 appear in a string? */
} GauthJsonLimits;

extern const GauthJsonLimits gauth_json_token_limits;
extern const GauthJsonLimits gauth_json_document_limits;

extern GauthStatus gauth_json_parse(GauthArena *arena, GauthSpan text,
									const GauthJsonLimits *limits,
									GauthJson **root, GauthError *err);
extern const GauthJson *gauth_json_find(const GauthJson *object,
										GauthSpan name);
extern bool gauth_json_to_int64(const GauthJson *value, int64_t *number);

/* gauth_json_find; inline, so that the compiler measures a literal name */
static inline const GauthJson *
gauth_json_get(const GauthJson *object, const char *name)
{
	return gauth_json_find(object, gauth_span_of(name));
}

static inline bool
gauth_json_is_string(const GauthJson *value, const char *text)
{
	return value != NULL && value->type == GAUTH_JSON_STRING &&
		gauth_span_is(value->text, text);
}

#endif							/* GAUTH_BASE_JSON_H */
