/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of a regression on the scale of the fit, and their crossproducts.
 *
 * Logs are of series without values below zero; of those that have zeros, as
 * counts do, log(1 + y / unit), whose unit is 1, or an eighth of the mean of
 * what is above zero where that is below 8: what is measured in thousands is
 * not a count.  Centring by the places of the season takes dummy variables of
 * these places out (Frisch & Waugh 1933, Econometrica 1; Lovell 1963).  Rows
 * less rho times the row before are Cochrane & Orcutt's (1949), JASA 44.
 */
#include "forecast/known/rows.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

enum { CYCLES = 3 };

/* Its mean size above zero; whether there are zeros, or values below. */
static double look(const struct fc_series *series, bool *zeros, bool *below)
{
    double sum = 0;
    size_t n = 0;
    *zeros = *below = false;
    for (size_t t = 0; t < series->n; t++) {
        double y = series->y[t];
        *zeros = *zeros || y == 0;
        *below = *below || y < 0;
        if (isnan(y) || y == 0)
            continue;
        n++;
        sum += (fabs(y) - sum) / (double)n;
    }
    return n > 0 ? sum : 1;
}

static struct fc_known_scale find_scale(const struct fc_known *known,
                                        const struct fc_series *series)
{
    bool zeros, below;
    double size = look(series, &zeros, &below);
    if (!known->logs || below)
        return (struct fc_known_scale){FC_KNOWN_UNITS, size};
    if (!zeros)
        return (struct fc_known_scale){FC_KNOWN_LOG, 1};
    return (struct fc_known_scale){FC_KNOWN_LOG1P, size < 8 ? size / 8 : 1};
}

double known_to_scale(const struct fc_known_scale *scale, double y)
{
    if (scale->kind == FC_KNOWN_LOG)
        return log(y);
    return scale->kind == FC_KNOWN_LOG1P ? log1p(y / scale->unit)
                                         : y / scale->unit;
}

double known_from_scale(const struct fc_known_scale *scale, double z)
{
    if (scale->kind == FC_KNOWN_LOG)
        return exp(z);
    return scale->unit
           * (scale->kind == FC_KNOWN_LOG1P ? fmax(expm1(z), 0) : z);
}

/* The median of what is above zero among n values; room has n, too. */
static double median_above(const double *x, size_t n, double *room)
{
    size_t known = 0;
    for (size_t t = 0; t < n; t++)
        if (x[t] > 0)
            room[known++] = x[t];
    return known > 0 ? gsl_stats_median(room, 1, known) : 1;
}

static double take_value(enum fc_known_form form, double x, double usual)
{
    if (form == FC_KNOWN_AS_IT_IS)
        return x;
    if (!(x > 0))
        return NAN;
    return form == FC_KNOWN_LOGS ? log(x) : 1 - usual / x;
}

/* A column's places, of which the first n are history. */
static void take_column(const struct fc_known_column *column, const double *x,
                        size_t n, size_t places, double *usual, double *out)
{
    *usual = 1;
    if (!column->used) {
        memset(out, 0, places * sizeof *out);
        return;
    }
    if (column->form == FC_KNOWN_RECIPROCAL)
        *usual = median_above(x, n, out);
    for (size_t t = 0; t < places; t++)
        out[t] = take_value(column->form, x[t], *usual);
}

double known_rows_value(const struct fc_known *known,
                        const struct known_rows *rows, size_t j, double x)
{
    return take_value(known->column[j].form, x, rows->usual[j]);
}

/* Means of the places of the week, of days that are themselves; NaN: none. */
static double *week_means(const struct fc_known *known,
                          const struct known_rows *rows, size_t week,
                          struct fc_workspace *ws)
{
    double *mean = fc_workspace_doubles(ws, 2 * week);
    double *count = mean != NULL ? mean + week : NULL;
    for (size_t k = 0; mean != NULL && k < week; k++)
        mean[k] = count[k] = 0;
    for (size_t t = 0; mean != NULL && t < rows->n; t++) {
        bool itself = !isnan(rows->z[t]);
        for (size_t j = 0; j < known->n && itself; j++)
            itself = known->column[j].role != FC_ROLE_LIKE
                     || rows->x[j * rows->places + t] == 0;
        if (itself)
            mean[t % week] += (rows->z[t] - mean[t % week]) / ++count[t % week];
    }
    for (size_t k = 0; mean != NULL && k < week; k++)
        if (count[k] == 0)
            mean[k] = NAN;
    return mean;
}

