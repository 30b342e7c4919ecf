/*
 * test_policy_schema.c
 *		Schemas: what is read, what is refused, what names come to mean, and
 *		that both forms say the same.
 *
 * Longer than other files because of its tables.
 */
#include "unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/schema.h"
#include "policy/schema_json.h"
#include "policy/schema_text.h"

/* a schema that is read, or a part of the message that refuses it */
typedef struct SchemaCase
{
	const char *source;
	const char *refused;		/* NULL: it is read */
} SchemaCase;

static const SchemaCase text_cases[] = {
	{"", NULL},
	{"// nothing but a comment", NULL},
	{"entity User;", NULL},
	{"entity User, Group in [Group] { name: String } tags Long;", NULL},
	{"entity User = { \"a b\"?: Set<Set<Bool>>, };", NULL},
	{"entity Color enum [\"red\", \"green\"];", NULL},
	{"@doc(\"x\") @empty entity A { @note name: Long };", NULL},
	{"namespace A::B { entity C; type T = C; entity D { t: T }; }", NULL},
	{"namespace A { entity B; } entity C { b: A::B };", NULL},
	{"entity A; action a, \"b c\" appliesTo { principal: A, resource: [A], "
	"context: { x: ipaddr } };", NULL},
	{"action g; action a in g; action b in [\"a\", Action::\"g\"];", NULL},
	{"entity A; type C = { x: Long }; "
	"action a appliesTo { principal: A, resource: A, context: C };", NULL},
	{"entity A; action a appliesTo { principal: A, resource: A } "
	"attributes {};", NULL},
	{"type decimal = String; entity A { x: decimal, y: __cedar::decimal };",
	NULL},
	{"entity Long; entity A { x: Long, y: __cedar::Long };", NULL},
	{"entity ipaddr; entity A { x: ipaddr, y: __cedar::ipaddr };", NULL},
	{"type User = Long; entity User; entity A { u: User };", NULL},
	{"entity entity, tags, principal, Set; "
	"entity A { tags: tags, Set: Set<Set> };", NULL},
	{"entity A in A;", NULL},
	{"entity E enum [\"x\"]; entity A in E { e: E };", NULL},
	{"entity A { u: Action }; action a;", NULL},
	{"namespace N { action g; } action a in N::Action::\"g\";", NULL},
	{"namespace N { entity A :: B; }", "expected"},
	{"namespace N { entity X; } entity A in N :: /* */ X;", "expected"},
	{"namespace N { entity X; } entity A in N :: // c\n X;", NULL},

	{"entity", "line 1, column 7: expected an identifier"},
	{"entity User", "expected \";\""},
	{"entity User { name };", "line 1, column 20: expected \":\""},
	{"entity User { name: };", "expected a type"},
	{"entity User { name: String name: Long };", "expected \",\" or \"}\""},
	{"entity User { a: Set<Long };", "expected \">\""},
	{"entity User { a: Set };", "\"Set\" is not declared"},
	{"entity in;", "reserved word"},
	{"entity __cedar;", "\"__cedar\" is reserved"},
	{"namespace __cedar { entity A; }", "\"__cedar\" is reserved"},
	{"namespace A::__cedar {}", "\"__cedar\" is reserved"},
	{"type __cedar = Long;", "\"__cedar\" is reserved"},
	{"type Set = Long;", "reserved"},
	{"type Boolean = Long;", "reserved"},
	{"entity A; entity A;", "declared twice"},
	{"entity A, A;", "declared twice"},
	{"type T = Long; type T = Bool;", "declared twice"},
	{"action a; action \"a\";", "declared twice"},
	{"namespace A {} namespace A {}", "declared twice"},
	{"entity A { x: Long, \"x\": Bool };", "\"x\" appears twice"},
	{"@a @a entity A;", "annotation \"a\" appears twice"},
	{"@a(\"x\" entity A;", "expected \")\""},
	{"entity A enum [];", "expected a string"},
	{"entity A enum [\"x\",];", "expected a string"},
	{"entity A enum \"x\";", "expected \"[\""},
	{"entity A { b: B };", "line 1, column 15: \"B\" is not declared"},
	{"entity A in B;", "\"B\" is not declared as an entity type"},
	{"entity A in Action; action a;", "is not declared as an entity type"},
	{"type T = Long; entity A in T;", "is not declared as an entity type"},
	{"entity A { x: __cedar::Foo };", "not declared"},
	{"entity A { x: N::Long };", "not declared"},
	{"type T = T;", "refers to itself"},
	{"type A = { b: B }; type B = Set<C>; type C = A;", "refers to itself"},
	{"entity Action;", "is there for actions already"},
	{"namespace N { entity A; } entity A;", "is hidden by one inside"},
	{"namespace N { type A = Long; } entity A;", "is hidden by one inside"},
	{"namespace N { action a; } action a;", "is hidden by one inside"},
	{"action a in b;", "\"b\" is not declared as an action"},
	{"entity User; action a in User::\"b\";", "is not declared as an action"},
	{"action a in A::b;", "the action's id as a string"},
	{"action a in a;", "is a member of itself"},
	{"action a in b; action b in c; action c in a;", "member of itself"},
	{"action a in [];", "identifier"},
	{"entity A; action a appliesTo { principal: A };", "both"},
	{"entity A; action a appliesTo {};", "expected \"principal\""},
	{"entity A; action a appliesTo { principal: [], resource: A };",
	"at least one"},
	{"entity A; action a appliesTo { principal: A, principal: A, "
	"resource: A };", "given twice"},
	{"entity A; action a appliesTo { principal: A, resource: A, "
	"context: {}, context: {} };", "given twice"},
	{"entity A; action a appliesTo { principal: A, resource: Action };",
	"is not declared as an entity type"},
	{"entity A; type T = Long; action a appliesTo { principal: A, "
	"resource: A, context: T };", "expected a record type"},
	{"entity A; action a appliesTo { principal: A, resource: A, "
	"context: A };", "\"A\" is not declared as a common type"},
	{"action a attributes { x: Long };", "actions have no attributes"},
	{"entity A { x: \"Long\" };", "expected a type"},
	{"entity \"A\";", "identifier"},
	{"entity A;;", "expected \"entity\""},
	{"entity A { \"\\q\": Long };", "escape"},
	{"entity A { x: Long", "expected \",\" or \"}\""},
	{"entity \xff;", "UTF-8"},
	{"entity A; \"", "quote"}
};

