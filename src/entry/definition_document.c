/*
 * definition_document.c
 *		The text of a definition: validated whole, taken apart.
 */
#include "entry/definition_document.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/json_write.h"
#include "base/text.h"
#include "entry/actor.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "poa/definition.h"
#include "store/memory.h"

#define DEFINITION_MAX	65536	/* bytes */

/* what stands beside the parts of RFC 0115 */
static bool
take_own_member(GauthDefinitionText *text, const GauthJson *member)
{
	bool		is_text = member->type == GAUTH_JSON_STRING &&
		member->text.len > 0 &&
		member->text.len <= GAUTH_DOCUMENT_TEXT_MAX;

	if (gauth_span_is(member->name, "id"))
	{
		if (!is_text)
			gauth_raise_argument("id", "a text of 1 to 1024 bytes");
		text->id = member->text;
		return true;
	}
	if (gauth_span_is(member->name, "power"))
	{
		if (!is_text || !(gauth_span_is(member->text, "individual") ||
						  gauth_span_is(member->text, "general")))
			gauth_raise_argument("power", "individual or general");
		text->power = member->text;
		return true;
	}
	return false;
}

/* a copy of the object's list, without the two members */
static void
take_apart(GauthDefinitionText *text, const GauthJson *document)
{
	GauthJson **last = &text->parts.first;
	const GauthJson *member;

	text->parts.type = GAUTH_JSON_OBJECT;
	for (member = document->first; member != NULL; member = member->next)
	{
		GauthJson  *copy;

		if (take_own_member(text, member))
			continue;
		copy = palloc(sizeof(GauthJson));
		*copy = *member;
		copy->next = NULL;
		*last = copy;
		last = &copy->next;
		text->parts.count++;
	}
}

static void
write_parts(GauthDefinitionText *text)
{
	GauthText	written;

	gauth_text_init(&written, &text->arena);
	gauth_text_append_json(&written, &text->parts);
	if (!gauth_text_finish(&written, &text->text))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "definition");
}

static GauthJson *
parse(GauthArena *arena, GauthSpan source)
{
	GauthJson  *document;
	GauthError	err = {0};

	if (source.len > DEFINITION_MAX)
		gauth_raise_status(GAUTH_LIMIT_EXCEEDED, "definition");
	if (gauth_json_parse(arena, source, &gauth_json_document_limits,
						 &document, &err) != GAUTH_OK)
		gauth_raise(&err);
	return document;
}

/*
 * gauth_definition_text_read
 *		Reads and validates a definition, whose source has to outlive it; false
 *		when something is wrong with it.
 */
bool
gauth_definition_text_read(GauthDefinitionText *text, GauthSpan source)
{
	GauthJson  *document;

	memset(text, 0, sizeof(*text));
	gauth_memory_arena(&text->arena, NULL, 0, CurrentMemoryContext);
	gauth_problems_init(&text->problems, &text->arena);
	document = parse(&text->arena, source);
	if (document->type != GAUTH_JSON_OBJECT)
		gauth_raise_argument("definition", "a JSON object");
	text->power = GAUTH_SPAN("individual");
	take_apart(text, document);
	if (gauth_definition_check(&text->arena, &text->parts,
							   &text->problems) != GAUTH_OK ||
		text->problems.failed)
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "definition");
	if (text->problems.count > 0)
		return false;
	write_parts(text);
	text->principal = gauth_definition_principal(&text->parts);
	text->agent = gauth_definition_agent(&text->parts);
	return true;
}

/*
 * gauth_definition_text_refusal
 *		All that is wrong, as an answer.
 */
Datum
gauth_definition_text_refusal(const GauthDefinitionText *text)
{
	const GauthProblem *problem;
	GauthText	answer;
	GauthSpan	json;

	gauth_text_init(&answer, unconstify(GauthArena *, &text->arena));
	gauth_text_append(&answer,
					  GAUTH_SPAN("{\"accepted\":false,\"problems\":["));
	for (problem = text->problems.first; problem != NULL;
		 problem = problem->next)
	{
		if (problem != text->problems.first)
			gauth_text_append_char(&answer, ',');
		gauth_text_append(&answer, GAUTH_SPAN("{\"code\":"));
		gauth_text_append_json_string(&answer, gauth_span_of(problem->code));
		gauth_text_append(&answer, GAUTH_SPAN(",\"path\":"));
		gauth_text_append_json_string(&answer, problem->path);
		gauth_text_append(&answer, GAUTH_SPAN(",\"rule\":"));
		gauth_text_append_json_string(&answer, gauth_span_of(problem->rule));
		gauth_text_append_char(&answer, '}');
	}
	gauth_text_append(&answer, GAUTH_SPAN("]}"));
	if (!gauth_text_finish(&answer, &json))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "definition");
	return gauth_jsonb_from_text(json);
}

/*
 * gauth_definition_parse
 *		A stored definition, which was without a problem when it was stored.
 */
const GauthJson *
gauth_definition_parse(GauthArena *arena, GauthSpan document)
{
	return parse(arena, document);
}

/*
 * gauth_definition_may_put
 *		May the actor dispose of the principal's powers?  The principal itself,
 *		its client owners and authorizers in force may.
 */
bool
gauth_definition_may_put(GauthSpan principal)
{
	GauthRepresentative position;

	return gauth_actor_is(principal) ||
		gauth_actor_represents(principal, GAUTH_OWNER_AUTHORIZER,
							   &position) ||
		gauth_actor_represents(principal, GAUTH_CLIENT_OWNER, &position);
}

/*
 * gauth_definition_require
 *		The definition, for somebody who may change it.
 */
void
gauth_definition_require(GauthSpan id, GauthDefinitionRow *row)
{
	if (!gauth_definition_find(id, row))
		gauth_raise_unknown("definition");
	if (!gauth_definition_may_put(row->principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}
