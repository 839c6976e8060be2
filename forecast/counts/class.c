/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/class.h"

#include "forecast/counts/shared.h"

#include <math.h>

static const double INTERVAL = 1.32, VARIATION = 0.49;

enum fc_demand fc_demand_of(const double *y, size_t n)
{
    double known = 0, sales = 0, sum = 0, squares = 0;
    if (fc_counts_share(y, n) == 0)
        return FC_DEMAND_NONE;
    for (size_t t = 0; t < n; t++) {
        known += !isnan(y[t]);
        if (y[t] > 0) {
            sales += 1;
            sum += y[t];
        }
    }
    double mean = sum / sales;
    for (size_t t = 0; t < n; t++)
        if (y[t] > 0)
            squares += (y[t] - mean) * (y[t] - mean);
    double variation =
        sales > 1 ? squares / (sales - 1) / (mean * mean) : 0;
    int seldom = !(known / sales < INTERVAL), varies = variation >= VARIATION;
    return (enum fc_demand)(2 * seldom + varies);
}

const char *fc_demand_text(enum fc_demand demand)
{
    static const char *const texts[] = {"smooth", "erratic", "intermittent",
                                        "lumpy", "none"};
    return texts[demand];
}
