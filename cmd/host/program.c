/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/host/program.h"

#include "io/text/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

enum { BLOCK = 65536 };

/* Fills the block but at the end of the file; false when it cannot be read. */
static bool fill(int fd, unsigned char *block, size_t *n)
{
    ssize_t more = 1;
    for (*n = 0; *n < BLOCK && more != 0;) {
        more = read(fd, block + *n, BLOCK - *n);
        if (more < 0 && errno != EINTR)
            return false;
        *n += more > 0 ? (size_t)more : 0;
    }
    return true;
}

uint64_t cmd_program_sum(void)
{
    unsigned char block[BLOCK];
    uint64_t sum = 0;
    size_t n = BLOCK;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0;
    while (good && n == BLOCK) {
        good = fill(fd, block, &n);
        sum = io_checksum(sum, block, n);
    }
    if (fd >= 0)
        close(fd);
    return good ? sum : 0;
}
