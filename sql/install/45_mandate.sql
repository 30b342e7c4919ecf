/*
 * Mandates: powers of attorney in force (RFC 0116), their budgets, approvals
 * and history, and the rules of their management (RFC 0118).
 *
 * Nobody has a privilege to change these tables, and the guards refuse what
 * gauth's own functions have not announced, whoever asks.  A restore inserts.
 */

CREATE TABLE gauth.mandate (
    id text COLLATE "C" PRIMARY KEY,
    document json NOT NULL,
    document_hash bytea NOT NULL CHECK (octet_length(document_hash) = 32),
    version bigint NOT NULL CHECK (version > 0),
    agent text COLLATE "C" NOT NULL CHECK (agent <> ''),
    customer text COLLATE "C" NOT NULL CHECK (customer <> ''),
    project text COLLATE "C" NOT NULL CHECK (project <> ''),
    issued_by text COLLATE "C" NOT NULL CHECK (issued_by <> ''),
    approvers text[] COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL,
    scope_checksum text NOT NULL CHECK (scope_checksum ~ '^sha256:[0-9a-f]{64}$'),
    tool_permissions_hash text NOT NULL CHECK (tool_permissions_hash ~ '^sha256:[0-9a-f]{64}$'),
    platform_permissions_hash text NOT NULL CHECK (platform_permissions_hash ~ '^sha256:[0-9a-f]{64}$'),
    status text COLLATE "C" NOT NULL
        CHECK (status IN ('DRAFT', 'ACTIVE', 'SUSPENDED', 'REVOKED', 'EXPIRED',
                          'BUDGET_EXCEEDED', 'SUPERSEDED')),
    reason text,
    suspended_with text COLLATE "C",
    parent text COLLATE "C" REFERENCES gauth.mandate (id),
    depth integer NOT NULL CHECK (depth >= 0),
    budget_total bigint NOT NULL CHECK (budget_total >= 0),
    budget_remaining bigint NOT NULL CHECK (budget_remaining >= 0),
    ttl_seconds bigint NOT NULL CHECK (ttl_seconds > 0),
    events bigint NOT NULL CHECK (events >= 0),
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    CHECK (budget_remaining <= budget_total),
    CHECK ((depth = 0) = (parent IS NULL)),
    CHECK ((activated_at IS NULL) = (expires_at IS NULL)),
    CHECK (status <> 'DRAFT' OR activated_at IS NULL),
    CHECK (status NOT IN ('ACTIVE', 'SUSPENDED') OR activated_at IS NOT NULL),
    CHECK (suspended_with IS NULL OR status = 'SUSPENDED')
);

CREATE UNIQUE INDEX mandate_active ON gauth.mandate (agent, project)
    WHERE status = 'ACTIVE' AND parent IS NULL;
CREATE UNIQUE INDEX mandate_active_delegated
    ON gauth.mandate (agent, project, parent)
    WHERE status = 'ACTIVE' AND parent IS NOT NULL;
CREATE INDEX mandate_parent ON gauth.mandate (parent);
CREATE INDEX mandate_agent ON gauth.mandate (agent);
CREATE INDEX mandate_created ON gauth.mandate (created_at, id);
CREATE INDEX mandate_expires ON gauth.mandate (expires_at)
    WHERE status IN ('ACTIVE', 'SUSPENDED');

