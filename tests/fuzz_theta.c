/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: the theta methods and naive2, which adjust for the season first,
 * on any series. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"theta", "dotm", "naive2"};
    fuzzed_one_series(specs, sizeof specs / sizeof *specs, data, size);
    return 0;
}
