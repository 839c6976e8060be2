#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Deadlines: the outputs are in place before them, whatever the run is at (fits,
# one endless fit, learning), on one thread and on two, with another process
# taking the processor.  What is late has the last night's forecast, moved on, or
# the fallback's.  DEADLINES, if set, is how many to try.
. tests/sh/setup.bash
cd "$work" || exit 1
make_input() { # SERIES VALUES
	awk -v n="$1" -v days="$2" 'BEGIN {
		srand(5)
		print "unique_id,ds,y"
		for (i = 1; i <= n; i++)
			for (t = 1; t <= days; t++)
				printf "s%05d,%d,%.2f\n", i, t,
					100 + i % 50 + 9 * sin(t * 0.8976) + 8 * rand()
	}'
}
same_summary() { # but for the seconds
	cmp -s <(sed 's/,[^,]*$//' "$1") <(sed 's/,[^,]*$//' "$2")
}
worst=-1000000
refused=0
unset when # as --deadline has it, if not in seconds
# in_time SECONDS WHAT [options]: runs, and checks when the outputs appeared; a
# deadline that is too near on a crowded machine is refused, with a reason
in_time() {
	local seconds=$1 what=$2 begun status over
	shift 2
	rm -f out.csv s.csv
	begun=$(date +%s%6N)
	timeout 120 "$nightcast" forecast -q -H 7 -s 7 -o out.csv --summary s.csv \
		--deadline "${when:-${seconds}s}" "$@" 2>stderr
	status=$?
	if [ $status -eq 1 ] && grep -qE 'the deadline is in .*, and .* take' stderr; then
		[ ! -e out.csv ] || fail "$what, $seconds s: refused, and written"
		refused=$((refused + 1))
		return 1
	fi
	if [ $status -ne 0 ] && [ $status -ne 3 ]; then
		fail "$what, $seconds s: exit $status: $(cat stderr)"
		return 1
	fi
	over=$(($(stat -c %.6Z out.csv | tr -d .) - begun - $(echo "$seconds * 1000000 / 1" | bc)))
	[ $over -gt "$worst" ] && worst=$over
	[ $over -le 0 ] || is_sanitized || fail "$what, $seconds s: $over us too late"
	[ "$(ls -A | grep -c nightcast-)" = 0 ] || fail "$what: leftovers"
	if grep -q ',late,' s.csv; then
		[ $status -eq 3 ] || fail "$what, $seconds s: late, and exit $status"
		grep -qE '[0-9,]+ late' stderr || fail "$what: the last line does not say it"
	fi
}
in_some_time() { # SECONDS WHAT [options]: or in more, as long as that is refused
	local seconds=$1 before
	shift
	for _ in 1 2 3 4 5; do
		before=$refused
		in_time "$seconds" "$@"
		[ $refused -gt "$before" ] || return 0
		seconds=$((seconds * 2))
	done
	fail "$1: refused"
}
command -v bc >/dev/null || {
	echo "skipped: bc is not there"
	exit 0
}

make_input 20000 40 >in.csv
while :; do :; done &
burner=$!
trap 'kill $burner 2>/dev/null; rm -rf "$work"' EXIT
late=0
# what the whole takes here, with the other process beside it
begun=$(date +%s%6N)
"$nightcast" forecast -q -H 7 -s 7 -m arima -j 1 in.csv -o out.csv || fail "the whole"
whole=$(($(date +%s%6N) - begun))
tries=${DEADLINES:-6}
for i in $(seq "$tries"); do
	for j in 1 2; do
		# from hardly any time for fits to more than enough
		seconds=$(echo "scale=2; 1.5 + $whole / 1000000 * (0.1 + 1.2 * ($i - 1) / $tries) + $j / 20" | bc)
		in_time "$seconds" "arima, -j $j" -m arima -j $j in.csv || continue
		grep -q ',late,' s.csv && late=$((late + 1))
		[ "$(tail -n +2 out.csv | cut -d, -f1 | sort -u | wc -l)" = 20000 ] ||
			fail "arima, $seconds s: not all series"
	done
done
# all were refused, or enough: the nearest that is not refused, with twice the
# work as long as even that is enough for all fits
n=20000
cp in.csv larger.csv
while [ $late -eq 0 ] && [ $n -le 320000 ]; do
	for seconds in 1 1.5 2 3 4 6 9 13 20 30 45 70 100; do
		in_time $seconds "arima, $n series" -m arima -j 1 larger.csv && break
	done
	grep -qs ',late,' s.csv && late=1
	n=$((2 * n))
	[ $late -gt 0 ] || make_input $n 40 >larger.csv
done
kill $burner
[ $late -gt 0 ] || fail "no deadline was too near for all fits, or all were refused"
rm -f larger.csv

