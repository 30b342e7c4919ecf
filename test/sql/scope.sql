-- The type gauth.scope: input, output, casts, sets, wildcards, indexes.

SET search_path = public, gauth;

-- any order comes in, one order goes out
SELECT input, input::scope AS scope
FROM (VALUES (''), ('a'), ('c b a'), ('b a b a'), ('a! a ab B'),
             ('orders:read orders:* openid'), ('!#[]~'),
             ('https://example.com/auth/calendar.readonly openid'))
     AS v (input);
SELECT 'b a'::scope AS literal, scope('b a') AS function,
       CAST('b a'::text AS scope) AS "cast";

-- outside the grammar: refused, with the position, never echoed
SELECT ' '::scope;
SELECT ' a'::scope;
SELECT 'a '::scope;
SELECT 'a  b'::scope;
SELECT 'a "b"'::scope;
SELECT 'a\b'::scope;
SELECT E'a\tb'::scope;
SELECT E'a\nb'::scope;
SELECT 'abc é'::scope;
SELECT E'a\x7f'::scope;
SELECT scope('read write  admin');

-- size
SELECT length(repeat('a', 16384)::scope::text);
SELECT repeat('a', 16385)::scope;
SELECT length((repeat('a', 16382)::scope || 'b')::text);
SELECT repeat('a', 16383)::scope || 'b';
SELECT length((SELECT string_agg('t' || i, ' ' ORDER BY i DESC)
               FROM generate_series(1000, 3500) i)::scope::text);

-- casts to and from text and text[]
SELECT 'b a'::scope::text AS text, 'b a'::scope::text[] AS tokens,
       scope_tokens('c b a'), scope_tokens(''), ''::scope::text = '' AS empty;
SELECT ARRAY['b', 'a', 'b']::scope AS scope, '{}'::text[]::scope = '' AS empty;
SELECT ARRAY['a', 'b c']::scope;
SELECT ARRAY['a', '']::scope;
SELECT ARRAY['a', NULL]::scope;
SELECT ARRAY[['a'], ['b']]::scope;
CREATE TEMPORARY TABLE scope_target (t text, a text[], s scope);
INSERT INTO scope_target (t, a) VALUES ('b a'::scope, 'b a'::scope);
INSERT INTO scope_target (s) VALUES ('b a'::text);
INSERT INTO scope_target (s) VALUES ('b a'::text::scope);
SELECT * FROM scope_target;
DROP TABLE scope_target;

-- sets
SELECT a, b, a @> b AS "@>", a <@ b AS "<@", a && b AS "&&",
       a || b AS "||", a - b AS "-"
FROM (VALUES ('', ''), ('a', ''), ('', 'a'), ('a b', 'a'), ('a', 'a b'),
             ('a c', 'b d'), ('a b c', 'b c d'), ('a b', 'ab'),
             ('orders:*', 'orders:read')) AS v (x, y),
     LATERAL (SELECT x::scope, y::scope) AS s (a, b);

-- order
SELECT a, b, a < b AS "<", a <= b AS "<=", a = b AS "=", a <> b AS "<>",
       a >= b AS ">=", a > b AS ">"
FROM (VALUES ('', ''), ('', 'a'), ('a', 'a'), ('a', 'a b'), ('a b', 'a!'),
             ('b a', 'a b'), ('B', 'a'), ('b', 'a z')) AS v (x, y),
     LATERAL (SELECT x::scope, y::scope) AS s (a, b);
SELECT array_agg(s ORDER BY s)
FROM unnest('{b,"","a b",a!,B,"a c",a,"a b c",ab}'::scope[]) AS s;
SELECT scope_compare('a', 'b') < 0 AS less, scope_compare('b', 'b') AS equal,
       scope_compare('c', 'b') > 0 AS greater;
SELECT scope_hash('a b') = scope_hash('b a') AS hash,
       scope_hash_extended('a b', 7) = scope_hash_extended('b a', 7)
           AS extended,
       scope_hash_extended('a b', 7) = scope_hash_extended('a b', 8)
           AS other_seed,
       scope_hash_extended('a b', 0) & 4294967295
           = scope_hash('a b')::bigint & 4294967295 AS seed_zero;
SELECT s, count(*)
FROM unnest('{"a b","b a",c,c,""}'::scope[]) AS s
GROUP BY s ORDER BY s;
SELECT DISTINCT s FROM unnest('{"a b","b a",c,c,""}'::scope[]) AS s ORDER BY s;

