-- What must hold for every object of the extension, asked of the catalog.
-- Every query but the last gives no rows; the lists of exceptions are here.

-- members of the extension, by catalog
CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid,
       pg_describe_object(d.classid, d.objid, 0) AS object
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass
AND d.deptype = 'e'
AND e.extname = 'gauth';

CREATE TEMPORARY VIEW member_function AS
SELECT p.*, l.lanname, m.object
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

CREATE TEMPORARY VIEW member_relation AS
SELECT c.*, m.object
FROM pg_class c
JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

-- functions that serve a type, an operator, an operator class, a cast or an
-- aggregate: whoever may use those must be able to call them
CREATE TEMPORARY VIEW serving_function AS
SELECT f.oid
FROM member_function f
WHERE EXISTS (SELECT 1 FROM pg_type t
              WHERE f.oid IN (t.typinput, t.typoutput, t.typreceive,
                              t.typsend, t.typmodin, t.typmodout,
                              t.typanalyze, t.typsubscript))
OR EXISTS (SELECT 1 FROM pg_operator o
           WHERE f.oid IN (o.oprcode, o.oprrest, o.oprjoin))
OR EXISTS (SELECT 1 FROM pg_amproc a WHERE a.amproc = f.oid)
OR EXISTS (SELECT 1 FROM pg_cast c WHERE c.castfunc = f.oid)
OR EXISTS (SELECT 1 FROM pg_aggregate a
           WHERE f.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
                           a.aggserialfn, a.aggdeserialfn))
OR EXISTS (SELECT 1 FROM pg_proc s WHERE s.prosupport = f.oid);

-- what everybody may call by name
CREATE TEMPORARY VIEW everybody (name) AS
VALUES
    -- the own identity
    ('authenticate'), ('claim'), ('claims'), ('has_scope'),
    ('is_authenticated'), ('issuer'), ('require'), ('scopes'), ('subject'),
    ('token_id'), ('uid'),
    -- with the caller's own keys
    ('verify_jws'), ('verify_jwt'),
    -- with the caller's own roots and keys
    ('verify_inclusion'), ('verify_consistency'), ('verify_note'),
    -- nothing but their arguments
    ('covers'), ('scope'), ('scope_contains'), ('scope_tokens'),
    ('evaluate'), ('format_policy'), ('policy_from_json'), ('policy_to_json'),
    ('validate'), ('canonical_json'), ('scope_checksum'),
    -- ask in C whether it is about the caller
    ('is_authorized'), ('allowed'), ('enforce'), ('enforce_batch'),
    ('enforcement_policy'),
    -- what is public anyway, or the caller's own
    ('governance_profiles'), ('has_capability'), ('health'), ('jwks'),
    ('list_settings'), ('mandate_errors'), ('revoke'),
    -- the own entries
    ('audit_append'), ('audit_wait'),
    -- ask in C who calls
    ('grant_access'), ('reapply_access'), ('revoke_access'), ('unlock'),
    ('acting_party'), ('error_json'), ('initiate_authorization'), ('request_token'), ('revoke_grant'), ('verify_counterparty'), ('put_definition'), ('definition'), ('definition_history'),
    ('sign_definition'), ('activate_definition'), ('renew_definition'), ('revoke_definition'),
    ('raise_event'), ('clear_event'), ('impose_obligation'), ('fulfill_obligation'),
    ('link_definition'), ('open_obligations'), ('issue_mandate_token'), ('activate_client'), ('approve_client'),
    ('authorize_client'), ('authorize_representative'), ('change_party'),
    ('enroll_resource_server'), ('party'), ('register_party'),
    ('revoke_client'), ('revoke_representative'), ('revoke_resource_server'),
    ('activate_mandate'), ('approval_requests'), ('approve'),
    ('create_mandate'), ('delegate_mandate'), ('delegation_chain'),
    ('delete_mandate'), ('deny'), ('extend_ttl'), ('increase_budget'),
    ('mandate'), ('mandate_budget'), ('mandate_history'), ('mandates'),
    ('request_approval'), ('resume_mandate'), ('revoke_mandate'),
    ('suspend_mandate'), ('update_mandate');

