#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-layers` fails when an arrow of any room is turned around, or
# goes past a door: each is made in a copy of the tree.
. tests/sh/setup.bash
cp -r --parents forecast io cmd tests/check_layers.sh "$work"
cd "$work" || exit 1

tests/check_layers.sh >/dev/null 2>&1 || fail "the layers do not hold as is"

# refuses ROOM HEADER WHY: a file of the room that includes the header
refuses() {
	local file
	file=$(ls "$1"/*.c 2>/dev/null | head -n 1)
	[ -e "$2" ] || fail "$2: there is no such header"
	cp "$file" kept
	sed -i "0,/^#include/s||#include \"$2\"\n&|" "$file"
	if tests/check_layers.sh >said 2>&1; then
		fail "$file may include $2"
	elif ! grep -q "^$file:.*includes $2: .*$3" said; then
		fail "$file with $2 is refused, but not because of '$3'"
	fi
	mv kept "$file"
	rooms="$rooms $1 "
}

rooms=
up='an arrow up'
refuses forecast/base forecast/numeric/missing.h "$up"
refuses forecast/numeric forecast/model.h "$up"
refuses forecast/measure forecast/model.h "$up"
refuses forecast forecast/global/sample.h "$up"
refuses forecast/simple forecast/global/sample.h "$up"
refuses forecast/ets forecast/global/sample.h "$up"
refuses forecast/arima forecast/run/batch.h "$up"
refuses forecast/ces forecast/run/batch.h "$up"
refuses forecast/counts forecast/run/batch.h "$up"
refuses forecast/seasons forecast/run/batch.h "$up"
refuses forecast/tbats forecast/run/batch.h "$up"
refuses forecast/known forecast/run/batch.h "$up"
refuses forecast/global forecast/run/batch.h "$up"
refuses forecast/combine forecast/run/simulate.h "$up"
refuses forecast/run io/out/csv.h 'sees nothing else'
refuses io/text io/time/timestamp.h "$up"
refuses io/time io/csv/source.h "$up"
refuses io/rows io/panel/panel.h "$up"
refuses io/csv io/panel/panel.h "$up"
refuses io/panel io/out/csv.h "$up"
refuses io/known cmd/talk/talk.h 'does not see cmd'
refuses io/out cmd/talk/talk.h 'does not see cmd'
refuses io/store cmd/talk/talk.h 'does not see cmd'
refuses cmd/talk cmd/host/lock.h "$up"
refuses cmd/host cmd/options/options.h "$up"
refuses cmd/options cmd/work.h "$up"
refuses cmd/night cmd/work.h "$up"
refuses cmd/report cmd/score_read.h "$up"
refuses io/panel forecast/numeric/missing.h 'its base alone'
# past doors, and from one family to another
door='not a door'
refuses forecast/ets forecast/arima/model.h "$door"
refuses forecast/combine forecast/global/network.h "$door"
refuses forecast/run forecast/combine/learn.h "$door"
refuses io/out io/panel/regular.h "$door"
refuses cmd cmd/host/cgroup.h "$door"
refuses cmd cmd/report/view.h "$door"

# a circle within a room, which no floor forbids
cp io/text/hash.h kept
sed -i '0,/^#include/s||#include "io/text/intern.h"\n&|' io/text/hash.h
tests/check_layers.sh >said 2>&1 && fail "headers may include each other"
grep -q 'in a circle' said || fail "a circle is refused for another reason"
mv kept io/text/hash.h

for folder in $(find forecast io cmd -name '*.c' -printf '%h\n' | sort -u); do
	[[ $rooms == *" $folder "* ]] || fail "no arrow of $folder was turned"
done
mkdir forecast/attic
printf '#include "forecast/model.h"\n' >forecast/attic/old.c
tests/check_layers.sh >said 2>&1 && fail "a folder without a floor is no error"
finish
