/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files are whose follows from their order alone: of N shards the K-th
 * has the K-th file and every N-th after it.  Of all files learn takes some
 * that are spread evenly, the first and the last among them.
 */
#include "cmd/options/by_file.h"

#include "cmd/talk/talk.h"

#include <string.h>

/* Why they do not go together, or NULL. */
static const char *what_is_wrong(const struct cmd_options *o)
{
    if (!o->by_file)
        return o->parts > 0 ? "--parts needs --by-file" : NULL;
    for (size_t i = 0; i < o->ninputs; i++)
        if (strcmp(o->inputs[i], "-") == 0)
            return "--by-file is about files, which standard input is not";
    if ((o->set & CMD_FORECAST) && o->learned == NULL)
        return "--by-file needs --learned FILE, in which `nightcast learn "
               "--by-file` has written what all runs share";
    return NULL;
}

static uint64_t add_name(uint64_t sum, const char *name)
{
    return sum * UINT64_C(0x100000001b3) ^ io_shard_hash(name, strlen(name));
}

static struct cmd_all_files describe(const struct cmd_options *o)
{
    struct cmd_all_files files = {.n = o->ninputs};
    for (size_t i = 0; i < o->ninputs; i++) {
        const char *slash = strrchr(o->inputs[i], '/');
        files.paths = add_name(files.paths, o->inputs[i]);
        files.names =
            add_name(files.names, slash != NULL ? slash + 1 : o->inputs[i]);
    }
    return files;
}

/* The k-th of n that are taken of all. */
static size_t place_of(const struct cmd_options *o, size_t k, size_t n)
{
    if (o->shard.count > 0)
        return o->shard.number - 1 + k * o->shard.count;
    return n < o->ninputs && n > 1 ? k * (o->ninputs - 1) / (n - 1) : k;
}

static size_t count_own(const struct cmd_options *o)
{
    if (o->shard.count > 0)
        return (o->ninputs - o->shard.number) / o->shard.count + 1;
    return o->parts > 0 && (size_t)o->parts < o->ninputs ? (size_t)o->parts
                                                         : o->ninputs;
}

int cmd_take_files(const char *command, struct cmd_options *options)
{
    const char *wrong = what_is_wrong(options);
    if (wrong != NULL)
        return cmd_usage(command, "%s", wrong);
    if (!options->by_file)
        return -1;
    if (options->shard.count > options->ninputs)
        return cmd_usage(command,
                         "--by-file: %zu file%s for %u shards; each needs one",
                         options->ninputs, options->ninputs == 1 ? "" : "s",
                         (unsigned)options->shard.count);
    options->files = describe(options);
    size_t n = count_own(options);
    for (size_t k = 0; k < n; k++) /* never to the right */
        options->inputs[k] = options->inputs[place_of(options, k, n)];
    options->ninputs = n;
    options->input = options->inputs[0];
    return -1;
}
