#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One file over several runs: the merged shards are the bytes of a single run,
# whatever the form of the input, the models, the number of shards and of
# threads; and what does not belong together is refused, with a message and
# the old output left as it was.
. tests/sh/setup.bash
data=$project/data
cd "$work" || exit 1
# all but the seconds of a summary
# single OPTIONS...: one run; its status in $single
single() {
	rm -f whole.*
	"$nightcast" forecast -q "$@" -o whole.csv --summary whole.s \
		--rejects whole.r 2>whole.err
	single=$?
}
# shards N OPTIONS...: N runs
shards() {
	local n=$1 k
	shift
	rm -f f.* s.* r.*
	for k in $(seq "$n"); do
		"$nightcast" forecast -q --shard "$k/$n" -j $((k % 3 + 1)) "$@" \
			-o "f.$k" --summary "s.$k" --rejects "r.$k" 2>"err.$k"
		case $? in
		0 | 3) ;;
		*) fail "shard $k/$n: $*: $(cat "err.$k")" ;;
		esac
	done
}
# same N OPTIONS...: the shards, in any order, are the single run
same() {
	local n=$1
	shift
	shards "$n" "$@"
	check_merged "$n" "$@"
}

awk 'BEGIN {
	print "unique_id,ds,y"
	split("plain;\"with, comma\";\"with \"\"quotes\"\"\";\"two\nlines\";\" blank \";" \
		"#end series=1;\xc3\xa9t\xc3\xa9;bad;short;empty;duplicate;gap;early;7", ids, ";")
	for (t = 1; t <= 30; t++)
		for (i = 1; i <= 14; i++) {
			id = ids[i]
			if (id == "short" && t > 2 || id == "gap" && t % 7 == 3 ||
			    id == "early" && t > 25) continue
			value = 20 + i + t + 5 * (t * i % 4)
			if (id == "bad" && t % 9 == 0) value = "x" t
			if (id == "empty") value = ""
			printf "%s,2024-01-%02d,%s\n", id, t, value
			if (id == "duplicate" && t == 5)
				printf "%s,2024-01-%02d,%s\n", id, t, value
		}
}' >long.csv
{
	head -n 1 long.csv
	tail -n +2 long.csv | grep -v -e '^"two' -e '^lines' |
		shuf --random-source=<(yes)
} >shuffled.csv
gzip -k long.csv
{
	printf 'id,2024-01,2024-02,2024-03,2024-04,2024-05\n'
	for i in $(seq 9); do
		echo "w$i,$i,,$((i * 3 % 5)),$((i % 2 == 0 ? i : 7)),"
	done
	echo 'late,,,,4,5'
	echo 'bad,1,2,y,4,5'
} >wide.csv

for input in long.csv long.csv.gz shuffled.csv; do
	single -H 3 -m ets,snaive "$input"
	for n in 1 2 3 7; do
		same $n -H 3 -m ets,snaive "$input"
	done
done
single -H 2 -m snaive,mean --wide --gaps previous --align common wide.csv
for n in 1 2 3 7; do
	same $n -H 2 -m snaive,mean --wide --gaps previous --align common wide.csv
done
single -H 3 -m ets,snaive long.csv
cp whole.csv plain.csv
single -H 3 -m ets,snaive long.csv.gz
cmp -s whole.csv plain.csv || fail "gzip gives other forecasts"
# failures and fallbacks, and none of them
single -H 2 -m ets:MAdM -s 7 --fallback none --duplicates sum long.csv
same 3 -H 2 -m ets:MAdM -s 7 --fallback none --duplicates sum long.csv
[ "$single" -eq 3 ] || fail "no series failed: exit $single"
single -H 2 -m ets:MAdM -s 7 --fallback drift long.csv
same 3 -H 2 -m ets:MAdM -s 7 --fallback drift long.csv
single -H 4 -m naive "$data/monthly.csv"
same 7 -H 4 -m naive "$data/monthly.csv"
[ "$single" -eq 0 ] || fail "a series failed: exit $single"
grep -L '^[0-9]' f.* | grep -q . || fail "no shard is empty"
# of a pipe, from a pipe, compressed
for k in 1 2; do
	"$nightcast" forecast -q --shard $k/2 -H 3 -m drift - <long.csv >p.$k
	gzip -kf p.$k
