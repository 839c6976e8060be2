#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Regressors from files: what is read, what is refused, and that effects of a
# truth that is known come back.
. tests/sh/setup.bash
cd "$work" || exit 1
# Six series whose logs fall by twice the price's, and rise with promotions;
# three months have no value yet.
LC_ALL=C awk 'function chance() { # of Park & Miller: the same in every awk
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}
BEGIN {
	seed = 3
	print "id,ds,y,price,promo,deal"
	for (s = 1; s <= 6; s++)
		for (t = 0; t < 48; t++) {
			price = 2 + 0.2 * chance() - (chance() < 0.3 ? 1 : 0)
			promo = chance() < 0.2 ? "A" : chance() < 0.2 ? "B" : "none"
			deal = chance() < 0.25
			y = int(1000 * s * exp(-2 * log(price) + 0.5 * deal + \
				0.3 * (promo == "A") + 0.02 * (chance() - 0.5)))
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

# and they are said: 1.1^-2 is 0.826, exp(0.5) 1.649
expect 0 '' in.csv $all --effects e.csv
head -n 1 e.csv | grep -qx 'id,regressor,effect,own,shrunk,error,times' ||
	fail "$(head -n 1 e.csv)"
grep -q '^s6,price,10% more: -17\.[2-6]%,-[12]\.' e.csv || fail "$(grep s6,p e.csv)"
grep -q '^s6,deal,when 1: +6[45]\.[0-9]%,0\.[45]' e.csv || fail "$(grep s6,d e.csv)"
times=$(awk -F, '$1 == "s6" && $3 != "" { n += $6 } END { print n }' in.csv)
grep -q "^s6,deal,.*,$times\$" e.csv || fail "not $times: $(grep s6,d e.csv)"
[ "$(wc -l <e.csv)" -eq 25 ] || fail "$(cat e.csv)" # four regressors of six
expect 2 '--effects needs --regressors' in.csv --effects e.csv

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
sed -n '1p;/^s1;/s/^\([^;]*;[^;]*;[^;]*;\)[0-9,]*/\12/p' comma.csv >whole.csv
sed '/^s1;/d' comma.csv >others.csv
expect 1 '^[^:]*: others.csv:2: .* say --decimal' whole.csv others.csv $all
expect 0 '' comma.csv $all --decimal ,
cmp out.csv first.csv || fail "decimal commas give other bytes"
sed '2,$s/^\([^;]*;[^;]*;[^;]*;[0-9,]*\)/\10/' comma.csv >comma4.csv # 2,1340
expect 0 '' comma4.csv $all
cmp out.csv first.csv || fail "decimal commas are not seen"
{ echo id,ds,y,price,promo,deal; sed -n '/^s[123]/p' in.csv; } >one.csv
{ echo id,ds,y,price,promo,deal; sed -n '/^s[456]/p' in.csv; } >two.csv
expect 0 '' one.csv two.csv $all
cmp out.csv first.csv || fail "two files give other bytes"

# standard input, from a pipe and from a file, compressed and not
for feed in "cat in.csv" "gzip -c in.csv"; do
	$feed | "$nightcast" forecast -q -H 3 -s 1 -m mean $all - -o out.csv || fail "$feed: $?"
	cmp out.csv first.csv || fail "$feed: standard input gives other bytes"
done
"$nightcast" forecast -H 3 -s 1 -m mean $all - -o out.csv <in.csv 2>stderr || fail "stdin: $?"
cmp out.csv first.csv || fail "a file as standard input gives other bytes"
grep -q "^nightcast: <stdin>: a regressor for each text" stderr || fail "$(cat stderr)"
"$nightcast" forecast -q -H 3 -s 1 -m mean $all one.csv - -o out.csv <two.csv || fail "beside a file: $?"
cmp out.csv first.csv || fail "standard input beside a file gives other bytes"
mkdir tmp
TMPDIR=$PWD/tmp "$nightcast" backtest -q -H 3 -s 1 -m mean $all - --steps a <in.csv >table || fail "backtest: $?"
"$nightcast" backtest -q -H 3 -s 1 -m mean $all in.csv --steps b >table
cmp a b || fail "backtest of standard input"
rmdir tmp || fail "a copy was left"
TMPDIR=$PWD/tmp "$nightcast" forecast -H 3 -m mean $all - -o out.csv <in.csv 2>stderr
[ $? -eq 1 ] || fail "a copy that cannot be written"
grep -q '<stdin>: is read twice for --regressors, and a copy of it cannot be written to .*/tmp' stderr ||
	fail "$(cat stderr)"
expect 2 'cannot both be standard input' - $all --future -
expect 2 'future and --events cannot both be standard input' in.csv $all --future - --events -

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

# names with parentheses and commas stand in quotes, wherever columns are named
expect 0 '' in.csv --regressors 'price,lag(deal,1),promo' --regressors-unknown price --set 'deal*0.5,promo=A' \
	--effects plain.effects
cp out.csv plain.csv
sed '1s/price/"Price (EUR, net)"/;1s/deal/"a ""deal"" (yes)"/;1s/promo/log(x)/' in.csv >named.csv
expect 0 '' named.csv --regressors '"Price (EUR, net)", lag( "a ""deal"" (yes)" ,1),"log(x)"' \
	--regressors-unknown '"Price (EUR, net)"' --set '"a ""deal"" (yes)"*0.5,"log(x)"=A' --effects named.effects
grep -q '^[^,]*,"Price (EUR, net)",10% more' named.effects && grep -q 'log(x)=A,when 1' named.effects || fail "names: $(cat named.effects)"
cmp <(sed 's/.*,\([^,]*,[^,]*,[^,]*,[^,]*,[^,]*\)$/\1/' plain.csv) \
	<(sed 's/.*,\([^,]*,[^,]*,[^,]*,[^,]*,[^,]*\)$/\1/' out.csv) || fail "quoted names are other columns"
expect 2 'and "other names" in quotes; got .Price [(]EUR[)]' in.csv --regressors 'Price (EUR)'
expect 1 "no column is called '\"price'" in.csv --regressors '"price'
expect 2 "names '\"price\"' twice" in.csv --regressors 'price,"price"'
expect 0 '' in.csv --regressors '"price",promo,deal'
cmp out.csv first.csv || fail "quotes that need not be"

# columns that can teach nothing, or too much
awk -F, -v OFS=, 'NR == 1 { print $0, "same,still,twice,id2"; next }
	{ print $0, $3, 7, 2 * $6, $1 NR }' in.csv >odd.csv
expect 1 "'same' is 'y' itself in every row" odd.csv --regressors price,same
# no future anywhere is said once, where one is needed; what has no log is not
# for --missing-regressors
awk -F, 'NR == 1 || $3 != ""' odd.csv >nofuture.csv
expect 3 'warning: no series has all regressors in the horizon: .*--future FILE' nofuture.csv --regressors price
"$nightcast" backtest -H 2 -m mean nofuture.csv --regressors price >stdout 2>stderr
grep -q 'in the horizon' stderr && fail "a backtest needs no future: $(cat stderr)"
expect 1 "odd.csv: 'log[(]deal[)]' has no log for [^ ]*, which is taken of what is above 0$" odd.csv --regressors 'log(deal)'
expect 0 'left out: still$' odd.csv --regressors price,still
expect 0 'left out: twice$' odd.csv --regressors deal,twice
expect 1 "'id2' has more than 65 different texts" odd.csv --regressors id2
expect 1 "no column is called 'nope'" odd.csv --regressors nope
for wrong in '' , 'price,' 'price,price' 'lag(price)' 'lag(price,0)' \
	'lag(price,x)' 'exp(price)' 'log()' "$(seq -s , 65)"; do
	expect 2 'regressors' in.csv --regressors "$wrong"
done
expect 2 'takes columns of long form, of which --wide has none' in.csv $all --wide
expect 2 'of which --shard sees some: leave' in.csv $all --shard 1/2 --effects e.csv
expect 2 'needs --regressors' in.csv --missing-regressors zero

# backtests know the regressors, and are better for it
score() {
	"$nightcast" backtest -H 3 --origins 3 -s 1 -m mean in.csv --csv -q "$@" |
		tail -n 1 | cut -d , -f 4
}
LC_ALL=C awk -v with="$(score $all)" -v without="$(score)" \
	'BEGIN { exit !(with > 0 && with < 0.2 * without) }' ||
	fail "mae with regressors $(score $all), without $(score)"

# arima finds slopes itself, if asked: effects and components are then its own,
# whatever the threads, and nothing else changes
steps=3
"$nightcast" forecast -q -H 3 -s 1 -m arima,arima:joint in.csv $all -o both.csv \
	--components c.csv -j 2 || fail "joint: $?"
LC_ALL=C awk -F, 'NR == FNR { mean[$1 $2 $3] = $4; next }
	FNR > 1 { sum[$1 $2 $3] += $5; value[$1 $2 $4 $3] = $5 }
	END {
		for (k in sum) {
			if ((sum[k] / mean[k] - 1) ^ 2 > 1e-18) { print k; bad = 1 }
			n++
		}
		for (k in value)
			if (k ~ /joint$/ && k ~ /price/) {
				own = k
				sub(/:joint/, "", own)
				moved += value[k] != value[own]
			}
		exit bad || n != 36 || moved < 15
	}' both.csv c.csv || fail "components of arima:joint: $(grep -c . c.csv)"
"$nightcast" forecast -q -H 3 -s 1 -m arima in.csv $all -o alone.csv --effects file.e
grep -v joint both.csv | cmp - alone.csv || fail "arima is not as it is without arima:joint"
"$nightcast" forecast -q -H 3 -s 1 -m arima:joint in.csv $all -o joint.csv --effects e.csv -j 1
grep -E 'model|joint' both.csv | cmp - joint.csv || fail "joint: one thread has other bytes"
LC_ALL=C awk -F, 'NR == FNR { slope[$1 $2] = $5; next } FNR > 1 && $5 != slope[$1 $2] { n++ }
	$2 == "price" && ($5 < -2.1 || $5 > -1.9) { print; bad = 1 }
	END { exit bad || n < 20 }' file.e e.csv || fail "effects of arima:joint: $(cat e.csv)"
cut -d, -f1-3 in.csv | grep -v ',$' >plain.csv
"$nightcast" forecast -q -H 3 -s 1 -m arima,arima:joint plain.csv -o both.csv
diff <(grep ',arima,' both.csv) <(grep joint both.csv | sed 's/:joint//') ||
	fail "without regressors joint is not arima"
expect 2 "expected p,d,q.*or joint" in.csv $all -m arima:jointly

# what was learnt once is used again, by all of the file and by parts of it
for model in mean auto; do
	with=(-q -H 3 -s 1 -m "$model" --regressors price,promo,deal)
	"$nightcast" forecast "${with[@]}" in.csv -o whole.csv || fail "$model: $?"
	"$nightcast" learn "${with[@]}" in.csv -o "learned.$model" || fail "learn $model: $?"
	"$nightcast" forecast "${with[@]}" --learned "learned.$model" in.csv -o again.csv ||
		fail "--learned $model: $?"
	cmp again.csv whole.csv || fail "--learned $model: other bytes"
	for k in 1 2 3; do
		"$nightcast" forecast "${with[@]}" --learned "learned.$model" --shard $k/3 \
			in.csv -o "part.$k" 2>stderr || fail "shard $k: $(cat stderr)"
	done
	"$nightcast" merge -q part.[123] -o merged.csv 2>stderr || fail "merge: $(cat stderr)"
	cmp merged.csv whole.csv || fail "$model: shards have other bytes"
	"$nightcast" simulate "${with[@]}" in.csv -o paths.csv || fail "simulate: $?"
	"$nightcast" simulate "${with[@]}" --learned "learned.$model" in.csv -o again.csv ||
		fail "simulate --learned: $?"
	cmp again.csv paths.csv || fail "simulate --learned $model: other bytes"
done
expect 0 '' in.csv $all --effects whole.e
expect 0 '' in.csv $all --learned learned.mean --effects e.csv
cmp e.csv whole.e || fail "--learned: other effects"
# a part that learns alone says so, and so does the merge
"$nightcast" forecast "${with[@]}" -m mean --shard 1/2 in.csv -o part.1 2>stderr
grep -q 'learns from its own series only' stderr || fail "$(cat stderr)"
"$nightcast" forecast "${with[@]}" -m mean --shard 2/2 in.csv -o part.2 2>stderr
"$nightcast" merge part.[12] -o merged.csv 2>stderr
grep -q 'each shard learned from its own series only' stderr || fail "$(cat stderr)"
# series and texts that came since: the file's slopes, and the usual text
sed '$!b; s/.*/&\nnew,2023-09-01,500,1.9,C,0\nnew,2023-10-01,,1.9,none,0\nnew,2023-11-01,,0.95,none,0\nnew,2023-12-01,,1.9,none,1/' \
	in.csv >since.csv
expect 0 "a text that was not learnt counts as the usual one: promo: 'C'" since.csv $all \
	--learned learned.mean
grep -v ^new out.csv | cmp - first.csv || fail "a new series changes the others"
LC_ALL=C awk -F, '/^new/ { y[++n] = $4 } END { # 2^2 is 4, exp(.5) 1.649
	exit !(n == 3 && y[1] > 450 && y[1] < 550 && y[2] / y[1] > 3.6 &&
		y[2] / y[1] < 4.4 && y[3] / y[1] > 1.55 && y[3] / y[1] < 1.75) }' out.csv ||
	fail "a new series does not have the file's slopes: $(grep ^new out.csv)"
# what does not belong together
"$nightcast" learn -q -H 3 -s 1 in.csv -o plain || fail "learn: $?"
expect 1 'was learnt without regressors; .* --regressors price,promo,deal' in.csv $all -m auto --learned plain
expect 1 "was learnt with regressors \('price'\): --regressors names them" in.csv -m auto --learned learned.auto
expect 1 "'promo=A' is not what was learnt" in.csv --regressors price,deal --learned learned.mean
expect 1 "'deal' is not what was learnt" in.csv --regressors price,promo --learned learned.mean
expect 1 "was learnt by 'mean', not 'auto'" in.csv $all -m auto --learned learned.mean
sed 's/^promo=A$/promo=D/' learned.mean >bad
expect 1 'bad: was changed after it was written' in.csv $all --learned bad
head -n 20 learned.mean >bad
expect 1 'bad: is cut short' in.csv $all --learned bad

# the future in a file of its own, in any order, without values, and more of it
awk -F, 'NR == 1 || $3 != ""' in.csv >past.csv
awk -F, -v OFS=, 'NR == 1 || $3 == "" { print $5, $2, $6, $4, $1 }' in.csv >f.csv
{ head -n 1 f.csv; tail -n +2 f.csv | LC_ALL=C sort; } >future.csv
echo A,2024-01-01,0,1.9,s1 >>future.csv
echo A,2021-05-01,0,7,s1 >>future.csv # history is the input's business
expect 0 'future.csv: 1 row is beyond the horizon not used' past.csv $all --future future.csv
cmp out.csv first.csv || fail "a future of its own gives other bytes"
sed 's/^\(s4,2023-1[0-2]-01,,\)[0-9.]*/\19/' in.csv >other.csv
expect 0 '' other.csv $all --future future.csv
cmp out.csv first.csv || fail "the future does not count over the input"
expect 1 "nothing.csv" past.csv $all --future nothing.csv
cut -d , -f 1,2,4,5 future.csv >narrow.csv
expect 1 "narrow.csv:1: --regressors: no column is called 'deal'" past.csv $all --future narrow.csv
expect 2 '^[^:]*: --future needs --regressors' past.csv --future future.csv

# what if
changed() { # AWK-PROGRAM: the future rows, changed
	awk -F, -v OFS=, 'NR > 1 && $3 == "" { '"$1"' } 1' in.csv >changed.csv
	expect 0 '' changed.csv $all
	cp out.csv changed.out
}
unmark() { sed "s/,$1,/,mean,/" out.csv; }
changed '$6 = 0'
expect 0 '' in.csv $all --set deal=0
unmark 'mean (deal=0)' | cmp - changed.out || fail "deal=0 is not the file with deal 0"
changed '$4 *= 0.5; $5 = "B"' # halves are exact
expect 0 '' in.csv $all --set ' price*0.5, promo = B'
unmark '"mean ( price\*0.5, promo = B)"' | cmp - changed.out ||
	fail "another price and promotion: $(sed -n 2p out.csv)"
expect 0 '' in.csv $all --set promo=B,price*0.5 --learned learned.mean
unmark '"mean (promo=B,price\*0.5)"' | cmp - changed.out || fail "--set with --learned"
sed 's/^\(.*,\),[0-9.]*\(,[^,]*,[01]\)$/\1,\2/' in.csv >unknown.csv # price of the future
expect 3 "'price' has no value" unknown.csv $all --set price*1.05
expect 0 '' unknown.csv $all --set price=1.9
changed '$4 = 1.9'
expect 0 '' unknown.csv $all --set price=1.9
unmark 'mean (price=1.9)' | cmp - changed.out || fail "a price that is set"
expect 1 "'dael' is no column of --regressors" in.csv $all --set dael=0
expect 1 "'promo' is text" in.csv $all --set 'promo*2'
expect 1 "'deal' has numbers, which 'A' is not" in.csv $all --set deal=A
for wrong in '' deal =0 deal= 'deal*x' 'deal=1,deal=0' 'deal=1,' 'deal*inf'; do
	expect 2 'set' in.csv $all --set "$wrong"
done
expect 2 'needs --regressors' in.csv --set deal=0

# no allocation that fails changes a byte
if ! is_sanitized; then
	compile_faults
	deny 17 20 "$nightcast" forecast -H 3 -s 1 -m mean in.csv $all -j 1 \
		-o out.csv --effects e.csv
fi
finish
