/*
 * mandate_document.c
 *		The document of a mandate: validated whole, hashed, stored.
 *
 * RFC 0118 section 10: schema, ceilings of the profile, consistency; what is
 * wrong is collected, none of it can be overridden, and a document with one
 * mistake is not stored.
 */
#include "entry/mandate_document.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/json_write.h"
#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "poa/ceiling.h"
#include "poa/checksum.h"
#include "poa/consistency.h"
#include "store/crypto.h"
#include "store/memory.h"
#include "store/setting.h"

/* as much as an enforcement request may have (RFC 0117 section 15.7) */
#define DOCUMENT_MAX	65536

typedef struct Hashes
{
	GauthChecksum scope;
	GauthChecksum tools;
	GauthChecksum platform;
} Hashes;

static const char *const stage_names[GAUTH_STAGE_COUNT] = {
	[GAUTH_STAGE_SCHEMA] = "schema_errors",
	[GAUTH_STAGE_CEILING] = "ceiling_violations",
	[GAUTH_STAGE_CONSISTENCY] = "consistency_errors",
};

static bool
is_good(const GauthMandateDocument *document)
{
	int			i;

	for (i = 0; i < GAUTH_STAGE_COUNT; i++)
	{
		if (document->problems[i].failed)
			gauth_raise_status(GAUTH_OUT_OF_MEMORY, "document");
		if (document->problems[i].count > 0)
			return false;
	}
	return true;
}

/* without a profile there is no ceiling to be below */
static void
check_ceiling(const GauthCredential *credential, GauthProblems *problems)
{
	GauthProfile profile = credential->powers.profile;

	if (credential->powers.profile_given)
		gauth_ceiling_check(gauth_ceiling_of(profile), credential, problems);
	else
		gauth_problem_add(problems, GAUTH_CODE_PROFILE,
						  GAUTH_SPAN("scope.governance_profile"),
						  "must be the name of a profile");
}

/*
 * The links of a chain that we made were checked one by one, each against the
 * mandate that it is of; the scope that is left may be narrower than some.
 */
static void
check_consistency(const GauthCredential *credential, bool delegated,
				  GauthProblems *problems)
{
	GauthCredential judged = *credential;
	GauthNames	modules = {0};

	if (delegated)
		judged.delegation_count = 0;
	modules.items = gauth_setting_strings_or_null("known_modules",
												  &modules.count);
	if (modules.items == NULL)
		gauth_raise_rule("INTERNAL_ERROR");
	modules.given = modules.count > 0;
	gauth_consistency_check(&judged, &modules, problems);
}

/*
 * gauth_mandate_document_read
 *		Reads and validates a document, whose text has to outlive it; false
 *		when something is wrong with it.  Only one that is "delegated" has a
 *		delegation chain: links are made here, and nowhere else.
 *
 * Raises 54000 for one that is too large, 22P02 for one that is not JSON.
 */
bool
gauth_mandate_document_read(GauthMandateDocument *document, GauthSpan text,
							bool delegated)
{
	GauthCredential *credential = &document->credential;
	GauthProblems *problems = document->problems;
	GauthError	err = {0};

	memset(document, 0, sizeof(*document));
	if (text.len > DOCUMENT_MAX)
		gauth_raise_status(GAUTH_LIMIT_EXCEEDED, "document");
	gauth_memory_arena(&document->arena, NULL, 0, CurrentMemoryContext);
	document->text = text;
	if (gauth_mandate_parse(&document->arena, text, GAUTH_CREDENTIAL_REQUESTED,
							credential, &problems[GAUTH_STAGE_SCHEMA],
							&err) != GAUTH_OK)
		gauth_raise(&err);
	gauth_problems_init(&problems[GAUTH_STAGE_CEILING], &document->arena);
	gauth_problems_init(&problems[GAUTH_STAGE_CONSISTENCY], &document->arena);
	check_ceiling(credential, &problems[GAUTH_STAGE_CEILING]);
	check_consistency(credential, delegated,
					  &problems[GAUTH_STAGE_CONSISTENCY]);
	if (credential->ttl_seconds > GAUTH_TTL_MAX)
		gauth_problem_add(&problems[GAUTH_STAGE_SCHEMA], GAUTH_CODE_SCHEMA,
						  GAUTH_SPAN("requirements.ttl_seconds"),
						  "must be at most a hundred years");
	if (!delegated && credential->delegation_count > 0)
		gauth_problem_add(&problems[GAUTH_STAGE_SCHEMA], GAUTH_CODE_SCHEMA,
						  GAUTH_SPAN("delegation_chain"),
						  "must be absent: delegating makes it");
	return is_good(document);
}

