/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shards are CSV as this program writes it: a quote inside of a quoted field
 * is doubled, and there are none elsewhere, so that a line end belongs to a
 * field just when an odd number of quotes stands before it in its record.
 */
#include "io/out/shard_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    BLOCK = 1 << 16,      /* bytes of the buffer at first */
    MAX_RECORD = 1 << 24, /* longer means a quote was left open */
    CRC_DIGITS = 8
};

static const char MAGIC[] = "#nightcast-shard ", FORMAT[] = "1 ",
                  COLUMN[] = "number,", END[] = "#end ", CRC[] = "crc32=";

/* Writing. */

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

void io_shard_begin(struct io_atomic_file *file, const char *tokens)
{
    io_atomic_sum(file);
    put(file, MAGIC);
    put(file, FORMAT);
    put(file, tokens);
    put(file, "\n");
    put(file, COLUMN);
}

void io_shard_end(struct io_atomic_file *file, const struct io_shard_counts *c)
{
    char text[440], late[40] = "";
    if (c->late > 0)
        snprintf(late, sizeof late, " late=%" PRIu64, c->late);
    snprintf(text, sizeof text,
             "%sseries=%" PRIu64 " ok=%" PRIu64 " fallback=%" PRIu64
             " failed=%" PRIu64 " none=%" PRIu64 " early=%" PRIu64
             " replaced=%" PRIu64 " stale=%" PRIu64 " filled=%" PRIu64
             " gappy=%" PRIu64 " mostly=%" PRIu64 "%s %s",
             END, c->series, c->ok, c->fallback, c->failed, c->none, c->early,
             c->replaced, c->stale, c->filled, c->gappy, c->mostly, late, CRC);
    put(file, text);
    snprintf(text, sizeof text, "%08" PRIx32 "\n", io_atomic_checksum(file));
    put(file, text);
}

/* Reading. */

/* "x.csv: what is wrong; make shard 2/4 again" */
static enum fc_status fail(const struct io_shard_file *file, const char *why,
                           struct fc_error *err)
{
    if (file->shard.count == 0)
        return fc_fail(err, FC_EDATA,
                       "%s: %s; merge takes what `nightcast forecast --shard "
                       "K/N` has written",
                       file->source.name, why);
    return fc_fail(err, FC_EDATA,
                   "%s: %s; run `nightcast forecast --shard %" PRIu32
                   "/%" PRIu32 "` again",
                   file->source.name, why, file->shard.number,
                   file->shard.count);
}

/* Half of the buffer at least. */
static bool make_room(struct io_shard_file *file)
{
    if (file->pos > 0) {
        memmove(file->buf, file->buf + file->pos, file->len - file->pos);
        file->len -= file->pos;
        file->pos = 0;
    }
    if (file->len < file->room / 2)
        return true;
    size_t room = file->room > 0 ? 2 * file->room : BLOCK;
    char *grown = realloc(file->buf, room);
    if (grown == NULL)
        return false;
    file->buf = grown;
    file->room = room;
    return true;
}

static enum fc_status read_more(struct io_shard_file *file,
                                struct fc_error *err)
{
    size_t got, want;
    if (file->len - file->pos > MAX_RECORD)
        return fail(file, "a record of more than 16 MiB", err);
    if (!make_room(file))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    want = file->room - file->len;
    enum fc_status status = io_source_read(
        &file->source, file->offset, file->buf + file->len, want, &got, err);
    file->offset += got;
    file->len += got;
    file->at_end = got < want;
    return status;
}

static size_t count_quotes(const char *text, size_t n)
{
    size_t count = 0;
    for (const char *end = text + n;
         (text = memchr(text, '"', (size_t)(end - text))) != NULL; text++)
        count++;
    return count;
}

/*
 * The length of the record at buf[pos] with its line end; 0 at the end of the
 * file.
 */
static enum fc_status find_record(struct io_shard_file *file, size_t *n,
                                  struct fc_error *err)
{
    size_t quotes = 0, seen = 0;
    for (;;) {
        size_t left = file->len - file->pos;
        const char *text = file->buf + file->pos;
        const char *end =
            seen < left ? memchr(text + seen, '\n', left - seen) : NULL;
        size_t until = end != NULL ? (size_t)(end - text) + 1 : left;
        if (until > seen)
            quotes += count_quotes(text + seen, until - seen);
        seen = until;
        *n = until;
        if (end != NULL && quotes % 2 == 0)
            return FC_OK;
        if (end != NULL)
            continue;
        if (file->at_end)
            return left == 0 ? FC_OK : fail(file, "is cut short", err);
        enum fc_status status = read_more(file, err);
        if (status != FC_OK)
            return status;
    }
}

