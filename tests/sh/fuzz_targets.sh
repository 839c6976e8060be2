#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every model is fuzzed by one of the targets, and every target has a corpus.
. tests/sh/setup.bash
for model in $("$nightcast" models | cut -d ' ' -f 1); do
	grep -q "\"$model\"" tests/fuzz_*.c || fail "no target fuzzes $model"
done
for target in tests/fuzz_*.c; do
	name=$(basename "$target" .c)
	[ -n "$(ls tests/corpus/"${name#fuzz_}")" ] || fail "no corpus: $name"
done
finish
