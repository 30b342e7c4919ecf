-- The type gauth.scope: a set of scope tokens (RFC 6749 section 3.3).
--
-- Nothing here is private: privileges stay as CREATE gives them.  What only
-- looks at values is LEAKPROOF: it raises nothing and echoes nothing, so that
-- row-level security does not keep it from using an index.

CREATE TYPE gauth.scope;

-- Input and output

CREATE FUNCTION gauth.scope_in(cstring)
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_in(cstring) IS
'reads a scope: tokens in any order, single spaces between them';

CREATE FUNCTION gauth.scope_out(gauth.scope)
RETURNS cstring
AS 'MODULE_PATHNAME', 'gauth_sql_scope_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_out(gauth.scope) IS
'writes a scope in canonical form';

CREATE FUNCTION gauth.scope_recv(internal)
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_recv(internal) IS
'reads the binary form of a scope, checked like its text';

CREATE FUNCTION gauth.scope_send(gauth.scope)
RETURNS bytea
AS 'MODULE_PATHNAME', 'gauth_sql_scope_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_send(gauth.scope) IS
'writes the binary form of a scope, which is its canonical text';

CREATE TYPE gauth.scope (
    INPUT = gauth.scope_in,
    OUTPUT = gauth.scope_out,
    RECEIVE = gauth.scope_recv,
    SEND = gauth.scope_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);

COMMENT ON TYPE gauth.scope IS
'set of scope tokens (RFC 6749 section 3.3): sorted, unique, at most 16 KiB; the empty text is the empty set';

-- Casts

CREATE FUNCTION gauth.scope(tokens text)
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_from_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope(text) IS
'the scope that a text with single spaces between tokens describes';

CREATE FUNCTION gauth.scope(tokens text[])
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_from_array'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope(text[]) IS
'the scope of these tokens, one token in each element';

CREATE FUNCTION gauth.scope_tokens(scope gauth.scope)
RETURNS text[]
AS 'MODULE_PATHNAME', 'gauth_sql_scope_tokens'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_tokens(gauth.scope) IS
'the tokens of a scope, in canonical order';

CREATE CAST (text AS gauth.scope)
    WITH FUNCTION gauth.scope(text);

COMMENT ON CAST (text AS gauth.scope) IS
'refuses what does not follow the grammar';

CREATE CAST (gauth.scope AS text)
    WITHOUT FUNCTION AS ASSIGNMENT;

COMMENT ON CAST (gauth.scope AS text) IS
'the canonical text, which is what is stored';

CREATE CAST (text[] AS gauth.scope)
    WITH FUNCTION gauth.scope(text[]);

COMMENT ON CAST (text[] AS gauth.scope) IS
'one token in each element';

CREATE CAST (gauth.scope AS text[])
    WITH FUNCTION gauth.scope_tokens(gauth.scope) AS ASSIGNMENT;

COMMENT ON CAST (gauth.scope AS text[]) IS
'the tokens, in canonical order';

-- Order: that of the canonical text as bytes, whatever the collation.  It
-- serves indexes, sorting and merging; inclusion is @> and <@.

