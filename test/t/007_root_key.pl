# The root key: from a file that gauth.root_key_file names, or for one
# transaction from gauth.unlock; what happens to keys when it is missing,
# wrong or changed.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $PUBLIC = 'https://public.example';
my $SECRET = 'https://secret.example';
my $ISSUE = "SELECT count(token) FROM gauth.issue_token('$PUBLIC', 'alice', ARRAY['db'], '1 hour')";

my $node = Gauth->new('main');
my $file = $node->basedir . '/root.key';
my $content = 'a root secret that is longer than thirty-two bytes';
$node->sql('CREATE ROLE low LOGIN');

sub write_file
{
	my ($text, $name) = @_;
	$name ||= $file;
	unlink $name;
	append_to_file($name, $text);
	chmod 0600, $name;
	return;
}

# no file: keys are kept as they are, and lint says so
$node->add_hosted($PUBLIC);
$node->add_hosted($SECRET, algorithm => 'HS256', namespace => 'secret:');
$node->gives('SELECT gauth.root_key_state()', 'KEY_LOCKED', 'there is no root key');
$node->gives(
	'SELECT (SELECT count(*) FROM gauth.unwrapped_key), (SELECT count(*) FROM gauth.wrapped_key)',
	'2|0', 'keys are not sealed');
my $lint = "SELECT count(*) FROM gauth.lint() WHERE finding LIKE 'its private half is not sealed%'";
$node->gives($lint, '2', 'which lint says of each');
$node->refuses('SELECT gauth.wrap_keys()', 'ZG008', 'nothing seals them');
my $public_token = $node->issue_token($PUBLIC, 'alice');
my $secret_token = $node->issue_token($SECRET, 'alice');

# a file
write_file("$content\n");
$node->append_conf('postgresql.conf', "gauth.root_key_file = '$file'\n");
$node->reload;
$node->gives('SELECT gauth.root_key_state()', 'OK', 'a file is found after a reload');
$node->gives($lint, '2', 'it seals nothing by itself');
$node->gives('SELECT gauth.wrap_keys()', '2', 'wrap_keys does');
$node->gives(
	'SELECT (SELECT count(*) FROM gauth.unwrapped_key), (SELECT count(*) FROM gauth.wrapped_key)',
	'0|2', 'keys are sealed');
$node->gives('SELECT gauth.wrap_keys()', '0', 'once');
$node->gives('SELECT count(*) FROM gauth.lint() WHERE severity <> \'notice\'',
	'0', 'lint is content');
$node->gives(
	"SELECT count(*) FROM gauth.wrapped_key WHERE position('\"k\"'::bytea IN sealed)"
	  . " + position('\"d\"'::bytea IN sealed) > 0",
	'0', 'what is stored is not the key');
for my $when ('sealed', 'after a restart')
{
	$node->restart if $when ne 'sealed';
	$node->gives("SELECT gauth.verify('$public_token') ->> 'sub'",
		'alice', "a token of a key pair verifies, $when");
	$node->gives("SELECT gauth.verify('$secret_token') ->> 'sub'",
		'alice', "a token of a symmetric key verifies, $when");
	$node->gives($ISSUE, '1', "and tokens are issued, $when");
}
$node->sql("SELECT gauth.rotate_key('$SECRET')");
$node->gives('SELECT (SELECT count(*) FROM gauth.unwrapped_key), (SELECT count(*) FROM gauth.wrapped_key)',
	'0|3', 'a key that is made is sealed at once');

# two rows cannot be exchanged
$node->refuses(
	"UPDATE gauth.wrapped_key w SET sealed = o.sealed FROM gauth.wrapped_key o"
	  . " WHERE w.issuer = '$SECRET' AND o.issuer = '$PUBLIC';"
	  . " SELECT gauth.issue_token('$SECRET', 'alice', ARRAY['db'], '1 hour')",
	'ZG008', 'a sealed key is of no use in another row',
	extra_params => ['-1']);

# nobody looks at the file through gauth, or names another one
$node->refuses('SELECT gauth.subject(); SHOW gauth.root_key_file', '42501',
	'its name is not for everybody',
	Gauth::as('low'));
$node->refuses("SELECT gauth.subject(); SET gauth.root_key_file = '/dev/null'",
	'55P02', 'nor to be set', Gauth::as('low'));
