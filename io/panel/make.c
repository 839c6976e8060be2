/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From rows to a panel, the work of each step through the parallel map.
 *
 * 1. Each series learns where its rows lie.  Where they lie in several chunks
 *    they are brought together (io/rows/gather.c).
 * 2. Each series is put in order and on its grid (order.c, step.c, grid.c).
 */
#include "io/panel/make.h"

#include "io/panel/rejects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the steps share. */
struct making {
    const struct io_panel_options *options;
    struct io_rowset *rows;
    struct io_panel *panel;
    struct io_raw *raw;        /* per series */
    struct io_unused **unused; /* likewise, if it is asked for */
    struct io_freq freq;       /* options->freq, checked */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static char *format_error(const char *file, uint64_t line, const char *msg)
{
    int n =
        snprintf(NULL, 0, "%s:%llu: %s", file, (unsigned long long)line, msg);
    char *text = malloc((size_t)n + 1);
    if (text != NULL)
        snprintf(text, (size_t)n + 1, "%s:%llu: %s", file,
                 (unsigned long long)line, msg);
    return text;
}

static bool attach_errors(struct making *m)
{
    struct io_panel *panel = m->panel;
    uint64_t line = 0;
    for (size_t i = 0; i < m->rows->nchunks; i++) {
        struct io_chunk *c = &m->rows->chunks[i];
        const char *name = io_rowset_part(m->rows, i, &line);
        for (size_t k = 0; k < c->nerrors; k++) {
            char **error = &panel->facts[c->errors[k].series].error;
            if (*error == NULL)
                *error = format_error(name, line + c->errors[k].line,
                                      c->errors[k].msg);
            if (*error == NULL)
                return false;
        }
        if (c->not_utf8 > 0 && panel->not_utf8_line == 0)
            panel->not_utf8_line = line + c->not_utf8 - 1;
        panel->nrows += c->nrows;
        panel->nrejected += c->nrejected;
        line += c->nlines;
        if (m->options->rejects)
            continue; /* they are all to be listed */
        free(c->errors);
        c->errors = NULL;
    }
    return true;
}

/*
 * Looks for ids that differ from another only in blanks around them: legal,
 * but hardly ever meant.
 */
static void find_blank_ids(struct making *m)
{
    const struct io_intern *ids = &m->rows->ids;
    for (uint32_t i = 0; i < ids->n; i++) {
        const char *text = ids->text[i];
        size_t n = ids->length[i], skip = 0;
        while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
            n--;
        while (skip < n && (text[skip] == ' ' || text[skip] == '\t'))
            skip++;
        if (n - skip < ids->length[i]
            && io_intern_find(ids, text + skip, n - skip) != IO_INTERN_FULL) {
            m->panel->blank_id = text;
            return;
        }
    }
}

/* Makes the series from the ids, of which nothing else is kept. */
static bool make_series(struct making *m)
{
    struct io_panel *panel = m->panel;
    size_t n = panel->nseries = panel->ntotal = m->rows->ids.n;
    size_t room = n > 0 ? n : 1;
    find_blank_ids(m);
    io_intern_close(&m->rows->ids);
    panel->series = calloc(room, sizeof *panel->series);
    panel->facts = calloc(room, sizeof *panel->facts);
    m->raw = calloc(room, sizeof *m->raw);
    if (panel->series == NULL || panel->facts == NULL || m->raw == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        panel->series[i].id = m->rows->ids.text[i];
        m->raw[i].other = !io_shard_has(
            &m->options->shard, m->rows->ids.text[i], m->rows->ids.length[i]);
    }
    io_intern_keep_text(&m->rows->ids);
    return true;
}

static enum fc_status assemble(struct making *m, struct fc_error *err)
{
    if (m->rows->ids.n == 0 && m->options->files.count < 2)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows",
                       m->rows->name);
    if (!make_series(m) || !attach_errors(m))
        return no_memory(err);
    struct io_gather gather = {
        .rows = m->rows,
        .series = m->panel->series,
        .nseries = m->panel->nseries,
        .raw = m->raw,
        .jobs = m->options->jobs,
    };
    return io_gather_rows(&gather, err);
}

