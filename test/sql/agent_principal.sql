-- Policies about agents: the principal under a mandate, its ancestors and
-- context.gauth.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_agent_bot;
CREATE ROLE regress_agent_bob;

INSERT INTO gauth.party (party, kind, form, name, identity, version, status,
                         legal_capacity, deceased, created_at, changed_at)
SELECT v.*, '{}'::json, CASE kind WHEN 'agent' THEN '1' END, 'active', true, false, now(), now()
FROM (VALUES ('a_acme', 'organization', 'commercial_enterprise', 'Acme AG'), ('a_mia', 'natural_person', NULL, 'Mia'),
             ('a_ben', 'natural_person', NULL, 'Ben'), ('a_bob', 'natural_person', NULL, 'Bob'),
             ('a_bot', 'agent', 'digital_agent', 'Bot'), ('a_helper', 'agent', 'digital_agent', 'Helper')) v (party, kind, form, name);
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now() FROM unnest(ARRAY['a_mia', 'a_ben', 'a_bob']) p;
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, valid_from)
VALUES ('a_acme', 'a_mia', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, now()),
       ('a_acme', 'a_ben', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'a_mia', now()),
       ('a_acme', 'a_bob', 'resource_owner', 'register_entry', 'HRB 1', 'a_mia', now());
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('a_bot', 'a_acme', 'a_ben', now(), 'a_mia', now(), true), ('a_helper', 'a_acme', 'a_ben', now(), 'a_mia', now(), true);
INSERT INTO gauth.resource_server (server, principal, owner, name, identity, authorized_at, active)
VALUES ('a_erp', 'a_acme', 'a_bob', 'ERP', '{}', now(), true);
SELECT count(gauth.party_identity(party, role::regrole))
FROM (VALUES ('a_ben', current_user), ('a_bob', 'regress_agent_bob'), ('a_bot', 'regress_agent_bot')) v (party, role);
SELECT gauth.add_issuer('https://agent.example', ARRAY['db', 'a_erp'], hosted => true, namespace => 'ag:');
SELECT gauth.create_key('https://agent.example', 'ES256') IS NOT NULL AS created;

-- a mandate in force, and the token about one
CREATE FUNCTION made(agent text) RETURNS text LANGUAGE sql AS $$
    SELECT gauth.activate_mandate(gauth.create_mandate(json_build_object(
        'parties', json_build_object('issuer', 'https://agent.example', 'subject', agent, 'customer_id', 'a_acme',
                                     'project_id', gen_random_uuid(), 'issued_by', 'a_ben', 'approval_chain', '["a_bob"]'::json),
        'scope', '{"governance_profile": "minimal", "phase": "run", "active_modules": [], "allowed_paths": [], "denied_paths": [],
            "core_verbs": {"core.file.read": {"allowed": true}, "core.file.delete": {"allowed": true},
                           "foundry.agent.delegate": {"allowed": true}}}'::json,
        'requirements', '{"approval_mode": "autonomous", "budget": {"total_cents": 1000}, "ttl_seconds": 3600}'::json))
        ->> 'mandate_id') ->> 'mandate_id'
$$;
CREATE FUNCTION token(mandate text) RETURNS text LANGUAGE sql AS $$
    SELECT token FROM gauth.issue_mandate_token(mandate, ARRAY['db'])
$$;
CREATE FUNCTION part(mandate text) RETURNS text LANGUAGE sql AS $$
    SELECT gauth.delegate_mandate(mandate, '{"delegate_agent_id": "a_helper", "budget_cents": 300, "ttl_seconds": 600}') ->> 'mandate_id'
$$;
-- a decision in one line
CREATE FUNCTION ask(action text DEFAULT 'read', store text DEFAULT 'agents', resource text DEFAULT 'Order::"1"')
RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    answer jsonb := gauth.decide(NULL, format('Action::"%s"', action), resource, '{}', store);
BEGIN
    IF answer ->> 'decision' = 'allow'
       IS DISTINCT FROM gauth.is_authorized(NULL, format('Action::"%s"', action), resource, '{}', store) THEN
        RETURN 'decide and is_authorized differ';
    END IF;
    RETURN concat_ws(' ', answer ->> 'decision', answer ->> 'principal', answer ->> 'refusal',
        (SELECT string_agg(d, ',') FROM jsonb_array_elements_text(answer -> 'determining') d));
