#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad input and faults, each against the binary: the exit status, a message
# that names the place, the old output intact and no file left behind.
. tests/sh/setup.bash
cd "$work" || exit 1

# expect STATUS WORDS COMMAND...: WORDS is a regular expression for stderr.
# out.csv holds "old" before and, unless the status is 0 or 3, after.
expect() {
	local status=$1 words=$2 got before after
	shift 2
	echo old >out.csv
	before=$(ls -A)
	timeout $patience "$@" >stdout 2>stderr </dev/null
	got=$?
	after=$(ls -A)
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	[ -z "$words" ] || grep -qE "$words" stderr || fail "no '$words': $*: $(cat stderr)"
	[ "$(printf '%s\n' $before stdout stderr | sort -u)" = \
		"$(printf '%s\n' $after | sort -u)" ] ||
		fail "files left behind: $*: $(echo $after)"
	if [ "$status" -eq 1 ] || [ "$status" -eq 2 ]; then
		[ "$(cat out.csv)" = old ] || fail "the old output is gone: $*"
	fi
}
forecast() { # STATUS WORDS FILE [options]
	local status=$1 words=$2 file=$3
	shift 3
	expect "$status" "$words" "$nightcast" forecast -H 2 -m snaive -j 2 \
		-o out.csv "$@" "$file"
}

# inputs that are no table
forecast 1 'none\.csv: cannot open: No such file' none.csv
mkdir folder
forecast 1 'folder: cannot read: Is a directory' folder
: >empty.csv
forecast 1 'empty\.csv: is empty' empty.csv
echo unique_id,ds,y >header.csv
forecast 1 'header\.csv: a header but no rows' header.csv
printf 'unique_id,ds,y\na,1,1\n"b,2,3\nc,1,1\n' >quote.csv
forecast 1 'quote\.csv:3: .*quote .*never closed' quote.csv
printf 'unique_id,ds,y\na,1,1\na,2\0,2\n' >nul.csv
forecast 1 'nul\.csv:3: a NUL byte' nul.csv
printf '\xff\xfeu\0n\0i\0' >utf16.csv
forecast 1 'utf16\.csv:1: a header with at least 2 columns' utf16.csv
printf 'unique_id,ds,y\na,1,1\n' >row.csv
forecast 1 "no column 'sales' for --value; the header has: unique_id, ds, y" \
	row.csv --value sales
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
	as_nobody=
fi
cp row.csv secret.csv
chmod 0 secret.csv
if [ -n "$as_nobody" ] || [ "$(id -u)" -ne 0 ]; then
	expect 1 'secret\.csv: cannot open: Permission denied' $as_nobody \
		"$nightcast" forecast -H 2 secret.csv
else
	echo "skip: root without setpriv reads everything"
fi
rm -f secret.csv

# a line of 100 MB: one field of it, and many
{
	echo unique_id,ds,y
	head -c 100000000 /dev/zero | tr '\0' x
} >long.csv
forecast 1 'long\.csv:2: .*is a quote left open' long.csv

# blank lines are skipped, but not for ever
{
	echo unique_id,ds,y
	head -c 9000000 /dev/zero | tr '\0' '\n'
	echo a,1,1
} >blank.csv
forecast 1 'blank\.csv:2: nothing but blank lines' blank.csv
{
	echo unique_id,ds,y
	echo a,1,1
	head -c 100000000 /dev/zero | tr '\0' x
} >long.csv
forecast 1 'long\.csv:3: a field of more than 1 MiB' long.csv
{
	echo unique_id,ds,y
	echo a,1,1
	yes x, | head -n 50000000 | tr -d '\n'
	printf '\na,2,2\n'
} >long.csv
forecast 3 '1 of 2 series' long.csv
grep -q "series 'x' failed: long.csv:3: .*50000001 columns where" stderr ||
	fail "the 100 MB line is not named: $(cat stderr)"
