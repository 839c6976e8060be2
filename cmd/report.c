/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast report`: a page to look at, from what other commands wrote.
 */
#include "cmd/report/report.h"
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/report/summary.h"
#include "cmd/report_past.h"
#include "cmd/score_read.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A level of the page: its columns among the numbers of a model's forecasts,
   of which the mean is 0; SIZE_MAX: there is none. */
struct level {
    double percent;
    size_t lo, hi;
};

struct run {
    struct cmd_options options;
    struct io_panel panel;
    struct io_csv_columns columns; /* of the training data */
    struct cmd_actuals places;     /* of every series' forecasts */
    struct cmd_forecasts forecasts;
    struct cmd_actuals actuals;
    struct cmd_report_summary summary;
    struct cmd_report_scores now, before;
    struct cmd_report_lines lines;
    struct cmd_report_parts parts;
    struct cmd_past *past;
    struct cmd_report report;
    struct level *levels;
    double *percents; /* of the levels */
    double *numbers, *actual;
    size_t nactual; /* actual values of what was forecast */
    struct io_atomic_file *file;
    size_t unknown; /* rows of --scores of other series */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* The level at its place, added if it is not there. */
static struct level *find_level(struct run *run, int *n, double percent)
{
    int at = 0;
    while (at < *n && run->levels[at].percent < percent - 1e-9)
        at++;
    if (at < *n && run->levels[at].percent <= percent + 1e-9)
        return &run->levels[at];
    memmove(run->levels + at + 1, run->levels + at,
            (size_t)(*n - at) * sizeof *run->levels);
    run->levels[at] = (struct level){percent, SIZE_MAX, SIZE_MAX};
    (*n)++;
    return &run->levels[at];
}

/* Quantiles are bounds of levels, too: 10 and 90 of 80, 50 both of 0. */
static enum fc_status find_levels(struct run *run, struct fc_error *err)
{
    const struct cmd_forecasts *f = &run->forecasts;
    size_t most = (size_t)f->nlevels + (size_t)f->nquantiles;
    int n = 0;
    run->levels = calloc(most + 1, sizeof *run->levels);
    run->percents = calloc(most + 1, sizeof *run->percents);
    if (run->levels == NULL || run->percents == NULL)
        return no_memory(err);
    for (int i = 0; i < f->nlevels; i++) {
        size_t column = 1 + 2 * (size_t)i;
        struct level *level = find_level(run, &n, f->levels[i]);
        level->lo = column;
        level->hi = column + 1;
    }
    for (int i = 0; i < f->nquantiles; i++) {
        double q = f->quantiles[i];
        size_t column = 1 + 2 * (size_t)f->nlevels + (size_t)i;
        /* 2.3 and 97.7 are of one level: as short as they were written */
        double percent = round(fabs(100 - 2 * q) * 1e9) / 1e9;
        struct level *level = find_level(run, &n, percent);
        if (level->lo == SIZE_MAX && q <= 50)
            level->lo = column;
        if (level->hi == SIZE_MAX && q >= 50)
            level->hi = column;
    }
    for (int i = 0; i < n; i++)
        run->percents[i] = run->levels[i].percent;
    run->report.levels = run->percents;
    run->report.nlevels = n;
    return FC_OK;
}

static void copy_bound(double *to, const double *from, size_t column,
                       size_t nkeys, size_t horizon)
{
    for (size_t h = 0; h < horizon; h++)
        to[h] = column != SIZE_MAX ? from[column * nkeys + h] : NAN;
}

/* Forecasts by series and model, as a batch has them. */
static enum fc_status order_forecasts(struct run *run, struct fc_error *err)
{
    const struct cmd_forecasts *f = &run->forecasts;
    size_t horizon = (size_t)run->report.horizon;
    size_t nkeys = run->places.keys.n, nmodels = f->models.n;
    size_t nlevels = (size_t)run->report.nlevels, size, all;
    size = fc_forecast_size(run->report.horizon, run->report.nlevels);
    if (__builtin_mul_overflow(size * nmodels, run->panel.nseries, &all)
        || all > SIZE_MAX / sizeof(double) - 1)
        return no_memory(err);
    run->numbers = malloc((all + 1) * sizeof(double));
    if (run->numbers == NULL)
        return no_memory(err);
    for (size_t i = 0; i < run->panel.nseries; i++)
        for (size_t k = 0; k < nmodels; k++) {
            const double *from = f->numbers[k] + i * horizon;
            double *to = run->numbers + (i * nmodels + k) * size;
            memcpy(to, from, horizon * sizeof(double));
            for (size_t j = 0; j < nlevels; j++) {
                const struct level *level = &run->levels[j];
                copy_bound(to + (1 + j) * horizon, from, level->lo, nkeys,
                           horizon);
                copy_bound(to + (1 + nlevels + j) * horizon, from, level->hi,
                           nkeys, horizon);
            }
        }
    return FC_OK;
}

static enum fc_status read_forecasts(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    struct cmd_report *r = &run->report;
    enum fc_status status =
        cmd_forecasts_horizon(o, &run->columns, NULL, &r->horizon, err);
    if (status == FC_OK && r->horizon == 0)
        status = fc_fail(err, FC_EDATA, "%s: a header but no rows", o->input);
    if (status == FC_OK)
        status = cmd_actuals_expect(&run->panel, 0, run->panel.nseries,
                                    r->horizon, &run->places, err);
    if (status == FC_OK)
        status = cmd_forecasts_read(o, &run->columns, &run->places,
                                    &run->forecasts, err);
    if (status != FC_OK)
        return status;
    r->models = run->forecasts.models.text;
    r->nmodels = run->forecasts.models.n;
    r->nextra = run->forecasts.nextra;
    r->extra = run->forecasts.extra;
    status = find_levels(run, err);
    return status == FC_OK ? order_forecasts(run, err) : status;
}

/* A file of other forecasts is named rather than shown empty. */
static enum fc_status expect_some(const struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    size_t n = (size_t)run->places.keys.n;
    for (size_t k = 0; k < run->forecasts.models.n; k++)
        for (size_t i = 0; i < n; i++)
            if (!isnan(run->forecasts.numbers[k][i]))
                return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s: no forecast lies within %d steps after the end of a "
                   "series in %s%s%s; was it made from another file, or with "
                   "another --align?",
                   o->input, run->report.horizon, o->train,
                   run->forecasts.nextra > 0 ? "; it has " : "",
                   run->forecasts.nextra > 0 ? run->forecasts.extra : "");
}

static void score_step(struct run *run, size_t i, size_t h, uint32_t *models,
                       double *bounds, bool *good)
{
    const struct cmd_forecasts *f = &run->forecasts;
    size_t nkeys = run->places.keys.n, nlevels = (size_t)f->nlevels;
    size_t key = i * (size_t)run->report.horizon + h;
    struct cmd_report_outcome o = {.series = i,
                                   .step = h,
                                   .actual = run->actual[key],
                                   .lo = bounds,
                                   .hi = bounds + nlevels};
    for (size_t k = 0; k < f->models.n; k++) {
        const double *from = f->numbers[k] + key;
        o.mean = *from;
        for (size_t j = 0; j < nlevels; j++) {
            bounds[j] = from[(1 + 2 * j) * nkeys];
            bounds[nlevels + j] = from[(2 + 2 * j) * nkeys];
        }
        *good = *good && cmd_report_scores_add(&run->now, models[k], &o);
    }
}

static bool score_all(struct run *run, uint32_t *models, double *bounds)
{
    const struct cmd_forecasts *f = &run->forecasts;
    size_t horizon = (size_t)run->report.horizon;
    bool good = true;
    for (size_t k = 0; k < f->models.n; k++) {
        models[k] = cmd_report_scores_model(&run->now, f->models.text[k],
                                            f->models.length[k]);
        good = good && models[k] != IO_INTERN_FULL;
    }
    for (size_t i = 0; good && i < run->panel.nseries; i++)
        for (size_t h = 0; h < horizon; h++)
            if (!isnan(run->actual[i * horizon + h]))
                score_step(run, i, h, models, bounds, &good);
    return good;
}

static enum fc_status compare(struct run *run, struct fc_error *err)
{
    const struct cmd_report *r = &run->report;
    enum fc_status status = cmd_report_scores_init(
        &run->now, &run->panel, r->season, run->forecasts.levels,
        run->forecasts.nlevels, err);
    uint32_t *models = malloc((r->nmodels + 1) * sizeof *models);
    double *bounds =
        malloc((2 * (size_t)run->forecasts.nlevels + 1) * sizeof *bounds);
    if (status == FC_OK
        && (models == NULL || bounds == NULL
            || !score_all(run, models, bounds)))
        status = no_memory(err);
    run->now.file = run->options.actuals;
    free(models);
    free(bounds);
    return status;
}

/* The actual value of each step that was forecast. */
static bool place_actuals(struct run *run)
{
    const struct io_panel *panel = &run->panel;
    size_t horizon = (size_t)run->report.horizon, found = 0;
    char time[IO_TIME_SIZE];
    for (size_t i = 0; i < panel->nseries; i++) {
        const char *id = panel->series[i].id;
        uint32_t series = io_intern_find(&run->actuals.ids, id, strlen(id));
        for (size_t h = 0; h < horizon; h++) {
            double *to = &run->actual[i * horizon + h];
            *to = NAN;
            if (series == IO_INTERN_FULL
                || !io_panel_future(panel, i, (int)h, time))
                continue;
            uint32_t key =
                cmd_actuals_find(&run->actuals, series, time, strlen(time));
            if (key == IO_INTERN_FULL)
                continue;
            *to = run->actuals.value[key];
            found += !isnan(*to);
        }
    }
    run->nactual = found;
    return found > 0;
}

static enum fc_status read_actuals(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    size_t n = (size_t)run->places.keys.n;
    if (o->actuals == NULL)
        return FC_OK;
    enum fc_status status =
        cmd_actuals_read(o, &run->columns, &run->actuals, err);
    if (status != FC_OK)
        return status;
    run->actual = malloc((n + 1) * sizeof *run->actual);
    if (run->actual == NULL)
        return no_memory(err);
    if (!place_actuals(run))
        return fc_fail(err, FC_EDATA,
                       "%s has no value of any step that %s forecasts",
                       o->actuals, o->input);
    run->report.actual = run->actual;
    run->report.now = &run->now;
    return compare(run, err);
}

/* See struct cmd_report_where: of the panel's series, by their places. */
static size_t find_step(const void *context, uint32_t series, const char *time,
                        size_t length)
{
    const struct run *run = context;
    uint32_t key = cmd_actuals_find(&run->places, series, time, length);
    return key != IO_INTERN_FULL ? key % (size_t)run->report.horizon : SIZE_MAX;
}

/* Of another run's forecasts the parts do not add up to these. */
static enum fc_status expect_sum(const struct run *run, size_t i, size_t k,
                                 struct fc_error *err)
{
    const struct cmd_report_made *made = cmd_report_made_of(&run->parts, i, k);
    const struct cmd_report *r = &run->report;
    const double *means =
        run->numbers
        + (i * r->nmodels + k) * fc_forecast_size(r->horizon, r->nlevels);
    char time[IO_TIME_SIZE];
    for (int h = 0; made != NULL && h < r->horizon; h++) {
        double sum = 0, size = 0, mean = means[h];
        for (uint32_t j = 0; j < made->n; j++) {
            double value = made->part[j].value[h];
            sum += isnan(value) ? 0 : value;
            size += isnan(value) ? 0 : fabs(value);
        }
        if (size == 0 || isnan(mean) || fabs(sum - mean) <= 1e-3 * size)
            continue;
        io_panel_future(&run->panel, i, h, time);
        return fc_fail(err, FC_EDATA,
                       "%s: components of series '%.60s' at '%s' by '%.40s' "
                       "add up to %.6g, and %s has %.6g: are they of another "
                       "run?",
                       run->options.components, run->panel.series[i].id, time,
                       r->models[k], sum, run->options.input, mean);
    }
    return FC_OK;
}

static enum fc_status read_components(struct run *run, struct fc_error *err)
{
    struct cmd_report_where where = {.ids = &run->places.ids,
                                     .models = &run->forecasts.models,
                                     .horizon = run->report.horizon,
                                     .step = find_step,
                                     .context = run};
    enum fc_status status = cmd_report_parts_read(run->options.components,
                                                  &where, &run->parts, err);
    for (size_t i = 0; i < run->panel.nseries; i++)
        for (size_t k = 0; k < run->report.nmodels && status == FC_OK; k++)
            status = expect_sum(run, i, k, err);
    run->report.parts = &run->parts;
    return status;
}

static enum fc_status read_rest(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    struct cmd_report *r = &run->report;
    const struct io_intern *ids = &run->places.ids;
    enum fc_status status = FC_OK;
    if (o->summary != NULL) {
        status = cmd_report_summary_read(
            o->summary, ids, &run->forecasts.models, &run->summary, err);
        r->fits = run->summary.fits;
    }
    if (status == FC_OK && o->scores != NULL) {
        status = cmd_report_scores_read(o->scores, &run->panel, r->season, ids,
                                        &run->before, &run->unknown, err);
        r->before = &run->before;
    }
    if (status == FC_OK && o->trace != NULL) {
        status = cmd_report_lines_read(o->trace, ids, &run->lines, err);
        r->lines = &run->lines;
    }
    if (status == FC_OK && o->store != NULL) {
        status = cmd_past_open(o, &run->panel, r->models[0], &run->past, err);
        if (status == FC_OK)
            r->past = cmd_past_of(run->past);
    }
    if (status == FC_OK && o->components != NULL)
        status = read_components(run, err);
    return status;
}

static enum fc_status load(struct run *run, struct fc_error *err)
{
    struct cmd_source train = {run->options.train, 0, NULL, NULL, NULL};
    int jobs;
    enum fc_status status =
        cmd_load(&run->options, &train, &jobs, &run->panel, NULL, err);
    struct fc_seasons seasons = cmd_seasons(&run->options, &run->panel);
    run->report.season = fc_season_length(&seasons);
    run->report.panel = &run->panel;
    if (status == FC_OK)
        status = cmd_columns_find(&run->options, &run->columns, err);
    if (status == FC_OK)
        status = read_forecasts(run, err);
    if (status == FC_OK)
        status = expect_some(run, err);
    run->report.numbers = run->numbers;
    if (status == FC_OK)
        status = read_actuals(run, err);
    if (status == FC_OK)
        status = read_rest(run, err);
    return status;
}

static enum fc_status compute(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    if (cmd_report_lacks() != NULL)
        return fc_fail(err, FC_EINVAL, "%s", cmd_report_lacks());
    run->report.files = (struct cmd_report_files){
        o->input,  o->actuals, o->train, o->summary,
        o->scores, o->trace,   o->store, o->components};
    run->report.wanted = o->shown;
    enum fc_status status = io_atomic_open(o->output, &run->file, err);
    if (status == FC_OK)
        status = load(run, err);
    if (status == FC_OK)
        status = cmd_report_write(&run->report, run->file, err);
    if (status == FC_OK)
        status = io_atomic_commit(&run->file, 1, err);
    return status;
}

/* What was read but is not of these series. */
static bool say_extra(const struct run *run)
{
    const struct cmd_options *o = &run->options;
    char n[CMD_COUNT_SIZE];
    if (run->forecasts.nextra > 0)
        cmd_say(CMD_WARNING,
                "%s: %s rows are of no step after the end of a series in %s; "
                "the first: %s",
                o->input, cmd_count(run->forecasts.nextra, n), o->train,
                run->forecasts.extra);
    if (run->unknown > 0)
        cmd_say(CMD_WARNING, "%s: %s rows are of no series in %s", o->scores,
                cmd_count(run->unknown, n), o->train);
    if (run->parts.unknown > 0)
        cmd_say(CMD_WARNING,
                "%s: %s rows are of no forecast in %s; the first: %s",
                o->components, cmd_count(run->parts.unknown, n), o->input,
                run->parts.first);
    return run->forecasts.nextra + run->unknown + run->parts.unknown > 0;
}

static void say_end(const struct run *run, double seconds)
{
    char n[CMD_COUNT_SIZE], m[CMD_COUNT_SIZE], s[CMD_SECONDS_SIZE];
    cmd_say(CMD_INFO, "%s series, %s model%s, in %s -> %s",
            cmd_count(run->panel.nseries, n), cmd_count(run->report.nmodels, m),
            run->report.nmodels == 1 ? "" : "s", cmd_seconds(seconds, s),
            cmd_output_name(run->options.output));
}

static int report(struct run *run)
{
    struct fc_error err;
    double start = cmd_now();
    if (compute(run, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    bool extra = say_extra(run);
    cmd_signals_end_with(cmd_verdict(&run->options, !extra));
    if (!run->options.quiet)
        say_end(run, cmd_now() - start);
    return cmd_verdict(&run->options, !extra);
}

static int main_report(int argc, char **argv)
{
    struct run run = {0};
    int status = cmd_options_parse(&cmd_report, argc, argv, &run.options);
    if (status < 0)
        status = report(&run);
    io_atomic_abandon(run.file);
    free(run.levels);
    free(run.percents);
    free(run.numbers);
    free(run.actual);
    cmd_past_close(run.past);
    cmd_report_lines_release(&run.lines);
    cmd_report_parts_release(&run.parts);
    cmd_report_scores_release(&run.now);
    cmd_report_scores_release(&run.before);
    cmd_report_summary_release(&run.summary);
    cmd_forecasts_release(&run.forecasts);
    io_csv_columns_release(&run.columns);
    cmd_actuals_release(&run.places);
    cmd_actuals_release(&run.actuals);
    io_panel_release(&run.panel);
    cmd_options_release(&run.options);
    return status;
}

const struct cmd_command cmd_report = {
    .name = "report",
    .set = CMD_REPORT,
    .usage = "FORECASTS.csv [ACTUALS.csv] --train TRAIN.csv [options]",
    .summary = "a page to look at: forecasts, errors, and what stands out",
    .example = "nightcast report f.csv --train data/monthly.csv -o report.html",
    .run = main_report,
};
