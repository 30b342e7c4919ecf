# The process that records is stuck, gone, or cannot be had, the ring is full:
# denials deny, permits that cannot be recorded are refused, nothing hangs, and
# what can be recorded later is.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = Gauth->new('main',
	config => "max_worker_processes = 3\nrestart_after_crash = on\n");
my @APP = Gauth::as('app');
my $CANNOT_RECORD = 'ZG006';

$node->sql(q{
	CREATE ROLE app LOGIN;
	SELECT gauth.grant_access('app', 'enforcer');
	SELECT gauth.create_policy_store('s', 'cedar');
	SELECT gauth.create_policy('ok', 'permit (principal, action, resource == Thing::"ok");', 's');
	SELECT gauth.configure('record_timeout', '"1 second"');
	CREATE TABLE work AS SELECT i FROM generate_series(1, 20000) i;
	ALTER TABLE work SET (parallel_workers = 2);
	GRANT SELECT ON work TO app});

sub ask
{
	my ($thing) = @_;
	return qq{gauth.decide('User::"u"', 'Action::"use"', 'Thing::"$thing"', store => 's') ->> 'decision'};
}

sub ask_many
{
	my ($prefix, $count) = @_;
	return qq{SELECT count(gauth.decide('User::"u"', 'Action::"use"', format('Thing::"$prefix%s"', i), store => 's'))}
	  . " FROM generate_series(1, $count) i";
}

sub recorded
{
	my ($prefix) = @_;
	return $node->sql(qq{SELECT coalesce(sum(count), 0) FROM gauth.entry WHERE resource LIKE 'Thing::"$prefix%'});
}

sub state
{
	my ($columns) = @_;
	return $node->sql("SELECT $columns FROM gauth.recorder_state()");
}

sub lint
{
	return $node->sql("SELECT severity || ': ' || finding FROM gauth.lint() WHERE object = 'ledger'");
}

# the pid of a worker that runs
sub worker
{
	$node->sql('SELECT ' . ask('wake'));
	return state('worker_pid');
}

sub seconds
{
	my ($call) = @_;
	my $begin = time;
	$call->();
	return time - $begin;
}

