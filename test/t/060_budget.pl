# Money under load: 64 clients spend 1 cent each of 1,000 as long as there is
# one, sessions are killed in between, and every cent is accounted for.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $CLIENTS = 64;
my $CENTS = 1000;
my $KILLS = 20;

my $node = Gauth->new('main',
	config => "max_connections = 100\nrestart_after_crash = on\n");
my $directory = PostgreSQL::Test::Utils::tempdir();

$node->sql(<<'SQL');
SELECT gauth.register_party('{"id": "alice", "kind": "natural_person", "name": "Alice"}');
SELECT gauth.register_party('{"id": "agent", "kind": "agent", "form": "llm", "name": "A", "version": "1"}');
SELECT gauth.party_identity('alice', current_user::regrole);
CREATE FUNCTION made(project text, cents bigint) RETURNS text LANGUAGE sql AS $$
    SELECT gauth.activate_mandate(gauth.create_mandate(json_build_object(
        'parties', json_build_object('subject', 'agent', 'customer_id', 'c', 'project_id', project,
                                     'issued_by', 'alice'),
        'scope', '{"governance_profile": "minimal", "phase": "build",
                   "core_verbs": {"foundry.file.modify": {"allowed": true}}}'::json,
        'requirements', json_build_object('approval_mode', 'autonomous', 'ttl_seconds', 86400,
                                          'budget', json_build_object('total_cents', cents))
    )) ->> 'mandate_id') ->> 'mandate_id' $$;
SQL

# A client reports under names of its own and repeats each report once, as one
# does that has lost the answer; it is told "accepted" at most once for a name.
sub start_client
{
	my ($mandate, $name, $pause) = @_;
	my $told = '';
	my $ignored = '';
	my $file = "$directory/$name.sql";
	my $script = '';

	for my $i (1 .. 40)
	{
		$script .= "SELECT pg_sleep($pause);\n" if $pause;
		for (1 .. 2)
		{
			$script .= "SELECT r ->> 'enforcement_request_id', r ->> 'accepted', r ->> 'reason'"
			  . " FROM gauth.report_consumption('$mandate', 1, '$name-$i') r;\n";
		}
	}
	append_to_file($file, $script);
	my $run = IPC::Run::start(
		[
			'psql', '-XAtq', '-h', $node->host, '-p', $node->port,
			'-d', 'gauth', '-f', $file
		],
		'>', \$told, '2>', \$ignored);
	return { run => $run, told => \$told };
}

# names that the clients were told are accepted, with how often
sub accepted
{
	my (@clients) = @_;
	my %count;

	for my $client (@clients)
	{
		$client->{run}->finish;
		for my $line (split /\n/, ${ $client->{told} })
		{
			$count{$1}++ if $line =~ /^(\S+)\|true\|$/;
		}
	}
	return %count;
}

sub check_books
{
	my ($what, $mandate, %told) = @_;
	my %there = map { $_ => 1 } split /\n/, $node->sql(
		"SELECT enforcement_request_id FROM gauth.budget_consumption WHERE mandate = '$mandate'");

	is(scalar(grep { $_ > 1 } values %told), 0, "$what: none was accepted twice");
	is(scalar(grep { !$there{$_} } keys %told), 0, "$what: none that was accepted is lost");
	$node->gives("SELECT total = remaining + spent FROM (SELECT budget_total AS total, budget_remaining AS remaining,"
		  . " (SELECT coalesce(sum(cents), 0) FROM gauth.budget_consumption c WHERE c.mandate = m.id) AS spent"
		  . " FROM gauth.mandate m WHERE id = '$mandate') b",
		't', "$what: given is left and spent");
	$node->gives("SELECT count(*) FROM gauth.budget_consumption WHERE mandate = '$mandate' AND remaining < 0",
		'0', "$what: never negative");
	$node->gives("SELECT count(*) = max(sequence) AND count(*) FILTER (WHERE event = 'BUDGET_CONSUMPTION') ="
		  . " (SELECT count(*) FROM gauth.budget_consumption c WHERE c.mandate = h.mandate)"
		  . " FROM gauth.mandate_history h WHERE mandate = '$mandate' GROUP BY mandate",
		't', "$what: the history has every consumption, and no gap");
	$node->gives("SELECT count(*) FROM gauth.mandate_history h WHERE mandate = '$mandate' AND NOT EXISTS"
		  . " (SELECT 1 FROM gauth.entry e WHERE e.mandate = h.mandate AND e.action = h.event)",
		'0', "$what: the ledger has them as well");
	return scalar keys %there;
}

# E-18: nobody is disturbed
my $mandate = $node->sql("SELECT made('calm', $CENTS)");
my @clients = map { start_client($mandate, "calm$_") } 1 .. $CLIENTS;
my %told = accepted(@clients);
is(scalar(keys %told), $CENTS, 'E-18: exactly 1,000 are accepted');
is(check_books('E-18', $mandate, %told), $CENTS, 'E-18: and written down');
$node->gives("SELECT m ->> 'status', m #>> '{budget_state,remaining_cents}' FROM gauth.mandate('$mandate') m",
	'BUDGET_EXCEEDED|0', 'E-18: then the budget is exceeded');

# sessions are ended in the middle of their work
$mandate = $node->sql("SELECT made('terminated', $CENTS)");
@clients = map { start_client($mandate, "terminated$_", 0.1) } 1 .. $CLIENTS;
my $ended = 0;
for (1 .. $KILLS)
{
	usleep(50_000);
	$ended += $node->sql("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity"
		  . " WHERE state = 'active' AND query LIKE '%report_consumption%'"
		  . " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) v");
}
%told = accepted(@clients);
note("$ended sessions were ended");
ok($ended > 0, 'sessions are ended');
push @clients, map { start_client($mandate, "more$_") } 1 .. 40;
%told = (%told, accepted(@clients[ $CLIENTS .. $#clients ]));
is(check_books('ended sessions', $mandate, %told), $CENTS, 'ended sessions: exactly 1,000 are spent in the end');
$node->gives("SELECT gauth.mandate('$mandate') ->> 'status'", 'BUDGET_EXCEEDED', 'ended sessions: then the budget is exceeded');

# a session is killed: the whole server recovers
$mandate = $node->sql("SELECT made('killed', $CENTS)");
@clients = map { start_client($mandate, "killed$_", 1) } 1 .. $CLIENTS;
$node->poll_query_until('gauth',
	"SELECT count(*) > 50 FROM gauth.budget_consumption WHERE mandate = '$mandate'");
my $pid = $node->sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
	  . " AND pid <> pg_backend_pid() AND datname = 'gauth' ORDER BY random() LIMIT 1");
is($node->kill_process($pid), 1, 'a session is killed');
%told = accepted(@clients);
$node->poll_up;
my $spent = check_books('a killed session', $mandate, %told);
ok($spent >= scalar keys %told && $spent < $CENTS, "a killed session: $spent spent until then");

# and the postmaster
@clients = map { start_client($mandate, "gone$_", 0.5) } 1 .. 20;
$node->poll_query_until('gauth',
	"SELECT count(*) > $spent + 20 FROM gauth.budget_consumption WHERE mandate = '$mandate'");
$node->kill9;
%told = accepted(@clients);
$node->poll_start;
check_books('a killed server', $mandate, %told);
@clients = map { start_client($mandate, "last$_") } 1 .. 30;
%told = accepted(@clients);
is(check_books('at last', $mandate, %told), $CENTS, 'at last: exactly 1,000 are spent');

$node->gives('SELECT count(*) FROM gauth.lint_mandates()', '0', 'all books agree');

$node->stop;
done_testing();
