/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: a list of timestamps, one a line, through everything that a
 * file's timestamps go through.  The first line is also tried as a frequency.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/time/frequency.h"

enum { MAX_TIMES = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether what was printed is recognised as of the format. */
static bool is_candidate(const char *text, size_t n,
                         const struct io_time_format *format)
{
    struct io_time_format found[IO_TIME_CANDIDATES];
    size_t count = io_time_candidates(text, n, found);
    for (size_t i = 0; i < count; i++)
        if (strcmp(found[i].pattern, format->pattern) == 0)
            return true;
    /* 2023-1-9 is none of ISO's forms, 2023-10-19 is */
    return count > 0 && found[0].form != IO_TIME_PATTERN;
}

/* What has been read is printed in the file's form and read as the same. */
static void check_round_trip(const struct io_time_format *format, int64_t t)
{
    char buf[IO_TIME_SIZE];
    struct io_time_format first = *format;
    struct io_time_format alone = {0};
    int64_t back = t + 1;
    /* two digits are a year from 1969 to 2068 */
    if (strstr(format->pattern, "%y") != NULL
        && (t < INT64_C(-31536000) || t >= INT64_C(3124224000)))
        return;
    if (format->form == IO_TIME_PERIOD && t >= INT64_C(10000) * format->cycle)
        return; /* periods end with 9999 as well */
    size_t n = io_time_print(format, t, buf);
    assert(n > 0 && n < sizeof buf && buf[n] == '\0');
    assert(io_time_parse(buf, n, &first, &back) == NULL && back == t);
    first.style = format->style; /* what was seen may be more */
    assert(memcmp(&first, format, sizeof first) == 0);
    if (format->form == IO_TIME_PATTERN) {
        assert(is_candidate(buf, n, format));
        return; /* 01/02/2023 alone may be the other one */
    }
    assert(io_time_parse(buf, n, &alone, &back) == NULL);
    assert(alone.form == format->form);
    assert(back == t || format->form == IO_TIME_PERIOD);
}

/* A first line that begins with a percent sign is what --time-format says. */
static void try_letters(const char *text, size_t size)
{
    struct io_time_format format = {0};
    struct fc_error err;
    char letters[2 * IO_TIME_PATTERN_SIZE] = "", buf[IO_TIME_SIZE];
    const char *line = memchr(text, '\n', size);
    size_t n = line != NULL ? (size_t)(line - text) : size;
    int64_t t;
    if (n == 0 || text[0] != '%' || n >= sizeof letters)
        return;
    memcpy(letters, text, n);
    if (io_time_format_set(&format, letters, &err) != FC_OK)
        return;
    for (size_t at = n + 1; at < size; at += n + 1) {
        line = memchr(text + at, '\n', size - at);
        n = line != NULL ? (size_t)(line - (text + at)) : size - at;
        if (io_time_parse(text + at, n, &format, &t) == NULL)
            assert(io_time_print(&format, t, buf) < sizeof buf);
    }
}

static size_t parse_lines(const char *text, size_t size,
                          struct io_time_format *format, int64_t *t)
{
    const char *end = text + size;
    size_t n = 0;
    while (text < end && n < MAX_TIMES) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        if (line_end == NULL)
            line_end = end;
        /* a copy of its own size, so that reading past it is noticed */
        size_t length = (size_t)(line_end - text);
        char *line = malloc(length + (length == 0));
        memcpy(line, text, length);
        if (io_time_parse(line, length, format, &t[n]) == NULL)
            check_round_trip(format, t[n++]);
        free(line);
        text = line_end + (line_end < end);
    }
    return n;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static size_t sort_and_deduplicate(int64_t *t, size_t n)
{
    size_t kept = 0;
    qsort(t, n, sizeof *t, compare_times);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || t[i] != t[kept - 1])
            t[kept++] = t[i];
    }
    return kept;
}

/* Whose days move before holidays. */
static bool may_move(const struct io_freq *freq)
{
    return freq->unit == IO_FREQ_BUSINESS_MONTH
           || (freq->unit == IO_FREQ_WEEK && freq->anchor_day != 0);
}

/* Positions and times are each other's inverse wherever both exist. */
static void check_grid(const struct io_freq *freq, const int64_t *t, size_t n,
                       bool own)
{
    for (size_t i = 0; i < n; i++) {
        int64_t index, back;
        bool on_grid = io_freq_index(freq, t[0], t[i], &index);
        assert(on_grid || !own);
        if (!on_grid)
            continue;
        assert(index >= 0);
        if (may_move(freq))
            continue;
        assert((index == 0) == (i == 0));
        assert(io_freq_advance(freq, t[0], index, &back) && back == t[i]);
    }
}

static void check_future(const struct io_freq *freq,
                         const struct io_time_format *format, int64_t last)
{
    int64_t previous = last, t, index;
    for (int64_t k = 1; k < 40 && io_freq_advance(freq, last, k, &t); k++) {
        assert(t > previous);
        check_round_trip(format, t);
        assert(!io_freq_index(freq, last, last, &index)
               || (io_freq_index(freq, last, t, &index) && index == k));
        previous = t;
    }
}

static void check_frequency(const struct io_freq *file, const int64_t *t,
                            size_t n, const struct io_time_format *format,
                            bool inferred)
{
    struct io_freq own;
    char text[IO_FREQ_TEXT_SIZE];
    io_freq_settle(file, t, n, &own);
    io_freq_text(&own, text, sizeof text);
    assert(strlen(text) > 0 && strlen(text) < sizeof text - 1);
    assert(io_freq_season(&own) >= 1);
    check_grid(&own, t, n, inferred && own.unit != IO_FREQ_UNKNOWN);
    check_future(&own, format, t[n - 1]);
}

static void try_typed(const char *text, size_t size, const int64_t *t, size_t n,
                      const struct io_time_format *format)
{
    char name[64];
    struct io_freq freq;
    struct fc_error err;
    const char *line_end = memchr(text, '\n', size);
    size_t length = line_end != NULL ? (size_t)(line_end - text) : size;
    if (length >= sizeof name)
        length = sizeof name - 1;
    memcpy(name, text, length);
    name[length] = '\0';
    if (io_freq_parse(name, &freq, &err) != FC_OK
        || io_freq_check(&freq, format, &err) != FC_OK)
        return;
    assert(freq.multiple >= 1);
    if (n > 0)
        check_frequency(&freq, t, n, format, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct io_time_format format = {0};
    int64_t t[MAX_TIMES];
    struct io_freq freq;
    if (size == 0)
        return 0;
    try_letters((const char *)data, size);
    size_t n = parse_lines((const char *)data, size, &format, t);
    n = sort_and_deduplicate(t, n);
    try_typed((const char *)data, size, t, n, &format);
    if (n == 0)
        return 0;
    io_freq_infer(t, n, &format, &freq);
    assert((freq.unit == IO_FREQ_UNKNOWN) == (n == 1));
    check_frequency(&freq, t, n, &format, true);
    return 0;
}
