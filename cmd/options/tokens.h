/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_TOKENS_H
#define NIGHTCAST_CMD_OPTIONS_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

/* A text of keys and values that grows; zeroed is empty. */
struct cmd_tokens {
    char *text; /* NULL when it is empty, or when memory was short */
    size_t n, room;
    bool failed;
};

/*
 * Appends " key=value", the value without blanks: what is neither a letter nor
 * a digit nor one of .,:/+_- becomes %XX.
 */
void cmd_tokens_add(struct cmd_tokens *tokens, const char *key,
                    const char *value);

#endif