rm long.csv
{
	printf id
	seq -f ,%.0f 1000000 | tr -d '\n'
	printf '\na'
	seq -f ,%.0f 1000000 | tr -d '\n'
	echo
} >columns.csv
forecast 0 '1 of 1 series' columns.csv --wide
[ "$(tail -n 1 out.csv | cut -d, -f 1-4)" = a,1000002,snaive,1000000 ] ||
	fail "a million columns: $(tail -n 1 out.csv)"
forecast 1 'columns\.csv' columns.csv
rm columns.csv

# series that fail, or look odd
cat >odd.csv <<'END'
unique_id,ds,y
good,2023-01-30,1
good,2023-01-31,2
good,2023-02-01,3
overflow,2023-01-30,1e999
hex,2023-01-30,0x10
comma,2023-01-30,"1,5"
date,2023-02-30,1
ragged,2023-01-30,1,2
missing,2023-01-30,
missing,2023-01-31,NA
END
touch s
forecast 3 '1 of 7 series forecast with snaive, 6 failed' odd.csv --summary s \
	--decimal .
for words in "'overflow' failed: odd.csv:5: column 'y': not a number: '1e999'" \
	"'hex' failed: odd.csv:6: column 'y': not a number: '0x10'" \
	"'comma' failed: odd.csv:7: column 'y': not a number .*: '1,5'" \
	"'date' failed: odd.csv:8: column 'ds': no such date: '2023-02-30'" \
	"'ragged' failed: odd.csv:9: 4 columns where the header has 3"; do
	[ -z "$words" ] || grep -qE "$words" stderr || fail "no '$words': $(cat stderr)"
done
grep -q '^missing,snaive,failed,odd.csv: series has no values,' s ||
	fail "all missing: $(cat s)"
[ "$(wc -l <out.csv)" -eq 3 ] || fail "odd.csv: $(cat out.csv)"
rm s
cat >plain.csv <<'END'
unique_id,ds,y
one,1,5
equal,1,5
equal,2,5
equal,3,5
zero,1,0
zero,2,0
zero,3,0
END
forecast 0 '3 of 3 series forecast with snaive' plain.csv
[ "$(grep -c '^zero,[45],snaive,0,0,0,0,0$' out.csv)" -eq 2 ] ||
	fail "all zero: $(cat out.csv)"
printf 'unique_id,ds,y\n"a",1,1\na,2,2\n"a ",1,7\n"a ",2,8\n' >blank.csv
forecast 0 "series 'a ' and another differ only in blanks" blank.csv
grep -q '^"a ",3,snaive,8,' out.csv || fail "blanks: $(cat out.csv)"
printf 'unique_id,ds,y\ncaf\xe9,1,1\ncaf\xe9,2,2\n' >latin.csv
forecast 0 'latin\.csv:2: warning: an id is not UTF-8' latin.csv
LC_ALL=C grep -aq $'^caf\xe9,3,' out.csv || fail "Latin-1 id: $(cat out.csv)"
forecast 0 '1 of 1 series' row.csv
printf 'unique_id,ds,y\na,1,1\n' | gzip | head -c 25 >cut.csv.gz
forecast 1 'cut\.csv\.gz: damaged or cut short' cut.csv.gz
# streams of gzip one after the other, and what is not one
printf 'unique_id,ds,y\na,1,1\na,2,2\n' | gzip >first.gz
printf 'b,1,1\nb,2,2\n' | gzip >second.gz
cat first.gz second.gz >two.csv.gz
head -c 2000 /dev/zero | cat two.csv.gz - >padded.csv.gz
for file in two.csv.gz padded.csv.gz; do
	"$nightcast" forecast -q -H 1 -m naive $file -o o.csv ||
		fail "$file: exit $?"
	[ "$(tail -n 1 o.csv | cut -c 1-4)" = b,3, ] || fail "$file: no b"
done
(cat first.gz && echo b,1,1) >behind.csv.gz
(cat first.gz && printf '\0' && cat second.gz) >between.csv.gz
(cat first.gz && printf x && tail -c +2 second.gz) >second.csv.gz
for cut in 1 2 12; do
	(cat first.gz && head -c $cut second.gz) >cut$cut.csv.gz
done
for file in behind between second cut1 cut2 cut12; do
	forecast 1 "$file\.csv\.gz: damaged or cut short" $file.csv.gz
