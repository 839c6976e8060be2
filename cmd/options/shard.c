/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options/shard.h"

#include "cmd/host/array.h"
#include "cmd/options/table.h"
#include "cmd/talk/talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char AUTO[] = "auto", PLACE[] = "{K}";

enum { AUTO_LENGTH = sizeof AUTO - 1, PLACE_LENGTH = sizeof PLACE - 1 };

static const char *environment(const char *name)
{
    return getenv(name);
}

static int wrong_shard(const char *command, const char *text)
{
    return cmd_usage(command,
                     "--shard takes K/N, part K of N, such as 2/4, N at most "
                     "%d, or auto or auto/N; got '%.60s'",
                     IO_SHARD_MOST, text);
}

/* "auto" or "auto/4" */
static int ask_scheduler(const char *command, const char *text,
                         struct io_shard *shard)
{
    char why[CMD_ARRAY_WHY];
    uint32_t count = 0;
    const char *rest = text + AUTO_LENGTH;
    if (*rest != '\0'
        && (*rest != '/'
            || !io_shard_parse_count(rest + 1, strlen(rest + 1), &count)))
        return wrong_shard(command, text);
    if (cmd_array_shard(count, environment, shard, why))
        return -1;
    return cmd_usage(command, "--shard %.60s: %s", text, why);
}

/* A copy of a name with digits for every {K}; NULL when memory is short. */
static char *fill_in(const char *name, const char *digits)
{
    size_t n = strlen(digits), room = 1;
    for (const char *p = name; *p != '\0'; p++)
        room += *p == '{' ? n + 1 : 1; /* n may be less than {K}'s three */
    char *out = malloc(room), *end = out;
    if (out == NULL)
        return NULL;
    for (const char *at; (at = strstr(name, PLACE)) != NULL;
         name = at + PLACE_LENGTH) {
        memcpy(end, name, (size_t)(at - name));
        end += at - name;
        memcpy(end, digits, n);
        end += n;
    }
    memcpy(end, name, strlen(name) + 1);
    return out;
}

static int fill_in_option(const struct cmd_option *row, const char *digits,
                          struct cmd_options *options)
{
    const char **field = (const char **)(void *)((char *)options + row->offset);
    if (*field == NULL || strstr(*field, PLACE) == NULL)
        return -1;
    char *name = fill_in(*field, digits);
    if (!cmd_options_keep(options, name)) {
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    *field = name;
    return -1;
}

/* As many digits as the last shard's number has, so that names sort. */
static int fill_in_names(const struct cmd_command *command,
                         struct cmd_options *options)
{
    char digits[12], last[12];
    const struct cmd_option *row;
    int width = snprintf(last, sizeof last, "%" PRIu32, options->shard.count);
    int status = -1;
    snprintf(digits, sizeof digits, "%0*" PRIu32, width, options->shard.number);
    for (size_t i = 0; status < 0 && (row = cmd_option_at(i)) != NULL; i++)
        if ((row->sets & command->set)
            && (row->kind == CMD_OUTPUT || row->kind == CMD_LOCK
                || row->kind == CMD_STORE))
            status = fill_in_option(row, digits, options);
    return status;
}

int cmd_parse_shard(const struct cmd_command *command,
                    struct cmd_options *options)
{
    const char *text = options->shard_text;
    if (text == NULL)
        return -1;
    if (strncmp(text, AUTO, AUTO_LENGTH) == 0) {
        int status = ask_scheduler(command->name, text, &options->shard);
        if (status >= 0)
            return status;
    } else if (!io_shard_parse(text, &options->shard)) {
        return wrong_shard(command->name, text);
    }
    return fill_in_names(command, options);
}