sub wait_for
{
	my ($what, $sql, $expected) = @_;
	ok($node->poll_query_until('gauth', $sql, $expected // 't'), $what);
	return;
}

# a psql that goes on by itself
sub start
{
	my ($sql, @options) = @_;
	my ($in, $out, $err) = ('', '', '');
	my $run = IPC::Run::start(
		[ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-d', 'gauth', @options, '-c', $sql ],
		'<', \$in, '>', \$out, '2>', \$err);
	return { run => $run, out => \$out, err => \$err };
}

# B, the worker is stuck
my $pid = worker();
my $took;
kill 'STOP', $pid;
$took = seconds(
	sub { $node->gives('SELECT ' . ask('stuck'), 'deny', 'a stuck worker: a denial denies', @APP) });
ok($took > 0.9 && $took < 3, "after its time ($took s)");
$took = seconds(
	sub {
		my $message = $node->refuses('BEGIN READ ONLY; SELECT ' . ask('ok'),
			$CANNOT_RECORD, 'a permit of a read-only transaction is refused', @APP);
		like($message, qr/did not answer in time/, 'and told why');
	});
ok($took < 3, "after its time ($took s)");
$node->gives('BEGIN; SELECT ' . ask('ok') . '; COMMIT', 'allow',
	'a permit that its own transaction records needs no worker', @APP);
$took = seconds(sub { $node->sql(ask_many('stuck-row', 20), @APP) });
ok($took < 3, "a statement with many denials waits once ($took s)");
is(state('unwritten'), '21', 'they wait in the ring');
like(lint(), qr/^warning: 21 denials are not recorded yet$/m, 'which lint says');
is(recorded('stuck'), '0', 'and not in the ledger');
$took = seconds(
	sub {
		$node->refuses("SET statement_timeout = '200ms'; SELECT " . ask('stuck-timeout'),
			'57014', 'a wait ends with the statement\'s time', @APP);
	});
ok($took < 0.9, "at once ($took s)");
my $waiting = start('SELECT ' . ask('stuck-killed'), '-U', 'app');
wait_for('a session waits', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE usename = 'app' AND wait_event_type = 'Extension'});
$node->sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
$waiting->{run}->finish;
like(${ $waiting->{err} }, qr/terminating connection/, 'and can be ended');
is(state('unwritten'), '23', 'what they had to say stays');
kill 'CONT', $pid;
wait_for('a worker that goes on records it all',
	q{SELECT count(*) = 23 FROM gauth.entry WHERE resource LIKE 'Thing::"stuck%'});
$node->gives(q{SELECT count(*) FROM gauth.entry WHERE resource = 'Thing::"ok"'}, '1',
	'and not the permit that was refused');
is(state('parts_used'), '0', 'nothing is left in the ring');
is(lint(), '', 'lint is content');

# C, the ring is full
kill 'STOP', $pid;
my @sessions = map { $node->background_psql('gauth', on_error_stop => 0, extra_params => [ '-U', 'app' ]) } 1 .. 9;
for my $number (0 .. 7)
{
	is($sessions[$number]->query(ask_many("full$number-", 34)), '34', 'a session is denied 34 things');
}
is(state('parts_used'), '256', 'the ring is full');
is(state('kept'), '16', 'the rest is with the sessions');
like(lint(), qr/^warning: 272 denials are not recorded yet$/m, 'lint says so');
like(lint(), qr/^notice: there was no room/m, 'and that there was no room');
$took = seconds(
	sub { is($sessions[8]->query('SELECT ' . ask('full-last')), 'deny', 'a full ring: a denial denies') });
ok($took > 0.9 && $took < 3, "after its time ($took s)");
$took = seconds(
	sub {
		$node->refuses('BEGIN READ ONLY; SELECT ' . ask('ok'), $CANNOT_RECORD,
			'a permit of a read-only transaction is refused', @APP);
	});
ok($took < 3, "after its time ($took s)");
$took = seconds(
	sub {
		$node->refuses("SET statement_timeout = '200ms'; SELECT " . ask('full-timeout'),
			'57014', 'to wait for room ends with the statement\'s time', @APP);
	});
ok($took < 0.9, "at once ($took s)");
kill 'CONT', $pid;
wait_for('a worker that goes on makes room', 'SELECT parts_used = 0 FROM gauth.recorder_state()');
is($sessions[$_]->query('SELECT ' . ask('full-next')), 'deny', 'a session goes on') for 0 .. 8;
wait_for('and sends what it has kept', 'SELECT kept = 0 FROM gauth.recorder_state()');
wait_for('all of it', q{SELECT count(*) = 282 FROM gauth.entry WHERE resource LIKE 'Thing::"full%'});
is(state('lost'), '0', 'nothing is lost');

# more than a session can keep; a session that ends before there is room
kill 'STOP', $pid;
is($sessions[0]->query(ask_many('keep', 100)), '100', 'a session is denied more than it can keep');
is(state('parts_used, kept, lost'), '32|64|4', 'an eighth is in the ring, some are kept, the rest is lost');
$sessions[0]->quit;
wait_for('what it kept is lost with it', 'SELECT lost = 68 AND kept = 0 FROM gauth.recorder_state()');
like(lint(), qr/^error: 68 denials were lost/m, 'which lint does not hide');
like(slurp_file($node->logfile), qr/denials that gauth could not record: 64/, 'nor the log of the server');
kill 'CONT', $pid;
wait_for('what was in the ring is recorded', q{SELECT count(*) = 32 FROM gauth.entry WHERE resource LIKE 'Thing::"keep%'});
$_->quit for @sessions[1 .. 8];

# D, a lock that keeps the worker out
my $partition = $node->sql(q{SELECT tableoid::regclass FROM gauth.entry LIMIT 1});
my $locker = $node->background_psql('gauth', on_error_stop => 0);
$locker->query_safe("BEGIN; LOCK TABLE $partition IN ACCESS EXCLUSIVE MODE");
$took = seconds(sub { $node->gives('SELECT ' . ask('locked'), 'deny', 'a locked ledger: a denial denies', @APP) });
ok($took < 4, "in time ($took s)");
$took = seconds(
	sub {
		$node->refuses('BEGIN READ ONLY; SELECT ' . ask('ok'), $CANNOT_RECORD,
			'a permit of a read-only transaction is refused', @APP);
	});
ok($took < 4, "in time ($took s)");
is($locker->query('SELECT ' . ask('locker')), 'deny', 'who holds the lock does not wait for himself');
$locker->query_safe('COMMIT');
wait_for('all is recorded when the lock is gone',
	q{SELECT count(*) = 2 FROM gauth.entry WHERE resource LIKE 'Thing::"lock%'});
$node->gives(q{SELECT count(*) FROM gauth.entry WHERE resource = 'Thing::"ok"'}, '1',
	'and not the permit that was refused');
is(state('parts_used'), '0', 'nothing is left in the ring');
$locker->quit;

# E, an entry that cannot be written among others that can
$node->sql(qq{CREATE INDEX broken ON $partition ((1 / CASE resource WHEN 'Thing::"bad"' THEN 0 ELSE 1 END))});
$pid = worker();
kill 'STOP', $pid;
my @asking = map { start('SELECT ' . ask($_), '-U', 'app') } 'good1', 'bad', 'good2', 'good3';
wait_for('four wait', 'SELECT waiting = 4 FROM gauth.recorder_state()');
kill 'CONT', $pid;
$_->{run}->finish for @asking;
is(join('', map { ${ $_->{out} } } @asking), "deny\n" x 4, 'all are denied');
is(recorded('good'), '3', 'the good ones are recorded');
is(recorded('bad'), '0', 'the bad one is not');
is(state('last_error'), '22012', 'its reason is told');
$node->sql("DROP INDEX gauth.broken");
wait_for('it is recorded when it can be', q{SELECT count(*) = 1 FROM gauth.entry WHERE resource = 'Thing::"bad"'});

# F, no slot for a worker: one parallel query of an ordinary role takes all
sub take_slots
{
	$node->sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'gauth ledger'");
	wait_for('no worker', q{SELECT worker = 'none' FROM gauth.recorder_state()});
	my $query = start(
		'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;'
		  . ' SET max_parallel_workers_per_gather = 2; SELECT count(pg_sleep(0.01)) FROM work', '-U', 'app');
	wait_for('a parallel query has all slots',
		q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'parallel worker'});
	return $query;
}

sub give_slots
{
	my ($query) = @_;
	$node->sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.01)%' AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
	$query->{run}->finish;
	return;
}

