/*
 * check_business.c
 *		CHK-11 and CHK-12: is this kind of transaction, this kind of decision
 *		among those that were given?
 */
#include "decision/check.h"
#include "poa/cover.h"

/* a bound of the rule that can be judged here: how much money */
static bool
is_within_amount(const GauthTransactionRule *rule, int64_t amount)
{
	const GauthJson *most = gauth_json_get(rule->constraints,
										   "max_amount_cents");
	int64_t		limit;

	if (most == NULL)
		return true;
	return gauth_json_to_int64(most, &limit) && amount != GAUTH_ABSENT &&
		amount <= limit;
}

static void
check_matrix(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	const GauthTransactionRule *rule;

	rule = gauth_matrix_find(checker->powers, request->verb,
							 request->transaction_type);
	if (rule == NULL)
		(void) gauth_check_fail(checker, GAUTH_TRANSACTION_NOT_ALLOWED,
								"the matrix has no such transaction");
	else if (!rule->allowed)
		(void) gauth_check_fail(checker, GAUTH_TRANSACTION_NOT_ALLOWED,
								"the matrix does not allow the transaction");
	else if (rule->constraints == NULL)
		return;
	else if (!is_within_amount(rule, request->amount_cents))
		(void) gauth_check_fail(checker, GAUTH_TRANSACTION_NOT_ALLOWED,
								"the amount is beyond what the matrix allows");
	else
		gauth_check_constrain(checker, "transaction_restricted",
							  gauth_fact_text(request->transaction_type),
							  gauth_fact_json(rule->constraints));
}

/*
 * gauth_check_transaction
 *		CHK-11: the list, and the matrix beside it.
 */
void
gauth_check_transaction(GauthChecker *checker)
{
	const GauthPowers *powers = checker->powers;
	GauthSpan	type = checker->request->transaction_type;

	if (!powers->allowed_transactions.given && !powers->matrix_given)
	{
		gauth_check_skip(checker, "transactions are not restricted");
		return;
	}
	if (type.len == 0)
	{
		(void) gauth_check_fail(checker, GAUTH_TRANSACTION_NOT_ALLOWED,
								"the type of the transaction is missing");
		return;
	}
	if (powers->allowed_transactions.given &&
		!gauth_names_contain(&powers->allowed_transactions, type))
		(void) gauth_check_fail(checker, GAUTH_TRANSACTION_NOT_ALLOWED,
								"the transaction is not allowed");
	if (powers->matrix_given)
		check_matrix(checker);
}

/*
 * gauth_check_decision
 *		CHK-12: the kind of decision.
 */
void
gauth_check_decision(GauthChecker *checker)
{
	const GauthNames *allowed = &checker->powers->allowed_decisions;
	GauthSpan	type = checker->request->decision_type;

	if (!allowed->given)
		gauth_check_skip(checker, "decisions are not restricted");
	else if (type.len == 0)
		(void) gauth_check_fail(checker, GAUTH_DECISION_NOT_ALLOWED,
								"the type of the decision is missing");
	else if (!gauth_names_contain(allowed, type))
		(void) gauth_check_fail(checker, GAUTH_DECISION_NOT_ALLOWED,
								"the decision is not allowed");
}
