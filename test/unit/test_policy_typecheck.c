/*
 * test_policy_typecheck.c
 *		The validator rule by rule: what each mode refuses, where it says so,
 *		levels, templates and links, and what hostile policies cost.
 *
 * Longer than other files because of its tables.
 */
#include "unit.h"

#include "policy/parser.h"
#include "policy/policy_set.h"
#include "policy/validate.h"
#include "policy/validate_entity.h"
#include "policy/validate_request.h"

/* how much of a policy a failure repeats */
#define SHOWN	200

static const char schema_source[] =
"entity Team in Team;"
"entity User in [Team] {"
"  name: String, age?: Long, boss: User,"
"  nested: { user: User, \"x y\"?: Long },"
"  since: datetime, flags: Set<String>, addr: ipaddr, cost: decimal"
"} tags Long;"
"entity Bot { name: String, age: Long, cost: Long } tags Long;"
"entity Plain { name: String };"
"entity Color enum [\"red\", \"green\"];"
"entity Doc in [Folder] { owner: User, color?: Color } tags String;"
"entity Folder in [Folder];"
"action all;"
"action view in all appliesTo { principal: [User, Bot], resource: Doc,"
"  context: { mfa: Bool, when?: datetime, peer?: { user: User } } };"
"action edit in all appliesTo { principal: User, resource: [Doc, Folder] };"
"action idle;"
"namespace N { action look appliesTo { principal: User, resource: Doc }; }";

/* what strict and permissive validation say; NULL: nothing */
typedef struct RuleCase
{
	const char *policy;
	const char *strict;
	const char *permissive;
} RuleCase;

#define VIEW \
	"permit(principal is User, action == Action::\"view\", resource) "
#define ANYONE	"permit(principal, action == Action::\"view\", resource) "

