/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "cmd/score_read.h"

#include "cmd/talk/talk.h"
#include "io/csv/table.h"
#include "io/text/number.h"
#include "io/text/trim.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_SIZE = 256 }; /* a number, a colon, a timestamp */

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* Columns. */

static enum fc_status no_column(const struct io_record *header,
                                const char *name, struct fc_error *err)
{
    return fc_fail(err, FC_EDATA, "%s:1: no column '%.60s'", header->file,
                   name);
}

/*
 * A column by its name in the training data, or by its usual name, or by
 * position; by position only if `fallback` is one, and the user did not give
 * the name.
 */
static enum fc_status find_column(const struct io_record *header,
                                  const char *given, const char *name,
                                  const char *usual, size_t fallback,
                                  size_t *column, struct fc_error *err)
{
    *column = io_table_column(header, name != NULL ? name : usual);
    if (*column == SIZE_MAX && given == NULL)
        *column = io_table_column(header, usual);
    if (*column != SIZE_MAX)
        return FC_OK;
    if (given != NULL || fallback >= header->n)
        return no_column(header, given != NULL ? given : usual, err);
    *column = fallback;
    return FC_OK;
}

static enum fc_status find_own_column(const struct io_record *header,
                                      const char *name, size_t *column,
                                      struct fc_error *err)
{
    *column = io_table_own_column(header, name);
    return *column != SIZE_MAX ? FC_OK : no_column(header, name, err);
}

/*
 * Likewise the ids', of which there may be several; where the training data are
 * one series without any, or are not to be asked, there may be none.
 */
static enum fc_status find_keys(const struct io_record *header,
                                const char *given,
                                const struct io_csv_columns *names,
                                struct io_table_keys *keys,
                                struct fc_error *err)
{
    const char *name = names->id;
    size_t column;
    enum fc_status status = io_table_keys_find(
        header, name != NULL ? name : IO_ONE_ID_NAME, keys, err);
    if (status != FC_OK || keys->n > 0)
        return status;
    if (names->one_series || (name == NULL && header->n == 2)) {
        keys->same = IO_ONE_ID;
        return FC_OK;
    }
    status = find_column(header, given, name, "unique_id", 0, &column, err);
    if (status == FC_OK)
        keys->column[keys->n++] = column;
    return status;
}

/* Keys. */

/* The key's text; 0 when a timestamp is longer than any can be. */
static size_t make_key(uint32_t series, const char *time, size_t length,
                       char key[KEY_SIZE])
{
    io_trim(&time, &length);
    int n = snprintf(key, KEY_SIZE, "%u:", series);
    if (n < 0 || (size_t)n + length >= KEY_SIZE)
        return 0;
    memcpy(key + n, time, length);
    return (size_t)n + length;
}

uint32_t cmd_actuals_find(const struct cmd_actuals *actuals, uint32_t series,
                          const char *time, size_t length)
{
    char key[KEY_SIZE];
    size_t n = make_key(series, time, length, key);
    return n > 0 ? io_intern_find(&actuals->keys, key, n) : IO_INTERN_FULL;
}

/* Actual values. */

/* A decimal comma must be asked for. */
static struct io_number_form number_form(const struct cmd_options *options)
{
    return (struct io_number_form){.decimal = "..,"[options->decimal],
                                   .missing = options->na};
}

enum fc_status cmd_columns_find(const struct cmd_options *o,
                                struct io_csv_columns *columns,
                                struct fc_error *err)
{
    struct io_csv_options train = {.path = o->train,
                                   .id = o->id,
                                   .time = o->time,
                                   .value = o->value,
                                   .time_format = o->time_format,
                                   .encoding = o->encoding,
                                   .missing = o->na};
    struct stat st;
    if (stat(o->train, &st) == 0 && S_ISREG(st.st_mode))
        return io_csv_columns_find(&train, columns, err);
    return io_csv_columns_copy(&train, columns) ? FC_OK : no_memory(err);
}

struct actuals_reader {
    const struct cmd_options *options;
    const struct io_csv_columns *columns;
    struct cmd_actuals *actuals;
    struct io_table_keys id;
    size_t time, value;
};

