-- Definitions: the legal form of a power of attorney, its versions, what has
-- to be shown before it is in force, what ends it, and how it bounds mandates.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_definition_md;
CREATE ROLE regress_definition_buyer;
CREATE ROLE regress_definition_agent;
CREATE ROLE regress_definition_stranger;

\getenv tests PG_ABS_SRCDIR
\set refused :tests '/sql/common/refused.sql'
\i :refused

-- the parties, as the steps I to V leave them (test/sql/party.sql)
INSERT INTO gauth.party (party, kind, form, name, identity, version, status,
                         legal_capacity, deceased, created_at, changed_at)
VALUES ('acme', 'organization', 'commercial_enterprise', 'Acme AG', '{}', NULL, 'active', true, false, now(), now()),
       ('mia', 'natural_person', NULL, 'Mia Director', '{}', NULL, 'active', true, false, now(), now()),
       ('ben', 'natural_person', NULL, 'Ben Buyer', '{}', NULL, 'active', true, false, now(), now()),
       ('zoe', 'natural_person', NULL, 'Zoe Principal', '{}', NULL, 'active', true, false, now(), now()),
       ('bot', 'agent', 'digital_agent', 'Bot', '{}', '1', 'active', true, false, now(), now()),
       ('zbot', 'agent', 'digital_agent', 'Bot of Zoe', '{}', '1', 'active', true, false, now(), now());
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now()
FROM unnest(ARRAY['mia', 'ben', 'zoe']) p;
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, limit_cents, powers, valid_from)
VALUES ('acme', 'mia', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, NULL, NULL, now()),
       ('acme', 'ben', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'mia', 100000,
        '{"governance_profile": "minimal", "phase": "run", "allowed_regions": ["EU", "US"],
          "allowed_transactions": ["purchase", "leasing_rental", "loan"],
          "core_verbs": {"trade.order.sign": {"allowed": true}, "trade.order.create": {"allowed": true}}}', now()),
       ('zoe', 'mia', 'owner_authorizer', 'statutory', 'court 7', NULL, NULL, NULL, now()),
       ('zoe', 'zoe', 'client_owner', 'statutory', 'own right', 'mia', NULL, NULL, now());
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('bot', 'acme', 'ben', now(), 'mia', now(), true),
       ('zbot', 'zoe', 'zoe', now(), 'mia', now(), true);
SELECT gauth.party_identity('mia', 'regress_definition_md'::regrole);
SELECT gauth.party_identity('ben', 'regress_definition_buyer'::regrole);
SELECT gauth.party_identity('bot', 'regress_definition_agent'::regrole);
CREATE ROLE regress_definition_zoe;
SELECT gauth.party_identity('zoe', 'regress_definition_zoe'::regrole);

SELECT pg_current_xact_id() AS start \gset

-- a whole form
CREATE FUNCTION form(changes jsonb DEFAULT '{}', principal text DEFAULT 'acme') RETURNS json LANGUAGE sql AS $$
    SELECT (jsonb_build_object(
        'id', 'def_' || principal,
        'parties', jsonb_build_object(
            'principal', CASE principal
                WHEN 'acme' THEN '{"type": "organization", "identity": "acme",
                    "organization": {"type": "commercial_enterprise", "name": "Acme AG", "register_entry": "HRB 1"}}'::jsonb
                ELSE '{"type": "individual", "identity": "zoe", "individual": {"name": "Zoe", "citizenship": "DE"}}' END,
            'authorized_client', jsonb_build_object('type', 'digital_agent',
                'identity', CASE principal WHEN 'acme' THEN 'bot' ELSE 'zbot' END,
                'version', '1', 'operational_status', 'active')),
        'authorization', '{
            "authorization_type": {"representation_type": "sole", "signature_type": "single", "sub_proxy_authority": false,
                "restrictions": ["real_estate_transactions"]},
            "applicable_sectors": ["manufacturing"],
            "applicable_regions": [{"type": "international", "identifier": "EU"}],
            "authorized_actions": {"transactions": ["purchase_transactions", "leasing_rental_transactions"],
                "decisions": ["financial_commitments"],
                "non_physical_actions": ["researching_rag"], "physical_actions": ["storage"]}}'::jsonb,
        'requirements', '{
            "validity_period": {"start_time": "2026-01-01T00:00:00Z", "end_time": "2099-01-01T00:00:00Z",
                "auto_renewal_conditions": ["yearly, by the board"], "termination_conditions": ["insolvency"]},
            "power_limits": {"explicit_exclusions": ["loan_transactions"]},
            "rights_obligations": {"reporting_duties": ["monthly report"], "liability_rules": ["gross negligence"],
                "compensation_rules": ["none"]},
            "death_incapacity_rules": {"continuation_on_death": false},
            "security_compliance": {"compliance_info": ["GDPR"]},
            "jurisdiction_law": {"language": "de", "governing_law": "DE", "place_of_jurisdiction": "Bremen"},
            "conflict_resolution": {"arbitration_jurisdiction": "DIS"}}'::jsonb) || changes)::json $$;

