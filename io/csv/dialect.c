/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decisions that hold for a whole file, on what all its cells say together.
 * All of it is counts that add up, so that the same file gives the same
 * answer however it was cut into stretches.
 */
#include "io/csv/dialect.h"

#include <stdio.h>
#include <string.h>

/* A few cells against many are mistakes of their rows. */
static bool outnumbers(uint64_t many, uint64_t few)
{
    return many / 9 >= few && many > 0;
}

/* --- numbers --- */

char io_dialect_decimal(const struct io_number_seen *seen)
{
    return seen->comma.n > seen->point.n ? ',' : '.';
}

static enum fc_status ask_decimal(const struct io_dialect_place *place,
                                  const struct io_example *e,
                                  struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: column '%.60s': '%s' could be a decimal or have "
                   "its thousands apart, and no other value tells: say "
                   "--decimal . or --decimal ,",
                   place->file, (unsigned long long)e->line, place->value_name,
                   e->text);
}

static enum fc_status conflict(const struct io_dialect_place *place,
                               const struct io_number_seen *seen,
                               struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: column '%.60s': the decimal sign is a point in '%s' "
                   "(line %llu) and a comma in '%s' (line %llu): say --decimal "
                   ". or --decimal ,",
                   place->file, place->value_name, seen->point.text,
                   (unsigned long long)seen->point.line, seen->comma.text,
                   (unsigned long long)seen->comma.line);
}

/*
 * Where the separator is a comma, plain numbers were not looked at; they have
 * to be once another says that the decimal sign is a comma as well.
 */
static bool must_watch(const struct io_dialect *dialect,
                       const struct io_number_seen *seen)
{
    return !dialect->decimal_given && !dialect->watch
           && dialect->numbers.decimal != ',' && seen->comma.n > 0;
}

static enum fc_status decide_decimal(const struct io_number_seen *seen,
                                     const struct io_dialect_place *place,
                                     char *decimal, struct fc_error *err)
{
    uint64_t points = seen->point.n, commas = seen->comma.n;
    *decimal = points > 0 || commas == 0 ? '.' : ',';
    if (points > 0 && commas > 0) {
        *decimal = points > commas ? '.' : ',';
        return outnumbers(points, commas) || outnumbers(commas, points)
                   ? FC_OK
                   : conflict(place, seen, err);
    }
    if (points > 0 || commas > 0)
        return FC_OK;
    if (place->delimiter == ',')
        return FC_OK;
    if (seen->open_point.n > 0)
        return ask_decimal(place, &seen->open_point, err);
    if (seen->open_comma.n > 0)
        return ask_decimal(place, &seen->open_comma, err);
    return FC_OK;
}

static void say_decimal(const struct io_dialect *dialect,
                        const struct io_number_seen *seen,
                        const struct io_dialect_place *place,
                        struct io_notes *notes)
{
    if (dialect->numbers.decimal == ',')
        io_note(notes,
                "%s: decimal commas, as in '%s' (line %llu); --decimal . says "
                "otherwise",
                place->file, seen->comma.text,
                (unsigned long long)seen->comma.line);
    else if (seen->open_comma.n > 0)
        io_note(notes,
                "%s: '%s' (line %llu) has its thousands apart; --decimal , "
                "says otherwise",
                place->file, seen->open_comma.text,
                (unsigned long long)seen->open_comma.line);
}

/* --- timestamps --- */

enum fc_status io_dialect_ask_order(const struct io_dialect *dialect,
                                    const char *place, const char *example,
                                    struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: '%s' could have the day or the month first, and no "
                   "other timestamp tells: say --time-format '%s' or "
                   "--time-format '%s'",
                   place, example, dialect->time.pattern,
                   dialect->rival.pattern);
}

static void swap_rivals(struct io_dialect *dialect)
{
    struct io_time_format swap = dialect->time;
    dialect->time = dialect->rival;
    dialect->rival = swap;
}

static enum fc_status decide_order(struct io_dialect *dialect,
                                   const struct io_time_seen *seen,
                                   const struct io_dialect_place *place,
                                   bool *again, struct fc_error *err)
{
    char where[220];
    snprintf(where, sizeof where, "%.100s:%llu: column '%.60s'", place->file,
             (unsigned long long)seen->either.line, place->time_name);
    if (seen->only.n == 0 && seen->rival.n == 0)
        return io_dialect_ask_order(dialect, where, seen->either.text, err);
    snprintf(where, sizeof where, "%.100s: column '%.60s'", place->file,
             place->time_name);
    if (seen->rival.n == 0 || outnumbers(seen->only.n, seen->rival.n))
        return FC_OK;
    *again = seen->only.n == 0 || outnumbers(seen->rival.n, seen->only.n);
    if (*again) {
        swap_rivals(dialect);
        return FC_OK;
    }
    return fc_fail(err, FC_EDATA,
                   "%s: the day is first in '%s' (line %llu), the month in "
                   "'%s' (line %llu), or the other way round: --time-format "
                   "says which rows are right",
                   where, seen->only.text, (unsigned long long)seen->only.line,
                   seen->rival.text, (unsigned long long)seen->rival.line);
}

