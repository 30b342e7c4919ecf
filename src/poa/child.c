/*
 * child.c
 *		The document of a mandate that is delegated (RFC 0118 section 8.1).
 *
 * Recursion goes as deep as the reader of the two documents allowed.
 */
#include "poa/child.h"

#include "base/instant.h"
#include "base/json_write.h"
#include "poa/verb.h"

typedef struct Merger
{
	GauthArena *arena;
	GauthText  *text;
	GauthError *err;
	GauthStatus status;
} Merger;

/* the shorter names that a restriction may use */
static const char *const aliases[][2] = {
	{"allowed_sectors", "sectors"},
	{"allowed_regions", "regions"},
};

/* a comma, unless an object or an array has just begun */
static void
append_comma(GauthText *text)
{
	if (text->len > 0 && text->data[text->len - 1] != '{' &&
		text->data[text->len - 1] != '[')
		gauth_text_append_char(text, ',');
}

static void
append_name(GauthText *text, GauthSpan name)
{
	append_comma(text);
	gauth_text_append_json_string(text, name);
	gauth_text_append_char(text, ':');
}

static void
append_text(GauthText *text, const char *name, GauthSpan value)
{
	append_name(text, gauth_span_of(name));
	gauth_text_append_json_string(text, value);
}

/* lists of what may not be done: they only grow */
static bool
is_denial(GauthSpan name)
{
	return gauth_span_is(name, "denied_paths") ||
		gauth_span_is(name, "denied_commands") ||
		gauth_span_is(name, "denylist");
}

static bool
holds(const GauthJson *array, const GauthJson *element)
{
	const GauthJson *other;

	for (other = array->first; other != NULL; other = other->next)
	{
		if (other->type == element->type &&
			gauth_span_equal(other->text, element->text))
			return true;
	}
	return false;
}

static void
append_union(GauthText *text, const GauthJson *a, const GauthJson *b)
{
	const GauthJson *element;

	gauth_text_append_char(text, '[');
	for (element = a->first; element != NULL; element = element->next)
	{
		append_comma(text);
		gauth_text_append_json(text, element);
	}
	for (element = b->first; element != NULL; element = element->next)
	{
		if (holds(a, element))
			continue;
		append_comma(text);
		gauth_text_append_json(text, element);
	}
	gauth_text_append_char(text, ']');
}

/* "override" is what the restriction has in the place of "base" */
static void
append_merged(GauthText *text, const GauthJson *base,
			  const GauthJson *override)
{
	const GauthJson *member;

	if (base->type == GAUTH_JSON_ARRAY &&
		override->type == GAUTH_JSON_ARRAY && is_denial(base->name))
	{
		append_union(text, base, override);
		return;
	}
	if (base->type != GAUTH_JSON_OBJECT || override->type != GAUTH_JSON_OBJECT)
	{
		gauth_text_append_json(text, override);
		return;
	}
	gauth_text_append_char(text, '{');
	for (member = base->first; member != NULL; member = member->next)
	{
		const GauthJson *other = gauth_json_find(override, member->name);

		append_name(text, member->name);
		if (other == NULL)
			gauth_text_append_json(text, member);
		else
			append_merged(text, member, other);
	}
	for (member = override->first; member != NULL; member = member->next)
	{
		if (gauth_json_find(base, member->name) != NULL)
			continue;
		append_name(text, member->name);
		gauth_text_append_json(text, member);
	}
	gauth_text_append_char(text, '}');
}

static GauthSpan
canonical(Merger *merger, GauthSpan written)
{
	GauthSpan	verb = written;
	GauthStatus status = gauth_verb_canonical(merger->arena, written, &verb);

	if (status != GAUTH_OK)
		merger->status = gauth_fail(merger->err, status, "verb");
	return verb;
}

/* the member of "verbs" that is this verb in either spelling, or NULL */
static const GauthJson *
find_verb(Merger *merger, const GauthJson *verbs, GauthSpan verb)
{
	const GauthJson *member;

	for (member = verbs->first; member != NULL; member = member->next)
	{
		if (gauth_span_equal(canonical(merger, member->name), verb))
			return member;
	}
	return NULL;
}

