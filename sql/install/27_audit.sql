/*
 * What an auditor, an operator and a consumer of the stream see of the ledger.
 */

CREATE VIEW gauth.audit
WITH (security_invoker = true)
AS
SELECT e.made_at,
       e.kind,
       CASE e.decision
           WHEN 1 THEN 'permit'
           WHEN 2 THEN 'constrain'
           WHEN 3 THEN 'deny'
           WHEN 4 THEN 'error'
       END AS decision,
       e.decision >= 3 AS refused,
       e.actor,
       e.agent,
       e.role,
       e.mandate,
       e.action,
       e.resource,
       e.rule,
       e.payload,
       e.count,
       e.token_id,
       pg_catalog."left"(e.trace, 32) AS trace_id,
       pg_catalog."right"(e.trace, 16) AS span_id,
       e.commitment IS NOT NULL AS erased,
       e.shard AS log,
       pg_catalog.format('%s-%s-%s-%s', e.shard, e.xid, e.lane, e.lane_seq)
           AS receipt
FROM gauth.entry e;

COMMENT ON VIEW gauth.audit IS
'the entries of the ledger; time, actor, agent, mandate, kind and "refused" are found by an index; for auditors';
COMMENT ON COLUMN gauth.audit.made_at IS 'when, by the server''s clock';
COMMENT ON COLUMN gauth.audit.kind IS 'such as token.issue or decision';
COMMENT ON COLUMN gauth.audit.decision IS
'permit, constrain, deny or error; NULL: the entry is not about a decision';
COMMENT ON COLUMN gauth.audit.refused IS 'whether it is a denial or an error';
COMMENT ON COLUMN gauth.audit.actor IS
'subject of the identity, or who it was decided about';
COMMENT ON COLUMN gauth.audit.agent IS 'agent that acted under a mandate';
COMMENT ON COLUMN gauth.audit.role IS 'role that the session logged in as';
COMMENT ON COLUMN gauth.audit.mandate IS 'power of attorney that was used';
COMMENT ON COLUMN gauth.audit.action IS 'what was done or asked for';
COMMENT ON COLUMN gauth.audit.resource IS 'what it was done to';
COMMENT ON COLUMN gauth.audit.rule IS 'policy or rule that decided';
COMMENT ON COLUMN gauth.audit.payload IS 'more of it';
COMMENT ON COLUMN gauth.audit.count IS 'equal decisions in this entry';
COMMENT ON COLUMN gauth.audit.token_id IS 'claim "jti" of the token';
COMMENT ON COLUMN gauth.audit.trace_id IS 'W3C trace id of the session';
COMMENT ON COLUMN gauth.audit.span_id IS 'W3C parent id of the session';
COMMENT ON COLUMN gauth.audit.erased IS
'whether actor, agent, role, resource and payload were erased';
COMMENT ON COLUMN gauth.audit.log IS 'log that the entry belongs to';
COMMENT ON COLUMN gauth.audit.receipt IS
'names the entry to gauth.audit_erase, gauth.audit_wait and the proofs';

CREATE FUNCTION gauth.audit_since(
    since bigint,
    maximum integer DEFAULT 1000
)
RETURNS TABLE (
    "position" bigint,
    made_at timestamptz,
    kind text,
    decision text,
    actor text,
    agent text,
    mandate text,
    action text,
    resource text,
    rule text,
    payload json,
    receipt text
)
AS 'MODULE_PATHNAME', 'gauth_sql_audit_since'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_since(bigint, integer) IS
'the sealed entries from a position on, at most "maximum" of them (1 to 100000): a stream that misses nothing; go on at the last position plus 1; for auditors; raises 22023';

CREATE FUNCTION gauth.audit_export(
    since bigint DEFAULT 0,
    until bigint DEFAULT NULL
)
RETURNS SETOF json
AS 'MODULE_PATHNAME', 'gauth_sql_audit_export'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_export(bigint, bigint) IS
'the batches that have positions from "since" up to "until", with all that an independent verifier needs, one JSON object in each row: logs, batches, entries, checkpoints; the export is itself an entry, unless the transaction is read-only; for auditors; raises 22023';

