/*
 * definition_check.c
 *		What the legal form of a power of attorney (RFC 0115) says about an
 *		action, as findings for the seventeen checks.
 *
 * The form restricts and never permits: a finding is always against the
 * action.  Numbers that the form of the RFC has no box for are notes of a
 * fixed spelling: "partners:2" among the interaction boundaries, "quorum:4"
 * among the restrictions.
 */
#include "decision/definition_check.h"

#include "base/instant.h"
#include "poa/definition_rule.h"

#define LIMITS	"requirements.power_limits."

#define NOT_ATTESTED	"a limit of the agent that is demanded is not attested"

const GauthAttestedLimit gauth_attested_limits[GAUTH_ATTESTED_COUNT] = {
	{"outcome_limitations", LIMITS "outcome_limitations", NOT_ATTESTED},
	{"model_limits", LIMITS "model_limits", NOT_ATTESTED},
	{"behavioural_limits", LIMITS "behavioural_limits", NOT_ATTESTED},
	{"quantum_resistance", LIMITS "quantum_resistance",
	"quantum resistance is demanded and not attested"},
};

/* who has to sign where "collective" says no number */
#define COLLECTIVE_QUORUM	3

static void
add(GauthFindingList *findings, GauthCheckId check, GauthViolationCode code,
	const char *message)
{
	GauthFinding *finding;

	if (findings->count >= findings->room)
		return;
	finding = &findings->items[findings->count++];
	finding->check = check;
	finding->code = code;
	finding->severity = GAUTH_SEVERITY_ERROR;
	finding->message = message;
	finding->details = NULL;
}

/* the number behind "prefix" in a list of notes; or absent */
static int64_t
noted_number(const GauthJson *list, const char *prefix)
{
	const GauthJson *note;
	size_t		len = strlen(prefix);

	for (note = list == NULL ? NULL : list->first; note != NULL;
		 note = note->next)
	{
		GauthJson	number = {.type = GAUTH_JSON_NUMBER};
		int64_t		value;

		if (note->type != GAUTH_JSON_STRING || note->text.len <= len ||
			memcmp(note->text.data, prefix, len) != 0)
			continue;
		number.text = gauth_span_slice(note->text, len, note->text.len - len);
		if (gauth_json_to_int64(&number, &value) && value >= 0)
			return value;
	}
	return GAUTH_ABSENT;
}

/*
 * gauth_definition_partner_limit
 *		With how many others the agent may deal, or absent.
 */
int64_t
gauth_definition_partner_limit(const GauthJson *definition)
{
	return noted_number(gauth_definition_list(definition, LIMITS
											  "interaction_boundaries"),
						"partners:");
}

/*
 * gauth_definition_counts_days
 *		Is there a limit on what is spent in a day?
 */
bool
gauth_definition_counts_days(const GauthJson *definition)
{
	const GauthJson *at = NULL;
	GauthAmountLimit limit;

	while (gauth_definition_next_limit(definition, &at, &limit))
	{
		if (limit.per_day)
			return true;
	}
	return false;
}

static void
judge_validity(const GauthDefinitionFacts *facts, int64_t now,
			   GauthFindingList *findings)
{
	int64_t		instant;

	if (!facts->active)
		add(findings, GAUTH_CHECK_STATUS, GAUTH_CREDENTIAL_REVOKED,
			"the definition is not in force");
	if (gauth_instant_read(gauth_definition_text(facts->definition,
												 "requirements."
												 "validity_period."
												 "start_time"), &instant) &&
		now < instant)
		add(findings, GAUTH_CHECK_STATUS, GAUTH_CREDENTIAL_EXPIRED,
			"the definition's validity has not begun");
	if (gauth_instant_read(gauth_definition_text(facts->definition,
												 "requirements."
												 "validity_period."
												 "end_time"), &instant) &&
		now >= instant)
		add(findings, GAUTH_CHECK_STATUS, GAUTH_CREDENTIAL_EXPIRED,
			"the definition's validity is over");
}

