#!/bin/sh
# unit.sh: the unit tests of the pure floors, under ASan and UBSan, without a
# server.
#
#	unit.sh [NAME...]		all programs test/unit/test_NAME.c, or these
#
# GAUTH_BUILD names a directory that keeps the objects for the next run.  The
# last line is the sum of what the programs counted.
set -eu
. "$(dirname "$0")/lib.sh"

absolute_inputs
build=${GAUTH_BUILD:-}
if [ -z "$build" ]; then
	build=$(mktemp -d)
	trap 'rm -rf "$build"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
fi
mkdir -p "$build"
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
flags="$STRICT -Werror -g -O1 -fno-omit-frame-pointer $sanitize"
UBSAN_OPTIONS=print_stacktrace=1
export UBSAN_OPTIONS

if [ $# -eq 0 ]; then
	for program in "$TOP"/test/unit/test_*.c; do
		[ -e "$program" ] || { say 'unit: no tests'; exit "$SKIPPED"; }
		program=${program##*/test_}
		set -- "$@" "${program%.c}"
	done
fi

# shellcheck disable=SC2086	# a list of flags
build_pure "$build/unit" gcc $flags || { say 'unit: 0 passed, 1 failed'; exit 1; }

# what several programs share
helpers=$(find "$TOP/test/unit" -name '*.c' ! -name 'test_*')

run_program()
{
	# shellcheck disable=SC2086	# lists of flags and files
	gcc $flags -I "$TOP/src" -I "$TOP/test/unit" -o "$build/test_$1" \
		"$TOP/test/unit/test_$1.c" $helpers "$build/unit/libgauth.a" \
		-lsodium -lcrypto -lm &&
		(cd "$TOP" && "$build/test_$1")
}

passed=0 failed=0 skipped=0
for name; do
	status=0
	run_program "$name" >"$build/$name.log" 2>&1 || status=$?
	cat "$build/$name.log"
	counts=$(sed -n 's/^[^:]*: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' \
		"$build/$name.log" | tail -n 1)
	counts=${counts:-0 0}
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
	skipped=$((skipped + $(grep -c ': skipped' "$build/$name.log" || :)))
	if [ "$status" -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
		say "$name: ended with status $status"
		failed=$((failed + 1))
	fi
done
[ "$skipped" -eq 0 ] && skipped='' || skipped="$skipped skipped"
summarize "$passed" "$failed" 0 unit "$skipped"
