/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/above.h"

#include "io/csv/layout.h"
#include "io/text/number.h"
#include "io/text/trim.h"
#include "io/time/timestamp.h"

#include <string.h>
#include <strings.h>

enum { MOST_LINES = 16 };

struct line {
    const char *text;
    size_t n;     /* without its end */
    size_t whole; /* with it */
};

/* Cuts off a line that has ended; its quotes are all closed. */
static bool next_line(const char *text, size_t n, struct line *line)
{
    const char *end = n > 0 ? memchr(text, '\n', n) : NULL;
    size_t quotes = 0;
    if (end == NULL)
        return false;
    *line = (struct line){text, (size_t)(end - text), (size_t)(end - text) + 1};
    line->n -= line->n > 0 && text[line->n - 1] == '\r';
    for (size_t i = 0; i < line->n; i++)
        quotes += text[i] == '"';
    return quotes % 2 == 0;
}

/* "sep=;" with or without quotes around it */
static char separator_of(const struct line *line)
{
    const char *p = line->text;
    size_t n = line->n;
    if (n == 7 && p[0] == '"' && p[6] == '"') {
        p++;
        n -= 2;
    }
    return n == 5 && strncasecmp(p, "sep=", 4) == 0 ? p[4] : '\0';
}

/* What the fields of a line are. */
struct fields {
    size_t n, filled;
    bool has_date, has_number;
};

static void look_at_field(const char *text, size_t n, struct fields *f)
{
    struct io_time_format format[IO_TIME_CANDIDATES];
    double v;
    io_trim(&text, &n);
    if (n > 1 && text[0] == '"' && text[n - 1] == '"') {
        text++;
        n -= 2;
    }
    f->n++;
    f->filled += n > 0;
    if (io_number_parse(text, n, &v))
        f->has_number = true;
    else if (n > 0 && io_time_candidates(text, n, format) > 0)
        f->has_date = true;
}

static struct fields look_at(const struct line *line, char delimiter)
{
    struct fields f = {0};
    bool quoted = false;
    size_t from = 0;
    for (size_t i = 0; i <= line->n; i++) {
        if (i < line->n && line->text[i] == '"')
            quoted = !quoted;
        if (i < line->n && (quoted || line->text[i] != delimiter))
            continue;
        look_at_field(line->text + from, i - from, &f);
        from = i + 1;
    }
    return f;
}

static char delimiter_of(const struct line *line, char given)
{
    return given != '\0'
               ? given
               : io_guess_delimiter((const unsigned char *)line->text, line->n);
}

/* Whether the i-th of n lines could be the header. */
static bool is_header(const struct line *lines, size_t i, char given,
                      bool may_have_numbers)
{
    char delimiter = delimiter_of(&lines[i], given);
    struct fields names = look_at(&lines[i], delimiter);
    struct fields row = look_at(&lines[i + 1], delimiter);
    if (names.filled < 2 || names.n != row.n)
        return false;
    if (i == 0)
        return true;
    if (!may_have_numbers && (names.has_date || names.has_number))
        return false;
    for (size_t k = 0; k < i; k++)
        if (look_at(&lines[k], delimiter).filled >= names.filled)
            return false;
    return true;
}

struct io_above io_above_find(const unsigned char *text, size_t n,
                              bool may_have_numbers)
{
    struct io_above above = {0};
    struct line lines[MOST_LINES];
    const char *p = (const char *)text, *end = p + n;
    size_t nlines = 0, skipped = 0;
    if (next_line(p, n, &lines[0])
        && (above.delimiter = separator_of(&lines[0])) != '\0')
        skipped = lines[0].whole;
    for (p += skipped;
         nlines < MOST_LINES && next_line(p, (size_t)(end - p), &lines[nlines]);
         p += lines[nlines - 1].whole)
        nlines++;
    above.bytes = skipped;
    for (size_t i = 0; i + 1 < nlines; i++) {
        if (is_header(lines, i, above.delimiter, may_have_numbers)) {
            above.bytes = (size_t)(lines[i].text - (const char *)text);
            return above;
        }
    }
    return above;
}
