/*
 * blob.h
 *		The inside of a compiled policy set, and the writer that makes it.
 *
 * For the compiler, the index and the evaluator only.  A reference is the
 * offset of what it refers to from the beginning of the block; 0, where the
 * header stands, means "none".
 */
#ifndef GAUTH_POLICY_BLOB_H
#define GAUTH_POLICY_BLOB_H

#include "policy/policy_set.h"

/*
 * Moves on with any change of the layout or of what the compiler makes of a
 * policy: programs of two versions may see each other's sets.
 */
#define GAUTH_BLOB_MAGIC	UINT64_C(0x3331746573637067)

/* a larger set is refused: offsets have 32 bits */
#define GAUTH_BLOB_SIZE_MAX	(UINT32_C(1) << 30)

/*
 * Kinds of nodes are those of GauthExprKind, and constants that the compiler
 * folded.  AND and OR have a list of operands.
 */
enum
{
	GAUTH_NODE_SCALED = 128,	/* number, "sub" is its GauthValueKind */
	GAUTH_NODE_IPADDR,			/* a: GauthIp */
	GAUTH_NODE_CONSTANT_SET		/* a: GauthBlobSet */
};

typedef struct GauthBlobString
{
	uint32_t	hash;			/* gauth_name_hash */
	uint32_t	len;
	char		bytes[];
} GauthBlobString;

/*
 * By kind: operators a, b, c are operands; AND, OR, SET, CALL a list of
 * nodes (a) and its length (b); GET_ATTR and HAS_ATTR object (a), a list of
 * strings (b) and its length (c); LIKE object (a) and pattern (b); IS object
 * (a), type (b), node to be in (c); RECORD a list of pairs of string and
 * node (a) and their number (b); STRING a; ENTITY a; VARIABLE sub; BOOL sub.
 */
typedef struct GauthNode
{
	uint8_t		kind;
	uint8_t		sub;
	uint32_t	offset;			/* in the source */
	union
	{
		int64_t		number;
		struct
		{
			uint32_t	a;
			uint32_t	b;
		};
	};
	uint32_t	c;
	uint32_t	end;			/* in the source */
} GauthNode;

/* scalars in canonical order; behind the hashes stand their nodes */
typedef struct GauthBlobSet
{
	uint64_t	hash;
	uint32_t	count;
	uint32_t	weight;
	uint32_t	only_entities;
	uint32_t	padding;
	uint64_t	hashes[];
} GauthBlobSet;

/*
 * By kind: EQ and IN a uid; IS a string; IS_IN a pair of string and uid;
 * IN_SET a list of uids, before them their number.
 */
typedef struct GauthBlobScope
{
	uint64_t	hash;			/* of the uid, to compare before it */
	uint32_t	kind;			/* GauthScopeKind */
	uint32_t	operand;
} GauthBlobScope;

typedef struct GauthBlobCondition
{
	uint32_t	unless;
	uint32_t	node;
	uint32_t	offset;			/* of the clause in the source */
} GauthBlobCondition;

/* what a decision does not look at; apart, so that the rest is close together */
typedef struct GauthBlobDetails
{
	uint32_t	id;				/* string */
	uint32_t	template_id;	/* string or none */
	uint32_t	notes;			/* pairs of strings: name, value */
	uint32_t	note_count;
} GauthBlobDetails;

/* as much as a processor fetches at once: a decision tests many of them */
typedef struct GauthBlobPolicy
{
	GauthBlobScope scopes[3];	/* by GauthVariable */
	uint32_t	effect;
	uint32_t	conditions;		/* GauthBlobCondition, one after another */
	uint32_t	condition_count;
	uint32_t	details;		/* GauthBlobDetails */
} GauthBlobPolicy;

#define GAUTH_BLOB_LINE		64	/* bytes */

/* one node of the index: what to test here, and where to go on */
typedef struct GauthIndexNode
{
	uint32_t	policies;		/* list of policy numbers */
	uint32_t	policy_count;
	uint32_t	any;			/* next level for policies without a choice */
	uint32_t	flags;
} GauthIndexNode;

#define GAUTH_INDEX_BY_UID	1	/* has edges labelled with a uid */
#define GAUTH_INDEX_BY_TYPE 2	/* has edges labelled with a type */

/*
 * An edge to a node, or to the only policy that would stand there.  Half of
 * the hash of its label says where it stands, the other half is the key.
 */
typedef struct GauthIndexSlot
{
	uint32_t	key;			/* 0: free */
	uint32_t	target;			/* a node, or GAUTH_INDEX_POLICY and a number */
} GauthIndexSlot;

#define GAUTH_INDEX_POLICY	(UINT32_C(1) << 31)

struct GauthPolicySet
{
	uint64_t	magic;
	uint32_t	size;
	uint32_t	policies;		/* array of GauthBlobPolicy */
	uint32_t	policy_count;
	uint32_t	index_root;
	uint32_t	index_slots;
	uint32_t	index_mask;
};

static inline const void *
gauth_blob_at(const GauthPolicySet *set, uint32_t offset)
{
	return (const char *) set + offset;
}

static inline GauthSpan
gauth_blob_text(const GauthPolicySet *set, uint32_t offset)
{
	const GauthBlobString *string = gauth_blob_at(set, offset);

	return gauth_span(string->bytes, string->len);
}

static inline const GauthBlobPolicy *
gauth_blob_policy(const GauthPolicySet *set, uint32_t policy)
{
	const GauthBlobPolicy *policies = gauth_blob_at(set, set->policies);

	return policies + policy;
}

static inline const GauthBlobDetails *
gauth_blob_details(const GauthPolicySet *set, uint32_t policy)
{
	return gauth_blob_at(set, gauth_blob_policy(set, policy)->details);
}

/* where equal strings and uids are found again while a set is written */
typedef struct GauthInternTable
{
	uint32_t   *offsets;		/* 0 for a free slot */
	uint32_t	count;
	uint32_t	mask;
} GauthInternTable;

typedef struct GauthBlobWriter
{
	GauthArena *arena;
	GauthError *err;
	const GauthPolicyLimits *limits;
	char	   *data;
	uint32_t	size;
	uint32_t	room;
	GauthInternTable strings;
	GauthInternTable uids;
} GauthBlobWriter;

extern GauthStatus gauth_blob_reserve(GauthBlobWriter *writer, size_t size,
									  uint32_t *offset);
extern GauthStatus gauth_blob_put(GauthBlobWriter *writer, const void *data,
								  size_t size, uint32_t *offset);
extern GauthStatus gauth_blob_put_string(GauthBlobWriter *writer,
										 GauthSpan text, uint32_t *offset);
extern GauthStatus gauth_blob_put_uid(GauthBlobWriter *writer,
									  const GauthUid *uid, uint32_t *offset);
extern GauthStatus gauth_compile_expr(GauthBlobWriter *writer,
									  const GauthExpr *expr,
									  uint32_t *offset);

#endif							/* GAUTH_POLICY_BLOB_H */
