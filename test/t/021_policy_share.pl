# Compiled policies that sessions share: who builds, who finds, and that nobody
# ever decides by a set that is not of the rows he sees: changes, rolled back
# changes, parallel workers, a database of the same name, kill -9, a standby.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

# with this kind of shared memory each segment is a file that can be counted
my $node = Gauth->new(
	'main',
	init => [ allows_streaming => 1 ],
	config => "dynamic_shared_memory_type = mmap\nrestart_after_crash = on\n"
	  . "max_worker_processes = 8\nmax_parallel_workers = 8\n");

# a store large enough to be shared
sub make_store
{
	my ($store, $allowed) = @_;
	return qq{SELECT gauth.create_policy_store('$store', 'cedar');}
	  . put_policies($store, $allowed);
}

sub put_policies
{
	my ($store, $allowed) = @_;
	return qq{SELECT gauth.put_policies(string_agg(format(
		'\@id("p%s") permit (principal == User::"u%s", action == Action::"view", resource == Doc::"d%s");', i, i,
		i % $allowed), E'\\n'), '$store') FROM generate_series(1, 400) i;};
}

sub ask
{
	my ($store, $user) = @_;
	return qq{SELECT gauth.is_authorized('User::"u$user"', 'Action::"view"', 'Doc::"d1"', store => '$store');};
}

my $sets = 'SELECT store, built, shared, uses FROM gauth.policy_sets() ORDER BY store;';

sub segments
{
	return $node->safe_psql('postgres', q{SELECT count(*) FROM pg_ls_dir('pg_dynshmem') f WHERE f LIKE 'mmap.%'});
}

# ---------------------------------------------------------------------------
# one builds, the others find

$node->sql(make_store('one', 5) . make_store('twin', 5));
$node->gives(ask('one', 6) . ask('one', 7) . $sets, "t\nf\none|t|t|0",
	'the first session builds');
$node->gives(ask('one', 6) . ask('one', 7) . $sets, "t\nf\none|f|t|1",
	'the second finds what it would have built');
$node->gives(ask('twin', 6) . ask('one', 6) . $sets, "t\nt\none|f|t|3\ntwin|f|t|3",
	'and a store with the same policies has the same set');
$node->gives(
	make_store('small', 5) . ask('small', 6)
	  . q{SELECT gauth.put_policies('permit (principal, action, resource);', 'small');}
	  . ask('small', 6) . q{SELECT store, built, shared, uses IS NULL FROM gauth.policy_sets();},
	"\n400\nt\n1\nt\nsmall|t|f|t",
	'a few policies are compiled by everybody');

# ---------------------------------------------------------------------------
# parallel workers

my $parallel = q{
	SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off;
	SET max_parallel_workers_per_gather = 3;
};
$node->sql('CREATE TABLE document AS SELECT i AS id FROM generate_series(1, 100000) i');
$node->sql('ANALYZE document');
my $count = q{SELECT count(*) FROM document
	WHERE gauth.is_authorized(format('User::"u%s"', id % 400 + 1), 'Action::"view"', 'Doc::"d1"', store => 'one');};
my $explained = $node->sql("$parallel EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) $count");
my ($launched) = $explained =~ /Workers Launched: ([1-9])/;
ok($launched, 'a parallel plan with workers');
my $before = $node->sql(ask('one', 6) . 'SELECT uses FROM gauth.policy_sets()');
$before =~ s/^t\n//;
my $answer = $node->sql($parallel . $count . ask('one', 6) . $sets);
like($answer, qr/^20000\nt\none\|f\|t\|(\d+)$/, 'workers decide');
my ($uses) = $answer =~ /\|(\d+)$/;
cmp_ok($uses - $before, '>=', 1 + $launched, 'by the set that is there: nobody has built one');
is($node->sql($count), '20000', 'as one session decides');

# ---------------------------------------------------------------------------
# changes: seen by who has committed, by nobody else, and never afterwards

my $old = $node->background_psql('gauth');
is($old->query_safe(ask('one', 6)), 't', 'a session with the set mapped');
$node->sql(put_policies('one', 7));
$node->gives(ask('one', 6) . ask('one', 8) . $sets, "f\nt\none|t|t|0",
	'after a change somebody builds another');
$node->gives(ask('one', 8) . $sets, "t\none|f|t|1", 'and the next one finds that');
is($old->query_safe('SELECT uses IS NULL FROM gauth.policy_sets()'), 't',
	'the old set is given to nobody any more');
is($old->query_safe(ask('one', 8)), 't', 'and who had it decides by the other one');
is($old->query_safe($sets), 'one|f|t|2', 'which it has found');

