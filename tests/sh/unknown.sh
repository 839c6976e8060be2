#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --regressors-unknown: a backtest is the forecast of a file that ends at its
# origin, and neither looks at what comes after.
. tests/sh/setup.bash
cd "$work" || exit 1
# Two series, by numbered days, below zero and so in units: a temperature that wanders, visitors by the weekday, deals
# by chance, and promotions that are texts.
LC_ALL=C awk 'function chance() { # of Park & Miller: the same in every awk
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}
BEGIN {
	seed = 5
	split("5 1 2 2 3 6 9", week, " ")
	print "id,ds,y,heat,visitors,deal,promo"
	for (s = 1; s <= 2; s++) {
		heat = 20
		for (t = 0; t < 112; t++) {
			heat = int(100 * (heat + 3 * chance() - 1.5)) / 100
			deal = chance() < 0.25
			promo = chance() < 0.2 ? "A" : "none"
			y = int(100 * s - 500 + 4 * heat + 5 * week[t % 7 + 1] + 40 * deal + \
				20 * (promo == "A") + 10 * chance())
			printf "s%d,%d,%s,%.2f,%s,%d,%s\n", s, t + 1, t < 108 ? y : "", \
				heat, week[t % 7 + 1], deal, promo
		}
	}
}' >in.csv
all=heat,visitors,deal,promo
model=mean
run() { # OUT OPTIONS...
	local out=$1
	shift
	"$nightcast" forecast -q -H 4 -s 7 -m "$model" -o "$out" "$@" 2>stderr ||
		fail "exit $?: $*: $(cat stderr)"
}
refuse() { # WORDS OPTIONS...
	local words=$1
	shift
	"$nightcast" forecast -H 4 -m mean "$@" >stdout 2>stderr
	[ $? -eq 2 ] || fail "not a usage error: $*"
	grep -qE -- "$words" stderr || fail "no '$words': $(cat stderr)"
}

# each by its rule: the wandering one stays, visitors have their week, and deals
# come as often as before
run out.csv in.csv --regressors heat,visitors,deal --regressors-unknown heat,visitors,deal
LC_ALL=C awk -F, -v OFS=, '$2 <= 108 && NR > 1 { n[$1]++; deals[$1] += $6; heat[$1] = $4 }
	NR > 1 && $2 > 108 { $4 = heat[$1]; $6 = sprintf("%.17g", deals[$1] / n[$1]) } 1' in.csv >hand.csv
"$nightcast" forecast -H 4 -s 7 -m mean in.csv --regressors heat,visitors,deal,'lag(deal,2)','lag(deal,4)' \
	--regressors-unknown heat,visitors,deal >stdout 2>stderr
grep -q 'regressors not known in advance, carried on: heat by its last value, visitors by a season before, deal by its mean, lag(deal,2) by its mean$' \
	stderr || fail "not said: $(cat stderr)"
grep -q '^s1,109,,.*,2,0[.]' hand.csv || fail "$(grep s1,109 hand.csv)"
run hand.out hand.csv --regressors heat,visitors,deal
LC_ALL=C awk -F, 'NR == FNR { a[FNR] = $4; next } FNR > 1 && (a[FNR] / $4 - 1) ^ 2 > 1e-18 {
	print a[FNR], "is not", $4; bad = 1 } END { exit bad }' out.csv hand.out ||
	fail "not as carried on by hand"

# nothing of the horizon is looked at, and none of its rows is needed; a lag is
# known as long as it looks at the past
run out.csv in.csv --regressors $all,'lag(deal,2)' --regressors-unknown " deal, promo,heat,visitors"
awk -F, -v OFS=, 'NR > 1 && $2 > 108 { $4 = 99; $5 = ""; $6 = 1; $7 = "A" } 1' in.csv >other.csv
run other.out other.csv --regressors $all,'lag(deal,2)' --regressors-unknown $all
cmp out.csv other.out || fail "the horizon is looked at"
awk -F, 'NR == 1 || $3 != ""' in.csv >past.csv
run past.out past.csv --regressors $all,'lag(deal,2)' --regressors-unknown $all
cmp out.csv past.out || fail "rows of the horizon are needed"

# a shop that is closed has no visitors, whose log is then that of the day before
awk -F, -v OFS=, '$1 == "s1" && $2 == 50 { $3 = ""; $5 = 0 } 1' in.csv >closed.csv
before=$(awk -F, '$1 == "s1" && $2 == 49 { print $5 }' in.csv)
sed "s/^\\(s1,50,,[^,]*\\),0,/\\1,$before,/" closed.csv >before.csv
cmp -s closed.csv before.csv && fail "no shop is closed"
"$nightcast" forecast -H 4 -s 7 -m mean closed.csv --regressors 'log(visitors)' \
	--regressors-unknown visitors >a 2>stderr
grep -q 'carried on: log(visitors) by a season before$' stderr || fail "not said: $(cat stderr)"
"$nightcast" forecast -q -H 4 -s 7 -m mean before.csv --regressors 'log(visitors)' \
	--regressors-unknown visitors >b
cmp a b || fail "closed shops carry visitors on otherwise"

# a backtest
for unknown in deal $all; do
	"$nightcast" backtest -q -H 4 -s 7 -m mean,ses in.csv --regressors $all \
		--regressors-unknown $unknown --steps steps.csv >table || fail "backtest"
	awk -F, -v OFS=, 'NR > 1 && $2 > 104 { $3 = "" } NR == 1 || $2 <= 108' in.csv >cut.csv
	model=mean,ses run cut.out cut.csv --regressors $all --regressors-unknown $unknown
	tail -n +2 cut.out | cut -d , -f 4 >a
	tail -n +2 steps.csv | cut -d , -f 6 | cmp - a || fail "a backtest is not a forecast: $unknown"
done
"$nightcast" backtest -q -H 4 -s 7 -m mean,ses in.csv --regressors $all \
	--regressors-unknown $all -j 1 --steps one.csv >table
cmp one.csv steps.csv || fail "threads change bytes"
"$nightcast" backtest -H 4 -s 7 -m mean in.csv --regressors $all \
	--regressors-unknown deal -j 1 >table 2>stderr
grep -q 'not known in advance: deal; carried on from every origin by what' stderr ||
	fail "a backtest does not say what it carries on: $(cat stderr)"
"$nightcast" simulate -q -H 4 -s 7 -m mean in.csv --regressors $all --regressors-unknown $all >a
"$nightcast" simulate -q -H 4 -s 7 -m mean past.csv --regressors $all --regressors-unknown $all >b
cmp a b || fail "simulate looks at the horizon"

refuse 'regressors-unknown needs --regressors' in.csv --regressors-unknown deal
refuse "regressors-unknown takes columns of --regressors; got 'dael'" in.csv --regressors $all --regressors-unknown deal,dael
refuse "takes columns of --regressors; got ''" in.csv --regressors $all --regressors-unknown deal,
refuse "'heat' is one of --regressors-unknown, and is --set" in.csv --regressors $all --regressors-unknown heat --set heat=30
run out.csv in.csv --regressors $all --regressors-unknown heat --set deal=1
finish
