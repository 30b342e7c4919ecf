/*
 * policy_rows.c
 *		What the tables hold of a policy store, as it is written.
 *
 * All rows are seen by one snapshot: between two of them somebody may commit,
 * and half of each set would be one that nobody ever wrote.
 */
#include "store/policy_rows.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "utils/snapmgr.h"

#include "policy/entity_json.h"
#include "policy/parser.h"
#include "policy/policy_set.h"
#include "store/crypto.h"
#include "store/memory.h"
#include "store/policy_store.h"
#include "store/relation.h"

/* where the rows go, while the tables are read */
typedef struct Reading
{
	GauthArena *arena;
	GauthSpan	store;
	Snapshot	snapshot;
	GauthPolicyRows *rows;
} Reading;

/* a text of the current row, in memory that lives as long as the arena */
static GauthStatus
copy_column(const Reading *reading, const GauthScan *scan, AttrNumber column,
			GauthSpan *text)
{
	*text = gauth_scan_text(scan, column);
	if (text->data != NULL && !gauth_arena_copy(reading->arena, *text, text))
		return GAUTH_OUT_OF_MEMORY;
	reading->rows->size += text->len;
	return GAUTH_OK;
}

static void
begin_scan(const Reading *reading, GauthTable table, GauthScan *scan)
{
	gauth_scan_begin(scan, table);
	scan->snapshot = reading->snapshot;
	gauth_scan_key_text(scan, 1, reading->store);
}

static bool
next_row(const Reading *reading, GauthScan *scan)
{
	TransactionId made_by;

	if (!gauth_scan_next(scan))
		return false;
	made_by = HeapTupleHeaderGetXmin(scan->tuple->t_data);
	if (TransactionIdIsCurrentTransactionId(made_by))
		reading->rows->uncommitted = true;
	return true;
}

static GauthStatus
read_store(const Reading *reading)
{
	GauthPolicyRows *rows = reading->rows;
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	rows->mode = GAUTH_POLICY_STRICT;
	begin_scan(reading, GAUTH_TABLE_POLICY_STORE, &scan);
	rows->found = next_row(reading, &scan);
	if (rows->found)
	{
		GauthSpan	mode = gauth_scan_text(&scan, POLICY_STORE_MODE);

		(void) gauth_policy_mode_find(mode, &rows->mode);
		rows->version = gauth_scan_int64(&scan, POLICY_STORE_VERSION);
		status = copy_column(reading, &scan, POLICY_STORE_SCHEMA,
							 &rows->schema);
	}
	gauth_scan_end(&scan);
	return status;
}

static GauthStatus
read_policies(const Reading *reading)
{
	GauthPolicyRows *rows = reading->rows;
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	begin_scan(reading, GAUTH_TABLE_POLICY, &scan);
	while (status == GAUTH_OK && next_row(reading, &scan))
	{
		GauthPolicyRow *row;

		rows->policies =
			gauth_memory_room(CurrentMemoryContext, rows->policies,
							  rows->policy_count, sizeof(GauthPolicyRow));
		row = &rows->policies[rows->policy_count++];
		status = copy_column(reading, &scan, POLICY_ID, &row->id);
		if (status == GAUTH_OK)
			status = copy_column(reading, &scan, POLICY_SOURCE, &row->source);
	}
	gauth_scan_end(&scan);
	return status;
}

static GauthStatus
read_links(const Reading *reading)
{
	GauthPolicyRows *rows = reading->rows;
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	begin_scan(reading, GAUTH_TABLE_POLICY_LINK, &scan);
	while (status == GAUTH_OK && next_row(reading, &scan))
	{
		GauthLinkRow *row;

		rows->links = gauth_memory_room(CurrentMemoryContext, rows->links,
										rows->link_count,
										sizeof(GauthLinkRow));
		row = &rows->links[rows->link_count++];
		status = copy_column(reading, &scan, LINK_ID, &row->id);
		if (status == GAUTH_OK)
			status = copy_column(reading, &scan, LINK_TEMPLATE,
								 &row->template);
		if (status == GAUTH_OK)
			status = copy_column(reading, &scan, LINK_PRINCIPAL,
								 &row->principal);
		if (status == GAUTH_OK)
			status = copy_column(reading, &scan, LINK_RESOURCE,
								 &row->resource);
	}
	gauth_scan_end(&scan);
	return status;
}

