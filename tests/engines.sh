#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the manual shows for engines other than Slurm: the manifests, parsed, and
# their commands run for every index; and GNU parallel, really, with a part that
# fails and is resumed.
. tests/packages.bash
need parallel parallel
parallel --version 2>/dev/null | grep -q '^GNU parallel' ||
	skip "\`parallel' is not GNU's"
reads_yaml() { /usr/bin/python3 -c 'import yaml' 2>/dev/null; }
reads_yaml || install_packages python3-yaml
reads_yaml || skip "python3-yaml cannot be installed"
. tests/sh/setup.bash
tests/shown.sh "$work/shown" || exit 1
mkdir "$work/bin"
ln -s "$nightcast" "$work/bin/nightcast"
PATH=$work/bin:$PATH
cd "$work" || exit 1
awk 'BEGIN {
	print "unique_id,ds,y"
	for (i = 1; i <= 40; i++)
		for (t = 1; t <= 40; t++)
			print "s" i "," t "," 50 + i + (i + 1) % 5 * (t * 7 % 11) + t % 4
}' >sales.csv
nightcast learn -q -H 14 sales.csv -o learned.txt || fail learn
nightcast forecast -q -H 14 sales.csv -o whole.csv || fail "a single run"
same() { # ENGINE: eight parts are the single run, and then gone
	[ "$(ls part*.csv | wc -l)" -eq 8 ] || fail "$1: $(ls)"
	nightcast merge -q --missing part*.csv -o merged.csv || fail "$1: merge"
	cmp merged.csv whole.csv || fail "$1: other forecasts"
	rm -f part* merged.csv
}
for manifest in job.yaml job.json; do
	/usr/bin/python3 "$project/tests/manifests.py" shown/$manifest . ||
		fail "$manifest: see above"
	same $manifest
done
# the checker sees what is wrong
for wrong in 's/Never/OnFailure/' 's/Indexed/NonIndexed/' 's/FailJob/Fail/' \
	's/\[75\]/[75, 0]/' 's/claimName/claim/' 's|auto/8|auto/9|' \
	's/onExitCodes/onExitCode/' 's/name: nightcast/- &/'; do
	sed "$wrong" shown/job.yaml >wrong.yaml
	/usr/bin/python3 "$project/tests/manifests.py" wrong.yaml . 2>said &&
		fail "job.yaml is right after $wrong"
done
sed 's/"EXIT"/"STOP"/' shown/job.json >wrong.json
/usr/bin/python3 "$project/tests/manifests.py" wrong.json . 2>said &&
	fail "job.json is right with STOP"
rm -f part*

mkdir part5.csv # cannot be written
bash shown/parallel.sh 2>said
[ $? -eq 1 ] || fail "parallel: no failure: $(cat said)"
rmdir part5.csv
rm part2.csv # it ended well, and does not run again
[ "$(nightcast merge --missing part*.csv 2>/dev/null)" = 2,5 ] ||
	fail "parallel: --missing"
bash shown/parallel.sh --resume-failed 2>said || fail "--resume-failed: $(cat said)"
[ "$(awk 'NR > 1 { print $1 }' parts.log | sort -n | uniq -d)" = 5 ] &&
	[ ! -e part2.csv ] || fail "not only part 5 ran again: $(cat parts.log)"
nightcast forecast -q -H 14 --learned learned.txt --shard 2/8 sales.csv \
	-o part2.csv
same parallel
echo "$((failures == 0)) passed, $failures failed"
finish
