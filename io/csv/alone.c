/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/alone.h"

#include <string.h>

enum { FEW = 7 }; /* timestamps that are no evidence */

/* Whether a cell stands in one of the n rows before. */
static bool stood_before(const struct io_sample *sample, size_t n,
                         size_t column)
{
    const char *text = io_sample_cell(sample, n, column);
    for (size_t i = 0; i < n; i++)
        if (strcmp(io_sample_cell(sample, i, column), text) == 0)
            return true;
    return false;
}

bool io_alone_times(const struct io_sample *sample, size_t time)
{
    for (size_t i = 1; i < sample->n; i++)
        if (stood_before(sample, i, time))
            return false;
    return sample->n > 2;
}

bool io_alone_beside(const struct io_sample *sample, size_t column)
{
    size_t runs = 1;
    bool again = false;
    for (size_t i = 1; i < sample->n; i++) {
        if (strcmp(io_sample_cell(sample, i, column),
                   io_sample_cell(sample, i - 1, column))
            == 0)
            continue;
        runs++;
        again = again || stood_before(sample, i, column);
    }
    return again || 2 * runs > sample->n;
}

bool io_alone_steps(const struct io_sample *sample, size_t time,
                    const struct io_dialect *dialect)
{
    const char *text[IO_SAMPLE_MOST];
    struct io_dialect guess = *dialect;
    int64_t before = 0, t, least = 0, most = 0;
    for (size_t i = 0; i < sample->n; i++)
        text[i] = io_sample_cell(sample, i, time);
    if (!guess.time_given && !io_dialect_times(&guess, text, sample->n))
        return false;
    for (size_t i = 0; i < sample->n; i++, before = t) {
        if (io_time_parse(text[i], strlen(text[i]), &guess.time, &t) != NULL)
            return false;
        int64_t step = t - before;
        if (i == 1 || (i > 1 && step < least))
            least = step;
        if (i == 1 || (i > 1 && step > most))
            most = step;
    }
    if (most < 0) {
        int64_t longest = -least;
        least = -most;
        most = longest;
    }
    /* months are of 28 to 31 days */
    return sample->n > FEW && least > 0
           && 31 * (double)least >= 28 * (double)most;
}