-- no comment; an operator family comes unnamed with its class, and the type
-- of a table's rows and every array with what it is of
SELECT m.object
FROM member m
JOIN pg_class c ON c.oid = m.classid
WHERE obj_description(m.objid, c.relname) IS NULL
AND m.classid <> 'pg_opfamily'::regclass
AND NOT EXISTS (SELECT 1 FROM pg_type t
                WHERE m.classid = 'pg_type'::regclass
                AND t.oid = m.objid
                AND (t.typrelid <> 0 OR t.typcategory = 'A'))
ORDER BY m.object;

-- a body that is looked up when it runs, with a search path of the caller's
SELECT object
FROM member_function
WHERE (prosecdef OR (lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL))
AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)
ORDER BY object;

-- a function that runs as its owner: our tables are read by C
SELECT object
FROM member_function
WHERE prosecdef
ORDER BY object;

-- executable by everybody, and not on the list
SELECT object
FROM member_function f
WHERE has_function_privilege('public', f.oid, 'EXECUTE')
AND f.oid NOT IN (SELECT s.oid FROM serving_function s)
AND f.proname NOT IN (SELECT e.name FROM everybody e)
ORDER BY object;

-- on the list, or needed to use a type, and out of reach
SELECT object
FROM member_function f
WHERE NOT has_function_privilege('public', f.oid, 'EXECUTE')
AND (f.oid IN (SELECT s.oid FROM serving_function s)
     OR f.proname IN (SELECT e.name FROM everybody e))
ORDER BY object;

-- changes something, and may run beside a parallel worker; "require" only
-- raises, and stays in the leader
SELECT object
FROM member_function
WHERE provolatile = 'v'
AND proparallel <> 'u'
AND NOT (proname = 'require' AND proparallel = 'r')
ORDER BY object;

-- changes nothing, and may not run in a parallel worker, though no private
-- key has to be open for it: gauth.unlock() is not heard there
SELECT object
FROM member_function
WHERE provolatile <> 'v'
AND proparallel <> 's'
AND proname NOT IN ('inspect_token', 'introspect_token', 'lint', 'lint_keys',
                    'root_key_state', 'verify', 'introspect_mandate_token',
                    'enforcement_policy', 'audit_bundle', 'audit_checkpoint')
ORDER BY object;

-- records what it decided or changes the state, and does not say so
SELECT object
FROM member_function
WHERE provolatile <> 'v'
AND proname <> 'register'
AND (proname IN ('authenticate', 'decide', 'enforce', 'enforce_batch',
                 'process_transaction', 'purge_tokens', 'unlock')
     OR proname ~ '^(add|bind|configure|create|drop|grant|issue|put|register|report|revoke|rotate|set|unbind)(_|$)')
ORDER BY object;

-- reads the identity or our tables: fresh at every statement, never folded
SELECT object
FROM member_function
WHERE provolatile <> 's'
AND proname IN ('claim', 'claims', 'has_scope', 'introspect_token',
                'inspect_token', 'is_authenticated', 'is_authorized',
                'issuer', 'jwks', 'lint', 'scopes', 'subject', 'token_id',
                'uid', 'verify')
ORDER BY object;

-- immutable without an argument: it can only be a constant
SELECT object
FROM member_function
WHERE provolatile = 'i'
AND pronargs = 0
ORDER BY object;

-- the planner would run it before a row filter, and no operator needs that;
-- the predicates of gauth.scope cannot raise
SELECT object
FROM member_function f
WHERE f.proleakproof
AND f.oid NOT IN (SELECT s.oid FROM serving_function s)
AND f.proname NOT IN ('covers', 'scope_contains')
ORDER BY object;

-- the C half has another name
SELECT object, prosrc
FROM member_function
WHERE lanname = 'c'
AND prosrc !~ '^gauth_sql_[a-z0-9_]+$'
ORDER BY object;

-- a parameter without a name, where people call the function
SELECT object
FROM member_function f
WHERE f.oid NOT IN (SELECT s.oid FROM serving_function s)
AND f.pronargs > 0
AND f.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
AND (f.proargnames IS NULL
     OR '' = ANY (f.proargnames[1:f.pronargs]))
ORDER BY object;

