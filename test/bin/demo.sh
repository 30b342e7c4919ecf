#!/bin/sh
# demo.sh: the main job, from nothing.  Installs what is missing, builds, starts
# a throw-away server and shows test/demo.sql with what the server answers.
#
# The tokens of the demo are not made by gauth: test/demo/prepare.sh makes them
# with the openssl program, in a directory that it is given, and prints them as
# psql variables (\set name 'value').
set -eu
. "$(dirname "$0")/lib.sh"

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools openssl
	run_staged test/bin/demo.sh "$@"
fi

cd "$TOP"
build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
psql=$("$PG_CONFIG" --bindir)/psql
PGCLIENTENCODING=UTF8
PGDATABASE=demo
export PGCLIENTENCODING PGDATABASE
quietly "$psql" -X -q -d postgres -c 'CREATE DATABASE demo'

: >"$GAUTH_WORK/variables.sql"
if [ -e test/demo/prepare.sh ]; then
	mkdir "$GAUTH_WORK/demo"
	sh test/demo/prepare.sh "$GAUTH_WORK/demo" >"$GAUTH_WORK/variables.sql"
fi
"$psql" -X -q -v ON_ERROR_STOP=1 -P pager=off -P null='(null)' \
	-f "$GAUTH_WORK/variables.sql" -f test/demo.sql 2>&1
