/*
 * definition.c
 *		The form of RFC 0115, figure 1, and what its boxes have to do with
 *		each other.
 */
#include "poa/definition.h"

#include "base/instant.h"
#include "poa/form.h"
#include "poa/region.h"
#include "poa/sector.h"

#define END				{NULL, NULL, NULL, NULL, GAUTH_OPTIONAL}
#define MAY(name, kind) \
	{name, gauth_form_##kind, NULL, NULL, GAUTH_OPTIONAL}
#define MUST(name, kind) \
	{name, gauth_form_##kind, NULL, NULL, GAUTH_REQUIRED}
#define MAY_BE(name, kind, words) \
	{name, gauth_form_##kind, NULL, words, GAUTH_OPTIONAL}
#define MUST_BE(name, kind, words) \
	{name, gauth_form_##kind, NULL, words, GAUTH_REQUIRED}
#define MAY_HAVE(name, kind, form) \
	{name, gauth_form_##kind, form, NULL, GAUTH_OPTIONAL}
#define MUST_HAVE(name, kind, form) \
	{name, gauth_form_##kind, form, NULL, GAUTH_REQUIRED}
#define MAY_READ(name, read) \
	{name, read, NULL, NULL, GAUTH_OPTIONAL}

/* every group of the form ends with "other (specify)" */
#define OTHER			MAY("other", prose), END

/* A. parties */

static const char *const principal_types[] = {
	"individual", "organization", NULL
};

static const char *const organization_types[] = {
	"commercial_enterprise", "public_authority", "non_profit_organization",
	"other_association", "other", NULL
};

static const char *const client_types[] = {
	"llm", "digital_agent", "agentic_ai", "humanoid_robot", "other", NULL
};

static const GauthFormMember individual_form[] = {
	MUST("name", text), MAY("citizenship", text), OTHER
};

static const GauthFormMember organization_form[] = {
	MUST_BE("type", choice, organization_types), MAY("name", text),
	MAY("register_entry", text), MAY("managing_director", text),
	MAY("registered_authority", flag), OTHER
};

static const GauthFormMember principal_form[] = {
	MUST_BE("type", choice, principal_types), MUST("identity", text),
	MAY_HAVE("individual", object, individual_form),
	MAY_HAVE("organization", object, organization_form), OTHER
};

static const GauthFormMember person_form[] = {
	MUST("name", text), MAY("registered_power_of_attorney", evidence),
	MAY("commercial_register_entry", evidence), OTHER
};

static const GauthFormMember representative_form[] = {
	MAY_HAVE("client_owner", object, person_form),
	MAY_HAVE("owner_authorizer", object, person_form),
	MAY_HAVE("other_representatives", objects, person_form), OTHER
};

static const GauthFormMember client_form[] = {
	MUST_BE("type", choice, client_types), MUST("identity", text),
	MAY("version", text), MAY("operational_status", text), OTHER
};

static const GauthFormMember parties_form[] = {
	MUST_HAVE("principal", object, principal_form),
	MAY_HAVE("representative", object, representative_form),
	MUST_HAVE("authorized_client", object, client_form), OTHER
};

/* B. type and scope of authorization */

static const char *const representation_types[] = {"sole", "joint", NULL};

static const char *const signature_types[] = {
	"single", "joint", "collective", NULL
};

static const char *const region_types[] = {
	"global", "national", "international", "regional", "subnational",
	"specific_location", "other", NULL
};

static const char *const transactions[] = {
	"loan_transactions", "purchase_transactions", "sale_transactions",
	"leasing_rental_transactions", "other_transactions", NULL
};

static const char *const decisions[] = {
	"personnel_decisions", "financial_commitments", "buy_sell_transactions",
	"conceptual_determinations", "design_decisions", "information_sharing",
	"strategic_decisions", "legal_proceedings", "asset_management_decisions",
	"other_decisions", NULL
};

static const char *const non_physical_actions[] = {
	"sharing_presenting", "brainstorming_discussing", "researching_rag",
	"other_non_physical_actions", NULL
};

static const char *const physical_actions[] = {
	"shipments", "production", "recycling", "storage", "customization",
	"package", "clean", "other_actions", NULL
};

static const GauthFormMember authorization_type_form[] = {
	MAY_BE("representation_type", choices, representation_types),
	MAY("restrictions", notes), MAY("sub_proxy_authority", flag),
	MAY_BE("signature_type", choices, signature_types), OTHER
};

static const GauthFormMember region_form[] = {
	MUST_BE("type", choice, region_types), MAY("identifier", text), END
};

static const GauthFormMember actions_form[] = {
	MAY_BE("transactions", kinds, transactions),
	MAY_BE("decisions", kinds, decisions),
	MAY_BE("non_physical_actions", kinds, non_physical_actions),
	MAY_BE("physical_actions", kinds, physical_actions), OTHER
};

static void read_sectors(GauthReader *reader, const GauthField *field,
						 const GauthFormMember *member);
static void read_regions(GauthReader *reader, const GauthField *field,
						 const GauthFormMember *member);
static void read_levels(GauthReader *reader, const GauthField *field,
						const GauthFormMember *member);

static const GauthFormMember authorization_form[] = {
	MAY_HAVE("authorization_type", object, authorization_type_form),
	MAY_READ("applicable_sectors", read_sectors),
	MAY_READ("applicable_regions", read_regions),
	MAY_HAVE("authorized_actions", object, actions_form), OTHER
};

/* C. requirements */

static const GauthFormMember validity_form[] = {
	MAY("start_time", instant), MAY("end_time", instant),
	MAY("auto_renewal_conditions", notes),
	MAY("termination_conditions", notes), OTHER
};

static const GauthFormMember formal_form[] = {
	MAY("notarial_certification", flag),
	MAY("id_verification_required", flag), MAY("digital_signatures", flag),
	OTHER
};

static const GauthFormMember limits_form[] = {
	MAY_READ("power_levels", read_levels),
	MAY("interaction_boundaries", notes), MAY("tool_limitations", notes),
	MAY("outcome_limitations", notes), MAY("model_limits", notes),
	MAY("behavioural_limits", notes), MAY("quantum_resistance", flag),
	MAY("explicit_exclusions", notes), OTHER
};

static const GauthFormMember rights_form[] = {
	MAY("reporting_duties", notes), MAY("liability_rules", notes),
	MAY("compensation_rules", notes), OTHER
};

static const GauthFormMember conditions_form[] = {
	MAY("conditional_effectiveness", notes),
	MAY("immediate_notification", notes), OTHER
};

static const GauthFormMember death_form[] = {
	MAY("continuation_on_death", flag), MAY("incapacity_instructions", prose),
	OTHER
};

static const GauthFormMember security_form[] = {
	MAY("communication_protocols", notes), MAY("security_properties", notes),
	MAY("compliance_info", notes), MAY("update_mechanism", prose), OTHER
};

static const GauthFormMember jurisdiction_form[] = {
	MAY("language", text), MAY("governing_law", prose),
	MAY("place_of_jurisdiction", prose), MAY("attached_documents", notes),
	OTHER
};

static const GauthFormMember conflict_form[] = {
	MAY("arbitration_jurisdiction", prose), OTHER
};

static const GauthFormMember requirements_form[] = {
	MAY_HAVE("validity_period", object, validity_form),
	MAY_HAVE("formal_requirements", object, formal_form),
	MAY_HAVE("power_limits", object, limits_form),
	MAY_HAVE("rights_obligations", object, rights_form),
	MAY_HAVE("special_conditions", object, conditions_form),
	MAY_HAVE("death_incapacity_rules", object, death_form),
	MAY_HAVE("security_compliance", object, security_form),
	MAY_HAVE("jurisdiction_law", object, jurisdiction_form),
	MAY_HAVE("conflict_resolution", object, conflict_form), OTHER
};

static const GauthFormMember definition_form[] = {
	MUST_HAVE("parties", object, parties_form),
	MAY_HAVE("authorization", object, authorization_form),
	MAY_HAVE("requirements", object, requirements_form), END
};

static void
complain(GauthReader *reader, const GauthField *field, const char *rule)
{
	gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA, rule);
}

static void
read_sectors(GauthReader *reader, const GauthField *field,
			 const GauthFormMember *member)
{
	GauthNames	names = gauth_read_names(reader, field, GAUTH_ITEM_TEXT);
	uint32_t	i;

	(void) member;
	for (i = 0; i < names.count; i++)
	{
		GauthField	item = gauth_field_element(field, NULL, i);

		if (names.items[i].len > 0 && !gauth_sector_known(names.items[i]))
			complain(reader, &item, "must be one of the 21 sectors, or a"
					 " code such as nace:62.01, isic:6201 or naics:541511");
	}
}

/* may one identifier stand in a region of this type? */
static bool
suits_type(const GauthJson *type, GauthSpan identifier)
{
	GauthRegionKind kind = gauth_region_kind(identifier);

	if (gauth_json_is_string(type, "national"))
		return kind == GAUTH_REGION_COUNTRY;
	if (gauth_json_is_string(type, "international"))
		return kind == GAUTH_REGION_COUNTRY || kind == GAUTH_REGION_UNION ||
			kind == GAUTH_REGION_WORLD;
	if (gauth_json_is_string(type, "regional"))
		return kind == GAUTH_REGION_UNION;
	if (gauth_json_is_string(type, "subnational"))
		return kind == GAUTH_REGION_SUBDIVISION ||
			kind == GAUTH_REGION_OTHER;
	return true;
}

static GauthSpan
trim(GauthSpan text)
{
	while (text.len > 0 && text.data[0] == ' ')
		text = gauth_span_slice(text, 1, text.len - 1);
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* several are separated by commas */
static bool
all_suit_type(const GauthJson *type, GauthSpan identifiers)
{
	GauthSpan	rest = identifiers;

	for (;;)
	{
		const char *comma = rest.len == 0 ? NULL :
		memchr(rest.data, ',', rest.len);
		size_t		len = comma == NULL ? rest.len :
		(size_t) (comma - rest.data);
		GauthSpan	one = trim(gauth_span_slice(rest, 0, len));

		if (one.len == 0 || !suits_type(type, one))
			return false;
		if (comma == NULL)
			return true;
		rest = gauth_span_slice(rest, len + 1, rest.len - len - 1);
	}
}

/* "global" says all; every other type has to say what it means */
static void
read_region(GauthReader *reader, const GauthField *field,
			const GauthFormMember *member)
{
	GauthField	type;
	GauthField	identifier;

	(void) member;
	if (!gauth_read_object(reader, field, GAUTH_REQUIRED))
		return;
	gauth_form_read(reader, field, region_form);
	type = gauth_field_get(field, "type");
	identifier = gauth_field_get(field, "identifier");
	if (gauth_json_is_string(type.json, "global"))
		return;
	if (identifier.json == NULL)
		complain(reader, &identifier, "must specify the region");
	else if (identifier.json->type == GAUTH_JSON_STRING &&
			 !all_suit_type(type.json, identifier.json->text))
		complain(reader, &identifier,
				 "must be codes that suit the type: DE for a country, EU for"
				 " a union, DE-BY for a part of a country");
}

static void
read_regions(GauthReader *reader, const GauthField *field,
			 const GauthFormMember *member)
{
	gauth_form_elements(reader, field, member, read_region);
}

/* three capital letters (ISO 4217) */
static void
read_currency(GauthReader *reader, const GauthField *field,
			  const GauthFormMember *member)
{
	GauthSpan	text = gauth_read_text(reader, field, GAUTH_REQUIRED);
	size_t		i;
	bool		good = text.len == 3;

	(void) member;
	for (i = 0; good && i < 3; i++)
		good = text.data[i] >= 'A' && text.data[i] <= 'Z';
	if (text.len > 0 && !good)
		complain(reader, field, "must be a currency such as EUR");
}

/* a limit in words, or as an amount of money */
static void
read_level(GauthReader *reader, const GauthField *field,
		   const GauthFormMember *member)
{
	static const char *const periods[] = {"transaction", "day", NULL};
	static const GauthFormMember members[] = {
		MUST("amount_cents", integer),
		{"currency", read_currency, NULL, NULL, GAUTH_REQUIRED},
		MAY_BE("period", choice, periods),
		MAY_BE("transaction_type", choice, transactions),
		MAY("specify", prose), END
	};

	if (field->json->type == GAUTH_JSON_STRING)
		gauth_form_prose(reader, field, member);
	else if (gauth_read_object(reader, field, GAUTH_REQUIRED))
		gauth_form_read(reader, field, members);
}

static void
read_levels(GauthReader *reader, const GauthField *field,
			const GauthFormMember *member)
{
	gauth_form_elements(reader, field, member, read_level);
}

/* where "other" was ticked, the group's "other" says what */
static void
check_other(GauthReader *reader, const GauthField *group)
{
	GauthField	type = gauth_field_get(group, "type");
	GauthField	other = gauth_field_get(group, "other");

	if (gauth_json_is_string(type.json, "other") && other.json == NULL)
		complain(reader, &other, "must specify what the type is");
}

/* a natural person or an organisation, and only the latter is represented */
static void
check_principal(GauthReader *reader, const GauthField *parties)
{
	GauthField	principal = gauth_field_get(parties, "principal");
	GauthField	type = gauth_field_get(&principal, "type");
	GauthField	individual = gauth_field_get(&principal, "individual");
	GauthField	organization = gauth_field_get(&principal, "organization");
	GauthField	representative = gauth_field_get(parties, "representative");

	if (gauth_json_is_string(type.json, "individual"))
	{
		if (organization.json != NULL)
			complain(reader, &organization,
					 "an individual is no organization");
		if (representative.json != NULL)
			complain(reader, &representative,
					 "only an organization is represented");
	}
	else if (gauth_json_is_string(type.json, "organization"))
	{
		if (individual.json != NULL)
			complain(reader, &individual, "an organization is no individual");
		if (organization.json == NULL)
			complain(reader, &organization, "is missing");
	}
	check_other(reader, &organization);
}

static void
check_validity(GauthReader *reader, const GauthField *requirements)
{
	GauthField	period = gauth_field_get(requirements, "validity_period");
	GauthField	start = gauth_field_get(&period, "start_time");
	GauthField	end = gauth_field_get(&period, "end_time");
	int64_t		first;
	int64_t		last;

	if (start.json == NULL || end.json == NULL ||
		start.json->type != GAUTH_JSON_STRING ||
		end.json->type != GAUTH_JSON_STRING ||
		!gauth_instant_read(start.json->text, &first) ||
		!gauth_instant_read(end.json->text, &last))
		return;
	if (first > last)
		complain(reader, &end, "must not be before start_time");
}

/*
 * gauth_definition_check
 *		All that is wrong with a definition.
 */
GauthStatus
gauth_definition_check(GauthArena *arena, const GauthJson *json,
					   GauthProblems *problems)
{
	GauthReader reader = {arena, problems};
	GauthField	document = gauth_field_root(gauth_span(NULL, 0), json);
	GauthField	parties = gauth_field_get(&document, "parties");
	GauthField	client = gauth_field_get(&parties, "authorized_client");
	GauthField	requirements = gauth_field_get(&document, "requirements");

	if (gauth_read_object(&reader, &document, GAUTH_REQUIRED))
	{
		gauth_form_read(&reader, &document, definition_form);
		check_principal(&reader, &parties);
		check_other(&reader, &client);
		check_validity(&reader, &requirements);
	}
	return problems->failed ? GAUTH_OUT_OF_MEMORY : GAUTH_OK;
}
