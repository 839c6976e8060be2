/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open-addressed table with linear probing.
 */
#include "io/out/shard_ids.h"

#include "io/rows/shard.h"

#include <stdlib.h>
#include <zlib.h>

struct io_shard_id {
    uint64_t hash; /* 0: a free slot */
    uint32_t check, file;
};

static struct io_shard_id *find(const struct io_shard_ids *ids, uint64_t hash,
                                uint32_t check)
{
    for (size_t i = (size_t)hash;; i++) {
        struct io_shard_id *slot = &ids->slot[i & (ids->capacity - 1)];
        if (slot->hash == 0 || (slot->hash == hash && slot->check == check))
            return slot;
    }
}

static bool grow(struct io_shard_ids *ids)
{
    enum { AT_FIRST = 1024 };
    struct io_shard_ids old = *ids;
    ids->capacity = old.capacity > 0 ? 2 * old.capacity : AT_FIRST;
    ids->slot = calloc(ids->capacity, sizeof *ids->slot);
    if (ids->slot == NULL) {
        *ids = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slot[i].hash != 0)
            *find(ids, old.slot[i].hash, old.slot[i].check) = old.slot[i];
    free(old.slot);
    return true;
}

bool io_shard_ids_add(struct io_shard_ids *ids, const char *id, size_t n,
                      uint32_t file, uint32_t *before)
{
    if (4 * (ids->used + 1) > 3 * ids->capacity && !grow(ids))
        return false;
    uint64_t hash = io_shard_hash(id, n) | 1;
    uint32_t check = (uint32_t)crc32_z(0, (const unsigned char *)id, n);
    struct io_shard_id *slot = find(ids, hash, check);
    if (slot->hash == 0) {
        *slot = (struct io_shard_id){hash, check, file};
        ids->used++;
    }
    *before = slot->file;
    return true;
}

size_t io_shard_id_length(const char *row, size_t n, uint64_t keys)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted = quoted != (row[i] == '"');
        if (!quoted && (row[i] == ',' || row[i] == '\n') && --keys == 0)
            return i;
    }
    return n;
}

void io_shard_ids_release(struct io_shard_ids *ids)
{
    free(ids->slot);
    *ids = (struct io_shard_ids){0};
}
