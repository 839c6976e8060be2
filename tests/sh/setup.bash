# SPDX-License-Identifier: GPL-3.0-or-later
# For the scripts beside it to source, from the project's folder.
#
#   nightcast  the program        project   the project's folder
#   work       a folder that is removed in the end
#   failures   how often fail() was called; finish() ends the script by it
set -u
nightcast=$(realpath "$PROGRAM") || exit 1
# shellcheck disable=SC2034
project=$PWD
work=$(mktemp -d)
chmod 755 "$work"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}
finish() {
	[ $failures -eq 0 ] &&
		echo "$(basename "$0" .sh): all as they should be"
	exit $((failures > 0))
}
# Whether there is a pseudo-terminal to be had: not in every chroot.
has_terminal() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 && return
	echo "skip: no script(1), or no /dev/pts, to make a terminal"
	return 1
}
is_sanitized() {
	nm "$nightcast" | grep -qE '__(asan|tsan)_init'
}
# compile NAME SOURCE OPTIONS...: into $work, or this is the end
compile() {
	local name=$1 source=$2
	shift 2
	${CC:-cc} -std=gnu17 -O1 -I"$project" -o "$work/$name" \
		"$project/$source" "$@" || exit 1
}
compile_faults() { # the library that lets calls of the system fail
	compile fault.so tests/fault.c -shared -fPIC -ldl
}
