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
#include "base/text.h"
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
	BINDING_RELATION_OWNER,
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
	GauthSpan	relation_owner;
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

/*
 * A binding that was found to hold; true for one statement.  The partitions
 * of a table are added when they are needed: the one that an id leads to, or
 * all of them.
 */
typedef struct GauthBinding
{
	GauthArena *arena;			/* that holds it */
	GauthSpan	entity_type;
	GauthSpan	id_column;
	const GauthSchema *schema;	/* NULL: the store has none */
	Oid			relation;
	Oid			id_type;
	GauthColumn *columns;		/* of attributes, then of parents */
	uint32_t	attribute_count;
	uint32_t	column_count;
	GauthBindingLeaf **leaves;
	uint32_t	leaf_count;
	uint32_t	leaf_room;
	bool		partitioned;
	bool		all_leaves;		/* every partition is there */
} GauthBinding;

/* "uid" is valid during the call; false ends the walk */
typedef bool (*GauthBindingVisitor) (void *state, const GauthUid *uid);

extern GauthStatus gauth_binding_open(GauthArena *arena,
									  const GauthBindingRow *row,
									  const GauthSchema *schema,
									  GauthBinding **binding,
									  GauthError *err);
extern GauthStatus gauth_binding_check(GauthArena *arena,
									   const GauthBindingRow *row,
									   const GauthSchema *schema,
									   GauthText *findings,
									   GauthBinding **binding,
									   GauthError *err);

extern GauthStatus gauth_binding_leaves(GauthBinding *binding,
										Relation relation, GauthError *err);
extern GauthStatus gauth_binding_add_partition(GauthBinding *binding,
											   Oid number,
											   GauthBindingLeaf **leaf,
											   GauthError *err);
extern GauthStatus gauth_binding_add_partitions(GauthBinding *binding,
												GauthError *err);
extern GauthStatus gauth_binding_route(GauthBinding *binding, Datum key,
									   bool *routed, GauthBindingLeaf **leaf,
									   GauthError *err);

extern GauthStatus gauth_binding_find(GauthBinding *binding,
									  GauthArena *arena, const GauthUid *uid,
									  GauthEntity *entity, GauthError *err);
extern GauthStatus gauth_binding_has(GauthBinding *binding,
									 const GauthUid *uid, bool *found,
									 GauthError *err);
extern GauthStatus gauth_binding_each(GauthBinding *binding,
									  GauthBindingVisitor visit, void *state,
									  bool *ended, GauthError *err);

#endif							/* GAUTH_STORE_BINDING_H */
