/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_LABELS_H
#define NIGHTCAST_IO_KNOWN_LABELS_H

#include "io/known/known.h"

/*
 * What outputs call regressors: by their names, where these say which is meant.
 * Several that have one name, and what is called like the base of a forecast,
 * say what they are as well: "fair (event)", "fair (column)".
 */

/* The base's, in --components. */
#define IO_KNOWN_BASE "base"

/* Finds them, once all regressors are there.  False when memory is short. */
bool io_known_find_labels(struct io_known *known);

static inline const char *io_known_label(const struct io_known *known, size_t j)
{
    return known->label != NULL && known->label[j] != NULL ? known->label[j]
                                                           : known->name[j];
}

#endif