static const RuleCase rules[] = {
	/* scopes */
	{"permit(principal, action, resource);", NULL, NULL},
	{"permit(principal == User::\"a\", action, resource == Doc::\"d\");",
	NULL, NULL},
	{"permit(principal in Team::\"t\", action in Action::\"all\", resource);",
	NULL, NULL},
	{"permit(principal is Nobody, action, resource);",
		"\"Nobody\" is not an entity type", "\"Nobody\" is not an entity type"
	},
	{"permit(principal == Nobody::\"a\", action, resource);",
		"\"Nobody\" is not an entity type", "\"Nobody\" is not an entity type"
	},
	{"permit(principal, action == Action::\"fly\", resource);",
		"\"fly\" is not an action", "\"fly\" is not an action"
	},
	{"permit(principal, action in [Action::\"all\", M::Action::\"x\"], "
		"resource);", "\"x\" is not an action", "\"x\" is not an action"
	},
	{"permit(principal == Doc::\"d\", action, resource);", "no action",
	"no action"},
	{"permit(principal, action == Action::\"idle\", resource);", "no action",
	"no action"},
	{"permit(principal is Bot, action == Action::\"edit\", resource);",
	"no action", "no action"},
	{"permit(principal is Bot in Team::\"t\", action, resource);",
	"no action", "no action"},
	{"permit(principal == Color::\"blue\", action, resource);",
	"\"blue\" is not an id", "\"blue\" is not an id"},
	{"permit(principal, action in [], resource);", "empty set", "no action"},

	/* attributes and what vouches for them */
	{VIEW "when { principal.name == \"a\" };", NULL, NULL},
	{VIEW "when { principal.nope };", "does not exist", "does not exist"},
	{VIEW "when { principal.age > 1 };", "is optional", "is optional"},
	{VIEW "when { principal has age && principal.age > 1 };", NULL, NULL},
	{VIEW "when { principal has age } when { principal.age > 1 };", NULL,
	NULL},
	{VIEW "when { principal has age } unless { principal.age > 1 };", NULL,
	NULL},
	{VIEW "unless { principal has age } when { principal.age > 1 };",
	"is optional", "is optional"},
	{VIEW "when { principal has age || principal.age > 1 };", "is optional",
	"is optional"},
	{VIEW "when { (principal has age || principal has age) && "
	"principal.age > 1 };", NULL, NULL},
	{VIEW "when { (principal has age || principal has name) && "
	"principal.age > 1 };", "is optional", "is optional"},
	{VIEW "when { if principal has age then principal.age > 1 else false };",
	NULL, NULL},
	{VIEW "when { if principal has age then true else principal.age > 1 };",
	"is optional", "is optional"},
	{VIEW "when { !(principal has age) || principal.age > 1 };",
	"is optional", "is optional"},
	{VIEW "when { (if principal has age then true else false) && "
	"principal.age > 1 };", "is optional", "is optional"},
	{VIEW "when { principal.boss has age && principal.age > 1 };",
	"is optional", "is optional"},
	{VIEW "when { context has peer.user.age && context.peer.user.age > 1 };",
	NULL, NULL},
	{VIEW "when { context has peer.user && context.peer.user.name == \"\" };",
	NULL, NULL},
	{VIEW "when { context.peer.user.name == \"a\" };", "is optional",
	"is optional"},
	{VIEW "when { principal.nested has \"x y\" && "
	"principal.nested[\"x y\"] == 1 };", NULL, NULL},
	{VIEW "when { principal has nope && principal.nope };", NULL, NULL},
	{VIEW "when { false && principal.nope };", NULL, NULL},
	{VIEW "when { true || principal.nope };", NULL, NULL},
	{VIEW "when { if false then principal.nope else true };", NULL, NULL},
	{VIEW "when { false && Nobody::\"a\" == principal };",
		"\"Nobody\" is not an entity type", "\"Nobody\" is not an entity type"
	},
	{VIEW "when { action.name == \"a\" };", "does not exist",
	"does not exist"},
	{VIEW "when { action has name };", NULL, NULL},
	{VIEW "when { principal.name.first };", "expected an entity or a record",
	"expected an entity or a record"},
	{VIEW "when { principal has name.first };",
	"expected an entity or a record", "expected an entity or a record"},

	/* tags */
	{VIEW "when { principal.getTag(\"k\") > 1 };", "may be absent",
	"may be absent"},
	{VIEW "when { principal.hasTag(\"k\") && principal.getTag(\"k\") > 1 };",
	NULL, NULL},
	{VIEW "when { principal.hasTag(\"k\") && principal.getTag(\"j\") > 1 };",
	"may be absent", "may be absent"},
	{VIEW "when { principal.hasTag(principal.name) && "
	"principal.getTag(principal.name) > 1 };", NULL, NULL},
	{VIEW "when { resource.hasTag(\"k\") && resource.getTag(\"k\") > 1 };",
	"expected Long, found String", "expected Long, found String"},
	{"permit(principal, action == Action::\"edit\", resource is Folder) "
	"when { resource.hasTag(\"k\") && resource.getTag(\"k\") };", NULL, NULL},
	{VIEW "when { principal.hasTag(1) };", "expected String",
	"expected String"},

	/* types of operands */
	{VIEW "when { 1 };", "expected Bool, found Long",
	"expected Bool, found Long"},
	{VIEW "when { principal };", "expected Bool, found User",
	"expected Bool, found User"},
	{VIEW "when { 1 + \"a\" == 2 };", "expected Long, found String",
	"expected Long, found String"},
	{VIEW "when { -principal.name == 1 };", "expected Long",
	"expected Long"},
	{VIEW "when { 1 < \"a\" };", "expected Long, found String",
	"expected Long, found String"},
	{VIEW "when { \"a\" < \"b\" };", "expected Long, datetime or duration",
	"expected Long, datetime or duration"},
	{VIEW "when { principal.since < datetime(\"2024-01-01\") };", NULL, NULL},
	{VIEW "when { principal.since < 1 };", "expected Long, found datetime",
	"expected Long, found datetime"},
	{VIEW "when { duration(\"1d\") >= principal.since };",
		"expected datetime, found duration|expected duration, found datetime",
	"expected datetime, found duration|expected duration, found datetime"},
	{VIEW "when { principal.name like \"a*\" };", NULL, NULL},
	{VIEW "when { principal like \"a*\" };", "expected String",
	"expected String"},
	{VIEW "when { principal.flags.contains(\"a\") };", NULL, NULL},
	{VIEW "when { principal.flags.contains(1) };", "go together", NULL},
	{VIEW "when { principal.name.contains(\"a\") };", "expected a set",
	"expected a set"},
	{VIEW "when { principal.flags.containsAny([1]) };", "go together", NULL},
	{VIEW "when { principal.flags.isEmpty() };", NULL, NULL},
	{VIEW "when { principal.flags == [] };", "empty set", NULL},
	{VIEW "when { [1, \"a\"].contains(1) };", "go together", "go together"},
	{VIEW "when { principal.name in Team::\"t\" };", "expected an entity",
	"expected an entity"},
	{VIEW "when { principal in principal.name };",
		"expected an entity or a set", "expected an entity or a set"
	},
	{VIEW "when { principal in [Team::\"t\", principal.boss] };",
	"go together", NULL},
	{VIEW "when { if principal has age then 1 else \"a\" };", "go together",
	"go together"},

	/* equality and entity types */
	{VIEW "when { principal.name == 1 };", "go together", NULL},
	{VIEW "when { 1 == \"a\" };", NULL, NULL},
	{VIEW "when { principal == resource && principal.nope };", NULL, NULL},
	{VIEW "when { principal == principal.boss };", NULL, NULL},
	{VIEW "when { resource is Doc && principal is User };", NULL, NULL},
	{ANYONE "when { principal.cost == 1 };", "go together", NULL},
	{ANYONE "when { principal is Bot && principal.cost == 1 };", NULL, NULL},
	{ANYONE "when { principal is User && principal.cost == 1 };",
	"go together", NULL},
	{VIEW "when { (if context.mfa then principal else resource) == "
	"principal };", "go together", NULL},
	{VIEW "when { (if context.mfa then principal else Bot::\"b\").name == "
	"\"a\" };", "go together", NULL},
	{VIEW "when { (if context.mfa then principal else Bot::\"b\").cost == "
	"\"a\" };", "go together", "not there for all"},
	{VIEW "when { (if context.mfa then principal else Plain::\"p\") has age "
	"};", "go together", NULL},
	{VIEW "when { (if context.mfa then {a: 1, b: 2} else {a: 3}).a > 1 };",
	"go together", NULL},
	{VIEW "when { (if context.mfa then {a: 1, b: 2} else {a: 3}).b > 1 };",
	"go together", "not there for all|does not exist"},
	{VIEW "when { {a: 1, b: \"c\"} == {b: \"d\", a: 2} };", NULL, NULL},
	{VIEW "when { {a: 1} == {a: 1, b: 2} };", "go together", NULL},
	{VIEW "when { Color::\"red\" == resource.owner };", NULL, NULL},
	{VIEW "when { resource has color && resource.color == Color::\"pink\" };",
	"\"pink\" is not an id", "\"pink\" is not an id"},

	/* actions are known, so what they are in is certain */
	{VIEW "when { action in Action::\"all\" || principal.nope };", NULL,
	NULL},
	{VIEW "when { action in [Action::\"idle\"] && principal.nope };", NULL,
	NULL},
	{VIEW "when { action == Action::\"view\" || principal.nope };", NULL,
	NULL},
	{VIEW "when { action in Team::\"t\" && principal.nope };", NULL, NULL},
	{VIEW "when { principal in Folder::\"f\" && principal.nope };", NULL,
	NULL},
	{VIEW "when { principal in Team::\"f\" && principal.nope };",
	"does not exist", "does not exist"},
	{"permit(principal, action in [Action::\"view\", N::Action::\"look\"], "
	"resource);", "go together", NULL},

	/* extension functions */
	{VIEW "when { principal.addr.isInRange(ip(\"10.0.0.0/8\")) };", NULL,
	NULL},
	{VIEW "when { ip(\"10.0.0.256\").isIpv4() };", "IPv4 or IPv6",
	"IPv4 or IPv6"},
	{VIEW "when { decimal(\"1.23456\").lessThan(principal.cost) };",
	"expected a decimal", "expected a decimal"},
	{VIEW "when { datetime(\"2024-13-01\") == principal.since };",
	"expected a date", "expected a date"},
	{VIEW "when { duration(\"1x\") == duration(\"1d\") };",
	"expected a duration", "expected a duration"},
	{VIEW "when { decimal(principal.name) == principal.cost };",
	"expected a literal", NULL},
	{VIEW "when { decimal(1) == principal.cost };",
	"expected String, found Long", "expected String, found Long"},
	{VIEW "when { ip(\"::1\", \"::2\").isIpv4() };",
		"expected 1 argument to ip, found 2",
	"expected 1 argument to ip, found 2"},
	{VIEW "when { principal.cost.lessThan(1) };", "expected decimal",
	"expected decimal"},
	{VIEW "when { principal.since.offset(duration(\"1h\")).toDate() == "
	"principal.since };", NULL, NULL},
	{VIEW "when { principal.since.durationSince(principal.since).toDays() > "
	"1 };", NULL, NULL},

	/* a template's slots are of the types of what they stand for */
	{"permit(principal == ?principal, action, resource in ?resource);", NULL,
	NULL},
	{"permit(principal is User in ?principal, action, resource);", NULL,
	NULL},
	{"permit(principal is Bot in ?principal, action == Action::\"edit\", "
	"resource);", "no action", "no action"}
};

