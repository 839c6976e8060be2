#compdef nightcast
# SPDX-License-Identifier: GPL-3.0-or-later
# zsh completion for nightcast.  The commands, options and models are asked
# from the program itself, so that this file need not change with them.
_nightcast() {
	local program=$words[1] command=$words[2] previous=$words[CURRENT-1]
	local -a found
	if (( CURRENT == 2 )); then
		found=(${(f)"$($program --help 2>/dev/null |
			sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)/\1:\2/p')"})
		_describe -t commands command found
		return
	fi
	case $previous in
	-m | --model | --fallback)
		found=(${(f)"$($program models 2>/dev/null | cut -d ' ' -f 1)"})
		compset -P '*,'
		compadd -a found
		return
		;;
	--gaps) found=(interpolate zero previous error) ;;
	--align) found=(own common) ;;
	--duplicates) found=(error sum mean last) ;;
	--missing-regressors) found=(error previous zero) ;;
	--progress) found=(auto always never) ;;
	--log-format) found=(text json) ;;
	--by) found=(night lead series) ;;
	--decimal) found=(auto . ,) ;;
	--encoding) found=(windows-1252 ISO-8859-1 UTF-16LE UTF-16BE UTF-8) ;;
	--time-format) found=(excel %d/%m/%Y %m/%d/%Y %d.%m.%Y) ;;
	--freq) found=(H D B W M Q Y 15min) ;;
	esac
	if (( $#found )); then
		compadd -a found
		return
	fi
	if [[ $PREFIX == -* ]]; then
		# "  -H, --horizon N    help", or several without help
		found=(${(f)"$($program $command --help 2>/dev/null | awk '/^  / {
			sub(/^ +/, ""); help = $0; sub(/  .*/, "")
			help = substr(help, length + 1); sub(/^ +/, "", help)
			while (match($0, /--[a-zA-Z-]+/)) {
				print substr($0, RSTART, RLENGTH) ":" help
				$0 = substr($0, RSTART + RLENGTH)
			}
		}')"})
		_describe -t options option found
		return
	fi
	_files
}
_nightcast "$@"
