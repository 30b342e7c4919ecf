/*
 * test_policy_random.c
 *		Random sets of many policies, which the published corpora do not have.
 *
 * Each request is decided through the index and without it, in both modes,
 * and the two have to agree in decision, reasons, errors and nearest misses.
 * Besides, what must not matter does not matter: the order of policies,
 * duplicates, a policy that never matches, the address of the set; a permit
 * split at "||" decides as before; one more forbid never widens.
 */
#include "test_policy.h"

#include <stdarg.h>

#define SETS			420
#define REQUESTS		250
#define TEXT_MAX		(1024 * 1024)

typedef struct Random
{
	uint64_t	state;
} Random;

typedef struct Writer
{
	char	   *text;
	size_t		len;
} Writer;

static const char *const types[] = {"User", "Group", "Doc", "Folder", "N::T"};

#define TYPES	5
#define IDS		7

static uint32_t
pick(Random *random, uint32_t below)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t) (random->state >> 33) % below;
}

static void
__attribute__((format(printf, 2, 3)))
write_text(Writer *writer, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	writer->len += (size_t) vsnprintf(writer->text + writer->len,
									  TEXT_MAX - writer->len, format, args);
	va_end(args);
}

static void
write_uid(Writer *writer, Random *random)
{
	write_text(writer, "%s::\"%u\"", types[pick(random, TYPES)],
			   pick(random, IDS));
}

static void
write_action(Writer *writer, Random *random)
{
	write_text(writer, "Action::\"%s%u\"", pick(random, 4) == 0 ? "g" : "a",
			   pick(random, 4));
}

static void
write_scope(Writer *writer, Random *random, const char *variable)
{
	write_text(writer, "%s", variable);
	switch (pick(random, 6))
	{
		case 0:
			write_text(writer, " == ");
			write_uid(writer, random);
			return;
		case 1:
		case 2:
			write_text(writer, " in ");
			write_uid(writer, random);
			return;
		case 3:
			write_text(writer, " is %s", types[pick(random, TYPES)]);
			return;
		case 4:
			write_text(writer, " is %s in ", types[pick(random, TYPES)]);
			write_uid(writer, random);
			return;
		default:
			return;
	}
}

static void
write_action_scope(Writer *writer, Random *random)
{
	uint32_t	count = pick(random, 4);
	uint32_t	i;

	write_text(writer, "action");
	switch (pick(random, 4))
	{
		case 0:
			write_text(writer, " == ");
			write_action(writer, random);
			return;
		case 1:
			write_text(writer, " in ");
			write_action(writer, random);
			return;
		case 2:
			write_text(writer, " in [");
			for (i = 0; i < count; i++)
			{
				write_action(writer, random);
				write_text(writer, i + 1 < count ? ", " : "");
			}
			write_text(writer, "]");
			return;
		default:
			return;
	}
}

/* the other half of write_leaf */
static void
write_other_leaf(Writer *writer, Random *random, const char *variable)
{
	switch (pick(random, 6))
	{
		case 0:
			write_text(writer, "[1, 2, 3].containsAll(context.set)");
			return;
		case 1:
			write_text(writer, "%s has r.owner && %s.r.owner == principal",
					   variable, variable);
			return;
		case 2:
			write_text(writer, "%s.hasTag(context.s)", variable);
			return;
		case 3:
			write_text(writer, "(if context.flag then %s.n else 3) > 1",
					   variable);
			return;
		case 4:
			write_text(writer, "ip(\"10.0.0.%u\").isInRange(context.ip)",
					   pick(random, 4));
			return;
		default:
			write_text(writer, "context.flag");
			return;
	}
}

static void
write_leaf(Writer *writer, Random *random, const char *variable)
{
	switch (pick(random, 13))
	{
		case 0:
			write_text(writer, "%s.n < %u", variable, pick(random, 5));
			return;
		case 1:
			write_text(writer, "%s has n && %s.n + %u >= context.n", variable,
					   variable, pick(random, 4));
			return;
		case 2:
			write_text(writer, "%s in ", variable);
			write_uid(writer, random);
			return;
		case 3:
			write_text(writer, "%s in [", variable);
			write_uid(writer, random);
			write_text(writer, ", ");
			write_uid(writer, random);
			write_text(writer, "]");
			return;
		case 4:
			write_text(writer, "%s is %s", variable,
					   types[pick(random, TYPES)]);
			return;
		case 5:
			write_text(writer, "context.s like \"%s\"",
					   pick(random, 2) == 0 ? "a*" : "*b*c");
			return;
		case 6:
			write_text(writer, "context.set.contains(%u)", pick(random, 4));
			return;
		default:
			write_other_leaf(writer, random, variable);
			return;
	}
}

