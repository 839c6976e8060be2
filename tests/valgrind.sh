#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The unit tests given, and every command of the program, under valgrind's
# memcheck: no invalid access, no use of what was never set, nothing lost.
# The program may not even keep anything but what libgomp keeps
# (tests/valgrind.supp); unit tests that fork leave what is still needed to
# their children.  Two at a time.  Environment: BUILD, PROGRAM.
set -u
export QUICK=1 # without what takes minutes at full speed
command -v valgrind >/dev/null || {
	echo "make valgrind: valgrind is not there" >&2
	echo "on Debian and Ubuntu: apt-get install valgrind libc6-dbg" >&2
	exit 1
}
if ldd "$PROGRAM" | grep -qE 'lib(asan|tsan)' ||
	nm "$PROGRAM" | grep -q __asan_init; then
	echo "make valgrind: $PROGRAM is built with a sanitizer" >&2
	exit 1
fi
work=$(mktemp -d "$BUILD/valgrind-XXXXXX")
trap 'rm -rf "$work"' EXIT
export work

check() { # name, command...
	local name=$1 status kinds=all
	shift
	[[ $name == test_* ]] && kinds=definite,indirect,possible
	valgrind -q --error-exitcode=99 --leak-check=full \
		--show-leak-kinds=$kinds --errors-for-leak-kinds=$kinds \
		--suppressions=tests/valgrind.supp --gen-suppressions=no \
		--log-file="$work/$name.log" "$@" >"$work/$name.out" 2>&1 \
		</dev/null
	status=$?
	# 3: some of the input's series are bad on purpose
	if [ $status -eq 0 ] || [ $status -eq 3 ]; then
		echo "ok      $name"
		return 0
	fi
	echo "FAILED  $name: status $status"
	tail -n 20 "$work/$name.out" | sed 's/^/        /'
	head -n 60 "$work/$name.log" | sed 's/^/        /'
	return 1
}
export -f check

# Can it fail?
cat >"$work/leak.c" <<'END'
#include <stdlib.h>
int main(void)
{
    char *volatile lost = malloc(8);
    lost = NULL;
    return lost != NULL;
}
END
${CC:-cc} -g -o "$work/leak" "$work/leak.c" || exit 1
if check leak "$work/leak" >/dev/null; then
	echo "make valgrind: a leak put in on purpose was not seen" >&2
	exit 1
fi

{
	echo unique_id,ds,y
	for i in $(seq 60); do
		printf 'a,%d,%d\nb,%d,%d\n' $i $((i * i % 17 + 20)) \
			$i $((i + 5 * (i % 12)))
	done
	printf 'short,1,1\nbad,1,x\n"quoted, id",1,2\n"quoted, id",3,4\n'
} >"$work/in.csv"
gzip -k "$work/in.csv"
n="$PROGRAM"
{
	# by size of the source, a fair guess at the longest first
	ls -S tests/test_*.c | while read -r source; do
		name=$(basename -s .c "$source")
		for test in "$@"; do
			[ "${test##*/}" = "$name" ] && echo "$name $test"
		done
	done
	for model in $("$n" models | cut -d ' ' -f 1); do
		echo "forecast-$model $n forecast -j 2 -q -H 5 -s 12 -m $model" \
			"$work/in.csv -o $work/$model.csv" \
			"--summary $work/$model-s.csv"
	done
	echo "forecast-gz $n forecast -j 2 -H 2 -m mean,ets --align common" \
		"--rejects $work/r.csv --metrics $work/m.prom" \
		"$work/in.csv.gz -o $work/gz.csv"
	echo "forecast-wide $n forecast -H 3 -m auto --wide" \
		"data/quarterly_wide.csv -o $work/wide.csv"
	echo "backtest $n backtest -j 2 -q -H 3 --origins 2 -m naive,auto" \
		"$work/in.csv -o $work/rows.csv"
	echo "simulate $n simulate -j 2 -q -H 3 --paths 20 -m ets,auto" \
		"$work/in.csv -o $work/q.csv"
	echo "inspect $n inspect -j 2 $work/in.csv"
	echo "help $n forecast --help"
} >"$work/list"
xargs -P 2 -d '\n' -I{} bash -c 'check {}' <"$work/list" || {
	echo "memcheck found something"
	exit 1
}
echo "memcheck found nothing"
