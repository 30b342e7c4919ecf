/*
 * validate.c
 *		Validating policies: names, scopes, then types in each environment.
 *
 * Cedar documentation, "Policy validation".  A policy is checked once for
 * each combination of principal type, action and resource type that the
 * schema allows.  Templates are checked as they are; of a link only what its
 * slots were filled with.
 */
#include "policy/validate.h"

#include "policy/level.h"
#include "policy/validate_check.h"

/* sets of capabilities that one level of the recursion takes */
#define SETS_PER_LEVEL	3

const GauthValidateOptions gauth_validate_strict = {
	.mode = GAUTH_VALIDATE_STRICT,
	.level = GAUTH_LEVEL_ANY,
	.steps = GAUTH_VALIDATE_STEPS
};

const GauthValidateOptions gauth_validate_permissive = {
	.mode = GAUTH_VALIDATE_PERMISSIVE,
	.level = GAUTH_LEVEL_ANY,
	.steps = GAUTH_VALIDATE_STEPS
};

/* what stays the same for all policies of one call */
typedef struct Validator
{
	GauthArena *arena;			/* for the result */
	const GauthSchema *schema;
	const GauthValidateOptions *options;
	GauthDiagnosticList *result;
	GauthError *err;
	GauthArena	trees;			/* emptied for each policy */
	GauthArena	types;			/* emptied for each environment */
	uint64_t	steps;
} Validator;

static GauthStatus
report_name(GauthChecker *checker, const GauthCheckNode *node, GauthSpan name,
			const char *problem)
{
	GauthText	text;

	if (name.len > GAUTH_SCHEMA_NAME_MAX)
		name = GAUTH_SPAN("...");
	gauth_text_init(&text, checker->arena);
	gauth_text_append_char(&text, '"');
	gauth_text_append(&text, name);
	gauth_text_append(&text, GAUTH_SPAN("\" "));
	gauth_text_append(&text, gauth_span_of(problem));
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/* is this an entity type that a policy may name? */
static bool
is_known_type(const GauthSchema *schema, GauthSpan name)
{
	return gauth_schema_is_action_type(name) ||
		gauth_schema_find_type(schema, name) != NULL;
}

static GauthStatus
check_name(GauthChecker *checker, const GauthCheckNode *node)
{
	bool		is_uid = node->kind == GAUTH_EXPR_ENTITY;
	GauthSpan	name = is_uid ? gauth_uid_type(node->uid) : node->text;
	const GauthEntityType *type;

	if (!is_known_type(checker->schema, name))
		return report_name(checker, node, name,
						   "is not an entity type of the schema");
	if (!is_uid)
		return GAUTH_OK;
	if (gauth_schema_is_action_type(name))
		return gauth_schema_find_action(checker->schema, node->uid) != NULL ?
			GAUTH_OK : report_name(checker, node, gauth_uid_id(node->uid),
								   "is not an action of the schema");
	type = gauth_schema_find_type(checker->schema, name);
	if (!gauth_entity_type_allows_id(type, gauth_uid_id(node->uid)))
		return report_name(checker, node, gauth_uid_id(node->uid),
						   "is not an id of this enumerated type");
	return GAUTH_OK;
}

static GauthStatus
check_names(GauthChecker *checker)
{
	const GauthCheckNode *node;
	GauthStatus status = GAUTH_OK;

	for (node = checker->tree.named; node != NULL && status == GAUTH_OK;
		 node = node->next_named)
		status = check_name(checker, node);
	return status;
}

/*
 * Does the text hold a character that reverses the direction of what
 * follows, so that a person reads something else than Cedar does?  These are
 * U+202A to U+202E and U+2066 to U+2069.
 */
static bool
reverses_direction(GauthSpan text)
{
	size_t		i;

	for (i = 0; i + 2 < text.len; i++)
	{
		const unsigned char *c = (const unsigned char *) text.data + i;

		if (c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
							 (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)))
			return true;
	}
	return false;
}

static bool
is_misleading(const GauthCheckNode *node)
{
	uint32_t	i;

	if (node->kind == GAUTH_EXPR_ENTITY)
		return reverses_direction(gauth_uid_id(node->uid));
	for (i = 0; node->kind == GAUTH_EXPR_RECORD && i < node->count; i++)
	{
		if (reverses_direction(node->names[i]))
			return true;
	}
	return reverses_direction(node->text);
}

/* each expression is looked at once, however often it occurs */
static GauthStatus
warn_misleading(GauthChecker *checker)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < checker->tree.shape_count && status == GAUTH_OK; i++)
	{
		const GauthCheckNode *node = checker->tree.shapes[i].node;
		GauthText	text;

		if (!is_misleading(node))
			continue;
		gauth_text_init(&text, checker->arena);
		gauth_text_append(&text, GAUTH_SPAN("this holds a character that "
											"reverses the direction of "
											"text"));
		status = gauth_check_report(checker, node, GAUTH_SEVERITY_WARNING,
									&text);
	}
	return status;
}

