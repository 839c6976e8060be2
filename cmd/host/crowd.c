/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/host/crowd.h"

#include <stdbool.h>
#include <stdio.h>

static const double FADES = 0.9; /* from one look to the next */

/* "ran waited slices", the first two in nanoseconds. */
static bool read_times(double *ran, double *waited)
{
    FILE *file = fopen("/proc/self/schedstat", "re");
    if (file == NULL)
        return false;
    int n = fscanf(file, "%lf %lf", ran, waited);
    fclose(file);
    *ran *= 1e-9;
    *waited *= 1e-9;
    return n == 2;
}

double cmd_crowd_look(struct cmd_crowd *crowd)
{
    double ran, waited;
    if (!read_times(&ran, &waited))
        return 1;
    crowd->lately_ran = FADES * crowd->lately_ran + ran - crowd->ran;
    crowd->lately_waited =
        FADES * crowd->lately_waited + waited - crowd->waited;
    crowd->ran = ran;
    crowd->waited = waited;
    return crowd->lately_ran > 0 ? 1 + crowd->lately_waited / crowd->lately_ran
                                 : 1;
}
