/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/shard.h"

#include "cmd/commands.h"
#include "io/out/shard_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cmd_shard_learns_alone(const struct cmd_options *options)
{
    if (options->shard.count < 2 || options->learned != NULL)
        return false;
    if (cmd_has_known(options))
        return true;
    for (size_t i = 0; i < options->nspecs; i++)
        if (options->specs[i].model->learn != NULL)
            return true;
    return false;
}

/* Which of all --learned files it is. */
static void add_learned(const struct cmd_options *options,
                        const struct cmd_work *work, struct cmd_tokens *tokens)
{
    char text[16] = "";
    if (options->learned != NULL)
        snprintf(text, sizeof text, "%08" PRIx32, work->learned.file.crc);
    cmd_tokens_add(tokens, "learned",
                   cmd_shard_learns_alone(options) ? "alone" : text);
}

/*
 * What was read.  Messages in a summary name the input, so that it must have
 * one name.
 */
static void add_input(const struct cmd_options *options,
                      const struct io_panel *panel, bool names,
                      struct cmd_tokens *tokens)
{
    const struct cmd_all_files *files = &options->files;
    char text[64];
    if (options->by_file) {
        snprintf(text, sizeof text, "%zu-%016" PRIx64, files->n,
                 names ? files->paths : files->names);
        cmd_tokens_add(tokens, "files", text);
        snprintf(text, sizeof text, "%zu", panel->nkeys);
        cmd_tokens_add(tokens, "keys", text);
        return;
    }
    snprintf(text, sizeof text, "%08" PRIx32 "-%" PRIu64, panel->crc,
             panel->bytes);
    cmd_tokens_add(tokens, "input", text);
    snprintf(text, sizeof text, "%zu", panel->ntotal);
    cmd_tokens_add(tokens, "series", text);
    if (names)
        cmd_tokens_add(tokens, "file", options->input);
}

static void list_tokens(const struct cmd_options *options,
                        const struct cmd_work *work, const char *what,
                        struct cmd_tokens *tokens)
{
    char text[64];
    snprintf(text, sizeof text, "%" PRIu32 "/%" PRIu32, options->shard.number,
             options->shard.count);
    cmd_tokens_add(tokens, "shard", text);
    cmd_tokens_add(tokens, "what", what);
    cmd_tokens_add(tokens, "version", NIGHTCAST_VERSION);
    add_input(options, &work->panel, strcmp(what, "forecasts") != 0, tokens);
    snprintf(text, sizeof text, "%zu", options->nspecs);
    cmd_tokens_add(tokens, "models", text);
    if (options->future != NULL)
        cmd_tokens_add(tokens, "future", options->future);
    if (options->events != NULL)
        cmd_tokens_add(tokens, "events", options->events);
    add_learned(options, work, tokens);
    cmd_options_tokens(&cmd_forecast, options, tokens);
}

enum fc_status cmd_shard_begin(const struct cmd_options *options,
                               const struct cmd_work *work, const char *what,
                               struct io_atomic_file *file,
                               struct fc_error *err)
{
    struct cmd_tokens tokens = {0};
    if (options->shard.count == 0)
        return FC_OK;
    list_tokens(options, work, what, &tokens);
    if (!tokens.failed)
        io_shard_begin(file, tokens.text);
    free(tokens.text);
    return tokens.failed ? fc_fail(err, FC_ENOMEM, "out of memory") : FC_OK;
}

void cmd_shard_end(const struct cmd_options *options,
                   const struct cmd_tally *tally, struct io_atomic_file *file)
{
    struct io_shard_counts counts = {
        .series = tally->n,
        .ok = tally->ok,
        .fallback = tally->fallback,
        .failed = tally->failed,
        .none = tally->none,
        .early = tally->early,
        .replaced = tally->replaced,
        .stale = tally->stale,
        .filled = tally->filled,
        .gappy = tally->gappy,
        .mostly = tally->mostly,
        .late = tally->late,
    };
    if (options->shard.count > 0)
        io_shard_end(file, &counts);
}
