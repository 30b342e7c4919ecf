/*
 * index.c
 *		The policy index of index.h.
 *
 * A node with few policies has no edges: testing four scopes is cheaper than
 * following edges.  Edges of all nodes share one hash table, keyed by node
 * and label.  Keys are hashes and are never compared with what they stand
 * for: a collision only adds a candidate.
 */
#include "policy/index.h"

#include <stdlib.h>

#define LEVELS			3

/* policies up to this many are tested one by one */
#define LEAF_SIZE		4

/* an action list longer than this stands under "any" */
#define ACTION_LIST_MAX 64

/* labels whose edges are looked up together */
#define EDGES_AT_ONCE	8

typedef enum LabelKind
{
	LABEL_ANY,
	LABEL_UID,
	LABEL_TYPE
} LabelKind;

typedef struct Label
{
	uint64_t	hash;
	LabelKind	kind;
} Label;

typedef struct Entry
{
	Label		labels[LEVELS];
	uint32_t	policy;
} Entry;

/* an edge before it has its place */
typedef struct Edge
{
	uint64_t	hash;			/* of node and label */
	uint32_t	target;			/* as in a slot */
} Edge;

typedef struct Builder
{
	GauthBlobWriter *writer;
	Edge	   *edges;
	uint32_t	edge_count;
	uint32_t	edge_room;
} Builder;

/* variables in the order of the levels */
static const GauthVariable level_variables[LEVELS] = {
	GAUTH_VARIABLE_ACTION, GAUTH_VARIABLE_PRINCIPAL, GAUTH_VARIABLE_RESOURCE
};

static inline uint64_t
edge_hash(uint32_t node, LabelKind kind, uint64_t hash)
{
	uint64_t	key = (hash ^ ((uint64_t) node << 2 | kind)) *
	UINT64_C(0x9e3779b97f4a7c15);

	key ^= key >> 29;
	key *= UINT64_C(0xbf58476d1ce4e5b9);
	return key;
}

static inline uint32_t
first_slot(uint64_t hash, uint32_t mask)
{
	return (uint32_t) (hash >> 32) & mask;
}

/* never 0, which marks a free slot */
static inline uint32_t
slot_key(uint64_t hash)
{
	return (uint32_t) hash | 1;
}

static Label
label_of(const GauthScope *scope)
{
	switch (scope->kind)
	{
		case GAUTH_SCOPE_EQ:
		case GAUTH_SCOPE_IN:
		case GAUTH_SCOPE_IS_IN:
			return (Label)
			{
				scope->uid->hash, LABEL_UID
			};
		case GAUTH_SCOPE_IS:
			return (Label)
			{
				(uint32_t) gauth_bytes_hash(scope->type, 0), LABEL_TYPE
			};
		default:
			return (Label)
			{
				0, LABEL_ANY
			};
	}
}

static uint32_t
entries_of(const GauthPolicy *policy)
{
	if (policy->action.kind != GAUTH_SCOPE_IN_SET ||
		policy->action.uid_count > ACTION_LIST_MAX)
		return 1;
	return policy->action.uid_count;
}

/* one entry for each action of a list */
static void
add_entries(const GauthPolicy *policy, uint32_t number, Entry *entries,
			uint32_t *count)
{
	uint32_t	copies = entries_of(policy);
	uint32_t	i;

	for (i = 0; i < copies; i++)
	{
		Entry	   *entry = &entries[(*count)++];

		entry->policy = number;
		entry->labels[0] = label_of(&policy->action);
		entry->labels[1] = label_of(&policy->principal);
		entry->labels[2] = label_of(&policy->resource);
		if (policy->action.kind == GAUTH_SCOPE_IN_SET &&
			policy->action.uid_count <= ACTION_LIST_MAX)
			entry->labels[0] = (Label)
		{
			policy->action.uids[i]->hash, LABEL_UID
		};
	}
}

static int
compare_labels(const Label *a, const Label *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return 0;
}

