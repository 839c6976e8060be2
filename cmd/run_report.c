/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/run_report.h"

#include "cmd/components.h"
#include "cmd/report/report.h"
#include "cmd/report_past.h"
#include "io/known/labels.h"

#include <stdlib.h>
#include <string.h>

/* What of the run is not kept as a report wants it. */
struct page {
    struct cmd_report_fit *fits;
    struct io_intern details;
    struct cmd_report_lines lines;
    struct cmd_past *past;
    struct cmd_report_parts parts;
};

/* Where parts come from. */
struct making {
    const struct cmd_run *run;
    struct fc_workspace *ws;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static bool note_fit(const struct cmd_run *run, size_t series, size_t spec,
                     struct page *page)
{
    char detail[2 * FC_MESSAGE_SIZE];
    size_t item = series * run->work.job.nspecs + spec;
    cmd_describe(run, series, spec, detail, sizeof detail);
    page->fits[item] = (struct cmd_report_fit){
        .status = cmd_status_of(run, series, spec),
        .spec = run->batch.reports[item].spec,
        .seconds = run->batch.reports[item].seconds,
    };
    if (*detail == '\0')
        return true;
    uint32_t k = io_intern_add(&page->details, detail, strlen(detail));
    if (k != IO_INTERN_FULL)
        page->fits[item].detail = page->details.text[k];
    return k != IO_INTERN_FULL;
}

static enum fc_status note_fits(const struct cmd_run *run, struct page *page,
                                struct fc_error *err)
{
    size_t nspecs = run->work.job.nspecs;
    page->fits = calloc(run->work.job.n * nspecs + 1, sizeof *page->fits);
    if (page->fits == NULL)
        return no_memory(err);
    for (size_t i = 0; i < run->work.job.n; i++)
        for (size_t k = 0; k < nspecs; k++)
            if (!note_fit(run, i, k, page))
                return no_memory(err);
    return FC_OK;
}

/* The nights before this one.  A store never costs the night: one that cannot
   be read, of which the run itself says why, leaves its panels empty. */
static void recall(const struct cmd_run *run, struct page *page)
{
    struct fc_error trouble;
    if (run->options->store == NULL
        || cmd_past_open(run->options, &run->work.panel,
                         run->options->spec_names[0], &page->past, &trouble)
               == FC_OK)
        return;
    cmd_past_close(page->past);
    page->past = NULL;
}

/* One series under one model: a base, and what adds anything at any step. */
static enum fc_status make_under(const struct making *making, size_t i,
                                 size_t k, struct cmd_report_parts *parts,
                                 struct fc_error *err)
{
    const struct cmd_run *run = making->run;
    double *share;
    enum fc_status status =
        cmd_components_find(run, i, k, making->ws, &share, err);
    if (status != FC_OK || share == NULL)
        return status;
    size_t item = i * run->work.job.nspecs + k, n = cmd_known_of(run)->n;
    struct fc_forecast forecast = fc_batch_forecast(&run->batch, item);
    double *base = cmd_report_parts_values(parts, k, 0);
    for (int h = 0; h < forecast.horizon && base != NULL; h++)
        base[h] =
            cmd_components_base(forecast.mean[h], share + (size_t)h * n, n);
    for (size_t j = 0; j < n && base != NULL; j++) {
        double *values = NULL;
        for (int h = 0; h < forecast.horizon && base != NULL; h++) {
            double value = share[(size_t)h * n + j];
            if (value == 0)
                continue;
            if (values == NULL)
                values = cmd_report_parts_values(parts, k, (uint32_t)j + 1);
            if (values == NULL)
                return no_memory(err);
            values[h] = value;
        }
    }
    return base != NULL ? FC_OK : no_memory(err);
}

static enum fc_status make_parts(void *context, size_t series,
                                 struct cmd_report_parts *parts,
                                 struct fc_error *err)
{
    const struct making *making = context;
    enum fc_status status = FC_OK;
    if (making->run->work.skip[series])
        return FC_OK;
    for (size_t k = 0; k < parts->nmodels && status == FC_OK; k++)
        status = make_under(making, series, k, parts, err);
    return status;
}

/* Roughly: a base, and regressors where they are not 0. */
static double usual_parts(const struct cmd_run *run)
{
    const struct fc_job *job = &run->work.job;
    double steps = 0;
    for (size_t i = 0; i < job->n; i++) {
        const struct fc_regressors *x = &run->work.known.of[i];
        for (size_t j = 0; j < x->n; j++)
            for (size_t t = job->series[i].n; t < x->stride; t++)
                steps += cmd_known_of(run)->column[j].used
                         && x->x[j * x->stride + t] != 0;
    }
    return (double)job->nspecs
           * (job->horizon + steps / (double)(job->n > 0 ? job->n : 1));
}

static enum fc_status prepare_parts(struct making *making,
                                    struct cmd_report_parts *parts,
                                    struct fc_error *err)
{
    const struct cmd_run *run = making->run;
    const struct io_known *known = &run->work.known;
    making->ws = fc_workspace_new();
    if (making->ws == NULL
        || !cmd_report_parts_init(parts, run->work.job.nspecs,
                                  run->work.job.horizon)
        || io_intern_add(&parts->names, IO_KNOWN_BASE, strlen(IO_KNOWN_BASE))
               != 0)
        return no_memory(err);
    for (size_t j = 0; j < known->n; j++) {
        const char *label = io_known_label(known, j);
        if (io_intern_add(&parts->names, label, strlen(label)) != j + 1)
            return no_memory(err);
    }
    parts->make = make_parts;
    parts->context = making;
    parts->usual = usual_parts(run);
    return FC_OK;
}

enum fc_status cmd_run_report(const struct cmd_run *run,
                              struct io_atomic_file *file, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    struct page page = {0};
    struct making making = {run, NULL};
    struct cmd_report report = {
        .files = {.forecasts = o->output,
                  .train = o->input,
                  .summary = o->summary,
                  .trace = o->trace,
                  .store = o->store,
                  .components = o->components},
        .panel = &run->work.panel,
        .season = run->work.season,
        .nmodels = o->nspecs,
        .models = (const char *const *)o->spec_names,
        .horizon = run->work.job.horizon,
        .nlevels = run->work.job.nlevels,
        .levels = run->work.job.levels,
        .numbers = run->batch.numbers,
        .lines = &page.lines,
    };
    enum fc_status status = note_fits(run, &page, err);
    report.fits = page.fits;
    if (status == FC_OK)
        status = cmd_report_lines_of(run->trace, o->nspecs, &page.lines, err);
    if (status == FC_OK)
        recall(run, &page);
    if (page.past != NULL)
        report.past = cmd_past_of(page.past);
    if (status == FC_OK && cmd_known_of(run) != NULL) {
        status = prepare_parts(&making, &page.parts, err);
        report.parts = &page.parts;
    }
    if (status == FC_OK)
        status = cmd_report_write(&report, file, err);
    fc_workspace_free(making.ws);
    cmd_report_parts_release(&page.parts);
    cmd_past_close(page.past);
    cmd_report_lines_release(&page.lines);
    io_intern_release(&page.details);
    free(page.fits);
    return status;
}
