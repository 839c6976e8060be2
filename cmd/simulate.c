/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast simulate`: sample paths of the future, whole, or as quantiles
 * per step and of sums over several steps.  Series are simulated and written
 * some at a time, so that memory does not grow with the number of paths.
 */
#define _POSIX_C_SOURCE 200809L /* STDERR_FILENO */
#include "forecast/run/simulate.h"
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/talk/progress.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"
#include "io/out/csv.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OFFENDERS = 5, /* series named on standard error */
    STORY_SIZE = 600,
    NUMBERS = 1 << 24, /* held in memory at a time: 128 MB */
    LEAST_PER_JOB = 4  /* series of a portion, so that no thread idles */
};

struct run {
    const struct cmd_options *options;
    struct cmd_work work;
    struct fc_simulate simulate;
    struct io_atomic_file *file;
    size_t ok, fallback, failed; /* series; of several models, the worst */
    char offender[OFFENDERS][FC_MESSAGE_SIZE + 2 * CMD_SHORT_SIZE];
    size_t noffenders;
    double start;
};

static void put(struct run *run, const char *text)
{
    io_atomic_write(run->file, text, strlen(text));
}

static void put_number(struct run *run, double x)
{
    put(run, ",");
    io_write_number(run->file, x);
}

static void write_header(struct run *run)
{
    io_write_id(run->file, run->work.panel.id_name, run->work.panel.is_record);
    put(run, ",");
    io_write_field(run->file, run->work.panel.time_name);
    if (run->options->whole) {
        put(run, ",model,path,value\n");
        return;
    }
    put(run, ",model,over,mean");
    for (int i = 0; i < run->options->nquantiles; i++) {
        put(run, ",q-");
        io_write_number(run->file, run->options->quantiles[i]);
    }
    put(run, "\n");
}

/* What begins every row, and a count: steps summed, or the path. */
static void put_labels(struct run *run, size_t series, const char *time,
                       size_t spec, int count)
{
    io_write_id(run->file, run->work.panel.series[series].id,
                run->work.panel.is_record);
    put(run, ",");
    io_write_field(run->file, time);
    put(run, ",");
    io_write_field(run->file, run->options->spec_names[spec]);
    put_number(run, count);
}

static void write_paths(struct run *run, size_t series, size_t spec,
                        const double *numbers)
{
    const struct io_panel *panel = &run->work.panel;
    int horizon = (int)run->options->horizon;
    char time[IO_TIME_SIZE] = "";
    for (int p = 0; p < run->simulate.paths; p++)
        for (int h = 0; h < horizon; h++) {
            io_panel_future(panel, series, h, time);
            put_labels(run, series, time, spec, p + 1);
            put_number(run, *numbers++);
            put(run, "\n");
        }
}

static void write_quantiles(struct run *run, size_t series, size_t spec,
                            const double *numbers)
{
    const struct io_panel *panel = &run->work.panel;
    char time[IO_TIME_SIZE] = "";
    for (int i = 0; i < fc_simulate_rows(&run->simulate); i++) {
        struct fc_simulate_row row = fc_simulate_row(&run->simulate, i);
        io_panel_future(panel, series, row.last, time);
        put_labels(run, series, time, spec, row.over);
        for (int k = 0; k <= run->options->nquantiles; k++)
            put_number(run, *numbers++);
        put(run, "\n");
    }
}

/* Keeps why the first series failed or fell back. */
static void note_offender(struct run *run, size_t series,
                          enum fc_outcome outcome, const char *detail)
{
    char id[CMD_SHORT_SIZE];
    const char *lacks = cmd_known_lacks(&run->work.known, series);
    if (run->noffenders < OFFENDERS)
        snprintf(run->offender[run->noffenders++], sizeof run->offender[0],
                 "series '%s' %s: %s%s%s",
                 cmd_short(run->work.panel.series[series].id, id),
                 outcome == FC_OUTCOME_FAILED ? "failed" : "fell back",
                 detail != NULL ? detail : "out of memory",
                 lacks != NULL ? ": " : "", lacks != NULL ? lacks : "");
}

/* Writes one series under all models. */
static void write_series(struct run *run, size_t series,
                         const struct fc_simulated *results)
{
    enum fc_outcome worst = FC_OUTCOME_OK;
    const char *detail = NULL;
    for (size_t k = 0; k < run->options->nspecs; k++) {
        const struct fc_simulated *r = &results[k];
        if (r->outcome < worst) {
            worst = r->outcome;
            detail = r->detail;
        }
        if (r->outcome == FC_OUTCOME_FAILED)
            continue;
        if (run->options->whole)
            write_paths(run, series, k, r->numbers);
        else
            write_quantiles(run, series, k, r->numbers);
    }
    run->ok += worst == FC_OUTCOME_OK;
    run->fallback += worst == FC_OUTCOME_FALLBACK;
    run->failed += worst == FC_OUTCOME_FAILED;
    if (run->work.panel.facts[series].error != NULL)
        detail = run->work.panel.facts[series].error;
    if (worst != FC_OUTCOME_OK)
        note_offender(run, series, worst, detail);
}

/* Series that are simulated before the next are written. */
static size_t portion(const struct run *run)
{
    size_t size = fc_simulate_size(&run->simulate) * run->options->nspecs;
    size_t least = LEAST_PER_JOB * (size_t)run->work.job.nthreads;
    return NUMBERS / size > least ? NUMBERS / size : least;
}

static enum fc_status simulate_all(struct run *run, struct fc_error *err)
{
    struct cmd_progress bar;
    cmd_progress_init(&bar, (enum cmd_when)run->options->progress,
                      STDERR_FILENO, "series");
    run->simulate.job.progress = cmd_progress_update;
    run->simulate.job.progress_arg = &bar;
    size_t n = run->work.job.n, step = portion(run);
    enum fc_status status = fc_simulate_init(&run->simulate, err);
    const struct fc_known *known = run->simulate.learnt.known;
    cmd_known_say(run->options, &run->work.panel, &run->work.known, known);
    if (status == FC_OK)
        status =
            cmd_known_find_logs(&run->work.panel, &run->work.known, known, err);
    for (size_t first = 0; status == FC_OK && first < n; first += step) {
        size_t count = n - first < step ? n - first : step;
        status = fc_simulate_run(&run->simulate, first, count, err);
        for (size_t i = 0; status == FC_OK && i < count; i++)
            write_series(run, first + i,
                         run->simulate.results + i * run->options->nspecs);
        if (io_atomic_failed(run->file))
            break;
    }
    cmd_progress_clear(&bar);
    return status;
}

static enum fc_status compute(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    enum fc_status status = io_atomic_open(o->output, &run->file, err);
    if (status == FC_OK)
        status = cmd_work_init(run->options, &run->work, err);
    if (status != FC_OK)
        return status;
    run->simulate = (struct fc_simulate){
        .job = run->work.job,
        .paths = (int)o->paths,
        .lead_time = (int)o->lead_time,
        .nquantiles = o->nquantiles,
        .quantiles = o->quantiles,
        .whole = o->whole,
    };
    write_header(run);
    status = simulate_all(run, err);
    if (status == FC_OK && run->failed == run->work.job.n)
        return fc_fail(err, FC_ENOFIT,
                       "%s: none of its %zu series could be simulated; "
                       "nothing was written",
                       o->input, run->failed);
    return status == FC_OK ? io_atomic_commit(&run->file, 1, err) : status;
}

/* What became of the series, in words. */
static void put_story(const struct run *run, char line[STORY_SIZE])
{
    const struct cmd_options *o = run->options;
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], c[CMD_COUNT_SIZE];
    snprintf(line, STORY_SIZE,
             "%s of %s series simulated with %.200s, %s path%s",
             cmd_count(run->ok, a), cmd_count(run->work.job.n, b), o->models,
             cmd_count((size_t)o->paths, c), o->paths == 1 ? "" : "s");
    if (run->fallback > 0)
        cmd_append(line, STORY_SIZE, ", %s with fallback %.60s%s",
                   cmd_count(run->fallback, a), o->fallback_text,
                   cmd_has_known(o) ? " or without regressors" : "");
    if (run->failed > 0)
        cmd_append(line, STORY_SIZE, ", %s failed", cmd_count(run->failed, a));
}

static void report(const struct run *run)
{
    const struct cmd_options *o = run->options;
    char line[STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    double total = cmd_now() - run->start;
    struct cmd_field fields[] = {
        {"command", "simulate", 0},
        {"model", o->models, 0},
        {"series", NULL, (double)run->work.job.n},
        {"ok", NULL, (double)run->ok},
        {"fallback", NULL, (double)run->fallback},
        {"failed", NULL, (double)run->failed},
        {"paths", NULL, (double)o->paths},
        {"seconds", NULL, total},
        {"threads", NULL, run->work.job.nthreads},
        {"output", o->output, 0},
        {NULL, NULL, 0},
    };
    put_story(run, line);
    cmd_say_fields(run->fallback + run->failed == 0 ? CMD_INFO : CMD_WARNING,
                   fields, "%s, in %s on %d thread%s -> %s", line,
                   cmd_seconds(total, seconds), run->work.job.nthreads,
                   run->work.job.nthreads == 1 ? "" : "s",
                   cmd_output_name(o->output));
}

static void name_offenders(const struct run *run)
{
    char count[CMD_COUNT_SIZE];
    size_t n = run->fallback + run->failed;
    for (size_t i = 0; i < run->noffenders; i++)
        cmd_say(CMD_WARNING, "%s", run->offender[i]);
    if (n > run->noffenders)
        cmd_say(CMD_WARNING, "... and %s more series",
                cmd_count(n - run->noffenders, count));
}

static int simulate(struct run *run)
{
    struct fc_error err;
    run->start = cmd_now();
    enum fc_status status = compute(run, &err);
    bool good = run->fallback + run->failed == 0;
    if (status == FC_OK)
        cmd_signals_end_with(cmd_verdict(run->options, good));
    name_offenders(run);
    if (status != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    if (!run->options->quiet || !good)
        report(run);
    return cmd_verdict(run->options, good);
}

static int main_simulate(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_simulate, argc, argv, &options);
    if (status < 0)
        status = simulate(&run);
    io_atomic_abandon(run.file);
    fc_simulate_release(&run.simulate);
    cmd_work_release(&run.work);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_simulate = {
    .name = "simulate",
    .set = CMD_SIMULATE,
    .usage = "-H N [options] [INPUT.csv ... | -]",
    .summary = "sample paths of the future, or their quantiles, also of sums",
    .example = "nightcast simulate -H 12 --lead-time 3 -m ets data/monthly.csv",
    .run = main_simulate,
};
