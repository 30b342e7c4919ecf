# Extended tokens of other makers, each with one thing wrong: signed by the
# openssl program with keys of its own, for an issuer that is foreign and for
# one that is ours.  What the claims must be one by one is in
# test/unit/test_extended.c.
use strict;
use warnings;

use Digest::SHA qw(hmac_sha256);
use Gauth;
use JSON::PP;
use MIME::Base64 qw(encode_base64 decode_base64);
use PostgreSQL::Test::Utils;
use Test::More;

my $json = JSON::PP->new->canonical;
my $dir = PostgreSQL::Test::Utils::tempdir;

plan skip_all => 'no openssl program' if system('openssl version >/dev/null 2>&1') != 0;

sub url
{
	my $text = encode_base64($_[0], '');
	$text =~ tr{+/}{-_};
	$text =~ s/=+$//;
	return $text;
}

sub run_openssl
{
	my ($command) = @_;
	my $output = `openssl $command 2>/dev/null`;
	die "openssl $command" if $? != 0;
	return $output;
}

# the hexadecimal digits below a title of "openssl … -text"
sub number
{
	my ($text, $title) = @_;
	my ($digits) = $text =~ /^\Q$title\E:\s*\n((?:\s+[0-9a-f:]+\n)+)/m or die $title;
	$digits =~ s/[\s:]//g;
	return pack('H*', $digits);
}

# keys: a file for openssl, and the JWK for gauth
sub rsa_key
{
	my ($bits) = @_;
	my $file = "$dir/rsa_$bits.pem";

	run_openssl("genrsa -out $file $bits");
	my ($modulus) = run_openssl("rsa -in $file -noout -modulus") =~ /=([0-9A-F]+)/;
	return { file => $file, alg => 'RS256',
		jwk => { kty => 'RSA', n => url(pack('H*', $modulus)), e => 'AQAB' } };
}

sub ec_key
{
	my ($name) = @_;
	my $file = "$dir/$name.pem";

	run_openssl("ecparam -name prime256v1 -genkey -noout -out $file");
	my $text = run_openssl("ec -in $file -noout -text");
	my $point = number($text, 'pub');
	my $secret = substr("\0" x 32 . number($text, 'priv'), -32);
	return { file => $file, alg => 'ES256', secret => url($secret),
		jwk => { kty => 'EC', crv => 'P-256', x => url(substr($point, 1, 32)), y => url(substr($point, 33)) } };
}

# r and s out of DER, each of 32 bytes
sub raw_signature
{
	my ($der) = @_;
	my ($pos, @numbers) = (2);

	for (1 .. 2)
	{
		my $len = ord(substr($der, $pos + 1, 1));
		push @numbers, substr("\0" x 32 . substr($der, $pos + 2, $len), -32);
		$pos += 2 + $len;
	}
	return join '', @numbers;
}

sub sign
{
	my ($key, $header, $claims, %how) = @_;
	my $input = url($json->encode($header)) . '.' . url(ref $claims ? $json->encode($claims) : $claims);

	return "$input." . url($how{signature}) if defined $how{signature};
	return "$input." . url(hmac_sha256($input, $how{secret})) if defined $how{secret};
	open my $file, '>', "$dir/input" or die;
	print $file $input;
	close $file;
	my $signature = run_openssl("dgst -sha256 -sign $key->{file} $dir/input");
	$signature = raw_signature($signature) if $key->{alg} eq 'ES256' && !$how{der};
	return "$input." . url($signature);
}

my $node = Gauth->new('main');
my $HASH = 'sha256:' . '0' x 64;
my $now = time;

# claims that are good, changed as asked: [path, value]; undef removes
sub claims
{
	my ($issuer, @changes) = @_;
	my $claims = {
		iss => $issuer, sub => 'bot', aud => ['db'], exp => $now + 600, iat => $now, nbf => $now,
		jti => 'tok_' . int(rand 1e9),
		gauth => { version => '0116.2.2.1', credential_id => 'mdt_elsewhere', customer_id => 'acme',
			project_id => 'p', issued_by => 'ben', approval_mode => 'supervised',
			scope => { governance_profile => 'standard', phase => 'build', active_modules => [],
				allowed_paths => ['src/'], denied_paths => [] },
			scope_checksum => $HASH, tool_permissions_hash => $HASH, platform_permissions_hash => $HASH } };
	for (@changes)
	{
		my ($path, $value) = @$_;
		my @names = split /\./, $path;
		my $last = pop @names;
		my $at = $claims;

		$at = $at->{$_} for @names;
		if (defined $value) { $at->{$last} = $value } else { delete $at->{$last} }
	}
	return $claims;
}

my %header = (typ => 'JWT', kid => 'one');

