/*
 * sql_policy.c
 *		Policies as text: evaluated, validated, formatted, turned into JSON
 *		and back.  Nothing here touches a table.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/text.h"
#include "entry/args.h"
#include "entry/decision_json.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "policy/authorize.h"
#include "policy/entity_json.h"
#include "policy/format.h"
#include "policy/parser.h"
#include "policy/policy_json.h"
#include "policy/validate.h"
#include "policy/validate_entity.h"
#include "policy/validate_request.h"
#include "store/memory.h"
#include "store/policy_store.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_evaluate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_validate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_format_policy);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_policy_to_json);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_policy_from_json);

static void
parse_policies(GauthArena *arena, GauthSpan source, GauthPolicyList *list)
{
	GauthError	err = {0};

	if (gauth_policy_parse(arena, source, &gauth_policy_default_limits, list,
						   &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
}

static const GauthSchema *
parse_schema(GauthArena *arena, GauthSpan source)
{
	const GauthSchema *schema;
	GauthError	err = {0};

	if (gauth_schema_read(arena, source, &gauth_schema_default_limits, &schema,
						  &err) != GAUTH_OK)
		gauth_raise_policy(&err, "schema");
	return schema;
}

/* the arguments of gauth.evaluate, by place */
enum
{
	EVALUATE_POLICIES, EVALUATE_SCHEMA, EVALUATE_ENTITIES, EVALUATE_REQUEST,
	EVALUATE_MODE
};

static GauthEntityStore *
read_entities(const GauthEntityReader *reader, GauthSpan json)
{
	GauthEntityStore *store;
	GauthStatus status;

	status = gauth_entity_store_create(reader->arena, reader->limits, &store,
									   reader->err);
	if (status == GAUTH_OK && json.data != NULL)
		status = gauth_entities_from_json(reader, json, store);
	if (status == GAUTH_OK && reader->schema != NULL)
		status = gauth_entity_store_add_actions(store, reader->schema,
												reader->arena, reader->err);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, reader->err);
	if (status != GAUTH_OK)
		gauth_raise_policy(reader->err, "entity");
	return store;
}

static void
read_request(const GauthEntityReader *reader, GauthSpan text,
			 GauthRequest *request)
{
	GauthJson  *json;
	GauthStatus status;

	status = gauth_json_parse(reader->arena, text, &gauth_json_document_limits,
							  &json, reader->err);
	if (status == GAUTH_OK)
		status = gauth_request_from_json(reader, json, request);
	if (status != GAUTH_OK)
		gauth_raise_policy(reader->err, "request");
}

/* what a strict store would have refused to store or to answer */
static void
check_strictly(const GauthEntityReader *reader, const GauthPolicyList *list,
			   const GauthEntityStore *entities, const GauthRequest *request)
{
	GauthDiagnosticList findings = {0};

	if (reader->schema == NULL)
		gauth_raise_argument("schema", "given in mode strict");
	if (gauth_validate_policies(reader->arena, reader->schema, list,
								&gauth_validate_strict, &findings,
								reader->err) != GAUTH_OK)
		gauth_raise_policy(reader->err, "policy");
	if (findings.error_count > 0)
		gauth_raise_findings(&findings);
	if (gauth_validate_entities(reader->schema, entities,
								reader->err) != GAUTH_OK)
		gauth_raise_policy(reader->err, "entity");
	if (gauth_validate_request(reader->schema, request,
							   reader->err) != GAUTH_OK)
		gauth_raise_policy(reader->err, "request");
}

static void
decide(const GauthEntityReader *reader, const GauthPolicyList *list,
	   GauthEntityStore *entities, const GauthRequest *request,
	   GauthDecisionInput *input, GauthDecision *decision)
{
	GauthEntityLoader loader = gauth_entity_store_loader(entities);

	input->loader = &loader;
	input->limits = reader->limits;
	if (gauth_policy_set_compile(reader->arena, list, reader->limits,
								 &input->set, reader->err) != GAUTH_OK ||
		gauth_policy_decide(reader->arena, input, request, decision,
							reader->err) != GAUTH_OK)
		gauth_raise_policy(reader->err, "policy");
}

static Datum
evaluation_datum(GauthArena *arena, const GauthPolicySet *set,
				 const GauthDecision *decision)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, decision->permit ?
					  GAUTH_SPAN("{\"decision\":\"allow\",\"reason\":") :
					  GAUTH_SPAN("{\"decision\":\"deny\",\"reason\":"));
	gauth_append_policy_ids(&text, set, decision);
	gauth_text_append(&text, GAUTH_SPAN(",\"errors\":"));
	gauth_append_failure_ids(&text, set, decision);
	gauth_text_append_char(&text, '}');
	return gauth_jsonb_from_text(gauth_finish_json(&text));
}

/*
 * gauth.evaluate(policies text, schema text, entities json, request json,
 *		mode text) returns jsonb
 */
