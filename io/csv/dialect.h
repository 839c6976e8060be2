/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_DIALECT_H
#define NIGHTCAST_IO_CSV_DIALECT_H

#include "io/rows/agreed.h"
#include "io/rows/chunk.h"
#include "io/rows/note.h"
#include "io/text/amount.h"
#include "io/time/timestamp.h"

/*
 * How a file writes its timestamps and numbers, where a single cell does not
 * tell.  The first rows give a guess, by which all are read; what all of them
 * say confirms it, or shows another, by which they are read again.  Where they
 * leave it open the user is asked.
 */
struct io_dialect {
    struct io_time_format time;
    struct io_time_format rival; /* that all timestamps so far may be of as
                                    well; form unknown: none */
    bool swaps;        /* the rival's day is the month, and its month the day */
    bool time_given;   /* by --time-format, */
    const char *says;  /* or who says so */
    bool may_be_empty; /* a header without rows is a file as well */
    const struct io_agreed *agreed; /* what is so in any case, or NULL */
    bool steps;                     /* integers are no dates */
    struct io_number_form numbers;
    bool decimal_given; /* by --decimal */
    bool watch;         /* what each value says matters */
    bool points;        /* what reads as a number with a point is one */
};

/* What messages need to know of a file. */
struct io_dialect_place {
    const char *file;
    const char *time_name, *value_name;
    char delimiter;
    uint64_t rows; /* that have said something */
};

/* The decimal sign that values show, '.' when they show nothing. */
char io_dialect_decimal(const struct io_number_seen *seen);

/*
 * What all rows have said, by which the dialect may change: then *again is set
 * and they are to be read again.  Says what was decided in *notes.  FC_EDATA
 * with what to say when it is open.
 */
enum fc_status io_dialect_settle(struct io_dialect *dialect,
                                 const struct io_seen *seen,
                                 const struct io_dialect_place *place,
                                 bool *again, struct io_notes *notes,
                                 struct fc_error *err);

/* All of it as it was agreed on. */
void io_dialect_agree(struct io_dialect *dialect,
                      const struct io_agreed *agreed);

/*
 * Whether what all rows of a file have said can be so.  *again: they are to
 * be read again, and to say more.  FC_EDATA when the file says otherwise.
 */
enum fc_status io_dialect_confirm(struct io_dialect *dialect,
                                  const struct io_seen *seen,
                                  const struct io_dialect_place *place,
                                  bool *again, struct fc_error *err);

/*
 * The formats that most of n texts are of, in the order of how many; false if
 * none is a timestamp.
 */
bool io_dialect_times(struct io_dialect *dialect, const char *const *text,
                      size_t n);

/* FC_EDATA: both formats fit all timestamps; the example is one of them. */
enum fc_status io_dialect_ask_order(const struct io_dialect *dialect,
                                    const char *place, const char *example,
                                    struct fc_error *err);

#endif
