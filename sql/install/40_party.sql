/*
 * Parties: persons, organisations and agents, who they are to this database,
 * for whom they may act, and the one-off steps I to VIII of RFC 0111
 * section 6 that bring them in.
 *
 * Roles are kept by name: a number means nothing in the cluster that a dump
 * is restored into.
 */

CREATE TABLE gauth.party (
    party text COLLATE "C" PRIMARY KEY,
    kind text COLLATE "C" NOT NULL
        CHECK (kind IN ('natural_person', 'organization', 'agent')),
    form text COLLATE "C",
    form_other text,
    name text NOT NULL CHECK (name <> ''),
    identity jsonb NOT NULL,
    version text,
    status text COLLATE "C" NOT NULL CHECK (status <> ''),
    legal_capacity boolean NOT NULL,
    deceased boolean NOT NULL,
    successor text COLLATE "C" REFERENCES gauth.party (party),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CHECK (
        CASE kind
            WHEN 'natural_person' THEN
                form IS NULL AND version IS NULL
            WHEN 'organization' THEN
                form IN ('commercial_enterprise', 'public_authority',
                         'non_profit_organization', 'other_association',
                         'other')
                AND form IS NOT NULL AND version IS NULL AND NOT deceased
            ELSE
                form IN ('llm', 'digital_agent', 'agentic_ai',
                         'humanoid_robot', 'other')
                AND form IS NOT NULL AND version IS NOT NULL AND NOT deceased
        END
    ),
    CHECK ((form_other IS NOT NULL AND form_other <> '')
           = (form IS NOT NULL AND form = 'other')),
    CHECK (successor IS NULL OR (kind = 'agent' AND successor <> party))
);

COMMENT ON TABLE gauth.party IS
'the register of persons, organisations and agents (RFC 0115 part A)';
COMMENT ON COLUMN gauth.party.party IS 'its name in the register';
COMMENT ON COLUMN gauth.party.kind IS
'natural_person, organization or agent';
COMMENT ON COLUMN gauth.party.form IS
'of an organisation: commercial_enterprise, public_authority, non_profit_organization, other_association or other; of an agent: llm, digital_agent, agentic_ai, humanoid_robot or other';
COMMENT ON COLUMN gauth.party.form_other IS 'what "other" is';
COMMENT ON COLUMN gauth.party.name IS 'what people call it';
COMMENT ON COLUMN gauth.party.identity IS
'what identifies it: citizenship, registered office, vendor, serial number; shown to relying parties for agents only';
COMMENT ON COLUMN gauth.party.version IS 'of an agent: its version';
COMMENT ON COLUMN gauth.party.status IS
'operational status: active, or in a word why not, such as unavailable or revoked';
COMMENT ON COLUMN gauth.party.legal_capacity IS
'whether it can bind itself in law; false: incapacity, insolvency';
COMMENT ON COLUMN gauth.party.deceased IS 'of a person: whether it has died';
COMMENT ON COLUMN gauth.party.successor IS
'of an agent: who acts in its place while it is unavailable (RFC 0111 section 6)';
COMMENT ON COLUMN gauth.party.created_at IS 'when it was registered';
COMMENT ON COLUMN gauth.party.changed_at IS 'when it was changed last';

