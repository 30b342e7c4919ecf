-- Enforcement (RFC 0117) through SQL.  Every check at its bounds is in
-- test/unit/test_enforce*.c; sessions that meet are in test/specs/enforce_live.spec.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_enforce_agent;
CREATE ROLE regress_enforce_pep;
CREATE ROLE regress_enforce_nobody;

DO $$ BEGIN
    PERFORM gauth.register_party(json_build_object('id', who, 'kind', 'natural_person', 'name', who))
    FROM unnest(ARRAY['e_alice', 'e_bob', 'e_carol']) who;
    PERFORM gauth.register_party(json_build_object('id', who, 'kind', 'agent', 'form', 'llm', 'name', who, 'version', '1'))
    FROM unnest(ARRAY['e_agent', 'e_helper']) who;
    PERFORM gauth.party_identity('e_alice', current_user::regrole);
    PERFORM gauth.party_identity('e_agent', 'regress_enforce_agent'::regrole);
    PERFORM gauth.grant_access('regress_enforce_pep', 'enforcer');
    PERFORM gauth.add_issuer('https://enforce.example', ARRAY['db'], hosted => true, max_lifetime => '2 hours',
                             namespace => 'enforce:');
    PERFORM gauth.create_key('https://enforce.example', 'ES256');
END $$;

