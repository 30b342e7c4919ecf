/*
 * Entities of policy stores: rows of gauth.entity, rows of tables that an
 * entity type is bound to, and what a request may bring along.
 */

CREATE FUNCTION gauth.put_entities(
    entities json,
    store text DEFAULT 'default'
)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_put_entities'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_entities(json, text) IS
'stores the entities of an array in Cedar''s JSON format, in place of those of the same uid, and returns how many; they fit the schema and form no cycle; for administrators of the store; raises 22P02, 22023, 54000, 55000, 42704';

CREATE FUNCTION gauth.delete_entity(
    uid text,
    store text DEFAULT 'default'
)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_delete_entity'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.delete_entity(text, text) IS
'removes a stored entity and returns how many there were, 0 or 1; for administrators of the store; raises 22023, 42704';

CREATE FUNCTION gauth.bind_entity(
    entity_type text,
    relation regclass,
    id_column name,
    attributes jsonb DEFAULT NULL,
    parents jsonb DEFAULT NULL,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_bind_entity'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.bind_entity(text, regclass, name, jsonb, jsonb, text) IS
'makes the rows of a table the entities of a type; attributes: attribute to column, or to {"column", "type"} for one that names entities, NULL for every column (with a schema, every one that it declares); parents: array of the second form; holds as long as the table belongs to the role that owns it now; for owners of the table who are administrators of the store; raises 42501, 22023, 55000, 42704';

CREATE FUNCTION gauth.unbind_entity(
    entity_type text,
    store text DEFAULT 'default'
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_unbind_entity'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.unbind_entity(text, text) IS
'undoes gauth.bind_entity and returns whether the type was bound; for administrators of the store; raises 42704';

CREATE FUNCTION gauth.allow_request_attribute(
    entity_type text,
    attribute text,
    allowed boolean DEFAULT true,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_allow_request_attribute'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.allow_request_attribute(text, text, boolean, text) IS
'whether requests may bring this attribute of entities of the type along, in place of the stored one; without this they may not; for administrators of the store; raises 22023, 42704';