END $$;

SELECT gauth.create_policy_store('agents');
SELECT gauth.put_schema($$
    entity Clerk;
    entity Order = { total?: Long };
    action "read", "spend", "urn:gauth:verb:core:file:delete" appliesTo {
        principal: [GAuth::Agent, Clerk], resource: Order, context: { gauth: GAuth::Context }
    };
    action "stamp" appliesTo { principal: Clerk, resource: Order, context: { gauth: GAuth::Context } };
    action "plain" appliesTo { principal: GAuth::Agent, resource: Order };
$$, 'agents');
SELECT gauth.create_policy('agents-read', 'permit (principal is GAuth::Agent, action == Action::"read", resource);', store => 'agents');
SELECT gauth.create_policy('clerks', 'permit (principal is Clerk, action, resource);', store => 'agents');
SELECT gauth.create_policy('plain', 'permit (principal is GAuth::Agent, action == Action::"plain", resource);', store => 'agents');

SELECT made('a_bot') AS root \gset
SELECT token(:'root') AS root_token \gset
SELECT part(:'root') AS child \gset
SELECT token(:'child') AS child_token \gset
SELECT token(made('a_bot')) AS another_token \gset
SELECT token AS clerk FROM gauth.issue_token('https://agent.example', 'carl', ARRAY['db'], '1 hour', 'orders') \gset

--
-- who is the principal
--
-- under a mandate the agent, whether or not the issuer's subjects are mapped
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask(), ask('plain') AS without_context, gauth.subject();
SELECT gauth.authenticate(:'clerk');
SELECT ask() AS without_mandate;
SELECT gauth.map_principal('https://agent.example', 'Clerk', store => 'agents');
SELECT ask() AS without_mandate;
SELECT gauth.authenticate(:'root_token');
SELECT ask();
-- the agent is not the subject that its issuer's subjects are
SELECT gauth.is_authorized('Clerk::"ag:a_bot"', 'Action::"read"', 'Order::"1"', '{}', 'agents') AS enforcer_may_ask;
SAVEPOINT s;
SET LOCAL ROLE regress_agent_bot;
SELECT gauth.is_authorized(NULL, 'Action::"read"', 'Order::"1"', '{}', 'agents') AS own;
SELECT gauth.is_authorized('Clerk::"ag:a_bot"', 'Action::"read"', 'Order::"1"', '{}', 'agents');
ROLLBACK TO s;
-- actions that are not for agents: denied, and why
SELECT ask('stamp');
SELECT e ->> 'decision' AS decision, e ->> 'refusal' AS refusal, e ->> 'detail' AS detail
FROM gauth.explain(NULL, 'Action::"stamp"', 'Order::"1"', '{}', 'agents') e;
SELECT gauth.create_policy_store('users'), gauth.put_schema('entity User; action look appliesTo { principal: User, resource: User };', 'users');
SELECT gauth.create_policy('all', 'permit (principal, action, resource);', store => 'users');
SELECT e ->> 'decision' AS decision, e ->> 'refusal' AS refusal, e ->> 'detail' AS detail
FROM gauth.explain(NULL, 'Action::"look"', 'User::"1"', '{}', 'users') e;
-- without a schema policies alone decide
SELECT gauth.create_policy_store('loose', 'cedar');
SELECT ask('any', 'loose');
SELECT gauth.create_policy('agent', 'permit (principal == GAuth::Agent::"a_bot", action, resource);', store => 'loose');
SELECT ask('any', 'loose');
ROLLBACK;

-- from outside nobody names them
BEGIN;
SELECT gauth.authenticate(:'root_token');
SAVEPOINT s;
SELECT gauth.is_authorized('GAuth::Agent::"a_bot"', 'Action::"read"', 'Order::"1"', '{}', 'agents');
ROLLBACK TO s;
SELECT gauth.is_authorized(NULL, 'Action::"read"', format('GAuth::Mandate::"%s"', 'm'), '{}', 'agents');
ROLLBACK TO s;
SELECT gauth.is_authorized(NULL, 'Action::"read"', 'Order::"1"', '{"gauth": {"budget": {"total_cents": 1, "remaining_cents": 1}}}', 'agents');
ROLLBACK TO s;
SELECT gauth.authzen_evaluation('{"subject": {"type": "GAuth::Agent", "id": "a_bot"}, "action": {"name": "read"},
    "resource": {"type": "Order", "id": "1"}}', 'agents');
