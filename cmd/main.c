/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nightcast: forecasts many time series at once.  The table of subcommands,
 * and what must be set up once before any of them runs.
 */
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/host/stack.h"
#include "cmd/options/near.h"
#include "cmd/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cmd_command *const commands[] = {
    &cmd_forecast, &cmd_backtest, &cmd_score, &cmd_simulate,
    &cmd_inspect,  &cmd_learn,    &cmd_merge, &cmd_bench,
    &cmd_history,  &cmd_models,   &cmd_plot,  &cmd_report,
};

enum {
    NCOMMANDS = sizeof commands / sizeof *commands,
    LARGE_BLOCK = 1 << 20 /* returned to the system when freed */
};

/* Whether main() has come to its end, for who is called after it. */
static bool ended = false;

static void print_help(void)
{
    puts("usage: nightcast COMMAND [options]\n"
         "Forecasts many independent time series at once: CSV in, CSV out, on "
         "every core.\n");
    for (size_t i = 0; i < NCOMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts("\n  -h, --help       this help; `nightcast COMMAND --help` for one "
         "command\n"
         "  -V, --version    the version\n\n"
         "example: nightcast forecast -H 12 data/monthly.csv -o "
         "forecasts.csv");
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0
        || strcmp(name, "help") == 0) {
        print_help();
        return CMD_OK;
    }
    if (strcmp(name, "-V") == 0 || strcmp(name, "--version") == 0) {
        puts("nightcast " NIGHTCAST_VERSION);
        return CMD_OK;
    }
    struct cmd_near near = {0};
    for (size_t i = 0; i < NCOMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    if (*name == '\0')
        return cmd_usage(NULL, "no command");
    if (*name == '-')
        return cmd_usage(NULL, "no command before '%.60s'", name);
    for (size_t i = 0; i < NCOMMANDS; i++)
        cmd_near_offer(&near, name, strlen(name), commands[i]->name);
    return cmd_usage(NULL, "no command '%.60s'%s%s%s", name,
                     near.name != NULL ? "; did you mean " : "",
                     near.name != NULL ? near.name : "",
                     near.name != NULL ? "?" : "");
}

/*
 * A standard file that is closed at the start would be the next one opened:
 * a placeholder keeps forecasts out of it, and lets writes to it fail.
 */
static void hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
            exit(CMD_FAILED);
}

/* OpenMP's library ends the program, with a line of its own, if it cannot go
   on. */
static void say_that_it_ended(void)
{
    if (!ended)
        cmd_say(CMD_ERROR, "ended by a library that could not go on; output "
                           "files are as they were before");
}

int main(int argc, char **argv)
{
    hold_standard_files();
    if (!cmd_stack_suffices(argv))
        return CMD_FAILED;
    atexit(say_that_it_ended);
    gsl_set_error_handler_off();
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    cmd_signals_set_up();
    int status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cmd_say(CMD_ERROR, "<stdout>: cannot write: %s", strerror(errno));
        status = CMD_FAILED;
    }
    ended = true;
    return status;
}
