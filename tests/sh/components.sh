#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --components: they add up to the mean, and are those of a truth that is known.
. tests/sh/setup.bash
cd "$work" || exit 1
# make FILE LOGS: three series of a level, a price and a deal, whose effects are
# factors or sums; s3 lacks a price in the horizon
make() {
	LC_ALL=C awk -v logs="$2" 'BEGIN {
		seed = 5
		print "id,ds,y,price,deal"
		for (s = 1; s <= 3; s++)
			for (t = 0; t < 66; t++) {
				seed = seed * 16807 % 2147483647
				price = 2 + t * 7 % 5 / 5
				deal = t % 6 == 1 || t == 63
				noise = 0.001 * (seed / 2147483647 - 0.5)
				y = logs ? 1000 * s * exp(-1.5 * log(price) + 0.4 * deal + noise) \
					: 50 * s - 30 * price + 20 * deal - 60 + noise
				if (s == 3 && t == 65) price = ""
				printf "s%d,%d,%s,%s,%d\n", s, t, t < 60 ? sprintf("%.6f", y) : "", price, deal
			}
	}' >"$1"
}
run() { # FILE OPTIONS...
	local file=$1
	shift
	"$nightcast" forecast -H 6 -s 1 -m mean,naive "$file" -o f.csv --components c.csv "$@" 2>stderr
	case $? in 0 | 3) ;; *) fail "$*: $(cat stderr)" ;; esac
}
adds_up() { # of every step
	LC_ALL=C awk -F, 'FNR == 1 { next }
		NR == FNR { mean[$1 "," $2 "," $3] = $4; next }
		{ sum[$1 "," $2 "," $3] += $5 }
		END {
			for (k in mean) {
				n++
				off = sum[k] - mean[k]
				most = 1e-9 * (mean[k] < 0 ? -mean[k] : mean[k])
				if (!(k in sum) || off > most || off < -most)
					bad = bad " " k ": " sum[k] " not " mean[k]
			}
			if (bad != "" || n == 0) { print n bad; exit 1 }
		}' f.csv c.csv || fail "$1: components do not add up"
}
of() { # SERIES STEP COMPONENT
	sed -n "s/^$1,$2,mean,$3,//p" c.csv
}
near() { # A B WHAT
	LC_ALL=C awk -v a="$1" -v b="$2" 'BEGIN { off = a - b; if (off < 0) off = -off
		if (b < 0) b = -b
		exit !(a != "" && off <= 0.01 * b) }' || fail "$3: $1 is not $2"
}

# sums: each has its own effect, whatever the others
make units.csv 0
run units.csv --regressors price,deal --missing-regressors error
adds_up units
grep -q 'series in units, regressors as they are' stderr || fail "$(cat stderr)"
head -n 1 c.csv | grep -qx 'id,ds,model,component,value' || fail "$(head -n 1 c.csv)"
near "$(of s1 61 deal)" 20 "a deal, in units" # 61 is 1 more than a multiple of 6
near "$(of s1 62 price)" -12 "a price of 2.8, 0.4 more than its mean is"
[ -z "$(of s1 62 deal)" ] || fail "a deal that is none has a row"
# without one of its regressors a series is its base
[ "$(grep -c '^s3,.*,base,' c.csv)" -eq 12 ] && [ "$(grep -c '^s3,' c.csv)" -eq 12 ] ||
	fail "s3: $(grep '^s3' c.csv)"

# factors: an effect times the logarithmic mean of what is with and without all
make logs.csv 1
run logs.csv --regressors 'log(price),deal' --missing-regressors error
adds_up logs
grep -q 'series in logs' stderr || fail "$(cat stderr)"
LC_ALL=C awk 'BEGIN { for (t = 0; t < 60; t++) sum += log(2 + t * 7 % 5 / 5)
	price = log(2 + 61 * 7 % 5 / 5) - sum / 60
	with = 1000 * exp(-1.5 * log(2 + 61 * 7 % 5 / 5) + 0.4)
	total = -1.5 * price + 0.4
	each = with * (1 - exp(-total)) / total
	print 0.4 * each, -1.5 * price * each, with * exp(-total) }' >truth
read -r deal price base <truth
near "$(of s1 61 deal)" "$deal" "a deal"
near "$(of s1 61 'log(price)')" "$price" "a price"
near "$(of s1 61 base)" "$base" "the base"
"$nightcast" forecast -H 6 -s 1 -m mean,naive logs.csv --regressors 'log(price),deal' -q -j 1 \
	-o f1.csv --components c1.csv
cmp c.csv c1.csv || fail "threads change bytes"

# events, the days of which are like others, and of a series that ended early
seq -f '2023-01-01 + %g days' 0 120 | LC_ALL=C TZ=UTC date -f - +%F |
	LC_ALL=C awk 'BEGIN { print "id,ds,y" } {
		day = 40 + 10 * (NR % 7)
		print "a," $1 "," day
		if (NR < 110) print "b," $1 "," 2 * day }' >days.csv
