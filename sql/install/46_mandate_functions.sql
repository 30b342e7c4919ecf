/*
 * The management of mandates (RFC 0118 section 11.1).
 *
 * Who acts is never an argument: it is the party of the identity, else that
 * of the session's role.
 */

CREATE FUNCTION gauth.utc_text(at timestamptz)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.to_char(
        at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
    );
END;

COMMENT ON FUNCTION gauth.utc_text(timestamptz) IS
'a point in time as ISO 8601 in UTC, whatever the session''s settings';

CREATE FUNCTION gauth.mandate_status(
    status text,
    expires_at timestamptz,
    at timestamptz
)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN status IN ('ACTIVE', 'SUSPENDED') AND expires_at <= at
        THEN 'EXPIRED'
        ELSE status
    END;
END;

COMMENT ON FUNCTION gauth.mandate_status(text, timestamptz, timestamptz) IS
'what the status of a mandate amounts to at a point in time (RFC 0118 section 6.3)';

CREATE FUNCTION gauth.budget_json(mandate gauth.mandate, at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'total_cents', mandate.budget_total,
        'remaining_cents', mandate.budget_remaining,
        'held_cents', h.held,
        'available_cents',
        GREATEST(mandate.budget_remaining - h.held, 0)
    )
    FROM (SELECT COALESCE(pg_catalog.sum(b.cents), 0)::bigint AS held
          FROM gauth.budget_hold b
          WHERE b.mandate = budget_json.mandate.id
          AND b.expires_at > budget_json.at) h;
END;

COMMENT ON FUNCTION gauth.budget_json(gauth.mandate, timestamptz) IS
'the budget of a mandate, in cents: given, left, of that on hold, and free';

CREATE FUNCTION gauth.mandate_json(mandate gauth.mandate, at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'mandate_id', mandate.id,
        'schema_version',
        COALESCE(mandate.document ->> 'schema_version', '0116.2.2.1'),
        'status',
        CASE
            WHEN mandate.status = 'DRAFT' AND mandate.parent IS NOT NULL
            THEN 'PENDING_APPROVAL'
            ELSE gauth.mandate_status(mandate.status, mandate.expires_at, at)
        END,
        'status_reason', mandate.reason,
        'version', mandate.version,
        'parties', mandate.document -> 'parties',
        'scope', mandate.document -> 'scope',
        'requirements', mandate.document -> 'requirements',
        'conditions', mandate.document -> 'conditions',
        'delegation_chain',
        COALESCE(mandate.document -> 'delegation_chain', '[]'::json),
        'scope_checksum', mandate.scope_checksum,
        'tool_permissions_hash', mandate.tool_permissions_hash,
        'platform_permissions_hash', mandate.platform_permissions_hash,
        'budget_state', gauth.budget_json(mandate, at),
        'ttl_seconds', mandate.ttl_seconds,
        'created_at', gauth.utc_text(mandate.created_at),
        'activated_at', gauth.utc_text(mandate.activated_at),
        'expires_at', gauth.utc_text(mandate.expires_at),
        'ended_at', gauth.utc_text(mandate.ended_at),
        'parent_mandate_id', mandate.parent,
        'delegation_depth', mandate.depth
    );
END;

COMMENT ON FUNCTION gauth.mandate_json(gauth.mandate, timestamptz) IS
'a mandate as gauth.mandate and its kin show it (RFC 0118 section 5.1)';

CREATE FUNCTION gauth.history_json(event gauth.mandate_history)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'sequence', event.sequence,
        'event', event.event,
        'status_before', event.status_before,
        'status_after', event.status_after,
        'performed_by', event.performed_by,
        'role', event.role,
        'reason', event.reason,
        'enforcement_request_id', event.enforcement_request_id,
        'details', event.details,
        'timestamp', gauth.utc_text(event.performed_at)
    );
END;

COMMENT ON FUNCTION gauth.history_json(gauth.mandate_history) IS
'an event as gauth.mandate_history shows it';

CREATE FUNCTION gauth.approval_json(request gauth.approval_request)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'request_id', request.id,
        'mandate_id', request.mandate,
        'verb', request.verb,
        'resource', request.resource,
        'amount_cents', request.cents,
        'approvals_needed', request.needed,
        'requested_by', request.requested_by,
        'reason', request.reason,
        'status', request.status,
        'requested_at', gauth.utc_text(request.requested_at),
        'decided_at', gauth.utc_text(request.decided_at),
        'expires_at', gauth.utc_text(request.expires_at),
        'decisions', COALESCE(d.decisions, '[]'::jsonb)
    )
    FROM (SELECT pg_catalog.jsonb_agg(
                     pg_catalog.jsonb_build_object(
                         'approver', a.approver,
                         'approved', a.approved,
                         'comment', a.comment,
                         'decided_at', gauth.utc_text(a.decided_at)
                     )
                     ORDER BY a.decided_at, a.approver
                 ) AS decisions
          FROM gauth.approval a
          WHERE a.request = approval_json.request.id) d;
