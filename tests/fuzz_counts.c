/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: the models of demand, on any series; of half of them the values
 * are made whole and not negative.
 */
#include "tests/fuzzed_series.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {
        "counts",        "counts:nbin", "counts:hurdle", "counts:past",
        "counts-shared", "auto",        "croston",       "sba",
        "sbj",           "tsb",         "adida",         "imapa"};
    enum { NSPECS = sizeof specs / sizeof *specs };
    double y[FUZZED_LENGTH];
    if (size < 3)
        return 0;
    if (data[0] < 128) {
        fuzzed_one_series(specs, NSPECS, data, size);
        return 0;
    }
    gsl_set_error_handler_off();
    struct fc_spec spec = fuzzed_spec(specs, NSPECS, data);
    struct fc_series series = {
        .id = "a", .y = y, .seasons = fuzzed_seasons(data)};
    series.n = fuzzed_read(fuzzed_form(data), data + 2, size - 2, true, y);
    for (size_t t = 0; t < series.n; t++)
        y[t] = floor(fmod(fabs(y[t]), 3e9));
    struct fc_workspace *ws = fc_workspace_new();
    assert(ws != NULL);
    if (series.n > 0) /* all of them take missing values */
        fuzzed_try(&series, &spec, ws);
    fc_workspace_free(ws);
    return 0;
}
