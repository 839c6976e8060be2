/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_PARTS_H
#define NIGHTCAST_CMD_REPORT_PARTS_H

#include "forecast/base/status.h"
#include "io/out/atomic_file.h"
#include "io/text/intern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What forecasts are made of, step by step: a base, and what each regressor
 * and event adds to it.  They add up to the mean.
 */
struct cmd_report_part {
    uint32_t name;
    double *value; /* horizon of them; NaN: it adds nothing */
};

/* Of a series under a model, in the file's order. */
struct cmd_report_made {
    struct cmd_report_part *part;
    uint32_t n, room;
};

struct cmd_report_parts;

/* Makes what one series is made of under each model, when it is wanted, with
 * cmd_report_parts_values(), names being there.  FC_ENOMEM. */
typedef enum fc_status cmd_report_parts_make(void *context, size_t series,
                                             struct cmd_report_parts *parts,
                                             struct fc_error *err);

/*
 * Of all series at once, as they are read, or (make) of one at a time, as a run
 * has them that is at hand: then nothing is kept.
 */
struct cmd_report_parts {
    cmd_report_parts_make *make; /* or NULL */
    void *context;
    struct io_intern names;
    size_t nseries, nmodels;
    int horizon;
    double usual;               /* numbers of a series, roughly */
    struct cmd_report_made *of; /* series by series, model by model; with make,
                                   of one series */
    size_t unknown;             /* rows of no forecast that is here */
    char first[200];            /* where the first of them is, and what */
};

/* Where forecasts are. */
struct cmd_report_where {
    const struct io_intern *ids, *models;
    int horizon;
    /* the step of a series with that timestamp, SIZE_MAX: it has none */
    size_t (*step)(const void *context, uint32_t series, const char *time,
                   size_t length);
    const void *context;
};

/*
 * What `forecast --components` wrote.  FC_EIO, FC_ENOMEM; FC_EDATA with the
 * line for other columns, for what is no number, for a component that is there
 * twice, and when nothing is of a forecast that is here.
 */
enum fc_status cmd_report_parts_read(const char *path,
                                     const struct cmd_report_where *where,
                                     struct cmd_report_parts *parts,
                                     struct fc_error *err);

/* Room for models of steps, where parts are made.  False when memory is short.
 */
bool cmd_report_parts_init(struct cmd_report_parts *parts, size_t nmodels,
                           int horizon);

/* The values of a component under a model, all NaN when it is new; NULL when
 * memory is short. */
double *cmd_report_parts_values(struct cmd_report_parts *parts, size_t model,
                                uint32_t name);

/* The parts of a series under a model, or NULL when it has but a base. */
const struct cmd_report_made *cmd_report_made_of(
    const struct cmd_report_parts *parts, size_t series, size_t model);

/* ,"k":[model: [[name, values], ...], ...] of a series; nothing if it has but
   bases.  FC_ENOMEM. */
enum fc_status cmd_report_parts_put(struct cmd_report_parts *parts,
                                    size_t series, struct io_atomic_file *file,
                                    struct fc_error *err);

/* Accepts what was never read, zeroed. */
void cmd_report_parts_release(struct cmd_report_parts *parts);

#endif
