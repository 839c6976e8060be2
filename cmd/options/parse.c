/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per option.  An option's help, default and range stand in its row
 * and nowhere else.
 */
#define _GNU_SOURCE /* getopt_long */
#include "cmd/options/options.h"

#include "cmd/options/check.h"
#include "cmd/talk/talk.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, INTEGER, TEXT, CHOICE };

struct option_row {
    char letter; /* 0 = none */
    const char *name;
    enum kind kind;
    unsigned sets;
    size_t offset; /* in struct cmd_options */
    const char *argument;
    const char *help;           /* NULL: in the manual only */
    const char *fallback;       /* the default, as if it had been typed */
    int64_t least, most;        /* INTEGER */
    const char *const *choices; /* CHOICE: in the order of the enum */
};

static const char *const gaps[] = {"interpolate", "zero", "previous", "error",
                                   NULL};
static const char *const duplicates[] = {"error", "sum", "mean", "last", NULL};
static const char *const aligns[] = {"own", "common", NULL};
static const char *const whens[] = {"auto", "always", "never", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

#define AT(field) offsetof(struct cmd_options, field)

enum {
    SERIES = CMD_FITS | CMD_INSPECT,   /* read one file of series */
    TABLES = CMD_BACKTEST | CMD_SCORE, /* print a table of scores */
    TALKS = CMD_FORECAST | CMD_SIMULATE | CMD_LEARN | CMD_MERGE | TABLES,
    ALL = CMD_READS | CMD_MODELS | CMD_MERGE
};

/* clang-format off */
static const struct option_row rows[] = {
    {'H', "horizon", INTEGER, CMD_FITS, AT(horizon), "N",
     "steps to forecast (required)", NULL, 1, 1000000, NULL},
    {'o', "output", TEXT, CMD_FORECAST, AT(output), "FILE",
     "the forecasts; - is standard output", "-", 0, 0, NULL},
    {'o', "output", TEXT, CMD_SIMULATE, AT(output), "FILE",
     "the quantiles, or paths; - is standard output", "-", 0, 0, NULL},
    {'o', "output", TEXT, CMD_MERGE, AT(output), "FILE",
     "the whole; - is standard output", "-", 0, 0,
     NULL},
    {'o', "output", TEXT, CMD_LEARN, AT(output), "FILE",
     "what was learnt; - is standard output", "-", 0, 0, NULL},
    {'o', "output", TEXT, TABLES, AT(output), "FILE",
     "the scores of every series, as CSV", NULL, 0, 0, NULL},
    {0, "train", TEXT, CMD_SCORE, AT(train), "FILE",
     "what the forecaster saw (required)", NULL, 0, 0, NULL},
    {0, "origins", INTEGER, CMD_BACKTEST, AT(origins), "K",
     "forecasts of each series, from K different ends", "1", 1, 100000, NULL},
    {0, "stride", INTEGER, CMD_BACKTEST, AT(stride), "S",
     "steps between origins (default: the horizon)", NULL, 1, 1000000, NULL},
    {0, "paths", INTEGER, CMD_SIMULATE, AT(paths), "N",
     "sample paths of each series", "1000", 1, 100000000, NULL},
    {0, "quantiles", TEXT, CMD_SIMULATE, AT(quantiles_text), "LIST",
     "between 0 and 1", "0.05,0.25,0.5,0.75,0.95", 0, 0, NULL},
    {0, "lead-time", INTEGER, CMD_SIMULATE, AT(lead_time), "L",
     "also quantiles of the sum over L steps", NULL, 1, 1000000, NULL},
    {0, "whole", FLAG, CMD_SIMULATE, AT(whole), NULL,
     "write the paths, not their quantiles", NULL, 0, 0, NULL},
    {'m', "model", TEXT, CMD_RUNS, AT(models), "LIST",
     "one model or several: ets,snaive", "auto", 0, 0, NULL},
    {'m', "model", TEXT, CMD_LEARN, AT(models), "MODEL",
     "one that learns from all series of a file", "auto", 0, 0, NULL},
    {'s', "season", INTEGER, CMD_READS, AT(season), "M",
     "season length; 1 for none (default: by step)", NULL, 1, 100000, NULL},
    {'l', "level", TEXT, CMD_BOUNDS, AT(levels_text), "LIST",
     "interval levels in percent, or none", "80,95", 0, 0, NULL},
    {'j', "jobs", INTEGER, CMD_READS, AT(jobs), "N",
     "threads (default: all processors)", NULL, 1, 1024, NULL},
    {0, "id", TEXT, CMD_READS, AT(id), "COL",
     "column of the series' ids (unique_id)", NULL, 0, 0, NULL},
    {0, "time", TEXT, CMD_READS, AT(time), "COL",
     "column of timestamps (ds)", NULL, 0, 0, NULL},
    {0, "value", TEXT, CMD_READS, AT(value), "COL",
     "column of values (y)", NULL, 0, 0, NULL},
    {0, "freq", TEXT, CMD_READS, AT(freq_text), "F",
     "step: H D B W M Q Y, 15min, 2W (default: seen)", NULL, 0, 0, NULL},
    {0, "wide", FLAG, SERIES, AT(wide), NULL,
     "one row per series: id, then values", NULL, 0, 0, NULL},
    {0, "gaps", CHOICE, CMD_READS, AT(gaps), "POLICY",
     "interpolate zero previous error", "interpolate", 0, 0, gaps},
    {0, "align", CHOICE, SERIES, AT(align), "WHERE",
     "horizon starts after own or common last time", "own", 0, 0, aligns},
    {0, "duplicates", CHOICE, CMD_READS, AT(duplicates), "POLICY",
     "error sum mean last", "error", 0, 0, duplicates},
    {0, "fallback", TEXT, CMD_RUNS, AT(fallback_text), "MODEL",
     "if the model cannot fit a series, or none", "snaive", 0, 0, NULL},
    {0, "non-negative", FLAG, CMD_RUNS, AT(non_negative), NULL,
     "clip forecasts and bounds at zero", NULL, 0, 0, NULL},
    {0, "max-order", INTEGER, CMD_FITS, AT(max_order), "N",
     "most p+q+P+Q in arima's search; the manual has more", NULL, 1, 100,
     NULL},
    {0, "max-p", INTEGER, CMD_FITS, AT(max_p), "N", NULL, NULL, 0, 100, NULL},
    {0, "max-q", INTEGER, CMD_FITS, AT(max_q), "N", NULL, NULL, 0, 100, NULL},
    {0, "max-P", INTEGER, CMD_FITS, AT(max_P), "N", NULL, NULL, 0, 100, NULL},
    {0, "max-Q", INTEGER, CMD_FITS, AT(max_Q), "N", NULL, NULL, 0, 100, NULL},
    {0, "max-d", INTEGER, CMD_FITS, AT(max_d), "N", NULL, NULL, 0, 2, NULL},
    {0, "max-D", INTEGER, CMD_FITS, AT(max_D), "N", NULL, NULL, 0, 2, NULL},
    {0, "summary", TEXT, CMD_FORECAST, AT(summary), "FILE",
     "one row per series: what was done, how it went", NULL, 0, 0, NULL},
    {0, "seed", INTEGER, CMD_FITS, AT(seed), "N",
     "seed of everything random", "1", 0, INT64_MAX, NULL},
    {0, "learned", TEXT, CMD_FORECAST | CMD_SIMULATE, AT(learned), "FILE",
     "what `nightcast learn` wrote, instead of learning", NULL, 0, 0, NULL},
    {0, "shard", TEXT, CMD_FORECAST, AT(shard_text), "K/N",
     "part K of N of the series only, for `nightcast merge`", NULL, 0, 0,
     NULL},
    {0, "max-failed", TEXT, CMD_FORECAST, AT(max_failed_text), "N|P%",
     "if more series fail, the old output stays", NULL, 0, 0, NULL},
    {0, "lock", TEXT, CMD_FORECAST, AT(lock), "FILE",
     "one run at a time; status 75 if there is another", NULL, 0, 0, NULL},
    {0, "lock-wait", INTEGER, CMD_FORECAST, AT(lock_wait), "S",
     "seconds to wait for the other", "0", 0, 1000000, NULL},
    {0, "rejects", TEXT, CMD_FORECAST, AT(rejects), "FILE",
     "every row of the input that was not used, and why", NULL, 0, 0, NULL},
    {0, "metrics", TEXT, CMD_FORECAST, AT(metrics), "FILE",
     "counts and times for Prometheus", NULL, 0, 0, NULL},
    {0, "csv", FLAG, TABLES, AT(csv), NULL,
     "the table as CSV, with all digits", NULL, 0, 0, NULL},
    {0, "progress", CHOICE, CMD_RUNS & ~CMD_BENCH, AT(progress), "WHEN",
     "auto always never: a bar on a terminal", "auto", 0, 0, whens},
    {'q', "quiet", FLAG, TALKS, AT(quiet), NULL,
     "say nothing unless something is wrong", NULL, 0, 0, NULL},
    {'v', "verbose", FLAG, CMD_FORECAST, AT(verbose), NULL,
     "say what is done and how long it takes", NULL, 0, 0, NULL},
    {0, "log-format", CHOICE, ALL, AT(log_format), "FORM",
     "of standard error: text, json", "text", 0, 0, log_formats},
    {'h', "help", FLAG, ALL, AT(help), NULL,
     "this help", NULL, 0, 0, NULL},
    {'V', "version", FLAG, ALL, AT(version), NULL, NULL, NULL, 0, 0, NULL},
};
/* clang-format on */

enum { NROWS = sizeof rows / sizeof *rows };

static void *field_of(const struct option_row *row, struct cmd_options *options)
{
    return (char *)options + row->offset;
}

/* Whole text as a whole number in range. */
static bool parse_integer(const char *text, int64_t least, int64_t most,
                          int64_t *out)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool plain = (*text >= '0' && *text <= '9') || *text == '-';
    if (!plain || *end != '\0' || errno != 0 || value < least || value > most)
        return false;
    *out = value;
    return true;
}

