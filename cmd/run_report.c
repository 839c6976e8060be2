/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/run_report.h"

#include "cmd/report/report.h"
#include "cmd/report_past.h"

#include <stdlib.h>
#include <string.h>

/* What of the run is not kept as a report wants it. */
struct page {
    struct cmd_report_fit *fits;
    struct io_intern details;
    struct cmd_report_lines lines;
    struct cmd_past *past;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static bool note_fit(const struct cmd_run *run, size_t series, size_t spec,
                     struct page *page)
{
    static const char *const status[] = {"failed", "fallback", "ok"};
    char detail[2 * FC_MESSAGE_SIZE];
    size_t item = series * run->work.job.nspecs + spec;
    cmd_describe(run, series, spec, detail, sizeof detail);
    page->fits[item] = (struct cmd_report_fit){
        .status = status[cmd_result_of(run, series, spec)->outcome],
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

enum fc_status cmd_run_report(const struct cmd_run *run,
                              struct io_atomic_file *file, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    struct page page = {0};
    struct cmd_report report = {
        .files = {.forecasts = o->output,
                  .train = o->input,
                  .summary = o->summary,
                  .trace = o->trace,
                  .store = o->store},
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
    if (status == FC_OK)
        status = cmd_report_write(&report, file, err);
    cmd_past_close(page.past);
    cmd_report_lines_release(&page.lines);
    io_intern_release(&page.details);
    free(page.fits);
    return status;
}
