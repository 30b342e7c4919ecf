/*
 * schema_names.c
 *		Collecting what a schema declares, and the rules for its names.
 *
 * Each name is declared once for its kind within a namespace; a common type
 * may hide an entity type, which is worth a warning.  A declaration outside
 * of all namespaces may not share its name with one inside of any (RFC 70 of
 * cedar-policy/rfcs), since an unqualified reference could mean either.
 */
#include "policy/schema_resolve.h"

#include <stdio.h>
#include <stdlib.h>

static GauthStatus
no_memory(GauthResolver *resolver)
{
	return gauth_fail(resolver->err, GAUTH_OUT_OF_MEMORY, "schema");
}

static GauthStatus
fail_declared(GauthResolver *resolver, uint32_t offset, const char *format,
			  GauthSpan name)
{
	char		message[GAUTH_ERROR_DETAIL_MAX];

	(void) snprintf(message, sizeof(message), format,
					GAUTH_SCHEMA_SHOW(name));
	return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
							 resolver->tree->source, offset, "%s", message);
}

/* space::name, or name alone outside of all namespaces */
static bool
qualify(GauthArena *arena, const GauthSchemaNamespace *space, GauthSpan name,
		GauthSpan *full)
{
	char	   *joined;

	*full = name;
	if (space->name.len == 0)
		return true;
	joined = gauth_arena_alloc(arena, space->name.len + 2 + name.len);
	if (joined == NULL)
		return false;
	memcpy(joined, space->name.data, space->name.len);
	memcpy(joined + space->name.len, "::", 2);
	memcpy(joined + space->name.len + 2, name.data, name.len);
	*full = gauth_span(joined, space->name.len + 2 + name.len);
	return true;
}

static GauthStatus
count_declarations(GauthResolver *resolver)
{
	const GauthSchemaNamespace *space;
	size_t		longest_space = 0;
	size_t		longest_name = resolver->tree->source.len;

	for (space = resolver->tree->namespaces; space != NULL;
		 space = space->next)
	{
		const GauthSchemaCommon *common;
		const GauthSchemaEntity *entity;
		const GauthSchemaVerb *verb;

		for (common = space->commons; common != NULL; common = common->next)
			resolver->common_count++;
		for (entity = space->entities; entity != NULL; entity = entity->next)
			resolver->type_count++;
		for (verb = space->verbs; verb != NULL; verb = verb->next)
			resolver->action_count++;
		if (space->verbs != NULL)
			resolver->type_count++;
		if (space->name.len > longest_space)
			longest_space = space->name.len;
	}

	/* no name is longer than the source that it stands in */
	resolver->buffer = gauth_arena_alloc(resolver->arena,
										 longest_space + 2 + longest_name);
	resolver->commons = gauth_arena_array(resolver->arena,
										  resolver->common_count,
										  sizeof(GauthResolvedCommon));
	resolver->pending_types = gauth_arena_array(resolver->arena,
												resolver->type_count,
												sizeof(GauthPendingType));
	resolver->pending_actions = gauth_arena_array(resolver->arena,
												  resolver->action_count,
												  sizeof(GauthPendingAction));
	if (resolver->buffer == NULL || resolver->commons == NULL ||
		resolver->pending_types == NULL || resolver->pending_actions == NULL)
		return no_memory(resolver);
	return GAUTH_OK;
}

static GauthStatus
check_namespaces(GauthResolver *resolver)
{
	const GauthSchemaNamespace *space;
	GauthNameTable table;
	uint32_t	count = 0;

	for (space = resolver->tree->namespaces; space != NULL;
		 space = space->next)
		count++;
	if (!gauth_name_table_init(&table, resolver->arena, count))
		return no_memory(resolver);
	for (space = resolver->tree->namespaces; space != NULL;
		 space = space->next)
	{
		if (gauth_name_table_put(&table, space->name, &table) != NULL)
			return fail_declared(resolver, space->offset,
								 "namespace \"%.*s\" is declared twice",
								 space->name);
	}
	return GAUTH_OK;
}

static GauthStatus
collect_commons(GauthResolver *resolver, const GauthSchemaNamespace *space,
				uint32_t *count)
{
	const GauthSchemaCommon *declared;

	for (declared = space->commons; declared != NULL;
		 declared = declared->next)
	{
		GauthResolvedCommon *common = &resolver->commons[(*count)++];

		common->declared = declared;
		common->space = space;
		if (!qualify(resolver->arena, space, declared->name, &common->name))
			return no_memory(resolver);
		if (gauth_name_table_put(&resolver->common_table, common->name,
								 common) != NULL)
			return fail_declared(resolver, declared->offset,
								 "common type \"%.*s\" is declared twice",
								 common->name);
	}
	return GAUTH_OK;
}

