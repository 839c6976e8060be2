/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of blocks, each at least twice as large as the one before, so that
 * a workspace settles after a few series.  Pointers stay valid because blocks
 * never move; a request that does not fit the current block goes to the next.
 */
#include "forecast/workspace.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALIGNMENT = 64,
    FIRST_BLOCK = 1 << 16, /* bytes; enough for most series */
    MAX_BLOCKS = 48        /* doubling sizes: more than the address space */
};

struct block {
    unsigned char *data;
    size_t size;
};

struct fc_workspace {
    struct block blocks[MAX_BLOCKS];
    size_t nblocks;
    size_t current; /* the block being filled */
    size_t used;    /* bytes taken from it */
};

struct fc_workspace *fc_workspace_new(void)
{
    /* a cache line of its own, or threads would take it from each other */
    size_t size = (sizeof(struct fc_workspace) + ALIGNMENT - 1)
                  & ~(size_t)(ALIGNMENT - 1);
    struct fc_workspace *ws = aligned_alloc(ALIGNMENT, size);
    return ws != NULL ? memset(ws, 0, size) : NULL;
}

void fc_workspace_free(struct fc_workspace *ws)
{
    if (ws == NULL)
        return;
    for (size_t i = 0; i < ws->nblocks; i++)
        free(ws->blocks[i].data);
    free(ws);
}

/* Adds a block that holds at least size bytes; false when it cannot. */
static int add_block(struct fc_workspace *ws, size_t size)
{
    size_t want = FIRST_BLOCK;
    if (ws->nblocks == MAX_BLOCKS)
        return 0;
    if (ws->nblocks > 0)
        want = ws->blocks[ws->nblocks - 1].size;
    if (ws->nblocks > 0 && want <= SIZE_MAX / 2)
        want *= 2;
    if (want < size)
        want = size;
    struct block *b = &ws->blocks[ws->nblocks];
    b->data = aligned_alloc(ALIGNMENT, want);
    if (b->data == NULL)
        return 0;
    b->size = want;
    ws->nblocks++;
    return 1;
}

void *fc_workspace_array(struct fc_workspace *ws, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)
        || bytes > SIZE_MAX - (ALIGNMENT - 1))
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    while (ws->current < ws->nblocks
           && bytes > ws->blocks[ws->current].size - ws->used) {
        ws->current++;
        ws->used = 0;
    }
    if (ws->current == ws->nblocks && !add_block(ws, bytes))
        return NULL;
    void *p = ws->blocks[ws->current].data + ws->used;
    ws->used += bytes;
    return p;
}

double *fc_workspace_doubles(struct fc_workspace *ws, size_t n)
{
    return fc_workspace_array(ws, n, sizeof(double));
}

struct fc_mark fc_workspace_mark(const struct fc_workspace *ws)
{
    return (struct fc_mark){ws->current, ws->used};
}

void fc_workspace_release(struct fc_workspace *ws, struct fc_mark mark)
{
    assert(mark.block < ws->current
           || (mark.block == ws->current && mark.used <= ws->used));
    ws->current = mark.block;
    ws->used = mark.used;
}

void fc_workspace_reset(struct fc_workspace *ws)
{
    ws->current = 0;
    ws->used = 0;
}
