# A hot standby verifies tokens, gives identities, and hears of what the
# primary changes; what has to be written down needs the primary.
use strict;
use warnings;

use Gauth;
use Test::More;

my $ISSUER = 'https://issuer.example';
my $WHO = "SELECT coalesce(gauth.subject(), 'nobody')";

my $primary = Gauth->new('primary', init => [ allows_streaming => 1 ]);
$primary->add_hosted($ISSUER, algorithm => 'ES256');
my ($alice, $alice_jti) = $primary->issue_token($ISSUER, 'alice');
my ($bob, $bob_jti) = $primary->issue_token($ISSUER, 'bob');
my $carol = $primary->issue_token($ISSUER, 'carol');
$primary->sql(q{
	CREATE ROLE app LOGIN;
	SELECT gauth.grant_access('app', 'verifier');
	CREATE TABLE doc AS
	SELECT i AS id, CASE i % 2 WHEN 0 THEN 'alice' ELSE 'bob' END AS owner
	FROM generate_series(1, 20000) i;
	ALTER TABLE doc SET (parallel_workers = 2);
	ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON doc USING (owner = gauth.subject());
	GRANT SELECT ON doc TO app;
	ANALYZE doc});

$primary->backup('base');
my $standby = Gauth->bare('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);
my @APP = Gauth::as('app');

$standby->gives('SELECT pg_is_in_recovery()', 't', 'a standby');
$standby->gives("SELECT gauth.verify('$alice') ->> 'sub'",
	'alice', 'it verifies a token', @APP);
$standby->gives("SELECT gauth.introspect_token('$alice') -> 'active'",
	'true', 'and introspects it', @APP);
$standby->gives(
	"BEGIN; SELECT gauth.authenticate('$alice'); SELECT count(*), min(owner) FROM doc; COMMIT; $WHO",
	"alice\n10000|alice\nnobody", 'a bearer gets its rows', @APP);
$standby->gives(
	"BEGIN; SELECT gauth.authenticate('$bob'); SET parallel_setup_cost = 0;"
	  . ' SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;'
	  . ' SET parallel_leader_participation = off; SELECT count(*), min(owner) FROM doc; COMMIT',
	"bob\n10000|bob", 'from workers, too', @APP);
$standby->gives("SET gauth.identity = 'forged'; $WHO", 'nobody',
	'nothing can be forged there', @APP);

for my $write (
	"SELECT gauth.issue_token('$ISSUER', 'dave', ARRAY['db'], '1 hour')",
	"SELECT gauth.revoke('$alice')",
	"SELECT gauth.revoke_token('$ISSUER', '$alice_jti')",
	"SELECT gauth.create_key('$ISSUER', 'EdDSA')")
{
	my ($name) = $write =~ /gauth\.(\w+)/;
	$standby->refuses($write, '25006', "$name needs the primary");
}

# what is revoked on the primary, in transactions that are open on the standby
my %open;
for my $level ('READ COMMITTED', 'REPEATABLE READ')
{
	my $session = $standby->background_psql('gauth', on_error_stop => 0);
	$session->query_safe("PREPARE mine AS SELECT count(*) FROM doc WHERE owner = gauth.subject()");
	is( $session->query(
			"BEGIN ISOLATION LEVEL $level; SELECT gauth.authenticate('$alice'); EXECUTE mine"),
		"alice\n10000", "a transaction at $level");
	$open{$level} = $session;
}
$primary->sql("BEGIN; SELECT gauth.revoke_token('$ISSUER', '$alice_jti'); ROLLBACK");
$primary->wait_for_catchup($standby);
is($_->query('EXECUTE mine'), '10000', 'a revocation that was undone does not count')
  for values %open;
$primary->sql("SELECT gauth.revoke_token('$ISSUER', '$alice_jti')");
$primary->wait_for_catchup($standby);
for my $level (sort keys %open)
{
	is($open{$level}->query("EXECUTE mine; $WHO"),
		"0\nnobody", "revoked on the primary, dead at $level");
	$open{$level}->quit;
}
$standby->refuses("SELECT gauth.authenticate('$alice')", 'ZG001',
	'the token is refused from then on', @APP);

my $session = $standby->background_psql('gauth', on_error_stop => 0);
is($session->query("BEGIN; SELECT gauth.authenticate('$bob')"), 'bob', 'another bearer');
$primary->sql("SELECT gauth.revoke_subject('$ISSUER', 'bob', now() + '1 second')");
$primary->wait_for_catchup($standby);
is($session->query($WHO), 'nobody', 'whose subject is revoked');
is($session->query("ROLLBACK; BEGIN; SELECT gauth.authenticate('$carol')"),
	'carol', 'a third one');
$primary->sql("SELECT gauth.drop_key('$ISSUER', kid) FROM gauth.key");
$primary->wait_for_catchup($standby);
is($session->query($WHO), 'nobody', 'whose key is dropped');
$session->quit;

# promoted, it does all that the primary did
$primary->sql("SELECT gauth.create_key('$ISSUER', 'ES256')");
$primary->wait_for_catchup($standby);
$session = $standby->background_psql('gauth', on_error_stop => 0);
is($session->query($WHO), 'nobody', 'a session from before the promotion');
$primary->stop;
$standby->promote;
my $new = $standby->issue_token($ISSUER, 'erin');
is($session->query("BEGIN; SELECT gauth.authenticate('$new')"),
	'erin', 'takes a token that was issued since');
$standby->sql("SELECT gauth.revoke('$new')");
is($session->query($WHO), 'nobody', 'and hears of its revocation');
$session->quit;
$standby->refuses("SELECT gauth.authenticate('$alice')", 'ZG001',
	'what was revoked stays so');

$standby->stop;
done_testing();
