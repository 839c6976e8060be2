#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every write, fsync, rename and read fails once, memory ends in the middle of
# a fit, and files change while they are read: exit 1 with a message, the old
# output intact, no file left behind; or all is well in spite of it.
. tests/sh/setup.bash
RANDOM=1
if is_sanitized; then
	echo "skip: a sanitizer has its own malloc"
	exit 0
fi
compile_faults
cd "$work" || exit 1
# attempt FAULT COMMAND...: sets status; the outputs are "old" or complete
attempt() {
	local fault=$1 left
	shift
	echo old >out.csv
	echo old >s.csv
	timeout $patience env FAULT="$fault" LD_PRELOAD=./fault.so "$@" 2>stderr \
		>/dev/null
	status=$?
	left=$(ls -A | grep nightcast-)
	[ -z "$left" ] || fail "$fault leaves $left: $*: $(cat stderr)"
	rm -f .*.nightcast-*
	case $status in
	0) cmp -s out.csv expected.csv || fail "$fault: other bytes: $*" ;;
	3) cmp -s out.csv expected.csv || grep -qi memory stderr ||
		fail "$fault: other bytes, for no reason: $*" ;;
	1)
		[ "$(cat out.csv)" = old ] ||
			grep -qE 'csv. is (written|replaced already)' stderr ||
			fail "$fault: the old output is gone: $*"
		[ -s stderr ] || fail "$fault: no word: $*"
		;;
	*) fail "$fault: exit $status: $*: $(tail -n 1 stderr)" ;;
	esac
}
# each KIND COMMAND...: for k = 1, 2, ... until nothing is struck any more
each() {
	local kind=$1 k=0 struck=0 quiet=0 usual
	shift
	"$@" >/dev/null 2>&1
	usual=$?
	cp out.csv expected.csv
	while [ $quiet -lt 3 ]; do
		k=$((k + 1))
		attempt "$kind:$k" "$@"
		if [ $status -eq $usual ] && cmp -s out.csv expected.csv; then
			quiet=$((quiet + 1))
		else
			struck=$((struck + 1)) quiet=0
		fi
		[ $k -lt 2000 ] || fail "$kind: no end: $*"
		[ $k -lt 2000 ] || break
	done
	[ $struck -gt 0 ] || fail "$kind: nothing was ever struck: $*"
	echo "$kind: $struck of $k: ${*:2}"
}

{
	echo unique_id,ds,y
	for day in $(seq -w 28); do
		for id in a '"b,""b"' c d; do
			echo "$id,2024-02-$day,$((RANDOM % 100))"
		done
	done
	echo 'broken,2024-02-01,x'
	echo 'late,2024-01-01,7'
	echo 'gaps,2024-02-01,7'
	echo 'gaps,2024-02-05,9'
} >in.csv
gzip -k in.csv
{
	echo id,2024-01-01,2024-01-02,2024-01-03
	echo a,1,2,3
	echo b,4,,6
} >wide.csv

run="$nightcast forecast -H 3 --gaps interpolate -o out.csv --summary s.csv"
for model in $("$nightcast" models | awk 'NF { print $1 }'); do
	$run -m "$model" in.csv 2>/dev/null
	cp out.csv expected.csv
	for k in 60 72 75 78 81 84 87 90 100; do
		attempt memory+:$k $run -j 1 -m "$model" in.csv
	done
done
each write $run -j 1 -m snaive in.csv
each fsync $run -j 1 -m snaive in.csv
# once per file, and then per folder
for k in 3 4; do
	attempt fsync:$k $run -j 1 -m snaive in.csv
	[ $status -eq 1 ] && grep -q 'its folder cannot be flushed' stderr ||
		fail "fsync:$k of a folder: exit $status: $(cat stderr)"
done
each rename $run -j 1 -m snaive in.csv
each pread $run -j 1 -m snaive in.csv
export FAULT_FILE=in.csv
cp in.csv whole.csv
for k in 1 2 3 4 5; do
	for change in shrink grow; do
		attempt $change:$k $run -j 1 -m snaive in.csv
		cmp -s in.csv whole.csv && continue # there are not so many reads
		[ $status -eq 1 ] || fail "$change:$k is not noticed: $(cat stderr)"
		grep -qE 'in.csv: (was written to|became shorter)' stderr ||
			fail "$change:$k: $(cat stderr)"
		cp whole.csv in.csv
	done
