/*
 * Issuers, their keys, and the token store.
 *
 * No table here has an insert trigger that computes anything: a restore runs
 * triggers too.  The one trigger that every table has tells other sessions
 * that it changed, and is ENABLE ALWAYS so that a replica hears of it as well.
 */

CREATE TABLE gauth.issuer (
    issuer text COLLATE "C" PRIMARY KEY,
    namespace text COLLATE "C" NOT NULL UNIQUE,
    audiences text[] NOT NULL,
    algorithms text[],
    hosted boolean NOT NULL,
    leeway interval NOT NULL,
    max_lifetime interval NOT NULL,
    typ text,
    created_at timestamptz NOT NULL
);

COMMENT ON TABLE gauth.issuer IS
'who may sign tokens, for which audiences, and by which rules';
COMMENT ON COLUMN gauth.issuer.issuer IS 'the claim "iss", byte for byte';
COMMENT ON COLUMN gauth.issuer.namespace IS
'what is put before "sub", so that subjects of different issuers never meet';
COMMENT ON COLUMN gauth.issuer.audiences IS
'the names under which this database is meant in "aud"';
COMMENT ON COLUMN gauth.issuer.algorithms IS
'accepted algorithms, the preferred one first; NULL: what each key says';
COMMENT ON COLUMN gauth.issuer.hosted IS
'whether gauth signs tokens of this issuer itself';
COMMENT ON COLUMN gauth.issuer.leeway IS
'how far the clocks of issuer and database may differ';
COMMENT ON COLUMN gauth.issuer.max_lifetime IS
'the longest time from "iat", or from now, to "exp"';
COMMENT ON COLUMN gauth.issuer.typ IS
'the header "typ" that every token must have; NULL: any that is not foreign';
COMMENT ON COLUMN gauth.issuer.created_at IS 'when the issuer was added';

CREATE TABLE gauth.key (
    issuer text COLLATE "C" NOT NULL
        REFERENCES gauth.issuer (issuer) ON DELETE CASCADE,
    kid text COLLATE "C" NOT NULL,
    named boolean NOT NULL,
    algorithm text NOT NULL,
    jwk json,
    signs boolean NOT NULL,
    created_at timestamptz NOT NULL,
    verifies_until timestamptz,
    PRIMARY KEY (issuer, kid)
);

COMMENT ON TABLE gauth.key IS
'the keys of the issuers: public halves, and what each key is for';
COMMENT ON COLUMN gauth.key.issuer IS 'whose key it is';
COMMENT ON COLUMN gauth.key.kid IS
'its name; the RFC 7638 thumbprint, or a random one, where the issuer gave none';
COMMENT ON COLUMN gauth.key.named IS
'whether the issuer gave the name, so that tokens may carry it';
COMMENT ON COLUMN gauth.key.algorithm IS 'the one algorithm the key is for';
COMMENT ON COLUMN gauth.key.jwk IS
'the public half as a JWK; NULL for a symmetric key, which has none';
COMMENT ON COLUMN gauth.key.signs IS
'whether it is the key that a hosted issuer signs with';
COMMENT ON COLUMN gauth.key.created_at IS 'when the key was added';
COMMENT ON COLUMN gauth.key.verifies_until IS
'when a rotated key stops to verify; NULL: it has not been rotated';

CREATE TABLE gauth.wrapped_key (
    issuer text COLLATE "C" NOT NULL,
    kid text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (issuer, kid),
    FOREIGN KEY (issuer, kid) REFERENCES gauth.key (issuer, kid)
        ON DELETE CASCADE
);

COMMENT ON TABLE gauth.wrapped_key IS
'private halves and symmetric keys, encrypted under the root key';
COMMENT ON COLUMN gauth.wrapped_key.issuer IS 'whose key it is';
COMMENT ON COLUMN gauth.wrapped_key.kid IS 'its name';
COMMENT ON COLUMN gauth.wrapped_key.sealed IS
'nonce, then the JWK under XChaCha20-Poly1305, bound to issuer and name';

CREATE TABLE gauth.unwrapped_key (
    issuer text COLLATE "C" NOT NULL,
    kid text COLLATE "C" NOT NULL,
    jwk bytea NOT NULL,
    PRIMARY KEY (issuer, kid),
    FOREIGN KEY (issuer, kid) REFERENCES gauth.key (issuer, kid)
        ON DELETE CASCADE
);

COMMENT ON TABLE gauth.unwrapped_key IS
'private halves and symmetric keys that no root key protects; never dumped';
COMMENT ON COLUMN gauth.unwrapped_key.issuer IS 'whose key it is';
COMMENT ON COLUMN gauth.unwrapped_key.kid IS 'its name';
COMMENT ON COLUMN gauth.unwrapped_key.jwk IS 'the JWK with its private members';

CREATE TABLE gauth.weak_secret (
    digest bytea PRIMARY KEY
);

COMMENT ON TABLE gauth.weak_secret IS
'publicly known secrets that no symmetric key may have';
COMMENT ON COLUMN gauth.weak_secret.digest IS 'SHA-256 of the secret';

CREATE TABLE gauth.token (
    issuer text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    client text COLLATE "C",
    kid text COLLATE "C" NOT NULL,
    audience text[] NOT NULL,
    scope gauth.scope,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, jti)
);

