#!/bin/sh
# cover.sh: which lines the unit tests and the regression tests together have
# run: one line per source file, the worst first, then the sum.
#
# One build serves both: the objects of the extension are linked into the unit
# tests too, so that their counters add up.
set -eu
. "$(dirname "$0")/lib.sh"

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools openssl
	run_staged test/bin/cover.sh "$@"
fi

cd "$TOP"
build_extension "$TOP" "$GAUTH_WORK/inst" 'SANFLAGS=--coverage -O0'

objects=$(pure_sources | sed 's/\.c$/.o/')
for program in test/unit/test_*.c; do
	[ -e "$program" ] || continue
	name=$(basename "$program" .c)
	# shellcheck disable=SC2046,SC2086	# lists of files
	gcc -std=gnu11 -g --coverage -I src -I test/unit \
		-o "$GAUTH_WORK/$name" "$program" \
		$(find test/unit -name '*.c' ! -name 'test_*') $objects \
		-lsodium -lcrypto -lm
	"$GAUTH_WORK/$name" | tail -n 1
done

start_server server "$GAUTH_WORK/inst"
run_regress regress "$TOP" 'SANFLAGS=--coverage -O0' ISOLATION= TAP_TESTS= || :
stop_server server

find src -name '*.gcda' | sort | xargs gcov -n 2>/dev/null | awk '
/^File / { file = $2; gsub(/\047/, "", file) }
/^Lines executed:/ && file ~ /^src\/.*\.c$/ {
	split($0, part, /[:% ]+/)
	percent = part[3]
	lines = part[5]
	run[file] = percent * lines / 100
	all[file] = lines
	file = ""
}
END {
	for (file in all)
	{
		printf "%6.2f %% of %5d  %s\n", 100 * run[file] / all[file], all[file], file
		total += all[file]
		covered += run[file]
	}
	if (total > 0)
		printf "%6.2f %% of %5d  ~ all\n", 100 * covered / total, total
}' | sort -k4,4 -k1,1n | sort -s -k1,1n
