-- The ledger: entries, receipts, sealing, verification, tampering, the stream,
-- export, erasure, retention, sinks.
--
-- Numbers of transactions, positions and hashes differ from run to run: what
-- is shown is whether they are what they should be.

SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_ledger_app, regress_ledger_auditor;
RESET client_min_messages;
CREATE ROLE regress_ledger_app;
CREATE ROLE regress_ledger_auditor;
SELECT gauth.grant_access('regress_ledger_auditor', 'auditor');

-- only what is sealed here is sealed now
SELECT gauth.configure('seal_interval', '"1 hour"');
SELECT gauth.audit_seal() >= 0 AS sealed;

-- what there is to say about an entry that was just written
CREATE TEMPORARY TABLE receipt (name text PRIMARY KEY, receipt text);
CREATE FUNCTION pg_temp.write(name text, kind text, action text,
                              resource text, payload json DEFAULT NULL)
RETURNS boolean
LANGUAGE sql AS $$
    INSERT INTO receipt VALUES (name, gauth.audit_append(kind, action,
                                                         resource, payload))
    RETURNING receipt ~ '^\d+-\d+-\d+-\d+-[0-9a-f]{64}$'
$$;
CREATE FUNCTION pg_temp.short(wanted text) RETURNS text
LANGUAGE sql AS $$
    SELECT regexp_replace(receipt, '-[0-9a-f]{64}$', '')
    FROM receipt WHERE name = wanted
$$;
CREATE FUNCTION pg_temp.name_of(entry text) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce((SELECT name FROM receipt
                     WHERE receipt LIKE entry || '-%'),
                    regexp_replace(entry, '\d+', 'N', 'g'))
$$;
-- verification, in words; which finding comes first depends on what was
-- sealed together
CREATE FUNCTION pg_temp.findings(mode text DEFAULT 'full')
RETURNS TABLE (severity text, entry text, finding text)
LANGUAGE sql AS $$
    SELECT severity, pg_temp.name_of(entry),
           regexp_replace(finding, '\d+', 'N', 'g')
    FROM gauth.audit_verify(mode)
    ORDER BY 2, 3
$$;

-- an application's entry
SELECT pg_temp.write('first', 'order.placed', 'place', 'order:1',
                     '{"amount": 1}');
SELECT kind, decision, refused, actor, agent, role = session_user AS role,
       action, resource, payload, count, erased, trace_id, span_id
FROM gauth.audit WHERE receipt = pg_temp.short('first');

-- the trace of the session; a malformed one is none
SET gauth.trace_context =
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
SELECT pg_temp.write('traced', 'order.placed', 'place', 'order:2');
SET gauth.trace_context = '00-0AF7651916CD43DD8448EB211C80319C-zz-01';
SELECT pg_temp.write('untraced', 'order.placed', 'place', 'order:3');
RESET gauth.trace_context;
SELECT name, trace_id, span_id
FROM receipt JOIN gauth.audit a ON a.receipt = pg_temp.short(name)
WHERE name LIKE '%traced' ORDER BY name;

-- what is not an entry
SELECT gauth.audit_append(NULL, 'a', 'r');
SELECT gauth.audit_append('', 'a', 'r');
SELECT gauth.audit_append('Order', 'a', 'r');
SELECT gauth.audit_append('.order', 'a', 'r');
SELECT gauth.audit_append(repeat('k', 49), 'a', 'r');
SELECT gauth.audit_append('order', NULL, 'r');
SELECT gauth.audit_append('order', 'a', NULL);
SELECT gauth.audit_append('order', repeat('a', 1025), 'r');
SELECT gauth.audit_append('order', 'a', 'r', to_json(repeat('p', 8191)));
SELECT length(gauth.audit_append('order', 'a', 'r',
                                 to_json(repeat('p', 8190)))) > 64 AS fits;
BEGIN TRANSACTION READ ONLY;
SELECT gauth.audit_append('order', 'a', 'r');
ROLLBACK;

