/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/talk.h"

#include "cmd/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One write per line, so that lines of several processes do not mix. */
static void say_line(const char *fmt, va_list ap, const char *end)
{
    char line[1024] = "nightcast: ";
    size_t used = strlen(line);
    vsnprintf(line + used, sizeof line - used, fmt, ap);
    fprintf(stderr, "%s%s\n", line, end);
}

void cmd_say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_line(fmt, ap, "");
    va_end(ap);
}

int cmd_usage(const char *command, const char *fmt, ...)
{
    char hint[80];
    va_list ap;
    snprintf(hint, sizeof hint, "; see `nightcast%s%.20s --help`",
             command != NULL ? " " : "", command != NULL ? command : "");
    va_start(ap, fmt);
    say_line(fmt, ap, hint);
    va_end(ap);
    return CMD_USAGE;
}

const char *cmd_count(size_t n, char buf[CMD_COUNT_SIZE])
{
    char digits[CMD_COUNT_SIZE];
    int length = snprintf(digits, sizeof digits, "%zu", n);
    char *out = buf;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buf;
}

const char *cmd_seconds(double seconds, char buf[CMD_SECONDS_SIZE])
{
    long whole = (long)(seconds + 0.5);
    if (seconds < 0.9995)
        snprintf(buf, CMD_SECONDS_SIZE, "%.3g ms", seconds * 1e3);
    else if (whole < 120)
        snprintf(buf, CMD_SECONDS_SIZE, "%.1f s", seconds);
    else if (whole < 7200)
        snprintf(buf, CMD_SECONDS_SIZE, "%ld min %ld s", whole / 60,
                 whole % 60);
    else
        snprintf(buf, CMD_SECONDS_SIZE, "%ld h %ld min", whole / 3600,
                 whole % 3600 / 60);
    return buf;
}

double cmd_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

const char *cmd_safe(const char *text, char buf[CMD_SAFE_SIZE])
{
    size_t n = strlen(text), shown = n > 100 ? 97 : n;
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)text[i];
        buf[i] = c < 0x20 || c == 0x7f ? '?' : text[i];
    }
    strcpy(buf + shown, shown < n ? "..." : "");
    return buf;
}
