/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The page of 100,000 series is to be no larger than 20 MB, of which the
   page itself, the tables of all series and the time line take the rest. */
static const double BUDGET = 17e6;

/* Bytes of a number of the history, of a forecast's, of what is around a
   night's, and of the rest. */
static const double VALUE = 7.5, NUMBER = 10.7, SAID = 16, RECORD = 400;

enum { LEAST_HISTORY = 48 };

struct fc_forecast cmd_report_forecast(const struct cmd_report *report,
                                       size_t series, size_t model)
{
    size_t size = fc_forecast_size(report->horizon, report->nlevels);
    size_t item = series * report->nmodels + model;
    return fc_forecast_over(report->horizon, report->nlevels, report->levels,
                            (double *)report->numbers + item * size);
}

const char *cmd_report_status(const struct cmd_report *report, size_t series,
                              size_t model)
{
    const struct cmd_report_fit *fit =
        report->fits != NULL ? &report->fits[series * report->nmodels + model]
                             : NULL;
    if (fit != NULL && fit->status != NULL)
        return fit->status;
    return cmd_report_has_forecast(report, series, model) ? "ok" : "failed";
}

size_t cmd_report_model_in(const struct cmd_report_scores *scores,
                           const char *name)
{
    uint32_t k = scores != NULL
                     ? io_intern_find(&scores->models, name, strlen(name))
                     : IO_INTERN_FULL;
    return k != IO_INTERN_FULL ? k : SIZE_MAX;
}

/* The errors of the first model, of what turned out or else of a backtest. */
static const struct cmd_report_score *score_of(
    const struct cmd_report *report, const struct cmd_report_scores *scores,
    size_t i)
{
    size_t k = cmd_report_model_in(scores, report->models[0]);
    return k != SIZE_MAX ? &scores->model[k].of[i] : NULL;
}

/* Whether any forecast of the series by the model is there. */
bool cmd_report_has_forecast(const struct cmd_report *report, size_t series,
                             size_t model)
{
    struct fc_forecast f = cmd_report_forecast(report, series, model);
    const char *status =
        report->fits != NULL
            ? report->fits[series * report->nmodels + model].status
            : NULL;
    if (status != NULL && strcmp(status, "failed") == 0)
        return false;
    for (int h = 0; h < report->horizon; h++)
        if (!isnan(f.mean[h]))
            return true;
    return false;
}

/* What stands out. */

static double volume_of(const struct fc_history *s, size_t season)
{
    double sum = 0;
    size_t n = 0, from = s->n > season ? s->n - season : 0;
    for (size_t t = from; t < s->n; t++)
        if (!isnan(s->y[t])) {
            sum += fabs(s->y[t]);
            n++;
        }
    return n > 0 ? sum / (double)n : NAN;
}

/* The mean of |y(t) - y(t - m)|, to measure by. */
static double usual_change(const struct fc_history *s, size_t m)
{
    double sum = 0;
    size_t n = 0;
    for (size_t t = m; t < s->n; t++)
        if (!isnan(s->y[t]) && !isnan(s->y[t - m])) {
            sum += fabs(s->y[t] - s->y[t - m]);
            n++;
        }
    return n > 0 ? sum / (double)n : NAN;
}

/* Mean of forecast minus the value one season before, over the first season. */
static double change_of(const struct cmd_report *report, size_t i, size_t m)
{
    const struct fc_history *s = &report->panel->series[i];
    struct fc_forecast f = cmd_report_forecast(report, i, 0);
    double scale = usual_change(s, m), sum = 0;
    size_t n = 0;
    if (s->n < m || !(scale > 0) || !cmd_report_has_forecast(report, i, 0))
        return NAN;
    for (size_t h = 0; h < m && h < (size_t)report->horizon; h++) {
        double before = s->y[s->n - m + h];
        if (isnan(before) || isnan(f.mean[h]))
            continue;
        sum += f.mean[h] - before;
        n++;
    }
    return n > 0 ? sum / (double)n / scale : NAN;
}

static unsigned bit(enum cmd_report_finding finding)
{
    return 1u << finding;
}

