/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two readings of the files as tables: of the first rows, which show what is
 * text, and of all.
 */
#include "io/known/cells.h"

#include "io/csv/source.h"
#include "io/csv/table.h"
#include "io/text/trim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 2000 };

static const double ABSURD = 1e50;

struct reading {
    struct io_cells *cells;
    struct io_intern ids;
    struct io_table_keys keys;
    struct io_number_form numbers;
    struct io_time_format format; /* of a timestamp's text */
    size_t width;                 /* of the header; 0: not seen yet */
    size_t time;
    size_t column[IO_TERMS_MOST];
    bool sampling;
    bool in_future; /* the file is that of the future */
    size_t sampled;
    size_t counts[IO_TERMS_MOST], words[IO_TERMS_MOST]; /* numbers, others */
    struct io_number_seen seen;                         /* in the sample */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

bool io_known_fail(struct io_panel *panel, size_t series, const char *fmt, ...)
{
    va_list ap;
    char text[FC_MESSAGE_SIZE];
    char **error = &panel->facts[series].error;
    if (*error != NULL)
        return true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    *error = malloc(strlen(text) + 1);
    if (*error != NULL)
        strcpy(*error, text);
    return *error != NULL;
}

/* The header is the first record that has all the columns: what is above it is
 * passed over, as the panel's reader does. */
static enum fc_status take_header(struct reading *r,
                                  const struct io_record *record,
                                  struct fc_error *err)
{
    const struct io_panel *panel = r->cells->panel;
    const char *list = panel->is_record ? r->cells->how->id : panel->id_name;
    enum fc_status status = FC_OK;
    io_table_keys_release(&r->keys);
    if (panel->one_series)
        r->keys.same = panel->series[0].id;
    else
        status = io_table_keys_find(record, list, &r->keys, err);
    r->time = io_table_column(record, panel->time_name);
    if (status != FC_OK || (r->keys.n == 0 && !panel->one_series)
        || r->time == SIZE_MAX)
        return status;
    for (size_t j = 0; j < r->cells->terms->ncolumns; j++) {
        const char *name = r->cells->terms->column[j];
        r->column[j] = io_table_column(record, name);
        if (r->column[j] == SIZE_MAX)
            return fc_fail(err, FC_EDATA,
                           "%s:%llu: --regressors: no column is called '%.60s'",
                           record->file, (unsigned long long)record->line,
                           name);
    }
    r->width = record->n;
    return FC_OK;
}

/* Whether a cell is a number with a decimal sign of either kind. */
static bool is_number(struct reading *r, const struct io_record *record,
                      size_t column, double *x)
{
    struct io_number_form form = r->numbers;
    bool is = false;
    for (int k = 0; k < 2 && !is; k++) {
        struct io_number_seen seen = {0};
        form.decimal = ".,"[k];
        is = io_amount_parse(&form, record->field[column],
                             record->length[column], record->line, &seen, x)
             == NULL;
        if (is)
            io_number_seen_merge(&r->seen, &seen, 0);
    }
    return is;
}

static enum fc_status sample(struct reading *r, const struct io_record *record)
{
    for (size_t j = 0; j < r->cells->terms->ncolumns; j++) {
        double x;
        if (!is_number(r, record, r->column[j], &x))
            r->words[j]++;
        else if (!isnan(x))
            r->counts[j]++;
    }
    return ++r->sampled == SAMPLE ? FC_ESTOPPED : FC_OK;
}

/* The place of a timestamp on a series' grid; false when it has none. */
static bool find_place(const struct reading *r, const struct io_record *record,
                       size_t series, size_t *place)
{
    const struct io_panel *panel = r->cells->panel;
    struct io_time_format format = r->format;
    struct io_freq step = io_panel_step(panel, series);
    const char *text = record->field[r->time];
    size_t n = record->length[r->time];
    int64_t t, index;
    io_trim(&text, &n);
    if (io_time_parse(text, n, &format, &t) != NULL)
        return false;
    if (panel->format.form == IO_TIME_EPOCH)
        t /= panel->format.scale;
    if (!io_freq_index(&step, panel->facts[series].start, t, &index)
        || index < 0)
        return false;
    *place = (size_t)index;
    return true;
}

static enum fc_status take_text(struct reading *r, size_t j, const char *text,
                                size_t n, double *x, struct fc_error *err)
{
    struct io_intern *texts = &r->cells->texts[j];
    io_trim(&text, &n);
    *x = NAN;
    if (n == 0) /* "none" is a text like others */
        return FC_OK;
    uint32_t number = io_intern_add(texts, text, n);
    if (number == IO_INTERN_FULL)
        return no_memory(err);
    *x = number;
    if (texts->n <= IO_TERMS_MOST + 1)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s: --regressors: column '%.60s' has more than %d "
                   "different texts: not a regressor, or in need of coarser "
                   "ones",
                   io_source_name(r->cells->how->path),
                   r->cells->terms->column[j], IO_TERMS_MOST + 1);
}

