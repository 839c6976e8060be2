/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_VECTOR_H
#define NIGHTCAST_CMD_REPORT_VECTOR_H

#include "io/out/atomic_file.h"

/*
 * Many exact numbers in few bytes, as a JSON string: "112,118,,132", shortest
 * decimals with nothing where one is missing, or, where that is shorter, an
 * exclamation mark and the base64 (RFC 4648) of little-endian doubles.
 */
void cmd_report_vector(struct io_atomic_file *file, const double *x, size_t n);

#endif
