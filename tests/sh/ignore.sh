#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --ignore: what is ignored is as if its values were empty, everywhere; what is
# no period, or none of the file, is said.
. tests/sh/setup.bash
cd "$work" || exit 1
# Eight monthly series of eight years with a season, one of them a year short;
# the spring of 2020 is nonsense.
LC_ALL=C awk 'BEGIN {
	seed = 7
	print "id,ds,y"
	for (s = 1; s <= 8; s++)
		for (t = 0; t < (s == 8 ? 84 : 96); t++) {
			seed = seed * 16807 % 2147483647
			y = 100 * s + 20 * sin(t * 0.5235987755982988) + 10 * seed / 2147483647
			if (t >= 50 && t <= 53) y /= 4
			printf "s%d,%d-%02d-01,%d\n", s, 2016 + int(t / 12), t % 12 + 1, y
		}
}' >in.csv
sed -E '/,2020-0[3-6]-/s/,[^,]*$/,/' in.csv >empty.csv
period='--ignore 2020-03..2020-06'
# same COMMAND OPTIONS...: with the period ignored as with the values empty
same() {
	local to=-o
	[ "$1" = backtest ] && to=--steps
	# shellcheck disable=SC2086
	"$nightcast" "$@" in.csv $period $to a >/dev/null 2>a.err ||
		fail "$*: exit $?: $(cat a.err)"
	"$nightcast" "$@" empty.csv $to b >/dev/null 2>b.err || fail "$*: exit $?: $(cat b.err)"
	cmp a b || fail "$*: what is ignored is not as if it were empty"
}
expect() { # STATUS WORDS OPTIONS...
	local status=$1 words=$2 got
	shift 2
	"$nightcast" forecast -H 3 -m snaive -o out.csv "$@" >stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	grep -qE -- "$words" stderr || fail "no '$words': $*: $(cat stderr)"
}
# all models that learn from one series, and the default
models=$("$nightcast" models | cut -d ' ' -f 1 |
	grep -vxE 'pooled|pooled-log|network|counts-shared' | paste -s -d ,)
same forecast -H 6 -m "$models" --fallback none
grep -q ': 32 values of 8 series ignored, as if missing$' a.err || fail "$(cat a.err)"
same backtest -H 6 --origins 8 -m auto,ets,snaive -q
same simulate -H 3 -m ets --paths 50
same learn -H 6
same learn -H 6 -m pooled
"$nightcast" inspect in.csv $period | grep -qx 'ignored             32 values of 8 series' ||
	fail "inspect: $("$nightcast" inspect in.csv $period)"
# the same period, said otherwise
"$nightcast" forecast -H 6 -m naive,ets in.csv $period -q -o first.csv
for list in 2020-03-01..2020-06-30 2020-03,2020-04..2020-06-01 2020-Q2,2020-03 \
	'2020-03 .. 2020-04, 2020-05..2020-06' 2020-03..2020-05,2020-04..2020-06; do
	"$nightcast" forecast -H 6 -m naive,ets in.csv --ignore "$list" 2>a.err |
		cmp - first.csv || fail "--ignore $list is another: $(cat a.err)"
done
"$nightcast" forecast -H 6 -m naive,ets in.csv --ignore 2020-03..2020-04 \
	--ignore 2020-05..2020-06 -j 1 2>/dev/null | cmp - first.csv || fail "two lists are not one"

# whatever becomes of gaps, ignored values stay missing
for policy in zero previous error; do
	"$nightcast" forecast -H 6 -m ets,arima in.csv $period --gaps $policy 2>/dev/null >a
	"$nightcast" forecast -H 6 -m ets,arima in.csv $period 2>/dev/null | cmp - a ||
		fail "--gaps $policy fills what is ignored"
done
# a gap behind them is filled by what stands before both
sed '/^s1,2020-07/d' in.csv >gap.csv
expect 3 "'s1' failed: .*no value for ds 2020-07-01 and 0 more" gap.csv $period --gaps error --fallback none
before=$(sed -n 's/^s1,2020-02-01,//p' in.csv)
sed "s/^s1,2020-07-01,.*/s1,2020-07-01,$before/" in.csv >filled.csv
"$nightcast" forecast -H 6 -m ets gap.csv $period --gaps previous 2>/dev/null >a
"$nightcast" forecast -H 6 -m ets filled.csv $period 2>/dev/null | cmp - a ||
	fail "a gap is filled from what is ignored"

# at the beginning the series is shorter; at the end the horizon stays where it is
sed -E '2,$s/,(2016|2017)-(.*),.*/,\1-\2,/' in.csv | grep -v ',$' >late.csv
"$nightcast" forecast -H 6 -m auto,ets in.csv --ignore ..2017 2>/dev/null >a
"$nightcast" forecast -H 6 -m auto,ets late.csv 2>/dev/null | cmp - a ||
	fail "what is ignored at the beginning counts"
sed -E '/,2023-1[0-2]-/s/,[^,]*$/,1e6/' in.csv >wild.csv
for file in in wild; do
	"$nightcast" forecast -H 3 -m "$models" $file.csv --ignore 2023-10.. 2>a.err >$file.out ||
		fail "at the end: $(cat a.err)"
done
cmp in.out wild.out || fail "what is ignored at the end counts"
grep -q '^s1,2024-01-01,auto,' in.out || fail "the horizon moved: $(head -n 2 in.out)"
grep -q '^s8,2023-01-01,auto,' in.out || fail "the horizon of s8 moved"

