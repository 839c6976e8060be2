/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast score`: how good forecasts turned out to be that were made
 * before, by this program or another.
 */
#include "cmd/commands.h"
#include "cmd/host/memory.h"
#include "cmd/host/signals.h"
#include "cmd/score_read.h"
#include "cmd/talk/scores.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"
#include "forecast/models.h"
#include "forecast/run/batch.h"
#include "io/out/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORY_SIZE = 600 };

struct run {
    const struct cmd_options *options;
    struct cmd_actuals actuals;
    struct cmd_forecasts forecasts;
    struct cmd_work work; /* the training data, and Naive 2 */
    struct fc_spec naive2;
    struct fc_batch batch;
    struct io_atomic_file *file;  /* of the rows, or NULL */
    struct fc_error_scale *scale; /* per series of the actual values */
    double *reference;            /* Naive 2's forecast for every key */
    uint32_t *keys;               /* of one series, those that are scored */
    double *scratch;              /* one series of one model, matched */
    const double **columns;       /* of it */
    double *sums;
    size_t *counts;
    struct fc_score_mean *means; /* per model */
    size_t *missing;             /* per model: values without a forecast */
    size_t untrained;            /* series without training data */
    size_t nseries, nvalues;     /* scored, by any model */
    double start;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static struct fc_score_shape shape_of(const struct run *run)
{
    const struct cmd_forecasts *f = &run->forecasts;
    return (struct fc_score_shape){f->nlevels, f->levels, f->nquantiles,
                                   f->quantiles};
}

static enum fc_status allocate(struct run *run, struct fc_error *err)
{
    size_t nseries = run->actuals.ids.n, nkeys = run->actuals.keys.n;
    size_t nmodels = run->forecasts.models.n;
    size_t ncolumns = run->forecasts.ncolumns;
    struct fc_score_shape shape = shape_of(run);
    size_t size = fc_score_size(&shape);
    run->scale = malloc(nseries * sizeof *run->scale);
    run->reference = malloc(nkeys * sizeof(double));
    /* actual values, Naive 2, mean and columns; and two rows */
    run->scratch = malloc(((3 + ncolumns) * run->actuals.most + 2 * size)
                          * sizeof(double));
    run->columns = malloc((ncolumns + 1) * sizeof *run->columns);
    run->keys = malloc((run->actuals.most + 1) * sizeof *run->keys);
    run->sums = malloc(nmodels * size * sizeof(double));
    run->counts = malloc(nmodels * size * sizeof *run->counts);
    run->means = calloc(nmodels, sizeof *run->means);
    run->missing = calloc(nmodels, sizeof *run->missing);
    if (run->scale == NULL || run->reference == NULL || run->keys == NULL
        || run->scratch == NULL || run->columns == NULL || run->sums == NULL
        || run->counts == NULL || run->means == NULL || run->missing == NULL)
        return no_memory(err);
    for (size_t k = 0; k < nmodels; k++)
        fc_score_mean_init(&run->means[k], &shape, run->sums + k * size,
                           run->counts + k * size);
    for (size_t i = 0; i < nkeys; i++)
        run->reference[i] = NAN;
    for (size_t i = 0; i < nseries; i++)
        run->scale[i] = (struct fc_error_scale){NAN, NAN, NAN};
    return FC_OK;
}

/* Naive 2's forecasts of one training series, where there are values. */
static void place_reference(struct run *run, size_t i, uint32_t series)
{
    const struct io_panel *panel = &run->work.panel;
    struct fc_forecast forecast = fc_batch_forecast(&run->batch, i);
    char time[IO_TIME_SIZE];
    if (run->batch.results[i].outcome == FC_OUTCOME_FAILED)
        return;
    for (int h = 0; h < run->work.job.horizon; h++) {
        if (!io_panel_future(panel, i, h, time))
            return;
        uint32_t key =
            cmd_actuals_find(&run->actuals, series, time, strlen(time));
        if (key != IO_INTERN_FULL)
            run->reference[key] = forecast.mean[h];
    }
}

/* The scales of all series, and Naive 2. */
static enum fc_status learn_scales(struct run *run, struct fc_error *err)
{
    struct cmd_source train = {run->options->train, (int)run->actuals.most,
                               NULL, NULL, NULL};
    size_t found = 0;
    enum fc_status status =
        cmd_work_read(run->options, &train, &run->work, err);
    if (status != FC_OK)
        return status;
    run->naive2 = (struct fc_spec){.model = fc_model_find("naive2")};
    run->batch.job = run->work.job;
    run->batch.job.specs = &run->naive2;
    run->batch.job.nspecs = 1;
    status = fc_batch_run(&run->batch, err);
    for (size_t i = 0; status == FC_OK && i < run->work.job.n; i++) {
        const struct fc_history *s = &run->work.panel.series[i];
        uint32_t series =
            io_intern_find(&run->actuals.ids, s->id, strlen(s->id));
        if (series == IO_INTERN_FULL || run->work.skip[i])
            continue;
        run->scale[series] =
            fc_error_scale(s->y, s->n, (size_t)run->work.season);
        place_reference(run, i, series);
        found++;
    }
    run->untrained = run->actuals.ids.n - found;
    return status;
}

/* One series of one model, without what is missing on either side. */
struct matched {
    size_t n, missing;
    double *actual, *naive2;
    struct fc_scored forecast;
};

/* The keys of a series with an actual value and a forecast of it, in order;
   counts those without a forecast. */
static size_t select_keys(const struct run *run, const double *mean,
                          size_t series, size_t *missing)
{
    const struct cmd_actuals *a = &run->actuals;
    size_t n = 0;
    *missing = 0;
    for (size_t i = a->first[series]; i < a->first[series + 1]; i++) {
        uint32_t key = a->order[i];
        if (isnan(a->value[key]))
            continue;
        if (isnan(mean[key]))
            ++*missing;
        else
            run->keys[n++] = key;
    }
    return n;
}

/* The numbers of the keys selected; returns the end of where they went. */
static double *gather(const struct run *run, const double *numbers, size_t n,
                      double *to)
{
    for (size_t i = 0; i < n; i++)
        *to++ = numbers[run->keys[i]];
    return to;
}

static struct matched match(const struct run *run, size_t model, size_t series)
{
    const struct cmd_forecasts *f = &run->forecasts;
    const double *mean = f->numbers[model]; /* then the columns */
    size_t nkeys = run->actuals.keys.n;
    double *to = run->scratch;
    struct matched m = {.actual = to};
    m.n = select_keys(run, mean, series, &m.missing);
    to = gather(run, run->actuals.value, m.n, to);
    m.naive2 = to;
    to = gather(run, run->reference, m.n, to);
    m.forecast = (struct fc_scored){m.n, to, run->columns};
    to = gather(run, mean, m.n, to);
    for (size_t k = 0; k < f->ncolumns; k++) {
        run->columns[k] = to;
        to = gather(run, mean + (1 + k) * nkeys, m.n, to);
    }
    return m;
}

static bool all_there(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i]))
            return false;
    return true;
}

static void write_row(const struct run *run, size_t model, size_t series,
                      const struct matched *m, const double *row)
{
    char counts[64];
    if (run->file == NULL)
        return;
    io_write_id(run->file, run->actuals.ids.text[series],
                run->actuals.is_record);
    io_atomic_write(run->file, ",", 1);
    io_write_field(run->file, run->forecasts.models.text[model]);
    int n = snprintf(counts, sizeof counts, ",%zu,%zu", m->n, m->missing);
    io_atomic_write(run->file, counts, (size_t)n);
    struct fc_score_shape shape = shape_of(run);
    cmd_scores_write(run->file, row, m->n, &shape);
    io_atomic_write(run->file, "\n", 1);
}

static void score_one(struct run *run, size_t model, size_t series)
{
    struct matched m = match(run, model, series);
    struct fc_error_scale scale = run->scale[series];
    static const struct fc_score_shape points = {0};
    struct fc_score_shape shape = shape_of(run);
    size_t ncolumns = run->forecasts.ncolumns;
    double *row = run->scratch + (3 + ncolumns) * run->actuals.most;
    double *naive2 = row + fc_score_size(&shape);
    struct fc_scored reference = {.horizon = m.n, .mean = m.naive2};
    fc_score(m.actual, &m.forecast, &shape, scale, row);
    fc_score_none(&points, naive2);
    if (all_there(m.naive2, m.n))
        fc_score(m.actual, &reference, &points, scale, naive2);
    fc_score_mean_add(&run->means[model], row, naive2);
    run->missing[model] += m.missing;
    run->nvalues += m.n;
    write_row(run, model, series, &m, row);
}

static void score_all(struct run *run)
{
    static const char names[] = ",model,steps,missing";
    if (run->file != NULL) {
        io_write_id(run->file, run->actuals.id_name, run->actuals.is_record);
        io_atomic_write(run->file, names, strlen(names));
        struct fc_score_shape shape = shape_of(run);
        cmd_scores_write_header(run->file, &shape);
        io_atomic_write(run->file, "\n", 1);
    }
    for (size_t i = 0; i < run->actuals.ids.n; i++)
        for (size_t k = 0; k < run->forecasts.models.n; k++)
            score_one(run, k, i);
}

static void print_table(const struct run *run)
{
    const struct cmd_options *o = run->options;
    struct fc_score_shape shape = shape_of(run);
    struct cmd_scores scores = {
        .count_name = "missing",
        .names = run->forecasts.models.text,
        .n = run->forecasts.models.n,
        .means = run->means,
        .counts = run->missing,
        .shape = &shape,
    };
    if (o->output == NULL || strcmp(o->output, "-") != 0)
        cmd_scores_print(&scores, o->csv);
}

static enum fc_status read_tables(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    struct io_csv_columns columns = {0};
    enum fc_status status = cmd_columns_find(o, &columns, err);
    if (status == FC_OK)
        status = cmd_actuals_read(o, &columns, &run->actuals, err);
    if (status == FC_OK)
        status = cmd_forecasts_read(o, &columns, &run->actuals, &run->forecasts,
                                    err);
    io_csv_columns_release(&columns);
    return status;
}

static enum fc_status compute(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    enum fc_status status = FC_OK;
    if (o->output != NULL)
        status = io_atomic_open(o->output, &run->file, err);
    cmd_memory_limit("/proc", 0);
    if (status == FC_OK)
        status = read_tables(run, err);
    if (status == FC_OK)
        status = allocate(run, err);
    if (status == FC_OK)
        status = learn_scales(run, err);
    if (status != FC_OK)
        return status;
    score_all(run);
    if (run->nvalues == 0)
        return fc_fail(
            err, FC_EDATA, "%s has no forecast for any value of %s%s%s%s",
            o->input, o->actuals, run->forecasts.nextra > 0 ? "; it has " : "",
            run->forecasts.extra, run->forecasts.nextra > 0 ? ", ..." : "");
    print_table(run);
    return cmd_scores_commit(&run->file, 1, err);
}

/* What was scored, in words. */
static void put_story(const struct run *run, size_t missing,
                      char line[STORY_SIZE])
{
    size_t nmodels = run->forecasts.models.n, nextra = run->forecasts.nextra;
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], c[CMD_COUNT_SIZE];
    snprintf(line, STORY_SIZE,
             "%s forecasts of %s series by %s model%s scored, season %d",
             cmd_count(run->nvalues, a), cmd_count(run->actuals.ids.n, b),
             cmd_count(nmodels, c), nmodels == 1 ? "" : "s", run->work.season);
    if (missing > 0)
        cmd_append(line, STORY_SIZE, ", %s missing", cmd_count(missing, a));
    if (run->untrained > 0)
        cmd_append(line, STORY_SIZE, ", %s series without training data",
                   cmd_count(run->untrained, a));
    if (nextra > 0)
        cmd_append(line, STORY_SIZE,
                   ", %s rows for which there is no actual value",
                   cmd_count(nextra, a));
}

static void report(const struct run *run, size_t missing)
{
    const struct cmd_options *o = run->options;
    char line[STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    double total = cmd_now() - run->start;
    struct cmd_field fields[] = {
        {"command", "score", 0},
        {"models", NULL, (double)run->forecasts.models.n},
        {"series", NULL, (double)run->actuals.ids.n},
        {"forecasts", NULL, (double)run->nvalues},
        {"missing", NULL, (double)missing},
        {"untrained", NULL, (double)run->untrained},
        {"extra", NULL, (double)run->forecasts.nextra},
        {"season", NULL, run->work.season},
        {"seconds", NULL, total},
        {o->output != NULL ? "output" : NULL, o->output, 0},
        {NULL, NULL, 0},
    };
    put_story(run, missing, line);
    cmd_say_fields(missing + run->untrained == 0 ? CMD_INFO : CMD_WARNING,
                   fields, "%s, in %s%s%s", line, cmd_seconds(total, seconds),
                   o->output != NULL ? " -> " : "",
                   o->output != NULL ? cmd_output_name(o->output) : "");
}

static int score(struct run *run)
{
    struct fc_error err;
    size_t missing = 0;
    run->start = cmd_now();
    if (compute(run, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    for (size_t k = 0; k < run->forecasts.models.n; k++)
        missing += run->missing[k];
    bool good = missing + run->untrained == 0;
    cmd_signals_end_with(cmd_verdict(run->options, good));
    if (!run->options->quiet || !good)
        report(run, missing);
    return cmd_verdict(run->options, good);
}

static int main_score(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_score, argc, argv, &options);
    if (status < 0)
        status = score(&run);
    io_atomic_abandon(run.file);
    free(run.scale);
    free(run.reference);
    free(run.keys);
    free(run.scratch);
    free(run.columns);
    free(run.sums);
    free(run.counts);
    free(run.means);
    free(run.missing);
    fc_batch_release(&run.batch);
    cmd_work_release(&run.work);
    cmd_forecasts_release(&run.forecasts);
    cmd_actuals_release(&run.actuals);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_score = {
    .name = "score",
    .set = CMD_SCORE,
    .usage = "FORECASTS.csv ACTUALS.csv --train TRAIN.csv [options]",
    .summary = "how good forecasts turned out to be",
    .example = "nightcast score forecasts.csv actual.csv --train sales.csv",
    .run = main_score,
};
