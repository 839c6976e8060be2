#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --log-format json: every line of standard error is one JSON object, whatever
# happens and whatever bytes are in it; and as text, no byte of a file or of
# an argument reaches a terminal that would obey it.
. tests/sh/setup.bash
compile json_lines tests/json_lines.c -Wall -Wextra
cp data/monthly.csv "$work"
cd "$work" || exit 1

# can it fail?
good='{"time":"2026-11-22T01:00:03.123Z","level":"info","message":"a\u0007"}'
echo "$good" | ./json_lines || fail "a good line is refused"
for bad in "nightcast: x" "${good%?}" "$good x" "${good/a/$'\a'}" \
	"${good/info/note}" "${good/.123/}" "${good/u0007/x07}" \
	"${good%?},\"n\":01}" "${good%?},\"n\":nan}" "${good/\"a/}"; do
	echo "$bad" | ./json_lines >/dev/null && fail "a bad line passes: $bad"
done

# json STATUS LINES ARGUMENTS...: so many lines at least
json() {
	local status=$1 lines=$2 got
	shift 2
	timeout $patience "$nightcast" "$@" --log-format json >stdout 2>stderr </dev/null
	got=$?
	[ $got -eq "$status" ] || fail "exit $got, not $status: $*: $(cat stderr)"
	valid "$lines" "$*"
}
valid() { # LINES WHAT
	[ "$(wc -l <stderr)" -ge "$1" ] || fail "fewer than $1 lines: $2"
	./json_lines <stderr >said || fail "$2: $(cat said)"
	iconv -f UTF-8 -t UTF-8 stderr >/dev/null || fail "not UTF-8: $2"
}
member() { # NAME VALUE: of the last line that has it
	[ "$(./json_lines "$1" <stderr | tail -n 1)" = "$2" ] ||
		fail "$1 is not $2: $(cat stderr)"
}

# what every command says
json 0 5 forecast -H 3 -m naive monthly.csv -o out.csv -v
member command forecast
member series 6
member ok 6
member ends_early 5
member output out.csv
member level info
[ "$(./json_lines phase <stderr | xargs)" = "read fit write" ] ||
	fail "phases: $(cat stderr)"
./json_lines seconds <stderr | grep -q '[^0-9.e-]' && fail "seconds: $(cat stderr)"
json 0 1 backtest -H 3 -m naive monthly.csv
member forecasts 6
json 0 1 simulate -H 3 -m naive --paths 9 monthly.csv -o out.csv
member paths 9
json 0 1 learn -H 3 monthly.csv -o learned
member command learn
json 0 0 inspect monthly.csv
json 0 0 models
json 0 0 bench -H 1 -m naive -j 1 monthly.csv
[ -s stderr ] && fail "inspect, models and bench have nothing to say here"
printf 'unique_id,ds,y\ngood,1,1\ngood,2,2\nbad,1,x\n' >bad.csv
json 0 2 forecast -H 3 -m auto --shard 1/2 bad.csv -o part1.csv
member command forecast
# how a shard speaks has no say in what it writes
"$nightcast" forecast -H 3 -m auto --shard 2/2 bad.csv -o part2.csv 2>stderr
json 3 2 merge part1.csv part2.csv -o out.csv
member failed 1
member command merge
member level warning
json 0 0 forecast -q -H 3 -m naive monthly.csv -o f.csv
[ -s stderr ] && fail "--quiet says $(cat stderr)"
sed 's/naive,//' f.csv | cut -d , -f 1-3 | sed '1s/.*/unique_id,ds,y/' >a.csv
json 0 1 score f.csv a.csv --train monthly.csv
member command score
member missing 0

# a bar is no line
if has_terminal; then
	timeout $patience script -qec "'$nightcast' forecast -H 1 -m naive monthly.csv \
		-o out.csv --log-format json" /dev/null </dev/null 2>/dev/null |
		tr -d '\r' >stderr
	valid 1 "on a terminal"
fi
json 2 1 forecast -H 1 --progress always monthly.csv
grep -q 'progress always' stderr || fail "$(cat stderr)"

# errors, also of the command line
json 1 1 forecast -H 1 nowhere.csv
member level error
json 1 1 inspect nowhere.csv
json 1 1 merge nowhere.csv
json 1 1 score nowhere.csv nowhere.csv --train nowhere.csv
json 1 1 bench -H 1 nowhere.csv
json 2 1 models x
json 2 1 forecast monthly.csv
for command in forecast backtest score simulate inspect learn merge bench \
	models; do
	"$nightcast" $command --log-format json --none 2>stderr
	valid 1 "$command --none"
	# wherever the option stands
	"$nightcast" $command --none --log-format=json 2>stderr
	valid 1 "$command --none --log-format=json"
	"$nightcast" $command --log-format jsn 2>stderr
	grep -q "^nightcast: --log-format takes text or json; got 'jsn'" stderr ||
		fail "$command: $(cat stderr)"
