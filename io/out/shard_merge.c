/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several shards into one: a merge by a heap of feeds, the one with the next
 * series on top.
 */
#include "io/out/shard_ids.h"
#include "io/out/shard_set.h"
#include "io/out/spool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALL_BUFFERS = 1 << 24, /* bytes, of all runs together */
    LEAST_BUFFER = 1 << 12,
    MOST_BUFFER = 1 << 20
};

/* Rows in the order of their numbers: a shard's, or those of a run. */
struct feed {
    struct io_shard_file *file; /* or NULL */
    struct io_spool_run *run;
    uint64_t number;
    const char *row;
    size_t length;
    bool done;
};

/* Where merged rows go: to the end, or to the next pass. */
struct sink {
    struct io_atomic_file *out; /* or NULL */
    struct io_spool *spool;
    uint64_t keys;            /* --by-file: columns of an id; else 0 */
    struct io_shard_ids *ids; /* then: what came before */
};

/* What was read last, as the feed's. */
static void show(struct feed *feed)
{
    const struct io_shard_file *file = feed->file;
    const struct io_spool_run *run = feed->run;
    feed->number = file != NULL ? file->number : run->number;
    feed->row = file != NULL ? file->row : run->row;
    feed->length = file != NULL ? file->row_length : run->row_length;
    feed->done = file != NULL ? file->done : run->done;
}

static enum fc_status advance(struct feed *feed, struct fc_error *err)
{
    enum fc_status status = feed->file != NULL ? io_shard_next(feed->file, err)
                                               : io_spool_next(feed->run, err);
    show(feed);
    return status;
}

static bool is_absent(const struct feed *feed)
{
    return feed->length > IO_SHARD_ABSENT_LENGTH
           && memcmp(feed->row, IO_SHARD_ABSENT, IO_SHARD_ABSENT_LENGTH) == 0;
}

/* An id that comes by file, as rows come, must not be of one before. */
static enum fc_status check_id(const struct sink *sink, const struct feed *feed,
                               struct fc_error *err)
{
    enum { FILE_BITS = 40 }; /* see io_panel_number() */
    size_t skip = is_absent(feed) ? IO_SHARD_ABSENT_LENGTH : 0;
    const char *id = feed->row + skip;
    size_t n = io_shard_id_length(id, feed->length - skip, sink->keys);
    uint32_t file = (uint32_t)(feed->number >> FILE_BITS), before;
    if (!io_shard_ids_add(sink->ids, id, n, file, &before))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (before == file)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "series %.*s is in two of the files that were forecast, "
                   "number %" PRIu32 " and number %" PRIu32
                   " of the list: with --by-file each is in one file",
                   n < 60 ? (int)n : 60, id, before + 1, file + 1);
}

static enum fc_status put(const struct sink *sink, const struct feed *feed,
                          struct fc_error *err)
{
    if (sink->out == NULL)
        return io_spool_put(sink->spool, feed->number, feed->row, feed->length,
                            err);
    if (sink->ids != NULL && is_absent(feed))
        return FC_OK;
    io_atomic_write(sink->out, feed->row, feed->length);
    return FC_OK;
}

static bool failed(const struct sink *sink)
{
    return sink->out != NULL && io_atomic_failed(sink->out);
}

static void sink_down(struct feed *heap, size_t n, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && heap[child + 1].number < heap[child].number)
            child++;
        if (heap[i].number <= heap[child].number)
            return;
        struct feed swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
    }
}

/* All rows of the series on top. */
static enum fc_status write_series(struct feed *feed, const struct sink *sink,
                                   struct fc_error *err)
{
    uint64_t number = feed->number;
    enum fc_status status =
        sink->ids != NULL ? check_id(sink, feed, err) : FC_OK;
    while (status == FC_OK && !feed->done && feed->number == number) {
        status = put(sink, feed, err);
        if (status == FC_OK)
            status = advance(feed, err);
    }
    return status;
}

static enum fc_status fail_twice(const struct feed *feed, struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: has rows of number %" PRIu64
                   ", which another shard has too; run all shards again",
                   feed->file != NULL ? feed->file->source.name : "a shard",
                   feed->number);
}

