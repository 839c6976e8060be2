/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series' own trust in the candidates of auto: all of them forecast its last
 * observations, and those that were far off count for less.
 *
 * Forms and orders are those chosen for the whole series: to search for them
 * again in the shortened one takes several times as long, and forecasts of
 * held-back values are no better for it.
 */
#include "forecast/combine/trust.h"

#include "forecast/combine/candidates.h"
#include "forecast/global/sample.h"

#include <math.h>
#include <string.h>

/*
 * How a series' own errors become factors of the weights: to this power, after
 * so many mean changes from season to season are added, since what is small
 * against these differs by chance.  Chosen by errors at held-back origins of
 * the training parts of M3 and of M4's hourly series.
 */
static const double POWER = 1.5, FLOOR = 0.3;

/*
 * But no more than so many times the least error is added: where one candidate
 * is a hundred times as exact as chance would have it, that is no chance.
 */
static const double EXACT = 30;

/*
 * Likewise of the share of what knows all seasons.  It reverts to the mean,
 * which is the better the further ahead: over a whole cycle of the longest
 * season, or WEEK cycles of the shortest if that is less, its errors count as
 * if they were smaller, over a part of that by the part to a power.  And the
 * more, the more such cycles it has seen: M4's hours have five.  Chosen on
 * hourly loads two days and a week ahead, on days one to eight weeks ahead and
 * on M4's hourly series two days and a week ahead.
 */
static const double SHARE_POWER = 2, SHARE_AHEAD = 4, SHARE_LATE = 1.5,
                    SHARE_SEEN = 5, WEEK = 7;

/*
 * Members that are told the calendar (facts.h) know all seasons as well, and
 * revert: they count more than the others by those odds to this power.  Chosen
 * on hourly loads two days and a week ahead, on days four and eight weeks ahead
 * and on simulated days.
 */
static const double TOLD_POWER = 2;

/*
 * Beside them, what knows all seasons has so much to one, however far ahead:
 * chosen on those loads, on half hours two days and a week ahead and on days of
 * these one and four weeks ahead.  Loads and days would have less by
 * themselves, half hours more.  Of the widths it keeps what it has beside the
 * others, for of these the members that are told know nothing, and errors of
 * means say little.
 */
static const double BESIDE_TOLD = 5;

/* The mean absolute errors of a table for these values; NaN: not usable, or
 * nothing to compare with. */
static void find_errors(const struct fc_auto_table *table, const double *actual,
                        size_t n, double *error)
{
    size_t known = 0;
    for (size_t h = 0; h < n; h++)
        known += !isnan(actual[h]);
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        error[k] = table->usable[k] && known > 0 ? 0 : NAN;
        for (size_t h = 0; h < n && isfinite(error[k]); h++)
            if (!isnan(actual[h]))
                error[k] += fabs(table->mean[k][h] - actual[h]) / (double)known;
    }
}

/* What knows all seasons of a series, to what its members make of one, where
 * both had the same errors. */
static double find_odds(const struct fc_series *series, int horizon)
{
    const struct fc_seasons *seasons = series->seasons;
    if (seasons == NULL || seasons->n == 0)
        return 1;
    double cycle =
        fmin(seasons->length[seasons->n - 1], WEEK * seasons->length[0]);
    double seen = (double)series->n / cycle / SHARE_SEEN;
    double ahead = fmin(1, horizon / cycle);
    return 1 + SHARE_AHEAD * sqrt(seen) * pow(ahead, SHARE_LATE);
}

/* Whether members that learn over all series are told the calendar. */
static bool are_told(const struct fc_series *series)
{
    const struct fc_seasons *seasons = series->seasons;
    return seasons != NULL && seasons->n > 1 && seasons->year > 0
           && series->date.known;
}

/* Likewise, when those of them that are told the calendar are trusted for it.
 */
static double share_odds(const struct fc_series *series, double odds)
{
    return are_told(series) ? BESIDE_TOLD : odds;
}

/* The share of what knows all seasons: those odds, by the mean absolute errors
 * of it and of the members' forecast, if there is anything to compare. */
