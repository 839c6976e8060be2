/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/rows/shard.h"

#include "io/text/number.h"

#include <string.h>

bool io_shard_parse_count(const char *text, size_t n, uint32_t *count)
{
    enum { DIGITS = 6 };
    double value;
    if (n == 0 || n > DIGITS || strspn(text, "0123456789") < n
        || !io_number_parse(text, n, &value) || value < 1
        || value > IO_SHARD_MOST)
        return false;
    *count = (uint32_t)value;
    return true;
}

bool io_shard_parse(const char *text, struct io_shard *shard)
{
    const char *slash = strchr(text, '/');
    return slash != NULL
           && io_shard_parse_count(text, (size_t)(slash - text), &shard->number)
           && io_shard_parse_count(slash + 1, strlen(slash + 1), &shard->count)
           && shard->number <= shard->count;
}

uint64_t io_shard_hash(const char *id, size_t length)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)id[i]) * UINT64_C(0x100000001b3);
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    return h ^ (h >> 31);
}

bool io_shard_has(const struct io_shard *shard, const char *id, size_t length)
{
    return shard->count < 2
           || io_shard_hash(id, length) % shard->count + 1 == shard->number;
}
