/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/host/stdin.h"

#include "io/out/nameless.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, bytes, n);
        if (wrote < 0 && errno != EINTR)
            return false;
        bytes += wrote > 0 ? wrote : 0;
        n -= wrote > 0 ? (size_t)wrote : 0;
    }
    return true;
}

/* Why it could not be done, in errno; *reading says of which of the two. */
static bool copy(int from, int to, bool *reading)
{
    char bytes[1 << 16];
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        *reading = got < 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!write_all(to, bytes, (size_t)got))
            return false;
    }
}

enum fc_status cmd_stdin_keep(struct fc_error *err)
{
    const char *folder = getenv("TMPDIR");
    bool reading = false;
    if (folder == NULL || *folder == '\0')
        folder = "/tmp";
    int fd = io_nameless_open(folder);
    bool good = fd >= 0 && copy(STDIN_FILENO, fd, &reading)
                && lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) >= 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (good)
        return FC_OK;
    if (reading)
        return fc_fail(err, FC_EIO, "<stdin>: cannot read: %s", strerror(why));
    return fc_fail(err, FC_EIO,
                   "<stdin>: is read twice for --regressors, and a copy of it "
                   "cannot be written to %.100s (see TMPDIR): %s",
                   folder, strerror(why));
}