static const SchemaCase json_cases[] = {
	{"{}", NULL},
	{" { \"\": { \"entityTypes\": {}, \"actions\": {} } }", NULL},
	{"{\"N\": {\"entityTypes\": {\"A\": {\"memberOfTypes\": [\"A\"], "
		"\"shape\": {\"type\": \"Record\", \"attributes\": {\"x\": "
		"{\"type\": \"Long\", \"required\": false, \"annotations\": "
		"{\"doc\": \"d\", \"in\": null}}}}, \"tags\": "
		"{\"type\": \"String\"}}}, "
	"\"actions\": {}, \"annotations\": {\"a\": \"b\"}}}", NULL},
	{"{\"\": {\"entityTypes\": {\"A\": {\"enum\": [\"x\"]}, \"B\": {}}, "
		"\"commonTypes\": {\"C\": {\"type\": \"Record\", \"attributes\": {}, "
		"\"additionalAttributes\": false}}, \"actions\": {\"a\": "
		"{\"memberOf\": [{\"id\": \"b\"}, {\"id\": \"c\", \"type\": "
		"\"Action\"}], \"appliesTo\": {\"principalTypes\": [\"A\"], "
		"\"resourceTypes\": [], \"context\": {\"type\": \"C\"}}}, "
	"\"b\": {\"appliesTo\": null, \"memberOf\": null}, \"c\": {}}}}", NULL},
	{"{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\", "
		"\"attributes\": {\"e\": {\"type\": \"Entity\", \"name\": \"A\"}, "
		"\"x\": {\"type\": \"Extension\", \"name\": \"decimal\"}, "
		"\"y\": {\"type\": \"EntityOrCommon\", \"name\": \"Bool\"}, "
		"\"z\": {\"type\": \"Set\", \"element\": {\"type\": \"Boolean\"}}"
	"}}}}, \"actions\": {}}}", NULL},

	{"{\"\": {\"entityTypes\": {}}}", "\"actions\" is missing"},
	{"{\"\": {\"actions\": {}}}", "\"entityTypes\" is missing"},
	{"{\"\": {\"entityTypes\": {}, \"actions\": {}, \"x\": 1}}",
	"\"x\" is not part of the format"},
	{"{\"\": {\"entityTypes\": {}, \"actions\": {}, \"annotations\": "
	"{\"a\": \"b\"}}}", "no annotations"},
	{"{\"N::\": {\"entityTypes\": {}, \"actions\": {}}}", "namespace"},
	{"{\"N:M\": {\"entityTypes\": {}, \"actions\": {}}}", "namespace"},
	{"{\"__cedar\": {\"entityTypes\": {}, \"actions\": {}}}", "reserved"},
	{"{\"\": {\"entityTypes\": {\"A B\": {}}, \"actions\": {}}}",
	"identifier"},
	{"{\"\": {\"entityTypes\": {\"__cedar\": {}}, \"actions\": {}}}",
	"reserved"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"enum\": []}}, \"actions\": {}}}",
	"at least one id"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"enum\": [\"x\"], \"tags\": "
	"{\"type\": \"Long\"}}}, \"actions\": {}}}", "\"tags\" is not part"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Long\"}}}, "
	"\"actions\": {}}}", "expected a record type"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\"}}}, "
	"\"actions\": {}}}", "\"attributes\" is missing"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\", "
		"\"attributes\": {}, \"additionalAttributes\": true}}}, "
	"\"actions\": {}}}", "additional attributes"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\", "
		"\"attributes\": {}, \"required\": true}}}, \"actions\": {}}}",
	"only attributes"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"tags\": {\"type\": \"Set\"}}}, "
	"\"actions\": {}}}", "\"element\" is missing"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"tags\": {\"type\": \"Long\", "
	"\"name\": \"x\"}}}, \"actions\": {}}}", "\"name\" is not part"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"tags\": {\"type\": \"Extension\", "
	"\"name\": \"float\"}}}, \"actions\": {}}}", "no extension type"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"tags\": {\"type\": \"B\"}}}, "
	"\"actions\": {}}}", "not declared as a common type"},
	{"{\"\": {\"entityTypes\": {\"A\": {\"tags\": {\"type\": \"A\"}}}, "
	"\"actions\": {}}}", "not declared as a common type"},
	{"{\"\": {\"entityTypes\": {}, \"actions\": {\"a\": {\"attributes\": "
	"{}}}}}", "attributes of actions"},
	{"{\"\": {\"entityTypes\": {}, \"actions\": {\"a\": {\"memberOf\": "
	"[{\"type\": \"Action\"}]}}}}", "\"id\" is missing"},
	{"{\"\": {\"entityTypes\": {}, \"actions\": {\"a\": {\"appliesTo\": "
	"{\"principalTypes\": []}}}}}", "\"resourceTypes\" is missing"},
	{"{\"\": {\"entityTypes\": {}, \"commonTypes\": {\"Set\": {\"type\": "
	"\"Long\"}}, \"actions\": {}}}", "reserved"},
	{"{\"\": {\"entityTypes\": [], \"actions\": {}}}", "expected an object"},
	{"{\"\": 1}", "expected an object"},
	{"{\"\": {\"entityTypes\": {\"A\": {}, \"A\": {}}, \"actions\": {}}}",
	"JSON"},
	{"{", "JSON"}
};

