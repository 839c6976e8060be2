/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of blocks, each at least twice as large as the one before, so that
 * a workspace settles after a few series.  Pointers stay valid because blocks
 * never move; a request that does not fit the current block goes to the next.
 */
#include "forecast/base/workspace.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Under AddressSanitizer only what is taken may be touched, and between two
 * arrays lies a margin that may not.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
enum { MARGIN = 64 };
#else
enum { MARGIN = 0 };
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

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
    ASAN_POISON_MEMORY_REGION(b->data, want);
    b->size = want;
    ws->nblocks++;
    return 1;
}

void *fc_workspace_array(struct fc_workspace *ws, size_t n, size_t size)
{
    size_t asked, bytes;
    if (__builtin_mul_overflow(n, size, &asked)
        || asked > SIZE_MAX - MARGIN - (ALIGNMENT - 1))
        return NULL;
    bytes = (asked + MARGIN + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    while (ws->current < ws->nblocks
           && bytes > ws->blocks[ws->current].size - ws->used) {
        ws->current++;
        ws->used = 0;
    }
    if (ws->current == ws->nblocks && !add_block(ws, bytes))
        return NULL;
    void *p = ws->blocks[ws->current].data + ws->used;
    ws->used += bytes;
    ASAN_UNPOISON_MEMORY_REGION(p, asked);
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
    for (size_t i = mark.block; i <= ws->current && i < ws->nblocks; i++) {
        size_t from = i == mark.block ? mark.used : 0;
        ASAN_POISON_MEMORY_REGION(ws->blocks[i].data + from,
                                  ws->blocks[i].size - from);
    }
    ws->current = mark.block;
    ws->used = mark.used;
}

void fc_workspace_reset(struct fc_workspace *ws)
{
    fc_workspace_release(ws, (struct fc_mark){0, 0});
}
