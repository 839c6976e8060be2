/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: a file through the loader, read as a whole, in chunks of any
 * size, from gzip, and in shards: always the same panel or the same refusal;
 * from gzip that was damaged, the same or a refusal.
 * The first three bytes choose the options, the rest is the file.
 */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "io/panel/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file that is nowhere but in memory. */
static int make_file(const uint8_t *text, size_t n, char path[40])
{
    int fd = memfd_create("in.csv", 0);
    assert(fd >= 0);
    for (size_t done = 0; done < n;) {
        ssize_t written = write(fd, text + done, n - done);
        assert(written > 0);
        done += (size_t)written;
    }
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    return fd;
}

static int make_gzip(const uint8_t *text, size_t n, char path[40])
{
    z_stream z = {0};
    int code = deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    assert(code == Z_OK);
    size_t room = deflateBound(&z, n);
    uint8_t *zipped = malloc(room);
    z.next_in = (Bytef *)text;
    z.avail_in = (unsigned)n;
    z.next_out = zipped;
    z.avail_out = (unsigned)room;
    code = deflate(&z, Z_FINISH);
    assert(code == Z_STREAM_END);
    int fd = make_file(zipped, z.total_out, path);
    deflateEnd(&z);
    free(zipped);
    return fd;
}

/* Cuts a gzip file by some bytes, or changes one of them. */
static void damage(int fd, bool cut, uint8_t where, uint8_t how)
{
    off_t size = lseek(fd, 0, SEEK_END);
    int failed;
    if (cut) {
        failed = ftruncate(fd, size - 1 - where % (size - 2));
    } else {
        uint8_t byte;
        off_t at = where % size;
        failed = pread(fd, &byte, 1, at) != 1;
        byte ^= how | 1;
        failed = failed || pwrite(fd, &byte, 1, at) != 1;
    }
    assert(!failed);
}

enum { HORIZON = 12 };

static void check_series(const struct io_panel *panel, size_t i,
                         const struct io_panel_options *options)
{
    const struct fc_history *s = &panel->series[i];
    const char *error = panel->facts[i].error;
    assert(s->n > 0 || error != NULL);
    if (s->n == 0 || error != NULL)
        return;
    bool open = options->gaps == IO_GAPS_INTERPOLATE
                && options->align == IO_ALIGN_COMMON
                && panel->facts[i].ends_early;
    assert(!isnan(s->y[0]) && (open || !isnan(s->y[s->n - 1])));
    for (size_t t = 0; t < s->n; t++)
        assert(!isinf(s->y[t]));
}

static void check_same_series(const struct io_panel *a, size_t i,
                              const struct io_panel *b, size_t j)
{
    const struct io_panel_facts *x = &a->facts[i], *y = &b->facts[j];
    const struct fc_history *u = &a->series[i], *v = &b->series[j];
    struct io_freq one = io_panel_own_step(a, i), two = io_panel_own_step(b, j);
    assert(strcmp(u->id, v->id) == 0);
    assert((x->error == NULL) == (y->error == NULL));
    assert(u->n == v->n && x->start == y->start);
    assert(one.unit == two.unit && one.multiple == two.multiple
           && one.anchor_day == two.anchor_day);
    assert(io_panel_step(a, i).anchor_day == io_panel_step(b, j).anchor_day);
    assert(x->nmissing == y->nmissing && x->nfilled == y->nfilled);
    assert(x->nduplicates == y->nduplicates && x->unordered == y->unordered);
    assert(x->ends_early == y->ends_early);
    assert(x->is_constant == y->is_constant);
    for (size_t t = 0; t < u->n && x->error == NULL; t++)
        assert(u->y[t] == v->y[t] || (isnan(u->y[t]) && isnan(v->y[t])));
}

static void check_same(const struct io_panel *a, const struct io_panel *b)
{
    assert(a->nseries == b->nseries && a->nrows == b->nrows);
    assert(a->nrejected == b->nrejected && a->bytes == b->bytes);
    assert(a->first == b->first && a->last == b->last);
    assert(a->freq.unit == b->freq.unit
           && a->freq.multiple == b->freq.multiple);
    assert(a->not_utf8_line == b->not_utf8_line);
    assert((a->blank_id == NULL) == (b->blank_id == NULL));
    for (size_t i = 0; i < a->nseries; i++)
        check_same_series(a, i, b, i);
    assert(a->nrejects == b->nrejects);
    for (size_t i = 0; i < a->nrejects; i++) {
        assert(a->rejects[i].line == b->rejects[i].line);
        assert(a->rejects[i].series == b->rejects[i].series);
        assert(i == 0 || a->rejects[i].line >= a->rejects[i - 1].line);
    }
}

