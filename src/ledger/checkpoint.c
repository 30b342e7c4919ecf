/*
 * checkpoint.c
 *		Reading and writing what a log says of itself.
 */
#include "ledger/checkpoint.h"

#include <string.h>

#include "base/base64.h"

/* the next line, without its line feed; empty where there is none */
static GauthSpan
next_line(GauthSpan *rest)
{
	const char *end = rest->len == 0 ? NULL :
		memchr(rest->data, '\n', rest->len);
	GauthSpan	line;

	if (end == NULL)
		return gauth_span(NULL, 0);
	line = gauth_span_slice(*rest, 0, (size_t) (end - rest->data));
	*rest = gauth_span_slice(*rest, line.len + 1, rest->len - line.len - 1);
	return line;
}

/* decimal without leading zeros, no more than a signed number holds */
static bool
read_size(GauthSpan text, uint64_t *size)
{
	size_t		i;

	*size = 0;
	if (text.len == 0 || (text.data[0] == '0' && text.len > 1))
		return false;
	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] < '0' || text.data[i] > '9' ||
			__builtin_mul_overflow(*size, 10, size) ||
			__builtin_add_overflow(*size, text.data[i] - '0', size))
			return false;
	}
	return *size <= INT64_MAX;
}

/* only lines that are not empty, each of them ended */
static bool
are_lines(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] == '\n' && (i == 0 || text.data[i - 1] == '\n'))
			return false;
	}
	return text.len == 0 || text.data[text.len - 1] == '\n';
}

/*
 * gauth_checkpoint_parse
 *		Read the text of a checkpoint, whose bytes are borrowed.
 *
 * GAUTH_INVALID_SYNTAX with what is missing; GAUTH_OUT_OF_MEMORY.  Characters
 * are not judged: gauth_note_parse has done that.
 */
GauthStatus
gauth_checkpoint_parse(GauthArena *arena, GauthSpan text,
					   GauthCheckpoint *checkpoint, GauthError *err)
{
	GauthSpan	rest = text;
	GauthSpan	size;
	GauthSpan	root;
	GauthSpan	bytes = {0};
	GauthStatus status;

	checkpoint->origin = next_line(&rest);
	size = next_line(&rest);
	root = next_line(&rest);
	checkpoint->extensions = rest;
	if (checkpoint->origin.len == 0)
		return gauth_fail(err, GAUTH_INVALID_SYNTAX, "an origin");
	if (!read_size(size, &checkpoint->head.size))
		return gauth_fail(err, GAUTH_INVALID_SYNTAX, "a size");
	status = gauth_base64_decode(arena, root, &bytes, NULL);
	if (status == GAUTH_OUT_OF_MEMORY)
		return gauth_fail(err, status, "checkpoint");
	if (status != GAUTH_OK || bytes.len != sizeof(checkpoint->head.root))
		return gauth_fail(err, GAUTH_INVALID_SYNTAX, "a root");
	if (!are_lines(rest))
		return gauth_fail(err, GAUTH_INVALID_SYNTAX, "a line");
	memcpy(checkpoint->head.root.bytes, bytes.data, bytes.len);
	return GAUTH_OK;
}

/*
 * gauth_checkpoint_append
 *		The text of a checkpoint; its origin is a line, its size below 2^63.
 */
void
gauth_checkpoint_append(GauthText *text, const GauthCheckpoint *checkpoint)
{
	gauth_text_append(text, checkpoint->origin);
	gauth_text_append_char(text, '\n');
	gauth_text_append_int64(text, (int64_t) checkpoint->head.size);
	gauth_text_append_char(text, '\n');
	gauth_base64_append(text, gauth_span(checkpoint->head.root.bytes,
										 sizeof(checkpoint->head.root)));
	gauth_text_append_char(text, '\n');
	gauth_text_append(text, checkpoint->extensions);
}

/*
 * gauth_tlog_proof_append
 *		An inclusion proof with the checkpoint that it leads to, for who is
 *		offline (C2SP tlog-proof).
 */
void
gauth_tlog_proof_append(GauthText *text, uint64_t index,
						const GauthProof *proof, GauthSpan signed_checkpoint)
{
	size_t		i;

	gauth_text_append(text, GAUTH_SPAN("c2sp.org/tlog-proof@v1\nindex "));
	gauth_text_append_int64(text, (int64_t) index);
	gauth_text_append_char(text, '\n');
	for (i = 0; i < proof->count; i++)
	{
		gauth_base64_append(text, gauth_span(proof->hashes[i].bytes,
											 sizeof(proof->hashes[i])));
		gauth_text_append_char(text, '\n');
	}
	gauth_text_append_char(text, '\n');
	gauth_text_append(text, signed_checkpoint);
}
