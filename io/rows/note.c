/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/rows/note.h"

#include <stdarg.h>
#include <stdio.h>

void io_note(struct io_notes *notes, const char *fmt, ...)
{
    va_list ap;
    if (notes->n == IO_NOTES_MOST)
        return;
    va_start(ap, fmt);
    vsnprintf(notes->text[notes->n++], IO_NOTE_SIZE, fmt, ap);
    va_end(ap);
}
