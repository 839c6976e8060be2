/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strndup */
#include "io/known/terms.h"

#include "io/text/trim.h"

#include <stdlib.h>
#include <string.h>

/* Where a term ends: at a comma outside of parentheses. */
static size_t term_length(const char *text)
{
    size_t n = 0;
    int depth = 0;
    for (; text[n] != '\0' && (depth > 0 || text[n] != ','); n++) {
        depth += text[n] == '(';
        depth -= text[n] == ')';
    }
    return n;
}

/* Takes name( and ) off; false, and as it was, when they are not there. */
static bool strip(const char **text, size_t *n, const char *name)
{
    size_t length = strlen(name);
    if (*n < length + 2 || memcmp(*text, name, length) != 0
        || (*text)[length] != '(' || (*text)[*n - 1] != ')')
        return false;
    *text += length + 1;
    *n -= length + 2;
    io_trim(text, n);
    return true;
}

/* Takes ",2" off the end; false when it is not that. */
static bool take_lag(const char *text, size_t *n, size_t *lag)
{
    size_t comma = *n, digits = 0;
    while (comma > 0 && text[comma - 1] != ',')
        comma--;
    if (comma == 0)
        return false;
    const char *number = text + comma;
    size_t length = *n - comma;
    io_trim(&number, &length);
    for (*lag = 0; digits < length && *lag <= IO_LAG_MOST; digits++) {
        if (number[digits] < '0' || number[digits] > '9')
            return false;
        *lag = 10 * *lag + (size_t)(number[digits] - '0');
    }
    *n = comma - 1;
    io_trim(&text, n);
    return *lag >= 1 && *lag <= IO_LAG_MOST;
}

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static enum fc_status find_column(struct io_terms *terms, const char *text,
                                  size_t n, struct io_term *term,
                                  struct fc_error *err)
{
    for (size_t i = 0; i < terms->ncolumns; i++)
        if (strlen(terms->column[i]) == n
            && memcmp(terms->column[i], text, n) == 0) {
            term->column = i;
            return FC_OK;
        }
    term->column = terms->ncolumns;
    terms->column[terms->ncolumns] = strndup(text, n);
    return terms->column[terms->ncolumns++] != NULL ? FC_OK : no_memory(err);
}

static enum fc_status add(struct io_terms *terms, const char *text, size_t n,
                          struct fc_error *err)
{
    io_trim(&text, &n);
    if (terms->n == IO_TERMS_MOST)
        return fc_fail(err, FC_EINVAL, "takes %d regressors at most",
                       IO_TERMS_MOST);
    for (size_t i = 0; i < terms->n; i++)
        if (strlen(terms->term[i].text) == n
            && memcmp(terms->term[i].text, text, n) == 0)
            return fc_fail(err, FC_EINVAL, "names '%.*s' twice", (int)n, text);
    struct io_term *term = &terms->term[terms->n];
    const char *name = text;
    size_t length = n;
    term->text = strndup(text, n);
    if (term->text == NULL)
        return no_memory(err);
    terms->n++;
    term->log = strip(&name, &length, "log");
    bool lagged = strip(&name, &length, "lag");
    if (lagged && !take_lag(name, &length, &term->lag))
        return fc_fail(err, FC_EINVAL,
                       "takes lag(COLUMN,K) with K from 1 to %d; got '%.60s'",
                       IO_LAG_MOST, term->text);
    if (length == 0 || memchr(name, '(', length) != NULL
        || memchr(name, ')', length) != NULL)
        return fc_fail(err, FC_EINVAL,
                       "takes columns, log(COLUMN) and lag(COLUMN,K); got "
                       "'%.60s'",
                       term->text);
    return find_column(terms, name, length, term, err);
}

enum fc_status io_terms_parse(const char *text, struct io_terms *terms,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *terms = (struct io_terms){.n = 0};
    for (;;) {
        size_t n = term_length(text);
        status = add(terms, text, n, err);
        if (status != FC_OK || text[n] == '\0')
            break;
        text += n + 1;
    }
    if (status != FC_OK)
        io_terms_release(terms);
    return status;
}

enum fc_status io_terms_mark_unknown(const char *list, struct io_terms *terms,
                                     struct fc_error *err)
{
    for (const char *text = list, *end; text != NULL;
         text = *end == ',' ? end + 1 : NULL) {
        size_t n = strcspn(text, ","), j = 0;
        end = text + n;
        io_trim(&text, &n);
        while (j < terms->ncolumns
               && (strlen(terms->column[j]) != n
                   || memcmp(terms->column[j], text, n) != 0))
            j++;
        if (j == terms->ncolumns)
            return fc_fail(err, FC_EINVAL,
                           "takes columns of --regressors; got '%.*s'",
                           (int)(n < 60 ? n : 60), text);
        terms->unknown[j] = true;
    }
    return FC_OK;
}

void io_terms_release(struct io_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        free(terms->term[i].text);
    for (size_t i = 0; i < terms->ncolumns; i++)
        free(terms->column[i]);
    terms->n = terms->ncolumns = 0;
}
