/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How bytes that came from somewhere are shown: on a terminal, which would
 * obey some of them, and in JSON, which allows only some of them.
 */
#include "cmd/talk/line.h"

#include "io/text/utf8.h"
#include "io/time/calendar.h"

#include <stdio.h>
#include <string.h>

static void put_bytes(struct cmd_line *line, const char *text, size_t n)
{
    if (n > line->size - line->n) {
        line->size = line->n; /* nothing after a gap */
        return;
    }
    memcpy(line->text + line->n, text, n);
    line->n += n;
}

void cmd_line_put(struct cmd_line *line, const char *text)
{
    put_bytes(line, text, strlen(text));
}

static char hex_digit(unsigned value)
{
    return "0123456789abcdef"[value & 15];
}

/* Unicode Technical Report 36, section 3: what can hide or reorder text. */
static bool is_obeyed(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c
           || code == 0x200e || code == 0x200f
           || (code >= 0x2028 && code <= 0x202e)
           || (code >= 0x2066 && code <= 0x2069);
}

void cmd_line_put_visible(struct cmd_line *line, const char *text, size_t n)
{
    uint32_t code;
    for (size_t i = 0; i < n;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t length = io_utf8_char(at, n - i, &code);
        if (length > 0 && !is_obeyed(code)) {
            put_bytes(line, text + i, length);
            i += length;
            continue;
        }
        char escaped[4] = {'\\', 'x', hex_digit(*at >> 4u), hex_digit(*at)};
        put_bytes(line, escaped, sizeof escaped);
        i++;
    }
}

static void put_json_char(struct cmd_line *line, const char *text,
                          size_t length, uint32_t code)
{
    char escaped[6] = {'\\',
                       'u',
                       hex_digit(code >> 12),
                       hex_digit(code >> 8),
                       hex_digit(code >> 4),
                       hex_digit(code)};
    if (length == 0)
        put_bytes(line, "\xef\xbf\xbd", 3);
    else if (code == '"' || code == '\\')
        put_bytes(line, (char[]){'\\', (char)code}, 2);
    else if (is_obeyed(code))
        put_bytes(line, escaped, sizeof escaped);
    else
        put_bytes(line, text, length);
}

void cmd_line_put_json(struct cmd_line *line, const char *text, size_t most)
{
    size_t n = strlen(text), size = line->size;
    uint32_t code = 0;
    if (most < size - line->n)
        line->size = line->n + most;
    cmd_line_put(line, "\"");
    for (size_t i = 0, length; i<n; i += length> 0 ? length : 1) {
        length = io_utf8_char((const unsigned char *)text + i, n - i, &code);
        put_json_char(line, text + i, length, code);
    }
    line->size = size;
    cmd_line_put(line, "\"");
}

/* A whole number of so many digits, zeros in front. */
static void put_digits(struct cmd_line *line, int64_t value, size_t width)
{
    char digits[8];
    for (size_t i = width; i > 0; i--, value /= 10)
        digits[i - 1] = (char)('0' + value % 10);
    put_bytes(line, digits, width);
}

void cmd_line_put_time(struct cmd_line *line, int64_t seconds, long ns)
{
    if (seconds < IO_TIME_MIN || seconds > IO_TIME_MAX)
        seconds = ns = 0; /* a clock that was never set */
    int64_t days = io_floor_div(seconds, IO_SECONDS_PER_DAY);
    int64_t second = seconds - days * IO_SECONDS_PER_DAY;
    struct io_civil civil = io_civil_from_days(days);
    const int64_t parts[] = {civil.year,    civil.month,      civil.day,
                             second / 3600, second / 60 % 60, second % 60,
                             ns / 1000000};
    static const char *const after[] = {"-", "-", "T", ":", ":", ".", "Z"};
    static const size_t width[] = {4, 2, 2, 2, 2, 2, 3};
    for (size_t i = 0; i < sizeof width / sizeof *width; i++) {
        put_digits(line, parts[i], width[i]);
        cmd_line_put(line, after[i]);
    }
}

size_t cmd_print_visible(const char *text, size_t n)
{
    char part[4 * 256];
    size_t written = 0;
    for (size_t cut; n > 0; text += cut, n -= cut) {
        struct cmd_line line = {part, 0, sizeof part};
        cut = io_utf8_cut(text, n, sizeof part / 4);
        cmd_line_put_visible(&line, text, cut);
        written += fwrite(part, 1, line.n, stdout);
    }
    return written;
}
