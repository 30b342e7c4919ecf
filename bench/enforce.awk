# What bench/enforce.sh makes of its round trips, one a line: contender, whether
# the commit waits for the disk ("on", "off"), milliseconds.
{ times[$1, $2] = times[$1, $2] " " $3 }

function median(contender, wait, v, n, i, j, t)
{
	n = split(times[contender, wait], v, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return v[int((n + 1) / 2)]
}

END {
	one = median("one", "on")
	printf "round trips in ms: SELECT 1 %.3f, INSERT of the same row %.3f, " \
		"enforce recorded %.3f\n", one, median("plain", "on"),
		median("enforce", "on")
	printf "without waiting for the disk: INSERT %.3f, audit_append %.3f, " \
		"enforce %.3f, INSERT as long as it %.3f\n",
		median("plain", "off"), median("append", "off"),
		median("enforce", "off"), median("busy", "off")

	# writing the row, and waiting for it
	recorded = median("append", "off") - one + \
		median("enforce", "on") - median("enforce", "off")
	plain = median("plain", "off") - one + \
		median("busy", "on") - median("busy", "off")
	printf "recorded: %.3f ms more than unrecorded; a plain commit: %.3f ms; " \
		"plain/recorded %.2f, goal 0.90, %s\n", recorded, plain,
		plain / recorded, (plain >= 0.9 * recorded) ? "met" : "missed"
	exit (plain < 0.9 * recorded)
}
