/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two readings of the files as tables: of the first rows, which show what is
 * text, and of all.
 */
#include "io/known/cells.h"

#include "io/csv/source.h"
#include "io/csv/table.h"
#include "io/text/number.h"
#include "io/text/trim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 2000 }; /* rows of each input */

/* Of a series' file. */
static const size_t NOWHERE = SIZE_MAX, SEVERAL = SIZE_MAX - 1;

struct reading {
    struct io_cells *cells;
    struct io_intern ids;
    uint32_t last; /* of them, in the row before */
    struct io_table_keys keys;
    struct io_number_form numbers;
    struct io_time_format format; /* of a timestamp's text */
    size_t width;                 /* of the header; 0: not seen yet */
    size_t time;
    size_t column[IO_TERMS_MOST];
    bool sampling;
    bool in_future; /* the file is that of the future */
    size_t file;    /* its number among the inputs */
    size_t open;    /* that of the first number that may be whole or not */
    size_t sampled; /* rows of the file */
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

/* The column of a regressor, which is neither an id nor a date. */
static enum fc_status find_column(const struct reading *r,
                                  const struct io_record *record,
                                  const char *name, size_t *column,
                                  struct fc_error *err)
{
    const char *why = NULL;
    size_t at = *column = io_table_column(record, name);
    if (at == SIZE_MAX)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: --regressors: no column is called '%.60s'",
                       record->file, (unsigned long long)record->line, name);
    for (size_t k = at + 1; k < record->n; k++)
        if (record->length[k] == record->length[at]
            && memcmp(record->field[k], record->field[at], record->length[k])
                   == 0)
            why = "is what two columns are called";
    for (size_t k = 0; k < r->keys.n; k++)
        if (r->keys.column[k] == at)
            why = "is of the ids, which do not move within a series";
    if (at == r->time && !io_time_is_counted(&r->cells->panel->format))
        why = "is the time, whose effects are the season's and the trend's";
    if (why == NULL)
        return FC_OK;
    return fc_fail(err, FC_EDATA, "%s:%llu: --regressors: '%.60s' %s",
                   record->file, (unsigned long long)record->line, name, why);
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
    for (size_t j = 0; j < r->cells->terms->ncolumns && status == FC_OK; j++)
        status = find_column(r, record, r->cells->terms->column[j],
                             &r->column[j], err);
    r->width = record->n;
    return status;
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
    bool was_open = r->seen.open_comma.n > 0;
    for (size_t j = 0; j < r->cells->terms->ncolumns; j++) {
        double x;
        if (!is_number(r, record, r->column[j], &x))
            r->words[j]++;
        else if (!isnan(x))
            r->counts[j]++;
    }
    if (!was_open)
        r->open = r->file;
    return ++r->sampled == SAMPLE ? FC_ESTOPPED : FC_OK;
}

/* The place of a timestamp on a series' grid, below 0 before it; false when it
 * has none. */
static bool find_place(const struct reading *r, const struct io_record *record,
                       size_t series, int64_t *place)
{
    const struct io_panel *panel = r->cells->panel;
    struct io_time_format format = r->format;
    struct io_freq step = io_panel_step(panel, series);
    const char *text = record->field[r->time];
    size_t n = record->length[r->time];
    int64_t t;
    io_trim(&text, &n);
    if (io_time_parse(text, n, &format, &t) != NULL)
        return false;
    if (panel->format.form == IO_TIME_EPOCH)
        t /= panel->format.scale;
    return io_freq_index(&step, panel->facts[series].start, t, place);
}

static enum fc_status take_text(struct reading *r, size_t j, const char *file,
                                const char *text, size_t n, double *x,
                                struct fc_error *err)
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
                   file, r->cells->terms->column[j], IO_TERMS_MOST + 1);
}

