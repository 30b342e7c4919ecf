/*
 * test_identity.c
 *		The record of who acts: what is written is read, and nothing else is.
 */
#include "test_token.h"
#include "token/identity.h"

static const GauthIdentity sample = {
	.subject = TEXT("partner:u-1"),
	.issuer = TEXT("https://issuer.example"),
	.issuer_subject = TEXT("u-1"),
	.token_id = TEXT("t:1;2"),
	.token_hash = TEXT(""),
	.kid = TEXT("2026-01"),
	.mandate = TEXT(""),
	.scope = TEXT("orders:read profile"),
	.claims = TEXT("{\"iss\":\"https://issuer.example\",\"sub\":\"u-1\"}"),
	.key_version = 812345678901234,
	.issued_at = 1000000,
	.expires_at = 1000630,
};

static bool
same(const GauthIdentity *a, const GauthIdentity *b)
{
	return gauth_span_equal(a->subject, b->subject) &&
		gauth_span_equal(a->issuer, b->issuer) &&
		gauth_span_equal(a->issuer_subject, b->issuer_subject) &&
		gauth_span_equal(a->token_id, b->token_id) &&
		gauth_span_equal(a->token_hash, b->token_hash) &&
		gauth_span_equal(a->kid, b->kid) &&
		gauth_span_equal(a->mandate, b->mandate) &&
		gauth_span_equal(a->scope, b->scope) &&
		gauth_span_equal(a->claims, b->claims) &&
		a->key_version == b->key_version && a->issued_at == b->issued_at &&
		a->expires_at == b->expires_at;
}

static GauthSpan
write_record(const GauthIdentity *identity)
{
	GauthSpan	record = {NULL, 0};

	CHECK_STATUS(gauth_identity_write(&lasting, identity, &record), GAUTH_OK);
	return record;
}

static GauthStatus
read_copy(GauthSpan record, GauthIdentity *identity)
{
	GauthSpan	copy = exact_copy(record);
	GauthStatus status = gauth_identity_read(copy, identity);

	free_copy(copy);
	return status;
}

static void
check_round_trip(const GauthIdentity *identity)
{
	GauthSpan	record = write_record(identity);
	GauthIdentity again;

	CHECK_STATUS(gauth_identity_read(record, &again), GAUTH_OK);
	CHECK(same(identity, &again));
	CHECK(gauth_span_equal(record, write_record(&again)));
	CHECK(memchr(record.data, 0, record.len) == NULL);
}

static void
test_round_trips(void)
{
	static const int64_t numbers[] = {
		0, 1, -1, 9, 10, -10, GAUTH_NOT_ISSUED, INT64_MAX, INT64_MAX - 1,
		INT64_MIN, INT64_MIN + 1
	};
	static const GauthSpan texts[] = {
		TEXT(""), TEXT(":"), TEXT(";"), TEXT("0:"), TEXT("3:abc"), TEXT("1"),
		TEXT("-"), TEXT("\n"), TEXT("\303\251\360\237\230\200"), TEXT("\377")
	};
	GauthIdentity identity = {0};
	size_t		i;

	check_round_trip(&identity);
	check_round_trip(&sample);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
	{
		identity = sample;
		identity.key_version = identity.issued_at = numbers[i];
		identity.expires_at = numbers[i];
		check_round_trip(&identity);
	}
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		identity = sample;
		identity.subject = identity.token_id = identity.claims = texts[i];
		check_round_trip(&identity);
	}
	identity.claims = repeat(GAUTH_SPAN("x"), 100000);
	check_round_trip(&identity);
}

/* a zero byte cannot travel, in whichever field it is */
static void
test_zero_bytes(void)
{
	GauthIdentity identity = sample;
	GauthSpan	record = write_record(&sample);
	GauthSpan	broken;

	identity.subject = gauth_span("a\0b", 3);
	CHECK_STATUS(gauth_identity_write(&lasting, &identity, &record),
				 GAUTH_CLAIM_INVALID);
	identity = sample;
	identity.claims = gauth_span("\0", 1);
	CHECK_STATUS(gauth_identity_write(&lasting, &identity, &record),
				 GAUTH_CLAIM_INVALID);

	broken = JOIN(write_record(&sample));
	((char *) broken.data)[8] = '\0';
	CHECK_STATUS(read_copy(broken, &identity), GAUTH_INVALID_VALUE);
}