static void
run_cases(const SchemaCase *cases, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		const SchemaCase *test = &cases[i];
		const GauthSchema *schema;
		GauthArena	arena;
		GauthError	err = {0};
		GauthStatus status;

		gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
		status = gauth_schema_read(&arena, gauth_span_of(test->source),
								   &gauth_schema_default_limits, &schema,
								   &err);
		if (test->refused == NULL ? !CHECK(status == GAUTH_OK) :
			!CHECK(status != GAUTH_OK &&
				   (strstr(err.detail, test->refused) != NULL ||
					strcmp(test->refused, "JSON") == 0)))
			printf("%s\n%s: %s\n", test->source, gauth_status_name(status),
				   err.detail);
		gauth_arena_reset(&arena);
	}
}

static const GauthSchema *
read_schema(GauthArena *arena, GauthSpan source)
{
	const GauthSchema *schema = NULL;
	GauthError	err = {0};

	if (gauth_schema_read(arena, source, &gauth_schema_default_limits,
						  &schema, &err) == GAUTH_OK)
		return schema;
	printf("a schema cannot be read: %s\n", err.detail);
	return NULL;
}

static const GauthType *
get_attribute(const GauthSchema *schema, const char *type, const char *name)
{
	const GauthEntityType *entity =
	gauth_schema_find_type(schema, gauth_span_of(type));
	const GauthAttribute *attribute = entity == NULL ? NULL :
	gauth_type_find_attribute(entity->shape, gauth_span_of(name));

	return attribute == NULL ? NULL : attribute->type;
}

