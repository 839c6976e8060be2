/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_THREADS_H
#define NIGHTCAST_CMD_HOST_THREADS_H

#include "forecast/base/status.h"

/*
 * Makes the threads that the parallel loop is to run on, this one being the
 * first.  FC_ENOMEM, with a message that says what to do, when the system
 * refuses some: OpenMP's library would end the program.
 */
enum fc_status cmd_threads_start(int nthreads, struct fc_error *err);

#endif
