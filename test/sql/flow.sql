-- The flows of a request: authorization, token, transaction; and what the
-- parties and the definition behind a mandate say at each decision.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_flow_ben;
CREATE ROLE regress_flow_mia;
CREATE ROLE regress_flow_rita;
CREATE ROLE regress_flow_bot;
CREATE ROLE regress_flow_other;
CREATE ROLE regress_flow_erp;
CREATE ROLE regress_flow_stranger;

\getenv tests PG_ABS_SRCDIR
\set refused :tests '/sql/common/refused.sql'
\i :refused

-- the parties, as the steps I to VIII leave them (test/sql/party.sql)
INSERT INTO gauth.party (party, kind, form, name, identity, version, status,
                         legal_capacity, deceased, created_at, changed_at)
VALUES ('acme', 'organization', 'commercial_enterprise', 'Acme AG', '{}', NULL, 'active', true, false, now(), now()),
       ('mia', 'natural_person', NULL, 'Mia Director', '{}', NULL, 'active', true, false, now(), now()),
       ('ben', 'natural_person', NULL, 'Ben Buyer', '{}', NULL, 'active', true, false, now(), now()),
       ('rita', 'natural_person', NULL, 'Rita Resource', '{}', NULL, 'active', true, false, now(), now()),
       ('bot', 'agent', 'digital_agent', 'Bot', '{}', '1', 'active', true, false, now(), now()),
       ('other', 'agent', 'llm', 'Other', '{}', '1', 'active', true, false, now(), now());
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now()
FROM unnest(ARRAY['mia', 'ben', 'rita']) p;
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, valid_from)
VALUES ('acme', 'mia', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, now()),
       ('acme', 'ben', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'mia', now()),
       ('acme', 'rita', 'resource_owner', 'register_entry', 'HRB 1', 'mia', now());
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('bot', 'acme', 'ben', now(), 'mia', now(), true);
INSERT INTO gauth.resource_server (server, principal, owner, name, identity, authorized_at, active)
VALUES ('erp', 'acme', 'rita', 'ERP', '{}', now(), true);
SELECT count(gauth.party_identity(party, role::regrole))
FROM (VALUES ('ben', 'regress_flow_ben'), ('mia', 'regress_flow_mia'), ('rita', 'regress_flow_rita'),
             ('bot', 'regress_flow_bot'), ('other', 'regress_flow_other')) v (party, role);
SELECT gauth.grant_access('regress_flow_erp', 'enforcer');
SELECT gauth.add_issuer('https://flow.example', ARRAY['erp', 'db'], hosted => true);
SELECT gauth.create_key('https://flow.example', 'ES256') IS NOT NULL AS created;

SELECT pg_current_xact_id() AS start, clock_timestamp() AS began \gset
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT gauth.create_mandate('{
    "parties": {"issuer": "https://flow.example", "subject": "bot", "customer_id": "acme", "project_id": "p", "issued_by": "ben"},
    "scope": {"governance_profile": "standard", "phase": "run", "allowed_regions": ["EU"],
              "allowed_transactions": ["purchase", "leasing_rental"],
              "core_verbs": {"trade.order.sign": {"allowed": true}, "trade.order.create": {"allowed": true}}},
    "requirements": {"approval_mode": "supervised", "budget": {"total_cents": 10000}, "ttl_seconds": 7200}}') ->> 'mandate_id' AS id \gset
SELECT gauth.activate_mandate(:'id') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;

CREATE FUNCTION summary(decision jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', decision ->> 'decision', (SELECT string_agg(v ->> 'code', ',') FROM jsonb_array_elements(decision -> 'violations') v),
                     CASE WHEN decision ? 'processed' THEN 'processed ' || (decision ->> 'processed') END,
                     'left ' || (decision ->> 'remaining_cents')) $$;
GRANT EXECUTE ON FUNCTION summary(jsonb) TO PUBLIC;

--
-- G-01: authorization
--
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT g - 'grant_id' - 'mandate' - 'valid_until' - 'decisions' AS granted, summary(g -> 'decisions' -> 0) AS decision,
       g ->> 'grant_id' ~ '^grt_' AS named
FROM gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p",
    "transaction_type": "purchase", "region": "DE", "amount_cents": 500, "state": "xyz"}') g;
