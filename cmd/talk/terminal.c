/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* TIOCGWINSZ, strcasestr */
#include "cmd/talk/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, EIGHTHS = 8 };

bool cmd_locale_is_utf8(const char *name)
{
    return name != NULL
           && (strcasestr(name, "utf-8") != NULL
               || strcasestr(name, "utf8") != NULL);
}

/* The first of the three that says anything decides. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return cmd_locale_is_utf8(value);
    }
    return false;
}

static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no == NULL || *no == '\0') && term != NULL && *term != '\0'
           && strcmp(term, "dumb") != 0;
}

struct cmd_terminal cmd_terminal_of(int fd)
{
    struct winsize size = {0};
    struct cmd_terminal t = {.is_terminal = isatty(fd) == 1,
                             .utf8 = locale_is_utf8(),
                             .columns = USUAL_COLUMNS};
    t.colour = t.is_terminal && wants_colour();
    if (t.is_terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        t.columns = size.ws_col;
    return t;
}

static const char *const blocks[EIGHTHS] = {
    "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
    "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"};
static const char *const ascii[EIGHTHS] = {"_", ".", ":", "-",
                                           "=", "+", "*", "#"};

/* The mean of y[from .. to - 1] without what is missing; NaN: all is. */
static double mean_of(const double *y, size_t from, size_t to)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (isnan(y[i]))
            continue;
        sum += y[i] / (double)(to - from); /* no overflow */
        n++;
    }
    return n > 0 ? sum * ((double)(to - from) / (double)n) : NAN;
}

const char *cmd_spark(const double *y, size_t n, size_t columns, bool utf8,
                      char out[CMD_SPARK_SIZE])
{
    double mean[CMD_SPARK_COLUMNS], least = INFINITY, most = -INFINITY;
    char *to = out;
    size_t wide = columns < CMD_SPARK_COLUMNS ? columns : CMD_SPARK_COLUMNS;
    wide = n < wide ? n : wide;
    for (size_t i = 0; i < wide; i++) {
        mean[i] = mean_of(y, i * n / wide, (i + 1) * n / wide);
        least = mean[i] < least ? mean[i] : least;
        most = mean[i] > most ? mean[i] : most;
    }
    for (size_t i = 0; i < wide; i++) {
        double share = (mean[i] / 2 - least / 2) / (most / 2 - least / 2);
        int k = most > least ? (int)(share * (EIGHTHS - 0.001)) : EIGHTHS / 2;
        to = stpcpy(to, isnan(mean[i]) ? " " : (utf8 ? blocks : ascii)[k]);
    }
    *to = '\0';
    return out;
}

const char *cmd_bar(double share, size_t columns, bool utf8,
                    char out[CMD_SPARK_SIZE])
{
    /* left blocks of one to seven eighths */
    static const char *const parts[EIGHTHS] = {"",
                                               "\xe2\x96\x8f",
                                               "\xe2\x96\x8e",
                                               "\xe2\x96\x8d",
                                               "\xe2\x96\x8c",
                                               "\xe2\x96\x8b",
                                               "\xe2\x96\x8a",
                                               "\xe2\x96\x89"};
    size_t wide = columns < CMD_SPARK_COLUMNS ? columns : CMD_SPARK_COLUMNS;
    char *to = out;
    share = share > 0 ? (share < 1 ? share : 1) : 0;
    size_t eighths = (size_t)(share * (double)(wide * EIGHTHS) + 0.5);
    eighths = eighths == 0 && share > 0 ? 1 : eighths;
    for (size_t i = 0; i < eighths / EIGHTHS; i++)
        to = stpcpy(to, utf8 ? blocks[EIGHTHS - 1] : "#");
    if (eighths % EIGHTHS > 0)
        to = stpcpy(to, utf8 ? parts[eighths % EIGHTHS] : "#");
    *to = '\0';
    return out;
}
