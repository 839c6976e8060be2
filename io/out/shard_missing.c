/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of one run agree in all that their first two lines say but the shard,
 * of which a checksum is compared.
 */
#include "io/out/shard_missing.h"

#include "io/out/shard_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* What is known of a file. */
struct found {
    const char *path;
    uint64_t run; /* a checksum of what tells runs apart */
    struct io_shard shard;
    bool known; /* its first lines could be read */
    bool whole;
};

static uint64_t add_text(uint64_t sum, const char *text, size_t n)
{
    return crc32_z((uLong)sum, (const unsigned char *)text, n);
}

/* Of the tokens without the first, "shard=2/4", of its count, and the
   columns. */
static uint64_t sum_run(const struct io_shard_file *file)
{
    size_t n;
    const char *shard = io_shard_value(file, "shard", &n);
    uint64_t sum = add_text(0, file->tokens, (size_t)(shard - file->tokens));
    sum = add_text(sum, shard + n, strlen(shard + n));
    sum = add_text(sum, file->columns, strlen(file->columns));
    return sum << 32 | file->shard.count;
}

/* Reads one file whole.  FC_EIO, FC_EDATA, FC_ENOMEM, with a message. */
static enum fc_status examine(struct found *found, struct fc_error *err)
{
    struct io_shard_file file;
    enum fc_status status = io_shard_open(found->path, &file, err);
    if (file.columns != NULL) {
        found->known = true;
        found->run = sum_run(&file);
        found->shard = file.shard;
    }
    while (status == FC_OK && !file.done)
        status = io_shard_next(&file, err);
    found->whole = status == FC_OK;
    io_shard_close(&file);
    return status;
}

static enum fc_status examine_all(char *const *paths, size_t n,
                                  struct found *found, io_missing_told *told,
                                  void *arg, struct fc_error *err)
{
    for (size_t i = 0; i < n; i++) {
        found[i].path = paths[i];
        enum fc_status status = examine(&found[i], err);
        if (status == FC_ENOMEM)
            return status;
        if (status != FC_OK)
            told(arg, err->msg);
    }
    return FC_OK;
}

/* Those whose first lines are not known come last. */
static int compare_runs(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->known != y->known)
        return x->known ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

/* The run of most files. */
static enum fc_status find_run(const struct found *found, size_t n,
                               const struct found **run, struct fc_error *err)
{
    size_t most = 0;
    const struct found *rival = NULL;
    *run = NULL;
    for (size_t i = 0, end; i < n && found[i].known; i = end) {
        for (end = i;
             end < n && found[end].known && found[end].run == found[i].run;)
            end++;
        if (end - i > most)
            rival = NULL;
        else if (end - i == most)
            rival = &found[i];
        if (end - i <= most)
            continue;
        most = end - i;
        *run = &found[i];
    }
    if (*run == NULL)
        return fc_fail(err, FC_EDATA,
                       "none of the %zu files is a shard, so that nothing "
                       "tells how many there are; run all of them again",
                       n);
    if (rival != NULL)
        return fc_fail(err, FC_EDATA,
                       "%.80s and %.80s are of different runs, each of them "
                       "with %zu files; leave the older ones out",
                       (*run)->path, rival->path, most);
    return FC_OK;
}

static enum fc_status list_missing(const struct found *found, size_t n,
                                   const struct found *run,
                                   io_missing_told *told, void *arg,
                                   struct io_missing *missing,
                                   struct fc_error *err)
{
    missing->count = missing->n = run->shard.count;
    missing->shard = malloc(missing->count + (size_t)1);
    if (missing->shard == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memset(missing->shard, true, missing->count + (size_t)1);
    missing->shard[0] = false;
    for (size_t i = 0; i < n && found[i].known; i++) {
        bool *is_missing = &missing->shard[found[i].shard.number];
        if (found[i].run != run->run) {
            fc_fail(err, FC_EDATA,
                    "%s: is of another run (input, options or version) than "
                    "most of the shards",
                    found[i].path);
            told(arg, err->msg);
        } else if (found[i].whole && *is_missing) {
            *is_missing = false;
            missing->n--;
        }
    }
    return FC_OK;
}

enum fc_status io_missing_find(char *const *paths, size_t n,
                               io_missing_told *told, void *arg,
                               struct io_missing *missing, struct fc_error *err)
{
    struct found *found = calloc(n, sizeof *found);
    const struct found *run = NULL;
    *missing = (struct io_missing){0};
    if (found == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = examine_all(paths, n, found, told, arg, err);
    qsort(found, n, sizeof *found, compare_runs);
    if (status == FC_OK)
        status = find_run(found, n, &run, err);
    if (status == FC_OK)
        status = list_missing(found, n, run, told, arg, missing, err);
    free(found);
    return status;
}

char *io_missing_text(const struct io_missing *missing)
{
    enum { RANGE = 24 }; /* "4294967295-4294967295," */
    size_t used = 0, room = 1 + (size_t)missing->n * RANGE;
    char *text = malloc(room);
    if (text == NULL)
        return NULL;
    text[0] = '\0';
    for (uint32_t k = 1, end; k <= missing->count; k = end + 1) {
        end = k;
        if (!missing->shard[k])
            continue;
        while (end < missing->count && missing->shard[end + 1])
            end++;
        used += (size_t)snprintf(text + used, room - used, "%s%" PRIu32,
                                 used > 0 ? "," : "", k);
        if (end > k)
            used +=
                (size_t)snprintf(text + used, room - used, "-%" PRIu32, end);
    }
    return text;
}

void io_missing_release(struct io_missing *missing)
{
    free(missing->shard);
    *missing = (struct io_missing){0};
}
