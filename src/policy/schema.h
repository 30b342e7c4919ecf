/*
 * schema.h
 *		A Cedar schema, resolved: entity types, actions, their closures.
 *
 * Read from the human syntax (schema_text.h) or from JSON (schema_json.h)
 * into the declared form (schema_tree.h), and from there into this one,
 * where every name is looked up, common types are expanded, cycles refused
 * and ancestors complete.  It is immutable and lives in one arena, together
 * with the source, into which its strings may point.
 *
 * Cedar documentation, "Schema"; RFC 24 (human syntax), RFC 53 (enumerated
 * entity types), RFC 70 (shadowing), RFC 82 (entity tags), all of
 * cedar-policy/rfcs.
 */
#ifndef GAUTH_POLICY_SCHEMA_H
#define GAUTH_POLICY_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "policy/diagnostic.h"
#include "policy/schema_tree.h"
#include "policy/type.h"
#include "policy/value.h"

typedef enum GauthEntityTypeKind
{
	GAUTH_ENTITY_STANDARD,
	GAUTH_ENTITY_ENUM,
	GAUTH_ENTITY_ACTION			/* a type that only actions have */
} GauthEntityTypeKind;

struct GauthEntityType
{
	GauthSpan	name;			/* full, A::B */
	GauthEntityTypeKind kind;
	uint32_t	rank;			/* position in the schema */
	const GauthType *reference; /* the type of an entity of this type */
	const GauthType *shape;		/* a record; empty for enums and actions */
	const GauthType *tags;		/* NULL: no tags allowed */
	const GauthSpan *choices;	/* ids of an enumerated type, ascending */
	uint32_t	choice_count;
	const GauthEntityType **ancestors;	/* closed, ascending by rank; a type
										 * in a cycle is its own ancestor */
	uint32_t	ancestor_count;
};

/* "ancestors" are closed, ascending by position, without the action itself */
typedef struct GauthSchemaAction GauthSchemaAction;

struct GauthSchemaAction
{
	const GauthUid *uid;
	uint32_t	rank;
	const GauthEntityType *type;
	const GauthEntityType **principals;
	const GauthEntityType **resources;
	uint32_t	principal_count;
	uint32_t	resource_count;
	const GauthType *context;
	const GauthSchemaAction **ancestors;
	uint32_t	ancestor_count;
};

typedef struct GauthSchema
{
	const GauthEntityType *types;	/* ascending by name */
	uint32_t	type_count;
	const GauthSchemaAction *actions;	/* ascending by uid */
	uint32_t	action_count;
	uint64_t	environment_count;	/* principal x action x resource */
	const GauthSchemaTree *tree;	/* as declared, for writing it out */
	GauthDiagnosticList warnings;	/* names that hide others */
} GauthSchema;

extern GauthStatus gauth_schema_parse(GauthArena *arena, GauthSpan source,
									  const GauthSchemaLimits *limits,
									  GauthSchemaTree **tree,
									  GauthError *err);
extern GauthStatus gauth_schema_read(GauthArena *arena, GauthSpan source,
									 const GauthSchemaLimits *limits,
									 const GauthSchema **schema,
									 GauthError *err);
extern GauthStatus gauth_schema_resolve(GauthArena *arena,
										const GauthSchemaTree *tree,
										const GauthSchemaLimits *limits,
										const GauthSchema **schema,
										GauthError *err);

extern const GauthEntityType *gauth_schema_find_type(const GauthSchema *schema,
													 GauthSpan name);
extern const GauthSchemaAction *gauth_schema_find_action(const GauthSchema *schema,
														 const GauthUid *uid);
extern bool gauth_schema_is_action_type(GauthSpan name);

extern bool gauth_entity_type_has_ancestor(const GauthEntityType *type,
										   const GauthEntityType *ancestor);
extern bool gauth_entity_type_allows_id(const GauthEntityType *type,
										GauthSpan id);
extern bool gauth_schema_action_is_in(const GauthSchemaAction *action,
									  const GauthSchemaAction *group);
extern bool gauth_schema_action_applies(const GauthSchemaAction *action,
										const GauthEntityType *principal,
										const GauthEntityType *resource);

#endif							/* GAUTH_POLICY_SCHEMA_H */
