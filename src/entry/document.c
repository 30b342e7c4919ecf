/*
 * document.c
 *		A JSON argument with a fixed set of members.
 *
 * A member that is not in the list is refused, so that a misspelt one does
 * not pass for one that was left out.
 */
#include "entry/document.h"

#include "entry/report.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "9" stands for a digit, everything else for itself */
static bool
has_form(GauthSpan text, const char *form)
{
	size_t		i;

	if (text.len < strlen(form))
		return false;
	for (i = 0; form[i] != '\0'; i++)
	{
		if (form[i] == '9' ? !is_digit(text.data[i]) : text.data[i] != form[i])
			return false;
	}
	return true;
}

/* the server reads the numbers; this keeps its other forms of a date out */
static bool
is_instant(GauthSpan text)
{
	size_t		at = sizeof("9999-99-99T99:99:99") - 1;

	if (!has_form(text, "9999-99-99T99:99:99"))
		return false;
	if (at < text.len && text.data[at] == '.')
	{
		at++;
		while (at < text.len && is_digit(text.data[at]))
			at++;
	}
	text = gauth_span_slice(text, at, text.len - at);
	if (gauth_span_is(text, "Z"))
		return true;
	return text.len == 6 && (has_form(text, "+99:99") ||
							 has_form(text, "-99:99"));
}

static bool
is_label(GauthSpan text, const char *const *labels)
{
	for (; *labels != NULL; labels++)
	{
		if (gauth_span_is(text, *labels))
			return true;
	}
	return false;
}

static bool
is_text(const GauthJson *value)
{
	return value->type == GAUTH_JSON_STRING && value->text.len > 0 &&
		value->text.len <= GAUTH_DOCUMENT_TEXT_MAX;
}

static bool
are_texts(const GauthJson *value)
{
	const GauthJson *item;

	if (value->type != GAUTH_JSON_ARRAY)
		return false;
	for (item = value->first; item != NULL; item = item->next)
	{
		if (!is_text(item))
			return false;
	}
	return true;
}

/* what the member has to be; NULL when it is that */
static const char *
broken_rule(const GauthMember *field, const GauthJson *value)
{
	int64_t		number;

	switch (field->type)
	{
		case GAUTH_MEMBER_TEXT:
			return is_text(value) ? NULL : "a text of 1 to 1024 bytes";
		case GAUTH_MEMBER_LABEL:
			return is_text(value) && is_label(value->text, field->labels) ?
				NULL : "one of the names that the specification lists";
		case GAUTH_MEMBER_INSTANT:
			return is_text(value) && is_instant(value->text) ?
				NULL : "an instant such as 2026-01-31T12:00:00Z";
		case GAUTH_MEMBER_BOOL:
			return value->type == GAUTH_JSON_TRUE ||
				value->type == GAUTH_JSON_FALSE ? NULL : "true or false";
		case GAUTH_MEMBER_CENTS:
			return value->type == GAUTH_JSON_NUMBER &&
				gauth_json_to_int64(value, &number) && number >= 0 ?
				NULL : "a whole number of cents, not negative";
		case GAUTH_MEMBER_OBJECT:
			return value->type == GAUTH_JSON_OBJECT ? NULL : "an object";
		case GAUTH_MEMBER_TEXTS:
			return are_texts(value) ? NULL : "an array of texts";
	}
	return "known";
}

static const GauthMember *
find_field(const GauthMember *fields, GauthSpan name)
{
	for (; fields->name != NULL; fields++)
	{
		if (gauth_span_is(name, fields->name))
			return fields;
	}
	return NULL;
}

/*
 * gauth_document_read
 *		The object that the text is, with these members and no others; raises
 *		22023 when it is not.
 */
const GauthJson *
gauth_document_read(GauthArena *arena, GauthSpan text, const char *argument,
					const GauthMember *fields)
{
	GauthJson  *document;
	const GauthJson *member;
	const GauthMember *field;
	GauthError	err = {0};

	if (gauth_json_parse(arena, text, &gauth_json_token_limits, &document,
						 &err) != GAUTH_OK)
		gauth_raise(&err);
	if (document->type != GAUTH_JSON_OBJECT)
		gauth_raise_argument(argument, "a JSON object");
	for (member = document->first; member != NULL; member = member->next)
	{
		const char *rule;

		field = find_field(fields, member->name);
		if (field == NULL)
			gauth_raise_member_unknown(argument, member->name);
		rule = broken_rule(field, member);
		if (rule != NULL)
			gauth_raise_argument(field->name, rule);
	}
	for (field = fields; field->name != NULL; field++)
	{
		if (field->required && gauth_json_get(document, field->name) == NULL)
			gauth_raise_argument(field->name, "given");
	}
	return document;
}

/*
 * gauth_document_text
 *		The content of a string member; an empty span without data when it is
 *		not there.
 */
GauthSpan
gauth_document_text(const GauthJson *document, const char *name)
{
	const GauthJson *member = gauth_json_get(document, name);

	if (member == NULL || member->type != GAUTH_JSON_STRING)
		return gauth_span(NULL, 0);
	return member->text;
}
