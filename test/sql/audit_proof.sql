-- Proofs about the ledger, checkpoints and their signatures, tiles.
\pset null '(null)'
\set VERBOSITY default
SET client_min_messages = warning;

CREATE ROLE regress_proof_auditor;
CREATE ROLE regress_proof_stranger;
SELECT gauth.grant_access('regress_proof_auditor', 'auditor');

-- what a call raises
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- one bit of it changed
CREATE FUNCTION pg_temp.flipped(bytes bytea, place integer) RETURNS bytea
LANGUAGE sql AS
$$ SELECT set_bit($1, $2, 1 - get_bit($1, $2)) $$;

--
-- inclusion
--
CREATE TEMPORARY TABLE receipt AS
SELECT gauth.audit_append('proof', 'write', 'row:' || i) AS receipt
FROM generate_series(1, 600) i;
SELECT gauth.audit_append('proof', 'write', 'row:' || 601) IS NOT NULL AS alone
\gset
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.audit_append('proof', 'write', 'later') AS later
\gset
SELECT gauth.audit_seal() >= 0 AS sealed;

CREATE TEMPORARY TABLE proven AS
SELECT p.*
FROM receipt r, gauth.audit_inclusion_proof(r.receipt) p;
SELECT count(*) AS entries, count(DISTINCT index) AS places,
       bool_and(gauth.verify_inclusion(leaf, index, tree_size, p.root, proof))
           AS proven,
       bool_and((p.log, p.tree_size, p.root) = (r.shard, r.size, r.root))
           AS of_the_root
FROM proven p, gauth.audit_root() r;

-- a receipt without its leaf names the entry, too
SELECT (gauth.audit_inclusion_proof(
            substring(r.receipt FROM '^\d+-\d+-\d+-\d+'))).leaf
       = (gauth.audit_inclusion_proof(r.receipt)).leaf AS same
FROM receipt r LIMIT 1;

-- in the tree of an earlier size, as small as can be
SELECT bool_and(gauth.verify_inclusion(
           e.leaf, e.index, e.tree_size, e.root, e.proof)) AS proven,
       bool_and(e.tree_size = p.index + 1) AS smallest
FROM (SELECT r.receipt, i.index
      FROM receipt r, gauth.audit_inclusion_proof(r.receipt) i
      LIMIT 20) p,
     gauth.audit_inclusion_proof(p.receipt, p.index + 1) e;

-- what is not there
SELECT pg_temp.refused(format(
    'SELECT gauth.audit_inclusion_proof(%L, %s)', receipt, size))
FROM (SELECT receipt FROM receipt LIMIT 1) r,
     unnest('{0,-1,1000000000000,9223372036854775807}'::bigint[]) size;
SELECT pg_temp.refused(format('SELECT gauth.audit_inclusion_proof(%L)', r))
FROM unnest(ARRAY[NULL, '', '1', 'no receipt', '1-1-1-1-00']) r;
SELECT pg_temp.refused(format('SELECT gauth.audit_inclusion_proof(%L)',
    regexp_replace(r.receipt, '.{8}$', '00000000')))
FROM receipt r LIMIT 1;
BEGIN;
SAVEPOINT gone;
SELECT gauth.audit_append('proof', 'write', 'gone') AS gone \gset
ROLLBACK TO gone;
SELECT gauth.audit_append('proof', 'write', 'kept') AS kept \gset
SELECT pg_temp.refused(format('SELECT gauth.audit_inclusion_proof(%L)', :'kept'));
COMMIT;
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT pg_temp.refused(format('SELECT gauth.audit_inclusion_proof(%L)', :'gone'));
SELECT (gauth.audit_inclusion_proof(:'kept')).index > 0 AS kept;

-- every changed bit, and every number that is another
SELECT count(*) AS forgeries
FROM (SELECT * FROM proven LIMIT 1) p, generate_series(0, 255) bit
WHERE gauth.verify_inclusion(pg_temp.flipped(leaf, bit), index, tree_size,
                             root, proof)
   OR gauth.verify_inclusion(leaf, index, tree_size,
                             pg_temp.flipped(root, bit), proof)
   OR gauth.verify_inclusion(leaf, index, tree_size, root,
          pg_temp.flipped(proof[1], bit) || proof[2:]);