CREATE FUNCTION gauth.scope_equal(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_equal'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_equal(gauth.scope, gauth.scope) IS
'implementation of the operator =';

CREATE FUNCTION gauth.scope_not_equal(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_not_equal'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_not_equal(gauth.scope, gauth.scope) IS
'implementation of the operator <>';

CREATE FUNCTION gauth.scope_less(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_less'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_less(gauth.scope, gauth.scope) IS
'implementation of the operator <';

CREATE FUNCTION gauth.scope_less_or_equal(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_less_or_equal'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_less_or_equal(gauth.scope, gauth.scope) IS
'implementation of the operator <=';

CREATE FUNCTION gauth.scope_greater_or_equal(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_greater_or_equal'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_greater_or_equal(gauth.scope, gauth.scope) IS
'implementation of the operator >=';

CREATE FUNCTION gauth.scope_greater(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_greater'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_greater(gauth.scope, gauth.scope) IS
'implementation of the operator >';

CREATE FUNCTION gauth.scope_compare(a gauth.scope, b gauth.scope)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_scope_compare'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_compare(gauth.scope, gauth.scope) IS
'less than, equal to or greater than zero, for btree';

CREATE FUNCTION gauth.scope_hash(scope gauth.scope)
RETURNS integer
AS 'MODULE_PATHNAME', 'gauth_sql_scope_hash'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_hash(gauth.scope) IS
'hash of a scope';

CREATE FUNCTION gauth.scope_hash_extended(scope gauth.scope, seed bigint)
RETURNS bigint
AS 'MODULE_PATHNAME', 'gauth_sql_scope_hash_extended'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_hash_extended(gauth.scope, bigint) IS
'hash of a scope, with a seed';

CREATE OPERATOR gauth.= (
    FUNCTION = gauth.scope_equal,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.=),
    NEGATOR = OPERATOR(gauth.<>),
    RESTRICT = pg_catalog.eqsel,
    JOIN = pg_catalog.eqjoinsel,
    HASHES,
    MERGES
);

COMMENT ON OPERATOR gauth.= (gauth.scope, gauth.scope) IS
'the same tokens';

CREATE OPERATOR gauth.<> (
    FUNCTION = gauth.scope_not_equal,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.<>),
    NEGATOR = OPERATOR(gauth.=),
    RESTRICT = pg_catalog.neqsel,
    JOIN = pg_catalog.neqjoinsel
);

COMMENT ON OPERATOR gauth.<> (gauth.scope, gauth.scope) IS
'not the same tokens';

CREATE OPERATOR gauth.< (
    FUNCTION = gauth.scope_less,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.>),
    NEGATOR = OPERATOR(gauth.>=),
    RESTRICT = pg_catalog.scalarltsel,
    JOIN = pg_catalog.scalarltjoinsel
);

COMMENT ON OPERATOR gauth.< (gauth.scope, gauth.scope) IS
'sorts before';

CREATE OPERATOR gauth.<= (
    FUNCTION = gauth.scope_less_or_equal,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.>=),
    NEGATOR = OPERATOR(gauth.>),
    RESTRICT = pg_catalog.scalarlesel,
    JOIN = pg_catalog.scalarlejoinsel
);

COMMENT ON OPERATOR gauth.<= (gauth.scope, gauth.scope) IS
'sorts before, or is equal';

CREATE OPERATOR gauth.>= (
    FUNCTION = gauth.scope_greater_or_equal,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.<=),
    NEGATOR = OPERATOR(gauth.<),
    RESTRICT = pg_catalog.scalargesel,
    JOIN = pg_catalog.scalargejoinsel
);

COMMENT ON OPERATOR gauth.>= (gauth.scope, gauth.scope) IS
'sorts after, or is equal';

CREATE OPERATOR gauth.> (
    FUNCTION = gauth.scope_greater,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.<),
    NEGATOR = OPERATOR(gauth.<=),
    RESTRICT = pg_catalog.scalargtsel,
    JOIN = pg_catalog.scalargtjoinsel
);

COMMENT ON OPERATOR gauth.> (gauth.scope, gauth.scope) IS
'sorts after';

-- A scope is laid out and ordered like bytea, whose abbreviated sort keys
-- therefore serve it; equal scopes are equal bytes, so btree may deduplicate.
CREATE OPERATOR CLASS gauth.scope_ops
DEFAULT FOR TYPE gauth.scope USING btree AS
    OPERATOR 1 gauth.<,
    OPERATOR 2 gauth.<=,
    OPERATOR 3 gauth.=,
    OPERATOR 4 gauth.>=,
    OPERATOR 5 gauth.>,
    FUNCTION 1 gauth.scope_compare(gauth.scope, gauth.scope),
    FUNCTION 2 pg_catalog.bytea_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);

COMMENT ON OPERATOR CLASS gauth.scope_ops USING btree IS
'order of the canonical text as bytes';

COMMENT ON OPERATOR FAMILY gauth.scope_ops USING btree IS
'order of the canonical text as bytes';

CREATE OPERATOR CLASS gauth.scope_ops
DEFAULT FOR TYPE gauth.scope USING hash AS
    OPERATOR 1 gauth.=,
    FUNCTION 1 gauth.scope_hash(gauth.scope),
    FUNCTION 2 gauth.scope_hash_extended(gauth.scope, bigint);

COMMENT ON OPERATOR CLASS gauth.scope_ops USING hash IS
'hash of the canonical text';

COMMENT ON OPERATOR FAMILY gauth.scope_ops USING hash IS
'hash of the canonical text';

-- Sets of tokens: exact, no wildcard has a meaning for an operator

