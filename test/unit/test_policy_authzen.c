/*
 * test_policy_authzen.c
 *		The AuthZEN interoperability and certification scenarios, decided by
 *		the engine.
 *
 * AuthZEN's shapes are mapped here in the plainest way: a subject's or
 * resource's properties lie over the stored attributes, an action's are in
 * context.action.
 */
#include "test_policy.h"

typedef struct Count
{
	unsigned	passed;
	unsigned	total;
} Count;

/* a file of the corpora, in the memory of the fixture */
static bool
read_corpus(Fixture *fixture, const char *name, GauthSpan *content)
{
	char		path[2 * UNIT_PATH_MAX];
	GauthSpan	file;
	bool		copied;

	snprintf(path, sizeof(path), "%s/%s", unit_corpora(), name);
	if (!unit_read_file(path, &file))
		return false;
	copied = gauth_arena_copy(&fixture->arena, file, content);
	free((char *) file.data);
	return copied;
}

static void
report(const char *name, const Count *count, unsigned expected)
{
	printf("%s: %u/%u\n", name, count->passed, count->total);
	CHECK(count->total == expected && count->passed == expected);
}

/* an entity that lies over the stored one, for one request */
typedef struct Overlay
{
	GauthEntityStore *store;
	GauthEntity entities[2];
} Overlay;

static GauthStatus
find_overlay(void *state, const GauthUid *uid, const GauthEntity **entity,
			 GauthError *err)
{
	Overlay    *overlay = state;
	int			i;

	(void) err;
	for (i = 0; i < 2; i++)
	{
		if (overlay->entities[i].uid != NULL &&
			gauth_uid_equal(overlay->entities[i].uid, uid))
		{
			*entity = &overlay->entities[i];
			return GAUTH_OK;
		}
	}
	*entity = gauth_entity_store_find(overlay->store, uid);
	return GAUTH_OK;
}

static bool
is_plain_member(GauthSpan name)
{
	return gauth_span_is(name, "type") || gauth_span_is(name, "id") ||
		gauth_span_is(name, "identity") || gauth_span_is(name, "properties");
}

static uint32_t
add_properties(const GauthEntityReader *reader, const GauthJson *json,
			   GauthField *fields, uint32_t count)
{
	const GauthJson *member;

	for (member = json == NULL ? NULL : json->first; member != NULL;
		 member = member->next)
	{
		GauthField *field = &fields[count];

		if (is_plain_member(member->name))
			continue;
		field->name = member->name.data;
		field->name_len = (uint32_t) member->name.len;
		if (gauth_value_from_json(reader, member, NULL,
								  &field->value) == GAUTH_OK)
			count++;
	}
	return count;
}

/* stored attributes that no property hides */
static uint32_t
add_stored(const GauthEntity *stored, GauthField *fields, uint32_t count)
{
	uint32_t	given = count;
	uint32_t	i;
	uint32_t	j;

	for (i = 0; stored != NULL && i < stored->attributes->count; i++)
	{
		const GauthField *field = &stored->attributes->fields[i];

		for (j = 0; j < given; j++)
		{
			if (gauth_span_equal(gauth_span(field->name, field->name_len),
								 gauth_span(fields[j].name,
											fields[j].name_len)))
				break;
		}
		if (j == given)
			fields[count++] = *field;
	}
	return count;
}

static void
lay_over(const GauthEntityReader *reader, const GauthJson *json,
		 const GauthEntityStore *store, GauthEntity *entity)
{
	const GauthJson *type = gauth_json_get(json, "type");
	const GauthJson *id = gauth_json_get(json, "identity");
	const GauthEntity *stored;
	GauthField *fields = gauth_arena_array(reader->arena, 64,
										   sizeof(GauthField));
	GauthValue	record;
	uint32_t	count = 0;

	if (id == NULL)
		id = gauth_json_get(json, "id");
	entity->uid = gauth_uid_make(reader->arena, type->text,
								 id == NULL ? GAUTH_SPAN("") : id->text);
	stored = gauth_entity_store_find(store, entity->uid);
	count = add_properties(reader, json, fields, count);
	count = add_properties(reader, gauth_json_get(json, "properties"), fields,
						   count);
	count = add_stored(stored, fields, count);
	if (stored != NULL)
		*entity = *stored;
	entity->tags = &gauth_empty_record;
	(void) gauth_record_make(reader->arena, fields, count, &record,
							 reader->err);
	entity->attributes = record.record;
}

/* the member of an evaluation, or the one of the whole request */
static const GauthJson *
member_of(const GauthJson *one, const GauthJson *all, const char *name)
{
	const GauthJson *member = gauth_json_get(one, name);

	return member != NULL ? member : gauth_json_get(all, name);
}

static const GauthRecord *
action_context(const GauthEntityReader *reader, const GauthJson *action)
{
	const GauthJson *properties = gauth_json_get(action, "properties");
	GauthField *field = gauth_arena_array(reader->arena, 1, sizeof(*field));
	GauthValue	record;

	if (properties == NULL)
		return &gauth_empty_record;
	field->name = "action";
	field->name_len = 6;
	(void) gauth_value_from_json(reader, properties, NULL, &field->value);
	(void) gauth_record_make(reader->arena, field, 1, &record, reader->err);
	return record.record;
}