-- an operator without what the planner asks for
SELECT m.object
FROM pg_operator o
JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
WHERE o.oprresult = 'boolean'::regtype
AND (o.oprrest = 0 OR o.oprjoin = 0
     OR (o.oprcom = 0 AND o.oprleft = o.oprright))
ORDER BY m.object;

-- a cast that happens unasked
SELECT m.object
FROM pg_cast c
JOIN member m ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid
WHERE c.castcontext = 'i'
ORDER BY m.object;

-- not in our schema; in our schema and not a member
SELECT object
FROM (
    SELECT object, pronamespace AS namespace FROM member_function
    UNION ALL
    SELECT object, relnamespace FROM member_relation
    UNION ALL
    SELECT m.object, t.typnamespace
    FROM pg_type t
    JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
) AS o
WHERE namespace <> 'gauth'::regnamespace
ORDER BY object;

SELECT pg_describe_object(o.classid, o.oid, 0) AS object
FROM (
    SELECT 'pg_proc'::regclass, oid FROM pg_proc
    WHERE pronamespace = 'gauth'::regnamespace
    UNION ALL
    SELECT 'pg_class'::regclass, oid FROM pg_class
    WHERE relnamespace = 'gauth'::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_operator'::regclass, oid FROM pg_operator
    WHERE oprnamespace = 'gauth'::regnamespace
) AS o (classid, oid)
WHERE NOT EXISTS (SELECT 1 FROM member m
                  WHERE m.classid = o.classid AND m.objid = o.oid)
ORDER BY object;

-- a table or sequence that a dump would leave out; a partitioned table has no
-- rows of its own, and what is not wrapped is not for a file
SELECT r.object
FROM member_relation r
WHERE r.relkind IN ('r', 'S')
AND NOT EXISTS (SELECT 1 FROM pg_extension e
                WHERE e.extname = 'gauth' AND r.oid = ANY (e.extconfig))
AND r.relname NOT IN ('unwrapped_key')
ORDER BY r.object;

-- lost by a crash, unseen on a standby
SELECT object
FROM member_relation
WHERE relkind IN ('r', 'p', 'S', 'i')
AND relpersistence <> 'p'
ORDER BY object;

-- a reg* column: its number means another thing after pg_upgrade
SELECT r.object, a.attname
FROM member_relation r
JOIN pg_attribute a ON a.attrelid = r.oid
JOIN pg_type t ON t.oid = a.atttypid
WHERE r.relkind IN ('r', 'p', 'm')
AND a.attnum > 0
AND NOT a.attisdropped
AND t.typnamespace = 'pg_catalog'::regnamespace
AND t.typname ~ '^_?reg(class|collation|config|dictionary|namespace|oper|operator|proc|procedure|role|type)$'
ORDER BY r.object, a.attname;

-- a default, a generated column or a check that calls one of our functions
-- would run when a dump is restored, before the rest is there
SELECT DISTINCT r.object
FROM member_relation r
JOIN pg_attrdef a ON a.adrelid = r.oid
JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = d.refobjid
WHERE d.refclassid = 'pg_proc'::regclass
ORDER BY r.object;

-- a trigger that session_replication_role turns off, or that fires for every
-- row that is inserted, as a restore would do
SELECT r.object, t.tgname
FROM member_relation r
JOIN pg_trigger t ON t.tgrelid = r.oid
WHERE NOT t.tgisinternal
AND (t.tgenabled <> 'A' OR t.tgtype & 5 = 5)
ORDER BY r.object, t.tgname;

-- a relation that everybody may read or write, and not on this list
SELECT object
FROM member_relation
WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
AND (CASE relkind
     WHEN 'S' THEN has_sequence_privilege('public', oid,
                                          'USAGE, SELECT, UPDATE')
     ELSE has_table_privilege('public', oid,
                              'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, '
                              'REFERENCES, TRIGGER')
          OR has_any_column_privilege('public', oid,
                                      'SELECT, INSERT, UPDATE, REFERENCES')
     END)
AND relname NOT IN ('')
ORDER BY object;

-- the schema: everybody may look things up, nobody but its owner creates
SELECT has_schema_privilege('public', 'gauth', 'USAGE') AS may_use,
       has_schema_privilege('public', 'gauth', 'CREATE') AS may_create;
