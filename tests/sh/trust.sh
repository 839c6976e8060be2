#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that went wrong: one flat series, a catalogue of dead items, a step
# among others, a break that all series share.
. tests/sh/setup.bash
cases=../shared/cases

# Widths a million times too large, as no file teaches them: the intervals are
# replaced, named and counted, in shards as well.
widen() { # learned, wider
	python3 - "$1" "$2" <<-'END'
		import sys, zlib
		text = open(sys.argv[1]).read().split("\n")
		# behind the header of 8 lines: 33 numbers, 7 weights, the usual error,
		# the scale
		text[8 + 33 + 7 + 1] = "14"
		body = "\n".join(text[:-2]) + "\n"
		crc = zlib.crc32(body.encode())
		open(sys.argv[2], "w").write(body + "crc32 %08x\n" % crc)
	END
}
if command -v python3 >/dev/null; then
	"$nightcast" learn -q -H 6 data/monthly.csv -o "$work/learned" &&
		widen "$work/learned" "$work/wider" || fail "learn"
	"$nightcast" forecast -H 6 data/monthly.csv --learned "$work/wider" \
		-o "$work/f" --summary "$work/s" 2>"$work/said" || fail "exit $?"
	grep -q 'absurd intervals of [1-6] replaced' "$work/said" ||
		fail "the last line: $(tail -n 1 "$work/said")"
	grep -q ',absurd intervals replaced' "$work/s" ||
		fail "the summary: $(cat "$work/s")"
	for k in 1 2; do
		"$nightcast" forecast -q -H 6 data/monthly.csv --shard $k/2 \
			--learned "$work/wider" -o "$work/part$k" || fail "exit $?"
	done
	"$nightcast" merge "$work"/part[12] -o "$work/merged" 2>"$work/told" ||
		fail "exit $?"
	cmp "$work/f" "$work/merged" || fail "merged parts differ"
	grep -q 'absurd intervals of [1-6] replaced' "$work/told" || fail "merge: $(cat "$work/told")"
fi

if [ ! -d $cases ]; then
	echo "skip: no $cases"
	exit 0
fi
if ! command -v python3 >/dev/null; then
	echo "skip: no python3 to judge the forecasts with"
	exit 0
fi

cat >"$work/judge.py" <<'END'
import csv, sys


def rows(path):
    with open(path) as f:
        return list(csv.reader(f))[1:]


def widths(path, keep):
    """Of the 95% intervals of the series to keep, by series and step."""
    out, step = {}, {}
    for id, time, model, mean, lo80, hi80, lo95, hi95 in rows(path):
        h = step[id] = step.get(id, -1) + 1
        if keep(id):
            out[id, h] = float(mean), float(hi95) - float(lo95)
    return out


def differ(a, b, keep):
    """The largest relative changes of means and widths."""
    a, b = widths(a, keep), widths(b, keep)
    assert b and b.keys() <= a.keys()
    return (max(abs(a[k][0] / b[k][0] - 1) for k in b),
            max(abs(a[k][1] / b[k][1] - 1) for k in b))


def coverage(path, actual, keep):
    actual = {(r[0], r[1]): float(r[2]) for r in rows(actual)}
    inside, n = [0, 0], 0
    for id, time, model, mean, lo80, hi80, lo95, hi95 in rows(path):
        if keep(id):
            y, n = actual[id, time], n + 1
            inside[0] += float(lo80) <= y <= float(hi80)
            inside[1] += float(lo95) <= y <= float(hi95)
    return inside[0] / n, inside[1] / n
END

judge() { # python, then its arguments
	local what=$1
	shift
	PYTHONPATH=$work python3 -c "from judge import *
a = sys.argv
$what" "$@" || fail "$what"
}

forecast() { # input, output, options...
	local in=$1 out=$2
	shift 2
	"$nightcast" forecast -q "$in" -o "$work/$out" "$@" || fail "forecast of $in"
}

# One flat series.  Alone, N is somewhere between 18 and 64.
forecast $cases/two-series-one-flat.csv flat -H 4
judge 'r = [float(x) for r in rows(a[1]) if r[0] == "N" for x in r[3:]]
assert len(r) == 20 and min(r) > -25 and max(r) < 110, r' "$work/flat"

# Three that rest until their last days, beside 30 walks.
forecast $cases/flat-then-moves.csv moves -H 7
forecast $cases/flat-then-moves-without.csv alone -H 7
judge 'd = differ(a[1], a[2], lambda id: id.startswith("walk"))
assert d < (0.01, 0.05), d' "$work/moves" "$work/alone"

# A catalogue of which half is dead.
gunzip -c $cases/half-discontinued.csv.gz >"$work/half.csv"
forecast "$work/half.csv" half -H 12
judge 'c = coverage(a[1], a[2], lambda id: id.startswith("s"))
assert abs(c[0] - 0.80) <= 0.03 and abs(c[1] - 0.96) <= 0.03, c' \
	"$work/half" $cases/half-discontinued-test.csv

# A long constant series with a step near its end.
gunzip -c $cases/step-among-25.csv.gz >"$work/step.csv"
forecast "$work/step.csv" step -H 6 -s 12
forecast $cases/step-among-25-without.csv without -H 6 -s 12
judge 'd = differ(a[1], a[2], lambda id: id in {r[0] for r in rows(a[2])})
assert d < (0.01, 0.05), d' "$work/step" "$work/without"

# A break that all series share: three months, as given, and six.
score() { # train, test, forecasts, measure: of auto, then of scum
	local model
	for model in auto scum; do
		python3 ../shared/score.py --json --train "$1" --test "$2" \
			--season 12 --model $model "$3" |
			python3 -c "import json, sys; print(json.load(sys.stdin)['$4'])"
	done
}

months=../shared/data/m3/monthly
gunzip -c $cases/common-dip.csv.gz >"$work/dip.csv"
cut -d, -f1 "$work/dip.csv" | sort -u >"$work/ids"
for part in train test; do
	awk -F, 'NR == FNR { id[$1]; next } $1 in id' "$work/ids" \
		${months}_$part.csv >"$work/$part.csv"
done
python3 - "$work/train.csv" >"$work/dip6.csv" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1])))
last = {r[0]: i for i, r in enumerate(rows)}
deep = {13: 0.5, 12: 0.35, 11: 0.35, 10: 0.45, 9: 0.6, 8: 0.75}
print(",".join(rows[0]))
for i, r in enumerate(rows[1:], 1):
    by = deep.get(last[r[0]] - i + 1, 1)
    print(r[0], r[1], float(r[2]) * by, sep=",")
END
for dip in dip dip6; do
	forecast "$work/$dip.csv" f -H 18 -m auto,scum -l 20,40,60,80
	read -r -d '' ours members < <(score "$work/train.csv" "$work/test.csv" \
		"$work/f" mase)
	judge 'assert float(a[1]) <= min(1.03 * float(a[2]), 1.05), a' \
		"$ours" "$members"
done

# A level that changes for all.
gunzip -c $cases/common-shift.csv.gz >"$work/shift.csv"
forecast "$work/shift.csv" f -H 18 -m auto,scum -l 20,40,60,80
read -r -d '' ours members < <(score "$work/shift.csv" \
	$cases/common-shift-test.csv "$work/f" wql)
judge 'assert float(a[1]) <= 0.085, a' "$ours"

finish
