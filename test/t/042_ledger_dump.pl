# The ledger through a dump and a restore, by a superuser and by an installer
# who is none, and as a logical mirror: verification says the truth, and a copy
# never goes on under the name of the original.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = Gauth->new(
	'main',
	init => [ allows_streaming => 'logical' ],
	extension => 0);
$node->safe_psql('postgres', 'CREATE ROLE tenant LOGIN');
$node->sql('GRANT CREATE ON DATABASE gauth TO tenant');
$node->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));
my $APPEND = "SELECT gauth.audit_append('dump', 'write', 'thing ' || i) FROM generate_series(1, 300) i";

# sealed, not sealed, and not even committed
$node->sql("$APPEND; SELECT gauth.audit_seal()");
$node->sql("SELECT gauth.configure('seal_interval', '\"1 hour\"')");
$node->sql("SELECT gauth.audit_erase(receipt, 'a request') FROM gauth.audit WHERE resource = 'thing 7'");
my $open = $node->background_psql('gauth');
$open->query_safe("BEGIN; SELECT gauth.audit_append('dump', 'write', 'late')");
$node->sql("SELECT gauth.audit_append('dump', 'write', 'before'); SELECT gauth.audit_seal()");
$node->sql("SELECT gauth.audit_append('dump', 'write', 'unsealed')");

# something waits to be sealed at every moment
my ($ignored_out, $ignored_err) = ('', '');
my $script = "$PostgreSQL::Test::Utils::tmp_check/load.sql";
append_to_file($script, "SELECT gauth.audit_append('dump', 'write', 'load');\n");
my $load = IPC::Run::start(
	[ 'pgbench', '-n', '-c', '1', '-T', '6', '-h', $node->host, '-p', $node->port, '-f', $script, 'gauth' ],
	'>', \$ignored_out, '2>', \$ignored_err);

sub dump_and_restore
{
	my ($database, $role) = @_;
	my $file = "$PostgreSQL::Test::Utils::tmp_check/$database.dump";
	my @connect = ('-h', $node->host, '-p', $node->port, '-U', $role);
	my ($out, $err) = ('', '');

	$node->command_ok([ 'pg_dump', @connect, '-Fc', '-f', $file, 'gauth' ], "$role dumps");
	$node->safe_psql('postgres',
		"CREATE DATABASE $database ENCODING 'UTF8' TEMPLATE template0; GRANT CREATE ON DATABASE $database TO tenant");
	IPC::Run::run([ 'pg_restore', @connect, '-d', $database, $file ], '>', \$out, '2>', \$err);
	is(join("\n", grep { /error:/ && !/permission denied for|no privileges/ } split /\n/, $err),
		'', "and restores $database");
	return;
}

sub check_copy
{
	my ($database, $role) = @_;
	my $gives = sub {
		my ($sql, $expected, $name) = @_;
		local $Test::Builder::Level = $Test::Builder::Level + 1;
		is($node->safe_psql($database, $sql, Gauth::as($role)), $expected, "$database: $name");
	};

	$gives->('SELECT * FROM gauth.audit_verify()', '', 'verifies');
	$gives->('SELECT log, state, sealed + waiting = (SELECT count(*) FROM gauth.entry) FROM gauth.audit_status()',
		'1|open|t', 'every entry is sealed, or known to wait');
	my $sealed = $node->safe_psql($database, 'SELECT size FROM gauth.audit_root()', Gauth::as($role));
	$gives->("SELECT count(*) FROM gauth.audit WHERE resource = 'late'", '0',
		'what was not committed is not there');
	$gives->("SELECT gauth.audit_append('dump', 'write', 'copied') ~ '^2-'", 't',
		'it goes on in a log of its own');
	$gives->("SELECT gauth.audit_append('dump', 'write', 'again') ~ '^2-'", 't', 'and stays there');
	$node->safe_psql($database, 'SELECT gauth.audit_seal()');
	$node->safe_psql($database, 'SELECT gauth.audit_seal()');
	$gives->('SELECT log, state, waiting FROM gauth.audit_status() ORDER BY log',
		"1|closed|0\n2|open|0", 'the restored log is closed');
	$gives->('SELECT sealed = (SELECT count(*) FROM gauth.entry WHERE shard = 1) FROM gauth.audit_status() WHERE log = 1',
		't', 'with all that was not sealed');
	$gives->('SELECT reason, previous_size FROM gauth.shard WHERE shard = 2', "restored|$sealed",
		'the new one says why');
	$gives->('SELECT count(DISTINCT origin) FROM gauth.shard', '2', 'they have two names');
	$gives->('SELECT * FROM gauth.audit_verify()', '', 'all of it verifies');
	$gives->('SELECT count(*) = max(position) + 1 FROM gauth.audit_since(0, 100000)', 't',
		'the stream goes through both');
	$gives->("SELECT gauth.audit_erase(receipt, 'late request') FROM gauth.audit WHERE resource = 'thing 8'",
		't', 'erasure reaches back');
	$gives->('SELECT * FROM gauth.audit_verify()', '', 'and verifies');
	return;
}