CREATE FUNCTION with_requirement(path text[], value jsonb, principal text DEFAULT 'acme') RETURNS json LANGUAGE sql AS $$
    SELECT jsonb_set(jsonb_set(form('{}', principal)::jsonb, ARRAY['requirements', path[1]],
                               COALESCE(form('{}', principal)::jsonb -> 'requirements' -> path[1], '{}')),
                     ARRAY['requirements'] || path, value)::json $$;

CREATE FUNCTION mandate(project text, changes jsonb DEFAULT '{}', cents int DEFAULT 50000) RETURNS json LANGUAGE sql AS $$
    SELECT json_build_object(
        'parties', '{"subject": "bot", "customer_id": "acme", "issued_by": "ben"}'::jsonb || jsonb_build_object('project_id', project),
        'scope', jsonb_strip_nulls('{"governance_profile": "standard", "phase": "run", "allowed_regions": ["DE"], "allowed_sectors": ["manufacturing"],
                   "allowed_transactions": ["purchase"], "allowed_decisions": ["financial_commitments"],
                   "core_verbs": {"trade.order.sign": {"allowed": true}}}'::jsonb || changes),
        'requirements', jsonb_build_object('approval_mode', 'supervised', 'ttl_seconds', 3600,
                                           'budget', jsonb_build_object('total_cents', cents))) $$;

--
-- putting
--
SELECT refused($$SELECT gauth.put_definition(form())$$);
SET SESSION AUTHORIZATION regress_definition_agent;
SELECT refused($$SELECT gauth.put_definition(form())$$);
SET SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.put_definition(form()) - 'activated_at';
-- what is wrong is said, all of it, and nothing is stored
SELECT gauth.put_definition('{"id": "def_bad", "parties": {"principal": {"type": "organization"}}}') -> 'accepted' AS accepted;
SELECT refused($$SELECT gauth.put_definition(form('{"power": "absolute"}'))$$);
SELECT refused($$SELECT gauth.put_definition('[]')$$);
SELECT refused($$SELECT gauth.put_definition('{"id": "x", "id": "y"}')$$);
SELECT refused(format('SELECT gauth.put_definition(%L)', '{"id": "' || repeat('x', 70000) || '"}'));
-- somebody else's powers
SELECT refused($$SELECT gauth.put_definition(form('{}', 'zoe'))$$);
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM gauth.definition;

-- A-20, B-26, B-31: what was put comes back whole
SELECT gauth.definition('def_acme') -> 'definition' = form()::jsonb - 'id' AS identical;
SELECT key, value FROM jsonb_each(gauth.definition('def_acme'))
WHERE key NOT IN ('definition', 'created_at') ORDER BY key COLLATE "C";
SET SESSION AUTHORIZATION regress_definition_stranger;
SELECT refused($$SELECT gauth.definition('def_acme')$$), gauth.definition('def_none');
RESET SESSION AUTHORIZATION;

-- A-02: individual or general
SELECT attnotnull AS needed FROM pg_attribute WHERE attrelid = 'gauth.definition'::regclass AND attname = 'power';

-- A-23: every version is kept, and nobody changes what was
SET SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.put_definition(form('{"power": "general"}')) -> 'version' AS version;
SELECT gauth.put_definition(form()) -> 'version' AS version;
SELECT v -> 'version' AS version, v -> 'change' AS change, v -> 'changed_by' AS by, v -> 'definition' ? 'power' AS own
FROM jsonb_array_elements(gauth.definition_history('def_acme')) v;
RESET SESSION AUTHORIZATION;
SELECT refused($$UPDATE gauth.definition_version SET change = 'put'$$);
SELECT refused($$DELETE FROM gauth.definition_version$$);
SELECT refused($$TRUNCATE gauth.definition_version$$);

