#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs with a store that are killed: at random moments, before every one of the
# store's writes, and between the outputs' renames and the store's commit.  The
# next run goes on from there, and its outputs are, byte for byte, those of a
# run that was not killed; the store has the nights that were published.
. tests/sh/setup.bash
compile_faults
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
cd "$work" || exit 1
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not there"
	exit 0
}
make_input() { # SERIES, VALUES
	awk -v n="$1" -v days="$2" 'BEGIN {
		srand(3)
		print "unique_id,ds,y"
		for (i = 1; i <= n; i++)
			for (t = 1; t <= 90; t++) {
				y = 50 + i % 17 + 9 * sin(t * 0.5236) + 8 * rand()
				if (t <= days)
					printf "s%03d,%d,%.3f\n", i, t, y
			}
	}'
}
same_summary() { # but for the seconds
	cmp -s <(sed 's/,[^,]*$//' "$1") <(sed 's/,[^,]*$//' "$2")
}
sound() {
	[ "$(sqlite3 st.db 'PRAGMA integrity_check' 2>&1)" = ok ] ||
		fail "$1: the store is not sound"
}
nights() {
	sqlite3 st.db 'SELECT count(*) FROM night' 2>/dev/null || echo 0
}

# at random moments
make_input 600 90 >in.csv
run="$nightcast forecast -q -H 6 -s 12 -m arima -j 2 in.csv -o out.csv --summary s.csv"
now() { date +%s%N | cut -c 1-16; } # microseconds
start=$(now)
$run || fail "the run itself"
usual=$(($(now) - start))
cp out.csv expected.csv
cp s.csv expected-s.csv
went_on=0
for i in $(seq 5); do
	rm -f st.db* out.csv s.csv
	for part in 1 2; do
		$run --store st.db &
		pid=$!
		delay=$((usual * (i + 1) / 7 / part + RANDOM))
		sleep "$(printf '%d.%06d' $((delay / 1000000)) $((delay % 1000000)))"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
	done
	[ -e out.csv ] && continue # it had ended
	[ "$(nights)" = 0 ] || fail "$i: a night that was not published"
	$run --store st.db || fail "$i: the run after: $?"
	cmp -s out.csv expected.csv && same_summary s.csv expected-s.csv ||
		fail "$i: other bytes than without a kill"
	[ "$(sqlite3 st.db 'SELECT reused > 0 FROM night')" = 1 ] &&
		went_on=$((went_on + 1))
	sound "$i"
done 2>/dev/null
echo "killed at random: $went_on runs went on"

# before every write of the third night, which prunes the first
for k in 1 2 3; do make_input 12 $((80 + k)) >in$k.csv; done
night() { # K
	"$nightcast" forecast -q -H 6 -s 12 -m ets -j 1 --keep 2 "in$1.csv" -o out.csv \
		--summary s.csv --store st.db
}
rm -f st.db*
for k in 1 2; do night $k || fail "night $k"; done
mkdir before
cp st.db before/
night 3 || fail "night 3"
cp out.csv expected.csv
cp s.csv expected-s.csv
contents() {
	sqlite3 st.db 'SELECT * FROM scores; SELECT * FROM told; SELECT key, hex(bytes) FROM part;
		SELECT key, night, first, hex(numbers) FROM fit'
}
contents >expected.sql
[ "$(sqlite3 st.db 'SELECT warm > 0 FROM night WHERE night = 3')" = 1 ] ||
	fail "no fit started from the last night's"
at=0
while :; do
	at=$((at + 1))
	rm -f st.db* out.csv
	cp before/st.db .
	FAULT=killwrite:$at LD_PRELOAD=$work/fault.so night 3
	status=$?
	[ $status -eq 0 ] && break
	[ $status -eq 137 ] || fail "write $at: exit $status"
	sound "write $at"
	[ "$(sqlite3 st.db 'SELECT max(night) FROM night')" = 2 ] || [ -e out.csv ] ||
		fail "write $at: a night that was not published"
	night 3 || fail "write $at: the run after"
	cmp -s out.csv expected.csv && same_summary s.csv expected-s.csv ||
		fail "write $at: other bytes than without a kill"
	if [ "$(sqlite3 st.db 'SELECT max(night) FROM night')" = 3 ]; then
		contents |
			cmp -s - expected.sql || fail "write $at: another store"
	fi
	[ $at -gt 500 ] && fail "no end" && break
done 2>/dev/null
[ $at -gt 10 ] || fail "only $at writes"
echo "killed before each of $((at - 1)) writes"

# between the renames and the commit
rm -f st.db* out.csv
cp before/st.db .
FAULT=stop:2 LD_PRELOAD=$work/fault.so "$nightcast" forecast -q -H 6 -s 12 -m ets \
	-j 1 --keep 2 in3.csv -o out.csv --summary s.csv --store st.db &
pid=$!
await is_stopped $pid || fail "it never stopped"
kill -9 $pid
wait $pid 2>/dev/null
cmp -s out.csv expected.csv || fail "stopped: the outputs are not in place"
[ "$(sqlite3 st.db 'SELECT max(night) FROM night')" = 2 ] ||
	fail "stopped: the store has the night before its time"
night 3 || fail "stopped: the run after"
cmp -s out.csv expected.csv || fail "stopped: other bytes"
contents |
	cmp -s - expected.sql || fail "stopped: another store"

# outputs that cannot be written are no night, and neither is too much failure
cp st.db before/third.db
echo old >out.csv
FAULT=write:1 LD_PRELOAD=$work/fault.so night 3 2>stderr
[ $? -eq 1 ] && [ "$(cat out.csv)" = old ] || fail "a full disk: $(cat stderr)"
[ "$(sqlite3 st.db 'SELECT max(night) FROM night')" = 3 ] ||
	fail "a full disk under the outputs: the store has a night of it"
printf 'unique_id,ds,y\ns001,1,x\n' >bad.csv
"$nightcast" forecast -H 6 -s 12 -m ets bad.csv -o out.csv --store st.db 2>stderr
[ $? -eq 1 ] || fail "nothing can be forecast: exit status"
[ "$(sqlite3 st.db 'SELECT max(night) FROM night')" = 3 ] ||
	fail "nothing could be forecast: the store has a night of it"
finish
