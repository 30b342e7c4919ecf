#!/bin/sh
# promises.sh [GAUTH.SO]: what the RFCs forbid and the licence asks, held
# against the files of the project and the libraries that it is linked with.
set -eu
cd "$(dirname "$0")/../.."
failed=0

fail()
{
	printf '%s\n' "$*"
	failed=1
}

# A-42: Apache-2.0; the licences of OAuth, OpenID Connect and MCP are named
grep -q 'Apache License' LICENSE ||
	fail 'A-42: LICENSE is not the Apache License'
grep -q 'Version 2.0, January 2004' LICENSE ||
	fail 'A-42: LICENSE is not of version 2.0'
for name in OAuth 'OpenID Connect' MCP 'Apache License' 'MIT License'; do
	grep -q "$name" NOTICE || fail "A-42: NOTICE does not name $name"
done

# B-33: a definition of a power of attorney is for GAuth alone, and says so
grep -q 'used with GAuth alone' README.md ||
	fail 'B-33: README does not say that definitions are for GAuth alone'

# A-34, A-35: no ledger of others, no model, no network: the sources open no
# socket and run no program, and the library is linked with two others alone
if grep -rnE '\b(socket|connect|getaddrinfo|popen|system|execve?|curl_)[ ]?\(' \
	src --include='*.[ch]' | grep -vE '^\S+:[0-9]+:\s*(\*|/\*)|SPI_connect'; then
	fail 'A-35: a source opens a connection or runs a program'
fi
if [ -n "${1:-}" ]; then
	needed=$(objdump -p "$1" | sed -n 's/^ *NEEDED *//p' |
		grep -vE '^(libc|libm|libcrypto|libsodium|lib[au]?[bst]?san)\.so' || :)
	[ -z "$needed" ] || fail "A-34, A-35: linked with $needed"
fi
exit $failed
