# One worker for each database, which writes there alone, is in nobody's way
# when the database is dropped, copied, renamed or moved, and ends by itself.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = Gauth->new('main', config => "max_worker_processes = 16\n");
my $IDENTITY = q{'User::"u"', 'Action::"use"'};

sub prepare
{
	my ($database) = @_;
	$node->safe_psql($database, q{
		SELECT gauth.create_policy_store('s', 'cedar');
		SELECT gauth.create_policy('ok', 'permit (principal, action, resource == Thing::"ok");', 's')});
	return;
}

sub ask
{
	my ($database, $thing) = @_;
	return $node->safe_psql($database,
		qq{BEGIN; SELECT gauth.decide($IDENTITY, 'Thing::"$thing"', store => 's') ->> 'decision'; ROLLBACK});
}

sub things
{
	my ($database) = @_;
	return $node->safe_psql($database,
		q{SELECT string_agg(resource, ' ' ORDER BY resource) FROM gauth.entry WHERE kind = 'decision'});
}

sub workers
{
	my ($where) = @_;
	return "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'gauth ledger' AND $where";
}

# a statement that must not be kept waiting; we are in another database
sub goes_through
{
	my ($sql, $name) = @_;
	my $begin = time;
	my ($status, $out, $err) = $node->psql('postgres', $sql);
	my $took = time - $begin;

	is($err, '', $name);
	ok($took < 3, "soon ($took s)");
	return;
}

# two databases, of which one is a copy of the other
prepare('gauth');
$node->safe_psql('postgres', 'CREATE DATABASE other TEMPLATE gauth');
for my $turn (1 .. 3)
{
	is(ask('gauth', "gauth$turn"), 'deny', 'a denial in one database');
	is(ask('other', "other$turn"), 'deny', 'and in another');
}
is(things('gauth'), 'Thing::"gauth1" Thing::"gauth2" Thing::"gauth3"', 'each is in its own ledger');
is(things('other'), 'Thing::"other1" Thing::"other2" Thing::"other3"', 'and not in another');
is($node->safe_psql('postgres', workers('true')), '2', 'there are two workers');

# dropped, copied, renamed, moved while a worker lives
goes_through('DROP DATABASE other', 'DROP DATABASE while its worker lives');
goes_through('CREATE DATABASE other TEMPLATE gauth', 'CREATE DATABASE of one whose worker lives');
is(things('other'), 'Thing::"gauth1" Thing::"gauth2" Thing::"gauth3"', 'the copy has all entries');
is(ask('other', 'copied'), 'deny', 'and goes on');
is($node->safe_psql('other', 'SELECT count(*) FROM gauth.audit_verify()'), '0', 'and verifies');
goes_through('ALTER DATABASE other RENAME TO renamed', 'ALTER DATABASE RENAME');
is(ask('renamed', 'renamed'), 'deny', 'a denial behind it');
my $directory = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', "CREATE TABLESPACE elsewhere LOCATION '$directory'");
goes_through('ALTER DATABASE renamed SET TABLESPACE elsewhere', 'ALTER DATABASE SET TABLESPACE');
is(ask('renamed', 'moved'), 'deny', 'a denial behind it');
is( things('renamed'),
	join(' ', map { qq{Thing::"$_"} } 'copied', 'gauth1', 'gauth2', 'gauth3', 'moved', 'renamed'),
	'everything is there');
goes_through('DROP DATABASE renamed WITH (FORCE)', 'DROP DATABASE WITH (FORCE)');

# another database of the same number finds nothing of its predecessor
for my $turn (1, 2)
{
	$node->safe_psql('postgres', 'CREATE DATABASE numbered TEMPLATE gauth OID = 777777');
	is($node->safe_psql('numbered', 'SELECT posted FROM gauth.recorder_state()'), '0', 'a database begins with a new ring');
	is(ask('numbered', "numbered$turn"), 'deny', 'and its ledger');
	goes_through('DROP DATABASE numbered', 'it is dropped');
}

# what was dropped leaves its memory to others, what is in use stays
for my $turn (1 .. 5)
{
	$node->safe_psql('postgres', 'CREATE DATABASE many TEMPLATE gauth');
	ask('many', "many$turn");
	$node->safe_psql('postgres', 'DROP DATABASE many');
}
is($node->safe_psql('gauth', 'SELECT posted FROM gauth.recorder_state()'), '3',
	'databases come and go, a ring that is in use stays');

