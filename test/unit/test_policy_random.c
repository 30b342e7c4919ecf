/*
 * test_policy_random.c
 *		Random sets of many policies, which the published corpora do not have.
 *
 * Each request is decided through the index and without it, in both modes,
 * and the two have to agree in decision, reasons, errors and nearest misses.
 * Besides, what must not matter does not matter: the order of policies,
 * duplicates, a policy that never matches, the address of the set; a permit
 * split at "||" decides as before; one more forbid never widens.
 *
 *	test_policy_random [DIRECTORY]
 *
 * DIRECTORY takes the sets and the requests with their answers, as files that
 * COPY reads: somebody else can be asked the same (test/t/022_policy_random.pl).
 */
#include "policy_random.h"

#define SETS			420
#define REQUESTS		250
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

/* where answers are written for others; NULL: nowhere */
static FILE *dumped_sets;
static FILE *dumped_requests;

/* in the text format of COPY */
static void
dump_text(FILE *stream, const char *text, size_t len)
{
	size_t		i;

	for (i = 0; i < len; i++)
	{
		if (text[i] == '\n')
			fputs("\\n", stream);
		else if (text[i] == '\\')
			fputs("\\\\", stream);
		else
			fputc(text[i], stream);
	}
}

static void
dump_uid(const GauthUid *uid)
{
	fprintf(dumped_requests, "%.*s::\"%.*s\"\t", (int) uid->type_len,
			uid->bytes, (int) uid->id_len, uid->bytes + uid->type_len);
}

static void
dump_set(unsigned number, const Policies *policies, GauthSpan entities)
{
	uint32_t	i;

	if (dumped_sets == NULL)
		return;
	fprintf(dumped_sets, "%u\t", number);
	for (i = 0; i < policies->count; i++)
		dump_text(dumped_sets, policies->writers[i].text,
				  policies->writers[i].len);
	fputc('\t', dumped_sets);
	dump_text(dumped_sets, entities.data, entities.len);
	fputc('\n', dumped_sets);
}

/* "json" is the request as it was written: the context comes last in it */
static void
dump_request(unsigned number, GauthSpan json, const GauthRequest *request,
			 const GauthDecision *decision)
{
	static const char member[] = "\"context\":";
	const char *context;
	uint32_t	i;

	if (dumped_requests == NULL)
		return;
	context = strstr(json.data, member) + strlen(member);
	fprintf(dumped_requests, "%u\t", number);
	dump_uid(request->principal);
	dump_uid(request->action);
	dump_uid(request->resource);
	dump_text(dumped_requests, context,
			  (size_t) (json.data + json.len - 1 - context));
	fprintf(dumped_requests, "\t%s\t{", decision->permit ? "t" : "f");
	for (i = 0; i < decision->determining_count; i++)
		fprintf(dumped_requests, "%spolicy%u", i == 0 ? "" : ",",
				decision->determining[i]);
	fputs("}\t{", dumped_requests);
	for (i = 0; i < decision->failure_count; i++)
		fprintf(dumped_requests, "%spolicy%u", i == 0 ? "" : ",",
				decision->failures[i].policy);
	fputs("}\n", dumped_requests);
}

typedef struct Totals
{
	unsigned	sets;
	unsigned	requests;
	unsigned	agreed;
	unsigned	permits;
	unsigned	with_reasons;	/* at least one determining policy */
	unsigned	with_errors;
} Totals;

/* "answer" is that of mode cedar */
static bool
test_request(Variants *variants, uint32_t count, GauthArena *arena,
			 const GauthRequest *request, GauthDecision *answer)
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
	*answer = cedar;
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
count_answer(Totals *totals, const GauthDecision *answer)
{
	totals->agreed++;
	totals->permits += answer->permit ? 1 : 0;
	totals->with_reasons += answer->determining_count > 0 ? 1 : 0;
	totals->with_errors += answer->failure_count > 0 ? 1 : 0;
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
	dump_set(++totals->sets, &policies, json);

	for (i = 0; i < REQUESTS; i++)
	{
		GauthArena	arena;
		GauthEntityReader reader = fixture_reader(&variants.original, &arena);
		GauthRequest request;
		GauthDecision answer;
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
						 &answer))
		{
			count_answer(totals, &answer);
			dump_request(totals->sets, gauth_span(memory, writer.len),
						 &request, &answer);
		}
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

static FILE *
open_dump(const char *directory, const char *name)
{
	char		path[UNIT_PATH_MAX];
	FILE	   *stream = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", directory,
				 name) < UNIT_PATH_MAX)
		stream = fopen(path, "w");
	if (stream == NULL)
	{
		perror(name);
		exit(EXIT_FAILURE);
	}
	return stream;
}

int
main(int argc, char **argv)
{
	Random		random = {UINT64_C(0x9e3779b97f4a7c15)};
	char	   *memory = malloc(TEXT_MAX);
	char	   *policy_memory = malloc(64 * 4096);
	Totals		totals = {0};
	unsigned	compared = 0;
	int			i;

	if (argc > 1)
	{
		dumped_sets = open_dump(argv[1], "sets");
		dumped_requests = open_dump(argv[1], "requests");
	}
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
	if (argc > 1)
		CHECK(fclose(dumped_sets) == 0 && fclose(dumped_requests) == 0);
	free(memory);
	free(policy_memory);
	return unit_finish("policy_random");
}
