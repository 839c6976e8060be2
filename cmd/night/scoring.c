/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The nights are gone through from the newest to the oldest, and the series of
 * each by their numbers, in whose order what was said of them lies.
 */
#include "cmd/night/scoring.h"

#include "cmd/night/series.h"
#include "forecast/measure/drift.h"
#include "io/store/results.h"
#include "io/text/grow.h"
#include "io/text/number.h"

#include <gsl/gsl_cdf.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the nights before are, for as long as they are gone through. */
struct past {
    int64_t night, origin, horizon, season;
    int64_t reach; /* a timestamp that none of its forecasts goes beyond */
    int nlevels;
    double *levels;
};

/* Of one item, whatever model the store knows: the newest origin so far. */
struct newest {
    int64_t origin;
    bool there;
};

struct scoring {
    struct cmd_night *night;
    struct past *nights; /* oldest first */
    size_t nnights;
    size_t *order;           /* series, by their numbers in the store */
    int64_t nmodels;         /* of the store, numbered from 1 */
    struct newest *newest;   /* per series and model */
    struct io_score *leads;  /* of one night: per model and lead */
    struct io_cover *covers; /* per model, lead and level */
    float *room;             /* for the numbers of one forecast */
    size_t most;
    struct fc_error *err;
};

/* One forecast, and where its series is. */
struct said_of {
    const struct past *past;
    const struct io_said *said;
    size_t series;
    int64_t model, from, first, end; /* places of origin and of new values:
                                        first .. end - 1 */
};

/* --- growing lists --- */

#define APPEND(list, n, value)                                  \
    do {                                                        \
        void *grown = io_grow((list), (n), sizeof *(list));     \
        if (grown == NULL)                                      \
            return fc_fail(s->err, FC_ENOMEM, "out of memory"); \
        (list) = grown;                                         \
        (list)[(n)++] = (value);                                \
    } while (0)

void cmd_arrivals_release(struct cmd_arrivals *arrivals)
{
    free(arrivals->scores);
    free(arrivals->covers);
    free(arrivals->records);
    *arrivals = (struct cmd_arrivals){0};
}

/* --- one value against one forecast --- */

static double number_at(const struct said_of *of, size_t place, int64_t step)
{
    size_t at = place * (size_t)of->past->horizon + (size_t)step;
    return ldexp((double)of->said->numbers[at], of->said->exponent);
}

/* The seasonal naive forecast from the same origin; NaN where it is not
   known any more. */
static double naive_at(const struct scoring *s, const struct said_of *of,
                       int64_t step)
{
    const double *y = s->night->panel->series[of->series].y;
    int64_t m = of->past->season > 1 ? of->past->season : 1;
    int64_t place = of->from + step + 1 - (step / m + 1) * m;
    return place >= 0 && place <= of->from ? y[place] : NAN;
}

static void add_errors(struct io_errors *errors, double error, double naive)
{
    errors->n++;
    errors->error += error;
    errors->size += fabs(error);
    if (isnan(naive))
        return;
    errors->both++;
    errors->size_both += fabs(error);
    errors->naive_both += fabs(naive);
}

/* In units of the scale, where there is one. */
static void add_scaled(const struct scoring *s, const struct said_of *of,
                       int64_t step, double y, struct io_errors *errors)
{
    double scale = of->said->scale;
    if (scale > 0)
        add_errors(errors, (y - number_at(of, 0, step)) / scale,
                   (y - naive_at(s, of, step)) / scale);
}

static bool is_inside(const struct said_of *of, int level, int64_t step,
                      double y)
{
    size_t lo = 1 + (size_t)level, hi = lo + (size_t)of->past->nlevels;
    return y >= number_at(of, lo, step) && y <= number_at(of, hi, step);
}

static void score_value(const struct scoring *s, const struct said_of *of,
                        int64_t step, double y)
{
    size_t nlevels = (size_t)of->past->nlevels;
    size_t at =
        (size_t)(of->model - 1) * (size_t)of->past->horizon + (size_t)step;
    add_scaled(s, of, step, y, &s->leads[at].errors);
    for (size_t i = 0; i < nlevels; i++) {
        struct io_cover *cover = &s->covers[at * nlevels + i];
        if (!(of->past->levels[i] > 0)) /* the median */
            continue;
        cover->compared++;
        cover->inside += is_inside(of, (int)i, step, y);
    }
}

/* Whether it is outside of the 99% interval, as the normal distribution makes
   it of another. */
static bool is_beyond(const struct said_of *of, int level, int64_t step,
                      double y)
{
    size_t lo = 1 + (size_t)level, hi = lo + (size_t)of->past->nlevels;
    double mean = number_at(of, 0, step), to = of->past->levels[level] / 100;
    double wider = gsl_cdf_ugaussian_Pinv(0.995)
                   / gsl_cdf_ugaussian_Pinv(0.5 + fmin(to, 0.999999) / 2);
    return y < mean - wider * (mean - number_at(of, lo, step))
           || y > mean + wider * (number_at(of, hi, step) - mean);
}

