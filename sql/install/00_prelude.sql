-- 00_prelude.sql: the guard, the encoding, the schema.

\echo Use "CREATE EXTENSION gauth" to load this file. \quit

-- nothing that somebody planted in another schema is found by this script
SET LOCAL search_path TO pg_catalog, pg_temp;

-- tokens, policies and claims are UTF-8, and are compared byte by byte
DO LANGUAGE plpgsql $prelude$
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = 'gauth needs a database with encoding UTF8',
            DETAIL = pg_catalog.format('The encoding of this database is %s.',
                                       pg_catalog.getdatabaseencoding()),
            HINT = 'Create a database with ENCODING ''UTF8'' '
                   'TEMPLATE template0.';
    END IF;
END;
$prelude$;

-- plain: a schema that somebody planted beforehand makes the install fail
CREATE SCHEMA gauth;

COMMENT ON SCHEMA gauth IS
'authorization: bearer tokens, powers of attorney, decisions, rows';

GRANT USAGE ON SCHEMA gauth TO PUBLIC;
