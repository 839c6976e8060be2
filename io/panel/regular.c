/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every series is handled by itself, twice: first its rows are ordered and rid
 * of duplicates, which shows its own step; then, once the file's step is
 * settled, they are put on the grid and the gaps are treated.
 *
 * In most files the rows of a series are in order and without gaps: then the
 * values that were loaded are the series, and nothing is copied.
 *
 * Of other shards' series only the timestamps are there, and which values are
 * missing.  They are ordered like the others, which is all that the file's
 * step and span need, and then forgotten.
 */
#include "io/panel/regular.h"

#include "forecast/base/parallel.h"
#include "io/time/calendar.h"

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
enum { MAX_STRETCH = 1000, FREE_STEPS = 10000 };

/* The rows of one series while it is worked on. */
struct rows {
    size_t n;
    int64_t *time; /* a copy */
    double *value; /* those in the chunk */
};

/* Sets facts->error unless there is one; false when memory is short. */
__attribute__((format(printf, 2, 3))) static bool fail_series(
    struct io_panel_facts *facts, const char *fmt, ...)
{
    va_list ap;
    char text[FC_MESSAGE_SIZE];
    if (facts->error != NULL)
        return true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    facts->error = malloc(strlen(text) + 1);
    if (facts->error == NULL)
        return false;
    strcpy(facts->error, text);
    return true;
}

static enum fc_status no_room(struct io_regular *job)
{
    __atomic_store_n(&job->short_of_memory, true, __ATOMIC_RELAXED);
    return FC_ENOMEM;
}

/* First pass: order. */

/* Of other shards' series only what is missing is known. */
static double *expand_missing(const struct io_rows *from, size_t first,
                              size_t n, struct fc_workspace *ws)
{
    double *value = fc_workspace_doubles(ws, n);
    for (size_t t = 0; value != NULL && t < n; t++)
        value[t] = io_rows_missing(from, first + t) ? NAN : 0;
    return value;
}

static bool get_rows(const struct io_regular *job, const struct io_raw *raw,
                     struct fc_workspace *ws, struct rows *rows)
{
    const struct io_chunk *chunk = &job->chunks[raw->chunk];
    const struct io_rows *from = raw->other ? &chunk->other : &chunk->own;
    *rows = (struct rows){.n = raw->n};
    if (raw->n == 0)
        return true;
    rows->time = fc_workspace_array(ws, rows->n, sizeof *rows->time);
    rows->value = raw->other ? expand_missing(from, raw->first, raw->n, ws)
                             : from->value + raw->first;
    if (rows->time == NULL || rows->value == NULL)
        return false;
    io_times_get(&from->time, raw->first, raw->n, rows->time);
    return true;
}

