/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, read by the table of options with getopt.
 */
#define _GNU_SOURCE /* getopt_long */
#include "cmd/options/check.h"
#include "cmd/options/near.h"
#include "cmd/options/table.h"
#include "cmd/talk/talk.h"
#include "forecast/models.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *field_of(const struct cmd_option *row, struct cmd_options *options)
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
static int find_choice(const struct cmd_option *row, const char *text)
{
    for (int i = 0; row->choices[i] != NULL; i++)
        if (strcmp(row->choices[i], text) == 0)
            return i;
    return -1;
}

static int set_choice(const struct cmd_option *row, const char *command,
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

/* The range of a setting, as the model that has it says. */
static void find_setting(const char *name, int64_t *least, int64_t *most)
{
    const struct fc_model *model;
    const struct fc_setting *setting;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (size_t j = 0; (setting = fc_model_setting(model, j)) != NULL; j++)
            if (strcmp(setting->name, name) == 0) {
                *least = setting->least;
                *most = setting->most;
            }
}

static int set_option(const struct cmd_option *row, const char *command,
                      const char *text, struct cmd_options *options)
{
    void *field = field_of(row, options);
    int64_t least = row->least, most = row->most;
    switch (row->kind) {
    case CMD_FLAG:
        *(bool *)field = true;
        return -1;
    case CMD_TEXT:
    case CMD_LIST:
    case CMD_INPUT:
    case CMD_OUTPUT:
    case CMD_LOCK:
    case CMD_STORE:
        if (*text == '\0')
            return cmd_usage(command, "--%s must not be empty", row->name);
        *(const char **)field = text;
        return -1;
    case CMD_CHOICE:
        return set_choice(row, command, text, field);
    case CMD_SETTING:
        find_setting(row->name, &least, &most);
        break;
    case CMD_INTEGER:
        break;
    }
    if (parse_integer(text, least, most, field))
        return -1;
    return cmd_usage(command,
                     "--%s takes a whole number from %lld to %lld; got '%.60s'",
                     row->name, (long long)least, (long long)most, text);
}

static void set_defaults(const struct cmd_command *command,
                         struct cmd_options *options)
{
    const struct cmd_option *row;
    *options = (struct cmd_options){.set = command->set};
    for (size_t i = 0; i < FC_SETTINGS_SIZE; i++)
        options->settings[i] = -1;
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++)
        if (row->fallback != NULL && (row->sets & command->set))
            set_option(row, command->name, row->fallback, options);
}

/* getopt's two descriptions of the rows that belong to the command. */
static void describe(const struct cmd_command *command, char *letters,
                     struct option *names)
{
    const struct cmd_option *row;
    size_t n = 0;
    *letters++ = ':';
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
        if (!(row->sets & command->set))
            continue;
        bool takes = row->kind != CMD_FLAG;
        names[n++] =
            (struct option){row->name, takes ? required_argument : no_argument,
                            NULL, (int)(UCHAR_MAX + 1 + i)};
        if (row->letter != 0) {
            *letters++ = row->letter;
            if (takes)
                *letters++ = ':';
        }
    }
    *letters = '\0';
    names[n] = (struct option){NULL, 0, NULL, 0};
}

/* The row of what getopt found, among those of the sets. */
static const struct cmd_option *row_of(unsigned sets, int code)
{
    const struct cmd_option *row;
    if (code > UCHAR_MAX)
        return cmd_option_at((size_t)(code - UCHAR_MAX - 1));
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++)
        if (row->letter == code && (row->sets & sets) != 0)
            return row;
    return NULL;
}

/* The option that was meant, if one is near. */
static int no_option(const struct cmd_command *command, const char *given)
{
    const struct cmd_option *row;
    struct cmd_near near = {0};
    const char *name = given + strspn(given, "-");
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++)
        if (row->sets & command->set)
            cmd_near_offer(&near, name, strcspn(name, "="), row->name);
    if (near.name != NULL)
        return cmd_usage(command->name, "no option '%.60s'; did you mean --%s?",
                         given, near.name);
    return cmd_usage(command->name, "no option '%.60s'", given);
}

static int bad_option(const struct cmd_command *command, int code, char **argv)
{
    const struct cmd_option *row =
        optopt != 0 ? row_of(command->set, optopt) : NULL;
    const char *given = argv[optind - 1];
    if (code == ':')
        return cmd_usage(command->name, "--%s needs a value: --%s %s",
                         row->name, row->name, row->argument);
    if (row != NULL && optopt > UCHAR_MAX)
        return cmd_usage(command->name, "--%s takes no value", row->name);
    if (optopt != 0 && optopt <= UCHAR_MAX)
        return cmd_usage(command->name, "no option -%c", optopt);
    return no_option(command, given);
}

/* What is left when the options are gone. */
static int read_inputs(const struct cmd_command *command, int n, char **names,
                       struct cmd_options *options)
{
    int most = command->set & (CMD_SCORE | CMD_REPORT) ? 2 : 1;
    if (command->set & (CMD_MERGE | CMD_HISTORY)) {
        options->inputs = names;
        options->ninputs = (size_t)n;
        return -1;
    }
    if (command->set & CMD_PARTS) {
        options->inputs = names;
        options->ninputs = (size_t)n;
        options->input = n > 0 ? names[0] : NULL;
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
        const struct cmd_option *row =
            code == '?' || code == ':' ? NULL : row_of(~0u, code);
        if (row == NULL
            || row->offset != offsetof(struct cmd_options, log_format))
            continue;
        int format = find_choice(row, optarg);
        if (format >= 0)
            cmd_log_format((enum cmd_log_format)format);
    }
    optind = 0;
    free(copy);
}

/* What was given before, and this, as one list. */
static const char *join(const char *before, const char *text,
                        struct cmd_options *options)
{
    size_t n = strlen(before), more = strlen(text);
    char *list = options->nlists < CMD_LISTS_MOST ? malloc(n + more + 2) : NULL;
    if (list == NULL)
        return NULL;
    memcpy(list, before, n);
    list[n] = ',';
    memcpy(list + n + 1, text, more + 1);
    return options->lists[options->nlists++] = list;
}

/* An option again is a mistake, unless it is a list that goes on. */
static int set_once(const struct cmd_option *row, const char *command,
                    const char *text, struct cmd_options *options)
{
    bool *given = &options->given[cmd_option_place(row->name)];
    bool again = *given && row->kind != CMD_FLAG;
    *given = true;
    if (again && row->kind != CMD_LIST)
        return cmd_usage(command, "--%s is given twice", row->name);
    if (again) {
        text = join(*(const char **)field_of(row, options), text, options);
        if (text == NULL)
            return cmd_usage(command, "--%s is given too often", row->name);
    }
    return set_option(row, command, text, options);
}

static int read_arguments(const struct cmd_command *command, int argc,
                          char **argv, struct cmd_options *options)
{
    char letters[3 * CMD_OPTIONS_MOST + 2];
    struct option names[CMD_OPTIONS_MOST + 1];
    int code;
    describe(command, letters, names);
    opterr = 0;
    find_log_format(argc, argv, letters, names);
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        if (code == '?' || code == ':')
            return bad_option(command, code, argv);
        const struct cmd_option *row = row_of(command->set, code);
        int status = set_once(row, command->name, optarg, options);
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
