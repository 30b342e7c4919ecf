/*
 * build.h
 *		Making the nodes of the syntax tree, within limits.
 *
 * Both readers, of the human syntax and of JSON, build through here, so that
 * no tree exists that is larger or higher than the limits allow.
 */
#ifndef GAUTH_POLICY_BUILD_H
#define GAUTH_POLICY_BUILD_H

#include "base/arena.h"
#include "base/status.h"
#include "policy/ast.h"

typedef struct GauthBuilder
{
	GauthArena *arena;
	const GauthPolicyLimits *limits;
	GauthError *err;
	uint32_t	nodes;			/* made so far */
} GauthBuilder;

/* a growing array of pointers or structs, each "size" bytes */
typedef struct GauthList
{
	void	   *items;
	uint32_t	count;
	uint32_t	room;
} GauthList;

extern GauthStatus gauth_build_charge(GauthBuilder *builder, size_t offset);
extern GauthStatus gauth_build_expr(GauthBuilder *builder, GauthExprKind kind,
									size_t offset, size_t end,
									GauthExpr **expr);
extern GauthStatus gauth_build_raise(GauthBuilder *builder, GauthExpr *expr,
									 const GauthExpr *child);
extern GauthStatus gauth_build_operator(GauthBuilder *builder,
										GauthExprKind kind, GauthExpr *left,
										GauthExpr *right, GauthExpr **expr);
extern GauthStatus gauth_build_append(GauthBuilder *builder, GauthList *list,
									  const void *item, size_t size);
extern GauthStatus gauth_build_check_fields(GauthBuilder *builder,
											GauthExprField *fields,
											uint32_t count);
extern GauthStatus gauth_build_check_action(GauthBuilder *builder,
											const GauthUid *uid,
											size_t offset);
extern GauthStatus gauth_build_check_ids(GauthBuilder *builder,
										 const GauthPolicyList *list);

#endif							/* GAUTH_POLICY_BUILD_H */
