/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: models that know several seasons, on any series. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"mstl", "profile", "mstl:theta+robust",
                                        "tbats", "tbats:1,1/2,1+damped"};
    fuzzed_one_series(specs, sizeof specs / sizeof *specs, data, size);
    return 0;
}
