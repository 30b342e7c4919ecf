# A denial is in the ledger before the call returns, whatever becomes of the
# transaction that asked: rolled back, read only, failed, cut off.
use strict;
use warnings;

use Gauth;
use Test::More;

my $node = Gauth->new('main', config => "max_prepared_transactions = 5\n");
my @APP = Gauth::as('app');

$node->sql(q{
	CREATE ROLE app LOGIN;
	CREATE ROLE stranger LOGIN;
	SELECT gauth.grant_access('app', 'enforcer');
	SELECT gauth.create_policy_store('s', 'cedar');
	SELECT gauth.create_policy('ok', 'permit (principal, action, resource == Thing::"ok");', 's')});

# a decision about something, as SQL
sub ask
{
	my ($thing) = @_;
	return qq{gauth.decide('User::"u"', 'Action::"use"', 'Thing::"$thing"', store => 's') ->> 'decision'};
}

# the entries about something: verdicts and counts in the order of their making
sub entries
{
	my ($thing) = @_;
	return $node->sql(
		"SELECT string_agg(decision || 'x' || count, ' ' ORDER BY made_at, count)"
		  . qq{ FROM gauth.entry WHERE resource = 'Thing::"$thing"'});
}

# A, the session that asks
$node->gives('BEGIN; SELECT ' . ask('rolled-back') . '; ROLLBACK',
	'deny', 'a denial in a transaction that is rolled back', @APP);
is(entries('rolled-back'), '3x1', 'is in the ledger');
$node->gives('BEGIN READ ONLY; SELECT ' . ask('read-only') . '; COMMIT',
	'deny', 'a denial in a read-only transaction', @APP);
is(entries('read-only'), '3x1', 'is in the ledger');
$node->gives('BEGIN READ ONLY; SELECT ' . ask('ok') . '; COMMIT',
	'allow', 'a permit in a read-only transaction', @APP);
is(entries('ok'), '1x1', 'is in the ledger');
$node->gives('BEGIN; SELECT ' . ask('ok') . '; ROLLBACK',
	'allow', 'a permit whose transaction is rolled back', @APP);
is(entries('ok'), '1x1', 'was never used');
$node->gives('SELECT ' . ask('ok'), 'allow', 'a permit whose transaction commits', @APP);
is(entries('ok'), '1x1 1x1', 'is in the ledger');

