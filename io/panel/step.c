/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The step of a file: as asked for or agreed on, or by the vote of its series;
 * and from when to when it reaches.
 */
#include "io/panel/regular.h"

#include <math.h>

/* The step with the most votes of the series from .. to - 1, and whether more
   than half of all are for it. */
static enum fc_status vote_on_step(const struct io_panel *panel, size_t from,
                                   size_t to, struct io_freq *winner,
                                   bool *clear, struct fc_error *err)
{
    struct io_freq_vote vote = {0};
    enum fc_status status = FC_OK;
    uint64_t votes, total;
    for (size_t i = from; status == FC_OK && i < to; i++) {
        struct io_freq own = io_panel_own_step(panel, i);
        status = io_freq_vote_add(&vote, &own);
    }
    *winner = io_freq_vote_winner(&vote, &votes, &total);
    *clear = 2 * votes > total;
    io_freq_vote_release(&vote);
    return status == FC_OK ? FC_OK : fc_fail(err, status, "out of memory");
}

static enum fc_status settle_frequency(struct io_regular *job,
                                       struct fc_error *err)
{
    struct io_panel *panel = job->panel;
    bool clear;
    if (job->options->agreed != NULL) {
        panel->freq = job->options->agreed->freq;
        panel->has_freq = true;
        return FC_OK;
    }
    if (job->freq != NULL) {
        panel->freq = *job->freq;
        panel->has_freq = true;
        return FC_OK;
    }
    enum fc_status status =
        vote_on_step(panel, 0, panel->nseries, &panel->freq, &clear, err);
    panel->has_freq = panel->freq.unit != IO_FREQ_UNKNOWN;
    return status;
}

/*
 * Without two timestamps in any series there is no step to see: the usual one
 * of the form of the timestamps.
 */
static void default_frequency(struct io_panel *panel)
{
    static const struct io_freq usual[] = {
        [IO_GRAIN_UNKNOWN] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_GRAIN_STEP] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_GRAIN_PERIOD] = {.unit = IO_FREQ_PERIOD, .multiple = 1},
        [IO_GRAIN_TIME] = {.unit = IO_FREQ_HOUR, .multiple = 1},
        [IO_GRAIN_DAY] = {.unit = IO_FREQ_DAY, .multiple = 1},
        [IO_GRAIN_WEEK] = {.unit = IO_FREQ_WEEK, .multiple = 1},
        [IO_GRAIN_MONTH] = {.unit = IO_FREQ_MONTH, .multiple = 1},
        [IO_GRAIN_QUARTER] = {.unit = IO_FREQ_MONTH, .multiple = 3},
        [IO_GRAIN_YEAR] = {.unit = IO_FREQ_MONTH, .multiple = 12},
    };
    if (!panel->has_freq)
        panel->freq = usual[io_time_grain(&panel->format)];
    if (panel->freq.unit == IO_FREQ_PERIOD)
        panel->freq.anchor_day = panel->format.cycle;
}

