-- Parties: the register, who acts, and the steps I to VIII in their order.
\pset null '(null)'
\set VERBOSITY default
SET client_min_messages = warning;

CREATE ROLE regress_party_md;
CREATE ROLE regress_party_buyer;
CREATE ROLE regress_party_stranger;

-- what a call raises: SQLSTATE, the code, the message
\getenv tests PG_ABS_SRCDIR
\set refused :tests '/sql/common/refused.sql'
\i :refused

-- the objects without what differs from run to run
CREATE FUNCTION shown(object jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT object - '{created_at,changed_at,authorized_at,approved_at,valid_from}'::text[] $$;

SELECT pg_current_xact_id() AS start \gset

--
-- registering
--
SELECT shown(gauth.register_party('{"id": "acme", "kind": "organization",
    "form": "commercial_enterprise", "name": "Acme AG", "identity": {"office": "Bremen"}}'));
SELECT shown(gauth.register_party('{"id": "mia", "kind": "natural_person", "name": "Mia Director"}'));
SELECT shown(gauth.register_party('{"id": "ben", "kind": "natural_person", "name": "Ben Buyer"}'));
SELECT shown(gauth.register_party('{"id": "bot", "kind": "agent", "form": "digital_agent",
    "name": "Purchasing agent", "version": "1.0", "identity": {"vendor": "Tools"}}'));
SELECT shown(gauth.register_party('{"kind": "natural_person", "name": "Nobody"}')) ? 'id' AS has_id;

-- B-02: five kinds of organisation, a sixth is refused
SELECT form, refused(format('SELECT gauth.register_party(%L)',
    json_build_object('kind', 'organization', 'name', 'x', 'form', form)
    ::jsonb || CASE form WHEN 'other' THEN '{"form_other": "church"}' ELSE '{}' END::jsonb))
FROM unnest(ARRAY['commercial_enterprise', 'public_authority', 'non_profit_organization',
                  'other_association', 'other', 'sixth']) form;

-- B-05: five kinds of agent, exactly one
SELECT form, refused(format('SELECT gauth.register_party(%L)',
    json_build_object('kind', 'agent', 'name', 'x', 'form', form, 'version', '1')
    ::jsonb || CASE form WHEN 'other' THEN '{"form_other": "drone"}' ELSE '{}' END::jsonb))
FROM unnest(ARRAY['llm', 'digital_agent', 'agentic_ai', 'humanoid_robot', 'other', 'robot']) form;
SELECT refused($$SELECT gauth.register_party('{"kind": "agent", "form": ["llm", "other"], "name": "x", "version": "1"}')$$);

-- B-06: an agent has a version and a status
SELECT refused($$SELECT gauth.register_party('{"kind": "agent", "form": "llm", "name": "x"}')$$);
SELECT refused($$SELECT gauth.register_party('{"kind": "agent", "form": "llm", "name": "x", "version": "1", "status": ""}')$$);

-- B-01: a person or an organisation, not both
SELECT refused($$SELECT gauth.register_party('{"kind": "natural_person", "form": "public_authority", "name": "x"}')$$);
SELECT refused($$SELECT gauth.register_party('{"name": "x"}')$$);

-- forged, doubled, huge, misspelt, taken
SELECT refused($$SELECT gauth.register_party('[]')$$);
SELECT refused($$SELECT gauth.register_party('{"kind": "natural_person", "name": "x", "name": "y"}')$$);
SELECT refused($$SELECT gauth.register_party('{"kind": "natural_person", "name": "x", "deceased": false}')$$);
SELECT refused(format('SELECT gauth.register_party(%L)',
    json_build_object('kind', 'natural_person', 'name', repeat('x', 1025))));
SELECT refused($$SELECT gauth.register_party('{"id": "mia", "kind": "natural_person", "name": "Mia Again"}')$$);
SELECT refused($$SELECT gauth.register_party('{"kind": "agent", "form": "llm", "name": "x", "version": "1", "successor": "mia"}')$$);

--
-- who acts
--
SELECT gauth.acting_party();
SELECT gauth.party_identity('mia', 'regress_party_md'::regrole);
SELECT gauth.party_identity('ben', 'regress_party_buyer'::regrole);
SELECT gauth.add_issuer('https://idp.example', ARRAY['db'], hosted => true);
SELECT gauth.create_key('https://idp.example', 'ES256') IS NOT NULL AS created;
SELECT gauth.party_identity('ben', 'https://idp.example', 'ben@acme');
SELECT refused($$SELECT gauth.party_identity('nobody', 'https://idp.example', 'x')$$);
SELECT refused($$SELECT gauth.party_identity('ben', '', 'x')$$);
SELECT token AS ben FROM gauth.issue_token('https://idp.example', 'ben@acme', ARRAY['db'], '1 hour') \gset
SELECT token AS guest, jti AS guest_jti
FROM gauth.issue_token('https://idp.example', 'guest', ARRAY['db'], '1 hour') \gset

SET SESSION AUTHORIZATION regress_party_md;
SELECT gauth.acting_party();
-- a role that was only taken on is not who logged in
RESET SESSION AUTHORIZATION;
SET ROLE regress_party_md;
SELECT gauth.acting_party();
RESET ROLE;

-- the identity decides; whoever bears a token and is nobody here stays nobody
SET SESSION AUTHORIZATION regress_party_md;
BEGIN;
SELECT gauth.authenticate(:'ben');
SELECT gauth.acting_party();
SELECT gauth.authenticate(:'guest');
SELECT gauth.acting_party();
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
COMMIT;
BEGIN;
SELECT gauth.authenticate(:'guest');
SELECT gauth.revoke(:'guest');
SELECT gauth.acting_party();
COMMIT;
SELECT gauth.acting_party();
RESET SESSION AUTHORIZATION;

--
-- the one-off steps
--
-- A-24: step II before step I
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "owner_authorizer", "basis": "managing_director", "register_entry": "HRB 12345 Bremen"}')$$);
-- step I; A-36: no genetic identity
SELECT refused($$SELECT gauth.verify_identity('mia', 'dna', 'sample 1')$$);
SELECT refused($$SELECT gauth.record_evidence('{"about": "party", "subject": "mia",
    "kind": "identity", "method": "genetic", "reference": "sample 1"}')$$);
SELECT count(*) AS genetic FROM gauth.evidence WHERE method ~ 'dna|gen';
SELECT gauth.verify_identity('mia', 'identity_document', 'passport C01X') ~ '^evd_' AS verified;
-- A-25: no register entry, no step II
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "owner_authorizer", "basis": "managing_director"}')$$);
-- nobody makes himself an authorizer
SET SESSION AUTHORIZATION regress_party_md;
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "owner_authorizer", "basis": "managing_director", "register_entry": "HRB 1"}')$$);
RESET SESSION AUTHORIZATION;
SELECT shown(gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "owner_authorizer", "basis": "managing_director", "register_entry": "HRB 12345 Bremen"}'));

-- A-26: step IV before step III, and without an authorizer
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "ben",
    "kind": "client_owner", "basis": "registered_power_of_attorney", "register_entry": "HRB 12345 Bremen"}')$$);
