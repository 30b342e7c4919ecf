/*
 * audit_json.c
 *		The ledger as JSON, for whoever verifies it elsewhere.
 *
 * Bytes are hexadecimal; the payload is a string that holds its JSON byte for
 * byte, because that is what the commitment is made of.  Numbers are integers
 * of up to 64 bits.
 */
#include "entry/audit_json.h"

#include "base/hex.h"
#include "base/json_write.h"
#include "entry/report.h"

/*
 * gauth_verdict_name
 *		As the view gauth.audit has it; NULL when there is none.
 */
const char *
gauth_verdict_name(GauthVerdict verdict)
{
	switch (verdict)
	{
		case GAUTH_VERDICT_PERMIT:
			return "permit";
		case GAUTH_VERDICT_CONSTRAIN:
			return "constrain";
		case GAUTH_VERDICT_DENY:
			return "deny";
		case GAUTH_VERDICT_ERROR:
			return "error";
		default:
			return NULL;
	}
}

static void
append_hex(GauthText *text, GauthSpan bytes)
{
	char	   *hex = palloc(2 * bytes.len + 1);

	gauth_hex_encode(bytes, hex);
	gauth_text_append_char(text, '"');
	gauth_text_append(text, gauth_span(hex, 2 * bytes.len));
	gauth_text_append_char(text, '"');
	pfree(hex);
}

/*
 * gauth_audit_append_bytes
 *		A member; left out when there are no bytes.
 */
void
gauth_audit_append_bytes(GauthText *text, const char *name, GauthSpan bytes)
{
	if (bytes.data == NULL)
		return;
	gauth_text_append_member(text, name);
	append_hex(text, bytes);
}

static void
append_number(GauthText *text, const char *name, uint64 number)
{
	gauth_text_append_member(text, name);
	gauth_text_append_int64(text, (int64) number);
}

static void
append_string(GauthText *text, const char *name, GauthSpan value)
{
	if (value.data == NULL)
		return;
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, value);
}

static void
append_xid(GauthText *text, const char *name, FullTransactionId xid)
{
	append_number(text, name, U64FromFullTransactionId(xid));
}

static void
append_hashes(GauthText *text, const char *name, GauthSpan hashes)
{
	size_t		i;

	gauth_text_append_member(text, name);
	gauth_text_append_char(text, '[');
	for (i = 0; i + GAUTH_HASH_SIZE <= hashes.len; i += GAUTH_HASH_SIZE)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		append_hex(text, gauth_span_slice(hashes, i, GAUTH_HASH_SIZE));
	}
	gauth_text_append_char(text, ']');
}

/*
 * gauth_audit_append_log
 *		{"type":"log", "log", "origin"}
 */
void
gauth_audit_append_log(GauthText *text, uint32 shard, GauthSpan origin)
{
	gauth_text_append(text, GAUTH_SPAN("{\"type\":\"log\""));
	append_number(text, "log", shard);
	append_string(text, "origin", origin);
	gauth_text_append_char(text, '}');
}

static void
append_snapshot(GauthText *text, const GauthBatch *batch)
{
	uint32		i;

	gauth_text_append_member(text, "snapshot");
	gauth_text_append_char(text, '{');
	append_xid(text, "xmin", batch->xmin);
	append_xid(text, "xmax", batch->xmax);
	gauth_text_append_member(text, "xip");
	gauth_text_append_char(text, '[');
	for (i = 0; i < batch->xip_count; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		gauth_text_append_int64(text, (int64)
								U64FromFullTransactionId(batch->xip[i]));
	}
	gauth_text_append(text, GAUTH_SPAN("]}"));
}

/*
 * gauth_audit_append_batch
 *		{"type":"batch", "log", "batch", "first_index", "first_position",
 *		"size", "snapshot", "frontier_before", "leaves", "root"}
 */
void
gauth_audit_append_batch(GauthText *text, const GauthBatch *batch,
						 const GauthBatch *before, GauthSpan leaves)
{
	gauth_text_append(text, GAUTH_SPAN("{\"type\":\"batch\""));
	append_number(text, "log", batch->shard);
	append_number(text, "batch", batch->number);
	append_number(text, "first_index", batch->first);
	append_number(text, "first_position", batch->position);
	append_number(text, "size", batch->size);
	append_snapshot(text, batch);
	append_hashes(text, "frontier_before",
				  gauth_frontier_store(&before->frontier));
	append_hashes(text, "leaves", leaves);
	gauth_audit_append_bytes(text, "root",
							 gauth_span(batch->root.bytes,
										sizeof(batch->root.bytes)));
	gauth_text_append_char(text, '}');
}

/*
 * gauth_audit_append_entry
 *		{"type":"entry", "position", and every field of the canonical bytes};
 *		an absent string is left out; of an erased entry the commitment is
 *		there in place of what was erased.  Salt, commitment and chain are for
 *		who verifies, and would outlive an erasure elsewhere.
 */
void
gauth_audit_append_entry(GauthText *text, const GauthEntryRow *row,
						 uint64 position, bool to_verify)
{
	const GauthEntry *entry = &row->entry;

	gauth_text_append(text, GAUTH_SPAN("{\"type\":\"entry\""));
	append_number(text, "position", position);
	append_number(text, "log", entry->shard);
	append_number(text, "xid", entry->xid);
	append_number(text, "lane", entry->lane);
	append_number(text, "lane_seq", entry->lane_seq);
	append_number(text, "micros", (uint64) entry->micros);
	append_number(text, "decision", (uint64) entry->verdict);
	append_number(text, "count", entry->count);
	append_string(text, "kind", entry->kind);
	append_string(text, "action", entry->action);
	append_string(text, "rule", entry->rule);
	append_string(text, "mandate", entry->mandate);
	append_string(text, "token_id", entry->token_id);
	append_string(text, "trace", entry->trace);
	append_string(text, "actor", entry->actor);
	append_string(text, "agent", entry->agent);
	append_string(text, "role", entry->role);
	append_string(text, "resource", entry->resource);
	append_string(text, "payload", entry->payload);
	if (to_verify)
	{
		gauth_audit_append_bytes(text, "salt", row->salt);
		gauth_audit_append_bytes(text, "commitment", row->commitment);
		gauth_audit_append_bytes(text, "previous", entry->previous);
	}
	gauth_text_append_char(text, '}');
}

/*
 * gauth_audit_append_checkpoint
 *		{"type":"checkpoint", "log", "size", "note"}
 */
void
gauth_audit_append_checkpoint(GauthText *text, uint32 shard, uint64 size,
							  GauthSpan note)
{
	gauth_text_append(text, GAUTH_SPAN("{\"type\":\"checkpoint\""));
	append_number(text, "log", shard);
	append_number(text, "size", size);
	append_string(text, "note", note);
	gauth_text_append_char(text, '}');
}