# active, or why not
sub verdict
{
	my ($token) = @_;
	return $node->sql("SELECT active, coalesce(reason, '') FROM gauth.inspect_token('$token')");
}

my $rsa = rsa_key(2048);
my $ec = ec_key('one');
for ([ 'https://rsa.example', $rsa ], [ 'https://ec.example', $ec ])
{
	my ($issuer, $key) = @$_;
	my $set = $json->encode({ keys => [ { %{ $key->{jwk} }, alg => $key->{alg}, kid => 'one', use => 'sig' } ] });
	$node->sql("SELECT gauth.add_issuer('$issuer', ARRAY['db'], jwks => '$set', namespace => '$issuer ')");
}

# tokens of others, checked by themselves
is(verdict(sign($rsa, { %header, alg => 'RS256' }, claims('https://rsa.example'))), 't|', 'C-10: RS256 by openssl');
is(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example'))), 't|', 'C-11: ES256 by openssl');
like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example'), der => 1)),
	qr/^f\|/, 'C-11: a signature in DER');

my $public = run_openssl("rsa -in $rsa->{file} -pubout");
like(verdict(sign($rsa, { %header, alg => 'HS256' }, claims('https://rsa.example'), secret => $public)),
	qr/^f\|/, 'C-12: HS256 with the public key as secret');
like(verdict(sign($rsa, { %header, alg => 'none' }, claims('https://rsa.example'), signature => '')),
	qr/^f\|/, 'C-12: no signature');
like(verdict(sign($ec, { typ => 'JWT', alg => 'ES256' }, claims('https://ec.example'))), qr/^f\|/, 'C-13: no kid');
like(verdict(sign($ec, { %header, kid => 'two', alg => 'ES256' }, claims('https://ec.example'))),
	qr/^f\|/, 'C-13: an unknown kid');
like(verdict(sign($ec, { kid => 'one', alg => 'ES256' }, claims('https://ec.example'))), qr/^f\|/, 'C-13: no typ');
like(verdict(sign($ec, { %header, alg => 'RS256' }, claims('https://ec.example'))),
	qr/^f\|/, 'C-48: RS256 in the header, a key of ES256');
my $weak = rsa_key(1024);
my $weak_set = $json->encode({ keys => [ { %{ $weak->{jwk} }, alg => 'RS256', kid => 'one' } ] });
$node->refuses("SELECT gauth.put_jwks('https://rsa.example', '$weak_set')", '22023', 'C-14: RSA of 1024 bits');

for my $name (qw(sub aud exp iat nbf jti))
{
	like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ $name, undef ]))),
		qr/^f\|/, "C-15: without $name");
}
like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'iss', undef ]))),
	qr/^f\|/, 'C-15: without iss');
like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'aud', ['erp'] ]))),
	qr/^f\|/, 'C-16: for somebody else');
is(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'aud', 'db' ]))),
	't|', 'C-16: one audience as a string');
for my $path (qw(gauth.version gauth.credential_id gauth.customer_id gauth.project_id gauth.issued_by
	gauth.approval_mode gauth.scope.governance_profile gauth.scope.phase gauth.scope.active_modules
	gauth.scope.allowed_paths gauth.scope.denied_paths gauth.scope_checksum gauth.tool_permissions_hash
	gauth.platform_permissions_hash))
{
	like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ $path, undef ]))),
		qr/^f\|/, "C-18: without $path");
}
like(verdict(sign($ec, { %header, alg => 'ES256' },
		claims('https://ec.example', [ 'gauth.scope_checksum', uc $HASH ]))), qr/^f\|/, 'C-19: a checksum in upper case');
like(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'gauth.version', '0117.1' ]))),
	qr/^f\|/, 'C-31: of another document');
is(verdict(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'gauth.version', '0116.2.2' ],
			[ 'gauth.novelty', 'x' ]))), 't|', 'C-31: a shorter version, a member that is not known');
my $twice = $json->encode(claims('https://ec.example'));
$twice =~ s/^\{/{"jti":"tok_0",/;
like(verdict(sign($ec, { %header, alg => 'ES256' }, $twice)), qr/^f\|/, 'C-49: a claim twice');

# C-32: the steps of a check without a mandate, in their order: a token that
# fails at two of them fails at the earlier one
sub reason { return (split /\|/, verdict($_[0]))[1] }
my $other = ec_key('other');
my @late = ([ 'gauth.version', '0117.1' ]);
is(reason('a.b'), 'TOKEN_MALFORMED', 'C-32: the form');
is(reason(sign($other, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'exp', $now - 600 ], @late))),
	'SIGNATURE_INVALID', 'C-32: the signature');
is(reason(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'exp', $now - 600 ], @late))),
	'TOKEN_EXPIRED', 'C-32: time comes before the claims of powers');
