/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_SERIES_H
#define NIGHTCAST_CMD_NIGHT_SERIES_H

#include "cmd/night/state.h"

/* A hash that is the same in every run. */
uint64_t cmd_night_hash(const void *bytes, size_t n);

/* Of what is hashed already, and more. */
uint64_t cmd_night_hash_on(uint64_t hash, const void *bytes, size_t n);

/* Of a series' values, and its regressors beside them, at n places from `first`
 * on; without regressors of the values alone. */
uint64_t cmd_night_hash_values(const struct cmd_night *night, size_t series,
                               size_t first, size_t n);

/*
 * Finds tonight's series in the store, and those whose past has changed, or
 * that of their regressors, if these are by name what they were: of
 * values that are the same by their timestamps, all if the series begins where
 * it did, else the last few of those that were there.
 */
enum fc_status cmd_night_see(struct cmd_night *night, struct fc_error *err);

/* Where a timestamp is on the grid of a series, from 0; false if nowhere. */
bool cmd_night_place(const struct cmd_night *night, size_t series, int64_t t,
                     int64_t *place);

/* Tonight's series by their numbers in the store, new ones first; on the heap,
   NULL when there is no memory. */
size_t *cmd_night_by_number(const struct cmd_night *night);

/* The last step of a series' grid, after which its horizon begins. */
int64_t cmd_night_origin(const struct cmd_night *night, size_t series);

#endif
