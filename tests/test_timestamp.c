/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* timegm, gmtime_r */
#include "tests/check.h"

#include <time.h>

#include "io/time/timestamp.h"

#define FIRST_DAY INT64_C(-719162) /* 0001-01-01, in days since 1970 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */
#define DAY INT64_C(86400)

/* What the text stands for in a file where it is the first. */
static int64_t parse(const char *text, struct io_time_format *format)
{
    int64_t t = -1;
    *format = (struct io_time_format){0};
    const char *problem = io_time_parse(text, strlen(text), format, &t);
    if (problem != NULL)
        fail_msg("'%s': %s", text, problem);
    return t;
}

static void expect_printed(const struct io_time_format *format, int64_t t,
                           const char *expected)
{
    char buf[IO_TIME_SIZE];
    size_t n = io_time_print(format, t, buf);
    assert_int_equal(n, strlen(buf));
    if (strcmp(buf, expected) != 0)
        fail_msg("%lld printed as '%s', not '%s'", (long long)t, buf, expected);
}

static void expect_both_ways(const struct io_time_format *format,
                             const char *text, int64_t expected)
{
    struct io_time_format seen = *format;
    int64_t t = -1;
    const char *problem = io_time_parse(text, strlen(text), &seen, &t);
    if (problem != NULL || t != expected)
        fail_msg("'%s' read as %lld, not %lld: %s", text, (long long)t,
                 (long long)expected, problem != NULL ? problem : "");
    expect_printed(format, expected, text);
}

/* glibc's calendar as the judge. */
static struct tm calendar(int64_t t)
{
    struct tm tm;
    time_t seconds = (time_t)t;
    assert_non_null(gmtime_r(&seconds, &tm));
    return tm;
}

/* By the month that is remembered, as without it. */
static void expect_date(struct io_time_month *month, const char *text)
{
    struct io_time_format format = {.form = IO_TIME_DATE};
    int64_t t = 0, expected = 0;
    bool is_date = io_time_parse(text, 10, &format, &expected) == NULL;
    size_t used = io_time_parse_usual(&format, text, 10, month, &t);
    assert_int_equal(used, is_date ? 10 : 0);
    assert_true(t == expected);
}

static void a_date_is_the_same_whatever_came_before(void **state)
{
    struct io_time_month month = {0};
    static const char *const bad[] = {
        "2023-02-29", "2023-02-00",       "2023-02-31", "2023-02-3a",
        "2023-02- 3", "2023-13-01",       "0000-01-01", "2023/02/01",
        "2023-2-001", "\0\0\0\0\0\0\0-01"};
    (void)state;
    expect_date(&month, bad[9]);
    for (int i = 0; i < 10; i++) {
        expect_date(&month, "2023-02-28");
        expect_date(&month, bad[i]);
        expect_date(&month, "2023-02-27");
        expect_date(&month, "2024-02-29");
    }
}

/* What is not usual is left to io_time_parse(). */
static void odd_times_are_not_taken_for_usual_ones(void **state)
{
    static const struct {
        const char *text;
        size_t used;
    } cases[] = {{"2024-01-31 13:05", 16},     {"2024-01-31T13:05", 16},
                 {"2024-01-31 13:05:59", 19},  {"2024-01-31 13:05:59Z", 19},
                 {"2024-01-31 13:05,8:5", 16}, {"2024-01-31 13:05:60", 0},
                 {"2024-01-31 24:00", 0},      {"2024-01-31 13:60", 0},
                 {"2024-01-31_13:05", 0},      {"2024-01-31 13.05", 0},
                 {"2024-01-31 13:05:5", 16},   {"2024-01-32 13:05", 0},
                 {"2024-01-31 1:05", 0},       {"2024-01-31", 0}};
    struct io_time_format format = {.form = IO_TIME_DATETIME, .begun = true};
    struct io_time_format fresh = {.form = IO_TIME_DATETIME};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_time_month month = {0};
        int64_t t = 0, expected = 0;
        const char *text = cases[i].text;
        size_t used =
            io_time_parse_usual(&format, text, strlen(text), &month, &t);
        assert_int_equal(used, cases[i].used);
        assert_int_equal(
            io_time_parse_usual(&fresh, text, strlen(text), &month, &t), 0);
        if (used > 0) {
            struct io_time_format copy = format;
            assert_null(io_time_parse(text, used, &copy, &expected));
            assert_true(t == expected);
        }
    }
}

