/*
 * definition.h
 *		A power of attorney as the law sees it: the form of RFC 0115, as JSON.
 *
 * The RFC is a form of boxes to tick and gives no names; ours are
 *
 *	parties			principal {type, identity, individual?, organization?},
 *					representative? {client_owner?, owner_authorizer?,
 *					other_representatives?}, authorized_client {type,
 *					identity, version?, operational_status?}
 *	authorization	authorization_type? {representation_type?, restrictions?,
 *					sub_proxy_authority?, signature_type?},
 *					applicable_sectors?, applicable_regions? [{type,
 *					identifier?}], authorized_actions? {transactions?,
 *					decisions?, non_physical_actions?, physical_actions?}
 *	requirements	validity_period?, formal_requirements?, power_limits?,
 *					rights_obligations?, special_conditions?,
 *					death_incapacity_rules?, security_compliance?,
 *					jurisdiction_law?, conflict_resolution?
 *
 * and "other" in every group.  definition.c has the members of each.  Where
 * the RFC lets several boxes be ticked there is a list; one word may stand
 * for a list of one.  Whoever ticks "other" says what, and an amount has its
 * currency:
 *
 *	"transactions": ["sale_transactions",
 *		{"type": "other_transactions", "specify": "donations"}]
 *	"power_levels": ["no loans", {"amount_cents": 500000, "currency": "EUR",
 *		"period": "day", "transaction_type": "purchase_transactions"}]
 *
 * An absent boolean says nothing, which is not the same as false.
 */
#ifndef GAUTH_POA_DEFINITION_H
#define GAUTH_POA_DEFINITION_H

#include "base/json.h"
#include "poa/problem.h"

/*
 * Appends to "problems" all that is wrong with the document.  The only
 * failure is GAUTH_OUT_OF_MEMORY: then the list is not complete.
 */
extern GauthStatus gauth_definition_check(GauthArena *arena,
										  const GauthJson *json,
										  GauthProblems *problems);

#endif							/* GAUTH_POA_DEFINITION_H */
