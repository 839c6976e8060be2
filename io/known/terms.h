/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_TERMS_H
#define NIGHTCAST_IO_KNOWN_TERMS_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What --regressors asks for: "price,log(price),lag(deal,1),log(lag(price,2))".
 */
struct io_term {
    char *text;    /* as it was written, without blanks */
    size_t column; /* of io_terms.column */
    bool log;
    size_t lag; /* steps; 0 = none */
};

enum { IO_TERMS_MOST = 64, IO_LAG_MOST = 10000 };

struct io_terms {
    struct io_term term[IO_TERMS_MOST];
    size_t n;
    char *column[IO_TERMS_MOST]; /* names, each once */
    bool unknown[IO_TERMS_MOST]; /* of the columns: not known in advance */
    size_t ncolumns;
};

/* FC_EINVAL with what is wrong with it; FC_ENOMEM.  Then nothing needs to be
 * released. */
enum fc_status io_terms_parse(const char *text, struct io_terms *terms,
                              struct fc_error *err);

/* Marks the columns of a list, "temperature,visitors", as not known in advance.
 * FC_EINVAL with what is wrong with it: all must be columns of the terms. */
enum fc_status io_terms_mark_unknown(const char *list, struct io_terms *terms,
                                     struct fc_error *err);

/* Accepts zeroed ones. */
void io_terms_release(struct io_terms *terms);

#endif