static enum fc_status take_number(struct reading *r,
                                  const struct io_record *record, size_t series,
                                  size_t j, double *x, struct fc_error *err)
{
    struct io_number_seen seen = {0};
    const char *text = record->field[r->column[j]], *why = NULL;
    size_t n = record->length[r->column[j]];
    bool plain = r->numbers.decimal == '.' && r->numbers.missing == NULL
                 && io_number_parse(text, n, x);
    if (!plain)
        why = io_amount_parse(&r->numbers, text, n, record->line, &seen, x);
    if (why == NULL && !(fabs(*x) > IO_REGRESSOR_MOST))
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

/* A row of the future that is of no use. */
static enum fc_status be_odd(struct reading *r, const struct io_record *record)
{
    struct io_future_rows *rows = &r->cells->rows;
    if (r->in_future && rows->odd++ == 0)
        rows->line = record->line;
    return FC_OK;
}

/* A row of the future for a step, of which there should be one. */
static bool take_step(struct reading *r, const struct io_record *record,
                      size_t series, size_t step)
{
    struct io_cells *cells = r->cells;
    bool *taken = &cells->taken[series * cells->horizon + step];
    bool second = *taken;
    *taken = true;
    cells->rows.used++;
    if (!second || cells->how->duplicates != IO_DUPLICATES_ERROR)
        return true;
    return io_known_fail(
        cells->panel, series,
        "%s:%llu: a second row for %s %.*s: --duplicates last "
        "takes the last one",
        record->file, (unsigned long long)record->line, cells->panel->time_name,
        (int)(record->length[r->time] < IO_TIME_SIZE ? record->length[r->time]
                                                     : IO_TIME_SIZE),
        record->field[r->time]);
}

static const char *path_of(const struct io_cells *cells, size_t file)
{
    const struct io_panel_options *how = cells->how;
    return file == 0 ? how->path : how->more[file - 1];
}

/* Which file a series is in, as long as it is one. */
static void note_file(const struct reading *r, size_t series)
{
    size_t *file = &r->cells->file[series];
    if (*file == NOWHERE)
        *file = r->file + 1;
    else if (*file != r->file + 1)
        *file = SEVERAL;
}

const char *io_cells_file(const struct io_cells *cells, size_t series)
{
    size_t file = cells->file[series];
    if (file == SEVERAL || file == NOWHERE)
        return NULL;
    return io_source_name(path_of(cells, file - 1));
}

static enum fc_status take_row(struct reading *r,
                               const struct io_record *record, size_t series,
                               struct fc_error *err)
{
    struct io_cells *cells = r->cells;
    size_t n = cells->panel->series[series].n, places = n + cells->horizon;
    int64_t index;
    enum fc_status status = FC_OK;
    if (n == 0)
        return FC_OK;
    if (!find_place(r, record, series, &index))
        return be_odd(r, record);
    size_t place = (size_t)index;
    if (!r->in_future)
        note_file(r, series);
    cells->fitting += index >= 0;
    if (index >= 0 && place >= places)
        *(r->in_future ? &cells->rows.beyond : &cells->beyond) += 1;
    if (index < 0 || place >= places || (r->in_future && place < n))
        return FC_OK;
    if (r->in_future && !take_step(r, record, series, place - n))
        return no_memory(err);
    for (size_t j = 0; j < cells->terms->ncolumns && status == FC_OK; j++) {
        double *x = &cells->x[series][j * places + place];
        size_t column = r->column[j];
        status = cells->text[j]
                     ? take_text(r, j, record->file, record->field[column],
                                 record->length[column], x, err)
                     : take_number(r, record, series, j, x, err);
    }
    return status;
}

/* A row of the future that is of no series. */
static enum fc_status be_strange(struct reading *r, const char *id,
                                 struct fc_error *err)
{
    struct io_future_rows *rows = &r->cells->rows;
    if (!r->in_future || rows->strange++ > 0)
        return FC_OK;
    rows->id = malloc(strlen(id) + 1);
    if (rows->id == NULL)
        return no_memory(err);
    strcpy(rows->id, id);
    return FC_OK;
}

static enum fc_status take_record(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct reading *r = arg;
    size_t length;
    if (r->width == 0)
        return take_header(r, record, err);
    r->cells->rows.n += r->in_future;
    if (record->n != r->width) /* that of the input has failed for it */
        return be_odd(r, record);
    if (r->sampling)
        return sample(r, record);
    const char *id = io_table_id(record, &r->keys, &length);
    if (id == NULL)
        return no_memory(err);
    uint32_t series = r->last;
    if (r->ids.n == 0 || length != r->ids.length[series]
        || memcmp(id, r->ids.text[series], length) != 0)
        series = io_intern_find(&r->ids, id, length);
    if (series != IO_INTERN_FULL)
        r->last = series;
    return series == IO_INTERN_FULL ? be_strange(r, id, err)
                                    : take_row(r, record, series, err);
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
                       io_source_name(path_of(r->cells, r->open)),
                       (unsigned long long)seen->open_comma.line,
                       seen->open_comma.text);
    return FC_OK;
}

