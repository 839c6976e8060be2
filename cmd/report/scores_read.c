/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scores that other commands wrote: a row per series, model and origin, or
 * one per step of these.
 */
#include "cmd/report/scores.h"

#include "io/csv/table.h"
#include "io/text/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of numbers that nightcast wrote. */
static const struct io_number_form plain = {.decimal = '.'};

struct reader {
    const char *path;
    const struct io_panel *panel;
    int season;
    const struct io_intern *ids;
    struct cmd_report_scores *scores;
    size_t unknown;
    bool begun;
    bool steps; /* a row is a step */
    struct io_table_keys id;
    size_t model;
    size_t step, actual, mean;           /* if steps */
    size_t n, mase, smape, mae, seconds; /* if not */
    double levels[64];                   /* ascending */
    int nlevels;
    size_t lo[64], hi[64]; /* columns; of rows that are no steps, lo is cover */
    double bounds[2][64];
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* Columns lo-80 and hi-80, or cover-80, of every level. */
static void find_levels(struct reader *r, const struct io_record *header)
{
    const char *prefix = r->steps ? "lo-" : "cover-";
    size_t n = strlen(prefix);
    for (size_t i = 0; i < header->n && r->nlevels < 64; i++) {
        const char *name = header->field[i];
        char other[64];
        double level;
        if (strncmp(name, prefix, n) != 0
            || !io_number_parse(name + n, strlen(name + n), &level)
            || io_table_own_column(header, name) != i)
            continue;
        snprintf(other, sizeof other, "hi-%.50s", name + n);
        size_t hi = io_table_own_column(header, other);
        if (r->steps && hi == SIZE_MAX)
            continue;
        int k = r->nlevels++;
        for (; k > 0 && r->levels[k - 1] > level; k--) {
            r->levels[k] = r->levels[k - 1];
            r->lo[k] = r->lo[k - 1];
            r->hi[k] = r->hi[k - 1];
        }
        r->levels[k] = level;
        r->lo[k] = i;
        r->hi[k] = hi;
    }
}

static enum fc_status read_header(struct reader *r,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    r->begun = true;
    r->model = io_table_own_column(header, "model");
    r->step = io_table_own_column(header, "step");
    r->actual = io_table_own_column(header, "actual");
    r->mean = io_table_own_column(header, "mean");
    r->mase = io_table_own_column(header, "mase");
    r->smape = io_table_own_column(header, "smape");
    r->mae = io_table_own_column(header, "mae");
    r->n = io_table_own_column(header, "steps");
    r->seconds = io_table_own_column(header, "seconds");
    r->steps =
        r->step != SIZE_MAX && r->actual != SIZE_MAX && r->mean != SIZE_MAX;
    r->scores->backtest = io_table_own_column(header, "origin") != SIZE_MAX;
    if (r->model == SIZE_MAX || r->model == 0
        || (!r->steps
            && (r->mase == SIZE_MAX || r->smape == SIZE_MAX
                || r->mae == SIZE_MAX || r->n == SIZE_MAX)))
        return fc_fail(err, FC_EDATA,
                       "%s:1: these are no scores: `backtest --steps`, "
                       "`backtest -o` and `score -o` write some",
                       header->file);
    find_levels(r, header);
    enum fc_status status = io_table_keys_first(r->model, &r->id, err);
    if (status != FC_OK)
        return status;
    return cmd_report_scores_init(r->scores, r->panel, r->season, r->levels,
                                  r->nlevels, err);
}

static enum fc_status read_step(struct reader *r, const struct io_record *rec,
                                uint32_t series, uint32_t model,
                                struct fc_error *err)
{
    struct cmd_report_outcome o = {
        .series = series, .lo = r->bounds[0], .hi = r->bounds[1]};
    double step;
    enum fc_status status = io_table_number(rec, r->step, &plain, &step, err);
    if (status == FC_OK && !(step >= 1 && step <= 1e6 && step == floor(step)))
        status = fc_fail(err, FC_EDATA,
                         "%s:%llu: column 'step': no step: '%.40s'", rec->file,
                         (unsigned long long)rec->line, rec->field[r->step]);
    if (status == FC_OK)
        status = io_table_number(rec, r->actual, &plain, &o.actual, err);
    if (status == FC_OK)
        status = io_table_number(rec, r->mean, &plain, &o.mean, err);
    for (int k = 0; status == FC_OK && k < r->nlevels; k++) {
        status = io_table_number(rec, r->lo[k], &plain, &r->bounds[0][k], err);
        if (status == FC_OK)
            status =
                io_table_number(rec, r->hi[k], &plain, &r->bounds[1][k], err);
    }
    if (status != FC_OK)
        return status;
    o.step = (size_t)step - 1;
    return cmd_report_scores_add(r->scores, model, &o) ? FC_OK : no_memory(err);
}

/* The measures of an origin; of the widest interval only how many values lay
   inside. */
static enum fc_status read_row(struct reader *r, const struct io_record *rec,
                               uint32_t series, uint32_t model,
                               struct fc_error *err)
{
    struct cmd_report_model *m = &r->scores->model[model];
    struct cmd_report_score *of = &m->of[series];
    double n, mase, smape, mae, cover = NAN, seconds = 0;
    enum fc_status status = io_table_number(rec, r->n, &plain, &n, err);
    if (status == FC_OK)
        status = io_table_number(rec, r->mase, &plain, &mase, err);
    if (status == FC_OK)
        status = io_table_number(rec, r->smape, &plain, &smape, err);
    if (status == FC_OK)
        status = io_table_number(rec, r->mae, &plain, &mae, err);
    if (status == FC_OK && r->nlevels > 0)
        status =
            io_table_number(rec, r->lo[r->nlevels - 1], &plain, &cover, err);
    if (status == FC_OK && r->seconds != SIZE_MAX)
        status = io_table_number(rec, r->seconds, &plain, &seconds, err);
    if (status != FC_OK || !(n >= 1 && n <= 1e6))
        return status;
    m->seconds += seconds > 0 ? seconds : 0;
    of->n += (uint32_t)n;
    of->abs += isnan(mae) ? 0 : mae * n;
    of->smape += isnan(smape) ? 0 : smape * n;
    of->error = NAN; /* which way is not known */
    if (!isnan(mase)) {
        of->mase += mase;
        of->nmase++;
    }
    if (!isnan(cover)) {
        of->inside += (uint32_t)(cover * n + 0.5);
        of->compared += (uint32_t)n;
    }
    return FC_OK;
}

static enum fc_status read_record(void *arg, const struct io_record *rec,
                                  struct fc_error *err)
{
    struct reader *r = arg;
    if (!r->begun)
        return read_header(r, rec, err);
    size_t length;
    const char *id = io_table_id(rec, &r->id, &length);
    if (id == NULL)
        return no_memory(err);
    uint32_t series = io_intern_find(r->ids, id, length);
    if (series == IO_INTERN_FULL) {
        r->unknown++;
        return FC_OK;
    }
    uint32_t model = cmd_report_scores_model(r->scores, rec->field[r->model],
                                             rec->length[r->model]);
    if (model == IO_INTERN_FULL)
        return no_memory(err);
    return r->steps ? read_step(r, rec, series, model, err)
                    : read_row(r, rec, series, model, err);
}

enum fc_status cmd_report_scores_read(const char *path,
                                      const struct io_panel *panel, int season,
                                      const struct io_intern *ids,
                                      struct cmd_report_scores *scores,
                                      size_t *unknown, struct fc_error *err)
{
    struct reader r = {.path = path,
                       .panel = panel,
                       .season = season,
                       .ids = ids,
                       .scores = scores};
    enum fc_status status = io_table_read(path, NULL, read_record, &r, err);
    io_table_keys_release(&r.id);
    scores->file = path;
    *unknown = r.unknown;
    if (status == FC_OK && scores->models.n == 0)
        return fc_fail(err, FC_EDATA,
                       r.unknown > 0 ? "%s: no scores of any series of the "
                                       "training data"
                                     : "%s: a header but no rows",
                       path);
    return status;
}
