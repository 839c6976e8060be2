/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All timestamps are kept as multiples of a unit above a base (times.h): what
 * decides, the least, the largest, and what divides all differences, is there
 * already, and changing to seconds is a division of two numbers.
 */
#include "io/rows/epoch.h"

#include "io/text/gcd.h"

#include <string.h>

/* 1990-01-01 and 2100-01-01 */
#define FROM INT64_C(631152000)
#define UNTIL INT64_C(4102444800)

/* Likewise in a spreadsheet's days */
enum { FROM_SERIAL = 32874, UNTIL_SERIAL = 73051 };

/* Of all rows. */
struct range {
    bool any;
    int64_t least, most;
    uint64_t unit;
};

static void widen(struct range *all, const struct io_times *times)
{
    if (!times->any)
        return;
    int64_t most = times->base + (int64_t)(times->unit * times->most);
    if (!all->any)
        *all = (struct range){true, times->base, most, 0};
    int64_t apart = times->base - all->least;
    all->unit = io_gcd(all->unit, times->unit);
    all->unit = io_gcd(all->unit, (uint64_t)(apart < 0 ? -apart : apart));
    all->least = times->base < all->least ? times->base : all->least;
    all->most = most > all->most ? most : all->most;
}

static void divide(struct io_times *times, int64_t by)
{
    times->base /= by;
    times->unit /= (uint64_t)by;
}

/* To the second: 1, 1000, 1000000, or 0 if they are no instants. */
static int scale_of(const struct range *all)
{
    if (!all->any || all->unit == 0)
        return 0;
    for (int scale = 1; scale <= 1000000; scale *= 1000)
        if (all->least >= FROM * scale && all->most < UNTIL * scale
            && all->unit % (60 * (uint64_t)scale) == 0
            && all->least % scale == 0)
            return scale;
    return 0;
}

static void say_epoch(struct io_rowset *rows, const struct range *all)
{
    struct io_time_format dates = {.form = IO_TIME_DATETIME, .separator = ' '};
    char first[IO_TIME_SIZE], last[IO_TIME_SIZE];
    io_time_print(&dates, all->least / rows->format.scale, first);
    io_time_print(&dates, all->most / rows->format.scale, last);
    io_note(&rows->notes,
            "%s: column '%.60s': %s since 1970, from %s to %s UTC; a whole "
            "number as --freq says that they are mere integers",
            rows->name, rows->time_name,
            rows->format.scale == 1      ? "seconds"
            : rows->format.scale == 1000 ? "milliseconds"
                                         : "microseconds",
            first, last);
}

static void say_serial(struct io_rowset *rows, const struct range *all)
{
    struct io_time_format date = {.form = IO_TIME_DATE};
    char first[IO_TIME_SIZE];
    if (!all->any || all->least < FROM_SERIAL || all->most >= UNTIL_SERIAL
        || all->unit == 0)
        return;
    io_time_print(&date, (all->least - 25569) * 86400, first);
    io_note(&rows->notes,
            "%s: column '%.60s': integers like %lld could be a spreadsheet's "
            "days (%s); say --time-format excel if they are",
            rows->name, rows->time_name, (long long)all->least, first);
}

void io_epoch_find(struct io_rowset *rows)
{
    struct range all = {0};
    if (rows->format.form != IO_TIME_INTEGER)
        return;
    for (size_t i = 0; i < rows->nchunks; i++) {
        widen(&all, &rows->chunks[i].own.time);
        widen(&all, &rows->chunks[i].other.time);
    }
    int scale = scale_of(&all);
    if (scale == 0) {
        say_serial(rows, &all);
        return;
    }
    for (size_t i = 0; i < rows->nchunks && scale > 1; i++) {
        divide(&rows->chunks[i].own.time, scale);
        divide(&rows->chunks[i].other.time, scale);
    }
    rows->format.form = IO_TIME_EPOCH;
    rows->format.scale = scale;
    say_epoch(rows, &all);
}
