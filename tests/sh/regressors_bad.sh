#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Regressors as they should not be: for each what is said, where, and that the
# other series and regressors are forecast as if it were not there.
. tests/sh/setup.bash
cd "$work" || exit 1
# Six series whose logs fall by twice the price's, and rise with deals; three
# months have no value yet.
LC_ALL=C awk 'function chance() { # of Park & Miller: the same in every awk
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}
BEGIN {
	seed = 5
	print "id,ds,y,price,deal"
	for (s = 1; s <= 6; s++)
		for (t = 0; t < 48; t++) {
			price = 2 + 0.2 * chance() - (chance() < 0.3 ? 1 : 0)
			deal = chance() < 0.25
			y = int(1000 * s * exp(-2 * log(price) + 0.5 * deal + \
				0.02 * (chance() - 0.5)))
			printf "s%d,%d-%02d-01,%s,%.3f,%d\n", s, 2020 + int(t / 12), \
				t % 12 + 1, t < 45 ? y : "", price, deal
		}
}' >in.csv
# expect STATUS WORDS OPTIONS...: of a forecast; no words: nothing is warned of
expect() {
	local status=$1 words=$2 got
	shift 2
	timeout 100 "$nightcast" forecast -H 3 -s 1 -m mean -o out.csv --summary s.csv \
		"$@" >stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	if [ -n "$words" ]; then
		grep -qE -- "$words" stderr || fail "no '$words': $*: $(cat stderr)"
	elif grep -q warning stderr; then
		fail "a warning: $*: $(cat stderr)"
	fi
	[ "$(wc -l <stderr)" -le 15 ] || fail "much is said: $*: $(cat stderr)"
	cut -c 401- stderr | grep -q . && fail "a long line: $*: $(cat stderr)"
}
# change AWK-PROGRAM: in.csv with other cells, as bad.csv
change() {
	LC_ALL=C awk -F, -v OFS=, "$1 { print }" in.csv >bad.csv
}
others() { # ID: all forecasts but its own are those of first.csv, but for what
	# five series say of slopes and six
	LC_ALL=C awk -F, -v id="$1" 'NR == FNR { first[$1 $2] = $4; next }
		FNR > 1 && $1 != id { off = $4 / first[$1 $2] - 1; n++
			bad = bad || off > 1e-3 || off < -1e-3 }
		END { exit bad || n != 15 }' first.csv out.csv || fail "$1 changes the others"
}
both='--regressors price,deal'
# shellcheck disable=SC2086
bad() { expect "$1" "$2" bad.csv $both; }
expect 0 '' in.csv $both
cp out.csv first.csv

# --- columns that are none
expect 1 "in.csv:1: --regressors: 'id' is of the ids" in.csv --regressors price,id
expect 1 "in.csv:1: --regressors: 'ds' is the time" in.csv --regressors ds
expect 1 "'y' is 'y' itself in every row: it would not be known in advance" in.csv --regressors y
change 'NR == 1 { $6 = "same" } NR > 1 { $6 = $3 == "" ? 500 : NR % 48 == 7 ? 1 : $3 }'
expect 1 "bad.csv: --regressors: 'same' is 'y' itself in 264 of 270 rows" bad.csv --regressors same,deal
change 'NR == 1 { $6 = "price" } NR > 1 { $6 = 1 }'
bad 1 "bad.csv:1: --regressors: 'price' is what two columns are called"
expect 2 "names 'price' twice" in.csv --regressors price,price
change 'NR > 1 { $4 = "" }'
bad 1 "bad.csv: --regressors: 'price' has no number beside any value: leave it out"
expect 1 "'price' has no number beside any value" bad.csv $both --missing-regressors previous
expect 0 'left out: price$' bad.csv $both --missing-regressors zero
change 'NR == 1 { $6 = "sku" } NR > 1 { $6 = "t" NR }'
expect 1 "bad.csv: --regressors: column 'sku' has more than 65 different texts" bad.csv --regressors sku
# 10,000 of them are no slower
LC_ALL=C awk 'BEGIN { print "id,ds,y,sku"
	for (i = 0; i < 10000; i++)
		printf "a%d,%d-01-01,%d,t%d\n", i % 100, 1900 + int(i / 100), i % 7, i }' >many.csv
expect 1 "column 'sku' has more than 65 different texts" many.csv --regressors sku
# 200 columns: none is refused for the others, nor are 64 too many
LC_ALL=C awk -F, 'NR == 1 { printf "%s", $0; for (k = 1; k <= 200; k++) printf ",c%d", k; print ""; next }
	{ printf "%s", $0; for (k = 1; k <= 200; k++) printf ",%d", NR * k * 7919 % 101; print "" }' in.csv >wide.csv
