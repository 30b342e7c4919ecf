/*
 * gauth.lint(): what is set up in a way that protects less than it seems to.
 *
 * It runs as its caller, an administrator, and runs nothing that a user wrote.
 */

CREATE FUNCTION gauth.root_key_state()
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_root_key_state'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION gauth.root_key_state() IS
'OK when there is a root key now, KEY_LOCKED when there is none, ROOT_KEY_INVALID when its file is of no use';

CREATE FUNCTION gauth.list_private_keys()
RETURNS TABLE (issuer text, kid text, sealed boolean)
AS 'MODULE_PATHNAME', 'gauth_sql_list_private_keys'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.list_private_keys() IS
'the keys whose private half, or symmetric secret, is here, and whether it is sealed';

CREATE FUNCTION gauth.is_linted(relation oid)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT n.nspname NOT IN ('pg_catalog', 'information_schema', 'gauth')
           AND n.nspname NOT LIKE 'pg\_%'
           AND NOT EXISTS (
               SELECT
               FROM pg_catalog.pg_depend d
               WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND d.objid = c.oid
                 AND d.deptype = 'e'
           )
           AND NOT EXISTS (
               SELECT
               FROM gauth.settings s
               WHERE s.name = 'lint_exempt'
                 AND s.value OPERATOR(pg_catalog.?)
                     pg_catalog.format('%s.%s', n.nspname, c.relname)
           )
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = is_linted.relation;
END;

COMMENT ON FUNCTION gauth.is_linted(oid) IS
'whether gauth.lint looks at a relation: a user''s, and not exempt';

CREATE FUNCTION gauth.lint_relations()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT 'warning',
           pg_catalog.format('table %s.%s', n.nspname, c.relname),
           'other roles may read it, and it has no row-level security',
           'ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, and a policy; or configure lint_exempt'
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND NOT c.relrowsecurity
      AND NOT c.relispartition
      AND gauth.is_linted(c.oid)
      AND EXISTS (
          SELECT
          FROM pg_catalog.aclexplode(c.relacl) a
          WHERE a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      )
    UNION ALL
    SELECT 'error',
           pg_catalog.format('table %s.%s', n.nspname, c.relname),
           'it is a partition that other roles may read directly, past the policies of its parent',
           'REVOKE the privileges on the partition, or give it policies of its own'
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    WHERE c.relispartition
      AND NOT c.relrowsecurity
      AND p.relrowsecurity
      AND gauth.is_linted(c.oid)
      AND EXISTS (
          SELECT
          FROM pg_catalog.aclexplode(c.relacl) a
          WHERE a.grantee <> c.relowner
      )
    UNION ALL
    SELECT 'warning',
           pg_catalog.format('table %s.%s', n.nspname, c.relname),
           'its owner is not subject to its row-level security',
           'ALTER TABLE … FORCE ROW LEVEL SECURITY'
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity
      AND NOT c.relforcerowsecurity
      AND gauth.is_linted(c.oid)
    UNION ALL
    SELECT 'warning',
           pg_catalog.format('table %s.%s', n.nspname, c.relname),
           'it has row-level security without a permissive policy: nobody sees a row',
           'CREATE POLICY … USING (owner = gauth.subject())'
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity
      AND gauth.is_linted(c.oid)
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_policy p
          WHERE p.polrelid = c.oid
            AND p.polpermissive
      )
    UNION ALL
    SELECT 'error',
           pg_catalog.format('policy %s on %s.%s', p.polname, n.nspname,
                             c.relname),
           'it trusts a setting that every role can change',
           'use gauth.subject(), gauth.claim() or gauth.has_scope() in place of current_setting()'
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE gauth.is_linted(c.oid)
      AND pg_catalog.concat(
              pg_catalog.pg_get_expr(p.polqual, p.polrelid),
              pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
          ) LIKE '%current\_setting(%'
    UNION ALL
    SELECT DISTINCT
           'error',
           pg_catalog.format('view %s.%s', n.nspname, v.relname),
           'it reads a protected table with the rights of its owner',
           'ALTER VIEW … SET (security_invoker = true)'
    FROM pg_catalog.pg_class v
    JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    WHERE v.relkind = 'v'
      AND t.relrowsecurity
      AND gauth.is_linted(v.oid)
      AND NOT (
          COALESCE(v.reloptions, '{}') && ARRAY[
              'security_invoker=true', 'security_invoker=on',
              'security_invoker=yes', 'security_invoker=1'
          ]
      )
    UNION ALL
    SELECT DISTINCT
           'warning',
           pg_catalog.format('materialized view %s.%s', n.nspname, v.relname),
           'it holds rows of a protected table, and no policy protects it',
           'keep it from other roles, or put a view with conditions before it'
    FROM pg_catalog.pg_class v
    JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    WHERE v.relkind = 'm'
      AND t.relrowsecurity
      AND gauth.is_linted(v.oid)
    UNION ALL
    SELECT 'error',
           pg_catalog.format('binding of %s in store %s', b.entity_type,
                             b.store),
           pg_catalog.format('%s.%s is gone, or no longer belongs to %s, for whom it was bound: no decision about its entities permits',
                             b.relation_schema, b.relation, b.relation_owner),
           'call gauth.bind_entity() again, or gauth.unbind_entity()'
    FROM gauth.entity_binding b
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = b.relation_schema
          AND c.relname = b.relation
          AND pg_catalog.pg_get_userbyid(c.relowner) = b.relation_owner
    );
