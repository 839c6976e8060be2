/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_TERMINAL_H
#define NIGHTCAST_CMD_TALK_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What can be shown where output goes: asked once, of the file descriptor and
 * the environment.
 *
 *   is_terminal  a person may be watching
 *   utf8         by LC_ALL, else LC_CTYPE, else LANG (POSIX, section 8.2);
 *                only the names count, since the locale need not be installed
 *   colour       on a terminal, unless NO_COLOR (https://no-color.org) is set
 *                and not empty, or TERM is "dumb" or not there
 *   columns      80 where there is no terminal
 */
struct cmd_terminal {
    bool is_terminal, utf8, colour;
    size_t columns;
};

struct cmd_terminal cmd_terminal_of(int fd);

/* Whether a locale of that name is UTF-8; NULL is none. */
bool cmd_locale_is_utf8(const char *name);

/*
 * A row of small bars, n values in at most `columns` characters (means of
 * neighbours if there are more), lowest to highest; gaps where values are
 * missing.  Room for CMD_SPARK_SIZE bytes; returns out.
 */
enum { CMD_SPARK_COLUMNS = 60, CMD_SPARK_SIZE = 3 * CMD_SPARK_COLUMNS + 1 };
const char *cmd_spark(const double *y, size_t n, size_t columns, bool utf8,
                      char out[CMD_SPARK_SIZE]);

/* A bar that fills the share (0 .. 1) of `columns`, at most
 * CMD_SPARK_COLUMNS; any share above nothing shows. */
const char *cmd_bar(double share, size_t columns, bool utf8,
                    char out[CMD_SPARK_SIZE]);

#endif
