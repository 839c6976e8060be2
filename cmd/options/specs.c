/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strndup */
#include "cmd/options/specs.h"

#include "cmd/options/near.h"
#include "cmd/options/table.h"
#include "cmd/talk/talk.h"
#include "forecast/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names begin with a letter, so "arima:2,1,1,ets" are two. */
static const char *model_end(const char *text)
{
    const char *p = text;
    while (*p != '\0'
           && !(*p == ','
                && (p[1] == '\0' || (p[1] >= 'a' && p[1] <= 'z') || p[1] == ','
                    || p[1] == ' ')))
        p++;
    return p;
}

/* What the model of a spec has of the settings. */
static void set_settings(const struct cmd_options *options,
                         struct fc_spec *spec)
{
    const struct cmd_option *row;
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
        const void *field = (const char *)options + row->offset;
        if (row->kind == CMD_SETTING && *(const int64_t *)field >= 0)
            fc_spec_set(spec, row->name, (int)*(const int64_t *)field);
    }
}

/* Adds the model that was meant, if one is near. */
static void suggest_model(const char *text, size_t length, struct fc_error *err)
{
    const struct fc_model *model;
    struct cmd_near near = {0};
    size_t n = 0;
    while (n < length && text[n] != ':')
        n++;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        cmd_near_offer(&near, text, n, model->name);
    if (near.name != NULL && near.distance > 0)
        cmd_append(err->msg, sizeof err->msg, "; did you mean %s?", near.name);
}

static enum fc_status parse_model(const char *text, size_t length,
                                  const struct cmd_options *options,
                                  struct fc_spec *spec, struct fc_error *err)
{
    *spec = (struct fc_spec){0};
    enum fc_status status = fc_model_parse(text, length, spec, err);
    if (status == FC_OK)
        set_settings(options, spec);
    else
        suggest_model(text, length, err);
    return status;
}

static int add_model(const char *command, const char *text, size_t length,
                     struct cmd_options *options)
{
    struct fc_error err;
    size_t n = options->nspecs;
    struct fc_spec *specs =
        realloc(options->specs, (n + 1) * sizeof *options->specs);
    if (specs != NULL)
        options->specs = specs;
    char **names = realloc(options->spec_names, (n + 1) * sizeof *names);
    if (names != NULL)
        options->spec_names = names;
    char *name = strndup(text, length);
    if (specs == NULL || names == NULL || name == NULL) {
        free(name);
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) {
            free(name);
            return cmd_usage(command, "--model names '%s' twice", names[i]);
        }
    names[n] = name;
    options->nspecs = n + 1;
    if (parse_model(text, length, options, &specs[n], &err) != FC_OK)
        return cmd_usage(command, "--model: %s", err.msg);
    return -1;
}

int cmd_parse_models(const char *command, struct cmd_options *options)
{
    const char *text = options->models;
    for (;;) {
        const char *end = model_end(text);
        int status = add_model(command, text, (size_t)(end - text), options);
        if (status >= 0 || *end == '\0')
            return status;
        text = end + 1;
    }
}

int cmd_parse_fallback(const char *command, struct cmd_options *options)
{
    struct fc_error err;
    if (strcmp(options->fallback_text, "none") == 0)
        return -1;
    if (parse_model(options->fallback_text, strlen(options->fallback_text),
                    options, &options->fallback, &err)
        != FC_OK)
        return cmd_usage(command, "--fallback: %s", err.msg);
    options->has_fallback = true;
    return -1;
}

int cmd_mark_models(const struct cmd_options *options)
{
    for (size_t i = 0; i < options->nspecs; i++) {
        char **name = &options->spec_names[i];
        size_t n = strlen(*name) + strlen(options->what_if) + 4;
        char *marked = malloc(n);
        if (marked == NULL) {
            cmd_say(CMD_ERROR, "out of memory");
            return CMD_FAILED;
        }
        snprintf(marked, n, "%s (%s)", *name, options->what_if);
        free(*name);
        *name = marked;
    }
    return -1;
}
