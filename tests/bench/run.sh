#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed and memory, measured: a table on standard output, and the same as CSV
# in $BUILD/bench.csv with machine and commit.  Ratios are of one run, taken
# in turns; of several tries the best counts.  Environment: BUILD, PROGRAM;
# SCALE=quick measures less and takes a minute or two, SCALE=all also the largest
# batches of slow models, for a quarter of an hour; else it is seven minutes on
# two quiet processors.  What would take longer is extrapolated from the largest
# batch measured, and says so.
#
# A program tests/bench/bench_*.c prints lines "what,number,unit"; what else it
# prints is shown as it is.
set -eu
program=$PROGRAM
tools=$BUILD/tests/bench
csv=$BUILD/bench.csv
work=$(mktemp -d "$BUILD/bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
rounds=3 long=20000
snaive="1000 10000 100000" ets="1000 10000 100000"
arima="1000 10000" auto="1000 10000"
case ${SCALE:-} in
quick) rounds=1 long=2000 snaive=1000 ets=1000 arima=100 auto=100 ;;
all) arima="$arima 100000" auto="$auto 100000" ;;
esac

# What a figure depends on.
machine=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
threads=$(nproc)
echo "what,value,unit,machine,processors,commit,date" >"$csv"

row() { # what value unit
	printf '  %-64s %14s %s\n' "$1" "$2" "$3"
	printf '"%s",%s,"%s","%s",%s,%s,%s\n' "$1" "$2" "$3" "$machine" \
		"$threads" "$commit" "$(date +%F)" >>"$csv"
}
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
least() { # of two numbers; the second may be empty
	calc %.6f "($1 < ${2:-1e9} ? $1 : ${2:-1e9})"
}
seconds_of() { # phase, from what --verbose said
	awk -v phase="$1" '$1 == "nightcast:" && $2 == phase {
		print $4 == "ms" ? $3 / 1000 : $4 == "min" ? 60 * $3 + $5 : $3
	}' "$work/said"
}
# measure RUNS COMMAND...: sets wall, cpu, peak (KB); fails as the command did
measure() {
	local status
	read -r wall cpu peak status < <("$tools/measure" "$@" 2>"$work/said")
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
		cat "$work/said" >&2
		exit 1
	}
}
forecast() { # RUNS FILE MODEL JOBS
	measure "$1" "$program" forecast -H 7 -q -j "$4" -m "$3" "$2" \
		-o "$work/out.csv"
}

fit() { # JOBS; of $model: sets fitting, the seconds of that phase alone
	measure 1 "$program" forecast -H 7 -v -j "$1" -m "$model" \
		"$work/some.csv" -o "$work/out.csv"
	fitting=$(seconds_of fit)
}

run_program() { # COMMAND...: its rows into the table, the rest as it is
	local line
	"$@" >"$work/said"
	while IFS= read -r line; do
		if [[ $line =~ ^([^,]+),([-+0-9.e]+),([^,]*)$ ]]; then
			row "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" \
				"${BASH_REMATCH[3]}"
		else
			echo "$line"
		fi
	done <"$work/said"
}

echo "$machine, $threads processors, load $(cut -d' ' -f 1 /proc/loadavg)," \
	"commit $commit"
echo
echo "One file of $((long * 500)) rows"
"$tools/generate" -n "$long" --min 500 --max 500 --clean >"$work/long.csv"
rows=$((long * 500))
run_program "$tools/bench_load" "$work/long.csv" "$rounds"
for jobs in 1 "$threads"; do
	measure 1 "$program" forecast -H 7 -v -j "$jobs" -m snaive \
		"$work/long.csv" -o "$work/out.csv"
	row "snaive end to end, --jobs $jobs" "$(calc %.3f "$wall")" s
	for phase in read fit write; do
		row "snaive, its part '$phase', --jobs $jobs" \
			"$(seconds_of $phase)" s
	done
	row "snaive, peak memory, --jobs $jobs" \
		"$(calc %.1f "$peak / 1024")" MB
	row "snaive, peak memory but 64 MB, --jobs $jobs" \
		"$(calc %.2f "($peak * 1024 - 64e6) / $rows")" "B/observation"
done
"$tools/generate" -n "$long" --min 500 --max 500 --clean --interleave \
	>"$work/long.csv"
forecast 1 "$work/long.csv" snaive "$threads"
row "snaive, series interleaved, --jobs $threads" "$(calc %.3f "$wall")" s
row "snaive, interleaved, peak memory but 64 MB" \
	"$(calc %.2f "($peak * 1024 - 64e6) / $rows")" "B/observation"
