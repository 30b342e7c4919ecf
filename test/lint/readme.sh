#!/bin/sh
# readme.sh: the README's five-minute start is what test/sql/readme.sql runs.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the SQL of the chapter, without the results that it shows
sed -n '/^## Five-minute start/,/^## /p' README.md |
	sed -n '/^```sql$/,/^```$/p' | grep -v '^```' |
	sed 's/[[:space:]]*$//' | grep -v -e '^$' -e '^--' >"$work/readme"
sed -n '/^-- BEGIN README$/,/^-- END README$/p' test/sql/readme.sql |
	grep -v -e '^$' -e '^--' >"$work/test"
diff "$work/readme" "$work/test" >"$work/difference" && exit 0
echo 'README.md and test/sql/readme.sql differ:'
cat "$work/difference"
exit 1
