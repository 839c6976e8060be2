/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/numeric/part.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE, VERSION, HEAD };

struct fc_part fc_part_of(const struct fc_learned *learned)
{
    return learned != NULL ? (struct fc_part){learned->values, learned->n}
                           : (struct fc_part){NULL, 0};
}

bool fc_part_is_finite(struct fc_part part)
{
    for (size_t i = 0; i < part.n; i++)
        if (!isfinite(part.v[i]))
            return false;
    return true;
}

bool fc_part_open(struct fc_part part, int version,
                  struct fc_part_reader *reader)
{
    *reader = (struct fc_part_reader){.broken = true};
    if (part.v == NULL || part.n < HEAD || part.v[SIZE] != (double)part.n
        || part.v[VERSION] != version)
        return false;
    *reader = (struct fc_part_reader){part.v + HEAD, part.n - HEAD, false};
    return true;
}

const double *fc_part_take(struct fc_part_reader *reader, size_t n)
{
    if (reader->broken || n > reader->left) {
        reader->broken = true;
        return NULL;
    }
    const double *taken = reader->at;
    reader->at += n;
    reader->left -= n;
    return taken;
}

struct fc_part fc_part_inside(struct fc_part_reader *reader)
{
    struct fc_part none = {NULL, 0};
    double size = !reader->broken && reader->left > 0 ? reader->at[SIZE] : 0;
    if (!(size >= 1 && size <= (double)reader->left)
        || (double)(size_t)size != size) {
        reader->broken = true;
        return none;
    }
    const double *v = fc_part_take(reader, (size_t)size);
    return size > 1 ? (struct fc_part){v, (size_t)size} : none;
}

bool fc_part_is_read(const struct fc_part_reader *reader)
{
    return !reader->broken && reader->left == 0;
}

/* Room for n more numbers. */
static bool grow(struct fc_part_writer *writer, size_t n)
{
    struct fc_learned *block = writer->block;
    size_t used = block != NULL ? block->n : 0;
    if (writer->failed || n > SIZE_MAX / 64 || used > SIZE_MAX / 64) {
        writer->failed = true;
        return false;
    }
    if (block != NULL && used + n <= writer->room)
        return true;
    size_t room = 2 * used + n + HEAD;
    block = realloc(block, sizeof *block + room * sizeof(double));
    if (block == NULL) {
        writer->failed = true;
        return false;
    }
    block->n = used;
    writer->block = block;
    writer->room = room;
    return true;
}

void fc_part_put(struct fc_part_writer *writer, const double *x, size_t n)
{
    if (n == 0 || !grow(writer, n))
        return;
    struct fc_learned *block = writer->block;
    memcpy(block->values + block->n, x, n * sizeof *x);
    block->n += n;
}

size_t fc_part_begin(struct fc_part_writer *writer, int version)
{
    size_t place = writer->block != NULL ? writer->block->n : 0;
    const double head[HEAD] = {[SIZE] = 0, [VERSION] = version};
    fc_part_put(writer, head, HEAD);
    return place;
}

void fc_part_end(struct fc_part_writer *writer, size_t place)
{
    if (!writer->failed)
        writer->block->values[place + SIZE] =
            (double)(writer->block->n - place);
}

void fc_part_add(struct fc_part_writer *writer, const struct fc_learned *inside)
{
    static const double nothing = 1;
    if (inside != NULL)
        fc_part_put(writer, inside->values, inside->n);
    else
        fc_part_put(writer, &nothing, 1);
}

struct fc_learned *fc_part_finish(struct fc_part_writer *writer)
{
    struct fc_learned *block = writer->block;
    if (writer->failed) {
        free(block);
        block = NULL;
    }
    *writer = (struct fc_part_writer){0};
    return block;
}
