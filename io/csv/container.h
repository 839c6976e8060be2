/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_CONTAINER_H
#define NIGHTCAST_IO_CSV_CONTAINER_H

#include "io/csv/source.h"

/*
 * What an input is by its first bytes: text of some encoding, which is then
 * read as UTF-8, or no text at all, of which the message says what to do.
 * encoding: as the user says, or NULL.  FC_EDATA, FC_EINVAL, FC_ENOMEM.
 */
enum fc_status io_container_open(struct io_source *source, const char *encoding,
                                 struct fc_error *err);

#endif
