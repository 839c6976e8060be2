/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_CELLS_H
#define NIGHTCAST_IO_KNOWN_CELLS_H

#include "io/known/change.h"
#include "io/known/future.h"
#include "io/known/terms.h"
#include "io/panel/options.h"
#include "io/panel/panel.h"
#include "io/text/intern.h"

/*
 * The columns' cells, each at its place in its series; inside of the room.
 */
struct io_cells {
    const struct io_panel_options *how;
    const struct io_terms *terms;
    struct io_panel *panel;
    size_t horizon;
    const char *future;                    /* a file, or NULL */
    const struct io_changes *changes;      /* or NULL */
    bool may_be_none;                      /* rows that fit */
    char decimal; /* sign of the numbers; 0: to be found in the first rows, as
                     is which columns are text */
    bool text[IO_TERMS_MOST];              /* columns */
    struct io_intern texts[IO_TERMS_MOST]; /* of each such column */
    double **x;  /* of each series its columns, one after the other, of n +
                    horizon places: numbers, or numbers of texts; NaN: missing */
    size_t *file; /* of each series: see io_cells_file() */
    bool *taken; /* of each series its steps: there was a row of the future */
    uint64_t beyond, fitting; /* rows */
    struct io_future_rows rows;
};

/* Fails as io_known_read() does.  Then, too, it is to be released. */
enum fc_status io_cells_read(struct io_cells *cells, struct fc_error *err);
void io_cells_release(struct io_cells *cells);

/* The file that a series is in; NULL: it is in several, or in none. */
const char *io_cells_file(const struct io_cells *cells, size_t series);

/*
 * What can be no regressor of these panels' series: FC_EDATA.  missing: whether
 * a column without any value is an error.
 */
enum fc_status io_cells_vet(const struct io_cells *cells, bool missing,
                            struct fc_error *err);

/* A series' error, if it has none.  False when memory is short. */
bool io_known_fail(struct io_panel *panel, size_t series, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
