/*
 * receipt.c
 *		Receipts: shard-xid-lane-number-leaf, the numbers in decimal, the leaf
 *		in hexadecimal or missing.
 *
 * There is one way to write a receipt: no signs, no leading zeros, no capital
 * letters.
 */
#include "ledger/receipt.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"

/*
 * gauth_receipt_write
 *		The text, which ends in a zero byte; returns its length without that.
 */
size_t
gauth_receipt_write(const GauthReceipt *receipt,
					char text[GAUTH_RECEIPT_TEXT_MAX])
{
	int			len = snprintf(text, GAUTH_RECEIPT_TEXT_MAX,
							   "%" PRIu32 "-%" PRIu64 "-%" PRIu64 "-%" PRIu64,
							   receipt->shard, receipt->xid, receipt->lane,
							   receipt->lane_seq);
	size_t		end = (size_t) len;

	if (!receipt->has_leaf)
		return end;
	text[end++] = '-';
	gauth_hex_encode(gauth_span(receipt->leaf, GAUTH_HASH_SIZE), text + end);
	end += 2 * GAUTH_HASH_SIZE;
	text[end] = '\0';
	return end;
}

/* takes a number from the front, and the dash behind it */
static bool
take_number(GauthSpan *text, uint64_t max, uint64_t *number)
{
	size_t		i;

	*number = 0;
	for (i = 0; i < text->len && text->data[i] != '-'; i++)
	{
		unsigned	digit = (unsigned) (text->data[i] - '0');

		if (digit > 9 || (i == 1 && *number == 0) ||
			__builtin_mul_overflow(*number, 10, number) ||
			__builtin_add_overflow(*number, digit, number))
			return false;
	}
	if (i == 0 || *number == 0 || *number > max)
		return false;
	if (i < text->len)
		i++;
	*text = gauth_span_slice(*text, i, text->len - i);
	return true;
}

static bool
is_lower_hex(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] >= 'A' && text.data[i] <= 'F')
			return false;
	}
	return true;
}

static GauthStatus
fail(GauthError *err)
{
	return gauth_fail(err, GAUTH_INVALID_VALUE, "receipt");
}

/*
 * gauth_receipt_read
 *		Read a receipt; GAUTH_INVALID_VALUE for anything that
 *		gauth_receipt_write would not have written.
 */
GauthStatus
gauth_receipt_read(GauthSpan text, GauthReceipt *receipt, GauthError *err)
{
	GauthSpan	rest = text;
	uint64_t	shard;

	memset(receipt, 0, sizeof(*receipt));
	if (text.len == 0 || text.len >= GAUTH_RECEIPT_TEXT_MAX ||
		!take_number(&rest, INT32_MAX, &shard) ||
		!take_number(&rest, INT64_MAX, &receipt->xid) ||
		!take_number(&rest, INT64_MAX, &receipt->lane) ||
		!take_number(&rest, INT64_MAX, &receipt->lane_seq))
		return fail(err);
	receipt->shard = (uint32_t) shard;
	if (rest.len == 0)
		return text.data[text.len - 1] == '-' ? fail(err) : GAUTH_OK;
	if (rest.len != 2 * GAUTH_HASH_SIZE || !is_lower_hex(rest) ||
		gauth_hex_decode(rest, receipt->leaf, NULL) != GAUTH_OK)
		return fail(err);
	receipt->has_leaf = true;
	return GAUTH_OK;
}
