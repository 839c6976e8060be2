/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_SCORES_H
#define NIGHTCAST_CMD_TALK_SCORES_H

#include "forecast/measure/score.h"
#include "io/out/atomic_file.h"

#include <stdbool.h>

/*
 * The table of backtest and score: the averages of one model per line, for
 * people in blocks of at most 80 columns, or as CSV with all digits; and
 * the rows the averages were made of, as CSV.
 */
struct cmd_scores {
    const char *count_name; /* of the column of counts: "fallback" */
    const char *const *names;
    size_t n; /* models */
    const struct fc_score_mean *means;
    const size_t *counts;
    const double *seconds; /* or NULL */
    const struct fc_score_shape *shape;
};

/* Prints to standard output. */
void cmd_scores_print(const struct cmd_scores *scores, bool csv);

/* A bar of its MASE for every model, for a terminal; none for a single one. */
void cmd_scores_print_bars(const struct cmd_scores *scores, bool utf8);

/* ",mae,rmse,..., cover-80,msis-80,...,bias,mase-50,rmsse-1,loss-10,...": the
 * end of a header of rows. */
void cmd_scores_write_header(struct io_atomic_file *file,
                             const struct fc_score_shape *shape);

/* The measures of one row, each after a comma; losses are means over the
 * steps. */
void cmd_scores_write(struct io_atomic_file *file, const double *row,
                      size_t steps, const struct fc_score_shape *shape);

/*
 * Commits the n files of rows, each of which may be NULL, unless the table
 * could not be written: then they do not appear either, and FC_EIO.
 */
enum fc_status cmd_scores_commit(struct io_atomic_file **files, size_t n,
                                 struct fc_error *err);

#endif
