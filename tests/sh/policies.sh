#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a night's work is watched by: --lock, --max-failed, --rejects,
# --metrics.
. tests/sh/setup.bash
RANDOM=1
compile measure tests/bench/measure.c
cd "$work" || exit 1
# expect STATUS WORDS OPTIONS...
expect() {
	local status=$1 words=$2 got
	shift 2
	echo old >out.csv
	timeout $patience "$nightcast" forecast -H 2 -m snaive -o "${output:-out.csv}" "$@" \
		>stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	[ -z "$words" ] || grep -qE "$words" stderr ||
		fail "no '$words': $*: $(cat stderr)"
	[ $got -eq 0 ] || [ $got -eq 3 ] || [ "$(cat out.csv)" = old ] ||
		fail "the old output is gone: $*"
}

{
	echo unique_id,ds,y
	for i in $(seq 20); do
		echo "s$i,1,5"
		echo "s$i,2,7"
		[ "$i" -gt 3 ] && echo "s$i,3,9" || echo "s$i,3,x"
	done
} >in.csv

# three of twenty series fail
expect 3 '17 of 20 series .*, 3 failed' in.csv
expect 3 '3 failed' in.csv --max-failed 3
expect 1 '3 of 20 series failed, more than --max-failed 2;' in.csv --max-failed 2
expect 3 '3 failed' in.csv --max-failed 15%
expect 1 'more than --max-failed 14.9%' in.csv --max-failed 14.9%
expect 1 "series 's1' failed" in.csv --max-failed 0
for bad in -1 1.5 % 101% 5%% x ''; do
	expect 2 'max-failed' in.csv --max-failed "$bad"
done

# metrics: a valid text format, replaced with the output or not at all
start=$(date +%s)
expect 3 '' in.csv --metrics m.prom
for phase in read fit write; do
	grep -q "^nightcast_phase_seconds{.*phase=\"$phase\"} [0-9]" m.prom ||
		fail "no phase $phase: $(cat m.prom)"
done
peak=$(sed -n 's/^nightcast_peak_memory_bytes{.*} //p' m.prom)
[ "${peak:-0}" -gt 1000000 ] || fail "peak memory: $peak"
for line in 'nightcast_series{output="out.csv",outcome="ok"} 17' \
	'nightcast_series{output="out.csv",outcome="failed"} 3' \
	'nightcast_rows{output="out.csv",read="yes"} 57' \
	'nightcast_rows{output="out.csv",read="no"} 3' \
	'# TYPE nightcast_phase_seconds gauge' \
	'# TYPE nightcast_peak_memory_bytes gauge'; do
	grep -qxF "$line" m.prom || fail "no '$line': $(cat m.prom)"
done
grep -vE '^(# (HELP|TYPE) nightcast_[a-z_]+ .+|nightcast_[a-z_]+\{[a-z]+="[^"]*"(,[a-z]+="[a-z]+")?\} [0-9.e+-]+)$' \
	m.prom && fail "not the text format"
when=$(sed -n 's/^nightcast_success_timestamp_seconds{.*} //p' m.prom)
[ "${when%.*}" -ge "$start" ] && [ "${when%.*}" -le "$(date +%s)" ] ||
	fail "timestamp $when of a run from $start to $(date +%s)"
# of a run that fits for long and has fallbacks: seconds, threads, peak memory
{
	cat in.csv
	for i in $(seq 40); do
		for t in $(seq 60); do echo "long$i,$t,$((RANDOM % 50 + t))"; done
	done
} >fits.csv
mkfifo slowly # its reader opens it, and then waits for a second
{
	exec 3>slowly
	sleep 1
	cat fits.csv >&3
} &
before=${EPOCHREALTIME/[.,]/}
read -r _ _ peak _ < <(./measure 1 "$nightcast" forecast -q -H 2 -m auto,hw \
	-s 7 -j 1 slowly -o out.csv --metrics m.prom --summary s.csv 2>/dev/null)
