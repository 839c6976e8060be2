/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What models that learn over all series have in common: their part of what is
 * learnt, and their intervals.
 *
 * Intervals are those of split conformal prediction over series, as auto's are
 * (forecast/numeric/reach.c): the errors of forecasts of values held back, each
 * in units of a width known beforehand, here of what the series does in a
 * step, times the root of the seasons ahead.
 */
#include "forecast/global/global.h"

#include "forecast/base/parallel.h"
#include "forecast/global/sample.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/reach.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Series that are learnt from, at most. */
static const size_t most_series[FC_KINDS] = {[FC_KIND_MOVING] = 2000};

/*
 * What is known of errors before any was seen: those of a random walk with
 * normal steps, whose mean size is sqrt(2 / pi) of their standard deviation.
 * 90% are within 1.645 of these; the shape is in units of that, for levels of
 * 10, 20, ... 90, 95, 98, 99 and 99.8%.
 */
static const struct fc_reach walk = {
    .a = 0.7234, /* log(1.6449 / 0.7979) */
    .b = 0,
#define SHAPE                                                              \
    {                                                                      \
        0.0764, 0.1540, 0.2343, 0.3188, 0.4101, 0.5117, 0.6301, 0.7791, 1, \
            1.1916, 1.4143, 1.5660, 1.8787                                 \
    }
    .shape = {SHAPE, SHAPE},
#undef SHAPE
};

/* A part as it is read. */
struct known {
    struct fc_global global;
    bool has_reach;
    struct fc_reach reach;
};

enum { SEASON, WINDOW, HORIZON, HEAD };
enum { REACH_VERSION = 1 };

static const struct fc_global_form *form_of(const struct fc_model *model)
{
    return model->form;
}

static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

/* False when it is no part of this form. */
static bool read_part(const struct fc_global_form *form, struct fc_part part,
                      struct known *known)
{
    struct fc_part_reader reader, inside;
    *known = (struct known){.has_reach = false};
    known->global.past = fc_part_open(part, form->version + 1, &reader);
    if (!known->global.past && !fc_part_open(part, form->version, &reader))
        return false;
    const double *head = fc_part_take(&reader, HEAD);
    if (head == NULL || !is_whole(head[SEASON], 1, 1e6)
        || !is_whole(head[WINDOW], 1, 1e6) || !is_whole(head[HORIZON], 1, 1e6))
        return false;
    struct fc_global *global = &known->global;
    global->season_length = (int)head[SEASON];
    global->window = (int)head[WINDOW];
    global->horizon = (int)head[HORIZON];
    struct fc_part reach = fc_part_inside(&reader);
    known->has_reach = reach.v != NULL;
    if (known->has_reach
        && (!fc_part_open(reach, REACH_VERSION, &inside)
            || !fc_reach_read(&inside, &known->reach)
            || !fc_part_is_read(&inside)))
        return false;
    if (!form->is_possible(global))
        return false;
    global->numbers = fc_part_take(&reader, form->size(global));
    return fc_part_is_read(&reader);
}

/* The same numbers with errors, or without any. */
static struct fc_learned *write_part(const struct fc_global_form *form,
                                     const struct fc_global *global,
                                     const struct fc_reach *reach)
{
    struct fc_part_writer writer = {0};
    const double head[HEAD] = {[SEASON] = global->season_length,
                               [WINDOW] = global->window,
                               [HORIZON] = global->horizon};
    size_t whole = fc_part_begin(&writer, form->version + global->past);
    fc_part_put(&writer, head, HEAD);
    if (reach != NULL) {
        size_t inside = fc_part_begin(&writer, REACH_VERSION);
        fc_reach_write(reach, &writer);
        fc_part_end(&writer, inside);
    } else {
        fc_part_add(&writer, NULL);
    }
    fc_part_put(&writer, global->numbers, form->size(global));
    fc_part_end(&writer, whole);
    return fc_part_finish(&writer);
}

/* Widths of a series whose mean steady change that is. */
static double width_at(double change, int season_length, size_t h)
{
    return change * sqrt(1 + (double)h / season_length);
}

/* The values held back, of one series after the other. */
struct trials {
    const struct fc_global_form *form;
    const struct fc_global *global;
    const struct fc_lesson *lesson; /* with all values */
    double *ratio;
};

