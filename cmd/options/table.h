/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_TABLE_H
#define NIGHTCAST_CMD_OPTIONS_TABLE_H

#include "cmd/options/options.h"

/*
 * The rows of the table of options, for those that read and check them.
 */

/* What an option takes.  Of a file it says what the program does with it. */
enum cmd_kind {
    CMD_FLAG,
    CMD_INTEGER,
    CMD_SETTING, /* an integer, for the models that have it in their row */
    CMD_TEXT,
    CMD_LIST, /* a text that goes on, after a comma, when it is given again */
    CMD_CHOICE,
    CMD_INPUT,  /* reads it */
    CMD_OUTPUT, /* makes it anew */
    CMD_LOCK,   /* holds it while it runs */
    CMD_STORE   /* keeps it from run to run */
};

struct cmd_option {
    char letter; /* 0 = none */
    const char *name;
    enum cmd_kind kind;
    unsigned sets;
    size_t offset; /* in struct cmd_options */
    const char *argument;
    const char *help;           /* NULL: its name alone is shown */
    const char *fallback;       /* the default, as if it had been typed */
    int64_t least, most;        /* CMD_INTEGER; CMD_SETTING: of the models */
    const char *const *choices; /* CMD_CHOICE: in the order of the enum */
};

enum { CMD_OPTIONS_MOST = 96 };

/* The i-th row, or NULL when there are no more. */
const struct cmd_option *cmd_option_at(size_t i);

static inline bool cmd_option_is_file(const struct cmd_option *row)
{
    return row->kind >= CMD_INPUT;
}

/* A file that an option names. */
struct cmd_file {
    const char *option, *path;
};

/* The first row of that name, which there must be. */
size_t cmd_option_place(const char *name);

/* The files of one kind that a command was given by options; how many. */
size_t cmd_option_files(const struct cmd_command *command,
                        const struct cmd_options *options, enum cmd_kind kind,
                        struct cmd_file files[CMD_OPTIONS_MOST]);

#endif
