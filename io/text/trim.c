/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/text/trim.h"

#include <strings.h>

bool io_is_missing(const char *text, size_t n)
{
    return n == 0 || (n == 2 && strncasecmp(text, "NA", 2) == 0)
           || (n == 3 && strncasecmp(text, "NaN", 3) == 0)
           || (n == 4 && strncasecmp(text, "null", 4) == 0);
}