SELECT gauth.verify_inclusion(leaf, index + 1, tree_size, root, proof) AS next,
       gauth.verify_inclusion(leaf, -index - 1, tree_size, root, proof) AS minus,
       gauth.verify_inclusion(leaf, index, -tree_size, root, proof) AS negative,
       gauth.verify_inclusion(leaf, index, 0, root, proof) AS empty,
       gauth.verify_inclusion(leaf, index, tree_size, root, proof[2:]) AS less,
       gauth.verify_inclusion(leaf, index, tree_size, root, proof || leaf) AS more,
       gauth.verify_inclusion(leaf, index, tree_size, root,
                              proof || NULL::bytea) AS nothing,
       gauth.verify_inclusion(leaf || '\x00', index, tree_size, root, proof)
           AS longer,
       gauth.verify_inclusion('', index, tree_size, '', proof) AS none,
       gauth.verify_inclusion(leaf, index, tree_size, root,
                              array_fill(leaf, ARRAY[100])) AS many
FROM proven LIMIT 1;
SELECT gauth.verify_inclusion(leaf, 0, 1, leaf, '{}') AS single
FROM proven LIMIT 1;

--
-- consistency
--
SELECT count(*) AS pairs,
       bool_and(gauth.verify_consistency(
           old_size, old_root, new_size, new_root, proof)) AS proven,
       bool_or(gauth.verify_consistency(
           old_size, new_root, new_size, old_root, proof)
           AND old_size <> new_size) AS swapped,
       bool_or(gauth.verify_consistency(
           old_size, old_root, new_size, pg_temp.flipped(new_root, 77), proof)
       ) AS forged
FROM gauth.audit_root() r,
     unnest(ARRAY[1, 2, 3, 100, 255, 256, 257, r.size - 1, r.size]) old_size,
     unnest(ARRAY[3, 256, 257, 511, 512, 600, r.size]) new_size,
     gauth.audit_consistency_proof(old_size, new_size)
WHERE old_size <= new_size;
SELECT new_root = root AS same_root
FROM gauth.audit_root() r, gauth.audit_consistency_proof(1, r.size);
SELECT pg_temp.refused(format(
    'SELECT gauth.audit_consistency_proof(%L, %L)', old_size, new_size))
FROM (VALUES (0, 5), (5, 4), (-1, 5), (1, 1000000000), (NULL, 1), (1, NULL))
     v (old_size, new_size);
SELECT pg_temp.refused('SELECT gauth.audit_consistency_proof(1, 2, 999)');
SELECT gauth.verify_consistency(0, '', 1, '', '{}') AS of_nothing;

--
-- signed notes: a key of a fixed seed has signed and cosigned
--
\set log_key 'example.org/log+98af023b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4'
\set witness_key 'example.org/w+880cb1d6+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4'
SELECT E'example.org/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n'
    || E'— example.org/log mK8COz3pPlzN5Kr0gU9fn62/4IeMIjfuRBdRjfI737asMpvrFOY3IQ0vgr1PhFxw1KcSEjodEFuFg00fiUzQyB6ycwk=\n'
    || E'— example.org/w iAyx1gAAAABlU/EAhQC348R3wMEYq8j9i3yBbmYClubv5d66F8hcW8zBL50/DgIjL4LBSAFT288hApJ3zbz79hZoRIZ+9RHFZXI3DQ==\n' AS note \gset
SELECT gauth.verify_note(:'note', :'log_key') AS log,
       gauth.verify_note(:'note', :'witness_key') AS witness,
       gauth.verify_note(replace(:'note', '3', '4'), :'log_key') AS other_size,
       gauth.verify_note(replace(:'note', 'AAAABlU', 'AAAABlV'),
                         :'witness_key') AS other_time,
       gauth.verify_note(rtrim(:'note', E'\n'), :'log_key') AS not_ended,
       gauth.verify_note('', :'log_key') AS empty,
       gauth.verify_note(repeat('x', 1000000), :'log_key') AS huge;
SELECT pg_temp.refused(format('SELECT gauth.verify_note(%L, %L)', '', vkey))
FROM unnest(ARRAY['', 'x', 'example.org/log+98af023c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4',
    'example.org/log+98af023b+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4']) vkey;

--
-- checkpoints
--
SELECT split_part(c, E'\n', 2) = size::text AS size,
       decode(split_part(c, E'\n', 3), 'base64') = root AS root,
       split_part(c, E'\n', 1) = s.origin AS origin,
       array_length(string_to_array(c, E'\n'), 1) AS lines
FROM gauth.audit_checkpoint() c, gauth.audit_root() r, gauth.shard s
WHERE s.shard = r.shard;
SELECT count(*) AS known FROM gauth.audit_keys();
SELECT pg_temp.refused(format('SELECT gauth.audit_put_signature(%L)', note))
FROM unnest(ARRAY['', :'note', gauth.audit_checkpoint()]) note;
SELECT pg_temp.refused('SELECT gauth.audit_checkpoint(999)');

