/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: exponential smoothing, chosen and by named forms, on any series.
 */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"ets",      "ses",     "holt",
                                        "damped",   "hw",      "hw-mul",
                                        "ets:MMdM", "ets:AMN", "ets:MAA"};
    fuzzed_one_series(specs, sizeof specs / sizeof *specs, data, size);
    return 0;
}
