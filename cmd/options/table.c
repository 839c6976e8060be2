/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per option.  An option's help, default, range and role stand in its
 * row and nowhere else.
 */
#include "cmd/options/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const gaps[] = {"interpolate", "zero", "previous", "error",
                                   NULL};
static const char *const duplicates[] = {"error", "sum", "mean", "last", NULL};
static const char *const lacks[] = {"error", "previous", "zero", NULL};
static const char *const decimals[] = {"auto", ".", ",", NULL};
static const char *const aligns[] = {"own", "common", NULL};
static const char *const whens[] = {"auto", "always", "never", NULL};
static const char *const bys[] = {"night", "lead", "series", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

#define AT(field) offsetof(struct cmd_options, field)

enum {
    SERIES = CMD_FITS | CMD_INSPECT | CMD_SHOWS, /* have a file of series */
    TABLES = CMD_BACKTEST | CMD_SCORE,           /* print a table of scores */
    TALKS = CMD_FORECAST | CMD_SIMULATE | CMD_LEARN | CMD_MERGE | CMD_REPORT
            | TABLES,
    KNOWN = CMD_FORECAST | CMD_BACKTEST | CMD_SIMULATE
            | CMD_LEARN, /* forecast with regressors */
    TAKES_KNOWN = KNOWN | CMD_INSPECT,
    PARTIAL = CMD_LEARN | CMD_SIMULATE | CMD_INSPECT | CMD_REPORT
              | TABLES, /* may exit 3 */
    ALL = CMD_READS | CMD_MODELS | CMD_MERGE | CMD_HISTORY
};

/* clang-format off */
static const struct cmd_option rows[] = {
    {'H', "horizon", CMD_INTEGER, CMD_FITS, AT(horizon), "N",
     "steps to forecast (required)", NULL, 1, 1000000, NULL},
    {'H', "horizon", CMD_INTEGER, CMD_INSPECT, AT(horizon), "N",
     "steps for which regressors and events are wanted", NULL, 1, 1000000,
     NULL},
    {'o', "output", CMD_OUTPUT, CMD_FORECAST, AT(output), "FILE",
     "the forecasts; - is standard output", "-", 0, 0, NULL},
    {'o', "output", CMD_OUTPUT, CMD_SIMULATE, AT(output), "FILE",
     "the quantiles, or paths; - is standard output", "-", 0, 0, NULL},
    {'o', "output", CMD_OUTPUT, CMD_MERGE, AT(output), "FILE",
     "the whole; - is standard output", "-", 0, 0,
     NULL},
    {'o', "output", CMD_OUTPUT, CMD_LEARN, AT(output), "FILE",
     "what was learnt; - is standard output", "-", 0, 0, NULL},
    {'o', "output", CMD_OUTPUT, TABLES, AT(output), "FILE",
     "the scores of every series, as CSV", NULL, 0, 0, NULL},
    {'o', "output", CMD_OUTPUT, CMD_REPORT, AT(output), "FILE",
     "the page; - is standard output", "-", 0, 0, NULL},
    {'o', "output", CMD_OUTPUT, CMD_HISTORY, AT(output), "FILE",
     "the same as CSV, with all digits", NULL, 0, 0, NULL},
    {0, "by", CMD_CHOICE, CMD_HISTORY, AT(by), "WHAT",
     "a line per night, lead or series", "night", 0, 0, bys},
    {0, "worst", CMD_INTEGER, CMD_HISTORY, AT(worst), "N",
     "of the series, how many", "20", 1, 1000000000, NULL},
    {0, "changes", CMD_FLAG, CMD_HISTORY, AT(changes), NULL,
     "series whose forecasts moved most last night", NULL, 0, 0, NULL},
    {0, "train", CMD_INPUT, CMD_SCORE | CMD_SHOWS, AT(train), "FILE",
     "what the forecaster saw (required)", NULL, 0, 0, NULL},
    {0, "summary", CMD_INPUT, CMD_REPORT, AT(summary), "FILE",
     "what `forecast --summary` wrote: outcomes and models", NULL, 0, 0, NULL},
    {0, "scores", CMD_INPUT, CMD_REPORT, AT(scores), "FILE",
     "what backtest -o, backtest --steps or score -o wrote", NULL, 0, 0, NULL},
    {0, "trace", CMD_INPUT, CMD_REPORT, AT(trace), "FILE",
     "what `forecast --trace` wrote: the time line", NULL, 0, 0, NULL},
    {0, "components", CMD_INPUT, CMD_REPORT, AT(components), "FILE",
     "what `forecast --components` wrote: base and effects", NULL, 0, 0, NULL},
    {0, "store", CMD_INPUT, CMD_REPORT, AT(store), "FILE",
     "what `forecast --store` keeps: past nights", NULL, 0, 0,
     NULL},
    {0, "series", CMD_TEXT, CMD_REPORT, AT(shown), "LIST",
     "to be there in any case, if there are too many", NULL, 0, 0, NULL},
    {0, "series", CMD_TEXT, CMD_PLOT, AT(shown), "ID",
     "which one to show (required)", NULL, 0, 0, NULL},
    {'m', "model", CMD_TEXT, CMD_PLOT, AT(models), "MODEL",
     "whose forecasts (default: the first of the file)", NULL, 0, 0,
     NULL},
    {0, "origins", CMD_INTEGER, CMD_BACKTEST, AT(origins), "K",
     "forecasts of each series, from K different ends", "1", 1, 100000, NULL},
    {0, "stride", CMD_INTEGER, CMD_BACKTEST, AT(stride), "S",
     "steps between origins (default: the horizon)", NULL, 1, 1000000, NULL},
    {0, "paths", CMD_INTEGER, CMD_SIMULATE, AT(paths), "N",
     "sample paths of each series", "1000", 1, 100000000, NULL},
    {0, "quantiles", CMD_LIST, CMD_SIMULATE, AT(quantiles_text), "LIST",
     "in percent, 0.1 to 99.9", "5,25,50,75,95", 0, 0, NULL},
    {0, "lead-time", CMD_INTEGER, CMD_SIMULATE, AT(lead_time), "L",
     "also quantiles of the sum over L steps", NULL, 1, 1000000, NULL},
    {0, "whole", CMD_FLAG, CMD_SIMULATE, AT(whole), NULL,
     "write the paths, not their quantiles", NULL, 0, 0, NULL},
    {'m', "model", CMD_LIST, CMD_RUNS, AT(models), "LIST",
     "one model or several: ets,snaive", "auto", 0, 0, NULL},
    {'m', "model", CMD_TEXT, CMD_LEARN, AT(models), "MODEL",
     "one that learns from all series of a file", "auto", 0, 0, NULL},
    {'s', "season", CMD_LIST, CMD_READS, AT(season_text), "LIST",
     "season lengths; 1 for none (default: by step)", NULL, 0, 0, NULL},
    {'l', "level", CMD_LIST, CMD_BOUNDS, AT(levels_text), "LIST",
     "interval levels in percent, or none", "80,95", 0, 0, NULL},
    {0, "quantiles", CMD_LIST, CMD_FORECAST | CMD_BACKTEST, AT(quantiles_text),
     "LIST", "also these, in percent: 10,50,90", NULL, 0, 0, NULL},
    {'j', "jobs", CMD_INTEGER, CMD_READS, AT(jobs), "N",
     "threads (default: all processors)", NULL, 1, 1024, NULL},
    {0, "id", CMD_LIST, CMD_READS, AT(id), "COL",
     "column of the series' ids (unique_id)", NULL, 0, 0, NULL},
    {0, "time", CMD_TEXT, CMD_READS, AT(time), "COL",
     "column of timestamps (ds)", NULL, 0, 0, NULL},
    {0, "value", CMD_TEXT, CMD_READS, AT(value), "COL",
     "column of values (y)", NULL, 0, 0, NULL},
    {0, "freq", CMD_TEXT, CMD_READS, AT(freq_text), "F",
     "step: H D B W M Q Y, 15min, 2W (default: seen)", NULL, 0, 0, NULL},
    {0, "time-format", CMD_TEXT, CMD_READS, AT(time_format), "FORM",
     "timestamps: %d/%m/%Y, or excel (default: seen)", NULL, 0, 0, NULL},
    {0, "decimal", CMD_CHOICE, CMD_READS, AT(decimal), "SIGN",
     ". or , in numbers; auto: as the file shows", "auto", 0, 0, decimals},
    {0, "na", CMD_LIST, CMD_READS, AT(na), "LIST",
     "more words for a missing value: sold out,99999", NULL, 0, 0, NULL},
    {0, "encoding", CMD_TEXT, CMD_READS, AT(encoding), "NAME",
     "of the input's text: windows-1252, UTF-16LE", NULL, 0, 0, NULL},
    {0, "wide", CMD_FLAG, SERIES, AT(wide), NULL,
     "one row per series: id, then values", NULL, 0, 0, NULL},
    {0, "gaps", CMD_CHOICE, CMD_READS, AT(gaps), "POLICY",
     "interpolate zero previous error", "interpolate", 0, 0, gaps},
    {0, "ignore", CMD_LIST, CMD_READS, AT(ignore), "LIST",
     "periods that count as missing: 2020-03..2020-06", NULL, 0, 0, NULL},
    {0, "align", CMD_CHOICE, SERIES, AT(align), "WHERE",
     "horizon starts after own or common last time", "own", 0, 0, aligns},
    {0, "duplicates", CMD_CHOICE, CMD_READS, AT(duplicates), "POLICY",
     "error sum mean last", "error", 0, 0, duplicates},
    {0, "regressors", CMD_LIST, TAKES_KNOWN, AT(regressors), "LIST",
     "columns known in advance: price,deal,lag(deal,1)", NULL, 0, 0, NULL},
    {0, "missing-regressors", CMD_CHOICE, TAKES_KNOWN, AT(missing_regressors),
     "POLICY", NULL, "error", 0, 0, lacks},
    {0, "regressors-unknown", CMD_LIST, TAKES_KNOWN & ~CMD_LEARN,
     AT(unknown), "LIST", NULL, NULL, 0, 0, NULL},
    {0, "future", CMD_INPUT, CMD_FORECAST | CMD_SIMULATE | CMD_INSPECT,
     AT(future), "FILE", NULL, NULL, 0, 0, NULL},
    {0, "set", CMD_LIST, CMD_FORECAST | CMD_SIMULATE, AT(what_if), "LIST",
     NULL, NULL, 0, 0, NULL},
    {0, "events", CMD_INPUT, TAKES_KNOWN, AT(events), "FILE",
     "holidays and other events by their dates: CSV, .ics", NULL, 0, 0, NULL},
    {0, "events-as", CMD_LIST, TAKES_KNOWN, AT(events_as), "LIST",
     NULL, NULL, 0, 0, NULL},
    {0, "effects", CMD_OUTPUT, CMD_FORECAST, AT(effects), "FILE",
     NULL, NULL, 0, 0, NULL},
    {0, "components", CMD_OUTPUT, CMD_FORECAST, AT(components), "FILE",
     NULL, NULL, 0, 0, NULL},
    {0, "fallback", CMD_TEXT, CMD_RUNS, AT(fallback_text), "MODEL",
     "if the model cannot fit a series, or none", "snaive", 0, 0, NULL},
    {0, "non-negative", CMD_FLAG, CMD_RUNS, AT(non_negative), NULL,
     "clip forecasts and bounds at zero", NULL, 0, 0, NULL},
    {0, "max-order", CMD_SETTING, CMD_FITS, AT(settings[0]), "N",
     "most p+q+P+Q in arima's search", NULL, 0, 0, NULL},
    {0, "max-p", CMD_SETTING, CMD_FITS, AT(settings[1]), "N", NULL, NULL, 0, 0, NULL},
    {0, "max-q", CMD_SETTING, CMD_FITS, AT(settings[2]), "N", NULL, NULL, 0, 0, NULL},
    {0, "max-P", CMD_SETTING, CMD_FITS, AT(settings[3]), "N", NULL, NULL, 0, 0, NULL},
    {0, "max-Q", CMD_SETTING, CMD_FITS, AT(settings[4]), "N", NULL, NULL, 0, 0, NULL},
    {0, "max-d", CMD_SETTING, CMD_FITS, AT(settings[5]), "N", NULL, NULL, 0, 0, NULL},
    {0, "max-D", CMD_SETTING, CMD_FITS, AT(settings[6]), "N", NULL, NULL, 0, 0, NULL},
    {0, "summary", CMD_OUTPUT, CMD_FORECAST, AT(summary), "FILE",
     "one row per series: what was done, how it went", NULL, 0, 0, NULL},
    {0, "seed", CMD_INTEGER, CMD_FITS, AT(seed), "N",
     "seed of everything random", "1", 0, INT64_MAX, NULL},
    {0, "learned", CMD_INPUT, CMD_FORECAST | CMD_SIMULATE, AT(learned), "FILE",
     "what `nightcast learn` wrote, instead of learning", NULL, 0, 0, NULL},
    {0, "stale", CMD_INTEGER, CMD_FORECAST, AT(stale), "N",
     "leave out what ended over N steps before the rest", NULL, 0,
     1000000000, NULL},
    {0, "shard", CMD_TEXT, CMD_FORECAST, AT(shard_text), "K/N",
     "part K of N, for `nightcast merge`; or auto[/N]", NULL, 0, 0,
     NULL},
    {0, "by-file", CMD_FLAG, CMD_FORECAST, AT(by_file), NULL,
     "a shard reads only its own of several files", NULL, 0, 0, NULL},
    {0, "by-file", CMD_FLAG, CMD_LEARN, AT(by_file), NULL,
     "write down what runs that read some files each share", NULL, 0, 0, NULL},
    {0, "parts", CMD_INTEGER, CMD_LEARN, AT(parts), "N",
     "with --by-file: read N of the files (default: all)", NULL, 1, 1000000,
     NULL},
    {0, "max-failed", CMD_TEXT, CMD_FORECAST, AT(max_failed_text), "N|P%",
     "if more series fail, the old output stays", NULL, 0, 0, NULL},
    {0, "partial-ok", CMD_FLAG, CMD_FORECAST | CMD_MERGE | PARTIAL,
     AT(partial_ok), NULL, "exit status 0 instead of 3", NULL, 0, 0, NULL},
    {0, "from", CMD_INPUT, CMD_MERGE, AT(from), "FILE",
     "a list of shards, one name per line", NULL, 0, 0, NULL},
    {0, "missing", CMD_FLAG, CMD_MERGE, AT(missing), NULL,
     "print the numbers of those that must run again", NULL, 0, 0, NULL},
    {0, "lock", CMD_LOCK, CMD_FORECAST, AT(lock), "FILE",
     "one run at a time; status 75 if there is another", NULL, 0, 0, NULL},
    {0, "lock-wait", CMD_INTEGER, CMD_FORECAST, AT(lock_wait), "S",
     NULL, "0", 0, 1000000, NULL},
    {0, "store", CMD_STORE, CMD_FORECAST, AT(store), "FILE",
     "remember this night, and use what the last ones left", NULL, 0, 0,
     NULL},
    {0, "keep", CMD_INTEGER, CMD_FORECAST, AT(keep), "NIGHTS",
     NULL, "30", 1, 100000, NULL},
    {0, "relearn", CMD_INTEGER, CMD_FORECAST, AT(relearn), "NIGHTS",
     NULL, "7", 1, 100000, NULL},
    {0, "refit", CMD_INTEGER, CMD_FORECAST, AT(refit), "NIGHTS",
     NULL, "7", 1, 100000, NULL},
    {0, "deadline", CMD_TEXT, CMD_FORECAST, AT(deadline_text), "WHEN",
     "05:30 or 45min: all is written by then, come what may", NULL, 0, 0,
     NULL},
    {0, "rejects", CMD_OUTPUT, CMD_FORECAST, AT(rejects), "FILE",
     "every row of the input that was not used, and why", NULL, 0, 0, NULL},
    {0, "metrics", CMD_OUTPUT, CMD_FORECAST, AT(metrics), "FILE",
     "counts and times for Prometheus", NULL, 0, 0, NULL},
    {0, "report", CMD_OUTPUT, CMD_FORECAST, AT(report), "FILE",
     "a page to look at, in HTML", NULL, 0, 0, NULL},
    {0, "trace", CMD_OUTPUT, CMD_FORECAST, AT(trace), "FILE",
     NULL, NULL, 0, 0, NULL},
    {0, "steps", CMD_OUTPUT, CMD_BACKTEST, AT(steps), "FILE",
     "every forecast, and what really followed", NULL, 0, 0,
     NULL},
    {0, "csv", CMD_FLAG, TABLES, AT(csv), NULL,
     "the table as CSV, with all digits", NULL, 0, 0, NULL},
    {0, "progress", CMD_CHOICE, CMD_RUNS & ~CMD_BENCH, AT(progress), "WHEN",
     "auto always never: a bar on a terminal", "auto", 0, 0, whens},
    {'q', "quiet", CMD_FLAG, TALKS, AT(quiet), NULL,
     "say nothing unless something is wrong", NULL, 0, 0, NULL},
    {'v', "verbose", CMD_FLAG, CMD_FORECAST, AT(verbose), NULL,
     "say what is done and how long it takes", NULL, 0, 0, NULL},
    {0, "log-format", CMD_CHOICE, ALL, AT(log_format), "FORM",
     "of standard error: text, json", "text", 0, 0, log_formats},
    {'h', "help", CMD_FLAG, ALL, AT(help), NULL,
     "this help", NULL, 0, 0, NULL},
    {'V', "version", CMD_FLAG, ALL, AT(version), NULL,
     "the program's version", NULL, 0, 0, NULL},
};
/* clang-format on */

enum { NROWS = sizeof rows / sizeof *rows };

_Static_assert((int)NROWS <= (int)CMD_GIVEN_MOST,
               "more rows than can be given");
_Static_assert((int)NROWS <= (int)CMD_OPTIONS_MOST,
               "more rows than the parser takes");

const struct cmd_option *cmd_option_at(size_t i)
{
    return i < NROWS ? &rows[i] : NULL;
}

size_t cmd_option_place(const char *name)
{
    size_t i = 0;
    while (strcmp(rows[i].name, name) != 0)
        i++;
    return i;
}

bool cmd_option_given(const struct cmd_options *options, const char *name)
{
    return options->given[cmd_option_place(name)];
}

size_t cmd_option_files(const struct cmd_command *command,
                        const struct cmd_options *options, enum cmd_kind kind,
                        struct cmd_file files[CMD_OPTIONS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < NROWS; i++) {
        const void *field = (const char *)options + rows[i].offset;
        if (rows[i].kind != kind || !(rows[i].sets & command->set))
            continue;
        const char *path = *(const char *const *)field;
        if (path != NULL)
            files[n++] = (struct cmd_file){rows[i].name, path};
    }
    return n;
}

/* Options that tell where and how, but not what. */
static bool has_no_say(const struct cmd_option *row)
{
    static const char *const names[] = {
        "jobs",    "lock-wait", "shard",    "partial-ok", "help",
        "version", "quiet",     "progress", "verbose",    "log-format",
        "keep",    "relearn",   "refit",    "deadline"};
    if (cmd_option_is_file(row))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(row->name, names[i]) == 0)
            return true;
    return false;
}

