/*
 * Policy stores: Cedar policies, schema, entities, and who becomes which
 * principal.  Only source is stored, never a compiled form.
 */

CREATE TABLE gauth.policy_store (
    store text COLLATE "C" PRIMARY KEY,
    mode text NOT NULL,
    language_version text NOT NULL,
    schema text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);

COMMENT ON TABLE gauth.policy_store IS
'sets of policies, each with its schema and its mode; "default" is there without a row until it is changed';
COMMENT ON COLUMN gauth.policy_store.store IS 'name of the store';
COMMENT ON COLUMN gauth.policy_store.mode IS
'strict: a schema is required and an error in a forbid denies; cedar: the published semantics';
COMMENT ON COLUMN gauth.policy_store.language_version IS
'version of the Cedar language that the policies are written in';
COMMENT ON COLUMN gauth.policy_store.schema IS
'Cedar schema, in its human or its JSON form';
COMMENT ON COLUMN gauth.policy_store.version IS
'counts the changes of policies, links, schema, mode and mappings';
COMMENT ON COLUMN gauth.policy_store.created_at IS 'when the store was made';

CREATE TABLE gauth.policy (
    store text COLLATE "C" NOT NULL
        REFERENCES gauth.policy_store (store) ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (store, id)
);

COMMENT ON TABLE gauth.policy IS 'policies and templates in force';
COMMENT ON COLUMN gauth.policy.store IS 'store of the policy';
COMMENT ON COLUMN gauth.policy.id IS 'name of the policy in its store';
COMMENT ON COLUMN gauth.policy.source IS 'one Cedar policy or template';
COMMENT ON COLUMN gauth.policy.version IS
'version of the store that brought this text';

CREATE TABLE gauth.policy_link (
    store text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    template text COLLATE "C" NOT NULL,
    principal text,
    resource text,
    version bigint NOT NULL,
    PRIMARY KEY (store, id),
    FOREIGN KEY (store, template) REFERENCES gauth.policy (store, id)
        ON DELETE CASCADE
);

COMMENT ON TABLE gauth.policy_link IS 'policies made from templates';
COMMENT ON COLUMN gauth.policy_link.store IS 'store of the template';
COMMENT ON COLUMN gauth.policy_link.id IS 'name of the policy that is made';
COMMENT ON COLUMN gauth.policy_link.template IS 'name of the template';
COMMENT ON COLUMN gauth.policy_link.principal IS
'entity in the place of ?principal; NULL when the template has no such place';
COMMENT ON COLUMN gauth.policy_link.resource IS
'entity in the place of ?resource; NULL when the template has no such place';
COMMENT ON COLUMN gauth.policy_link.version IS
'version of the store that brought the link';

CREATE TABLE gauth.policy_history (
    store text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    change text NOT NULL,
    source text,
    author text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (store, version, id)
);

COMMENT ON TABLE gauth.policy_history IS
'every version of every policy, link, schema, mode and mapping that was ever in force';
COMMENT ON COLUMN gauth.policy_history.store IS 'store that was changed';
COMMENT ON COLUMN gauth.policy_history.version IS
'version of the store that the change made';
COMMENT ON COLUMN gauth.policy_history.id IS
'policy or link that was changed; of a mapping the issuer; empty for schema and mode, and where the whole store was dropped';
COMMENT ON COLUMN gauth.policy_history.change IS
'create, replace, drop, link, schema, mode or mapping';
COMMENT ON COLUMN gauth.policy_history.source IS
'the text from this version on, for links and mappings a JSON object; NULL when there is none any more';
COMMENT ON COLUMN gauth.policy_history.author IS
'subject of the identity, else name of the session''s role';
COMMENT ON COLUMN gauth.policy_history.changed_at IS 'when it was changed';

CREATE TABLE gauth.entity (
    store text COLLATE "C" NOT NULL
        REFERENCES gauth.policy_store (store) ON DELETE CASCADE,
    type text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    content json NOT NULL,
    PRIMARY KEY (store, type, id)
);

COMMENT ON TABLE gauth.entity IS 'entities that policies speak of';
COMMENT ON COLUMN gauth.entity.store IS 'store of the entity';
COMMENT ON COLUMN gauth.entity.type IS 'type of the entity, with its namespace';
COMMENT ON COLUMN gauth.entity.id IS 'id of the entity within its type';
COMMENT ON COLUMN gauth.entity.content IS
'the entity in Cedar''s JSON entity format: uid, attrs, parents, tags';

CREATE TABLE gauth.entity_binding (
    store text COLLATE "C" NOT NULL
        REFERENCES gauth.policy_store (store) ON DELETE CASCADE,
    entity_type text COLLATE "C" NOT NULL,
    relation_schema name NOT NULL,
    relation name NOT NULL,
    relation_owner name NOT NULL,
    id_column name NOT NULL,
    attributes jsonb,
    parents jsonb,
    PRIMARY KEY (store, entity_type)
);

