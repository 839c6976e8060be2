/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_EXAMPLE_H
#define NIGHTCAST_IO_TEXT_EXAMPLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * How often something was seen, and the first of it.  Zeroed: never.
 */
enum { IO_EXAMPLE_SIZE = 28 };

struct io_example {
    uint64_t n;
    uint64_t line; /* of the first; from 0 */
    char text[IO_EXAMPLE_SIZE];
};

/* The first. */
void io_example_keep(struct io_example *e, const char *text, size_t n,
                     uint64_t line);

/* One more. */
static inline void io_example_add(struct io_example *e, const char *text,
                                  size_t n, uint64_t line)
{
    if (e->n++ == 0)
        io_example_keep(e, text, n, line);
}

/* Those of what follows, whose line 0 is the one given. */
void io_example_merge(struct io_example *e, const struct io_example *next,
                      uint64_t line);

#endif
