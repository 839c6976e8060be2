/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whoever makes a piece hands it in; it waits in memory until the next
 * transaction, which is the one of them who finds that it is time.
 */
#define _POSIX_C_SOURCE 200809L
#include "cmd/night/pieces.h"

#include "cmd/night/results.h"
#include "cmd/talk/talk.h"

#include <stdlib.h>
#include <string.h>

static const double EVERY = 2; /* seconds */

static void forget(struct cmd_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++)
        free(pieces->waiting[i].numbers);
    pieces->n = 0;
}

static enum fc_status write_all(struct cmd_night *night, struct fc_error *err)
{
    struct cmd_pieces *pieces = &night->pieces;
    enum fc_status status = io_store_begin(night->store, err);
    if (status == FC_OK)
        status = io_store_expect_pieces(night->store, err);
    for (size_t i = 0; status == FC_OK && i < pieces->n; i++)
        status = io_store_put_piece(night->store, &pieces->waiting[i].is,
                                    pieces->waiting[i].numbers, err);
    if (status == FC_OK)
        status = io_store_commit(night->store, err);
    pieces->there = true;
    return status;
}

static bool make_room(struct cmd_pieces *pieces)
{
    if (pieces->n < pieces->room)
        return true;
    size_t room = 2 * pieces->room + 64;
    struct cmd_piece *more = realloc(pieces->waiting, room * sizeof *more);
    if (more == NULL)
        return false;
    pieces->waiting = more;
    pieces->room = room;
    return true;
}

static void keep_one(struct cmd_night *night, const struct io_piece *is,
                     const double *numbers)
{
    struct cmd_pieces *pieces = &night->pieces;
    struct fc_error trouble;
    double *copy = malloc(is->n * sizeof *copy);
    if (copy == NULL || !make_room(pieces)) { /* it will be made again */
        free(copy);
        return;
    }
    memcpy(copy, numbers, is->n * sizeof *copy);
    pieces->waiting[pieces->n++] = (struct cmd_piece){*is, copy};
    if (cmd_now() - pieces->written < EVERY)
        return;
    if (write_all(night, &trouble) != FC_OK)
        cmd_night_give_up(night, &trouble);
    forget(pieces);
    pieces->written = cmd_now();
}

static struct io_piece name_piece(const struct cmd_night *night, uint32_t place,
                                  size_t index, size_t n)
{
    return (struct io_piece){.model = night->pieces.model,
                             .place = place,
                             .index = index,
                             .came_from = night->pieces.came_from,
                             .n = n};
}

static void keep(void *arg, uint32_t place, size_t index, const double *numbers,
                 size_t n)
{
    struct cmd_night *night = arg;
    struct io_piece is = name_piece(night, place, index, n);
    pthread_mutex_lock(&night->busy);
    if (night->store != NULL)
        keep_one(night, &is, numbers);
    pthread_mutex_unlock(&night->busy);
}

static bool take_one(struct cmd_night *night, const struct io_piece *is,
                     double *numbers)
{
    struct fc_error trouble;
    bool found;
    if (io_store_piece(night->store, is, numbers, &found, &trouble) == FC_OK)
        return found;
    cmd_night_give_up(night, &trouble);
    return false;
}

static bool recall(void *arg, uint32_t place, size_t index, double *numbers,
                   size_t n)
{
    struct cmd_night *night = arg;
    struct io_piece is = name_piece(night, place, index, n);
    pthread_mutex_lock(&night->busy);
    bool found = night->store != NULL && night->pieces.there
                 && take_one(night, &is, numbers);
    pthread_mutex_unlock(&night->busy);
    return found;
}

enum fc_status cmd_night_find_pieces(struct cmd_night *night,
                                     struct fc_error *err)
{
    return io_store_has_pieces(night->store, &night->pieces.there, err);
}

void cmd_night_begin_pieces(struct cmd_night *night, size_t spec)
{
    struct cmd_pieces *pieces = &night->pieces;
    if (night->store == NULL)
        return;
    if (pieces->written <= 0)
        pieces->written = cmd_now();
    pieces->model = night->models[spec];
    pieces->came_from = cmd_night_lesson(night, spec);
    pieces->door = (struct fc_pieces){recall, keep, night};
    night->batch->job.pieces = &pieces->door;
}

void cmd_night_end_pieces(struct cmd_night *night)
{
    night->batch->job.pieces = NULL;
    forget(&night->pieces);
    free(night->pieces.waiting);
    night->pieces.waiting = NULL;
    night->pieces.room = 0;
}

enum fc_status cmd_night_drop_pieces(struct cmd_night *night,
                                     struct fc_error *err)
{
    if (!night->pieces.there)
        return FC_OK;
    night->pieces.there = false;
    return io_store_drop_pieces(night->store, err);
}