/* and the type of the namespace's actions, where it has any */
static GauthStatus
collect_types(GauthResolver *resolver, const GauthSchemaNamespace *space,
			  uint32_t *count)
{
	const GauthSchemaEntity *declared;
	GauthPendingType *pending;

	for (declared = space->entities; declared != NULL;
		 declared = declared->next)
	{
		pending = &resolver->pending_types[(*count)++];
		pending->declared = declared;
		pending->space = space;
		if (gauth_span_is(declared->name, "Action"))
			return fail_declared(resolver, declared->offset,
								 "entity type \"%.*s\" is there for actions "
								 "already", declared->name);
		if (!qualify(resolver->arena, space, declared->name, &pending->name))
			return no_memory(resolver);
	}
	if (space->verbs == NULL)
		return GAUTH_OK;

	pending = &resolver->pending_types[(*count)++];
	pending->space = space;
	if (!qualify(resolver->arena, space, GAUTH_SPAN("Action"), &pending->name))
		return no_memory(resolver);
	return GAUTH_OK;
}

static GauthStatus
collect_actions(GauthResolver *resolver, const GauthSchemaNamespace *space,
				uint32_t *count)
{
	const GauthSchemaVerb *declared;
	GauthSpan	type;

	if (!qualify(resolver->arena, space, GAUTH_SPAN("Action"), &type))
		return no_memory(resolver);
	for (declared = space->verbs; declared != NULL; declared = declared->next)
	{
		GauthPendingAction *pending = &resolver->pending_actions[(*count)++];

		pending->declared = declared;
		pending->space = space;
		pending->uid = gauth_uid_make(resolver->arena, type, declared->id);
		if (pending->uid == NULL)
			return no_memory(resolver);
	}
	return GAUTH_OK;
}

static int
compare_types(const void *a, const void *b)
{
	return gauth_span_compare(((const GauthPendingType *) a)->name,
							  ((const GauthPendingType *) b)->name);
}

static int
compare_actions(const void *a, const void *b)
{
	return gauth_uid_compare(((const GauthPendingAction *) a)->uid,
							 ((const GauthPendingAction *) b)->uid);
}

/* sort, then equal names are neighbours */
static GauthStatus
sort_declarations(GauthResolver *resolver)
{
	GauthPendingType *types = resolver->pending_types;
	GauthPendingAction *actions = resolver->pending_actions;
	uint32_t	i;

	qsort(types, resolver->type_count, sizeof(types[0]), compare_types);
	qsort(actions, resolver->action_count, sizeof(actions[0]),
		  compare_actions);
	for (i = 1; i < resolver->type_count; i++)
	{
		if (gauth_span_equal(types[i - 1].name, types[i].name))
			return fail_declared(resolver, types[i].declared->offset,
								 "entity type \"%.*s\" is declared twice",
								 types[i].name);
	}
	for (i = 1; i < resolver->action_count; i++)
	{
		if (gauth_uid_equal(actions[i - 1].uid, actions[i].uid))
			return fail_declared(resolver, actions[i].declared->offset,
								 "action \"%.*s\" is declared twice",
								 actions[i].declared->id);
	}
	return GAUTH_OK;
}

/* the names within namespaces; what stands outside may be none of them */
static GauthStatus
collect_inner_names(GauthResolver *resolver, GauthNameTable *names,
					GauthNameTable *ids)
{
	uint32_t	i;

	if (!gauth_name_table_init(names, resolver->arena,
							   resolver->common_count +
							   resolver->type_count) ||
		!gauth_name_table_init(ids, resolver->arena, resolver->action_count))
		return no_memory(resolver);
	for (i = 0; i < resolver->common_count; i++)
	{
		if (resolver->commons[i].space->name.len > 0)
			(void) gauth_name_table_put(names,
										resolver->commons[i].declared->name,
										names);
	}
	for (i = 0; i < resolver->type_count; i++)
	{
		const GauthPendingType *type = &resolver->pending_types[i];

		if (type->space->name.len > 0 && type->declared != NULL)
			(void) gauth_name_table_put(names, type->declared->name, names);
	}
	for (i = 0; i < resolver->action_count; i++)
	{
		const GauthPendingAction *action = &resolver->pending_actions[i];

		if (action->space->name.len > 0)
			(void) gauth_name_table_put(ids, action->declared->id, ids);
	}
	return GAUTH_OK;
}

