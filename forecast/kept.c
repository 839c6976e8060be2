/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Of a model: the season, the units, how many coefficients, the orders and the
 * coefficients; and of a combination a part for each of its members, an empty
 * one where nothing is kept.
 */
#include "forecast/kept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT = 1,
    SEASON = 0,
    EXPONENT,
    NCOEF,
    ORDERS,
    HEAD = ORDERS + FC_VARIANT_SIZE
};

static size_t count_members(const struct fc_model *model)
{
    size_t n = 0;
    while (model->members != NULL && model->members[n] != NULL)
        n++;
    return n;
}

/* --- writing --- */

static bool is_kept(const struct fc_fit *fit)
{
    return fit->model != NULL && fit->model->can_start != NULL
           && fit->nmembers >= count_members(fit->model);
}

static void put(struct fc_part_writer *writer, const struct fc_fit *fit)
{
    double head[HEAD] = {[SEASON] = fit->season_length,
                         [EXPONENT] = fit->exponent,
                         [NCOEF] = (double)fit->ncoef};
    size_t n = count_members(fit->model);
    size_t place = fc_part_begin(writer, FORMAT);
    for (int i = 0; i < FC_VARIANT_SIZE; i++)
        head[ORDERS + i] = fit->order[i];
    fc_part_put(writer, head, HEAD);
    fc_part_put(writer, fit->coef, fit->ncoef);
    for (size_t k = 0; k < n; k++)
        if (is_kept(&fit->members[k]))
            put(writer, &fit->members[k]);
        else
            fc_part_add(writer, NULL);
    fc_part_end(writer, place);
}

enum fc_status fc_fit_keep(const struct fc_fit *fit, struct fc_learned **kept)
{
    struct fc_part_writer writer = {0};
    *kept = NULL;
    if (!is_kept(fit))
        return FC_OK;
    put(&writer, fit);
    *kept = fc_part_finish(&writer);
    return *kept != NULL ? FC_OK : FC_ENOMEM;
}

/* --- reading --- */

static bool is_small(double x)
{
    return fabs(x) <= 1e9 && x == floor(x);
}

static enum fc_status take_members(struct fc_part_reader *reader,
                                   struct fc_workspace *ws, struct fc_fit *fit)
{
    enum fc_status status = FC_OK;
    size_t n = count_members(fit->model);
    if (n == 0)
        return FC_OK;
    fit->nmembers = n;
    fit->members = fc_workspace_array(ws, n, sizeof *fit->members);
    if (fit->members == NULL)
        return FC_ENOMEM;
    for (size_t k = 0; k < n; k++) {
        struct fc_part inside = fc_part_inside(reader);
        fit->members[k] = (struct fc_fit){.model = NULL};
        if (status == FC_OK && inside.v != NULL)
            status = fc_fit_recall(inside, fit->model->members[k], fit->nobs,
                                   ws, &fit->members[k]);
    }
    return status;
}

enum fc_status fc_fit_recall(struct fc_part kept, const struct fc_model *model,
                             size_t nobs, struct fc_workspace *ws,
                             struct fc_fit *fit)
{
    struct fc_part_reader reader;
    *fit = (struct fc_fit){.model = model, .nobs = nobs};
    if (model->can_start == NULL || !fc_part_is_finite(kept)
        || !fc_part_open(kept, FORMAT, &reader))
        return FC_EDATA;
    const double *head = fc_part_take(&reader, HEAD);
    for (int i = 0; head != NULL && i < HEAD; i++)
        if (!is_small(head[i]))
            return FC_EDATA;
    if (head == NULL || head[SEASON] < 1 || head[NCOEF] < 0)
        return FC_EDATA;
    fit->season_length = (int)head[SEASON];
    fit->seasons = fc_one_season(fit->season_length);
    fit->exponent = (int)head[EXPONENT];
    fit->ncoef = (size_t)head[NCOEF];
    for (int i = 0; i < FC_VARIANT_SIZE; i++)
        fit->order[i] = (int)head[ORDERS + i];
    const double *coef = fc_part_take(&reader, fit->ncoef);
    if (coef == NULL)
        return FC_EDATA;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    if (fit->coef == NULL)
        return FC_ENOMEM;
    if (fit->ncoef > 0)
        memcpy(fit->coef, coef, fit->ncoef * sizeof *coef);
    enum fc_status status = take_members(&reader, ws, fit);
    if (status != FC_OK)
        return status;
    return fc_part_is_read(&reader) && model->can_start(fit) ? FC_OK : FC_EDATA;
}
