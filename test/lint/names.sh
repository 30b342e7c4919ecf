#!/bin/sh
# names.sh: what must not be in a tracked file: a path of somebody's machine, a
# folder beside the checkout other than the vectors and corpora, a host to
# download from, and work left for later.
#
# The classes of one letter keep this file from finding itself.
set -eu
cd "$(dirname "$0")/../.."
list=$(mktemp)
trap 'rm -f "$list"' EXIT
git ls-files >"$list" 2>/dev/null || :
[ -s "$list" ] || find . -type f ! -path './.git/*' >"$list"

paths='(^|[^A-Za-z0-9._-])/(home|root|work|Users|mnt|media)/'
beside='[.][.]/share[d]'
hosts='debian[.]org|postgresql[.]org/pub|npmjs[.]|pypi[.]org|crates[.]io'
hosts="$hosts|proxy[.]golang|docker[.]io|ghcr[.]io|rubygems[.]org"
later='TOD[O]|FIXM[E]|XX[X]'

search()
{
	xargs -d '\n' grep -d skip -InE "$@" /dev/null <"$list" || :
}

found=$({
	search "$paths"
	search "$beside" | grep -vE '[.][.]/share[d]/(vectors|corpora)' || :
	search "$hosts"
	search -w "$later"
} | sort -u)
[ -n "$found" ] || exit 0
printf '%s\n' "$found"
exit 1
