#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a shard costs: processor time and memory of single shards of files of
# different sizes, cut into different numbers of parts, and of merge; a model
# fitted to them by least squares, and what it says of 10^8 series; of shards that
# read one whole file, and of those that read their own of 512 files.  Processor
# time, on one thread, so that a busy machine disturbs it less than the clock.
#
# usage: BUILD=build PROGRAM=./nightcast tests/bench/shards.sh [SERIES...]
# MODES: "id" or "file" instead of both, "id file"
set -eu
program=$(realpath "$PROGRAM")
measure=$(realpath "$BUILD/tests/bench/measure")
work=$(mktemp -d "$(realpath "$BUILD")/shards-XXXXXX")
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu17 -O2 -I. -o "$work/generate" tests/bench/generate.c -lm
LENGTH=30 HORIZON=7 FILES=512 MODES=${MODES:-id file}
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
say() {
	echo "$*" >>table
	printf '%-7s %9s %6s %9s %9s %10s\n' "$@"
}
shard() { # SERIES SHARDS SHARD MODEL
	local own
	run "$program" forecast -q -j 1 -H $HORIZON -m "$4" --shard "$3/$2" \
		${learned:+--learned $learned} in.csv -o "part$3"
	own=$(sed -n '$s/^#end series=\([0-9]*\).*/\1/p' "part$3")
	say "$4" "$1" "$2" "$own" "$cpu" "$peak"
}
by_id() { # SERIES
	local series=$1 shards k
	learned=
	for shards in 1 8 64 512; do
		rm -f part*
		shard "$series" $shards 1 naive
		[ $shards -eq 1 ] || shard "$series" $shards $((shards / 2 + 1)) naive
	done
	if [ "$series" -le 10000 ]; then
		run "$program" learn -q -j 1 -H $HORIZON in.csv -o learned
		say learn "$series" 1 "$series" "$cpu" "$peak"
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
		say merge "$series" $shards "$series" "$cpu" "$peak"
	done
}
# Its own of the files, of which all have as many series.
file_shard() { # SERIES SHARDS SHARD
	local own
	run "$program" forecast -q -j 1 -H $HORIZON -m naive --by-file \
		--learned shared --shard "$3/$2" file-*.csv -o "part$3"
	own=$(sed -n '$s/^#end series=\([0-9]*\).*/\1/p' "part$3")
	say byfile "$1" "$2" "$own" "$cpu" "$peak"
}
by_file() { # SERIES
	local series=$1 shards k
	rm -f file-*
	awk -F , -v n="$series" -v files=$FILES '
		NR == 1 { header = $0; next }
		$1 != last {
			last = $1
			if (int(seen++ * files / n) != file - 1) {
				close(name)
				name = sprintf("file-%03d.csv", file++)
				print header >name
			}
		}
		{ print >name }' in.csv
	run "$program" learn -q -j 1 -H $HORIZON -m naive --by-file --parts 8 \
		file-*.csv -o shared
	say agree "$series" 8 $((series * 8 / FILES)) "$cpu" "$peak"
	for shards in 1 8 64 512; do
		rm -f part*
		file_shard "$series" $shards 1
		[ $shards -eq 1 ] || file_shard "$series" $shards $((shards / 2 + 1))
	done
	rm -f part*
	for k in $(seq 8); do
		"$program" forecast -q -j 1 -H $HORIZON -m naive --by-file \
			--learned shared --shard "$k/8" file-*.csv -o "part$k"
	done
	run "$program" merge -q part* -o merged
	say idmerge "$series" 8 "$series" "$cpu" "$peak"
	rm -f file-*
}
printf '%-7s %9s %6s %9s %9s %10s\n' model series shards own cpu-s peak-KB
for series; do
	./generate -n "$series" --min $LENGTH --max $LENGTH --clean >in.csv
	case $MODES in *id*) by_id "$series" ;; esac
	case $MODES in *file*) by_file "$series" ;; esac
done

