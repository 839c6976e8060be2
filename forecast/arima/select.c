/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choice of the orders: Hyndman & Khandakar (2008), Automatic time series
 * forecasting: the forecast package for R, J. Statistical Software 27(3),
 * section 3, in the order of steps of auto.arima() of forecast 8.20.
 *
 * Every candidate is fitted by exact likelihood, where auto.arima() turns to
 * conditional sums of squares for n > 150 or m > 12.  A candidate starts from
 * its neighbour's estimates, and is given up when no step promises enough to
 * win.
 *
 * These rules differ from auto.arima()'s.  They were chosen by the errors of
 * forecasts of the last observations of the M3 training series, and of M4
 * hourly ones, which they lower by 2 to 7% (sMAPE and MASE):
 * - p + q + P + Q is at most one in 20 observations, and 7;
 * - the first difference of fewer than 150 observations is taken by a KPSS test
 *   at 10% (statistic 0.347) rather than 5%, the second only if the
 * differences' lag-1 autocorrelation is 0.7 or more too: with its few lags the
 * test finds a second unit root too easily;
 * - the seasonal difference is taken above a seasonal strength of 0.64 + m / n,
 *   at most 0.8, since few seasons make a season look stronger than it is, and
 *   where the season is evident, which with two seasons alone is enough. Chosen
 *   on windows of 24 to 60 months and 8 to 24 quarters of the M3 training
 *   series, whose MASE fell by 4% and 7% up to three seasons and stayed where
 * it was from four on;
 * - a root must not come within 1% of the unit circle, but that of a seasonal
 *   polynomial is taken in B^m: in B the bound excludes every seasonal
 *   coefficient above 0.79 for m = 24, and nearly all for m = 168.
 */
#include "forecast/arima/model.h"

#include "forecast/numeric/difference.h"
#include "forecast/numeric/unitroot.h"

#include <math.h>
#include <string.h>

/* As auto.arima(): nmodels, and the least modulus of a root. */
enum { MAX_MODELS = 94 };
static const double least_root = 1.01;

/* What comes next by no more of the criterion is remembered, and a brisk search
   gives up what is so far behind the best. */
static const double close = 2, far = 4;

static const struct fc_difference_rules rules = {
    .first = 0.463, /* at 5%: Kwiatkowski et al. (1992), table 1 */
    .second = 0.463,
    .autocorrelation = 0.7,
    .strength = 0.64,
    .bias = 1,
    .highest = 0.8,
    .evident = true,
};

/* In a short series the test has little power: at 10%. */
static const double first_of_short_series = 0.347;
enum { SHORT_SERIES = 150 };

/* Seasons longer than this are searched more thoroughly, from two starting
   points and to the end, unless the series is very long: their likelihoods
   have more maxima. */
enum { THOROUGH_SEASON = 12, THOROUGH_LENGTH = 5000 };

/* The limit of p + q + P + Q unless it is given. */
enum { OBSERVATIONS_PER_PARAMETER = 20, MAX_PARAMETERS = 7 };

/* Below this length R compares by AIC: AICc has no meaning there. */
enum { SHORTEST_FOR_AICC = 4 };

struct search {
    const struct fc_arima_data *data;
    struct fc_workspace *ws;
    struct fc_arima_limits limits;
    bool constant_allowed, by_aic, brisk;
    double patience; /* with what is so far behind in the criterion, if brisk */
    struct fc_arima_order tried[MAX_MODELS];
    int ntried;
    struct fc_arima_estimate best;
    double best_criterion;
    struct fc_arima_order second;
    double second_criterion;
    int evaluations;
    enum fc_status status; /* FC_ENOMEM ends the search */
};

static bool same_order(const struct fc_arima_order *a,
                       const struct fc_arima_order *b)
{
    return a->p == b->p && a->q == b->q && a->P == b->P && a->Q == b->Q
           && a->constant == b->constant;
}

static bool is_new(const struct search *search,
                   const struct fc_arima_order *order)
{
    for (int i = 0; i < search->ntried; i++)
        if (same_order(&search->tried[i], order))
            return false;
    return true;
}

