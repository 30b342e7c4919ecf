/*
 * definition_facts.c
 *		What is known beside a definition when an action is decided.
 *
 * The document, its events, duties and attestations change seldom: they are
 * remembered until one of their tables changes, or until the instant comes at
 * which a duty is overdue or an attestation ends.  What the agent has spent
 * and with whom it has dealt is read anew, and only where a limit asks.
 */
#include "store/definition_facts.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "poa/definition_rule.h"
#include "store/cache.h"
#include "store/definition.h"
#include "store/flow.h"
#include "store/memory.h"
#include "store/party.h"
#include "store/relation.h"

/* mandates whose definitions a session remembers */
#define DEFINITIONS_MAX		1000

/* the first room of a list, which doubles */
#define NAMES_ROOM	4

static GauthCache cache = {
	.title = "gauth definitions",
	.group = GAUTH_GROUP_PARTIES,
};

typedef struct Answer
{
	bool		found;			/* false: the mandate has no definition */
	GauthDefinitionFacts facts;
	GauthMoment moment;
} Answer;

/* a list that is full has 4, 8, 16, ... names */
static bool
is_full(const GauthNames *names)
{
	return names->count >= NAMES_ROOM &&
		(names->count & (names->count - 1)) == 0;
}

/* none is left out: any of them could be what stops the agent */
static void
add_name_in(MemoryContext context, GauthNames *names, GauthSpan name)
{
	if (names->items == NULL)
		names->items = MemoryContextAlloc(context,
										  sizeof(GauthSpan) * NAMES_ROOM);
	else if (is_full(names))
		names->items = repalloc(names->items,
								sizeof(GauthSpan) * names->count * 2);
	names->given = true;
	names->items[names->count++] = gauth_memory_copy(context, name);
}

static void
add_name(GauthNames *names, GauthSpan name)
{
	add_name_in(cache.context, names, name);
}

static void
collect_events(GauthSpan definition, Answer *answer)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_DEFINITION_EVENT);
	gauth_scan_key_text(&scan, DEFINITION_EVENT_DEFINITION, definition);
	while (gauth_scan_next(&scan))
	{
		if (gauth_scan_bool(&scan, DEFINITION_EVENT_RAISED))
			add_name(&answer->facts.raised,
					 gauth_scan_text(&scan, DEFINITION_EVENT_EVENT));
	}
	gauth_scan_end(&scan);
}

static void
collect_duties(GauthSpan definition, Answer *answer)
{
	GauthScan	scan;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_OBLIGATION,
						"obligation_definition");
	gauth_scan_key_text(&scan, OBLIGATION_DEFINITION, definition);
	while (gauth_scan_next(&scan))
	{
		TimestampTz due = gauth_scan_time(&scan, OBLIGATION_DUE_AT,
										  DT_NOEND);
		TimestampTz fulfilled = gauth_scan_time(&scan,
												OBLIGATION_FULFILLED_AT,
												DT_NOEND);
		bool		open = fulfilled == DT_NOEND;

		if (!open)
			continue;
		if (gauth_span_is(gauth_scan_text(&scan, OBLIGATION_KIND),
						  "do_unless"))
		{
			add_name(&answer->facts.stops,
					 gauth_scan_text(&scan, OBLIGATION_DESCRIPTION));
			continue;
		}
		if (!gauth_scan_bool(&scan, OBLIGATION_BLOCKING))
			continue;
		gauth_moment_bound(&answer->moment, due);
		if (due <= answer->moment.at)
			answer->facts.overdue = true;
	}
	gauth_scan_end(&scan);
}

/* of all kinds of proof those that a form can ask for */
static void
collect_proofs(GauthSpan agent, Answer *answer)
{
	size_t		i;

	for (i = 0; i < GAUTH_ATTESTED_COUNT; i++)
	{
		const char *kind = gauth_attested_limits[i].name;

		if (gauth_evidence_exists("party", agent, kind, &answer->moment))
			add_name(&answer->facts.proved, gauth_span_of(kind));
	}
}

