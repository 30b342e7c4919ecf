-- D-47 and D-48: no way around a policy that asks gauth, which is asked here
-- and not in the client.  Whatever an application role
-- can say about a protected table, it meets the rows of its own identity.
\pset null '(null)'
SET client_min_messages = warning;

SELECT gauth.add_issuer('https://issuer.example', '{api}', hosted => true);
SELECT gauth.create_key('https://issuer.example', 'EdDSA') IS NOT NULL AS created;
CREATE ROLE bypass_owner;
CREATE ROLE bypass_app;
CREATE SCHEMA bypass AUTHORIZATION bypass_owner;
GRANT CREATE ON SCHEMA public TO bypass_app;

SET ROLE bypass_owner;
CREATE TABLE bypass.doc (
    id int PRIMARY KEY,
    owner text NOT NULL,
    secret text NOT NULL UNIQUE
);
INSERT INTO bypass.doc VALUES
    (1, 'alice', 'a'), (2, 'bob', 'b'), (3, 'alice', 'c');
ALTER TABLE bypass.doc ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY identified ON bypass.doc AS RESTRICTIVE
    USING ((SELECT gauth.require()) IS NOT NULL);
CREATE POLICY own_rows ON bypass.doc USING (owner = gauth.subject());
CREATE VIEW bypass.own WITH (security_invoker = true) AS SELECT * FROM bypass.doc;
GRANT USAGE ON SCHEMA bypass TO bypass_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON bypass.doc TO bypass_app;
GRANT SELECT ON bypass.own TO bypass_app;
RESET ROLE;
SELECT token FROM gauth.issue_token('https://issuer.example', 'alice', '{api}', '1 hour') \gset

-- A-31: without a token no rows, the owner included
SET ROLE bypass_app;
SELECT * FROM bypass.doc;
SET ROLE bypass_owner;
SELECT * FROM bypass.doc;

-- with one, the bearer's rows and no others
SET ROLE bypass_app;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT * FROM bypass.doc ORDER BY id;
SELECT * FROM bypass.own ORDER BY id;
COPY bypass.doc TO STDOUT;
SELECT count(*) FROM bypass.doc a FULL JOIN bypass.doc b ON true;
SELECT EXISTS (SELECT FROM bypass.doc WHERE secret = 'b');
UPDATE bypass.doc SET secret = secret || '!' RETURNING id;
DELETE FROM bypass.doc WHERE id = 2 RETURNING *;
MERGE INTO bypass.doc d USING (VALUES (2)) v (id) ON d.id = v.id
    WHEN MATCHED THEN UPDATE SET secret = 'stolen';
SELECT * FROM bypass.doc WHERE id = 2 FOR UPDATE;
COMMIT;

-- a row for somebody else, and one that becomes somebody else's
BEGIN;
SELECT gauth.authenticate(:'token');
INSERT INTO bypass.doc VALUES (4, 'bob', 'd');
ROLLBACK;
BEGIN;
SELECT gauth.authenticate(:'token');
UPDATE bypass.doc SET owner = 'bob' WHERE id = 1;
ROLLBACK;

-- what skips row-level security is not for the role
TRUNCATE bypass.doc;
ALTER TABLE bypass.doc DISABLE ROW LEVEL SECURITY;
DROP POLICY own_rows ON bypass.doc;
-- nor is a foreign key, which would tell whether a row exists
CREATE TABLE public.bypass_probe (doc int REFERENCES bypass.doc);
SET row_security = off;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT * FROM bypass.doc;
ROLLBACK;
RESET row_security;

-- a function of the role's own, as cheap as it likes, sees no hidden row
CREATE FUNCTION public.bypass_peek(t text) RETURNS boolean
    LANGUAGE plpgsql COST 0.0000001
    AS 'BEGIN RAISE NOTICE ''saw %'', t; RETURN true; END';
SET client_min_messages = notice;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT id FROM bypass.doc WHERE public.bypass_peek(secret) ORDER BY id;
ROLLBACK;
SET client_min_messages = warning;

-- a definer function runs as its owner, with the bearer's identity
RESET ROLE;
CREATE FUNCTION public.bypass_all() RETURNS SETOF bypass.doc
    LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM bypass.doc ORDER BY id';
ALTER FUNCTION public.bypass_all() OWNER TO bypass_owner;
SET ROLE bypass_app;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT id FROM public.bypass_all();
COMMIT;
SELECT id FROM public.bypass_all();
RESET ROLE;

-- D-50: nothing that could be set by anybody but an administrator of the
-- server decides, and no setting is a way to be let in
SELECT name, context FROM pg_settings WHERE name LIKE 'gauth.%' ORDER BY name;

DROP FUNCTION public.bypass_peek(text), public.bypass_all();
DROP SCHEMA bypass CASCADE;
REVOKE CREATE ON SCHEMA public FROM bypass_app;
DROP ROLE bypass_owner, bypass_app;
SELECT gauth.drop_issuer('https://issuer.example');
