/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: complex exponential smoothing, chosen and by its kinds, on any
 * series. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"ces", "ces:none", "ces:simple",
                                        "ces:partial", "ces:full"};
    fuzzed_one_series(specs, sizeof specs / sizeof *specs, data, size);
    return 0;
}
