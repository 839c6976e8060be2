/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/text/field.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool io_field_is_quoted(const char *text, size_t n)
{
    if (n > 0 && (is_blank(text[0]) || is_blank(text[n - 1])))
        return true;
    for (size_t i = 0; i < n; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\r'
            || text[i] == '\n')
            return true;
    return false;
}

size_t io_field_put(const char *text, size_t n, char *out)
{
    char *p = out;
    if (!io_field_is_quoted(text, n)) {
        memcpy(out, text, n);
        return n;
    }
    *p++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            *p++ = '"';
        *p++ = text[i];
    }
    *p++ = '"';
    return (size_t)(p - out);
}
