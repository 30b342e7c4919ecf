-- The five-minute start of README.md, statement by statement: test/lint/readme.sh
-- sees that the two agree.
\pset null '(null)'
SET client_min_messages = warning;

-- BEGIN README
SELECT gauth.add_issuer('https://issuer.example', ARRAY['orders-db'], hosted => true);
SELECT gauth.create_key('https://issuer.example', 'EdDSA') IS NOT NULL AS created;

CREATE ROLE shop_owner;
CREATE ROLE web;
GRANT ALL ON SCHEMA public TO shop_owner;

SET ROLE shop_owner;
CREATE TABLE orders (id int PRIMARY KEY, owner text NOT NULL, item text NOT NULL);
INSERT INTO orders VALUES (1, 'alice', 'apples'), (2, 'bob', 'bread'), (3, 'alice', 'almonds');
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY identified ON orders AS RESTRICTIVE USING ((SELECT gauth.require()) IS NOT NULL);
CREATE POLICY own_rows ON orders USING (owner = gauth.subject() AND gauth.has_scope('orders:read'));
GRANT SELECT ON orders TO web;
RESET ROLE;

SELECT token FROM gauth.issue_token('https://issuer.example', 'alice', ARRAY['orders-db'], '1 hour', 'orders:read') \gset

SET ROLE web;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT * FROM orders;
COMMIT;

SELECT * FROM orders;
RESET ROLE;

CREATE TABLE invoices (owner text, total numeric);
INSERT INTO invoices VALUES ('alice', 12.50);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON invoices TO web;

SET ROLE web;
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT * FROM invoices;
COMMIT;
RESET ROLE;

SELECT severity, object, finding FROM gauth.lint() WHERE object = 'table public.invoices';

SELECT gauth.revoke(:'token', 'signed out');
SET ROLE web;
SELECT gauth.authenticate(:'token');
RESET ROLE;
-- END README

DROP TABLE orders, invoices;
SELECT gauth.drop_issuer('https://issuer.example');
REVOKE ALL ON SCHEMA public FROM shop_owner;
DROP ROLE shop_owner, web;
