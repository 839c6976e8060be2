/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast plot`: the history of one series and its forecasts, drawn with
 * characters, for a person at a terminal.
 */
#define _POSIX_C_SOURCE 200809L /* STDOUT_FILENO */
#include "cmd/commands.h"
#include "cmd/score_read.h"
#include "cmd/talk/canvas.h"
#include "cmd/talk/line.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    ROWS = 16,       /* of the drawing */
    LEAST_WIDE = 30, /* columns of a terminal */
    MOST_WIDE = 160,
    SEASONS = 3,     /* of history */
    LEAST_PAST = 24, /* observations */
    TICK_SIZE = 16
};

struct plot {
    struct cmd_options options;
    struct io_panel panel;
    struct io_csv_columns columns; /* of the training data */
    struct cmd_actuals places;     /* of the series' forecasts */
    struct cmd_forecasts forecasts;
    int season, horizon;
    size_t series, model;
    struct cmd_terminal terminal;
    struct cmd_canvas canvas;
    size_t past;      /* observations shown */
    double low, high; /* values at the bottom and the top */
    int gutter;       /* columns left of the drawing */
};

/* What to show. */

static enum fc_status no_series(const struct plot *plot, struct fc_error *err)
{
    const struct io_panel *panel = &plot->panel;
    char names[200] = "";
    for (size_t i = 0; i < panel->nseries && i < 5; i++)
        cmd_append(names, sizeof names, "%s%.30s", i > 0 ? ", " : "",
                   panel->series[i].id);
    return fc_fail(err, FC_EDATA, "%s: no series '%.60s'; it has %s%s",
                   plot->options.train, plot->options.shown, names,
                   panel->nseries > 5 ? ", ..." : "");
}

static enum fc_status find_series(struct plot *plot, struct fc_error *err)
{
    const struct io_panel *panel = &plot->panel;
    for (size_t i = 0; i < panel->nseries; i++) {
        if (strcmp(panel->series[i].id, plot->options.shown) != 0)
            continue;
        plot->series = i;
        if (panel->facts[i].error != NULL)
            return fc_fail(err, FC_EDATA, "series '%.60s' failed: %s",
                           plot->options.shown, panel->facts[i].error);
        return FC_OK;
    }
    return no_series(plot, err);
}

static enum fc_status find_model(struct plot *plot, struct fc_error *err)
{
    const struct io_intern *models = &plot->forecasts.models;
    const char *wanted = plot->options.models;
    char names[200] = "";
    if (wanted == NULL)
        return FC_OK; /* the first */
    for (plot->model = 0; plot->model < models->n; plot->model++)
        if (strcmp(models->text[plot->model], wanted) == 0)
            return FC_OK;
    for (size_t k = 0; k < models->n; k++)
        cmd_append(names, sizeof names, "%s%.30s", k > 0 ? ", " : "",
                   models->text[k]);
    return fc_fail(err, FC_EDATA, "%s: no forecasts by '%.40s'; it has %s",
                   plot->options.input, wanted, names);
}

/* Its numbers: k = 0 the mean, then lo and hi of every level. */
static const double *numbers_of(const struct plot *plot, size_t k)
{
    return plot->forecasts.numbers[plot->model]
           + k * (size_t)plot->places.keys.n;
}

static enum fc_status expect_forecasts(const struct plot *plot,
                                       struct fc_error *err)
{
    const double *mean = numbers_of(plot, 0);
    char last[IO_TIME_SIZE] = "";
    for (int h = 0; h < plot->horizon; h++)
        if (!isnan(mean[h]))
            return FC_OK;
    io_panel_future(&plot->panel, plot->series, -1, last);
    return fc_fail(err, FC_EDATA,
                   "%s: no forecast of series '%.60s' by '%.40s' lies within "
                   "%d steps after %s, where it ends in %s",
                   plot->options.input, plot->options.shown,
                   plot->forecasts.models.text[plot->model], plot->horizon,
                   last, plot->options.train);
}

static enum fc_status load(struct plot *plot, struct fc_error *err)
{
    struct cmd_source train = {plot->options.train, (int)plot->options.horizon,
                               NULL, NULL, NULL};
    int jobs;
    enum fc_status status =
        cmd_load(&plot->options, &train, &jobs, &plot->panel, NULL, err);
    if (status == FC_OK)
        status = find_series(plot, err);
    if (status == FC_OK)
        status = cmd_columns_find(&plot->options, &plot->columns, err);
    if (status == FC_OK)
        status =
            cmd_forecasts_horizon(&plot->options, &plot->columns,
                                  plot->options.shown, &plot->horizon, err);
    if (status == FC_OK && plot->horizon == 0)
        status = fc_fail(err, FC_EDATA, "%s: no forecasts of series '%.60s'",
                         plot->options.input, plot->options.shown);
    if (status == FC_OK)
        status = cmd_actuals_expect(&plot->panel, plot->series, 1,
                                    plot->horizon, &plot->places, err);
    if (status == FC_OK)
        status = cmd_forecasts_read(&plot->options, &plot->columns,
                                    &plot->places, &plot->forecasts, err);
    if (status == FC_OK)
        status = find_model(plot, err);
    if (status == FC_OK)
        status = expect_forecasts(plot, err);
    struct fc_seasons seasons = cmd_seasons(&plot->options, &plot->panel);
    plot->season = fc_season_length(&seasons);
    return status;
}

/* Where it goes. */

static const struct fc_history *series_of(const struct plot *plot)
{
    return &plot->panel.series[plot->series];
}

static void widen(struct plot *plot, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        plot->low = x[i] < plot->low ? x[i] : plot->low;
        plot->high = x[i] > plot->high ? x[i] : plot->high;
    }
}

/* The last seasons, but no fewer values than are forecast twice over. */
static void choose_scale(struct plot *plot)
{
    const struct fc_history *s = series_of(plot);
    size_t past = SEASONS * (size_t)plot->season, h = (size_t)plot->horizon;
    past = past < 2 * h ? 2 * h : past;
    past = past < LEAST_PAST ? LEAST_PAST : past;
    plot->past = past < s->n ? past : s->n;
    plot->low = INFINITY;
    plot->high = -INFINITY;
    widen(plot, s->y + s->n - plot->past, plot->past);
    for (size_t k = 0; k < 1 + 2 * (size_t)plot->forecasts.nlevels; k++)
        widen(plot, numbers_of(plot, k), h);
    if (!(plot->low < plot->high)) {
        double room = plot->low != 0 ? fabs(plot->low) / 2 : 1;
        plot->low -= room;
        plot->high += room;
    }
}

/* 1, 2 or 5 times a power of ten, so that a few fit into the range. */
static double tick_step(const struct plot *plot)
{
    double rough = plot->high / 4 - plot->low / 4;
    double power = pow(10, floor(log10(rough))), digit = rough / power;
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

/* With no more decimals than the step has. */
static int tick_text(double value, double step, char text[TICK_SIZE])
{
    double places = -floor(log10(step) + 1e-9);
    if (fabs(value) < step / 1e6)
        value = 0;
    if (fabs(value) >= 1e9 || step < 1e-5)
        return snprintf(text, TICK_SIZE, "%.4g", value);
    return snprintf(text, TICK_SIZE, "%.*f", places > 0 ? (int)places : 0,
                    value);
}

static double at_row(const struct plot *plot, double value)
{
    double share =
        (plot->high / 2 - value / 2) / (plot->high / 2 - plot->low / 2);
    return share * (ROWS * CMD_DOTS_DOWN - 1);
}

/* Of the i-th value from the first that is shown, forecasts included. */
static double at_column(const struct plot *plot, size_t i)
{
    size_t last = plot->past + (size_t)plot->horizon - 1;
    double dots = (double)(plot->canvas.columns * CMD_DOTS_ACROSS - 1);
    return last > 0 ? dots * (double)i / (double)last : 0;
}

/* Draws. */

static void draw_path(struct plot *plot, const double *y, size_t n,
                      size_t first, enum cmd_ink ink)
{
    for (size_t i = 0; i < n; i++) {
        double x = at_column(plot, first + i), top = at_row(plot, y[i]);
        if (isnan(y[i]))
            continue;
        if (i + 1 < n && !isnan(y[i + 1]))
            cmd_canvas_line(&plot->canvas, x, top,
                            at_column(plot, first + i + 1),
                            at_row(plot, y[i + 1]), ink);
        else
            cmd_canvas_line(&plot->canvas, x, top, x, top, ink);
    }
}

/* Between two steps the bounds are straight lines. */
static void draw_band(struct plot *plot, size_t level, enum cmd_ink ink)
{
    const double *lo = numbers_of(plot, 1 + 2 * level);
    const double *hi = numbers_of(plot, 2 + 2 * level);
    double from = at_column(plot, plot->past);
    double to = at_column(plot, plot->past + (size_t)plot->horizon - 1);
    for (double x = floor(from); x <= to; x++) {
        double step = to > from ? fmax(x - from, 0) / (to - from) : 0;
        step *= plot->horizon - 1;
        size_t h = (size_t)step;
        size_t next = h + 1 < (size_t)plot->horizon ? h + 1 : h;
        double share = step - (double)h;
        cmd_canvas_area(&plot->canvas, x,
                        at_row(plot, hi[h] + share * (hi[next] - hi[h])),
                        at_row(plot, lo[h] + share * (lo[next] - lo[h])), ink);
    }
}

static void draw(struct plot *plot)
{
    const struct fc_history *s = series_of(plot);
    size_t nlevels = (size_t)plot->forecasts.nlevels;
    for (size_t k = nlevels; k-- > 0;)
        draw_band(plot, k, k + 1 == nlevels ? CMD_INK_WIDE : CMD_INK_NARROW);
    draw_path(plot, s->y + s->n - plot->past, plot->past, 0, CMD_INK_HISTORY);
    cmd_canvas_line(&plot->canvas, at_column(plot, plot->past - 1),
                    at_row(plot, s->y[s->n - 1]), at_column(plot, plot->past),
                    at_row(plot, numbers_of(plot, 0)[0]), CMD_INK_FORECAST);
    draw_path(plot, numbers_of(plot, 0), (size_t)plot->horizon, plot->past,
              CMD_INK_FORECAST);
}

/* Prints. */

static void print_title(const struct plot *plot)
{
    char id[CMD_SHORT_SIZE], step[IO_FREQ_TEXT_SIZE], n[CMD_COUNT_SIZE];
    const char *model = plot->forecasts.models.text[plot->model];
    io_freq_text(&plot->panel.freq, step, sizeof step);
    cmd_short(series_of(plot)->id, id);
    cmd_print_visible(id, strlen(id));
    printf(": %s, %s observations, %d ahead by ", step,
           cmd_count(series_of(plot)->n, n), plot->horizon);
    cmd_short(model, id);
    cmd_print_visible(id, strlen(id));
    putchar('\n');
}

/* The label of a row: of the tick that lies in it, if one does. */
static void row_label(const struct plot *plot, size_t row, double step,
                      char text[TICK_SIZE])
{
    text[0] = '\0';
    double first = ceil(plot->low / step);
    for (int i = 0; i < 12; i++) {
        double value = (first + i) * step;
        if (value <= plot->high
            && (size_t)(at_row(plot, value) / CMD_DOTS_DOWN) == row)
            tick_text(value, step, text);
    }
}

static int gutter_width(const struct plot *plot, double step)
{
    char text[TICK_SIZE];
    int widest = 0;
    for (size_t row = 0; row < ROWS; row++) {
        row_label(plot, row, step, text);
        widest = (int)strlen(text) > widest ? (int)strlen(text) : widest;
    }
    return widest;
}

static void print_drawing(const struct plot *plot, double step)
{
    char text[TICK_SIZE];
    const char *axis = plot->terminal.utf8 ? "\xe2\x94\x82" : "|";
    const char *tick = plot->terminal.utf8 ? "\xe2\x94\xa4" : "+";
    for (size_t row = 0; row < ROWS; row++) {
        row_label(plot, row, step, text);
        printf("%*s %s", plot->gutter, text, *text != '\0' ? tick : axis);
        cmd_canvas_print(&plot->canvas, row, &plot->terminal);
        putchar('\n');
    }
}

/* The first and the last time, and between them where forecasts begin, if
   there is room. */
static void print_times(const struct plot *plot)
{
    char first[IO_TIME_SIZE], begin[IO_TIME_SIZE], last[IO_TIME_SIZE];
    int columns = (int)plot->canvas.columns;
    int at = (int)(at_column(plot, plot->past) / CMD_DOTS_ACROSS);
    io_panel_future(&plot->panel, plot->series, -(int)plot->past, first);
    io_panel_future(&plot->panel, plot->series, 0, begin);
    io_panel_future(&plot->panel, plot->series, plot->horizon - 1, last);
    int nfirst = (int)strlen(first), nbegin = (int)strlen(begin);
    int nlast = (int)strlen(last);
    int n = printf("%*s%s", plot->gutter + 2, "", first) - plot->gutter - 2;
    if (at > nfirst + 1 && at + nbegin + 1 < columns - nlast)
        n += printf("%*s%s", at - n, "", begin);
    printf("%*s%s\n", columns - n - nlast > 1 ? columns - n - nlast : 1, "",
           last);
}

static void print_legend(const struct plot *plot)
{
    const struct cmd_forecasts *f = &plot->forecasts;
    printf("%*s", plot->gutter + 2, "");
    cmd_ink_print(CMD_INK_HISTORY, &plot->terminal);
    fputs(" history  ", stdout);
    cmd_ink_print(CMD_INK_FORECAST, &plot->terminal);
    fputs(" forecast", stdout);
    for (int k = 0; k < f->nlevels; k++) {
        fputs("  ", stdout);
        cmd_ink_print(k + 1 == f->nlevels ? CMD_INK_WIDE : CMD_INK_NARROW,
                      &plot->terminal);
        printf(" %g%%", f->levels[k]);
    }
    putchar('\n');
}

static enum fc_status show(struct plot *plot, struct fc_error *err)
{
    plot->terminal = cmd_terminal_of(STDOUT_FILENO);
    choose_scale(plot);
    double step = tick_step(plot);
    plot->gutter = gutter_width(plot, step);
    size_t wide = plot->terminal.columns;
    wide = wide < LEAST_WIDE ? LEAST_WIDE : wide;
    wide = wide > MOST_WIDE ? MOST_WIDE : wide;
    if (!cmd_canvas_init(&plot->canvas, wide - (size_t)plot->gutter - 3, ROWS))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    draw(plot);
    print_title(plot);
    print_drawing(plot, step);
    print_times(plot);
    print_legend(plot);
    return FC_OK;
}

static int main_plot(int argc, char **argv)
{
    struct plot plot = {0};
    struct fc_error err;
    int status = cmd_options_parse(&cmd_plot, argc, argv, &plot.options);
    if (status < 0) {
        status = load(&plot, &err) == FC_OK && show(&plot, &err) == FC_OK
                     ? CMD_OK
                     : CMD_FAILED;
        if (status == CMD_FAILED)
            cmd_say(CMD_ERROR, "%s", err.msg);
    }
    cmd_canvas_release(&plot.canvas);
    cmd_forecasts_release(&plot.forecasts);
    io_csv_columns_release(&plot.columns);
    cmd_actuals_release(&plot.places);
    io_panel_release(&plot.panel);
    cmd_options_release(&plot.options);
    return status;
}

const struct cmd_command cmd_plot = {
    .name = "plot",
    .set = CMD_PLOT,
    .usage = "FORECASTS.csv --train TRAIN.csv --series ID [options]",
    .summary = "one series and its forecasts, drawn on the terminal",
    .example = "nightcast plot f.csv --train data/monthly.csv --series co2",
    .run = main_plot,
};
