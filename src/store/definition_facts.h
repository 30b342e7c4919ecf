/*
 * definition_facts.h
 *		What is known beside a definition when an action is decided.
 */
#ifndef GAUTH_STORE_DEFINITION_FACTS_H
#define GAUTH_STORE_DEFINITION_FACTS_H

#include "postgres.h"

#include "decision/definition_check.h"
#include "store/mandate.h"

extern bool gauth_definition_facts(const GauthMandate *mandate,
								   const GauthEnforceRequest *request,
								   TimestampTz at,
								   GauthDefinitionFacts *facts);

#endif							/* GAUTH_STORE_DEFINITION_FACTS_H */
