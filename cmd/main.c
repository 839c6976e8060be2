/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nightcast: forecasts many time series at once.  The table of subcommands,
 * and what must be set up once before any of them runs.
 */
#define _DEFAULT_SOURCE /* readlink, unsetenv */
#include "cmd/commands.h"
#include "cmd/host/signals.h"
#include "cmd/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cmd_command *const commands[] = {
    &cmd_forecast, &cmd_backtest, &cmd_score, &cmd_simulate, &cmd_inspect,
    &cmd_learn,    &cmd_merge,    &cmd_bench, &cmd_models,
};

enum {
    NCOMMANDS = sizeof commands / sizeof *commands,
    LARGE_BLOCK = 1 << 20 /* returned to the system when freed */
};

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
    for (size_t i = 0; i < NCOMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    if (*name == '\0')
        return cmd_usage(NULL, "no command");
    if (*name == '-')
        return cmd_usage(NULL, "no command before '%.60s'", name);
    return cmd_usage(NULL, "no command '%.60s'", name);
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

/*
 * The size of threads' stacks is not for the environment to choose: one that
 * is too small would end the program without a word.  OpenMP's library has
 * read it before this one begins, so it has to begin again.
 */
static void refuse_stack_size(char **argv)
{
    char program[PATH_MAX];
    if (getenv("OMP_STACKSIZE") == NULL && getenv("GOMP_STACKSIZE") == NULL)
        return;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    unsetenv("OMP_STACKSIZE");
    unsetenv("GOMP_STACKSIZE");
    if (n <= 0)
        return;
    program[n] = '\0';
    const char *slash = strrchr(program, '/');
    if (slash != NULL && strncmp(slash, "/ld", 3) == 0)
        return; /* the dynamic linker, told to run us: it would not again */
    execv(program, argv); /* if it fails, the stacks may well be enough */
}

int main(int argc, char **argv)
{
    refuse_stack_size(argv);
    hold_standard_files();
    gsl_set_error_handler_off();
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    cmd_signals_set_up();
    int status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cmd_say(CMD_ERROR, "<stdout>: cannot write: %s", strerror(errno));
        status = CMD_FAILED;
    }
    return status;
}
