-- Entities of policy stores: stored, bound to tables, hierarchies, limits.
\pset null '(null)'
SET client_min_messages = warning;

CREATE ROLE regress_gauth_admin;
CREATE ROLE regress_gauth_other;
CREATE SCHEMA entity_test;
GRANT USAGE ON SCHEMA entity_test TO PUBLIC;
SET search_path = entity_test;
SELECT gauth.create_policy_store('open', 'cedar');
SELECT gauth.create_policy_store('closed');
SELECT gauth.grant_access('regress_gauth_admin', 'administrator', 'open');

-- is it true of the entity, in a store of mode cedar?
CREATE FUNCTION holds(entity text, condition text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM gauth.put_policies(
        format('permit(principal, action, resource) when { %s };', condition), 'open');
    answer := gauth.decide(entity, 'Action::"look"', 'Any::"thing"', store => 'open');
    IF jsonb_array_length(coalesce(answer -> 'errors', '[]')) > 0 THEN
        RETURN 'error in the policy';
    END IF;
    RETURN coalesce(nullif(answer ->> 'refusal', 'NONE'), answer ->> 'decision');
END $$;

-- what a statement raises
CREATE FUNCTION refuses(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || SQLERRM || coalesce(' / ' || nullif(detail, ''), '');
END $$;

--
-- stored entities
--
SELECT gauth.put_entities($$[
  {"uid": {"type": "User", "id": "alice"},
   "attrs": {"age": 41, "active": true, "name": "Alice \"A\" \\ \u00e9\u0000",
             "manager": {"__entity": {"type": "User", "id": "bob"}},
             "address": {"__extn": {"fn": "ip", "arg": "10.1.2.3/24"}},
             "v6": {"__extn": {"fn": "ip", "arg": "2001:db8::1"}},
             "limit": {"__extn": {"fn": "decimal", "arg": "-0.5000"}},
             "born": {"__extn": {"fn": "datetime", "arg": "1984-02-29"}},
             "before": {"__extn": {"fn": "datetime", "arg": "1969-12-31T23:59:59.999Z"}},
             "early": {"__extn": {"fn": "datetime", "arg": "0000-12-31T23:00:00Z"}},
             "shift": {"__extn": {"fn": "duration", "arg": "-1d2h"}},
             "tokens": ["b", "a", "b", []], "nested": {"x": {"y": [1, -9223372036854775808]}}},
   "parents": [{"type": "Team", "id": "red"}, {"__entity": {"type": "Team", "id": "all"}}],
   "tags": {"t": "v"}},
  {"uid": "Team::\"red\"", "parents": ["Team::\"north\""]},
  {"uid": {"__entity": {"type": "Team", "id": "north"}}, "attrs": {}}
]$$, 'open');
SELECT type, id, content FROM gauth.entity WHERE store = 'open' ORDER BY type, id;
-- what was written reads back and is written as the same
CREATE TABLE before AS TABLE gauth.entity;
SELECT gauth.put_entities((SELECT json_agg(content) FROM before WHERE store = 'open'), 'open');
SELECT count(*) FROM gauth.entity e JOIN before b USING (store, type, id)
WHERE e.content::text = b.content::text;

SELECT holds('User::"alice"', c) = 'allow' AS holds, c
FROM unnest(ARRAY[
    'principal.age == 41', 'principal.active', 'principal.name == "Alice \"A\" \\ é\0"',
    'principal.manager == User::"bob"', 'principal.address == ip("10.1.2.3/24")',
    'principal.v6 == ip("2001:db8::1")', 'principal.limit == decimal("-0.5")',
    'principal.born == datetime("1984-02-29")',
    'principal.before.toTime() == duration("23h59m59s999ms")',
    'principal.early == datetime("0000-12-31T23:00:00Z")',
    'principal.shift == duration("-26h")',
    'principal.tokens == ["a", "b", []]',
    'principal.nested.x.y.contains(-9223372036854775808)',
    'principal.getTag("t") == "v"', 'principal in Team::"red"', 'principal in Team::"north"',
    'principal in Team::"all"', 'Team::"red" in Team::"north"', '!(Team::"north" in Team::"red")',
    '!(principal has nothing)', '!(User::"nobody" has age)', 'User::"nobody" in User::"nobody"']) c;

-- one row changes, all of it
SELECT gauth.put_entities('[{"uid": {"type": "User", "id": "alice"}}]', 'open');
SELECT content FROM gauth.entity WHERE id = 'alice';
SELECT gauth.put_entities('[]', 'open'), gauth.put_entities(' [ ] ', 'open');
SELECT gauth.delete_entity('{"type": "User", "id": "alice"}', 'open'),
       gauth.delete_entity('User::"alice"', 'open'),
       gauth.delete_entity('User::"a\0b"', 'open');

-- names that are only names
SELECT gauth.put_entities($$[
  {"uid": {"type": "User", "id": "'; DROP TABLE gauth.entity; --"},
   "attrs": {"$1": "%s", "a.b": {"\"": "\\"}}, "parents": []},
  {"uid": {"type": "User", "id": ""}}, {"uid": {"type": "User", "id": "ü\"\\\n"}}]$$, 'open');
SELECT holds('User::"''; DROP TABLE gauth.entity; --"', 'principal["$1"] == "%s"'),
       holds('{"type": "User", "id": ""}', '!(principal has x) && principal.id == 1'),
       holds('User::"ü\"\\\n"', 'principal == User::"ü\"\\\n"');
SELECT gauth.delete_entity('{"type": "User", "id": "ü\"\\\n"}', 'open');

-- refused
SELECT refuses(format('SELECT gauth.put_entities(%L, ''open'')', e)), left(e, 60) AS entities
FROM unnest(ARRAY[
    '{}', '5', '[5]', '[[]]', '[{}]', '[{"uid": "User"}]', '[{"uid": "User::\"a\"", "x": 1}]',
    '[{"uid": "User::\"a\""}, {"uid": "User::\"a\""}]',
    '[{"uid": "User::\"a\"", "uid": "User::\"b\""}]',
    '[{"uid": "User::\"a\"", "attrs": {"x": null}}]',
    '[{"uid": "User::\"a\"", "attrs": {"x": 1.5}}]',
    '[{"uid": "User::\"a\"", "attrs": {"x": 9223372036854775808}}]',
    '[{"uid": "User::\"a\"", "attrs": {"x": {"__extn": {"fn": "ip", "arg": "1.2.3"}}}}]',
    '[{"uid": "User::\"a\"", "parents": ["User::\"a\""]}]',
    '[{"uid": "User::\"a\"", "parents": ["User::\"b\""]}, {"uid": "User::\"b\"", "parents": ["User::\"a\""]}]',
    '[{"uid": "Team::\"north\"", "parents": ["Team::\"red\""]}]',
    '[{"uid": "GAuth::Agent::\"a\""}]', '[{"uid": "User::\"a\"", "parents": ["GAuth::Mandate::\"a\""]}]',
    '[{"uid": {"type": "User", "id": "a\u0000"}}]', '[{"uid": {"type": "User\"", "id": "a"}}]',
    '[{"uid": {"type": "User", "id": "' || repeat('x', 1025) || '"}}]',
    '[{"uid": {"type": "User", "id": "a"}, "attrs": {"x": ' || repeat('[', 120) || repeat(']', 120) || '}}]'
]) e;
SELECT refuses($$SELECT gauth.put_entities('[]', 'none')$$),
       refuses($$SELECT gauth.delete_entity('User', 'open')$$);
SELECT count(*) FROM gauth.entity WHERE id = 'a';

--
-- a schema
--
SELECT refuses($$SELECT gauth.put_entities('[]', 'closed')$$);
SELECT gauth.put_schema($$
    entity Team in [Team];
    entity Color enum ["red", "green"];
    entity User in [Team] { age: Long, boss?: User, since?: datetime, color?: Color } tags String;
    action look appliesTo { principal: User, resource: [User, Team] };
$$, 'closed');
-- short forms, by the schema
SELECT gauth.put_entities($$[{"uid": "User::\"a\"", "attrs": {"age": 1,
    "boss": {"type": "User", "id": "b"}, "since": "2024-01-01"}, "parents": ["Team::\"t\""]}]$$, 'closed');
SELECT content FROM gauth.entity WHERE store = 'closed';
SELECT refuses(format('SELECT gauth.put_entities(%L, ''closed'')', e)), e AS entities
FROM unnest(ARRAY[
    '[{"uid": "User::\"a\""}]', '[{"uid": "User::\"a\"", "attrs": {"age": "1"}}]',
    '[{"uid": "User::\"a\"", "attrs": {"age": 1, "size": 1}}]',
    '[{"uid": "User::\"a\"", "attrs": {"age": 1}, "tags": {"x": 1}}]',
    '[{"uid": "User::\"a\"", "attrs": {"age": 1, "color": {"type": "Color", "id": "blue"}}}]',
    '[{"uid": "Team::\"a\"", "parents": ["User::\"a\""]}]', '[{"uid": "Place::\"a\""}]',
    '[{"uid": "Action::\"look\""}]', '[{"uid": "Color::\"blue\""}]',
    '[{"uid": "Team::\"a\""}, {"uid": "Team::\"b\"", "attrs": {"x": 1}}]']) e;
-- without one actions are entities as others
SELECT gauth.put_entities('[{"uid": "Action::\"look\"", "parents": ["Action::\"read\""]}]', 'open'),
       holds('User::"alice"', 'action in Action::"read"');

--
-- bound tables: every type
--
CREATE SCHEMA "odd ""name";
CREATE TABLE "odd ""name"."the 'table'" (
    "id; --" text PRIMARY KEY, dropped int,
    b bool, i2 int2, i4 int4, i8 int8, t text, v varchar(10), c char(5), n name, u uuid,
    num numeric, d date, ts timestamptz, iv interval, ip inet, net cidr, j jsonb,
    b_ bool[], i2_ int2[], i4_ int4[], i8_ int8[], t_ text[], v_ varchar[], c_ char(5)[], n_ name[],
    u_ uuid[], num_ numeric[], d_ date[], ts_ timestamptz[], iv_ interval[], ip_ inet[], net_ cidr[]);
ALTER TABLE "odd ""name"."the 'table'" DROP COLUMN dropped, ADD COLUMN late int DEFAULT 7;
INSERT INTO "odd ""name"."the 'table'" VALUES
    ('full', true, -32768, -2147483648, -9223372036854775808, 'text', 'varchar', 'char', 'name',
     '11111111-2222-4333-8444-5555555555ab', 12.34, '2024-02-29', '1969-12-31 23:59:59.9995+00',
     '-1 day 2 hours', '10.1.2.3/8', '2001:db8::/32', '{"x": [1, {"y": "z"}]}',
     '{t,f}', '{1,2}', '{2,1,2}', '{}', '{a,NULLx,a}', '{v}', '{c}', '{n}',
     '{11111111-2222-4333-8444-5555555555ab}', '{1,2.5000}', '{1970-01-01}', '{epoch}',
     '{1s}', '{::1}', '{10.0.0.0/8}');
INSERT INTO "odd ""name"."the 'table'" VALUES ('empty');
SELECT gauth.bind_entity('Row', '"odd ""name"."the ''table''"', 'id; --', store => 'open');
SELECT holds('Row::"full"', c) = 'allow' AS holds, c
FROM unnest(ARRAY[
    'principal["id; --"] == "full"', '!(principal has dropped)', 'principal.late == 7',
    'principal.b', 'principal.i2 == -32768', 'principal.i4 == -2147483648',
    'principal.i8 == -9223372036854775808', 'principal.t == "text"', 'principal.v == "varchar"',
    'principal.c == "char"', 'principal.n == "name"',
    'principal.u == "11111111-2222-4333-8444-5555555555ab"',
    'principal.num == decimal("12.34")', 'principal.d == datetime("2024-02-29")',
    'principal.ts == datetime("1969-12-31T23:59:59.999Z")', 'principal.iv == duration("-22h")',
    'principal.ip == ip("10.1.2.3/8")', 'principal.net == ip("2001:db8::/32")',
    'principal.j.x.contains({"y": "z"}) && principal.j.x.contains(1)',
    'principal.b_ == [true, false]', 'principal.i2_ == [1, 2]', 'principal.i4_ == [1, 2]',
    'principal.i8_ == []', 'principal.t_ == ["a", "NULLx"]', 'principal.v_ == ["v"]',
    'principal.c_ == ["c"]', 'principal.n_ == ["n"]',
    'principal.u_ == ["11111111-2222-4333-8444-5555555555ab"]',
    'principal.num_ == [decimal("1.0"), decimal("2.5")]', 'principal.d_ == [datetime("1970-01-01")]',
    'principal.ts_ == [datetime("1970-01-01")]', 'principal.iv_ == [duration("1s")]',
    'principal.ip_ == [ip("::1")]', 'principal.net_ == [ip("10.0.0.0/8")]',
    'Row::"empty" has late && !(Row::"empty" has t) && !(Row::"empty" has i4_)',
    '!(Row::"none" has late)', '!(Row::"ful" has late)', '!(Row::"FULL" has late)']) c;

-- values that policies do not have make the entity one that cannot be known
CREATE FUNCTION changed(change text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE 'UPDATE "odd ""name"."the ''table''" SET ' || change || ' WHERE "id; --" = ''empty''';
    answer := holds('Row::"empty"', 'principal.late == 7');
    UPDATE "odd ""name"."the 'table'"
    SET num = NULL, d = NULL, ts = NULL, iv = NULL, t_ = NULL, j = NULL WHERE "id; --" = 'empty';
    RETURN answer;
END $$;
SELECT c, changed(c)
FROM unnest(ARRAY['num = 0.00001', 'num = ''NaN''', 'num = ''-Infinity''', 'num = 922337203685477.5808',
    'num = 1e100', 'd = ''infinity''', 'ts = ''-infinity''', 'iv = ''1 month''', 't_ = ''{NULL}''',
    't_ = ''{{a,b}}''', 'j = ''null''', 'j = ''{"x": 1.5}''', 'j = ''{"__entity": 5}''',
    'num = -922337203685477.5808', 'num = 1.50000000', 'd = ''4713-01-01 BC''', 'j = ''true''']) c;

-- ids by type: one text for one row
CREATE TABLE by_number (id int PRIMARY KEY, small int2 UNIQUE, big int8 UNIQUE, who uuid UNIQUE,
                        padded char(4) UNIQUE, label name UNIQUE, word varchar UNIQUE);
INSERT INTO by_number VALUES (-7, 5, 12345678901, 'abcdefab-cdef-4bcd-8fab-cdefabcdefab', 'ab', 'n', 'W');
CREATE FUNCTION known(id_column name, id text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gauth.bind_entity('N', 'by_number', id_column, '{"yes": "id"}', store => 'open');
    RETURN holds(json_build_object('type', 'N', 'id', id)::text, 'principal has yes');
END $$;
SELECT c, id, known(c, id)
FROM (VALUES ('id', '-7'), ('id', '-07'), ('id', ' -7'), ('id', '-7.0'), ('id', ''), ('id', '99999999999'),
             ('small', '5'), ('small', '+5'), ('small', '65541'), ('big', '12345678901'),
             ('big', '99999999999999999999'),
             ('who', 'abcdefab-cdef-4bcd-8fab-cdefabcdefab'), ('who', 'ABCDEFAB-CDEF-4BCD-8FAB-CDEFABCDEFAB'),
             ('who', 'abcdefabcdef4bcd8fabcdefabcdefab'), ('who', 'x'),
             ('padded', 'ab'), ('padded', 'ab  '), ('label', 'n'), ('label', repeat('n', 64)),
             ('word', 'W'), ('word', 'w')) v (c, id);

-- references and parents, also of several at once
CREATE TABLE team (id int PRIMARY KEY, above int);
INSERT INTO team VALUES (1, NULL), (2, 1), (3, 2), (8, 9), (9, 8), (10, 8);
CREATE TABLE person (id text PRIMARY KEY, boss text, team_id int, friends text[], teams int[]);
INSERT INTO person VALUES ('ann', 'bob', 3, '{bob,cid}', '{10}'), ('bob', NULL, 1, NULL, '{2,3,2}'),
                          ('eve', 'eve', 10, '{}', '{}');
SELECT gauth.bind_entity('Team', 'team', 'id', '{}', '[{"column": "above", "type": "Team"}]', 'open');
SELECT gauth.bind_entity('Person', 'person', 'id',
    '{"boss": {"column": "boss", "type": "Person"}, "friends": {"column": "friends", "type": "Person"}, "boss_id": "boss"}',
    '[{"column": "team_id", "type": "Team"}]', 'open');
SELECT holds('Person::"ann"', c), c
FROM unnest(ARRAY['principal.boss == Person::"bob"', 'principal.boss_id == "bob"',
    'principal.friends == [Person::"cid", Person::"bob"]', 'principal in Team::"3"',
    'principal in Team::"1"', 'principal in Team::"9"', 'principal.boss in Team::"1"',
    'principal.boss in Team::"2"', 'principal.boss.boss == principal', 'principal has team_id']) c;
-- a cycle in the rows: whoever is in it or below cannot be known
SELECT holds('Person::"eve"', 'true'), holds('Team::"8"', 'true'), holds('Team::"8"', 'principal in Team::"1"');
SELECT gauth.bind_entity('Person', 'person', 'id', '{}', '[{"column": "teams", "type": "Team"}]', 'open');
SELECT holds('Person::"bob"', 'principal in [Team::"1"] && principal in Team::"3"'),
       holds('Person::"eve"', 'principal in Team::"1"'), holds('Person::"ann"', 'principal in Team::"1"');

-- stored entities beside and above rows
SELECT gauth.put_entities($$[{"uid": "Person::\"zoe\"", "attrs": {"stored": true}, "parents": ["Team::\"3\""]},
    {"uid": "Person::\"ann\"", "attrs": {"stored": true}},
    {"uid": "Project::\"p\"", "parents": ["Person::\"zoe\""]}]$$, 'open');
SELECT holds('Person::"zoe"', 'principal.stored && principal in Team::"1"'),
       holds('Person::"ann"', 'principal has stored'),
       holds('Project::"p"', 'principal in Team::"1"');
-- a row decides as soon as it is there, and no longer than it is there
SELECT gauth.put_policies('permit(principal in Team::"1", action, resource);', 'open');
CREATE FUNCTION sees(entity text) RETURNS boolean
LANGUAGE sql BEGIN ATOMIC
    SELECT gauth.is_authorized(entity, 'Action::"look"', 'Any::"thing"', store => 'open');
END;
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"bob"');
UPDATE team SET above = NULL WHERE id = 3;
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"bob"');
INSERT INTO person VALUES ('zoe', NULL, NULL, NULL, '{2}');
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"new"');
BEGIN;
INSERT INTO person VALUES ('new', NULL, NULL, NULL, '{1}');
SELECT sees('Person::"new"');
SAVEPOINT s;
DELETE FROM person WHERE id = 'zoe';
UPDATE team SET above = NULL;
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"new"');
ROLLBACK TO s;
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"new"');
ROLLBACK;
SELECT sees('Project::"p"'), sees('Person::"zoe"'), sees('Person::"new"');
-- likewise of stored ones
BEGIN;
SELECT gauth.put_entities('[{"uid": "Guest::\"g\"", "parents": ["Team::\"2\""]}]', 'open');
SELECT sees('Guest::"g"');
SAVEPOINT s;
SELECT gauth.delete_entity('Guest::"g"', 'open');
SELECT sees('Guest::"g"');
ROLLBACK TO s;
SELECT sees('Guest::"g"');
ROLLBACK;
SELECT sees('Guest::"g"');
-- one statement, many decisions
SELECT id, sees(format('Person::"%s"', id)) FROM person ORDER BY id;

--
-- what is not read
--
CREATE TABLE guarded (id text PRIMARY KEY, secret int);
INSERT INTO guarded VALUES ('g', 1);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
ALTER TABLE guarded OWNER TO regress_gauth_admin;
SELECT gauth.put_policies('permit(principal, action, resource) when { principal.secret == 1 };', 'open');
SET ROLE regress_gauth_admin;
SELECT gauth.bind_entity('Guarded', 'guarded', 'id', store => 'open');
SELECT count(*) FROM guarded;
RESET ROLE;
SELECT sees('Guarded::"g"');
-- by somebody who may not see the table, in a schema that is closed to all
CREATE SCHEMA hidden;
ALTER TABLE guarded SET SCHEMA hidden;
SELECT sees('Guarded::"g"');
ALTER TABLE hidden.guarded SET SCHEMA entity_test;
SELECT sees('Guarded::"g"');
SELECT gauth.grant_access('regress_gauth_other', 'enforcer');
GRANT EXECUTE ON FUNCTION sees(text) TO PUBLIC;
SET ROLE regress_gauth_other;
SELECT has_table_privilege('guarded', 'SELECT') AS may_select, sees('Guarded::"g"');
RESET ROLE;

--
-- who may
--
SET ROLE regress_gauth_admin;
SELECT refuses($$SELECT gauth.bind_entity('Other', 'person', 'id', store => 'open')$$),
       refuses($$SELECT gauth.bind_entity('Other', 'guarded', 'id', store => 'closed')$$),
       refuses($$SELECT gauth.put_entities('[]', 'closed')$$),
       refuses($$SELECT gauth.put_entities('[]', 'open')$$);
SET ROLE regress_gauth_other;
SELECT refuses($$SELECT gauth.put_entities('[]', 'open')$$);
SELECT refuses($$SELECT gauth.delete_entity('A::"a"', 'open')$$);
SELECT refuses($$SELECT gauth.bind_entity('Other', 'guarded', 'id', store => 'open')$$);
SELECT refuses($$SELECT gauth.unbind_entity('Guarded', 'open')$$);
SELECT refuses($$SELECT gauth.allow_request_attribute('Guarded', 'x', store => 'open')$$);
RESET ROLE;

--
-- whose table it is
--
SELECT gauth.put_policies('permit(principal, action, resource) when { principal.secret == 1 };', 'open');
CREATE FUNCTION why(entity text) RETURNS text
LANGUAGE sql BEGIN ATOMIC
    SELECT coalesce(e ->> 'detail', e ->> 'decision')
    FROM gauth.explain(entity, 'Action::"look"', 'Any::"thing"', store => 'open') e;
END;
SELECT relation_owner, why('Guarded::"g"') FROM gauth.entity_binding WHERE entity_type = 'Guarded';
-- made anew by somebody else, who does not take the binding over
DROP TABLE guarded;
GRANT CREATE ON SCHEMA entity_test TO regress_gauth_other;
SET ROLE regress_gauth_other;
CREATE TABLE guarded (id text PRIMARY KEY, secret int);
INSERT INTO guarded VALUES ('g', 1);
RESET ROLE;
SELECT why('Guarded::"g"'), sees('Guarded::"g"');
SELECT * FROM gauth.lint() WHERE object LIKE 'binding%';
-- handed over: bound again by who is an administrator and owns it
ALTER TABLE guarded OWNER TO regress_gauth_admin;
SELECT why('Guarded::"g"');
ALTER TABLE guarded OWNER TO CURRENT_USER;
SELECT why('Guarded::"g"'), sees('Guarded::"g"');
SELECT gauth.bind_entity('Guarded', 'guarded', 'id', store => 'open');
SELECT why('Guarded::"g"'), sees('Guarded::"g"');
SELECT * FROM gauth.lint() WHERE object LIKE 'binding%';
-- a role that has another name now is another one
ALTER TABLE guarded OWNER TO regress_gauth_admin;
SET ROLE regress_gauth_admin;
SELECT gauth.bind_entity('Guarded', 'guarded', 'id', store => 'open');
RESET ROLE;
ALTER ROLE regress_gauth_admin RENAME TO regress_gauth_admin2;
SELECT why('Guarded::"g"');
ALTER ROLE regress_gauth_admin2 RENAME TO regress_gauth_admin;
SELECT why('Guarded::"g"');

--
-- what cannot be bound
--
CREATE VIEW a_view AS SELECT * FROM person;
CREATE TEMPORARY TABLE a_temporary (id int PRIMARY KEY);
CREATE DOMAIN a_domain AS text CHECK (VALUE <> 'x');
CREATE TYPE an_enum AS ENUM ('a');
CREATE TABLE strange (
    plain int, partial int, expression int, several int, deferred int UNIQUE DEFERRABLE, hashed int,
    dom a_domain UNIQUE, e an_enum UNIQUE, f float8 UNIQUE, bytes bytea, id int PRIMARY KEY,
    stamp timestamp, composite person, num numeric UNIQUE);
CREATE UNIQUE INDEX ON strange (partial) WHERE partial > 0;
CREATE UNIQUE INDEX ON strange ((expression + 0));
CREATE UNIQUE INDEX ON strange (several, id);
CREATE INDEX ON strange USING hash (hashed);
SELECT c, refuses(format($$SELECT gauth.bind_entity('S', 'strange', %L, '{}', store => 'open')$$, c))
FROM unnest(ARRAY['plain', 'partial', 'expression', 'several', 'deferred', 'hashed', 'dom', 'e', 'f',
                  'num', 'none', 'ctid', 'id']) c;
SELECT c, refuses(format($$SELECT gauth.bind_entity('S', 'strange', 'id', %L, store => 'open')$$, c))
FROM unnest(ARRAY['{"x": "dom"}', '{"x": "e"}', '{"x": "f"}', '{"x": "bytes"}', '{"x": "stamp"}',
                  '{"x": "composite"}', '{"x": "tableoid"}', '{"x": "none"}', '{"x": 1}', '[]', '{"x": {}}',
                  '{"x": {"column": "id", "type": "U", "z": 1}}', '{"x": {"column": "id", "type": "not one"}}',
                  '{"x": {"column": "num", "type": "U"}}', '{"x": {"column": "id", "type": "U"}}']) c;
SELECT c, refuses(format($$SELECT gauth.bind_entity('S', 'strange', 'id', '{}', %L, store => 'open')$$, c))
FROM unnest(ARRAY['{}', '["id"]', '[{"column": "num", "type": "U"}]', '[{"column": "none", "type": "U"}]',
                  '[{"column": "id", "type": "GAuth::Mandate"}]']) c;
SELECT c, refuses(format($$SELECT gauth.bind_entity('S', %L, 'id', store => 'open')$$, c))
FROM unnest(ARRAY['strange', 'a_view', 'a_temporary', 'strange_pkey']) c;
SELECT c, refuses(format($$SELECT gauth.bind_entity(%L, 'person', 'id', store => 'open')$$, c))
FROM unnest(ARRAY['', 'a b', 'GAuth::Agent', 'Action', 'X::Action', 'A::', 'a"']) c;
SELECT refuses($$SELECT gauth.bind_entity('S', 'person', 'id', store => 'none')$$),
       refuses($$SELECT gauth.bind_entity('S', NULL, 'id', store => 'open')$$),
       refuses($$SELECT gauth.bind_entity('S', 0::regclass, 'id', store => 'open')$$);
SELECT gauth.unbind_entity('Row', 'open'), gauth.unbind_entity('Row', 'open');

--
-- bound to the schema
--
CREATE TABLE member (id text PRIMARY KEY, age int, wide bigint, boss text, since timestamptz, color text,
                     team text, password bytea);
INSERT INTO member VALUES ('m', 1, 1, 'a', NULL, 'red', 't', NULL), ('n', 1, 1, 'a', NULL, 'blue', 't', NULL);
SELECT c, refuses(format($$SELECT gauth.bind_entity('User', 'member', 'id', %L, '[{"column": "team", "type": "Team"}]',
                          'closed')$$, c))
FROM unnest(ARRAY['{}', '{"age": "boss"}', '{"age": "since"}', '{"age": "age", "size": "wide"}',
    '{"age": "age", "since": "boss"}', '{"age": "age", "boss": "age"}',
    '{"age": "age", "boss": {"column": "boss", "type": "Team"}}',
    '{"age": "wide", "boss": {"column": "boss", "type": "User"}}', '{"age": "wide", "boss": "boss"}', NULL]) c;
SELECT refuses($$SELECT gauth.bind_entity('User', 'member', 'id', NULL, '[{"column": "team", "type": "User"}]', 'closed')$$),
       refuses($$SELECT gauth.bind_entity('Color', 'member', 'id', NULL, NULL, 'closed')$$),
       refuses($$SELECT gauth.bind_entity('Place', 'member', 'id', NULL, NULL, 'closed')$$);
SELECT gauth.put_policies('permit(principal in Team::"t", action, resource)
    when { principal has boss && principal.boss == User::"a" && principal.age == 1 };', 'closed');
CREATE FUNCTION looks(entity text) RETURNS text
LANGUAGE sql BEGIN ATOMIC
    SELECT coalesce(nullif(d ->> 'refusal', 'NONE'), d ->> 'decision')
    FROM gauth.decide(entity, 'Action::"look"', 'Team::"t"', store => 'closed') d;
END;
SELECT looks('User::"m"'), looks('User::"n"'), looks('User::"a"'), looks('User::"z"');

-- another schema: every binding that does not fit it is told
SELECT gauth.create_policy_store('checked');
CREATE TABLE clerk (id text PRIMARY KEY, age int, boss text, team text);
CREATE TABLE room (id int PRIMARY KEY, floor int);
SELECT gauth.put_schema('entity Team; entity Clerk in [Team] { age: Long, boss: Clerk }; entity Room { floor: Long };',
                        'checked'),
       gauth.bind_entity('Clerk', 'clerk', 'id', '{"age": "age", "boss": {"column": "boss", "type": "Clerk"}}',
                         '[{"column": "team", "type": "Team"}]', 'checked'),
       gauth.bind_entity('Room', 'room', 'id', '{"floor": "floor"}', store => 'checked');
SELECT s AS schema, refuses(format('SELECT gauth.put_schema(%L, ''checked'')', s))
FROM unnest(ARRAY[
    'entity Team; entity Clerk in [Team] { age: String, boss: Team, size: Long }; entity Room { level: Long };',
    'entity Team; entity Clerk { age: Long, boss: Clerk }; entity Room { floor: Long, level: Long };',
    'entity Team; entity Clerk in [Team] { age: Long, boss: Clerk };',
    'entity Team; entity Clerk in [Team] { age?: Long, boss?: Clerk }; entity Room { floor: Long, level?: Long };']) s;
DROP TABLE room;
SELECT refuses($$SELECT gauth.put_schema('entity Team; entity Clerk in [Team] { age: String, boss: Clerk };
    entity Room { floor: Long };', 'checked')$$);
-- the way out, in one transaction
BEGIN;
SELECT gauth.unbind_entity('Room', 'checked'), gauth.unbind_entity('Clerk', 'checked'),
       gauth.put_schema('entity Clerk { age: Long };', 'checked'),
       gauth.bind_entity('Clerk', 'clerk', 'id', NULL, NULL, 'checked');
COMMIT;
SELECT entity_type FROM gauth.entity_binding WHERE store = 'checked';
-- a store without a schema takes one only if it fits, also by its mode
SELECT gauth.create_policy_store('unchecked', 'cedar'),
       gauth.bind_entity('Clerk', 'clerk', 'id', store => 'unchecked');
SELECT refuses($$SELECT gauth.put_schema('entity Other;', 'unchecked')$$),
       refuses($$SELECT gauth.put_schema('entity Clerk { age?: Long };', 'unchecked')$$);

-- the table changes under the binding
ALTER TABLE member RENAME TO members;
SELECT looks('User::"m"');
ALTER TABLE members RENAME TO member;
SELECT looks('User::"m"');
ALTER TABLE member ALTER COLUMN age TYPE text;
SELECT looks('User::"m"');
ALTER TABLE member ALTER COLUMN age TYPE smallint USING age::smallint;
SELECT looks('User::"m"');
ALTER TABLE member DROP COLUMN team;
SELECT looks('User::"m"');
ALTER TABLE member ADD COLUMN team text DEFAULT 't';
SELECT looks('User::"m"');
ALTER TABLE member DROP CONSTRAINT member_pkey;
SELECT looks('User::"m"');
CREATE UNIQUE INDEX ON member (id) INCLUDE (age);
SELECT looks('User::"m"');
ALTER TABLE member DROP COLUMN since;
SELECT looks('User::"m"');
DROP TABLE member;
SELECT looks('User::"m"'), looks('User::"a"');
CREATE VIEW member AS SELECT 'm'::text AS id, 1 AS age;
SELECT looks('User::"m"');
DROP VIEW member;
-- while one statement reads it
CREATE TABLE moving (id int PRIMARY KEY, n int);
INSERT INTO moving SELECT i, i FROM generate_series(1, 4) i;
SELECT gauth.bind_entity('Moving', 'moving', 'id', store => 'open'),
       gauth.put_policies('permit(principal, action, resource) when { principal.n > 0 };', 'open');
CREATE FUNCTION move(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF i = 2 THEN
        ALTER TABLE moving ALTER COLUMN n TYPE text;
    ELSIF i = 3 THEN
        DROP TABLE moving;
    END IF;
    RETURN i;
END $$;
SELECT i, move(i), gauth.is_authorized(format('Moving::"%s"', i), 'Action::"look"', 'Any::"x"', store => 'open')
FROM generate_series(1, 4) i;

--
-- partitions
--
CREATE TABLE parted (x int, id int PRIMARY KEY, n text) PARTITION BY RANGE (id);
CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100);
CREATE TABLE parted_high (n text, gone int, id int NOT NULL, x int);
ALTER TABLE parted_high DROP COLUMN gone;
ALTER TABLE parted ATTACH PARTITION parted_high FOR VALUES FROM (100) TO (1000);
CREATE TABLE parted_deep PARTITION OF parted FOR VALUES FROM (1000) TO (2000) PARTITION BY RANGE (id);
CREATE TABLE parted_deepest PARTITION OF parted_deep FOR VALUES FROM (1000) TO (1500);
INSERT INTO parted VALUES (1, 5, 'low'), (2, 500, 'high'), (3, 1200, 'deep');
SELECT gauth.bind_entity('Part', 'parted', 'id', store => 'open');
SELECT holds('Part::"5"', 'principal.n == "low" && principal.x == 1'),
       holds('Part::"500"', 'principal.n == "high" && principal.x == 2'),
       holds('Part::"1200"', 'principal.n == "deep" && principal.x == 3'),
       holds('Part::"6"', 'principal has n');
-- one partition is looked at for one id, whatever divides the table
CREATE TABLE by_list (id text PRIMARY KEY, n int) PARTITION BY LIST (id);
CREATE TABLE by_list_a PARTITION OF by_list FOR VALUES IN ('a', 'aa');
CREATE TABLE by_list_b PARTITION OF by_list FOR VALUES IN ('b');
CREATE TABLE by_list_z PARTITION OF by_list DEFAULT;
CREATE TABLE by_hash (id uuid PRIMARY KEY, n int) PARTITION BY HASH (id);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE by_hash_2 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TABLE by_range (id varchar PRIMARY KEY, n int) PARTITION BY RANGE (id);
CREATE TABLE by_range_a PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('m');
CREATE TABLE by_range_z PARTITION OF by_range FOR VALUES FROM ('m') TO (MAXVALUE);
INSERT INTO by_list VALUES ('a', 1), ('aa', 2), ('b', 3), ('c', 4);
INSERT INTO by_hash SELECT lpad(i::text, 32, '0')::uuid, i FROM generate_series(1, 30) i;
INSERT INTO by_range VALUES ('a', 1), ('m', 2), ('z', 3), ('', 4);
-- an operator class of somebody's own is not called: all partitions are looked at
CREATE FUNCTION own_hash(int, int8) RETURNS int8 LANGUAGE sql IMMUTABLE AS $$SELECT $1 + $2$$;
CREATE OPERATOR CLASS own_ops FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 2 own_hash(int, int8);
CREATE TABLE by_own (id int, n int) PARTITION BY HASH (id own_ops);
CREATE TABLE by_own_0 PARTITION OF by_own FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_own_1 PARTITION OF by_own FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE by_own ADD PRIMARY KEY (id);
INSERT INTO by_own SELECT i, i FROM generate_series(1, 4) i;
SELECT gauth.bind_entity('List', 'by_list', 'id', store => 'open'),
       gauth.bind_entity('Hash', 'by_hash', 'id', store => 'open'),
       gauth.bind_entity('Range', 'by_range', 'id', store => 'open'),
       gauth.bind_entity('Own', 'by_own', 'id', store => 'open');
CREATE FUNCTION probes(kind text, id text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    scans text;
    known boolean;
BEGIN
    CREATE TEMPORARY TABLE counts ON COMMIT DROP AS
    SELECT c.oid, c.relname, pg_stat_get_xact_numscans(c.oid) AS n FROM pg_class c
    WHERE c.relkind = 'i' AND c.relnamespace = 'entity_test'::regnamespace;
    known := gauth.is_authorized(format('%s::"%s"', kind, id), 'Action::"look"', 'Any::"thing"', store => 'open');
    SELECT string_agg(relname, ' ' ORDER BY relname) INTO scans FROM counts c
    WHERE pg_stat_get_xact_numscans(c.oid) > c.n;
    DROP TABLE counts;
    RETURN format('%s: %s', known, scans);
END $$;
SELECT gauth.put_policies('permit(principal, action, resource) when { principal has n };', 'open');
SELECT kind, id, probes(kind, id)
FROM (VALUES ('List', 'a'), ('List', 'aa'), ('List', 'b'), ('List', 'c'), ('List', 'd'), ('Range', 'a'),
             ('Range', 'm'), ('Range', 'z'), ('Range', ''), ('Range', 'l'), ('Own', '1'), ('Own', '9'),
             ('Part', '5'), ('Part', '1200'), ('Part', '1700'), ('Part', '-1')) v (kind, id);
SELECT count(*) FILTER (WHERE answer ~ '^t: by_hash_[0-2]_pkey$'), count(DISTINCT answer)
FROM generate_series(1, 30) i, probes('Hash', lpad(i::text, 32, '0')::uuid::text) answer;
SELECT probes('Hash', lpad('31', 32, '0')::uuid::text) ~ '^f: by_hash_[0-2]_pkey$';
ALTER TABLE parted DETACH PARTITION parted_high;
SELECT holds('Part::"500"', 'principal has n'), holds('Part::"5"', 'principal has n');
CREATE TABLE parted_by_other (id int, k int, PRIMARY KEY (id, k)) PARTITION BY RANGE (k);
SELECT refuses($$SELECT gauth.bind_entity('S', 'parted_by_other', 'id', store => 'open')$$);

--
-- deep and wide hierarchies
--
SELECT gauth.create_policy_store('deep', 'cedar'),
       gauth.put_policies('permit(principal in N::"0", action, resource);', 'deep');
CREATE FUNCTION chain(first int, last int) RETURNS json LANGUAGE sql AS $$
    SELECT json_agg(json_build_object('uid', format('N::"%s"', i),
                                      'parents', json_build_array(format('N::"%s"', i - 1))))
    FROM generate_series(first, last) i
$$;
SELECT gauth.put_entities(chain(1, 1000), 'deep');
SELECT gauth.is_authorized('N::"1000"', 'Action::"look"', 'Any::"x"', store => 'deep');
SELECT refuses($$SELECT gauth.put_entities(chain(1, 5000), 'deep')$$);
SELECT refuses($$SELECT gauth.put_entities(chain(1, 100000), 'deep')$$);
SELECT gauth.put_entities((SELECT json_agg(json_build_object('uid', format('Leaf::"%s"', i),
    'parents', json_build_array(format('N::"%s"', i % 4)))) FROM generate_series(1, 100000) i), 'deep');
SELECT i, gauth.is_authorized(format('Leaf::"%s"', i), 'Action::"look"', 'Any::"x"', store => 'deep')
FROM unnest(ARRAY[1, 99999, 100000, 100001]) i;
SELECT count(*) FROM generate_series(1, 100000) i
WHERE gauth.is_authorized(format('Leaf::"%s"', i), 'Action::"look"', 'Any::"x"', store => 'deep');
CREATE TABLE ladder (id int PRIMARY KEY, above int);
INSERT INTO ladder SELECT i, i - 1 FROM generate_series(1, 100000) i;
SELECT gauth.bind_entity('N', 'ladder', 'id', '{}', '[{"column": "above", "type": "N"}]', 'deep');
SELECT i, d ->> 'decision', d ->> 'refusal'
FROM unnest(ARRAY[1, 4096, 4097, 100000]) i,
     gauth.decide(format('N::"%s"', i), 'Action::"look"', 'Any::"x"', store => 'deep') d;

-- as an argument: within the memory of one call, or told
CREATE FUNCTION many(count int, parents text) RETURNS text LANGUAGE sql AS $$
    SELECT refuses(format($f$SELECT gauth.evaluate('permit(principal in N::"1", action, resource);', NULL,
        (SELECT json_agg(json_build_object('uid', format('N::"%%s"', i), 'parents', %s)) FROM generate_series(2, %s) i),
        '{"principal": "N::\"2\"", "action": "Action::\"look\"", "resource": "N::\"3\"", "context": {}}')$f$,
        parents, count))
$$;
SELECT many(50000, $$json_build_array(format('N::"%s"', i / 2))$$),
       many(100000, $$json_build_array(format('N::"%s"', i / 2))$$),
       many(2000000, $$'[]'::json$$);

--
-- what requests may bring along is off
--
SELECT gauth.allow_request_attribute('User', 'age', store => 'closed'),
       gauth.allow_request_attribute('Any', 'thing', store => 'open');
SELECT store, entity_type, attribute FROM gauth.request_attribute ORDER BY store;
SELECT gauth.allow_request_attribute('User', 'age', false, 'closed'),
       gauth.allow_request_attribute('Any', 'thing', false, 'open');
SELECT refuses($$SELECT gauth.allow_request_attribute('User', 'size', store => 'closed')$$),
       refuses($$SELECT gauth.allow_request_attribute('Place', 'size', store => 'closed')$$),
       refuses($$SELECT gauth.allow_request_attribute('GAuth::Agent', 'x', store => 'open')$$),
       refuses($$SELECT gauth.allow_request_attribute('User', '', store => 'open')$$);
SELECT count(*) FROM gauth.request_attribute;


-- what is brought counts only where it is allowed, and never more than attributes
CREATE FUNCTION brings(id text, properties text) RETURNS text
LANGUAGE sql BEGIN ATOMIC
    SELECT gauth.authzen_evaluation(format(
        '{"subject": {"type": "Visitor", "id": %s, "properties": %s}, "action": {"name": "look"},
          "resource": {"type": "Any", "id": "thing"}}', to_json(id), properties)::json, 'open') ->> 'decision';
END;
SELECT gauth.put_policies('permit(principal, action, resource) when { principal.level > 2 && !(principal has vip) };
                           permit(principal in Visitor::"top", action, resource);', 'open'),
       gauth.put_entities('[{"uid": "Visitor::\"low\"", "attrs": {"level": 1}},
                            {"uid": "Visitor::\"sub\"", "parents": ["Visitor::\"low\""]}]', 'open');
SELECT brings('low', '{"level": 3}'), brings('new', '{"level": 3}'), brings('low', '{}');
SELECT gauth.allow_request_attribute('Visitor', 'level', store => 'open');
SELECT brings('low', '{"level": 3}') AS low, brings('new', '{"level": 3}') AS new, brings('low', '{}') AS stored,
       brings('low', '{"level": 3, "vip": true}') AS vip, brings('low', '{"level": 2}') AS little,
       brings('low', '{"parents": ["Visitor::\"top\""]}') AS parents, brings('sub', '{"level": 3}') AS sub;
SELECT brings('low', '{}') AS stored;
SELECT gauth.put_entities('[{"uid": "Visitor::\"low\"", "parents": ["Visitor::\"top\""]}]', 'open'),
       brings('sub', '{"level": 1}') AS sub;

-- a search sees every entity once, wherever it is
CREATE TABLE visitor (id text PRIMARY KEY, level int);
INSERT INTO visitor VALUES ('row', 5), ('low', 5), ('little', 1);
SELECT gauth.bind_entity('Visitor', 'visitor', 'id', store => 'open'),
       gauth.put_entities('[{"uid": "Visitor::\"high\"", "attrs": {"level": 9}}]', 'open');
SELECT r ->> 'id' AS id
FROM jsonb_array_elements(gauth.authzen_search_subject(
    '{"subject": {"type": "Visitor"}, "action": {"name": "look"},
      "resource": {"type": "Any", "id": "thing"}}', 'open') -> 'results') r;
DROP TABLE visitor;

SELECT gauth.drop_policy_store(store) FROM unnest(ARRAY['open', 'closed', 'deep', 'checked', 'unchecked']) store;
DELETE FROM gauth.policy_history WHERE store IN ('open', 'closed', 'deep', 'checked', 'unchecked');
SELECT gauth.revoke_access('regress_gauth_other', 'enforcer');
RESET search_path;
DROP SCHEMA entity_test, "odd ""name", hidden CASCADE;
DROP ROLE regress_gauth_admin;
DROP ROLE regress_gauth_other;
