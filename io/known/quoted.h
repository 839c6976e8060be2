/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_QUOTED_H
#define NIGHTCAST_IO_KNOWN_QUOTED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names in lists, of which those with commas or parentheses stand in double
 * quotes, and "" in these is one: "price, net",deal.  A quote that does not
 * begin a name is a character like others.  Inside of the room.
 */

/* Where the first item of a list ends: at a comma that is neither in quotes nor
 * in parentheses, or with the text. */
size_t io_quoted_item(const char *text);

/* Where one of two characters is first, out of quotes; n if nowhere. */
size_t io_quoted_find(const char *text, size_t n, const char *two);

/* Whether a name of n bytes is in quotes, all of it. */
bool io_is_quoted(const char *text, size_t n);

/* The name without quotes, to be given back with free(); NULL when memory is
 * short. */
char *io_unquote(const char *text, size_t n);

#endif
