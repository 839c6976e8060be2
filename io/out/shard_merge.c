/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several shards into one: a merge by a heap of files, the one with the next
 * series on top.
 */
#include "io/out/shard_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 /* bytes of a value in a message */ };

/* One token, "key=value". */
struct token {
    const char *text;
    size_t key, length;
};

static struct token next_token(const char **at)
{
    struct token t = {.text = *at, .length = strcspn(*at, " ")};
    const char *equals = memchr(t.text, '=', t.length);
    t.key = equals != NULL ? (size_t)(equals - t.text) : t.length;
    *at += t.length + ((*at)[t.length] == ' ');
    return t;
}

static bool is_key(const struct token *t, const char *key)
{
    return t->key == strlen(key) && memcmp(t->text, key, t->key) == 0;
}

static int shown(size_t n)
{
    return n > SHOWN ? SHOWN : (int)n;
}

static enum fc_status fail_version(const struct io_shard_file *a,
                                   const struct io_shard_file *b,
                                   struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: was made by another version of nightcast than %s; run "
                   "all shards with one",
                   b->source.name, a->source.name);
}

static enum fc_status fail_pair(const struct io_shard_file *a,
                                const struct io_shard_file *b,
                                const struct token *x, const struct token *y,
                                struct fc_error *err)
{
    const char *first = a->source.name, *other = b->source.name;
    if (is_key(x, "input") || is_key(x, "series"))
        return fc_fail(err, FC_EDATA,
                       "%s: was made from another input than %s, or from the "
                       "same before it changed; run its shard again",
                       other, first);
    if (is_key(x, "what"))
        return fc_fail(
            err, FC_EDATA, "%s: holds %.*s, %s %.*s; merge one kind at a time",
            other, shown(y->length - y->key - 1), y->text + y->key + 1, first,
            shown(x->length - x->key - 1), x->text + x->key + 1);
    if (is_key(x, "version"))
        return fail_version(a, b, err);
    if (is_key(x, "file"))
        return fc_fail(err, FC_EDATA,
                       "%s: names its input '%.*s', %s '%.*s', and so would "
                       "its messages; run all shards with one name",
                       other, shown(y->length - y->key - 1),
                       y->text + y->key + 1, first,
                       shown(x->length - x->key - 1), x->text + x->key + 1);
    return fc_fail(
        err, FC_EDATA,
        "%s: was made with another --%.*s than %s: '%.*s', not '%.*s'; run "
        "all shards with the same options",
        other, shown(x->key), x->text, first, shown(y->length - y->key - 1),
        y->text + y->key + 1, shown(x->length - x->key - 1),
        x->text + x->key + 1);
}

/* Every token but `shard` must be the same. */
static enum fc_status compare(const struct io_shard_file *a,
                              const struct io_shard_file *b,
                              struct fc_error *err)
{
    const char *p = a->tokens, *q = b->tokens;
    if (a->shard.count != b->shard.count)
        return fc_fail(err, FC_EDATA,
                       "%s: is one of %" PRIu32 " shards, %s one of %" PRIu32
                       "; merge the shards of one run",
                       b->source.name, b->shard.count, a->source.name,
                       a->shard.count);
    while (*p != '\0' || *q != '\0') {
        struct token x = next_token(&p), y = next_token(&q);
        if (x.key != y.key || x.key == x.length || y.key == y.length
            || memcmp(x.text, y.text, x.key) != 0)
            return fail_version(a, b, err);
        if (is_key(&x, "shard")
            || (x.length == y.length && memcmp(x.text, y.text, x.length) == 0))
            continue;
        return fail_pair(a, b, &x, &y, err);
    }
    if (strcmp(a->columns, b->columns) != 0)
        return fc_fail(err, FC_EDATA,
                       "%s: has other columns than %s; run its shard again",
                       b->source.name, a->source.name);
    return FC_OK;
}

