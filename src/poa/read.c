/*
 * read.c
 *		The fields of a document, each with its place.
 *
 * A place is a chain of fields on the stack: it becomes text only when there
 * is something to complain about.
 */
#include "poa/read.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/instant.h"
#include "base/number.h"
#include "base/text.h"
#include "poa/path.h"
#include "poa/verb.h"

/* how much of a name that the document chose is repeated in a place */
#define PLACE_NAME_MAX	128

/*
 * gauth_field_root
 *		The document itself; "name" begins every place and may be empty.
 */
GauthField
gauth_field_root(GauthSpan name, const GauthJson *json)
{
	GauthField	field = {NULL, name, -1, json};

	return field;
}

/*
 * gauth_field_get
 *		The member "name", which may be absent; "object" must outlive it.
 */
GauthField
gauth_field_get(const GauthField *object, const char *name)
{
	GauthField	field = {object, gauth_span_of(name), -1, NULL};

	field.json = gauth_json_get(object->json, name);
	return field;
}

/*
 * gauth_field_alias
 *		The member "name", or where there is none the one called "alias".
 */
GauthField
gauth_field_alias(const GauthField *object, const char *name,
				  const char *alias)
{
	GauthField	field = gauth_field_get(object, name);

	return field.json != NULL ? field : gauth_field_get(object, alias);
}

/*
 * gauth_field_element
 *		An element of an array.
 */
GauthField
gauth_field_element(const GauthField *array, const GauthJson *element,
					int64_t index)
{
	GauthField	field = {array, {NULL, 0}, index, element};

	return field;
}

/*
 * gauth_field_member
 *		A member whose name the document chose.
 */
GauthField
gauth_field_member(const GauthField *object, const GauthJson *member)
{
	GauthField	field = {object, member->name, -1, member};

	return field;
}

static bool
is_plain_name(GauthSpan name)
{
	size_t		i;

	for (i = 0; i < name.len; i++)
	{
		char		c = name.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return name.len > 0 && name.len <= PLACE_NAME_MAX;
}

/* the name, cut between two characters where it is long */
static GauthSpan
cut_name(GauthSpan name)
{
	size_t		len = name.len;

	if (len > PLACE_NAME_MAX)
	{
		len = PLACE_NAME_MAX;
		while (len > 0 && ((unsigned char) name.data[len] & 0xc0) == 0x80)
			len--;
	}
	return gauth_span_slice(name, 0, len);
}

static void
append_step(GauthText *text, const GauthField *field)
{
	if (field->index >= 0)
	{
		gauth_text_append_char(text, '[');
		gauth_text_append_int64(text, field->index);
		gauth_text_append_char(text, ']');
		return;
	}
	if (field->parent == NULL)
	{
		gauth_text_append(text, field->name);
		return;
	}
	if (!is_plain_name(field->name))
	{
		gauth_text_append_char(text, '[');
		gauth_text_append_json_string(text, cut_name(field->name));
		gauth_text_append_char(text, ']');
		return;
	}
	if (text->len > 0)
		gauth_text_append_char(text, '.');
	gauth_text_append(text, field->name);
}

/* documents are as deep as their schema: this recurses a handful of times */
static void
append_place(GauthText *text, const GauthField *field)
{
	if (field->parent != NULL)
		append_place(text, field->parent);
	append_step(text, field);
}

/*
 * gauth_read_problem
 *		Note a problem with this field.
 */
void
gauth_read_problem(GauthReader *reader, const GauthField *field,
				   const char *code, const char *rule)
{
	GauthText	text;
	GauthSpan	place;

	if (reader->problems->count >= GAUTH_PROBLEMS_MAX)
		return;
	gauth_text_init(&text, reader->arena);
	append_place(&text, field);
	if (!gauth_text_finish(&text, &place))
	{
		reader->problems->failed = true;
		return;
	}
	gauth_problem_add(reader->problems, code, place, rule);
}

static void
complain(GauthReader *reader, const GauthField *field, const char *rule)
{
	gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA, rule);
}

/* is a value of this type there?  complains if it has to be and is not */
static bool
expect(GauthReader *reader, const GauthField *field, GauthPresence presence,
	   GauthJsonType type, const char *rule)
{
	if (field->json == NULL)
	{
		if (presence == GAUTH_REQUIRED)
			complain(reader, field, "is missing");
		return false;
	}
	if (field->json->type == type)
		return true;
	complain(reader, field, rule);
	return false;
}

/*
 * gauth_read_object
 *		Is an object there?
 */
bool
gauth_read_object(GauthReader *reader, const GauthField *field,
				  GauthPresence presence)
{
	return expect(reader, field, presence, GAUTH_JSON_OBJECT,
				  "must be an object");
}

/*
 * gauth_read_array
 *		Is an array of at most GAUTH_LIST_MAX elements there?
 */
bool
gauth_read_array(GauthReader *reader, const GauthField *field,
				 GauthPresence presence)
{
	if (!expect(reader, field, presence, GAUTH_JSON_ARRAY,
				"must be an array"))
		return false;
	if (field->json->count <= GAUTH_LIST_MAX)
		return true;
	complain(reader, field, "has too many elements");
	return false;
}

static bool
has_control(GauthSpan text, bool lines)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		if (lines && (c == '\n' || c == '\r' || c == '\t'))
			continue;
		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

static bool
is_blank(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (strchr(" \t\r\n", text.data[i]) == NULL)
			return false;
	}
	return true;
}

