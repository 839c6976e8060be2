/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast forecast`: read, fit, write.  The outputs are opened before
 * anything is computed, so that a night is not spent on forecasts that cannot
 * be written, and appear under their names only when all is done.
 */
#include "cmd/commands.h"
#include "cmd/host/crowd.h"
#include "cmd/host/deadline.h"
#include "cmd/host/lock.h"
#include "cmd/host/processors.h"
#include "cmd/host/signals.h"
#include "cmd/late.h"
#include "cmd/outputs.h"
#include "cmd/report/report.h"
#include "cmd/shard.h"
#include "cmd/talk/progress.h"
#include "cmd/talk/talk.h"
#include "io/text/seasons.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
        .deadline = o->deadline > 0,
        .known = cmd_has_known(o),
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
        seconds[CMD_SECONDS_SIZE], list[IO_SEASONS_SIZE];
    if (!run->options->verbose)
        return;
    io_seasons_print(&run->work.seasons, list);
    io_freq_text(&panel->freq, step, sizeof step);
    bool several = run->work.seasons.n > 1;
    struct cmd_field input[] = {
        {"rows", NULL, (double)panel->nrows},
        {"series", NULL, (double)panel->ntotal},
        {"step", step, 0},
        {"season", several ? list : NULL, run->work.season},
        {NULL, NULL, 0}};
    cmd_say_fields(CMD_INFO, input,
                   "%s: %s rows, %s series, step %s, season %s",
                   run->options->input, cmd_count(panel->nrows, a),
                   cmd_count(panel->ntotal, b), step, list);
    for (int i = 0; i < 3; i++) {
        struct cmd_field fields[] = {{"phase", phase[i], 0},
                                     {"seconds", NULL, run->seconds[i]},
                                     {NULL, NULL, 0}};
        cmd_say_fields(CMD_INFO, fields, "%-5s %s", phase[i],
                       cmd_seconds(run->seconds[i], seconds));
    }
}

/* How fast something goes on. */
struct pace {
    double since; /* by cmd_now(), when the first part was done; 0: not yet */
    size_t first; /* how many were done then */
    bool said;    /* how long all will take */
};

/* A run at its work, with all that its end may need. */
struct session {
    struct cmd_run *run;
    struct cmd_outputs *outputs;
    struct cmd_progress bar;
    struct cmd_deadline deadline;
    struct cmd_late_cost cost; /* of its end, if it is a late one */
    struct cmd_crowd crowd;
    double read; /* when it was, by cmd_now() */
    struct pace learning, fitting;
};

/* After a few seconds, by what has been done in them. */
static void say_estimate(struct session *s, struct pace *pace, const char *what,
                         size_t done, size_t n)
{
    enum { AFTER = 2 };
    char left[CMD_SECONDS_SIZE];
    double now = cmd_now();
    if (!s->run->options->verbose || pace->said || done < 1)
        return;
    if (pace->since <= 0) {
        pace->since = now;
        pace->first = done;
    }
    if (now - pace->since < AFTER || done == pace->first)
        return;
    pace->said = true;
    cmd_progress_clear(&s->bar);
    cmd_say(CMD_INFO, "%s will take about %s more", what,
            cmd_seconds((now - pace->since) * (double)(n - done)
                            / (double)(done - pace->first),
                        left));
}

/* While auto tries its members on series that it learns from, likewise. */
static void learn_on(void *arg, size_t done, size_t n)
{
    struct session *s = arg;
    if (!fc_batch_is_closed(&s->run->batch))
        say_estimate(s, &s->learning, "learning", done, n);
}

/* While fits are made, from one thread. */
static void go_on(void *arg, size_t done, size_t n)
{
    struct session *s = arg;
    if (fc_batch_is_closed(&s->run->batch))
        return;
    say_estimate(s, &s->fitting, "fits", done, n);
    cmd_progress_update(&s->bar, done, n);
    cmd_night_tick(&s->run->night);
}

/* In how many series a regressor went further than ever. */
static void say_bounded(const struct cmd_run *run)
{
    char count[CMD_COUNT_SIZE], id[CMD_SHORT_SIZE];
    size_t n = 0, first = 0, nspecs = run->work.job.nspecs;
    for (size_t i = 0; run->work.known.n > 0 && i < run->work.job.n; i++) {
        bool any = false;
        for (size_t k = 0; k < nspecs && !any; k++) {
            const char *detail = run->batch.results[i * nspecs + k].detail;
            any = detail != NULL && strstr(detail, FC_NOTE_BOUNDED) != NULL;
        }
        first = any && n == 0 ? i : first;
        n += any;
    }
    if (n > 0 && !run->options->quiet)
        cmd_say(CMD_WARNING,
                "warning: in %s series a regressor moves further than it ever "
                "did, and its effect no further than it usually does: '%s'%s",
                cmd_count(n, count),
                cmd_short(run->work.panel.series[first].id, id),
                n > 1 ? " ..." : "");
}

static enum fc_status fit(struct session *s, struct fc_error *err)
{
    struct cmd_run *run = s->run;
    run->night.regressors = &run->work.known;
    enum fc_status status =
        cmd_night_begin(&run->night, &cmd_forecast, run->options,
                        &run->work.panel, &run->work.seasons, &run->batch, err);
    if (status == FC_OK)
        status = fc_batch_run(&run->batch, err);
    cmd_deadline_meet(&s->deadline);
    cmd_progress_clear(&s->bar);
    if (status == FC_OK) {
        cmd_known_say(run->options, &run->work.panel, &run->work.known,
                      cmd_known_of(run));
        say_bounded(run);
        cmd_night_fitted(&run->night);
        status = cmd_known_find_logs(&run->work.panel, &run->work.known,
                                     cmd_known_of(run), err);
    }
    run->seconds[1] = cmd_now() - s->read;
    return status;
}

/* All that there is to be before anything is fitted. */
static enum fc_status prepare(struct session *s, struct fc_error *err)
{
    struct cmd_run *run = s->run;
    const struct cmd_options *o = run->options;
    if (cmd_shard_learns_alone(o))
        cmd_say(CMD_WARNING,
                "warning: this shard learns from its own series only, and "
                "forecasts otherwise than a single run; --learned FILE, made "
                "once by `nightcast learn`, helps");
    cmd_progress_init(&s->bar, (enum cmd_when)o->progress, STDERR_FILENO,
                      o->nspecs > 1 ? "fits" : "series");
    run->work.job.progress = go_on;
    run->work.job.learning = learn_on;
    run->work.job.progress_arg = s;
    bool slopes = o->effects != NULL || o->components != NULL
                  || (o->report != NULL && cmd_has_known(o));
    run->batch = (struct fc_batch){.job = run->work.job,
                                   .want_reports =
                                       o->summary != NULL || o->report != NULL
                                       || o->store != NULL || slopes,
                                   .keep_fits = o->store != NULL,
                                   .keep_slopes = slopes || o->store != NULL};
    return fc_batch_prepare(&run->batch, err);
}

/*
 * Too many failures are a failure of the whole.  A shard fails only if the
 * whole must: when it has more failures alone than the whole may have.  That
 * all of its series fail, or that it has none, is for merge to judge.
 */
static enum fc_status fail_shard(const struct cmd_run *run,
                                 struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    name_offenders(run, FC_OUTCOME_FAILED, run->tally.failed, "failed");
    return fc_fail(err, FC_ENOFIT,
                   "%s: %zu series of this shard failed, more than "
                   "--max-failed %.40s for all; no forecasts were written",
                   o->input, run->tally.failed, o->max_failed_text);
}

static enum fc_status judge(const struct cmd_run *run, struct fc_error *err)
{
    const struct cmd_tally *tally = &run->tally;
    const struct cmd_options *o = run->options;
    size_t n = run->work.panel.ntotal;
    bool too_many = cmd_too_many_failed(&o->max_failed, tally->failed, n);
    if (o->by_file && o->shard.count > 1) /* it knows of no other series */
        return too_many && !o->max_failed.percent ? fail_shard(run, err)
                                                  : FC_OK;
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

/* With a track for each thread that there may be. */
static enum fc_status begin_trace(struct cmd_run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    if (o->trace == NULL && o->report == NULL)
        return FC_OK;
    if (o->report != NULL && cmd_report_lacks() != NULL)
        return fc_fail(err, FC_EINVAL, "--report: %s", cmd_report_lacks());
    run->trace = fc_trace_new(cmd_threads(o));
    run->work.trace = run->trace;
    return run->trace != NULL ? FC_OK
                              : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* Everything from the fits to the rename; nothing has been replaced when it
   fails, but for what says why. */
static enum fc_status publish(struct cmd_run *run, struct cmd_outputs *outputs,
                              struct fc_error *err)
{
    double fitted = cmd_now();
    run->tally = cmd_count_outcomes(run);
    enum fc_status status = judge(run, err);
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
    struct cmd_night_counts counts = {tally->ok, tally->fallback, tally->late,
                                      tally->failed};
    cmd_night_publish(&run->night, &counts,
                      run->seconds[0] + run->seconds[1] + run->seconds[2]);
    return !cmd_night_say_trouble(&run->night);
}

static int fail(const struct fc_error *err)
{
    cmd_signals_end_with(CMD_FAILED);
    cmd_say(CMD_ERROR, "%s", err->msg);
    return CMD_FAILED;
}

/* The exit status. */
static int conclude(struct cmd_run *run, struct cmd_outputs *outputs)
{
    struct fc_error err;
    if (publish(run, outputs, &err) != FC_OK)
        return fail(&err);
    bool good = cmd_tally_is_good(&run->tally) && run->night.trouble.code == 0;
    cmd_signals_end_with(cmd_verdict(run->options, good));
    good = remember(run) && good;
    cmd_signals_end_with(cmd_verdict(run->options, good));
    name_offenders(run, FC_OUTCOME_FAILED, run->tally.failed, "failed");
    name_offenders(run, FC_OUTCOME_FALLBACK, run->tally.fallback, "fell back");
    say_phases(run);
    if (!run->options->quiet || !good)
        report(run);
    return cmd_verdict(run->options, good);
}

/* What a deadline calls, while the run may be at its fits. */
static int end_in_time(void *arg)
{
    struct session *s = arg;
    struct cmd_run late = {0};
    struct fc_error err;
    enum fc_status status = cmd_late_finish(s->run, &late, &err);
    cmd_progress_clear(&s->bar);
    late.seconds[1] = cmd_now() - s->read;
    int end = status == FC_OK ? conclude(&late, s->outputs) : fail(&err);
    cmd_night_close(&late.night);
    return end;
}

/* When it must be begun, as far as is known now. */
static double last_moment(void *arg)
{
    struct session *s = arg;
    return s->run->options->deadline
           - cmd_late_most(&s->cost, cmd_crowd_look(&s->crowd));
}

static enum fc_status set_deadline(struct session *s, struct fc_error *err)
{
    char left[CMD_SECONDS_SIZE], least[CMD_SECONDS_SIZE];
    const struct cmd_options *o = s->run->options;
    if (o->deadline <= 0)
        return FC_OK;
    enum fc_status status = cmd_late_estimate(s->run, &s->cost, err);
    double needed = cmd_late_least(&s->cost, cmd_crowd_look(&s->crowd));
    double now = cmd_now();
    if (status == FC_OK && now + needed > o->deadline)
        return fc_fail(err, FC_EINVAL,
                       "%s: the deadline is in %s, and forecasts by the "
                       "fallback alone would take %s; nothing was written",
                       o->input, cmd_seconds(fmax(o->deadline - now, 0), left),
                       cmd_seconds(needed, least));
    s->deadline.at = last_moment;
    s->deadline.end = end_in_time;
    s->deadline.arg = s;
    if (status == FC_OK)
        status = cmd_deadline_set(&s->deadline, err);
    return status;
}

static enum fc_status compute(struct session *s, struct fc_error *err)
{
    struct cmd_run *run = s->run;
    double start = cmd_now();
    enum fc_status status =
        cmd_late_check_input(run->options, run->options->input, err);
    if (status == FC_OK)
        status = begin_trace(run, err);
    double begin = fc_trace_begin(run->trace);
    if (status == FC_OK)
        status = cmd_work_init(run->options, &run->work, err);
    fc_trace_end(run->trace, 0, "read", 0, begin);
    s->read = cmd_now();
    run->seconds[0] = s->read - start;
    if (status == FC_OK && run->options->deadline > 0) {
        run->order = cmd_late_order(&run->work);
        run->work.job.order = run->order;
    }
    if (status == FC_OK)
        status = prepare(s, err);
    if (status == FC_OK)
        status = set_deadline(s, err);
    return status == FC_OK ? fit(s, err) : status;
}

static int forecast(struct cmd_run *run, struct cmd_outputs *outputs)
{
    struct fc_error err;
    struct session session = {.run = run, .outputs = outputs};
    enum fc_status status = cmd_outputs_open(run->options, outputs, &err);
    if (status == FC_EINVAL)
        return cmd_usage("forecast", "output files: %s", err.msg);
    if (status == FC_OK)
        status = compute(&session, &err);
    return status == FC_OK ? conclude(run, outputs) : fail(&err);
}

static int main_forecast(int argc, char **argv)
{
    struct cmd_options options;
    struct cmd_run run = {.options = &options,
                          .night = {.busy = PTHREAD_MUTEX_INITIALIZER}};
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
    free(run.order);
    fc_trace_free(run.trace);
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