done 2>/dev/null
single -H 3 -m drift long.csv
"$nightcast" merge -q p.2.gz - <p.1 2>/dev/null | cmp - whole.csv ||
	fail "merge of a pipe and a compressed shard"

# the words
"$nightcast" forecast --shard 2/3 -H 2 -m snaive "$data/monthly.csv" \
	-o w.2 2>said
grep -qE '^nightcast: ([0-9]+) of \1 series of shard 2/3 forecast with snaive' \
	said || fail "shard's last line: $(cat said)"
for k in 1 3; do
	"$nightcast" forecast -q --shard $k/3 -H 2 -m snaive "$data/monthly.csv" \
		-o w.$k
done
"$nightcast" merge w.* -o merged.f 2>said
grep -qE '^nightcast: 6 of 6 series forecast with snaive, .*, forecasts of 3 shards merged in .* -> merged.f$' said ||
	fail "merge's last line: $(cat said)"

# refuse STATUS WORDS FILES...
refuse() {
	local status=$1 words=$2 got
	shift 2
	echo old >out.csv
	"$nightcast" merge -o out.csv "$@" >said 2>&1 </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "merge $*: exit $got: $(cat said)"
	grep -qE -- "$words" said || fail "merge $*: no '$words': $(cat said)"
	[ "$(cat out.csv)" = old ] || fail "merge $*: the old output is gone"
	ls -A | grep -q nightcast- && fail "merge $* leaves a file"
}
shards 3 -H 2 -m snaive long.csv
for k in 1 2 3; do cp f.$k g.$k; done
refuse 1 'shard 2/3 is missing' f.1 f.3
refuse 1 '2 shards of 3 are missing, the first is 1/3' f.2
refuse 1 'f.1 and g.1 are both shard 1/3' f.1 f.2 g.1 f.3
refuse 1 'f.2 and f.2 are both shard 2/3' f.1 f.2 f.2 f.3
refuse 1 's.2: holds summary, f.1 forecasts' f.1 s.2 f.3
for size in 0 10 30 200 $(($(stat -c %s f.2) - 1)) $(($(stat -c %s f.2) - 60)); do
	head -c "$size" f.2 >g.2
	refuse 1 "g.2: (is cut short|its .* line is damaged|is no shard|its header)" \
		f.1 g.2 f.3
done
grep -v '^#end' f.2 >g.2
refuse 1 'g.2: is cut short; run `nightcast forecast --shard 2/3` again' f.1 g.2 f.3
sed '4s/[0-9]$/x/' f.2 >g.2
refuse 1 'g.2: was changed after it was written' f.1 g.2 f.3
sed 4d f.2 >g.2
refuse 1 'g.2: was changed after it was written' f.1 g.2 f.3
cat f.2 f.2 >g.2
refuse 1 'g.2: something follows its last line' f.1 g.2 f.3
sed '1s/shard 1/shard 2/' f.2 >g.2
refuse 1 'g.2: is a shard of another version' f.1 g.2 f.3
refuse 1 'long.csv: is no shard' f.1 long.csv f.3
refuse 1 'nothere: cannot open' f.1 nothere f.3
refuse 2 'name the shards'
refuse 2 'only one shard can be -' - -
refuse 2 'no option' --horizon 3 f.1
cp f.2 out2.csv
"$nightcast" merge f.1 f.3 out2.csv -o ./out2.csv 2>said
[ $? -eq 2 ] && grep -q "replace the shard 'out2.csv'" said &&
	cmp -s f.2 out2.csv || fail "output among the shards: $(cat said)"
