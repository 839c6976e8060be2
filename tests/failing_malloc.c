/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into the program: the allocation that FAIL_AT counts to fails,
 * and that one alone.  Reports nothing; what the program makes of it is the
 * test.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static long fail_at;
static atomic_long count;

/* ISO C knows no conversion from an object's pointer to a function's. */
static void find(const char *name, void *function)
{
    *(void **)function = dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void set_up(void)
{
    const char *text = getenv("FAIL_AT");
    find("malloc", &real_malloc);
    find("calloc", &real_calloc);
    find("realloc", &real_realloc);
    find("aligned_alloc", &real_aligned_alloc);
    fail_at = text != NULL ? strtol(text, NULL, 10) : 0;
}

/* What the dynamic linker wants before set_up() is never freed. */
static void *early(size_t size)
{
    static _Alignas(max_align_t) char pool[1 << 16];
    static size_t used;
    char *p = pool + used;
    used += (size + 15) & ~(size_t)15;
    return used <= sizeof pool ? p : NULL;
}

static int fails(void)
{
    if (fail_at == 0 || atomic_fetch_add(&count, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    if (real_malloc == NULL)
        return early(size);
    return fails() ? NULL : real_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    if (real_calloc == NULL)
        return early(n * size);
    return fails() ? NULL : real_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : real_realloc(p, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : real_aligned_alloc(alignment, size);
}
