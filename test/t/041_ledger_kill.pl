# kill -9 of the server, of sessions and of the process that seals, while 12
# writers are at work: what a client was told is in the ledger afterwards, and
# the ledger verifies.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $WRITERS = 12;

my $node = Gauth->new('main', config => "restart_after_crash = on\nlog_statement = none\n");
my $directory = PostgreSQL::Test::Utils::tempdir();
append_to_file("$directory/write.sql",
	join '', map { "SELECT gauth.audit_append('kill', 'write', 'thing');\n" } 1 .. 4000);

# each writer says which receipts it got: committed, one by one
sub start_writers
{
	my @writers;
	for my $number (1 .. $WRITERS)
	{
		my ($told, $ignored) = ('', '');
		my $run = IPC::Run::start(
			[
				'psql', '-XAtq', '-h', $node->host, '-p', $node->port,
				'-d', 'gauth', '-f', "$directory/write.sql"
			],
			'>', \$told, '2>', \$ignored);
		push @writers, [ $run, \$told ];
	}
	return @writers;
}

sub finish_writers
{
	my @receipts;
	for my $writer (@_)
	{
		eval { $writer->[0]->finish };
		push @receipts, grep { /^\d+-\d+-\d+-\d+-[0-9a-f]{64}$/ } split /\n/, ${ $writer->[1] };
	}
	return @receipts;
}

sub check
{
	my ($name, @receipts) = @_;
	my $file = "$directory/$name.told";

	append_to_file($file, join("\n", @receipts) . "\n");
	$node->sql("CREATE TABLE told_$name (receipt text);\n\\copy told_$name FROM '$file'");
	cmp_ok(scalar @receipts, '>', 100, "$name: " . @receipts . ' entries were acknowledged');
	$node->gives(qq{SELECT count(*) FROM told_$name t WHERE NOT EXISTS (
		SELECT FROM gauth.audit a WHERE a.receipt = regexp_replace(t.receipt, '-[0-9a-f]{64}\$', ''))},
		'0', "$name: all of them are there");
	$node->sql('SELECT gauth.audit_seal()');
	$node->gives("SELECT count(*) FROM (SELECT gauth.audit_wait(receipt) AS sealed FROM told_$name) w WHERE NOT sealed",
		'0', "$name: sealed as they were");
	$node->gives('SELECT * FROM gauth.audit_verify()', '', "$name: the ledger verifies");
}

my @writers = start_writers();
usleep(2_500_000);
$node->kill9;
my @told = finish_writers(@writers);
$node->poll_start;
check('server', @told);

@writers = start_writers();
my $processes = 0;
for (1 .. 3)
{
	usleep(700_000);
	my $pid = $node->sql(
		q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'gauth ledger' LIMIT 1});
	next if $pid eq '';
	$processes += $node->kill_process($pid);
	last;
}
@told = finish_writers(@writers);
$node->poll_up;
cmp_ok($processes, '>', 0, 'the process that seals was killed');
check('sealer', @told);

@writers = start_writers();
usleep(700_000);
my $victim = $node->sql(
	q{SELECT pid FROM pg_stat_activity WHERE query LIKE '%audit_append%' AND pid <> pg_backend_pid() LIMIT 1});
is($node->kill_process($victim), 1, 'a session was killed');
@told = finish_writers(@writers);
$node->poll_up;
check('session', @told);

$node->stop;
done_testing();
