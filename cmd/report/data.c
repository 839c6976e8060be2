/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/data.h"

#include "cmd/report/data_series.h"
#include "cmd/report/put.h"
#include "cmd/talk/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file. */

static void put_files(struct cmd_report_writer *w)
{
    const struct cmd_report_files *f = &w->report->files;
    cmd_put_key(w, "files");
    cmd_put_text(w, "{forecasts", f->forecasts);
    cmd_put_text(w, "actuals", f->actuals);
    cmd_put_text(w, "train", f->train);
    cmd_put_text(w, "summary", f->summary);
    cmd_put_text(w, "scores", f->scores);
    cmd_put_text(w, "trace", f->trace);
    cmd_put_text(w, "store", f->store);
    if (f->components != NULL)
        cmd_put_text(w, "components", f->components);
    cmd_put_raw(w, "}");
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
static void put_time(struct cmd_report_writer *w)
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
    cmd_put_key(w, "time");
    cmd_put_text(w, "{step", step);
    cmd_put_text(w, "unit", units[panel->freq.unit]);
    cmd_put_key(w, "multiple");
    cmd_put_integer(w, panel->freq.multiple > 0 ? panel->freq.multiple : 1);
    cmd_put_text(w, "form", time_form(format));
    cmd_put_text(w, "separator", separator);
    cmd_put_flag(w, "seconds", format->seconds);
    cmd_put_text(w, "zone", format->zone);
    cmd_put_text(w, "dash", dash);
    cmd_put_count(w, "cycle", (size_t)format->cycle);
    cmd_put_count(w, "digits", format->padded ? (size_t)format->digits : 0);
    cmd_put_raw(w, "}");
}

/* Series by their worst outcome over the models. */
static void put_tally(struct cmd_report_writer *w)
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
    cmd_put_key(w, "tally");
    cmd_put_count(w, "{ok", n - failed - fallback - other);
    cmd_put_count(w, "fallback", fallback);
    cmd_put_count(w, "late", other);
    cmd_put_count(w, "failed", failed);
    cmd_put_raw(w, "}");
}

static void put_head(struct cmd_report_writer *w)
{
    const struct cmd_report *r = w->report;
    cmd_put_count(w, "{version", 1);
    put_files(w);
    put_time(w);
    cmd_put_count(w, "season", (size_t)r->season);
    cmd_put_count(w, "horizon", (size_t)r->horizon);
    cmd_put_numbers(w, "levels", r->levels, (size_t)r->nlevels);
    cmd_put_texts(w, "models", r->models, r->nmodels);
    cmd_put_count(w, "series", r->panel->nseries);
    cmd_put_count(w, "shown", w->view.nshown);
    cmd_put_count(w, "history", w->view.history);
    cmd_put_flag(w, "trimmed", w->view.trimmed);
    cmd_put_text(w, "wanted", r->wanted);
    cmd_put_count(w, "extra", r->nextra);
    cmd_put_text(w, "extraFirst", r->nextra > 0 ? r->extra : NULL);
    cmd_put_flag(w, "hasActual", r->actual != NULL);
    cmd_put_flag(w, "hasFits", r->fits != NULL);
    if (r->parts != NULL)
        cmd_put_texts(w, "parts", r->parts->names.text, r->parts->names.n);
    put_tally(w);
    cmd_put_key(w, "found");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < CMD_FINDINGS; k++) {
        cmd_put_comma(w, k);
        cmd_json_count(w->file, w->view.count[k]);
    }
    cmd_put_raw(w, "]");
}

/* Why. */

static void put_members(struct cmd_report_writer *w,
                        const struct cmd_report_model_specs *m)
{
    cmd_put_key(w, "{members");
    cmd_put_raw(w, "[");
    for (uint32_t k = 0; k < m->members.n; k++) {
        cmd_put_comma(w, k);
        cmd_put_raw(w, "[");
        cmd_json_text(w->file, m->members.text[k]);
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, m->weight[k] / (double)m->ncombined);
        cmd_put_raw(w, "]");
    }
    cmd_put_raw(w, "]");
}