/* the content of a string, empty where it is not as it should be */
static GauthSpan
read_string(GauthReader *reader, const GauthField *field, bool prose)
{
	GauthSpan	text = field->json->text;

	if (is_blank(text))
		complain(reader, field, "must not be empty");
	else if (text.len > (prose ? GAUTH_PROSE_MAX : GAUTH_TEXT_MAX))
		complain(reader, field, "is too long");
	else if (has_control(text, prose))
		complain(reader, field, "must not contain control characters");
	else
		return text;
	return gauth_span(NULL, 0);
}

/*
 * gauth_read_text
 *		A string of one line, neither blank nor longer than GAUTH_TEXT_MAX.
 */
GauthSpan
gauth_read_text(GauthReader *reader, const GauthField *field,
				GauthPresence presence)
{
	if (!expect(reader, field, presence, GAUTH_JSON_STRING,
				"must be a string"))
		return gauth_span(NULL, 0);
	return read_string(reader, field, false);
}

/*
 * gauth_read_prose
 *		The same with lines, up to GAUTH_PROSE_MAX.
 */
GauthSpan
gauth_read_prose(GauthReader *reader, const GauthField *field,
				 GauthPresence presence)
{
	if (!expect(reader, field, presence, GAUTH_JSON_STRING,
				"must be a string"))
		return gauth_span(NULL, 0);
	return read_string(reader, field, true);
}

/*
 * gauth_read_verb
 *		A verb, in its canonical spelling.
 */
GauthSpan
gauth_read_verb(GauthReader *reader, const GauthField *field,
				GauthPresence presence)
{
	GauthSpan	written = gauth_read_text(reader, field, presence);
	GauthSpan	verb = {NULL, 0};
	GauthStatus status;

	if (written.len == 0)
		return verb;
	status = gauth_verb_canonical(reader->arena, written, &verb);
	if (status == GAUTH_OUT_OF_MEMORY)
		reader->problems->failed = true;
	else if (status != GAUTH_OK)
		complain(reader, field, GAUTH_VERB_RULE);
	return verb;
}

/*
 * gauth_read_flag
 *		A boolean.
 */
GauthFlag
gauth_read_flag(GauthReader *reader, const GauthField *field,
				GauthPresence presence)
{
	if (field->json != NULL && field->json->type == GAUTH_JSON_TRUE)
		return GAUTH_FLAG_TRUE;
	if (expect(reader, field, presence, GAUTH_JSON_FALSE,
			   "must be true or false"))
		return GAUTH_FLAG_FALSE;
	return GAUTH_FLAG_ABSENT;
}

/*
 * gauth_read_integer
 *		An integer of at least "minimum", and of a size that a double holds.
 */
int64_t
gauth_read_integer(GauthReader *reader, const GauthField *field,
				   GauthPresence presence, int64_t minimum)
{
	int64_t		number;

	if (!expect(reader, field, presence, GAUTH_JSON_NUMBER,
				"must be an integer"))
		return GAUTH_ABSENT;
	if (!gauth_json_to_int64(field->json, &number))
		complain(reader, field, "must be an integer");
	else if (number < minimum)
		complain(reader, field, "is too small");
	else if (number > GAUTH_SAFE_INTEGER_MAX)
		complain(reader, field, "is too large");
	else
		return number;
	return GAUTH_ABSENT;
}

/*
 * gauth_read_instant
 *		A date-time of RFC 3339, in seconds; none before 1970.
 */
int64_t
gauth_read_instant(GauthReader *reader, const GauthField *field,
				   GauthPresence presence)
{
	int64_t		seconds;

	if (!expect(reader, field, presence, GAUTH_JSON_STRING,
				"must be a date and time"))
		return GAUTH_ABSENT;
	if (gauth_instant_read(field->json->text, &seconds) && seconds >= 0)
		return seconds;
	complain(reader, field,
			 "must be a date and time such as 2026-01-31T12:00:00Z");
	return GAUTH_ABSENT;
}

/*
 * gauth_read_word
 *		The index of a string among "words", which end with NULL; -1 where it
 *		is none of them.
 */
int
gauth_read_word(GauthReader *reader, const GauthField *field,
				GauthPresence presence, const char *const *words)
{
	int			i;

	if (!expect(reader, field, presence, GAUTH_JSON_STRING,
				"must be a string"))
		return -1;
	for (i = 0; words[i] != NULL; i++)
	{
		if (gauth_span_is(field->json->text, words[i]))
			return i;
	}
	complain(reader, field, "is none of the values that may stand here");
	return -1;
}

static GauthSpan
read_item(GauthReader *reader, const GauthField *field, GauthItemKind kind)
{
	GauthSpan	text;

	if (kind == GAUTH_ITEM_VERB)
		return gauth_read_verb(reader, field, GAUTH_REQUIRED);
	text = gauth_read_text(reader, field, GAUTH_REQUIRED);
	if (kind == GAUTH_ITEM_PATTERN && text.len > 0 &&
		!gauth_pattern_valid(text))
	{
		complain(reader, field, GAUTH_PATTERN_RULE);
		return gauth_span(NULL, 0);
	}
	return text;
}

/*
 * gauth_read_names
 *		A list of texts, which may be absent.
 */
GauthNames
gauth_read_names(GauthReader *reader, const GauthField *field,
				 GauthItemKind kind)
{
	GauthNames	names = {false, 0, NULL};
	const GauthJson *element;

	if (!gauth_read_array(reader, field, GAUTH_OPTIONAL))
		return names;
	names.given = true;
	names.items = gauth_arena_array(reader->arena, field->json->count,
									sizeof(GauthSpan));
	if (names.items == NULL)
	{
		reader->problems->failed = true;
		return names;
	}
	for (element = field->json->first; element != NULL;
		 element = element->next)
	{
		GauthField	item = gauth_field_element(field, element, names.count);

		names.items[names.count++] = read_item(reader, &item, kind);
	}
	return names;
}
