#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Input that somebody made to do harm costs time and memory in proportion to
# its size, up to the bounds of the manual (LIMITS), and nothing that it holds
# is obeyed.  Memory is compared between sizes; time is not looked at.
. tests/sh/setup.bash
compile measure tests/bench/measure.c
measured=yes
if is_sanitized; then
	echo "skip: memory is not measured, since a sanitizer takes its own"
	measured=
fi
compile_faults
cd "$work" || exit 1
# expect STATUS WORDS COMMAND...: sets peak, in KB; the old output stays
expect() {
	local status=$1 words=$2 got wall cpu
	shift 2
	echo old >out.csv
	read -r wall cpu peak got < <(timeout $patience ./measure 1 "$nightcast" "$@" \
		2>stderr </dev/null)
	[ "$got" = "$status" ] || fail "exit $got, not $status: $*: $(cat -v stderr)"
	[ -z "$words" ] || grep -qE "$words" stderr ||
		fail "no '$words': $*: $(cat -v stderr)"
	[ "$status" -ne 1 ] || [ "$(cat out.csv)" = old ] ||
		fail "the old output is gone: $*"
	ls -A | grep nightcast- && fail "a file is left: $*"
	LC_ALL=C grep -aq "$(printf '[\x01-\x09\x0b-\x1f\x7f]')" stderr &&
		fail "said to the terminal: $(cat -v stderr)"
}
forecast() { # STATUS WORDS OPTIONS...
	local status=$1 words=$2
	shift 2
	expect "$status" "$words" forecast -H "${horizon:-2}" -m naive -j 2 \
		-o out.csv "$@"
}
at_most() { # KB WHAT
	[ -z "$measured" ] || [ "$peak" -le "$1" ] ||
		fail "$2 takes $peak KB, more than $1"
}
# grows NAME FACTOR MAKE OPTIONS...: MAKE N writes a file of size N; a fourth
# of the size must take a fourth of the memory, give or take FACTOR percent
grows() {
	local what=$1 factor=$2 make=$3 small large
	shift 3
	$make 10 >in.csv
	forecast 0 '' "$@" in.csv
	local base=$peak
	$make $((size / 4)) >in.csv
	forecast 0 '' "$@" in.csv
	small=$((peak - base))
	$make "$size" >in.csv
	forecast 0 '' "$@" in.csv
	large=$((peak - base))
	echo "$what: $small KB, of four times the size $large KB"
	[ -z "$measured" ] || [ $large -le $((small * 4 * factor / 100 + 4096)) ] ||
		fail "$what: $small KB, of four times the size $large KB"
}

# many columns
columns() {
	printf unique_id,ds,y
	seq -f ,c%.0f "$1" | tr -d '\n'
	for row in 1 2 3; do
		printf '\na%d,%d,%d' $row $row $row
		seq -f ,%.0f "$1" | tr -d '\n'
	done
	echo
}
size=100000
grows "columns, one of them the values" 125 columns
grows "columns of values" 125 columns --wide --id unique_id
{
	echo unique_id,ds,y
	printf 'a,1,1\na,2,2'
	head -c 4200000 /dev/zero | tr '\0' ,
	printf '\nb,1,1\n'
} >in.csv
forecast 3 "'a' failed: in.csv:3: 4200003 columns where the header has 3" in.csv
at_most 40000 "a row of 4,200,000 fields"
{
	printf id
	head -c 4200000 /dev/zero | tr '\0' ,
	printf '\na,1\n'
} >in.csv
forecast 1 'in.csv:1: the header has more than 4194304 columns' in.csv --wide
at_most 700000 "a header of 4,200,000 columns"

# many ids
ids() {
	echo unique_id,ds,y
	seq -f 'the-series-of-this-number-%.0f,2024-01-01,7' "$1"
}
size=300000
grows "ids of one row" 125 ids
[ "$(wc -l <out.csv)" -eq 600001 ] || fail "rows: $(wc -l <out.csv)"

# Honest files: 24 bytes per observation, the forecasts as numbers, and what
# the program takes for a small file with its buffers, less than 64 MB.
compile generate tests/bench/generate.c -lm
rows() { # SERIES OBSERVATIONS by-series|by-date
	awk -v n="$1" -v k="$2" -v order="$3" 'BEGIN {
		print "unique_id,ds,y"
		for (i = 0; i < n * k; i++) {
			s = order == "by-date" ? i % n : int(i / k)
			t = order == "by-date" ? int(i / n) : i % k
			printf "series-%07d,2024-01-%02d,%d\n", s, t + 1, (s + t * t) % 97
		}
	}'
}
bounded() { # STATUS WHAT SERIES PER-SERIES OPTIONS... of in.csv
	local status=$1 what=$2 series=$3 each=$4 observations
	shift 4
	forecast "$status" '' in.csv "$@"
	observations=$(($(wc -l <in.csv) - 1))
	echo "$what: $peak KB, $((peak * 1024 / observations)) bytes per observation"
	at_most $(((24 * observations + series * each) / 1024 + 12000)) "$what"
}
./generate -n 8000 >in.csv
horizon=100
bounded 3 'an honest file' 8000 $((100 * 5 * 8))
unset horizon
[ -z "$measured" ] || [ "$(stat -c %s out.csv)" -gt $((peak * 1024 / 2)) ] ||
	fail "the output is too small to tell"
