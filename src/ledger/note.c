/*
 * note.c
 *		Signed notes: reading, verifying, signing; their keys.
 */
#include "ledger/note.h"

#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include "crypto/sign.h"

#define KEY_ID_SIZE			4
#define SECONDS_SIZE		8
#define ED25519_SIZE		64

/* U+2014, then a space */
#define DASH				GAUTH_SPAN("\xE2\x80\x94 ")

/* does a character have the property White_Space of Unicode? */
static bool
is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 ||
		c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
		c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* the name of a key: neither empty nor with a space or a plus */
static bool
is_name(GauthSpan name)
{
	size_t		i = 0;

	if (name.len == 0 || name.len > GAUTH_NOTE_KEY_NAME_MAX)
		return false;
	while (i < name.len)
	{
		uint32_t	c;
		size_t		size = gauth_utf8_decode(name.data + i, name.len - i, &c);

		if (size == 0 || c < 0x20 || c == '+' || is_space(c))
			return false;
		i += size;
	}
	return true;
}

/* "rest" up to "end", which is taken away too; false where there is none */
static bool
cut(GauthSpan *rest, char end, GauthSpan *part)
{
	const char *found = rest->len == 0 ? NULL :
		memchr(rest->data, end, rest->len);
	size_t		len;

	if (found == NULL)
		return false;
	len = (size_t) (found - rest->data);
	*part = gauth_span_slice(*rest, 0, len);
	*rest = gauth_span_slice(*rest, len + 1, rest->len - len - 1);
	return true;
}

static uint32_t
read_u32(const uint8_t bytes[KEY_ID_SIZE])
{
	return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 |
		(uint32_t) bytes[2] << 8 | bytes[3];
}

/* big-endian, as both numbers of a signature are */
static void
write_number(uint8_t *bytes, size_t size, uint64_t number)
{
	while (size > 0)
	{
		bytes[--size] = (uint8_t) number;
		number >>= 8;
	}
}

static uint64_t
read_seconds(GauthSpan bytes)
{
	const uint8_t *at = (const uint8_t *) bytes.data;

	return (uint64_t) read_u32(at) << 32 | read_u32(at + KEY_ID_SIZE);
}

/*
 * gauth_note_key_init
 *		A key from its parts; its name is borrowed.
 *
 * GAUTH_INVALID_VALUE for what is no name of a key; GAUTH_CRYPTO_FAILED,
 * GAUTH_OUT_OF_MEMORY.  The public key itself is judged where it is used.
 */
GauthStatus
gauth_note_key_init(GauthCrypto *crypto, GauthSpan name, GauthNoteKind kind,
					const uint8_t public_key[GAUTH_NOTE_KEY_SIZE],
					GauthNoteKey *key)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	char		separator[] = {'\n', (char) kind};
	GauthSpan	parts[] = {
		name, gauth_span(separator, sizeof(separator)),
		gauth_span(public_key, GAUTH_NOTE_KEY_SIZE)
	};
	GauthStatus status;

	if (!is_name(name))
		return GAUTH_INVALID_VALUE;
	status = gauth_sha256_parts(crypto, parts, 3, digest);
	if (status != GAUTH_OK)
		return status;
	key->name = name;
	key->kind = kind;
	key->id = read_u32(digest);
	memcpy(key->public_key, public_key, GAUTH_NOTE_KEY_SIZE);
	return GAUTH_OK;
}

/* a key that verifies; the caller frees it */
static GauthStatus
open_key(GauthCrypto *crypto, const GauthNoteKey *key, GauthKey **opened,
		 GauthError *err)
{
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519,
		.x = gauth_span(key->public_key, sizeof(key->public_key))
	};

	return gauth_key_create(crypto, &material, GAUTH_EDDSA, opened, err);
}

/* Ed25519 keys that no signature can be trusted of are refused at once */
static GauthStatus
judge_key(GauthCrypto *crypto, const GauthNoteKey *key, GauthError *err)
{
	GauthKey   *opened;
	GauthStatus status = open_key(crypto, key, &opened, err);

	gauth_key_free(opened);
	return status;
}

