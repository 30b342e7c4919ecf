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
SELECT * FROM gauth.diff_policies('', 'dry');

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
