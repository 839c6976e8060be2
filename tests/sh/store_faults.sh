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

# A page's seal tells of whatever another program has changed; without it what
# comes after, SQLite's own checks and those of rows, has to.
unseal() { # STORE
	local at size
	size=$(stat -c %s "$1")
	for ((at = 16384; at <= size; at += 16384)); do
		printf '\0\0\0\0\0\0\0\0' |
			dd of="$1" bs=1 seek=$((at - 8)) conv=notrunc status=none
	done
}
change() { # STORE SQL
	sqlite3 "$1" "$2"
	unseal "$1"
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
# also if it keeps eight bytes of a page for itself, as SQLite's checksums do
for page in 4096 16384; do
	rm -f other.db
	sqlite3 other.db '.filectrl reserve_bytes 8' "PRAGMA page_size = $page" \
		'CREATE TABLE cats(name); INSERT INTO cats VALUES(1)' >/dev/null
	printf 'checksum' | dd of=other.db bs=1 seek=$((page - 8)) conv=notrunc status=none
	printf 'checksum' | dd of=other.db bs=1 seek=$((2 * page - 8)) conv=notrunc status=none
	[ "$(od -An -tu1 -j20 -N1 other.db | tr -d ' ')" = 8 ] &&
		[ "$(sqlite3 other.db 'SELECT name FROM cats')" = 1 ] || fail "no other database"
	cp other.db other.before
	trouble "other\.db: is another program's database" other.db
	cmp -s other.db other.before || fail "somebody's database was written to"
	"$nightcast" history other.db 2>stderr
	[ $? -eq 1 ] && grep -q "another program's database" stderr || fail "history: $(cat stderr)"
done
mkdir folder
trouble 'folder: cannot open the store: Is a directory' folder
mkfifo pipe
trouble 'pipe: is not a file' pipe
trouble 'none/st\.db: cannot open the store: No such file' none/st.db
: >empty.db
fine empty.db

# a reader that opens it at the moment when it is made, wherever it is stopped
is_done_or() { # PID WHAT: the process is gone, or "$2" is
	"$2" "$1" || is_gone "$1"
}
stopped=0
for at in $(seq 60); do
	rm -f new.db*
	: >new.db
	FAULT=stoplock:$at LD_PRELOAD=$work/fault.so "$nightcast" history new.db >stdout 2>stderr &
	reader=$!
	await is_done_or $reader is_stopped || fail "reader $at: it never stopped"
	if ! is_stopped $reader; then
		wait $reader
		break
	fi
	stopped=$((stopped + 1))
	$forecast --store new.db 2>maker &
	maker=$!
	for _ in $(seq 50); do # it waits, if the reader holds the file
		is_gone $maker && break
		sleep 0.02
	done
	kill -CONT $reader
	wait $reader
	status=$?
	[ $status -eq 0 ] || { [ $status -eq 1 ] && grep -q 'has no nights yet' stderr; } ||
		fail "reader $at: exit $status: $(cat stderr)"
	wait $maker || fail "reader $at: the run: $? $(cat maker)"
done
[ $stopped -gt 2 ] || fail "the reader was stopped $stopped times only"

# another version, another job
cp good.db newer.db
change newer.db 'PRAGMA user_version = 5'
trouble 'newer\.db: is a store of version 5, and this program knows version 4; a newer' newer.db
change newer.db 'PRAGMA user_version = 1'
trouble 'newer\.db: is a store of version 1, and this program knows version 4; an older' newer.db
# Version 3 had a row for what a night said of a series, version 2 no seals, too:
# both go on, and what they said is scored and shown beside the new night's.
# (store_v3.sql is of this in.csv; without the results that it kept.)
before() { # STORE VERSION
	{
		cat "$project/tests/sh/store_v3.sql"
		echo 'WITH RECURSIVE p(e, v) AS (SELECT -200, 6.2230152778611417e-61
			UNION ALL SELECT e + 1, v * 2 FROM p WHERE e < 40)
			INSERT INTO power SELECT e, v FROM p;'
		echo "PRAGMA application_id = 0x4e474854; PRAGMA user_version = $2;"
	} | sqlite3 -cmd '.filectrl reserve_bytes 8' -cmd 'PRAGMA page_size = 16384' "$1" >stdout ||
		fail "$1 is not made"
}
sed 's/^\(s..\),60,.*/&\n\1,61,120/' in.csv >more.csv
later="$nightcast forecast -q -H 6 -s 12 -m ses -j 2 more.csv -o out.csv"
before v3.db 3
before v2.db 2
sqlite3 v2.db .dump | sqlite3 plain.db
sqlite3 plain.db 'PRAGMA application_id = 0x4e474854; PRAGMA user_version = 2'
sqlite3 v3.db 'SELECT * FROM forecasts ORDER BY 1, 2, 5, 6' >said-before
"$nightcast" history v3.db >history-before || fail "history of version 3: exit $?"
rm -f st.db
$forecast --store st.db && $later --store st.db || fail "two nights"
for store in v3.db v2.db plain.db; do
	rm -f out.csv
	$later --store $store 2>stderr || fail "$store: exit $?: $(cat stderr)"
	[ "$(sqlite3 $store 'PRAGMA user_version; SELECT max(night) FROM night')" = '4
2' ] || fail "$store is not of version 4, or has no night"
	sqlite3 $store 'SELECT * FROM forecasts WHERE night = 1 ORDER BY 1, 2, 5, 6' |
		cmp -s - said-before || fail "$store: what was said is not what it was"
	for what in 'SELECT * FROM scores' 'SELECT * FROM coverages' \
		'SELECT * FROM forecasts ORDER BY 1, 2, 5, 6'; do
		sqlite3 $store "$what" >one
		sqlite3 st.db "$what" | cmp -s - one || fail "$store: other, $what"
	done
	sqlite3 $store 'SELECT * FROM forecasts ORDER BY 1, 2, 5, 6' | grep '|s07|' >one
	sqlite3 $store "SELECT * FROM forecasts WHERE id = 's07' ORDER BY 1, 2, 5, 6" |
		cmp -s - one || fail "$store: other forecasts of one series"
	[ "$(cut -d '|' -f 1 one | sort -u | wc -l)" = 2 ] || fail "$store: not both nights"
	"$nightcast" history --changes $store >one || fail "$store: changes"
	"$nightcast" history --changes st.db | sed "s/st.db/$store/" | cmp -s - one ||
		fail "$store: other changes"
	$later --store $store || fail "$store: another night"
	$later --store $store --keep 1 || fail "$store: a night that prunes"
	[ "$(sqlite3 $store 'SELECT count(*) FROM said')" = 0 ] || fail "$store is not pruned"
done
# without seals a store that had them is damage
sqlite3 st.db .dump | sqlite3 bare.db
sqlite3 bare.db 'PRAGMA application_id = 0x4e474854; PRAGMA user_version = 4'
trouble 'bare\.db: the store is damaged' bare.db
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
change swapped.db "UPDATE job SET value = 'big endian' WHERE name = 'bytes'"
trouble "its bytes is 'big endian'" swapped.db

# damage: cut short, bytes that are others, by SQLite's check or by a row's own
cp good.db cut.db
truncate -s 40000 cut.db
trouble 'cut\.db: (the store is damaged|is not a store)' cut.db
cp good.db flipped.db
change flipped.db "UPDATE kept SET numbers = zeroblob(length(numbers)) WHERE key = (SELECT max(key) FROM kept)"
trouble 'flipped\.db: the store is damaged; move it away' flipped.db
cp good.db flipped.db
change flipped.db "UPDATE part SET bytes = zeroblob(length(bytes))"
sed 's/^s01,60,.*/&\ns01,61,120/' in.csv >longer.csv
rm -f out.csv
$nightcast forecast -q -H 6 -s 12 -m ses longer.csv -o out.csv --store flipped.db 2>stderr
[ $? -eq 3 ] && grep -q 'flipped.db: the store is damaged' stderr ||
	fail "a forecast that was changed: $(cat stderr)"
cp good.db dropped.db
change dropped.db 'DROP TABLE series'
trouble 'dropped\.db: the store is damaged' dropped.db
cp good.db changed.db # by another program
sqlite3 changed.db 'UPDATE record SET n = n + 1; UPDATE series SET whole = 5'
trouble 'changed\.db: the store is damaged' changed.db

# Whatever bytes of whatever page are others, and whatever page is where another
# was: it is noticed, or makes no difference, neither to the forecasts of a night
# with new values nor to what the history says.
history() { # STORE: without the moments and seconds of nights
	for by in lead series; do
		"$nightcast" history "$1" --by $by 2>&1
	done
	"$nightcast" history "$1" --changes 2>&1
	"$nightcast" history "$1" 2>&1 | sed -E 's/20..-..-.. ..:..//; s/[0-9.]+$//'
}
cp good.db any.db
$later --store any.db || fail "a night with new values"
cp out.csv expected-more.csv
history any.db >expected-history
hit=0
damaged() { # WHAT: of any.db
	local status
	rm -f out.csv any.db-*
	timeout $patience $later --store any.db 2>stderr
	status=$?
	cmp -s out.csv expected-more.csv || [ $status -eq 3 ] || fail "$1: other forecasts"
	case $status in
	0) history any.db | cmp -s - expected-history || fail "$1: another history" ;;
	3)
		grep -qE 'any\.db: (the store is damaged|is not a store|the store cannot)' stderr &&
			[ "$(wc -l <out.csv)" = 181 ] || fail "$1: $(cat stderr)"
		hit=$((hit + 1))
		;;
	*) fail "$1: exit $status: $(cat stderr)" ;;
	esac
}
pages=$(($(stat -c %s good.db) / 16384))
for ((i = 0; i < pages; i++)); do
	cp good.db any.db
	at=$((i * 16384 + i * 7919 % 16377))
	printf '\x9c\x41\x07\xe3\x58\xf2\x1d\x86' |
		dd of=any.db bs=1 seek=$at conv=notrunc status=none
	damaged "eight bytes at $at"
	cp good.db any.db
	dd if=good.db of=any.db bs=16384 skip=$(((i + 5) % pages)) seek=$i count=1 \
		conv=notrunc status=none
	damaged "page $(((i + 5) % pages)) at $i"
