/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_AMOUNT_H
#define NIGHTCAST_IO_TEXT_AMOUNT_H

/*
 * Numbers as people and their programs write them: with a decimal comma, with
 * thousands apart, with a currency, as accountants write what is negative.
 *
 * One cell does not tell what its signs mean: 1.002 may be one thousand and
 * two.  A file does, most often; so cells are read by a form that holds for
 * the whole file, and what each says of that form is kept.
 */
#include "io/text/example.h"

#include <stdbool.h>
#include <stddef.h>

/* The form of a file's numbers. */
struct io_number_form {
    char decimal;        /* '.' or ',' */
    const char *missing; /* more words for a missing value, by comma; or NULL */
};

/* What cells say. */
struct io_number_seen {
    struct io_example point;      /* the decimal sign must be a point */
    struct io_example comma;      /* ... a comma */
    struct io_example open_point; /* 1.002: either */
    struct io_example open_comma; /* 1,002: either */
};

void io_number_seen_merge(struct io_number_seen *seen,
                          const struct io_number_seen *next, uint64_t line);

/*
 * A cell by the form: n bytes, with blanks around it or not.  NaN for what
 * says that there is no value.  Returns NULL, or what is wrong as a constant
 * phrase.  *seen learns what the cell says of the form, whatever that is.
 */
const char *io_amount_parse(const struct io_number_form *form, const char *text,
                            size_t n, uint64_t line,
                            struct io_number_seen *seen, double *value);

/*
 * Likewise, for what most cells of a file with decimal commas are: digits, in
 * threes by points or not, and a comma before more than none.  False, and
 * nothing has happened, where that is not all there is to see.
 */
bool io_amount_plain(const struct io_number_form *form, const char *text,
                     size_t n, uint64_t line, struct io_number_seen *seen,
                     double *value);

/* What a cell says that io_number_parse() has taken. */
void io_amount_note(const char *text, size_t n, uint64_t line,
                    struct io_number_seen *seen);

/*
 * Whether text, n bytes without blanks around it, says that there is no value:
 * empty, NA, N/A, #N/A, NaN, null, None, -, ., ? in any case, or one of the
 * form's own words.  The form may be NULL.
 */
bool io_is_missing(const struct io_number_form *form, const char *text,
                   size_t n);

#endif
