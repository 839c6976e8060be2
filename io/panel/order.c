/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows in time order, one for a timestamp, which shows each series' own step.
 *
 * In most files the rows of a series are in order: then nothing is copied.
 *
 * Of other shards' series only the timestamps are there, and which values are
 * missing.  They are ordered like the others, which is all that the file's
 * step and span need, and then forgotten.
 */
#include "io/panel/regular.h"

#include "io/time/calendar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keeps what is left of the rows, some of them perhaps changed. */
static void put_rows(const struct io_regular *job,
                     const struct io_series_rows *rows, bool changed,
                     struct io_raw *raw)
{
    struct io_rows *to = &job->rows->chunks[raw->chunk].own;
    if (raw->n > 0 && !raw->other) {
        raw->first = (size_t)(rows->value - to->value);
        if (changed)
            io_times_set(&to->time, raw->first, rows->n, rows->time);
    }
    raw->n = (uint32_t)rows->n;
}

static bool is_ascending(const int64_t *time, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (time[i] <= time[i - 1])
            return false;
    return true;
}

static bool is_descending_somewhere(const int64_t *time, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (time[i] < time[i - 1])
            return true;
    return false;
}

struct row {
    int64_t time;
    double value;
};

/* Merges two sorted neighbours; of equal times, the left ones come first. */
static void merge(const struct row *left, size_t nleft, const struct row *right,
                  size_t nright, struct row *out)
{
    size_t i = 0, j = 0;
    while (i < nleft && j < nright)
        if (right[j].time < left[i].time)
            *out++ = right[j++];
        else
            *out++ = left[i++];
    memcpy(out, left + i, (nleft - i) * sizeof *out);
    memcpy(out + (nleft - i), right + j, (nright - j) * sizeof *out);
}

/* Bottom-up merge sort: stable, so that `last` means last in the file. */
static bool sort_rows(struct io_series_rows *rows, struct fc_workspace *ws)
{
    size_t n = rows->n;
    struct row *a = fc_workspace_array(ws, n, sizeof *a);
    struct row *b = fc_workspace_array(ws, n, sizeof *b);
    if (a == NULL || b == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        a[i] = (struct row){rows->time[i], rows->value[i]};
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            size_t left = n - i < width ? n - i : width;
            size_t right = n - i - left < width ? n - i - left : width;
            merge(a + i, left, a + i + left, right, b + i);
        }
        struct row *swap = a;
        a = b;
        b = swap;
    }
    for (size_t i = 0; i < n; i++) {
        rows->time[i] = a[i].time;
        rows->value[i] = a[i].value;
    }
    return true;
}

/* One value for count rows of one timestamp; missing ones do not count. */
static double merge_values(enum io_duplicates policy, const double *value,
                           size_t count)
{
    double sum = 0;
    size_t used = 0;
    if (policy == IO_DUPLICATES_LAST)
        return value[count - 1];
    for (size_t i = 0; i < count; i++)
        if (!isnan(value[i])) {
            sum += value[i];
            used++;
        }
    if (used == 0)
        return NAN;
    return policy == IO_DUPLICATES_SUM ? sum : sum / (double)used;
}

/* On a Sunday night in autumn, where clocks may go back. */
static bool is_doubled_hour(const struct io_time_format *format, int64_t t)
{
    int64_t day = io_floor_div(t, IO_SECONDS_PER_DAY);
    int64_t second = t - day * IO_SECONDS_PER_DAY;
    if (io_time_grain(format) != IO_GRAIN_TIME || io_weekday(day) != 6
        || second >= 3 * 3600 || second == 0)
        return false;
    int month = io_civil_from_days(day).month;
    return month == 10 || month == 11 || month == 4;
}

static bool merge_duplicates(const struct io_regular *job,
                             struct io_series_rows *rows,
                             struct io_panel_facts *facts)
{
    size_t series = (size_t)(facts - job->panel->facts);
    char text[IO_TIME_SIZE];
    size_t kept = 0;
    for (size_t i = 0, count; i < rows->n; i += count) {
        count = 1;
        while (i + count < rows->n && rows->time[i + count] == rows->time[i])
            count++;
        if (count > 1 && job->options->duplicates == IO_DUPLICATES_ERROR) {
            io_time_print(&job->panel->format, rows->time[i], text);
            facts->nduplicates += (uint32_t)(count - 1);
            bool doubled = is_doubled_hour(&job->panel->format, rows->time[i]);
            if (!io_fail_series(
                    facts, "%s: %zu rows for %s %s%s--duplicates %s",
                    io_series_file(job->rows, job->options, series), count,
                    job->panel->time_name, text,
                    doubled ? ", an hour that is there twice when clocks go "
                              "back: "
                            : "; ",
                    doubled ? "mean makes one of them"
                            : "says what to do with them"))
                return false;
        } else if (count > 1) {
            facts->nduplicates += (uint32_t)(count - 1);
        }
        rows->time[kept] = rows->time[i];
        rows->value[kept++] = count == 1
                                  ? rows->value[i]
                                  : merge_values(job->options->duplicates,
                                                 rows->value + i, count);
    }
    rows->n = kept;
    return true;
}

static uint32_t count_missing(const struct io_series_rows *rows)
{
    uint32_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += isnan(rows->value[i]) != 0;
    return n;
}

/* Rows without a value before the first observation and after the last. */
static void trim_missing(struct io_series_rows *rows)
{
    while (rows->n > 0 && isnan(rows->value[rows->n - 1]))
        rows->n--;
    while (rows->n > 0 && isnan(rows->value[0])) {
        rows->value++;
        rows->time++;
        rows->n--;
    }
}