-- savepoints and rollbacks leave no gap
BEGIN;
SELECT pg_temp.write('kept', 'order.placed', 'place', 'order:4');
SAVEPOINT a;
SELECT gauth.audit_append('order.placed', 'place', 'gone:1') IS NOT NULL;
SAVEPOINT b;
SELECT gauth.audit_append('order.placed', 'place', 'gone:2') IS NOT NULL;
RELEASE b;
ROLLBACK TO a;
SAVEPOINT c;
SELECT pg_temp.write('also kept', 'order.placed', 'place', 'order:5');
RELEASE c;
-- not before its end
SELECT gauth.audit_wait(receipt) FROM receipt WHERE name = 'kept';
ROLLBACK TO c;
COMMIT;
BEGIN;
SELECT pg_temp.write('kept', 'order.placed', 'place', 'order:4');
SAVEPOINT a;
SELECT gauth.audit_append('order.placed', 'place', 'gone:1') IS NOT NULL;
ROLLBACK TO a;
SELECT pg_temp.write('also kept', 'order.placed', 'place', 'order:5');
COMMIT;
BEGIN;
SELECT gauth.audit_append('order.placed', 'place', 'gone:3') IS NOT NULL;
ROLLBACK;
SELECT pg_temp.write('last', 'order.placed', 'place', 'order:6');
SELECT count(*) FROM gauth.audit WHERE resource LIKE 'gone:%';
SELECT b.lane_seq - a.lane_seq AS distance
FROM gauth.entry a, gauth.entry b
WHERE a.resource = 'order:5' AND b.resource = 'order:6'
AND a.kind = 'app.order.placed' AND b.kind = 'app.order.placed';

-- sealed on demand, own entries not before their commit
BEGIN;
SELECT pg_temp.write('open', 'order.placed', 'place', 'order:7');
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.audit_seal() >= 0 AS again;
SELECT count(*) FROM gauth.audit_since(0, 100000) WHERE resource = 'order:7';
COMMIT;
SELECT gauth.audit_wait(receipt) FROM receipt WHERE name = 'last';
-- what nobody has written yet
SELECT gauth.audit_wait(regexp_replace(receipt, '-\d+-', '-999999999999-'),
                        '50 milliseconds')
FROM receipt WHERE name = 'open';
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.audit_wait(receipt) FROM receipt WHERE name = 'open';
SELECT r.size = (SELECT sum(b.size) FROM gauth.seal_batch b
                 WHERE b.shard = r.shard) AS size,
       r.root = (SELECT b.root FROM gauth.seal_batch b
                 WHERE b.shard = r.shard ORDER BY batch DESC LIMIT 1) AS root
FROM gauth.audit_root() r;

-- receipts that are none, or of nothing
SELECT gauth.audit_wait('x');
SELECT gauth.audit_wait(regexp_replace(receipt, '.$', 'g')) FROM receipt
WHERE name = 'last';
SELECT gauth.audit_wait(translate(right(receipt, 64), '0123456789abcdef',
                                  '123456789abcdef0'))
FROM receipt WHERE name = 'last';
SELECT gauth.audit_wait(regexp_replace(receipt, '[0-9a-f]{64}$',
                                       repeat('0', 64)))
FROM receipt WHERE name = 'last';

-- all is well, in every mode
SELECT * FROM pg_temp.findings();
SELECT * FROM pg_temp.findings('tail');
SELECT * FROM gauth.audit_verify('range', 2, 5);
SELECT * FROM gauth.audit_verify('tail', 1000000000);
SELECT * FROM gauth.audit_verify('some');

-- nobody changes it
UPDATE gauth.entry SET action = 'x';
DELETE FROM gauth.entry;
TRUNCATE gauth.entry;
TRUNCATE gauth.entry_01;
UPDATE gauth.seal_batch SET size = 0;
DELETE FROM gauth.shard;
DELETE FROM gauth.checkpoint;
TRUNCATE gauth.tile_root;
SET session_replication_role = replica;
UPDATE gauth.entry SET action = 'x';
DELETE FROM gauth.seal_batch;
RESET session_replication_role;
SET ROLE regress_ledger_app;
INSERT INTO gauth.entry SELECT * FROM gauth.entry;
SELECT count(*) FROM gauth.audit;
SELECT gauth.audit_seal();
SELECT * FROM gauth.audit_verify();
SELECT gauth.audit_append('app', 'a', 'r') IS NOT NULL AS everybody;
RESET ROLE;
SELECT role = session_user AS role FROM gauth.audit
WHERE kind = 'app.app' AND resource = 'r';

