/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/fields.h"

#include "io/text/trim.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIELD_BLOCK = 1 << 16, /* bytes by which libcsv's field buffer grows, */
    FIELD_PART = 16        /* or such a part of the text, if that is more */
};

static void clear_record(struct io_fields *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->fields[i]);
    r->n = 0;
    r->ended = r->overrun = r->too_many = false;
}

void io_fields_release(struct io_fields *r)
{
    clear_record(r);
    free(r->fields);
    r->fields = NULL;
}

/* Field text without blanks around it. */
static char *trimmed(const char *text, size_t n)
{
    io_trim(&text, &n);
    char *copy = malloc(n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

static void on_field(void *field, size_t n, void *arg)
{
    struct io_fields *r = arg;
    if (r->ended) {
        r->overrun = true;
        return;
    }
    if (r->n == (r->most > 0 ? r->most : IO_COLUMNS_MOST)) {
        r->too_many = true;
        return;
    }
    if (r->n == r->capacity) {
        size_t capacity = r->capacity * 2 + 16;
        char **grown = realloc(r->fields, capacity * sizeof *grown);
        if (grown == NULL) {
            r->out_of_memory = true;
            return;
        }
        r->fields = grown;
        r->capacity = capacity;
    }
    r->fields[r->n] = trimmed(n > 0 ? field : "", n);
    if (r->fields[r->n] == NULL)
        r->out_of_memory = true;
    else
        r->n++;
}

static void on_record(int terminator, void *arg)
{
    struct io_fields *r = arg;
    (void)terminator;
    r->ended = true;
}

bool io_fields_parser(struct csv_parser *csv, size_t n)
{
    size_t part = n / FIELD_PART;
    if (csv_init(csv, 0) != 0)
        return false;
    csv_set_space_func(csv, io_no_blank);
    csv_set_blk_size(csv, part > FIELD_BLOCK ? part : FIELD_BLOCK);
    return true;
}

size_t io_fields_take(struct csv_parser *csv, const unsigned char *text,
                      size_t n, bool at_end, struct io_fields *r)
{
    size_t used = 0;
    clear_record(r);
    while (used < n && !r->ended && !r->out_of_memory) {
        const unsigned char *line = text + used;
        const unsigned char *end = memchr(line, '\n', n - used);
        size_t length = end != NULL ? (size_t)(end - line) + 1 : n - used;
        if (csv_parse(csv, line, length, on_field, on_record, r) < length)
            r->out_of_memory = true;
        used += length;
    }
    if (!r->ended && at_end && !r->out_of_memory)
        csv_fini(csv, on_field, on_record, r);
    return r->ended ? used : 0;
}

uint64_t io_count_lines(const unsigned char *text, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    return lines;
}

int io_no_blank(unsigned char c)
{
    (void)c;
    return 0;
}
