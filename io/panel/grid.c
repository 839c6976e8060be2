/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ordered rows on the grid of the file's step, and what becomes of its gaps.
 *
 * In most files the rows of a series are without gaps: then the values that
 * were loaded are the series, and nothing is copied.
 */
#include "io/panel/regular.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A series may be stretched to so many steps per row, and some more: beyond
 * that one of its timestamps is a mistake.
 */
enum { MAX_STRETCH = 1000, FREE_STEPS = 10000 };

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

static const char *file_of(const struct io_regular *job, size_t i)
{
    return io_series_file(job->rows, job->options, i);
}

/* Whose own step is the file's, but for the row at t. */
static bool fail_odd_row(const struct io_regular *job, size_t i, int64_t t)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq asked = io_panel_step(job->panel, i);
    char text[IO_TIME_SIZE], step[IO_FREQ_TEXT_SIZE];
    io_time_print(&job->panel->format, t, text);
    io_freq_text(&asked, step, sizeof step);
    return io_fail_series(
        facts,
        "%s: %s %s does not fit the step of %s (%s) that "
        "this series otherwise has; is it mistyped, or --freq "
        "%s?",
        file_of(job, i), job->panel->time_name, text,
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
    return io_fail_series(facts,
                          "%s: %s %s does not fit the step of %s (%s) from %s "
                          "on; this series' own step is %s",
                          file_of(job, i), job->panel->time_name, text,
                          job->freq != NULL ? "--freq" : "the file", step,
                          start, own);
}

/* The row to blame: the first off the grid, or the start if most are off. */
static size_t odd_row(const struct io_freq *step,
                      const struct io_series_rows *rows, size_t first)
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
    if (job->options->horizon < 1
        || io_panel_future(panel, i, job->options->horizon - 1, last))
        return true;
    panel->series[i].n = 0;
    return io_fail_series(&panel->facts[i], "the horizon goes beyond %s",
                          io_time_end(&panel->format));
}

/* Checks that all rows lie on the grid, and how long it is. */
static enum fc_status measure_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct io_regular *job = arg;
    const struct io_raw *raw = &job->raw[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq step;
    struct io_series_rows rows;
    int64_t k = 0;
    if (raw->n == 0 || raw->other)
        return FC_OK;
    if (!io_series_rows_get(job, raw, ws, &rows))
        return io_no_room(job);
    io_freq_settle(&job->panel->freq, rows.time, rows.n, &step);
    facts->anchor_day = (unsigned)step.anchor_day & 1023;
    size_t off = io_freq_follow(&step, facts->start, rows.time, rows.n, &k);
    if (off < rows.n) {
        off = odd_row(&step, &rows, off);
        return fail_off_grid(job, i, rows.time[off]) ? FC_OK : io_no_room(job);
    }
    if (job->options->align == IO_ALIGN_COMMON && facts->ends_early)
        k = steps_until(&step, facts->start, job->panel->last);
    if (k > (int64_t)rows.n * MAX_STRETCH + FREE_STEPS) {
        if (!io_fail_series(facts,
                            "%s: its %zu rows would span %lld steps; is a "
                            "timestamp mistyped, or --freq wrong?",
                            file_of(job, i), rows.n, (long long)k + 1))
            return io_no_room(job);
        return FC_OK;
    }
    job->panel->series[i].n = (size_t)k + 1;
    return check_horizon(job, i) ? FC_OK : io_no_room(job);
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
                   job->rows->name, bytes / 1e9, room / 1e9,
                   panel->series[worst].id, (size_t)job->raw[worst].n,
                   panel->series[worst].n);
}

