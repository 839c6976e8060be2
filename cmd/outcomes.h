/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OUTCOMES_H
#define NIGHTCAST_CMD_OUTCOMES_H

#include "cmd/night/night.h"
#include "cmd/talk/story.h"
#include "cmd/work.h"
#include "forecast/run/batch.h"

/*
 * What became of the series of a run of `nightcast forecast`, in numbers and
 * in words.
 */
struct cmd_run {
    const struct cmd_options *options;
    struct cmd_work work;
    struct fc_batch batch;
    struct cmd_night night; /* --store */
    size_t *order;          /* --deadline: of the series; else NULL */
    struct cmd_tally tally;
    double seconds[3];      /* read, fit, write */
    struct fc_trace *trace; /* of all that, or NULL */
};

const struct fc_result *cmd_result_of(const struct cmd_run *run, size_t series,
                                      size_t spec);

/* The worst outcome over the models asked for. */
/* Whether --stale leaves it out: no outcome at all. */
bool cmd_is_stale(const struct cmd_run *run, size_t series);

enum fc_outcome cmd_outcome_of(const struct cmd_run *run, size_t series);

struct cmd_tally cmd_count_outcomes(const struct cmd_run *run);

/* Its status under a model, in the summary's word: "ok", "fallback", ... */
const char *cmd_status_of(const struct cmd_run *run, size_t series,
                          size_t spec);

/* What regressors have taught, in this run or before it; or NULL. */
static inline const struct fc_known *cmd_known_of(const struct cmd_run *run)
{
    return run->batch.known != NULL ? run->batch.known : run->batch.job.known;
}

/* In words: what was repaired in a series, and how its fit went. */
void cmd_describe(const struct cmd_run *run, size_t series, size_t spec,
                  char *text, size_t size);

#endif
