/*
 * finding.c
 *		What speaks against an action beside the mandate itself: those behind
 *		it (RFC 0111 section 6), and its legal form (RFC 0115).
 */
#include "store/finding.h"

#include "decision/definition_check.h"
#include "store/chain.h"
#include "store/definition_facts.h"
#include "store/memory.h"

/* what each fault of the chain is to the checks */
static const struct
{
	GauthViolationCode code;
	const char *message;
}			faults[GAUTH_CHAIN_FAULT_COUNT] = {

	[GAUTH_CHAIN_AGENT_INACTIVE] = {GAUTH_CREDENTIAL_REVOKED,
	"the agent is not in service"},
	[GAUTH_CHAIN_CLIENT_UNAUTHORIZED] = {GAUTH_CREDENTIAL_REVOKED,
	"the agent is no longer authorized by its owner"},
	[GAUTH_CHAIN_PRINCIPAL_INCAPABLE] = {GAUTH_CREDENTIAL_REVOKED,
	"the principal cannot act at present"},
	[GAUTH_CHAIN_OWNER_INCAPABLE] = {GAUTH_CREDENTIAL_REVOKED,
	"the agent's owner cannot act at present"},
	[GAUTH_CHAIN_OWNER_NOT_IN_FORCE] = {GAUTH_CREDENTIAL_REVOKED,
	"the agent's owner does not represent the principal"},
	[GAUTH_CHAIN_ISSUER_INCAPABLE] = {GAUTH_CREDENTIAL_REVOKED,
	"who gave the mandate cannot act at present"},
	[GAUTH_CHAIN_ISSUER_NOT_IN_FORCE] = {GAUTH_CREDENTIAL_REVOKED,
	"who gave the mandate does not represent the principal"},
	[GAUTH_CHAIN_NO_PERSON] = {GAUTH_CREDENTIAL_INVALID,
	"no natural person answers for the mandate"},
};

static void
add_fault(GauthFindingList *list, GauthChainFault fault)
{
	GauthFinding *finding = &list->items[list->count++];

	finding->check = GAUTH_CHECK_STATUS;
	finding->code = faults[fault].code;
	finding->severity = GAUTH_SEVERITY_ERROR;
	finding->message = faults[fault].message;
	finding->details = NULL;
}

static void
judge(const GauthMandate *mandate, const GauthDefinitionFacts *facts,
	  GauthEnforceInput *input, GauthFindingList *list)
{
	int64		cost = gauth_enforce_cost(input->request,
										  &mandate->credential->powers);
	GauthArena	arena;

	gauth_definition_judge(facts, input->request, input->now, cost, list);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (!gauth_definition_quorum(facts, &arena, &input->quorum))
		elog(ERROR, "out of memory");
}

/*
 * gauth_findings_collect
 *		Add to the input what speaks against the action, and whose approval it
 *		needs; in the memory context of the call.
 */
void
gauth_findings_collect(const GauthMandate *mandate, TimestampTz at,
					   GauthEnforceInput *input)
{
	GauthFindingList list = {.room = GAUTH_DEFINITION_FINDINGS_MAX + 1};
	GauthDefinitionFacts facts;
	GauthChainFault fault = gauth_chain_fault(mandate, input->request->agent,
											  at);
	bool		has_definition = gauth_definition_facts(mandate,
														input->request, at,
														&facts);

	if (fault == GAUTH_CHAIN_GOOD && !has_definition)
		return;
	list.items = palloc(sizeof(GauthFinding) * list.room);
	if (fault != GAUTH_CHAIN_GOOD)
		add_fault(&list, fault);
	if (has_definition)
		judge(mandate, &facts, input, &list);
	input->findings = list.items;
	input->finding_count = list.count;
}
