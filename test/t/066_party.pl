# Parties, definitions, extended tokens and flows: signed by keys of the
# persons themselves, told to who listens, and through a dump by who is no
# superuser and a restore.
use strict;
use warnings;

use Gauth;
use MIME::Base64 qw(encode_base64);
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = Gauth->new('main', extension => 0);
$node->safe_psql('postgres', 'CREATE ROLE tenant LOGIN; CREATE ROLE ' . join(' LOGIN; CREATE ROLE ', qw(mia ben rita bot erp))
	  . ' LOGIN');
$node->sql('GRANT CREATE ON DATABASE gauth TO tenant');
$node->sql('CREATE EXTENSION gauth', Gauth::as('tenant'));

# the steps I to VIII, each by who takes it
$node->sql(<<'SQL', Gauth::as('tenant'));
SELECT gauth.register_party('{"id": "acme", "kind": "organization", "form": "commercial_enterprise", "name": "Acme"}');
SELECT gauth.register_party(format('{"id": "%s", "kind": "natural_person", "name": "%s"}', p, p)::json)
FROM unnest(ARRAY['mia', 'ben', 'rita']) p;
SELECT gauth.register_party('{"id": "bot", "kind": "agent", "form": "digital_agent", "name": "Bot", "version": "1"}');
SELECT gauth.party_identity(p, p::regrole) FROM unnest(ARRAY['mia', 'ben', 'rita', 'bot']) p;
SELECT gauth.verify_identity(p, 'identity_document', 'passport of ' || p) FROM unnest(ARRAY['mia', 'ben', 'rita']) p;
SELECT gauth.authorize_representative('{"principal": "acme", "party": "mia", "kind": "owner_authorizer",
	"basis": "managing_director", "register_entry": "HRB 1"}');
SELECT gauth.grant_access('erp', 'enforcer');
SELECT gauth.add_issuer('https://as.example', ARRAY['erp'], hosted => true);
SELECT gauth.unlock(decode(repeat('5a', 32), 'hex')), gauth.create_key('https://as.example', 'ES256');
SQL
$node->sql(<<'SQL', Gauth::as('mia'));
SELECT gauth.authorize_representative('{"principal": "acme", "party": "ben", "kind": "client_owner",
	"basis": "registered_power_of_attorney", "register_entry": "HRB 1"}');
SELECT gauth.authorize_representative('{"principal": "acme", "party": "rita", "kind": "resource_owner",
	"basis": "register_entry", "register_entry": "HRB 1"}');
SQL
$node->sql("SELECT gauth.authorize_client('bot', 'acme')", Gauth::as('ben'));
$node->sql("SELECT gauth.approve_client('bot')", Gauth::as('mia'));
$node->sql("SELECT gauth.activate_client('bot')", Gauth::as('ben'));
$node->sql(q{SELECT gauth.enroll_resource_server('{"server": "erp", "principal": "acme", "name": "ERP"}')},
	Gauth::as('rita'));

# B-21: a definition that wants a signature
my $form = q{"parties": {"principal": {"type": "organization", "identity": "acme",
	"organization": {"type": "commercial_enterprise", "name": "Acme"}},
	"authorized_client": {"type": "digital_agent", "identity": "bot"}},
	"requirements": {"formal_requirements": {"digital_signatures": true},
		"special_conditions": {"immediate_notification": ["purchase"]}}};
$node->sql("SELECT gauth.put_definition('{\"id\": \"def\", $form}')", Gauth::as('ben'));
$node->refuses("SELECT gauth.activate_definition('def')", 'ZG004', 'B-21: not without a signature', Gauth::as('ben'));

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
sub sign
{
	my ($who, $payload) = @_;
	my $input = url('{"alg":"ES256"}') . '.' . url($payload);
	my ($position, @numbers) = (2);

	open my $file, '>', "$dir/input" or die;
	print $file $input;
	close $file;
	my $der = run_openssl("dgst -sha256 -sign $dir/$who.pem $dir/input");
	for (1 .. 2)
	{
		my $len = ord(substr($der, $position + 1, 1));
		push @numbers, substr("\0" x 32 . substr($der, $position + 2, $len), -32);
		$position += 2 + $len;
	}
	return "$input." . url(join '', @numbers);
}

