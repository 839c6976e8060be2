/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open addressing with linear probing over indices; the strings lie one after
 * the other in large blocks.
 */
#include "io/intern.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 1 << 16, MAX_STRINGS = 1 << 30 };

struct io_intern_block {
    struct io_intern_block *next;
    size_t used, size;
    char data[];
};

static bool equal(const struct io_intern *table, uint32_t i, const char *text,
                  size_t length)
{
    return table->length[i] == length
           && memcmp(table->text[i], text, length) == 0;
}

/* The slot that holds the string, or the empty one where it would go. */
static uint32_t slot_of(const struct io_intern *table, const char *text,
                        size_t length)
{
    uint32_t mask = table->nslots - 1;
    uint32_t s = (uint32_t)io_hash(&table->key, text, length) & mask;
    while (table->slots[s] != 0
           && !equal(table, table->slots[s] - 1, text, length))
        s = (s + 1) & mask;
    return s;
}

static bool grow_slots(struct io_intern *table)
{
    uint32_t nslots = table->nslots == 0 ? 64 : table->nslots * 2;
    uint32_t *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL)
        return false;
    if (table->nslots == 0)
        table->key = io_hash_key_draw();
    free(table->slots);
    table->slots = slots;
    table->nslots = nslots;
    for (uint32_t i = 0; i < table->n; i++)
        slots[slot_of(table, table->text[i], table->length[i])] = i + 1;
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

uint32_t io_intern_find(const struct io_intern *table, const char *text,
                        size_t length)
{
    if (table->nslots == 0)
        return IO_INTERN_FULL;
    uint32_t found = table->slots[slot_of(table, text, length)];
    return found == 0 ? IO_INTERN_FULL : found - 1;
}

uint32_t io_intern_add(struct io_intern *table, const char *text, size_t length)
{
    uint32_t found = io_intern_find(table, text, length);
    if (found != IO_INTERN_FULL)
        return found;
    if (table->n >= MAX_STRINGS || length >= UINT32_MAX)
        return IO_INTERN_FULL;
    if (table->n >= table->nslots / 2 && !grow_slots(table))
        return IO_INTERN_FULL;
    if (table->n == table->capacity && !grow_arrays(table))
        return IO_INTERN_FULL;
    char *copy = store(table, text, length);
    if (copy == NULL)
        return IO_INTERN_FULL;
    uint32_t i = table->n;
    uint32_t slot = slot_of(table, text, length);
    table->text[i] = copy;
    table->length[i] = (uint32_t)length;
    table->slots[slot] = i + 1;
    table->n++;
    return i;
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