-- one token, exactly
SELECT token, scope_contains('b orders:* a', token)
FROM unnest('{a,b,orders:*,orders:read,"a b","",c}'::text[]) AS token;

-- wildcards, on the granted side only
SELECT granted, required, covers(granted::scope, required::scope)
FROM (VALUES ('', ''), ('a', ''), ('', 'a'), ('a b', 'b'),
             ('orders:*', 'orders:read'), ('orders:*', 'orders:read:own'),
             ('orders:*', 'orders:read orders:write'),
             ('orders:* openid', 'openid orders:read'),
             ('orders:*', 'orders'), ('orders:*', 'orders:'),
             ('orders:*', 'ordersx:read'), ('orders:*', 'orders:read x'),
             ('orders:*', 'orders:*'), ('orders:*', 'orders:read:*'),
             ('orders:read:*', 'orders:*'), ('orders:read', 'orders:*'),
             ('*', 'a'), ('*', '*'), ('*', 'a:b'), ('orders*', 'orders:read'),
             ('orders:r*', 'orders:read'),
             ('orders:*:own', 'orders:read:own')) AS v (granted, required);

-- nothing in, nothing out
SELECT covers(NULL, 'a') IS NULL AS covers, NULL::scope @> 'a' IS NULL AS "@>",
       scope_contains('a', NULL) IS NULL AS contains;

-- the binary form is checked like text
CREATE TABLE scope_copy (s scope);
INSERT INTO scope_copy VALUES ('b a'), (''), (NULL), (repeat('x', 9000)::scope);
\copy scope_copy TO 'results/scope.bin' (FORMAT binary)
CREATE TABLE scope_copied (s scope);
\copy scope_copied FROM 'results/scope.bin' (FORMAT binary)
SELECT count(*), count(s),
       (SELECT count(*) FROM scope_copy JOIN scope_copied USING (s)) AS equal
FROM scope_copied;
SELECT scope_send('b a');
\copy (SELECT 'b a b'::text) TO 'results/scope.bin' (FORMAT binary)
\copy scope_copied FROM 'results/scope.bin' (FORMAT binary)
SELECT s FROM scope_copied WHERE length(s::text) = 3;
\copy (SELECT 'b  a'::text) TO 'results/scope.bin' (FORMAT binary)
\copy scope_copied FROM 'results/scope.bin' (FORMAT binary)
\copy (SELECT 'c"'::text) TO 'results/scope.bin' (FORMAT binary)
\copy scope_copied FROM 'results/scope.bin' (FORMAT binary)
\copy (SELECT E'\\x6100'::bytea) TO 'results/scope.bin' (FORMAT binary)
\copy scope_copied FROM 'results/scope.bin' (FORMAT binary)
\! rm -f results/scope.bin
DROP TABLE scope_copy, scope_copied;

-- rows to index: up to five of twelve tokens, the empty scope among them
CREATE TABLE scope_row (id integer PRIMARY KEY, s scope);
INSERT INTO scope_row
SELECT i, ARRAY(SELECT 't' || i * i % (1009 - 2 * k) % 12
                FROM generate_series(1, i % 6) k)::scope
FROM generate_series(1, 3000) i;
INSERT INTO scope_row VALUES (3001, NULL);

-- tokens that differ only behind what an index keeps of them
INSERT INTO scope_row
SELECT 3100 + i, (repeat('l', 1024) || tail || ' t1')::scope
FROM unnest('{"",a,b,"a z"}'::text[]) WITH ORDINALITY AS u (tail, i);
ANALYZE scope_row;

CREATE TABLE scope_query (q scope);
INSERT INTO scope_query
VALUES (''), ('t1'), ('t1 t2'), ('t0 t1 t2 t3 t4 t5'), ('t3 t9'), ('none'),
       ('none t1'), ('t0 t1 t10 t11 t2 t3 t4 t5 t6 t7 t8 t9'),
       (repeat('l', 1024)::scope), ((repeat('l', 1024) || 'a t1')::scope),
       ((repeat('l', 1024) || 'b t1 z')::scope), (repeat('l', 1023)::scope);

CREATE FUNCTION scope_answers()
RETURNS TABLE (q scope, operator text, ids integer[])
LANGUAGE sql
AS $$
    SELECT q, '@>', ARRAY(SELECT id FROM scope_row WHERE s @> q ORDER BY id)
    FROM scope_query
    UNION ALL
    SELECT q, '<@', ARRAY(SELECT id FROM scope_row WHERE s <@ q ORDER BY id)
    FROM scope_query
    UNION ALL
    SELECT q, '&&', ARRAY(SELECT id FROM scope_row WHERE s && q ORDER BY id)
    FROM scope_query
    UNION ALL
    SELECT q, '=', ARRAY(SELECT id FROM scope_row WHERE s = q ORDER BY id)
    FROM scope_query