/* may a principal or resource of this type pass the scope? */
static bool
scope_allows(const GauthSchema *schema, const GauthScope *scope,
			 const GauthEntityType *type)
{
	const GauthEntityType *upper;

	if ((scope->kind == GAUTH_SCOPE_IS || scope->kind == GAUTH_SCOPE_IS_IN) &&
		!gauth_span_equal(scope->type, type->name))
		return false;
	if (scope->slot || scope->kind == GAUTH_SCOPE_ANY ||
		scope->kind == GAUTH_SCOPE_IS)
		return true;
	if (gauth_uid_has_type(scope->uid, type->name))
		return true;
	if (scope->kind == GAUTH_SCOPE_EQ)
		return false;
	upper = gauth_schema_find_type(schema, gauth_uid_type(scope->uid));
	return upper != NULL && gauth_entity_type_has_ancestor(type, upper);
}

static bool
scope_allows_any(const GauthSchema *schema, const GauthScope *scope,
				 const GauthEntityType *const *types, uint32_t count)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (scope_allows(schema, scope, types[i]))
			return true;
	}
	return false;
}

/* one unknown action makes the whole list mean nothing */
static bool
knows_actions(const GauthSchema *schema, const GauthScope *scope)
{
	uint32_t	i;

	if (scope->kind == GAUTH_SCOPE_EQ || scope->kind == GAUTH_SCOPE_IN)
		return gauth_schema_find_action(schema, scope->uid) != NULL;
	for (i = 0; i < scope->uid_count && scope->kind == GAUTH_SCOPE_IN_SET; i++)
	{
		if (gauth_schema_find_action(schema, scope->uids[i]) == NULL)
			return false;
	}
	return true;
}

static bool
scope_allows_action(const GauthSchema *schema, const GauthScope *scope,
					const GauthSchemaAction *action)
{
	uint32_t	count = scope->kind == GAUTH_SCOPE_IN ? 1 : scope->uid_count;
	uint32_t	i;

	if (scope->kind == GAUTH_SCOPE_ANY)
		return true;
	if (scope->kind == GAUTH_SCOPE_EQ)
		return gauth_uid_equal(scope->uid, action->uid);
	for (i = 0; i < count; i++)
	{
		const GauthUid *uid = scope->kind == GAUTH_SCOPE_IN ? scope->uid :
		scope->uids[i];

		if (gauth_schema_action_is_in(action,
									  gauth_schema_find_action(schema, uid)))
			return true;
	}
	return false;
}

/* is there an action that applies to types which the scopes let through? */
static bool
is_applicable(const GauthSchema *schema, const GauthPolicy *policy)
{
	uint32_t	i;

	if (!knows_actions(schema, &policy->action))
		return false;
	for (i = 0; i < schema->action_count; i++)
	{
		const GauthSchemaAction *action = &schema->actions[i];

		if (scope_allows_action(schema, &policy->action, action) &&
			scope_allows_any(schema, &policy->principal, action->principals,
							 action->principal_count) &&
			scope_allows_any(schema, &policy->resource, action->resources,
							 action->resource_count))
			return true;
	}
	return false;
}

static GauthStatus
check_application(GauthChecker *checker, const GauthPolicy *policy)
{
	GauthCheckNode place = {.offset = policy->offset,.end = policy->end};

	if (is_applicable(checker->schema, policy))
		return GAUTH_OK;
	return gauth_check_report_plain(checker, &place,
									"no action of the schema applies to a "
									"principal and a resource that this "
									"scope lets through");
}

/* check in the environment at hand; "*never" says whether it cannot be true */
static GauthStatus
check_environment(const Validator *validator, GauthChecker *checker,
				  bool *never)
{
	const GauthCheckNode *root = checker->tree.root;
	GauthStatus status;

	gauth_arena_reset(checker->arena);
	status = gauth_check_environment(checker);
	if (status != GAUTH_OK)
		return status;
	*never = root->type != NULL && root->type->kind == GAUTH_TYPE_FALSE;
	if ((root->failed && !*never) ||
		validator->options->level == GAUTH_LEVEL_ANY)
		return GAUTH_OK;
	return gauth_level_check(checker, validator->options->level);
}

static GauthStatus
check_environments(const Validator *validator, GauthChecker *checker,
				   bool *impossible)
{
	const GauthSchema *schema = validator->schema;
	uint32_t	a;
	uint32_t	p;
	uint32_t	r;

	*impossible = true;
	for (a = 0; a < schema->action_count; a++)
	{
		const GauthSchemaAction *action = &schema->actions[a];

		for (p = 0; p < action->principal_count; p++)
		{
			for (r = 0; r < action->resource_count; r++)
			{
				bool		never;
				GauthStatus status;

				checker->environment = (GauthEnvironment)
				{
					action->principals[p], action, action->resources[r]
				};
				status = check_environment(validator, checker, &never);
				if (status != GAUTH_OK)
					return status;
				*impossible = *impossible && never;
			}
		}
	}
	return GAUTH_OK;
}

static GauthStatus
warn_impossible(GauthChecker *checker, const GauthPolicy *policy)
{
	GauthCheckNode place = {.offset = policy->offset,.end = policy->end};
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("this policy can never apply: it is "
										"false for every request that the "
										"schema allows"));
	return gauth_check_report(checker, &place, GAUTH_SEVERITY_WARNING, &text);
}

