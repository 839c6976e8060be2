/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_NOTE_H
#define NIGHTCAST_IO_ROWS_NOTE_H

/*
 * What was inferred from an input and could have been otherwise: a line each,
 * to be said.
 */
#include <stddef.h>

enum { IO_NOTES_MOST = 8, IO_NOTE_SIZE = 320 };

struct io_notes {
    char text[IO_NOTES_MOST][IO_NOTE_SIZE];
    size_t n;
};

void io_note(struct io_notes *notes, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