static void find_span(struct io_regular *job)
{
    struct io_panel *panel = job->panel;
    const struct io_agreed *agreed = job->options->agreed;
    bool any = agreed != NULL;
    if (agreed != NULL) {
        panel->first = agreed->first;
        panel->last = agreed->last;
    }
    for (size_t i = 0; i < panel->nseries && agreed == NULL; i++) {
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

/* From when to when those series reach that have no row far off. */
static bool usual_span(const struct io_regular *job, int64_t *first,
                       int64_t *last)
{
    const struct io_agreed *agreed = job->options->agreed;
    bool any = false;
    if (agreed != NULL) {
        *first = agreed->first;
        *last = agreed->last;
        return true;
    }
    for (size_t i = 0; i < job->panel->nseries; i++) {
        int64_t start = job->panel->facts[i].start;
        if (job->raw[i].n == 0 || job->raw[i].far != 0)
            continue;
        *first = !any || start < *first ? start : *first;
        *last = !any || job->raw[i].last > *last ? job->raw[i].last : *last;
        any = true;
    }
    return any;
}

static bool fail_far_row(const struct io_regular *job, size_t i)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_raw *raw = &job->raw[i];
    char text[IO_TIME_SIZE];
    io_time_print(&job->panel->format, raw->far == 1 ? raw->last : facts->start,
                  text);
    size_t others = raw->n - 1;
    raw->n = 0;
    return io_fail_series(facts,
                          "%s: %s %s lies further from its series' other %zu "
                          "rows than they span: is it mistyped? --gaps or "
                          "--freq, said explicitly, takes it as it is",
                          io_series_file(job->rows, job->options, i),
                          job->panel->time_name, text, others);
}

/*
 * A row far from all others of its series, to which no other series reaches
 * half the way, is a mistake, and says nothing of the file's end.
 */
static bool drop_far_rows(struct io_regular *job)
{
    int64_t first = 0, last = 0;
    bool any = usual_span(job, &first, &last);
    for (size_t i = 0; i < job->panel->nseries; i++) {
        const struct io_raw *raw = &job->raw[i];
        double half = (double)raw->apart / 2;
        bool far =
            raw->far == 1 ? !any || (double)(raw->last - last) > half
            : raw->far == 2
                ? !any || (double)(first - job->panel->facts[i].start) > half
                : false;
        if (far && raw->n > 0 && !fail_far_row(job, i))
            return false;
    }
    return true;
}

/* How much of the grids of the series from .. to - 1 has no row. */
static void count_missing(const struct io_regular *job, size_t from, size_t to,
                          double *all, double *missing)
{
    const struct io_panel *panel = job->panel;
    double length = io_freq_length(&panel->freq);
    *all = *missing = 0;
    for (size_t i = from; i < to && length > 0; i++) {
        const struct io_raw *raw = &job->raw[i];
        if (raw->n == 0)
            continue;
        double apart = (double)(raw->last - panel->facts[i].start);
        double steps = floor(apart / length + 0.5) + 1;
        double n = (double)raw->n;
        *all += steps > n ? steps : n;
        *missing += steps > n ? steps - n : 0;
    }
}

/*
 * A part's own step is another if most of its series say so, and their rows
 * would not lie on the grid, or leave most of it empty.
 */
static enum fc_status check_step(const struct io_regular *job, size_t part,
                                 struct fc_error *err)
{
    const struct io_rowset *rows = job->rows;
    const struct io_agreed *agreed = job->options->agreed;
    size_t from = rows->parts[part].first_id;
    size_t to = part + 1 < rows->nparts ? rows->parts[part + 1].first_id
                                        : job->panel->nseries;
    struct io_freq own;
    bool clear;
    double all, missing;
    char theirs[IO_FREQ_TEXT_SIZE], ours[IO_FREQ_TEXT_SIZE];
    enum fc_status status =
        vote_on_step(job->panel, from, to, &own, &clear, err);
    if (status != FC_OK || !clear
        || (own.unit == agreed->freq.unit
            && own.multiple == agreed->freq.multiple))
        return status;
    count_missing(job, from, to, &all, &missing);
    if (io_freq_length(&own) >= io_freq_length(&agreed->freq)
        && (2 * missing <= all || job->options->gaps_given))
        return FC_OK;
    io_freq_text(&own, theirs, sizeof theirs);
    io_freq_text(&agreed->freq, ours, sizeof ours);
    return fc_fail(err, FC_EDATA,
                   "%s: its step is %s, and %s as %s says; learn from it as "
                   "well, or say --freq",
                   rows->parts[part].name, theirs, ours, agreed->source);
}

/* Nothing may be later than what all ends with. */
static enum fc_status check_end(const struct io_regular *job,
                                struct fc_error *err)
{
    const struct io_agreed *agreed = job->options->agreed;
    char here[IO_TIME_SIZE], there[IO_TIME_SIZE];
    for (size_t i = 0; i < job->panel->nseries; i++) {
        if (job->raw[i].n == 0 || job->raw[i].last <= agreed->last)
            continue;
        io_time_print(&job->panel->format, job->raw[i].last, here);
        io_time_print(&job->panel->format, agreed->last, there);
        return fc_fail(err, FC_EDATA,
                       "%s: series '%.60s' goes on until %s, and the last "
                       "timestamp of all is %s as %s says; learn from this "
                       "file as well",
                       io_series_file(job->rows, job->options, i),
                       job->panel->series[i].id, here, there, agreed->source);
    }
    return FC_OK;
}

/* What is agreed on is for every part to bear out. */
static enum fc_status check_agreed(const struct io_regular *job,
                                   struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (job->options->agreed == NULL)
        return FC_OK;
    for (size_t i = 0; i < job->rows->nparts && status == FC_OK; i++)
        if (job->freq == NULL)
            status = check_step(job, i, err);
    return status == FC_OK ? check_end(job, err) : status;
}

/*
 * What the file has to make up: places without a row, and rows without a
 * value, which up to here are all that is known to be filled.
 */
static void count_made_up(const struct io_regular *job)
{
    struct io_panel *panel = job->panel;
    count_missing(job, 0, panel->nseries, &panel->steps, &panel->missing);
    for (size_t i = 0; i < panel->nseries; i++) {
        if (job->raw[i].n > 0)
            panel->missing += panel->facts[i].nfilled;
        panel->facts[i].nfilled = 0;
    }
}

enum fc_status io_settle_step(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = settle_frequency(job, err);
    if (status != FC_OK)
        return status;
    default_frequency(job->panel);
    if (job->freq == NULL && !job->options->gaps_given && !drop_far_rows(job))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    count_made_up(job);
    find_span(job);
    return check_agreed(job, err);
}