static void
write_id(uint32_t id, char hex[2 * KEY_ID_SIZE])
{
	uint8_t		bytes[KEY_ID_SIZE];

	write_number(bytes, sizeof(bytes), id);
	gauth_hex_encode(gauth_span(bytes, sizeof(bytes)), hex);
}

/* the kind and the public key, as they stand in a vkey */
static GauthStatus
init_from_bytes(GauthCrypto *crypto, GauthSpan name, GauthSpan bytes,
				GauthNoteKey *key)
{
	uint8_t		kind = bytes.len > 0 ? (uint8_t) bytes.data[0] : 0;
	GauthStatus status;

	if (kind != GAUTH_NOTE_ED25519 && kind != GAUTH_NOTE_COSIGNATURE)
		return GAUTH_KEY_UNSUPPORTED;
	if (bytes.len != 1 + GAUTH_NOTE_KEY_SIZE)
		return GAUTH_KEY_MALFORMED;
	status = gauth_note_key_init(crypto, name, kind,
								 (const uint8_t *) bytes.data + 1, key);
	return status == GAUTH_INVALID_VALUE ? GAUTH_KEY_MALFORMED : status;
}

/*
 * gauth_note_key_parse
 *		A key from its text, whose bytes it borrows.
 *
 * GAUTH_KEY_MALFORMED, also when the key's number is not that of its parts;
 * GAUTH_KEY_UNSUPPORTED for another kind of key; else as gauth_key_create.
 */
GauthStatus
gauth_note_key_parse(GauthCrypto *crypto, GauthArena *arena, GauthSpan vkey,
					 GauthNoteKey *key, GauthError *err)
{
	GauthSpan	rest = vkey;
	GauthSpan	name = {0};
	GauthSpan	id = {0};
	GauthSpan	bytes = {0};
	char		hex[2 * KEY_ID_SIZE];
	GauthStatus status;

	if (!cut(&rest, '+', &name) || !cut(&rest, '+', &id))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "vkey");
	status = gauth_base64_decode(arena, rest, &bytes, NULL);
	if (status == GAUTH_INVALID_ENCODING)
		status = GAUTH_KEY_MALFORMED;
	if (status == GAUTH_OK)
		status = init_from_bytes(crypto, name, bytes, key);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "vkey");
	write_id(key->id, hex);
	if (!gauth_span_equal(id, gauth_span(hex, sizeof(hex))))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "vkey");
	return judge_key(crypto, key, err);
}

/*
 * gauth_note_key_append
 *		The text of a key.
 */
void
gauth_note_key_append(GauthText *text, const GauthNoteKey *key)
{
	char		hex[2 * KEY_ID_SIZE];
	uint8_t		bytes[1 + GAUTH_NOTE_KEY_SIZE];

	write_id(key->id, hex);
	bytes[0] = (uint8_t) key->kind;
	memcpy(bytes + 1, key->public_key, GAUTH_NOTE_KEY_SIZE);

	gauth_text_append(text, key->name);
	gauth_text_append_char(text, '+');
	gauth_text_append(text, gauth_span(hex, sizeof(hex)));
	gauth_text_append_char(text, '+');
	gauth_base64_append(text, gauth_span(bytes, sizeof(bytes)));
}

static GauthStatus
refuse(GauthError *err, GauthSpan note, const char *at, const char *what)
{
	return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, (size_t) (at - note.data),
						 what);
}

/* what all of a note must be: not too long, UTF-8, no control characters */
static GauthStatus
check_characters(GauthSpan note, GauthError *err)
{
	size_t		valid;
	size_t		i;

	if (note.len > GAUTH_NOTE_MAX)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "note");
	valid = gauth_utf8_valid_prefix(note);
	if (valid < note.len)
		return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, valid, "UTF-8");
	for (i = 0; i < note.len; i++)
	{
		if ((uint8_t) note.data[i] < 0x20 && note.data[i] != '\n')
			return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, i,
								 "a character that is no control character");
	}
	return GAUTH_OK;
}

