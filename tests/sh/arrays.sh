#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One file over the tasks of a scheduler: shards that take their place from the
# environment, more of them than may be open at once, what of them is missing,
# and the exit statuses that engines see.
. tests/sh/setup.bash
cd "$work" || exit 1
# no scheduler of this machine has a say
for name in $(compgen -e | grep -E '^(SLURM|PMI|OMPI|SGE|LSB|PBS|BATCH|AWS_BATCH)_'); do
	unset "$name"
done
awk 'BEGIN {
	print "unique_id,ds,y"
	for (i = 1; i <= 60; i++)
		for (t = 1; t <= 12; t++)
			print (i % 7 ? "" : "\"") "s" i (i % 7 ? "" : ", \"\"x\"\"\"") "," t "," (i * t * 7) % 31
}' >in.csv
night() { # OPTIONS...: quietly
	"$nightcast" forecast -q -H 3 -m drift "$@" in.csv
}
night -o whole.csv || fail "a single run: exit $?"

# every task in an environment of its own
for n in 1 9 12; do
	rm -f part*
	for k in $(seq "$n"); do
		SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=$n \
			SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=$n \
			night --shard auto -o 'part{K}.csv' --summary 'sum{K}-{K}' \
			--rejects '{K' || fail "auto: exit $?"
	done
	"$nightcast" merge -q part*.csv -o merged.csv && cmp merged.csv whole.csv ||
		fail "$n tasks: other forecasts"
done
[ "$(echo part*.csv)" = "$(printf 'part%02d.csv ' $(seq 12) | sed 's/ $//')" ] ||
	fail "{K} is not padded: $(echo part*)"
[ -e sum12-12 ] && [ -e '{K' ] || fail "{K}: $(ls)"
# the rerun of two indices is of the same shards
cp part07.csv old.csv
rm part03.csv part07.csv
for k in 3 7; do
	SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 \
		SLURM_ARRAY_TASK_STEP=4 SLURM_ARRAY_TASK_COUNT=2 \
		night --shard auto/12 -o 'part{K}.csv' || fail "auto/12: exit $?"
done
cmp part07.csv old.csv || fail "another shard on the second try"
"$nightcast" merge -q part*.csv | cmp - whole.csv || fail "after a rerun"
JOB_COMPLETION_INDEX=6 night --shard auto/12 -o - | cmp - old.csv ||
	fail "an index from 0"
night --shard 7/12 -o 'k{K}.csv' && cmp k07.csv old.csv || fail "{K} of K/N"
night -o '{K}.csv' && [ -e '{K}.csv' ] || fail "{K} without a shard"
(
	flock 9
	night --shard 7/12 -o no.csv --lock 'lock{K}' 2>/dev/null
	[ $? -eq 75 ] || fail "{K} in --lock"
) 9>lock07
usage() { # WORDS OPTIONS...
	local words=$1
	shift
	night "$@" >said 2>&1
	[ $? -eq 2 ] && grep -qE -- "$words" said || fail "$*: $(cat said)"
}
usage 'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX' --shard auto/4
export JOB_COMPLETION_INDEX=4
usage 'JOB_COMPLETION_INDEX=4 is outside of 0 to 3' --shard auto/4
usage 'JOB_COMPLETION_INDEX=4 tells which.*auto/N' --shard auto
PARALLEL_SEQ=3 usage 'JOB_COMPLETION_INDEX=4 and PARALLEL_SEQ=3' --shard auto/8
unset JOB_COMPLETION_INDEX
for bad in automatic auto/ auto/0 auto/x auto/100001 autoo/3 auto/3x 1/100001; do
	usage "K/N.*got '$bad'" --shard "$bad"
done
usage 'K07.csv. is for --output' --shard 7/12 -o 'K{K}.csv' --lock 'K{K}.csv'

# more shards than may be open
n=211
for k in $(seq $n); do
	night --shard $k/$n -o 'many{K}.csv' --summary 'msum{K}' || fail "shard $k"
done
ls many*.csv | shuf >list
cp list windows.list
sed -i 's/$/\r/' windows.list
# merge_few FILES OPTIONS...: with that many files at once
merge_few() {
	(
		ulimit -n "$1"
		shift
		exec "$nightcast" merge -q "$@"
	)
}
for files in 14 17 40 1024; do
	rm -f merged.csv
	merge_few $files --from list -o merged.csv 2>said && cmp merged.csv whole.csv ||
		fail "merge with $files open files: $(cat said)"
done
merge_few 16 many*.csv | cmp - whole.csv || fail "in passes, to a pipe"
merge_few 16 --from windows.list | cmp - whole.csv || fail "CRLF"
merge_few 16 --from - <list | cmp - whole.csv || fail "--from -"
head -n 100 list >some
tail -n +101 list | tr '\n' '\0' | xargs -0 "$nightcast" merge -q --from some |
	cmp - whole.csv || fail "--from and names"
gzip -k many001.csv many100.csv many211.csv
sed 's/\(001\|100\|211\).csv/&.gz/' list | merge_few 16 --from - |
	cmp - whole.csv || fail "in passes, compressed"
grep -v many100 list | merge_few 40 --from - - <many100.csv >said 2>&1
[ $? -eq 2 ] && grep -q 'only one shard or list can be -' said ||
	fail "two standard inputs: $(cat said)"
grep -v many100 list >some
merge_few 40 --from some - <many100.csv | cmp - whole.csv ||
	fail "in passes, one from a pipe"
