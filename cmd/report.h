/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_H
#define NIGHTCAST_CMD_REPORT_H

#include "io/shard.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What became of the series of a run, and the words for it: the same whether
 * one run forecast them or several did.
 */
struct cmd_tally {
    size_t n;                    /* series */
    size_t ok, fallback, failed; /* of several models, the worst */
    size_t none;                 /* series that no model could forecast */
    size_t early;                /* series that end before the file does */
};

struct cmd_story {
    const char *models; /* as asked for */
    bool several;       /* of them */
    const char *fallback;
    bool common; /* --align common */
    struct io_shard shard;
};

/* "2,994 of 3,003 series forecast with ets, 9 with fallback snaive" */
enum { CMD_STORY_SIZE = 700 };
void cmd_story_text(const struct cmd_story *story,
                    const struct cmd_tally *tally, char line[CMD_STORY_SIZE]);

#endif