static enum fc_status actuals_header(struct actuals_reader *r,
                                     const struct io_record *header,
                                     struct fc_error *err)
{
    const struct cmd_options *o = r->options;
    const struct io_csv_columns *names = r->columns;
    size_t n;
    enum fc_status status = find_keys(header, o->id, names, &r->id, err);
    size_t next = r->id.same == NULL; /* by position: id, time, value */
    if (status == FC_OK)
        status = find_column(header, o->time, names->time, "ds", next, &r->time,
                             err);
    if (status == FC_OK)
        status = find_column(header, o->value, names->value, "y", next + 1,
                             &r->value, err);
    if (status != FC_OK)
        return status;
    const char *name =
        r->id.same != NULL ? IO_ONE_ID_NAME : io_table_id(header, &r->id, &n);
    r->actuals->id_name = name != NULL ? strdup(name) : NULL;
    r->actuals->is_record = r->id.n > 1;
    return r->actuals->id_name != NULL ? FC_OK : no_memory(err);
}

static bool add_value(struct cmd_actuals *a, uint32_t series, double value)
{
    size_t n = a->keys.n - 1;
    if (n >= a->room) {
        size_t room = a->room * 2 + 1024;
        double *v = realloc(a->value, room * sizeof *v);
        a->value = v != NULL ? v : a->value;
        uint32_t *s = realloc(a->series, room * sizeof *s);
        a->series = s != NULL ? s : a->series;
        if (v == NULL || s == NULL)
            return false;
        a->room = room;
    }
    a->value[n] = value;
    a->series[n] = series;
    return true;
}

static enum fc_status read_actual(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct actuals_reader *r = arg;
    struct cmd_actuals *a = r->actuals;
    struct io_number_form form = number_form(r->options);
    char key[KEY_SIZE];
    double value;
    if (a->id_name == NULL)
        return actuals_header(r, record, err);
    enum fc_status status =
        io_table_number(record, r->value, &form, &value, err);
    if (status != FC_OK)
        return status;
    size_t id_length;
    const char *id = io_table_id(record, &r->id, &id_length);
    if (id == NULL)
        return no_memory(err);
    uint32_t series = io_intern_add(&a->ids, id, id_length);
    size_t length =
        make_key(series, record->field[r->time], record->length[r->time], key);
    if (length == 0)
        return fc_fail(err, FC_EDATA, "%s:%llu: no timestamp: '%.40s...'",
                       record->file, (unsigned long long)record->line,
                       record->field[r->time]);
    uint32_t known = a->keys.n;
    if (series == IO_INTERN_FULL
        || io_intern_add(&a->keys, key, length) == IO_INTERN_FULL)
        return no_memory(err);
    if (a->keys.n == known)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: a second value of series '%.60s' for '%.40s'",
                       record->file, (unsigned long long)record->line, id,
                       record->field[r->time]);
    return add_value(a, series, value) ? FC_OK : no_memory(err);
}

/* A counting sort of the keys by series. */
static bool sort_keys(struct cmd_actuals *a)
{
    size_t n = a->ids.n;
    a->first = calloc(n + 2, sizeof *a->first);
    a->order = malloc(((size_t)a->keys.n + 1) * sizeof *a->order);
    if (a->first == NULL || a->order == NULL)
        return false;
    for (size_t k = 0; k < a->keys.n; k++)
        a->first[a->series[k] + 2]++;
    for (size_t i = 0; i < n; i++) {
        size_t count = a->first[i + 2];
        a->most = count > a->most ? count : a->most;
        a->first[i + 2] += a->first[i + 1];
    }
    for (uint32_t k = 0; k < a->keys.n; k++)
        a->order[a->first[a->series[k] + 1]++] = k;
    return true;
}

enum fc_status cmd_actuals_read(const struct cmd_options *options,
                                const struct io_csv_columns *columns,
                                struct cmd_actuals *actuals,
                                struct fc_error *err)
{
    struct actuals_reader reader = {
        .options = options, .columns = columns, .actuals = actuals};
    enum fc_status status = io_table_read(options->actuals, options->encoding,
                                          read_actual, &reader, err);
    io_table_keys_release(&reader.id);
    if (status != FC_OK)
        return status;
    if (actuals->keys.n == 0)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows",
                       options->actuals);
    return sort_keys(actuals) ? FC_OK : no_memory(err);
}

