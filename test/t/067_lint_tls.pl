# What gauth.lint says of a server that listens on TCP: without TLS, with one
# older than 1.3, with TLS 1.3.
use strict;
use warnings;

use Gauth;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'no openssl program' if system('openssl version >/dev/null 2>&1') != 0;

my $node = Gauth->new('main');
my $dir = $node->data_dir;
my $LINT = "SELECT severity, finding FROM gauth.lint() WHERE object = 'server'";

sub lint_with
{
	my ($settings, $expected, $name) = @_;
	$node->append_conf('postgresql.conf', $settings);
	$node->restart;
	$node->gives($LINT, $expected, $name);
	return;
}

system("openssl req -new -x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=localhost"
	  . " -keyout '$dir/server.key' -out '$dir/server.crt' >/dev/null 2>&1") == 0
  or die 'openssl req';
chmod 0600, "$dir/server.key";

$node->gives($LINT, '', 'C-47 a server without TCP needs no TLS');
lint_with("listen_addresses = '127.0.0.1'\n",
	'warning|it listens on TCP without TLS: tokens travel in the clear',
	'C-47 TCP without TLS');
lint_with("ssl = on\nssl_min_protocol_version = 'TLSv1.2'\n",
	'warning|it listens on TCP and takes a TLS older than 1.3',
	'C-47 TCP with TLS 1.2');
lint_with("ssl_min_protocol_version = 'TLSv1.3'\n", '', 'C-47 TCP with TLS 1.3');

done_testing();
