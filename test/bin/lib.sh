# shellcheck shell=sh
# lib.sh: what demo.sh, check.sh and the lanes share.  Sourced, never run.
#
# A script that needs a server runs twice: first in the checkout, as whoever
# called it, where it installs what is missing and calls run_staged; then in a
# throw-away copy of the tree, as user postgres if the caller was root, with
# GAUTH_WORK naming the directory that holds the copy and everything it makes.
# The checkout stays clean, nothing is written to the system's directories, and
# nothing is left when the script ends.  GAUTH_KEEP=1 keeps the directory.
#
# shellcheck disable=SC2034	# the scripts that source this use what it sets

TOP=$(cd "$(dirname "$0")/../.." && pwd)
PURE_FLOORS='base crypto token ledger limit poa policy decision oauth'
STRICT='-std=gnu11 -Wall -Wextra -Wmissing-declarations -Wshadow=local -Wvla'
SKIPPED=77

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

processors()
{
	nproc 2>/dev/null || echo 2
}

# the folders of vectors and corpora, seen from the checkout
absolute_inputs()
{
	GAUTH_VECTORS=$(cd "$TOP" && realpath -m "${GAUTH_VECTORS:-../shared/vectors}")
	GAUTH_CORPORA=$(cd "$TOP" && realpath -m "${GAUTH_CORPORA:-../shared/corpora}")
	export GAUTH_VECTORS GAUTH_CORPORA
}

# ---------------------------------------------------------------------------
# packages

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root or sudo is needed for: $*"
	fi
}

refresh_packages()
{
	[ -z "${packages_fresh:-}" ] || return 0
	command -v apt-get >/dev/null || die 'apt-get is needed to install packages'
	as_root apt-get -qq update || die 'apt-get update failed'
	packages_fresh=1
}

missing_packages()
{
	for package; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q ' installed$' || printf '%s ' "$package"
	done
}

# install_packages PACKAGE...: those that are missing
install_packages()
{
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	refresh_packages
	say "installing: $missing"
	apt_log=$(mktemp)
	# shellcheck disable=SC2086	# a list of words
	if as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
		--no-install-recommends $missing >"$apt_log" 2>&1
	then
		rm -f "$apt_log"
		return 0
	fi
	cat "$apt_log" >&2
	rm -f "$apt_log"
	return 1
}

# install_optional PACKAGE...: what a lane can do without
install_optional()
{
	for package; do
		[ -n "$(missing_packages "$package")" ] || continue
		refresh_packages
		apt-cache show "$package" >/dev/null 2>&1 || continue
		install_packages "$package" || say "without $package"
	done
}

packaged_major()
{
	apt-cache depends postgresql 2>/dev/null |
		sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1
}

# install_tools PACKAGE...: a server, a compiler and these; sets PGVERSION and
# PG_CONFIG
install_tools()
{
	if [ -z "${PGVERSION:-}" ]; then
		PGVERSION=$(packaged_major)
		if [ -z "$PGVERSION" ]; then
			refresh_packages
			PGVERSION=$(packaged_major)
		fi
		[ -n "$PGVERSION" ] || die 'no package postgresql: set PGVERSION'
	fi
	install_packages "postgresql-$PGVERSION" "postgresql-server-dev-$PGVERSION" \
		make gcc libc6-dev libssl-dev libsodium-dev "$@" ||
		die 'packages could not be installed'
	PG_CONFIG=/usr/lib/postgresql/$PGVERSION/bin/pg_config
	[ -x "$PG_CONFIG" ] || die "no $PG_CONFIG"
	export PGVERSION PG_CONFIG
}

# ---------------------------------------------------------------------------
# the throw-away copy

# a pid file may outlive its server and its number may have a new owner
stop_servers()
{
	find "$GAUTH_WORK" -name postmaster.pid 2>/dev/null |
	while read -r pid_file; do
		pid=$(head -n 1 "$pid_file" 2>/dev/null) || continue
		[ "$(readlink "/proc/$pid/cwd")" = "${pid_file%/*}" ] || continue
		kill -QUIT "$pid" 2>/dev/null || continue
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.2
		done
	done
}

clean_up()
{
	trap '' HUP INT TERM
	set +e
	if [ -n "${staged_child:-}" ]; then
		kill -TERM -- "-$staged_child" 2>/dev/null
		wait "$staged_child"
	fi
	stop_servers
	if [ -n "${GAUTH_KEEP:-}" ]; then
		say "kept: $GAUTH_WORK"
	else
		rm -rf "$GAUTH_WORK"
	fi
}

copy_tree()
{
	mkdir -p "$2"
	tar -C "$1" --exclude=./.git --exclude='*.o' --exclude='*.so' \
		--exclude='*.bc' --exclude='./sql/gauth--*.sql' --exclude=./results \
		--exclude=./output_iso --exclude='./tmp_check*' -cf - . |
		tar -C "$2" --no-same-owner -xf -
}

