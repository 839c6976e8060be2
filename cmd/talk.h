/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_H
#define NIGHTCAST_CMD_TALK_H

#include <stddef.h>

/*
 * Messages on standard error: one line each, "nightcast: " in front.
 * Standard output carries data only.
 */
void cmd_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "usage error" message with a hint at --help; returns CMD_USAGE. */
int cmd_usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* 1234567 as "1,234,567". */
enum { CMD_COUNT_SIZE = 32 };
const char *cmd_count(size_t n, char buf[CMD_COUNT_SIZE]);

/* 0.0042 as "4.2 ms", 83.2 as "83.2 s", 8000 as "2 h 13 min". */
enum { CMD_SECONDS_SIZE = 40 };
const char *cmd_seconds(double seconds, char buf[CMD_SECONDS_SIZE]);

/* Seconds of a clock that only goes forward. */
double cmd_now(void);

/*
 * Text from a file as a person may safely see it on a terminal: control
 * characters become '?', and it is cut after a hundred bytes.
 */
enum { CMD_SAFE_SIZE = 104 };
const char *cmd_safe(const char *text, char buf[CMD_SAFE_SIZE]);

#endif
