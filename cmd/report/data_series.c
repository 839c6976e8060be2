/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/data_series.h"

#include "cmd/report/vector.h"
#include "cmd/talk/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* [night, first step, means] of the last ones. */
static enum fc_status put_said(struct cmd_report_writer *w, size_t i,
                               struct fc_error *err)
{
    const struct cmd_report_past *p = w->report->past;
    struct cmd_report_said said[CMD_REPORT_NIGHTS];
    size_t n;
    enum fc_status status = p->recall(p->context, i, said, &n, err);
    if (status != FC_OK || n == 0)
        return status;
    cmd_put_key(w, "p");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < n; k++) {
        cmd_put_comma(w, k);
        cmd_put_raw(w, "[");
        cmd_put_integer(w, said[k].night);
        cmd_put_raw(w, ",");
        cmd_put_integer(w, said[k].first);
        for (size_t h = 0; h < said[k].n; h++) {
            cmd_put_raw(w, ",");
            cmd_put_rounded(w, said[k].means[h]);
        }
        cmd_put_raw(w, "]");
    }
    cmd_put_raw(w, "]");
    return FC_OK;
}

/* [values, MASE, bias, level, compared, inside] of all nights. */
static void put_standing(struct cmd_report_writer *w,
                         const struct cmd_report_standing *s)
{
    const double numbers[] = {s->mase, s->bias, s->level};
    if (s->n == 0)
        return;
    cmd_put_key(w, "w");
    cmd_put_raw(w, "[");
    cmd_put_integer(w, s->n);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, numbers[k]);
    }
    cmd_put_raw(w, ",");
    cmd_put_integer(w, s->compared);
    cmd_put_raw(w, ",");
    cmd_put_integer(w, s->inside);
    cmd_put_raw(w, "]");
}

static size_t index_of(const struct io_intern *table, const char *text)
{
    return text != NULL ? io_intern_find(table, text, strlen(text))
                        : IO_INTERN_FULL;
}

/* [status, detail, spec, weights, milliseconds]; texts by their numbers, a
   status by its word unless it is "ok" */
static void put_fit(struct cmd_report_writer *w, size_t i, size_t model)
{
    const struct cmd_report_fit *fit =
        &w->report->fits[i * w->report->nmodels + model];
    const char *status = cmd_report_status(w->report, i, model);
    size_t detail = index_of(&w->specs.details, fit->detail);
    size_t spec = IO_INTERN_FULL;
    w->weights[0] = '\0';
    if (fit->spec != NULL) {
        cmd_report_plain(fit->spec, w->plain, w->weights);
        spec = index_of(&w->specs.plain, w->plain);
    }
    cmd_put_raw(w, "[");
    cmd_json_text(w->file, strcmp(status, "ok") == 0 ? "" : status);
    cmd_put_raw(w, ",");
    cmd_put_integer(w, detail != IO_INTERN_FULL ? (int64_t)detail : -1);
    cmd_put_raw(w, ",");
    cmd_put_integer(w, spec != IO_INTERN_FULL ? (int64_t)spec : -1);
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, w->weights);
    cmd_put_raw(w, ",");
    cmd_put_rounded(w, fit->seconds * 1e3);
    cmd_put_raw(w, "]");
}

/* [MASE, sMAPE, errors' sum over their absolute sum, inside, compared] of
   every model of the scores. */
static void put_series_scores(struct cmd_report_writer *w, const char *name,
                              const struct cmd_report_scores *scores, size_t i)
{
    char row[160];
    cmd_put_key(w, name);
    cmd_put_raw(w, "[");
    for (uint32_t k = 0; k < scores->models.n; k++) {
        const struct cmd_report_score *s = &scores->model[k].of[i];
        double mase = cmd_report_mase(s);
        cmd_put_comma(w, k);
        if (s->n == 0) {
            cmd_put_raw(w, "0");
            continue;
        }
        char one_way[16] = "null";
        if (s->abs > 0 && isfinite(s->error))
            snprintf(one_way, sizeof one_way, "%.2f", s->error / s->abs);
        snprintf(row, sizeof row, "[%.4g,%.4g,%s,%u,%u]",
                 isnan(mase) ? -1 : mase, s->smape / s->n, one_way, s->inside,
                 s->compared);
        cmd_put_raw(w, row);
    }
    cmd_put_raw(w, "]");
}

