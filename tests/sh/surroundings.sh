#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a night may have around it: a clock that is set back, a locale with a
# decimal comma, variables of OpenMP, a terminal that hangs up, another run
# into the same file.
. tests/sh/setup.bash
sanitized=
is_sanitized && sanitized=yes
compile_faults
cp data/monthly.csv "$work"
cd "$work" || exit 1
no_leftovers() {
	[ -z "$(ls -A | grep nightcast-)" ] || fail "$*: a file is left"
}

# The clock goes back by an hour whenever it is asked: no time is negative,
# and no run waits for it.
back() {
	timeout $patience env FAULT=clock:1 LD_PRELOAD=./fault.so "$nightcast" "$@" \
		2>stderr >stdout || fail "the clock is set back: $?: $*: $(cat stderr)"
}
if [ -n "$sanitized" ]; then
	echo "skip: a sanitizer comes before any library that sets the clock"
else
	back forecast -H 3 -m ets monthly.csv -o out.csv --summary s.csv -v \
		--metrics m.prom --log-format json --lock lock --lock-wait 5
	first=$(sed -n 's/.*"time":"\([^"]*\)".*/\1/p' stderr | head -n 1)
	last=$(sed -n 's/.*"time":"\([^"]*\)".*/\1/p' stderr | tail -n 1)
	[[ $first > $last ]] || fail "the clock was not set back: $first, $last"
	grep -E '"seconds":(-|null)' stderr && fail "negative seconds"
	grep -E '_(seconds|bytes)\{.*\} -' m.prom && fail "negative metrics"
	cut -d , -f 11 s.csv | grep -e - && fail "negative seconds: $(cat s.csv)"
	[ "$(wc -l <out.csv)" -eq 19 ] || fail "no forecasts: $(cat out.csv)"
	back forecast -H 3 -m ets monthly.csv -o out.csv --progress always -v
	grep -E -- '-[0-9.]+ m?s|in -' stderr && fail "negative seconds"
	back backtest -H 3 -m naive,ets --csv monthly.csv
	cut -d , -f 14- stdout | grep -e ,- && fail "negative seconds: $(cat stdout)"
	back simulate -H 3 -m ets --paths 9 monthly.csv -o out.csv
	back learn -H 3 monthly.csv -o learned
	back bench -H 3 -m mean -j 1 monthly.csv
	grep -e ' -' stdout && fail "bench: $(cat stdout)"
	no_leftovers "the clock is set back"
fi

# The program asks no locale, and so none has a say.
nm -D "$nightcast" | grep -i 'setlocale\|newlocale\|uselocale' &&
	fail "the program sets a locale"
run="$nightcast forecast -H 3 -m auto,scum,ets -j 2 monthly.csv"
$run >expected.csv 2>/dev/null || fail "the run itself"
for setting in LC_ALL=de_DE.UTF-8 LC_NUMERIC=fr_FR.UTF-8 LANG=tr_TR.UTF-8 \
	LC_ALL=none OMP_NUM_THREADS=0 OMP_NUM_THREADS=-1 OMP_NUM_THREADS=99999 \
	OMP_NUM_THREADS=1,2,3 OMP_DYNAMIC=true OMP_NESTED=true \
	OMP_MAX_ACTIVE_LEVELS=0 OMP_THREAD_LIMIT=1 OMP_THREAD_LIMIT=x \
	OMP_SCHEDULE=static,1000000 OMP_PROC_BIND=close OMP_PLACES='{0}' \
	OMP_PLACES=x OMP_WAIT_POLICY=active OMP_WAIT_POLICY=passive \
	OMP_CANCELLATION=true OMP_STACKSIZE=1 OMP_STACKSIZE=16k \
	OMP_STACKSIZE=1G OMP_STACKSIZE=x GOMP_STACKSIZE=16 \
	GOMP_STACKSIZE=999999999999 GOMP_CPU_AFFINITY=0 GOMP_CPU_AFFINITY=x-y \
	GOMP_SPINCOUNT=0 GOMP_SPINCOUNT=infinity OMP_DISPLAY_ENV=verbose \
	OMP_TARGET_OFFLOAD=mandatory OMP_TOOL=x; do
	timeout $patience env "$setting" $run >out.csv 2>stderr ||
		fail "$setting: exit $?: $(tail -n 3 stderr)"
	cmp -s expected.csv out.csv || fail "$setting changes the forecasts"
	grep -q '^nightcast: 6 of 6 series' stderr || fail "$setting: $(cat stderr)"