/*
 * gauth_policy_rows_read
 *		All rows of a store as they are now; of one that does not exist, none.
 *
 * Texts are in the arena, the lists of rows in the current memory context.
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_rows_read(GauthArena *arena, GauthSpan store,
					   GauthPolicyRows *rows)
{
	Reading		reading = {.arena = arena,.store = store,.rows = rows};
	GauthStatus status;

	memset(rows, 0, sizeof(*rows));
	reading.snapshot = gauth_snapshot_take();
	status = read_store(&reading);
	if (status == GAUTH_OK)
		status = read_policies(&reading);
	if (status == GAUTH_OK)
		status = read_links(&reading);
	UnregisterSnapshot(reading.snapshot);
	return status;
}

/* one row: a policy or a template, under the name of the row */
static GauthStatus
add_policy(GauthArena *arena, const GauthPolicyRow *row,
		   GauthPolicyList *list, GauthError *err)
{
	GauthPolicyList one;
	GauthPolicy *policy;
	GauthStatus status = gauth_policy_parse(arena, row->source,
											&gauth_policy_default_limits,
											&one, err);

	if (status != GAUTH_OK)
		return status;
	policy = one.policies != NULL ? one.policies : one.templates;
	policy->id = row->id;
	gauth_policy_list_add(list, policy);
	return GAUTH_OK;
}

static GauthStatus
parse_uid(GauthArena *arena, GauthSpan text, const GauthUid **uid,
		  GauthError *err)
{
	*uid = NULL;
	return text.data == NULL ? GAUTH_OK :
		gauth_uid_parse(arena, text, uid, err);
}

/* the policy that a link makes of its template */
static GauthStatus
add_link(GauthArena *arena, const GauthLinkRow *row, GauthPolicyList *list,
		 GauthError *err)
{
	const GauthPolicy *template = gauth_template_find(list, row->template);
	const GauthUid *principal;
	const GauthUid *resource;
	GauthPolicy *policy;
	GauthStatus status;

	if (template == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "a link has no template");
	status = parse_uid(arena, row->principal, &principal, err);
	if (status == GAUTH_OK)
		status = parse_uid(arena, row->resource, &resource, err);
	if (status == GAUTH_OK)
		status = gauth_policy_link(arena, template, row->id, principal,
								   resource, &policy, err);
	if (status == GAUTH_OK)
		gauth_policy_list_add(list, policy);
	return status;
}

/*
 * gauth_policy_rows_parse
 *		The policies, with the links among them, and the templates apart; the
 *		trees refer to the texts of the rows.
 */
GauthStatus
gauth_policy_rows_parse(GauthArena *arena, const GauthPolicyRows *rows,
						GauthPolicyList *list, GauthError *err)
{
	GauthStatus status = GAUTH_OK;
	uint32		i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < rows->policy_count && status == GAUTH_OK; i++)
		status = add_policy(arena, &rows->policies[i], list, err);
	for (i = 0; i < rows->link_count && status == GAUTH_OK; i++)
		status = add_link(arena, &rows->links[i], list, err);
	return status;
}

/* before its bytes the length, so that no two lists of texts read the same */
static void
add_part(GauthSpan text, uint64 *length, GauthSpan **part)
{
	*length = text.data == NULL ? PG_UINT64_MAX : text.len;
	*(*part)++ = gauth_span(length, sizeof(*length));
	*(*part)++ = text;
}

/*
 * gauth_policy_rows_key
 *		What the compiled set of these rows is known by: a digest of all that
 *		it is made of, and of the program that makes it.
 *
 * Rows with the same key make the same set, whoever has read them, and
 * whatever became of the transaction that wrote them.
 */
GauthStatus
gauth_policy_rows_key(const GauthPolicyRows *rows,
					  uint8 key[GAUTH_SHA256_SIZE])
{
	uint64		head[] = {
		gauth_policy_set_format(), rows->policy_count, rows->link_count
	};
	Size		texts = (Size) rows->policy_count * 2 +
	(Size) rows->link_count * 4;
	uint64	   *length = palloc(texts * sizeof(uint64) + 1);
	GauthSpan  *parts = palloc((texts * 2 + 1) * sizeof(GauthSpan));
	GauthSpan  *part = parts;
	uint32		i;

	*part++ = gauth_span(head, sizeof(head));
	for (i = 0; i < rows->policy_count; i++)
	{
		add_part(rows->policies[i].id, length++, &part);
		add_part(rows->policies[i].source, length++, &part);
	}
	for (i = 0; i < rows->link_count; i++)
	{
		add_part(rows->links[i].id, length++, &part);
		add_part(rows->links[i].template, length++, &part);
		add_part(rows->links[i].principal, length++, &part);
		add_part(rows->links[i].resource, length++, &part);
	}
	return gauth_sha256_parts(gauth_crypto(), parts, (size_t) (part - parts),
							  key);
}