END;

COMMENT ON FUNCTION gauth.lint_relations() IS
'findings about tables, views and policies';

CREATE FUNCTION gauth.lint_roles()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH application AS (
        SELECT a.name, r.oid, r.rolsuper, r.rolbypassrls
        FROM (
            SELECT pg_catalog.jsonb_array_elements_text(s.value) AS name
            FROM gauth.settings s
            WHERE s.name = 'application_roles'
            UNION
            SELECT a.role
            FROM gauth.access a
            WHERE a.capability <> 'administrator'
        ) a
        LEFT JOIN pg_catalog.pg_roles r ON r.rolname = a.name
    )
    SELECT 'warning',
           pg_catalog.format('role %s', a.name),
           'it does not exist in this cluster',
           'create it and call gauth.reapply_access(), or take it out of application_roles and gauth.access'
    FROM application a
    WHERE a.oid IS NULL
    UNION ALL
    SELECT 'error',
           pg_catalog.format('role %s', a.name),
           'it is a superuser: no policy applies to it',
           'connect applications as a role without SUPERUSER'
    FROM application a
    WHERE a.rolsuper
    UNION ALL
    SELECT 'error',
           pg_catalog.format('role %s', a.name),
           'it has BYPASSRLS: no policy applies to it',
           'ALTER ROLE … NOBYPASSRLS'
    FROM application a
    WHERE a.rolbypassrls
      AND NOT a.rolsuper
    UNION ALL
    SELECT 'error',
           pg_catalog.format('role %s', a.name),
           pg_catalog.format('it owns %s.%s, and can switch its policies off',
                             n.nspname, c.relname),
           'let another role own the table'
    FROM application a
    JOIN pg_catalog.pg_class c
        ON pg_catalog.pg_has_role(a.oid, c.relowner, 'MEMBER')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity
      AND NOT a.rolsuper
      AND gauth.is_linted(c.oid)
    UNION ALL
    SELECT 'error',
           pg_catalog.format('role %s, database %s',
                             COALESCE(r.rolname, '(all)'),
                             COALESCE(d.datname, '(all)')),
           'gauth.identity was set for it by hand; the value is refused at every connection',
           'ALTER ROLE or ALTER DATABASE … RESET gauth.identity'
    FROM pg_catalog.pg_db_role_setting s
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    WHERE EXISTS (
        SELECT
        FROM pg_catalog.unnest(s.setconfig) c
        WHERE c LIKE 'gauth.identity=%'
    );
END;

COMMENT ON FUNCTION gauth.lint_roles() IS
'findings about roles that applications connect as';