typedef struct Fixture
{
	GauthArena	arena;
	GauthError	err;
	const GauthSchema *schema;
	GauthPolicyList list;
	GauthDiagnosticList result;
} Fixture;

static bool
begin(Fixture *fixture, GauthSpan policies)
{
	memset(fixture, 0, sizeof(*fixture));
	gauth_arena_init(&fixture->arena, NULL, 0, &gauth_malloc_source, 0);
	if (CHECK(gauth_schema_read(&fixture->arena, gauth_span_of(schema_source),
								&gauth_schema_default_limits,
								&fixture->schema, &fixture->err) ==
			  GAUTH_OK) &&
		CHECK(gauth_policy_parse(&fixture->arena, policies,
								 &gauth_policy_default_limits,
								 &fixture->list, &fixture->err) == GAUTH_OK))
		return true;
	printf("%.*s\n%s\n", policies.len < SHOWN ? (int) policies.len : SHOWN,
		   policies.data, fixture->err.detail);
	return false;
}

static GauthStatus
validate(Fixture *fixture, const GauthValidateOptions *options)
{
	return gauth_validate_policies(&fixture->arena, fixture->schema,
								   &fixture->list, options, &fixture->result,
								   &fixture->err);
}

static bool
contains(GauthSpan text, GauthSpan part)
{
	size_t		i;

	for (i = 0; i + part.len <= text.len; i++)
	{
		if (memcmp(text.data + i, part.data, part.len) == 0)
			return true;
	}
	return false;
}