-- "b" over "a", member by member; null takes a member away
CREATE FUNCTION merge(a jsonb, b jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    key text;
    value jsonb;
BEGIN
    IF jsonb_typeof(a) IS DISTINCT FROM 'object' OR jsonb_typeof(b) <> 'object' THEN
        RETURN b;
    END IF;
    FOR key, value IN SELECT * FROM jsonb_each(b) LOOP
        IF value = 'null' THEN
            a := a - key;
        ELSE
            a := a || jsonb_build_object(key, merge(a -> key, value));
        END IF;
    END LOOP;
    RETURN a;
END $$;

-- a mandate in force that says yes, with changes
CREATE FUNCTION made(changes jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT gauth.activate_mandate(gauth.create_mandate(merge(jsonb_build_object(
        'parties', jsonb_build_object('issuer', 'https://enforce.example', 'subject', 'e_agent', 'customer_id', 'acme',
                                      'project_id', gen_random_uuid(), 'issued_by', 'e_alice',
                                      'approval_chain', '["e_bob", "e_carol"]'::jsonb),
        'scope', '{"governance_profile": "minimal", "phase": "run", "active_modules": [], "allowed_paths": [], "denied_paths": [],
            "core_verbs": {"core.file.read": {"allowed": true}, "core.file.modify": {"allowed": true},
                           "core.file.delete": {"allowed": true}, "core.command.run": {"allowed": true},
                           "core.deployment.start": {"allowed": true}, "core.database.insert": {"allowed": true},
                           "foundry.agent.delegate": {"allowed": true}},
            "platform_permissions": {"database": {"read": true, "write": true}, "shell": {"mode": "any"},
                                     "deployment": {"targets": ["dev", "staging", "prod"]}}}'::jsonb,
        'requirements', '{"approval_mode": "autonomous", "budget": {"total_cents": 10000}, "ttl_seconds": 3600}'::jsonb),
        changes)::json) ->> 'mandate_id') ->> 'mandate_id'
$$;

-- a request about it, with changes
CREATE FUNCTION request(mandate text, changes jsonb DEFAULT '{}') RETURNS json LANGUAGE sql AS $$
    SELECT merge(jsonb_build_object('request_id', 'req-1', 'timestamp', '2026-04-09T10:00:00Z',
        'action', '{"verb": "urn:gauth:verb:core:file:modify", "resource": "src/a.c", "resource_type": "file"}'::jsonb,
        'agent', '{"agent_id": "e_agent"}'::jsonb,
        'credential', jsonb_build_object('format', 'jwt', 'mandate_id', mandate)), changes)::json
$$;

-- a decision in one line
CREATE FUNCTION brief(answer jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', answer ->> 'decision', answer ->> 'error_code', answer #>> '{detail,failed_field}',
        (SELECT string_agg((v ->> 'check_id') || ' ' || CASE v ->> 'severity' WHEN 'warning' THEN '~' ELSE '' END || (v ->> 'code'), ' ')
         FROM jsonb_array_elements(answer -> 'violations') v),
        (SELECT string_agg((c ->> 'check_id') || ' ' || (c ->> 'constraint_type'), ' ')
         FROM jsonb_array_elements(answer -> 'enforced_constraints') c))
$$;
CREATE FUNCTION ask(mandate jsonb DEFAULT '{}', request jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT brief(gauth.enforce(request(made(mandate), request)))
$$;

--
-- the vectors of the RFC
--
-- D-01, D-05, D-42, D-44, D-60: the whole answer, without its times and ids
SELECT jsonb_pretty(merge(gauth.enforce(request(made('{"scope": {"core_verbs": {"core.file.modify": {"constraints": {"max_file_size_bytes": 10}}}}}'))),
       '{"timestamp": "", "audit": {"processing_time_ms": null, "mandate_id": ""}}'));

CREATE TABLE vector (name text, mandate jsonb, request jsonb, expected text);
INSERT INTO vector VALUES
    ('CT-PEP-001', '{"scope": {"allowed_paths": ["src/"]}}', '{"action": {"parameters": {"amount_cents": 5}}}', 'PERMIT'),
    ('CT-PEP-004', '{}', '{"action": {"verb": "urn:gauth:verb:core:deployment:deploy", "resource": "staging", "resource_type": "deployment"}}', 'DENY CHK-08 VERB_NOT_ALLOWED'),
    ('CT-PEP-005', '{"scope": {"denied_paths": [".env", "secrets/"]}}', '{"action": {"resource": ".env"}}', 'DENY CHK-07 PATH_DENIED'),
    ('CT-PEP-006', '{"scope": {"allowed_paths": ["src/", "tests/"]}}', '{"action": {"resource": "config/database.yml"}}', 'DENY CHK-07 PATH_NOT_ALLOWED'),
    ('CT-PEP-007, D-21', '{"scope": {"allowed_paths": ["src/"], "denied_paths": [".env"]}}', '{"action": {"resource": "src/.env"}}', 'DENY CHK-07 PATH_DENIED'),
    ('CT-PEP-008', '{"requirements": {"budget": {"total_cents": 100}}}', '{"action": {"parameters": {"amount_cents": 200}}}', 'DENY CHK-13 BUDGET_EXCEEDED'),
    ('CT-PEP-009', '{"requirements": {"budget": {"total_cents": 0}}}', '{"action": {"parameters": {"amount_cents": 1}}}', 'DENY CHK-13 BUDGET_EXHAUSTED'),
    ('CT-PEP-010', '{"scope": {"allowed_sectors": ["541511", "541512"]}}', '{"action": {"sector": "621111"}}', 'DENY CHK-05 SECTOR_MISMATCH'),
    ('CT-PEP-011', '{"scope": {"allowed_regions": ["DE", "EU"]}}', '{"action": {"region": "US"}}', 'DENY CHK-06 REGION_MISMATCH'),
    ('CT-PEP-012', '{"scope": {"allowed_regions": ["EU"]}}', '{"action": {"region": "DE"}}', 'PERMIT'),
    ('CT-PEP-013', '{"scope": {"phase": "plan"}}', '{"action": {"verb": "core.deployment.start", "resource": "dev", "resource_type": "deployment"}}', 'DENY CHK-04 PHASE_MISMATCH'),
    ('CT-PEP-014', '{"requirements": {"session_limits": {"max_tool_calls": 500}}}', '{"context": {"session_state": {"tool_calls_used": 501}}}', 'DENY CHK-14 SESSION_LIMIT_EXCEEDED'),
    ('CT-PEP-019', '{"scope": {"transaction_matrix": [{"verb": "core.file.modify", "transaction_type": "high_value", "allowed": false}]}}', '{"action": {"transaction_type": "high_value"}}', 'DENY CHK-11 TRANSACTION_NOT_ALLOWED'),
    ('CT-PEP-020', '{"scope": {"transaction_matrix": [{"transaction_type": "standard", "allowed": true}, {"verb": "core.file.delete", "transaction_type": "standard", "allowed": false}]}}', '{"action": {"transaction_type": "standard", "verb": "core.file.delete"}}', 'DENY CHK-11 TRANSACTION_NOT_ALLOWED'),
    ('CT-PEP-023', '{"scope": {"core_verbs": {"core.file.modify": {"constraints": {"max_file_size_bytes": 1048576}}}}}', '{"action": {"parameters": {"file_size": 5242880}}}', 'DENY CHK-09 CONSTRAINT_VIOLATED'),
    ('CT-PEP-024', '{"scope": {"platform_permissions": {"shell": null}}}', '{"action": {"verb": "core.command.run", "resource": "make", "resource_type": "shell"}}', 'DENY CHK-10 PLATFORM_PERMISSION_DENIED'),
    ('CT-PEP-025', '{"scope": {"allowed_decisions": ["supervised", "four-eyes"]}}', '{"action": {"decision_type": "autonomous"}}', 'DENY CHK-12 DECISION_NOT_ALLOWED'),
    ('CT-PEP-026', '{"requirements": {"approval_mode": "supervised", "requires_approval_for": ["core.file.modify"]}}', '{}', 'DENY CHK-15 APPROVAL_REQUIRED'),
    ('CT-PEP-027', '{"scope": {"allowed_paths": ["src/"]}}', '{"action": {"resource": "src/components/Button.tsx"}}', 'PERMIT'),
    ('CT-PEP-030', '{"scope": {"allowed_sectors": ["*"]}}', '{"action": {"sector": "541511"}}', 'PERMIT'),
    ('CT-PEP-031', '{"scope": {"allowed_regions": ["global"]}}', '{"action": {"region": "US"}}', 'PERMIT'),
    -- A-03, A-16: what is listed and what is not
    ('A-03: transaction', '{"scope": {"allowed_transactions": ["purchase"]}}', '{"action": {"transaction_type": "purchase"}}', 'PERMIT'),
    ('A-03: another transaction', '{"scope": {"allowed_transactions": ["purchase"]}}', '{"action": {"transaction_type": "loan"}}', 'DENY CHK-11 TRANSACTION_NOT_ALLOWED'),
    ('A-03: decision', '{"scope": {"allowed_decisions": ["advisory"]}}', '{"action": {"decision_type": "advisory"}}', 'PERMIT'),
    ('A-03: another decision', '{"scope": {"allowed_decisions": ["advisory"]}}', '{"action": {"decision_type": "binding"}}', 'DENY CHK-12 DECISION_NOT_ALLOWED'),
    ('A-03: action', '{}', '{"action": {"verb": "core.file.delete"}}', 'PERMIT'),
    ('A-03, A-16: another action', '{}', '{"action": {"verb": "core.file.rename"}}', 'DENY CHK-08 VERB_NOT_ALLOWED'),
    -- A-04: who may sign may not instruct
    ('A-04: sign', '{"scope": {"core_verbs": {"core.contract.sign": {"allowed": true}}}}', '{"action": {"verb": "core.contract.sign", "resource_type": "contract"}}', 'PERMIT'),
    ('A-04: instruct', '{"scope": {"core_verbs": {"core.contract.sign": {"allowed": true}}}}', '{"action": {"verb": "core.contract.instruct", "resource_type": "contract"}}', 'DENY CHK-08 VERB_NOT_ALLOWED'),
    -- D-25
    ('D-25: an INSERT', '{"scope": {"platform_permissions": {"database": {"write": false}}}}', '{"action": {"verb": "core.database.insert", "resource": "orders", "resource_type": "database"}}', 'DENY CHK-10 PLATFORM_PERMISSION_DENIED'),
    -- D-07
    ('D-07', '{"scope": {"allowed_sectors": ["54"]}}', '{}', 'PERMIT CHK-05 ~SECTOR_MISMATCH'),
    ('D-61', '{}', '{"new": 1, "action": {"new": {}}, "context": {"new": []}}', 'PERMIT'),
    ('V19', '{}', '{"agent": {"agent_id": "e_helper"}}', 'DENY CHK-02 AGENT_MISMATCH'),
    ('V05', '{"scope": {"denied_paths": ["secrets/"]}}', '{"action": {"resource": "src/../secrets/key"}}', 'DENY CHK-07 PATH_DENIED');
SELECT name, ask(mandate, request) AS answer, expected FROM vector
WHERE ask(mandate, request) IS DISTINCT FROM expected;
SELECT count(*) AS vectors FROM vector;

-- CT-PEP-022: beyond the profile
SELECT ask('{"scope": {"governance_profile": "standard", "platform_permissions": {"deployment": {"targets": ["dev"]}, "shell": null}},
             "requirements": {"approval_mode": "supervised"}}',
           '{"action": {"verb": "core.deployment.start", "resource": "prod", "resource_type": "deployment"}}');

--
-- requests
--
-- D-03: what has to be there
SELECT path, brief(gauth.enforce((request('x')::jsonb #- string_to_array(path, '.'))::json)) AS answer
FROM unnest(ARRAY['request_id', 'timestamp', 'action', 'action.verb', 'action.resource', 'agent', 'agent.agent_id',
                  'credential', 'credential.format']) path;
-- D-57: sizes
SELECT brief(gauth.enforce(rpad('{}', 65536)::json)) AS "65536", gauth.enforce(rpad('{}', 65537)::json) #>> '{detail,rule}' AS "65537",
       brief(gauth.enforce_batch((SELECT json_agg('{}'::json) FROM generate_series(1, 51)))) AS "51",
       jsonb_array_length(gauth.enforce_batch((SELECT json_agg('{}'::json) FROM generate_series(1, 50))) -> 'decisions') AS "50";
-- a member twice, not JSON that anybody could read alike
SELECT brief(gauth.enforce('{"request_id": "a", "request_id": "b"}')), brief(gauth.enforce('[]')), brief(gauth.enforce('5'));
-- nothing asked is nothing allowed
SELECT brief(gauth.enforce(NULL)), gauth.allowed(NULL);
-- CT-PEP-021, D-11: an error is no decision, and a denial
SELECT brief(gauth.enforce(request('x', '{"credential": {"token": "no.token"}}'))) AS token,
       brief(gauth.enforce(request('x', '{"credential": {"poa_snapshot": {"parties": 5}}}'))) AS snapshot,
       brief(gauth.enforce(request('x', '{"credential": {"format": "w3c_vc", "token": "{}"}}'))) AS format,
       gauth.allowed(request('x', '{"credential": {"token": "no.token"}}')) AS allowed;
SELECT gauth.allowed(request(made())) AS permit, gauth.allowed('{}') AS error,
       gauth.allowed(request(made('{"scope": {"core_verbs": {"core.file.modify": {"constraints": {"max_file_size_bytes": 10}}}}}'))) AS "constrain",
       gauth.allowed(request('mdt_none')) AS deny;
-- D-02: the same question, the same answer
SELECT made() AS id \gset
SELECT count(DISTINCT merge(gauth.enforce(request(:'id')), '{"timestamp": null, "audit": {"processing_time_ms": null}}'))
FROM generate_series(1, 1000);

-- CT-PEP-028, CT-PEP-029, D-58: batches
SELECT mode, b ->> 'overall_decision' AS overall,
       (SELECT string_agg(brief(d), '; ') FROM jsonb_array_elements(b -> 'decisions') d) AS decisions
FROM unnest(ARRAY['independent', 'all_or_nothing']) mode,
     gauth.enforce_batch(json_build_array(request(:'id'), request(:'id', '{"action": {"verb": "core.file.rename"}}'), '{}'::json), mode) b;
SELECT gauth.enforce_batch('[{}]', 'some');

-- D-62: what a client needs to keep to the answer: it writes nothing on a
-- denial or an error, and no more than the bound that it was told
CREATE TABLE upload (resource text, bytes bigint);
CREATE FUNCTION store(request json, bytes bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb := gauth.enforce(request);
    most bigint := jsonb_path_query_first(answer, '$.enforced_constraints[*] ? (@.constraint_type == "file_size_limited").enforced');
BEGIN
    IF answer ->> 'decision' IN ('PERMIT', 'CONSTRAIN') THEN
        INSERT INTO upload VALUES (answer #>> '{audit,action_resource}', least(bytes, most));
    END IF;
    RETURN coalesce(answer ->> 'decision', answer ->> 'error_code');
END $$;
SELECT made('{"scope": {"core_verbs": {"core.file.modify": {"constraints": {"max_file_size_bytes": 10}}}}}') AS bounded \gset
SELECT store(request(:'bounded'), 1000) AS "constrain", store(request(:'id'), 1000) AS permit,
       store(request(:'bounded', '{"action": {"verb": "core.file.rename"}}'), 1000) AS deny, store('{}', 1000) AS error;
SELECT * FROM upload ORDER BY bytes;
DROP TABLE upload;
DROP FUNCTION store;

-- D-59: what a mandate allows, before anything is asked
SELECT jsonb_object_keys(gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'id'))) AS key ORDER BY key;
SELECT gauth.enforcement_policy('{"format": "jwt", "mandate_id": "mdt_none"}') ->> 'decision' AS unknown,
       gauth.enforcement_policy('{"mandate_id": "mdt_none"}') #>> '{detail,failed_field}' AS malformed;

--
-- the mandate as it is at this moment
--
-- D-15, CT-PEP-003, A-15, A-19: every state but one denies
SELECT made() AS revoked, made() AS suspended, made() AS superseded, made('{"requirements": {"budget": {"total_cents": 10}}}') AS spent \gset
SELECT gauth.create_mandate(json_build_object('parties', document -> 'parties', 'scope', document -> 'scope',
                                              'requirements', document -> 'requirements')) ->> 'mandate_id' AS draft
FROM gauth.mandate WHERE id = :'superseded' \gset
SELECT gauth.enforce(request(:'revoked')) ->> 'decision' AS before, gauth.revoke_mandate(:'revoked', 'test') IS NOT NULL AS revoked,
       brief(gauth.enforce(request(:'revoked'))) AS after;
SELECT gauth.suspend_mandate(:'suspended', 'test') IS NOT NULL AS suspended, brief(gauth.enforce(request(:'suspended'))) AS after;
SELECT brief(gauth.enforce(request(:'draft'))) AS draft, gauth.activate_mandate(:'draft') IS NOT NULL AS activated,
       brief(gauth.enforce(request(:'superseded'))) AS superseded, brief(gauth.enforce(request(:'draft'))) AS active;
SELECT gauth.report_consumption(:'spent', 10, 'enforce-spent') ->> 'accepted' AS accepted, brief(gauth.enforce(request(:'spent'))) AS spent;
-- D-52: a read that needs no state hears of it too
SELECT made() AS id2 \gset
SELECT gauth.enforce(request(:'id2', '{"action": {"verb": "core.file.read"}}')) ->> 'enforcement_mode' AS mode,
       gauth.revoke_mandate(:'id2', 'test') IS NOT NULL AS revoked,
       brief(gauth.enforce(request(:'id2', '{"action": {"verb": "core.file.read"}}'))) AS after;
-- D-45: nobody chooses the mode
SELECT verb, gauth.enforce(request(:'id', jsonb_build_object('enforcement_mode', 'stateless', 'action', jsonb_build_object('verb', verb)))) ->> 'enforcement_mode' AS mode
FROM unnest(ARRAY['core.file.read', 'core.file.modify', 'core.deployment.start', 'core.command.run', 'foundry.agent.delegate']) verb;

-- D-28: the live budget, without what others hold
SELECT made('{"requirements": {"budget": {"total_cents": 1000}}}') AS budget \gset
SELECT gauth.hold_budget(:'budget', 600, '1 hour') ->> 'hold_id' AS hold \gset
SELECT cents, brief(gauth.enforce(request(:'budget', jsonb_build_object('action', jsonb_build_object('parameters', jsonb_build_object('amount_cents', cents)))))) AS answer
FROM unnest(ARRAY[300, 400, 401]) cents;
-- what the enforcement point holds counts as its own
SELECT brief(gauth.enforce(request(:'budget', jsonb_build_object('action', jsonb_build_object('parameters', jsonb_build_object('amount_cents', 600, 'hold', :'hold')))))) AS answer;
SELECT budget_remaining FROM gauth.mandate WHERE id = :'budget';

-- D-29: the session that is counted here
SELECT made('{"requirements": {"session_limits": {"max_tool_calls": 2}}}') AS session \gset
SELECT n, gauth.count_tool_calls(:'session', 's1') IS NOT NULL AS counted,
       brief(gauth.enforce(request(:'session', '{"agent": {"session_id": "s1"}}'))) AS answer
FROM generate_series(1, 2) n;
SELECT brief(gauth.enforce(request(:'session', '{"agent": {"session_id": "s2"}}'))) AS another;

-- D-30, D-56: an approval is for one action and one resource
SELECT made('{"requirements": {"approval_mode": "four-eyes"}}') AS eyes \gset
SET SESSION AUTHORIZATION regress_enforce_agent;
SELECT gauth.request_approval(:'eyes', '{"verb": "core.file.modify", "resource": "src/a.c"}') ->> 'request_id' AS approval \gset
RESET SESSION AUTHORIZATION;
SELECT brief(gauth.enforce(request(:'eyes'))) AS asked;
DO $$ BEGIN
    PERFORM gauth.party_identity('e_bob', 'regress_enforce_nobody'::regrole);
END $$;
SET SESSION AUTHORIZATION regress_enforce_nobody;
SELECT gauth.approve(:'approval') IS NOT NULL AS bob;
RESET SESSION AUTHORIZATION;
SELECT brief(gauth.enforce(request(:'eyes'))) AS by_one;
CREATE ROLE regress_enforce_carol;
SELECT gauth.party_identity('e_carol', 'regress_enforce_carol'::regrole);
SET SESSION AUTHORIZATION regress_enforce_carol;
SELECT gauth.approve(:'approval') IS NOT NULL AS carol;
RESET SESSION AUTHORIZATION;
SELECT brief(gauth.enforce(request(:'eyes'))) AS by_two,
       brief(gauth.enforce(request(:'eyes', '{"action": {"resource": "src/b.c"}}'))) AS another_resource,
       brief(gauth.enforce(request(:'eyes', '{"action": {"verb": "core.file.delete"}}'))) AS another_verb;

-- D-36: what was delegated is what counts
SELECT gauth.delegate_mandate(made('{"scope": {"allowed_paths": ["src/", "tests/"]}}'),
           '{"delegate_agent_id": "e_helper", "scope_restriction": {"allowed_paths": ["tests/"]}, "budget_cents": 100, "ttl_seconds": 600}') ->> 'mandate_id' AS child \gset
SELECT brief(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}, "action": {"resource": "tests/a"}}'))) AS within,
       brief(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}, "action": {"resource": "src/a"}}'))) AS beyond,
       (SELECT string_agg(c ->> 'check_id', ' ') FROM jsonb_array_elements(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}}')) -> 'checks') c
        WHERE c ->> 'check_id' LIKE '%-DELEGATED') AS again;
-- E-27: with the mandate above goes what was delegated from it
SELECT gauth.revoke_mandate(parent, 'test') IS NOT NULL AS revoked FROM gauth.mandate WHERE id = :'child';
SELECT brief(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}, "action": {"resource": "tests/a"}}'))) AS child;

