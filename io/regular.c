/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every series is handled by itself, twice: first its rows are gathered,
 * ordered and rid of duplicates, which shows its own step; then, once the
 * file's step is settled, they are put on the grid and the gaps are treated.
 *
 * In most files the rows of a series lie together, in order and without
 * gaps: then the loaded values are the series, and nothing is copied.  Rows
 * that lie in several chunks are gathered whenever their series is worked on,
 * and not kept, so that they never take their memory twice.
 *
 * Series of other shards come packed, without their values.  They are ordered
 * like the others, which is all that the file's step and span need, and then
 * forgotten.
 */
#include "io/regular.h"

#include "forecast/parallel.h"
#include "io/calendar.h"
#include "io/packed.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A series may be stretched to so many steps per row, and some more: beyond
 * that one of its timestamps is a mistake.
 */
enum { MAX_STRETCH = 1000, FREE_STEPS = 100000 };

void io_raw_release(struct io_raw *raw)
{
    free(raw->own_y);
    *raw = (struct io_raw){0};
}

/* Sets series->error unless there is one; false when memory is short. */
__attribute__((format(printf, 2, 3))) static bool fail_series(
    struct io_panel_series *series, const char *fmt, ...)
{
    va_list ap;
    char text[FC_MESSAGE_SIZE];
    if (series->error != NULL)
        return true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    series->error = malloc(strlen(text) + 1);
    if (series->error == NULL)
        return false;
    strcpy(series->error, text);
    return true;
}

/* First pass: order. */

/* One stretch of rows to where they are worked on. */
static void copy_span(const struct io_regular *job, const struct io_raw *raw,
                      const struct io_span *span, int64_t *time, double *value)
{
    const struct io_chunk *chunk = &job->chunks[span->chunk];
    if (raw->packed) {
        io_unpack(chunk->packed + span->first, span->count, time, value);
        return;
    }
    memcpy(time, chunk->time + span->first, span->count * sizeof *time);
    memcpy(value, chunk->value + span->first, span->count * sizeof *value);
}

/*
 * Lets raw->time and value lead to all rows.  Copies are in the workspace:
 * every item gathers them anew.
 */
static bool gather(const struct io_regular *job, struct io_raw *raw,
                   struct fc_workspace *ws)
{
    size_t at = 0;
    if (raw->nspans == 1 && !raw->packed) {
        const struct io_span *span = &raw->spans[0];
        if (raw->value == NULL) { /* else trimmed already */
            raw->time = job->chunks[span->chunk].time + span->first;
            raw->value = job->chunks[span->chunk].value + span->first;
        }
        return true;
    }
    raw->time = fc_workspace_array(ws, raw->n, sizeof *raw->time);
    raw->value = fc_workspace_doubles(ws, raw->n);
    if (raw->time == NULL || raw->value == NULL)
        return false;
    for (size_t i = 0; i < raw->nspans; i++) {
        copy_span(job, raw, &raw->spans[i], raw->time + at, raw->value + at);
        at += raw->spans[i].count;
    }
    return true;
}

/* Puts changed rows back where they came from; there may be fewer now. */
static void put_back(const struct io_regular *job, struct io_raw *raw)
{
    size_t at = 0, nspans = 0;
    for (; at < raw->n; nspans++) {
        struct io_span *span = &raw->spans[nspans];
        struct io_chunk *chunk = &job->chunks[span->chunk];
        if (span->count > raw->n - at)
            span->count = (uint32_t)(raw->n - at);
        memcpy(chunk->time + span->first, raw->time + at,
               span->count * sizeof *raw->time);
        memcpy(chunk->value + span->first, raw->value + at,
               span->count * sizeof *raw->value);
        at += span->count;
    }
    raw->nspans = nspans;
}

