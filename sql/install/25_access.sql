/*
 * Who may do what with gauth itself, and what is configured.
 *
 * Roles are kept by name: a number means nothing in the cluster that a dump
 * is restored into.
 */

CREATE FUNCTION gauth.invalidate()
RETURNS trigger
AS 'MODULE_PATHNAME', 'gauth_sql_invalidate'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.invalidate() IS
'trigger: makes every session forget what it remembers of the table';

CREATE TABLE gauth.access (
    role text COLLATE "C" NOT NULL,
    capability text COLLATE "C" NOT NULL,
    object text COLLATE "C" NOT NULL,
    PRIMARY KEY (role, capability, object)
);

COMMENT ON TABLE gauth.access IS
'the capabilities that roles have been given';
COMMENT ON COLUMN gauth.access.role IS 'name of the role';
COMMENT ON COLUMN gauth.access.capability IS
'verifier, enforcer, issuer, administrator or auditor';
COMMENT ON COLUMN gauth.access.object IS
'for which issuer or policy store; empty: for all of them';

CREATE TABLE gauth.setting (
    name text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (name, store)
);

COMMENT ON TABLE gauth.setting IS
'settings that differ from the standard';
COMMENT ON COLUMN gauth.setting.name IS 'name of the setting';
COMMENT ON COLUMN gauth.setting.store IS
'for which policy store; empty: for all of gauth';
COMMENT ON COLUMN gauth.setting.value IS 'its value';

CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.setting
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.setting ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER invalidate ON gauth.setting IS
'makes the process that records and seals read its settings again';

SELECT pg_catalog.pg_extension_config_dump('gauth.access', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.setting', '');

CREATE FUNCTION gauth.grant_access(
    role regrole,
    capability text,
    object text DEFAULT NULL
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_grant_access'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.grant_access(regrole, text, text) IS
'gives a role a capability: verifier, enforcer, issuer (object: an issuer), administrator (object: a policy store) or auditor; for administrators; raises 42501, 22023';

CREATE FUNCTION gauth.revoke_access(
    role regrole,
    capability text,
    object text DEFAULT NULL
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_revoke_access'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.revoke_access(regrole, text, text) IS
'takes a capability back from a role; for administrators; raises 42501, 22023';

CREATE FUNCTION gauth.reapply_access()
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_reapply_access'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.reapply_access() IS
'repeats all of gauth.access as privileges, after a restore; returns how many rows were applied; for administrators';

CREATE FUNCTION gauth.close_access()
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_close_access'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.close_access() IS
'takes the functions that capabilities are about from everybody and gives them to who owns the extension; for its own scripts';

CREATE FUNCTION gauth.has_capability(
    capability text,
    object text DEFAULT NULL
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_has_capability'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.has_capability(text, text) IS
'whether the current role has a capability, for an object or (NULL) for all of them; raises 22023';

CREATE FUNCTION gauth.configure(
    name text,
    value jsonb,
    store text DEFAULT NULL
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_configure'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.configure(text, jsonb, text) IS
'changes a setting of gauth.settings; NULL goes back to the standard; for administrators; raises 42704, 22023';

CREATE FUNCTION gauth.list_settings()
RETURNS TABLE (name text, standard jsonb, meaning text)
AS 'MODULE_PATHNAME', 'gauth_sql_list_settings'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.list_settings() IS
'all settings that gauth.configure knows';

CREATE VIEW gauth.settings
WITH (security_invoker = true)
AS
SELECT l.name,
       s.store,
       COALESCE(s.value, l.standard) AS value,
       CASE WHEN s.name IS NULL THEN 'standard' ELSE 'configured' END AS origin,
       l.meaning
FROM gauth.list_settings() l
LEFT JOIN gauth.setting s ON s.name OPERATOR(pg_catalog.=) l.name
UNION ALL
SELECT p.name,
       NULL,
       pg_catalog.to_jsonb(p.setting),
       p.source,
       p.short_desc
FROM pg_catalog.pg_settings p
WHERE p.name OPERATOR(pg_catalog.=) 'gauth.root_key_file';

COMMENT ON VIEW gauth.settings IS
'every setting of gauth with its value, where it comes from, and what it means';
