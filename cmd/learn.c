/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast learn`: what a model learns from all series of a file before it
 * forecasts them, kept for runs that do not see all of them.
 */
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/known.h"
#include "cmd/learned.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"
#include "forecast/run/batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const struct cmd_options *options;
    struct cmd_work work;
    struct fc_learned *learned;
    struct fc_known *known;
    double *slopes; /* numbers of it */
    struct io_atomic_file *file;
    double start;
};

/* What runs that read some of the files each cannot see. */
static struct io_agreed agree(const struct run *run)
{
    const struct cmd_options *o = run->options;
    const struct io_panel *panel = &run->work.panel;
    return (struct io_agreed){
        .id = panel->is_record ? o->id : panel->id_name,
        .time = o->wide ? NULL : panel->time_name,
        .value = o->wide ? NULL : panel->value_name,
        .wide = o->wide,
        .decimal = panel->decimal,
        .format = panel->format,
        .freq = panel->freq,
        .first = panel->first,
        .last = panel->last,
    };
}

static void write_learned(const struct run *run)
{
    static const struct fc_learned nothing = {0};
    const struct fc_spec *spec = &run->options->specs[0];
    const struct fc_learned *learned =
        run->learned != NULL ? run->learned : &nothing;
    struct io_learned out = {
        .horizon = (int)run->options->horizon,
        .seasons = run->work.seasons,
        .step = run->work.panel.freq,
        .last = run->work.panel.last,
        .has_agreed = run->options->by_file,
        .agreed = agree(run),
        .n = learned->n,
        .values = (double *)learned->values,
    };
    if (run->known != NULL) {
        const struct io_known *known = &run->work.known;
        out.nregressors = known->n;
        out.regressor = known->name;
        out.nevents = known->nevents;
        out.nbases = known->ntexts;
        out.base = known->base;
        out.nslopes = fc_known_size(known->n);
        out.slopes = run->slopes;
        out.sign = known->decimal == ',' ? ',' : '.';
    }
    snprintf(out.model, sizeof out.model, "%s", spec->model->name);
    io_learned_write(run->file, &out);
}

static enum fc_status check_finite(const struct run *run, const double *x,
                                   size_t n, struct fc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return fc_fail(err, FC_ERANGE, "%s: what was learnt is not finite",
                           run->options->input);
    return FC_OK;
}

/* What regressors teach comes before what the model learns from the rest. */
static enum fc_status learn_known(struct run *run, struct fc_error *err)
{
    struct fc_job *job = &run->work.job;
    enum fc_status status = fc_batch_learn_known(job, &run->known, err);
    job->known = run->known;
    if (status != FC_OK || run->known == NULL)
        return status;
    size_t n = fc_known_size(run->known->n);
    run->slopes = malloc(n * sizeof *run->slopes);
    if (run->slopes == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fc_known_pack(run->known, run->slopes);
    cmd_known_say(run->options, &run->work.panel, &run->work.known, run->known);
    return check_finite(run, run->slopes, n, err);
}

static enum fc_status compute(struct run *run, struct fc_error *err)
{
    const struct cmd_options *o = run->options;
    bool learns = o->specs[0].model->learn != NULL;
    enum fc_status status = io_atomic_open(o->output, &run->file, err);
    if (status == FC_OK)
        status = cmd_work_init(o, &run->work, err);
    if (status == FC_OK && o->by_file && run->work.panel.one_series)
        return fc_fail(err, FC_EDATA,
                       "%s: has no column of ids, so that all files would be "
                       "of one series: leave out --by-file",
                       o->input);
    if (status == FC_OK)
        status = learn_known(run, err);
    if (status == FC_OK && learns)
        status = fc_batch_learn(&run->work.job, 0, &run->learned, err);
    if (status != FC_OK)
        return status;
    if (run->work.job.regressors != NULL && run->known == NULL)
        return fc_fail(err, FC_ESHORT,
                       "%s: none of its %zu series can be learnt from",
                       o->input, run->work.job.n);
    if (run->learned == NULL && learns)
        return fc_fail(err, FC_ESHORT,
                       "%s: none of its %zu series is long enough to learn "
                       "%lld steps ahead from; a shorter --horizon may do",
                       o->input, run->work.job.n, (long long)o->horizon);
    if (learns)
        status = check_finite(run, run->learned->values, run->learned->n, err);
    if (status != FC_OK)
        return status;
    write_learned(run);
    return io_atomic_commit(&run->file, 1, err);
}

static void report(const struct run *run, size_t unread)
{
    char count[CMD_COUNT_SIZE], out[CMD_COUNT_SIZE], seconds[CMD_SECONDS_SIZE];
    const struct cmd_options *o = run->options;
    double total = cmd_now() - run->start;
    struct cmd_field fields[] = {
        {"command", "learn", 0},
        {"model", o->models, 0},
        {"horizon", NULL, (double)o->horizon},
        {"series", NULL, (double)run->work.job.n},
        {"left_out", NULL, (double)unread},
        {"seconds", NULL, total},
        {"output", o->output, 0},
        {NULL, NULL, 0},
    };
    cmd_say_fields(unread == 0 ? CMD_INFO : CMD_WARNING, fields,
                   "%s learnt %lld step%s ahead from a file of %s series%s%s%s,"
                   " in %s -> %s",
                   o->models, (long long)o->horizon, o->horizon == 1 ? "" : "s",
                   cmd_count(run->work.job.n, count), unread > 0 ? ", " : "",
                   unread > 0 ? cmd_count(unread, out) : "",
                   unread > 0 ? " left out" : "", cmd_seconds(total, seconds),
                   cmd_output_name(o->output));
}

static int learn(struct run *run)
{
    struct fc_error err;
    run->start = cmd_now();
    if (compute(run, &err) != FC_OK) {
        cmd_name_left_out(&run->work);
        cmd_say(CMD_ERROR, "%s", err.msg);
        return CMD_FAILED;
    }
    size_t unread = 0;
    for (size_t i = 0; i < run->work.job.n; i++)
        unread += run->work.skip[i];
    cmd_signals_end_with(cmd_verdict(run->options, unread == 0));
    cmd_name_left_out(&run->work);
    if (!run->options->quiet || unread > 0)
        report(run, unread);
    return cmd_verdict(run->options, unread == 0);
}

static int main_learn(int argc, char **argv)
{
    struct cmd_options options;
    struct run run = {.options = &options};
    int status = cmd_options_parse(&cmd_learn, argc, argv, &options);
    if (status < 0)
        status = learn(&run);
    io_atomic_abandon(run.file);
    free(run.learned);
    free(run.known);
    free(run.slopes);
    cmd_work_release(&run.work);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_learn = {
    .name = "learn",
    .set = CMD_LEARN,
    .usage = "-H N [options] [INPUT.csv ... | -]",
    .summary = "what auto learns from all series of a file, for --learned",
    .example = "nightcast learn -H 12 data/monthly.csv -o learned.txt",
    .run = main_learn,
};
