/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What options mean beyond their own words: lists, models, policies, and what
 * contradicts what.
 */
#define _POSIX_C_SOURCE 200809L /* strndup */
#include "cmd/options/check.h"

#include "cmd/host/deadline.h"
#include "cmd/options/by_file.h"
#include "cmd/options/files.h"
#include "cmd/options/near.h"
#include "cmd/options/shard.h"
#include "cmd/options/table.h"
#include "cmd/talk/talk.h"
#include "forecast/models.h"
#include "io/known/change.h"
#include "io/known/events.h"
#include "io/known/terms.h"
#include "io/text/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lists of numbers: "80,95" --- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a list of numbers may be. */
struct list_rule {
    const char *option;
    double least, most;
    const char *range;   /* "numbers between 0 and 100, or none" */
    const char *one;     /* what a number is */
    const char *percent; /* an example of one, and of a share */
    bool all_below; /* only a list of nothing but shares is taken for such */
};

/* A list of distinct numbers in percent, made ascending. */
static int parse_numbers(const char *command, const struct list_rule *rule,
                         const char *given, double **numbers, int *n)
{
    const char *text = given;
    size_t room = 1;
    for (const char *p = text; *p != '\0'; p++)
        room += *p == ',';
    *numbers = malloc(room * sizeof **numbers);
    if (*numbers == NULL) {
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    for (;;) {
        size_t length = strcspn(text, ",");
        double x;
        if (!io_number_parse(text, length, &x) || x <= 0 || x >= 100)
            return cmd_usage(command, "--%s takes numbers %s; got '%.60s'",
                             rule->option, rule->range, given);
        (*numbers)[(*n)++] = x;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    qsort(*numbers, (size_t)*n, sizeof(double), compare_doubles);
    for (int i = 1; i < *n; i++)
        if ((*numbers)[i] == (*numbers)[i - 1])
            return cmd_usage(command, "--%s %.60s names a %s twice",
                             rule->option, given, rule->one);
    return -1;
}

/* What is a share where percent are asked for, or out of range. */
static int check_range(const char *command, const struct list_rule *rule,
                       const char *given, const double *numbers, int n)
{
    if (numbers[rule->all_below ? n - 1 : 0] < 1)
        return cmd_usage(command, "--%s is in percent: %s; got '%.60s'",
                         rule->option, rule->percent, given);
    if (numbers[0] < rule->least || numbers[n - 1] > rule->most)
        return cmd_usage(command, "--%s takes numbers %s; got '%.60s'",
                         rule->option, rule->range, given);
    return -1;
}

static int parse_levels(const char *command, struct cmd_options *options)
{
    static const struct list_rule rule = {"level", 0,
                                          100,     "between 0 and 100, or none",
                                          "level", "95 rather than 0.95",
                                          false};
    const char *text = options->levels_text;
    if (strcmp(text, "none") == 0)
        return -1;
    int status = parse_numbers(command, &rule, text, &options->levels,
                               &options->nlevels);
    return status < 0 ? check_range(command, &rule, text, options->levels,
                                    options->nlevels)
                      : status;
}

static int parse_quantiles(const char *command, struct cmd_options *options)
{
    static const struct list_rule rule = {
        "quantiles",          0.1, 99.9, "from 0.1 to 99.9", "quantile",
        "50 rather than 0.5", true};
    const char *text = options->quantiles_text;
    if (text == NULL)
        return -1;
    int status = parse_numbers(command, &rule, text, &options->quantiles,
                               &options->nquantiles);
    return status < 0 ? check_range(command, &rule, text, options->quantiles,
                                    options->nquantiles)
                      : status;
}

/* --- models: names begin with a letter, so "arima:2,1,1,ets" are two --- */

static const char *model_end(const char *text)
{
    const char *p = text;
    while (*p != '\0'
           && !(*p == ','
                && (p[1] == '\0' || (p[1] >= 'a' && p[1] <= 'z') || p[1] == ','
                    || p[1] == ' ')))
        p++;
    return p;
}

/* What the model of a spec has of the settings. */
static void set_settings(const struct cmd_options *options,
                         struct fc_spec *spec)
{
    const struct cmd_option *row;
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
        const void *field = (const char *)options + row->offset;
        if (row->kind == CMD_SETTING && *(const int64_t *)field >= 0)
            fc_spec_set(spec, row->name, (int)*(const int64_t *)field);
    }
}

/* Adds the model that was meant, if one is near. */
static void suggest_model(const char *text, size_t length, struct fc_error *err)
{
    const struct fc_model *model;
    struct cmd_near near = {0};
    size_t n = 0;
    while (n < length && text[n] != ':')
        n++;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        cmd_near_offer(&near, text, n, model->name);
    if (near.name != NULL && near.distance > 0)
        cmd_append(err->msg, sizeof err->msg, "; did you mean %s?", near.name);
}

static enum fc_status parse_model(const char *text, size_t length,
                                  const struct cmd_options *options,
                                  struct fc_spec *spec, struct fc_error *err)
{
    *spec = (struct fc_spec){0};
    enum fc_status status = fc_model_parse(text, length, spec, err);
    if (status == FC_OK)
        set_settings(options, spec);
    else
        suggest_model(text, length, err);
    return status;
}

static int add_model(const char *command, const char *text, size_t length,
                     struct cmd_options *options)
{
    struct fc_error err;
    size_t n = options->nspecs;
    struct fc_spec *specs =
        realloc(options->specs, (n + 1) * sizeof *options->specs);
    if (specs != NULL)
        options->specs = specs;
    char **names = realloc(options->spec_names, (n + 1) * sizeof *names);
    if (names != NULL)
        options->spec_names = names;
    char *name = strndup(text, length);
    if (specs == NULL || names == NULL || name == NULL) {
        free(name);
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) {
            free(name);
            return cmd_usage(command, "--model names '%s' twice", names[i]);
        }
    names[n] = name;
    options->nspecs = n + 1;
    if (parse_model(text, length, options, &specs[n], &err) != FC_OK)
        return cmd_usage(command, "--model: %s", err.msg);
    return -1;
}

static int parse_models(const char *command, struct cmd_options *options)
{
    const char *text = options->models;
    for (;;) {
        const char *end = model_end(text);
        int status = add_model(command, text, (size_t)(end - text), options);
        if (status >= 0 || *end == '\0')
            return status;
        text = end + 1;
    }
}

/* learn needs a model that learns, and so does --learned. */
static int check_learners(const struct cmd_command *command,
                          const struct cmd_options *options)
{
    size_t learners = 0;
    for (size_t i = 0; i < options->nspecs; i++)
        learners += options->specs[i].model->learn != NULL;
    if (cmd_has_known(options)) /* which teach for any model */
        learners += options->nspecs;
    if ((command->set & CMD_LEARN)
        && (options->nspecs != 1 || (learners == 0 && !options->by_file)))
        return cmd_usage(command->name,
                         options->nspecs != 1
                             ? "--model takes one model; got '%.60s'"
                             : "model '%.60s' looks at one series at a time "
                               "and learns nothing from a file; auto does",
                         options->models);
    if (options->learned != NULL && learners == 0 && !options->by_file)
        return cmd_usage(command->name,
                         "--learned is for models that learn from a file, as "
                         "auto does; '%.60s' does not",
                         options->models);
    return -1;
}

static int parse_fallback(const char *command, struct cmd_options *options)
{
    struct fc_error err;
    if (strcmp(options->fallback_text, "none") == 0)
        return -1;
    if (parse_model(options->fallback_text, strlen(options->fallback_text),
                    options, &options->fallback, &err)
        != FC_OK)
        return cmd_usage(command, "--fallback: %s", err.msg);
    options->has_fallback = true;
    return -1;
}

static int check_columns(const char *name, const struct cmd_options *options)
{
    const char *column[] = {options->id, options->time, options->value};
    const char *option[] = {"--id", "--time", "--value"};
    if (options->wide && (options->time != NULL || options->value != NULL))
        return cmd_usage(name, "--wide has no columns for %s",
                         options->time != NULL ? "--time" : "--value");
    for (int i = 1; i < 3; i++)
        for (int j = 0; j < i; j++)
            if (column[i] != NULL && column[j] != NULL
                && strcmp(column[i], column[j]) == 0)
                return cmd_usage(name, "%s and %s both name the column '%.60s'",
                                 option[j], option[i], column[i]);
    return -1;
}

static int parse_max_failed(const char *name, struct cmd_options *options)
{
    if (cmd_max_failed_parse(options->max_failed_text, &options->max_failed))
        return -1;
    return cmd_usage(name,
                     "--max-failed takes a whole number of series, or a "
                     "percentage: 5%%; got '%.60s'",
                     options->max_failed_text);
}

static int check_lock(const char *name, const struct cmd_options *options)
{
    if (options->lock == NULL && options->lock_wait > 0)
        return cmd_usage(name, "--lock-wait needs --lock FILE to wait for");
    return -1;
}

static int parse_deadline(const char *name, struct cmd_options *options)
{
    double seconds;
    if (options->deadline_text == NULL)
        return -1;
    if (!cmd_deadline_parse(options->deadline_text, &seconds))
        return cmd_usage(name,
                         "--deadline takes a time of day, such as 05:30, or "
                         "how long from now: 90s, 45min, 2h; got '%.60s'",
                         options->deadline_text);
    options->deadline = cmd_now() + seconds;
    return -1;
}

/* What shows forecasts reads them twice. */
static int check_shown(const struct cmd_command *command,
                       const struct cmd_options *options)
{
    const char *name = command->name;
    if (options->input == NULL)
        return cmd_usage(name, "no input: name the CSV file of the forecasts");
    if (strcmp(options->input, "-") == 0)
        return cmd_usage(name, "the forecasts are read twice, which standard "
                               "input cannot be: name a file");
    if (options->train == NULL)
        return cmd_usage(name, "--train is required: what the forecaster saw");
    if ((command->set & CMD_PLOT) && options->shown == NULL)
        return cmd_usage(name, "--series is required: the id of the one to "
                               "show");
    return -1;
}

/* --- seasons: "24,168" --- */

enum { LONGEST_SEASON = 100000 };

/* Puts a length at its place of the list; false when it is there already, or
 * there is no room. */
static bool add_season(double length, struct fc_seasons *seasons)
{
    int at = seasons->n;
    if (at == FC_MOST_SEASONS)
        return false;
    for (; at > 0 && seasons->length[at - 1] >= length; at--) {
        if (seasons->length[at - 1] == length)
            return false;
        seasons->length[at] = seasons->length[at - 1];
    }
    seasons->length[at] = length;
    seasons->n++;
    return true;
}

static int parse_seasons(const char *name, struct cmd_options *options)
{
    const char *text = options->season_text, *given = text;
    struct fc_seasons *seasons = &options->seasons;
    for (; text != NULL; text += strcspn(text, ",") + 1) {
        size_t length = strcspn(text, ",");
        double x;
        bool is_number = io_number_parse(text, length, &x);
        bool is_none = is_number && x == 1 && length == strlen(given);
        if (!is_none && !(is_number && x >= 2 && x <= LONGEST_SEASON))
            return cmd_usage(name,
                             "--season takes up to %d lengths from 2 to %d, "
                             "such as 12 or 24,168, or 1 for none; got "
                             "'%.60s'",
                             FC_MOST_SEASONS, LONGEST_SEASON, given);
        if (!is_none && !add_season(x, seasons))
            return cmd_usage(name,
                             "--season takes up to %d different lengths; got "
                             "'%.60s'",
                             FC_MOST_SEASONS, given);
        if (text[length] == '\0')
            break;
    }
    options->has_seasons = given != NULL;
    seasons->asked = given != NULL;
    return -1;
}

/* --- regressors --- */

/* What does not go with them, and why; or NULL. */
static const char *against_regressors(const struct cmd_options *options)
{
    if (options->wide)
        return "takes columns of long form, of which --wide has none";
    return NULL;
}

/* What is for regressors alone, and was given without; or NULL. */
static const char *without_regressors(const struct cmd_options *options)
{
    return options->future != NULL    ? "--future needs --regressors"
           : options->what_if != NULL ? "--set needs --regressors"
           : options->unknown != NULL ? "--regressors-unknown needs --regressors"
           : cmd_option_given(options, "missing-regressors")
               ? "--missing-regressors needs --regressors"
               : NULL;
}

/* Forecasts of another future are told apart by their model. */
static int mark_models(const struct cmd_options *options)
{
    for (size_t i = 0; i < options->nspecs; i++) {
        char **name = &options->spec_names[i];
        size_t n = strlen(*name) + strlen(options->what_if) + 4;
        char *marked = malloc(n);
        if (marked == NULL) {
            cmd_say(CMD_ERROR, "out of memory");
            return CMD_FAILED;
        }
        snprintf(marked, n, "%s (%s)", *name, options->what_if);
        free(*name);
        *name = marked;
    }
    return -1;
}

/* A column that is set is known. */
static int check_set(const char *name, const struct io_changes *changes,
                     const struct io_terms *terms)
{
    for (size_t k = 0; k < changes->n; k++)
        for (size_t j = 0; j < terms->ncolumns; j++)
            if (terms->unknown[j]
                && strcmp(terms->column[j], changes->change[k].column) == 0)
                return cmd_usage(name,
                                 "'%.60s' is one of --regressors-unknown, and "
                                 "is --set: leave it out of one",
                                 terms->column[j]);
    return -1;
}

static int check_changes(const char *name, const struct cmd_options *options,
                         const struct io_terms *terms)
{
    struct io_changes changes;
    struct fc_error err;
    if (options->what_if == NULL)
        return -1;
    enum fc_status status = io_changes_parse(options->what_if, &changes, &err);
    if (status == FC_ENOMEM) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    if (status != FC_OK)
        return cmd_usage(name, "--set %s", err.msg);
    int verdict = check_set(name, &changes, terms);
    io_changes_release(&changes);
    return verdict;
}

/* Likewise, of events. */
static const char *against_events(const struct cmd_options *options)
{
    if (strcmp(options->events, "-") == 0 && cmd_reads_stdin(options))
        return "and the input cannot both be standard input";
    return NULL;
}

static int check_regressors(const char *name, const struct cmd_options *options)
{
    struct io_terms terms;
    struct fc_error err;
    if (!cmd_has_known(options) && options->effects != NULL)
        return cmd_usage(name, "--effects needs --regressors or --events");
    if (!cmd_has_known(options) && options->components != NULL
        && !(options->set & CMD_REPORT)) /* which reads them */
        return cmd_usage(name, "--components needs --regressors or --events");
    const char *why = options->events != NULL ? against_events(options) : NULL;
    if (why != NULL)
        return cmd_usage(name, "--events %s", why);
    if (options->events != NULL && (options->set & CMD_INSPECT)
        && strcmp(options->events, "-") == 0)
        return cmd_usage(name, "--events is read twice here, which "
                               "standard input cannot be: name a file");
    if (options->events_as != NULL) {
        if (options->events == NULL)
            return cmd_usage(name, "--events-as needs --events");
        if (io_events_as_check(options->events_as, &err) != FC_OK)
            return cmd_usage(name, "--events-as %s", err.msg);
    }
    if ((options->effects != NULL || options->components != NULL)
        && options->shard.count > 0)
        return cmd_usage(name, "--%s is of all series, of which --shard sees "
                               "some: leave one out",
                         options->effects != NULL ? "effects" : "components");
    why = without_regressors(options);
    if (options->regressors == NULL && why != NULL)
        return cmd_usage(name, "%s", why);
    if (options->regressors == NULL)
        return -1;
    why = against_regressors(options);
    if (why != NULL)
        return cmd_usage(name, "--regressors %s", why);
    if (options->future != NULL && strcmp(options->future, "-") == 0
        && cmd_reads_stdin(options))
        return cmd_usage(name, "--future and the input cannot both be "
                               "standard input");
    if (options->what_if != NULL && options->store != NULL)
        return cmd_usage(name, "--set forecasts what may not be, and --store "
                               "scores what was said: leave one out");
    enum fc_status status = io_terms_parse(options->regressors, &terms, &err);
    if (status == FC_ENOMEM) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    if (status != FC_OK)
        return cmd_usage(name, "--regressors %s", err.msg);
    int verdict = -1;
    if (options->unknown != NULL
        && io_terms_mark_unknown(options->unknown, &terms, &err) != FC_OK)
        verdict = cmd_usage(name, "--regressors-unknown %s", err.msg);
    if (verdict < 0)
        verdict = check_changes(name, options, &terms);
    io_terms_release(&terms);
    return verdict;
}

static int check(const struct cmd_command *command, struct cmd_options *options)
{
    const char *name = command->name;
    struct fc_error err;
    size_t nstdin = 0;
    if (command->set & CMD_SCORE)
        if (options->actuals == NULL || options->train == NULL)
            return cmd_usage(name, options->actuals == NULL
                                       ? "two inputs are needed: forecasts "
                                         "and actual values"
                                       : "--train is required: what the "
                                         "forecaster saw");
    for (size_t i = 0; i < options->ninputs; i++)
        if (options->ninputs > 1 && strcmp(options->inputs[i], "-") == 0
            && ++nstdin > 1)
            return cmd_usage(name, "only one input can be -");
    int status = command->set & CMD_SHOWS ? check_shown(command, options) : -1;
    if (status >= 0)
        return status;
    if (options->input == NULL)
        return cmd_usage(name, "no input: name a CSV file, or - for standard "
                               "input");
    if ((command->set & CMD_FITS) && options->horizon == 0)
        return cmd_usage(name, "--horizon is required: -H N steps to "
                               "forecast");
    if (options->whole && options->lead_time > 0)
        return cmd_usage(name, "--whole writes the paths themselves, without "
                               "sums: leave out --lead-time");
    if (options->lead_time > options->horizon)
        return cmd_usage(name, "--lead-time %lld is more than --horizon %lld",
                         (long long)options->lead_time,
                         (long long)options->horizon);
    status = check_columns(name, options);
    if (status < 0)
        status = cmd_parse_shard(command, options);
    if (status < 0)
        status = cmd_check_files(command, options);
    if (status < 0)
        status = cmd_take_files(name, options);
    if (status < 0)
        status = parse_max_failed(name, options);
    if (status < 0)
        status = check_lock(name, options);
    if (status < 0)
        status = parse_seasons(name, options);
    if (status < 0)
        status = parse_deadline(name, options);
    if (status < 0)
        status = check_regressors(name, options);
    if (status >= 0)
        return status;
    if ((command->set & CMD_SCORE) && options->seasons.n > 1)
        return cmd_usage(name,
                         "--season takes one length here, that of the scale; "
                         "got '%.60s'",
                         options->season_text);
    if (options->quiet && options->verbose)
        return cmd_usage(name, "--quiet and --verbose contradict each other");
    if (options->freq_text != NULL) {
        if (io_freq_parse(options->freq_text, &options->freq, &err) != FC_OK)
            return cmd_usage(name, "--freq: %s", err.msg);
        options->has_freq = true;
    }
    return -1;
}

int cmd_check_merge(const struct cmd_command *command,
                    const struct cmd_options *options)
{
    const char *name = command->name;
    size_t nstdin = options->from != NULL && strcmp(options->from, "-") == 0;
    if (options->ninputs == 0)
        return cmd_usage(name, "no input: name the shards");
    if (options->ninputs > IO_SHARD_MOST)
        return cmd_usage(name, "%zu shards; %d are the most", options->ninputs,
                         IO_SHARD_MOST);
    int status = cmd_check_shards(command, options);
    for (size_t i = 0; i < options->ninputs; i++)
        nstdin += strcmp(options->inputs[i], "-") == 0;
    if (status < 0 && nstdin > 1)
        return cmd_usage(name, "only one %s can be -",
                         options->from != NULL ? "shard or list" : "shard");
    if (status < 0 && nstdin > 0 && options->missing)
        return cmd_usage(name, "--missing looks at files, not at -");
    return status;
}

static int check_history(const struct cmd_command *command,
                         const struct cmd_options *options)
{
    const char *name = command->name;
    if (options->ninputs == 0)
        return cmd_usage(name, "no input: name a store");
    if (options->what_if && options->by != CMD_BY_NIGHT)
        return cmd_usage(name, "--changes has lines of its own: leave out "
                               "--by");
    return cmd_check_shards(command, options);
}

/* A bar would tear the lines that a machine reads. */
static int check_log(const char *name, struct cmd_options *options)
{
    if (options->log_format != CMD_LOG_JSON)
        return -1;
    if (options->progress == CMD_ALWAYS)
        return cmd_usage(name, "--progress always draws a bar, which is no "
                               "line of --log-format json");
    options->progress = CMD_NEVER;
    return -1;
}

int cmd_options_check(const struct cmd_command *command,
                      struct cmd_options *options)
{
    int status = check_log(command->name, options);
    if (status < 0 && (command->set & CMD_READS))
        status = check(command, options);
    if (status < 0 && (command->set & CMD_MERGE) && options->from == NULL)
        status = cmd_check_merge(command, options);
    if (status < 0 && (command->set & CMD_HISTORY))
        status = check_history(command, options);
    if (status < 0 && (command->set & CMD_BOUNDS))
        status = parse_levels(command->name, options);
    if (status < 0)
        status = parse_quantiles(command->name, options);
    if (status < 0 && (command->set & CMD_FITS))
        status = parse_models(command->name, options);
    if (status < 0 && (command->set & CMD_FITS))
        status = check_learners(command, options);
    if (status < 0 && options->what_if != NULL)
        status = mark_models(options);
    if (status < 0 && (command->set & CMD_RUNS))
        status = parse_fallback(command->name, options);
    return status;
}