/* What has arrived of one forecast. */
struct arrival {
    size_t n;
    double error;          /* the sum */
    bool compared, inside; /* the last of them with its interval */
};

/* Of the widest interval. */
static void record_value(const struct scoring *s, const struct said_of *of,
                         int64_t step, double y, struct io_standing *record,
                         struct arrival *arrival, struct cmd_news *news)
{
    int widest = of->past->nlevels - 1;
    if (widest == 0 && !(of->past->levels[0] > 0))
        widest = -1; /* the median */
    add_scaled(s, of, step, y, &record->errors);
    arrival->n++;
    arrival->error += y - number_at(of, 0, step);
    if (widest < 0)
        return;
    bool inside = is_inside(of, widest, step, y);
    record->compared++;
    record->inside += inside;
    news->compared++;
    news->beyond += is_beyond(of, widest, step, y);
    s->night->seen[of->series].surprised |= !inside;
    arrival->compared = true;
    arrival->inside = inside;
}

/* Errors of one forecast go the same way for many steps: whatever has arrived
   of it counts as one, by the mean of the errors and by the last interval. */
static void add_arrival(const struct arrival *arrival, struct fc_drift *drift)
{
    if (arrival->n > 0)
        fc_drift_add_error(drift, arrival->error / (double)arrival->n);
    if (arrival->compared)
        fc_drift_add_interval(drift, arrival->inside);
}

/* --- one forecast --- */

/* Tonight's item of a model of the store; false if it is not asked for. */
static bool find_item(const struct cmd_night *night, size_t series,
                      int64_t model, size_t *item)
{
    size_t nspecs = night->options->nspecs;
    for (size_t k = 0; k < nspecs; k++)
        if (night->models[k] == model) {
            *item = series * nspecs + k;
            return true;
        }
    return false;
}

static void mark(struct cmd_night *night, size_t series,
                 const struct io_standing *record)
{
    size_t item;
    if (record->drifting == FC_STEADY
        || !find_item(night, series, record->model, &item))
        return;
    struct fc_drift drift = {.cumulated = record->cumulated,
                             .deviation = record->deviation};
    night->astray[item] = (struct cmd_astray){
        .signal =
            record->drifting == FC_BIASED ? (float)fc_drift_signal(&drift) : 0,
        .narrow = record->drifting == FC_TOO_NARROW,
    };
}

/* An alarm is kept with its sums until the next value comes. */
static enum fc_status update_record(struct scoring *s, const struct said_of *of)
{
    struct io_standing record = {.series = of->said->series,
                                 .model = of->model};
    const struct fc_history *series = &s->night->panel->series[of->series];
    enum fc_status status = io_store_record(s->night->store, &record, s->err);
    if (status != FC_OK)
        return status;
    int nlevels = of->past->nlevels;
    double level = nlevels > 0 ? of->past->levels[nlevels - 1] : NAN;
    if (record.level != level) /* NaN, too: nothing to go on counting */
        record.compared = record.inside = record.recent = record.outside = 0;
    record.level = level;
    struct fc_drift drift = {(double)record.counted, record.cumulated,
                             record.deviation, (double)record.recent,
                             (double)record.outside};
    if (record.drifting != FC_STEADY)
        fc_drift_begin_anew(&drift);
    struct cmd_news other = {0}, *news = &other;
    struct arrival arrival = {0};
    size_t item;
    if (find_item(s->night, of->series, of->model, &item))
        news = &s->night->news[item];
    for (int64_t at = of->first; at < of->end; at++)
        if (at > of->from && at - of->from <= of->past->horizon
            && !isnan(series->y[at]))
            record_value(s, of, at - of->from - 1, series->y[at], &record,
                         &arrival, news);
    add_arrival(&arrival, &drift);
    record.counted = (int64_t)drift.counted;
    record.cumulated = drift.cumulated;
    record.deviation = drift.deviation;
    record.recent = (int64_t)drift.compared;
    record.outside = (int64_t)drift.outside;
    record.drifting = fc_drift_check(&drift, nlevels > 0 ? level : 100);
    mark(s->night, of->series, &record);
    APPEND(s->night->arrivals.records, s->night->arrivals.nrecords, record);
    return FC_OK;
}