static bool
is_entity_of(const GauthType *type, const char *name)
{
	return type != NULL && type->kind == GAUTH_TYPE_ENTITY &&
		type->count == 1 && gauth_span_is(type->entities[0]->name, name);
}

static const char names_source[] =
"entity Group; type Name = String;"
"namespace A {"
"  entity User { n: Name, g: Group, r: A::Role, s: Set<Role> };"
"  entity Role; type decimal = { x: __cedar::Long };"
"  entity Thing { l: decimal, u: User, o?: Other };"
"  type User = Bool; type Other = User;"
"}";

/* which declaration a name means */
static void
test_names(void)
{
	GauthArena	arena;
	const GauthSchema *schema;
	const GauthType *type;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	schema = read_schema(&arena, gauth_span_of(names_source));
	if (CHECK(schema != NULL))
	{
		CHECK(get_attribute(schema, "A::User", "n") == &gauth_type_string);
		CHECK(is_entity_of(get_attribute(schema, "A::User", "g"), "Group"));
		CHECK(is_entity_of(get_attribute(schema, "A::User", "r"),
						   "A::Role"));
		type = get_attribute(schema, "A::User", "s");
		CHECK(type != NULL && type->kind == GAUTH_TYPE_SET &&
			  is_entity_of(type->element, "A::Role"));
		type = get_attribute(schema, "A::Thing", "l");
		CHECK(type != NULL && type->kind == GAUTH_TYPE_RECORD &&
			  type->attributes[0].type == &gauth_type_long);
		/* the common type comes before the entity type of its name */
		CHECK(get_attribute(schema, "A::Thing", "u") == &gauth_type_bool);
		CHECK(get_attribute(schema, "A::Thing", "o") == &gauth_type_bool);
		CHECK(get_attribute(schema, "A::Thing", "x") == NULL);
		CHECK(schema->warnings.warning_count == 2);
		CHECK(schema->warnings.error_count == 0);
	}
	gauth_arena_reset(&arena);
}

static bool
is_in(const GauthSchema *schema, const char *lower, const char *upper)
{
	const GauthEntityType *low =
	gauth_schema_find_type(schema, gauth_span_of(lower));
	const GauthEntityType *high =
	gauth_schema_find_type(schema, gauth_span_of(upper));

	return gauth_entity_type_has_ancestor(low, high);
}

static const GauthSchemaAction *
get_action(GauthArena *arena, const GauthSchema *schema, const char *type,
		   const char *id)
{
	return gauth_schema_find_action(schema,
									gauth_uid_make(arena, gauth_span_of(type),
												   gauth_span_of(id)));
}

static const char hierarchy_source[] =
"namespace N {"
"  entity A in B; entity B in [C, D]; entity C; entity D in A;"
"  entity E enum [\"z\", \"a\", \"m\"];"
"  action read in some; action some in all; action all;"
"  action write in all appliesTo { principal: [A, B, A],"
"    resource: [C, E], context: { \"k\"?: Long } };"
"}";