# one fit that has no end, and learning that has none
{
	echo unique_id,ds,y
	awk 'BEGIN { srand(2); for (t = 1; t <= 300000; t++) printf "long,%d,%.3f\n", t, 50 + 9 * sin(t / 9) + 20 * rand() }'
	echo short,300000,7
} >long.csv
in_some_time 4 "a long series" -m arima -s 24 -j 1 long.csv
grep -q '^long,arima,late,no time was left' s.csv || fail "the long series is not late: $(cat s.csv)"
in_some_time 3 "learning" -m auto in.csv
grep -q ',late,' s.csv || fail "learning was faster than its deadline"

# with -v it is said how long the learning, and the fits, will take
make_input 4000 300 >longer.csv
is_said_or_over() { # PID WHAT
	grep -q "$2 will take about .* more" verbose || is_gone "$1"
}
for what in "learning:auto" "fits:arima"; do
	"$nightcast" forecast -v -H 7 -s 7 -m "${what#*:}" -j 1 longer.csv -o v.csv 2>verbose &
	await is_said_or_over $! "${what%:*}"
	grep -q "${what%:*} will take about .* more" verbose || fail "${what%:*}: no estimate: $(cat verbose)"
	kill $!
	wait $!
done 2>/dev/null

# moved on: a night that was in time, and one that is not
make_input 2000 41 | grep -v ',41,' >first.csv
make_input 2000 41 >moved.csv
"$nightcast" forecast -q -H 7 -s 7 -m ets first.csv -o first-out.csv --store first.db || fail "first night"
# from deadlines on that are refused, or nearer than the store
for seconds in $(LC_ALL=C awk 'BEGIN { for (s = 1.05; s < 60; s *= 1.03) print s }'); do
	cp first.db st.db
	rm -f st.db-*
	"$nightcast" forecast -q -H 7 -s 7 -o out.csv --summary s.csv -m ets \
		--store st.db --deadline "${seconds}s" moved.csv 2>stderr
	moved=$(grep -c 'late,"\?no time was left: the last forecast. moved on by 1 step' s.csv)
	[ "$moved" -eq 0 ] || break
done
if [ "$moved" -gt 0 ]; then
	grep 'moved on by 1 step' s.csv | cut -d, -f1 | sort >ids
	# step h of tonight is step h + 1 of last night
	join -t, ids <(sort -t, -k1,1 -k2,2n first-out.csv) | awk -F, '$2 > 41' >want
	join -t, ids <(sort -t, -k1,1 -k2,2n out.csv) | awk -F, '$2 < 48' >got
	cmp -s want got || fail "what was moved on is not last night's: $(diff want got | head -n 4)"
	# and its last step the one a season before, where the season is no longer
	[ "$(wc -l <got)" = $((6 * moved)) ] || fail "moved on: steps"
else
	fail "nothing was moved on: $(cat stderr)"
fi
# the next night is not fooled by what was late
"$nightcast" forecast -q -H 7 -s 7 -m ets moved.csv -o out.csv --store st.db --refit 1 || fail "the night after"
"$nightcast" forecast -q -H 7 -s 7 -m ets moved.csv -o plain.csv --summary plain-s.csv
cmp -s out.csv plain.csv || fail "the night after a late one: other forecasts"

# in time: the same bytes as without one
in_time 100 "in time" -m ets moved.csv
cmp -s out.csv plain.csv && same_summary s.csv plain-s.csv || fail "in time: other bytes"

# too near for anything, and what is no deadline
echo old >out.csv
"$nightcast" forecast -q -H 7 -s 7 -m ets in.csv -o out.csv --deadline 0.01s 2>stderr
[ $? -eq 1 ] && grep -qE 'the deadline is in .*, and .* take' stderr && [ "$(cat out.csv)" = old ] ||
	fail "too near: $(cat stderr)"
for when in 25:00 5:30 12:60 0s -3s 5 5days '' min; do
	"$nightcast" forecast -H 7 in.csv -o out.csv --deadline "$when" 2>stderr
	[ $? -eq 2 ] || fail "'$when' is a deadline: $(cat stderr)"
done
unset when
# the next such local time, over a change of the clock, too
when=$(date -d '+2 minutes' +%H:%M)
in_time 120 "a time of day" -m ets moved.csv
unset when
cmp -s out.csv plain.csv || fail "a time of day: other bytes"
# without a fallback and a last night there is nothing to say
"$nightcast" forecast -q -H 7 -s 7 -m auto --fallback none in.csv -o out.csv --deadline 3s 2>stderr
[ $? -eq 1 ] && grep -q 'none of its .* series could be forecast' stderr || fail "no fallback: $(cat stderr)"
echo "$late of $((2 * tries)) had late series, $refused deadlines were refused; the latest was $((-worst / 1000)) ms before its deadline"
finish
