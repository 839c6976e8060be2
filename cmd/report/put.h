/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_PUT_H
#define NIGHTCAST_CMD_REPORT_PUT_H

#include "cmd/report/report.h"
#include "cmd/report/specs.h"
#include "cmd/report/totals.h"
#include "cmd/report/view.h"

/*
 * Pieces of the page's JSON.
 */

/* What is written from, and to. */
struct cmd_report_writer {
    const struct cmd_report *report;
    struct io_atomic_file *file;
    struct cmd_report_view view;
    struct cmd_report_specs specs;
    struct cmd_report_totals totals;
    char *plain, *weights; /* room for the longest spec */
};

void cmd_put_raw(struct cmd_report_writer *w, const char *text);

/* ,"name": or, of a name that begins with a bracket, {"name": */
void cmd_put_key(struct cmd_report_writer *w, const char *name);

/* A key and its value. */
void cmd_put_text(struct cmd_report_writer *w, const char *name,
                  const char *value);
void cmd_put_count(struct cmd_report_writer *w, const char *name, size_t n);
void cmd_put_flag(struct cmd_report_writer *w, const char *name, bool value);

/* A key and an array of n. */
void cmd_put_numbers(struct cmd_report_writer *w, const char *name,
                     const double *x, size_t n);
void cmd_put_texts(struct cmd_report_writer *w, const char *name,
                   const char *const *x, size_t n);

/* Between the i-th of an array and the one before. */
void cmd_put_comma(struct cmd_report_writer *w, size_t i);

void cmd_put_integer(struct cmd_report_writer *w, int64_t n);

/* Six digits are enough for what is computed for a picture; not finite: null.
 */
void cmd_put_rounded(struct cmd_report_writer *w, double x);

#endif
