/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MODEL_H
#define NIGHTCAST_FORECAST_MODEL_H

#include "forecast/base/pieces.h"
#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/trace.h"
#include "forecast/base/workspace.h"
#include "forecast/known/known.h"
#include "forecast/numeric/adjust.h"
#include "forecast/numeric/breaks.h"
#include "forecast/numeric/part.h"

#include <gsl/gsl_rng.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a model is: one row of one table.  Adding a model means one file that
 * ends with its `const struct fc_model`, one line in the table of models.h,
 * and its tests.
 */

enum {
    FC_VARIANT_SIZE = 10, /* numbers that name a variant: orders, components */
    FC_SETTINGS_SIZE = 16,
    FC_SPEC_SIZE = 128 /* "ARIMA(2,1,1)(0,1,1)[12] with drift" and longer */
};

/* Of fc_model.place_learned: where the series end is not known. */
#define FC_NO_PLACE LLONG_MIN

struct fc_model;

/*
 * What a run asks of a model that learns: all series of a batch, before any of
 * them is forecast.  Series may have missing values inside.
 *
 *   breaks      that no forecast could have foreseen.  NULL: nobody has looked
 *               for them, nor for series that are of no use to learn from
 *   hold        so many observations at the end of every series are not to be
 *               looked at
 *   means_only  nobody will ask for intervals
 *   rests       the share of the series of which effects of regressors, taken
 *               out of them, explained a good part
 *   pieces      of what is learnt, under places within `place`; or NULL
 */
struct fc_lesson {
    const struct fc_series *series;
    size_t n;
    const struct fc_seasons *seasons; /* of all series; or NULL */
    const bool *skip; /* n flags: not to be looked at; or NULL */
    const struct fc_breaks *breaks;
    size_t hold;
    bool means_only;
    double rests;
    int horizon;   /* steps that will be asked for */
    uint64_t seed; /* of everything random */
    int jobs;
    const volatile sig_atomic_t *stop;                  /* or NULL */
    struct fc_trace *trace;                             /* or NULL */
    void (*progress)(void *arg, size_t done, size_t n); /* of series that are
                                                           tried; or NULL */
    void *progress_arg;
    const struct fc_pieces *pieces;
    uint32_t place;
};

/*
 * What the user asked for: a model, and how it is to be.
 *
 *   has_variant  whether a variant was named ("ets:MAdM"); variant[] then
 *                holds what the model's parse function made of it
 *   setting      the model's settings: see fc_spec_set()
 *   plain        forecasts series without their regressors
 */
struct fc_spec {
    const struct fc_model *model;
    bool has_variant, plain;
    int variant[FC_VARIANT_SIZE];
    int setting[FC_SETTINGS_SIZE];
};

/*
 * What a run asks of a fit.
 *
 *   horizon  steps that will be forecast, as far as that is known; 0 = not
 *   tail     steps that are missing at the series' end, which come before them
 *   seed     of everything random
 *   learned  what the model has learnt from a batch, if anything
 *   similar  a fit of this model to much the same series, as to a few values
 *            more: what it chose is not searched for again, and estimation may
 *            start from what it found.  NULL = none; it is passed over by
 *            models with nothing to choose, and where it is another model's or
 *            of another season.  Its nobs is 0 when that series began elsewhere
 *   again    what it chose is searched for once more; that it is known only
 *            makes the search shorter, in models that can use it
 *   known    the series is what these effects of its regressors leave, and a
 *            model that finds slopes itself may find others.  NULL = there are
 *            none, or they are to stay
 */
struct fc_request {
    const struct fc_spec *spec;
    int horizon;
    int tail;
    uint64_t seed;
    struct fc_part learned;
    const struct fc_fit *similar;
    bool again;
    const struct fc_known_fit *known;
};

/*
 * A fitted model: a plain struct of numbers that can be forecast from,
 * simulated from and printed.  It stands alone: of the series nothing is
 * needed once it is fitted.  The pointers lead into the workspace it was
 * fitted with and live until that is reset or released; what must live longer
 * is kept by fc_fit_copy().
 *
 * The model's fit function sets order, coef and state as it likes (only its
 * own functions read them).  fc_model_fit() presets everything else: what
 * does not apply to a model stays NaN or NULL.
 */
