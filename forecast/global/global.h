/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_GLOBAL_H
#define NIGHTCAST_FORECAST_GLOBAL_GLOBAL_H

#include "forecast/model.h"

/*
 * Models whose numbers are the same for all series of a batch: each is a form,
 * which says how they are learnt and used, and a row of the table of models
 * with the functions below.
 */

/* Numbers, and what they are for: the last `window` values of a series, and
 * where `past` is set the mean of all its values, from which the next `horizon`
 * follow. */
struct fc_global {
    int season_length, window, horizon;
    bool past;
    const double *numbers; /* NULL: none */
};

struct fc_global_form {
    int version; /* of what the numbers mean; the next one: with the past */

    /* The window for the series of a lesson; 0: these do not
     * teach; negative: out of memory. */
    int (*window)(const struct fc_lesson *lesson);

    /* Whether there may be such numbers, and how many they are. */
    bool (*is_possible)(const struct fc_global *global);
    size_t (*size)(const struct fc_global *global);

    /* Into numbers, from the series of a lesson, of which none is skipped. */
    enum fc_status (*learn)(const struct fc_global *global,
                            const struct fc_lesson *lesson, double *numbers,
                            struct fc_error *err);

    /* The next global->horizon values after the n first of y: FC_ESHORT,
       FC_EDOMAIN, FC_ERANGE, FC_ENOMEM. */
    enum fc_status (*forecast)(const struct fc_global *global, const double *y,
                               size_t n, struct fc_workspace *ws, double *mean);
};

/*
 * Functions of a row whose `form` is a struct fc_global_form.  Where no breaks
 * are given, a lesson's series are chosen first: see sample.h.  Of what good
 * regressors leave, the past is told: without prices and promotions, sales go
 * back to their mean from farther than a window can tell.  Intervals
 * follow from the errors that forecasts of the last values of these series
 * have, in widths that a random walk of the series' own steps would have.
 */
enum fc_status fc_global_learn(const struct fc_lesson *lesson,
                               const struct fc_spec *spec,
                               struct fc_learned **learned,
                               struct fc_error *err);
enum fc_status fc_global_check(struct fc_part learned,
                               const struct fc_spec *spec,
                               const struct fc_seasons *seasons, int horizon,
                               struct fc_error *err);
enum fc_status fc_global_fit(const struct fc_series *series,
                             const struct fc_request *request,
                             struct fc_workspace *ws, struct fc_fit *fit,
                             struct fc_error *err);
enum fc_status fc_global_predict(const struct fc_fit *fit,
                                 struct fc_workspace *ws,
                                 struct fc_forecast *out, struct fc_error *err);

#endif
