/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/time/names.h"

const char *const io_weekdays[7] = {"Monday",   "Tuesday", "Wednesday",
                                    "Thursday", "Friday",  "Saturday",
                                    "Sunday"};
