/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_STATUS_H
#define NIGHTCAST_FORECAST_BASE_STATUS_H

/*
 * What went wrong, as a code for the program and as words for a person.
 *
 * Every function that can fail returns an enum fc_status (FC_OK is 0) and,
 * when it fails, fills the struct fc_error it was given.  Tests assert the
 * code; people read the message.
 */
enum fc_status {
    FC_OK = 0,
    FC_ENOMEM,   /* memory could not be had */
    FC_EINVAL,   /* an option or argument makes no sense */
    FC_EDATA,    /* the data are malformed: not a table, not a number, ... */
    FC_EIO,      /* the operating system refused to read or write */
    FC_ESHORT,   /* too few observations for this model */
    FC_EDOMAIN,  /* data outside the model's domain, e.g. a zero for an
                    all-multiplicative model */
    FC_ERANGE,   /* a result overflowed or is not a number */
    FC_EMAXITER, /* an optimiser stopped at its cap */
    FC_ENOFIT,   /* no candidate model could be fitted */
    FC_ESTOPPED  /* the caller asked for an early end */
};

enum { FC_MESSAGE_SIZE = 400 };

struct fc_error {
    enum fc_status code;
    char msg[FC_MESSAGE_SIZE];
};

/* A short English phrase for a code; never NULL. */
const char *fc_status_text(enum fc_status status);

/*
 * Fills err (which may be NULL) and returns code, so that a failure is one
 * line: return fc_fail(err, FC_ESHORT, "needs %d observations", 3);
 * Messages are lower case, without a full stop, the place first.
 */
enum fc_status fc_fail(struct fc_error *err, enum fc_status code,
                       const char *fmt, ...)
    __attribute__((format(printf, 3, 4), cold));

#endif
