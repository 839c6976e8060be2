#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What can be wrong with a store: in each case the forecasts are written all the
# same, a message says what is wrong with the store, and the exit status is 3.
. tests/sh/setup.bash
compile_faults
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
cd "$work" || exit 1
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not there"
	exit 0
}
awk 'BEGIN {
	print "unique_id,ds,y"
	for (i = 1; i <= 30; i++)
		for (t = 1; t <= 60; t++)
			printf "s%02d,%d,%d\n", i, t, 100 + (i * t * 7919) % 53
}' >in.csv
forecast="$nightcast forecast -q -H 6 -s 12 -m ses -j 2 in.csv -o out.csv"
$forecast || fail "the run itself"
cp out.csv expected.csv
$forecast --store good.db || fail "a new store"
$forecast --store good.db || fail "a second night"

# trouble WORDS STORE [command before]...: WORDS is a regular expression
trouble() {
	local words=$1 store=$2 status
	shift 2
	rm -f out.csv
	timeout $patience "$@" $forecast --store "$store" 2>stderr </dev/null
	status=$?
	[ $status -eq 3 ] || fail "$store, $words: exit $status: $(cat stderr)"
	grep -qE "$words.*; the forecasts are written, and this night is not" stderr ||
		fail "$store: no '$words': $(cat stderr)"
	cmp -s out.csv expected.csv || fail "$store, $words: other forecasts"
}
fine() { # STORE
	rm -f out.csv
	$forecast --store "$1" 2>stderr || fail "$1: exit $?: $(cat stderr)"
	cmp -s out.csv expected.csv || fail "$1: other forecasts"
}

# what is no store, and stays as it is
printf 'unique_id,ds,y\na,1,1\n' >table.csv
cp table.csv table.before
trouble 'table\.csv: is not a store, or a damaged one; move it away' table.csv
cmp -s table.csv table.before || fail "somebody's table was written to"
sqlite3 other.db 'CREATE TABLE cats(name); INSERT INTO cats VALUES(1)'
cp other.db other.before
trouble "other\.db: is another program's database" other.db
cmp -s other.db other.before || fail "somebody's database was written to"
mkdir folder
trouble 'folder: cannot open the store: Is a directory' folder
mkfifo pipe
trouble 'pipe: is not a file' pipe
trouble 'none/st\.db: cannot open the store: No such file' none/st.db
: >empty.db
fine empty.db

# another version, another job
cp good.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 2'
trouble 'newer\.db: is a store of version 2, and this program knows version 1' newer.db
cp good.db shard.db
rm -f out.csv
$forecast --store shard.db --shard 1/2 2>stderr
[ $? -eq 3 ] || fail "another shard's store: exit status"
grep -q "shard.db: is the store of another job: its shard is 'none', not '1/2'" stderr ||
	fail "another shard's store: $(cat stderr)"
sed 's/,\([0-9]*\),/,\12,/; s/ds2/ds/' in.csv >tens.csv
rm -f out.csv
$nightcast forecast -q -H 6 -s 12 -m ses tens.csv -o out.csv --store shard.db 2>stderr
[ $? -eq 3 ] && grep -q "is the store of another job: its step is" stderr ||
	fail "another step: $(cat stderr)"
cp good.db swapped.db
sqlite3 swapped.db "UPDATE job SET value = 'big endian' WHERE name = 'bytes'"
trouble "its bytes is 'big endian'" swapped.db

# damage: cut short, bytes that are others, by SQLite's check or by a row's own
cp good.db cut.db
truncate -s 40000 cut.db
trouble 'cut\.db: (the store is damaged|is not a store)' cut.db
cp good.db flipped.db
sqlite3 flipped.db "UPDATE kept SET numbers = zeroblob(length(numbers)) WHERE key = (SELECT max(key) FROM kept)"
trouble 'flipped\.db: the store is damaged; move it away' flipped.db
cp good.db flipped.db
sqlite3 flipped.db "UPDATE said SET origin = 59"
sed 's/^s01,60,.*/&\ns01,61,120/' in.csv >longer.csv
rm -f out.csv
$nightcast forecast -q -H 6 -s 12 -m ses longer.csv -o out.csv --store flipped.db 2>stderr
[ $? -eq 3 ] && grep -q 'flipped.db: the store is damaged' stderr ||
	fail "a forecast that was changed: $(cat stderr)"
cp good.db dropped.db
sqlite3 dropped.db 'DROP TABLE series'
trouble 'dropped\.db: the store is damaged' dropped.db
size=$(stat -c %s good.db)
hit=0
for i in $(seq 40); do # whatever byte it is: no crash, and the forecasts
	cp good.db any.db
	at=$((size * i / 41 + 13))
	byte=$(od -An -tu1 -j $at -N 1 any.db)
	printf "\\x$(printf %x $((byte ^ 129)))" |
		dd of=any.db bs=1 seek=$at conv=notrunc status=none
	rm -f out.csv any.db-*
	timeout $patience $forecast --store any.db 2>stderr
	status=$?
	[ $status -eq 0 ] || [ $status -eq 3 ] || fail "byte $at: exit $status: $(cat stderr)"
	[ $status -eq 3 ] && hit=$((hit + 1))
	cmp -s out.csv expected.csv || fail "byte $at: other forecasts"