static void put_history(struct cmd_report_writer *w, size_t i)
{
    const struct fc_history *s = &w->report->panel->series[i];
    size_t from = s->n > w->view.history ? s->n - w->view.history : 0;
    cmd_put_count(w, "n", s->n);
    if (from > 0)
        cmd_put_count(w, "from", from);
    cmd_put_key(w, "y");
    cmd_report_vector(w->file, s->y + from, s->n - from);
}

static void put_forecasts(struct cmd_report_writer *w, size_t i)
{
    const struct cmd_report *r = w->report;
    size_t size = fc_forecast_size(r->horizon, r->nlevels);
    cmd_put_key(w, "f");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < r->nmodels; k++) {
        cmd_put_comma(w, k);
        if (cmd_report_has_forecast(r, i, k))
            cmd_report_vector(w->file, r->numbers + (i * r->nmodels + k) * size,
                              size);
        else
            cmd_put_raw(w, "0");
    }
    cmd_put_raw(w, "]");
    if (r->actual != NULL) {
        cmd_put_key(w, "x");
        cmd_report_vector(w->file, r->actual + i * (size_t)r->horizon,
                          (size_t)r->horizon);
    }
}

static void put_facts(struct cmd_report_writer *w, size_t i)
{
    const struct io_panel_facts *f = &w->report->panel->facts[i];
    char start[24];
    snprintf(start, sizeof start, "%" PRId64, f->start);
    cmd_put_text(w, "{s", start);
    cmd_put_count(w, "e", w->view.found[i]);
    if (w->report->panel->freq.unit == IO_FREQ_MONTH)
        cmd_put_count(w, "a", f->anchor_day);
    if (f->error != NULL)
        cmd_put_text(w, "error", f->error);
    if (f->nfilled > 0)
        cmd_put_count(w, "filled", f->nfilled);
    if (f->nmissing > 0)
        cmd_put_count(w, "missing", f->nmissing);
    if (f->nduplicates > 0)
        cmd_put_count(w, "doubles", f->nduplicates);
    if (f->unordered)
        cmd_put_count(w, "unordered", 1);
    if (isfinite(w->view.change[i])) {
        cmd_put_key(w, "c");
        cmd_put_rounded(w, w->view.change[i]);
    }
    if (isfinite(w->view.volume[i])) {
        cmd_put_key(w, "v");
        cmd_put_rounded(w, w->view.volume[i]);
    }
}

static enum fc_status put_series(struct cmd_report_writer *w, size_t i,
                                 struct fc_error *err)
{
    const struct cmd_report *r = w->report;
    enum fc_status status = FC_OK;
    put_facts(w, i);
    put_history(w, i);
    put_forecasts(w, i);
    if (r->fits != NULL) {
        cmd_put_key(w, "fit");
        cmd_put_raw(w, "[");
        for (size_t k = 0; k < r->nmodels; k++) {
            cmd_put_comma(w, k);
            put_fit(w, i, k);
        }
        cmd_put_raw(w, "]");
    }
    if (r->now != NULL)
        put_series_scores(w, "m", r->now, i);
    if (r->before != NULL)
        put_series_scores(w, "b", r->before, i);
    if (r->past != NULL) {
        put_standing(w, &r->past->of[i]);
        status = put_said(w, i, err);
    }
    if (r->parts != NULL && status == FC_OK)
        status = cmd_report_parts_put(r->parts, i, w->file, err);
    cmd_put_raw(w, "}");
    return status;
}

enum fc_status cmd_put_all_series(struct cmd_report_writer *w,
                                  struct fc_error *err)
{
    enum fc_status status = FC_OK;
    const struct io_panel *panel = w->report->panel;
    size_t put = 0;
    cmd_put_key(w, "ids");
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < panel->nseries; i++)
        if (w->view.shown[i]) {
            cmd_put_comma(w, put++);
            cmd_json_text(w->file, panel->series[i].id);
        }
    cmd_put_raw(w, "]");
    put = 0;
    cmd_put_key(w, "at");
    cmd_put_raw(w, "[");
    for (size_t i = 0;
         i < panel->nseries && status == FC_OK && !io_atomic_failed(w->file);
         i++)
        if (w->view.shown[i]) {
            cmd_put_raw(w, put++ > 0 ? ",\n" : "\n");
            status = put_series(w, i, err);
        }
    cmd_put_raw(w, "]");
    return status;
}
