/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_STORY_H
#define NIGHTCAST_CMD_TALK_STORY_H

#include "cmd/talk/talk.h"
#include "io/rows/shard.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What became of the series of a run, and the words for it: the same whether
 * one run forecast them or several did.
 */
struct cmd_tally {
    size_t n;                    /* series */
    size_t ok, fallback, failed; /* of several models, the worst */
    size_t late;                 /* likewise: not forecast in time */
    size_t none;                 /* series that no model could forecast */
    size_t early;                /* series that end before the file does */
    size_t replaced;             /* series with absurd intervals replaced */
    size_t stale;                /* series left out by --stale: none of these */
    size_t filled, gappy; /* steps that had no value, of so many series */
    size_t mostly;        /* series of which more than half had none */
    /* with a store: */
    size_t unchanged; /* series whose last results still held */
    size_t warm;      /* series that started from their last fits */
    size_t corrected; /* series of which past values had changed */
    size_t drifting;  /* series whose forecasts go astray */
};

struct cmd_story {
    const char *models; /* as asked for */
    bool several;       /* of them */
    const char *fallback;
    bool common;      /* --align common */
    const char *gaps; /* --gaps */
    struct io_shard shard;
    bool store;    /* there is one */
    bool deadline; /* likewise */
    bool known;    /* there are regressors, which may lack values */
};

/* "2,994 of 3,003 series forecast with ets, 9 with fallback snaive" */
enum { CMD_STORY_SIZE = 900 };
void cmd_story_text(const struct cmd_story *story,
                    const struct cmd_tally *tally, char line[CMD_STORY_SIZE]);

/* How a run ended. */
struct cmd_end {
    const char *command, *output;
    double seconds;
    int threads;
};

/* The same for a machine; they end with one without a name. */
enum { CMD_STORY_FIELDS = 21 };
void cmd_story_fields(const struct cmd_story *story,
                      const struct cmd_tally *tally, const struct cmd_end *end,
                      struct cmd_field fields[CMD_STORY_FIELDS]);

/* Whether every series was forecast as asked: exit status 0. */
bool cmd_tally_is_good(const struct cmd_tally *tally);

#endif