static enum fc_status take_number(struct reading *r,
                                  const struct io_record *record, size_t series,
                                  size_t j, double *x, struct fc_error *err)
{
    struct io_number_seen seen = {0};
    const char *text = record->field[r->column[j]];
    const char *why =
        io_amount_parse(&r->numbers, text, record->length[r->column[j]],
                        record->line, &seen, x);
    if (why == NULL && !(fabs(*x) > ABSURD))
        return FC_OK;
    *x = NAN;
    return io_known_fail(r->cells->panel, series,
                         "%s:%llu: column '%.60s': %s: '%.40s'", record->file,
                         (unsigned long long)record->line,
                         r->cells->terms->column[j],
                         why != NULL ? why : "out of range", text)
               ? FC_OK
               : no_memory(err);
}

static enum fc_status take_row(struct reading *r,
                               const struct io_record *record, size_t series,
                               struct fc_error *err)
{
    struct io_cells *cells = r->cells;
    size_t n = cells->panel->series[series].n, places = n + cells->horizon;
    size_t place;
    enum fc_status status = FC_OK;
    if (n == 0 || !find_place(r, record, series, &place))
        return FC_OK;
    cells->fitting++;
    if (place >= places) {
        *(r->in_future ? &cells->beyond_future : &cells->beyond) += 1;
        return FC_OK;
    }
    if (r->in_future && place < n)
        return FC_OK;
    for (size_t j = 0; j < cells->terms->ncolumns && status == FC_OK; j++) {
        double *x = &cells->x[series][j * places + place];
        size_t column = r->column[j];
        status = cells->text[j] ? take_text(r, j, record->field[column],
                                            record->length[column], x, err)
                                : take_number(r, record, series, j, x, err);
    }
    return status;
}

static enum fc_status take_record(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct reading *r = arg;
    size_t length;
    if (r->width == 0)
        return take_header(r, record, err);
    if (record->n != r->width)
        return FC_OK; /* its series has failed for it */
    if (r->sampling)
        return sample(r, record);
    const char *id = io_table_id(record, &r->keys, &length);
    if (id == NULL)
        return no_memory(err);
    uint32_t series = io_intern_find(&r->ids, id, length);
    return series == IO_INTERN_FULL ? FC_OK : take_row(r, record, series, err);
}

static enum fc_status read_file(struct reading *r, const char *path,
                                struct fc_error *err)
{
    struct io_table_how how = {r->cells->how->encoding, true};
    r->width = 0;
    if (!r->in_future)
        io_source_again(path);
    enum fc_status status = io_table_read_so(path, &how, take_record, r, err);
    if (status == FC_OK && r->width == 0)
        return fc_fail(err, FC_EDATA,
                       "%s: --regressors: no header with '%s' "
                       "and '%s'",
                       io_source_name(path), r->cells->panel->id_name,
                       r->cells->panel->time_name);
    return status;
}

/* The decimal sign, where the series' values leave it open. */
static enum fc_status find_decimal(struct reading *r, struct fc_error *err)
{
    const struct io_number_seen *seen = &r->seen;
    if (r->cells->how->decimal != '\0' || r->numbers.decimal == ','
        || seen->point.n > 0)
        return FC_OK;
    if (seen->comma.n > 0)
        r->numbers.decimal = ',';
    else if (seen->open_comma.n > 0)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: --regressors: '%s' may be a whole number or "
                       "not: say --decimal",
                       io_source_name(r->cells->how->path),
                       (unsigned long long)seen->open_comma.line,
                       seen->open_comma.text);
    return FC_OK;
}

static enum fc_status find_texts(struct reading *r, struct fc_error *err)
{
    r->sampling = true;
    enum fc_status status = read_file(r, r->cells->how->path, err);
    r->sampling = false;
    for (size_t j = 0; j < r->cells->terms->ncolumns; j++)
        r->cells->text[j] = r->words[j] > r->counts[j];
    return status == FC_OK || status == FC_ESTOPPED ? find_decimal(r, err)
                                                    : status;
}

