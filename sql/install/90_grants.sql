/*
 * Every privilege of gauth's objects.
 *
 * A function is executable by everybody unless it is named here or is one that
 * a capability is about, in src/store/access.c; the type gauth.scope with all
 * that belongs to it, the readers of the identity, and verification with the
 * caller's own keys are for everybody.
 *
 * Tables are read and written by gauth itself.  Whoever installed it may read
 * and restore them, which pg_dump and pg_restore need, and nobody may read
 * private keys that are not sealed.
 */

REVOKE ALL ON ALL TABLES IN SCHEMA gauth FROM PUBLIC;

GRANT SELECT, INSERT ON
    gauth.access,
    gauth.setting,
    gauth.shard,
    gauth.entry,
    gauth.seal_batch,
    gauth.tile_root,
    gauth.checkpoint,
    gauth.cosignature,
    gauth.removal,
    gauth.sink,
    gauth.issuer,
    gauth.key,
    gauth.wrapped_key,
    gauth.weak_secret,
    gauth.token,
    gauth.revocation,
    gauth.subject_revocation,
    gauth.policy_store,
    gauth.policy,
    gauth.policy_link,
    gauth.policy_history,
    gauth.principal_mapping,
    gauth.entity,
    gauth.entity_binding,
    gauth.request_attribute,
    gauth.party,
    gauth.party_identity,
    gauth.evidence,
    gauth.representative,
    gauth.client,
    gauth.resource_server,
    gauth.definition,
    gauth.definition_version,
    gauth.definition_event,
    gauth.obligation,
    gauth.mandate_definition,
    gauth.authorization_grant,
    gauth.transaction_record,
    gauth.mandate,
    gauth.mandate_history,
    gauth.budget_consumption,
    gauth.budget_hold,
    gauth.approval_request,
    gauth.approval,
    gauth.mandate_session,
    gauth.agent_trust
TO @extowner@;
GRANT SELECT ON gauth.settings, gauth.tokens, gauth.audit TO @extowner@;

GRANT SELECT, UPDATE ON SEQUENCE gauth.lane_number TO @extowner@;
GRANT SELECT, INSERT ON
    gauth.entry_00, gauth.entry_01, gauth.entry_02, gauth.entry_03,
    gauth.entry_04, gauth.entry_05, gauth.entry_06, gauth.entry_07,
    gauth.entry_08, gauth.entry_09, gauth.entry_10, gauth.entry_11,
    gauth.entry_12, gauth.entry_13, gauth.entry_14, gauth.entry_15
TO @extowner@;

-- what gauth calls itself: for nobody
REVOKE EXECUTE ON FUNCTION
    gauth.invalidate(),
    gauth.guard(),
    gauth.guard_mandate(),
    gauth.guard_definition(),
    gauth.utc_text(timestamptz),
    gauth.mandate_status(text, timestamptz, timestamptz),
    gauth.budget_json(gauth.mandate, timestamptz),
    gauth.mandate_json(gauth.mandate, timestamptz),
    gauth.history_json(gauth.mandate_history),
    gauth.approval_json(gauth.approval_request),
    gauth.close_access()
FROM PUBLIC;

-- what capabilities are about: for whoever owns gauth or is given one
SELECT gauth.close_access();
