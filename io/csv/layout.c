/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/layout.h"

#include <stdlib.h>

static const char delimiters[] = {',', ';', '\t', '|'};

char io_guess_delimiter(const unsigned char *text, size_t n)
{
    size_t count[sizeof delimiters] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < n && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        for (size_t k = 0; k < sizeof delimiters; k++)
            count[k] += !quoted && text[i] == (unsigned char)delimiters[k];
    }
    for (size_t k = 1; k < sizeof delimiters; k++)
        if (count[k] > count[best])
            best = k;
    return delimiters[best];
}

void io_layout_release(struct io_layout *layout)
{
    for (size_t i = 0; i < layout->ncolumns; i++)
        free(layout->names[i]);
    free(layout->names);
    free(layout->times);
    free(layout->keys);
    free(layout->key_at);
    free(layout->id_name);
    *layout = (struct io_layout){0};
}
