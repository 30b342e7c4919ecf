/*
 * binding.h
 *		Entities that are the rows of a user's table.
 */
#ifndef GAUTH_STORE_BINDING_H
#define GAUTH_STORE_BINDING_H

#include "postgres.h"

#include "access/attnum.h"
#include "utils/rel.h"

#include "base/arena.h"
#include "policy/entity.h"
#include "policy/schema.h"
#include "store/column.h"

/* columns of gauth.entity_binding */
enum
{
	BINDING_STORE = 1,
	BINDING_ENTITY_TYPE,
	BINDING_RELATION_SCHEMA,
	BINDING_RELATION,
	BINDING_ID_COLUMN,
	BINDING_ATTRIBUTES,
	BINDING_PARENTS
};

/* what a row of gauth.entity_binding says */
typedef struct GauthBindingRow
{
	GauthSpan	entity_type;
	GauthSpan	relation_schema;
	GauthSpan	relation;
	GauthSpan	id_column;
	GauthSpan	attributes;		/* JSON; without data: every column */
	GauthSpan	parents;		/* JSON; without data: none */
} GauthBindingRow;

/* a table that holds rows: the bound one, or each of its partitions */
typedef struct GauthBindingLeaf
{
	Oid			relation;
	Oid			index;			/* unique, over the id column */
	RegProcedure equal;			/* the index's operator */
	AttrNumber	id;
	AttrNumber *columns;		/* in the order of the binding's columns */
} GauthBindingLeaf;

/* a binding that was found to hold; true for one statement */
typedef struct GauthBinding
{
	GauthSpan	entity_type;
	const GauthSchema *schema;	/* NULL: the store has none */
	Oid			relation;
	Oid			id_type;
	GauthColumn *columns;		/* of attributes, then of parents */
	uint32_t	attribute_count;
	uint32_t	column_count;
	GauthBindingLeaf *leaves;
	uint32_t	leaf_count;
} GauthBinding;

/* "uid" is valid during the call; false ends the walk */
typedef bool (*GauthBindingVisitor) (void *state, const GauthUid *uid);

extern GauthStatus gauth_binding_open(GauthArena *arena,
									  const GauthBindingRow *row,
									  const GauthSchema *schema,
									  GauthBinding **binding,
									  GauthError *err);
extern GauthStatus gauth_binding_check(const GauthBinding *binding,
									   GauthError *err);
extern GauthStatus gauth_binding_leaves(GauthArena *arena,
										GauthBinding *binding,
										GauthSpan id_column, Relation relation,
										GauthError *err);

extern GauthStatus gauth_binding_find(const GauthBinding *binding,
									  GauthArena *arena, const GauthUid *uid,
									  GauthEntity *entity, GauthError *err);
extern GauthStatus gauth_binding_has(const GauthBinding *binding,
									 const GauthUid *uid, bool *found,
									 GauthError *err);
extern GauthStatus gauth_binding_each(const GauthBinding *binding,
									  GauthBindingVisitor visit, void *state,
									  bool *ended, GauthError *err);

#endif							/* GAUTH_STORE_BINDING_H */
