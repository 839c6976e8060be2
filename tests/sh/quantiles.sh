#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Quantiles are columns beside the others, which stay as they are, in order and
# at the bounds of the intervals that they are: for every model.
. tests/sh/setup.bash
"$nightcast" models | awk '{ print $1 }' >"$work/models"
while read -r model; do
	run="$nightcast forecast -q -H 18 -m $model data/monthly.csv"
	$run >"$work/without.csv" 2>"$work/said"
	$run --quantiles 2.5,10,50,90,97.5 >"$work/with.csv" 2>>"$work/said"
	cut -d, -f1-8 "$work/with.csv" | cmp - "$work/without.csv" ||
		fail "$model: other columns change"
	awk -F, 'NR > 1 && !($9 == $7 && $10 == $5 && $12 == $6 && $13 == $8 &&
		$9 <= $10 && $10 <= $11 && $11 <= $12 && $12 <= $13)' \
		"$work/with.csv" >"$work/odd"
	[ ! -s "$work/odd" ] || fail "$model: $(head -n 1 "$work/odd")"
done <"$work/models"
# the steps of a backtest have the same columns, under the same names
"$nightcast" backtest -q -H 3 -m snaive -l 80 --quantiles 10,50,90 \
	--steps "$work/steps.csv" data/monthly.csv >"$work/said" || fail "backtest"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; names = NF }
	NF != names || (NR > 1 && ($at["q-10"] != $at["lo-80"] ||
		$at["q-90"] != $at["hi-80"] || $at["q-50"] != $at["mean"]))' \
	"$work/steps.csv" >"$work/odd"
[ ! -s "$work/odd" ] || fail "steps: $(head -n 1 "$work/odd")"
[ "$(wc -l <"$work/models")" -gt 20 ] || fail "hardly any models"
finish
