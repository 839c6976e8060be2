#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 at fifty moments of a run into files that exist: each is the old one
# or the new one, whole, and the next run removes what the killed one left.
. tests/sh/setup.bash
cd "$work" || exit 1
{
	echo unique_id,ds,y
	for i in $(seq 3000); do
		printf "s$i,%d,$i.5\n" 1 2 3 4 5 6 7 8 9
	done
} >in.csv
run="$nightcast forecast -q -H 50 -m snaive -j 2 in.csv -o out.csv --summary s.csv"
now() { date +%s%N | cut -c 1-16; } # microseconds
temporaries() { ls -A | grep -c nightcast-; }
same_summary() { # but for the seconds
	cmp -s <(sed 's/,[^,]*$//' s.csv) <(sed 's/,[^,]*$//' expected-s.csv)
}

$run || fail "the run itself"
start=$(now)
$run || fail "the run itself"
usual=$(($(now) - start))
cp out.csv expected.csv
cp s.csv expected-s.csv
old=0 new=0 left=0
for i in $(seq 50); do
	echo "old $i" >out.csv
	echo "old $i" >s.csv
	before=$(temporaries)
	$run &
	pid=$!
	delay=$((usual * i / 45 + RANDOM % 1000))
	sleep "$(printf '%d.%06d' $((delay / 1000000)) $((delay % 1000000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	if [ "$(head -n 1 out.csv)" = "old $i" ]; then
		old=$((old + 1))
		[ "$(wc -l <out.csv)" -eq 1 ] || fail "$i: the old output is changed"
	else
		new=$((new + 1))
		cmp -s out.csv expected.csv || fail "$i: neither old nor new"
	fi
	[ "$(cat s.csv)" = "old $i" ] || same_summary ||
		fail "$i: the summary is neither old nor new"
	# this run has removed what was there, and may have left its own
	[ "$(temporaries)" -le $((before > 2 ? before : 2)) ] ||
		fail "$i: leftovers pile up: $(ls -A)"
	left=$((left + ($(temporaries) > 0)))
done 2>/dev/null
# and one that is at work for certain, since its input has not come yet
mkfifo pipe
${run/in.csv/pipe} &
pid=$!
exec 3>pipe
await has_temporary || fail "a run that opens no output"
kill -9 $pid
wait $pid 2>/dev/null
exec 3>&-
[ "$(temporaries)" -gt 0 ] || fail "a run that was killed left nothing"
$run || fail "the run after"
cmp -s out.csv expected.csv || fail "the run after: other bytes"
[ "$(temporaries)" -eq 0 ] || fail "leftovers remain: $(ls -A)"
echo "killed: $old old, $new new, $left left a temporary file"
finish