wall=$((${EPOCHREALTIME/[.,]/} - before))
wait
# on one thread, fits take what each of them took, at least
fits=$(awk -F, 'NR > 1 { sum += $NF } END { print sum }' s.csv)
value() { sed -n "s/^nightcast_$1 //p" m.prom; }
awk -v read="$(value 'phase_seconds{.*phase="read"}')" -v wall=$wall \
	-v fit="$(value 'phase_seconds{.*phase="fit"}')" -v peak="$peak" \
	-v fits="$fits" \
	-v write="$(value 'phase_seconds{.*phase="write"}')" \
	-v bytes="$(value 'peak_memory_bytes{.*}')" 'BEGIN {
		exit !(read >= 0.99 && write > 0 && fits > 0 && fit >= 0.99 * fits &&
			read + fit + write < wall / 1e6 &&
			bytes < 1.05 * peak * 1024 && bytes > 0.6 * peak * 1024)
	}' || fail "of a run of $wall us and $peak KB: $(cat m.prom)"
[ "$(value 'threads{.*}')" = 1 ] || fail "threads: $(cat m.prom)"
[ "$(value 'series{.*outcome="ok"}')" = 40 ] &&
	[ "$(value 'series{.*outcome="fallback"}')" = 17 ] &&
	[ "$(value 'series{.*outcome="failed"}')" = 3 ] ||
	fail "outcomes: $(cat m.prom)"
# a label is UTF-8 whatever the output is called, or its readers refuse it
odd=$(printf 'o\xff"\\\n\xc3\xa9.csv')
output=$odd
expect 3 '' in.csv --metrics m.prom
unset output
printf 'nightcast_threads{output="o\xef\xbf\xbd\\"\\\\\\n\xc3\xa9.csv"} ' >label
LC_ALL=C grep -qF "$(cat label)" m.prom || fail "label: $(cat m.prom)"
echo old >m.prom
expect 1 '' in.csv --metrics m.prom --max-failed 0
[ "$(cat m.prom)" = old ] || fail "metrics of a run that failed"
# what says why is written all the same
echo old >s.csv
echo old >r.csv
expect 1 'more than --max-failed 0' in.csv --max-failed 0 --summary s.csv \
	--rejects r.csv --metrics m.prom
[ "$(grep -c ,failed, s.csv)" -eq 3 ] || fail "reasons: $(cat s.csv)"
[ "$(wc -l <r.csv)" -eq 10 ] || fail "rejects of a failed run: $(cat r.csv)"
[ "$(cat m.prom)" = old ] || fail "metrics of a run that failed"
expect 2 'the same file' in.csv --metrics out.csv
expect 2 'replace the input' in.csv --metrics in.csv
expect 1 'nowhere/m.prom' in.csv --metrics nowhere/m.prom

# every row that was not used
cat >bad.csv <<'END'
unique_id,ds,y
a,1,1
"b
b",1,x
a,2
"b
b",2,2
c,1,5

c,zwei,5
c,2,
a,3,1,2
good,1,1
END
expect 3 '' bad.csv --rejects r.csv -j 2
cat >expected.csv <<'END'
line,unique_id,reason,file
2,a,its series failed in line 5: 2 columns where the header has 3,bad.csv
3,"b
b",column 'y': not a number: 'x',bad.csv
5,a,2 columns where the header has 3,bad.csv
6,"b
b",its series failed in line 3: column 'y': not a number: 'x',bad.csv
8,c,its series failed in line 10: column 'ds': not a timestamp: 'zwei',bad.csv
10,c,column 'ds': not a timestamp: 'zwei',bad.csv
11,c,its series failed in line 10: column 'ds': not a timestamp: 'zwei',bad.csv
12,a,4 columns where the header has 3,bad.csv
END
cmp -s expected.csv r.csv ||
	fail "rejects: $(cat r.csv)"
gzip -k bad.csv
mv r.csv plain.csv
expect 3 '' bad.csv.gz --rejects r.csv
sed -i 's/,bad.csv.gz$/,bad.csv/' r.csv
cmp -s r.csv plain.csv || fail "rejects of a stream: $(cat r.csv)"
expect 3 '' in.csv --rejects r.csv
[ "$(wc -l <r.csv)" -eq 10 ] || fail "rejects: $(cat r.csv)"
printf 'unique_id,ds,y\na,1,1\nb,1,2\na,1,3\nb,2,4\na,2,5\n' >twice.csv
expect 3 '' twice.csv --rejects r.csv
[ "$(grep -c '^[246],a,its series failed: 2 rows for ds 1;' r.csv)" -eq 3 ] ||
	fail "rejects of a series that fails: $(cat r.csv)"
printf 'unique_id,ds,y\nb,3,9\na,3,1\na,1,1\nb,2,2\na,1,3\na,1,\nb,3,4\na,2,5\nb,3,7\n' \
	>twice.csv
