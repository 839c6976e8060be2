#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a shard costs: processor time and memory of single shards of files of
# different sizes, cut into different numbers of parts, and of merge; a model
# fitted to them by least squares, and what it says of 10^8 series.  Processor
# time, on one thread, so that a busy machine disturbs it less than the clock.
#
# usage: BUILD=build PROGRAM=./nightcast tests/bench/shards.sh [SERIES...]
set -eu
program=$(realpath "$PROGRAM")
measure=$(realpath "$BUILD/tests/bench/measure")
work=$(mktemp -d "$(realpath "$BUILD")/shards-XXXXXX")
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu17 -O2 -I. -o "$work/generate" tests/bench/generate.c -lm
LENGTH=30 HORIZON=7
[ $# -gt 0 ] || set -- 10000 100000 1000000
cd "$work"

# run COMMAND...: sets cpu and peak (KB)
run() {
	local wall status
	read -r wall cpu peak status < <("$measure" 1 "$@" 2>said)
	[ "$status" -eq 0 ] || {
		cat said >&2
		exit 1
	}
}
shard() { # SERIES SHARDS SHARD MODEL
	local own
	run "$program" forecast -q -j 1 -H $HORIZON -m "$4" --shard "$3/$2" \
		${learned:+--learned $learned} in.csv -o "part$3"
	own=$(sed -n '$s/^#end series=\([0-9]*\).*/\1/p' "part$3")
	echo "$4 $1 $2 $own $cpu $peak" >>table
	printf '%-6s %9s %6s %9s %9s %10s\n' "$4" "$1" "$2" "$own" "$cpu" "$peak"
}
printf '%-6s %9s %6s %9s %9s %10s\n' model series shards own cpu-s peak-KB
for series; do
	./generate -n "$series" --min $LENGTH --max $LENGTH --clean >in.csv
	learned=
	for shards in 1 8 64 512; do
		rm -f part*
		shard "$series" $shards 1 naive
		[ $shards -eq 1 ] || shard "$series" $shards $((shards / 2 + 1)) naive
	done
	if [ "$series" -le 10000 ]; then
		run "$program" learn -q -j 1 -H $HORIZON in.csv -o learned
		echo "learn $series 1 $series $cpu $peak" >>table
		printf '%-6s %9s %6s %9s %9s %10s\n' learn "$series" 1 "$series" "$cpu" "$peak"
		learned=learned
		shard "$series" 1 1 auto
		shard "$series" 8 3 auto
		learned=
	fi
	for shards in 8 64; do # all of them, for merge
		[ "$shards" -eq 8 ] || [ "$series" -le 10000 ] || continue
		rm -f part*
		for k in $(seq $shards); do
			"$program" forecast -q -j 1 -H $HORIZON -m naive \
				--shard "$k/$shards" in.csv -o "part$k"
		done
		run "$program" merge -q part* -o merged
		echo "merge $series $shards $series $cpu $peak" >>table
		printf '%-6s %9s %6s %9s %9s %10s\n' merge "$series" $shards "$series" "$cpu" "$peak"
	done
done

# cpu = a + b total + c own, memory likewise
awk -v length_="$LENGTH" '
	function solve(   i, j, k, f) { # the normal equations of three unknowns
		for (i = 0; i < 3; i++)
			for (j = i + 1; j < 3; j++) {
				f = m[j, i] / m[i, i]
				for (k = i; k < 4; k++)
					m[j, k] -= f * m[i, k]
			}
		for (i = 2; i >= 0; i--) {
			x[i] = m[i, 3]
			for (k = i + 1; k < 3; k++)
				x[i] -= m[i, k] * x[k]
			x[i] /= m[i, i]
		}
	}
	# relative errors count, so that small runs do, too
	function fit(what,   i, j, k, v, w) {
		split("", m)
		for (i = 1; i <= n; i++) {
			v[0] = 1; v[1] = total[i]; v[2] = own[i]; v[3] = y[what, i]
			w = 1 / (y[what, i] * y[what, i])
			for (j = 0; j < 3; j++)
				for (k = 0; k < 4; k++)
					m[j, k] += w * v[j] * v[k]
		}
		solve()
		for (i = 1; i <= n; i++) {
			v = (x[0] + x[1] * total[i] + x[2] * own[i]) / y[what, i] - 1
			worst[what] = v < 0 ? (-v > worst[what] ? -v : worst[what]) \
				: (v > worst[what] ? v : worst[what])
		}
	}
	$1 == "naive" { n++; total[n] = $2; own[n] = $4; y["cpu", n] = $5; y["peak", n] = $6 }
	$1 == "auto" { autos += $5; fitted += $4; autototal += $2 }
	$1 == "learn" { learn = $5 }
	$1 == "merge" { merged += $5; rows += $2 }
	END {
		fit("cpu")
		a = x[0]; b = x[1]; c = x[2]
		printf "\ncpu of a shard: %.3g s + %.3g us per series of the file (%.3g ns per row) + %.3g us per series of its own; off by %.0f%% at most\n", \
			a, b * 1e6, b * 1e9 / length_, c * 1e6, 100 * worst["cpu"]
		fit("peak")
		printf "memory: %.3g MB + %.3g bytes per series of the file + %.3g per series of its own; off by %.0f%% at most\n", \
			x[0] / 1024, x[1] * 1024, x[2] * 1024, 100 * worst["peak"]
		printf "merge: %.3g us per series\n", merged / rows * 1e6
		if (fitted == 0)
			exit
		auto_ = (autos - 2 * a - b * autototal) / fitted
		printf "auto, learnt: %.3g us per series; learning once: %.3g s\n", auto_ * 1e6, learn
		N = 1e8; P = 1000
		printf "1e8 series of %d rows on %d processors, a shard each: %.0f s to read, %.0f s to forecast, %.0f s to merge; %.1f GB each\n", \
			length_, P, a + b * N, auto_ * N / P, merged / rows * N, \
			(x[0] + x[1] * N + x[2] * N / P) / 1024 / 1024
	}' table
