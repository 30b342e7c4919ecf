# Gauth.pm: a thin layer over PostgreSQL::Test::Cluster.
#
# A TAP test starts servers of its own, which know nothing of where the
# extension under test lies: GAUTH_DESTDIR says so, and when it is not set the
# extension is where the server looks anyway.  GAUTH_PRELOAD is what a server
# must be started with when the extension was built with sanitizers; a test
# that has other programs start servers (pg_upgrade) skips when it is set.
#
# The library logs every statement: a test about what is logged sets
# log_statement = none.
#
#	use Gauth;
#	my $node = Gauth->new('main');		# init, our paths, start, database
#	$node->safe_psql('gauth', 'SELECT ...');
package Gauth;

use strict;
use warnings;

use parent -norequire, 'PostgreSQL::Test::Cluster';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils ();
use Test::More;
use Time::HiRes qw(usleep);

our $DATABASE = 'gauth';

# Gauth->bare(name): a node that is not initialized yet, for a standby, a
# restored backup or another version.  Options go to PostgreSQL::Test::Cluster.
sub bare
{
	my ($class, $name, @options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, @options);
	return bless $node, $class;
}

# Gauth->new(name, key => value): a running primary that has a database "gauth"
# with the extension.  Keys:
#	init		options of init, an array reference
#	config		lines for postgresql.conf
#	extension	false: a database without the extension
sub new
{
	my ($class, $name, %options) = @_;
	my $node = $class->bare($name);

	$node->init(@{ $options{init} || [] });
	$node->use_extension;
	$node->append_conf('postgresql.conf', $options{config})
	  if defined $options{config};
	$node->start;
	$node->safe_psql('postgres',
		"CREATE DATABASE $DATABASE ENCODING 'UTF8' TEMPLATE template0");
	$node->safe_psql($DATABASE, 'CREATE EXTENSION gauth')
	  if !exists $options{extension} || $options{extension};
	return $node;
}

# init: UTF-8, whatever the locale of the caller
sub init
{
	my ($self, %params) = @_;
	my @extra = @{ $params{extra} || [] };

	$params{extra} = [ '--encoding=UTF8', '--no-locale', @extra ];
	return $self->SUPER::init(%params);
}

# where the extension under test lies; a standby gets it with the backup.
# Debian's servers had a setting of their own before PostgreSQL 18 got one.
sub use_extension
{
	my ($self) = @_;
	my $destdir = $ENV{GAUTH_DESTDIR};
	return if !defined $destdir || $destdir eq '';

	my $library = $destdir . $self->config_data('--pkglibdir');
	my $share = $destdir . $self->config_data('--sharedir');
	my $where =
	  $self->pg_version->major < 18
	  ? "extension_destdir = '$destdir'"
	  : "extension_control_path = '$share:\$system'";
	$self->append_conf('postgresql.conf',
		"$where\ndynamic_library_path = '$library:\$libdir'\n");
	return;
}

# start and restart: with the sanitizers in the server, not in this program
sub start
{
	my ($self, @params) = @_;
	local $ENV{LD_PRELOAD} = $ENV{GAUTH_PRELOAD} if $ENV{GAUTH_PRELOAD};
	return $self->SUPER::start(@params);
}

sub restart
{
	my ($self, @params) = @_;
	local $ENV{LD_PRELOAD} = $ENV{GAUTH_PRELOAD} if $ENV{GAUTH_PRELOAD};
	return $self->SUPER::restart(@params);
}

# start after kill9: the dead server's children may hold its shared memory for
# a moment, and as long as they do a new server refuses to start
sub poll_start
{
	my ($self) = @_;
	my $attempts = 10 * $PostgreSQL::Test::Utils::timeout_default;

	for (1 .. $attempts)
	{
		return 1 if $self->start(fail_ok => 1);
		usleep(100_000);

		# it may have started after pg_ctl gave up waiting
		$self->stop('fast', fail_ok => 1);
	}
	return $self->start;
}

# kill -9 of one of the server's processes: the server ends all others and
# recovers by itself.  Answers how many were killed.
sub kill_process
{
	my ($self, $pid) = @_;

	$self->{killed_at} = $self->log_position;
	return kill('KILL', $pid);
}

# wait until the server has recovered from kill_process.  Its log tells: a
# connection could be one that the server has not yet heard it must end.
sub poll_up
{
	my ($self) = @_;
	my $attempts = 10 * $PostgreSQL::Test::Utils::timeout_default;

	for (1 .. $attempts)
	{
		return 1
		  if $self->log_since($self->{killed_at}) =~
		  /reinitializing.*database system is ready to accept connections/s;
		usleep(100_000);
	}
	die 'the server does not come back';
}

# one statement or several that must succeed, in our database
sub sql
{
	my ($self, $sql, @options) = @_;
	return $self->safe_psql($DATABASE, $sql, @options);
}

# one statement that must give this answer
sub gives
{
	my ($self, $sql, $expected, $name, @options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($self->sql($sql, @options), $expected, $name);
}

# a statement that must be refused with this SQLSTATE; answers the message
sub refuses
{
	my ($self, $sql, $sqlstate, $name, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $database = delete $options{database} || $DATABASE;
	my ($status, $stdout, $stderr) = $self->psql(
		$database,
		"\\set VERBOSITY verbose\n$sql",
		on_error_stop => 1,
		%options);
	like($stderr, qr/(?:ERROR|FATAL):  \Q$sqlstate\E: /, $name);
	return $stderr;
}

# options of sql, gives and refuses: connect as another role
sub as
{
	my ($role) = @_;
	return (extra_params => [ '-U', $role ]);
}

# a hosted issuer with a key; options are what gauth.add_issuer takes besides
sub add_hosted
{
	my ($self, $issuer, %options) = @_;
	my $algorithm = delete $options{algorithm} || 'EdDSA';
	my $more = join '', map { ", $_ => '$options{$_}'" } sort keys %options;

	return $self->sql(
		"SELECT gauth.add_issuer('$issuer', ARRAY['db'], hosted => true$more);\n"
		  . "SELECT gauth.create_key('$issuer', '$algorithm')");
}

# a token of a hosted issuer; in list context also its "jti"
sub issue_token
{
	my ($self, $issuer, $subject, %options) = @_;
	my $ttl = $options{ttl} || '1 hour';
	my $scope = $options{scope} || 'read';
	my $row = $self->sql(
		"SELECT token, jti FROM gauth.issue_token('$issuer', '$subject', "
		  . "ARRAY['db'], '$ttl', '$scope')");
	my ($token, $jti) = split /\|/, $row;

	return wantarray ? ($token, $jti) : $token;
}

# what the server wrote to its log since a position (see log_position)
sub log_since
{
	my ($self, $position) = @_;
	return PostgreSQL::Test::Utils::slurp_file($self->logfile,
		$position || 0);
}

sub log_position
{
	my ($self) = @_;
	return -s $self->logfile;
}

# a directory of the checkout's inputs, or undef where it is missing
sub vectors
{
	my $directory = $ENV{GAUTH_VECTORS} || '../shared/vectors';
	return -d $directory ? $directory : undef;
}

1;
