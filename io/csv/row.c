/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/row.h"

#include "io/text/trim.h"
#include "io/text/utf8.h"

#include <math.h>
#include <stdio.h>

enum { SHOWN = 30 }; /* bytes of an offending field that a message quotes */

/* Shows an offending field in a message: shortened, control bytes as '?'. */
static void show(const char *text, size_t n, char *out)
{
    size_t shown = io_utf8_cut(text, n, SHOWN);
    for (size_t i = 0; i < shown; i++)
        out[i] =
            (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    strcpy(out + shown, shown < n ? "..." : "");
}

void io_csv_reject(struct io_csv_row *row, size_t column, const char *why,
                   const char *text, size_t n)
{
    const char *title = row->layout->names[column];
    char shown[SHOWN + 4], name[SHOWN + 4];
    struct io_fill *fill = &row->fill;
    if (fill->rejected)
        return;
    show(text, n, shown);
    show(title, strlen(title), name);
    snprintf(fill->problem, sizeof fill->problem, "column '%s': %s: '%s'", name,
             why, shown);
    fill->rejected = true;
}

void io_csv_id(struct io_csv_row *row, const char *text, size_t n)
{
    row->has_id = true;
    io_fill_series(&row->fill, text, n);
}

double io_csv_odd_value(struct io_csv_row *row, size_t column, const char *text,
                        size_t n)
{
    double value = NAN;
    const char *given = text;
    size_t length = n;
    io_trim(&text, &n);
    if (io_number_parse(text, n, &value) || io_is_missing(text, n))
        return value;
    io_csv_reject(row, column,
                  memchr(text, ',', n) != NULL
                      ? "not a number (the decimal sign is a point)"
                      : "not a number",
                  given, length);
    return NAN;
}

void io_csv_time(struct io_csv_row *row, const char *text, size_t n)
{
    const char *given = text;
    size_t length = n;
    io_trim(&text, &n);
    const char *why = io_time_parse(text, n, &row->format, &row->time);
    if (why != NULL)
        io_csv_reject(row, row->layout->time, why, given, length);
}

void io_csv_reject_width(struct io_csv_row *row)
{
    struct io_fill *fill = &row->fill;
    snprintf(fill->problem, sizeof fill->problem,
             "%zu columns where the header has %zu", row->column,
             row->layout->ncolumns);
    fill->rejected = true;
}