done
# also when it is as long as before
touch -d '1 hour ago' in.csv
attempt retouch:2 $run -j 1 -m snaive in.csv
[ $status -eq 1 ] && grep -q 'in.csv: was written to' stderr ||
	fail "written to in place: exit $status: $(cat stderr)"
attempt short:1 $run -j 2 -m snaive in.csv
[ $status -eq 3 ] || fail "short reads: exit $status: $(cat stderr)"
# a file that is standard input, and one that is compressed
cp in.csv.gz whole.csv.gz
for k in 1 2 3; do
	for change in shrink grow; do
		FAULT_FILE=in.csv
		attempt $change:$k $run -j 1 -m snaive - <in.csv
		cmp -s in.csv whole.csv || [ $status -eq 1 ] ||
			fail "stdin: $change:$k is not noticed"
		cp whole.csv in.csv
		FAULT_FILE=in.csv.gz
		attempt $change:$k $run -j 1 -m snaive in.csv.gz
		cmp -s in.csv.gz whole.csv.gz || [ $status -eq 1 ] ||
			fail "gzip: $change:$k is not noticed"
		cp whole.csv.gz in.csv.gz
	done
done
FAULT_FILE=in.csv

# A signal until the first rename: nothing has changed.  From then on it comes
# too late, and the run ends as it would have.
signal() { # FAULT STATUS OUTPUT
	echo old >out.csv
	echo old >s.csv
	timeout $patience env FAULT="$1" LD_PRELOAD=./fault.so $run -j 1 -m snaive \
		in.csv >/dev/null 2>stderr
	status=$?
	[ $status -eq "$2" ] || fail "$1: exit $status, not $2: $(cat stderr)"
	[ "$(head -n 1 out.csv | cut -c 1-9)" = "$3" ] || fail "$1: out.csv"
	[ "$(head -n 1 s.csv | cut -c 1-9)" = "$3" ] || fail "$1: s.csv"
	[ "$2" -ne 1 ] || grep -q 'stopped by SIGTERM.*as they were' stderr ||
		fail "$1: $(cat stderr)"
	ls -A | grep -q nightcast- && fail "$1 leaves a file"
}
signal sigfsync:1 1 old
signal sigfsync:2 1 old
signal sigfsync:3 3 unique_id
signal sigfsync:4 3 unique_id
signal sigrename:1 3 unique_id
signal sigrename:2 3 unique_id
signal sigsay:1 3 unique_id
grep -q 'stopped by SIGTERM at its end; what was to be written is' stderr ||
	fail "a signal at the end: $(cat stderr)"

# and when nobody reads what is said on standard error
mkfifo full waiting
exec 8<>full 9<>waiting
dd if=/dev/zero of=full bs=4096 count=64 oflag=nonblock 2>/dev/null
$run - <waiting 2>full &
pid=$!
await has_temporary
kill $pid
await is_gone $pid
kill -9 $pid 2>/dev/null && fail "a full pipe for standard error holds it up"
wait $pid
status=$?
[ $status -eq 1 ] || fail "a full pipe for standard error: exit $status"
# not even the last message of a run whose outputs are in place
cp expected.csv new.csv
echo old >out.csv
$run -j 1 -m snaive in.csv 2>full &
pid=$!
await cmp -s out.csv new.csv
is_gone_by_signals() {
	kill $pid
	is_gone $pid
}
await is_gone_by_signals 2>/dev/null
kill -9 $pid 2>/dev/null && fail "its last message holds it up"
wait $pid
status=$?
[ $status -eq 3 ] && cmp -s out.csv new.csv ||
	fail "a signal during the last message: exit $status"
exec 8>&- 9>&-

# the other outputs, an output of many writes, and the other commands
each write $run -j 1 -m snaive --rejects r.csv --metrics m.prom in.csv
each write "$nightcast" forecast -H 6000 -o out.csv --summary s.csv -j 1 \
	-m snaive in.csv
for k in 1 2; do
	"$nightcast" forecast -q -H 3 -m snaive --shard $k/2 in.csv -o part$k \
		2>/dev/null
