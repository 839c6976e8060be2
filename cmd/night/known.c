/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The numbers that are kept: a hash of the regressors' names, as a whole
 * number; and what was learnt, if that was in a night of this store.
 */
#include "cmd/night/known.h"

#include "cmd/night/series.h"
#include "io/store/results.h"

#include <stdlib.h>
#include <string.h>

enum { MODEL = 0, WHOLE_BITS = 53 };

/* A hash of their names; 0: there are none. */
static double hash_names(const struct io_known *known)
{
    uint64_t hash = 0;
    for (size_t j = 0; j < known->n; j++)
        hash = cmd_night_hash_on(hash, known->name[j], strlen(known->name[j]));
    for (size_t j = 0; j < known->ntexts; j++)
        hash = cmd_night_hash_on(hash, known->base[j], strlen(known->base[j]));
    return (double)(hash >> (64 - WHOLE_BITS));
}

static bool has_any(const struct cmd_night *night)
{
    return night->batch->job.regressors != NULL;
}

enum fc_status cmd_night_find_known(struct cmd_night *night,
                                    struct fc_error *err)
{
    struct cmd_known_night *own = &night->known;
    struct io_learnt learnt = {.model = MODEL};
    const void *numbers;
    bool found;
    struct fc_error why;
    if (has_any(night))
        own->names = hash_names(night->regressors);
    enum fc_status status =
        io_store_learnt(night->store, &learnt, &numbers, &found, err);
    own->same = status == FC_OK && own->names == 0 && !found;
    if (status != FC_OK || !found || learnt.n == 0)
        return status;
    double *x = malloc(learnt.n * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(x, numbers, learnt.n * sizeof *x);
    own->there = true;
    own->same = x[0] == own->names;
    own->learnt_in = learnt.night;
    int64_t age = night->number - learnt.night;
    if (own->same && learnt.n > 1 && learnt.came_from == night->common
        && age >= 0 && age < night->options->relearn
        && fc_known_unpack(x + 1, learnt.n - 1, &own->learnt, &why) == FC_OK
        && own->learnt->n != night->regressors->n) {
        free(own->learnt);
        own->learnt = NULL;
    }
    free(x);
    return FC_OK;
}

void cmd_night_take_known(struct cmd_night *night)
{
    if (!has_any(night) || night->batch->job.known != NULL
        || night->known.learnt == NULL)
        return;
    night->batch->job.known = night->known.learnt;
    night->learnt_in = night->known.learnt_in;
}

enum fc_status cmd_night_learn_known(struct cmd_night *night,
                                     struct fc_error *err)
{
    struct cmd_known_night *own = &night->known;
    if (!has_any(night) || night->batch->job.known != NULL)
        return FC_OK;
    free(own->learnt);
    own->learnt = NULL;
    enum fc_status status =
        fc_batch_learn_known(&night->batch->job, &own->learnt, err);
    night->batch->job.known = own->learnt;
    own->tonight = own->learnt != NULL;
    if (own->tonight)
        night->learnt_in = night->number;
    return status;
}

/* What makes fits of another night fits of the same thing: the scale. */
static uint64_t hash_scale(const struct fc_known *known)
{
    uint64_t hash = known->logs;
    for (size_t j = 0; j < known->n; j++) {
        const int of[3] = {known->column[j].used, known->column[j].role,
                           known->column[j].form};
        hash = cmd_night_hash_on(hash, of, sizeof of);
    }
    return hash;
}

enum fc_status cmd_night_settle_known(struct cmd_night *night,
                                      struct fc_error *err)
{
    const struct fc_known *known = night->batch->job.known;
    if (!has_any(night) || known == NULL || night->known.settled)
        return FC_OK;
    size_t n = fc_known_size(known->n);
    double *x = malloc(n * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fc_known_pack(known, x);
    uint64_t scale = hash_scale(known);
    for (size_t k = 0; k < night->options->nspecs; k++) {
        night->fits_from[k] =
            cmd_night_hash_on(night->settings[k], &scale, sizeof scale);
        night->settings[k] =
            cmd_night_hash_on(night->settings[k], x, n * sizeof *x);
    }
    night->known.settled = true;
    free(x);
    return FC_OK;
}

enum fc_status cmd_night_keep_known(struct cmd_night *night,
                                    struct fc_error *err)
{
    const struct cmd_known_night *own = &night->known;
    size_t size = own->tonight ? fc_known_size(own->learnt->n) : 0;
    struct io_learnt learnt = {.model = MODEL,
                               .night = night->number,
                               .origin = night->panel->last,
                               .came_from = night->common,
                               .n = 1 + size};
    if (!own->tonight && (own->same || (!own->there && own->names == 0)))
        return FC_OK;
    double *x = malloc(learnt.n * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    x[0] = own->names;
    if (own->tonight)
        fc_known_pack(own->learnt, x + 1);
    enum fc_status status = io_store_learn(night->store, &learnt, x, err);
    free(x);
    return status;
}