done

# usage
for h in 0 -1 1e9 12x '' 1000000001; do
	expect 2 '(--horizon|must not be empty)' "$nightcast" forecast -H "$h" \
		row.csv -o out.csv
done
expect 2 'horizon is required' "$nightcast" forecast row.csv
expect 2 'no input' "$nightcast" forecast -H 1
expect 2 "no option '--horizn" "$nightcast" forecast --horizn 1 row.csv
expect 2 'no option -x' "$nightcast" forecast -x row.csv
expect 2 "no command 'forcast'" "$nightcast" forcast -H 1 row.csv
expect 2 "no command before '-q'" "$nightcast" -q forecast -H 1 row.csv
expect 2 "no model 'etz'" "$nightcast" forecast -H 1 -m etz row.csv
expect 2 'level takes numbers' "$nightcast" forecast -H 1 -l 80,101 row.csv
expect 2 'gaps takes' "$nightcast" forecast -H 1 --gaps zer row.csv
expect 2 'wide has no columns' "$nightcast" forecast -H 1 --wide --time t \
	row.csv
expect 2 'duplicates takes error, sum, mean or last' "$nightcast" forecast \
	-H 1 --duplicates first row.csv
expect 2 "id and --value both name the column 'y'" "$nightcast" forecast \
	-H 1 --id y --value y row.csv
expect 2 'output and --summary would both be standard output' "$nightcast" \
	forecast -H 1 row.csv --summary -
expect 2 'are the same file' "$nightcast" forecast -H 1 row.csv -o out.csv \
	--summary ./out.csv
expect 2 'lock needs a file of its own' "$nightcast" forecast -H 1 row.csv \
	-o out.csv --lock out.csv
expect 2 'lock needs a file of its own' "$nightcast" forecast -H 1 row.csv \
	-o none-yet.csv --lock ./none-yet.csv
expect 2 'level is in percent: 95 rather than 0.95' "$nightcast" forecast \
	-H 1 -l 0.95 row.csv
for option in -o --summary --rejects --metrics; do
	expect 2 'is not compressed: write - into a pipe' "$nightcast" forecast \
		-H 1 row.csv $option out.csv.gz
done
printf 'unique_id,ds,y\na,1,1\na,2,4\na,3,9\n' >few.csv
expect 1 "'a' failed: ets: 3 observations are too few for this form" \
	"$nightcast" forecast -H 1 -m ets:MAN --fallback none few.csv -o out.csv
for model in ets:AAA ces:full arima:1,0,0/1,0,0; do
	expect 1 "'a' failed: .*needs? a season of two observations or more" \
		"$nightcast" forecast -H 1 -m $model --fallback none few.csv -o out.csv
done
expect 1 "'a' failed: ets: 3 observations are too few for season 12" \
	"$nightcast" forecast -H 1 -s 12 -m ets:AAA --fallback none few.csv \
	-o out.csv
expect 2 'leave out --lead-time' "$nightcast" simulate -H 2 --whole \
	--lead-time 2 row.csv
ln -s row.csv link.csv
for option in -o --summary; do
	expect 2 "put would replace the input|mary would replace the input" \
		"$nightcast" forecast -H 1 row.csv $option link.csv
done
expect 2 'output would replace the input' "$nightcast" simulate -H 1 -m naive \
	row.csv -o link.csv
[ "$(wc -l <row.csv)" -eq 2 ] || fail "the input is gone: $(cat row.csv)"
rm link.csv
expect 2 "needs a value" "$nightcast" forecast row.csv -H
expect 2 'minutes or months' "$nightcast" forecast -H 1 --freq 5m row.csv
expect 1 "row.csv: --freq says 'daily', but the timestamps are integers" \
	"$nightcast" forecast -H 1 --freq D row.csv
expect 3 "fit the step of --freq \\(steps of 2\\) from 1 on" \
	"$nightcast" forecast -H 1 --freq 2 -o out.csv plain.csv
printf 'unique_id,ds,y\na,9999-12-31,1\n' >end.csv
expect 1 "'a' failed: the horizon goes beyond the year 9999" \
	"$nightcast" forecast -H 1 -o out.csv end.csv