rm "$work/long.csv"

# Many short series: what each takes beside its observations and its forecast, a
# number of 8 bytes.  The manual (LIMITS) allows 100 bytes and the id for each on
# top where they have fewer than eight observations.
echo
echo "Files of $((long * 200)) rows of short series"
for length in 1 4 10 20; do
	n=$((long * 200 / length))
	for order in '' --interleave; do
		"$tools/generate" -n $n --min $length --max $length --clean \
			$order >"$work/some.csv"
		measure 1 "$program" forecast -H 1 -l none -q -j "$threads" \
			-m naive "$work/some.csv" -o "$work/out.csv"
		words="$length rows each${order:+, interleaved}, peak memory"
		row "$words" "$(calc %.1f "$peak / 1024")" MB
		row "$words, by 24 B/observation, 64 MB, forecasts" \
			"$(calc %.1f "(24 * $n * $length + 64e6 + $n * 8) / 1048576")" MB
		if [ $length -lt 8 ]; then
			row "$words, by LIMITS" \
				"$(calc %.1f "((24 * $length + 108 + ${#n}) * $n + 64e6) / 1048576")" MB
		fi
	done
done
rm "$work/some.csv"

# How cores add up: in turns, the best of each.
echo
echo "--jobs 2 beside --jobs 1, fitting $((long / 20)) series"
"$tools/generate" -n $((long / 20)) --clean >"$work/some.csv"
run_program "$tools/bench_threads" "$rounds"
efficiency() { # MODEL WHAT
	local model=$1 one='' two='' cpu_one='' cpu_two=''
	for _ in $(seq "$rounds"); do
		fit 1
		one=$(least "$fitting" "$one") cpu_one=$(least "$cpu" "$cpu_one")
		fit 2
		two=$(least "$fitting" "$two") cpu_two=$(least "$cpu" "$cpu_two")
	done
	row "$model, efficiency of 2 threads$2" \
		"$(calc %.3f "$one / $two / 2")" ""
	row "$model, processor time on 2 threads over on 1$2" \
		"$(calc %.3f "$cpu_two / $cpu_one")" ""
}
for model in ets arima; do
	efficiency $model ''
done

# One long series, a third of the work of arima or so, at the end of many
# short ones: begun last, it would leave a thread alone with it.
"$tools/generate" -n $((long / 40)) --min 50 --max 150 --clean \
	>"$work/some.csv"
"$tools/generate" -n 1 --min "$long" --max "$long" --seed 2 --clean |
	sed '1d; s/^[^,]*/long/' >>"$work/some.csv"
for model in ets arima; do
	efficiency $model ', skewed lengths'
done
rm "$work/some.csv"

# As the batch grows: the cost of a series should not.
for model in snaive ets arima auto; do
	echo
	echo "$model as the batch grows, --jobs $threads"
	counts=${!model} first=
	for n in $counts; do
		"$tools/generate" -n "$n" >"$work/some.csv"
		size=$(stat -c %s "$work/some.csv")
		observations=$(($(wc -l <"$work/some.csv") - 1))
		forecast 1 "$work/some.csv" "$model" "$threads"
		each=$(calc %.3f "$cpu * 1e6 / $n")
		row "$model, $n series" "$(calc %.0f "$n / $wall")" series/s
		row "$model, $n series" "$(calc %.3f "$size / 1e6 / $wall")" MB/s
		row "$model, $n series, processor time" "$each" us/series
		row "$model, $n series, peak memory" \
			"$(calc %.1f "$peak / 1024")" MB
		# 7 steps, a mean and two bounds of two levels, 8 bytes each
		row "$model, $n series, allowed: 24 B/observation, 64 MB, forecasts" \
			"$(calc %.1f "(24 * $observations + 64e6 + $n * 280) / 1048576")" MB
		row "$model, 1,000,000 such series on 2 processors, extrapolated" \
			"$(calc %.3f "$each / 7200")" h
		[ -z "$first" ] || row "$model, cost per series, $n over ${counts%% *}" \
			"$(calc %.3f "$each / $first")" ""
		first=${first:-$each}
		rm "$work/some.csv"
	done
done

for bench in "$tools"/bench_*; do
	case $bench in
	*.d | *.o | */bench_load | */bench_threads) continue ;;
	esac
	echo
	echo "${bench##*/}"
	run_program "$bench"
done
echo
echo "-> $csv"
