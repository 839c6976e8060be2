/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open addressing with linear probing over indices; the strings lie one after
 * the other in large blocks.
 */
#include "io/text/intern.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 1 << 16, MAX_STRINGS = 1 << 30 };

struct io_intern_block {
    struct io_intern_block *next;
    size_t used, size;
    char data[];
};

static uint32_t hash_of(const struct io_intern *table, const char *text,
                        size_t length)
{
    return (uint32_t)io_hash(&table->key, text, length);
}

static bool equal(const struct io_intern *table, uint32_t i, const char *text,
                  size_t length)
{
    return table->length[i] == length
           && memcmp(table->text[i], text, length) == 0;
}

/* The slot that holds the string, or the empty one where it would go. */
static uint32_t slot_of(const struct io_intern *table, uint32_t hash,
                        const char *text, size_t length)
{
    uint32_t mask = table->nslots - 1, s = hash & mask;
    for (;; s = (s + 1) & mask) {
        struct io_intern_slot slot = table->slots[s];
        if (slot.number == 0
            || (slot.hash == hash
                && equal(table, slot.number - 1, text, length)))
            return s;
    }
}

/* Strings are not looked at: they lie far apart in memory. */
static bool grow_slots(struct io_intern *table)
{
    uint32_t nslots = table->nslots == 0 ? 64 : table->nslots * 2;
    struct io_intern_slot *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL)
        return false;
    if (table->nslots == 0)
        table->key = io_hash_key_draw();
    for (uint32_t i = 0; i < table->nslots; i++) {
        uint32_t s = table->slots[i].hash & (nslots - 1);
        if (table->slots[i].number == 0)
            continue;
        while (slots[s].number != 0)
            s = (s + 1) & (nslots - 1);
        slots[s] = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->nslots = nslots;
    return true;
}

static bool grow_arrays(struct io_intern *table)
{
    uint32_t capacity = table->capacity == 0 ? 32 : table->capacity * 2;
    const char **text = realloc(table->text, capacity * sizeof *text);
    if (text == NULL)
        return false;
    table->text = text;
    uint32_t *length = realloc(table->length, capacity * sizeof *length);
    if (length == NULL)
        return false;
    table->length = length;
    table->capacity = capacity;
    return true;
}

static char *store(struct io_intern *table, const char *text, size_t length)
{
    struct io_intern_block *b = table->blocks;
    if (b == NULL || b->size - b->used < length + 1) {
        size_t size = length + 1 > BLOCK_SIZE ? length + 1 : BLOCK_SIZE;
        b = malloc(sizeof *b + size);
        if (b == NULL)
            return NULL;
        b->next = table->blocks;
        b->used = 0;
        b->size = size;
        table->blocks = b;
    }
    char *copy = b->data + b->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    b->used += length + 1;
    return copy;
}

static uint32_t find(const struct io_intern *table, uint32_t hash,
                     const char *text, size_t length)
{
    uint32_t number = table->slots[slot_of(table, hash, text, length)].number;
    return number == 0 ? IO_INTERN_FULL : number - 1;
}

uint32_t io_intern_find(const struct io_intern *table, const char *text,
                        size_t length)
{
    return table->nslots == 0
               ? IO_INTERN_FULL
               : find(table, hash_of(table, text, length), text, length);
}

uint32_t io_intern_add(struct io_intern *table, const char *text, size_t length)
{
    if (table->nslots == 0 && !grow_slots(table))
        return IO_INTERN_FULL;
    uint32_t hash = hash_of(table, text, length);
    uint32_t found = find(table, hash, text, length);
    if (found != IO_INTERN_FULL)
        return found;
    if (table->n >= MAX_STRINGS || length >= UINT32_MAX)
        return IO_INTERN_FULL;
    if (table->n >= table->nslots / 4 * 3 && !grow_slots(table))
        return IO_INTERN_FULL;
    if (table->n == table->capacity && !grow_arrays(table))
        return IO_INTERN_FULL;
    char *copy = store(table, text, length);
    if (copy == NULL)
        return IO_INTERN_FULL;
    uint32_t i = table->n++;
    uint32_t slot = slot_of(table, hash, text, length);
    table->text[i] = copy;
    table->length[i] = (uint32_t)length;
    table->slots[slot] = (struct io_intern_slot){i + 1, hash};
    return i;
}

void io_intern_close(struct io_intern *table)
{
    if (table->n == 0)
        return;
    const char **text = realloc(table->text, table->n * sizeof *text);
    uint32_t *length = realloc(table->length, table->n * sizeof *length);
    table->text = text != NULL ? text : table->text;
    table->length = length != NULL ? length : table->length;
    table->capacity = table->n;
    free(table->slots);
    table->slots = NULL;
    table->nslots = 0;
}

void io_intern_keep_text(struct io_intern *table)
{
    struct io_intern_block *blocks = table->blocks;
    free(table->text);
    free(table->length);
    free(table->slots);
    *table = (struct io_intern){.blocks = blocks};
}

void io_intern_release(struct io_intern *table)
{
    struct io_intern_block *next;
    for (struct io_intern_block *b = table->blocks; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(table->text);
    free(table->length);
    free(table->slots);
    *table = (struct io_intern){0};
}