static double find_share(const struct fc_auto_table *table, double odds,
                         const double *actual, const double *mean, size_t n)
{
    double seasonal = 0, members = 0;
    for (size_t h = 0; table->seasonal != NULL && h < n; h++) {
        if (isnan(actual[h]))
            continue;
        seasonal += fabs(table->seasonal[h] - actual[h]);
        members += fabs(mean[h] - actual[h]);
    }
    double a = odds * pow(members, SHARE_POWER), b = pow(seasonal, SHARE_POWER);
    return isfinite(a) && isfinite(b) && a + b > 0 ? a / (a + b)
                                                   : odds / (1 + odds);
}

/* Errors into factors with geometric mean 1; unknown ones become 1. */
static void trust_by_errors(const double *error, double change, double *trust)
{
    double sum = 0, least = INFINITY;
    int n = 0;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        if (isfinite(error[k]))
            least = fmin(least, error[k]);
    double floor = fmin(FLOOR * change, EXACT * least + fc_rounding * change);
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        if (isfinite(error[k])) {
            sum += log(error[k] + floor);
            n++;
        }
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        trust[k] = isfinite(error[k])
                       ? exp(POWER * (sum / n - log(error[k] + floor)))
                       : 1;
}

/* More trust in those that are told the calendar; the geometric mean stays. */
static void trust_told(const struct fc_series *series, int horizon,
                       double *trust)
{
    int told = 0;
    if (!are_told(series))
        return;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        told += fc_auto_members[k].model->learn != NULL;
    double more = TOLD_POWER * log(find_odds(series, horizon));
    double mean = more * told / FC_AUTO_MEMBERS;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        trust[k] *=
            exp((fc_auto_members[k].model->learn != NULL ? more : 0) - mean);
}

/* Errors of that forecast over the candidates' widths, and the mean of their
 * sizes. */
static void find_ratios(const struct fc_auto_table *table, const double *mean,
                        const double *actual, size_t n,
                        struct fc_auto_tried tried)
{
    double sum = 0, known = 0;
    for (size_t h = 0; h < n; h++) {
        double r = (actual[h] - mean[h]) / table->width[h];
        if (!isfinite(r))
            continue;
        if (tried.ratio != NULL)
            tried.ratio[h] = r;
        sum += fabs(r);
        known++;
    }
    tried.trust[FC_AUTO_OWN] = known > 0 ? sum / known : 0;
}

/* The members' forecast under fixed weights and that trust. */
static void combine(struct fc_auto_table *table, int season_length,
                    const double *trust, double *mean)
{
    struct fc_auto_knowledge fixed = fc_auto_prior(season_length);
    memcpy(table->trust, trust, sizeof table->trust);
    fc_auto_combine(table, fixed.of[FC_KIND_MOVING].weights, mean);
}

/* Trust, share and ratios by the errors of a table for n values.  FC_ENOMEM. */
static enum fc_status judge(struct fc_auto_table *table,
                            const struct fc_series *series, double change,
                            const double *actual, size_t n,
                            struct fc_workspace *ws, struct fc_auto_tried tried)
{
    int horizon = table->horizon;
    double error[FC_AUTO_MEMBERS], odds = find_odds(series, horizon);
    double *mean = fc_workspace_doubles(ws, (size_t)horizon);
    if (mean == NULL)
        return FC_ENOMEM;
    find_errors(table, actual, n, error);
    trust_by_errors(error, change, tried.trust);
    trust_told(series, horizon, tried.trust);
    combine(table, fc_season_length(series->seasons), tried.trust, mean);
    tried.trust[FC_AUTO_SHARE] =
        find_share(table, share_odds(series, odds), actual, mean, n);
    tried.trust[FC_AUTO_SHARE_OF_WIDTHS] =
        are_told(series) ? odds / (1 + odds) : tried.trust[FC_AUTO_SHARE];
    find_ratios(table, mean, actual, n, tried);
    return FC_OK;
}

/* The trust in the candidates by the last values, request->horizon of them,
 * which they forecast from those before; change is the series'. */
