\set ON_ERROR_STOP 1
\echo
\echo '== From a power of attorney to a purchase'
\echo
\echo '-- 14. Acme AG, its managing director Mia, its buyer Ben, and an agent that'
\echo '--     shall buy paper. The register wants proof, in this order: who Mia is,'
\echo '--     that she may act for Acme, who Ben is. Then Mia empowers Ben.'
\echo
CREATE ROLE mia LOGIN;
CREATE ROLE ben LOGIN;
SELECT gauth.register_party(p) ->> 'id' AS registered
FROM json_array_elements('[
    {"id": "acme", "kind": "organization", "form": "commercial_enterprise", "name": "Acme AG"},
    {"id": "mia", "kind": "natural_person", "name": "Mia, managing director"},
    {"id": "ben", "kind": "natural_person", "name": "Ben, buyer"},
    {"id": "buyer-bot", "kind": "agent", "form": "digital_agent", "name": "Purchasing agent", "version": "1.0"},
    {"id": "helper-bot", "kind": "agent", "form": "llm", "name": "Helper", "version": "3"}]') p;
SELECT gauth.party_identity('mia', 'mia'::regrole), gauth.party_identity('ben', 'ben'::regrole);
SELECT gauth.verify_identity('mia', 'identity_document', 'passport C01X') IS NOT NULL AS mia,
       gauth.authorize_representative('{"principal": "acme", "party": "mia", "kind": "owner_authorizer",
           "basis": "managing_director", "register_entry": "HRB 12345 Bremen"}') ->> 'basis' AS acts_as,
       gauth.verify_identity('ben', 'electronic_identity', 'eID 77') IS NOT NULL AS ben;
\connect - mia
SELECT gauth.authorize_representative('{"principal": "acme", "party": "ben", "kind": "client_owner",
    "basis": "registered_power_of_attorney", "register_entry": "HRB 12345 Bremen, Prokura",
    "limit_cents": 1000000}') ->> 'kind' AS ben_is;
\echo '-- Ben authorizes the agents; Mia approves: two people, always.'
\echo
\connect - ben
SELECT a ->> 'agent' AS agent FROM (VALUES ('buyer-bot'), ('helper-bot')) v (bot), gauth.authorize_client(bot, 'acme') a;
\connect - mia
SELECT a ->> 'approved_by' AS approved_by FROM (VALUES ('buyer-bot'), ('helper-bot')) v (bot), gauth.approve_client(bot) a;
\connect - ben
SELECT a ->> 'active' AS active FROM (VALUES ('buyer-bot'), ('helper-bot')) v (bot), gauth.activate_client(bot) a;

\connect - postgres
SELECT gauth.add_issuer('https://as.acme.example', ARRAY['orders-db'], hosted => true, namespace => 'acme:');
SELECT gauth.create_key('https://as.acme.example', 'ES256') IS NOT NULL AS key_made;
-- what the agent asks, and the short form of the answer
CREATE FUNCTION ask(verb text, cents int, region text, mandate text, agent text DEFAULT 'buyer-bot')
RETURNS json LANGUAGE sql AS $$
    SELECT json_build_object(
        'request_id', gen_random_uuid(), 'timestamp', now(),
        'action', json_build_object('verb', verb, 'resource', 'supplier 7', 'resource_type', 'order',
            'transaction_type', 'purchase', 'region', region,
            'parameters', json_build_object('amount_cents', cents)),
        'agent', json_build_object('agent_id', agent),
        'credential', json_build_object('format', 'jwt', 'mandate_id', mandate))
$$;
CREATE FUNCTION enforce(verb text, cents int, region text, mandate text, agent text DEFAULT 'buyer-bot')
RETURNS TABLE (decision text, because text) LANGUAGE sql AS $$
    SELECT d ->> 'decision',
           (SELECT string_agg(DISTINCT COALESCE(v ->> 'message', v ->> 'constraint_type'), '; ')
            FROM jsonb_array_elements(d -> 'violations' || (d -> 'enforced_constraints')) v)
    FROM gauth.enforce(ask(verb, cents, region, mandate, agent)) d
$$;

\echo '-- 15. Ben writes the mandate: buy, in the EU, for 500.00; sign only what'
\echo '--     somebody has approved; for an hour. A second one that is too much for'
\echo '--     its profile is refused, with everything that is wrong with it.'
\echo
\connect - ben
\set document `cat test/demo/mandate.json`
SELECT gauth.create_mandate(:'document') ->> 'mandate_id' AS mandate \gset
SELECT gauth.activate_mandate(:'mandate') ->> 'status' AS status;
SELECT v ->> 'code' AS code, v ->> 'path' AS path
FROM gauth.create_mandate(jsonb_set(:'document', '{scope,platform_permissions}',
    '{"deployment": {"targets": ["prod"], "auto_deploy": true}, "database": {"migrate": true}}')::json) r,
     jsonb_array_elements(r -> 'ceiling_violations') v;

