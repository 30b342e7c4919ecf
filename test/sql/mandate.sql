-- Mandates: the management of RFC 0118.  Two sessions at once are in
-- test/specs/mandate_*.spec, crashes, load and dumps in test/t/06*.pl.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_mandate_alice;
CREATE ROLE regress_mandate_bob;
CREATE ROLE regress_mandate_carol;
CREATE ROLE regress_mandate_eve;
CREATE ROLE regress_mandate_agent;
CREATE ROLE regress_mandate_helper;
CREATE ROLE regress_mandate_pep;
CREATE ROLE regress_mandate_auditor;
CREATE ROLE regress_mandate_nobody;

-- alice gives power, bob and carol approve, eve is a stranger, and the
-- session itself acts as alice
DO $$ BEGIN
    PERFORM gauth.register_party(json_build_object('id', who, 'kind', 'natural_person', 'name', who))
    FROM unnest(ARRAY['alice', 'bob', 'carol', 'eve']) who;
    PERFORM gauth.register_party(json_build_object('id', who, 'kind', 'agent', 'form', 'llm', 'name', who, 'version', '1'))
    FROM unnest(ARRAY['agent', 'helper', 'third']) who;
    PERFORM gauth.party_identity(who, ('regress_mandate_' || who)::regrole)
    FROM unnest(ARRAY['alice', 'bob', 'carol', 'eve', 'agent', 'helper']) who;
    PERFORM gauth.party_identity('alice', current_user::regrole);
    PERFORM gauth.grant_access('regress_mandate_pep', 'enforcer');
    PERFORM gauth.grant_access('regress_mandate_auditor', 'auditor');
END $$;

-- a good request, with what "changes" puts in its place
CREATE FUNCTION doc(changes jsonb DEFAULT '{}', project text DEFAULT 'p') RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    request jsonb := jsonb_build_object(
        'parties', jsonb_build_object('subject', 'agent', 'customer_id', 'acme', 'project_id', project,
                                      'issued_by', 'alice', 'approval_chain', '["bob", "carol"]'::jsonb),
        'scope', '{"governance_profile": "minimal", "phase": "build",
            "core_verbs": {"foundry.file.modify": {"allowed": true, "cost_cents_base": 1},
                           "foundry.agent.delegate": {"allowed": true}},
            "active_modules": ["m1"], "allowed_paths": ["src/", "test/"], "denied_paths": [".env"],
            "platform_permissions": {"database": {"read": true}}}'::jsonb,
        'requirements', '{"approval_mode": "autonomous", "budget": {"total_cents": 10000}, "ttl_seconds": 3600}'::jsonb);
    path text;
    value jsonb;
BEGIN
    FOR path, value IN SELECT * FROM jsonb_each(changes) LOOP
        IF value = '"-"' THEN
            request := request #- string_to_array(path, '/');
        ELSE
            request := jsonb_set(request, string_to_array(path, '/'), value);
        END IF;
    END LOOP;
    RETURN request;
END $$;

