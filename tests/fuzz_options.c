/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: a command line.  The first byte chooses the subcommand, every
 * line after it is an argument.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_ARGUMENTS = 64 };

static const struct cmd_command *const commands[] = {
    &cmd_forecast, &cmd_backtest, &cmd_score, &cmd_simulate, &cmd_inspect,
    &cmd_bench,    &cmd_models,   &cmd_merge, &cmd_learn,
};

enum { NCOMMANDS = sizeof commands / sizeof *commands };

static char *copy(const uint8_t *text, size_t n)
{
    char *out = malloc(n + 1);
    memcpy(out, text, n);
    out[n] = '\0';
    return out;
}

static int split(const uint8_t *data, size_t size, char **argv)
{
    int argc = 1;
    while (size > 0 && argc < MAX_ARGUMENTS) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end != NULL ? (size_t)(end - data) : size;
        argv[argc++] = copy(data, n);
        data += n + (end != NULL);
        size -= n + (end != NULL);
    }
    argv[argc] = NULL;
    return argc;
}

static void check_options(const struct cmd_options *o)
{
    assert(o->input != NULL);
    assert(o->jobs >= 0 && o->seasons.n >= 0 && o->horizon >= 0);
    for (int i = 0; i < o->nlevels; i++)
        assert(o->levels[i] > (i > 0 ? o->levels[i - 1] : 0)
               && o->levels[i] < 100);
    for (int i = 0; i < o->nquantiles; i++)
        assert(o->quantiles[i] > (i > 0 ? o->quantiles[i - 1] : 0)
               && o->quantiles[i] < 1);
    for (size_t i = 0; i < o->nspecs; i++)
        assert(o->specs[i].model != NULL && o->spec_names[i] != NULL);
    assert(!o->has_fallback || o->fallback.model != NULL);
    assert(!o->has_freq || o->freq.multiple >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmd_options options;
    char *argv[MAX_ARGUMENTS + 1];
    if (size == 0)
        return 0;
    const struct cmd_command *command = commands[data[0] % NCOMMANDS];
    argv[0] = copy((const uint8_t *)command->name, strlen(command->name));
    int argc = split(data + 1, size - 1, argv);
    char *given[MAX_ARGUMENTS + 1]; /* getopt changes the order of argv */
    memcpy(given, argv, sizeof *argv * ((size_t)argc + 1));
    int status = cmd_options_parse(command, argc, argv, &options);
    assert(status == -1 || status == CMD_OK || status == CMD_USAGE);
    if (status == -1 && command == &cmd_merge)
        assert((options.ninputs > 0 || options.from != NULL)
               && options.output != NULL);
    else if (status == -1 && command != &cmd_models)
        check_options(&options);
    cmd_options_release(&options);
    for (int i = 0; i < argc; i++)
        free(given[i]);
    return 0;
}
