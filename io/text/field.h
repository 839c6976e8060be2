/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_FIELD_H
#define NIGHTCAST_IO_TEXT_FIELD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A field of a CSV record as it is written (RFC 4180): in quotes around
 * commas, quotes, line ends, and blanks at either end.
 */
bool io_field_is_quoted(const char *text, size_t n);

/* Writes it, at most 2n + 2 bytes without a NUL; returns how many. */
size_t io_field_put(const char *text, size_t n, char *out);

#endif
