#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Pictures of a terminal: its width, colours where they are wanted, and none
# of what a hostile id would have it do.
. tests/sh/setup.bash
export LC_ALL=C.UTF-8 TERM=xterm
unset NO_COLOR
cd "$work" || exit 1
data=$project/data/monthly.csv
evil=$'a\e[31mb\u202ec'
{
	echo unique_id,ds,y
	for i in {1..40}; do echo "$evil,$i,$((i * 37 % 11))"; done
} >evil.csv
"$nightcast" forecast -q -H 12 -m snaive "$data" -o f.csv || fail forecast
"$nightcast" forecast -q -H 5 -m snaive -s 4 evil.csv -o e.csv || fail forecast

on_terminal() { # COLUMNS COMMAND...
	local columns=$1
	shift
	script -qec "stty cols $columns; $*" /dev/null | tr -d '\r'
}
plot="'$nightcast' plot f.csv --train '$data' --series co2"
inspect="'$nightcast' inspect '$data'"
backtest="'$nightcast' backtest -q -H 12 -m snaive,naive '$data'"
"$nightcast" plot f.csv --train "$data" --series co2 | grep -q $'\e' &&
	fail 'colours in a pipe'
"$nightcast" plot e.csv --train evil.csv --series "$evil" >out ||
	fail 'an odd id'
grep -qF 'a\x1b[31mb\xe2\x80\xaec: ' out || fail "an id: $(head -n 1 out)"
[ "$(wc -l <out)" -eq 19 ] || fail "$(wc -l <out) lines"
"$nightcast" inspect "$data" | grep -q ▁ && fail 'a spark in a pipe'
bash -c "$backtest" | grep -q █ && fail 'a bar in a pipe'
has_terminal || finish

uncoloured() { sed 's/\x1b\[[0-9;]*m//g'; }
for columns in 64 80 120; do
	widest=$(on_terminal $columns "$plot" | uncoloured | wc -L)
	[ "$widest" -lt $columns ] || fail "$widest of $columns columns"
	[ "$widest" -gt $((columns - 8)) ] || fail "$widest of $columns columns"
done
on_terminal 80 "$plot" | grep -q $'\e' || fail 'no colour on a terminal'
on_terminal 80 "NO_COLOR=1 $plot" | grep -q $'\e' && fail 'NO_COLOR has some'
on_terminal 80 "TERM=dumb $plot" | grep -q $'\e' && fail 'TERM=dumb has some'
on_terminal 80 "$inspect" | grep -q 'AirPassengers  *▁' || fail 'no spark'
on_terminal 80 "LC_ALL=C $inspect" | grep -q 'AirPassengers  *_' ||
	fail 'no spark in ASCII'
on_terminal 80 "$backtest" | grep -q '^naive .* ██' || fail 'no bar'
finish