is(reason(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'nbf', $now + 600 ], @late))),
	'TOKEN_NOT_YET_VALID', 'C-32: and so does the beginning');
is(reason(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'aud', ['erp'] ], @late))),
	'AUDIENCE_REFUSED', 'C-32: and the audience');
is(reason(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', @late))),
	'CLAIM_INVALID', 'C-32: the version');
is(reason(sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example', [ 'gauth.scope_checksum', 'x' ]))),
	'CLAIM_INVALID', 'C-32: the checksum');

# whoever shows a token of somebody else's mandate has an identity, no mandate
my $foreign = sign($ec, { %header, alg => 'ES256' }, claims('https://ec.example'));
$node->gives("BEGIN; SELECT gauth.authenticate('$foreign'); SELECT gauth.acting_party() IS NULL; COMMIT",
	"https://ec.example bot\nt", 'a foreign extended token gives no party here');

# tokens of an issuer of ours, against the mandate: its key is one of openssl's
my $own = ec_key('own');
$node->sql("SELECT gauth.add_issuer('https://own.example', ARRAY['db'], hosted => true)");
my $public_jwk = $json->encode($own->{jwk});
my $secret_jwk = $json->encode({ %{ $own->{jwk} }, d => $own->{secret} });
$node->sql(qq{
	INSERT INTO gauth.key (issuer, kid, named, algorithm, jwk, signs, created_at)
	VALUES ('https://own.example', 'one', true, 'ES256', '$public_jwk', true, now());
	INSERT INTO gauth.unwrapped_key (issuer, kid, jwk) VALUES ('https://own.example', 'one', '$secret_jwk');
	INSERT INTO gauth.party (party, kind, form, name, identity, version, status, legal_capacity, deceased,
		created_at, changed_at)
	VALUES ('ben', 'natural_person', NULL, 'Ben', '{}', NULL, 'active', true, false, now(), now()),
		('bot', 'agent', 'digital_agent', 'Bot', '{}', '1', 'active', true, false, now(), now());
	SELECT gauth.party_identity('ben', session_user::regrole)});
my $mandate = $node->sql(q{
	SELECT gauth.activate_mandate(gauth.create_mandate('{
		"parties": {"issuer": "https://own.example", "subject": "bot", "customer_id": "acme", "project_id": "p",
			"issued_by": "ben"},
		"scope": {"governance_profile": "standard", "phase": "build", "core_verbs": {"a.b": {"allowed": true}}},
		"requirements": {"approval_mode": "supervised", "budget": {"total_cents": 100}, "ttl_seconds": 3600}}')
		->> 'mandate_id') ->> 'mandate_id'});
my $issued = $node->sql("SELECT token FROM gauth.issue_mandate_token('$mandate', ARRAY['db'])");
is(verdict($issued), 't|', 'a token of ours');
my $said = decode_json(do { my $part = (split /\./, $issued)[1]; $part =~ tr{-_}{+/}; decode_base64($part) });

sub forged
{
	my ($change) = @_;
	my $claims = decode_json($json->encode($said));
	$change->($claims);
	$claims->{jti} = 'tok_forged';
	return sign($own, { %header, alg => 'ES256' }, $claims);
}
is(verdict(forged(sub { })), 't|', 'the same claims, signed with the same key by openssl');
is(verdict(forged(sub { $_[0]{gauth}{tool_permissions_hash} = $HASH })), 'f|CLAIM_INVALID',
	'C-33: not the verbs of the mandate');
is(verdict(forged(sub { $_[0]{gauth}{platform_permissions_hash} = $HASH })), 'f|CLAIM_INVALID',
	'C-33: not its platform permissions');
is(verdict(forged(sub { $_[0]{gauth}{scope_checksum} = $HASH })), 'f|CLAIM_INVALID', 'C-33: not its scope');
is(verdict(forged(sub { $_[0]{gauth}{credential_id} = 'mdt_none' })), 'f|CLAIM_INVALID', 'C-33: of no mandate');
is(verdict(forged(sub { $_[0]{gauth_mandate}{mandate_id} = 'mdt_other' })), 'f|CLAIM_INVALID',
	'C-33: two mandates in one token');
is(verdict(forged(sub { $_[0]{sub} = 'ben' })), 'f|CLAIM_INVALID', 'C-33: of another agent');
like(verdict(forged(sub { $_[0]{gauth_mandate}{budget}{remaining_cents} = 101 })), qr/^f/, 'C-20: more left than given');
is(verdict(forged(sub { delete $_[0]{gauth_mandate} })), 't|', 'C-20: without the namespace of the mandate');

# C-33: all of the budget is gone
$node->sql("SELECT gauth.report_consumption('$mandate', 100, 'all of it')");
is(verdict($issued), 'f|TOKEN_REVOKED', 'C-33: nothing left to spend');

$node->stop;
done_testing();
