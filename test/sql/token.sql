-- Verification of tokens, issuers and their keys, the token store.
--
-- Nothing here depends on a clock: verify_jwt is told the time, and what asks
-- the clock gets tokens that begin or end far from now.  No token, key name or
-- time is shown.

SET search_path = public, gauth;

-- what it takes to sign HS256 with what every server has (RFC 2104)
CREATE FUNCTION pg_temp.base64url(bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN translate(encode(bytes, 'base64'), E'+/=\n', '-_');

CREATE FUNCTION pg_temp.hmac(secret bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    inner_pad bytea := decode(repeat('36', 64), 'hex');
    outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    FOR i IN 0 .. length(secret) - 1 LOOP
        inner_pad := set_byte(inner_pad, i,
                              get_byte(secret, i) # get_byte(inner_pad, i));
        outer_pad := set_byte(outer_pad, i,
                              get_byte(secret, i) # get_byte(outer_pad, i));
    END LOOP;
    RETURN sha256(outer_pad || sha256(inner_pad || message));
END $$;

CREATE FUNCTION pg_temp.token(
    payload text,
    header text DEFAULT '{"alg":"HS256"}',
    secret text DEFAULT '0123456789abcdef0123456789abcdef'
) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    input text := pg_temp.base64url(convert_to(header, 'UTF8')) || '.'
        || pg_temp.base64url(convert_to(payload, 'UTF8'));
BEGIN
    RETURN input || '.' || pg_temp.base64url(
        pg_temp.hmac(convert_to(secret, 'UTF8'), convert_to(input, 'UTF8')));
END $$;

CREATE FUNCTION pg_temp.key(
    members text DEFAULT '',
    secret text DEFAULT '0123456789abcdef0123456789abcdef'
) RETURNS json
LANGUAGE sql IMMUTABLE
RETURN ('{"kty":"oct","k":"'
        || pg_temp.base64url(convert_to(secret, 'UTF8')) || '"'
        || members || '}')::json;

-- the answer to a statement, or what it raised
CREATE FUNCTION pg_temp.attempt(statement text, VARIADIC arguments text[]
                                DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement INTO answer USING arguments[1], arguments[2];
    RETURN COALESCE(answer, 'NULL');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE, message, NULLIF(detail, ''),
                     NULLIF(hint, ''));
END $$;

-- the claims of a token under rules, or why not
CREATE FUNCTION pg_temp.jwt(
    payload text,
    rules jsonb DEFAULT '{}',
    header text DEFAULT '{"alg":"HS256"}'
) RETURNS text
LANGUAGE sql
RETURN pg_temp.attempt(
    'SELECT verify_jwt($1, pg_temp.key(), $2::jsonb)::text',
    pg_temp.token(payload, header),
    ('{"now": 1000000}'::jsonb || rules)::text);

-- verify_jws: RFC 7515 appendix A.1, RFC 8037 appendix A.4
\set a1_key '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}'
\set a1 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
SELECT convert_from(verify_jws(:'a1', :'a1_key'), 'UTF8') AS payload;
SELECT convert_from(verify_jws(
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'),
    'UTF8') AS payload;
SELECT verify_jws(:'a1', :'a1_key', '{HS256,ES256}') IS NOT NULL AS allowed,
       verify_jws(NULL, :'a1_key') IS NULL AS no_token,
       verify_jws(:'a1', NULL) IS NULL AS no_key;
SELECT what, pg_temp.attempt(statement, :'a1', :'a1_key') AS answer
FROM (VALUES
    ('another key', 'SELECT verify_jws($1, pg_temp.key())'),
    ('not on the list', 'SELECT verify_jws($1, $2::json, ''{HS384}'')'),
    ('list of another type', 'SELECT verify_jws($1, $2::json, ''{ES256}'')'),
    ('unknown algorithm', 'SELECT verify_jws($1, $2::json, ''{none}'')'),
    ('empty list', 'SELECT verify_jws($1, $2::json, ''{}'')'),
    ('null in the list', 'SELECT verify_jws($1, $2::json, ''{NULL}'')'),
    ('empty token', 'SELECT verify_jws('''', $2::json)'),
    ('no key at all', 'SELECT verify_jws($1, ''{}'')'),
    ('not an object', 'SELECT verify_jws($1, ''[]'')'),
    ('a member twice',
     'SELECT verify_jws($1, ''{"kty":"oct","kty":"oct","k":"AA"}'')'),
    ('short secret', 'SELECT verify_jws($1, ''{"kty":"oct","k":"AA"}'')'),
    ('one name twice',
     'SELECT verify_jws($1, (''{"keys":['' || pg_temp.key('',"kid":"a"'')
      || '','' || pg_temp.key('',"kid":"a"'') || '']}'')::json)'))
    AS v (what, statement);

-- verify_jwt: a published token, at its last second and after it
SELECT now, pg_temp.attempt(
    'SELECT verify_jwt($1, ' || quote_literal(:'a1_key') || ', $2::jsonb)',
    :'a1', jsonb_build_object('now', now)::text) AS answer
FROM unnest('{0,1300819379,1300819380,2000000000}'::bigint[]) AS now;
SELECT pg_temp.attempt('SELECT verify_jwt($1, $2::json)', :'a1', :'a1_key')
    AS "by the clock";

-- rules: what each takes
SELECT rules, pg_temp.jwt('{"exp":1000600,"iss":"i","aud":"a","jti":"1"}',
                          '{"audience":"a"}'::jsonb || rules::jsonb) AS answer
FROM unnest(ARRAY[
    '{}',
    '{"algorithms":["HS256"]}', '{"algorithms":["RS256","HS256"]}',
    '{"algorithms":["RS256"]}', '{"algorithms":["HS384"]}',
    '{"algorithms":[]}', '{"algorithms":"HS256"}', '{"algorithms":["none"]}',
    '{"algorithms":["HS256","none"]}', '{"algorithms":[1]}',
    '{"algorithms":null}',
    '{"issuer":"i"}', '{"issuer":"I"}', '{"issuer":""}', '{"issuer":["i"]}',
    '{"issuer":null}',
    '{"audience":["b","a"]}', '{"audience":"b"}', '{"audience":["b","c"]}',
    '{"audience":[]}', '{"audience":null}', '{"audience":["a",1]}',
    '{"audience":"A"}', '{"audience":{"a":1}}',
    '{"now":1000599}', '{"now":1000600}', '{"now":"1000000"}', '{"now":-1}',
    '{"now":1000000.5}', '{"now":null}', '{"now":253402300800}',
    '{"leeway":1,"now":1000600}', '{"leeway":1,"now":1000601}',
    '{"leeway":600}', '{"leeway":601}', '{"leeway":-1}', '{"leeway":"1"}',
    '{"require":["jti"]}', '{"require":"jti"}', '{"require":["jti","sub"]}',
    '{"require":[]}', '{"require":[1]}', '{"require":"sub"}',
    '{"typ":"at+jwt"}', '{"typ":""}', '{"typ":"dpop+jwt"}', '{"typ":1}',
    '{"Issuer":"i"}', '{"max_lifetime":1}', '{"":1}', '{"subject":"x"}'])
    AS rules;
SELECT pg_temp.jwt('{"exp":1}', '[]'::jsonb) AS "not an object",
       verify_jwt(NULL, '{}') IS NULL AS no_token,
       verify_jwt('', NULL) IS NULL AS no_keys,
       verify_jwt('', '{}', NULL) IS NULL AS no_rules;

-- A-41: an ID token as in OpenID Connect Core 1.0 section 3.1.3.7
SELECT claims, pg_temp.jwt('{"exp":1000600,"iss":"i","sub":"u"' || claims || '}',
    '{"issuer":"i","client":"app","nonce":"n-1"}') AS "for app",
    pg_temp.jwt('{"exp":1000600,"iss":"i","sub":"u"' || claims || '}',
    '{"issuer":"i","client":"app","nonce":"n-1","audience":["app","api"]}')
    AS "api trusted too"
FROM unnest(ARRAY[
    ',"aud":"app","nonce":"n-1"', ',"nonce":"n-1","aud":"app","x":"other"',
    ',"aud":["app"],"nonce":"n-1"', ',"aud":"app","azp":"app","nonce":"n-1"',
    ',"aud":"app"', ',"aud":"app","nonce":"n-2"', ',"aud":"app","nonce":"N-1"',
    ',"aud":"app","nonce":""', ',"aud":"app","nonce":null',
    ',"aud":"app","nonce":["n-1"]',
    ',"nonce":"n-1"', ',"aud":"other","nonce":"n-1"', ',"aud":[],"nonce":"n-1"',
    ',"aud":"APP","nonce":"n-1"', ',"aud":["other"],"nonce":"n-1"',
    ',"aud":"api","nonce":"n-1"', ',"aud":["api"],"azp":"app","nonce":"n-1"',
    ',"aud":["app","api"],"nonce":"n-1"',
    ',"aud":["api","app"],"azp":"app","nonce":"n-1"',
    ',"aud":["app","app"],"nonce":"n-1"',
    ',"aud":["app","other"],"azp":"app","nonce":"n-1"',
    ',"aud":["app","api"],"azp":"api","nonce":"n-1"',
    ',"aud":"app","azp":"other","nonce":"n-1"',
    ',"aud":"app","azp":["app"],"nonce":"n-1"',
    ',"aud":"app","azp":null,"nonce":"n-1"']) AS claims;
SELECT rules, pg_temp.jwt('{"exp":1000600,"aud":"app"}',
                          '{"audience":"app"}'::jsonb || rules::jsonb) AS answer
FROM unnest(ARRAY['{"client":"app"}', '{"client":""}', '{"client":["app"]}',
    '{"client":null}', '{"nonce":""}', '{"nonce":1}', '{"nonce":null}'])
    AS rules;

-- without rules: exp required, a token for somebody refused
SELECT payload, pg_temp.jwt(payload) AS answer
FROM unnest(ARRAY[
    '{"exp":1000001}', '{"exp":1000000}', '{}', '{"exp":1000600,"aud":"a"}',
    '{"exp":1000600,"aud":[]}', '{"exp":null}', '{"exp":"1000600"}',
    '{"exp":1000600.0}', '{"exp":1e9}', '{"exp":1e400}', '{"exp":-1}',
    '{"exp":9223372036854775808}', '{"exp":18446744073710552216}',
    '{"exp":253402300799}', '{"exp":253402300800}',
    '{"exp":1000600,"nbf":1000000}', '{"exp":1000600,"nbf":1000001}',
    '{"exp":1000600,"nbf":"0"}', '{"exp":1000600,"iat":1000000}',
    '{"exp":1000600,"iat":1000001}', '{"exp":1000600,"iat":true}',
    '{"exp":1000600,"sub":1}', '{"exp":1000600,"jti":null}',
    '{"exp":1000600,"iss":["i"]}', '{"exp":1000600,"aud":[1]}',
    '{"exp":1000600,"exp":1000601}', '{"exp":1000600,"\u0065xp":1000601}',
    '{"exp":1000600,"a":"\u0000"}', '[]', '', 'null', '{"exp":1000600}x',
    '{"exp":1000600,"n":1e131071}', '{"exp":1000600,"n":[1.5,-0,1E2,12345678901234567890]}',
    '{"exp":1000600,"t":"\u00e9\ud83d\ude00","o":{"a":[{}]}}']) AS payload;

-- the type of the header
SELECT header, pg_temp.jwt('{"exp":1000600}', '{}', header) AS "no rule",
       pg_temp.jwt('{"exp":1000600}', '{"typ":"at+jwt"}', header) AS "at+jwt"
FROM unnest(ARRAY[
    '{"alg":"HS256"}', '{"alg":"HS256","typ":"JWT"}',
    '{"alg":"HS256","typ":"at+jwt"}', '{"alg":"HS256","typ":"Application/AT+JWT"}',
    '{"alg":"HS256","typ":"dpop+jwt"}', '{"alg":"HS256","typ":"LOGOUT+JWT"}',
    '{"alg":"HS256","typ":"application/secevent+jwt"}',
    '{"alg":"HS256","typ":"statuslist+jwt"}', '{"alg":"HS256","typ":1}',
    '{"alg":"HS256","cty":"JWT"}', '{"alg":"HS256","crit":[]}',
    '{"alg":"HS256","b64":false}', '{"alg":"none"}', '{"alg":"HS512"}',
    '{"alg":"HS256","kid":"anything"}', '{"alg":"HS256","kid":1}',
    '{"alg":"HS256","alg":"HS256"}']) AS header;

-- the limit of 16384 characters
SELECT length(t) AS length, pg_temp.attempt(
    'SELECT ''verified'' FROM verify_jwt($1, pg_temp.key(), ''{"now":1}'')', t)
    AS answer
FROM (SELECT pg_temp.token('{"exp":2}' || repeat(' ', n), h) AS t
      FROM (VALUES ('{"alg":"HS256"}', 12228), ('{"alg":"HS256"} ', 12228),
                   ('{"alg":"HS256"}', 12229), ('{"alg":"HS256"} ', 12229),
                   ('{"alg":"HS256"}', 12230), ('{"alg":"HS256"} ', 12230))
           AS v (h, n)) AS s
ORDER BY 1, 2;

-- several keys: by name, by algorithm, never both wrong
SELECT header, pg_temp.attempt(
    'SELECT verify_jwt($1, (''{"keys":['' || pg_temp.key('',"kid":"a"'',
         ''another secret of 32 bytes ......'') || '','' ||
         pg_temp.key('',"kid":"b"'') || '']}'')::json, ''{"now":1}'')',
    pg_temp.token('{"exp":2}', header)) AS answer
FROM unnest(ARRAY['{"alg":"HS256","kid":"b"}', '{"alg":"HS256","kid":"a"}',
                  '{"alg":"HS256","kid":"B"}', '{"alg":"HS256","kid":""}',
                  '{"alg":"HS256"}', '{"alg":"HS384","kid":"b"}']) AS header;

-- before the signature has verified there is one answer
CREATE TEMPORARY TABLE garbage (t text);
INSERT INTO garbage
SELECT unnest(ARRAY['', ' ', '.', '..', '...', '....', 'a', 'a.b', 'a.b.c',
    'eyJhbGciOiJIUzI1NiJ9', 'eyJhbGciOiJIUzI1NiJ9.', 'eyJhbGciOiJIUzI1NiJ9.e30',
    'eyJhbGciOiJIUzI1NiJ9.e30.', 'eyJhbGciOiJIUzI1NiJ9..AAAA', '.e30.AAAA',
    'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJub25lIn0.e30.AAAA',
    'eyJhbGciOiJIUzI1NiJ9.e30.AAAA', 'e30.e30.AAAA', 'W10.e30.AAAA',
    'bnVsbA.e30.AAAA', 'eyJhbGciOiJIUzI1NiJ9.bnVsbA.AAAA', 'Bearer x',
    'eyJhbGciOiJIUzI1NiJ9=.e30=.AAAA', E'eyJhbGciOiJIUzI1NiJ9\n.e30.AAAA',
    'eyJhbGciOiJIUzI1NiJ9.e30.AAAA.BBBB.CCCC', '{"payload":"e30"}',
    repeat('.', 100), repeat('.', 1000000), repeat('a', 1000000),
    repeat('a.', 500000), repeat('é', 1000), E'\U0001F600', 'null', '0',
    repeat('[', 10000), E'\x01', '''; DROP TABLE gauth.issuer; --']);
INSERT INTO garbage
SELECT pg_temp.token(p, h, 'not the secret, of 32 bytes ....')
FROM unnest(ARRAY['{}', '{"exp":1}', '{"iss":"https://one.example"}',
                  '{"iss":"https://one.example","aud":"api","exp":1}',
                  '{"iss":"\u0000"}', '{"iss":1}', '{"iss":null}',
                  '{"iss":"' || repeat('i', 9000) || '"}',
                  repeat('[', 5000), repeat('{"a":', 2000), '"\ud800"'])
     AS p,
     unnest(ARRAY['{"alg":"HS256"}', '{"alg":"HS256","kid":"a"}',
                  '{"alg":"HS256","kid":"\u0000"}', '{"alg":"RS256"}',
                  '{"alg":"none"}', '{"alg":"HS256","typ":"dpop+jwt"}',
                  '{"alg":"HS256","crit":["x"]}', '[]', 'null',
                  repeat('[', 1000)]) AS h;
SELECT count(*) AS tokens, a AS answer
FROM garbage, LATERAL pg_temp.attempt(
    'SELECT verify_jwt($1, pg_temp.key())', t) AS a
GROUP BY a;

-- issuers: names, namespaces, arguments
SELECT add_issuer('https://one.example', '{api,other}', '{HS256}',
                  pg_temp.key(',"kid":"a"'));
SELECT what, pg_temp.attempt(statement) AS answer
FROM (VALUES
    ('the same name',
     'SELECT add_issuer(''https://one.example'', ''{api}'', namespace => ''x'')'),
    ('the same namespace',
     'SELECT add_issuer(''https://two.example'', ''{api}'')'),
    ('no name', 'SELECT add_issuer('''', ''{api}'', namespace => ''x'')'),
    ('null name', 'SELECT add_issuer(NULL, ''{api}'', namespace => ''x'')'),
    ('long name',
     'SELECT add_issuer(repeat(''x'', 1025), ''{api}'', namespace => ''x'')'),
    ('null namespace',
     'SELECT add_issuer(''x'', ''{api}'', namespace => NULL)'),
    ('no audience', 'SELECT add_issuer(''x'', ''{}'', namespace => ''x'')'),
    ('null audience',
     'SELECT add_issuer(''x'', ''{NULL}'', namespace => ''x'')'),
    ('unknown algorithm',
     'SELECT add_issuer(''x'', ''{a}'', ''{none}'', namespace => ''x'')'),
    ('long leeway',
     'SELECT add_issuer(''x'', ''{a}'', namespace => ''x'', leeway => ''11 min'')'),
    ('negative leeway',
     'SELECT add_issuer(''x'', ''{a}'', namespace => ''x'', leeway => ''-1 s'')'),
    ('no lifetime',
     'SELECT add_issuer(''x'', ''{a}'', namespace => ''x'', max_lifetime => ''0'')'),
    ('foreign type',
     'SELECT add_issuer(''x'', ''{a}'', namespace => ''x'', typ => ''dpop+jwt'')'),
    ('empty type',
     'SELECT add_issuer(''x'', ''{a}'', namespace => ''x'', typ => '''')'))
    AS v (what, statement);
SELECT issuer, namespace, audiences, algorithms, hosted, leeway, max_lifetime,
       typ
FROM gauth.issuer WHERE issuer = 'https://one.example';

-- verify: a token of a known issuer, now
CREATE FUNCTION pg_temp.claims(members text DEFAULT '',
                               iss text DEFAULT 'https://one.example',
                               seconds integer DEFAULT 600) RETURNS text
LANGUAGE sql STABLE
RETURN format('{"iss":"%s","sub":"u","aud":"api","exp":%s%s}', iss,
              floor(extract(epoch FROM statement_timestamp()))::bigint
              + seconds, members);
CREATE FUNCTION pg_temp.verdict(t text, audience text DEFAULT NULL)
RETURNS text
LANGUAGE sql
RETURN pg_temp.attempt('SELECT (verify($1, $2) - ''exp'' - ''iat'')::text', t,
                       audience);
SELECT pg_temp.verdict(pg_temp.token(pg_temp.claims(), h)) AS answer
FROM unnest(ARRAY['{"alg":"HS256","kid":"a"}', '{"alg":"HS256"}',
                  '{"alg":"HS256","kid":"b"}', '{"alg":"HS384","kid":"a"}']) h;
SELECT audience, pg_temp.verdict(pg_temp.token(pg_temp.claims()), audience)
    AS answer
FROM unnest(ARRAY[NULL, 'api', 'other', 'API', '', 'third']) AS audience;
SELECT what, pg_temp.verdict(pg_temp.token(p)) AS answer
FROM (VALUES
    ('unknown issuer', pg_temp.claims('', 'https://nobody.example')),
    ('issuer with a slash', pg_temp.claims('', 'https://one.example/')),
    ('no issuer', '{"exp":1}'),
    ('ended', pg_temp.claims('', seconds => -31)),
    ('ended, within the leeway', pg_temp.claims('', seconds => -20)),
    ('too long', pg_temp.claims('', seconds => 86500)),
    ('of a day', pg_temp.claims('', seconds => 86300)),
    ('too long since iat', pg_temp.claims(',"iat":1000000')),
    ('not yet', pg_temp.claims(',"nbf":9000000000')),
    ('issued tomorrow', pg_temp.claims(',"iat":9000000000')))
    AS v (what, p);
SELECT count(*) AS tokens, a AS answer
FROM garbage, LATERAL pg_temp.verdict(t) AS a
GROUP BY a;
SELECT typ, pg_temp.verdict(pg_temp.token(pg_temp.claims(),
    format('{"alg":"HS256","typ":"%s"}', typ))) AS answer
FROM unnest('{JWT,at+jwt,DPoP+JWT,application/logout+jwt,secevent+jwt,
             statuslist+jwt}'::text[]) AS typ;
SELECT verify(NULL) IS NULL AS no_token;

-- inspect_token: never raises; what was not verified is not shown
SELECT count(*) AS tokens, i.active, i.header IS NULL AS no_header,
       i.claims IS NULL AS no_claims
FROM garbage, LATERAL inspect_token(t) AS i
GROUP BY 2, 3, 4;
SELECT i.reason, count(*) > 0 AS seen
FROM garbage, LATERAL inspect_token(t) AS i
GROUP BY 1 ORDER BY i.reason COLLATE "C";
SELECT * FROM inspect_token(NULL);
SELECT what, i.active, i.reason, i.header, i.claims - 'exp' AS claims
FROM (VALUES
    ('good', pg_temp.token(pg_temp.claims())),
    ('ended', pg_temp.token(pg_temp.claims('', seconds => -31))),
    ('too long', pg_temp.token(pg_temp.claims('', seconds => 99999))),
    ('not yet', pg_temp.token(pg_temp.claims(',"nbf":9000000000'))),
    ('claims of a wrong type', pg_temp.token(pg_temp.claims(',"jti":1'))),
    ('another secret', pg_temp.token(pg_temp.claims(),
     '{"alg":"HS256"}', 'not the secret, of 32 bytes ....')))
    AS v (what, t), LATERAL inspect_token(t) AS i;
SELECT active, reason FROM inspect_token(pg_temp.token(pg_temp.claims()), 'x');

-- types, per issuer; several issuers, one kid with each
SELECT add_issuer('https://two.example', '{api}', NULL,
                  pg_temp.key(',"kid":"a"', 'second secret, also of 32 bytes.'),
                  namespace => 'two:', typ => 'at+jwt', leeway => '0',
                  max_lifetime => '1 hour');
SELECT what, pg_temp.verdict(pg_temp.token(p, h, s)) AS answer
FROM (VALUES
    ('good', pg_temp.claims('', 'https://two.example'),
     '{"alg":"HS256","kid":"a","typ":"at+jwt"}',
     'second secret, also of 32 bytes.'),
    ('another type', pg_temp.claims('', 'https://two.example'),
     '{"alg":"HS256","kid":"a","typ":"JWT"}',
     'second secret, also of 32 bytes.'),
    ('no type', pg_temp.claims('', 'https://two.example'),
     '{"alg":"HS256","kid":"a"}', 'second secret, also of 32 bytes.'),
    ('key of the other issuer', pg_temp.claims('', 'https://two.example'),
     '{"alg":"HS256","kid":"a","typ":"at+jwt"}',
     '0123456789abcdef0123456789abcdef'),
    ('issuer of the other key', pg_temp.claims(),
     '{"alg":"HS256","kid":"a"}', 'second secret, also of 32 bytes.'),
    ('more than an hour', pg_temp.claims('', 'https://two.example', 3700),
     '{"alg":"HS256","kid":"a","typ":"at+jwt"}',
     'second secret, also of 32 bytes.'),
    ('no leeway', pg_temp.claims('', 'https://two.example', -1),
     '{"alg":"HS256","kid":"a","typ":"at+jwt"}',
     'second secret, also of 32 bytes.'))
    AS v (what, p, h, s);

-- a subject must not reach into the namespace of another issuer
BEGIN;
SELECT authenticate(pg_temp.token(pg_temp.claims()));
SELECT subject(), issuer(), is_authenticated();
SELECT authenticate(pg_temp.token(pg_temp.claims('', 'https://two.example'),
                                  '{"alg":"HS256","typ":"at+jwt"}',
                                  'second secret, also of 32 bytes.'));
SELECT pg_temp.attempt('SELECT authenticate($1)', pg_temp.token(
    replace(pg_temp.claims(), '"u"', '"' || sub || '"'))) AS answer
FROM unnest(ARRAY['two:u', 'two:', 'two', 'TWO:u', '']) AS sub;
SELECT pg_temp.attempt('SELECT authenticate($1)', pg_temp.token(
    replace(pg_temp.claims(), '"sub":"u",', ''))) AS "without sub";
COMMIT;
SELECT subject() IS NULL AS no_identity_left;

-- put_jwks: withdraws, replaces, refuses as a whole
\set ed '{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
SELECT what, pg_temp.attempt('SELECT put_jwks($1, $2::json)::text',
                             'https://one.example', jwks) AS answer
FROM (VALUES
    ('not JSON for us', '{"keys":[],"keys":[]}'), ('no keys', '{"keys":[]}'),
    ('not a set', '[]'), ('unknown type', '{"kty":"future"}'),
    ('short secret', '{"kty":"oct","k":"AAAA"}'),
    ('an algorithm that the issuer does not have', :'ed'),
    ('a key of small order', '{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'),
    ('mixed', '{"keys":[' || :'ed' || ',' || pg_temp.key() || ']}'),
    ('one name twice', '{"keys":[' || pg_temp.key(',"kid":"x"') || ','
     || pg_temp.key(',"kid":"x"') || ']}')) AS v (what, jwks);
SELECT pg_temp.attempt('SELECT put_jwks(''nobody'', ''{}'')')
    AS "unknown issuer";
SELECT kid, algorithm, signs, verifies_until, jwk IS NULL AS symmetric
FROM gauth.key WHERE issuer = 'https://one.example';
SELECT put_jwks('https://one.example', ('{"keys":[' || pg_temp.key(',"kid":"a"')
    || ',' || pg_temp.key(',"kid":"b"', 'the next secret, of 32 bytes ...')
    || ']}')::json) AS keys;
CREATE TEMPORARY VIEW by_key AS
SELECT kid, pg_temp.verdict(pg_temp.token(pg_temp.claims(),
    format('{"alg":"HS256","kid":"%s"}', kid), secret)) AS answer
FROM (VALUES ('a', '0123456789abcdef0123456789abcdef'),
             ('b', 'the next secret, of 32 bytes ...')) AS v (kid, secret);
SELECT * FROM by_key;
SELECT put_jwks('https://one.example', pg_temp.key(',"kid":"b"',
    'the next secret, of 32 bytes ...')) AS keys;
SELECT * FROM by_key;
BEGIN;
SELECT put_jwks('https://one.example', pg_temp.key(',"kid":"a"')) AS keys;
SELECT * FROM by_key;
ROLLBACK;
SELECT * FROM by_key;
SELECT drop_key('https://one.example', 'b') AS dropped,
       drop_key('https://one.example', 'b') AS again;
SELECT * FROM by_key;
SELECT put_jwks('https://one.example', pg_temp.key(',"kid":"a"')) AS keys;

-- a private half is not for an issuer that signs elsewhere
SELECT add_issuer('https://three.example', '{api}', namespace => 'three:');
SELECT pg_temp.attempt('SELECT put_jwks(''https://three.example'', $1::json)',
    replace(:'ed', '}',
            ',"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}')) AS answer;
SELECT put_jwks('https://three.example', :'ed') AS keys;
-- C-26: the public members, and no others
SELECT jwks('https://three.example');
SELECT jwks('https://one.example') AS "nothing public";
SELECT pg_temp.attempt('SELECT jwks(''nobody'')') AS "unknown issuer";
SELECT kid, named FROM gauth.key WHERE issuer = 'https://three.example';
SELECT put_jwks('https://three.example', replace(:'ed', '"kid":"e",', '')::json)
    AS keys;
SELECT kid AS "RFC 8037 A.3", named
FROM gauth.key WHERE issuer = 'https://three.example';

-- secrets that everybody knows
SELECT put_weak_secrets(ARRAY['a widely known secret of 32 byte',
                              'a widely known secret of 32 byte', NULL, ''])
    AS added;
SELECT put_weak_secrets(ARRAY['a widely known secret of 32 byte']) AS added;
SELECT pg_temp.attempt('SELECT put_jwks(''https://one.example'',
    pg_temp.key('''', ''a widely known secret of 32 byte''))') AS answer;

-- a hosted issuer: create, rotate, drop
SELECT add_issuer('https://home.example', '{api}', hosted => true,
                  namespace => 'home:', max_lifetime => '1 hour');
SELECT what, pg_temp.attempt(statement) AS answer
FROM (VALUES
    ('no key yet', 'SELECT issue_token(''https://home.example'', ''u'','
     ' ''{api}'', ''1 min'')'),
    ('nothing to rotate', 'SELECT rotate_key(''https://home.example'')'),
    ('unknown algorithm', 'SELECT create_key(''https://home.example'', ''none'')'),
    ('unknown issuer', 'SELECT create_key(''nobody'', ''EdDSA'')'),
    ('not hosted', 'SELECT create_key(''https://one.example'', ''HS256'')'),
    ('not hosted, rotate',
     'SELECT rotate_key(''https://one.example'', ''HS256'')'))
    AS v (what, statement);
SELECT create_key('https://home.example', 'EdDSA') AS first_kid \gset
SELECT token AS first_token, jti AS first_jti
FROM issue_token('https://home.example', 'u', '{api}', '10 min', 'b a',
                 '{"client_id":"c","n":{"x":[1,2]}}') \gset
SELECT rotate_key('https://home.example') AS second_kid \gset
SELECT token AS second_token, jti AS second_jti, kid = :'second_kid' AS by_second
FROM issue_token('https://home.example', 'u', '{api,other}', '10 min') \gset
\echo :by_second
SELECT :'first_kid' <> :'second_kid' AS differ, :'first_jti' <> :'second_jti'
    AS jti_differ, length(:'first_jti') AS jti_length;
SELECT algorithm, signs, verifies_until > now() + interval '1 hour' AS later
FROM gauth.key WHERE issuer = 'https://home.example' ORDER BY signs;
SELECT verify(:'first_token') - 'iat' - 'exp' - 'jti' AS first,
       verify(:'second_token') - 'iat' - 'exp' - 'jti' AS second;
SELECT (verify(:'first_token') -> 'exp')::bigint
       - (verify(:'first_token') -> 'iat')::bigint AS seconds;
SELECT header - 'kid' AS header, header ->> 'kid' = :'first_kid' AS named
FROM inspect_token(:'first_token');
SELECT jsonb_array_length(jwks('https://home.example') -> 'keys') AS public,
       (jwks('https://home.example') -> 'keys')::text ~ '"d"' AS private;
UPDATE gauth.key SET verifies_until = now() - interval '1 second'
WHERE kid = :'first_kid';
SELECT pg_temp.verdict(:'first_token') AS "after the grace",
       jsonb_array_length(jwks('https://home.example') -> 'keys') AS public;
UPDATE gauth.key SET verifies_until = NULL WHERE kid = :'first_kid';
SELECT verify(:'first_token') IS NOT NULL AS again;
BEGIN;
SELECT drop_key('https://home.example', :'first_kid') AS dropped;
SELECT pg_temp.verdict(:'first_token') AS first,
       verify(:'second_token') IS NOT NULL AS second;
ROLLBACK;
SELECT create_key('https://home.example', a) IS NOT NULL AS created
FROM unnest('{ES256,ES384,ES512,HS256,HS512,RS256,PS256,Ed25519}'::text[]) AS a;
SELECT algorithm, signs FROM gauth.key WHERE issuer = 'https://home.example'
ORDER BY created_at;

-- issue_token: what it refuses
SELECT name, pg_temp.attempt(format('SELECT ''issued'' FROM issue_token('
    '''https://home.example'', ''u'', ''{api}'', ''1 min'', claims => %L)',
    jsonb_build_object(name, 1))) AS answer
FROM unnest('{iss,sub,aud,exp,nbf,iat,jti,scope,scp,cnf,act,may_act,gauth,
             gauth_mandate,gauthx,Gauth,client_id,custom}'::text[]) AS name;
SELECT what, pg_temp.attempt(format('SELECT ''issued'' FROM issue_token(%s)',
                                    arguments)) AS answer
FROM (VALUES
    ('a second', '''https://home.example'', ''u'', ''{api}'', ''1 s'''),
    ('the cap', '''https://home.example'', ''u'', ''{api}'', ''1 hour'''),
    ('over the cap', '''https://home.example'', ''u'', ''{api}'', ''3601 s'''),
    ('no time', '''https://home.example'', ''u'', ''{api}'', ''0'''),
    ('negative', '''https://home.example'', ''u'', ''{api}'', ''-1 min'''),
    ('no subject', '''https://home.example'', '''', ''{api}'', ''1 min'''),
    ('null subject', '''https://home.example'', NULL, ''{api}'', ''1 min'''),
    ('no audience', '''https://home.example'', ''u'', ''{}'', ''1 min'''),
    ('not hosted', '''https://one.example'', ''u'', ''{api}'', ''1 min'''),
    ('unknown', '''nobody'', ''u'', ''{api}'', ''1 min'''),
    ('claims an array', '''https://home.example'', ''u'', ''{api}'','
     ' ''1 min'', NULL, ''[]'''),
    ('claims null', '''https://home.example'', ''u'', ''{api}'','
     ' ''1 min'', NULL, NULL'),
    ('too large', '''https://home.example'', ''u'', ''{api}'', ''1 min'', NULL,'
     ' jsonb_build_object(''x'', repeat(''x'', 13000))'))
    AS v (what, arguments);

-- the store keeps what the token says, and not the token
SELECT issuer, subject, client, audience, scope, status, reason,
       jti = :'first_jti' AS first, expires_at - issued_at AS lifetime
FROM gauth.tokens
WHERE jti IN (:'first_jti', :'second_jti') ORDER BY first DESC;
SELECT count(*) FROM gauth.token t
WHERE t::text LIKE '%' || :'first_token' || '%'
   OR t::text LIKE '%' || split_part(:'first_token', '.', 3) || '%';

-- introspection: exactly the members of RFC 7662, or exactly one
SELECT introspect_token(:'first_token') - 'iat' - 'exp' - 'jti' AS answer,
       introspect_token(:'first_token') ->> 'jti' = :'first_jti' AS jti;
SELECT introspect_token(pg_temp.token(pg_temp.claims('', seconds => -31))) AS ended,
       introspect_token('x') AS garbage, introspect_token(NULL) AS null;
SELECT count(*) AS tokens, introspect_token(t) AS answer
FROM garbage GROUP BY 2;

-- revocation by name
SELECT revoke_token('https://home.example', :'first_jti') AS revoked,
       revoke_token('https://home.example', :'first_jti') AS again;
SELECT pg_temp.verdict(:'first_token') AS first,
       verify(:'second_token') IS NOT NULL AS second,
       introspect_token(:'first_token') AS introspected;
SELECT active, reason, header IS NOT NULL AS header, claims IS NOT NULL AS claims
FROM inspect_token(:'first_token');
SELECT status, reason FROM gauth.tokens WHERE jti = :'first_jti';
SELECT revoke(:'first_token') AS "dead already";
SELECT what, pg_temp.attempt(statement) AS answer
FROM (VALUES
    ('unknown issuer', 'SELECT revoke_token(''nobody'', ''x'')'),
    ('no name', 'SELECT revoke_token(''https://home.example'', '''')'),
    ('null name', 'SELECT revoke_token(''https://home.example'', NULL)'),
    ('null reason', 'SELECT revoke_token(''https://home.example'', ''x'', NULL)'),
    ('before it was seen',
     'SELECT revoke_token(''https://one.example'', ''future'', ''lost'')'))
    AS v (what, statement);
SELECT pg_temp.verdict(pg_temp.token(pg_temp.claims(',"jti":"future"')))
    AS revoked,
    pg_temp.verdict(pg_temp.token(pg_temp.claims(',"jti":"futur"'))) AS other;

-- revocation of a token that is presented, with and without a name
SELECT pg_temp.token(pg_temp.claims(',"jti":"named"')) AS named,
       pg_temp.token(pg_temp.claims(',"n":1')) AS nameless,
       pg_temp.token(pg_temp.claims(',"n":2')) AS other,
       pg_temp.token(pg_temp.claims(',"jti":""')) AS empty \gset
SELECT revoke(:'named', 'stolen') AS named, revoke(:'nameless') AS nameless,
       revoke(:'empty') AS empty, revoke('x') AS garbage,
       revoke(:'nameless') AS again;

-- and of one whose time has not come yet
SELECT revoke(pg_temp.token(pg_temp.claims(',"jti":"early","nbf":9000000000')))
    AS early,
    revoke(pg_temp.token(pg_temp.claims(',"jti":"late"', seconds => -31)))
    AS late;
SELECT pg_temp.verdict(:'named') AS named, pg_temp.verdict(:'nameless')
    AS nameless, pg_temp.verdict(:'empty') AS empty,
       pg_temp.verdict(:'other') AS other;
SELECT by_hash, reason, length(token) AS length, expires_at > now() AS lives
FROM gauth.revocation
WHERE issuer = 'https://one.example' AND token <> 'future'
ORDER BY by_hash, reason, length;
SELECT count(*) AS "named by its hash" FROM gauth.revocation
WHERE by_hash AND token = encode(sha256(convert_to(
    split_part(:'nameless', '.', 1) || '.' || split_part(:'nameless', '.', 2),
    'UTF8')), 'hex');

-- revocation of all tokens of a subject, by when they were issued
CREATE FUNCTION pg_temp.issued(offset_seconds integer) RETURNS text
LANGUAGE sql STABLE
RETURN pg_temp.verdict(pg_temp.token(replace(pg_temp.claims(
    format(',"iat":%s', extract(epoch FROM date_trunc('second', now()))::bigint
           + offset_seconds)), '"u"', '"v"')));
BEGIN;
SELECT revoke_subject('https://one.example', 'v', date_trunc('second', now()))
    AS in_store;
SELECT o AS "iat from then", pg_temp.issued(o) AS answer
FROM unnest('{-1,0,1}'::integer[]) AS o;
SELECT pg_temp.verdict(pg_temp.token(replace(pg_temp.claims(), '"u"', '"v"')))
    AS "without iat",
    pg_temp.verdict(pg_temp.token(pg_temp.claims())) AS "another subject";
-- never earlier again, but later
SELECT revoke_subject('https://one.example', 'v', now() - interval '1 hour')
    AS in_store;
SELECT pg_temp.issued(-1) AS still;
SELECT revoke_subject('https://one.example', 'v',
    date_trunc('second', now()) + interval '1 millisecond') AS in_store;
SELECT pg_temp.issued(0) AS "of the very second", pg_temp.issued(1) AS next;
ROLLBACK;
SELECT pg_temp.issued(-1) AS "rolled back";
SELECT revoke_subject('https://home.example', 'u',
                      now() + interval '1 minute', 'left') >= 1 AS in_store;
SELECT pg_temp.verdict(:'second_token') AS second;
SELECT status, reason FROM gauth.tokens WHERE jti = :'second_jti';
SELECT what, pg_temp.attempt(statement) AS answer
FROM (VALUES
    ('unknown issuer', 'SELECT revoke_subject(''nobody'', ''x'')'),
    ('null subject', 'SELECT revoke_subject(''https://one.example'', NULL)'),
    ('null time', 'SELECT revoke_subject(''https://one.example'', ''x'', NULL)'))
    AS v (what, statement);

-- purge_tokens: only what has ended, and never a live revocation
INSERT INTO gauth.revocation
SELECT 'https://one.example', 'purge-' || name, false, 'test', now(), ends
FROM (VALUES ('ended', now() - interval '1 hour'),
             ('in the leeway', now() - interval '10 seconds'),
             ('alive', now() + interval '1 hour'),
             ('never', NULL)) AS v (name, ends);
SELECT purge_tokens('infinity') >= 1 AS purged;
SELECT token FROM gauth.revocation WHERE token LIKE 'purge-%' ORDER BY token;
SELECT pg_temp.verdict(:'named') AS named, pg_temp.verdict(:'nameless')
    AS nameless;
SELECT purge_tokens() AS purged, purge_tokens('-infinity') AS nothing,
       purge_tokens(NULL) AS null;

-- the root key: locked, unlocked until the transaction or savepoint ends
SELECT add_issuer('https://vault.example', '{api}', hosted => true,
                  namespace => 'vault:');
SELECT create_key('https://vault.example', 'EdDSA') IS NOT NULL AS created;
SELECT pg_temp.attempt('SELECT unlock(''short'')') AS short,
       pg_temp.attempt('SELECT wrap_keys()') AS "no root key";
SELECT wrap_keys(convert_to(repeat('r', 32), 'UTF8')) > 0 AS wrapped;
SELECT count(*) AS unwrapped FROM gauth.unwrapped_key;
\set issue 'SELECT ''issued'' FROM issue_token(''https://vault.example'', ''u'', ''{api}'', ''1 min'')'
SELECT pg_temp.attempt(:'issue') AS "locked";
-- a symmetric key cannot even verify; a public one can
SELECT pg_temp.verdict(:'other') AS symmetric,
       introspect_token(:'other') AS introspected;
SELECT * FROM inspect_token(:'other');
BEGIN;
SELECT unlock(convert_to(repeat('r', 32), 'UTF8'));
SELECT pg_temp.attempt(:'issue') AS unlocked, pg_temp.verdict(:'other') AS symmetric;
COMMIT;
SELECT pg_temp.attempt(:'issue') AS "locked again";
BEGIN;
SAVEPOINT s;
SELECT unlock(convert_to(repeat('r', 32), 'UTF8'));
SELECT pg_temp.attempt(:'issue') AS unlocked;
ROLLBACK TO s;
SELECT pg_temp.attempt(:'issue') AS "rolled back";
COMMIT;
BEGIN;
SELECT unlock(convert_to(repeat('w', 32), 'UTF8'));
SELECT pg_temp.attempt(:'issue') AS "another root key";
COMMIT;
BEGIN;
SELECT unlock(convert_to(repeat('r', 32), 'UTF8'));
SELECT wrap_keys(convert_to(repeat('n', 40), 'UTF8')) > 0 AS rewrapped;
COMMIT;
BEGIN;
SELECT unlock(convert_to(repeat('r', 32), 'UTF8'));
SELECT pg_temp.attempt(:'issue') AS "the old root key";
ROLLBACK;
BEGIN;
SELECT unlock(convert_to(repeat('n', 40), 'UTF8'));
SELECT pg_temp.attempt(:'issue') AS "the new root key";
SELECT token AS vault_token
FROM issue_token('https://vault.example', 'u', '{api}', '1 min') \gset
COMMIT;
SELECT verify(:'vault_token') IS NOT NULL AS "public keys need no root key";

-- an ordinary role
CREATE ROLE regress_gauth_token;
GRANT SELECT ON garbage TO PUBLIC;
SET ROLE regress_gauth_token;
SELECT name, pg_temp.attempt(format('SELECT count(*) FROM gauth.%I', name)) AS answer
FROM unnest('{issuer,key,wrapped_key,unwrapped_key,weak_secret,token,
             revocation,subject_revocation,tokens}'::text[]) AS name;
SELECT call, pg_temp.attempt('SELECT ' || call) AS answer
FROM unnest(ARRAY['verify(''x'')', 'inspect_token(''x'')',
    'introspect_token(''x'')', 'add_issuer(''x'', ''{a}'')',
    'put_jwks(''x'', ''{}'')', 'create_key(''x'', ''EdDSA'')',
    'rotate_key(''x'')', 'drop_key(''x'', ''y'')', 'drop_issuer(''x'')',
    'put_weak_secrets(''{}'')', 'wrap_keys()', 'purge_tokens()',
    'revoke_token(''x'', ''y'')', 'revoke_subject(''x'', ''y'')',
    'issue_token(''x'', ''y'', ''{a}'', ''1 min'')',
    'revoke(''x'')', 'authenticate(''x'')']) AS call;
RESET ROLE;

-- reasons are for administrators: a verifier learns that there is one
SELECT grant_access('regress_gauth_token', 'verifier');
SET ROLE regress_gauth_token;
SELECT i.active, i.reason, count(*) > 0 AS seen
FROM garbage, LATERAL inspect_token(t) AS i GROUP BY 1, 2;
SELECT active, reason, claims IS NOT NULL AS claims
FROM inspect_token(:'vault_token');
SELECT active, reason FROM inspect_token(:'first_token');
RESET ROLE;
SELECT revoke_access('regress_gauth_token', 'verifier');
DROP ROLE regress_gauth_token;

-- an issuer that is gone
SELECT drop_issuer('https://vault.example') AS dropped,
       drop_issuer('https://vault.example') AS again;
SELECT pg_temp.verdict(:'vault_token') AS answer;
SELECT count(*) AS keys FROM gauth.key WHERE issuer = 'https://vault.example';

-- and nothing is left
SELECT count(drop_issuer(issuer)) AS dropped
FROM unnest('{https://one.example,https://two.example,https://three.example,
             https://home.example}'::text[]) AS issuer;
DELETE FROM gauth.token WHERE issuer LIKE 'https://%.example';
DELETE FROM gauth.revocation WHERE issuer LIKE 'https://%.example';
DELETE FROM gauth.subject_revocation WHERE issuer LIKE 'https://%.example';
DELETE FROM gauth.weak_secret WHERE digest IN
    (sha256(''), sha256('a widely known secret of 32 byte'));
