/*
 * The ledger: entries, the batches that seal them, checkpoints.
 *
 * Entries are written by C alone, past SQL.  An entry is never changed but by
 * an erasure and never removed but by retention; the guards refuse everybody
 * else, also under session_replication_role, and let the INSERTs of a restore
 * through.  All partitions are made here: one that is made later would be
 * missing when a dump is restored.  A shard is one hash-chained log; shards
 * take the partitions in turn.
 */

CREATE SEQUENCE gauth.lane_number;

COMMENT ON SEQUENCE gauth.lane_number IS
'numbers of the sessions that write into the ledger';

CREATE TABLE gauth.shard (
    shard integer PRIMARY KEY,
    origin text COLLATE "C" NOT NULL UNIQUE,
    system_identifier bigint NOT NULL,
    timeline integer NOT NULL,
    relation bigint NOT NULL,
    opened_xid xid8 NOT NULL,
    opened_at timestamptz NOT NULL,
    reason text NOT NULL,
    previous_size bigint,
    previous_root bytea
);

COMMENT ON TABLE gauth.shard IS
'the logs: one for each life of the database and each period of retention';
COMMENT ON COLUMN gauth.shard.shard IS 'number of the log, from 1';
COMMENT ON COLUMN gauth.shard.origin IS
'name of the log in its checkpoints, unique in the world';
COMMENT ON COLUMN gauth.shard.system_identifier IS
'of the cluster that opened it';
COMMENT ON COLUMN gauth.shard.timeline IS 'of the cluster when it was opened';
COMMENT ON COLUMN gauth.shard.relation IS
'number of this table in the database that opened it: a restore has another';
COMMENT ON COLUMN gauth.shard.opened_xid IS 'transaction that opened it';
COMMENT ON COLUMN gauth.shard.opened_at IS 'when it was opened';
COMMENT ON COLUMN gauth.shard.reason IS
'first, restore, recovery, upgrade or rotation';
COMMENT ON COLUMN gauth.shard.previous_size IS
'sealed entries of the shard before, when this one was opened';
COMMENT ON COLUMN gauth.shard.previous_root IS
'root of the shard before, at that size';

CREATE TABLE gauth.entry (
    shard integer NOT NULL,
    decision smallint NOT NULL,
    xid xid8 NOT NULL,
    lane bigint NOT NULL,
    lane_seq bigint NOT NULL,
    made_at timestamptz NOT NULL,
    count bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    action text COLLATE "C",
    rule text COLLATE "C",
    mandate text COLLATE "C",
    token_id text COLLATE "C",
    trace text COLLATE "C",
    actor text COLLATE "C",
    agent text COLLATE "C",
    role text COLLATE "C",
    resource text COLLATE "C",
    payload json,
    salt bytea,
    commitment bytea,
    previous bytea NOT NULL,
    PRIMARY KEY (shard, xid, lane_seq)
) PARTITION BY LIST (shard);

COMMENT ON TABLE gauth.entry IS
'what happened: decisions, issuance, revocation, mandates, administration';
COMMENT ON COLUMN gauth.entry.shard IS 'log that the entry belongs to';
COMMENT ON COLUMN gauth.entry.decision IS
'0 not a decision, 1 permit, 2 constrain, 3 deny, 4 error';
COMMENT ON COLUMN gauth.entry.xid IS 'top-level transaction that wrote it';
COMMENT ON COLUMN gauth.entry.lane IS 'number of the session that wrote it';
COMMENT ON COLUMN gauth.entry.lane_seq IS
'1, 2, 3, … of the session''s committed entries: a gap is evidence';
COMMENT ON COLUMN gauth.entry.made_at IS 'when, by the server''s clock';
COMMENT ON COLUMN gauth.entry.count IS 'equal decisions in this entry';
COMMENT ON COLUMN gauth.entry.kind IS 'such as token.issue or decision';
COMMENT ON COLUMN gauth.entry.action IS 'what was done or asked for';
COMMENT ON COLUMN gauth.entry.rule IS 'policy or rule that decided';
COMMENT ON COLUMN gauth.entry.mandate IS 'power of attorney that was used';
COMMENT ON COLUMN gauth.entry.token_id IS 'claim "jti", never the token';
COMMENT ON COLUMN gauth.entry.trace IS 'W3C trace id and span id';
COMMENT ON COLUMN gauth.entry.actor IS
'subject of the identity, or party; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.agent IS
'agent that acted under the mandate; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.role IS
'role that the session logged in as; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.resource IS
'what it was done to; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.payload IS 'more of it; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.salt IS
'16 random bytes of the commitment; NULL after an erasure';
COMMENT ON COLUMN gauth.entry.commitment IS
'SHA-256 over what was erased; NULL as long as that is there';
COMMENT ON COLUMN gauth.entry.previous IS
'leaf of the session''s entry before; zeros in its first one';