SELECT gauth.add_issuer('regress-log', ARRAY['log'], hosted => true, namespace => 'log:');
SELECT gauth.create_key('regress-log', 'ES256') IS NOT NULL AS made;
SELECT gauth.configure('checkpoint_issuers', '["regress-log"]');
SELECT pg_temp.refused('SELECT gauth.audit_checkpoint()');
SELECT gauth.rotate_key('regress-log', 'EdDSA') IS NOT NULL AS made;
SELECT gauth.verify_note(gauth.audit_checkpoint(), vkey) AS signed, signs, hosted
FROM gauth.audit_keys();
SELECT gauth.audit_checkpoint() AS checkpoint \gset
SELECT gauth.audit_put_signature(:'checkpoint') AS new;
SELECT gauth.audit_put_signature(:'checkpoint') AS new;
SELECT count(*) AS checkpoints, bool_and(c.root = p.new_root) AS of_the_tree
FROM gauth.checkpoint c, gauth.audit_consistency_proof(1, c.size, c.shard) p
WHERE c.note = :'checkpoint';

-- another root, another signature, no form
SELECT pg_temp.refused(format('SELECT gauth.audit_put_signature(%L)', note))
FROM unnest(ARRAY[
    overlay(:'checkpoint' PLACING 'AAAA'
            FROM length(split_part(:'checkpoint', E'\n', 1)) + 8),
    :'checkpoint' || regexp_replace(split_part(:'checkpoint', E'\n', 5),
                                    '.{11}=$', 'AAAAAAAAAAA=')
                  || E'\n',
    :'checkpoint' || E'\n',
    rtrim(:'checkpoint', E'\n')
]) note;

-- an unknown key may be there, and does not count
SELECT gauth.audit_append('proof', 'write', 'more') IS NOT NULL AS more;
SELECT gauth.audit_seal() >= 0 AS sealed;
SELECT gauth.audit_checkpoint()
    || E'— example.org/unknown mK8COz3pPlzN5Kr0gU9fn62/4IeMIjfuRBdRjfI737asMpvrFOY3IQ0vgr1PhFxw1KcSEjodEFuFg00fiUzQyB6ycwk=\n'
    AS checkpoint \gset
SELECT gauth.audit_put_signature(:'checkpoint') AS new;
SELECT bool_or(note LIKE '%unknown%') AS has_unknown FROM gauth.checkpoint;

-- what is configured are keys, each once; the value that was there stays
SELECT gauth.configure('checkpoint_keys',
                       jsonb_build_array(:'log_key', :'witness_key'));
SELECT replace(replace(keys::text, :'log_key', 'LOG'), :'witness_key', 'WITNESS')
           AS keys,
       pg_temp.refused(format('SELECT gauth.configure(''checkpoint_keys'', %L)', keys))
