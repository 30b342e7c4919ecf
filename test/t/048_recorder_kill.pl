# kill -9 of the worker, of a session and of the whole server under load: what
# a client was told is recorded is in the ledger, once, and all of it verifies.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $CLIENTS = 4;
my $CALLS = 20000;
my $node = Gauth->new('main', config => "restart_after_crash = on\nfsync = on\n");
my $directory = PostgreSQL::Test::Utils::tempdir();

$node->sql(q{
	SELECT gauth.create_policy_store('s', 'cedar');
	SELECT gauth.create_policy('ok', 'permit (principal, action, resource) when { context.ok };', 's')});

# a statement that prints its number when the decision is recorded
sub statement
{
	my ($kind, $id) = @_;
	my $ok = $kind eq 'denial' ? 'false' : 'true';
	my $ask = qq{SELECT '$id' WHERE gauth.decide('User::"u"', 'Action::"use"', 'Thing::"$id"', '{"ok": $ok}', 's') IS NOT NULL};

	return "BEGIN; $ask; ROLLBACK;\n" if $kind eq 'denial';
	return "BEGIN READ ONLY; $ask; COMMIT;\n" if $kind eq 'permit';
	return "$ask;\n";
}

sub start_client
{
	my ($name, $kind) = @_;
	my $file = "$directory/$name.sql";
	my ($told, $ignored) = ('', '');

	append_to_file($file, join '', map { statement($kind, "$name-$_") } 1 .. $CALLS);
	my $run = IPC::Run::start(
		[ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-d', 'gauth', '-f', $file ],
		'>', \$told, '2>', \$ignored);
	return [ $run, \$told ];
}

# what a client was told in full
sub told
{
	my ($client) = @_;

	$client->[0]->finish;
	my $text = ${ $client->[1] };
	$text =~ s/[^\n]*\z//;
	return split /\n/, $text;
}

my @all;
for my $round (
	[ 'worker', 'a killed worker' ],
	[ 'client backend', 'a killed session' ],
	[ 'server', 'a killed server' ])
{
	my ($victim, $what) = @$round;
	(my $prefix = $victim) =~ tr/ /-/;
	my @clients = map { start_client("$prefix-$_", ('denial', 'permit', 'change', 'denial')[ $_ % 4 ]) } 1 .. $CLIENTS;

	$node->poll_query_until('gauth', qq{SELECT count(*) > 2000 FROM gauth.entry WHERE resource LIKE 'Thing::"$prefix%'});
	if ($victim eq 'server')
	{
		$node->kill9;
	}
	else
	{
		my $pid = $node->sql(
			$victim eq 'worker'
			? 'SELECT worker_pid FROM gauth.recorder_state()'
			: "SELECT pid FROM pg_stat_activity WHERE backend_type = '$victim' AND query LIKE '%gauth.decide%' AND pid <> pg_backend_pid() LIMIT 1");
		is($node->kill_process($pid), 1, "$what: $pid");
	}
	my @told = map { told($_) } @clients;
	$victim eq 'server' ? $node->poll_start : $node->poll_up;
	push @all, @told;

	ok(@told > 1000 && @told < $CLIENTS * $CALLS, "$what: " . @told . ' calls were answered until then');
	my %there;
	$there{$_}++ for map { /"(.*)"/; $1 } split /\n/, $node->sql("SELECT resource FROM gauth.entry WHERE kind = 'decision'");
	is(scalar(grep { !$there{$_} } @all), 0, "$what: every answered call is in the ledger");
	is(scalar(grep { $there{$_} > 1 } keys %there), 0, "$what: none is there twice");
	$node->gives(qq{SELECT gauth.decide('User::"u"', 'Action::"use"', 'Thing::"next$prefix"', '{"ok": false}', 's') ->> 'decision'},
		'deny', "$what: it goes on");
	ok($node->poll_query_until('gauth', 'SELECT size = (SELECT count(*) FROM gauth.entry) FROM gauth.audit_root()'),
		"$what: all is sealed");
	$node->gives('SELECT count(*) FROM gauth.audit_verify()', '0', "$what: and verifies");
	$node->gives(q{SELECT parts_used, kept, lost FROM gauth.recorder_state()}, '0|0|0', "$what: the ring is empty");
}

$node->stop;
done_testing();
