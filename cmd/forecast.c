/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast forecast`: read, fit, write.  The outputs are opened before
 * anything is computed, so that a night is not spent on forecasts that cannot
 * be written, and appear under their names only when all is done.
 */
#include "cmd/commands.h"
#include "cmd/host/lock.h"
#include "cmd/host/signals.h"
#include "cmd/outputs.h"
#include "cmd/shard.h"
#include "cmd/talk/progress.h"
#include "cmd/talk/talk.h"

#include <stdio.h>
#include <unistd.h>

enum { OFFENDERS = 5 }; /* series named on standard error */

/* Names the first series of an outcome and why. */
static void name_offenders(const struct cmd_run *run, enum fc_outcome outcome,
                           size_t n, const char *what)
{
    char id[CMD_SHORT_SIZE], detail[2 * FC_MESSAGE_SIZE], count[CMD_COUNT_SIZE];
    size_t shown = 0;
    for (size_t i = 0; shown < n && shown < OFFENDERS; i++) {
        if (cmd_outcome_of(run, i) != outcome)
            continue;
        size_t k = 0;
        while (cmd_result_of(run, i, k)->outcome != outcome)
            k++;
        cmd_describe(run, i, k, detail, sizeof detail);
        bool several =
            run->options->nspecs > 1 && run->work.panel.facts[i].error == NULL;
        cmd_say(CMD_WARNING, "series '%s' %s%s%s: %s",
                cmd_short(run->work.panel.series[i].id, id), what,
                !several                       ? ""
                : outcome == FC_OUTCOME_FAILED ? " with "
                                               : " from ",
                several ? run->options->spec_names[k] : "", detail);
        shown++;
    }
    if (n > shown)
        cmd_say(CMD_WARNING, "... and %s more series %s%s",
                cmd_count(n - shown, count), what,
                run->options->summary == NULL ? "; --summary FILE lists all"
                                              : "");
}

/* The line that tells the whole story. */
static void report(const struct cmd_run *run)
{
    const struct cmd_tally *tally = &run->tally;
    const struct cmd_options *o = run->options;
    char line[CMD_STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    double total = run->seconds[0] + run->seconds[1] + run->seconds[2];
    static const char *const gaps[] = {"interpolate", "zero", "previous",
                                       "error"};
    struct cmd_story story = {
        .models = o->models,
        .several = o->nspecs > 1,
        .fallback = o->fallback_text,
        .common = o->align == IO_ALIGN_COMMON,
        .gaps = gaps[o->gaps],
        .shard = o->shard,
        .store = o->store != NULL,
    };
    cmd_story_text(&story, tally, line);
    struct cmd_field fields[CMD_STORY_FIELDS];
    struct cmd_end end = {"forecast", o->output, total, run->work.job.nthreads};
    cmd_story_fields(&story, tally, &end, fields);
    cmd_say_fields(cmd_tally_is_good(tally) ? CMD_INFO : CMD_WARNING, fields,
                   "%s, in %s on %d thread%s -> %s", line,
                   cmd_seconds(total, seconds), run->work.job.nthreads,
                   run->work.job.nthreads == 1 ? "" : "s",
                   cmd_output_name(o->output));
}

static void say_phases(const struct cmd_run *run)
{
    static const char *const phase[] = {"read", "fit", "write"};
    const struct io_panel *panel = &run->work.panel;
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], step[IO_FREQ_TEXT_SIZE],
        seconds[CMD_SECONDS_SIZE];
    if (!run->options->verbose)
        return;
    io_freq_text(&panel->freq, step, sizeof step);
    struct cmd_field input[] = {{"rows", NULL, (double)panel->nrows},
                                {"series", NULL, (double)panel->ntotal},
                                {"step", step, 0},
                                {"season", NULL, run->work.season},
                                {NULL, NULL, 0}};
    cmd_say_fields(CMD_INFO, input,
                   "%s: %s rows, %s series, step %s, season %d",
                   run->options->input, cmd_count(panel->nrows, a),
                   cmd_count(panel->ntotal, b), step, run->work.season);
    for (int i = 0; i < 3; i++) {
        struct cmd_field fields[] = {{"phase", phase[i], 0},
                                     {"seconds", NULL, run->seconds[i]},
                                     {NULL, NULL, 0}};
        cmd_say_fields(CMD_INFO, fields, "%-5s %s", phase[i],
                       cmd_seconds(run->seconds[i], seconds));
    }
}

/* What is called while fits are made, from one thread. */
struct meanwhile {
    struct cmd_progress bar;
    struct cmd_night *night;
};

static void go_on(void *arg, size_t done, size_t n)
{
    struct meanwhile *meanwhile = arg;
    cmd_progress_update(&meanwhile->bar, done, n);
    cmd_night_tick(meanwhile->night);
}

static enum fc_status fit(struct cmd_run *run, struct fc_error *err)
{
    struct meanwhile meanwhile = {.night = &run->night};
    if (cmd_shard_learns_alone(run->options))
        cmd_say(CMD_WARNING,
                "warning: this shard learns from its own series only, and "
                "forecasts otherwise than a single run; --learned FILE, made "
                "once by `nightcast learn`, helps");
    cmd_progress_init(&meanwhile.bar, (enum cmd_when)run->options->progress,
                      STDERR_FILENO,
                      run->options->nspecs > 1 ? "fits" : "series");
    run->work.job.progress = go_on;
    run->work.job.progress_arg = &meanwhile;
    run->batch = (struct fc_batch){
        .job = run->work.job, .want_reports = run->options->summary != NULL};
    enum fc_status status =
        cmd_night_begin(&run->night, &cmd_forecast, run->options,
                        &run->work.panel, run->work.season, &run->batch, err);
    if (status == FC_OK)
        status = fc_batch_run(&run->batch, err);
    cmd_progress_clear(&meanwhile.bar);
    if (status == FC_OK)
        cmd_night_fitted(&run->night);
    return status;
}

/*
 * Too many failures are a failure of the whole.  A shard fails only if the
 * whole must: when it has more failures alone than the whole may have.  That
 * all of its series fail, or that it has none, is for merge to judge.
 */
static enum fc_status judge(const struct cmd_run *run, struct fc_error *err)
{
    const struct cmd_tally *tally = &run->tally;
    const struct cmd_options *o = run->options;
    size_t n = run->work.panel.ntotal;
    bool too_many = cmd_too_many_failed(&o->max_failed, tally->failed, n);
    if (tally->none + tally->stale < n && !too_many)
        return FC_OK;
    name_offenders(run, FC_OUTCOME_FAILED, tally->failed, "failed");
    if (tally->none + tally->stale == n)
        return fc_fail(err, FC_ENOFIT,
                       "%s: none of its %zu series could be forecast; "
                       "no forecasts were written",
                       o->input, n);
    return fc_fail(err, FC_ENOFIT,
                   "%s: %zu of %zu series failed, more than --max-failed "
                   "%.40s; no forecasts were written",
                   o->input, tally->failed, n, o->max_failed_text);
}

/*
 * Of a shard nothing is written: its parts would no longer belong together.
 */
static void write_reasons(struct cmd_run *run, struct cmd_outputs *outputs)
{
    struct fc_error err;
    if (run->options->shard.count > 0)
        return;
    cmd_outputs_keep_reasons(outputs);
    enum fc_status status = cmd_outputs_write(outputs, run, cmd_now(), &err);
    if (status == FC_OK)
        status = cmd_outputs_commit(outputs, &err);
    if (status != FC_OK)
        cmd_say(CMD_WARNING, "%s", err.msg);
}

/* Everything up to the rename; nothing has been replaced when it fails, but
   for what says why. */
static enum fc_status compute(struct cmd_run *run, struct cmd_outputs *outputs,
                              struct fc_error *err)
{
    double start = cmd_now();
    enum fc_status status = cmd_work_init(run->options, &run->work, err);
    double read = cmd_now();
    run->seconds[0] = read - start;
    if (status == FC_OK)
        status = fit(run, err);
    if (status != FC_OK)
        return status;
    double fitted = cmd_now();
    run->seconds[1] = fitted - read;
    run->tally = cmd_count_outcomes(run);
    status = judge(run, err);
    if (status != FC_OK) {
        write_reasons(run, outputs);
        return status;
    }
    status = cmd_outputs_write(outputs, run, fitted, err);
    if (status == FC_OK)
        status = cmd_outputs_commit(outputs, err);
    run->seconds[2] = cmd_now() - fitted;
    return status;
}

/* The outputs are in place; the store comes after them. */
static bool remember(struct cmd_run *run)
{
    const struct cmd_tally *tally = &run->tally;
    struct cmd_night_counts counts = {tally->ok, tally->fallback,
                                      tally->failed};
    cmd_night_publish(&run->night, &counts,
                      run->seconds[0] + run->seconds[1] + run->seconds[2]);
    return !cmd_night_say_trouble(&run->night);
}

static int forecast(struct cmd_run *run, struct cmd_outputs *outputs)
{
    struct fc_error err;
    enum fc_status status = cmd_outputs_open(run->options, outputs, &err);
    if (status == FC_EINVAL)
        return cmd_usage("forecast", "output files: %s", err.msg);
    if (status != FC_OK || compute(run, outputs, &err) != FC_OK) {
        cmd_signals_end_with(CMD_FAILED);
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    bool good = cmd_tally_is_good(&run->tally) && run->night.trouble.code == 0;
    cmd_signals_end_with(good ? CMD_OK : CMD_PARTIAL);
    good = remember(run) && good;
    cmd_signals_end_with(good ? CMD_OK : CMD_PARTIAL);
    name_offenders(run, FC_OUTCOME_FAILED, run->tally.failed, "failed");
    name_offenders(run, FC_OUTCOME_FALLBACK, run->tally.fallback, "fell back");
    say_phases(run);
    if (!run->options->quiet || !good)
        report(run);
    return good ? CMD_OK : CMD_PARTIAL;
}

static int main_forecast(int argc, char **argv)
{
    struct cmd_options options;
    struct cmd_run run = {.options = &options};
    struct cmd_outputs outputs = {0};
    int lock = -1;
    int status = cmd_options_parse(&cmd_forecast, argc, argv, &options);
    if (status < 0) {
        status =
            cmd_lock_take(run.options->lock, run.options->lock_wait, &lock);
        if (status == CMD_OK)
            status = forecast(&run, &outputs);
    }
    cmd_outputs_abandon(&outputs);
    cmd_night_end(&run.night);
    fc_batch_release(&run.batch);
    cmd_work_release(&run.work);
    cmd_options_release(&options);
    cmd_lock_release(lock); /* after the last change to any file */
    return status;
}

const struct cmd_command cmd_forecast = {
    .name = "forecast",
    .set = CMD_FORECAST,
    .usage = "-H N [options] [INPUT.csv ... | -]",
    .summary = "forecasts of every series, with prediction intervals",
    .example = "nightcast forecast -H 12 data/monthly.csv -o f.csv",
    .run = main_forecast,
};