/* an expression that is a Bool, or fails, as it happens */
static void
write_condition(Writer *writer, Random *random, int depth)
{
	static const char *const variables[] = {"principal", "resource"};
	const char *variable = variables[pick(random, 2)];

	if (depth > 0 && pick(random, 2) == 0)
	{
		static const char *const formats[] = {") && (", ") || (", ") == ("};

		write_text(writer, "((");
		write_condition(writer, random, depth - 1);
		write_text(writer, "%s", formats[pick(random, 3)]);
		write_condition(writer, random, depth - 1);
		write_text(writer, "))");
		return;
	}
	write_leaf(writer, random, variable);
}

typedef struct Policies
{
	Writer		writers[64];	/* one policy each, without id */
	uint32_t	count;
} Policies;

static void
write_policy(Writer *writer, Random *random)
{
	uint32_t	conditions = pick(random, 3);
	uint32_t	i;

	write_text(writer, "%s(", pick(random, 3) == 0 ? "forbid" : "permit");
	write_scope(writer, random, "principal");
	write_text(writer, ", ");
	write_action_scope(writer, random);
	write_text(writer, ", ");
	write_scope(writer, random, "resource");
	write_text(writer, ")");
	for (i = 0; i < conditions; i++)
	{
		write_text(writer, pick(random, 4) == 0 ? " unless { " : " when { ");
		write_condition(writer, random, 2);
		write_text(writer, " }");
	}
	write_text(writer, ";\n");
}

static void
make_policies(Policies *policies, Random *random, char *memory)
{
	uint32_t	i;

	policies->count = pick(random, 64);
	for (i = 0; i < policies->count; i++)
	{
		policies->writers[i] = (Writer)
		{
			memory + i * 4096, 0
		};
		write_policy(&policies->writers[i], random);
	}
}

/*
 * Entities below others of a larger number, so that there is no cycle; some
 * uids that policies name do not exist.
 */
static void
write_entities(Writer *writer, Random *random)
{
	uint32_t	type;
	uint32_t	id;

	write_text(writer, "[{\"uid\":{\"type\":\"Action\",\"id\":\"a0\"},"
			   "\"parents\":[{\"type\":\"Action\",\"id\":\"g0\"},"
			   "{\"type\":\"Action\",\"id\":\"g1\"}]},"
			   "{\"uid\":{\"type\":\"Action\",\"id\":\"a1\"},"
			   "\"parents\":[{\"type\":\"Action\",\"id\":\"g1\"}]}");
	for (type = 0; type < TYPES; type++)
	{
		for (id = 0; id < IDS - 1; id++)
		{
			uint32_t	parents = pick(random, 4);

			write_text(writer, ",{\"uid\":{\"type\":\"%s\",\"id\":\"%u\"},"
					   "\"attrs\":{\"n\":%u,\"r\":{\"owner\":{\"__entity\":"
					   "{\"type\":\"User\",\"id\":\"%u\"}}}},"
					   "\"tags\":{\"%s\":1},\"parents\":[", types[type], id,
					   pick(random, 6), pick(random, IDS),
					   pick(random, 2) == 0 ? "abc" : "x");
			for (; id + 1 < IDS && parents > 0; parents--)
				write_text(writer, "{\"type\":\"%s\",\"id\":\"%u\"}%s",
						   types[pick(random, TYPES)],
						   id + 1 + pick(random, IDS - id - 1),
						   parents > 1 ? "," : "");
			write_text(writer, "]}");
		}
	}
	write_text(writer, "]");
}

static void
write_request(Writer *writer, Random *random)
{
	write_text(writer, "{\"principal\":{\"type\":\"%s\",\"id\":\"%u\"},",
			   types[pick(random, TYPES)], pick(random, IDS + 1));
	write_text(writer, "\"action\":{\"type\":\"Action\",\"id\":\"a%u\"},",
			   pick(random, 5));
	write_text(writer, "\"resource\":{\"type\":\"%s\",\"id\":\"%u\"},",
			   types[pick(random, TYPES)], pick(random, IDS + 1));
	write_text(writer, "\"context\":{\"flag\":%s,\"n\":%u,\"s\":\"%s\","
			   "\"set\":[%u,%u],\"ip\":{\"__extn\":{\"fn\":\"ip\","
			   "\"arg\":\"10.0.0.%u/31\"}}}}",
			   pick(random, 2) == 0 ? "true" : "false", pick(random, 5),
			   pick(random, 2) == 0 ? "abc" : "zbxc", pick(random, 4),
			   pick(random, 4), pick(random, 4));
}

/* the same set in other words */
typedef struct Variants
{
	Fixture		original;
	Fixture		reversed;
	Fixture		doubled;
	Fixture		padded;			/* with a policy that never matches */
	Fixture		narrowed;		/* with one more forbid */
	void	   *moved;			/* a copy of the original's block */
} Variants;

