/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likelihood of a regression with ARIMA errors at given parameters is that
 * of least squares between innovations: the filter is linear, and what it does
 * to the series it does to every column.  A constant and missing values, which
 * it takes out of both, need nothing else (Frisch & Waugh 1933; Lovell 1963).
 */
#include "forecast/arima/harmonics.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* Observations for each coefficient, at least. */
enum { OBSERVATIONS_PER_COEFFICIENT = 20 };

/* What is left of a column, over what it was, that others tell all of. */
static const double collinear = 1e-9;

int fc_arima_harmonics_count(const struct fc_arima_harmonics *harmonics)
{
    int count = 0;
    for (int i = 0; i < harmonics->nseasons; i++)
        count += harmonics->n[i];
    return count;
}

void fc_arima_harmonics_most(struct fc_arima_harmonics *harmonics, size_t n)
{
    double coefficients = (double)n / OBSERVATIONS_PER_COEFFICIENT;
    for (int i = 0; i < harmonics->nseasons; i++) {
        double period = harmonics->period[i];
        double most = fmin(FC_ARIMA_MOST_HARMONICS, ceil(period / 2) - 1);
        most = fmin(most, coefficients / (2 * harmonics->nseasons));
        harmonics->n[i] = 2 * period > (double)n ? 0 : (int)fmax(0, most);
    }
}

enum { CODES = FC_ARIMA_MOST_HARMONICS + 1 };

int fc_arima_harmonics_code(const struct fc_arima_harmonics *harmonics)
{
    int code = 0;
    for (int i = harmonics->nseasons - 1; i >= 0; i--)
        code = code * CODES + harmonics->n[i];
    return code;
}

bool fc_arima_harmonics_of_code(int code, struct fc_arima_harmonics *harmonics)
{
    bool negative = code < 0;
    for (int i = 0; i < FC_MOST_SEASONS; i++) {
        harmonics->n[i] = negative ? 0 : code % CODES;
        code /= CODES;
    }
    return !negative && code == 0;
}

/* Column 2 k is the sine of harmonic k + 1, column 2 k + 1 its cosine. */
static double column_at(double period, int column, size_t t)
{
    double cycles = fmod((column / 2 + 1.0) * (double)t, period) / period;
    return column % 2 == 0 ? sin(2 * pi * cycles) : cos(2 * pi * cycles);
}

void fc_arima_harmonics_add(const struct fc_arima_harmonics *harmonics,
                            double times, size_t first, size_t n, double *x)
{
    const double *coef = harmonics->coef;
    for (int i = 0; i < harmonics->nseasons; i++) {
        int ncolumns = 2 * harmonics->n[i];
        for (size_t t = 0; t < n; t++)
            for (int j = 0; j < ncolumns; j++)
                x[t] += times * coef[j]
                        * column_at(harmonics->period[i], j, first + t);
        coef += ncolumns;
    }
}

/* The columns of a regression, made orthogonal one by one: x becomes that,
 * and x as it was is x times r. */
struct columns {
    size_t n; /* rows */
    int ncolumns;
    double *x;     /* ncolumns times n */
    double *r;     /* ncolumns rows */
    double *slope; /* on orthogonal columns */
};

static enum fc_status columns_init(struct columns *c, int ncolumns, size_t n,
                                   struct fc_workspace *ws)
{
    size_t k = (size_t)ncolumns;
    *c = (struct columns){.n = n,
                          .ncolumns = ncolumns,
                          .x = fc_workspace_doubles(ws, k * n),
                          .r = fc_workspace_doubles(ws, k * k),
                          .slope = fc_workspace_doubles(ws, k)};
    return c->x != NULL && c->r != NULL && c->slope != NULL ? FC_OK : FC_ENOMEM;
}

/* The columns of all harmonics there are, filled. */
static enum fc_status columns_of(const struct fc_arima_harmonics *harmonics,
                                 size_t n, struct fc_workspace *ws,
                                 struct columns *c)
{
    int count = fc_arima_harmonics_count(harmonics);
    if (columns_init(c, 2 * count, n, ws) != FC_OK)
        return FC_ENOMEM;
    double *x = c->x;
    for (int i = 0; i < harmonics->nseasons; i++)
        for (int j = 0; j < 2 * harmonics->n[i]; j++, x += n)
            for (size_t t = 0; t < n; t++)
                x[t] = column_at(harmonics->period[i], j, t);
    return FC_OK;
}

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += a[t] * b[t];
    return sum;
}

static void subtract(double times, const double *a, size_t n, double *b)
{
    for (size_t t = 0; t < n; t++)
        b[t] -= times * a[t];
}

static bool tells(const struct columns *c, int j)
{
    return c->r[j * c->ncolumns + j] > 0;
}