CREATE TABLE gauth.party_identity (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX party_identity_party ON gauth.party_identity (party);

COMMENT ON TABLE gauth.party_identity IS
'which party the bearer of a token, or a role of this cluster, is';
COMMENT ON COLUMN gauth.party_identity.issuer IS
'the claim "iss"; empty: "subject" is the name of a role';
COMMENT ON COLUMN gauth.party_identity.subject IS
'the claim "sub" as the issuer has it, or the name of a role';
COMMENT ON COLUMN gauth.party_identity.party IS 'who that is';
COMMENT ON INDEX gauth.party_identity_party IS 'all identities of a party';

CREATE TABLE gauth.evidence (
    id text COLLATE "C" PRIMARY KEY,
    about text COLLATE "C" NOT NULL
        CHECK (about IN ('party', 'representative', 'client',
                         'resource_server', 'definition')),
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    method text COLLATE "C" NOT NULL,
    reference text NOT NULL CHECK (reference <> ''),
    detail jsonb,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    valid_until timestamptz,
    withdrawn_at timestamptz,
    CHECK (kind <> 'identity'
           OR method IN ('identity_document', 'electronic_identity',
                         'qualified_signature', 'qualified_certificate',
                         'register_extract', 'in_person', 'video', 'notary',
                         'code_signature', 'device_certificate'))
);

CREATE INDEX evidence_subject ON gauth.evidence (about, subject, kind);

COMMENT ON TABLE gauth.evidence IS
'what was shown and by whom: identities, positions, attestations';
COMMENT ON COLUMN gauth.evidence.id IS 'its name';
COMMENT ON COLUMN gauth.evidence.about IS
'party, representative, client, resource_server or definition';
COMMENT ON COLUMN gauth.evidence.subject IS
'which of those: its name';
COMMENT ON COLUMN gauth.evidence.kind IS
'identity, authorization, or what a definition asks for, such as notary';
COMMENT ON COLUMN gauth.evidence.method IS
'how it was shown; of an identity one of a closed list without genetic methods (RFC 0111 section 2)';
COMMENT ON COLUMN gauth.evidence.reference IS
'where it can be found: number of the document, of the register entry';
COMMENT ON COLUMN gauth.evidence.detail IS 'more about it';
COMMENT ON COLUMN gauth.evidence.recorded_by IS
'party, subject or role that recorded it';
COMMENT ON COLUMN gauth.evidence.recorded_at IS 'when';
COMMENT ON COLUMN gauth.evidence.valid_until IS
'until when it counts; NULL: for good';
COMMENT ON COLUMN gauth.evidence.withdrawn_at IS
'since when it does not count any more';
COMMENT ON INDEX gauth.evidence_subject IS 'what is known about something';

CREATE TABLE gauth.representative (
    principal text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    party text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    kind text COLLATE "C" NOT NULL
        CHECK (kind IN ('owner_authorizer', 'client_owner', 'resource_owner',
                        'other')),
    basis text COLLATE "C" NOT NULL
        CHECK (basis IN ('registered_power_of_attorney', 'managing_director',
                         'register_entry', 'statutory', 'other')),
    basis_other text,
    register_entry text NOT NULL CHECK (register_entry <> ''),
    powers json,
    limit_cents bigint CHECK (limit_cents >= 0),
    authorizer text COLLATE "C" REFERENCES gauth.party (party),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    revoked_at timestamptz,
    reason text,
    PRIMARY KEY (principal, party, kind),
    CHECK ((basis_other IS NOT NULL AND basis_other <> '')
           = (basis = 'other')),
    CHECK (valid_until > valid_from),
    CHECK (authorizer <> party),
    CHECK ((authorizer IS NULL) = (kind = 'owner_authorizer'))
);

CREATE INDEX representative_party ON gauth.representative (party, kind);

COMMENT ON TABLE gauth.representative IS
'persons who act for a principal, and on what ground (RFC 0115 part A)';
COMMENT ON COLUMN gauth.representative.principal IS
'organisation or person that is acted for';
COMMENT ON COLUMN gauth.representative.party IS 'person who acts';
COMMENT ON COLUMN gauth.representative.kind IS
'owner_authorizer, client_owner, resource_owner or other';
COMMENT ON COLUMN gauth.representative.basis IS
'registered_power_of_attorney, managing_director, register_entry, statutory or other';
COMMENT ON COLUMN gauth.representative.basis_other IS 'what "other" is';
COMMENT ON COLUMN gauth.representative.register_entry IS
'where the position can be looked up';
COMMENT ON COLUMN gauth.representative.powers IS
'what the person may do at most: a scope of RFC 0116 section 4.3; NULL: as much as the principal';
COMMENT ON COLUMN gauth.representative.limit_cents IS
'largest budget that the person may grant; NULL: any';
COMMENT ON COLUMN gauth.representative.authorizer IS
'who has authorized the person, always another one; an authorizer is authorized by the register';
COMMENT ON COLUMN gauth.representative.valid_from IS 'since when';
COMMENT ON COLUMN gauth.representative.valid_until IS
'until when; NULL: for good';
COMMENT ON COLUMN gauth.representative.revoked_at IS
'since when it does not hold any more';
COMMENT ON COLUMN gauth.representative.reason IS 'why it was revoked';
COMMENT ON INDEX gauth.representative_party IS 'for whom a person acts';

CREATE TABLE gauth.client (
    agent text COLLATE "C" PRIMARY KEY REFERENCES gauth.party (party),
    principal text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    owner text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    authorized_at timestamptz NOT NULL,
    approved_by text COLLATE "C" REFERENCES gauth.party (party),
    approved_at timestamptz,
    active boolean NOT NULL,
    reason text,
    CHECK (approved_by <> owner),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (NOT active OR approved_by IS NOT NULL)
);

CREATE INDEX client_owner ON gauth.client (owner);

COMMENT ON TABLE gauth.client IS
'agents that an owner has authorized, with the authorizer''s approval (RFC 0111 section 6, step V)';
COMMENT ON COLUMN gauth.client.agent IS 'the agent';
COMMENT ON COLUMN gauth.client.principal IS
'organisation or person that it acts for';
COMMENT ON COLUMN gauth.client.owner IS 'person who has authorized it';
COMMENT ON COLUMN gauth.client.authorized_at IS 'when';
COMMENT ON COLUMN gauth.client.approved_by IS
'authorizer who has approved it, always another person';
COMMENT ON COLUMN gauth.client.approved_at IS 'when';
COMMENT ON COLUMN gauth.client.active IS 'whether it may act';
COMMENT ON COLUMN gauth.client.reason IS 'why it may not any more';
COMMENT ON INDEX gauth.client_owner IS 'the agents of an owner';

CREATE TABLE gauth.resource_server (
    server text COLLATE "C" PRIMARY KEY,
    principal text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    owner text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    name text NOT NULL CHECK (name <> ''),
    identity jsonb NOT NULL,
    agent text COLLATE "C" REFERENCES gauth.party (party),
    authorized_at timestamptz NOT NULL,
    active boolean NOT NULL,
    reason text
);

CREATE INDEX resource_server_owner ON gauth.resource_server (owner);

COMMENT ON TABLE gauth.resource_server IS
'servers that a resource owner has authorized (RFC 0111 section 6, step VIII)';
COMMENT ON COLUMN gauth.resource_server.server IS 'its name in the register';
COMMENT ON COLUMN gauth.resource_server.principal IS
'organisation or person whose resources it serves';
COMMENT ON COLUMN gauth.resource_server.owner IS
'person who has authorized it';
COMMENT ON COLUMN gauth.resource_server.name IS 'what people call it';
COMMENT ON COLUMN gauth.resource_server.identity IS
'what identifies it: address, certificate';
COMMENT ON COLUMN gauth.resource_server.agent IS
'the agent that it is, where it is one';
COMMENT ON COLUMN gauth.resource_server.authorized_at IS 'when';
COMMENT ON COLUMN gauth.resource_server.active IS 'whether it may serve';
COMMENT ON COLUMN gauth.resource_server.reason IS
'why it may not any more';
COMMENT ON INDEX gauth.resource_server_owner IS 'the servers of an owner';

CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.party
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.party_identity
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.evidence
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.representative
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.client
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.resource_server
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.party ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.party_identity ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.evidence ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.representative ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.client ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.resource_server ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER invalidate ON gauth.party IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.party_identity IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.evidence IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.representative IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.client IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.resource_server IS
'keeps the caches of all sessions true';

SELECT pg_catalog.pg_extension_config_dump('gauth.party', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.party_identity', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.evidence', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.representative', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.client', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.resource_server', '');

CREATE FUNCTION gauth.register_party(party json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_register_party'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.register_party(json) IS
'enters a person, an organisation or an agent: {id?, kind, form?, form_other?, name, identity?, version?, status?, successor?}; for administrators, an agent also for a client owner; raises ZG004, 22023, 42710';

CREATE FUNCTION gauth.change_party(party text, changes json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_change_party'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.change_party(text, json) IS
'changes name, identity, version, status, legal_capacity, deceased or successor of a party; for administrators, of an agent also its owner, who cannot touch capacity; death and incapacity of a principal end or suspend mandates as their definitions say; raises ZG004, 22023, 42704';

CREATE FUNCTION gauth.party(party text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_party'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.party(text) IS
'a party with its identities, evidence and positions; NULL when there is none; for administrators, auditors and the party itself; raises ZG004';

CREATE FUNCTION gauth.party_identity(party text, issuer text, subject text)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_party_identity'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.party_identity(text, text, text) IS
'makes the bearer of an issuer''s token with this "sub" the party; a NULL party unties it; for administrators; raises 42501, 42704, 22023';

CREATE FUNCTION gauth.party_identity(party text, role regrole)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_party_identity_role'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.party_identity(text, regrole) IS
'makes whoever logged in as this role the party, where there is no identity; a NULL party unties it; for administrators; raises 42501, 42704, 22023';

CREATE FUNCTION gauth.acting_party()
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_acting_party'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.acting_party() IS
'the party that acts in this transaction: that of the identity, without an identity that of the session''s role; NULL when it is none';

CREATE FUNCTION gauth.verify_identity(
    party text,
    method text,
    reference text,
    valid_until timestamptz DEFAULT NULL
)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_verify_identity'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.verify_identity(text, text, text, timestamptz) IS
'records that a party has proved who it is (RFC 0111 section 6, steps I, III and VI), and returns the evidence''s name; for administrators; raises 42501, 42704, 22023';

CREATE FUNCTION gauth.authorize_representative(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authorize_representative'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.authorize_representative(json) IS
'records for whom a person may act: {principal, party, kind, basis, basis_other?, register_entry, powers?, limit_cents?, valid_from?, valid_until?}; an owner_authorizer (step II) is recorded by administrators, every other kind (steps IV and VII) is authorized by an owner_authorizer of the principal; raises ZG004, 22023, 42704';

CREATE FUNCTION gauth.revoke_representative(
    principal text,
    party text,
    kind text,
    reason text
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_representative'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_representative(text, text, text, text) IS
'ends a person''s position with effect on the next statement of everybody once committed; false when it had ended already; for administrators, authorizers of the principal, and the person; raises ZG004, 42704';

CREATE FUNCTION gauth.authorize_client(agent text, principal text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_authorize_client'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.authorize_client(text, text) IS
'step V: a client owner authorizes an agent to act for the principal; it waits for approval; raises ZG004, 42704';

CREATE FUNCTION gauth.approve_client(agent text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_approve_client'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.approve_client(text) IS
'the second-level approval of an agent by an authorizer of its principal who is another person than its owner; raises ZG004, 42704';

CREATE FUNCTION gauth.activate_client(agent text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_activate_client'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.activate_client(text) IS
'lets an approved agent act; for its owner; raises ZG004, 42704';

CREATE FUNCTION gauth.revoke_client(agent text, reason text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_client'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_client(text, text) IS
'takes an agent''s authorization back; false when it had none; for its owner, authorizers of its principal, and administrators; raises ZG004';

CREATE FUNCTION gauth.enroll_resource_server(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_enroll_resource_server'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.enroll_resource_server(json) IS
'step VIII: a resource owner authorizes a server: {server, principal, name, identity?, agent?}; raises ZG004, 22023, 42710';

CREATE FUNCTION gauth.revoke_resource_server(server text, reason text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_resource_server'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_resource_server(text, text) IS
'takes a server''s authorization back; false when it had none; for its owner, authorizers of its principal, and administrators; raises ZG004';

CREATE FUNCTION gauth.record_evidence(request json)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_record_evidence'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.record_evidence(json) IS
'records what was shown about something: {about, subject, kind, method, reference, detail?, valid_until?}, and returns its name; for administrators; raises 42501, 22023';

CREATE FUNCTION gauth.withdraw_evidence(id text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_withdraw_evidence'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.withdraw_evidence(text) IS
'evidence does not count any more; false when it did not already; for administrators; raises 42501';

CREATE FUNCTION gauth.root_person(party text)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_root_person'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.root_person(text) IS
'the natural person who answers for a party (RFC 0111 section 5): a person for itself, a person in a valid position for an organisation, its owner for an agent; NULL when there is none';
