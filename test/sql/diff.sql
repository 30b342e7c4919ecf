-- The dry run: what would be decided otherwise under other policies.
SELECT gauth.create_policy_store('dry');
SELECT gauth.put_schema($$
entity User { age?: Long };
entity Doc { owner?: User };
action view, edit appliesTo { principal: User, resource: Doc, context: { late?: Bool } };
$$, 'dry');
SELECT gauth.put_policies($$
@id("view") permit (principal, action == Action::"view", resource);
@id("own") permit (principal, action, resource)
  when { resource has owner && resource.owner == principal };
@id("friend") permit (principal == ?principal, action == Action::"edit", resource);
$$, 'dry');
SELECT gauth.link_template('friend', 'friend-of-carol', 'User::"carol"', store => 'dry');
SELECT gauth.put_entities('[
    {"uid": "User::\"alice\""},
    {"uid": "Doc::\"d\"", "attrs": {"owner": {"type": "User", "id": "alice"}}}]', 'dry');
CREATE TEMPORARY VIEW asked (requests) AS
SELECT jsonb_agg(jsonb_build_object('principal', format('User::"%s"', p),
    'action', jsonb_build_object('type', 'Action', 'id', a),
    'resource', 'Doc::"d"') || c ORDER BY p, a, c)
FROM unnest(ARRAY['alice', 'bob', 'carol']) AS p, unnest(ARRAY['view', 'edit']) AS a,
     (VALUES ('{}'::jsonb), ('{"context": {"late": true}}')) AS c (c);

-- the same policies: nothing
SELECT d.* FROM asked, gauth.diff_policies($$
@id("view") permit (principal, action == Action::"view", resource);
@id("own") permit (principal, action, resource)
  when { resource has owner && resource.owner == principal };
@id("friend") permit (principal == ?principal, action == Action::"edit", resource);
$$, 'dry', requests) AS d;
-- a forbid more; a link stays as long as there is its template
SELECT d.* FROM asked, gauth.diff_policies($$
@id("view") permit (principal, action == Action::"view", resource);
@id("own") permit (principal, action, resource)
  when { resource has owner && resource.owner == principal };
@id("friend") permit (principal == ?principal, action == Action::"edit", resource);
@id("night") forbid (principal, action, resource) when { context has late && context.late };
$$, 'dry', requests) AS d;
SELECT d.* FROM asked, gauth.diff_policies($$
permit (principal, action, resource) when { principal == User::"bob" };
$$, 'dry', requests) AS d;
SELECT count(*) FROM asked, gauth.diff_policies('', 'dry', requests);
-- nothing was stored
SELECT count(*) FROM gauth.policy WHERE store = 'dry';

-- many requests, one after the other
SELECT count(*), count(DISTINCT request) FROM gauth.diff_policies('', 'dry',
    (SELECT jsonb_agg(jsonb_build_object('principal', 'User::"u' || i || '"',
        'action', 'Action::"view"', 'resource', 'Doc::"x"')) FROM generate_series(1, 5000) AS i));

-- refused
SELECT * FROM gauth.diff_policies('permit (principal, action, resource', 'dry', '[]');
SELECT * FROM gauth.diff_policies('permit (principal, action == Action::"fly", resource);', 'dry', '[]');
SELECT * FROM gauth.diff_policies('', 'dry', '{}');
SELECT * FROM gauth.diff_policies('', 'dry', '[5]');
SELECT * FROM gauth.diff_policies('', 'dry', '[{"principal": "User::\"a\"", "action": "Action::\"view\""}]');
SELECT * FROM gauth.diff_policies('', 'dry', '[{"principal": "GAuth::Agent::\"a\"", "action": "Action::\"view\"", "resource": "Doc::\"d\""}]');
SELECT * FROM gauth.diff_policies(NULL, 'dry', '[]');
SELECT * FROM gauth.diff_policies('', NULL, '[]');
SELECT * FROM gauth.diff_policies('', 'nowhere', '[]');

-- without requests: those that were recorded, each once, the newest first
SELECT * FROM gauth.diff_policies('', 'dry');
SELECT gauth.create_policy_store('dry too', 'cedar');
CREATE FUNCTION pg_temp.decided(principal text, action text, resource text, context json, store text DEFAULT 'dry')
RETURNS text LANGUAGE sql AS $$SELECT gauth.decide(principal, action, resource, context, store) ->> 'decision'$$;
SELECT n, pg_temp.decided('User::"alice"', 'Action::"edit"', 'Doc::"d"', '{}') FROM generate_series(1, 3) n;
SELECT pg_temp.decided('User::"bob"', 'Action::"view"', 'Doc::"d"', '{"late": true}'),
       pg_temp.decided('User::"bob"', 'Action::"edit"', 'Doc::"d"', '{"late": false}'),
       pg_temp.decided('User::"bob"', 'Action::"edit"', 'Doc::"d"', '{ "late" : false }');
-- no principal, not a request of the schema, another store, too long for an entry: with nothing to ask again
SELECT pg_temp.decided(NULL, 'Action::"view"', 'Doc::"d"', '{}'),
       pg_temp.decided('User::"eve"', 'Action::"view"', 'User::"eve"', '{}'),
       pg_temp.decided('User::"alice"', 'Action::"view"', 'Doc::"d"', '{}', 'dry too'),
       pg_temp.decided('User::"zoe"', 'Action::"view"', 'Doc::"d"',
                       json_build_object('late', true, 'note', repeat('x', 9000)));
BEGIN;
SELECT pg_temp.decided('User::"carol"', 'Action::"view"', 'Doc::"d"', '{}');
ROLLBACK;
SELECT * FROM gauth.diff_policies('permit (principal, action, resource);', 'dry');
SELECT * FROM gauth.diff_policies('permit (principal == User::"bob", action, resource) when { context has late && !context.late };', 'dry');
SELECT * FROM gauth.diff_policies('permit (principal, action == Action::"view", resource);', 'dry');
SELECT count(*) FROM gauth.diff_policies('forbid (principal, action, resource);', 'dry too');
-- a great many, asked once each
SELECT count(pg_temp.decided(format('User::"u%s"', n % 700), 'Action::"view"', 'Doc::"x"', '{}'))
FROM generate_series(1, 2000) n;
SELECT count(*), count(DISTINCT request), min(request ->> 'principal') FROM gauth.diff_policies('', 'dry')
WHERE request ->> 'resource' = 'Doc::"x"';
SELECT gauth.drop_policy_store('dry too');

-- for administrators of the store
CREATE ROLE regress_diff_admin;
CREATE ROLE regress_diff_other;
SELECT gauth.grant_access('regress_diff_admin', 'administrator', 'dry');
SELECT gauth.grant_access('regress_diff_other', 'administrator', 'elsewhere');
SET ROLE regress_diff_other;
SELECT * FROM gauth.diff_policies('', 'dry', '[]');
SET ROLE regress_diff_admin;
SELECT * FROM gauth.diff_policies('', 'dry', '[]');
SELECT before, after FROM gauth.diff_policies('', 'dry', '[{"principal": "User::\"a\"", "action": "Action::\"view\"", "resource": "Doc::\"d\""}]');
RESET ROLE;

SELECT gauth.revoke_access('regress_diff_admin', 'administrator', 'dry');
SELECT gauth.revoke_access('regress_diff_other', 'administrator', 'elsewhere');
DROP ROLE regress_diff_admin, regress_diff_other;
DROP VIEW asked;
DELETE FROM gauth.policy_store WHERE store = 'dry';