static bool make_places(struct io_cells *cells)
{
    const struct io_panel *panel = cells->panel;
    size_t columns = cells->terms->ncolumns;
    cells->x = calloc(panel->nseries + 1, sizeof *cells->x);
    for (size_t i = 0; cells->x != NULL && i < panel->nseries; i++) {
        size_t n = (panel->series[i].n + cells->horizon) * columns;
        cells->x[i] = malloc((n + 1) * sizeof *cells->x[i]);
        if (cells->x[i] == NULL)
            return false;
        for (size_t k = 0; k < n; k++)
            cells->x[i][k] = NAN;
    }
    return cells->x != NULL;
}

static bool number_ids(struct reading *r)
{
    const struct io_panel *panel = r->cells->panel;
    for (size_t i = 0; i < panel->nseries; i++) {
        const char *id = panel->series[i].id;
        if (io_intern_add(&r->ids, id, strlen(id)) != i)
            return false;
    }
    return true;
}

static enum fc_status change_column(struct reading *r, size_t j,
                                    const struct io_change *change,
                                    struct fc_error *err)
{
    struct io_cells *cells = r->cells;
    bool is_text = cells->text[j];
    double value = change->x;
    if (is_text ? change->times : isnan(change->x))
        return fc_fail(err, FC_EDATA,
                       is_text ? "--set: column '%.60s' is text, which can be "
                                 "set and not multiplied"
                               : "--set: column '%.60s' has numbers, which "
                                 "'%.60s' is not",
                       change->column, change->text);
    if (is_text) {
        enum fc_status status =
            take_text(r, j, change->text, strlen(change->text), &value, err);
        if (status != FC_OK)
            return status;
    }
    for (size_t i = 0; i < cells->panel->nseries; i++) {
        size_t n = cells->panel->series[i].n, places = n + cells->horizon;
        double *x = cells->x[i] + j * places;
        for (size_t t = n; t < places; t++)
            x[t] = change->times ? x[t] * value : value;
    }
    return FC_OK;
}

/* Another future than the files have. */
static enum fc_status change_future(struct reading *r, struct fc_error *err)
{
    const struct io_changes *changes = r->cells->changes;
    const struct io_terms *terms = r->cells->terms;
    enum fc_status status = FC_OK;
    for (size_t k = 0; changes != NULL && k < changes->n && status == FC_OK;
         k++) {
        size_t j = 0;
        while (j < terms->ncolumns
               && strcmp(terms->column[j], changes->change[k].column) != 0)
            j++;
        if (j == terms->ncolumns)
            return fc_fail(err, FC_EDATA,
                           "--set: '%.60s' is no column of --regressors",
                           changes->change[k].column);
        status = change_column(r, j, &changes->change[k], err);
    }
    return status;
}

enum fc_status io_cells_read(struct io_cells *cells, struct fc_error *err)
{
    struct reading r = {
        .cells = cells,
        .format = cells->panel->format,
        .numbers = {cells->panel->decimal, cells->how->missing}};
    if (r.format.form == IO_TIME_EPOCH)
        r.format.form = IO_TIME_INTEGER;
    enum fc_status status =
        make_places(cells) && number_ids(&r) ? FC_OK : no_memory(err);
    if (status == FC_OK)
        status = find_texts(&r, err);
    for (size_t i = 0; status == FC_OK && i <= cells->how->nmore; i++)
        status = read_file(
            &r, i == 0 ? cells->how->path : cells->how->more[i - 1], err);
    r.in_future = true;
    if (status == FC_OK && cells->future != NULL)
        status = read_file(&r, cells->future, err);
    if (status == FC_OK)
        status = change_future(&r, err);
    if (status == FC_OK && cells->fitting == 0 && !cells->may_be_none)
        status = fc_fail(err, FC_EDATA,
                         "%s: --regressors: no row fits a series and a time",
                         io_source_name(cells->how->path));
    io_intern_release(&r.ids);
    io_table_keys_release(&r.keys);
    return status;
}

void io_cells_release(struct io_cells *cells)
{
    for (size_t i = 0; cells->x != NULL && i < cells->panel->nseries; i++)
        free(cells->x[i]);
    free(cells->x);
    for (size_t j = 0; j < IO_TERMS_MOST; j++)
        io_intern_release(&cells->texts[j]);
    cells->x = NULL;
}