--
-- attestations
--
-- A-22, B-19: a notary
SET SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.put_definition(with_requirement('{formal_requirements}', '{"notarial_certification": true}')) -> 'version' AS version;
SELECT refused($$SELECT gauth.activate_definition('def_acme')$$);
RESET SESSION AUTHORIZATION;
SELECT gauth.record_evidence('{"about": "definition", "subject": "def_acme", "kind": "notary",
    "method": "deed", "reference": "UR 17/2026"}') ~ '^evd_' AS recorded;
SET SESSION AUTHORIZATION regress_definition_buyer;
BEGIN;
SELECT gauth.activate_definition('def_acme') ->> 'status' AS status;
ROLLBACK;
-- of another version it does not count
SELECT gauth.put_definition(with_requirement('{formal_requirements}', '{"notarial_certification": true}')) -> 'version' AS version;
SELECT refused($$SELECT gauth.activate_definition('def_acme')$$);

-- B-21: a signature, by a key of who may sign, over this very text
SELECT gauth.put_definition(with_requirement('{formal_requirements}', '{"digital_signatures": true}')) -> 'version' AS version;
SELECT refused($$SELECT gauth.activate_definition('def_acme')$$);
SELECT refused($$SELECT gauth.sign_definition('def_acme', 'mia', 'a.b.c')$$);
SELECT refused($$SELECT gauth.sign_definition('def_acme', 'zoe', 'a.b.c')$$);
SELECT gauth.put_definition(form()) -> 'version' AS version;

--
-- in force
--
SET SESSION AUTHORIZATION regress_definition_stranger;
SELECT refused($$SELECT gauth.activate_definition('def_acme')$$);
SET SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.activate_definition('def_acme') ->> 'status' AS status;
SELECT refused($$SELECT gauth.activate_definition('def_acme')$$);
SELECT refused($$SELECT gauth.put_definition(form())$$);

-- A-08: the mandate lies within the definition, and within its giver's powers
SELECT gauth.create_mandate(mandate('p1')) ->> 'mandate_id' AS id \gset
SELECT gauth.link_definition(:'id', 'def_acme');
SELECT gauth.activate_mandate(:'id') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.link_definition(%L, ''def_acme'')', :'id'));
SELECT what, refused(format('SELECT gauth.link_definition(%L, ''def_acme'')', gauth.create_mandate(mandate('w' || what, changes)) ->> 'mandate_id'))
FROM (VALUES ('a loan', '{"allowed_transactions": ["purchase", "loan"]}'::jsonb),
             ('another sector', '{"allowed_sectors": ["construction"]}'),
             ('every sector', '{"allowed_sectors": null}'),
             ('another region', '{"allowed_regions": ["DE", "US"]}'),
             ('another decision', '{"allowed_decisions": ["legal_proceedings"]}'),
             ('every decision', '{"allowed_decisions": null}')) v (what, changes);
SELECT what, refused(format('SELECT gauth.create_mandate(%L)', mandate('g' || what, changes, cents)))
FROM (VALUES ('as much as he has', '{}'::jsonb, 100000),
             ('more money than he has', '{}', 100001),
             ('a verb that he has not', '{"core_verbs": {"trade.order.sign": {"allowed": true}, "trade.order.instruct": {"allowed": true}}}', 1),
             ('a region that he has not', '{"allowed_regions": ["DE", "CN"]}', 1)) v (what, changes, cents);
RESET SESSION AUTHORIZATION;

-- A-01: from whom the power comes
SELECT * FROM gauth.mandate_origin(:'id');
SELECT * FROM gauth.mandate_origin('mdt_none');

--
-- A-05: duties
--
SET SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.impose_obligation('{"definition": "def_acme", "kind": "need_to_do", "description": "report stock"}') AS todo \gset
SELECT gauth.impose_obligation('{"definition": "def_acme", "kind": "report", "description": "monthly report",
    "due_at": "2020-01-31T00:00:00Z", "blocking": true}') AS report \gset
SELECT o - 'id' AS open FROM jsonb_array_elements(gauth.open_obligations(:'id')) o;
SET SESSION AUTHORIZATION regress_definition_stranger;
SELECT refused(format('SELECT gauth.open_obligations(%L)', :'id'));
SELECT refused(format('SELECT gauth.fulfill_obligation(%L, ''x'')', :'todo'));
SET SESSION AUTHORIZATION regress_definition_agent;
SELECT gauth.fulfill_obligation(:'todo', 'mail of today'), gauth.fulfill_obligation(:'todo', 'again') AS again;
SELECT gauth.fulfill_obligation(:'report', 'report 1');
SELECT gauth.open_obligations(:'id');
SELECT refused($$SELECT gauth.impose_obligation('{"definition": "def_acme", "kind": "need_to_do", "description": "x"}')$$);
RESET SESSION AUTHORIZATION;

