#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows of the design: cmd -> io, cmd -> forecast; io sees of forecast
# only the two ends of the core and the parallel map; forecast sees nothing
# else of ours, prints nothing and never exits.
status=0
forbid() { # what it means, pattern, files...
	what=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" "$@" /dev/null; then
		echo "check-layers: $what" >&2
		status=1
	fi
}
forbid "forecast/ includes io/ or cmd/" '^#include "(io|cmd|tests)/' \
	forecast/*.[ch]
forbid "io/ includes cmd/" '^#include "(cmd|tests)/' io/*.[ch]
allowed='series|status|parallel|workspace'
if grep -nE '^#include "forecast/' io/*.[ch] |
	grep -vE "forecast/($allowed)\\.h"; then
	echo "check-layers: io/ includes more of forecast/ than it may" >&2
	status=1
fi
forbid "forecast/ prints, opens files or exits" \
	'\b(printf|fprintf|puts|fopen|getenv|exit|abort) *\(' forecast/*.c
if grep -lE '#pragma omp|<omp\.h>' forecast/*.c io/*.c cmd/*.c |
	grep -v '^forecast/parallel\.c$'; then
	echo "check-layers: OpenMP outside of forecast/parallel.c" >&2
	status=1
fi
forbid "atoi and atof never say that they failed" '\bato[ifl]+ *\(' \
	forecast/*.c io/*.c cmd/*.c
[ $status -eq 0 ] && echo "check-layers: the layers hold"
exit $status
