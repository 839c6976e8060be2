/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts by their own past alone: a negative binomial with a damped smoothed
 * mean, a hurdle, and own values with fading weights, mixed by how likely each
 * found the values that came (Bayesian model averaging with equal priors over
 * one-step predictions: Raftery, Madigan & Hoeting 1997).
 *
 * It is the mixture of shared.c without places, and everything that a file
 * tells there is the series' own here.
 */
#include "forecast/counts/shared.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[FC_COUNTS_PARTS] = {NULL, "past", "nbin",
                                                   "hurdle"};

enum { ORIGINS = 24, LEAST_BEFORE = 4 };

/* What no part foresaw is not held against one by more than that. */
static const double LEAST_PROBABILITY = 1e-4;

enum { PART }; /* fc_spec.variant */
enum { MEAN, SIZE, SPREAD, AT_ALPHA, AT_PHI, WEIGHTS }; /* fc_fit.coef */

static enum fc_status parse_counts(const char *text, struct fc_spec *spec,
                                   struct fc_error *err)
{
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++)
        if (strcmp(text, names[i]) == 0) {
            spec->variant[PART] = i;
            return FC_OK;
        }
    return fc_fail(err, FC_EINVAL, "counts: '%s' is not nbin, hurdle or past",
                   text);
}

/* The series as if it were a file. */
static struct fc_counts_file own_file(const double *y, size_t n)
{
    struct fc_counts_file file = fc_counts_prior().file;
    double sum = 0, known = 0, sales = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t])) {
            sum += y[t];
            known += 1;
            sales += y[t] > 0;
        }
    file.mean = (sum + 0.1) / (known + 1);
    file.size = fmax((sum + 1) / (sales + 1), file.mean);
    return file;
}

static void set_weights(struct fc_counts_knowledge *k, const double *weights)
{
    for (int c = 0; c < FC_COUNTS_CENTRES; c++)
        memcpy(k->weights[c], weights, sizeof k->weights[c]);
}

/* Adds to every part how likely it found the value that came. */
static enum fc_status score_origin(const double *y, size_t t,
                                   const struct fc_counts_knowledge *k,
                                   struct fc_workspace *ws, double *log_score)
{
    struct fc_counts_view view;
    struct fc_mark mark = fc_workspace_mark(ws);
    if (fc_counts_look(y, t, k, ws, &view) != FC_OK)
        return FC_ENOMEM;
    fc_counts_mix(&view, 0);
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++) {
        fc_tally_sort(view.part[i]);
        double p = fc_tally_probability(view.part[i], y[t]);
        log_score[i] += log(fmax(p, LEAST_PROBABILITY));
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* Over at most so many origins, evenly spaced, the last three quarters. */
static enum fc_status find_weights(const double *y, size_t n,
                                   const struct fc_counts_knowledge *k,
                                   struct fc_workspace *ws, double *weights)
{
    double score[FC_COUNTS_PARTS] = {0}, best = -INFINITY, sum = 0;
    size_t first = n / 4 > LEAST_BEFORE ? n / 4 : LEAST_BEFORE;
    size_t step = n > first ? (n - first - 1) / ORIGINS + 1 : 1;
    for (size_t t = first; t < n; t += step)
        if (!isnan(y[t]) && score_origin(y, t, k, ws, score) != FC_OK)
            return FC_ENOMEM;
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++)
        best = fmax(best, score[i]);
    weights[FC_COUNTS_SIMILAR] = 0;
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++) {
        weights[i] = exp(score[i] - best);
        sum += weights[i];
    }
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++)
        weights[i] /= sum;
    return FC_OK;
}

static struct fc_counts_knowledge knowledge_of(const struct fc_fit *fit)
{
    struct fc_counts_knowledge k = fc_counts_prior();
    k.file.mean = fit->coef[MEAN];
    k.file.size = fit->coef[SIZE];
    k.file.spread = fit->coef[SPREAD];
    k.alpha = fit->coef[AT_ALPHA];
    k.phi = fit->coef[AT_PHI];
    set_weights(&k, fit->coef + WEIGHTS);
    return k;
}

static void name_choice(const double *weights, struct fc_fit *fit)
{
    size_t size = sizeof fit->spec, n = 0;
    n += (size_t)snprintf(fit->spec, size, "counts(");
    bool any = false;
    for (int i = FC_COUNTS_PAST; i < FC_COUNTS_PARTS; i++)
        if (weights[i] >= 0.005) {
            n += (size_t)snprintf(fit->spec + n, size - n, "%s%s %.2f",
                                  any ? ", " : "", names[i], weights[i]);
            any = true;
        }
    snprintf(fit->spec + n, size - n, ")");
}

static enum fc_status fit_counts(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    double weights[FC_COUNTS_PARTS] = {0};
    struct fc_nbin nbin;
    enum fc_status status = fc_counts_keep(series, ws, fit, err);
    if (status != FC_OK)
        return status;
    fit->ncoef = WEIGHTS + FC_COUNTS_PARTS;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    if (fit->coef == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_counts_knowledge k = fc_counts_prior();
    k.file = own_file(series->y, series->n);
    fc_nbin_search(series->y, series->n, &k.file, &nbin);
    k.alpha = nbin.alpha;
    k.phi = nbin.phi;
    if (request->spec->has_variant)
        weights[request->spec->variant[PART]] = 1;
    else if (find_weights(fit->state, fit->nstate, &k, ws, weights) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(fit->coef + WEIGHTS, weights, sizeof weights);
    fit->coef[MEAN] = k.file.mean;
    fit->coef[SIZE] = k.file.size;
    fit->coef[SPREAD] = k.file.spread;
    fit->coef[AT_ALPHA] = k.alpha;
    fit->coef[AT_PHI] = k.phi;
    name_choice(weights, fit);
    return FC_OK;
}

static enum fc_status predict_counts(const struct fc_fit *fit,
                                     struct fc_workspace *ws,
                                     struct fc_forecast *out,
                                     struct fc_error *err)
{
    struct fc_counts_knowledge k = knowledge_of(fit);
    return fc_counts_predict(fit->state, fit->nstate, &k, ws, out, err);
}

static const void *ready_counts(const struct fc_fit *fit,
                                struct fc_workspace *ws)
{
    struct fc_counts_knowledge k = knowledge_of(fit);
    return fc_counts_paths(fit->state, fit->nstate, &k, ws);
}

const struct fc_model fc_model_counts = {
    .name = "counts",
    .summary = "demand that is mostly zero: a mixture of distributions",
    .reference = "Snyder, Ord & Beaumont (2012); Willemain, Smart & Schwarz "
                 "(2004)",
    .variants = "nbin, hurdle, past",
    .missing = true,
    .parse = parse_counts,
    .min_obs = fc_model_any_length,
    .fit = fit_counts,
    .predict = predict_counts,
    .ready = ready_counts,
    .simulate = fc_counts_simulate,
};
