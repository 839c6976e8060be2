/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_ASSETS_H
#define NIGHTCAST_CMD_REPORT_ASSETS_H

#include <stddef.h>

/*
 * What a page is made of, put into the program when it is built by embed.sh:
 * files of this folder, and the charts' library from where it is installed.
 */
struct cmd_asset {
    const char *name; /* of the file, as page.html calls it */
    const unsigned char *bytes;
    size_t size;
    const char *sha256; /* in hexadecimal digits */
};

/* The last has no name.  Of the library's, all are empty if it was not there.
 */
extern const struct cmd_asset cmd_assets[];

#endif