expect 2 'takes 64 regressors at most' wide.csv --regressors "$(seq -s , -f c%g 200)"
expect 0 '' wide.csv --regressors "$(seq -s , -f c%g 64)"
LC_ALL=C awk -F, 'FNR > 1 && !($4 > 20 && $4 < 20000 && $8 > 1.5 * $7) { bad = 1 } END { exit bad }' out.csv ||
	fail "noise is taken for effects: $(cat out.csv)"
expect 0 '' wide.csv $both
cmp out.csv first.csv || fail "columns that are not named change the forecasts"
# one is another's double, or the sum of others
change 'NR == 1 { $6 = "twice"; $7 = "sum" } NR > 1 { $6 = 2 * $5; $7 = 3 * $5 + NR % 5 }
	{ $8 = NR == 1 ? "five" : NR % 5 }'
expect 0 'left out: [a-z]*$' bad.csv --regressors deal,twice
expect 0 'left out: [a-z]*$' bad.csv --regressors deal,five,sum

# --- one that is constant in history, and moves then
change 'NR == 1 { $6 = "still" } NR > 1 { $6 = $3 == "" ? 9 : 1 }'
expect 0 'warning: regressors that never moved and do now, left out, as nothing is known of their effect: still$' \
	bad.csv $both,still
cmp out.csv first.csv || fail "what is not known has an effect"
change 'NR == 1 { $6 = "promo" } NR > 1 { $6 = $3 == "" ? "new" : NR % 5 == 0 ? "A" : "none" }'
expect 0 'never moved and do now, .*: promo=new$' bad.csv $both,promo
# in one series: the others' slopes
change '$1 == "s2" { $5 = $3 == "" }'
bad 0 ''
# farther than ever: as far as regressors usually move, and said
for price in 1e-9 0.0001 400 1e40; do
	change '$1 == "s2" && $3 == "" { $4 = '$price' }'
	bad 0 "in 1 series a regressor moves further than it ever did, .*: 's2'"
	others s2
	grep -q '^s2,mean,ok,a regressor moves further than it ever did' s.csv || fail "s.csv: $(cat s.csv)"
	LC_ALL=C awk -F, 'FNR > 1 && $1 == "s2" { if (!($4 > 50 && $4 < 20000)) bad = 1 }
		END { exit bad }' out.csv || fail "price $price: $(grep s2 out.csv)"
done
# what has no log there
for price in 0 -1; do
	change '$1 == "s2" && $2 == "2023-11-01" { $4 = '$price' }'
	bad 3 "series 's2' fell back: without regressors, .*'price' has no log for 2023-11-01"
	others s2
done
"$nightcast" simulate -H 3 -s 1 -m mean bad.csv $both -o paths.csv 2>stderr
grep -q "'price' has no log for 2023-11-01" stderr || fail "simulate: $(cat stderr)"

# --- numbers of absurd size, which are still numbers
sizes() { # COLUMN FACTOR
	LC_ALL=C awk -F, -v OFS=, -v CONVFMT=%.17g -v OFMT=%.17g -v c="$1" -v by="$2" '
		NR > 1 && $c != "" { $c *= by } { print }' in.csv >bad.csv
	bad 0 ''
	LC_ALL=C awk -F, -v by="$2" -v c="$1" 'NR == FNR { first[$1 $2] = $4; next }
		FNR > 1 { off = $4 / first[$1 $2] / (c == 3 ? by : 1) - 1
			if (off > 1e-6 || off < -1e-6) { print; exit 1 } }' first.csv out.csv ||
		fail "column $1 times $2"
}
sizes 3 1e290
sizes 3 1e-290
sizes 4 1e49
sizes 4 1e-290
sizes 5 1e49
sizes 5 1e-50
for text in 1e51 -1e300 inf nan 1e999; do
	change '$1 == "s3" && $2 == "2021-05-01" { $4 = "'$text'" }'
	expect 3 "" bad.csv $both
	grep -qE "^s3,mean,failed,.?(bad.csv:114: column 'price': (out of range|not a number): '$text'|bad.csv: 'price' has no value for 2021-05-01)" s.csv ||
		fail "$text: $(cat s.csv)"
done
for set in 'price*1e60' price=1e300 'price*-1e99'; do
	expect 2 'set takes no number like' in.csv $both --set "$set"
done
expect 3 "'price' has no log for 2023-10-01" in.csv $both --set 'price*0'

# --- what is missing
change '$1 == "s2" { $4 = "" }'
bad 3 "'s2' failed: bad.csv: 'price' has no value for 2020-01-01: see --missing-regressors"
expect 3 "'s2' fell back: without regressors, which lack values; 'price' has no value in its history" \
	bad.csv $both --missing-regressors previous
