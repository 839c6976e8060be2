/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether every line of standard input is one JSON object (RFC 8259) without
 * anything nested, which has the members time, level and message first, in
 * the forms they are promised in.  Prints the value of the member named, of
 * every line that has it, or what is wrong with which line.
 *
 * usage: json_lines [MEMBER]
 */
#define _GNU_SOURCE /* getline */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value {
    const char *text; /* as it stands, without the quotes */
    size_t n;
    bool is_string;
};

/* Past the string at p, which begins with a quote; NULL when it is none. */
static const char *skip_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p != '\\')
            continue;
        p++;
        if (*p == 'u') {
            for (int i = 0; i < 4; i++)
                if (!isxdigit((unsigned char)*++p))
                    return NULL;
        } else if (*p == '\0' || strchr("\"\\/bfnrt", *p) == NULL) {
            return NULL;
        }
    }
    return p + 1;
}

static const char *skip_digits(const char *p)
{
    if (!isdigit((unsigned char)*p))
        return NULL;
    while (isdigit((unsigned char)*p))
        p++;
    return p;
}

static const char *skip_number(const char *p)
{
    p += *p == '-';
    if (*p == '0' && isdigit((unsigned char)p[1]))
        return NULL;
    p = skip_digits(p);
    if (p != NULL && *p == '.')
        p = skip_digits(p + 1);
    if (p != NULL && (*p == 'e' || *p == 'E'))
        p = skip_digits(p + 1 + (p[1] == '+' || p[1] == '-'));
    return p;
}

static const char *take_value(const char *p, struct value *value)
{
    value->is_string = *p == '"';
    const char *end = value->is_string             ? skip_string(p)
                      : strncmp(p, "null", 4) == 0 ? p + 4
                                                   : skip_number(p);
    if (end == NULL)
        return NULL;
    value->text = p + value->is_string;
    value->n = (size_t)(end - p) - 2 * (size_t)value->is_string;
    return end;
}

static bool is(const struct value *value, const char *text)
{
    return strlen(text) == value->n && memcmp(value->text, text, value->n) == 0;
}

/* 2026-11-22T01:00:03.123Z */
static bool is_time(const struct value *value)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (!value->is_string || value->n != strlen(form))
        return false;
    for (size_t i = 0; i < value->n; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)value->text[i])
                           : form[i] != value->text[i])
            return false;
    return true;
}

/* The n-th member; NULL, or what is wrong. */
static const char *check(int n, const struct value *name,
                         const struct value *value)
{
    static const char *const first[] = {"time", "level", "message"};
    if (n < 3 && (!is(name, first[n]) || !value->is_string))
        return "a member that should not be here";
    if (n == 0 && !is_time(value))
        return "not a time";
    if (n == 1 && !is(value, "info") && !is(value, "warning")
        && !is(value, "error"))
        return "not a level";
    return NULL;
}

static const char *check_line(const char *p, const char *member)
{
    struct value name, value;
    int n = 0;
    if (*p++ != '{')
        return "no object";
    for (;; p++, n++) {
        if (*p != '"' || (p = take_value(p, &name)) == NULL || *p++ != ':')
            return "no name";
        if ((p = take_value(p, &value)) == NULL)
            return "no value";
        const char *wrong = check(n, &name, &value);
        if (wrong != NULL)
            return wrong;
        if (member != NULL && is(&name, member))
            printf("%.*s\n", (int)value.n, value.text);
        if (*p != ',')
            break;
    }
    if (n < 2)
        return "too few members";
    return strcmp(p, "}\n") == 0 ? NULL : "something behind the object";
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0, n = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        n++;
        const char *wrong = strlen(line) == (size_t)length
                                ? check_line(line, argc > 1 ? argv[1] : NULL)
                                : "a NUL byte";
        if (wrong == NULL)
            continue;
        printf("line %zu: %s: %s", n, wrong, line);
        return 1;
    }
    free(line);
    return 0;
}