/* only the verbs that "named" has remain, each with less or the same */
static void
append_verbs(Merger *merger, const GauthJson *verbs, const GauthJson *named)
{
	const GauthJson *member;

	gauth_text_append_char(merger->text, '{');
	for (member = named->first; member != NULL; member = member->next)
	{
		GauthSpan	verb = canonical(merger, member->name);
		const GauthJson *base = find_verb(merger, verbs, verb);

		append_name(merger->text, verb);
		if (base == NULL)
			gauth_text_append_json(merger->text, member);
		else
			append_merged(merger->text, base, member);
	}
	gauth_text_append_char(merger->text, '}');
}

/* the same for a list of names, which take nothing but verbs away */
static void
append_actions(Merger *merger, const GauthJson *verbs, const GauthJson *names)
{
	const GauthJson *element;

	gauth_text_append_char(merger->text, '{');
	for (element = names->first; element != NULL; element = element->next)
	{
		GauthSpan	verb = canonical(merger, element->text);
		const GauthJson *base = find_verb(merger, verbs, verb);

		append_name(merger->text, verb);
		if (base == NULL)
			gauth_text_append(merger->text, GAUTH_SPAN("{\"allowed\":true}"));
		else
			gauth_text_append_json(merger->text, base);
	}
	gauth_text_append_char(merger->text, '}');
}

/* what the restriction says about a member of the scope, or NULL */
static const GauthJson *
find_restriction(const GauthJson *restriction, GauthSpan name)
{
	const GauthJson *found = gauth_json_find(restriction, name);
	size_t		i;

	for (i = 0; found == NULL && i < sizeof(aliases) / sizeof(*aliases); i++)
	{
		if (gauth_span_is(name, aliases[i][0]))
			found = gauth_json_get(restriction, aliases[i][1]);
	}
	return found;
}

static void
append_scope_verbs(Merger *merger, const GauthJson *verbs,
				   const GauthJson *restriction)
{
	const GauthJson *named = gauth_json_get(restriction, "core_verbs");
	const GauthJson *actions = gauth_json_get(restriction, "allowedActions");

	if (named != NULL && named->type == GAUTH_JSON_OBJECT)
		append_verbs(merger, verbs, named);
	else if (actions != NULL && actions->type == GAUTH_JSON_ARRAY)
		append_actions(merger, verbs, actions);
	else
		gauth_text_append_json(merger->text, verbs);
}

