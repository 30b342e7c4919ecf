/*
 * sql_transaction.c
 *		A transaction of an agent: verified, decided, paid, recorded, all in
 *		one transaction of the database (RFC 0111 section 6, steps g to i).
 *
 * Nothing that a request names is ever run.  What is done is the caller's own
 * SQL in the same transaction: when that fails, or is rolled back, the amount
 * is back in the budget and the record is gone; when this refuses, the caller
 * learns so before it acts.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "entry/actor.h"
#include "entry/args.h"
#include "entry/definition_document.h"
#include "entry/document.h"
#include "entry/flow.h"
#include "entry/jsonb.h"
#include "entry/mandate_budget.h"
#include "entry/record.h"
#include "entry/report.h"
#include "poa/verb.h"
#include "store/identity.h"
#include "store/memory.h"
#include "store/revocation.h"
#include "token/scope.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_process_transaction);

/* where a principal's program listens */
#define NOTIFICATION_CHANNEL	"gauth_principal"

static const GauthMember members[] = {
	GAUTH_MUST("transaction_id", TEXT),
	GAUTH_MUST("action", TEXT),
	GAUTH_MUST("resource", TEXT),
	GAUTH_MAY("resource_type", TEXT),
	GAUTH_MAY("scope_required", TEXTS),
	GAUTH_MAY("transaction_type", TEXT),
	GAUTH_MAY("decision_type", TEXT),
	GAUTH_MAY("sector", TEXT),
	GAUTH_MAY("region", TEXT),
	GAUTH_MAY("amount_cents", CENTS),
	GAUTH_MAY("partner", TEXT),
	GAUTH_MAY("tool", TEXT),
	GAUTH_MAY("resource_server", TEXT),
	GAUTH_MAY("session_id", TEXT),
	GAUTH_MAY("parameters", OBJECT),
	GAUTH_MEMBERS_END
};

typedef struct Transaction
{
	GauthArena	arena;
	const GauthJson *document;
	GauthSpan	id;
	GauthSpan	verb;
	GauthSpan	token;
	GauthIdentity bearer;
	int64		cents;
	GauthMandateChange change;	/* the mandate, locked */
} Transaction;

static void
begin_record(GauthRecorder *record, const char *kind, GauthSpan resource,
			 const Transaction *transaction)
{
	gauth_record_begin(record, kind, resource);
	record->note.action = transaction->verb;
	record->note.mandate = transaction->bearer.mandate;
	record->note.token_id = transaction->bearer.token_id;
	record->note.actor = gauth_actor_name();
	record->note.agent = transaction->bearer.issuer_subject;
}

static GauthSpan
resource_of(const Transaction *transaction)
{
	return gauth_document_text(transaction->document, "resource");
}

/* there is no transaction: an entry says so, which outlives the error */
static void
refuse(const Transaction *transaction, const char *code)
{
	GauthRecorder record;

	begin_record(&record, "transaction.process", resource_of(transaction),
				 transaction);
	record.note.verdict = GAUTH_VERDICT_DENY;
	record.note.rule = gauth_span_of(code);
	gauth_record_text(&record, "transaction_id", transaction->id);
	gauth_record_decision(&record);
	gauth_raise_rule(code);
}

/* who presents the token: no identity is set, the caller stays who it is */
static void
verify(Transaction *transaction)
{
	GauthIssuer *issuer;
	GauthJwt   *jwt = palloc0(sizeof(GauthJwt));
	GauthError	err = {0};
	GauthStatus status;

	status = gauth_token_verify(&transaction->arena, transaction->token, NULL,
								jwt, &issuer, &err);
	if (status == GAUTH_OK)
		status = gauth_identity_of(&transaction->arena, jwt, issuer,
								   &transaction->bearer, &err);
	if (status != GAUTH_OK)
	{
		gauth_record_refused_token("transaction.process", &err, &jwt->claims);
		gauth_raise(&err);
	}
	if (transaction->bearer.mandate.len == 0)
		refuse(transaction, "MANDATE_NOT_FOUND");
}