static GauthStatus
check_hiding(GauthResolver *resolver)
{
	static const char message[] =
	"\"%.*s\", outside of all namespaces, is hidden by one inside";
	GauthNameTable names;
	GauthNameTable ids;
	const GauthSchemaNamespace *space = resolver->tree->namespaces;
	const GauthSchemaCommon *common;
	const GauthSchemaEntity *entity;
	const GauthSchemaVerb *verb;
	GauthStatus status = collect_inner_names(resolver, &names, &ids);

	if (status != GAUTH_OK)
		return status;
	while (space != NULL && space->name.len > 0)
		space = space->next;
	if (space == NULL)
		return GAUTH_OK;

	for (common = space->commons; common != NULL; common = common->next)
	{
		if (gauth_name_table_get(&names, common->name) != NULL)
			return fail_declared(resolver, common->offset, message,
								 common->name);
	}
	for (entity = space->entities; entity != NULL; entity = entity->next)
	{
		if (gauth_name_table_get(&names, entity->name) != NULL)
			return fail_declared(resolver, entity->offset, message,
								 entity->name);
	}
	for (verb = space->verbs; verb != NULL; verb = verb->next)
	{
		if (gauth_name_table_get(&ids, verb->id) != NULL)
			return fail_declared(resolver, verb->offset, message, verb->id);
	}
	return GAUTH_OK;
}

static GauthStatus
warn(GauthResolver *resolver, uint32_t offset, GauthSpan name,
	 const char *what)
{
	char		message[GAUTH_ERROR_DETAIL_MAX];
	GauthDiagnostic warning = {0};
	int			len = snprintf(message, sizeof(message), "\"%.*s\" %s",
							   GAUTH_SCHEMA_SHOW(name), what);

	warning.severity = GAUTH_SEVERITY_WARNING;
	warning.offset = offset;
	warning.end = offset + (uint32_t) name.len;
	warning.message = gauth_span(message, (size_t) len);
	return gauth_diagnostic_append(resolver->arena,
								   &resolver->schema->warnings, &warning,
								   resolver->err);
}

static GauthStatus
warn_about_commons(GauthResolver *resolver)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < resolver->common_count && status == GAUTH_OK; i++)
	{
		const GauthResolvedCommon *common = &resolver->commons[i];
		GauthPendingType key = {common->name, NULL, NULL};
		const GauthPendingType *type;

		type = bsearch(&key, resolver->pending_types, resolver->type_count,
					   sizeof(key), compare_types);
		if (type != NULL && type->declared != NULL)
			status = warn(resolver, common->declared->offset,
						  common->declared->name,
						  "hides the entity type of the same name");
		if (status == GAUTH_OK &&
			gauth_schema_is_builtin(common->declared->name))
			status = warn(resolver, common->declared->offset,
						  common->declared->name, "hides a built-in type");
	}
	return status;
}

static GauthStatus
warn_about_types(GauthResolver *resolver)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < resolver->type_count && status == GAUTH_OK; i++)
	{
		const GauthSchemaEntity *entity = resolver->pending_types[i].declared;

		if (entity != NULL && gauth_schema_is_builtin(entity->name))
			status = warn(resolver, entity->offset, entity->name,
						  "hides a built-in type");
	}
	return status;
}

/*
 * gauth_schema_collect
 *		Gather all declarations, sorted, with their full names; fill
 *		"common_table".
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_collect(GauthResolver *resolver)
{
	const GauthSchemaNamespace *space;
	uint32_t	commons = 0;
	uint32_t	types = 0;
	uint32_t	actions = 0;
	GauthStatus status = count_declarations(resolver);

	if (status == GAUTH_OK)
		status = check_namespaces(resolver);
	if (status == GAUTH_OK &&
		!gauth_name_table_init(&resolver->common_table, resolver->arena,
							   resolver->common_count))
		status = no_memory(resolver);
	for (space = resolver->tree->namespaces;
		 space != NULL && status == GAUTH_OK; space = space->next)
	{
		status = collect_commons(resolver, space, &commons);
		if (status == GAUTH_OK)
			status = collect_types(resolver, space, &types);
		if (status == GAUTH_OK)
			status = collect_actions(resolver, space, &actions);
	}
	if (status == GAUTH_OK)
		status = sort_declarations(resolver);
	if (status == GAUTH_OK)
		status = check_hiding(resolver);
	if (status == GAUTH_OK)
		status = warn_about_commons(resolver);
	if (status == GAUTH_OK)
		status = warn_about_types(resolver);
	return status;
}