$old->query_safe('BEGIN');
$old->query_safe(put_policies('one', 9));
is($old->query_safe(ask('one', 10) . ask('one', 8)), "t\nf", 'in the transaction that makes a change');
is($old->query_safe($sets), 'one|t|f|', 'its set is its own');
$node->gives(ask('one', 10) . ask('one', 8) . $sets, "f\nt\none|f|t|3", 'and no other session has any of it');
$old->query_safe('ROLLBACK');
is($old->query_safe(ask('one', 10) . ask('one', 8)), "f\nt", 'after its end it never was');
is($old->query_safe($sets), 'one|f|t|4', 'and the shared set is as good as before');

$old->query_safe('BEGIN; SAVEPOINT s');
$old->query_safe(put_policies('one', 9));
is($old->query_safe(ask('one', 10)), 't', 'in a savepoint');
$old->query_safe('ROLLBACK TO s');
is($old->query_safe(ask('one', 10)), 'f', 'and behind it');
$old->query_safe(put_policies('one', 11) . 'COMMIT');
$node->gives(ask('one', 12) . ask('one', 8) . $sets, "t\nf\none|t|t|0", 'a change that did commit');

# past the functions: the rows say what a set is made of, not their versions
$node->sql(q{UPDATE gauth.policy SET source = replace(source, 'permit', 'forbid') WHERE store = 'one' AND id = 'p12'});
$node->gives(ask('one', 12) . ask('one', 1) . q{SELECT built FROM gauth.policy_sets();}, "f\nt\nt",
	'rows that somebody changed by hand');

# ---------------------------------------------------------------------------
# what is replaced is given back

$old->quit;
my $segments = segments();
for my $round (1 .. 12)
{
	$node->sql(put_policies('one', 3 + $round % 2) . ask('one', 3));
}
is(segments(), $segments, 'a set that was replaced leaves no memory behind');

# more stores than there is room for: the one not asked for longest goes
$node->sql(join '', map { make_store("s$_", 5) } 1 .. 70);
my $all = join '', map { ask("s$_", 6) } 1 .. 70;
my $found = $node->sql(
	join('', map { put_policies("s$_", 10 + $_) } 1 .. 70)
	  . join('', map { ask("s$_", 11 + $_) } 1 .. 70)
	  . q{SELECT count(*) FILTER (WHERE shared), count(uses) BETWEEN 50 AND 64 FROM gauth.policy_sets();});
like($found, qr/(t\n){70}70\|t$/, 'many stores, some without a place: all decide');
cmp_ok(segments(), '<=', $segments + 64, 'within bounds');

# ---------------------------------------------------------------------------
# another database of the same name has nothing of the first

$node->safe_psql('postgres', "CREATE DATABASE other ENCODING 'UTF8' TEMPLATE template0");
$node->safe_psql('other', 'CREATE EXTENSION gauth');
$node->safe_psql('other', make_store('one', 5) . ask('one', 6));
is($node->safe_psql('other', ask('one', 6) . $sets), "t\none|f|t|1", 'shared in another database');
$node->safe_psql('postgres', 'DROP DATABASE other');
$node->safe_psql('postgres', "CREATE DATABASE other ENCODING 'UTF8' TEMPLATE template0");
$node->safe_psql('other', 'CREATE EXTENSION gauth');
is($node->safe_psql('other', make_store('one', 5) . ask('one', 6) . ask('one', 7) . $sets),
	"\n400\nt\nf\none|t|t|0", 'the next one of that name begins with nothing');

# ---------------------------------------------------------------------------
# kill -9: of a session, which takes all shared memory along, and of the server

$node->sql(put_policies('one', 5) . ask('one', 6));
my $victim = $node->background_psql('gauth');
is($victim->query_safe(ask('one', 6)), 't', 'a session that will be killed');
my $pid = $victim->query_safe('SELECT pg_backend_pid()');
$node->kill_process($pid);
eval { $victim->{run}->finish; };
$node->poll_up;
$node->gives(ask('one', 6) . ask('one', 7) . $sets, "t\nf\none|t|t|0", 'after that everything is built anew');
$node->gives(ask('one', 6) . $sets, "t\none|f|t|1", 'and shared again');
$node->kill9;
$node->poll_start;
$node->gives(ask('one', 6) . $sets, "t\none|t|t|0", 'likewise after the server was killed');

# ---------------------------------------------------------------------------
# a standby shares as well, and hears of changes

$node->backup('base');
my $standby = Gauth->bare('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
$standby->gives(ask('one', 6) . $sets, "t\none|t|t|0", 'a standby builds');
$standby->gives(ask('one', 6) . $sets, "t\none|f|t|1", 'and shares');
$node->sql(put_policies('one', 7));
$node->wait_for_catchup($standby);
$standby->gives(ask('one', 6) . ask('one', 8) . $sets, "f\nt\none|t|t|0", 'until something has changed');

$standby->stop;
$node->stop;
done_testing();
