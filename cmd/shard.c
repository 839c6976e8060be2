/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "cmd/shard.h"

#include "cmd/commands.h"
#include "io/shard_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void cmd_shard_token(FILE *out, const char *key, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.,:/+_-";
    fprintf(out, " %s=", key);
    for (const char *p = value; *p != '\0'; p++)
        if (strchr(plain, *p) != NULL)
            fputc(*p, out);
        else
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*p);
}

bool cmd_shard_learns_alone(const struct cmd_options *options)
{
    for (size_t i = 0; i < options->nspecs && options->shard.count > 1; i++)
        if (options->specs[i].model->learn != NULL
            && options->specs[i].learned == NULL)
            return true;
    return false;
}

/* Messages in a summary name the input, so that it must have one name. */
static void write_tokens(const struct cmd_options *options,
                         const struct io_panel *panel, const char *what,
                         FILE *out)
{
    fprintf(out, "shard=%" PRIu32 "/%" PRIu32 " what=%s", options->shard.number,
            options->shard.count, what);
    cmd_shard_token(out, "version", NIGHTCAST_VERSION);
    fprintf(out, " models=%zu", options->nspecs);
    fprintf(out, " input=%08" PRIx32 "-%" PRIu64 " series=%zu", panel->crc,
            panel->bytes, panel->ntotal);
    if (strcmp(what, "forecasts") != 0)
        cmd_shard_token(out, "file", options->input);
    cmd_shard_token(out, "learned",
                    cmd_shard_learns_alone(options) ? "alone"
                    : options->learned != NULL      ? options->learned_sum
                                                    : "");
    cmd_options_tokens(&cmd_forecast, options, out);
}

enum fc_status cmd_shard_begin(const struct cmd_options *options,
                               const struct io_panel *panel, const char *what,
                               struct io_atomic_file *file,
                               struct fc_error *err)
{
    char *text = NULL;
    size_t n;
    if (options->shard.count == 0)
        return FC_OK;
    FILE *out = open_memstream(&text, &n);
    if (out != NULL)
        write_tokens(options, panel, what, out);
    bool good = out != NULL && ferror(out) == 0;
    if (out != NULL)
        good = fclose(out) == 0 && good;
    if (good)
        io_shard_begin(file, text);
    free(text);
    return good ? FC_OK : fc_fail(err, FC_ENOMEM, "out of memory");
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
    };
    if (options->shard.count > 0)
        io_shard_end(file, &counts);
}