-- nothing else is on the path of a writer: the summaries of a block range are
-- made by vacuum, and few decisions are denials
CREATE INDEX entry_search ON gauth.entry USING brin (
    made_at timestamptz_minmax_ops,
    actor text_bloom_ops (n_distinct_per_range = 500),
    agent text_bloom_ops (n_distinct_per_range = 200),
    mandate text_bloom_ops (n_distinct_per_range = 200),
    kind text_bloom_ops (n_distinct_per_range = 50)
) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX entry_refused ON gauth.entry (made_at) WHERE decision >= 3;

COMMENT ON INDEX gauth.entry_search IS
'entries of a time, an actor, an agent, a mandate or a kind';
COMMENT ON INDEX gauth.entry_refused IS 'denials and errors by time';

CREATE TABLE gauth.seal_batch (
    shard integer NOT NULL,
    batch bigint NOT NULL,
    first_index bigint NOT NULL,
    first_position bigint NOT NULL,
    size bigint NOT NULL,
    snapshot_xmin xid8 NOT NULL,
    snapshot_xmax xid8 NOT NULL,
    snapshot_xip xid8[] NOT NULL,
    next_xid xid8 NOT NULL,
    final boolean NOT NULL,
    sealed_at timestamptz NOT NULL,
    root bytea NOT NULL,
    frontier bytea NOT NULL,
    leaves bytea NOT NULL,
    PRIMARY KEY (shard, batch)
);

ALTER TABLE gauth.seal_batch ALTER COLUMN leaves SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX seal_batch_index ON gauth.seal_batch
    (shard, first_index, batch);
CREATE INDEX seal_batch_position ON gauth.seal_batch (first_position);

COMMENT ON TABLE gauth.seal_batch IS
'the sealing of entries: each batch holds what one snapshot sees and the one before does not';
COMMENT ON COLUMN gauth.seal_batch.shard IS 'log';
COMMENT ON COLUMN gauth.seal_batch.batch IS 'number in the log, from 1';
COMMENT ON COLUMN gauth.seal_batch.first_index IS
'place of its first entry in the tree of the log, from 0';
COMMENT ON COLUMN gauth.seal_batch.first_position IS
'place of its first entry in the order of all logs, from 0';
COMMENT ON COLUMN gauth.seal_batch.size IS 'entries';
COMMENT ON COLUMN gauth.seal_batch.snapshot_xmin IS
'all transactions before this one are sealed';
COMMENT ON COLUMN gauth.seal_batch.snapshot_xmax IS
'no transaction from this one on is sealed';
COMMENT ON COLUMN gauth.seal_batch.snapshot_xip IS
'transactions between them that are not sealed, in order';
COMMENT ON COLUMN gauth.seal_batch.next_xid IS
'next transaction of the cluster when it was sealed';
COMMENT ON COLUMN gauth.seal_batch.final IS
'whether it is the last one of its log';
COMMENT ON COLUMN gauth.seal_batch.sealed_at IS 'when';
COMMENT ON COLUMN gauth.seal_batch.root IS
'root of the tree (RFC 6962) behind it';
COMMENT ON COLUMN gauth.seal_batch.frontier IS
'roots of the perfect subtrees behind it, the largest first';
COMMENT ON COLUMN gauth.seal_batch.leaves IS
'leaves of its entries, 32 bytes each';
COMMENT ON INDEX gauth.seal_batch_index IS 'the batch of an index';
COMMENT ON INDEX gauth.seal_batch_position IS 'the batch of a position';

