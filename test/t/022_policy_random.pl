# Random sets of many policies, once more through SQL: the program that
# compares the index with testing every policy on more than 100,000 requests
# writes down what it asked and what the answers were; stores, and for a part
# of the requests gauth.evaluate, have to give the same decision, the same
# determining policies and the same errors.
#
# The program is compiled here, with ${CC:-cc}; without a compiler the test is
# skipped.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

my $compiler = $ENV{CC} || 'cc';
plan skip_all => 'no C compiler, or no sources beside the test'
  if system("$compiler --version >/dev/null 2>&1") != 0
  || !-e 'test/unit/test_policy_random.c';

my $directory = PostgreSQL::Test::Utils::tempdir();
my $program = "$directory/policy_random";
my @sources = ('test/unit/test_policy_random.c', glob('src/base/*.c'), glob('src/policy/*.c'));
is( system("$compiler -std=gnu11 -O1 -I src -I test/unit -o $program @sources"),
	0,
	'the program compiles');
my $said = `$program $directory`;
like($said, qr/random sets: (\d+)\/\1 requests agree/, 'index and linear search agree');
my ($asked) = $said =~ /(\d+) requests agree/;

my $node = Gauth->new('main', config => "fsync = off\n");
$node->sql(<<'SQL');
CREATE TABLE random_set (number integer PRIMARY KEY, policies text, entities json);
CREATE TABLE random_request (
    number integer, principal text, action text, resource text, context json,
    permit boolean, determining text[], errors text[]);
SELECT gauth.create_policy_store('random', 'cedar');

-- names of policies, in an order that does not depend on who lists them
CREATE FUNCTION names(list jsonb) RETURNS text[] LANGUAGE sql BEGIN ATOMIC
    SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM jsonb_array_elements_text(list) name;
END;
CREATE FUNCTION names(list text[]) RETURNS text[] LANGUAGE sql BEGIN ATOMIC
    SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM unnest(list) name;
END;

-- one set in a store: how many requests there are, and how many are answered alike
CREATE FUNCTION compare(set_number integer, OUT asked bigint, OUT alike bigint) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM gauth.entity WHERE store = 'random';
    PERFORM gauth.put_policies(s.policies, 'random'), gauth.put_entities(s.entities, 'random')
    FROM random_set s WHERE s.number = set_number;
    SELECT count(*),
           count(*) FILTER (WHERE e ->> 'decision' = CASE WHEN r.permit THEN 'allow' ELSE 'deny' END
                              AND gauth.is_authorized(r.principal, r.action, r.resource, r.context, 'random') = r.permit
                              AND names(e -> 'determining') = names(r.determining)
                              AND names(e -> 'errors') = names(r.errors))
    INTO asked, alike
    FROM random_request r,
         gauth.explain(r.principal, r.action, r.resource, r.context, 'random') e
    WHERE r.number = set_number;
END $$;

-- the same without a store
CREATE FUNCTION evaluate(set_number integer, OUT asked bigint, OUT alike bigint) LANGUAGE sql BEGIN ATOMIC
    SELECT count(*),
           count(*) FILTER (WHERE e ->> 'decision' = CASE WHEN r.permit THEN 'allow' ELSE 'deny' END
                              AND names(e -> 'reason') = names(r.determining)
                              AND names(e -> 'errors') = names(r.errors))
    FROM random_set s
    JOIN random_request r USING (number),
         gauth.evaluate(s.policies, NULL, s.entities,
                        json_build_object('principal', r.principal, 'action', r.action,
                                          'resource', r.resource, 'context', r.context)) e
    WHERE s.number = set_number;
END;
SQL
$node->sql("\\copy random_set from '$directory/sets'");
$node->sql("\\copy random_request from '$directory/requests'");
$node->sql('CREATE INDEX ON random_request (number)');

my $answer = $node->sql('SELECT sum(c.asked), sum(c.alike) FROM random_set s, compare(s.number) c');
is($answer, "$asked|$asked", 'stores answer as the program did');
cmp_ok($asked, '>=', 100000, 'on 100,000 requests at least');
note("$answer requests through stores");
$answer = $node->sql('SELECT sum(c.asked), sum(c.alike) FROM random_set s, evaluate(s.number) c WHERE s.number % 10 = 0');
is($answer, '10500|10500', 'and so does gauth.evaluate');

$node->stop;
done_testing();
