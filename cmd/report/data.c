/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/data.h"

#include "cmd/report/specs.h"
#include "cmd/report/totals.h"
#include "cmd/report/vector.h"
#include "cmd/report/view.h"
#include "cmd/talk/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is written from. */
struct writer {
    const struct cmd_report *report;
    struct io_atomic_file *file;
    struct cmd_report_view view;
    struct cmd_report_specs specs;
    struct cmd_report_totals totals;
    char *plain, *weights; /* room for the longest spec */
};

/* Pieces. */

static void raw(struct writer *w, const char *text)
{
    cmd_json_raw(w->file, text);
}

/* ,"key": or "key": after an opening bracket. */
static void key(struct writer *w, const char *name)
{
    if (*name == '{') {
        raw(w, "{\"");
        name++;
    } else {
        raw(w, ",\"");
    }
    raw(w, name);
    raw(w, "\":");
}

static void text(struct writer *w, const char *name, const char *value)
{
    key(w, name);
    cmd_json_text(w->file, value);
}

static void count(struct writer *w, const char *name, size_t n)
{
    key(w, name);
    cmd_json_count(w->file, n);
}

static void integer(struct writer *w, int64_t n)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, n);
    raw(w, digits);
}

static void flag(struct writer *w, const char *name, bool value)
{
    key(w, name);
    raw(w, value ? "true" : "false");
}

static void comma(struct writer *w, size_t i)
{
    if (i > 0)
        raw(w, ",");
}

/* Six digits are enough for what is computed for a picture. */
static void rounded(struct writer *w, double x)
{
    char digits[32];
    snprintf(digits, sizeof digits, isfinite(x) ? "%.6g" : "null", x);
    raw(w, digits);
}

static void numbers(struct writer *w, const char *name, const double *x,
                    size_t n)
{
    key(w, name);
    raw(w, "[");
    for (size_t i = 0; i < n; i++) {
        comma(w, i);
        cmd_json_number(w->file, x[i]);
    }
    raw(w, "]");
}

static void texts(struct writer *w, const char *name, const char *const *x,
                  size_t n)
{
    key(w, name);
    raw(w, "[");
    for (size_t i = 0; i < n; i++) {
        comma(w, i);
        cmd_json_text(w->file, x[i]);
    }
    raw(w, "]");
}

/* The file. */

static void put_files(struct writer *w)
{
    const struct cmd_report_files *f = &w->report->files;
    key(w, "files");
    text(w, "{forecasts", f->forecasts);
    text(w, "actuals", f->actuals);
    text(w, "train", f->train);
    text(w, "summary", f->summary);
    text(w, "scores", f->scores);
    text(w, "trace", f->trace);
    text(w, "store", f->store);
    if (f->components != NULL)
        text(w, "components", f->components);
    raw(w, "}");
}

/* The form that times are shown in: the file's own, or, of its many ways to
 * write days and instants, ISO 8601's. */
static const char *time_form(const struct io_time_format *format)
{
    static const char *const grains[] = {
        [IO_GRAIN_UNKNOWN] = "integer", [IO_GRAIN_STEP] = "integer",
        [IO_GRAIN_PERIOD] = "period",   [IO_GRAIN_TIME] = "datetime",
        [IO_GRAIN_DAY] = "date",        [IO_GRAIN_WEEK] = "week",
        [IO_GRAIN_MONTH] = "month",     [IO_GRAIN_QUARTER] = "quarter",
        [IO_GRAIN_YEAR] = "date"};
    return grains[io_time_grain(format)];
}

/* How timestamps go on and how they look. */
static void put_time(struct writer *w)
{
    static const char *const units[] = {"step",  "step", "second",   "minute",
                                        "hour",  "day",  "business", "week",
                                        "month", "step"};
    const struct io_panel *panel = w->report->panel;
    const struct io_time_format *format = &panel->format;
    char step[IO_FREQ_TEXT_SIZE];
    char separator[2] = {format->form == IO_TIME_PATTERN ? '\0'
                                                         : format->separator};
    char dash[2] = {format->dash};
    io_freq_text(&panel->freq, step, sizeof step);
    key(w, "time");
    text(w, "{step", step);
    text(w, "unit", units[panel->freq.unit]);
    key(w, "multiple");
    integer(w, panel->freq.multiple > 0 ? panel->freq.multiple : 1);
    text(w, "form", time_form(format));
    text(w, "separator", separator);
    flag(w, "seconds", format->seconds);
    text(w, "zone", format->zone);
    text(w, "dash", dash);
    count(w, "cycle", (size_t)format->cycle);
    count(w, "digits", format->padded ? (size_t)format->digits : 0);
    raw(w, "}");
}