/* by all labels, level by level, then by number: sorted once for all levels */
static int
compare_entries(const void *a, const void *b)
{
	const Entry *left = a;
	const Entry *right = b;
	int			i;

	for (i = 0; i < LEVELS; i++)
	{
		int			order;

		order = compare_labels(&left->labels[i], &right->labels[i]);
		if (order != 0)
			return order;
	}
	return (left->policy > right->policy) - (left->policy < right->policy);
}

static GauthStatus
add_edge(Builder *builder, Edge edge)
{
	if (builder->edge_count == builder->edge_room)
	{
		uint32_t	room = builder->edge_room == 0 ? 64 :
		builder->edge_room * 2;
		Edge	   *edges;

		edges = gauth_arena_array(builder->writer->arena, room, sizeof(edge));

		if (edges == NULL)
			return gauth_fail(builder->writer->err, GAUTH_OUT_OF_MEMORY,
							  "policy index");
		if (builder->edge_count > 0)
			memcpy(edges, builder->edges, builder->edge_count * sizeof(edge));
		builder->edges = edges;
		builder->edge_room = room;
	}
	builder->edges[builder->edge_count++] = edge;
	return GAUTH_OK;
}

static GauthStatus
build_leaf(Builder *builder, const Entry *entries, uint32_t count,
		   uint32_t node)
{
	GauthIndexNode *index_node;
	uint32_t   *policies;
	uint32_t	offset;
	uint32_t	i;
	GauthStatus status;

	status = gauth_blob_reserve(builder->writer, count * sizeof(uint32_t),
								&offset);
	if (status != GAUTH_OK)
		return status;
	policies = (uint32_t *) (builder->writer->data + offset);
	for (i = 0; i < count; i++)
		policies[i] = entries[i].policy;
	index_node = (GauthIndexNode *) (builder->writer->data + node);
	index_node->policies = offset;
	index_node->policy_count = count;
	return GAUTH_OK;
}

static GauthStatus build_node(Builder *builder, const Entry *entries,
							  uint32_t count, int level, uint32_t *node);

/*
 * Entries that share a label: the next level, and the edge that leads there.
 * One policy alone needs no node: most edges of a large set are such.
 */
static GauthStatus
build_group(Builder *builder, const Entry *entries, uint32_t count, int level,
			uint32_t node)
{
	Label		label = entries[0].labels[level];
	Edge		edge = {.target = GAUTH_INDEX_POLICY | entries[0].policy};
	GauthIndexNode *index_node;
	GauthStatus status = GAUTH_OK;

	if (count > 1 || label.kind == LABEL_ANY)
		status = build_node(builder, entries, count, level + 1, &edge.target);
	if (status != GAUTH_OK)
		return status;
	index_node = (GauthIndexNode *) (builder->writer->data + node);
	if (label.kind == LABEL_ANY)
	{
		index_node->any = edge.target;
		return GAUTH_OK;
	}
	index_node->flags |= label.kind == LABEL_UID ?
		GAUTH_INDEX_BY_UID : GAUTH_INDEX_BY_TYPE;
	edge.hash = edge_hash(node, label.kind, label.hash);
	return add_edge(builder, edge);
}

static GauthStatus
build_node(Builder *builder, const Entry *entries, uint32_t count, int level,
		   uint32_t *node)
{
	uint32_t	begin;
	uint32_t	end;
	GauthStatus status;

	status = gauth_blob_reserve(builder->writer, sizeof(GauthIndexNode), node);
	if (status != GAUTH_OK)
		return status;
	if (level == LEVELS || count <= LEAF_SIZE)
		return build_leaf(builder, entries, count, *node);

	for (begin = 0; begin < count && status == GAUTH_OK; begin = end)
	{
		for (end = begin + 1; end < count; end++)
		{
			if (compare_labels(&entries[begin].labels[level],
							   &entries[end].labels[level]) != 0)
				break;
		}
		status = build_group(builder, entries + begin, end - begin, level,
							 *node);
	}
	return status;
}

