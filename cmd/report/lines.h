/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_LINES_H
#define NIGHTCAST_CMD_REPORT_LINES_H

#include "forecast/base/status.h"
#include "forecast/base/trace.h"
#include "io/text/intern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The time line of a run: which thread did what when.  Stretches that would be
 * too short to be seen are joined with their neighbours.
 */
enum cmd_report_work {
    CMD_WORK_PHASE, /* on the track of the run: read, learn, fit, write */
    CMD_WORK_PARSE,
    CMD_WORK_LEARN,
    CMD_WORK_FIT
};

struct cmd_report_stretch {
    double start, end; /* seconds from the run's begin */
    const char *name;  /* of a phase */
    uint32_t series;   /* of a fit, the longest of them; UINT32_MAX: none */
    uint32_t track;    /* 0 is the run itself */
    uint32_t count;    /* joined */
    enum cmd_report_work work;
};

struct cmd_report_lines {
    struct cmd_report_stretch *at;
    size_t n, room;
    uint32_t ntracks;
    double end;    /* of the run */
    double worked; /* by all threads together */
    struct io_intern names;
};

/* False when memory is short. */
bool cmd_report_lines_add(struct cmd_report_lines *lines,
                          const struct cmd_report_stretch *stretch);

/* Orders and joins. */
void cmd_report_lines_finish(struct cmd_report_lines *lines);

/* Of a run's own trace; an item of a fit is series * nspecs + spec. */
enum fc_status cmd_report_lines_of(const struct fc_trace *trace, size_t nspecs,
                                   struct cmd_report_lines *lines,
                                   struct fc_error *err);

/*
 * What `forecast --trace` wrote.  Fits of series that are not among ids belong
 * to none.  FC_EIO, FC_EDATA with the line, FC_ENOMEM.
 */
enum fc_status cmd_report_lines_read(const char *path,
                                     const struct io_intern *ids,
                                     struct cmd_report_lines *lines,
                                     struct fc_error *err);

/* Accepts what was never read, zeroed. */
void cmd_report_lines_release(struct cmd_report_lines *lines);

#endif
