/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/signals.h"

#include "cmd/options.h"
#include "io/atomic_file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Calls nothing that is not async-signal-safe. */
static void end(int signal)
{
    const char *text = signal == SIGINT    ? "SIGINT"
                       : signal == SIGTERM ? "SIGTERM"
                                           : "SIGHUP";
    const char *before = "nightcast: stopped by ";
    const char *after = "; output files are as they were before\n";
    io_atomic_abandon_all();
    if (write(STDERR_FILENO, before, strlen(before)) < 0
        || write(STDERR_FILENO, text, strlen(text)) < 0
        || write(STDERR_FILENO, after, strlen(after)) < 0)
        _exit(CMD_FAILED);
    _exit(CMD_FAILED);
}

/* nohup and cron ignore some signals on purpose; those stay ignored. */
static void catch (int signal)
{
    struct sigaction action = {.sa_handler = end}, before;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaddset(&action.sa_mask, SIGHUP);
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(signal, &action, NULL);
}

void cmd_signals_set_up(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    catch (SIGINT);
    catch (SIGTERM);
    catch (SIGHUP);
    atexit(io_atomic_abandon_all); /* OpenMP's library may call exit() */
}