ROLLBACK;

--
-- mandates as ancestors
--
-- a forbid on a mandate reaches its agent and every delegate, nobody else
SELECT gauth.create_policy('stop', format('forbid (principal in GAuth::Mandate::"%s", action, resource);', :'root'), store => 'agents');
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask() AS root;
SELECT gauth.authenticate(:'child_token');
SELECT ask() AS delegate;
SELECT gauth.authenticate(:'another_token');
SELECT ask() AS another;
-- both with the same agent in one plan: what is remembered is that of the identity
PREPARE may AS SELECT gauth.is_authorized(NULL, 'Action::"read"', 'Order::"1"', '{}', 'agents');
EXECUTE may;
SELECT gauth.authenticate(:'root_token');
EXECUTE may;
DEALLOCATE may;
COMMIT;
-- on the delegate's own it does not climb
SELECT gauth.drop_policy('stop', 'agents');
SELECT gauth.create_policy('stop', format('forbid (principal in GAuth::Mandate::"%s", action, resource);', :'child'), store => 'agents');
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask() AS root;
SELECT gauth.authenticate(:'child_token');
SELECT ask() AS delegate;
-- in parallel workers as well
CREATE TABLE many AS SELECT format('Order::"%s"', n) AS uid FROM generate_series(1, 100) n;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
ALTER TABLE many SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE gauth.is_authorized(NULL, 'Action::"read"', uid, '{}', 'agents');
SELECT count(*) FROM many WHERE gauth.is_authorized(NULL, 'Action::"read"', uid, '{}', 'agents');
SELECT gauth.drop_policy('stop', 'agents');
SELECT count(*) FROM many WHERE gauth.is_authorized(NULL, 'Action::"read"', uid, '{}', 'agents');
ROLLBACK;
SELECT gauth.drop_policy('stop', 'agents');

--
-- context.gauth
--
-- which mandate it is; that its context has the parent among its ancestors
SELECT gauth.create_policy('mandate', format($$
    permit (principal, action == Action::"spend", resource)
    when { context.gauth has mandate && context.gauth.mandate in GAuth::Mandate::"%s" && principal in context.gauth.mandate };
$$, :'root'), store => 'agents');
BEGIN;
SELECT gauth.authenticate(:'child_token');
SELECT ask('spend') AS delegate;
SELECT gauth.authenticate(:'another_token');
SELECT ask('spend') AS another;
ROLLBACK;
SELECT gauth.drop_policy('mandate', 'agents');
-- the budget as it is at each statement, without what is on hold
SELECT gauth.create_policy('budget', $$
    permit (principal, action == Action::"spend", resource)
    when { context.gauth has budget && context.gauth.budget.total_cents == 1000 && context.gauth.budget.remaining_cents == 550 };
$$, store => 'agents');
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask('spend') AS all_but_the_part;
SELECT gauth.report_consumption(:'root', 100, 'r1') IS NOT NULL AS reported;
SELECT ask('spend') AS reported;
SELECT gauth.hold_budget(:'root', 50) IS NOT NULL AS held;
SELECT ask('spend') AS held;
-- without a mandate there is none
SELECT gauth.map_principal('https://agent.example', 'Clerk', store => 'agents');
SELECT gauth.authenticate(:'clerk');
SELECT ask('spend') AS clerk;
ROLLBACK;
SELECT gauth.drop_policy('budget', 'agents');
-- approvals are about one action, and none that has a limit counts without an amount
SELECT gauth.create_policy('approved', $$
    permit (principal, action in [Action::"spend", Action::"urn:gauth:verb:core:file:delete"], resource)
    when { context.gauth has approvals && context.gauth.approvals.contains("a_bob") };
$$, store => 'agents');
SET SESSION AUTHORIZATION regress_agent_bot;
SELECT gauth.request_approval(:'root', '{"verb": "core.file.delete", "resource": "1"}') ->> 'request_id' AS one \gset
SELECT gauth.request_approval(:'root', '{"verb": "core.file.delete", "resource": "2", "amount_cents": 10}') ->> 'request_id' AS limited \gset
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask('urn:gauth:verb:core:file:delete') AS requested;
COMMIT;
SET SESSION AUTHORIZATION regress_agent_bob;
SELECT gauth.approve(:'one') IS NOT NULL AS one, gauth.approve(:'limited') IS NOT NULL AS limited;
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT ask('urn:gauth:verb:core:file:delete') AS approved;
SELECT ask('urn:gauth:verb:core:file:delete', resource => 'Order::"2"') AS limited, ask('spend') AS another_action;
SELECT gauth.authenticate(:'child_token');
SELECT ask('urn:gauth:verb:core:file:delete') AS another_mandate;
ROLLBACK;
SELECT gauth.drop_policy('approved', 'agents');