$node->sql(q{
	CREATE FUNCTION fail(thing text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		IF gauth.decide('User::"u"', 'Action::"use"', thing, store => 's') ->> 'decision' = 'deny' THEN
			RAISE EXCEPTION 'denied';
		END IF;
		RETURN 'done';
	END $$;
	CREATE FUNCTION catch(thing text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN fail(thing);
	EXCEPTION WHEN raise_exception THEN
		RETURN 'caught';
	END $$});
$node->refuses(q{SELECT fail('Thing::"failed"')}, 'P0001', 'a function that fails for a denial', @APP);
is(entries('failed'), '3x1', 'has it in the ledger');
$node->gives(q{SELECT catch('Thing::"caught"')}, 'caught', 'one that catches the failure', @APP);
is(entries('caught'), '3x1', 'has it once');
$node->gives('BEGIN; SAVEPOINT a; SELECT ' . ask('savepoint') . '; ROLLBACK TO a; COMMIT',
	'deny', 'a denial behind a savepoint', @APP);
is(entries('savepoint'), '3x1', 'is in the ledger');
for my $level ('REPEATABLE READ', 'SERIALIZABLE', 'SERIALIZABLE READ ONLY DEFERRABLE')
{
	(my $name = lc $level) =~ tr/ /-/;
	$node->gives("BEGIN ISOLATION LEVEL $level; SELECT " . ask($name) . '; ROLLBACK',
		'deny', "a denial at $level", @APP);
	is(entries($name), '3x1', 'is in the ledger');
}
$node->gives('BEGIN; SELECT ' . ask('prepared') . "; PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p'",
	'deny', 'a denial in a prepared transaction', @APP);
is(entries('prepared'), '3x1', 'is in the ledger');
$node->sql('BEGIN; SELECT ' . ask('ok') . "; PREPARE TRANSACTION 'q'", @APP);
is(entries('ok'), '1x1 1x1', 'a permit in one waits for its commit');
$node->sql("COMMIT PREPARED 'q'", @APP);
is(entries('ok'), '1x1 1x1 1x1', 'and is there then');

# before the answer: another session sees it while the first one is open
my $session = $node->background_psql('gauth', on_error_stop => 0);
is($session->query('BEGIN; SELECT ' . ask('at-once')), 'deny', 'a denial');
is(entries('at-once'), '3x1', 'is durable before the transaction goes on');
$session->query('ROLLBACK');

# equal denials of one statement
$node->gives(
	'BEGIN; SELECT count(' . ask('again') . ') FROM generate_series(1, 1000); ROLLBACK',
	'1000', 'a thousand equal denials of one statement', @APP);
ok( $node->poll_query_until(
		'gauth', q{SELECT sum(count) = 1000 FROM gauth.entry WHERE resource = 'Thing::"again"'}),
	'are all counted');
is(entries('again'), '3x1 3x999', 'in two entries');
is($session->query('SELECT count(' . ask('twice') . ') FROM generate_series(1, 3)'), '3', 'a statement');
is($session->query('SELECT count(' . ask('twice') . ') FROM generate_series(1, 4)'), '4', 'and the next');
$node->poll_query_until('gauth', q{SELECT sum(count) = 7 FROM gauth.entry WHERE resource = 'Thing::"twice"'});
is(entries('twice'), '3x1 3x2 3x1 3x3', 'do not share their entries');
is( $session->query(
		q{SELECT count(gauth.decide('User::"u"', 'Action::"use"', format('Thing::"many%s"', i % 3), store => 's')) FROM generate_series(1, 30) i}
	),
	'30', 'three denials, ten times each');
ok( $node->poll_query_until('gauth',
		q{SELECT array_agg(sum ORDER BY 1) = '{10,10,10}' FROM (SELECT sum(count) FROM gauth.entry WHERE resource LIKE 'Thing::"many%' GROUP BY resource) x}),
	'are counted each for itself');
$session->quit;

# what is kept of a request that is much too long
my $long = 'x' x 60000;
$node->gives('SELECT ' . ask("long$long"), 'deny', 'a denial of something with a very long name', @APP);
$node->gives(q{SELECT count(*), max(length(resource)) BETWEEN 2000 AND 2048 FROM gauth.entry WHERE resource LIKE 'Thing::"longx%'},
	'1|t', 'is in the ledger with a part of the name');

# who, when, in which trace
$node->sql("SET gauth.trace_context = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'; SELECT "
	  . ask('traced'), @APP);
$node->gives(
	q{SELECT actor, role, action, kind, rule, trace, made_at BETWEEN now() - interval '1 minute' AND now(), payload ->> 'store' FROM gauth.entry WHERE resource = 'Thing::"traced"'},
	'User::"u"|app|Action::"use"|decision|NO_PERMIT|4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7|t|s',
	'an entry tells who asked, what, when, and in which trace');
$node->gives("SELECT count(DISTINCT lane) FROM gauth.entry WHERE decision = 3", '1',
	'one process has written all denials');
$node->gives("SELECT usename, query FROM pg_stat_activity WHERE backend_type = 'gauth ledger'",
	'postgres|', 'which runs no statement of anybody');

# a role that may not ask, and one that may not end the worker
$node->refuses('SELECT ' . ask('stranger'), '42501', 'a role without the capability asks for nobody',
	Gauth::as('stranger'));
is(entries('stranger'), '', 'and leaves no entry');
my $pid = $node->sql('SELECT worker_pid FROM gauth.recorder_state()');
$node->refuses("SELECT pg_terminate_backend($pid)", '42501',
	'a role that asks cannot end the worker', @APP);
$node->refuses('SELECT gauth.recorder_state()', '42501', 'nor look at it', @APP);
$node->refuses(qq{INSERT INTO gauth.entry (shard) VALUES (1)}, '42501', 'nor write an entry', @APP);

# a superuser ends it: the next one goes on
$node->sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'gauth ledger'");
$node->gives('SELECT ' . ask('after-end'), 'deny', 'a denial behind the end of the worker', @APP);
is(entries('after-end'), '3x1', 'is in the ledger');

# settings of the server that must not reach the worker
$node->sql(q{
	ALTER DATABASE gauth SET synchronous_commit = off;
	ALTER DATABASE gauth SET default_transaction_read_only = on;
	ALTER DATABASE gauth SET default_transaction_isolation = 'serializable';
	ALTER DATABASE gauth SET search_path = nowhere;
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'gauth ledger'});
$node->gives('SELECT ' . ask('settings'), 'deny', 'a denial under odd settings', @APP);
is(entries('settings'), '3x1', 'is in the ledger');

# SIGHUP reaches it
$node->append_conf('postgresql.conf', "log_min_duration_statement = 12345\n");
$node->reload;
$node->gives('SELECT ' . ask('reloaded'), 'deny', 'a denial behind a reload', @APP);
is(entries('reloaded'), '3x1', 'is in the ledger');

# everything is sealed without anybody asking
ok( $node->poll_query_until('gauth',
		'SELECT (SELECT count(*) FROM gauth.entry) = (SELECT size FROM gauth.audit_root())'),
	'all entries are sealed');
$node->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'and verify');

$node->stop;
done_testing();
