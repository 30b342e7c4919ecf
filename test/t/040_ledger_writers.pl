# Many writers at once, with savepoints, rollbacks, prepared transactions,
# every isolation level, a writer that stays open for seconds and sessions that
# are killed: no entry is lost, skipped or sealed twice.
use strict;
use warnings;

use Gauth;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $WRITERS = 64;
my $SECONDS = 6;

my $node = Gauth->new('main', config =>
	  "max_connections = 120\nmax_prepared_transactions = 40\nrestart_after_crash = on\n"
	  . "log_statement = none\nsynchronous_commit = off\nwal_level = replica\nmax_wal_senders = 2\n");
my $directory = PostgreSQL::Test::Utils::tempdir();

# what a committed writer knows of its entries
$node->sql('CREATE TABLE written (receipt text); CREATE TABLE gone (receipt text);');

# the sessions that may be killed bear a mark
my $mark = 'bench';

sub append
{
	my ($what) = @_;
	return "gauth.audit_append('load', '$what', 'thing') /* $mark */";
}

my %script = (
	plain => 'INSERT INTO written SELECT ' . append('plain') . ";\n",
	savepoints => "BEGIN;\nINSERT INTO written SELECT " . append('one') . ";\nSAVEPOINT a;\n"
	  . 'INSERT INTO written SELECT ' . append('undone') . ";\nSAVEPOINT b;\n"
	  . 'INSERT INTO written SELECT ' . append('undone') . ";\nROLLBACK TO a;\n"
	  . 'INSERT INTO written SELECT ' . append('two') . ";\nSAVEPOINT c;\n"
	  . 'INSERT INTO written SELECT ' . append('three') . ";\nRELEASE c;\nCOMMIT;\n",
	aborts => "BEGIN;\nSELECT " . append('aborted') . ";\nROLLBACK;\n"
	  . 'INSERT INTO written SELECT ' . append('after') . ";\n",
	repeatable => "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT count(*) FROM pg_class;\n"
	  . 'INSERT INTO written SELECT ' . append('repeatable') . ";\nCOMMIT;\n",
	serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE;\n"
	  . 'INSERT INTO written SELECT ' . append('serializable') . ";\nCOMMIT;\n",
	slow => "BEGIN;\nINSERT INTO written SELECT " . append('slow') . ";\n\\sleep 300 ms\nCOMMIT;\n",
	sealing => "SELECT gauth.audit_seal();\n\\sleep 20 ms\n");

$mark = '';
my @files;
for my $name (sort keys %script)
{
	my $file = "$directory/$name.sql";
	append_to_file($file, $script{$name});
	push @files, $file;
}

# every prepared transaction has a name of its own, which pgbench cannot make
sub start_psql
{
	my ($number, $outcome) = @_;
	my $text = join '', map {
		    "BEGIN;\nINSERT INTO "
		  . ($outcome eq 'COMMIT' ? 'written' : 'gone')
		  . ' SELECT ' . append('prepared')
		  . ";\nPREPARE TRANSACTION 'p$number.$_';\nSELECT pg_sleep(0.02);\n$outcome PREPARED 'p$number.$_';\n"
	} 1 .. 60;
	append_to_file("$directory/psql$number.sql", $text);
	my ($out, $err) = ('', '');
	return IPC::Run::start(
		[ 'psql', '-XAtq', '-h', $node->host, '-p', $node->port, '-d', 'gauth', '-f', "$directory/psql$number.sql" ],
		'>', \$out, '2>', \$err);
}

my @weights = map { ('-f', "$_\@" . (/plain/ ? 6 : /slow|sealing/ ? 1 : 3)) } @files;
my ($out, $err) = ('', '');
my $bench = IPC::Run::start(
	[
		'pgbench', '-n', '-c', $WRITERS - 4, '-j', '2', '-T', $SECONDS, '-h', $node->host,
		'-p', $node->port, @weights, 'gauth'
	],
	'>', \$out, '2>', \$err);
my @prepared = map { start_psql($_, $_ % 2 ? 'COMMIT' : 'ROLLBACK') } 1 .. 4;