# somebody who tries to drop a database in use does not stop its decisions
my $session = $node->background_psql('gauth', on_error_stop => 0);
is($session->query(qq{SELECT gauth.decide($IDENTITY, 'Thing::"before"', store => 's') ->> 'decision'}), 'deny', 'a session decides');
my ($in, $out, $err) = ('', '', '');
my $drop = IPC::Run::start(
	[ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-d', 'postgres', '-c', 'DROP DATABASE gauth' ],
	'<', \$in, '>', \$out, '2>', \$err);
$node->poll_query_until('postgres',
	q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass AND mode = 'AccessExclusiveLock' AND granted});
my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'gauth ledger' AND datname = 'gauth'");
my $begin = time;
my $turns = 0;
while (time - $begin < 1)
{
	$turns += $session->query(
		qq{BEGIN READ ONLY; SELECT gauth.decide($IDENTITY, 'Thing::"ok"', store => 's') ->> 'decision'; COMMIT}) eq 'allow';
}
ok($turns > 20, "it goes on deciding while somebody waits to drop its database ($turns)");
$drop->finish;
like($err, qr/is being accessed by other users/, 'who is told that it is in use');
is($node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'gauth ledger' AND datname = 'gauth'"),
	$pid, 'the worker is the same');

# it ends when it has nothing to do, and is there again when it has
$session->query(q{SELECT gauth.configure('worker_idle', '"1 second"')});
is($session->query(qq{SELECT gauth.decide($IDENTITY, 'Thing::"idle"', store => 's') ->> 'decision'}), 'deny', 'a denial');
ok($node->poll_query_until('postgres', workers("datname = 'gauth'"), '0'), 'the worker ends');
$session->query(q{SELECT gauth.configure('worker_idle', '"0 seconds"')});
is($session->query(qq{SELECT gauth.decide($IDENTITY, 'Thing::"back"', store => 's') ->> 'decision'}), 'deny', 'another denial');
is($node->safe_psql('postgres', workers("datname = 'gauth'")), '1', 'it is back, and told to stay');
$session->quit;
goes_through('CREATE DATABASE stays TEMPLATE gauth', 'one that stays is in nobody\'s way, either');

# nor is one that serves a sink, even if the sink hangs and lets nobody stop it
my %serve = (
	'after a sealing' => q{SELECT gauth.audit_add_sink('hang', 'hang(jsonb)')},
	'asked for' => q{
		SELECT gauth.configure('seal_interval', '"1 hour"');
		SELECT gauth.audit_add_sink('hang', 'hang(jsonb)', 0);
		SELECT gauth.audit_run_sinks()});
for my $way (sort keys %serve)
{
	$node->safe_psql('postgres', 'CREATE DATABASE hangs TEMPLATE stays');
	$node->safe_psql('hangs', q{
		CREATE FUNCTION hang(entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
		BEGIN
			LOOP
				BEGIN
					PERFORM pg_sleep(60);
				EXCEPTION WHEN query_canceled THEN NULL;
				END;
			END LOOP;
		END $$;
		SELECT gauth.configure('worker_idle', '"1 second"')});
	$node->safe_psql('hangs', $serve{$way});
	ok( $node->poll_query_until('postgres',
			q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'gauth sinks' AND datname = 'hangs' AND wait_event = 'PgSleep'}),
		"a sink hangs, $way");
	sleep 2;
	is($node->safe_psql('postgres', workers("datname = 'hangs'")), '1', 'the worker looks on, and does not end');
	goes_through('CREATE DATABASE copied TEMPLATE hangs', 'CREATE DATABASE of one whose sink hangs');
	is($node->safe_psql('copied', q{SELECT failures FROM gauth.sink}), '0', 'the call was undone');
	goes_through('DROP DATABASE copied', 'the copy goes');
	goes_through('DROP DATABASE hangs', 'and the other one, too');
}

# the extension goes, and comes again
is(ask('stays', 'last'), 'deny', 'a denial');
$node->safe_psql('stays', 'DROP EXTENSION gauth CASCADE; DROP SCHEMA IF EXISTS gauth CASCADE');
ok($node->poll_query_until('postgres', workers("datname = 'stays'"), '0'), 'without the extension there is no worker');
$node->safe_psql('stays', 'CREATE EXTENSION gauth');
prepare('stays');
is(ask('stays', 'first'), 'deny', 'with it again there is one');
is(things('stays'), 'Thing::"first"', 'which records');

# a fast stop does not wait for it
$begin = time;
$node->stop('fast');
ok(time - $begin < 5, 'it does not keep the server from stopping');
done_testing();
