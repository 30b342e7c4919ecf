/*
 * Enforcement (RFC 0117): the seventeen checks over a live mandate.
 *
 * Everybody may ask about a token that he presents and about the mandate of
 * his own identity.  Who holds "enforcer" may ask about every mandate, and
 * may bring what another server says of a mandate of its own.
 */

CREATE TABLE gauth.agent_trust (
    agent text COLLATE "C" PRIMARY KEY CHECK (agent <> ''),
    local_class text COLLATE "C"
        CHECK (local_class IN ('untrusted', 'probationary', 'standard',
                               'trusted', 'verified_partner')),
    attested_class text COLLATE "C"
        CHECK (attested_class IN ('untrusted', 'probationary', 'standard',
                                  'trusted', 'verified_partner')),
    recorded_at timestamptz NOT NULL
);

COMMENT ON TABLE gauth.agent_trust IS
'how far agents are trusted, for mandates with conditions.min_trust_class (RFC 0117 CHK-17)';
COMMENT ON COLUMN gauth.agent_trust.agent IS 'the agent';
COMMENT ON COLUMN gauth.agent_trust.local_class IS
'class of the trust that we have in it ourselves; NULL: not known';
COMMENT ON COLUMN gauth.agent_trust.attested_class IS
'class of the trust that others attest; NULL: not known';
COMMENT ON COLUMN gauth.agent_trust.recorded_at IS 'when it was recorded';

SELECT pg_catalog.pg_extension_config_dump('gauth.agent_trust', '');

CREATE FUNCTION gauth.put_agent_trust(
    agent text,
    local_class text,
    attested_class text
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_put_agent_trust'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_agent_trust(text, text, text) IS
'records how far an agent is trusted: untrusted, probationary, standard, trusted or verified_partner, by ourselves and as others attest; the lower one counts, and one that is not known (NULL) denies where a mandate demands trust; for administrators; raises 22023';

CREATE FUNCTION gauth.enforce(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_enforce'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.enforce(json) IS
'decides about an enforcement request of RFC 0117 section 4.1 and records it: a decision object (section 5.1) with PERMIT, DENY or CONSTRAIN, all checks, violations and constraints, or an error object (section 6.1), which is a denial; changes nothing of the mandate; credential.token is an extended token, credential.mandate_id the mandate of the identity or, for holders of "enforcer", any; these alone are heard with poa_snapshot, live_mandate_state and action.parameters.hold; raises ZG006, ZG007';

CREATE FUNCTION gauth.enforce_batch(requests json, mode text DEFAULT 'independent')
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_enforce_batch'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.enforce_batch(json, text) IS
'gauth.enforce for an array of up to 50 requests (RFC 0117 section 7.2): {"overall_decision", "decisions"}; mode is independent, or all_or_nothing, where one denial denies all; raises 22023, ZG006, ZG007';

CREATE FUNCTION gauth.allowed(request json)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_allowed'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.allowed(json) IS
'gauth.enforce as yes or no: true for PERMIT alone, since a CONSTRAIN has bounds that a boolean cannot tell; false for a denial and for an error; recorded; raises ZG006, ZG007';

CREATE FUNCTION gauth.enforcement_policy(credential json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_enforcement_policy'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.enforcement_policy(json) IS
'what a mandate allows, in short (RFC 0117 section 7.3), for a credential as in gauth.enforce: {"format", "token", "mandate_id"}; amounts in cents, null where nothing is restricted; where a definition bounds the mandate also attested_limits, what it demands of outcomes, model, behaviour and quantum resistance and whether there is evidence of it; a denial with its violations when the credential does not count, or an error object; not recorded';
