#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files as a C table of bytes, on standard output; see assets.h.  What points
# at a source map is left out: a page must not look for another file.
#
# usage: embed.sh FILE...      one that is not there is empty
set -eu
text() {
	[ ! -e "$1" ] ||
		sed -e '/^\/\/# sourceMappingURL=/d' \
			-e 's/\/\*# sourceMappingURL=.*\*\///' "$1"
}
echo '#include "cmd/report/assets.h"'
rows=
n=0
for file; do
	n=$((n + 1))
	name=${file##*/}
	size=$(text "$file" | wc -c)
	sum=$(text "$file" | sha256sum | cut -d ' ' -f 1)
	echo "static const unsigned char bytes$n[] = {"
	text "$file" | od -An -v -tu1 | sed 's/  *\([0-9]\)/,\1/g; s/^,//; s/$/,/'
	echo '0};'
	rows="$rows    {\"$name\", bytes$n, $size, \"$sum\"},
"
done
printf 'const struct cmd_asset cmd_assets[] = {\n%s    {0}};\n' "$rows"
