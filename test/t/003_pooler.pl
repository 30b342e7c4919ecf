# PgBouncer in transaction mode, with one server connection for everybody: an
# identity never reaches the next client.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}),
  '/usr/sbin';
plan skip_all => 'PgBouncer is not installed' if !defined $pgbouncer;

my $ISSUER = 'https://issuer.example';
my $WHO = "SELECT coalesce(gauth.subject(), 'nobody')";

my $node = Gauth->new('main');
$node->add_hosted($ISSUER);
my $alice = $node->issue_token($ISSUER, 'alice');
my $bob = $node->issue_token($ISSUER, 'bob');
$node->sql(q{
	CREATE ROLE app LOGIN;
	CREATE TABLE doc AS SELECT unnest(ARRAY['alice', 'bob', 'bob']) AS owner;
	ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON doc USING (owner = gauth.subject());
	GRANT SELECT ON doc TO app});

my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
my ($host, $server_port) = ($node->host, $node->port);
append_to_file("$directory/pool.ini", <<"END");
[databases]
gauth = host=$host port=$server_port dbname=gauth user=app
[pgbouncer]
listen_addr =
listen_port = $port
unix_socket_dir = $directory
auth_type = any
pool_mode = transaction
default_pool_size = 1
max_client_conn = 20
logfile = $directory/log
END
my $quiet = '';
my $bouncer = IPC::Run::start([ $pgbouncer, "$directory/pool.ini" ],
	'>', \$quiet, '2>', \$quiet);
for (1 .. 100)
{
	last if -e "$directory/.s.PGSQL.$port";
	usleep(50_000);
}

# the same node, seen through the pooler
my $pool = bless { %$node, _host => $directory, _port => $port }, ref $node;
is($pool->sql('SELECT current_user'), 'app', 'the pooler answers');

my @clients = map { $pool->background_psql('gauth', on_error_stop => 0) } 1 .. 2;
my ($one, $two) = @clients;
is( $one->query('SELECT pg_backend_pid()'),
	$two->query('SELECT pg_backend_pid()'),
	'both clients are on the same server connection');

sub next_is_nobody
{
	my ($sql, $expected, $name) = @_;
	is($one->query($sql), $expected, $name);
	is($two->query("$WHO; SELECT count(*) FROM doc"),
		"nobody\n0", "$name: the next client is nobody");
	return;
}
next_is_nobody(
	"BEGIN; SELECT gauth.authenticate('$alice'); SELECT count(*) FROM doc; COMMIT",
	"alice\n1", 'an ordinary transaction');
next_is_nobody("SELECT gauth.authenticate('$bob')", 'bob', 'no transaction block');
next_is_nobody("BEGIN; SELECT gauth.authenticate('$bob'); SELECT 1 / 0; ROLLBACK",
	'bob', 'a transaction that failed');
next_is_nobody("BEGIN; SELECT gauth.authenticate('$bob'); SAVEPOINT a; RELEASE a; COMMIT AND CHAIN; $WHO; ROLLBACK",
	"bob\nnobody", 'a chained transaction');
next_is_nobody('RESET ALL', '', 'RESET ALL');

# what one client plants is there for the next, and is no identity
next_is_nobody("SET gauth.identity = 'forged'", '', 'a planted setting');
next_is_nobody("PREPARE mine AS SELECT count(*) FROM doc; BEGIN; SELECT gauth.authenticate('$bob'); EXECUTE mine; COMMIT",
	"bob\n2", 'a prepared statement');
is($two->query('EXECUTE mine'), '0', 'which the next client runs as nobody');

my $wrong = 0;
for my $round (1 .. 100)
{
	my ($client, $name, $token) =
	  $round % 2 ? ($one, 'alice', $alice) : ($two, 'bob', $bob);
	my $answer = $client->query(
		"BEGIN; SELECT gauth.authenticate('$token'); SELECT DISTINCT owner FROM doc; COMMIT; $WHO");
	$wrong++ if $answer ne "$name\n$name\nnobody";
}
is($wrong, 0, 'a hundred turns, each with its own rows');

# many at once, who never see each other
my $script = "$directory/turn.sql";
append_to_file($script, <<'END');
BEGIN;
SELECT gauth.authenticate(:token);
SELECT 1 / (count(*) = :rows AND bool_and(owner = :name))::int FROM doc;
COMMIT;
SELECT 1 / (gauth.subject() IS NULL)::int;
SELECT 1 / (count(*) = 0)::int FROM doc;
END
my @runs = map {
	my ($name, $token, $rows) = @$_;
	my $said = '';
	my $run = IPC::Run::start(
		[
			'pgbench', '-n', '-h', $directory, '-p', $port, '-c', '4', '-t',
			'100', '-D', "name='$name'", '-D', "token='$token'", '-D',
			"rows=$rows", '-f', $script, 'gauth'
		],
		'>', \$said, '2>&1');
	[ $run, \$said ];
} ([ 'alice', $alice, 1 ], [ 'bob', $bob, 2 ]);
for my $run (@runs)
{
	ok($run->[0]->finish, 'eight clients through one connection');
	like(${ $run->[1] }, qr{processed: 400/400}, 'and each saw its own');
}

# a client that goes away in the middle
$one->query("BEGIN; SELECT gauth.authenticate('$alice')");
$one->{run}->kill_kill;
is($two->query("$WHO; SELECT count(*) FROM doc"),
	"nobody\n0", 'a client went away within its transaction');
$two->quit;

$bouncer->signal('TERM');
$bouncer->finish;
$node->stop;
done_testing();