static void integers_are_taken_as_they_are(void **state)
{
    static const struct {
        const char *text;
        size_t used;
    } cases[] = {{"0", 1},
                 {"17,5", 2},
                 {"007", 3},
                 {"-5", 0},
                 {"", 0},
                 {"x1", 0},
                 {"999999999999999999", 18},
                 {"9999999999999999999", 0}};
    struct io_time_format format = {.form = IO_TIME_INTEGER};
    struct io_time_month month = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        int64_t t = 0, expected = 0;
        size_t used =
            io_time_parse_usual(&format, text, strlen(text), &month, &t);
        assert_int_equal(used, cases[i].used);
        if (used > 0)
            assert_null(io_time_parse(text, used, &format, &expected));
        assert_true(t == expected);
    }
}

/* Whichever day came before, and of what is no date nothing is remembered. */
static void expect_next(struct io_time_format *format, const char *text,
                        struct io_time_month *month)
{
    struct io_time_format fresh = *format;
    size_t n = strlen(text);
    int64_t t = -1, expected = -1;
    unsigned day = io_time_same_month(month, text, n, &t);
    bool is_date = io_time_parse(text, n, &fresh, &expected) == NULL;
    if (day > 0) {
        assert_true(is_date && t == expected);
        assert_int_equal(day, calendar(t).tm_mday);
    } else if (is_date) {
        *format = fresh;
        io_time_keep_month(format, text, n, expected, month);
    }
}

static void dates_by_patterns_are_the_same_whatever_came_before(void **state)
{
    static const char *const patterns[] = {
        "%d.%m.%Y", "%m/%d/%Y",     "%d-%b-%y", "%b %d, %Y", "%Y%m%d",
        "%Y/%m/%d", "%A, %d %b %Y", "%d%d%m%Y", "%Y-%j"};
    int taken = 0;
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct io_time_format format = {.form = IO_TIME_PATTERN};
        struct io_time_month month = {0};
        snprintf(format.pattern, sizeof format.pattern, "%s", patterns[i]);
        for (int64_t day = 18000; day < 19500; day++) {
            char text[40];
            int64_t t = 0;
            struct tm tm = calendar(day * DAY);
            strftime(text, sizeof text, patterns[i], &tm);
            taken += io_time_same_month(&month, text, strlen(text), &t) > 0;
            expect_next(&format, text, &month);
            size_t n = strlen(text);
            for (size_t k = 0; k < n && day % 10 == 0; k++) { /* mistyped */
                char was = text[k];
                text[k] = (char)('0' + (day + (int64_t)k) % 11);
                expect_next(&format, text, &month);
                text[k] = was;
            }
        }
    }
    assert_true(taken > 5000);
}

static void every_date_from_0001_to_9999_agrees_with_glibc(void **state)
{
    struct io_time_format format = {.form = IO_TIME_DATE};
    struct io_time_month month = {0};
    int64_t t = 0;
    (void)state;
    for (int64_t day = FIRST_DAY; day <= LAST_DAY; day += 1) {
        char text[40];
        struct tm tm = calendar(day * DAY);
        snprintf(text, sizeof text, "%04d-%02d-%02d", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday);
        expect_both_ways(&format, text, day * DAY);
        assert_int_equal(io_time_parse_usual(&format, text, 10, &month, &t),
                         10);
        assert_true(t == day * DAY);
    }
}