/* Modified Gram-Schmidt; e becomes what is left of it. */
static void regress(struct columns *c, double *e)
{
    for (int j = 0; j < c->ncolumns; j++) {
        double *x = c->x + (size_t)j * c->n, size = product(x, x, c->n);
        for (int i = 0; i < j; i++) {
            const double *z = c->x + (size_t)i * c->n;
            double r = product(z, x, c->n);
            c->r[i * c->ncolumns + j] = r;
            subtract(r, z, c->n, x);
        }
        double left = product(x, x, c->n);
        bool own = left > collinear * collinear * size;
        c->r[j * c->ncolumns + j] = own ? sqrt(left) : 0;
        for (size_t t = 0; t < c->n; t++)
            x[t] = own ? x[t] / sqrt(left) : 0;
        c->slope[j] = product(x, e, c->n);
        subtract(c->slope[j], x, c->n, e);
    }
}

/* Back to the columns as they were. */
static void solve(const struct columns *c, struct fc_arima_harmonics *harmonics)
{
    double *coef = harmonics->coef;
    harmonics->ncolumns = 0;
    for (int j = c->ncolumns - 1; j >= 0; j--) {
        double sum = c->slope[j];
        for (int i = j + 1; i < c->ncolumns; i++)
            sum -= c->r[j * c->ncolumns + i] * coef[i];
        coef[j] = tells(c, j) ? sum / c->r[j * c->ncolumns + j] : 0;
        harmonics->ncolumns += tells(c, j);
    }
}

/*
 * The regression on some of its columns, seen from the orthogonal ones: so
 * many of each season, those of the `last` one behind the others.
 */
struct some {
    struct columns columns;
    double *e; /* what is left there */
};

static enum fc_status some_init(struct some *some, const struct columns *c,
                                struct fc_workspace *ws)
{
    some->e = fc_workspace_doubles(ws, (size_t)c->ncolumns);
    return some->e != NULL ? columns_init(&some->columns, c->ncolumns,
                                          (size_t)c->ncolumns, ws)
                           : FC_ENOMEM;
}

static void some_take(struct some *some, const struct columns *c, int first,
                      int n)
{
    struct columns *to = &some->columns;
    for (int j = first; j < first + n; j++, to->ncolumns++)
        for (int i = 0; i < c->ncolumns; i++)
            to->x[(size_t)to->ncolumns * to->n + (size_t)i] =
                i <= j ? c->r[i * c->ncolumns + j] : 0;
}

static void some_regress(struct some *some, const struct columns *c,
                         const struct fc_arima_harmonics *most, const int *n,
                         int last)
{
    int first = 0, first_of_last = 0;
    some->columns.ncolumns = 0;
    for (int i = 0; i < most->nseasons; i++) {
        if (i == last)
            first_of_last = first;
        else
            some_take(some, c, first, 2 * n[i]);
        first += 2 * most->n[i];
    }
    if (last >= 0)
        some_take(some, c, first_of_last, 2 * n[last]);
    memcpy(some->e, c->slope, (size_t)c->ncolumns * sizeof *some->e);
    regress(&some->columns, some->e);
}

/* Less the mean of what is known; 0 where y is missing. */
static void centre(const double *y, size_t n, double *x)
{
    double mean = 0, known = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            mean += (x[t] - mean) / ++known;
    for (size_t t = 0; t < n; t++)
        x[t] = isnan(y[t]) ? 0 : x[t] - mean;
}

enum fc_status fc_arima_harmonics_guess(const double *y, size_t n,
                                        struct fc_workspace *ws,
                                        struct fc_arima_harmonics *harmonics)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct columns c;
    double *e = fc_workspace_doubles(ws, n);
    if (e == NULL || columns_of(harmonics, n, ws, &c) != FC_OK)
        return FC_ENOMEM;
    for (int j = 0; j < c.ncolumns; j++)
        centre(y, n, c.x + (size_t)j * n);
    memcpy(e, y, n * sizeof *e);
    centre(y, n, e);
    regress(&c, e);
    solve(&c, harmonics);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* The innovations of values x under an estimate, as if they were missing where
 * y is; 0 where there is none. */
static enum fc_status innovations(const double *y, const double *x, size_t n,
                                  const struct fc_arima_estimate *estimate,
                                  struct fc_workspace *ws, double *e)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_arima_data data;
    struct fc_arima_likelihood lik;
    struct fc_arima_end end;
    double *holed = fc_workspace_doubles(ws, n);
    if (holed == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        holed[t] = isnan(y[t]) ? NAN : x[t];
    enum fc_status status =
        fc_arima_prepare(&data, holed, n, &estimate->order, ws);
    if (status == FC_OK)
        status = fc_arima_likelihood_init(&lik, &data, &estimate->order, ws);
    if (status == FC_OK)
        status = fc_arima_finish(&lik, estimate->free, ws, &end);
    for (size_t t = 0; status == FC_OK && t < n; t++)
        e[t] = isfinite(end.resid[t]) ? end.resid[t] : 0;
    fc_workspace_release(ws, mark);
    return status;
}

