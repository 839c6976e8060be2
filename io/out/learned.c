/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/out/learned.h"

#include "io/csv/source.h"
#include "io/out/agreed.h"
#include "io/text/number.h"
#include "io/text/seasons.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 1 << 16, MOST_BYTES = 1 << 30 };

static const char MAGIC[] = "#nightcast-learned ", FORMAT[] = "2\n",
                  BY_FILE[] = "3\n";

/* A file in memory; at is where the next line begins. */
struct text {
    const char *name;
    char *bytes;
    size_t n, at;
};

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

void io_learned_write(struct io_atomic_file *file,
                      const struct io_learned *learned)
{
    char text[256 + IO_SEASONS_SIZE], seasons[IO_SEASONS_SIZE];
    io_atomic_sum(file);
    snprintf(text, sizeof text,
             "%s%smodel %s\nhorizon %d\nseason %s\nunit %d\nmultiple %" PRId64
             "\nlast %" PRId64 "\n",
             MAGIC, learned->has_agreed ? BY_FILE : FORMAT, learned->model,
             learned->horizon, io_seasons_print(&learned->seasons, seasons),
             (int)learned->step.unit, learned->step.multiple, learned->last);
    put(file, text);
    if (learned->has_agreed) {
        put(file, learned->seasons.asked ? "asked 1\n" : "asked 0\n");
        io_agreed_write(file, &learned->agreed);
    }
    snprintf(text, sizeof text, "numbers %zu\n", learned->n);
    put(file, text);
    for (size_t i = 0; i < learned->n; i++) {
        size_t n = io_number_print(learned->values[i], text);
        text[n++] = '\n';
        io_atomic_write(file, text, n);
    }
    snprintf(text, sizeof text, "crc32 %08" PRIx32 "\n",
             io_atomic_checksum(file));
    put(file, text);
}

static enum fc_status fail(const struct text *text, const char *why,
                           struct fc_error *err)
{
    return fc_fail(err, FC_EDATA, "%s: %s; `nightcast learn` makes a new one",
                   text->name, why);
}

static enum fc_status damaged(const struct text *text, struct fc_error *err)
{
    return fail(text, "its first lines are damaged or cut short", err);
}

static enum fc_status read_all(struct io_source *source, struct text *text,
                               struct fc_error *err)
{
    size_t got = 0, room = 0;
    do {
        if (room - text->n < BLOCK) {
            room = room * 2 + BLOCK;
            char *grown = realloc(text->bytes, room);
            if (grown == NULL)
                return fc_fail(err, FC_ENOMEM, "out of memory");
            text->bytes = grown;
        }
        enum fc_status status = io_source_read(
            source, text->n, text->bytes + text->n, BLOCK, &got, err);
        if (status != FC_OK)
            return status;
        text->n += got;
        if (text->n > MOST_BYTES)
            return fail(text, "is larger than 1 GiB", err);
    } while (got == BLOCK);
    return FC_OK;
}

/* The next line without its end; false when there is none. */
static bool next_line(struct text *text, const char **line, size_t *n)
{
    const char *start = text->bytes + text->at;
    const char *end =
        text->at < text->n ? memchr(start, '\n', text->n - text->at) : NULL;
    if (end == NULL)
        return false;
    *line = start;
    *n = (size_t)(end - start);
    text->at += *n + 1;
    return true;
}

/* "key value": the value. */
static bool next_value(struct text *text, const char *key, const char **value,
                       size_t *n)
{
    size_t length = strlen(key);
    if (!next_line(text, value, n) || *n <= length + 1
        || memcmp(*value, key, length) != 0 || (*value)[length] != ' ')
        return false;
    *value += length + 1;
    *n -= length + 1;
    return true;
}

static bool next_count(struct text *text, const char *key, size_t most,
                       size_t *count)
{
    const char *value;
    size_t n;
    if (!next_value(text, key, &value, &n) || n > 10)
        return false;
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        *count = *count * 10 + (size_t)(value[i] - '0');
    }
    return *count <= most;
}

/* A whole number that may be negative. */
static bool next_integer(struct text *text, const char *key, int64_t *x)
{
    const char *value;
    size_t n;
    char digits[24], *end;
    if (!next_value(text, key, &value, &n) || n < 1 || n >= sizeof digits)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((value[i] < '0' || value[i] > '9') && !(i == 0 && value[i] == '-'))
            return false;
    memcpy(digits, value, n);
    digits[n] = '\0';
    errno = 0;
    long long whole = strtoll(digits, &end, 10);
    *x = whole;
    return errno == 0 && *end == '\0' && end != digits;
}

/* The step of the grid, and where that ended. */
static bool next_end(struct text *text, struct io_learned *learned)
{
    size_t unit;
    if (!next_count(text, "unit", IO_FREQ_LOCAL_DAY, &unit)
        || !next_integer(text, "multiple", &learned->step.multiple)
        || !next_integer(text, "last", &learned->last))
        return false;
    learned->step.unit = (enum io_freq_unit)unit;
    return unit == IO_FREQ_UNKNOWN || learned->step.multiple >= 1;
}