/* does the message say one of the alternatives, which "|" separates? */
static bool
says_any(GauthSpan message, const char *expected)
{
	for (;;)
	{
		size_t		len = strcspn(expected, "|");

		if (contains(message, gauth_span(expected, len)))
			return true;
		if (expected[len] == '\0')
			return false;
		expected += len + 1;
	}
}

static bool
says(const GauthDiagnosticList *list, GauthSeverity severity,
	 const char *expected)
{
	const GauthDiagnostic *diagnostic;

	for (diagnostic = list->first; diagnostic != NULL;
		 diagnostic = diagnostic->next)
	{
		if (diagnostic->severity == severity &&
			says_any(diagnostic->message, expected))
			return true;
	}
	return false;
}

static void
show(const GauthDiagnosticList *list)
{
	const GauthDiagnostic *diagnostic;

	for (diagnostic = list->first; diagnostic != NULL;
		 diagnostic = diagnostic->next)
		printf("  %u:%u: %.*s\n", diagnostic->line, diagnostic->column,
			   (int) diagnostic->message.len, diagnostic->message.data);
}

static void
check_rule(const char *policy, const GauthValidateOptions *options,
		   const char *expected)
{
	Fixture		fixture;

	if (begin(&fixture, gauth_span_of(policy)) &&
		!CHECK(validate(&fixture, options) == GAUTH_OK &&
			   (expected == NULL ? fixture.result.error_count == 0 :
				says(&fixture.result, GAUTH_SEVERITY_ERROR, expected))))
	{
		printf("%s (%s)\n", policy, options->mode == GAUTH_VALIDATE_STRICT ?
			   "strict" : "permissive");
		show(&fixture.result);
	}
	gauth_arena_reset(&fixture.arena);
}