-- D-38: trust, and the mandate stays what it is
SELECT made('{"conditions": {"min_trust_class": "Standard"}}') AS trust \gset
SELECT brief(gauth.enforce(request(:'trust'))) AS unknown;
SELECT gauth.put_agent_trust('e_agent', 'trusted', NULL);
SELECT brief(gauth.enforce(request(:'trust'))) AS not_attested;
SELECT gauth.put_agent_trust('e_agent', 'trusted', 'probationary');
-- D-40: with what was found and what was demanded
SELECT gauth.enforce(request(:'trust')) #> '{violations,0,details}' AS too_low;
SELECT gauth.put_agent_trust('e_agent', 'trusted', 'standard');
SELECT brief(gauth.enforce(request(:'trust'))) AS enough, (SELECT status FROM gauth.mandate WHERE id = :'trust') AS status;
SELECT gauth.put_agent_trust('e_agent', 'good', NULL);
-- D-39: this is where revocations happen
SELECT ask('{"conditions": {"continuous_verification": true}}');

--
-- those behind the mandate
--
SELECT set_config('test.mandate', :'id', false) IS NOT NULL AS set;
CREATE FUNCTION after_change(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE statement;
    answer := brief(gauth.enforce(request(current_setting('test.mandate'))));
    RAISE EXCEPTION USING ERRCODE = 'XX999';
EXCEPTION WHEN SQLSTATE 'XX999' THEN
    RETURN answer;
END $$;
BEGIN;
INSERT INTO gauth.party (party, kind, form, name, identity, status, legal_capacity, deceased, created_at, changed_at)
VALUES ('e_acme', 'organization', 'commercial_enterprise', 'Acme AG', '{}', 'active', true, false, now(), now());
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, valid_from)
VALUES ('e_acme', 'e_carol', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, now() - interval '2 days'),
       ('e_acme', 'e_alice', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'e_carol', now() - interval '2 days');
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now() - interval '2 days'
FROM unnest(ARRAY['e_alice', 'e_carol']) p;
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('e_agent', 'e_acme', 'e_alice', now(), 'e_carol', now(), true);
SELECT after_change('SELECT 1') AS unchanged,
       -- A-17: the principal's legal capacity
       after_change($$UPDATE gauth.party SET legal_capacity = false WHERE party = 'e_acme'$$) AS capacity,
       -- A-18: the representative's position
       after_change($$UPDATE gauth.representative SET valid_until = now() - interval '1 day' WHERE party = 'e_alice' AND kind = 'client_owner'$$) AS position,
       -- A-12: the owner's own powers
       after_change($$UPDATE gauth.representative SET revoked_at = now() WHERE party = 'e_alice' AND kind = 'client_owner'$$) AS owner,
       -- B-06: the agent's operational status
       after_change($$UPDATE gauth.party SET status = 'suspended' WHERE party = 'e_agent'$$) AS agent;