CREATE TABLE gauth.tile_root (
    shard integer NOT NULL,
    level smallint NOT NULL,
    index bigint NOT NULL,
    root bytea NOT NULL,
    PRIMARY KEY (shard, level, index)
);

COMMENT ON TABLE gauth.tile_root IS
'roots of the finished subtrees of 256, 65536, … entries (C2SP tlog-tiles)';
COMMENT ON COLUMN gauth.tile_root.shard IS 'log';
COMMENT ON COLUMN gauth.tile_root.level IS
'power of 256 that is the number of entries, from 1';
COMMENT ON COLUMN gauth.tile_root.index IS 'place on its level, from 0';
COMMENT ON COLUMN gauth.tile_root.root IS 'root of the subtree';

CREATE TABLE gauth.checkpoint (
    shard integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (shard, size)
);

COMMENT ON TABLE gauth.checkpoint IS
'signed tree heads (C2SP tlog-checkpoint), copies of what signers hold';
COMMENT ON COLUMN gauth.checkpoint.shard IS 'log';
COMMENT ON COLUMN gauth.checkpoint.size IS 'entries that it covers';
COMMENT ON COLUMN gauth.checkpoint.root IS 'root at that size';
COMMENT ON COLUMN gauth.checkpoint.note IS 'the signed note';
COMMENT ON COLUMN gauth.checkpoint.stored_at IS 'when it came in';

CREATE TABLE gauth.cosignature (
    shard integer NOT NULL,
    size bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    line text NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (shard, size, name)
);

COMMENT ON TABLE gauth.cosignature IS
'signatures of witnesses (C2SP tlog-cosignature) under checkpoints';
COMMENT ON COLUMN gauth.cosignature.shard IS 'log';
COMMENT ON COLUMN gauth.cosignature.size IS 'entries that it covers';
COMMENT ON COLUMN gauth.cosignature.name IS 'name of the witness''s key';
COMMENT ON COLUMN gauth.cosignature.line IS 'the line of the signed note';
COMMENT ON COLUMN gauth.cosignature.stored_at IS 'when it came in';

CREATE TABLE gauth.removal (
    shard integer PRIMARY KEY,
    size bigint NOT NULL,
    root bytea NOT NULL,
    removed_at timestamptz NOT NULL
);

COMMENT ON TABLE gauth.removal IS
'logs whose entries gauth.audit_retain has taken away';
COMMENT ON COLUMN gauth.removal.shard IS 'log';
COMMENT ON COLUMN gauth.removal.size IS 'entries that it had';
COMMENT ON COLUMN gauth.removal.root IS 'root of its tree';
COMMENT ON COLUMN gauth.removal.removed_at IS 'when they were removed';

CREATE FUNCTION gauth.guard()
RETURNS trigger
AS 'MODULE_PATHNAME', 'gauth_sql_guard'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.guard() IS
'trigger: refuses changes of the ledger that are not its own; raises 42501';

CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE ON gauth.entry
    FOR EACH ROW EXECUTE FUNCTION gauth.guard();

COMMENT ON TRIGGER guard ON gauth.entry IS 'entries are kept as they are';

-- sixteen partitions, a thousand shards to share them in turn
DO LANGUAGE plpgsql $partitions$
DECLARE
    partition text;