void cmd_options_tokens(const struct cmd_command *command,
                        const struct cmd_options *options,
                        struct cmd_tokens *tokens)
{
    char number[24];
    for (size_t i = 0; i < NROWS; i++) {
        const struct cmd_option *row = &rows[i];
        const void *field = (const char *)options + row->offset;
        const char *text = NULL;
        if (!(row->sets & command->set) || has_no_say(row))
            continue;
        if (row->kind == CMD_INTEGER || row->kind == CMD_SETTING) {
            snprintf(number, sizeof number, "%" PRId64,
                     *(const int64_t *)field);
            text = number;
        } else if (row->kind == CMD_TEXT || row->kind == CMD_LIST) {
            text = *(const char *const *)field;
        } else if (row->kind == CMD_CHOICE) {
            text = row->choices[*(const int *)field];
        } else {
            text = *(const bool *)field ? "yes" : "no";
        }
        cmd_tokens_add(tokens, row->name, text != NULL ? text : "");
    }
}

static void help_row(const struct cmd_option *row)
{
    char left[40];
    int n =
        row->letter != 0
            ? snprintf(left, sizeof left, "  -%c, --%s", row->letter, row->name)
            : snprintf(left, sizeof left, "      --%s", row->name);
    if (row->argument != NULL)
        snprintf(left + n, sizeof left - (size_t)n, " %s", row->argument);
    printf("%-26s %s", left, row->help);
    if (row->fallback != NULL)
        printf(" [%s]", row->fallback);
    putchar('\n');
}

