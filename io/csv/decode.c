/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct io_decoder {
    iconv_t cd;
    char encoding[40];
    uint64_t place; /* of buffer[at] among all bytes */
    size_t at, count;
    bool end;
    size_t left_at, nleft; /* decoded, but not yet asked for */
    char left[16];
    char buffer[1 << 16];
};

enum fc_status io_decoder_new(const char *encoding, struct io_decoder **decoder,
                              struct fc_error *err)
{
    *decoder = calloc(1, sizeof **decoder);
    if (*decoder == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    (*decoder)->cd = iconv_open("UTF-8", encoding);
    if ((*decoder)->cd == (iconv_t)-1) {
        free(*decoder);
        *decoder = NULL;
        return fc_fail(err, FC_EINVAL,
                       "--encoding: none is known as '%.40s'; it takes what "
                       "`iconv --list` shows, such as UTF-16, windows-1252 or "
                       "ISO-8859-1",
                       encoding);
    }
    strncpy((*decoder)->encoding, encoding, sizeof(*decoder)->encoding - 1);
    return FC_OK;
}

void io_decoder_free(struct io_decoder *decoder)
{
    if (decoder != NULL)
        iconv_close(decoder->cd);
    free(decoder);
}

void io_decoder_reset(struct io_decoder *decoder)
{
    iconv(decoder->cd, NULL, NULL, NULL, NULL);
    decoder->place = 0;
    decoder->at = decoder->count = decoder->nleft = 0;
    decoder->end = false;
}

static enum fc_status refill(struct io_decoder *d, const struct io_feed *feed,
                             struct fc_error *err)
{
    size_t got;
    memmove(d->buffer, d->buffer + d->at, d->count);
    d->at = 0;
    enum fc_status status = feed->read(feed->arg, d->buffer + d->count,
                                       sizeof d->buffer - d->count, &got, err);
    if (status != FC_OK)
        return status;
    d->end = got < sizeof d->buffer - d->count;
    d->count += got;
    return FC_OK;
}

static enum fc_status not_text(const struct io_decoder *d, const char *name,
                               struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: byte %llu is no text in %s: is --encoding right?", name,
                   (unsigned long long)d->place + 1, d->encoding);
}

/* As much as goes; *full: there is no room for more. */
static enum fc_status convert(struct io_decoder *d, const char *name,
                              char **out, size_t *room, bool *full,
                              struct fc_error *err)
{
    char *in = d->buffer + d->at;
    size_t before = d->count;
    size_t done = iconv(d->cd, &in, &d->count, out, room);
    int code = errno;
    d->at += before - d->count;
    d->place += before - d->count;
    *full = done == (size_t)-1 && code == E2BIG;
    if (done == (size_t)-1 && code == EILSEQ)
        return not_text(d, name, err);
    if (done == (size_t)-1 && code == EINVAL && d->end)
        return not_text(d, name, err);
    return FC_OK;
}

/* A character that the end of the caller's buffer cuts. */
static size_t take_left(struct io_decoder *d, char *buf, size_t size)
{
    size_t n = d->nleft < size ? d->nleft : size;
    memcpy(buf, d->left + d->left_at, n);
    d->left_at += n;
    d->nleft -= n;
    return n;
}

enum fc_status io_decoder_read(struct io_decoder *d, const struct io_feed *feed,
                               const char *name, char *buf, size_t size,
                               size_t *got, struct fc_error *err)
{
    *got = take_left(d, buf, size);
    while (*got < size) {
        enum fc_status status = FC_OK;
        if (d->count < 16 && !d->end)
            status = refill(d, feed, err);
        if (status != FC_OK || (d->count == 0 && d->end))
            return status;
        char *out = buf + *got;
        size_t room = size - *got;
        bool full;
        status = convert(d, name, &out, &room, &full, err);
        *got = (size_t)(out - buf);
        if (status == FC_OK && full && *got < size) {
            out = d->left;
            room = sizeof d->left;
            d->left_at = 0;
            status = convert(d, name, &out, &room, &full, err);
            d->nleft = (size_t)(out - d->left);
            *got += take_left(d, buf + *got, size - *got);
        }
        if (status != FC_OK)
            return status;
    }
    return FC_OK;
}