CREATE FUNCTION gauth.scope_is_superset(whole gauth.scope, part gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_is_superset'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_is_superset(gauth.scope, gauth.scope) IS
'implementation of the operator @>';

CREATE FUNCTION gauth.scope_is_subset(part gauth.scope, whole gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_is_subset'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_is_subset(gauth.scope, gauth.scope) IS
'implementation of the operator <@';

CREATE FUNCTION gauth.scope_overlaps(a gauth.scope, b gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_overlaps'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_overlaps(gauth.scope, gauth.scope) IS
'implementation of the operator &&';

CREATE FUNCTION gauth.scope_union(a gauth.scope, b gauth.scope)
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_union'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_union(gauth.scope, gauth.scope) IS
'implementation of the operator ||';

CREATE FUNCTION gauth.scope_subtract(a gauth.scope, b gauth.scope)
RETURNS gauth.scope
AS 'MODULE_PATHNAME', 'gauth_sql_scope_subtract'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_subtract(gauth.scope, gauth.scope) IS
'implementation of the operator -';

CREATE OPERATOR gauth.@> (
    FUNCTION = gauth.scope_is_superset,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.<@),
    RESTRICT = pg_catalog.matchingsel,
    JOIN = pg_catalog.matchingjoinsel
);

COMMENT ON OPERATOR gauth.@> (gauth.scope, gauth.scope) IS
'holds every token of';

CREATE OPERATOR gauth.<@ (
    FUNCTION = gauth.scope_is_subset,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.@>),
    RESTRICT = pg_catalog.matchingsel,
    JOIN = pg_catalog.matchingjoinsel
);

COMMENT ON OPERATOR gauth.<@ (gauth.scope, gauth.scope) IS
'every token is in';

CREATE OPERATOR gauth.&& (
    FUNCTION = gauth.scope_overlaps,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.&&),
    RESTRICT = pg_catalog.matchingsel,
    JOIN = pg_catalog.matchingjoinsel
);

COMMENT ON OPERATOR gauth.&& (gauth.scope, gauth.scope) IS
'has a token in common with';

CREATE OPERATOR gauth.|| (
    FUNCTION = gauth.scope_union,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope,
    COMMUTATOR = OPERATOR(gauth.||)
);

COMMENT ON OPERATOR gauth.|| (gauth.scope, gauth.scope) IS
'the tokens of either';

CREATE OPERATOR gauth.- (
    FUNCTION = gauth.scope_subtract,
    LEFTARG = gauth.scope,
    RIGHTARG = gauth.scope
);

COMMENT ON OPERATOR gauth.- (gauth.scope, gauth.scope) IS
'the tokens of the first that are not in the second';

CREATE FUNCTION gauth.scope_contains(scope gauth.scope, token text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_contains'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_contains(gauth.scope, text) IS
'whether exactly this token is in the scope; no wildcard has a meaning';

CREATE FUNCTION gauth.covers(granted gauth.scope, required gauth.scope)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_covers'
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION gauth.covers(gauth.scope, gauth.scope) IS
'whether each required token is granted, itself or by a granted wildcard: "orders:*" covers "orders:read" and "orders:read:own", not "orders"; a lone "*" is an ordinary token';

-- GIN: the keys are the tokens, compared as bytes whatever the collation

CREATE FUNCTION gauth.scope_extract_value(gauth.scope, internal, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'gauth_sql_scope_extract_value'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_extract_value(gauth.scope, internal, internal) IS
'GIN: the keys of a stored scope';

CREATE FUNCTION gauth.scope_extract_query(gauth.scope, internal, int2, internal, internal, internal, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'gauth_sql_scope_extract_query'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_extract_query(gauth.scope, internal, int2, internal, internal, internal, internal) IS
'GIN: the keys that a query looks for';

CREATE FUNCTION gauth.scope_consistent(internal, int2, gauth.scope, integer, internal, internal, internal, internal)
RETURNS boolean
AS 'MODULE_PATHNAME', 'gauth_sql_scope_consistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_consistent(internal, int2, gauth.scope, integer, internal, internal, internal, internal) IS
'GIN: whether a row with these keys satisfies the query';

CREATE FUNCTION gauth.scope_triconsistent(internal, int2, gauth.scope, integer, internal, internal, internal)
RETURNS "char"
AS 'MODULE_PATHNAME', 'gauth_sql_scope_triconsistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gauth.scope_triconsistent(internal, int2, gauth.scope, integer, internal, internal, internal) IS
'GIN: whether a row satisfies the query, some keys not being known';

CREATE OPERATOR CLASS gauth.scope_ops
DEFAULT FOR TYPE gauth.scope USING gin AS
    OPERATOR 1 gauth.&&,
    OPERATOR 2 gauth.@>,
    OPERATOR 3 gauth.<@,
    OPERATOR 4 gauth.=,
    FUNCTION 1 pg_catalog.bttext_pattern_cmp(text, text),
    FUNCTION 2 gauth.scope_extract_value(gauth.scope, internal, internal),
    FUNCTION 3 gauth.scope_extract_query(gauth.scope, internal, int2, internal, internal, internal, internal),
    FUNCTION 4 gauth.scope_consistent(internal, int2, gauth.scope, integer, internal, internal, internal, internal),
    FUNCTION 6 gauth.scope_triconsistent(internal, int2, gauth.scope, integer, internal, internal, internal),
    STORAGE text;

COMMENT ON OPERATOR CLASS gauth.scope_ops USING gin IS
'the tokens of a scope';

COMMENT ON OPERATOR FAMILY gauth.scope_ops USING gin IS
'the tokens of a scope';
