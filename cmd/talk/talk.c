/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every line is composed first and written at once, so that lines of several
 * processes do not mix.
 */
#define _POSIX_C_SOURCE 200809L
#include "cmd/talk/talk.h"

#include "cmd/talk/line.h"
#include "io/text/number.h"
#include "io/text/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 4600, /* a long path, and words */
    LINE_SIZE = 20000,   /* the stack may be small */
    PLAIN_SIZE = 256
};

/* A process has one standard error, and so one format of it. */
static enum cmd_log_format log_format = CMD_LOG_TEXT;

void cmd_log_format(enum cmd_log_format format)
{
    log_format = format;
}

/* Half of the room for each text is always enough for the rest of a line. */
static void put_text(struct cmd_line *line, const char *text)
{
    cmd_line_put_json(line, text, (line->size - line->n) / 2);
}

static void put_field(struct cmd_line *line, const struct cmd_field *field)
{
    char number[IO_NUMBER_SIZE] = "null";
    cmd_line_put(line, ",");
    put_text(line, field->name);
    cmd_line_put(line, ":");
    if (field->text != NULL) {
        put_text(line, field->text);
        return;
    }
    if (isfinite(field->number)) /* seconds to the microsecond */
        io_number_print(floor(field->number * 1e6 + 0.5) / 1e6, number);
    cmd_line_put(line, number);
}

static void put_object(struct cmd_line *line, enum cmd_level level,
                       const char *message, const struct cmd_field *fields)
{
    static const char *const levels[] = {"info", "warning", "error"};
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    cmd_line_put(line, "{\"time\":\"");
    cmd_line_put_time(line, now.tv_sec, now.tv_nsec);
    cmd_line_put(line, "\",\"level\":\"");
    cmd_line_put(line, levels[level]);
    cmd_line_put(line, "\",\"message\":");
    put_text(line, message);
    for (; fields != NULL && fields->name != NULL; fields++)
        put_field(line, fields);
    cmd_line_put(line, "}");
}

/* What cannot be said cannot be complained of either. */
static void write_line(const char *text, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        text += done;
        n -= (size_t)done;
    }
}

/* In a buffer of the caller's, which should hold the longest message. */
static void say(enum cmd_level level, const char *message,
                const struct cmd_field *fields, char *buf, size_t size)
{
    struct cmd_line line = {buf, 0, size - 1};
    if (log_format == CMD_LOG_JSON) {
        put_object(&line, level, message, fields);
    } else {
        cmd_line_put(&line, "nightcast: ");
        cmd_line_put_visible(&line, message, strlen(message));
    }
    buf[line.n++] = '\n';
    write_line(buf, line.n);
}

static void say_formatted(enum cmd_level level, const struct cmd_field *fields,
                          const char *fmt, va_list ap, const char *end)
{
    char message[MESSAGE_SIZE], line[LINE_SIZE];
    size_t room = sizeof message - strlen(end);
    vsnprintf(message, room, fmt, ap);
    strcat(message, end);
    say(level, message, fields, line, sizeof line);
}

void cmd_say(enum cmd_level level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_formatted(level, NULL, fmt, ap, "");
    va_end(ap);
}

void cmd_say_fields(enum cmd_level level, const struct cmd_field *fields,
                    const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_formatted(level, fields, fmt, ap, "");
    va_end(ap);
}

void cmd_say_plain(enum cmd_level level, const char *message)
{
    char line[PLAIN_SIZE];
    say(level, message, NULL, line, sizeof line);
}

int cmd_usage(const char *command, const char *fmt, ...)
{
    char hint[80];
    va_list ap;
    snprintf(hint, sizeof hint, "; see `nightcast%s%.20s --help`",
             command != NULL ? " " : "", command != NULL ? command : "");
    va_start(ap, fmt);
    say_formatted(CMD_ERROR, NULL, fmt, ap, hint);
    va_end(ap);
    return CMD_USAGE;
}

void cmd_append(char *text, size_t size, const char *fmt, ...)
{
    size_t used = strlen(text);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text + used, size - used, fmt, ap);
    va_end(ap);
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

const char *cmd_output_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard output" : path;
}

const char *cmd_short(const char *text, char buf[CMD_SHORT_SIZE])
{
    size_t n = strlen(text);
    size_t shown = n > 100 ? io_utf8_cut(text, n, 97) : n;
    memcpy(buf, text, shown);
    strcpy(buf + shown, shown < n ? "..." : "");
    return buf;
}