static void
test_rules(void)
{
	size_t		i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
	{
		check_rule(rules[i].policy, &gauth_validate_strict, rules[i].strict);
		check_rule(rules[i].policy, &gauth_validate_permissive,
				   rules[i].permissive);
	}
}

/* the lowest level at which a policy validates; -1: at none */
typedef struct LevelCase
{
	const char *condition;
	int			level;
} LevelCase;

static const LevelCase levels[] = {
	{"true", 0},
	{"context.mfa", 0},
	{"principal == resource.owner", 1},
	{"principal.name == \"a\"", 1},
	{"principal has age", 1},
	{"principal has age && principal.age > 1", 1},
	{"principal in Team::\"t\"", 1},
	{"principal.boss.name == \"a\"", 2},
	{"principal.boss.boss.name == \"a\"", 3},
	{"principal.nested.user.name == \"a\"", 2},
	{"principal.boss == resource.owner", 1},
	{"{u: principal}.u.name == \"a\"", 1},
	{"{u: {v: principal.boss}, w: resource.owner.name}.u.v.name == \"a\"", 2},
	{"{u: principal, w: resource.owner.boss.name}.u.name == \"a\"", 3},
	{"(if principal.name == \"a\" then principal else principal.boss).name "
	"== \"a\"", 2},
	{"(if true then principal else principal.boss).name == \"a\"", 1},
	{"principal.hasTag(\"k\") && principal.getTag(\"k\") > 1", 1},
	{"principal.boss.hasTag(principal.name)", 2},
	{"context has peer && context.peer.user.name == \"a\"", 1},
	{"User::\"a\".name == \"a\"", -1},
	{"User::\"a\" in Team::\"t\"", -1},
	{"User::\"a\" == principal", 0},
	{"principal in User::\"a\".boss", -1},
	{"false && principal.boss.boss.name == \"a\"", 0},
	{"true || principal.boss.boss.name == \"a\"", 0},
	{"action in Action::\"all\"", 1},
	{"Action::\"view\" in Action::\"all\"", 1}
};

static void
test_levels(void)
{
	size_t		i;
	int			level;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
	{
		char		policy[400];
		Fixture		fixture;

		snprintf(policy, sizeof(policy), "permit(principal == User::\"p\", "
				 "action == Action::\"view\", resource) when { %s };",
				 levels[i].condition);
		if (!begin(&fixture, gauth_span_of(policy)))
			continue;
		for (level = 0; level < 5; level++)
		{
			GauthValidateOptions options = gauth_validate_strict;
			bool		expected = levels[i].level >= 0 &&
			level >= levels[i].level;

			options.level = (uint32_t) level;
			if (!CHECK(validate(&fixture, &options) == GAUTH_OK &&
					   (fixture.result.error_count == 0) == expected))
			{
				printf("%s at level %d\n", levels[i].condition, level);
				show(&fixture.result);
			}
		}
		CHECK(validate(&fixture, &gauth_validate_strict) == GAUTH_OK &&
			  fixture.result.error_count == 0);
		gauth_arena_reset(&fixture.arena);
	}
}

