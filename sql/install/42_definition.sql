/*
 * Definitions: the legal form of a power of attorney (RFC 0115), its
 * versions, the events that it speaks of and the duties that come with it.
 */

CREATE TABLE gauth.definition (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0),
    document json NOT NULL,
    power text COLLATE "C" NOT NULL
        CHECK (power IN ('individual', 'general')),
    principal text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    agent text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    issuer text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    status text COLLATE "C" NOT NULL
        CHECK (status IN ('draft', 'active', 'suspended', 'revoked')),
    reason text,
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    ended_at timestamptz,
    CHECK (status <> 'active' OR activated_at IS NOT NULL),
    CHECK ((status = 'revoked') = (ended_at IS NOT NULL))
);

CREATE INDEX definition_principal ON gauth.definition (principal);
CREATE INDEX definition_agent ON gauth.definition (agent);

COMMENT ON TABLE gauth.definition IS
'powers of attorney in their legal form (RFC 0115), as they stand';
COMMENT ON COLUMN gauth.definition.id IS 'its name';
COMMENT ON COLUMN gauth.definition.version IS
'counts its texts from 1; all of them are in gauth.definition_version';
COMMENT ON COLUMN gauth.definition.document IS
'parties, authorization and requirements, as given';
COMMENT ON COLUMN gauth.definition.power IS
'individual: for what it names; general: for all of its kind (RFC 0111 section 5)';
COMMENT ON COLUMN gauth.definition.principal IS
'whose power it is: parties.principal.identity';
COMMENT ON COLUMN gauth.definition.agent IS
'who is empowered: parties.authorized_client.identity';
COMMENT ON COLUMN gauth.definition.issuer IS
'person who has put it, for the principal';
COMMENT ON COLUMN gauth.definition.status IS
'draft, active, suspended or revoked; outside of its validity period it has no effect whatever this says';
COMMENT ON COLUMN gauth.definition.reason IS
'why it was suspended or revoked';
COMMENT ON COLUMN gauth.definition.created_at IS 'when it was put first';
COMMENT ON COLUMN gauth.definition.activated_at IS 'when it came into force';
COMMENT ON COLUMN gauth.definition.ended_at IS 'when it was revoked';
COMMENT ON INDEX gauth.definition_principal IS
'the definitions of a principal';
COMMENT ON INDEX gauth.definition_agent IS 'the definitions of an agent';

CREATE TABLE gauth.definition_version (
    definition text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    document json NOT NULL,
    change text COLLATE "C" NOT NULL
        CHECK (change IN ('put', 'replace', 'renew')),
    changed_by text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (definition, version)
);

COMMENT ON TABLE gauth.definition_version IS
'every text of every definition (RFC 0111 section 6: version history)';
COMMENT ON COLUMN gauth.definition_version.definition IS 'the definition';
COMMENT ON COLUMN gauth.definition_version.version IS
'counts its texts from 1';
COMMENT ON COLUMN gauth.definition_version.document IS 'the text';
COMMENT ON COLUMN gauth.definition_version.change IS
'put: the first; replace: of a draft; renew: of one in force';
COMMENT ON COLUMN gauth.definition_version.changed_by IS 'party that did it';
COMMENT ON COLUMN gauth.definition_version.changed_at IS 'when';

CREATE TABLE gauth.definition_event (
    definition text COLLATE "C" NOT NULL
        REFERENCES gauth.definition (id),
    event text COLLATE "C" NOT NULL CHECK (event <> ''),
    raised boolean NOT NULL,
    changed_by text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (definition, event)
);

COMMENT ON TABLE gauth.definition_event IS
'events that definitions speak of: whether they have come';
COMMENT ON COLUMN gauth.definition_event.definition IS 'the definition';
COMMENT ON COLUMN gauth.definition_event.event IS
'the event, in the words of the definition';
COMMENT ON COLUMN gauth.definition_event.raised IS
'whether it has come and is not over';
COMMENT ON COLUMN gauth.definition_event.changed_by IS 'party that said so';
COMMENT ON COLUMN gauth.definition_event.changed_at IS 'when';

CREATE TABLE gauth.obligation (
    id text COLLATE "C" PRIMARY KEY,
    definition text COLLATE "C" NOT NULL
        REFERENCES gauth.definition (id),
    kind text COLLATE "C" NOT NULL
        CHECK (kind IN ('need_to_do', 'do_unless', 'report')),
    description text NOT NULL CHECK (description <> ''),
    due_at timestamptz,
    blocking boolean NOT NULL,
    imposed_by text COLLATE "C" NOT NULL,
    imposed_at timestamptz NOT NULL,
    fulfilled_by text COLLATE "C",
    fulfilled_at timestamptz,
    reference text,
    CHECK ((fulfilled_by IS NULL) = (fulfilled_at IS NULL))
);

CREATE INDEX obligation_definition ON gauth.obligation (definition);

