/*
 * sql_checkpoint.c
 *		Checkpoints of the ledger: what is signed, and by whom.
 *
 * A checkpoint that is stored is not an entry of the ledger: it would itself
 * have to be signed, without end.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "entry/args.h"
#include "entry/checkpoint_key.h"
#include "entry/checkpoint_text.h"
#include "entry/report.h"
#include "entry/require.h"
#include "ledger/checkpoint.h"
#include "store/crypto.h"
#include "store/ledger_batch.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_hash.h"
#include "store/ledger_shard.h"
#include "store/memory.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_checkpoint);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_put_signature);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_keys);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_note);

/* the log of the argument, or the newest one */
static uint32
log_argument(FunctionCallInfo fcinfo, int number, GauthSpan *origin)
{
	uint32		shard = PG_ARGISNULL(number) ? gauth_shard_last() :
		(uint32) PG_GETARG_INT32(number);

	*origin = gauth_shard_origin(shard);
	if (origin->data == NULL)
		gauth_raise_log_unknown();
	return shard;
}

/*
 * gauth.audit_checkpoint(in_log integer) returns text
 */
Datum
gauth_sql_audit_checkpoint(PG_FUNCTION_ARGS)
{
	Snapshot	snapshot;
	GauthLogTree tree;
	GauthArena	arena;
	GauthSpan	origin;
	GauthSpan	note;
	uint32		shard;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	shard = log_argument(fcinfo, 0, &origin);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	snapshot = gauth_log_snapshot();
	gauth_log_tree_open(&tree, shard, snapshot);
	note = gauth_checkpoint_text(&arena, &tree, tree.source.size);
	UnregisterSnapshot(snapshot);
	PG_RETURN_DATUM(gauth_text_datum(note));
}

/* a note while it is being judged */
typedef struct Judged
{
	GauthArena *arena;
	GauthSignedNote note;
	GauthCheckpoint checkpoint;
	uint32		shard;
	GauthText	signed_note;	/* the text, and the log's signatures */
	int			signatures;		/* in it */
	int			stored;
	bool	   *known;			/* which signatures have verified */
} Judged;

static void
read_note(GauthSpan text, Judged *judged)
{
	GauthError	err = {0};

	if (gauth_note_parse(judged->arena, text, &judged->note,
						 &err) != GAUTH_OK ||
		gauth_checkpoint_parse(judged->arena, judged->note.text,
							   &judged->checkpoint, &err) != GAUTH_OK)
		gauth_raise_note(&err);
	judged->shard = gauth_shard_of_origin(judged->checkpoint.origin);
	if (judged->shard == 0)
		gauth_raise_log_unknown();
	judged->known = palloc0(sizeof(bool) * judged->note.count);
}

static bool
verifies(Judged *judged, const GauthNoteKey *key)
{
	uint64_t	seconds;
	GauthStatus status;

	status = gauth_note_verify(gauth_crypto(), judged->arena, &judged->note,
							   key, &seconds);
	if (status == GAUTH_SIGNATURE_INVALID)
		gauth_raise_note_forged();
	if (status != GAUTH_OK && status != GAUTH_KEY_NOT_FOUND)
		gauth_raise_status(status, "vkey");
	return status == GAUTH_OK;
}

/* calls "take" for the signatures of known keys of one kind, each once */
static int
take_signatures(Judged *judged, const GauthKnownKey *keys, int count,
				GauthNoteKind kind,
				void (*take) (Judged *, const GauthNoteSignature *))
{
	int			taken = 0;
	int			i;
	size_t		j;

	for (i = 0; i < count; i++)
	{
		const GauthNoteKey *key = &keys[i].key;

		if (key->kind != kind || !verifies(judged, key))
			continue;
		for (j = 0; j < judged->note.count; j++)
		{
			const GauthNoteSignature *signature = &judged->note.signatures[j];

			if (judged->known[j] || signature->id != key->id ||
				!gauth_span_equal(signature->name, key->name))
				continue;
			judged->known[j] = true;
			taken++;
			take(judged, signature);
		}
	}
	return taken;
}

static void
take_signature(Judged *judged, const GauthNoteSignature *signature)
{
	if (judged->signatures++ == 0)
	{
		gauth_text_append(&judged->signed_note, judged->note.text);
		gauth_text_append_char(&judged->signed_note, '\n');
	}
	gauth_text_append(&judged->signed_note, signature->line);
}

static void
take_cosignature(Judged *judged, const GauthNoteSignature *signature)
{
	judged->stored += gauth_cosignature_insert(judged->shard,
											   judged->checkpoint.head.size,
											   signature->name,
											   signature->line);
}

