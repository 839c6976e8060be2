/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_CHANGE_H
#define NIGHTCAST_IO_KNOWN_CHANGE_H

#include "forecast/base/status.h"
#include "io/known/terms.h"

/* A regressor beyond it, to either side, is no number anybody means. */
#define IO_REGRESSOR_MOST 1e50

/*
 * Another future, as --set asks for it: "deal=0,price*1.05,promo=A" changes
 * columns in the rows of the horizon, before lags and logs are taken.
 */
struct io_change {
    char *column;
    bool times; /* the column, times x; else it is set */
    double x;   /* within IO_REGRESSOR_MOST; NaN: the text is no number */
    char *text; /* what it is set to */
};

struct io_changes {
    size_t n;
    struct io_change change[IO_TERMS_MOST];
};

/* FC_EINVAL with what is wrong with it; FC_ENOMEM.  Then nothing needs to be
 * released. */
enum fc_status io_changes_parse(const char *text, struct io_changes *changes,
                                struct fc_error *err);

/* Accepts zeroed ones. */
void io_changes_release(struct io_changes *changes);

#endif