other() { # OPTIONS...: shard 2/3 of another run
	"$nightcast" forecast -q --shard 2/3 -o g.2 "$@" 2>/dev/null
}
other -H 3 -m snaive long.csv
refuse 1 "g.2: was made with another --horizon than f.1: '3', not '2'" f.1 g.2 f.3
other -H 2 -m drift long.csv
refuse 1 "another --model than f.1: 'drift', not 'snaive'" f.1 g.2 f.3
other -H 2 -m snaive --non-negative --seed 3 long.csv
refuse 1 "another --non-negative than f.1: 'yes', not 'no'" f.1 g.2 f.3
other -H 2 -m snaive --seed 3 long.csv
refuse 1 'another --seed' f.1 g.2 f.3
awk 'NR > 1 { print last } { last = $0 } END {
	n = length(last)
	print substr(last, 1, n - 1) (substr(last, n) + 1) % 10
}' long.csv >changed.csv # one digit of the last row
other -H 2 -m snaive changed.csv
refuse 1 'g.2: was made from another input than f.1' f.1 g.2 f.3
other -H 2 -m snaive long.csv
refuse 1 'changed.csv: is no shard' f.1 changed.csv g.2 f.3
cp long.csv renamed.csv
other -H 2 -m snaive renamed.csv
"$nightcast" merge -q f.1 g.2 f.3 2>/dev/null | cmp -s - <("$nightcast" \
	forecast -q -H 2 -m snaive long.csv 2>/dev/null) ||
	fail "the name of the input matters"
other -H 2 -m snaive renamed.csv --summary s.4
refuse 1 "s.4: names its input 'renamed.csv', s.1 'long.csv'" s.1 s.4 s.3
"$nightcast" forecast -q --shard 2/4 -H 2 -m snaive long.csv -o g.2 2>/dev/null
refuse 1 'g.2: is one of 4 shards, f.1 one of 3' f.1 g.2 f.3
if command -v python3 >/dev/null; then
	python3 - <<-'END'
		import zlib
		text = open("f.1", "rb").read().replace(b"shard=1/3", b"shard=2/3")
		text = text[:text.rindex(b"crc32=") + 6]
		open("g.2", "wb").write(text + b"%08x\n" % zlib.crc32(text))
	END
	refuse 1 'number [0-9]+, which another shard has too' f.1 g.2 f.3
fi
rm out.csv
mkdir out.csv
"$nightcast" merge f.1 f.2 f.3 -o out.csv 2>said
[ $? -eq 1 ] || fail "a folder as output: $(cat said)"
rmdir out.csv
if [ -w /dev/full ]; then
	"$nightcast" merge f.1 f.2 f.3 -o /dev/full 2>said
	[ $? -eq 1 ] && grep -q 'No space left' said || fail "/dev/full: $(cat said)"
fi

# usage of --shard
for bad in 0/3 4/3 1/0 1 /3 1/ 1/3x 1.0/3 -1/3 1/100001 2/00000002; do
	"$nightcast" forecast -H 2 --shard "$bad" long.csv >said 2>&1
	[ $? -eq 2 ] && grep -q 'K/N' said || fail "--shard $bad: $(cat said)"
done

# --max-failed is of the whole file: 2 of 10 series fail, both in one shard
{
	echo unique_id,ds,y
	for i in $(seq 10); do
		echo "m$i,1,1"
		[ "$i" -lt 3 ] && echo "m$i,2,x" || echo "m$i,2,2"
	done
} >fails.csv
limit() { # STATUS of shards, STATUS of merge, LIMIT
	local k got=0
	echo old >out.csv
	for k in 1 2; do
		"$nightcast" forecast -q -H 1 -m naive --max-failed "$3" fails.csv \
			--shard $k/2 -o f.$k 2>err.$k
		[ $? -eq 1 ] && got=1
	done
	[ $got -eq "$1" ] || fail "--max-failed $3: shards: $(cat err.*)"
	[ $got -eq 1 ] && return
	"$nightcast" merge f.1 f.2 -o out.csv 2>said
	[ $? -eq "$2" ] || fail "--max-failed $3: merge: $(cat said)"
	[ "$2" -ne 1 ] || [ "$(cat out.csv)" = old ] ||
		fail "--max-failed $3: the old output is gone"
}
rm -f f.* s.*
limit 0 3 2
limit 0 3 20%
limit 1 1 0
"$nightcast" forecast -q -H 1 -m naive fails.csv --shard 1/2 -o f.1 2>err.1
one=$(tail -n 1 f.1 | sed 's/.*failed=\([0-9]*\).*/\1/')
most=$((one > 2 - one ? one : 2 - one))
[ $most -eq 2 ] || limit 0 1 1
sed -i 's/,2$/,x/' fails.csv
limit 0 1 100%