static void
compile(Fixture *fixture, const Policies *policies, int step,
		const char *more, char *memory)
{
	Writer		writer = {memory, 0};
	int			i;
	GauthSpan	source;

	fixture_init(fixture);
	for (i = 0; i < (int) policies->count; i++)
	{
		int			at = step > 0 ? i : (int) policies->count - 1 - i;

		write_text(&writer, "%s", policies->writers[at].text);
	}
	for (i = 0; step > 1 && i < (int) policies->count; i++)
		write_text(&writer, "%s", policies->writers[i].text);
	write_text(&writer, "%s", more);
	(void) gauth_arena_copy(&fixture->arena, gauth_span(memory, writer.len),
							&source);
	if (!CHECK(fixture_policies(fixture, source) == GAUTH_OK))
		printf("%s\n%s\n", fixture->err.detail, memory);
}

static void
make_variants(Variants *variants, const Policies *policies, Random *random,
			  char *memory)
{
	char		forbid[2048];
	Writer		writer = {forbid, 0};
	size_t		size;

	compile(&variants->original, policies, 1, "", memory);
	compile(&variants->reversed, policies, -1, "", memory);
	compile(&variants->doubled, policies, 2, "", memory);
	compile(&variants->padded, policies, 1,
			"permit(principal == Nobody::\"x\", action, resource);", memory);
	write_text(&writer, "forbid(principal, action, resource) when { ");
	write_condition(&writer, random, 1);
	write_text(&writer, " };");
	compile(&variants->narrowed, policies, 1, forbid, memory);

	size = gauth_policy_set_size(variants->original.set);
	variants->moved = malloc(size);
	memcpy(variants->moved, variants->original.set, size);
	CHECK(gauth_policy_set_check(variants->moved, size));
	CHECK(!gauth_policy_set_check(variants->moved, size - 1));
}

static void
free_variants(Variants *variants)
{
	fixture_free(&variants->original);
	fixture_free(&variants->reversed);
	fixture_free(&variants->doubled);
	fixture_free(&variants->padded);
	fixture_free(&variants->narrowed);
	free(variants->moved);
}

static bool
is_mirrored(const GauthDecision *a, const GauthDecision *b, uint32_t count)
{
	uint32_t	i;

	if (a->permit != b->permit || a->failure_count != b->failure_count ||
		a->determining_count != b->determining_count)
		return false;
	for (i = 0; i < a->determining_count; i++)
	{
		if (a->determining[i] !=
			count - 1 - b->determining[b->determining_count - 1 - i])
			return false;
	}
	return true;
}

static bool
decide_variant(Variants *variants, const GauthPolicySet *set,
			   GauthArena *arena, const GauthRequest *request,
			   GauthDecision *decision)
{
	GauthEntityLoader loader;
	GauthDecisionInput input = {
		.set = set,.loader = &loader,.limits = &gauth_policy_default_limits,
		.mode = GAUTH_POLICY_CEDAR,.explain = true
	};

	loader = gauth_entity_store_loader(variants->original.store);
	return gauth_policy_decide(arena, &input, request, decision,
							   &variants->original.err) == GAUTH_OK;
}

typedef struct Totals
{
	unsigned	requests;
	unsigned	agreed;
	unsigned	permits;
	unsigned	with_reasons;	/* at least one determining policy */
	unsigned	with_errors;
} Totals;

static bool
test_request(Variants *variants, uint32_t count, GauthArena *arena,
			 const GauthRequest *request, Totals *totals)
{
	GauthDecision cedar;
	GauthDecision strict;
	GauthDecision other;

	if (!decide_twice(&variants->original, arena, request, GAUTH_POLICY_CEDAR,
					  &cedar) ||
		!decide_twice(&variants->original, arena, request,
					  GAUTH_POLICY_STRICT, &strict))
		return false;
	if (strict.permit && !cedar.permit)
		return false;
	totals->permits += cedar.permit ? 1 : 0;
	totals->with_reasons += cedar.determining_count > 0 ? 1 : 0;
	totals->with_errors += cedar.failure_count > 0 ? 1 : 0;
	if (!decide_variant(variants, variants->reversed.set, arena, request,
						&other) || !is_mirrored(&cedar, &other, count))
		return false;
	if (!decide_variant(variants, variants->doubled.set, arena, request,
						&other) ||
		other.permit != cedar.permit ||
		other.determining_count != 2 * cedar.determining_count ||
		other.failure_count != 2 * cedar.failure_count)
		return false;
	if (!decide_variant(variants, variants->padded.set, arena, request,
						&other) || !same_decisions(&cedar, &other))
		return false;
	if (!decide_variant(variants, variants->moved, arena, request, &other) ||
		!same_decisions(&cedar, &other))
		return false;
	return decide_variant(variants, variants->narrowed.set, arena, request,
						  &other) && (cedar.permit || !other.permit);
}

