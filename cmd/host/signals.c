/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/host/signals.h"

#include "cmd/talk/talk.h"
#include "io/out/atomic_file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Of a run whose outputs are all in place; -1 before. */
static volatile sig_atomic_t own_status = -1;

/* Whether a line can go to standard error without waiting for its reader. */
static bool can_say(void)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && out.revents & POLLOUT;
}

static const char *message_of(int signal, enum io_ending ending)
{
#define ALL(name)                                                             \
    ending == IO_ENDS_COMPLETE                                                \
        ? "stopped by " name " at its end; what was to be written is written" \
        : "stopped by " name "; output files are as they were before"
    return signal == SIGINT    ? ALL("SIGINT")
           : signal == SIGTERM ? ALL("SIGTERM")
                               : ALL("SIGHUP");
#undef ALL
}

/* Calls nothing that is not async-signal-safe. */
static void end(int signal)
{
    int error = errno;
    enum io_ending ending = io_atomic_end();
    bool complete = ending == IO_ENDS_COMPLETE;
    if (ending == IO_ENDS_LATER || (complete && own_status < 0)) {
        errno = error;
        return;
    }
    if (can_say())
        cmd_say_plain(complete ? CMD_WARNING : CMD_ERROR,
                      message_of(signal, ending));
    _exit(complete ? own_status : CMD_FAILED);
}

void cmd_signals_end_with(int status)
{
    own_status = status;
}

/* nohup and cron ignore some signals on purpose; those stay ignored. */
static void catch (int signal)
{
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART},
                     inherited;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaddset(&action.sa_mask, SIGHUP);
    if (sigaction(signal, NULL, &inherited) == 0
        && inherited.sa_handler != SIG_IGN)
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
