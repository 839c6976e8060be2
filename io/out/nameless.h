/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_NAMELESS_H
#define NIGHTCAST_IO_OUT_NAMELESS_H

/* Opens a new file in a folder, to write and read, that has no name, so that it
 * is gone however the process ends.  -1, with the reason in errno. */
int io_nameless_open(const char *folder);

#endif