# what auto learns, kept
for h in 4 3; do
	"$nightcast" learn -q -H $h "$data/monthly.csv" -o learned.$h ||
		fail "learn: exit $?"
done
single -H 4 "$data/monthly.csv"
cp whole.csv alone.csv
single -H 4 -j 2 --learned learned.4 "$data/monthly.csv"
cmp alone.csv whole.csv || fail "--learned forecasts otherwise"
for n in 2 3; do
	same $n -H 4 --learned learned.4 "$data/monthly.csv"
done
single -H 4 -m ets,auto,snaive --learned learned.4 "$data/monthly.csv"
same 2 -H 4 -m ets,auto,snaive --learned learned.4 "$data/monthly.csv"
single -H 3 --learned learned.4 "$data/monthly.csv"
[ "$single" -eq 0 ] || fail "a shorter horizon: $(cat whole.err)"
"$nightcast" learn -q -j 2 -H 4 "$data/monthly.csv" | cmp - learned.4 ||
	fail "learn on two threads"
"$nightcast" simulate -q -H 4 --paths 50 "$data/monthly.csv" >a.csv
"$nightcast" simulate -q -H 4 --paths 50 --learned learned.4 \
	"$data/monthly.csv" | cmp - a.csv || fail "simulate --learned"
# with enough series for networks
awk 'BEGIN {
	print "unique_id,ds,y"
	for (i = 1; i <= 40; i++)
		for (t = 1; t <= 40; t++)
			print "n" i "," t "," 50 + i + (i + 1) % 5 * (t * 7 % 11) + t % 4
}' >many.csv
"$nightcast" learn -q -H 4 many.csv -o learned.many || fail "learn: many.csv"
single -H 4 many.csv
grep -q 'network 0' whole.s || fail "no network: $(head -n 2 whole.s)"
same 3 -H 4 --learned learned.many many.csv
# without it every shard is on its own, and says so
for k in 1 2; do
	"$nightcast" forecast -q -H 4 --shard $k/2 "$data/monthly.csv" -o f.$k \
		2>said
	grep -q 'warning: this shard learns from its own series only' said ||
		fail "a shard that learns alone: $(cat said)"
done
"$nightcast" merge -q f.1 f.2 -o merged.f 2>said
[ $? -eq 0 ] && grep -q 'each shard learned from its own series only' said ||
	fail "merge of shards that learned alone: $(cat said)"
"$nightcast" forecast -q -H 4 --shard 2/2 --learned learned.4 \
	"$data/monthly.csv" -o f.2
refuse 1 "another --learned than f.1: '[0-9a-f]{8}', not 'alone'" f.1 f.2

# refuse_learned STATUS WORDS OPTIONS...
refuse_learned() {
	local status=$1 words=$2 got
	shift 2
	echo old >out.csv
	"$nightcast" forecast -o out.csv "$@" >said 2>&1
	got=$?
	[ $got -eq "$status" ] || fail "exit $got: $*: $(cat said)"
	grep -qE -- "$words" said || fail "no '$words': $*: $(cat said)"
	[ "$(cat out.csv)" = old ] || fail "the old output is gone: $*"
}
in=$data/monthly.csv
refuse_learned 1 'learned.3: was learnt for 3 steps, --horizon asks for 4; `nightcast learn -H 4`' \
	-H 4 --learned learned.3 "$in"
