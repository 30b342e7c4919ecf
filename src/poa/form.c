/*
 * form.c
 *		Documents against the tables that describe them.
 *
 * Recurses as deep as the tables go.
 */
#include "poa/form.h"

#define OTHER	"other_"

static void
complain(GauthReader *reader, const GauthField *field, const char *rule)
{
	gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA, rule);
}

static bool
has_member(const GauthFormMember *form, GauthSpan name)
{
	for (; form->name != NULL; form++)
	{
		if (gauth_span_is(name, form->name))
			return true;
	}
	return false;
}

/*
 * gauth_form_read
 *		The members of an object, which is one.
 */
void
gauth_form_read(GauthReader *reader, const GauthField *object,
				const GauthFormMember *form)
{
	const GauthFormMember *member;
	const GauthJson *json;

	for (json = object->json->first; json != NULL; json = json->next)
	{
		GauthField	field = gauth_field_member(object, json);

		if (!has_member(form, json->name))
			complain(reader, &field, "is not a member of this form");
	}
	for (member = form; member->name != NULL; member++)
	{
		GauthField	field = gauth_field_get(object, member->name);

		if (field.json != NULL)
			member->read(reader, &field, member);
		else if (member->presence == GAUTH_REQUIRED)
			complain(reader, &field, "is missing");
	}
}

/*
 * gauth_form_object, gauth_form_objects
 *		An object, a list of objects, with the members of a form.
 */
void
gauth_form_object(GauthReader *reader, const GauthField *field,
				  const GauthFormMember *member)
{
	if (gauth_read_object(reader, field, GAUTH_REQUIRED))
		gauth_form_read(reader, field, member->form);
}

/*
 * gauth_form_elements
 *		The elements of an array.
 */
void
gauth_form_elements(GauthReader *reader, const GauthField *field,
					const GauthFormMember *member, GauthFormRead read)
{
	const GauthJson *element;
	int64_t		index = 0;

	if (!gauth_read_array(reader, field, GAUTH_REQUIRED))
		return;
	for (element = field->json->first; element != NULL;
		 element = element->next)
	{
		GauthField	item = gauth_field_element(field, element, index++);

		read(reader, &item, member);
	}
}

void
gauth_form_objects(GauthReader *reader, const GauthField *field,
				   const GauthFormMember *member)
{
	gauth_form_elements(reader, field, member, gauth_form_object);
}

/*
 * gauth_form_text, gauth_form_prose, gauth_form_flag, gauth_form_integer,
 * gauth_form_instant
 *		The plain members.
 */
void
gauth_form_text(GauthReader *reader, const GauthField *field,
				const GauthFormMember *member)
{
	(void) member;
	(void) gauth_read_text(reader, field, GAUTH_REQUIRED);
}

void
gauth_form_prose(GauthReader *reader, const GauthField *field,
				 const GauthFormMember *member)
{
	(void) member;
	(void) gauth_read_prose(reader, field, GAUTH_REQUIRED);
}

void
gauth_form_flag(GauthReader *reader, const GauthField *field,
				const GauthFormMember *member)
{
	(void) member;
	(void) gauth_read_flag(reader, field, GAUTH_REQUIRED);
}

void
gauth_form_integer(GauthReader *reader, const GauthField *field,
				   const GauthFormMember *member)
{
	(void) member;
	(void) gauth_read_integer(reader, field, GAUTH_REQUIRED, 0);
}

void
gauth_form_instant(GauthReader *reader, const GauthField *field,
				   const GauthFormMember *member)
{
	(void) member;
	(void) gauth_read_instant(reader, field, GAUTH_REQUIRED);
}

/*
 * gauth_form_evidence
 *		A reference to it, or whether there is any.
 */
void
gauth_form_evidence(GauthReader *reader, const GauthField *field,
					const GauthFormMember *member)
{
	if (field->json->type == GAUTH_JSON_STRING)
		gauth_form_prose(reader, field, member);
	else
		gauth_form_flag(reader, field, member);
}

/*
 * gauth_form_choice, gauth_form_choices
 *		One of the words; one of them, or a list of them.
 */
void
gauth_form_choice(GauthReader *reader, const GauthField *field,
				  const GauthFormMember *member)
{
	(void) gauth_read_word(reader, field, GAUTH_REQUIRED, member->words);
}

void
gauth_form_choices(GauthReader *reader, const GauthField *field,
				   const GauthFormMember *member)
{
	if (field->json->type == GAUTH_JSON_STRING)
		gauth_form_choice(reader, field, member);
	else
		gauth_form_elements(reader, field, member, gauth_form_choice);
}

/* a word alone cannot say what else is meant */
static void
read_word(GauthReader *reader, const GauthField *field,
		  const GauthFormMember *member)
{
	int			word = gauth_read_word(reader, field, GAUTH_REQUIRED,
									   member->words);

	if (word >= 0 &&
		strncmp(member->words[word], OTHER, sizeof(OTHER) - 1) == 0)
		complain(reader, field,
				 "must be specified: an object with type and specify");
}

static void
read_kind(GauthReader *reader, const GauthField *field,
		  const GauthFormMember *member)
{
	GauthFormMember members[] = {
		{"type", gauth_form_choice, NULL, member->words, GAUTH_REQUIRED},
		{"specify", gauth_form_prose, NULL, NULL, GAUTH_OPTIONAL},
		{NULL, NULL, NULL, NULL, GAUTH_OPTIONAL}
	};
	GauthField	type;

	if (field->json->type == GAUTH_JSON_STRING)
	{
		read_word(reader, field, member);
		return;
	}
	if (!gauth_read_object(reader, field, GAUTH_REQUIRED))
		return;
	type = gauth_field_get(field, "type");
	if (type.json != NULL && type.json->type == GAUTH_JSON_STRING &&
		gauth_span_starts_with(type.json->text, GAUTH_SPAN(OTHER)))
		members[1].presence = GAUTH_REQUIRED;
	gauth_form_read(reader, field, members);
}

/*
 * gauth_form_kinds
 *		A list of words, where a word that is no answer is specified.
 */
void
gauth_form_kinds(GauthReader *reader, const GauthField *field,
				 const GauthFormMember *member)
{
	gauth_form_elements(reader, field, member, read_kind);
}

static void
read_note(GauthReader *reader, const GauthField *field,
		  const GauthFormMember *member)
{
	static const GauthFormMember members[] = {
		{"type", gauth_form_text, NULL, NULL, GAUTH_REQUIRED},
		{"specify", gauth_form_prose, NULL, NULL, GAUTH_OPTIONAL},
		{"limit", gauth_form_integer, NULL, NULL, GAUTH_OPTIONAL},
		{NULL, NULL, NULL, NULL, GAUTH_OPTIONAL}
	};

	if (field->json->type == GAUTH_JSON_STRING)
		gauth_form_prose(reader, field, member);
	else if (gauth_read_object(reader, field, GAUTH_REQUIRED))
		gauth_form_read(reader, field, members);
}

/*
 * gauth_form_notes
 *		A list of texts, or of what such a text means in particular.
 */
void
gauth_form_notes(GauthReader *reader, const GauthField *field,
				 const GauthFormMember *member)
{
	gauth_form_elements(reader, field, member, read_note);
}
