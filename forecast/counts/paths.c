/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths of counts.  Each is of one part of the mixture, drawn once, so that
 * what is not known of a series is the same for all of its steps; and keeps
 * what hangs together: runs of zeros in what followed elsewhere and in the own
 * past, the level in the negative binomial.
 */
#include "forecast/counts/shared.h"

#include <math.h>
#include <string.h>

/* What all paths have in common. */
struct paths {
    struct fc_counts_knowledge knowledge;
    struct fc_counts_view view;
    struct fc_neighbours *found; /* of each phase */
};

/* A part, as likely as its weight. */
static enum fc_counts_part draw_part(const struct fc_counts_view *view,
                                     gsl_rng *rng)
{
    double left = gsl_rng_uniform(rng);
    int i = 0;
    while (i < FC_COUNTS_PARTS - 1 && left >= view->weights[i])
        left -= view->weights[i++];
    while (view->weights[i] == 0 && i > 0)
        i--;
    return (enum fc_counts_part)i;
}

/* Own values one after the other, from a place on, and then from another. */
static void draw_past(const struct fc_counts_view *view,
                      const struct fc_fading *past, gsl_rng *rng, int horizon,
                      double *path)
{
    for (int h = 0; h < horizon;) {
        size_t t = fc_fading_draw(past, rng);
        for (; t < view->n && h < horizon; t++)
            if (!isnan(view->y[t])) {
                double scale = view->factor[h % view->phases]
                               / view->factor[fc_counts_phase(view, t)];
                path[h++] = floor(view->y[t] * scale + 0.5);
            }
    }
}

static void draw_nbin(const struct fc_counts_view *view, gsl_rng *rng,
                      int horizon, double *path)
{
    struct fc_nbin model = view->nbin;
    for (int h = 0; h < horizon; h++) {
        double factor = view->factor[h % view->phases];
        path[h] = fc_nbin_draw(model.level * factor, model.spread, rng);
        fc_nbin_move(&model, path[h] / factor);
    }
}

/* What followed hangs together where there is but one phase. */
static void draw_similar(const struct paths *paths, gsl_rng *rng, int horizon,
                         double *path)
{
    const struct fc_places *places = &paths->knowledge.places;
    int phases = paths->view.phases;
    if (phases == 1)
        fc_similar_draw(places, paths->found, rng, horizon, path);
    for (int h = 0; phases > 1 && h < horizon; h++)
        fc_similar_draw(places, &paths->found[h % phases], rng, 1, path + h);
}

static void draw_hurdle(const struct fc_counts_view *view, gsl_rng *rng,
                        int horizon, double *path)
{
    for (int h = 0; h < horizon; h++) {
        struct fc_hurdle hurdle = fc_counts_hurdle(view, h % view->phases);
        path[h] = fc_hurdle_draw(&hurdle, rng);
    }
}

const void *fc_counts_paths(const double *y, size_t n,
                            const struct fc_counts_knowledge *knowledge,
                            struct fc_workspace *ws)
{
    struct paths *paths = fc_workspace_array(ws, 1, sizeof *paths);
    if (paths == NULL)
        return NULL;
    paths->knowledge = *knowledge;
    if (fc_counts_look(y, n, &paths->knowledge, ws, &paths->view) != FC_OK)
        return NULL;
    int phases = paths->view.phases;
    paths->found = fc_workspace_array(ws, (size_t)phases, sizeof *paths->found);
    if (paths->found == NULL)
        return NULL;
    for (int h = 0; h < phases && knowledge->places.n > 0; h++)
        fc_similar_find(&knowledge->places, &paths->view.level,
                        paths->view.factor[h], &paths->found[h]);
    return paths;
}

enum fc_status fc_counts_simulate(const struct fc_fit *fit, int horizon,
                                  gsl_rng *rng, struct fc_workspace *ws,
                                  double *path, struct fc_error *err)
{
    const struct paths *paths = fit->ready;
    const struct fc_counts_view *view = &paths->view;
    const struct fc_counts_knowledge *k = &paths->knowledge;
    enum fc_counts_part part = draw_part(view, rng);
    const struct fc_neighbours *found =
        k->places.n > 0 ? &paths->found[0] : NULL;
    struct fc_fading past = fc_counts_past(view, 0, found);
    double own = fc_counts_own(&past, found);
    (void)ws;
    (void)err;
    memset(path, 0, (size_t)horizon * sizeof *path);
    if (k->places.n == 0 && !view->sells)
        return FC_OK;
    if (part == FC_COUNTS_PAST && gsl_rng_uniform(rng) < fc_fading_prior(&past))
        part = k->places.n > 0 ? FC_COUNTS_SIMILAR : FC_COUNTS_NBIN;
    if (part == FC_COUNTS_SIMILAR && own > 0 && gsl_rng_uniform(rng) < own)
        part = FC_COUNTS_PAST;
    if (part == FC_COUNTS_SIMILAR)
        draw_similar(paths, rng, horizon, path);
    else if (part == FC_COUNTS_PAST)
        draw_past(view, &past, rng, horizon, path);
    else if (part == FC_COUNTS_NBIN)
        draw_nbin(view, rng, horizon, path);
    else
        draw_hurdle(view, rng, horizon, path);
    return FC_OK;
}
