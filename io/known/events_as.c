/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/known/events_as.h"

#include "io/text/trim.h"
#include "io/time/names.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(text, word, n) == 0;
}

bool io_event_as_parse(const char *text, size_t n, int *as)
{
    static const char *const words[] = {"ignore", "own"};
    static const int meant[] = {IO_EVENT_IGNORE, IO_EVENT_ITSELF};
    io_trim(&text, &n);
    for (int day = 0; day < 7; day++)
        if (is_word(text, n, io_weekdays[day])
            || (n == 3 && strncasecmp(text, io_weekdays[day], n) == 0)) {
            *as = day;
            return true;
        }
    for (int k = 0; k < 2; k++)
        if (is_word(text, n, words[k])) {
            *as = meant[k];
            return true;
        }
    return false;
}

/* "Sunday", or "name=Sunday". */
static bool parse_rule(const char *text, size_t n, struct io_event_rule *rule)
{
    size_t equals = n;
    *rule = (struct io_event_rule){.name = NULL};
    if (io_event_as_parse(text, n, &rule->as))
        return true;
    while (equals > 0 && text[equals - 1] != '=')
        equals--;
    if (equals == 0 || !io_event_as_parse(text + equals, n - equals, &rule->as))
        return false;
    rule->name = text;
    rule->n = equals - 1;
    io_trim(&rule->name, &rule->n);
    return rule->n > 0;
}

/* The first rule, which may have commas in its name; how long it is, or
 * SIZE_MAX when there is none to be seen. */
static size_t first_rule(const char *list, struct io_event_rule *rule)
{
    for (size_t n = 0;; n++) {
        n += strcspn(list + n, ",");
        if (parse_rule(list, n, rule))
            return n;
        if (list[n] == '\0')
            return SIZE_MAX;
    }
}

const char *io_events_as_next(const char *list, struct io_event_rule *rule)
{
    size_t n = first_rule(list, rule);
    return n != SIZE_MAX && list[n] == ',' ? list + n + 1 : NULL;
}

enum fc_status io_events_as_check(const char *list, struct fc_error *err)
{
    struct io_event_rule rule;
    for (; list != NULL; list = io_events_as_next(list, &rule))
        if (first_rule(list, &rule) == SIZE_MAX)
            return fc_fail(err, FC_EINVAL,
                           "takes a weekday, ignore or own, for all or as "
                           "EVENT=Sunday; got '%.60s'",
                           list);
    return FC_OK;
}
