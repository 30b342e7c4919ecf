-- Extended tokens: issued about a mandate in force, true as long as it is.
-- What each claim must be is in test/unit/test_extended.c; tokens of other
-- makers are in test/t/065_extended_token.pl.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_token_ben;
CREATE ROLE regress_token_stranger;
CREATE ROLE regress_token_verifier;

\getenv tests PG_ABS_SRCDIR
\set refused :tests '/sql/common/refused.sql'
\i :refused

-- the parties, as the steps I to V leave them (test/sql/party.sql)
INSERT INTO gauth.party (party, kind, form, name, identity, version, status,
                         legal_capacity, deceased, created_at, changed_at)
VALUES ('acme', 'organization', 'commercial_enterprise', 'Acme AG', '{}', NULL, 'active', true, false, now(), now()),
       ('mia', 'natural_person', NULL, 'Mia Director', '{"citizenship": "DE"}', NULL, 'active', true, false, now(), now()),
       ('ben', 'natural_person', NULL, 'Ben Buyer', '{}', NULL, 'active', true, false, now(), now()),
       ('bot', 'agent', 'digital_agent', 'Bot', '{"vendor": "Tools"}', '1', 'active', true, false, now(), now()),
       ('spare', 'agent', 'digital_agent', 'Spare', '{}', '1', 'active', true, false, now(), now());
INSERT INTO gauth.evidence (id, about, subject, kind, method, reference, recorded_by, recorded_at)
SELECT 'evd_' || p, 'party', p, 'identity', 'in_person', 'x', 'test', now()
FROM unnest(ARRAY['mia', 'ben', 'bot']) p;
INSERT INTO gauth.representative (principal, party, kind, basis, register_entry, authorizer, valid_from)
VALUES ('acme', 'mia', 'owner_authorizer', 'managing_director', 'HRB 1', NULL, now()),
       ('acme', 'ben', 'client_owner', 'registered_power_of_attorney', 'HRB 1', 'mia', now());
INSERT INTO gauth.client (agent, principal, owner, authorized_at, approved_by, approved_at, active)
VALUES ('bot', 'acme', 'ben', now(), 'mia', now(), true);
SELECT gauth.party_identity('ben', 'regress_token_ben'::regrole);
SELECT gauth.grant_access('regress_token_verifier', 'verifier');

SELECT gauth.add_issuer('https://as.example', ARRAY['db', 'erp'], hosted => true, max_lifetime => '8 hours');
SELECT gauth.create_key('https://as.example', 'ES256') IS NOT NULL AS created;
SELECT gauth.add_issuer('https://rsa.example', ARRAY['db'], hosted => true, namespace => 'rsa:');
SELECT gauth.create_key('https://rsa.example', 'RS256') IS NOT NULL AS created;
SELECT gauth.add_issuer('https://other.example', ARRAY['db'], hosted => true, namespace => 'other:');
SELECT gauth.create_key('https://other.example', 'EdDSA') IS NOT NULL AS created;
SELECT gauth.add_issuer('https://mac.example', ARRAY['db'], hosted => true, namespace => 'mac:');
SELECT gauth.create_key('https://mac.example', 'HS256') IS NOT NULL AS created;

CREATE FUNCTION mandate_of(issuer text, project text, ttl int DEFAULT 3600, paths jsonb DEFAULT '["src/"]')
RETURNS json LANGUAGE sql AS $$
    SELECT json_build_object(
        'parties', json_build_object('issuer', issuer, 'subject', 'bot', 'customer_id', 'acme',
                                     'project_id', project, 'issued_by', 'ben'),
        'scope', json_build_object('governance_profile', 'standard', 'phase', 'build',
                                   'active_modules', '[]'::json, 'allowed_paths', paths,
                                   'denied_paths', '[".env"]'::json,
                                   'core_verbs', '{"foundry.file.modify": {"allowed": true}}'::json,
                                   'platform_permissions', '{"database": {"read": true}}'::json),
        'requirements', json_build_object('approval_mode', 'supervised', 'ttl_seconds', ttl,
                                          'budget', '{"total_cents": 1000}'::json)) $$;

SELECT clock_timestamp() AS start \gset
SET SESSION AUTHORIZATION regress_token_ben;
SELECT gauth.create_mandate(mandate_of('https://as.example', 'p1')) ->> 'mandate_id' AS id \gset
-- C-20: a draft has no token
SELECT refused(format('SELECT gauth.issue_mandate_token(%L, ARRAY[''db''])', :'id'));
SELECT gauth.activate_mandate(:'id') ->> 'status' AS status;
SELECT * FROM gauth.issue_mandate_token(:'id', ARRAY['db', 'erp']) \gset t_
RESET SESSION AUTHORIZATION;