ROLLBACK;

--
-- who may ask
--
-- A-13, D-63: an agent asks about its own mandate with its own identity
SELECT token, jti FROM gauth.issue_mandate_token(:'id', ARRAY['db']) \gset t_
SELECT made() AS other \gset
SET SESSION AUTHORIZATION regress_enforce_agent;
BEGIN;
SELECT brief(gauth.enforce(request(:'id'))) AS nobody;
SELECT gauth.authenticate(:'t_token');
SELECT brief(gauth.enforce(request(:'id'))) AS own, brief(gauth.enforce(request(:'other'))) AS another,
       brief(gauth.enforce(request(:'id', '{"agent": {"agent_id": "e_helper"}}'))) AS as_another;
SELECT gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'id')) ->> 'phase' AS policy,
       gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'other')) ->> 'decision' AS another;
COMMIT;
-- a token is enough; D-12: one that is not genuine, or not this one's, is not
SELECT brief(gauth.enforce(request(NULL, jsonb_build_object('credential', jsonb_build_object('token', :'t_token', 'mandate_id', NULL))))) AS token,
       gauth.enforce(request(:'id', jsonb_build_object('credential', jsonb_build_object('token', :'t_token')))) #>> '{audit,credential_jti}' = :'t_jti' AS jti,
       brief(gauth.enforce(request(:'other', jsonb_build_object('credential', jsonb_build_object('token', :'t_token'))))) AS another_mandate,
       brief(gauth.enforce(request(:'id', jsonb_build_object('credential', jsonb_build_object('token', left(:'t_token', -8) || 'AAAAAAAA'))))) AS forged;
