/*
 * Every privilege of gauth's objects.
 *
 * A function is executable by everybody unless it is named here; the type
 * gauth.scope with all that belongs to it, the readers of the identity, and
 * verification with the caller's own keys are for everybody.  The functions
 * that may be granted are also listed in src/store/access.c, by capability.
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
    gauth.resource_server
TO @extowner@;
GRANT SELECT ON gauth.settings, gauth.tokens TO @extowner@;

GRANT SELECT, UPDATE ON SEQUENCE gauth.lane_number TO @extowner@;
GRANT SELECT, INSERT ON
    gauth.entry_00, gauth.entry_01, gauth.entry_02, gauth.entry_03,
    gauth.entry_04, gauth.entry_05, gauth.entry_06, gauth.entry_07,
    gauth.entry_08, gauth.entry_09, gauth.entry_10, gauth.entry_11,
    gauth.entry_12, gauth.entry_13, gauth.entry_14, gauth.entry_15
TO @extowner@;

REVOKE EXECUTE ON FUNCTION
    gauth.invalidate(),
    gauth.guard(),
    gauth.audit_seal(),
    gauth.audit_root(),
    gauth.verify(text, text),
    gauth.inspect_token(text, text),
    gauth.introspect_token(text),
    gauth.issue_token(text, text, text[], interval, gauth.scope, jsonb),
    gauth.revoke_token(text, text, text, timestamptz),
    gauth.revoke_subject(text, text, timestamptz, text),
    gauth.purge_tokens(timestamptz),
    gauth.decide(text, text, text, json, text),
    gauth.explain(text, text, text, json, text),
    gauth.add_issuer(
        text, text[], text[], json, boolean, text, interval, interval, text
    ),
    gauth.drop_issuer(text),
    gauth.put_jwks(text, json),
    gauth.create_key(text, text),
    gauth.rotate_key(text, text),
    gauth.drop_key(text, text),
    gauth.put_weak_secrets(text[]),
    gauth.wrap_keys(bytea),
    gauth.configure(text, jsonb, text),
    gauth.root_key_state(),
    gauth.list_private_keys(),
    gauth.create_policy_store(text, text),
    gauth.set_policy_mode(text, text),
    gauth.put_schema(text, text),
    gauth.create_policy(text, text, text),
    gauth.replace_policy(text, text, text),
    gauth.drop_policy(text, text),
    gauth.put_policies(text, text),
    gauth.link_template(text, text, text, text, text),
    gauth.map_principal(text, text, text, text),
    gauth.put_entities(json, text),
    gauth.delete_entity(text, text),
    gauth.bind_entity(text, regclass, name, jsonb, jsonb, text),
    gauth.unbind_entity(text, text),
    gauth.allow_request_attribute(text, text, boolean, text),
    gauth.authzen_evaluation(json, text),
    gauth.authzen_evaluations(json, text),
    gauth.authzen_search_subject(json, text),
    gauth.authzen_search_resource(json, text),
    gauth.authzen_search_action(json, text),
    gauth.authzen_configuration(text, text),
    gauth.diff_policies(text, text, jsonb),
    gauth.party_identity(text, text, text),
    gauth.party_identity(text, regrole),
    gauth.verify_identity(text, text, text, timestamptz),
    gauth.record_evidence(json),
    gauth.withdraw_evidence(text),
    gauth.root_person(text),
    gauth.is_linted(oid),
    gauth.lint_relations(),
    gauth.lint_roles(),
    gauth.lint_keys(),
    gauth.lint()
FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    gauth.audit_seal(),
    gauth.audit_root(),
    gauth.verify(text, text),
    gauth.inspect_token(text, text),
    gauth.introspect_token(text),
    gauth.issue_token(text, text, text[], interval, gauth.scope, jsonb),
    gauth.revoke_token(text, text, text, timestamptz),
    gauth.revoke_subject(text, text, timestamptz, text),
    gauth.purge_tokens(timestamptz),
    gauth.decide(text, text, text, json, text),
    gauth.explain(text, text, text, json, text),
    gauth.add_issuer(
        text, text[], text[], json, boolean, text, interval, interval, text
    ),
    gauth.drop_issuer(text),
    gauth.put_jwks(text, json),
    gauth.create_key(text, text),
    gauth.rotate_key(text, text),
    gauth.drop_key(text, text),
    gauth.put_weak_secrets(text[]),
    gauth.wrap_keys(bytea),
    gauth.configure(text, jsonb, text),
    gauth.root_key_state(),
    gauth.list_private_keys(),
    gauth.create_policy_store(text, text),
    gauth.set_policy_mode(text, text),
    gauth.put_schema(text, text),
    gauth.create_policy(text, text, text),
    gauth.replace_policy(text, text, text),
    gauth.drop_policy(text, text),
    gauth.put_policies(text, text),
    gauth.link_template(text, text, text, text, text),
    gauth.map_principal(text, text, text, text),
    gauth.put_entities(json, text),
    gauth.delete_entity(text, text),
    gauth.bind_entity(text, regclass, name, jsonb, jsonb, text),
    gauth.unbind_entity(text, text),
    gauth.allow_request_attribute(text, text, boolean, text),
    gauth.authzen_evaluation(json, text),
    gauth.authzen_evaluations(json, text),
    gauth.authzen_search_subject(json, text),
    gauth.authzen_search_resource(json, text),
    gauth.authzen_search_action(json, text),
    gauth.authzen_configuration(text, text),
    gauth.diff_policies(text, text, jsonb),
    gauth.party_identity(text, text, text),
    gauth.party_identity(text, regrole),
    gauth.verify_identity(text, text, text, timestamptz),
    gauth.record_evidence(json),
    gauth.withdraw_evidence(text),
    gauth.root_person(text),
    gauth.is_linted(oid),
    gauth.lint_relations(),
    gauth.lint_roles(),
    gauth.lint_keys(),
    gauth.lint()
TO @extowner@;
