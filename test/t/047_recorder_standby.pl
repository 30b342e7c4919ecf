# A standby records nothing: what has to be recorded says so at once, without
# waiting for a process that cannot write there.
use strict;
use warnings;

use Gauth;
use Test::More;
use Time::HiRes qw(time);

my $NEEDS_PRIMARY = 'ZG007';
my $primary = Gauth->new('primary', init => [ allows_streaming => 1 ]);
$primary->sql(q{
	CREATE ROLE app LOGIN;
	SELECT gauth.grant_access('app', 'enforcer');
	SELECT gauth.create_policy_store('s', 'cedar');
	SELECT gauth.create_policy('ok', 'permit (principal, action, resource == Thing::"ok");', 's')});
$primary->backup('base');
my $standby = Gauth->bare('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
my @APP = Gauth::as('app');

sub question
{
	my ($thing) = @_;
	return qq{('User::"u"', 'Action::"use"', 'Thing::"$thing"', store => 's')};
}

for my $thing ('ok', 'other')
{
	for my $begin ('', 'BEGIN READ ONLY; ')
	{
		my $start = time;
		my $message = $standby->refuses("${begin}SELECT gauth.decide" . question($thing),
			$NEEDS_PRIMARY, "a standby does not decide about \"$thing\" ($begin)", @APP);
		like($message, qr/This server is a standby/, 'and says why');
		ok(time - $start < 2, 'at once');
	}
	$standby->gives('SELECT gauth.is_authorized' . question($thing),
		$thing eq 'ok' ? 't' : 'f', 'what is not recorded is answered', @APP);
}
$standby->refuses(q{SELECT gauth.audit_append('x', 'y', 'z')}, $NEEDS_PRIMARY,
	'an entry of an application needs the primary');
$standby->refuses('SELECT gauth.audit_seal()', $NEEDS_PRIMARY, 'sealing does');
$standby->gives("SELECT worker, posted FROM gauth.recorder_state()", 'none|0', 'no worker was asked for');
$standby->gives("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'gauth ledger'",
	'0', 'and none runs');

# what the primary records arrives
$primary->gives("SELECT gauth.decide" . question('other') . " ->> 'decision'", 'deny', 'the primary decides', @APP);
$primary->poll_query_until('gauth', 'SELECT size = (SELECT count(*) FROM gauth.entry) FROM gauth.audit_root()');
$primary->wait_for_catchup($standby);
$standby->gives(q{SELECT decision FROM gauth.entry WHERE resource = 'Thing::"other"'}, '3',
	'the standby has its entry');
$standby->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'and verifies it');

# a standby that has to have every commit, and is not there
$primary->sql(q{SELECT gauth.configure('record_timeout', '"1 second"')});
$primary->sql('SELECT gauth.decide' . question('settings-are-read'));
$primary->append_conf('postgresql.conf', "synchronous_standby_names = 'nobody'\n");
$primary->reload;
$primary->poll_query_until('postgres', q{SELECT current_setting('synchronous_standby_names') = 'nobody'});
my $begin = time;
$primary->gives("SELECT gauth.decide" . question('alone') . " ->> 'decision'", 'deny',
	'a missing synchronous standby: a denial denies', @APP);
$primary->refuses("BEGIN READ ONLY; SELECT gauth.decide" . question('ok'), 'ZG006',
	'a permit of a read-only transaction is refused', @APP);
ok(time - $begin < 5, 'in time');
$primary->append_conf('postgresql.conf', "synchronous_standby_names = ''\n");
$primary->reload;
ok( $primary->poll_query_until('gauth', q{SELECT count(*) = 1 FROM gauth.entry WHERE resource = 'Thing::"alone"'}),
	'the denial is recorded without it');
$primary->gives("BEGIN READ ONLY; SELECT gauth.decide" . question('ok') . " ->> 'decision'", 'allow',
	'and permits go on', @APP);
$primary->wait_for_catchup($standby);

# promoted, in a session of before
my $session = $standby->background_psql('gauth', on_error_stop => 0);
like($session->query("SELECT 'r' || gauth.is_authorized" . question('ok')), qr/^rt/, 'a session of before the promotion');
$primary->stop;
$standby->promote;
is($session->query("SELECT gauth.decide" . question('new') . " ->> 'decision'"), 'deny',
	'decides behind it');
$session->quit;
$standby->gives(q{SELECT decision FROM gauth.entry WHERE resource = 'Thing::"new"'}, '3', 'and records');

$standby->stop;
done_testing();
