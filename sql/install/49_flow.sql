/*
 * The request-specific steps a to i of RFC 0111 section 6: a request becomes
 * a grant, a grant a token, a token a transaction.
 */

CREATE TABLE gauth.authorization_grant (
    id text COLLATE "C" PRIMARY KEY,
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    agent text COLLATE "C" NOT NULL REFERENCES gauth.party (party),
    server text COLLATE "C" NOT NULL
        REFERENCES gauth.resource_server (server),
    scope gauth.scope NOT NULL,
    request json NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    token_id text,
    revoked_at timestamptz,
    code_challenge text COLLATE "C"
        CHECK (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
    CHECK (expires_at > granted_at),
    CHECK ((used_at IS NULL) = (token_id IS NULL))
);

CREATE INDEX authorization_grant_mandate
    ON gauth.authorization_grant (mandate);
CREATE INDEX authorization_grant_expires_at
    ON gauth.authorization_grant (expires_at);

COMMENT ON TABLE gauth.authorization_grant IS
'requests that lie within the powers of who made them; each is good for one token (RFC 0111 section 6, steps a to c)';
COMMENT ON COLUMN gauth.authorization_grant.id IS 'its name';
COMMENT ON COLUMN gauth.authorization_grant.mandate IS
'the mandate that it was granted under';
COMMENT ON COLUMN gauth.authorization_grant.agent IS
'agent that asked, and alone can use it';
COMMENT ON COLUMN gauth.authorization_grant.server IS
'resource server that it is for';
COMMENT ON COLUMN gauth.authorization_grant.scope IS
'what was granted: verbs as scope tokens';
COMMENT ON COLUMN gauth.authorization_grant.request IS 'what was asked';
COMMENT ON COLUMN gauth.authorization_grant.granted_at IS 'when';
COMMENT ON COLUMN gauth.authorization_grant.expires_at IS
'until when a token can be had for it';
COMMENT ON COLUMN gauth.authorization_grant.used_at IS
'when the token was issued; NULL: it was not';
COMMENT ON COLUMN gauth.authorization_grant.token_id IS
'"jti" of that token';
COMMENT ON COLUMN gauth.authorization_grant.revoked_at IS
'when it was taken back; NULL: it was not';
COMMENT ON COLUMN gauth.authorization_grant.code_challenge IS
'base64url of the SHA-256 of the verifier that the token is had for (RFC 7636, method S256); NULL: none is asked for';
COMMENT ON INDEX gauth.authorization_grant_mandate IS
'the grants under a mandate';
COMMENT ON INDEX gauth.authorization_grant_expires_at IS
'grants that are about to end';

CREATE TABLE gauth.transaction_record (
    id text COLLATE "C" PRIMARY KEY CHECK (id <> ''),
    mandate text COLLATE "C" NOT NULL REFERENCES gauth.mandate (id),
    agent text COLLATE "C" NOT NULL,
    verb text COLLATE "C" NOT NULL,
    resource text,
    transaction_type text COLLATE "C",
    cents bigint NOT NULL CHECK (cents >= 0),
    token_id text NOT NULL,
    partner text,
    processed_at timestamptz NOT NULL
);

CREATE INDEX transaction_record_mandate
    ON gauth.transaction_record (mandate, processed_at);

COMMENT ON TABLE gauth.transaction_record IS
'transactions that were permitted and settled (RFC 0111 section 6, steps g to i)';
COMMENT ON COLUMN gauth.transaction_record.id IS
'its name, given by the caller; the second of the same name is refused';
COMMENT ON COLUMN gauth.transaction_record.mandate IS 'under which mandate';
COMMENT ON COLUMN gauth.transaction_record.agent IS 'agent that acted';
COMMENT ON COLUMN gauth.transaction_record.verb IS 'what was done, as a URN';
COMMENT ON COLUMN gauth.transaction_record.resource IS 'to what';
COMMENT ON COLUMN gauth.transaction_record.transaction_type IS
'kind of transaction';
COMMENT ON COLUMN gauth.transaction_record.cents IS
'what it cost, in cents; taken from the budget';
COMMENT ON COLUMN gauth.transaction_record.token_id IS
'"jti" of the token that was presented';
COMMENT ON COLUMN gauth.transaction_record.partner IS
'other side of the transaction';
COMMENT ON COLUMN gauth.transaction_record.processed_at IS 'when';
COMMENT ON INDEX gauth.transaction_record_mandate IS
'the transactions of a mandate, in the order of time';

CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.transaction_record
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.authorization_grant
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard_mandate();

ALTER TABLE gauth.transaction_record ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.authorization_grant ENABLE ALWAYS TRIGGER guard;

COMMENT ON TRIGGER guard ON gauth.transaction_record IS
'nothing of it is ever changed';
COMMENT ON TRIGGER guard ON gauth.authorization_grant IS
'changes are made by gauth''s functions alone';

SELECT pg_catalog.pg_extension_config_dump('gauth.authorization_grant', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.transaction_record', '');

CREATE FUNCTION gauth.initiate_authorization(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_initiate_authorization'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.initiate_authorization(json) IS
'steps a to c: the acting agent asks for {scopes: verbs, resource_server, mandate? or project_id?, resource?, transaction_type?, decision_type?, sector?, region?, amount_cents?, parameters?, state?, code_challenge? with code_challenge_method S256, the only one (RFC 7636)}; every verb is decided as by gauth.enforce, and a grant for one token within ten minutes comes out, or {"granted": false} with the decisions and nothing stored; raises ZG004, 22023, 42704';

CREATE FUNCTION gauth.request_token(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_request_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.request_token(json) IS
'steps d and e: the agent that has a grant gets its token: {grant_id, scope?, audience?, code_verifier?}; the scope can only be narrower, the audience is the resource server unless given; a grant with a code challenge wants its verifier, any other wants none (RFC 7636 section 4.6); raises ZG004 with GRANT_NOT_FOUND, GRANT_EXPIRED, GRANT_USED, GRANT_REVOKED, GRANT_VERIFIER_WRONG, GRANT_SCOPE_EXCEEDED or those of gauth.issue_mandate_token';

CREATE FUNCTION gauth.process_transaction(transaction json, token text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_process_transaction'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.process_transaction(json, text) IS
'steps g to i: verifies the token, decides {transaction_id, action: a verb, resource?, resource_type?, scope_required?, transaction_type?, decision_type?, sector?, region?, amount_cents?, partner?, tool?, resource_server?, session_id?, parameters?} as gauth.enforce does, takes the amount from the budget and records it, all in the caller''s transaction; what is done is the caller''s own SQL beside it, and a rollback of either undoes both; returns the decision with "processed"; where the definition asks for immediate notification, the channel gauth_principal gets {"mandate", "transaction_id"} with the commit; raises ZG001, ZG004 with DUPLICATE_TRANSACTION, 22023';

CREATE FUNCTION gauth.revoke_grant(id text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_grant'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_grant(text) IS
'takes a grant back that was not used yet; false when there is none such; for its agent, the owner of the resource server, who gave the mandate, and administrators; raises ZG004';

CREATE FUNCTION gauth.verify_counterparty(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_verify_counterparty'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_counterparty(text) IS
'step f: whether the resource server of a grant, its owner and who authorized the owner stand at present: {"valid", "reason"?, "resource_server", "owner", "principal", "powers"?}; NULL when there is no such grant; for its agent and verifiers; raises ZG004';
