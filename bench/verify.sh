#!/bin/sh
# verify.sh: verifying a token, against the raw primitive of the crypto
# libraries and against the JWT libraries that Debian packages; in C and inside
# the server.
#
#	verify.sh [ROUNDS]		61 unless said otherwise
#
# The exit status is 1 when a goal is missed.  A library that cannot be had is
# left out with one line.
set -eu
. "$(dirname "$0")/../test/bin/lib.sh"
TOP=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "${GAUTH_WORK:-}" ]; then
	install_tools gcc
	install_optional libjwt-dev libcjose-dev libjansson-dev \
		librust-jsonwebtoken-dev rustc cargo
	run_staged bench/verify.sh "$@"
fi

# the crate from the sources that Debian installs, without a network
build_peer()
{
	[ -x /usr/bin/cargo ] && [ -d /usr/share/cargo/registry ] || return 1
	cp -R "$TOP/bench/peer" "$GAUTH_WORK/peer"
	(
		cd "$GAUTH_WORK/peer"
		CARGO_HOME=$GAUTH_WORK/cargo RUSTC=/usr/bin/rustc \
			quietly /usr/bin/cargo build --release --offline \
			--config 'source.crates-io.replace-with="debian"' \
			--config 'source.debian.directory="/usr/share/cargo/registry"'
	)
}

# compiles LIBRARY's header: is it there?
has_header()
{
	printf '#include <%s>\n' "$1" | gcc -fsyntax-only -x c - 2>/dev/null
}

build_extension "$TOP" "$GAUTH_WORK/inst"
start_server server "$GAUTH_WORK/inst"
psql=$("$PG_CONFIG" --bindir)/psql
PGDATABASE=bench
export PGDATABASE
quietly "$psql" -X -q -d postgres -c 'CREATE DATABASE bench'
quietly "$psql" -X -q -c 'CREATE EXTENSION gauth'

# as the server's library is built
optimize='-O2 -fPIC -fwrapv -fno-strict-aliasing -fvisibility=hidden'
# shellcheck disable=SC2086	# a list of flags
build_pure "$GAUTH_WORK/pure" gcc $STRICT $optimize

libraries='' flags=''
if has_header jwt.h; then
	flags="$flags -DHAVE_LIBJWT" libraries="$libraries -ljwt"
fi
if has_header cjose/cjose.h && has_header jansson.h; then
	flags="$flags -DHAVE_CJOSE" libraries="$libraries -lcjose -ljansson"
fi
# shellcheck disable=SC2086	# lists of flags
gcc $STRICT -O2 $flags -I "$TOP/src" -I "$TOP/bench" \
	-o "$GAUTH_WORK/verify_core" "$TOP/bench/rounds.c" \
	"$TOP"/bench/verify*.c "$GAUTH_WORK/pure/libgauth.a" \
	$libraries -lsodium -lcrypto -lm

"$psql" -XqAtc 'SELECT version()'
openssl version 2>/dev/null || :
mkdir "$GAUTH_WORK/bench"
set -- "${1:-61}" "$GAUTH_WORK/bench" "$psql"
if build_peer; then
	set -- "$@" 'jsonwebtoken' \
		"exec $GAUTH_WORK/peer/target/release/peer $GAUTH_WORK/bench"
else
	say 'jsonwebtoken skipped: no crate or no compiler'
fi
"$GAUTH_WORK/verify_core" "$@"
