-- The identity of a transaction: who has it, how long, and that nobody else
-- can write it.  What needs a session that has never called gauth, or settings
-- of the server, is in test/t/002_forgery.pl.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_gauth_low;
CREATE ROLE regress_gauth_owner;
GRANT CREATE ON SCHEMA public TO regress_gauth_low, regress_gauth_owner;

SELECT gauth.add_issuer('https://one.example', ARRAY['db'], hosted => true);
SELECT gauth.add_issuer('https://two.example', ARRAY['db'], hosted => true,
                        namespace => 'two:');
SELECT gauth.create_key('https://one.example', 'EdDSA') IS NOT NULL AS created;
SELECT gauth.create_key('https://two.example', 'ES256') IS NOT NULL AS created;

SELECT token AS alice, jti AS alice_jti
FROM gauth.issue_token('https://one.example', '11111111-1111-4111-8111-111111111111',
                       ARRAY['db'], '1 hour', 'read write', '{"tenant": "north"}') \gset
SELECT token AS bob, jti AS bob_jti
FROM gauth.issue_token('https://one.example', 'bob', ARRAY['db'], '1 hour',
                       'read', '{"tenant": "south"}') \gset
SELECT token AS other_alice, jti AS other_alice_jti
FROM gauth.issue_token('https://two.example', '11111111-1111-4111-8111-111111111111',
                       ARRAY['db'], '1 hour') \gset

CREATE VIEW identity AS
SELECT gauth.subject(), gauth.uid() IS NOT NULL AS has_uid, gauth.issuer(),
       gauth.token_id() IS NOT NULL AS has_token_id, gauth.claim('tenant') AS tenant,
       gauth.scopes(), gauth.has_scope('write') AS writes, gauth.is_authenticated() AS known;
GRANT SELECT ON identity TO PUBLIC;

--
-- what the readers say
--
SELECT * FROM identity;
SELECT gauth.claims();
SELECT gauth.require();
BEGIN;
SELECT gauth.authenticate(:'alice');
SELECT * FROM identity;
SELECT gauth.token_id() = :'alice_jti' AS same_jti, gauth.uid(),
       gauth.claims() - 'iat' - 'exp' - 'jti' AS claims, gauth.claim('no such') AS none;
SELECT gauth.require();
-- the next one replaces it
SELECT gauth.authenticate(:'bob');
SELECT * FROM identity;
COMMIT;
SELECT * FROM identity;

-- without a transaction block it ends with the statement, and says so
SELECT gauth.authenticate(:'bob');
SELECT gauth.is_authenticated();

-- equal subjects of two issuers are two subjects
BEGIN;
SELECT gauth.authenticate(:'other_alice');
SELECT gauth.subject(), gauth.uid(), gauth.issuer(), gauth.claim('sub');
ROLLBACK;

-- a token that is refused leaves what was there, if the caller goes on
BEGIN;
SELECT gauth.authenticate(:'bob');
SAVEPOINT before_refusal;
SELECT gauth.authenticate('not a token');
ROLLBACK TO before_refusal;
SELECT gauth.subject();
COMMIT;

--
-- savepoints, exceptions, the end of a transaction
--
BEGIN;
SELECT gauth.authenticate(:'alice');
SAVEPOINT a;
SELECT gauth.authenticate(:'bob');
SELECT gauth.subject();
ROLLBACK TO a;
SELECT gauth.has_scope('write');
SAVEPOINT b;
SELECT gauth.authenticate(:'bob');
RELEASE b;
SELECT gauth.subject();
ROLLBACK TO a;
SELECT gauth.has_scope('write');
ROLLBACK;

BEGIN;
SAVEPOINT a;
SELECT gauth.authenticate(:'bob');
ROLLBACK TO a;
SELECT gauth.is_authenticated();
COMMIT;

