/*
 * checkpoint_text.c
 *		The checkpoint of a log at a size, with the best signatures there are.
 */
#include "entry/checkpoint_text.h"

#include "entry/checkpoint_key.h"
#include "entry/report.h"
#include "ledger/checkpoint.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_shard.h"

/* nothing is given out that does not go on from what was signed */
static void
check_growth(const GauthLogTree *tree)
{
	GauthTreeHead head;
	GauthTreeHash root;

	if (!gauth_checkpoint_newest(tree->shard, PG_INT64_MAX, &head))
		return;
	if (head.size > tree->source.size)
		gauth_raise_checkpoint_contradicts();
	gauth_log_tree_root(tree, head.size, &root);
	if (!gauth_tree_hash_equal(&root, &head.root))
		gauth_raise_checkpoint_contradicts();
}

static GauthSpan
finish(const GauthText *text)
{
	GauthSpan	result;

	if (!gauth_text_finish(text, &result))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "checkpoint");
	return result;
}

/* the text, and below it the lines of whoever signs here */
static GauthSpan
sign_here(GauthArena *arena, GauthSpan origin, GauthSpan text)
{
	GauthText	note;

	gauth_text_init(&note, arena);
	gauth_text_append(&note, text);
	gauth_text_append_char(&note, '\n');
	if (gauth_checkpoint_sign(&note, origin, text) == 0)
		return text;
	return finish(&note);
}

/*
 * gauth_checkpoint_text
 *		The signed note that is stored; else, of all that is sealed, one that
 *		hosted issuers sign now; else the text that is to be signed.
 *
 * Raises when the log does not go on from what was signed.
 */
GauthSpan
gauth_checkpoint_text(GauthArena *arena, const GauthLogTree *tree,
					  uint64 size)
{
	GauthCheckpoint checkpoint = {0};
	GauthText	text;

	check_growth(tree);
	gauth_text_init(&text, arena);
	if (gauth_checkpoint_find(tree->shard, size, &text))
		return finish(&text);
	checkpoint.origin = gauth_shard_origin(tree->shard);
	checkpoint.head.size = size;
	gauth_log_tree_root(tree, size, &checkpoint.head.root);
	gauth_checkpoint_append(&text, &checkpoint);
	if (size < tree->source.size)
		return finish(&text);
	return sign_here(arena, checkpoint.origin, finish(&text));
}