$$;

CREATE TABLE scope_expected AS SELECT * FROM scope_answers();
SELECT operator, sum(cardinality(ids)) AS rows
FROM scope_expected GROUP BY operator ORDER BY operator;

CREATE FUNCTION scope_differences()
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(*)
    FROM scope_answers() AS a
    FULL JOIN scope_expected AS e USING (q, operator)
    WHERE a.ids IS DISTINCT FROM e.ids
$$;

-- what the planner expects is near what there is
CREATE FUNCTION scope_estimate(condition text)
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) SELECT FROM scope_row WHERE ' || condition
        INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END;
$$;

CREATE FUNCTION scope_count(condition text)
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    rows integer;
BEGIN
    EXECUTE 'SELECT count(*) FROM scope_row WHERE ' || condition INTO rows;
    RETURN rows;
END;
$$;

SELECT condition,
       scope_estimate(condition) BETWEEN scope_count(condition) / 2
           AND scope_count(condition) * 2 AS near
FROM unnest(ARRAY[$$s @> 't1'$$, $$s @> 't1 t5'$$, $$s <@ 't1 t2 t3 t5'$$,
                  $$s && 't2 t3'$$, $$s = ''$$, $$s <> ''$$]) AS condition;

-- GIN
SET enable_seqscan = off;
SET enable_indexscan = off;
CREATE INDEX scope_gin ON scope_row USING gin (s);
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s @> 't1 t2';
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s <@ 't1 t2';
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s && 't1 t2';
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s = 't1 t2';
SELECT scope_differences();

-- and while the rows still wait in its list of pending entries
TRUNCATE scope_expected;
BEGIN;
SET LOCAL enable_seqscan = on;
SET LOCAL enable_bitmapscan = off;
INSERT INTO scope_row SELECT id + 10000, s FROM scope_row;
INSERT INTO scope_expected SELECT * FROM scope_answers();
COMMIT;
SELECT scope_differences();

-- with two conditions, of which some keys are not known
SELECT count(*) FROM scope_row
WHERE s @> 't1' AND s && 't2 t3' AND s <@ 't0 t1 t2 t3 t4 t5 t6';
BEGIN;
SET LOCAL enable_seqscan = on;
SET LOCAL enable_bitmapscan = off;
SELECT count(*) FROM scope_row
WHERE s @> 't1' AND s && 't2 t3' AND s <@ 't0 t1 t2 t3 t4 t5 t6';
COMMIT;
DROP INDEX scope_gin;
RESET enable_indexscan;

-- btree
SET enable_bitmapscan = off;
CREATE INDEX scope_btree ON scope_row (s);
VACUUM ANALYZE scope_row;
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s = 't1 t2';
EXPLAIN (COSTS OFF)
SELECT s FROM scope_row WHERE s >= 't1' AND s < 't10' ORDER BY s;
SELECT scope_differences();
SELECT count(*), min(s::text), max(s::text)
FROM (SELECT s FROM scope_row WHERE s >= 't1' AND s < 't10' ORDER BY s) AS r;

-- the index, a sort and a comparison of the texts as bytes agree
SELECT count(*) AS misplaced
FROM (SELECT s::text COLLATE "C" < lag(s::text COLLATE "C") OVER () AS wrong
      FROM (SELECT s FROM scope_row WHERE s IS NOT NULL ORDER BY s) AS r) AS w
WHERE wrong;
DROP INDEX scope_btree;
SELECT count(*) AS misplaced
FROM (SELECT s::text COLLATE "C" < lag(s::text COLLATE "C") OVER () AS wrong
      FROM (SELECT s FROM scope_row WHERE s IS NOT NULL ORDER BY s) AS r) AS w
WHERE wrong;

-- hash
CREATE INDEX scope_hashed ON scope_row USING hash (s);
EXPLAIN (COSTS OFF) SELECT id FROM scope_row WHERE s = 't1 t2';
SELECT scope_differences();
DROP INDEX scope_hashed;
RESET enable_bitmapscan;
RESET enable_seqscan;