static bool next_seasons(struct text *text, struct fc_seasons *seasons)
{
    const char *value;
    size_t n;
    return next_value(text, "season", &value, &n)
           && io_seasons_parse(value, n, seasons);
}

static bool next_model(struct text *text, struct io_learned *learned)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *value;
    size_t n;
    if (!next_value(text, "model", &value, &n) || n >= sizeof learned->model)
        return false;
    for (size_t i = 0; i < n; i++)
        if (memchr(plain, value[i], sizeof plain - 1) == NULL)
            return false;
    memcpy(learned->model, value, n);
    learned->model[n] = '\0';
    return true;
}

static bool agreed_line(void *arg, const char **line, size_t *n)
{
    return next_line(arg, line, n);
}

static enum fc_status parse_agreed(struct text *text,
                                   struct io_learned *learned,
                                   struct fc_error *err)
{
    struct io_agreed *agreed = &learned->agreed;
    size_t asked;
    agreed->source = text->name;
    agreed->freq = learned->step;
    agreed->last = learned->last;
    if (!learned->has_agreed)
        return FC_OK;
    if (learned->step.unit == IO_FREQ_UNKNOWN
        || !next_count(text, "asked", 1, &asked))
        return damaged(text, err);
    learned->seasons.asked = asked == 1;
    switch (io_agreed_read(agreed_line, text, agreed)) {
    case IO_AGREED_OK:
        return FC_OK;
    case IO_AGREED_NO_MEMORY:
        return fc_fail(err, FC_ENOMEM, "out of memory");
    default:
        return damaged(text, err);
    }
}

static enum fc_status parse_numbers(struct text *text,
                                    struct io_learned *learned,
                                    struct fc_error *err)
{
    /* a number and its line end have two bytes at least */
    if (learned->n > (text->n - text->at) / 2)
        return fail(text, "is cut short", err);
    learned->values =
        malloc((learned->n > 0 ? learned->n : 1) * sizeof *learned->values);
    if (learned->values == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < learned->n; i++) {
        const char *line;
        size_t n;
        if (!next_line(text, &line, &n))
            return fail(text, "is cut short", err);
        if (!io_number_parse(line, n, &learned->values[i]))
            return fail(text, "has a line that is no number", err);
    }
    return FC_OK;
}

/* The last line, and that nothing follows it. */
static enum fc_status check_end(struct text *text, struct io_learned *learned,
                                struct fc_error *err)
{
    char line[32];
    learned->crc =
        (uint32_t)crc32_z(0, (const unsigned char *)text->bytes, text->at);
    int n = snprintf(line, sizeof line, "crc32 %08" PRIx32 "\n", learned->crc);
    if (text->n - text->at < (size_t)n)
        return fail(text, "is cut short", err);
    if (memcmp(text->bytes + text->at, line, (size_t)n) != 0)
        return fail(text,
                    "was changed after it was written, its checksum does not "
                    "fit",
                    err);
    if (text->n - text->at > (size_t)n)
        return fail(text, "something follows its last line", err);
    return FC_OK;
}

static enum fc_status parse(struct text *text, struct io_learned *learned,
                            struct fc_error *err)
{
    size_t horizon;
    if (text->n < strlen(MAGIC)
        || memcmp(text->bytes, MAGIC, strlen(MAGIC)) != 0)
        return fail(text, "is not what `nightcast learn` has written", err);
    text->at = strlen(MAGIC);
    if (text->n - text->at < strlen(FORMAT)
        || (memcmp(text->bytes + text->at, FORMAT, strlen(FORMAT)) != 0
            && memcmp(text->bytes + text->at, BY_FILE, strlen(BY_FILE)) != 0))
        return fail(text, "is of another version of nightcast", err);
    learned->has_agreed = text->bytes[text->at] == BY_FILE[0];
    text->at += strlen(FORMAT);
    if (!next_model(text, learned)
        || !next_count(text, "horizon", INT_MAX, &horizon) || horizon < 1
        || !next_seasons(text, &learned->seasons) || !next_end(text, learned))
        return damaged(text, err);
    learned->horizon = (int)horizon;
    enum fc_status status = parse_agreed(text, learned, err);
    if (status != FC_OK)
        return status;
    if (!next_count(text, "numbers", MOST_BYTES, &learned->n))
        return damaged(text, err);
    status = parse_numbers(text, learned, err);
    return status == FC_OK ? check_end(text, learned, err) : status;
}

enum fc_status io_learned_read(const char *path, struct io_learned *learned,
                               struct fc_error *err)
{
    struct io_source source;
    struct text text = {0};
    *learned = (struct io_learned){0};
    enum fc_status status = io_source_open(path, &source, err);
    text.name = source.name; /* borrowed from path */
    if (status == FC_OK)
        status = read_all(&source, &text, err);
    if (status == FC_OK)
        status = parse(&text, learned, err);
    free(text.bytes);
    io_source_close(&source);
    if (status != FC_OK)
        io_learned_release(learned);
    return status;
}

void io_learned_release(struct io_learned *learned)
{
    free(learned->values);
    io_agreed_release(&learned->agreed);
    *learned = (struct io_learned){0};
}
