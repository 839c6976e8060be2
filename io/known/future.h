/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_FUTURE_H
#define NIGHTCAST_IO_KNOWN_FUTURE_H

#include <stdint.h>

/* Rows of the file of the future, and what of them is of no use. */
struct io_future_rows {
    uint64_t n;
    uint64_t used;    /* in the horizon of a series */
    uint64_t beyond;  /* after it */
    uint64_t strange; /* of no series of the panel */
    char *id;         /* the first of these, or NULL */
    uint64_t odd;     /* their time is no step of their series, or they have
                         more or fewer fields than the header */
    uint64_t line;    /* of the first such row */
};

#endif
