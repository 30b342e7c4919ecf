/*
 * generation.c
 *		Whether what this session remembers of gauth's tables is still true.
 *
 * Every group of tables has a number that moves on whenever one of them
 * changes: by a change of this session at its next command, by one of another
 * session when that has committed, and back again when a change is undone.
 * Whoever remembers something also remembers the number, and compares.
 * Nothing is forgotten by time.
 */
#include "store/generation.h"

#include "access/xact.h"
#include "executor/execdesc.h"
#include "nodes/execnodes.h"
#include "tcop/pquery.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "store/relation.h"

static uint64 generations[GAUTH_GROUP_COUNT];

static const struct
{
	GauthTable	table;
	GauthGroup	group;
}			watched[] = {
	{GAUTH_TABLE_ISSUER, GAUTH_GROUP_ISSUERS},
	{GAUTH_TABLE_KEY, GAUTH_GROUP_ISSUERS},
	{GAUTH_TABLE_WRAPPED_KEY, GAUTH_GROUP_ISSUERS},
	{GAUTH_TABLE_UNWRAPPED_KEY, GAUTH_GROUP_ISSUERS},
	{GAUTH_TABLE_REVOCATION, GAUTH_GROUP_REVOCATIONS},
	{GAUTH_TABLE_SUBJECT_REVOCATION, GAUTH_GROUP_REVOCATIONS},
	{GAUTH_TABLE_POLICY_STORE, GAUTH_GROUP_POLICIES},
	{GAUTH_TABLE_POLICY, GAUTH_GROUP_POLICIES},
	{GAUTH_TABLE_POLICY_LINK, GAUTH_GROUP_POLICIES},
	{GAUTH_TABLE_PRINCIPAL_MAPPING, GAUTH_GROUP_POLICIES},
	{GAUTH_TABLE_ENTITY, GAUTH_GROUP_ENTITIES},
	{GAUTH_TABLE_ENTITY_BINDING, GAUTH_GROUP_ENTITIES},
	{GAUTH_TABLE_REQUEST_ATTRIBUTE, GAUTH_GROUP_ENTITIES},
	{GAUTH_TABLE_SHARD, GAUTH_GROUP_SHARDS},
	{GAUTH_TABLE_SETTING, GAUTH_GROUP_SETTINGS},
	{GAUTH_TABLE_PARTY, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_EVIDENCE, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_REPRESENTATIVE, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_CLIENT, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_RESOURCE_SERVER, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_DEFINITION, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_DEFINITION_EVENT, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_OBLIGATION, GAUTH_GROUP_PARTIES},
	{GAUTH_TABLE_MANDATE_DEFINITION, GAUTH_GROUP_PARTIES},
};

/*
 * Called at any time, also while a transaction aborts: it may look at nothing
 * but its arguments.  No table named means that anything may have changed.
 */
static void
table_changed(Datum argument, Oid relation)
{
	size_t		i;

	for (i = 0; i < lengthof(watched); i++)
	{
		if (!OidIsValid(relation) ||
			gauth_table_is(watched[i].table, relation))
			generations[watched[i].group]++;
	}
}

/* what could be seen when somebody asked last */
typedef struct View
{
	TimestampTz started_at;		/* a cursor goes on in a later statement */
	TransactionId xmin;
	TransactionId xmax;
	uint32		running;		/* transactions, of both levels */
	CommandId	command;
	uint64		changes;		/* of the watched tables */
} View;

/* who has asked last */
static struct
{
	uint64		number;			/* moves on when the view does */
	View		view;
	EState	   *query;			/* the client's query, until it ends */
	bool		stale;
}			statement;

static View
current_view(void)
{
	View		view = {0};
	int			i;

	view.started_at = GetCurrentStatementStartTimestamp();
	if (ActiveSnapshotSet())
	{
		Snapshot	snapshot = GetActiveSnapshot();

		view.xmin = snapshot->xmin;
		view.xmax = snapshot->xmax;
		view.running = snapshot->xcnt + (uint32) snapshot->subxcnt;
		view.command = snapshot->curcid;
	}
	for (i = 0; i < GAUTH_GROUP_COUNT; i++)
		view.changes += generations[i];
	return view;
}

static bool
is_same_view(const View *a, const View *b)
{
	return a->started_at == b->started_at && a->xmin == b->xmin &&
		a->xmax == b->xmax && a->running == b->running &&
		a->command == b->command && a->changes == b->changes;
}

static void
query_ended(void *query)
{
	if (statement.query == query)
		statement.query = NULL;
}

/*
 * The query whose rows are being made for the client, NULL inside a function
 * that has a snapshot of its own.  No snapshot tells two statements of a
 * function apart: under REPEATABLE READ they have the same one, and a
 * transaction leaves the others' snapshots a moment before it is heard of.
 */
static EState *
running_query(void)
{
	QueryDesc  *query = ActivePortal == NULL ? NULL : ActivePortal->queryDesc;

	if (query == NULL || query->estate == NULL || !ActiveSnapshotSet() ||
		GetActiveSnapshot() != query->snapshot)
		return NULL;
	return query->estate;
}

static bool
has_asked(const EState *query)
{
	return query != NULL && statement.query == query && !statement.stale &&
		statement.view.started_at == GetCurrentStatementStartTimestamp();
}

/*
 * A query within a query, such as a cursor of a function, asks every time: to
 * take turns would leave a callback behind at each of them.
 */
static void
note_query(EState *query)
{
	MemoryContextCallback *callback;

	if (query == NULL || statement.query != NULL)
		return;
	callback = MemoryContextAllocZero(query->es_query_cxt, sizeof(*callback));
	callback->func = query_ended;
	callback->arg = query;
	MemoryContextRegisterResetCallback(query->es_query_cxt, callback);
	statement.query = query;
}

/* what was true inside a subtransaction may not be so behind it */
static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine,
					 SubTransactionId parent, void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		statement.stale = true;
}

/*
 * gauth_generation_watch
 *		Begin to listen; once in the life of a process.
 */
void
gauth_generation_watch(void)
{
	CacheRegisterRelcacheCallback(table_changed, (Datum) 0);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/*
 * gauth_generation_advance
 *		Make this session forget what it remembers of a group.
 */
void
gauth_generation_advance(GauthGroup group)
{
	generations[group]++;
}

/*
 * gauth_generation
 *		The number of the group as of the last refresh.
 */
uint64
gauth_generation(GauthGroup group)
{
	return generations[group];
}

/*
 * gauth_generation_refresh
 *		Hear what other sessions have committed, once in every query of the
 *		client; returns a number that is the same as long as nothing that can
 *		be seen has changed.
 *
 * A session hears of it by itself only when it locks a table that it has not
 * locked before; a prepared statement over a locked table does not.  Once,
 * because a query should not change its mind half-way.  What is not a query
 * of the client's asks every time.
 */
uint64
gauth_generation_refresh(void)
{
	EState	   *query = running_query();

	if (!has_asked(query))
	{
		View		view;

		AcceptInvalidationMessages();
		view = current_view();
		if (statement.stale || !is_same_view(&view, &statement.view))
			statement.number++;
		statement.view = view;
		statement.stale = false;
		note_query(query);
	}
	return statement.number;
}
