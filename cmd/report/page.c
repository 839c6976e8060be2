/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page: page.html, in which {{...}} stands for what is put there.  It may
 * load nothing at all, and run what it was made with alone: its policy names
 * the two scripts by their SHA-256 (W3C, Content Security Policy Level 3).
 * What comes from files stands in the title, and in a block of JSON that no
 * browser runs.
 */
#include "cmd/report/assets.h"
#include "cmd/report/data.h"
#include "io/text/utf8.h"

#include <string.h>

#define CHARTS "dygraph.min.js"
#define SCRIPT "page.js"

static const struct cmd_asset *asset(const char *name)
{
    const struct cmd_asset *a = cmd_assets;
    while (a->name != NULL && strcmp(a->name, name) != 0)
        a++;
    return a;
}

const char *cmd_report_lacks(void)
{
    return asset(CHARTS)->size > 0
               ? NULL
               : "this nightcast was built without the charts' library: "
                 "install libjs-dygraphs (`make deps` does) and build it again";
}

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

/* Text between tags or in quotes; bytes that are not UTF-8 become U+FFFD. */
static void put_escaped(struct io_atomic_file *file, const char *text)
{
    size_t n = strlen(text), length;
    uint32_t code;
    for (size_t i = 0; i<n; i += length> 0 ? length : 1) {
        length = io_utf8_char((const unsigned char *)text + i, n - i, &code);
        if (length == 0 || (code < 0x20 && code != '\t'))
            put(file, "\xef\xbf\xbd");
        else if (code == '<' || code == '>' || code == '&' || code == '"'
                 || code == '\'')
            put(file, code == '<'   ? "&lt;"
                      : code == '>' ? "&gt;"
                      : code == '&' ? "&amp;"
                      : code == '"' ? "&quot;"
                                    : "&#39;");
        else
            io_atomic_write(file, text + i, length);
    }
}

static unsigned hex(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* 'sha256-' and the base64 of a sum's 32 bytes */
static void put_hash(struct io_atomic_file *file, const char *sum)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bytes[33] = {0};
    for (int i = 0; i < 32; i++)
        bytes[i] = hex(sum[2 * i]) << 4 | hex(sum[2 * i + 1]);
    put(file, " 'sha256-");
    for (int i = 0; i < 33; i += 3) {
        unsigned three = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
        char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                        digits[three >> 6 & 63], digits[three & 63]};
        if (i == 30)
            four[3] = '=';
        io_atomic_write(file, four, sizeof four);
    }
    put(file, "'");
}

static void put_policy(struct io_atomic_file *file)
{
    put(file, "default-src 'none'; script-src");
    put_hash(file, asset(CHARTS)->sha256);
    put_hash(file, asset(SCRIPT)->sha256);
    put(file, "; style-src 'unsafe-inline'; base-uri 'none'; form-action "
              "'none'");
}

static enum fc_status put_part(const struct cmd_report *report,
                               struct io_atomic_file *file, const char *name,
                               size_t length, struct fc_error *err)
{
    char text[32] = "";
    memcpy(text, name, length < sizeof text ? length : 0);
    const struct cmd_asset *a = asset(text);
    if (strcmp(text, "data") == 0)
        return cmd_report_data(report, file, err);
    if (strcmp(text, "policy") == 0)
        put_policy(file);
    else if (strcmp(text, "title") == 0)
        put_escaped(file, report->files.forecasts);
    else if (a->name != NULL)
        io_atomic_write(file, a->bytes, a->size);
    else
        return fc_fail(err, FC_EINVAL, "page.html: no part '%s'", text);
    return FC_OK;
}

enum fc_status cmd_report_write(const struct cmd_report *report,
                                struct io_atomic_file *file,
                                struct fc_error *err)
{
    const struct cmd_asset *page = asset("page.html");
    const char *at = (const char *)page->bytes, *end = at + page->size;
    enum fc_status status = FC_OK;
    while (status == FC_OK && at < end) {
        const char *open = strstr(at, "{{"); /* a NUL follows the bytes */
        const char *close = open != NULL ? strstr(open, "}}") : NULL;
        if (close == NULL)
            break;
        io_atomic_write(file, at, (size_t)(open - at));
        status =
            put_part(report, file, open + 2, (size_t)(close - open - 2), err);
        at = close + 2;
    }
    if (status == FC_OK)
        io_atomic_write(file, at, (size_t)(end - at));
    return status;
}
