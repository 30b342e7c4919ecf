#!/bin/sh
# spec.sh: which rows of test/spec.txt a test shows: the count, then every row
# that none does, with the reason that spec.txt gives.  Fails where a row has
# neither a test nor a reason, or both, and where a test names a row that does
# not exist.
#
# shellcheck disable=SC2016	# awk has variables of its own
set -eu
cd "$(dirname "$0")/../.."
find test/sql test/specs test/t test/unit test/lint -type f ! -name spec.sh \
	-exec grep -hoE '\b[A-E]-[0-9]{2}\b' {} + | sort -u |
awk '
FILENAME == "-" { shown[$1] = 1; next }
/^#/ { next }
{
	total++
	known[$1] = 1
	open_ = index($0, " -- ") > 0
	if ($1 in shown)
		count++
	else if (open_)
		left[++open_count] = $0
	if (open_ && ($1 in shown))
		bad($1 ": a test shows it, spec.txt gives a reason why none does")
	if (!open_ && !($1 in shown))
		bad($1 ": no test shows it, and spec.txt does not say why")
}
function bad(text)
{
	print text
	failed = 1
}
END {
	for (row in shown)
		if (!(row in known))
			bad(row ": not in spec.txt")
	printf "spec: %d of %d rows\n", count, total
	for (i = 1; i <= open_count; i++)
		print "spec: open: " left[i]
	exit failed
}' - test/spec.txt