static void
test_hierarchies(void)
{
	GauthArena	arena;
	const GauthSchema *schema;
	const GauthEntityType *type;
	const GauthSchemaAction *read;
	const GauthSchemaAction *all;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	schema = read_schema(&arena, gauth_span_of(hierarchy_source));
	if (CHECK(schema != NULL))
	{
		CHECK(is_in(schema, "N::A", "N::C"));
		CHECK(is_in(schema, "N::A", "N::A"));
		CHECK(!is_in(schema, "N::C", "N::A"));
		CHECK(!is_in(schema, "N::C", "N::C"));
		CHECK(gauth_schema_find_type(schema, GAUTH_SPAN("A")) == NULL);
		type = gauth_schema_find_type(schema, GAUTH_SPAN("N::Action"));
		CHECK(type != NULL && type->kind == GAUTH_ENTITY_ACTION);
		type = gauth_schema_find_type(schema, GAUTH_SPAN("N::E"));
		CHECK(type->kind == GAUTH_ENTITY_ENUM);
		CHECK(gauth_entity_type_allows_id(type, GAUTH_SPAN("m")));
		CHECK(gauth_entity_type_allows_id(type, GAUTH_SPAN("z")));
		CHECK(!gauth_entity_type_allows_id(type, GAUTH_SPAN("b")));

		read = get_action(&arena, schema, "N::Action", "read");
		all = get_action(&arena, schema, "N::Action", "all");
		CHECK(read != NULL && all != NULL &&
			  get_action(&arena, schema, "Action", "all") == NULL);
		CHECK(gauth_schema_action_is_in(read, all));
		CHECK(gauth_schema_action_is_in(read, read));
		CHECK(!gauth_schema_action_is_in(all, read));
		CHECK(read->ancestor_count == 2 && read->principal_count == 0);
		all = get_action(&arena, schema, "N::Action", "write");
		CHECK(all->principal_count == 2 && all->resource_count == 2);
		CHECK(schema->environment_count == 4);
		CHECK(gauth_schema_action_applies(all, NULL, type));
		CHECK(!gauth_schema_action_applies(all, type, NULL));
		CHECK(all->context->count == 1 &&
			  !all->context->attributes[0].required);
	}
	gauth_arena_reset(&arena);
}

static bool same_type(const GauthType *a, const GauthType *b);

static bool
same_attributes(const GauthType *a, const GauthType *b)
{
	uint32_t	i;

	for (i = 0; i < a->count; i++)
	{
		if (!gauth_span_equal(a->attributes[i].name, b->attributes[i].name) ||
			a->attributes[i].required != b->attributes[i].required ||
			!same_type(a->attributes[i].type, b->attributes[i].type))
			return false;
	}
	return true;
}

/* types of two schemas, whose entity types are the same by name only */
static bool
same_type(const GauthType *a, const GauthType *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->count != b->count)
		return false;
	if (a->kind == GAUTH_TYPE_SET)
		return same_type(a->element, b->element);
	if (a->kind == GAUTH_TYPE_ENTITY)
		return gauth_span_equal(a->entities[0]->name, b->entities[0]->name);
	return a->kind != GAUTH_TYPE_RECORD || same_attributes(a, b);
}

static bool
same_ranks(const GauthEntityType *const *a, uint32_t a_count,
		   const GauthEntityType *const *b, uint32_t b_count)
{
	uint32_t	i;

	for (i = 0; i < a_count && i < b_count; i++)
	{
		if (a[i]->rank != b[i]->rank)
			return false;
	}
	return a_count == b_count;
}

static bool
same_action(const GauthSchemaAction *a, const GauthSchemaAction *b)
{
	uint32_t	i;

	if (!gauth_uid_equal(a->uid, b->uid) ||
		a->ancestor_count != b->ancestor_count ||
		!same_ranks(a->principals, a->principal_count, b->principals,
					b->principal_count) ||
		!same_ranks(a->resources, a->resource_count, b->resources,
					b->resource_count))
		return false;
	for (i = 0; i < a->ancestor_count; i++)
	{
		if (a->ancestors[i]->rank != b->ancestors[i]->rank)
			return false;
	}
	/* what applies to nothing loses its context in the human syntax */
	return a->principal_count == 0 || a->resource_count == 0 ||
		same_type(a->context, b->context);
}