-- C-22: what is returned is what is in the token
SELECT :'t_jti' ~ '^tok_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' AS jti,
       claims ->> 'jti' = :'t_jti' AS same_jti, header ->> 'kid' = :'t_kid' AS same_kid,
       to_timestamp((claims ->> 'exp')::bigint) = :'t_expires_at'::timestamptz AS same_end,
       header - 'kid' AS header
FROM gauth.inspect_token(:'t_token');
-- C-15, C-18, C-20, C-30: every claim
SELECT active, claims - 'gauth' - 'gauth_mandate' - 'exp' - 'iat' - 'nbf' - 'jti' AS standard,
       (claims ->> 'exp')::bigint - (claims ->> 'iat')::bigint AS lifetime,
       claims -> 'nbf' = claims -> 'iat' AS from_now
FROM gauth.inspect_token(:'t_token');
SELECT key, CASE key WHEN 'credential_id' THEN to_jsonb(value = to_jsonb(:'id'::text)) ELSE value END
FROM jsonb_each(gauth.verify(:'t_token') -> 'gauth') ORDER BY key COLLATE "C";
SELECT key, CASE key WHEN 'mandate_id' THEN to_jsonb(value = to_jsonb(:'id'::text)) ELSE value END
FROM jsonb_each(gauth.verify(:'t_token') -> 'gauth_mandate') ORDER BY key COLLATE "C";
-- A-10: it verifies with the published keys alone; A-33: with scope and duration
SELECT c -> 'gauth' -> 'scope' ->> 'phase' AS phase, c ? 'exp' AS ends
FROM gauth.verify_jwt(:'t_token', gauth.jwks('https://as.example')::json,
                      '{"algorithms": ["ES256"], "issuer": "https://as.example", "audience": "erp"}') c;
-- C-16: one of its audiences has to be meant, exactly
SELECT a, refused(format('SELECT gauth.verify(%L, %L)', :'t_token', a)) FROM unnest(ARRAY['db', 'erp', 'elsewhere', 'DB', '']) a;
SELECT a, refused(format('SELECT gauth.verify_jwt(%L, gauth.jwks(''https://as.example'')::json, %L)', :'t_token',
    json_build_object('algorithms', '["ES256"]'::json, 'issuer', 'https://as.example', 'audience', a)))
FROM unnest(ARRAY['"erp"', '["crm", "db"]', '["crm"]', '[]']::json[]) a;
-- in the store; the token itself is nowhere
SELECT issuer, subject, client, audience, status FROM gauth.tokens WHERE jti = :'t_jti';
SELECT count(*) FROM gauth.token t WHERE t::text LIKE '%eyJ%';

-- C-10, C-11: RS256 and ES256; C-12: nothing else
SET SESSION AUTHORIZATION regress_token_ben;
SELECT issuer, refused(format('SELECT gauth.issue_mandate_token(%L, ARRAY[''db''])', m)) AS issued
FROM (SELECT issuer, gauth.activate_mandate(gauth.create_mandate(mandate_of(issuer, issuer)) ->> 'mandate_id')
                     ->> 'mandate_id' AS m
      FROM unnest(ARRAY['https://rsa.example', 'https://other.example', 'https://mac.example']) issuer) s;
SELECT refused($$SELECT gauth.issue_mandate_token('mdt_none', ARRAY['db'])$$);
SELECT refused(format('SELECT gauth.issue_mandate_token(%L, ARRAY[]::text[])', :'id'));

-- C-21: 4096 bytes are the most
DO $$
DECLARE
    longest int := 0;
    issued record;
    mandate text;
    refused int := 0;
BEGIN
    FOR n IN 1910 .. 1930 LOOP
        mandate := gauth.activate_mandate(gauth.create_mandate(mandate_of(
            'https://as.example', 'long' || n, 3600,
            jsonb_build_array(repeat('a', 1000), repeat('b', n - 1000)))) ->> 'mandate_id') ->> 'mandate_id';
        BEGIN
            SELECT * INTO issued FROM gauth.issue_mandate_token(mandate, ARRAY['db']);
            longest := greatest(longest, length(issued.token));
        EXCEPTION WHEN SQLSTATE 'ZG004' THEN
            refused := refused + 1;
        END;
    END LOOP;
    RAISE WARNING 'longest % refused %', longest, refused;
END $$;
RESET SESSION AUTHORIZATION;

-- C-17: names are never given twice
SELECT refused(format('INSERT INTO gauth.token SELECT * FROM gauth.token WHERE jti = %L', :'t_jti')) ~ '^23505' AS once;