-- a mandate of its own project in force
CREATE FUNCTION made(project text, changes jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT gauth.activate_mandate(gauth.create_mandate(doc(changes, project)) ->> 'mandate_id') ->> 'mandate_id'
$$;

-- what a statement comes to when this role runs it; nothing of it stays
CREATE FUNCTION try(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
BEGIN
    PERFORM set_config('session_authorization', who, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'XX999';
EXCEPTION
    WHEN SQLSTATE 'XX999' THEN
        RETURN 'ok';
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL;
        RETURN coalesce(CASE SQLSTATE WHEN 'ZG004' THEN code END, SQLSTATE || ': ' || SQLERRM);
END $$;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE sql AS
$$ SELECT try(current_user, statement) $$;

-- the events of a mandate in short
CREATE FUNCTION events(mandate text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(event || coalesce(' (' || reason || ')', ''), ', ' ORDER BY sequence)
    FROM gauth.mandate_history h WHERE h.mandate = events.mandate
$$;

-- E-01: every operation of RFC 0118 section 11.1
SELECT o.name, count(p.oid) FROM unnest(ARRAY[
    'create_mandate', 'update_mandate', 'activate_mandate', 'suspend_mandate', 'resume_mandate', 'revoke_mandate',
    'delete_mandate', 'mandate', 'mandates', 'mandate_history', 'increase_budget', 'report_consumption',
    'mandate_budget', 'extend_ttl', 'delegate_mandate', 'delegation_chain', 'governance_profiles', 'health']) o (name)
LEFT JOIN pg_proc p ON p.proname = o.name AND p.pronamespace = 'gauth'::regnamespace
GROUP BY o.name ORDER BY o.name COLLATE "C";

--
-- drafting
--
-- E-02, CT-MGMT-001: a draft has three hashes and an unpredictable id
SELECT gauth.create_mandate(doc()) AS made \gset
SELECT m ->> 'mandate_id' ~ '^mdt_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' AS id_is_random,
       m -> 'accepted' AS accepted, m ->> 'status' AS status, m ->> 'schema_version' AS schema_version,
       m ->> 'scope_checksum' = gauth.scope_checksum(doc() -> 'scope') AS scope_checksum,
       m ->> 'tool_permissions_hash' AS tools, m ->> 'platform_permissions_hash' AS platform,
       m -> 'budget_state' AS budget, m -> 'activated_at' AS activated
FROM (SELECT :'made'::jsonb) AS made (m);
SELECT :'made'::jsonb ->> 'mandate_id' AS draft \gset
SELECT events(:'draft');
CREATE TEMPORARY TABLE ids AS SELECT i, gauth.create_mandate(doc()) ->> 'mandate_id' AS id FROM generate_series(1, 300) i;
SELECT count(DISTINCT id), abs(corr(i, ('x' || substr(id, 5, 7))::bit(28)::int)) < 0.4 AS no_order FROM ids;
SELECT count(gauth.delete_mandate(id)) FROM ids;

-- E-03: one mistake in each stage: all three are told, nothing is stored
SELECT count(*) AS before FROM gauth.mandate \gset
SELECT r -> 'accepted' AS accepted, r ->> 'code' AS code, jsonb_array_length(r -> 'schema_errors') AS schema,
       jsonb_array_length(r -> 'ceiling_violations') AS ceilings, jsonb_array_length(r -> 'consistency_errors') AS consistency,
       r -> 'mandate_id' AS id
FROM gauth.create_mandate(doc('{"parties/customer_id": "-", "scope/governance_profile": "standard",
    "scope/platform_permissions/deployment": {"auto_deploy": true}, "requirements/approval_mode": "supervised",
    "scope/denied_paths": ["src/"]}')) r;
SELECT count(*) - :before AS stored FROM gauth.mandate;

-- E-04: fourteen ceilings of five profiles: at the limit accepted, beyond it refused, where there is a limit
CREATE TABLE ceiling (attribute text, path text, at jsonb, beyond jsonb);
INSERT INTO ceiling VALUES
    ('deployment targets', 'scope/platform_permissions/deployment/targets',
     '[["dev", "staging", "prod"], ["dev", "staging"], ["staging"], ["staging"], ["staging"]]',
     '[null, ["prod"], ["dev"], ["dev"], ["dev", "staging"]]'),
    ('auto-deploy', 'scope/platform_permissions/deployment/auto_deploy', '[true, false, false, false, false]', '[null, true, true, true, true]'),
    ('database write', 'scope/platform_permissions/database/write', '[true, true, true, false, false]', '[null, null, null, true, true]'),
    ('database migration', 'scope/platform_permissions/database/migrate', '[true, false, false, false, false]', '[null, true, true, true, true]'),
    ('database production', 'scope/platform_permissions/database/production_access', '[true, false, false, false, false]', '[null, true, true, true, true]'),
    ('shell mode', 'scope/platform_permissions/shell/mode', '["any", "denylist", "allowlist", "allowlist", "allowlist"]',
     '[null, "any", "denylist", "denylist", "any"]'),
    ('audited packages', 'scope/platform_permissions/packages/verified_only', '[false, false, true, true, true]', '[null, null, false, false, false]'),
    ('secrets read', 'scope/platform_permissions/secrets/read', '[true, true, true, false, false]', '[null, null, null, true, true]'),
    ('secrets create', 'scope/platform_permissions/secrets/create', '[true, false, false, false, false]', '[null, true, true, true, true]'),
    ('agent delegation', 'scope/core_verbs/foundry.agent.delegate',
     '[{"allowed": true}, {"allowed": true, "constraints": {"max_delegation_depth": 1}}, {"allowed": true, "constraints": {"max_delegation_depth": 1}},
       {"allowed": false}, {"allowed": false}]',
     '[null, {"allowed": true, "constraints": {"max_delegation_depth": 2}}, {"allowed": true, "constraints": {"max_delegation_depth": 2}},
       {"allowed": true}, {"allowed": true}]'),
    ('approval', 'requirements/approval_mode', '["autonomous", "supervised", "supervised", "supervised", "four-eyes"]',
     '[null, "autonomous", "autonomous", "autonomous", "supervised"]'),
    ('session minutes', 'requirements/session_limits/max_session_duration_minutes', '[100000, 240, 120, 60, 30]', '[null, 241, 121, 61, 31]'),
    ('tool calls', 'requirements/session_limits/max_tool_calls', '[100000, 500, 200, 100, 100]', '[null, 501, 201, 101, 101]'),
    ('lines per commit', 'requirements/session_limits/max_lines_per_commit', '[100000, 500, 200, 100, 100]', '[null, 501, 201, 101, 101]');
CREATE FUNCTION below(profile text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('scope/governance_profile', profile, 'scope/core_verbs/foundry.agent.delegate', '-',
        'scope/platform_permissions', '{"deployment": {}, "database": {}, "shell": {"allowlist": [], "denylist": []}, "packages": {}, "secrets": {}}'::jsonb,
        'requirements/session_limits', '{}'::jsonb,
        'requirements/approval_mode', CASE profile WHEN 'behoerde' THEN 'four-eyes' ELSE 'supervised' END)
$$;
WITH tried AS (
    SELECT c.attribute, p.n, p.profile, c.beyond -> (p.n::int - 1) <> 'null' AS limited,
           gauth.create_mandate(doc(below(p.profile) || jsonb_build_object(c.path, c.at -> (p.n::int - 1)))) AS at,
           gauth.create_mandate(doc(below(p.profile) || jsonb_build_object(c.path,
               coalesce(nullif(c.beyond -> (p.n::int - 1), 'null'), c.at -> (p.n::int - 1))))) AS beyond
    FROM ceiling c, unnest(ARRAY['minimal', 'standard', 'strict', 'enterprise', 'behoerde']) WITH ORDINALITY p (profile, n))
SELECT profile, count(*) AS attributes, count(*) FILTER (WHERE at -> 'accepted' = 'true') AS accepted_at,
       count(*) FILTER (WHERE limited) AS limited,
       count(*) FILTER (WHERE limited AND beyond ->> 'code' = 'CEILING_VIOLATION'
                        AND jsonb_array_length(beyond -> 'ceiling_violations') = 1) AS refused_beyond
FROM tried GROUP BY profile, n ORDER BY n;

-- E-05: three violations are three entries, and there is no way around them
SELECT v ->> 'code' AS code, v ->> 'path' AS path
FROM jsonb_array_elements(gauth.create_mandate(doc('{"scope/governance_profile": "behoerde",
    "requirements/approval_mode": "four-eyes", "scope/core_verbs/foundry.agent.delegate": "-",
    "scope/platform_permissions": {"deployment": {"auto_deploy": true, "targets": ["prod"]}, "secrets": {"read": true}}}'))
    -> 'ceiling_violations') v;

-- E-06: C-1 to C-6
SELECT gauth.configure('known_modules', '["m0", "m1"]');
SELECT c ->> 'code' AS code, e ->> 'code' AS error, e ->> 'path' AS path
FROM unnest(ARRAY[
    '{"requirements/approval_mode": "four-eyes", "parties/approval_chain": ["bob"]}',
    '{"requirements/approval_mode": "four-eyes", "parties/approval_chain": ["bob", "bob"]}',
    '{"scope/denied_paths": ["test/"]}',
    '{"requirements/budget/total_cents": -1}',
    '{"requirements/ttl_seconds": 59}',
    '{"scope/active_modules": ["m1", "m2"]}',
    '{"delegation_chain": [{"delegator": "agent", "delegate": "helper", "scope_restriction": {"allowed_paths": ["docs/"]}}]}']::jsonb[]) WITH ORDINALITY AS d (changes, n),
    gauth.create_mandate(doc(changes)) c
    LEFT JOIN LATERAL jsonb_array_elements(c -> 'schema_errors' || (c -> 'consistency_errors')) e ON true
ORDER BY n, 3;
SELECT gauth.configure('known_modules', NULL);
SELECT gauth.create_mandate(doc('{"requirements/budget/total_cents": 0, "requirements/ttl_seconds": 60}')) -> 'accepted' AS accepted;

-- E-43: what cannot be validated is not stored
SELECT count(*) AS before FROM gauth.mandate \gset
INSERT INTO gauth.setting VALUES ('known_modules', '', '5');
SELECT refused('SELECT gauth.create_mandate(doc())');
UPDATE gauth.setting SET value = '[1]' WHERE name = 'known_modules';
SELECT refused('SELECT gauth.create_mandate(doc())'), refused(format('SELECT gauth.activate_mandate(%L)', :'draft'));
DELETE FROM gauth.setting WHERE name = 'known_modules';
SELECT count(*) - :before AS stored FROM gauth.mandate;
-- nor is a document used that somebody has changed behind our back
BEGIN;
ALTER TABLE gauth.mandate DISABLE TRIGGER guard;
UPDATE gauth.mandate SET document = replace(document::text, '10000', '99999')::json WHERE id = :'draft';
SELECT refused(format('SELECT gauth.activate_mandate(%L)', :'draft'));
SELECT finding FROM gauth.lint_mandates() WHERE object = :'draft';
UPDATE gauth.mandate SET document_hash = sha256('') WHERE id = :'draft';
SELECT refused(format('SELECT gauth.mandate(%L)', :'draft'));
UPDATE gauth.mandate SET budget_remaining = 1, status = 'ACTIVE', activated_at = now(), expires_at = now() + interval '1 hour'
WHERE id = :'draft';
SELECT finding FROM gauth.lint_mandates() WHERE object = :'draft' ORDER BY finding COLLATE "C";
ROLLBACK;

-- E-07: a profile that does not exist
SELECT r ->> 'code' AS code, r -> 'schema_errors' -> 0 ->> 'path' AS schema, r -> 'ceiling_violations' -> 0 ->> 'code' AS ceiling
FROM gauth.create_mandate(doc('{"scope/governance_profile": "royal"}')) r;

-- E-36: who gives the power is who acts, never an argument
SELECT refused($$SELECT gauth.create_mandate(doc('{"parties/issued_by": "bob"}'))$$);
SELECT try('regress_mandate_bob', $$SELECT gauth.create_mandate(doc('{"parties/issued_by": "bob"}'))$$);
SELECT try('regress_mandate_agent', $$SELECT gauth.create_mandate(doc('{"parties/issued_by": "agent"}'))$$);
SELECT try('regress_mandate_nobody', $$SELECT gauth.create_mandate(doc())$$);
SELECT performed_by, role = current_user AS own_role FROM gauth.mandate_history WHERE mandate = :'draft';

-- who acts under a token is who the token is about, whatever role has logged in
SELECT gauth.add_issuer('https://mandate.example', ARRAY['db'], hosted => true, namespace => 'mandate:');
SELECT gauth.create_key('https://mandate.example', 'EdDSA') IS NOT NULL AS created;
SELECT gauth.party_identity('bob', 'https://mandate.example', 'robert');
SELECT token AS robert FROM gauth.issue_token('https://mandate.example', 'robert', ARRAY['db'], '1 hour') \gset
SELECT token AS nobody FROM gauth.issue_token('https://mandate.example', 'nobody', ARRAY['db'], '1 hour') \gset
BEGIN;
SELECT gauth.authenticate(:'robert') IS NOT NULL AS authenticated;
SELECT refused('SELECT gauth.create_mandate(doc())') AS as_alice;
SELECT gauth.create_mandate(doc('{"parties/issued_by": "bob"}')) ->> 'mandate_id' AS robs \gset
SELECT performed_by, role = current_user AS own_role FROM gauth.mandate_history WHERE mandate = :'robs';
ROLLBACK;
BEGIN;
SELECT gauth.authenticate(:'nobody') IS NOT NULL AS authenticated;
SELECT refused('SELECT gauth.create_mandate(doc())') AS as_alice;
ROLLBACK;

-- E-44: huge, deep, hostile
SELECT refused(format('SELECT gauth.create_mandate(%L)', doc(jsonb_build_object('parties/subject', repeat('x', 1000000)))));
SELECT gauth.create_mandate(doc(jsonb_build_object('parties/subject', repeat('x', 2000)))) ->> 'code' AS code;
SELECT gauth.create_mandate(doc(jsonb_build_object('scope/allowed_paths', jsonb_build_array(p)))) ->> 'code' AS code
FROM unnest(ARRAY['../secrets', 'a//b', 'a\b', repeat('**/', 300) || 'x', '']) p;
SELECT refused(format('SELECT gauth.create_mandate(%L)', repeat('[', 1000) || repeat(']', 1000)));
SELECT refused($$SELECT gauth.create_mandate('{"parties": {}, "parties": {}}')$$);
SELECT gauth.create_mandate('[]') ->> 'code' AS code, gauth.create_mandate('{}') ->> 'code' AS code;
SELECT refused(format('SELECT gauth.suspend_mandate(%L, %L)', :'draft', repeat('x', 2001)));
SELECT refused(format('SELECT gauth.revoke_mandate(%L, %L)', :'draft', ''));
SELECT refused($$SELECT gauth.activate_mandate('mdt_none')$$), refused($$SELECT gauth.mandate('')$$);
SELECT gauth.activate_mandate(NULL), gauth.create_mandate(NULL);

-- E-35, A-23: a draft gets other documents, and each one is in its history
SELECT gauth.update_mandate(:'draft', doc('{"scope/governance_profile": "strict",
    "requirements/approval_mode": "supervised", "requirements/session_limits": {"max_tool_calls": 10}}')) ->> 'version' AS version;
SELECT gauth.update_mandate(:'draft', doc('{"scope/phase": "royal"}')) ->> 'code' AS code;
SELECT gauth.update_mandate(:'draft', doc()) ->> 'version' AS version;
SELECT events(:'draft');

--
-- the life of a mandate
--
-- CT-MGMT-002, E-08: it comes into force for its time
SELECT m ->> 'status' AS status,
       (m ->> 'expires_at')::timestamptz - (m ->> 'activated_at')::timestamptz AS time
FROM gauth.activate_mandate(:'draft') m;
SELECT :'draft' AS first \gset
SELECT refused(format('SELECT gauth.activate_mandate(%L)', :'first'));

-- CT-MGMT-013, E-09: the next one of the agent and project takes its place
SELECT gauth.create_mandate(doc()) ->> 'mandate_id' AS second \gset
SELECT m ->> 'status' AS status, m ->> 'superseded_mandate_id' = :'first' AS superseded FROM gauth.activate_mandate(:'second') m;
SELECT gauth.mandate(:'first') ->> 'status' AS status, events(:'first');
SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'gauth.mandate'::regclass
AND indisunique AND indpred IS NOT NULL ORDER BY 1::text COLLATE "C";

-- CT-MGMT-004, 005: suspended and resumed
SELECT gauth.suspend_mandate(:'second', 'a doubt') ->> 'status' AS status;
SELECT gauth.mandate(:'second') ->> 'status_reason' AS reason;
SELECT gauth.resume_mandate(:'second') ->> 'status' AS status;

-- CT-MGMT-003, 023: revoked, also out of a suspension; CT-MGMT-024: for good
SELECT gauth.suspend_mandate(:'second', 'a doubt') ->> 'status' AS status;
SELECT gauth.revoke_mandate(:'second', 'no doubt') ->> 'status' AS status;
SELECT gauth.revoke_mandate(made('x'), 'enough') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.resume_mandate(%L)', :'second'));
SELECT events(:'second');

-- CT-MGMT-007, 008, E-13: only a draft is deleted, by its issuer, and its history stays
SELECT gauth.create_mandate(doc()) ->> 'mandate_id' AS draft \gset
SELECT try('regress_mandate_bob', format('SELECT gauth.delete_mandate(%L)', :'draft'));
SELECT refused(format('SELECT gauth.delete_mandate(%L)', :'second'));
SELECT gauth.delete_mandate(:'draft') -> 'deleted' AS deleted;
SELECT refused(format('SELECT gauth.mandate(%L)', :'draft')), events(:'draft');
SELECT jsonb_path_query_array(gauth.mandate_history(:'draft'), '$.history[*].event') AS history;

-- one mandate in each of the seven states
CREATE TABLE state AS SELECT s.state, made(s.state) AS id
FROM unnest(ARRAY['ACTIVE', 'SUSPENDED', 'REVOKED', 'BUDGET_EXCEEDED', 'SUPERSEDED']) s (state);
INSERT INTO state SELECT 'DRAFT', gauth.create_mandate(doc('{}', 'DRAFT')) ->> 'mandate_id';
INSERT INTO state SELECT 'EXPIRED', made('EXPIRED', '{"requirements/ttl_seconds": 60}');
SELECT state, gauth.suspend_mandate(id, 'test') ->> 'status' AS status FROM state WHERE state = 'SUSPENDED';
SELECT state, gauth.revoke_mandate(id, 'test') ->> 'status' AS status FROM state WHERE state = 'REVOKED';
-- E-19, CT-MGMT-012: with the last cent the budget is exceeded, and that is written down
SELECT state, gauth.report_consumption(id, 10000, 'all of it') ->> 'status' AS status FROM state WHERE state = 'BUDGET_EXCEEDED';
SELECT events(id) FROM state WHERE state = 'BUDGET_EXCEEDED';
SELECT made('SUPERSEDED') IS NOT NULL AS superseded;
-- no test waits a minute: a restore may bring a mandate that has ended already
INSERT INTO gauth.mandate
SELECT (jsonb_populate_record(m, '{"id": "mdt_past", "project": "past", "created_at": "2020-01-01T00:00:00Z",
    "activated_at": "2020-01-01T00:00:00Z", "expires_at": "2020-01-01T01:00:00Z"}')).*
FROM gauth.mandate m, state s WHERE m.id = s.id AND s.state = 'EXPIRED';
INSERT INTO gauth.mandate
SELECT (jsonb_populate_record(m, '{"id": "mdt_past_suspended", "status": "SUSPENDED"}')).*
FROM gauth.mandate m WHERE m.id = 'mdt_past';
UPDATE state SET id = 'mdt_past' WHERE state = 'EXPIRED';
-- which is seen, when it was no restore
SELECT object, finding FROM gauth.lint_mandates() WHERE object LIKE 'mdt_past%' ORDER BY 1;
SELECT s.state, gauth.mandate(s.id) ->> 'status' AS status FROM state s ORDER BY s.state COLLATE "C";

-- E-10, E-11: every operation in every state
SELECT o.name, s.state, refused(format(o.call, s.id)) AS answer
FROM state s, (VALUES
    ('activate', 'SELECT gauth.activate_mandate(%L)'),
    ('delete', 'SELECT gauth.delete_mandate(%L)'),
    ('extend', 'SELECT gauth.extend_ttl(%L, ''1 second'')'),
    ('hold', 'SELECT gauth.hold_budget(%L, 1)'),
    ('increase', 'SELECT gauth.increase_budget(%L, 1)'),
    ('report', 'SELECT gauth.report_consumption(%L, 1, ''state'')'),
    ('request approval', 'SELECT gauth.request_approval(%L, ''{"verb": "foundry.file.modify"}'')'),
    ('resume', 'SELECT gauth.resume_mandate(%L)'),
    ('revoke', 'SELECT gauth.revoke_mandate(%L, ''x'')'),
    ('suspend', 'SELECT gauth.suspend_mandate(%L, ''x'')'),
    ('update', 'SELECT gauth.update_mandate(%L, doc())')) o (name, call)
ORDER BY o.name COLLATE "C", s.state COLLATE "C";

-- E-20: expired at once, without anything that runs; E-21, CT-MGMT-006: in suspension as well
SELECT status AS stored, gauth.mandate(id) ->> 'status' AS status FROM gauth.mandate WHERE id LIKE 'mdt_past%' ORDER BY id;
-- E-22: too late to resume
SELECT refused($$SELECT gauth.resume_mandate('mdt_past_suspended')$$);
SELECT gauth.expire_mandates();
SELECT status AS stored, events(id), h.performed_by FROM gauth.mandate m
JOIN gauth.mandate_history h ON h.mandate = m.id AND h.event = 'STATUS_TRANSITION' WHERE m.id LIKE 'mdt_past%' ORDER BY id;
SELECT gauth.expire_mandates();

-- E-12, and the probes M1 and M3: who may do what
SELECT o.name, o.state, w.who, try(('regress_mandate_' || w.who)::name, format(o.call, s.id)) AS answer
FROM unnest(ARRAY['alice', 'bob', 'eve', 'agent', 'pep', 'nobody']) WITH ORDINALITY w (who, n), (VALUES
    ('activate', 'DRAFT', 'SELECT gauth.activate_mandate(%L)'),
    ('delete', 'DRAFT', 'SELECT gauth.delete_mandate(%L)'),
    ('extend', 'ACTIVE', 'SELECT gauth.extend_ttl(%L, ''1 second'')'),
    ('hold', 'ACTIVE', 'SELECT gauth.hold_budget(%L, 1)'),
    ('increase', 'ACTIVE', 'SELECT gauth.increase_budget(%L, 1)'),
    ('report', 'ACTIVE', 'SELECT gauth.report_consumption(%L, 1, ''who'')'),
    ('request approval', 'ACTIVE', 'SELECT gauth.request_approval(%L, ''{"verb": "foundry.file.modify"}'')'),
    ('resume', 'SUSPENDED', 'SELECT gauth.resume_mandate(%L)'),
    ('revoke', 'ACTIVE', 'SELECT gauth.revoke_mandate(%L, ''x'')'),
    ('see', 'ACTIVE', 'SELECT gauth.mandate(%L)'),
    ('suspend', 'ACTIVE', 'SELECT gauth.suspend_mandate(%L, ''x'')'),
    ('update', 'DRAFT', 'SELECT gauth.update_mandate(%L, doc())')) o (name, state, call)
JOIN state s ON s.state = o.state
ORDER BY o.name COLLATE "C", w.n;
-- E-37: reporting needs a capability of its own
SELECT proname, has_function_privilege('public', p.oid, 'EXECUTE') AS everybody,
       has_function_privilege('regress_mandate_pep', p.oid, 'EXECUTE') AS enforcer
FROM pg_proc p WHERE pronamespace = 'gauth'::regnamespace
AND proname IN ('report_consumption', 'hold_budget', 'settle_hold', 'release_hold', 'count_tool_calls', 'expire_mandates')
ORDER BY 1;

-- E-14, E-46, CT-MGMT-017: the scope of a mandate in force is never changed, by whatever way
SELECT id AS active FROM state WHERE state = 'ACTIVE' \gset
SELECT refused(format('SELECT gauth.update_mandate(%L, doc(''{"scope/phase": "run"}''))', :'active'));
SELECT refused(s) FROM unnest(ARRAY[
    $$UPDATE gauth.mandate SET document = '{}'$$, $$UPDATE gauth.mandate SET budget_total = budget_total + 1$$,
    $$UPDATE gauth.mandate SET status = 'ACTIVE' WHERE status = 'REVOKED'$$, $$DELETE FROM gauth.mandate$$,
    $$TRUNCATE gauth.mandate CASCADE$$, $$UPDATE gauth.mandate_history SET event = 'x'$$,
    $$DELETE FROM gauth.mandate_history$$, $$TRUNCATE gauth.mandate_history$$, $$DELETE FROM gauth.budget_consumption$$,
    $$UPDATE gauth.budget_hold SET cents = 1$$, $$UPDATE gauth.approval SET approved = true$$,
    $$UPDATE gauth.approval_request SET status = 'APPROVED'$$, $$DELETE FROM gauth.mandate_session$$]) s;
SET session_replication_role = replica;
SELECT refused($$UPDATE gauth.mandate SET status = 'ACTIVE'$$);
RESET session_replication_role;
SELECT try('regress_mandate_alice', s) FROM unnest(ARRAY['SELECT * FROM gauth.mandate', 'UPDATE gauth.mandate SET reason = NULL',
    $$INSERT INTO gauth.budget_consumption VALUES ('x', 'y', 1, 1, 'z', now())$$, 'SELECT gauth.guard_mandate()',
    'SET session_replication_role = replica']) s;

--
-- budget and time
--
-- E-16, CT-MGMT-009: increased, both numbers at once
SELECT made('budget') AS m \gset
SELECT gauth.report_consumption(:'m', 5800, 'b1') - 'mandate_id' AS report;
SELECT gauth.increase_budget(:'m', 5000) -> 'budget_state' AS budget;
-- E-15, CT-MGMT-010, 015: budget and time only grow
SELECT refused(format('SELECT gauth.increase_budget(%L, %s)', :'m', c)) FROM unnest(ARRAY[0, -1, -9223372036854775808]) c;
SELECT refused(format('SELECT gauth.extend_ttl(%L, %L)', :'m', i)) FROM unnest(ARRAY['0', '-1 second', '0.5 seconds', '200 years']) i;
SELECT refused(format('SELECT gauth.increase_budget(%L, 9223372036854775807)', :'m'));
-- CT-MGMT-014: extended
SELECT r -> 'previous_ttl_seconds' AS before, r -> 'new_ttl_seconds' AS after,
       (r ->> 'new_expires_at')::timestamptz - (r ->> 'activated_at')::timestamptz AS time
FROM gauth.extend_ttl(:'m', '10 minutes') r;

-- E-17, CT-MGMT-011, and the probes M2 and M7: each report once, nothing for nothing, never below zero
SELECT gauth.report_consumption(:'m', 100, 'b2') - 'mandate_id' AS report;
SELECT gauth.report_consumption(:'m', 100, 'b2') - 'mandate_id' AS report;
SELECT gauth.report_consumption(:'m', 7, 'b2') - 'mandate_id' AS report;
SELECT gauth.report_consumption(:'m', 9101, 'b3') - 'mandate_id' AS report;
SELECT refused(format('SELECT gauth.report_consumption(%L, %s, ''b4'')', :'m', c)) FROM unnest(ARRAY[0, -1]) c;
SELECT refused(format('SELECT gauth.report_consumption(%L, 1, %L)', :'m', r)) FROM unnest(ARRAY['', repeat('r', 256)]) r;
-- E-45: the name of a request is unique among all mandates
SELECT gauth.report_consumption(made('other'), 1, 'b2') ->> 'reason' AS reason;
SELECT refused($$INSERT INTO gauth.budget_consumption SELECT * FROM gauth.budget_consumption WHERE enforcement_request_id = 'b2'$$);
-- told so also when the mandate is over
SELECT gauth.report_consumption(id, 10000, 'all of it') ->> 'reason' AS reason FROM state WHERE state = 'BUDGET_EXCEEDED';
-- a report that is rolled back was not made
BEGIN;
SELECT gauth.report_consumption(:'m', 100, 'b5') -> 'accepted' AS accepted;
ROLLBACK;
SELECT gauth.report_consumption(:'m', 100, 'b5') -> 'accepted' AS accepted;

-- what is not accepted can be an error, and what is left can be taken
SELECT made('settings', '{"requirements/budget/total_cents": 100}') AS s \gset
SELECT gauth.report_consumption(:'s', 60, 's1') -> 'accepted' AS accepted;
SELECT gauth.configure('consumption_strict', 'true'), gauth.configure('consumption_clamps', 'true');
SELECT refused(format('SELECT gauth.report_consumption(%L, 60, ''s1'')', :'s'));
SELECT gauth.hold_budget(:'s', 10) -> 'accepted' AS held;
SELECT gauth.report_consumption(:'s', 60, 's2') - 'mandate_id' AS report;
SELECT gauth.report_consumption(:'s', 60, 's3') - 'mandate_id' AS report;
SELECT gauth.configure('consumption_strict', NULL), gauth.configure('consumption_clamps', NULL);
SELECT gauth.report_consumption(:'s', 60, 's1') ->> 'reason' AS reason;

-- two phases: held, settled with less, released, over
SELECT gauth.hold_budget(:'m', 8000) AS hold \gset
SELECT :'hold'::jsonb -> 'accepted' AS accepted, :'hold'::jsonb -> 'budget_state' AS budget;
SELECT :'hold'::jsonb ->> 'hold_id' AS hold \gset
SELECT r - 'hold_id' AS refused_hold FROM gauth.hold_budget(:'m', 1001) r;
SELECT gauth.report_consumption(:'m', 1001, 'h1') ->> 'reason' AS reason;
SELECT refused(format('SELECT gauth.settle_hold(%L, ''h2'', 8001)', :'hold'));
SELECT gauth.settle_hold(:'hold', 'h2', 500) - 'mandate_id' AS settled;
SELECT gauth.settle_hold(:'hold', 'h2', 500) ->> 'reason' AS reason;
SELECT refused(format('SELECT gauth.settle_hold(%L, ''h3'')', :'hold'));
SELECT gauth.hold_budget(:'m', 8500) ->> 'hold_id' AS hold \gset
SELECT gauth.release_hold(:'hold'), gauth.release_hold(:'hold');
SELECT gauth.hold_budget(:'m', 8500, '1 second') -> 'accepted' AS accepted;
SELECT gauth.hold_budget(:'m', 1) -> 'accepted' AS accepted;
SELECT pg_sleep(1.1);
SELECT gauth.hold_budget(:'m', 8500) ->> 'hold_id' AS hold \gset
SELECT gauth.settle_hold(:'hold', 'h4') - 'mandate_id' AS settled;
SELECT refused(format('SELECT gauth.hold_budget(%L, %s, %L)', :'m', c, i))
FROM (VALUES (0, '1 second'), (-1, '1 second'), (1, '0'), (1, '-1 second'), (1, '2 hours')) v (c, i);

-- E-32: what became of the money
SELECT b - 'history' - 'mandate_id' AS budget, jsonb_path_query_array(b, '$.history[*].event') AS history,
       jsonb_path_query_array(b, '$.history[*].enforcement_request_id') AS requests
FROM gauth.mandate_budget(:'m') b;

-- calls of a session
SELECT gauth.count_tool_calls(:'active', 's1') -> 'tool_calls' AS calls;
SELECT gauth.count_tool_calls(:'active', 's1', 4) -> 'tool_calls' AS calls;
SELECT gauth.count_tool_calls(:'active', 's2') -> 'tool_calls' AS calls;
SELECT refused(format('SELECT gauth.count_tool_calls(%L, %L, %s)', :'active', s, c))
FROM (VALUES ('', 1), ('s1', 0), ('s1', -1)) v (s, c);

--
-- approvals
--
SELECT made('four', '{"requirements/approval_mode": "four-eyes"}') AS m \gset
SELECT a ->> 'request_id' AS request, a - '{request_id,mandate_id,requested_at,expires_at}'::text[] AS request_shown
FROM gauth.request_approval(:'m', '{"verb": "foundry.file.modify", "resource": "src/a", "amount_cents": 100, "reason": "a release"}') a \gset
SELECT :'request_shown';
SELECT w.who, try(('regress_mandate_' || w.who)::name, format('SELECT gauth.approve(%L)', :'request')) AS answer
FROM unnest(ARRAY['alice', 'bob', 'carol', 'eve', 'agent', 'pep', 'nobody']) WITH ORDINALITY w (who, n) ORDER BY n;
SET SESSION AUTHORIZATION regress_mandate_bob;
SELECT gauth.approve(:'request', 'fine with me') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;
-- D-30: never twice the same; not after the fact
SELECT try('regress_mandate_bob', format('SELECT gauth.approve(%L)', :'request'));
SET SESSION AUTHORIZATION regress_mandate_carol;
SELECT a ->> 'status' AS status, jsonb_path_query_array(a, '$.decisions[*].approver') AS approvers FROM gauth.approve(:'request') a;
RESET SESSION AUTHORIZATION;
SELECT try('regress_mandate_bob', format('SELECT gauth.deny(%L)', :'request'));
-- who asks does not approve
SELECT made('own', '{"requirements/approval_mode": "supervised", "parties/approval_chain": "-"}') AS own \gset
SELECT gauth.request_approval(:'own', '{"verb": "foundry.file.modify"}') ->> 'request_id' AS request \gset
SELECT refused(format('SELECT gauth.approve(%L)', :'request'));
SET SESSION AUTHORIZATION regress_mandate_agent;
SELECT gauth.request_approval(:'own', '{"verb": "urn:gauth:verb:foundry:file:modify", "ttl_seconds": 1}') ->> 'request_id' AS request \gset
RESET SESSION AUTHORIZATION;
SELECT refused(format('SELECT gauth.approve(%L)', :'request')) AS in_time, pg_sleep(1.1);
SELECT refused(format('SELECT gauth.approve(%L)', :'request')) AS too_late;
SET SESSION AUTHORIZATION regress_mandate_agent;
SELECT gauth.request_approval(:'own', '{"verb": "foundry.file.modify"}') ->> 'request_id' AS request \gset
RESET SESSION AUTHORIZATION;
SELECT gauth.deny(:'request', 'no') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.approve(%L)', :'request'));
SELECT refused(format('SELECT gauth.request_approval(%L, %L)', :'own', r))
FROM unnest(ARRAY['{}', '{"verb": ""}', '{"verb": "a b"}', '{"verb": "a.b", "amount_cents": -1}', '{"verb": "a.b", "ttl_seconds": 0}',
    '{"verb": "a.b", "approver": "me"}', '[]']) r;
SELECT refused($$SELECT gauth.approve('apr_none')$$), refused($$SELECT gauth.approve(NULL)$$);
SELECT jsonb_path_query_array(gauth.approval_requests(:'own'), '$[*].status') AS statuses;

--
-- delegation
--
-- a request for a part, with what "changes" puts in its place
CREATE FUNCTION part(changes jsonb DEFAULT '{}') RETURNS json LANGUAGE sql AS $$
    SELECT ('{"delegate_agent_id": "helper", "scope_restriction": {"allowed_paths": ["src/"]}, "budget_cents": 10,
              "ttl_seconds": 600}'::jsonb || changes)::json
$$;
SELECT made('tree', '{"requirements/budget/total_cents": 100}') AS p \gset
-- E-25, E-26, CT-MGMT-025, and the probe M5: the part is in force at once, its money comes out of the parent, the chain has one link more
SELECT gauth.delegate_mandate(:'p', part('{"scope_restriction": {"allowed_paths": ["src/"], "denied_paths": ["secrets/"],
    "core_verbs": {"foundry.file.modify": {"allowed": true}}}}')) AS c \gset
SELECT c ->> 'status' AS status, c -> 'delegation_depth' AS depth, c -> 'budget_state' AS budget,
       c -> 'parent_budget_after_deduction' AS parent, c ->> 'parent_mandate_id' = :'p' AS parent_named,
       c #> '{parties,issued_by}' AS issued_by, c -> 'ttl_seconds' AS ttl
FROM (SELECT :'c'::jsonb) v (c);
SELECT jsonb_pretty(:'c'::jsonb -> 'scope') AS scope;
SELECT e - 'delegated_at' AS link, e ->> 'delegated_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' AS dated
FROM jsonb_array_elements(:'c'::jsonb -> 'delegation_chain') e;
SELECT :'c'::jsonb ->> 'mandate_id' AS c \gset
SELECT gauth.mandate(:'p') -> 'budget_state' AS parent, events(:'p') AS parent_events, events(:'c') AS child_events;
SELECT b - 'history' - 'mandate_id' AS budget FROM gauth.mandate_budget(:'p') b;

-- E-24, CT-MGMT-026: the seven rules, each with its code
SELECT s.state, refused(format('SELECT gauth.delegate_mandate(%L, part())', s.id)) AS answer FROM state s ORDER BY s.state COLLATE "C";
SELECT w.who, try(('regress_mandate_' || w.who)::name, format('SELECT gauth.delegate_mandate(%L, part(''{"delegate_agent_id": "third"}''))', :'p')) AS answer
FROM unnest(ARRAY['alice', 'bob', 'eve', 'agent', 'helper', 'pep', 'nobody']) WITH ORDINALITY w (who, n) ORDER BY n;
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(%L))', :'p', r)) AS answer, r AS request
FROM unnest(ARRAY[
    '{"scope_restriction": {"allowed_paths": ["docs/"]}}',
    '{"scope_restriction": {"allowed_paths": ["**"]}}',
    '{"scope_restriction": {"core_verbs": {"foundry.command.run": {"allowed": true}}}}',
    '{"scope_restriction": {"active_modules": ["m2"]}}',
    '{"scope_restriction": {"platform_permissions": {"database": {"write": true}}}}',
    '{"scope_restriction": {"phase": "run"}}',
    '{"budget_cents": 91}', '{"ttl_seconds": 3601}', '{"ttl_seconds": 59}', '{"max_depth_remaining": 10}',
    '{"delegate_agent_id": "eve"}', '{"delegate_agent_id": "nobody"}', '{"delegate_agent_id": "agent"}',
    '{"budget_cents": -1}', '{"budget_cents": 1.5}', '{"scope_restriction": []}', '{"color": "red"}']) r;
-- M4: an empty list is not "everything"
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(%L))', :'p', r)) AS answer
FROM unnest(ARRAY['{"scope_restriction": {"allowed_paths": []}}', '{"scope_restriction": {"allowed_regions": []}}']) r;
-- a profile that is weaker, one that is stricter
SELECT made('strict', '{"scope/governance_profile": "strict", "requirements/approval_mode": "supervised"}') AS s \gset
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(%L))', :'s', r)) AS answer
FROM unnest(ARRAY['{"scope_restriction": {"governance_profile": "standard"}}', '{"scope_restriction": {"governance_profile": "strict"}}',
    '{"scope_restriction": {"governance_profile": "behoerde"}}']) r;
SELECT gauth.mandate(:'p') -> 'budget_state' -> 'remaining_cents' AS nothing_was_taken;

-- E-30: one link under standard and strict, none under enterprise and behoerde, as many as the verb says under minimal
SELECT gauth.delegate_mandate(:'s', part()) ->> 'mandate_id' AS s1 \gset
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(''{"delegate_agent_id": "third"}''))', :'s1'));
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part())', made('enterprise', '{"scope/governance_profile": "enterprise",
    "requirements/approval_mode": "supervised", "scope/core_verbs/foundry.agent.delegate": "-"}')));
SELECT made('verb', '{"scope/core_verbs/foundry.agent.delegate": {"allowed": true, "constraints": {"max_delegation_depth": 1}}}') AS v \gset
SELECT gauth.delegate_mandate(:'v', part()) ->> 'mandate_id' AS v1 \gset
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(''{"delegate_agent_id": "third"}''))', :'v1'));

-- each step is no wider than the one before, whatever the first one left
SELECT made('steps', '{"requirements/budget/total_cents": 100}') AS v \gset
SELECT gauth.delegate_mandate(:'v', part()) ->> 'mandate_id' AS v1 \gset
SELECT gauth.delegate_mandate(:'v1', part('{"delegate_agent_id": "third", "ttl_seconds": 500,
    "scope_restriction": {"allowed_paths": ["src/a/"]}}')) #> '{scope,allowed_paths}' AS paths;
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(%L))', :'v1', r)) AS answer
FROM unnest(ARRAY['{"delegate_agent_id": "agent", "ttl_seconds": 500, "scope_restriction": {"allowed_paths": ["test/"]}}',
    '{"delegate_agent_id": "agent", "ttl_seconds": 500, "scope_restriction": {}, "budget_cents": 11}']) r;

-- A-38: an agent hands on only what its mandate lets it, and never by itself
SELECT made('no proxy', '{"scope/core_verbs/foundry.agent.delegate": {"allowed": false}}') AS n \gset
SELECT try('regress_mandate_agent', format('SELECT gauth.delegate_mandate(%L, part())', :'n')) AS agent,
       try('regress_mandate_alice', format('SELECT gauth.delegate_mandate(%L, part())', :'n')) AS issuer;

-- a chain of five, E-33: and how it is shown
CREATE TABLE chain (depth int, id text);
INSERT INTO chain VALUES (0, made('chain', '{"requirements/budget/total_cents": 1000}'));
DO $$ BEGIN
    FOR i IN 1 .. 4 LOOP
        INSERT INTO chain SELECT i, gauth.delegate_mandate(id, part(jsonb_build_object(
            'delegate_agent_id', (ARRAY['agent', 'helper'])[1 + i % 2], 'budget_cents', 1000 / (2 ^ i)::int,
            'ttl_seconds', 600 - i, 'scope_restriction', '{}'::jsonb))) ->> 'mandate_id' FROM chain WHERE depth = i - 1;
    END LOOP;
END $$;
SELECT (SELECT id FROM chain WHERE depth = 0) AS root, (SELECT id FROM chain WHERE depth = 2) AS middle,
       (SELECT id FROM chain WHERE depth = 4) AS leaf \gset
SELECT l ->> 'level' AS level, l ->> 'agent_id' AS agent, l ->> 'role' AS role, l ->> 'status' AS status,
       l ->> 'mandate_id' = c.id AS same
FROM jsonb_array_elements(gauth.delegation_chain(:'leaf') -> 'chain') l JOIN chain c ON c.depth = (l ->> 'level')::int;
SELECT d ->> 'root_party' AS root, d -> 'max_depth' AS max_depth, d -> 'remaining_depth' AS remaining
FROM gauth.delegation_chain(:'leaf') d;
SELECT try('regress_mandate_eve', format('SELECT gauth.delegation_chain(%L)', :'leaf'));
-- A-09: a natural person is at the top of everything in force
WITH RECURSIVE up AS (
    SELECT id, id AS of, parent, issued_by FROM gauth.mandate WHERE status IN ('ACTIVE', 'SUSPENDED')
    UNION ALL SELECT p.id, u.of, p.parent, p.issued_by FROM up u JOIN gauth.mandate p ON p.id = u.parent)
SELECT count(*) > 10 AS several, count(*) FILTER (WHERE gauth.root_person(issued_by) IS NULL) AS without_person
FROM up WHERE parent IS NULL;

-- E-28, CT-MGMT-019: a suspension takes all below along; what was suspended by itself stays so
CREATE VIEW chain_status AS SELECT string_agg(gauth.mandate(id) ->> 'status', ' ' ORDER BY depth) FROM chain;
SELECT gauth.suspend_mandate(:'middle', 'by itself') -> 'cascaded' AS cascaded;
SELECT * FROM chain_status;
SELECT gauth.suspend_mandate(:'root', 'a doubt') -> 'cascaded' AS cascaded;
SELECT * FROM chain_status;
SELECT refused(format('SELECT gauth.resume_mandate(%L)', :'middle'));
SELECT gauth.resume_mandate(:'root') -> 'cascaded' AS cascaded;
SELECT * FROM chain_status;
SELECT gauth.resume_mandate(:'middle') -> 'cascaded' AS cascaded;
SELECT * FROM chain_status;
SELECT events(:'leaf');

-- E-27, E-29, CT-MGMT-018: so does a revocation, for good
SELECT gauth.revoke_mandate(:'root', 'enough') -> 'cascaded' AS cascaded;
SELECT * FROM chain_status;
SELECT c.depth, h.event, h.reason, h.performed_by FROM chain c JOIN gauth.mandate_history h ON h.mandate = c.id
WHERE h.event = 'REVOKE' ORDER BY c.depth;

-- what was delegated from a mandate whose place is taken has lost its ground
SELECT made('ground') AS g \gset
SELECT gauth.delegate_mandate(:'g', part()) ->> 'mandate_id' AS g1 \gset
SELECT made('ground') IS NOT NULL AS again, gauth.mandate(:'g1') ->> 'status' AS status;
SELECT gauth.mandate(:'g') ->> 'status' AS parent, gauth.mandate(:'g1') ->> 'status' AS child, events(:'g1');

-- E-48: what is delegated does not get in the way of the delegate's own mandate
SELECT made('own', '{"parties/subject": "helper"}') AS own \gset
SELECT made('own') AS other \gset
SELECT gauth.delegate_mandate(:'other', part()) ->> 'status' AS delegated, gauth.mandate(:'own') ->> 'status' AS own;
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part())', :'other'));

-- who delegated sees it and takes it back, and nothing else
SELECT gauth.delegate_mandate(:'other', part('{"delegate_agent_id": "third"}')) ->> 'mandate_id' AS c \gset
SELECT o.call, try('regress_mandate_agent', format(o.call, :'c')) AS delegator, try('regress_mandate_helper', format(o.call, :'c')) AS stranger
FROM unnest(ARRAY['SELECT gauth.revoke_mandate(%L, ''x'')', 'SELECT gauth.suspend_mandate(%L, ''x'')',
    'SELECT gauth.mandate(%L)', 'SELECT gauth.increase_budget(%L, 1)', 'SELECT gauth.extend_ttl(%L, ''1 second'')']) o (call);

-- more for the child comes from the parent too, and it never outlives it
SELECT gauth.increase_budget(:'c', 90) -> 'budget_state' -> 'total_cents' AS child,
       gauth.mandate(:'other') -> 'budget_state' -> 'remaining_cents' AS parent_before;
SELECT gauth.mandate(:'other') -> 'budget_state' -> 'remaining_cents' AS parent;
SELECT refused(format('SELECT gauth.increase_budget(%L, 1000000)', :'c'));
SELECT refused(format('SELECT gauth.extend_ttl(%L, %L)', :'c', i)) FROM unnest(ARRAY['49 minutes', '51 minutes']) i;

-- E-47: where an administrator wants it, a part waits for approvers; never the same twice, and a denial gives the money back
SELECT gauth.configure('delegation_approval', 'true');
SELECT made('gate', '{"requirements/approval_mode": "four-eyes", "requirements/budget/total_cents": 100}') AS g \gset
SELECT d ->> 'status' AS status, d -> 'parent_budget_after_deduction' AS parent, d ->> 'mandate_id' AS c, d ->> 'approval_request_id' AS r
FROM gauth.delegate_mandate(:'g', part('{"budget_cents": 60}')) d \gset
SELECT :'status' AS status, :'parent' AS parent;
SELECT o.call, refused(format(o.call, :'c')) AS answer
FROM unnest(ARRAY['SELECT gauth.activate_mandate(%L)', 'SELECT gauth.update_mandate(%L, doc())', 'SELECT gauth.delete_mandate(%L)',
    'SELECT gauth.report_consumption(%L, 1, ''gate'')', 'SELECT gauth.delegate_mandate(%L, part())']) o (call);
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(''{"budget_cents": 41}''))', :'g')) AS reserved;
SET SESSION AUTHORIZATION regress_mandate_bob;
SELECT gauth.approve(:'r') ->> 'status' AS status, gauth.mandate(:'c') ->> 'status' AS child;
RESET SESSION AUTHORIZATION;
SELECT try('regress_mandate_bob', format('SELECT gauth.approve(%L)', :'r')) AS twice;
SET SESSION AUTHORIZATION regress_mandate_carol;
SELECT gauth.approve(:'r') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;
SELECT gauth.mandate(:'c') ->> 'status' AS child, events(:'c');
SELECT d ->> 'mandate_id' AS c, d ->> 'approval_request_id' AS r
FROM gauth.delegate_mandate(:'g', part('{"budget_cents": 40, "delegate_agent_id": "third"}')) d \gset
SET SESSION AUTHORIZATION regress_mandate_carol;
SELECT gauth.deny(:'r', 'no') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;
SELECT refused(format('SELECT gauth.mandate(%L)', :'c')) AS child, events(:'c'), gauth.mandate(:'g') -> 'budget_state' -> 'remaining_cents' AS parent;
-- one that nobody can approve any more goes with the next sweep
SELECT d ->> 'mandate_id' AS c FROM gauth.delegate_mandate(:'g', part('{"budget_cents": 40, "delegate_agent_id": "third"}')) d \gset
SELECT gauth.expire_mandates() AS nothing, gauth.mandate(:'c') ->> 'status' AS child;
SELECT gauth.revoke_mandate(:'g', 'enough') -> 'cascaded' AS cascaded;
SELECT r ->> 'request_id' AS r FROM jsonb_array_elements(gauth.approval_requests(:'g')) r WHERE r ->> 'status' = 'PENDING' \gset
SELECT try('regress_mandate_bob', format('SELECT gauth.approve(%L)', :'r')) AS too_late;
SELECT gauth.expire_mandates(), refused(format('SELECT gauth.mandate(%L)', :'c')) AS child;
SELECT made('gate', '{"requirements/approval_mode": "autonomous"}') AS g \gset
SELECT gauth.delegate_mandate(:'g', part()) ->> 'status' AS autonomous;
SELECT gauth.configure('delegation_approval', NULL);