static enum fc_status score_said(struct scoring *s, struct said_of *of)
{
    const struct fc_history *series = &s->night->panel->series[of->series];
    size_t at = of->series * (size_t)s->nmodels + (size_t)of->model - 1;
    struct newest *newest = &s->newest[at];
    if (newest->there && of->said->origin >= newest->origin)
        return FC_OK; /* another was said after it */
    bool first = !newest->there;
    *newest = (struct newest){of->said->origin, true};
    if (!cmd_night_place(s->night, of->series, of->said->origin, &of->from))
        return FC_OK;
    int64_t last = of->from + of->past->horizon;
    for (int64_t i = of->first; i < of->end; i++)
        if (i > of->from && i <= last && !isnan(series->y[i]))
            score_value(s, of, i - of->from - 1, series->y[i]);
    return first ? update_record(s, of) : FC_OK;
}

/* --- a night --- */

/* The places of a series' new values; false if it has none. */
static bool find_arrivals(const struct cmd_night *night, size_t series,
                          int64_t *first, int64_t *end)
{
    const struct cmd_seen *seen = &night->seen[series];
    if (seen->before.n < 1 || seen->n == 0
        || !cmd_night_place(night, series, seen->before.last, first))
        return false;
    *first = *first < -1 ? 0 : *first + 1;
    *end = (int64_t)seen->n;
    return *first < *end;
}

/* To the steps for which there are new values; false if for none. */
static bool narrow(const struct cmd_night *night, const struct said_of *of,
                   int64_t horizon, struct io_said *said)
{
    int64_t from;
    if (!cmd_night_place(night, of->series, said->origin, &from))
        return false;
    int64_t first = of->first > from ? of->first - from - 1 : 0;
    int64_t end = of->end - from - 1 < horizon ? of->end - from - 1 : horizon;
    said->first = (size_t)first;
    said->end = end > first ? (size_t)end : 0;
    return end > first;
}

static enum fc_status score_series(struct scoring *s, const struct past *past,
                                   size_t i)
{
    struct cmd_night *night = s->night;
    struct said_of of = {.past = past, .series = i};
    enum fc_status status = FC_OK;
    if (past->reach <= night->seen[i].before.last
        || !find_arrivals(night, i, &of.first, &of.end))
        return FC_OK;
    for (int64_t k = 1; status == FC_OK && k <= s->nmodels; k++) {
        struct io_said said = {.night = past->night,
                               .series = night->seen[i].before.series,
                               .model = k};
        size_t n = (size_t)past->horizon * (size_t)(1 + 2 * past->nlevels);
        bool found;
        status = io_store_said(night->store, &said, NULL, 0, &found, s->err);
        if (status != FC_OK || !found || said.n != n)
            continue;
        if (narrow(night, &of, past->horizon, &said))
            status = io_store_said(night->store, &said, s->room, s->most,
                                   &found, s->err);
        if (status != FC_OK)
            continue;
        of.said = &said;
        of.model = k;
        status = score_said(s, &of);
    }
    return status;
}

/* Appends what a night came to, and leaves its sums at zero. */
static enum fc_status collect(struct scoring *s, const struct past *past)
{
    struct cmd_arrivals *a = &s->night->arrivals;
    size_t horizon = (size_t)past->horizon, nlevels = (size_t)past->nlevels;
    size_t n = (size_t)s->nmodels * horizon;
    for (size_t i = 0; i < n; i++) {
        struct io_score *score = &s->leads[i];
        int64_t model = (int64_t)(i / horizon) + 1;
        int64_t lead = (int64_t)(i % horizon) + 1;
        if (score->errors.n > 0) {
            *score = (struct io_score){past->night, model, lead, score->errors};
            APPEND(a->scores, a->nscores, *score);
        }
        *score = (struct io_score){.night = 0};
        for (size_t k = 0; k < nlevels; k++) {
            struct io_cover *cover = &s->covers[i * nlevels + k];
            if (cover->compared > 0) {
                *cover = (struct io_cover){
                    past->night,     model,           lead,
                    past->levels[k], cover->compared, cover->inside};
                APPEND(a->covers, a->ncovers, *cover);
            }
            *cover = (struct io_cover){.night = 0};
        }
    }
    return FC_OK;
}

static enum fc_status score_nights(struct scoring *s)
{
    enum fc_status status = FC_OK;
    size_t nseries = s->night->panel->nseries;
    for (size_t k = s->nnights; status == FC_OK && k-- > 0;) {
        for (size_t i = 0; status == FC_OK && i < nseries; i++)
            status = score_series(s, &s->nights[k], s->order[i]);
        if (status == FC_OK)
            status = collect(s, &s->nights[k]);
    }
    return status;
}

/* --- what there is --- */

/* "80,95", or "none"; ascending. */
static bool parse_levels(const char *text, struct past *past)
{
    size_t room = 1;
    for (const char *p = text; *p != '\0'; p++)
        room += *p == ',';
    past->levels = malloc(room * sizeof *past->levels);
    past->nlevels = 0;
    while (past->levels != NULL) {
        size_t n = strcspn(text, ",");
        if (io_number_parse(text, n, &past->levels[past->nlevels]))
            past->nlevels++;
        if (text[n] == '\0')
            break;
        text += n + 1;
    }
    return past->levels != NULL;
}