rows 50000 28 by-series >in.csv
bounded 0 'whole series one after the other' 50000 $((2 * 5 * 8))
rows 50000 28 by-date >in.csv
bounded 0 'series in turn' 50000 $((2 * 5 * 8))
rows 150000 10 by-date >in.csv
bounded 0 'short series in turn' 150000 $((2 * 5 * 8))
rows 400000 1 by-series >in.csv # 100 bytes and the id on top: LIMITS
bounded 0 'series of one row' 400000 $((2 * 5 * 8 + 100 + 14))

# one field of 30 MB: an id as it is, quoted, in the header; a time, a value
long() {
	head -c 30000000 /dev/zero | tr '\0' x
}
for field in "$(printf 'unique_id,ds,y\na,1,1\n%%s,1,1\n')" \
	"$(printf 'unique_id,ds,y\na,1,1\n"%%s",1,1\n')" \
	"$(printf 'unique_id,ds,y\na,1,1\na,%%s,1\n')" \
	"$(printf 'unique_id,ds,y\na,1,1\na,2,%%s\n')" \
	"$(printf 'unique_id,ds,y\na,1,1\n"%%s\n')"; do
	{
		# shellcheck disable=SC2059
		printf "${field%%%s*}"
		long
		printf '%s\n' "${field#*%s}"
	} >in.csv
	forecast 1 'in.csv:3: a field of more than 1 MiB' in.csv
	at_most 40000 "a field of 30 MB"
	gzip -1 -c in.csv >in.csv.gz
	forecast 1 'in.csv.gz:3: a field of more than 1 MiB' in.csv.gz
	at_most 40000 "a field of 30 MB, compressed"
done
{
	printf 'unique_id,ds,'
	long
	printf '\na,1,1\n'
} >in.csv
forecast 0 '1 of 1 series' in.csv
at_most 250000 "a column's name of 30 MB"
for i in 1 2 3; do long; done | cat - in.csv >longer.csv
forecast 1 'longer.csv:1: the header has no end within 64 MiB' longer.csv
at_most 250000 "a header of 120 MB"
rm longer.csv

# One line of 40 MB is read twice at most, not once more by every part that
# begins in it.
{
	printf 'unique_id,ds,y\na,1,1\na,2,2\nb,1'
	yes ,1 | head -n 20000000 | tr -d '\n'
	printf '\na,3,3\n'
} >in.csv
forecast 3 '1 of 2 series forecast with naive, 1 failed' in.csv
tail -n 1 out.csv | grep -q '^a,5,naive,3,' || fail "a long line: $(cat out.csv)"
if [ -n "$measured" ]; then
	FAULT=count:1 FAULT_FILE=count LD_PRELOAD=./fault.so "$nightcast" \
		inspect -j 2 in.csv >stdout 2>stderr
	# 256 KB at a time
	[ "$(cat count)" -lt $((2 * 40000000 / 262144 + 100)) ] ||
		fail "a long line is read again and again: $(cat count) times"
fi

# what is small as long as it is compressed
head -c 300000000 /dev/zero | gzip -9 >in.csv.gz
forecast 1 'in.csv.gz:1: a NUL byte' in.csv.gz
at_most 40000 "300 MB of nothing, compressed"
{
	echo unique_id,ds,y
	yes 'a,1,1' | head -n 8000000
} | gzip -1 >in.csv.gz
if [ -n "$measured" ]; then
	(
		ulimit -d 150000
		forecast 1 'in.csv.gz: out of memory' in.csv.gz
		exit $((failures > 0))
	) || failures=$((failures + 1))
	mkfifo pipe
	"$nightcast" forecast -H 1 pipe 2>stderr &
	pid=$!
	exec 3>pipe
	is_limited() {
		limit=$(awk '/^Max data size/ { print $4 }' /proc/$pid/limits)
		[ "$limit" != unlimited ]
	}
	await is_limited
	exec 3>&-
	wait $pid
	total=$(awk '/^(MemTotal|SwapTotal)/ { kb += $2 } END { print kb }' \
		/proc/meminfo)
	case $limit in
	*[!0-9]*) fail "no limit of memory is set: $limit" ;;
	*) [ $((limit / 1024)) -le $((total + 8192 * 1025)) ] ||
		fail "a limit of $limit bytes on a machine of $total KB" ;;
	esac