/* The n feeds must not be done. */
static enum fc_status merge_rows(struct feed *heap, size_t n,
                                 const struct sink *sink, struct fc_error *err)
{
    uint64_t last = 0;
    for (size_t i = n; i-- > 0;)
        sink_down(heap, n, i);
    while (n > 0 && !failed(sink)) {
        if (heap[0].number == last)
            return fail_twice(&heap[0], err);
        last = heap[0].number;
        enum fc_status status = write_series(&heap[0], sink, err);
        if (status != FC_OK)
            return status;
        if (heap[0].done)
            heap[0] = heap[--n];
        sink_down(heap, n, 0);
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
    sum->late += c->late;
}

/* Of the shards from .. to - 1, which become open. */
static enum fc_status merge_files(struct io_shard_set *set, size_t from,
                                  size_t to, const struct sink *sink,
                                  struct io_shard_counts *counts,
                                  struct fc_error *err)
{
    struct feed *heap = malloc((to - from) * sizeof *heap);
    size_t used = 0;
    enum fc_status status =
        heap != NULL ? FC_OK : fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = from; i < to && status == FC_OK; i++) {
        status = io_shard_set_reopen(set, i, err);
        if (status != FC_OK || set->files[i].done)
            continue;
        heap[used] = (struct feed){.file = &set->files[i]};
        show(&heap[used++]);
    }
    if (status == FC_OK)
        status = merge_rows(heap, used, sink, err);
    free(heap);
    for (size_t i = from; i < to && status == FC_OK; i++)
        add_counts(counts, &set->files[i].counts);
    return status;
}

/* The first pass: runs of as many shards as may be open. */
static enum fc_status merge_groups(struct io_shard_set *set,
                                   struct io_spool *spool,
                                   struct io_shard_counts *counts,
                                   struct fc_error *err)
{
    struct sink sink = {.spool = spool};
    enum fc_status status = FC_OK;
    for (size_t from = 0; from < set->n && status == FC_OK;) {
        size_t to = set->n - from > set->most ? from + set->most : set->n;
        status = merge_files(set, from, to, &sink, counts, err);
        if (status == FC_OK)
            status = io_spool_end_run(spool, err);
        for (size_t i = from; i < to && status == FC_OK; i++)
            io_shard_park(&set->files[i], i == 0);
        from = to;
    }
    return status;
}

static enum fc_status open_runs(const struct io_spool *spool,
                                struct io_spool_run *runs, struct feed *heap,
                                size_t *used, struct fc_error *err)
{
    size_t n = io_spool_runs(spool), room = ALL_BUFFERS / n;
    room = room < LEAST_BUFFER  ? LEAST_BUFFER
           : room > MOST_BUFFER ? MOST_BUFFER
                                : room;
    for (size_t i = 0; i < n; i++) {
        enum fc_status status =
            io_spool_open_run(spool, i, room, &runs[i], err);
        if (status != FC_OK)
            return status;
        if (runs[i].done)
            continue;
        heap[*used] = (struct feed){.run = &runs[i]};
        show(&heap[(*used)++]);
    }
    return FC_OK;
}

/* The second pass. */
static enum fc_status merge_runs(const struct io_spool *spool,
                                 const struct sink *sink, struct fc_error *err)
{
    size_t n = io_spool_runs(spool), used = 0;
    struct io_spool_run *runs = calloc(n, sizeof *runs);
    struct feed *heap = calloc(n, sizeof *heap);
    enum fc_status status = runs != NULL && heap != NULL
                                ? open_runs(spool, runs, heap, &used, err)
                                : fc_fail(err, FC_ENOMEM, "out of memory");
    if (status == FC_OK)
        status = merge_rows(heap, used, sink, err);
    for (size_t i = 0; runs != NULL && i < n; i++)
        io_spool_close_run(&runs[i]);
    free(runs);
    free(heap);
    return status;
}

static enum fc_status merge_in_passes(struct io_shard_set *set,
                                      const struct sink *sink,
                                      struct io_shard_counts *counts,
                                      struct fc_error *err)
{
    struct io_spool *spool;
    enum fc_status status = io_spool_new(set->folder, &spool, err);
    if (status == FC_OK)
        status = merge_groups(set, spool, counts, err);
    if (status == FC_OK)
        status = merge_runs(spool, sink, err);
    io_spool_free(spool);
    return status;
}

enum fc_status io_shard_set_merge(struct io_shard_set *set,
                                  struct io_atomic_file *out,
                                  struct io_shard_counts *counts,
                                  struct fc_error *err)
{
    struct io_shard_ids ids = {0};
    size_t n;
    const char *what = io_shard_value(&set->files[0], "what", &n);
    uint64_t keys = set->files[0].keys, total = set->files[0].total;
    bool is_rejects = n == strlen("rejects") && memcmp(what, "rejects", n) == 0;
    bool has_ids = keys > 0 && n > 0 && !is_rejects;
    struct sink sink = {.out = out, .keys = keys, .ids = has_ids ? &ids : NULL};
    *counts = (struct io_shard_counts){0};
    io_atomic_write(out, set->files[0].columns, strlen(set->files[0].columns));
    enum fc_status status =
        set->n > set->most ? merge_in_passes(set, &sink, counts, err)
                           : merge_files(set, 0, set->n, &sink, counts, err);
    io_shard_ids_release(&ids);
    if (status == FC_OK && !io_atomic_failed(out) && keys == 0
        && counts->series != total)
        return fc_fail(err, FC_EDATA,
                       "the shards have %" PRIu64 " of %" PRIu64
                       " series; run all of them again",
                       counts->series, total);
    return status;
}