static bool within_limits(const struct search *search,
                          const struct fc_arima_order *order)
{
    const struct fc_arima_limits *limits = &search->limits;
    int sum = fc_arima_parameters(order);
    return order->p >= 0 && order->q >= 0 && order->P >= 0 && order->Q >= 0
           && order->p <= limits->max_p && order->q <= limits->max_q
           && order->P <= limits->max_P && order->Q <= limits->max_Q
           && sum <= limits->max_order
           && (!order->constant || search->constant_allowed);
}

static double criterion(const struct search *search,
                        const struct fc_arima_estimate *estimate)
{
    double coef[FC_ARIMA_MAX_PARAMETERS];
    fc_arima_coefficients(&estimate->order, estimate->free, coef);
    if (!fc_arima_roots_exceed(&estimate->order, coef, least_root))
        return HUGE_VAL;
    return search->by_aic ? estimate->aic : estimate->aicc;
}

/*
 * The log-likelihood a candidate needs to beat the best so far: the criterion
 * turned round.
 */
static double needed_loglik(const struct search *search,
                            const struct fc_arima_order *order)
{
    double k = fc_arima_parameters(order) + order->constant + 1;
    double n = (double)search->data->nused, penalty = 2 * k;
    if (search->best_criterion == HUGE_VAL)
        return -HUGE_VAL;
    if (!search->by_aic)
        penalty += n > k + 1 ? 2 * k * (k + 1) / (n - k - 1) : HUGE_VAL;
    return 0.5 * (penalty - search->best_criterion);
}

/*
 * Starts for a candidate: the best model's parameters where the two agree,
 * with what is new a little to either side of zero; and a blind one.  A brisk
 * search looks at the first alone.
 */
static void warm_starts(const struct fc_arima_order *order,
                        const struct fc_arima_estimate *best, double *starts)
{
    static const double fresh[3] = {0.1, -0.15, 0.4};
    const struct fc_arima_order *from = &best->order;
    const int degree[4] = {order->p, order->q, order->P, order->Q};
    const int known[4] = {from->p, from->q, from->P, from->Q};
    int k = fc_arima_parameters(order);
    fc_arima_blind_starts(order, FC_ARIMA_LANES, starts);
    for (int i = 0; i < 3; i++) {
        double *x = starts + i * k;
        const double *old = best->free;
        for (int part = 0; part < 4; part++) {
            for (int j = 0; j < degree[part]; j++)
                *x++ = j < known[part] ? old[j]
                                       : fresh[i] * (part % 2 == 0 ? 1 : 0.8);
            old += known[part];
        }
    }
}

static void take_second(struct search *search,
                        const struct fc_arima_order *order, double value)
{
    if (!(value < search->second_criterion))
        return;
    search->second = *order;
    search->second_criterion = value;
}

/* How hard a candidate is tried. */
static struct fc_arima_effort effort_for(const struct search *search,
                                         const struct fc_arima_order *order,
                                         bool thorough)
{
    struct fc_arima_effort effort = {
        .tolerance = 1e-3,
        .max_iterations = 30,
        .max_starts = thorough ? 2 : 1,
        .give_up = thorough ? -HUGE_VAL : needed_loglik(search, order),
        .brisk = search->brisk,
    };
    if (search->brisk) {
        effort.tolerance = 1e-2;
        effort.give_up -= search->patience / 2;
    }
    return effort;
}