COMMENT ON TABLE gauth.entity_binding IS
'entity types whose entities are the rows of a table';
COMMENT ON COLUMN gauth.entity_binding.store IS 'store of the entity type';
COMMENT ON COLUMN gauth.entity_binding.entity_type IS
'entity type, with its namespace';
COMMENT ON COLUMN gauth.entity_binding.relation_schema IS
'schema of the table';
COMMENT ON COLUMN gauth.entity_binding.relation IS 'name of the table';
COMMENT ON COLUMN gauth.entity_binding.relation_owner IS
'role that owned the table when it was bound; the table of another one is not read until it is bound again';
COMMENT ON COLUMN gauth.entity_binding.id_column IS
'column that holds the id of the entity';
COMMENT ON COLUMN gauth.entity_binding.attributes IS
'attribute to column, or to {"column", "type"} for one that names an entity; NULL: every column under its own name';
COMMENT ON COLUMN gauth.entity_binding.parents IS
'array of {"column", "type"}: columns that name parents';

CREATE TABLE gauth.principal_mapping (
    store text COLLATE "C" NOT NULL
        REFERENCES gauth.policy_store (store) ON DELETE CASCADE,
    issuer text COLLATE "C" NOT NULL,
    entity_type text COLLATE "C" NOT NULL,
    claim text NOT NULL,
    PRIMARY KEY (store, issuer)
);

COMMENT ON TABLE gauth.principal_mapping IS
'which entity the bearer of an issuer''s token is in a store';
COMMENT ON COLUMN gauth.principal_mapping.store IS 'store of the mapping';
COMMENT ON COLUMN gauth.principal_mapping.issuer IS 'the claim "iss"';
COMMENT ON COLUMN gauth.principal_mapping.entity_type IS
'type of the principal';
COMMENT ON COLUMN gauth.principal_mapping.claim IS
'claim whose value, with the issuer''s namespace before it, is the id';

CREATE TABLE gauth.request_attribute (
    store text COLLATE "C" NOT NULL
        REFERENCES gauth.policy_store (store) ON DELETE CASCADE,
    entity_type text COLLATE "C" NOT NULL,
    attribute text COLLATE "C" NOT NULL,
    PRIMARY KEY (store, entity_type, attribute)
);

COMMENT ON TABLE gauth.request_attribute IS
'attributes of entities that a request may bring along';
COMMENT ON COLUMN gauth.request_attribute.store IS 'store of the rule';
COMMENT ON COLUMN gauth.request_attribute.entity_type IS
'type of the entity, with its namespace';
COMMENT ON COLUMN gauth.request_attribute.attribute IS
'attribute that a request may give, in place of the stored one';

CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.policy_store
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.policy
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.policy_link
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.entity
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.entity_binding
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.principal_mapping
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();
CREATE TRIGGER invalidate
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gauth.request_attribute
    FOR EACH STATEMENT EXECUTE FUNCTION gauth.invalidate();

ALTER TABLE gauth.policy_store ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.policy ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.policy_link ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.entity ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.entity_binding ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.principal_mapping ENABLE ALWAYS TRIGGER invalidate;
ALTER TABLE gauth.request_attribute ENABLE ALWAYS TRIGGER invalidate;

COMMENT ON TRIGGER invalidate ON gauth.policy_store IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.policy IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.policy_link IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.entity IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.entity_binding IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.principal_mapping IS
'keeps the caches of all sessions true';
COMMENT ON TRIGGER invalidate ON gauth.request_attribute IS
'keeps the caches of all sessions true';

SELECT pg_catalog.pg_extension_config_dump('gauth.policy_store', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.policy', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.policy_link', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.entity', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.entity_binding', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.principal_mapping', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.request_attribute', '');
SELECT pg_catalog.pg_extension_config_dump('gauth.policy_history', '');

