/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_SAID_H
#define NIGHTCAST_IO_STORE_SAID_H

#include <stddef.h>
#include <stdint.h>

/* What a night said of a series by a model. */
struct io_said {
    int64_t night, series, model;
    int64_t origin; /* the timestamp after which step 1 comes */
    double scale;   /* of its errors; NaN: none */
    int exponent;   /* the numbers are in units of 2^exponent */
    size_t n;
    const float *numbers; /* a quantity after the other, of each all steps */
    size_t steps;         /* of a quantity; 0: n, of one */
    size_t first, end;    /* asked for: so many are read; end 0: all */
};

#endif
