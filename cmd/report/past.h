/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_PAST_H
#define NIGHTCAST_CMD_REPORT_PAST_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the store of a job's nights knows, as a report shows it.
 */

/* So many of the last nights' forecasts are shown with a series. */
enum { CMD_REPORT_NIGHTS = 6 };

struct cmd_report_night {
    int64_t night, series, failed, fallback, late, corrected, drifting;
    double seconds;
    const char *origin;
};

/* How a night's forecasts by a model turned out, in units of the series'
   scales.  NaN: not known. */
struct cmd_report_turned {
    int64_t night, n;
    const char *model;
    double mase, bias, added; /* by how much they beat the seasonal naive */
    double level;             /* of the widest interval, percent */
    double inside;            /* how much of it came true, 0 to 1 */
};

/* A forecast that moved from one night to the next. */
struct cmd_report_moved {
    size_t series; /* of the panel; SIZE_MAX: it is not there */
    const char *id, *model;
    double moved; /* in units of the scale */
    double before, after;
    char why[100];
};

/* How a series' forecasts by the first model turned out, all nights. */
struct cmd_report_standing {
    int64_t n, compared, inside;
    double mase, bias, level;
    bool drifting;
};

/* What a night said of a series: the means of step `first` of the series (0
   is the first of its values) and of those behind. */
struct cmd_report_said {
    int64_t night, first;
    size_t n;
    double *means; /* room for as many as the longest horizon */
};

struct cmd_report_past {
    const char *file;
    const struct cmd_report_night *nights; /* the oldest first */
    size_t nnights;
    const struct cmd_report_turned *turned; /* by night, then by model */
    size_t nturned;
    const struct cmd_report_moved *moved; /* the most first */
    size_t nmoved;                        /* as many as are worth a look */
    size_t nmoved_all;
    const struct cmd_report_standing *of; /* each series of the panel */
    int64_t horizon;                      /* the longest of them */

    /* What nights said of a series before the forecasts that the report is
       of, the oldest first; *n of them. */
    enum fc_status (*recall)(void *context, size_t series,
                             struct cmd_report_said said[CMD_REPORT_NIGHTS],
                             size_t *n, struct fc_error *err);
    void *context;
};

#endif
