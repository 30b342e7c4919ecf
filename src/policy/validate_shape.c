/*
 * validate_shape.c
 *		Numbers for the forms of expressions: a hash table of trees.
 *
 * The parts of a node are compared by their numbers, so that comparing two
 * expressions costs no more than looking at two nodes.
 */
#include "policy/validate_tree.h"

#define FIRST_SHAPES	64

static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
	return gauth_bytes_hash(gauth_span(&number, sizeof(number)), hash);
}

static uint64_t
hash_node(const GauthCheckNode *node)
{
	uint64_t	hash = hash_number(node->kind, (uint64_t) node->variable << 8 |
								   node->function);
	uint32_t	i;

	hash = gauth_bytes_hash(node->text, hash);
	if (node->kind == GAUTH_EXPR_ENTITY)
		hash = hash_number(hash, node->uid->hash);
	else if (node->kind == GAUTH_EXPR_BOOL)
		hash = hash_number(hash, node->boolean);
	else if (node->kind == GAUTH_EXPR_LONG)
		hash = hash_number(hash, (uint64_t) node->number);
	for (i = 0; i < node->count; i++)
	{
		if (node->kind == GAUTH_EXPR_RECORD)
			hash = gauth_bytes_hash(node->names[i], hash);
		hash = hash_number(hash, node->args[i]->shape);
	}
	return hash;
}

/* do these nodes, whose parts have their shapes, look alike? */
static bool
look_alike(const GauthCheckNode *a, const GauthCheckNode *b)
{
	uint32_t	i;

	if (a->kind != b->kind || a->variable != b->variable ||
		a->function != b->function || a->count != b->count ||
		!gauth_span_equal(a->text, b->text))
		return false;
	if (a->kind == GAUTH_EXPR_ENTITY && !gauth_uid_equal(a->uid, b->uid))
		return false;
	if (a->kind == GAUTH_EXPR_BOOL && a->boolean != b->boolean)
		return false;
	if (a->kind == GAUTH_EXPR_LONG && a->number != b->number)
		return false;
	for (i = 0; i < a->count; i++)
	{
		if (a->args[i]->shape != b->args[i]->shape)
			return false;
		if (a->kind == GAUTH_EXPR_RECORD &&
			!gauth_span_equal(a->names[i], b->names[i]))
			return false;
	}
	return true;
}

static bool
grow_shapes(GauthCheckTree *tree)
{
	uint32_t	room = tree->shape_room == 0 ? FIRST_SHAPES :
	tree->shape_room * 2;
	GauthCheckShape *shapes = gauth_arena_array(tree->arena, room,
												sizeof(GauthCheckShape));
	uint32_t   *slots = gauth_arena_array(tree->arena, (size_t) room * 2,
										  sizeof(uint32_t));
	uint32_t	i;

	if (shapes == NULL || slots == NULL)
		return false;
	if (tree->shape_count > 0)
		memcpy(shapes, tree->shapes, tree->shape_count * sizeof(shapes[0]));
	tree->shapes = shapes;
	tree->shape_room = room;
	tree->slots = slots;
	tree->mask = room * 2 - 1;
	for (i = 0; i < tree->shape_count; i++)
	{
		uint32_t	slot = (uint32_t) shapes[i].hash & tree->mask;

		while (slots[slot] != 0)
			slot = (slot + 1) & tree->mask;
		slots[slot] = i + 1;
	}
	return true;
}

/*
 * gauth_check_find_shape
 *		The number of the node's shape; "node" shows it from now on if it is
 *		new.  The parts of the node have their shapes.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_find_shape(GauthCheckTree *tree, const GauthCheckNode *node,
					   uint32_t *shape)
{
	uint64_t	hash = hash_node(node);
	uint32_t	slot;

	if (tree->shape_count == tree->shape_room && !grow_shapes(tree))
		return gauth_fail(tree->err, GAUTH_OUT_OF_MEMORY, "validator");
	slot = (uint32_t) hash & tree->mask;
	while (tree->slots[slot] != 0)
	{
		const GauthCheckShape *known = &tree->shapes[tree->slots[slot] - 1];

		if (known->hash == hash && look_alike(known->node, node))
		{
			*shape = tree->slots[slot] - 1;
			return GAUTH_OK;
		}
		slot = (slot + 1) & tree->mask;
	}

	*shape = tree->shape_count++;
	tree->slots[slot] = tree->shape_count;
	tree->shapes[*shape] = (GauthCheckShape)
	{
		hash, node, GAUTH_NO_CAPABILITY
	};
	return GAUTH_OK;
}
