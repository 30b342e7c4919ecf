# Nobody gets an identity but by a token: every way to set gauth.identity from
# outside, in sessions that have not called gauth yet and in those that have,
# by roles without rights and by superusers.  What a session can try on itself
# once the library is loaded is in test/sql/identity.sql.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $ISSUER = 'https://issuer.example';
my $WHO = "SELECT coalesce(gauth.subject(), 'nobody'), gauth.is_authenticated()";
my $NOBODY = 'nobody|f';
my @LOW = Gauth::as('low');

my $node = Gauth->new('main', config => q{
max_prepared_transactions = 5
max_worker_processes = 12
max_parallel_workers = 8
});
$node->add_hosted($ISSUER);
my $token = $node->issue_token($ISSUER, 'alice');
my $AUTHENTICATE = "SELECT gauth.authenticate('$token')";

# a record as gauth writes it: the best forgery that there can be
my $record = $node->sql(
	"BEGIN; DO \$\$ BEGIN PERFORM gauth.authenticate('$token'); END \$\$;"
	  . " SELECT current_setting('gauth.identity'); COMMIT");
isnt($record, '', 'a superuser can see a record');
(my $quoted = $record) =~ s/'/''/g;

$node->safe_psql('postgres', q{
	CREATE ROLE low LOGIN;
	CREATE ROLE victim LOGIN;
	CREATE ROLE database_owner LOGIN;
	CREATE ROLE role_maker LOGIN CREATEROLE;
	ALTER DATABASE gauth OWNER TO database_owner;
	GRANT CREATE ON DATABASE gauth TO low});
$node->sql(q{
	CREATE TABLE doc AS
	SELECT i AS id, CASE i % 2 WHEN 0 THEN 'alice' ELSE 'bob' END AS owner
	FROM generate_series(1, 20000) i;
	ALTER TABLE doc SET (parallel_workers = 3);
	ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON doc USING (owner = gauth.subject());
	GRANT SELECT ON doc TO PUBLIC;
	CREATE SCHEMA low AUTHORIZATION low;
	ANALYZE doc});
my $PARALLEL = q{
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET max_parallel_workers_per_gather = 3;
	SET parallel_leader_participation = off};

