/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/scores.h"

#include "forecast/measure/accuracy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum fc_status cmd_report_scores_init(struct cmd_report_scores *scores,
                                      const struct io_panel *panel, int season,
                                      const double *levels, int nlevels,
                                      struct fc_error *err)
{
    size_t n = panel->nseries;
    scores->nseries = n;
    scores->scale = malloc((n + 1) * sizeof(double));
    scores->levels = malloc(((size_t)nlevels + 1) * sizeof(double));
    if (scores->scale == NULL || scores->levels == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (nlevels > 0)
        memcpy(scores->levels, levels, (size_t)nlevels * sizeof(double));
    scores->nlevels = nlevels;
    for (size_t i = 0; i < n; i++)
        scores->scale[i] = fc_error_scale_mae(
            panel->series[i].y, panel->series[i].n, (size_t)season);
    return FC_OK;
}

uint32_t cmd_report_scores_model(struct cmd_report_scores *scores,
                                 const char *name, size_t length)
{
    uint32_t k = io_intern_add(&scores->models, name, length);
    if (k < scores->nmodels)
        return k;
    if (k > scores->nmodels) /* one before it has no place, or it has none */
        return IO_INTERN_FULL;
    struct cmd_report_model *grown =
        realloc(scores->model, ((size_t)k + 1) * sizeof *grown);
    if (grown == NULL)
        return IO_INTERN_FULL;
    scores->model = grown;
    grown[k] = (struct cmd_report_model){
        .of = calloc(scores->nseries + 1, sizeof *grown[k].of)};
    scores->nmodels++;
    return grown[k].of != NULL ? k : IO_INTERN_FULL;
}

/* A larger block whose new end is zero; NULL, and the old one stays. */
static void *grow(void *old, size_t from, size_t to, size_t size)
{
    char *grown =
        size > 0 && to > SIZE_MAX / size ? NULL : realloc(old, to * size + 1);
    if (grown != NULL)
        memset(grown + from * size, 0, (to - from) * size);
    return grown;
}

static bool make_steps(struct cmd_report_model *model, size_t nsteps,
                       size_t nlevels)
{
    size_t old = model->nsteps;
    if (nsteps <= old)
        return true;
    void *step = grow(model->step, old, nsteps, sizeof *model->step);
    model->step = step != NULL ? step : model->step;
    size_t row = nlevels * sizeof *model->inside;
    void *inside = grow(model->inside, old, nsteps, row);
    model->inside = inside != NULL ? inside : model->inside;
    void *compared = grow(model->compared, old, nsteps, row);
    model->compared = compared != NULL ? compared : model->compared;
    if (step == NULL || inside == NULL || compared == NULL)
        return false;
    model->nsteps = nsteps;
    return true;
}

static void add_bounds(const struct cmd_report_scores *scores,
                       struct cmd_report_model *model,
                       const struct cmd_report_outcome *o)
{
    size_t nlevels = (size_t)scores->nlevels;
    for (size_t k = 0; k < nlevels; k++) {
        if (isnan(o->lo[k]) || isnan(o->hi[k]))
            continue;
        size_t at = o->step * nlevels + k;
        bool inside = o->actual >= o->lo[k] && o->actual <= o->hi[k];
        model->inside[at] += inside;
        model->compared[at]++;
        if (k + 1 == nlevels) {
            model->of[o->series].inside += inside;
            model->of[o->series].compared++;
        }
    }
}

bool cmd_report_scores_add(struct cmd_report_scores *scores, uint32_t model,
                           const struct cmd_report_outcome *o)
{
    struct cmd_report_model *m = &scores->model[model];
    struct cmd_report_score *of = &m->of[o->series];
    double scale = scores->scale[o->series], error = o->mean - o->actual;
    double size = fabs(o->mean) + fabs(o->actual);
    if (isnan(error))
        return true;
    if (!make_steps(m, o->step + 1, (size_t)scores->nlevels))
        return false;
    of->abs += fabs(error);
    of->error += error;
    of->smape += size > 0 ? 200 * fabs(error) / size : 0;
    of->n++;
    if (scale > 0) {
        m->step[o->step].scaled += fabs(error) / scale;
        m->step[o->step].n++;
        of->mase += fabs(error) / scale;
        of->nmase++;
    }
    add_bounds(scores, m, o);
    return true;
}

double cmd_report_mase(const struct cmd_report_score *score)
{
    return score->nmase > 0 ? score->mase / score->nmase : NAN;
}

void cmd_report_scores_release(struct cmd_report_scores *scores)
{
    for (size_t k = 0; k < scores->nmodels; k++) {
        free(scores->model[k].of);
        free(scores->model[k].step);
        free(scores->model[k].inside);
        free(scores->model[k].compared);
    }
    free(scores->model);
    free(scores->scale);
    free(scores->levels);
    io_intern_release(&scores->models);
    *scores = (struct cmd_report_scores){0};
}
