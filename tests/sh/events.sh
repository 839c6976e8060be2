#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --events: as regressors made by hand, as a truth that is known, as --ignore;
# and what is refused.
. tests/sh/setup.bash
cd "$work" || exit 1
# Days of two shops from a Sunday on: a level and a weekly course; fairs, all on
# Tuesdays to Thursdays, at which the first shop sells half as much again.
cat >fairs.csv <<-END
	event,date
	fair,2023-02-07
	fair,2023-04-12
	fair,2023-06-22
	fair,2023-08-15
	fair,2023-11-01
	fair,2024-01-16
	fair,2024-03-06
	fair,2024-05-09
	fair,2024-07-03
END
seq -f '2023-01-01 + %g days' 0 553 | LC_ALL=C TZ=UTC date -f - +%F >days
# make FILE COMMAND: COMMAND, of awk, changes y on the day ds of shop s
make() {
	LC_ALL=C awk -F, 'NR == FNR { fair[$2] = 1; next }
	{ day[++n] = $1 }
	END {
		seed = 11
		print "shop,item,ds,y,fair"
		split("60 100 104 108 112 130 170", week, " ")
		for (s = 1; s <= 2; s++)
			for (t = 1; t <= n; t++) {
				ds = day[t]
				seed = seed * 16807 % 2147483647
				noise = 0.99 + 0.02 * seed / 2147483647
				is = s == 1 && ds in fair
				y = 10 * s * week[(t - 1) % 7 + 1] * (is ? 1.5 : 1)
				sunday = 10 * s * week[1]
				'"$2"'
				print "s" s ",\"a,b\"," ds "," (ds >= "2024-06-24" ? "" : int(y * noise)) "," is
			}
	}' fairs.csv days >"$1"
}
make in.csv ''
# run OUT OPTIONS...: a forecast
run() {
	local out=$1
	shift
	"$nightcast" forecast -H 14 -m "${model:-snaive}" --id shop,item -o "$out" "$@" >stdout 2>stderr ||
		fail "exit $?: $*: $(cat stderr)"
}
expect() { # STATUS WORDS OPTIONS...
	local status=$1 words=$2 got
	shift 2
	"$nightcast" forecast -H 14 -m mean --id shop,item -o out.csv "$@" >stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	grep -qE -- "$words" stderr || fail "no '$words': $*: $(cat stderr)"
}
at() { # FILE SHOP DATE: the mean there
	sed -n "s/^$2,\"a,b\",$3,[a-z0-9]*,\([^,]*\),.*/\1/p" "$1"
}
near() { # A B PERCENT WHAT
	LC_ALL=C awk -v a="$1" -v b="$2" -v most="$3" \
		'BEGIN { off = 100 * (a / b - 1); exit !(off <= most && off >= -most) }' ||
		fail "$4: $1 is not $2"
}

# one event is the column made by hand, for the shop whose key it has
sed '1s/$/,shop/; 2,$s/$/,s1/' fairs.csv >keyed.csv
run hand.csv in.csv --regressors fair
run out.csv in.csv --events keyed.csv --effects effects.csv
cmp out.csv hand.csv || fail "events are not the column made by hand"
grep -q 'keyed.csv: 9 events of 1 name$' stderr || fail "$(cat stderr)"
run out.csv in.csv --events keyed.csv -j 1
cmp out.csv hand.csv || fail "threads change bytes"
near "$(at hand.csv s1 2024-07-03)" 1620 3 "a fair"
near "$(at hand.csv s2 2024-07-03)" 2160 3 "no fair"
grep -qE '^s1,"a,b",fair,when 1: \+(49|50)\.[0-9]%,' effects.csv || fail "$(cat effects.csv)"
sed '1s/shop/item/; 2,$s/s1$/"a,b"/' keyed.csv >item.csv
run out.csv in.csv --events item.csv
run both.csv in.csv --events fairs.csv
cmp out.csv both.csv || fail "a key that all have is not all"
"$nightcast" backtest -H 14 --origins 4 -m snaive --id shop,item in.csv --events keyed.csv --steps a -q >/dev/null
"$nightcast" backtest -H 14 --origins 4 -m snaive --id shop,item in.csv --regressors fair --steps b -q >/dev/null
cmp a b || fail "backtest"
"$nightcast" simulate -H 14 -m snaive --id shop,item in.csv --events keyed.csv -q >a
"$nightcast" simulate -H 14 -m snaive --id shop,item in.csv --regressors fair -q >b
cmp a b || fail "simulate"
awk -F, -v OFS=, 'NR == 1 { print "id,ds,y" } NR > 1 { print $1, $4, $5 }' in.csv >plain.csv
"$nightcast" forecast -H 14 -m snaive - --events fairs.csv -q <plain.csv | tail -n +2 | cut -d , -f 2- >a
tail -n +2 both.csv | cut -d , -f 4- | cmp - a || fail "standard input"