-- D-63: what it says of the mandate is not heard
SELECT brief(gauth.enforce(request(:'revoked', jsonb_build_object(
           'credential', jsonb_build_object('poa_snapshot', '{"scope": {}}'::jsonb),
           'context', '{"live_mandate_state": {"status": "active", "budget_remaining_cents": 1000000}}'::jsonb)))) AS forged_state,
       brief(gauth.enforce(request(NULL, jsonb_build_object(
           'credential', jsonb_build_object('token', :'t_token', 'mandate_id', NULL),
           'action', jsonb_build_object('parameters', '{"amount_cents": 20000}'::jsonb),
           'context', '{"live_mandate_state": {"status": "active", "budget_remaining_cents": 1000000}}'::jsonb)))) AS forged_budget;
SELECT gauth.hold_budget(:'budget', 1, '1 hour');
SELECT gauth.put_agent_trust('e_agent', 'verified_partner', 'verified_partner');
RESET SESSION AUTHORIZATION;
-- C-35: revoked, and the token with it
SELECT gauth.revoke_mandate(:'id', 'test') IS NOT NULL AS revoked,
       brief(gauth.enforce(request(NULL, jsonb_build_object('credential', jsonb_build_object('token', :'t_token', 'mandate_id', NULL))))) AS after;

-- an enforcement point in front of another server's mandates is heard
CREATE FUNCTION told(changes jsonb, state jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT brief(gauth.enforce(request('mdt_elsewhere', jsonb_build_object(
        'credential', jsonb_build_object('poa_snapshot', merge((SELECT (document::jsonb - 'schema_version') || '{"schema_version": "0116.2.2.1"}'
            FROM gauth.mandate WHERE id = current_setting('test.mandate')), changes)),
        'context', jsonb_build_object('live_mandate_state', state)))))
$$;
GRANT SELECT ON gauth.mandate TO regress_enforce_pep;
SET SESSION AUTHORIZATION regress_enforce_pep;
SELECT told('{}', '{"status": "active", "budget_remaining_cents": 50}') AS active,
       told('{}', '{"status": "revoked"}') AS revoked,
       told('{"exp": 1000}', '{"status": "active"}') AS expired,
       told('{"scope": {"phase": "dream"}}', '{"status": "active"}') AS malformed,
       told('{"conditions": {"continuous_verification": true}}', '{"status": "active"}') AS not_subscribed;
RESET SESSION AUTHORIZATION;
REVOKE SELECT ON gauth.mandate FROM regress_enforce_pep;

--
-- settings
--
-- D-64: another project's mandates are not applied here
SELECT gauth.configure('enforce_customers', '["other"]');
SELECT ask() AS another_customer;
SELECT gauth.configure('enforce_customers', '["acme", "other"]');
SELECT ask() AS customer;
SELECT gauth.configure('enforce_customers', NULL);
-- a list that cannot be read is not an empty one, which restricts nothing
INSERT INTO gauth.setting VALUES ('enforce_customers', '', '5');
SELECT ask();
DELETE FROM gauth.setting WHERE name = 'enforce_customers';
-- D-18: strict by setting
SELECT gauth.configure('enforce_required', '["sector"]');
SELECT ask('{"scope": {"allowed_sectors": ["54"]}}') AS strict;
SELECT gauth.configure('enforce_required', NULL);
-- D-50: no setting opens what is closed
SELECT name, value FROM gauth.settings WHERE name LIKE 'enforce%' ORDER BY name COLLATE "C";
SELECT count(*) FROM pg_settings WHERE name ~ '^gauth\..*(open|allow|permit|skip|disable|bypass)';
CREATE FUNCTION deny_suite() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM vector WHERE expected LIKE 'DENY%' AND ask(mandate, request) NOT LIKE 'DENY%'
$$;
DO $$
DECLARE
    permitted bigint := 0;
BEGIN
    FOR i IN 0 .. 15 LOOP
        PERFORM gauth.configure('enforce_customers', CASE WHEN i & 1 > 0 THEN '["acme"]'::jsonb ELSE '[]' END);
        PERFORM gauth.configure('enforce_projects', CASE WHEN i & 2 > 0 THEN '["p"]'::jsonb ELSE '[]' END);
        PERFORM gauth.configure('enforce_required', CASE WHEN i & 4 > 0 THEN '["sector", "region"]'::jsonb ELSE '[]' END);
        PERFORM gauth.configure('enforce_permits', CASE WHEN i & 8 > 0 THEN '["default"]'::jsonb ELSE '[]' END);
        permitted := permitted + deny_suite();
    END LOOP;
    RAISE EXCEPTION 'denials that became permits: %', permitted USING ERRCODE = 'XX999';
END $$;

--
-- phase two: the policies
--
-- the schema's own fragment knows agents, mandates, resources and what is asked
SELECT gauth.put_schema($$
    action "urn:gauth:verb:core:file:modify", "urn:gauth:verb:core:file:delete" appliesTo {
        principal: GAuth::Agent, resource: GAuth::Resource, context: { gauth: GAuth::Context }
    };
$$);
SELECT ask() AS no_policies;
SELECT gauth.create_policy('friday', $$
    @reason_user("Nothing of this size at once.")
    forbid (principal, action == Action::"urn:gauth:verb:core:file:modify", resource)
    when { context.gauth has request && context.gauth.request has amount_cents && context.gauth.request.amount_cents > 100 };
$$);
SELECT ask() AS silent, ask('{}', '{"action": {"parameters": {"amount_cents": 101}}}') AS forbidden;
SELECT gauth.enforce(request(made(), '{"action": {"parameters": {"amount_cents": 101}}}')) -> 'policies' AS policies;
-- a forbid on a mandate reaches every delegate
SELECT made('{"scope": {"allowed_paths": ["src/", "tests/"]}}') AS root \gset
SELECT gauth.delegate_mandate(:'root', '{"delegate_agent_id": "e_helper", "budget_cents": 100, "ttl_seconds": 600}') ->> 'mandate_id' AS child \gset
SELECT brief(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}}'))) AS before;
SELECT gauth.create_policy('stop', format('forbid (principal in GAuth::Mandate::"%s", action, resource);', :'root'));
SELECT brief(gauth.enforce(request(:'child', '{"agent": {"agent_id": "e_helper"}}'))) AS delegate,
       brief(gauth.enforce(request(:'root'))) AS root, ask() AS another;