done

OMP_THREAD_LIMIT=1 $run --verbose 2>&1 >out.csv | grep -q 'on 1 thread' ||
	fail "threads that there are not: $(OMP_THREAD_LIMIT=1 $run -v 2>&1 >out.csv)"

# What a run cannot go on without, it says: status 1, one line, the old file.
refused() { # message, command...
	local message=$1 status
	shift
	echo old >out.csv
	"$@" >stdout 2>stderr
	status=$?
	[ $status -eq 1 ] && [ "$(cat out.csv)" = old ] &&
		grep -q "^nightcast: .*$message" stderr ||
		fail "$*: exit $status: $(cat stderr)"
	no_leftovers "$*"
}
small_run="$nightcast forecast -H 3 -m auto,scum,ets -q monthly.csv -o out.csv"

# A stack that is too small.  What the system needs before us is not ours.
for kb in 24 32 40 48; do
	[ -z "$sanitized" ] || break
	for jobs in 1 2; do
		refused 'stack is too small' env -i bash -c "ulimit -s $kb
			exec $small_run -j $jobs"
	done
done
for kb in 64 70 100; do
	for jobs in 1 2; do
		[ -z "$sanitized" ] || break
		env -i bash -c "ulimit -s $kb; exec $small_run -j $jobs" 2>stderr &&
			cmp -s out.csv expected.csv || fail "ulimit -s $kb: $(cat stderr)"
	done
done
refused 'stack is too small' env -i X="$(printf '%040000d' 0)" bash -c \
	"ulimit -s 90; exec $small_run"
