/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options/numbers.h"

#include "cmd/talk/talk.h"
#include "io/text/number.h"

#include <stdlib.h>
#include <string.h>

/* --- percentages: "80,95" --- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a list of numbers may be. */
struct list_rule {
    const char *option;
    double least, most;
    const char *range;   /* "numbers between 0 and 100, or none" */
    const char *one;     /* what a number is */
    const char *percent; /* an example of one, and of a share */
    bool all_below; /* only a list of nothing but shares is taken for such */
};

/* A list of distinct numbers in percent, made ascending. */
static int parse_numbers(const char *command, const struct list_rule *rule,
                         const char *given, double **numbers, int *n)
{
    const char *text = given;
    size_t room = 1;
    for (const char *p = text; *p != '\0'; p++)
        room += *p == ',';
    *numbers = malloc(room * sizeof **numbers);
    if (*numbers == NULL) {
        cmd_say(CMD_ERROR, "out of memory");
        return CMD_FAILED;
    }
    for (;;) {
        size_t length = strcspn(text, ",");
        double x;
        if (!io_number_parse(text, length, &x) || x <= 0 || x >= 100)
            return cmd_usage(command, "--%s takes numbers %s; got '%.60s'",
                             rule->option, rule->range, given);
        (*numbers)[(*n)++] = x;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    qsort(*numbers, (size_t)*n, sizeof(double), compare_doubles);
    for (int i = 1; i < *n; i++)
        if ((*numbers)[i] == (*numbers)[i - 1])
            return cmd_usage(command, "--%s %.60s names a %s twice",
                             rule->option, given, rule->one);
    return -1;
}

/* What is a share where percent are asked for, or out of range. */
static int check_range(const char *command, const struct list_rule *rule,
                       const char *given, const double *numbers, int n)
{
    if (numbers[rule->all_below ? n - 1 : 0] < 1)
        return cmd_usage(command, "--%s is in percent: %s; got '%.60s'",
                         rule->option, rule->percent, given);
    if (numbers[0] < rule->least || numbers[n - 1] > rule->most)
        return cmd_usage(command, "--%s takes numbers %s; got '%.60s'",
                         rule->option, rule->range, given);
    return -1;
}

int cmd_parse_levels(const char *command, struct cmd_options *options)
{
    static const struct list_rule rule = {"level", 0,
                                          100,     "between 0 and 100, or none",
                                          "level", "95 rather than 0.95",
                                          false};
    const char *text = options->levels_text;
    if (strcmp(text, "none") == 0)
        return -1;
    int status = parse_numbers(command, &rule, text, &options->levels,
                               &options->nlevels);
    return status < 0 ? check_range(command, &rule, text, options->levels,
                                    options->nlevels)
                      : status;
}

int cmd_parse_quantiles(const char *command, struct cmd_options *options)
{
    static const struct list_rule rule = {
        "quantiles",          0.1, 99.9, "from 0.1 to 99.9", "quantile",
        "50 rather than 0.5", true};
    const char *text = options->quantiles_text;
    if (text == NULL)
        return -1;
    int status = parse_numbers(command, &rule, text, &options->quantiles,
                               &options->nquantiles);
    return status < 0 ? check_range(command, &rule, text, options->quantiles,
                                    options->nquantiles)
                      : status;
}

/* --- seasons: "24,168" --- */

enum { LONGEST_SEASON = 100000 };

/* Puts a length at its place of the list; false when it is there already, or
 * there is no room. */
static bool add_season(double length, struct fc_seasons *seasons)
{
    int at = seasons->n;
    if (at == FC_MOST_SEASONS)
        return false;
    for (; at > 0 && seasons->length[at - 1] >= length; at--) {
        if (seasons->length[at - 1] == length)
            return false;
        seasons->length[at] = seasons->length[at - 1];
    }
    seasons->length[at] = length;
    seasons->n++;
    return true;
}

int cmd_parse_seasons(const char *name, struct cmd_options *options)
{
    const char *text = options->season_text, *given = text;
    struct fc_seasons *seasons = &options->seasons;
    for (; text != NULL; text += strcspn(text, ",") + 1) {
        size_t length = strcspn(text, ",");
        double x;
        bool is_number = io_number_parse(text, length, &x);
        bool is_none = is_number && x == 1 && length == strlen(given);
        if (!is_none && !(is_number && x >= 2 && x <= LONGEST_SEASON))
            return cmd_usage(name,
                             "--season takes up to %d lengths from 2 to %d, "
                             "such as 12 or 24,168, or 1 for none; got "
                             "'%.60s'",
                             FC_MOST_SEASONS, LONGEST_SEASON, given);
        if (!is_none && !add_season(x, seasons))
            return cmd_usage(name,
                             "--season takes up to %d different lengths; got "
                             "'%.60s'",
                             FC_MOST_SEASONS, given);
        if (text[length] == '\0')
            break;
    }
    options->has_seasons = given != NULL;
    seasons->asked = given != NULL;
    return -1;
}
