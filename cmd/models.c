/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast models`: the table of models, a line each.
 */
#include "forecast/models.h"
#include "cmd/commands.h"
#include "cmd/talk/talk.h"

#include <stdio.h>

static int run(int argc, char **argv)
{
    struct cmd_options options;
    int status = cmd_options_parse(&cmd_models, argc, argv, &options);
    if (status >= 0)
        return status;
    if (options.input != NULL)
        return cmd_usage("models", "takes no input");
    const struct fc_model *model;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++) {
        printf("%-13s %s", model->name, model->summary);
        if (model->variants != NULL)
            printf("; %s:%s", model->name, model->variants);
        putchar('\n');
    }
    return CMD_OK;
}

const struct cmd_command cmd_models = {
    .name = "models",
    .set = CMD_MODELS,
    .usage = "",
    .summary = "the models, a line each",
    .run = run,
};
