/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The patterns that are recognised, and what a pattern's letters tell of it.
 */
#include "io/time/pattern_rows.h"

#include <stdio.h>
#include <string.h>

/*
 * Dates and months; before a time of day, rows without a day are left out.
 * Where a day and a month could stand for each other, both orders are there.
 */
static const struct io_pattern_row dates[] = {
    {"%Y/%m/%d", "2023/12/31"},   {"%Y.%m.%d", "2023.12.31"},
    {"%d/%m/%Y", "31/12/2023"},   {"%m/%d/%Y", "12/31/2023"},
    {"%d.%m.%Y", "31.12.2023"},   {"%m.%d.%Y", "12.31.2023"},
    {"%d-%m-%Y", "31-12-2023"},   {"%m-%d-%Y", "12-31-2023"},
    {"%d/%m/%y", "31/12/23"},     {"%m/%d/%y", "12/31/23"},
    {"%d.%m.%y", "31.12.23"},     {"%m.%d.%y", "12.31.23"},
    {"%d-%m-%y", "31-12-23"},     {"%m-%d-%y", "12-31-23"},
    {"%d-%b-%Y", "01-Nov-2023"},  {"%d %b %Y", "01 Nov 2023"},
    {"%d/%b/%Y", "01/Nov/2023"},  {"%d.%b.%Y", "01.Nov.2023"},
    {"%d-%b-%y", "01-Nov-23"},    {"%d %b %y", "01 Nov 23"},
    {"%d%b%Y", "01NOV2023"},      {"%d. %b %Y", "1. November 2023"},
    {"%b %d, %Y", "Nov 1, 2023"}, {"%b %d %Y", "Nov 1 2023"},
    {"%Y-%b-%d", "2023-Nov-01"},  {"%A, %d %b %Y", "Wed, 01 Nov 2023"},
    {"%b %Y", "Nov 2023"},        {"%b-%Y", "Nov-2023"},
    {"%b/%Y", "Nov/2023"},        {"%b.%Y", "Nov.2023"},
    {"%b-%y", "Jan-23"},          {"%b %y", "Jan 23"},
    {"%b/%y", "Jan/23"},          {"%b.%y", "Jan.23"},
    {"%Y-%b", "2023-Nov"},        {"%Y %b", "2023 Nov"},
    {"%y-%b", "23-Jan"},          {"%Y/%m", "2023/12"},
    {"%m/%Y", "12/2023"},         {"%m-%Y", "12-2023"},
    {"%m.%Y", "12.2023"},         {"%YM%m", "2023M12"},
    {"Q%q %Y", "Q1 2021"},        {"Q%q-%Y", "Q1-2021"},
    {"Q%q/%Y", "Q1/2021"},        {"%Y/Q%q", "2021/Q1"},
    {"Q%q %y", "Q1 21"},          {"Q%q-%y", "Q1-21"},
    {"%qQ%Y", "1Q2021"},          {"%qQ%y", "1Q21"},
    {"%Y-%m-%d", "2023-1-9"},     {"%Y%m%d", "20231231"},
    {"%Y%m", "202312"},
};

/* Times of day, and what is between. */
static const char *const times[] = {
    "",
    " %H:%M",
    " %H:%M:%S",
    " %I:%M %p",
    "T%H:%M",
    "T%H:%M:%S",
    " %I:%M:%S %p",
    " %I:%M%p",
    ", %H:%M",
    ", %H:%M:%S",
    ", %I:%M:%S %p",
    " %H.%M",
    " %I:%M:%S%p",
    ", %I:%M %p",
    " %H.%M.%S",
    " %H",
};

const struct io_pattern_row *io_pattern_at(size_t i)
{
    return i < sizeof dates / sizeof *dates ? &dates[i] : NULL;
}

const char *io_pattern_time_at(size_t i)
{
    return i < sizeof times / sizeof *times ? times[i] : NULL;
}

int io_pattern_resolution(const char *pattern)
{
    int finest = 3600;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '%' || *++p == '\0')
            continue;
        if (*p == 'S' || *p == 's')
            return 1;
        if (*p == 'M')
            finest = 60;
    }
    return finest;
}

/* The first of these letters in a pattern, or NULL. */
static const char *find_letter(const char *pattern, const char *letters)
{
    for (const char *p = pattern; *p != '\0'; p++)
        if (*p == '%' && *++p != '\0' && strchr(letters, *p) != NULL)
            return p;
    return NULL;
}