printf 'unique_id,ds,y\na,999999999999999999,1\n' >end.csv
expect 1 "'a' failed: the horizon goes beyond 18 digits" \
	"$nightcast" forecast -H 1 -o out.csv end.csv

# outputs that cannot be written
expect 1 'nowhere/out\.csv' "$nightcast" forecast -H 2 row.csv \
	-o nowhere/out.csv
expect 1 '/dev/full.*No space left' "$nightcast" forecast -H 2 row.csv \
	-o /dev/full
expect 1 'No space left' bash -c "'$nightcast' forecast -H 2 row.csv >/dev/full"
expect 1 'stdout|standard output' bash -c \
	"'$nightcast' forecast -H 2 row.csv >&-"
expect 1 'stdout' bash -c "'$nightcast' models >&-"
mkdir -p readonly
cp row.csv readonly/
chmod 555 readonly
if [ -n "$as_nobody" ] || [ "$(id -u)" -ne 0 ]; then
	expect 1 'readonly/out\.csv.*Permission denied' $as_nobody \
		"$nightcast" forecast -H 2 readonly/row.csv -o readonly/out.csv
	[ "$(ls readonly)" = row.csv ] || fail "read-only: $(ls readonly)"
fi
{
	echo unique_id,ds,y
	for i in $(seq 20000); do printf 's%d,1,1\ns%d,2,2\n' "$i" "$i"; done
} >many.csv
expect 1 'out\.csv.*File too large' bash -c \
	"ulimit -f 100; exec '$nightcast' forecast -q -H 9 many.csv -o out.csv"
expect 0 '' bash -c \
	"set -o pipefail; '$nightcast' forecast -q -H 9 many.csv 2>said | head -n 1
	 [ \${PIPESTATUS[0]} -eq 1 ] && grep -q 'Broken pipe' said && rm said"

# scores and paths: the file and the table, or neither
awk -F, -v OFS=, 'NR == 1 { print "unique_id", "ds", "mean" } NR > 1' many.csv \
	>mean.csv
for command in "backtest -H 1 -s 1 long.csv" "score mean.csv many.csv --train many.csv"; do
	printf 'unique_id,ds,y\na,1,1\na,2,2\na,3,1\na,4,1\n' >long.csv
	expect 1 'table of scores could not be written' bash -c \
		"'$nightcast' $command -o out.csv >/dev/full"
	expect 1 'cannot write.*/dev/full' "$nightcast" $command -o /dev/full
	expect 1 'cannot open the folder' "$nightcast" $command -o none/out.csv
	expect 0 '' "$nightcast" $command -q -o out.csv
done
expect 1 'cannot write.*/dev/full' "$nightcast" simulate -H 1 -o /dev/full long.csv
expect 1 'out\.csv.*File too large' bash -c "ulimit -f 100
	exec '$nightcast' simulate -q -H 9 --paths 9 many.csv -o out.csv"

# stopped on the way: while it waits for its input, the output is open
for signal in INT TERM HUP; do
	mkfifo pipe
	expect 1 "stopped by SIG$signal; output files are as they were" bash -c "
		set -m # or the shell would have its children ignore SIGINT
		exec 3<>pipe
		'$nightcast' forecast -H 2 pipe -o out.csv 3>&- &
		until ls -A | grep -q nightcast-; do sleep 0.02; done
		kill -$signal \$!
		wait \$!"
	rm pipe
done

# the same bytes whatever the locale and OpenMP's variables say
"$nightcast" forecast -q -H 9 many.csv -j 2 >expected.csv
for setting in LC_ALL=de_DE.UTF-8 OMP_NUM_THREADS=5 OMP_DYNAMIC=true \
	OMP_THREAD_LIMIT=1 OMP_SCHEDULE=static OMP_NUM_THREADS=x; do
	env "$setting" "$nightcast" forecast -q -H 9 many.csv -j 2 \
		>got.csv 2>/dev/null
	cmp -s expected.csv got.csv || fail "$setting changes the forecasts"
done

finish
