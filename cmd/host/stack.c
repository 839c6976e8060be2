/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main stack may grow to RLIMIT_STACK, of which arguments and environment,
 * at its top, have taken their part (execve(2)); the stack of a thread is
 * RLIMIT_STACK (pthread_create(3)), unless the environment tells OpenMP's
 * library another size (OpenMP 5.0, section 6.6, OMP_STACKSIZE).
 */
#define _GNU_SOURCE
#include "cmd/host/stack.h"

#include "cmd/talk/talk.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A message of a page, and what reads the control groups, take 25 KB each
 * (gcc -fstack-usage).  With all that calls them, and an environment of 3 KB,
 * every test of the command line passes on 44 KB; threads need less.  What is
 * promised is 64 KB, and Linux leaves up to 8 KB of the stack unused at random
 * (arch_align_stack()), so what is asked for beside those has to be less.
 */
enum { LEAST = 50 << 10 };

static const char *const variables[] = {"OMP_STACKSIZE", "GOMP_STACKSIZE"};

/* The highest byte of arguments and environment, hence of the stack. */
static uintptr_t top_of_stack(char **argv)
{
    uintptr_t top = 0;
    char **const lists[] = {argv, environ};
    for (size_t i = 0; i < 2; i++)
        for (char **text = lists[i]; text != NULL && *text != NULL; text++) {
            uintptr_t end = (uintptr_t)*text + strlen(*text);
            top = end > top ? end : top;
        }
    return top;
}

static bool main_stack_suffices(char **argv)
{
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY)
        return true;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t top = top_of_stack(argv);
    uintptr_t taken = top > here ? top - here : 0;
    return stack.rlim_cur >= taken + LEAST;
}

/* "16k": kilobytes, but for another unit; 0 when it is none, and ignored. */
static double size_of(const char *text)
{
    char *end;
    double size = strtod(text, &end);
    end += strspn(end, " \t");
    switch (*end) {
    case 'b':
    case 'B':
        return size;
    case 'm':
    case 'M':
        return size * (1 << 20);
    case 'g':
    case 'G':
        return size * (1 << 30);
    default:
        return size * (1 << 10);
    }
}

/*
 * OpenMP's library has read the variables before this program begins, so it
 * has to begin again.  Returns where that cannot be: there is no /proc, or the
 * dynamic linker was told to run us, and would not do so again.
 */
static void begin_again(char **argv)
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return;
    program[n] = '\0';
    const char *slash = strrchr(program, '/');
    if (slash == NULL || strncmp(slash, "/ld", 3) != 0)
        execv(program, argv);
}

static bool threads_stacks_suffice(char **argv)
{
    bool any = false, small = false;
    for (size_t i = 0; i < 2; i++) {
        const char *value = getenv(variables[i]);
        any |= value != NULL;
        small |= value != NULL && size_of(value) > 0 && size_of(value) < LEAST;
        unsetenv(variables[i]);
    }
    if (any)
        begin_again(argv);
    return !small;
}

bool cmd_stack_suffices(char **argv)
{
    bool enough = main_stack_suffices(argv);
    if (!enough)
        cmd_say_plain(CMD_ERROR, "the stack is too small: 64 KB and what "
                                 "arguments and environment take are needed; "
                                 "raise `ulimit -s`");
    else if (!threads_stacks_suffice(argv)) {
        cmd_say_plain(CMD_ERROR, "the stacks of threads are too small: unset "
                                 "OMP_STACKSIZE and GOMP_STACKSIZE");
        enough = false;
    }
    return enough;
}
