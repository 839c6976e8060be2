/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From cells to regressors: texts become columns of their own, lags and logs
 * are taken, and what is missing is treated.
 */
#include "io/known/known.h"

#include "io/csv/source.h"
#include "io/known/cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A regressor: a term, or one text of a term. */
struct part {
    const struct io_term *term;
    bool is_text;
    uint32_t text; /* 1 where it stands, 0 where others do */
};

struct making {
    struct io_cells cells;
    struct io_known *known;
    enum io_missing_regressors missing;
    const struct io_known_names *names; /* or NULL */
    struct part part[IO_TERMS_MOST];
    uint32_t base[IO_TERMS_MOST]; /* of the columns that are text */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* How often every text of a column stands beside a value. */
static void count_texts(const struct making *m, size_t j, size_t *count)
{
    const struct io_panel *panel = m->cells.panel;
    for (size_t i = 0; i < panel->nseries; i++) {
        size_t n = panel->series[i].n;
        const double *x = m->cells.x[i] + j * (n + m->cells.horizon);
        for (size_t t = 0; t < n; t++)
            if (!isnan(panel->series[i].y[t]) && !isnan(x[t]))
                count[(size_t)x[t]]++;
    }
}

static char *format(const char *a, const char *between, const char *b,
                    const char *after)
{
    size_t n = strlen(a) + strlen(between) + strlen(b) + strlen(after) + 1;
    char *text = malloc(n);
    if (text != NULL)
        snprintf(text, n, "%s%s%s%s", a, between, b, after);
    return text;
}

/* The most frequent text of a column, the first by its bytes of several. */
static enum fc_status find_base(struct making *m, size_t j,
                                struct fc_error *err)
{
    const struct io_intern *texts = &m->cells.texts[j];
    struct io_known *known = m->known;
    size_t count[IO_TERMS_MOST + 2] = {0};
    uint32_t best = 0;
    count_texts(m, j, count);
    for (uint32_t k = 1; k < texts->n; k++)
        if (count[k] > count[best]
            || (count[k] == count[best]
                && strcmp(texts->text[k], texts->text[best]) < 0))
            best = k;
    m->base[j] = best;
    known->base[known->ntexts] =
        format(m->cells.terms->column[j], ": '",
               texts->n > 0 ? texts->text[best] : "", "'");
    return known->base[known->ntexts++] != NULL ? FC_OK : no_memory(err);
}

/* The texts of a column in the order of their bytes. */
static uint32_t next_text(const struct io_intern *texts, const char *after)
{
    uint32_t best = IO_INTERN_FULL;
    for (uint32_t k = 0; k < texts->n; k++)
        if ((after == NULL || strcmp(texts->text[k], after) > 0)
            && (best == IO_INTERN_FULL
                || strcmp(texts->text[k], texts->text[best]) < 0))
            best = k;
    return best;
}

static enum fc_status add_part(struct making *m, struct part part,
                               const char *text, struct fc_error *err)
{
    struct io_known *known = m->known;
    if (known->n == IO_TERMS_MOST)
        return fc_fail(err, FC_EDATA,
                       "--regressors: with a regressor for every text there "
                       "are more than %d",
                       IO_TERMS_MOST);
    known->name[known->n] = format(part.term->text, text != NULL ? "=" : "",
                                   text != NULL ? text : "", "");
    if (known->name[known->n] == NULL)
        return no_memory(err);
    known->in_logs[known->n] = part.term->log;
    known->as_they_are[known->n] = part.term->log || part.is_text;
    known->kind[known->n] = part.is_text ? "text" : "column";
    known->known_for[known->n] =
        m->cells.terms->unknown[part.term->column] ? part.term->lag : SIZE_MAX;
    m->part[known->n++] = part;
    return FC_OK;
}

static enum fc_status add_texts(struct making *m, const struct io_term *term,
                                struct fc_error *err)
{
    const struct io_intern *texts = &m->cells.texts[term->column];
    enum fc_status status = FC_OK;
    if (term->log)
        return fc_fail(err, FC_EDATA,
                       "--regressors: '%.60s': the column is text, which has "
                       "no log",
                       term->text);
    for (uint32_t k = next_text(texts, NULL);
         k != IO_INTERN_FULL && status == FC_OK;
         k = next_text(texts, texts->text[k]))
        if (k != m->base[term->column])
            status =
                add_part(m, (struct part){term, true, k}, texts->text[k], err);
    return status;
}

/* Whether the next of given names is that of the term after this one, whose
 * column may be called like a text of this one's, and then comes after that. */
static bool is_next_term(const struct making *m, const struct io_term *term,
                         size_t at)
{
    const struct io_terms *terms = m->cells.terms;
    const struct io_term *next = term + 1;
    const struct io_known_names *names = m->names;
    if (next == terms->term + terms->n || m->cells.text[next->column])
        return false;
    bool is = strcmp(names->name[at], next->text) == 0;
    for (size_t k = at + 1; k < names->n && is; k++)
        is = strcmp(names->name[k], next->text) != 0;
    return is;
}

/* The texts of a term that are next among given names. */
static enum fc_status take_texts(struct making *m, const struct io_term *term,
                                 size_t *at, struct fc_error *err)
{
    const struct io_known_names *names = m->names;
    const struct io_intern *texts = &m->cells.texts[term->column];
    size_t n = strlen(term->text);
    enum fc_status status = FC_OK;
    while (status == FC_OK && *at < names->n
           && strncmp(names->name[*at], term->text, n) == 0
           && names->name[*at][n] == '=' && !is_next_term(m, term, *at)) {
        const char *text = names->name[(*at)++] + n + 1;
        struct part part = {term, true,
                            io_intern_find(texts, text, strlen(text))};
        status = add_part(m, part, text, err);
    }
    return status;
}

/* Whether a text has a part or is the base. */
static bool is_given(const struct making *m, size_t column, const char *text)
{
    const struct io_known_names *names = m->names;
    const char *name = m->cells.terms->column[column];
    size_t n = strlen(name), length = strlen(text);
    for (size_t k = 0; k < m->known->n; k++)
        if (m->part[k].is_text && m->part[k].term->column == column
            && strcmp(m->known->name[k] + strlen(m->part[k].term->text) + 1,
                      text)
                   == 0)
            return true;
    for (size_t k = 0; k < names->ntexts; k++)
        if (strlen(names->base[k]) == n + length + 4
            && memcmp(names->base[k], name, n) == 0
            && memcmp(names->base[k] + n + 3, text, length) == 0)
            return true;
    return false;
}

static enum fc_status find_fresh(struct making *m, struct fc_error *err)
{
    struct io_known *known = m->known;
    for (size_t j = 0; j < m->cells.terms->ncolumns; j++) {
        const struct io_intern *texts = &m->cells.texts[j];
        for (uint32_t k = 0; m->cells.text[j] && k < texts->n; k++) {
            if (is_given(m, j, texts->text[k]) || known->nfresh++ > 0)
                continue;
            known->fresh =
                format(m->cells.terms->column[j], ": '", texts->text[k], "'");
            if (known->fresh == NULL)
                return no_memory(err);
        }
    }
    return FC_OK;
}

/* The regressors that were learnt, which those asked for must be. */
static enum fc_status take_names(struct making *m, struct fc_error *err)
{
    const struct io_terms *terms = m->cells.terms;
    const struct io_known_names *names = m->names;
    struct io_known *known = m->known;
    size_t at = 0;
    bool fit = names->ntexts <= IO_TERMS_MOST;
    enum fc_status status = FC_OK;
    for (size_t k = 0; k < terms->n && status == FC_OK && fit; k++) {
        const struct io_term *term = &terms->term[k];
        if (m->cells.text[term->column]) {
            status = take_texts(m, term, &at, err);
            continue;
        }
        fit = at < names->n && strcmp(names->name[at], term->text) == 0;
        if (fit) {
            at++;
            status = add_part(m, (struct part){term, false, 0}, NULL, err);
        }
    }
    if (status == FC_OK && (!fit || at != names->n || known->n == 0))
        return fc_fail(err, FC_EDATA,
                       "--regressors: '%.60s' is not what was learnt from: "
                       "`nightcast learn` makes a new file",
                       at < names->n ? names->name[at] : terms->term[0].text);
    for (size_t k = 0; k < names->ntexts && status == FC_OK; k++) {
        known->base[k] = format(names->base[k], "", "", "");
        if (known->base[k] == NULL)
            return no_memory(err);
        known->ntexts++;
    }
    return status == FC_OK ? find_fresh(m, err) : status;
}

/* Which regressors there are. */
static enum fc_status find_parts(struct making *m, struct fc_error *err)
{
    if (m->names != NULL)
        return take_names(m, err);
    const struct io_terms *terms = m->cells.terms;
    enum fc_status status = FC_OK;
    for (size_t j = 0; j < terms->ncolumns && status == FC_OK; j++)
        if (m->cells.text[j])
            status = find_base(m, j, err);
    for (size_t k = 0; k < terms->n && status == FC_OK; k++) {
        const struct io_term *term = &terms->term[k];
        status = m->cells.text[term->column]
                     ? add_texts(m, term, err)
                     : add_part(m, (struct part){term, false, 0}, NULL, err);
    }
    if (status == FC_OK && m->known->n == 0)
        return fc_fail(err, FC_EDATA,
                       "--regressors: all texts are the same: nothing to "
                       "learn from");
    return status;
}

/* What is missing in history, by the policy; beside no value of the series, as
 * where there is no row, what stands before. */
static void fill_history(const struct making *m,
                         const struct fc_history *series, double *x)
{
    size_t n = series->n, first = 0;
    while (first < n && isnan(x[first]))
        first++;
    for (size_t t = 0; t < n; t++) {
        bool beside = !isnan(series->y[t]);
        if (!isnan(x[t]) || (beside && m->missing == IO_MISSING_ERROR))
            continue;
        if (beside && m->missing == IO_MISSING_ZERO)
            x[t] = 0;
        else
            x[t] = t > 0 ? x[t - 1] : first < n ? x[first] : NAN;
    }
}

static void time_of(const struct io_panel *panel, size_t series, size_t t,
                    char text[IO_TIME_SIZE])
{
    struct io_freq step = io_panel_step(panel, series);
    int64_t time;
    text[0] = '\0';
    if (io_freq_advance(&step, panel->facts[series].start, (int64_t)t, &time))
        io_time_print(&panel->format, time, text);
}

/* The cell of a term at a place: what stands before the first is the first. */
static double value_before(const struct part *part, const double *x, size_t t)
{
    return x[t > part->term->lag ? t - part->term->lag : 0];
}

static double value_at(const struct part *part, const double *x, size_t t)
{
    double value = value_before(part, x, t);
    if (isnan(value))
        return NAN;
    if (part->is_text)
        return (uint32_t)value == part->text;
    if (part->term->log)
        return value > 0 ? log(value) : NAN;
    return value;
}

/* Beside no value of the series, where a price is 0 as well, a log that is not
 * there is what stands before: the past that is carried on has no holes. */
static void fill_logs(const struct fc_history *series, double *x)
{
    size_t first = 0;
    while (first < series->n && isnan(x[first]))
        first++;
    for (size_t t = 0; t < series->n && first < series->n; t++)
        if (isnan(x[t]) && isnan(series->y[t]))
            x[t] = x[t > first ? t - 1 : first];
}

/* Why it has none there. */
static const char *why_none(const struct part *part, const double *x, size_t t)
{
    return isnan(value_before(part, x, t)) ? "has no value" : "has no log";
}

static bool check_history(struct making *m, size_t i, size_t k,
                          const double *cells, const double *x)
{
    struct io_panel *panel = m->cells.panel;
    const struct fc_history *series = &panel->series[i];
    const char *file = io_cells_file(&m->cells, i);
    char text[IO_TIME_SIZE];
    for (size_t t = 0; t < series->n; t++) {
        if (!isnan(x[t]) || isnan(series->y[t]))
            continue;
        time_of(panel, i, t, text);
        return io_known_fail(
            panel, i, "%s%s'%.60s' %s for %s%s", file != NULL ? file : "",
            file != NULL ? ": " : "", m->part[k].term->text,
            why_none(&m->part[k], cells, t), text,
            !isnan(value_before(&m->part[k], cells, t))
                ? ", which is taken of what is above 0"
            : m->missing == IO_MISSING_ERROR ? ": see --missing-regressors"
                                             : "");
    }
    return true;
}

static bool lack(struct io_known *known, const struct io_panel *panel, size_t i,
                 const char *name, size_t place, const char *why)
{
    char text[IO_TIME_SIZE], all[FC_MESSAGE_SIZE];
    if (known->lacks[i] != NULL)
        return true;
    time_of(panel, i, place, text);
    snprintf(all, sizeof all, "'%.60s' %s for %s", name, why, text);
    known->lacks[i] = format(all, "", "", "");
    return known->lacks[i] != NULL;
}

static bool check_horizon(struct making *m, size_t i, size_t k,
                          const double *cells, const double *x)
{
    size_t n = m->cells.panel->series[i].n;
    for (size_t t = n; t < n + m->cells.horizon; t++)
        if (isnan(x[t]) && t - n < m->known->known_for[k]
            && !lack(m->known, m->cells.panel, i, m->part[k].term->text, t,
                     why_none(&m->part[k], cells, t)))
            return false;
    return true;
}

bool io_known_lack(struct io_known *known, const struct io_panel *panel,
                   size_t series, size_t k, size_t place, const char *why)
{
    return lack(known, panel, series, known->name[k], place, why);
}

/* A series that has nothing to go by in its history has nothing in its horizon,
 * and is forecast without. */
static bool leave_out(struct making *m, size_t i, size_t k, double *x)
{
    size_t n = m->cells.panel->series[i].n;
    char text[FC_MESSAGE_SIZE];
    for (size_t h = 0; h < m->cells.horizon; h++)
        x[n + h] = NAN;
    if (m->known->lacks[i] != NULL)
        return true;
    snprintf(text, sizeof text, "'%.60s' has no value in its history",
             m->part[k].term->text);
    m->known->lacks[i] = format(text, "", "", "");
    return m->known->lacks[i] != NULL;
}

/* What is missing in a series' history, in words. */
static bool note_holes(struct making *m, size_t i)
{
    const struct io_panel *panel = m->cells.panel;
    const struct fc_history *series = &panel->series[i];
    size_t places = series->n + m->cells.horizon, n = 0, first = 0, column = 0;
    char time[IO_TIME_SIZE], text[FC_MESSAGE_SIZE];
    for (size_t j = 0; j < m->cells.terms->ncolumns; j++)
        for (size_t t = 0; t < series->n; t++) {
            if (isnan(series->y[t]) || !isnan(m->cells.x[i][j * places + t]))
                continue;
            first = n == 0 ? t : first;
            column = n == 0 ? j : column;
            n++;
        }
    if (n == 0)
        return true;
    time_of(panel, i, first, time);
    snprintf(text, sizeof text, "'%.60s' has no value for %s",
             m->cells.terms->column[column], time);
    if (n > 1)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 ", and %zu other%s", n - 1, n == 2 ? "" : "s");
    m->known->nholes += n;
    m->known->holes[i] = format(text, "", "", "");
    return m->known->holes[i] != NULL;
}

