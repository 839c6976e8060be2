/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series as auto sees it.
 *
 * A product that was zero for long and is sold since a few days is a new one:
 * its zeros say nothing of what it will do, and are left out.  What all series
 * of the batch did at once, and is over, is taken out of each that took part.
 * Of a long series with several seasons the last cycles are enough, so that it
 * costs no more the longer it is.
 */
#include "forecast/combine/look.h"

#include "forecast/numeric/vet.h"

#include <math.h>
#include <string.h>

/* Of several seasons so many values are looked at, or so many cycles of the
 * longest: four years of hours. */
static const double MOST_VALUES = 35000, LEAST_CYCLES = 8;

/* Where those begin. */
static size_t enough(const struct fc_series *series)
{
    struct fc_seasons fitting = fc_seasons_fitting(series->seasons, series->n);
    if (fitting.n < 2)
        return 0;
    double most =
        ceil(fmax(MOST_VALUES, LEAST_CYCLES * fitting.length[fitting.n - 1]));
    return (double)series->n > most ? series->n - (size_t)most : 0;
}

static enum fc_status mend(const struct fc_breaks *breaks, int season_length,
                           double *scratch, struct fc_workspace *ws,
                           struct fc_auto_view *view)
{
    size_t n = view->series.n;
    double *y = fc_workspace_doubles(ws, n), *known;
    if (y == NULL)
        return FC_ENOMEM;
    memcpy(y, view->series.y, n * sizeof *y);
    if (!fc_heal(y, n, season_length, breaks, scratch))
        return FC_OK;
    known = fc_workspace_doubles(ws, n);
    if (known == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        known[t] = y[t] == view->series.y[t] ? y[t] : NAN;
    view->series.y = y;
    view->known = known;
    return FC_OK;
}

enum fc_status fc_auto_look(const struct fc_series *series,
                            const struct fc_breaks *breaks,
                            struct fc_workspace *ws, struct fc_auto_view *view)
{
    size_t begin = fc_begin(series->y, series->n), late = enough(series);
    int season_length = fc_season_length(series->seasons);
    struct fc_regressors *room = fc_workspace_array(ws, 1, sizeof *room);
    if (room == NULL)
        return FC_ENOMEM;
    *view = (struct fc_auto_view){
        .series = fc_series_from(series, late > begin ? late : begin, room)};
    view->known = view->series.y;
    if (breaks->n == 0)
        return FC_OK;
    double *scratch = fc_workspace_doubles(ws, series->n);
    if (scratch == NULL)
        return FC_ENOMEM;
    for (int i = 0; i < breaks->n; i++)
        if (fc_shares_break(view->series.y, view->series.n, season_length,
                            &breaks->at[i], scratch))
            view->here.at[view->here.n++] = breaks->at[i];
    return view->here.n > 0
               ? mend(&view->here, season_length, scratch, ws, view)
               : FC_OK;
}
