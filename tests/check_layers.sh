#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows of the design: cmd -> io and forecast, io -> forecast/base; and
# inside the three, from room to room, down the floors of the table below and
# through doors.  forecast/ prints nothing and never exits.
#
# A line is a room: its floor, its folder, and its doors, the headers that
# other rooms may include ("*": all of them; "-": none, as the families of
# models are known by their rows in forecast/models.h alone).
rooms='
1 forecast/base     *
2 forecast/numeric  *
2 forecast/measure  *
3 forecast          model.h models.h kept.h
2 forecast/known    known.h
4 forecast/simple   -
4 forecast/ets      -
4 forecast/arima    -
4 forecast/ces      -
4 forecast/seasons  strength.h
4 forecast/tbats    -
4 forecast/counts   shared.h class.h
5 forecast/global   sample.h
6 forecast/combine  -
7 forecast/run      *
1 io/text           *
2 io/time           timestamp.h seen.h calendar.h frequency.h names.h period.h
3 io/rows           *
4 io/csv            reader.h source.h table.h keys.h
5 io/panel          panel.h load.h make.h options.h
6 io/store          store.h nights.h results.h scores.h pieces.h
6 io/out            *
6 io/known          known.h terms.h change.h events.h labels.h
1 cmd/talk          *
2 cmd/host          array.h crowd.h deadline.h files.h lock.h memory.h processors.h program.h signals.h stack.h stdin.h threads.h
3 cmd/options       list.h near.h options.h tokens.h
4 cmd/night         night.h
4 cmd/report        report.h summary.h
5 cmd               -
'
# Includes against the table that are still to go: file, header.
exceptions=''
status=0
forbid() { # what it means, pattern, files...
	what=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" "$@" /dev/null; then
		echo "check-layers: $what" >&2
		status=1
	fi
}
all=$(find forecast io cmd -name '*.[ch]' | sort)
core=$(find forecast -name '*.c')

# file, line and header of every include of ours
includes() {
	grep -nE '^#include "' $all |
		sed 's/^\([^:]*\):\([0-9]*\):#include "\([^"]*\)".*/\1 \2 \3/'
}

includes | awk -v rooms="$rooms" -v exceptions="$exceptions" '
	function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
	function name(path) { sub(/.*\//, "", path); return path }
	function top(path) { sub(/\/.*/, "", path); return path }
	function wrong(why) {
		print $1 ":" $2 ": includes " $3 ": " why
		bad = 1
	}
	BEGIN {
		n = split(rooms, line, "\n")
		for (i = 1; i <= n; i++)
			if (split(line[i], word, " ") > 2) {
				floor[word[2]] = word[1]
				for (k = 3; k in word; k++)
					door[word[2], word[k]] = 1
			}
		n = split(exceptions, line, "\n")
		for (i = 1; i <= n; i++)
			if (split(line[i], word, " ") == 2)
				exempt[word[1], word[2]] = 1
	}
	{
		from = folder($1)
		to = folder($3)
		if (!(from in floor) || !(to in floor)) {
			wrong("a folder without a floor in tests/check_layers.sh")
			next
		}
		if (from == to)
			next
		if (($1, $3) in exempt) {
			used[$1, $3] = 1
			next
		}
		if (!((to, "*") in door) && !((to, name($3)) in door))
			wrong("not a door of " to)
		if (top($1) == top($3) && floor[to] >= floor[from])
			wrong("an arrow up, from floor " floor[from] " to " floor[to])
		else if (top($1) == "forecast" && top($3) != "forecast")
			wrong("forecast/ sees nothing else of ours")
		else if (top($1) == "io" && top($3) == "cmd")
			wrong("io/ does not see cmd/")
		else if (top($1) == "io" && top($3) == "forecast" \
		         && to != "forecast/base")
			wrong("io/ sees of forecast/ its base alone")
	}
	END {
		for (e in exempt)
			if (!(e in used)) {
				split(e, word, SUBSEP)
				print word[1] ": an exception for " word[2] " that is not used"
				bad = 1
			}
		exit bad
	}' || status=1

# No headers include each other in a circle, a .c and its .h counted as one.
if ! circles=$(includes | sed 's/\.[ch] [0-9]* / /; s/\.[ch]$//' |
	awk '$1 != $2' | tsort 2>&1 >/dev/null); then
	echo "$circles"
	echo "check-layers: files include each other in a circle" >&2
	status=1
fi
forbid "forecast/ prints, opens files or exits" \
	'\b(printf|fprintf|puts|fopen|getenv|exit|abort) *\(' $core
if grep -lE '#pragma omp|<omp\.h>' $all |
	grep -v '^forecast/base/parallel\.c$'; then
	echo "check-layers: OpenMP outside of forecast/base/parallel.c" >&2
	status=1
fi
forbid "atoi and atof never say that they failed" '\bato[ifl]+ *\(' $all
[ $status -eq 0 ] && echo "check-layers: the layers hold"
exit $status
