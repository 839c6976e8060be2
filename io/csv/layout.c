/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/layout.h"

#include <stdlib.h>

char io_guess_delimiter(const unsigned char *text, size_t n)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < n && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        commas += !quoted && text[i] == ',';
        semicolons += !quoted && text[i] == ';';
        tabs += !quoted && text[i] == '\t';
    }
    if (tabs > commas && tabs > semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
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