# one writer that stays open for five seconds, while others are killed
my $open = $node->background_psql('gauth');
$open->query_safe("BEGIN; INSERT INTO written SELECT " . append('open'));
my $killed = 0;
for (1 .. 10)
{
	usleep(500_000);
	$killed += $node->safe_psql('gauth',
		    q{SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity}
		  . q{ WHERE query LIKE '%/* bench */%' AND pid <> pg_backend_pid()}
		  . q{ ORDER BY random() LIMIT 2) k});
	my $waiting = $node->sql('SELECT coalesce(max(waiting), 0) FROM gauth.audit_status()');
	note("waiting: $waiting");
}
my $total = $node->sql('SELECT sum(size) FROM gauth.seal_batch');
cmp_ok($total, '>', 1000, "$total entries are sealed beside a writer that is open for five seconds");
$open->query_safe('COMMIT');
$open->quit;
$bench->finish;
$_->finish for @prepared;
note($out, $err);
cmp_ok($killed, '>', 5, "$killed sessions were killed");

$node->sql('SELECT gauth.audit_seal()') for 1 .. 2;
my $written = $node->sql('SELECT count(*) FROM written');
cmp_ok($written, '>', 1000, "$written entries were acknowledged");
$node->sql(q{
	CREATE TABLE known AS SELECT regexp_replace(receipt, '-[0-9a-f]{64}$', '') AS receipt FROM written;
	CREATE TABLE there AS SELECT receipt, action FROM gauth.audit WHERE kind = 'app.load';
	ANALYZE known, there});
$node->gives('SELECT count(*) FROM known k WHERE NOT EXISTS (SELECT FROM there t WHERE t.receipt = k.receipt)',
	'0', 'every acknowledged entry is there');
$node->gives('SELECT count(*) FROM there t WHERE NOT EXISTS (SELECT FROM known k WHERE t.receipt = k.receipt)',
	'0', 'and no other');
$node->gives(q{SELECT count(*) FROM gauth.entry WHERE action IN ('aborted', 'undone')},
	'0', 'what was rolled back is not');
$node->gives('SELECT (SELECT sum(size) FROM gauth.seal_batch) - (SELECT count(*) FROM gauth.entry)',
	'0', 'each is sealed once');
$node->gives('SELECT * FROM gauth.audit_verify()', '', 'the ledger verifies');
$node->gives(q{SELECT count(*), count(DISTINCT receipt) = count(*) FROM gauth.audit_since(0, 100000)},
	(split /\n/, $node->sql(q{SELECT least(100000, count(*)) || '|t' FROM gauth.entry}))[0],
	'and streams');
$node->gives(q{SELECT count(*) FROM gauth.entry WHERE action = 'prepared'},
	'120', 'of the prepared transactions those that were committed');

# a transaction that waits for a standby to be prepared is running twice
$node->sql(q{SELECT gauth.configure('seal_interval', '"1 hour"')});
$node->append_conf('postgresql.conf', "synchronous_standby_names = 'nobody'");
$node->reload;
$node->poll_query_until('gauth', q{SELECT current_setting('synchronous_standby_names') = 'nobody'});
my $twice = $node->background_psql('gauth');
$twice->query_until(qr/preparing/, "\\echo preparing\nSET synchronous_commit = on;\nBEGIN;\nSELECT gauth.audit_append('load', 'twice', 'thing');\n"
	  . "PREPARE TRANSACTION 'twice';\n\\q\n");
ok($node->poll_query_until('gauth', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE 'PREPARE%'}),
	'a transaction is being prepared');
is($node->sql(q{SET synchronous_commit = local; SELECT gauth.audit_append('load', 'beside', 'thing') IS NOT NULL;
	SELECT gauth.audit_seal() > 0; SELECT * FROM gauth.audit_verify()}), "t\nt", 'what is sealed beside it verifies');
$node->append_conf('postgresql.conf', "synchronous_standby_names = ''");
$node->reload;
$twice->{run}->finish;
$node->sql(q{COMMIT PREPARED 'twice'});
$node->sql('SELECT gauth.audit_seal()') for 1 .. 2;
$node->gives('SELECT * FROM gauth.audit_verify()', '', 'and so does it');

$node->stop;
done_testing();
