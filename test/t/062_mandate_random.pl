# Random operations on a few trees of mandates, by several clients at once:
# nobody gets into anybody's way, and afterwards all books agree.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $CLIENTS = 8;
my $STEPS = 400;
my $SEED = $ENV{GAUTH_SEED} || 20260301;

my $node = Gauth->new('main');
my $directory = PostgreSQL::Test::Utils::tempdir();

$node->sql(<<'SQL');
SELECT gauth.register_party('{"id": "alice", "kind": "natural_person", "name": "Alice"}');
SELECT gauth.register_party('{"id": "bob", "kind": "natural_person", "name": "Bob"}');
SELECT gauth.register_party(json_build_object('id', 'agent' || i, 'kind', 'agent', 'form', 'llm', 'name', 'A', 'version', '1'))
FROM generate_series(1, 5) i;
SELECT gauth.party_identity('alice', current_user::regrole);
CREATE TABLE trouble (step text, state text, message text);
CREATE TABLE done (step text, accepted boolean);

CREATE FUNCTION draft(project int) RETURNS text LANGUAGE sql AS $$
    SELECT gauth.create_mandate(json_build_object(
        'parties', json_build_object('subject', 'agent' || 1 + project % 2, 'customer_id', 'c', 'project_id', 'p' || project,
                                     'issued_by', 'alice', 'approval_chain', '["bob"]'::json),
        'scope', '{"governance_profile": "minimal", "phase": "build", "allowed_paths": ["src/"],
                   "core_verbs": {"foundry.file.modify": {"allowed": true}}}'::json,
        'requirements', '{"approval_mode": "supervised", "ttl_seconds": 3600, "budget": {"total_cents": 1000}}'::json
    )) ->> 'mandate_id' $$;

CREATE FUNCTION step() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    m gauth.mandate;
    hold text;
    dice int := floor(random() * 100);
BEGIN
    SELECT * INTO m FROM gauth.mandate WHERE status IN ('ACTIVE', 'SUSPENDED') ORDER BY random() LIMIT 1;
    SELECT id INTO hold FROM gauth.budget_hold ORDER BY random() LIMIT 1;
    CASE
        WHEN dice < 6 OR m.id IS NULL THEN
            PERFORM gauth.activate_mandate(draft(floor(random() * 4)::int));
            RETURN 'activate';
        WHEN dice < 34 THEN
            PERFORM gauth.delegate_mandate(m.id, json_build_object('delegate_agent_id', 'agent' || 1 + floor(random() * 5),
                'budget_cents', floor(random() * 100), 'ttl_seconds', 60 + floor(random() * 600)));
            RETURN 'delegate';
        WHEN dice < 55 THEN
            PERFORM gauth.report_consumption(m.id, 1 + floor(random() * 20)::int, 'r' || floor(random() * 10000));
            RETURN 'report';
        WHEN dice < 65 THEN
            PERFORM gauth.hold_budget(m.id, 1 + floor(random() * 50)::int, make_interval(secs => 1 + floor(random() * 3)));
            RETURN 'hold';
        WHEN dice < 72 THEN
            PERFORM gauth.settle_hold(hold, 'h' || floor(random() * 10000));
            RETURN 'settle';
        WHEN dice < 76 THEN
            PERFORM gauth.release_hold(hold);
            RETURN 'release';
        WHEN dice < 82 THEN
            PERFORM gauth.suspend_mandate(m.id, 'random');
            RETURN 'suspend';
        WHEN dice < 90 THEN
            PERFORM gauth.resume_mandate(m.id);
            RETURN 'resume';
        WHEN dice < 92 THEN
            PERFORM gauth.revoke_mandate(m.id, 'random');
            RETURN 'revoke';
        WHEN dice < 96 THEN
            PERFORM gauth.increase_budget(m.id, 1 + floor(random() * 100)::int);
            RETURN 'increase';
        WHEN dice < 98 THEN
            PERFORM gauth.extend_ttl(m.id, make_interval(secs => 1 + floor(random() * 100)));
            RETURN 'extend';
        ELSE
            PERFORM gauth.expire_mandates();
            RETURN 'expire';
    END CASE;
