#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A break that a learned file knows is set aside where it was, in a file that
# has gone on since: how deep a fall was then changes no forecast.
. tests/sh/setup.bash

# 24 monthly series of so many months from 2015 on that fall to a share of
# themselves from June to August 2020.
fall() { # months, share, first year
	awk -v months="$1" -v share="$2" -v first="${3:-2015}" 'BEGIN {
		srand(7)
		print "id,month,y"
		for (i = 1; i <= 24; i++) {
			level = 100 + 10 * i
			for (t = 0; t < months; t++) {
				level += 4 * (rand() + rand() - 1)
				y = level * (1 + 0.2 * sin(t * 0.5236 + i))
				if (t >= 65 && t < 68)
					y *= share
				printf "s%d,%d-%02d-01,%.2f\n", i, first + int(t / 12), t % 12 + 1, y
			}
		}
	}'
}
# The numbers are drawn series by series: the longer file is cut to be shorter.
until_month() {
	awk -F, -v last="$1" 'NR == 1 || $2 <= last' "$2"
}
forecast() { # input, output, options...
	local in=$1 out=$2
	shift 2
	"$nightcast" forecast -q -H 4 -s 12 "$in" -o "$out" "$@" ||
		fail "forecast of $in: exit $?"
}
fall 78 0.5 >"$work/longer.csv"
fall 78 0.3 >"$work/deeper.csv"
until_month 2021-04-01 "$work/longer.csv" >"$work/file.csv"
until_month 2021-04-01 "$work/deeper.csv" >"$work/file_deeper.csv"
"$nightcast" learn -q -H 4 -s 12 "$work/file.csv" -o "$work/learned" ||
	fail "learn: exit $?"

forecast "$work/file.csv" "$work/a"
forecast "$work/file.csv" "$work/b" --learned "$work/learned"
cmp "$work/a" "$work/b" || fail "the file itself is forecast otherwise"
forecast "$work/file_deeper.csv" "$work/b" --learned "$work/learned"
cmp "$work/a" "$work/b" || fail "the fall is not set aside"

forecast "$work/longer.csv" "$work/a" --learned "$work/learned"
forecast "$work/deeper.csv" "$work/b" --learned "$work/learned"
cmp "$work/a" "$work/b" || fail "two months later the fall is not set aside"

# In years it has no place, and is what the series have done.
for file in longer deeper; do
	awk -F, -v OFS=, 'NR > 1 { $2 = 2000 + n[$1]++ } 1' "$work/$file.csv" \
		>"$work/$file.yearly"
done
forecast "$work/longer.yearly" "$work/c" --learned "$work/learned"
forecast "$work/deeper.yearly" "$work/d" --learned "$work/learned"
cmp -s "$work/c" "$work/d" && fail "a fall was placed where it cannot be"

# Before the fall was there is nothing to set aside, nor is that an error.
until_month 2020-05-01 "$work/longer.csv" >"$work/shorter.csv"
forecast "$work/shorter.csv" "$work/e" --learned "$work/learned"

finish
