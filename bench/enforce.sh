#!/bin/sh
# enforce.sh: a stateful decision of RFC 0117: the checks alone, JSON in and
# out apart; inside the server with the live mandate, its budget and an
# approval; recorded; and as a round trip against SELECT 1 and a plain INSERT.
#
#	enforce.sh [ROUNDS [SECONDS]]	21 rounds, 3 seconds unless said otherwise
#
# The exit status is 1 when a goal is missed.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools gcc
	run_staged bench/enforce.sh "$@"
fi

seconds=${2:-3}
build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
bin=$("$PG_CONFIG" --bindir)
cat >>"$PGHOST/data/postgresql.conf" <<-END
	fsync = on
END
quietly "$bin/pg_ctl" -D "$PGHOST/data" -l "$PGHOST/log" -w -m fast restart
PGDATABASE=bench
export PGDATABASE
quietly "$bin/psql" -X -q -d postgres -c 'CREATE DATABASE bench'
quietly "$bin/psql" -X -q -c 'CREATE EXTENSION gauth' \
	-c 'CREATE ROLE bench_approver' -f "$TOP/bench/enforce.sql"

# as the server's library is built
optimize='-O2 -fPIC -fwrapv -fno-strict-aliasing -fvisibility=hidden'
# shellcheck disable=SC2086	# a list of flags
build_pure "$GAUTH_WORK/pure" gcc $STRICT $optimize ||
	die 'the pure floors do not compile'
# shellcheck disable=SC2086	# a list of flags
gcc $STRICT -O2 -I "$TOP/src" -I "$TOP/bench" -o "$GAUTH_WORK/enforce_core" \
	"$TOP/bench/rounds.c" "$TOP/bench/enforce_core.c" \
	"$GAUTH_WORK/pure/libgauth.a" -lsodium -lcrypto -lm

"$bin/psql" -XqAtc 'SELECT version()'
missed=0
"$bin/psql" -XqAtc 'SELECT document FROM gauth.mandate' >"$GAUTH_WORK/mandate"
"$bin/psql" -XqAtc 'SELECT request FROM request' >"$GAUTH_WORK/request"
"$GAUTH_WORK/enforce_core" "${1:-21}" "$bin/psql" "$GAUTH_WORK/mandate" \
	"$GAUTH_WORK/request" || missed=1

cd "$GAUTH_WORK"
echo 'SELECT 1;' >one.sql
echo "INSERT INTO plain (body) VALUES ('x');" >plain.sql
echo 'SELECT gauth.enforce(request) FROM request;' >enforce.sql

# milliseconds of one round trip, by the clock on the wall
latency()
{
	"$bin/pgbench" -n -M prepared -c 1 -T "$seconds" -f "$1.sql" 2>/dev/null |
		sed -n 's/^latency average = \([0-9.]*\) ms.*/\1/p'
}

one='' plain='' enforce=''
for round in 1 2 3; do
	one="$one $(latency one)"
	plain="$plain $(latency plain)"
	enforce="$enforce $(latency enforce)"
done
echo "$one;$plain;$enforce" | awk -F';' '
function median(list, v)
{
	split(list, v, " ")
	if (v[1] > v[2]) { t = v[1]; v[1] = v[2]; v[2] = t }
	if (v[2] > v[3]) { t = v[2]; v[2] = v[3]; v[3] = t }
	return v[1] > v[2] ? v[1] : v[2]
}
{
	one = median($1); plain = median($2); enforce = median($3)
	printf "round trips in ms: SELECT 1 %.3f, INSERT %.3f, enforce recorded " \
		"%.3f\n", one, plain, enforce
	printf "enforce recorded, beyond the round trip of a plain INSERT: " \
		"%.3f ms; goal: one such commit more, %s\n", enforce - plain, \
		enforce <= one + 2 * (plain - one) ? "met" : "missed"
	exit enforce > one + 2 * (plain - one)
}' || missed=1
exit "$missed"
