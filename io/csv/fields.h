/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_FIELDS_H
#define NIGHTCAST_IO_CSV_FIELDS_H

#include <csv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A record as texts, for the few at the beginning of a file that tell what it
 * looks like.
 */
enum { IO_COLUMNS_MOST = 1 << 22 }; /* each takes memory of its own */

/* Zeroed is empty. */
struct io_fields {
    char **fields; /* without blanks around them */
    size_t n, capacity;
    size_t most; /* fields that are kept; 0: IO_COLUMNS_MOST */
    bool ended;
    bool overrun;  /* more came after its end on the same line */
    bool too_many; /* fields */
    bool out_of_memory;
};

void io_fields_release(struct io_fields *r);

/* For n bytes of text: a field as long is not copied time and again. */
bool io_fields_parser(struct csv_parser *csv, size_t n);

/*
 * Parses one record from the n bytes of text; returns how many it took,
 * with its line end, or 0 when the record is not complete in them.
 */
size_t io_fields_take(struct csv_parser *csv, const unsigned char *text,
                      size_t n, bool at_end, struct io_fields *r);

/* Line ends in n bytes. */
uint64_t io_count_lines(const unsigned char *text, size_t n);

/* For libcsv, which takes blanks off fields: nothing is a blank. */
int io_no_blank(unsigned char c);

#endif