static bool
evaluate(Fixture *fixture, const GauthJson *one, const GauthJson *all)
{
	GauthArena	arena;
	GauthEntityReader reader = fixture_reader(fixture, &arena);
	const GauthJson *action = member_of(one, all, "action");
	Overlay		overlay = {.store = fixture->store};
	GauthEntityLoader loader = {find_overlay, &overlay};
	GauthDecisionInput input = {
		.set = fixture->set,.loader = &loader,
		.limits = &gauth_policy_default_limits,.mode = GAUTH_POLICY_STRICT
	};
	GauthRequest request;
	GauthDecision decision;
	bool		permit;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	lay_over(&reader, member_of(one, all, "subject"), fixture->store,
			 &overlay.entities[0]);
	lay_over(&reader, member_of(one, all, "resource"), fixture->store,
			 &overlay.entities[1]);
	request.principal = overlay.entities[0].uid;
	request.resource = overlay.entities[1].uid;
	request.action = gauth_uid_make(&arena, GAUTH_SPAN("Action"),
									gauth_json_get(action, "name")->text);
	request.context = action_context(&reader, action);
	permit = gauth_policy_decide(&arena, &input, &request, &decision,
								 &fixture->err) == GAUTH_OK &&
		decision.permit;
	gauth_arena_reset(&arena);
	return permit;
}

static bool
load_fixture(Fixture *fixture, const char *policies, const char *entities)
{
	GauthSpan	text;

	fixture_init(fixture);
	return read_corpus(fixture, policies, &text) &&
		CHECK_STATUS(fixture_policies(fixture, text), GAUTH_OK) &&
		(entities == NULL || read_corpus(fixture, entities, &text)) &&
		CHECK_STATUS(fixture_entities(fixture, entities == NULL ?
									  GAUTH_SPAN("[]") : text), GAUTH_OK);
}

static const GauthJson *
load_json(Fixture *fixture, const char *name)
{
	GauthSpan	text;
	GauthJson  *root;

	if (!read_corpus(fixture, name, &text) ||
		gauth_json_parse(&fixture->arena, text, &gauth_json_document_limits,
						 &root, &fixture->err) != GAUTH_OK)
		return NULL;
	return root;
}

static void
run_evaluations(Fixture *fixture, const GauthJson *list, Count *count)
{
	const GauthJson *item;

	for (item = list == NULL ? NULL : list->first; item != NULL;
		 item = item->next)
	{
		const GauthJson *request = gauth_json_get(item, "request");
		const GauthJson *expected = gauth_json_get(item, "expected");
		const GauthJson *one;

		if (expected->type != GAUTH_JSON_ARRAY)
		{
			count->total++;
			count->passed += evaluate(fixture, request, request) ==
				(expected->type == GAUTH_JSON_TRUE) ? 1 : 0;
			continue;
		}
		one = gauth_json_get(request, "evaluations")->first;
		for (expected = expected->first; expected != NULL && one != NULL;
			 expected = expected->next, one = one->next)
		{
			count->total++;
			count->passed += evaluate(fixture, one, request) ==
				(gauth_json_get(expected, "decision")->type ==
				 GAUTH_JSON_TRUE) ? 1 : 0;
		}
	}
}

#define BACKEND	"authzen/interop/authzen-todo-backend/test/decisions"
#define GATEWAY "authzen/interop/authzen-api-gateways/test-harness/test/"
#define SEARCH	"authzen/interop/authzen-search-demo/test/"

