# The ledger seen from outside: a verifier in another language derives all of a
# concurrent run again, and an outside signer refuses what the database's own
# check cannot find.
use strict;
use warnings;

use File::Basename;
use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = `python3 -c 'print(1)' 2>/dev/null`;
plan skip_all => 'no python3' if $python !~ /^1/;

my $tools = dirname(__FILE__) . '/../verifier';
my $directory = PostgreSQL::Test::Utils::tempdir;

sub write_file
{
	my ($name, $content) = @_;
	my $path = "$directory/$name";
	open my $file, '>', $path or die "$path: $!";
	binmode $file;
	print $file $content;
	close $file;
	return $path;
}

# a program of the verifier: its answer in one text, and whether it agreed
sub python
{
	my ($program, $input, @arguments) = @_;
	my ($out, $err) = ('', '');
	my $path = write_file('input', $input);
	my $good = IPC::Run::run([ 'python3', '-B', "$tools/$program", @arguments ],
		'<', $path, '>', \$out, '2>', \$err);
	return ($good, $out . $err);
}

sub agrees
{
	my ($what, $pattern, @call) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($good, $answer) = python(@call);
	ok($good, $what) or diag($answer);
	like($answer, $pattern, "$what: what it says");
	return $answer;
}

sub refuses
{
	my ($what, $pattern, @call) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($good, $answer) = python(@call);
	ok(!$good, $what) or diag($answer);
	like($answer, $pattern, "$what: why");
	return;
}

# what psql would say of a text, with its line feeds
sub raw
{
	my ($node, $sql) = @_;
	my $text = $node->sql($sql);
	return $text =~ /\n\z/ ? $text : "$text\n";
}

# the verifier itself, by what others have computed
SKIP:
{
	my $vectors = Gauth::vectors();
	skip 'no vectors', 1 if !defined $vectors;
	my ($good, $answer) = python('vectors.py', '', $vectors);
	chomp $answer;
	ok($good, "the verifier, held against vectors: $answer");
}

my $node = Gauth->new('main', init => [ allows_streaming => 1 ]);
$node->sql("SELECT gauth.configure('checkpoint_issuers', NULL)");

#
# a concurrent run: savepoints, aborts, denials, an erasure
#
my $script = write_file('run.sql', <<'END');
\set way random(1, 10)
BEGIN;
SELECT gauth.audit_append('run', 'write', 'row:' || :way, '{"way": 1,  "text": "Gr\u00fc\u00dfe"}');
SAVEPOINT a;
SELECT gauth.audit_append('run', 'maybe', 'Straße ' || :client_id);
\if :way
ROLLBACK TO a;
\endif
SELECT gauth.audit_append('run', 'again', '');
END;
BEGIN;
SELECT gauth.audit_append('run', 'never', 'x');
ROLLBACK;
END
$node->command_ok(
	[ 'pgbench', '-n', '-c', 8, '-j', 2, '-t', 60, '-f', $script, 'gauth' ],
	'eight writers');
my $erased = $node->sql("SELECT receipt FROM gauth.audit WHERE kind = 'app.run' LIMIT 1");
$node->sql('SELECT gauth.audit_seal()');
$node->gives("SELECT gauth.audit_erase('$erased', 'asked for')", 't', 'an entry is erased');
$node->sql('SELECT gauth.audit_seal()');
my $entries = $node->sql('SELECT size FROM gauth.audit_root()');
my $export = raw($node, 'SET default_transaction_read_only = on; SELECT gauth.audit_export()');
agrees('every leaf, chain and root of a concurrent run',
	qr/^verified: $entries entries, $entries commitments, $entries chained, /, 'verify.py', $export);
cmp_ok($entries, '>', 960, "$entries entries of eight writers");

# every proof of twenty of them
my $proven = 0;
for my $receipt (split /\n/, $node->sql("SELECT receipt FROM gauth.audit WHERE kind = 'app.run' ORDER BY md5(receipt) LIMIT 20"))
{
	my ($good) = python('verify.py', raw($node, "SELECT gauth.audit_bundle('$receipt')"));
	$proven += $good;
}
is($proven, 20, 'inclusion proofs of twenty entries');