done
"$nightcast" forecast -H 1 -m naive --log-format json monthly.csv >/dev/full \
	2>stderr
valid 1 /dev/full
echo "process 1" >lock
(
	flock 9
	json 75 1 forecast -H 1 -m naive monthly.csv --lock lock
) 9<lock
mkfifo pipe
for signal in INT TERM HUP; do
	(
		exec 3<>pipe
		# timeout passes signals on, also those that nohup ignores
		set -m # or the shell would have its children ignore SIGINT
		timeout $patience "$nightcast" forecast -H 2 --log-format json pipe \
			-o out.csv 3>&- 2>stderr &
		await has_temporary
		kill -$signal $!
		wait $!
	) 2>/dev/null
	valid 1 "SIG$signal"
	grep -q "stopped by SIG$signal" stderr || fail "SIG$signal: $(cat stderr)"
done

# every byte there is, in an id, a value, a name of a column and of a file
{
	printf 'id,ds,y\x1b[31m\x9b\xe2\x80\xae"\\\n'
	for i in $(seq 255); do
		byte=$(printf '\\x%02x' "$i")
		case $i in 10 | 13 | 34 | 44) continue ;; esac
		printf "s${byte}z,1,${byte}x${byte}\n"
	done
	printf 'good,1,1\n'
} >bytes.csv
mkdir "$(printf 'f\x1b[2J\xff\n"')"
odd=$(printf 'f\x1b[2J\xff\n"')/$(printf '\t\x9b\xe2\x80\xae.csv')
cp bytes.csv "$odd"
control=$(printf '[\x01-\x09\x0b-\x1f\x7f]')
for file in bytes.csv "$odd"; do
	json 3 6 forecast -H 1 -m naive "$file" -o "$odd.out"
	json 1 6 forecast -H 1 -m naive "$file" -o out.csv --max-failed 0
	json 1 1 forecast -H 1 -m naive "$file" --value "$odd"
	json 2 1 forecast -H 1 -m "$odd" "$file"
	for command in "forecast -H 1 -m naive" "simulate -H 1 -m naive --paths 2" \
		"backtest -H 1" "learn -H 1" inspect; do
		"$nightcast" $command "$file" >stdout 2>stderr
		[[ $command == inspect ]] && cat stdout >>stderr
		LC_ALL=C grep -aq "$control" stderr &&
			fail "text obeyed by a terminal: $command: $(cat -v stderr)"
		iconv -f UTF-8 -t UTF-8 stderr >/dev/null ||
			fail "not UTF-8: $command: $(cat -v stderr)"
	done
done
"$nightcast" inspect bytes.csv 2>stderr | grep -q '^    s\\x01z: .*column' ||
	fail "an id is not shown: $("$nightcast" inspect bytes.csv | cat -v)"

# a name longer than a message: the line is cut, and still an object
long=$(printf '%05000d' 0 | tr 0 '"')
json 1 1 forecast -H 1 -m naive monthly.csv -o "$long"
deep=$(printf '%0200d' 0 | tr 0 '"') file=.
for _ in $(seq 15); do
	file=$file/$deep
	mkdir "$file"
done
models=naive$(printf ',arima:%s' {0..4},{0,1},{0..4}/{0,1},0,{0..4})
json 3 1 forecast -H 1 -m "$models" bad.csv -o "$file/out.csv"
member command forecast
member series 2
(
	ulimit -s 100
	json 3 1 forecast -H 1 -j 1 -m "$models" bad.csv -o "$file/out.csv"
	exit $((failures > 0))
) || failures=$((failures + 1))
json 2 1 forecast -H 1 -m "$long" monthly.csv
# a table of models that are named like commands to a terminal
printf 'unique_id,ds,model,mean\n%s,1961-01-01,m\x1b[2J,1\n' co2 >f.csv
printf 'unique_id,ds,y\n%s,1961-01-01,1\n' co2 >a.csv
"$nightcast" score f.csv a.csv --train monthly.csv >stdout 2>stderr
grep -q '^m\\x1b\[2J ' stdout || fail "score: $(cat -v stdout stderr)"

finish