static void
test_places(void)
{
	static const char policies[] =
	"// \xc3\xa4\n"
	"@id(\"a\") permit(principal, action == Action::\"view\", resource)\n"
	"when {\n"
	"  \"\xc3\xa4\xc3\xa4\" == context.nope &&\n"
	"  resource.owner.age > 1\n"
	"};\n"
	"@id(\"b\") forbid(principal, action, resource)\n"
	"  when { principal is Color };\n";
	GauthValidateOptions options = gauth_validate_strict;
	Fixture		fixture;
	const GauthDiagnostic *at;

	options.source = gauth_span_of(policies);
	if (begin(&fixture, options.source) &&
		CHECK(validate(&fixture, &options) == GAUTH_OK) &&
		CHECK(fixture.result.error_count == 2) &&
		CHECK(fixture.result.warning_count == 1))
	{
		at = fixture.result.first;
		CHECK(gauth_span_is(at->policy, "a"));
		CHECK(at->line == 4 && at->column == 11);
		at = at->next;
		CHECK(at->line == 5 && at->column == 3);
		CHECK(at->end > at->offset);
		at = at->next;
		CHECK(at->severity == GAUTH_SEVERITY_WARNING);
		CHECK(gauth_span_is(at->policy, "b") && at->line == 7);
		CHECK(says(&fixture.result, GAUTH_SEVERITY_WARNING,
				   "can never apply"));
	}
	gauth_arena_reset(&fixture.arena);
}

/* a link with this principal, checked alone; the template has been */
static bool
link_is_valid(Fixture *fixture, const char *type, const char *id)
{
	const GauthUid *uid = gauth_uid_make(&fixture->arena, gauth_span_of(type),
										 gauth_span_of(id));
	GauthPolicy *policy;

	return gauth_policy_link(&fixture->arena, fixture->list.templates,
							 GAUTH_SPAN("link"), uid, NULL, &policy,
							 &fixture->err) == GAUTH_OK &&
		gauth_validate_policy(&fixture->arena, fixture->schema, policy,
							  &gauth_validate_strict, &fixture->result,
							  &fixture->err) == GAUTH_OK &&
		fixture->result.error_count == 0;
}

/* text that looks other than it is read is worth a warning */
static void
test_direction(void)
{
	static const char *const suspicious[] = {
		VIEW "when { principal.name == \"a\\u{202e}b\" };",
		VIEW "when { principal.name like \"*\xe2\x81\xa6\" };",
		VIEW "when { principal == User::\"\xe2\x80\xaa\" };",
		VIEW "when { principal has \"\xe2\x80\xae\" };",
		VIEW "when { {\"\xe2\x81\xa9\": 1} == {\"\xe2\x81\xa9\": 1} };"
	};
	size_t		i;

	for (i = 0; i < sizeof(suspicious) / sizeof(suspicious[0]); i++)
	{
		Fixture		fixture;

		if (begin(&fixture, gauth_span_of(suspicious[i])))
		{
			CHECK(validate(&fixture, &gauth_validate_strict) == GAUTH_OK);
			CHECK(says(&fixture.result, GAUTH_SEVERITY_WARNING,
					   "direction of text"));
			CHECK(fixture.result.error_count == 0);
		}
		gauth_arena_reset(&fixture.arena);
	}
}

