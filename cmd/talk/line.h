/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_LINE_H
#define NIGHTCAST_CMD_TALK_LINE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Text in a buffer of fixed size; what does not fit is left out, whole
 * characters at a time.  Nothing here allocates memory, asks the locale or
 * takes a lock: signal handlers use it.
 */
struct cmd_line {
    char *text; /* no NUL at its end */
    size_t n, size;
};

void cmd_line_put(struct cmd_line *line, const char *text);

/*
 * What a terminal would obey is written \x1b, byte by byte: control
 * characters (C0, C1), what turns the direction of writing, line separators,
 * and bytes that are not UTF-8.
 */
void cmd_line_put_visible(struct cmd_line *line, const char *text, size_t n);

/*
 * A JSON string (RFC 8259), cut before the first character that would make it
 * longer than most bytes; bytes that are not UTF-8 become U+FFFD.
 */
void cmd_line_put_json(struct cmd_line *line, const char *text, size_t most);

/* 2026-11-22T01:00:03.123Z, RFC 3339; ns are nanoseconds of the second. */
void cmd_line_put_time(struct cmd_line *line, int64_t seconds, long ns);

/* As cmd_line_put_visible(), to standard output; returns how many bytes. */
size_t cmd_print_visible(const char *text, size_t n);

#endif