/* Series by their worst outcome over the models. */
static void put_tally(struct writer *w)
{
    size_t failed = 0, fallback = 0, other = 0, n = w->report->panel->nseries;
    for (size_t i = 0; i < n; i++) {
        unsigned found = w->view.found[i];
        if (found & 1u << CMD_FOUND_FAILED)
            failed++;
        else if (found & 1u << CMD_FOUND_FALLBACK)
            fallback++;
        else if (found & 1u << CMD_FOUND_LATE)
            other++;
    }
    key(w, "tally");
    count(w, "{ok", n - failed - fallback - other);
    count(w, "fallback", fallback);
    count(w, "late", other);
    count(w, "failed", failed);
    raw(w, "}");
}

static void put_head(struct writer *w)
{
    const struct cmd_report *r = w->report;
    count(w, "{version", 1);
    put_files(w);
    put_time(w);
    count(w, "season", (size_t)r->season);
    count(w, "horizon", (size_t)r->horizon);
    numbers(w, "levels", r->levels, (size_t)r->nlevels);
    texts(w, "models", r->models, r->nmodels);
    count(w, "series", r->panel->nseries);
    count(w, "shown", w->view.nshown);
    count(w, "history", w->view.history);
    flag(w, "trimmed", w->view.trimmed);
    text(w, "wanted", r->wanted);
    count(w, "extra", r->nextra);
    text(w, "extraFirst", r->nextra > 0 ? r->extra : NULL);
    flag(w, "hasActual", r->actual != NULL);
    flag(w, "hasFits", r->fits != NULL);
    if (r->parts != NULL)
        texts(w, "parts", r->parts->names.text, r->parts->names.n);
    put_tally(w);
    key(w, "found");
    raw(w, "[");
    for (size_t k = 0; k < CMD_FINDINGS; k++) {
        comma(w, k);
        cmd_json_count(w->file, w->view.count[k]);
    }
    raw(w, "]");
}

/* Why. */

static void put_members(struct writer *w,
                        const struct cmd_report_model_specs *m)
{
    key(w, "{members");
    raw(w, "[");
    for (uint32_t k = 0; k < m->members.n; k++) {
        comma(w, k);
        raw(w, "[");
        cmd_json_text(w->file, m->members.text[k]);
        raw(w, ",");
        rounded(w, m->weight[k] / (double)m->ncombined);
        raw(w, "]");
    }
    raw(w, "]");
}

enum { MOST_FORMS = 12 };

static int most_first(const void *a, const void *b)
{
    const size_t *x = *(const size_t *const *)a, *y = *(const size_t *const *)b;
    return *x != *y ? (*x > *y ? -1 : 1) : (x > y) - (x < y);
}