# the unprivileged user may not be allowed to look where the caller can
lend_inputs()
{
	for input in "$GAUTH_VECTORS" "$GAUTH_CORPORA"; do
		[ -d "$input" ] || continue
		runuser -u postgres -- test -r "$input" && continue
		cp -R "$input" "$GAUTH_WORK/${input##*/}"
	done
	[ ! -d "$GAUTH_WORK/${GAUTH_VECTORS##*/}" ] ||
		GAUTH_VECTORS=$GAUTH_WORK/${GAUTH_VECTORS##*/}
	[ ! -d "$GAUTH_WORK/${GAUTH_CORPORA##*/}" ] ||
		GAUTH_CORPORA=$GAUTH_WORK/${GAUTH_CORPORA##*/}
}

# run_staged SCRIPT ARGUMENT...: run SCRIPT of a copy of the checkout
run_staged()
{
	GAUTH_WORK=$(mktemp -d "${TMPDIR:-/tmp}/gauth.XXXXXX")
	GAUTH_WORK=$(realpath "$GAUTH_WORK")
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	absolute_inputs
	copy_tree "$TOP" "$GAUTH_WORK/tree"
	mkdir "$GAUTH_WORK/tmp"

	# what the caller's shell says about other servers is not for ours
	for name in $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p'); do
		case $name in PGVERSION) ;; *) unset "$name" ;; esac
	done
	unset MAKEFLAGS MAKELEVEL LD_PRELOAD LANGUAGE
	staged_script=$1
	shift
	set -- sh "$GAUTH_WORK/tree/$staged_script" "$@"
	if [ "$(id -u)" -eq 0 ]; then
		lend_inputs
		chown -hR postgres: "$GAUTH_WORK"
		set -- runuser -u postgres -- "$@"
	fi
	HOME=$GAUTH_WORK
	TMPDIR=$GAUTH_WORK/tmp
	LC_ALL=C
	export GAUTH_WORK HOME TMPDIR LC_ALL

	# a process group of its own: it can be ended whole
	cd "$GAUTH_WORK" || exit 1
	setsid "$@" &
	staged_child=$!
	staged_status=0
	wait "$staged_child" || staged_status=$?
	staged_child=
	exit "$staged_status"
}

# ---------------------------------------------------------------------------
# inside the copy: build, serve, count

# run quietly; show what was said only if it failed
quietly()
{
	if ! "$@" >"$GAUTH_WORK/quiet.log" 2>&1; then
		cat "$GAUTH_WORK/quiet.log"
		return 1
	fi
}

# build_extension TREE DESTDIR MAKE-ARGUMENT...
build_extension()
{
	build_tree=$1
	build_destdir=$2
	shift 2
	quietly make -C "$build_tree" -s -j"$(processors)" PG_CONFIG="$PG_CONFIG" "$@" &&
		quietly make -C "$build_tree" -s PG_CONFIG="$PG_CONFIG" "$@" \
			DESTDIR="$build_destdir" install
}

# extension_settings DESTDIR: where a server finds what was installed there;
# Debian's servers had a setting of their own before PostgreSQL 18 got one
extension_settings()
{
	if [ "$PGVERSION" -ge 18 ]; then
		say "extension_control_path = '$1$("$PG_CONFIG" --sharedir):\$system'"
	else
		say "extension_destdir = '$1'"
	fi
	say "dynamic_library_path = '$1$("$PG_CONFIG" --pkglibdir):\$libdir'"
}

# start_server NAME DESTDIR [VARIABLE=VALUE...]: only reachable by its socket;
# the variables are in the server's environment alone
start_server()
{
	server_home=$GAUTH_WORK/$1
	server_destdir=$2
	shift 2
	mkdir "$server_home"
	quietly "$("$PG_CONFIG" --bindir)/initdb" -D "$server_home/data" \
		-U postgres -A trust --no-locale -E UTF8 --no-sync || return 1
	cat >>"$server_home/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$server_home'
		fsync = off
		max_prepared_transactions = 10
		$(extension_settings "$server_destdir")
	END
	quietly env "$@" "$("$PG_CONFIG" --bindir)/pg_ctl" -D "$server_home/data" \
		-l "$server_home/log" -w start || {
		cat "$server_home/log"
		return 1
	}
	PGHOST=$server_home
	PGUSER=postgres
	export PGHOST PGUSER
}

stop_server()
{
	quietly "$("$PG_CONFIG" --bindir)/pg_ctl" -D "$GAUTH_WORK/$1/data" -m fast stop
}

