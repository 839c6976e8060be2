/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/components.h"

#include "io/known/labels.h"
#include "io/out/csv.h"

#include <string.h>

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

/* What the rows of a step begin with. */
struct step {
    const struct io_panel *panel;
    size_t series;
    const char *model;
    char time[IO_TIME_SIZE];
};

static void write_row(const struct step *step, const char *name, double value,
                      struct io_atomic_file *file)
{
    io_write_id(file, step->panel->series[step->series].id,
                step->panel->is_record);
    put(file, ",");
    io_write_field(file, step->time);
    put(file, ",");
    io_write_field(file, step->model);
    put(file, ",");
    io_write_field(file, name);
    put(file, ",");
    io_write_number(file, value);
    put(file, "\n");
}

double cmd_components_base(double mean, const double *share, size_t n)
{
    for (size_t j = 0; j < n; j++)
        mean -= share[j];
    return mean;
}

static void write_step(const struct cmd_run *run, const struct step *step,
                       double mean, const double *share,
                       struct io_atomic_file *file)
{
    const struct fc_known *learnt = cmd_known_of(run);
    size_t n = share != NULL ? learnt->n : 0;
    write_row(step, IO_KNOWN_BASE, cmd_components_base(mean, share, n), file);
    for (size_t j = 0; j < n; j++)
        if (share[j] != 0)
            write_row(step, io_known_label(&run->work.known, j), share[j],
                      file);
}

enum fc_status cmd_components_find(const struct cmd_run *run, size_t i,
                                   size_t k, struct fc_workspace *ws,
                                   double **share, struct fc_error *err)
{
    const struct fc_known *known = cmd_known_of(run);
    struct fc_series series = fc_job_series(&run->work.job, i);
    size_t item = i * run->work.job.nspecs + k;
    struct fc_forecast forecast = fc_batch_forecast(&run->batch, item);
    enum fc_outcome outcome = cmd_result_of(run, i, k)->outcome;
    *share = NULL;
    if (known == NULL || outcome == FC_OUTCOME_LATE
        || outcome == FC_OUTCOME_FAILED)
        return FC_OK;
    fc_workspace_reset(ws);
    *share = fc_workspace_doubles(ws, (size_t)forecast.horizon * known->n);
    return *share != NULL ? fc_known_shares(known, &series,
                                            fc_batch_slopes(&run->batch, item),
                                            &forecast, ws, *share, err)
                          : fc_fail(err, FC_ENOMEM, "out of memory");
}

static enum fc_status write_forecast(const struct cmd_run *run, size_t i,
                                     size_t k, struct fc_workspace *ws,
                                     struct io_atomic_file *file,
                                     struct fc_error *err)
{
    const struct fc_known *known = cmd_known_of(run);
    size_t item = i * run->work.job.nspecs + k;
    struct fc_forecast forecast = fc_batch_forecast(&run->batch, item);
    struct step step = {&run->work.panel, i, run->options->spec_names[k], ""};
    double *share;
    if (cmd_result_of(run, i, k)->outcome == FC_OUTCOME_FAILED)
        return FC_OK;
    enum fc_status status = cmd_components_find(run, i, k, ws, &share, err);
    for (int h = 0; status == FC_OK && h < forecast.horizon; h++) {
        io_panel_future(&run->work.panel, i, h, step.time);
        write_step(run, &step, forecast.mean[h],
                   share != NULL ? share + (size_t)h * known->n : NULL, file);
    }
    return status;
}

enum fc_status cmd_components_write(const struct cmd_run *run,
                                    struct io_atomic_file *file,
                                    struct fc_error *err)
{
    const struct io_panel *panel = &run->work.panel;
    enum fc_status status = FC_OK;
    io_write_id(file, panel->id_name, panel->is_record);
    put(file, ",");
    io_write_field(file, panel->time_name != NULL ? panel->time_name : "ds");
    put(file, ",model,component,value\n");
    struct fc_workspace *ws = fc_workspace_new();
    if (ws == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < panel->nseries; i++)
        for (size_t k = 0; k < run->options->nspecs && status == FC_OK; k++)
            if (!run->work.skip[i])
                status = write_forecast(run, i, k, ws, file, err);
    fc_workspace_free(ws);
    return status;
}