COMMENT ON TABLE gauth.obligation IS
'what an agent has to do, and what stops it (RFC 0111 section 5: need-to-do and do-unless)';
COMMENT ON COLUMN gauth.obligation.id IS 'its name';
COMMENT ON COLUMN gauth.obligation.definition IS 'the definition it is of';
COMMENT ON COLUMN gauth.obligation.kind IS
'need_to_do; report: a report is due; do_unless: the agent may go on unless the event of this description is raised';
COMMENT ON COLUMN gauth.obligation.description IS
'what; of do_unless the event that stops the agent';
COMMENT ON COLUMN gauth.obligation.due_at IS
'until when; NULL: no date';
COMMENT ON COLUMN gauth.obligation.blocking IS
'whether the agent cannot act while it is overdue';
COMMENT ON COLUMN gauth.obligation.imposed_by IS 'party that imposed it';
COMMENT ON COLUMN gauth.obligation.imposed_at IS 'when';
COMMENT ON COLUMN gauth.obligation.fulfilled_by IS
'party that fulfilled it; NULL: it is open';
COMMENT ON COLUMN gauth.obligation.fulfilled_at IS 'when';
COMMENT ON COLUMN gauth.obligation.reference IS
'where the proof of it is';
COMMENT ON INDEX gauth.obligation_definition IS
'the obligations of a definition';

CREATE FUNCTION gauth.guard_definition()
RETURNS trigger
AS 'MODULE_PATHNAME', 'gauth_sql_guard_definition'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.guard_definition() IS
'trigger: refuses to change what is kept for good; raises ZG004 with HISTORY_IMMUTABLE';

CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.definition_version
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_definition();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.definition
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.definition_event
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.obligation
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.definition_version ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.definition ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.definition_event ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.obligation ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER guard ON gauth.definition_version IS
'nothing of it is ever changed';
COMMENT ON TRIGGER invalidate ON gauth.definition IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.definition_event IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.obligation IS
'keeps the caches of all sessions true';

SELECT pg_catalog.pg_extension_config_dump('gauth.definition', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.definition_version', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.definition_event', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.obligation', '');

CREATE FUNCTION gauth.put_definition(definition json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_put_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_definition(json) IS
'stores a power of attorney as a draft: parties, authorization and requirements of RFC 0115, with "id" and "power" (individual or general) beside them; of a draft that is there already a new version; all that is wrong is said at once, with "accepted" false and nothing stored; for a client owner or an authorizer of the principal, and the principal itself; raises ZG004, 42704';

CREATE FUNCTION gauth.definition(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_definition'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.definition(text) IS
'a definition with its status, attestations, events and mandates; NULL when there is none; for its principal''s representatives, its agent, verifiers and auditors; raises ZG004';

CREATE FUNCTION gauth.definition_history(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_definition_history'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.definition_history(text) IS
'every version of a definition, the oldest first; for those who may see it; raises ZG004';

CREATE FUNCTION gauth.sign_definition(id text, signer text, signature text)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_sign_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.sign_definition(text, text, text) IS
'attests that the principal, or a person in force for it, has signed the present version: a compact JWS over the canonical JSON (RFC 8785) of parties, authorization and requirements, which verifies with a key that is evidence of kind signature_key about the signer; returns the evidence''s name; raises ZG001, ZG004';

CREATE FUNCTION gauth.activate_definition(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_activate_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.activate_definition(text) IS
'puts a draft in force once every attestation that it demands is there; for those who may put it; raises ZG004 with ATTESTATION_MISSING, SIGNATURE_MISSING, INVALID_STATE_TRANSITION or PARTY_NOT_ACTIVE';

CREATE FUNCTION gauth.renew_definition(id text, definition json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_renew_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.renew_definition(text, json) IS
'another version of a definition in force with the same parties: a longer validity or other terms; audited, never by itself; attestations are of a version and have to be there again; for those who may put it; raises ZG004';

CREATE FUNCTION gauth.revoke_definition(id text, reason text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_definition(text, text) IS
'ends a definition and revokes every mandate linked to it; false when it had ended; for those who may put it and administrators; raises ZG004';

CREATE FUNCTION gauth.raise_event(definition text, event text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_raise_event'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.raise_event(text, text) IS
'an event has come that the definition speaks of: what is conditional on it takes effect, what goes on unless it comes stops, a termination condition revokes definition and mandates; for those who may put it and administrators; raises ZG004';

CREATE FUNCTION gauth.clear_event(definition text, event text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_clear_event'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.clear_event(text, text) IS
'an event is over; what it has ended stays ended; for those who may put the definition and administrators; raises ZG004';

CREATE FUNCTION gauth.impose_obligation(request json)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_impose_obligation'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.impose_obligation(json) IS
'{definition, kind: need_to_do, report or do_unless, description, due_at?, blocking?}: what the agent has to do, or what event stops it; returns its name; for those who may put the definition; raises ZG004, 22023';

CREATE FUNCTION gauth.fulfill_obligation(id text, reference text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_fulfill_obligation'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.fulfill_obligation(text, text) IS
'the obligation is fulfilled, with a reference to the proof; false when it was already; for the agent and those who may put the definition; raises ZG004';
