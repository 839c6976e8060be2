#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No two files call each other in a circle: of the functions that the objects
# define and need, as the linker sees them.  Tables of rows, which point to
# functions wherever these are, do not count.
. tests/sh/setup.bash
build=${BUILD:-build}

# Pairs of a file and one that it calls
list_calls() { # SOURCE...
	for source; do
		echo "$build/${source%.c}.o"
	done >"$work/objects"
	xargs nm -A -g <"$work/objects" | sed "s|^$build/||; s|\.o:| |" >"$work/nm"
	awk '$3 == "T" { print $4, $1 }' "$work/nm" | sort >"$work/defined"
	awk '$2 == "U" { print $3, $1 }' "$work/nm" | sort >"$work/needed"
	join "$work/needed" "$work/defined" | awk '$2 != $3 { print $2, $3 }' |
		sort -u
}

list_calls $(find forecast io cmd -name '*.c') >"$work/calls"
[ "$(wc -l <"$work/calls")" -gt 300 ] || fail "hardly any calls are seen"
# What auto learns from calls its candidates, whose row names the learning.
grep -vx 'forecast/combine/auto forecast/combine/learn' "$work/calls" \
	>"$work/kept"
tsort "$work/kept" >"$work/order" 2>"$work/circles" ||
	fail "files call each other in a circle: $(tr '\n' ' ' <"$work/circles")"

# and it is seen when there is one
read -r caller called <"$work/kept"
echo "$called $caller" >>"$work/kept"
tsort "$work/kept" >/dev/null 2>&1 && fail "a circle of two is not seen"
finish