--
-- a mandate that is not in force: no identity
--
BEGIN;
SELECT gauth.authenticate(:'child_token');
SELECT ask() AS before;
SAVEPOINT s;
ALTER TABLE gauth.mandate DISABLE TRIGGER guard;
UPDATE gauth.mandate SET status = 'SUSPENDED' WHERE id = :'child';
SELECT ask() AS suspended, gauth.subject();
ROLLBACK TO s;
SELECT ask() AS rolled_back;
ALTER TABLE gauth.mandate DISABLE TRIGGER guard;
UPDATE gauth.mandate SET status = 'REVOKED', ended_at = now() WHERE id = :'child';
SELECT ask() AS revoked;
ROLLBACK;

--
-- the scopes of the token, here and in enforcement
--
SELECT project AS project FROM gauth.mandate WHERE id = :'root' \gset
SET SESSION AUTHORIZATION regress_agent_bot;
SELECT gauth.initiate_authorization(json_build_object('scopes', '["core.file.read"]'::json, 'resource_server', 'a_erp',
           'project_id', :'project')) AS granted \gset
SELECT gauth.request_token(json_build_object('grant_id', :'granted'::jsonb -> 'grant_id')) ->> 'token' AS scoped \gset
RESET SESSION AUTHORIZATION;
SELECT gauth.create_policy('scoped', $$
    permit (principal, action == Action::"spend", resource) when { context.gauth.scopes == ["urn:gauth:verb:core:file:read"] };
$$, store => 'agents');
BEGIN;
SELECT gauth.authenticate(:'scoped');
SELECT gauth.scopes(), ask('spend');
SELECT gauth.authenticate(:'root_token');
SELECT gauth.scopes(), ask('spend');
ROLLBACK;
SELECT gauth.put_schema($$
    action "urn:gauth:verb:core:file:read" appliesTo {
        principal: GAuth::Agent, resource: GAuth::Resource, context: { gauth: GAuth::Context }
    };
$$);
SELECT gauth.create_policy('scoped', 'forbid (principal, action, resource) unless { context.gauth.scopes.contains("urn:gauth:verb:core:file:read") };');
CREATE FUNCTION enforced(credential json) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', e ->> 'decision', e ->> 'error_code', (SELECT string_agg(v ->> 'code', ' ') FROM jsonb_array_elements(e -> 'violations') v))
    FROM gauth.enforce(json_build_object('request_id', 'q', 'timestamp', '2026-04-09T10:00:00Z',
        'action', '{"verb": "core.file.read", "resource": "a", "resource_type": "file"}'::json,
        'agent', '{"agent_id": "a_bot"}'::json, 'credential', credential)) e
$$;
SELECT enforced(json_build_object('format', 'jwt', 'token', :'scoped')) AS scoped,
       enforced(json_build_object('format', 'jwt', 'token', :'root_token')) AS without,
       enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS named;
BEGIN;
SELECT gauth.authenticate(:'scoped');
SELECT enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS own;
SET LOCAL ROLE regress_agent_bot;
SELECT gauth.enforce(json_build_object('request_id', 'q', 'timestamp', '2026-04-09T10:00:00Z',
        'action', '{"verb": "core.file.read", "resource": "a", "resource_type": "file"}'::json,
        'agent', '{"agent_id": "a_bot"}'::json, 'credential', json_build_object('format', 'jwt', 'mandate_id', :'root')))
       ->> 'decision' AS own;
