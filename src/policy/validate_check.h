/*
 * validate_check.h
 *		What the parts of the type checker share; nobody else includes it.
 *
 * The checker visits the tree of one policy once for each request
 * environment.  It goes on after an error wherever the type of what failed
 * is known all the same, to find all errors at once: a node then has
 * "failed" and still has a type.
 */
#ifndef GAUTH_POLICY_VALIDATE_CHECK_H
#define GAUTH_POLICY_VALIDATE_CHECK_H

#include "policy/schema.h"
#include "policy/validate.h"
#include "policy/validate_tree.h"

/* of one policy; what is found after so many says nothing more */
#define GAUTH_DIAGNOSTICS_MAX	200

/* who asks what of whom, as far as types go */
typedef struct GauthEnvironment
{
	const GauthEntityType *principal;
	const GauthSchemaAction *action;
	const GauthEntityType *resource;
} GauthEnvironment;

/*
 * A set of capabilities, one bit each: what "has" and "hasTag" found out
 * about which expressions.  All sets of one policy have the same width.
 */
typedef uint64_t *GauthCapabilities;

typedef struct GauthChecker
{
	const GauthSchema *schema;
	GauthValidationMode mode;
	GauthEnvironment environment;
	GauthCheckTree tree;
	GauthArena *arena;			/* for types, emptied for each environment */
	GauthArena *result_arena;
	GauthDiagnosticList *diagnostics;
	GauthSpan	policy;			/* its id */
	GauthError *err;
	uint64_t   *capabilities;	/* a stack of sets */
	uint32_t	words;			/* of one set */
	uint64_t   *steps;			/* left, for all policies together */
} GauthChecker;

extern GauthStatus gauth_check_and(GauthChecker *checker,
								   GauthCheckNode *node,
								   const uint64_t *prior,
								   GauthCapabilities found);
extern GauthStatus gauth_check_or(GauthChecker *checker,
								  GauthCheckNode *node,
								  const uint64_t *prior,
								  GauthCapabilities found);
extern GauthStatus gauth_check_if(GauthChecker *checker,
								  GauthCheckNode *node,
								  const uint64_t *prior,
								  GauthCapabilities found);
extern GauthStatus gauth_check_not(GauthChecker *checker,
								   GauthCheckNode *node,
								   const uint64_t *prior);
extern GauthStatus gauth_check_environment(GauthChecker *checker);
extern GauthStatus gauth_check_node(GauthChecker *checker,
									GauthCheckNode *node,
									const uint64_t *prior,
									GauthCapabilities found);
extern GauthStatus gauth_check_expect(GauthChecker *checker,
									  GauthCheckNode *node,
									  const uint64_t *prior,
									  GauthCapabilities found,
									  const GauthType *expected);
extern GauthStatus gauth_check_part(GauthChecker *checker,
									GauthCheckNode *node,
									const uint64_t *prior,
									const GauthType *expected);
extern GauthStatus gauth_check_relation(GauthChecker *checker,
										GauthCheckNode *node,
										const uint64_t *prior);
extern GauthStatus gauth_check_equality(GauthChecker *checker,
										GauthCheckNode *node,
										const uint64_t *prior);
extern GauthStatus gauth_check_call(GauthChecker *checker,
									GauthCheckNode *node,
									const uint64_t *prior);
extern GauthStatus gauth_check_access(GauthChecker *checker,
									  GauthCheckNode *node,
									  const uint64_t *prior,
									  GauthCapabilities found);
extern GauthStatus gauth_check_lub(GauthChecker *checker,
								   const GauthType *a, const GauthType *b,
								   const GauthType **lub);

extern GauthStatus gauth_check_report(GauthChecker *checker,
									  const GauthCheckNode *node,
									  GauthSeverity severity,
									  const GauthText *message);
extern GauthStatus gauth_check_report_plain(GauthChecker *checker,
											const GauthCheckNode *node,
											const char *message);
extern GauthStatus gauth_check_report_types(GauthChecker *checker,
											const GauthCheckNode *node,
											const GauthType *a,
											const GauthType *b);
extern GauthStatus gauth_check_report_expected(GauthChecker *checker,
											   const GauthCheckNode *node,
											   const char *expected,
											   const GauthType *actual);

static inline void
gauth_capabilities_clear(const GauthChecker *checker, GauthCapabilities set)
{
	memset(set, 0, checker->words * sizeof(uint64_t));
}

static inline void
gauth_capabilities_copy(const GauthChecker *checker, GauthCapabilities to,
						const uint64_t *from)
{
	memcpy(to, from, checker->words * sizeof(uint64_t));
}

static inline void
gauth_capabilities_unite(const GauthChecker *checker, GauthCapabilities set,
						 const uint64_t *other)
{
	uint32_t	i;

	for (i = 0; i < checker->words; i++)
		set[i] |= other[i];
}

static inline void
gauth_capabilities_intersect(const GauthChecker *checker,
							 GauthCapabilities set, const uint64_t *other)
{
	uint32_t	i;

	for (i = 0; i < checker->words; i++)
		set[i] &= other[i];
}

/* sets are taken and given back in order; the stack has room for the tree */
static inline GauthCapabilities
gauth_capabilities_take(GauthChecker *checker)
{
	GauthCapabilities set = checker->capabilities;

	checker->capabilities += checker->words;
	return set;
}

static inline void
gauth_capabilities_give_back(GauthChecker *checker, GauthCapabilities set)
{
	checker->capabilities = set;
}

static inline bool
gauth_check_is(const GauthCheckNode *node, GauthTypeKind kind)
{
	return node->type != NULL && node->type->kind == kind;
}

#endif							/* GAUTH_POLICY_VALIDATE_CHECK_H */
