/*
 * sql_identity.c
 *		Setting the identity of a transaction, and reading it.
 *
 * The readers are what row-level security calls for every row: they keep what
 * they return for as long as the record is the same, and copy nothing.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/record.h"
#include "entry/report.h"
#include "store/identity.h"
#include "store/memory.h"
#include "store/revocation.h"
#include "token/scope.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authenticate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_subject);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_uid);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_issuer);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_token_id);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_claims);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_claim);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scopes);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_has_scope);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_is_authenticated);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_require);

/*
 * gauth.authenticate(token text, audience text) returns text
 */
Datum
gauth_sql_authenticate(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthIdentity identity;
	GauthSpan	audience = gauth_arg_span_or_null(fcinfo, 1);
	GauthJwt	jwt;
	GauthError	err = {0};
	GauthStatus status;

	if (PG_ARGISNULL(0))
	{
		gauth_record_refusal("authenticate", "TOKEN_MALFORMED", NULL);
		gauth_raise_status(GAUTH_TOKEN_MALFORMED, "token");
	}
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	status = gauth_token_verify(&arena, gauth_arg_span(fcinfo, 0),
								PG_ARGISNULL(1) ? NULL : &audience, &jwt,
								&issuer, &err);
	if (status == GAUTH_OK)
		status = gauth_identity_of(&arena, &jwt, issuer, &identity, &err);
	if (status == GAUTH_OK)
	{
		status = gauth_identity_set(&arena, &identity);
		(void) gauth_fail(&err, status, "claims");
	}
	if (status != GAUTH_OK)
	{
		gauth_record_refused_token("authenticate", &err, &jwt.claims);
		gauth_raise(&err);
	}

	if (!IsTransactionBlock())
		gauth_warn_identity_ends();
	PG_RETURN_DATUM(gauth_text_datum(identity.subject));
}

/* what a reader returned last, for this place in this plan */
typedef struct Answer
{
	MemoryContext memory;		/* of what is below */
	uint64		serial;			/* the record it was made from */
	GauthSpan	argument;		/* and the argument, where there is one */
	bool		is_null;
	Datum		value;
} Answer;

typedef bool (*MakeAnswer) (const GauthIdentity *identity, GauthSpan argument,
							Datum *value);

static Answer *
get_answer(FunctionCallInfo fcinfo)
{
	MemoryContext memory = fcinfo->flinfo->fn_mcxt;
	Answer	   *answer = fcinfo->flinfo->fn_extra;

	if (answer != NULL)
		return answer;
	answer = MemoryContextAllocZero(memory, sizeof(Answer));
	answer->memory = AllocSetContextCreate(memory, "gauth answer",
										   ALLOCSET_SMALL_SIZES);
	fcinfo->flinfo->fn_extra = answer;
	return answer;
}

/* no value becomes a null; an error on the way leaves no answer */
static void
make_answer(Answer *answer, const GauthIdentity *identity, GauthSpan argument,
			MakeAnswer make)
{
	MemoryContext caller = MemoryContextSwitchTo(answer->memory);

	answer->serial = 0;
	MemoryContextReset(answer->memory);
	answer->argument = gauth_memory_copy(answer->memory, argument);
	answer->is_null = !make(identity, answer->argument, &answer->value);
	answer->serial = gauth_identity_serial();
	MemoryContextSwitchTo(caller);
}

static Datum
read_identity(FunctionCallInfo fcinfo, GauthSpan argument, MakeAnswer make)
{
	const GauthIdentity *identity = gauth_identity_current();
	Answer	   *answer;

	if (identity == NULL)
		PG_RETURN_NULL();
	answer = get_answer(fcinfo);
	if (answer->serial != gauth_identity_serial() ||
		!gauth_span_equal(answer->argument, argument))
		make_answer(answer, identity, argument, make);
	fcinfo->isnull = answer->is_null;
	return answer->value;
}

static const GauthSpan no_argument = {"", 0};

static bool
make_text(GauthSpan text, Datum *value)
{
	*value = gauth_text_datum(text);
	return true;
}

static bool
make_subject(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	return make_text(identity->subject, value);
}

/*
 * gauth.subject() returns text
 */
Datum
gauth_sql_subject(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_subject);
}

/* eight, four, four, four and twelve hexadecimal digits: nothing else */
static bool
is_uuid(GauthSpan text)
{
	size_t		i;

	if (text.len != 36)
		return false;
	for (i = 0; i < text.len; i++)
	{
		bool		is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.data[i] != '-' :
			!isxdigit((unsigned char) text.data[i]))
			return false;
	}
	return true;
}

static bool
make_uid(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	char	   *text;

	if (!is_uuid(identity->subject))
		return false;
	text = pnstrdup(identity->subject.data, identity->subject.len);
	*value = DirectFunctionCall1(uuid_in, CStringGetDatum(text));
	return true;
}

/*
 * gauth.uid() returns uuid
 */
Datum
gauth_sql_uid(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_uid);
}

static bool
make_issuer(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	return make_text(identity->issuer, value);
}

/*
 * gauth.issuer() returns text
 */
Datum
gauth_sql_issuer(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_issuer);
}

static bool
make_token_id(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	return identity->token_id.len > 0 && make_text(identity->token_id, value);
}

/*
 * gauth.token_id() returns text
 */
Datum
gauth_sql_token_id(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_token_id);
}

/* they were read without complaint when the identity was set */
static const GauthJson *
parse_claims(const GauthIdentity *identity)
{
	GauthArena	arena;
	GauthJson  *json;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_json_parse(&arena, identity->claims, &gauth_json_token_limits,
						 &json, NULL) != GAUTH_OK)
		elog(ERROR, "claims of the identity are malformed");
	return json;
}

static bool
make_claims(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	*value = gauth_jsonb_from(parse_claims(identity));
	return true;
}

/*
 * gauth.claims() returns jsonb
 */
Datum
gauth_sql_claims(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_claims);
}

static bool
make_claim(const GauthIdentity *identity, GauthSpan name, Datum *value)
{
	const GauthJson *member = parse_claims(identity)->first;

	while (member != NULL && !gauth_span_equal(member->name, name))
		member = member->next;
	if (member == NULL || member->type == GAUTH_JSON_NULL)
		return false;
	*value = gauth_jsonb_as_text(member);
	return true;
}

/*
 * gauth.claim(name text) returns text
 */
Datum
gauth_sql_claim(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, gauth_arg_span(fcinfo, 0), make_claim);
}

static bool
make_scopes(const GauthIdentity *identity, GauthSpan argument, Datum *value)
{
	return make_text(identity->scope, value);
}

/*
 * gauth.scopes() returns gauth.scope
 */
Datum
gauth_sql_scopes(PG_FUNCTION_ARGS)
{
	return read_identity(fcinfo, no_argument, make_scopes);
}

/*
 * gauth.has_scope(token text) returns boolean
 */
Datum
gauth_sql_has_scope(PG_FUNCTION_ARGS)
{
	const GauthIdentity *identity = gauth_identity_current();

	PG_RETURN_BOOL(identity != NULL &&
				   gauth_scope_contains(identity->scope,
										gauth_arg_span(fcinfo, 0)));
}

/*
 * gauth.is_authenticated() returns boolean
 */
Datum
gauth_sql_is_authenticated(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_identity_current() != NULL);
}

/*
 * gauth.require() returns void
 */
Datum
gauth_sql_require(PG_FUNCTION_ARGS)
{
	if (gauth_identity_current() == NULL)
	{
		gauth_record_refusal("require", "NO_IDENTITY", NULL);
		gauth_raise_no_identity();
	}
	PG_RETURN_VOID();
}
