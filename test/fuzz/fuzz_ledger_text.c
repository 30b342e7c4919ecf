/*
 * fuzz_ledger_text.c
 *		A receipt or a trace context from anywhere: no byte too far is read,
 *		and what is read as a receipt is what would be written.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ledger/receipt.h"
#include "ledger/trace.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *copy = malloc(size == 0 ? 1 : size);
	char		text[GAUTH_RECEIPT_TEXT_MAX];
	GauthSpan	input;
	GauthSpan	trace;
	GauthReceipt receipt;

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	input = gauth_span(copy, size);
	if (gauth_trace_read(input, &trace) && trace.len != GAUTH_TRACE_SIZE)
		abort();
	if (gauth_receipt_read(input, &receipt, NULL) == GAUTH_OK)
	{
		size_t		len = gauth_receipt_write(&receipt, text);

		if (!gauth_span_equal(gauth_span(text, len), input))
			abort();
	}
	free(copy);
	return 0;
}
