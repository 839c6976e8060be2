/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts of the calendar.
 *
 * Tried by errors at held-back origins of hourly loads, of half hours and days
 * of Victoria's demand, of pieces of these as many series, and of simulated
 * days, and left out: values a whole cycle before each step (the patterns of
 * the longer seasons are taken out already), series with these patterns left
 * in, more harmonics of the year where there are few series.
 */
#include "forecast/global/facts.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

enum {
    VERSION = 1,
    HARMONICS = 3,   /* of a day, a week */
    OF_YEAR = 2,     /* of a year; */
    OF_YEAR_MANY = 6 /* but of so many series: */
};

static const size_t MANY = 20;

/* Weeks in a year of 365.25 days; in those that are told the mean of. */
static const double WEEKS = 365.25 / 7, SPANS[] = {1, 4};

enum { NSPANS = sizeof SPANS / sizeof *SPANS };

/* Values of the median series that are left when as many are held back as are
 * to be forecast; negative: out of memory. */
static double typical_length(const struct fc_lesson *lesson)
{
    double *lengths = malloc((lesson->n + 1) * sizeof *lengths);
    if (lengths == NULL)
        return -1;
    for (size_t i = 0; i < lesson->n; i++)
        lengths[i] = (double)lesson->series[i].n;
    gsl_sort(lengths, 1, lesson->n);
    double left = fmax(0, lengths[lesson->n / 2] - lesson->horizon);
    free(lengths);
    return left;
}

static bool are_placed(const struct fc_lesson *lesson)
{
    for (size_t i = 0; i < lesson->n; i++)
        if (!lesson->series[i].date.known)
            return false;
    return lesson->n > 0;
}

static void add_cycle(double period, int most, struct fc_facts *facts)
{
    int harmonics = (int)fmin(most, ceil(period / 2) - 1);
    if (harmonics < 1)
        return;
    facts->period[facts->n] = period;
    facts->harmonics[facts->n++] = harmonics;
}

/* Means of weeks of more values than the shortest season, half of which are
 * left for windows. */
static void choose_spans(double week, double shortest, double length,
                         struct fc_facts *facts)
{
    for (int i = 0; i < NSPANS; i++) {
        double span = rint(SPANS[i] * week);
        if (span > shortest && 2 * span <= length)
            facts->span[facts->nspans++] = (int)span;
    }
}

enum fc_status fc_facts_choose(const struct fc_lesson *lesson,
                               const struct fc_facts_wish *wish,
                               struct fc_facts *facts)
{
    const struct fc_seasons *seasons = lesson->seasons;
    *facts = (struct fc_facts){.n = 0};
    if (seasons == NULL || seasons->n < 2 || !(seasons->year > 0)
        || !are_placed(lesson))
        return FC_OK;
    double length = typical_length(lesson), year = seasons->year;
    int of_year = lesson->n >= MANY ? OF_YEAR_MANY : OF_YEAR;
    if (length < 0)
        return FC_ENOMEM;
    if (wish->spans)
        choose_spans(year / WEEKS, seasons->length[0], length, facts);
    length -= (double)fc_facts_past(facts);
    for (int i = wish->shortest ? 0 : 1; i < seasons->n; i++)
        if (seasons->length[i] < year / 2 && seasons->length[i] <= length)
            add_cycle(seasons->length[i], HARMONICS, facts);
    if (year <= length)
        add_cycle(year, of_year, facts);
    if (facts->n == 0)
        facts->nspans = 0;
    return FC_OK;
}

size_t fc_facts_size(const struct fc_facts *facts)
{
    size_t n = 0;
    for (int i = 0; i < facts->n; i++)
        n += 2 * (size_t)facts->harmonics[i];
    return n;
}

size_t fc_facts_past(const struct fc_facts *facts)
{
    return facts->nspans > 0 ? (size_t)facts->span[facts->nspans - 1] : 0;
}

void fc_facts_tell(const struct fc_facts *facts, double steps, double *x)
{
    static const double PI = 3.141592653589793;
    for (int i = 0; i < facts->n; i++) {
        double place = fmod(steps, facts->period[i]) / facts->period[i];
        for (int k = 1; k <= facts->harmonics[i]; k++) {
            *x++ = cos(2 * PI * k * place);
            *x++ = sin(2 * PI * k * place);
        }
    }
}

enum { CYCLES, NSPAN, HEAD };

void fc_facts_write(const struct fc_facts *facts, struct fc_part_writer *writer)
{
    const double head[HEAD] = {[CYCLES] = facts->n, [NSPAN] = facts->nspans};
    size_t part = fc_part_begin(writer, VERSION);
    fc_part_put(writer, head, HEAD);
    for (int i = 0; i < facts->n; i++) {
        const double cycle[] = {facts->period[i], facts->harmonics[i]};
        fc_part_put(writer, cycle, 2);
    }
    for (int i = 0; i < facts->nspans; i++) {
        const double span = facts->span[i];
        fc_part_put(writer, &span, 1);
    }
    fc_part_end(writer, part);
}

static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

bool fc_facts_read(struct fc_part part, struct fc_facts *facts)
{
    static const double LONGEST = 1e6;
    struct fc_part_reader reader;
    *facts = (struct fc_facts){.n = 0};
    if (!fc_part_open(part, VERSION, &reader))
        return false;
    const double *head = fc_part_take(&reader, HEAD);
    if (head == NULL || !is_whole(head[CYCLES], 1, FC_MOST_CYCLES)
        || !is_whole(head[NSPAN], 0, FC_MOST_CYCLES))
        return false;
    facts->n = (int)head[CYCLES];
    facts->nspans = (int)head[NSPAN];
    const double *cycle = fc_part_take(&reader, 2 * (size_t)facts->n);
    const double *span = fc_part_take(&reader, (size_t)facts->nspans);
    if (!fc_part_is_read(&reader))
        return false;
    for (int i = 0; i < facts->n; i++) {
        facts->period[i] = cycle[2 * i];
        if (!(cycle[2 * i] > 2 && cycle[2 * i] <= 100 * LONGEST)
            || !is_whole(cycle[2 * i + 1], 1, OF_YEAR_MANY))
            return false;
        facts->harmonics[i] = (int)cycle[2 * i + 1];
    }
    for (int i = 0; i < facts->nspans; i++) {
        if (!is_whole(span[i], i > 0 ? span[i - 1] + 1 : 1, LONGEST))
            return false;
        facts->span[i] = (int)span[i];
    }
    return true;
}
