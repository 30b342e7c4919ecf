# Installation by a role that is no superuser, and all that this role has to be
# able to do afterwards: administer, use, dump, restore; what must make an
# installation fail; removal.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $ISSUER = 'https://issuer.example';

my $node = Gauth->new('main', extension => 0);
$node->safe_psql('postgres',
	"CREATE ROLE tenant LOGIN; CREATE ROLE app LOGIN; CREATE ROLE stranger LOGIN");

sub create_database
{
	my ($name, $options) = @_;
	$node->safe_psql('postgres',
		"CREATE DATABASE $name TEMPLATE template0 $options");
	return;
}

# ---------------------------------------------------------------------------
# what must not be installed into

$node->refuses('CREATE EXTENSION gauth', '42501',
	'no installation without CREATE on the database', Gauth::as('stranger'));
$node->sql('GRANT CREATE ON DATABASE gauth TO tenant, stranger');
$node->sql('CREATE SCHEMA gauth', Gauth::as('stranger'));
$node->refuses('CREATE EXTENSION gauth', '42P06',
	'a planted schema stops the installation by its planter',
	Gauth::as('stranger'));
$node->refuses('CREATE EXTENSION gauth', '42P06',
	'and by somebody else', Gauth::as('tenant'));
$node->refuses('CREATE EXTENSION gauth', '42P06', 'and by a superuser');
$node->gives(
	"SELECT count(*) FROM pg_class WHERE relnamespace = 'gauth'::regnamespace",
	'0', 'nothing was put into the planted schema');
$node->sql('DROP SCHEMA gauth', Gauth::as('stranger'));

for my $encoding (
	[ 'SQL_ASCII', "LC_COLLATE 'C' LC_CTYPE 'C'" ],
	[ 'LATIN1', "LC_COLLATE 'C' LC_CTYPE 'C'" ])
{
	my ($name, $locale) = @$encoding;
	my $database = 'in_' . lc $name;

	create_database($database, "ENCODING '$name' $locale");
	like(
		$node->refuses(
			'CREATE EXTENSION gauth', '0A000',
			"a database in $name is refused", database => $database),
		qr/UTF8/,
		'and the message says what is needed');
}

# ---------------------------------------------------------------------------
# installed by a role with CREATE on the database, and nothing more

$node->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));
$node->gives("SELECT extowner::regrole FROM pg_extension WHERE extname = 'gauth'",
	'tenant', 'the extension belongs to who installed it');
$node->gives(
	"SELECT nspowner = 10 FROM pg_namespace WHERE nspname = 'gauth'",
	't', 'its schema to the first superuser');

for my $role ('tenant', 'stranger', 'app')
{
	$node->refuses('CREATE TABLE gauth.planted ()', '42501',
		"$role cannot create a table in the schema", Gauth::as($role));
	$node->refuses(
		"CREATE FUNCTION gauth.subject(int) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
		'42501', "$role cannot create a function in the schema", Gauth::as($role));
	$node->refuses('SELECT * FROM gauth.unwrapped_key', '42501',
		"$role cannot read private keys that are not sealed", Gauth::as($role));
}
$node->refuses('DROP FUNCTION gauth.subject()', '42501',
	'its members are not the installer\'s to drop', Gauth::as('tenant'));
$node->refuses('ALTER FUNCTION gauth.subject() VOLATILE', '42501',
	'nor to alter', Gauth::as('tenant'));
$node->refuses(
	'BEGIN; CREATE SCHEMA elsewhere; ALTER EXTENSION gauth SET SCHEMA elsewhere', '0A000',
	'its objects stay in their schema');

my $host = qq{
	SELECT gauth.add_issuer('$ISSUER', ARRAY['db'], hosted => true);
	SELECT gauth.create_key('$ISSUER', 'EdDSA') IS NOT NULL};
$node->refuses($host, '42501', 'a stranger does not administer',
	Gauth::as('stranger'));
$node->gives($host, "\nt", 'the installer does', Gauth::as('tenant'));
my $issue = qq{SELECT token FROM gauth.issue_token('$ISSUER', 'alice',
	ARRAY['db'], '1 hour', 'read')};
