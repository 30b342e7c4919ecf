/*
 * The OpenID AuthZEN Authorization API 1.0 without its transport, and the dry
 * run of a change of policies.
 */

CREATE FUNCTION gauth.authzen_evaluation(
    request json,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_evaluation'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.authzen_evaluation(json, text) IS
'AuthZEN Access Evaluation: {subject, action, resource, context} to {decision, context}; for holders of "enforcer"; raises 22023, 22P02, 42501, 42704, 54000';

CREATE FUNCTION gauth.authzen_evaluations(
    request json,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_evaluations'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.authzen_evaluations(json, text) IS
'AuthZEN Access Evaluations: several at once, with defaults on top and the semantics execute_all, deny_on_first_deny or permit_on_first_permit; a malformed evaluation among others is denied, with an error in its context; for holders of "enforcer"; raises 22023, 22P02, 42501, 42704, 54000';

CREATE FUNCTION gauth.authzen_search_subject(
    request json,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_search_subject'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.authzen_search_subject(json, text) IS
'AuthZEN Subject Search: who of a type may do the action to the resource, in the order of ids, by pages of 1000 at most; for holders of "enforcer"; raises 22023, 22P02, 42501, 42704, 54000';

CREATE FUNCTION gauth.authzen_search_resource(
    request json,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_search_resource'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.authzen_search_resource(json, text) IS
'AuthZEN Resource Search: to which of a type the subject may do the action, in the order of ids, by pages of 1000 at most; for holders of "enforcer"; raises 22023, 22P02, 42501, 42704, 54000';

CREATE FUNCTION gauth.authzen_search_action(
    request json,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_search_action'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.authzen_search_action(json, text) IS
'AuthZEN Action Search: which actions of the schema, or else of the policies, the subject may do to the resource; for holders of "enforcer"; raises 22023, 22P02, 42501, 42704, 54000';

CREATE FUNCTION gauth.authzen_configuration(
    policy_decision_point text,
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authzen_configuration'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.authzen_configuration(text, text) IS
'what a gateway of that https URL publishes as /.well-known/authzen-configuration; raises 22023, 42704';

CREATE FUNCTION gauth.diff_policies(
    candidate text,
    store text DEFAULT 'default',
    requests jsonb DEFAULT NULL,
    OUT request jsonb,
    OUT before text,
    OUT after text,
    OUT before_determining jsonb,
    OUT after_determining jsonb
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'gauth_sql_diff_policies'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.diff_policies(text, text, jsonb) IS
'a dry run: which requests, an array of {principal, action, resource, context}, would be decided otherwise if these policies replaced the store''s; NULL: those of recorded decisions about the store, the 10,000 newest different ones whose context was recorded as a whole, asked now and with nobody''s token, agents below the mandate that they asked under, as it is now; validated like gauth.put_policies; for administrators of the store; raises 42601, 22023, 42501, 42704';
