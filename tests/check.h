/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_CHECK_H
#define NIGHTCAST_TESTS_CHECK_H

/*
 * What every test program needs: cmocka, and comparisons of doubles that say
 * both values when they differ (cmocka 1.1.5 compares floats only).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* |actual - expected| <= rel * max(|expected|, floor); NaN never passes. */
#define assert_near_floor(actual, expected, rel, floor) \
    check_near((actual), (expected), (rel), (floor), __FILE__, __LINE__)

#define assert_near(actual, expected, rel) \
    check_near((actual), (expected), (rel), 0, __FILE__, __LINE__)

static inline void check_near(double actual, double expected, double rel,
                              double floor, const char *file, int line)
{
    double scale = fmax(fabs(expected), floor);
    if (fabs(actual - expected) <= rel * scale)
        return;
    print_error("%.17g is not %.17g to %g relative\n", actual, expected, rel);
    _fail(file, line);
}

#endif
