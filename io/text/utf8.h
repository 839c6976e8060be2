/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_UTF8_H
#define NIGHTCAST_IO_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the character that n bytes of text begin with, 1 to 4, and its
 * code; 0 when they do not begin with one.  RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF.
 */
static inline size_t io_utf8_char(const unsigned char *text, size_t n,
                                  uint32_t *code)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    unsigned char c = n > 0 ? text[0] : 0xff;
    int more = c < 0x80   ? 0
               : c < 0xc2 ? -1
               : c < 0xe0 ? 1
               : c < 0xf0 ? 2
               : c < 0xf5 ? 3
                          : -1;
    if (more < 0 || n - 1 < (size_t)more)
        return 0;
    *code = more > 0 ? c & (0x3fu >> more) : c;
    for (int k = 1; k <= more; k++) {
        if ((text[k] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (text[k] & 0x3fu);
    }
    if (*code < least[more] || *code > 0x10ffff
        || (*code >= 0xd800 && *code < 0xe000))
        return 0;
    return (size_t)more + 1;
}

/* The most bytes of text, up to most, that cut no character in two. */
static inline size_t io_utf8_cut(const char *text, size_t n, size_t most)
{
    if (n <= most)
        return n;
    size_t cut = most;
    while (cut > 0 && most - cut < 3
           && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    return cut;
}

#endif
