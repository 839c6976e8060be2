/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forecasts and summaries as CSV: RFC 4180 (Shafranovich 2005), but for the
 * line ends, which are LF.
 */
#include "io/out/csv.h"

#include "io/out/shard_file.h"
#include "io/text/field.h"
#include "io/text/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A field that is written often, looked at once. */
struct field {
    const char *text;
    size_t length;
    bool quoted;
};

static struct field field_of(const char *text)
{
    struct field f = {.text = text, .length = strlen(text)};
    f.quoted = io_field_is_quoted(text, f.length);
    return f;
}

/* An id, which of several keys is a record already. */
static struct field id_of(const char *text, bool is_record)
{
    return is_record ? (struct field){text, strlen(text), false}
                     : field_of(text);
}

/* Every quote inside is written twice. */
static void put_quoted(struct io_atomic_file *file, const struct field *f)
{
    const char *end = f->text + f->length;
    io_atomic_write(file, "\"", 1);
    for (const char *from = f->text; from < end;) {
        const char *quote = memchr(from, '"', (size_t)(end - from));
        const char *to = quote != NULL ? quote + 1 : end;
        io_atomic_write(file, from, (size_t)(to - from));
        if (quote != NULL)
            io_atomic_write(file, "\"", 1);
        from = to;
    }
    io_atomic_write(file, "\"", 1);
}

static void put_field(struct io_atomic_file *file, const struct field *f)
{
    if (f->quoted)
        put_quoted(file, f);
    else
        io_atomic_write(file, f->text, f->length);
}

void io_write_field(struct io_atomic_file *file, const char *text)
{
    struct field f = field_of(text);
    put_field(file, &f);
}

void io_write_id(struct io_atomic_file *file, const char *text, bool is_record)
{
    struct field f = id_of(text, is_record);
    put_field(file, &f);
}

/* What is known to need no quotes. */
static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static void put_after_comma(struct io_atomic_file *file, const char *text)
{
    put(file, ",");
    if (text != NULL)
        io_write_field(file, text);
}

static void put_number(struct io_atomic_file *file, double x)
{
    char text[1 + IO_NUMBER_SIZE] = ",";
    size_t length = 1;
    if (isfinite(x))
        length += io_number_print(x, text + 1);
    io_atomic_write(file, text, length);
}

void io_write_number(struct io_atomic_file *file, double x)
{
    char text[IO_NUMBER_SIZE];
    if (isfinite(x))
        io_atomic_write(file, text, io_number_print(x, text));
}

static void put_count(struct io_atomic_file *file, uint64_t count,
                      const char *end)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRIu64 "%s", count, end);
    io_atomic_write(file, text, (size_t)n);
}

/* In the rows of a shard. */
static void put_place(struct io_atomic_file *file, uint64_t number)
{
    if (number > 0)
        put_count(file, number, ",");
}

/* ",lo-95" */
static void put_title(struct io_atomic_file *file, const char *what, double x)
{
    char number[IO_NUMBER_SIZE];
    io_number_print(x, number);
    put(file, what);
    put(file, number);
}

void io_write_forecast_header(struct io_atomic_file *file, const char *id_name,
                              bool is_record, const char *time_name,
                              const struct fc_outline *outline)
{
    io_write_id(file, id_name, is_record);
    put_after_comma(file, time_name);
    put(file, ",model,mean");
    for (int i = 0; i < outline->nlevels; i++) {
        put_title(file, ",lo-", outline->levels[i]);
        put_title(file, ",hi-", outline->levels[i]);
    }
    for (int i = 0; i < outline->nquantiles; i++)
        put_title(file, ",q-", outline->quantiles[i]);
    put(file, "\n");
}

void io_write_forecast(struct io_atomic_file *file,
                       const struct io_forecast_rows *rows)
{
    const struct fc_forecast *f = rows->forecast;
    const struct fc_outline *outline = rows->outline;
    struct field id = id_of(rows->id, rows->is_record),
                 model = field_of(rows->model);
    bool quoted = false; /* by the form of the timestamps: all or none */
    for (int h = 0; h < f->horizon; h++) {
        char text[IO_TIME_SIZE];
        rows->time(rows->arg, h, text);
        if (h == 0)
            quoted = field_of(text).quoted;
        struct field time = {text, strlen(text), quoted};
        put_place(file, rows->number);
        put_field(file, &id);
        io_atomic_write(file, ",", 1);
        put_field(file, &time);
        io_atomic_write(file, ",", 1);
        put_field(file, &model);
        put_number(file, f->mean[h]);
        for (int i = 0; i < outline->nbounds; i++)
            put_number(file, fc_forecast_bound(f, outline->bounds[i])[h]);
        io_atomic_write(file, "\n", 1);
    }
}

void io_write_reject_header(struct io_atomic_file *file, const char *id_name,
                            bool is_record)
{
    put(file, "line,");
    io_write_id(file, id_name, is_record);
    put(file, ",reason,file\n");
}

void io_write_reject(struct io_atomic_file *file,
                     const struct io_reject_row *row)
{
    put_place(file, row->number);
    put_count(file, row->line, ",");
    io_write_id(file, row->id, row->is_record);
    put_after_comma(file, row->reason);
    put_after_comma(file, row->file);
    put(file, "\n");
}

void io_write_summary_header(struct io_atomic_file *file, const char *id_name,
                             bool is_record)
{
    io_write_id(file, id_name, is_record);
    put(file, ",model,status,detail,n,season,spec,loglik,aicc,sigma2,seconds"
              "\n");
}

/*
 * To the microsecond: more digits would be noise.  By integers, so that no
 * locale puts a comma there.
 */
static void put_seconds(struct io_atomic_file *file, double seconds)
{
    char text[48] = ",";
    if (seconds >= 0 && seconds < 1e12) {
        uint64_t us = (uint64_t)(seconds * 1e6 + 0.5);
        snprintf(text, sizeof text, ",%" PRIu64 ".%06" PRIu64, us / 1000000,
                 us % 1000000);
    }
    put(file, text);
}

void io_write_summary(struct io_atomic_file *file,
                      const struct io_summary_row *row)
{
    char counts[64];
    snprintf(counts, sizeof counts, ",%zu", row->n);
    put_place(file, row->number);
    io_write_id(file, row->id, row->is_record);
    put_after_comma(file, row->model);
    put_after_comma(file, row->status);
    put_after_comma(file, row->detail);
    put(file, counts);
    put_after_comma(file, row->seasons);
    put_after_comma(file, row->spec);
    put_number(file, row->loglik);
    put_number(file, row->aicc);
    put_number(file, row->sigma2);
    put_seconds(file, row->seconds);
    put(file, "\n");
}

void io_write_absent(struct io_atomic_file *file, uint64_t number,
                     const char *id, bool is_record)
{
    put_place(file, number);
    put(file, IO_SHARD_ABSENT);
    io_write_id(file, id, is_record);
    put(file, "\n");
}
