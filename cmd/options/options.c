/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options/options.h"

#include "io/text/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cmd_options_release(struct cmd_options *options)
{
    for (size_t i = 0; i < options->nspecs; i++)
        free(options->spec_names[i]);
    free(options->spec_names);
    for (size_t i = 0; i < options->nnames; i++)
        free(options->names[i]);
    free(options->names);
    free(options->specs);
    for (size_t i = 0; i < options->nlists; i++)
        free(options->lists[i]);
    free(options->levels);
    free(options->quantiles);
    *options = (struct cmd_options){0};
}

bool cmd_max_failed_parse(const char *text, struct cmd_max_failed *limit)
{
    *limit = (struct cmd_max_failed){.most = HUGE_VAL};
    if (text == NULL)
        return true;
    size_t n = strlen(text);
    limit->percent = n > 0 && text[n - 1] == '%';
    n -= limit->percent;
    return io_number_parse(text, n, &limit->most) && limit->most >= 0
           && (limit->percent ? limit->most <= 100
                              : strspn(text, "0123456789") == n);
}

bool cmd_too_many_failed(const struct cmd_max_failed *limit, size_t failed,
                         size_t n)
{
    double most = limit->percent ? (double)n * limit->most / 100 : limit->most;
    return (double)failed > most;
}

bool cmd_options_keep(struct cmd_options *options, char *name)
{
    enum { AT_FIRST = 8 };
    if (name != NULL && options->nnames == options->names_room) {
        size_t room = options->nnames > 0 ? 2 * options->nnames : AT_FIRST;
        char **names = realloc(options->names, room * sizeof *names);
        if (names == NULL) {
            free(name);
            return false;
        }
        options->names = names;
        options->names_room = room;
    }
    if (name != NULL)
        options->names[options->nnames++] = name;
    return name != NULL;
}

int cmd_verdict(const struct cmd_options *options, bool good)
{
    return good || options->partial_ok ? CMD_OK : CMD_PARTIAL;
}

bool cmd_reads_stdin(const struct cmd_options *options)
{
    bool any = strcmp(options->input, "-") == 0;
    for (size_t i = 0; i < options->ninputs; i++)
        any = any || strcmp(options->inputs[i], "-") == 0;
    return any;
}

bool cmd_has_known(const struct cmd_options *options)
{
    return options->regressors != NULL || options->events != NULL;
}

/* Without shards, all files are one run's. */
static struct io_shard whose_files(const struct cmd_options *options)
{
    if (!options->by_file)
        return (struct io_shard){0};
    return options->shard.count > 0 ? options->shard : (struct io_shard){1, 1};
}

struct io_panel_options cmd_panel_options(const struct cmd_options *options)
{
    return (struct io_panel_options){
        .more = options->ninputs > 1 ? (const char *const *)options->inputs + 1
                                     : NULL,
        .nmore = options->ninputs > 1 ? options->ninputs - 1 : 0,
        .id = options->id,
        .time = options->time,
        .value = options->value,
        .time_format = options->time_format,
        .encoding = options->encoding,
        .decimal = "\0.,"[options->decimal],
        .missing = options->na,
        .wide = options->wide,
        .freq = options->has_freq ? &options->freq : NULL,
        .gaps = (enum io_gaps)options->gaps,
        .ignore = options->ignore,
        .duplicates = (enum io_duplicates)options->duplicates,
        .align = (enum io_align)options->align,
        .rejects = options->rejects != NULL,
        .files = whose_files(options),
        .shard = options->by_file ? (struct io_shard){0} : options->shard,
    };
}
