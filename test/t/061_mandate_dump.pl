# Mandates through a dump by who is no superuser and a restore, a standby, and
# a prepared transaction: everything is there, guarded as before, and goes on.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = Gauth->new(
	'main',
	init => [ allows_streaming => 1 ],
	config => "max_prepared_transactions = 2\n",
	extension => 0);
$node->safe_psql('postgres', 'CREATE ROLE tenant LOGIN; CREATE ROLE agent LOGIN; CREATE ROLE boss LOGIN');
$node->sql('GRANT CREATE ON DATABASE gauth TO tenant');
$node->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));

# everything that there is, by the installer, who acts as alice
$node->sql(<<'SQL', Gauth::as('tenant'));
CREATE SCHEMA t;
SET search_path = t;
SELECT gauth.register_party('{"id": "alice", "kind": "natural_person", "name": "Alice"}');
SELECT gauth.register_party('{"id": "boss", "kind": "natural_person", "name": "Boss"}');
SELECT gauth.register_party('{"id": "agent", "kind": "agent", "form": "llm", "name": "A", "version": "1"}');
SELECT gauth.register_party('{"id": "helper", "kind": "agent", "form": "llm", "name": "H", "version": "1"}');
SELECT gauth.party_identity('alice', 'tenant'::regrole);
SELECT gauth.party_identity('boss', 'boss'::regrole);
SELECT gauth.party_identity('agent', 'agent'::regrole);
CREATE TABLE m (name text, id text);
CREATE FUNCTION made(project text) RETURNS text LANGUAGE sql AS $$
    SELECT gauth.activate_mandate(gauth.create_mandate(json_build_object(
        'parties', json_build_object('subject', 'agent', 'customer_id', 'c', 'project_id', project,
                                     'issued_by', 'alice', 'approval_chain', '["boss"]'::json),
        'scope', '{"governance_profile": "minimal", "phase": "build", "allowed_paths": ["src/"],
                   "core_verbs": {"foundry.file.modify": {"allowed": true},
                                  "foundry.agent.delegate": {"allowed": true}}}'::json,
        'requirements', '{"approval_mode": "supervised", "ttl_seconds": 86400, "budget": {"total_cents": 1000}}'::json
    )) ->> 'mandate_id') ->> 'mandate_id' $$;
INSERT INTO m VALUES ('root', t.made('one'));
SELECT gauth.report_consumption(id, 100, 'r1'), gauth.hold_budget(id, 200, '1 hour'), gauth.count_tool_calls(id, 's', 3)
FROM m WHERE name = 'root';
INSERT INTO m SELECT 'child', gauth.delegate_mandate(id,
    '{"delegate_agent_id": "helper", "budget_cents": 300, "ttl_seconds": 600}') ->> 'mandate_id' FROM m WHERE name = 'root';
INSERT INTO m SELECT 'grandchild', gauth.delegate_mandate(id,
    '{"delegate_agent_id": "agent", "budget_cents": 30, "ttl_seconds": 60}') ->> 'mandate_id' FROM m WHERE name = 'child';
INSERT INTO m VALUES ('revoked', t.made('two'));
SELECT gauth.revoke_mandate(id, 'enough') FROM m WHERE name = 'revoked';
INSERT INTO m VALUES ('suspended', t.made('three'));
SELECT gauth.suspend_mandate(id, 'a doubt') FROM m WHERE name = 'suspended';
INSERT INTO m SELECT 'request', gauth.request_approval(id, '{"verb": "foundry.file.modify"}') ->> 'request_id' FROM m WHERE name = 'root';
GRANT USAGE ON SCHEMA t TO agent, boss;
GRANT SELECT ON m TO agent, boss;
SQL
$node->sql("SELECT gauth.request_approval(id, '{\"verb\": \"foundry.file.modify\"}') FROM t.m WHERE name = 'root'", Gauth::as('agent'));
$node->sql("SELECT gauth.approve(id, 'fine') FROM t.m WHERE name = 'request'", Gauth::as('boss'));

