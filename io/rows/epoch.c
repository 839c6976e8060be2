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

/* Whether they can be instants, so many to the second. */
static bool can_be(const struct range *all, int64_t scale)
{
    return all->least >= FROM * scale && all->most < UNTIL * scale
           && all->unit % (60 * (uint64_t)scale) == 0
           && all->least % scale == 0;
}

/* To the second: 1, 1000, 1000000, or 0 if they are no instants. */
static int scale_of(const struct range *all)
{
    if (!all->any || all->unit == 0)
        return 0;
    for (int scale = 1; scale <= 1000000; scale *= 1000)
        if (can_be(all, scale))
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

static void to_seconds(struct io_rowset *rows, int scale)
{
    for (size_t i = 0; i < rows->nchunks && scale > 1; i++) {
        divide(&rows->chunks[i].own.time, scale);
        divide(&rows->chunks[i].other.time, scale);
    }
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
    to_seconds(rows, scale);
    rows->format.form = IO_TIME_EPOCH;
    rows->format.scale = scale;
    say_epoch(rows, &all);
}

/* Of the i-th part alone. */
static struct range range_of(const struct io_rowset *rows, size_t i)
{
    struct range range = {0};
    size_t end =
        i + 1 < rows->nparts ? rows->parts[i + 1].first_chunk : rows->nchunks;
    for (size_t k = rows->parts[i].first_chunk; k < end; k++) {
        widen(&range, &rows->chunks[k].own.time);
        widen(&range, &rows->chunks[k].other.time);
    }
    return range;
}

enum fc_status io_epoch_take(struct io_rowset *rows, const char *who,
                             struct fc_error *err)
{
    for (size_t i = 0; i < rows->nparts; i++) {
        struct range range = range_of(rows, i);
        if (range.any && !can_be(&range, rows->format.scale))
            return fc_fail(err, FC_EDATA,
                           "%s: column '%.60s': integers such as %lld are no "
                           "%sseconds since 1970, as %s says",
                           rows->parts[i].name, rows->time_name,
                           (long long)range.least,
                           rows->format.scale == 1      ? ""
                           : rows->format.scale == 1000 ? "milli"
                                                        : "micro",
                           who);
    }
    to_seconds(rows, rows->format.scale);
    return FC_OK;
}