fi

# few rows that ask for many steps each
stretched() {
	echo unique_id,ds,y
	awk 'BEGIN {
		for (i = 0; i < 20000; i++) printf "s%d,1,1\ns%d,11000,2\n", i, i
		for (i = 0; i < 20001; i++) printf "t%d,1,1\nt%d,2,2\n", i, i
	}'
}
stretched >in.csv
(
	ulimit -d 500000
	[ -n "$measured" ] || exit 0
	forecast 1 'filling the gaps needs 2 GB of memory, there are' in.csv
	at_most 100000 "gaps that are not filled"
	exit $((failures > 0))
) || failures=$((failures + 1))

# ids that mean something elsewhere are written as they were read
{
	echo unique_id,ds,y
	for id in ../../etc/passwd /etc/passwd ~root '$(touch harm)' '`touch harm`' \
		'=cmd|/C calc!A0' '+1+1' '-1' '@SUM(1)' %s%n%s '\n' "'; rm -rf *" \
		-o --help $'\x1b[2J\x1b]0;harm\x07' $'\xe2\x80\xaeharm' $'\x9b2J' \
		$'\x7f' '#' 'a#b' NULL NaN; do
		echo "$id,1,1"
	done
} >in.csv
forecast 0 'not UTF-8' in.csv --summary s.csv --metrics m.prom
for file in out.csv s.csv; do
	LC_ALL=C cmp -s <(tail -n +2 in.csv | sed 's/,1,1$//') \
		<(tail -n +2 $file | cut -d , -f 1 | uniq) ||
		fail "$file: ids are changed: $(cat -v $file)"
done
[ ! -e harm ] || fail "an id was run"
# what a terminal would obey first, since only the first five are named
{
	head -n 1 in.csv
	LC_ALL=C grep -a "$(printf '[\x1b\x7f\x80-\xff]')" in.csv
	LC_ALL=C grep -av "$(printf '[\x1b\x7f\x80-\xff]')" in.csv | tail -n +2
} | sed 's/,1$/,x/' >bad.csv
forecast 1 "'\\\\x1b\\[2J\\\\x1b\\]0;harm" bad.csv --rejects r.csv
expect 1 "'\\\\x1b\\[2J\\\\x1b\\]0;harm" backtest -H 1 bad.csv
"$nightcast" inspect bad.csv >stdout 2>&1
LC_ALL=C grep -aq "$(printf '[\x01-\x09\x0b-\x1f\x7f]')" stdout &&
	fail "inspect: $(cat -v stdout)"

# the ends of the calendar
dates() { # STATUS WORDS FIRST LAST OPTIONS...: two steps on
	local status=$1 words=$2
	printf 'unique_id,ds,y\na,%s,1\na,%s,2\n' "$3" "$4" >in.csv
	shift 4
	forecast "$status" "$words" --fallback none "$@" in.csv
	for command in "simulate --paths 2 -o out.csv" "forecast -m auto -o out.csv"; do
		# shellcheck disable=SC2086
		expect "$status" "$words" $command -H 2 --fallback none "$@" in.csv
	done
}
beyond='the horizon goes beyond the year 9999'
dates 1 "$beyond" 9999-12-29 9999-12-30
dates 0 '' 9999-12-28 9999-12-29
tail -n 1 out.csv | grep -q '^a,9999-12-31,' || fail "$(cat out.csv)"
dates 1 "$beyond" 9999-10 9999-11
dates 0 '' 9999-09 9999-10
dates 1 "$beyond" 9999Q2 9999Q3
dates 1 "$beyond" 9999-W50 9999-W51
dates 1 "$beyond" 9999-12-31T21:00 9999-12-31T22:00
dates 1 "$beyond" 9997-01-01 9998-01-01
dates 1 'the horizon goes beyond 18 digits' 999999999999999997 999999999999999998
dates 0 '' -3 -2
tail -n 1 out.csv | grep -q '^a,0,' || fail "$(cat out.csv)"
dates 1 'no timestamp of a known form' -0001-01-01 -0001-01-02
dates 1 'no timestamp of a known form' 10000-01-01 10000-01-02
dates 1 'no timestamp of a known form|no such date' 0000-01-01 0000-01-02
dates 1 '' 2024-01-01 -1
dates 1 'would span' 0001-01-01T00:00 9999-01-01T00:00 --freq H
dates 1 'would span' -999999999999999999 999999999999999999 --freq 1

finish
