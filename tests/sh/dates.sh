#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What models over all series learn of days, weeks and years: the same by one
# run, by any number of threads, from a learned file and in shards; and nothing
# where there is one season, or no date.
. tests/sh/setup.bash

# 24 hourly series of four weeks, which begin at different hours of March 2024
# (plus so many days), with holes, a day, a week and noise.
hours() { # days later, and "step" for numbers instead of timestamps
	TZ=UTC awk -v later="$1" -v step="${2:-}" 'BEGIN {
		srand(5)
		print "id,ds,y"
		for (i = 1; i <= 24; i++) {
			first = 1709251200 + 3600 * (17 * i % 200)
			for (t = 0; t < 700; t++) {
				noise = rand() + rand() - 1
				if (t > 0 && t < 699 && (t + i) % 97 < 2)
					continue
				at = first + 3600 * t
				day = int(at / 86400 + 3) % 7
				y = (50 + i) * (1 + 0.3 * sin(at * 6.2832 / 86400) - 0.3 * (day > 4)) + 3 * noise
				when = step ? int(at / 3600) : strftime("%Y-%m-%d %H:%M", at + 86400 * later, 1)
				printf "s%d,%s,%.2f\n", i, when, y
			}
		}
	}'
}
# What follows the timestamp.
numbers() { cut -d, -f3- "$1"; }

hours 0 >"$work/in.csv"
cd "$work" || exit 1
for model in pooled-log network; do
	run=("$nightcast" forecast -q -H 24 -m $model)
	"${run[@]}" -j 1 in.csv >one || fail "$model: exit $?"
	"${run[@]}" -j 2 in.csv >two
	cmp one two || fail "$model: other forecasts on two threads"
	"$nightcast" learn -q -H 24 -m $model in.csv -o learned ||
		fail "$model: learn: exit $?"
	"${run[@]}" in.csv --learned learned >two
	cmp one two || fail "$model: other forecasts by a learned file"
	for k in 1 2; do
		"${run[@]}" --shard $k/2 --learned learned in.csv >part.$k
	done
	"$nightcast" merge -q part.1 part.2 -o two
	cmp one two || fail "$model: other forecasts in shards"
done

# Two weeks later every hour has its place again.
run=("$nightcast" forecast -q -H 24 -m pooled-log)
hours 14 >later.csv
"${run[@]}" in.csv >one
"${run[@]}" later.csv >two
cmp <(numbers one) <(numbers two) || fail "two weeks later all is other"

# Without a date, or of one season, there is nothing to tell.
hours 0 step >steps.csv
"${run[@]}" -s 24,168 steps.csv >two
cmp -s <(numbers one) <(numbers two) && fail "dates tell nothing"
"${run[@]}" -s 24 in.csv >one
"${run[@]}" -s 24 steps.csv >two
cmp <(numbers one) <(numbers two) || fail "of one season dates tell something"
finish
