#!/bin/sh
# floors.sh: an include points to the same floor or down, and everything below
# store/ is pure C.  Prints what is wrong; exit status 1 if anything is.
#
#	includes	ours point down; no server header below store/; OpenSSL and
#				libsodium in crypto/ only
#	headers		every one compiles alone
#	objects		below store/ no clock, no randomness, no server function, and
#				(but for crypto/) no variable
#
# shellcheck disable=SC2016	# awk has variables of its own
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=$scratch/failures
: >"$failures"

pg_config=${PG_CONFIG:-pg_config}
server=$("$pg_config" --includedir-server 2>/dev/null || :)

find src -name '*.[ch]' | sort | xargs awk '
BEGIN {
	split("base=0 crypto=1 token=2 ledger=2 limit=2 poa=3 policy=3 " \
		  "decision=4 oauth=4 store=5 entry=6", pairs, " ")
	for (i in pairs)
	{
		split(pairs[i], pair, "=")
		floor[pair[1]] = pair[2]
	}
	split("assert ctype errno float inttypes limits math stdalign stdarg " \
		  "stdbool stddef stdint stdio stdlib string strings", names, " ")
	for (i in names)
		pure[names[i] ".h"] = 1
}
function complain(what)
{
	printf "%s:%d: %s: %s\n", FILENAME, FNR, what, header
}
FNR == 1 {
	split(FILENAME, path, "/")
	here = path[2]
	if (!(here in floor))
		print FILENAME ": not on a floor"
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	ours = $0 ~ /include[ \t]*"/
	room = header
	sub(/\/.*/, "", room)
	if (header ~ /^(openssl\/|sodium[.\/])/)
	{
		if (here != "crypto")
			complain("a library header outside crypto/")
	}
	else if (ours && room in floor && room != header &&
			 system("test -e src/" header) == 0)
	{
		if (floor[room] > floor[here])
			complain("an include that points up")
	}
	else if (floor[here] < floor["store"] && (ours || !(header in pure)))
		complain("neither ours nor of the C language")
}' >>"$failures"

# a header may lean on the server only where the server is known
find src -name '*.h' | sort | while read -r header; do
	case $header in
		src/store/* | src/entry/*)
			[ -n "$server" ] || continue
			before='#include "postgres.h"' ;;
		*) before='' ;;
	esac
	printf '%s\n#include "%s"\n' "$before" "${header#src/}" |
		gcc -std=gnu11 -Wall -Wextra -Wno-unused-parameter \
			-Wno-sign-compare -Werror -fsyntax-only -I src \
			${server:+-I "$server"} -x c - >"$scratch/log" 2>&1 || {
		echo "$header: does not compile alone"
		head -n 5 "$scratch/log"
	}
done >>"$failures"

clock='time|gettimeofday|clock|clock_gettime|timespec_get'
chance='rand|srand|random|srandom|getrandom|getentropy|RAND_[a-z_]*|randombytes[a-z_]*'
server_names='palloc[a-z0-9_]*|pfree|errstart[a-z_]*|errfinish|CurrentMemoryContext'
find src/base src/crypto src/token src/ledger src/limit src/poa src/policy \
	src/decision src/oauth -name '*.c' 2>/dev/null | sort |
while read -r source; do
	object=$scratch/object.o
	# one that does not compile is told by the compiler's own lane
	gcc -std=gnu11 -w -O1 -fPIC -I src -c -o "$object" "$source" \
		>/dev/null 2>&1 || continue
	nm -u "$object" | awk '{ print $2 }' |
		grep -xE "$clock|$chance|$server_names" |
		sed "s|^|$source: calls |" || :
	case $source in src/crypto/*) continue ;; esac
	nm "$object" | awk '$2 ~ /^[bBC]$/ { print $3 }' |
		sed "s|^|$source: holds the variable |"
	# constant tables with addresses in them are .data.rel.ro
	size -A "$object" | awk -v source="$source" '
		($1 == ".data" || $1 ~ /^\.data\.rel(\.local)?$/) && $2 > 0 {
			print source ": holds a variable in " $1 }'
done >>"$failures"

cat "$failures"
[ ! -s "$failures" ]