FROM unnest(ARRAY[
    to_jsonb(:'log_key'::text),
    jsonb_build_array(1),
    jsonb_build_array('x'),
    jsonb_build_array(''),
    jsonb_build_array(:'log_key', :'log_key' || ' '),
    jsonb_build_array(replace(:'log_key', '+98af023b+', '+98af023c+')),
    jsonb_build_array(replace(:'log_key', 'example.org/log+', '+')),
    jsonb_build_array('o+e80fb7fe+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    jsonb_build_array(:'log_key', :'witness_key', :'log_key')
]) keys;
SELECT vkey FROM gauth.audit_keys() WHERE NOT hosted;
-- nor is what somebody has put there taken for none
BEGIN;
UPDATE gauth.setting SET value = '{}' WHERE name = 'checkpoint_keys';
SELECT pg_temp.refused('SELECT gauth.audit_keys()');
UPDATE gauth.setting SET value = '["x"]' WHERE name = 'checkpoint_keys';
SELECT pg_temp.refused('SELECT gauth.audit_keys()');
ROLLBACK;
SELECT gauth.configure('checkpoint_keys', NULL);

--
-- files of a tiled log
--
-- the entries of a bundle: each behind its length in two bytes
CREATE FUNCTION pg_temp.entries(bundle bytea) RETURNS SETOF bytea
LANGUAGE plpgsql AS $$
DECLARE
    at integer := 0;
    size integer;
BEGIN
    WHILE at < length(bundle) LOOP
        size := get_byte(bundle, at) * 256 + get_byte(bundle, at + 1);
        RETURN NEXT substring(bundle FROM at + 3 FOR size);
        at := at + 2 + size;
    END LOOP;
END $$;
SELECT length(gauth.audit_tile('tile/0/000')) AS tile,
       length(gauth.audit_tile('tile/0/000.p/7')) AS part,
       length(gauth.audit_tile('tile/1/000.p/2')) AS above,
       gauth.audit_tile('tile/1/000') IS NULL AS not_full,
       gauth.audit_tile('tile/2/000.p/1') IS NULL AS not_there,
       gauth.audit_tile('tile/0/999') IS NULL AS beyond,
       gauth.audit_tile('tile/entries/999.p/1') IS NULL AS entries_beyond,
       gauth.audit_tile('tile/0/000', 999) IS NULL AS other_log;
SELECT count(*) AS entries,
       string_agg(sha256('\x00' || e.entry), '' ORDER BY e.n)
           = gauth.audit_tile('tile/0/' || t.file) AS hash_to_the_tile
FROM unnest('{000,001,000.p/255,002.p/1}'::text[]) t (file),
     pg_temp.entries(gauth.audit_tile('tile/entries/' || t.file))
         WITH ORDINALITY e (entry, n)
GROUP BY t.file ORDER BY 1, 2;
SELECT bool_and(substring(gauth.audit_tile('tile/0/' || to_char(index / 256, 'FM000'))
                          FROM (index % 256 * 32 + 1)::integer FOR 32) = leaf)
           AS leaves_of_the_tiles
FROM proven WHERE index / 256 < tree_size / 256;
SELECT substring(gauth.audit_tile('tile/1/000.p/2') FOR 32) = old_root
       AS root_of_the_tile
FROM gauth.audit_consistency_proof(256, 512);
SELECT pg_temp.refused(format('SELECT gauth.audit_tile(%L)', path))
FROM unnest(ARRAY[NULL, '', 'tile/0/0', 'tile/64/000', 'tile/0/000.p/256',
                  '../checkpoint', 'tile/entries/x000/001']) path;

--
-- all about one entry
--
SELECT b ->> 'type' AS type, b ->> 'origin' = s.origin AS origin,
       b -> 'entry' ->> 'resource' AS resource,
       gauth.verify_inclusion(
           decode(b ->> 'leaf', 'hex'), (b ->> 'index')::bigint,
           (b ->> 'size')::bigint, decode(b ->> 'root', 'hex'),
           ARRAY(SELECT decode(h, 'hex')
                 FROM json_array_elements_text(b -> 'proof') h)) AS proven,
       split_part(b ->> 'checkpoint', E'\n', 2) = b ->> 'size' AS checkpoint,
       b ->> 'tlog_proof' LIKE E'c2sp.org/tlog-proof@v1\nindex ' || (b ->> 'index') || E'\n%'
           AND right(b ->> 'tlog_proof', length(b ->> 'checkpoint'))
               = b ->> 'checkpoint' AS tlog_proof
FROM gauth.audit_bundle(:'kept') b, gauth.shard s, gauth.audit_root() r
WHERE s.shard = r.shard;
SELECT pg_temp.refused(format('SELECT gauth.audit_bundle(%L, %s)', :'kept', size))
FROM unnest('{0,-1,1000000000}'::bigint[]) size;

-- who may
SET ROLE regress_proof_auditor;
SELECT (gauth.audit_inclusion_proof(:'kept')).index > 0 AS kept;
SELECT (gauth.audit_consistency_proof(1, 2)).log > 0 AS consistent;
SELECT gauth.audit_put_signature(:'checkpoint') AS new;
SELECT length(gauth.audit_tile('tile/0/000')) AS tile,
       starts_with(:'checkpoint',
                   convert_from(gauth.audit_tile('checkpoint'), 'UTF8'))
           AS checkpoint,
       gauth.audit_bundle(:'kept') IS NOT NULL AS bundle;
RESET ROLE;
SET ROLE regress_proof_stranger;
SELECT pg_temp.refused(format('SELECT gauth.audit_inclusion_proof(%L)', :'kept'));
SELECT pg_temp.refused('SELECT gauth.audit_consistency_proof(1, 2)');
SELECT pg_temp.refused('SELECT gauth.audit_checkpoint()');
SELECT pg_temp.refused('SELECT gauth.audit_keys()');
SELECT pg_temp.refused('SELECT gauth.audit_tile(''tile/0/000'')');
SELECT pg_temp.refused(format('SELECT gauth.audit_bundle(%L)', :'kept'));
SELECT pg_temp.refused(format('SELECT gauth.audit_put_signature(%L)', :'note'));
SELECT gauth.verify_note(:'note', :'log_key') AS verified;
RESET ROLE;

SELECT gauth.configure('checkpoint_issuers', NULL);
SELECT gauth.drop_issuer('regress-log');
SELECT gauth.revoke_access('regress_proof_auditor', 'auditor');
DROP ROLE regress_proof_auditor;
DROP ROLE regress_proof_stranger;