/* the text ends before the last empty line */
static GauthStatus
split_note(GauthSpan note, GauthSpan *text, GauthSpan *lines, GauthError *err)
{
	size_t		i = note.len;

	if (note.len == 0 || note.data[note.len - 1] != '\n')
		return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, note.len,
							 "a line feed");
	while (i >= 2 && (note.data[i - 1] != '\n' || note.data[i - 2] != '\n'))
		i--;
	if (i < 2)
		return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, note.len,
							 "an empty line");
	if (i == note.len)
		return gauth_fail_at(err, GAUTH_INVALID_SYNTAX, note.len,
							 "a signature");
	*text = gauth_span_slice(note, 0, i - 1);
	*lines = gauth_span_slice(note, i, note.len - i);
	return GAUTH_OK;
}

/* one line of a signature; "line" is without its line feed */
static GauthStatus
parse_signature(GauthArena *arena, GauthSpan note, GauthSpan line,
				GauthNoteSignature *signature, GauthError *err)
{
	GauthSpan	rest = line;
	GauthSpan	bytes = {0};
	GauthStatus status;

	if (!gauth_span_starts_with(line, DASH))
		return refuse(err, note, line.data, "a signature");
	rest = gauth_span_slice(line, DASH.len, line.len - DASH.len);
	if (!cut(&rest, ' ', &signature->name) || !is_name(signature->name))
		return refuse(err, note, line.data + DASH.len, "the name of a key");
	status = gauth_base64_decode(arena, rest, &bytes, NULL);
	if (status == GAUTH_OUT_OF_MEMORY)
		return gauth_fail(err, status, "note");
	if (status != GAUTH_OK || bytes.len <= KEY_ID_SIZE)
		return refuse(err, note, rest.data, "the base64 of a signature");

	signature->line = gauth_span(line.data, line.len + 1);
	signature->id = read_u32((const uint8_t *) bytes.data);
	signature->bytes = gauth_span_slice(bytes, KEY_ID_SIZE,
										bytes.len - KEY_ID_SIZE);
	return GAUTH_OK;
}

static size_t
count_lines(GauthSpan lines)
{
	size_t		count = 0;
	size_t		i;

	for (i = 0; i < lines.len; i++)
		count += lines.data[i] == '\n';
	return count;
}

/*
 * gauth_note_parse
 *		Take a note apart; it borrows the note's bytes.
 *
 * Nothing is verified.  GAUTH_INVALID_SYNTAX with the offset and what stands
 * there in a note; GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_note_parse(GauthArena *arena, GauthSpan note, GauthSignedNote *parsed,
				 GauthError *err)
{
	GauthSpan	lines = {0};
	GauthSpan	line;
	GauthStatus status;

	parsed->count = 0;
	status = check_characters(note, err);
	if (status == GAUTH_OK)
		status = split_note(note, &parsed->text, &lines, err);
	if (status != GAUTH_OK)
		return status;
	if (count_lines(lines) > GAUTH_NOTE_SIGNATURES_MAX)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "signatures");
	parsed->signatures = gauth_arena_array(arena, count_lines(lines),
										   sizeof(GauthNoteSignature));
	if (parsed->signatures == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "note");
	while (cut(&lines, '\n', &line))
	{
		status = parse_signature(arena, note, line,
								 &parsed->signatures[parsed->count++], err);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/* what a witness signs: the time, and the text of the note */
static GauthStatus
cosigned_message(GauthArena *arena, GauthSpan text, uint64_t seconds,
				 GauthSpan *message)
{
	GauthText	out;

	gauth_text_init(&out, arena);
	gauth_text_append(&out, GAUTH_SPAN("cosignature/v1\ntime "));
	gauth_text_append_int64(&out, (int64_t) seconds);
	gauth_text_append_char(&out, '\n');
	gauth_text_append(&out, text);
	return gauth_text_finish(&out, message) ? GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}

