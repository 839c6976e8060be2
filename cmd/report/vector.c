/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/vector.h"

#include "io/text/number.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Bytes of base64 for three of input. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t decimal_length(const double *x, size_t n, size_t most)
{
    char text[IO_NUMBER_SIZE];
    size_t length = n; /* commas */
    for (size_t i = 0; i < n && length <= most; i++)
        length += isfinite(x[i]) ? io_number_print(x[i], text) : 0;
    return length;
}

static void put_decimals(struct io_atomic_file *file, const double *x, size_t n)
{
    char text[1 + IO_NUMBER_SIZE] = ",";
    for (size_t i = 0; i < n; i++) {
        size_t length = isfinite(x[i]) ? io_number_print(x[i], text + 1) : 0;
        io_atomic_write(file, text + (i == 0), length + (i > 0));
    }
}

/* Byte b of the vector. */
static unsigned byte_of(const double *x, size_t b)
{
    uint64_t bits;
    memcpy(&bits, &x[b / 8], sizeof bits);
    return (unsigned)(bits >> 8 * (b % 8)) & 0xff;
}

static void put_base64(struct io_atomic_file *file, const double *x, size_t n)
{
    size_t size = 8 * n;
    for (size_t b = 0; b < size; b += 3) {
        unsigned three = byte_of(x, b) << 16;
        three |= b + 1 < size ? byte_of(x, b + 1) << 8 : 0;
        three |= b + 2 < size ? byte_of(x, b + 2) : 0;
        char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                        b + 1 < size ? digits[three >> 6 & 63] : '=',
                        b + 2 < size ? digits[three & 63] : '='};
        io_atomic_write(file, four, sizeof four);
    }
}

void cmd_report_vector(struct io_atomic_file *file, const double *x, size_t n)
{
    size_t coded = 1 + (8 * n + 2) / 3 * 4;
    io_atomic_write(file, "\"", 1);
    if (decimal_length(x, n, coded) <= coded) {
        put_decimals(file, x, n);
    } else {
        io_atomic_write(file, "!", 1);
        put_base64(file, x, n);
    }
    io_atomic_write(file, "\"", 1);
}