CREATE INDEX token_subject ON gauth.token (issuer, subject);
CREATE INDEX token_client ON gauth.token (client) WHERE client IS NOT NULL;
CREATE INDEX token_expires_at ON gauth.token (expires_at);

COMMENT ON TABLE gauth.token IS
'tokens that gauth issued: what they say, never the tokens themselves';
COMMENT ON COLUMN gauth.token.issuer IS 'the claim "iss"';
COMMENT ON COLUMN gauth.token.jti IS 'the claim "jti"';
COMMENT ON COLUMN gauth.token.subject IS 'the claim "sub"';
COMMENT ON COLUMN gauth.token.client IS 'the claim "client_id"';
COMMENT ON COLUMN gauth.token.kid IS 'the key it was signed with';
COMMENT ON COLUMN gauth.token.audience IS 'the claim "aud"';
COMMENT ON COLUMN gauth.token.scope IS 'the claim "scope"';
COMMENT ON COLUMN gauth.token.issued_at IS 'when it was issued';
COMMENT ON COLUMN gauth.token.expires_at IS 'the claim "exp"';
COMMENT ON INDEX gauth.token_subject IS 'all tokens of a subject';
COMMENT ON INDEX gauth.token_client IS 'all tokens of a client';
COMMENT ON INDEX gauth.token_expires_at IS 'tokens that are about to end';

CREATE TABLE gauth.revocation (
    issuer text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    by_hash boolean NOT NULL,
    reason text NOT NULL,
    revoked_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (issuer, token, by_hash)
);

CREATE INDEX revocation_expires_at ON gauth.revocation (expires_at);

COMMENT ON TABLE gauth.revocation IS 'tokens that are dead before their time';
COMMENT ON COLUMN gauth.revocation.issuer IS 'the claim "iss"';
COMMENT ON COLUMN gauth.revocation.token IS
'the claim "jti", or the SHA-256 of the signing input in hexadecimal';
COMMENT ON COLUMN gauth.revocation.by_hash IS
'whether "token" is the hash, for a token without "jti"';
COMMENT ON COLUMN gauth.revocation.reason IS 'why it was revoked';
COMMENT ON COLUMN gauth.revocation.revoked_at IS 'when it was revoked';
COMMENT ON COLUMN gauth.revocation.expires_at IS
'when the token would have ended; NULL: not known, so the entry is kept';
COMMENT ON INDEX gauth.revocation_expires_at IS
'revocations that have become pointless';

CREATE TABLE gauth.subject_revocation (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    issued_before timestamptz NOT NULL,
    reason text NOT NULL,
    revoked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

COMMENT ON TABLE gauth.subject_revocation IS
'subjects whose tokens of before an instant are dead, known or not';
COMMENT ON COLUMN gauth.subject_revocation.issuer IS 'the claim "iss"';
COMMENT ON COLUMN gauth.subject_revocation.subject IS 'the claim "sub"';
COMMENT ON COLUMN gauth.subject_revocation.issued_before IS
'tokens with an "iat" before this instant, or without one, are dead';
COMMENT ON COLUMN gauth.subject_revocation.reason IS 'why they were revoked';
COMMENT ON COLUMN gauth.subject_revocation.revoked_at IS
'when they were revoked';

CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.issuer
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.key
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.wrapped_key
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.unwrapped_key
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.revocation
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.subject_revocation
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.issuer ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.key ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.wrapped_key ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.unwrapped_key ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.revocation ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.subject_revocation ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER invalidate ON gauth.issuer IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.key IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.wrapped_key IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.unwrapped_key IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.revocation IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.subject_revocation IS
'keeps the caches of all sessions true';

SELECT pg_catalog.pg_extension_config_dump('gauth.issuer', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.key', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.wrapped_key', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.weak_secret', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.token', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.revocation', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.subject_revocation', '');

CREATE VIEW gauth.tokens
WITH (security_invoker = true)
AS
SELECT t.issuer,
       t.jti,
       t.subject,
       t.client,
       t.kid,
       t.audience,
       t.scope,
       t.issued_at,
       t.expires_at,
       CASE
           WHEN r.token IS NOT NULL OR s.subject IS NOT NULL THEN 'revoked'
           WHEN t.expires_at OPERATOR(pg_catalog.<=)
                pg_catalog.statement_timestamp() THEN 'expired'
           ELSE 'active'
       END AS status,
       COALESCE(r.reason, s.reason) AS reason
FROM gauth.token t
LEFT JOIN gauth.revocation r
    ON r.issuer OPERATOR(pg_catalog.=) t.issuer
    AND r.token OPERATOR(pg_catalog.=) t.jti
    AND NOT r.by_hash
LEFT JOIN gauth.subject_revocation s
    ON s.issuer OPERATOR(pg_catalog.=) t.issuer
    AND s.subject OPERATOR(pg_catalog.=) t.subject
    AND pg_catalog.date_trunc('second', t.issued_at)
        OPERATOR(pg_catalog.<) s.issued_before;

COMMENT ON VIEW gauth.tokens IS
'the tokens that gauth issued, and what has become of each';