done
[ $hit -gt 0 ] || fail "no damaged byte was noticed"
echo "$hit of 40 damaged bytes were noticed, the others made no difference"

# a disk that is full, from the first write on, or later
for at in 1 2 3 5 8; do
	rm -f full.db*
	trouble 'full\.db: (no space is left|the store cannot be used)' full.db \
		env FAULT=pwrite+:$at LD_PRELOAD="$work/fault.so"
	fine full.db
done
cp good.db full.db
trouble 'full\.db: (no space is left|the store cannot be used)' full.db \
	env FAULT=pwrite+:1 LD_PRELOAD="$work/fault.so"
[ "$(sqlite3 full.db 'SELECT max(night) FROM night')" = 2 ] ||
	fail "a night on a full disk"
# and one write alone that fails
for at in 1 2 3; do
	cp good.db full.db
	rm -f out.csv full.db-*
	FAULT=pwrite:$at LD_PRELOAD=$work/fault.so timeout $patience $forecast --store full.db 2>stderr
	status=$?
	[ $status -eq 0 ] || [ $status -eq 3 ] || fail "write $at: exit $status"
	cmp -s out.csv expected.csv || fail "write $at: other forecasts"
	[ "$(sqlite3 full.db 'PRAGMA integrity_check')" = ok ] || fail "write $at: not sound"
done

# held by another run, and by another program
cp good.db held.db
exec 7<held.db
flock 7
trouble 'held\.db: another run has the store' held.db
exec 7<&-
mkfifo commands
sqlite3 held.db <commands >answers &
holder=$!
exec 5>commands
echo "BEGIN IMMEDIATE; INSERT INTO model VALUES(99, 'x'); SELECT 'held';" >&5
await grep -q held answers
trouble 'held\.db: the store is held by another program' held.db
echo "ROLLBACK;" >&5
exec 5>&-
wait $holder
fine held.db
# a reader is in nobody's way
sqlite3 held.db <commands >answers &
holder=$!
exec 5>commands
echo "BEGIN; SELECT count(*), 'read' FROM said;" >&5
await grep -q read answers
fine held.db
exec 5>&-
wait $holder

# a symbolic link is followed; what may not be written to is said
mkdir elsewhere
ln -s elsewhere/real.db link.db
fine link.db
[ -L link.db ] && [ -s elsewhere/real.db ] || fail "a link was not followed"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
	chmod 777 .
	cp good.db rooted.db
	chmod 644 rooted.db
	trouble 'rooted\.db: cannot open the store: Permission denied' rooted.db $as_nobody
	mkdir closed
	cp good.db closed/st.db
	chmod 666 closed/st.db
	trouble 'closed/st\.db: the store cannot be used' closed/st.db $as_nobody
	rm -f out.csv
	cp good.db theirs.db
	chown 65534:65534 theirs.db
	fine theirs.db
	[ "$(stat -c %u theirs.db)" = 65534 ] || fail "the owner changed"
	rm -f out.csv
fi

# a clock that goes backwards counts nights all the same
cp good.db clock.db
is_sanitized || FAULT=clock:5 LD_PRELOAD=$work/fault.so $forecast --store clock.db || fail "a clock set back"
is_sanitized || [ "$(sqlite3 clock.db 'SELECT max(night) FROM night')" = 3 ] || fail "a clock set back: no night"

# memory that is refused: whatever allocation it is
if ! is_sanitized; then
	for at in $(seq 5 61 1500); do
		cp good.db small.db
		rm -f small.db-* out.csv
		FAULT=memory:$at LD_PRELOAD=$work/fault.so timeout $patience $forecast --store small.db 2>stderr
		status=$?
		case $status in
		0 | 3) cmp -s out.csv expected.csv || [ $status = 3 ] || fail "allocation $at: other forecasts" ;;
		1) [ ! -e out.csv ] || fail "allocation $at: half an output" ;;
		*) fail "allocation $at: exit $status: $(cat stderr)" ;;
		esac
		[ "$(sqlite3 small.db 'PRAGMA integrity_check')" = ok ] || fail "allocation $at: not sound"
	done
fi

# files that must be apart
usage() { # WORDS OPTIONS...
	local words=$1
	shift
	"$nightcast" forecast -H 6 in.csv "$@" 2>stderr
	[ $? -eq 2 ] && grep -qE -e "$words" stderr || fail "$*: $(cat stderr)"
}
usage "--store would replace the input 'in.csv'" --store in.csv
usage "--store needs a file of its own; 'x' is for --output" -o x --store x
usage "--lock and --store need files of their own" --lock x --store x
usage "--keep takes a whole number from 1" --store x --keep 0
[ ! -e x ] || fail "a usage error made a file"
finish