# holidays take Sundays' level, even where there never was one; a fair beside
# them has its own effect
echo 'event,date,as
first,2023-05-01,
newcomer,2024-07-04,Sunday
never,2024-06-28,sun' >sundays.csv
run out.csv in.csv --events sundays.csv
near "$(at out.csv s1 2024-07-04)" 600 3 "a Thursday like a Sunday"
near "$(at out.csv s2 2024-06-28)" 1200 3 "a Friday like a Sunday"
near "$(at out.csv s2 2024-06-29)" 3400 3 "a Saturday beside it"
# by two names a day takes the first one's level, and once
for as in Sunday Saturday; do
	{ cat sundays.csv; echo "again,2024-07-04,$as"; echo "again,2024-06-27,$as"; } >twice.csv
	run out.csv in.csv --events twice.csv
	near "$(at out.csv s1 2024-07-04)" 600 3 "like a Sunday and a $as"
done
run out.csv in.csv --events sundays.csv --effects effects.csv -m ets
near "$(at out.csv s1 2024-07-04)" 600 3 "with ets"
grep -q '^s1,"a,b",never,as its weekday,,,,0$' effects.csv || fail "$(cat effects.csv)"

# a name that was never seen has what the others have; one that was seen often
# is itself; so are Saturdays and the days around
sed '1s/$/,before,after/; 2,$s/$/,,/' fairs.csv >many.csv
cat >>many.csv <<-END
	sale,2023-01-20,,1
	sale,2023-03-10,,1
	sale,2023-05-12,,1
	sale,2023-07-21,,1
	sale,2023-09-22,,1
	sale,2023-11-24,,1
	sale,2024-02-09,,1
	sale,2024-04-19,,1
	sale,2024-06-28,,1
	opening,2024-07-04,,
END
make many_in.csv 'if (ds ~ /2023-(01-20|03-10|05-12|07-21|09-22|11-24)|2024-(02-09|04-19)/) y *= 1.8
	if (ds ~ /2023-(01-21|03-11|05-13|07-22|09-23|11-25)|2024-(02-10|04-20)/) y *= 0.7
	if (s == 2 && ds in fair) y *= 1.5'
run out.csv many_in.csv --events many.csv
near "$(at out.csv s1 2024-06-28)" 2340 4 "a sale"
near "$(at out.csv s2 2024-06-29)" 2380 4 "the day after"
near "$(at out.csv s1 2024-07-03)" 1620 4 "a fair among others"
near "$(at out.csv s1 2024-07-04)" 1848 12 "what is new" # 1120 times 1.5 to 1.8

# days of a month are counted
echo 'event,from,to
strike,2020-01-30,2020-02-03
strike,2021-05-10,2021-05-16
strike,2022-09-01,2022-09-20
strike,2024-02-28,2024-03-10' >strikes.csv
months() { # DAY: of the timestamps
	LC_ALL=C awk -v day="$1" 'BEGIN {
		split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
		days["2020-1"] = 2; days["2020-2"] = 3; days["2021-5"] = 7
		days["2022-9"] = 20; days["2024-2"] = 2; days["2024-3"] = 10
		print "id,ds,y,strike"
		for (t = 0; t < 54; t++) {
			y = 2020 + int(t / 12); m = t % 12 + 1
			last = length_of[m] + (m == 2 && y % 4 == 0)
			n = days[y "-" m] + 0
			printf "a,%d-%02d-%02d,%s,%d\n", y, m, day == "last" ? last : day, \
				t < 48 ? int(1000 + 7 * (t * 5 % 11) - 20 * n) : "", n
		}
	}'
}
for day in 1 last; do
	months $day >months.csv
	"$nightcast" forecast -H 6 -m mean months.csv --regressors strike -q >a
	"$nightcast" forecast -H 6 -m mean months.csv --events strikes.csv -q >b
	cmp a b || fail "days of a month from its day $day"
