/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per pair of options of which one makes no sense without the other, or
 * with it.
 */
#include "cmd/options/pairs.h"

#include "cmd/talk/talk.h"

#include <stddef.h>

enum kind { NEEDS, NOT_WITH };

struct pair {
    unsigned sets; /* the subcommands in which it holds */
    const char *option;
    enum kind kind;
    const char *other;
    const char *instead; /* NEEDS: another that will do; or NULL */
    const char *said;    /* after the option's name; NULL: what it needs */
};

enum { ANY = ~0 };

/* clang-format off */
#define OF_REGRESSORS(option) {ANY, option, NEEDS, "regressors", NULL, NULL}
#define OF_KNOWN(option) \
    {CMD_FORECAST, option, NEEDS, "regressors", "events", NULL}
#define OF_STORE(option) {ANY, option, NEEDS, "store", NULL, NULL}

static const struct pair pairs[] = {
    {ANY, "wide", NOT_WITH, "time", NULL, "has no columns for --time"},
    {ANY, "wide", NOT_WITH, "value", NULL, "has no columns for --value"},
    {ANY, "quiet", NOT_WITH, "verbose", NULL,
     "and --verbose contradict each other"},
    {ANY, "whole", NOT_WITH, "lead-time", NULL,
     "writes the paths themselves, without sums: leave out --lead-time"},
    {ANY, "lock-wait", NEEDS, "lock", NULL, "needs --lock FILE to wait for"},
    OF_STORE("keep"),
    OF_STORE("relearn"),
    OF_STORE("refit"),
    OF_REGRESSORS("future"),
    OF_REGRESSORS("set"),
    OF_REGRESSORS("regressors-unknown"),
    OF_REGRESSORS("missing-regressors"),
    OF_KNOWN("effects"),
    OF_KNOWN("components"),
    {ANY, "events-as", NEEDS, "events", NULL, NULL},
    {ANY, "regressors", NOT_WITH, "wide", NULL,
     "takes columns of long form, of which --wide has none"},
    {ANY, "effects", NOT_WITH, "shard", NULL,
     "is of all series, of which --shard sees some: leave one out"},
    {ANY, "components", NOT_WITH, "shard", NULL,
     "is of all series, of which --shard sees some: leave one out"},
    {ANY, "set", NOT_WITH, "store", NULL,
     "forecasts what may not be, and --store scores what was said: leave one "
     "out"},
};
/* clang-format on */

enum { NPAIRS = sizeof pairs / sizeof *pairs };

/* Whether there is what a row asks for. */
static bool is_met(const struct pair *row, const struct cmd_options *options)
{
    bool has =
        cmd_option_given(options, row->other)
        || (row->instead != NULL && cmd_option_given(options, row->instead));
    return has == (row->kind == NEEDS);
}

int cmd_check_pairs(const char *command, const struct cmd_options *options)
{
    for (size_t i = 0; i < NPAIRS; i++) {
        const struct pair *row = &pairs[i];
        if (!(row->sets & options->set)
            || !cmd_option_given(options, row->option) || is_met(row, options))
            continue;
        if (row->said != NULL)
            return cmd_usage(command, "--%s %s", row->option, row->said);
        return cmd_usage(command, "--%s needs --%s%s%s", row->option,
                         row->other, row->instead != NULL ? " or --" : "",
                         row->instead != NULL ? row->instead : "");
    }
    return -1;
}
