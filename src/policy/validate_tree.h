/*
 * validate_tree.h
 *		A policy as the validator reads it: one expression of few forms.
 *
 * Scope and conditions become one conjunction, and what the syntax offers
 * besides the core language is spelled out: "!=", ">", ">=", "is ... in",
 * "has" with a path, "unless".  Nodes carry what the validator finds out
 * about them in the request environment at hand.
 *
 * Nodes of the same form have the same "shape", a number, so that asking
 * whether two expressions are the same expression costs nothing: that is
 * how "context has a" vouches for "context.a".
 *
 * Only the parts of the validator include this.
 */
#ifndef GAUTH_POLICY_VALIDATE_TREE_H
#define GAUTH_POLICY_VALIDATE_TREE_H

#include "policy/ast.h"
#include "policy/type.h"

/* kinds of nodes are those of GauthExpr, core forms only, and this one */
#define GAUTH_CHECK_SLOT	255 /* a template's slot, of "variable" */

#define GAUTH_NO_CAPABILITY	UINT32_MAX

typedef struct GauthCheckNode GauthCheckNode;

struct GauthCheckNode
{
	uint8_t		kind;
	uint8_t		variable;		/* GauthVariable */
	uint8_t		function;		/* GauthFunction */
	bool		failed;			/* in this environment */
	uint16_t	height;
	uint32_t	offset;
	uint32_t	end;
	uint32_t	shape;
	uint32_t	access;			/* of attributes and tags: the shape of
								 * getting what this gets or asks for */
	uint32_t	count;			/* of "args" */
	GauthCheckNode **args;
	GauthSpan	text;			/* a string, an attribute, a type, a pattern */
	union
	{
		bool		boolean;
		int64_t		number;
		const GauthUid *uid;
		const GauthSpan *names; /* of a record's "args", ascending */
	};
	const GauthType *type;		/* in this environment; NULL: not known */
	GauthCheckNode *next_named; /* the next that names an entity or a type */
};

typedef struct GauthCheckShape
{
	uint64_t	hash;
	const GauthCheckNode *node;
	uint32_t	capability;		/* that a node of this shape needs */
} GauthCheckShape;

typedef struct GauthCheckTree
{
	GauthArena *arena;
	GauthError *err;
	GauthCheckNode *root;
	GauthCheckNode *named;		/* those that name an entity or a type */
	GauthCheckNode **last_named;
	GauthCheckShape *shapes;	/* by number */
	uint32_t	shape_count;
	uint32_t	shape_room;
	uint32_t   *slots;			/* hash table: number of a shape, plus 1 */
	uint32_t	mask;			/* slots - 1 */
	uint32_t	capability_count;
} GauthCheckTree;

extern GauthStatus gauth_check_tree_make(GauthCheckTree *tree,
										 GauthArena *arena,
										 const GauthPolicy *policy,
										 GauthError *err);

extern GauthStatus gauth_check_find_shape(GauthCheckTree *tree,
										  const GauthCheckNode *node,
										  uint32_t *shape);

#endif							/* GAUTH_POLICY_VALIDATE_TREE_H */
