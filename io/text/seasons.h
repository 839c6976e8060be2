/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_SEASONS_H
#define NIGHTCAST_IO_TEXT_SEASONS_H

#include "forecast/base/series.h"
#include "io/text/number.h"

#include <stdbool.h>
#include <stddef.h>

/* Lists of season lengths as files have them: "24;168", and "1" for none. */

enum { IO_SEASONS_SIZE = IO_NUMBER_SIZE * FC_MOST_SEASONS };

/* Returns text. */
const char *io_seasons_print(const struct fc_seasons *seasons,
                             char text[IO_SEASONS_SIZE]);

/* Whether n bytes of text are such a list, ascending; asked is left false. */
bool io_seasons_parse(const char *text, size_t n, struct fc_seasons *seasons);

#endif