static void every_week_from_0001_to_9999_agrees_with_glibc(void **state)
{
    struct io_time_format format = {
        .form = IO_TIME_WEEK, .separator = 'W', .dash = '-'};
    (void)state;
    for (int64_t day = FIRST_DAY; day <= LAST_DAY; day += 7) {
        char year[20], week[20], text[48];
        struct tm tm = calendar(day * DAY);
        assert_int_equal(tm.tm_wday, 1);
        strftime(year, sizeof year, "%G", &tm);
        strftime(week, sizeof week, "%V", &tm);
        snprintf(text, sizeof text, "%04d-W%s", atoi(year), week);
        expect_both_ways(&format, text, day * DAY);
    }
}

static void months_and_quarters_agree_with_glibc(void **state)
{
    struct io_time_format months = {.form = IO_TIME_MONTH};
    struct io_time_format quarters = {.form = IO_TIME_QUARTER,
                                      .separator = 'Q'};
    (void)state;
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            char text[40];
            struct tm tm = {
                .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1};
            int64_t t = timegm(&tm);
            snprintf(text, sizeof text, "%04d-%02d", year, month);
            expect_both_ways(&months, text, t);
            snprintf(text, sizeof text, "%04dQ%d", year, (month + 2) / 3);
            if (month % 3 == 1)
                expect_both_ways(&quarters, text, t);
            else
                expect_printed(&quarters, t, text);
        }
    }
}

static void a_million_instants_agree_with_glibc(void **state)
{
    struct io_time_format format = {
        .form = IO_TIME_DATETIME, .separator = 'T', .seconds = true};
    struct io_time_format begun = format;
    struct io_time_month month = {0};
    int64_t again = 0;
    begun.begun = true;
    uint64_t span = (uint64_t)((LAST_DAY - FIRST_DAY + 1) * DAY);
    uint64_t x = 1;
    (void)state;
    for (int i = 0; i < 1000000; i++) {
        char text[80];
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        int64_t t = FIRST_DAY * DAY + (int64_t)((x >> 11) % span);
        struct tm tm = calendar(t);
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                 tm.tm_min, tm.tm_sec);
        expect_both_ways(&format, text, t);
        assert_int_equal(io_time_parse_usual(&begun, text, 19, &month, &again),
                         19);
        assert_true(again == t);
    }
}

