/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_SEEN_H
#define NIGHTCAST_IO_TIME_SEEN_H

#include "io/text/example.h"
#include "io/time/format.h"

/*
 * What the timestamps of a file say of their form where one of them does not
 * tell: 01/02/2023 may be of January or of February, 20230102 a number.  Of
 * two formats, the likelier and its rival, how many fit one alone.
 */
struct io_time_seen {
    struct io_example only;  /* the format's */
    struct io_example rival; /* the rival's */
    struct io_example either;
    unsigned style; /* of all: see io_time_format */
    int fraction;
};

/* Those of what follows, whose line 0 is the one given. */
void io_time_seen_merge(struct io_time_seen *seen,
                        const struct io_time_seen *next, uint64_t line);

#endif
