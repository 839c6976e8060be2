/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: models that know several seasons, on any series: with one,
 * whole or not, with several, and with a year that has a course. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"mstl",
                                        "profile",
                                        "mstl:theta+robust",
                                        "tbats",
                                        "tbats:1,1/2,1+damped",
                                        "snaive",
                                        "mstl:arima",
                                        "tbats:0,0/1+bc"};
    static const struct fc_seasons lists[] = {
        {.n = 0},
        {.n = 1, .length = {7}},
        {.n = 1, .length = {12}, .year = 12.3},
        {.n = 2, .length = {2, 4}, .year = 120},
        {.n = 2, .length = {4, 28}},
        {.n = 2, .length = {7, 30.4375}, .asked = true},
        {.n = 3, .length = {3.5, 9, 40.2}},
        {.n = 4, .length = {2, 5, 11.5, 24}, .year = 200}};
    fuzzed_one_of_lists(specs, sizeof specs / sizeof *specs, lists, data, size);
    return 0;
}