CREATE FUNCTION gauth.create_policy_store(
    name text,
    mode text DEFAULT 'strict'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_create_policy_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.create_policy_store(text, text) IS
'makes an empty store, strict or cedar; for administrators; raises 42710, 22023';

CREATE FUNCTION gauth.drop_policy_store(name text)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_drop_policy_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.drop_policy_store(text) IS
'removes a store with all that it holds, its settings and its administrators'' rights; its history stays; never the store default; for administrators of all stores; raises 42704, 22023';

CREATE FUNCTION gauth.set_policy_mode(
    mode text,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_set_policy_mode'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.set_policy_mode(text, text) IS
'makes a store strict (a schema is required, an error in a forbid denies) or cedar (the published semantics); for administrators of the store; raises 42704, 22023, 55000';

CREATE FUNCTION gauth.put_schema(schema text, store text DEFAULT 'default')
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_put_schema'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_schema(text, text) IS
'gives a store its Cedar schema, human or JSON form; a strict store''s policies must validate against it, and stored entities and bound tables fit it; for administrators of the store; raises 42601, 22023, 42704';

CREATE FUNCTION gauth.policy_sets()
RETURNS TABLE (
    store text,
    version bigint,
    policies integer,
    size bigint,
    built boolean,
    shared boolean,
    uses bigint
)
AS 'MODULE_PATHNAME', 'gauth_sql_policy_sets'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.policy_sets() IS
'the compiled policies that this session has in memory, in bytes: built by itself, or found in memory that the sessions of the database share; uses: how often a shared set has spared somebody building it, NULL when it is no longer given to others; for administrators';

CREATE FUNCTION gauth.create_policy(
    id text,
    source text,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_create_policy'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.create_policy(text, text, text) IS
'adds one Cedar policy or template, validated before it is stored; for administrators of the store; raises 42601, 22023, 42710, 42704, 55000';

CREATE FUNCTION gauth.replace_policy(
    id text,
    source text,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_replace_policy'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.replace_policy(text, text, text) IS
'gives a policy or template a new text, validated before it is stored; for administrators of the store; raises 42601, 22023, 42704';

CREATE FUNCTION gauth.drop_policy(id text, store text DEFAULT 'default')
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_drop_policy'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.drop_policy(text, text) IS
'removes a policy, a template with its links, or a link; for administrators of the store; raises 42704';

CREATE FUNCTION gauth.put_policies(
    source text,
    store text DEFAULT 'default'
)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_put_policies'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.put_policies(text, text) IS
'replaces the whole set of a store in one version and returns how many policies and templates it has; names from @id, else policy0, policy1, …; for administrators of the store; raises 42601, 22023, 42710, 42704, 55000';

CREATE FUNCTION gauth.link_template(
    template text,
    id text,
    principal text DEFAULT NULL,
    resource text DEFAULT NULL,
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_link_template'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.link_template(text, text, text, text, text) IS
'makes a policy from a template, with entities in the places of ?principal and ?resource; for administrators of the store; raises 22023, 42704, 42710';

CREATE FUNCTION gauth.map_principal(
    issuer text,
    entity_type text,
    claim text DEFAULT 'sub',
    store text DEFAULT 'default'
)
RETURNS void
AS 'MODULE_PATHNAME', 'gauth_sql_map_principal'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.map_principal(text, text, text, text) IS
'makes the bearers of an issuer''s tokens principals of an entity type; the id is the claim behind the issuer''s namespace; who acts under a mandate is GAuth::Agent instead; for administrators of the store; raises 42704, 22023';

CREATE FUNCTION gauth.evaluate(
    policies text,
    schema text,
    entities json,
    request json,
    mode text DEFAULT 'cedar'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_evaluate'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.evaluate(text, text, json, json, text) IS
'the decision of these policies about a request, with the policies that determined it and those that erred; touches no table; raises 42601, 22023';

CREATE FUNCTION gauth.validate(
    policies text,
    schema text,
    mode text DEFAULT 'strict',
    OUT policy text,
    OUT severity text,
    OUT line integer,
    OUT "column" integer,
    OUT message text
)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'gauth_sql_validate'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.validate(text, text, text) IS
'what does not fit the schema in these policies; mode strict or permissive; no rows when all is well; raises 42601';

CREATE FUNCTION gauth.format_policy(source text)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_format_policy'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.format_policy(text) IS
'Cedar policies in canonical form; raises 42601';

CREATE FUNCTION gauth.policy_to_json(source text)
RETURNS json
AS 'MODULE_PATHNAME', 'gauth_sql_policy_to_json'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.policy_to_json(text) IS
'Cedar policies in the JSON policy format: one policy, or a policy set; raises 42601';

CREATE FUNCTION gauth.policy_from_json(source json)
RETURNS text
AS 'MODULE_PATHNAME', 'gauth_sql_policy_from_json'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.policy_from_json(json) IS
'policies of the JSON policy format in Cedar''s human syntax; raises 22023';

CREATE FUNCTION gauth.is_authorized(
    principal text,
    action text,
    resource text,
    context json DEFAULT '{}',
    store text DEFAULT 'default'
)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_is_authorized'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.is_authorized(text, text, text, json, text) IS
'whether the store allows it; principal NULL: the identity of this transaction (under a mandate its GAuth::Agent), another needs the capability "enforcer"; not recorded; false whenever in doubt';

CREATE FUNCTION gauth.decide(
    principal text,
    action text,
    resource text,
    context json DEFAULT '{}',
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_decide'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION gauth.decide(text, text, text, json, text) IS
'the decision with what determined it: policies, errors, obligations, advice; principal NULL: the identity; for holders of "enforcer"; recorded; raises 42501, 42704, 22023, ZG006, ZG007';

CREATE FUNCTION gauth.explain(
    principal text,
    action text,
    resource text,
    context json DEFAULT '{}',
    store text DEFAULT 'default'
)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'gauth_sql_explain'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION gauth.explain(text, text, text, json, text) IS
'the decision with everything that led to it, the nearest misses included: permits whose scope matched, and which condition was false; for administrators of the store; raises 42501, 42704, 22023';