/* the codes of the consistency rules are told in the list only */
static const char *
rule_code(const GauthMandateDocument *document)
{
	const GauthProblem *first =
		document->problems[GAUTH_STAGE_CEILING].first;

	if (first != NULL && strcmp(first->code, GAUTH_CODE_PROFILE) == 0)
		return first->code;
	if (document->problems[GAUTH_STAGE_SCHEMA].first != NULL)
		return GAUTH_CODE_SCHEMA;
	if (first != NULL)
		return first->code;
	first = document->problems[GAUTH_STAGE_CONSISTENCY].first;
	if (first != NULL && strcmp(first->code, GAUTH_CODE_WIDENING) == 0)
		return first->code;
	return "CONSISTENCY_CHECK_FAILED";
}

static void
append_problems(GauthText *text, const char *name,
				const GauthProblems *problems)
{
	const GauthProblem *problem;

	gauth_text_append_member(text, name);
	gauth_text_append_char(text, '[');
	for (problem = problems->first; problem != NULL; problem = problem->next)
	{
		gauth_text_append(text, GAUTH_SPAN("{\"code\":"));
		gauth_text_append_json_string(text, gauth_span_of(problem->code));
		gauth_text_append(text, GAUTH_SPAN(",\"path\":"));
		gauth_text_append_json_string(text, problem->path);
		gauth_text_append(text, GAUTH_SPAN(",\"message\":"));
		gauth_text_append_json_string(text, gauth_span_of(problem->rule));
		gauth_text_append_char(text, '}');
		if (problem->next != NULL)
			gauth_text_append_char(text, ',');
	}
	gauth_text_append_char(text, ']');
}

/*
 * gauth_mandate_document_refusal
 *		All that is wrong with the document, as jsonb.
 */
Datum
gauth_mandate_document_refusal(const GauthMandateDocument *document)
{
	GauthArena	arena;
	GauthText	text;
	GauthSpan	result;
	int			i;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"accepted\":false,\"code\":"));
	gauth_text_append_json_string(&text, gauth_span_of(rule_code(document)));
	for (i = 0; i < GAUTH_STAGE_COUNT; i++)
		append_problems(&text, stage_names[i], &document->problems[i]);
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &result))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "document");
	return gauth_jsonb_from_text(result);
}

/*
 * gauth_mandate_document_raise
 *		The same as an error, which has room for one code.
 */
void
gauth_mandate_document_raise(const GauthMandateDocument *document)
{
	gauth_raise_rule(rule_code(document));
}

static void
compute(const GauthMandateDocument *document, Hashes *hashes)
{
	const GauthJson *scope = document->credential.powers.json;
	GauthArena	arena;
	GauthError	err = {0};
	GauthHasher hasher = {&arena, gauth_crypto(), &err};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_checksum_scope(&hasher, scope, GAUTH_CHECKSUM_RFC0116,
							 &hashes->scope) != GAUTH_OK ||
		gauth_checksum_tools(&hasher, scope, &hashes->tools) != GAUTH_OK ||
		gauth_checksum_platform(&hasher, scope,
								&hashes->platform) != GAUTH_OK)
		gauth_raise(&err);
}

static Datum
names_datum(const GauthNames *names)
{
	Datum	   *values = palloc((names->count + 1) * sizeof(Datum));
	uint32		i;

	for (i = 0; i < names->count; i++)
		values[i] = gauth_text_datum(names->items[i]);
	return PointerGetDatum(construct_array(values, (int) names->count, TEXTOID,
										   -1, false, TYPALIGN_INT));
}