static void
test_links(void)
{
	Fixture		fixture;

	if (begin(&fixture,
			  GAUTH_SPAN("@id(\"t\") permit(principal in ?principal, "
						 "action == Action::\"edit\", resource is Doc);")))
	{
		CHECK(validate(&fixture, &gauth_validate_strict) == GAUTH_OK);
		CHECK(fixture.result.error_count == 0);
		CHECK(link_is_valid(&fixture, "User", "u"));
		CHECK(link_is_valid(&fixture, "Team", "t"));
		CHECK(!link_is_valid(&fixture, "Bot", "b"));
		CHECK(!link_is_valid(&fixture, "Nobody", "n"));
		CHECK(says(&fixture.result, GAUTH_SEVERITY_ERROR,
				   "\"Nobody\" is not an entity type"));
	}
	gauth_arena_reset(&fixture.arena);
}

static GauthSpan
repeat(GauthArena *arena, const char *begin_text, const char *part,
	   const char *end_text, unsigned times)
{
	GauthText	text;
	GauthSpan	result;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, gauth_span_of(begin_text));
	while (times-- > 0)
		gauth_text_append(&text, gauth_span_of(part));
	gauth_text_append(&text, gauth_span_of(end_text));
	(void) gauth_text_finish(&text, &result);
	return result;
}

static void
check_hostile(GauthSpan policy, GauthStatus expected)
{
	Fixture		fixture;
	GauthValidateOptions options = gauth_validate_strict;

	options.steps = 200000;
	if (begin(&fixture, policy))
		CHECK_STATUS(validate(&fixture, &options), expected);
	CHECK(fixture.arena.total < 64 * 1024 * 1024);
	gauth_arena_reset(&fixture.arena);
}

static void
test_hostile(void)
{
	GauthArena	arena;
	GauthText	text;
	GauthSpan	source;
	unsigned	i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	check_hostile(repeat(&arena, VIEW, "when { principal has age }", ";",
						 900), GAUTH_OK);
	check_hostile(repeat(&arena, VIEW, "when { true }", ";", 5000),
				  GAUTH_LIMIT_EXCEEDED);
	check_hostile(repeat(&arena, VIEW "when { true", " && context.mfa", "};",
						 900), GAUTH_OK);

	/* each "has" with a path asks for its object twice */
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN(VIEW "when { "));
	for (i = 0; i < 40; i++)
		gauth_text_append(&text, GAUTH_SPAN("(if "));
	gauth_text_append(&text, GAUTH_SPAN("context.mfa"));
	for (i = 0; i < 40; i++)
		gauth_text_append(&text, GAUTH_SPAN(" then context else context) "
											"has peer.user.boss"));
	gauth_text_append(&text, GAUTH_SPAN("};"));
	CHECK(gauth_text_finish(&text, &source));
	check_hostile(source, GAUTH_LIMIT_EXCEEDED);

	/* more capabilities than one word has bits */
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN(VIEW "when { true"));
	for (i = 0; i < 200; i++)
	{
		char		part[96];

		snprintf(part, sizeof(part), " && principal.hasTag(\"%u\")", i);
		gauth_text_append(&text, gauth_span_of(part));
	}
	for (i = 0; i < 200; i++)
	{
		char		part[96];

		snprintf(part, sizeof(part), " && principal.getTag(\"%u\") > 0", i);
		gauth_text_append(&text, gauth_span_of(part));
	}
	gauth_text_append(&text, GAUTH_SPAN("};"));
	CHECK(gauth_text_finish(&text, &source));
	check_hostile(source, GAUTH_OK);
	gauth_arena_reset(&arena);
}

static void *
take_counted(void *state, size_t size)
{
	unsigned   *left = state;

	return (*left)-- == 0 ? (*left = 0, NULL) : malloc(size);
}

static void
give_counted(void *state, void *block)
{
	(void) state;
	free(block);
}

