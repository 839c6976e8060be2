/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_SHARED_H
#define NIGHTCAST_FORECAST_COUNTS_SHARED_H

#include "forecast/counts/parts.h"
#include "forecast/counts/similar.h"
#include "forecast/model.h"

/*
 * Counts that learn from each other: a mixture of distributions (see parts.h
 * and similar.h) whose parameters, weights and shapes are the file's.
 */

enum fc_counts_part {
    FC_COUNTS_SIMILAR,
    FC_COUNTS_PAST,
    FC_COUNTS_NBIN,
    FC_COUNTS_HURDLE,
    FC_COUNTS_PARTS
};

/* Weights of the parts are given for these levels, and change between them in
 * straight lines over the logarithm of the level. */
enum { FC_COUNTS_CENTRES = 4 };

/* What is known before a series is seen; the places are views of a block. */
struct fc_counts_knowledge {
    struct fc_counts_file file;
    double alpha, phi; /* of the negative binomial */
    double season;     /* sales of a season after which its factor is half its
                          own; 0: factors are 1 */
    int season_length;
    double weights[FC_COUNTS_CENTRES][FC_COUNTS_PARTS]; /* each sum to 1 */
    struct fc_places places;
};

/*
 * Whether the n values y are counts: whole, not negative, at least one known,
 * and at most 2^31.
 */
bool fc_counts_are(const double *y, size_t n);

/*
 * How much a series is a matter of counts, between 0 and 1: 1 where it rests
 * at zero often since its first sale or sells little at a time, 0 where it is
 * so large that being whole is no more than rounding, a running total, the same
 * number always, or no counts at all; smoothly between.
 */
double fc_counts_share(const double *y, size_t n);

/* 1 until x = from, 0 from x = to on; smooth between. */
double fc_counts_fall(double x, double from, double to);

/* Phases that its season has: 1 for all steps alike. */
int fc_counts_phases(const struct fc_counts_knowledge *knowledge);

/* The place where a series begins: see fc_begin(), but for a sale or two, which
 * may be all there ever are. */
size_t fc_counts_begin(const double *y, size_t n);

/* What is known without a file. */
struct fc_counts_knowledge fc_counts_prior(void);

/*
 * Learns from those series of a lesson that are counts.
 *
 *   block  *n numbers, to be freed; NULL when there is nothing to learn
 *
 * FC_ENOMEM, FC_ESTOPPED.
 */
enum fc_status fc_counts_learn(const struct fc_lesson *lesson, double **block,
                               size_t *n, struct fc_error *err);

/* Numbers of a block begin with these; then come the places and the values. */
enum {
    FC_COUNTS_SIZE, /* numbers of the block: see forecast/numeric/part.h */
    FC_COUNTS_VERSION,
    FC_COUNTS_FILE,
    FC_COUNTS_ALPHA = FC_COUNTS_FILE + 5,
    FC_COUNTS_PHI,
    FC_COUNTS_SEASON,
    FC_COUNTS_LENGTH, /* of the season */
    FC_COUNTS_EVERY,
    FC_COUNTS_NPLACES,
    FC_COUNTS_NVALUES,
    FC_COUNTS_WEIGHTS,
    FC_COUNTS_HEAD = FC_COUNTS_WEIGHTS + FC_COUNTS_CENTRES * FC_COUNTS_PARTS
};

/* Numbers of a block with these places; writes one. */
size_t fc_counts_block_size(const struct fc_places *places);
void fc_counts_write(const struct fc_counts_knowledge *knowledge,
                     double *block);

/* What a block says; the prior where there is none. */
struct fc_counts_knowledge fc_counts_read(const double *block, size_t n);

/* Whether numbers that come from elsewhere are such a block. */
bool fc_counts_check(const double *block, size_t n);

/*
 * A series under what is known, from which distributions of its next values
 * follow.  All is in ws.
 */
struct fc_counts_view {
    const struct fc_counts_knowledge *knowledge;
    const double *y;
    size_t n;
    bool sells;       /* ever */
    int phases;       /* of the season; 1: all steps are alike */
    double *factor;   /* of each phase; step h = 0, 1, ... has h % phases */
    double *adjusted; /* y without the season */
    double *scale;    /* scratch for as many */
    struct fc_counts_level level;
    struct fc_nbin nbin;
    double weights[FC_COUNTS_PARTS];
    struct fc_tally *part[FC_COUNTS_PARTS], *mixture;
};

/* FC_ENOMEM. */
enum fc_status fc_counts_look(const double *y, size_t n,
                              const struct fc_counts_knowledge *knowledge,
                              struct fc_workspace *ws,
                              struct fc_counts_view *view);

/* The phase of a value. */
int fc_counts_phase(const struct fc_counts_view *view, size_t t);

/* The past, and the hurdle, as they are for a phase; scale is the view's
 * scratch.  The neighbours of the place where the series stands, or NULL. */
struct fc_fading fc_counts_past(const struct fc_counts_view *view, int phase,
                                const struct fc_neighbours *found);
struct fc_hurdle fc_counts_hurdle(const struct fc_counts_view *view, int phase);

/* How much of what followed in similar places is what the series itself has
 * sold: nothing where these are alike. */
double fc_counts_own(const struct fc_fading *past,
                     const struct fc_neighbours *found);

/* The distribution of the steps of a phase, and of every part, each of mass
 * 1 or empty. */
const struct fc_tally *fc_counts_mix(struct fc_counts_view *view, int phase);

/* "auto(lumpy: similar 0.85, nbin 0.10)": the class of a series and the parts
 * of its mixture behind the name of a model.  FC_ENOMEM. */
enum fc_status fc_counts_name(const double *y, size_t n,
                              const struct fc_counts_knowledge *knowledge,
                              const char *model, struct fc_workspace *ws,
                              char spec[FC_SPEC_SIZE]);

/* Keeps the values as the state of a fit.  FC_EDOMAIN when they are no counts,
 * FC_ENOMEM. */
enum fc_status fc_counts_keep(const struct fc_series *series,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err);

/* The shares of the centres in a series of this level; they sum to 1. */
void fc_counts_shares(double level, double share[FC_COUNTS_CENTRES]);

/* Fills the forecast.  FC_ENOMEM. */
enum fc_status fc_counts_predict(const double *y, size_t n,
                                 const struct fc_counts_knowledge *knowledge,
                                 struct fc_workspace *ws,
                                 struct fc_forecast *out, struct fc_error *err);

/* What paths are drawn from, for fc_fit.ready; NULL when memory is short. */
const void *fc_counts_paths(const double *y, size_t n,
                            const struct fc_counts_knowledge *knowledge,
                            struct fc_workspace *ws);

/* Draws a path from that. */
enum fc_status fc_counts_simulate(const struct fc_fit *fit, int horizon,
                                  gsl_rng *rng, struct fc_workspace *ws,
                                  double *path, struct fc_error *err);

#endif
