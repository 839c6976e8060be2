/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_CSV_H
#define NIGHTCAST_IO_OUT_CSV_H

#include "forecast/base/outline.h"
#include "io/out/atomic_file.h"
#include "io/time/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Forecasts and summaries as CSV (RFC 4180 with LF line ends, the separator
 * always a comma).  Fields are quoted where they have to be: around commas,
 * quotes, line ends, and blanks at either end.  Numbers are the shortest that
 * read back as the same double; what is not finite is an empty cell.
 *
 * Nothing here returns an error: a failed write stays with the file until its
 * commit.
 */

/* One field, without a separator. */
void io_write_field(struct io_atomic_file *file, const char *text);

/*
 * An id, or the name of ids, without a separator.  Of several keys it is a
 * record of CSV already, with as many fields.
 */
void io_write_id(struct io_atomic_file *file, const char *text, bool is_record);

/* One number, without a separator. */
void io_write_number(struct io_atomic_file *file, double x);

/* <id>,<time>,model,mean,lo-80,hi-80,lo-95,hi-95,q-10,q-50; as asked for. */
void io_write_forecast_header(struct io_atomic_file *file, const char *id_name,
                              bool is_record, const char *time_name,
                              const struct fc_outline *outline);

/* The forecasts of one series by one model. */
struct io_forecast_rows {
    uint64_t number; /* the first column of a shard; 0: there is none */
    const char *id;
    bool is_record; /* see io_write_id() */
    const char *model;
    const struct fc_forecast *forecast;
    const struct fc_outline *outline; /* what is written of it */
    /* the timestamp of step h = 0 .. horizon - 1, as text */
    void (*time)(const void *arg, int h, char text[IO_TIME_SIZE]);
    const void *arg;
};

/* One row per step. */
void io_write_forecast(struct io_atomic_file *file,
                       const struct io_forecast_rows *rows);

/* Of a shard: names a series that has no row. */
void io_write_absent(struct io_atomic_file *file, uint64_t number,
                     const char *id, bool is_record);

/* One row of the summary; a text that does not apply may be NULL. */
struct io_summary_row {
    uint64_t number; /* as above */
    const char *id;
    bool is_record;
    const char *model;
    const char *status; /* ok, fallback, failed */
    const char *detail;
    size_t n;
    const char *seasons; /* their lengths: "24;168" */
    const char *spec;
    double loglik, aicc, sigma2;
    double seconds;
};

struct io_reject_row {
    uint64_t number; /* as above */
    const char *file;
    uint64_t line;
    const char *id, *reason;
    bool is_record;
};

/* line,<id>,reason,file: the rows that were not used */
void io_write_reject_header(struct io_atomic_file *file, const char *id_name,
                            bool is_record);
void io_write_reject(struct io_atomic_file *file,
                     const struct io_reject_row *row);

/* <id>,model,status,detail,n,season,spec,loglik,aicc,sigma2,seconds */
void io_write_summary_header(struct io_atomic_file *file, const char *id_name,
                             bool is_record);

void io_write_summary(struct io_atomic_file *file,
                      const struct io_summary_row *row);

#endif
