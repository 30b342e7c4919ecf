-- A mandate that an agent has, and a table of requests about it: a permit that
-- meets the live row, the budget and an approval.
DO $$ BEGIN
    PERFORM gauth.register_party(json_build_object('id', p, 'kind', 'natural_person', 'name', p))
    FROM unnest(ARRAY['anna', 'bert']) p;
    PERFORM gauth.register_party('{"id": "agent", "kind": "agent", "form": "llm", "name": "agent", "version": "1"}');
    PERFORM gauth.party_identity('anna', current_user::regrole);
    PERFORM gauth.party_identity('bert', 'bench_approver'::regrole);
END $$;

CREATE TABLE request AS
SELECT gauth.activate_mandate(gauth.create_mandate('{
    "parties": {"subject": "agent", "customer_id": "acme", "project_id": "p", "issued_by": "anna",
                "approval_chain": ["bert"]},
    "scope": {"governance_profile": "standard", "phase": "build", "active_modules": [],
              "core_verbs": {"core.file.read": {"allowed": true}, "core.file.create": {"allowed": true},
                             "core.file.modify": {"allowed": true, "cost_cents_base": 1, "requires_approval": true},
                             "core.file.delete": {"allowed": false}},
              "allowed_paths": ["src/", "tests/"], "denied_paths": [".env", "secrets/"],
              "allowed_sectors": ["54"], "allowed_regions": ["EU"], "allowed_decisions": ["advisory"],
              "allowed_transactions": ["change"], "platform_permissions": {"database": {"read": true}}},
    "requirements": {"approval_mode": "supervised", "budget": {"total_cents": 1000000}, "ttl_seconds": 14400}}')
    ->> 'mandate_id') ->> 'mandate_id' AS mandate, NULL::json AS request;
UPDATE request SET request = json_build_object(
    'request_id', 'bench', 'timestamp', '2026-01-01T00:00:00Z',
    'action', json_build_object('verb', 'urn:gauth:verb:core:file:modify', 'resource', 'src/main.c',
                                'resource_type', 'file', 'sector', '541511', 'region', 'DE',
                                'transaction_type', 'change', 'decision_type', 'advisory',
                                'parameters', json_build_object('amount_cents', 5)),
    'agent', json_build_object('agent_id', 'agent', 'session_id', 's'),
    'credential', json_build_object('format', 'jwt', 'mandate_id', mandate));
SELECT gauth.request_approval(mandate, '{"verb": "core.file.modify"}') ->> 'request_id' AS approval FROM request \gset
SET SESSION AUTHORIZATION bench_approver;
SELECT gauth.approve(:'approval') ->> 'status';
RESET SESSION AUTHORIZATION;
CREATE TABLE plain (LIKE gauth.entry INCLUDING ALL);
CREATE SEQUENCE plain_number CACHE 1000;
