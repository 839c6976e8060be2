/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per output.  A new one is a row here, one in the table of options,
 * where its rules are, and its writer.
 */
#include "cmd/outputs.h"

#include "cmd/components.h"
#include "cmd/effects.h"
#include "cmd/run_report.h"
#include "cmd/shard.h"
#include "cmd/talk/metrics.h"
#include "cmd/talk/talk.h"
#include "cmd/trace.h"
#include "io/out/csv.h"
#include "io/text/seasons.h"

#include <stddef.h>

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
static uint64_t place_of(const struct cmd_run *run, size_t series)
{
    return run->options->shard.count > 0
               ? io_panel_number(&run->work.panel, series)
               : 0;
}

/* Whether a series has no row at all, and merge is to know of it. */
static bool is_absent(const struct cmd_run *run, size_t series)
{
    if (!run->options->by_file || run->options->shard.count == 0)
        return false;
    for (size_t k = 0; k < run->options->nspecs; k++)
        if (cmd_result_of(run, series, k)->outcome != FC_OUTCOME_FAILED)
            return false;
    return true;
}

static void write_forecasts(const struct cmd_run *run,
                            struct io_atomic_file *file)
{
    const struct io_panel *panel = &run->work.panel;
    const struct fc_outline *outline = &run->work.outline;
    io_write_forecast_header(file, panel->id_name, panel->is_record,
                             panel->time_name, outline);
    for (size_t i = 0; i < panel->nseries && !io_atomic_failed(file); i++) {
        struct future future = {panel, i};
        if (is_absent(run, i))
            io_write_absent(file, place_of(run, i), panel->series[i].id,
                            panel->is_record);
        for (size_t k = 0; k < run->options->nspecs; k++) {
            size_t item = i * run->work.job.nspecs + k;
            struct fc_forecast forecast = fc_batch_forecast(&run->batch, item);
            struct io_forecast_rows rows = {
                .number = place_of(run, i),
                .id = panel->series[i].id,
                .is_record = panel->is_record,
                .model = run->options->spec_names[k],
                .forecast = &forecast,
                .outline = outline,
                .time = future_time,
                .arg = &future,
            };
            if (cmd_result_of(run, i, k)->outcome != FC_OUTCOME_FAILED)
                io_write_forecast(file, &rows);
        }
    }
}

static void write_summary(const struct cmd_run *run,
                          struct io_atomic_file *file)
{
    const struct io_panel *panel = &run->work.panel;
    char detail[2 * FC_MESSAGE_SIZE], list[IO_SEASONS_SIZE];
    io_write_summary_header(file, panel->id_name, panel->is_record);
    for (size_t i = 0; i < panel->nseries; i++)
        for (size_t k = 0; k < run->options->nspecs; k++) {
            size_t item = i * run->work.job.nspecs + k;
            const struct fc_report *report = &run->batch.reports[item];
            struct fc_seasons seasons =
                fc_seasons_fitting(&run->work.seasons, panel->series[i].n);
            cmd_describe(run, i, k, detail, sizeof detail);
            struct io_summary_row row = {
                .number = place_of(run, i),
                .id = panel->series[i].id,
                .is_record = panel->is_record,
                .model = run->options->spec_names[k],
                .status = cmd_status_of(run, i, k),
                .detail = detail,
                .n = panel->series[i].n,
                .seasons = io_seasons_print(&seasons, list),
                .spec = report->spec,
                .loglik = report->loglik,
                .aicc = report->aicc,
                .sigma2 = report->sigma2,
                .seconds = report->seconds,
            };
            io_write_summary(file, &row);
        }
}

/* By line; of one line, by the series' place in the whole file. */
static void write_rejects(const struct cmd_run *run,
                          struct io_atomic_file *file)
{
    const struct io_panel *panel = &run->work.panel;
    io_write_reject_header(file, panel->id_name, panel->is_record);
    for (size_t i = 0; i < panel->nrejects; i++) {
        const struct io_reject *r = &panel->rejects[i];
        struct io_reject_row row = {
            .number = run->options->shard.count > 0
                          ? io_panel_reject_number(panel, i)
                          : 0,
            .file = r->file,
            .line = r->line,
            .id = panel->series[r->series].id,
            .reason = r->reason,
            .is_record = panel->is_record,
        };
        io_write_reject(file, &row);
    }
}

static void write_metrics(const struct cmd_run *run,
                          struct io_atomic_file *file)
{
    struct cmd_metrics metrics = {
        .output = run->options->output,
        .ok = run->tally.ok,
        .fallback = run->tally.fallback,
        .failed = run->tally.failed,
        .rows = run->work.panel.nrows,
        .rejected = run->work.panel.nrejected,
        .read = run->seconds[0],
        .fit = run->seconds[1],
        .write = run->seconds[2],
        .threads = run->work.job.nthreads,
        .seasons = &run->work.seasons,
        .late = run->tally.late,
        .store = run->options->store != NULL,
        .unchanged = run->tally.unchanged,
        .warm = run->tally.warm,
        .corrected = run->tally.corrected,
        .drifting = run->tally.drifting,
    };
    cmd_metrics_write(file, &metrics);
}