# failed_or_all PASSED FAILED STATUS LANE: a lane's last line; a lane that
# failed has at least one failure, and one that counted nothing did not pass
summarize()
{
	summary_failed=$2
	if [ "$2" -eq 0 ] && { [ "$3" -ne 0 ] || [ "$1" -eq 0 ]; }; then
		summary_failed=1
	fi
	say "$4: $1 passed, $summary_failed failed${5:+, $5}"
	[ "$summary_failed" -eq 0 ]
}

# "passed failed" out of what pg_regress said
regress_counts()
{
	sed -n -e 's/^#* *All \([0-9]*\) tests passed.*/\1 0/p' \
		-e 's/^#* *\([0-9]*\) of \([0-9]*\) tests failed.*/\2 \1/p' "$1" |
		awk 'NF == 2 && $2 == 0 { print $1, 0; next }
			 NF == 2 { print $1 - $2, $2 }' | tail -n 1
}

# run_regress LANE TREE MAKE-ARGUMENT...: one run of pg_regress
run_regress()
{
	regress_lane=$1
	regress_tree=$2
	shift 2
	regress_status=0
	make -C "$regress_tree" -s PG_CONFIG="$PG_CONFIG" "$@" installcheck \
		>"$GAUTH_WORK/$regress_lane.log" 2>&1 || regress_status=$?
	regress_result=$(regress_counts "$GAUTH_WORK/$regress_lane.log")
	if [ "$regress_status" -ne 0 ]; then
		cat "$GAUTH_WORK/$regress_lane.log"
		find "$regress_tree" -name regression.diffs -exec cat {} +
	fi
	# shellcheck disable=SC2086	# two numbers
	set -- ${regress_result:-0 0}
	summarize "$1" "$2" "$regress_status" "$regress_lane"
}

# the logs of the tests that prove names as failed
failed_tap_tests()
{
	sed -n 's,^test/t/\([^ ]*\)\.pl  *(Wstat:.*,regress_log_\1,p' "$1"
}

# run_tap LANE TREE DESTDIR MAKE-ARGUMENT...: the TAP tests; the counts are in
# the log that every one of them writes
run_tap()
{
	tap_lane=$1
	tap_tree=$2
	tap_destdir=$3
	shift 3
	tap_status=0
	GAUTH_DESTDIR=$tap_destdir make -C "$tap_tree" -s PG_CONFIG="$PG_CONFIG" \
		REGRESS= ISOLATION= PROVE_FLAGS="-j$(processors)" "$@" \
		installcheck >"$GAUTH_WORK/$tap_lane.log" 2>&1 || tap_status=$?
	set -- "$tap_tree"/tmp_check/log/regress_log_*
	[ -e "$1" ] || set -- /dev/null
	if [ "$tap_status" -ne 0 ]; then
		cat "$GAUTH_WORK/$tap_lane.log"
		failed_tap_tests "$GAUTH_WORK/$tap_lane.log" |
			(cd "$tap_tree/tmp_check/log" && xargs -r tail -n 60)
	fi
	summarize "$(cat "$@" | grep -cE '^(\[[^]]*\]\([^)]*\) )?ok [0-9]')" \
		"$(cat "$@" | grep -cE '^(\[[^]]*\]\([^)]*\) )?not ok [0-9]')" \
		"$tap_status" "$tap_lane"
}

# ---------------------------------------------------------------------------
# the pure floors without a server

pure_sources()
{
	for floor in $PURE_FLOORS; do
		[ ! -d "$TOP/src/$floor" ] || find "$TOP/src/$floor" -name '*.c'
	done | sort
}

# build_pure DIRECTORY COMPILER FLAG...: every pure floor as
# DIRECTORY/libgauth.a; what is newer than its source and every header is kept
build_pure()
{
	pure_directory=$1
	shift
	mkdir -p "$pure_directory"
	newest=$(find "$TOP/src" -name '*.h' -printf '%T@ %p\n' | sort -n |
		tail -n 1 | cut -d ' ' -f 2-)
	# shellcheck disable=SC2016	# expanded by the inner shell
	pure_sources | xargs -P "$(processors)" -I '{}' sh -c '
		source=$1 newest=$2 object=$3/$(echo "${1#"$4"/src/}" | tr / _)
		shift 4
		object=${object%.c}.o
		[ "$object" -nt "$source" ] && [ "$object" -nt "$newest" ] || {
			"$@" -c -o "$object.new" "$source" && mv "$object.new" "$object"
		}' sh '{}' "$newest" "$pure_directory" "$TOP" "$@" -I "$TOP/src" ||
		return 1
	rm -f "$pure_directory/libgauth.a"
	pure_sources | sed -e "s|^$TOP/src/||" -e 's|/|_|g' -e 's|\.c$|.o|' |
		sed "s|^|$pure_directory/|" | xargs ar rcs "$pure_directory/libgauth.a"
}
