# The AuthZEN interoperability and certification scenarios, through SQL.
#
# Corpora are looked for in ${GAUTH_CORPORA:-../shared/corpora}.  Two of the
# payload files follow early drafts of the specification: there a subject's
# "identity" is its id and properties stand beside "type" and "id".
use strict;
use warnings;

use Gauth;
use JSON::PP;
use Test::More;

my $corpora = $ENV{GAUTH_CORPORA} || '../shared/corpora';
if (!-d "$corpora/authzen" || !-d "$corpora/gauth-fixtures")
{
	plan skip_all => 'no corpora';
}

my $json = JSON::PP->new->canonical->utf8;
my $interop = "$corpora/authzen/interop";
my $fixtures = "$corpora/gauth-fixtures";
my $node = Gauth->new('main');

sub load_text
{
	my ($path) = @_;
	return PostgreSQL::Test::Utils::slurp_file($path);
}

sub load_json
{
	my ($path) = @_;
	return $json->decode(load_text($path));
}

sub literal
{
	my ($text) = @_;
	$text =~ s/'/''/g;
	return "'$text'";
}

# a store of its own for each scenario; "allowed" are [type, attribute]
sub make_store
{
	my ($store, $policies, $entities, @allowed) = @_;
	my $name = literal($store);

	$node->sql("SELECT gauth.create_policy_store($name, 'cedar')");
	$node->sql("SELECT gauth.put_policies("
		  . literal(load_text("$fixtures/$policies"))
		  . ", $name)");
	$node->sql("SELECT gauth.put_entities("
		  . literal($json->encode($entities))
		  . ", $name)");
	$node->sql("SELECT gauth.allow_request_attribute("
		  . literal($_->[0]) . ', '
		  . literal($_->[1])
		  . ", store => $name)")
	  for @allowed;
	return;
}

# what a function answers to each of these requests, in their order
sub ask
{
	my ($function, $store, @requests) = @_;
	my $list = join ",\n", map { '(' . literal($json->encode($_)) . ')' }
	  @requests;
	my $answers = $node->sql(
		"SELECT gauth.authzen_$function(r.body::json, '$store') "
		  . "FROM (VALUES $list) AS r (body)");
	return map { $json->decode($_) } split /\n/, $answers;
}

sub is_true
{
	my ($value) = @_;
	return $value ? 1 : 0;
}