done
for at in 16 17 18 19 20 21 27 31 35 39 43 47 55 59 63 67 71 95 99; do # the header
	cp good.db any.db
	byte=$(od -An -tu1 -j $at -N 1 any.db)
	printf "\\x$(printf %x $((byte ^ 8)))" |
		dd of=any.db bs=1 seek=$at conv=notrunc status=none
	damaged "byte $at"
done
[ $hit -gt $((pages + 19)) ] || fail "only $hit damages were noticed"
echo "$hit of $((2 * pages + 19)) damages were noticed, the others made no difference"

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

# a limit on the size of files, below that of the store
rm -f full.db*
trouble 'full\.db: (no space is left|the store cannot be used)' full.db bash -c 'ulimit -f 60; exec "$@"' -
# a disk of its own, of which there is hardly anything
if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=128k none small 2>/dev/null; then
	trouble 'small/st\.db: (no space is left|the store cannot be used)' small/st.db
	umount small
fi

# held by another run, and by another program
cp good.db held.db
exec 7<held.db
flock 7
trouble 'held\.db: another run has the store' held.db
exec 7<&-
# two runs at once: the one that comes first has it, or each has a night
cp good.db two.db
for i in 1 2 3; do
	for k in a b; do
		$nightcast forecast -q -H 6 -s 12 -m ses -j 1 in.csv -o two-$k.csv --store two.db 2>stderr-$k &
		eval "pid_$k=\$!"
	done
	good=0
	for k in a b; do
		eval "wait \$pid_$k"
		case $? in
		0) good=$((good + 1)) ;;
		3) grep -q 'two.db: another run has the store' stderr-$k || fail "two runs: $(cat stderr-$k)" ;;
		*) fail "two runs: $(cat stderr-$k)" ;;
		esac
		cmp -s two-$k.csv expected.csv || fail "two runs: other forecasts"
	done
	[ $good -ge 1 ] || fail "two runs: no night"
	nights=$((${nights:-2} + good))
	[ "$(sqlite3 two.db 'SELECT max(night) FROM night')" = $nights ] || fail "two runs: not $nights nights"
done
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
echo "BEGIN; SELECT count(*), 'read' FROM part;" >&5
await grep -q read answers
fine held.db
exec 5>&-
wait $holder

# a symbolic link is not followed; what may not be written to is said
mkdir elsewhere
cp good.db elsewhere/real.db
ln -s elsewhere/real.db link.db
ln -s elsewhere/none.db dangling.db
trouble 'link\.db: is a symbolic link.*; name the store itself' link.db
trouble 'dangling\.db: is a symbolic link' dangling.db
cmp -s good.db elsewhere/real.db && [ ! -e elsewhere/none.db ] ||
	fail "a link was followed"
ln -s elsewhere folder-link # of a folder is another thing
fine folder-link/real.db
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
	chmod 777 .
	cp good.db rooted.db
	chmod 644 rooted.db
	trouble 'rooted\.db: cannot open the store: Permission denied' rooted.db $as_nobody
	cp good.db read-only.db
	chown 65534:65534 read-only.db
	chmod 444 read-only.db
	trouble 'read-only\.db: cannot open the store: Permission denied' read-only.db $as_nobody
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
