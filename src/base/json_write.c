/*
 * json_write.c
 *		A JSON tree as text again (RFC 8259).
 *
 * Members keep their order and numbers their spelling.  This is not the
 * canonical form of RFC 8785: nothing that is signed or hashed is made here.
 */
#include "base/json_write.h"

static void
append_scalar(GauthText *text, const GauthJson *json)
{
	switch (json->type)
	{
		case GAUTH_JSON_STRING:
			gauth_text_append_json_string(text, json->text);
			break;
		case GAUTH_JSON_NUMBER:
			gauth_text_append(text, json->text);
			break;
		case GAUTH_JSON_TRUE:
			gauth_text_append(text, GAUTH_SPAN("true"));
			break;
		case GAUTH_JSON_FALSE:
			gauth_text_append(text, GAUTH_SPAN("false"));
			break;
		default:
			gauth_text_append(text, GAUTH_SPAN("null"));
			break;
	}
}

/*
 * gauth_text_append_json
 *		Append a value, without white space.
 *
 * Recurses as deep as the reader of the tree allowed.
 */
void
gauth_text_append_json(GauthText *text, const GauthJson *json)
{
	bool		is_object = json->type == GAUTH_JSON_OBJECT;
	const GauthJson *child;

	if (!is_object && json->type != GAUTH_JSON_ARRAY)
	{
		append_scalar(text, json);
		return;
	}
	gauth_text_append_char(text, is_object ? '{' : '[');
	for (child = json->first; child != NULL; child = child->next)
	{
		if (child != json->first)
			gauth_text_append_char(text, ',');
		if (is_object)
		{
			gauth_text_append_json_string(text, child->name);
			gauth_text_append_char(text, ':');
		}
		gauth_text_append_json(text, child);
	}
	gauth_text_append_char(text, is_object ? '}' : ']');
}

/*
 * gauth_text_append_member
 *		Append a member's name and colon, and the comma before it unless it is
 *		the first one of its object.
 */
void
gauth_text_append_member(GauthText *text, const char *name)
{
	if (text->len > 0 && text->data[text->len - 1] != '{')
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
}