LC_ALL=C awk -F, '$1 == "s2" && NR > 1 { n += $4 > 0 && $4 < 3000 } END { exit n != 3 }' out.csv ||
	fail "a series without a price: $(cat out.csv)"
change '$1 == "s2" && $2 < "2020-07" { $4 = "" }' # the first is taken for what was before
expect 0 '' bad.csv $both --missing-regressors previous
change '$1 == "s2" && $3 == "" { $5 = "" }'
bad 3 "'s2' fell back: without regressors, which lack values; 'deal' has no value for 2023-10-01"
others s2

# --- texts as people write them
LC_ALL=C awk -F, -v OFS=, 'NR == 1 { print $0, "promo"; next }
	{ print $0, NR % 3 == 0 ? "\"A \"\"b\"\", \303\274=1\"" : NR % 7 == 0 ? "  B " : NR % 2 ? "none" : " none" }' in.csv >bad.csv
expect 0 "the usual one, promo: 'none'" bad.csv $both,promo --effects e.csv
grep -q '^s1,"promo=A ""b"", ü=1",' e.csv || fail "$(cat e.csv)"
[ "$(cut -d , -f 2 e.csv | grep -c 'promo=B')" -eq 6 ] || fail "$(cat e.csv)"
# keys of several columns
LC_ALL=C awk -F, -v OFS=, 'NR == 1 { print "shop,item", $2, $3, $4, $5; next }
	{ print "\"x, y\"," $1, $2, $3, $4, $5 }' in.csv >keys.csv
expect 0 '' keys.csv $both --id shop,item
sed 's/^"x, y",//; 1s/.*/id,ds,model,mean,lo-80,hi-80,lo-95,hi-95/' out.csv | cmp - first.csv ||
	fail "keys give other bytes"
expect 1 "'item' is of the ids" keys.csv --regressors price,item --id shop,item

# --- the file of the future
awk -F, 'NR == 1 || $3 != ""' in.csv >past.csv
awk -F, -v OFS=, 'NR == 1 || $3 == "" { print $1, $2, $4, $5 }' in.csv >f.csv
# future STATUS WORDS [OPTIONS...]: with future.csv
# shellcheck disable=SC2086
future() { local status=$1 words=$2; shift 2; expect "$status" "$words" past.csv $both --future future.csv "$@"; }
{ head -n 1 f.csv; tail -n +2 f.csv | sort -r; } >future.csv
future 0 ''
cmp out.csv first.csv || fail "the order of future rows counts"
{ cat f.csv; echo s1,2023-12-01,1.0,0; } >future.csv # of which one is wrong
future 3 "'s1' failed: future.csv:20: a second row for ds 2023-12-01: --duplicates last takes the last"
others s1
future 0 '' --duplicates last
LC_ALL=C awk -F, '/^s1,2023-12/ { exit !($4 > 900 && $4 < 1100) }' out.csv || fail "not the last: $(grep s1 out.csv)"
others s1
head -n 1 f.csv >future.csv
future 3 'future.csv: warning: no row is in the horizon of a series of the input$'
: >future.csv
future 1 'future.csv: is empty'
sed '2,$s/^s/x/' f.csv >future.csv
future 3 "future.csv: warning: 18 rows are of no series of the input: 'x1' ...$"
grep -q "no row is in the horizon" stderr || fail "$(cat stderr)"
{ cat f.csv; echo x9,2023-10-01,1,1; } >future.csv
future 0 "future.csv: warning: 1 row is of no series of the input: 'x9'$"
cmp out.csv first.csv || fail "a row of no series counts"
for year in 2013 2033; do
	sed "s/,2023-/,$year-/" f.csv >future.csv
	future 3 'no row is in the horizon of a series'
done
grep -q '18 rows are beyond the horizon not used' stderr || fail "$(cat stderr)"
for date in 2023-13-01 hello 2023-10-17 ''; do
	sed "3s/,2023-11-01/,$date/" f.csv >future.csv
	future 3 "future.csv:3: warning: a row that is not used, as its time is no step of its series, .* there is 1 such"
	grep -q "'s1' fell back: .* 'price' has no value for 2023-11-01" stderr || fail "$(cat stderr)"
	others s1
done
sed '3s/$/,1/; 4s/,[01]$//' f.csv >future.csv
future 3 'future.csv:3: warning: a row that is not used, .* there are 2 such'
others s1
for cell in x inf 1e60; do
	sed "3s/,[0-9.]*,\([01]\)\$/,$cell,\1/" f.csv >future.csv
	future 3 "'s1' failed: future.csv:3: column 'price': .*: '$cell'"
	others s1
done
cut -d , -f 1-3 f.csv >future.csv
future 1 "future.csv:1: --regressors: no column is called 'deal'"
finish