-- unless he who owns it takes the guard away: then it is found, and named
CREATE PROCEDURE pg_temp.tamper(statement text)
LANGUAGE plpgsql AS $$
BEGIN
    ALTER TABLE gauth.entry DISABLE TRIGGER guard;
    ALTER TABLE gauth.seal_batch DISABLE TRIGGER guard;
    ALTER TABLE gauth.shard DISABLE TRIGGER guard;
    EXECUTE statement;
END $$;
SELECT gauth.audit_seal() >= 0 AS sealed;

\echo one byte changed
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry SET action = 'Place'
    WHERE resource = 'order:4' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo one byte of the payload changed
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry SET payload = '{"amount": 2}'
    WHERE resource = 'order:1' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo a number that the canonical bytes cannot hold
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry SET count = count + 4294967296
    WHERE resource = 'order:4' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo a row deleted
BEGIN;
CALL pg_temp.tamper($$DELETE FROM gauth.entry
    WHERE resource = 'order:4' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo two rows swapped
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry SET resource =
    CASE resource WHEN 'order:4' THEN 'order:5' ELSE 'order:4' END
    WHERE resource IN ('order:4', 'order:5')
    AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo one row inserted
BEGIN;
CALL pg_temp.tamper($$INSERT INTO gauth.entry
    SELECT shard, decision, xid, 999999, 1, made_at, count, kind, action,
           rule, mandate, token_id, trace, actor, agent, role, 'forged',
           payload, salt, commitment, previous
    FROM gauth.entry
    WHERE resource = 'order:6' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo content in place of what was erased
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry SET commitment = sha256('x')
    WHERE resource = 'order:6' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo a batch rewritten: its root
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.seal_batch b SET root = sha256('x')
    FROM (SELECT shard, max(batch) AS batch FROM gauth.seal_batch
          WHERE shard = (SELECT max(shard) FROM gauth.shard)
          GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

\echo a batch rewritten: one of its leaves
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.seal_batch b
    SET leaves = overlay(leaves PLACING sha256('x') FROM 1)
    FROM (SELECT shard, max(batch) AS batch FROM gauth.seal_batch
          WHERE shard = (SELECT max(shard) FROM gauth.shard)
          GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT severity, regexp_replace(entry, '^.*\D+.*$', '(name)') AS entry,
       finding
FROM pg_temp.findings();
ROLLBACK;

\echo a batch less
BEGIN;
CALL pg_temp.tamper($$DELETE FROM gauth.seal_batch b
    USING (SELECT shard, max(batch) - 1 AS batch FROM gauth.seal_batch
           WHERE shard = (SELECT max(shard) FROM gauth.shard)
           GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT DISTINCT severity, regexp_replace(finding, '^.*sealed.*$', '') AS finding
FROM pg_temp.findings() WHERE entry LIKE 'batch%' ORDER BY 2;
ROLLBACK;

\echo the snapshots of a batch moved, so that entries are in none
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.seal_batch b
    SET snapshot_xip = ARRAY['3'::xid8]
    FROM (SELECT shard, max(batch) AS batch FROM gauth.seal_batch
          WHERE shard = (SELECT max(shard) FROM gauth.shard)
          GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT severity, finding FROM pg_temp.findings();
ROLLBACK;

\echo the tail cut off behind a signed size
BEGIN;
INSERT INTO gauth.checkpoint
SELECT shard, size, root, 'note', now() FROM gauth.audit_root();
SELECT * FROM pg_temp.findings();
CALL pg_temp.tamper($$DELETE FROM gauth.entry e USING gauth.seal_batch b
    WHERE b.shard = e.shard AND e.xid >= b.snapshot_xmax
    AND b.batch = (SELECT max(batch) - 1 FROM gauth.seal_batch l
                   WHERE l.shard = b.shard)
    AND b.shard = (SELECT max(shard) FROM gauth.shard)$$);
CALL pg_temp.tamper($$DELETE FROM gauth.seal_batch b
    USING (SELECT shard, max(batch) AS batch FROM gauth.seal_batch
           WHERE shard = (SELECT max(shard) FROM gauth.shard)
           GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

SELECT pg_temp.write('n1', 'order.placed', 'place', 'order:8');
SELECT pg_temp.write('n2', 'order.placed', 'place', 'order:9');
SELECT gauth.audit_seal() >= 0 AS sealed;
\echo removed and sealed anew by the owner: only a signed size tells
BEGIN;
INSERT INTO gauth.checkpoint
SELECT shard, size, root, 'note', now() FROM gauth.audit_root();
CALL pg_temp.tamper($$DELETE FROM gauth.entry
    WHERE resource = 'order:9' AND kind = 'app.order.placed'$$);
CALL pg_temp.tamper($$DELETE FROM gauth.seal_batch b
    USING (SELECT shard, max(batch) AS batch FROM gauth.seal_batch
           WHERE shard = (SELECT max(shard) FROM gauth.shard)
           GROUP BY shard) l
    WHERE b.shard = l.shard AND b.batch = l.batch$$);
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT * FROM pg_temp.findings();
ROLLBACK;
SELECT * FROM pg_temp.findings();

-- the stream: each position once, in order, and as many as one asks for
SELECT count(*) = max(position) + 1 AS complete,
       count(DISTINCT receipt) = count(*) AS once
FROM gauth.audit_since(0, 100000);
SELECT count(*) FROM gauth.audit_since(0, 3);
SELECT count(*) FROM gauth.audit_since((SELECT max(position)
                                        FROM gauth.audit_since(0, 100000)));
SELECT count(*) FROM gauth.audit_since(1000000000);
SELECT gauth.audit_since(-1);
SELECT gauth.audit_since(0, 0);
SELECT string_agg(resource, ' ' ORDER BY position)
FROM gauth.audit_since(0, 100000) WHERE kind = 'app.order.placed';

-- the export has everything; it is an entry
SELECT e ->> 'type' AS type, count(*) > 0 AS some
FROM gauth.audit_export() e GROUP BY 1 ORDER BY 1;
SELECT (SELECT count(*) FROM gauth.audit_export() e
        WHERE e ->> 'type' = 'entry')
       = (SELECT size FROM gauth.audit_root()) AS complete
WHERE (SELECT count(*) FROM gauth.shard) = 1;
SELECT kind, action, payload ->> 'since' AS since FROM gauth.audit
WHERE kind = 'ledger.export' ORDER BY made_at LIMIT 1;
BEGIN TRANSACTION READ ONLY;
SELECT count(*) > 0 AS exports FROM gauth.audit_export();
COMMIT;

-- erasure: the content goes, everything still verifies
SELECT gauth.audit_erase(pg_temp.short('first'), '');
SELECT gauth.audit_erase('1-1-1-1', 'a request');
SELECT gauth.audit_erase(pg_temp.short('first'), 'a request');
SELECT gauth.audit_erase(pg_temp.short('first'), 'a request');
SELECT kind, action, resource, role, payload, erased FROM gauth.audit
WHERE receipt = pg_temp.short('first');
SELECT pg_temp.name_of(resource) AS resource, payload FROM gauth.audit
WHERE kind = 'ledger.erase';
SELECT gauth.audit_erase(receipt, 'no') FROM gauth.audit
WHERE kind = 'ledger.erase';
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT * FROM pg_temp.findings();
\echo an erasure that nothing tells of
BEGIN;
CALL pg_temp.tamper($$UPDATE gauth.entry
    SET actor = NULL, agent = NULL, role = NULL, resource = NULL,
        payload = NULL, salt = NULL,
        commitment = sha256('\x03' || salt || '\xffffffff' || '\xffffffff'
            || int4send(octet_length(role)) || convert_to(role, 'UTF8')
            || int4send(octet_length(resource))
            || convert_to(resource, 'UTF8') || '\xffffffff')
    WHERE resource = 'order:6' AND kind = 'app.order.placed'$$);
SELECT * FROM pg_temp.findings();
ROLLBACK;

-- rotation and retention
SELECT gauth.audit_retain('1 day');
SELECT gauth.configure('retention_minimum', '"0 seconds"');
SELECT count(*) AS closed FROM gauth.audit_retain('0 seconds');
SELECT gauth.configure('log_interval', '"1 millisecond"');
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.configure('log_interval', NULL);
SELECT max(log) > 1 AS another, count(*) FILTER (WHERE state = 'open') AS open
FROM gauth.audit_status();
SELECT gauth.audit_append('in', 'the next', 'log') IS NOT NULL AS written;
DO $$
BEGIN
    -- a transaction of somebody else may hold the old log open for a moment
    FOR turn IN 1 .. 100 LOOP
        PERFORM gauth.audit_seal();
        COMMIT;
        EXIT WHEN (SELECT final FROM gauth.seal_batch b
                   WHERE b.shard = (SELECT max(shard) - 1 FROM gauth.shard)
                   ORDER BY batch DESC LIMIT 1);
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT state, sealed > 0 AS sealed, waiting
FROM gauth.audit_status() ORDER BY log DESC LIMIT 2;
SELECT * FROM pg_temp.findings();
SELECT outcome FROM gauth.audit_retain('1 year');
SELECT outcome FROM gauth.audit_retain('0 seconds');
SELECT gauth.add_issuer('regress-ledger', ARRAY['log'], hosted => true,
                        namespace => 'ledger:');
SELECT gauth.create_key('regress-ledger', 'EdDSA') IS NOT NULL AS made;
SELECT gauth.configure('checkpoint_issuers', '["regress-ledger"]');
SELECT gauth.audit_put_signature(gauth.audit_checkpoint(shard)) AS stored
FROM gauth.seal_batch WHERE final;
SELECT outcome FROM gauth.audit_retain('0 seconds');
SELECT count(*) > 0 AS exports FROM gauth.audit_export();
\echo a checkpoint that a superuser has put there; a key that is no longer known
CREATE FUNCTION pg_temp.outcome_with(forged text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    ALTER TABLE gauth.checkpoint DISABLE TRIGGER ALL;
    EXECUTE 'UPDATE gauth.checkpoint c SET ' || forged
        || ' WHERE (shard, size) IN (SELECT shard, first_index + size'
        || ' FROM gauth.seal_batch WHERE final)';
    SELECT outcome INTO STRICT answer FROM gauth.audit_retain('0 seconds');
    RAISE SQLSTATE 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN answer;
END $$;
SELECT forged, pg_temp.outcome_with(forged) AS outcome
FROM unnest(ARRAY[
    $$note = 'note'$$,
    $$note = split_part(note, E'\n\n', 1)$$,
    $$note = overlay(note PLACING 'AAAAAAAAAAAAAAAAAAAAAAAA'
                     FROM length(note) - 60)$$,
    $$note = gauth.audit_checkpoint()$$
]) forged;
BEGIN;
SELECT gauth.rotate_key('regress-ledger', 'EdDSA') IS NOT NULL AS made;
SELECT outcome FROM gauth.audit_retain('0 seconds');
ROLLBACK;
SELECT gauth.configure('checkpoint_issuers', NULL);
SELECT outcome FROM gauth.audit_retain('0 seconds');
SELECT gauth.configure('checkpoint_issuers', '["regress-ledger"]');
SELECT outcome FROM gauth.audit_retain('0 seconds');
SELECT gauth.configure('checkpoint_issuers', NULL);
SELECT gauth.drop_issuer('regress-ledger');
SELECT state, reason FROM gauth.audit_status()
ORDER BY log LIMIT 1;
SELECT * FROM pg_temp.findings();
SELECT payload ->> 'log' = '1' AS log FROM gauth.audit
WHERE kind = 'ledger.remove';
SELECT min(kind) AS first FROM gauth.audit_since(0, 1);
SELECT gauth.configure('retention_minimum', NULL);

-- a sink runs as who registered it, and may fail
CREATE TABLE public.ledger_sink (who text DEFAULT current_user, entry jsonb);
CREATE FUNCTION public.ledger_take(entries jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO public.ledger_sink (entry)
    SELECT * FROM jsonb_array_elements(entries)
$$;
CREATE FUNCTION public.ledger_fail(entries jsonb) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
CREATE FUNCTION public.ledger_escape(entries jsonb) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN RESET ROLE; RESET SESSION AUTHORIZATION; END $$;
GRANT INSERT ON public.ledger_sink TO regress_ledger_auditor;
SET ROLE regress_ledger_auditor;
SELECT gauth.audit_add_sink('take', 'public.ledger_take(jsonb)');
SELECT gauth.audit_add_sink('fail', 'public.ledger_fail(jsonb)');
SELECT gauth.audit_add_sink('escape', 'public.ledger_escape(jsonb)');
SELECT gauth.audit_add_sink('take', 'public.ledger_take(jsonb)');
SELECT gauth.audit_add_sink('wrong', 'pg_catalog.abs(integer)');
SELECT gauth.audit_add_sink('early', 'public.ledger_take(jsonb)', -1);
RESET ROLE;
SELECT gauth.audit_append('sunk', 'a', 'ship') IS NOT NULL AS written;
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.audit_run_sinks() > 0 AS behind;
DO $$
BEGIN
    FOR turn IN 1 .. 100 LOOP
        EXIT WHEN (SELECT count(*) FROM gauth.sink
                   WHERE failures > 0 OR failure IS NULL AND position >=
                       (SELECT max(first_position + size)
                        FROM gauth.seal_batch)) = 3;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
SELECT name, role, failures > 0 AS failed, failure FROM gauth.sink
ORDER BY name;
SELECT who, entry ->> 'resource' AS resource, entry ? 'salt' AS salt
FROM public.ledger_sink WHERE entry ->> 'kind' = 'app.sunk';
SET ROLE regress_ledger_app;
SELECT gauth.audit_drop_sink('take');
RESET ROLE;
SET ROLE regress_ledger_auditor;
SELECT gauth.audit_drop_sink('take'), gauth.audit_drop_sink('fail'),
       gauth.audit_drop_sink('escape'), gauth.audit_drop_sink('none');
-- an auditor reads, and does not change
SELECT count(*) > 0 AS reads FROM gauth.audit;
SELECT gauth.audit_erase('1-1-1-1', 'a reason');
SELECT gauth.audit_retain('1 year');
SELECT * FROM gauth.audit_verify('tail');
RESET ROLE;

-- the filters have indexes
SET enable_seqscan = off;
CREATE FUNCTION pg_temp.indexes(condition text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT * FROM gauth.audit'
        ' WHERE ' || condition
    LOOP
        IF line ~ 'Index' AND line !~ 'Cond' THEN
            RETURN NEXT regexp_replace(line, '.*(Bitmap Index|Index) Scan (using|on) (\S+).*', '\3');
        END IF;
    END LOOP;
END $$;
SELECT c AS condition,
       (SELECT count(*) FROM pg_temp.indexes(c)) >= 16 AS every_partition
FROM unnest(ARRAY[
    $$actor = 'alice'$$, $$agent = 'bot'$$, $$mandate = 'm1'$$,
    $$kind = 'decision'$$, $$refused$$, $$made_at > now() - '1 day'::interval$$
]) c;
RESET enable_seqscan;

SELECT gauth.configure('seal_interval', NULL);
DROP FUNCTION public.ledger_take, public.ledger_fail, public.ledger_escape;
DROP TABLE public.ledger_sink;
SELECT gauth.revoke_access('regress_ledger_auditor', 'auditor');
DROP ROLE regress_ledger_app, regress_ledger_auditor;
