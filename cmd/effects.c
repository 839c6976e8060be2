/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/effects.h"

#include "io/known/labels.h"
#include "io/out/csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 80 };

static const double MORE = 0.1; /* ten percent, of what has a percentage */

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static void put_number(struct io_atomic_file *file, double x)
{
    put(file, ",");
    if (isfinite(x))
        io_write_number(file, x);
}

/* What a regressor is in a series' history. */
struct history {
    bool is_switch;   /* nothing but there or not */
    bool is_positive; /* always above zero */
    double mean;
};

static struct history look(const struct fc_series *series, size_t j)
{
    const struct fc_regressors *x = series->regressors;
    struct history history = {true, true, 0};
    size_t n = 0;
    for (size_t t = 0; t < series->n; t++) {
        double value = x->x[j * x->stride + t];
        if (isnan(series->y[t]) || isnan(value))
            continue;
        history.is_switch = history.is_switch && (value == 0 || value == 1);
        history.is_positive = history.is_positive && value > 0;
        history.mean += (value - history.mean) / (double)++n;
    }
    return history;
}

/* What a planner would say: of a price, in percent of it; of a reciprocal, from
 * its median on. */
static void put_words(const struct fc_known_fit *fit, double slope,
                      enum fc_known_form form, struct history history,
                      char words[WORDS])
{
    bool in_logs = form != FC_KNOWN_AS_IT_IS;
    const char *when = history.is_switch                ? "when 1"
                       : in_logs || history.is_positive ? "10% more"
                                                        : "1 more";
    double by = slope;
    if (!history.is_switch && in_logs)
        by = slope * (form == FC_KNOWN_LOGS ? log1p(MORE) : MORE / (1 + MORE));
    else if (!history.is_switch && history.is_positive)
        by = slope * MORE * history.mean;
    if (fit->scale.kind == FC_KNOWN_UNITS)
        snprintf(words, WORDS, "%s: %+.4g", when, fit->scale.unit * by);
    else
        snprintf(words, WORDS, "%s: %+.1f%%", when, 100 * expm1(by));
}

/* Slopes of a series in units are those of the series, not of the scale. */
static void write_row(const struct cmd_run *run, size_t i, size_t j,
                      const struct fc_known_fit *fit,
                      struct io_atomic_file *file)
{
    const struct io_panel *panel = &run->work.panel;
    struct fc_series series = fc_job_series(&run->work.job, i);
    const struct io_known *known = &run->work.known;
    const struct fc_known_column *column = &cmd_known_of(run)->column[j];
    double unit = fit->scale.kind == FC_KNOWN_UNITS ? fit->scale.unit : 1;
    char words[WORDS] = "";
    io_write_id(file, panel->series[i].id, panel->is_record);
    put(file, ",");
    io_write_field(file, io_known_label(known, j));
    put(file, ",");
    if (column->role == FC_ROLE_LIKE)
        snprintf(words, WORDS, "as its weekday");
    else if (column->used)
        put_words(fit, fit->slope[j],
                  known->in_logs[j] ? FC_KNOWN_LOGS : column->form,
                  look(&series, j), words);
    else if (cmd_known_is_as_all(known, cmd_known_of(run), j))
        snprintf(words, WORDS, "as all events");
    else
        snprintf(words, WORDS, "left out");
    if (column->used && column->role == FC_ROLE_DRAWN)
        cmd_append(words, WORDS, "%s", ", beyond the others");
    io_write_field(file, words);
    bool told = column->used && column->role != FC_ROLE_LIKE;
    put_number(file, told ? unit * fit->own[j] : NAN);
    put_number(file, told ? unit * fit->slope[j] : NAN);
    put_number(file, told ? unit * fit->error[j] : NAN);
    put_number(file, (double)fc_known_times(&series, j));
    put(file, "\n");
}

static enum fc_status write_series(const struct cmd_run *run, size_t i,
                                   struct fc_workspace *ws,
                                   struct io_atomic_file *file,
                                   struct fc_error *err)
{
    struct fc_series series = fc_job_series(&run->work.job, i), rest;
    struct fc_known_fit fit;
    fc_workspace_reset(ws);
    while (series.n > 0 && isnan(series.y[series.n - 1]))
        series.n--;
    enum fc_status status =
        fc_known_fit(cmd_known_of(run), &series, 0, ws, &fit, &rest, err);
    const double *slopes =
        fc_batch_slopes(&run->batch, i * run->work.job.nspecs);
    if (status == FC_OK && slopes != NULL)
        fc_known_take(&fit, slopes);
    for (size_t j = 0; status == FC_OK && j < fit.n; j++)
        write_row(run, i, j, &fit, file);
    return status;
}

enum fc_status cmd_effects_write(const struct cmd_run *run,
                                 struct io_atomic_file *file,
                                 struct fc_error *err)
{
    enum fc_status status = FC_OK;
    io_write_id(file, run->work.panel.id_name, run->work.panel.is_record);
    put(file, ",regressor,effect,own,shrunk,error,times\n");
    if (cmd_known_of(run) == NULL)
        return FC_OK;
    struct fc_workspace *ws = fc_workspace_new();
    if (ws == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < run->work.job.n && status == FC_OK; i++)
        if (!run->work.skip[i])
            status = write_series(run, i, ws, file, err);
    fc_workspace_free(ws);
    return status;
}
