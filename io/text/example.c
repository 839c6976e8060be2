/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/text/example.h"

#include "io/text/utf8.h"

#include <string.h>

void io_example_keep(struct io_example *e, const char *text, size_t n,
                     uint64_t line)
{
    size_t shown = io_utf8_cut(text, n, sizeof e->text - 1);
    for (size_t i = 0; i < shown; i++)
        e->text[i] =
            (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    e->text[shown] = '\0';
    e->line = line;
}

void io_example_merge(struct io_example *e, const struct io_example *next,
                      uint64_t line)
{
    if (e->n == 0 && next->n > 0) {
        memcpy(e->text, next->text, sizeof e->text);
        e->line = line + next->line;
    }
    e->n += next->n;
}
