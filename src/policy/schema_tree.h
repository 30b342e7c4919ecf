/*
 * schema_tree.h
 *		A Cedar schema as it is declared, before any name is looked up.
 *
 * Both readers make this tree, both writers print it, and schema_resolve.c
 * turns it into a GauthSchema.  Lists are in the order of the source.
 * Strings are unescaped and may point into the source, which must outlive
 * the tree.
 */
#ifndef GAUTH_POLICY_SCHEMA_TREE_H
#define GAUTH_POLICY_SCHEMA_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* what a hostile schema may cost at most */
typedef struct GauthSchemaLimits
{
	size_t		source_size;	/* bytes */
	uint32_t	nodes;			/* names, types, attributes, declarations */
	uint32_t	nesting;		/* types within types */
	uint32_t	type_size;		/* parts of a type with references expanded */
	uint32_t	closure;		/* pairs of descendant and ancestor */
} GauthSchemaLimits;

extern const GauthSchemaLimits gauth_schema_default_limits;

typedef enum GauthSchemaTypeKind
{
	GAUTH_SCHEMA_BOOL,
	GAUTH_SCHEMA_LONG,
	GAUTH_SCHEMA_STRING,
	GAUTH_SCHEMA_EXTENSION,		/* name */
	GAUTH_SCHEMA_SET,			/* element */
	GAUTH_SCHEMA_RECORD,		/* attributes */
	GAUTH_SCHEMA_ENTITY,		/* name, of an entity type only */
	GAUTH_SCHEMA_COMMON,		/* name, of a common type only */
	GAUTH_SCHEMA_EITHER			/* name, a common type before an entity type */
} GauthSchemaTypeKind;

typedef struct GauthSchemaNote GauthSchemaNote;
typedef struct GauthSchemaName GauthSchemaName;
typedef struct GauthSchemaType GauthSchemaType;
typedef struct GauthSchemaField GauthSchemaField;
typedef struct GauthSchemaCommon GauthSchemaCommon;
typedef struct GauthSchemaEntity GauthSchemaEntity;
typedef struct GauthSchemaParent GauthSchemaParent;
typedef struct GauthSchemaVerb GauthSchemaVerb;
typedef struct GauthSchemaNamespace GauthSchemaNamespace;

/* an annotation */
struct GauthSchemaNote
{
	GauthSchemaNote *next;
	GauthSpan	name;
	GauthSpan	value;
	bool		has_value;
	uint32_t	offset;
};

/* a name, a path or an id, in a list */
struct GauthSchemaName
{
	GauthSchemaName *next;
	GauthSpan	text;
	uint32_t	offset;
};

struct GauthSchemaType
{
	GauthSchemaTypeKind kind;
	uint32_t	offset;
	GauthSpan	name;
	const GauthSchemaType *element;
	const GauthSchemaField *fields;
};

/* an attribute of a record */
struct GauthSchemaField
{
	GauthSchemaField *next;
	const GauthSchemaNote *notes;
	GauthSpan	name;
	const GauthSchemaType *type;
	bool		required;
	uint32_t	offset;
};

struct GauthSchemaCommon
{
	GauthSchemaCommon *next;
	const GauthSchemaNote *notes;
	GauthSpan	name;
	const GauthSchemaType *type;
	uint32_t	offset;
};

/* either enumerated, or the three other members */
struct GauthSchemaEntity
{
	GauthSchemaEntity *next;
	const GauthSchemaNote *notes;
	GauthSpan	name;
	const GauthSchemaName *choices; /* not NULL: an enumerated type */
	const GauthSchemaName *parents;
	const GauthSchemaType *shape;	/* NULL: no attributes */
	const GauthSchemaType *tags;	/* NULL: no tags */
	uint32_t	offset;
};

/* an action group that an action is a member of */
struct GauthSchemaParent
{
	GauthSchemaParent *next;
	GauthSpan	type;			/* empty: Action */
	GauthSpan	id;
	uint32_t	offset;
};

/* an action */
struct GauthSchemaVerb
{
	GauthSchemaVerb *next;
	const GauthSchemaNote *notes;
	GauthSpan	id;
	const GauthSchemaParent *parents;
	bool		applies;		/* is there an appliesTo at all? */
	const GauthSchemaName *principals;
	const GauthSchemaName *resources;
	const GauthSchemaType *context; /* NULL: the empty record */
	uint32_t	offset;
};

struct GauthSchemaNamespace
{
	GauthSchemaNamespace *next;
	const GauthSchemaNote *notes;
	GauthSpan	name;			/* empty: the namespace without a name */
	GauthSchemaCommon *commons;
	GauthSchemaEntity *entities;
	GauthSchemaVerb *verbs;
	uint32_t	offset;
};

typedef struct GauthSchemaTree
{
	GauthSpan	source;
	GauthSchemaNamespace *namespaces;
} GauthSchemaTree;

/* what both readers make a tree with */
typedef struct GauthSchemaBuilder
{
	GauthArena *arena;
	const GauthSchemaLimits *limits;
	GauthError *err;
	GauthSpan	source;
	uint32_t	nodes;			/* made so far */
} GauthSchemaBuilder;

extern GauthStatus gauth_schema_make_node(GauthSchemaBuilder *builder,
										  size_t size, size_t offset,
										  void *node);
extern GauthStatus gauth_schema_make_type(GauthSchemaBuilder *builder,
										  GauthSchemaTypeKind kind,
										  size_t offset,
										  GauthSchemaType **type);
extern GauthStatus gauth_schema_check_notes(GauthSchemaBuilder *builder,
											const GauthSchemaNote *notes);
extern GauthStatus gauth_schema_fail(GauthError *err, GauthStatus status,
									 GauthSpan source, size_t offset,
									 const char *format,...)
			__attribute__((format(printf, 5, 6)));

extern bool gauth_schema_is_identifier(GauthSpan text);
extern bool gauth_schema_is_path(GauthSpan text);
extern bool gauth_schema_is_path_reserved(GauthSpan path);
extern bool gauth_schema_is_builtin(GauthSpan name);
extern bool gauth_schema_is_keyword_type(GauthSpan name);
extern GauthSpan gauth_schema_basename(GauthSpan path);

/* how a span goes into a message: not all of it */
#define GAUTH_SCHEMA_NAME_MAX	60
#define GAUTH_SCHEMA_SHOW(span) \
	(int) ((span).len < GAUTH_SCHEMA_NAME_MAX ? \
		   (span).len : GAUTH_SCHEMA_NAME_MAX), \
	(span).data == NULL ? "" : (span).data

#endif							/* GAUTH_POLICY_SCHEMA_TREE_H */