/* Keeps what is left of the rows, some of them perhaps changed. */
static void put_rows(const struct io_regular *job, const struct rows *rows,
                     bool changed, struct io_raw *raw)
{
    struct io_rows *to = &job->chunks[raw->chunk].own;
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
static bool sort_rows(struct rows *rows, struct fc_workspace *ws)
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

static bool merge_duplicates(const struct io_regular *job, struct rows *rows,
                             struct io_panel_facts *facts)
{
    char text[IO_TIME_SIZE];
    size_t kept = 0;
    for (size_t i = 0, count; i < rows->n; i += count) {
        count = 1;
        while (i + count < rows->n && rows->time[i + count] == rows->time[i])
            count++;
        if (count > 1 && job->duplicates == IO_DUPLICATES_ERROR) {
            io_time_print(&job->panel->format, rows->time[i], text);
            facts->nduplicates += (uint32_t)(count - 1);
            if (!fail_series(facts,
                             "%s: %zu rows for %s %s; --duplicates says what "
                             "to do with them",
                             job->file, count, job->time_name, text))
                return false;
        } else if (count > 1) {
            facts->nduplicates += (uint32_t)(count - 1);
        }
        rows->time[kept] = rows->time[i];
        rows->value[kept++] =
            count == 1 ? rows->value[i]
                       : merge_values(job->duplicates, rows->value + i, count);
    }
    rows->n = kept;
    return true;
}

static uint32_t count_missing(const struct rows *rows)
{
    uint32_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += isnan(rows->value[i]) != 0;
    return n;
}

/* Rows without a value before the first observation and after the last. */
static void trim_missing(struct rows *rows)
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
static bool put_in_order(const struct io_regular *job, struct rows *rows,
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
static struct io_unused *list_unused(const struct rows *sorted,
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

static bool has_duplicates(const struct rows *sorted)
{
    for (size_t i = 1; i < sorted->n; i++)
        if (sorted->time[i] == sorted->time[i - 1])
            return true;
    return false;
}

/* Which rows, as they come, the series does without. */
static bool find_unused(const struct rows *given, struct fc_workspace *ws,
                        struct io_unused **unused)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct rows rows = {
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

static bool all_look_like_dates(const struct rows *rows)
{
    for (size_t t = 0; t < rows->n; t++)
        if (!looks_like_a_date(rows->time[t]))
            return false;
    return true;
}

static void note_own_step(const struct io_regular *job, const struct rows *rows,
                          struct io_panel_facts *facts)
{
    struct io_freq own;
    io_freq_infer(rows->time, rows->n, &job->panel->format, &own);
    io_freq_infer_usual(rows->time, rows->n, &job->panel->format, &own);
    facts->own_unit = own.unit & 15;
    facts->own_anchor = (unsigned)own.anchor_day & 31;
    facts->own_multiple = own.multiple;
}

static enum fc_status order_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    struct io_raw *raw = &job->raw[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct rows rows;
    bool changed;
    if (!get_rows(job, raw, ws, &rows))
        return no_room(job);
    if (job->unused != NULL && !raw->other && !is_ascending(rows.time, rows.n)
        && !find_unused(&rows, ws, &job->unused[i]))
        return no_room(job);
    if (!put_in_order(job, &rows, facts, ws, &changed))
        return no_room(job);
    facts->nmissing = count_missing(&rows);
    note_own_step(job, &rows, facts);
    if (facts->nmissing > 0)
        trim_missing(&rows);
    if (rows.n > 0) {
        facts->start = rows.time[0];
        raw->last = rows.time[rows.n - 1];
    } else if (!fail_series(facts, "%s: series has no values", job->file)) {
        return no_room(job);
    }
    raw->dates = job->panel->format.form == IO_TIME_INTEGER
                 && all_look_like_dates(&rows);
    put_rows(job, &rows, changed, raw);
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
            example = job->panel->facts[i].start;
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
    for (size_t i = 0; status == FC_OK && i < panel->nseries; i++) {
        struct io_freq own = io_panel_own_step(panel, i);
        status = io_freq_vote_add(&vote, &own);
    }
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
        if (job->raw[i].n == 0)
            continue;
        if (!any || panel->facts[i].start < panel->first)
            panel->first = panel->facts[i].start;
        if (!any || job->raw[i].last > panel->last)
            panel->last = job->raw[i].last;
        any = true;
    }
    for (size_t i = 0; i < panel->nseries; i++)
        panel->facts[i].ends_early =
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

/* Whose own step is the file's, but for the row at t. */
static bool fail_odd_row(const struct io_regular *job, size_t i, int64_t t)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq asked = io_panel_step(job->panel, i);
    char text[IO_TIME_SIZE], step[IO_FREQ_TEXT_SIZE];
    io_time_print(&job->panel->format, t, text);
    io_freq_text(&asked, step, sizeof step);
    return fail_series(facts,
                       "%s: %s %s does not fit the step of %s (%s) that "
                       "this series otherwise has; is it mistyped, or --freq "
                       "%s?",
                       job->file, job->time_name, text,
                       job->freq != NULL ? "--freq" : "the file", step,
                       job->freq != NULL ? "wrong" : "needed");
}

static bool fail_off_grid(const struct io_regular *job, size_t i, int64_t t)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq asked = io_panel_step(job->panel, i);
    struct io_freq fits = io_panel_own_step(job->panel, i);
    char text[IO_TIME_SIZE], start[IO_TIME_SIZE], step[IO_FREQ_TEXT_SIZE],
        own[IO_FREQ_TEXT_SIZE];
    if (fits.unit == asked.unit && fits.multiple == asked.multiple)
        return fail_odd_row(job, i, t);
    io_time_print(&job->panel->format, t, text);
    io_time_print(&job->panel->format, facts->start, start);
    if (fits.unit != IO_FREQ_MONTH)
        asked.anchor_day = 0; /* it has no day of the month */
    io_freq_text(&asked, step, sizeof step);
    io_freq_text(&fits, own, sizeof own);
    return fail_series(facts,
                       "%s: %s %s does not fit the step of %s (%s) from %s "
                       "on; this series' own step is %s",
                       job->file, job->time_name, text,
                       job->freq != NULL ? "--freq" : "the file", step, start,
                       own);
}

/* The first row that is not on the grid, or n; *k is the place of the last. */
static size_t find_off_grid(const struct io_freq *step, int64_t start,
                            const struct rows *rows, int64_t *k)
{
    size_t t = 0;
    while (t < rows->n && io_freq_index(step, start, rows->time[t], k))
        t++;
    return t;
}

/* The row to blame: the first off the grid, or the start if most are off. */
static size_t odd_row(const struct io_freq *step, const struct rows *rows,
                      size_t first)
{
    size_t off = 0;
    int64_t k;
    for (size_t t = 0; t < rows->n; t++)
        off += !io_freq_index(step, rows->time[0], rows->time[t], &k);
    return 2 * off > rows->n ? 0 : first;
}

/* A horizon beyond what can be written is an error of that series. */
static bool check_horizon(const struct io_regular *job, size_t i)
{
    struct io_panel *panel = job->panel;
    char last[IO_TIME_SIZE];
    if (job->horizon < 1 || io_panel_future(panel, i, job->horizon - 1, last))
        return true;
    panel->series[i].n = 0;
    return fail_series(&panel->facts[i], "the horizon goes beyond %s",
                       panel->format.form == IO_TIME_INTEGER ? "18 digits"
                                                             : "the year 9999");
}

/* Checks that all rows lie on the grid, and how long it is. */
static enum fc_status measure_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    const struct io_raw *raw = &job->raw[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq step;
    struct rows rows;
    int64_t k = 0;
    if (raw->n == 0 || raw->other)
        return FC_OK;
    if (!get_rows(job, raw, ws, &rows))
        return no_room(job);
    io_freq_settle(&job->panel->freq, rows.time, rows.n, &step);
    facts->anchor_day = (unsigned)step.anchor_day & 31;
    size_t off = find_off_grid(&step, facts->start, &rows, &k);
    if (off < rows.n) {
        off = odd_row(&step, &rows, off);
        return fail_off_grid(job, i, rows.time[off]) ? FC_OK : no_room(job);
    }
    if (job->align == IO_ALIGN_COMMON && facts->ends_early)
        k = steps_until(&step, facts->start, job->panel->last);
    if (k > (int64_t)rows.n * MAX_STRETCH + FREE_STEPS) {
        if (!fail_series(facts,
                         "%s: its %zu rows would span %lld steps; is a "
                         "timestamp mistyped, or --freq wrong?",
                         job->file, rows.n, (long long)k + 1))
            return no_room(job);
        return FC_OK;
    }
    job->panel->series[i].n = (size_t)k + 1;
    return check_horizon(job, i) ? FC_OK : no_room(job);
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
                   (size_t)job->raw[worst].n, panel->series[worst].n);
}

/* A copy of the series' values with NaN wherever the grid has no row. */
static double *place_on_grid(const struct io_regular *job, size_t i,
                             struct fc_workspace *ws)
{
    struct io_freq step = io_panel_step(job->panel, i);
    size_t n = job->panel->series[i].n;
    struct rows rows;
    int64_t k = 0;
    double *y = malloc(n * sizeof *y);
    if (y == NULL || !get_rows(job, &job->raw[i], ws, &rows)) {
        free(y);
        return NULL;
    }
    for (size_t t = 0; t < n; t++)
        y[t] = NAN;
    for (size_t t = 0; t < rows.n; t++) {
        io_freq_index(&step, job->panel->facts[i].start, rows.time[t], &k);
        y[k] = rows.value[t];
    }
    return y;
}

static bool fail_gap(const struct io_regular *job, size_t i, size_t t)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq step = io_panel_step(job->panel, i);
    char text[IO_TIME_SIZE] = "";
    int64_t at;
    if (io_freq_advance(&step, facts->start, (int64_t)t, &at))
        io_time_print(&job->panel->format, at, text);
    return fail_series(facts,
                       "%s: no value for %s %s and %u more; --gaps says what "
                       "to do with them",
                       job->file, job->time_name, text, facts->nfilled - 1);
}