static enum fc_status try_series(void *arg, size_t i, struct fc_workspace *ws)
{
    const struct trials *t = arg;
    const struct fc_series *series = &t->lesson->series[i];
    size_t h = (size_t)t->global->horizon, m = (size_t)t->global->season_length;
    size_t held = h + t->lesson->hold;
    size_t n = series->n > held ? series->n - held : 0;
    double *ratio = t->ratio + i * h, *y = fc_workspace_doubles(ws, n + 1);
    double *mean = fc_workspace_doubles(ws, h);
    double *scratch = fc_workspace_doubles(ws, n + 1);
    if (y == NULL || mean == NULL || scratch == NULL)
        return FC_ENOMEM;
    for (size_t k = 0; k < h; k++)
        ratio[k] = NAN;
    fc_fill_linear(series->y, n, y);
    if (n == 0 || t->form->forecast(t->global, y, n, ws, mean) != FC_OK)
        return FC_OK;
    double change = fc_steady_change(y, n, m, scratch);
    size_t told = fc_before_break(t->lesson->breaks, n, series->n);
    for (size_t k = 0; k < h && k < told && change > 0; k++)
        ratio[k] = (series->y[n + k] - mean[k]) / width_at(change, (int)m, k);
    return FC_OK;
}

static enum fc_status try_all(const struct trials *trials, struct fc_error *err)
{
    struct fc_parallel job = {
        .n = trials->lesson->n,
        .nthreads = trials->lesson->jobs,
        .item = try_series,
        .arg = (void *)trials,
        .stop = trials->lesson->stop,
    };
    enum fc_status status = fc_parallel_map(&job);
    return status == FC_OK ? FC_OK
                           : fc_fail(err, status, "%s", fc_status_text(status));
}

static bool is_final(enum fc_status status)
{
    return status == FC_ENOMEM || status == FC_ESTOPPED;
}

/* How far errors reach, from the last values of the lesson's series; what is
 * known of any errors, where these cannot be held back. */