/* By what became of it under every model. */
static unsigned outcomes(const struct cmd_report *report, size_t i)
{
    unsigned found = 0;
    for (size_t k = 0; k < report->nmodels; k++) {
        const char *status = cmd_report_status(report, i, k);
        const char *detail = report->fits != NULL
                                 ? report->fits[i * report->nmodels + k].detail
                                 : NULL;
        if (strcmp(status, "failed") == 0)
            found |= bit(CMD_FOUND_FAILED);
        else if (strcmp(status, "fallback") == 0)
            found |= bit(CMD_FOUND_FALLBACK);
        else if (strcmp(status, "ok") != 0)
            found |= bit(CMD_FOUND_LATE);
        if (detail != NULL && strstr(detail, "absurd") != NULL)
            found |= bit(CMD_FOUND_ABSURD);
    }
    return found;
}

static unsigned by_errors(const struct cmd_report_score *s)
{
    unsigned found = 0;
    if (s == NULL)
        return 0;
    if (s->compared >= 4 && 2 * s->inside <= s->compared)
        found |= bit(CMD_FOUND_OUTSIDE);
    if (s->n >= 6 && cmd_report_mase(s) >= 2 && fabs(s->error) >= 0.9 * s->abs)
        found |= bit(CMD_FOUND_DRIFTING);
    return found;
}

static void look_at(const struct cmd_report *report, size_t i,
                    struct cmd_report_view *view)
{
    const struct io_panel_facts *facts = &report->panel->facts[i];
    const struct fc_history *s = &report->panel->series[i];
    size_t season = report->season > 1 ? (size_t)report->season : 1;
    const struct cmd_report_score *now = score_of(report, report->now, i);
    const struct cmd_report_score *before = score_of(report, report->before, i);
    bool known = now != NULL && now->nmase > 0;
    unsigned found = outcomes(report, i) | by_errors(now);
    if (report->now == NULL)
        found |= by_errors(before);
    if (report->past != NULL && report->past->of[i].drifting)
        found |= bit(CMD_FOUND_DRIFTING);
    view->volume[i] = volume_of(s, season > 1 ? season : 12);
    view->change[i] = change_of(report, i, season);
    view->error[i] = known            ? cmd_report_mase(now)
                     : before != NULL ? cmd_report_mase(before)
                                      : NAN;
    if (facts->error != NULL)
        found |= bit(CMD_FOUND_FAILED);
    if (fabs(view->change[i]) >= 4)
        found |= bit(CMD_FOUND_JUMPS);
    if (2 * (size_t)facts->nfilled > s->n)
        found |= bit(CMD_FOUND_FILLED);
    if (facts->ends_early)
        found |= bit(CMD_FOUND_EARLY);
    view->found[i] = (uint16_t)found;
    for (int k = 0; k < CMD_FINDINGS; k++)
        view->count[k] += found >> k & 1;
}

/* Which are shown. */

static double history_bytes(const struct cmd_report *report, size_t i,
                            size_t most)
{
    size_t n = report->panel->series[i].n;
    return VALUE * (double)(n < most ? n : most);
}

static double other_bytes(const struct cmd_report *report)
{
    double n = (double)fc_forecast_size(report->horizon, report->nlevels);
    double bytes = RECORD + NUMBER * n * (double)report->nmodels
                   + (report->actual != NULL ? VALUE * report->horizon : 0);
    if (report->parts != NULL)
        bytes += NUMBER * report->parts->usual;
    if (report->past != NULL)
        bytes +=
            CMD_REPORT_NIGHTS * (SAID + VALUE * (double)report->past->horizon);
    return bytes;
}

static double all_bytes(const struct cmd_report *report, size_t most)
{
    double sum = other_bytes(report) * (double)report->panel->nseries;
    for (size_t i = 0; i < report->panel->nseries; i++)
        sum += history_bytes(report, i, most);
    return sum;
}

static size_t longest(const struct io_panel *panel)
{
    size_t n = 0;
    for (size_t i = 0; i < panel->nseries; i++)
        n = panel->series[i].n > n ? panel->series[i].n : n;
    return n;
}

/* All of the history, or as many seasons as there is room for, down to a
   few. */
static void choose_history(const struct cmd_report *report,
                           struct cmd_report_view *view)
{
    size_t all = longest(report->panel);
    size_t least = 4 * (size_t)report->season;
    least = least < 3 * (size_t)report->horizon ? 3 * (size_t)report->horizon
                                                : least;
    least = least < LEAST_HISTORY ? LEAST_HISTORY : least;
    size_t most = all;
    while (most > least && all_bytes(report, most) > BUDGET)
        most = most * 7 / 8 > least ? most * 7 / 8 : least;
    view->history = most;
    view->trimmed = most < all;
}