printf 'event,date,as\nfair,2023-02-07,\nfair,2023-05-03,\nholiday,2023-05-04,Sunday\n' >events.csv
for align in own common; do
	"$nightcast" forecast -H 6 -m snaive,auto days.csv --events events.csv --align $align \
		-o f.csv --components c.csv --non-negative -q || fail "exit $?"
	adds_up "events, $align"
done
grep -q '^a,2023-05-04,snaive,holiday,-' c.csv || fail "$(grep snaive c.csv)"
near "$(sed -n 's/^a,2023-05-04,snaive,base,//p' c.csv)" 90 "a Thursday"

# names that are called like the base, like each other, or like a part that
# events or texts make: each says what it is, everywhere, and keeps its effect
seq -f '2023-01-02 + %g days' 0 133 | LC_ALL=C TZ=UTC date -f - +%F |
	LC_ALL=C awk 'function random(n) {
		seed = seed * 16807 % 2147483647
		return int(n * seed / 2147483647)
	}
	BEGIN {
		seed = 7
		print "id,ds,y,base,promo,promo=A,deal,fair+1"
		split("none none none A B", kinds, " ")
	} {
		for (s = 1; s <= 2; s++) {
			base = random(5); deal = random(4) == 0; cards = random(4); plus = random(9)
			promo = kinds[random(5) + 1]
			y = 100 * s + 3 * base + 10 * (promo == "A") + 20 * (promo == "B") \
				+ 2 * cards + 7 * deal - plus + random(7) / 10
			print s "," $1 "," (t < 120 ? y : "") "," base "," promo "," cards "," deal "," plus
		}
		t++
	}' >names.csv
cat >names_events.csv <<-END
	event,date,as,before,after
	deal,2023-01-21,,,
	deal,2023-03-04,,,
	fair,2023-02-10,,1,1
	fair,2023-04-06,,1,1
	fair+1,2023-02-18,,,
	fair+1,2023-05-05,,,
	base,2023-03-15,,,
	base,2023-05-07,,,
	events,2023-03-22,,,
	events,2023-05-09,,,
	deal,2023-04-18,Sunday,,
END
named=(names.csv --regressors 'base,promo,promo=A,deal,fair+1' --events names_events.csv -m mean)
"$nightcast" forecast -H 14 -q "${named[@]}" -o f.csv --components c.csv --effects e.csv || fail "exit $?"
adds_up names
LC_ALL=C awk -F, 'seen[$1 FS $2 FS $3 FS $4]++ { print; bad = 1 } END { exit bad }' c.csv ||
	fail "two components of a step have one name"
LC_ALL=C sed -n 's/^1,\([^,]*\),.*/\1/p' e.csv | LC_ALL=C sort >got
cat >want <<-END
	base (column)
	base (event)
	deal (as a weekday)
	deal (column)
	deal (event)
	events (all events)
	events (event)
	events on Saturdays
	events on Sundays
	fair
	fair+1 (column)
	fair+1 (days after)
	fair+1 (event)
	fair-1
	promo=A (column)
	promo=A (text)
	promo=B
END
cmp got want || fail "names: $(cat got)"
effect() { sed -n "s/^1,$1,\"*[^:]*: +*\([^,]*\),.*/\1/p" e.csv; }
near "$(effect 'promo=A (text)')" 10 "a text"
near "$(effect 'promo=B')" 20 "another text"
LC_ALL=C awk -v a="$(effect 'promo=A (column)')" 'BEGIN { exit !(a > 1.9 && a < 2.1) }' ||
	fail "a column called like a text: $(grep 'promo=A' e.csv)"
[ "$(grep -c '^1,2023-05-07,mean,base,' c.csv)" -eq 1 ] &&
	[ "$(grep -c '^1,2023-05-07,mean,base (event),' c.csv)" -eq 1 ] || fail "the base: $(cat c.csv)"
"$nightcast" report -q f.csv --train names.csv --components c.csv -o page.html 2>stderr ||
	grep -q 'built without' stderr || fail "report: $(cat stderr)"
# as learnt, where a column is called like a text and an event like a day after
"$nightcast" learn -H 14 -q "${named[@]}" -o learned.txt || fail "learn: exit $?"
"$nightcast" forecast -H 14 -q "${named[@]}" --learned learned.txt -o f1.csv --effects e1.csv || fail "exit $?"
cmp f.csv f1.csv && cmp e.csv e1.csv || fail "names: --learned is not one run"
# keys and times called like the columns of the output
sed '1s/id,ds,y/component,value,sold/' names.csv >keys.csv
called=(--id component --time value --value sold)
"$nightcast" forecast -H 14 -q keys.csv "${called[@]}" --regressors deal -m mean -o k.csv --components kc.csv ||
	fail "exit $?"
"$nightcast" report -q k.csv --train keys.csv "${called[@]}" --components kc.csv -o page.html 2>stderr ||
	grep -q 'built without' stderr || fail "report: $(cat stderr)"

"$nightcast" forecast -H 6 days.csv --components c.csv >/dev/null 2>stderr
[ $? -eq 2 ] && grep -q -e '--components needs --regressors or --events' stderr || fail "$(cat stderr)"
finish