static enum fc_status learn_reach(const struct fc_global_form *form,
                                  const struct fc_global *global,
                                  const struct fc_lesson *lesson,
                                  double *numbers, struct fc_reach *reach,
                                  struct fc_error *err)
{
    struct fc_global before = *global;
    struct fc_lesson shorter = *lesson;
    size_t n = lesson->n * (size_t)global->horizon;
    *reach = walk;
    shorter.hold += (size_t)global->horizon;
    shorter.place = fc_pieces_part(lesson->place, 0);
    enum fc_status status = form->learn(global, &shorter, numbers, err);
    if (status != FC_OK)
        return is_final(status) ? status : FC_OK;
    double *ratio = malloc((n + 1) * sizeof *ratio);
    if (ratio == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    before.numbers = numbers;
    struct trials trials = {form, &before, lesson, ratio};
    struct fc_reach_sample sample = {
        .n = lesson->n, .horizon = global->horizon, .ratio = ratio};
    status = try_all(&trials, err);
    if (status == FC_OK)
        status = fc_reach_learn(&sample, &walk, reach, err);
    free(ratio);
    return status;
}

/* From series that have been chosen. */
static enum fc_status learn_chosen(const struct fc_global_form *form,
                                   const struct fc_lesson *lesson,
                                   struct fc_learned **learned,
                                   struct fc_error *err)
{
    struct fc_global global = {.season_length =
                                   fc_season_length(lesson->seasons),
                               .window = form->window(lesson),
                               .horizon = lesson->horizon,
                               .past = lesson->rests > 0};
    struct fc_reach reach;
    enum fc_status status = FC_OK;
    if (global.window < 0)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (global.window == 0 || !form->is_possible(&global))
        return FC_OK;
    double *numbers = calloc(form->size(&global) + 1, sizeof *numbers);
    if (numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (!lesson->means_only)
        status = learn_reach(form, &global, lesson, numbers, &reach, err);
    if (status == FC_OK)
        status = form->learn(&global, lesson, numbers, err);
    if (status == FC_OK) {
        global.numbers = numbers;
        *learned =
            write_part(form, &global, lesson->means_only ? NULL : &reach);
        if (*learned == NULL)
            status = fc_fail(err, FC_ENOMEM, "out of memory");
    }
    free(numbers);
    return status == FC_OK || is_final(status) ? status : FC_OK;
}

enum fc_status fc_global_learn(const struct fc_lesson *lesson,
                               const struct fc_spec *spec,
                               struct fc_learned **learned,
                               struct fc_error *err)
{
    const struct fc_global_form *form = form_of(spec->model);
    struct fc_sample sample;
    *learned = NULL;
    if (lesson->horizon < 1)
        return FC_OK;
    if (lesson->breaks != NULL)
        return learn_chosen(form, lesson, learned, err);
    enum fc_status status = fc_sample_take(lesson, most_series, &sample, err);
    if (status == FC_OK && sample.n > 0) {
        struct fc_lesson chosen = fc_sample_lesson(&sample, lesson->hold);
        status = learn_chosen(form, &chosen, learned, err);
    }
    fc_sample_release(&sample);
    return status;
}

enum fc_status fc_global_check(struct fc_part learned,
                               const struct fc_spec *spec,
                               const struct fc_seasons *seasons, int horizon,
                               struct fc_error *err)
{
    struct fc_part_reader reader;
    struct known known;
    const char *name = spec->model->name;
    int version = form_of(spec->model)->version;
    if (!fc_part_open(learned, version, &reader)
        && !fc_part_open(learned, version + 1, &reader))
        return fc_fail(err, FC_EDATA, "%s of this version learns other numbers",
                       name);
    if (!fc_part_is_finite(learned)
        || !read_part(form_of(spec->model), learned, &known))
        return fc_fail(err, FC_EDATA, "the numbers of %s make no sense", name);
    if (known.global.horizon < horizon
        || known.global.season_length != fc_season_length(seasons))
        return fc_fail(err, FC_EDATA,
                       "its numbers are for another horizon or season");
    return FC_OK;
}

static enum fc_status say_why(enum fc_status status,
                              const struct fc_series *series,
                              const struct fc_fit *fit, struct fc_error *err)
{
    const char *name = fit->model->name;
    if (status == FC_ESHORT)
        return fc_fail(err, status, "%s: %zu observations are too few", name,
                       series->n);
    if (status == FC_EDOMAIN)
        return fc_fail(err, status,
                       "%s: a series without changes, or with values it does "
                       "not take",
                       name);
    return fc_fail(err, status, "%s: %s", name, fc_status_text(status));
}

/* So many steps after the n first of y, which has room for them: those that
 * were not learnt follow from the ones before, as if these had come true. */
static enum fc_status forecast_steps(const struct fc_global_form *form,
                                     const struct fc_global *global, double *y,
                                     size_t n, size_t steps,
                                     struct fc_workspace *ws)
{
    size_t h = (size_t)global->horizon;
    double *next = fc_workspace_doubles(ws, h);
    if (next == NULL)
        return FC_ENOMEM;
    for (size_t done = 0; done < steps; done += h) {
        size_t few = steps - done < h ? steps - done : h;
        enum fc_status status = form->forecast(global, y, n + done, ws, next);
        if (status != FC_OK)
            return status;
        memcpy(y + n + done, next, few * sizeof *y);
    }
    return FC_OK;
}

/*
 * The forecast is made here, for as many steps as were learnt, or will be asked
 * for; the prediction copies it.  fc_fit.state: its steps, and behind them the
 * mean change.
 */
enum fc_status fc_global_fit(const struct fc_series *series,
                             const struct fc_request *request,
                             struct fc_workspace *ws, struct fc_fit *fit,
                             struct fc_error *err)
{
    struct known known;
    const struct fc_global_form *form = form_of(fit->model);
    if (!read_part(form, request->learned, &known))
        return fc_fail(err, FC_ENOFIT,
                       "%s: there is nothing that it could learn from",
                       fit->model->name);
    if (known.global.season_length != fit->season_length)
        return fc_fail(err, FC_ENOFIT, "%s: it was learnt for a season of %d",
                       fit->model->name, known.global.season_length);
    size_t h = (size_t)known.global.horizon, n = series->n;
    size_t asked = (size_t)request->horizon + (size_t)request->tail;
    h = request->tail > 0 && asked > h ? asked : h;
    fit->nstate = h + 1;
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *scratch = fc_workspace_doubles(ws, n);
    double *y = fc_workspace_doubles(ws, n + h);
    if (fit->state == NULL || scratch == NULL || y == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(y, series->y, n * sizeof *y);
    fit->state[h] = known.has_reach ? fc_steady_change(
                        series->y, n, (size_t)fit->season_length, scratch)
                                    : 0;
    enum fc_status status = forecast_steps(form, &known.global, y, n, h, ws);
    if (status == FC_OK)
        memcpy(fit->state, y + n, h * sizeof *y);
    fc_workspace_release(ws, mark);
    snprintf(fit->spec, sizeof fit->spec, "%s[%d]", fit->model->name,
             known.global.window);
    return status == FC_OK ? FC_OK : say_why(status, series, fit, err);
}

enum fc_status fc_global_predict(const struct fc_fit *fit,
                                 struct fc_workspace *ws,
                                 struct fc_forecast *out, struct fc_error *err)
{
    struct known known;
    size_t h = (size_t)out->horizon, learnt = fit->nstate - 1;
    if (h > learnt)
        return fc_fail(err, FC_ERANGE, "%s: learnt for %zu steps, not for %zu",
                       fit->model->name, learnt, h);
    memcpy(out->mean, fit->state, h * sizeof *out->mean);
    if (out->nlevels == 0)
        return FC_OK;
    double *width = fc_workspace_doubles(ws, h);
    if (width == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (!read_part(form_of(fit->model), fit->learned, &known)
        || !known.has_reach)
        return fc_fail(err, FC_ENOFIT, "%s: learnt without intervals",
                       fit->model->name);
    for (size_t k = 0; k < h; k++)
        width[k] = width_at(fit->state[learnt], fit->season_length, k);
    fc_reach_bounds(&known.reach, width, out);
    return FC_OK;
}