static enum fc_status regularise(struct making *m, struct fc_error *err)
{
    const struct io_panel_options *o = m->options;
    if (o->rejects && o->duplicates == IO_DUPLICATES_LAST) {
        m->unused = calloc(m->panel->nseries, sizeof *m->unused);
        if (m->unused == NULL)
            return no_memory(err);
    }
    struct io_regular job = {
        .rows = m->rows,
        .options = o,
        .freq = o->freq != NULL ? &m->freq : NULL,
        .raw = m->raw,
        .unused = m->unused,
        .panel = m->panel,
    };
    enum fc_status status = io_order_rows(&job, err);
    if (status == FC_OK)
        status = io_settle_step(&job, err);
    if (status == FC_OK && o->ignore != NULL)
        status = io_settle_ignored(&job, err);
    if (status == FC_OK)
        status = io_fill_grids(&job, err);
    return status;
}

static bool list_rejects(struct making *m)
{
    struct io_rejects_work work = {
        .rows = m->rows,
        .options = m->options,
        .raw = m->raw,
        .unused = m->unused,
        .panel = m->panel,
    };
    return io_rejects_list(&work);
}

/* As many elements as there are; the block stays if it cannot be moved. */
static void fit(void *array, size_t n, size_t size)
{
    void **place = array;
    void *fitted = realloc(*place, (n > 0 ? n : 1) * size);
    if (fitted != NULL)
        *place = fitted;
}

/* Moves what belongs to the shard to the front, and forgets the rest. */
static bool drop_others(struct making *m)
{
    struct io_panel *panel = m->panel;
    const struct io_raw *raw = m->raw;
    uint32_t n = (uint32_t)panel->nseries, kept = 0;
    uint32_t *now = malloc(n * sizeof *now);
    panel->place = malloc(n * sizeof *panel->place);
    if (now == NULL || panel->place == NULL) {
        free(now);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        now[i] = kept;
        if (raw[i].other) {
            free(panel->facts[i].error);
            continue;
        }
        panel->series[kept] = panel->series[i];
        panel->facts[kept] = panel->facts[i];
        panel->place[kept++] = i;
    }
    for (size_t i = 0; i < panel->nrejects; i++)
        panel->rejects[i].series = now[panel->rejects[i].series];
    free(now);
    panel->nseries = kept;
    fit(&panel->series, kept, sizeof *panel->series);
    fit(&panel->facts, kept, sizeof *panel->facts);
    fit(&panel->place, kept, sizeof *panel->place);
    return true;
}

static enum fc_status check_frequency(struct making *m, struct fc_error *err)
{
    struct fc_error why;
    m->freq = *m->options->freq;
    enum fc_status status = io_freq_check(&m->freq, &m->panel->format, &why);
    if (status != FC_OK)
        return fc_fail(err, status, "%s: %s", m->rows->name, why.msg);
    return FC_OK;
}

static void take_names(struct making *m)
{
    struct io_panel *panel = m->panel;
    panel->id_name = m->rows->id_name;
    panel->time_name = m->rows->time_name;
    panel->value_name = m->rows->value_name != NULL ? m->rows->value_name : "";
    panel->format = m->rows->format;
    panel->decimal = m->rows->decimal != 0 ? m->rows->decimal : '.';
    panel->is_record = m->rows->nkeys > 1;
    panel->nkeys = m->rows->nkeys > 1 ? m->rows->nkeys : 1;
    panel->one_series = m->rows->one_series;
    panel->columns = m->rows->columns;
    panel->say_columns = m->rows->say_columns;
    panel->notes = &m->rows->notes;
    panel->files = m->options->files;
    panel->bytes = m->rows->bytes;
    panel->crc = m->rows->crc;
}

static enum fc_status make(struct making *m, struct fc_error *err)
{
    const struct io_panel_options *o = m->options;
    enum fc_status status = FC_OK;
    take_names(m);
    if (o->freq != NULL)
        status = check_frequency(m, err);
    if (status == FC_OK)
        status = assemble(m, err);
    if (status == FC_OK)
        status = regularise(m, err);
    if (status == FC_OK && o->rejects && !list_rejects(m))
        status = no_memory(err);
    if (status == FC_OK && o->shard.count > 1 && !drop_others(m))
        status = no_memory(err);
    return status;
}

enum fc_status io_panel_make(const struct io_panel_options *options,
                             struct io_rowset *rows, struct io_panel *panel,
                             struct fc_error *err)
{
    struct making m = {.options = options, .rows = rows, .panel = panel};
    *panel = (struct io_panel){.rows = rows};
    enum fc_status status = make(&m, err);
    for (size_t i = 0; m.unused != NULL && i < panel->ntotal; i++)
        free(m.unused[i]);
    free(m.unused);
    free(m.raw);
    if (status != FC_OK)
        io_panel_release(panel);
    return status;
}