strip() {
	sed 's/,[^,]*$//' "$1"
}
night -o whole.csv --summary whole.sum
merge_few 16 msum* >merged.sum
cmp <(strip merged.sum) <(strip whole.sum) || fail "summaries in passes"
refuse() { # STATUS WORDS OPTIONS...: in passes
	local status=$1 words=$2 got
	shift 2
	echo old >out.csv
	merge_few 16 -o "${output:-out.csv}" "$@" >said 2>&1 </dev/null
	got=$?
	[ $got -eq "$status" ] && grep -qE -- "$words" said ||
		fail "merge $*: exit $got: $(cat said)"
	[ "$(cat out.csv)" = old ] || fail "merge $*: the old output is gone"
	ls -A | grep nightcast- && fail "merge $* leaves a file"
}
refuse 1 'shard 100/211 is missing' --from some
refuse 1 'many100.csv and ./many100.csv are both shard 100/211|./many100.csv and many100.csv are' \
	--from list ./many100.csv
sed 's/[0-9]$/x/' many150.csv >bad.csv
sed s/many150/bad/ list >some
refuse 1 'bad.csv: (was changed|has a row|its last line)' --from some
head -c -30 many150.csv >bad.csv
refuse 1 'bad.csv: (is cut short|its last)' --from some
refuse 1 'nothere: cannot read the list' --from nothere
printf 'many\0.csv\n' >some
refuse 1 'some: cannot read the list of inputs: a name with a NUL' --from some
printf '\n\n' >some
refuse 2 '--from some names no shards' --from some
cp list listed
merge_few 16 --from listed -o listed >said 2>&1
[ $? -eq 2 ] && cmp -s list listed || fail "the list as output: $(cat said)"
chmod 500 . && [ ! -w . ] && { # what lies between two passes has its place
	merge_few 16 --from list -o out.csv >said 2>&1
	[ $? -eq 1 ] || fail "a folder without rights: $(cat said)"
}
chmod 700 .
if mkdir tiny 2>/dev/null && mount -t tmpfs -o size=8k tmpfs tiny 2>/dev/null; then
	output=/dev/stdout TMPDIR=$PWD/tiny \
		refuse 1 'between its passes: No space left' --from list
	umount tiny
fi

# what is missing
missing() { # STATUS LIST WORDS FILES...
	local status=$1 list=$2 words=$3 got
	shift 3
	echo old >out.csv
	"$nightcast" merge --missing -o out.csv "$@" >got 2>said </dev/null
	got=$?
	[ $got -eq "$status" ] && [ "$(cat got)" = "$list" ] &&
		grep -qE -- "$words" said ||
		fail "--missing $*: exit $got, '$(cat got)': $(cat said)"
	[ "$status" -eq 0 ] || [ "$(cat out.csv)" = old ] ||
		fail "--missing $*: the old output is gone"
}
missing 0 '' 'shards merged' part*.csv
cmp out.csv whole.csv || fail "--missing of a whole set merges it"
"$nightcast" merge --missing part*.csv >got 2>said && [ ! -s got ] &&
	grep -q 'all 12 shards are there and whole' said ||
	fail "--missing without an output: $(cat got said)"
missing 1 2 '1 of 12 shards are' part0[13-9].csv part1*.csv
missing 1 1-4,6-12 'nothing was written' part05.csv
missing 1 1,3,12 '3 of 12' part02.csv part0[4-9].csv part1[01].csv
cp part04.csv kept.csv
sed -i '3s/$/0/' part04.csv
missing 1 4 'part04.csv: was changed' part*.csv
head -n 2 kept.csv >part04.csv
missing 1 4 'part04.csv: is cut short' part*.csv
: >part04.csv
missing 1 4 'part04.csv: is no shard' part*.csv
rm part04.csv
missing 1 4 'part04.csv: cannot open' part{01..12}.csv
# yesterday's, where today's has failed
"$nightcast" forecast -q -H 4 -m drift --shard 4/12 in.csv -o part04.csv
missing 1 4 'part04.csv: is of another run' part*.csv
night --shard 4/13 -o part04.csv
missing 1 4 'part04.csv: is of another run' part*.csv
night --shard "$("$nightcast" merge --missing part*.csv 2>/dev/null)/12" \
	-o part04.csv
missing 0 '' 'shards merged' part*.csv
cmp out.csv whole.csv && cmp part04.csv kept.csv ||
	fail "what --missing printed, run again"
missing 0 '' 'shards merged' --from <(ls part*.csv)
"$nightcast" forecast -q -H 4 -m drift --shard 4/12 in.csv -o other.csv
missing 1 '' 'are of different runs' part01.csv other.csv
missing 1 '' 'none of the 1 files is a shard' in.csv
missing 2 '' 'not at -' part01.csv -

# exit statuses of engines
sed '5s/[^,]*$/x/' in.csv >partial.csv
status() { # STATUS COMMAND...
	local status=$1 got
	shift
	"$nightcast" "$@" >out 2>said
	got=$?
	[ $got -eq "$status" ] || fail "$*: exit $got: $(cat said)"
}
for k in 1 2; do
	status 0 forecast --partial-ok --shard $k/2 -H 2 -m naive partial.csv -o p$k
done
status 3 forecast -H 2 -m naive partial.csv
status 0 forecast --partial-ok -H 2 -m naive partial.csv
grep -q "series 's1' failed" said || fail "--partial-ok is silent: $(cat said)"
status 3 merge p1 p2
status 0 merge --partial-ok p1 p2
status 3 inspect partial.csv
status 0 inspect --partial-ok partial.csv
status 3 simulate -H 2 -m naive partial.csv
status 0 simulate --partial-ok -H 2 -m naive partial.csv
status 3 backtest -H 2 -m naive partial.csv
status 0 backtest --partial-ok -H 2 -m naive partial.csv
status 3 learn -H 2 partial.csv
status 0 learn --partial-ok -H 2 partial.csv
status 1 forecast --partial-ok --max-failed 0 -H 2 -m naive partial.csv
status 2 forecast --partial-ok partial.csv
finish
