/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/work.h"

#include "cmd/host/files.h"
#include "cmd/host/memory.h"
#include "cmd/host/processors.h"
#include "cmd/host/stdin.h"
#include "cmd/host/threads.h"
#include "cmd/learned.h"
#include "cmd/talk/talk.h"
#include "forecast/base/parallel.h"
#include "io/csv/source.h"
#include "io/rows/note.h"
#include "io/text/seasons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What was inferred and could have been otherwise. */
static void say_inferred(const struct cmd_options *options, const char *path,
                         const struct io_panel *panel)
{
    if (options->quiet || (options->set & CMD_INSPECT))
        return;
    if (panel->say_columns)
        cmd_say(CMD_INFO, "%s: columns: %s", io_source_name(path),
                panel->columns);
    for (size_t i = 0; i < panel->notes->n; i++)
        cmd_say(CMD_INFO, "%s", panel->notes->text[i]);
}

/* What came of --ignore: how much is left out, and periods without a step. */
static void say_ignored(const char *path, const struct io_panel *panel)
{
    char values[CMD_COUNT_SIZE], series[CMD_COUNT_SIZE], first[IO_TIME_SIZE],
        last[IO_TIME_SIZE];
    io_time_print(&panel->format, panel->first, first);
    io_time_print(&panel->format, panel->last, last);
    for (size_t i = 0; i < panel->ignore.n; i++) {
        const struct io_period *period = &panel->ignore.at[i];
        if (period->last < panel->first || period->first > panel->last)
            cmd_say(CMD_WARNING,
                    "%s: warning: --ignore '%.*s' is no time of the file, "
                    "which reaches from %s to %s",
                    path, (int)(period->n < 60 ? period->n : 60), period->text,
                    first, last);
    }
    if (panel->nignored > 0)
        cmd_say(CMD_INFO, "%s: %s value%s of %s series ignored, as if missing",
                path, cmd_count(panel->nignored, values),
                panel->nignored == 1 ? "" : "s",
                cmd_count(panel->nwith, series));
}

static void warn(const struct cmd_options *options, const char *path,
                 const struct io_panel *panel)
{
    char id[CMD_SHORT_SIZE];
    if (options->quiet)
        return;
    if (panel->not_utf8_line > 0)
        cmd_say(CMD_WARNING,
                "%s:%llu: warning: an id is not UTF-8; it is passed through "
                "byte by byte; --encoding windows-1252 reads Excel's",
                path, (unsigned long long)panel->not_utf8_line);
    if (panel->blank_id != NULL)
        cmd_say(CMD_WARNING,
                "%s: warning: series '%s' and another differ only in blanks "
                "around their id; they are kept apart",
                path, cmd_short(panel->blank_id, id));
    say_ignored(path, panel);
}

static bool is_small_count(double x)
{
    return x >= 0 && x <= 20 && x == floor(x);
}

/* Whether most of what is missing lies between small whole numbers. */
static bool are_gaps_of_counts(const struct io_panel *panel)
{
    size_t missing = 0, counted = 0, whole = 0, all = 0;
    for (size_t i = 0; i < panel->nseries; i++) {
        const struct fc_history *s = &panel->series[i];
        size_t last = 0;
        if (panel->facts[i].nfilled == 0 || panel->facts[i].error != NULL)
            continue;
        for (size_t t = 1; t < s->n; t++) {
            if (isnan(s->y[t]))
                continue;
            all++;
            whole += s->y[t] >= 0 && s->y[t] == floor(s->y[t]);
            missing += t - last - 1;
            if (is_small_count(s->y[last]) && is_small_count(s->y[t]))
                counted += t - last - 1;
            last = t;
        }
    }
    return missing > 0 && 2 * counted > missing && whole == all;
}

/*
 * What is missing and was not asked about: more than half of a file is not
 * made up, and where it looks like counts, zero is what is meant.
 */
static enum fc_status check_gaps(const struct cmd_options *options,
                                 const char *path, struct io_panel *panel,
                                 struct fc_error *err)
{
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], step[IO_FREQ_TEXT_SIZE];
    bool counts;
    if (cmd_option_given(options, "gaps") || (options->set & CMD_INSPECT))
        return FC_OK;
    counts = are_gaps_of_counts(panel);
    io_freq_text(&panel->freq, step, sizeof step);
    if (!options->has_freq && 2 * panel->missing > panel->steps) {
        enum fc_status status = fc_fail(
            err, FC_EDATA,
            "%s: at its step (%s) %s of %s steps have no value: say --gaps "
            "zero%s, --gaps interpolate, or --freq if the step is another",
            path, step, cmd_count((size_t)panel->missing, a),
            cmd_count((size_t)panel->steps, b),
            counts ? " (values are counts)" : "");
        io_panel_release(panel);
        return status;
    }
    if (counts && !options->quiet && panel->nignored == 0)
        cmd_say(CMD_INFO,
                "%s: what is missing lies between small whole numbers and is "
                "interpolated; --gaps zero says that it was none",
                path);
    return FC_OK;
}

