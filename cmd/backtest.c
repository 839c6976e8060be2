/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast backtest`: how good the models would have been on this file.
 * Every series is cut at one or several origins, forecast from there, and
 * compared with what really followed.
 */
#define _POSIX_C_SOURCE 200809L /* STDERR_FILENO */
#include "forecast/run/backtest.h"
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/talk/scores.h"
#include "cmd/talk/talk.h"
#include "cmd/talk/terminal.h"
#include "cmd/work.h"
#include "io/out/csv.h"
#include "io/text/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORY_SIZE = 600 };

enum { ROWS, STEPS, FILES };

struct run {
    const struct cmd_options *options;
    struct cmd_work work;
    struct fc_backtest backtest;
    struct io_atomic_file
        *files[FILES]; /* of the rows and the steps, or NULL */
    double *seconds;   /* per model */
    size_t *fallbacks; /* per model */
    size_t failed;     /* results without a forecast */
    size_t unread;     /* series with an error in the file */
    double start;
};

/* Results of one model at one origin, in the order they are written. */
static const struct fc_backtest_result *result_of(const struct run *run,
                                                  size_t origin, size_t spec)
{
    return &run->backtest.results[origin * run->options->nspecs + spec];
}

static struct fc_score_shape shape_of(const struct run *run)
{
    const struct cmd_options *o = run->options;
    return (struct fc_score_shape){o->nlevels, o->levels, o->nquantiles,
                                   o->quantiles};
}

/* When an origin's forecasts were made: the time of the last value. */
static void origin_time(const struct run *run, const struct fc_origin *at,
                        char time[IO_TIME_SIZE])
{
    const struct io_panel *panel = &run->work.panel;
    size_t n = panel->series[at->series].n;
    time[0] = '\0';
    io_panel_future(panel, at->series, (int)at->n - 1 - (int)n, time);
}

static void write_row(const struct run *run, size_t origin, size_t spec)
{
    static const char *const status[] = {"failed", "fallback", "late", "ok"};
    const struct fc_origin *at = &run->backtest.at[origin];
    const struct fc_backtest_result *result = result_of(run, origin, spec);
    const struct io_panel *panel = &run->work.panel;
    const struct fc_history *series = &panel->series[at->series];
    char time[IO_TIME_SIZE], count[96];
    origin_time(run, at, time);
    io_write_id(run->files[ROWS], series->id, panel->is_record);
    io_atomic_write(run->files[ROWS], ",", 1);
    io_write_field(run->files[ROWS], run->options->spec_names[spec]);
    io_atomic_write(run->files[ROWS], ",", 1);
    io_write_field(run->files[ROWS], time);
    int n = snprintf(count, sizeof count, ",%zu,%zu,%s,%.6f", at->n, result->n,
                     status[result->outcome], result->seconds);
    io_atomic_write(run->files[ROWS], count, (size_t)n);
    struct fc_score_shape shape = shape_of(run);
    cmd_scores_write(run->files[ROWS], result->row, result->n, &shape);
    io_atomic_write(run->files[ROWS], "\n", 1);
}

static void write_rows(const struct run *run)
{
    static const char names[] = ",model,origin,n,steps,status,seconds";
    if (run->files[ROWS] == NULL)
        return;
    io_write_id(run->files[ROWS], run->work.panel.id_name,
                run->work.panel.is_record);
    io_atomic_write(run->files[ROWS], names, strlen(names));
    struct fc_score_shape shape = shape_of(run);
    cmd_scores_write_header(run->files[ROWS], &shape);
    io_atomic_write(run->files[ROWS], "\n", 1);
    for (size_t i = 0; i < run->backtest.norigins; i++)
        for (size_t k = 0; k < run->options->nspecs; k++)
            write_row(run, i, k);
}

/* One row of --steps: intervals and quantiles as forecast writes them. */
static void write_step(struct io_atomic_file *file, int step, double actual,
                       const struct fc_outline *outline,
                       const struct fc_forecast *f)
{
    char text[32];
    int n = snprintf(text, sizeof text, ",%d,", step + 1);
    io_atomic_write(file, text, (size_t)n);
    io_write_number(file, actual);
    io_atomic_write(file, ",", 1);
    io_write_number(file, f->mean[step]);
    for (int k = 0; k < outline->nbounds; k++) {
        io_atomic_write(file, ",", 1);
        io_write_number(file, fc_forecast_bound(f, outline->bounds[k])[step]);
    }
    io_atomic_write(file, "\n", 1);
}

static void write_steps(void *arg, size_t origin, size_t spec,
                        const struct fc_forecast *forecast)
{
    const struct run *run = arg;
    const struct fc_origin *at = &run->backtest.at[origin];
    const struct fc_history *series = &run->work.panel.series[at->series];
    struct io_atomic_file *file = run->files[STEPS];
    char time[IO_TIME_SIZE];
    origin_time(run, at, time);
    for (int h = 0; h < forecast->horizon; h++) {
        io_write_id(file, series->id, run->work.panel.is_record);
        io_atomic_write(file, ",", 1);
        io_write_field(file, run->options->spec_names[spec]);
        io_atomic_write(file, ",", 1);
        io_write_field(file, time);
        write_step(file, h, series->y[at->n + (size_t)h], &run->work.outline,
                   forecast);
    }
}

static void write_steps_header(const struct run *run)
{
    static const char names[] = ",model,origin,step,actual,mean";
    char text[2 * IO_NUMBER_SIZE + 16], level[IO_NUMBER_SIZE];
    io_write_id(run->files[STEPS], run->work.panel.id_name,
                run->work.panel.is_record);
    io_atomic_write(run->files[STEPS], names, strlen(names));
    for (int k = 0; k < run->options->nlevels; k++) {
        io_number_print(run->options->levels[k], level);
        int n = snprintf(text, sizeof text, ",lo-%s,hi-%s", level, level);
        io_atomic_write(run->files[STEPS], text, (size_t)n);
    }
    for (int k = 0; k < run->options->nquantiles; k++) {
        io_number_print(run->options->quantiles[k], level);
        int n = snprintf(text, sizeof text, ",q-%s", level);
        io_atomic_write(run->files[STEPS], text, (size_t)n);
    }
    io_atomic_write(run->files[STEPS], "\n", 1);
}

static void tally(struct run *run)
{
    size_t nspecs = run->options->nspecs;
    for (size_t i = 0; i < run->backtest.norigins; i++)
        for (size_t k = 0; k < nspecs; k++) {
            const struct fc_backtest_result *result = result_of(run, i, k);
            run->seconds[k] += result->seconds;
            run->fallbacks[k] += result->outcome == FC_OUTCOME_FALLBACK;
            run->failed += result->outcome == FC_OUTCOME_FAILED;
        }
    for (size_t i = 0; i < run->work.job.n; i++)
        run->unread += run->work.skip[i];
}

static enum fc_status evaluate(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    struct cmd_progress bar;
    run->seconds = calloc(o->nspecs, sizeof *run->seconds);
    run->fallbacks = calloc(o->nspecs, sizeof *run->fallbacks);
    if (run->seconds == NULL || run->fallbacks == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    cmd_progress_init(&bar, (enum cmd_when)o->progress, STDERR_FILENO,
                      "forecasts");
    run->backtest = (struct fc_backtest){
        .job = run->work.job,
        .outline = &run->work.outline,
        .learn_seconds = run->seconds,
        .known_for = o->unknown != NULL ? run->work.known.known_for : NULL,
        .origins = (int)o->origins,
        .stride = (int)(o->stride > 0 ? o->stride : o->horizon),
    };
    if (run->files[STEPS] != NULL) {
        write_steps_header(run);
        run->backtest.took = write_steps;
        run->backtest.took_arg = run;
    }
    run->backtest.job.progress = cmd_progress_update;
    run->backtest.job.progress_arg = &bar;
    enum fc_status status = fc_backtest_run(&run->backtest, err);
    cmd_progress_clear(&bar);
    cmd_known_say(o, &run->work.known, run->backtest.known);
    return status;
}

static void print_table(const struct run *run)
{
    const struct cmd_options *o = run->options;
    struct fc_score_shape shape = shape_of(run);
    struct cmd_scores scores = {
        .count_name = "fallback",
        .names = (const char *const *)o->spec_names,
        .n = o->nspecs,
        .means = run->backtest.means,
        .counts = run->fallbacks,
        .seconds = run->seconds,
        .shape = &shape,
    };
    struct cmd_terminal terminal = cmd_terminal_of(STDOUT_FILENO);
    if (o->output == NULL || strcmp(o->output, "-") != 0)
        cmd_scores_print(&scores, o->csv);
    if (terminal.is_terminal && !o->csv)
        cmd_scores_print_bars(&scores, terminal.utf8);
}

/* Everything up to the final report. */
static enum fc_status compute(struct run *run, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (run->options->output != NULL)
        status = io_atomic_open(run->options->output, &run->files[ROWS], err);
    if (status == FC_OK && run->options->steps != NULL)
        status = io_atomic_open(run->options->steps, &run->files[STEPS], err);
    if (status == FC_OK)
        status = cmd_work_init(run->options, &run->work, err);
    if (status == FC_OK)
        status = evaluate(run, err);
    if (status == FC_OK)
        tally(run);
    if (status == FC_OK && run->backtest.norigins == 0)
        status = fc_fail(err, FC_ESHORT,
                         "%s: none of its %zu series has the %zu observations "
                         "that %lld steps and an origin need",
                         run->options->input, run->work.job.n,
                         (size_t)run->options->horizon
                             + fc_backtest_least(run->work.season),
                         (long long)run->options->horizon);
    if (status != FC_OK)
        return status;
    write_rows(run);
    print_table(run);
    return cmd_scores_commit(run->files, FILES, err);
}

static bool is_good(const struct run *run, size_t fallbacks)
{
    return fallbacks + run->failed + run->unread == 0;
}

/* Series that were long enough, and not left out. */
static size_t count_done(const struct run *run)
{
    return run->work.job.n - run->unread - run->backtest.nshort;
}

/* What became of the series, in words. */
static void put_story(const struct run *run, size_t fallbacks,
                      char line[STORY_SIZE])
{
    const struct cmd_options *o = run->options;
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE];
    size_t norigins = run->backtest.norigins;
    snprintf(line, STORY_SIZE, "%s of %s series backtested with %.200s",
             cmd_count(count_done(run), a), cmd_count(run->work.job.n, b),
             o->models);
    cmd_append(line, STORY_SIZE, " at %s origin%s", cmd_count(norigins, a),
               norigins == 1 ? "" : "s");
    if (run->backtest.nshort > 0)
        cmd_append(line, STORY_SIZE, ", %s too short",
                   cmd_count(run->backtest.nshort, a));
    if (run->unread > 0)
        cmd_append(line, STORY_SIZE, ", %s left out",
                   cmd_count(run->unread, a));
    cmd_count(norigins * o->nspecs, b);
    if (fallbacks > 0)
        cmd_append(line, STORY_SIZE, ", %s of %s forecasts by fallback %.60s%s",
                   cmd_count(fallbacks, a), b, o->fallback_text,
                   cmd_has_known(o) ? " or without regressors" : "");
    if (run->failed > 0)
        cmd_append(line, STORY_SIZE, ", %s of %s forecasts failed",
                   cmd_count(run->failed, a), b);
}

static void report(const struct run *run, size_t fallbacks)
{
    const struct cmd_options *o = run->options;
    char line[STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    size_t norigins = run->backtest.norigins;
    double total = cmd_now() - run->start;
    struct cmd_field fields[] = {
        {"command", "backtest", 0},
        {"model", o->models, 0},
        {"series", NULL, (double)run->work.job.n},
        {"ok", NULL, (double)count_done(run)},
        {"origins", NULL, (double)norigins},
        {"too_short", NULL, (double)run->backtest.nshort},
        {"left_out", NULL, (double)run->unread},
        {"forecasts", NULL, (double)(norigins * o->nspecs)},
        {"fallback", NULL, (double)fallbacks},
        {"failed", NULL, (double)run->failed},
        {"seconds", NULL, total},
        {"threads", NULL, run->work.job.nthreads},
        {o->output != NULL ? "output" : NULL, o->output, 0},
        {NULL, NULL, 0},
    };
    put_story(run, fallbacks, line);
    cmd_say_fields(is_good(run, fallbacks) ? CMD_INFO : CMD_WARNING, fields,
                   "%s, in %s on %d thread%s%s%s", line,
                   cmd_seconds(total, seconds), run->work.job.nthreads,
                   run->work.job.nthreads == 1 ? "" : "s",
                   o->output != NULL ? " -> " : "",
                   o->output != NULL ? cmd_output_name(o->output) : "");
}

static int backtest(struct run *run)
{
    struct fc_error err;
    size_t fallbacks = 0;
    run->start = cmd_now();
    if (compute(run, &err) != FC_OK) {
        cmd_name_left_out(&run->work);
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    for (size_t k = 0; k < run->options->nspecs; k++)
        fallbacks += run->fallbacks[k];
    bool good = is_good(run, fallbacks);
    cmd_signals_end_with(cmd_verdict(run->options, good));
    cmd_name_left_out(&run->work);
    if (!run->options->quiet || !good)
        report(run, fallbacks);
    return cmd_verdict(run->options, good);
}

static int main_backtest(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_backtest, argc, argv, &options);
    if (status < 0)
        status = backtest(&run);
    for (int i = 0; i < FILES; i++)
        io_atomic_abandon(run.files[i]);
    fc_backtest_release(&run.backtest);
    free(run.seconds);
    free(run.fallbacks);
    cmd_work_release(&run.work);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_backtest = {
    .name = "backtest",
    .set = CMD_BACKTEST,
    .usage = "-H N [options] [INPUT.csv ... | -]",
    .summary = "how good the models would have been: rolling-origin accuracy",
    .example = "nightcast backtest -H 6 -m ets,snaive data/monthly.csv",
    .run = main_backtest,
};