static void
test_authzen_decisions(void)
{
	static const char *const files[] = {
		BACKEND ".json", BACKEND "-authorization-api-1_0-00.json",
		BACKEND "-authorization-api-1_0-01.json",
		BACKEND "-authorization-api-1_0-02.json", GATEWAY "decisions.json"
	};
	static const char *const lists[] = {
		"decisions", "evaluation", "evaluations"
	};
	Fixture		fixture;
	Count		count = {0};
	size_t		i;
	size_t		j;

	if (!load_fixture(&fixture, "gauth-fixtures/authzen-todo.cedar",
					  "gauth-fixtures/authzen-todo.entities.json"))
	{
		printf("authzen decisions: skipped\n");
		return;
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
	{
		const GauthJson *root = load_json(&fixture, files[i]);

		for (j = 0; j < sizeof(lists) / sizeof(lists[0]); j++)
			run_evaluations(&fixture, gauth_json_get(root, lists[j]), &count);
	}
	report("authzen decisions", &count, 191);
	fixture_free(&fixture);
}

/* the scenario's store, an object of types, ids and attributes */
static void
add_scenario_store(Fixture *fixture, const GauthJson *store)
{
	GauthEntityReader reader = fixture_reader(fixture, &fixture->arena);
	const GauthJson *type;
	const GauthJson *id;

	(void) gauth_entity_store_create(&fixture->arena,
									 &gauth_policy_default_limits,
									 &fixture->store, &fixture->err);
	for (type = store->first; type != NULL; type = type->next)
	{
		for (id = type->first; id != NULL; id = id->next)
		{
			GauthEntity entity = {0};
			GauthValue	record;

			entity.uid = gauth_uid_make(&fixture->arena, type->name, id->name);
			(void) gauth_value_from_json(&reader, id, NULL, &record);
			entity.attributes = record.record;
			(void) gauth_entity_store_add(fixture->store, &entity,
										  &fixture->err);
		}
	}
	(void) gauth_entity_store_close(fixture->store, &fixture->err);
}

static void
test_authzen_certification(void)
{
	Fixture		fixture;
	Count		count = {0};
	const GauthJson *root;

	if (!load_fixture(&fixture, "gauth-fixtures/authzen-cert.cedar", NULL))
	{
		printf("authzen certification: skipped\n");
		return;
	}
	root = load_json(&fixture, "gauth-fixtures/authzen-cert.cases.json");
	add_scenario_store(&fixture, gauth_json_get(root, "store"));
	run_evaluations(&fixture, gauth_json_get(root, "evaluation"), &count);
	report("authzen certification", &count, 8);
	fixture_free(&fixture);
}

/* is this among the expected results, by name or by id? */
static bool
is_expected(const GauthJson *results, const char *member, GauthSpan wanted)
{
	const GauthJson *result;

	for (result = results->first; result != NULL; result = result->next)
	{
		if (gauth_span_equal(gauth_json_get(result, member)->text, wanted))
			return true;
	}
	return false;
}

/* one part of the request is searched: fill it in and compare decisions */
static bool
search_one(Fixture *fixture, const GauthJson *request, const char *part,
		   GauthSpan id, const GauthJson *results)
{
	bool		is_action = strcmp(part, "action") == 0;
	const GauthJson *given = gauth_json_get(request, part);
	const GauthJson *type = gauth_json_get(given, "type");
	GauthJson	members[2] = {{0}, {0}};
	GauthJson	filled = {.type = GAUTH_JSON_OBJECT,.count = 2};
	GauthJson	override = {.type = GAUTH_JSON_OBJECT,.count = 1};

	members[0].type = members[1].type = GAUTH_JSON_STRING;
	members[0].name = is_action ? GAUTH_SPAN("name") : GAUTH_SPAN("id");
	members[0].text = id;
	members[0].next = &members[1];
	members[1].name = GAUTH_SPAN("type");
	members[1].text = type == NULL ? GAUTH_SPAN("Action") : type->text;
	filled.name = gauth_span_of(part);
	filled.first = members;
	override.first = &filled;
	return evaluate(fixture, &override, request) ==
		is_expected(results, is_action ? "name" : "id", id);
}

static bool
search_all(Fixture *fixture, const GauthJson *request,
		   const GauthJson *results)
{
	static const char *const actions[] = {"view", "edit", "delete"};
	const GauthJson *subject = gauth_json_get(request, "subject");
	bool		by_subject = gauth_json_get(subject, "id") == NULL;
	const char *part = by_subject ? "subject" : "resource";
	const GauthJson *type = gauth_json_get(gauth_json_get(request, part),
										   "type");
	uint32_t	i;

	if (gauth_json_get(request, "action") == NULL)
	{
		for (i = 0; i < 3; i++)
		{
			if (!search_one(fixture, request, "action",
							gauth_span_of(actions[i]), results))
				return false;
		}
		return true;
	}
	for (i = 0; i < gauth_entity_store_count(fixture->store); i++)
	{
		const GauthEntity *entity = gauth_entity_store_at(fixture->store, i);

		if (gauth_uid_has_type(entity->uid, type->text) &&
			!search_one(fixture, request, part, gauth_uid_id(entity->uid),
						results))
			return false;
	}
	return true;
}

static void
test_authzen_searches(void)
{
	static const char *const files[] = {
		SEARCH "action/results.json", SEARCH "resource/results.json",
		SEARCH "subject/results.json",
		"authzen/interop/authzen-idp/test-harness/src/results.json"
	};
	Fixture		fixture;
	Count		count = {0};
	size_t		i;

	if (!load_fixture(&fixture, "gauth-fixtures/authzen-search.cedar",
					  "gauth-fixtures/authzen-search.entities.json"))
	{
		printf("authzen searches: skipped\n");
		return;
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
	{
		const GauthJson *root = load_json(&fixture, files[i]);
		const GauthJson *item = root->first->first;

		for (; item != NULL; item = item->next)
		{
			const GauthJson *expected = gauth_json_get(item, "expected");

			count.total++;
			count.passed += search_all(&fixture,
									   gauth_json_get(item, "request"),
									   gauth_json_get(expected, "results")) ?
				1 : 0;
		}
	}
	report("authzen searches", &count, 204);
	fixture_free(&fixture);
}

int
main(void)
{
	test_authzen_decisions();
	test_authzen_certification();
	test_authzen_searches();
	return unit_finish("policy_authzen");
}