/* Fits one candidate; true when it becomes the best. */
static bool try_order(struct search *search, const struct fc_arima_order *order)
{
    bool thorough =
        order->m > THOROUGH_SEASON && search->data->n <= THOROUGH_LENGTH;
    bool knows = search->best_criterion < HUGE_VAL;
    struct fc_arima_effort effort = effort_for(search, order, thorough);
    struct fc_arima_estimate estimate;
    double starts[FC_ARIMA_LANES * FC_ARIMA_MAX_PARAMETERS];
    int nstarts = search->brisk && knows && !thorough ? 1 : FC_ARIMA_LANES;
    if (search->ntried == MAX_MODELS || search->status != FC_OK)
        return false;
    search->tried[search->ntried++] = *order;
    if (knows)
        warm_starts(order, &search->best, starts);
    else
        fc_arima_blind_starts(order, FC_ARIMA_LANES, starts);
    enum fc_status status = fc_arima_estimate(
        search->data, order, starts, nstarts, &effort, search->ws, &estimate);
    search->evaluations += estimate.evaluations;
    if (status == FC_ENOMEM)
        search->status = FC_ENOMEM;
    if (status != FC_OK && status != FC_EMAXITER)
        return false;
    double value = criterion(search, &estimate);
    if (!(value < search->best_criterion)) {
        take_second(search, order, value);
        return false;
    }
    if (search->best_criterion < HUGE_VAL)
        take_second(search, &search->best.order, search->best_criterion);
    search->best = estimate;
    search->best_criterion = value;
    return true;
}

/* A step to a neighbour of these orders, if it is new and allowed. */
static bool try_step(struct search *search, struct fc_arima_order order,
                     const int step[4])
{
    order.p += step[0];
    order.q += step[1];
    order.P += step[2];
    order.Q += step[3];
    return within_limits(search, &order) && is_new(search, &order)
           && try_order(search, &order);
}

static bool try_other_constant(struct search *search,
                               struct fc_arima_order order)
{
    order.constant = !order.constant;
    return within_limits(search, &order) && is_new(search, &order)
           && try_order(search, &order);
}

/*
 * The neighbours of Hyndman & Khandakar, in the order in which auto.arima()
 * visits them: p, q, P, Q change by these.  After a success it starts again; a
 * search that sets out from orders that were chosen before has few steps to go,
 * if any, and takes the best of all neighbours.
 */
static const int neighbours[][4] = {
    {0, 0, -1, 0},  {0, 0, 0, -1}, {0, 0, 1, 0},  {0, 0, 0, 1},
    {0, 0, -1, -1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 1, 1},
    {-1, 0, 0, 0},  {0, -1, 0, 0}, {1, 0, 0, 0},  {0, 1, 0, 0},
    {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0},
};

static bool try_neighbours(struct search *search)
{
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++)
        if (try_step(search, search->best.order, neighbours[i]))
            return true;
    return try_other_constant(search, search->best.order);
}

static bool try_all_neighbours(struct search *search)
{
    const struct fc_arima_order from = search->best.order;
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++)
        try_step(search, from, neighbours[i]);
    try_other_constant(search, from);
    return !same_order(&from, &search->best.order);
}

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

/* Brings the order within the limits, where it can do with less first. */
static void shrink(struct fc_arima_order *order,
                   const struct fc_arima_limits *limits)
{
    order->p = at_most(order->p, limits->max_p);
    order->q = at_most(order->q, limits->max_q);
    order->P = at_most(order->P, limits->max_P);
    order->Q = at_most(order->Q, limits->max_Q);
    while (fc_arima_parameters(order) > limits->max_order) {
        if (order->q > 1)
            order->q--;
        else if (order->p > 1)
            order->p--;
        else if (order->P > 0)
            order->P--;
        else if (order->Q > 0)
            order->Q--;
        else if (order->p > 0)
            order->p--;
        else
            order->q--;
    }
}

/* The four models, or five, that the search sets out from. */
static void try_first_models(struct search *search)
{
    const struct fc_arima_data *data = search->data;
    int start = data->n < 10 ? 1 : 2, start_seasonal = data->n < 10 ? 0 : 1;
    struct fc_arima_order base = {.d = data->d,
                                  .D = data->D,
                                  .m = data->m,
                                  .constant = search->constant_allowed};
    struct fc_arima_order first[5] = {base, base, base, base, base};
    first[0].p = first[0].q = start;
    first[0].P = first[0].Q = start_seasonal;
    first[2].p = first[2].P = 1;
    first[3].q = first[3].Q = 1;
    first[4].constant = false;
    for (int i = 0; i < 5; i++) {
        shrink(&first[i], &search->limits);
        if (is_new(search, &first[i]))
            try_order(search, &first[i]);
    }
}

/*
 * The winner once more, to full precision; should a root then be too near to
 * the unit circle, the search's own estimate stands.
 */
