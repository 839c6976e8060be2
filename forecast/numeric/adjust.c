/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of the longer seasons, from the longest down.  Recent cycles count
 * more; of three months on, one of weeks counts half.
 */
#include "forecast/numeric/adjust.h"

#include "forecast/numeric/missing.h"
#include "forecast/numeric/pattern.h"

#include <math.h>
#include <string.h>

/* Cycles after which one counts half: chosen on M4's hourly training data and
 * on hourly loads, where 4 and 24 do as well. */
static const double HALF_LIFE = 12;

static bool all_positive(const double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        if (!(y[t] > 0))
            return false;
    return true;
}

/* One season's pattern, taken out of z and kept unless it is nothing. */
static enum fc_status take_out(const struct fc_seasons *all, int i, double *z,
                               size_t n, struct fc_workspace *ws,
                               struct fc_adjustment *a)
{
    double period = all->length[i], *figure = a->figure + a->nfigures, sum = 0;
    const struct fc_pattern_design design = {.period = period,
                                             .within = all->length[i - 1],
                                             .half_life = HALF_LIFE,
                                             .shrink = true};
    if (fc_pattern(z, n, &design, ws, figure) != FC_OK)
        return FC_ENOMEM;
    for (size_t k = 0; k < fc_pattern_size(period); k++)
        sum += fabs(figure[k]);
    if (!(sum > 0))
        return FC_OK;
    fc_pattern_remove(figure, period, 0, n, z);
    a->seasons.length[a->seasons.n++] = period;
    a->nfigures += fc_pattern_size(period);
    return FC_OK;
}

/* Room for the patterns of seasons that can be looked at: two cycles. */
static size_t count_figures(const struct fc_seasons *seasons)
{
    size_t n = 0;
    for (int i = 1; i < seasons->n; i++)
        n += fc_pattern_size(seasons->length[i]);
    return n;
}

enum fc_status fc_adjustment_find(const struct fc_series *series, size_t known,
                                  struct fc_workspace *ws,
                                  struct fc_adjustment *adjustment)
{
    struct fc_seasons fitting = fc_seasons_fitting(series->seasons, known);
    *adjustment = (struct fc_adjustment){.n = series->n};
    if (fitting.n < 2)
        return FC_OK;
    adjustment->figure = fc_workspace_doubles(ws, count_figures(&fitting));
    struct fc_mark mark = fc_workspace_mark(ws);
    double *z = fc_workspace_doubles(ws, known);
    if (adjustment->figure == NULL || z == NULL
        || fc_fill_seasonal(series->y, known, &fitting, ws, z) != FC_OK)
        return FC_ENOMEM;
    adjustment->log = all_positive(z, known);
    for (size_t t = 0; adjustment->log && t < known; t++)
        z[t] = log(z[t]);
    for (int i = fitting.n - 1; i > 0; i--)
        if (take_out(&fitting, i, z, known, ws, adjustment) != FC_OK)
            return FC_ENOMEM;
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* The patterns together at one observation. */
static double pattern_at(const struct fc_adjustment *a, size_t t)
{
    const double *figure = a->figure;
    double sum = 0;
    for (int i = 0; i < a->seasons.n; i++) {
        sum += figure[fc_pattern_place(a->seasons.length[i], t)];
        figure += fc_pattern_size(a->seasons.length[i]);
    }
    return sum;
}

void fc_adjustment_apply(const struct fc_adjustment *adjustment,
                         const double *x, size_t first, size_t n, double *out)
{
    for (size_t t = 0; t < n; t++) {
        double pattern = pattern_at(adjustment, first + t);
        out[t] = adjustment->log ? x[t] * exp(-pattern) : x[t] - pattern;
    }
}

void fc_adjustment_undo(const struct fc_adjustment *adjustment, size_t first,
                        size_t n, double *x)
{
    for (size_t t = 0; t < n; t++) {
        double pattern = pattern_at(adjustment, first + t);
        x[t] = adjustment->log ? x[t] * exp(pattern) : x[t] + pattern;
    }
}
