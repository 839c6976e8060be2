/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/totals.h"

#include "cmd/report/view.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STEPS = 3000 }; /* before the last timestamp of the file */

/* Totals in an open-addressed table by time; a slot without counts is free. */
struct table {
    struct cmd_report_total *slots;
    size_t n, size; /* a power of two */
};

static size_t place_of(int64_t time, size_t size)
{
    return (size_t)(((uint64_t)time * UINT64_C(0x9e3779b97f4a7c15)) >> 20)
           & (size - 1);
}

static bool is_free(const struct cmd_report_total *total)
{
    return total->ny + total->nmean + total->nactual == 0;
}

static struct cmd_report_total *look_up(const struct table *table, int64_t time)
{
    size_t i = place_of(time, table->size);
    while (!is_free(&table->slots[i]) && table->slots[i].time != time)
        i = (i + 1) & (table->size - 1);
    return &table->slots[i];
}

static bool enlarge(struct table *table)
{
    struct table grown = {NULL, table->n,
                          table->size > 0 ? 2 * table->size : 1024};
    grown.slots = calloc(grown.size, sizeof *grown.slots);
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < table->size; i++)
        if (!is_free(&table->slots[i]))
            *look_up(&grown, table->slots[i].time) = table->slots[i];
    free(table->slots);
    *table = grown;
    return true;
}

/* The total of a time, of which one count must be raised then. */
static struct cmd_report_total *total_of(struct table *table, int64_t time)
{
    if (2 * table->n >= table->size && !enlarge(table))
        return NULL;
    struct cmd_report_total *total = look_up(table, time);
    if (is_free(total)) {
        *total = (struct cmd_report_total){.time = time};
        table->n++;
    }
    return total;
}

/* The history from its end backwards, as far as it counts. */
static bool add_history(const struct cmd_report *report, size_t i,
                        int64_t first, struct table *table)
{
    const struct fc_history *s = &report->panel->series[i];
    struct io_freq step = io_panel_step(report->panel, i);
    int64_t t;
    for (size_t k = s->n; k-- > 0;) {
        if (isnan(s->y[k])
            || !io_freq_advance(&step, report->panel->facts[i].start,
                                (int64_t)k, &t))
            continue;
        if (t < first)
            break;
        struct cmd_report_total *total = total_of(table, t);
        if (total == NULL)
            return false;
        total->y += s->y[k];
        total->ny++;
    }
    return true;
}

static bool add_future(const struct cmd_report *report, size_t i,
                       struct table *table)
{
    const struct fc_history *s = &report->panel->series[i];
    struct io_freq step = io_panel_step(report->panel, i);
    struct fc_forecast f = cmd_report_forecast(report, i, 0);
    bool forecast = cmd_report_has_forecast(report, i, 0);
    int64_t t;
    for (int h = 0; h < report->horizon; h++) {
        double mean = forecast ? f.mean[h] : NAN;
        double actual =
            report->actual != NULL
                ? report->actual[i * (size_t)report->horizon + (size_t)h]
                : NAN;
        if ((isnan(mean) && isnan(actual))
            || !io_freq_advance(&step, report->panel->facts[i].start,
                                (int64_t)s->n + h, &t))
            continue;
        struct cmd_report_total *total = total_of(table, t);
        if (total == NULL)
            return false;
        total->mean += isnan(mean) ? 0 : mean;
        total->nmean += !isnan(mean);
        total->actual += isnan(actual) ? 0 : actual;
        total->nactual += !isnan(actual);
    }
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct cmd_report_total *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

enum fc_status cmd_report_sum(const struct cmd_report *report,
                              struct cmd_report_totals *totals,
                              struct fc_error *err)
{
    const struct io_panel *panel = report->panel;
    struct table table = {0};
    int64_t first;
    *totals = (struct cmd_report_totals){0};
    if (!io_freq_advance(&panel->freq, panel->last, -MOST_STEPS, &first))
        first = panel->first;
    for (size_t i = 0; i < panel->nseries; i++)
        if (panel->series[i].n > 0
            && (!add_history(report, i, first, &table)
                || !add_future(report, i, &table))) {
            free(table.slots);
            return fc_fail(err, FC_ENOMEM, "out of memory");
        }
    for (size_t i = 0; i < table.size; i++)
        if (!is_free(&table.slots[i]))
            table.slots[totals->n++] = table.slots[i];
    totals->at = table.slots;
    if (totals->n > 0)
        qsort(totals->at, totals->n, sizeof *totals->at, by_time);
    return FC_OK;
}

void cmd_report_totals_release(struct cmd_report_totals *totals)
{
    free(totals->at);
    *totals = (struct cmd_report_totals){0};
}
