/*
 * Proofs about the ledger, for who does not trust its owner.
 */

CREATE FUNCTION gauth.audit_inclusion_proof(
    receipt text,
    size bigint DEFAULT NULL,
    OUT log integer,
    OUT index bigint,
    OUT tree_size bigint,
    OUT leaf bytea,
    OUT root bytea,
    OUT proof bytea[]
)
RETURNS record
AS 'MODULE_PATHNAME', 'gauth_sql_audit_inclusion_proof'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_inclusion_proof(text, bigint) IS
'that the entry of a receipt is in the tree of its log at a size, NULL: all that is sealed (RFC 9162 section 2.1.3); for auditors; raises 22023, 55000 when the entry is not sealed yet, 02000 when there is none, XX001';

CREATE FUNCTION gauth.audit_consistency_proof(
    old_size bigint,
    new_size bigint,
    in_log integer DEFAULT NULL,
    OUT log integer,
    OUT old_root bytea,
    OUT new_root bytea,
    OUT proof bytea[]
)
RETURNS record
AS 'MODULE_PATHNAME', 'gauth_sql_audit_consistency_proof'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_consistency_proof(bigint, bigint, integer) IS
'that the tree of a log, NULL: the newest one, begins with all of what it was at an earlier size (RFC 9162 section 2.1.4); for auditors; raises 22023, XX001';

CREATE FUNCTION gauth.verify_inclusion(
    leaf bytea,
    index bigint,
    size bigint,
    root bytea,
    proof bytea[]
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_verify_inclusion'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_inclusion(
    bytea, bigint, bigint, bytea, bytea[]
) IS
'whether the proof leads from the leaf at its index to the root of a tree of that size (RFC 9162 section 2.1.3.2); touches no table';

CREATE FUNCTION gauth.verify_consistency(
    old_size bigint,
    old_root bytea,
    new_size bigint,
    new_root bytea,
    proof bytea[]
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_verify_consistency'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_consistency(
    bigint, bytea, bigint, bytea, bytea[]
) IS
'whether the proof shows that the larger tree begins with all of the smaller one, which has at least one leaf (RFC 9162 section 2.1.4.2); touches no table';

CREATE FUNCTION gauth.audit_checkpoint(in_log integer DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_audit_checkpoint'
LANGUAGE C STABLE PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.audit_checkpoint(integer) IS
'the checkpoint (C2SP tlog-checkpoint) of all that is sealed of a log, NULL: the newest one: signed where a signature of that size is stored or an issuer of the setting checkpoint_issuers signs, else the text that is to be signed; for auditors; raises 42704, 55000, XX001 when it does not go on from what was signed, ZG008';

CREATE FUNCTION gauth.audit_put_signature(note text)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_audit_put_signature'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.audit_put_signature(text) IS
'stores the signatures and cosignatures of known keys under a checkpoint (C2SP signed-note); returns how many are new; for auditors; raises 22P02, 22023 for a wrong signature or none of a known key, 42704 for another log, 55000 for a cosignature without a signature, 25006, XX001 when the log is not what was signed';

CREATE FUNCTION gauth.audit_keys(in_log integer DEFAULT NULL)
RETURNS TABLE (vkey text, signs text, hosted boolean)
AS 'MODULE_PATHNAME', 'gauth_sql_audit_keys'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_keys(integer) IS
'the keys whose signatures under checkpoints of a log, NULL: the newest one, are accepted, as a verifier takes them: NAME+ID+BASE64; signs is signature or cosignature; for auditors; raises 42704';

CREATE FUNCTION gauth.verify_note(note text, vkey text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_verify_note'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.verify_note(text, text) IS
'whether the key has signed, or cosigned, the note (C2SP signed-note, tlog-cosignature); touches no table; raises 22023, 0A000 for what is no key';

CREATE FUNCTION gauth.audit_tile(
    path text,
    in_log integer DEFAULT NULL
)
RETURNS bytea
AS 'MODULE_PATHNAME', 'gauth_sql_audit_tile'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.audit_tile(text, integer) IS
'a file of the log, NULL: the newest one, as C2SP tlog-tiles publishes it: checkpoint, tile/L/N[.p/W] or tile/entries/N[.p/W]; NULL when there is no such file, or the entries have been removed; for auditors; raises 22023, XX001';

CREATE FUNCTION gauth.audit_bundle(
    receipt text,
    size bigint DEFAULT NULL
)
RETURNS json
AS 'MODULE_PATHNAME', 'gauth_sql_audit_bundle'
LANGUAGE C STABLE PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.audit_bundle(text, bigint) IS
'all that a verifier without the database needs about one entry: its fields, leaf, index, inclusion proof, the checkpoint of the size, NULL: the newest signed one that covers it, else all that is sealed, and the same as a C2SP tlog-proof; for auditors; raises as gauth.audit_inclusion_proof and gauth.audit_checkpoint';