-- joins
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF)
SELECT count(*) FROM scope_row JOIN scope_query ON s = q;
SELECT count(*) FROM scope_row JOIN scope_query ON s = q;
SET enable_mergejoin = on;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF)
SELECT count(*) FROM scope_row JOIN scope_query ON s = q;
SELECT count(*) FROM scope_row JOIN scope_query ON s = q;
RESET enable_nestloop;
RESET enable_mergejoin;
RESET enable_hashjoin;

-- partitions by hash
CREATE TABLE scope_part (s scope) PARTITION BY HASH (s);
CREATE TABLE scope_part_0 PARTITION OF scope_part
    FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE scope_part_1 PARTITION OF scope_part
    FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO scope_part SELECT s FROM scope_row;
SELECT count(*) = (SELECT count(*) FROM scope_row) AS complete FROM scope_part;
DROP TABLE scope_part;

-- values out of line, plain and compressed
CREATE TABLE scope_toast (id integer, s scope);
ALTER TABLE scope_toast ALTER COLUMN s SET STORAGE EXTERNAL;
INSERT INTO scope_toast
SELECT n, string_agg('token:' || i, ' ')::scope
FROM generate_series(1, 3) n, generate_series(n, 1200) i GROUP BY n;
ALTER TABLE scope_toast ALTER COLUMN s SET STORAGE EXTENDED;
INSERT INTO scope_toast SELECT id + 10, (s::text || ' z')::scope - 'z'
FROM scope_toast;
SELECT pg_relation_size(reltoastrelid) > 0 AS out_of_line
FROM pg_class WHERE oid = 'scope_toast'::regclass;
SELECT a.id, b.id AS other, a.s = b.s AS "=", a.s < b.s AS "<",
       a.s @> b.s AS "@>", a.s && b.s AS "&&", a.s - b.s AS "-",
       a.s || b.s = a.s AS "||", covers(a.s, b.s)
FROM scope_toast a JOIN scope_toast b ON a.id IN (1, 2, 12)
ORDER BY a.id, b.id;
SELECT id, length(s::text), cardinality(scope_tokens(s)),
       scope_contains(s, 'token:777') AS contains,
       scope_contains(s, 'token:77x') AS absent, covers('token:*', s)
FROM scope_toast ORDER BY id;
SELECT count(*), count(DISTINCT s), count(DISTINCT scope_hash(s)) AS hashes
FROM scope_toast;
CREATE INDEX ON scope_toast USING gin (s);
CREATE INDEX ON scope_toast USING hash (s);
SET enable_seqscan = off;
SELECT id FROM scope_toast WHERE s @> 'token:1' ORDER BY id;
SELECT a.id, b.id AS same FROM scope_toast a JOIN scope_toast b ON a.s = b.s
WHERE a.id < b.id ORDER BY a.id;
RESET enable_seqscan;

-- row-level security leaves the index to a reader's own condition
CREATE ROLE regress_scope_reader;
CREATE TABLE scope_secured (owner text, s scope);
INSERT INTO scope_secured
SELECT 'regress_scope_reader', s FROM scope_row WHERE id % 3 = 0;
CREATE INDEX scope_secured_gin ON scope_secured USING gin (s);
ALTER TABLE scope_secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader ON scope_secured USING (owner = current_user);
GRANT SELECT ON scope_secured TO regress_scope_reader;
SET ROLE regress_scope_reader;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT FROM scope_secured WHERE s @> 't1 t2';
RESET enable_seqscan;
RESET ROLE;
DROP TABLE scope_secured;
DROP ROLE regress_scope_reader;

-- the catalog: declared as promised, all with a comment
SELECT amname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
WHERE opcname = 'scope_ops' ORDER BY amname;
SELECT oid::regprocedure AS function
FROM pg_proc
WHERE pronamespace = 'gauth'::regnamespace
  AND (proname ~ '^scope(_|$)' OR proname = 'covers')
  AND ((provolatile, proisstrict, proparallel) <> ('i', true, 's')
       OR obj_description(oid, 'pg_proc') IS NULL)
ORDER BY 1;
SELECT oprname, oprleft::regtype, oprright::regtype
FROM pg_operator
WHERE (oprleft = 'scope'::regtype OR oprright = 'scope'::regtype)
  AND (oprcode = 0
       OR obj_description(oid, 'pg_operator') IS NULL
       OR (oprresult = 'boolean'::regtype AND (oprrest = 0 OR oprjoin = 0)))
ORDER BY 1;

DROP FUNCTION scope_estimate(text), scope_count(text), scope_differences(),
    scope_answers();
DROP TABLE scope_row, scope_query, scope_expected, scope_toast;
