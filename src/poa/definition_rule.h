/*
 * definition_rule.h
 *		What a definition (RFC 0115) says to somebody who has to act on it.
 *
 * The document has been validated; here it is only asked.
 */
#ifndef GAUTH_POA_DEFINITION_RULE_H
#define GAUTH_POA_DEFINITION_RULE_H

#include "poa/credential.h"

/* a limit of money: section C, power levels, in its typed form */
typedef struct GauthAmountLimit
{
	int64_t		cents;
	GauthSpan	type;			/* of transaction; empty: any */
	bool		per_day;		/* of all transactions of a day, in UTC */
} GauthAmountLimit;

extern GauthSpan gauth_definition_text(const GauthJson *definition,
									   const char *path);
extern bool gauth_definition_flag(const GauthJson *definition,
								  const char *path);
extern const GauthJson *gauth_definition_list(const GauthJson *definition,
											  const char *path);
extern const GauthJson *gauth_definition_limit(const GauthJson *definition,
											   const char *path);
extern bool gauth_definition_names(const GauthJson *definition,
								   const char *path, GauthSpan name);

extern GauthSpan gauth_definition_principal(const GauthJson *definition);
extern GauthSpan gauth_definition_agent(const GauthJson *definition);
extern GauthSpan gauth_definition_agent_type(const GauthJson *definition);
extern bool gauth_definition_is_individual(const GauthJson *definition);
extern bool gauth_definition_needs_notary(const GauthJson *definition);
extern bool gauth_definition_needs_signature(const GauthJson *definition);
extern bool gauth_definition_survives(const GauthJson *definition);
extern bool gauth_definition_terminates(const GauthJson *definition,
										GauthSpan event);
extern bool gauth_definition_delegates(const GauthJson *definition);
extern bool gauth_definition_excludes(const GauthJson *definition,
									  GauthSpan kind);
extern bool gauth_definition_allows(const GauthJson *list, GauthSpan kind);
extern bool gauth_definition_covers_region(const GauthJson *definition,
										   GauthSpan region);
extern bool gauth_definition_covers_sector(const GauthJson *definition,
										   GauthSpan sector);
extern bool gauth_definition_next_limit(const GauthJson *definition,
										const GauthJson **at,
										GauthAmountLimit *limit);
extern bool gauth_definition_bounds(const GauthJson *definition,
									const GauthCredential *credential);

#endif							/* GAUTH_POA_DEFINITION_RULE_H */