static const char *take(struct io_shard_file *file, size_t n)
{
    const char *record = file->buf + file->pos;
    file->crc = (uint32_t)crc32_z(file->crc, (const unsigned char *)record, n);
    file->pos += n;
    return record;
}

/* Digits and what ends them; moves *text behind; false for anything else. */
static bool take_number(const char **text, const char *limit, char end,
                        uint64_t *number)
{
    const char *p = *text;
    *number = 0;
    for (; p < limit && *p >= '0' && *p <= '9' && p - *text < 19; p++)
        *number = *number * 10 + (uint64_t)(*p - '0');
    if (p == *text || p == limit || *p != end)
        return false;
    *text = p + 1;
    return true;
}

static bool take_text(const char **text, const char *limit, const char *what)
{
    size_t n = strlen(what);
    if ((size_t)(limit - *text) < n || memcmp(*text, what, n) != 0)
        return false;
    *text += n;
    return true;
}

static bool parse_counts(const char **text, const char *limit,
                         struct io_shard_counts *c)
{
    static const char *const names[] = {
        "series=", "ok=", "fallback=", "failed=", "none=", "early="};
    uint64_t *const numbers[] = {&c->series, &c->ok,   &c->fallback,
                                 &c->failed, &c->none, &c->early};
    for (int i = 0; i < 6; i++)
        if (!take_text(text, limit, names[i])
            || !take_number(text, limit, ' ', numbers[i]))
            return false;
    static const char *const later[] = {
        "replaced=", "stale=", "filled=", "gappy=", "mostly=", "late="};
    uint64_t *const more[] = {&c->replaced, &c->stale,  &c->filled,
                              &c->gappy,    &c->mostly, &c->late};
    for (int i = 0; i < 6; i++) {
        *more[i] = 0; /* not counted by earlier versions, or none */
        if (take_text(text, limit, later[i])
            && !take_number(text, limit, ' ', more[i]))
            return false;
    }
    return c->replaced <= c->series && c->gappy <= c->series
           && c->mostly <= c->gappy
           && c->ok + c->fallback + c->late + c->failed + c->stale == c->series
           && c->none <= c->failed && c->early <= c->series;
}

/* The last line, of n bytes, and that nothing is behind it. */
static enum fc_status finish(struct io_shard_file *file, size_t n,
                             struct fc_error *err)
{
    char digits[CRC_DIGITS + 2];
    const char *text = file->buf + file->pos, *limit = text + n;
    const char *start = text;
    text += strlen(END);
    if (!parse_counts(&text, limit, &file->counts)
        || !take_text(&text, limit, CRC))
        return fail(file, "its last line is damaged", err);
    take(file, (size_t)(text - start));
    snprintf(digits, sizeof digits, "%08" PRIx32 "\n", file->crc);
    if ((size_t)(limit - text) != strlen(digits)
        || memcmp(text, digits, strlen(digits)) != 0)
        return fail(file,
                    "was changed after it was written, its checksum does not "
                    "fit",
                    err);
    file->pos += (size_t)(limit - text);
    if (file->pos == file->len && !file->at_end) {
        enum fc_status status = read_more(file, err);
        if (status != FC_OK)
            return status;
    }
    if (file->pos < file->len)
        return fail(file, "something follows its last line", err);
    file->done = true;
    return FC_OK;
}

enum fc_status io_shard_next(struct io_shard_file *file, struct fc_error *err)
{
    size_t n;
    uint64_t previous = file->number;
    enum fc_status status = find_record(file, &n, err);
    if (status != FC_OK)
        return status;
    const char *text = file->buf + file->pos, *limit = text + n;
    if (n == 0)
        return fail(file, "is cut short", err);
    if (n > strlen(END) && memcmp(text, END, strlen(END)) == 0)
        return finish(file, n, err);
    text = take(file, n);
    if (!take_number(&text, limit, ',', &file->number)
        || file->number < previous || file->number == 0)
        return fail(file, "has a row that does not belong there", err);
    file->row = text;
    file->row_length = (size_t)(limit - text);
    return FC_OK;
}

