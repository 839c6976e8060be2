/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast history`: how the forecasts of past nights turned out, for people
 * as tables of about 80 columns, or as CSV.
 */
#define _POSIX_C_SOURCE 200809L /* gmtime_r */
#include "cmd/commands.h"
#include "cmd/history_read.h"
#include "cmd/night/night.h"
#include "cmd/talk/line.h"
#include "cmd/talk/talk.h"
#include "io/out/csv.h"
#include "io/text/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct run {
    struct cmd_options options;
    struct cmd_history history;
    struct io_atomic_file *file;
};

/* --- what lines are made of --- */

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static double mase_of(const struct io_errors *e)
{
    return ratio(e->size, (double)e->n);
}

static double bias_of(const struct io_errors *e)
{
    return ratio(e->error, (double)e->n);
}

/* What the forecasts are better by than the seasonal naive ones. */
static double added_by(const struct io_errors *e)
{
    return 1 - ratio(e->size_both, e->naive_both);
}

static double coverage_of(const struct cmd_turned_out *line, double level)
{
    for (int i = 0; i < line->nlevels; i++)
        if (line->levels[i].level == level)
            return ratio((double)line->levels[i].inside,
                         (double)line->levels[i].compared);
    return NAN;
}

/* The levels of all lines, ascending. */
struct levels {
    double level[CMD_HISTORY_LEVELS];
    int n;
};

static void add_levels(struct levels *levels, const struct cmd_turned_out *line)
{
    for (int i = 0; i < line->nlevels; i++) {
        double level = line->levels[i].level;
        int at = 0;
        while (at < levels->n && levels->level[at] < level)
            at++;
        if (levels->n == CMD_HISTORY_LEVELS
            || (at < levels->n && levels->level[at] == level))
            continue;
        memmove(&levels->level[at + 1], &levels->level[at],
                (size_t)(levels->n - at) * sizeof level);
        levels->level[at] = level;
        levels->n++;
    }
}

static struct levels levels_of(const struct cmd_history *h)
{
    struct levels levels = {.n = 0};
    for (size_t i = 0; i < h->nscores; i++)
        add_levels(&levels, &h->scores[i]);
    for (size_t i = 0; i < h->nseries; i++)
        add_levels(&levels, &h->series[i].turned_out);
    return levels;
}

static size_t worst_of(const struct run *run, size_t n)
{
    size_t worst = (size_t)run->options.worst;
    return n < worst ? n : worst;
}

static void print_when(const struct io_night *night, char text[40])
{
    struct tm utc;
    time_t began = (time_t)night->began;
    if (gmtime_r(&began, &utc) == NULL
        || strftime(text, 40, "%Y-%m-%d %H:%M", &utc) == 0)
        strcpy(text, "?");
}

/* --- for people --- */

static void print_cell(double x, int width)
{
    char text[32] = "-";
    if (fabs(x) < 0.0005)
        x = 0; /* without a sign */
    if (fabs(x) < 9999.9995)
        snprintf(text, sizeof text, "%.3f", x);
    else if (!isnan(x))
        snprintf(text, sizeof text, "%.2e", x);
    printf(" %*s", width - 1, text);
}

static void print_text(const char *text, int width)
{
    int shown = (int)cmd_print_visible(text, strlen(text));
    printf("%*s", shown < width ? width - shown : 0, "");
}

static void print_title(const struct levels *levels)
{
    fputs("  scored     MASE     bias    added", stdout);
    for (int i = 0; i < levels->n; i++) {
        char level[IO_NUMBER_SIZE];
        io_number_print(levels->level[i], level);
        printf("  cover-%s", level);
    }
}

static void print_errors(const struct cmd_turned_out *line,
                         const struct levels *levels)
{
    const struct io_errors *e = &line->errors;
    printf(" %7" PRId64, e->n);
    print_cell(mase_of(e), 9);
    print_cell(bias_of(e), 9);
    print_cell(added_by(e), 9);
    for (int i = 0; i < levels->n; i++) {
        char level[IO_NUMBER_SIZE];
        int width = 8 + (int)io_number_print(levels->level[i], level);
        print_cell(coverage_of(line, levels->level[i]), width);
    }
}

static int model_width(const struct cmd_history *h)
{
    size_t width = strlen("model");
    for (size_t i = 0; i < h->nscores; i++)
        if (strlen(h->scores[i].model) > width)
            width = strlen(h->scores[i].model);
    for (size_t i = 0; i < h->nseries; i++)
        if (strlen(h->series[i].turned_out.model) > width)
            width = strlen(h->series[i].turned_out.model);
    for (size_t i = 0; i < h->nchanges; i++)
        if (strlen(h->changes[i].model) > width)
            width = strlen(h->changes[i].model);
    return (int)width;
}

static void name_store(const struct run *run, size_t store, size_t *last)
{
    if (run->options.ninputs > 1 && store != *last) {
        fputs("store ", stdout);
        print_text(run->options.inputs[store], 0);
        putchar('\n');
    }
    *last = store;
}

static int origin_width(const struct cmd_history *h)
{
    size_t width = strlen("origin");
    for (size_t i = 0; i < h->nnights; i++)
        if (strlen(h->nights[i].origin) > width)
            width = strlen(h->nights[i].origin);
    return (int)width;
}

static void print_nights(const struct run *run)
{
    const struct cmd_history *h = &run->history;
    size_t last = SIZE_MAX;
    int width = origin_width(h);
    printf("night began (UTC)      %-*s  series failed  fall.   late   same "
           "  warm corr. drift seconds\n",
           width, "origin");
    for (size_t i = 0; i < h->nnights; i++) {
        const struct io_night *n = &h->nights[i].night;
        char when[40];
        print_when(n, when);
        name_store(run, h->nights[i].store, &last);
        printf("%5" PRId64 " %s %-*s %7" PRId64 " %6" PRId64 " %6" PRId64
               " %6" PRId64 " %6" PRId64 " %6" PRId64 " %5" PRId64 " %5" PRId64
               " %7.1f\n",
               n->night, when, width, h->nights[i].origin, n->series, n->failed,
               n->fallback, n->late, n->reused, n->warm, n->corrected,
               n->drifting, n->seconds);
    }
}

static void print_scores(const struct run *run, const struct levels *levels)
{
    const struct cmd_history *h = &run->history;
    bool by_lead = run->options.by == CMD_BY_LEAD;
    int width = model_width(h);
    size_t last = SIZE_MAX;
    printf("%s%5s %-*s", by_lead ? "" : "\n", by_lead ? "lead" : "night", width,
           "model");
    print_title(levels);
    putchar('\n');
    for (size_t i = 0; i < h->nscores; i++) {
        const struct cmd_turned_out *line = &h->scores[i];
        if (!by_lead)
            name_store(run, line->store, &last);
        printf("%5" PRId64 " ", by_lead ? line->lead : line->night);
        print_text(line->model, width);
        print_errors(line, levels);
        putchar('\n');
    }
}

static void print_series(const struct run *run, const struct levels *levels)
{
    const struct cmd_history *h = &run->history;
    int width = model_width(h);
    printf("%-20s %-*s", "series", width, "model");
    print_title(levels);
    puts("   signal");
    for (size_t i = 0; i < worst_of(run, h->nseries); i++) {
        const struct cmd_series_line *line = &h->series[i];
        print_text(line->id, 20);
        putchar(' ');
        print_text(line->turned_out.model, width);
        print_errors(&line->turned_out, levels);
        print_cell(line->signal, 9);
        puts(line->drifting ? " drifting" : "");
    }
}

static void print_changes(const struct run *run)
{
    const struct cmd_history *h = &run->history;
    int width = model_width(h);
    printf("%-20s %-*s    moved      before       after  why\n", "series",
           width, "model");
    for (size_t i = 0; i < worst_of(run, h->nchanges); i++) {
        const struct cmd_change *c = &h->changes[i];
        char why[100];
        cmd_change_why(c, why);
        print_text(c->id, 20);
        putchar(' ');
        print_text(c->model, width);
        print_cell(c->moved, 9);
        printf(" %11.6g %11.6g  %s\n", c->before, c->after, why);
    }
}

/* --- as CSV --- */

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static void put_text(struct io_atomic_file *file, const char *text)
{
    io_write_field(file, text);
    put(file, ",");
}

static void put_number(struct io_atomic_file *file, double x)
{
    put(file, ",");
    io_write_number(file, x);
}

static void put_header(struct io_atomic_file *file, const char *first,
                       const struct levels *levels)
{
    put(file, first);
    put(file, "scored,mase,bias,value_added");
    for (int i = 0; i < levels->n; i++) {
        char level[IO_NUMBER_SIZE];
        io_number_print(levels->level[i], level);
        put(file, ",cover-");
        put(file, level);
    }
}

static void put_errors(struct io_atomic_file *file,
                       const struct cmd_turned_out *line,
                       const struct levels *levels)
{
    io_write_number(file, (double)line->errors.n);
    put_number(file, mase_of(&line->errors));
    put_number(file, bias_of(&line->errors));
    put_number(file, added_by(&line->errors));
    for (int i = 0; i < levels->n; i++)
        put_number(file, coverage_of(line, levels->level[i]));
}

/* What is known of the night itself stands in each of its models' lines. */
static void put_night(struct io_atomic_file *file, const struct run *run,
                      const struct cmd_night_line *line)
{
    const struct io_night *n = &line->night;
    char when[40];
    const int64_t counts[] = {n->series, n->failed, n->fallback,  n->late,
                              n->reused, n->warm,   n->corrected, n->drifting};
    print_when(n, when);
    put_text(file, run->options.inputs[line->store]);
    io_write_number(file, (double)n->night);
    put(file, ",");
    put_text(file, when);
    io_write_field(file, line->origin);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        put_number(file, (double)counts[i]);
    put_number(file, n->seconds);
    put(file, ",");
}

static void put_nights(struct io_atomic_file *file, const struct run *run,
                       const struct levels *levels)
{
    const struct cmd_history *h = &run->history;
    const struct cmd_turned_out none = {.model = ""};
    size_t at = 0;
    put_header(file,
               "store,night,began,origin,series,failed,fallback,late,unchanged,"
               "warm,corrected,drifting,seconds,model,",
               levels);
    put(file, "\n");
    for (size_t i = 0; i < h->nnights; i++) {
        const struct cmd_night_line *night = &h->nights[i];
        size_t n = 0;
        while (at + n < h->nscores && h->scores[at + n].store == night->store
               && h->scores[at + n].night == night->night.night)
            n++;
        for (size_t k = 0; k < (n > 0 ? n : 1); k++) {
            const struct cmd_turned_out *line =
                n > 0 ? &h->scores[at + k] : &none;
            put_night(file, run, night);
            put_text(file, line->model);
            put_errors(file, line, levels);
            put(file, "\n");
        }
        at += n;
    }
}

static void put_leads(struct io_atomic_file *file, const struct run *run,
                      const struct levels *levels)
{
    const struct cmd_history *h = &run->history;
    put_header(file, "lead,model,", levels);
    put(file, "\n");
    for (size_t i = 0; i < h->nscores; i++) {
        io_write_number(file, (double)h->scores[i].lead);
        put(file, ",");
        put_text(file, h->scores[i].model);
        put_errors(file, &h->scores[i], levels);
        put(file, "\n");
    }
}

static void put_series(struct io_atomic_file *file, const struct run *run,
                       const struct levels *levels)
{
    const struct cmd_history *h = &run->history;
    put_header(file, "series,model,", levels);
    put(file, ",signal,drifting\n");
    for (size_t i = 0; i < worst_of(run, h->nseries); i++) {
        const struct cmd_series_line *line = &h->series[i];
        put_text(file, line->id);
        put_text(file, line->turned_out.model);
        put_errors(file, &line->turned_out, levels);
        put_number(file, line->signal);
        put(file, line->drifting ? ",yes\n" : ",no\n");
    }
}

static void put_changes(struct io_atomic_file *file, const struct run *run)
{
    const struct cmd_history *h = &run->history;
    put(file, "series,model,moved,before,after,why\n");
    for (size_t i = 0; i < worst_of(run, h->nchanges); i++) {
        const struct cmd_change *c = &h->changes[i];
        char why[100];
        cmd_change_why(c, why);
        put_text(file, c->id);
        io_write_field(file, c->model);
        put_number(file, c->moved);
        put_number(file, c->before);
        put_number(file, c->after);
        put(file, ",");
        io_write_field(file, why);
        put(file, "\n");
    }
}

/* --- the command --- */

static void print(const struct run *run, const struct levels *levels)
{
    if (run->options.changes) {
        print_changes(run);
    } else if (run->options.by == CMD_BY_SERIES) {
        print_series(run, levels);
    } else {
        if (run->options.by == CMD_BY_NIGHT)
            print_nights(run);
        if (run->options.by == CMD_BY_LEAD || run->history.nscores > 0)
            print_scores(run, levels);
    }
}

static void write_csv(const struct run *run, const struct levels *levels)
{
    if (run->options.changes)
        put_changes(run->file, run);
    else if (run->options.by == CMD_BY_SERIES)
        put_series(run->file, run, levels);
    else if (run->options.by == CMD_BY_LEAD)
        put_leads(run->file, run, levels);
    else
        put_nights(run->file, run, levels);
}

static unsigned parts_of(const struct cmd_options *options)
{
    if (options->changes)
        return CMD_HISTORY_CHANGES;
    if (options->by == CMD_BY_SERIES)
        return CMD_HISTORY_SERIES;
    return options->by == CMD_BY_LEAD ? CMD_HISTORY_LEADS : CMD_HISTORY_SCORES;
}

static enum fc_status tell(struct run *run, struct fc_error *err)
{
    const char *output = run->options.output;
    enum fc_status status =
        output != NULL ? io_atomic_open(output, &run->file, err) : FC_OK;
    if (status == FC_OK)
        status = cmd_history_read((const char *const *)run->options.inputs,
                                  run->options.ninputs, parts_of(&run->options),
                                  &run->history, err);
    if (status != FC_OK)
        return status;
    struct levels levels = levels_of(&run->history);
    if (run->file == NULL) {
        print(run, &levels);
        return FC_OK;
    }
    write_csv(run, &levels);
    return io_atomic_commit(&run->file, 1, err);
}

static int main_history(int argc, char **argv)
{
    struct run run = {0};
    struct fc_error err;
    int status = cmd_options_parse(&cmd_history, argc, argv, &run.options);
    if (status < 0) {
        status = CMD_OK;
        if (tell(&run, &err) != FC_OK) {
            cmd_say(CMD_ERROR, "%s", err.msg);
            status = CMD_FAILED;
        }
    }
    io_atomic_abandon(run.file);
    cmd_history_release(&run.history);
    cmd_options_release(&run.options);
    return status;
}

const struct cmd_command cmd_history = {
    .name = "history",
    .set = CMD_HISTORY,
    .usage = "[options] STORE...",
    .summary = "how the forecasts of past nights turned out",
    .example = "nightcast history --by lead nights.db",
    .run = main_history,
};
