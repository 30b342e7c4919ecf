/*
 * Verification of tokens, issuers and keys, the identity, the token store.
 */

CREATE FUNCTION gauth.verify_jws(
    jws text,
    key json,
    algorithms text[] DEFAULT NULL
)
RETURNS bytea
AS 'MODULE_PATHNAME', 'gauth_sql_verify_jws'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_jws(text, json, text[]) IS
'the payload of a compact JWS (RFC 7515 section 5.2) whose signature verifies with the key, a JWK or JWK set; raises ZG001';

CREATE FUNCTION gauth.verify_jwt(
    token text,
    keys json,
    rules jsonb DEFAULT '{}'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_verify_jwt'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_jwt(text, json, jsonb) IS
'the claims of a JWT (RFC 7519 section 7.2) that verifies with the keys and meets the rules: algorithms, issuer, audience, now, leeway, require, typ, and for an ID token client and nonce (OpenID Connect Core 1.0 section 3.1.3.7); touches no table; raises ZG001';

CREATE FUNCTION gauth.verify(token text, audience text DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_verify'
LANGUAGE C STABLE PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.verify(text, text) IS
'the claims of a token of a known issuer that is valid and not revoked; raises ZG001, ZG008';

CREATE FUNCTION gauth.inspect_token(
    token text,
    audience text DEFAULT NULL,
    OUT active boolean,
    OUT reason text,
    OUT header jsonb,
    OUT claims jsonb
)
AS 'MODULE_PATHNAME', 'gauth_sql_inspect_token'
LANGUAGE C STABLE PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.inspect_token(text, text) IS
'whether a token is valid, and why not; header and claims only when its signature verified; the reason in detail for administrators; never raises for a bad token';

CREATE FUNCTION gauth.authenticate(token text, audience text DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_authenticate'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.authenticate(text, text) IS
'makes the bearer of a valid token the identity until the transaction ends, and returns the subject; raises ZG001, ZG008';

CREATE FUNCTION gauth.subject()
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_subject'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.subject() IS
'who acts: the issuer''s namespace and the claim "sub"; NULL without an identity';

CREATE FUNCTION gauth.uid()
RETURNS uuid
AS 'MODULE_PATHNAME', 'gauth_sql_uid'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.uid() IS
'the subject as a uuid; NULL when it is not one, or without an identity';

CREATE FUNCTION gauth.issuer()
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_issuer'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.issuer() IS
'the issuer of the identity''s token; NULL without an identity';

CREATE FUNCTION gauth.token_id()
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_token_id'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.token_id() IS
'the claim "jti" of the identity''s token; NULL when it has none, or without an identity';

CREATE FUNCTION gauth.claims()
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_claims'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.claims() IS
'all claims of the identity''s token; NULL without an identity';

CREATE FUNCTION gauth.claim(name text)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_claim'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.claim(text) IS
'one claim as the operator ->> shows it; NULL when the token has none of that name, or without an identity';

CREATE FUNCTION gauth.scopes()
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scopes'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scopes() IS
'the scope of the identity''s token, empty when it has none; NULL without an identity';

CREATE FUNCTION gauth.has_scope(token text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_has_scope'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.has_scope(text) IS
'whether the identity''s scope holds exactly this token; false without an identity';

CREATE FUNCTION gauth.is_authenticated()
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_is_authenticated'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.is_authenticated() IS
'whether there is an identity that still counts';

CREATE FUNCTION gauth.require()
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_require'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.require() IS
'raises ZG002 unless there is an identity that still counts';

CREATE FUNCTION gauth.add_issuer(
    issuer text,
    audiences text[],
    algorithms text[] DEFAULT NULL,
    jwks json DEFAULT NULL,
    hosted boolean DEFAULT false,
    namespace text DEFAULT '',
    leeway interval DEFAULT '30 seconds',
    max_lifetime interval DEFAULT '24 hours',
    typ text DEFAULT NULL
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_add_issuer'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.add_issuer(
    text, text[], text[], json, boolean, text, interval, interval, text
) IS
'accepts tokens of an issuer for these audiences, by these rules; hosted: gauth signs them itself; for administrators; raises 42710, 23505, 22023';

CREATE FUNCTION gauth.drop_issuer(issuer text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_drop_issuer'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.drop_issuer(text) IS
'forgets an issuer with its keys, at once; revocations stay; false when there was none; for administrators';

CREATE FUNCTION gauth.put_jwks(issuer text, jwks json)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_put_jwks'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_jwks(text, json) IS
'makes a JWK set (RFC 7517 section 5) the keys of an issuer, and returns how many it has now; keys that are not in it are gone at once; for administrators; raises 22023, 0A000, 42704';

CREATE FUNCTION gauth.create_key(issuer text, algorithm text)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_create_key'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.create_key(text, text) IS
'makes a key that a hosted issuer signs with from now on, and returns its name; earlier keys go on verifying; for administrators; raises 42704, 22023, 55000';

CREATE FUNCTION gauth.rotate_key(issuer text, algorithm text DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_rotate_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.rotate_key(text, text) IS
'makes a new key for a hosted issuer, of the same algorithm unless named; earlier keys verify until the last of their tokens has ended; returns the new name; for administrators; raises 42704, 22023, 55000, and 55P03 while another transaction changes the keys';

CREATE FUNCTION gauth.drop_key(issuer text, kid text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_drop_key'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.drop_key(text, text) IS
'forgets a key at once, and with it every token that it signed; false when there was none; for administrators';

CREATE FUNCTION gauth.jwks(issuer text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_jwks'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.jwks(text) IS
'the public keys of an issuer as a JWK set (RFC 7517 section 5), to publish; raises 42704';

CREATE FUNCTION gauth.put_weak_secrets(secrets text[])
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_put_weak_secrets'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_weak_secrets(text[]) IS
'adds publicly known secrets, kept as hashes, that no symmetric key may have (RFC 8725 section 3.5); returns how many were new; for administrators';

CREATE FUNCTION gauth.unlock(secret bytea)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_unlock'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.unlock(bytea) IS
'makes a secret of 32 bytes or more the root key that opens private keys, until the transaction ends; raises ZG008';

CREATE FUNCTION gauth.wrap_keys(new_secret bytea DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_wrap_keys'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.wrap_keys(bytea) IS
'seals private keys that are not yet sealed under the root key, or with a new secret all of them under that one; returns how many; for administrators; raises ZG008';

CREATE FUNCTION gauth.issue_token(
    issuer text,
    subject text,
    audience text[],
    ttl interval,
    scope gauth.scope DEFAULT NULL,
    claims jsonb DEFAULT '{}',
    OUT token text,
    OUT jti text,
    OUT kid text,
    OUT expires_at timestamptz
)
AS 'MODULE_PATHNAME', 'gauth_sql_issue_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.issue_token(
    text, text, text[], interval, gauth.scope, jsonb
) IS
'signs a token of a hosted issuer and records it; claims may not name registered ones nor begin with "gauth"; for holders of "issuer" there; raises 42501, 42704, 55000, 42939, 22023, ZG008';

CREATE FUNCTION gauth.introspect_token(token text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_introspect_token'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.introspect_token(text) IS
'the introspection response for a token (RFC 7662 section 2.2); exactly {"active": false} for one that is not valid';

CREATE FUNCTION gauth.revoke_token(
    issuer text,
    jti text,
    reason text DEFAULT 'manual',
    expires_at timestamptz DEFAULT NULL
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_token(text, text, text, timestamptz) IS
'ends a token of any known issuer by its "jti", for the next statement of everybody once committed; false when it was revoked already; for holders of "issuer" there; raises 42501, 42704';

CREATE FUNCTION gauth.revoke(token text, reason text DEFAULT 'manual')
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke(text, text) IS
'ends a token that is presented (RFC 7009); false, without an error, for one that is not valid';

CREATE FUNCTION gauth.revoke_subject(
    issuer text,
    subject text,
    issued_before timestamptz DEFAULT pg_catalog.now(),
    reason text DEFAULT 'manual'
)
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_subject'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_subject(text, text, timestamptz, text) IS
'ends all tokens of a subject that were issued before an instant, known or not; returns how many of those in the token store it ended; for holders of "issuer" there; raises 42501, 42704';

CREATE FUNCTION gauth.purge_tokens(
    before timestamptz DEFAULT pg_catalog.now()
)
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_purge_tokens'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.purge_tokens(timestamptz) IS
'removes tokens that have ended, and revocations of such; never one that still matters; returns how many rows; for administrators';
