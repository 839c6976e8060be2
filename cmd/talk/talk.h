/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_TALK_H
#define NIGHTCAST_CMD_TALK_TALK_H

#include <stdbool.h>
#include <stddef.h>

/* What the program ends with. */
enum cmd_exit {
    CMD_OK = 0,
    CMD_FAILED = 1, /* no forecasts were written */
    CMD_USAGE = 2,
    CMD_PARTIAL = 3, /* written, but some series failed or fell back */
    CMD_BUSY = 75    /* another run holds the lock; sysexits.h: try later */
};

/*
 * Messages on standard error, one line each: for a person, with "nightcast: "
 * in front, or for a machine, as a JSON object.  Standard output carries data
 * only.
 */
enum cmd_level { CMD_INFO, CMD_WARNING, CMD_ERROR };

enum cmd_log_format { CMD_LOG_TEXT, CMD_LOG_JSON };

/* What a line says besides its words, for a machine alone. */
struct cmd_field {
    const char *name;
    const char *text; /* NULL: a number */
    double number;
};

/* Of all lines from now on; the first are text. */
void cmd_log_format(enum cmd_log_format format);

void cmd_say(enum cmd_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* fields ends with one without a name. */
void cmd_say_fields(enum cmd_level level, const struct cmd_field *fields,
                    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* For signal handlers: async-signal-safe, and of little stack. */
void cmd_say_plain(enum cmd_level level, const char *message);

/* "usage error" message with a hint at --help; returns CMD_USAGE. */
int cmd_usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends to a text of limited size; what does not fit is left out. */
void cmd_append(char *text, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* 1234567 as "1,234,567". */
enum { CMD_COUNT_SIZE = 32 };
const char *cmd_count(size_t n, char buf[CMD_COUNT_SIZE]);

/* 0.0042 as "4.2 ms", 83.2 as "83.2 s", 8000 as "2 h 13 min". */
enum { CMD_SECONDS_SIZE = 40 };
const char *cmd_seconds(double seconds, char buf[CMD_SECONDS_SIZE]);

/* Seconds of a clock that only goes forward. */
double cmd_now(void);

/* "standard output", or the file's name. */
const char *cmd_output_name(const char *path);

/* Text from a file, cut after a hundred bytes, to be part of a message. */
enum { CMD_SHORT_SIZE = 104 };
const char *cmd_short(const char *text, char buf[CMD_SHORT_SIZE]);

#endif
