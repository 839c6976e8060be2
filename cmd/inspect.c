/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast inspect`: what the loader understood of a file, and what is
 * wrong with the data.
 */
#define _POSIX_C_SOURCE 200809L /* STDOUT_FILENO */
#include "cmd/commands.h"
#include "cmd/inspect_known.h"
#include "cmd/talk/line.h"
#include "cmd/talk/talk.h"
#include "cmd/talk/terminal.h"
#include "cmd/work.h"
#include "forecast/counts/class.h"
#include "forecast/seasons/strength.h"
#include "io/rows/note.h"
#include "io/text/seasons.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OFFENDERS = 5,   /* series named per finding */
    SPARK = 32,      /* columns of a series' picture */
    NAME = 20,       /* columns before it, at least */
    DECOMPOSED = 100 /* series whose seasons' strength is found, at most */
};

/* Properties of a series that a person should know of. */
enum {
    FAILS = 1,
    GAPS = 2,
    MISSING = 4,
    DUPLICATES = 8,
    OTHER_STEP = 16,
    UNORDERED = 32,
    CONSTANT = 64,
    SHORT = 128,
    EARLY = 256
};

static unsigned properties(const struct io_panel *panel, size_t i, int season)
{
    const struct io_panel_facts *facts = &panel->facts[i];
    size_t n = panel->series[i].n;
    return (facts->error != NULL ? FAILS : 0u)
           | (facts->nfilled > 0 ? GAPS : 0u)
           | (facts->nmissing > 0 ? MISSING : 0u)
           | (facts->nduplicates > 0 ? DUPLICATES : 0u)
           | (cmd_other_step(panel, i) ? OTHER_STEP : 0u)
           | (facts->unordered ? UNORDERED : 0u)
           | (facts->is_constant ? CONSTANT : 0u)
           | (n > 0 && n < 2 * (size_t)season ? SHORT : 0u)
           | (facts->ends_early ? EARLY : 0u);
}

static const struct finding {
    const char *label;
    unsigned property;
    size_t count; /* offset of the uint32_t that counts places; 0 = none */
    const char *unit;
} findings[] = {
    {"cannot be forecast", FAILS, 0, NULL},
    {"gaps", GAPS, offsetof(struct io_panel_facts, nfilled), "step"},
    {"missing values", MISSING, offsetof(struct io_panel_facts, nmissing),
     "row"},
    {"duplicates", DUPLICATES, offsetof(struct io_panel_facts, nduplicates),
     "row"},
    {"another step", OTHER_STEP, 0, NULL},
    {"rows out of order", UNORDERED, 0, NULL},
    {"constant", CONSTANT, 0, NULL},
    {"under two seasons", SHORT, 0, NULL},
    {"end early", EARLY, 0, NULL},
};

static uint32_t places(const struct finding *f,
                       const struct io_panel_facts *facts)
{
    return f->count > 0 ? *(const uint32_t *)((const char *)facts + f->count)
                        : 0;
}

static size_t print_visible(const char *text)
{
    return cmd_print_visible(text, strlen(text));
}

/* For a person alone: what a series looks like. */
static void print_spark(const struct fc_history *series, size_t used,
                        const struct cmd_terminal *terminal)
{
    char spark[CMD_SPARK_SIZE];
    if (terminal->is_terminal && series->n > 0)
        printf("%*s  %s", used < NAME ? (int)(NAME - used) : 0, "",
               cmd_spark(series->y, series->n, SPARK, terminal->utf8, spark));
}

static void print_offender(const struct finding *f,
                           const struct io_panel *panel, size_t i,
                           const struct cmd_terminal *terminal)
{
    char id[CMD_SHORT_SIZE];
    fputs("    ", stdout);
    size_t used = print_visible(cmd_short(panel->series[i].id, id));
    if (f->property == FAILS) {
        fputs(": ", stdout);
        used += 2 + print_visible(panel->facts[i].error);
    }
    if (f->count > 0)
        used += (size_t)printf(" (%u)", places(f, &panel->facts[i]));
    print_spark(&panel->series[i], used, terminal);
    putchar('\n');
}

static void print_finding(const struct finding *f, const struct io_panel *panel,
                          int season, const struct cmd_terminal *terminal)
{
    char count[CMD_COUNT_SIZE];
    size_t n = 0, total = 0;
    for (size_t i = 0; i < panel->nseries; i++)
        if (properties(panel, i, season) & f->property) {
            n++;
            total += places(f, &panel->facts[i]);
        }
    printf("%-18s  %s series", f->label, cmd_count(n, count));
    if (total > 0)
        printf(", %s %s%s", cmd_count(total, count), f->unit,
               total == 1 ? "" : "s");
    putchar('\n');
    for (size_t i = 0, shown = 0; shown < n && shown < OFFENDERS; i++)
        if (properties(panel, i, season) & f->property) {
            print_offender(f, panel, i, terminal);
            shown++;
        }
    if (n > OFFENDERS)
        printf("    ... and %s more\n", cmd_count(n - OFFENDERS, count));
}

static int compare_lengths(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static bool print_lengths(const struct io_panel *panel)
{
    size_t n = panel->nseries;
    size_t *length = malloc(n * sizeof *length);
    if (length == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        length[i] = panel->series[i].n;
    qsort(length, n, sizeof *length, compare_lengths);
    printf("%-18s  min %zu, quartiles %zu %zu %zu, max %zu\n", "length",
           length[0], length[(n - 1) / 4], length[(n - 1) / 2],
           length[(n - 1) * 3 / 4], length[n - 1]);
    free(length);
    return true;
}

static void print_file(const struct io_panel *panel, const char *path,
                       const struct fc_seasons *seasons)
{
    char list[IO_SEASONS_SIZE];
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], step[IO_FREQ_TEXT_SIZE],
        first[IO_TIME_SIZE], last[IO_TIME_SIZE];
    io_freq_text(&panel->freq, step, sizeof step);
    io_time_print(&panel->format, panel->first, first);
    io_time_print(&panel->format, panel->last, last);
    printf("%-18s  ", "file");
    print_visible(path);
    printf(" (%s bytes, %s rows", cmd_count(panel->bytes, a),
           cmd_count(panel->nrows, b));
    if (panel->nrejected > 0)
        printf(" and %s that cannot be read", cmd_count(panel->nrejected, a));
    puts(")");
    printf("%-18s  ", "columns");
    print_visible(panel->columns);
    putchar('\n');
    for (size_t i = 0; i < panel->notes->n; i++) {
        printf("%-18s  ", "inferred");
        print_visible(panel->notes->text[i]);
        putchar('\n');
    }
    printf("%-18s  %s%s\n", "step", step,
           panel->has_freq ? "" : " (assumed: no series has two timestamps)");
    printf("%-18s  %s%s\n", "season", io_seasons_print(seasons, list),
           seasons->n > 0 ? "" : " (none)");
    printf("%-18s  %s\n", "series", cmd_count(panel->nseries, a));
    printf("%-18s  %s to %s\n", "span", first, last);
    if (panel->ignore.n > 0)
        printf("%-18s  %s values of %s series\n", "ignored",
               cmd_count(panel->nignored, a), cmd_count(panel->nwith, b));
}

/* "demand  3 smooth, 0 erratic, 20 intermittent, 7 lumpy", of counts. */
static void print_demand(const struct io_panel *panel)
{
    size_t n[FC_DEMAND_CLASSES + 1] = {0};
    char count[CMD_COUNT_SIZE];
    for (size_t i = 0; i < panel->nseries; i++)
        n[fc_demand_of(panel->series[i].y, panel->series[i].n)]++;
    if (n[FC_DEMAND_NONE] == panel->nseries)
        return;
    printf("%-18s  ", "counts");
    for (int k = 0; k < FC_DEMAND_CLASSES; k++)
        printf("%s%s %s", k > 0 ? ", " : "", cmd_count(n[k], count),
               fc_demand_text((enum fc_demand)k));
    putchar('\n');
}

static int compare_strengths(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The strengths of every season, of up to DECOMPOSED series all over the file,
 * one season's behind the other's; how many of each are known. */
static enum fc_status find_strengths(const struct io_panel *panel,
                                     const struct fc_seasons *seasons,
                                     struct fc_workspace *ws, double *strength,
                                     size_t *known)
{
    size_t n = panel->nseries, tried = n < DECOMPOSED ? n : DECOMPOSED;
    for (size_t k = 0; k < tried; k++) {
        size_t i = k * n / tried;
        double each[FC_MOST_SEASONS];
        struct fc_series series = fc_series_of(&panel->series[i]);
        series.seasons = seasons;
        if (panel->facts[i].error != NULL || series.n == 0)
            continue;
        if (fc_season_strengths(&series, ws, each) != FC_OK)
            return FC_ENOMEM;
        for (int j = 0; j < seasons->n; j++)
            if (!isnan(each[j]))
                strength[(size_t)j * DECOMPOSED + known[j]++] = each[j];
        fc_workspace_reset(ws);
    }
    return FC_OK;
}

/* "strength of 24  median 0.93, quartiles 0.88 to 0.95, of 20 series", where
 * there are several seasons to tell apart. */
static bool print_strengths(const struct io_panel *panel,
                            const struct fc_seasons *seasons)
{
    double strength[FC_MOST_SEASONS * DECOMPOSED];
    size_t known[FC_MOST_SEASONS] = {0};
    char length[IO_NUMBER_SIZE], label[IO_NUMBER_SIZE + 16];
    if (seasons->n < 2)
        return true;
    struct fc_workspace *ws = fc_workspace_new();
    bool found =
        ws != NULL
        && find_strengths(panel, seasons, ws, strength, known) == FC_OK;
    fc_workspace_free(ws);
    for (int j = 0; found && j < seasons->n; j++) {
        double *each = strength + (size_t)j * DECOMPOSED;
        size_t n = known[j];
        io_number_print(seasons->length[j], length);
        snprintf(label, sizeof label, "strength of %s", length);
        if (n == 0) {
            printf("%-18s  not known: no series has two cycles\n", label);
            continue;
        }
        qsort(each, n, sizeof *each, compare_strengths);
        printf("%-18s  median %.2f, quartiles %.2f %.2f, of %zu series\n",
               label, each[(n - 1) / 2], each[(n - 1) / 4],
               each[(n - 1) * 3 / 4], n);
    }
    return found;
}

static int report(const struct io_panel *panel, const struct io_known *known,
                  const struct cmd_options *options)
{
    struct fc_error err;
    struct fc_seasons seasons = cmd_seasons(options, panel);
    int season = fc_season_length(&seasons);
    struct cmd_terminal terminal = cmd_terminal_of(STDOUT_FILENO);
    print_file(panel, options->input, &seasons);
    if (!print_lengths(panel) || !print_strengths(panel, &seasons)) {
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    print_demand(panel);
    if (cmd_inspect_known(options, panel, known, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
        print_finding(&findings[i], panel, season, &terminal);
    for (size_t i = 0; i < panel->nseries; i++)
        if (panel->facts[i].error != NULL)
            return cmd_verdict(options, false);
    return CMD_OK;
}

static int run(int argc, char **argv)
{
    struct cmd_options options;
    struct io_panel panel = {0};
    struct io_known known = {0};
    struct fc_error err;
    int jobs, status = cmd_options_parse(&cmd_inspect, argc, argv, &options);
    struct cmd_source source = {options.input, (int)options.horizon, NULL, NULL,
                                NULL};
    if (status < 0
        && cmd_load(&options, &source, &jobs, &panel, &known, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        status = CMD_FAILED;
    } else if (status < 0) {
        status = report(&panel, &known, &options);
    }
    io_panel_release(&panel);
    io_known_release(&known);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_inspect = {
    .name = "inspect",
    .set = CMD_INSPECT,
    .usage = "[options] [INPUT.csv ... | -]",
    .summary = "what the loader understood, and what is wrong with the data",
    .example = "nightcast inspect data/monthly.csv",
    .run = run,
};