static const GauthJson *
parse(GauthSpan document)
{
	GauthArena	arena;
	GauthJson  *json;

	gauth_memory_arena(&arena, NULL, 0, cache.context);
	if (gauth_json_parse(&arena, gauth_memory_copy(cache.context, document),
						 &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK)
		elog(ERROR, "a stored definition is not acceptable");
	return json;
}

static void
collect(const GauthMandate *mandate, Answer *answer)
{
	GauthSpan	definition;
	GauthDefinitionRow row;
	GauthClient client;

	if (!gauth_definition_of(mandate->id, &definition) ||
		!gauth_definition_find(definition, &row))
		return;
	answer->found = true;
	answer->facts.definition = parse(row.document);
	answer->facts.active = gauth_span_is(row.status, "active");
	answer->facts.delegated = mandate->parent.data != NULL;
	if (gauth_client_find(row.agent, &client))
		answer->facts.owner = gauth_memory_copy(cache.context, client.owner);
	collect_events(row.id, answer);
	collect_duties(row.id, answer);
	collect_proofs(row.agent, answer);
}

static Answer *
ask(const GauthMandate *mandate, TimestampTz at)
{
	Answer	   *answer = MemoryContextAllocZero(cache.context, sizeof(Answer));
	MemoryContext scratch;
	MemoryContext caller;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth definition",
									ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	answer->moment = gauth_moment(at);
	collect(mandate, answer);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return answer;
}

static int64
read_cents(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);

	return is_null ? 0 : DatumGetInt64(value);
}

/* since midnight in UTC; a sum beyond all limits is one */
static int64
sum_today(GauthSpan mandate, TimestampTz at)
{
	TimestampTz midnight = at - ((at % USECS_PER_DAY) + USECS_PER_DAY) %
		USECS_PER_DAY;
	GauthScan	scan;
	int64		sum = 0;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_BUDGET_CONSUMPTION,
						"budget_consumption_mandate");
	gauth_scan_key_text(&scan, CONSUMPTION_MANDATE, mandate);
	gauth_scan_key_since(&scan, CONSUMPTION_REPORTED_AT, midnight);
	while (gauth_scan_next(&scan))
	{
		int64		cents = read_cents(&scan, CONSUMPTION_CENTS);

		sum = cents > PG_INT64_MAX - sum ? PG_INT64_MAX : sum + cents;
	}
	gauth_scan_end(&scan);
	return sum;
}

static bool
is_known(const GauthNames *names, GauthSpan name)
{
	uint32_t	i;

	for (i = 0; i < names->count; i++)
	{
		if (gauth_span_equal(names->items[i], name))
			return true;
	}
	return false;
}

/* as many as the limit counts; more would change nothing */
static void
collect_partners(GauthSpan mandate, int64 limit, GauthNames *partners)
{
	GauthScan	scan;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_TRANSACTION_RECORD,
						"transaction_record_mandate");
	gauth_scan_key_text(&scan, TRANSACTION_MANDATE, mandate);
	while (partners->count < limit && gauth_scan_next(&scan))
	{
		GauthSpan	name = gauth_scan_text(&scan, TRANSACTION_PARTNER);

		if (name.len > 0 && !is_known(partners, name))
			add_name_in(CurrentMemoryContext, partners, name);
	}
	gauth_scan_end(&scan);
}

/* the server that the action is about: a parameter, or the service */
static bool
is_verified(const GauthEnforceRequest *request, TimestampTz at)
{
	GauthMoment moment = gauth_moment(at);
	GauthResourceServer server;
	GauthSpan	name = request->service;
	const GauthJson *given = request->parameters == NULL ? NULL :
		gauth_json_get(request->parameters, "resource_server");

	if (given != NULL && given->type == GAUTH_JSON_STRING)
		name = given->text;
	return name.len > 0 && gauth_resource_server_find(name, &server) &&
		server.active &&
		gauth_evidence_exists("party", server.owner, "identity", &moment);
}

/*
 * gauth_definition_facts
 *		What is known about the mandate's definition and its use; false when it
 *		has none.
 */
bool
gauth_definition_facts(const GauthMandate *mandate,
					   const GauthEnforceRequest *request, TimestampTz at,
					   GauthDefinitionFacts *facts)
{
	Answer	   *answer;
	int64		partners;

	gauth_cache_limit(&cache, DEFINITIONS_MAX);
	answer = gauth_cache_find(&cache, mandate->id);
	if (answer == NULL || at < answer->moment.at ||
		at >= answer->moment.until)
	{
		answer = ask(mandate, at);
		gauth_cache_add(&cache, gauth_memory_copy(cache.context, mandate->id),
						answer);
	}
	if (!answer->found)
		return false;
	*facts = answer->facts;
	partners = gauth_definition_partner_limit(facts->definition);
	if (partners != GAUTH_ABSENT)
		collect_partners(mandate->id, partners, &facts->partners);
	if (gauth_definition_counts_days(facts->definition))
		facts->spent_today = sum_today(mandate->id, at);
	facts->server_verified = is_verified(request, at);
	return true;
}