done
"$nightcast" forecast -q -H 1 -m naive --wide wide.csv -o f.csv
cut -d , -f 1,2,4 f.csv | sed '1s/.*/unique_id,ds,y/' >actual.csv
sed '1s/.*/unique_id,ds,model,mean,lo-80,hi-80,lo-95,hi-95/' f.csv >f2.csv
awk -F, -v OFS=, 'NR == 1 { print "unique_id,ds,y" }
	NR > 1 { for (t = 1; t < 4; t++) print $1, "2023-01-0" t, t * t }' \
	f.csv >train.csv
for fault in write fsync rename; do
	each $fault "$nightcast" merge part1 part2 -o out.csv
	each $fault "$nightcast" learn -H 3 -j 1 in.csv -o out.csv
	each $fault "$nightcast" simulate -H 3 -j 1 -m naive --paths 9 in.csv \
		-o out.csv
	each $fault "$nightcast" score -j 1 f2.csv actual.csv --train train.csv \
		-o out.csv
done
# what score reads may not change meanwhile either; before it is opened and when
# it has been read, it may
score="$nightcast score -j 1 f2.csv actual.csv --train train.csv -o out.csv"
$score >/dev/null 2>&1
cp out.csv expected.csv
for FAULT_FILE in f2.csv actual.csv train.csv; do
	cp $FAULT_FILE whole.csv
	for change in grow shrink; do
		noticed=0
		for k in 1 2 3 4 5 6; do
			FAULT=$change:$k LD_PRELOAD=./fault.so $score >/dev/null \
				2>stderr
			status=$?
			if [ $status -eq 1 ]; then
				grep -q "$FAULT_FILE:" stderr ||
					fail "score: $FAULT_FILE $change:$k: $(cat stderr)"
				noticed=$((noticed + 1))
			elif ! cmp -s out.csv expected.csv; then
				cp out.csv got.csv
				$score >/dev/null 2>&1
				[ $? -eq $status ] && cmp -s got.csv out.csv ||
					fail "score: $FAULT_FILE $change:$k is not noticed"
			fi
			cp whole.csv $FAULT_FILE
		done
		[ $noticed -gt 0 ] || fail "score: $FAULT_FILE: no $change is noticed"
	done
done
FAULT_FILE=in.csv

# memory limited by the system
for kb in 20000 40000 60000 80000 100000 150000 200000 300000; do
	echo old >out.csv
	(
		ulimit -v $kb
		exec $run -j 2 -m ets in.csv
	) >said 2>&1
	status=$?
	case $status in
	1 | 127) [ "$(cat out.csv)" = old ] && [ -s said ] ||
		fail "ulimit -v $kb: $(cat said)" ;;
	0 | 3) ;;
	*) fail "ulimit -v $kb: exit $status: $(cat said)" ;;
	esac
done

# files limited in size
"$nightcast" forecast -H 2000 -q -m snaive in.csv >expected.csv 2>/dev/null
size=$(stat -c %s expected.csv)
for blocks in 1 2 64 $((size / 2048)) $((size / 1024)) $((size / 1024 + 1)); do
	echo old >out.csv
	(
		ulimit -f "$blocks"
		exec "$nightcast" forecast -H 2000 -q -m snaive in.csv -o out.csv
	) 2>stderr
	status=$?
	if [ $((blocks * 1024)) -lt "$size" ]; then
		[ $status -eq 1 ] && [ "$(cat out.csv)" = old ] &&
			grep -q 'File too large' stderr ||
			fail "ulimit -f $blocks: exit $status: $(cat stderr)"
	else
		cmp -s out.csv expected.csv || fail "ulimit -f $blocks: other bytes"
	fi
	[ -z "$(ls -A | grep nightcast-)" ] || fail "ulimit -f: a file is left"
done

# the folder of the output goes while the input is awaited
mkdir gone
mkfifo pipe
"$nightcast" forecast -H 2 -m snaive pipe -o gone/out.csv 2>stderr &
pid=$!
exec 3>pipe
await has_temporary gone
rm -r gone
cat whole.csv >&3
exec 3>&-
wait $pid
status=$?
[ $status -eq 1 ] && grep -q "gone/out.csv" stderr && [ ! -e gone ] ||
	fail "the folder is gone: exit $status: $(cat stderr)"

finish