static bool
same_schema(const GauthSchema *a, const GauthSchema *b)
{
	uint32_t	i;

	if (a == NULL || b == NULL || a->type_count != b->type_count ||
		a->action_count != b->action_count)
		return false;
	for (i = 0; i < a->type_count; i++)
	{
		const GauthEntityType *x = &a->types[i];
		const GauthEntityType *y = &b->types[i];

		if (!gauth_span_equal(x->name, y->name) || x->kind != y->kind ||
			x->choice_count != y->choice_count ||
			!same_type(x->shape, y->shape) || !same_type(x->tags, y->tags) ||
			!same_ranks(x->ancestors, x->ancestor_count, y->ancestors,
						y->ancestor_count))
			return false;
	}
	for (i = 0; i < a->action_count; i++)
	{
		if (!same_action(&a->actions[i], &b->actions[i]))
			return false;
	}
	return true;
}

/* written and read again: the same; what the syntax cannot say is refused */
static bool
survives(GauthArena *arena, const GauthSchema *schema, bool as_json,
		 bool *sayable)
{
	GauthText	text;
	GauthSpan	written;
	GauthError	err;

	*sayable = true;
	gauth_text_init(&text, arena);
	if (as_json)
		gauth_schema_json_write(schema->tree, &text);
	else if (gauth_schema_text_write(schema->tree, &text, &err) != GAUTH_OK)
	{
		*sayable = false;
		return err.status == GAUTH_INVALID_VALUE;
	}
	return gauth_text_finish(&text, &written) &&
		same_schema(schema, read_schema(arena, written));
}

typedef struct SchemaTally
{
	unsigned	read;
	unsigned	refused;
	unsigned	survived;
	unsigned	unsayable;
} SchemaTally;

static void
run_file(const char *path, SchemaTally *tally)
{
	GauthArena	arena;
	GauthSpan	source;
	const GauthSchema *schema;
	GauthError	err;
	bool		sayable;

	if (!unit_read_file(path, &source))
		return;
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	if (gauth_schema_read(&arena, source, &gauth_schema_default_limits,
						  &schema, &err) == GAUTH_OK)
	{
		tally->read++;
		if (survives(&arena, schema, true, &sayable) &&
			survives(&arena, schema, false, &sayable))
			tally->survived++;
		else
			printf("%s: is not the same, written and read again\n", path);
		tally->unsayable += sayable ? 0 : 1;
	}
	else
	{
		printf("%s: refused: %s\n", path, err.detail);
		tally->refused++;
	}
	gauth_arena_reset(&arena);
	free((char *) source.data);
}

/* all schemas below a folder, in either form */
static void
run_tree(const char *folder, SchemaTally *tally)
{
	DIR		   *stream = opendir(folder);
	struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL)
	{
		char		path[UNIT_PATH_MAX];
		struct stat info;

		if (entry->d_name[0] == '.' ||
			snprintf(path, sizeof(path), "%s/%s", folder,
					 entry->d_name) >= (int) sizeof(path) ||
			stat(path, &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode))
			run_tree(path, tally);
		else if (strstr(entry->d_name, ".cedarschema") != NULL)
			run_file(path, tally);
	}
	if (stream != NULL)
		closedir(stream);
}

/*
 * One of the samples means an entity type where the JSON form says a common
 * type; Cedar refuses it as well.
 */
#define REFUSED_SAMPLES		1

static void
test_samples(void)
{
	SchemaTally tally = {0};

	run_tree(unit_corpora(), &tally);
	if (tally.read == 0)
	{
		printf("cedar schemas: skipped, no corpus\n");
		return;
	}
	printf("cedar schemas, samples: %u read, %u refused, %u written and read "
		   "again, %u of them not sayable in the human syntax\n", tally.read,
		   tally.refused, tally.survived, tally.unsayable);
	CHECK(tally.refused == REFUSED_SAMPLES);
	CHECK(tally.survived == tally.read);
}