--
-- who may issue
--
SET SESSION AUTHORIZATION regress_token_stranger;
SELECT refused(format('SELECT gauth.issue_mandate_token(%L, ARRAY[''db''])', :'id'));
SELECT refused(format('SELECT gauth.introspect_mandate_token(%L)', 'x')) ~ '^42501' AS not_for_all;
SELECT refused($$SELECT gauth.register('bot')$$) ~ '^42501' AS not_for_all;
RESET SESSION AUTHORIZATION;
-- no other function signs these claims
SELECT refused($$SELECT gauth.issue_token('https://as.example', 'bot', ARRAY['db'], '1 hour', NULL,
    '{"gauth": {}}')$$);

--
-- the bearer acts as the agent, as long as the mandate is in force
--
BEGIN;
SELECT gauth.authenticate(:'t_token');
SELECT gauth.subject(), gauth.acting_party(), gauth.claim('sub');
COMMIT;

-- C-23: introspection
SET SESSION AUTHORIZATION regress_token_verifier;
SELECT i -> 'active' AS active, i -> 'claims' -> 'sub' AS sub, (i ->> 'remaining_ttl')::int BETWEEN 3500 AND 3600 AS ttl,
       (i -> 'mandate') - 'mandate_id' AS mandate
FROM gauth.introspect_mandate_token(:'t_token') i;
SELECT gauth.introspect_mandate_token('eyJhbGciOiJub25lIn0.e30.');
SELECT gauth.introspect_mandate_token(left(:'t_token', -4) || 'AAAA');
RESET SESSION AUTHORIZATION;

-- C-34: a larger budget: the token stays as it is, the live state is newer
SET SESSION AUTHORIZATION regress_token_ben;
SELECT gauth.increase_budget(:'id', 500) -> 'budget_state' -> 'total_cents' AS total;
RESET SESSION AUTHORIZATION;
SELECT i -> 'claims' -> 'gauth_mandate' -> 'budget' AS said, i -> 'mandate' -> 'total_cents' AS is
FROM gauth.introspect_mandate_token(:'t_token') i;

-- C-33, C-35: whatever happens to the mandate counts at the next statement
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_token_ben;
SELECT gauth.suspend_mandate(:'id', 'a look at the books') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.authenticate(%L)', :'t_token'));
SELECT gauth.resume_mandate(:'id') ->> 'status' AS status;
SELECT gauth.authenticate(:'t_token');
COMMIT;
BEGIN;
SELECT gauth.authenticate(:'t_token');
SELECT gauth.is_authenticated();
SAVEPOINT before_the_end;
SET LOCAL session_replication_role = replica;
UPDATE gauth.mandate SET status = 'REVOKED' WHERE id = :'id';
ROLLBACK TO before_the_end;
ROLLBACK;

-- C-24, C-25: revoking tokens
SELECT * FROM gauth.issue_mandate_token(:'id', ARRAY['db']) \gset u_
SELECT refused(format('SELECT gauth.revoke_mandate_token(%L, ''because'')', :'u_jti'));
SELECT refused($$SELECT gauth.revoke_mandate_token('tok_unknown', 'manual')$$);
SELECT reason, gauth.revoke_mandate_token(jti, reason), gauth.revoke_mandate_token(jti, reason) AS again
FROM unnest(ARRAY['agent_switch', 'session_end', 'violation', 'manual', 'budget_exceeded']) reason,
LATERAL gauth.issue_mandate_token(:'id', ARRAY['db', reason]) t;
SELECT gauth.revoke_mandate_token(:'u_jti', 'violation');
SELECT gauth.introspect_mandate_token(:'u_token');
SELECT refused(format('SELECT gauth.authenticate(%L)', :'u_token'));
SET SESSION AUTHORIZATION regress_token_stranger;
SELECT refused(format('SELECT gauth.revoke_mandate_token(%L, ''manual'')', :'t_jti')) ~ '^42501' AS not_for_all;
RESET SESSION AUTHORIZATION;
-- C-39: the entry of a revocation says which token, why, who and when, and is kept for a year or more
SELECT rule, actor = session_user AS by, made_at IS NOT NULL AS dated FROM gauth.entry WHERE kind = 'token.revoke' AND token_id = :'u_jti';
SELECT refused('SELECT gauth.audit_retain(''300 days'')') ~ '^22023' AS kept_a_year;
-- C-40, C-42: a token that was refused: why, and nothing of what it said
SELECT kind, rule, payload::text !~ 'eyJ|scope|cents' AS clean FROM gauth.entry
WHERE kind = 'authenticate' AND token_id = :'u_jti';
-- C-29: the error object of a gateway
SELECT code, e - 'timestamp' - 'code' AS error, e ->> 'timestamp' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' AS dated
FROM unnest(ARRAY['INVALID_TOKEN', 'EXPIRED', 'REVOKED', 'TOKEN_NOT_FOUND', 'TOKEN_TOO_LARGE', 'ROTATION_IN_PROGRESS',
                  'UNSUPPORTED_FORMAT', 'RATE_LIMITED', 'INTERNAL_ERROR']) code,
