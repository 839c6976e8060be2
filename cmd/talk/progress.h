/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_PROGRESS_H
#define NIGHTCAST_CMD_TALK_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A progress bar of one line, redrawn about ten times a second at most:
 *
 *  1,204/3,003 series  40% [========>           ] 812 series/s, 2 s left
 *
 * Terminals too narrow for all of it get the parts that fit.  When it is off
 * nothing is ever written.
 */
enum cmd_when { CMD_AUTO, CMD_ALWAYS, CMD_NEVER };

struct cmd_progress {
    int fd; /* -1: off */
    const char *unit;
    double start, drawn; /* seconds by a clock that never goes back */
    size_t shown;        /* columns that have to be erased */
};

/*
 * Starts the clock.  CMD_AUTO: if fd is a terminal.  unit says what is being
 * counted, "series".
 */
void cmd_progress_init(struct cmd_progress *progress, enum cmd_when when,
                       int fd, const char *unit);

/*
 * Tells how far it is; draws if it is time to.  Fit to be the progress
 * callback of a parallel map: progress is a struct cmd_progress *.
 */
void cmd_progress_update(void *progress, size_t done, size_t n);

/* Erases the bar: at the end, and before anything else is written. */
void cmd_progress_clear(struct cmd_progress *progress);

/*
 * The bar's text after so many seconds, at most `columns` wide; its length.
 * Room for CMD_PROGRESS_SIZE bytes.
 */
enum { CMD_PROGRESS_SIZE = 256 };

size_t cmd_progress_text(char text[CMD_PROGRESS_SIZE], size_t columns,
                         size_t done, size_t n, double seconds,
                         const char *unit);

#endif
