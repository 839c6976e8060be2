#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Whom a run's outputs are for: nobody else while it is at work, which a FIFO
# keeps it, and in the end whom the umask or the file that is replaced allow.
. tests/sh/setup.bash
cp data/monthly.csv "$work"
chmod 777 "$work"
cd "$work" || exit 1
mkfifo pipe

# Another user, who tries all that is there again and again.
try_everything() {
	exec setpriv --reuid 65534 --clear-groups --regid 65534 bash -c '
		while echo >>rounds; do
			for f in .*nightcast-*; do
				( : <"$f" ) 2>/dev/null && echo "$f" >>opened
			done
		done' 2>/dev/null
}

has_temporaries() { # N
	[ "$(find . -name '.out*nightcast-*' | wc -l)" -eq "$1" ]
}
has_tried() { # TIMES: the other user, all there is
	[ "$(wc -l 2>/dev/null <rounds)" -gt "$1" ]
} 2>/dev/null

# rights UMASK MODE N COMMAND...: N outputs, named out*, of MODE in the end.
rights() {
	local mask=$1 mode=$2 n=$3 spy=
	shift 3
	exec 3<>pipe
	(umask "$mask" && exec "$nightcast" "$@" -q 3>&-) >stdout 2>stderr &
	local pid=$!
	await has_temporaries "$n"
	find . -name '.out*nightcast-*' -printf '%m\n' >modes
	[ "$(wc -l <modes)" -eq "$n" ] || fail "$*: $(wc -l <modes) temporaries"
	grep -v '^600$' modes && fail "$*: others can open a file that is written"
	if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
		try_everything 3>&- &
		spy=$!
	fi
	head -n 20 monthly.csv >&3
	[ -z "$spy" ] || await has_tried 3 || fail "nobody tries to open them"
	find . -name '.out*nightcast-*' -printf '%m\n' | grep -v '^600$' &&
		fail "$*: others can open a file that is half written"
	[ -z "$spy" ] || kill $spy
	[ ! -e opened ] || fail "$*: another user has opened $(sort -u opened)"
	rm -f opened rounds
	await has_open $pid pipe || fail "$*: the input is not opened"
	sed 1,20d monthly.csv >&3
	exec 3>&-
	wait $pid || fail "$*: exit $?: $(cat stderr)"
	find . -name 'out*' -printf '%m %f\n' >modes
	[ "$(wc -l <modes)" -eq "$n" ] || fail "$*: $(wc -l <modes) outputs"
	grep -v "^$mode " modes && fail "umask $mask: $*: not $mode"
}

# What there is of the outputs, or nothing, before.
before() {
	rm -f out*
	[ "$replaced" = new ] || touch "$@"
	[ "$replaced" = new ] || chmod "$replaced" "$@"
}

four="--summary out.s --rejects out.r --metrics out.m"
for setting in "022 new 644" "002 new 664" "077 new 600" "022 640 640"; do
	read -r mask replaced mode <<<"$setting"
	before out.csv out.s out.r out.m
	rights "$mask" "$mode" 4 forecast -H 3 -m naive pipe -o out.csv $four
	before out.csv
	rights "$mask" "$mode" 1 simulate -H 3 -m naive pipe -o out.csv
	before out
	rights "$mask" "$mode" 1 learn -H 3 pipe -o out
	before out.csv
	rights "$mask" "$mode" 1 backtest -H 3 -m naive pipe -o out.csv
done
finish