static enum fc_status list_nights(struct scoring *s)
{
    struct io_night night;
    bool found;
    enum fc_status status =
        io_store_next_night(s->night->store, true, &night, &found, s->err);
    while (status == FC_OK && found) {
        struct past past = {night.night,  night.origin, night.horizon,
                            night.season, INT64_MAX,    0,
                            NULL};
        /* a step more: a series' days of the month may be later ones */
        if (!io_freq_advance(&s->night->panel->freq, past.origin,
                             past.horizon + 1, &past.reach))
            past.reach = INT64_MAX;
        if (past.horizon < 1 || past.horizon > INT_MAX)
            return fc_fail(s->err, FC_EDATA,
                           "the store has a night of a horizon of %lld",
                           (long long)past.horizon);
        if (!parse_levels(night.levels, &past))
            return fc_fail(s->err, FC_ENOMEM, "out of memory");
        APPEND(s->nights, s->nnights, past);
        status =
            io_store_next_night(s->night->store, false, &night, &found, s->err);
    }
    return status;
}

static void *array(size_t a, size_t b, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(a, b, &n))
        return NULL;
    return calloc(n > 0 ? n : 1, size);
}

static enum fc_status allocate(struct scoring *s)
{
    size_t horizon = 1, nlevels = 0, nmodels = (size_t)s->nmodels;
    for (size_t i = 0; i < s->nnights; i++) {
        const struct past *past = &s->nights[i];
        if ((size_t)past->horizon > horizon)
            horizon = (size_t)past->horizon;
        if ((size_t)past->nlevels > nlevels)
            nlevels = (size_t)past->nlevels;
    }
    s->most = horizon * (1 + 2 * nlevels);
    s->room = array(s->most, 1, sizeof *s->room);
    s->leads = array(nmodels, horizon, sizeof *s->leads);
    s->covers = array(nmodels * horizon, nlevels, sizeof *s->covers);
    s->order = cmd_night_by_number(s->night);
    s->newest = array(s->night->panel->nseries, nmodels, sizeof *s->newest);
    return s->room != NULL && s->order != NULL && s->leads != NULL
                   && s->covers != NULL && s->newest != NULL
               ? FC_OK
               : fc_fail(s->err, FC_ENOMEM, "out of memory");
}

/* Those without new values are what they were. */
static enum fc_status recall_astray(struct cmd_night *night,
                                    struct fc_error *err)
{
    enum fc_status status = FC_OK;
    int64_t first, end;
    for (size_t i = 0; i < night->panel->nseries; i++) {
        const struct cmd_seen *seen = &night->seen[i];
        if (seen->before.n < 1 || find_arrivals(night, i, &first, &end))
            continue;
        for (size_t k = 0; status == FC_OK && k < night->options->nspecs; k++) {
            struct io_standing record = {.series = seen->before.series,
                                         .model = night->models[k]};
            status = io_store_record(night->store, &record, err);
            mark(night, i, &record);
        }
    }
    return status;
}

static void count_drifting(struct cmd_night *night)
{
    size_t nspecs = night->options->nspecs;
    for (size_t i = 0; i < night->panel->nseries; i++) {
        bool any = false;
        for (size_t k = 0; k < nspecs; k++) {
            const struct cmd_astray *astray = &night->astray[i * nspecs + k];
            any = any || astray->narrow || astray->signal != 0;
        }
        night->drifting += any;
    }
}

enum fc_status cmd_night_score(struct cmd_night *night, struct fc_error *err)
{
    struct scoring s = {.night = night, .err = err};
    enum fc_status status = list_nights(&s);
    if (status == FC_OK)
        status = io_store_count_models(night->store, &s.nmodels, err);
    if (status == FC_OK)
        status = allocate(&s);
    if (status == FC_OK)
        status = score_nights(&s);
    if (status == FC_OK)
        status = recall_astray(night, err);
    if (status == FC_OK)
        count_drifting(night);
    for (size_t i = 0; i < s.nnights; i++)
        free(s.nights[i].levels);
    free(s.nights);
    free(s.order);
    free(s.room);
    free(s.leads);
    free(s.covers);
    free(s.newest);
    return status;
}

/* --- writing --- */

enum fc_status cmd_night_keep_scores(struct cmd_night *night,
                                     struct fc_error *err)
{
    const struct cmd_arrivals *a = &night->arrivals;
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < a->nscores; i++)
        status = io_store_add_score(night->store, &a->scores[i], err);
    for (size_t i = 0; status == FC_OK && i < a->ncovers; i++)
        status = io_store_add_cover(night->store, &a->covers[i], err);
    for (size_t i = 0; status == FC_OK && i < a->nrecords; i++)
        status = io_store_put_record(night->store, &a->records[i], err);
    return status;
}
