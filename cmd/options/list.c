/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* getline, strdup */
#include "cmd/options/list.h"

#include "cmd/options/check.h"
#include "cmd/talk/talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *name, const char *why)
{
    cmd_say(CMD_ERROR, "%s: cannot read the list of inputs: %s", name, why);
    return CMD_FAILED;
}

/* A line without its end; an empty one is none. */
static int add_line(struct cmd_options *options, char *line, size_t n)
{
    if (n > 0 && line[n - 1] == '\n')
        line[--n] = '\0';
    if (n > 0 && line[n - 1] == '\r')
        line[--n] = '\0';
    if (strlen(line) < n)
        return fail(options->from, "a name with a NUL byte");
    if (n > 0 && !cmd_options_keep(options, strdup(line)))
        return fail(options->from, "out of memory");
    return -1;
}

static int add_lines(struct cmd_options *options, FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int status = -1;
    errno = 0;
    while (status < 0 && (n = getline(&line, &room, file)) >= 0)
        status = add_line(options, line, (size_t)n);
    free(line);
    if (status < 0 && !feof(file))
        status = fail(options->from, strerror(errno));
    return status;
}

int cmd_read_list(const struct cmd_command *command,
                  struct cmd_options *options)
{
    int status = -1;
    if (options->from == NULL)
        return -1;
    bool standard = strcmp(options->from, "-") == 0;
    FILE *file = standard ? stdin : fopen(options->from, "r");
    if (file == NULL)
        return fail(options->from, strerror(errno));
    for (size_t i = 0; i < options->ninputs && status < 0; i++)
        if (!cmd_options_keep(options, strdup(options->inputs[i])))
            status = fail(options->from, "out of memory");
    if (status < 0)
        status = add_lines(options, file);
    if (!standard)
        fclose(file);
    if (status >= 0)
        return status;
    options->inputs = options->names;
    options->ninputs = options->nnames;
    if (options->ninputs == 0)
        return cmd_usage(command->name, "--from %.200s names no shards",
                         options->from);
    return cmd_check_merge(command, options);
}
