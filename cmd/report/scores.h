/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_SCORES_H
#define NIGHTCAST_CMD_REPORT_SCORES_H

#include "io/panel/panel.h"
#include "io/text/intern.h"

/*
 * The errors of forecasts, for a report: sums per series and per step, of
 * every model.  Measures as in forecast/measure/accuracy.h; errors are scaled
 * by the whole history that the report has.
 */

/* Of one series, summed over steps and origins. */
struct cmd_report_score {
    double abs, smape, error; /* error: forecast minus actual value */
    double mase;              /* summed over nmase origins */
    uint32_t n, nmase;
    uint32_t inside, compared; /* of the widest interval */
};

/* Of one step ahead, over all series. */
struct cmd_report_step {
    double scaled; /* absolute errors, over their series' scale */
    size_t n;
};

struct cmd_report_model {
    struct cmd_report_score *of;  /* per series */
    struct cmd_report_step *step; /* nsteps of them */
    size_t *inside, *compared;    /* nsteps times nlevels */
    size_t nsteps;
    double seconds; /* that its forecasts took, or 0 */
};

struct cmd_report_scores {
    const char *file; /* where they come from */
    bool backtest;    /* else of forecasts that turned out */
    size_t nseries;
    double *scale; /* per series; NaN: none */
    int nlevels;
    double *levels; /* ascending */
    struct io_intern models;
    size_t nmodels; /* that have their place */
    struct cmd_report_model *model;
};

/* A forecast that there is an actual value for. */
struct cmd_report_outcome {
    size_t series;
    size_t step; /* the first is 0 */
    double actual, mean;
    const double *lo, *hi; /* per level; NaN: not there */
};

/* Copies the levels.  FC_ENOMEM. */
enum fc_status cmd_report_scores_init(struct cmd_report_scores *scores,
                                      const struct io_panel *panel, int season,
                                      const double *levels, int nlevels,
                                      struct fc_error *err);

/* The model's number, which is new if its name is; IO_INTERN_FULL when memory
   is short. */
uint32_t cmd_report_scores_model(struct cmd_report_scores *scores,
                                 const char *name, size_t length);

/* False when memory is short. */
bool cmd_report_scores_add(struct cmd_report_scores *scores, uint32_t model,
                           const struct cmd_report_outcome *outcome);

/* The mean of a series' MASE over its origins; NaN: it has none. */
double cmd_report_mase(const struct cmd_report_score *score);

/*
 * What `backtest -o`, `score -o` or `backtest --steps` wrote, told apart by
 * its columns.
 *
 *   ids      the panel's series by their numbers
 *   unknown  out: rows of series that are not among them
 *
 * FC_EIO, FC_EDATA, FC_ENOMEM.
 */
enum fc_status cmd_report_scores_read(const char *path,
                                      const struct io_panel *panel, int season,
                                      const struct io_intern *ids,
                                      struct cmd_report_scores *scores,
                                      size_t *unknown, struct fc_error *err);

/* Accepts what was never initialised, zeroed. */
void cmd_report_scores_release(struct cmd_report_scores *scores);

#endif
