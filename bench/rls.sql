-- rls.sql: one million rows, and a policy for each role that reads them.
--
-- All roles read the same table, so that they read the same pages; each has
-- one policy.  The roles own nothing and are no superusers.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;

CREATE TABLE account (
    id integer NOT NULL,
    owner text NOT NULL,
    tenant text NOT NULL,
    amount integer NOT NULL
);

-- 10000 owners of 100 rows each, 100 tenants, scattered
INSERT INTO account
SELECT i,
       'user-' || lpad((i % 10000)::text, 6, '0'),
       'tenant-' || lpad((i % 100)::text, 3, '0'),
       i % 1000
FROM generate_series(1, 1000000) AS i;

CREATE INDEX account_owner ON account (owner);
VACUUM (ANALYZE, FREEZE) account;

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;

CREATE ROLE bench_constant;
CREATE POLICY p_constant ON account TO bench_constant
    USING (owner = 'user-000042');
CREATE ROLE bench_constant_again;
CREATE POLICY p_constant_again ON account TO bench_constant_again
    USING (owner = 'user-000042');
CREATE ROLE bench_subject;
CREATE POLICY p_subject ON account TO bench_subject
    USING (owner = gauth.subject());

CREATE ROLE bench_tenant_constant;
CREATE POLICY p_tenant_constant ON account TO bench_tenant_constant
    USING (tenant = 'tenant-042');
CREATE ROLE bench_claim;
CREATE POLICY p_claim ON account TO bench_claim
    USING (tenant = gauth.claim('tenant'));

CREATE ROLE bench_amount;
CREATE POLICY p_amount ON account TO bench_amount
    USING (amount >= 0);
CREATE ROLE bench_scope;
CREATE POLICY p_scope ON account TO bench_scope
    USING (gauth.has_scope('orders:read') AND amount >= 0);

GRANT SELECT ON account TO bench_constant, bench_constant_again, bench_subject,
    bench_tenant_constant, bench_claim, bench_amount, bench_scope;

-- an index look-up takes less than a statement costs to send: many in one
CREATE FUNCTION count_often(times integer)
RETURNS bigint
LANGUAGE plpgsql
STABLE
AS $$
DECLARE
    found bigint;
    total bigint := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        SELECT count(amount) INTO found FROM public.account;
        total := total + found;
    END LOOP;
    RETURN total;
END;
$$;

CREATE FUNCTION plan_of(query text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ' || query LOOP
        plan := plan || trim(line) || '; ';
    END LOOP;
    RETURN plan;
END;
$$;

SELECT gauth.add_issuer('https://issuer.example', ARRAY['https://orders.example'],
                        hosted => true);
SELECT gauth.create_key('https://issuer.example', 'ES256') \gset