enum { MOST_FORMS = 12 };

static int most_first(const void *a, const void *b)
{
    const size_t *x = *(const size_t *const *)a, *y = *(const size_t *const *)b;
    return *x != *y ? (*x > *y ? -1 : 1) : (x > y) - (x < y);
}

/* The most frequent, and how many others there are. */
static bool put_forms(struct cmd_report_writer *w,
                      const struct cmd_report_model_specs *m)
{
    size_t n = m->forms.n, others = 0;
    const size_t **order = malloc((n + 1) * sizeof *order);
    if (order == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        order[k] = &m->count[k];
    qsort(order, n, sizeof *order, most_first);
    cmd_put_key(w, "forms");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < n; k++) {
        if (k >= MOST_FORMS) {
            others += *order[k];
            continue;
        }
        cmd_put_comma(w, k);
        cmd_put_raw(w, "[");
        cmd_json_text(w->file, m->forms.text[order[k] - m->count]);
        cmd_put_raw(w, ",");
        cmd_json_count(w->file, *order[k]);
        cmd_put_raw(w, "]");
    }
    cmd_put_raw(w, "]");
    cmd_put_count(w, "others", others);
    free(order);
    return true;
}

static bool put_specs(struct cmd_report_writer *w)
{
    bool good = true;
    cmd_put_key(w, "why");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < w->specs.nmodels && good; k++) {
        cmd_put_comma(w, k);
        put_members(w, &w->specs.of[k]);
        good = put_forms(w, &w->specs.of[k]);
        cmd_put_raw(w, "}");
    }
    cmd_put_raw(w, "]");
    cmd_put_texts(w, "specs", w->specs.plain.text, w->specs.plain.n);
    cmd_put_texts(w, "details", w->specs.details.text, w->specs.details.n);
    return good;
}

/* Errors. */

enum { BINS = 16 }; /* of MASE: below 1/8, then half octaves, above 11 */

static void put_bins(struct cmd_report_writer *w,
                     const struct cmd_report_model *m, size_t n)
{
    size_t bin[BINS] = {0};
    for (size_t i = 0; i < n; i++) {
        double mase = cmd_report_mase(&m->of[i]);
        if (isnan(mase))
            continue;
        double k = mase > 0 ? floor(2 * log2(mase) + 7) : 0;
        bin[k < 0 ? 0 : k > BINS - 1 ? BINS - 1 : (size_t)k]++;
    }
    cmd_put_key(w, "bins");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < BINS; k++) {
        cmd_put_comma(w, k);
        cmd_json_count(w->file, bin[k]);
    }
    cmd_put_raw(w, "]");
}

/* Means over series, each of which counts the same. */
static void put_means(struct cmd_report_writer *w,
                      const struct cmd_report_model *m, size_t n)
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
    cmd_put_count(w, "n", nseries);
    cmd_put_key(w, "mase");
    cmd_put_rounded(w, mase / (double)nmase);
    cmd_put_key(w, "smape");
    cmd_put_rounded(w, smape / (double)nseries);
    cmd_put_key(w, "mae");
    cmd_put_rounded(w, mae / (double)nseries);
    cmd_put_key(w, "widest");
    cmd_put_rounded(w, inside / compared);
    cmd_put_key(w, "compared");
    cmd_put_rounded(w, compared);
    cmd_put_key(w, "seconds");
    cmd_put_rounded(w, m->seconds);
}

