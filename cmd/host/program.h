/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_PROGRAM_H
#define NIGHTCAST_CMD_HOST_PROGRAM_H

#include <stdint.h>

/*
 * A checksum (XXH64) of this program's file, which tells builds of it apart;
 * 0 when it cannot be read.
 */
uint64_t cmd_program_sum(void);

#endif
