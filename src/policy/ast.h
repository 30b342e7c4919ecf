/*
 * ast.h
 *		The syntax tree of Cedar policies and templates.
 *
 * Made by the parser of the human syntax and by the reader of the JSON
 * policy format, in an arena; read by the validator, the formatter, the
 * writer of the JSON format and the compiler.  Strings are unescaped and may
 * point into the source, which must outlive the tree.
 *
 * Every node says where it stands in the source.  Every expression knows its
 * height, which the makers limit (GauthPolicyLimits.height): a walker may
 * therefore recurse over a tree.
 */
#ifndef GAUTH_POLICY_AST_H
#define GAUTH_POLICY_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "policy/value.h"

typedef enum GauthExprKind
{
	GAUTH_EXPR_BOOL,			/* boolean */
	GAUTH_EXPR_LONG,			/* number */
	GAUTH_EXPR_STRING,			/* text */
	GAUTH_EXPR_ENTITY,			/* uid */
	GAUTH_EXPR_VARIABLE,		/* variable */

	/* operators: "args", as many as gauth_expr_arity says */
	GAUTH_EXPR_IF,				/* condition, then, else */
	GAUTH_EXPR_AND,
	GAUTH_EXPR_OR,
	GAUTH_EXPR_NOT,
	GAUTH_EXPR_NEGATE,
	GAUTH_EXPR_EQ,
	GAUTH_EXPR_NE,
	GAUTH_EXPR_LT,
	GAUTH_EXPR_LE,
	GAUTH_EXPR_GT,
	GAUTH_EXPR_GE,
	GAUTH_EXPR_IN,
	GAUTH_EXPR_ADD,
	GAUTH_EXPR_SUB,
	GAUTH_EXPR_MUL,
	GAUTH_EXPR_CONTAINS,
	GAUTH_EXPR_CONTAINS_ALL,
	GAUTH_EXPR_CONTAINS_ANY,
	GAUTH_EXPR_IS_EMPTY,
	GAUTH_EXPR_GET_TAG,
	GAUTH_EXPR_HAS_TAG,

	GAUTH_EXPR_GET_ATTR,		/* access: object.path[0], path_len 1 */
	GAUTH_EXPR_HAS_ATTR,		/* access: object has path[0].path[1]... */
	GAUTH_EXPR_LIKE,			/* like */
	GAUTH_EXPR_IS,				/* is: object is type, object is type in x */
	GAUTH_EXPR_SET,				/* set */
	GAUTH_EXPR_RECORD,			/* record */
	GAUTH_EXPR_CALL				/* call: an extension function or method */
} GauthExprKind;

typedef enum GauthVariable
{
	GAUTH_VARIABLE_PRINCIPAL,
	GAUTH_VARIABLE_ACTION,
	GAUTH_VARIABLE_RESOURCE,
	GAUTH_VARIABLE_CONTEXT
} GauthVariable;

/* constructors first, then methods, whose first argument is the receiver */
typedef enum GauthFunction
{
	GAUTH_FUNCTION_DECIMAL,
	GAUTH_FUNCTION_IP,
	GAUTH_FUNCTION_DATETIME,
	GAUTH_FUNCTION_DURATION,

	GAUTH_FUNCTION_LESS_THAN,	/* decimal */
	GAUTH_FUNCTION_LESS_THAN_OR_EQUAL,
	GAUTH_FUNCTION_GREATER_THAN,
	GAUTH_FUNCTION_GREATER_THAN_OR_EQUAL,

	GAUTH_FUNCTION_IS_IPV4,		/* ipaddr */
	GAUTH_FUNCTION_IS_IPV6,
	GAUTH_FUNCTION_IS_LOOPBACK,
	GAUTH_FUNCTION_IS_MULTICAST,
	GAUTH_FUNCTION_IS_IN_RANGE,

	GAUTH_FUNCTION_OFFSET,		/* datetime */
	GAUTH_FUNCTION_DURATION_SINCE,
	GAUTH_FUNCTION_TO_DATE,
	GAUTH_FUNCTION_TO_TIME,

	GAUTH_FUNCTION_TO_MILLISECONDS, /* duration */
	GAUTH_FUNCTION_TO_SECONDS,
	GAUTH_FUNCTION_TO_MINUTES,
	GAUTH_FUNCTION_TO_HOURS,
	GAUTH_FUNCTION_TO_DAYS,

	GAUTH_FUNCTION_COUNT
} GauthFunction;

#define GAUTH_FUNCTION_IS_METHOD(f)	((f) >= GAUTH_FUNCTION_LESS_THAN)

/* in GauthExpr.like.pattern: a byte that UTF-8 never holds stands for "*" */
#define GAUTH_PATTERN_WILDCARD	'\xff'

typedef struct GauthExpr GauthExpr;

/* one name: of an attribute in a path, of a field of a record */
typedef struct GauthName
{
	GauthSpan	text;
	uint32_t	offset;			/* where it stands in the source */
} GauthName;

typedef struct GauthExprField
{
	GauthName	name;
	GauthExpr  *value;
} GauthExprField;

