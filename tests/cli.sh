#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One case of the command line: a folder with `cmd`, a shell script, and what
# it must give, byte for byte: `stdout`, `stderr` (each empty if absent) and
# `exit` (0 if absent).  cmd runs in a folder of its own that holds copies of
# the case's other files; `nightcast` is the program and $DATA the sample
# data.  Times in messages read TIME.  UPDATE=1 writes down what came out.
set -u
case=$(realpath "$1")
program=$(realpath "$PROGRAM")
DATA=$(realpath data)
export DATA
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/in"
ln -s "$program" "$work/bin/nightcast"
for file in "$case"/*; do
	case ${file##*/} in
	cmd | stdout | stderr | exit) ;;
	*) cp "$file" "$work/in/" ;;
	esac
done
cd "$work/in" || exit 1
PATH=$work/bin:$PATH bash "$case/cmd" >"$work/stdout" 2>"$work/stderr" \
	</dev/null
echo $? >"$work/exit"
sed -i -E 's/\bin [0-9.e-]+ m?s\b/in TIME/; s/ [0-9.e-]+ m?s$/ TIME/' \
	"$work/stderr"
sed -i "s#$DATA#data#g" "$work/stdout" "$work/stderr"

status=0
for name in stdout stderr exit; do
	expected=$case/$name
	if [ ! -e "$expected" ]; then
		expected=$work/expected
		: >"$expected"
		[ $name = exit ] && echo 0 >"$expected"
	fi
	cmp -s "$expected" "$work/$name" && continue
	if [ -n "${UPDATE:-}" ]; then
		cp "$work/$name" "$case/$name"
		continue
	fi
	echo "$case: $name differs"
	diff "$expected" "$work/$name" | head -n 20
	status=1
done
exit $status