static void put_steps(struct cmd_report_writer *w,
                      const struct cmd_report_model *m, size_t nlevels)
{
    cmd_put_key(w, "steps");
    cmd_put_raw(w, "[");
    for (size_t h = 0; h < m->nsteps; h++) {
        cmd_put_comma(w, h);
        cmd_put_rounded(w, m->step[h].scaled / (double)m->step[h].n);
    }
    cmd_put_raw(w, "]");
    cmd_put_key(w, "inside");
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < nlevels; k++) {
        size_t inside = 0, compared = 0;
        cmd_put_comma(w, k);
        cmd_put_raw(w, "[");
        for (size_t h = 0; h < m->nsteps; h++) {
            inside += m->inside[h * nlevels + k];
            compared += m->compared[h * nlevels + k];
            cmd_put_rounded(w, (double)m->inside[h * nlevels + k]
                                   / (double)m->compared[h * nlevels + k]);
            cmd_put_raw(w, ",");
        }
        cmd_put_rounded(w, (double)inside
                               / (double)compared); /* the last is of all */
        cmd_put_raw(w, "]");
    }
    cmd_put_raw(w, "]");
}

static void put_scores(struct cmd_report_writer *w, const char *name,
                       const struct cmd_report_scores *s)
{
    cmd_put_key(w, name);
    if (s == NULL) {
        cmd_put_raw(w, "null");
        return;
    }
    cmd_put_text(w, "{file", s->file);
    cmd_put_flag(w, "backtest", s->backtest);
    cmd_put_numbers(w, "levels", s->levels, (size_t)s->nlevels);
    cmd_put_key(w, "models");
    cmd_put_raw(w, "[");
    for (uint32_t k = 0; k < s->models.n; k++) {
        cmd_put_comma(w, k);
        cmd_put_text(w, "{name", s->models.text[k]);
        put_means(w, &s->model[k], s->nseries);
        put_bins(w, &s->model[k], s->nseries);
        put_steps(w, &s->model[k], (size_t)s->nlevels);
        cmd_put_raw(w, "}");
    }
    cmd_put_raw(w, "]}");
}

/* Totals: columns, which are shorter than rows. */

static void put_totals(struct cmd_report_writer *w)
{
    const struct cmd_report_totals *t = &w->totals;
    cmd_put_key(w, "totals");
    cmd_put_raw(w, "{\"time\":[");
    for (size_t i = 0; i < t->n; i++) {
        cmd_put_comma(w, i);
        cmd_put_integer(w, t->at[i].time);
    }
    cmd_put_raw(w, "],\"rows\":[");
    for (size_t i = 0; i < t->n; i++) {
        const struct cmd_report_total *at = &t->at[i];
        cmd_put_comma(w, i);
        cmd_put_raw(w, "[");
        cmd_put_rounded(w, at->ny > 0 ? at->y : NAN);
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, at->nmean > 0 ? at->mean : NAN);
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, at->nactual > 0 ? at->actual : NAN);
        cmd_put_raw(w, ",");
        cmd_json_count(w->file, at->ny);
        cmd_put_raw(w, ",");
        cmd_json_count(w->file, at->nmean);
        cmd_put_raw(w, "]");
    }
    cmd_put_raw(w, "]}");
}

/* The time line, in microseconds. */

static void put_stretch(struct cmd_report_writer *w,
                        const struct cmd_report_stretch *s)
{
    cmd_put_raw(w, "[");
    cmd_json_count(w->file, s->track);
    cmd_put_raw(w, ",");
    cmd_json_count(w->file, (size_t)s->work);
    cmd_put_raw(w, ",");
    cmd_json_count(w->file, (size_t)(s->start * 1e6 + 0.5));
    cmd_put_raw(w, ",");
    cmd_json_count(w->file, (size_t)((s->end - s->start) * 1e6 + 0.5));
    cmd_put_raw(w, ",");
    cmd_json_count(w->file, s->count);
    cmd_put_raw(w, ",");
    if (s->name != NULL)
        cmd_json_text(w->file, s->name);
    else if (s->series != UINT32_MAX)
        cmd_json_text(w->file, w->report->panel->series[s->series].id);
    else
        cmd_put_raw(w, "null");
    cmd_put_raw(w, "]");
}

