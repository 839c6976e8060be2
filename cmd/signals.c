/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/signals.h"

#include "cmd/options.h"
#include "cmd/talk.h"
#include "io/atomic_file.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Calls nothing that is not async-signal-safe. */
static void end(int signal)
{
#define STOPPED(name) \
    "stopped by " name "; output files are as they were before"
    io_atomic_abandon_all();
    cmd_say_plain(CMD_ERROR, signal == SIGINT    ? STOPPED("SIGINT")
                             : signal == SIGTERM ? STOPPED("SIGTERM")
                                                 : STOPPED("SIGHUP"));
#undef STOPPED
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
