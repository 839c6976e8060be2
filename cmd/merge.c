/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast merge`: what several runs over one file have written, each for
 * its shard of the series, becomes what a single run would have written.
 */
#define _POSIX_C_SOURCE 200809L /* strndup */
#include "cmd/commands.h"
#include "cmd/host/files.h"
#include "cmd/host/signals.h"
#include "cmd/options/list.h"
#include "cmd/talk/story.h"
#include "cmd/talk/talk.h"
#include "io/out/shard_missing.h"
#include "io/out/shard_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_SIZE = 256, OFFENDERS = 5 /* files named */ };

struct run {
    const struct cmd_options *options;
    struct io_shard_set set;
    char *folder; /* for what lies between two passes */
    struct io_atomic_file *out;
    struct cmd_tally tally;
    double start;
};

/* Beside the output, where there is room for as much; that of a pipe, where
   temporary files go. */
static enum fc_status find_folder(struct run *run, struct fc_error *err)
{
    const char *output = run->options->output, *temporary = getenv("TMPDIR");
    const char *slash = strrchr(output, '/');
    if (strcmp(output, "-") == 0 || strncmp(output, "/dev/", 5) == 0)
        run->folder = strdup(temporary != NULL && *temporary != '\0' ? temporary
                                                                     : "/tmp");
    else if (slash == NULL)
        run->folder = strdup(".");
    else
        run->folder = strndup(output, (size_t)(slash - output) + 1);
    return run->folder != NULL ? FC_OK
                               : fc_fail(err, FC_ENOMEM, "out of memory");
}

static enum fc_status open_all(struct run *run, struct fc_error *err)
{
    enum fc_status status = find_folder(run, err);
    if (status != FC_OK)
        return status;
    run->set.folder = run->folder;
    run->set.most = cmd_files_at_once();
    return io_shard_set_open(&run->set, run->options->inputs,
                             run->options->ninputs, err);
}

/* A value that all shards share; "" when there is none. */
static const char *shared(const struct run *run, const char *key,
                          char value[VALUE_SIZE])
{
    size_t n = 0;
    const char *text = io_shard_value(&run->set.files[0], key, &n);
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
                       run->set.files[0].path);
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
        status = io_shard_set_merge(&run->set, run->out, &c, err);
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
        .late = c.late,
    };
    status = judge(run, err);
    return status == FC_OK ? io_atomic_commit(&run->out, 1, err) : status;
}

static void report(const struct run *run)
{
    const struct cmd_options *o = run->options;
    char model[VALUE_SIZE], fallback[VALUE_SIZE], align[VALUE_SIZE],
        several[VALUE_SIZE], gaps[VALUE_SIZE], what[VALUE_SIZE],
        regressors[VALUE_SIZE], line[CMD_STORY_SIZE], seconds[CMD_SECONDS_SIZE];
    struct cmd_story story = {
        .models = shared(run, "model", model),
        .several = strcmp(shared(run, "models", several), "1") != 0,
        .fallback = shared(run, "fallback", fallback),
        .common = strcmp(shared(run, "align", align), "common") == 0,
        .gaps = shared(run, "gaps", gaps),
        .known = *shared(run, "regressors", regressors) != '\0',
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

static void say_what_is_wrong(void *arg, const char *message)
{
    size_t *said = arg;
    if ((*said)++ < OFFENDERS)
        cmd_say(CMD_WARNING, "%s", message);
}

/* Prints them, if there are any: then nothing else is done. */
static int list_missing(const struct run *run)
{
    const struct cmd_options *o = run->options;
    struct io_missing missing;
    struct fc_error err;
    size_t said = 0;
    char *text = NULL;
    enum fc_status status = io_missing_find(
        o->inputs, o->ninputs, say_what_is_wrong, &said, &missing, &err);
    if (said > OFFENDERS)
        cmd_say(CMD_WARNING, "... and %zu more", said - OFFENDERS);
    if (status == FC_OK && (text = io_missing_text(&missing)) == NULL)
        status = fc_fail(&err, FC_ENOMEM, "out of memory");
    if (status != FC_OK)
        cmd_say(CMD_ERROR, "%s", err.msg);
    else if (missing.n > 0) {
        puts(text);
        cmd_say(CMD_ERROR,
                "%u of %u shards are missing, damaged or of another run, and "
                "nothing was written; run again: %.60s%s",
                (unsigned)missing.n, (unsigned)missing.count, text,
                strlen(text) > 60 ? "..." : "");
    } else if (!o->quiet && strcmp(o->output, "-") == 0)
        cmd_say(CMD_INFO, "all %u shards are there and whole",
                (unsigned)missing.count);
    bool good = status == FC_OK && missing.n == 0;
    free(text);
    io_missing_release(&missing);
    return good ? CMD_OK : CMD_FAILED;
}

static int merge(struct run *run)
{
    struct fc_error err;
    char learned[VALUE_SIZE];
    run->start = cmd_now();
    if (run->options->missing) {
        int status = list_missing(run);
        if (status != CMD_OK || strcmp(run->options->output, "-") == 0)
            return status;
    }
    if (io_atomic_open(run->options->output, &run->out, &err) != FC_OK
        || merge_all(run, &err) != FC_OK) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    bool good = cmd_tally_is_good(&run->tally);
    cmd_signals_end_with(cmd_verdict(run->options, good));
    if (strcmp(shared(run, "learned", learned), "alone") == 0)
        cmd_say(CMD_WARNING,
                "warning: each shard learned from its own series only: a "
                "single run forecasts otherwise; see `nightcast learn`");
    if (!run->options->quiet || !good)
        report(run);
    return cmd_verdict(run->options, good);
}

static int main_merge(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_merge, argc, argv, &options);
    if (status < 0)
        status = cmd_read_list(&cmd_merge, &options);
    if (status < 0)
        status = merge(&run);
    io_atomic_abandon(run.out);
    io_shard_set_close(&run.set);
    free(run.folder);
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