static void
read_transaction(Transaction *transaction)
{
	const GauthJson *document = transaction->document;
	const GauthJson *amount = gauth_json_get(document, "amount_cents");
	GauthSpan	verb = gauth_document_text(document, "action");

	transaction->id = gauth_document_text(document, "transaction_id");
	if (amount != NULL)
		(void) gauth_json_to_int64(amount, &transaction->cents);
	if (gauth_verb_canonical(&transaction->arena, verb,
							 &transaction->verb) != GAUTH_OK)
		gauth_raise_argument("action", "a verb");
}

/*
 * A token that was given for a grant says what it is good for; and whatever
 * the caller demands has to be there.
 */
static bool
scope_suffices(Transaction *transaction)
{
	const GauthJson *required = gauth_json_get(transaction->document,
											   "scope_required");
	const GauthJson *item;
	GauthSpan	scope = transaction->bearer.scope;

	if (scope.len > 0 && !gauth_scope_contains(scope, transaction->verb))
		return false;
	for (item = required == NULL ? NULL : required->first; item != NULL;
		 item = item->next)
	{
		GauthError	err = {0};
		GauthSpan	canonical;

		if (gauth_verb_canonical(&transaction->arena, item->text,
								 &canonical) != GAUTH_OK)
			canonical = item->text;
		if (gauth_scope_check_token(item->text, &err) != GAUTH_OK ||
			!(gauth_scope_contains(scope, item->text) ||
			  gauth_scope_contains(scope, canonical)))
			return false;
	}
	return true;
}

static Datum
refuse_scope(const Transaction *transaction)
{
	GauthWrite	values = {0};
	GauthRecorder record;
	Datum		answer;

	begin_record(&record, "decision", resource_of(transaction), transaction);
	record.note.verdict = GAUTH_VERDICT_DENY;
	record.note.rule = GAUTH_SPAN("INSUFFICIENT_SCOPE");
	gauth_record_decision(&record);
	gauth_write_text(&values, transaction->id);
	(void) gauth_read_value(&values, "SELECT jsonb_build_object("
							"'transaction_id', $1, 'processed', false,"
							" 'decision', 'DENY', 'violations',"
							" jsonb_build_array(jsonb_build_object("
							"'code', 'INSUFFICIENT_SCOPE')))", &answer);
	return answer;
}

static Datum
decide(Transaction *transaction, bool *permitted)
{
	GauthFlowAction action = {0};

	action.request_id = transaction->id;
	action.agent = transaction->bearer.issuer_subject;
	action.session = gauth_document_text(transaction->document, "session_id");
	action.verb = transaction->verb;
	action.document = transaction->document;
	action.token = transaction->token;
	return gauth_flow_decide(&transaction->arena, &action, permitted);
}

/* the same transaction again is nothing that can be done again */
static void
store(const Transaction *transaction)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, transaction->id);
	gauth_write_text(&write, transaction->bearer.mandate);
	gauth_write_text(&write, transaction->bearer.issuer_subject);
	gauth_write_text(&write, transaction->verb);
	gauth_write_text(&write, resource_of(transaction));
	gauth_write_text(&write, gauth_document_text(transaction->document,
												 "transaction_type"));
	gauth_write_value(&write, INT8OID, Int64GetDatum(transaction->cents),
					  false);
	gauth_write_text(&write, transaction->bearer.token_id);
	gauth_write_text(&write, gauth_document_text(transaction->document,
												 "partner"));
	if (gauth_write_run(&write,
						"INSERT INTO gauth.transaction_record (id, mandate,"
						" agent, verb, resource, transaction_type, cents,"
						" token_id, partner, processed_at) VALUES ($1, $2,"
						" $3, $4, $5, $6, $7, $8, $9, clock_timestamp())"
						" ON CONFLICT DO NOTHING") == 0)
		refuse(transaction, "DUPLICATE_TRANSACTION");
}

static void
pay(Transaction *transaction)
{
	GauthSpending spending = {0};

	if (transaction->cents == 0)
		return;
	spending.request_id = transaction->id;
	spending.cents = transaction->cents;
	switch (gauth_budget_spend(&transaction->change, &spending))
	{
		case GAUTH_SPENT:
			return;
		case GAUTH_SPENT_BEFORE:
			refuse(transaction, "DUPLICATE_TRANSACTION");
			break;
		case GAUTH_SPENT_TOO_MUCH:
			/* it was decided with the mandate locked: only a hold is in it */
			refuse(transaction, "BUDGET_EXCEEDED");
			break;
	}
}

