#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What bash, zsh and fish would offer, by the completions' own functions; zsh
# and fish where they are installed.
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
offers --decimal nightcast inspect --de
offers , nightcast forecast --decimal ''
offers --max-P nightcast forecast --max
offers --version nightcast learn --v
# what the table of options has, some command has
options=$(grep -oE '^    \{(0|.[A-Za-z].), "[a-zA-Z-]+"' cmd/options/table.c |
	grep -oE '[a-zA-Z-]+"' | tr -d '"' | sort -u)
offered() { # SHELL: all that it offers for --, of every command
	local command
	for command in $(nightcast --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		case $1 in
		bash)
			COMP_WORDS=(nightcast "$command" --) COMP_CWORD=2 COMPREPLY=()
			_nightcast nightcast
			printf '%s\n' "${COMPREPLY[@]}"
			;;
		fish)
			fish --no-config -c "source cmd/nightcast.fish
				complete -C 'nightcast $command --'" 2>&1 | cut -f 1
			;;
		zsh) zsh_words nightcast "$command" -- ;;
		esac
	done
}
offers_all() { # SHELL
	local all name
	all=$(offered "$1")
	for name in $options; do
		grep -qxF -- "--$name" <<<"$all" || fail "$1 does not know --$name"
	done
}
[ "$(wc -w <<<"$options")" -gt 50 ] || fail "where is the table of options?"
offers_all bash
# fish answers itself
fish_offers() { # EXPECTED LINE
	fish --no-config -c "source cmd/nightcast.fish; complete -C '$2'" \
		2>&1 | cut -f 1 | grep -qxF -- "$1" ||
		fail "fish, '$2': no '$1' in $(fish --no-config -c \
			"source cmd/nightcast.fish; complete -C '$2'" 2>&1 | cut -f 1 | tr '\n' ' ')"
}
if command -v fish >/dev/null; then
	fish_offers forecast 'nightcast fo'
	fish_offers merge 'nightcast me'
	fish_offers --duplicates 'nightcast forecast --dup'
	fish_offers --missing 'nightcast merge --mi'
	fish_offers snaive 'nightcast forecast -m sn'
	fish_offers naive,drift 'nightcast forecast -m naive,dr'
	fish_offers drift 'nightcast forecast --fallback dr'
	fish_offers previous 'nightcast forecast --gaps p'
	fish_offers --gaps=previous 'nightcast forecast --gaps=p'
	fish_offers CHANGELOG.md 'nightcast forecast CH'
	fish_offers --max-P 'nightcast forecast --max'
	offers_all fish
else
	echo "skip: no fish"
fi
# of zsh, what the function hands to its builtins
zsh_words() { # WORDS..., the last of them being typed
	zsh -f -c '
		compadd() { [[ $1 == -a ]] && print -l -- ${(P)2} }
		compset() { : }
		_describe() { print -l -- ${${(P)${@[-1]}}%%:*} }
		_files() { print FILES }
		words=("$@") CURRENT=$#words PREFIX=$words[-1]
		source cmd/nightcast.zsh' zsh "$@" 2>&1
}
zsh_offers() { # EXPECTED WORDS..., the last of them being typed
	local expected=$1 got
	got=$(zsh_words "${@:2}")
	grep -qxF -- "$expected" <<<"$got" ||
		fail "zsh, ${*:2}: no '$expected' in $(tr '\n' ' ' <<<"$got")"
}
if command -v zsh >/dev/null; then
	zsh_offers forecast nightcast fo
	zsh_offers --duplicates nightcast forecast --dup
	zsh_offers --horizon nightcast forecast --h
	zsh_offers --partial-ok nightcast forecast --p
	zsh_offers --missing nightcast merge --
	zsh_offers snaive nightcast forecast -m sn
	zsh_offers previous nightcast forecast --gaps p
	zsh_offers FILES nightcast forecast CH
	zsh_offers --max-P nightcast forecast --max
	offers_all zsh
	# and by its completion system
	zsh -f -c 'fpath=($PWD/zsh $fpath); autoload -U compinit
		mkdir -p $1/zsh && cp cmd/nightcast.zsh $1/zsh/_nightcast
		fpath=($1/zsh $fpath); compinit -D -d $1/dump
		[[ $_comps[nightcast] == _nightcast ]]' zsh "$work" >/dev/null 2>&1 ||
		fail "zsh does not find the completion"
else
	echo "skip: no zsh"
fi
finish