/* Days that are like others: how far these are from what the days would be.
 * Nothing where the series is too short to tell. */
static enum fc_status take_likeness(const struct fc_known *known, size_t week,
                                    struct fc_workspace *ws,
                                    struct known_rows *rows)
{
    bool any = false;
    for (size_t j = 0; j < known->n; j++)
        any = any || known->column[j].role == FC_ROLE_LIKE;
    if (!any || week == 0)
        return FC_OK;
    const double *mean = week_means(known, rows, week, ws);
    if (mean == NULL)
        return FC_ENOMEM;
    for (size_t j = 0; j < known->n; j++) {
        double *x = rows->x + j * rows->places;
        if (known->column[j].role != FC_ROLE_LIKE)
            continue;
        for (size_t t = 0; t < rows->places; t++) {
            double off = mean[(t + (size_t)x[t]) % week] - mean[t % week];
            x[t] = x[t] == 0 || isnan(off) ? 0 : off;
        }
    }
    return FC_OK;
}

static void take_means(const struct fc_known *known, struct known_rows *rows)
{
    size_t n = 0;
    memset(rows->mean, 0, known->n * sizeof *rows->mean);
    for (size_t t = 0; t < rows->n; t++) {
        if (isnan(rows->z[t]))
            continue;
        n++;
        for (size_t j = 0; j < known->n; j++)
            rows->mean[j] +=
                (rows->x[j * rows->places + t] - rows->mean[j]) / (double)n;
    }
}

enum fc_status known_rows_make(const struct fc_known *known,
                               const struct fc_series *series, int horizon,
                               struct fc_workspace *ws, struct known_rows *rows)
{
    const struct fc_regressors *given = series->regressors;
    size_t places = series->n + (size_t)horizon;
    *rows = (struct known_rows){
        .n = series->n, .places = places, .scale = find_scale(known, series)};
    rows->z = fc_workspace_doubles(ws, series->n);
    rows->x = fc_workspace_doubles(ws, known->n * places);
    rows->mean = fc_workspace_doubles(ws, known->n);
    rows->usual = fc_workspace_doubles(ws, known->n);
    if (rows->z == NULL || rows->x == NULL || rows->mean == NULL
        || rows->usual == NULL)
        return FC_ENOMEM;
    for (size_t j = 0; j < known->n; j++)
        take_column(&known->column[j], given->x + j * given->stride, series->n,
                    places, &rows->usual[j], rows->x + j * places);
    for (size_t t = 0; t < series->n; t++) {
        bool whole = !isnan(series->y[t]);
        for (size_t j = 0; j < known->n && whole; j++)
            whole = !isnan(rows->x[j * places + t]);
        rows->z[t] = whole ? known_to_scale(&rows->scale, series->y[t]) : NAN;
    }
    if (take_likeness(known, given->week, ws, rows) != FC_OK)
        return FC_ENOMEM;
    take_means(known, rows);
    return FC_OK;
}

/* The rows as they are centred: column j < known->n, and the series last. */
struct table {
    size_t n, columns; /* rows */
    double *value;     /* by columns */
    size_t *at;        /* of each row in the series */
    size_t *place;     /* and in the season */
};

