/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/put.h"

#include "cmd/talk/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void cmd_put_raw(struct cmd_report_writer *w, const char *text)
{
    cmd_json_raw(w->file, text);
}

void cmd_put_key(struct cmd_report_writer *w, const char *name)
{
    if (*name == '{') {
        cmd_put_raw(w, "{\"");
        name++;
    } else {
        cmd_put_raw(w, ",\"");
    }
    cmd_put_raw(w, name);
    cmd_put_raw(w, "\":");
}

void cmd_put_text(struct cmd_report_writer *w, const char *name,
                  const char *value)
{
    cmd_put_key(w, name);
    cmd_json_text(w->file, value);
}

void cmd_put_count(struct cmd_report_writer *w, const char *name, size_t n)
{
    cmd_put_key(w, name);
    cmd_json_count(w->file, n);
}

void cmd_put_integer(struct cmd_report_writer *w, int64_t n)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, n);
    cmd_put_raw(w, digits);
}

void cmd_put_flag(struct cmd_report_writer *w, const char *name, bool value)
{
    cmd_put_key(w, name);
    cmd_put_raw(w, value ? "true" : "false");
}

void cmd_put_comma(struct cmd_report_writer *w, size_t i)
{
    if (i > 0)
        cmd_put_raw(w, ",");
}

void cmd_put_rounded(struct cmd_report_writer *w, double x)
{
    char digits[32];
    snprintf(digits, sizeof digits, isfinite(x) ? "%.6g" : "null", x);
    cmd_put_raw(w, digits);
}

void cmd_put_numbers(struct cmd_report_writer *w, const char *name,
                     const double *x, size_t n)
{
    cmd_put_key(w, name);
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < n; i++) {
        cmd_put_comma(w, i);
        cmd_json_number(w->file, x[i]);
    }
    cmd_put_raw(w, "]");
}

void cmd_put_texts(struct cmd_report_writer *w, const char *name,
                   const char *const *x, size_t n)
{
    cmd_put_key(w, name);
    cmd_put_raw(w, "[");
    for (size_t i = 0; i < n; i++) {
        cmd_put_comma(w, i);
        cmd_json_text(w->file, x[i]);
    }
    cmd_put_raw(w, "]");
}