/* What the number of harmonics is chosen by. */
struct choice {
    const struct columns *columns;
    const struct fc_arima_harmonics *most;
    double ssq, nused; /* left by all columns; values that count */
    int parameters;    /* beside the columns */
};

static double aicc(const struct choice *choice, double ssq, int ncolumns)
{
    double n = choice->nused, p = choice->parameters + ncolumns;
    double left = n - p - 1;
    return left > 0 && ssq > 0
               ? n * log(ssq / n) + 2 * p + 2 * p * (p + 1) / left
               : HUGE_VAL;
}

/* As many harmonics of one season as have the smallest AICc, with those of the
 * others. */
static int choose_number(const struct choice *choice, const int *n, int season,
                         struct some *some, double *value)
{
    const struct columns *c = &some->columns;
    int with[FC_MOST_SEASONS], best = choice->most->n[season], ncolumns = 0;
    memcpy(with, n, sizeof with);
    with[season] = best;
    some_regress(some, choice->columns, choice->most, with, season);
    double ssq = choice->ssq + product(some->e, some->e, c->n);
    for (int j = 0; j < c->ncolumns; j++)
        ncolumns += tells(c, j);
    *value = aicc(choice, ssq, ncolumns);
    for (int k = best - 1, j = c->ncolumns - 2; k >= 0; k--, j -= 2) {
        ssq += c->slope[j] * c->slope[j] + c->slope[j + 1] * c->slope[j + 1];
        ncolumns -= tells(c, j) + tells(c, j + 1);
        double fewer = aicc(choice, ssq, ncolumns);
        if (fewer <= *value) {
            *value = fewer;
            best = k;
        }
    }
    return best;
}

/* One season after the other, until none changes; their AICc. */
static double choose_from(const struct choice *choice, struct some *some,
                          int *n)
{
    enum { ROUNDS = 10 };
    bool changed = true;
    double value = HUGE_VAL;
    for (int round = 0; round < ROUNDS && changed; round++) {
        changed = false;
        for (int i = 0; i < choice->most->nseasons; i++) {
            int chosen = choose_number(choice, n, i, some, &value);
            changed = changed || chosen != n[i];
            n[i] = chosen;
        }
    }
    return value;
}

/* From none and from the most of all: seasons that share harmonics stand in
 * for one another. */
static void choose_numbers(const struct choice *choice, struct some *some,
                           int *n)
{
    int from_most[FC_MOST_SEASONS];
    memset(n, 0, sizeof from_most);
    memcpy(from_most, choice->most->n, sizeof from_most);
    double value = choose_from(choice, some, n);
    if (choice->most->nseasons > 1
        && choose_from(choice, some, from_most) < value)
        memcpy(n, from_most, sizeof from_most);
}

/* Of the filtered columns, those that are chosen. */
static enum fc_status choose(const struct choice *choice,
                             struct fc_workspace *ws,
                             struct fc_arima_harmonics *harmonics)
{
    struct some some;
    int n[FC_MOST_SEASONS];
    if (some_init(&some, choice->columns, ws) != FC_OK)
        return FC_ENOMEM;
    choose_numbers(choice, &some, n);
    some_regress(&some, choice->columns, choice->most, n, -1);
    memcpy(harmonics->n, n, sizeof n);
    solve(&some.columns, harmonics);
    return FC_OK;
}

/* Values that count. */
static double count_used(const double *y, size_t n,
                         const struct fc_arima_order *order)
{
    size_t known = 0, lost = fc_arima_lost(order);
    for (size_t t = 0; t < n; t++)
        known += !isnan(y[t]);
    return known > lost ? (double)(known - lost) : 0;
}

enum fc_status fc_arima_harmonics_solve(
    const double *y, size_t n, const struct fc_arima_estimate *estimate,
    bool choosing, struct fc_workspace *ws,
    struct fc_arima_harmonics *harmonics)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    const struct fc_arima_harmonics most = *harmonics;
    struct columns c;
    double *e = fc_workspace_doubles(ws, n);
    if (e == NULL || columns_of(harmonics, n, ws, &c) != FC_OK)
        return FC_ENOMEM;
    enum fc_status status = innovations(y, y, n, estimate, ws, e);
    for (int j = 0; j < c.ncolumns && status == FC_OK; j++) {
        double *x = c.x + (size_t)j * n;
        status = innovations(y, x, n, estimate, ws, x);
    }
    if (status != FC_OK)
        return status;
    regress(&c, e);
    const struct choice choice = {.columns = &c,
                                  .most = &most,
                                  .ssq = product(e, e, n),
                                  .nused = count_used(y, n, &estimate->order),
                                  .parameters =
                                      fc_arima_parameters(&estimate->order)
                                      + estimate->order.constant + 1};
    if (choosing)
        status = choose(&choice, ws, harmonics);
    else
        solve(&c, harmonics);
    fc_workspace_release(ws, mark);
    return status;
}