static void
test_generated(void)
{
	char		folder[] = "/tmp/gauth-schema-XXXXXX";
	char		command[UNIT_PATH_MAX * 2];
	SchemaTally tally = {0};

	if (mkdtemp(folder) == NULL)
		return;
	snprintf(command, sizeof(command), "test -f '%s/cedar-integration-tests/"
			 "corpus-tests.tar.gz' && tar xzf '%s/cedar-integration-tests/"
			 "corpus-tests.tar.gz' -C '%s' 2>/dev/null", unit_corpora(),
			 unit_corpora(), folder);
	if (system(command) == 0)
	{
		run_tree(folder, &tally);
		printf("cedar schemas, generated: %u read, %u refused, %u written "
			   "and read again\n", tally.read, tally.refused, tally.survived);
		CHECK(tally.read >= 7809 && tally.refused == 0);
		CHECK(tally.survived == tally.read && tally.unsayable == 0);
	}
	else
		printf("cedar schemas: skipped, no corpus\n");
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	CHECK(system(command) == 0);
}

static void
check_unsayable(const char *source, const char *complaint)
{
	GauthArena	arena;
	GauthText	text;
	GauthError	err = {0};
	const GauthSchema *schema;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	schema = read_schema(&arena, gauth_span_of(source));
	gauth_text_init(&text, &arena);
	if (CHECK(schema != NULL))
	{
		CHECK_STATUS(gauth_schema_text_write(schema->tree, &text, &err),
					 GAUTH_INVALID_VALUE);
		CHECK(strstr(err.detail, complaint) != NULL);
	}
	gauth_arena_reset(&arena);
}

static void
test_writers(void)
{
	static const char source[] =
	"@doc(\"a \\\"b\\\"\\n\\u{1}\") namespace N {\n"
	"  @x type T = { @y \"in\": Long, b?: Set<{ c: U }> };\n"
	"  entity U in [U] = { t: T } tags decimal;\n"
	"  entity E enum [\"\\\\\", \"\\u{e9}\"];\n"
	"  action \"a\\tb\" in [\"g\", N::Action::\"g\"] appliesTo {\n"
	"    principal: [U], resource: [U, E], context: T };\n"
	"  action g;\n}\nentity Z;\n";
	GauthArena	arena;
	const GauthSchema *schema;
	bool		sayable;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	schema = read_schema(&arena, gauth_span_of(source));
	if (CHECK(schema != NULL))
	{
		CHECK(survives(&arena, schema, true, &sayable) && sayable);
		CHECK(survives(&arena, schema, false, &sayable) && sayable);
	}
	gauth_arena_reset(&arena);

	check_unsayable("{\"\": {\"commonTypes\": {\"A\": {\"type\": \"Long\"}}, "
					"\"entityTypes\": {\"A\": {\"tags\": {\"type\": "
					"\"Entity\", \"name\": \"A\"}}}, \"actions\": {}}}",
					"shares its name");
	check_unsayable("{\"\": {\"commonTypes\": {\"A\": {\"type\": \"Record\", "
					"\"attributes\": {}}}, \"entityTypes\": {\"B\": "
					"{\"shape\": {\"type\": \"A\"}}}, \"actions\": {}}}",
					"shape of a common type");
}

/* a source of "count" repetitions between a beginning and an end */
static GauthSpan
repeat(GauthArena *arena, const char *begin, const char *part,
	   const char *end, unsigned times)
{
	GauthText	text;
	GauthSpan	result;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, gauth_span_of(begin));
	while (times-- > 0)
		gauth_text_append(&text, gauth_span_of(part));
	gauth_text_append(&text, gauth_span_of(end));
	(void) gauth_text_finish(&text, &result);
	return result;
}

/* each common type refers to the next "fan" times, or just names it */
static GauthSpan
chain(GauthArena *arena, unsigned length, bool fan)
{
	GauthText	text;
	GauthSpan	result;
	unsigned	i;

	gauth_text_init(&text, arena);
	for (i = 0; i < length; i++)
	{
		char		line[96];

		snprintf(line, sizeof(line), fan ?
				 "type T%u = { a: T%u, b: T%u };" : "type T%u = T%u;",
				 i, i + 1, i + 1);
		gauth_text_append(&text, gauth_span_of(line));
		if (i + 1 == length)
		{
			snprintf(line, sizeof(line), "type T%u = Long;", length);
			gauth_text_append(&text, gauth_span_of(line));
		}
	}
	(void) gauth_text_finish(&text, &result);
	return result;
}

static void
check_limit(GauthArena *arena, GauthSpan source, GauthStatus expected)
{
	const GauthSchema *schema;
	GauthError	err;

	CHECK_STATUS(gauth_schema_read(arena, source,
								   &gauth_schema_default_limits, &schema,
								   &err), expected);
}

