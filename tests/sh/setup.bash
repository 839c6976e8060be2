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
# How long a command may take before it is said to hang, in seconds: far longer
# than it does on a machine that is slow and has other things to do.
# shellcheck disable=SC2034
patience=900
# await COMMAND...: until it succeeds, however long the machine needs; false
# when it does not before patience ends
await() {
	local end=$((SECONDS + patience))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}
is_stopped() { # PID: by SIGSTOP
	[ "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -c 1)" = T ]
}
# What lies in a pipe goes when the last who has it open closes it: its reader
# must have it before its writer lets go.
has_open() { # PID FILE
	readlink "/proc/$1/fd/"* 2>/dev/null | grep -qxF "$(realpath "$2")"
}
is_gone() { # PID
	! kill -0 "$1" 2>/dev/null
}
has_temporary() { # [FOLDER]: a run has opened an output there
	ls -A "${1:-.}" | grep -q nightcast-
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
# deny STEP QUIET COMMAND...: which writes out.csv on one thread, while one
# allocation fails, every STEP-th one until QUIET in turn make no difference:
# out.csv has the bytes of first.csv, or there is a message
deny() {
	local step=$1 most=$2 quiet=0 k=0
	shift 2
	while [ $quiet -lt "$most" ] && [ $k -lt 1500 ]; do
		k=$((k + step)) quiet=$((quiet + 1))
		env FAULT="memory:$k" LD_PRELOAD="$work/fault.so" "$@" >stdout 2>stderr
		case $? in
		0) cmp -s out.csv first.csv || fail "allocation $k: other bytes" ;;
		1) quiet=0
			grep -qE 'ut of memory|annot allocate' stderr ||
				fail "allocation $k: $(cat stderr)" ;;
		3) grep -qi memory stderr || fail "allocation $k: $(cat stderr)" ;;
		*) fail "allocation $k: $(cat stderr)" ;;
		esac
	done
}
# check_merged N OPTIONS...: the forecasts f.K, summaries s.K and rejects r.K of
# N shards merge, in any order, to whole.csv, whole.s and whole.r, and end as
# $single says
check_merged() {
	local n=$1 what status
	shift
	for what in f s r; do
		"$nightcast" merge -q $(ls $what.* | shuf) -o merged.$what 2>merge.err
		status=$?
		[ $status -eq "$single" ] ||
			fail "merge of $n $what: exit $status, not $single: $* : $(cat merge.err)"
	done
	cmp merged.f whole.csv || fail "$n shards: other forecasts: $*"
	cmp merged.r whole.r || fail "$n shards: other rejects: $*"
	cmp <(timeless merged.s) <(timeless whole.s) ||
		fail "$n shards: another summary: $*"
}
timeless() { # all but the seconds of a summary
	sed 's/,[^,]*$//' "$1"
}
