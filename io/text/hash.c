/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* getrandom */
#include "io/text/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

struct io_hash_key io_hash_key_draw(void)
{
    struct io_hash_key key = {{0, 0}};
    if (getrandom(&key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
        /* early in the life of a machine: where things lie is random, too */
        struct timespec now = {0};
        clock_gettime(CLOCK_MONOTONIC, &now);
        key.k[0] = (uint64_t)(uintptr_t)&key;
        key.k[1] = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
    }
    key.k[0] |= 1;
    return key;
}

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* Figure 2.1 of the paper. */
static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static inline void take_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

/* Words in the byte order of the machine: nobody else sees these numbers. */
uint64_t io_hash(const struct io_hash_key *key, const void *bytes, size_t n)
{
    uint64_t v[4] = {key->k[0] ^ UINT64_C(0x736f6d6570736575),
                     key->k[1] ^ UINT64_C(0x646f72616e646f6d),
                     key->k[0] ^ UINT64_C(0x6c7967656e657261),
                     key->k[1] ^ UINT64_C(0x7465646279746573)};
    const unsigned char *at = bytes;
    uint64_t word, last = 0;
    for (size_t left = n; left >= sizeof word; left -= sizeof word) {
        memcpy(&word, at, sizeof word);
        take_word(v, word);
        at += sizeof word;
    }
    memcpy(&last, at, n % sizeof word);
    take_word(v, last | (uint64_t)n << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
