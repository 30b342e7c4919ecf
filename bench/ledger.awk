# ledger.awk: the ratios of bench/ledger.sh, out of lines "round clients
# contender rate": to the plain rows within each round, and the median over the
# rounds.  The exit status is 1 when a goal is missed.
function median(list,	count, i, j, held)
{
	count = split(list, values, " ")
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
			held = values[j]
			values[j] = values[j - 1]
			values[j - 1] = held
		}
	i = int((count + 1) / 2)
	j = int(count / 2) + 1
	return (values[i] + values[j]) / 2
}
function judge(name, value, goal)
{
	if (value < goal)
		missed = missed sprintf("missed: %s %.2f, goal %.2f\n", name, value,
								goal)
}
{
	rates[$1, $2, $3] = $4
	if ($1 > rounds)
		rounds = $1
	if ($1 == 1 && $3 == "plain")
		clients[++count] = $2
}
END {
	printf "%-8s %10s %10s %10s %10s %10s\n", "clients", "plain/s", "entry",
		"denial", "control", "noise"
	for (i = 1; i <= count; i++)
	{
		c = clients[i]
		plain = entry = denial = control = noise = ""
		for (r = 1; r <= rounds; r++)
		{
			first = rates[r, c, "plain"]
			again = rates[r, c, "plain-again"]
			base = (first + again) / 2
			plain = plain " " base
			entry = entry " " rates[r, c, "entry"] / base
			denial = denial " " rates[r, c, "denial"] / base
			control = control " " again / first
			apart = again / first - 1
			noise = noise " " (apart < 0 ? -apart : apart)
		}
		printf "%-8d %10.0f %10.2f %10.2f %10.2f %10.2f\n", c, median(plain),
			median(entry), median(denial), median(control), median(noise)
		judge("entry at " c " clients", median(entry), 0.90)
		if (c > 1)
			judge("denial at " c " clients", median(denial), 0.70)
	}
	printf "%s", missed
	exit missed != ""
}