-- A-29: above the powers, no grant
SELECT what, g -> 'granted' AS granted, summary(g -> 'decisions' -> 0) AS decision
FROM (VALUES ('a verb', '{"scopes": ["trade.order.instruct"]}'::jsonb), ('a transaction', '{"transaction_type": "loan"}'),
             ('a region', '{"region": "US"}'), ('an amount', '{"amount_cents": 10001}')) v (what, change),
LATERAL gauth.initiate_authorization(('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p",
    "transaction_type": "purchase", "region": "DE", "amount_cents": 500}'::jsonb || change)::json) g;
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": [], "resource_server": "erp", "project_id": "p"}')$$);
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["a b"], "resource_server": "erp", "project_id": "p"}')$$);
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["a.b"], "resource_server": "none", "project_id": "p"}')$$);
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["a.b"], "resource_server": "erp", "project_id": "none"}')$$);
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["a.b"], "resource_server": "erp", "project_id": "p",
    "parameters": {"hold": "hld_1"}}')$$);
SET SESSION AUTHORIZATION regress_flow_other;
SELECT refused(format($$SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "mandate": "%s"}')$$, :'id'));
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p"}')$$);
RESET SESSION AUTHORIZATION;
SELECT count(*) AS grants, min(scope::text) AS scope FROM gauth.authorization_grant;

--
-- G-02: token
--
SELECT id AS grant FROM gauth.authorization_grant \gset
SET SESSION AUTHORIZATION regress_flow_other;
-- A-30: a foreign grant, an unknown one
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'grant'));
SET SESSION AUTHORIZATION regress_flow_stranger;
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'grant'));
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT refused($$SELECT gauth.request_token('{"grant_id": "grt_none"}')$$);
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s", "scope": ["trade.order.create"]}')$$, :'grant'));
SELECT gauth.request_token(format('{"grant_id": "%s"}', :'grant')::json) AS answer \gset
SELECT key, value FROM jsonb_each(:'answer'::jsonb) WHERE key NOT IN ('token', 'jti', 'kid', 'valid_until') ORDER BY key COLLATE "C";
-- A-30, C-36: used up
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'grant'));
RESET SESSION AUTHORIZATION;
SELECT :'answer'::jsonb ->> 'token' AS token \gset
SELECT c -> 'sub' AS sub, c -> 'aud' AS aud, c -> 'scope' AS scope FROM gauth.verify(:'token') c;
SELECT used_at IS NOT NULL AS used, token_id = :'answer'::jsonb ->> 'jti' AS same FROM gauth.authorization_grant;
SELECT refused($$UPDATE gauth.authorization_grant SET used_at = NULL, token_id = NULL$$);
-- C-38: an entry for the token, and for each that was refused
SELECT verdict, rule, count(*) FROM (SELECT decision AS verdict, rule FROM gauth.entry WHERE kind = 'token.issue'
      AND (xid > :'start'::xid8 OR rule LIKE 'GRANT%')) e
GROUP BY verdict, rule ORDER BY rule COLLATE "C" NULLS FIRST;

-- A-30: expired; revoked
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p",
    "transaction_type": "purchase", "region": "DE"}') ->> 'grant_id' AS second \gset
SET SESSION AUTHORIZATION regress_flow_stranger;
SELECT refused(format('SELECT gauth.revoke_grant(%L)', :'second'));
SET SESSION AUTHORIZATION regress_flow_rita;
SELECT gauth.revoke_grant(:'second'), gauth.revoke_grant(:'second') AS again;
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'second'));
SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p",
    "transaction_type": "purchase", "region": "DE"}') ->> 'grant_id' AS third \gset
RESET SESSION AUTHORIZATION;
ALTER TABLE gauth.authorization_grant DISABLE TRIGGER guard;
UPDATE gauth.authorization_grant SET granted_at = now() - interval '1 hour', expires_at = now() WHERE id = :'third';
ALTER TABLE gauth.authorization_grant ENABLE ALWAYS TRIGGER guard;
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'third'));

-- A-40: a grant with a code challenge is traded for its verifier alone (the
-- vector of RFC 7636 appendix B)
CREATE FUNCTION pg_temp.ask(change jsonb) RETURNS json LANGUAGE sql AS $$
    SELECT ('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p",
              "transaction_type": "purchase", "region": "DE"}'::jsonb || change)::json $$;
