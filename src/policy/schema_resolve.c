/*
 * schema_resolve.c
 *		Giving every name of a schema its meaning.
 *
 * An unqualified name means what its namespace declares, else what is
 * declared outside of all namespaces, else what Cedar brings; a qualified
 * one means itself.  Where a common type and an entity type share a name,
 * the common type is meant.  Common types are expanded, which refuses
 * cycles among them.
 *
 * RFC 24 and RFC 70 of cedar-policy/rfcs.
 */
#include "policy/schema_resolve.h"

#include <stdlib.h>

/* types within types, counted through references to common types */
#define RESOLVE_DEPTH		500

static GauthStatus resolve_type(GauthResolver *resolver,
								const GauthSchemaNamespace *space,
								const GauthSchemaType *declared,
								const GauthType **type);

static GauthStatus
no_memory(GauthResolver *resolver)
{
	return gauth_fail(resolver->err, GAUTH_OUT_OF_MEMORY, "schema");
}

static GauthStatus
fail_undeclared(GauthResolver *resolver, uint32_t offset, GauthSpan name,
				const char *what)
{
	return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
							 resolver->tree->source, offset,
							 "\"%.*s\" is not declared as %s",
							 GAUTH_SCHEMA_SHOW(name), what);
}

/*
 * The names that a reference may mean, the nearest first: answers how many
 * there are, one or two.  The first may be in the resolver's buffer.
 */
static int
list_candidates(GauthResolver *resolver, const GauthSchemaNamespace *space,
				GauthSpan name, GauthSpan candidates[2])
{
	char	   *buffer = resolver->buffer;

	if (space->name.len == 0 || memchr(name.data, ':', name.len) != NULL)
	{
		candidates[0] = name;
		return 1;
	}
	memcpy(buffer, space->name.data, space->name.len);
	memcpy(buffer + space->name.len, "::", 2);
	memcpy(buffer + space->name.len + 2, name.data, name.len);
	candidates[0] = gauth_span(buffer, space->name.len + 2 + name.len);
	candidates[1] = name;
	return 2;
}

/* a type that Cedar brings, by its name or by __cedar::name; or NULL */
static const GauthType *
find_builtin(GauthSpan name)
{
	static const char prefix[] = "__cedar::";
	size_t		len = sizeof(prefix) - 1;

	if (name.len > len && memcmp(name.data, prefix, len) == 0)
		name = gauth_span_slice(name, len, name.len - len);
	if (gauth_span_is(name, "Bool"))
		return &gauth_type_bool;
	if (gauth_span_is(name, "Long"))
		return &gauth_type_long;
	if (gauth_span_is(name, "String"))
		return &gauth_type_string;
	return gauth_type_find_extension(name);
}

static GauthStatus
resolve_common(GauthResolver *resolver, GauthResolvedCommon *common,
			   const GauthType **type)
{
	GauthStatus status;

	if (common->state == GAUTH_COMMON_OPEN)
		return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
								 resolver->tree->source,
								 common->declared->offset,
								 "common type \"%.*s\" refers to itself",
								 GAUTH_SCHEMA_SHOW(common->name));
	if (common->state == GAUTH_COMMON_NEW)
	{
		common->state = GAUTH_COMMON_OPEN;
		status = resolve_type(resolver, common->space, common->declared->type,
							  &common->type);
		if (status != GAUTH_OK)
			return status;
		common->state = GAUTH_COMMON_DONE;
	}
	*type = common->type;
	return GAUTH_OK;
}

/* by a name that may mean a common type, an entity type, or either */
static GauthStatus
resolve_reference(GauthResolver *resolver, const GauthSchemaNamespace *space,
				  const GauthSchemaType *declared, const GauthType **type)
{
	bool		may_be_common = declared->kind != GAUTH_SCHEMA_ENTITY;
	bool		may_be_entity = declared->kind != GAUTH_SCHEMA_COMMON;
	bool		is_hidden = false;
	GauthSpan	candidates[2];
	int			count = list_candidates(resolver, space, declared->name,
										candidates);
	int			i;

	for (i = 0; i < count; i++)
	{
		GauthResolvedCommon *common =
		gauth_name_table_get(&resolver->common_table, candidates[i]);
		const GauthEntityType *entity =
		gauth_name_table_get(&resolver->type_table, candidates[i]);

		if (common != NULL && may_be_common)
			return resolve_common(resolver, common, type);
		if (entity != NULL && may_be_entity)
		{
			*type = entity->reference;
			return GAUTH_OK;
		}
		is_hidden = common != NULL || entity != NULL;
	}

	*type = may_be_common && !is_hidden ? find_builtin(declared->name) : NULL;
	if (*type != NULL)
		return GAUTH_OK;
	return fail_undeclared(resolver, declared->offset, declared->name,
						   !may_be_entity ? "a common type" :
						   !may_be_common ? "an entity type" :
						   "a common type or an entity type");
}

