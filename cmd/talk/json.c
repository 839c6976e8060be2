/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk/json.h"

#include "io/text/number.h"
#include "io/text/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void cmd_json_raw(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

/* Besides what JSON asks for: what HTML would see, line separators of old
   JavaScript, and what turns the direction of writing. */
static bool is_escaped(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '"'
           || code == '\\' || code == '<' || code == '>' || code == '&'
           || code == 0x61c || code == 0x200e || code == 0x200f
           || (code >= 0x2028 && code <= 0x202e)
           || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

void cmd_json_put(struct io_atomic_file *file, const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t n = strlen(text), plain = 0; /* from there on, not yet written */
    char escaped[8];
    for (size_t i = 0; i < n;) {
        uint32_t code = bytes[i];
        size_t length = code < 0x80 ? 1 : io_utf8_char(bytes + i, n - i, &code);
        size_t step = length > 0 ? length : 1;
        if (length == 0 || is_escaped(code)) {
            io_atomic_write(file, text + plain, i - plain);
            snprintf(escaped, sizeof escaped, "\\u%04x",
                     length > 0 ? (unsigned)code : 0xfffdu);
            cmd_json_raw(file, escaped);
            plain = i + step;
        }
        i += step;
    }
    io_atomic_write(file, text + plain, n - plain);
}

void cmd_json_text(struct io_atomic_file *file, const char *text)
{
    if (text == NULL) {
        cmd_json_raw(file, "null");
        return;
    }
    io_atomic_write(file, "\"", 1);
    cmd_json_put(file, text);
    io_atomic_write(file, "\"", 1);
}

void cmd_json_number(struct io_atomic_file *file, double x)
{
    char text[IO_NUMBER_SIZE];
    if (isfinite(x))
        io_atomic_write(file, text, io_number_print(x, text));
    else
        cmd_json_raw(file, "null");
}

void cmd_json_count(struct io_atomic_file *file, size_t n)
{
    char digits[24], *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    io_atomic_write(file, at, (size_t)(digits + sizeof digits - at));
}