/* The copies go with the workspace; rows of one chunk need none any more. */
static void forget(const struct io_regular *job, struct io_raw *raw)
{
    raw->time = NULL;
    raw->value = NULL;
    if (raw->packed)
        raw->nspans = 0;
    else if (raw->nspans == 1)
        gather(job, raw, NULL);
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
static bool sort_rows(struct io_raw *raw, struct fc_workspace *ws)
{
    size_t n = raw->n;
    struct row *a = fc_workspace_array(ws, n, sizeof *a);
    struct row *b = fc_workspace_array(ws, n, sizeof *b);
    if (a == NULL || b == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        a[i] = (struct row){raw->time[i], raw->value[i]};
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
        raw->time[i] = a[i].time;
        raw->value[i] = a[i].value;
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

static bool merge_duplicates(const struct io_regular *job, struct io_raw *raw,
                             struct io_panel_series *series)
{
    char text[IO_TIME_SIZE];
    size_t kept = 0;
    for (size_t i = 0, count; i < raw->n; i += count) {
        count = 1;
        while (i + count < raw->n && raw->time[i + count] == raw->time[i])
            count++;
        if (count > 1 && job->duplicates == IO_DUPLICATES_ERROR) {
            io_time_print(&job->panel->format, raw->time[i], text);
            series->nduplicates += (uint32_t)(count - 1);
            if (!fail_series(series,
                             "%s: %zu rows for %s %s; --duplicates says what "
                             "to do with them",
                             job->file, count, job->time_name, text))
                return false;
        } else if (count > 1) {
            series->nduplicates += (uint32_t)(count - 1);
        }
        raw->time[kept] = raw->time[i];
        raw->value[kept++] =
            count == 1 ? raw->value[i]
                       : merge_values(job->duplicates, raw->value + i, count);
    }
    raw->n = kept;
    return true;
}

static uint32_t count_missing(const struct io_raw *raw)
{
    uint32_t n = 0;
    for (size_t i = 0; i < raw->n; i++)
        n += isnan(raw->value[i]) != 0;
    return n;
}

/* Rows without a value before the first observation and after the last. */
static void trim_missing(struct io_raw *raw)
{
    while (raw->n > 0 && isnan(raw->value[raw->n - 1]))
        raw->n--;
    while (raw->n > 0 && isnan(raw->value[0])) {
        raw->value++;
        raw->time++;
        raw->n--;
    }
}

/* In time order, one row for a timestamp; *changed: it was not so before. */
static bool put_in_order(const struct io_regular *job, struct io_raw *raw,
                         struct io_panel_series *series,
                         struct fc_workspace *ws, bool *changed)
{
    *changed = !is_ascending(raw->time, raw->n);
    if (!*changed)
        return true;
    series->unordered = is_descending_somewhere(raw->time, raw->n);
    return sort_rows(raw, ws) && merge_duplicates(job, raw, series);
}

/* 20240131 or 202401: an integer to us, a date to whoever wrote it. */
static bool looks_like_a_date(int64_t t)
{
    int64_t day = t > 9999999 ? t % 100 : 1;
    int64_t month = t > 9999999 ? t / 100 : t;
    int64_t year = month / 100;
    month %= 100;
    return year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1
           && day <= io_month_length((int)year, (int)month);
}

static bool all_look_like_dates(const struct io_raw *raw)
{
    for (size_t t = 0; t < raw->n; t++)
        if (!looks_like_a_date(raw->time[t]))
            return false;
    return true;
}

static enum fc_status order_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    struct io_raw *raw = &job->raw[i];
    struct io_panel_series *series = &job->panel->series[i];
    bool copied = raw->nspans > 1 || raw->packed, changed;
    size_t n = raw->n;
    series->nrows = (uint32_t)n;
    if (!gather(job, raw, ws) || !put_in_order(job, raw, series, ws, &changed))
        return FC_ENOMEM;
    series->nmissing = count_missing(raw);
    io_freq_infer(raw->time, raw->n, &job->panel->format, &series->own);
    if (series->nmissing > 0)
        trim_missing(raw);
    if (raw->n > 0) {
        raw->first = raw->time[0];
        raw->last = raw->time[raw->n - 1];
    } else if (!fail_series(series, "%s: series has no values", job->file)) {
        return FC_ENOMEM;
    }
    raw->dates =
        job->panel->format.form == IO_TIME_INTEGER && all_look_like_dates(raw);
    if (copied && !raw->packed && (changed || raw->n != n))
        put_back(job, raw);
    if (copied)
        forget(job, raw);
    return FC_OK;
}

/* Between the passes: the frequency. */

/*
 * Integers that are all dates, and skip as dates do, would silently become
 * series of mostly gaps.
 */
static enum fc_status refuse_dates(const struct io_regular *job,
                                   struct fc_error *err)
{
    size_t seen = 0;
    int64_t example = 0;
    if (job->panel->format.form != IO_TIME_INTEGER)
        return FC_OK;
    for (size_t i = 0; i < job->panel->nseries; i++) {
        const struct io_raw *raw = &job->raw[i];
        if (!raw->dates)
            return FC_OK;
        if (seen == 0)
            example = raw->first;
        seen += raw->n;
    }
    if (seen < 2)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s: column '%.60s': integers like %lld look like dates; "
                   "write %s, or say --freq 1 to count them as they are",
                   job->file, job->time_name, (long long)example,
                   example > 9999999 ? "2024-01-31" : "2024-01");
}

static enum fc_status settle_frequency(struct io_regular *job,
                                       struct fc_error *err)
{
    struct io_panel *panel = job->panel;
    struct io_freq_vote vote = {0};
    enum fc_status status = FC_OK;
    if (job->freq != NULL) {
        panel->freq = *job->freq;
        panel->has_freq = true;
        return FC_OK;
    }
    if (refuse_dates(job, err) != FC_OK)
        return FC_EDATA;
    for (size_t i = 0; status == FC_OK && i < panel->nseries; i++)
        status = io_freq_vote_add(&vote, &panel->series[i].own);
    panel->freq = io_freq_vote_winner(&vote, NULL, NULL);
    io_freq_vote_release(&vote);
    panel->has_freq = panel->freq.unit != IO_FREQ_UNKNOWN;
    if (status != FC_OK)
        return fc_fail(err, status, "out of memory");
    return FC_OK;
}

/*
 * Without two timestamps in any series there is no step to see: the usual one
 * of the form of the timestamps.
 */
static void default_frequency(struct io_panel *panel)
{
    static const struct io_freq usual[] = {
        [IO_TIME_UNKNOWN] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_TIME_INTEGER] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_TIME_MONTH] = {.unit = IO_FREQ_MONTH, .multiple = 1},
        [IO_TIME_QUARTER] = {.unit = IO_FREQ_MONTH, .multiple = 3},
        [IO_TIME_DATE] = {.unit = IO_FREQ_DAY, .multiple = 1},
        [IO_TIME_WEEK] = {.unit = IO_FREQ_WEEK, .multiple = 1},
        [IO_TIME_DATETIME] = {.unit = IO_FREQ_HOUR, .multiple = 1},
    };
    if (!panel->has_freq)
        panel->freq = usual[panel->format.form];
}

