#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The M3 competition, M4 hourly and the car parts, if they lie beside the
# project: complete forecasts, the same for any order of rows and threads.
. tests/sh/setup.bash
shared=../shared
if [ ! -d $shared/data/m3 ]; then
	echo "skip: no $shared/data/m3 beside the project"
	exit 0
fi
if ! command -v python3 >/dev/null; then
	echo "skip: no python3 to judge the forecasts with"
	exit 0
fi
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

# same_bytes TRAIN HORIZON MODELS: for any number of threads, and, but for the
# order of series, for any order of rows
same_bytes() {
	for jobs in 1 2 7; do
		"$nightcast" forecast -q -j $jobs -H "$2" -m "$3" "$1" \
			-o "$work/$jobs.csv" || fail "-m $3 -j $jobs: exit $?"
		cmp -s "$work/1.csv" "$work/$jobs.csv" ||
			fail "-m $3: -j $jobs writes other bytes than -j 1"
	done
	{
		head -n 1 "$1"
		tail -n +2 "$1" | shuf --random-source=<(yes)
	} >"$work/shuffled.csv"
	"$nightcast" forecast -q -H "$2" -m "$3" "$work/shuffled.csv" \
		-o "$work/f.csv" || fail "-m $3, shuffled: exit $?"
	cmp -s <(sort "$work/1.csv") <(sort "$work/f.csv") ||
		fail "-m $3: shuffled rows give other forecasts"
}
same_bytes $shared/data/m3/monthly_train.csv 18 snaive,naive,drift,mean
same_bytes $shared/data/m3/quarterly_train.csv 8 auto,ets,arima
finish
