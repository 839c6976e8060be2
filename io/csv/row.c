/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/row.h"

#include "io/text/field.h"
#include "io/text/trim.h"
#include "io/text/utf8.h"

#include <stdio.h>
#include <stdlib.h>

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

void io_csv_keys_release(struct io_csv_keys *keys)
{
    free(keys->text);
    free(keys->joined);
    free(keys->at);
    *keys = (struct io_csv_keys){0};
}

static bool grow(char **text, size_t *room, size_t need)
{
    if (need <= *room)
        return true;
    char *grown = realloc(*text, 2 * need + 64);
    if (grown == NULL)
        return false;
    *text = grown;
    *room = 2 * need + 64;
    return true;
}

static bool keep_key(const struct io_csv_row *row, struct io_csv_keys *keys,
                     size_t key, const char *text, size_t n)
{
    if (keys->at == NULL)
        keys->at = calloc(row->layout->nkeys, sizeof *keys->at);
    if (keys->at == NULL || !grow(&keys->text, &keys->room, keys->used + n + 1))
        return false;
    if (keys->n == 0)
        memset(keys->at, 0, row->layout->nkeys * sizeof *keys->at);
    memcpy(keys->text + keys->used, text, n);
    keys->at[key].start = keys->used;
    keys->at[key].length = n;
    keys->used += n;
    keys->n++;
    return true;
}

void io_csv_key(struct io_csv_row *row, size_t column, const char *text,
                size_t n)
{
    uint32_t key =
        column < row->layout->ncolumns ? row->layout->key_at[column] : 0;
    if (key > 0 && !keep_key(row, &row->keys, key - 1, text, n))
        row->fill.out_of_memory = true;
}

void io_csv_join_keys(struct io_csv_row *row)
{
    struct io_csv_keys *keys = &row->keys;
    size_t nkeys = row->layout->nkeys, used = 0;
    if (keys->n == 0 && !keep_key(row, keys, 0, "", 0)) {
        row->fill.out_of_memory = true;
        return;
    }
    if (!grow(&keys->joined, &keys->joined_room, 2 * keys->used + 3 * nkeys)) {
        row->fill.out_of_memory = true;
        return;
    }
    for (size_t k = 0; k < nkeys; k++) {
        if (k > 0)
            keys->joined[used++] = ',';
        if (keys->at[k].length > 0)
            used += io_field_put(keys->text + keys->at[k].start,
                                 keys->at[k].length, keys->joined + used);
    }
    io_csv_id(row, keys->joined, used);
    keys->n = keys->used = 0;
}

double io_csv_odd_value(struct io_csv_row *row, size_t column, const char *text,
                        size_t n)
{
    double value;
    const char *why =
        io_amount_parse(&row->layout->dialect.numbers, text, n, row->line,
                        &row->fill.chunk->seen.numbers, &value);
    if (why != NULL)
        io_csv_reject(row, column, why, text, n);
    return value;
}

/* Which of the two formats the timestamp is of. */
static void note_time(struct io_csv_row *row, const char *text, size_t n,
                      bool fits)
{
    struct io_time_format rival = row->layout->dialect.rival;
    struct io_time_seen *seen = &row->fill.chunk->seen.times;
    int64_t t;
    bool other = io_time_parse(text, n, &rival, &t) == NULL;
    if (fits && other)
        io_example_add(&seen->either, text, n, row->line);
    else if (fits)
        io_example_add(&seen->only, text, n, row->line);
    else if (other)
        io_example_add(&seen->rival, text, n, row->line);
}

bool io_csv_same_month(struct io_csv_row *row, const char *text, size_t n)
{
    const struct io_dialect *dialect = &row->layout->dialect;
    struct io_time_seen *seen = &row->fill.chunk->seen.times;
    bool has_rival = dialect->rival.form != IO_TIME_UNKNOWN;
    if (has_rival && !dialect->swaps)
        return false;
    unsigned day = io_time_same_month(&row->month, text, n, &row->time);
    if (day > 0 && day < 10)
        row->format.style |= IO_STYLE_LONG_DAY;
    if (day > 0 && has_rival)
        io_example_add(day <= 12 ? &seen->either : &seen->only, text, n,
                       row->line);
    return day > 0;
}

void io_csv_time(struct io_csv_row *row, const char *text, size_t n)
{
    const char *given = text;
    size_t length = n;
    io_trim(&text, &n);
    if (n == row->month.n && io_csv_same_month(row, text, n))
        return;
    const char *why = io_time_parse(text, n, &row->format, &row->time);
    if (why == NULL)
        io_time_keep_month(&row->format, text, n, row->time, &row->month);
    if (row->layout->dialect.rival.form != IO_TIME_UNKNOWN)
        note_time(row, text, n, why == NULL);
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
