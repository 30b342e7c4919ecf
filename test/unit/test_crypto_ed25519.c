/*
 * test_crypto_ed25519.c
 *		Where implementations of Ed25519 disagree: the twelve cases of
 *		"Taming the many EdDSAs" (eprint 2020/1244) and the edge cases of
 *		C2SP/CCTV, judged by what RFC 8032 and our refusal of small orders say.
 */
#include "test_crypto.h"

#include "crypto/algorithm.h"

/*
 * Our answer to one signature, without a table and by it; "key_status" is what
 * its key got.
 */
static bool
verifies(GauthSpan point, GauthSpan data, GauthSpan signature,
		 GauthStatus *key_status)
{
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519,.x = point
	};
	GauthError	err;
	GauthKey   *key;
	bool		accepted;

	*key_status = gauth_key_create(crypto, &material, GAUTH_EDDSA, &key, &err);
	if (*key_status != GAUTH_OK)
		return false;
	accepted = gauth_signature_verify(key, data, signature) == GAUTH_OK;
	give_table(key);
	check_own_answer(key, data, signature, accepted);
	CHECK((gauth_signature_verify(key, data, signature) == GAUTH_OK) ==
		  accepted);
	gauth_key_free(key);
	return accepted;
}

/*
 * Only case 3 is a key and an R of large order, in canonical form, whose
 * equation holds without a cofactor.
 */
static void
run_speccheck(void)
{
	static const GauthStatus key_statuses[] = {
		GAUTH_KEY_WEAK, GAUTH_KEY_WEAK, GAUTH_OK, GAUTH_OK, GAUTH_OK, GAUTH_OK,
		GAUTH_OK, GAUTH_OK, GAUTH_OK, GAUTH_OK, GAUTH_KEY_WEAK, GAUTH_KEY_WEAK
	};
	Vectors		vectors;
	const GauthJson *test;
	int			number = 0;
	int			right = 0;

	if (!open_vectors(&vectors, "ed25519-speccheck/cases.json"))
		return;
	for (test = vectors.root->first; test != NULL; test = test->next, number++)
	{
		GauthStatus key_status;
		bool		accepted;

		accepted = verifies(get_hex(&vectors.arena, test, "pub_key"),
							get_hex(&vectors.arena, test, "message"),
							get_hex(&vectors.arena, test, "signature"),
							&key_status);
		right += CHECK(accepted == (number == 3));
		CHECK_STATUS(key_status, key_statuses[number]);
	}
	CHECK(number == 12);
	printf("ed25519-speccheck %d/%d, only case 3 is accepted\n", right,
		   number);
	close_vectors(&vectors);
}

static bool
has_flag(const GauthJson *test, const char *name)
{
	const GauthJson *flag = gauth_json_get(test, "flags")->first;

	while (flag != NULL && !gauth_json_is_string(flag, name))
		flag = flag->next;
	return flag != NULL;
}

/* why we refuse, or that we accept; keys are judged before signatures */
static bool
should_accept(const GauthJson *test)
{
	static const char *const reasons[] = {
		"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R",
		"low_order_residue"
	};
	size_t		i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
	{
		if (has_flag(test, reasons[i]))
			return false;
	}
	return true;
}

static void
run_cctv(void)
{
	Vectors		vectors;
	const GauthJson *test;
	int			total = 0;
	int			right = 0;
	int			accepted_count = 0;

	if (!open_vectors(&vectors, "cctv-ed25519/ed25519vectors.json"))
		return;
	for (test = vectors.root->first; test != NULL; test = test->next, total++)
	{
		GauthStatus key_status;
		bool		accepted;

		accepted = verifies(get_hex(&vectors.arena, test, "key"),
							gauth_json_get(test, "msg")->text,
							get_hex(&vectors.arena, test, "sig"),
							&key_status);
		if (CHECK(accepted == should_accept(test)))
			right++;
		else
			printf("cctv number %d\n", (int) get_int(test, "number"));
		accepted_count += accepted;
		if (has_flag(test, "low_order_A"))
			CHECK_STATUS(key_status, GAUTH_KEY_WEAK);
		else
			CHECK((key_status == GAUTH_OK) !=
				  has_flag(test, "non_canonical_A"));
	}
	CHECK(total == 914);
	printf("cctv-ed25519 %d/%d, %d accepted\n", right, total, accepted_count);
	close_vectors(&vectors);
}

int
main(void)
{
	begin_crypto();
	run_speccheck();
	run_cctv();
	gauth_crypto_free(crypto);
	return unit_finish("crypto_ed25519");
}