struct GauthExpr
{
	uint8_t		kind;			/* GauthExprKind */
	uint16_t	height;			/* 1 for a leaf */
	uint32_t	offset;			/* first byte in the source */
	uint32_t	end;			/* one past its last byte */
	union
	{
		bool		boolean;
		int64_t		number;
		GauthSpan	text;
		const GauthUid *uid;
		GauthVariable variable;
		GauthExpr  *args[3];
		struct
		{
			GauthExpr  *object;
			GauthName  *path;
			uint32_t	path_len;
		}			access;
		struct
		{
			GauthExpr  *object;
			GauthSpan	pattern;
		}			like;
		struct
		{
			GauthExpr  *object;
			GauthSpan	type;	/* full name, A::B */
			GauthExpr  *in;		/* or NULL */
		}			is;
		struct
		{
			GauthExpr **items;
			uint32_t	count;
		}			set;
		struct
		{
			GauthExprField *fields; /* in source order, names unique */
			uint32_t	count;
		}			record;
		struct
		{
			GauthFunction function;
			GauthExpr **args;	/* of a method the receiver first */
			uint32_t	count;
		}			call;
	};
};

typedef enum GauthScopeKind
{
	GAUTH_SCOPE_ANY,
	GAUTH_SCOPE_EQ,				/* == uid */
	GAUTH_SCOPE_IN,				/* in uid */
	GAUTH_SCOPE_IN_SET,			/* in [uids]; actions only */
	GAUTH_SCOPE_IS,				/* is type */
	GAUTH_SCOPE_IS_IN			/* is type in uid */
} GauthScopeKind;

typedef struct GauthScope
{
	GauthScopeKind kind;
	bool		slot;			/* a template's ?principal or ?resource stands
								 * where "uid" would */
	GauthSpan	type;			/* IS, IS_IN */
	const GauthUid *uid;		/* EQ, IN, IS_IN, unless "slot" */
	const GauthUid **uids;		/* IN_SET */
	uint32_t	uid_count;
	uint32_t	offset;			/* of the scope's variable */
	uint32_t	end;
} GauthScope;

typedef struct GauthAnnotation
{
	GauthSpan	name;
	GauthSpan	value;			/* empty when the policy gives none */
	bool		has_value;
	uint32_t	offset;
} GauthAnnotation;

typedef struct GauthCondition
{
	bool		unless;
	GauthExpr  *expr;
	uint32_t	offset;			/* of "when" or "unless" */
} GauthCondition;

typedef enum GauthEffect
{
	GAUTH_EFFECT_PERMIT,
	GAUTH_EFFECT_FORBID
} GauthEffect;

/* a policy, a template (a scope has a slot), or a link of a template */
typedef struct GauthPolicy GauthPolicy;

struct GauthPolicy
{
	GauthPolicy *next;			/* in its set, in the order of the source */
	GauthSpan	id;				/* @id, else policy0, policy1, ... */
	GauthSpan	template_id;	/* a link's template; else empty */
	GauthEffect effect;
	bool		is_template;
	GauthScope	principal;
	GauthScope	action;
	GauthScope	resource;
	GauthAnnotation *annotations;
	uint32_t	annotation_count;
	GauthCondition *conditions;
	uint32_t	condition_count;
	uint32_t	offset;			/* with its annotations */
	uint32_t	end;			/* one past the semicolon */
};

/* what a parser gives: policies and templates apart, each in source order */
typedef struct GauthPolicyList
{
	GauthPolicy *policies;
	GauthPolicy *templates;
	uint32_t	policy_count;
	uint32_t	template_count;
	GauthPolicy *last;			/* a policy near the end of the list, where
								 * gauth_policy_list_add goes on; or NULL */
} GauthPolicyList;

/* what hostile input may cost at most */
typedef struct GauthPolicyLimits
{
	size_t		source_size;	/* bytes of one policy set */
	uint32_t	nodes;			/* expressions, policies, annotations */
	uint32_t	nesting;		/* brackets within brackets in the source */
	uint32_t	height;			/* of one expression tree */
	uint32_t	set_size;		/* items of one set or record */
	uint32_t	fuel;			/* steps of one decision */
	uint32_t	entities;		/* of one store */
	uint32_t	ancestors;		/* of one entity */
	uint32_t	ancestor_total; /* of all entities of a store together */
	uint32_t	value_depth;	/* nesting of a value in JSON */
} GauthPolicyLimits;

extern const GauthPolicyLimits gauth_policy_default_limits;

extern unsigned gauth_expr_arity(GauthExprKind kind);
extern const char *gauth_function_name(GauthFunction function);
extern bool gauth_function_find(GauthSpan name, GauthFunction *function);
extern unsigned gauth_function_arity(GauthFunction function);
extern const GauthAnnotation *gauth_policy_annotation(const GauthPolicy *from,
													  const char *name);
extern bool gauth_policy_is_equal(const GauthPolicy *a, const GauthPolicy *b);

#endif							/* GAUTH_POLICY_AST_H */
