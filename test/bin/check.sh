#!/bin/sh
# check.sh: all tests, from nothing.  Installs what is missing, copies the tree
# to a throw-away directory, runs every lane there.
#
#	check.sh					all lanes
#	check.sh -l LANE [-l LANE]	only these
#
#	lint		floors, layout, exported symbols, names, sizes, rows of the RFCs
#	unit		the pure floors without a server, under ASan and UBSan
#	fuzz		every parser: its corpus, then ten seconds of libFuzzer
#	regress		SQL						isolation	several sessions
#	tap			crash, standby, dump, upgrade, pooling
#	sanitize	regress, isolation and TAP with the server under ASan and UBSan
#
# PGVERSION chooses the server.  A lane without files does not appear.  The
# last line is the sum; the exit status is 0 only if nothing failed.
#
# shellcheck disable=SC2317	# the lanes are called by a composed name
set -eu
. "$(dirname "$0")/lib.sh"

ALL_LANES='lint unit fuzz regress isolation tap sanitize'

usage()
{
	say "usage: check.sh [-l LANE]...    lanes: $ALL_LANES" >&2
	exit 2
}

parse_lanes()
{
	lanes=
	while getopts l: option; do
		case $option in
			l)
				case " $ALL_LANES " in
					*" $OPTARG "*) lanes="$lanes $OPTARG" ;;
					*) usage ;;
				esac
				;;
			*) usage ;;
		esac
	done
	lanes=${lanes:-$ALL_LANES}
}

wanted()
{
	case " $lanes " in *" $1 "*) return 0 ;; esac
	return 1
}

# libFuzzer comes with the clang that the server's own packages bring along
install_fuzzer()
{
	for compiler in /usr/bin/clang-[0-9]*; do
		[ -x "$compiler" ] || continue
		install_optional "libclang-rt-${compiler##*-}-dev"
	done
}

# ---------------------------------------------------------------------------
# the lanes, inside the copy

has_files()
{
	[ -n "$(find "$TOP/$1" -name "$2" 2>/dev/null | head -n 1)" ]
}

built()
{
	[ ! -e "$GAUTH_WORK/built" ] || return 0
	build_extension "$TOP" "$GAUTH_WORK/inst" COPT=-Werror || return 1
	touch "$GAUTH_WORK/built"
}

serving()
{
	built || return 1
	if [ ! -e "$GAUTH_WORK/serving" ]; then
		[ ! -d "$GAUTH_WORK/server" ] || return 1
		start_server server "$GAUTH_WORK/inst" || return 1
		touch "$GAUTH_WORK/serving"
	fi
	PGHOST=$GAUTH_WORK/server
	PGUSER=postgres
	export PGHOST PGUSER
}

lint_one()
{
	lint_status=0
	sh "$TOP/test/lint/$1.sh" ${2:+"$2"} >"$GAUTH_WORK/lint.log" 2>&1 ||
		lint_status=$?
	cat "$GAUTH_WORK/lint.log"
	case $lint_status in
		0) passed=$((passed + 1)) ;;
		"$SKIPPED") skipped=$((skipped + 1)) ;;
		*)
			say "lint $1: failed"
			failed=$((failed + 1))
			;;
	esac
}

lane_lint()
{
	passed=0 failed=0 skipped=0
	for lint in floors indent names readme size spec; do
		lint_one "$lint"
	done
	if has_files src/entry '*.c'; then
		if built; then
			lint_one exports "$TOP/gauth.so"
			lint_one promises "$TOP/gauth.so"
		else
			failed=$((failed + 1))
		fi
	fi
	[ "$skipped" -eq 0 ] && skipped='' || skipped="$skipped skipped"
	summarize "$passed" "$failed" 0 lint "$skipped"
}

lane_unit()
{
	sh "$TOP/test/bin/unit.sh"
}

lane_fuzz()
{
	sh "$TOP/test/bin/fuzz.sh"
}

# a test that is not in the schedule would never run
unscheduled()
{
	for script in "$TOP"/test/sql/*.sql; do
		script=${script##*/}
		grep -qE "^test:.* ${script%.sql}( |\$)" "$TOP/test/schedule" ||
			say "test/sql/$script: not in test/schedule"
	done
}

lane_regress()
{
	forgotten=$(unscheduled)
	if [ -n "$forgotten" ]; then
		say "$forgotten"
		say 'regress: 0 passed, 1 failed'
		return 1
	fi
	serving || { say 'regress: 0 passed, 1 failed'; return 1; }
	run_regress regress "$TOP" ISOLATION= TAP_TESTS=
}

lane_isolation()
{
	serving || { say 'isolation: 0 passed, 1 failed'; return 1; }
	run_regress isolation "$TOP" REGRESS= TAP_TESTS=
}

lane_tap()
{
	built || { say 'tap: 0 passed, 1 failed'; return 1; }
	run_tap tap "$TOP" "$GAUTH_WORK/inst"
}

lane_sanitize()
{
	sh "$TOP/test/bin/sanitize.sh"
}

lane_exists()
{
	case $1 in
		lint) return 0 ;;
		unit) has_files test/unit 'test_*.c' ;;
		fuzz) has_files test/fuzz 'fuzz_*.c' ;;
		regress | sanitize) has_files src/entry '*.c' ;;
		isolation) has_files src/entry '*.c' && has_files test/specs '*.spec' ;;
		tap) has_files src/entry '*.c' && has_files test/t '*.pl' ;;
	esac
}

# a lane's last line is "lane: N passed, N failed[, N skipped]"
run_lane()
{
	log=$GAUTH_WORK/lane_$1.log
	echo 1 >"$GAUTH_WORK/lane_status"
	{
		lane_status=0
		"lane_$1" || lane_status=$?
		echo "$lane_status" >"$GAUTH_WORK/lane_status"
	} 2>&1 | tee "$log"
	lane_status=$(cat "$GAUTH_WORK/lane_status")
	if [ "$lane_status" -eq "$SKIPPED" ]; then
		total_skipped=$((total_skipped + 1))
		return
	fi

	last=$(grep -E "^$1: [0-9]+ passed, [0-9]+ failed" "$log" | tail -n 1)
	# shellcheck disable=SC2046	# up to three numbers
	set -- $(printf '%s' "$last" | tr -c '0-9' ' ')
	lane_failed=${2:-0}
	if [ "$lane_status" -ne 0 ] && [ "$lane_failed" -eq 0 ]; then
		lane_failed=1
	fi
	total_passed=$((total_passed + ${1:-0}))
	total_failed=$((total_failed + lane_failed))
	total_skipped=$((total_skipped + ${3:-0}))
}

run_lanes()
{
	total_passed=0 total_failed=0 total_skipped=0
	cd "$TOP"
	for lane in $lanes; do
		if lane_exists "$lane"; then
			run_lane "$lane"
		fi
	done
	[ "$total_skipped" -eq 0 ] && rest='' || rest=", $total_skipped skipped"
	say "$total_passed passed, $total_failed failed$rest"
	[ "$total_failed" -eq 0 ]
}

parse_lanes "$@"
if [ -n "${GAUTH_WORK:-}" ]; then
	run_lanes
	exit
fi
install_tools libipc-run-perl openssl python3
if wanted lint; then
	install_optional pg-bsd-indent
fi
if wanted tap; then
	install_optional pgbouncer
fi
if wanted fuzz; then
	install_fuzzer
fi
run_staged test/bin/check.sh "$@"