const char *io_shard_value(const struct io_shard_file *file, const char *key,
                           size_t *n)
{
    size_t length = strlen(key);
    for (const char *p = file->tokens; *p != '\0'; p += *p == ' ') {
        size_t size = strcspn(p, " ");
        if (size > length && p[length] == '=' && memcmp(p, key, length) == 0) {
            *n = size - length - 1;
            return p + length + 1;
        }
        p += size;
    }
    return NULL;
}

static char *copy(const char *text, size_t n)
{
    char *out = malloc(n + 1);
    if (out != NULL) {
        memcpy(out, text, n);
        out[n] = '\0';
    }
    return out;
}

/* "series=752": the number; false when there is none. */
static bool read_count(const struct io_shard_file *file, const char *key,
                       uint64_t *count)
{
    size_t n;
    const char *value = io_shard_value(file, key, &n);
    if (value == NULL || n < 1 || n > 18)
        return false;
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        *count = *count * 10 + (uint64_t)(value[i] - '0');
    }
    return true;
}

static bool read_tokens(struct io_shard_file *file)
{
    char text[16];
    size_t n;
    struct io_shard shard;
    const char *value = io_shard_value(file, "shard", &n);
    if (value == NULL || n >= sizeof text)
        return false;
    memcpy(text, value, n);
    text[n] = '\0';
    if (!io_shard_parse(text, &shard))
        return false;
    value = io_shard_value(file, "by-file", &n);
    bool by_file = value != NULL && n == 3 && memcmp(value, "yes", 3) == 0;
    bool good = by_file
                    ? read_count(file, "keys", &file->keys) && file->keys > 0
                    : read_count(file, "series", &file->total);
    if (good)
        file->shard = shard;
    return good;
}

static enum fc_status read_first_line(struct io_shard_file *file,
                                      struct fc_error *err)
{
    size_t n;
    enum fc_status status = FC_OK;
    if (!file->at_end)
        status = read_more(file, err);
    if (status != FC_OK)
        return status;
    const char *text = file->buf + file->pos, *limit = file->buf + file->len;
    if (!take_text(&text, limit, MAGIC))
        return fail(file, "is no shard: its first line is another", err);
    if (!take_text(&text, limit, FORMAT))
        return fail(file, "is a shard of another version of nightcast", err);
    status = find_record(file, &n, err);
    if (status != FC_OK)
        return status;
    text = take(file, n) + strlen(MAGIC) + strlen(FORMAT);
    limit = file->buf + file->pos - 1;
    file->tokens =
        limit > text ? copy(text, (size_t)(limit - text)) : copy("", 0);
    if (file->tokens == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return read_tokens(file) ? FC_OK
                             : fail(file, "its first line is damaged", err);
}

static enum fc_status read_columns(struct io_shard_file *file,
                                   struct fc_error *err)
{
    size_t n;
    enum fc_status status = find_record(file, &n, err);
    if (status != FC_OK)
        return status;
    const char *text = take(file, n), *limit = text + n;
    if (!take_text(&text, limit, COLUMN))
        return fail(file, "its header is damaged or cut short", err);
    file->columns = copy(text, (size_t)(limit - text));
    if (file->columns == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

enum fc_status io_shard_open(const char *path, struct io_shard_file *file,
                             struct fc_error *err)
{
    *file = (struct io_shard_file){.path = path};
    enum fc_status status = io_source_open(path, &file->source, err);
    if (status == FC_OK)
        status = read_first_line(file, err);
    if (status == FC_OK)
        status = read_columns(file, err);
    if (status == FC_OK)
        status = io_shard_next(file, err);
    return status;
}

void io_shard_park(struct io_shard_file *file, bool lines)
{
    const char *name = file->source.name; /* for messages */
    io_source_close(&file->source);
    file->source.name = name;
    free(file->buf);
    file->buf = NULL;
    file->parked = true;
    if (lines)
        return;
    free(file->tokens);
    free(file->columns);
    file->tokens = file->columns = NULL;
}

void io_shard_close(struct io_shard_file *file)
{
    if (file->path != NULL && !file->parked)
        io_source_close(&file->source);
    free(file->buf);
    free(file->tokens);
    free(file->columns);
    *file = (struct io_shard_file){0};
}
