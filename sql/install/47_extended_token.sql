/*
 * Extended tokens (RFC 0116 sections 5, 8 and 10) and what a relying party
 * can look up.  They are verified like every other token, by gauth.verify,
 * gauth.inspect_token and gauth.authenticate, and by their mandate.
 */

CREATE FUNCTION gauth.issue_mandate_token(
    mandate text,
    audience text[],
    OUT token text,
    OUT jti text,
    OUT kid text,
    OUT expires_at timestamptz
)
AS 'MODULE_PATHNAME', 'gauth_sql_issue_mandate_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.issue_mandate_token(text, text[]) IS
'signs a token about a mandate in force by the hosted issuer that it names, with RS256 or ES256, and records it, or why it does not; the token ends with the mandate or with the issuer''s max_lifetime (RFC 0116 section 8.1); for holders of "issuer" there and the party that gave the mandate; raises ZG004 with MANDATE_NOT_FOUND, MANDATE_NOT_ACTIVE, MANDATE_EXPIRED, TOKEN_TOO_LARGE, ALGORITHM_PROHIBITED, PARTY_NOT_ACTIVE or INSUFFICIENT_AUTHORITY, 42704, 55000, ZG008';

CREATE FUNCTION gauth.introspect_mandate_token(token text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_introspect_mandate_token'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.introspect_mandate_token(text) IS
'{"active", "claims", "remaining_ttl" in seconds, "mandate" as it is at present}, or {"active": false, "error"} with INVALID_TOKEN, EXPIRED or REVOKED (RFC 0116 section 8.1); never raises for a bad token';

CREATE FUNCTION gauth.revoke_mandate_token(jti text, reason text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_mandate_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_mandate_token(text, text) IS
'ends an extended token because of agent_switch, session_end, violation, manual or budget_exceeded (RFC 0116 sections 6.5 and 8.1); false when it was revoked already; for holders of "issuer" there; raises ZG004 with TOKEN_NOT_FOUND, 22023, 42501';

CREATE FUNCTION gauth.register(agent text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_register'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.register(text) IS
'what a relying party may know of an agent: who it is, who owns it, who answers for it, and its mandates with their scope and status (RFC 0111 section 5); no budgets, no identities, no evidence; NULL when there is none';

CREATE FUNCTION gauth.configuration(issuer text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_configuration'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.configuration(text) IS
'the discovery document of a hosted issuer (RFC 0116 section 13.4); its addresses are those that a gateway before the database serves; raises 42704, 55000';

CREATE FUNCTION gauth.error_json(
    code text,
    details jsonb DEFAULT '{}',
    request_id text DEFAULT NULL
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_error_json'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.error_json(text, jsonb, text) IS
'the error object that a gateway answers with (RFC 0116 section 8.1.1): code, message, details, request_id, timestamp; for INVALID_TOKEN, EXPIRED, REVOKED, TOKEN_NOT_FOUND, TOKEN_TOO_LARGE, ROTATION_IN_PROGRESS, UNSUPPORTED_FORMAT, RATE_LIMITED and INTERNAL_ERROR; raises 22023';
