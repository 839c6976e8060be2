/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/learned.h"

#include "io/text/seasons.h"

#include <stdlib.h>
#include <string.h>

static enum fc_status make_block(const struct cmd_options *options,
                                 struct cmd_learned *learned,
                                 struct fc_error *err)
{
    size_t n = learned->file.n;
    learned->block = malloc(sizeof *learned->block + n * sizeof(double));
    learned->by_spec = calloc(options->nspecs + 1, sizeof *learned->by_spec);
    if (learned->block == NULL || learned->by_spec == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    learned->block->n = n;
    if (n > 0)
        memcpy(learned->block->values, learned->file.values,
               n * sizeof(double));
    return FC_OK;
}

/* That the file's regressors are those of the run, as far as can be told
 * before these are read: events that are all ignored are none. */
static enum fc_status check_known(const struct cmd_options *options,
                                  const struct io_learned *file,
                                  struct fc_error *err)
{
    size_t n = file->nregressors - file->nevents;
    if (n == 0 && options->regressors != NULL)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt without regressors; `nightcast learn "
                       "--regressors %.100s` makes another",
                       options->learned, options->regressors);
    if (n > 0 && options->regressors == NULL)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt with regressors ('%.60s'): "
                       "--regressors names them",
                       options->learned, file->regressor[0]);
    if (file->nevents > 0 && options->events == NULL)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt with events ('%.60s'): --events names "
                       "their file",
                       options->learned, file->regressor[n]);
    return FC_OK;
}

static enum fc_status take_known(const struct cmd_options *options,
                                 struct cmd_learned *learned,
                                 struct fc_error *err)
{
    const struct io_learned *file = &learned->file;
    struct fc_error why;
    enum fc_status status = check_known(options, file, err);
    if (status != FC_OK || file->nregressors == 0)
        return status;
    status = file->nslopes == fc_known_size(file->nregressors)
                 ? fc_known_unpack(file->slopes, file->nslopes, &learned->known,
                                   &why)
                 : fc_fail(&why, FC_EDATA, "its slopes are cut short");
    if (status == FC_ENOMEM)
        return fc_fail(err, status, "%s", why.msg);
    return status == FC_OK
               ? FC_OK
               : fc_fail(err, status,
                         "%s: %s; `nightcast learn` makes a new one",
                         options->learned, why.msg);
}

enum fc_status cmd_learned_read(const struct cmd_options *options,
                                struct cmd_learned *learned,
                                struct fc_error *err)
{
    *learned = (struct cmd_learned){0};
    if (options->learned == NULL)
        return FC_OK;
    enum fc_status status =
        io_learned_read(options->learned, &learned->file, err);
    if (status == FC_OK)
        status = take_known(options, learned, err);
    return status == FC_OK ? make_block(options, learned, err) : status;
}

/* --- what an option says otherwise --- */

static enum fc_status contradict(const struct cmd_options *options,
                                 const char *option, struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: was learnt with another --%s; `nightcast learn "
                   "--by-file` with it makes another",
                   options->learned, option);
}

static bool differ(const char *given, const char *agreed)
{
    return given != NULL && (agreed == NULL || strcmp(given, agreed) != 0);
}

static bool other_format(const char *given, const struct io_time_format *agreed)
{
    struct io_time_format format;
    struct fc_error why;
    return given != NULL
           && (io_time_format_set(&format, given, &why) != FC_OK
               || format.form != agreed->form
               || strcmp(format.pattern, agreed->pattern) != 0);
}

static bool other_step(const struct cmd_options *options,
                       const struct io_agreed *agreed)
{
    struct io_freq freq = options->freq;
    struct fc_error why;
    return options->has_freq
           && (io_freq_check(&freq, &agreed->format, &why) != FC_OK
               || freq.unit != agreed->freq.unit
               || freq.multiple != agreed->freq.multiple);
}

