/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_DECODE_H
#define NIGHTCAST_IO_CSV_DECODE_H

#include "forecast/base/status.h"

#include <stddef.h>

/*
 * Text of any encoding that iconv knows, as UTF-8.
 */
struct io_decoder;

/* Where the bytes come from: fewer than size only at the end. */
struct io_feed {
    enum fc_status (*read)(void *arg, char *buf, size_t size, size_t *got,
                           struct fc_error *err);
    void *arg;
};

/* FC_EINVAL when nobody knows the encoding; FC_ENOMEM. */
enum fc_status io_decoder_new(const char *encoding, struct io_decoder **decoder,
                              struct fc_error *err);

/* Accepts NULL. */
void io_decoder_free(struct io_decoder *decoder);

/* From the beginning. */
void io_decoder_reset(struct io_decoder *decoder);

/*
 * Up to size bytes of UTF-8; fewer only at the end.  FC_EDATA for what is not
 * of the encoding, with its place.
 */
enum fc_status io_decoder_read(struct io_decoder *decoder,
                               const struct io_feed *feed, const char *name,
                               char *buf, size_t size, size_t *got,
                               struct fc_error *err);

#endif
