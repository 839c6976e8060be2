/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What options mean beyond their own words, and which they need. */
#include "cmd/options/check.h"

#include "cmd/host/deadline.h"
#include "cmd/options/by_file.h"
#include "cmd/options/files.h"
#include "cmd/options/numbers.h"
#include "cmd/options/pairs.h"
#include "cmd/options/shard.h"
#include "cmd/options/specs.h"
#include "cmd/talk/talk.h"
#include "io/known/change.h"
#include "io/known/events.h"
#include "io/known/terms.h"

#include <string.h>

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

static int check_columns(const char *name, const struct cmd_options *options)
{
    const char *column[] = {options->id, options->time, options->value};
    const char *option[] = {"--id", "--time", "--value"};
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

/* --- regressors --- */

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

/* What reads a file once cannot share it, and standard input is one file. */
static int check_stdin(const char *name, const struct cmd_options *options)
{
    const char *const second[] = {options->events, options->future};
    const char *const called[] = {"events", "future"};
    if (options->events != NULL && (options->set & CMD_INSPECT)
        && strcmp(options->events, "-") == 0)
        return cmd_usage(name, "--events is read twice here, which "
                               "standard input cannot be: name a file");
    const char *taken = cmd_reads_stdin(options) ? "the input" : NULL;
    for (int i = 0; i < 2; i++) {
        if (second[i] == NULL || strcmp(second[i], "-") != 0)
            continue;
        if (taken != NULL)
            return cmd_usage(name, "--%s and %s cannot both be standard input",
                             called[i], taken);
        taken = "--events"; /* the first of them */
    }
    return -1;
}

static int check_regressors(const char *name, const struct cmd_options *options)
{
    struct io_terms terms;
    struct fc_error err;
    if (options->events_as != NULL
        && io_events_as_check(options->events_as, &err) != FC_OK)
        return cmd_usage(name, "--events-as %s", err.msg);
    if (options->regressors == NULL)
        return -1;
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
    if (options->lead_time > options->horizon)
        return cmd_usage(name, "--lead-time %lld is more than --horizon %lld",
                         (long long)options->lead_time,
                         (long long)options->horizon);
    status = cmd_check_pairs(name, options);
    if (status < 0)
        status = check_stdin(name, options);
    if (status < 0)
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
        status = cmd_parse_seasons(name, options);
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
        status = cmd_parse_levels(command->name, options);
    if (status < 0)
        status = cmd_parse_quantiles(command->name, options);
    if (status < 0 && (command->set & CMD_FITS))
        status = cmd_parse_models(command->name, options);
    if (status < 0 && (command->set & CMD_FITS))
        status = check_learners(command, options);
    if (status < 0 && options->what_if != NULL)
        status = cmd_mark_models(options);
    if (status < 0 && (command->set & CMD_RUNS))
        status = cmd_parse_fallback(command->name, options);
    return status;
}
