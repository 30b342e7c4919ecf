-- The AuthZEN API: shapes, semantics, pages, errors, and who may ask.
SELECT gauth.create_policy_store('pdp', 'cedar');
SELECT gauth.put_policies($$
@id("read") @reason_user("Readers may read.")
permit (principal is user, action == Action::"read", resource is record);
@id("soft") permit (principal == user::"alice", action == Action::"delete", resource)
  when { context has action && context.action has soft && context.action.soft };
@id("archived") @reason_user("The record is archived.")
@obligation("{\"id\": \"log-1\", \"type\": \"logging\", \"properties\": {\"level\": 1}}")
@advice("ask the archivist")
forbid (principal, action, resource is record)
  when { resource has status && resource.status == "archived" }
  unless { principal has role && principal.role == "admin" };
@id("watched") @obligation("watermark")
permit (principal, action == Action::"print", resource);
@id("self") permit (principal, action == Action::"show", resource)
  when { principal == resource && principal has mood && principal.mood == "good" };
$$, 'pdp');
SELECT gauth.put_entities('[
    {"uid": {"type": "user", "id": "alice"}},
    {"uid": {"type": "user", "id": "bob"}, "attrs": {"role": "admin"}},
    {"uid": {"type": "record", "id": "r1"}, "attrs": {"status": "active"}},
    {"uid": {"type": "record", "id": "r2"}, "attrs": {"status": "archived"}},
    {"uid": {"type": "record", "id": "r3"}},
    {"uid": {"type": "record", "id": "ä\"\\"}}]', 'pdp');
SELECT gauth.allow_request_attribute(type, attribute, store => 'pdp')
FROM (VALUES ('record', 'status'), ('user', 'role'), ('user', 'mood'))
     AS a (type, attribute);

-- no policy by its name for who is no administrator
CREATE ROLE regress_authzen_gateway;
CREATE ROLE regress_authzen_stranger;
SELECT gauth.grant_access('regress_authzen_gateway', 'enforcer');
SET ROLE regress_authzen_gateway;
CREATE TEMPORARY VIEW asked (name, body) AS VALUES
    ('permit', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}}'::text),
    ('forbid', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r2"}}'),
    ('overlay', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1", "properties": {"status": "archived"}}}'),
    ('overlay of the subject', '{"subject": {"type": "user", "id": "alice", "properties": {"role": "admin"}}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r2"}}'),
    ('not allowed to bring', '{"subject": {"type": "user", "id": "alice", "properties": {"rank": 1}}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1", "properties": {"owner": null}}}'),
    ('default deny', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "write"}, "resource": {"type": "record", "id": "r1"}}'),
    ('action properties', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "delete", "properties": {"soft": true}}, "resource": {"type": "record", "id": "r1"}}'),
    ('other action properties', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "delete", "properties": {"soft": false}}, "resource": {"type": "record", "id": "r1"}}'),
    ('obligation in words', '{"subject": {"type": "user", "id": "alice"}, "action": {"name": "print"}, "resource": {"type": "record", "id": "r1"}}'),
    ('one entity in both parts', '{"subject": {"type": "user", "id": "alice", "properties": {"mood": "good"}}, "action": {"name": "show"}, "resource": {"type": "user", "id": "alice", "properties": {"role": "x"}}}'),
    ('unknown members', '{"subject": {"type": "user", "id": "alice", "x": 1}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}, "foo": {"bar": []}, "context": {"time": "now", "none": null}}');
SELECT name, jsonb_pretty(gauth.authzen_evaluation(body::json, 'pdp')) FROM asked;

-- the administrator learns which policies
RESET ROLE;
SELECT jsonb_pretty(gauth.authzen_evaluation(body::json, 'pdp')) FROM asked
WHERE name IN ('forbid', 'default deny');
SET ROLE regress_authzen_gateway;

-- several at once
CREATE TEMPORARY VIEW batch (body) AS VALUES ('{
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "read"},
    "evaluations": [
        {"resource": {"type": "record", "id": "r1"}},
        {"resource": {"type": "record", "id": "r2"}},
        {},
        17,
        {"resource": {"type": "record", "id": "r1"}, "context": {"gauth": {}}},
        {"resource": {"type": "record", "id": "r2"}, "subject": {"type": "user", "id": "bob"}}
    ]}'::jsonb);
SELECT s AS semantic, e.n, e.evaluation
FROM batch,
     unnest(ARRAY[NULL, 'execute_all', 'deny_on_first_deny', 'permit_on_first_permit']) AS s,
     jsonb_array_elements(gauth.authzen_evaluations(
         (body || CASE WHEN s IS NULL THEN '{}' ELSE jsonb_build_object(
             'options', jsonb_build_object('evaluations_semantic', s)) END)::json,
         'pdp') -> 'evaluations') WITH ORDINALITY AS e (evaluation, n);
