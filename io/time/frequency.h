/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_FREQUENCY_H
#define NIGHTCAST_IO_TIME_FREQUENCY_H

/*
 * The step between the observations of a series: found from its timestamps,
 * agreed on for a file, typed by a user, and followed over the calendar.
 *
 * A frequency and a start make a grid: start, start + 1 step, ...  Months
 * (quarters and years are 3 and 12 of them) fall on the anchor day, clamped
 * to the month's length: 31 is the month's end.  The time of day is that of
 * the start.  Business days are Monday to Friday.
 */
#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "io/text/hash.h"
#include "io/time/step.h"
#include "io/time/timestamp.h"

/* A step of so many seconds, in the largest unit that it is a multiple of. */
struct io_freq io_freq_from_seconds(int64_t seconds);

/*
 * The own step of one series: the largest for which all its timestamps,
 * strictly ascending, lie on one grid.  A single timestamp has none:
 * IO_FREQ_UNKNOWN.
 *
 *   integers   the greatest common divisor of the differences
 *   MONTH      if no two timestamps are closer than 28 days and all fall on
 *              one time of day and one day of the month, or its end
 *   BUSINESS_  if none falls on a weekend, some weekend is spanned, and the
 *   DAY        grid has fewer points than that of whole days
 *   OPEN_DAY   if four in five of certain weekdays are there, and no others,
 *              in four weeks or more
 *   the rest of rhythm.c if all timestamps fit
 *   others     the greatest common divisor of the differences in seconds
 */
void io_freq_infer(const int64_t *t, size_t n,
                   const struct io_time_format *format, struct io_freq *freq);

/*
 * The own step if a few timestamps may be mistyped: that which nine in ten of
 * the timestamps are whole steps after the one before, if it is longer than
 * freq, as io_freq_infer found it, and that grid would have half as many
 * points again as there are timestamps, or more.  Otherwise freq stays.
 */
void io_freq_infer_usual(const int64_t *t, size_t n,
                         const struct io_time_format *format,
                         struct io_freq *freq);

/*
 * The file's frequency adapted to one series: for months, the anchor day that
 * its timestamps fall on.  The file's own if that explains them all, else the
 * month's end if they all are, else the one day that they all fall on; failing
 * that the file's own if it explains most of them, else the day of most, else
 * the largest.  Whether they do lie on that grid is for io_freq_index to say.
 */
void io_freq_settle(const struct io_freq *file, const int64_t *t, size_t n,
                    struct io_freq *own);

/*
 * The vote of the series' own steps on the file's frequency.  The result is
 * the same in whatever order votes are added and merged.  Start from zeros.
 */
struct io_freq_vote {
    struct io_freq_tally *tally; /* open-addressed table */
    size_t used;
    size_t capacity;
    struct io_hash_key key;
    uint64_t anchor[32]; /* votes for each anchor day, all month steps */
};

/* Counts freq; an unknown one abstains.  Returns FC_OK or FC_ENOMEM. */
enum fc_status io_freq_vote_add(struct io_freq_vote *vote,
                                const struct io_freq *freq);

/* Adds the votes of other, which stays as it is. */
enum fc_status io_freq_vote_merge(struct io_freq_vote *vote,
                                  const struct io_freq_vote *other);

/*
 * The step with the most votes, the finest of them in a tie; IO_FREQ_UNKNOWN
 * if nobody voted.  *votes and *total may be NULL.
 */
struct io_freq io_freq_vote_winner(const struct io_freq_vote *vote,
                                   uint64_t *votes, uint64_t *total);

void io_freq_vote_release(struct io_freq_vote *vote);

/*
 * A frequency as people type it: H D B W M Q Y, min, s with a multiple, e.g.
 * 15min; pandas' aliases; or a bare integer for integer timestamps.  MS and
 * ME mean what M means: the anchor day is each series' own (io_freq_settle).
 */
enum fc_status io_freq_parse(const char *text, struct io_freq *freq,
                             struct fc_error *err);

/*
 * Whether timestamps of this form can have the frequency: no hours between
 * dates, no days between integers.  Years between integers of four digits
 * can, and become integer steps.
 */
enum fc_status io_freq_check(struct io_freq *freq,
                             const struct io_time_format *format,
                             struct fc_error *err);

/* Whether steps of the unit can have that anchor; 0 is always one. */
bool io_freq_is_anchor(enum io_freq_unit unit, int64_t anchor);

/* Mean seconds of a step; integers have their own measure. */
double io_freq_length(const struct io_freq *freq);

/* For people. */
void io_freq_text(const struct io_freq *freq, char *buf, size_t size);

/*
 * The usual season length: a day of hours or minutes, an hour of seconds, a
 * week of days, a year of weeks, months or quarters; 1 for none.
 */
int io_freq_season(const struct io_freq *freq);

/*
 * That season and the next longer one: a week of hours or minutes, a day of
 * seconds, a year of days; those of which the grid from first to last holds two
 * cycles, and the shortest in any case.
 */
struct fc_seasons io_freq_seasons(const struct io_freq *freq, int64_t first,
                                  int64_t last);

/* The mean number of steps in a year, of steps of equal length; 0 for others,
 * and for integers. */
double io_freq_year(const struct io_freq *freq);

/*
 * The number of steps from start to t, which may be before it; false when t
 * or start is off the grid.
 */
bool io_freq_index(const struct io_freq *freq, int64_t start, int64_t t,
                   int64_t *index);

/*
 * That of each of n timestamps: how many of the first lie on the grid, and
 * the number of the last of these in *index, which stays if there is none.
 */
size_t io_freq_follow(const struct io_freq *freq, int64_t start,
                      const int64_t *t, size_t n, int64_t *index);

/*
 * The time k steps after start (before, if negative).  False when that is
 * outside of the years 0001 to 9999, or of 18 digits for integers.
 */
bool io_freq_advance(const struct io_freq *freq, int64_t start, int64_t k,
                     int64_t *t);

#endif