COMMENT ON TABLE gauth.mandate IS
'mandates: the powers of attorney of agents (RFC 0118 section 3)';
COMMENT ON COLUMN gauth.mandate.id IS 'mdt_ and a random UUID';
COMMENT ON COLUMN gauth.mandate.document IS
'the credential of RFC 0116 section 4.3, as given; of a delegated mandate what was made of its parent''s';
COMMENT ON COLUMN gauth.mandate.document_hash IS
'SHA-256 of the document''s text';
COMMENT ON COLUMN gauth.mandate.version IS
'counts the documents; only a draft gets another one';
COMMENT ON COLUMN gauth.mandate.agent IS 'parties.subject: who may act';
COMMENT ON COLUMN gauth.mandate.customer IS 'parties.customer_id';
COMMENT ON COLUMN gauth.mandate.project IS 'parties.project_id';
COMMENT ON COLUMN gauth.mandate.issued_by IS
'the party that gave the mandate; of a delegated one the party that delegated';
COMMENT ON COLUMN gauth.mandate.approvers IS
'parties.approval_chain: the parties that may approve';
COMMENT ON COLUMN gauth.mandate.profile IS 'scope.governance_profile';
COMMENT ON COLUMN gauth.mandate.scope_checksum IS
'gauth.scope_checksum(scope, ''rfc0116'')';
COMMENT ON COLUMN gauth.mandate.tool_permissions_hash IS
'hash of scope.core_verbs (RFC 0116 section 4.5)';
COMMENT ON COLUMN gauth.mandate.platform_permissions_hash IS
'hash of scope.platform_permissions (RFC 0116 section 4.5)';
COMMENT ON COLUMN gauth.mandate.status IS
'DRAFT, ACTIVE, SUSPENDED, REVOKED, EXPIRED, BUDGET_EXCEEDED or SUPERSEDED; one whose time is up counts as EXPIRED before it says so';
COMMENT ON COLUMN gauth.mandate.reason IS
'why it is in this status, where somebody said so';
COMMENT ON COLUMN gauth.mandate.suspended_with IS
'mandate above it whose suspension has suspended it; NULL: suspended by itself';
COMMENT ON COLUMN gauth.mandate.parent IS
'mandate that it was delegated from; NULL: none';
COMMENT ON COLUMN gauth.mandate.depth IS
'how many mandates are above it';
COMMENT ON COLUMN gauth.mandate.budget_total IS
'cents that were ever given to it';
COMMENT ON COLUMN gauth.mandate.budget_remaining IS
'cents that were neither spent nor delegated; what is on hold is in it';
COMMENT ON COLUMN gauth.mandate.ttl_seconds IS
'seconds from its activation to its end';
COMMENT ON COLUMN gauth.mandate.events IS
'how many events of it are in gauth.mandate_history';
COMMENT ON COLUMN gauth.mandate.created_at IS 'when it was drafted';
COMMENT ON COLUMN gauth.mandate.activated_at IS 'when it came into force';
COMMENT ON COLUMN gauth.mandate.expires_at IS
'when it ends at the latest; the time goes on while it is suspended';
COMMENT ON COLUMN gauth.mandate.ended_at IS 'when it ended';
COMMENT ON INDEX gauth.mandate_active IS
'at most one mandate of an agent in a project is in force';
COMMENT ON INDEX gauth.mandate_active_delegated IS
'what is delegated does not get in the way of the delegate''s own mandate, nor of one from another parent';
COMMENT ON INDEX gauth.mandate_parent IS 'what was delegated from a mandate';
COMMENT ON INDEX gauth.mandate_agent IS 'the mandates of an agent';
COMMENT ON INDEX gauth.mandate_created IS 'the order of gauth.mandates';
COMMENT ON INDEX gauth.mandate_expires IS 'what gauth.expire_mandates ends';

CREATE TABLE gauth.mandate_history (
    mandate text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    event text COLLATE "C" NOT NULL,
    status_before text COLLATE "C",
    status_after text COLLATE "C",
    performed_by text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    reason text,
    enforcement_request_id text COLLATE "C",
    details jsonb NOT NULL,
    performed_at timestamptz NOT NULL,
    PRIMARY KEY (mandate, sequence)
);

COMMENT ON TABLE gauth.mandate_history IS
'everything that has happened to mandates, also to deleted drafts (RFC 0118 section 5.3)';
COMMENT ON COLUMN gauth.mandate_history.mandate IS 'the mandate';
COMMENT ON COLUMN gauth.mandate_history.sequence IS
'counts the events of the mandate from 1';
COMMENT ON COLUMN gauth.mandate_history.event IS
'CREATE, UPDATE, ACTIVATE, BUDGET_CONSUMPTION, BUDGET_INCREASE, BUDGET_HOLD, BUDGET_RELEASE, SUSPEND, RESUME, REVOKE, DELETE, TTL_EXTENSION, DELEGATE, APPROVAL_REQUEST, APPROVAL or STATUS_TRANSITION';
COMMENT ON COLUMN gauth.mandate_history.status_before IS
'the status until then; NULL: there was no mandate';
COMMENT ON COLUMN gauth.mandate_history.status_after IS
'the status from then on; NULL: there is no mandate any more';
COMMENT ON COLUMN gauth.mandate_history.performed_by IS
'party that acted; with "role:" before it a role that acted by its capability; "system" for what time did';
COMMENT ON COLUMN gauth.mandate_history.role IS
'role of the session';
COMMENT ON COLUMN gauth.mandate_history.reason IS
'why, where somebody said so; PARENT_REVOKED, PARENT_SUSPENDED, PARENT_RESUMED or PARENT_SUPERSEDED when it came from the mandate above';
COMMENT ON COLUMN gauth.mandate_history.enforcement_request_id IS
'of a consumption: the request that it is about';
COMMENT ON COLUMN gauth.mandate_history.details IS
'what else belongs to the event: amounts in cents, times, the mandates on the other side';
COMMENT ON COLUMN gauth.mandate_history.performed_at IS 'when';

