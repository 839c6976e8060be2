/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_TMPFILE */
#include "io/out/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where there is no such thing, it is one that loses its name. */
int io_nameless_open(const char *folder)
{
    static const char end[] = "/.nightcast-XXXXXX";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd;
    char *name = malloc(strlen(folder) + sizeof end);
    if (name == NULL) {
        errno = ENOMEM;
        return -1;
    }
    strcpy(name, folder);
    strcat(name, end);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}
