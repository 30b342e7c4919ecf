#!/bin/sh
# enforce.sh: a stateful decision of RFC 0117: the checks alone, JSON in and
# out apart; inside the server with the live mandate, its budget and an
# approval; recorded, against a plain INSERT; and as a round trip.
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

# what the record adds, inside the server: its row and the wait for the disk
"$bin/psql" -XqAt -F ' ' -c 'CALL commit_times(2000)' \
	-c 'TRUNCATE plain' -c 'CALL commit_times(5000)' |
	tail -n 1 | awk '{
		ratio = $1 / ($3 + $4)
		printf "after a commit: gauth.enforce %.0f us, its commit %.0f, an " \
			"entry %.0f, INSERT of the same row with its commit %.0f\n",
			$2, $3, $4, $1
		printf "recorded: a plain commit is %.2f of the entry and its " \
			"commit, goal 0.90, %s\n", ratio, ratio < 0.9 ? "missed" : "met"
		exit ratio < 0.9
	}' || missed=1

# a round trip in milliseconds, by the clock on the wall
cd "$GAUTH_WORK"
echo 'SELECT 1;' >one.sql
echo 'SELECT gauth.enforce(:request);' >enforce.sql
latency()
{
	"$bin/pgbench" -n -M prepared -c 1 -T "$seconds" \
		-D "request=$(cat request)" -f "$1.sql" 2>/dev/null |
		sed -n 's/^latency average = \([0-9.]*\) ms.*/\1/p'
}
say "round trips in ms: SELECT 1 $(latency one)," \
	"enforce recorded $(latency enforce)"
exit "$missed"
