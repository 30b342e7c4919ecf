/*
 * schema_resolve.h
 *		What the parts of the schema resolver share; nobody else includes it.
 *
 * The order of work: collect the declarations and refuse what is declared
 * twice or hides another (schema_names.c), give every type name its meaning
 * (schema_resolve.c), close the hierarchies (schema_closure.c).
 */
#ifndef GAUTH_POLICY_SCHEMA_RESOLVE_H
#define GAUTH_POLICY_SCHEMA_RESOLVE_H

#include "policy/name_table.h"
#include "policy/schema.h"

typedef enum GauthCommonState
{
	GAUTH_COMMON_NEW,
	GAUTH_COMMON_OPEN,			/* being resolved: meeting it is a cycle */
	GAUTH_COMMON_DONE
} GauthCommonState;

/* a common type and what it stands for */
typedef struct GauthResolvedCommon
{
	GauthSpan	name;			/* full */
	const GauthSchemaCommon *declared;
	const GauthSchemaNamespace *space;
	GauthCommonState state;
	const GauthType *type;
} GauthResolvedCommon;

/* a declaration on its way into the sorted arrays of the schema */
typedef struct GauthPendingType
{
	GauthSpan	name;			/* full */
	const GauthSchemaEntity *declared;	/* NULL: the type of actions */
	const GauthSchemaNamespace *space;
} GauthPendingType;

typedef struct GauthPendingAction
{
	const GauthUid *uid;
	const GauthSchemaVerb *declared;
	const GauthSchemaNamespace *space;
} GauthPendingAction;

typedef struct GauthResolver
{
	GauthArena *arena;
	const GauthSchemaLimits *limits;
	GauthError *err;
	const GauthSchemaTree *tree;
	GauthSchema *schema;

	GauthResolvedCommon *commons;
	GauthPendingType *pending_types;	/* ascending by name, once collected */
	GauthPendingAction *pending_actions;	/* ascending by uid */
	GauthEntityType *types;
	GauthSchemaAction *actions;
	uint32_t	common_count;
	uint32_t	type_count;
	uint32_t	action_count;

	GauthNameTable common_table;	/* full name to GauthResolvedCommon */
	GauthNameTable type_table;	/* full name to GauthEntityType */
	char	   *buffer;			/* room for any name within a namespace */
	uint32_t	depth;			/* types being resolved within each other */
	uint64_t	steps;			/* of closing the hierarchies */
} GauthResolver;

extern GauthStatus gauth_schema_collect(GauthResolver *resolver);
extern GauthStatus gauth_schema_close_types(GauthResolver *resolver);
extern GauthStatus gauth_schema_close_actions(GauthResolver *resolver);
extern GauthStatus gauth_schema_resolve_entity_name(GauthResolver *resolver,
													const GauthSchemaNamespace *space,
													const GauthSchemaName *name,
													const GauthEntityType **type);

#endif							/* GAUTH_POLICY_SCHEMA_RESOLVE_H */
