/*
 * authority.c
 *		A mandate lies within the definition that it executes.
 *
 * That is asked when the two are linked and when the mandate comes into
 * force; afterwards every decision asks what the definition says by then.
 */
#include "entry/authority.h"

#include "entry/definition_document.h"
#include "entry/report.h"
#include "poa/definition_rule.h"
#include "store/memory.h"

/*
 * gauth_authority_require
 *		Raises DELEGATION_SCOPE_WIDENING when the mandate gives more than the
 *		definition that it executes, if there is one.
 */
void
gauth_authority_require(const GauthMandate *mandate)
{
	GauthSpan	definition;
	GauthDefinitionRow row;

	if (gauth_definition_of(mandate->id, &definition) &&
		gauth_definition_find(definition, &row))
		gauth_authority_require_definition(&row, mandate->credential);
}

/*
 * gauth_authority_require_delegation
 *		Raises INSUFFICIENT_AUTHORITY when the definition gives the agent no
 *		authority to appoint sub-proxies (RFC 0115 part B).
 */
void
gauth_authority_require_delegation(const GauthMandate *mandate)
{
	GauthArena	arena;
	GauthSpan	definition;
	GauthDefinitionRow row;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_definition_of(mandate->id, &definition) &&
		gauth_definition_find(definition, &row) &&
		!gauth_definition_delegates(gauth_definition_parse(&arena,
														   row.document)))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth_authority_require_definition
 *		The same for a definition that is not linked yet.
 */
void
gauth_authority_require_definition(const GauthDefinitionRow *row,
								   const GauthCredential *credential)
{
	GauthArena	arena;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (!gauth_definition_bounds(gauth_definition_parse(&arena, row->document),
								 credential))
		gauth_raise_rule("DELEGATION_SCOPE_WIDENING");
}
