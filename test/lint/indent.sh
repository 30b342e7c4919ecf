#!/bin/sh
# indent.sh: the layout of PostgreSQL.  Prints the files that pg_bsd_indent
# would change; with -d the differences too, with -w it writes them.
#
# It must be told which names are types: ours are found by their typedefs, those
# of the libraries are in typedefs.list.
set -eu
cd "$(dirname "$0")/../.."
mode=${1:-}
indent=$(command -v pg_bsd_indent || :)
if [ -z "$indent" ]; then
	echo 'indent: skipped (no pg_bsd_indent: package pg-bsd-indent)'
	exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

find src test -name '*.[ch]' -exec sed -nE \
	-e 's/^\} ([A-Za-z0-9_]+);.*/\1/p' \
	-e 's/^typedef .*[ *]([A-Za-z0-9_]+);.*/\1/p' \
	-e 's/^typedef .*\(\*([A-Za-z0-9_]+)\).*/\1/p' {} + |
	sort -u - test/lint/typedefs.list >"$scratch/typedefs"

reindent()
{
	"$indent" -bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 -di12 -nfc1 \
		-i4 -l79 -lp -lpl -nip -npro -sac -tpg -ts4 \
		-U"$scratch/typedefs" <"$1" >"$scratch/raw.c" 2>"$scratch/log" ||
		return 1
	# as pgindent: one space before the star of a function's result
	sed -E 's/^([A-Za-z_][^ \t]*)[ \t]+\*$/\1 */' "$scratch/raw.c" \
		>"$scratch/indented.c"
}

# releases of the program disagree about the continued line of an initializer:
# one tab more than it wants is right too
same()
{
	awk -v other="$scratch/indented.c" '
		{
			if ((getline line < other) <= 0 ||
				($0 != line && $0 != "\t" line))
			{
				differs = 1
				exit
			}
		}
		END { exit differs || (getline line < other) > 0 }' "$1"
}

status=0
for file in $(find src test -name '*.[ch]' | sort); do
	if ! reindent "$file"; then
		echo "$file: cannot be indented"
		cat "$scratch/log"
		status=1
	elif ! same "$file"; then
		case $mode in
			-w)
				cat "$scratch/indented.c" >"$file"
				continue
				;;
			-d) diff -u "$file" "$scratch/indented.c" || : ;;
		esac
		echo "$file: not indented"
		status=1
	fi
done
exit "$status"
