#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the libraries the build needs; installs what is missing on Debian and
# its kin, and names it elsewhere.  pkg-config answers for gsl, zlib, sqlite3
# and cmocka; libcsv has no .pc file, so its header is looked for.  The charts of
# a report are built in where their library is: without it the rest is built.
set -u
missing=
have() { command -v "$1" >/dev/null 2>&1; }
header() { echo "#include <$1>" | ${CC:-cc} -E -x c - >/dev/null 2>&1; }
need() { missing="$missing $1"; }

have "${CC:-cc}" || need gcc
have pkg-config || need pkg-config
for pair in gsl:libgsl-dev:gsl/gsl_cdf.h zlib:zlib1g-dev:zlib.h \
	sqlite3:libsqlite3-dev:sqlite3.h \
	cmocka:libcmocka-dev:; do
	module=${pair%%:*} rest=${pair#*:}
	package=${rest%%:*} file=${rest#*:}
	if have pkg-config; then
		pkg-config --exists "$module" || need "$package"
	else
		[ -n "$file" ] && header "$file" || need "$package"
	fi
done
header csv.h || need libcsv-dev
charts=
[ -e "${DYGRAPHS:-/usr/share/javascript/dygraphs}/dygraph.min.js" ] ||
	charts=libjs-dygraphs
without() {
	echo "no libjs-dygraphs: built without \`nightcast report'" >&2
}
[ -z "$missing$charts" ] && exit 0

if ! have apt-get; then
	[ -z "$charts" ] || without
	[ -z "$missing" ] && exit 0
	echo "nightcast needs these (by their Debian names):$missing" >&2
	echo "install them with your package manager and try again" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif have sudo; then
	sudo=sudo
else
	[ -z "$missing" ] && without && exit 0
	echo "as root: apt-get install$missing $charts" >&2
	exit 1
fi
echo "installing:$missing $charts"
export DEBIAN_FRONTEND=noninteractive
install() {
	$sudo apt-get install -y -qq --no-install-recommends "$@"
}
$sudo apt-get update -qq || [ -z "$missing" ]
# shellcheck disable=SC2086
[ -z "$missing" ] || install $missing || exit 1
[ -z "$charts" ] || install $charts || without
