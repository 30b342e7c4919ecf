#!/bin/sh
# exports.sh GAUTH.SO: the server loads libraries into one name space, so only
# what it looks for may leave ours.
set -eu
symbols=$(nm -D --defined-only "$1" | awk '{ print $3 }')
strangers=$(printf '%s\n' "$symbols" |
	grep -vE '^(_PG_init|Pg_magic_func|(pg_finfo_)?gauth_sql_[a-z0-9_]+|gauth_[a-z]+_main)$' || :)
[ -n "$strangers" ] || exit 0
printf '%s\n' "$strangers" | sed 's/$/: leaves the library/'
exit 1
