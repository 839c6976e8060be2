#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The report in Chromium (tests/browser/test.py): `make test-browser`; skipped,
# with the reason, where there is no browser or it does not start.
# Environment: BUILD, PROGRAM.
. tests/packages.bash
alone "$0" "$@"
need chromedriver chromium chromium-driver
need python3 python3
# the page's text in a picture
fc-list 2>/dev/null | grep -q . || install_packages fontconfig fonts-dejavu-core
[ -e "${DYGRAPHS:-/usr/share/javascript/dygraphs}/dygraph.min.js" ] ||
	skip "no libjs-dygraphs: this build makes no page"
mkdir -p "$BUILD/browser"
PYTHONDONTWRITEBYTECODE=1 python3 tests/browser/test.py "$PROGRAM" \
	"$BUILD/browser" "$@"