loader=$(readelf -l "$nightcast" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
for setting in OMP_STACKSIZE=16k OMP_STACKSIZE=32 'GOMP_STACKSIZE=40 K' \
	OMP_STACKSIZE=20000B; do
	# the program cannot begin again where the loader was told to run it
	refused 'stacks of threads are too small' env "$setting" "$loader" \
		$small_run -j 2
done

# Threads that cannot be made: by a fault, and by the system.
if [ -z "$sanitized" ]; then
	for k in 1 2 3; do
		refused 'cannot make 4 threads: .*--jobs' env FAULT=thread:$k \
			LD_PRELOAD=./fault.so $small_run -j 4
		grep libgomp stderr && fail "the library comes first"
	done
	env FAULT=thread:1 LD_PRELOAD=./fault.so $small_run -j 1 ||
		fail "threads that are not asked for"
	# from the library itself, too late to be foreseen
	for k in 4 5 6; do
		refused 'ended by a library' env FAULT=thread+:$k \
			LD_PRELOAD=./fault.so $small_run -j 4
	done
	for command in "backtest -H 3 -m naive" "simulate -H 3 -m naive" \
		"learn -H 3" inspect "bench -H 3"; do
		refused 'cannot make 2 threads' env FAULT=thread:1 \
			LD_PRELOAD=./fault.so "$nightcast" $command -j 2 monthly.csv
	done
fi
if [ "$(id -u)" = 0 ] && [ -z "$sanitized" ]; then
	cp "$nightcast" run-as
	chmod 755 run-as
	as_other="setpriv --reuid 54321 --clear-groups --regid 54321 bash -c"
	for limit in 1 2 3; do
		refused 'cannot make 4 threads: .*--jobs' $as_other \
			"ulimit -u $limit; exec ./run-as forecast -q -H 3 -j 4 monthly.csv"
		grep libgomp stderr && fail "the library comes first"
	done
	for _ in $(seq 20); do
		$as_other "ulimit -u 4; exec ./run-as forecast -q -H 3 -j 4 \
			-m auto,scum,ets monthly.csv" >out.csv 2>stderr &&
			cmp -s out.csv expected.csv ||
			fail "as many threads as there may be: $(cat stderr)"
	done
else
	echo "skip: only root can be another user, who may have few threads"
fi

# Under nohup a terminal that hangs up is nothing to us.
mkfifo pipe
exec 3<>pipe
(
	trap '' HUP
	exec "$nightcast" forecast -H 3 -m auto,scum,ets pipe -o out.csv 3>&-
) 2>stderr &
pid=$!
await has_temporary
kill -HUP $pid
await has_open $pid pipe || fail "the input is not opened"
cat monthly.csv >&3
exec 3>&-
wait $pid || fail "SIGHUP under nohup: $(cat stderr)"
cmp -s out.csv expected.csv || fail "SIGHUP under nohup: other bytes"

# A reader that goes away in the middle: status 1, a line that says so, and
# the files that were asked for besides are as they were.
echo old >s.csv
"$nightcast" forecast -q -H 20000 -m naive monthly.csv --summary s.csv \
	2>stderr | head -c 100 >/dev/null
[ "${PIPESTATUS[0]}" -eq 1 ] && grep -q 'Broken pipe' stderr ||
	fail "a closed pipe: $(cat stderr)"
[ "$(cat s.csv)" = old ] || fail "a closed pipe: the summary is replaced"
"$nightcast" forecast -H 3 -m naive monthly.csv -o out.csv 2>&1 | true
[ "${PIPESTATUS[0]}" -eq 0 ] || fail "nobody listens to the messages"

# Two runs, and three, into one file: it is always the whole of one of them.
rm -f out.csv
for h in 400 500 600; do
	"$nightcast" forecast -q -H $h -m snaive monthly.csv -o expected.$h
done
for _ in $(seq 12); do
	for h in 400 500 600; do
		"$nightcast" forecast -q -H $h -m snaive -j 1 monthly.csv \
			-o out.csv 2>stderr.$h &
	done
	for _ in $(seq 5); do
		[ ! -e out.csv ] || cat out.csv >seen.csv
		[ ! -e seen.csv ] || cmp -s seen.csv expected.400 ||
			cmp -s seen.csv expected.500 || cmp -s seen.csv expected.600 ||
			fail "runs are mixed: $(wc seen.csv)"
	done
	wait
	cat stderr.* | grep . && fail "runs disturb each other"
done
cp out.csv seen.csv
cmp -s seen.csv expected.400 || cmp -s seen.csv expected.500 ||
	cmp -s seen.csv expected.600 || fail "runs are mixed: $(wc seen.csv)"
no_leftovers "three runs at a time"

# Nor do the outputs of two runs mix: who comes meanwhile waits.
if [ -z "$sanitized" ]; then
	for h in 400 500; do
		"$nightcast" forecast -q -H $h -m snaive -l none monthly.csv \
			-o one.$h
	done
	echo old >m.prom
	both="$nightcast forecast -q -m snaive -l none monthly.csv -o one.csv
		--metrics m.prom"
	env FAULT=stop:1 LD_PRELOAD=./fault.so $both -H 400 2>stderr &
	first=$!
	await is_stopped $first || fail "it never stopped"
	$both -H 500 2>stderr.500 &
	is_written() { # that what is left to the second is to wait its turn
		cat .one.csv.nightcast-* 2>/dev/null | cmp -s - one.500
	}
	await is_written
	sleep 0.5
	cmp -s one.csv one.400 && [ "$(cat m.prom)" = old ] ||
		fail "a run came between two renames of another"
	kill -CONT $first
	wait
	cmp -s one.csv one.500 && grep -q nightcast_series m.prom ||
		fail "the second run did not wait"
	cat stderr stderr.500 | grep . && fail "runs disturb each other"
fi
no_leftovers "a run that waits"

finish
