/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Error codes and their words.
 */
#include "forecast/base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *fc_status_text(enum fc_status status)
{
    switch (status) {
    case FC_OK:
        return "ok";
    case FC_ENOMEM:
        return "out of memory";
    case FC_EINVAL:
        return "invalid argument";
    case FC_EDATA:
        return "malformed data";
    case FC_EIO:
        return "input/output error";
    case FC_ESHORT:
        return "too few observations";
    case FC_EDOMAIN:
        return "data outside the model's domain";
    case FC_ERANGE:
        return "result not finite";
    case FC_EMAXITER:
        return "did not converge";
    case FC_ENOFIT:
        return "no model could be fitted";
    case FC_ESTOPPED:
        return "stopped";
    }
    return "unknown error";
}

enum fc_status fc_fail(struct fc_error *err, enum fc_status code,
                       const char *fmt, ...)
{
    if (err != NULL) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
        err->code = code;
    }
    return code;
}