/* Compact dates stay so unless too many integers are none. */
static void decide_compact(struct io_dialect *dialect,
                           const struct io_time_seen *seen,
                           const struct io_dialect_place *place, bool *again)
{
    if (seen->rival.n * 10 <= place->rows)
        return;
    dialect->time = dialect->rival;
    dialect->rival = (struct io_time_format){0};
    *again = true;
}

static enum fc_status decide_time(struct io_dialect *dialect,
                                  const struct io_time_seen *seen,
                                  const struct io_dialect_place *place,
                                  bool *again, struct fc_error *err)
{
    if (dialect->time.form == IO_TIME_PERIOD && dialect->time.cycle == 12
        && (seen->style & IO_STYLE_PERIOD_13) != 0) {
        dialect->time.cycle = 13;
        *again = true;
    }
    if (dialect->rival.form == IO_TIME_INTEGER)
        decide_compact(dialect, seen, place, again);
    else if (dialect->rival.form == IO_TIME_PATTERN)
        return decide_order(dialect, seen, place, again, err);
    return FC_OK;
}

static void say_order(const struct io_dialect *dialect,
                      const struct io_time_seen *seen,
                      const struct io_dialect_place *place,
                      struct io_notes *notes)
{
    if (dialect->rival.form == IO_TIME_PATTERN)
        io_note(notes,
                "%s: timestamps are read as '%s', as '%s' (line %llu) "
                "tells",
                place->file, dialect->time.pattern, seen->only.text,
                (unsigned long long)seen->only.line);
}

enum fc_status io_dialect_settle(struct io_dialect *dialect,
                                 const struct io_seen *seen,
                                 const struct io_dialect_place *place,
                                 bool *again, struct io_notes *notes,
                                 struct fc_error *err)
{
    char decimal = dialect->numbers.decimal;
    enum fc_status status = FC_OK;
    *again = false;
    if (!dialect->time_given)
        status = decide_time(dialect, &seen->times, place, again, err);
    if (status == FC_OK && !dialect->decimal_given)
        status = decide_decimal(&seen->numbers, place, &decimal, err);
    if (status != FC_OK)
        return status;
    if (must_watch(dialect, &seen->numbers)) {
        *again = dialect->watch = true;
        return FC_OK;
    }
    *again = *again || decimal != dialect->numbers.decimal;
    dialect->numbers.decimal = decimal;
    if (*again)
        return FC_OK;
    dialect->time.style |= seen->times.style;
    if (seen->times.fraction > dialect->time.fraction)
        dialect->time.fraction = seen->times.fraction;
    if (!dialect->time_given)
        say_order(dialect, &seen->times, place, notes);
    if (!dialect->decimal_given)
        say_decimal(dialect, &seen->numbers, place, notes);
    return FC_OK;
}

/* The other order of day and month, if there is one. */
static bool other_order(const struct io_time_format *format,
                        struct io_time_format *other)
{
    const char *p = format->pattern;
    bool day = strncmp(p, "%d", 2) == 0 && strncmp(p + 3, "%m", 2) == 0;
    bool month = strncmp(p, "%m", 2) == 0 && strncmp(p + 3, "%d", 2) == 0;
    if (format->form != IO_TIME_PATTERN || (!day && !month))
        return false;
    *other = (struct io_time_format){.form = IO_TIME_PATTERN};
    memcpy(other->pattern, p, sizeof other->pattern);
    other->pattern[1] = p[4];
    other->pattern[4] = p[1];
    return true;
}

/* Of an integer that looks like a date, and is none, only that. */
static size_t only_integers(struct io_time_format *format, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (format[k].form == IO_TIME_INTEGER) {
            format[0] = format[k];
            return 1;
        }
    return n;
}