CREATE FUNCTION gauth.audit_erase(receipt text, reason text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_audit_erase'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_erase(text, text) IS
'erases actor, agent, role, resource and payload of an entry, which goes on verifying, and writes an entry about it; false: it was erased before; old row versions stay until VACUUM, the WAL and backups until they expire; for administrators; raises 22023, 02000, 42501';

CREATE FUNCTION gauth.audit_retain(policy interval)
RETURNS TABLE (log integer, entries bigint, outcome text)
AS 'MODULE_PATHNAME', 'gauth_sql_audit_retain'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_retain(interval) IS
'removes the entries of closed logs that are older than the policy, exported as a whole and signed as a whole, which is verified then by the keys of gauth.audit_keys, the oldest first; tells of each closed log what became of it; a removal is itself an entry; for administrators; raises 22023 when the policy is shorter than the setting retention_minimum';

CREATE FUNCTION gauth.audit_status()
RETURNS TABLE (
    log integer,
    origin text,
    state text,
    sealed bigint,
    sealed_at timestamptz,
    signed bigint,
    signed_at timestamptz,
    waiting bigint,
    waiting_since timestamptz,
    reason text,
    recorder text
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH recorder AS MATERIALIZED (
        SELECT * FROM gauth.recorder_state()
    ), last AS (
        SELECT DISTINCT ON (b.shard) b.shard, b.first_index, b.size, b.final,
               b.sealed_at, b.snapshot_xmax, b.snapshot_xip
        FROM gauth.shard s
        CROSS JOIN LATERAL (
            SELECT l.*
            FROM gauth.seal_batch l
            WHERE l.shard = s.shard
            ORDER BY l.batch DESC
            LIMIT 1
        ) b
        ORDER BY b.shard
    ), newest AS (
        SELECT pg_catalog.max(s.shard) AS shard
        FROM gauth.shard s
    ), pending AS (
        SELECT s.shard,
               pg_catalog.count(e.xid) AS waiting,
               pg_catalog.min(e.made_at) AS since
        FROM gauth.shard s
        LEFT JOIN last l ON l.shard = s.shard
        LEFT JOIN gauth.entry e
            ON e.shard = s.shard
            AND (
                l.shard IS NULL
                OR e.xid >= l.snapshot_xmax
                OR e.xid = ANY (l.snapshot_xip)
            )
        WHERE NOT COALESCE(l.final, false)
        GROUP BY s.shard
    )
    SELECT s.shard,
           s.origin,
           CASE
               WHEN r.shard IS NOT NULL THEN 'removed'
               WHEN l.final THEN 'closed'
               WHEN s.shard < n.shard THEN 'closing'
               ELSE 'open'
           END,
           COALESCE(l.first_index + l.size, 0),
           l.sealed_at,
           COALESCE(c.size, 0),
           c.stored_at,
           COALESCE(p.waiting, 0),
           p.since,
           NULLIF(pg_catalog.concat_ws(
               '; ',
               CASE
                   WHEN p.waiting > 0 THEN
                       'committed entries wait for the next sealing'
               END,
               CASE
                   WHEN p.waiting > 0
                        AND p.since < pg_catalog.statement_timestamp()
                            - '10 seconds'::interval THEN
                       'nobody has sealed for a while: call gauth.audit_seal(), and see whether a background worker can start'
               END,
               (
                   SELECT 'entries of open transactions wait for their end: '
                          || pg_catalog.string_agg(
                                 x.who || ' since ' || x.since, ', '
                                 ORDER BY x.since
                             )
                   FROM (
                       SELECT 'process ' || a.pid AS who,
                              a.xact_start AS since
                       FROM pg_catalog.pg_stat_activity a
                       WHERE a.backend_xid IS NOT NULL
                         AND a.datname = pg_catalog.current_database()
                         AND a.pid <> pg_catalog.pg_backend_pid()
                       UNION ALL
                       SELECT 'prepared transaction ' || t.gid, t.prepared
                       FROM pg_catalog.pg_prepared_xacts t
                       WHERE t.database = pg_catalog.current_database()
                   ) x
                   WHERE s.shard = n.shard
               ),
               (
                   SELECT pg_catalog.format(
                              '%s denials wait to be recorded',
                              w.unwritten + w.kept
                          )
                   FROM recorder w
                   WHERE s.shard = n.shard
                     AND w.unwritten + w.kept > 0
               ),
               CASE
                   WHEN s.shard < n.shard AND NOT COALESCE(l.final, false)
                        AND r.shard IS NULL THEN
                       'it closes when every transaction of before the next log has ended, and that log has an entry'
               END,
               CASE
                   WHEN COALESCE(l.first_index + l.size, 0)
                        > COALESCE(c.size, 0) AND r.shard IS NULL THEN
                       pg_catalog.format(
                           '%s sealed entries are not signed',
                           COALESCE(l.first_index + l.size, 0)
                               - COALESCE(c.size, 0)
                       )
               END
           ), ''),
           (
               SELECT pg_catalog.format(
                          'worker: %s, ring: %s of %s parts used, %s at most; %s recorded, %s refused, %s lost',
                          w.worker, w.parts_used, w.parts, w.parts_most,
                          w.written, w.refused, w.lost
                      )
               FROM recorder w
               WHERE s.shard = n.shard
           )
    FROM gauth.shard s
    CROSS JOIN newest n
    LEFT JOIN last l ON l.shard = s.shard
    LEFT JOIN pending p ON p.shard = s.shard
    LEFT JOIN gauth.removal r ON r.shard = s.shard
    LEFT JOIN LATERAL (
        SELECT k.size, k.stored_at
        FROM gauth.checkpoint k
        WHERE k.shard = s.shard
        ORDER BY k.size DESC
        LIMIT 1
    ) c ON true
    ORDER BY s.shard;
END;

COMMENT ON FUNCTION gauth.audit_status() IS
'each log of the ledger: open, closing, closed or removed, how many entries are sealed and signed, how many committed ones wait, and why; with the last one what gauth.recorder_state() says of the process that records and seals; for auditors';

CREATE TABLE gauth.sink (
    name text COLLATE "C" PRIMARY KEY,
    function text,
    role text COLLATE "C",
    "position" bigint NOT NULL,
    failures integer NOT NULL,
    failure text,
    changed_at timestamptz NOT NULL
);

COMMENT ON TABLE gauth.sink IS
'who is told of sealed entries, and how far';
COMMENT ON COLUMN gauth.sink.name IS
'name of the sink; empty: the server log (setting log_entries)';
COMMENT ON COLUMN gauth.sink.function IS
'qualified name of the function that gets the entries as one jsonb';
COMMENT ON COLUMN gauth.sink.role IS 'role that registered it, and runs it';
COMMENT ON COLUMN gauth.sink."position" IS 'position of the next entry';
COMMENT ON COLUMN gauth.sink.failures IS 'how often in a row it has failed';
COMMENT ON COLUMN gauth.sink.failure IS 'why it failed last; NULL: it did not';
COMMENT ON COLUMN gauth.sink.changed_at IS
'when it was registered, went on, or failed';

SELECT pg_catalog.pg_extension_config_dump('gauth.sink', '');

CREATE FUNCTION gauth.audit_add_sink(
    name text,
    function regprocedure,
    since bigint DEFAULT NULL
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_audit_add_sink'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_add_sink(text, regprocedure, bigint) IS
'has a function of one argument jsonb called with every sealed entry from a position on (standard: from now on), as the current role, in arrays of up to 100 entries in their order; what it does and how far it is are one transaction; when it fails it is called again later, and nobody else is harmed; for auditors; raises 22023, 42710';

CREATE FUNCTION gauth.audit_drop_sink(name text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_audit_drop_sink'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_drop_sink(text) IS
'ends a sink; false: there was none; for whoever registered it, and administrators; raises 42501';

CREATE FUNCTION gauth.audit_run_sinks()
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_audit_run_sinks'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_run_sinks() IS
'asks for the process that serves the sinks, which otherwise starts after a sealing; returns how many sinks are behind; for auditors';