/* Timestamps end with the year 9999; a step beyond keeps its number. */
static enum fc_status expect_step(const struct io_panel *panel, size_t i, int h,
                                  uint32_t series, struct cmd_actuals *a,
                                  struct fc_error *err)
{
    char time[IO_TIME_SIZE], key[KEY_SIZE];
    if (!io_panel_future(panel, i, h, time))
        snprintf(time, sizeof time, "+%d", h);
    size_t length = make_key(series, time, strlen(time), key);
    uint32_t known = a->keys.n;
    if (io_intern_add(&a->keys, key, length) == IO_INTERN_FULL)
        return no_memory(err);
    if (a->keys.n == known)
        return fc_fail(err, FC_EDATA, "two steps of series '%.60s' are '%s'",
                       panel->series[i].id, time);
    return add_value(a, series, NAN) ? FC_OK : no_memory(err);
}

enum fc_status cmd_actuals_expect(const struct io_panel *panel, size_t first,
                                  size_t n, int horizon,
                                  struct cmd_actuals *actuals,
                                  struct fc_error *err)
{
    for (size_t i = first; i < first + n; i++) {
        const char *id = panel->series[i].id;
        uint32_t series = io_intern_add(&actuals->ids, id, strlen(id));
        if (series == IO_INTERN_FULL)
            return no_memory(err);
        if (series != i - first)
            return fc_fail(err, FC_EDATA, "two series are '%.60s'", id);
        for (int h = 0; h < horizon; h++) {
            enum fc_status status =
                expect_step(panel, i, h, series, actuals, err);
            if (status != FC_OK)
                return status;
        }
    }
    return sort_keys(actuals) ? FC_OK : no_memory(err);
}

void cmd_actuals_release(struct cmd_actuals *actuals)
{
    free(actuals->id_name);
    io_intern_release(&actuals->ids);
    io_intern_release(&actuals->keys);
    free(actuals->value);
    free(actuals->series);
    free(actuals->order);
    free(actuals->first);
    *actuals = (struct cmd_actuals){0};
}

/* Forecasts. */

struct forecasts_reader {
    const struct cmd_actuals *actuals;
    const struct io_csv_columns *columns;
    struct cmd_forecasts *forecasts;
    bool has_header;
    struct io_table_keys id;
    size_t time, mean;
    size_t model; /* SIZE_MAX = there is no such column */
};

/* A level or quantile, and its column or two. */
struct bounds {
    double percent;
    size_t column[2];
};

static int compare_bounds(const void *a, const void *b)
{
    const struct bounds *x = a, *y = b;
    return (x->percent > y->percent) - (x->percent < y->percent);
}

/* Reads the number in "lo-95" or "q-95"; false when it is another column. */
static bool parse_title(const char *name, const char *what, double *percent)
{
    size_t n = strlen(what);
    return strncmp(name, what, n) == 0
           && io_number_parse(name + n, strlen(name + n), percent)
           && *percent > 0 && *percent < 100;
}

/* Pairs lo-95 and hi-95. */
static enum fc_status find_levels(const struct io_record *header,
                                  struct bounds *found, int *n,
                                  struct fc_error *err)
{
    for (size_t i = 0; i < header->n; i++) {
        const char *name = header->field[i];
        char other[64];
        double level;
        if (!parse_title(name, "lo-", &level)
            || io_table_own_column(header, name) != i)
            continue;
        snprintf(other, sizeof other, "hi-%.50s", name + 3);
        size_t hi = io_table_own_column(header, other);
        if (hi == SIZE_MAX)
            return no_column(header, other, err);
        found[(*n)++] = (struct bounds){level, {i, hi}};
    }
    qsort(found, (size_t)*n, sizeof *found, compare_bounds);
    return FC_OK;
}

static void find_quantiles(const struct io_record *header, struct bounds *found,
                           int *n)
{
    for (size_t i = 0; i < header->n; i++) {
        double quantile;
        if (parse_title(header->field[i], "q-", &quantile)
            && io_table_own_column(header, header->field[i]) == i)
            found[(*n)++] = (struct bounds){quantile, {i, i}};
    }
    qsort(found, (size_t)*n, sizeof *found, compare_bounds);
}

