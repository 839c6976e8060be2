/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_PERIOD_H
#define NIGHTCAST_IO_TIME_PERIOD_H

/*
 * Periods of time as people write them: "2020-03-15..2020-06-30".
 */
#include "forecast/base/status.h"
#include "io/time/timestamp.h"

#include <stdbool.h>

/* From the first instant to the last, both of it. */
struct io_period {
    int64_t first, last; /* INT64_MIN, INT64_MAX: open */
    const char *text;    /* as written, n bytes of the list */
    size_t n;
};

struct io_periods {
    struct io_period *at;
    size_t n;
};

/*
 * A date or another timestamp, as a file of the format has it, or by ISO 8601:
 * 2020-03-15, 2020-03, 2020-Q1, 2020-W12, 2020.  A day reaches to its last
 * second, a month to its last day.  Returns NULL, or what is wrong as
 * io_time_parse() does.
 */
const char *io_period_parse_one(const char *text, size_t n,
                                const struct io_time_format *format,
                                struct io_period *period);

/*
 * A list of FIRST..LAST, one of which may be left out, or a single one, with
 * commas between them.  The texts are those of the list, which has to stay.
 * FC_EINVAL with what is wrong, FC_ENOMEM.
 */
enum fc_status io_periods_parse(const char *list,
                                const struct io_time_format *format,
                                struct io_periods *periods,
                                struct fc_error *err);

/* Accepts a zeroed one. */
void io_periods_release(struct io_periods *periods);

/* Whether together they have every instant from first to last. */
bool io_periods_cover(const struct io_periods *periods, int64_t first,
                      int64_t last);

#endif