refuse_learned 1 'learnt for a season of 12, this is one of 6' \
	-H 4 -s 6 --learned learned.4 "$in"
refuse_learned 2 "models that learn from a file, as auto does; 'ets' does not" \
	-H 4 -m ets --learned learned.4 "$in"
refuse_learned 1 'nothere: cannot open' -H 4 --learned nothere "$in"
refuse_learned 2 'replace the input' -H 4 --learned out.csv "$in"
sed 's/^horizon 4/horizon 5/' learned.4 >bad
refuse_learned 1 'bad: was changed after it was written' -H 4 --learned bad "$in"
head -n 20 learned.4 >bad
refuse_learned 1 'bad: is cut short' -H 4 --learned bad "$in"
refuse_learned 1 'monthly.csv: is not what `nightcast learn` has written' \
	-H 4 --learned "$in" "$in"
{
	cat learned.4
	echo
} >bad
refuse_learned 1 'something follows its last line' -H 4 --learned bad "$in"
sed 's/learned 2/learned 1/' learned.4 >bad
refuse_learned 1 'bad: is of another version' -H 4 --learned bad "$in"
# forged: each with a checksum that fits, for the model's own check.  Numbers
# begin in line 9: auto's size, version, horizon and season, then the part of
# the breaks, then that of the first kind of series
forge() { # SED PROGRAM
	python3 - "$1" <<-'END'
		import re, subprocess, sys, zlib
		text = subprocess.run(["sed", sys.argv[1], "learned.4"],
		                      capture_output=True).stdout
		body = text[:text.rindex(b"crc32")]
		open("bad", "wb").write(body + b"crc32 %08x\n" % zlib.crc32(body))
	END
}
if command -v python3 >/dev/null; then
	kind=$((13 + $(sed -n 13p learned.4)))
	forge 's/^model auto/model ets/'
	refuse_learned 1 "bad: was learnt by 'ets', not 'auto'" -H 4 --learned bad "$in"
	for line in 9 10; do
		forge "${line}s/.*/77/"
		refuse_learned 1 'learns other numbers|of counts makes no sense' \
			-H 4 --learned bad "$in"
	done
	forge '11s/.*/3/'
	refuse_learned 1 'another horizon' -H 4 --learned bad "$in"
	forge '11s/.*/5/;s/^horizon 4/horizon 5/'
	refuse_learned 1 'another horizon' -H 4 --learned bad "$in"
	forge '12s/.*/4/'
	refuse_learned 1 'another horizon or season' -H 4 --learned bad "$in"
	forge '20s/.*/x/'
	refuse_learned 1 'no number' -H 4 --learned bad "$in"
	for line in 13 14 15; do
		forge "${line}s/.*/-1/"
		refuse_learned 1 'its breaks make no sense' -H 4 --learned bad "$in"
	done
	for line in $kind $((kind + 1)) $((kind + 2)); do
		forge "${line}s/.*/-1/"
		refuse_learned 1 'weights or widths make no sense' \
			-H 4 --learned bad "$in"
	done
	forge 's/^numbers .*/numbers 3/'
	refuse_learned 1 'was changed|is cut short' -H 4 --learned bad "$in"
fi
# learn itself
echo old >out.csv
"$nightcast" learn -H 4 -m ets "$in" -o out.csv 2>said
[ $? -eq 2 ] && grep -q 'learns nothing from a file; auto does' said ||
	fail "learn -m ets: $(cat said)"
"$nightcast" learn -H 4 -m auto,ets "$in" -o out.csv 2>said
[ $? -eq 2 ] || fail "learn -m auto,ets: $(cat said)"
"$nightcast" learn -H 4 fails.csv -o out.csv 2>said
[ $? -eq 1 ] && grep -q 'none of its 10 series is long enough' said ||
	fail "learn from short series: $(cat said)"
[ "$(cat out.csv)" = old ] || fail "learn: the old output is gone"
finish
