#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs with a store that are killed while auto learns: at random moments, and
# before writes of the store.  The next run makes what is left of it, and its
# outputs are, byte for byte, those of a run that was not killed; then nothing
# stays of it in the store.  What was learnt from another input is of no use.
. tests/sh/setup.bash
compile_faults
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
cd "$work" || exit 1
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not there"
	exit 0
}
LC_ALL=C awk 'BEGIN {
	srand(4)
	print "unique_id,ds,y"
	for (i = 1; i <= 90; i++)
		for (t = 1; t <= 72; t++)
			printf "s%03d,%d,%.3f\n", i, t, \
				50 + i % 17 + 9 * sin(t * 0.5236 + i) + 8 * rand()
}' >in.csv
command=("$nightcast" forecast -q -H 6 -s 12 -m auto -j 2 -o out.csv --summary s.csv)
run() { # FILE [options]
	"${command[@]}" "$@"
}
same_summary() { # but for the seconds
	cmp -s <(timeless s.csv) <(timeless expected-s.csv)
}
pieces() { # trials that are kept; nothing where there is no room for any
	sqlite3 st.db 'SELECT count(*) FROM piece WHERE key >> 41 = 1' 2>/dev/null
}
nothing_left() { # WHAT
	[ "$(sqlite3 st.db "SELECT count(*) FROM sqlite_schema WHERE name = 'piece'")" = 0 ] ||
		fail "$1: pieces are left in the store"
	[ "$(sqlite3 st.db 'PRAGMA integrity_check')" = ok ] || fail "$1: not sound"
}
tries() { # series that were tried, by the trace
	grep -o '"name":"try"' trace.json | wc -l
}
run in.csv --trace trace.json || fail "the run itself"
cp out.csv expected.csv
cp s.csv expected-s.csv
all=$(tries)
[ "$all" -eq 90 ] || fail "$all series are tried"

# with a clock that is fast enough for every piece to be written at once
went_on=0 at=50
while :; do
	rm -f st.db* out.csv s.csv
	FAULT_PACE=100000 FAULT=killwrite:$at LD_PRELOAD=$work/fault.so run in.csv --store st.db
	status=$?
	[ $status -eq 137 ] || break
	kept=$(pieces)
	if [ "${kept:-0}" -gt 0 ]; then
		went_on=$((went_on + 1))
		[ ! -e out.csv ] || fail "write $at: outputs, and it learns"
	fi
	run in.csv --store st.db --trace trace.json || fail "write $at: the run after: $?"
	cmp -s out.csv expected.csv && same_summary || fail "write $at: other bytes than without a kill"
	[ -z "$kept" ] || [ "$(tries)" -eq $((all - kept)) ] ||
		fail "write $at: $kept of $all were tried, and $(tries) again"
	nothing_left "write $at"
	at=$((at + at / 3))
done 2>/dev/null
[ $status -eq 0 ] || fail "write $at: exit $status"
cmp -s out.csv expected.csv && same_summary || fail "other bytes when all is kept"
nothing_left "not killed"
[ $went_on -gt 3 ] || fail "only $went_on runs were killed while they learnt"
echo "killed while learning: $went_on runs went on"

# killed twice; and of another input, other options, another model nothing is used
killed() { # WRITE FILE [options]
	FAULT_PACE=100000 FAULT=killwrite:$1 LD_PRELOAD=$work/fault.so run "${@:2}" --store st.db
	[ $? -eq 137 ] || fail "$*: was not killed"
} 2>/dev/null
rm -f st.db*
killed 250 in.csv
first=$(pieces)
killed 100 in.csv
mkdir before
cp st.db st.db-wal before/
[ "$(pieces)" -gt "$first" ] || fail "the second run did not go on: $first, $(pieces)"
sed '/^s045,70,/s/,[0-9.]*$/,99/' in.csv >other.csv
cmp -s in.csv other.csv && fail "the other input is none"
for what in "other.csv" "in.csv --non-negative" "in.csv --seed 2"; do
	# shellcheck disable=SC2086
	run $what
	cp out.csv plain.csv
	rm -f st.db*
	cp before/* .
	# shellcheck disable=SC2086
	run $what --store st.db --trace trace.json || fail "$what: $?"
	cmp -s out.csv plain.csv || fail "$what: other bytes than without a store"
	[ "$(tries)" -eq "$all" ] || fail "$what: pieces of other work are used"
	nothing_left "$what"
done

# the disk is full while it learns: the night goes on without the store
rm -f st.db* out.csv s.csv
FAULT_PACE=100000 FAULT=pwrite+:40 LD_PRELOAD=$work/fault.so run in.csv --store st.db 2>stderr
[ $? -eq 3 ] && grep -q 'no space is left for the store' stderr || fail "a full disk: $(cat stderr)"
cmp -s out.csv expected.csv && same_summary || fail "a full disk: other bytes"
run in.csv --store st.db || fail "after a full disk: $?"
cmp -s out.csv expected.csv || fail "after a full disk: other bytes"
nothing_left "after a full disk"

# at random moments, by the clock of the machine
now() { date +%s%N | cut -c 1-16; } # microseconds
start=$(now)
run in.csv
usual=$(($(now) - start))
for i in 1 2 3 4; do
	rm -f st.db* out.csv
	FAULT_PACE=100000 LD_PRELOAD=$work/fault.so "${command[@]}" in.csv --store st.db &
	pid=$!
	delay=$((usual * i / 5 + RANDOM))
	sleep "$(printf '%d.%06d' $((delay / 1000000)) $((delay % 1000000)))"
	kill -9 $pid
	wait $pid
	run in.csv --store st.db || fail "$i: the run after: $?"
	cmp -s out.csv expected.csv && same_summary || fail "$i: other bytes than without a kill"
	nothing_left "$i"
done 2>/dev/null
finish
