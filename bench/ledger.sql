-- What bench/ledger.sh works with: a store that denies, and a table of the
-- same columns and indexes as the ledger's, which is nothing but a table.
CREATE TABLE plain (LIKE gauth.entry INCLUDING ALL);

SELECT gauth.create_policy_store('bench', 'cedar');
SELECT gauth.create_policy('ok', 'permit (principal, action, resource == Thing::"ok");', 'bench');
SELECT gauth.configure('worker_idle', '"1 hour"');