/* The most frequent, and how many others there are. */
static bool put_forms(struct writer *w, const struct cmd_report_model_specs *m)
{
    size_t n = m->forms.n, others = 0;
    const size_t **order = malloc((n + 1) * sizeof *order);
    if (order == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        order[k] = &m->count[k];
    qsort(order, n, sizeof *order, most_first);
    key(w, "forms");
    raw(w, "[");
    for (size_t k = 0; k < n; k++) {
        if (k >= MOST_FORMS) {
            others += *order[k];
            continue;
        }
        comma(w, k);
        raw(w, "[");
        cmd_json_text(w->file, m->forms.text[order[k] - m->count]);
        raw(w, ",");
        cmd_json_count(w->file, *order[k]);
        raw(w, "]");
    }
    raw(w, "]");
    count(w, "others", others);
    free(order);
    return true;
}

static bool put_specs(struct writer *w)
{
    bool good = true;
    key(w, "why");
    raw(w, "[");
    for (size_t k = 0; k < w->specs.nmodels && good; k++) {
        comma(w, k);
        put_members(w, &w->specs.of[k]);
        good = put_forms(w, &w->specs.of[k]);
        raw(w, "}");
    }
    raw(w, "]");
    texts(w, "specs", w->specs.plain.text, w->specs.plain.n);
    texts(w, "details", w->specs.details.text, w->specs.details.n);
    return good;
}

/* Errors. */

enum { BINS = 16 }; /* of MASE: below 1/8, then half octaves, above 11 */

static void put_bins(struct writer *w, const struct cmd_report_model *m,
                     size_t n)
{
    size_t bin[BINS] = {0};
    for (size_t i = 0; i < n; i++) {
        double mase = cmd_report_mase(&m->of[i]);
        if (isnan(mase))
            continue;
        double k = mase > 0 ? floor(2 * log2(mase) + 7) : 0;
        bin[k < 0 ? 0 : k > BINS - 1 ? BINS - 1 : (size_t)k]++;
    }
    key(w, "bins");
    raw(w, "[");
    for (size_t k = 0; k < BINS; k++) {
        comma(w, k);
        cmd_json_count(w->file, bin[k]);
    }
    raw(w, "]");
}

/* Means over series, each of which counts the same. */
static void put_means(struct writer *w, const struct cmd_report_model *m,
                      size_t n)
{
    double mase = 0, smape = 0, mae = 0, inside = 0, compared = 0;
    size_t nmase = 0, nseries = 0;
    for (size_t i = 0; i < n; i++) {
        const struct cmd_report_score *s = &m->of[i];
        if (s->n == 0)
            continue;
        nseries++;
        smape += s->smape / s->n;
        mae += s->abs / s->n;
        inside += s->inside;
        compared += s->compared;
        if (s->nmase > 0) {
            mase += cmd_report_mase(s);
            nmase++;
        }
    }
    count(w, "n", nseries);
    key(w, "mase");
    rounded(w, mase / (double)nmase);
    key(w, "smape");
    rounded(w, smape / (double)nseries);
    key(w, "mae");
    rounded(w, mae / (double)nseries);
    key(w, "widest");
    rounded(w, inside / compared);
    key(w, "compared");
    rounded(w, compared);
    key(w, "seconds");
    rounded(w, m->seconds);
}

static void put_steps(struct writer *w, const struct cmd_report_model *m,
                      size_t nlevels)
{
    key(w, "steps");
    raw(w, "[");
    for (size_t h = 0; h < m->nsteps; h++) {
        comma(w, h);
        rounded(w, m->step[h].scaled / (double)m->step[h].n);
    }
    raw(w, "]");
    key(w, "inside");
    raw(w, "[");
    for (size_t k = 0; k < nlevels; k++) {
        size_t inside = 0, compared = 0;
        comma(w, k);
        raw(w, "[");
        for (size_t h = 0; h < m->nsteps; h++) {
            inside += m->inside[h * nlevels + k];
            compared += m->compared[h * nlevels + k];
            rounded(w, (double)m->inside[h * nlevels + k]
                           / (double)m->compared[h * nlevels + k]);
            raw(w, ",");
        }
        rounded(w, (double)inside / (double)compared); /* the last is of all */
        raw(w, "]");
    }
    raw(w, "]");
}

static void put_scores(struct writer *w, const char *name,
                       const struct cmd_report_scores *s)
{
    key(w, name);
    if (s == NULL) {
        raw(w, "null");
        return;
    }
    text(w, "{file", s->file);
    flag(w, "backtest", s->backtest);
    numbers(w, "levels", s->levels, (size_t)s->nlevels);
    key(w, "models");
    raw(w, "[");
    for (uint32_t k = 0; k < s->models.n; k++) {
        comma(w, k);
        text(w, "{name", s->models.text[k]);
        put_means(w, &s->model[k], s->nseries);
        put_bins(w, &s->model[k], s->nseries);
        put_steps(w, &s->model[k], (size_t)s->nlevels);
        raw(w, "}");
    }
    raw(w, "]}");
}

/* Totals: columns, which are shorter than rows. */

static void put_totals(struct writer *w)
{
    const struct cmd_report_totals *t = &w->totals;
    key(w, "totals");
    raw(w, "{\"time\":[");
    for (size_t i = 0; i < t->n; i++) {
        comma(w, i);
        integer(w, t->at[i].time);
    }
    raw(w, "],\"rows\":[");
    for (size_t i = 0; i < t->n; i++) {
        const struct cmd_report_total *at = &t->at[i];
        comma(w, i);
        raw(w, "[");
        rounded(w, at->ny > 0 ? at->y : NAN);
        raw(w, ",");
        rounded(w, at->nmean > 0 ? at->mean : NAN);
        raw(w, ",");
        rounded(w, at->nactual > 0 ? at->actual : NAN);
        raw(w, ",");
        cmd_json_count(w->file, at->ny);
        raw(w, ",");
        cmd_json_count(w->file, at->nmean);
        raw(w, "]");
    }
    raw(w, "]}");
}

/* The time line, in microseconds. */

static void put_stretch(struct writer *w, const struct cmd_report_stretch *s)
{
    raw(w, "[");
    cmd_json_count(w->file, s->track);
    raw(w, ",");
    cmd_json_count(w->file, (size_t)s->work);
    raw(w, ",");
    cmd_json_count(w->file, (size_t)(s->start * 1e6 + 0.5));
    raw(w, ",");
    cmd_json_count(w->file, (size_t)((s->end - s->start) * 1e6 + 0.5));
    raw(w, ",");
    cmd_json_count(w->file, s->count);
    raw(w, ",");
    if (s->name != NULL)
        cmd_json_text(w->file, s->name);
    else if (s->series != UINT32_MAX)
        cmd_json_text(w->file, w->report->panel->series[s->series].id);
    else
        raw(w, "null");
    raw(w, "]");
}

static void put_lines(struct writer *w)
{
    const struct cmd_report_lines *lines = w->report->lines;
    key(w, "lines");
    if (lines == NULL) {
        raw(w, "null");
        return;
    }
    count(w, "{tracks", lines->ntracks);
    key(w, "end");
    rounded(w, lines->end);
    key(w, "worked");
    rounded(w, lines->worked);
    key(w, "at");
    raw(w, "[");
    for (size_t i = 0; i < lines->n; i++) {
        comma(w, i);
        put_stretch(w, &lines->at[i]);
    }
    raw(w, "]}");
}

/* Nights. */

static void put_night(struct writer *w, const struct cmd_report_night *n)
{
    const int64_t counts[] = {n->night, n->series,    n->failed,  n->fallback,
                              n->late,  n->corrected, n->drifting};
    raw(w, "[");
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        integer(w, counts[k]);
        raw(w, ",");
    }
    rounded(w, n->seconds);
    raw(w, ",");
    cmd_json_text(w->file, n->origin);
    raw(w, "]");
}

