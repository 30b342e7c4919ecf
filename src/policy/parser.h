/*
 * parser.h
 *		From Cedar's human syntax to the tree of ast.h.
 *
 * Everything comes from the arena; strings without escapes point into the
 * source, which must outlive the tree.  Errors carry line and column and say
 * what was expected; "offset" is the place in the source.
 */
#ifndef GAUTH_POLICY_PARSER_H
#define GAUTH_POLICY_PARSER_H

#include "policy/ast.h"
#include "policy/build.h"
#include "policy/lexer.h"

extern GauthStatus gauth_policy_parse(GauthArena *arena, GauthSpan source,
									  const GauthPolicyLimits *limits,
									  GauthPolicyList *list, GauthError *err);
extern GauthStatus gauth_uid_parse(GauthArena *arena, GauthSpan source,
								   const GauthUid **uid, GauthError *err);

/* what the two halves of the parser share, and nobody else uses */
typedef struct GauthParser
{
	GauthLexer	lexer;
	GauthBuilder build;
	uint32_t	nesting;
} GauthParser;

extern GauthStatus gauth_parser_expect(GauthParser *parser, const char *text);
extern GauthStatus gauth_parser_accept(GauthParser *parser, const char *text,
									   bool *found);
extern GauthStatus gauth_parser_path(GauthParser *parser, GauthSpan *type);
extern GauthStatus gauth_parser_uid(GauthParser *parser,
									const GauthUid **uid);
extern GauthStatus gauth_parser_expr(GauthParser *parser, GauthExpr **expr);
extern GauthStatus gauth_parser_member(GauthParser *parser, GauthExpr **expr);
extern GauthStatus gauth_parser_leaf(GauthParser *parser, GauthExprKind kind,
									 GauthExpr **expr);
extern GauthStatus gauth_parser_number(GauthParser *parser, bool negative,
									   GauthExpr **expr);
extern GauthStatus gauth_parser_name(GauthParser *parser, GauthName *name);

#endif							/* GAUTH_POLICY_PARSER_H */