done

# what was learnt once is used again, by all of the file and by parts of it
learn() { # OUT OPTIONS...
	local out=$1
	shift
	"$nightcast" learn -q -H 14 --id shop,item -o "$out" "$@" 2>stderr ||
		fail "learn: exit $?: $*: $(cat stderr)"
}
{ sed '1s/$/,as/; 2,$s/$/,/' many.csv; echo newcomer,2024-07-04,,,Sunday; echo never,2024-06-28,,,sun; } >all.csv
for model in snaive auto; do
	with=(many_in.csv --regressors fair --events all.csv -q)
	run whole.csv "${with[@]}"
	learn learned "${with[@]}" -m $model
	run out.csv "${with[@]}" --learned learned
	cmp out.csv whole.csv || fail "$model: --learned has other bytes"
	for k in 1 2; do
		run part.$k "${with[@]}" --learned learned --shard $k/2
	done
	"$nightcast" merge -q part.1 part.2 -o out.csv 2>stderr || fail "merge: $(cat stderr)"
	cmp out.csv whole.csv || fail "$model: shards have other bytes"
done
unset model
run part.1 many_in.csv --events all.csv --shard 1/2
grep -q 'this shard learns from its own series only' stderr || fail "$(cat stderr)"
cp all.csv others.csv
run part.2 many_in.csv --events others.csv --shard 2/2
"$nightcast" merge part.1 part.2 -o out.csv 2>stderr && fail "parts with other events are merged"
# a night later there are other names, and fewer: the usual, and what is said of it
learn learned many_in.csv --events many.csv -m snaive
grep -v '^opening\|^fair' many.csv >fewer.csv
run out.csv many_in.csv --events fewer.csv --learned learned
near "$(at out.csv s1 2024-06-28)" 2340 4 "a sale, learnt"
near "$(at out.csv s1 2024-07-03)" 1080 4 "no fair, learnt"
sed 's/^opening/festival/' many.csv >other.csv
run out.csv many_in.csv --events many.csv
run a many_in.csv --events other.csv --learned learned
grep -q 'other.csv: warning: what was not learnt has what all events have: festival$' stderr ||
	fail "$(cat stderr)"
cmp a out.csv || fail "a new name is not what all are: $(diff a out.csv)"
expect 1 "'newcomer' was not learnt" many_in.csv --events sundays.csv --learned learned
expect 1 "was learnt with events \('events'\): --events names their file" many_in.csv --learned learned -m auto
expect 1 "was learnt without regressors" many_in.csv --regressors fair --events many.csv --learned learned
learn plain many_in.csv -m auto
expect 1 "'events' was not learnt: .nightcast learn --events" many_in.csv --events many.csv --learned plain -m auto

# what is to be ignored is as with --ignore
echo 'event,from,to,as
flood,2023-10-02,2023-10-20,ignore
storm,2024-06-20,2024-06-20,ignore' >flood.csv
run out.csv in.csv --events flood.csv -m ets,auto
grep -q 'flood.csv: 2 events of 2 names; 40 values ignored' stderr || fail "$(cat stderr)"
run a in.csv --ignore 2023-10-02..2023-10-20,2024-06-20 -m ets,auto
cmp a out.csv || fail "an event that is ignored is not --ignore"
learn learned in.csv --events flood.csv -m auto
model=auto run a in.csv --events flood.csv
model=auto run out.csv in.csv --events flood.csv --learned learned
cmp a out.csv || fail "ignored when it was learnt"