$node->refuses($issue, '42501', 'an application needs to be allowed to issue',
	Gauth::as('app'));
$node->sql("SELECT gauth.grant_access('app', 'issuer', '$ISSUER')",
	Gauth::as('tenant'));
my $token = $node->sql($issue, Gauth::as('app'));
like($token, qr/^eyJ[^.]+\.[^.]+\.[^.]+$/, 'then it issues a token');
$node->refuses("SELECT gauth.verify('$token')", '42501',
	'to verify is another capability', Gauth::as('app'));
$node->sql("SELECT gauth.grant_access('app', 'verifier')", Gauth::as('tenant'));
$node->gives("SELECT gauth.verify('$token') ->> 'sub'",
	'alice', 'which can be given too', Gauth::as('app'));
$node->gives(
	"BEGIN; SELECT gauth.authenticate('$token'); SELECT gauth.subject(); COMMIT",
	"alice\nalice", 'everybody authenticates', Gauth::as('stranger'));
$node->refuses("SELECT gauth.grant_access('stranger', 'administrator')",
	'42501', 'no application hands out capabilities', Gauth::as('app'));
$node->sql("SELECT gauth.configure('application_roles', '[\"app\"]')",
	Gauth::as('tenant'));
like(
	$node->sql('SELECT severity, object FROM gauth.lint()', Gauth::as('tenant')),
	qr/warning\|key .* of issuer \Q$ISSUER/,
	'the installer is told of the key that is not sealed');

# ---------------------------------------------------------------------------
# dump and restore by the same role; sealed keys travel, others do not

my $secret = 'a root secret of more than thirty-two bytes';
my $sealed = 'https://sealed.example';
$node->sql(
	qq{BEGIN; SELECT gauth.unlock('$secret');
	SELECT gauth.add_issuer('$sealed', ARRAY['db'], hosted => true, namespace => 'sealed:');
	SELECT gauth.create_key('$sealed', 'ES256'); COMMIT},
	Gauth::as('tenant'));
my $revoked = $node->sql($issue, Gauth::as('app'));
$node->sql("SELECT gauth.revoke('$revoked', 'lost')", Gauth::as('tenant'));
$node->sql("SELECT gauth.put_weak_secrets(ARRAY['letmein'])", Gauth::as('tenant'));
$node->sql(
	qq{CREATE SCHEMA shop;
	CREATE TABLE shop.orders (id int, owner text);
	INSERT INTO shop.orders VALUES (1, 'alice'), (2, 'bob');
	ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
	CREATE POLICY own ON shop.orders USING (owner = gauth.subject());
	GRANT USAGE ON SCHEMA shop TO app;
	GRANT SELECT ON shop.orders TO app},
	Gauth::as('tenant'));

my $dump = "$PostgreSQL::Test::Utils::tmp_check/gauth.dump";
my @connect = ('-h', $node->host, '-p', $node->port, '-U', 'tenant');

# a dump under FORCE would be a dump of the rows that nobody may see
$node->command_fails([ 'pg_dump', @connect, '-f', $dump, 'gauth' ],
	'rows behind a policy are not left out in silence');
$node->sql('ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY',
	Gauth::as('tenant'));
$node->command_ok([ 'pg_dump', @connect, '-Fc', '-f', $dump, 'gauth' ],
	'the installer dumps the database');
$node->command_ok([ 'pg_restore', '-f', "$dump.sql", $dump ],
	'the dump can be read');
my $dumped = slurp_file("$dump.sql");
like($dumped, qr/^COPY gauth\.wrapped_key /m, 'sealed keys are dumped');
unlike($dumped, qr/COPY gauth\.unwrapped_key/, 'keys that are not sealed are not');
unlike($dumped, qr/"d":/, 'there is no private half in the dump');
unlike($dumped, qr/\Q$token\E|\Q$revoked\E/, 'and no token');

create_database('restored', "ENCODING 'UTF8'");
$node->safe_psql('postgres', 'GRANT CREATE ON DATABASE restored TO tenant');
my ($out, $err) = ('', '');
IPC::Run::run([ 'pg_restore', @connect, '-d', 'restored', $dump ],
	'>', \$out, '2>', \$err);

