#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Nights with regressors and events: what is not fitted again, what counts as a
# change, what fits start from, and that a run which was killed goes on.
. tests/sh/setup.bash
cd "$work" || exit 1
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not there"
	exit 0
}
# Twelve series of days; file K has 70 + K values, and rows of five days more
make_input() { # K [SERIES]
	LC_ALL=C awk -v days=$((70 + $1)) -v n="${2:-12}" 'function chance() {
		seed = seed * 16807 % 2147483647
		return seed / 2147483647
	}
	BEGIN {
		seed = 9
		split("60 100 104 108 112 130 170", week, " ")
		print "id,ds,y,price,deal"
		for (s = 1; s <= n; s++)
			for (t = 0; t < 85; t++) {
				price = 2 - (chance() < 0.3 ? 0.5 : 0) + 0.1 * chance()
				deal = chance() < 0.2
				y = 4 * s * week[t % 7 + 1] * price ^ -2 * (deal ? 1.5 : 1) * \
					(0.95 + 0.1 * chance())
				if (t < days + 5)
					printf "s%02d,2024-%02d-%02d,%s,%.3f,%d\n", s, \
						int(t / 28) + 1, t % 28 + 1, \
						t < days ? int(y) : "", price, deal
			}
	}' | LC_ALL=C awk -F, -v OFS=, 'NR > 1 { # one day after the other
		t[$1]++; d = t[$1]; m = 1
		split("31 29 31 30", length_of, " ")
		while (d > length_of[m]) d -= length_of[m++]
		$2 = sprintf("2024-%02d-%02d", m, d) } 1'
}
for k in 0 1 2 3; do make_input $k >in$k.csv; done
with=(--regressors "price,deal")
night() { # FILE [options]: the night's forecasts in out.csv
	local file=$1
	shift
	"$nightcast" forecast -q -H 5 -s 7 -m "${models:-ets}" "$file" -o out.csv \
		--store "${store:-st.db}" --summary s.csv "${with[@]}" "$@" 2>stderr ||
		fail "night $file: exit $?: $(cat stderr)"
}
told() { # COLUMN, WHAT: what the last night says
	local is
	is=$(sqlite3 "${store:-st.db}" "SELECT $1 FROM nights ORDER BY night DESC LIMIT 1")
	[ "$is" = "$2" ] || fail "${3:-}: $1 $is, not $2"
}

for models in ets mean,auto; do
	store=$models.db
	night in0.csv
	told reused,warm,corrected '0|0|0' first
	"$nightcast" forecast -q -H 5 -s 7 -m $models in0.csv -o plain.csv "${with[@]}"
	cmp out.csv plain.csv || fail "$models: a store changes bytes"
	"$nightcast" forecast -q -H 5 -s 7 -m $models in0.csv -o none.csv
	cmp -s out.csv none.csv && fail "$models: regressors change nothing"
	night in0.csv --effects e.csv --components c.csv
	told reused,warm,corrected '12|0|0' again
	cmp out.csv plain.csv || fail "$models: other bytes when nothing has changed"
	"$nightcast" forecast -q -H 5 -s 7 -m $models in0.csv -o plain.csv "${with[@]}" \
		--effects plain.e --components plain.c
	cmp e.csv plain.e || fail "$models: effects of a night"
	cmp c.csv plain.c || fail "$models: components of a night"

	# one price of the horizon, one deal of the past
	sed 's/^\(s03,2024-03-13,,\)[0-9.]*/\11.111/' in0.csv >future.csv
	night future.csv
	told reused,corrected '11|0' "another future"
	grep -v ^s03 out.csv >a
	grep -v ^s03 plain.csv | cmp - a || fail "$models: a future changes the others"
	"$nightcast" forecast -q -H 5 -s 7 -m $models future.csv -o plain.csv "${with[@]}"
	cmp out.csv plain.csv || [ $models != ets ] || fail "a future is not seen"
	sed 's/^\(s05,2024-02-20,.*\),\([01]\)$/\1,1\2/' future.csv | sed 's/,11$/,0/; s/,10$/,1/' >past.csv
	cmp -s past.csv future.csv && fail "no other past"
	night past.csv
	told reused,corrected '11|1' "another past"
	grep -q '^s05,.*past values have changed' s.csv || fail "$(grep s05 s.csv)"

	# a day on
	night past.csv
	night in1.csv --refit 1
	told reused,corrected '0|1' "a day on, and back"
	night in2.csv
	told reused,corrected,scored '0|0|' "two days on"
	[ $models != ets ] || told warm 12 "two days on"
	[ "$(sqlite3 $store 'SELECT min(scored) > 0 FROM nights WHERE night < 6')" = 1 ] ||
		fail "$models: nights are not scored"
	LC_ALL=C awk -F, 'NR == FNR { a[$1 $2 $3] = $4; next } FNR > 1 {
		off = $4 / a[$1 $2 $3] - 1; if (off > 0.03 || off < -0.03) { print $0, a[$1 $2 $3]; bad = 1 } }
		END { exit bad }' <("$nightcast" forecast -q -H 5 -s 7 -m $models in2.csv "${with[@]}") out.csv ||
		fail "$models: far from a run without a store"
	# by fewer regressors or none nothing is what it was, nor corrected
	with=(--regressors deal)
	night in2.csv
	told reused,warm,corrected '0|0|0' "one regressor"
	with=()
	night in2.csv
	told reused,warm,corrected '0|0|0' "no regressors"
	night in2.csv
	told reused,warm,corrected '12|0|0' "no regressors again"
	night in1.csv
	told reused,corrected '0|12' "values taken back"
	with=(--regressors "price,deal")
	night in1.csv
	told reused,warm,corrected '0|0|0' "regressors again"