static void put_lines(struct cmd_report_writer *w)
{
    const struct cmd_report_lines *lines = w->report->lines;
    cmd_put_key(w, "lines");
    if (lines == NULL) {
        cmd_put_raw(w, "null");
        return;
    }
    cmd_put_count(w, "{tracks", lines->ntracks);
    cmd_put_key(w, "end");
    cmd_put_rounded(w, lines->end);
    cmd_put_key(w, "worked");
    cmd_put_rounded(w, lines->worked);
    cmd_put_key(w, "at");
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < lines->n; i++) {
        cmd_put_comma(w, i);
        put_stretch(w, &lines->at[i]);
    }
    cmd_put_raw(w, "]}");
}

/* Nights. */

static void put_night(struct cmd_report_writer *w,
                      const struct cmd_report_night *n)
{
    const int64_t counts[] = {n->night, n->series,    n->failed,  n->fallback,
                              n->late,  n->corrected, n->drifting};
    cmd_put_raw(w, "[");
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        cmd_put_integer(w, counts[k]);
        cmd_put_raw(w, ",");
    }
    cmd_put_rounded(w, n->seconds);
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, n->origin);
    cmd_put_raw(w, "]");
}

static void put_turned(struct cmd_report_writer *w,
                       const struct cmd_report_turned *t)
{
    const double numbers[] = {t->mase, t->bias, t->added, t->level, t->inside};
    cmd_put_raw(w, "[");
    cmd_put_integer(w, t->night);
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, t->model);
    cmd_put_raw(w, ",");
    cmd_put_integer(w, t->n);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, numbers[k]);
    }
    cmd_put_raw(w, "]");
}

/* The place of each series among those that are shown, from 1; 0: it is not. */
static void put_moved(struct cmd_report_writer *w,
                      const struct cmd_report_moved *m, const uint32_t *place)
{
    const double numbers[] = {m->moved, m->before, m->after};
    cmd_put_raw(w, "[");
    cmd_put_integer(w,
                    m->series != SIZE_MAX ? (int64_t)place[m->series] - 1 : -1);
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, m->id);
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, m->model);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        cmd_put_raw(w, ",");
        cmd_put_rounded(w, numbers[k]);
    }
    cmd_put_raw(w, ",");
    cmd_json_text(w->file, m->why);
    cmd_put_raw(w, "]");
}

static bool put_past(struct cmd_report_writer *w)
{
    const struct cmd_report_past *p = w->report->past;
    size_t nseries = w->report->panel->nseries;
    uint32_t *place = NULL, shown = 0;
    cmd_put_key(w, "past");
    if (p == NULL) {
        cmd_put_raw(w, "null");
        return true;
    }
    place = calloc(nseries + 1, sizeof *place);
    if (place == NULL)
        return false;
    for (size_t i = 0; i < nseries; i++)
        if (w->view.shown[i])
            place[i] = ++shown;
    cmd_put_key(w, "{nights");
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < p->nnights; i++) {
        cmd_put_comma(w, i);
        put_night(w, &p->nights[i]);
    }
    cmd_put_raw(w, "]");
    cmd_put_key(w, "turned");
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < p->nturned; i++) {
        cmd_put_comma(w, i);
        put_turned(w, &p->turned[i]);
    }
    cmd_put_raw(w, "]");
    cmd_put_key(w, "moved");
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < p->nmoved; i++) {
        cmd_put_comma(w, i);
        put_moved(w, &p->moved[i], place);
    }
    cmd_put_raw(w, "]");
    cmd_put_count(w, "nmoved", p->nmoved_all);
    cmd_put_raw(w, "}");
    free(place);
    return true;
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

static enum fc_status prepare(struct cmd_report_writer *w, struct fc_error *err)
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
    struct cmd_report_writer w = {.report = report, .file = file};
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
            status = cmd_put_all_series(&w, err);
        cmd_put_raw(&w, "}");
    }
    cmd_report_view_release(&w.view);
    cmd_report_specs_release(&w.specs);
    cmd_report_totals_release(&w.totals);
    free(w.plain);
    free(w.weights);
    return status;
}
