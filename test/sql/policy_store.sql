-- A-39: policies about attributes and roles.
--
-- Policy stores: what may be stored, who may store it, what is remembered.
-- Two sessions at once are in test/specs/policy_*.spec, dump and restore in
-- test/t.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_gauth_nobody;
CREATE ROLE regress_gauth_admin;
CREATE ROLE regress_gauth_one_store;

-- what a statement is refused with
CREATE FUNCTION refused(statement text, OUT state text, OUT message text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL;
END;
$$;

-- everything of a store, and its last version in the history
CREATE VIEW store AS
SELECT s.store, s.mode, s.language_version AS language, s.version, s.schema IS NOT NULL AS has_schema,
       (SELECT string_agg(p.id, ' ' ORDER BY p.id) FROM gauth.policy p
        WHERE p.store = s.store) AS policies,
       (SELECT string_agg(l.id || '=' || l.template, ' ' ORDER BY l.id) FROM gauth.policy_link l
        WHERE l.store = s.store) AS links
FROM gauth.policy_store s;
CREATE VIEW history AS
SELECT store, version, id, change, source,
       CASE WHEN author = session_user THEN 'the role' ELSE author END AS author
FROM gauth.policy_history;

SELECT $$
entity Group in [Group];
entity User in [Group] { age?: Long };
entity Doc { owner: User, secret: Bool };
action view, edit appliesTo { principal: User, resource: Doc, context: { n?: Long } };
$$ AS schema \gset

--
-- the default store is there before it has a row, and is strict
--
SELECT count(*) FROM gauth.policy_store;
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"');
SELECT gauth.create_policy('p', 'permit (principal, action, resource);');
SELECT gauth.put_policies('permit (principal, action, resource);');
SELECT gauth.put_policies('');
SELECT count(*) FROM gauth.policy_store;
SELECT gauth.create_policy_store('default');
SELECT gauth.drop_policy('p');
SELECT gauth.put_schema(:'schema');
SELECT * FROM store;
SELECT gauth.create_policy('owner',
'permit (principal, action, resource)
when { resource.owner == principal };');
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"');
SELECT * FROM store;

--
-- other stores
--
SELECT gauth.create_policy_store('plain', 'cedar');
SELECT gauth.create_policy_store('plain', 'cedar');
SELECT gauth.create_policy_store('strict');
SELECT gauth.create_policy_store('other', 'lenient');
SELECT gauth.create_policy_store('');
SELECT gauth.create_policy_store(repeat('s', 256));
SELECT gauth.create_policy_store(NULL);
SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'nowhere');
SELECT gauth.replace_policy('p', 'permit (principal, action, resource);', 'nowhere');
SELECT gauth.drop_policy('p', 'nowhere');
SELECT gauth.put_policies('permit (principal, action, resource);', 'nowhere');
SELECT gauth.put_schema('entity User;', 'nowhere');
SELECT gauth.set_policy_mode('cedar', 'nowhere');
SELECT gauth.link_template('t', 'l', store => 'nowhere');
SELECT gauth.map_principal('https://one.example', 'User', store => 'nowhere');
SELECT * FROM store WHERE store <> 'default' ORDER BY store;

--
-- one policy at a time
--
SELECT gauth.create_policy('all', 'permit (principal, action, resource);', 'plain');
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'plain');
SELECT gauth.create_policy('not b', $$
// the id may be said twice
@id("not b")
@reason("b left")
forbid (principal == User::"b", action, resource);
$$, 'plain');
SELECT gauth.is_authorized('User::"b"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS b,
       gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS a;
SELECT gauth.replace_policy('not b', 'forbid (principal == User::"a", action, resource);', 'plain');
SELECT gauth.is_authorized('User::"b"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS b,
       gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS a;
SELECT gauth.drop_policy('not b', 'plain');
SELECT gauth.is_authorized('User::"b"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS b,
       gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'plain') AS a;
SELECT * FROM history WHERE store = 'plain' ORDER BY version, id;
SELECT * FROM store WHERE store = 'plain';

-- refused, and nothing has changed
SELECT s.*, r.* FROM (VALUES
    ('duplicate', $$gauth.create_policy('all', 'permit (principal, action, resource);', 'plain')$$),
    ('unknown', $$gauth.replace_policy('none', 'permit (principal, action, resource);', 'plain')$$),
    ('unknown', $$gauth.drop_policy('none', 'plain')$$),
    ('empty', $$gauth.create_policy('p', '', 'plain')$$),
    ('a comment', $$gauth.create_policy('p', '// nothing', 'plain')$$),
    ('two', $$gauth.create_policy('p', 'permit (principal, action, resource); forbid (principal, action, resource);', 'plain')$$),
    ('a policy and a template', $$gauth.replace_policy('all', 'permit (principal, action, resource); forbid (principal == ?principal, action, resource);', 'plain')$$),
    ('another @id', $$gauth.create_policy('p', '@id("q") permit (principal, action, resource);', 'plain')$$),
    ('no name', $$gauth.create_policy('', 'permit (principal, action, resource);', 'plain')$$),
    ('a long name', $$gauth.create_policy(repeat('p', 1025), 'permit (principal, action, resource);', 'plain')$$),
    ('malformed', $$gauth.create_policy('p', E'permit (principal, action)\n;', 'plain')$$),
    ('malformed', $$gauth.create_policy('p', E'permit (principal, action, resource)\n  when { 1 + };', 'plain')$$),
    ('malformed', $$gauth.replace_policy('all', 'allow (principal, action, resource);', 'plain')$$),
    ('an open string', $$gauth.create_policy('p', 'permit (principal == User::"a, action, resource);', 'plain')$$),
    ('an escape', $$gauth.create_policy('p', 'permit (principal == User::"\q", action, resource);', 'plain')$$),
    ('not an action', $$gauth.create_policy('p', 'permit (principal, action == User::"a", resource);', 'plain')$$),
    ('a number', $$gauth.create_policy('p', 'permit (principal, action, resource) when { 9223372036854775808 > 1 };', 'plain')$$),
    ('annotations', $$gauth.create_policy('p', '@a("") @a("") permit (principal, action, resource);', 'plain')$$),
    ('a slot in a condition', $$gauth.create_policy('p', 'permit (principal, action, resource) when { ?principal == principal };', 'plain')$$),
    ('mode', $$gauth.set_policy_mode('', 'plain')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;
SELECT * FROM store WHERE store = 'plain';
SELECT count(*) FROM history WHERE store = 'plain';

-- huge, deep and many
SELECT s.what, r.* FROM (VALUES
    ('larger than a source may be', $$gauth.create_policy('p', 'permit (principal, action, resource);' || repeat(' ', 16 * 1024 * 1024), 'plain')$$),
    ('deeper', $$gauth.create_policy('p', 'permit (principal, action, resource) when { ' || repeat('(', 100000) || '1', 'plain')$$),
    ('higher', $$gauth.create_policy('p', 'permit (principal, action, resource) when { ' || repeat('!', 100000) || 'true };', 'plain')$$),
    ('longer', $$gauth.create_policy('p', 'permit (principal, action, resource) when { [' || repeat('1, ', 200000) || '1].contains(1) };', 'plain')$$),
    ('a schema larger than it may be', $$gauth.put_schema('entity User;' || repeat(' ', 16 * 1024 * 1024), 'plain')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;

-- what a strict store does not take
SELECT s.what, r.* FROM (VALUES
    ('an attribute', $$gauth.create_policy('p', E'permit (principal, action, resource)\nwhen { resource.ownr == principal };')$$),
    ('a type', $$gauth.create_policy('p', 'permit (principal == Usr::"a", action, resource);')$$),
    ('an action', $$gauth.create_policy('p', 'permit (principal, action == Action::"delete", resource);')$$),
    ('types', $$gauth.replace_policy('owner', 'permit (principal, action, resource) when { principal has age && principal.age > "x" };')$$),
    ('an optional attribute', $$gauth.create_policy('p', 'permit (principal, action, resource) when { principal.age > 1 };')$$),
    ('a template', $$gauth.create_policy('p', 'permit (principal in ?principal, action, resource) when { resource.size > 1 };')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;
SELECT * FROM store WHERE store = 'default';

-- no more than the first few findings
SELECT r.state, r.message, r.detail FROM refused('SELECT gauth.put_policies(repeat('
    '''permit (principal, action, resource) when { resource.none };'' || chr(10), 100))') r;

--
-- the whole set at once
--
SELECT gauth.put_policies($$
// Copyright of the whole file.

// about the first
@id("first")
permit (principal, action, resource); // so it is

/* */$$, 'plain');
SELECT gauth.put_policies($$
// Copyright of the whole file.

// about the first
@id("first")
permit (principal, action, resource); // so it is
// about the template
@id("template") permit (principal == ?principal, action, resource);
permit (principal, action, resource); forbid (principal == User::"a", action, resource);
// the end
$$, 'plain');
SELECT id, source, version FROM gauth.policy WHERE store = 'plain' ORDER BY id;
SELECT id, change, source IS NULL AS is_gone FROM history WHERE store = 'plain' AND version = 5 ORDER BY id;

-- the same again is no change, one other policy is one
SELECT version FROM gauth.policy_store WHERE store = 'plain';
SELECT gauth.put_policies((SELECT string_agg(source, E'\n' ORDER BY version, id) FROM gauth.policy
                           WHERE store = 'plain' AND id IN ('first', 'template')), 'plain');
SELECT gauth.put_policies((SELECT string_agg(source, E'\n' ORDER BY version, id) FROM gauth.policy
                           WHERE store = 'plain' AND id IN ('first', 'template')), 'plain');
SELECT version FROM gauth.policy_store WHERE store = 'plain';
SELECT version, id, change, source IS NULL AS is_gone FROM history
WHERE store = 'plain' AND version > 5 ORDER BY version, id;

-- refused, the whole of it
SELECT s.what, r.* FROM (VALUES
    ('two of a name', $$gauth.put_policies(E'@id("x") permit (principal, action, resource);\n@id("x") forbid (principal, action, resource);', 'plain')$$),
    ('a name by place', $$gauth.put_policies('@id("policy1") permit (principal, action, resource); forbid (principal, action, resource);', 'plain')$$),
    ('an empty name', $$gauth.put_policies('@id("") permit (principal, action, resource);', 'plain')$$),
    ('a name with a zero byte', $$gauth.put_policies('@id("a\0b") permit (principal, action, resource);', 'plain')$$),
    ('the third is malformed', $$gauth.put_policies(E'permit (principal, action, resource);\nforbid (principal, action, resource);\npermit (principal, action, rsrc);', 'plain')$$),
    ('the third does not fit', $$gauth.put_policies(E'permit (principal, action, resource);\n\n// third line\nforbid (principal, action, resource);\npermit (principal, action, resource) when { resource.size > 1 };')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;
SELECT * FROM store ORDER BY store;

-- many
SELECT gauth.put_policies((SELECT string_agg(format('@id("p%s") permit (principal == User::"u%s", action, resource);', i, i), E'\n')
                           FROM generate_series(1, 3000) i), 'strict');
SELECT gauth.put_schema(:'schema', 'strict');
SELECT gauth.put_policies((SELECT string_agg(format('@id("p%s") permit (principal == User::"u%s", action, resource);', i, i), E'\n')
                           FROM generate_series(1, 3000) i), 'strict');
SELECT count(*), count(DISTINCT version) FROM history WHERE store = 'strict' AND change = 'create';
SELECT gauth.put_policies('', 'strict');
SELECT count(*), count(DISTINCT version) FROM history WHERE store = 'strict' AND change = 'drop';
SELECT * FROM store WHERE store = 'strict';

--
-- templates and links
--
SELECT gauth.create_policy('member', 'permit (principal in ?principal, action == Action::"view", resource);');
SELECT gauth.create_policy('both', 'permit (principal == ?principal, action, resource == ?resource);');
SELECT gauth.link_template('member', 'staff', 'Group::"staff"');
SELECT gauth.link_template('both', 'a to d', '{"type": "User", "id": "a\"b"}', 'Doc::"d"');
SELECT store, id, template, principal, resource, version FROM gauth.policy_link ORDER BY id;
SELECT gauth.is_authorized('User::"a\"b"', 'Action::"edit"', 'Doc::"d"') AS linked,
       gauth.is_authorized('User::"a"', 'Action::"edit"', 'Doc::"d"') AS other;
SELECT s.what, r.* FROM (VALUES
    ('no template', $$gauth.link_template('none', 'l', 'User::"a"')$$),
    ('a policy', $$gauth.link_template('owner', 'l', 'User::"a"')$$),
    ('a link', $$gauth.link_template('staff', 'l', 'User::"a"')$$),
    ('name of a link', $$gauth.link_template('member', 'staff', 'Group::"x"')$$),
    ('name of a policy', $$gauth.link_template('member', 'owner', 'Group::"x"')$$),
    ('name of the template', $$gauth.link_template('member', 'member', 'Group::"x"')$$),
    ('a slot is empty', $$gauth.link_template('both', 'l', 'User::"a"')$$),
    ('a slot is empty', $$gauth.link_template('member', 'l')$$),
    ('there is no such slot', $$gauth.link_template('member', 'l', 'Group::"a"', 'Doc::"d"')$$),
    ('no entity', $$gauth.link_template('member', 'l', 'Group')$$),
    ('a type that is not in the schema', $$gauth.link_template('member', 'l', 'Team::"a"')$$),
    ('a type that cannot be there', $$gauth.link_template('both', 'l', 'User::"a"', 'User::"a"')$$),
    ('nulls', $$gauth.link_template(NULL, 'l', 'User::"a"')$$),
    ('nulls', $$gauth.link_template('member', NULL, 'User::"a"')$$),
    ('nulls', $$gauth.link_template('member', 'l', 'User::"a"', store => NULL)$$),
    ('a policy of a link''s name', $$gauth.create_policy('staff', 'permit (principal, action, resource);')$$),
    ('a set with a link''s name', $$gauth.put_policies('@id("member") permit (principal in ?principal, action, resource); @id("staff") permit (principal, action, resource);')$$),
    ('a link is not replaced', $$gauth.replace_policy('staff', 'permit (principal, action, resource);')$$),
    ('a template with links becomes a policy', $$gauth.replace_policy('both', 'permit (principal, action, resource);')$$),
    ('or has another slot', $$gauth.replace_policy('both', 'permit (principal, action, resource == ?resource);')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;

-- a template's text counts for its links
SELECT gauth.replace_policy('both', 'forbid (principal == ?principal, action, resource == ?resource);');
SELECT gauth.is_authorized('User::"a\"b"', 'Action::"edit"', 'Doc::"d"') AS linked;
-- links of templates that stay, stay; the others go
SELECT gauth.put_policies('@id("both") permit (principal == ?principal, action, resource == ?resource);
@id("staff") permit (principal, action, resource) when { resource.secret };');
SELECT * FROM store WHERE store = 'default';
SELECT gauth.is_authorized('User::"a\"b"', 'Action::"edit"', 'Doc::"d"') AS linked;
SELECT id, change, source FROM history h WHERE store = 'default'
AND version = (SELECT version FROM gauth.policy_store WHERE store = 'default') ORDER BY id;
-- a link is dropped alone, a template with its links
SELECT gauth.link_template('both', 'b to d', 'User::"b"', 'Doc::"d"');
SELECT gauth.link_template('both', 'c to d', 'User::"c"', 'Doc::"d"');
SELECT gauth.drop_policy('b to d');
SELECT * FROM store WHERE store = 'default';
SELECT gauth.drop_policy('both');
SELECT * FROM store WHERE store = 'default';
SELECT id, change, source FROM history h WHERE store = 'default'
AND version = (SELECT version FROM gauth.policy_store WHERE store = 'default') ORDER BY id;

--
-- schemas
--
SELECT s.what, r.* FROM (VALUES
    ('malformed', $$gauth.put_schema(E'entity User;\nentity Doc { owner };')$$),
    ('malformed JSON', $$gauth.put_schema('{"": {"entityTypes": {"User": }}}')$$),
    ('not a schema', $$gauth.put_schema('{"": {"entities": {}}}')$$),
    ('an unknown type', $$gauth.put_schema('entity User { home: Place };')$$),
    ('empty, but there is a policy', $$gauth.put_schema('')$$),
    ('our namespace', $$gauth.put_schema('namespace GAuth { entity Party; }')$$),
    ('the policy does not fit', $$gauth.put_schema(E'entity User; entity Doc { owner: User };\naction view appliesTo { principal: User, resource: Doc };')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;
INSERT INTO gauth.entity (store, type, id, content) VALUES
    ('default', 'User', 'a', '{"uid": {"type": "User", "id": "a"}, "attrs": {"age": 7}, "parents": [{"type": "Group", "id": "g"}]}'),
    ('default', 'Doc', 'd', '{"uid": "Doc::\"d\"", "attrs": {"owner": {"__entity": {"type": "User", "id": "a"}}, "secret": true}}');
SELECT gauth.put_schema(:'schema');
SELECT s.what, r.* FROM (VALUES
    ('an attribute more', $$entity Group; entity User in [Group] { age?: Long }; entity Doc { owner: User, secret: Bool, size: Long };$$),
    ('an attribute less', $$entity Group; entity User in [Group]; entity Doc { owner: User, secret: Bool };$$),
    ('of another type', $$entity Group; entity User in [Group] { age?: String }; entity Doc { owner: User, secret: Bool };$$),
    ('another parent', $$entity Group; entity User { age?: Long }; entity Doc { owner: User, secret: Bool };$$),
    ('no such type', $$entity User { age?: Long }; entity Doc { owner: User, secret: Bool };$$)
) AS s (what, schema),
LATERAL refused(format('SELECT gauth.put_schema(%L)', s.schema || ' action view, edit appliesTo { principal: User, resource: Doc };')) r;
SELECT gauth.put_schema('{"": {"entityTypes": {
    "Group": {},
    "User": {"memberOfTypes": ["Group"], "shape": {"type": "Record", "attributes": {"age": {"type": "Long", "required": false}}}},
    "Doc": {"shape": {"type": "Record", "attributes": {"owner": {"type": "Entity", "name": "User"}, "secret": {"type": "Boolean"}}}}},
  "actions": {"view": {"appliesTo": {"principalTypes": ["User"], "resourceTypes": ["Doc"]}}}}}');
SELECT version, id, change, left(source, 12) FROM history WHERE store = 'default' AND change = 'schema' ORDER BY version;
DELETE FROM gauth.entity;

--
-- modes
--
SELECT s.what, r.* FROM (VALUES
    ('no schema', $$gauth.set_policy_mode('strict', 'plain')$$),
    ('no such mode', $$gauth.set_policy_mode('Strict', 'plain')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;
SELECT gauth.create_policy('loose', 'permit (principal, action, resource) when { resource.size > 1 };', 'plain');
SELECT gauth.put_schema(:'schema', 'plain');
SELECT r.* FROM refused($$SELECT gauth.set_policy_mode('strict', 'plain')$$) r;
SELECT gauth.drop_policy('loose', 'plain');
SELECT gauth.set_policy_mode('strict', 'plain');
SELECT r.* FROM refused($$SELECT gauth.create_policy('loose', 'permit (principal, action, resource) when { resource.size > 1 };', 'plain')$$) r;
SELECT gauth.set_policy_mode('cedar', 'plain');
SELECT gauth.create_policy('loose', 'permit (principal, action, resource) when { resource.size > 1 };', 'plain');
-- an empty store may become strict before it has a schema
SELECT gauth.create_policy_store('empty', 'cedar');
SELECT gauth.set_policy_mode('strict', 'empty');
SELECT * FROM store WHERE store IN ('plain', 'empty') ORDER BY store;

--
-- principals
--
SELECT gauth.add_issuer('https://one.example', ARRAY['db'], hosted => true);
SELECT gauth.map_principal('https://one.example', 'User');
SELECT gauth.map_principal('https://one.example', 'Anything::At::All', 'email', 'empty');
SELECT * FROM gauth.principal_mapping ORDER BY store;
SELECT gauth.map_principal('https://one.example', 'Group', 'team');
SELECT * FROM gauth.principal_mapping ORDER BY store;
SELECT version - max(version) OVER () AS version, id, change, source FROM history
WHERE store = 'default' AND change = 'mapping' ORDER BY 1;
SELECT s.what, r.* FROM (VALUES
    ('no such issuer', $$gauth.map_principal('https://none.example', 'User')$$),
    ('no such type', $$gauth.map_principal('https://one.example', 'Usr')$$),
    ('not a name', $$gauth.map_principal('https://one.example', 'User::"a"', store => 'empty')$$),
    ('not a name', $$gauth.map_principal('https://one.example', '', store => 'empty')$$),
    ('ours', $$gauth.map_principal('https://one.example', 'GAuth::Agent')$$),
    ('ours', $$gauth.map_principal('https://one.example', 'GAuth::Agent', store => 'empty')$$),
    ('an action', $$gauth.map_principal('https://one.example', 'Action')$$),
    ('no claim', $$gauth.map_principal('https://one.example', 'User', '')$$)
) AS s (what, call), LATERAL refused('SELECT ' || s.call) r;

--
-- who has changed it
--
SELECT gauth.create_key('https://one.example', 'EdDSA') IS NOT NULL AS created;
SELECT token FROM gauth.issue_token('https://one.example', 'carol', ARRAY['db'], '1 hour') \gset
BEGIN;
SELECT gauth.authenticate(:'token');
SELECT gauth.create_policy('by carol', 'permit (principal, action, resource);', 'plain');
SELECT gauth.create_policy_store('of carol');
COMMIT;
SELECT author, change, id FROM history WHERE author = 'carol' ORDER BY change;

--
-- administrators, of all stores and of one
--
SELECT gauth.grant_access('regress_gauth_admin', 'administrator');
SELECT gauth.grant_access('regress_gauth_one_store', 'administrator', 'plain');
GRANT USAGE ON SCHEMA public TO PUBLIC;
SET ROLE regress_gauth_nobody;
SELECT gauth.create_policy_store('mine');
SELECT gauth.set_policy_mode('cedar');
SELECT gauth.put_schema('entity User;');
SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'plain');
SELECT gauth.replace_policy('p', 'permit (principal, action, resource);', 'plain');
SELECT gauth.drop_policy('p', 'plain');
SELECT gauth.put_policies('permit (principal, action, resource);', 'plain');
SELECT gauth.link_template('template', 'l', 'User::"a"', store => 'plain');
SELECT gauth.map_principal('https://one.example', 'User', store => 'plain');
SELECT count(*) FROM gauth.policy;
SELECT count(*) FROM gauth.policy_history;
RESET ROLE;
SET ROLE regress_gauth_one_store;
SELECT gauth.create_policy('one', 'permit (principal, action, resource);', 'plain');
SELECT gauth.replace_policy('one', 'forbid (principal, action, resource);', 'plain');
SELECT gauth.link_template('template', 'one link', 'User::"a"', store => 'plain');
SELECT gauth.map_principal('https://one.example', 'User', store => 'plain');
SELECT gauth.drop_policy('one', 'plain');
SELECT s.call, r.state, r.message FROM (VALUES
    ($$gauth.create_policy_store('mine')$$),
    ($$gauth.create_policy('p', 'permit (principal, action, resource);')$$),
    ($$gauth.replace_policy('staff', 'permit (principal, action, resource);')$$),
    ($$gauth.drop_policy('staff')$$),
    ($$gauth.put_policies('')$$),
    ($$gauth.put_schema('entity User;')$$),
    ($$gauth.set_policy_mode('cedar')$$),
    ($$gauth.link_template('template', 'l', 'User::"a"')$$),
    ($$gauth.map_principal('https://one.example', 'User')$$),
    ($$gauth.create_policy('p', 'permit (principal, action, resource);', 'nowhere')$$)
) AS s (call), LATERAL refused('SELECT ' || s.call) r;
INSERT INTO gauth.policy VALUES ('plain', 'by hand', 'permit (principal, action, resource);', 1);
UPDATE gauth.policy_history SET author = 'somebody else';
DELETE FROM gauth.policy_history;
RESET ROLE;
SET ROLE regress_gauth_admin;
SELECT gauth.create_policy_store('of the admin', 'cedar');
SELECT gauth.put_policies('permit (principal, action, resource);', 'of the admin');
SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'nowhere');
RESET ROLE;
SELECT gauth.revoke_access('regress_gauth_one_store', 'administrator', 'plain');
SET ROLE regress_gauth_one_store;
SELECT gauth.create_policy('two', 'permit (principal, action, resource);', 'plain');
RESET ROLE;

--
-- rolled back: nothing has happened, not even in between
--
SELECT gauth.put_policies('', 'of the admin');
BEGIN;
SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'of the admin');
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'of the admin');
SAVEPOINT before;
SELECT gauth.create_policy('q', 'forbid (principal, action, resource);', 'of the admin');
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'of the admin');
ROLLBACK TO before;
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'of the admin');
SELECT gauth.create_policy('q', 'oops', 'of the admin');
ROLLBACK TO before;
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'of the admin');
ROLLBACK;
SELECT gauth.is_authorized('User::"a"', 'Action::"view"', 'Doc::"d"', store => 'of the admin');
SELECT * FROM store WHERE store = 'of the admin';
-- and the versions have no gap
SELECT s.store, s.version, count(DISTINCT h.version) AS versions, max(h.version)
FROM gauth.policy_store s LEFT JOIN gauth.policy_history h ON h.store = s.store AND h.version > 0
GROUP BY s.store ORDER BY s.store;
BEGIN READ ONLY;
SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'of the admin');
ROLLBACK;

-- what the caller has in the search path, or made of the operators, is nothing
-- to a change
CREATE SCHEMA regress_gauth_traps;
CREATE FUNCTION regress_gauth_traps.never(text, text) RETURNS boolean LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'somebody else''s operator'; END$$;
CREATE OPERATOR regress_gauth_traps.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = regress_gauth_traps.never);
CREATE OPERATOR regress_gauth_traps.<> (LEFTARG = text, RIGHTARG = text, PROCEDURE = regress_gauth_traps.never);
SET search_path = regress_gauth_traps, pg_catalog;
SELECT gauth.put_policies('@id("t") permit (principal == ?principal, action, resource);', 'of the admin');
SELECT gauth.link_template('t', 'l', 'User::"a"', store => 'of the admin');
SELECT gauth.drop_policy('t', 'of the admin');
RESET search_path;

-- a store is dropped with all that is its own; what follows it is another one
SELECT gauth.create_policy_store('passing', 'cedar'),
       gauth.put_policies('@id("a") permit (principal, action, resource); @id("t") permit (principal == ?principal, action, resource);', 'passing'),
       gauth.link_template('t', 'l', 'User::"a"', store => 'passing'),
       gauth.put_entities('[{"uid": "User::\"a\""}]', 'passing'),
       gauth.map_principal('https://one.example', 'User', store => 'passing'),
       gauth.allow_request_attribute('User', 'x', store => 'passing'),
       gauth.grant_access('regress_gauth_one_store', 'administrator', 'passing'),
       gauth.grant_access('regress_gauth_nobody', 'administrator', 'passing');
SELECT refused($$SELECT gauth.drop_policy_store('default')$$), refused($$SELECT gauth.drop_policy_store('none')$$),
       refused($$SELECT gauth.drop_policy_store('')$$);
-- not by an administrator of this store alone, as none of them can make one
SET ROLE regress_gauth_nobody;
SELECT refused($$SELECT gauth.drop_policy_store('passing')$$);
RESET ROLE;
SELECT has_function_privilege('regress_gauth_nobody', 'gauth.put_policies(text, text)', 'EXECUTE') AS may_try;
BEGIN;
SELECT gauth.drop_policy_store('passing');
SELECT refused($$SELECT gauth.is_authorized('User::"a"', 'Action::"x"', 'Doc::"d"', store => 'passing')$$);
ROLLBACK;
SELECT gauth.is_authorized('User::"a"', 'Action::"x"', 'Doc::"d"', store => 'passing');
SELECT gauth.drop_policy_store('passing');
SELECT refused($$SELECT gauth.is_authorized('User::"a"', 'Action::"x"', 'Doc::"d"', store => 'passing')$$),
       refused($$SELECT gauth.drop_policy_store('passing')$$);
SELECT count(*) FROM gauth.policy p FULL JOIN gauth.policy_link l USING (store) FULL JOIN gauth.entity e USING (store)
    FULL JOIN gauth.principal_mapping m USING (store) FULL JOIN gauth.request_attribute r USING (store)
WHERE store = 'passing';
SELECT has_function_privilege('regress_gauth_nobody', 'gauth.put_policies(text, text)', 'EXECUTE') AS may_try;
SELECT gauth.create_policy_store('passing', 'cedar');
SELECT gauth.is_authorized('User::"a"', 'Action::"x"', 'Doc::"d"', store => 'passing') AS permits;
SET ROLE regress_gauth_one_store;
SELECT refused($$SELECT gauth.put_policies('', 'passing')$$);
RESET ROLE;
SELECT version, id, change, source FROM history WHERE store = 'passing' ORDER BY version, id;
SELECT mode, version FROM gauth.policy_store WHERE store = 'passing';

-- a history can say what was in force at every version
SELECT h.id, h.change, h.source FROM (
    SELECT DISTINCT ON (id) id, change, source FROM gauth.policy_history
    WHERE store = 'default' AND version <= 4 AND change <> 'mode' AND change <> 'mapping'
    ORDER BY id, version DESC) h
WHERE h.source IS NOT NULL AND h.id <> '' ORDER BY h.id;

DELETE FROM gauth.policy_store;
DELETE FROM gauth.policy_history;
SELECT gauth.drop_issuer('https://one.example');
SELECT gauth.revoke_access('regress_gauth_admin', 'administrator');
DROP OPERATOR regress_gauth_traps.= (text, text);
DROP OPERATOR regress_gauth_traps.<> (text, text);
DROP FUNCTION regress_gauth_traps.never;
DROP SCHEMA regress_gauth_traps;
DROP VIEW store, history;
DROP FUNCTION refused;
DROP ROLE regress_gauth_nobody, regress_gauth_admin, regress_gauth_one_store;