expect 0 '' twice.csv --rejects r.csv --duplicates last
[ "$(sed 's/,replaced by a later row of the same time (--duplicates last),twice.csv$/!/' \
	r.csv | tail -n +2 | paste -sd ' ')" = '2,b! 4,a! 6,a! 8,b!' ] ||
	fail "rejects of replaced rows: $(cat r.csv)"
expect 0 '' twice.csv --rejects r.csv --duplicates sum
[ "$(wc -l <r.csv)" -eq 1 ] || fail "merged rows are used: $(cat r.csv)"
printf 'unique_id,ds,y\na,9999-12-30,1\nb,2024-01-01,1\nb,2024-01-02,1\na,9999-12-31,2\n' \
	>far.csv
expect 3 '' far.csv --rejects r.csv
[ "$(cut -d , -f 1,2 r.csv | tail -n +2 | paste -sd ' ')" = '2,a 5,a' ] &&
	grep -q 'its series failed: the horizon goes beyond' r.csv ||
	fail "rejects of a series at the end of time: $(cat r.csv)"
printf 'id,1,2,3\na,1,2,3\na,,7,\nb,1,2,3\na,5,,6\na,8,9,3\nb,,,\n' >turned.csv
expect 0 '' --wide turned.csv --rejects r.csv --duplicates last
[ "$(cut -d , -f 1,2 r.csv | tail -n +2 | paste -sd ' ')" = '2,a 3,a 5,a' ] ||
	fail "rejects of replaced records: $(cat r.csv)"
printf 'id,1,2,3\na,1,,3\na,5,,\na,,,7\nb,1,2,3\nb,,,\n' >turned.csv
expect 0 '' --wide turned.csv --rejects r.csv --duplicates last
[ "$(cut -d , -f 1,2 r.csv | tail -n +2 | paste -sd ' ')" = '2,a' ] ||
	fail "rejects of replaced records with empty cells: $(cat r.csv)"
printf 'id,1,2\na,1,2\nb,1,x\nb,3,4\n' >turned.csv
expect 3 '' --wide turned.csv --rejects r.csv
[ "$(cut -d , -f 1,2 r.csv | tail -n +2 | paste -sd ' ')" = "3,b 4,b" ] ||
	fail "rejects of a wide file: $(cat r.csv)"

# the lock: free, held, waited for, left by a killed run
expect 3 '' in.csv --lock night.lock
[ -f night.lock ] && [ ! -s night.lock ] || fail "$(cat night.lock)"
mkfifo pipe
hold() { # a run that waits for its input
	"$nightcast" forecast -H 2 -m snaive pipe -o held.csv --lock night.lock \
		2>held &
	holder=$!
	exec 3>pipe # opens only when the other side has
}
hold
expect 75 "night.lock: locked by process $holder since 20.*UTC; this run did nothing" \
	in.csv --lock night.lock
expect 75 'locked by' in.csv --lock night.lock --lock-wait 1
(
	sleep 1
	cat in.csv >&3
) &
feeder=$!
exec 3>&-
expect 3 '' in.csv --lock night.lock --lock-wait $patience
wait $holder $feeder
[ -s held.csv ] || fail "the holder: $(cat held)"
exec 7<night.lock
flock 7
expect 75 'locked by another process; this' in.csv --lock night.lock
exec 7<&-
hold
kill -9 $holder
wait $holder 2>/dev/null
exec 3>&-
grep -q "^process $holder since 20" night.lock || fail "$(cat night.lock)"
exec 7<night.lock
flock 7
expect 75 "process $holder since .*, or since that is not on this machine" \
	in.csv --lock night.lock
exec 7<&-
expect 3 '' in.csv --lock night.lock
echo 'a text of somebody' >theirs
expect 3 '' in.csv --lock theirs
[ "$(cat theirs)" = 'a text of somebody' ] || fail "--lock wrote over a text"
expect 1 'nowhere/lock: cannot lock: No such file' in.csv --lock nowhere/lock
expect 2 'replace the input' in.csv --lock in.csv
expect 2 'lock-wait' in.csv --lock-wait -1
expect 2 'lock-wait needs --lock' in.csv --lock-wait 5
for option in keep relearn refit; do
	expect 2 "^[^:]*: --$option needs --store" in.csv --$option 5
done
finish
