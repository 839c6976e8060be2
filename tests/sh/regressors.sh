#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Regressors from files: what is read, what is refused, and that effects of a
# truth that is known come back.
. tests/sh/setup.bash
cd "$work" || exit 1
# Six series whose logs fall by twice the price's, and rise with promotions;
# three months have no value yet.
LC_ALL=C awk 'BEGIN {
	srand(3)
	print "id,ds,y,price,promo,deal"
	for (s = 1; s <= 6; s++)
		for (t = 0; t < 48; t++) {
			price = 2 + 0.2 * rand() - (rand() < 0.3 ? 1 : 0)
			promo = rand() < 0.2 ? "A" : rand() < 0.2 ? "B" : "none"
			deal = rand() < 0.25
			y = int(1000 * s * exp(-2 * log(price) + 0.5 * deal + \
				0.3 * (promo == "A") + 0.02 * (rand() - 0.5)))
			printf "s%d,%d-%02d-01,%s,%.3f,%s,%d\n", s, \
				2020 + int(t / 12), t % 12 + 1, \
				t < 45 ? y : "", price, promo, deal
		}
}' >in.csv
# expect STATUS WORDS OPTIONS...: of a forecast
expect() {
	local status=$1 words=$2 got
	shift 2
	timeout 60 "$nightcast" forecast -H "${steps:-3}" -s 1 -m mean -o out.csv --summary s.csv \
		"$@" >stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	[ -z "$words" ] || grep -qE -- "$words" stderr ||
		fail "no '$words': $*: $(cat stderr)"
}
all='--regressors price,promo,deal'
# shellcheck disable=SC2086
plain() { expect "$1" "$2" in.csv $all; }

plain 0 'series in logs as well as price, slopes of 6 series'
plain 0 "a regressor for each text but the usual one, promo: 'none'"
cp out.csv first.csv
# the level is known all but exactly, and so are the effects of the future rows
LC_ALL=C awk -F, 'NR == FNR {
		if ($3 == "" && FNR > 1)
			truth[$1 "," $2] = 1000 * substr($1, 2) * exp(-2 * log($4) + \
				0.5 * $6 + 0.3 * ($5 == "A"))
		next
	}
	FNR > 1 {
		off = $4 / truth[$1 "," $2] - 1
		if (off > 0.03 || off < -0.03) { print "off by " off ": " $0; bad = 1 }
	}
	END { exit bad || FNR != 19 }' in.csv out.csv || fail "effects are not the truth's"

# neither threads nor the order of rows and columns change a byte
expect 0 '' in.csv $all -j 1
cmp out.csv first.csv || fail "one thread writes other bytes"
{ head -n 1 in.csv; tail -n +2 in.csv | sort -t , -k 2,2 -k 1,1; } >dated.csv
expect 0 '' dated.csv $all
cmp out.csv first.csv || fail "a file by date gives other bytes"
awk -F, -v OFS=, '{ print $6, $5, $1, $4, $3, $2 }' in.csv | gzip >columns.csv.gz
expect 0 '' columns.csv.gz $all --id id --time ds --value y
cmp out.csv first.csv || fail "other columns give other bytes"
tr , ';' <in.csv | tr . , >comma.csv
expect 1 'comma.csv:2: .* say --decimal' comma.csv $all
expect 0 '' comma.csv $all --decimal ,
cmp out.csv first.csv || fail "decimal commas give other bytes"
sed '2,$s/^\([^;]*;[^;]*;[^;]*;[0-9,]*\)/\10/' comma.csv >comma4.csv # 2,1340
expect 0 '' comma4.csv $all
cmp out.csv first.csv || fail "decimal commas are not seen"
{ echo id,ds,y,price,promo,deal; sed -n '/^s[123]/p' in.csv; } >one.csv
{ echo id,ds,y,price,promo,deal; sed -n '/^s[456]/p' in.csv; } >two.csv
expect 0 '' one.csv two.csv $all
cmp out.csv first.csv || fail "two files give other bytes"

# a horizon that lacks a value
grep -v '^s2,2023-12' in.csv >lacks.csv
expect 3 "'s2' fell back: without regressors.*'price' has no value for 2023-12-01" lacks.csv $all
expect 3 '1 with fallback snaive or without regressors' lacks.csv $all
grep -q '^s2,mean,fallback,"without regressors' s.csv || fail "s.csv: $(cat s.csv)"
expect 0 '' lacks.csv $all --partial-ok
"$nightcast" simulate -H 3 -s 1 -m mean lacks.csv $all -o out.csv 2>stderr
grep -q "'s2' fell back: without regressors, which lack values: 'price' has no value for 2023-12-01" stderr ||
	fail "simulate: $(cat stderr)"