/* "error, sum, mean or last" */
static void list_choices(const char *const *choices, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; choices[i] != NULL && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i == 0                   ? ""
                                 : choices[i + 1] == NULL ? " or "
                                                          : ", ",
                                 choices[i]);
}

/* The place of a choice among a row's; -1 when it is none of them. */
static int find_choice(const struct option_row *row, const char *text)
{
    for (int i = 0; row->choices[i] != NULL; i++)
        if (strcmp(row->choices[i], text) == 0)
            return i;
    return -1;
}

static int set_choice(const struct option_row *row, const char *command,
                      const char *text, int *out)
{
    char choices[80];
    int found = find_choice(row, text);
    if (found >= 0) {
        *out = found;
        return -1;
    }
    list_choices(row->choices, choices, sizeof choices);
    return cmd_usage(command, "--%s takes %s; got '%.60s'", row->name, choices,
                     text);
}

static int set_option(const struct option_row *row, const char *command,
                      const char *text, struct cmd_options *options)
{
    void *field = field_of(row, options);
    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return -1;
    case TEXT:
        if (*text == '\0')
            return cmd_usage(command, "--%s must not be empty", row->name);
        *(const char **)field = text;
        return -1;
    case CHOICE:
        return set_choice(row, command, text, field);
    case INTEGER:
        break;
    }
    if (parse_integer(text, row->least, row->most, field))
        return -1;
    return cmd_usage(
        command, "--%s takes a whole number from %lld to %lld; got '%.60s'",
        row->name, (long long)row->least, (long long)row->most, text);
}

