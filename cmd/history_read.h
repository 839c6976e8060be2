/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HISTORY_READ_H
#define NIGHTCAST_CMD_HISTORY_READ_H

#include "forecast/base/status.h"
#include "io/store/nights.h"
#include "io/store/scores.h"

/*
 * What `nightcast history` tells, gathered from one store or several.
 */
enum { CMD_HISTORY_LEVELS = 8, CMD_HISTORY_MODEL = 64 };

/* How many values were inside of the intervals of a level. */
struct cmd_level_count {
    double level;
    int64_t compared, inside;
};

/* How some forecasts turned out. */
struct cmd_turned_out {
    char model[CMD_HISTORY_MODEL];
    size_t store;
    int64_t night, lead; /* 0: of all */
    struct io_errors errors;
    struct cmd_level_count levels[CMD_HISTORY_LEVELS]; /* as they came */
    int nlevels;
};

/* A night, its texts copied. */
struct cmd_night_line {
    size_t store;
    struct io_night night; /* levels and program: not to be used */
    char origin[32];
};

/* A series by a model. */
struct cmd_series_line {
    char *id;
    struct cmd_turned_out turned_out;
    double signal;
    bool drifting;
};

/* A forecast that moved: by how much, in units of its scale, over the values
   that both nights have forecast. */
struct cmd_change {
    char *id;
    char model[CMD_HISTORY_MODEL];
    double moved, before, after; /* means over these values */
    size_t store;
    int64_t night, why;
    bool relearnt;
};

struct cmd_history {
    struct cmd_night_line *nights;
    size_t nnights;
    struct cmd_turned_out *scores; /* by night and model, or model and lead */
    size_t nscores;
    struct cmd_series_line *series; /* the worst first */
    size_t nseries;
    struct cmd_change *changes; /* the largest first */
    size_t nchanges;
};

/* What is read beside the nights, any of them together.  Leads are the scores
   again, added up by lead instead of by night: one of the two. */
enum cmd_history_part {
    CMD_HISTORY_SCORES = 1,
    CMD_HISTORY_LEADS = 2,
    CMD_HISTORY_SERIES = 4,
    CMD_HISTORY_CHANGES = 8
};

/* The parts of all these stores, each store read once. */
enum fc_status cmd_history_read(const char *const *stores, size_t nstores,
                                unsigned parts, struct cmd_history *history,
                                struct fc_error *err);

/* "past values corrected, surprising value" */
void cmd_change_why(const struct cmd_change *change, char text[100]);

void cmd_history_release(struct cmd_history *history);

#endif