# rows beyond the horizon, and two for one date
steps=2 expect 0 '6 rows are beyond the horizon not used' in.csv $all
{ cat in.csv; echo s1,2023-12-01,,1.9,A,0; } >two_rows.csv
expect 3 "'s1' failed: .*2 rows for ds 2023-12-01" two_rows.csv $all
expect 0 '' two_rows.csv $all --duplicates last

# cells that are no values
cell() { # TEXT: of s3's price in 2021-05
	sed "s/^\(s3,2021-05-01,[0-9]*,\)[0-9.]*/\1$1/" in.csv >cell.csv
}
cell 'x'
expect 3 "'s3' failed: cell.csv:114: column 'price': not a number: 'x'" cell.csv $all
cell inf
expect 3 "cell.csv:114: column 'price': not a number: 'inf'" cell.csv $all
cell 1e60
expect 3 "cell.csv:114: column 'price': out of range: '1e60'" cell.csv $all
cell ''
expect 3 "'s3' failed: .*'price' has no value for 2021-05-01: see --missing-regressors" cell.csv $all
expect 3 '' cell.csv $all --missing-regressors error
expect 0 '' cell.csv $all --missing-regressors previous
previous=$(sed -n 's/^s3,2021-04-01,[0-9]*,\([0-9.]*\).*/\1/p' in.csv)
cp out.csv filled.csv
cell "$previous"
expect 0 '' cell.csv $all
cmp out.csv filled.csv || fail "previous is not the value before"
cell ''
expect 0 '' cell.csv $all --missing-regressors zero
cp out.csv filled.csv
cell 0
expect 0 '' cell.csv $all
cmp out.csv filled.csv || fail "zero is not 0"
expect 3 "'log\(price\)' has no log for 2021-05-01" cell.csv --regressors 'log(price)'

# logs and lags
expect 0 'series in logs, regressors as they are' in.csv --regressors 'log(price),promo,deal'
cmp out.csv first.csv || fail "log(price) is not what is chosen"
awk -F, -v OFS=, '{ print $0, NR == 1 ? "before" : $1 == id ? deal : $6
	id = $1; deal = $6 }' in.csv >lag.csv
expect 0 '' lag.csv --regressors 'price,lag(deal,1)'
cp out.csv lagged.csv
expect 0 '' lag.csv --regressors 'price,before'
cmp out.csv lagged.csv || fail "lag(deal,1) is not the deal before"

# columns that can teach nothing, or too much
awk -F, -v OFS=, 'NR == 1 { print $0, "same,still,twice,id2"; next }
	{ print $0, $3, 7, 2 * $6, $1 NR }' in.csv >odd.csv
expect 1 "'same' is 'y' itself in every row" odd.csv --regressors price,same
expect 0 'left out: still$' odd.csv --regressors price,still
expect 0 'left out: twice$' odd.csv --regressors deal,twice
expect 1 "'id2' has more than 65 different texts" odd.csv --regressors id2
expect 1 "no column is called 'nope'" odd.csv --regressors nope
for wrong in '' , 'price,' 'price,price' 'lag(price)' 'lag(price,0)' \
	'lag(price,x)' 'exp(price)' 'log()' "$(seq -s , 65)"; do
	expect 2 'regressors' in.csv --regressors "$wrong"
done
expect 2 'takes columns of long form, of which --wide has none' in.csv $all --wide
expect 2 'name a file' - $all
expect 2 'leave out --store' in.csv $all --store st.db
expect 2 'leave out --learned' in.csv $all --learned in.csv
expect 2 'of which --shard sees some' in.csv $all --shard 1/2
expect 2 'needs --regressors' in.csv --missing-regressors zero

# backtests know the regressors, and are better for it
score() {
	"$nightcast" backtest -H 3 --origins 3 -s 1 -m mean in.csv --csv -q "$@" |
		tail -n 1 | cut -d , -f 4
}
LC_ALL=C awk -v with="$(score $all)" -v without="$(score)" \
	'BEGIN { exit !(with > 0 && with < 0.2 * without) }' ||
	fail "mae with regressors $(score $all), without $(score)"

# no allocation that fails changes a byte
if ! is_sanitized; then
	compile_faults
	k=0 quiet=0
	while [ $quiet -lt 20 ] && [ $k -lt 1500 ]; do
		k=$((k + 17)) quiet=$((quiet + 1))
		env FAULT="memory:$k" LD_PRELOAD="$work/fault.so" "$nightcast" \
			forecast -H 3 -s 1 -m mean in.csv $all -j 1 -o out.csv >stdout 2>stderr
		case $? in
		0) cmp -s out.csv first.csv || fail "allocation $k: other bytes" ;;
		1) quiet=0
			grep -qE 'ut of memory|annot allocate' stderr ||
				fail "allocation $k: $(cat stderr)" ;;
		3) grep -qi memory stderr || fail "allocation $k: $(cat stderr)" ;;
		*) fail "allocation $k: $(cat stderr)" ;;
		esac
	done
fi
finish
