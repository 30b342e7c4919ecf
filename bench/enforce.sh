#!/bin/sh
# enforce.sh: a stateful decision of RFC 0117: the checks alone, JSON in and
# out apart; inside the server with the live mandate, its budget and an
# approval; and as a round trip, where what it costs to record a decision is
# held against the commit of a plain INSERT.
#
#	enforce.sh [ROUNDS [SECONDS]]	21 rounds, 1 second unless said otherwise
#
# The exit status is 1 when a goal is missed.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools gcc
	run_staged bench/enforce.sh "$@"
fi

seconds=${2:-1}
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
echo 'SELECT gauth.enforce(request) FROM request;' >enforce.sql
echo "SELECT gauth.audit_append('bench', 'modify', 'src/main.c');" >append.sql

# the row of a decision, by a statement that is busy for some time before
busy_insert()
{
	cat <<-END
		INSERT INTO plain SELECT 1, 1, pg_current_xact_id(), 1,
			nextval('plain_number'), clock_timestamp(), 1, 'enforce',
			'urn.gauth.verb.core.file.modify', 'ALL_CHECKS_PASSED',
			'mdt_00000000-0000-0000-0000-000000000000', NULL, NULL, NULL,
			'agent', 'postgres', 'src/main.c', '{"request_id": "bench",
			"mode": "stateful", "violations": [], "constraints": []}',
			'\\x00112233445566778899aabbccddeeff', NULL,
			'\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
		FROM (SELECT count(*) FROM generate_series(1, $1)) busy;
	END
}
busy_insert 0 >plain.sql
busy_insert 5000 >long.sql

# milliseconds of one round trip, by the clock on the wall; "off": without
# waiting for the disk
latency()
{
	PGOPTIONS="-c synchronous_commit=$2" "$bin/pgbench" -n -M prepared -c 1 \
		-T "$seconds" -f "$1.sql" 2>/dev/null |
		sed -n 's/^latency average = \([0-9.]*\) ms.*/\1/p'
}

# a disk that is asked again at once answers faster: so the INSERT that is
# compared has to take as long as the decision, before it waits
number=$(say "$(latency enforce off) $(latency plain off) $(latency long off)" |
	awk '{ printf "%d", ($1 > $2) * 5000 * ($1 - $2) / ($3 - $2) }')
busy_insert "$number" >busy.sql

for round in 1 2 3 4 5; do
	for contender in one plain append enforce busy; do
		for wait in off on; do
			say "$contender $wait $(latency "$contender" "$wait")"
		done
	done
done >latencies
awk -f "$TOP/bench/enforce.awk" latencies || missed=1
exit "$missed"
