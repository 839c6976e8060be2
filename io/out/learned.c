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

enum { BLOCK = 1 << 16, MOST_BYTES = 1 << 30, MOST_REGRESSORS = 1000 };

static const char MAGIC[] = "#nightcast-learned ", FORMAT[] = "2\n",
                  BY_FILE[] = "3\n", WITH_REGRESSORS[] = "4\n",
                  WITH_EVENTS[] = "5\n", BY_FILE_WITH[] = "6\n";

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

static void put_count(struct io_atomic_file *file, const char *key, size_t n)
{
    char text[64];
    snprintf(text, sizeof text, "%s %zu\n", key, n);
    put(file, text);
}

static void put_numbers(struct io_atomic_file *file, const char *key,
                        const double *values, size_t count)
{
    char text[64];
    put_count(file, key, count);
    for (size_t i = 0; i < count; i++) {
        size_t n = io_number_print(values[i], text);
        text[n++] = '\n';
        io_atomic_write(file, text, n);
    }
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 32 && c != '%' && c != 127;
}

static void put_texts(struct io_atomic_file *file, const char *key,
                      char *const *texts, size_t n)
{
    char code[4];
    put_count(file, key, n);
    for (size_t i = 0; i < n; i++) {
        for (const char *c = texts[i]; *c != '\0'; c++) {
            snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)*c);
            io_atomic_write(file, is_plain(*c) ? c : code,
                            is_plain(*c) ? 1 : 3);
        }
        put(file, "\n");
    }
}

static const char *version_of(const struct io_learned *learned)
{
    if (learned->has_agreed)
        return learned->nregressors > 0 ? BY_FILE_WITH : BY_FILE;
    return learned->nevents > 0       ? WITH_EVENTS
           : learned->nregressors > 0 ? WITH_REGRESSORS
                                      : FORMAT;
}

static void put_regressors(struct io_atomic_file *file,
                           const struct io_learned *learned)
{
    char sign[] = "sign .\n";
    put_texts(file, "regressors", learned->regressor, learned->nregressors);
    put_texts(file, "bases", learned->base, learned->nbases);
    put_numbers(file, "slopes", learned->slopes, learned->nslopes);
    if (learned->nevents > 0 || learned->has_agreed)
        put_count(file, "events", learned->nevents);
    sign[5] = learned->sign;
    if (learned->has_agreed)
        put(file, sign);
}

