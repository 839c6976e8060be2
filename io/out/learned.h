/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_LEARNED_H
#define NIGHTCAST_IO_OUT_LEARNED_H

#include "forecast/base/series.h"
#include "io/out/atomic_file.h"
#include "io/rows/agreed.h"
#include "io/time/frequency.h"

#include <stdint.h>

/*
 * What a model has learnt from a file, as a file: lines of text,
 *
 *   #nightcast-learned 2
 *   model auto
 *   horizon 18
 *   season 12          (of several: 24;168)
 *   unit 8
 *   multiple 1
 *   last 631152000
 *   numbers 1319
 *   1
 *   ...
 *   crc32 5f0c9e11
 *
 * If it has regressors, the version is 4 and these lines stand before numbers,
 * in texts %, line ends and other control characters as %0A:
 *
 *   regressors 3
 *   price
 *   promo=A
 *   promo=B
 *   bases 1
 *   promo: 'none'
 *   slopes 20
 *   1
 *   ...
 *
 * If events are among them, the last of the regressors, the version is 5, and
 * "events 2" stands after the slopes.
 *
 * What is learnt for runs that read some of the files each is of version 3, and
 * has what they must agree on before the numbers: see io/out/agreed.h.  With
 * regressors, which come after that, the version is 6; "events" are told then
 * even if there are none, and behind them the decimal sign of regressors,
 * "sign ,".
 *
 * The numbers, in the shortest form that reads back as the same double, are
 * the model's own business; whether they make sense is for it to check.  The
 * checksum is zlib's CRC-32 of everything before its line.
 */
struct io_learned {
    char model[32]; /* letters, digits, - and _ */
    int horizon;    /* at least 1 */
    struct fc_seasons seasons;
    struct io_freq step; /* of the file's grid, without an anchor day */
    int64_t last;        /* its last timestamp */
    size_t nregressors; /* 0: none, and no slopes */
    char **regressor;   /* their names */
    size_t nevents;     /* so many of them, the last ones, are of events */
    size_t nbases;      /* of columns that are text: the usual one, "promo: 'A'" */
    char **base;
    size_t nslopes;
    double *slopes;     /* numbers of theirs, finite */
    char sign;          /* the decimal sign of regressors: '.' or ','; without
                           what is agreed on '.', and of no meaning */
    bool has_agreed;
    struct io_agreed agreed; /* its step and last are those above; when read,
                                its source and names are the file's, and go
                                with it */
    size_t n;                /* numbers */
    double *values;          /* all finite */
    uint32_t crc;            /* tells files apart */
};

/* The numbers must be finite. */
void io_learned_write(struct io_atomic_file *file,
                      const struct io_learned *learned);

/*
 * Reads a whole file.  FC_EIO, FC_ENOMEM; FC_EDATA, with a message that names
 * the file and what to do, for what io_learned_write() has not written.
 */
enum fc_status io_learned_read(const char *path, struct io_learned *learned,
                               struct fc_error *err);

/* Accepts a zeroed one. */
void io_learned_release(struct io_learned *learned);

#endif