static void
judge_conditions(const GauthDefinitionFacts *facts,
				 GauthFindingList *findings)
{
	const GauthJson *list =
		gauth_definition_list(facts->definition, "requirements."
							  "special_conditions."
							  "conditional_effectiveness");
	const GauthJson *event;
	uint32_t	i;

	for (event = list == NULL ? NULL : list->first; event != NULL;
		 event = event->next)
	{
		if (event->type == GAUTH_JSON_STRING &&
			!gauth_names_contain(&facts->raised, event->text))
		{
			add(findings, GAUTH_CHECK_CONDITION, GAUTH_CONSTRAINT_VIOLATED,
				"an event that the power waits for has not come");
			break;
		}
	}
	for (i = 0; i < facts->stops.count; i++)
	{
		if (gauth_names_contain(&facts->raised, facts->stops.items[i]))
		{
			add(findings, GAUTH_CHECK_CONDITION, GAUTH_CONSTRAINT_VIOLATED,
				"an event has come that stops the agent");
			break;
		}
	}
	if (facts->overdue)
		add(findings, GAUTH_CHECK_CONDITION, GAUTH_CONSTRAINT_VIOLATED,
			"a duty that comes first is overdue");
	if (gauth_definition_flag(facts->definition, "requirements."
							  "formal_requirements."
							  "id_verification_required") &&
		!facts->server_verified)
		add(findings, GAUTH_CHECK_CREDENTIAL, GAUTH_CREDENTIAL_INVALID,
			"the resource server's owner has not proved who it is");
}

static void
judge_kind(const GauthDefinitionFacts *facts,
		   const GauthEnforceRequest *request, GauthFindingList *findings)
{
	const GauthJson *definition = facts->definition;
	const GauthJson *transactions =
		gauth_definition_list(definition, "authorization."
							  "authorized_actions.transactions");
	const GauthJson *decisions =
		gauth_definition_list(definition, "authorization."
							  "authorized_actions.decisions");

	if (request->transaction_type.len > 0 &&
		!gauth_definition_allows(transactions, request->transaction_type))
		add(findings, GAUTH_CHECK_TRANSACTION, GAUTH_TRANSACTION_NOT_ALLOWED,
			"the definition does not list the transaction");
	if (gauth_definition_excludes(definition, request->transaction_type))
		add(findings, GAUTH_CHECK_TRANSACTION, GAUTH_TRANSACTION_NOT_ALLOWED,
			"the definition excludes the transaction");
	if (request->decision_type.len > 0 &&
		!gauth_definition_allows(decisions, request->decision_type))
		add(findings, GAUTH_CHECK_DECISION, GAUTH_DECISION_NOT_ALLOWED,
			"the definition does not list the decision");
	if (gauth_definition_excludes(definition, request->decision_type))
		add(findings, GAUTH_CHECK_DECISION, GAUTH_DECISION_NOT_ALLOWED,
			"the definition excludes the decision");
	if (gauth_definition_excludes(definition, request->verb))
		add(findings, GAUTH_CHECK_VERB, GAUTH_VERB_NOT_ALLOWED,
			"the definition excludes the action");
	if (facts->delegated && !gauth_definition_delegates(definition))
		add(findings, GAUTH_CHECK_DELEGATION, GAUTH_DELEGATION_SCOPE_EXCEEDED,
			"the definition allows no sub-proxies");
}

static void
judge_place(const GauthJson *definition, const GauthEnforceRequest *request,
			GauthFindingList *findings)
{
	if (request->sector.len > 0 &&
		!gauth_definition_covers_sector(definition, request->sector))
		add(findings, GAUTH_CHECK_SECTOR, GAUTH_SECTOR_MISMATCH,
			"the definition is not for the sector");
	if (request->region.len > 0 &&
		!gauth_definition_covers_region(definition, request->region))
		add(findings, GAUTH_CHECK_REGION, GAUTH_REGION_MISMATCH,
			"the definition is not for the region");
}

/* a limit for one kind of transaction is a limit for no other */
static bool
is_about(const GauthAmountLimit *limit, const GauthEnforceRequest *request)
{
	GauthJson	one = {.type = GAUTH_JSON_STRING};
	GauthJson	list = {.type = GAUTH_JSON_ARRAY,.count = 1};

	if (limit->type.len == 0)
		return true;
	one.text = limit->type;
	list.first = &one;
	return gauth_definition_allows(&list, request->transaction_type);
}

static void
judge_money(const GauthDefinitionFacts *facts,
			const GauthEnforceRequest *request, int64_t cost,
			GauthFindingList *findings)
{
	const GauthJson *at = NULL;
	GauthAmountLimit limit;

	if (cost <= 0)
		return;
	while (gauth_definition_next_limit(facts->definition, &at, &limit))
	{
		if (!is_about(&limit, request))
			continue;
		if (!limit.per_day && cost > limit.cents)
			add(findings, GAUTH_CHECK_BUDGET, GAUTH_BUDGET_EXCEEDED,
				"the amount is above the definition's limit");
		if (limit.per_day && (facts->spent_today > limit.cents ||
							  cost > limit.cents - facts->spent_today))
			add(findings, GAUTH_CHECK_BUDGET, GAUTH_BUDGET_EXCEEDED,
				"the day's amount is above the definition's limit");
	}
}

