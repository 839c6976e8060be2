#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian package from a copy of the sources, in build/deb.
set -eu
. tests/packages.bash
rm -rf build/deb build/nightcast_*.deb
need dpkg-buildpackage dpkg-dev
need dh debhelper
need fakeroot fakeroot
version=$(sed -n 's/#define NIGHTCAST_VERSION "\(.*\)"/\1/p' cmd/options/options.h)
tree=build/deb/nightcast-$version
mkdir -p "$tree"
cp -r cmd io forecast Makefile README.md CHANGELOG.md LICENSE "$tree"
cp -r cmd/package/debian "$tree"
cp cmd/package/debian/rules "$tree/debian/rules"
packaged=$(sed -n '1s/.*(\(.*\)-.*/\1/p' "$tree/debian/changelog")
[ "$packaged" = "$version" ] || {
	echo "cmd/package/debian/changelog is of $packaged, the program of $version" >&2
	exit 1
}
missing=$(cd "$tree" && dpkg-checkbuilddeps 2>&1 |
	sed -n 's/.*nmet build dependencies: //p' | sed 's/([^)]*)//g') || true
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing ||
	skip "cannot be installed: $missing"
(cd "$tree" && dpkg-buildpackage -b -us -uc -j2) >build/deb/log 2>&1 || {
	tail -n 40 build/deb/log >&2
	exit 1
}
mv build/deb/nightcast_*.deb build/
ls build/nightcast_*.deb