static bool make_series(struct making *m, size_t i)
{
    struct io_panel *panel = m->cells.panel;
    struct io_known *known = m->known;
    size_t n = panel->series[i].n, places = n + m->cells.horizon;
    double *x = known->x[i] = malloc((known->n * places + 1) * sizeof *x);
    bool good = x != NULL && note_holes(m, i);
    for (size_t j = 0; j < m->cells.terms->ncolumns; j++)
        fill_history(m, &panel->series[i], m->cells.x[i] + j * places);
    for (size_t k = 0; k < known->n && good; k++, x += places) {
        const double *cells = m->cells.x[i] + m->part[k].term->column * places;
        for (size_t t = 0; t < places; t++)
            x[t] = value_at(&m->part[k], cells, t);
        if (m->part[k].term->log)
            fill_logs(&panel->series[i], x);
        if (n > 0 && m->missing == IO_MISSING_PREVIOUS && isnan(cells[n - 1]))
            good = leave_out(m, i, k, x);
        else if (n > 0)
            good = check_history(m, i, k, cells, x)
                   && check_horizon(m, i, k, cells, x);
    }
    free(m->cells.x[i]);
    m->cells.x[i] = NULL;
    known->of[i] = (struct fc_regressors){.n = known->n,
                                          .stride = places,
                                          .x = known->x[i],
                                          .as_they_are = known->as_they_are};
    return good;
}

