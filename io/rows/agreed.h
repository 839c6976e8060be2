/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_AGREED_H
#define NIGHTCAST_IO_ROWS_AGREED_H

#include "io/time/frequency.h"
#include "io/time/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What a whole input decides for its series, known before it is read, so that
 * each of several runs can read some of its files.  A file that says otherwise
 * is refused.  Where this is given nothing is inferred, and what is wrong with
 * a series names the file that the series is in.
 */
struct io_agreed {
    const char *source;            /* who says so, for messages */
    const char *id, *time, *value; /* columns, as --id, --time and --value
                                      would name them; wide: the first alone */
    bool wide;
    char decimal; /* '.' or ',' */
    struct io_time_format format;
    struct io_freq freq;
    int64_t first, last; /* timestamps, over all series */
};

#endif
