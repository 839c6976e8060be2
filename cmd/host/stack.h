/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_STACK_H
#define NIGHTCAST_CMD_HOST_STACK_H

#include <stdbool.h>

/*
 * Sees to it, first of all, that the stacks are large enough: a program that
 * runs out of its stack is ended without a word.  Where the environment makes
 * those of threads small, the program begins again without that.  False, with
 * a message, when they are too small and stay so.
 */
bool cmd_stack_suffices(char **argv);

#endif
