#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every example of the manual page and the README is run: lines that begin
# with "nightcast " between .EX and .EE, and with "./nightcast " in ```sh
# blocks; and what the README shows of --help and the models is what they say.
. tests/sh/setup.bash
mkdir "$work/bin"
ln -s "$nightcast" "$work/bin/nightcast"
ln -s "$nightcast" "$work/nightcast"
cp -r data "$work/data"
{
	sed -n '/^\.EX/,/^\.EE/p' cmd/nightcast.1 | sed 's/\\-/-/g; s/\\e/\\/g'
	sed -n '/^```sh/,/^```$/p' README.md
} | grep -E '^(\./)?nightcast ' >"$work/examples"
# without the charts' library there is no page to make
if "$nightcast" report f --train f 2>&1 | grep -q 'built without'; then
	echo "SKIP: examples of report: nightcast was built without libjs-dygraphs"
	sed -i '/nightcast report /d; / --report /d' "$work/examples"
fi
n=0
readme=$(<README.md)
for command in "forecast --help" models; do
	# shellcheck disable=SC2086
	if [[ $readme != *"$("$nightcast" $command)"* ]]; then
		fail "README.md shows another 'nightcast $command'"
	fi
done
cd "$work" || exit 1
PATH=$work/bin:$PATH
while IFS= read -r line; do
	n=$((n + 1))
	bash -c "$line" >out 2>&1 </dev/null || {
		echo "FAIL ($?): $line"
		head -n 5 out
		failures=$((failures + 1))
	}
done <examples
echo "$n examples"
[ $n -gt 5 ] || failures=$((failures + 1))
finish
