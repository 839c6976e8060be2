/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: ARIMA with the harmonics of seasons that are not whole, on any
 * series. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"arima", "arima:1,0,1+c", "arima:2,1,1",
                                        "arima:1,0,0/1,0,0+c"};
    static const struct fc_seasons lists[] = {
        {.n = 1, .length = {5.5}},
        {.n = 1, .length = {12.25}},
        {.n = 1, .length = {26.1}},
        {.n = 1, .length = {2.5}},
        {.n = 2, .length = {7, 30.5}, .asked = true},
        {.n = 3, .length = {3, 9.7, 40.5}, .asked = true},
        {.n = 2, .length = {4, 52.18}, .asked = true},
        {.n = 2, .length = {6.5, 20}, .asked = true}};
    fuzzed_one_of_lists(specs, sizeof specs / sizeof *specs, lists, data, size);
    return 0;
}
