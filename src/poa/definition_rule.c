/*
 * definition_rule.c
 *		What a definition (RFC 0115) says to somebody who has to act on it.
 *
 * An element of a list is a text, or an object whose "type" is that text and
 * which says more.  Kinds of transactions, decisions and actions compare by
 * name; "purchase" is "purchase_transactions", as agents put it.
 */
#include "poa/definition_rule.h"

#include "base/instant.h"
#include "poa/region.h"
#include "poa/sector.h"

static const GauthJson *
find(const GauthJson *at, const char *path)
{
	while (at != NULL && at->type == GAUTH_JSON_OBJECT)
	{
		const char *dot = strchr(path, '.');
		GauthSpan	name = dot == NULL ? gauth_span_of(path) :
			gauth_span(path, (size_t) (dot - path));

		at = gauth_json_find(at, name);
		if (dot == NULL)
			return at;
		path = dot + 1;
	}
	return NULL;
}

/*
 * gauth_definition_text
 *		A text of the document; empty where it has none.
 */
GauthSpan
gauth_definition_text(const GauthJson *definition, const char *path)
{
	const GauthJson *value = find(definition, path);

	if (value == NULL || value->type != GAUTH_JSON_STRING)
		return GAUTH_SPAN("");
	return value->text;
}

/*
 * gauth_definition_flag
 *		Does the document say "true" there?
 */
bool
gauth_definition_flag(const GauthJson *definition, const char *path)
{
	const GauthJson *value = find(definition, path);

	return value != NULL && value->type == GAUTH_JSON_TRUE;
}

/*
 * gauth_definition_list
 *		A list of the document that is not empty; NULL where there is none,
 *		which restricts nothing.
 */
const GauthJson *
gauth_definition_list(const GauthJson *definition, const char *path)
{
	const GauthJson *value = find(definition, path);

	if (value == NULL || value->type != GAUTH_JSON_ARRAY || value->count == 0)
		return NULL;
	return value;
}

/*
 * gauth_definition_limit
 *		What the document demands there, in a list or by a flag; NULL where it
 *		demands nothing.
 */
const GauthJson *
gauth_definition_limit(const GauthJson *definition, const char *path)
{
	if (gauth_definition_flag(definition, path))
		return find(definition, path);
	return gauth_definition_list(definition, path);
}

static GauthSpan
element_name(const GauthJson *element)
{
	const GauthJson *type = element->type == GAUTH_JSON_OBJECT ?
		gauth_json_get(element, "type") : element;

	if (type == NULL || type->type != GAUTH_JSON_STRING)
		return GAUTH_SPAN("");
	return type->text;
}

/*
 * gauth_definition_names
 *		Does a list of the document, or a text in its place, name this?
 */
bool
gauth_definition_names(const GauthJson *definition, const char *path,
					   GauthSpan name)
{
	const GauthJson *value = find(definition, path);
	const GauthJson *element;

	if (value == NULL)
		return false;
	if (value->type != GAUTH_JSON_ARRAY)
		return gauth_span_equal(element_name(value), name);
	for (element = value->first; element != NULL; element = element->next)
	{
		if (gauth_span_equal(element_name(element), name))
			return true;
	}
	return false;
}

GauthSpan
gauth_definition_principal(const GauthJson *definition)
{
	return gauth_definition_text(definition, "parties.principal.identity");
}

GauthSpan
gauth_definition_agent(const GauthJson *definition)
{
	return gauth_definition_text(definition,
								 "parties.authorized_client.identity");
}

GauthSpan
gauth_definition_agent_type(const GauthJson *definition)
{
	return gauth_definition_text(definition, "parties.authorized_client.type");
}

bool
gauth_definition_is_individual(const GauthJson *definition)
{
	return gauth_span_is(gauth_definition_text(definition,
											   "parties.principal.type"),
						 "individual");
}

bool
gauth_definition_needs_notary(const GauthJson *definition)
{
	return gauth_definition_flag(definition, "requirements."
								 "formal_requirements.notarial_certification");
}