struct fc_fit {
    const struct fc_model *model;
    size_t nobs;  /* observations that were fitted */
    int exponent; /* all numbers here, members too, are in units of 2^exponent:
                     0 but for extreme series, see forecast/numeric/units.h */
    int season_length;               /* the shortest, as the model used it */
    struct fc_seasons seasons;       /* all that it used */
    struct fc_adjustment adjustment; /* all numbers here are of the series less
                                        these patterns */
    uint64_t seed;                   /* for this series: see fc_model_seed() */
    char spec[FC_SPEC_SIZE];         /* "ETS(M,Ad,M)" */
    const char *note;                /* what a person should know of this fit,
                                        a string constant; or NULL */
    double loglik, aicc;             /* by R's definitions */
    double sigma2;                   /* of the one-step errors, as R's */
    int order[FC_VARIANT_SIZE];
    bool overtook; /* its form is another than that of the request's similar
                      fit, which came next to it */
    size_t ncoef;
    double *coef; /* ncoef values: smoothing parameters, AR terms, ... */
    size_t nstate;
    double *state; /* nstate values, at the end of the series */
    size_t nslopes;
    double *slopes; /* of regressors, which the model has found itself, as
                       struct fc_known_slopes has them; NULL: those of the
                       request stay */
    size_t nmembers;
    struct fc_fit *members; /* of a combination; model == NULL: left out */
    struct fc_part learned; /* the request's */
    const void *ready;      /* of fc_model_ready(); or NULL */
};

/* What a model does with several seasons. */
enum fc_season_use {
    FC_SEASON_SHORTEST, /* knows that one, or none */
    FC_SEASON_ASKED,    /* knows that one; when the user has asked for several,
                           fits what the others leave */
    FC_SEASON_REST,     /* fits what all but the shortest leave */
    FC_SEASON_ALL       /* takes them all, as they are */
};

/* A whole number that the user may set, as the limit of a search. */
struct fc_setting {
    const char *name; /* as an option has it: "max-p" */
    int least, most;
};

struct fc_model {
    const char *name;      /* what the user types: --model ets */
    const char *summary;   /* its line in `nightcast models` */
    const char *reference; /* the paper, or the R function it follows */
    const char *variants;  /* what may follow a colon: "MAdM"; NULL: nothing */
    bool missing;          /* fits series with missing values as they are;
                              otherwise the caller fills them first */
    enum fc_season_use seasons;
    bool harmonics;   /* but of the long seasons that the user has asked for
                         it knows the harmonics itself:
                         see fc_season_is_long() */
    bool slopes;      /* finds those of regressors itself: see
                         fc_request.known */
    bool must_learn;  /* is nothing without what it learns */
    const void *form; /* what sets this row apart from others that have the
                         same functions; these alone know what it is */

    /* Its settings, up to one without a name; or NULL. */
    const struct fc_setting *settings;

    /* A combination's members, up to NULL, whose settings it has, too; or
       NULL. */
    const struct fc_model *const *members;

    /*
     * Reads what follows the colon in "ets:MAdM" into spec->variant.  NULL
     * when the model has no variants.  FC_EINVAL with a message that says
     * what would be right.
     */
    enum fc_status (*parse)(const char *text, struct fc_spec *spec,
                            struct fc_error *err);

    /* The fewest observations of a series with these seasons (or NULL) that
       fit() accepts under this spec; at least 1. */
    size_t (*min_obs)(const struct fc_spec *spec,
                      const struct fc_seasons *seasons);

    /* Estimates.  Called through fc_model_fit() only. */
    enum fc_status (*fit)(const struct fc_series *series,
                          const struct fc_request *request,
                          struct fc_workspace *ws, struct fc_fit *fit,
                          struct fc_error *err);

    /* Fills out->mean, lo, hi.  Called through fc_model_predict() only. */
    enum fc_status (*predict)(const struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_forecast *out, struct fc_error *err);

    /*
     * Learns from a batch, before its series are forecast.  NULL for models
     * that look at one series at a time.  *learned is NULL when the batch
     * teaches nothing.  The result must not depend on lesson->jobs.
     */
    enum fc_status (*learn)(const struct fc_lesson *lesson,
                            const struct fc_spec *spec,
                            struct fc_learned **learned, struct fc_error *err);

    /*
     * Whether numbers that come from elsewhere are a part this model can read:
     * of its layout, for these seasons, and for so many
     * steps at least. FC_EDATA with a message when they are not.  NULL for
     * models that do not learn.
     */
    enum fc_status (*check_learned)(struct fc_part learned,
                                    const struct fc_spec *spec,
                                    const struct fc_seasons *seasons,
                                    int horizon, struct fc_error *err);

    /*
     * Whether fit() can start from a fit of which no more is there than what
     * forecast/kept.h keeps, whatever its numbers are but finite, and its
     * season at least 1.  NULL for models whose fits start from nothing.
     */
    bool (*can_start)(const struct fc_fit *kept);