static void put_turned(struct writer *w, const struct cmd_report_turned *t)
{
    const double numbers[] = {t->mase, t->bias, t->added, t->level, t->inside};
    raw(w, "[");
    integer(w, t->night);
    raw(w, ",");
    cmd_json_text(w->file, t->model);
    raw(w, ",");
    integer(w, t->n);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        raw(w, ",");
        rounded(w, numbers[k]);
    }
    raw(w, "]");
}

/* The place of each series among those that are shown, from 1; 0: it is not. */
static void put_moved(struct writer *w, const struct cmd_report_moved *m,
                      const uint32_t *place)
{
    const double numbers[] = {m->moved, m->before, m->after};
    raw(w, "[");
    integer(w, m->series != SIZE_MAX ? (int64_t)place[m->series] - 1 : -1);
    raw(w, ",");
    cmd_json_text(w->file, m->id);
    raw(w, ",");
    cmd_json_text(w->file, m->model);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        raw(w, ",");
        rounded(w, numbers[k]);
    }
    raw(w, ",");
    cmd_json_text(w->file, m->why);
    raw(w, "]");
}

static bool put_past(struct writer *w)
{
    const struct cmd_report_past *p = w->report->past;
    size_t nseries = w->report->panel->nseries;
    uint32_t *place = NULL, shown = 0;
    key(w, "past");
    if (p == NULL) {
        raw(w, "null");
        return true;
    }
    place = calloc(nseries + 1, sizeof *place);
    if (place == NULL)
        return false;
    for (size_t i = 0; i < nseries; i++)
        if (w->view.shown[i])
            place[i] = ++shown;
    key(w, "{nights");
    raw(w, "[");
    for (size_t i = 0; i < p->nnights; i++) {
        comma(w, i);
        put_night(w, &p->nights[i]);
    }
    raw(w, "]");
    key(w, "turned");
    raw(w, "[");
    for (size_t i = 0; i < p->nturned; i++) {
        comma(w, i);
        put_turned(w, &p->turned[i]);
    }
    raw(w, "]");
    key(w, "moved");
    raw(w, "[");
    for (size_t i = 0; i < p->nmoved; i++) {
        comma(w, i);
        put_moved(w, &p->moved[i], place);
    }
    raw(w, "]");
    count(w, "nmoved", p->nmoved_all);
    raw(w, "}");
    free(place);
    return true;
}