static void
record_transaction(const Transaction *transaction)
{
	GauthRecorder record;

	begin_record(&record, "transaction.process", resource_of(transaction),
				 transaction);
	gauth_record_text(&record, "transaction_id", transaction->id);
	gauth_record_number(&record, "amount_cents", transaction->cents);
	gauth_record_end(&record);
}

/* does the definition want to be told of this at once? */
static bool
wants_to_know(const Transaction *transaction, const GauthJson *definition)
{
	const GauthJson *list =
		gauth_definition_list(definition, "requirements.special_conditions."
							  "immediate_notification");
	GauthSpan	type = gauth_document_text(transaction->document,
										   "transaction_type");

	return list != NULL &&
		(gauth_definition_allows(list, GAUTH_SPAN("*")) ||
		 gauth_definition_allows(list, transaction->verb) ||
		 (type.len > 0 && gauth_definition_allows(list, type)));
}

/*
 * RFC 0115 part C: an entry that stays, and a notification that says only
 * which transaction it is, because everybody can listen.  Both come with the
 * commit, or not at all.
 */
static void
inform_principal(Transaction *transaction)
{
	GauthSpan	id;
	GauthDefinitionRow row;
	GauthRecorder record;
	GauthSpan	payload;

	if (!gauth_definition_of(transaction->bearer.mandate, &id) ||
		!gauth_definition_find(id, &row) ||
		!wants_to_know(transaction,
					   gauth_definition_parse(&transaction->arena,
											  row.document)))
		return;
	begin_record(&record, "principal.inform", row.principal, transaction);
	gauth_record_text(&record, "mandate", transaction->bearer.mandate);
	gauth_record_text(&record, "transaction_id", transaction->id);
	gauth_record_end(&record);
	payload = record.note.payload;
	Async_Notify(NOTIFICATION_CHANNEL, pnstrdup(payload.data, payload.len));
}

static Datum
show(const Transaction *transaction, Datum decision, bool processed)
{
	int64		remaining = transaction->change.mandate.budget_remaining;
	GauthWrite	values = {0};
	Datum		answer;

	gauth_write_value(&values, JSONBOID, decision, false);
	gauth_write_text(&values, transaction->id);
	gauth_write_bool(&values, processed);
	gauth_write_value(&values, INT8OID, Int64GetDatum(remaining), false);
	(void) gauth_read_value(&values, "SELECT $1 || jsonb_build_object("
							"'transaction_id', $2, 'processed', $3,"
							" 'remaining_cents', $4)", &answer);
	return answer;
}

/*
 * gauth.process_transaction(transaction json, token text) returns jsonb
 *
 * The mandate is locked before it is looked at: two transactions that could
 * each be paid for, but not both, come one after the other.
 */
Datum
gauth_sql_process_transaction(PG_FUNCTION_ARGS)
{
	Transaction transaction = {0};
	Datum		decision;
	bool		permitted;

	gauth_memory_arena(&transaction.arena, NULL, 0, CurrentMemoryContext);
	transaction.document = gauth_document_read(&transaction.arena,
											   gauth_arg_span(fcinfo, 0),
											   "transaction", members);
	transaction.token = gauth_arg_span(fcinfo, 1);
	read_transaction(&transaction);
	verify(&transaction);
	if (!scope_suffices(&transaction))
		PG_RETURN_DATUM(refuse_scope(&transaction));

	gauth_mandate_actor(&transaction.change);
	gauth_mandate_lock(&transaction.change, transaction.bearer.mandate);
	decision = decide(&transaction, &permitted);
	if (!permitted)
		PG_RETURN_DATUM(show(&transaction, decision, false));
	store(&transaction);
	pay(&transaction);
	record_transaction(&transaction);
	inform_principal(&transaction);
	PG_RETURN_DATUM(show(&transaction, decision, true));
}
