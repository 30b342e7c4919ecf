#!/bin/sh
# ledger.sh: what an entry of the ledger costs, against a plain INSERT of the
# same row into a table of the same columns and indexes, at 1 to 16 clients,
# synchronous_commit on, with the sealer running; a denial that is durable
# before it is answered; how soon an entry is sealed; how fast it is verified.
#
#	ledger.sh [ROUNDS [SECONDS]]	5 rounds of 2 seconds unless said otherwise
#
# The exit status is 1 when a goal is missed.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)
CLIENTS='1 2 4 8 16'

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools gcc
	run_staged bench/ledger.sh "$@"
fi

rounds=${1:-5}
seconds=${2:-2}
missed=0

miss()
{
	say "missed: $1"
	missed=1
}

build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
psql=$("$PG_CONFIG" --bindir)/psql
pgbench=$("$PG_CONFIG" --bindir)/pgbench
cat >>"$PGHOST/data/postgresql.conf" <<-END
	fsync = on
	shared_buffers = 1GB
	track_commit_timestamp = on
	max_wal_size = 8GB
	checkpoint_timeout = 1h
END
quietly "$("$PG_CONFIG" --bindir)/pg_ctl" -D "$PGHOST/data" -l "$PGHOST/log" \
	-w -m fast restart
PGDATABASE=bench
export PGDATABASE
quietly "$psql" -X -q -d postgres -c 'CREATE DATABASE bench'
quietly "$psql" -X -q -c 'CREATE EXTENSION gauth' -f "$TOP/bench/ledger.sql"

cd "$GAUTH_WORK"
payload='{"order": 4711, "amount": 120, "currency": "EUR", "region": "north"}'
cat >plain.sql <<END
\\set number random(1, 1000000000)
INSERT INTO plain VALUES (1, 0, pg_current_xact_id(), :client_id, :number,
	clock_timestamp(), 1, 'app.order', 'order.placed', NULL, NULL, NULL, NULL,
	NULL, NULL, 'postgres', 'order-' || :number, '$payload',
	'\\x00112233445566778899aabbccddeeff', NULL,
	'\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff');
END
cat >entry.sql <<END
\\set number random(1, 1000000000)
SELECT gauth.audit_append('order', 'order.placed', 'order-' || :number,
	'$payload');
END
cat >denial.sql <<'END'
\set number random(1, 1000000000)
SELECT gauth.decide('User::"u"', 'Action::"use"',
	'Thing::"' || :number || '"', store => 'bench');
END

# rate CONTENDER CLIENTS: transactions in a second
rate()
{
	"$pgbench" -n -M prepared -c "$2" -j "$2" -T "$seconds" \
		-f "${1%-again}.sql" 2>pgbench.err |
		sed -n 's/^tps = \([0-9.]*\).*/\1/p'
	grep -v '^pgbench (' pgbench.err >&2 || :
}

# who begins a round changes
order()
{
	case $(($1 % 2)) in
		0) say plain entry denial plain-again ;;
		*) say plain-again denial entry plain ;;
	esac
}

"$psql" -XqAtc 'SELECT version()'
say "$rounds rounds of $seconds seconds, $(processors) processors"
for contender in plain entry denial; do
	rate "$contender" 4 >warm
done
for round in $(seq "$rounds"); do
	for clients in $CLIENTS; do
		for contender in $(order "$round"); do
			say "$round $clients $contender $(rate "$contender" "$clients")"
		done
	done
done >rates
awk -f "$TOP/bench/ledger.awk" rates || missed=1

# from the commit of an entry to that of the batch that seals it, under load
before=$("$psql" -XqAtc 'SELECT pg_current_xact_id()')
quietly "$pgbench" -n -M prepared -c 4 -j 4 -T 5 -R 1000 -f entry.sql
sleep 1
"$psql" -XqAt -v before="$before" <<'END' >sealed
WITH batch AS MATERIALIZED (
	SELECT snapshot_xmax, snapshot_xip, batch,
		   pg_xact_commit_timestamp(xmin) AS committed_at
	FROM gauth.seal_batch
	WHERE snapshot_xmax > :'before'
), sample AS MATERIALIZED (
	SELECT xid, pg_xact_commit_timestamp(xmin) AS committed_at
	FROM gauth.entry
	WHERE xid > :'before'
	AND random() < 0.3
), delay AS (
	SELECT extract(epoch FROM (
			   SELECT b.committed_at
			   FROM batch b
			   WHERE s.xid < b.snapshot_xmax
			   AND s.xid <> ALL (b.snapshot_xip)
			   ORDER BY b.batch
			   LIMIT 1
		   ) - s.committed_at) * 1000 AS ms
	FROM sample s
)
SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric),
	   round(percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)::numeric),
	   count(ms), count(*) - count(ms)
FROM delay
END
IFS='|' read -r p50 p99 sample unsealed <sealed
say "sealed after: p50 $p50 ms, p99 $p99 ms ($sample entries at 1000/s)"
[ "$unsealed" -eq 0 ] || miss "$unsealed entries are not sealed"
[ "$p99" -lt 150 ] || miss 'sealed after less than 150 ms (p99)'

# one session, by the time of its process; the second run counts
verify()
{
	"$psql" -XqAt -c 'SET max_parallel_workers_per_gather = 0' \
		-c 'SET client_min_messages = log' -c 'SET log_statement_stats = on' \
		-c 'SELECT count(*) FROM gauth.audit_verify()' 2>&1 |
		sed -n -e 's/^\([0-9]*\)$/findings \1/p' \
			-e 's/^!.*[^0-9.]\([0-9.]*\) s user, \([0-9.]*\) s system, .*/cpu \1 \2/p'
}
verify >warm
verify >verified
grep -qx 'findings 0' verified || die 'the ledger does not verify'
entries=$("$psql" -XqAtc 'SELECT size FROM gauth.audit_root()')
speed=$(awk -v entries="$entries" \
	'$1 == "cpu" { printf "%d", entries / ($2 + $3) }' verified)
say "verified: $speed entries/s by one processor ($entries entries)"
[ "$speed" -ge 1500000 ] || miss '1500000 entries/s'
exit "$missed"