/* [night, first step, means] of the last ones. */
static enum fc_status put_said(struct writer *w, size_t i, struct fc_error *err)
{
    const struct cmd_report_past *p = w->report->past;
    struct cmd_report_said said[CMD_REPORT_NIGHTS];
    size_t n;
    enum fc_status status = p->recall(p->context, i, said, &n, err);
    if (status != FC_OK || n == 0)
        return status;
    key(w, "p");
    raw(w, "[");
    for (size_t k = 0; k < n; k++) {
        comma(w, k);
        raw(w, "[");
        integer(w, said[k].night);
        raw(w, ",");
        integer(w, said[k].first);
        for (size_t h = 0; h < said[k].n; h++) {
            raw(w, ",");
            rounded(w, said[k].means[h]);
        }
        raw(w, "]");
    }
    raw(w, "]");
    return FC_OK;
}

/* [values, MASE, bias, level, compared, inside] of all nights. */
static void put_standing(struct writer *w, const struct cmd_report_standing *s)
{
    const double numbers[] = {s->mase, s->bias, s->level};
    if (s->n == 0)
        return;
    key(w, "w");
    raw(w, "[");
    integer(w, s->n);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        raw(w, ",");
        rounded(w, numbers[k]);
    }
    raw(w, ",");
    integer(w, s->compared);
    raw(w, ",");
    integer(w, s->inside);
    raw(w, "]");
}

/* Series. */

static size_t index_of(const struct io_intern *table, const char *text)
{
    return text != NULL ? io_intern_find(table, text, strlen(text))
                        : IO_INTERN_FULL;
}

/* [status, detail, spec, weights, milliseconds]; texts by their numbers, a
   status by its word unless it is "ok" */
static void put_fit(struct writer *w, size_t i, size_t model)
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
    raw(w, "[");
    cmd_json_text(w->file, strcmp(status, "ok") == 0 ? "" : status);
    raw(w, ",");
    integer(w, detail != IO_INTERN_FULL ? (int64_t)detail : -1);
    raw(w, ",");
    integer(w, spec != IO_INTERN_FULL ? (int64_t)spec : -1);
    raw(w, ",");
    cmd_json_text(w->file, w->weights);
    raw(w, ",");
    rounded(w, fit->seconds * 1e3);
    raw(w, "]");
}

/* [MASE, sMAPE, errors' sum over their absolute sum, inside, compared] of
   every model of the scores. */
static void put_series_scores(struct writer *w, const char *name,
                              const struct cmd_report_scores *scores, size_t i)
{
    char row[160];
    key(w, name);
    raw(w, "[");
    for (uint32_t k = 0; k < scores->models.n; k++) {
        const struct cmd_report_score *s = &scores->model[k].of[i];
        double mase = cmd_report_mase(s);
        comma(w, k);
        if (s->n == 0) {
            raw(w, "0");
            continue;
        }
        char one_way[16] = "null";
        if (s->abs > 0 && isfinite(s->error))
            snprintf(one_way, sizeof one_way, "%.2f", s->error / s->abs);
        snprintf(row, sizeof row, "[%.4g,%.4g,%s,%u,%u]",
                 isnan(mase) ? -1 : mase, s->smape / s->n, one_way, s->inside,
                 s->compared);
        raw(w, row);
    }
    raw(w, "]");
}

static void put_history(struct writer *w, size_t i)
{
    const struct fc_history *s = &w->report->panel->series[i];
    size_t from = s->n > w->view.history ? s->n - w->view.history : 0;
    count(w, "n", s->n);
    if (from > 0)
        count(w, "from", from);
    key(w, "y");
    cmd_report_vector(w->file, s->y + from, s->n - from);
}

static void put_forecasts(struct writer *w, size_t i)
{
    const struct cmd_report *r = w->report;
    size_t size = fc_forecast_size(r->horizon, r->nlevels);
    key(w, "f");
    raw(w, "[");
    for (size_t k = 0; k < r->nmodels; k++) {
        comma(w, k);
        if (cmd_report_has_forecast(r, i, k))
            cmd_report_vector(w->file, r->numbers + (i * r->nmodels + k) * size,
                              size);
        else
            raw(w, "0");
    }
    raw(w, "]");
    if (r->actual != NULL) {
        key(w, "x");
        cmd_report_vector(w->file, r->actual + i * (size_t)r->horizon,
                          (size_t)r->horizon);
    }
}