/* whichever block of memory is refused, the answer is a status */
static void
test_memory(void)
{
	static const char policy[] =
	VIEW "when { principal has age && principal.age > 1 && "
	"[{a: 1, b: principal.nope}, {a: \"x\"}].contains(1) || "
	"ip(\"x\").isIpv4() };";
	GauthStatus status = GAUTH_OUT_OF_MEMORY;
	unsigned	blocks;

	for (blocks = 0; blocks < 64 && status == GAUTH_OUT_OF_MEMORY; blocks++)
	{
		unsigned	left = blocks;
		GauthBlockSource source = {take_counted, give_counted, &left};
		Fixture		fixture;
		GauthArena	arena;

		if (!begin(&fixture, gauth_span_of(policy)))
			return;
		gauth_arena_init(&arena, NULL, 0, &source, 0);
		status = gauth_validate_policies(&arena, fixture.schema,
										 &fixture.list,
										 &gauth_validate_strict,
										 &fixture.result, &fixture.err);
		gauth_arena_reset(&arena);
		gauth_arena_reset(&fixture.arena);
	}
	CHECK_STATUS(status, GAUTH_OK);
	CHECK(blocks > 2);
}

static const GauthUid *
uid(Fixture *fixture, const char *type, const char *id)
{
	return gauth_uid_make(&fixture->arena, gauth_span_of(type),
						  gauth_span_of(id));
}

static void
test_values(void)
{
	Fixture		fixture;
	GauthRequest request;
	GauthField	fields[2];
	GauthValue	context;

	if (!begin(&fixture, GAUTH_SPAN("")))
		return;
	CHECK_STATUS(gauth_validate_uid(fixture.schema,
									uid(&fixture, "Color", "red"), NULL),
				 GAUTH_OK);
	CHECK_STATUS(gauth_validate_uid(fixture.schema,
									uid(&fixture, "Color", "blue"), NULL),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_validate_uid(fixture.schema,
									uid(&fixture, "N::Action", "all"), NULL),
				 GAUTH_INVALID_VALUE);

	fields[0] = (GauthField)
	{
		"mfa", 3, gauth_name_hash(GAUTH_SPAN("mfa")),
			gauth_value_bool(true)
	};
	fields[1] = (GauthField)
	{
		"when", 4, gauth_name_hash(GAUTH_SPAN("when")),
			gauth_value_scaled(GAUTH_VALUE_DATETIME, 0)
	};
	CHECK_STATUS(gauth_record_make(&fixture.arena, fields, 2, &context,
								   &fixture.err), GAUTH_OK);
	request = (GauthRequest)
	{
		uid(&fixture, "User", "u"), uid(&fixture, "Action", "view"),
			uid(&fixture, "Doc", "d"), context.record
	};
	CHECK_STATUS(gauth_validate_request(fixture.schema, &request,
										&fixture.err), GAUTH_OK);

	request.context = &gauth_empty_record;
	CHECK_STATUS(gauth_validate_request(fixture.schema, &request,
										&fixture.err), GAUTH_INVALID_VALUE);
	CHECK(strstr(fixture.err.detail, "\"mfa\" is missing") != NULL);
	request.context = context.record;
	request.principal = uid(&fixture, "Team", "t");
	CHECK_STATUS(gauth_validate_request(fixture.schema, &request,
										&fixture.err), GAUTH_INVALID_VALUE);
	CHECK(strstr(fixture.err.detail, "principals of type \"Team\"") != NULL);
	request.principal = uid(&fixture, "Action", "view");
	CHECK_STATUS(gauth_validate_request(fixture.schema, &request,
										&fixture.err), GAUTH_INVALID_VALUE);
	request.principal = uid(&fixture, "User", "u");
	request.action = uid(&fixture, "Action", "edit");
	CHECK_STATUS(gauth_validate_request(fixture.schema, &request,
										&fixture.err), GAUTH_INVALID_VALUE);
	CHECK(strstr(fixture.err.detail, "\"mfa\" is not declared") != NULL);
	gauth_arena_reset(&fixture.arena);
}

int
main(void)
{
	test_rules();
	test_levels();
	test_places();
	test_direction();
	test_links();
	test_hostile();
	test_memory();
	test_values();
	return unit_finish("policy_typecheck");
}