# the whole of it in one text, but for the time that passes
my @tables = qw(mandate mandate_history budget_consumption budget_hold approval_request approval mandate_session);
sub all_rows
{
	my ($database) = @_;
	return join "\n", map {
		$node->safe_psql($database, "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM gauth.$_ t")
	} @tables;
}
my $before = all_rows('gauth');
unlike($before, qr/^0\|/m, 'there is something in every table');
note($before);

# dump and restore
my $dump = "$PostgreSQL::Test::Utils::tmp_check/mandate.dump";
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
is(all_rows('restored'), $before, 'a restore has every row of every table');

sub restored
{
	my ($sql, $expected, $name, @options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql('restored', $sql, @options), $expected, $name);
	return;
}

restored('SELECT count(*) FROM gauth.lint_mandates()', '0', 'its books agree', Gauth::as('tenant'));

my $of = "FROM t.m WHERE name =";
restored("SELECT b - 'history' - 'mandate_id' FROM t.m, gauth.mandate_budget(id) b WHERE name = 'root'",
	'{"held_cents": 200, "total_cents": 1000, "consumed_cents": 100, "available_cents": 400, "budget_exceeded": false, "delegated_cents": 300, "remaining_cents": 600}',
	'a restored budget', Gauth::as('tenant'));
restored("SELECT string_agg(l ->> 'agent_id', ' ') FROM t.m, jsonb_array_elements(gauth.delegation_chain(id) -> 'chain') l WHERE name = 'grandchild'",
	'agent helper agent', 'a restored chain', Gauth::as('tenant'));
restored("SELECT gauth.report_consumption(id, 100, 'r1') ->> 'reason' $of 'root'",
	'DUPLICATE_CONSUMPTION_REPORT', 'a report of before the dump is not accepted again', Gauth::as('tenant'));
restored("SELECT gauth.report_consumption(id, 100, 'r2') ->> 'remaining_cents' $of 'root'",
	'500', 'spending goes on', Gauth::as('tenant'));
restored("SELECT gauth.revoke_mandate(id, 'enough') ->> 'cascaded' $of 'root'",
	'2', 'the chain is revoked as a whole', Gauth::as('tenant'));
for my $statement (
	"UPDATE gauth.mandate SET status = 'ACTIVE'",
	'DELETE FROM gauth.mandate_history',
	'TRUNCATE gauth.budget_consumption',
	"SET session_replication_role = replica; UPDATE gauth.mandate SET budget_total = 1000000")
{
	$node->refuses($statement, 'ZG004', "E-14: still refused, of a superuser: $statement", database => 'restored');
}
is(all_rows('gauth'), $before, 'nothing has happened to the original');

# a standby reads, and says that it does not write
$node->backup('backup');
my $standby = Gauth->bare('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
$standby->gives("SELECT gauth.mandate(id) ->> 'status' $of 'suspended'",
	'SUSPENDED', 'a standby reads', Gauth::as('tenant'));
$standby->refuses("SELECT gauth.resume_mandate(id) $of 'suspended'",
	'ZG007', 'a standby does not change', extra_params => [ '-U', 'tenant' ]);
$node->sql("SELECT gauth.revoke_mandate(id, 'enough') $of 'suspended'", Gauth::as('tenant'));
$node->wait_for_catchup($standby);
$standby->gives("SELECT gauth.mandate(id) ->> 'status' $of 'suspended'",
	'REVOKED', 'a standby hears of it', Gauth::as('tenant'));
$standby->stop;

# a consumption that is prepared holds the mandate until it is decided
$node->sql("BEGIN; SELECT gauth.report_consumption(id, 500, 'p1') $of 'root'; PREPARE TRANSACTION 'spend'", Gauth::as('tenant'));
$node->refuses("SET lock_timeout = '100ms'; SELECT gauth.report_consumption(id, 500, 'p2') $of 'root'",
	'55P03', 'a prepared consumption is waited for', extra_params => [ '-U', 'tenant' ]);
$node->restart;
$node->sql("COMMIT PREPARED 'spend'", Gauth::as('tenant'));
$node->gives("SELECT gauth.report_consumption(id, 500, 'p2') ->> 'reason' $of 'root'",
	'BUDGET_EXCEEDED', 'and counts once it is committed', Gauth::as('tenant'));

$node->stop;
done_testing();
