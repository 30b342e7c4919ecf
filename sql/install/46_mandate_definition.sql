/*
 * Which definition a mandate executes.
 */

CREATE TABLE gauth.mandate_definition (
    mandate text COLLATE "C" PRIMARY KEY
        REFERENCES gauth.mandate (id) ON DELETE CASCADE,
    definition text COLLATE "C" NOT NULL
        REFERENCES gauth.definition (id),
    linked_by text COLLATE "C" NOT NULL,
    linked_at timestamptz NOT NULL
);

CREATE INDEX mandate_definition_definition
    ON gauth.mandate_definition (definition);

COMMENT ON TABLE gauth.mandate_definition IS
'the legal form behind a mandate, which bounds it; a delegated mandate is bound by that of the mandate above it';
COMMENT ON COLUMN gauth.mandate_definition.mandate IS 'the mandate';
COMMENT ON COLUMN gauth.mandate_definition.definition IS 'its definition';
COMMENT ON COLUMN gauth.mandate_definition.linked_by IS
'party that linked them';
COMMENT ON COLUMN gauth.mandate_definition.linked_at IS 'when';
COMMENT ON INDEX gauth.mandate_definition_definition IS
'the mandates of a definition';

CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.mandate_definition
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.mandate_definition ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER invalidate ON gauth.mandate_definition IS
'keeps the caches of all sessions true';

SELECT pg_catalog.pg_extension_config_dump('gauth.mandate_definition', '');

CREATE FUNCTION gauth.link_definition(mandate text, definition text)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_link_definition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.link_definition(text, text) IS
'makes the definition the legal form of a mandate that is still a draft; both have to be of the same agent, and what the mandate allows has to lie within the definition and within the powers of who gives it; for who drafted it; raises ZG004 with MANDATE_NOT_DRAFT, DELEGATION_SCOPE_WIDENING or INSUFFICIENT_AUTHORITY';

CREATE FUNCTION gauth.mandate_origin(
    mandate text,
    OUT issuer text,
    OUT authorizer text,
    OUT principal text,
    OUT person text,
    OUT power text,
    OUT basis text
)
AS 'MODULE_PATHNAME', 'gauth_sql_mandate_origin'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.mandate_origin(text) IS
'from whom a mandate''s power comes (RFC 0111 section 5): the party at the top of its chain, who authorized that party for which principal and on what basis, the natural person who answers, and whether the power is individual or general; NULLs where there is none';

CREATE FUNCTION gauth.open_obligations(mandate text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_open_obligations'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.open_obligations(text) IS
'what the agent of a mandate still has to do, with what is overdue; for the agent, who gave the mandate, verifiers and auditors; raises ZG004';