CREATE TABLE gauth.budget_consumption (
    enforcement_request_id text COLLATE "C" PRIMARY KEY
        CHECK (enforcement_request_id <> ''),
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    cents bigint NOT NULL CHECK (cents > 0),
    remaining bigint NOT NULL CHECK (remaining >= 0),
    reported_by text COLLATE "C" NOT NULL,
    reported_at timestamptz NOT NULL
);

CREATE INDEX budget_consumption_mandate
    ON gauth.budget_consumption (mandate, reported_at);

COMMENT ON TABLE gauth.budget_consumption IS
'what was spent of mandates, each report once (RFC 0118 section 7.3)';
COMMENT ON COLUMN gauth.budget_consumption.enforcement_request_id IS
'the enforcement request that spent it, the only one of this name anywhere';
COMMENT ON COLUMN gauth.budget_consumption.mandate IS 'the mandate';
COMMENT ON COLUMN gauth.budget_consumption.cents IS 'how much, in cents';
COMMENT ON COLUMN gauth.budget_consumption.remaining IS
'what was left afterwards, in cents';
COMMENT ON COLUMN gauth.budget_consumption.reported_by IS
'party or role that reported it, as in gauth.mandate_history';
COMMENT ON COLUMN gauth.budget_consumption.reported_at IS 'when';
COMMENT ON INDEX gauth.budget_consumption_mandate IS
'what was spent of a mandate, in the order of time';

CREATE TABLE gauth.budget_hold (
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    id text COLLATE "C" NOT NULL,
    cents bigint NOT NULL CHECK (cents > 0),
    held_by text COLLATE "C" NOT NULL,
    held_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (mandate, id)
);

CREATE UNIQUE INDEX budget_hold_id ON gauth.budget_hold (id);

COMMENT ON TABLE gauth.budget_hold IS
'amounts that are kept back until they are settled or released; one whose time is up does not count';
COMMENT ON COLUMN gauth.budget_hold.mandate IS 'the mandate';
COMMENT ON COLUMN gauth.budget_hold.id IS 'hld_ and a random UUID';
COMMENT ON COLUMN gauth.budget_hold.cents IS 'how much, in cents';
COMMENT ON COLUMN gauth.budget_hold.held_by IS
'party or role that holds it, as in gauth.mandate_history';
COMMENT ON COLUMN gauth.budget_hold.held_at IS 'since when';
COMMENT ON COLUMN gauth.budget_hold.expires_at IS 'until when it counts';
COMMENT ON INDEX gauth.budget_hold_id IS 'a hold by its name alone';

CREATE TABLE gauth.approval_request (
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    id text COLLATE "C" NOT NULL,
    verb text COLLATE "C" NOT NULL CHECK (verb <> ''),
    resource text COLLATE "C",
    cents bigint CHECK (cents >= 0),
    needed integer NOT NULL CHECK (needed > 0),
    requested_by text COLLATE "C" NOT NULL,
    reason text,
    status text COLLATE "C" NOT NULL
        CHECK (status IN ('PENDING', 'APPROVED', 'DENIED')),
    requested_at timestamptz NOT NULL,
    decided_at timestamptz,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (mandate, id),
    CHECK ((status = 'PENDING') = (decided_at IS NULL))
);

CREATE UNIQUE INDEX approval_request_id ON gauth.approval_request (id);

