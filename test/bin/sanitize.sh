#!/bin/sh
# sanitize.sh: the tests with the extension under ASan and UBSan inside an
# ordinary server.
#
# The runtimes are preloaded into the server alone, behind an object that
# starts ASan first (test/fault/asan_first.c tells why).  Assertions are on in
# our code.  -fno-wrapv undoes a flag of the server without which signed
# overflow is not seen.  ASan writes its reports to files, UBSan to the
# server's log: a report anywhere fails the lane, whatever the tests say.
#
# ASan does not see inside palloc: only stack, globals, malloc.
set -eu
. "$(dirname "$0")/lib.sh"

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools libipc-run-perl openssl python3
	run_staged test/bin/sanitize.sh "$@"
fi

home=$GAUTH_WORK/sanitize
tree=$home/tree
mkdir "$home"
mkdir "$home/reports"
copy_tree "$TOP" "$tree"

fail()
{
	say 'sanitize: 0 passed, 1 failed'
	exit 1
}

runtime()
{
	readlink -f "$(gcc -print-file-name="$1")"
}

flags='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
flags="$flags -fno-wrapv -g -O1 -fno-omit-frame-pointer"
build_extension "$tree" "$home/inst" "SANFLAGS=$flags -DUSE_ASSERT_CHECKING" ||
	fail
gcc -shared -fPIC -Wl,-z,initfirst -o "$home/asan_first.so" \
	"$tree/test/fault/asan_first.c" || fail
preload="$(runtime libasan.so) $home/asan_first.so $(runtime libubsan.so)"

ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1
ASAN_OPTIONS=$ASAN_OPTIONS:disable_coredump=0:log_path=$home/reports/asan
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
start_server sanitize/server "$home/inst" "LD_PRELOAD=$preload" || fail

passed=0 failed=0

# add_counts LANE: what a run wrote as its last line
add_counts()
{
	cat "$home/$1.out"
	# shellcheck disable=SC2046	# two numbers
	set -- $(tail -n 1 "$home/$1.out" | sed 's/^[^:]*://' | tr -c '0-9' ' ')
	passed=$((passed + ${1:-0}))
	failed=$((failed + ${2:-1}))
}

run_regress 'regress, sanitized' "$tree" ISOLATION= TAP_TESTS= \
	>"$home/regress.out" || :
add_counts regress
if [ -n "$(find "$tree/test/specs" -name '*.spec')" ]; then
	run_regress 'isolation, sanitized' "$tree" REGRESS= TAP_TESTS= \
		>"$home/isolation.out" || :
	add_counts isolation
fi
if [ -n "$(find "$tree/test/t" -name '*.pl')" ]; then
	GAUTH_PRELOAD=$preload run_tap 'tap, sanitized' "$tree" "$home/inst" \
		>"$home/tap.out" || :
	add_counts tap
fi
stop_server sanitize/server || failed=$((failed + 1))

logs=$(find "$home/server/log" "$tree/tmp_check/log" -type f \
	! -name 'regress_log_*' 2>/dev/null || :)
# shellcheck disable=SC2086	# a list of files
{
	find "$home/reports" -type f -exec cat {} +
	grep -hE -A 20 'runtime error:|AddressSanitizer|TRAP:' $logs || :
} >"$home/findings"
if [ -s "$home/findings" ]; then
	head -n 200 "$home/findings"
	failed=$((failed + 1))
fi
summarize "$passed" "$failed" 0 sanitize
