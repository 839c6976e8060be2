#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No files know each other in a circle, a source and its header counted as one:
# by what they include, and by the functions that their objects define and need,
# as the linker sees them.  Tables of rows, which point to functions wherever
# these are, do not count.
. tests/sh/setup.bash
build=${BUILD:-build}

# Pairs of a file and one that it calls
list_calls() { # SOURCE...
	for source; do
		echo "$build/${source%.c}.o"
	done >"$work/objects"
	xargs nm -A -g <"$work/objects" | sed "s|^$build/||; s|\.o:| |" >"$work/nm"
	awk '$3 ~ /^[Ti]$/ { print $4, $1 }' "$work/nm" | sort >"$work/defined"
	awk '$2 == "U" { print $3, $1 }' "$work/nm" | sort >"$work/needed"
	join "$work/needed" "$work/defined" | awk '$2 != $3 { print $2, $3 }' |
		sort -u
}

# Likewise, of a file and one that it includes
list_includes() {
	grep -E '^#include "' "$@" |
		sed 's/\.[ch]:#include "\(.*\)\.[ch]".*/ \1/' | awk '$1 != $2' | sort -u
}

list_calls $(find forecast io cmd -name '*.c') >"$work/calls"
[ "$(wc -l <"$work/calls")" -gt 300 ] || fail "hardly any calls are seen"
list_includes $(find forecast io cmd -name '*.[ch]') >"$work/includes"
[ "$(wc -l <"$work/includes")" -gt 300 ] || fail "hardly any includes are seen"
sort -u "$work/calls" "$work/includes" >"$work/kept"
tsort "$work/kept" >"$work/order" 2>"$work/circles" ||
	fail "files know each other in a circle: $(tr '\n' ' ' <"$work/circles")"

# and it is seen when there is one
read -r caller called <"$work/kept"
echo "$called $caller" >>"$work/kept"
tsort "$work/kept" >/dev/null 2>&1 && fail "a circle of two is not seen"
finish