SKIP:
{
	skip 'no openssl program', 8 if system('openssl version >/dev/null 2>&1') != 0;
	my %jwk;
	for my $who (qw(mia rita))
	{
		run_openssl("ecparam -name prime256v1 -genkey -noout -out $dir/$who.pem");
		my ($digits) = run_openssl("ec -in $dir/$who.pem -noout -text") =~ /^pub:\s*\n((?:\s+[0-9a-f:]+\n)+)/m;
		$digits =~ s/[\s:]//g;
		my $point = pack 'H*', $digits;
		$jwk{$who} = sprintf '{"kty": "EC", "crv": "P-256", "x": "%s", "y": "%s", "alg": "ES256"}',
		  url(substr($point, 1, 32)), url(substr($point, 33));
	}
	my $canonical = $node->sql("SELECT gauth.canonical_json('{$form}')", Gauth::as('tenant'));
	my $signature = sign('mia', $canonical);
	my $call = "SELECT gauth.sign_definition('def', 'mia', '$signature')";
	$node->refuses($call, 'ZG001', 'B-21: no key of the signer is known', Gauth::as('ben'));
	$node->sql("SELECT gauth.record_evidence('{\"about\": \"party\", \"subject\": \"$_\", \"kind\": \"signature_key\", "
		  . "\"method\": \"qualified_certificate\", \"reference\": \"certificate\", \"detail\": $jwk{$_}}')", Gauth::as('tenant'))
	  for qw(mia rita);
	$node->refuses(sprintf("SELECT gauth.sign_definition('def', 'mia', '%s')", sign('rita', $canonical)),
		'ZG001', 'B-21: the key of somebody else', Gauth::as('ben'));
	$node->refuses(sprintf("SELECT gauth.sign_definition('def', 'mia', '%s')", sign('mia', '{}')),
		'ZG004', 'B-21: another text', Gauth::as('ben'));
	$node->refuses(sprintf("SELECT gauth.sign_definition('def', 'rita', '%s')", sign('rita', $canonical)),
		'ZG004', 'B-21: somebody who cannot sign for the principal', Gauth::as('ben'));
	$node->refuses("SELECT gauth.sign_definition('def', 'mia', '" . substr($signature, 0, -4) . "AAAA')",
		'ZG001', 'B-21: a signature that was changed', Gauth::as('ben'));
	like($node->sql($call, Gauth::as('ben')), qr/^evd_/, 'B-21: the signature verifies');
	$node->gives("SELECT gauth.activate_definition('def') ->> 'status'", 'active', 'B-21: and the definition is in force',
		Gauth::as('ben'));
}

# a mandate, a grant, a token, transactions
my $mandate = $node->sql(<<'SQL', Gauth::as('ben'));
SELECT gauth.create_mandate('{
	"parties": {"issuer": "https://as.example", "subject": "bot", "customer_id": "acme", "project_id": "p", "issued_by": "ben"},
	"scope": {"governance_profile": "standard", "phase": "run", "allowed_transactions": ["purchase"],
		"core_verbs": {"trade.order.sign": {"allowed": true}}},
	"requirements": {"approval_mode": "supervised", "budget": {"total_cents": 1000}, "ttl_seconds": 86400}}') ->> 'mandate_id'
SQL
$node->sql("SELECT gauth.link_definition('$mandate', 'def'); SELECT gauth.activate_mandate('$mandate')", Gauth::as('ben'));
$node->sql(q{SELECT gauth.impose_obligation('{"definition": "def", "kind": "report", "description": "monthly"}');
	SELECT gauth.raise_event('def', 'a good year')}, Gauth::as('ben'));
my $ask = q{'{"scopes": ["trade.order.sign"], "resource_server": "erp", "project_id": "p", "transaction_type": "purchase"}'};
my $token = $node->sql(<<"SQL", Gauth::as('bot'));
BEGIN;
DO \$\$ BEGIN PERFORM gauth.unlock(decode(repeat('5a', 32), 'hex')); END \$\$;
SELECT gauth.request_token(json_build_object('grant_id', gauth.initiate_authorization($ask) ->> 'grant_id')) ->> 'token';
COMMIT;
SQL
my $spare = $node->sql("SELECT gauth.initiate_authorization($ask) ->> 'grant_id'", Gauth::as('bot'));