bool io_dialect_times(struct io_dialect *dialect, const char *const *text,
                      size_t n)
{
    struct io_time_format format[IO_TIME_CANDIDATES];
    size_t count[IO_TIME_CANDIDATES] = {0}, found = 0, first = 0, best = 0;
    int64_t t;
    while (first < n
           && (found =
                   io_time_candidates(text[first], strlen(text[first]), format))
                  == 0)
        first++;
    if (dialect->steps)
        found = only_integers(format, found);
    for (size_t i = first; i < n; i++)
        for (size_t k = 0; k < found; k++) {
            struct io_time_format copy = format[k];
            count[k] +=
                io_time_parse(text[i], strlen(text[i]), &copy, &t) == NULL;
        }
    if (found == 0)
        return false;
    for (size_t k = 1; k < found; k++)
        if (count[k] > count[best])
            best = k;
    dialect->time = format[best];
    io_time_parse(text[first], strlen(text[first]), &dialect->time, &t);
    dialect->rival = (struct io_time_format){0};
    count[best] = 0;
    for (size_t k = 0, most = 0; k < found; k++)
        if (count[k] > most) {
            most = count[k];
            dialect->rival = format[k];
        }
    dialect->swaps = other_order(&dialect->time, &dialect->rival);
    return true;
}

/* --- what is agreed on --- */

void io_dialect_agree(struct io_dialect *dialect,
                      const struct io_agreed *agreed)
{
    dialect->agreed = agreed;
    dialect->says = agreed->source;
    dialect->time_given = true;
    dialect->time = agreed->format;
    if (dialect->time.form == IO_TIME_EPOCH)
        dialect->time.form = IO_TIME_INTEGER; /* until all are read */
    if (!agreed->wide)
        dialect->swaps = other_order(&dialect->time, &dialect->rival);
    dialect->numbers.decimal = agreed->decimal;
}

static enum fc_status deny_decimal(const struct io_dialect *dialect,
                                   const struct io_number_seen *seen,
                                   const struct io_dialect_place *place,
                                   struct fc_error *err)
{
    const struct io_example *e =
        dialect->numbers.decimal == '.' ? &seen->comma : &seen->point;
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: column '%.60s': the decimal sign is a %s in '%s', "
                   "and a %s as %s says",
                   place->file, (unsigned long long)e->line, place->value_name,
                   dialect->numbers.decimal == '.' ? "comma" : "point", e->text,
                   dialect->numbers.decimal == '.' ? "point" : "comma",
                   dialect->says);
}

static enum fc_status confirm_decimal(struct io_dialect *dialect,
                                      const struct io_number_seen *seen,
                                      const struct io_dialect_place *place,
                                      bool *again, struct fc_error *err)
{
    char decimal;
    if (must_watch(dialect, seen)) {
        *again = dialect->watch = true;
        return FC_OK;
    }
    if (seen->point.n == 0 && seen->comma.n == 0)
        return FC_OK;
    enum fc_status status = decide_decimal(seen, place, &decimal, err);
    return status == FC_OK && decimal != dialect->numbers.decimal
               ? deny_decimal(dialect, seen, place, err)
               : status;
}

static enum fc_status confirm_order(const struct io_dialect *dialect,
                                    const struct io_time_seen *seen,
                                    const struct io_dialect_place *place,
                                    struct fc_error *err)
{
    struct io_dialect own = *dialect;
    bool other = false;
    if (dialect->rival.form != IO_TIME_PATTERN
        || (seen->only.n == 0 && seen->rival.n == 0))
        return FC_OK;
    enum fc_status status = decide_order(&own, seen, place, &other, err);
    if (status != FC_OK || !other)
        return status;
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: column '%.60s': '%s' is of the form '%s', and "
                   "timestamps are of '%s' as %s says",
                   place->file, (unsigned long long)seen->rival.line,
                   place->time_name, seen->rival.text, dialect->rival.pattern,
                   dialect->time.pattern, dialect->says);
}

/* Written in a way that is new, such as with shorter days, forecasts would
   have other timestamps than those of the other files. */
static enum fc_status confirm_style(const struct io_dialect *dialect,
                                    const struct io_time_seen *seen,
                                    const struct io_dialect_place *place,
                                    struct fc_error *err)
{
    if ((seen->style & ~dialect->time.style) == 0
        && seen->fraction <= dialect->time.fraction)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s: column '%.60s': some timestamps are written otherwise "
                   "than any that %s knows of; learn from this file as well",
                   place->file, place->time_name, dialect->says);
}

enum fc_status io_dialect_confirm(struct io_dialect *dialect,
                                  const struct io_seen *seen,
                                  const struct io_dialect_place *place,
                                  bool *again, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *again = false;
    if (!dialect->decimal_given)
        status = confirm_decimal(dialect, &seen->numbers, place, again, err);
    if (status == FC_OK)
        status = confirm_order(dialect, &seen->times, place, err);
    if (status == FC_OK)
        status = confirm_style(dialect, &seen->times, place, err);
    return status;
}