int cmd_threads(const struct cmd_options *options)
{
    return fc_parallel_threads(options->jobs == 0 ? cmd_processors("/proc")
                                                  : (int)options->jobs);
}

enum fc_status cmd_load(const struct cmd_options *options,
                        const struct cmd_source *source, int *jobs,
                        struct io_panel *panel, struct io_known *known,
                        struct fc_error *err)
{
    *jobs = cmd_threads(options);
    if (options->ninputs > 1 && !cmd_files_allow(options->ninputs))
        return fc_fail(err, FC_EIO,
                       "%zu inputs are more than this process may open at once "
                       "(ulimit -n): raise that, or give fewer",
                       options->ninputs);
    cmd_memory_limit("/proc", *jobs);
    enum fc_status status = cmd_threads_start(*jobs, err);
    if (status == FC_OK && known != NULL && options->regressors != NULL
        && cmd_reads_stdin(options))
        status = cmd_stdin_keep(err);
    if (status != FC_OK)
        return status;
    struct io_panel_options how = cmd_panel_options(options);
    how.path = source->path;
    how.gaps_given = cmd_option_given(options, "gaps");
    how.horizon = source->horizon;
    how.jobs = *jobs;
    how.trace = source->trace;
    how.agreed = source->agreed;
    status = io_panel_load(&how, panel, err);
    if (status == FC_OK && source->agreed == NULL)
        status = check_gaps(options, source->path, panel, err);
    if (status == FC_OK) {
        say_inferred(options, source->path, panel);
        warn(options, source->path, panel);
    }
    if (status == FC_OK && known != NULL)
        status =
            cmd_known_read(options, &how, source->learned, panel, known, err);
    if (status == FC_ENOMEM)
        fc_fail(err, status, "%s: out of memory: more is needed than there is",
                source->path);
    return status;
}

struct fc_seasons cmd_seasons(const struct cmd_options *options,
                              const struct io_panel *panel)
{
    struct fc_seasons seasons =
        options->has_seasons
            ? options->seasons
            : io_freq_seasons(&panel->freq, panel->first, panel->last);
    seasons.year = io_freq_year(&panel->freq);
    return seasons;
}

int cmd_season(const struct cmd_options *options, const struct io_panel *panel)
{
    struct fc_seasons seasons = cmd_seasons(options, panel);
    return fc_season_length(&seasons);
}

bool cmd_other_step(const struct io_panel *panel, size_t i)
{
    struct io_freq own = io_panel_own_step(panel, i);
    return own.unit != IO_FREQ_UNKNOWN
           && (own.unit != panel->freq.unit
               || own.multiple != panel->freq.multiple)
           && (panel->facts[i].nfilled > 0 || panel->series[i].n == 0);
}

