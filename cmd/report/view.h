/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_VIEW_H
#define NIGHTCAST_CMD_REPORT_VIEW_H

#include "cmd/report/report.h"

/*
 * What stands out among the series of a report, and which of them a page of
 * bounded size shows.
 */
enum cmd_report_finding {
    CMD_FOUND_FAILED,
    CMD_FOUND_FALLBACK,
    CMD_FOUND_LATE,     /* late or stale, by its status */
    CMD_FOUND_ABSURD,   /* intervals were, and were replaced */
    CMD_FOUND_OUTSIDE,  /* half of the actual values outside of the widest
                           interval, of four or more */
    CMD_FOUND_DRIFTING, /* MASE of 2 or more and errors all one way: their sum
                           is nine tenths of their absolute sum, of six or more;
                           or the store says so */
    CMD_FOUND_JUMPS,    /* the forecast leaves the last season's values by four
                           times what seasons usually differ by, or more */
    CMD_FOUND_FILLED,   /* most steps had no value */
    CMD_FOUND_EARLY,    /* ends before the file does */
    CMD_FINDINGS
};

struct cmd_report_view {
    uint16_t *found; /* per series: bits of its findings */
    size_t count[CMD_FINDINGS];
    double *volume; /* mean absolute value of the last season; NaN: none */
    double *change; /* mean difference from it, scaled; NaN: not known */
    double *error;  /* MASE of the first model; NaN: not known */
    bool *shown;
    size_t nshown;
    size_t history; /* observations of a series that are shown, at most */
    bool trimmed;   /* some have more */
};

/* FC_ENOMEM. */
enum fc_status cmd_report_look(const struct cmd_report *report,
                               struct cmd_report_view *view,
                               struct fc_error *err);

/* The status of a series under a model; never NULL. */
const char *cmd_report_status(const struct cmd_report *report, size_t series,
                              size_t model);

/* The forecasts of a series by a model. */
struct fc_forecast cmd_report_forecast(const struct cmd_report *report,
                                       size_t series, size_t model);

/* Whether it has any. */
bool cmd_report_has_forecast(const struct cmd_report *report, size_t series,
                             size_t model);

/* Where scores have a model of the report, or SIZE_MAX. */
size_t cmd_report_model_in(const struct cmd_report_scores *scores,
                           const char *name);

/* Accepts what was never looked at, zeroed. */
void cmd_report_view_release(struct cmd_report_view *view);

#endif