# privileges that gauth gave cannot be given by who is no superuser
my @other = grep { /error:/ && !/permission denied for|no privileges/ }
  split /\n/, $err;
is(join("\n", @other), '',
	'the installer restores it; only privileges may be missing');

sub restored
{
	my ($sql, $expected, $name, @options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql('restored', $sql, @options), $expected, $name);
	return;
}

for my $table (
	'access', 'setting', 'issuer', 'key', 'wrapped_key', 'weak_secret',
	'token', 'revocation', 'subject_revocation')
{
	my $sum = "SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM gauth.$table t";
	restored($sum, $node->sql($sum), "gauth.$table is what it was");
}
restored('SELECT gauth.reapply_access()', '2', 'capabilities are given again',
	Gauth::as('tenant'));
restored("SELECT gauth.verify('$token') ->> 'sub'",
	'alice', 'a token from before verifies', Gauth::as('app'));
restored("SELECT active FROM gauth.inspect_token('$revoked')",
	'f', 'a revoked one does not', Gauth::as('app'));
restored(
	"BEGIN; SELECT gauth.authenticate('$token'); SELECT id FROM shop.orders; COMMIT",
	"alice\n1", 'policies show each bearer its rows', Gauth::as('app'));
restored(
	qq{BEGIN; SELECT gauth.unlock('$secret');
	SELECT gauth.verify(token) ->> 'sub'
	FROM gauth.issue_token('$sealed', 'bob', ARRAY['db'], '1 hour'); COMMIT},
	"\nbob", 'a sealed key signs again with its root secret',
	Gauth::as('tenant'));
$node->refuses(
	"SELECT gauth.issue_token('$sealed', 'bob', ARRAY['db'], '1 hour')",
	'ZG008', 'and not without', database => 'restored', Gauth::as('tenant'));
$node->refuses($issue, '42704', 'a key that was not sealed signs no more',
	database => 'restored', Gauth::as('app'));
like(
	$node->safe_psql('restored', "SELECT severity, finding FROM gauth.lint() WHERE object LIKE '%$ISSUER'",
		Gauth::as('tenant')),
	qr/^error\|its private half is missing/m, 'and lint says so');
$node->safe_psql('restored', "SELECT gauth.rotate_key('$ISSUER', 'EdDSA')",
	Gauth::as('tenant'));
isnt($node->safe_psql('restored', $issue, Gauth::as('app')),
	'', 'until it is rotated');
restored("SELECT gauth.verify('$token') ->> 'sub'",
	'alice', 'which the token from before outlives', Gauth::as('app'));

# ---------------------------------------------------------------------------
# removal, and a second installation in one session

$node->refuses('DROP EXTENSION gauth', '2BP01',
	'the extension stays while a policy needs it', Gauth::as('tenant'));
$node->gives(
	qq{SELECT gauth.verify('$token') ->> 'sub';
	DROP POLICY own ON shop.orders;
	DROP EXTENSION gauth;
	SELECT count(*) FROM pg_namespace WHERE nspname = 'gauth';
	CREATE EXTENSION gauth;
	SELECT (gauth.inspect_token('$token')).active;
	$host;
	SELECT gauth.verify(token) ->> 'sub'
	FROM gauth.issue_token('$ISSUER', 'carol', ARRAY['db'], '1 hour');
	BEGIN;
	SELECT gauth.authenticate(token)
	FROM gauth.issue_token('$ISSUER', 'dave', ARRAY['db'], '1 hour');
	SELECT gauth.subject();
	DROP EXTENSION gauth;
	ROLLBACK;
	SELECT (gauth.inspect_token('$token')).active;
	DROP EXTENSION gauth},
	"alice\n0\nf\n\nt\ncarol\ndave\ndave\nf",
	'dropped and created again in the same session', Gauth::as('tenant'));
$node->gives("SELECT count(*) FROM pg_namespace WHERE nspname = 'gauth'",
	'0', 'nothing is left');

$node->stop;
done_testing();
