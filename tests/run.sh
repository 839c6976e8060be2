#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every test program given, then the tests of the binary, and ends with
# one line of totals.  Environment: BUILD, PROGRAM; SH, which of the tests in
# tests/sh to run, if not all.
set -u
passed=0 failed=0 started=$SECONDS
log=$BUILD/tests/log
mkdir -p "$BUILD/tests"

run() { # name, command...
	local name=$1
	shift
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		local ran
		ran=$(sed -n 's/.*\] \([0-9]* test(s)\) run.*/ (\1)/p' "$log" |
			tail -n 1)
		echo "ok      $name$ran"
		grep -iE '^(skip|skipped)' "$log" | sed 's/^/        /'
	else
		failed=$((failed + 1))
		echo "FAILED  $name"
		sed 's/^/        /' "$log" | tail -n 60
	fi
}

scripts=(tests/cli/*/cmd ${SH:-tests/sh/*.sh})
echo "$(($# + ${#scripts[@]})) tests, one after the other: all of them take ten" \
	"minutes and more on two processors"
for program in "$@"; do
	run "${program##*/}" "$program"
done
for script in tests/cli/*/cmd; do
	folder=${script%/cmd}
	run "$folder" tests/cli.sh "$folder"
done
for script in ${SH:-tests/sh/*.sh}; do
	run "$script" bash "$script"
done
seconds=$((SECONDS - started))
echo "$passed passed, $failed failed, in $((seconds / 60)) min $((seconds % 60)) s"
[ "$failed" -eq 0 ]