static enum fc_status find_skipped(struct cmd_work *work, struct fc_error *err)
{
    const struct io_panel *panel = &work->panel;
    size_t n = panel->nseries;
    work->skip = malloc((n > 0 ? n : 1) * sizeof *work->skip);
    if (work->skip == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        work->skip[i] = panel->facts[i].error != NULL;
    return FC_OK;
}

/* Series that ended too long before the file does. */
static enum fc_status find_stale(const struct cmd_options *options,
                                 struct cmd_work *work, struct fc_error *err)
{
    const struct io_panel *panel = &work->panel;
    size_t n = panel->nseries;
    if (!cmd_option_given(options, "stale"))
        return FC_OK;
    work->stale = calloc(n > 0 ? n : 1, sizeof *work->stale);
    if (work->stale == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (!work->skip[i] && io_panel_behind(panel, i) > options->stale)
            work->skip[i] = work->stale[i] = true;
    return FC_OK;
}

void cmd_name_left_out(const struct cmd_work *work)
{
    enum { SHOWN = 5 };
    char id[CMD_SHORT_SIZE], count[CMD_COUNT_SIZE];
    size_t n = 0;
    for (size_t i = 0; work->skip != NULL && i < work->job.n; i++)
        if (work->skip[i] && n++ < SHOWN)
            cmd_say(CMD_WARNING, "series '%s' left out: %s",
                    cmd_short(work->panel.series[i].id, id),
                    work->panel.facts[i].error);
    if (n > SHOWN)
        cmd_say(CMD_WARNING,
                "... and %s more series left out; forecast's --summary lists "
                "all",
                cmd_count(n - SHOWN, count));
}

/* That a longer season was added, and to some series. */
static void say_seasons(const struct cmd_options *options,
                        const struct cmd_work *work)
{
    char list[IO_SEASONS_SIZE];
    size_t longest = 0;
    for (size_t i = 0; i < work->panel.nseries; i++)
        if (work->panel.series[i].n > longest)
            longest = work->panel.series[i].n;
    if (!options->has_seasons && !options->quiet
        && !work->learned.file.has_agreed
        && fc_seasons_fitting(&work->seasons, longest).n > 1)
        cmd_say(CMD_INFO,
                "seasons %s by the step; --season says which they are",
                io_seasons_print(&work->seasons, list));
}

static void set_season(const struct cmd_options *options, struct cmd_work *work)
{
    work->seasons = cmd_seasons(options, &work->panel);
    if (work->learned.file.has_agreed) {
        double year = work->seasons.year;
        work->seasons = work->learned.file.seasons;
        work->seasons.year = year;
    }
    work->season = fc_season_length(&work->seasons);
}

/* Where each series lies in time, which tells places in several seasons. */
static enum fc_status find_dates(struct cmd_work *work, struct fc_error *err)
{
    const struct io_panel *panel = &work->panel;
    if (work->seasons.n < 2 || !(work->seasons.year > 0))
        return FC_OK;
    work->dates = malloc((panel->nseries + 1) * sizeof *work->dates);
    if (work->dates == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < panel->nseries; i++)
        work->dates[i] = io_panel_date(panel, i);
    return FC_OK;
}

static struct fc_job job_of(const struct cmd_options *options,
                            const struct cmd_work *work)
{
    return (struct fc_job){
        .series = work->panel.series,
        .n = work->panel.nseries,
        .seasons = &work->seasons,
        .regressors = work->known.of,
        .dates = work->dates,
        .skip = work->skip,
        .specs = options->specs,
        .nspecs = options->nspecs,
        .fallback = options->has_fallback ? &options->fallback : NULL,
        .learned = work->learned.by_spec,
        .known = work->learned.known,
        .seed = (uint64_t)options->seed,
        .nlevels = work->outline.n,
        .levels = work->outline.all,
        .non_negative = options->non_negative,
        .trace = work->trace,
    };
}

enum fc_status cmd_work_read(const struct cmd_options *options,
                             const struct cmd_source *source,
                             struct cmd_work *work, struct fc_error *err)
{
    int jobs = 0;
    struct cmd_source from = *source;
    *work = (struct cmd_work){.trace = source->trace};
    enum fc_status status = cmd_learned_read(options, &work->learned, err);
    if (options->learned != NULL)
        from.learned = &work->learned;
    if (status == FC_OK)
        status = cmd_learned_agree(options, &work->learned, &from.agreed, err);
    if (status == FC_OK)
        status =
            cmd_load(options, &from, &jobs, &work->panel, &work->known, err);
    if (status == FC_OK)
        status = find_skipped(work, err);
    if (status == FC_OK)
        status = find_stale(options, work, err);
    if (status != FC_OK)
        return status;
    set_season(options, work);
    say_seasons(options, work);
    cmd_known_carry(options, &work->panel, source->horizon, work->season,
                    &work->known);
    status = fc_outline_init(&work->outline, options->levels, options->nlevels,
                             options->quantiles, options->nquantiles, err);
    if (status == FC_OK)
        status = cmd_learned_check(options, &work->seasons, &work->panel,
                                   &work->learned, err);
    if (status == FC_OK)
        status = find_dates(work, err);
    work->job = job_of(options, work);
    work->job.horizon = source->horizon;
    work->job.nthreads = jobs;
    return status;
}

enum fc_status cmd_work_init(const struct cmd_options *options,
                             struct cmd_work *work, struct fc_error *err)
{
    struct cmd_source source = {options->input, (int)options->horizon,
                                work->trace, NULL, NULL};
    return cmd_work_read(options, &source, work, err);
}

void cmd_work_release(struct cmd_work *work)
{
    io_panel_release(&work->panel);
    io_known_release(&work->known);
    fc_outline_release(&work->outline);
    free(work->skip);
    free(work->stale);
    free(work->dates);
    cmd_learned_release(&work->learned);
    *work = (struct cmd_work){0};
}