static void find_span(struct io_regular *job)
{
    struct io_panel *panel = job->panel;
    bool any = false;
    for (size_t i = 0; i < panel->nseries; i++) {
        const struct io_raw *raw = &job->raw[i];
        if (raw->n == 0)
            continue;
        if (!any || raw->first < panel->first)
            panel->first = raw->first;
        if (!any || raw->last > panel->last)
            panel->last = raw->last;
        any = true;
    }
    for (size_t i = 0; i < panel->nseries; i++)
        panel->series[i].ends_early =
            job->raw[i].n > 0 && job->raw[i].last < panel->last;
}

/* Second pass: the grid. */

/* The largest k so that start + k steps is not after t. */
static int64_t steps_until(const struct io_freq *freq, int64_t start, int64_t t)
{
    int64_t low = 0, high = 1, at;
    while (io_freq_advance(freq, start, high, &at) && at <= t)
        high *= 2;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (io_freq_advance(freq, start, middle, &at) && at <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool fail_off_grid(const struct io_regular *job, int64_t t,
                          struct io_panel_series *series)
{
    char text[IO_TIME_SIZE], start[IO_TIME_SIZE], step[IO_FREQ_TEXT_SIZE],
        own[IO_FREQ_TEXT_SIZE];
    io_time_print(&job->panel->format, t, text);
    io_time_print(&job->panel->format, series->start, start);
    struct io_freq asked = series->freq;
    if (series->own.unit != IO_FREQ_MONTH)
        asked.anchor_day = 0; /* it has no day of the month */
    io_freq_text(&asked, step, sizeof step);
    io_freq_text(&series->own, own, sizeof own);
    return fail_series(series,
                       "%s: %s %s does not fit the step of %s (%s) from %s "
                       "on; this series' own step is %s",
                       job->file, job->time_name, text,
                       job->freq != NULL ? "--freq" : "the file", step, start,
                       own);
}

/* Whether all rows lie on the grid; *k is the place of the last. */
static bool is_on_grid(const struct io_regular *job, const struct io_raw *raw,
                       struct io_panel_series *series, int64_t *k,
                       enum fc_status *status)
{
    series->start = raw->first;
    io_freq_settle(&job->panel->freq, raw->time, raw->n, &series->freq);
    for (size_t t = 0; t < raw->n; t++)
        if (!io_freq_index(&series->freq, series->start, raw->time[t], k)) {
            if (!fail_off_grid(job, raw->time[t], series))
                *status = FC_ENOMEM;
            return false;
        }
    return true;
}

/* Checks that all rows lie on the grid, and how long it is. */
static enum fc_status measure_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    struct io_raw *raw = &job->raw[i];
    struct io_panel_series *series = &job->panel->series[i];
    enum fc_status status = FC_OK;
    int64_t k = 0;
    if (raw->n == 0 || raw->packed)
        return FC_OK;
    if (!gather(job, raw, ws))
        return FC_ENOMEM;
    if (!is_on_grid(job, raw, series, &k, &status))
        return status;
    if (job->align == IO_ALIGN_COMMON && series->ends_early)
        k = steps_until(&series->freq, series->start, job->panel->last);
    if (k > (int64_t)raw->n * MAX_STRETCH + FREE_STEPS) {
        if (!fail_series(series,
                         "%s: its %zu rows would span %lld steps; is a "
                         "timestamp mistyped, or --freq wrong?",
                         job->file, raw->n, (long long)k + 1))
            return FC_ENOMEM;
        return FC_OK;
    }
    series->n = (size_t)k + 1;
    return FC_OK;
}

/* Bytes: what the machine has, or the process may have. */
static double most_memory(void)
{
    struct rlimit data;
    double machine =
        (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (getrlimit(RLIMIT_DATA, &data) != 0 || data.rlim_cur == RLIM_INFINITY)
        return machine;
    return fmin(machine, (double)data.rlim_cur);
}

/* All grids together must fit the memory there is. */
static enum fc_status check_room(struct io_regular *job, struct fc_error *err)
{
    const struct io_panel *panel = job->panel;
    double bytes = 0, longest = 0;
    size_t worst = 0;
    double room = most_memory();
    for (size_t i = 0; i < panel->nseries; i++) {
        double extra = (double)panel->series[i].n - (double)job->raw[i].n;
        bytes += panel->series[i].n > job->raw[i].n
                     ? (double)panel->series[i].n * sizeof(double)
                     : 0;
        if (extra > longest) {
            longest = extra;
            worst = i;
        }
    }
    if (bytes < room)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s: filling the gaps needs %.0f GB of memory, there are "
                   "%.0f; most are in series '%.60s' (%zu rows, %zu "
                   "steps): is --freq right?",
                   job->file, bytes / 1e9, room / 1e9, panel->series[worst].id,
                   job->raw[worst].n, panel->series[worst].n);
}

/* A copy of the rows' values with NaN wherever the grid has no row. */
static bool place_on_grid(const struct io_panel_series *series,
                          struct io_raw *raw)
{
    int64_t k = 0;
    raw->own_y = malloc(series->n * sizeof *raw->own_y);
    if (raw->own_y == NULL)
        return false;
    if (series->n == raw->n) {
        memcpy(raw->own_y, raw->value, raw->n * sizeof *raw->own_y);
        return true;
    }
    for (size_t t = 0; t < series->n; t++)
        raw->own_y[t] = NAN;
    for (size_t t = 0; t < raw->n; t++) {
        io_freq_index(&series->freq, series->start, raw->time[t], &k);
        raw->own_y[k] = raw->value[t];
    }
    return true;
}

static bool fail_gap(const struct io_regular *job, size_t t,
                     struct io_panel_series *series)
{
    char text[IO_TIME_SIZE] = "";
    int64_t at;
    if (io_freq_advance(&series->freq, series->start, (int64_t)t, &at))
        io_time_print(&job->panel->format, at, text);
    return fail_series(series,
                       "%s: no value for %s %s and %u more; --gaps says what "
                       "to do with them",
                       job->file, job->time_name, text, series->nfilled - 1);
}

static bool fill_gaps(const struct io_regular *job, double *y,
                      struct io_panel_series *series)
{
    size_t first = 0, last = series->n - 1;
    for (size_t t = 0; t < series->n; t++)
        if (isnan(y[t]) && series->nfilled++ == 0)
            first = t;
    if (series->nfilled == 0)
        return true;
    if (job->gaps == IO_GAPS_ERROR)
        return fail_gap(job, first, series);
    while (isnan(y[last]))
        last--;
    for (size_t t = first; t < series->n; t++) {
        if (!isnan(y[t]))
            continue;
        if (job->gaps == IO_GAPS_ZERO)
            y[t] = 0;
        else if (job->gaps == IO_GAPS_PREVIOUS || t > last)
            y[t] = y[t - 1];
    }
    return true;
}

static bool all_equal(const double *y, size_t n)
{
    for (size_t t = 1; t < n; t++)
        if (!isnan(y[t]) && y[t] != y[0])
            return false;
    return n > 1;
}

static enum fc_status fill_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    struct io_raw *raw = &job->raw[i];
    struct io_panel_series *series = &job->panel->series[i];
    if (series->n == 0)
        return FC_OK;
    if (!gather(job, raw, ws))
        return FC_ENOMEM;
    double *y = raw->value;
    if (raw->nspans > 1 || series->n != raw->n) {
        if (!place_on_grid(series, raw))
            return FC_ENOMEM;
        y = raw->own_y;
    }
    if (!fill_gaps(job, y, series))
        return FC_ENOMEM;
    series->y = y;
    series->is_constant = all_equal(y, series->n);
    return FC_OK;
}

