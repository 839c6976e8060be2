/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_INTERN_H
#define NIGHTCAST_IO_TEXT_INTERN_H

#include "io/text/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct io_intern_slot {
    uint32_t number; /* of its string, + 1; 0 = empty */
    uint32_t hash;   /* of its string: most others need not be looked at */
};

/*
 * Strings numbered 0, 1, 2, ... in the order in which they were first seen.
 * A zeroed struct is an empty table.
 */
struct io_intern {
    const char **text; /* n NUL-terminated strings */
    uint32_t *length;  /* their lengths */
    uint32_t n;
    uint32_t capacity;
    struct io_intern_slot *slots; /* the hash table */
    uint32_t nslots;              /* a power of two */
    struct io_hash_key key;
    struct io_intern_block *blocks;
};

#define IO_INTERN_FULL UINT32_MAX

/*
 * The number of a string of length bytes (no NUL inside), which is added if
 * it is new.  IO_INTERN_FULL when memory is short or 2^30 are in use.
 */
uint32_t io_intern_add(struct io_intern *table, const char *text,
                       size_t length);

/* Its number, or IO_INTERN_FULL when it is not there. */
uint32_t io_intern_find(const struct io_intern *table, const char *text,
                        size_t length);

/*
 * Gives back what only looking up and adding need; neither may follow.  text
 * and length stay.
 */
void io_intern_close(struct io_intern *table);

/*
 * Gives back all but the strings themselves, which stay where they are until
 * the table is released.  Whoever needs them has copied the pointers.
 */
void io_intern_keep_text(struct io_intern *table);

void io_intern_release(struct io_intern *table);

#endif