SELECT what, refused(format('SELECT gauth.initiate_authorization(pg_temp.ask(%L))', change))
FROM (VALUES ('plain', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "plain"}'),
             ('no method', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}'),
             ('no challenge', '{"code_challenge_method": "S256"}'),
             ('short', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "code_challenge_method": "S256"}'),
             ('padded', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "code_challenge_method": "S256"}'),
             ('base64', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "code_challenge_method": "S256"}'),
             ('spare bits', '{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "code_challenge_method": "S256"}')
     ) v (what, change);
SELECT gauth.initiate_authorization(pg_temp.ask('{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256"}')) ->> 'grant_id' AS proved \gset
SELECT gauth.initiate_authorization(pg_temp.ask('{}')) ->> 'grant_id' AS bare \gset
SELECT what, refused(format('SELECT gauth.request_token(%L)', jsonb_build_object('grant_id', :'proved') ||
                            jsonb_strip_nulls(jsonb_build_object('code_verifier', verifier))))
FROM (VALUES ('missing', NULL), ('wrong', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl'),
             ('the challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'),
             ('short', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX'), ('long', repeat('a', 129)),
             ('characters', 'dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk')) v (what, verifier);
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s",
    "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}')$$, :'bare')) AS "not asked for";
RESET SESSION AUTHORIZATION;
-- nor as long as its mandate is not in force
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_flow_ben;
SELECT gauth.suspend_mandate(:'id', 'a look at the books') ->> 'status' AS status;
SET LOCAL SESSION AUTHORIZATION regress_flow_bot;
SELECT refused(format($$SELECT gauth.request_token('{"grant_id": "%s"}')$$, :'bare'));
ROLLBACK;
SELECT used_at, code_challenge FROM gauth.authorization_grant WHERE id IN (:'proved', :'bare') ORDER BY code_challenge;
-- C-38
SELECT decision, rule, sum(count), bool_and(mandate = :'id') AS about_it FROM gauth.entry
WHERE kind = 'token.issue' AND resource IN (:'proved', :'bare') GROUP BY decision, rule ORDER BY rule COLLATE "C";
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT gauth.request_token(format('{"grant_id": "%s", "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}',
                                  :'proved')::json) ->> 'scope' AS scope;
SELECT gauth.request_token(format('{"grant_id": "%s"}', :'bare')::json) ->> 'scope' AS scope;
-- the shortest verifier and the longest
SELECT length(verifier) AS length, gauth.request_token(json_build_object('code_verifier', verifier, 'grant_id',
    gauth.initiate_authorization(pg_temp.ask(jsonb_build_object('code_challenge_method', 'S256', 'code_challenge',
        rtrim(translate(encode(sha256(verifier::bytea), 'base64'), '+/', '-_'), '=')))) ->> 'grant_id')) ->> 'scope' AS scope
FROM (VALUES (repeat('~', 43)), (repeat('.', 128))) v (verifier);

--
-- A-14: the other side
--
SELECT gauth.verify_counterparty(:'grant') - 'authorizer';
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT gauth.revoke_representative('acme', 'rita', 'resource_owner', 'left');
SELECT v -> 'valid' AS valid, v -> 'reason' AS reason FROM gauth.verify_counterparty(:'grant') v;
SET LOCAL SESSION AUTHORIZATION regress_flow_bot;
SELECT refused($$SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p"}')$$);
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT gauth.verify_counterparty('grt_none');

--
-- G-03: transactions
--
CREATE TABLE purchase (id text, cents int);
GRANT INSERT, SELECT ON purchase TO regress_flow_erp;
CREATE FUNCTION tx(id text, change jsonb DEFAULT '{}') RETURNS json LANGUAGE sql AS $$
    SELECT ('{"action": "trade.order.sign", "resource": "order/1", "resource_type": "api", "transaction_type": "purchase",
              "region": "DE", "amount_cents": 500}'::jsonb || jsonb_build_object('transaction_id', id) || change)::json $$;
SET SESSION AUTHORIZATION regress_flow_stranger;
SELECT refused(format('SELECT gauth.process_transaction(tx(''t0''), %L)', :'token')) ~ '^42501' AS not_for_all;
SET SESSION AUTHORIZATION regress_flow_erp;
BEGIN;
SELECT summary(gauth.process_transaction(tx('t1'), :'token'));
INSERT INTO purchase VALUES ('t1', 500);
COMMIT;
-- what fails beside it takes all of it back
BEGIN;
SELECT summary(gauth.process_transaction(tx('t2'), :'token'));
INSERT INTO purchase VALUES ('t2', 'not a number');
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT t.id, t.cents, t.agent, t.verb, p.cents AS done, budget_remaining
FROM gauth.transaction_record t LEFT JOIN purchase p USING (id), gauth.mandate m WHERE m.id = :'id';
SELECT kind, decision, count(*) FROM gauth.entry WHERE kind = 'transaction.process' AND xid > :'start'::xid8 GROUP BY kind, decision;
SELECT refused($$DELETE FROM gauth.transaction_record$$);
SET SESSION AUTHORIZATION regress_flow_erp;
-- twice; with another verb, above the budget, without the scope, with no token of a mandate
SELECT refused(format('SELECT gauth.process_transaction(tx(''t1''), %L)', :'token'));
SELECT what, summary(gauth.process_transaction(tx('t-' || what, change), :'token'))
FROM (VALUES ('verb', '{"action": "trade.order.create"}'::jsonb), ('scope', '{"scope_required": ["transaction:execute"]}'),
             ('amount', '{"amount_cents": 9501}'), ('transaction', '{"transaction_type": "loan"}'),
             ('region', '{"region": "CN"}'), ('needed scope', '{"scope_required": ["trade.order.sign"]}'),
             ('rest', '{"amount_cents": 9000}')) v (what, change);
SELECT refused($$SELECT gauth.process_transaction(tx('t4'), 'x.y.z')$$);
SELECT refused($$SELECT gauth.process_transaction('{"transaction_id": "t5"}', 'x.y.z')$$);
SELECT refused(format('SELECT gauth.process_transaction(tx(''t6'', ''{"amount_cents": -1}''), %L)', :'token'));
RESET SESSION AUTHORIZATION;
SELECT budget_remaining, status FROM gauth.mandate WHERE id = :'id';
SET SESSION AUTHORIZATION regress_flow_erp;
SELECT refused(format('SELECT gauth.process_transaction(tx(''t7''), %L)', :'token'));
RESET SESSION AUTHORIZATION;

--
-- what those behind the mandate, and its definition, say at each decision
--
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT gauth.put_definition('{
    "id": "def_flow",
    "parties": {"principal": {"type": "organization", "identity": "acme",
                              "organization": {"type": "commercial_enterprise", "name": "Acme AG"}},
                "authorized_client": {"type": "digital_agent", "identity": "bot", "version": "1", "operational_status": "active"}},
    "authorization": {"authorization_type": {}, "authorized_actions": {"transactions": ["purchase_transactions"]}},
    "requirements": {"validity_period": {"start_time": "2020-01-01T00:00:00Z"}, "formal_requirements": {},
                     "power_limits": {}, "special_conditions": {}}}') -> 'accepted' AS accepted;
SELECT gauth.activate_definition('def_flow') ->> 'status' AS status;
SELECT gauth.create_mandate('{
    "parties": {"issuer": "https://flow.example", "subject": "bot", "customer_id": "acme", "project_id": "q", "issued_by": "ben",
                "approval_chain": ["ben", "mia"]},
    "scope": {"governance_profile": "standard", "phase": "run", "allowed_regions": ["EU"], "allowed_transactions": ["purchase"],
              "core_verbs": {"trade.order.sign": {"allowed": true}}},
    "requirements": {"approval_mode": "supervised", "budget": {"total_cents": 100000}, "ttl_seconds": 7200}}') ->> 'mandate_id' AS q \gset
SELECT gauth.link_definition(:'q', 'def_flow');
SELECT gauth.activate_mandate(:'q') ->> 'status' AS status;
SELECT token AS qtoken FROM gauth.issue_mandate_token(:'q', ARRAY['erp']) \gset
RESET SESSION AUTHORIZATION;

-- a change, made and undone, and what is decided meanwhile; "-" changes nothing
CREATE FUNCTION meanwhile(token text, change text, action jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    IF change <> '-' THEN
        EXECUTE change;
    END IF;
    said := summary(gauth.process_transaction(tx('m-' || gen_random_uuid(), action), token));
    RAISE EXCEPTION USING ERRCODE = 'GX001', MESSAGE = said;
EXCEPTION WHEN SQLSTATE 'GX001' THEN
    RETURN said;
WHEN SQLSTATE 'ZG001' THEN
    RETURN SQLERRM;
END $$;
-- the definition with something in it
CREATE FUNCTION demand(path text[], value jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE gauth.definition SET document = jsonb_set(document::jsonb, path, value)::json WHERE id = 'def_flow' $$;

SELECT meanwhile(:'qtoken', '-') AS untouched;
-- A-12: the owner's own power; A-17: legal capacity; A-18: the representative's position; B-06: the agent's status
SELECT what, meanwhile(:'qtoken', change)
FROM (VALUES ('A-12', $$SELECT gauth.revoke_representative('acme', 'ben', 'client_owner', 'left')$$),
             ('A-12', $$SELECT gauth.revoke_client('bot', 'enough')$$),
             ('A-17', $$UPDATE gauth.party SET legal_capacity = false WHERE party = 'acme'$$),
             ('A-17', $$UPDATE gauth.party SET legal_capacity = false WHERE party = 'ben'$$),
             ('A-17', $$UPDATE gauth.party SET deceased = true WHERE party = 'mia'$$),
             ('A-18', $$UPDATE gauth.representative SET valid_until = now(), valid_from = now() - interval '1 day' WHERE party = 'ben'$$),
             ('A-18', $$UPDATE gauth.representative SET valid_from = now() + interval '1 day' WHERE party = 'ben'$$),
             ('A-18', $$SELECT gauth.revoke_representative('acme', 'mia', 'owner_authorizer', 'left')$$),
             ('A-18', $$SELECT gauth.withdraw_evidence('evd_ben')$$),
             ('B-06', $$SELECT gauth.change_party('bot', '{"status": "revoked"}')$$),
             ('A-15', $$UPDATE gauth.definition SET status = 'suspended' WHERE id = 'def_flow'$$)) v (what, change);
-- A-05, A-06: duties that come first, do-unless
SELECT what, meanwhile(:'qtoken', change)
FROM (VALUES ('A-06 before', $$INSERT INTO gauth.obligation VALUES ('o', 'def_flow', 'do_unless', 'alarm', NULL, false, 'x', now())$$),
             ('A-06 raised', $$INSERT INTO gauth.obligation VALUES ('o', 'def_flow', 'do_unless', 'alarm', NULL, false, 'x', now());
                               INSERT INTO gauth.definition_event VALUES ('def_flow', 'alarm', true, 'x', now())$$),
             ('A-05 open', $$INSERT INTO gauth.obligation VALUES ('o', 'def_flow', 'need_to_do', 'x', now() + interval '1 day', true, 'x', now())$$),
             ('A-05 overdue', $$INSERT INTO gauth.obligation VALUES ('o', 'def_flow', 'need_to_do', 'x', now() - interval '1 day', true, 'x', now())$$)) v (what, change);
-- B-07, B-10: who has to sign with the agent
SELECT what, meanwhile(:'qtoken', format('SELECT demand(%L, %L)', '{authorization,authorization_type}', value))
FROM (VALUES ('B-07 joint', '{"representation_type": "joint"}'), ('B-10 joint', '{"signature_type": "joint"}'),
             ('B-10 collective', '{"signature_type": "collective"}'), ('B-10 single', '{"signature_type": "single"}')) v (what, value);
-- and with them
SET SESSION AUTHORIZATION regress_flow_bot;
SELECT gauth.request_approval(:'q', '{"verb": "trade.order.sign", "amount_cents": 500}') ->> 'request_id' AS first \gset
SELECT gauth.request_approval(:'q', '{"verb": "trade.order.sign", "amount_cents": 500}') ->> 'request_id' AS again \gset
SET SESSION AUTHORIZATION regress_flow_mia;
SELECT gauth.approve(:'first') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;
SELECT what, meanwhile(:'qtoken', format('SELECT demand(%L, %L)', '{authorization,authorization_type}', value))
FROM (VALUES ('B-07 not the owner', '{"representation_type": "joint"}'), ('B-10 one of two', '{"signature_type": "joint"}')) v (what, value);
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT gauth.approve(:'again') ->> 'status' AS status;
RESET SESSION AUTHORIZATION;
SELECT what, meanwhile(:'qtoken', format('SELECT demand(%L, %L)', '{authorization,authorization_type}', value))
FROM (VALUES ('B-07 the owner', '{"representation_type": "joint"}'), ('B-10 two of two', '{"signature_type": "joint"}'),
             ('B-10 two of three', '{"signature_type": "collective"}'),
             ('B-10 two of a quorum of two', '{"signature_type": "collective", "restrictions": ["quorum:2"]}')) v (what, value);
-- B-08, B-25: restricted, excluded
SELECT what, meanwhile(:'qtoken', format('SELECT demand(%L, %L)', path, value))
FROM (VALUES ('B-08', '{authorization,authorization_type}', '{"restrictions": ["purchase_transactions"]}'),
             ('B-25', '{requirements,power_limits}', '{"explicit_exclusions": ["purchase_transactions"]}')) v (what, path, value);
-- B-16: validity; B-27: conditional effectiveness
SELECT what, meanwhile(:'qtoken', change)
FROM (VALUES ('B-16 over', $$SELECT demand('{requirements,validity_period}', '{"end_time": "2020-01-01T00:00:00Z"}')$$),
             ('B-16 not yet', $$SELECT demand('{requirements,validity_period}', '{"start_time": "2099-01-01T00:00:00Z"}')$$),
             ('B-27 before', $$SELECT demand('{requirements,special_conditions}', '{"conditional_effectiveness": ["illness"]}')$$),
             ('B-27 after', $$SELECT demand('{requirements,special_conditions}', '{"conditional_effectiveness": ["illness"]}');
                              INSERT INTO gauth.definition_event VALUES ('def_flow', 'illness', true, 'x', now())$$),
             ('B-27 over', $$SELECT demand('{requirements,special_conditions}', '{"conditional_effectiveness": ["illness"]}');
                             INSERT INTO gauth.definition_event VALUES ('def_flow', 'illness', false, 'x', now())$$)) v (what, change);
-- B-20: a resource owner who has not proved who he is
SELECT what, meanwhile(:'qtoken', $$SELECT demand('{requirements,formal_requirements}', '{"id_verification_required": true}');$$ || change,
                       '{"resource_server": "erp"}')
FROM (VALUES ('B-20 verified', ''), ('B-20 not verified', $$SELECT gauth.withdraw_evidence('evd_rita')$$)) v (what, change);
SELECT meanwhile(:'qtoken', $$SELECT demand('{requirements,formal_requirements}', '{"id_verification_required": true}')$$) AS "B-20 not named";
-- B-22: amounts, of one transaction and of a day
SELECT cents, meanwhile(:'qtoken', $$SELECT demand('{requirements,power_limits}',
    '{"power_levels": [{"amount_cents": 700, "currency": "EUR"}]}')$$, jsonb_build_object('amount_cents', cents))
FROM (VALUES (700), (701)) v (cents);
BEGIN;
SELECT demand('{requirements,power_limits}', '{"power_levels": [{"amount_cents": 1000, "currency": "EUR", "period": "day"}]}');
SELECT cents, summary(gauth.process_transaction(tx('day' || n, jsonb_build_object('amount_cents', cents)), :'qtoken'))
FROM (VALUES (1, 600), (2, 401), (3, 400), (4, 1)) v (n, cents);
ROLLBACK;
-- B-23: tools and partners
SELECT tool, meanwhile(:'qtoken', $$SELECT demand('{requirements,power_limits}', '{"tool_limitations": ["erp", "mail"]}')$$,
                       jsonb_build_object('tool', tool))
FROM (VALUES ('mail'), ('shell')) v (tool);
BEGIN;
SELECT demand('{requirements,power_limits}', '{"interaction_boundaries": ["partners:2"]}');
SELECT partner, summary(gauth.process_transaction(tx('with' || n, jsonb_build_object('partner', partner)), :'qtoken'))
FROM (VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'one')) v (n, partner);
ROLLBACK;
-- B-24: what has to be attested
SELECT what, meanwhile(:'qtoken', $$SELECT demand('{requirements,power_limits}', '{"quantum_resistance": true}');$$ || change)
FROM (VALUES ('B-24 missing', ''), ('B-24 attested', $$SELECT gauth.record_evidence('{"about": "party", "subject": "bot",
    "kind": "quantum_resistance", "method": "audit", "reference": "report 5"}')$$)) v (what, change);
-- B-24: and is told to who relies on it
SELECT gauth.enforcement_policy(json_build_object('format', 'jwt', 'token', :'qtoken')) -> 'attested_limits' AS nothing_demanded;
BEGIN;
SELECT demand('{requirements,power_limits}', '{"outcome_limitations": ["as the study says"], "model_limits": ["< 10B"],
    "behavioural_limits": ["polite"], "quantum_resistance": true}');
SELECT gauth.record_evidence('{"about": "party", "subject": "bot", "kind": "model_limits", "method": "audit",
    "reference": "report 6"}') IS NOT NULL AS recorded;
SELECT key, value FROM jsonb_each(gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'q'))
                                  -> 'attested_limits') ORDER BY key COLLATE "C";
ROLLBACK;
SELECT gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'id')) ? 'attested_limits' AS without_definition;

-- B-28: the principal is told, in the same transaction or not at all
LISTEN gauth_principal;
SELECT demand('{requirements,special_conditions}', '{"immediate_notification": ["purchase_transactions"]}');
BEGIN;
SELECT summary(gauth.process_transaction(tx('told'), :'qtoken'));
SELECT count(*) FROM gauth.entry WHERE kind = 'principal.inform' AND resource = 'acme' AND xid > :'start'::xid8;
ROLLBACK;
SELECT count(*) FROM gauth.entry WHERE kind = 'principal.inform' AND xid > :'start'::xid8;
UNLISTEN gauth_principal;

-- B-09, A-38: no sub-proxies without authority for it
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT refused(format($$SELECT gauth.delegate_mandate(%L, '{"delegate_agent_id": "other", "budget_cents": 1, "ttl_seconds": 60}')$$, :'q'));
RESET SESSION AUTHORIZATION;
SELECT demand('{authorization,authorization_type}', '{"sub_proxy_authority": true}');
SET SESSION AUTHORIZATION regress_flow_ben;
SELECT gauth.delegate_mandate(:'q', '{"delegate_agent_id": "other", "budget_cents": 10, "ttl_seconds": 60}') ->> 'mandate_id' AS child \gset
SELECT token AS ctoken FROM gauth.issue_mandate_token(:'child', ARRAY['erp']) \gset
RESET SESSION AUTHORIZATION;
SELECT gauth.enforcement_policy(json_build_object('format', 'jwt', 'mandate_id', :'child')) ? 'attested_limits' AS "B-24 delegated";
SELECT meanwhile(:'ctoken', '-', '{"amount_cents": 1}') AS child,
       meanwhile(:'ctoken', $$SELECT demand('{authorization,authorization_type}', '{"sub_proxy_authority": false}')$$,
                 '{"amount_cents": 1}') AS withdrawn,
       meanwhile(:'ctoken', $$SELECT gauth.revoke_representative('acme', 'ben', 'client_owner', 'left')$$,
                 '{"amount_cents": 1}') AS owner_left;
-- A-09: every mandate in force leads up to a person
SELECT count(*) AS without_person FROM gauth.mandate m, gauth.mandate_origin(m.id) o
WHERE m.status = 'ACTIVE' AND o.person IS NULL;

--
-- every refusal has its entry, though its transaction is rolled back
--
SET SESSION AUTHORIZATION regress_flow_bot;
BEGIN;
SELECT gauth.initiate_authorization('{"scopes": ["trade.order.sign"], "resource_server": "erp", "mandate": "mdt_none"}');
ROLLBACK;
BEGIN;
SELECT gauth.initiate_authorization(pg_temp.ask(jsonb_build_object('mandate', :'q', 'region', 'US'))) -> 'granted' AS granted;
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT kind, rule, sum(count), count(agent) = count(*) AS agent, count(mandate) = count(*) AS mandate, count(resource) = count(*) AS resource,
       count(token_id) = count(*) AS token
FROM gauth.entry
WHERE kind IN ('grant.refuse', 'transaction.process') AND decision = 3 AND made_at >= :'began'
GROUP BY kind, rule ORDER BY kind, rule COLLATE "C" NULLS FIRST;

-- nothing stays
DROP TABLE purchase;
\set no_parties :tests '/sql/common/no_parties.sql'
\i :no_parties
DELETE FROM gauth.token;
SELECT gauth.drop_issuer('https://flow.example');
SELECT gauth.revoke_access('regress_flow_erp', 'enforcer');
DROP FUNCTION pg_temp.ask(jsonb), refused(text), tx(text, jsonb), meanwhile(text, text, jsonb), demand(text[], jsonb), summary(jsonb);
DROP ROLE regress_flow_ben, regress_flow_mia, regress_flow_rita, regress_flow_bot, regress_flow_other, regress_flow_erp,
    regress_flow_stranger;