CREATE FUNCTION try_then_fail(token text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM gauth.authenticate(token);
        RAISE EXCEPTION 'undo';
    EXCEPTION WHEN raise_exception THEN
        NULL;
    END;
    RETURN gauth.subject();
END $$;
BEGIN;
SELECT try_then_fail(:'bob');
SELECT gauth.authenticate(:'alice');
SELECT try_then_fail(:'bob') = gauth.subject() AS alice_again;
COMMIT;

BEGIN;
SELECT gauth.authenticate(:'bob');
COMMIT AND CHAIN;
SELECT gauth.subject();
SELECT gauth.authenticate(:'bob');
ROLLBACK AND CHAIN;
SELECT gauth.subject();
SELECT gauth.authenticate(:'bob');
SELECT 1 / 0;
ROLLBACK;
SELECT gauth.subject();

CREATE TABLE heard (at_step text, subject text);
CREATE PROCEDURE two_transactions(token text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gauth.authenticate(token);
    INSERT INTO heard VALUES ('before the commit', gauth.subject());
    COMMIT;
    INSERT INTO heard VALUES ('after the commit', gauth.subject());
    COMMIT;
    PERFORM gauth.authenticate(token);
    ROLLBACK;
    INSERT INTO heard VALUES ('after the rollback', gauth.subject());
END $$;
CALL two_transactions(:'bob');
SELECT * FROM heard;

-- several statements in one message are one transaction
SELECT gauth.authenticate(:'bob') \; SELECT gauth.subject();
SELECT gauth.subject();

BEGIN;
SELECT gauth.authenticate(:'bob');
RESET ALL;
SELECT gauth.subject();
ROLLBACK;
BEGIN;
SELECT gauth.authenticate(:'bob');
SAVEPOINT a;
RESET ALL;
ROLLBACK TO a;
SELECT gauth.subject();
COMMIT;
DISCARD ALL;
SELECT gauth.subject();
\pset null '(null)'
SET client_min_messages = warning;

-- a function with a setting of its own gives the identity to the transaction
CREATE FUNCTION authenticate_inside(token text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS 'SELECT gauth.authenticate(token)';
BEGIN;
SELECT authenticate_inside(:'bob');
SELECT gauth.subject();
COMMIT;

--
-- where an identity is asked for
--
CREATE TABLE doc (id int PRIMARY KEY, owner text, uid uuid, issuer text, jti text,
                  tenant text, need gauth.scope, writer text);
INSERT INTO doc
SELECT i, s.owner, CASE WHEN i % 3 = 0 THEN s.owner::uuid END, s.issuer, s.jti, s.tenant,
       s.need::gauth.scope, CASE WHEN i % 4 = 0 THEN 'write' ELSE 'admin' END
FROM generate_series(1, 3000) i
JOIN (VALUES (0, '11111111-1111-4111-8111-111111111111', 'https://one.example', :'alice_jti', 'north', 'write'),
             (1, 'bob', 'https://one.example', :'bob_jti', 'south', 'read'),
             (2, 'two:11111111-1111-4111-8111-111111111111', 'https://two.example', :'other_alice_jti', NULL, 'admin')
     ) s(number, owner, issuer, jti, tenant, need) ON s.number = i % 3;
ALTER TABLE doc SET (parallel_workers = 2);
ANALYZE doc;
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON doc USING (owner = gauth.subject());
GRANT SELECT ON doc TO regress_gauth_low;

CREATE FUNCTION definer_subject() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS 'SELECT gauth.subject()';
CREATE TABLE entry (id int, by text, via text);
GRANT INSERT, SELECT ON entry TO regress_gauth_low;
CREATE FUNCTION note_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.via := gauth.subject();
    RETURN NEW;
END $$;
CREATE TRIGGER note BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION note_subject();
CREATE FUNCTION note_late() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.heard VALUES ('at the commit', gauth.subject());
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION note_late();
TRUNCATE heard;

SET ROLE regress_gauth_low;
BEGIN;
SELECT gauth.authenticate(:'bob');
SELECT count(*), min(owner), max(owner) FROM doc;
SELECT definer_subject();
INSERT INTO entry VALUES (1, gauth.subject());
DO $$ BEGIN INSERT INTO entry VALUES (2, gauth.subject()); END $$;
SELECT * FROM entry;
DECLARE kept CURSOR WITH HOLD FOR SELECT id, owner FROM doc ORDER BY id;
COMMIT;
-- a held cursor keeps the rows of the identity that opened it
FETCH 2 FROM kept;
CLOSE kept;
SELECT count(*) FROM doc;
RESET ROLE;
SELECT * FROM heard;

--
-- one prepared statement, several identities
--
SET plan_cache_mode = force_generic_plan;
SET ROLE regress_gauth_low;
PREPARE mine AS SELECT count(*), min(owner), max(owner) FROM doc;
PREPARE mine_by(text) AS SELECT count(*), min(owner), max(owner) FROM doc WHERE owner LIKE $1;
BEGIN;
SELECT gauth.authenticate(:'alice');
EXECUTE mine;
EXECUTE mine_by('%');
SELECT gauth.authenticate(:'bob');
EXECUTE mine;
EXECUTE mine_by('%');
SELECT gauth.authenticate(:'other_alice');
EXECUTE mine;
EXECUTE mine_by('bob');
COMMIT;
EXECUTE mine;
EXECUTE mine_by('%');
SELECT generic_plans > 0 AS generic, custom_plans
FROM pg_prepared_statements WHERE name IN ('mine', 'mine_by') ORDER BY name;
RESET ROLE;
DEALLOCATE ALL;
RESET plan_cache_mode;

--
-- parallel workers answer what the leader answers
--
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;

CREATE TABLE reader (place int, condition text);
INSERT INTO reader VALUES
    (1, 'gauth.subject() = owner'),
    (2, 'gauth.uid() = uid'),
    (3, 'gauth.issuer() = issuer'),
    (4, 'gauth.token_id() = jti'),
    (5, 'gauth.claims() ->> ''tenant'' = tenant'),
    (6, 'gauth.claim(''tenant'') = tenant'),
    (7, 'gauth.covers(gauth.scopes(), need)'),
    (8, 'gauth.has_scope(writer)'),
    (9, 'gauth.is_authenticated() AND id % 2 = 0'),
    (10, '(SELECT gauth.subject()) = owner');

CREATE FUNCTION is_parallel(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%Gather%' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION count_where(condition text, workers int, leader boolean,
                            OUT number bigint, OUT parallel boolean)
LANGUAGE plpgsql AS $$
DECLARE
    statement text := 'SELECT count(*) FROM doc WHERE ' || condition;
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', workers::text, true),
            set_config('parallel_leader_participation', leader::text, true);
    parallel := is_parallel(statement);
    EXECUTE statement INTO number;
END $$;
-- force_parallel_mode until PostgreSQL 15, debug_parallel_query since
CREATE FUNCTION count_forced(condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', '2', true);
    PERFORM set_config(name, 'regress', true) FROM pg_settings
    WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
    EXECUTE 'SELECT count(*) FROM doc WHERE ' || condition INTO number;
    PERFORM set_config(name, 'off', true) FROM pg_settings
    WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
    RETURN number;
END $$;

PREPARE compare AS
SELECT r.condition, s.number AS serial, p.number AS parallel, w.number AS workers_only,
       count_forced(r.condition) AS forced, s.parallel AS s, p.parallel AS p, w.parallel AS w
FROM reader r,
     LATERAL count_where(r.condition, 0, true) s,
     LATERAL count_where(r.condition, 2, true) p,
     LATERAL count_where(r.condition, 2, false) w
ORDER BY r.place;

EXECUTE compare;
BEGIN;
SELECT gauth.authenticate(:'alice');
EXECUTE compare;
SELECT gauth.authenticate(:'bob');
EXECUTE compare;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT gauth.authenticate(:'other_alice');
EXECUTE compare;
COMMIT;

-- row-level security in workers, in a generic plan
GRANT SELECT ON reader TO regress_gauth_low;
SET plan_cache_mode = force_generic_plan;
SET parallel_leader_participation = off;
SET ROLE regress_gauth_low;
PREPARE mine AS SELECT count(*), min(owner), max(owner) FROM doc;
SELECT is_parallel('EXECUTE mine');
BEGIN;
SELECT gauth.authenticate(:'alice');
EXECUTE mine;
SELECT gauth.authenticate(:'bob');
EXECUTE mine;
SAVEPOINT a;
SELECT gauth.authenticate(:'other_alice');
EXECUTE mine;
ROLLBACK TO a;
EXECUTE mine;
COMMIT;
EXECUTE mine;
RESET ROLE;
DEALLOCATE ALL;
RESET plan_cache_mode;
RESET parallel_leader_participation;

-- an index is built by workers that know who asked for it, or by none
BEGIN;
SELECT gauth.authenticate(:'bob');
SET LOCAL max_parallel_maintenance_workers = 2;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE INDEX doc_owner ON doc (owner);
SELECT gauth.subject();
ROLLBACK;

-- nobody authenticates in a worker
CREATE FUNCTION authenticate_anywhere(token text) RETURNS text
LANGUAGE plpgsql PARALLEL SAFE AS 'BEGIN RETURN gauth.authenticate(token); END';
SELECT is_parallel('SELECT count(*) FROM doc WHERE authenticate_anywhere(owner) IS NOT NULL');
\set VERBOSITY sqlstate
SELECT count(*) FROM doc WHERE authenticate_anywhere(:'bob') IS NOT NULL;

--
-- nobody else writes it: a role without special rights
--
SET SESSION AUTHORIZATION regress_gauth_low;
SELECT gauth.is_authenticated();
SET gauth.identity = 'forged';
SET LOCAL gauth.identity = 'forged';
SET SESSION gauth.identity TO DEFAULT;
RESET gauth.identity;
SELECT set_config('gauth.identity', 'forged', false);
SELECT set_config('gauth.identity', 'forged', true);
SELECT set_config('GAUTH.Identity', 'forged', true);
UPDATE pg_settings SET setting = 'forged' WHERE name = 'gauth.identity';
SHOW gauth.identity;
SELECT current_setting('gauth.identity');
SELECT current_setting('gauth.identity', true);
SELECT count(*) FROM pg_settings WHERE name = 'gauth.identity';
ALTER ROLE regress_gauth_low SET gauth.identity = 'forged';
ALTER ROLE regress_gauth_low IN DATABASE :DBNAME SET gauth.identity = 'forged';
ALTER DATABASE :DBNAME SET gauth.identity = 'forged';
ALTER SYSTEM SET gauth.identity = 'forged';
GRANT SET ON PARAMETER gauth.identity TO regress_gauth_low;
CREATE FUNCTION forge() RETURNS text LANGUAGE sql SET gauth.identity = 'forged'
AS 'SELECT gauth.subject()';
CREATE FUNCTION forge() RETURNS text LANGUAGE sql SET gauth.identity FROM CURRENT
AS 'SELECT gauth.subject()';
CREATE FUNCTION forge() RETURNS text LANGUAGE sql AS 'SELECT gauth.subject()';
ALTER FUNCTION forge() SET gauth.identity = 'forged';
DO $$ BEGIN PERFORM set_config('gauth.identity', 'forged', true); END $$;
DO $$ BEGIN SET LOCAL gauth.identity = 'forged'; END $$;
-- names under our prefix are reserved
SET gauth.subject = 'forged';
SET gauth.root_key_file = '/dev/null';
SELECT set_config('gauth.root_key_file', '/dev/null', false);
-- an identity that is there cannot be read or changed either
BEGIN;
SELECT gauth.authenticate(:'bob');
SAVEPOINT a;
SHOW gauth.identity;
ROLLBACK TO a;
SELECT current_setting('gauth.identity');
ROLLBACK TO a;
SET LOCAL gauth.identity = 'forged';
ROLLBACK TO a;
CREATE FUNCTION keep() RETURNS text LANGUAGE sql SET gauth.identity FROM CURRENT
AS 'SELECT gauth.subject()';
ROLLBACK TO a;
SELECT gauth.subject();
COMMIT;
SELECT forge(), gauth.is_authenticated();
DROP FUNCTION forge();
RESET SESSION AUTHORIZATION;

--
-- nor a superuser, and not even a record that gauth has written
--
BEGIN;
SELECT gauth.authenticate(:'bob');
SELECT current_setting('gauth.identity') AS record \gset
COMMIT;
SELECT length(:'record') > 0 AS has_record;
SET gauth.identity = :'record';
SET LOCAL gauth.identity = :'record';
SELECT set_config('gauth.identity', :'record', false);
SELECT set_config('gauth.identity', :'record', true);
UPDATE pg_settings SET setting = :'record' WHERE name = 'gauth.identity';
ALTER ROLE regress_gauth_low SET gauth.identity = :'record';
ALTER DATABASE :DBNAME SET gauth.identity = :'record';
ALTER SYSTEM SET gauth.identity = :'record';
CREATE FUNCTION forge() RETURNS text LANGUAGE sql SET gauth.identity = :'record'
AS 'SELECT gauth.subject()';
BEGIN;
SELECT gauth.authenticate(:'bob');
CREATE FUNCTION keep() RETURNS text LANGUAGE sql SET gauth.identity FROM CURRENT
AS 'SELECT gauth.subject()';
ROLLBACK;
GRANT SET ON PARAMETER gauth.identity TO regress_gauth_low;
SET SESSION AUTHORIZATION regress_gauth_low;
SET gauth.identity = :'record';
SELECT set_config('gauth.identity', :'record', true);
ALTER ROLE regress_gauth_low SET gauth.identity = :'record';
SELECT gauth.is_authenticated();
RESET SESSION AUTHORIZATION;
REVOKE SET ON PARAMETER gauth.identity FROM regress_gauth_low;
SELECT gauth.is_authenticated();
-- emptying it is harmless
BEGIN;
SELECT gauth.authenticate(:'bob');
SET LOCAL gauth.identity = '';
SELECT gauth.subject();
COMMIT;
-- what decides about identities is out of reach as well
SET SESSION AUTHORIZATION regress_gauth_low;
SELECT count(*) FROM gauth.issuer;
SELECT count(*) FROM gauth.unwrapped_key;
SELECT gauth.add_issuer('https://mallory.example', ARRAY['db']);
SELECT gauth.create_key('https://one.example', 'EdDSA');
SELECT gauth.issue_token('https://one.example', 'alice', ARRAY['db'], '1 hour');
SELECT gauth.grant_access('regress_gauth_low', 'administrator');
CREATE TABLE gauth.planted ();
CREATE FUNCTION gauth.planted() RETURNS int LANGUAGE sql AS 'SELECT 1';
RESET SESSION AUTHORIZATION;
\set VERBOSITY default

DROP OWNED BY regress_gauth_low, regress_gauth_owner;
DROP VIEW identity;
DROP TABLE doc, entry, heard, reader;
DROP FUNCTION try_then_fail, authenticate_inside, definer_subject, note_subject, note_late,
    is_parallel, count_where, count_forced, authenticate_anywhere;
DROP PROCEDURE two_transactions;
DROP ROLE regress_gauth_low, regress_gauth_owner;
SELECT gauth.drop_issuer('https://one.example'), gauth.drop_issuer('https://two.example');
DELETE FROM gauth.token;