-- the checks come first: what they deny, no permit opens
SELECT gauth.create_policy('all', 'permit (principal, action, resource);');
SELECT ask('{}', '{"action": {"verb": "core.file.rename"}}') AS denied, ask() AS permitted;
-- budget, approvals and the mandate are there to be looked at
SELECT gauth.create_policy('late', $$
    forbid (principal, action == Action::"urn:gauth:verb:core:file:delete", resource)
    unless { context.gauth has approvals && context.gauth.approvals.contains("e_bob") };
$$);
SELECT ask('{}', '{"action": {"verb": "core.file.delete"}}') AS not_approved;
SELECT made() AS approved \gset
SELECT gauth.request_approval(:'approved', '{"verb": "core.file.delete"}') ->> 'request_id' AS approval \gset
SET SESSION AUTHORIZATION regress_enforce_nobody;
SELECT gauth.approve(:'approval') IS NOT NULL AS bob;
RESET SESSION AUTHORIZATION;
SELECT brief(gauth.enforce(request(:'approved', '{"action": {"verb": "core.file.delete"}}'))) AS approved;
-- a store that has to permit
SELECT gauth.drop_policy('all');
SELECT gauth.configure('enforce_permits', '["default"]');
SELECT ask() AS no_permit;
SELECT gauth.create_policy('all', 'permit (principal, action, resource);');
SELECT ask() AS permit;
SELECT gauth.configure('enforce_permits', '["default", "nowhere"]');
SELECT ask() AS no_such_store;
SELECT gauth.configure('enforce_permits', NULL);
-- who does not enforce hears the reason, not the policy
SELECT made() AS own \gset
SELECT token FROM gauth.issue_mandate_token(:'own', ARRAY['db']) \gset t_
SET SESSION AUTHORIZATION regress_enforce_agent;
SELECT gauth.enforce(request(NULL, jsonb_build_object('credential', jsonb_build_object('token', :'t_token', 'mandate_id', NULL),
           'action', '{"parameters": {"amount_cents": 101}}'::jsonb))) -> 'policies' AS policies;
