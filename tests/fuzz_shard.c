/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: files as shards, and their merge.  The first byte says whether
 * the checksums are made to fit and whether two files at most may be open; NUL
 * bytes part the files.  What is merged is what a plain sort of all rows gives.
 */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "io/out/shard_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 5, PATH = 40, DIGITS = 8 };

/* A copy of a row, to be sorted. */
struct row {
    uint64_t number;
    size_t order, n;
    char *text;
};

struct rows {
    struct row *row;
    size_t n;
};

static int make_file(const char *text, size_t n, char path[PATH])
{
    int fd = memfd_create("shard", 0);
    assert(fd >= 0);
    for (size_t done = 0; done < n;) {
        ssize_t written = write(fd, text + done, n - done);
        assert(written > 0);
        done += (size_t)written;
    }
    snprintf(path, PATH, "/proc/self/fd/%d", fd);
    return fd;
}

/* Writes the right checksum where the last one stands. */
static void mend(char *text, size_t n)
{
    static const char key[] = "crc32=";
    size_t length = sizeof key - 1;
    for (size_t at = n; at-- > 0;) {
        if (n - at < length + DIGITS || memcmp(text + at, key, length) != 0)
            continue;
        char digits[DIGITS + 1];
        at += length;
        snprintf(digits, sizeof digits, "%08lx",
                 crc32_z(0, (const unsigned char *)text, at));
        memcpy(text + at, digits, DIGITS);
        return;
    }
}

static void add_row(struct rows *rows, const struct io_shard_file *file)
{
    rows->row = realloc(rows->row, (rows->n + 1) * sizeof *rows->row);
    struct row *row = &rows->row[rows->n];
    row->number = file->number;
    row->order = rows->n++;
    row->n = file->row_length;
    row->text = malloc(row->n > 0 ? row->n : 1);
    memcpy(row->text, file->row, row->n);
}

/* Every row of a file; false when it is no whole shard. */
static bool read_rows(const char *path, struct rows *rows)
{
    struct io_shard_file file;
    struct fc_error err = {0};
    size_t n;
    enum fc_status status = io_shard_open(path, &file, &err);
    while (status == FC_OK && !file.done) {
        add_row(rows, &file);
        status = io_shard_next(&file, &err);
    }
    assert(status == FC_OK || err.msg[0] != '\0');
    if (status == FC_OK) {
        assert(file.shard.number >= 1 && file.shard.number <= file.shard.count);
        assert(io_shard_value(&file, "shard", &n) != NULL);
    }
    io_shard_close(&file);
    return status == FC_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void check_output(int fd, const char *columns, struct rows *rows)
{
    size_t n = strlen(columns), at = 0;
    off_t size = lseek(fd, 0, SEEK_END);
    char *got = malloc((size_t)size + 1);
    assert(size >= 0 && pread(fd, got, (size_t)size, 0) == size);
    assert((size_t)size >= n && memcmp(got, columns, n) == 0);
    at += n;
    if (rows->n > 0)
        qsort(rows->row, rows->n, sizeof *rows->row, compare_rows);
    for (size_t i = 0; i < rows->n; i++) {
        assert((size_t)size - at >= rows->row[i].n);
        assert(memcmp(got + at, rows->row[i].text, rows->row[i].n) == 0);
        at += rows->row[i].n;
    }
    assert(at == (size_t)size);
    free(got);
}

/* most: how many may be open; fewer than there are takes two passes. */
static void merge(char paths[MOST][PATH], size_t n, size_t most,
                  struct rows *rows, bool whole)
{
    struct io_shard_set set = {.most = most, .folder = "/tmp"};
    struct io_shard_counts counts;
    struct io_atomic_file *out;
    struct fc_error err = {0};
    char path[PATH], *names[MOST];
    for (size_t i = 0; i < n; i++)
        names[i] = paths[i];
    int fd = make_file("", 0, path);
    enum fc_status status = io_shard_set_open(&set, names, n, &err);
    assert(status == FC_OK || err.msg[0] != '\0');
    if (status == FC_OK) {
        snprintf(path, sizeof path, "/dev/fd/%d", fd);
        status = io_atomic_open(path, &out, &err);
        assert(status == FC_OK);
        status = io_shard_set_merge(&set, out, &counts, &err);
        assert(status != FC_OK || whole);
        assert(status == FC_OK || err.msg[0] != '\0');
        if (status == FC_OK) {
            assert(counts.series == set.files[0].total);
            status = io_atomic_commit(&out, 1, &err);
            assert(status == FC_OK);
            check_output(fd, set.files[0].columns, rows);
        }
        io_atomic_abandon(status == FC_OK ? NULL : out);
    }
    io_shard_set_close(&set);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char paths[MOST][PATH];
    int fds[MOST];
    struct rows rows = {0};
    size_t n = 0;
    bool whole = true;
    if (size == 0)
        return 0;
    bool fits = *data & 1;
    size_t most = *data & 2 ? 2 : MOST;
    const uint8_t *end = data + size;
    for (data++; n < MOST && data <= end; n++) {
        const uint8_t *stop =
            data < end ? memchr(data, 0, (size_t)(end - data)) : NULL;
        size_t length = (size_t)((stop != NULL ? stop : end) - data);
        char *text = malloc(length > 0 ? length : 1);
        if (length > 0)
            memcpy(text, data, length);
        if (fits)
            mend(text, length);
        fds[n] = make_file(text, length, paths[n]);
        whole = read_rows(paths[n], &rows) && whole;
        free(text);
        data += length + 1;
    }
    merge(paths, n, most, &rows, whole);
    for (size_t i = 0; i < rows.n; i++)
        free(rows.row[i].text);
    free(rows.row);
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    return 0;
}
