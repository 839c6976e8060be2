#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The tests under ThreadSanitizer, with clang, its libomp and Archer, the tool
# that tells ThreadSanitizer of OpenMP's own synchronisation (gcc's libgomp
# has none, and every barrier would look like a race).  First it is tried
# whether a race is seen and a correct program is not accused.
#
# ignore_noninstrumented_modules silences what happens inside libraries that
# were not built with -fsanitize=thread (libomp, GSL, glibc); nothing of ours
# is among them, and no other suppression is in force.
#
# Left out are the tests that put a library of their own beneath the program
# or limit its memory.  Environment: ARCHER, the path of libarcher.so, if it
# is not beside clang's other libraries.
set -u
export QUICK=1 # without what takes minutes at full speed
build=build/tsan program=$PWD/build/tsan/nightcast

# What is missing, and how to get it.
lacks() {
	echo "make tsan: $1" >&2
	echo "on Debian and Ubuntu: apt-get install clang libomp-dev" \
		"libclang-rt-dev${2:+ $2}" >&2
	exit 1
}
command -v clang >/dev/null || lacks "clang is not there"
version=$(clang -dumpversion | cut -d. -f1)
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
echo 'int main(void) { return 0; }' >"$probe/probe.c"
clang -fsanitize=thread -o "$probe/probe" "$probe/probe.c" 2>"$probe/said" ||
	lacks "clang cannot link -fsanitize=thread: $(head -n 1 "$probe/said")" \
		"libclang-rt-$version-dev"
"$probe/probe" 2>"$probe/said" || {
	echo "make tsan: ThreadSanitizer does not run on this kernel:" >&2
	head -n 3 "$probe/said" >&2
	echo "as root: sysctl vm.mmap_rnd_bits=28" >&2
	exit 1
}
clang -fopenmp -o "$probe/probe" "$probe/probe.c" 2>"$probe/said" &&
	ldd "$probe/probe" | grep -q libomp ||
	lacks "clang -fopenmp does not link libomp" "libomp-$version-dev"
if [ -z "${ARCHER:-}" ]; then
	for folder in "$(clang -print-resource-dir)/../../.." \
		"$(dirname "$(clang -print-file-name=libomp.so)")" \
		"/usr/lib/llvm-$version/lib"; do
		ARCHER=$folder/libarcher.so
		[ -e "$ARCHER" ] && break
	done
fi
[ -e "$ARCHER" ] ||
	lacks "no libarcher.so beside clang $version; set ARCHER to its path" \
		"libomp-$version-dev"
rm -rf "$probe"

export OMP_TOOL=enabled OMP_TOOL_LIBRARIES
OMP_TOOL_LIBRARIES=$(realpath "$ARCHER")
reports=$build/reports
rm -rf "$reports"
mkdir -p "$reports"
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66 \
second_deadlock_stack=1 log_path=$PWD/$reports/report"

make() {
	command make --no-print-directory -s CC=clang BUILD=$build \
		PROGRAM=$build/nightcast EXTRA=-fsanitize=thread \
		CFLAGS="-O1 -g" "$@"
}
tests=$(basename -s .c -a tests/test_*.c | sed "s#^#$build/tests/#")
# shellcheck disable=SC2086
make $build/nightcast $build/tests/race $build/tests/bench/generate $tests ||
	exit 1

# Can it fail?  And does Archer keep it from failing without cause?
$build/tests/race race >/dev/null 2>&1
seen=$?
grep -qs 'data race' "$reports"/* || seen=0
rm -f "$reports"/*
if [ $seen -ne 66 ]; then
	echo "make tsan: a race put in on purpose was not seen" >&2
	exit 1
fi
if ! $build/tests/race clean >/dev/null 2>&1; then
	echo "make tsan: a program without a race was accused: is $ARCHER" \
		"the Archer of clang's own libomp?" >&2
	exit 1
fi
echo "ok      a race put in on purpose is seen, a correct map is not accused"

# Every command on four threads, on a file that is parsed in several parts.
failed=0
work=$(mktemp -d "$build/work-XXXXXX")
trap 'rm -rf "$work"' EXIT
try() { # what, command...
	local what=$1 status
	shift
	"$@" >"$work/said" 2>&1 </dev/null
	status=$?
	if [ $status -eq 0 ] || [ $status -eq 3 ]; then
		echo "ok      -j 4: $what"
	else
		failed=1
		echo "FAILED  -j 4: $what: status $status"
		sed 's/^/        /' "$work/said" | tail -n 20
	fi
}
$build/tests/bench/generate -n 1500 --max 400 >"$work/many.csv"
$build/tests/bench/generate -n 1500 --max 400 --interleave --clean |
	gzip -1 >"$work/mixed.csv.gz"
$build/tests/bench/generate -n 40 --max 120 >"$work/few.csv"
try "forecast, many series" "$program" forecast -j 4 -H 7 -q --align common \
	-m snaive,mean,theta --gaps previous --duplicates sum "$work/many.csv" \
	-o "$work/f.csv" --summary "$work/s.csv" --rejects "$work/r.csv" \
	--metrics "$work/m.prom"
try "forecast, gzip, interleaved" "$program" forecast -j 4 -H 7 -q -m drift \
	"$work/mixed.csv.gz" -o "$work/f.csv"
try "forecast, all that learns and selects" "$program" forecast -j 4 -H 7 \
	-m auto,scum,ets,arima "$work/few.csv" --progress always \
	-o "$work/f.csv"
try "backtest" "$program" backtest -j 4 -H 7 -q --origins 2 \
	-m snaive,naive2,auto "$work/few.csv" -o "$work/rows.csv"
# a night, and one for which nine in ten series have another day
awk -F, 'NR > 1 && $1 != id { if (n++ % 10) print more; id = $1 }
	{ print; more = $1 ",2026-01-01," $3 }' "$work/few.csv" >"$work/next.csv"
for file in few next; do
	try "forecast, with a store: $file" "$program" forecast -j 4 -H 7 -q \
		-m auto,ets,arima "$work/$file.csv" -o "$work/f.csv" \
		--store "$work/store.db" --deadline 30min
done
rm -f "$work"/store.db*
try "simulate" "$program" simulate -j 4 -H 7 -q --paths 50 -m ets,auto \
	"$work/few.csv" -o "$work/q.csv"
try "inspect" "$program" inspect -j 4 "$work/many.csv"
try "bench" "$program" bench -j 4 -H 7 -m ets "$work/few.csv"
# stopped in the middle, by a signal that any of the threads may get
"$program" forecast -j 4 -H 7 -m arima "$work/many.csv" -o "$work/f.csv" \
	>/dev/null 2>&1 &
sleep 2
kill -TERM $! 2>/dev/null
wait $! 2>/dev/null
rm -f "$work"/*

# shellcheck disable=SC2086
BUILD=$build PROGRAM=$program SH="tests/sh/examples.sh tests/sh/policies.sh \
tests/sh/score.sh tests/sh/real_data.sh tests/sh/nights.sh \
tests/sh/known_nights.sh" tests/run.sh $tests || failed=1
for report in "$reports"/*; do
	[ -e "$report" ] || continue
	failed=1
	echo "RACE    $report"
	head -n 40 "$report" | sed 's/^/        /'
done
[ $failed -eq 0 ] && echo "no races"
exit $failed
