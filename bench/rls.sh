#!/bin/sh
# rls.sh: what row-level security costs that asks gauth who reads, against the
# same policy with a constant; one million rows, a role that owns nothing.
#
#	rls.sh [ROUNDS]		41 unless said otherwise
#
# The exit status is 1 when a goal is missed.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools gcc
	run_staged bench/rls.sh "$@"
fi

build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
psql=$("$PG_CONFIG" --bindir)/psql
PGDATABASE=bench
export PGDATABASE
quietly "$psql" -X -q -d postgres -c 'CREATE DATABASE bench'
quietly "$psql" -X -q -c 'CREATE EXTENSION gauth'
quietly "$psql" -X -q -f "$TOP/bench/rls.sql"
"$psql" -XqAt -c "SELECT token FROM gauth.issue_token(
	'https://issuer.example', 'user-000042', ARRAY['https://orders.example'],
	'1 hour', 'orders:read orders:write', '{\"tenant\": \"tenant-042\"}')" \
	>"$GAUTH_WORK/token"

# shellcheck disable=SC2086	# a list of flags
gcc $STRICT -O2 -I "$TOP/bench" -o "$GAUTH_WORK/rls_core" \
	"$TOP/bench/rounds.c" "$TOP/bench/rls_core.c"
"$psql" -XqAtc 'SELECT version()'
"$GAUTH_WORK/rls_core" "${1:-41}" "$psql" "$GAUTH_WORK/token"