my $query = take_slots();
my $asker = $node->background_psql('gauth', on_error_stop => 0, extra_params => [ '-U', 'app' ]);
$took = seconds(sub { is($asker->query('SELECT ' . ask('slot1')), 'deny', 'no slot: a denial denies') });
ok($took < 0.9, "at once ($took s)");
$took = seconds(
	sub {
		my $message = $node->refuses('BEGIN READ ONLY; SELECT ' . ask('ok'), $CANNOT_RECORD,
			'a permit of a read-only transaction is refused', @APP);
		like($message, qr/max_worker_processes/, 'and told why');
	});
ok($took < 0.9, "at once ($took s)");
$node->gives('BEGIN; SELECT ' . ask('ok') . '; COMMIT', 'allow',
	'a permit of any other transaction is recorded by that', @APP);
is(state('worker, unwritten'), 'none|1', 'the denial waits');
like(lint(), qr/^warning: 1 denials are not recorded yet$/m, 'lint says so');
give_slots($query);
is($asker->query('SELECT ' . ask('slot2')), 'deny', 'the next denial starts a worker');
is(recorded('slot'), '2', 'which records both');
$asker->quit;

$query = take_slots();
$asker = $node->background_psql('gauth', on_error_stop => 0, extra_params => [ '-U', 'app' ]);
is($asker->query('SELECT ' . ask('exit')), 'deny', 'a denial without a slot');
give_slots($query);
$asker->quit;
wait_for('a session that ends starts a worker', q{SELECT count(*) = 1 FROM gauth.entry WHERE resource = 'Thing::"exit"'});

# a worker that runs goes on when the slots are gone
$pid = worker();
$query = start(
	'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;'
	  . ' SELECT count(pg_sleep(0.01)) FROM work', '-U', 'app');
wait_for('a parallel query', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'parallel worker'});
$node->gives('SELECT ' . ask('busy'), 'deny', 'a worker that runs needs no slot', @APP);
is(recorded('busy'), '1', 'to record');
is(state('worker_pid'), $pid, 'and is the same');
give_slots($query);

# G, the worker is killed: the server starts anew, and so does the ring
my @before = ($node->sql('SELECT count(*) FROM gauth.entry'));
$node->kill_process($pid);
$node->poll_up;
$node->gives('SELECT count(*) FROM gauth.entry', $before[0], 'a killed worker: all entries are there');
is(state('worker, posted, lost'), 'none|0|0', 'the ring is a new one');
$node->gives('SELECT ' . ask('killed'), 'deny', 'a denial', @APP);
is(recorded('killed'), '1', 'is recorded by another worker');

# an entry of a transaction is sealed although nobody could be started for it
$query = take_slots();
$node->sql(q{SELECT gauth.audit_append('test', 'seal', 'later')});
my $unsealed = 'SELECT (SELECT count(*) FROM gauth.entry) - (SELECT size FROM gauth.audit_root())';
usleep(500_000);
$node->gives($unsealed, '1', 'no slot: an entry waits to be sealed');
give_slots($query);
$node->sql(q{SELECT gauth.audit_append('test', 'seal', 'now')});
wait_for('the next one has it sealed', $unsealed, '0');
$node->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'and all verifies');

$node->stop;
done_testing();
