/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/time/seen.h"

void io_time_seen_merge(struct io_time_seen *seen,
                        const struct io_time_seen *next, uint64_t line)
{
    io_example_merge(&seen->only, &next->only, line);
    io_example_merge(&seen->rival, &next->rival, line);
    io_example_merge(&seen->either, &next->either, line);
    seen->style |= next->style;
    if (next->fraction > seen->fraction)
        seen->fraction = next->fraction;
}
