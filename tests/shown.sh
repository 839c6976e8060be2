#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the files that the README and the manual page show into a folder: each
# block of code with a line such as "# parts.sh: what it does" under that name,
# one that begins with { as job.json.  What both show must be the same.
# usage: tests/shown.sh FOLDER
set -eu
folder=$1
mkdir -p "$folder/man" "$folder/readme"

# blocks on standard input, between lines of --8<--
cut_out() { # FOLDER
	awk -v folder="$1" '
		$0 == "--8<--" { save(); block = ""; name = ""; next }
		name == "" && match($0, /^# [a-z0-9.@-]+\.[a-z]+: /) {
			name = substr($0, 3, RLENGTH - 4)
		}
		block == "" && $0 == "{" { name = "job.json" }
		{ block = block $0 "\n" }
		function save() {
			if (name != "")
				printf "%s", block >(folder "/" name)
		}
		END { save() }'
}
awk '/^```/ { print "--8<--"; next } { print }' README.md |
	cut_out "$folder/readme"
awk '/^\.(nf|fi|EX|EE)$/ { print "--8<--"; next } { print }' cmd/nightcast.1 |
	sed 's/\\-/-/g; s/\\e/\\/g; s/^\\&//' | cut_out "$folder/man"
for file in "$folder"/readme/*; do
	name=${file##*/}
	if [ -e "$folder/man/$name" ] && ! cmp "$file" "$folder/man/$name"; then
		echo "the README and the manual show another $name" >&2
		exit 1
	fi
done
cp "$folder"/man/* "$folder"
cp "$folder"/readme/* "$folder"
rm -r "$folder/man" "$folder/readme"
