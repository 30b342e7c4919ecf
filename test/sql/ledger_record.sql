-- Everything that changes something, decides or refuses writes its entry:
-- each operation runs once here, and what it has written is counted.

SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_record_bob;
CREATE ROLE regress_record_bob;
CREATE TABLE public.record_doc (id text PRIMARY KEY);
CREATE TEMPORARY TABLE kept (name text PRIMARY KEY, value text);

-- runs a statement and says which entries it left, by kind and decision; its
-- first column is kept under the name
CREATE FUNCTION pg_temp.entries(label text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
    answer text;
BEGIN
    BEGIN
        EXECUTE statement INTO answer;
        INSERT INTO kept VALUES (label, answer)
        ON CONFLICT (name) DO UPDATE SET value = answer;
    EXCEPTION WHEN SQLSTATE 'ZG001' OR SQLSTATE 'ZG002' OR SQLSTATE 'ZG004' THEN
        NULL;
    END;
    RETURN (SELECT string_agg(kind || coalesce(' ' || decision, ''), ', '
                              ORDER BY made_at)
            FROM gauth.audit WHERE made_at >= began);
END $$;
CREATE FUNCTION pg_temp.of(label text) RETURNS text
LANGUAGE sql AS $$ SELECT value FROM kept WHERE name = label $$;

CREATE TEMPORARY TABLE operation (
    number serial,
    function text,
    statement text,
    entries text
);
INSERT INTO operation (function, statement) VALUES
    ('grant_access', $$SELECT gauth.grant_access('regress_record_bob', 'auditor')$$),
    ('revoke_access', $$SELECT gauth.revoke_access('regress_record_bob', 'auditor')$$),
    ('reapply_access', $$SELECT gauth.reapply_access()$$),
    ('configure', $$SELECT gauth.configure('token_retention', '"1 day"')$$),
    ('configure', $$SELECT gauth.configure('token_retention', NULL)$$),
    -- issuers, keys, tokens
    ('add_issuer', $$SELECT gauth.add_issuer('https://record.example', ARRAY['db'], hosted => true, namespace => 'record:')$$),
    ('create_key', $$SELECT gauth.create_key('https://record.example', 'EdDSA')$$),
    ('rotate_key', $$SELECT gauth.rotate_key('https://record.example')$$),
    ('drop_key', $$SELECT gauth.drop_key('https://record.example', pg_temp.of('create_key'))$$),
    ('put_weak_secrets', $$SELECT gauth.put_weak_secrets(ARRAY['record'])$$),
    ('issue_token', $$SELECT token FROM gauth.issue_token('https://record.example', 'alice', ARRAY['db'], '1 hour')$$),
    ('authenticate', $$SELECT gauth.authenticate('no.token.here')$$),
    ('require', $$SELECT gauth.require()$$),
    ('revoke', $$SELECT gauth.revoke(pg_temp.of('issue_token'))$$),
    ('authenticate', $$SELECT gauth.authenticate(pg_temp.of('issue_token'))$$),
    ('revoke_token', $$SELECT gauth.revoke_token('https://record.example', 'other', 'test')$$),
    ('revoke_subject', $$SELECT gauth.revoke_subject('https://record.example', 'alice', now(), 'test')$$),
    ('purge_tokens', $$SELECT gauth.purge_tokens(now())$$),
    ('wrap_keys', $$SELECT gauth.wrap_keys() FROM gauth.unlock(sha256('a'))$$),
    ('add_issuer', $$SELECT gauth.add_issuer('https://other.record.example', ARRAY['db'], namespace => 'other.record:')$$),
    ('put_jwks', $$SELECT gauth.put_jwks('https://other.record.example', '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}')$$),
    ('drop_issuer', $$SELECT gauth.drop_issuer('https://other.record.example')$$),
    -- policies and entities
    ('create_policy_store', $$SELECT gauth.create_policy_store('record', 'cedar')$$),
    ('set_policy_mode', $$SELECT gauth.set_policy_mode('cedar', 'record')$$),
    ('put_schema', $$SELECT gauth.put_schema('entity User; entity Doc = {a?: String}; action read appliesTo {principal: User, resource: Doc};', 'record')$$),
    ('create_policy', $$SELECT gauth.create_policy('p', 'permit (principal == User::"a", action, resource);', 'record')$$),
    ('replace_policy', $$SELECT gauth.replace_policy('p', 'permit (principal == User::"b", action, resource);', 'record')$$),
    ('drop_policy', $$SELECT gauth.drop_policy('p', 'record')$$),
    ('put_policies', $$SELECT gauth.put_policies('permit (principal == User::"b", action, resource); @id("t") permit (principal == ?principal, action, resource);', 'record')$$),
    ('link_template', $$SELECT gauth.link_template('t', 'l', 'User::"c"', NULL, 'record')$$),
    ('map_principal', $$SELECT gauth.map_principal('https://record.example', 'User', 'sub', 'record')$$),
    ('put_entities', $$SELECT gauth.put_entities('[{"uid": {"type": "User", "id": "b"}, "attrs": {}, "parents": []}]', 'record')$$),
    ('delete_entity', $$SELECT gauth.delete_entity('User::"b"', 'record')$$),
    ('bind_entity', $$SELECT gauth.bind_entity('Doc', 'public.record_doc', 'id', store => 'record')$$),
    ('unbind_entity', $$SELECT gauth.unbind_entity('Doc', 'record')$$),
    ('allow_request_attribute', $$SELECT gauth.allow_request_attribute('Doc', 'a', true, 'record')$$),
    ('allow_request_attribute', $$SELECT gauth.allow_request_attribute('Doc', 'a', false, 'record')$$),
    -- decisions
    ('decide', $$SELECT gauth.decide('User::"b"', 'Action::"read"', 'Doc::"1"', '{"n": 1}', 'record')$$),
    ('decide', $$SELECT gauth.decide('User::"z"', 'Action::"read"', 'Doc::"1"', NULL, 'record')$$),
    ('authzen_evaluation', $$SELECT gauth.authzen_evaluation('{"subject": {"type": "User", "id": "b"}, "action": {"name": "read"}, "resource": {"type": "Doc", "id": "1"}}', 'record')$$),
    ('authzen_evaluations', $$SELECT gauth.authzen_evaluations('{"subject": {"type": "User", "id": "b"}, "action": {"name": "read"}, "evaluations": [{"resource": {"type": "Doc", "id": "1"}}, {"resource": {"type": "Doc", "id": "2"}}]}', 'record')$$),
    ('drop_policy_store', $$SELECT gauth.drop_policy_store('record')$$),
    ('put_agent_trust', $$SELECT gauth.put_agent_trust('record', 'standard', 'standard')$$),
    ('enforce', $$SELECT gauth.enforce('{"request_id": "record", "timestamp": "2026-04-09T10:00:00Z", "action": {"verb": "core.file.read", "resource": "a"}, "agent": {"agent_id": "record"}, "credential": {"format": "jwt", "mandate_id": "mdt_none"}}')$$),
    ('enforce_batch', $$SELECT gauth.enforce_batch('[{}]')$$),
    ('allowed', $$SELECT gauth.allowed('{"request_id": "allowed", "timestamp": "2026-04-09T10:00:00Z", "action": {"verb": "core.file.read", "resource": "b"}, "agent": {"agent_id": "record"}, "credential": {"format": "jwt"}}')$$),
    ('issue_mandate_token', $$SELECT gauth.issue_mandate_token('mdt_none', ARRAY['db'])$$),
    ('request_token', $$SELECT gauth.request_token('{"grant_id": "grt_none"}')$$),
    -- the ledger itself
    ('audit_append', $$SELECT gauth.audit_append('record', 'a', 'r')$$),
    ('audit_erase', $$SELECT gauth.audit_erase(pg_temp.of('audit_append'), 'test')$$),
    ('audit_export', $$SELECT count(*) FROM gauth.audit_export()$$),
    ('audit_add_sink', $$SELECT gauth.audit_add_sink('record', 'pg_catalog.jsonb_typeof(jsonb)')$$),
    ('audit_drop_sink', $$SELECT gauth.audit_drop_sink('record')$$);
DO $$
DECLARE
    o record;
BEGIN
    FOR o IN SELECT * FROM operation ORDER BY number LOOP
        UPDATE operation SET entries = pg_temp.entries(o.function, o.statement)
        WHERE number = o.number;
        COMMIT;
    END LOOP;
END $$;
SELECT function, entries FROM operation ORDER BY number;
SELECT count(*) AS operations,
       count(*) FILTER (WHERE entries IS NULL) AS without_entry
FROM operation;

-- what changes or decides and is not above: steps and mandates are counted
-- in their own tests, the rest changes nothing that stays, or, close_access,
-- makes it what it is after an install
SELECT DISTINCT p.proname
FROM pg_proc p
WHERE p.pronamespace = 'gauth'::regnamespace
AND p.provolatile = 'v'
AND p.prorettype <> 'trigger'::regtype
AND p.proname NOT IN (SELECT function FROM operation)
AND p.proname !~ '(mandate|party|client|representative|resource_server|evidence|identity|budget|hold|approv|ttl|consumption|tool_calls|transaction|delegat|deny|definition|event|obligation|enforce|allowed|agent_trust|authorization|grant|request_token)'
ORDER BY p.proname;

-- who, what and why
SELECT kind, CASE WHEN resource = token_id AND payload ->> 'reason' = 'manual' THEN '(jti)' ELSE resource END AS resource,
       rule, token_id IS NOT NULL AS token_id,
       payload::jsonb - ARRAY['expires_at', 'issued_before', 'kid', 'before', 'verifies_until'] AS payload
FROM gauth.audit
WHERE kind IN ('token.issue', 'token.revoke', 'token.revoke_subject', 'key.put_jwks', 'access.grant', 'setting.configure')
AND made_at >= (SELECT min(made_at) FROM gauth.audit WHERE kind = 'access.grant' AND resource = 'regress_record_bob')
ORDER BY made_at;
SELECT kind, decision, actor, action, resource, rule, payload -> 'request' AS request
FROM gauth.audit
WHERE kind = 'decision' AND payload ->> 'store' = 'record' ORDER BY made_at;
SELECT kind, decision, rule FROM gauth.audit
WHERE kind IN ('authenticate', 'require')
AND made_at >= (SELECT min(made_at) FROM gauth.audit WHERE kind = 'access.grant' AND resource = 'regress_record_bob')
ORDER BY made_at;

-- no token, no key, no secret anywhere
SELECT count(*) AS tokens FROM gauth.entry e
WHERE e::text LIKE '%' || pg_temp.of('issue_token') || '%'
OR e::text LIKE '%eyJ%.eyJ%';

-- a rolled back change has no entry, a denial has
BEGIN;
SELECT gauth.configure('token_retention', '"2 days"');
SELECT gauth.create_policy_store('record_again', 'cedar');
SELECT gauth.decide('User::"z"', 'Action::"read"', 'Doc::"gone"', NULL, 'default') ->> 'decision' AS decision;
ROLLBACK;
SELECT kind, decision FROM gauth.audit
WHERE (kind = 'setting.configure' AND payload::text LIKE '%2 days%')
OR resource IN ('record_again', 'Doc::"gone"');

-- the requests that were recorded can be asked once more
SELECT gauth.create_policy_store('record', 'cedar');
SELECT gauth.put_policies('permit (principal == User::"b", action, resource);', 'record');
SELECT gauth.decide('User::"b"', 'Action::"read"', 'Doc::"1"', '{"n": 1}', 'record') ->> 'decision' AS b;
SELECT count(*)
FROM gauth.diff_policies('permit (principal == User::"z", action, resource);', 'record');
SELECT count(*) FROM gauth.diff_policies('permit (principal == User::"b", action, resource);', 'record');
SELECT gauth.drop_policy_store('record');

SELECT gauth.drop_issuer('https://record.example');
DELETE FROM gauth.agent_trust WHERE agent = 'record';
DROP TABLE public.record_doc;
DROP ROLE regress_record_bob;
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT * FROM gauth.audit_verify();
