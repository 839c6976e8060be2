/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_REPORT_H
#define NIGHTCAST_CMD_REPORT_REPORT_H

#include "cmd/report/lines.h"
#include "cmd/report/parts.h"
#include "cmd/report/past.h"
#include "cmd/report/scores.h"
#include "io/out/atomic_file.h"
#include "io/panel/panel.h"

/*
 * A page to look at: one HTML file that loads nothing, with the series of a
 * panel, their forecasts, and what is known of these.
 */

/* What became of a series under a model; a text may be NULL. */
struct cmd_report_fit {
    const char *status; /* "ok", "fallback", "failed", ... */
    const char *detail, *spec;
    double seconds;
};

/* The files that were looked at, as the user named them; NULL: none. */
struct cmd_report_files {
    const char *forecasts, *actuals, *train, *summary, *scores, *trace, *store;
    const char *components;
};

/* All of it is borrowed. */
struct cmd_report {
    struct cmd_report_files files;
    const struct io_panel *panel;
    int season;
    size_t nmodels;
    const char *const *models;
    int horizon;
    int nlevels;
    const double *levels;
    /* of every series, and in it of every model: fc_forecast_size() numbers;
       a mean that is NaN is not there, nor is any of a fit that failed */
    const double *numbers;
    const double *actual;                /* horizon of every series, or NULL */
    const struct cmd_report_fit *fits;   /* series by series, or NULL */
    const struct cmd_report_scores *now; /* by actual values, or NULL */
    const struct cmd_report_scores *before; /* by --scores, or NULL */
    const struct cmd_report_lines *lines;   /* or NULL */
    const struct cmd_report_past *past;     /* or NULL */
    struct cmd_report_parts *parts;         /* or NULL */
    const char *wanted; /* ids, separated by commas, or NULL */
    size_t nextra;      /* forecasts of nothing that is here */
    const char *extra;  /* the first of them */
};

/* Why this program cannot make one, or NULL: its charts are a library's, which
   must have been there when it was built. */
const char *cmd_report_lacks(void);

/* FC_ENOMEM.  A failed write stays with the file until its commit. */
enum fc_status cmd_report_write(const struct cmd_report *report,
                                struct io_atomic_file *file,
                                struct fc_error *err);

#endif