# what is refused
bad() { # WORDS LINES...
	local words=$1
	shift
	printf '%s\n' "$@" >bad.csv
	expect 1 "$words" in.csv --events bad.csv
}
bad "bad.csv:1: a file of events has columns 'event', and 'date'" event fair
bad "bad.csv:1: column 'city' is neither one of event, .* of the input's ids" event,date,city fair,2023-02-07,x
bad "bad.csv:2: column 'date': .*: '2023-02-30'" event,date fair,2023-02-30
bad "bad.csv:2: column 'from': no date" event,date,from fair,,
bad "bad.csv:2: column 'to': it ends before it begins: '2023-02-01'" event,from,to fair,2023-02-07,2023-02-01
bad "longer than ten years" event,from,to fair,2003-02-07,2023-02-01
bad "column 'before': not a number of days: 'x'" event,date,before fair,2023-02-07,x
bad "column 'after': more than 60 days: '61'" event,date,after fair,2023-02-07,61
bad "column 'as': neither a weekday nor 'ignore' or 'own': 'Sonntag'" event,date,as fair,2023-02-07,Sonntag
bad "'fair' takes the level of two weekdays" event,date,as fair,2023-02-07,Sunday fair,2023-02-08,Monday
bad "column 'event': an event needs a name" event,date ,2023-02-07
bad "bad.csv: there are no events" event,date
bad "no event is in the time of the input, 2023-01-01 to 2024-06-23, .*: are the years wrong" \
	event,date fair,2013-02-07
bad "more than 64 regressors: give events fewer names" event,date,before,after fair,2023-02-07,40,40
expect 1 'nowhere.csv' in.csv --events nowhere.csv
"$nightcast" forecast -H 6 months.csv --events sundays.csv >stdout 2>stderr &&
	fail "a month like a Sunday"
grep -q "takes the level of a weekday, which steps of days" stderr || fail "$(cat stderr)"
printf 'id,ds,y\na,1,2\na,2,3\na,3,4\n' >steps.csv
"$nightcast" forecast -H 1 steps.csv --events fairs.csv >stdout 2>stderr && fail "integers"
grep -q "events have dates, and the input's 'ds' has none" stderr || fail "$(cat stderr)"
expect 2 'cannot both be standard input' - --events -
# a key that no series has is a mistake, which is said; of a shard it is not
printf 'event,date,shop\nfair,2023-02-07,s1\nfair,2023-04-12,s3\nfair,2023-06-22,s4\n' >keys.csv
expect 0 "keys.csv: warning: 2 events are for no series of the input: 'fair' of 's3' [.]{3}" in.csv --events keys.csv
sed -i '$d' keys.csv
expect 0 "keys.csv: warning: 1 event is for no series of the input: 'fair' of 's3'$" in.csv --events keys.csv
"$nightcast" forecast -H 14 -m mean --id shop,item in.csv --events keys.csv --shard 1/2 >stdout 2>stderr
grep -q 'for no series' stderr && fail "others' events in a shard: $(cat stderr)"
# where all that is told of an event is what all have, it is not left out
printf 'event,date\nfair,2023-02-07\nfair,2023-04-12\nshow,2023-06-22\nmarch,2024-06-25\n' >all.csv
expect 0 'events of which no more is told than what all events have: (fair|show), march$' in.csv --events all.csv \
	--effects effects.csv
grep -q '^s1,"a,b",march,as all events,,,,0$' effects.csv && grep -q '^s1,"a,b",events,when 1: +' effects.csv ||
	fail "as all events: $(cat effects.csv)"
grep -E 'left out.*(march|show|fair)' stderr && fail "left out: $(cat stderr)"
expect 2 '--effects needs --regressors or --events' in.csv --effects e.csv

# no allocation that fails changes a byte
if ! is_sanitized; then
	compile_faults
	run first.csv in.csv --events many.csv -q
	deny 23 12 "$nightcast" forecast -H 14 -m snaive --id shop,item in.csv \
		--events many.csv -j 1 -q -o out.csv
fi
finish