LATERAL gauth.error_json(code, '{"field": "x"}', 'req_1') e;
SELECT refused($$SELECT gauth.error_json('OTHER')$$), gauth.error_json('REVOKED') - 'timestamp' AS error;

--
-- A-21: a successor acts while the agent cannot, and not before
--
SELECT gauth.change_party('bot', '{"successor": "spare"}') ->> 'successor' AS successor;
SELECT c ->> 'sub' AS before FROM gauth.issue_mandate_token(:'id', ARRAY['db']) t, gauth.verify(t.token) c;
SELECT gauth.change_party('bot', '{"status": "unavailable"}') ->> 'status' AS status;
SELECT * FROM gauth.issue_mandate_token(:'id', ARRAY['db']) \gset s_
SELECT c ->> 'sub' AS during FROM gauth.verify(:'s_token') c;
BEGIN;
SELECT gauth.authenticate(:'s_token');
SELECT gauth.acting_party();
COMMIT;
SELECT gauth.change_party('bot', '{"status": "active"}') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.authenticate(%L)', :'s_token'));
SELECT gauth.change_party('bot', '{"status": "unavailable"}') ->> 'status' AS status;
SELECT gauth.change_party('spare', '{"status": "unavailable"}') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.issue_mandate_token(%L, ARRAY[''db''])', :'id'));
SELECT gauth.change_party('bot', '{"status": "active"}') ->> 'status' AS status;

--
-- A-11: what a relying party sees
--
SET SESSION AUTHORIZATION regress_token_verifier;
SELECT key, value FROM jsonb_each(gauth.register('bot')) WHERE key <> 'mandates' ORDER BY key COLLATE "C";
SELECT m - 'mandate_id' - 'activated_at' - 'expires_at' - 'scope' AS mandate, m -> 'scope' -> 'core_verbs' AS verbs
FROM jsonb_array_elements(gauth.register('bot') -> 'mandates') m
WHERE m ->> 'project_id' = 'p1';
SELECT gauth.register('bot')::text ~ 'budget|cents|passport|citizenship' AS tells_secrets;
SELECT gauth.register('mia'), gauth.register('nobody');
-- C-43: the discovery document
SELECT key FROM jsonb_object_keys(gauth.configuration('https://as.example')) key ORDER BY key COLLATE "C";
SELECT refused($$SELECT gauth.configuration('https://nowhere.example')$$);
RESET SESSION AUTHORIZATION;

-- A-19: the end
SET SESSION AUTHORIZATION regress_token_ben;
BEGIN;
SELECT gauth.revoke_mandate(:'id', 'done') ->> 'status' AS status;
SELECT refused(format('SELECT gauth.authenticate(%L)', :'t_token'));
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT gauth.introspect_mandate_token(:'t_token');
-- C-38: every refusal has its entry, though its transaction is rolled back
BEGIN;
SELECT gauth.issue_mandate_token(:'id', ARRAY['db']);
ROLLBACK;
SELECT rule, sum(count) AS refused, count(mandate) = count(*) AS about_a_mandate, min(agent) AS agent,
       bool_and(resource = mandate) AS asked, min(actor) AS actor, count(token_id) AS tokens
FROM gauth.entry
WHERE kind = 'token.issue' AND decision = 3 AND action = 'issue_mandate_token' AND made_at >= :'start'
GROUP BY rule ORDER BY rule COLLATE "C";

-- nothing stays
\set no_parties :tests '/sql/common/no_parties.sql'
\i :no_parties
DELETE FROM gauth.token;
DELETE FROM gauth.revocation;
SELECT count(gauth.drop_issuer(issuer)) FROM gauth.issuer
WHERE issuer IN ('https://as.example', 'https://rsa.example', 'https://other.example', 'https://mac.example');
SELECT gauth.revoke_access('regress_token_verifier', 'verifier');
DROP FUNCTION refused(text), mandate_of(text, text, int, jsonb);
DROP ROLE regress_token_ben, regress_token_stranger, regress_token_verifier;
