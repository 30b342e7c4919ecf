/*
 * test_poa_lifecycle.c
 *		E-10, E-11: every pair of states.
 */
#include "poa/lifecycle.h"
#include "unit.h"

/* a row for each state, a column for where it may go, in the order of the enum */
static const char *const allowed[GAUTH_MANDATE_STATUS_COUNT] = {
	[GAUTH_MANDATE_DRAFT] = ".A.....",
	[GAUTH_MANDATE_ACTIVE] = "..SREBP",
	[GAUTH_MANDATE_SUSPENDED] = ".A.RE..",
	[GAUTH_MANDATE_REVOKED] = ".......",
	[GAUTH_MANDATE_EXPIRED] = ".......",
	[GAUTH_MANDATE_BUDGET_EXCEEDED] = ".......",
	[GAUTH_MANDATE_SUPERSEDED] = ".......",
};

int
main(void)
{
	int			from;
	int			to;

	for (from = 0; from < GAUTH_MANDATE_STATUS_COUNT; from++)
	{
		for (to = 0; to < GAUTH_MANDATE_STATUS_COUNT; to++)
		{
			if (!CHECK(gauth_lifecycle_allows((GauthMandateStatus) from,
											  (GauthMandateStatus) to) ==
					   (allowed[from][to] != '.')))
				printf("  from %d to %d\n", from, to);
		}
	}
	return unit_finish("poa_lifecycle");
}