/* The levels and quantiles of a header, and all their columns. */
static enum fc_status find_bounds(struct cmd_forecasts *f,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    struct bounds *found = malloc((header->n + 1) * sizeof *found);
    f->levels = malloc((header->n + 1) * sizeof *f->levels);
    f->quantiles = malloc((header->n + 1) * sizeof *f->quantiles);
    f->columns = malloc((2 * header->n + 1) * sizeof *f->columns);
    enum fc_status status = FC_OK;
    if (found == NULL || f->levels == NULL || f->quantiles == NULL
        || f->columns == NULL)
        status = no_memory(err);
    if (status == FC_OK)
        status = find_levels(header, found, &f->nlevels, err);
    for (int i = 0; status == FC_OK && i < f->nlevels; i++) {
        f->levels[i] = found[i].percent;
        f->columns[f->ncolumns++] = found[i].column[0];
        f->columns[f->ncolumns++] = found[i].column[1];
    }
    if (status == FC_OK)
        find_quantiles(header, found, &f->nquantiles);
    for (int i = 0; status == FC_OK && i < f->nquantiles; i++) {
        f->quantiles[i] = found[i].percent;
        f->columns[f->ncolumns++] = found[i].column[0];
    }
    free(found);
    return status;
}

static enum fc_status forecasts_header(struct forecasts_reader *r,
                                       const struct io_record *header,
                                       struct fc_error *err)
{
    const struct io_csv_columns *names = r->columns;
    enum fc_status status = find_keys(header, NULL, names, &r->id, err);
    if (status == FC_OK)
        status = find_column(header, NULL, names->time, "ds",
                             r->id.same == NULL, &r->time, err);
    if (status == FC_OK)
        status = find_own_column(header, "mean", &r->mean, err);
    if (status != FC_OK)
        return status;
    r->has_header = true;
    r->model = io_table_own_column(header, "model");
    return find_bounds(r->forecasts, header, err);
}

/* The model's number; a new one gets its place. */
static enum fc_status find_model(struct forecasts_reader *r, const char *name,
                                 size_t length, uint32_t *model,
                                 struct fc_error *err)
{
    struct cmd_forecasts *f = r->forecasts;
    uint32_t known = f->models.n;
    *model = io_intern_add(&f->models, name, length);
    if (*model == IO_INTERN_FULL)
        return no_memory(err);
    if (f->models.n == known)
        return FC_OK;
    size_t n = (size_t)r->actuals->keys.n * (1 + f->ncolumns);
    double **grown = realloc(f->numbers, f->models.n * sizeof *grown);
    if (grown == NULL)
        return no_memory(err);
    f->numbers = grown;
    grown[*model] = malloc(n * sizeof(double));
    if (grown[*model] == NULL)
        return no_memory(err);
    f->nnumbers++;
    for (size_t i = 0; i < n; i++)
        grown[*model][i] = NAN;
    return FC_OK;
}

/* A row for which there is nothing to compare it with. */
static enum fc_status count_extra(struct cmd_forecasts *f,
                                  const struct io_record *record,
                                  const char *id, size_t time)
{
    char a[CMD_SHORT_SIZE], b[CMD_SHORT_SIZE];
    if (f->nextra++ == 0)
        snprintf(f->extra, sizeof f->extra, "series '%.60s', time '%.40s'",
                 cmd_short(id, a), cmd_short(record->field[time], b));
    return FC_OK;
}

static enum fc_status read_forecast(void *arg, const struct io_record *record,
                                    struct fc_error *err)
{
    struct forecasts_reader *r = arg;
    struct cmd_forecasts *f = r->forecasts;
    bool named = r->model != SIZE_MAX;
    size_t n = r->actuals->keys.n;
    uint32_t model, key;
    if (!r->has_header)
        return forecasts_header(r, record, err);
    enum fc_status status = find_model(
        r, named ? record->field[r->model] : "forecast",
        named ? record->length[r->model] : strlen("forecast"), &model, err);
    if (status != FC_OK)
        return status;
    size_t length;
    const char *id = io_table_id(record, &r->id, &length);
    if (id == NULL)
        return no_memory(err);
    uint32_t series = io_intern_find(&r->actuals->ids, id, length);
    if (series == IO_INTERN_FULL)
        return count_extra(f, record, id, r->time);
    key = cmd_actuals_find(r->actuals, series, record->field[r->time],
                           record->length[r->time]);
    if (key == IO_INTERN_FULL)
        return count_extra(f, record, id, r->time);
    double *to = f->numbers[model] + key;
    if (!isnan(*to))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: a second forecast of series '%.60s' for "
                       "'%.40s' by model '%.40s'",
                       record->file, (unsigned long long)record->line, id,
                       record->field[r->time], f->models.text[model]);
    static const struct io_number_form plain = {.decimal = '.'};
    status = io_table_number(record, r->mean, &plain, to, err);
    for (size_t i = 0; status == FC_OK && i < f->ncolumns; i++)
        status = io_table_number(record, f->columns[i], &plain,
                                 to + (1 + i) * n, err);
    return status;
}

