/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: text as a number beside strtod, and eight bytes as a double
 * through printing and back.
 */
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/text/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether strtod takes the whole text, as a plain decimal. */
static bool judge(const char *text, size_t n, double *value)
{
    char *end;
    if (n == 0 || strlen(text) != n || isspace((unsigned char)text[0])
        || strpbrk(text, "xXnN") != NULL)
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

static void check_text(const uint8_t *data, size_t size)
{
    double expected = 0;
    double value = 42;
    char *exact = malloc(size + (size == 0));
    char *text = malloc(size + 1);
    memcpy(exact, data, size);
    memcpy(text, data, size);
    text[size] = '\0';
    bool taken = io_number_parse(exact, size, &value);
    assert(taken == judge(text, size, &expected));
    assert(!taken || memcmp(&value, &expected, sizeof value) == 0);
    assert(taken || value == 42);
    free(exact);
    free(text);
}

static void check_double(double x)
{
    char buf[IO_NUMBER_SIZE];
    double value = x + 1;
    size_t n = io_number_print(x, buf);
    assert(n < sizeof buf && strlen(buf) == n);
    assert(strtod(buf, NULL) == x);
    assert(io_number_parse(buf, n, &value) && value == x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double x;
    check_text(data, size);
    if (size >= sizeof x) {
        memcpy(&x, data, sizeof x);
        if (isfinite(x))
            check_double(x);
    }
    return 0;
}
