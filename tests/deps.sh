#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the libraries the build needs; installs what is missing on Debian and
# its kin, and names it elsewhere.  pkg-config answers for gsl, zlib, sqlite3
# and cmocka; libcsv has no .pc file, so its header is looked for.  The charts of
# a report and the reading of calendars are built in where their libraries are:
# without them the rest is built.
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
# What the rest is built without: charts, calendars of events.
optional=
[ -e "${DYGRAPHS:-/usr/share/javascript/dygraphs}/dygraph.min.js" ] ||
	optional=libjs-dygraphs
header libical/ical.h || optional="$optional libical-dev"
without() {
	case $optional in *dygraphs*)
		echo "no libjs-dygraphs: built without \`nightcast report'" >&2
		;;
	esac
	case $optional in *libical*)
		echo "no libical-dev: built without iCalendar files of \`--events'" >&2
		;;
	esac
}
[ -z "$missing$optional" ] && exit 0

if ! have apt-get; then
	without
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
	echo "as root: apt-get install$missing $optional" >&2
	exit 1
fi
echo "installing:$missing $optional"
export DEBIAN_FRONTEND=noninteractive
install() {
	$sudo apt-get install -y -qq --no-install-recommends "$@"
}
$sudo apt-get update -qq || [ -z "$missing" ]
# shellcheck disable=SC2086
[ -z "$missing" ] || install $missing || exit 1
# shellcheck disable=SC2086
[ -z "$optional" ] || install $optional || without