void io_learned_write(struct io_atomic_file *file,
                      const struct io_learned *learned)
{
    char text[256 + IO_SEASONS_SIZE], seasons[IO_SEASONS_SIZE];
    io_atomic_sum(file);
    snprintf(text, sizeof text,
             "%s%smodel %s\nhorizon %d\nseason %s\nunit %d\nmultiple %" PRId64
             "\nlast %" PRId64 "\n",
             MAGIC, version_of(learned), learned->model, learned->horizon,
             io_seasons_print(&learned->seasons, seasons),
             (int)learned->step.unit, learned->step.multiple, learned->last);
    put(file, text);
    if (learned->has_agreed) {
        put(file, learned->seasons.asked ? "asked 1\n" : "asked 0\n");
        io_agreed_write(file, &learned->agreed);
    }
    if (learned->nregressors > 0)
        put_regressors(file, learned);
    put_numbers(file, "numbers", learned->values, learned->n);
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

static enum fc_status parse_numbers(struct text *text, size_t count,
                                    double **values, struct fc_error *err)
{
    /* a number and its line end have two bytes at least */
    if (count > (text->n - text->at) / 2)
        return fail(text, "is cut short", err);
    *values = malloc((count > 0 ? count : 1) * sizeof **values);
    if (*values == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const char *line;
        size_t n;
        if (!next_line(text, &line, &n))
            return fail(text, "is cut short", err);
        if (!io_number_parse(line, n, &(*values)[i]))
            return fail(text, "has a line that is no number", err);
    }
    return FC_OK;
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A text as put_texts() has written it; NULL: memory is short, or it has not,
 * which *damaged says. */
static char *read_text(const char *line, size_t n, bool *damaged)
{
    char *copy = malloc(n + 1);
    size_t used = 0;
    *damaged = false;
    for (size_t i = 0; copy != NULL && i < n && !*damaged; i++) {
        int code = line[i];
        if (line[i] == '%') {
            int high = i + 2 < n ? digit(line[i + 1]) : -1;
            int low = i + 2 < n ? digit(line[i + 2]) : -1;
            code = high >= 0 && low >= 0 ? 16 * high + low : 0;
            i += 2;
            *damaged = code == 0 || is_plain((char)code);
        } else
            *damaged = !is_plain(line[i]);
        copy[used++] = (char)code;
    }
    if (copy != NULL)
        copy[used] = '\0';
    if (*damaged) {
        free(copy);
        return NULL;
    }
    return copy;
}

static enum fc_status parse_texts(struct text *text, const char *key,
                                  char ***texts, size_t *n,
                                  struct fc_error *err)
{
    static const char damaged_list[] = "its list of regressors is damaged";
    size_t count, length;
    const char *line;
    bool damaged;
    if (!next_count(text, key, MOST_REGRESSORS, &count))
        return fail(text, damaged_list, err);
    *texts = calloc(count + 1, sizeof **texts);
    if (*texts == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (*n = 0; *n < count; ++*n) {
        if (!next_line(text, &line, &length))
            return fail(text, "is cut short", err);
        (*texts)[*n] = read_text(line, length, &damaged);
        if ((*texts)[*n] == NULL)
            return damaged ? fail(text, damaged_list, err)
                           : fc_fail(err, FC_ENOMEM, "out of memory");
    }
    return FC_OK;
}

static enum fc_status parse_regressors(struct text *text,
                                       struct io_learned *learned,
                                       struct fc_error *err)
{
    enum fc_status status = parse_texts(text, "regressors", &learned->regressor,
                                        &learned->nregressors, err);
    if (status == FC_OK && learned->nregressors == 0)
        return fail(text, "its list of regressors is empty", err);
    if (status == FC_OK)
        status =
            parse_texts(text, "bases", &learned->base, &learned->nbases, err);
    if (status == FC_OK
        && !next_count(text, "slopes", MOST_BYTES, &learned->nslopes))
        return fail(text, "its slopes are damaged or cut short", err);
    return status == FC_OK
               ? parse_numbers(text, learned->nslopes, &learned->slopes, err)
               : status;
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

static bool is_next(const struct text *text, const char *what)
{
    size_t n = strlen(what);
    return text->n - text->at >= n
           && memcmp(text->bytes + text->at, what, n) == 0;
}

static bool next_sign(struct text *text, struct io_learned *learned)
{
    const char *value;
    size_t n;
    if (!next_value(text, "sign", &value, &n) || n != 1)
        return false;
    learned->sign = *value;
    return *value == '.' || *value == ',';
}

static enum fc_status parse(struct text *text, struct io_learned *learned,
                            struct fc_error *err)
{
    size_t horizon;
    if (text->n < strlen(MAGIC)
        || memcmp(text->bytes, MAGIC, strlen(MAGIC)) != 0)
        return fail(text, "is not what `nightcast learn` has written", err);
    text->at = strlen(MAGIC);
    bool both = is_next(text, BY_FILE_WITH);
    bool events = both || is_next(text, WITH_EVENTS);
    bool known = events || is_next(text, WITH_REGRESSORS);
    if (!known && !is_next(text, FORMAT) && !is_next(text, BY_FILE))
        return fail(text, "is of another version of nightcast", err);
    learned->has_agreed = both || is_next(text, BY_FILE);
    text->at += strlen(FORMAT);
    if (!next_model(text, learned)
        || !next_count(text, "horizon", INT_MAX, &horizon) || horizon < 1
        || !next_seasons(text, &learned->seasons) || !next_end(text, learned))
        return damaged(text, err);
    learned->horizon = (int)horizon;
    enum fc_status status = parse_agreed(text, learned, err);
    if (status == FC_OK && known)
        status = parse_regressors(text, learned, err);
    if (status == FC_OK && events
        && (!next_count(text, "events", learned->nregressors, &learned->nevents)
            || (learned->nevents == 0 && !both)))
        return damaged(text, err);
    if (status == FC_OK && both && !next_sign(text, learned))
        return damaged(text, err);
    if (status != FC_OK)
        return status;
    if (!next_count(text, "numbers", MOST_BYTES, &learned->n))
        return damaged(text, err);
    status = parse_numbers(text, learned->n, &learned->values, err);
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
    for (size_t i = 0; i < learned->nregressors; i++)
        free(learned->regressor[i]);
    for (size_t i = 0; i < learned->nbases; i++)
        free(learned->base[i]);
    free(learned->regressor);
    free(learned->base);
    free(learned->slopes);
    free(learned->values);
    io_agreed_release(&learned->agreed);
    *learned = (struct io_learned){0};
}