/* In time order, one row for a timestamp; *changed: it was not so before. */
static bool put_in_order(const struct io_regular *job,
                         struct io_series_rows *rows,
                         struct io_panel_facts *facts, struct fc_workspace *ws,
                         bool *changed)
{
    *changed = !is_ascending(rows->time, rows->n);
    if (!*changed)
        return true;
    facts->unordered = is_descending_somewhere(rows->time, rows->n);
    return sort_rows(rows, ws) && merge_duplicates(job, rows, facts);
}

static int by_row(const void *a, const void *b)
{
    const struct io_unused_row *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Of rows that are sorted and have their places as values. */
static struct io_unused *list_unused(const struct io_series_rows *sorted,
                                     const double *value)
{
    struct io_unused *unused =
        malloc(sizeof *unused + sorted->n * sizeof *unused->at);
    if (unused == NULL)
        return NULL;
    unused->n = 0;
    for (size_t i = 0; i < sorted->n; i++) {
        uint32_t row = (uint32_t)sorted->value[i];
        bool replaced =
            i + 1 < sorted->n && sorted->time[i + 1] == sorted->time[i];
        if (replaced || isnan(value[row]))
            unused->at[unused->n++] = (struct io_unused_row){row, replaced};
    }
    qsort(unused->at, unused->n, sizeof *unused->at, by_row);
    void *fitted =
        realloc(unused, sizeof *unused + unused->n * sizeof *unused->at);
    return fitted != NULL ? fitted : unused;
}

static bool has_duplicates(const struct io_series_rows *sorted)
{
    for (size_t i = 1; i < sorted->n; i++)
        if (sorted->time[i] == sorted->time[i - 1])
            return true;
    return false;
}

/* Which rows, as they come, the series does without. */
static bool find_unused(const struct io_series_rows *given,
                        struct fc_workspace *ws, struct io_unused **unused)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct io_series_rows rows = {
        .n = given->n,
        .time = fc_workspace_array(ws, given->n, sizeof *rows.time),
        .value = fc_workspace_doubles(ws, given->n),
    };
    bool good = rows.time != NULL && rows.value != NULL;
    if (good) {
        memcpy(rows.time, given->time, rows.n * sizeof *rows.time);
        for (size_t i = 0; i < rows.n; i++)
            rows.value[i] = (double)i;
        good = sort_rows(&rows, ws);
    }
    if (good && has_duplicates(&rows)) {
        *unused = list_unused(&rows, given->value);
        good = *unused != NULL;
    }
    fc_workspace_release(ws, mark);
    return good;
}

static void note_own_step(const struct io_regular *job,
                          const struct io_series_rows *rows,
                          struct io_panel_facts *facts)
{
    struct io_freq own;
    io_freq_infer(rows->time, rows->n, &job->panel->format, &own);
    io_freq_infer_usual(rows->time, rows->n, &job->panel->format, &own);
    facts->own_unit = own.unit & 15;
    facts->own_anchor = (unsigned)own.anchor_day & 1023;
    facts->own_multiple = own.multiple;
}

/*
 * Whether one row alone lies further beyond the others than they span, and a
 * year's worth of months, or as many other steps.
 */
static void note_far_row(const struct io_series_rows *rows,
                         const struct io_panel_facts *facts, struct io_raw *raw)
{
    enum { LEAST_ROWS = 4, LEAST_STEPS = 12 };
    const int64_t *t = rows->time;
    size_t n = rows->n;
    struct io_freq own = {(enum io_freq_unit)facts->own_unit,
                          facts->own_multiple, (int)facts->own_anchor};
    if (n < LEAST_ROWS)
        return;
    double least = LEAST_STEPS * io_freq_length(&own);
    double end = (double)(t[n - 1] - t[n - 2]), begin = (double)(t[1] - t[0]);
    if (end > (double)(t[n - 2] - t[0]) && end >= least) {
        raw->far = 1;
        raw->apart = (float)end;
    } else if (begin > (double)(t[n - 1] - t[1]) && begin >= least) {
        raw->far = 2;
        raw->apart = (float)begin;
    }
}

static enum fc_status order_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    struct io_raw *raw = &job->raw[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_series_rows rows;
    bool changed;
    if (!io_series_rows_get(job, raw, ws, &rows))
        return io_no_room(job);
    if (job->unused != NULL && !raw->other && !is_ascending(rows.time, rows.n)
        && !find_unused(&rows, ws, &job->unused[i]))
        return io_no_room(job);
    if (!put_in_order(job, &rows, facts, ws, &changed))
        return io_no_room(job);
    facts->nmissing = count_missing(&rows);
    note_own_step(job, &rows, facts);
    if (facts->nmissing > 0) {
        trim_missing(&rows);
        facts->nfilled = count_missing(&rows);
    }
    if (rows.n > 0) {
        facts->start = rows.time[0];
        raw->last = rows.time[rows.n - 1];
        note_far_row(&rows, facts, raw);
    } else if (!io_fail_series(facts, "%s: series has no values",
                               io_series_file(job->rows, job->options, i))) {
        return io_no_room(job);
    }
    put_rows(job, &rows, changed, raw);
    return FC_OK;
}

enum fc_status io_order_rows(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = io_each_series(job, order_item, err);
    for (size_t i = 0; i <= job->rows->nchunks; i++)
        io_rows_release(&job->rows->chunks[i].other);
    return status;
}