static enum fc_status make_all(struct making *m, struct fc_error *err)
{
    const struct io_panel *panel = m->cells.panel;
    for (size_t i = 0; i < panel->nseries; i++)
        if (!make_series(m, i))
            return no_memory(err);
    return FC_OK;
}

bool io_known_make_room(struct io_known *known, size_t nseries)
{
    if (known->of != NULL)
        return true;
    known->nseries = nseries;
    known->name = calloc(IO_TERMS_MOST, sizeof *known->name);
    known->base = calloc(IO_TERMS_MOST, sizeof *known->base);
    known->as_they_are = calloc(IO_TERMS_MOST, sizeof *known->as_they_are);
    known->kind = calloc(IO_TERMS_MOST, sizeof *known->kind);
    known->in_logs = calloc(IO_TERMS_MOST, sizeof *known->in_logs);
    known->role = calloc(IO_TERMS_MOST, sizeof *known->role);
    known->known_for = malloc(IO_TERMS_MOST * sizeof *known->known_for);
    for (size_t k = 0; known->known_for != NULL && k < IO_TERMS_MOST; k++)
        known->known_for[k] = SIZE_MAX;
    known->of = calloc(nseries + 1, sizeof *known->of);
    known->x = calloc(nseries + 1, sizeof *known->x);
    known->lacks = calloc(nseries + 1, sizeof *known->lacks);
    known->holes = calloc(nseries + 1, sizeof *known->holes);
    return known->name != NULL && known->base != NULL
           && known->as_they_are != NULL && known->kind != NULL
           && known->in_logs != NULL && known->role != NULL
           && known->known_for != NULL && known->of != NULL && known->x != NULL
           && known->lacks != NULL && known->holes != NULL;
}