static GauthStatus
check_type_size(GauthResolver *resolver, const GauthSchemaType *declared,
				const GauthType *type)
{
	if (type == NULL)
		return no_memory(resolver);
	if (type->size > resolver->limits->type_size ||
		type->height > resolver->limits->nesting)
		return gauth_fail_at(resolver->err, GAUTH_LIMIT_EXCEEDED,
							 declared->offset, "size of a type");
	return GAUTH_OK;
}

static GauthStatus
resolve_record(GauthResolver *resolver, const GauthSchemaNamespace *space,
			   const GauthSchemaType *declared, const GauthType **type)
{
	const GauthSchemaField *field;
	GauthAttribute *attributes;
	uint32_t	count = 0;
	uint32_t	i;

	for (field = declared->fields; field != NULL; field = field->next)
		count++;
	attributes = gauth_arena_array(resolver->arena, count,
								   sizeof(GauthAttribute));
	if (attributes == NULL)
		return no_memory(resolver);
	for (field = declared->fields, i = 0; field != NULL;
		 field = field->next, i++)
	{
		GauthStatus status = resolve_type(resolver, space, field->type,
										  &attributes[i].type);

		if (status != GAUTH_OK)
			return status;
		attributes[i].name = field->name;
		attributes[i].required = field->required;
	}

	*type = gauth_type_make_record(resolver->arena, attributes, count, false);
	for (i = 1; *type != NULL && i < count; i++)
	{
		if (gauth_span_equal(attributes[i - 1].name, attributes[i].name))
			return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
									 resolver->tree->source, declared->offset,
									 "attribute \"%.*s\" appears twice in "
									 "this record",
									 GAUTH_SCHEMA_SHOW(attributes[i].name));
	}
	return check_type_size(resolver, declared, *type);
}

static GauthStatus
resolve_extension(GauthResolver *resolver, const GauthSchemaType *declared,
				  const GauthType **type)
{
	*type = gauth_type_find_extension(declared->name);
	if (*type != NULL)
		return GAUTH_OK;
	return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
							 resolver->tree->source, declared->offset,
							 "\"%.*s\" is no extension type; there are "
							 "decimal, ipaddr, datetime and duration",
							 GAUTH_SCHEMA_SHOW(declared->name));
}

static GauthStatus
resolve_set(GauthResolver *resolver, const GauthSchemaNamespace *space,
			const GauthSchemaType *declared, const GauthType **type)
{
	const GauthType *element;
	GauthStatus status = resolve_type(resolver, space, declared->element,
									  &element);

	if (status != GAUTH_OK)
		return status;
	*type = gauth_type_make_set(resolver->arena, element);
	return check_type_size(resolver, declared, *type);
}

static GauthStatus
resolve_by_kind(GauthResolver *resolver, const GauthSchemaNamespace *space,
				const GauthSchemaType *declared, const GauthType **type)
{
	switch (declared->kind)
	{
		case GAUTH_SCHEMA_BOOL:
			*type = &gauth_type_bool;
			return GAUTH_OK;
		case GAUTH_SCHEMA_LONG:
			*type = &gauth_type_long;
			return GAUTH_OK;
		case GAUTH_SCHEMA_STRING:
			*type = &gauth_type_string;
			return GAUTH_OK;
		case GAUTH_SCHEMA_EXTENSION:
			return resolve_extension(resolver, declared, type);
		case GAUTH_SCHEMA_RECORD:
			return resolve_record(resolver, space, declared, type);
		case GAUTH_SCHEMA_SET:
			return resolve_set(resolver, space, declared, type);
		default:
			return resolve_reference(resolver, space, declared, type);
	}
}

static GauthStatus
resolve_type(GauthResolver *resolver, const GauthSchemaNamespace *space,
			 const GauthSchemaType *declared, const GauthType **type)
{
	GauthStatus status;

	if (++resolver->depth > RESOLVE_DEPTH)
		return gauth_fail_at(resolver->err, GAUTH_LIMIT_EXCEEDED,
							 declared->offset, "types within types");
	status = resolve_by_kind(resolver, space, declared, type);
	resolver->depth--;
	return status;
}

