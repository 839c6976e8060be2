#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The M3 competition, M4 hourly and the car parts, if they lie beside the
# project: complete forecasts, the same for any order of rows and threads.
set -u
nightcast=$(realpath "$PROGRAM")
shared=../shared
if [ ! -d $shared/data/m3 ]; then
	echo "skip: no $shared/data/m3 beside the project"
	exit 0
fi
if ! command -v python3 >/dev/null; then
	echo "skip: no python3 to judge the forecasts with"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}
complete() { # name, train, test, horizon, season
	"$nightcast" forecast -q -H "$4" -s "$5" -m snaive "$2" -o "$work/f.csv" \
		--summary "$work/s.csv" || fail "$1: exit $?"
	python3 $shared/score.py --train "$2" --test "$3" --season "$5" \
		"$work/f.csv" >"$work/score" || fail "$1: incomplete"
	sed "s/^/$1 /" "$work/score" | grep -E 'smape |mase|missing'
}
for group in monthly:18:12 quarterly:8:4 yearly:6:1 other:8:1; do
	IFS=: read -r name horizon season <<<"$group"
	complete "$name" "$shared/data/m3/${name}_train.csv" \
		"$shared/data/m3/${name}_test.csv" "$horizon" "$season"
done
complete hourly $shared/data/m4/hourly_train.csv \
	$shared/data/m4/hourly_test.csv 48 24
"$nightcast" forecast -q -H 12 -m snaive $shared/data/carparts.csv \
	-o "$work/f.csv" || fail "carparts: exit $?"
[ "$(wc -l <"$work/f.csv")" -eq $((2674 * 12 + 1)) ] ||
	fail "carparts: $(wc -l <"$work/f.csv") rows"

train=$shared/data/m3/monthly_train.csv
for jobs in 1 2 7; do
	"$nightcast" forecast -q -j $jobs -H 18 -m snaive,naive,drift,mean \
		"$train" -o "$work/$jobs.csv" || fail "-j $jobs: exit $?"
	cmp -s "$work/1.csv" "$work/$jobs.csv" ||
		fail "-j $jobs writes other bytes than -j 1"
done
{
	head -n 1 "$train"
	tail -n +2 "$train" | shuf --random-source=<(yes)
} >"$work/shuffled.csv"
"$nightcast" forecast -q -H 18 -m snaive,naive,drift,mean \
	"$work/shuffled.csv" -o "$work/f.csv" || fail "shuffled: exit $?"
cmp -s <(sort "$work/1.csv") <(sort "$work/f.csv") ||
	fail "shuffled rows give other forecasts"
exit $((failures > 0))