/* A copy of the series' values with NaN wherever the grid has no row. */
static double *place_on_grid(const struct io_regular *job, size_t i,
                             struct fc_workspace *ws)
{
    struct io_freq step = io_panel_step(job->panel, i);
    size_t n = job->panel->series[i].n;
    struct io_series_rows rows;
    int64_t k = 0;
    double *y = malloc(n * sizeof *y);
    if (y == NULL || !io_series_rows_get(job, &job->raw[i], ws, &rows)) {
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
    return io_fail_series(
        facts,
        "%s: no value for %s %s and %u more; --gaps says what "
        "to do with them",
        file_of(job, i), job->panel->time_name, text, facts->nfilled - 1);
}

/* skip: places that stay as they are, or NULL. */
static bool fill_gaps(const struct io_regular *job, size_t i, double *y,
                      const bool *skip)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    size_t first = 0, n = job->panel->series[i].n;
    double previous = NAN;
    for (size_t t = 0; t < n; t++)
        if (isnan(y[t]) && (skip == NULL || !skip[t]) && facts->nfilled++ == 0)
            first = t;
    if (facts->nfilled == 0)
        return true;
    if (job->options->gaps == IO_GAPS_ERROR)
        return fail_gap(job, i, first);
    for (size_t t = 0; t < n; t++) {
        if (!isnan(y[t]))
            previous = y[t];
        else if (skip != NULL && skip[t])
            continue;
        else if (job->options->gaps == IO_GAPS_ZERO)
            y[t] = 0;
        else if (job->options->gaps == IO_GAPS_PREVIOUS)
            y[t] = previous;
    }
    return true;
}

/*
 * Values of periods that are ignored are missing, and left so; the series
 * begins with the first of the others.
 */
static bool fill_without_ignored(struct io_regular *job, size_t i, double *y,
                                 struct fc_workspace *ws)
{
    struct fc_history *series = &job->panel->series[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_freq step = io_panel_step(job->panel, i);
    bool good = true;
    const bool *skip = io_ignore_places(job, i, y, ws, &good);
    size_t first = 0, n = series->n;
    if (skip == NULL)
        return good && fill_gaps(job, i, y, NULL);
    while (first < n && isnan(y[first]))
        first++;
    if (first > 0 && first < n)
        io_freq_advance(&step, facts->start, (int64_t)first, &facts->start);
    series->n = n - first;
    if (first == n)
        return io_fail_series(facts, "%s: --ignore leaves no value of it",
                              file_of(job, i));
    if (facts->owns_y)
        memmove(y, y + first, series->n * sizeof *y);
    else
        series->y = y += first;
    good = fill_gaps(job, i, y, skip + first);
    for (size_t t = first; t < n; t++)
        facts->nfilled += skip[t];
    return good;
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
    struct fc_history *series = &job->panel->series[i];
    struct io_panel_facts *facts = &job->panel->facts[i];
    if (series->n == 0)
        return FC_OK;
    double *y = job->rows->chunks[raw->chunk].own.value + raw->first;
    if (series->n != raw->n) {
        y = place_on_grid(job, i, ws);
        if (y == NULL)
            return io_no_room(job);
        facts->owns_y = true;
    }
    series->y = y;
    if (!(job->ignored != NULL ? fill_without_ignored(job, i, y, ws)
                               : fill_gaps(job, i, y, NULL)))
        return io_no_room(job);
    facts->is_constant = all_equal(series->y, series->n);
    return FC_OK;
}

/* Frees what no finished series looks at: most often all but the values. */
static void free_chunks(struct io_regular *job)
{
    for (size_t i = 0; i <= job->rows->nchunks; i++) {
        io_times_release(&job->rows->chunks[i].own.time);
        job->rows->chunks[i].in_use = false;
    }
    for (size_t i = 0; i < job->panel->nseries; i++)
        if (job->panel->series[i].y != NULL && !job->panel->facts[i].owns_y)
            job->rows->chunks[job->raw[i].chunk].in_use = true;
    for (size_t i = 0; i <= job->rows->nchunks; i++)
        if (!job->rows->chunks[i].in_use)
            io_rows_release(&job->rows->chunks[i].own);
}

enum fc_status io_fill_grids(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = io_each_series(job, measure_item, err);
    if (status == FC_OK)
        status = check_room(job, err);
    if (status == FC_OK)
        status = io_each_series(job, fill_item, err);
    for (size_t i = 0; job->ignored != NULL && i < job->panel->nseries; i++) {
        job->panel->nignored += job->ignored[i];
        job->panel->nwith += job->ignored[i] > 0;
    }
    free(job->ignored);
    job->ignored = NULL;
    free_chunks(job);
    return status;
}