/* Which columns are text, if that was learnt: they have a base. */
static void take_kinds(struct making *m)
{
    const struct io_known_names *names = m->names;
    const struct io_terms *terms = m->cells.terms;
    m->cells.decimal = names != NULL ? names->decimal : '\0';
    for (size_t j = 0; m->cells.decimal != '\0' && j < terms->ncolumns; j++) {
        size_t n = strlen(terms->column[j]);
        for (size_t k = 0; k < names->ntexts; k++)
            if (strncmp(names->base[k], terms->column[j], n) == 0
                && strncmp(names->base[k] + n, ": '", 3) == 0)
                m->cells.text[j] = true;
    }
}

enum fc_status io_known_read(const struct io_panel_options *how,
                             const struct io_known_how *known_how,
                             struct io_panel *panel, struct io_known *known,
                             struct fc_error *err)
{
    struct making m = {.cells = {.how = how,
                                 .terms = known_how->terms,
                                 .future = known_how->future,
                                 .changes = known_how->changes,
                                 .may_be_none = known_how->names != NULL,
                                 .panel = panel,
                                 .horizon = (size_t)how->horizon},
                       .known = known,
                       .missing = known_how->missing,
                       .names = known_how->names};
    *known = (struct io_known){.n = 0};
    enum fc_status status =
        io_known_make_room(known, panel->nseries) ? FC_OK : no_memory(err);
    take_kinds(&m);
    if (status == FC_OK)
        status = io_cells_read(&m.cells, err);
    known->decimal = m.cells.decimal;
    if (status == FC_OK && m.names == NULL)
        status = io_cells_vet(&m.cells, m.missing != IO_MISSING_ZERO, err);
    if (status == FC_OK)
        status = find_parts(&m, err);
    if (status == FC_OK)
        status = make_all(&m, err);
    known->beyond = m.cells.beyond;
    known->rows = m.cells.rows; /* with its id */
    io_cells_release(&m.cells);
    return status;
}

void io_known_release(struct io_known *known)
{
    for (size_t i = 0; i < known->nseries; i++) {
        if (known->x != NULL)
            free(known->x[i]);
        if (known->lacks != NULL)
            free(known->lacks[i]);
        if (known->holes != NULL)
            free(known->holes[i]);
    }
    for (size_t k = 0; k < known->n; k++) {
        free(known->name[k]);
        if (known->label != NULL)
            free(known->label[k]);
    }
    for (size_t k = 0; k < known->ntexts; k++)
        free(known->base[k]);
    free(known->name);
    free(known->base);
    free(known->as_they_are);
    free(known->label);
    free(known->kind);
    free(known->in_logs);
    free(known->role);
    free(known->known_for);
    free(known->of);
    free(known->x);
    free(known->lacks);
    free(known->holes);
    free(known->fresh);
    free(known->rows.id);
    free(known->fresh_event);
    *known = (struct io_known){0};
}
