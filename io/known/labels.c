/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A name that is not free, or not alone, is told apart by its kind; and where
 * that is not enough, as of days after two events one of which is called like
 * a day after the other, by a number.
 */
#include "io/known/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_alone(const struct io_known *known, size_t j)
{
    bool alone = strcmp(known->name[j], IO_KNOWN_BASE) != 0;
    for (size_t k = 0; k < known->n && alone; k++)
        alone = k == j || strcmp(known->name[k], known->name[j]) != 0;
    return alone;
}

/* Whether another has it, by its name or by a label so far. */
static bool is_taken(const struct io_known *known, size_t j, const char *label)
{
    for (size_t k = 0; k < known->n; k++)
        if (k != j
            && (strcmp(known->name[k], label) == 0
                || (known->label[k] != NULL
                    && strcmp(known->label[k], label) == 0)))
            return true;
    return false;
}

/* NULL when memory is short. */
static char *make_label(const struct io_known *known, size_t j)
{
    size_t room = strlen(known->name[j]) + 40;
    char *label = malloc(room);
    if (label == NULL)
        return NULL;
    snprintf(label, room, "%s (%s)", known->name[j], known->kind[j]);
    for (unsigned k = 2; is_taken(known, j, label); k++)
        snprintf(label, room, "%s (%s %u)", known->name[j], known->kind[j], k);
    return label;
}

bool io_known_find_labels(struct io_known *known)
{
    for (size_t j = 0; j < known->n; j++) {
        if (is_alone(known, j))
            continue;
        if (known->label == NULL)
            known->label = calloc(known->n, sizeof *known->label);
        if (known->label == NULL)
            return false;
        known->label[j] = make_label(known, j);
        if (known->label[j] == NULL)
            return false;
    }
    return true;
}
