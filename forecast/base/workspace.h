/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_WORKSPACE_H
#define NIGHTCAST_FORECAST_BASE_WORKSPACE_H

#include <stddef.h>

/*
 * A thread's scratch memory: an arena that grows to what the hardest series
 * so far has needed and is then reused without asking the system again.
 * Memory taken from it lives until it is released to an earlier mark, or
 * reset; pointers never move.  One workspace belongs to one thread.
 * AddressSanitizer sees what is touched beyond an array or after its release.
 */
struct fc_workspace;

/* A position in the arena, to be released to. */
struct fc_mark {
    size_t block;
    size_t used;
};

/* NULL when memory is short. */
struct fc_workspace *fc_workspace_new(void);

/* Accepts NULL. */
void fc_workspace_free(struct fc_workspace *ws);

/*
 * n doubles, or n objects of the given size, aligned to 64 bytes and not
 * initialised.  NULL when memory is short or the size overflows; n = 0 gives
 * a valid pointer to nothing.
 */
double *fc_workspace_doubles(struct fc_workspace *ws, size_t n);
void *fc_workspace_array(struct fc_workspace *ws, size_t n, size_t size);

/*
 * fc_workspace_release() gives back all that was taken since the mark:
 *
 *     struct fc_mark mark = fc_workspace_mark(ws);
 *     double *scratch = fc_workspace_doubles(ws, n);
 *     ...
 *     fc_workspace_release(ws, mark);
 */
struct fc_mark fc_workspace_mark(const struct fc_workspace *ws);
void fc_workspace_release(struct fc_workspace *ws, struct fc_mark mark);

/* Gives back everything but keeps the memory for the next series. */
void fc_workspace_reset(struct fc_workspace *ws);

#endif