static void polish(struct search *search)
{
    const struct fc_arima_effort effort = {
        .tolerance = search->brisk ? 1e-2 : 1e-7,
        .max_iterations = 100,
        .max_starts = 1,
        .give_up = -HUGE_VAL,
        .brisk = search->brisk,
    };
    struct fc_arima_estimate estimate;
    enum fc_status status =
        fc_arima_estimate(search->data, &search->best.order, search->best.free,
                          1, &effort, search->ws, &estimate);
    search->evaluations += estimate.evaluations;
    if ((status == FC_OK || status == FC_EMAXITER)
        && criterion(search, &estimate) <= search->best_criterion)
        search->best = estimate;
    search->best.evaluations = search->evaluations;
}

/*
 * The differenced series, also where values are missing: there a difference is
 * missing too.  NULL when memory is short.
 */
static const double *differences(const struct fc_arima_data *data, size_t *n,
                                 struct fc_workspace *ws)
{
    *n = data->nw;
    if (data->ngaps == 0)
        return data->w;
    double *w = fc_workspace_doubles(ws, data->n);
    if (w == NULL)
        return NULL;
    memcpy(w, data->raw, data->n * sizeof *w);
    *n = fc_difference(w, data->n, 1, data->d);
    *n = fc_difference(w, *n, (size_t)data->m, data->D);
    return w;
}

bool fc_arima_is_degenerate(const struct fc_arima_data *data, bool constant,
                            struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double noise = fc_rounding_noise(data->y, data->n) / data->scale;
    size_t n;
    const double *w = differences(data, &n, ws);
    bool degenerate = w != NULL && fc_is_constant(w, n, noise);
    for (size_t t = 0; degenerate && t < n; t++)
        degenerate = constant || isnan(w[t]) || fabs(w[t]) <= noise;
    fc_workspace_release(ws, mark);
    return degenerate;
}

enum fc_status fc_arima_settle(const struct fc_arima_data *data,
                               const struct fc_arima_order *order,
                               struct fc_workspace *ws,
                               struct fc_arima_estimate *estimate)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double mean = 0, count = 0;
    size_t n;
    const double *w = differences(data, &n, ws);
    if (w == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        if (!isnan(w[t]))
            mean += (w[t] - mean) / ++count;
    *estimate = (struct fc_arima_estimate){
        .order = *order,
        .mu = order->constant ? mean * data->scale : 0,
        .loglik = NAN,
        .aic = NAN,
        .aicc = NAN,
        .sigma2 = 0,
        .converged = true,
    };
    fc_workspace_release(ws, mark);
    return FC_OK;
}

static void bound(struct fc_arima_limits *limits, size_t n, int m)
{
    size_t affordable = n / OBSERVATIONS_PER_PARAMETER;
    int third = n / 3 > FC_ARIMA_MAX_ORDER ? FC_ARIMA_MAX_ORDER : (int)(n / 3);
    int seasons = n / 3 / (size_t)m > FC_ARIMA_MAX_SEASONAL_ORDER
                      ? FC_ARIMA_MAX_SEASONAL_ORDER
                      : (int)(n / 3 / (size_t)m);
    if (limits->max_order == 0 && affordable < MAX_PARAMETERS)
        limits->max_order = affordable > 1 ? (int)affordable : 1;
    else if (limits->max_order == 0)
        limits->max_order = MAX_PARAMETERS;
    limits->max_p = at_most(limits->max_p, third);
    limits->max_q = at_most(limits->max_q, third);
    limits->max_P = m > 1 ? at_most(limits->max_P, seasons) : 0;
    limits->max_Q = m > 1 ? at_most(limits->max_Q, seasons) : 0;
    if (limits->max_P > 0)
        limits->max_p = at_most(limits->max_p, m - 1);
    if (limits->max_Q > 0)
        limits->max_q = at_most(limits->max_q, m - 1);
}