static void put_facts(struct writer *w, size_t i)
{
    const struct io_panel_facts *f = &w->report->panel->facts[i];
    char start[24];
    snprintf(start, sizeof start, "%" PRId64, f->start);
    text(w, "{s", start);
    count(w, "e", w->view.found[i]);
    if (w->report->panel->freq.unit == IO_FREQ_MONTH)
        count(w, "a", f->anchor_day);
    if (f->error != NULL)
        text(w, "error", f->error);
    if (f->nfilled > 0)
        count(w, "filled", f->nfilled);
    if (f->nmissing > 0)
        count(w, "missing", f->nmissing);
    if (f->nduplicates > 0)
        count(w, "doubles", f->nduplicates);
    if (f->unordered)
        count(w, "unordered", 1);
    if (isfinite(w->view.change[i])) {
        key(w, "c");
        rounded(w, w->view.change[i]);
    }
    if (isfinite(w->view.volume[i])) {
        key(w, "v");
        rounded(w, w->view.volume[i]);
    }
}

static enum fc_status put_series(struct writer *w, size_t i,
                                 struct fc_error *err)
{
    const struct cmd_report *r = w->report;
    enum fc_status status = FC_OK;
    put_facts(w, i);
    put_history(w, i);
    put_forecasts(w, i);
    if (r->fits != NULL) {
        key(w, "fit");
        raw(w, "[");
        for (size_t k = 0; k < r->nmodels; k++) {
            comma(w, k);
            put_fit(w, i, k);
        }
        raw(w, "]");
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
    raw(w, "}");
    return status;
}

static enum fc_status put_all_series(struct writer *w, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    const struct io_panel *panel = w->report->panel;
    size_t put = 0;
    key(w, "ids");
    raw(w, "[");
    for (size_t i = 0; i < panel->nseries; i++)
        if (w->view.shown[i]) {
            comma(w, put++);
            cmd_json_text(w->file, panel->series[i].id);
        }
    raw(w, "]");
    put = 0;
    key(w, "at");
    raw(w, "[");
    for (size_t i = 0;
         i < panel->nseries && status == FC_OK && !io_atomic_failed(w->file);
         i++)
        if (w->view.shown[i]) {
            raw(w, put++ > 0 ? ",\n" : "\n");
            status = put_series(w, i, err);
        }
    raw(w, "]");
    return status;
}

static size_t longest_spec(const struct cmd_report *r)
{
    size_t longest = 0;
    for (size_t i = 0; r->fits != NULL && i < r->panel->nseries * r->nmodels;
         i++) {
        size_t n = r->fits[i].spec != NULL ? strlen(r->fits[i].spec) : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static enum fc_status prepare(struct writer *w, struct fc_error *err)
{
    size_t room = longest_spec(w->report) + 1;
    enum fc_status status = cmd_report_look(w->report, &w->view, err);
    if (status == FC_OK)
        status = cmd_report_collect(w->report, &w->specs, err);
    if (status == FC_OK)
        status = cmd_report_sum(w->report, &w->totals, err);
    w->plain = malloc(room);
    w->weights = malloc(room);
    if (status == FC_OK && (w->plain == NULL || w->weights == NULL))
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    return status;
}

enum fc_status cmd_report_data(const struct cmd_report *report,
                               struct io_atomic_file *file,
                               struct fc_error *err)
{
    struct writer w = {.report = report, .file = file};
    enum fc_status status = prepare(&w, err);
    if (status == FC_OK) {
        put_head(&w);
        if (!put_specs(&w) || !put_past(&w))
            status = fc_fail(err, FC_ENOMEM, "out of memory");
        put_scores(&w, "now", report->now);
        put_scores(&w, "before", report->before);
        put_totals(&w);
        put_lines(&w);
        if (status == FC_OK)
            status = put_all_series(&w, err);
        raw(&w, "}");
    }
    cmd_report_view_release(&w.view);
    cmd_report_specs_release(&w.specs);
    cmd_report_totals_release(&w.totals);
    free(w.plain);
    free(w.weights);
    return status;
}