done
unset store

# slopes that a model found itself are as they were, even if nobody asked then
models=arima:joint store=joint.db
night in0.csv
cp out.csv first.csv
night in0.csv --effects e.csv --components c.csv
told reused 12 joint
cmp out.csv first.csv || fail "joint: other bytes when nothing has changed"
"$nightcast" forecast -q -H 5 -s 7 -m $models in0.csv -o plain.csv "${with[@]}" \
	--effects plain.e --components plain.c
cmp e.csv plain.e && cmp c.csv plain.c || fail "joint: slopes of a night"
unset store

# what was learnt is renewed
models=mean
night in0.csv
learnt() { told learnt "$1" "learnt: $2"; }
learnt 1 first
night in1.csv
learnt 0 second
night in2.csv --relearn 2
learnt 1 third
"$nightcast" learn -q -H 5 -s 7 -m mean in0.csv -o learned "${with[@]}"
night in2.csv --learned learned
told reused,learnt '0|0' "learnt elsewhere"
night in2.csv --learned learned
told reused,learnt '12|0' "learnt elsewhere, again"

# events: a new one in the horizon of one series
rm st.db
models=ets
printf 'event,date,id\nfair,2024-01-17,\nfair,2024-02-14,\nfair,2024-03-06,\n' >events.csv
with=(--events events.csv)
night in0.csv
night in0.csv
told reused 12 events
echo fair,2024-03-14,s07 >>events.csv
night in0.csv
told reused,corrected '11|0' "a new event"
sed -i 's/02-14,$/02-13,/' events.csv
night in0.csv
told reused,corrected '0|12' "an event was on another day"

"$nightcast" forecast -q -H 5 in0.csv --regressors deal --set deal=1 --store st.db 2>stderr
[ $? -eq 2 ] && grep -q 'set forecasts what may not be' stderr || fail "--set with --store"

# killed before writes of the store, with a clock so fast that every result is
# written at once, and at random moments
compile_faults
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
with=(--regressors "price,deal" --events events.csv)
make_input 3 60 >in.csv
run=("$nightcast" forecast -q -H 5 -s 7 -m arima in.csv -o out.csv "${with[@]}")
"${run[@]}" || fail "the run itself"
cp out.csv expected.csv
went_on=0
for at in 40 80 120 160; do
	rm -f st.db* out.csv
	FAULT_PACE=100000 FAULT=killwrite:$at LD_PRELOAD=$work/fault.so "${run[@]}" -j 1 --store st.db
	[ $? -eq 137 ] || fail "write $at: it was not killed"
	"${run[@]}" --store st.db || fail "write $at: the run after: $?"
	cmp -s out.csv expected.csv || fail "write $at: other bytes than without a kill"
	[ "$(sqlite3 st.db 'PRAGMA integrity_check')" = ok ] || fail "write $at: not sound"
	reused=$(sqlite3 st.db 'SELECT reused FROM nights')
	[ "$reused" -gt 0 ] && [ "$reused" -lt 60 ] && went_on=$((went_on + 1))
done 2>/dev/null
[ $went_on -gt 1 ] || fail "only $went_on runs went on where one was killed"
make_input 3 400 >in.csv
now() { date +%s%N | cut -c 1-16; } # microseconds
start=$(now)
"${run[@]}" || fail "the run itself"
usual=$(($(now) - start))
cp out.csv expected.csv
for i in 1 2 3; do
	rm -f st.db* out.csv
	"${run[@]}" -j 2 --store st.db &
	pid=$!
	delay=$((usual * (i + 4) / 8))
	sleep "$(printf '%d.%06d' $((delay / 1000000)) $((delay % 1000000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ -e out.csv ] && continue # it had ended
	"${run[@]}" -j 2 --store st.db || fail "$i: the run after: $?"
	cmp -s out.csv expected.csv || fail "$i: other bytes than without a kill"
	[ "$(sqlite3 st.db 'PRAGMA integrity_check')" = ok ] || fail "$i: not sound"
	sqlite3 st.db 'SELECT reused FROM nights'
done 2>/dev/null
finish
