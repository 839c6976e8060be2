#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The k-th allocation fails, for k = 1, 2, ... until none does: the program
# ends with status 0, 1 or 3, never by a signal; 1 comes with a message, the
# old output and no file left behind, the others with the same bytes but for
# series that are said to have lacked memory.
. tests/sh/setup.bash
if is_sanitized; then
	echo "skip: the sanitizer has an allocator of its own"
	exit 0
fi
compile_faults
cd "$work" || exit 1
try() { # k, command...
	local k=$1 status
	shift
	echo old >out.csv
	timeout $patience env FAULT="memory:$k" \
		LD_PRELOAD="$work/fault.so" "$@" <"${input:-/dev/null}" \
		>stdout 2>stderr
	status=$?
	case $status in
	0 | 3)
		[ -n "${timed:-}" ] || cmp -s out.csv expected.csv ||
			same_but_for_named ||
			fail "allocation $k: other bytes: $*"
		;;
	1)
		failed=$((failed + 1))
		# OpenMP's own library ends the program when it cannot go on
		grep -qE 'ut of memory|annot allocate|cannot make 2 threads|libgomp: Thread' stderr ||
			fail "allocation $k: $(cat stderr): $*"
		[ "$(cat out.csv)" = old ] || fail "allocation $k: output: $*"
		;;
	*) fail "allocation $k: status $status: $(head -n 2 stderr): $*" ;;
	esac
	ls -A | grep -q nightcast- && fail "allocation $k leaves a file: $*"
}
# The rows of all series of which neither the summary nor standard error says
# "memory"; a shard's last line counts them, and all bytes.
same_but_for_named() {
	local id ids IFS=$'\n'
	ids=$({
		[ ! -f s.csv ] || grep -i memory s.csv | cut -d , -f 1
		grep -i memory stderr | sed -n "s/.*series '\([^']*\)'.*/\1/p"
	})
	[ -n "$ids" ] || return 1
	sed '/^#/d' out.csv >ours.csv
	sed '/^#/d' expected.csv >others.csv
	for id in $ids; do
		sed -i "/^$id,/d" ours.csv others.csv
	done
	cmp -s ours.csv others.csv
}
every() { # command...: until 20 refusals in a row changed nothing
	local k=0 quiet=0 before
	rm -f s.csv
	env -u FAULT "$@" <"${input:-/dev/null}" >/dev/null 2>&1
	[ -f out.csv ] && cp out.csv expected.csv
	failed=0
	while [ $quiet -lt 20 ] || [ $k -lt 60 ]; do
		k=$((k + 1)) before=$failed
		try "$k" "$@"
		if [ $failed -eq $before ]; then
			quiet=$((quiet + 1))
		else
			quiet=0
		fi
		[ $k -lt 2000 ] || break
	done 2>&1
	[ $k -lt 2000 ] || fail "no end of allocations: $*"
	[ $failed -gt 10 ] || fail "only $failed allocations of $*"
	echo "$failed of $k allocations: ${*:2}"
}

{
	echo unique_id,ds,y
	for t in 5 3 1 2 8 7; do
		printf '%s,2024-01-0%d,%d\n' a $t $t b $t $t "c d" $t 4
	done
	echo bad,2024-01-01,x
} >long.csv
gzip -k long.csv
printf 'id,2024-01,2024-02,2024-03\na,1,,3\nb,,2,\n' >wide.csv
every "$nightcast" forecast -H 3 -m naive,mean,snaive -j 1 --gaps zero \
	--align common --duplicates sum long.csv -o out.csv --summary s.csv
every "$nightcast" forecast -H 3 -m drift -j 2 --wide wide.csv -o out.csv
input=long.csv.gz every "$nightcast" forecast -H 3 -m naive -j 1 - -o out.csv
timed=yes every "$nightcast" inspect -j 1 long.csv
timed=yes every "$nightcast" backtest -H 2 -s 1 -m naive,mean -j 1 --origins 2 long.csv \
	-o out.csv
every "$nightcast" simulate -H 2 -m naive,scum --paths 9 -j 1 long.csv \
	-o out.csv
"$nightcast" forecast -q -H 2 -m naive,mean long.csv >f.csv 2>said
sed '1s/.*/unique_id,ds,y/; s/naive,//; /mean/d; s/,[^,]*,[^,]*,[^,]*,[^,]*$//' \
	f.csv >actual.csv
every "$nightcast" score -j 1 f.csv actual.csv --train long.csv -o out.csv
"$nightcast" forecast -q -H 2 -m naive,mean long.csv --summary rs.csv \
	--trace rt.json >f.csv 2>said
"$nightcast" backtest -q -H 2 -s 1 -m naive,mean --freq D long.csv \
	--steps rk.csv >said 2>&1
if "$nightcast" report -q f.csv --train long.csv -o out.csv 2>said; then
	every "$nightcast" report -j 1 f.csv actual.csv --train long.csv \
		--summary rs.csv --scores rk.csv --trace rt.json -o out.csv
fi
"$nightcast" learn -q -H 1 -s 1 --freq D long.csv -o learned 2>said
every "$nightcast" learn -H 1 -s 1 -j 1 long.csv -o out.csv
every "$nightcast" forecast -H 1 -s 1 -j 1 --learned learned --shard 1/2 \
	long.csv -o out.csv --summary s.csv --rejects r.csv
for k in 1 2 3 4; do
	"$nightcast" forecast -q -H 2 -m naive --shard $k/4 long.csv -o f.$k 2>said
done
# of two files each its own
sed '2,$s/,2024-/.1,2024-/' long.csv >more.csv
"$nightcast" learn -q --by-file -H 2 -m naive --freq D long.csv more.csv \
	-o shared 2>said
every "$nightcast" forecast --by-file -H 2 -m naive -j 1 --shard 1/2 \
	--learned shared long.csv more.csv -o out.csv --summary s.csv
for k in 1 2; do
	"$nightcast" forecast -q --by-file -H 2 -m naive --shard $k/2 \
		--learned shared long.csv more.csv -o h.$k 2>said
done
every "$nightcast" merge h.1 h.2 -o out.csv
cp "$project/data/monthly.csv" .
every "$nightcast" forecast -H 6 -j 1 monthly.csv -o out.csv --summary s.csv
every "$nightcast" learn -H 6 -j 1 monthly.csv -o out.csv
every "$nightcast" merge f.1 f.2 f.3 f.4 -o out.csv
for k in $(seq 9); do
	"$nightcast" forecast -q -H 2 -m naive --shard $k/9 long.csv -o g.$k 2>said
	echo g.$k
done >list
(
	ulimit -n 14 # in passes
	every "$nightcast" merge --from list -o out.csv
	exit $failures
) || fail "memory of merge in passes"
every "$nightcast" merge --missing g.[1-9] -o out.csv
finish
