#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Night after night: what fits that start from those of the last night cost, and
# what they are worth.  A file is cut at so many origins; each night forecasts
# from one more, with a store, and is held against what its file goes on with.
# One store has everything fitted and learnt from the beginning every night
# (--refit 1 --relearn 1), the other what the options below say.
#
# usage: tests/bench/nights.sh FILE NIGHTS EVERY HORIZON MODEL [OPTIONS...]
#
#   FILE     unique_id,ds,y, the rows of a series in their order, maybe .gz
#   NIGHTS   so many origins, EVERY observations apart; the last leaves HORIZON
#   OPTIONS  of forecast, for both: -s 24
#
# Environment: PROGRAM; WARM, the options of the second store (none); JOBS (1);
# WORK, a folder that is kept, or a temporary one.
#
# Prints a line for each night: processor seconds and MASE of both, and their
# ratios, the first also without what is no matter of fits: reading, writing and
# the store, as `naive` takes them.  The total is that of all nights but the
# first, in which both fit everything.
set -eu
file=$1 nights=$2 every=$3 horizon=$4 model=$5
shift 5
project=$(realpath "$(dirname "$0")/../..")
work=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
program=$work/nightcast # another build would fit everything anew
cp "${PROGRAM:-./nightcast}" "$program"
${CC:-cc} -O2 -o "$work/measure" "$project/tests/bench/measure.c"
zcat -f "$file" >"$work/whole.csv"

cut_at() { # NIGHT: what is known by then, and what comes after it
	awk -F, -v keep="$(((nights - $1) * every + horizon))" -v h="$horizon" \
		-v train="$work/in.csv" -v test="$work/actual.csv" '
		NR == FNR { n[$1]++; next }
		FNR == 1 { print >train; print >test; next }
		{
			at = ++seen[$1]
			if (at <= n[$1] - keep) print >train
			else if (at <= n[$1] - keep + h) print >test
		}' "$work/whole.csv" "$work/whole.csv"
}
night() { # NAME MODEL OPTIONS...: sets cpu and mase
	local name=$1 model=$2 status
	shift 2
	read -r _ cpu _ status < <("$work/measure" 1 "$program" forecast -q \
		-H "$horizon" -m "$model" -j "${JOBS:-1}" "$work/in.csv" \
		-o "$work/$name.csv" --store "$work/$name.db" "$@" 2>"$work/said")
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
		cat "$work/said" >&2
		exit 1
	}
	mase=$("$program" score -q "$work/$name.csv" "$work/actual.csv" \
		--train "$work/in.csv" --csv $season 2>"$work/said" |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ print $at["mase"]; exit }')
}

season=
for ((i = 1; i < $#; i++)); do
	[ "${!i}" != -s ] || { j=$((i + 1)) season="-s ${!j}"; }
done
rm -f "$work"/{cold,warm,base}.db*
echo "night  cpu: all     warm  ratio  of fits     MASE: all     warm   ratio"
for ((k = 1; k <= nights; k++)); do
	cut_at "$k"
	night base naive "$@"
	base=$cpu
	night cold "$model" --refit 1 --relearn 1 "$@"
	all=$cpu all_mase=$mase
	# shellcheck disable=SC2086
	night warm "$model" ${WARM:-} "$@"
	echo "$k $all $cpu $all_mase $mase $base"
done | awk '
	function line(what, n, a, b, c, d, base) {
		printf "%5s  %8.2f %8.2f  %5.3f    %5.3f  %11.5f %8.5f  %6.4f\n", what,
			a, b, b / a, (b - base) / (a - base), c / n, d / n, d / c
		fflush()
	}
	{ line($1, 1, $2, $3, $4, $5, $6) }
	NR > 1 { a += $2; b += $3; c += $4; d += $5; base += $6 }
	END { line("all", NR - 1, a, b, c, d, base) }'