static void
test_set(Random *random, char *memory, char *policy_memory, Totals *totals)
{
	Policies	policies;
	Variants	variants;
	Writer		writer = {memory, 0};
	GauthSpan	json;
	int			i;

	make_policies(&policies, random, policy_memory);
	make_variants(&variants, &policies, random, memory);
	writer.len = 0;
	write_entities(&writer, random);
	(void) gauth_arena_copy(&variants.original.arena,
							gauth_span(memory, writer.len), &json);
	CHECK_STATUS(fixture_entities(&variants.original, json), GAUTH_OK);

	for (i = 0; i < REQUESTS; i++)
	{
		GauthArena	arena;
		GauthEntityReader reader = fixture_reader(&variants.original, &arena);
		GauthRequest request;
		GauthJson  *root;

		writer.len = 0;
		write_request(&writer, random);
		gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
		totals->requests++;
		if (gauth_json_parse(&arena, gauth_span(memory, writer.len),
							 &gauth_json_document_limits, &root,
							 &variants.original.err) == GAUTH_OK &&
			gauth_request_from_json(&reader, root, &request) == GAUTH_OK &&
			test_request(&variants, policies.count, &arena, &request,
						 totals))
			totals->agreed++;
		gauth_arena_reset(&arena);
	}
	free_variants(&variants);
}

/* "permit when A or B" against "permit when A" and "permit when B" */
static void
test_split(Random *random, char *memory, unsigned *compared)
{
	Writer		writer = {memory, 0};
	char		a[1024];
	char		b[1024];
	Writer		left = {a, 0};
	Writer		right = {b, 0};
	Fixture		whole;
	Fixture		halves;
	int			i;

	write_condition(&left, random, 1);
	write_condition(&right, random, 1);
	fixture_init(&whole);
	fixture_init(&halves);
	writer.len = 0;
	write_text(&writer, "permit(principal, action, resource) "
			   "when { (%s) || (%s) };", a, b);
	CHECK_STATUS(fixture_policies(&whole, gauth_span(memory, writer.len)),
				 GAUTH_OK);
	writer.len = 0;
	write_text(&writer, "permit(principal, action, resource) when { %s };"
			   "permit(principal, action, resource) when { %s };", a, b);
	CHECK(fixture_policies(&halves,
						   gauth_span(memory, writer.len)) == GAUTH_OK);
	writer.len = 0;
	write_entities(&writer, random);
	CHECK_STATUS(fixture_entities(&whole, gauth_span(memory, writer.len)),
				 GAUTH_OK);
	halves.store = whole.store;

	for (i = 0; i < 20; i++)
	{
		char		text[1024];
		Writer		request_writer = {text, 0};
		GauthArena	arena;
		GauthEntityReader reader = fixture_reader(&whole, &arena);
		GauthRequest request;
		GauthDecision one;
		GauthDecision two;
		GauthJson  *root;

		write_request(&request_writer, random);
		gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
		if (gauth_json_parse(&arena, gauth_span(text, request_writer.len),
							 &gauth_json_document_limits, &root,
							 &whole.err) == GAUTH_OK &&
			gauth_request_from_json(&reader, root, &request) == GAUTH_OK &&
			decide_twice(&whole, &arena, &request, GAUTH_POLICY_CEDAR, &one) &&
			decide_twice(&halves, &arena, &request, GAUTH_POLICY_CEDAR,
						 &two) &&
			one.failure_count == 0 && two.failure_count == 0)
		{
			CHECK(one.permit == two.permit);
			(*compared)++;
		}
		gauth_arena_reset(&arena);
	}
	fixture_free(&whole);
	fixture_free(&halves);
}

int
main(void)
{
	Random		random = {UINT64_C(0x9e3779b97f4a7c15)};
	char	   *memory = malloc(TEXT_MAX);
	char	   *policy_memory = malloc(64 * 4096);
	Totals		totals = {0};
	unsigned	compared = 0;
	int			i;

	for (i = 0; i < SETS; i++)
		test_set(&random, memory, policy_memory, &totals);
	printf("random sets: %u/%u requests agree (%u permits, %u with reasons, "
		   "%u with errors)\n", totals.agreed, totals.requests,
		   totals.permits, totals.with_reasons, totals.with_errors);
	CHECK(totals.permits > totals.requests / 20);
	CHECK(totals.with_errors > totals.requests / 100);
	CHECK(totals.requests >= 100000 && totals.agreed == totals.requests);

	for (i = 0; i < 500; i++)
		test_split(&random, memory, &compared);
	printf("split permits: %u compared\n", compared);
	CHECK(compared > 1000);
	free(memory);
	free(policy_memory);
	return unit_finish("policy_random");
}