SELECT gauth.authzen_evaluations(body::json, 'pdp') FROM asked WHERE name = 'permit';
SELECT gauth.authzen_evaluations((body::jsonb || '{"evaluations": []}')::json, 'pdp')
FROM asked WHERE name = 'permit';
SELECT gauth.authzen_evaluations(json_build_object('evaluations',
    (SELECT json_agg('{}'::json) FROM generate_series(1, 1001))), 'pdp');

-- searches, by pages
SELECT gauth.authzen_search_resource('{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record"}}', 'pdp');
SELECT gauth.authzen_search_subject('{"subject": {"type": "user", "id": "ignored"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r2"}}', 'pdp');
SELECT gauth.authzen_search_action('{"subject": {"type": "user", "id": "alice"}, "resource": {"type": "record", "id": "r1"}}', 'pdp');
SELECT gauth.authzen_search_resource('{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "starship"}}', 'pdp');
CREATE TEMPORARY VIEW searched (body) AS VALUES ('{"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record"}}'::jsonb);
WITH RECURSIVE page (n, answer) AS (
    SELECT 1, gauth.authzen_search_resource((body || '{"page": {"limit": 1}}')::json, 'pdp') FROM searched
    UNION ALL
    SELECT n + 1, gauth.authzen_search_resource((body || jsonb_build_object('page',
        jsonb_build_object('token', answer #> '{page,next_token}')))::json, 'pdp')
    FROM page, searched WHERE answer #>> '{page,next_token}' <> '' AND n < 9)
SELECT n, answer -> 'results' AS results, answer #> '{page,count}' AS count,
       answer #>> '{page,next_token}' = '' AS last
FROM page;
SELECT gauth.authzen_search_resource((body || '{"page": {"limit": 0}}')::json, 'pdp') -> 'results' FROM searched;
SELECT gauth.authzen_search_resource((body || '{"page": {"limit": 99, "token": ""}}')::json, 'pdp') -> 'page' FROM searched;

-- a token belongs to one search, with one limit
SELECT gauth.authzen_search_resource((body || '{"page": {"limit": 2}}')::json, 'pdp')
       #>> '{page,next_token}' AS token FROM searched \gset
SELECT gauth.authzen_search_resource((body || '{"action": {"name": "print"}}' || jsonb_build_object('page', jsonb_build_object('token', :'token')))::json, 'pdp') FROM searched;
SELECT gauth.authzen_search_resource((body || jsonb_build_object('page', jsonb_build_object('token', :'token', 'limit', 3)))::json, 'pdp') FROM searched;
SELECT gauth.authzen_search_resource((body || jsonb_build_object('page', jsonb_build_object('token', 'x' || :'token')))::json, 'pdp') FROM searched;
SELECT gauth.authzen_search_resource((body || '{"page": {"token": 5}}')::json, 'pdp') FROM searched;
SELECT gauth.authzen_search_resource((body || '{"page": {"limit": -1}}')::json, 'pdp') FROM searched;
SELECT gauth.authzen_search_resource((body || '{"page": []}')::json, 'pdp') FROM searched;

-- what a gateway answers 400 to
SELECT gauth.authzen_evaluation('{"action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}}', 'pdp');
SELECT gauth.authzen_evaluation('[]', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": "alice"}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "user", "id": 5}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "no name", "id": "x"}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "GAuth::Agent", "id": "x"}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "user", "id": "x", "properties": {"role": 0.5}}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "user", "id": "x", "properties": {"role": [{"__entity": {"type": "GAuth::Mandate", "id": "m"}}]}}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "user", "id": "x"}, "action": {"name": "read", "properties": {}}, "resource": {"type": "record", "id": "r1"}, "context": {"action": 1}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "user", "id": "x"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "r1"}, "context": {"gauth": 1}}', 'pdp');
SELECT gauth.authzen_evaluation('{"subject": {}, "subject": {}}', 'pdp');
SELECT gauth.authzen_evaluations('{"evaluations": {}}', 'pdp');
SELECT gauth.authzen_evaluations('{"options": {"evaluations_semantic": "maybe"}}', 'pdp');
SELECT gauth.authzen_evaluations('{"subject": 5, "evaluations": [{}]}', 'pdp');
SELECT gauth.authzen_evaluation(NULL, 'pdp');
SELECT gauth.authzen_evaluation('{}', NULL);
SELECT gauth.authzen_evaluation('{}', 'nowhere');

-- metadata
SELECT jsonb_pretty(gauth.authzen_configuration('https://pdp.example.com/tenant1', 'pdp'));
SELECT gauth.authzen_configuration('http://pdp.example.com', 'pdp');
SELECT gauth.authzen_configuration('https://pdp.example.com/?x', 'pdp');
SELECT gauth.authzen_configuration('https://', 'pdp');
SELECT gauth.authzen_configuration('https://pdp.example.com', 'nowhere');

-- everybody else may not ask at all
SET ROLE regress_authzen_stranger;
SELECT gauth.authzen_evaluation('{}', 'pdp');
SELECT gauth.authzen_search_action('{}', 'pdp');
RESET ROLE;

-- a strict store with a namespace: actions by their only name, what the
-- schema does not know is left out, values have the types of the schema
SELECT gauth.create_policy_store('strict_pdp');
SELECT gauth.authzen_evaluation('{"subject": {"type": "App::User", "id": "a"}, "action": {"name": "view"}, "resource": {"type": "App::Doc", "id": "d"}}', 'strict_pdp') #> '{context,error}';
SELECT gauth.authzen_search_action('{"subject": {"type": "App::User", "id": "a"}, "resource": {"type": "App::Doc", "id": "d"}}', 'strict_pdp');
SELECT gauth.put_schema($$
namespace App {
    entity Level enum ["low", "high"];
    entity User { since?: datetime };
    entity Doc { level: Level };
    action view, "edit it" appliesTo {
        principal: User, resource: Doc, context: { action?: { deep?: Long } }
    };
    action rate appliesTo { principal: User, resource: Level };
}
$$, 'strict_pdp');
SELECT gauth.put_policies($$
@id("view") permit (principal is App::User, action == App::Action::"view", resource)
  unless { context has action && context.action has deep };
@id("old") permit (principal, action == App::Action::"edit it", resource)
  when { principal has since && principal.since < datetime("2020-01-01") };
@id("rate") permit (principal, action == App::Action::"rate", resource == App::Level::"low");
$$, 'strict_pdp');
SELECT gauth.put_entities('[
    {"uid": "App::User::\"a\""},
    {"uid": "App::Doc::\"d\"", "attrs": {"level": {"type": "App::Level", "id": "low"}}}]', 'strict_pdp');
SELECT gauth.allow_request_attribute('App::User', 'since', store => 'strict_pdp');
SET ROLE regress_authzen_gateway;
SELECT gauth.authzen_evaluation(body::json, 'strict_pdp')
FROM (VALUES
    ('{"subject": {"type": "App::User", "id": "a", "properties": {"weight": 80.5}}, "action": {"name": "view", "properties": {"method": "GET"}}, "resource": {"type": "App::Doc", "id": "d"}, "context": {"time": 1.5}}'),
    ('{"subject": {"type": "App::User", "id": "a"}, "action": {"name": "view", "properties": {"deep": 1}}, "resource": {"type": "App::Doc", "id": "d"}}'),
    ('{"subject": {"type": "App::User", "id": "a", "properties": {"since": "2001-01-01"}}, "action": {"name": "edit it"}, "resource": {"type": "App::Doc", "id": "d"}}'),
    ('{"subject": {"type": "App::User", "id": "a", "properties": {"since": "2021-01-01"}}, "action": {"name": "edit it"}, "resource": {"type": "App::Doc", "id": "d"}}'),
    ('{"subject": {"type": "App::User", "id": "a"}, "action": {"name": "fly"}, "resource": {"type": "App::Doc", "id": "d"}}'))
    AS r (body);
SELECT gauth.authzen_search_action('{"subject": {"type": "App::User", "id": "a", "properties": {"since": "2001-01-01"}}, "resource": {"type": "App::Doc", "id": "d"}, "context": {"time": 1.5}}', 'strict_pdp');
SELECT gauth.authzen_search_resource('{"subject": {"type": "App::User", "id": "a"}, "action": {"name": "rate"}, "resource": {"type": "App::Level"}}', 'strict_pdp');
RESET ROLE;

-- searches run in parallel workers, evaluations do not
SELECT proname, provolatile, proparallel FROM pg_proc
WHERE pronamespace = 'gauth'::regnamespace AND proname ~ '^authzen_' ORDER BY proname;

SELECT gauth.revoke_access('regress_authzen_gateway', 'enforcer');
DROP VIEW asked, batch, searched;
DROP ROLE regress_authzen_gateway, regress_authzen_stranger;
DELETE FROM gauth.policy_store WHERE store IN ('pdp', 'strict_pdp');