BEGIN
    FOR slot IN 0 .. 15 LOOP
        partition := pg_catalog.format(
            'gauth.entry_%s', pg_catalog.lpad(slot::text, 2, '0')
        );
        EXECUTE pg_catalog.format(
            'CREATE TABLE %s PARTITION OF gauth.entry FOR VALUES IN (%s)',
            partition,
            (
                SELECT pg_catalog.string_agg((slot + 16 * turn)::text, ', ')
                FROM pg_catalog.generate_series(0, 63) turn
            )
        );
        EXECUTE pg_catalog.format(
            'COMMENT ON TABLE %s IS %L', partition,
            'entries of every sixteenth shard'
        );
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER guard_all BEFORE TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard()', partition
        );
        EXECUTE pg_catalog.format(
            'ALTER TABLE %s ENABLE ALWAYS TRIGGER guard_all', partition
        );
        EXECUTE pg_catalog.format(
            'COMMENT ON TRIGGER guard_all ON %s IS %L', partition,
            'entries are kept'
        );
        PERFORM pg_catalog.pg_extension_config_dump(partition, '');
    END LOOP;
END;
$partitions$;

-- reaches the partitions, too
ALTER TABLE gauth.entry ENABLE ALWAYS TRIGGER guard;

CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.shard
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.seal_batch
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.tile_root
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER guard
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gauth.removal
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.guard();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.shard
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.shard ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.shard ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.seal_batch ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.tile_root ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.checkpoint ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.cosignature ENABLE ALWAYS TRIGGER guard;
ALTER TABLE gauth.removal ENABLE ALWAYS TRIGGER guard;

COMMENT ON TRIGGER guard ON gauth.shard IS 'logs are kept as they are';
COMMENT ON TRIGGER invalidate ON gauth.shard IS
'makes every session look up where to write';
COMMENT ON TRIGGER guard ON gauth.seal_batch IS 'batches are kept as they are';
COMMENT ON TRIGGER guard ON gauth.tile_root IS 'roots are kept as they are';
COMMENT ON TRIGGER guard ON gauth.checkpoint IS
'checkpoints are kept as they are';
COMMENT ON TRIGGER guard ON gauth.cosignature IS
'signatures are kept as they are';
COMMENT ON TRIGGER guard ON gauth.removal IS 'removals are kept as they are';

SELECT pg_catalog.pg_extension_config_dump('gauth.lane_number', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.shard', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.seal_batch', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.tile_root', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.checkpoint', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.cosignature', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.removal', '');

CREATE FUNCTION gauth.audit_append(
    kind text,
    action text,
    resource text,
    payload json DEFAULT NULL
)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_audit_append'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_append(text, text, text, json) IS
'writes an entry of kind "app." and this one, by the identity and the role of the session, in this transaction; a payload has up to 8 KiB; returns a receipt; raises 22023, 54000, 25006, ZG007';

CREATE FUNCTION gauth.audit_seal()
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_audit_seal'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_seal() IS
'seals what has been committed, the entries of this transaction apart; returns how many entries; one session at a time; for auditors; raises 25006, ZG007';

CREATE FUNCTION gauth.audit_wait(
    receipt text,
    timeout interval DEFAULT '5 seconds'
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_audit_wait'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_wait(text, interval) IS
'waits until the entry of a receipt is sealed: true when it is, false when the time is over; raises 22023, 02000 when the entry was rolled back, 55000 within the transaction that wrote it';

CREATE FUNCTION gauth.audit_root(
    OUT shard integer,
    OUT size bigint,
    OUT root bytea
)
RETURNS record
AS 'MODULE_PATHNAME', 'gauth_sql_audit_root'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_root() IS
'number, size and root (RFC 6962) of the log that is written to; for auditors';

CREATE FUNCTION gauth.audit_verify(
    mode text DEFAULT 'full',
    since bigint DEFAULT NULL,
    until bigint DEFAULT NULL
)
RETURNS TABLE (severity text, entry text, finding text)
AS 'MODULE_PATHNAME', 'gauth_sql_audit_verify'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_verify(text, bigint, bigint) IS
'what is wrong with the ledger, nothing when all is well; mode full: everything; tail: from position "since" (standard: the last 10000) to the end; range: the batches from "since" up to "until"; pg_stat_activity shows how far it is; for auditors; raises 22023';