/* Values that are left after differencing, if R's n.used is positive. */
static size_t usable_differences(const double *y, size_t n, size_t present,
                                 const struct fc_arima_order *order,
                                 double *scratch)
{
    size_t left, usable = 0;
    if (present <= fc_arima_lost(order))
        return 0;
    memcpy(scratch, y, n * sizeof *scratch);
    left = fc_difference(scratch, n, (size_t)order->m, order->D);
    left = fc_difference(scratch, left, 1, order->d);
    for (size_t t = 0; t < left; t++)
        usable += !isnan(scratch[t]);
    return usable;
}

/* d and D of the series. */
static enum fc_status choose_differences(const double *y, size_t n,
                                         const struct fc_arima_limits *limits,
                                         struct fc_workspace *ws,
                                         struct fc_arima_order *order)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_difference_rules cautious = rules;
    double *x = fc_workspace_doubles(ws, n);
    size_t m = (size_t)order->m, present = 0;
    if (x == NULL)
        return FC_ENOMEM;
    cautious.noise = fc_rounding_noise(y, n);
    if (n < SHORT_SERIES)
        cautious.first = first_of_short_series;
    for (size_t t = 0; t < n; t++)
        present += !isnan(y[t]);
    if (m > 1)
        order->D = fc_nsdiffs(y, n, m, limits->max_D, &cautious, ws);
    while (order->D > 0 && usable_differences(y, n, present, order, x) == 0)
        order->D--;
    memcpy(x, y, n * sizeof *x);
    order->d = fc_ndiffs(x, fc_difference(x, n, m, order->D), limits->max_d,
                         &cautious, ws);
    while (order->d > 0 && usable_differences(y, n, present, order, x) == 0)
        order->d--;
    fc_workspace_release(ws, mark);
    return order->d < 0 || order->D < 0 ? FC_ENOMEM : FC_OK;
}

/* Of data whose differences are taken. */
static void begin_search(const struct fc_arima_data *data,
                         const struct fc_arima_limits *limits,
                         const struct fc_arima_order *order,
                         struct fc_workspace *ws, struct search *search)
{
    size_t present = data->nused + fc_arima_lost(order);
    *search = (struct search){
        .data = data,
        .ws = ws,
        .limits = *limits,
        .constant_allowed = order->d + order->D <= 1,
        .by_aic = present < SHORTEST_FOR_AICC,
        .best_criterion = HUGE_VAL,
        .second_criterion = HUGE_VAL,
    };
    bound(&search->limits, present, order->m);
}

static enum fc_status end_search(const struct search *search,
                                 struct fc_arima_estimate *estimate)
{
    *estimate = search->best;
    if (search->second_criterion < search->best_criterion + close)
        estimate->rival = fc_arima_order_code(&search->second);
    return search->status;
}

static void conclude(struct search *search)
{
    if (search->status == FC_OK && search->best_criterion == HUGE_VAL)
        search->status = FC_ENOFIT;
    if (search->status == FC_OK)
        polish(search);
}

static void search_orders(struct search *search)
{
    try_first_models(search);
    if (search->best_criterion == HUGE_VAL) {
        /* so short a series that AICc is undefined for every model */
        search->by_aic = true;
        search->ntried = 0;
        try_first_models(search);
    }
    while (search->best_criterion < HUGE_VAL && try_neighbours(search))
        continue;
    conclude(search);
}

enum fc_status fc_arima_select(const double *y, size_t n, int m,
                               const struct fc_arima_limits *limits, bool brisk,
                               struct fc_workspace *ws,
                               struct fc_arima_data *data,
                               struct fc_arima_estimate *estimate)
{
    struct fc_arima_order order = {.m = m};
    struct search *search = fc_workspace_array(ws, 1, sizeof *search);
    enum fc_status status = FC_OK;
    if (search == NULL)
        return FC_ENOMEM;
    if (!fc_is_constant(y, n, fc_rounding_noise(y, n)))
        status = choose_differences(y, n, limits, ws, &order);
    if (status == FC_OK)
        status = fc_arima_prepare(data, y, n, &order, ws);
    if (status != FC_OK)
        return status;
    order.constant = order.d + order.D <= 1;
    if (fc_arima_is_degenerate(data, order.constant, ws))
        return fc_arima_settle(data, &order, ws, estimate);
    if (fc_arima_is_degenerate(data, true, ws))
        return fc_arima_fit(data, &order, ws, estimate);
    begin_search(data, limits, &order, ws, search);
    search->brisk = brisk;
    search->patience = far;
    search_orders(search);
    return end_search(search, estimate);
}

