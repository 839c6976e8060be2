# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for nightcast.  The commands, options and models are asked
# from the program itself, so that this file need not change with them.
_nightcast() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words before=
	# "--gaps=zero" comes as three words
	[ "$cur" = = ] && cur=
	[ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		words=$("$1" --help 2>/dev/null |
			sed -n 's/^  \([a-z]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words --help --version" -- "$cur")
		return
	fi
	case $prev in
	-m | --model | --fallback)
		words=$("$1" models 2>/dev/null | cut -d ' ' -f 1)
		[[ $cur == *,* && $prev != --fallback ]] && before=${cur%,*},
		;;
	--gaps) words='interpolate zero previous error' ;;
	--align) words='own common' ;;
	--duplicates) words='error sum mean last' ;;
	--missing-regressors) words='error previous zero' ;;
	--progress) words='auto always never' ;;
	--log-format) words='text json' ;;
	--by) words='night lead series' ;;
	--decimal) words='auto . ,' ;;
	--encoding) words='windows-1252 ISO-8859-1 UTF-16LE UTF-16BE UTF-8' ;;
	--time-format) words='excel %d/%m/%Y %m/%d/%Y %d.%m.%Y' ;;
	--freq) words='H D B W M Q Y 15min' ;;
	*)
		if [[ $cur == -* ]]; then
			words=$("$1" "$command" --help 2>/dev/null |
				sed -n '/^  /{s/^ *//; s/  .*//; p}' |
				grep -oE -- '--[a-zA-Z-]+')
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "${cur#"$before"}")
}
complete -o filenames -F _nightcast nightcast