sub buy
{
	my ($id, $cents) = @_;
	return qq{gauth.process_transaction('{"transaction_id": "$id", "action": "trade.order.sign", "resource": "order/1",
		"resource_type": "api", "transaction_type": "purchase", "amount_cents": $cents}', '$token')};
}

# B-28: who listens hears of it with the commit, and not before nor without
my ($status, $heard) = $node->psql('gauth', "LISTEN gauth_principal;\nBEGIN;\nSELECT " . buy('t1', 100)
	  . " ->> 'processed';\nCOMMIT;\nBEGIN;\nSELECT " . buy('t2', 100) . " ->> 'processed';\nROLLBACK;\nSELECT 'end';\n",
	Gauth::as('erp'));
like($heard, qr/^t(rue)?\b.*Asynchronous notification "gauth_principal" with payload "\{"mandate":"\Q$mandate\E","transaction_id":"t1"\}"/ms,
	'B-28: the principal is told');
unlike($heard, qr/"t2"/, 'B-28: not of what was rolled back');
$node->gives("SELECT count(*) FROM gauth.entry WHERE kind = 'principal.inform'", '1', 'B-28: and it stands in the ledger');

# dump and restore: the whole of it in one text
my @tables = qw(party party_identity evidence representative client resource_server definition definition_version definition_event
	obligation mandate_definition authorization_grant transaction_record token);
sub all_rows
{
	my ($database) = @_;
	return join "\n", map {
		$node->safe_psql($database, "SELECT '$_', count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM gauth.$_ t")
	} @tables;
}
my $before = all_rows('gauth');
unlike($before, qr/\|0\|/m, 'there is something in every table');
note($before);
my $dump = "$PostgreSQL::Test::Utils::tmp_check/party.dump";
my @connect = ('-h', $node->host, '-p', $node->port, '-U', 'tenant');
$node->command_ok([ 'pg_dump', @connect, '-Fc', '-f', $dump, 'gauth' ], 'the installer dumps the database');
$node->safe_psql('postgres',
	"CREATE DATABASE restored ENCODING 'UTF8' TEMPLATE template0; GRANT CREATE ON DATABASE restored TO tenant");
my ($out, $err) = ('', '');
IPC::Run::run([ 'pg_restore', @connect, '-d', 'restored', $dump ], '>', \$out, '2>', \$err);
my @other = grep { /error:/ && !/permission denied for|no privileges/ } split /\n/, $err;
is(join("\n", @other), '', 'and restores it');
is(all_rows('restored'), $before, 'a restore has every row of every table');
$node->safe_psql('restored', 'SELECT gauth.reapply_access()', Gauth::as('tenant'));

sub restored
{
	my ($sql, $expected, $name, @options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($node->safe_psql('restored', $sql, @options), $expected, $name);
}
restored('SELECT gauth.acting_party()', 'ben', 'who acts is known by the role\'s name', Gauth::as('ben'));
restored("SELECT gauth.root_person('bot')", 'ben', 'the person at the top');
$node->refuses('SELECT ' . buy('t1', 100), 'ZG004', 'a transaction of before the dump is not done again',
	Gauth::as('erp'), database => 'restored');
restored('SELECT ' . buy('t3', 100) . " ->> 'remaining_cents'", '800', 'the token goes on', Gauth::as('erp'));
restored("SELECT gauth.revoke_representative('acme', 'ben', 'client_owner', 'left')", 't', 'an owner leaves',
	Gauth::as('mia'));
restored('SELECT ' . buy('t4', 100) . " ->> 'decision'", 'DENY', 'A-12: and the agent with him', Gauth::as('erp'));
$node->refuses('DELETE FROM gauth.definition_version', 'ZG004', 'A-23: history stays, also restored', database => 'restored');
$node->refuses('DELETE FROM gauth.transaction_record', 'ZG004', 'and so do transactions', database => 'restored');

# C-41: no token is in the ledger, in the token store or in the log
my $secret = (split /\./, $token)[2];
for my $table (qw(entry token authorization_grant transaction_record))
{
	$node->gives("SELECT count(*) FROM gauth.$table t WHERE t::text LIKE '%$secret%'", '0', "C-41: no token in gauth.$table");
}

$node->stop;
done_testing();
