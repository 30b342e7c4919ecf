/*
 * jcs.c
 *		The JSON Canonicalization Scheme of RFC 8785.
 *
 * The tree comes from the strict reader, so names are unique and text is
 * valid UTF-8 already, which the scheme demands (section 3.1).
 */
#include "base/jcs.h"

#include <stdlib.h>

#include "base/json_write.h"
#include "base/number.h"

/*
 * The order of UTF-16 code units (section 3.2.3), told from UTF-8.  It is the
 * order of bytes but for one thing: characters beyond U+FFFF are written with
 * surrogates, which lie before U+E000 to U+FFFF.  The first byte that differs
 * tells which these are, for it is then the first of its character.
 */
static int
compare_names(GauthSpan a, GauthSpan b)
{
	size_t		common = a.len < b.len ? a.len : b.len;
	size_t		i = 0;
	unsigned char x;
	unsigned char y;

	while (i < common && a.data[i] == b.data[i])
		i++;
	if (i == common)
		return (a.len > b.len) - (a.len < b.len);

	x = (unsigned char) a.data[i];
	y = (unsigned char) b.data[i];
	if ((x >= 0xf0 && (y == 0xee || y == 0xef)) ||
		(y >= 0xf0 && (x == 0xee || x == 0xef)))
		return x > y ? -1 : 1;
	return x > y ? 1 : -1;
}

static int
compare_members(const void *a, const void *b)
{
	return compare_names((*(const GauthJson *const *) a)->name,
						 (*(const GauthJson *const *) b)->name);
}

static GauthStatus
append_object(GauthText *text, const GauthJson *object, GauthError *err)
{
	const GauthJson **members = gauth_arena_array(text->arena, object->count,
												  sizeof(members[0]));
	const GauthJson *member;
	uint32_t	count = 0;
	uint32_t	i;

	if (members == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "JSON");
	for (member = object->first; member != NULL; member = member->next)
		members[count++] = member;
	qsort(members, count, sizeof(members[0]), compare_members);

	gauth_text_append_char(text, '{');
	for (i = 0; i < count; i++)
	{
		GauthStatus status;

		if (i > 0)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, members[i]->name);
		gauth_text_append_char(text, ':');
		status = gauth_jcs_append(text, members[i], err);
		if (status != GAUTH_OK)
			return status;
	}
	gauth_text_append_char(text, '}');
	return GAUTH_OK;
}

static GauthStatus
append_array(GauthText *text, const GauthJson *array, GauthError *err)
{
	const GauthJson *element;

	gauth_text_append_char(text, '[');
	for (element = array->first; element != NULL; element = element->next)
	{
		GauthStatus status;

		if (element != array->first)
			gauth_text_append_char(text, ',');
		status = gauth_jcs_append(text, element, err);
		if (status != GAUTH_OK)
			return status;
	}
	gauth_text_append_char(text, ']');
	return GAUTH_OK;
}

static GauthStatus
append_number(GauthText *text, const GauthJson *json, GauthError *err)
{
	char		digits[GAUTH_NUMBER_TEXT_MAX];
	double		number;

	if (!gauth_number_read(json->text, &number))
		return gauth_fail_at(err, GAUTH_INVALID_VALUE, json->offset,
							 "number too large for a double");
	gauth_text_append(text, gauth_span(digits,
									   gauth_number_write(number, digits)));
	return GAUTH_OK;
}

/*
 * gauth_jcs_append
 *		Append the canonical form of a value.
 *
 * Recurses as deep as the reader of the tree allowed.  Errors:
 * GAUTH_INVALID_VALUE for a number that no double holds, with its offset;
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_jcs_append(GauthText *text, const GauthJson *json, GauthError *err)
{
	if (json->type == GAUTH_JSON_OBJECT)
		return append_object(text, json, err);
	if (json->type == GAUTH_JSON_ARRAY)
		return append_array(text, json, err);
	if (json->type == GAUTH_JSON_NUMBER)
		return append_number(text, json, err);
	gauth_text_append_json(text, json);
	return GAUTH_OK;
}

/*
 * gauth_jcs_write
 *		The canonical form of a value, in the arena.
 */
GauthStatus
gauth_jcs_write(GauthArena *arena, const GauthJson *json, GauthSpan *result,
				GauthError *err)
{
	GauthText	text;
	GauthStatus status;

	gauth_text_init(&text, arena);
	status = gauth_jcs_append(&text, json, err);
	if (status != GAUTH_OK)
		return status;
	if (!gauth_text_finish(&text, result))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "JSON");
	return GAUTH_OK;
}