/* --- from one night to the next --- */

int fc_arima_order_code(const struct fc_arima_order *order)
{
    enum { BASE = FC_ARIMA_MAX_ORDER + 1 };
    enum { SEASONAL_BASE = FC_ARIMA_MAX_SEASONAL_ORDER + 1 };
    int code = order->p * BASE + order->q;
    code = (code * SEASONAL_BASE + order->P) * SEASONAL_BASE + order->Q;
    return 1 + 2 * code + order->constant;
}

bool fc_arima_order_of_code(int code, struct fc_arima_order *order)
{
    enum { BASE = FC_ARIMA_MAX_ORDER + 1 };
    enum { SEASONAL_BASE = FC_ARIMA_MAX_SEASONAL_ORDER + 1 };
    if (code < 1 || code > 2 * BASE * BASE * SEASONAL_BASE * SEASONAL_BASE)
        return false;
    code--;
    order->constant = code % 2 != 0;
    code /= 2;
    order->Q = code % SEASONAL_BASE;
    code /= SEASONAL_BASE;
    order->P = code % SEASONAL_BASE;
    code /= SEASONAL_BASE;
    order->q = code % BASE;
    order->p = code / BASE;
    return true;
}

enum fc_status fc_arima_same_differences(const double *y, size_t n,
                                         const struct fc_arima_order *order,
                                         const struct fc_arima_limits *limits,
                                         struct fc_workspace *ws, bool *same)
{
    struct fc_arima_order own = {.m = order->m};
    enum fc_status status = FC_OK;
    if (!fc_is_constant(y, n, fc_rounding_noise(y, n)))
        status = choose_differences(y, n, limits, ws, &own);
    *same = own.d == order->d && own.D == order->D;
    return status;
}

enum fc_status fc_arima_search_again(const struct fc_arima_data *data,
                                     const struct fc_arima_limits *limits,
                                     struct fc_workspace *ws,
                                     struct fc_arima_estimate *estimate)
{
    struct search *search = fc_workspace_array(ws, 1, sizeof *search);
    if (search == NULL)
        return FC_ENOMEM;
    begin_search(data, limits, &estimate->order, ws, search);
    search->brisk = true;
    search->patience = far;
    search->best = *estimate;
    search->best_criterion = criterion(search, estimate);
    search->tried[search->ntried++] = estimate->order;
    if (!(search->best_criterion < HUGE_VAL)
        || !within_limits(search, &estimate->order))
        return FC_ENOFIT;
    while (try_all_neighbours(search))
        continue;
    conclude(search);
    return end_search(search, estimate);
}

enum fc_status fc_arima_overtake(const struct fc_arima_data *data, int rival,
                                 struct fc_workspace *ws,
                                 struct fc_arima_estimate *estimate)
{
    struct fc_arima_order old = estimate->order, order = old;
    struct search *search = fc_workspace_array(ws, 1, sizeof *search);
    if (search == NULL)
        return FC_ENOMEM;
    *search = (struct search){.data = data,
                              .ws = ws,
                              .constant_allowed = old.d + old.D <= 1,
                              .brisk = true,
                              .best = *estimate,
                              .second_criterion = HUGE_VAL};
    search->best_criterion = criterion(search, estimate);
    if (!(search->best_criterion < HUGE_VAL))
        return FC_ENOFIT;
    estimate->rival = rival;
    if (!fc_arima_order_of_code(rival, &order) || same_order(&order, &old)
        || (order.constant && !search->constant_allowed)
        || (order.m < 2 && order.P + order.Q > 0)
        || data->nused <= (size_t)fc_arima_parameters(&order) + 2)
        return FC_OK;
    if (!try_order(search, &order))
        return search->status;
    polish(search);
    *estimate = search->best;
    estimate->rival = fc_arima_order_code(&old);
    return search->status;
}
