/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/known/quoted.h"

#include <stdlib.h>
#include <string.h>

/* Behind the quote that closes the one at text[0]; the end, if none does. */
static size_t quoted_length(const char *text, size_t n)
{
    size_t at = 1;
    while (at < n && (text[at] != '"' || (at + 1 < n && text[at + 1] == '"')))
        at += text[at] == '"' ? 2 : 1;
    return at < n ? at + 1 : n;
}

/* Walks over n bytes up to one of some characters that is out of quotes, and
 * out of parentheses if those count. */
static size_t walk(const char *text, size_t n, const char *ends,
                   bool parentheses)
{
    bool begins = true; /* a name */
    int depth = 0;
    size_t at = 0;
    while (at < n) {
        char c = text[at];
        if (depth <= 0 && strchr(ends, c) != NULL)
            return at;
        if (begins && c == '"') {
            at += quoted_length(text + at, n - at);
            begins = false;
            continue;
        }
        depth += parentheses ? (c == '(') - (c == ')') : 0;
        begins = (begins && (c == ' ' || c == '\t')) || c == '(' || c == '='
                 || c == ',';
        at++;
    }
    return n;
}

size_t io_quoted_item(const char *text)
{
    return walk(text, strlen(text), ",", true);
}

size_t io_quoted_find(const char *text, size_t n, const char *two)
{
    return walk(text, n, two, false);
}

bool io_is_quoted(const char *text, size_t n)
{
    return n > 1 && text[0] == '"' && text[n - 1] == '"'
           && quoted_length(text, n) == n;
}

char *io_unquote(const char *text, size_t n)
{
    bool quoted = io_is_quoted(text, n);
    char *name = malloc(n + 1);
    size_t used = 0;
    for (size_t at = quoted; name != NULL && at < n - quoted; at++) {
        name[used++] = text[at];
        at += quoted && text[at] == '"';
    }
    if (name != NULL)
        name[used] = '\0';
    return name;
}
