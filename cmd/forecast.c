/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast forecast`: read, fit, write.  The outputs are opened before
 * anything is computed, so that a night is not spent on forecasts that cannot
 * be written, and appear under their names only when all is done.
 */
#include "cmd/commands.h"
#include "cmd/host/lock.h"
#include "cmd/host/signals.h"
#include "cmd/shard.h"
#include "cmd/talk/metrics.h"
#include "cmd/talk/progress.h"
#include "cmd/talk/story.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"
#include "forecast/numeric/missing.h"
#include "io/out/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OFFENDERS = 5 }; /* series named on standard error */

enum { FORECASTS, SUMMARY, REJECTS, METRICS, NFILES };

enum { ID_BITS = 31 }; /* a file has no more than 2^30 ids */

struct run {
    struct cmd_options options;
    struct cmd_work work;
    struct io_atomic_file *files[NFILES];
    double seconds[3]; /* read, fit, write */
};

static const struct fc_result *result_of(const struct run *run, size_t series,
                                         size_t spec)
{
    return &run->work.batch.results[series * run->work.batch.nspecs + spec];
}

/* The worst outcome over the models asked for. */
static enum fc_outcome outcome_of(const struct run *run, size_t series)
{
    enum fc_outcome worst = FC_OUTCOME_OK;
    for (size_t k = 0; k < run->work.batch.nspecs; k++)
        if (result_of(run, series, k)->outcome < worst)
            worst = result_of(run, series, k)->outcome;
    return worst;
}

/* Whether not one model could forecast it. */
static bool is_lost(const struct run *run, size_t series)
{
    for (size_t k = 0; k < run->work.batch.nspecs; k++)
        if (result_of(run, series, k)->outcome != FC_OUTCOME_FAILED)
            return false;
    return true;
}

static struct cmd_tally count_outcomes(const struct run *run)
{
    struct cmd_tally tally = {.n = run->work.batch.n};
    for (size_t i = 0; i < tally.n; i++) {
        enum fc_outcome outcome = outcome_of(run, i);
        tally.ok += outcome == FC_OUTCOME_OK;
        tally.fallback += outcome == FC_OUTCOME_FALLBACK;
        tally.failed += outcome == FC_OUTCOME_FAILED;
        tally.none += is_lost(run, i);
        tally.early += run->work.panel.facts[i].ends_early;
    }
    return tally;
}

/* Appends to a text of limited size, after "; " if there is some already. */
__attribute__((format(printf, 3, 4))) static void append(char *text,
                                                         size_t size,
                                                         const char *fmt, ...)
{
    va_list ap;
    size_t used = strlen(text);
    if (used > 0 && used + 2 < size) {
        strcpy(text + used, "; ");
        used += 2;
    }
    va_start(ap, fmt);
    vsnprintf(text + used, size - used, fmt, ap);
    va_end(ap);
}

/* Whether the forecast's model took the missing values as they were. */
static bool took_missing(const struct run *run, const struct fc_result *result,
                         size_t spec)
{
    const struct fc_spec *used = result->outcome == FC_OUTCOME_FALLBACK
                                     ? run->work.batch.fallback
                                     : &run->work.batch.specs[spec];
    return run->options.gaps == IO_GAPS_INTERPOLATE && used->model->missing;
}

/* What became of missing values inside of a series and at its end. */
static void append_missing(const struct run *run, size_t i, bool took,
                           char *text, size_t size)
{
    static const char *const filled[] = {"interpolated", "set to zero",
                                         "carried forward", "not allowed"};
    const struct fc_series *series = &run->work.panel.series[i];
    size_t tail = fc_missing_tail(series->y, series->n);
    size_t inside = run->work.panel.facts[i].nfilled - tail;
    if (inside > 0)
        append(text, size, "%zu missing value%s %s", inside,
               inside == 1 ? "" : "s",
               took ? "left to the model" : filled[run->options.gaps]);
    if (tail > 0)
        append(text, size,
               "ends %zu step%s before the file does, which %s forecast "
               "as well",
               tail, tail == 1 ? "" : "s", tail == 1 ? "was" : "were");
}

/* In words: what was repaired in a series, and how its fit went. */
static void describe(const struct run *run, size_t series, size_t spec,
                     char *text, size_t size)
{
    static const char *const merged[] = {"not allowed", "summed", "averaged",
                                         "replaced by the last"};
    const struct cmd_options *options = &run->options;
    const struct io_panel_facts *facts = &run->work.panel.facts[series];
    const struct fc_result *result = result_of(run, series, spec);
    char step[IO_FREQ_TEXT_SIZE];
    text[0] = '\0';
    if (facts->error != NULL) {
        append(text, size, "%s", facts->error);
        return;
    }
    if (result->detail != NULL)
        append(text, size, "%s", result->detail);
    if (facts->nduplicates > 0)
        append(text, size, "%u duplicate row%s %s", facts->nduplicates,
               facts->nduplicates == 1 ? "" : "s", merged[options->duplicates]);
    append_missing(run, series, took_missing(run, result, spec), text, size);
    if (cmd_other_step(&run->work.panel, series)) {
        struct io_freq own = io_panel_own_step(&run->work.panel, series);
        io_freq_text(&own, step, sizeof step);
        append(text, size, "own step is %s, the file's is not", step);
    }
    if (facts->ends_early && options->align == IO_ALIGN_OWN)
        append(text, size, "ends before the file does");
}

/* The panel and one of its series, for the timestamps of its horizon. */
struct future {
    const struct io_panel *panel;
    size_t series;
};

static void future_time(const void *arg, int h, char text[IO_TIME_SIZE])
{
    const struct future *future = arg;
    io_panel_future(future->panel, future->series, h, text);
}

/* In the outputs of a shard, a series' place in the whole file; else 0. */
static uint64_t place_of(const struct run *run, size_t series)
{
    return run->options.shard.count > 0
               ? io_panel_number(&run->work.panel, series)
               : 0;
}

static void write_forecasts(const struct run *run)
{
    const struct io_panel *panel = &run->work.panel;
    struct io_atomic_file *file = run->files[FORECASTS];
    io_write_forecast_header(file, panel->id_name, panel->time_name,
                             run->options.levels, run->options.nlevels);
    for (size_t i = 0; i < panel->nseries && !io_atomic_failed(file); i++) {
        struct future future = {panel, i};
        for (size_t k = 0; k < run->options.nspecs; k++) {
            size_t item = i * run->work.batch.nspecs + k;
            struct fc_forecast forecast =
                fc_batch_forecast(&run->work.batch, item);
            struct io_forecast_rows rows = {
                .number = place_of(run, i),
                .id = panel->series[i].id,
                .model = run->options.spec_names[k],
                .forecast = &forecast,
                .time = future_time,
                .arg = &future,
            };
            if (result_of(run, i, k)->outcome != FC_OUTCOME_FAILED)
                io_write_forecast(file, &rows);
        }
    }
}

static void write_summary(const struct run *run)
{
    static const char *const status[] = {"failed", "fallback", "ok"};
    const struct io_panel *panel = &run->work.panel;
    struct io_atomic_file *file = run->files[SUMMARY];
    char detail[2 * FC_MESSAGE_SIZE];
    io_write_summary_header(file, panel->id_name);
    for (size_t i = 0; i < panel->nseries; i++)
        for (size_t k = 0; k < run->options.nspecs; k++) {
            size_t item = i * run->work.batch.nspecs + k;
            const struct fc_told *told = &run->work.batch.told[item];
            describe(run, i, k, detail, sizeof detail);
            struct io_summary_row row = {
                .number = place_of(run, i),
                .id = panel->series[i].id,
                .model = run->options.spec_names[k],
                .status = status[result_of(run, i, k)->outcome],
                .detail = detail,
                .n = panel->series[i].n,
                .season_length = run->work.season,
                .spec = told->spec,
                .loglik = told->loglik,
                .aicc = told->aicc,
                .sigma2 = told->sigma2,
                .seconds = told->seconds,
            };
            io_write_summary(file, &row);
        }
}

/* By line; of one line, by the series' place in the whole file. */
static void write_rejects(const struct run *run)
{
    const struct io_panel *panel = &run->work.panel;
    struct io_atomic_file *file = run->files[REJECTS];
    io_write_reject_header(file, panel->id_name);
    for (size_t i = 0; i < panel->nrejects; i++) {
        const struct io_reject *r = &panel->rejects[i];
        uint64_t place = place_of(run, r->series);
        struct io_reject_row row = {place > 0 ? r->line << ID_BITS | place : 0,
                                    r->line, panel->series[r->series].id,
                                    r->reason};
        io_write_reject(file, &row);
    }
}

static enum fc_status write_outputs(const struct run *run,
                                    const struct cmd_tally *tally,
                                    struct fc_error *err)
{
    static const char *const what[] = {"forecasts", "summary", "rejects"};
    static void (*const write[])(const struct run *run) = {
        write_forecasts, write_summary, write_rejects};
    for (int i = FORECASTS; i <= REJECTS; i++) {
        if (run->files[i] == NULL)
            continue;
        enum fc_status status = cmd_shard_begin(&run->options, &run->work.panel,
                                                what[i], run->files[i], err);
        if (status != FC_OK)
            return status;
        write[i](run);
        cmd_shard_end(&run->options, tally, run->files[i]);
    }
    return FC_OK;
}

/* Names the first series of an outcome and why. */
static void name_offenders(const struct run *run, enum fc_outcome outcome,
                           size_t n, const char *what)
{
    char id[CMD_SHORT_SIZE], detail[2 * FC_MESSAGE_SIZE], count[CMD_COUNT_SIZE];
    size_t shown = 0;
    for (size_t i = 0; shown < n && shown < OFFENDERS; i++) {
        if (outcome_of(run, i) != outcome)
            continue;
        size_t k = 0;
        while (result_of(run, i, k)->outcome != outcome)
            k++;
        describe(run, i, k, detail, sizeof detail);
        bool several =
            run->options.nspecs > 1 && run->work.panel.facts[i].error == NULL;
        cmd_say(CMD_WARNING, "series '%s' %s%s%s: %s",
                cmd_short(run->work.panel.series[i].id, id), what,
                !several                       ? ""
                : outcome == FC_OUTCOME_FAILED ? " with "
                                               : " from ",
                several ? run->options.spec_names[k] : "", detail);
        shown++;
    }
    if (n > shown)
        cmd_say(CMD_WARNING, "... and %s more series %s%s",
                cmd_count(n - shown, count), what,
                run->options.summary == NULL ? "; --summary FILE lists all"
                                             : "");
}

/* The line that tells the whole story. */
static void report(const struct run *run, const struct cmd_tally *tally)
{
    const struct cmd_options *o = &run->options;
    char line[CMD_STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    double total = run->seconds[0] + run->seconds[1] + run->seconds[2];
    struct cmd_story story = {
        .models = o->models,
        .several = o->nspecs > 1,
        .fallback = o->fallback_text,
        .common = o->align == IO_ALIGN_COMMON,
        .shard = o->shard,
    };
    cmd_story_text(&story, tally, line);
    struct cmd_field fields[CMD_STORY_FIELDS];
    struct cmd_end end = {"forecast", o->output, total, run->work.batch.jobs};
    cmd_story_fields(&story, tally, &end, fields);
    cmd_say_fields(cmd_tally_is_good(tally) ? CMD_INFO : CMD_WARNING, fields,
                   "%s, in %s on %d thread%s -> %s", line,
                   cmd_seconds(total, seconds), run->work.batch.jobs,
                   run->work.batch.jobs == 1 ? "" : "s",
                   cmd_output_name(o->output));
}

static void say_phases(const struct run *run)
{
    static const char *const phase[] = {"read", "fit", "write"};
    const struct io_panel *panel = &run->work.panel;
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], step[IO_FREQ_TEXT_SIZE],
        seconds[CMD_SECONDS_SIZE];
    if (!run->options.verbose)
        return;
    io_freq_text(&panel->freq, step, sizeof step);
    struct cmd_field input[] = {{"rows", NULL, (double)panel->nrows},
                                {"series", NULL, (double)panel->ntotal},
                                {"step", step, 0},
                                {"season", NULL, run->work.season},
                                {NULL, NULL, 0}};
    cmd_say_fields(CMD_INFO, input,
                   "%s: %s rows, %s series, step %s, season %d",
                   run->options.input, cmd_count(panel->nrows, a),
                   cmd_count(panel->ntotal, b), step, run->work.season);
    for (int i = 0; i < 3; i++) {
        struct cmd_field fields[] = {{"phase", phase[i], 0},
                                     {"seconds", NULL, run->seconds[i]},
                                     {NULL, NULL, 0}};
        cmd_say_fields(CMD_INFO, fields, "%-5s %s", phase[i],
                       cmd_seconds(run->seconds[i], seconds));
    }
}

static enum fc_status open_outputs(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    const char *paths[NFILES] = {o->output, o->summary, o->rejects, o->metrics};
    enum fc_status status = FC_OK;
    for (int i = 0; i < NFILES && status == FC_OK; i++)
        if (paths[i] != NULL)
            status = io_atomic_open(paths[i], &run->files[i], err);
    return status;
}

static enum fc_status fit(struct run *run, struct fc_error *err)
{
    struct cmd_progress bar;
    if (cmd_shard_learns_alone(&run->options))
        cmd_say(CMD_WARNING,
                "warning: this shard learns from its own series only, and "
                "forecasts otherwise than a single run; --learned FILE, made "
                "once by `nightcast learn`, helps");
    cmd_progress_init(&bar, (enum cmd_when)run->options.progress, STDERR_FILENO,
                      run->options.nspecs > 1 ? "fits" : "series");
    run->work.batch.want_told = run->options.summary != NULL;
    run->work.batch.progress = cmd_progress_update;
    run->work.batch.progress_arg = &bar;
    enum fc_status status = fc_batch_run(&run->work.batch, err);
    cmd_progress_clear(&bar);
    return status;
}

/*
 * Too many failures are a failure of the whole.  A shard fails only if the
 * whole must: when it has more failures alone than the whole may have.  That
 * all of its series fail, or that it has none, is for merge to judge.
 */
static enum fc_status judge(const struct run *run,
                            const struct cmd_tally *tally, struct fc_error *err)
{
    const struct cmd_options *o = &run->options;
    size_t n = run->work.panel.ntotal;
    bool too_many = cmd_too_many_failed(&o->max_failed, tally->failed, n);
    if (tally->none < n && !too_many)
        return FC_OK;
    name_offenders(run, FC_OUTCOME_FAILED, tally->failed, "failed");
    if (tally->none == n)
        return fc_fail(err, FC_ENOFIT,
                       "%s: none of its %zu series could be forecast; "
                       "no forecasts were written",
                       o->input, n);
    return fc_fail(err, FC_ENOFIT,
                   "%s: %zu of %zu series failed, more than --max-failed "
                   "%.40s; no forecasts were written",
                   o->input, tally->failed, n, o->max_failed_text);
}

/* The write phase ends here for them: they go to disk with the rest. */
static void write_metrics(const struct run *run, const struct cmd_tally *tally,
                          double write_seconds)
{
    if (run->files[METRICS] == NULL)
        return;
    struct cmd_metrics metrics = {
        .output = run->options.output,
        .ok = tally->ok,
        .fallback = tally->fallback,
        .failed = tally->failed,
        .rows = run->work.panel.nrows,
        .rejected = run->work.panel.nrejected,
        .read = run->seconds[0],
        .fit = run->seconds[1],
        .write = write_seconds,
        .threads = run->work.batch.jobs,
    };
    cmd_metrics_write(run->files[METRICS], &metrics);
}

/*
 * What says why the forecasts are not to be had: whoever asks for it needs it
 * most then.  Not from a shard, whose parts would no longer belong together.
 */
static void write_reasons(struct run *run, const struct cmd_tally *tally)
{
    struct fc_error err;
    if (run->options.shard.count > 0)
        return;
    for (int i = 0; i < NFILES; i++) {
        if (i == SUMMARY || i == REJECTS)
            continue;
        io_atomic_abandon(run->files[i]);
        run->files[i] = NULL;
    }
    enum fc_status status = write_outputs(run, tally, &err);
    if (status == FC_OK)
        status = io_atomic_commit(run->files, NFILES, &err);
    if (status != FC_OK)
        cmd_say(CMD_WARNING, "%s", err.msg);
}

/* Everything up to the rename; nothing has been replaced when it fails, but
   for what says why. */
static enum fc_status compute(struct run *run, struct cmd_tally *tally,
                              struct fc_error *err)
{
    double start = cmd_now();
    enum fc_status status = cmd_work_init(&run->options, &run->work, err);
    run->seconds[0] = cmd_now() - start;
    if (status == FC_OK)
        status = fit(run, err);
    if (status != FC_OK)
        return status;
    run->seconds[1] = cmd_now() - start - run->seconds[0];
    *tally = count_outcomes(run);
    status = judge(run, tally, err);
    if (status != FC_OK) {
        write_reasons(run, tally);
        return status;
    }
    status = write_outputs(run, tally, err);
    if (status != FC_OK)
        return status;
    write_metrics(run, tally,
                  cmd_now() - start - run->seconds[0] - run->seconds[1]);
    status = io_atomic_commit(run->files, NFILES, err);
    run->seconds[2] = cmd_now() - start - run->seconds[0] - run->seconds[1];
    return status;
}

static int forecast(struct run *run)
{
    struct cmd_tally tally = {0};
    struct fc_error err;
    enum fc_status status = open_outputs(run, &err);
    if (status == FC_EINVAL)
        return cmd_usage("forecast", "output files: %s", err.msg);
    if (status != FC_OK || compute(run, &tally, &err) != FC_OK) {
        cmd_signals_end_with(CMD_FAILED);
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    bool good = cmd_tally_is_good(&tally);
    cmd_signals_end_with(good ? CMD_OK : CMD_PARTIAL);
    name_offenders(run, FC_OUTCOME_FAILED, tally.failed, "failed");
    name_offenders(run, FC_OUTCOME_FALLBACK, tally.fallback, "fell back");
    say_phases(run);
    if (!run->options.quiet || !good)
        report(run, &tally);
    return good ? CMD_OK : CMD_PARTIAL;
}

static int main_forecast(int argc, char **argv)
{
    struct run run = {0};
    int lock = -1;
    int status = cmd_options_parse(&cmd_forecast, argc, argv, &run.options);
    if (status < 0) {
        status = cmd_lock_take(run.options.lock, run.options.lock_wait, &lock);
        if (status == CMD_OK)
            status = forecast(&run);
    }
    for (int i = 0; i < NFILES; i++)
        io_atomic_abandon(run.files[i]);
    cmd_work_release(&run.work);
    cmd_options_release(&run.options);
    cmd_lock_release(lock); /* after the last change to any file */
    return status;
}

const struct cmd_command cmd_forecast = {
    .name = "forecast",
    .set = CMD_FORECAST,
    .usage = "-H N [options] [INPUT.csv | -]",
    .summary = "forecasts of every series, with prediction intervals",
    .example = "nightcast forecast -H 12 data/monthly.csv -o f.csv",
    .run = main_forecast,
};