Datum
gauth_sql_evaluate(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthError	err = {0};
	GauthEntityReader reader = {
		&arena, &gauth_policy_default_limits, NULL, &err
	};
	GauthDecisionInput input = {0};
	GauthPolicyList list;
	GauthEntityStore *entities;
	GauthRequest request;
	GauthDecision decision;
	GauthSpan	text;

	if (PG_ARGISNULL(EVALUATE_POLICIES) || PG_ARGISNULL(EVALUATE_REQUEST) ||
		PG_ARGISNULL(EVALUATE_MODE))
		PG_RETURN_NULL();
	if (!gauth_policy_mode_find(gauth_arg_span(fcinfo, EVALUATE_MODE),
								&input.mode))
		gauth_raise_argument("mode", "strict or cedar");

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (!PG_ARGISNULL(EVALUATE_SCHEMA))
		reader.schema = parse_schema(&arena,
									 gauth_arg_span(fcinfo, EVALUATE_SCHEMA));
	parse_policies(&arena, gauth_arg_span(fcinfo, EVALUATE_POLICIES), &list);
	text = gauth_arg_span_or_null(fcinfo, EVALUATE_ENTITIES);
	entities = read_entities(&reader, text);
	read_request(&reader, gauth_arg_span(fcinfo, EVALUATE_REQUEST), &request);
	if (input.mode == GAUTH_POLICY_STRICT)
		check_strictly(&reader, &list, entities, &request);
	decide(&reader, &list, entities, &request, &input, &decision);
	PG_RETURN_DATUM(evaluation_datum(&arena, input.set, &decision));
}

static void
put_finding(ReturnSetInfo *result, const GauthDiagnostic *finding)
{
	bool		is_error = finding->severity == GAUTH_SEVERITY_ERROR;
	Datum		values[5];
	bool		nulls[5] = {0};

	values[0] = gauth_text_datum(finding->policy);
	values[1] = CStringGetTextDatum(is_error ? "error" : "warning");
	values[2] = Int32GetDatum((int32) finding->line);
	values[3] = Int32GetDatum((int32) finding->column);
	values[4] = gauth_text_datum(finding->message);
	nulls[2] = nulls[3] = finding->line == 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static GauthValidateOptions
validate_options(GauthSpan mode)
{
	if (gauth_span_is(mode, "strict"))
		return gauth_validate_strict;
	if (!gauth_span_is(mode, "permissive"))
		gauth_raise_argument("mode", "strict or permissive");
	return gauth_validate_permissive;
}

/*
 * gauth.validate(policies text, schema text, mode text)
 *		returns setof (policy text, severity text, line integer,
 *		column integer, message text)
 */
Datum
gauth_sql_validate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	GauthValidateOptions options =
		validate_options(gauth_arg_span(fcinfo, 2));
	GauthArena	arena;
	GauthPolicyList list;
	const GauthSchema *schema;
	GauthDiagnosticList findings = {0};
	const GauthDiagnostic *finding;
	GauthError	err = {0};

	InitMaterializedSRF(fcinfo, 0);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	parse_policies(&arena, gauth_arg_span(fcinfo, 0), &list);
	options.source = gauth_arg_span(fcinfo, 0);
	schema = parse_schema(&arena, gauth_arg_span(fcinfo, 1));
	if (gauth_validate_policies(&arena, schema, &list, &options, &findings,
								&err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	for (finding = findings.first; finding != NULL; finding = finding->next)
		put_finding(result, finding);
	return (Datum) 0;
}

/*
 * gauth.format_policy(source text) returns text
 */
Datum
gauth_sql_format_policy(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthSpan	formatted;
	GauthError	err = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_policy_format_source(&arena, gauth_arg_span(fcinfo, 0),
								   &gauth_policy_default_limits, &formatted,
								   &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	PG_RETURN_DATUM(gauth_text_datum(formatted));
}

/*
 * gauth.policy_to_json(source text) returns json
 */
Datum
gauth_sql_policy_to_json(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthPolicyList list;
	GauthText	text;
	GauthError	err = {0};
	GauthStatus status;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	parse_policies(&arena, gauth_arg_span(fcinfo, 0), &list);
	gauth_text_init(&text, &arena);
	if (list.policy_count + list.template_count == 1)
		status = gauth_policy_to_json(&text, list.policies != NULL ?
									  list.policies : list.templates,
									  &gauth_policy_default_limits, &err);
	else
		status = gauth_policy_list_to_json(&text, &list,
										   &gauth_policy_default_limits, &err);
	if (status != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	PG_RETURN_DATUM(gauth_text_datum(gauth_finish_json(&text)));
}

static void
append_policies(GauthText *text, const GauthPolicy *policy)
{
	for (; policy != NULL; policy = policy->next)
	{
		if (text->len > 0)
			gauth_text_append_char(text, '\n');
		gauth_policy_format(text, policy);
	}
}

/*
 * gauth.policy_from_json(source json) returns text
 */
Datum
gauth_sql_policy_from_json(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthPolicyList list;
	GauthText	text;
	GauthError	err = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_policy_list_from_json(&arena, gauth_arg_span(fcinfo, 0),
									&gauth_policy_default_limits, &list,
									&err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	gauth_text_init(&text, &arena);
	append_policies(&text, list.templates);
	append_policies(&text, list.policies);
	PG_RETURN_DATUM(gauth_text_datum(gauth_finish_json(&text)));
}
