/*
 * audit_place.c
 *		Where the entry of a receipt is in the tree of its log.
 */
#include "entry/audit_place.h"

#include "entry/report.h"
#include "store/ledger_scan.h"

/*
 * The leaf that the receipt tells, or that of the row; without either one
 * that no entry has.  What a receipt tells is found though the row is not
 * what it was, or gone: the tree knows better.
 */
static void
find_leaf(GauthPlace *place)
{
	const GauthReceipt *receipt = &place->receipt;
	GauthEntryScan scan;

	memset(&place->leaf, 0, sizeof(place->leaf));
	if (receipt->has_leaf)
	{
		memcpy(place->leaf.bytes, receipt->leaf, GAUTH_HASH_SIZE);
		return;
	}
	gauth_entry_scan_begin(&scan, receipt->shard, place->tree.snapshot);
	if (gauth_entry_scan_find(&scan, receipt->xid, receipt->lane_seq) &&
		scan.row.entry.lane == receipt->lane)
		(void) gauth_entry_row_leaf(&scan.row, place->leaf.bytes);
	gauth_entry_scan_end(&scan);
}

/*
 * gauth_place_find
 *		The place of the entry that a receipt names.
 *
 * Raises when there is none, or not yet.
 */
void
gauth_place_find(GauthPlace *place, GauthSpan receipt, Snapshot snapshot)
{
	GauthError	err = {0};

	if (gauth_receipt_read(receipt, &place->receipt, &err) != GAUTH_OK)
		gauth_raise(&err);
	gauth_log_tree_open(&place->tree, place->receipt.shard, snapshot);
	find_leaf(place);
	switch (gauth_log_tree_find(&place->tree, place->receipt.xid,
								place->leaf.bytes, &place->index))
	{
		case GAUTH_FOUND:
			return;
		case GAUTH_FOUND_UNSEALED:
			gauth_raise_entry_unsealed();
			break;
		case GAUTH_FOUND_NOTHING:
			gauth_raise_entry_missing();
			break;
	}
}

/*
 * gauth_place_prove
 *		That the entry is in the tree of a size that is sealed.
 *
 * Raises when the tree has not got that far, or ended before the entry.
 */
void
gauth_place_prove(GauthPlace *place, uint64 size, GauthTreeHead *head,
				  GauthProof *proof)
{
	GauthTreeSource source = place->tree.source;
	GauthStatus status;

	if (size <= place->index || size > source.size)
		gauth_raise_argument("size", "a sealed size of the log that covers "
							 "the entry");
	source.size = size;
	head->size = size;
	gauth_log_tree_root(&place->tree, size, &head->root);
	status = gauth_proof_inclusion(&source, place->index, proof);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "tree");
}
