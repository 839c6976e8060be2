/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_SPECS_H
#define NIGHTCAST_CMD_REPORT_SPECS_H

#include "cmd/report/report.h"

/*
 * What the fits of all series have in common: how much each member of a
 * combination counts, "auto(ets 0.23, arima 0.15)", and how often a form was
 * chosen, "ETS(M,A,M)"; and their texts without the weights, of which there
 * are few, "auto(ets #, arima #)".
 */
struct cmd_report_model_specs {
    struct io_intern members;
    double *weight;   /* of each member, summed */
    size_t ncombined; /* fits that have any */
    struct io_intern forms;
    size_t *count; /* of each form */
};

struct cmd_report_specs {
    size_t nmodels;
    struct cmd_report_model_specs *of; /* per model of the report */
    struct io_intern plain;            /* texts without their weights */
    struct io_intern details;
};

/* Accepts a report without fits.  FC_ENOMEM. */
enum fc_status cmd_report_collect(const struct cmd_report *report,
                                  struct cmd_report_specs *specs,
                                  struct fc_error *err);

/*
 * The text without its weights: a weight is a blank, a digit, a point and two
 * digits.  `weights`, unless it is NULL, gets these, in hundredths with blanks
 * between them.  Both have room for the text.
 */
void cmd_report_plain(const char *spec, char *plain, char *weights);

void cmd_report_specs_release(struct cmd_report_specs *specs);

#endif
