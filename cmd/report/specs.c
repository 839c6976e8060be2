/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/specs.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_weight(const char *p)
{
    return p[0] == ' ' && is_digit(p[1]) && p[2] == '.' && is_digit(p[3])
           && is_digit(p[4]) && !is_digit(p[5]);
}

/* In hundredths. */
static int weight_at(const char *p)
{
    return (p[1] - '0') * 100 + (p[3] - '0') * 10 + p[4] - '0';
}

void cmd_report_plain(const char *spec, char *plain, char *weights)
{
    char *w = weights;
    for (const char *p = spec; *p != '\0';) {
        if (!is_weight(p)) {
            *plain++ = *p++;
            continue;
        }
        *plain++ = ' ';
        *plain++ = '#';
        int weight = weight_at(p);
        if (w != NULL) { /* no longer than " 0.23" */
            if (w > weights)
                *w++ = ' ';
            if (weight >= 100)
                *w++ = (char)('0' + weight / 100);
            if (weight >= 10)
                *w++ = (char)('0' + weight / 10 % 10);
            *w++ = (char)('0' + weight % 10);
        }
        p += 5;
    }
    *plain = '\0';
    if (w != NULL)
        *w = '\0';
}

/* A number for a text, with a place in an array of counts beside it. */
static bool number_of(struct io_intern *table, const char *text, size_t length,
                      void **array, size_t size, uint32_t *number)
{
    uint32_t known = table->n;
    *number = io_intern_add(table, text, length);
    if (*number == IO_INTERN_FULL)
        return false;
    if (*number < known)
        return true;
    void *grown = realloc(*array, ((size_t)*number + 1) * size);
    if (grown == NULL)
        return false;
    memset((char *)grown + *number * size, 0, size);
    *array = grown;
    return true;
}

/* The members between "(" or ", " and their weights. */
static bool add_members(const char *spec, struct cmd_report_model_specs *m)
{
    const char *begin = spec;
    bool any = false;
    for (const char *p = spec; *p != '\0'; p++) {
        if (*p == '(' || *p == ',')
            begin = p + 1 + (p[0] == ',' && p[1] == ' ');
        if (!is_weight(p) || p <= begin)
            continue;
        void *weight = m->weight;
        uint32_t k;
        bool added = number_of(&m->members, begin, (size_t)(p - begin), &weight,
                               sizeof *m->weight, &k);
        m->weight = weight;
        if (!added)
            return false;
        m->weight[k] += weight_at(p) / 100.0;
        any = true;
    }
    m->ncombined += any;
    return true;
}

static bool add_fit(struct cmd_report_specs *specs, size_t model,
                    const struct cmd_report_fit *fit)
{
    struct cmd_report_model_specs *m = &specs->of[model];
    void *count = m->count;
    uint32_t k;
    if (fit->detail != NULL
        && io_intern_add(&specs->details, fit->detail, strlen(fit->detail))
               == IO_INTERN_FULL)
        return false;
    if (fit->spec == NULL)
        return true;
    size_t n = strlen(fit->spec);
    char *plain = malloc(n + 1);
    if (plain == NULL)
        return false;
    cmd_report_plain(fit->spec, plain, NULL);
    bool added =
        io_intern_add(&specs->plain, plain, strlen(plain)) != IO_INTERN_FULL;
    if (added && strchr(plain, '#') != NULL) {
        added = add_members(fit->spec, m);
    } else if (added) {
        added = number_of(&m->forms, plain, strlen(plain), &count,
                          sizeof *m->count, &k);
        m->count = count;
        if (added)
            m->count[k]++;
    }
    free(plain);
    return added;
}

enum fc_status cmd_report_collect(const struct cmd_report *report,
                                  struct cmd_report_specs *specs,
                                  struct fc_error *err)
{
    size_t n = report->fits != NULL ? report->panel->nseries : 0;
    *specs = (struct cmd_report_specs){
        .nmodels = report->nmodels,
        .of = calloc(report->nmodels + 1, sizeof *specs->of)};
    if (specs->of == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n * report->nmodels; i++)
        if (!add_fit(specs, i % report->nmodels, &report->fits[i]))
            return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

void cmd_report_specs_release(struct cmd_report_specs *specs)
{
    for (size_t k = 0; specs->of != NULL && k < specs->nmodels; k++) {
        io_intern_release(&specs->of[k].members);
        io_intern_release(&specs->of[k].forms);
        free(specs->of[k].weight);
        free(specs->of[k].count);
    }
    free(specs->of);
    io_intern_release(&specs->plain);
    io_intern_release(&specs->details);
    *specs = (struct cmd_report_specs){0};
}
