#!/bin/sh
# fuzz.sh: every parser against its corpus, then against the fuzzer.
#
#	fuzz.sh [-t SECONDS] [NAME...]		all of test/fuzz/fuzz_NAME.c, or these
#
# The corpus of a target is test/fuzz/corpus/NAME/: seeds, and every input that
# ever broke it.  Each target then gets SECONDS (10, or GAUTH_FUZZ_SECONDS) of
# libFuzzer under ASan and UBSan; test/fuzz/NAME.dict is its dictionary if it
# exists.  An input that breaks a target is shown in base64: add it to the
# corpus.  GAUTH_BUILD names a directory that keeps objects and findings.
set -eu
. "$(dirname "$0")/lib.sh"

seconds=${GAUTH_FUZZ_SECONDS:-10}
while getopts t: option; do
	case $option in
		t) seconds=$OPTARG ;;
		*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then
	for target in "$TOP"/test/fuzz/fuzz_*.c; do
		[ -e "$target" ] || { say 'fuzz: no targets'; exit "$SKIPPED"; }
		target=${target##*/fuzz_}
		set -- "$@" "${target%.c}"
	done
fi

build=${GAUTH_BUILD:-}
if [ -z "$build" ]; then
	build=$(mktemp -d)
	trap 'rm -rf "$build"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
fi
mkdir -p "$build"

# a clang that has libFuzzer beside it
find_clang()
{
	printf '%s\n' 'int LLVMFuzzerTestOneInput(const unsigned char *d, long n)' \
		'{ return (void) d, (void) n, 0; }' >"$build/probe.c"
	for candidate in clang $(find /usr/bin -name 'clang-[0-9]*' | sort -rV); do
		if "$candidate" -fsanitize=fuzzer -o "$build/probe" "$build/probe.c" \
			>/dev/null 2>&1
		then
			say "$candidate"
			return
		fi
	done
}

clang=$(find_clang)
if [ -z "$clang" ]; then
	say 'fuzz: skipped (no clang with libFuzzer)'
	exit "$SKIPPED"
fi

checks='-fno-sanitize-recover=all -g -O1 -fno-omit-frame-pointer'
# clang has no -Wshadow=local, and -Wvla is the compiler's own lane
warnings='-std=gnu11 -Wall -Wextra'
# shellcheck disable=SC2086	# lists of flags
build_pure "$build/fuzz" "$clang" $warnings $checks \
	-fsanitize=fuzzer-no-link,address,undefined ||
	{ say 'fuzz: 0 passed, 1 failed'; exit 1; }

fuzz_target()
{
	name=$1
	program=$build/fuzz_$name
	log=$build/fuzz_$name.log
	corpus=$TOP/test/fuzz/corpus/$name
	mkdir -p "$build/corpus_$name" "$build/found_$name"
	# shellcheck disable=SC2086	# lists of flags
	"$clang" $warnings $checks -fsanitize=fuzzer,address,undefined \
		-I "$TOP/src" -I "$TOP/test/fuzz" -o "$program" \
		"$TOP/test/fuzz/fuzz_$name.c" "$build/fuzz/libgauth.a" \
		-lsodium -lcrypto -lm >"$log" 2>&1 || { cat "$log"; return 1; }

	seeds=0
	set -- "$build/corpus_$name"
	if [ -d "$corpus" ]; then
		seeds=$(find "$corpus" -type f | wc -l)
		set -- "$@" "$corpus"
		"$program" -runs=0 -timeout=10 -artifact_prefix="$build/found_$name/" \
			"$corpus" >"$log" 2>&1 || { show_finding; return 1; }
	fi
	[ ! -e "$TOP/test/fuzz/$name.dict" ] ||
		set -- "$@" -dict="$TOP/test/fuzz/$name.dict"
	"$program" "$@" -max_total_time="$seconds" -timeout=10 -max_len=65536 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/found_$name/" >"$log" 2>&1 ||
		{ show_finding; return 1; }
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	say "$name: $seconds s, $seeds seeds, $runs inputs"
}

show_finding()
{
	tail -n 60 "$log"
	for finding in "$build/found_$name"/*; do
		[ -e "$finding" ] || continue
		say "$name: ${finding##*/}"
		head -c 4096 "$finding" | base64
	done
}

passed=0 failed=0
for target; do
	if fuzz_target "$target"; then
		passed=$((passed + 1))
	else
		say "$target: failed"
		failed=$((failed + 1))
	fi
done
summarize "$passed" "$failed" 0 fuzz
