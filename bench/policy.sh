#!/bin/sh
# policy.sh: decisions at 10, 1,000 and 10,000 policies: the engine alone, and
# gauth.is_authorized inside the server, against Cedar's own build for
# JavaScript and casbin, both from npm.
#
#	policy.sh [ROUNDS]		41 unless said otherwise
#
# The exit status is 1 when a goal is missed.  A library that cannot be had is
# left out with one line.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)
SIZES='10 1000 10000'

if [ -z "${GAUTH_WORK:-}" ]; then
	absolute_inputs
	if [ ! -d "$GAUTH_CORPORA/gauth-fixtures/workload" ]; then
		say 'policy: skipped, no workload in GAUTH_CORPORA'
		exit 0
	fi
	install_tools gcc libpq-dev
	command -v npm >/dev/null || install_optional nodejs npm
	run_staged bench/policy.sh "$@"
fi

# unpacked, where the server and the peers can read it
copy_workload()
{
	from=$GAUTH_CORPORA/gauth-fixtures/workload
	mkdir "$1"
	for size in $SIZES; do
		cp "$from/requests_$size.csv" "$1"
		if [ -e "$from/policies_$size.cedar" ]; then
			cp "$from/policies_$size.cedar" "$1"
		else
			gzip -dc "$from/policies_$size.cedar.gz" >"$1/policies_$size.cedar"
		fi
	done
}

fill_store()
{
	{
		# shellcheck disable=SC2016	# expanded by psql
		printf '\\set policies `cat %s`\n' "$workload/policies_$1.cedar"
		cat "$TOP/bench/policy.sql"
	} | quietly "$psql" -X -q -v size="$1" \
		-v requests="$workload/requests_$1.csv"
}

install_peers()
{
	command -v node >/dev/null && command -v npm >/dev/null || return 1
	mkdir "$GAUTH_WORK/peers"
	(
		cd "$GAUTH_WORK/peers"
		quietly npm install --silent --no-save --no-package-lock --no-audit \
			--no-fund --ignore-scripts @cedar-policy/cedar-wasm casbin
	)
}

# version PACKAGE
version()
{
	node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).version' \
		"$GAUTH_WORK/peers/node_modules/$1/package.json"
}

build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
psql=$("$PG_CONFIG" --bindir)/psql
workload=$GAUTH_WORK/workload
PGDATABASE=bench
export PGDATABASE
quietly "$psql" -X -q -d postgres -c 'CREATE DATABASE bench'
quietly "$psql" -X -q -c 'CREATE EXTENSION gauth' \
	-c 'CREATE ROLE bench_enforcer LOGIN' \
	-c "SELECT gauth.grant_access('bench_enforcer', 'enforcer')"
copy_workload "$workload"
for size in $SIZES; do
	fill_store "$size"
done

# as the server's library is built
optimize='-O2 -fPIC -fwrapv -fno-strict-aliasing -fvisibility=hidden'
# shellcheck disable=SC2086	# a list of flags
build_pure "$GAUTH_WORK/pure" gcc $STRICT $optimize ||
	die 'the pure floors do not compile'
# shellcheck disable=SC2086	# a list of flags
gcc $STRICT -O2 -I "$TOP/src" -I "$TOP/test/unit" -I "$TOP/bench" \
	-I "$("$PG_CONFIG" --includedir)" -o "$GAUTH_WORK/policy_core" \
	"$TOP/bench/rounds.c" "$TOP"/bench/policy*.c \
	"$GAUTH_WORK/pure/libgauth.a" \
	-L "$("$PG_CONFIG" --libdir)" -lpq -lsodium -lcrypto -lm

"$psql" -XqAtc 'SELECT version()'
set -- "${1:-41}"
if install_peers; then
	# V8 of Node 20 aborts where it has inlined a call into wasm
	flag=--no-turbo-inline-js-wasm-calls
	node "$flag" -e 0 2>/dev/null || flag=
	peer="exec node $flag $TOP/bench/policy_peer.mjs"
	set -- "$@" "cedar-wasm $(version @cedar-policy/cedar-wasm)" \
		"$peer cedar $workload $GAUTH_WORK/peers" \
		"casbin $(version casbin)" "$peer casbin $workload $GAUTH_WORK/peers"
	say "node $(node --version)"
else
	say 'cedar-wasm and casbin skipped: no npm, or it has no packages'
fi
"$GAUTH_WORK/policy_core" "$@"
