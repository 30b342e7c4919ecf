\echo
\echo '== From a policy to a decision with its reason'
\echo
\echo '-- 9. A schema and a policy file go in. The table is where the orders are.'
\echo
\set schema `cat test/demo/orders.cedarschema`
\set policies `cat test/demo/orders.cedar`

ALTER TABLE orders ADD COLUMN total bigint NOT NULL DEFAULT 20;
UPDATE orders SET total = 250 WHERE item = 'almonds';
SELECT gauth.put_schema(:'schema');
SELECT gauth.put_policies(:'policies');
SELECT gauth.bind_entity('Order', 'orders', 'id',
    '{"owner": {"column": "owner", "type": "User"}, "total": "total"}');
SELECT gauth.map_principal('https://login.example', 'User');

\connect - web
\echo
\echo '-- 10. Bob reads his own order, not Alice''s; and may not refund: no scope.'
\echo
BEGIN;
SELECT gauth.authenticate(:'bob');
SELECT gauth.is_authorized(NULL, 'Action::"read"', 'Order::"3"') AS own,
       gauth.is_authorized(NULL, 'Action::"read"', 'Order::"1"') AS alices,
       gauth.is_authorized(NULL, 'Action::"refund"', 'Order::"3"') AS refund;
COMMIT;
\connect - postgres
\echo '-- 11. Why not? An administrator may see which condition was false.'
\echo
SELECT jsonb_pretty(gauth.explain('User::"bob"', 'Action::"refund"', 'Order::"3"')
                    -> 'nearest_misses') AS nearest_misses;
\echo '-- 12. A large refund is forbidden, and the asker may be told why.'
\echo
SELECT d ->> 'decision' AS decision, d -> 'determining' AS determining,
       d -> 'reason_user' AS reason_user
FROM gauth.decide('User::"alice"', 'Action::"refund"', 'Order::"2"') d;
\echo '-- 13. A dry run: what would change if a refund needed no scope?'
\echo
\set candidate `sed '/orders:write/d; s/^when { resource.owner == principal }$/&;/' test/demo/orders.cedar`
SELECT request ->> 'resource' AS resource, before, after
FROM gauth.diff_policies(:'candidate', requests => '[
    {"principal": "User::\"alice\"", "action": "Action::\"read\"", "resource": "Order::\"1\""},
    {"principal": "User::\"alice\"", "action": "Action::\"refund\"", "resource": "Order::\"1\""},
    {"principal": "User::\"alice\"", "action": "Action::\"refund\"", "resource": "Order::\"2\""}]');