enum io_time_grain io_pattern_grain(const char *pattern)
{
    static const struct {
        const char *letters;
        enum io_time_grain grain;
    } rows[] = {{"HIklMSs", IO_GRAIN_TIME}, {"dej", IO_GRAIN_DAY},
                {"VUW", IO_GRAIN_WEEK},     {"mb", IO_GRAIN_MONTH},
                {"q", IO_GRAIN_QUARTER},    {"Yy", IO_GRAIN_YEAR}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (find_letter(pattern, rows[i].letters) == NULL)
            continue;
        return rows[i].grain == IO_GRAIN_WEEK
                       && find_letter(pattern, "Auw") != NULL
                   ? IO_GRAIN_DAY
                   : rows[i].grain;
    }
    return IO_GRAIN_UNKNOWN;
}

const char *io_pattern_week(const char *pattern)
{
    return find_letter(pattern, "VUW");
}

bool io_pattern_has_weeks(const char *pattern)
{
    return io_pattern_week(pattern) != NULL
           && find_letter(pattern, "mbdejqs") == NULL;
}

/* Letters of ours by themselves, strptime's others by those of ours. */
static const char *expand(char letter, char own[3])
{
    static const struct {
        char letter;
        const char *means;
    } rows[] = {
        {'B', "%b"},
        {'h', "%b"},
        {'a', "%A"},
        {'P', "%p"},
        {'Z', "%z"},
        {'G', "%Y"},
        {'g', "%y"},
        {'F', "%Y-%m-%d"},
        {'D', "%m/%d/%y"},
        {'n', " "},
        {'t', " "},
        {'T', "%H:%M:%S"},
        {'R', "%H:%M"},
        {'%', "%%"},
        {'x', "%m/%d/%y"},
        {'X', "%H:%M:%S"},
        {'c', "%A %b %e %H:%M:%S %Y"},
        {'r', "%I:%M:%S %p"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].letter == letter)
            return rows[i].means;
    own[0] = '%';
    own[1] = letter;
    own[2] = '\0';
    return letter != '\0' && strchr("YyCmdebjqVUWAuwHIklMSpzfs", letter) != NULL
               ? own
               : NULL;
}

/* How long what is written by a pattern can be, with a fraction and a zone. */
static size_t longest(const char *pattern)
{
    enum { FRACTION = 10 };
    size_t n = FRACTION + IO_TIME_ZONE_SIZE;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '%') {
            n++;
            continue;
        }
        p++;
        n += strchr("bA", *p) != NULL ? strlen("Wednesday")
             : *p == 's'              ? strlen("-62135596800")
             : strchr("Yj", *p)       ? strlen("2023")
                                      : strlen("31");
    }
    return n;
}

enum fc_status io_pattern_set(const char *text,
                              char pattern[IO_TIME_PATTERN_SIZE],
                              struct fc_error *err)
{
    size_t used = 0;
    for (const char *p = text; *p != '\0'; p++) {
        char literal[3] = {*p, '\0'};
        const char *means = literal;
        if (*p == '%') {
            p += 1 + (p[1] != '\0' && strchr("-_0EO", p[1]) != NULL);
            means = expand(*p, literal);
        }
        if (means == NULL)
            return fc_fail(err, FC_EINVAL,
                           "no letter '%%%.1s'; it takes strptime's, such as "
                           "%%d/%%m/%%Y %%H:%%M",
                           p);
        if (strcmp(means, "%f") == 0 && used > 0
            && strchr(".,", pattern[used - 1]) != NULL)
            used--; /* a fraction has its sign */
        if (used + strlen(means) >= IO_TIME_PATTERN_SIZE)
            return fc_fail(err, FC_EINVAL, "too long: '%.60s'", text);
        strcpy(pattern + used, means);
        used += strlen(means);
    }
    if (longest(pattern) >= IO_TIME_SIZE)
        return fc_fail(err, FC_EINVAL, "too long: '%.60s'", text);
    const char *tail = find_letter(pattern, "zf");
    if (tail != NULL && find_letter(tail + 1, "YyCmdebjqVUWAuwHIklMSps"))
        return fc_fail(err, FC_EINVAL,
                       "'%.60s' goes on behind a zone or a fraction, which are "
                       "read at the end of a time",
                       text);
    if (find_letter(pattern, "Yys") != NULL)
        return FC_OK;
    return fc_fail(err, FC_EINVAL,
                   "'%.60s' has no year: it takes strptime's letters, such as "
                   "%%d/%%m/%%Y, or excel",
                   text);
}
