#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every fuzz target (or those named as arguments: reader, ets, ...) under
# libFuzzer with both sanitizers, T seconds each, from its corpus on.  What is
# new stays in build/fuzz/corpus, what fails in build/fuzz/found.
set -u
T=${T:-60}
build=build/fuzz
san="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
targets=$* objects=
[ -n "$targets" ] ||
	targets=$(basename -s .c -a tests/fuzz_*.c | sed 's/^fuzz_//')
for name in $targets; do
	objects="$objects $build/tests/fuzz_$name.o"
done
make --no-print-directory -s CC=clang BUILD=$build EXTRA="$san" \
	CFLAGS="-O2 -g" "$build/libnightcast.a" $objects || exit 1
mkdir -p $build/found
status=0
for name in $targets; do
	corpus=$build/corpus/$name
	mkdir -p "$corpus"
	clang -fsanitize=fuzzer,address,undefined -fopenmp \
		-o $build/fuzz_$name $build/tests/fuzz_$name.o \
		$build/libnightcast.a -lgsl -lgslcblas -lcsv -lsqlite3 -lz -lm -ldl || exit 1
	# messages of the target itself are not of interest: -close_fd_mask
	nice -n 19 $build/fuzz_$name -max_total_time="$T" -timeout=20 \
		-rss_limit_mb=4096 -max_len=2000 -close_fd_mask=3 \
		-print_final_stats=1 -artifact_prefix=$build/found/$name- \
		"$corpus" tests/corpus/$name >$build/$name.log 2>&1
	if [ $? -ne 0 ]; then
		status=1
		echo "FOUND   $name: see $build/$name.log and $build/found"
		grep -E 'ERROR|Assertion|SUMMARY|artifact' $build/$name.log |
			head -n 5
	else
		echo "ok      $name: $(sed -n \
			's/^stat::number_of_executed_units: *//p' \
			$build/$name.log) runs"
	fi
done
exit $status