/* one byte fewer, one more, and every byte another */
static void
test_damage(void)
{
	GauthSpan	record = write_record(&sample);
	GauthIdentity identity;
	size_t		i;
	int			byte;

	for (i = 0; i < record.len; i++)
		CHECK_STATUS(read_copy(gauth_span_slice(record, 0, i), &identity),
					 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_copy(JOIN(record, GAUTH_SPAN("0")), &identity),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_copy(JOIN(record, record), &identity),
				 GAUTH_INVALID_VALUE);

	for (i = 0; i < record.len; i++)
	{
		GauthSpan	damaged = JOIN(record);

		for (byte = 0; byte < 256; byte++)
		{
			GauthSpan	again;

			((uint8_t *) damaged.data)[i] = (uint8_t) byte;
			if (gauth_identity_read(damaged, &identity) != GAUTH_OK)
				continue;

			/* another record, then, but one that we could have written */
			if (gauth_identity_write(&lasting, &identity, &again) != GAUTH_OK ||
				!gauth_span_equal(again, damaged))
				CHECK(!"a record that nobody writes");
		}
	}
}

static void
test_spellings(void)
{
	static const char *const refused[] = {
		"", "0", "1", "2", "10:", " 10:0:0:0:0:0:0:0:0:0;0;0;",
		"20:0:0:0:0:0:0:0:0:0;0;0;", "100:0:0:0:0:0:0:0:0:0;0;0;",
		"1+0:0:0:0:0:0:0:0:0:0;0;0;", "1-0:0:0:0:0:0:0:0:0:0;0;0;",
		"1-1:0:0:0:0:0:0:0:0:0;0;0;", "10:0:0:0:0:0:0:0:0:00;0;0;",
		"10:0:0:0:0:0:0:0:0:-0;0;0;", "10:0:0:0:0:0:0:0:0:;0;0;",
		"10:0:0:0:0:0:0:0:0:-;0;0;", "10:0:0:0:0:0:0:0:0:0;0;0",
		"10:0:0:0:0:0:0:0:0:0;0;0;;", "10:0:0:0:0:0:0:0:0:0x1;0;0;",
		"10:0:0:0:0:0:0:0:0:9223372036854775808;0;0;",
		"10:0:0:0:0:0:0:0:0:-9223372036854775809;0;0;",
		"10:0:0:0:0:0:0:0:0:99999999999999999999999999;0;0;",
		"118446744073709551615:", "19223372036854775807:a",
		"14:a:0:0:0:0:0:0:0:0:0;0;0;", "10:0:0:0:0:0:0:0:99:0;0;0;",
	};
	GauthIdentity identity;
	size_t		i;

	CHECK_STATUS(read_copy(GAUTH_SPAN("10:0:0:0:0:0:0:0:0:0;0;0;"), &identity),
				 GAUTH_OK);
	CHECK_STATUS(read_copy(GAUTH_SPAN("10:0:0:0:0:0:0:0:0:-1;"
									  "-9223372036854775808;"
									  "9223372036854775807;"), &identity),
				 GAUTH_OK);
	CHECK(identity.issued_at == INT64_MIN);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
	{
		if (!CHECK_STATUS(read_copy(gauth_span_of(refused[i]), &identity),
						  GAUTH_INVALID_VALUE))
			printf("%s\n", refused[i]);
	}
}

static void
test_memory(void)
{
	char		buffer[4096];
	size_t		size;
	bool		fits = false;

	for (size = 0; size <= sizeof(buffer); size += 16)
	{
		GauthArena	arena;
		GauthSpan	record;
		GauthStatus status;

		gauth_arena_init(&arena, buffer, size, NULL, 0);
		status = gauth_identity_write(&arena, &sample, &record);
		CHECK(status == (fits ? GAUTH_OK : status));
		fits = status == GAUTH_OK;
		if (!fits)
			CHECK_STATUS(status, GAUTH_OUT_OF_MEMORY);
	}
	CHECK(fits);
}

int
main(void)
{
	begin_token();
	test_round_trips();
	test_zero_bytes();
	test_damage();
	test_spellings();
	test_memory();
	return finish_token("identity");
}
