#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The k-th allocation fails, for k = 1, 2, ... until none does: the program
# ends with status 0, 1 or 3, never by a signal; 1 comes with a message, the
# old output and no file left behind.
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
	timeout 60 env FAULT="memory:$k" \
		LD_PRELOAD="$work/fault.so" "$@" <"${input:-/dev/null}" \
		>stdout 2>stderr
	status=$?
	case $status in
	0 | 3) ;;
	1)
		failed=$((failed + 1))
		# OpenMP's own library ends the program when it cannot go on
		grep -qE 'ut of memory|annot allocate|libgomp: Thread' stderr ||
			fail "allocation $k: $(cat stderr): $*"
		[ "$(cat out.csv)" = old ] || fail "allocation $k: output: $*"
		;;
	*) fail "allocation $k: status $status: $(head -n 2 stderr): $*" ;;
	esac
	ls -A | grep -q nightcast- && fail "allocation $k leaves a file: $*"
}
every() { # most, command...
	local most=$1 k
	shift
	failed=0
	for k in $(seq "$most"); do
		try "$k" "$@"
	done 2>&1
	[ $failed -gt 10 ] || fail "only $failed allocations of $*"
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
every 80 "$nightcast" forecast -H 3 -m naive,mean,snaive -j 1 --gaps zero \
	--align common --duplicates sum long.csv -o out.csv --summary s.csv
every 60 "$nightcast" forecast -H 3 -m drift -j 2 --wide wide.csv -o out.csv
input=long.csv.gz every 60 "$nightcast" forecast -H 3 -m naive -j 1 - -o out.csv
every 60 "$nightcast" inspect -j 1 long.csv
every 90 "$nightcast" backtest -H 2 -s 1 -m naive,mean -j 1 --origins 2 long.csv \
	-o out.csv
every 90 "$nightcast" simulate -H 2 -m naive,scum --paths 9 -j 1 long.csv \
	-o out.csv
"$nightcast" forecast -q -H 2 -m naive,mean long.csv >f.csv 2>said
sed '1s/.*/unique_id,ds,y/; s/naive,//; /mean/d; s/,[^,]*,[^,]*,[^,]*,[^,]*$//' \
	f.csv >actual.csv
every 110 "$nightcast" score -j 1 f.csv actual.csv --train long.csv -o out.csv
"$nightcast" learn -q -H 1 -s 1 --freq D long.csv -o learned 2>said
every 110 "$nightcast" learn -H 1 -s 1 -j 1 long.csv -o out.csv
every 110 "$nightcast" forecast -H 1 -s 1 -j 1 --learned learned --shard 1/2 \
	long.csv -o out.csv --summary s.csv --rejects r.csv
for k in 1 2 3 4; do
	"$nightcast" forecast -q -H 2 -m naive --shard $k/4 long.csv -o f.$k 2>said
done
every 40 "$nightcast" merge f.1 f.2 f.3 f.4 -o out.csv
finish