static enum fc_status write_report(const struct cmd_run *run,
                                   struct io_atomic_file *file,
                                   struct fc_error *err)
{
    return cmd_run_report(run, file, err);
}

struct output {
    size_t path;      /* the option that names it, in struct cmd_options */
    const char *what; /* as merge calls it; NULL: nothing that could be merged,
                         so that a shard's looks like any other's */
    bool reasons;     /* says why forecasts are not to be had: whoever asks for
                         it needs it most then */
    void (*write)(const struct cmd_run *run, struct io_atomic_file *file);
    /* instead, where memory may be short */
    enum fc_status (*make)(const struct cmd_run *run,
                           struct io_atomic_file *file, struct fc_error *err);
};

#define AT(field) offsetof(struct cmd_options, field)

/* Of the phase that writes, what came before it. */
static void write_trace(const struct cmd_run *run, struct io_atomic_file *file)
{
    cmd_trace_write(run, file);
}

/* Metrics and the trace are last: the phase that writes ends there for
   them. */
static const struct output table[] = {
    {AT(output), "forecasts", false, write_forecasts, NULL},
    {AT(summary), "summary", true, write_summary, NULL},
    {AT(rejects), "rejects", true, write_rejects, NULL},
    {AT(effects), NULL, false, NULL, cmd_effects_write},
    {AT(components), NULL, false, NULL, cmd_components_write},
    {AT(report), NULL, false, NULL, write_report},
    {AT(trace), NULL, false, write_trace, NULL},
    {AT(metrics), NULL, false, write_metrics, NULL},
};

enum { NROWS = sizeof table / sizeof *table };

_Static_assert((int)NROWS <= (int)CMD_OUTPUTS_MOST, "more rows than files");

static const char *path_of(const struct output *row,
                           const struct cmd_options *options)
{
    const void *field = (const char *)options + row->path;
    return *(const char *const *)field;
}

enum fc_status cmd_outputs_open(const struct cmd_options *options,
                                struct cmd_outputs *outputs,
                                struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (int i = 0; i < NROWS && status == FC_OK; i++) {
        const char *path = path_of(&table[i], options);
        if (path != NULL)
            status = io_atomic_open(path, &outputs->files[i], err);
    }
    return status;
}

enum fc_status cmd_outputs_write(struct cmd_outputs *outputs,
                                 struct cmd_run *run, double since,
                                 struct fc_error *err)
{
    for (int i = 0; i < NROWS; i++) {
        struct io_atomic_file *file = outputs->files[i];
        const struct output *row = &table[i];
        enum fc_status status = FC_OK;
        if (file == NULL)
            continue;
        run->seconds[2] = cmd_now() - since;
        double begin = fc_trace_begin(run->trace);
        if (row->what != NULL)
            status =
                cmd_shard_begin(run->options, &run->work, row->what, file, err);
        if (status != FC_OK)
            return status;
        if (row->make != NULL)
            status = row->make(run, file, err);
        else
            row->write(run, file);
        if (status != FC_OK)
            return status;
        if (row->what != NULL)
            cmd_shard_end(run->options, &run->tally, file);
        fc_trace_end(run->trace, 0, "write", (size_t)i, begin);
    }
    return FC_OK;
}

enum fc_status cmd_outputs_rehearse(const struct cmd_run *run, double *bytes,
                                    struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *bytes = 0;
    for (int i = 0; i < NROWS && status == FC_OK; i++) {
        struct io_atomic_file *file = NULL;
        if (path_of(&table[i], run->options) == NULL)
            continue;
        status = io_atomic_open("/dev/null", &file, err);
        if (status != FC_OK)
            break;
        if (table[i].make != NULL)
            status = table[i].make(run, file, err);
        else
            table[i].write(run, file);
        *bytes += (double)io_atomic_size(file);
        if (status == FC_OK)
            status = io_atomic_commit(&file, 1, err);
        else
            io_atomic_abandon(file);
    }
    return status;
}

void cmd_outputs_keep_reasons(struct cmd_outputs *outputs)
{
    for (int i = 0; i < NROWS; i++) {
        if (table[i].reasons)
            continue;
        io_atomic_abandon(outputs->files[i]);
        outputs->files[i] = NULL;
    }
}

enum fc_status cmd_outputs_commit(struct cmd_outputs *outputs,
                                  struct fc_error *err)
{
    return io_atomic_commit(outputs->files, NROWS, err);
}

void cmd_outputs_abandon(struct cmd_outputs *outputs)
{
    for (int i = 0; i < NROWS; i++)
        io_atomic_abandon(outputs->files[i]);
}
