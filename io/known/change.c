/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/known/change.h"

#include "io/known/quoted.h"
#include "io/text/number.h"
#include "io/text/trim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum fc_status take(const char *text, size_t n, struct io_change *change,
                           struct fc_error *err)
{
    size_t at = io_quoted_find(text, n, "=*");
    const char *name = text, *value = text + at + 1;
    size_t length = at, rest = at < n ? n - at - 1 : 0;
    io_trim(&name, &length);
    if (at < n)
        io_trim(&value, &rest);
    if (length == 0 || rest == 0)
        return fc_fail(err, FC_EINVAL,
                       "takes COLUMN=VALUE and COLUMN*NUMBER; got '%.*s'",
                       n < 60 ? (int)n : 60, text);
    change->times = text[at] == '*';
    if (!io_number_parse(value, rest, &change->x) || !isfinite(change->x))
        change->x = NAN;
    if (change->times && isnan(change->x))
        return fc_fail(err, FC_EINVAL,
                       "takes COLUMN*NUMBER, as in price*1.05; got '%.*s'",
                       n < 60 ? (int)n : 60, text);
    if (fabs(change->x) > IO_REGRESSOR_MOST)
        return fc_fail(err, FC_EINVAL, "takes no number like '%.*s'",
                       n < 60 ? (int)n : 60, text);
    change->column = io_unquote(name, length);
    change->text = io_unquote(value, rest);
    return change->column != NULL && change->text != NULL
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

static enum fc_status add(const char *text, size_t n,
                          struct io_changes *changes, struct fc_error *err)
{
    if (changes->n == IO_TERMS_MOST)
        return fc_fail(err, FC_EINVAL, "takes %d changes at most",
                       IO_TERMS_MOST);
    struct io_change *change = &changes->change[changes->n++];
    enum fc_status status = take(text, n, change, err);
    for (size_t i = 0; status == FC_OK && i + 1 < changes->n; i++)
        if (strcmp(changes->change[i].column, change->column) == 0)
            return fc_fail(err, FC_EINVAL, "changes '%.60s' twice",
                           change->column);
    return status;
}

enum fc_status io_changes_parse(const char *text, struct io_changes *changes,
                                struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *changes = (struct io_changes){.n = 0};
    for (;;) {
        size_t n = io_quoted_item(text);
        status = add(text, n, changes, err);
        if (status != FC_OK || text[n] == '\0')
            break;
        text += n + 1;
    }
    if (status != FC_OK)
        io_changes_release(changes);
    return status;
}

void io_changes_release(struct io_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        free(changes->change[i].column);
        free(changes->change[i].text);
    }
    *changes = (struct io_changes){.n = 0};
}