CREATE FUNCTION gauth.lint_keys()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT 'warning',
           pg_catalog.format('key %s of issuer %s', u.kid, u.issuer),
           'its private half is not sealed: whoever reads the data files has it, and no dump takes it along',
           'set gauth.root_key_file or call gauth.unlock(), then gauth.wrap_keys()'
    FROM gauth.list_private_keys() u
    WHERE NOT u.sealed
    UNION ALL
    SELECT 'warning',
           pg_catalog.format('key %s of issuer %s', w.kid, w.issuer),
           'it is sealed, and there is no root key in this transaction to open it with',
           'set gauth.root_key_file, or call gauth.unlock() where the key is needed'
    FROM gauth.list_private_keys() w
    WHERE w.sealed
      AND gauth.root_key_state() = 'KEY_LOCKED'
    UNION ALL
    SELECT 'error',
           'setting gauth.root_key_file',
           'the file cannot be read, or holds less than 32 bytes',
           'make the file readable for the server alone, with 32 random bytes or more'
    WHERE gauth.root_key_state() = 'ROOT_KEY_INVALID'
    UNION ALL
    SELECT 'error',
           pg_catalog.format('key %s of issuer %s', k.kid, k.issuer),
           'its private half is missing, as after a restore of a key that was not sealed',
           'SELECT gauth.rotate_key(…), or gauth.put_jwks(…) for a symmetric key'
    FROM gauth.key k
    WHERE (k.signs OR k.jwk IS NULL)
      AND NOT EXISTS (
          SELECT
          FROM gauth.list_private_keys() p
          WHERE p.issuer = k.issuer
            AND p.kid = k.kid
      )
    UNION ALL
    SELECT 'notice',
           pg_catalog.format('key %s of issuer %s', k.kid, k.issuer),
           'it was rotated and has ended',
           'SELECT gauth.drop_key(…)'
    FROM gauth.key k
    WHERE k.verifies_until <= pg_catalog.statement_timestamp()
    UNION ALL
    SELECT 'notice',
           pg_catalog.format('key %s of issuer %s', k.kid, k.issuer),
           'it is symmetric: whoever can verify a token can also make one',
           'prefer EdDSA or ES256'
    FROM gauth.key k
    WHERE k.jwk IS NULL
    UNION ALL
    SELECT 'warning',
           pg_catalog.format('issuer %s', i.issuer),
           'it has no key: every token of it is refused',
           CASE
               WHEN i.hosted THEN 'SELECT gauth.create_key(…)'
               ELSE 'SELECT gauth.put_jwks(…)'
           END
    FROM gauth.issuer i
    WHERE NOT EXISTS (
        SELECT
        FROM gauth.key k
        WHERE k.issuer = i.issuer
          AND (
              k.verifies_until IS NULL
              OR k.verifies_until > pg_catalog.statement_timestamp()
          )
    );
END;

COMMENT ON FUNCTION gauth.lint_keys() IS
'findings about issuers and their keys';

CREATE FUNCTION gauth.lint_recorder()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH state AS MATERIALIZED (
        SELECT * FROM gauth.recorder_state()
    )
    SELECT 'error',
           'ledger',
           'the server has no shared memory for it: denials are not recorded, and permits of read-only transactions are refused',
           'make /dev/shm larger'
    FROM state
    WHERE worker = 'no memory'
    UNION ALL
    SELECT 'error',
           'ledger',
           pg_catalog.format('%s denials were lost since the server started',
                             lost),
           'raise max_worker_processes, so that the process that records them always finds a place'
    FROM state
    WHERE lost > 0
    UNION ALL
    SELECT 'warning',
           'ledger',
           pg_catalog.format('%s denials are not recorded yet',
                             unwritten + kept),
           'see gauth.recorder_state(); raise max_worker_processes when there is no worker'
    FROM state
    WHERE unwritten + kept > 0
    UNION ALL
    SELECT 'notice',
           'ledger',
           'there was no room for a denial at some time since the server started',
           'see gauth.recorder_state(): is the disk slow, or was the worker away?'
    FROM state
    WHERE parts_most = parts;
END;

COMMENT ON FUNCTION gauth.lint_recorder() IS
'findings about the process that records denials';