    /* Whether a fit has sample paths; NULL: if the model has any. */
    bool (*has_paths)(const struct fc_fit *fit);

    /*
     * What was learnt of single periods belongs to the right ones of series
     * that end so many steps later than those it was learnt from (earlier, if
     * negative), or to none: FC_NO_PLACE.  NULL for models that learn of none.
     */
    void (*place_learned)(struct fc_learned *learned, long long steps);

    /* What all paths of a fit have in common, in ws, for fit->ready; NULL when
       memory is short.  Called through fc_model_ready() only.  NULL for models
       that need none. */
    const void *(*ready)(const struct fc_fit *fit, struct fc_workspace *ws);

    /*
     * Draws one sample path of the next horizon observations.  Called through
     * fc_model_simulate() only.  NULL when the model has none yet.
     */
    enum fc_status (*simulate)(const struct fc_fit *fit, int horizon,
                               gsl_rng *rng, struct fc_workspace *ws,
                               double *path, struct fc_error *err);
};

/*
 * Fits request->spec->model to the series.
 *
 *   series   missing values inside only if the model's `missing` says so.  Of
 *            any size: see fc_fit.exponent.  With any number of seasons: see
 *            enum fc_season_use.  Not needed by the fit afterwards
 *
 * FC_ESHORT when the series has fewer than min_obs() observations; otherwise
 * what the model's own fit reports.  Memory comes from ws and is not released.
 */
enum fc_status fc_model_fit(const struct fc_series *series,
                            const struct fc_request *request,
                            struct fc_workspace *ws, struct fc_fit *fit,
                            struct fc_error *err);

/*
 * Forecasts out->horizon steps.  On FC_OK every number of out is finite and
 * lo <= mean <= hi need not hold (a simulated mean may lie outside a narrow
 * interval) but lo <= hi does, and no level reaches less far than one before
 * it.  FC_ERANGE when the model's numbers are not
 * finite, or so small that an interval with a width would have none.
 */
enum fc_status fc_model_predict(const struct fc_fit *fit,
                                struct fc_workspace *ws,
                                struct fc_forecast *out, struct fc_error *err);

/*
 * Makes a fit ready for many paths, which then take less time each, as long as
 * ws is not reset.  FC_ENOMEM.
 */
enum fc_status fc_model_ready(struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_error *err);

/*
 * Draws one sample path of horizon steps from a model that has a simulate
 * function.  It need not be finite.
 */
enum fc_status fc_model_simulate(const struct fc_fit *fit, int horizon,
                                 gsl_rng *rng, struct fc_workspace *ws,
                                 double *path, struct fc_error *err);

/*
 * A copy of a fit that shares none of its numbers: coef and state, and
 * those of its members likewise, are in ws and live until that is
 * reset or released, whatever becomes of the fit and its workspace.  What was
 * learnt is not copied and must outlive the copy, too.
 *
 *   fit   of fc_model_fit() that returned FC_OK.  A member that was left out is
 *         left out of the copy
 *   copy  forecasts and paths are those of fit, to the last bit
 *
 * FC_ENOMEM.
 */
enum fc_status fc_fit_copy(const struct fc_fit *fit, struct fc_workspace *ws,
                           struct fc_fit *copy);

/* A min_obs function for models that take one observation or more. */
size_t fc_model_any_length(const struct fc_spec *spec,
                           const struct fc_seasons *seasons);

/* The i-th setting of a model, or NULL when there are no more. */
const struct fc_setting *fc_model_setting(const struct fc_model *model,
                                          size_t i);

/* Sets one of the model's settings; false when it has none of that name.  What
 * was never set is the model's to choose. */
bool fc_spec_set(struct fc_spec *spec, const char *name, int value);

/* A setting by its name, or what stands in for it where it was not set. */
int fc_spec_get(const struct fc_spec *spec, const char *name, int otherwise);

/* One of its members as a spec of a combination has it: without a variant, and
 * with the settings that were made for it. */
struct fc_spec fc_spec_member(const struct fc_spec *spec,
                              const struct fc_model *member);

/*
 * The seed of one series' random numbers: a hash of the run's seed and the
 * series' id, so that it depends on neither threads nor neighbours.
 */
uint64_t fc_model_seed(uint64_t seed, const char *id);

/*
 * Bounds mean -+ z * se of every level, z the normal quantile that leaves the
 * level between.  se holds out->horizon standard errors.
 */
void fc_model_normal_bounds(struct fc_forecast *out, const double *se);

#endif
