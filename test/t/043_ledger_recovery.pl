# The ledger after a point-in-time recovery and after a promotion: another life
# of the database is another log, and what is lost is not called complete.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = Gauth->new(
	'primary',
	init => [ allows_streaming => 1, has_archiving => 1 ],
	config => "max_prepared_transactions = 4\n");

sub append
{
	my ($node, $what, $count) = @_;
	return $node->sql("SELECT count(gauth.audit_append('recovery', 'write', '$what')) FROM generate_series(1, "
		  . ($count || 1) . ')');
}

append($primary, 'early', 50);
$primary->sql('SELECT gauth.audit_seal()');
$primary->backup('base');
append($primary, 'middle', 50);
$primary->sql('SELECT gauth.audit_seal()');
append($primary, 'middle, not sealed');
my $target = $primary->sql('SELECT pg_create_restore_point($$middle$$)');
my $seen = $primary->sql('SELECT shard, size FROM gauth.audit_root()');
append($primary, 'late', 50);
$primary->sql('SELECT gauth.audit_seal()');
$primary->sql("BEGIN; SELECT gauth.audit_append('recovery', 'write', 'prepared'); PREPARE TRANSACTION 'p'");
my $late = $primary->sql('SELECT size FROM gauth.audit_root()');
$primary->sql('SELECT pg_switch_wal()');

# a standby reads and verifies, and says what it cannot do
my $standby = Gauth->bare('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);
$standby->gives('SELECT * FROM gauth.audit_verify()', '', 'a standby verifies');
$standby->gives('SELECT size FROM gauth.audit_root()', $late, 'and has the same root');
$standby->gives('SELECT count(*) > 100 FROM gauth.audit_since(0, 100000)', 't', 'it has the stream');
$standby->gives('SELECT count(*) > 100 FROM gauth.audit_export()', 't', 'and exports');
$standby->refuses("SELECT gauth.audit_append('recovery', 'write', 'here')", 'ZG007', 'it does not write');
$standby->refuses('SELECT gauth.audit_seal()', 'ZG007', 'it does not seal');

# back to the restore point: what came later is gone, and the log does not go on
my $point = Gauth->bare('point');
$point->init_from_backup($primary, 'base', has_restoring => 1);
$point->append_conf('postgresql.conf', "recovery_target_name = 'middle'\nrecovery_target_action = promote\n");
$point->start;
$point->poll_query_until('gauth', 'SELECT NOT pg_is_in_recovery()');
$point->gives("SELECT count(*) FROM gauth.audit WHERE resource = 'late'", '0', 'recovered to before the late ones');
$point->gives('SELECT * FROM gauth.audit_verify()', '', 'what is there verifies');
append($point, 'after');
$point->sql('SELECT gauth.audit_seal()') for 1 .. 3;
$point->gives('SELECT shard, reason FROM gauth.shard ORDER BY shard', "1|first\n2|recovered",
	'it goes on in another log');
$point->gives('SELECT log, state, waiting FROM gauth.audit_status() ORDER BY log', "1|closed|0\n2|open|0",
	'the one before is closed');
$point->gives('SELECT sealed < ' . $late . ' FROM gauth.audit_status() WHERE log = 1', 't',
	'and smaller than what others may have signed');
$point->gives("SELECT log FROM gauth.audit WHERE resource = 'middle, not sealed'", '1',
	'an entry that was not sealed is sealed in it');
$point->gives('SELECT * FROM gauth.audit_verify()', '', 'both verify');

# a signed size that is not there any more is named
$point->sql("INSERT INTO gauth.checkpoint SELECT 1, $late, sha256('x'), 'note', now()");
$point->gives('SELECT entry, finding LIKE \'its tail is missing%\' FROM gauth.audit_verify()', 'log 1|t',
	'a checkpoint from before the recovery shows what is lost');

# promotion: transactions go on, a prepared one included
$primary->stop;
$standby->promote;
$standby->poll_query_until('gauth', 'SELECT NOT pg_is_in_recovery()');
append($standby, 'promoted');
$standby->sql('SELECT gauth.audit_seal()') for 1 .. 3;
$standby->gives('SELECT log, state FROM gauth.audit_status() ORDER BY log', "1|closing\n2|open",
	'the old log waits for the prepared transaction');
$standby->gives(q{SELECT reason LIKE '%prepared transaction p%' FROM gauth.audit_status() WHERE log = 2}, 't',
	'which the status names');
$standby->sql("COMMIT PREPARED 'p'");
$standby->sql('SELECT gauth.audit_seal()') for 1 .. 3;
$standby->gives('SELECT log, state, waiting FROM gauth.audit_status() ORDER BY log', "1|closed|0\n2|open|0",
	'and is closed behind it');
$standby->gives("SELECT log FROM gauth.audit WHERE resource = 'prepared'", '1', 'its entry is in the old log');
$standby->gives('SELECT * FROM gauth.audit_verify()', '', 'both verify');
$standby->gives('SELECT count(*) = max(position) + 1, count(DISTINCT receipt) = count(*) FROM gauth.audit_since(0, 100000)',
	't|t', 'the stream has each entry once');

$point->stop;
$standby->stop;
done_testing();
