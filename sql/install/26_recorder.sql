/*
 * The process that records denials and seals, and the ring that leads to it.
 */

CREATE FUNCTION gauth.recorder_state(
    OUT worker text,
    OUT worker_pid integer,
    OUT worker_since timestamptz,
    OUT parts integer,
    OUT parts_used integer,
    OUT parts_most integer,
    OUT waiting integer,
    OUT unwritten integer,
    OUT posted bigint,
    OUT written bigint,
    OUT refused bigint,
    OUT kept bigint,
    OUT lost bigint,
    OUT sealed_at timestamptz,
    OUT last_error text,
    OUT last_error_at timestamptz
)
RETURNS record
AS 'MODULE_PATHNAME', 'gauth_sql_recorder_state'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.recorder_state() IS
'the process that records and seals (none, starting, running, or no memory), the parts of its ring (1 KiB each), the notes that wait in it and those of them that nobody waits for any more, and since the server started: notes posted, written, refused for the SQLSTATE in last_error, kept by sessions for want of room, lost; for auditors and administrators';
