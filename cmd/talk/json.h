/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_JSON_H
#define NIGHTCAST_CMD_TALK_JSON_H

#include "io/out/atomic_file.h"

/*
 * JSON (RFC 8259) into a file, of texts that may be anything: also fit to
 * stand inside an HTML document's <script>, where neither a tag nor a comment
 * can begin, as <, > and & are written \u003c, \u003e and \u0026.
 */

/* Without quotes around it; bytes that are not UTF-8 become U+FFFD. */
void cmd_json_put(struct io_atomic_file *file, const char *text);

/* The same, quoted; NULL is null. */
void cmd_json_text(struct io_atomic_file *file, const char *text);

/* The shortest number that reads back as the same; what is not finite is
   null. */
void cmd_json_number(struct io_atomic_file *file, double x);

void cmd_json_count(struct io_atomic_file *file, size_t n);

/* What needs no escape: punctuation, and names of ours. */
void cmd_json_raw(struct io_atomic_file *file, const char *text);

#endif
