/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: ARIMA, chosen and of given orders, on any series. */
#include "tests/fuzzed_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {
        "arima",       "arima:2,1,1",       "arima:5,0,5+c",
        "arima:0,2,2", "arima:1,0,1/1,1,1", "arima:0,1,3/1,0,1+c"};
    fuzzed_one_series(specs, sizeof specs / sizeof *specs, data, size);
    return 0;
}