static GauthStatus
write_edges(Builder *builder, GauthPolicySet *header)
{
	uint32_t	slots = 2;
	GauthIndexSlot *table;
	uint32_t	i;
	GauthStatus status;

	while (slots < builder->edge_count * 2)
		slots *= 2;
	header->index_mask = slots - 1;
	status = gauth_blob_reserve(builder->writer,
								slots * sizeof(GauthIndexSlot),
								&header->index_slots);
	if (status != GAUTH_OK)
		return status;
	table = (GauthIndexSlot *) (builder->writer->data + header->index_slots);
	for (i = 0; i < builder->edge_count; i++)
	{
		const Edge *edge = &builder->edges[i];
		uint32_t	slot = first_slot(edge->hash, header->index_mask);

		while (table[slot].key != 0)
			slot = (slot + 1) & header->index_mask;
		table[slot] = (GauthIndexSlot)
		{
			slot_key(edge->hash), edge->target
		};
	}
	return GAUTH_OK;
}

/*
 * gauth_index_build
 *		Write the index of all policies and note it in the header.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_index_build(GauthBlobWriter *writer, const GauthPolicyList *list,
				  GauthPolicySet *header)
{
	Builder		builder = {.writer = writer};
	const GauthPolicy *policy;
	Entry	   *entries;
	uint32_t	total = 0;
	uint32_t	count = 0;
	uint32_t	number = 0;
	GauthStatus status;

	for (policy = list->policies; policy != NULL; policy = policy->next)
		total += entries_of(policy);
	entries = gauth_arena_array(writer->arena, total, sizeof(Entry));
	if (entries == NULL)
		return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "policy index");
	for (policy = list->policies; policy != NULL; policy = policy->next)
		add_entries(policy, number++, entries, &count);
	if (count > 1)
		qsort(entries, count, sizeof(Entry), compare_entries);

	status = build_node(&builder, entries, count, 0, &header->index_root);
	return status != GAUTH_OK ? status : write_edges(&builder, header);
}

/* a walk through the index for one request */
typedef struct Search
{
	const GauthPolicySet *set;
	const GauthIndexSlot *slots;
	GauthArena *arena;
	const GauthIndexKey *keys;
	GauthCandidates *candidates;
	uint32_t   *fuel;
} Search;

static GauthStatus
add_candidates(Search *search, const uint32_t *policies, uint32_t count)
{
	GauthCandidates *candidates = search->candidates;
	uint32_t	i;

	if (candidates->count + count > candidates->room)
	{
		uint32_t	room = (candidates->count + count) * 2;
		uint32_t   *larger = gauth_arena_alloc(search->arena,
											   room * sizeof(uint32_t));

		if (larger == NULL)
			return GAUTH_OUT_OF_MEMORY;
		memcpy(larger, candidates->policies,
			   candidates->count * sizeof(uint32_t));
		candidates->policies = larger;
		candidates->room = room;
	}
	for (i = 0; i < count; i++)
	{
		const GauthBlobPolicy *policy = gauth_blob_policy(search->set,
														  policies[i]);

		__builtin_prefetch(policy);
		__builtin_prefetch(&policy->effect);
		candidates->policies[candidates->count++] = policies[i];
	}
	return GAUTH_OK;
}

static GauthStatus search_node(Search *search, uint32_t node, int level);

/* all edges with this hash, which may stand in several slots */
static GauthStatus
follow(Search *search, int level, uint64_t hash)
{
	uint32_t	mask = search->set->index_mask;
	uint32_t	key = slot_key(hash);
	uint32_t	slot = first_slot(hash, mask);
	GauthStatus status = GAUTH_OK;

	for (; search->slots[slot].key != 0 && status == GAUTH_OK;
		 slot = (slot + 1) & mask)
	{
		uint32_t	target = search->slots[slot].target;
		uint32_t	policy = target & ~GAUTH_INDEX_POLICY;

		if (search->slots[slot].key != key)
			continue;
		status = target != policy ? add_candidates(search, &policy, 1) :
			search_node(search, target, level + 1);
	}
	return status;
}

/* the slots of a large set are far away: all of them are sent for at once */
static void
prefetch(const Search *search, const uint64_t *edges, uint32_t count)
{
	uint32_t	mask = search->set->index_mask;
	uint32_t	i;

	for (i = 0; i < count; i++)
		__builtin_prefetch(&search->slots[first_slot(edges[i], mask)]);
}