static enum fc_status trust_by_last(const struct fc_fit *whole,
                                    const struct fc_auto_view *view,
                                    const struct fc_request *request,
                                    const struct fc_auto_common *held_back,
                                    struct fc_workspace *ws, double change,
                                    struct fc_auto_tried tried)
{
    struct fc_fit fit = {.model = whole->model,
                         .season_length = whole->season_length};
    struct fc_auto_fitted cut = {view->series, &fit, held_back->change};
    struct fc_auto_table table;
    struct fc_request same = *request;
    cut.series.n -= (size_t)request->horizon;
    same.similar = whole;
    same.again = false;
    size_t n = cut.series.n;
    enum fc_status status =
        fc_auto_fit_members(&cut.series, &same, held_back, ws, &fit, NULL);
    if (status == FC_OK)
        status = fc_auto_candidates(&cut, request->horizon, ws, &table, NULL);
    if (status != FC_OK)
        return status;
    size_t comparable = fc_before_break(&view->here, n, view->series.n);
    return judge(&table, &view->series, change, view->known + n, comparable, ws,
                 tried);
}

/*
 * How many values of n are held back: the horizon, but no more than leave two
 * seasons of a series that has them, for without these no candidate could show
 * that it knows the season.
 */
static int steps_held_back(size_t n, size_t m, int horizon)
{
    size_t two = 2 * m;
    if (m < 2 || n < two || n - two >= (size_t)horizon)
        return horizon;
    return (int)(n - two);
}

/*
 * Regressions and networks start from the level of a window's last season.
 * Where most of that lies before a break that is not over, it is a level that
 * is no more, and they are not trusted at all.  Chosen by errors at held-back
 * origins of the training parts of M3, shifted there.
 */
static void distrust_levels(const struct fc_auto_view *view, int season_length,
                            double *trust)
{
    for (int i = 0; i < view->here.n; i++) {
        const struct fc_break *b = &view->here.at[i];
        if (b->over || 2 * b->first > season_length)
            continue;
        for (int k = 0; k < FC_AUTO_MEMBERS; k++)
            if (fc_auto_members[k].model->learn != NULL)
                trust[k] = 0;
    }
}

enum fc_status fc_auto_trust(const struct fc_fit *fit,
                             const struct fc_auto_view *view,
                             const struct fc_request *request,
                             const struct fc_auto_common *held_back,
                             struct fc_workspace *ws,
                             struct fc_auto_tried tried)
{
    const struct fc_series *series = &view->series;
    struct fc_request asked = *request;
    size_t m = (size_t)fit->season_length;
    double *trust = tried.trust;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        trust[k] = 1;
    double odds = find_odds(series, request->horizon);
    double share = share_odds(series, odds);
    trust[FC_AUTO_SHARE] = share / (1 + share);
    trust[FC_AUTO_SHARE_OF_WIDTHS] = odds / (1 + odds);
    trust_told(series, request->horizon, trust);
    trust[FC_AUTO_OWN] = 0;
    for (int h = 0; tried.ratio != NULL && h < request->horizon; h++)
        tried.ratio[h] = NAN;
    asked.horizon = steps_held_back(series->n, m, request->horizon);
    if (asked.horizon == 0
        || series->n < (size_t)asked.horizon + FC_SAMPLE_LEAST_LEFT) {
        distrust_levels(view, fit->season_length, trust);
        return FC_OK;
    }
    struct fc_mark mark = fc_workspace_mark(ws);
    double *scratch = fc_workspace_doubles(ws, series->n);
    if (scratch == NULL)
        return FC_ENOMEM;
    double change = fc_steady_change(
        series->y, series->n - (size_t)asked.horizon, m, scratch);
    enum fc_status status = FC_OK;
    if (change > 0 && isfinite(change)) {
        status = trust_by_last(fit, view, &asked, held_back, ws, change, tried);
    }
    fc_workspace_release(ws, mark);
    distrust_levels(view, fit->season_length, trust);
    return status == FC_ENOMEM ? status : FC_OK;
}