# what a session of this role says after it did this; the answers' last lines
sub after
{
	my ($sql, $expected, $name, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $warned = delete $options{warned};
	my ($status, $stdout, $stderr) =
	  $node->psql('gauth', "$sql;\n$WHO", %options);
	my $answer = (split /\n/, $stdout)[-1];

	is($answer, $expected, $name);
	like($stderr, $warned, "$name: and says so") if defined $warned;
	return;
}

# ---------------------------------------------------------------------------
# a role without rights, before gauth is called: whatever was planted is thrown
# out by the first call

my $thrown = qr{WARNING: .*(?:permission denied to set|invalid value for) parameter "gauth\.identity"|WARNING:  gauth\.identity is set by};
for my $value ('forged', $quoted)
{
	my $what = $value eq 'forged' ? 'some text' : 'a record';

	after("SET gauth.identity = '$value'", $NOBODY, "SET to $what",
		@LOW, warned => $thrown);
	after("BEGIN; SET LOCAL gauth.identity = '$value'",
		$NOBODY, "SET LOCAL to $what", @LOW, warned => $thrown);
	after("SELECT set_config('gauth.identity', '$value', false)",
		$NOBODY, "set_config to $what", @LOW, warned => $thrown);
	after("BEGIN; SELECT set_config('gauth.identity', '$value', true)",
		$NOBODY, "set_config for the transaction to $what", @LOW, warned => $thrown);
	after("BEGIN; SAVEPOINT a; SET gauth.identity = '$value'; SAVEPOINT b;"
		  . " SET LOCAL gauth.identity = 'x'; RELEASE b; RELEASE a",
		$NOBODY, "SET under savepoints to $what", @LOW, warned => $thrown);
	after("SET gauth.identity = '$value'; $WHO; RESET ALL",
		$NOBODY, "$what after RESET ALL", @LOW);
	after("SET gauth.identity = '$value'; $WHO; DISCARD ALL",
		$NOBODY, "$what after DISCARD ALL", @LOW);
	after("BEGIN; SET gauth.identity = '$value'; SAVEPOINT a; $WHO; ROLLBACK TO a",
		$NOBODY, "$what after the first call was rolled back", @LOW);
	after("DO \$\$ BEGIN PERFORM set_config('gauth.identity', '$value', false); END \$\$",
		$NOBODY, "DO with $what", @LOW, warned => $thrown);
	is( $node->sql("SET gauth.identity = '$value'; $PARALLEL; SELECT count(*) FROM doc", @LOW),
		'0', "workers that load the library themselves, with $what");
}
after("SET gauth.root_key_file = '/dev/null'",
	$NOBODY, 'the root key\'s file is planted', @LOW,
	warned => qr/WARNING: .*"gauth\.root_key_file"/);
$node->gives(
	"SET gauth.root_key_file = '/dev/null'; SELECT gauth.is_authenticated();"
	  . " RESET ROLE; SELECT current_setting('gauth.root_key_file') = ''",
	"f\nt", 'and thrown out for a member of pg_read_all_settings as well');
$node->refuses("SET gauth.identity = 'x'; SELECT gauth.subject(); SET gauth.identity = 'x'",
	'42501', 'not planted again', @LOW);
$node->refuses("LOAD 'gauth'", '42501', 'LOAD is not for everybody', @LOW);

for my $statement (
	"ALTER ROLE low SET gauth.identity = 'forged'",
	"ALTER ROLE low IN DATABASE gauth SET gauth.identity = 'forged'",
	"ALTER DATABASE gauth SET gauth.identity = 'forged'",
	"ALTER SYSTEM SET gauth.identity = 'forged'",
	"GRANT SET ON PARAMETER gauth.identity TO low",
	"CREATE FUNCTION low.f() RETURNS text LANGUAGE sql SET gauth.identity = 'forged' AS 'SELECT gauth.subject()'",
	"SET gauth.identity = 'forged'; CREATE FUNCTION low.f() RETURNS text LANGUAGE sql SET gauth.identity FROM CURRENT AS 'SELECT gauth.subject()'",
	"CREATE FUNCTION low.g() RETURNS text LANGUAGE sql AS 'SELECT gauth.subject()'; ALTER FUNCTION low.g() SET gauth.identity = 'forged'")
{
	(my $name = $statement) =~ s/.*(?=(?:ALTER|CREATE) FUNCTION)//;
	$name =~ s/ RETURNS.*//;
	$node->refuses($statement, '42501', "refused before the library is loaded: $name", @LOW);
}
$node->refuses("ALTER DATABASE gauth SET gauth.identity = 'forged'",
	'42501', 'refused to the owner of the database', Gauth::as('database_owner'));
$node->refuses(
	"CREATE ROLE made LOGIN; ALTER ROLE made SET gauth.identity = 'forged'",
	'42501', 'refused to who made the role', Gauth::as('role_maker'));

sub with_options
{
	my ($sql, $value) = @_;
	(my $escaped = $value) =~ s/([\\ \t\r\n])/\\$1/g;
	local $ENV{PGOPTIONS} = "-c gauth.identity=$escaped";
	my ($status, $stdout, $stderr) = $node->psql('gauth', $sql, @LOW);
	return ($stdout, $stderr);
}
for my $value ('forged', $record)
{
	my ($stdout, $stderr) = with_options("$WHO; DISCARD ALL; $WHO", $value);
	is($stdout, "$NOBODY\n$NOBODY", 'PGOPTIONS give no identity');
	like($stderr, $thrown, 'and are warned of');
}

# ---------------------------------------------------------------------------
# settings that a superuser made before the library was loaded

sub planted_by_superuser
{
	my ($plant, $undo, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	$node->safe_psql('postgres', $plant);
	$node->reload;
	after('SELECT 1', $NOBODY, "$name", @LOW);
	after('DISCARD ALL', $NOBODY, "$name, then DISCARD ALL", @LOW);
	after("$WHO; DISCARD ALL", $NOBODY, "$name, DISCARD ALL after the call", @LOW);
	after("$WHO; RESET ALL", $NOBODY, "$name, RESET ALL after the call", @LOW);
	is($node->sql("$PARALLEL; SELECT count(*) FROM doc", @LOW),
		'0', "$name: no rows for workers");
	is( $node->sql("BEGIN; $AUTHENTICATE; SELECT count(*) FROM doc; COMMIT; $WHO", @LOW),
		"alice\n10000\n$NOBODY", "$name: a token does");
	$node->safe_psql('postgres', $undo);
	$node->reload;
	return;
}
planted_by_superuser(
	"ALTER ROLE low SET gauth.identity = '$quoted'",
	'ALTER ROLE low RESET gauth.identity', 'ALTER ROLE');
planted_by_superuser(
	"ALTER DATABASE gauth SET gauth.identity = '$quoted'",
	'ALTER DATABASE gauth RESET gauth.identity', 'ALTER DATABASE');
planted_by_superuser(
	"ALTER ROLE low IN DATABASE gauth SET gauth.identity = '$quoted'",
	'ALTER ROLE low IN DATABASE gauth RESET gauth.identity', 'ALTER ROLE IN DATABASE');

# PostgreSQL 15 wants to know the parameter before
planted_by_superuser(
	"SET gauth.identity = 'x';\nALTER SYSTEM SET gauth.identity = '$quoted'",
	"SET gauth.identity = 'x';\nALTER SYSTEM RESET gauth.identity", 'ALTER SYSTEM');
planted_by_superuser(
	'GRANT SET ON PARAMETER gauth.identity TO low',
	'REVOKE SET ON PARAMETER gauth.identity FROM low', 'GRANT SET');

$node->safe_psql('postgres', 'GRANT SET ON PARAMETER gauth.identity TO low');
after("SET gauth.identity = '$quoted'", $NOBODY,
	'who may set the parameter plants it', @LOW, warned => $thrown);
$node->refuses("$WHO; SET gauth.identity = '$quoted'", '22023',
	'or sets it', @LOW);
$node->refuses("ALTER ROLE low SET gauth.identity = '$quoted'; $WHO; ALTER ROLE low SET gauth.identity = '$quoted'",
	'22023', 'or keeps it for later', @LOW);
after('SELECT 1', $NOBODY, 'later there is none', @LOW);
$node->safe_psql('postgres', 'ALTER ROLE low RESET gauth.identity;'
	  . ' REVOKE SET ON PARAMETER gauth.identity FROM low');

$node->safe_psql('postgres', "ALTER ROLE victim SET gauth.identity = '$quoted'");
like($node->sql('SELECT object, finding FROM gauth.lint()'),
	qr/^role victim.*gauth\.identity was set for it by hand/m,
	'lint sees a planted identity');
$node->safe_psql('postgres', 'ALTER ROLE victim RESET gauth.identity');

after("SET gauth.identity = '$quoted'", $NOBODY,
	'a superuser plants it', warned => $thrown);
$node->sql(
	"CREATE FUNCTION forge() RETURNS text LANGUAGE sql SECURITY DEFINER"
	  . " SET gauth.identity = '$quoted' AS 'SELECT gauth.subject()'");
my ($status, $forged) = $node->psql('gauth', 'SELECT public.forge()', @LOW);
is($forged, '', 'a function of a superuser has no identity of its own');
$node->refuses("$WHO; SELECT public.forge()", '22023',
	'nor where the library is loaded', @LOW);
$node->sql('DROP FUNCTION forge()');

# ---------------------------------------------------------------------------
# the configuration file, and libraries that are loaded early

my $line = "gauth.identity = '$quoted'\n";
for my $early ('', "session_preload_libraries = 'gauth'\n",
	"shared_preload_libraries = 'gauth'\n")
{
	my $name = $early ? (split / /, $early)[0] : 'no early loading';
	my $file = $node->data_dir . '/postgresql.conf';
	my $before = slurp_file($file);

	$node->append_conf('postgresql.conf', $early);
	$node->restart;
	after('SELECT 1', $NOBODY, "$name: nobody", @LOW);
	my ($stdout, $stderr) = with_options($WHO, $record);
	if ($early =~ /^shared/)
	{
		like($stderr, qr/FATAL: .*gauth\.identity/, "$name: PGOPTIONS are refused");
	}
	else
	{
		is($stdout, $NOBODY, "$name: PGOPTIONS give no identity");
	}
	$node->append_conf('postgresql.conf', $line);
	$node->reload;
	after('SELECT 1', $NOBODY, "$name: a line in the file, reloaded", @LOW);
	$node->restart;
	after('SELECT 1', $NOBODY, "$name: a line in the file, restarted", @LOW);
	after("$WHO; DISCARD ALL", $NOBODY, "$name: the line after DISCARD ALL", @LOW);
	is($node->sql("$PARALLEL; SELECT count(*) FROM doc", @LOW),
		'0', "$name: the line gives workers no rows");
	is( $node->sql("BEGIN; $AUTHENTICATE; $PARALLEL; SELECT count(*) FROM doc; COMMIT; $WHO", @LOW),
		"alice\n10000\n$NOBODY", "$name: a token does");
	unlink $file;
	$node->append_conf('postgresql.conf', $before);
}
$node->restart;

# ---------------------------------------------------------------------------
# what only a server of our own can show: workers at work, two-phase commit

my $plan = $node->sql(
	"BEGIN; DO \$\$ BEGIN PERFORM gauth.authenticate('$token'); END \$\$; $PARALLEL;"
	  . ' EXPLAIN (ANALYZE, FORMAT JSON, TIMING off) SELECT count(*) FROM doc; COMMIT', @LOW);
like($plan, qr/"Workers Launched": [1-9]/, 'workers read the rows of the identity');

$node->sql('CREATE TABLE note (by text); GRANT ALL ON note TO PUBLIC');
$node->gives(
	"BEGIN; $AUTHENTICATE; INSERT INTO note VALUES (gauth.subject());"
	  . " PREPARE TRANSACTION 'one'; $WHO",
	"alice\n$NOBODY", 'a prepared transaction leaves no identity behind', @LOW);
$node->gives("$WHO; COMMIT PREPARED 'one'; $WHO; SELECT * FROM note",
	"$NOBODY\n$NOBODY\nalice",
	'COMMIT PREPARED brings none, and loses nothing else', @LOW);
$node->gives(
	"BEGIN; $AUTHENTICATE; DELETE FROM note; PREPARE TRANSACTION 'two';"
	  . " BEGIN; $WHO; COMMIT; ROLLBACK PREPARED 'two'; $WHO; SELECT * FROM note",
	"alice\n$NOBODY\n$NOBODY\nalice", 'nor does ROLLBACK PREPARED', @LOW);
my $jti = $node->sql("SELECT gauth.verify('$token') ->> 'jti'");
$node->sql("BEGIN; SELECT gauth.revoke_token('$ISSUER', '$jti'); PREPARE TRANSACTION 'three'");
$node->gives($AUTHENTICATE, 'alice', 'a revocation that is only prepared does not count');
my $session = $node->background_psql('gauth');
is($session->query_safe("BEGIN; $AUTHENTICATE"), 'alice', 'a transaction goes on');
$node->sql("COMMIT PREPARED 'three'");
is($session->query_safe($WHO), $NOBODY, 'until COMMIT PREPARED');
$session->quit;

$node->stop;
done_testing();
