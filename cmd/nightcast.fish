# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for nightcast.  The commands, options and models are asked
# from the program itself, so that this file need not change with them.
function __nightcast_commands
    nightcast --help 2>/dev/null |
        string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end

# Long options of the command that stands on the line, with their help
function __nightcast_options
    set -l words (commandline -opc)
    test (count $words) -ge 2; or return
    set -l help (nightcast $words[2] --help 2>/dev/null)
    string replace -rf '^ +(?:-[a-zA-Z], )?(--[a-zA-Z-]+)(?: [^ ]+)?  +(.*)' '$1\t$2' -- $help
    # and those that have a name only
    string match -r '^      --[a-zA-Z-]+(?: [^ ]+)?,.*|^      --[^ ]+ [^ ]+ \(manual\)$' -- $help |
        string match -ra -- '--[a-zA-Z-]+'
end

# Models, behind those of the list that is being typed
function __nightcast_models
    set -l before (string match -r '^.*,' -- (commandline -ct))
    nightcast models 2>/dev/null | string replace -rf '^([^ ]+) +(.*)' "$before"'$1\t$2'
end

complete -c nightcast -n __fish_use_subcommand -f -a '(__nightcast_commands)'
complete -c nightcast -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' \
    -f -a '(__nightcast_options)'
complete -c nightcast -n 'not __fish_use_subcommand' -s m -l model -x -a '(__nightcast_models)'
complete -c nightcast -n 'not __fish_use_subcommand' -l fallback -x -a '(__nightcast_models) none'
complete -c nightcast -n 'not __fish_use_subcommand' -l gaps -x -a 'interpolate zero previous error'
complete -c nightcast -n 'not __fish_use_subcommand' -l align -x -a 'own common'
complete -c nightcast -n 'not __fish_use_subcommand' -l duplicates -x -a 'error sum mean last'
complete -c nightcast -n 'not __fish_use_subcommand' -l missing-regressors -x -a 'error previous zero'
complete -c nightcast -n 'not __fish_use_subcommand' -l progress -x -a 'auto always never'
complete -c nightcast -n 'not __fish_use_subcommand' -l log-format -x -a 'text json'
complete -c nightcast -n 'not __fish_use_subcommand' -l by -x -a 'night lead series'
complete -c nightcast -n 'not __fish_use_subcommand' -l decimal -x -a 'auto . ,'
complete -c nightcast -n 'not __fish_use_subcommand' -l encoding -x -a 'windows-1252 ISO-8859-1 UTF-16LE UTF-16BE UTF-8'
complete -c nightcast -n 'not __fish_use_subcommand' -l time-format -x -a 'excel %d/%m/%Y %m/%d/%Y %d.%m.%Y'
complete -c nightcast -n 'not __fish_use_subcommand' -l freq -x -a 'H D B W M Q Y 15min'