my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
dump_and_restore('copy', $superuser);
check_copy('copy', $superuser);
dump_and_restore('tenants', 'tenant');
check_copy('tenants', 'tenant');

$load->finish;
$open->query_safe('COMMIT');
$open->quit;
$node->sql('SELECT gauth.audit_seal()');
$node->gives('SELECT log, state, waiting FROM gauth.audit_status()', '1|open|0', 'the original goes on in its log');
$node->gives("SELECT position > 300 FROM gauth.audit_since(0, 100000) WHERE resource = 'late'", 't',
	'the late entry comes late');
$node->gives('SELECT * FROM gauth.audit_verify()', '', 'the original verifies');

# tampered before the dump is tampered after the restore
$node->safe_psql('copy',
	"BEGIN; ALTER TABLE gauth.entry DISABLE TRIGGER guard; UPDATE gauth.entry SET action = 'x' WHERE resource = 'thing 9'; ALTER TABLE gauth.entry ENABLE ALWAYS TRIGGER guard; COMMIT");
is($node->safe_psql('copy', 'SELECT count(*) FROM gauth.audit_verify()'), '2', 'a change is found in a copy');

# dropped and made again, in one session, and used before that is committed
$node->safe_psql('postgres', "CREATE DATABASE again ENCODING 'UTF8' TEMPLATE template0");
is( $node->safe_psql('again',
		'CREATE EXTENSION gauth; SELECT gauth.configure(\'log_interval\', \'"0"\'); SELECT gauth.configure(\'log_interval\', NULL);'
		  . ' DROP EXTENSION gauth; BEGIN; CREATE EXTENSION gauth;'
		  . " SELECT count(gauth.audit_append('dump', 'write', 'new')); COMMIT;"
		  . " SELECT count(gauth.audit_append('dump', 'write', 'new')); SELECT count(gauth.audit_seal());"
		  . ' SELECT * FROM gauth.audit_verify(); SELECT max(lane_seq) FROM gauth.entry'),
	"\n\n1\n1\n1\n2", 'a ledger that was made anew begins anew');

# a logical mirror
my $mirror = Gauth->new('mirror');
my $tables = join ', ', map { "gauth.$_" } qw(entry shard seal_batch tile_root checkpoint cosignature removal);
$node->sql("CREATE PUBLICATION ledger FOR TABLE $tables WITH (publish_via_partition_root = true)");
my $connection = 'dbname=gauth host=' . $node->host . ' port=' . $node->port;
$mirror->sql("CREATE SUBSCRIPTION ledger CONNECTION '$connection' PUBLICATION ledger");
$mirror->poll_query_until('gauth', "SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate <> 'r'");
$node->sql("SELECT gauth.audit_append('dump', 'write', 'mirrored'); SELECT gauth.audit_seal()");
$node->wait_for_catchup('ledger');
my $root = $node->sql('SELECT * FROM gauth.audit_root()');
$mirror->poll_query_until('gauth', "SELECT count(*) > 0 FROM gauth.audit WHERE resource = 'mirrored'");
$mirror->gives('SELECT * FROM gauth.audit_root()', $root, 'a mirror has the root of its publisher');
$mirror->gives('SELECT * FROM gauth.audit_verify()', '', 'it verifies');
$mirror->refuses('SELECT gauth.audit_seal()', 'ZG007', 'it does not seal');
$mirror->refuses("SELECT gauth.audit_append('dump', 'write', 'here')", 'ZG007', 'it does not write');
$node->sql("SELECT gauth.audit_erase(receipt, 'a request') FROM gauth.audit WHERE resource = 'thing 10'");
$node->sql('SELECT gauth.audit_seal()');
$node->wait_for_catchup('ledger');
$mirror->poll_query_until('gauth', "SELECT count(*) = 0 FROM gauth.audit WHERE resource = 'thing 10'");
$mirror->gives('SELECT * FROM gauth.audit_verify()', '', 'an erasure reaches it, and it verifies');

# a session that has asked before hears of it when the subscription goes and comes
$mirror->sql(<<'SQL');
CREATE FUNCTION tried() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM gauth.audit_append('dump', 'write', 'again');
	RETURN 'written';
EXCEPTION WHEN SQLSTATE 'ZG007' THEN
	RETURN 'refused';
END$$
SQL
my $session = $mirror->background_psql('gauth');
is($session->query_safe('SELECT tried()'), 'refused', 'an open session of a mirror does not write');
$mirror->sql('DROP SUBSCRIPTION ledger');
is($session->query_safe('SELECT tried()'), 'written', 'it does when the subscription is gone');
$mirror->sql("CREATE SUBSCRIPTION ledger CONNECTION '$connection' PUBLICATION ledger WITH (copy_data = false)");
is($session->query_safe('SELECT tried()'), 'refused', 'and no more when there is another');
$session->quit;

$mirror->stop;
$node->stop;
done_testing();