enum fc_status cmd_forecasts_read(const struct cmd_options *options,
                                  const struct io_csv_columns *columns,
                                  const struct cmd_actuals *actuals,
                                  struct cmd_forecasts *forecasts,
                                  struct fc_error *err)
{
    struct forecasts_reader reader = {
        .columns = columns, .actuals = actuals, .forecasts = forecasts};
    enum fc_status status =
        io_table_read(options->input, NULL, read_forecast, &reader, err);
    io_table_keys_release(&reader.id);
    if (status == FC_OK && forecasts->models.n == 0)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows",
                       options->input);
    return status;
}

void cmd_forecasts_release(struct cmd_forecasts *forecasts)
{
    for (size_t k = 0; k < forecasts->nnumbers; k++)
        free(forecasts->numbers[k]);
    free(forecasts->numbers);
    free(forecasts->levels);
    free(forecasts->quantiles);
    free(forecasts->columns);
    io_intern_release(&forecasts->models);
    *forecasts = (struct cmd_forecasts){0};
}

/* How many forecasts there are of each series by each model. */

struct horizon_reader {
    struct forecasts_reader of;
    const char *only; /* series; or NULL */
    struct io_intern pairs;
    int *count; /* per pair */
    size_t room;
    char *pair; /* "length of the model's name:model:id" */
    size_t pair_room;
    int most;
};

static enum fc_status count_pair(struct horizon_reader *r, size_t length,
                                 struct fc_error *err)
{
    uint32_t k = io_intern_add(&r->pairs, r->pair, length);
    if (k == IO_INTERN_FULL)
        return no_memory(err);
    if (k >= r->room) {
        size_t room = r->room * 2 + 1024;
        int *grown = realloc(r->count, room * sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        memset(grown + r->room, 0, (room - r->room) * sizeof *grown);
        r->count = grown;
        r->room = room;
    }
    if (r->count[k] < INT_MAX)
        r->count[k]++;
    r->most = r->count[k] > r->most ? r->count[k] : r->most;
    return FC_OK;
}

static enum fc_status count_forecast(void *arg, const struct io_record *record,
                                     struct fc_error *err)
{
    struct horizon_reader *r = arg;
    if (!r->of.has_header)
        return forecasts_header(&r->of, record, err);
    bool named = r->of.model != SIZE_MAX;
    size_t nid;
    const char *id = io_table_id(record, &r->of.id, &nid);
    if (id == NULL)
        return no_memory(err);
    size_t nmodel = named ? record->length[r->of.model] : 0;
    size_t room = nid + nmodel + 24; /* a number and two colons */
    if (r->only != NULL
        && (nid != strlen(r->only) || memcmp(id, r->only, nid) != 0))
        return FC_OK;
    if (room > r->pair_room) {
        char *grown = realloc(r->pair, 2 * room);
        if (grown == NULL)
            return no_memory(err);
        r->pair = grown;
        r->pair_room = 2 * room;
    }
    size_t n = (size_t)snprintf(r->pair, room, "%zu:", nmodel);
    if (nmodel > 0)
        memcpy(r->pair + n, record->field[r->of.model], nmodel);
    memcpy(r->pair + n + nmodel, id, nid);
    return count_pair(r, n + nmodel + nid, err);
}

enum fc_status cmd_forecasts_horizon(const struct cmd_options *options,
                                     const struct io_csv_columns *columns,
                                     const char *only, int *horizon,
                                     struct fc_error *err)
{
    struct cmd_forecasts none = {0};
    struct horizon_reader reader = {
        .of = {.columns = columns, .forecasts = &none}, .only = only};
    enum fc_status status =
        io_table_read(options->input, NULL, count_forecast, &reader, err);
    *horizon = reader.most;
    io_table_keys_release(&reader.of.id);
    io_intern_release(&reader.pairs);
    free(reader.count);
    free(reader.pair);
    cmd_forecasts_release(&none);
    return status;
}