static void each_form_is_recognised_and_kept(void **state)
{
    static const struct {
        const char *text;
        enum io_time_form form;
        int64_t t;
    } cases[] = {
        {"2023", IO_TIME_INTEGER, 2023},
        {"0", IO_TIME_INTEGER, 0},
        {"-17", IO_TIME_INTEGER, -17},
        {"0001", IO_TIME_INTEGER, 1},
        {"-007", IO_TIME_INTEGER, -7},
        {"123456", IO_TIME_INTEGER, 123456},
        {"-123456", IO_TIME_INTEGER, -123456},
        {"999999999999999999", IO_TIME_INTEGER, INT64_C(999999999999999999)},
        {"-999999999999999999", IO_TIME_INTEGER, INT64_C(-999999999999999999)},
        {"1970-02", IO_TIME_MONTH, 31 * DAY},
        {"1970Q2", IO_TIME_QUARTER, 90 * DAY},
        {"1970-Q2", IO_TIME_QUARTER, 90 * DAY},
        {"1970q2", IO_TIME_QUARTER, 90 * DAY},
        {"1970-01-02", IO_TIME_DATE, DAY},
        {"1970-W01", IO_TIME_WEEK, -3 * DAY},
        {"1970W02", IO_TIME_WEEK, 4 * DAY},
        {"1970-01-02 03:04", IO_TIME_DATETIME, DAY + 11040},
        {"1970-01-02T03:04", IO_TIME_DATETIME, DAY + 11040},
        {"1970-01-02T03:04Z", IO_TIME_DATETIME, DAY + 11040},
        {"1970-01-02 03:04:05", IO_TIME_DATETIME, DAY + 11045},
        {"1970-01-02T03:04:05Z", IO_TIME_DATETIME, DAY + 11045},
        {"1969-12-31T23:59:59", IO_TIME_DATETIME, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_time_format format;
        int64_t t = parse(cases[i].text, &format);
        assert_int_equal(format.form, cases[i].form);
        assert_true(t == cases[i].t);
        expect_printed(&format, t, cases[i].text);
    }
}

static void what_is_not_a_timestamp_is_told(void **state)
{
    static const struct {
        const char *text;
        const char *problem;
    } cases[] = {
        {"", "not a timestamp"},
        {"-", "not a timestamp"},
        {"+5", "not a timestamp"},
        {"1.5", "not a timestamp"},
        {"1e5", "not a timestamp"},
        {"NA", "not a timestamp"},
        {"2023-", "not a timestamp"},
        {"2023-1", "not a timestamp"},
        {"2023-1-1x", "not a timestamp"},
        {"2023/01-15", "not a timestamp"},
        {"15.01-2023", "not a timestamp"},
        {"2023-01-15 ", "not a timestamp"},
        {"2023-01-15T", "not a timestamp"},
        {"2023-01-15_10:00", "not a timestamp"},
        {"2023-01-15 10:00:", "not a timestamp"},
        {"2023-01-15 10:00:0", "not a timestamp"},
        {"2023-01-15 10:00ZZ", "not a timestamp"},
        {"2O23-01-15", "not a timestamp"},
        {"2023-0l-15", "not a timestamp"},
        {"2023Q", "not a timestamp"},
        {"2023-Q", "not a timestamp"},
        {"2023Q12", "not a timestamp"},
        {"2023-W", "not a timestamp"},
        {"2023-W01-1", "not a timestamp"},
        {"\xef\xbb\xbf", "not a timestamp"},
        {"2023-02-29", "no such date"},
        {"2023-02-30", "no such date"},
        {"1900-02-29", "no such date"},
        {"2023-04-31", "no such date"},
        {"2023-13-01", "no such date"},
        {"2023-00-01", "no such date"},
        {"2023-01-00", "no such date"},
        {"2023-01-32", "no such date"},
        {"0000-01-01", "no such date"},
        {"2023-02-30 10:00", "no such date"},
        {"2023-00", "no such month"},
        {"2023-13", "no such month"},
        {"2023Q0", "no such quarter"},
        {"2023-Q5", "no such quarter"},
        {"2023-W00", "no such week"},
        {"2023-W53", "no such week"},
        {"2023-W54", "no such week"},
        {"0000Q1", "no such year"},
        {"2023-01-15 24:00", "no such time of day"},
        {"2023-01-15 10:60", "no such time of day"},
        {"2023-01-15 23:59:60", "no such time of day"},
        {"1000000000000000000", "an integer of more than 18 digits"},
        {"-99999999999999999999", "an integer of more than 18 digits"},
        {"2023-01-15 10:00:00.0000000001",
         "a fraction of a second of more than nine digits"},
        {"2023-01-15T10:00+19:00", "no such offset from UTC"},
        {"2023-01-15T10:00+2", "not a timestamp"},
        {"2023-01-15T10:00 CET", "not a timestamp"},
        {"2023-P00", "no such period"},
        {"2023-P14", "no such period"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_time_format format = {0};
        int64_t t = 42;
        size_t n = strlen(cases[i].text);
        const char *problem = io_time_parse(cases[i].text, n, &format, &t);
        if (problem == NULL)
            fail_msg("'%s' read as %lld", cases[i].text, (long long)t);
        assert_string_equal(problem, cases[i].problem);
        assert_int_equal(format.form, IO_TIME_UNKNOWN);
        assert_true(t == 42);
    }
}

static void leap_years_follow_the_gregorian_rule(void **state)
{
    struct io_time_format format;
    (void)state;
    assert_true(parse("2000-02-29", &format) == 11016 * DAY);
    assert_true(parse("2000-03-01", &format) == 11017 * DAY);
    assert_true(parse("2100-03-01", &format)
                == parse("2100-02-28", &format) + DAY);
    assert_true(parse("0004-03-01", &format)
                == parse("0004-02-28", &format) + 2 * DAY);
}

/* The format that strptime's letters ask for, and that reads a text. */
static struct io_time_format by_letters(const char *letters, const char *text,
                                        int64_t expected)
{
    struct io_time_format format = {0};
    struct fc_error err;
    int64_t t = -1;
    if (io_time_format_set(&format, letters, &err) != FC_OK)
        fail_msg("%s: %s", letters, err.msg);
    const char *problem = io_time_parse(text, strlen(text), &format, &t);
    if (problem != NULL || t != expected)
        fail_msg("'%s' by %s read as %lld, not %lld: %s", text, letters,
                 (long long)t, (long long)expected,
                 problem != NULL ? problem : "");
    return format;
}

/* Days as Python 3.11's datetime.strptime() has them, but for %C, %k, %-d. */
static void letters_are_strptimes(void **state)
{
    static const struct {
        const char *letters, *text;
        int64_t t;
    } rows[] = {
        {"%x", "01/03/21", 18630 * DAY},
        {"%c", "Sun Jan  3 05:07:09 2021", 18630 * DAY + 18429},
        {"%d.%m.%Y %X", "03.01.2021 05:07:09", 18630 * DAY + 18429},
        {"%Y-%U-%w", "2021-00-5", 18628 * DAY},
        {"%Y-%U-%w", "2021-01-0", 18630 * DAY},
        {"%Y-%U-%w", "2023-53-0", 19722 * DAY},
        {"%Y-%U-%w", "2023-01-0", 19358 * DAY},
        {"%Y-%W-%u", "2021-00-7", 18630 * DAY},
        {"%Y-%W-%u", "2021-01-1", 18631 * DAY},
        {"%Y-%W-%u", "2018-01-1", 17532 * DAY},
        {"%Y-%W-%u", "2024-53-2", 20088 * DAY},
        {"%G-W%V-%u", "2020-W53-7", 18630 * DAY},
        {"%G-W%V-%u", "2024-W01-1", 19723 * DAY},
        {"%a %U %Y", "Wed 17 2024", 19844 * DAY},
        {"%C%y/%m/%d", "1903/02/01", -24441 * DAY},
        {"%d.%m.%Y %k:%M", "03.01.2021  5:07", 18630 * DAY + 18420},
        {"%-d/%-m/%Y", "3/1/2021", 18630 * DAY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct io_time_format format =
            by_letters(rows[i].letters, rows[i].text, rows[i].t);
        expect_printed(&format, rows[i].t, rows[i].text);
    }
}

/* What could be longer than the room for it when it is written. */
static void letters_have_room(void **state)
{
    static const char *const rows[] = {
        "%Y-%A-%A-%A-%A-%A-%A-%A-%A-%A-%A-%A",
        "%Y%s%s%s%s%s%s%s%s",
        "%c %c %c",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct io_time_format format = {0};
        struct fc_error err;
        assert_int_equal(io_time_format_set(&format, rows[i], &err), FC_EINVAL);
        assert_non_null(strstr(err.msg, "too long"));
    }
    by_letters("%A, %d. %B %Y %H:%M:%S.%f%z",
               "Wednesday, 17. September 2025 05:07:09.123456789+05:30",
               INT64_C(1758085629));
}

/* What is behind a zone or a fraction would not be read. */
static void letters_end_in_a_zone(void **state)
{
    static const char *const rows[] = {
        "%a %b %e %H:%M:%S %Z %Y",
        "%Y-%m-%d %I:%M:%S.%f %p",
        "%z %Y-%m-%d",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct io_time_format format = {0};
        struct fc_error err;
        assert_int_equal(io_time_format_set(&format, rows[i], &err), FC_EINVAL);
        assert_non_null(strstr(err.msg, "behind a zone"));
    }
    by_letters("%Y-%m-%dT%H:%M:%S.%fZ", "1970-01-02T00:00:01.5Z", DAY + 1);
    by_letters("%Y-%m-%d %H:%M:%S.%f %z", "1970-01-02 00:00:01.5 +0000",
               DAY + 1);
}

static void weeks_that_a_year_has_not_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"%Y-%U-%w", "2023-00-6"},   {"%Y-%W-%u", "2018-00-7"},
        {"%Y-%W-%u", "2024-53-3"},   {"%Y-%U-%w", "2021-00-0"},
        {"%G-W%V-%u", "2021-W53-1"}, {"%Y-%W", "2024-54"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct io_time_format format = {0};
        struct fc_error err;
        int64_t t;
        assert_int_equal(io_time_format_set(&format, rows[i][0], &err), FC_OK);
        const char *problem =
            io_time_parse(rows[i][1], strlen(rows[i][1]), &format, &t);
        if (problem == NULL)
            fail_msg("'%s' read as %lld", rows[i][1], (long long)t);
        assert_string_equal(problem, "no such week");
    }
}

/* The years of 53 weeks from 1900 to 2010, of 71 in 400 years. */
static void long_years_have_week_53(void **state)
{
    static const int published[] = {1903, 1908, 1914, 1920, 1925, 1931, 1936,
                                    1942, 1948, 1953, 1959, 1964, 1970, 1976,
                                    1981, 1987, 1992, 1998, 2004, 2009};
    size_t next = 0;
    int found = 0;
    (void)state;
    for (int year = 1900; year < 2300; year++) {
        char text[20];
        struct io_time_format format = {0};
        int64_t t;
        int n = snprintf(text, sizeof text, "%04d-W53", year);
        if (io_time_parse(text, (size_t)n, &format, &t) != NULL)
            continue;
        found++;
        if (year <= 2010)
            assert_int_equal(year, published[next++]);
    }
    assert_int_equal(next, sizeof published / sizeof *published);
    assert_int_equal(found, 71);
}

static void a_file_keeps_its_form(void **state)
{
    static const char other[] = "another form than the file's first timestamp";
    struct io_time_format format;
    int64_t t = 42;
    (void)state;
    parse("2023-01-15", &format);
    assert_string_equal(io_time_parse("2023", 4, &format, &t), other);
    assert_string_equal(io_time_parse("2023-01", 7, &format, &t), other);
    assert_string_equal(io_time_parse("2023Q1", 6, &format, &t), other);
    assert_string_equal(io_time_parse("2023-01-15 10:00", 16, &format, &t),
                        other);
    assert_string_equal(io_time_parse("2023-02-30", 10, &format, &t),
                        "no such date");
    assert_string_equal(io_time_parse("yesterday!", 10, &format, &t),
                        "not a timestamp");
    assert_true(t == 42);
    assert_int_equal(format.form, IO_TIME_DATE);
}

static void small_differences_within_a_file_are_taken(void **state)
{
    struct io_time_format format;
    int64_t t;
    (void)state;
    int64_t first = parse("2023-01-15 10:00", &format);
    assert_null(io_time_parse("2023-01-15T10:00:30Z", 20, &format, &t));
    assert_true(t == first + 30);
    expect_printed(&format, first, "2023-01-15 10:00");
    expect_printed(&format, t, "2023-01-15 10:00:30");
    parse("2023-Q1", &format);
    assert_null(io_time_parse("2023q2", 6, &format, &t));
    expect_printed(&format, t, "2023-Q2");
    parse("001", &format);
    assert_null(io_time_parse("1000", 4, &format, &t));
    expect_printed(&format, t, "1000");
    expect_printed(&format, 2, "002");
    expect_printed(&format, -2, "-002");
}

static void one_fraction_of_a_second_is_kept(void **state)
{
    struct io_time_format format;
    struct io_time_month month = {0};
    int64_t t = parse("2023-01-15T10:00:00.997Z", &format);
    (void)state;
    assert_true(t % 60 == 0);
    expect_printed(&format, t + 3600, "2023-01-15T11:00:00.997Z");
    assert_null(io_time_parse("2023-01-15T10:01:00.9970Z", 25, &format, &t));
    expect_printed(&format, t, "2023-01-15T10:01:00.9970Z");
    assert_non_null(io_time_parse("2023-01-15T10:01:00.998Z", 24, &format, &t));
    assert_non_null(io_time_parse("2023-01-15T10:01:00Z", 20, &format, &t));
    /* without a fraction is another fraction */
    assert_int_equal(
        io_time_parse_usual(&format, "2023-01-15T10:01:00", 19, &month, &t), 0);
    parse("15.01.2023 10:00:00,5", &format);
    assert_non_null(
        io_time_parse("15.01.2023 10:00:00,500000001", 29, &format, &t));
    assert_null(io_time_parse("15.01.2023 10:00:01,50", 22, &format, &t));
    expect_printed(&format, t, "15.01.2023 10:00:01.50");
    parse("2023-01-15 10:00:00.000", &format);
    assert_null(io_time_parse("2023-01-15 10:01:00", 19, &format, &t));
    assert_non_null(io_time_parse("2023-01-15 10:01:00.001", 23, &format, &t));
}

/* What cannot be said so that it reads as the same date is not said. */
static void years_of_two_digits_end_with_2068(void **state)
{
    struct io_time_format format;
    char buf[IO_TIME_SIZE];
    (void)state;
    int64_t t = parse("31/12/68", &format);
    expect_printed(&format, t, "31/12/68");
    assert_int_equal(io_time_print(&format, t + DAY, buf), 0);
    assert_non_null(strstr(io_time_end(&format), "2068"));
    t = parse("01/01/69", &format);
    expect_printed(&format, t, "01/01/69");
    assert_int_equal(io_time_print(&format, t - 1, buf), 0);
    t = parse("31/12/2068", &format);
    expect_printed(&format, t + DAY, "01/01/2069");
    assert_string_equal(io_time_end(&format), "the year 9999");
}

static void times_outside_of_the_calendar_print_nothing(void **state)
{
    static const enum io_time_form forms[] = {IO_TIME_MONTH, IO_TIME_QUARTER,
                                              IO_TIME_DATE, IO_TIME_WEEK,
                                              IO_TIME_DATETIME};
    static const int64_t times[] = {INT64_MIN, FIRST_DAY * DAY - 1,
                                    (LAST_DAY + 1) * DAY, INT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct io_time_format format = {.form = forms[i], .separator = ' '};
        for (size_t j = 0; j < sizeof times / sizeof *times; j++)
            expect_printed(&format, times[j], "");
    }
    struct io_time_format integers = {.form = IO_TIME_INTEGER};
    expect_printed(&integers, INT64_MIN, "-9223372036854775808");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_times_are_not_taken_for_usual_ones),
        cmocka_unit_test(integers_are_taken_as_they_are),
        cmocka_unit_test(dates_by_patterns_are_the_same_whatever_came_before),
        cmocka_unit_test(a_date_is_the_same_whatever_came_before),
        cmocka_unit_test(every_date_from_0001_to_9999_agrees_with_glibc),
        cmocka_unit_test(every_week_from_0001_to_9999_agrees_with_glibc),
        cmocka_unit_test(months_and_quarters_agree_with_glibc),
        cmocka_unit_test(a_million_instants_agree_with_glibc),
        cmocka_unit_test(each_form_is_recognised_and_kept),
        cmocka_unit_test(what_is_not_a_timestamp_is_told),
        cmocka_unit_test(leap_years_follow_the_gregorian_rule),
        cmocka_unit_test(long_years_have_week_53),
        cmocka_unit_test(letters_are_strptimes),
        cmocka_unit_test(letters_have_room),
        cmocka_unit_test(letters_end_in_a_zone),
        cmocka_unit_test(weeks_that_a_year_has_not_are_refused),
        cmocka_unit_test(a_file_keeps_its_form),
        cmocka_unit_test(small_differences_within_a_file_are_taken),
        cmocka_unit_test(one_fraction_of_a_second_is_kept),
        cmocka_unit_test(years_of_two_digits_end_with_2068),
        cmocka_unit_test(times_outside_of_the_calendar_print_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