static enum fc_status check_complete(const struct io_shard_file *const *by,
                                     uint32_t count, struct fc_error *err)
{
    uint32_t missing = 0, first = 0;
    for (uint32_t k = count; k >= 1; k--)
        if (by[k] == NULL) {
            missing++;
            first = k;
        }
    if (missing == 0)
        return FC_OK;
    if (missing == 1)
        return fc_fail(err, FC_EDATA,
                       "shard %" PRIu32 "/%" PRIu32 " is missing; name it too",
                       first, count);
    return fc_fail(err, FC_EDATA,
                   "%" PRIu32 " shards of %" PRIu32
                   " are missing, the first is %" PRIu32 "/%" PRIu32
                   "; name them too",
                   missing, count, first, count);
}

enum fc_status io_shard_check_set(const struct io_shard_file *files, size_t n,
                                  struct fc_error *err)
{
    const struct io_shard_file **by = calloc(IO_SHARD_MOST + 1, sizeof *by);
    enum fc_status status = FC_OK;
    if (by == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && status == FC_OK; i++) {
        const struct io_shard_file **place = &by[files[i].shard.number];
        status = compare(&files[0], &files[i], err);
        if (status == FC_OK && *place != NULL)
            status = fc_fail(err, FC_EDATA,
                             "%s and %s are both shard %" PRIu32 "/%" PRIu32
                             "; leave one out",
                             (*place)->source.name, files[i].source.name,
                             files[i].shard.number, files[i].shard.count);
        *place = &files[i];
    }
    if (status == FC_OK)
        status = check_complete(by, files[0].shard.count, err);
    free(by);
    return status;
}

/* The heap: the files that have a row left. */

static void sink(struct io_shard_file **heap, size_t n, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && heap[child + 1]->number < heap[child]->number)
            child++;
        if (heap[i]->number <= heap[child]->number)
            return;
        struct io_shard_file *swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
    }
}

/* All rows of the series on top. */
static enum fc_status write_series(struct io_shard_file *file,
                                   struct io_atomic_file *out,
                                   struct fc_error *err)
{
    uint64_t number = file->number;
    enum fc_status status = FC_OK;
    while (status == FC_OK && !file->done && file->number == number) {
        io_atomic_write(out, file->row, file->row_length);
        status = io_shard_next(file, err);
    }
    return status;
}

static enum fc_status merge_rows(struct io_shard_file **heap, size_t n,
                                 struct io_atomic_file *out,
                                 struct fc_error *err)
{
    uint64_t last = 0;
    for (size_t i = n; i-- > 0;)
        sink(heap, n, i);
    while (n > 0 && !io_atomic_failed(out)) {
        if (heap[0]->number == last)
            return fc_fail(err, FC_EDATA,
                           "%s: has rows of number %" PRIu64
                           ", which another shard has too; run all shards "
                           "again",
                           heap[0]->source.name, last);
        last = heap[0]->number;
        enum fc_status status = write_series(heap[0], out, err);
        if (status != FC_OK)
            return status;
        if (heap[0]->done)
            heap[0] = heap[--n];
        sink(heap, n, 0);
    }
    return FC_OK;
}

static void add_counts(struct io_shard_counts *sum,
                       const struct io_shard_counts *c)
{
    sum->series += c->series;
    sum->ok += c->ok;
    sum->fallback += c->fallback;
    sum->failed += c->failed;
    sum->none += c->none;
    sum->early += c->early;
    sum->replaced += c->replaced;
    sum->stale += c->stale;
    sum->filled += c->filled;
    sum->gappy += c->gappy;
    sum->mostly += c->mostly;
}

enum fc_status io_shard_merge(struct io_shard_file *files, size_t n,
                              struct io_atomic_file *out,
                              struct io_shard_counts *counts,
                              struct fc_error *err)
{
    struct io_shard_file **heap = malloc(n * sizeof *heap);
    size_t used = 0;
    if (heap == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (!files[i].done)
            heap[used++] = &files[i];
    io_atomic_write(out, files[0].columns, strlen(files[0].columns));
    enum fc_status status = merge_rows(heap, used, out, err);
    free(heap);
    *counts = (struct io_shard_counts){0};
    for (size_t i = 0; i < n; i++)
        add_counts(counts, &files[i].counts);
    if (status == FC_OK && !io_atomic_failed(out)
        && counts->series != files[0].total)
        return fc_fail(err, FC_EDATA,
                       "the shards have %" PRIu64 " of %" PRIu64
                       " series; run all of them again",
                       counts->series, files[0].total);
    return status;
}