/* Frees what no finished series looks at: most often the timestamps. */
static void free_chunks(struct io_regular *job)
{
    for (size_t i = 0; i < job->panel->nseries; i++)
        if (job->raw[i].nspans == 1 && job->raw[i].own_y == NULL)
            job->chunks[job->raw[i].spans[0].chunk].in_use = true;
    for (size_t i = 0; i < job->nchunks; i++) {
        struct io_chunk *c = &job->chunks[i];
        free(c->time);
        c->time = NULL;
        if (c->in_use)
            continue;
        free(c->value);
        c->value = NULL;
    }
}

static enum fc_status for_each(struct io_regular *job,
                               enum fc_status (*item)(void *, size_t,
                                                      struct fc_workspace *),
                               struct fc_error *err)
{
    enum fc_status *status = malloc(job->panel->nseries * sizeof *status);
    struct fc_parallel map = {
        .n = job->panel->nseries,
        .nthreads = job->jobs,
        .item = item,
        .arg = job,
        .status = status,
    };
    bool good = status != NULL && fc_parallel_map(&map) == FC_OK;
    for (size_t i = 0; good && i < map.n; i++)
        good = status[i] == FC_OK;
    free(status);
    return good ? FC_OK : fc_fail(err, FC_ENOMEM, "out of memory");
}

enum fc_status io_regularise(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = for_each(job, order_item, err);
    for (size_t i = 0; i < job->nchunks; i++) {
        free(job->chunks[i].packed);
        job->chunks[i].packed = NULL;
    }
    if (status != FC_OK)
        return status;
    status = settle_frequency(job, err);
    if (status != FC_OK)
        return status;
    default_frequency(job->panel);
    find_span(job);
    status = for_each(job, measure_item, err);
    if (status == FC_OK)
        status = check_room(job, err);
    if (status == FC_OK)
        status = for_each(job, fill_item, err);
    free_chunks(job);
    return status;
}
