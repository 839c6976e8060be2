/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/learned.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fc_status cmd_learned_read(struct cmd_options *options,
                                struct io_learned *file, struct fc_error *err)
{
    *file = (struct io_learned){0};
    if (options->learned == NULL)
        return FC_OK;
    enum fc_status status = io_learned_read(options->learned, file, err);
    snprintf(options->learned_sum, sizeof options->learned_sum, "%08" PRIx32,
             file->crc);
    return status;
}

static enum fc_status check(const struct io_learned *file,
                            const struct cmd_options *options,
                            const struct fc_spec *spec, struct fc_error *err)
{
    const char *path = options->learned;
    if (strcmp(file->model, spec->model->name) != 0)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt by '%s', not '%s'; `nightcast learn "
                       "-m %s` makes another",
                       path, file->model, spec->model->name, spec->model->name);
    if (file->season_length != spec->season_length)
        return fc_fail(err, FC_EDATA,
                       "%s: was learnt for a season of %d, this is one of %d; "
                       "`nightcast learn` makes another",
                       path, file->season_length, spec->season_length);
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

enum fc_status cmd_learned_use(struct cmd_options *options,
                               const struct io_learned *file,
                               const struct io_panel *panel,
                               struct fc_learned **learned,
                               struct fc_error *err)
{
    struct fc_error why;
    bool placed = false;
    if (options->learned == NULL)
        return FC_OK;
    *learned = malloc(sizeof **learned + file->n * sizeof(double));
    if (*learned == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    (*learned)->n = file->n;
    if (file->n > 0)
        memcpy((*learned)->values, file->values, file->n * sizeof(double));
    for (size_t i = 0; i < options->nspecs; i++) {
        struct fc_spec *spec = &options->specs[i];
        if (spec->model->learn == NULL)
            continue;
        spec->horizon = (int)options->horizon;
        enum fc_status status = check(file, options, spec, err);
        if (status == FC_OK
            && spec->model->check_learned(*learned, spec, &why) != FC_OK)
            status = fc_fail(err, FC_EDATA,
                             "%s: %s; `nightcast learn` makes a new one",
                             options->learned, why.msg);
        if (status != FC_OK)
            return status;
        if (!placed)
            spec->model->place_learned(*learned, steps_since(file, panel));
        placed = true;
        spec->learned = *learned;
    }
    return FC_OK;
}
