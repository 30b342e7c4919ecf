# pg_upgrade from one major version to the next: nothing is lost, and what was
# revoked stays so.  The extension is built here for the version that is not
# the one under test.
use strict;
use warnings;

use Cwd qw(getcwd);
use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $ISSUER = 'https://issuer.example';
my $SEALED = 'https://sealed.example';
my $secret = 'a root secret of more than thirty-two bytes';

plan skip_all => 'pg_upgrade starts servers without the sanitizers'
  if $ENV{GAUTH_PRELOAD};

# where this version lives, and where others would
chomp(my $bindir = qx{pg_config --bindir});
my ($major) = qx{"$bindir/pg_config" --version} =~ /(\d+)/;
my ($other) = grep {
	$_ != $major
	  && -x "/usr/lib/postgresql/$_/bin/pg_upgrade"
	  && -e "/usr/lib/postgresql/$_/lib/pgxs/src/makefiles/pgxs.mk"
} 18, 17, 16, 15;
plan skip_all => 'only one major version of PostgreSQL is installed'
  if !defined $other || $bindir ne "/usr/lib/postgresql/$major/bin";

# built apart: the tree under test may be in use
my $directory = PostgreSQL::Test::Utils::tempdir();
my $source = getcwd();
my %destdir = ($major => $ENV{GAUTH_DESTDIR} || '', $other => "$directory/inst");
mkdir "$directory/tree";
system_or_bail('sh', '-c',
	"tar -C '$source' --exclude='*.o' --exclude='*.so' --exclude='*.bc'"
	  . ' --exclude=./tmp_check --exclude=./.git -cf - . | tar -C '
	  . "'$directory/tree' -xf -");
{
	delete local @ENV{ 'MAKEFLAGS', 'MAKELEVEL', 'MFLAGS' };
	system_log('make', '-s', '-C', "$directory/tree",
		"PG_CONFIG=/usr/lib/postgresql/$other/bin/pg_config",
		"DESTDIR=$directory/inst", 'install') == 0
	  or BAIL_OUT('the extension does not build for the other version');
}

my ($from, $to) = sort { $a <=> $b } $major, $other;

sub prepare
{
	my ($name, $version) = @_;
	local $ENV{GAUTH_DESTDIR} = $destdir{$version};
	my $node = Gauth->bare($name, install_path => "/usr/lib/postgresql/$version");

	# a default that changed on the way
	$node->init(extra => $version >= 18 ? ['--no-data-checksums'] : []);
	$node->use_extension;
	return $node;
}

my $old = prepare('old', $from);
$old->start;
$old->safe_psql('postgres',
	"CREATE DATABASE gauth ENCODING 'UTF8' TEMPLATE template0; CREATE ROLE tenant LOGIN;"
	  . ' CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE gauth TO tenant');
$old->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));
$old->add_hosted($ISSUER);
my $token = $old->issue_token($ISSUER, 'alice');
my $revoked = $old->issue_token($ISSUER, 'alice');
$old->sql("SELECT gauth.revoke('$revoked')");
$old->sql(qq{
	BEGIN; SELECT gauth.unlock('$secret');
	SELECT gauth.add_issuer('$SEALED', ARRAY['db'], hosted => true, namespace => 'sealed:');
	SELECT gauth.create_key('$SEALED', 'ES256'); COMMIT;
	SELECT gauth.grant_access('app', 'issuer');
	SELECT gauth.grant_access('tenant', 'administrator');
	CREATE TABLE doc AS SELECT unnest(ARRAY['alice', 'bob']) AS owner, 'b a'::gauth.scope AS need;
	CREATE INDEX ON doc USING gin (need);
	ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON doc USING (owner = gauth.subject());
	GRANT SELECT ON doc TO app});
$old->sql('SELECT gauth.audit_seal()');
my @tables = split /\n/, $old->sql(
	q{SELECT oid::regclass FROM pg_class
	WHERE relnamespace = 'gauth'::regnamespace AND relkind = 'r' ORDER BY 1});
my %before = map { $_ => $old->sql("SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM $_ t") } @tables;
$old->stop;

my $new = prepare('new', $to);
chdir $PostgreSQL::Test::Utils::tmp_check;
$new->command_ok(
	[
		"/usr/lib/postgresql/$to/bin/pg_upgrade",
		'-b', "/usr/lib/postgresql/$from/bin", '-B', "/usr/lib/postgresql/$to/bin",
		'-d', $old->data_dir, '-D', $new->data_dir,
		'-s', $new->host, '-p', $old->port, '-P', $new->port
	],
	"pg_upgrade from $from to $to");
chdir $source;
$new->start;

$new->gives(q{SELECT current_setting('server_version_num')::int / 10000}, $to,
	'the new version runs');
for my $table (@tables)
{
	$new->gives("SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM $table t",
		$before{$table}, "$table is what it was");
}

$new->gives('SELECT * FROM gauth.audit_verify()', '', 'the ledger verifies');

# pg_upgrade makes every extension the property of who runs it: an installer
# stays administrator when that was written down
$new->gives("SELECT gauth.add_issuer('https://other.example', ARRAY['db'], namespace => 'o:')",
	'', 'who administered goes on doing so', Gauth::as('tenant'));
$new->gives("SELECT gauth.verify('$token') ->> 'sub'", 'alice', 'a token verifies',
	Gauth::as('tenant'));
$new->refuses("SELECT gauth.authenticate('$revoked')", 'ZG001', 'a revoked one does not');
$new->gives("BEGIN; SELECT gauth.authenticate('$token'); SELECT owner, need FROM doc; COMMIT",
	"alice\nalice|a b", 'a bearer gets its rows', Gauth::as('app'));
$new->gives(
	"SELECT count(token) FROM gauth.issue_token('$ISSUER', 'alice', ARRAY['db'], '1 hour')",
	'1', 'capabilities are there, and keys', Gauth::as('app'));
$new->gives(
	"BEGIN; SELECT gauth.unlock('$secret'); SELECT count(token) FROM gauth.issue_token('$SEALED', 'alice', ARRAY['db'], '1 hour'); COMMIT",
	"\n1", 'sealed keys, too', Gauth::as('app'));


# the cluster is another one: so is the log
$new->sql('SELECT gauth.audit_seal()') for 1 .. 2;
$new->gives('SELECT log, state, waiting FROM gauth.audit_status() ORDER BY log', "1|closed|0\n2|open|0",
	'the ledger goes on in a log of its own');
$new->gives('SELECT * FROM gauth.audit_verify()', '', 'and verifies');

$new->stop;
done_testing();
