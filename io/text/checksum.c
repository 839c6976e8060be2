/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Four sums of 64 bits, each of every fourth word of eight bytes, and the rest
 * in smaller steps; names as in the specification.
 */
#define _DEFAULT_SOURCE /* le64toh */
#include "io/text/checksum.h"

#include <endian.h>
#include <string.h>

static const uint64_t P1 = UINT64_C(0x9e3779b185ebca87);
static const uint64_t P2 = UINT64_C(0xc2b2ae3d27d4eb4f);
static const uint64_t P3 = UINT64_C(0x165667b19e3779f9);
static const uint64_t P4 = UINT64_C(0x85ebca77c2b2ae63);
static const uint64_t P5 = UINT64_C(0x27d4eb2f165667c5);

enum { STRIPE = 32 };

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline uint64_t word64(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

static inline uint32_t word32(const unsigned char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return le32toh(word);
}

static inline uint64_t take(uint64_t sum, uint64_t word)
{
    return rotate(sum + word * P2, 31) * P1;
}

static inline uint64_t merge(uint64_t sum, uint64_t other)
{
    return (sum ^ take(0, other)) * P1 + P4;
}

/* All whole stripes. */
static uint64_t sum_stripes(uint64_t seed, const unsigned char *at, size_t n)
{
    uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
    for (; n >= STRIPE; n -= STRIPE, at += STRIPE) {
        a = take(a, word64(at));
        b = take(b, word64(at + 8));
        c = take(c, word64(at + 16));
        d = take(d, word64(at + 24));
    }
    uint64_t sum = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(sum, a), b), c), d);
}

/* Fewer bytes than a stripe. */
static uint64_t sum_rest(uint64_t sum, const unsigned char *at, size_t n)
{
    for (; n >= 8; n -= 8, at += 8)
        sum = rotate(sum ^ take(0, word64(at)), 27) * P1 + P4;
    if (n >= 4) {
        sum = rotate(sum ^ word32(at) * P1, 23) * P2 + P3;
        n -= 4;
        at += 4;
    }
    for (; n > 0; n--, at++)
        sum = rotate(sum ^ *at * P5, 11) * P1;
    return sum;
}

uint64_t io_checksum(uint64_t seed, const void *bytes, size_t n)
{
    const unsigned char none = 0, *at = n > 0 ? bytes : &none;
    uint64_t sum = n >= STRIPE ? sum_stripes(seed, at, n) : seed + P5;
    sum = sum_rest(sum + n, at + n / STRIPE * STRIPE, n % STRIPE);
    sum = (sum ^ sum >> 33) * P2;
    sum = (sum ^ sum >> 29) * P3;
    return sum ^ sum >> 32;
}