# shards, the store, and what was learnt
"$nightcast" learn -H 3 -q in.csv $period -o learned
"$nightcast" forecast -H 3 -q in.csv $period -o whole.csv
for k in 1 2; do
	"$nightcast" forecast -H 3 -q in.csv $period --learned learned --shard $k/2 -o part$k
done
"$nightcast" merge -q part1 part2 -o merged.csv && cmp merged.csv whole.csv ||
	fail "shards are not the whole"
"$nightcast" forecast -H 3 -q in.csv --learned learned --shard 2/2 -o part2
"$nightcast" merge -q part1 part2 -o merged.csv 2>stderr &&
	fail "a shard without --ignore was merged"
"$nightcast" forecast -H 3 -q in.csv $period --learned learned -o out.csv
cmp out.csv whole.csv || fail "what was learnt is not what would be"
for night in '' "$period" "$period" ''; do
	# shellcheck disable=SC2086
	"$nightcast" forecast -H 3 -q in.csv $night --store nights.db -o out.csv || fail "the store"
	# shellcheck disable=SC2086
	"$nightcast" forecast -H 3 -q in.csv $night | cmp - out.csv ||
		fail "the store has another night's forecasts: '$night'"
done

# what is no period, or none of the file
expect 0 "warning: --ignore '2030..' is no time of the file, which reaches from 2016-01-01 to 2023-12-01" \
	in.csv --ignore 2020-03,2030..
expect 1 "in.csv: --ignore: '2020-06..2020-03': it ends before it begins; a period is written as" \
	in.csv --ignore 2020-06..2020-03
expect 1 "in.csv: --ignore: '2020-13..': .*; a period is written as" in.csv --ignore 2020-13..
expect 1 "'..': it has no end at all" in.csv --ignore ..
expect 1 "'': no period" in.csv --ignore 2020-03,
expect 1 "'soon': " in.csv --ignore soon
expect 1 "--ignore '..2019-05,2023..,2019-06..2023-03' leaves nothing of the file" \
	in.csv --ignore ..2019-05,2023..,2019-06..2023-03
expect 2 'must not be empty' in.csv --ignore ''
expect 3 "'s8' failed: in.csv: --ignore leaves no value of it" in.csv --ignore ..2022 --fallback none

# other forms of time
awk -F, -v OFS=, 'NR > 1 { split($2, d, "-"); $2 = d[3] "." d[2] "." d[1] } 1' in.csv >dots.csv
"$nightcast" forecast -H 6 -m ets dots.csv --time-format %d.%m.%Y --ignore 01.03.2020..30.06.2020 -q | cut -d , -f 4- >a
"$nightcast" forecast -H 6 -m ets in.csv $period -q | cut -d , -f 4- | cmp - a || fail "01.03.2020"
awk -F, -v OFS=, 'NR > 1 { $2 = n[$1]++ } 1' in.csv >steps.csv
"$nightcast" forecast -H 6 -m ets -s 12 steps.csv --ignore 50..53 -q | cut -d , -f 4- | cmp - a ||
	fail "integers"
LC_ALL=C awk 'BEGIN { print "id,ds,y"
	for (t = 0; t < 240; t++) printf "a,2024-01-%02dT%02d:00,%d\n", t / 24 + 1, t % 24, t % 24 + t % 7
}' >hours.csv
"$nightcast" inspect hours.csv --ignore 2024-01-03..2024-01-04 2>/dev/null | grep -q 'ignored  *48 values of 1' ||
	fail "days of hours"
"$nightcast" inspect hours.csv --ignore 2024-01-03T10:00..2024-01-03T12:00 2>/dev/null |
	grep -q 'ignored  *3 values of 1' || fail "hours"
grep -E "ds|,ets," in.out | cut -d , -f 1,2,4 | sed 1s/mean/y/ >actual.csv
"$nightcast" score in.out actual.csv -q --train in.csv $period >/dev/null 2>stderr || fail "score: $(cat stderr)"

# a missing end before the horizon, longer than what was learnt: what follows is
# forecast from what was, as if it had come true
awk -F, '$1 != "s1" || $2 < "2023-08"' in.csv >cut.csv
for model in pooled pooled-log; do
	with=(-H 3 -q -s 12 -m $model)
	"$nightcast" learn "${with[@]}" cut.csv -o learned || fail "learn $model"
	"$nightcast" forecast "${with[@]}" cut.csv --align common --summary s.csv -o out.csv --learned learned 2>stderr ||
		fail "$model: $(cat stderr)"
	cp cut.csv grown.csv
	for k in 1 2; do # 2023-08 to 10, 2023-11 to 2024-01
		"$nightcast" forecast "${with[@]}" grown.csv -o f.csv --learned learned || fail "$model: $k"
		sed -n 's/^\(s1,[^,]*\),[^,]*,\([^,]*\),.*/\1,\2/p' f.csv >>grown.csv
	done
	"$nightcast" forecast "${with[@]}" grown.csv -o f.csv --learned learned
	sed -n 's/^\(s1,[^,]*\),[^,]*,\([^,]*\),.*/\1,\2/p' f.csv >>grown.csv
	LC_ALL=C awk -F, 'NR == FNR { y[$1 "," $2] = $3; next } $1 == "s1" {
		off = $4 / y[$1 "," $2] - 1; n++
		if (off > 1e-9 || off < -1e-9) { print $0 ", not " y[$1 "," $2]; bad = 1 }
	} END { exit bad || n != 3 }' grown.csv out.csv || fail "$model: a missing end"
done
"$nightcast" forecast -H 3 -q -s 12 cut.csv --align common --summary s.csv -o out.csv 2>stderr ||
	fail "auto: $(cat stderr)"
finish