static void fill_table(const struct fc_known *known,
                       const struct known_rows *rows, size_t season,
                       struct table *table)
{
    double rho = known->rho;
    for (size_t t = 0, place = 0; t < rows->n; t++, place++) {
        place = place == season ? 0 : place;
        if (isnan(rows->z[t])
            || (rho != 0 && (t == 0 || isnan(rows->z[t - 1]))))
            continue;
        table->at[table->n] = t;
        table->place[table->n++] = place;
    }
    for (size_t j = 0; j < table->columns; j++) {
        const double *x = j < known->n ? rows->x + j * rows->places : rows->z;
        double *value = table->value + j * rows->n;
        for (size_t i = 0; i < table->n; i++)
            value[i] = x[table->at[i]];
        for (size_t i = 0; i < table->n && rho != 0; i++)
            value[i] -= rho * x[table->at[i] - 1];
    }
}

/* Takes the mean out; whether there was any. */
static size_t centre_all(double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    double mean = n > 0 ? sum / (double)n : 0;
    for (size_t i = 0; i < n; i++)
        x[i] -= mean;
    return n > 0;
}

/* Takes the means of the season's places out; how many there were. */
static size_t centre(struct table *table, double *x, size_t season,
                     double *mean, double *count)
{
    size_t used = 0;
    if (season == 1)
        return centre_all(x, table->n);
    memset(mean, 0, season * sizeof *mean);
    memset(count, 0, season * sizeof *count);
    for (size_t i = 0; i < table->n; i++) {
        size_t at = table->place[i];
        used += count[at]++ == 0;
        mean[at] += (x[i] - mean[at]) / count[at];
    }
    for (size_t i = 0; i < table->n; i++)
        x[i] -= mean[table->place[i]];
    return used;
}

/* Four sums at a time, which do not wait for one another. */
static double product(const double *a, const double *b, size_t n)
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void known_cross_fill(size_t n, size_t rows, size_t stride, const double *x,
                      const double *z, struct known_cross *cross)
{
    cross->yy = product(z, z, rows);
    for (size_t i = 0; i < n; i++) {
        const double *row = x + i * stride;
        cross->xy[i] = product(row, z, rows);
        for (size_t j = 0; j <= i; j++)
            cross->xx[i * n + j] = cross->xx[j * n + i] =
                product(row, x + j * stride, rows);
    }
}

double known_cross_left(const struct known_cross *cross, const double *slope,
                        size_t n)
{
    double sum = cross->yy;
    for (size_t i = 0; i < n; i++) {
        sum -= 2 * slope[i] * cross->xy[i];
        for (size_t j = 0; j < n; j++)
            sum += slope[i] * slope[j] * cross->xx[i * n + j];
    }
    return fmax(sum, 1e-12 * cross->yy + 1e-300);
}

enum fc_status known_rows_cross(const struct fc_known *known,
                                const struct fc_series *series,
                                struct fc_workspace *ws,
                                struct known_rows *rows)
{
    size_t n = known->n, used = 0;
    size_t season = (size_t)fc_season_length(series->seasons);
    if (season * CYCLES > rows->n)
        season = 1;
    rows->cross.xx = fc_workspace_doubles(ws, n * n);
    rows->cross.xy = fc_workspace_doubles(ws, n);
    struct fc_mark mark = fc_workspace_mark(ws);
    struct table table = {.columns = n + 1};
    table.value = fc_workspace_doubles(ws, (n + 1) * rows->n);
    table.at = fc_workspace_array(ws, rows->n, sizeof *table.at);
    table.place = fc_workspace_array(ws, rows->n, sizeof *table.place);
    double *room = fc_workspace_doubles(ws, 2 * season);
    if (rows->cross.xx == NULL || rows->cross.xy == NULL || table.value == NULL
        || table.at == NULL || table.place == NULL || room == NULL)
        return FC_ENOMEM;
    fill_table(known, rows, season, &table);
    for (size_t j = 0; j <= n; j++)
        used = centre(&table, table.value + j * rows->n, season, room,
                      room + season);
    known_cross_fill(n, table.n, rows->n, table.value,
                     table.value + n * rows->n, &rows->cross);
    rows->cross.noise = 0;
    rows->cross.rows = (double)table.n;
    rows->cross.df = (double)table.n - (double)used;
    fc_workspace_release(ws, mark);
    return FC_OK;
}