static GauthSpan
parameter(const GauthEnforceRequest *request, const char *name)
{
	const GauthJson *value = request->parameters == NULL ? NULL :
		gauth_json_get(request->parameters, name);

	if (value == NULL || value->type != GAUTH_JSON_STRING)
		return GAUTH_SPAN("");
	return value->text;
}

static void
judge_means(const GauthDefinitionFacts *facts,
			const GauthEnforceRequest *request, GauthFindingList *findings)
{
	const GauthJson *tools = gauth_definition_list(facts->definition, LIMITS
												   "tool_limitations");
	GauthSpan	tool = parameter(request, "tool");
	GauthSpan	partner = parameter(request, "partner");
	int64_t		limit = gauth_definition_partner_limit(facts->definition);

	if (tool.len > 0 && tools != NULL && !gauth_definition_allows(tools, tool))
		add(findings, GAUTH_CHECK_CONSTRAINT, GAUTH_CONSTRAINT_VIOLATED,
			"the definition does not list the tool");
	if (partner.len > 0 && limit != GAUTH_ABSENT &&
		!gauth_names_contain(&facts->partners, partner) &&
		(int64_t) facts->partners.count >= limit)
		add(findings, GAUTH_CHECK_CONSTRAINT, GAUTH_CONSTRAINT_VIOLATED,
			"the agent deals with as many others as it may");
}

static void
judge_proofs(const GauthDefinitionFacts *facts, GauthFindingList *findings)
{
	size_t		i;

	for (i = 0; i < GAUTH_ATTESTED_COUNT; i++)
	{
		const GauthAttestedLimit *limit = &gauth_attested_limits[i];

		if (gauth_definition_limit(facts->definition, limit->path) != NULL &&
			!gauth_names_contain(&facts->proved, gauth_span_of(limit->name)))
			add(findings, GAUTH_CHECK_CONSTRAINT, GAUTH_CONSTRAINT_VIOLATED,
				limit->missing);
	}
}

/*
 * gauth_definition_judge
 *		Append what the definition has against the action.
 */
void
gauth_definition_judge(const GauthDefinitionFacts *facts,
					   const GauthEnforceRequest *request, int64_t now,
					   int64_t cost, GauthFindingList *findings)
{
	judge_validity(facts, now, findings);
	judge_conditions(facts, findings);
	judge_kind(facts, request, findings);
	judge_place(facts->definition, request, findings);
	judge_money(facts, request, cost, findings);
	judge_means(facts, request, findings);
	judge_proofs(facts, findings);
}

/*
 * gauth_definition_quorum
 *		Who has to approve beside those that the mandate asks for: the client
 *		owner for joint representation, two for a joint signature, as many as
 *		the definition says for a collective one.  False: no memory.
 */
bool
gauth_definition_quorum(const GauthDefinitionFacts *facts, GauthArena *arena,
						GauthQuorum *quorum)
{
	const GauthJson *definition = facts->definition;
	int64_t		number;

	if (gauth_definition_names(definition, "authorization.authorization_type."
							   "signature_type", GAUTH_SPAN("joint")))
		quorum->approvers = 2;
	if (gauth_definition_names(definition, "authorization.authorization_type."
							   "signature_type", GAUTH_SPAN("collective")))
	{
		number = noted_number(gauth_definition_list(definition,
													"authorization."
													"authorization_type."
													"restrictions"),
							  "quorum:");
		quorum->approvers = number < 1 || number > 100 ? COLLECTIVE_QUORUM :
			(uint32_t) number;
	}
	if (!gauth_definition_names(definition, "authorization."
								"authorization_type.representation_type",
								GAUTH_SPAN("joint")) || facts->owner.len == 0)
		return true;
	quorum->named.items = gauth_arena_array(arena, 1, sizeof(GauthSpan));
	if (quorum->named.items == NULL)
		return false;
	quorum->named.given = true;
	quorum->named.count = 1;
	quorum->named.items[0] = facts->owner;
	if (quorum->approvers == 0)
		quorum->approvers = 1;
	return true;
}
