/*
 * test_ledger_text.c
 *		Receipts and trace contexts as text.
 */
#include "ledger/receipt.h"
#include "ledger/trace.h"

#include "unit.h"

#define LEAF \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
test_receipt_written(void)
{
	GauthReceipt receipt = {1, 742, 3, 4, {0}, true};
	GauthReceipt again;
	char		text[GAUTH_RECEIPT_TEXT_MAX];
	size_t		len;
	uint8_t		i;

	for (i = 0; i < GAUTH_HASH_SIZE; i++)
		receipt.leaf[i] = i;
	len = gauth_receipt_write(&receipt, text);
	CHECK(gauth_span_is(gauth_span(text, len), "1-742-3-4-" LEAF));
	CHECK_STATUS(gauth_receipt_read(gauth_span(text, len), &again, NULL),
				 GAUTH_OK);
	CHECK(again.shard == 1 && again.xid == 742 && again.lane == 3 &&
		  again.lane_seq == 4 && again.has_leaf);
	CHECK(memcmp(again.leaf, receipt.leaf, GAUTH_HASH_SIZE) == 0);

	receipt.has_leaf = false;
	receipt.shard = INT32_MAX;
	receipt.xid = receipt.lane = receipt.lane_seq = INT64_MAX;
	len = gauth_receipt_write(&receipt, text);
	CHECK(len < sizeof(text));
	CHECK_STATUS(gauth_receipt_read(gauth_span(text, len), &again, NULL),
				 GAUTH_OK);
	CHECK(again.shard == INT32_MAX && again.lane_seq == INT64_MAX &&
		  !again.has_leaf);
}

static void
test_receipt_refused(void)
{
	static const char *const wrong[] = {
		"", "-", "1", "1-2-3", "1-2-3-", "1-2-3-4-", "-1-2-3-4", "1--2-3-4",
		"01-2-3-4", "0-2-3-4", "1-0-3-4", "+1-2-3-4", "1-2-3-4 ", "1-2-3-x",
		"2147483648-2-3-4", "1-9223372036854775808-3-4",
		"1-99999999999999999999999-3-4", "1-2-3-4-00",
		"1-2-3-4-" LEAF "00",
		"1-2-3-4-000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D"
		"1E1F",
		"1-2-3-4-g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
		"1e1f",
	};
	GauthReceipt receipt;
	size_t		i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_STATUS(gauth_receipt_read(gauth_span_of(wrong[i]), &receipt,
										NULL), GAUTH_INVALID_VALUE);
}

#define TRACE	"0af7651916cd43dd8448eb211c80319c"
#define PARENT	"b7ad6b7169203331"

static void
test_trace(void)
{
	static const char *const wrong[] = {
		"", "00", "00-" TRACE "-" PARENT, "00-" TRACE "-" PARENT "-0",
		"00-" TRACE "-" PARENT "-01-", "00-" TRACE "-" PARENT "-01-x",
		"ff-" TRACE "-" PARENT "-01", "0g-" TRACE "-" PARENT "-01",
		"00-00000000000000000000000000000000-" PARENT "-01",
		"00-" TRACE "-0000000000000000-01",
		"00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01",
		"00_" TRACE "-" PARENT "-01", "00-" TRACE "_" PARENT "-01",
		"00-" TRACE "-" PARENT "_01", "00-" TRACE "-" PARENT "-0x",
		"01-" TRACE "-" PARENT "-01x",
	};
	static const char *const right[] = {
		"00-" TRACE "-" PARENT "-01", "00-" TRACE "-" PARENT "-00",
		"cc-" TRACE "-" PARENT "-01", "01-" TRACE "-" PARENT "-01-more",
	};
	GauthSpan	trace;
	size_t		i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!gauth_trace_read(gauth_span_of(wrong[i]), &trace));
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++)
	{
		CHECK(gauth_trace_read(gauth_span_of(right[i]), &trace));
		CHECK(gauth_span_is(trace, TRACE "-" PARENT));
	}
}

int
main(void)
{
	test_receipt_written();
	test_receipt_refused();
	test_trace();
	return unit_finish("ledger_text");
}
