#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --trace: one event per line in the Trace Event format, a fit for every series
# and model, on the threads that were asked for; and forecasts as without it.
. tests/sh/setup.bash
cd "$work" || exit 1
data=$project/data/monthly.csv
for jobs in 1 2; do
	"$nightcast" forecast -q -j $jobs -H 12 -m auto,snaive "$data" \
		-o with$jobs.csv --trace t$jobs.json || fail "forecast -j $jobs"
done
"$nightcast" forecast -q -H 12 -m auto,snaive "$data" -o without.csv
cmp -s with1.csv without.csv && cmp -s with2.csv without.csv ||
	fail 'other forecasts with --trace'

string='"([^"\\]|\\u[0-9a-f]{4})*"'
number='[0-9]+\.[0-9]{3}'
event="\{\"name\":$string,\"cat\":\"[a-z]+\",\"ph\":\"X\",\"pid\":1,\"tid\":[0-9]+,"
event+="\"ts\":$number,\"dur\":$number(,\"args\":\{\"id\":$string,"
event+="\"model\":$string,\"n\":[0-9]+\})?\},"
is_trace() { # FILE
	[ "$(head -n 1 "$1")" = '{"displayTimeUnit":"ms","traceEvents":[' ] ||
		fail "$1: begins with $(head -n 1 "$1")"
	tail -n 1 "$1" | grep -qE '^\],"otherData":\{.*\}\}$' ||
		fail "$1: ends with $(tail -n 1 "$1")"
	sed '1d;$d' "$1" | grep -v '"ph":"M"' | grep -vE "^$event\$" &&
		fail "$1: these are no events"
}
for jobs in 1 2; do
	is_trace t$jobs.json
	grep '"cat":"fit"' t$jobs.json |
		sed 's/.*"id":"\([^"]*\)","model":"\([^"]*\)","n":\([0-9]*\).*/\1 \2 \3/' |
		sort >fits
	tail -n +2 "$data" | cut -d , -f 1 | sort | uniq -c |
		awk '{print $2, "auto", $1; print $2, "snaive", $1}' | sort >series
	cmp -s fits series || fail "-j $jobs: $(diff fits series | head -n 3)"
	for phase in read learn fit write; do
		grep -q "\"name\":\"$phase\",\"cat\":\"phase\"" t$jobs.json ||
			fail "-j $jobs: no phase '$phase'"
	done
	threads=$(grep -o '"tid":[0-9]*' t$jobs.json | sort -u | wc -l)
	[ "$threads" -le $((jobs + 1)) ] || fail "-j $jobs: $threads tracks"
done

evil=$'<\x01"\\\xff'
{
	echo unique_id,ds,y
	for i in {1..9}; do echo "\"${evil//\"/\"\"}\",$i,$((i * 37 % 11))"; done
} >evil.csv
"$nightcast" forecast -q -H 5 -m naive evil.csv -o e.csv --trace e.json ||
	fail 'an odd id'
is_trace e.json
grep -qF '"id":"\u003c\u0001\u0022\u005c\ufffd"' e.json || fail 'escapes'
"$nightcast" forecast -q -H 5 evil.csv -o e.csv --trace evil.csv 2>/dev/null
[ $? -eq 2 ] || fail 'a trace over the input'
finish