-- a chain is never brought along
SELECT e ->> 'path' AS path FROM jsonb_array_elements(gauth.create_mandate(doc('{"delegation_chain": [{"delegator": "agent",
    "delegate": "helper", "scope_restriction": {}, "delegated_at": "2026-01-01T00:00:00Z"}]}')) -> 'schema_errors') e;

-- E-23, CT-MGMT-014: no longer than a session of the profile
SELECT made('standard', '{"scope/governance_profile": "standard", "requirements/approval_mode": "supervised"}') AS m \gset
SELECT refused(format('SELECT gauth.extend_ttl(%L, %L)', :'m', i)) FROM unnest(ARRAY['3 hours', '3 hours 1 second']) i;
-- CT-MGMT-016: nor more calls
SELECT r ->> 'code' AS code, r #>> '{ceiling_violations,0,path}' AS path
FROM gauth.create_mandate(doc('{"scope/governance_profile": "standard", "requirements/approval_mode": "supervised",
    "requirements/session_limits": {"max_tool_calls": 1000}}')) r;

-- E-34: the profiles and their ceilings
SELECT p ->> 'profile' AS profile, p -> 'ceilings' AS ceilings FROM jsonb_array_elements(gauth.governance_profiles() -> 'profiles') p;

-- A-08: nobody gives more than the own position holds: here alice speaks for a company, up to an amount and for some paths
INSERT INTO gauth.party (party, kind, form, name, identity, version, status, legal_capacity, deceased, created_at, changed_at)
VALUES ('acme', 'organization', 'commercial_enterprise', 'Acme', '{}', NULL, 'active', true, false, now(), now());
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now() - interval '1 day' FROM unnest(ARRAY['alice', 'carol', 'third']) p;
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, powers, limit_cents, valid_from)
VALUES ('acme', 'carol', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, NULL, NULL, now() - interval '1 day'),
       ('acme', 'alice', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'carol',
        '{"governance_profile": "minimal", "phase": "build", "core_verbs": {"foundry.file.modify": {"allowed": true}},
          "allowed_paths": ["src/"], "denied_paths": [".env"], "active_modules": ["m1"], "platform_permissions": {"database": {"read": true}}}',
        5000, now() - interval '1 day');
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('third', 'acme', 'alice', now(), 'carol', now(), true);
SELECT refused(format('SELECT made(%L, %L)', 'position', '{"parties/subject": "third", "scope/core_verbs/foundry.agent.delegate": "-",
    "scope/core_verbs/foundry.file.modify": {"allowed": true}}'::jsonb || changes)) AS answer, changes
FROM unnest(ARRAY['{"scope/allowed_paths": ["src/a/"], "requirements/budget/total_cents": 5000}',
    '{"scope/allowed_paths": ["src/a/"], "requirements/budget/total_cents": 5001}',
    '{"requirements/budget/total_cents": 5000}',
    '{"scope/allowed_paths": ["src/a/"], "requirements/budget/total_cents": 1, "scope/core_verbs/foundry.command.run": {"allowed": true}}']::jsonb[]) changes;
SELECT made('position', '{"parties/subject": "third", "scope/core_verbs/foundry.agent.delegate": "-", "scope/allowed_paths": ["src/a/"],
    "scope/core_verbs/foundry.file.modify": {"allowed": true}, "requirements/budget/total_cents": 4000}') AS m \gset
SELECT refused(format('SELECT gauth.increase_budget(%L, 1000)', :'m')) AS up_to_the_limit, refused(format('SELECT gauth.increase_budget(%L, 1001)', :'m')) AS beyond;
SELECT try('regress_mandate_bob', $$SELECT gauth.create_mandate(doc('{"parties/subject": "third", "parties/issued_by": "bob"}'))$$) AS not_his_company;
UPDATE gauth.client SET active = false;
SELECT refused(format('SELECT made(%L, %L)', 'position', '{"parties/subject": "third", "scope/allowed_paths": ["src/a/"]}')) AS client_revoked;
SELECT refused(format('SELECT gauth.delegate_mandate(%L, part(''{"delegate_agent_id": "third"}''))', made('position', '{}'))) AS delegate_revoked;
DELETE FROM gauth.client;
DELETE FROM gauth.representative;
DELETE FROM gauth.evidence;

--
-- reading
--
-- CT-MGMT-020, 021, E-31: one, many, page by page
SELECT gauth.mandates('{"project_id": "four"}') #>> '{mandates,0,mandate_id}' = :'m' AS found;
CREATE TABLE page AS SELECT gauth.create_mandate(doc('{}', 'page')) ->> 'mandate_id' AS id, i FROM generate_series(1, 7) i;
CREATE FUNCTION walk(size int, sort text) RETURNS TABLE (place bigint, total int, i int) LANGUAGE plpgsql AS $$
DECLARE
    filter jsonb := jsonb_build_object('project_id', 'page', 'limit', size, 'sort', sort);
    list jsonb;
BEGIN
    place := 0;
    LOOP
        list := gauth.mandates(filter);
        total := (list ->> 'total_count')::int;
        FOR i IN SELECT p.i FROM jsonb_array_elements(list -> 'mandates') WITH ORDINALITY m (m, n)
                 LEFT JOIN page p ON p.id = m ->> 'mandate_id' ORDER BY n LOOP
            place := place + 1;
            RETURN NEXT;
        END LOOP;
        EXIT WHEN list ->> 'next_cursor' IS NULL;
        filter := filter || jsonb_build_object('cursor', list -> 'next_cursor');
        -- what is created in between neither hides nor repeats one
        PERFORM gauth.create_mandate(doc('{}', 'page'));
    END LOOP;
END $$;
SELECT count(i), count(DISTINCT i) FROM walk(3, '-created_at');
SELECT array_agg(i ORDER BY place) FILTER (WHERE i IS NOT NULL) AS in_order FROM walk(3, 'created_at');
SELECT jsonb_array_length(l -> 'mandates') AS mandates, l -> 'next_cursor' AS next_cursor, l -> 'total_count' AS total
FROM unnest(ARRAY['{"status": "EXPIRED"}', '{"status": "BUDGET_EXCEEDED"}', '{"agent_id": "nobody"}',
    '{"governance_profile": "minimal", "project_id": "four", "customer_id": "acme", "issued_by": "alice"}',
    '{"parent_mandate_id": "mdt_none"}']::jsonb[]) f, gauth.mandates(f) l;
SELECT refused(format('SELECT gauth.mandates(%L)', f))
FROM unnest(ARRAY['{"limit": 0}', '{"limit": 1001}', '{"limit": "x"}', '{"status": "ALIVE"}', '{"cursor": "zz"}',
    '{"cursor": "00"}', '{"cursor": "31323a"}', '{"sort": "id; DROP TABLE x"}', '{"color": "red"}', '[]']) f;
-- everybody sees the own
SELECT w.who, try(('regress_mandate_' || w.who)::name, 'DO $d$ BEGIN IF (gauth.mandates() ->> ''total_count'')::int = 0 THEN
    RAISE ''none'' USING ERRCODE = ''ZG004'', DETAIL = ''none''; END IF; END $d$') AS mandates
FROM unnest(ARRAY['alice', 'bob', 'eve', 'agent', 'helper', 'pep', 'auditor', 'nobody']) WITH ORDINALITY w (who, n) ORDER BY n;

-- CT-MGMT-022, E-42: the history, in order, with who, when and what
SELECT h ->> 'sequence' AS place, h ->> 'event' AS event, h ->> 'performed_by' AS by, h ->> 'status_before' AS before,
       h ->> 'status_after' AS after, h ->> 'enforcement_request_id' AS request
FROM jsonb_array_elements(gauth.mandate_history((SELECT id FROM state WHERE state = 'BUDGET_EXCEEDED')) -> 'history') h;
SELECT count(*) AS without_entry FROM gauth.mandate_history h
WHERE performed_by <> 'system' AND NOT EXISTS (SELECT 1 FROM gauth.entry e WHERE e.mandate = h.mandate AND e.action = h.event);
SELECT kind, count(*) > 0 AS there FROM gauth.entry WHERE kind LIKE 'mandate.%' GROUP BY kind ORDER BY kind COLLATE "C";

-- E-39: points in time are UTC, whatever the session's zone
SET timezone = 'Asia/Tokyo';
SET datestyle = 'SQL, DMY';
SELECT count(*) AS times, bool_and(v #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$') AS iso
FROM (SELECT jsonb_path_query(d, '$.** ? (@ like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}T")') FROM gauth.mandate(:'m') d) q (v)
WHERE jsonb_typeof(v) = 'string';
SELECT bool_and(h ->> 'timestamp' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$') AS iso,
       abs(extract(epoch FROM now() - max((h ->> 'timestamp')::timestamptz))) < 600 AS true
FROM jsonb_array_elements(gauth.mandate_history(:'m') -> 'history') h;
RESET timezone;
RESET datestyle;

-- E-40: the 22 codes
SELECT * FROM gauth.mandate_errors();

-- E-41: health
SELECT string_agg(key, ', ' ORDER BY key COLLATE "C") AS keys FROM jsonb_object_keys(gauth.health()) key;
SELECT gauth.health() #> '{features,web3}' AS web3, gauth.health() ->> 'version' = e.extversion AS version
FROM pg_extension e WHERE e.extname = 'gauth';

-- C-07, C-08: the hashes of a scope, in four ways; order and white space do not matter, the order of a list does
\set scope '{"active_modules":["m1"],"allowed_paths":["src/"],"core_verbs":{"foundry.file.modify":{"allowed":true}},"denied_paths":[".env"],"governance_profile":"standard","phase":"build","platform_permissions":{"database":{"read":true}}}'
SELECT m, gauth.scope_checksum(:'scope', m) FROM unnest(ARRAY['rfc0116', 'rfc0118', 'sdk-ts', 'sdk-go']) m;
SELECT gauth.scope_checksum(:'scope') = gauth.scope_checksum(:'scope'::jsonb::json) AS same;
SELECT gauth.scope_checksum('{"allowed_paths": ["a", "b"]}') = gauth.scope_checksum('{"allowed_paths": ["b", "a"]}') AS same;
SELECT refused(format('SELECT gauth.scope_checksum(%L, %L)', s, m))
FROM (VALUES ('{}', 'md5'), ('[]', 'rfc0116'), ('1', 'rfc0118'), ('{"a": 1, "a": 2}', 'rfc0118')) v (s, m);
-- more documents than a session remembers, in one statement and in several
BEGIN;
INSERT INTO gauth.mandate
SELECT (jsonb_populate_record(m, jsonb_build_object('id', 'mdt_many' || i, 'document', d, 'document_hash', sha256(convert_to(d::text, 'UTF8'))))).*
FROM gauth.mandate m, state s, generate_series(1, 1100) i,
     LATERAL (SELECT doc(jsonb_build_object('requirements/budget/total_cents', i))::jsonb AS d) d
WHERE m.id = s.id AND s.state = 'DRAFT';
SELECT count(*), bool_and(refused(format('SELECT gauth.activate_mandate(%L)', id)) = 'ok') AS right
FROM gauth.mandate WHERE id LIKE 'mdt_many1__';
SELECT r, count(*), bool_and((gauth.mandate(id) #>> '{requirements,budget,total_cents}') = substr(id, 9)) AS right
FROM gauth.mandate, generate_series(1, 2) r WHERE id LIKE 'mdt_many%' GROUP BY r ORDER BY r;
ROLLBACK;

-- C-09: canonical JSON
SELECT gauth.canonical_json('{"b": [1.0, 1e2, -0, 1E-7, 333333333.33333329], "a": "\u20ac$\u000f\nA''B\"\\\"/", "\u00e9": null}');
SELECT refused($$SELECT gauth.canonical_json('{"a": 1, "a": 2}')$$), refused($$SELECT gauth.canonical_json('1e400')$$);

-- after all of this the books agree
SELECT severity, finding, count(*) FROM gauth.lint_mandates() l JOIN gauth.mandate m ON m.id = l.object
WHERE m.issued_by = 'alice' GROUP BY severity, finding;

SELECT gauth.drop_issuer('https://mandate.example');
SELECT gauth.revoke_access('regress_mandate_pep', 'enforcer'), gauth.revoke_access('regress_mandate_auditor', 'auditor');
DELETE FROM gauth.token WHERE issuer = 'https://mandate.example';
DELETE FROM gauth.party_identity;
DELETE FROM gauth.party;
DROP VIEW chain_status;
DROP TABLE state, chain, ceiling, page;
DROP FUNCTION doc, made, try, refused, events, part, below, walk;
DROP ROLE regress_mandate_alice, regress_mandate_bob, regress_mandate_carol, regress_mandate_eve, regress_mandate_agent,
    regress_mandate_helper, regress_mandate_pep, regress_mandate_auditor, regress_mandate_nobody;