/* a type that has to be a record; NULL stands for the empty one */
static GauthStatus
resolve_record_type(GauthResolver *resolver,
					const GauthSchemaNamespace *space,
					const GauthSchemaType *declared, const GauthType **type)
{
	GauthStatus status;

	*type = &gauth_type_empty_record;
	if (declared == NULL)
		return GAUTH_OK;
	status = resolve_type(resolver, space, declared, type);
	if (status == GAUTH_OK && (*type)->kind != GAUTH_TYPE_RECORD)
		return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
								 resolver->tree->source, declared->offset,
								 "expected a record type, or a common type "
								 "that is one");
	return status;
}

/*
 * gauth_schema_resolve_entity_name
 *		The entity type that a name means; actions' types are refused.
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_schema_resolve_entity_name(GauthResolver *resolver,
								 const GauthSchemaNamespace *space,
								 const GauthSchemaName *name,
								 const GauthEntityType **type)
{
	GauthSpan	candidates[2];
	int			count = list_candidates(resolver, space, name->text,
										candidates);
	int			i;

	for (i = 0; i < count; i++)
	{
		*type = gauth_name_table_get(&resolver->type_table, candidates[i]);
		if (*type == NULL)
			continue;
		if ((*type)->kind != GAUTH_ENTITY_ACTION)
			return GAUTH_OK;
		break;
	}
	return fail_undeclared(resolver, name->offset, name->text,
						   "an entity type");
}

/* the types themselves, so that types may refer to each other */
static GauthStatus
make_types(GauthResolver *resolver)
{
	uint32_t	count = resolver->type_count;
	GauthType  *references = gauth_arena_array(resolver->arena, count,
											   sizeof(GauthType));
	const GauthEntityType **selves = gauth_arena_array(resolver->arena, count,
													   sizeof(selves[0]));
	uint32_t	i;

	resolver->types = gauth_arena_array(resolver->arena, count,
										sizeof(GauthEntityType));
	if (references == NULL || selves == NULL || resolver->types == NULL ||
		!gauth_name_table_init(&resolver->type_table, resolver->arena, count))
		return no_memory(resolver);
	for (i = 0; i < count; i++)
	{
		const GauthPendingType *pending = &resolver->pending_types[i];
		GauthEntityType *type = &resolver->types[i];

		selves[i] = type;
		references[i] = (GauthType)
		{
			.kind = GAUTH_TYPE_ENTITY,.height = 1,.size = 1,.count = 1,
				.entities = &selves[i]
		};
		type->name = pending->name;
		type->kind = pending->declared == NULL ? GAUTH_ENTITY_ACTION :
			pending->declared->choices != NULL ? GAUTH_ENTITY_ENUM :
			GAUTH_ENTITY_STANDARD;
		type->rank = i;
		type->reference = &references[i];
		type->shape = &gauth_type_empty_record;
		(void) gauth_name_table_put(&resolver->type_table, type->name, type);
	}
	return GAUTH_OK;
}

static int
compare_spans(const void *a, const void *b)
{
	return gauth_span_compare(*(const GauthSpan *) a, *(const GauthSpan *) b);
}

static GauthStatus
resolve_choices(GauthResolver *resolver, const GauthSchemaEntity *declared,
				GauthEntityType *type)
{
	const GauthSchemaName *choice;
	GauthSpan  *choices;
	uint32_t	count = 0;

	for (choice = declared->choices; choice != NULL; choice = choice->next)
		count++;
	choices = gauth_arena_array(resolver->arena, count, sizeof(GauthSpan));
	if (choices == NULL)
		return no_memory(resolver);
	type->choices = choices;
	for (choice = declared->choices; choice != NULL; choice = choice->next)
		choices[type->choice_count++] = choice->text;
	qsort(choices, count, sizeof(choices[0]), compare_spans);
	return GAUTH_OK;
}

static GauthStatus
resolve_types(GauthResolver *resolver)
{
	GauthStatus status = GAUTH_OK;
	const GauthType *unused;
	uint32_t	i;

	for (i = 0; i < resolver->common_count && status == GAUTH_OK; i++)
		status = resolve_common(resolver, &resolver->commons[i], &unused);
	for (i = 0; i < resolver->type_count && status == GAUTH_OK; i++)
	{
		const GauthPendingType *pending = &resolver->pending_types[i];
		const GauthSchemaEntity *declared = pending->declared;
		GauthEntityType *type = &resolver->types[i];

		if (declared == NULL)
			continue;
		if (declared->choices != NULL)
		{
			status = resolve_choices(resolver, declared, type);
			continue;
		}
		status = resolve_record_type(resolver, pending->space,
									 declared->shape, &type->shape);
		if (status == GAUTH_OK && declared->tags != NULL)
			status = resolve_type(resolver, pending->space, declared->tags,
								  &type->tags);
	}
	return status;
}

