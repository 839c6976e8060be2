/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which shards belong together.
 */
#include "io/out/shard_set.h"

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
    if (is_key(x, "files"))
        return fc_fail(err, FC_EDATA,
                       "%s: was made from another list of files than %s; give "
                       "all shards the same files in the same order",
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
    if ((a->keys > 0) != (b->keys > 0))
        return fc_fail(err, FC_EDATA,
                       "%s: was made %s --by-file, and %s not so; run all "
                       "shards with the same options",
                       b->source.name, b->keys > 0 ? "with" : "without",
                       a->source.name);
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

/* The files by their shards' numbers, 1 .. IO_SHARD_MOST. */
static enum fc_status take_place(const struct io_shard_file **by,
                                 const struct io_shard_file *file,
                                 struct fc_error *err)
{
    const struct io_shard_file **place = &by[file->shard.number];
    if (*place != NULL)
        return fc_fail(err, FC_EDATA,
                       "%s and %s are both shard %" PRIu32 "/%" PRIu32
                       "; leave one out",
                       (*place)->source.name, file->source.name,
                       file->shard.number, file->shard.count);
    *place = file;
    return FC_OK;
}

/* What can be opened only once stays open. */
static void park(struct io_shard_set *set, size_t i)
{
    struct io_shard_file *file = &set->files[i];
    if (set->n > set->most && file->source.regular
        && strcmp(file->path, "-") != 0)
        io_shard_park(file, i == 0);
}

static enum fc_status open_all(struct io_shard_set *set, char *const *paths,
                               const struct io_shard_file **by,
                               struct fc_error *err)
{
    struct io_shard_file *files = set->files;
    enum fc_status status = FC_OK;
    for (size_t i = 0; i < set->n && status == FC_OK; i++) {
        status = io_shard_open(paths[i], &files[i], err);
        if (status == FC_OK)
            status = compare(&files[0], &files[i], err);
        if (status == FC_OK)
            status = take_place(by, &files[i], err);
        if (status == FC_OK)
            park(set, i);
    }
    return status == FC_OK ? check_complete(by, files[0].shard.count, err)
                           : status;
}

enum fc_status io_shard_set_open(struct io_shard_set *set, char *const *paths,
                                 size_t n, struct fc_error *err)
{
    const struct io_shard_file **by = calloc(IO_SHARD_MOST + 1, sizeof *by);
    set->files = calloc(n, sizeof *set->files);
    set->n = n;
    enum fc_status status = by != NULL && set->files != NULL
                                ? open_all(set, paths, by, err)
                                : fc_fail(err, FC_ENOMEM, "out of memory");
    free(by);
    return status;
}

enum fc_status io_shard_set_reopen(struct io_shard_set *set, size_t i,
                                   struct fc_error *err)
{
    struct io_shard_file *file = &set->files[i], again;
    if (!file->parked)
        return FC_OK;
    enum fc_status status = io_shard_open(file->path, &again, err);
    if (status == FC_OK)
        status = compare(&set->files[0], &again, err);
    if (status == FC_OK && again.shard.number != file->shard.number)
        status =
            fc_fail(err, FC_EDATA, "%s: changed while it was read", file->path);
    if (status != FC_OK) {
        io_shard_close(&again);
        return status;
    }
    free(file->tokens);
    free(file->columns);
    *file = again;
    return FC_OK;
}

void io_shard_set_close(struct io_shard_set *set)
{
    for (size_t i = 0; set->files != NULL && i < set->n; i++)
        io_shard_close(&set->files[i]);
    free(set->files);
    *set = (struct io_shard_set){0};
}