enum fc_status cmd_learned_agree(const struct cmd_options *options,
                                 const struct cmd_learned *learned,
                                 const struct io_agreed **agreed,
                                 struct fc_error *err)
{
    const struct io_learned *file = &learned->file;
    const struct io_agreed *a = &file->agreed;
    *agreed = NULL;
    if (options->by_file && options->learned != NULL && !file->has_agreed)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt without --by-file; `nightcast learn "
                       "--by-file` makes another",
                       options->learned);
    if (!file->has_agreed)
        return FC_OK;
    const struct {
        const char *option;
        bool other;
    } all[] = {
        {"wide", options->wide != a->wide},
        {"id", differ(options->id, a->id)},
        {"time", differ(options->time, a->time)},
        {"value", differ(options->value, a->value)},
        {"decimal",
         options->decimal > 0 && "\0.,"[options->decimal] != a->decimal},
        {"time-format", other_format(options->time_format, &a->format)},
        {"freq", other_step(options, a)},
        {"season", options->has_seasons
                       && !fc_seasons_equal(&options->seasons, &file->seasons)},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].other)
            return contradict(options, all[i].option, err);
    *agreed = a;
    return FC_OK;
}

/* --- what models have learnt --- */

static enum fc_status check(const struct io_learned *file,
                            const struct cmd_options *options,
                            const struct fc_model *model,
                            const struct fc_seasons *seasons,
                            struct fc_error *err)
{
    const char *path = options->learned;
    char learnt[IO_SEASONS_SIZE], here[IO_SEASONS_SIZE];
    if (strcmp(file->model, model->name) != 0)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt by '%s', not '%s'; `nightcast learn "
                       "-m %s` makes another",
                       path, file->model, model->name, model->name);
    if (!fc_seasons_equal(&file->seasons, seasons))
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt for a season of %s, this is one of %s; "
                       "`nightcast learn` makes another",
                       path, io_seasons_print(&file->seasons, learnt),
                       io_seasons_print(seasons, here));
    if (file->horizon < options->horizon)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt for %d steps, --horizon asks for %lld; "
                       "`nightcast learn -H %lld` makes another",
                       path, file->horizon, (long long)options->horizon,
                       (long long)options->horizon);
    return FC_OK;
}

/* Steps from the end of the file it was learnt from to this one's. */
static long long steps_since(const struct io_learned *file,
                             const struct io_panel *panel)
{
    int64_t steps;
    if (file->step.unit != panel->freq.unit
        || file->step.multiple != panel->freq.multiple)
        return FC_NO_PLACE;
    if (file->last == panel->last)
        return 0;
    return file->step.unit != IO_FREQ_UNKNOWN
                   && io_freq_index(&panel->freq, file->last, panel->last,
                                    &steps)
               ? steps
               : FC_NO_PLACE;
}

enum fc_status cmd_learned_check(const struct cmd_options *options,
                                 const struct fc_seasons *seasons,
                                 const struct io_panel *panel,
                                 struct cmd_learned *learned,
                                 struct fc_error *err)
{
    struct fc_error why;
    bool placed = false;
    for (size_t i = 0; learned->block != NULL && i < options->nspecs; i++) {
        const struct fc_model *model = options->specs[i].model;
        if (model->learn == NULL)
            continue;
        enum fc_status status =
            check(&learned->file, options, model, seasons, err);
        if (status != FC_OK)
            return status;
        if (model->check_learned(fc_part_of(learned->block), &options->specs[i],
                                 seasons, (int)options->horizon, &why)
            != FC_OK)
            return fc_fail(err, FC_EDATA,
                           "%s: %s; `nightcast learn` makes a new one",
                           options->learned, why.msg);
        if (!placed && model->place_learned != NULL)
            model->place_learned(learned->block,
                                 steps_since(&learned->file, panel));
        placed = true;
        learned->by_spec[i] = learned->block;
    }
    return FC_OK;
}

void cmd_learned_release(struct cmd_learned *learned)
{
    io_learned_release(&learned->file);
    free(learned->block);
    free(learned->known);
    free((void *)learned->by_spec);
    *learned = (struct cmd_learned){0};
}