/*
 * What the statements below have in common: $1 id, $2 document, $3 its hash,
 * $4 agent, $5 customer, $6 project, $7 issuer, $8 approvers, $9 profile,
 * $10 to $12 hashes, $13 budget, $14 seconds.
 */
static void
write_document(GauthWrite *write, GauthSpan id,
			   const GauthMandateDocument *document)
{
	const GauthCredential *credential = &document->credential;
	const char *profile = gauth_profile_name(credential->powers.profile);
	uint8		hash[GAUTH_SHA256_SIZE];
	Hashes		hashes;

	compute(document, &hashes);
	gauth_mandate_hash(document->text, hash);
	gauth_write_text(write, id);
	gauth_write_value(write, JSONOID, gauth_text_datum(document->text), false);
	gauth_write_bytes(write, gauth_span(hash, sizeof(hash)));
	gauth_write_text(write, credential->subject);
	gauth_write_text(write, credential->customer);
	gauth_write_text(write, credential->project);
	gauth_write_text(write, credential->issued_by);
	gauth_write_value(write, TEXTARRAYOID,
					  names_datum(&credential->approval_chain), false);
	gauth_write_text(write, gauth_span_of(profile));
	gauth_write_text(write, gauth_span_of(hashes.scope.text));
	gauth_write_text(write, gauth_span_of(hashes.tools.text));
	gauth_write_text(write, gauth_span_of(hashes.platform.text));
	gauth_write_value(write, INT8OID, Int64GetDatum(credential->budget_total),
					  false);
	gauth_write_value(write, INT8OID, Int64GetDatum(credential->ttl_seconds),
					  false);
}

/*
 * gauth_mandate_document_insert
 *		Stores a good document as a new mandate.
 */
void
gauth_mandate_document_insert(const GauthMandateChange *change,
							  const GauthMandateDocument *document,
							  const GauthMandateRow *row)
{
	const char *status = gauth_mandate_status_name(row->status);
	GauthWrite	write = {0};

	write_document(&write, row->id, document);
	gauth_write_text(&write, gauth_span_of(status));
	gauth_write_text(&write, row->parent);
	gauth_write_value(&write, INT4OID, Int32GetDatum(row->depth), false);
	gauth_mandate_write_time(&write, change->now);
	gauth_mandate_write_time(&write, row->activated_at);
	gauth_mandate_write_time(&write, row->expires_at);
	gauth_mandate_write_unique(&write,
							   "INSERT INTO gauth.mandate (id, document,"
							   " document_hash, version, agent, customer,"
							   " project, issued_by, approvers, profile,"
							   " scope_checksum, tool_permissions_hash,"
							   " platform_permissions_hash, status, parent,"
							   " depth, budget_total, budget_remaining,"
							   " ttl_seconds, events, created_at,"
							   " activated_at, expires_at)"
							   " VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8,"
							   " $9, $10, $11, $12, $15, $16, $17, $13, $13,"
							   " $14, 0, $18, $19, $20)");
}

/*
 * gauth_mandate_document_replace
 *		Gives the locked mandate, a draft, another good document.
 */
void
gauth_mandate_document_replace(const GauthMandateChange *change,
							   const GauthMandateDocument *document)
{
	GauthWrite	write = {0};

	write_document(&write, change->mandate.id, document);
	(void) gauth_mandate_write(&write,
							   "UPDATE gauth.mandate SET document = $2,"
							   " document_hash = $3, version = version + 1,"
							   " agent = $4, customer = $5, project = $6,"
							   " issued_by = $7, approvers = $8, profile = $9,"
							   " scope_checksum = $10,"
							   " tool_permissions_hash = $11,"
							   " platform_permissions_hash = $12,"
							   " budget_total = $13, budget_remaining = $13,"
							   " ttl_seconds = $14 WHERE id = $1");
}