static bool fill_gaps(const struct io_regular *job, size_t i, double *y,
                      size_t n)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    size_t first = 0;
    for (size_t t = 0; t < n; t++)
        if (isnan(y[t]) && facts->nfilled++ == 0)
            first = t;
    if (facts->nfilled == 0)
        return true;
    if (job->gaps == IO_GAPS_ERROR)
        return fail_gap(job, i, first);
    for (size_t t = first; t < n; t++) {
        if (!isnan(y[t]))
            continue;
        if (job->gaps == IO_GAPS_ZERO)
            y[t] = 0;
        else if (job->gaps == IO_GAPS_PREVIOUS)
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
    const struct io_raw *raw = &job->raw[i];
    struct fc_series *series = &job->panel->series[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    if (series->n == 0)
        return FC_OK;
    double *y = job->chunks[raw->chunk].own.value + raw->first;
    if (series->n != raw->n) {
        y = place_on_grid(job, i, ws);
        if (y == NULL)
            return no_room(job);
        facts->owns_y = true;
    }
    series->y = y;
    if (!fill_gaps(job, i, y, series->n))
        return no_room(job);
    facts->is_constant = all_equal(y, series->n);
    return FC_OK;
}

/* Frees what no finished series looks at: most often all but the values. */
static void free_chunks(struct io_regular *job)
{
    for (size_t i = 0; i < job->nchunks; i++) {
        io_times_release(&job->chunks[i].own.time);
        job->chunks[i].in_use = false;
    }
    for (size_t i = 0; i < job->panel->nseries; i++)
        if (job->panel->series[i].y != NULL && !job->panel->facts[i].owns_y)
            job->chunks[job->raw[i].chunk].in_use = true;
    for (size_t i = 0; i < job->nchunks; i++)
        if (!job->chunks[i].in_use)
            io_rows_release(&job->chunks[i].own);
}

static enum fc_status for_each(struct io_regular *job,
                               enum fc_status (*item)(void *, size_t,
                                                      struct fc_workspace *),
                               struct fc_error *err)
{
    struct fc_parallel map = {
        .n = job->panel->nseries,
        .nthreads = job->jobs,
        .item = item,
        .arg = job,
    };
    if (fc_parallel_map(&map) != FC_OK || job->short_of_memory)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

enum fc_status io_regularise(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = for_each(job, order_item, err);
    for (size_t i = 0; i < job->nchunks; i++)
        io_rows_release(&job->chunks[i].other);
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
