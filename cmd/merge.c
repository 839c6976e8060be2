/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast merge`: what several runs over one file have written, each for
 * its shard of the series, becomes what a single run would have written.
 */
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/talk/story.h"
#include "cmd/talk/talk.h"
#include "io/out/shard_file.h"

#include <stdlib.h>
#include <string.h>

enum { VALUE_SIZE = 256 };

struct run {
    const struct cmd_options *options;
    struct io_shard_file *files;
    struct io_atomic_file *out;
    struct cmd_tally tally;
    double start;
};

static enum fc_status open_all(struct run *run, struct fc_error *err)
{
    size_t n = run->options->ninputs;
    enum fc_status status = FC_OK;
    run->files = calloc(n, sizeof *run->files);
    if (run->files == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && status == FC_OK; i++)
        status = io_shard_open(run->options->inputs[i], &run->files[i], err);
    if (status == FC_OK)
        status = io_shard_check_set(run->files, n, err);
    return status;
}

/* A value that all shards share; "" when there is none. */
static const char *shared(const struct run *run, const char *key,
                          char value[VALUE_SIZE])
{
    size_t n = 0;
    const char *text = io_shard_value(&run->files[0], key, &n);
    n = n < VALUE_SIZE ? n : VALUE_SIZE - 1;
    if (n > 0)
        memcpy(value, text, n);
    value[n] = '\0';
    return value;
}

/* As a single run would have judged them. */
static enum fc_status judge(const struct run *run, struct fc_error *err)
{
    const struct cmd_tally *t = &run->tally;
    struct cmd_max_failed limit;
    char text[VALUE_SIZE], *percent;
    if (t->none + t->stale == t->n)
        return fc_fail(err, FC_ENOFIT,
                       "none of the %zu series could be forecast; nothing was "
                       "written",
                       t->n);
    shared(run, "max-failed", text);
    percent = strstr(text, "%25"); /* see cmd_tokens_add() */
    if (percent != NULL)
        percent[1] = '\0';
    if (!cmd_max_failed_parse(*text != '\0' ? text : NULL, &limit))
        return fc_fail(err, FC_EDATA, "%s: its first line is damaged",
                       run->files[0].source.name);
    if (!cmd_too_many_failed(&limit, t->failed, t->n))
        return FC_OK;
    return fc_fail(err, FC_ENOFIT,
                   "%zu of %zu series failed, more than --max-failed %.40s; "
                   "nothing was written",
                   t->failed, t->n, text);
}

static enum fc_status merge_all(struct run *run, struct fc_error *err)
{
    struct io_shard_counts c;
    enum fc_status status = open_all(run, err);
    if (status == FC_OK)
        status = io_shard_merge(run->files, run->options->ninputs, run->out, &c,
                                err);
    if (status != FC_OK)
        return status;
    run->tally = (struct cmd_tally){
        .n = c.series,
        .ok = c.ok,
        .fallback = c.fallback,
        .failed = c.failed,
        .none = c.none,
        .early = c.early,
        .replaced = c.replaced,
        .stale = c.stale,
        .filled = c.filled,
        .gappy = c.gappy,
        .mostly = c.mostly,
    };
    status = judge(run, err);
    return status == FC_OK ? io_atomic_commit(&run->out, 1, err) : status;
}

static void report(const struct run *run)
{
    const struct cmd_options *o = run->options;
    char model[VALUE_SIZE], fallback[VALUE_SIZE], align[VALUE_SIZE],
        several[VALUE_SIZE], gaps[VALUE_SIZE], what[VALUE_SIZE],
        line[CMD_STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    struct cmd_story story = {
        .models = shared(run, "model", model),
        .several = strcmp(shared(run, "models", several), "1") != 0,
        .fallback = shared(run, "fallback", fallback),
        .common = strcmp(shared(run, "align", align), "common") == 0,
        .gaps = shared(run, "gaps", gaps),
    };
    cmd_story_text(&story, &run->tally, line);
    shared(run, "what", what);
    struct cmd_field fields[CMD_STORY_FIELDS];
    struct cmd_end end = {"merge", o->output, cmd_now() - run->start, 1};
    cmd_story_fields(&story, &run->tally, &end, fields);
    cmd_say_fields(cmd_tally_is_good(&run->tally) ? CMD_INFO : CMD_WARNING,
                   fields, "%s, %s of %zu shard%s merged in %s -> %s", line,
                   what, o->ninputs, o->ninputs == 1 ? "" : "s",
                   cmd_seconds(end.seconds, seconds),
                   cmd_output_name(o->output));
}

static int merge(struct run *run)
{
    struct fc_error err;
    char learned[VALUE_SIZE];
    run->start = cmd_now();
    if (io_atomic_open(run->options->output, &run->out, &err) != FC_OK
        || merge_all(run, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    bool good = cmd_tally_is_good(&run->tally);
    cmd_signals_end_with(good ? CMD_OK : CMD_PARTIAL);
    if (strcmp(shared(run, "learned", learned), "alone") == 0)
        cmd_say(CMD_WARNING,
                "warning: each shard learned from its own series only: a "
                "single run forecasts otherwise; see `nightcast learn`");
    if (!run->options->quiet || !good)
        report(run);
    return good ? CMD_OK : CMD_PARTIAL;
}

static int main_merge(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_merge, argc, argv, &options);
    if (status < 0)
        status = merge(&run);
    io_atomic_abandon(run.out);
    for (size_t i = 0; run.files != NULL && i < run.options->ninputs; i++)
        io_shard_close(&run.files[i]);
    free(run.files);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_merge = {
    .name = "merge",
    .set = CMD_MERGE,
    .usage = "[options] SHARD...",
    .summary = "shards of forecasts, summaries or rejects into one file",
    .example = "nightcast merge -o f.csv part1.csv part2.csv part3.csv",
    .run = main_merge,
};