END $$;

-- a refusal is an answer; whatever else is raised is trouble
CREATE FUNCTION try_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    detail text;
BEGIN
    name := step();
    INSERT INTO done VALUES (name, true);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    IF SQLSTATE IN ('ZG004', '22004', '22023') OR (SQLSTATE = '42704' AND SQLERRM LIKE '%hold%')
       OR (SQLSTATE = '40001' AND current_setting('transaction_isolation') <> 'read committed') THEN
        INSERT INTO done VALUES (detail, false);
    ELSE
        INSERT INTO trouble VALUES (name, SQLSTATE, SQLERRM || coalesce(' / ' || detail, ''));
    END IF;
END $$;
SQL
note("seed $SEED");

sub run_clients
{
	my ($isolation, $gate) = @_;
	my $file = "$directory/$isolation.sql";
	(my $level = $isolation) =~ tr/_/ /;

	$node->sql("SELECT gauth.configure('delegation_approval', '$gate')");
	append_to_file($file, "BEGIN ISOLATION LEVEL $level;\nSELECT setseed(:seed / 1000000000.0);\nSELECT try_step();\nCOMMIT;\n");
	append_to_file("$file.seeded", "\\set seed random(1, 1000000000)\n" . slurp_file($file));
	$node->command_ok(
		[
			'pgbench', '-n', '-c', $CLIENTS, '-t', $STEPS, "--random-seed=$SEED",
			'-h', $node->host, '-p', $node->port, '-f', "$file.seeded", 'gauth'
		],
		"$CLIENTS clients of $STEPS steps, $level, with parts that wait: $gate");
	return;
}

run_clients('read_committed', 'false');
run_clients('read_committed', 'true');
run_clients('repeatable_read', 'false');

note($node->sql("SELECT string_agg(step || ' ' || n, ', ' ORDER BY n DESC) FROM (SELECT step, count(*) AS n FROM done GROUP BY step) d"));
$node->gives("SELECT count(DISTINCT step) FROM done WHERE accepted", '12', 'every operation was done');
$node->gives("SELECT count(*) > 0 FROM done WHERE NOT accepted AND step = 'DELEGATION_BUDGET_EXCEEDED'", 't', 'some were refused');
$node->gives('SELECT state, message, count(*) FROM trouble GROUP BY state, message', '', 'nothing else was raised: no deadlock, no broken rule');
$node->gives('SELECT finding, count(*) FROM gauth.lint_mandates() GROUP BY finding', '', 'all books agree');
$node->gives('SELECT count(*) > 100, max(depth) > 1 FROM gauth.mandate', 't|t', 'the trees have grown');
$node->gives(<<'SQL', '0', 'what was given at the top is what was spent and what is left below');
SELECT count(*) FROM (
    WITH RECURSIVE tree AS (
        SELECT id, id AS root FROM gauth.mandate WHERE parent IS NULL
        UNION ALL SELECT m.id, t.root FROM tree t JOIN gauth.mandate m ON m.parent = t.id)
    SELECT root FROM tree JOIN gauth.mandate m USING (id)
    LEFT JOIN (SELECT mandate, sum(cents) AS spent FROM gauth.budget_consumption GROUP BY mandate) c ON c.mandate = id
    GROUP BY root
    HAVING sum(m.budget_total) FILTER (WHERE m.parent IS NULL) <> sum(m.budget_remaining) + sum(coalesce(c.spent, 0))) wrong
SQL
$node->gives(<<'SQL', '0', 'every event of every mandate is in the ledger, once');
SELECT count(*) FROM (SELECT mandate, event, count(*) FROM gauth.mandate_history GROUP BY mandate, event
    EXCEPT SELECT mandate, action, count(*) FROM gauth.entry WHERE kind LIKE 'mandate.%' GROUP BY mandate, action) missing
SQL
$node->gives(<<'SQL', '0', 'at most one mandate of an agent and project is in force');
SELECT count(*) FROM (SELECT FROM gauth.mandate WHERE status = 'ACTIVE' AND parent IS NULL GROUP BY agent, project HAVING count(*) > 1) d
SQL

$node->stop;
done_testing();