/* the uid itself and what stands above it, a handful at a time */
static GauthStatus
follow_uids(Search *search, uint32_t node, int level,
			const GauthIndexKey *key)
{
	uint64_t	edges[EDGES_AT_ONCE];
	uint32_t	total = key->ancestor_count + 1;
	uint32_t	done = 0;
	GauthStatus status = GAUTH_OK;

	while (done < total && status == GAUTH_OK)
	{
		uint32_t	count = 0;
		uint32_t	i;

		for (; count < EDGES_AT_ONCE && done < total; done++)
			edges[count++] = edge_hash(node, LABEL_UID, done == 0 ?
									   key->uid->hash :
									   key->ancestor_hashes[done - 1]);
		prefetch(search, edges, count);
		for (i = 0; i < count && status == GAUTH_OK; i++)
			status = follow(search, level, edges[i]);
	}
	return status;
}

static GauthStatus
follow_all(Search *search, uint32_t node, int level)
{
	const GauthIndexNode *index_node = gauth_blob_at(search->set, node);
	const GauthIndexKey *key = &search->keys[level_variables[level]];
	GauthStatus status = GAUTH_OK;

	if (*search->fuel < key->ancestor_count)
		return GAUTH_LIMIT_EXCEEDED;
	*search->fuel -= key->ancestor_count;

	if (index_node->flags & GAUTH_INDEX_BY_TYPE)
		status = follow(search, level, edge_hash(node, LABEL_TYPE,
												 key->uid->type_hash));
	if ((index_node->flags & GAUTH_INDEX_BY_UID) && status == GAUTH_OK)
		status = follow_uids(search, node, level, key);
	return status;
}

/* recurses three levels deep at most */
static GauthStatus
search_node(Search *search, uint32_t node, int level)
{
	const GauthIndexNode *index_node = gauth_blob_at(search->set, node);
	GauthStatus status = GAUTH_OK;

	if (index_node->policy_count > 0)
		return add_candidates(search,
							  gauth_blob_at(search->set, index_node->policies),
							  index_node->policy_count);
	if (index_node->any != 0)
		status = search_node(search, index_node->any, level + 1);
	if (status == GAUTH_OK && index_node->flags != 0)
		status = follow_all(search, node, level);
	return status;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t	left = *(const uint32_t *) a;
	uint32_t	right = *(const uint32_t *) b;

	return (left > right) - (left < right);
}

/* in the order of the set, each policy once */
static void
sort_candidates(GauthCandidates *candidates)
{
	uint32_t   *policies = candidates->policies;
	uint32_t	kept = 0;
	uint32_t	i;

	if (candidates->count > 16)
		qsort(policies, candidates->count, sizeof(uint32_t), compare_numbers);
	for (i = 1; i < candidates->count && candidates->count <= 16; i++)
	{
		uint32_t	policy = policies[i];
		uint32_t	hole = i;

		for (; hole > 0 && policies[hole - 1] > policy; hole--)
			policies[hole] = policies[hole - 1];
		policies[hole] = policy;
	}
	for (i = 0; i < candidates->count; i++)
	{
		if (kept == 0 || policies[kept - 1] != policies[i])
			policies[kept++] = policies[i];
	}
	candidates->count = kept;
}

/*
 * gauth_index_find
 *		The policies that can concern a request, in ascending order.
 *
 * "keys" are by GauthVariable.  Errors: GAUTH_LIMIT_EXCEEDED when the fuel
 * is used up, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_index_find(const GauthPolicySet *set, GauthArena *arena,
				 const GauthIndexKey keys[3], GauthCandidates *candidates,
				 uint32_t *fuel)
{
	Search		search = {
		.set = set,.arena = arena,.keys = keys,.candidates = candidates,
		.fuel = fuel
	};
	GauthStatus status;

	candidates->policies = candidates->few;
	candidates->count = 0;
	candidates->room = sizeof(candidates->few) / sizeof(candidates->few[0]);
	search.slots = gauth_blob_at(set, set->index_slots);
	status = search_node(&search, set->index_root, 0);
	if (status == GAUTH_OK)
		sort_candidates(candidates);
	return status;
}