bool
gauth_definition_needs_signature(const GauthJson *definition)
{
	return gauth_definition_flag(definition, "requirements."
								 "formal_requirements.digital_signatures");
}

/*
 * gauth_definition_survives
 *		Does the power go on when the principal has died?
 */
bool
gauth_definition_survives(const GauthJson *definition)
{
	return gauth_definition_flag(definition, "requirements."
								 "death_incapacity_rules."
								 "continuation_on_death");
}

/*
 * gauth_definition_terminates
 *		Does the event end the power?
 */
bool
gauth_definition_terminates(const GauthJson *definition, GauthSpan event)
{
	return gauth_definition_names(definition, "requirements.validity_period."
								  "termination_conditions", event);
}

/*
 * gauth_definition_delegates
 *		May the agent appoint sub-proxies?  Not unless it is said.
 */
bool
gauth_definition_delegates(const GauthJson *definition)
{
	return gauth_definition_flag(definition, "authorization."
								 "authorization_type.sub_proxy_authority");
}

static GauthSpan
without_suffix(GauthSpan kind)
{
	static const char *const suffixes[] = {
		"_transactions", "_transaction", "_decisions", "_decision"
	};
	size_t		i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
	{
		size_t		len = strlen(suffixes[i]);

		if (kind.len > len &&
			memcmp(kind.data + kind.len - len, suffixes[i], len) == 0)
			return gauth_span_slice(kind, 0, kind.len - len);
	}
	return kind;
}

/*
 * gauth_definition_allows
 *		Is the kind in the list?  No list allows every kind.
 */
bool
gauth_definition_allows(const GauthJson *list, GauthSpan kind)
{
	const GauthJson *element;

	if (list == NULL)
		return true;
	for (element = list->first; element != NULL; element = element->next)
	{
		if (gauth_span_equal(without_suffix(element_name(element)),
							 without_suffix(kind)))
			return true;
	}
	return false;
}

/*
 * gauth_definition_excludes
 *		Is the kind, or verb, shut out whatever else is allowed?
 */
bool
gauth_definition_excludes(const GauthJson *definition, GauthSpan kind)
{
	static const char *const paths[] = {
		"authorization.authorization_type.restrictions",
		"requirements.power_limits.explicit_exclusions"
	};
	size_t		i;

	if (kind.len == 0)
		return false;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
	{
		const GauthJson *list = gauth_definition_list(definition, paths[i]);

		if (list != NULL && gauth_definition_allows(list, kind))
			return true;
	}
	return false;
}

/* of one kind of region; several identifiers stand with commas between */
static bool
region_covers(const GauthJson *element, GauthSpan region)
{
	GauthSpan	rest = gauth_definition_text(element, "identifier");

	if (gauth_span_is(element_name(element), "global"))
		return true;
	while (rest.len > 0)
	{
		const char *comma = memchr(rest.data, ',', rest.len);
		size_t		len = comma == NULL ? rest.len :
			(size_t) (comma - rest.data);
		GauthSpan	one = gauth_span_slice(rest, 0, len);

		while (one.len > 0 && one.data[0] == ' ')
			one = gauth_span_slice(one, 1, one.len - 1);
		if (one.len > 0 && gauth_region_contains(one, region))
			return true;
		if (comma == NULL)
			break;
		rest = gauth_span_slice(rest, len + 1, rest.len - len - 1);
	}
	return false;
}

/*
 * gauth_definition_covers_region
 *		Does the region lie in one that the power is for?
 */
bool
gauth_definition_covers_region(const GauthJson *definition, GauthSpan region)
{
	const GauthJson *list = gauth_definition_list(definition, "authorization."
												  "applicable_regions");
	const GauthJson *element;

	for (element = list == NULL ? NULL : list->first; element != NULL;
		 element = element->next)
	{
		if (region_covers(element, region))
			return true;
	}
	return list == NULL;
}

