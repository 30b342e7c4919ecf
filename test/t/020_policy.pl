# Policy stores through a dump by who is no superuser, a restore, a crash and a
# standby: the same decisions, the same history, and changes that go on.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = Gauth->new(
	'main',
	init => [ allows_streaming => 1 ],
	extension => 0);
$node->safe_psql('postgres', 'CREATE ROLE tenant LOGIN; CREATE ROLE stranger LOGIN');
$node->sql('GRANT CREATE ON DATABASE gauth TO tenant');
$node->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));

my $schema = <<'CEDAR';
entity Group;
entity User in [Group] { age?: Long };
entity Doc { owner: User };
action view, edit appliesTo { principal: User, resource: Doc };
CEDAR

# everything in two stores, by the installer
$node->sql(<<"SQL", Gauth::as('tenant'));
SELECT gauth.put_schema('$schema');
SELECT gauth.create_policy('owner', 'permit (principal, action, resource) when { resource.owner == principal };');
SELECT gauth.put_policies('
// everybody may look
\@id("look") permit (principal, action == Action::"view", resource);
\@id("friend") permit (principal == ?principal, action, resource == ?resource);
');
SELECT gauth.link_template('friend', 'f1', 'User::"a\\"b"', 'Doc::"d"');
SELECT gauth.add_issuer('https://one.example', ARRAY['db'], hosted => true);
SELECT gauth.map_principal('https://one.example', 'User');
SELECT gauth.create_policy_store('plain', 'cedar');
SELECT gauth.create_policy('all', 'permit (principal, action, resource);', 'plain');
SELECT gauth.replace_policy('all', 'permit (principal, action, resource) unless { context has stop };', 'plain');
SELECT gauth.create_policy('gone', 'forbid (principal, action, resource);', 'plain');
SELECT gauth.drop_policy('gone', 'plain');
CREATE SCHEMA bound;
CREATE TABLE bound.client (id integer PRIMARY KEY, vip boolean);
INSERT INTO bound.client VALUES (1, true), (2, false);
SELECT gauth.create_policy_store('bound', 'cedar');
SELECT gauth.bind_entity('Client', 'bound.client', 'id', store => 'bound');
SELECT gauth.create_policy('vip', 'permit (principal, action, resource) when { principal.vip };', 'bound');
SQL

sub ask
{
	my ($principal, $action, $store, $context) = @_;
	$context ||= '{}';
	return qq{gauth.is_authorized('$principal', 'Action::"$action"', 'Doc::"d"', '$context', '$store')};
}
my $decisions = 'SELECT ' . join(
	', ',
	ask('User::"a\\"b"', 'edit', 'default'),
	ask('User::"c"', 'edit', 'default'),
	ask('User::"c"', 'view', 'default'),
	ask('User::"c"', 'edit', 'plain'),
	ask('User::"c"', 'edit', 'plain', '{"stop": true}'),
	ask('Client::"1"', 'edit', 'bound'),
	ask('Client::"2"', 'edit', 'bound'));
my $answers = 't|f|t|t|f|t|f';
$node->gives($decisions, $answers, 'decisions');

my @tables = ('policy_store', 'policy', 'policy_link', 'policy_history', 'principal_mapping',
	'entity_binding');
my %sums;
for my $table (@tables)
{
	$sums{$table} = $node->sql(
		"SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM gauth.$table t");
	unlike($sums{$table}, qr/^0\|/, "gauth.$table has rows");
}

# ---------------------------------------------------------------------------
# dump and restore

my $dump = "$PostgreSQL::Test::Utils::tmp_check/policy.dump";
my @connect = ('-h', $node->host, '-p', $node->port, '-U', 'tenant');
$node->command_ok([ 'pg_dump', @connect, '-Fc', '-f', $dump, 'gauth' ],
	'the installer dumps the database');
$node->safe_psql('postgres',
	"CREATE DATABASE restored ENCODING 'UTF8' TEMPLATE template0; GRANT CREATE ON DATABASE restored TO tenant");
my ($out, $err) = ('', '');
IPC::Run::run([ 'pg_restore', @connect, '-d', 'restored', $dump ],
	'>', \$out, '2>', \$err);
my @other = grep { /error:/ && !/permission denied for|no privileges/ }
  split /\n/, $err;
is(join("\n", @other), '', 'and restores it');

sub restored
{
	my ($sql, $expected, $name, @options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql('restored', $sql, @options), $expected, $name);
	return;
}
for my $table (@tables)
{
	restored(
		"SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM gauth.$table t",
		$sums{$table}, "gauth.$table is what it was");
}
restored($decisions, $answers, 'the same decisions');
restored(
	qq{SELECT gauth.replace_policy('all', 'forbid (principal, action, resource);', 'plain');
	SELECT s.version = max(h.version), max(h.version) = count(DISTINCT h.version) - 1
	FROM gauth.policy_store s JOIN gauth.policy_history h USING (store)
	WHERE s.store = 'plain' GROUP BY s.version},
	"\nt|t", 'versions go on', Gauth::as('tenant'));
restored($decisions, 't|f|t|f|f|t|f', 'and so do decisions');

# the table of a binding in the hands of another role, as after a restore that
# gives everything to who restores
$node->safe_psql('restored', 'ALTER TABLE bound.client OWNER TO postgres');
restored($decisions, 't|f|t|f|f|f|f', 'another owner of a bound table: no word of its rows counts');
$node->safe_psql('restored',
	q{SELECT gauth.bind_entity('Client', 'bound.client', 'id', store => 'bound')});
restored($decisions, 't|f|t|f|f|t|f', 'until it is bound again');
$node->refuses(
	"SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'plain')",
	'42501', 'a stranger changes nothing',
	database => 'restored', Gauth::as('stranger'));

# rows that somebody put there past the functions: nothing is decided by half
# of a store, and it can be mended
$node->safe_psql('restored',
	q{INSERT INTO gauth.policy VALUES ('plain', 'broken', 'permit (', 1)},
	Gauth::as('tenant'));
restored('SELECT ' . ask('User::"c"', 'edit', 'plain'), 'f',
	'a store that cannot be compiled denies');
$node->refuses(
	"SELECT gauth.create_policy('p', 'permit (principal, action, resource);', 'plain')",
	'42601', 'and takes no other policy',
	database => 'restored', Gauth::as('tenant'));
$node->safe_psql('restored',
	q{SELECT gauth.drop_policy('broken', 'plain');
	SELECT gauth.put_policies('permit (principal, action, resource);', 'plain')},
	Gauth::as('tenant'));
restored('SELECT ' . ask('User::"c"', 'edit', 'plain'), 't', 'until it is mended');

# ---------------------------------------------------------------------------
# a crash: what has committed is there, what has not is not

my $session = $node->background_psql('gauth');
$session->query_safe('BEGIN');
$session->query_safe(
	q{SELECT gauth.put_policies('forbid (principal, action, resource);', 'plain')});
$node->sql(
	q{SELECT gauth.create_policy_store('late', 'cedar');
	SELECT gauth.create_policy('all', 'permit (principal, action, resource);', 'late')});
$node->kill9;
eval { $session->{run}->finish; };
$node->poll_start;
$node->gives($decisions, $answers, 'decisions after a crash');
$node->gives('SELECT ' . ask('User::"c"', 'edit', 'late'),
	't', 'and of a store made just before it');

# ---------------------------------------------------------------------------
# a standby: decides, hears of changes in a session that is open, changes none

$node->backup('base');
my $standby = Gauth->bare('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
$standby->gives($decisions, $answers, 'a standby decides');
my $open = $standby->background_psql('gauth');
my $question = 'SELECT ' . ask('User::"c"', 'edit', 'late');
is($open->query_safe($question), 't', 'in a session that stays open');
$node->sql(
	q{BEGIN; SELECT gauth.put_policies('', 'late'); ROLLBACK;
	SELECT gauth.create_policy('no', 'forbid (principal, action == Action::"view", resource);', 'late')});
$node->wait_for_catchup($standby);
is($open->query_safe($question), 't', 'a change that does not matter to it');
$node->sql(q{SELECT gauth.drop_policy('all', 'late')});
$node->wait_for_catchup($standby);
is($open->query_safe($question), 'f', 'and one that does, in the next statement');
$open->quit;
$standby->refuses(
	q{SELECT gauth.drop_policy('no', 'late')},
	'25006', 'nothing is changed there');
$standby->promote;
$standby->sql(q{SELECT gauth.put_policies('permit (principal, action, resource);', 'late')});
$standby->gives($question, 't', 'until it is the primary');

$standby->stop;
$node->stop;
done_testing();
