# C-41 and D-54: with the server's own settings for logging, no token gets into its log:
# neither from statements that succeed nor from such that fail.
#
# gauth can hide a statement in a session that has called one of its functions,
# or that loads the library when it begins.  In a session that has done neither,
# the server itself logs a statement that fails before gauth is called: that is
# why session_preload_libraries is worth setting, and it is tested here.
use strict;
use warnings;

use Gauth;
use MIME::Base64 qw(encode_base64url);
use PostgreSQL::Test::Utils;
use Test::More;

my $ISSUER = 'https://issuer.example';

my $node = Gauth->new('main', config => q{
log_statement = none
restart_after_crash = on
deadlock_timeout = 50
});
$node->add_hosted($ISSUER);
my $token = $node->issue_token($ISSUER, 'alice');

# another library may write its header with white space
my $spaced = join '.', encode_base64url('{ "alg": "EdDSA", "kid": "k" }'),
  (split /\./, $token)[ 1, 2 ];
my $broken = join '.', encode_base64url("{\n  \"alg\": \"EdDSA\"\n}"),
  (split /\./, $token)[ 1, 2 ];
$node->sql(q{
	CREATE ROLE low LOGIN;
	CREATE TABLE number (n int);
	CREATE TABLE kept (token text PRIMARY KEY);
	GRANT ALL ON number, kept TO low;
	CREATE FUNCTION take(token text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN gauth.authenticate(token) || 1 / (random() * 0)::int;
	END $$});

# statements that fail, T being the token; "early" fails before gauth is called
my @statements = (
	{ sql => q{SELECT gauth.authenticate('T')} },
	{ sql => q{BEGIN; SELECT gauth.authenticate('T'); SELECT gauth.subject()} },
	{ sql => q{SELECT gauth.authenticate('TT')} },
	{ sql => q{SELECT gauth.authenticate('T', 'another audience')} },
	{ sql => q{SELECT gauth.verify_jwt('T', '{}')} },
	{ sql => q{SELECT gauth.revoke_token('i', 'j') FROM gauth.inspect_token('T')}, early => 1 },
	{ sql => q{SELECT gauth.verify('T')}, early => 1 },
	{ sql => q{SELECT gauth.issue_token('T', 'T', ARRAY['T'], '1 hour')}, early => 1 },
	{ sql => q{SELECT gauth.authenticate('T'), 1 / 0}, early => 1 },
	{ sql => q{SELECT gauth.authenticate('T') FROM kept WHERE 1 / 0 = 1}, early => 1 },
	{ sql => q{SELECT gauth.authenticate('T'), 1 / (random() * 0)::int} },
	{ sql => q{SELECT gauth.authenticate('T') FORM kept}, early => 1 },
	{ sql => q{SELECT gauth.autenticate('T')}, early => 1 },
	{ sql => q{SELECT take('T')} },
	{ sql => q{DO $$ BEGIN PERFORM gauth.authenticate('T'); RAISE EXCEPTION 'no'; END $$} },
	{ sql => q{DO $$ BEGIN PERFORM gauth.authenticate('T'), 1 / (random() * 0)::int; END $$} },
	{ sql => q{DO $$ BEGIN EXECUTE 'SELECT gauth.authenticate(''T''), 1 / (random() * 0)::int'; END $$} },
	{ sql => q{DO $$ BEGIN EXECUTE 'SELEC gauth.authenticate(''T'')'; END $$}, early => 1 },
	{ sql => q{DO $$ BEGIN PERFORM gauth.subject(); RAISE EXCEPTION 'T' USING DETAIL = 'T', HINT = 'T'; END $$} },
	{ sql => q{INSERT INTO number VALUES ('T')}, early => 1 },
	{ sql => q{INSERT INTO number SELECT ('T' || gauth.subject())::int} , early => 1 },
	{ sql => q{INSERT INTO kept VALUES ('T'), ('T')}, early => 1 },
	{ sql => qq{COPY number FROM stdin;\nT\n\\.\n}, early => 1 },
	{ sql => q{PREPARE p(text) AS SELECT gauth.authenticate($1), 1 / (random() * 0)::int; EXECUTE p('T')} },
	{ sql => q{SET statement_timeout = 100; SELECT gauth.authenticate('T'), pg_sleep(10)} },
	{ sql => q{SELECT gauth.authenticate('T'), pg_terminate_backend(pg_backend_pid())} },
	{ sql => q{SET gauth.identity = 'T'; SELECT gauth.subject()}, early => 1 },
);

# how many of the statements end up in the log, and which
sub leaked
{
	my ($before, $text, @which) = @_;
	my @leaked;

	for my $statement (@which)
	{
		(my $sql = $statement->{sql}) =~ s/T(?=T?['\n])/$text/g;
		my $position = $node->log_position;
		$node->psql('gauth', "$before$sql", Gauth::as('low'));
		my $log = $node->log_since($position);
		my $signature = (split /\./, $text)[2];
		push @leaked, $statement->{sql}
		  if index($log, $text) >= 0 || index($log, $signature) >= 0;
	}
	return join "\n", @leaked;
}

my $position = $node->log_position;
$node->psql('gauth', 'SELECT 1 / 0 AS seen_in_the_log');
like($node->log_since($position), qr/STATEMENT:.*seen_in_the_log/,
	'statements that fail are logged');

is(leaked('', $token, grep { !$_->{early} } @statements),
	'', 'no token in the log, the library being loaded by the statement');
is(leaked("SELECT gauth.subject();\n", $token, @statements),
	'', 'nor in a session that has called gauth');
is(leaked("SELECT gauth.subject();\n", $spaced, @statements),
	'', 'nor one with a space in its header');
is(leaked("SELECT gauth.subject();\n", $broken, @statements),
	'', 'nor one with line feeds in its header');
note("logged by the server itself, in a session that never called gauth:\n",
	leaked('', $token, @statements));

$position = $node->log_position;
$node->psql('gauth',
	"SELECT gauth.subject();\nDO \$\$ BEGIN RAISE LOG 'gauth.key.issuer, key.pem.old, eyJ.a.b, T'; END \$\$",
	Gauth::as('low'));
like($node->log_since($position), qr/gauth\.key\.issuer, key\.pem\.old, eyJ\.a\.b, T$/m,
	'what is no token is not masked');

# parameters that are bound are not logged at all
my $script = PostgreSQL::Test::Utils::tempdir() . '/bound.sql';
append_to_file($script,
	"SELECT gauth.authenticate(:token), 1 / (random() * 0)::int;\n");
$position = $node->log_position;
for my $mode ('extended', 'prepared')
{
	my ($out, $err) = run_command(
		[
			'pgbench', '-n', '-M', $mode, '-t', '1', '-D', "token=$token",
			'-h', $node->host, '-p', $node->port, '-U', 'low', '-f', $script, 'gauth'
		]);
	like($err, qr/division by zero/, "bound in mode $mode, the statement fails");
}
like($node->log_since($position), qr/division by zero/, 'which is logged');
unlike($node->log_since($position), qr/\Q$token/, 'without the token');

# two who wait for each other are shown with their statements
my @sessions = map { $node->background_psql('gauth', on_error_stop => 0) } 1 .. 2;
for my $number (0, 1)
{
	$sessions[$number]->query(
		"BEGIN; SELECT gauth.subject(); SELECT pg_advisory_xact_lock($number)");
}
$position = $node->log_position;
$sessions[0]->query_until(qr/waits/,
	"\\echo waits\nSELECT gauth.inspect_token('$token'), pg_advisory_xact_lock(1);\n");
$sessions[1]->query("SELECT gauth.inspect_token('$token'), pg_advisory_xact_lock(0)");
$_->quit for @sessions;
like($node->log_since($position), qr/deadlock detected/, 'a deadlock is logged');
unlike($node->log_since($position), qr/\Q$token/, 'without the tokens');

# ---------------------------------------------------------------------------
# loaded when the session begins, which a database can be set to

$node->safe_psql('postgres',
	"ALTER DATABASE gauth SET session_preload_libraries = 'gauth'");
is(leaked('', $token, @statements),
	'', 'no token in the log with session_preload_libraries');

# loaded by the server: what it says about a session that crashed, too
$node->safe_psql('postgres',
	'ALTER DATABASE gauth RESET session_preload_libraries');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'gauth'\n");
$node->restart;
is(leaked('', $token, @statements),
	'', 'nor with shared_preload_libraries');
$position = $node->log_position;
$node->psql('gauth',
	"SELECT gauth.authenticate('$token'), pg_sleep(0), pg_backend_pid() \\gset\n"
	  . "\\setenv PID :pg_backend_pid\n"
	  . "\\! (sleep 0.3; kill -9 \$PID) &\n"
	  . "SELECT gauth.authenticate('$token'), pg_sleep(10)");
$node->poll_query_until('postgres', 'SELECT true');
like($node->log_since($position), qr/was terminated by signal 9/, 'a session crashed');
unlike($node->log_since($position), qr/\Q$token/, 'and its token is not shown');

$node->stop;
done_testing();
