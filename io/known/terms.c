/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/known/terms.h"

#include "io/known/quoted.h"
#include "io/text/trim.h"

#include <stdlib.h>
#include <string.h>

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

/* The place of a column's name, which it takes over. */
static enum fc_status find_column(struct io_terms *terms, char *name,
                                  struct io_term *term, struct fc_error *err)
{
    size_t i = 0;
    if (name == NULL)
        return no_memory(err);
    while (i < terms->ncolumns && strcmp(terms->column[i], name) != 0)
        i++;
    term->column = i;
    if (i < terms->ncolumns)
        free(name);
    else
        terms->column[terms->ncolumns++] = name;
    return FC_OK;
}

/* What it is called: as it was written, its column without quotes. */
static char *make_text(const char *text, size_t n, const char *name,
                       size_t length, const char *column)
{
    size_t before = (size_t)(name - text), after = n - before - length;
    size_t middle = strlen(column);
    char *made = malloc(before + middle + after + 1);
    if (made == NULL)
        return NULL;
    memcpy(made, text, before);
    memcpy(made + before, column, middle);
    memcpy(made + before + middle, name + length, after);
    made[before + middle + after] = '\0';
    return made;
}

static enum fc_status add(struct io_terms *terms, const char *text, size_t n,
                          struct fc_error *err)
{
    io_trim(&text, &n);
    if (terms->n == IO_TERMS_MOST)
        return fc_fail(err, FC_EINVAL, "takes %d regressors at most",
                       IO_TERMS_MOST);
    struct io_term *term = &terms->term[terms->n];
    const char *name = text;
    size_t length = n;
    *term = (struct io_term){.log = strip(&name, &length, "log")};
    bool lagged = strip(&name, &length, "lag");
    if (lagged && !take_lag(name, &length, &term->lag))
        return fc_fail(err, FC_EINVAL,
                       "takes lag(COLUMN,K) with K from 1 to %d; got '%.*s'",
                       IO_LAG_MOST, n < 60 ? (int)n : 60, text);
    if (length == 0
        || (!io_is_quoted(name, length)
            && (memchr(name, '(', length) != NULL
                || memchr(name, ')', length) != NULL)))
        return fc_fail(err, FC_EINVAL,
                       "takes columns, log(COLUMN) and lag(COLUMN,K), and "
                       "\"other names\" in quotes; got '%.*s'",
                       n < 60 ? (int)n : 60, text);
    enum fc_status status =
        find_column(terms, io_unquote(name, length), term, err);
    if (status != FC_OK)
        return status;
    for (size_t i = 0; i < terms->n; i++)
        if (terms->term[i].column == term->column
            && terms->term[i].log == term->log
            && terms->term[i].lag == term->lag)
            return fc_fail(err, FC_EINVAL, "names '%.*s' twice",
                           n < 60 ? (int)n : 60, text);
    term->text = make_text(text, n, name, length, terms->column[term->column]);
    if (term->text == NULL)
        return no_memory(err);
    terms->n++;
    return FC_OK;
}

enum fc_status io_terms_parse(const char *text, struct io_terms *terms,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *terms = (struct io_terms){.n = 0};
    for (;;) {
        size_t n = io_quoted_item(text);
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
        size_t n = io_quoted_item(text), j = 0;
        end = text + n;
        io_trim(&text, &n);
        char *name = io_unquote(text, n);
        if (name == NULL)
            return no_memory(err);
        while (j < terms->ncolumns && strcmp(terms->column[j], name) != 0)
            j++;
        free(name);
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