/* the log must have had that root at that size, by what it has stored */
static void
check_root(const Judged *judged)
{
	const GauthTreeHead *head = &judged->checkpoint.head;
	Snapshot	snapshot = gauth_log_snapshot();
	GauthLogTree tree;
	GauthTreeHash root;

	gauth_log_tree_open(&tree, judged->shard, snapshot);
	if (head->size > tree.source.size)
		gauth_raise_checkpoint_contradicts();
	gauth_log_tree_root(&tree, head->size, &root);
	UnregisterSnapshot(snapshot);
	if (!gauth_tree_hash_equal(&root, &head->root))
		gauth_raise_checkpoint_contradicts();
}

static bool
is_signed(const Judged *judged)
{
	GauthTreeHead head;

	return gauth_checkpoint_newest(judged->shard,
								   judged->checkpoint.head.size, &head) &&
		head.size == judged->checkpoint.head.size;
}

static void
keep_signatures(Judged *judged)
{
	GauthSpan	note = {0};

	if (judged->signatures == 0)
		return;
	if (!gauth_text_finish(&judged->signed_note, &note))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "note");
	if (gauth_checkpoint_insert(judged->shard, &judged->checkpoint.head,
								note))
		judged->stored += judged->signatures;
	CommandCounterIncrement();
}

static void
check_known(Judged *judged, const GauthKnownKey *keys, int count)
{
	int			i;
	int			verified = 0;

	for (i = 0; i < count; i++)
		verified += verifies(judged, &keys[i].key);
	if (verified == 0)
		gauth_raise_note_unknown();
}

/*
 * gauth.audit_put_signature(note text) returns integer
 */
Datum
gauth_sql_audit_put_signature(PG_FUNCTION_ARGS)
{
	Judged		judged = {0};
	GauthKnownKey *keys;
	GauthArena	arena;
	int			count;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	judged.arena = &arena;
	gauth_text_init(&judged.signed_note, &arena);
	read_note(gauth_arg_span(fcinfo, 0), &judged);
	count = gauth_checkpoint_keys(judged.checkpoint.origin, &keys);
	check_known(&judged, keys, count);
	check_root(&judged);
	(void) take_signatures(&judged, keys, count, GAUTH_NOTE_ED25519,
						   take_signature);
	keep_signatures(&judged);
	if (!is_signed(&judged))
		gauth_raise_checkpoint_unsigned();
	(void) take_signatures(&judged, keys, count, GAUTH_NOTE_COSIGNATURE,
						   take_cosignature);
	PG_RETURN_INT32(judged.stored);
}

static void
put_key(ReturnSetInfo *result, const GauthKnownKey *known)
{
	Datum		values[3];
	bool		nulls[3] = {0};
	GauthArena	arena;
	GauthText	vkey;
	GauthSpan	text = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&vkey, &arena);
	gauth_note_key_append(&vkey, &known->key);
	(void) gauth_text_finish(&vkey, &text);
	values[0] = gauth_text_datum(text);
	values[1] = CStringGetTextDatum(known->key.kind == GAUTH_NOTE_ED25519 ?
									"signature" : "cosignature");
	values[2] = BoolGetDatum(known->hosted);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * gauth.audit_keys(in_log integer)
 *		returns setof (vkey text, signs text, hosted boolean)
 */
Datum
gauth_sql_audit_keys(PG_FUNCTION_ARGS)
{
	GauthKnownKey *keys;
	GauthSpan	origin;
	int			count;
	int			i;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	InitMaterializedSRF(fcinfo, 0);
	(void) log_argument(fcinfo, 0, &origin);
	count = gauth_checkpoint_keys(origin, &keys);
	for (i = 0; i < count; i++)
		put_key((ReturnSetInfo *) fcinfo->resultinfo, &keys[i]);
	return (Datum) 0;
}

/*
 * gauth.verify_note(note text, vkey text) returns boolean
 *
 * The key is the caller's and must be one; the note is anybody's.
 */
Datum
gauth_sql_verify_note(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthNoteKey key;
	GauthSignedNote note;
	GauthStatus status;
	GauthError	err = {0};
	uint64_t	seconds;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_note_key_parse(gauth_crypto(), &arena, gauth_arg_span(fcinfo, 1),
							 &key, &err) != GAUTH_OK)
		gauth_raise(&err);
	status = gauth_note_parse(&arena, gauth_arg_span(fcinfo, 0), &note, &err);
	if (status == GAUTH_OK)
		status = gauth_note_verify(gauth_crypto(), &arena, &note, &key,
								   &seconds);
	if (status == GAUTH_OUT_OF_MEMORY || status == GAUTH_CRYPTO_FAILED)
		gauth_raise_status(status, "note");
	PG_RETURN_BOOL(status == GAUTH_OK);
}