/* What the file decides, and the shard's series, are as in the whole. */
static void check_shard(const struct io_panel *whole,
                        const struct io_panel *shard)
{
    assert(shard->ntotal == whole->nseries && shard->nrows == whole->nrows);
    assert(shard->nrejected == whole->nrejected);
    assert(shard->first == whole->first && shard->last == whole->last);
    assert(shard->freq.unit == whole->freq.unit
           && shard->freq.multiple == whole->freq.multiple
           && shard->freq.anchor_day == whole->freq.anchor_day);
    assert(shard->not_utf8_line == whole->not_utf8_line);
    assert((shard->blank_id == NULL) == (whole->blank_id == NULL));
    for (size_t i = 0; i < shard->nseries; i++) {
        size_t number = io_panel_number(shard, i);
        assert(i == 0 || number > io_panel_number(shard, i - 1));
        check_same_series(whole, number - 1, shard, i);
    }
    for (size_t i = 0, k = 0; i < shard->nrejects; i++, k++) {
        const struct io_reject *b = &shard->rejects[i];
        while (k < whole->nrejects
               && (whole->rejects[k].line < b->line
                   || strcmp(whole->series[whole->rejects[k].series].id,
                             shard->series[b->series].id)
                          != 0))
            k++;
        assert(k < whole->nrejects);
        const struct io_reject *a = &whole->rejects[k];
        assert(a->line == b->line && strcmp(a->reason, b->reason) == 0);
        assert(strcmp(whole->series[a->series].id, shard->series[b->series].id)
               == 0);
    }
}

static void check_shards(const struct io_panel *whole,
                         struct io_panel_options options, uint32_t count)
{
    size_t nseries = 0, nrejects = 0;
    uint32_t crc = 0;
    for (uint32_t k = 1; k <= count; k++) {
        struct io_panel shard;
        struct fc_error err;
        options.shard = (struct io_shard){k, count};
        options.chunk += k;
        enum fc_status status = io_panel_load(&options, &shard, &err);
        assert(status == FC_OK);
        check_shard(whole, &shard);
        assert(k == 1 || shard.crc == crc);
        crc = shard.crc;
        nseries += shard.nseries;
        nrejects += shard.nrejects;
        io_panel_release(&shard);
    }
    assert(nseries == whole->nseries && nrejects == whole->nrejects);
}

static void check_panel(const struct io_panel *panel,
                        const struct io_panel_options *options)
{
    char buf[IO_TIME_SIZE];
    assert(panel->nseries > 0);
    for (size_t i = 0; i < panel->nseries; i++) {
        check_series(panel, i, options);
        if (panel->facts[i].error == NULL)
            assert(io_panel_future(panel, i, HORIZON - 1, buf)
                   || options->horizon == 0);
    }
}

/* What is damaged is refused, or it was nothing that matters. */
static void check_damaged(const struct io_panel_options *options,
                          const struct io_panel *whole)
{
    struct io_panel panel;
    struct fc_error err = {0};
    enum fc_status status = io_panel_load(options, &panel, &err);
    if (status != FC_OK)
        return;
    check_same(whole, &panel);
    io_panel_release(&panel);
}

/* The message without the file's name in front, which differs. */
static const char *words(const struct fc_error *err)
{
    const char *colon = strstr(err->msg, "/fd/");
    return colon != NULL ? colon + 4 + strspn(colon + 4, "0123456789")
                         : err->msg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t sizes[] = {1, 7, 40, 300};
    struct io_panel whole, split;
    struct fc_error err = {0}, err2 = {0};
    char path[40];
    if (size < 3)
        return 0;
    struct io_panel_options options = {
        .path = path,
        .wide = data[0] & 1,
        .gaps = (enum io_gaps)(data[0] >> 1 & 3),
        .duplicates = (enum io_duplicates)(data[0] >> 3 & 3),
        .align = (enum io_align)(data[0] >> 5 & 1),
        .horizon = data[0] >> 7 ? HORIZON : 0,
        .jobs = 1,
        .chunk = 1 << 24,
        .rejects = data[1] >> 4 & 1,
    };
    uint32_t shards = data[1] >> 2 & 3;
    bool zipped = data[0] >> 6 & 1;
    int fd = make_file(data + 3, size - 3, path);
    enum fc_status status = io_panel_load(&options, &whole, &err);
    if (status == FC_OK)
        check_panel(&whole, &options);
    options.chunk = sizes[data[1] & 3] + data[2];
    if (zipped) {
        close(fd);
        fd = make_gzip(data + 3, size - 3, path);
    }
    enum fc_status again = io_panel_load(&options, &split, &err2);
    assert(again == status);
    if (status == FC_OK) {
        check_same(&whole, &split);
        if (shards > 0)
            check_shards(&whole, options, shards);
        if (zipped && data[1] >> 5 & 3) {
            damage(fd, data[1] >> 5 & 1, data[2], data[1]);
            check_damaged(&options, &whole);
        }
        io_panel_release(&whole);
        io_panel_release(&split);
    } else {
        assert(strcmp(words(&err), words(&err2)) == 0);
    }
    close(fd);
    return 0;
}
