/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_BLOCK_H
#define NIGHTCAST_FORECAST_COMBINE_BLOCK_H

#include "forecast/combine/auto.h"
#include "forecast/counts/shared.h"

/*
 * The layout of what auto has learnt (struct fc_learned).  The numbers from
 * AT_WEIGHTS on are there for each kind of series.  Behind those up to AT_COEF
 * comes, once for each time, what all series have in common: the
 * coefficients of both regressions, if AT_WINDOW is not 0, and the parameters
 * of the networks, if AT_NETWORK is not.
 */
enum { FC_AUTO_BLOCK_VERSION = 4, FC_AUTO_LONGEST_WINDOW = 96 };

/* From all observations but the last horizon ones; from all. */
enum fc_auto_time { FC_AUTO_BEFORE, FC_AUTO_NOW, FC_AUTO_TIMES };

enum {
    AT_VERSION,
    AT_HORIZON,
    AT_SEASON,
    AT_SERIES,  /* learnt from */
    AT_WINDOW,  /* of the regressions */
    AT_NETWORK, /* the window of the networks */
    AT_POOLED,  /* whether a regression could be made: raw, log, each time */
    AT_CHANGE = AT_POOLED + 2 * FC_AUTO_TIMES, /* each time */
    AT_BREAKS = AT_CHANGE + FC_AUTO_TIMES,     /* how many; then their places:
                                                  first, last, over */
    AT_WEIGHTS = AT_BREAKS + 1 + 3 * FC_MOST_BREAKS,
    AT_A = AT_WEIGHTS + FC_AUTO_CANDIDATES,
    AT_B,
    AT_SHAPE,
    AT_END_OF_KIND = AT_SHAPE + FC_AUTO_SIDES * FC_AUTO_LEVELS,
    AT_KIND = AT_END_OF_KIND - AT_WEIGHTS, /* numbers of each kind */
    AT_COEF = AT_WEIGHTS + FC_KINDS * AT_KIND
};

/*
 * v begins with the numbers up to AT_NETWORK.  How many numbers its block has;
 * the regressions and networks it is for, without their numbers; the place in
 * it where these begin.
 */
size_t fc_auto_block_size(const double *v);
struct fc_pooled fc_auto_block_pooled(const double *v, int kind);
struct fc_neural fc_auto_block_neural(const double *v);
size_t fc_auto_block_coef(const double *v, enum fc_auto_time time, int kind);
size_t fc_auto_block_parameters(const double *v, enum fc_auto_time time);

/* What is known without a batch, as a block; NULL when memory is short. */
struct fc_learned *fc_auto_blank(const struct fc_lesson *lesson);

/* What was learnt of counts: behind the block. */
struct fc_counts_knowledge fc_auto_counts(const struct fc_learned *learned);

/* Writes what has a fixed place: experience, and breaks. */
void fc_auto_block_write(const struct fc_auto_knowledge *k, double *v);

#endif