static void
test_limits(void)
{
	GauthSchemaLimits small = gauth_schema_default_limits;
	GauthArena	arena;
	const GauthSchema *schema;
	GauthError	err;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	check_limit(&arena, repeat(&arena, "type A = ", "Set<", "Long", 100000),
				GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, repeat(&arena, "type A = ", "{a:", "Long", 100000),
				GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, repeat(&arena, "{\"\":{\"commonTypes\":{\"A\":",
							   "{\"type\":\"Set\",\"element\":", "",
							   100000), GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, repeat(&arena, "entity A", "::A", ";", 100000),
				GAUTH_INVALID_SYNTAX);
	check_limit(&arena, repeat(&arena, "entity B in A", "::A", ";", 100000),
				GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, repeat(&arena, "entity A", ",A", ";", 600000),
				GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, chain(&arena, 300, false), GAUTH_OK);
	check_limit(&arena, chain(&arena, 5000, false), GAUTH_LIMIT_EXCEEDED);
	check_limit(&arena, chain(&arena, 10, true), GAUTH_OK);
	check_limit(&arena, chain(&arena, 60, true), GAUTH_LIMIT_EXCEEDED);

	small.closure = 3;
	CHECK_STATUS(gauth_schema_read(&arena,
								   GAUTH_SPAN("entity A in B; entity B in C; "
											  "entity C in D; entity D;"),
								   &small, &schema, &err),
				 GAUTH_LIMIT_EXCEEDED);
	small.source_size = 4;
	CHECK_STATUS(gauth_schema_read(&arena, GAUTH_SPAN("entity A;"), &small,
								   &schema, &err), GAUTH_LIMIT_EXCEEDED);
	gauth_arena_reset(&arena);
}

/* whatever piece of memory is missing, the answer is a status */
static void
test_memory(void)
{
	static const char text[] =
	"@a @b(\"\\n\") namespace N { type T = { x: Set<U>, \"\\n\"?: Long };"
	"entity U in [U] = { t: T } tags T; entity E enum [\"e\"];"
	"action g, h; action a in [g, \"h\"] appliesTo { principal: [U],"
	"resource: U, context: T }; type V = N :: U; }";
	static const char json[] =
	"{\"\": {\"entityTypes\": {\"A\": {\"enum\": [\"x\"]}, \"B\": {}}, "
	"\"commonTypes\": {\"C\": {\"type\": \"Record\", \"attributes\": {"
	"\"s\": {\"type\": \"Set\", \"element\": {\"type\": \"Long\"}}}}}, "
	"\"actions\": {\"a\": {\"memberOf\": [{\"id\": \"b\"}], "
	"\"appliesTo\": {\"principalTypes\": [\"A\"], \"resourceTypes\": "
	"[\"B\"], \"context\": {\"type\": \"C\"}}}, \"b\": {}}}}";
	const char *const sources[] = {text, json};
	char		buffer[64 * 1024] __attribute__((aligned(16)));
	size_t		i;

	for (i = 0; i < 2; i++)
	{
		GauthStatus status = GAUTH_OUT_OF_MEMORY;
		size_t		size;

		for (size = 0; size < sizeof(buffer) && status != GAUTH_OK;
			 size += 16)
		{
			GauthArena	arena;
			const GauthSchema *schema;
			GauthError	err;

			gauth_arena_init(&arena, buffer, size, NULL, 0);
			status = gauth_schema_read(&arena, gauth_span_of(sources[i]),
									   &gauth_schema_default_limits, &schema,
									   &err);
			if (status != GAUTH_OK && status != GAUTH_OUT_OF_MEMORY)
				break;
		}
		CHECK_STATUS(status, GAUTH_OK);
	}
}

int
main(void)
{
	run_cases(text_cases, sizeof(text_cases) / sizeof(text_cases[0]));
	run_cases(json_cases, sizeof(json_cases) / sizeof(json_cases[0]));
	test_names();
	test_hierarchies();
	test_writers();
	test_limits();
	test_memory();
	test_samples();
	test_generated();
	return unit_finish("policy_schema");
}