/* a static policy or a template */
static GauthStatus
check_policy(Validator *validator, GauthChecker *checker,
			 const GauthPolicy *policy)
{
	bool		impossible;
	size_t		sets;
	GauthStatus status = gauth_check_tree_make(&checker->tree,
											   &validator->trees, policy,
											   validator->err);

	if (status != GAUTH_OK)
		return status;
	checker->words = (checker->tree.capability_count + 63) / 64;
	sets = ((size_t) checker->tree.root->height + 2) * SETS_PER_LEVEL;
	checker->capabilities = gauth_arena_array(&validator->trees,
											  sets * checker->words,
											  sizeof(uint64_t));
	if (checker->capabilities == NULL)
		return gauth_fail(validator->err, GAUTH_OUT_OF_MEMORY, "validator");

	status = check_names(checker);
	if (status == GAUTH_OK)
		status = warn_misleading(checker);
	if (status == GAUTH_OK)
		status = check_application(checker, policy);
	if (status == GAUTH_OK)
		status = check_environments(validator, checker, &impossible);
	if (status == GAUTH_OK && impossible)
		status = warn_impossible(checker, policy);
	return status;
}

/* what a link adds to its template: entities in its slots */
static GauthStatus
check_link(GauthChecker *checker, const GauthPolicy *policy)
{
	const GauthScope *scopes[2] = {&policy->principal, &policy->resource};
	int			i;

	for (i = 0; i < 2; i++)
	{
		GauthCheckNode place = {.offset = scopes[i]->offset,
		.end = scopes[i]->end};
		GauthSpan	type;
		GauthStatus status;

		if (scopes[i]->uid == NULL)
			continue;
		type = gauth_uid_type(scopes[i]->uid);
		if (is_known_type(checker->schema, type))
			continue;
		status = report_name(checker, &place, type,
							 "is not an entity type of the schema");
		if (status != GAUTH_OK)
			return status;
	}
	return check_application(checker, policy);
}

static GauthStatus
validate_one(Validator *validator, const GauthPolicy *policy)
{
	GauthDiagnosticList diagnostics = {0};
	GauthChecker checker = {0};
	GauthStatus status;

	gauth_arena_reset(&validator->trees);
	gauth_arena_reset(&validator->types);
	checker.schema = validator->schema;
	checker.mode = validator->options->mode;
	checker.arena = &validator->types;
	checker.result_arena = validator->arena;
	checker.diagnostics = &diagnostics;
	checker.policy = policy->id;
	checker.err = validator->err;
	checker.steps = &validator->steps;
	if (policy->template_id.len > 0)
		status = check_link(&checker, policy);
	else
		status = check_policy(validator, &checker, policy);
	gauth_diagnostic_join(validator->result, &diagnostics);
	return status;
}

static void
begin(Validator *validator, GauthArena *arena, const GauthSchema *schema,
	  const GauthValidateOptions *options, GauthDiagnosticList *result)
{
	memset(result, 0, sizeof(*result));
	memset(validator, 0, sizeof(*validator));
	validator->arena = arena;
	validator->schema = schema;
	validator->options = options;
	validator->result = result;
	validator->steps = options->steps;
	gauth_arena_init(&validator->trees, NULL, 0, arena->source, arena->limit);
	gauth_arena_init(&validator->types, NULL, 0, arena->source, arena->limit);
}

static void
finish(Validator *validator)
{
	gauth_arena_reset(&validator->trees);
	gauth_arena_reset(&validator->types);
	gauth_diagnostic_locate(validator->result, validator->options->source);
}

/*
 * gauth_validate_policies
 *		Validate all policies, templates and links of a list.
 *
 * The result is in "arena"; working memory comes from the arena's source and
 * is given back, so the arena needs one.  The policies are valid when
 * "result" has no errors; warnings do not count.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_validate_policies(GauthArena *arena, const GauthSchema *schema,
						const GauthPolicyList *list,
						const GauthValidateOptions *options,
						GauthDiagnosticList *result, GauthError *err)
{
	Validator	validator;
	const GauthPolicy *policy;
	GauthStatus status = GAUTH_OK;

	begin(&validator, arena, schema, options, result);
	validator.err = err;
	for (policy = list->templates; policy != NULL && status == GAUTH_OK;
		 policy = policy->next)
		status = validate_one(&validator, policy);
	for (policy = list->policies; policy != NULL && status == GAUTH_OK;
		 policy = policy->next)
		status = validate_one(&validator, policy);
	finish(&validator);
	return status;
}

/*
 * gauth_validate_policy
 *		Validate one policy, template or link, as gauth_validate_policies.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_validate_policy(GauthArena *arena, const GauthSchema *schema,
					  const GauthPolicy *policy,
					  const GauthValidateOptions *options,
					  GauthDiagnosticList *result, GauthError *err)
{
	Validator	validator;
	GauthStatus status;

	begin(&validator, arena, schema, options, result);
	validator.err = err;
	status = validate_one(&validator, policy);
	finish(&validator);
	return status;
}
