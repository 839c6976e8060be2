#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the benchmark is measured on: tests/bench/generate writes the series
# that it says, and the same ones for the same seed.
. tests/sh/setup.bash
compile generate tests/bench/generate.c -lm
cd "$work" || exit 1

./generate -n 400 --seed 7 >a.csv
./generate -n 400 --seed 7 >b.csv
cmp a.csv b.csv || fail "the same seed, other bytes"
./generate -n 400 --seed 8 >b.csv
cmp -s a.csv b.csv && fail "another seed, the same bytes"
./generate -n 100 --seed 7 >b.csv
cmp -n "$(stat -c %s b.csv)" a.csv b.csv ||
	fail "the first series of many are not those of few"
for bad in '-n' '-n x' '--min 0' '--min 9 --max 8' '--seed -1' 'x'; do
	# shellcheck disable=SC2086
	./generate $bad >/dev/null 2>stderr
	[ $? -eq 2 ] && grep -q usage: stderr || fail "generate $bad"
done

# whole series: lengths 50 to 500, a date every day up to 2025-12-31, two
# decimals; a week, a trend; one in eight intermittent
./generate -n 2000 --clean >clean.csv
TZ=UTC0 awk -F , '
	function bad(what) { print "line " NR ": " what ": " $0; wrong = 1 }
	function end_series() {
		if (n < 50 || n > 500)
			bad("length " n " before")
		if (day != "2025-12-31")
			bad("the last day before is " day)
		if (zeros > n / 4 && large < 7)
			intermittent++
		# variance between the days of the week, and within them
		else if (n >= 400) {
			between = within = 0
			for (d = 0; d < 7; d++) {
				between += count[d] * (sum[d] / count[d] - total / n) ^ 2 / 6
				within += (square[d] - sum[d] ^ 2 / count[d]) / (n - 7)
			}
			long++
			seasonal += between / within > 2.12 # F(6, 400) at 0.95
			trend = (total - early) / (n - half) - early / half
			rising += trend > 0.1 * total / n
			falling += trend < -0.1 * total / n
		}
		shortest = shortest == "" || n < shortest ? n : shortest
		longest = n > longest ? n : longest
		n = zeros = large = total = early = half = 0
		split("", sum)
		split("", square)
		split("", count)
	}
	NR == 1 { if ($0 != "unique_id,ds,y") bad("header"); next }
	$1 != id { if (id != "") end_series(); id = $1; series++
		if (id != "s" series) bad("id") }
	{
		split($2, part, "-")
		time = mktime(part[1] " " part[2] " " part[3] " 0 0 0")
		if (n > 0 && time != before + 86400) bad("not the next day")
		if ($3 !~ /^[0-9]+(\.[0-9][0-9])?$/ || NF != 3) bad("row")
		before = time; day = $2; d = time / 86400 % 7
		n++; total += $3; sum[d] += $3; square[d] += $3 ^ 2; count[d]++
		if (n <= 200) { early += $3; half++ }
		zeros += $3 == 0
		large = $3 > large ? $3 : large
	}
	END {
		end_series()
		printf "%d series of %d to %d days, %d intermittent; ", series,
			shortest, longest, intermittent
		printf "of %d long ones %d have a week, %d rise, %d fall\n", long,
			seasonal, rising, falling
		exit wrong || series != 2000 || shortest > 55 || longest < 495 \
			|| intermittent < 190 || intermittent > 310 \
			|| seasonal < 0.8 * long || rising < 0.2 * long \
			|| falling < 0.2 * long
	}' clean.csv || fail "not the series that were promised"

# by date: the same rows in another order
./generate -n 300 --clean >b.csv
./generate -n 300 --clean --interleave >c.csv
sort b.csv | cmp - <(sort c.csv) || fail "other rows when series take turns"
tail -n +2 c.csv | cut -d , -f 2 | sort -c || fail "the days do not ascend"

# and unless they are asked to be clean, some rows of every kind of trouble
./generate -n 2000 >b.csv
for trouble in ',2025-02-30,' ',n/a$' ',$' ',.*,.*,1$' '^"s[0-9]*",'; do
	grep -q "$trouble" b.csv || fail "no row like $trouble"
done
[ -n "$(uniq -d b.csv)" ] || fail "no row is there twice"
finish
