/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Letters added, left out, changed, or swapped with a neighbour (F. J. Damerau
 * 1964, Communications of the ACM 7(3)): one of them in a short name, two in a
 * longer one.
 */
#include "cmd/options/near.h"

#include <string.h>

enum { MOST = 24 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t d[MOST + 1][MOST + 1];
    for (size_t i = 0; i <= na; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= nb; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= na; i++)
        for (size_t j = 1; j <= nb; j++) {
            d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
                            d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[na][nb];
}

void cmd_near_offer(struct cmd_near *near, const char *text, size_t n,
                    const char *name)
{
    size_t length = strlen(name);
    if (n == 0 || n > MOST || length > MOST)
        return;
    size_t d = distance(text, n, name, length);
    size_t most = length < 5 ? 1 : 2;
    if (d > most || d >= length || (near->name != NULL && d >= near->distance))
        return;
    *near = (struct cmd_near){name, d};
}