END;

COMMENT ON FUNCTION gauth.approval_json(gauth.approval_request) IS
'a request for approval with what was decided about it';

CREATE FUNCTION gauth.create_mandate(request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_create_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.create_mandate(json) IS
'drafts a mandate (RFC 0118 section 4.1): {parties, scope, requirements, conditions?}, where parties.issued_by is the acting party; {accepted, mandate_id, status, three hashes, mandate}, or with accepted false everything that is wrong: {code, schema_errors, ceiling_violations, consistency_errors}, and nothing is stored; raises ZG004, 22P02, 54000';

CREATE FUNCTION gauth.update_mandate(id text, request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_update_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.update_mandate(text, json) IS
'gives a draft another document, as gauth.create_mandate does; for the party that issued it; raises ZG004 with MANDATE_NOT_DRAFT once it is in force';

CREATE FUNCTION gauth.activate_mandate(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_activate_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.activate_mandate(text) IS
'puts a draft into force after validating it again, in the place of the agent''s mandate in the same project, which is superseded (RFC 0118 sections 4.2 and 6.4); for issuer and approvers; raises ZG004, with DUPLICATE_MANDATE when another session was faster';

CREATE FUNCTION gauth.suspend_mandate(id text, reason text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_suspend_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.suspend_mandate(text, text) IS
'takes a mandate out of force for a while, and with it all that was delegated from it (RFC 0118 section 4.4); for issuer and approvers; raises ZG004';

CREATE FUNCTION gauth.resume_mandate(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_resume_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.resume_mandate(text) IS
'ends a suspension, and that of all mandates which it had suspended (RFC 0118 section 4.5); for issuer and approvers; raises ZG004';

CREATE FUNCTION gauth.revoke_mandate(id text, reason text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_mandate(text, text) IS
'ends a mandate for good, and with it all that was delegated from it (RFC 0118 sections 4.3 and 8.2); for issuer and approvers; raises ZG004';

CREATE FUNCTION gauth.delete_mandate(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_delete_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.delete_mandate(text) IS
'removes a draft; its history stays (RFC 0118 section 6.2); for the party that issued it; raises ZG004';

CREATE FUNCTION gauth.expire_mandates()
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_expire_mandates'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.expire_mandates() IS
'writes down which mandates have ended by time, and drops holds that have; returns how many mandates it was; nothing depends on it, because a mandate whose time is up counts as expired at once; for enforcers and administrators';

CREATE FUNCTION gauth.increase_budget(id text, cents bigint)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_increase_budget'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.increase_budget(text, bigint) IS
'adds cents to what a mandate was given and has left, taken from the mandate above it if there is one (RFC 0118 section 7.2); for issuer and approvers; raises ZG004';

CREATE FUNCTION gauth.report_consumption(
    id text,
    cents bigint,
    enforcement_request_id text
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_report_consumption'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.report_consumption(text, bigint, text) IS
'deducts cents that an action has cost (RFC 0118 section 7.3): {accepted, reason?, remaining_cents, budget_exceeded}; accepted false, and nothing deducted, for a request that was reported before (DUPLICATE_CONSUMPTION_REPORT; an error where consumption_strict is on) and for more than is left (BUDGET_EXCEEDED; where consumption_clamps is on, what is left is taken); for enforcers; raises ZG004, 22023';

CREATE FUNCTION gauth.hold_budget(
    id text,
    cents bigint,
    ttl interval DEFAULT '30 seconds'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_hold_budget'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.hold_budget(text, bigint, interval) IS
'keeps cents of a mandate back until they are settled or released, or the time is up (at most an hour): {accepted, hold_id, expires_at, available_cents}; accepted false when there are not enough; for enforcers; raises ZG004, 22023';

CREATE FUNCTION gauth.settle_hold(
    hold text,
    enforcement_request_id text,
    cents bigint DEFAULT NULL
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_settle_hold'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.settle_hold(text, text, bigint) IS
'deducts what was on hold, or less of it, as gauth.report_consumption does, and ends the hold; for enforcers; raises ZG004, 42704, 22023';

CREATE FUNCTION gauth.release_hold(hold text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_release_hold'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.release_hold(text) IS
'ends a hold without deducting anything; false when there is none of that name; for enforcers';

CREATE FUNCTION gauth.extend_ttl(id text, extra interval)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_extend_ttl'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.extend_ttl(text, interval) IS
'gives a mandate more time, whole seconds, up to what its profile allows for a session and not beyond the mandate above it (RFC 0118 section 7.4): {previous_ttl_seconds, new_ttl_seconds, new_expires_at}; for issuer and approvers; raises ZG004';

CREATE FUNCTION gauth.delegate_mandate(parent text, request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_delegate_mandate'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.delegate_mandate(text, json) IS
'gives a part of a mandate to another agent (RFC 0118 section 8.1): {delegate_agent_id, scope_restriction, budget_cents, ttl_seconds, max_depth_remaining?}; the part is in force at once, its budget is taken from the parent (with delegation_approval on, a part of a supervised or four-eyes mandate waits for the approvers first); for the parent''s agent, its issuer and its approvers; raises ZG004';

CREATE FUNCTION gauth.request_approval(mandate text, request json)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_request_approval'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.request_approval(text, json) IS
'asks for an approval of {verb, resource?, amount_cents?, reason?, ttl_seconds?}, a day where no time is given; for the mandate''s agent and enforcers; raises ZG004, 22023';

CREATE FUNCTION gauth.approve(request_id text, comment text DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_approve'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.approve(text, text) IS
'approves what a request asks for; for the approvers of the mandate, where there are none its issuer, each once, never an agent, never who asked; raises ZG004, 42704';

CREATE FUNCTION gauth.deny(request_id text, comment text DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_deny'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.deny(text, text) IS
'denies what a request asks for, for good; for those who may approve; raises ZG004, 42704';

CREATE FUNCTION gauth.approval_requests(mandate text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_approval_requests'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.approval_requests(text) IS
'the requests for approval under a mandate and who has decided; for those who may see the mandate; raises ZG004';

CREATE FUNCTION gauth.count_tool_calls(
    mandate text,
    session text,
    calls integer DEFAULT 1
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_count_tool_calls'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.count_tool_calls(text, text, integer) IS
'counts calls of a session under a mandate, which begins with its first call: {tool_calls, started_at}; for enforcers; raises ZG004, 22023';

CREATE FUNCTION gauth.mandate(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_mandate'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandate(text) IS
'a mandate with its budget (RFC 0118 section 5.1); for its agent, issuer and approvers, enforcers, auditors and administrators; raises ZG004';

CREATE FUNCTION gauth.mandates(filter jsonb DEFAULT '{}')
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_mandates'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandates(jsonb) IS
'the mandates that the caller may see (RFC 0118 section 5.2): {agent_id?, project_id?, customer_id?, issued_by?, status?, governance_profile?, parent_mandate_id?, sort?: created_at or -created_at, limit?: 1 to 1000, 100, cursor?}; {mandates, next_cursor, total_count}; raises 22023';

CREATE FUNCTION gauth.mandate_history(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_mandate_history'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandate_history(text) IS
'everything that has happened to a mandate, in order (RFC 0118 section 5.3), also to a deleted draft; for those who may see it; raises ZG004';

CREATE FUNCTION gauth.mandate_budget(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_mandate_budget'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandate_budget(text) IS
'the budget of a mandate, what was spent and what was delegated of it, and when (RFC 0118 section 7.5); for those who may see it; raises ZG004';

CREATE FUNCTION gauth.delegation_chain(id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_delegation_chain'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.delegation_chain(text) IS
'the mandates above a mandate, from the first one down to itself (RFC 0118 section 8.3): {chain: [{level, mandate_id, agent_id, role, status}], effective_scope, max_depth, remaining_depth}; for those who may see it; raises ZG004';

CREATE FUNCTION gauth.governance_profiles()
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_governance_profiles'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.governance_profiles() IS
'the five profiles and their ceilings (RFC 0118 section 9.2)';

CREATE FUNCTION gauth.mandate_errors()
RETURNS TABLE (code text, sqlstate text, http_status integer, message text)
AS 'MODULE_PATHNAME', 'gauth_sql_mandate_errors'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandate_errors() IS
'the codes of RFC 0118 section 12, which stand in the DETAIL of an error';

CREATE FUNCTION gauth.health()
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_health'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.health() IS
'versions and features (RFC 0118 section 13.1)';

CREATE FUNCTION gauth.scope_checksum(
    scope json,
    method text DEFAULT 'rfc0116'
)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_scope_checksum'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_checksum(json, text) IS
'the checksum of a scope: rfc0116 (section 4.4), rfc0118 (the whole scope), sdk-ts or sdk-go, sha256: and hexadecimal; raises 22023, 22P02';

CREATE FUNCTION gauth.canonical_json(document json)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_canonical_json'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.canonical_json(json) IS
'a document in the canonical form of RFC 8785; raises 22P02, 22023, 54000';
