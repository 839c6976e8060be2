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

int fc_arima_harmonics_most(double period, size_t n)
{
    double most = fmin(FC_ARIMA_MOST_HARMONICS, ceil(period / 2) - 1);
    double affordable = (double)n / (2 * OBSERVATIONS_PER_COEFFICIENT);
    return 2 * period > (double)n ? 0 : (int)fmax(0, fmin(most, affordable));
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
    for (size_t t = 0; t < n; t++)
        for (int j = 0; j < 2 * harmonics->n; j++)
            x[t] += times * harmonics->coef[j]
                    * column_at(harmonics->period, j, first + t);
}

/* The columns of a regression, made orthogonal one by one. */
struct columns {
    size_t n; /* rows */
    int ncolumns;
    double *x; /* ncolumns times n */
    double r[2 * FC_ARIMA_MOST_HARMONICS * 2 * FC_ARIMA_MOST_HARMONICS];
    double slope[2 * FC_ARIMA_MOST_HARMONICS]; /* on orthogonal columns */
    double ssq[FC_ARIMA_MOST_HARMONICS + 1];   /* left by so many harmonics */
};

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

/* Modified Gram-Schmidt; e becomes what is left of it. */
static void regress(struct columns *c, double *e)
{
    c->ssq[0] = product(e, e, c->n);
    for (int j = 0; j < c->ncolumns; j++) {
        double *x = c->x + (size_t)j * c->n, size = product(x, x, c->n);
        for (int i = 0; i < j; i++) {
            const double *z = c->x + (size_t)i * c->n;
            double r = product(z, x, c->n);
            c->r[i * c->ncolumns + j] = r;
            subtract(r, z, c->n, x);
        }
        double left = product(x, x, c->n);
        bool tells = left > collinear * collinear * size;
        c->r[j * c->ncolumns + j] = tells ? sqrt(left) : 0;
        for (size_t t = 0; t < c->n; t++)
            x[t] = tells ? x[t] / sqrt(left) : 0;
        c->slope[j] = product(x, e, c->n);
        subtract(c->slope[j], x, c->n, e);
        if (j % 2 == 1)
            c->ssq[j / 2 + 1] = product(e, e, c->n);
    }
}

/* Back to the columns as they were, of so many harmonics. */
static void solve(const struct columns *c, struct fc_arima_harmonics *harmonics)
{
    for (int j = 2 * harmonics->n - 1; j >= 0; j--) {
        double sum = c->slope[j], own = c->r[j * c->ncolumns + j];
        for (int i = j + 1; i < 2 * harmonics->n; i++)
            sum -= c->r[j * c->ncolumns + i] * harmonics->coef[i];
        harmonics->coef[j] = own > 0 ? sum / own : 0;
    }
}

static struct columns *columns_new(const struct fc_arima_harmonics *harmonics,
                                   size_t n, struct fc_workspace *ws)
{
    struct columns *c = fc_workspace_array(ws, 1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct columns){.n = n, .ncolumns = 2 * harmonics->n};
    c->x = fc_workspace_doubles(ws, (size_t)c->ncolumns * n);
    return c->x != NULL ? c : NULL;
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
    struct columns *c = columns_new(harmonics, n, ws);
    double *e = fc_workspace_doubles(ws, n);
    if (c == NULL || e == NULL)
        return FC_ENOMEM;
    for (int j = 0; j < c->ncolumns; j++) {
        double *x = c->x + (size_t)j * n;
        for (size_t t = 0; t < n; t++)
            x[t] = column_at(harmonics->period, j, t);
        centre(y, n, x);
    }
    memcpy(e, y, n * sizeof *e);
    centre(y, n, e);
    regress(c, e);
    solve(c, harmonics);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* As many harmonics as have the smallest AICc, of the columns there are. */
static int choose_number(const struct columns *c, double nused, int parameters)
{
    int best = 0;
    double least = HUGE_VAL;
    for (int k = 0; 2 * k <= c->ncolumns; k++) {
        double p = parameters + 2 * k, left = nused - p - 1;
        double value = left > 0 && c->ssq[k] > 0
                           ? nused * log(c->ssq[k] / nused) + 2 * p
                                 + 2 * p * (p + 1) / left
                           : HUGE_VAL;
        if (value < least) {
            least = value;
            best = k;
        }
    }
    return best;
}

enum fc_status fc_arima_harmonics_solve(
    const double *y, size_t n, const struct fc_arima_estimate *estimate,
    bool choose, struct fc_workspace *ws, struct fc_arima_harmonics *harmonics)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct columns *c = columns_new(harmonics, n, ws);
    double *e = fc_workspace_doubles(ws, n), *x = fc_workspace_doubles(ws, n);
    if (c == NULL || e == NULL || x == NULL)
        return FC_ENOMEM;
    enum fc_status status = fc_arima_innovations(y, y, n, estimate, ws, e);
    for (int j = 0; j < c->ncolumns && status == FC_OK; j++) {
        for (size_t t = 0; t < n; t++)
            x[t] = column_at(harmonics->period, j, t);
        status = fc_arima_innovations(y, x, n, estimate, ws, c->x + (size_t)j * n);
    }
    if (status != FC_OK)
        return status;
    size_t nused = 0, lost = fc_arima_lost(&estimate->order);
    for (size_t t = 0; t < n; t++)
        nused += !isnan(y[t]);
    nused = nused > lost ? nused - lost : 0;
    regress(c, e);
    if (choose)
        harmonics->n = choose_number(c, (double)nused,
                                     fc_arima_parameters(&estimate->order)
                                         + estimate->order.constant + 1);
    solve(c, harmonics);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
