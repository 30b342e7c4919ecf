# Much that waits to be sealed: batches end with a transaction, a log is closed
# by the last one alone, and the worker does not seal all of it at once.
use strict;
use warnings;

use Gauth;
use Test::More;
use Time::HiRes qw(usleep);

my $node = Gauth->new('main');

sub append
{
	my ($count) = @_;
	return "SELECT count(gauth.audit_append('bulk', 'write', 'row')) FROM generate_series(1, $count)";
}

# from now on nothing is sealed but by audit_seal: what the worker was about to
# seal when it heard of that has been sealed
sub seal_by_hand
{
	$node->sql("SELECT gauth.configure('seal_interval', '\"1 hour\"')");
	for (1 .. 50)
	{
		$node->sql(append(1));
		usleep(400_000);
		return 1 if $node->sql('SELECT sum(waiting) FROM gauth.audit_status()') > 0;
	}
	return 0;
}

# transactions of a log that is not the newest any more: two in one batch
# would be too many
seal_by_hand();
$node->sql('SELECT gauth.audit_seal()');
my @session = map { $node->background_psql('gauth') } 1 .. 3;
$_->query_safe('BEGIN; ' . append($_ == $session[0] ? 66000 : 10)) for @session;
$node->sql(q{SELECT gauth.configure('log_interval', '"1 millisecond"'); SELECT gauth.audit_seal();
	SELECT gauth.configure('log_interval', NULL)});
$node->gives('SELECT max(shard) FROM gauth.shard', '2', 'another log is open');
$node->sql("SELECT gauth.audit_append('some', 'thing', 'x'); SELECT gauth.audit_seal()");
for (@session)
{
	$_->query_safe('COMMIT');
	$_->quit;
}
$node->sql("SELECT gauth.audit_append('some', 'thing', 'x'); SELECT gauth.audit_seal(); SELECT gauth.audit_seal()");
$node->gives('SELECT string_agg(size || CASE WHEN final THEN $$ final$$ ELSE $$$$ END, $$, $$ ORDER BY batch) FROM gauth.seal_batch WHERE shard = 1 AND size >= 20',
	'66000, 20 final', 'the last batch closes the log');
$node->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'all of it verifies');

# more than one call of the sealer should take: the worker that finds it takes
# parts, each in a transaction of its own, between which it looks at the ring
my $largest = 70000;
my $entries = 5 * $largest;
$node->sql(join ';', map { append($largest) } 1 .. 5);
my $before = $node->sql('SELECT max(first_position + size) FROM gauth.seal_batch');
$node->sql("SELECT gauth.configure('seal_interval', NULL)");
$node->restart;
$node->sql("SELECT gauth.audit_append('some', 'thing', 'x')");
ok( $node->poll_query_until('gauth',
		"SELECT max(first_position + size) > $before + $entries FROM gauth.seal_batch"),
	'a backlog is sealed');
$node->gives("SELECT count(*) >= 5, count(DISTINCT xmin::text) = count(*), max(size) < 2 * $largest FROM gauth.seal_batch WHERE first_position >= $before",
	't|t|t', 'in several transactions');
$node->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'all of it verifies, too');

# the worker does not wait for the end of an interval that was made shorter
ok(seal_by_hand(), 'an entry waits for long');
$node->sql("SELECT gauth.configure('seal_interval', NULL)");
ok($node->poll_query_until('gauth', 'SELECT sum(waiting) = 0 FROM gauth.audit_status()'),
	'and no longer when the setting says so');

done_testing();