struct ranked {
    double key;
    size_t i;
};

static int larger_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

struct chooser {
    const struct cmd_report *report;
    struct cmd_report_view *view;
    double left; /* bytes */
    struct ranked *ranked;
};

/* False when there is no room left. */
static bool choose(struct chooser *c, size_t i)
{
    double bytes =
        other_bytes(c->report) + history_bytes(c->report, i, c->view->history);
    if (c->view->shown[i])
        return true;
    if (bytes > c->left)
        return false;
    c->left -= bytes;
    c->view->shown[i] = true;
    c->view->nshown++;
    return true;
}

/* The largest by a key, up to a share of the room. */
static void choose_by(struct chooser *c, const double *key, double share)
{
    size_t n = c->report->panel->nseries;
    double until = c->left * (1 - share);
    for (size_t i = 0; i < n; i++)
        c->ranked[i] = (struct ranked){isnan(key[i]) ? -1 : fabs(key[i]), i};
    qsort(c->ranked, n, sizeof *c->ranked, larger_first);
    for (size_t i = 0; i < n && c->left > until && c->ranked[i].key >= 0; i++)
        if (!choose(c, c->ranked[i].i))
            return;
}

/* Those that stand out, by finding, each kind up to a share of the room. */
static void choose_found(struct chooser *c, enum cmd_report_finding finding,
                         double share)
{
    double until = c->left * (1 - share);
    for (size_t i = 0; i < c->report->panel->nseries && c->left > until; i++)
        if ((c->view->found[i] & bit(finding)) && !choose(c, i))
            return;
}

/* The whole text may be one id. */
static bool is_wanted(const char *wanted, const char *id)
{
    size_t n = strlen(id);
    if (strcmp(wanted, id) == 0)
        return true;
    for (const char *p = wanted; *p != '\0';) {
        size_t length = strcspn(p, ",");
        if (length == n && memcmp(p, id, n) == 0)
            return true;
        p += length + (p[length] == ',');
    }
    return false;
}

static void choose_some(struct chooser *c)
{
    const struct io_panel *panel = c->report->panel;
    for (size_t i = 0; c->report->wanted != NULL && i < panel->nseries; i++)
        if (is_wanted(c->report->wanted, panel->series[i].id))
            choose(c, i);
    for (size_t k = 0; c->report->past != NULL && k < c->report->past->nmoved;
         k++)
        if (c->report->past->moved[k].series != SIZE_MAX)
            choose(c, c->report->past->moved[k].series);
    for (int k = 0; k < CMD_FOUND_FILLED; k++)
        choose_found(c, (enum cmd_report_finding)k, 0.1);
    choose_by(c, c->view->error, 0.33);
    choose_by(c, c->view->change, 0.33);
    choose_by(c, c->view->volume, 1);
}

static enum fc_status choose_series(const struct cmd_report *report,
                                    struct cmd_report_view *view,
                                    struct fc_error *err)
{
    size_t n = report->panel->nseries;
    struct chooser c = {report, view, BUDGET, NULL};
    choose_history(report, view);
    if (all_bytes(report, view->history) <= BUDGET) {
        memset(view->shown, true, n);
        view->nshown = n;
        return FC_OK;
    }
    c.ranked = malloc((n + 1) * sizeof *c.ranked);
    if (c.ranked == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    choose_some(&c);
    free(c.ranked);
    return FC_OK;
}

enum fc_status cmd_report_look(const struct cmd_report *report,
                               struct cmd_report_view *view,
                               struct fc_error *err)
{
    size_t n = report->panel->nseries;
    *view = (struct cmd_report_view){
        .found = calloc(n + 1, sizeof *view->found),
        .volume = malloc((n + 1) * sizeof(double)),
        .change = malloc((n + 1) * sizeof(double)),
        .error = malloc((n + 1) * sizeof(double)),
        .shown = calloc(n + 1, sizeof *view->shown),
    };
    if (view->found == NULL || view->volume == NULL || view->change == NULL
        || view->error == NULL || view->shown == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        look_at(report, i, view);
    return choose_series(report, view, err);
}

void cmd_report_view_release(struct cmd_report_view *view)
{
    free(view->found);
    free(view->volume);
    free(view->change);
    free(view->error);
    free(view->shown);
    *view = (struct cmd_report_view){0};
}