static int
compare_ranks(const void *a, const void *b)
{
	uint32_t	x = (*(const GauthEntityType *const *) a)->rank;
	uint32_t	y = (*(const GauthEntityType *const *) b)->rank;

	return (x > y) - (x < y);
}

/* entity types that an action applies to, ascending, each once */
static GauthStatus
resolve_applicable(GauthResolver *resolver,
				   const GauthSchemaNamespace *space,
				   const GauthSchemaName *names,
				   const GauthEntityType ***result, uint32_t *result_count)
{
	const GauthSchemaName *name;
	const GauthEntityType **types;
	uint32_t	count = 0;
	uint32_t	i;

	for (name = names; name != NULL; name = name->next)
		count++;
	types = gauth_arena_array(resolver->arena, count, sizeof(types[0]));
	if (types == NULL)
		return no_memory(resolver);
	for (name = names, i = 0; name != NULL; name = name->next, i++)
	{
		GauthStatus status = gauth_schema_resolve_entity_name(resolver, space,
															  name, &types[i]);

		if (status != GAUTH_OK)
			return status;
	}

	*result = types;
	qsort(types, count, sizeof(types[0]), compare_ranks);
	for (i = 0; i < count; i++)
	{
		if (i == 0 || types[i] != types[i - 1])
			types[(*result_count)++] = types[i];
	}
	return GAUTH_OK;
}

static GauthStatus
resolve_action(GauthResolver *resolver, uint32_t position)
{
	const GauthPendingAction *pending = &resolver->pending_actions[position];
	const GauthSchemaVerb *declared = pending->declared;
	GauthSchemaAction *action = &resolver->actions[position];
	GauthStatus status;

	action->uid = pending->uid;
	action->rank = position;
	action->type = gauth_name_table_get(&resolver->type_table,
										gauth_uid_type(pending->uid));
	status = resolve_applicable(resolver, pending->space,
								declared->principals, &action->principals,
								&action->principal_count);
	if (status == GAUTH_OK)
		status = resolve_applicable(resolver, pending->space,
									declared->resources, &action->resources,
									&action->resource_count);
	if (status == GAUTH_OK)
		status = resolve_record_type(resolver, pending->space,
									 declared->context, &action->context);
	resolver->schema->environment_count +=
		(uint64_t) action->principal_count * action->resource_count;
	return status;
}

static GauthStatus
resolve_actions(GauthResolver *resolver)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	resolver->actions = gauth_arena_array(resolver->arena,
										  resolver->action_count,
										  sizeof(GauthSchemaAction));
	if (resolver->actions == NULL)
		return no_memory(resolver);
	for (i = 0; i < resolver->action_count && status == GAUTH_OK; i++)
		status = resolve_action(resolver, i);
	return status;
}

/*
 * gauth_schema_resolve
 *		Turn the declared form of a schema into the resolved one.
 *
 * The schema keeps pointing into the tree and its source.
 *
 * Errors: GAUTH_INVALID_VALUE with line and column; GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_resolve(GauthArena *arena, const GauthSchemaTree *tree,
					 const GauthSchemaLimits *limits,
					 const GauthSchema **schema, GauthError *err)
{
	GauthResolver resolver = {0};
	GauthStatus status;

	resolver.arena = arena;
	resolver.limits = limits;
	resolver.err = err;
	resolver.tree = tree;
	resolver.schema = gauth_arena_zalloc(arena, sizeof(GauthSchema));
	if (resolver.schema == NULL)
		return no_memory(&resolver);

	status = gauth_schema_collect(&resolver);
	if (status == GAUTH_OK)
		status = make_types(&resolver);
	if (status == GAUTH_OK)
		status = resolve_types(&resolver);
	if (status == GAUTH_OK)
		status = gauth_schema_close_types(&resolver);
	if (status == GAUTH_OK)
		status = resolve_actions(&resolver);
	if (status == GAUTH_OK)
		status = gauth_schema_close_actions(&resolver);
	if (status != GAUTH_OK)
		return status;

	resolver.schema->tree = tree;
	resolver.schema->types = resolver.types;
	resolver.schema->type_count = resolver.type_count;
	resolver.schema->actions = resolver.actions;
	resolver.schema->action_count = resolver.action_count;
	gauth_diagnostic_locate(&resolver.schema->warnings, tree->source);
	*schema = resolver.schema;
	return GAUTH_OK;
}
