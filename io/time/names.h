/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_NAMES_H
#define NIGHTCAST_IO_TIME_NAMES_H

/* What the days of the week are called, from Monday on, as io_weekday() counts
 * them. */
extern const char *const io_weekdays[7];

#endif