COMMENT ON TABLE gauth.approval_request IS
'actions that wait for an approval, or have one (RFC 0117 section 9, CHK-15)';
COMMENT ON COLUMN gauth.approval_request.mandate IS
'mandate that the action would be done with';
COMMENT ON COLUMN gauth.approval_request.id IS 'apr_ and a random UUID';
COMMENT ON COLUMN gauth.approval_request.verb IS
'what is to be done: a verb of the mandate, as a URN';
COMMENT ON COLUMN gauth.approval_request.resource IS
'to what; NULL: to anything that the mandate covers';
COMMENT ON COLUMN gauth.approval_request.cents IS
'for at most how much, in cents; NULL: whatever the mandate allows';
COMMENT ON COLUMN gauth.approval_request.needed IS
'how many different parties have to approve';
COMMENT ON COLUMN gauth.approval_request.requested_by IS
'party or role that asks, as in gauth.mandate_history; it cannot approve';
COMMENT ON COLUMN gauth.approval_request.reason IS 'why it asks';
COMMENT ON COLUMN gauth.approval_request.status IS
'PENDING, APPROVED or DENIED; one whose time is up counts as neither';
COMMENT ON COLUMN gauth.approval_request.requested_at IS 'when it asked';
COMMENT ON COLUMN gauth.approval_request.decided_at IS
'when the last approval that was needed, or the denial, came';
COMMENT ON COLUMN gauth.approval_request.expires_at IS
'until when it can be approved and an approval counts';
COMMENT ON INDEX gauth.approval_request_id IS 'a request by its name alone';

CREATE TABLE gauth.approval (
    request text COLLATE "C" NOT NULL,
    approver text COLLATE "C" NOT NULL,
    mandate text COLLATE "C" NOT NULL,
    approved boolean NOT NULL,
    comment text,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (request, approver),
    FOREIGN KEY (mandate, request)
        REFERENCES gauth.approval_request (mandate, id)
);

COMMENT ON TABLE gauth.approval IS
'who has approved a request, or denied it, each party once';
COMMENT ON COLUMN gauth.approval.request IS 'the request';
COMMENT ON COLUMN gauth.approval.approver IS 'party that decided';
COMMENT ON COLUMN gauth.approval.mandate IS 'mandate of the request';
COMMENT ON COLUMN gauth.approval.approved IS 'false: denied';
COMMENT ON COLUMN gauth.approval.comment IS 'what the party said';
COMMENT ON COLUMN gauth.approval.decided_at IS 'when';

CREATE TABLE gauth.mandate_session (
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    session text COLLATE "C" NOT NULL CHECK (session <> ''),
    started_at timestamptz NOT NULL,
    tool_calls bigint NOT NULL CHECK (tool_calls >= 0),
    PRIMARY KEY (mandate, session)
);

COMMENT ON TABLE gauth.mandate_session IS
'what agents have done in a session under a mandate (RFC 0117 section 9, CHK-14)';
COMMENT ON COLUMN gauth.mandate_session.mandate IS 'the mandate';
COMMENT ON COLUMN gauth.mandate_session.session IS
'name of the session, chosen by the enforcer';
COMMENT ON COLUMN gauth.mandate_session.started_at IS 'its first call';
COMMENT ON COLUMN gauth.mandate_session.tool_calls IS
'how many calls there were';

CREATE FUNCTION gauth.guard_mandate()
RETURNS trigger
AS 'MODULE_PATHNAME', 'gauth_sql_guard_mandate'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.guard_mandate() IS
'refuses a change of the tables of mandates that none of gauth''s functions makes; raises ZG004 with MANDATE_NOT_DRAFT or INSUFFICIENT_AUTHORITY';

CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.mandate
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.mandate_history
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.budget_consumption
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.budget_hold
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.approval_request
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.approval
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.mandate_session
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();

ALTER TABLE gauth.mandate ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.mandate_history ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.budget_consumption ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.budget_hold ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.approval_request ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.approval ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.mandate_session ENABLE ALWAYS TRIGGER guard;

COMMENT ON TRIGGER guard ON gauth.mandate IS
'changes are made by gauth''s functions alone';
COMMENT ON TRIGGER guard ON gauth.mandate_history IS
'nothing of it is ever changed';
COMMENT ON TRIGGER guard ON gauth.budget_consumption IS
'nothing of it is ever changed';
COMMENT ON TRIGGER guard ON gauth.budget_hold IS
'changes are made by gauth''s functions alone';
COMMENT ON TRIGGER guard ON gauth.approval_request IS
'changes are made by gauth''s functions alone';
COMMENT ON TRIGGER guard ON gauth.approval IS
'nothing of it is ever changed';
COMMENT ON TRIGGER guard ON gauth.mandate_session IS
'changes are made by gauth''s functions alone';

SELECT pg_catalog.pg_extension_config_dump('gauth.mandate', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.mandate_history', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.budget_consumption', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.budget_hold', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.approval_request', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.approval', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.mandate_session', '');
