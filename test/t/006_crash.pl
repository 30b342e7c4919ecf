# kill -9, of a session and of the whole server, while tokens are issued and
# revoked: what a client was told is there afterwards.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $ISSUER = 'https://issuer.example';
my $WRITERS = 2;
my $TOKENS = 6000;

my $node = Gauth->new('main', config => "restart_after_crash = on\n");
$node->add_hosted($ISSUER);
my $token = $node->issue_token($ISSUER, 'alice');
my $directory = PostgreSQL::Test::Utils::tempdir();

# tokens to be revoked, one by one
sub victims
{
	my ($round) = @_;
	return split /\n/, $node->sql(
		"SELECT (gauth.issue_token('$ISSUER', 'victim$round', ARRAY['db'], '1 hour')).jti"
		  . " FROM generate_series(1, $TOKENS)");
}

# psql says what it was told, a line for each statement that was committed
sub start_client
{
	my ($name, @statements) = @_;
	my $file = "$directory/$name.sql";
	my $told = '';
	my $ignored = '';

	append_to_file($file, join '', map { "$_;\n" } @statements);
	my $run = IPC::Run::start(
		[
			'psql', '-XAtq', '-h', $node->host, '-p', $node->port,
			'-d', 'gauth', '-f', $file
		],
		'>', \$told, '2>', \$ignored);
	return [ $run, \$told ];
}

sub start_load
{
	my $said = '';
	my $file = "$directory/load.sql";

	append_to_file($file,
		"SELECT gauth.revoke(token) FROM gauth.issue_token('$ISSUER', 'load', ARRAY['db'], '1 hour');\n")
	  if !-e $file;
	my $run = IPC::Run::start(
		[
			'pgbench', '-n', '-c', '2', '-T', '60', '-h', $node->host,
			'-p', $node->port, '-f', $file, 'gauth'
		],
		'>', \$said, '2>&1');
	return $run;
}

# lines of a client that were told in full
sub told
{
	my ($clients) = @_;
	my @lines;

	for my $client (@$clients)
	{
		$client->[0]->finish;
		my $text = ${ $client->[1] };
		$text =~ s/[^\n]*\z//;
		push @lines, split /\n/, $text;
	}
	return @lines;
}

sub missing
{
	my ($table, $column, @expected) = @_;
	my %there = map { $_ => 1 }
	  split /\n/, $node->sql("SELECT $column FROM gauth.$table");
	return scalar grep { !$there{$_} } @expected;
}

sub kill_under_load
{
	my ($what, $round, $kill) = @_;
	my @victims = victims($round);
	my $share = int(@victims / $WRITERS);
	my $load = start_load();
	my (@issuers, @revokers);

	for my $number (1 .. $WRITERS)
	{
		my @own = splice @victims, 0, $share;
		push @issuers, start_client("issue${round}_$number",
			("SELECT jti FROM gauth.issue_token('$ISSUER', 'alice', ARRAY['db'], '1 hour')")
			  x $TOKENS);
		push @revokers, start_client("revoke${round}_$number",
			map { "SELECT '$_' WHERE gauth.revoke_token('$ISSUER', '$_')" } @own);
	}
	$node->poll_query_until('gauth',
		"SELECT count(*) > 200 FROM gauth.revocation r JOIN gauth.token t"
		  . " ON t.jti = r.token WHERE t.subject = 'victim$round'");
	$kill->();
	my @issued = told(\@issuers);
	my @revoked = told(\@revokers);
	$load->finish;

	ok(@issued > 0 && @issued < $WRITERS * $TOKENS,
		"$what: " . @issued . ' tokens were issued until then');
	ok(@revoked > 0 && @revoked < $TOKENS,
		"$what: " . @revoked . ' were revoked');
	return (\@issued, \@revoked);
}

sub check
{
	my ($what, $issued, $revoked) = @_;

	is(missing('token', 'jti', @$issued), 0, "$what: every issued token is there");
	is(missing('revocation', 'token', @$revoked), 0, "$what: every revocation is there");
	$node->gives("SELECT gauth.verify('$token') ->> 'sub'",
		'alice', "$what: a token of before verifies");
	is( $node->sql(
			"SELECT count(*) FROM gauth.tokens WHERE status = 'active' AND jti IN ("
			  . join(',', map { "'$_'" } @$revoked) . ')'),
		'0', "$what: none of the revoked is active");
	my ($new, $jti) = $node->issue_token($ISSUER, 'bob');
	$node->sql("SELECT gauth.revoke_token('$ISSUER', '$jti')");
	$node->refuses("SELECT gauth.authenticate('$new')", 'ZG001',
		"$what: it goes on issuing and revoking");
	return;
}

# a session is killed: the server ends all others and recovers
my @first = kill_under_load(
	'a killed session', 1,
	sub {
		my $pid = $node->sql(
			"SELECT pid FROM pg_stat_activity WHERE query LIKE '%revoke_token%'"
			  . " AND pid <> pg_backend_pid() AND datname = 'gauth' LIMIT 1");
		is($node->kill_process($pid), 1, 'a session is killed');
	});
$node->poll_up;
check('a killed session', @first);

# the postmaster is killed, and nobody tidies up
my @second = kill_under_load('a killed server', 2, sub { $node->kill9 });
$node->poll_start;
check('a killed server', @second);
check('after another crash', @first);

# an orderly restart, last
$node->restart;
check('a restart', @second);

$node->stop;
done_testing();