SET SESSION AUTHORIZATION regress_party_md;
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "ben",
    "kind": "client_owner", "basis": "registered_power_of_attorney", "register_entry": "HRB 12345 Bremen"}')$$);
RESET SESSION AUTHORIZATION;
SELECT gauth.verify_identity('ben', 'electronic_identity', 'eID 77') ~ '^evd_' AS verified;
SET SESSION AUTHORIZATION regress_party_md;
-- A-07: nobody authorizes himself
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "client_owner", "basis": "managing_director", "register_entry": "HRB 12345 Bremen"}')$$);
SELECT shown(gauth.authorize_representative('{"principal": "acme", "party": "ben",
    "kind": "client_owner", "basis": "registered_power_of_attorney",
    "register_entry": "HRB 12345 Bremen, Prokura", "limit_cents": 1000000}'));
RESET SESSION AUTHORIZATION;
-- A-26: the authorizer's position has ended
SELECT gauth.revoke_representative('acme', 'mia', 'owner_authorizer', 'left the company');
SET SESSION AUTHORIZATION regress_party_md;
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "ben",
    "kind": "client_owner", "basis": "registered_power_of_attorney", "register_entry": "HRB 12345 Bremen"}')$$);
SET SESSION AUTHORIZATION regress_party_buyer;
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
RESET SESSION AUTHORIZATION;
SELECT shown(gauth.authorize_representative('{"principal": "acme", "party": "mia",
    "kind": "owner_authorizer", "basis": "managing_director", "register_entry": "HRB 12345 Bremen"}'));

-- A-27: only the client owner authorizes the client
SET SESSION AUTHORIZATION regress_party_stranger;
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
SET SESSION AUTHORIZATION regress_party_md;
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
RESET SESSION AUTHORIZATION;
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
SET SESSION AUTHORIZATION regress_party_buyer;
SELECT shown(gauth.authorize_client('bot', 'acme'));
-- A-07: not without the second-level approval, and not by the same person
SELECT refused($$SELECT gauth.activate_client('bot')$$);
SELECT refused($$SELECT gauth.approve_client('bot')$$);
SET SESSION AUTHORIZATION regress_party_md;
SELECT shown(gauth.approve_client('bot'));
SELECT refused($$SELECT gauth.activate_client('bot')$$);
SET SESSION AUTHORIZATION regress_party_buyer;
SELECT shown(gauth.activate_client('bot'));
RESET SESSION AUTHORIZATION;
SELECT refused($$UPDATE gauth.client SET approved_by = owner$$) ~ '^23514' AS one_person_refused;

-- A-28: the resource owner's steps, in their order
SELECT shown(gauth.register_party('{"id": "rita", "kind": "natural_person", "name": "Rita Resource"}'));
CREATE ROLE regress_party_resource;
SELECT gauth.party_identity('rita', 'regress_party_resource'::regrole);
SET SESSION AUTHORIZATION regress_party_md;
SELECT refused($$SELECT gauth.authorize_representative('{"principal": "acme", "party": "rita",
    "kind": "resource_owner", "basis": "other", "basis_other": "head of IT", "register_entry": "internal 9"}')$$);
RESET SESSION AUTHORIZATION;
SELECT gauth.verify_identity('rita', 'in_person', 'desk 4') ~ '^evd_' AS verified;
SET SESSION AUTHORIZATION regress_party_resource;
SELECT refused($$SELECT gauth.enroll_resource_server('{"server": "erp", "principal": "acme", "name": "ERP"}')$$);
SET SESSION AUTHORIZATION regress_party_md;
SELECT shown(gauth.authorize_representative('{"principal": "acme", "party": "rita",
    "kind": "resource_owner", "basis": "other", "basis_other": "head of IT", "register_entry": "internal 9"}'));
SET SESSION AUTHORIZATION regress_party_resource;
SELECT shown(gauth.enroll_resource_server('{"server": "erp", "principal": "acme", "name": "ERP"}'));
SELECT refused($$SELECT gauth.enroll_resource_server('{"server": "erp", "principal": "acme", "name": "ERP"}')$$);
RESET SESSION AUTHORIZATION;

--
-- A-09: a natural person at the top
--
SELECT gauth.root_person('bot'), gauth.root_person('acme') IN ('ben', 'mia', 'rita') AS of_acme,
       gauth.root_person('mia'), gauth.root_person('nobody');
SELECT shown(gauth.register_party('{"id": "stray", "kind": "agent", "form": "llm", "name": "Stray", "version": "1"}'));
SELECT gauth.root_person('stray');

--
-- changes
--
SET SESSION AUTHORIZATION regress_party_buyer;
SELECT shown(gauth.change_party('bot', '{"version": "1.1", "successor": "stray"}'));
SELECT refused($$SELECT gauth.change_party('bot', '{"legal_capacity": false}')$$);
SELECT refused($$SELECT gauth.change_party('mia', '{"name": "x"}')$$);
SELECT refused($$SELECT gauth.party('mia')$$);
SELECT gauth.party('ben') -> 'identities' AS mine;
RESET SESSION AUTHORIZATION;
SELECT refused($$SELECT gauth.change_party('acme', '{"deceased": true}')$$);
SELECT refused($$SELECT gauth.change_party('acme', '{"version": "2"}')$$);
SELECT refused($$SELECT gauth.change_party('nobody', '{}')$$);
SELECT jsonb_object_keys(gauth.party('ben'));
SELECT p -> 'kind' AS kind, p -> 'basis' AS basis, p -> 'register_entry' AS entry, p -> 'authorizer' AS by
FROM jsonb_array_elements(gauth.party('ben') -> 'positions') p;
SELECT gauth.party('nobody');

-- whoever is not alive or able holds no position
BEGIN;
SELECT shown(gauth.change_party('mia', '{"deceased": true}'));
SET LOCAL SESSION AUTHORIZATION regress_party_buyer;
SELECT refused($$SELECT gauth.authorize_client('bot', 'acme')$$);
ROLLBACK;

-- ends
SET SESSION AUTHORIZATION regress_party_stranger;
SELECT refused($$SELECT gauth.revoke_client('bot', 'x')$$);
SELECT refused($$SELECT gauth.revoke_resource_server('erp', 'x')$$);
SELECT refused($$SELECT gauth.revoke_representative('acme', 'ben', 'client_owner', 'x')$$);
SELECT refused($$SELECT gauth.verify_identity('ben', 'in_person', 'x')$$) ~ '^42501' AS not_his;
SET SESSION AUTHORIZATION regress_party_md;
SELECT gauth.revoke_client('bot', 'replaced'), gauth.revoke_client('bot', 'replaced') AS again;
SELECT gauth.revoke_resource_server('erp', 'replaced');
SELECT gauth.revoke_representative('acme', 'ben', 'client_owner', 'left');
SET SESSION AUTHORIZATION regress_party_buyer;
SELECT refused($$SELECT gauth.activate_client('bot')$$);
RESET SESSION AUTHORIZATION;
SELECT gauth.withdraw_evidence(id), gauth.withdraw_evidence(id) AS again
FROM gauth.evidence WHERE subject = 'rita';

-- every change is an entry of the ledger
SELECT kind, count(*) FROM gauth.entry
WHERE xid >= :'start'::xid8 AND kind ~ '^(party|identity|representative|client|server|evidence)[.]' GROUP BY kind ORDER BY kind COLLATE "C";

-- no table is anybody's to read or write
SET SESSION AUTHORIZATION regress_party_md;
SELECT t, has_table_privilege('gauth.' || t, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AS any_right
FROM unnest(ARRAY['party', 'party_identity', 'evidence', 'representative', 'client', 'resource_server']) t;
RESET SESSION AUTHORIZATION;

SELECT gauth.drop_issuer('https://idp.example');
DELETE FROM gauth.token WHERE issuer = 'https://idp.example';
DELETE FROM gauth.revocation WHERE issuer = 'https://idp.example';
\set no_parties :tests '/sql/common/no_parties.sql'
\i :no_parties
DROP FUNCTION refused(text), shown(jsonb);
DROP ROLE regress_party_md, regress_party_buyer, regress_party_stranger, regress_party_resource;