/* the canonical name of a member of a restriction */
static GauthSpan
scope_name(GauthSpan name)
{
	size_t		i;

	for (i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
	{
		if (gauth_span_is(name, aliases[i][1]))
			return gauth_span_of(aliases[i][0]);
	}
	return name;
}

static void
append_scope(Merger *merger, const GauthJson *scope,
			 const GauthJson *restriction)
{
	const GauthJson *member;

	gauth_text_append_char(merger->text, '{');
	for (member = scope->first; member != NULL; member = member->next)
	{
		const GauthJson *other = find_restriction(restriction, member->name);

		append_name(merger->text, member->name);
		if (gauth_span_is(member->name, "core_verbs"))
			append_scope_verbs(merger, member, restriction);
		else if (other == NULL)
			gauth_text_append_json(merger->text, member);
		else
			append_merged(merger->text, member, other);
	}
	for (member = restriction->first; member != NULL; member = member->next)
	{
		GauthSpan	name = scope_name(member->name);

		if (gauth_span_is(name, "allowedActions") ||
			gauth_json_find(scope, name) != NULL)
			continue;
		append_name(merger->text, name);
		gauth_text_append_json(merger->text, member);
	}
	gauth_text_append_char(merger->text, '}');
}

/* customer, project, issuer and approvers are the parent's */
static void
append_parties(GauthText *text, const GauthJson *parties, GauthSpan delegate)
{
	const GauthJson *member;

	gauth_text_append_char(text, '{');
	append_text(text, "subject", delegate);
	for (member = parties->first; member != NULL; member = member->next)
	{
		if (gauth_span_is(member->name, "subject"))
			continue;
		append_name(text, member->name);
		gauth_text_append_json(text, member);
	}
	gauth_text_append_char(text, '}');
}

static void
append_requirements(GauthText *text, const GauthJson *requirements,
					const GauthChild *child)
{
	const GauthJson *member;

	gauth_text_append(text, GAUTH_SPAN("{\"budget\":{\"total_cents\":"));
	gauth_text_append_int64(text, child->budget_cents);
	gauth_text_append(text, GAUTH_SPAN("},\"ttl_seconds\":"));
	gauth_text_append_int64(text, child->ttl_seconds);
	for (member = requirements->first; member != NULL; member = member->next)
	{
		if (gauth_span_is(member->name, "budget") ||
			gauth_span_is(member->name, "ttl_seconds"))
			continue;
		append_name(text, member->name);
		gauth_text_append_json(text, member);
	}
	gauth_text_append_char(text, '}');
}

static void
append_entry(GauthText *text, const GauthCredential *parent,
			 const GauthChild *child)
{
	char		instant[GAUTH_INSTANT_TEXT_MAX];
	size_t		len = gauth_instant_write(child->delegated_at, instant);

	gauth_text_append_char(text, '{');
	append_text(text, "delegator", parent->subject);
	append_text(text, "delegate", child->delegate);
	append_name(text, GAUTH_SPAN("scope_restriction"));
	if (child->restriction == NULL)
		gauth_text_append(text, GAUTH_SPAN("{}"));
	else
		gauth_text_append_json(text, child->restriction);
	append_text(text, "delegated_at",
				gauth_span(instant, len));
	append_name(text, GAUTH_SPAN("max_depth_remaining"));
	gauth_text_append_int64(text, child->max_depth_remaining);
	gauth_text_append_char(text, '}');
}

static void
append_chain(GauthText *text, const GauthCredential *parent,
			 const GauthChild *child)
{
	const GauthJson *chain = gauth_json_get(parent->json, "delegation_chain");
	const GauthJson *entry = chain == NULL ? NULL : chain->first;

	gauth_text_append_char(text, '[');
	for (; entry != NULL; entry = entry->next)
	{
		gauth_text_append_json(text, entry);
		gauth_text_append_char(text, ',');
	}
	append_entry(text, parent, child);
	gauth_text_append_char(text, ']');
}

/*
 * gauth_child_write
 *		The document that delegating makes of the parent's; see child.h.
 */
GauthStatus
gauth_child_write(GauthArena *arena, const GauthCredential *parent,
				  const GauthChild *child, GauthSpan *document,
				  GauthError *err)
{
	static const GauthJson nothing = {.type = GAUTH_JSON_OBJECT};
	const GauthJson *json = parent->json;
	const GauthJson *conditions = gauth_json_get(json, "conditions");
	GauthText	text;
	Merger		merger = {arena, &text, err, GAUTH_OK};

	gauth_text_init(&text, arena);
	gauth_text_append_char(&text, '{');
	append_text(&text, "schema_version",
				gauth_span_of(GAUTH_SCHEMA_VERSION));
	append_name(&text, GAUTH_SPAN("parties"));
	append_parties(&text, gauth_json_get(json, "parties"), child->delegate);
	append_name(&text, GAUTH_SPAN("scope"));
	append_scope(&merger, gauth_json_get(json, "scope"),
				 child->restriction == NULL ? &nothing : child->restriction);
	append_name(&text, GAUTH_SPAN("requirements"));
	append_requirements(&text, gauth_json_get(json, "requirements"), child);
	if (conditions != NULL)
	{
		append_name(&text, GAUTH_SPAN("conditions"));
		gauth_text_append_json(&text, conditions);
	}
	append_name(&text, GAUTH_SPAN("delegation_chain"));
	append_chain(&text, parent, child);
	gauth_text_append_char(&text, '}');
	if (merger.status != GAUTH_OK)
		return merger.status;
	if (!gauth_text_finish(&text, document))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "document");
	return GAUTH_OK;
}