RESET SESSION AUTHORIZATION;
-- a schema without an action for agents: the store is about something else
SELECT gauth.put_policies('');
SELECT gauth.put_schema('entity User; action "look" appliesTo { principal: User, resource: User };');
SELECT gauth.create_policy('none', 'forbid (principal, action, resource);');
SELECT ask() AS silent;
DELETE FROM gauth.policy_store;
DELETE FROM gauth.policy_history;

--
-- what is written down
--
-- A-32, D-44, D-54: one entry for each decision, the token's id and no token
CREATE FUNCTION wait_for(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 100 LOOP
        EXIT WHEN (SELECT sum(count) FROM gauth.entry WHERE kind = 'enforce' AND mandate = current_setting('test.mandate')) >= wanted;
        PERFORM pg_sleep(0.05);
    END LOOP;
END $$;
SELECT made() AS id3 \gset
SELECT set_config('test.mandate', :'id3', false) IS NOT NULL AS set;
SELECT token, jti FROM gauth.issue_mandate_token(:'id3', ARRAY['db']) \gset t_
SELECT brief(gauth.enforce(request(:'id3'))) AS permit;
SELECT brief(gauth.enforce(request(:'id3', '{"action": {"verb": "core.file.rename"}}'))) AS deny;
SELECT brief(gauth.enforce(request(:'id3', jsonb_build_object('credential', jsonb_build_object('token', :'t_token'))))) AS token;
BEGIN;
SELECT brief(gauth.enforce(request(:'id3', '{"action": {"verb": "core.file.other"}}'))) AS denied_and_rolled_back;
ROLLBACK;
SELECT wait_for(4);
SELECT decision, action, rule, token_id = :'t_jti' AS token_id, payload::jsonb - 'interface' AS payload
FROM gauth.entry WHERE kind = 'enforce' AND mandate = :'id3' ORDER BY decision, action COLLATE "C", token_id NULLS FIRST;
SELECT count(*) AS tokens FROM gauth.entry e WHERE e::text ~ 'eyJ';
-- nothing was spent
SELECT budget_remaining FROM gauth.mandate WHERE id = :'id3';

-- D-65: over HTTP, as PostgREST does it: the header authenticates, the body is
-- the request, all as a role without rights
CREATE SCHEMA enforce_api;
CREATE FUNCTION enforce_api.authenticate() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    header text := current_setting('request.headers', true)::json ->> 'authorization';
BEGIN
    IF header ILIKE 'bearer %' THEN
        PERFORM gauth.authenticate(substr(header, 8));
    END IF;
END $$;
CREATE FUNCTION enforce_api.enforce(json) RETURNS jsonb LANGUAGE sql AS $$ SELECT gauth.enforce($1) $$;
GRANT USAGE ON SCHEMA enforce_api TO regress_enforce_nobody;
CREATE FUNCTION post(token text, body json) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM set_config('request.headers', json_build_object('authorization', 'Bearer ' || token)::text, true);
    SET LOCAL ROLE regress_enforce_nobody;
    PERFORM enforce_api.authenticate();
    answer := enforce_api.enforce(body);
    RESET ROLE;
    RETURN brief(answer);
END $$;
BEGIN;
SELECT post(:'t_token', request(:'id3')) AS own;
COMMIT;
BEGIN;
SELECT post(:'t_token', request(:'id')) AS of_another;
COMMIT;
BEGIN;
SELECT post(:'t_token', '{}') AS empty;
COMMIT;

-- D-49: a record that was changed from outside is of no use
BEGIN;
ALTER TABLE gauth.mandate DISABLE TRIGGER guard;
UPDATE gauth.mandate SET document_hash = sha256('another') WHERE id = :'id3';
SELECT gauth.enforce(request(:'id3'));
ROLLBACK;

SELECT gauth.revoke_access('regress_enforce_pep', 'enforcer');
DELETE FROM gauth.token WHERE issuer = 'https://enforce.example';
SELECT gauth.drop_issuer('https://enforce.example');
DELETE FROM gauth.agent_trust;
DELETE FROM gauth.party_identity;
DELETE FROM gauth.party;
DROP TABLE vector;
DROP FUNCTION merge, made, request, brief, ask, after_change, told, deny_suite, wait_for, post;
DROP SCHEMA enforce_api CASCADE;
DROP ROLE regress_enforce_agent, regress_enforce_pep, regress_enforce_nobody, regress_enforce_carol;
