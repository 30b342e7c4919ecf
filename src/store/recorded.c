/*
 * recorded.c
 *		Decisions that the ledger holds, the newest first.
 */
#include "store/recorded.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "store/compat.h"
#include "store/ledger_row.h"
#include "store/ledger_shard.h"

#define DECISION		"decision"

static GauthSpan
text_of(TupleTableSlot *slot, AttrNumber column)
{
	bool		is_null;
	Datum		value = slot_getattr(slot, column, &is_null);
	struct varlena *bytes;

	if (is_null)
		return gauth_span(NULL, 0);
	bytes = PG_DETOAST_DATUM_PACKED(value);
	return gauth_span(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* false when the visitor has seen enough; an erased payload is not shown */
static bool
visit_row(TupleTableSlot *slot, GauthRecordedVisitor visit, void *state)
{
	GauthSpan	payload;

	if (!gauth_span_is(text_of(slot, ENTRY_KIND), DECISION))
		return true;
	payload = text_of(slot, ENTRY_PAYLOAD);
	return payload.data == NULL || visit(state, payload);
}

/* by the primary key backwards: transactions in their order, and their rows */
static bool
visit_shard(uint32 shard, GauthRecordedVisitor visit, void *state)
{
	Relation	table = table_open(gauth_shard_partition(shard),
								   AccessShareLock);
	Relation	index = index_open(GAUTH_PRIMARY_KEY(table),
								   AccessShareLock);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	IndexScanDesc scan = GAUTH_BEGIN_INDEX_SCAN(table, index,
												GetActiveSnapshot(), 1);
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "gauth decisions",
											  ALLOCSET_DEFAULT_SIZES);
	ScanKeyData key;
	bool		more = true;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	index_rescan(scan, &key, 1, NULL, 0);
	while (more && index_getnext_slot(scan, BackwardScanDirection, slot))
	{
		MemoryContext caller = MemoryContextSwitchTo(row);

		CHECK_FOR_INTERRUPTS();
		more = visit_row(slot, visit, state);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row);
	}
	MemoryContextDelete(row);
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, AccessShareLock);
	table_close(table, AccessShareLock);
	return more;
}

/*
 * gauth_recorded_each
 *		Show the visitor the payload of every recorded decision that the
 *		statement sees, the newest first.
 */
void
gauth_recorded_each(GauthRecordedVisitor visit, void *state)
{
	uint32		shard = gauth_shard_last();

	while (shard > 0 && visit_shard(shard, visit, state))
		shard--;
}
