/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/text/seasons.h"

#include <string.h>

const char *io_seasons_print(const struct fc_seasons *seasons,
                             char text[IO_SEASONS_SIZE])
{
    size_t used = 0;
    memcpy(text, "1", 2);
    for (int i = 0; i < seasons->n; i++) {
        if (i > 0)
            text[used++] = ';';
        used += io_number_print(seasons->length[i], text + used);
        text[used] = '\0';
    }
    return text;
}

bool io_seasons_parse(const char *text, size_t n, struct fc_seasons *seasons)
{
    double last = 0, x;
    *seasons = (struct fc_seasons){.n = 0};
    if (n == 1 && *text == '1')
        return true;
    for (;;) {
        const char *end = memchr(text, ';', n);
        size_t length = end != NULL ? (size_t)(end - text) : n;
        if (seasons->n == FC_MOST_SEASONS || !io_number_parse(text, length, &x)
            || x < 2 || x > 1e9 || x <= last)
            return false;
        last = seasons->length[seasons->n++] = x;
        if (end == NULL)
            return true;
        text += length + 1;
        n -= length + 1;
    }
}
