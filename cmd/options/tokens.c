/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct cmd_tokens *tokens, const char *text)
{
    size_t n = strlen(text);
    if (tokens->room - tokens->n <= n) {
        size_t room = 2 * tokens->room + n + 256;
        char *grown = realloc(tokens->text, room);
        if (grown == NULL) {
            tokens->failed = true;
            return;
        }
        tokens->text = grown;
        tokens->room = room;
    }
    memcpy(tokens->text + tokens->n, text, n + 1);
    tokens->n += n;
}

void cmd_tokens_add(struct cmd_tokens *tokens, const char *key,
                    const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.,:/+_-";
    if (tokens->n > 0)
        append(tokens, " ");
    append(tokens, key);
    append(tokens, "=");
    for (const char *p = value; *p != '\0'; p++) {
        char text[4] = {*p, '\0'};
        if (strchr(plain, *p) == NULL)
            snprintf(text, sizeof text, "%%%02X", (unsigned)(unsigned char)*p);
        append(tokens, text);
    }
}
