#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What bash would offer, by the completion's own function.
. tests/sh/setup.bash
ln -s "$nightcast" "$work/nightcast"
PATH=$work:$PATH
. cmd/nightcast.bash

offers() { # EXPECTED WORDS..., the last of them being typed
	local expected=$1 got
	shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_nightcast "$1"
	got=${COMPREPLY[*]}
	[[ " $got " == *" $expected "* ]] && return
	fail "$*: '$expected' is not in '$got'"
}

offers forecast nightcast fo
offers --duplicates nightcast forecast --dup
offers snaive nightcast forecast -m sn
offers naive,drift nightcast forecast -m naive,dr
offers drift nightcast forecast --fallback dr
offers previous nightcast forecast --gaps p
offers previous nightcast inspect --gaps = p
offers json nightcast merge --log-format j
offers 'own common' nightcast forecast --align =
offers CHANGELOG.md nightcast forecast CH
offers merge nightcast me
offers --shard nightcast forecast --sh
offers --learned nightcast simulate --le
offers --output nightcast merge --o
offers CHANGELOG.md nightcast merge CH
offers auto nightcast learn -m au
offers --partial-ok nightcast forecast --pa
offers --missing nightcast merge --mi
offers CHANGELOG.md nightcast merge --from CH
finish