# the export is what was sealed, or the verifier says what is not
for my $change (
	[ 'a number',     sub { s/("position":500,.*?"micros":)1/${1}2/ }, qr/entry 500 is not what was sealed/ ],
	[ 'an actor',     sub { s/("position":500,.*?"role":")\w+/${1}mallory/ }, qr/entry 500 is not what was sealed/ ],
	[ 'a payload',    sub { s/("position":500,.*?"payload":")/${1} /; s/("position":502,.*?"count":)1/${1}2/ }, qr/entry 50\d is not what was sealed/ ],
	[ 'a chain',      sub { s/("position":500,.*?"previous":")[0-9a-f]{4}/${1}0000/ }, qr/entry 500 is not what was sealed/ ],
	[ 'a deletion',   sub { s/\n[^\n]*"position":500,[^\n]*// }, qr/at another place/ ],
	[ 'a root',       sub { s/("root":")[0-9a-f]{4}/${1}0000/ }, qr/another root/ ],
	[ 'the tail cut', sub { s/\n[^\n]*\n$/\n/ }, qr/missing/ ])
{
	my ($name, $code, $reason) = @$change;
	local $_ = $export;
	$code->();
	refuses("verifier: $name", $reason, 'verify.py', $_);
}

#
# an outside signer and a witness, each with a state of its own
#
my $origin = $node->sql('SELECT origin FROM gauth.shard');
my %party = (
	signer => [ '--name', $origin, '--seed', write_file('signer.seed', pack('C*', 1 .. 32)) ],
	witness => [ '--name', 'example.org/w', '--seed', write_file('witness.seed', pack('C*', 2 .. 33)), '--witness' ]);
my %key = map { $_ => (python('signer.py', '', '--vkey', @{ $party{$_} }))[1] =~ s/\n//r } keys %party;

# what a party answers to the ledger as a node has it; more are its options
sub show
{
	my ($who, $from, @more) = @_;
	my @state = ('--state', "$directory/$who.state");
	my (undef, $since) = python('signer.py', '', @state, '--since');
	my $lines = $from->sql('SET default_transaction_read_only = on; SELECT gauth.audit_export('
		  . ($since + 0) . ')');
	my $checkpoint = write_file("$who.checkpoint", raw($from, 'SELECT gauth.audit_checkpoint()'));
	return ('signer.py', $lines, @state, @{ $party{$who} || [] }, @more, $checkpoint);
}

refuses('the signer signs no log that it was not told of', qr/nobody told/, show('signer', $node));
my $note = agrees('it signs one that it was', qr/^\Q$origin\E\n$entries\n/, show('signer', $node, '--accept', $origin));
$node->refuses("SELECT gauth.audit_put_signature('$note')", '22023', 'a signature of an unknown key is not taken');
$node->sql("SELECT gauth.configure('checkpoint_keys', '[\"$key{signer}\", \"$key{witness}\"]')");
$node->gives("SELECT gauth.audit_put_signature('$note')", '1', 'that of a known one is');
$node->gives("SELECT gauth.verify_note('$note', '$key{signer}')", 't', 'it verifies in SQL');

# more entries; the witness cosigns the note of the signer
$node->sql("SELECT count(gauth.audit_append('run', 'more', 'x')) FROM generate_series(1, 700)");
$node->sql('SELECT gauth.audit_seal()');
$note = agrees('the signer goes on', qr/\n\n/, show('signer', $node));
my @witness = show('witness', $node, '--accept', $origin, '--time', 1700000000);
my $unsigned = agrees('the witness sees the same', qr/example\.org\/w/, @witness);
$node->refuses("SELECT gauth.audit_put_signature('$unsigned')", '55000',
	'a cosignature needs a signature above it');
my ($line) = $unsigned =~ /(\xe2\x80\x94 example\.org\/w [^\n]*\n)/;
$node->gives("SELECT gauth.audit_put_signature('$note$line')", '2', 'both are stored');
$node->gives("SELECT bool_and(gauth.verify_note(gauth.audit_checkpoint(), vkey)) FROM gauth.audit_keys()",
	't', 'the checkpoint carries both');
my $signed = $node->sql('SELECT size FROM gauth.audit_root()');
my $published = write_file('published', raw($node, 'SELECT gauth.audit_checkpoint()'));
agrees('the export agrees with the signed checkpoints',
	qr/2 checkpoints, $signed signed/,
	'verify.py', raw($node, 'SET default_transaction_read_only = on; SELECT gauth.audit_export()'),
	'--key', $key{signer}, '--origin', $origin);
agrees('and with the one that was published',
	qr/3 checkpoints, $signed signed/,
	'verify.py', raw($node, 'SET default_transaction_read_only = on; SELECT gauth.audit_export()'),
	'--key', $key{witness}, '--key', $key{signer}, '--checkpoint', $published);
agrees('a signed proof of one entry', qr/, signed$/,
	'verify.py', raw($node, "SELECT gauth.audit_bundle('$erased')"), '--key', $key{signer}, '--key', $key{witness});
agrees('the export has the cosignature, too', qr/, [12] checkpoints, $signed signed/,
	'verify.py', raw($node, "SET default_transaction_read_only = on; SELECT line FROM gauth.audit_export() line WHERE line ->> 'type' <> 'checkpoint' OR line ->> 'size' = '$signed'"),
	'--key', $key{witness});
refuses('a key that did not sign', qr/none of the keys/,
	'verify.py', raw($node, "SELECT gauth.audit_bundle('$erased')"), '--key',
	(python('signer.py', '', '--vkey', '--name', 'x', @{ $party{signer} }[ 2, 3 ]))[1]);

# a backup of now, for later
$node->backup('older');
$node->sql("SELECT count(gauth.audit_append('run', 'later', 'x')) FROM generate_series(1, 20)");
$node->sql('SELECT gauth.audit_seal()');
$note = agrees('the signer signs what came after the backup', qr/\n\n/, show('signer', $node));
$node->gives("SELECT gauth.audit_put_signature('$note')", '1', 'and that is stored');

#
# the older backup is restored: nothing in it is wrong
#
my $older = Gauth->bare('older');
$older->init_from_backup($node, 'older');
$older->start;
$older->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'an older backup verifies');
refuses('the signer refuses it', qr/the log has shrunk/, show('signer', $older));
$older->refuses("SELECT gauth.audit_put_signature('$note')", 'XX001', 'and it refuses what was signed');
$older->sql("SELECT count(gauth.audit_append('run', 'fork', 'x')) FROM generate_series(1, 100)");
$older->sql('SELECT gauth.audit_seal()');
$older->gives('SELECT count(*) FROM gauth.audit_verify()', '0', 'it goes on, and verifies');
refuses('the signer refuses the fork', qr/not the one that was signed/, show('signer', $older));
$older->stop;

#
# nothing is changed, by nobody; who switches the guards off is found out
#
for my $table (qw(entry entry_01 seal_batch tile_root shard checkpoint))
{
	$node->refuses("SET session_replication_role = replica; $_", '42501', "D-53: $_")
	  for ("UPDATE gauth.$table SET shard = shard", "DELETE FROM gauth.$table", "TRUNCATE gauth.$table");
}

#
# a superuser takes entries away, and seals the rest again
#
my $unhook = join ';', map { "ALTER TABLE gauth.$_ DISABLE TRIGGER ALL" }
  ('seal_batch', 'tile_root', 'checkpoint', 'cosignature', map { sprintf 'entry_%02d', $_ } 0 .. 15);
my $forget = 'TRUNCATE gauth.seal_batch, gauth.tile_root, gauth.checkpoint, gauth.cosignature';

# the last entries of sessions, which no other has in its chain
sub forge
{
	my ($name, @statements) = @_;
	my $forged = Gauth->bare($name);
	$node->backup($name);
	$forged->init_from_backup($node, $name);
	$forged->start;
	$forged->sql(join ';', $unhook, @statements);
	$forged->sql('SELECT gauth.audit_seal()');
	return $forged;
}
my $last = 'DELETE FROM gauth.entry e WHERE e.lane_seq > 1 AND (e.lane, e.lane_seq) IN '
  . "(SELECT lane, max(lane_seq) FROM gauth.entry WHERE kind LIKE 'app.%' GROUP BY lane)";

my $changed = forge('changed', "UPDATE gauth.entry SET action = 'nothing' WHERE action = 'later'");
$changed->gives("SELECT bool_and(severity = 'error'), count(*) > 0 FROM gauth.audit_verify()", 't|t',
	'D-53: what a superuser changed is found');
refuses('the signer finds it, too', qr/not the one that was signed|missing/,
	show('fresh', $changed, '--accept', $origin, @{ $party{signer} }));
$changed->stop;

my $resealed = forge('resealed', $last, $forget);
$resealed->gives('SELECT count(*) FROM gauth.audit_verify()', '0',
	'entries removed and sealed again: the database finds nothing');
refuses('the signer does: fewer', qr/the log has shrunk/, show('signer', $resealed));
$resealed->sql("SELECT count(gauth.audit_append('run', 'filler', 'x')) FROM generate_series(1, 100)");
$resealed->sql('SELECT gauth.audit_seal()');
refuses('and as many others in their place', qr/not the one that was signed/, show('signer', $resealed));
$resealed->refuses("SELECT gauth.audit_put_signature('$note')", 'XX001', 'what was signed is no longer there');
refuses('nor can a verifier be shown it', qr/not what was signed|before a checkpoint/,
	'verify.py', raw($resealed, 'SET default_transaction_read_only = on; SELECT gauth.audit_export()'),
	'--key', $key{signer}, '--key', $key{witness}, '--checkpoint', $published);
$resealed->stop;

# one entry in the middle of a session: the next one tells
my $rewritten = forge('rewritten',
	'UPDATE gauth.entry SET action = $$nothing$$ WHERE (lane, lane_seq) ='
	  . ' (SELECT lane, 500 FROM gauth.entry WHERE action = $$more$$ AND lane_seq = 500)', $forget);
$rewritten->gives('SELECT finding FROM gauth.audit_verify()',
	'the entry of its session before it is not the one that it follows',
	'an entry rewritten and sealed again: the database finds it');
refuses('and so does the verifier', qr/does not follow the one before in its session/,
	'verify.py', raw($rewritten, 'SET default_transaction_read_only = on; SELECT gauth.audit_export()'));
$rewritten->stop;

# the tail: the last batch with its entries, and what was signed of it
my $cut = forge('cut',
	'DELETE FROM gauth.entry WHERE action = $$later$$',
	'DELETE FROM gauth.checkpoint WHERE size = (SELECT max(size) FROM gauth.checkpoint)',
	"DELETE FROM gauth.seal_batch WHERE first_index >= $signed");
refuses('the signer misses a tail that was cut', qr/shrunk|not the one/, show('signer', $cut));
$cut->stop;

# an entry that never was, sealed with all the others
my $inserted = forge('inserted',
	'CREATE TEMPORARY TABLE one AS SELECT * FROM gauth.entry WHERE action = $$more$$ LIMIT 1',
	'UPDATE one SET lane = 1000000, lane_seq = 1000000',
	'INSERT INTO gauth.entry SELECT * FROM one', $forget);
refuses('the signer refuses an entry that was slipped in', qr/not the one that was signed/,
	show('signer', $inserted));
$inserted->stop;

# none of this has led the signer astray
$node->sql("SELECT gauth.audit_append('run', 'at last', 'x')");
$node->sql('SELECT gauth.audit_seal()');
agrees('the signer goes on with the log that it knows', qr/\n\n/, show('signer', $node));
agrees('the witness, too', qr/\n\n/, show('witness', $node));

done_testing();
