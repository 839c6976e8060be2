/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/models.h"

#include <string.h>

#define POINTER(name) &fc_model_##name,

static const struct fc_model *const table[] = {FC_MODELS(POINTER)};

const struct fc_model *fc_model_at(size_t i)
{
    return i < sizeof table / sizeof *table ? table[i] : NULL;
}

static const struct fc_model *find(const char *name, size_t length)
{
    const struct fc_model *model;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        if (strlen(model->name) == length
            && memcmp(model->name, name, length) == 0)
            return model;
    return NULL;
}

const struct fc_model *fc_model_find(const char *name)
{
    return find(name, strlen(name));
}

enum fc_status fc_model_parse(const char *text, size_t length,
                              struct fc_spec *spec, struct fc_error *err)
{
    char variant[FC_SPEC_SIZE];
    const char *colon = memchr(text, ':', length);
    size_t name_length = colon != NULL ? (size_t)(colon - text) : length;
    const struct fc_model *model = find(text, name_length);

    if (model == NULL)
        return fc_fail(err, FC_EINVAL,
                       "no model '%.*s'; `nightcast models` lists them",
                       (int)(name_length > 40 ? 40 : name_length), text);
    spec->model = model;
    spec->has_variant = colon != NULL;
    if (colon == NULL)
        return FC_OK;
    size_t variant_length = length - name_length - 1;
    if (model->parse == NULL)
        return fc_fail(err, FC_EINVAL, "model '%s' has no variants",
                       model->name);
    if (variant_length >= sizeof variant)
        return fc_fail(err, FC_EINVAL, "model '%s': variant is too long",
                       model->name);
    memcpy(variant, colon + 1, variant_length);
    variant[variant_length] = '\0';
    return model->parse(variant, spec, err);
}
