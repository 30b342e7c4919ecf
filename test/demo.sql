\echo
\echo '== From a bearer token to the right rows'
\echo
\echo '-- Two identity providers signed the tokens of this demo with the openssl'
\echo '-- program. gauth knows their public keys, and nothing else about them.'
\echo

CREATE EXTENSION gauth;

SELECT gauth.add_issuer(
    'https://login.example', ARRAY['orders-db'], jwks => :'login_jwks');
SELECT gauth.add_issuer(
    'https://partner.example', ARRAY['orders-db'], jwks => :'partner_jwks',
    namespace => 'partner:');

\echo '-- The table belongs to one role, the application connects as another.'
\echo

CREATE ROLE shop_owner;
CREATE ROLE web LOGIN;
GRANT CREATE ON SCHEMA public TO shop_owner;
SET ROLE shop_owner;

CREATE TABLE orders (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner text NOT NULL DEFAULT gauth.subject(),
    item  text NOT NULL
);
INSERT INTO orders (owner, item) VALUES
    ('alice', 'apples'), ('alice', 'almonds'), ('bob', 'bread'),
    ('partner:alice', 'pallets');

ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY identified ON orders AS RESTRICTIVE
    USING ((SELECT gauth.require()) IS NOT NULL);
CREATE POLICY own_rows ON orders FOR SELECT
    USING (owner = gauth.subject() AND gauth.has_scope('orders:read'));
CREATE POLICY own_orders ON orders FOR INSERT
    WITH CHECK (owner = gauth.subject() AND gauth.has_scope('orders:write'));
GRANT SELECT, INSERT ON orders TO web;

CREATE TABLE invoices (owner text NOT NULL, total numeric NOT NULL);
INSERT INTO invoices VALUES ('alice', 12.50);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON invoices TO web;

RESET ROLE;
SELECT gauth.configure('application_roles', '["web"]');

\connect - web
\set ON_ERROR_STOP 0
\pset tuples_only off

\echo '-- 1. Without a token: an error, not an empty result that looks like no data.'
\echo
SELECT * FROM orders;

\echo
\echo '-- 2. Alice.'
\echo
BEGIN;
SELECT gauth.authenticate(:'alice');
SELECT * FROM orders;
INSERT INTO orders (item) VALUES ('apricots') RETURNING owner, item;
COMMIT;

\echo '-- 3. The same query, Bob. His scope does not let him write.'
\echo
BEGIN;
SELECT gauth.authenticate(:'bob');
SELECT * FROM orders;
SAVEPOINT before_the_attempt;
INSERT INTO orders (item) VALUES ('brioche');
ROLLBACK TO before_the_attempt;
SELECT gauth.subject(), gauth.scopes();
COMMIT;

\echo '-- 4. The partner has an Alice too. She is somebody else.'
\echo
BEGIN;
SELECT gauth.authenticate(:'partner_alice');
SELECT * FROM orders;
COMMIT;

\echo '-- 5. Forged, unsigned, of confused algorithm: one answer, nothing to learn.'
\echo '--    Expired: the signature is right, so the bearer may know why.'
\echo
SELECT gauth.authenticate(:'forged');
SELECT gauth.authenticate(:'unsigned');
SELECT gauth.authenticate(:'confused');
SELECT gauth.authenticate(:'expired');

\echo
\echo '-- 6. The role cannot make itself an identity.'
\echo
SET gauth.identity = 'alice';
SELECT set_config('gauth.identity', 'alice', true);

\echo
\echo '-- 7. Alice gives her token back. It ends for the next statement of'
\echo '--    everybody, long before it expires.'
\echo
BEGIN;
SELECT gauth.authenticate(:'alice');
SELECT count(*) FROM orders;
SELECT gauth.revoke(:'alice', 'signed out');
SELECT gauth.is_authenticated();
COMMIT;
SELECT gauth.authenticate(:'alice');


\echo
\echo '-- 8. Bob has an empty result here, and cannot see why. gauth.lint() can.'
\echo
BEGIN;
SELECT gauth.authenticate(:'bob');
SELECT * FROM invoices;
COMMIT;
\connect - postgres
SELECT severity, object, finding FROM gauth.lint();
\i test/demo/policies.sql
\i test/demo/mandates.sql