# cpu = a + b total + c own, memory likewise; by file b is for each of its files
awk -v length_="$LENGTH" -v files="$FILES" '
	function solve(   i, j, k, f) { # the normal equations of up to three unknowns
		for (i = 0; i < 3; i++)
			for (j = i + 1; j < 3; j++) {
				f = m[i, i] != 0 ? m[j, i] / m[i, i] : 0
				for (k = i; k < 4; k++)
					m[j, k] -= f * m[i, k]
			}
		for (i = 2; i >= 0; i--) {
			x[i] = m[i, 3]
			for (k = i + 1; k < 3; k++)
				x[i] -= m[i, k] * x[k]
			x[i] = m[i, i] != 0 ? x[i] / m[i, i] : 0
		}
	}
	# relative errors count, so that small runs do, too
	function fit(kind, what,   i, j, k, v, w, e) {
		split("", m)
		worst = 0
		for (i = 1; i <= n[kind]; i++) {
			v[0] = 1; v[1] = own[kind, i]; v[3] = y[kind, what, i]
			v[2] = total[kind, i]
			w = 1 / (v[3] * v[3])
			for (j = 0; j < 3; j++)
				for (k = 0; k < 4; k++)
					m[j, k] += w * v[j] * v[k]
		}
		solve()
		for (i = 1; i <= n[kind]; i++) {
			e = (x[0] + x[2] * total[kind, i] + x[1] * own[kind, i]) / y[kind, what, i] - 1
			e = e < 0 ? -e : e
			worst = e > worst ? e : worst
		}
	}
	$1 == "naive" || $1 == "byfile" {
		i = ++n[$1]
		total[$1, i] = $1 == "naive" ? $2 : files / $3
		own[$1, i] = $4
		y[$1, "cpu", i] = $5; y[$1, "peak", i] = $6
	}
	$1 == "auto" { autos += $5; fitted += $4; autototal += $2 }
	$1 == "learn" { learn = $5 }
	$1 == "merge" { merged += $5; rows += $2 }
	$1 == "idmerge" { idmerged += $5; idrows += $2; idpeak = $6; idlast = $2 }
	END {
		N = 1e8; P = 1000
		if (n["naive"] > 0)
			of_ids()
		if (n["byfile"] > 0)
			of_files()
	}
	function of_ids(   a, b, c, each) {
		fit("naive", "cpu")
		a = x[0]; b = x[2]; c = x[1]
		printf "\ncpu of a shard: %.3g s + %.3g us per series of the file (%.3g us per row) + %.3g us per series of its own; off by %.0f%% at most\n", \
			a, b * 1e6, b * 1e6 / length_, c * 1e6, 100 * worst
		fit("naive", "peak")
		printf "memory: %.3g MB + %.3g bytes per series of the file + %.3g per series of its own; off by %.0f%% at most\n", \
			x[0] / 1024, x[2] * 1024, x[1] * 1024, 100 * worst
		printf "merge: %.3g us per series\n", merged / rows * 1e6
		if (fitted == 0)
			return
		each = (autos - 2 * a - b * autototal) / fitted
		printf "auto, learnt: %.3g us per series; learning once: %.3g s\n", each * 1e6, learn
		printf "1e8 series of %d rows on %d processors, a shard each: %.0f s to read, %.0f s to forecast, %.0f s to merge; %.1f GiB each, %.1f to learn\n", \
			length_, P, a + b * N, each * N / P, merged / rows * N, \
			(x[0] + x[2] * N + x[1] * N / P) / 1024 / 1024, \
			(x[0] + (x[2] + x[1]) * N) / 1024 / 1024
	}
	function of_files(   a, c) {
		fit("byfile", "cpu")
		a = x[0] + x[2]; c = x[1]
		printf "\n--by-file: cpu of a shard: %.3g s + %.3g us per file + %.3g us per series of its own (%.3g us per row); off by %.0f%% at most\n", \
			x[0], x[2] * 1e6, c * 1e6, c * 1e6 / length_, 100 * worst
		fit("byfile", "peak")
		printf "memory: %.3g MB + %.3g KB per file + %.3g bytes per series of its own; off by %.0f%% at most\n", \
			x[0] / 1024, x[2], x[1] * 1024, 100 * worst
		printf "merge: %.3g us per series; %.0f bytes of each at %d\n", \
			idmerged / idrows * 1e6, idpeak * 1024 / idlast, idlast
		printf "1e8 series of %d rows on %d processors: %.1f s to read, %.0f s to merge; %.2f GiB each\n", \
			length_, P, a + c * N / P, idmerged / idrows * N, \
			(x[0] + x[1] * N / P) / 1024 / 1024
	}' table