/* All inputs, one after the other, each as far as is wanted. */
static enum fc_status read_inputs(struct reading *r, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (r->file = 0; r->file <= r->cells->how->nmore && status == FC_OK;
         r->file++) {
        r->sampled = 0;
        status = read_file(r, path_of(r->cells, r->file), err);
        if (status == FC_ESTOPPED)
            status = FC_OK;
    }
    return status;
}

static enum fc_status find_texts(struct reading *r, struct fc_error *err)
{
    r->sampling = true;
    enum fc_status status = read_inputs(r, err);
    r->sampling = false;
    for (size_t j = 0; j < r->cells->terms->ncolumns; j++)
        r->cells->text[j] = r->words[j] > r->counts[j];
    return status == FC_OK ? find_decimal(r, err) : status;
}

static bool make_places(struct io_cells *cells)
{
    const struct io_panel *panel = cells->panel;
    size_t columns = cells->terms->ncolumns;
    cells->x = calloc(panel->nseries + 1, sizeof *cells->x);
    cells->file = malloc((panel->nseries + 1) * sizeof *cells->file);
    for (size_t i = 0; cells->file != NULL && i < panel->nseries; i++)
        cells->file[i] = NOWHERE;
    if (cells->future != NULL) {
        cells->taken =
            calloc(panel->nseries + 1, cells->horizon * sizeof *cells->taken);
        if (cells->taken == NULL)
            return false;
    }
    for (size_t i = 0; cells->x != NULL && i < panel->nseries; i++) {
        size_t n = (panel->series[i].n + cells->horizon) * columns;
        cells->x[i] = malloc((n + 1) * sizeof *cells->x[i]);
        if (cells->x[i] == NULL)
            return false;
        for (size_t k = 0; k < n; k++)
            cells->x[i][k] = NAN;
    }
    return cells->x != NULL && cells->file != NULL;
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
        enum fc_status status = take_text(r, j, "--set", change->text,
                                          strlen(change->text), &value, err);
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
    struct reading r = {.cells = cells,
                        .format = cells->panel->format,
                        .numbers = {cells->decimal != '\0'
                                        ? cells->decimal
                                        : cells->panel->decimal,
                                    cells->how->missing}};
    if (r.format.form == IO_TIME_EPOCH)
        r.format.form = IO_TIME_INTEGER;
    enum fc_status status =
        make_places(cells) && number_ids(&r) ? FC_OK : no_memory(err);
    if (status == FC_OK && cells->decimal == '\0')
        status = find_texts(&r, err);
    cells->decimal = r.numbers.decimal;
    if (status == FC_OK)
        status = read_inputs(&r, err);
    r.in_future = true;
    if (status == FC_OK && cells->future != NULL)
        status = read_file(&r, cells->future, err);
    if (status == FC_OK)
        status = change_future(&r, err);
    if (status == FC_OK && cells->fitting == 0 && !cells->may_be_none)
        status = fc_fail(
            err, FC_EDATA, "%s: --regressors: no row fits a series and a time",
            cells->how->nmore > 0 ? "all files"
                                  : io_source_name(cells->how->path));
    io_intern_release(&r.ids);
    io_table_keys_release(&r.keys);
    return status;
}

void io_cells_release(struct io_cells *cells)
{
    for (size_t i = 0; cells->x != NULL && i < cells->panel->nseries; i++)
        free(cells->x[i]);
    free(cells->x);
    free(cells->taken);
    free(cells->file);
    for (size_t j = 0; j < IO_TERMS_MOST; j++)
        io_intern_release(&cells->texts[j]);
    cells->x = NULL;
    cells->taken = NULL;
    cells->file = NULL;
}