static void set_defaults(const struct cmd_command *command,
                         struct cmd_options *options)
{
    *options = (struct cmd_options){
        .max_order = -1,
        .max_p = -1,
        .max_q = -1,
        .max_P = -1,
        .max_Q = -1,
        .max_d = -1,
        .max_D = -1,
    };
    for (size_t i = 0; i < NROWS; i++)
        if (rows[i].fallback != NULL && (rows[i].sets & command->set))
            set_option(&rows[i], command->name, rows[i].fallback, options);
}

/* getopt's two descriptions of the rows that belong to the command. */
static void describe(const struct cmd_command *command, char *letters,
                     struct option *names)
{
    size_t n = 0;
    *letters++ = ':';
    for (size_t i = 0; i < NROWS; i++) {
        if (!(rows[i].sets & command->set))
            continue;
        bool takes = rows[i].kind != FLAG;
        names[n++] = (struct option){rows[i].name,
                                     takes ? required_argument : no_argument,
                                     NULL, (int)(UCHAR_MAX + 1 + i)};
        if (rows[i].letter != 0) {
            *letters++ = rows[i].letter;
            if (takes)
                *letters++ = ':';
        }
    }
    *letters = '\0';
    names[n] = (struct option){NULL, 0, NULL, 0};
}

static const struct option_row *row_of(int code)
{
    if (code > UCHAR_MAX)
        return &rows[code - UCHAR_MAX - 1];
    for (size_t i = 0; i < NROWS; i++)
        if (rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static int bad_option(const struct cmd_command *command, int code, char **argv)
{
    const struct option_row *row = optopt != 0 ? row_of(optopt) : NULL;
    const char *given = argv[optind - 1];
    if (code == ':')
        return cmd_usage(command->name, "--%s needs a value: --%s %s",
                         row->name, row->name, row->argument);
    if (row != NULL && optopt > UCHAR_MAX)
        return cmd_usage(command->name, "--%s takes no value", row->name);
    if (optopt != 0 && optopt <= UCHAR_MAX)
        return cmd_usage(command->name, "no option -%c", optopt);
    return cmd_usage(command->name, "no option '%.60s'", given);
}

/* What is left when the options are gone. */
static int read_inputs(const struct cmd_command *command, int n, char **names,
                       struct cmd_options *options)
{
    int most = command->set & CMD_SCORE ? 2 : 1;
    if (command->set & CMD_MERGE) {
        options->inputs = names;
        options->ninputs = (size_t)n;
        return -1;
    }
    if (n > most)
        return cmd_usage(command->name, "%s at a time; got '%.60s' too",
                         most == 1 ? "one input" : "two inputs", names[most]);
    if (n > 0)
        options->input = names[0];
    if (n > 1)
        options->actuals = names[1];
    return -1;
}

/* How messages are to look, wherever that stands: those about the options
 * before it, too.  getopt_long() moves arguments about; it is given a copy. */
static void find_log_format(int argc, char **argv, const char *letters,
                            const struct option *names)
{
    int code;
    char **copy = malloc(((size_t)argc + 1) * sizeof *copy);
    if (copy == NULL)
        return; /* it is found when its turn comes */
    memcpy(copy, argv, ((size_t)argc + 1) * sizeof *copy);
    optind = 0; /* start afresh: GNU's way to reset everything */
    while ((code = getopt_long(argc, copy, letters, names, NULL)) != -1) {
        const struct option_row *row =
            code == '?' || code == ':' ? NULL : row_of(code);
        if (row == NULL || row->offset != AT(log_format))
            continue;
        int format = find_choice(row, optarg);
        if (format >= 0)
            cmd_log_format((enum cmd_log_format)format);
    }
    optind = 0;
    free(copy);
}

static int read_arguments(const struct cmd_command *command, int argc,
                          char **argv, struct cmd_options *options)
{
    char letters[3 * NROWS + 2];
    struct option names[NROWS + 1];
    int code;
    describe(command, letters, names);
    opterr = 0;
    find_log_format(argc, argv, letters, names);
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        if (code == '?' || code == ':')
            return bad_option(command, code, argv);
        int status = set_option(row_of(code), command->name, optarg, options);
        if (status >= 0)
            return status;
        cmd_log_format((enum cmd_log_format)options->log_format);
    }
    return read_inputs(command, argc - optind, argv + optind, options);
}

int cmd_options_parse(const struct cmd_command *command, int argc, char **argv,
                      struct cmd_options *options)
{
    set_defaults(command, options);
    int status = read_arguments(command, argc, argv, options);
    if (status < 0 && options->help) {
        cmd_options_help(command);
        return CMD_OK;
    }
    if (status < 0 && options->version) {
        puts("nightcast " NIGHTCAST_VERSION);
        return CMD_OK;
    }
    return status < 0 ? cmd_options_check(command, options) : status;
}

/* Options that tell where and how, but not what. */
static bool has_no_say(const char *name)
{
    static const char *const names[] = {
        "output",  "jobs",    "summary",  "lock",    "lock-wait",
        "rejects", "metrics", "shard",    "learned", "help",
        "version", "quiet",   "progress", "verbose", "log-format"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void cmd_options_tokens(const struct cmd_command *command,
                        const struct cmd_options *options,
                        struct cmd_tokens *tokens)
{
    char number[24];
    for (size_t i = 0; i < NROWS; i++) {
        const struct option_row *row = &rows[i];
        const void *field = (const char *)options + row->offset;
        const char *text = NULL;
        if (!(row->sets & command->set) || has_no_say(row->name))
            continue;
        if (row->kind == INTEGER) {
            snprintf(number, sizeof number, "%" PRId64,
                     *(const int64_t *)field);
            text = number;
        } else if (row->kind == TEXT) {
            text = *(const char *const *)field;
        } else if (row->kind == CHOICE) {
            text = row->choices[*(const int *)field];
        } else {
            text = *(const bool *)field ? "yes" : "no";
        }
        cmd_tokens_add(tokens, row->name, text != NULL ? text : "");
    }
}

static void help_row(const struct option_row *row)
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

void cmd_options_help(const struct cmd_command *command)
{
    printf("usage: nightcast %s%s%s\n%s\n\n", command->name,
           *command->usage != '\0' ? " " : "", command->usage,
           command->summary);
    for (size_t i = 0; i < NROWS; i++)
        if ((rows[i].sets & command->set) && rows[i].help != NULL)
            help_row(&rows[i]);
    if (command->example != NULL)
        printf("\nexample: %s\n", command->example);
}