$node->refuses('SELECT gauth.root_key_state()', '42501', 'nor its state', Gauth::as('low'));
$node->refuses("SELECT gauth.subject(); SET gauth.root_key_file = '/dev/null'",
	'55P02', 'a superuser sets it in the configuration only');

# a file that is of no use
my @bad = (
	[ 'another secret', 'another secret that has more than thirty-two bytes', 'KEY_LOCKED', 'OK' ],
	[ 'too short', 'short', 'ROOT_KEY_INVALID', 'ROOT_KEY_INVALID' ],
	[ 'empty', '', 'ROOT_KEY_INVALID', 'ROOT_KEY_INVALID' ],
	[ 'gone', undef, 'ROOT_KEY_INVALID', 'ROOT_KEY_INVALID' ]);
for my $case (@bad)
{
	my ($name, $text, $reason, $state) = @$case;
	my $position = $node->log_position;

	defined $text ? write_file($text) : unlink $file;
	$node->gives('SELECT gauth.root_key_state()', $state, "$name: the state says so");
	my $message = $node->refuses($ISSUE, 'ZG008', "$name: nothing is issued");
	$message .= $node->refuses("SELECT gauth.verify('$secret_token')",
		'ZG008', "$name: tokens of a symmetric key do not verify");
	$node->gives("SELECT gauth.verify('$public_token') ->> 'sub'",
		'alice', "$name: tokens of a key pair do");
	$node->refuses("SELECT gauth.authenticate('$secret_token')", 'ZG008',
		"$name: and give no identity", Gauth::as('low'));
	unlike($message . $node->log_since($position),
		qr/\Q$file\E|secret that|short/, "$name: neither file nor content is shown");
	if ($state ne 'OK')
	{
		$node->refuses("SELECT gauth.create_key('$PUBLIC', 'EdDSA')", 'ZG008',
			"$name: no key is made that would not be sealed");
		like($node->sql('SELECT severity, object FROM gauth.lint()'),
			qr/^error\|setting gauth\.root_key_file$/m, "$name: lint says so");
	}
}
write_file($content);
$node->gives("$ISSUE; SELECT gauth.verify('$secret_token') ->> 'sub'",
	"1\nalice", 'with the right content all is well again');

# unlock takes the place of the file, until the transaction ends
unlink $file;
$node->gives("BEGIN; SELECT gauth.unlock('$content'); $ISSUE;"
	  . " SELECT gauth.verify('$secret_token') ->> 'sub'; COMMIT",
	"\n1\nalice", 'gauth.unlock opens them');
$node->refuses("BEGIN; SELECT gauth.unlock('$content'); $ISSUE; COMMIT; $ISSUE",
	'ZG008', 'not longer than its transaction');
$node->refuses("BEGIN; SAVEPOINT a; SELECT gauth.unlock('$content'); $ISSUE; ROLLBACK TO a; $ISSUE",
	'ZG008', 'nor than its savepoint');
$node->gives("BEGIN; SAVEPOINT a; SELECT gauth.unlock('$content'); RELEASE a; $ISSUE; COMMIT",
	"\n1", 'which it may be released from');
$node->refuses("BEGIN; SELECT gauth.unlock('another secret that has more than thirty-two bytes'); $ISSUE",
	'ZG008', 'another secret opens nothing');
$node->refuses("SELECT gauth.unlock('short')", 'ZG008', 'one that is too short is refused');

# a new secret
my $next = 'the next root secret, which is also longer than that';
$node->gives("BEGIN; SELECT gauth.unlock('$content'); SELECT gauth.wrap_keys('$next'); COMMIT",
	"\n3", 'all keys are sealed anew under a new secret');
write_file("$content\n");
$node->refuses($ISSUE, 'ZG008', 'the old one opens them no more');
write_file("$next\n", "$file.2");
$node->append_conf('postgresql.conf', "gauth.root_key_file = '$file.2'\n");
$node->reload;
$node->gives("$ISSUE; SELECT gauth.verify('$secret_token') ->> 'sub'",
	"1\nalice", 'the new one does, from another file');

# a session that lives through a change of the file
my $session = $node->background_psql('gauth', on_error_stop => 0);
is($session->query($ISSUE), '1', 'a session signs');
$node->safe_psql('postgres', 'CHECKPOINT');
$node->stop('immediate');
$node->start;
$node->gives($ISSUE, '1', 'and so does one after an immediate shutdown');
$session->{run}->kill_kill;

$node->stop;
done_testing();