# an entity of an early draft in the form of the final specification
sub modernize
{
	my ($entity) = @_;
	my %copy = %$entity;
	my %modern = (
		type => delete $copy{type},
		id => $copy{identity} // $copy{id},
		properties => delete $copy{properties} // {});

	delete @copy{qw(id identity _note)};
	$modern{properties} = { %{ $modern{properties} }, %copy };
	return \%modern;
}

sub modernize_request
{
	my ($request) = @_;
	my %modern = %$request;

	$modern{$_} = modernize($modern{$_})
	  for grep { exists $modern{$_} } qw(subject resource);
	$modern{evaluations} = [ map { modernize_request($_) }
		  @{ $modern{evaluations} } ]
	  if exists $modern{evaluations};
	return \%modern;
}

# single evaluations, and the same ones in batches
sub count_decisions
{
	my ($store, @cases) = @_;
	my @single = grep { !ref $_->{expected} || JSON::PP::is_bool($_->{expected}) }
	  @cases;
	my @batches = grep { ref $_->{expected} eq 'ARRAY' } @cases;
	my ($passed, $total) = (0, 0);

	my @answers =
	  ask('evaluation', $store, map { modernize_request($_->{request}) } @single);
	for my $i (0 .. $#single)
	{
		$total++;
		$passed++
		  if is_true($answers[$i]{decision}) == is_true($single[$i]{expected});
	}
	return ($passed, $total) if !@batches;

	@answers = ask('evaluations', $store,
		map { modernize_request($_->{request}) } @batches);
	for my $i (0 .. $#batches)
	{
		my @expected = @{ $batches[$i]{expected} };
		my @got = @{ $answers[$i]{evaluations} };

		for my $j (0 .. $#expected)
		{
			$total++;
			$passed++
			  if defined $got[$j]
			  && is_true($got[$j]{decision}) ==
			  is_true($expected[$j]{decision});
		}
	}
	return ($passed, $total);
}

sub report
{
	my ($name, $passed, $total, $expected) = @_;
	diag("$name $passed/$total");
	is("$passed/$total", "$expected/$expected", $name);
	return;
}

# todo application and API gateway
my @cases;
for my $path (
	(map { "$interop/authzen-todo-backend/test/decisions$_.json" }
		('', map { "-authorization-api-1_0-0$_" } 0 .. 2)),
	"$interop/authzen-api-gateways/test-harness/test/decisions.json")
{
	my $file = load_json($path);
	push @cases,
	  map { @{ $file->{$_} || [] } } qw(decisions evaluation evaluations);
}
make_store(
	'todo', 'authzen-todo.cedar',
	load_json("$fixtures/authzen-todo.entities.json"), [ 'todo', 'ownerID' ]);
report('authzen', count_decisions('todo', @cases), 191);

# searches, and every page of them
sub ids
{
	my ($results) = @_;
	return join ' ', sort map { $_->{name} // "$_->{type}/$_->{id}" } @$results;
}

sub search
{
	my ($function, @requests) = @_;
	return ask("search_$function", 'search', @requests);
}

# follows the tokens; the last page says that it is the last
sub search_by_pages
{
	my ($function, $request, $limit) = @_;
	my @results;
	my $token;

	do
	{
		my %page = (limit => $limit);
		$page{token} = $token if defined $token;
		my ($answer) = search($function, { %$request, page => \%page });

		return [] if @{ $answer->{results} } > $limit;
		push @results, @{ $answer->{results} };
		$token = $answer->{page}{next_token};
	} while ($token ne '');
	return \@results;
}

make_store('search', 'authzen-search.cedar',
	load_json("$fixtures/authzen-search.entities.json"));
my ($passed, $total, $paged) = (0, 0, 0);
for my $file (
	[ 'action', "$interop/authzen-search-demo/test/action/results.json" ],
	[ 'resource', "$interop/authzen-search-demo/test/resource/results.json" ],
	[ 'subject', "$interop/authzen-search-demo/test/subject/results.json" ],
	[ 'resource', "$interop/authzen-idp/test-harness/src/results.json" ])
{
	my ($function, $path) = @$file;
	my $content = load_json($path);
	my @searches = map { @{ $content->{$_} || [] } } qw(evaluation search);
	my @answers = search($function, map { $_->{request} } @searches);

	for my $i (0 .. $#searches)
	{
		my $expected = ids($searches[$i]{expected}{results});

		$total++;
		$passed++ if ids($answers[$i]{results}) eq $expected;
		next if $i % 20 != 0;
		is(ids(search_by_pages($function, $searches[$i]{request}, 3)),
			$expected, "$function search $i by pages");
	}
}
report('authzen searches', $passed, $total, 204);

# certification: the decision rules
my $certification = load_json("$fixtures/authzen-cert.cases.json");
my @entities;
for my $type (sort keys %{ $certification->{store} })
{
	my $of_type = $certification->{store}{$type};
	push @entities,
	  map { { uid => { type => $type, id => $_ }, attrs => $of_type->{$_},
		parents => [] } } sort keys %$of_type;
}
make_store(
	'cert', 'authzen-cert.cedar', \@entities,
	[ 'user', 'role' ], [ 'record', 'status' ]);
report('authzen certification',
	count_decisions('cert', @{ $certification->{evaluation} }), 8);

# certification: the same decisions in one batch, and its error cases
my %alice = (type => 'user', id => 'alice');
my %bob = (type => 'user', id => 'bob');
my %record = (type => 'record', id => 'record-1');
my ($batch) = ask('evaluations', 'cert',
	{ evaluations => [ map { $_->{request} } @{ $certification->{evaluation} } ] });
is( join(' ', map { is_true($_->{decision}) } @{ $batch->{evaluations} }),
	join(' ', map { is_true($_->{expected}) } @{ $certification->{evaluation} }),
	'the rules in one batch');

my ($failing) = ask('evaluations', 'cert',
	{ subject => \%alice, action => { name => 'read' },
	  options => { evaluations_semantic => 'execute_all' },
	  evaluations => [ { resource => \%record }, {} ] });
is_deeply(
	[ map { is_true($_->{decision}) } @{ $failing->{evaluations} } ],
	[ 1, 0 ],
	'one malformed evaluation among others');
is($failing->{evaluations}[1]{context}{error}{status}, 400, 'with its error');

for my $empty ({}, { evaluations => [] })
{
	my ($answer) = ask('evaluations', 'cert',
		{ subject => \%alice, action => { name => 'read' },
		  resource => \%record, %$empty });
	is(is_true($answer->{decision}), 1, 'no evaluations: a single one');
}

my @inherited = ask('evaluations', 'cert',
	{ subject => \%alice, action => { name => 'write' },
	  resource => { %record, properties => { status => 'active' } },
	  evaluations => [ {},
		  { resource => { type => 'record', id => 'record-2',
				  properties => { status => 'archived' } } } ] });
is_deeply(
	[ map { is_true($_->{decision}) } @{ $inherited[0]{evaluations} } ],
	[ 1, 0 ],
	'whole objects are inherited or overridden');

my %context = (context => { time => '2025-06-27T18:03-07:00', ip => '::1' });
my ($extra) = ask('evaluation', 'cert',
	{ subject => { %alice, properties => { department => 'Sales', x => undef } },
	  action => { name => 'read', properties => { method => 'GET' } },
	  resource => { %record, properties => { owner => 'bob' } },
	  foo => 'bar', future => { nested => JSON::PP::true }, %context });
is(is_true($extra->{decision}), 1, 'properties and members nobody asked for');

my @searches = (
	[ 'subject', { subject => { type => 'user' }, action => { name => 'read' },
		  resource => \%record }, 'user/alice user/bob' ],
	[ 'subject', { subject => \%alice, action => { name => 'read' },
		  resource => \%record, %context }, 'user/alice user/bob' ],
	[ 'subject', { subject => { type => 'user' }, action => { name => 'write' },
		  resource => { type => 'record', id => 'record-2',
			  properties => { status => 'archived' } } }, 'user/bob' ],
	[ 'resource', { subject => \%alice, action => { name => 'read' },
		  resource => { type => 'record' } },
		'record/record-1 record/record-2' ],
	[ 'resource', { subject => { %bob, properties => { role => 'admin' } },
		  action => { name => 'write' }, resource => { type => 'record' } },
		'record/record-2' ],
	[ 'action', { subject => \%alice, resource => \%record, %context },
		'read write' ],
	[ 'action', { subject => { %bob, properties => { role => 'admin' } },
		  resource => { type => 'record', id => 'record-2',
			  properties => { status => 'archived' } } }, 'read write' ],
	[ 'action', { subject => { type => 'user', id => 'nobody' },
		  resource => \%record }, 'read' ],
	[ 'subject', { subject => { type => 'spaceship' },
		  action => { name => 'read' }, resource => \%record }, '' ]);
for my $search (@searches)
{
	my ($answer) = ask("search_$search->[0]", 'cert', $search->[1]);
	is(ids($answer->{results}), $search->[2],
		"$search->[0] search: $search->[2]");
}

my %read = (subject => \%alice, action => { name => 'read' },
	resource => \%record);
my @malformed = (
	(map { my %body = %read; delete $body{$_}; [ 'evaluation', \%body ] }
		qw(subject action resource)),
	[ 'evaluation', { %read, subject => { id => 'alice' } } ],
	[ 'evaluation', { %read, subject => { type => 'user' } } ],
	[ 'evaluation', { %read, action => {} } ],
	[ 'evaluation', { %read, resource => { id => 'record-1' } } ],
	[ 'evaluation', { %read, resource => { type => 'record' } } ],
	[ 'evaluation', { %read, subject => 'alice' } ],
	[ 'evaluation', { %read, action => { name => 123 } } ],
	[ 'search_subject', { subject => { type => 'user' }, resource => \%record } ],
	[ 'search_resource', { action => { name => 'read' },
		  resource => { type => 'record' } } ],
	[ 'search_action', { subject => \%alice } ],
	[ 'search_subject', { subject => { type => 'user' },
		  action => { name => 'read' }, resource => { type => 'record' } } ],
	[ 'search_resource', { subject => { type => 'user' },
		  action => { name => 'read' }, resource => { type => 'record' } } ],
	[ 'search_action', { subject => { type => 'user' },
		  resource => \%record } ]);
for my $case (@malformed)
{
	my ($function, $body) = @$case;
	my $text = $json->encode($body);
	$node->refuses(
		"SELECT gauth.authzen_$function(" . literal($text) . ", 'cert')",
		'22023', "$function refuses $text");
}
for my $text ('', '{', '[]', '{"subject": {}, "subject": {}}')
{
	my $state = $text eq '[]' ? '22023' : '22P02';
	$node->refuses(
		"SELECT gauth.authzen_evaluation(" . literal($text) . ", 'cert')",
		$state, "evaluation refuses '$text'");
}

$node->stop;
done_testing();