RESET ROLE;
SELECT gauth.authenticate(:'root_token');
SELECT enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS without;
ROLLBACK;

--
-- the subject is the namespaced one, here and in enforcement
--
SELECT gauth.drop_policy('scoped');
SELECT gauth.create_policy('subject', 'forbid (principal, action, resource) unless { context.gauth.subject == "ag:a_bot" };');
SELECT gauth.create_policy('subject', $$
    permit (principal, action == Action::"spend", resource) when { context.gauth.subject == "ag:a_bot" };
$$, store => 'agents');
SELECT enforced(json_build_object('format', 'jwt', 'token', :'root_token')) AS token,
       enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS named;
BEGIN;
SELECT gauth.authenticate(:'root_token');
SELECT gauth.subject(), ask('spend'), enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS own;
ROLLBACK;
-- nobody: where another issuer's namespace begins in it, where its issuer is not known
SELECT gauth.replace_policy('subject', 'forbid (principal, action, resource) unless { context.gauth.subject == "" };');
SELECT enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS somebody;
BEGIN;
SELECT gauth.add_issuer('https://other.agent.example', ARRAY['db'], namespace => 'ag:a_');
SELECT enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS reaches;
ROLLBACK;
BEGIN;
SELECT gauth.drop_issuer('https://agent.example');
SELECT enforced(json_build_object('format', 'jwt', 'mandate_id', :'root')) AS not_known;
ROLLBACK;

--
-- a dry run asks again what agents asked, below the mandate of then
--
CREATE FUNCTION dry(candidate text, root text, child text) RETURNS TABLE (asked text, mandate text, before text, after text) LANGUAGE sql AS $$
    SELECT concat_ws(' ', d.request ->> 'principal', d.request ->> 'action', d.request ->> 'resource'),
           CASE d.request ->> 'mandate' WHEN root THEN 'root' WHEN child THEN 'child' ELSE 'another' END,
           d.before, d.after
    FROM gauth.diff_policies(candidate, 'agents') d WHERE d.request ->> 'principal' LIKE 'GAuth%' ORDER BY 1, 2
$$;
SELECT * FROM dry('', :'root', :'child');
-- who is below a mandate
SELECT * FROM dry(format($$
    permit (principal is GAuth::Agent, action == Action::"read", resource);
    permit (principal is GAuth::Agent, action == Action::"plain", resource);
    forbid (principal in GAuth::Mandate::"%s", action, resource);
$$, :'root'), :'root', :'child');
-- its budget and its approvals as they are; a mandate that is over is one all the same
BEGIN;
SELECT gauth.revoke_mandate(:'root', 'over') ->> 'status' AS status;
SELECT * FROM dry($$
    permit (principal is GAuth::Agent, action == Action::"read", resource);
    permit (principal is GAuth::Agent, action == Action::"plain", resource);
    permit (principal, action == Action::"spend", resource) when { context.gauth has budget && context.gauth.budget.remaining_cents == 700 };
    permit (principal, action == Action::"urn:gauth:verb:core:file:delete", resource)
    when { context.gauth has approvals && context.gauth.approvals.contains("a_bob") };
$$, :'root', :'child');
ROLLBACK;
-- from outside nobody names them here either
SELECT gauth.diff_policies('', 'agents', jsonb_build_array(jsonb_build_object('principal', 'GAuth::Agent::"a_bot"',
    'mandate', :'root', 'action', 'Action::"read"', 'resource', 'Order::"1"')));

DELETE FROM gauth.policy_store WHERE store IN ('agents', 'default');
DELETE FROM gauth.policy_history;
\getenv tests PG_ABS_SRCDIR
\set no_parties :tests '/sql/common/no_parties.sql'
\i :no_parties
DELETE FROM gauth.token WHERE issuer = 'https://agent.example';
SELECT gauth.drop_issuer('https://agent.example');
DROP FUNCTION made, token, part, ask, enforced, dry;
DROP ROLE regress_agent_bot, regress_agent_bob;