CREATE FUNCTION gauth.lint_mandates()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT 'error',
           m.id,
           'its history does not know it as it is',
           'somebody has written past gauth''s functions: find out who, and revoke it'
    FROM gauth.mandate m
    WHERE NOT EXISTS (SELECT FROM gauth.mandate_history h
                      WHERE h.mandate = m.id
                      AND h.sequence = m.events
                      AND h.status_after = m.status)
    UNION ALL
    SELECT 'error',
           m.id,
           'its document does not have its hash',
           'somebody has written past gauth''s functions: no session uses it, and a new one has to be given'
    FROM gauth.mandate m
    WHERE m.document_hash <> pg_catalog.sha256(
        pg_catalog.convert_to(m.document::text, 'UTF8')
    )
    UNION ALL
    SELECT 'error',
           m.id,
           'what was given is not what is left, spent and delegated',
           'somebody has written past gauth''s functions: compare gauth.mandate_history with the ledger'
    FROM gauth.mandate m
    WHERE m.budget_total - m.budget_remaining <>
          (SELECT COALESCE(pg_catalog.sum(c.cents), 0)
           FROM gauth.budget_consumption c
           WHERE c.mandate = m.id)
        + (SELECT COALESCE(pg_catalog.sum(d.budget_total), 0)
           FROM gauth.mandate d
           WHERE d.parent = m.id)
    UNION ALL
    SELECT 'error',
           m.id,
           'it is in force, and what it was delegated from is not',
           'somebody has written past gauth''s functions: revoke it'
    FROM gauth.mandate m
    JOIN gauth.mandate p ON p.id = m.parent
    WHERE m.status = 'ACTIVE'
    AND p.status IN ('DRAFT', 'SUSPENDED', 'REVOKED', 'SUPERSEDED')
    UNION ALL
    SELECT 'warning',
           m.id,
           'it is in force, and no natural person answers for who gave it',
           'revoke it, or register who represents that party'
    FROM gauth.mandate m
    WHERE m.status IN ('ACTIVE', 'SUSPENDED')
    AND m.parent IS NULL
    AND gauth.root_person(m.issued_by) IS NULL;
END;

COMMENT ON FUNCTION gauth.lint_mandates() IS
'findings about mandates: what their own books contradict';

CREATE FUNCTION gauth.lint_server()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT 'warning',
           'server',
           'it listens on TCP without TLS: tokens travel in the clear',
           'set ssl = on, ssl_cert_file and ssl_key_file, and write hostssl in pg_hba.conf'
    WHERE pg_catalog.current_setting('listen_addresses') <> ''
      AND NOT pg_catalog.current_setting('ssl')::boolean
    UNION ALL
    SELECT 'warning',
           'server',
           'it listens on TCP and takes a TLS older than 1.3',
           'set ssl_min_protocol_version = ''TLSv1.3'''
    WHERE pg_catalog.current_setting('listen_addresses') <> ''
      AND pg_catalog.current_setting('ssl')::boolean
      AND pg_catalog.current_setting('ssl_min_protocol_version') <> 'TLSv1.3';
END;

COMMENT ON FUNCTION gauth.lint_server() IS
'findings about how clients reach the server (RFC 0116 section 12.1: TLS 1.3)';

CREATE FUNCTION gauth.lint()
RETURNS TABLE (severity text, object text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT l.severity, l.object, l.finding, l.remedy
    FROM (
        SELECT * FROM gauth.lint_relations()
        UNION ALL
        SELECT * FROM gauth.lint_roles()
        UNION ALL
        SELECT * FROM gauth.lint_keys()
        UNION ALL
        SELECT * FROM gauth.lint_recorder()
        UNION ALL
        SELECT * FROM gauth.lint_mandates()
        UNION ALL
        SELECT * FROM gauth.lint_server()
    ) l
    ORDER BY pg_catalog.array_position(
                 ARRAY['error', 'warning', 'notice'], l.severity
             ),
             l.object COLLATE "C",
             l.finding COLLATE "C";
END;

COMMENT ON FUNCTION gauth.lint() IS
'what is set up in a way that protects less than it seems to: tables, views, policies, roles, keys, the recording of denials, mandates, TLS; for administrators';