--
-- B-17: renewal is a new version, written down, by somebody who may
--
SET SESSION AUTHORIZATION regress_definition_agent;
SELECT refused($$SELECT gauth.renew_definition('def_acme', form())$$);
SET SESSION AUTHORIZATION regress_definition_md;
SELECT gauth.renew_definition('def_acme', with_requirement('{validity_period,end_time}', '"2100-01-01T00:00:00Z"')) - 'activated_at';
SELECT refused($$SELECT gauth.renew_definition('def_acme', form('{}', 'zoe'))$$);
SELECT gauth.renew_definition('def_acme', '{}') -> 'accepted' AS accepted;
RESET SESSION AUTHORIZATION;
SELECT actor, resource FROM gauth.entry WHERE kind = 'definition.renew' AND xid > :'start'::xid8;

--
-- B-18: what ends it
--
SET SESSION AUTHORIZATION regress_definition_stranger;
SELECT refused($$SELECT gauth.raise_event('def_acme', 'insolvency')$$);
SET SESSION AUTHORIZATION regress_definition_md;
BEGIN;
SELECT gauth.raise_event('def_acme', 'a good year');
SELECT gauth.raise_event('def_acme', 'insolvency');
SELECT gauth.definition('def_acme') ->> 'status' AS status, gauth.definition('def_acme') -> 'events' AS events;
RESET SESSION AUTHORIZATION;
SELECT status, reason FROM gauth.mandate WHERE id = :'id';
SELECT kind, count(*) FROM gauth.entry WHERE xid = pg_current_xact_id() GROUP BY kind ORDER BY kind COLLATE "C";
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT status FROM gauth.mandate WHERE id = :'id';
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_definition_buyer;
SELECT gauth.revoke_definition('def_acme', 'no longer needed'), gauth.revoke_definition('def_acme', 'no longer needed') AS again;
SELECT refused($$SELECT gauth.renew_definition('def_acme', form())$$);
RESET SESSION AUTHORIZATION;
SELECT status, reason FROM gauth.mandate WHERE id = :'id';
ROLLBACK;
RESET SESSION AUTHORIZATION;

--
-- B-29: death; B-30: incapacity
--
CREATE FUNCTION fate(rules jsonb, change text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    PERFORM set_config('role', 'none', true);
    SET LOCAL SESSION AUTHORIZATION regress_definition_zoe;
    PERFORM gauth.put_definition(with_requirement('{death_incapacity_rules}', rules, 'zoe'));
    PERFORM gauth.activate_definition('def_zoe');
    made := gauth.create_mandate((mandate('z')::jsonb || jsonb_build_object('parties',
        '{"subject": "zbot", "customer_id": "zoe", "project_id": "z", "issued_by": "zoe"}'::jsonb))::json) ->> 'mandate_id';
    PERFORM gauth.link_definition(made, 'def_zoe');
    PERFORM gauth.activate_mandate(made);
    RESET SESSION AUTHORIZATION;
    PERFORM gauth.change_party('zoe', change::json);
    RAISE EXCEPTION USING ERRCODE = 'GX000', MESSAGE = (SELECT format('%s, mandate %s %s', d.status, m.status, m.reason)
        FROM gauth.definition d, gauth.mandate m WHERE d.id = 'def_zoe' AND m.id = made);
END $$;
SELECT rules, change, refused(format('SELECT fate(%L, %L)', rules, change)) AS fate
FROM (VALUES ('{"continuation_on_death": false}', '{"deceased": true}'),
             ('{"continuation_on_death": true}', '{"deceased": true}'),
             ('{}', '{"deceased": true}'),
             ('{"incapacity_instructions": "suspend"}', '{"legal_capacity": false}'),
             ('{"incapacity_instructions": "revoke"}', '{"legal_capacity": false}'),
             ('{"incapacity_instructions": "continue"}', '{"legal_capacity": false}'),
             ('{"incapacity_instructions": "ask the court"}', '{"legal_capacity": false}')) v (rules, change);

-- nothing stays
\set no_parties :tests '/sql/common/no_parties.sql'
\i :no_parties
DROP FUNCTION refused(text), form(jsonb, text), with_requirement(text[], jsonb, text), mandate(text, jsonb, int), fate(jsonb, text);
DROP ROLE regress_definition_md, regress_definition_buyer, regress_definition_agent, regress_definition_stranger,
    regress_definition_zoe;