\connect - ben
SELECT token AS bot FROM gauth.issue_mandate_token(:'mandate', ARRAY['orders-db']) \gset
\echo '-- 16. The agent has a token about the mandate. It acts, spends nearly all of'
\echo '--     it, exceeds it, leaves the EU, signs; each answer has its reason.'
\echo
\connect - web
BEGIN;
SELECT gauth.authenticate(:'bot');
SELECT * FROM enforce('trade.order.create', 12000, 'DE', :'mandate');
SELECT * FROM enforce('trade.order.create', 48000, 'FR', :'mandate');
SELECT * FROM enforce('trade.order.create', 50001, 'DE', :'mandate');
SELECT * FROM enforce('trade.order.create', 12000, 'US', :'mandate');
SELECT * FROM enforce('trade.contract.sign', 12000, 'DE', :'mandate');
COMMIT;
\echo '-- The shop processes an order: it decides, takes the money and records, in the'
\echo '-- transaction that writes the order. A rollback would undo all of it.'
\echo
\connect - postgres
BEGIN;
INSERT INTO orders (owner, item) VALUES ('acme', 'paper');
SELECT t ->> 'decision' AS decision, t ->> 'processed' AS processed, t ->> 'remaining_cents' AS cents_left
FROM gauth.process_transaction('{"transaction_id": "order 4711", "action": "trade.order.create", "resource": "supplier 7",
    "resource_type": "order", "transaction_type": "purchase", "region": "DE", "amount_cents": 12000}', :'bot') t;
COMMIT;
\echo '-- 17. The agent asks for the approval that is missing. Mia gives it.'
\echo
\connect - web
BEGIN;
SELECT gauth.authenticate(:'bot');
SELECT r ->> 'request_id' AS request, r ->> 'status' AS status
FROM gauth.request_approval(:'mandate', '{"verb": "trade.contract.sign", "resource": "supplier 7", "amount_cents": 12000}') r \gset
COMMIT;
\connect - mia
SELECT r ->> 'status' AS status FROM gauth.approve(:'request', 'a good price') r;
\connect - web
BEGIN;
SELECT gauth.authenticate(:'bot');
SELECT * FROM enforce('trade.contract.sign', 12000, 'DE', :'mandate');
\echo '-- 18. It hands a part on to a helper: 50.00, in Germany. More than it has,'
\echo '--     it cannot give.'
\echo
\set ON_ERROR_STOP 0
SAVEPOINT wider;
SELECT gauth.delegate_mandate(:'mandate', '{"delegate_agent_id": "helper-bot", "budget_cents": 5000, "ttl_seconds": 600,
    "scope_restriction": {"allowed_regions": ["DE", "US"]}}');
ROLLBACK TO wider;
\set ON_ERROR_STOP 1
SELECT r ->> 'mandate_id' AS part FROM gauth.delegate_mandate(:'mandate', '{"delegate_agent_id": "helper-bot",
    "budget_cents": 5000, "ttl_seconds": 600, "scope_restriction": {"allowed_regions": ["DE"]}}') r \gset
SELECT (gauth.mandate_budget(:'mandate') ->> 'remaining_cents')::int AS cents_left;
COMMIT;
\connect - ben
SELECT token AS helper FROM gauth.issue_mandate_token(:'part', ARRAY['orders-db']) \gset
\connect - web
BEGIN;
SELECT gauth.authenticate(:'helper');
SELECT * FROM enforce('trade.order.create', 3000, 'DE', :'part', 'helper-bot');
SELECT * FROM enforce('trade.order.create', 3000, 'FR', :'part', 'helper-bot');
COMMIT;
\echo '-- 19. Mia takes the power of attorney back. The helper''s part goes with it,'
\echo '--     for the next statement of everybody, whatever tokens are still about.'
\echo
\connect - mia
SELECT r ->> 'status' AS status FROM gauth.revoke_mandate(:'mandate', 'supplier 7 is under investigation') r;
\connect - web
\set ON_ERROR_STOP 0
SELECT gauth.authenticate(:'helper');
\connect - postgres
SELECT * FROM enforce('trade.order.create', 3000, 'DE', :'part', 'helper-bot');

\echo '-- 20. The auditor. Everything above is in the hash-chained log, sealed, and'
\echo '--     verifies; whoever holds a checkpoint can check that elsewhere.'
\echo
SELECT kind, decision, actor, rule, payload ->> 'reason' AS reason
FROM gauth.audit WHERE mandate = :'mandate' ORDER BY made_at;
SELECT gauth.audit_seal() IS NOT NULL AS sealed;
SELECT count(*) AS findings FROM gauth.audit_verify();
