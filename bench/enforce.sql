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

-- Inside the server, in a session that has just waited for the disk, what takes
-- how long: a plain INSERT with its commit, a decision, the commit of that, and
-- writing an entry; medians, in microseconds.
CREATE PROCEDURE commit_times(
    rounds integer,
    INOUT plain double precision DEFAULT NULL,
    INOUT call double precision DEFAULT NULL,
    INOUT wait double precision DEFAULT NULL,
    INOUT entry double precision DEFAULT NULL
)
LANGUAGE plpgsql AS $$
DECLARE
    asked json := (SELECT r.request FROM request r);
    t timestamptz[];
    plains double precision[];
    calls double precision[];
    waits double precision[];
    entries double precision[];
BEGIN
    FOR i IN 1..rounds LOOP
        t[0] := clock_timestamp();
        INSERT INTO plain VALUES (
            1, 1, pg_current_xact_id(), 1, i, clock_timestamp(), 1, 'enforce', 'urn:gauth:verb:core:file:modify',
            'ALL_CHECKS_PASSED', 'mdt_00000000-0000-0000-0000-000000000000', NULL, NULL, NULL, 'agent', 'postgres',
            'src/main.c', '{"request_id": "bench", "mode": "stateful", "violations": [], "constraints": []}',
            '\x00112233445566778899aabbccddeeff', NULL,
            '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff');
        COMMIT;
        t[1] := clock_timestamp();
        PERFORM gauth.enforce(asked);
        t[2] := clock_timestamp();
        COMMIT;
        t[3] := clock_timestamp();
        PERFORM gauth.audit_append('bench', 'modify', 'src/main.c');
        t[4] := clock_timestamp();
        COMMIT;
        plains[i] := extract(epoch FROM t[1] - t[0]) * 1000000;
        calls[i] := extract(epoch FROM t[2] - t[1]) * 1000000;
        waits[i] := extract(epoch FROM t[3] - t[2]) * 1000000;
        entries[i] := extract(epoch FROM t[4] - t[3]) * 1000000;
    END LOOP;
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY p), percentile_cont(0.5) WITHIN GROUP (ORDER BY c),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY w), percentile_cont(0.5) WITHIN GROUP (ORDER BY e)
    INTO plain, call, wait, entry
    FROM unnest(plains, calls, waits, entries) v (p, c, w, e);
END $$;