/* "--keep NIGHTS", behind the others of such rows, if there is room. */
static void name_row(const struct cmd_option *row, size_t *column)
{
    enum { WIDTH = 71 }; /* and " (manual)" */
    char text[40];
    int n = snprintf(text, sizeof text, "--%s%s%s", row->name,
                     row->argument != NULL ? " " : "",
                     row->argument != NULL ? row->argument : "");
    bool first = *column == 0;
    if (!first && *column + 2 + (size_t)n < WIDTH) {
        *column += (size_t)printf(", %s", text);
        return;
    }
    printf("%s", first ? "" : ",\n");
    *column = (size_t)printf("      %s", text);
}

/* What is for few, by name; the manual says the rest. */
static void help_for_few(const struct cmd_command *command)
{
    size_t column = 0;
    for (size_t i = 0; i < NROWS; i++)
        if ((rows[i].sets & command->set) && rows[i].help == NULL)
            name_row(&rows[i], &column);
    if (column > 0)
        puts(" (manual)");
}

void cmd_options_help(const struct cmd_command *command)
{
    printf("usage: nightcast %s%s%s\n%s\n\n", command->name,
           *command->usage != '\0' ? " " : "", command->usage,
           command->summary);
    for (size_t i = 0; i < NROWS; i++)
        if ((rows[i].sets & command->set) && rows[i].help != NULL)
            help_row(&rows[i]);
    help_for_few(command);
    if (command->example != NULL)
        printf("\nexample: %s\n", command->example);
}