/* one signature that names our key; "*seconds" is 0 when it has no time */
static GauthStatus
verify_signature(GauthArena *arena, GauthKey *opened, GauthNoteKind kind,
				 const GauthSpan signed_text[2], uint64_t *seconds)
{
	GauthSpan	text = signed_text[0];
	GauthSpan	bytes = signed_text[1];
	GauthStatus status;

	*seconds = 0;
	if (kind == GAUTH_NOTE_ED25519)
		return gauth_signature_verify(opened, text, bytes);

	if (bytes.len != SECONDS_SIZE + ED25519_SIZE)
		return GAUTH_SIGNATURE_INVALID;
	*seconds = read_seconds(bytes);
	if (*seconds > INT64_MAX)
		return GAUTH_SIGNATURE_INVALID;
	status = cosigned_message(arena, text, *seconds, &text);
	if (status != GAUTH_OK)
		return status;
	return gauth_signature_verify(opened, text,
								  gauth_span_slice(bytes, SECONDS_SIZE,
												   ED25519_SIZE));
}

static GauthStatus
verify_all(GauthArena *arena, const GauthSignedNote *note,
		   const GauthNoteKey *key, GauthKey *opened, uint64_t *seconds)
{
	GauthStatus answer = GAUTH_KEY_NOT_FOUND;
	size_t		i;

	for (i = 0; i < note->count; i++)
	{
		const GauthNoteSignature *signature = &note->signatures[i];
		GauthSpan	signed_text[] = {note->text, signature->bytes};
		uint64_t	when;

		if (signature->id != key->id ||
			!gauth_span_equal(signature->name, key->name))
			continue;
		answer = verify_signature(arena, opened, key->kind, signed_text,
								  &when);
		if (answer != GAUTH_OK)
			return answer;
		if (when > *seconds)
			*seconds = when;
	}
	return answer;
}

/*
 * gauth_note_verify
 *		Has this key signed the note?
 *
 * GAUTH_KEY_NOT_FOUND when no signature names the key, GAUTH_SIGNATURE_INVALID
 * when one that does is wrong, even beside a right one; else what
 * gauth_key_create says of the key.  "*seconds" is the latest time of a
 * cosignature, 0 for a signature.
 */
GauthStatus
gauth_note_verify(GauthCrypto *crypto, GauthArena *arena,
				  const GauthSignedNote *note, const GauthNoteKey *key,
				  uint64_t *seconds)
{
	GauthKey   *opened;
	GauthStatus status = open_key(crypto, key, &opened, NULL);

	*seconds = 0;
	if (status == GAUTH_OK)
		status = verify_all(arena, note, key, opened, seconds);
	gauth_key_free(opened);
	return status;
}

/*
 * gauth_note_append_signature
 *		Sign "text" and append the line of the signature to "out".
 *
 * The whole note is the text, a line feed, and such lines.
 * GAUTH_INVALID_ARGUMENT for a text that does not end with a line feed, for a
 * time that cannot be signed and for a pair without a private half;
 * GAUTH_CRYPTO_FAILED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_note_append_signature(GauthText *out, GauthSpan text,
							const GauthNoteSigner *signer, GauthError *err)
{
	const GauthNoteKey *key = signer->key;
	uint8_t		bytes[KEY_ID_SIZE + SECONDS_SIZE + GAUTH_SIGNATURE_MAX];
	size_t		start = KEY_ID_SIZE;
	size_t		size;
	GauthStatus status;

	if (text.len == 0 || text.data[text.len - 1] != '\n')
		return gauth_fail(err, GAUTH_INVALID_ARGUMENT, "text");
	if (signer->seconds > INT64_MAX)
		return gauth_fail(err, GAUTH_INVALID_ARGUMENT, "seconds");
	write_number(bytes, KEY_ID_SIZE, key->id);
	if (key->kind == GAUTH_NOTE_COSIGNATURE)
	{
		write_number(bytes + start, SECONDS_SIZE, signer->seconds);
		start += SECONDS_SIZE;
		status = cosigned_message(out->arena, text, signer->seconds, &text);
		if (status != GAUTH_OK)
			return gauth_fail(err, status, "note");
	}
	status = gauth_signature_create(signer->pair, text, bytes + start, &size,
									err);
	if (status != GAUTH_OK)
		return status;

	gauth_text_append(out, DASH);
	gauth_text_append(out, key->name);
	gauth_text_append_char(out, ' ');
	gauth_base64_append(out, gauth_span(bytes, start + size));
	gauth_text_append_char(out, '\n');
	return GAUTH_OK;
}