/*
 * gauth_definition_covers_sector
 *		The same for a sector.
 */
bool
gauth_definition_covers_sector(const GauthJson *definition, GauthSpan sector)
{
	const GauthJson *list = gauth_definition_list(definition, "authorization."
												  "applicable_sectors");
	const GauthJson *element;

	for (element = list == NULL ? NULL : list->first; element != NULL;
		 element = element->next)
	{
		if (gauth_sector_contains(element_name(element), sector))
			return true;
	}
	return list == NULL;
}

/*
 * gauth_definition_next_limit
 *		The next limit of money; "*at" begins as NULL and is moved on.  Levels
 *		that are words alone are for people and passed over.
 */
bool
gauth_definition_next_limit(const GauthJson *definition,
							const GauthJson **at, GauthAmountLimit *limit)
{
	const GauthJson *levels = gauth_definition_list(definition,
													"requirements."
													"power_limits."
													"power_levels");

	if (*at == NULL)
		*at = levels == NULL ? NULL : levels->first;
	else
		*at = (*at)->next;
	for (; *at != NULL; *at = (*at)->next)
	{
		const GauthJson *amount = (*at)->type == GAUTH_JSON_OBJECT ?
			gauth_json_get(*at, "amount_cents") : NULL;

		if (amount == NULL || !gauth_json_to_int64(amount, &limit->cents))
			continue;
		limit->type = gauth_definition_text(*at, "transaction_type");
		limit->per_day = gauth_span_is(gauth_definition_text(*at, "period"),
									   "day");
		return true;
	}
	return false;
}

/* a list of the mandate within one of the definition; none is everything */
static bool
list_bounds(const GauthJson *list, const GauthNames *names)
{
	uint32_t	i;

	if (list == NULL)
		return true;
	if (!names->given)
		return false;
	for (i = 0; i < names->count; i++)
	{
		if (!gauth_definition_allows(list, names->items[i]))
			return false;
	}
	return true;
}

static bool
places_bound(const GauthJson *definition, const GauthPowers *powers)
{
	uint32_t	i;

	if (gauth_definition_list(definition,
							  "authorization.applicable_regions") != NULL &&
		!powers->allowed_regions.given)
		return gauth_definition_covers_region(definition,
											  GAUTH_SPAN("global"));
	for (i = 0; i < powers->allowed_regions.count; i++)
	{
		if (!gauth_definition_covers_region(definition,
											powers->allowed_regions.items[i]))
			return false;
	}
	if (gauth_definition_list(definition,
							  "authorization.applicable_sectors") != NULL &&
		!powers->allowed_sectors.given)
		return false;
	for (i = 0; i < powers->allowed_sectors.count; i++)
	{
		if (!gauth_definition_covers_sector(definition,
											powers->allowed_sectors.items[i]))
			return false;
	}
	return true;
}

static bool
excludes_any(const GauthJson *definition, const GauthNames *names)
{
	uint32_t	i;

	for (i = 0; i < names->count; i++)
	{
		if (gauth_definition_excludes(definition, names->items[i]))
			return true;
	}
	return false;
}

/*
 * gauth_definition_bounds
 *		Does the mandate lie within the definition: its transactions,
 *		decisions, sectors and regions, nothing of what is shut out?
 *
 * Where the definition restricts and the mandate says nothing, the mandate is
 * wider.
 */
bool
gauth_definition_bounds(const GauthJson *definition,
						const GauthCredential *credential)
{
	const GauthPowers *powers = &credential->powers;

	return list_bounds(gauth_definition_list(definition, "authorization."
											 "authorized_actions."
											 "transactions"),
					   &powers->allowed_transactions) &&
		list_bounds(gauth_definition_list(definition, "authorization."
										  "authorized_actions.decisions"),
					&powers->allowed_decisions) &&
		places_bound(definition, powers) &&
		!excludes_any(definition, &powers->allowed_transactions) &&
		!excludes_any(definition, &powers->allowed_decisions);
}
