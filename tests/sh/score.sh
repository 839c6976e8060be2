#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scores of the M3 competition and of M4 hourly are those of score.py,
# which shares no code with this program; and a backtest of training and test
# data together scores as forecasts from the training data do.
. tests/sh/setup.bash
shared=../shared
if [ ! -d $shared/data/m3 ]; then
	echo "skip: no $shared/data/m3 beside the project"
	exit 0
fi
# A table of --csv against the JSON of score.py: "column key" pairs
compare() { # what, table, model, json
	python3 - "$@" <<-'END' || fail "$1"
		import csv, json, math, sys
		what, table, model, theirs = sys.argv[1:]
		ours = [r for r in csv.DictReader(open(table)) if r["model"] == model]
		theirs = json.load(open(theirs))
		pairs = {"smape": ["smape", "smape_s"], "mase": ["mase"],
		         "cover-95": ["cover95"], "msis-95": ["msis95"]}
		bad = len(ours) != 1
		for column, keys in pairs.items():
		    for key in keys:
		        a, b = float(ours[0][column]), theirs[key]
		        if not abs(a - b) <= 1e-9 * abs(b):
		            print(what, model, column, a, "is not", key, b)
		            bad = True
		sys.exit(bad)
	END
}
group() { # name, train, test, horizon, season
	"$nightcast" forecast -q -H "$4" -s "$5" -m snaive,theta,mean "$2" \
		-o "$work/f.csv" || fail "$1: forecast: exit $?"
	"$nightcast" score -q --csv -s "$5" --train "$2" "$work/f.csv" "$3" \
		>"$work/table" || fail "$1: score: exit $?"
	{
		cat "$2"
		tail -n +2 "$3"
	} >"$work/all.csv"
	"$nightcast" backtest -q --csv -H "$4" -s "$5" -m snaive,theta,mean \
		"$work/all.csv" >"$work/backtest" || fail "$1: backtest: exit $?"
	for model in snaive theta mean; do
		python3 $shared/score.py --json --train "$2" --test "$3" \
			--season "$5" --model $model "$work/f.csv" >"$work/json"
		compare "$1" "$work/table" $model "$work/json"
		compare "$1 backtest" "$work/backtest" $model "$work/json"
	done
}
for name in monthly:18:12 quarterly:8:4 yearly:6:1 other:8:1; do
	IFS=: read -r name horizon season <<<"$name"
	group "$name" "$shared/data/m3/${name}_train.csv" \
		"$shared/data/m3/${name}_test.csv" "$horizon" "$season"
done
group hourly $shared/data/m4/hourly_train.csv \
	$shared/data/m4/hourly_test.csv 48 24

# with forecasts missing
train=$shared/data/m3/quarterly_train.csv
test=$shared/data/m3/quarterly_test.csv
"$nightcast" forecast -q -H 8 -m drift "$train" | awk 'NR % 7 != 3' >"$work/f.csv"
"$nightcast" score -q --csv --train "$train" "$work/f.csv" $test \
	>"$work/table" 2>"$work/err"
[ $? -eq 3 ] || fail "missing forecasts: exit status"
python3 $shared/score.py --json --train "$train" --test "$test" --season 4 \
	--model drift "$work/f.csv" >"$work/json"
python3 - "$work/table" "$work/json" <<-'END' || fail "missing forecasts"
	import csv, json, sys
	ours = next(csv.DictReader(open(sys.argv[1])))
	theirs = json.load(open(sys.argv[2]))
	bad = int(ours["missing"]) != theirs["missing"]
	for a, b in (("smape", "smape_s"), ("mase", "mase"),
	             ("cover-95", "cover95"), ("msis-95", "msis95")):
	    if not abs(float(ours[a]) - theirs[b]) <= 1e-9 * theirs[b]:
	        print(a, ours[a], theirs[b])
	        bad = True
	sys.exit(bad)
END
finish
