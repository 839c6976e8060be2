/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "io/time/frequency.h"

enum { MAX_TIMES = 64 };

/* A series of timestamps, as a file has them. */
struct times {
    struct io_time_format format;
    int64_t t[MAX_TIMES];
    size_t n;
};

/* Timestamps separated by commas. */
static struct times parse_times(const char *list)
{
    struct times times = {.n = 0};
    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        assert_true(times.n < MAX_TIMES);
        const char *problem =
            io_time_parse(list, n, &times.format, &times.t[times.n++]);
        if (problem != NULL)
            fail_msg("'%s': %s", list, problem);
        list += n + (list[n] == ',');
    }
    return times;
}

static struct io_freq infer(const char *list)
{
    struct times times = parse_times(list);
    struct io_freq freq;
    io_freq_infer(times.t, times.n, &times.format, &freq);
    return freq;
}

static struct io_freq typed(const char *text)
{
    struct io_freq freq;
    struct fc_error err;
    if (io_freq_parse(text, &freq, &err) != FC_OK)
        fail_msg("%s", err.msg);
    return freq;
}

static void expect_text(const struct io_freq *freq, const char *expected,
                        const char *what)
{
    char text[IO_FREQ_TEXT_SIZE];
    io_freq_text(freq, text, sizeof text);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: '%s', not '%s'", what, text, expected);
}

/* All timestamps are on the grid, and it continues as expected. */
static void expect_continued(const struct times *times,
                             const struct io_freq *freq, const char *expected)
{
    struct times future = parse_times(expected);
    int64_t last = -1;
    for (size_t i = 0; i < times->n; i++) {
        int64_t index, back;
        assert_true(io_freq_index(freq, times->t[0], times->t[i], &index));
        assert_true(index > last);
        last = index;
        assert_true(io_freq_advance(freq, times->t[0], index, &back));
        assert_true(back == times->t[i]);
    }
    for (size_t h = 0; h < future.n; h++) {
        char text[IO_TIME_SIZE] = "", wanted[IO_TIME_SIZE];
        int64_t t;
        if (io_freq_advance(freq, times->t[0], last + 1 + (int64_t)h, &t))
            io_time_print(&times->format, t, text);
        io_time_print(&times->format, future.t[h], wanted);
        assert_string_equal(text, wanted);
    }
}

struct example {
    const char *observed;
    const char *freq;
    const char *continued;
};

static void check_examples(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct times times = parse_times(examples[i].observed);
        struct io_freq freq;
        io_freq_infer(times.t, times.n, &times.format, &freq);
        expect_text(&freq, examples[i].freq, examples[i].observed);
        expect_continued(&times, &freq, examples[i].continued);
    }
}

#define CHECK(examples) \
    check_examples(examples, sizeof examples / sizeof *examples)

static void integers_step_by_their_common_divisor(void **state)
{
    static const struct example examples[] = {
        {"1,2,3", "steps of 1", "4,5"},
        {"10,20,40", "steps of 10", "50,60"},
        {"-15,-5,0", "steps of 5", "5,10"},
        {"1998,2000,2004", "steps of 2", "2006,2008"},
        {"007,008", "steps of 1", "009,010,011"},
        {"-7,35", "steps of 42", "77"},
        {"-999999999999999999,999999999999999997",
         "steps of 1999999999999999996", ""},
    };
    (void)state;
    CHECK(examples);
}

static void months_keep_their_day(void **state)
{
    static const struct example examples[] = {
        {"2023-01-01,2023-02-01", "monthly (start)", "2023-03-01,2023-04-01"},
        {"2023-01-15,2023-02-15", "monthly (day 15)", "2023-03-15"},
        {"2023-11-01,2023-12-01", "monthly (start)", "2024-01-01"},
        {"2023-01-31,2023-02-28,2023-03-31", "monthly (end)",
         "2023-04-30,2023-05-31,2023-06-30"},
        {"2023-04-30,2023-06-30", "every 2 months (end)",
         "2023-08-31,2023-10-31,2023-12-31,2024-02-29"},
        {"2023-02-28,2023-03-31", "monthly (end)", "2023-04-30"},
        {"2024-02-29,2024-03-31", "monthly (end)", "2024-04-30"},
        {"2023-01-30,2023-02-28", "monthly (day 30)",
         "2023-03-30,2023-04-30,2023-05-30"},
        {"2023-01-29,2023-02-28", "monthly (day 29)", "2023-03-29"},
        {"2023-12-30,2024-01-30", "monthly (day 30)", "2024-02-29,2024-03-30"},
        {"2023-02-28,2023-03-28", "monthly (day 28)", "2023-04-28"},
        {"2023-01-31,2023-02-28,2023-05-31", "monthly (end)", "2023-06-30"},
        {"0001-01-01,0001-02-01", "monthly (start)", "0001-03-01"},
        {"1900-01-31,1900-02-28", "monthly (end)", "1900-03-31"},
        {"1999-12-31,2000-01-31", "monthly (end)", "2000-02-29"},
        {"2023-01-31 18:00,2023-02-28 18:00", "monthly (end)",
         "2023-03-31 18:00"},
        {"2023-01,2023-02", "monthly (start)", "2023-03"},
        {"2022-11,2023-01", "every 2 months (start)", "2023-03"},
        {"2023-01,2024-01", "yearly (start)", "2025-01"},
    };
    (void)state;
    CHECK(examples);
}

static void quarters_and_years_keep_their_months(void **state)
{
    static const struct example examples[] = {
        {"2023-01-01,2023-04-01,2023-10-01", "quarterly (start)", "2024-01-01"},
        {"2023-02-01,2023-05-01", "quarterly (start)",
         "2023-08-01,2023-11-01,2024-02-01"},
        {"2023-06-30,2023-09-30", "quarterly (end)",
         "2023-12-31,2024-03-31,2024-06-30"},
        {"2023-08-31,2023-11-30", "quarterly (end)", "2024-02-29,2024-05-31"},
        {"2023-03-31,2023-06-30,2023-09-30,2023-12-31", "quarterly (end)",
         "2024-03-31"},
        {"2023Q3,2023Q4", "quarterly (start)", "2024Q1,2024Q2"},
        {"2022-Q4,2023-Q4", "yearly (start)", "2024-Q4"},
        {"2021-01-01,2022-01-01,2024-01-01", "yearly (start)", "2025-01-01"},
        {"2021-07-04,2022-07-04", "yearly (day 4)", "2023-07-04"},
        {"2021-12-31,2022-12-31", "yearly (end)", "2023-12-31"},
        {"2020-02-29,2021-02-28", "yearly (end)",
         "2022-02-28,2023-02-28,2024-02-29"},
        {"2016-02-29,2020-02-29", "every 4 years (end)",
         "2024-02-29,2028-02-29"},
        {"1896-02-29,1900-02-28", "every 4 years (end)", "1904-02-29"},
        {"2000-01-01,2010-01-01", "every 10 years (start)", "2020-01-01"},
    };
    (void)state;
    CHECK(examples);
}

static void weeks_and_days_are_even(void **state)
{
    static const struct example examples[] = {
        {"2023-01-02,2023-01-09,2023-01-23", "weekly", "2023-01-30"},
        {"2023-01-01,2023-01-08", "weekly", "2023-01-15"},
        {"2023-12-21,2023-12-28", "weekly", "2024-01-04"},
        {"2020-W52,2020-W53", "weekly", "2021-W01,2021-W02"},
        {"2021-W51,2021-W52", "weekly", "2022-W01"},
        {"2019-W50,2019-W52", "every 2 weeks", "2020-W02"},
        {"2020-W01,2020-W05", "every 4 weeks", "2020-W09"},
        {"2021-W05,2021-W09", "every 4 weeks", "2021-W13"}, /* 1 February */
        {"2023-01-02,2023-01-16", "every 2 weeks", "2023-01-30"},
        {"2023-01-02,2023-01-30,2023-02-27", "every 4 weeks", "2023-03-27"},
        {"2023-01-01,2023-01-02,2023-01-05", "daily", "2023-01-06"},
        {"2023-12-30,2023-12-31", "daily", "2024-01-01"},
        {"2024-02-27,2024-02-28", "daily", "2024-02-29,2024-03-01"},
        {"2023-01-01,2023-01-03", "every 2 days", "2023-01-05"},
        {"2023-01-01,2023-01-31,2023-03-02", "every 30 days", "2023-04-01"},
        /* not years: 2024 has 366 days */
        {"2023-01-01,2024-01-01,2024-12-31", "every 365 days", "2025-12-31"},
    };
    (void)state;
    CHECK(examples);
}

static void times_of_day_are_even(void **state)
{
    static const struct example examples[] = {
        {"2023-01-01 22:00,2023-01-01 23:00", "hourly",
         "2023-01-02 00:00,2023-01-02 01:00"},
        {"2023-12-31T23:30,2023-12-31T23:45", "every 15 minutes",
         "2024-01-01T00:00"},
        {"2023-01-01 00:00:00,2023-01-01 00:00:10", "every 10 seconds",
         "2023-01-01 00:00:20"},
        {"2023-01-01 00:00,2023-01-01 06:00,2023-01-01 18:00", "every 6 hours",
         "2023-01-02 00:00"},
        {"2023-01-01 00:00,2023-01-01 00:01", "every minute",
         "2023-01-01 00:02"},
        {"2023-01-01 00:00:00,2023-01-01 00:00:01", "every second",
         "2023-01-01 00:00:02"},
        {"2023-01-01 06:00,2023-01-02 06:00", "daily", "2023-01-03 06:00"},
        {"2023-01-01 00:00,2023-01-01 01:30", "every 90 minutes",
         "2023-01-01 03:00"},
        {"2023-01-01 06:00,2023-02-01 06:00", "monthly (start)",
         "2023-03-01 06:00"},
        {"1969-12-31 23:00,1970-01-01 00:00", "hourly", "1970-01-01 01:00"},
        {"2023-01-01 06:00,2023-02-01 07:00", "every 745 hours",
         "2023-03-04 08:00"},
    };
    (void)state;
    CHECK(examples);
}

static void business_days_skip_weekends(void **state)
{
    static const struct example examples[] = {
        /* Friday to Monday */
        {"2023-01-05,2023-01-06,2023-01-09", "business days",
         "2023-01-10,2023-01-11,2023-01-12,2023-01-13,2023-01-16"},
        {"2023-01-06,2023-01-09", "business days", "2023-01-10"},
        {"2023-01-02,2023-01-03,2023-01-05,2023-01-06,2023-01-09",
         "business days", "2023-01-10"},
        {"1969-12-31,1970-01-01,1970-01-02,1970-01-05", "business days",
         "1970-01-06"},
        {"2022-12-29,2022-12-30,2023-01-02", "business days", "2023-01-03"},
        {"2023-01-02,2023-01-04,2023-01-06,2023-01-10,2023-01-12,2023-01-16",
         "every 2 business days", "2023-01-18"},
        {"2023-01-05 16:00,2023-01-06 16:00,2023-01-09 16:00", "business days",
         "2023-01-10 16:00"},
        /* no weekend within; a Saturday; every Monday; hours */
        {"2023-01-02,2023-01-03,2023-01-04", "daily", "2023-01-05"},
        {"2023-01-06,2023-01-07,2023-01-09", "daily", "2023-01-10"},
        {"2023-01-02,2023-01-09,2023-01-16", "weekly", "2023-01-23"},
        {"2023-01-06 10:00,2023-01-09 11:00", "every 73 hours",
         "2023-01-12 12:00"},
        {"2023-01-02,2023-01-12", "every 10 days", "2023-01-22"},
        /* Friday, Monday, Thursday */
        {"2023-01-06,2023-01-09,2023-01-12", "every 3 days", "2023-01-15"},
    };
    (void)state;
    CHECK(examples);
}

static void one_timestamp_has_no_step(void **state)
{
    struct times times = parse_times("2023-01-31");
    struct io_freq freq;
    int64_t t, index;
    (void)state;
    io_freq_infer(times.t, 1, &times.format, &freq);
    assert_int_equal(freq.unit, IO_FREQ_UNKNOWN);
    expect_text(&freq, "unknown", "one timestamp");
    assert_int_equal(io_freq_season(&freq), 1);
    assert_true(io_freq_advance(&freq, times.t[0], 0, &t));
    assert_true(t == times.t[0]);
    assert_false(io_freq_advance(&freq, times.t[0], 1, &t));
    assert_true(io_freq_index(&freq, times.t[0], times.t[0], &index));
    assert_int_equal(index, 0);
    assert_false(io_freq_index(&freq, times.t[0], times.t[0] + 1, &index));
}

/*
 * n timestamps of a grid from start on, of which those from odd to end are
 * moved by so many seconds (integers: by so much): the step they are told.
 */
static void expect_usual(const char *step, const char *start, size_t n,
                         size_t odd, size_t end, int64_t move,
                         const char *expected)
{
    struct times times = parse_times(start);
    struct io_freq freq = typed(step);
    int64_t from = times.t[0];
    for (size_t i = 0; i < n; i++)
        assert_true(io_freq_advance(&freq, from, (int64_t)i, &times.t[i]));
    for (size_t i = odd; i < end; i++)
        times.t[i] += move;
    io_freq_infer(times.t, n, &times.format, &freq);
    io_freq_infer_usual(times.t, n, &times.format, &freq);
    expect_text(&freq, expected, start);
}

static void a_mistyped_timestamp_is_no_step(void **state)
{
    enum { DAY = 86400 };
    (void)state;
    expect_usual("M", "2023-01-01", 40, 20, 21, DAY, "monthly (start)");
    expect_usual("M", "2023-01-31", 40, 20, 21, -DAY, "monthly (end)");
    expect_usual("M", "2023-01-01", 40, 0, 1, 3 * DAY, "monthly (start)");
    expect_usual("M", "2023-01-01", 11, 10, 11, DAY, "monthly (start)");
    expect_usual("Q", "2023-01-01", 40, 20, 21, 31 * DAY, "quarterly (start)");
    expect_usual("W", "2023-01-04", 40, 20, 21, 3 * DAY, "weekly");
    expect_usual("W", "2023-01-04", 40, 20, 21, DAY,
                 "weekly (moved for holidays)");
    expect_usual("W", "2023-01-04", 40, 20, 40, DAY, "weekly");
    expect_usual("D", "2023-01-01 00:00", 40, 39, 40, 3600, "daily");
    expect_usual("H", "2023-01-01 00:00", 40, 7, 8, 60, "hourly");
    expect_usual("10", "100", 40, 7, 8, 5, "steps of 10");
}

/* Nor is a step that only holds now and then the step of all. */
static void gaps_do_not_lengthen_the_step(void **state)
{
    enum { DAY = 86400 };
    static const struct example examples[] = {
        {"2023-01-02,2023-01-03,2023-01-04,2023-01-05,2023-01-06,2023-01-09,"
         "2023-01-10,2023-01-11,2023-01-12,2023-01-13,2023-01-30,2023-01-31",
         "business days", "2023-02-01"},
        {"1,2,3,4,5,6,7,8,9,10,11,100", "steps of 1", "101"},
        {"1,4,7,10,13,16,19,22,23,24,27,30", "steps of 1", "31"},
        {"2023-01-07,2023-01-08,2023-01-14,2023-01-15,2023-01-21,2023-01-22,"
         "2023-01-28,2023-01-29,2023-02-04,2023-02-05,2023-02-11,2023-02-12",
         "open days: Sat Sun", "2023-02-18"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct times times = parse_times(examples[i].observed);
        struct io_freq freq;
        io_freq_infer(times.t, times.n, &times.format, &freq);
        io_freq_infer_usual(times.t, times.n, &times.format, &freq);
        expect_text(&freq, examples[i].freq, examples[i].observed);
        expect_continued(&times, &freq, examples[i].continued);
    }
    expect_usual("M", "2023-01-01", 10, 5, 6, DAY, "daily");
    expect_usual("W", "2023-01-04", 9, 5, 6, DAY, "business days");
    expect_usual("W", "2023-01-04", 10, 5, 6, DAY,
                 "weekly (moved for holidays)");
}

static void expect_settled(const char *file, const char *series, int day)
{
    struct io_freq freq = infer(file);
    struct times times = parse_times(series);
    struct io_freq own;
    io_freq_settle(&freq, times.t, times.n, &own);
    assert_int_equal(own.unit, freq.unit);
    assert_true(own.multiple == freq.multiple);
    assert_int_equal(own.anchor_day, day);
}

static void each_series_settles_on_its_own_day(void **state)
{
    struct io_freq own, monthly = typed("M"), daily = typed("D");
    (void)state;
    expect_settled("2023-01-31,2023-02-28", "2023-04-30", 31);
    expect_settled("2023-01-30,2023-02-28", "2023-04-30", 30);
    expect_settled("2023-01-01,2023-02-01", "2023-04-30", 31);
    expect_settled("2023-01-01,2023-02-01", "2023-04-15,2023-06-15", 15);
    expect_settled("2023-01-01,2023-02-01", "2023-04-01,2023-06-01", 1);
    expect_settled("2023-01-31,2023-02-28", "2023-01-30,2023-02-28", 30);
    expect_settled("2023-01-01,2023-02-01", "2023-04-01,2023-05-02,2023-06-01",
                   1);
    expect_settled("2023-01-31,2023-02-28", "2023-04-30,2023-05-30,2023-06-30",
                   30);
    expect_settled("2023-01-31,2023-02-28", "2023-04-30,2023-05-29,2023-06-30",
                   31);
    expect_settled("2023-01-01,2023-02-01", "2023-04-15,2023-05-14,2023-06-15",
                   15);
    struct times times = parse_times("2023-06-30,2023-09-30");
    io_freq_settle(&monthly, times.t, times.n, &own);
    assert_int_equal(own.anchor_day, 31);
    io_freq_settle(&daily, times.t, times.n, &own);
    assert_int_equal(own.unit, IO_FREQ_DAY);
    assert_int_equal(own.anchor_day, 0);
}

static void times_off_the_grid_are_told(void **state)
{
    static const struct {
        const char *freq;
        const char *times;
    } cases[] = {
        {"M", "2023-01-01,2023-02-02"},
        {"M", "2023-01-01,2023-01-02"},
        {"M", "2023-01-01 00:00,2023-02-01 01:00"},
        {"Q", "2023-01-01,2023-03-01"},
        {"W", "2023-01-02,2023-01-08"},
        {"2W", "2023-01-02,2023-01-09"},
        {"H", "2023-01-01 00:00,2023-01-01 00:30"},
        {"B", "2023-01-06,2023-01-07"},
        {"B", "2023-01-07,2023-01-09"},
        {"B", "2023-01-06 10:00,2023-01-09 11:00"},
        {"2B", "2023-01-06,2023-01-09"},
        {"10", "3,14"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct times times = parse_times(cases[i].times);
        struct io_freq freq = typed(cases[i].freq);
        int64_t index;
        if (io_freq_index(&freq, times.t[0], times.t[1], &index))
            fail_msg("%s: %s", cases[i].freq, cases[i].times);
    }
}

static void a_start_off_its_own_grid_has_no_positions(void **state)
{
    struct times times = parse_times("2023-01-30,2023-02-28");
    struct io_freq month_end = {IO_FREQ_MONTH, 1, 31};
    int64_t index;
    (void)state;
    assert_false(io_freq_index(&month_end, times.t[0], times.t[1], &index));
    assert_false(io_freq_index(&month_end, times.t[0], times.t[0], &index));
}

static void positions_may_be_before_the_start(void **state)
{
    struct times times = parse_times("2023-03-31,2023-02-28,2022-12-31");
    struct io_freq freq = {IO_FREQ_MONTH, 1, 31};
    int64_t index, t;
    (void)state;
    assert_true(io_freq_index(&freq, times.t[0], times.t[2], &index));
    assert_int_equal(index, -3);
    assert_true(io_freq_advance(&freq, times.t[0], -1, &t));
    assert_true(t == times.t[1]);
    freq = typed("B");
    times = parse_times("2023-01-09,2023-01-06");
    assert_true(io_freq_index(&freq, times.t[0], times.t[1], &index));
    assert_int_equal(index, -1);
}

static void the_calendar_ends_in_9999(void **state)
{
    static const struct {
        const char *freq;
        const char *last;
    } cases[] = {{"s", "9999-12-31 23:59:59"},
                 {"H", "9999-12-31 23:00"},
                 {"D", "9999-12-31"},
                 {"B", "9999-12-31"},
                 {"W", "9999-12-27"},
                 {"M", "9999-12-31"},
                 {"Y", "9999-01-01"},
                 {"Q", "9999Q4"},
                 {"W", "9999-W52"},
                 {"1", "999999999999999999"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct times times = parse_times(cases[i].last);
        struct io_freq freq = typed(cases[i].freq);
        int64_t t;
        assert_true(io_freq_advance(&freq, times.t[0], -1, &t));
        assert_true(t < times.t[0]);
        assert_false(io_freq_advance(&freq, times.t[0], 1, &t));
        assert_false(io_freq_advance(&freq, times.t[0], INT64_MAX, &t));
        assert_false(io_freq_advance(&freq, times.t[0], INT64_MIN, &t));
        assert_false(io_freq_advance(&freq, times.t[0], INT64_MIN / 2, &t));
    }
}

static uint64_t next_random(uint64_t *x)
{
    *x = *x * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *x >> 33;
}

/* index inverts advance, and a whole grid with gaps shows its own step. */
/* One by one, or all together: the same places, and the same one is off. */
static void expect_followed(const struct io_freq *freq, int64_t start,
                            const int64_t *t, size_t n)
{
    int64_t k, last = -1, followed = -1;
    size_t i = 0;
    for (; i < n && io_freq_index(freq, start, t[i], &k); i++)
        last = k;
    assert_int_equal(io_freq_follow(freq, start, t, n, &followed), i);
    assert_true(followed == last);
}

static void random_grids_are_recovered(void **state)
{
    static const enum io_freq_unit units[] = {
        IO_FREQ_STEP, IO_FREQ_SECOND, IO_FREQ_MINUTE,       IO_FREQ_HOUR,
        IO_FREQ_DAY,  IO_FREQ_WEEK,   IO_FREQ_BUSINESS_DAY, IO_FREQ_MONTH};
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        enum io_freq_unit unit = units[next_random(&seed) % 8];
        struct io_freq freq = {unit, 1 + (int64_t)(next_random(&seed) % 3), 0};
        struct io_time_format format = {
            .form = unit == IO_FREQ_STEP ? IO_TIME_INTEGER : IO_TIME_DATETIME};
        struct io_freq found;
        int64_t start = (int64_t)(next_random(&seed) % 4000000000);
        int64_t t[40], k = 0;
        size_t n = 0;
        if (unit == IO_FREQ_BUSINESS_DAY)
            start = start / 604800 * 604800 - 172800; /* Tuesday */
        if (unit == IO_FREQ_MONTH)
            io_freq_settle(&freq, &start, 1, &freq);
        for (; n < 40; k += n < 20 ? 1 : 1 + (int64_t)next_random(&seed) % 9) {
            int64_t back;
            assert_true(io_freq_advance(&freq, start, k, &t[n]));
            assert_true(io_freq_index(&freq, start, t[n], &back));
            assert_true(back == k);
            n++;
        }
        io_freq_infer(t, n, &format, &found);
        assert_int_equal(found.unit, freq.unit);
        assert_true(found.multiple == freq.multiple);
        assert_int_equal(found.anchor_day, freq.anchor_day);
        expect_followed(&freq, start, t, n);
        t[next_random(&seed) % n] += 1 + (int64_t)(next_random(&seed) % 90000);
        expect_followed(&freq, start, t, n);
    }
}

static void the_majority_wins(void **state)
{
    struct io_freq_vote a = {0}, b = {0};
    struct io_freq daily = typed("D"), business = typed("B");
    struct io_freq month_start = {IO_FREQ_MONTH, 1, 1};
    struct io_freq month_end = {IO_FREQ_MONTH, 1, 31};
    struct io_freq unknown = {IO_FREQ_UNKNOWN, 0, 0};
    uint64_t votes, total;
    (void)state;
    struct io_freq winner = io_freq_vote_winner(&a, &votes, &total);
    assert_int_equal(winner.unit, IO_FREQ_UNKNOWN);
    assert_int_equal(total, 0);
    for (int i = 0; i < 3; i++) {
        io_freq_vote_add(&a, &unknown);
        io_freq_vote_add(&a, &daily);
        io_freq_vote_add(&b, &business);
    }
    io_freq_vote_add(&a, &month_start);
    io_freq_vote_merge(&a, &b);
    winner = io_freq_vote_winner(&a, &votes, &total);
    assert_int_equal(winner.unit, IO_FREQ_DAY); /* finer than business days */
    assert_int_equal(votes, 3);
    assert_int_equal(total, 7);
    for (int i = 0; i < 3; i++)
        io_freq_vote_add(&b, &month_end);
    io_freq_vote_merge(&a, &b);
    io_freq_vote_add(&b, &business);
    winner = io_freq_vote_winner(&a, &votes, NULL);
    assert_int_equal(winner.unit, IO_FREQ_BUSINESS_DAY);
    assert_int_equal(votes, 6);
    io_freq_vote_add(&a, &month_end);
    io_freq_vote_add(&a, &month_end);
    io_freq_vote_add(&a, &month_start);
    winner = io_freq_vote_winner(&a, &votes, NULL);
    assert_int_equal(winner.unit, IO_FREQ_MONTH);
    assert_int_equal(winner.anchor_day, 31);
    assert_int_equal(votes, 7);
    io_freq_vote_release(&a);
    io_freq_vote_release(&b);
    io_freq_vote_release(&b);
}

static void the_vote_does_not_depend_on_order(void **state)
{
    enum { N = 30000, PARTS = 7 };
    struct io_freq_vote whole = {0}, parts[PARTS] = {{0}}, merged = {0};
    uint64_t seed = 5, votes[2], total[2];
    (void)state;
    for (int i = 0; i < N; i++) {
        int64_t wide = 1 + (int64_t)(next_random(&seed) % 20000);
        struct io_freq freq = {IO_FREQ_STEP, i % 3 == 0 ? 7 : wide, 0};
        assert_int_equal(io_freq_vote_add(&whole, &freq), FC_OK);
        io_freq_vote_add(&parts[next_random(&seed) % PARTS], &freq);
    }
    for (int i = PARTS - 1; i >= 0; i--) {
        assert_int_equal(io_freq_vote_merge(&merged, &parts[i]), FC_OK);
        io_freq_vote_release(&parts[i]);
    }
    struct io_freq a = io_freq_vote_winner(&whole, &votes[0], &total[0]);
    struct io_freq b = io_freq_vote_winner(&merged, &votes[1], &total[1]);
    assert_true(a.multiple == 7 && b.multiple == 7);
    assert_true(votes[0] >= N / 3 && votes[0] == votes[1]);
    assert_true(total[0] == N && total[1] == N);
    io_freq_vote_release(&whole);
    io_freq_vote_release(&merged);
}

static void frequencies_are_typed_in_many_ways(void **state)
{
    static const struct {
        const char *text;
        const char *freq;
        int season;
    } cases[] = {
        {"s", "every second", 3600},
        {"10s", "every 10 seconds", 360},
        {"S", "every second", 3600},
        {"60s", "every minute", 1440},
        {"min", "every minute", 1440},
        {"15min", "every 15 minutes", 96},
        {"30T", "every 30 minutes", 48},
        {"60min", "hourly", 24},
        {"90min", "every 90 minutes", 16},
        {"h", "hourly", 24},
        {"H", "hourly", 24},
        {"2H", "every 2 hours", 12},
        {"6h", "every 6 hours", 4},
        {"12h", "every 12 hours", 2},
        {"24H", "daily", 7},
        {"36H", "every 36 hours", 1},
        {"D", "daily", 7},
        {"2D", "every 2 days", 7},
        {"7D", "weekly", 52},
        {"30D", "every 30 days", 1},
        {"B", "business days", 5},
        {"5B", "every 5 business days", 1},
        {"W", "weekly", 52},
        {"2W", "every 2 weeks", 26},
        {"3W", "every 3 weeks", 17},
        {"4W", "every 4 weeks", 13},
        {"52W", "every 52 weeks", 1},
        {"M", "monthly", 12},
        {"MS", "monthly", 12},
        {"ME", "monthly", 12},
        {"2M", "every 2 months", 6},
        {"3M", "quarterly", 4},
        {"6M", "every 6 months", 2},
        {"12M", "yearly", 1},
        {"24M", "every 2 years", 1},
        {"Q", "quarterly", 4},
        {"QS", "quarterly", 4},
        {"QE", "quarterly", 4},
        {"2Q", "every 6 months", 2},
        {"Y", "yearly", 1},
        {"YS", "yearly", 1},
        {"YE", "yearly", 1},
        {"A", "yearly", 1},
        {"1", "steps of 1", 1},
        {"10", "steps of 10", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_freq freq = typed(cases[i].text);
        expect_text(&freq, cases[i].freq, cases[i].text);
        assert_int_equal(io_freq_season(&freq), cases[i].season);
    }
}

static void misspelt_frequencies_are_explained(void **state)
{
    static const struct {
        const char *text;
        const char *hint;
    } cases[] = {
        {"", "takes s, min, H, D, B, W, M, Q or Y"},
        {"x", "'x'"},
        {"15", NULL},
        {"15 min", "'15 min'"},
        {"-1D", "'-1D'"},
        {"1.5H", "'1.5H'"},
        {"m", "write min or M"},
        {"15m", "write min or M"},
        {"0", "at least 1"},
        {"0D", "at least 1"},
        {"ms", "takes s, min"},
        {"W-SUN", "write W alone"},
        {"QS-OCT", "write Q alone"},
        {"999999999D", "too long a step"},
        {"999999999999999999999999", "too long a step"},
        {"D ", "'D '"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_freq freq;
        struct fc_error err = {.code = FC_OK};
        enum fc_status status = io_freq_parse(cases[i].text, &freq, &err);
        if (cases[i].hint == NULL) {
            assert_int_equal(status, FC_OK);
            continue;
        }
        assert_int_equal(status, FC_EINVAL);
        assert_int_equal(err.code, FC_EINVAL);
        if (strstr(err.msg, cases[i].hint) == NULL)
            fail_msg("'%s' explained as: %s", cases[i].text, err.msg);
    }
}

static void a_frequency_must_suit_the_form(void **state)
{
    static const struct {
        const char *freq;
        const char *time;
        bool suits;
    } cases[] = {
        {"D", "17", false},
        {"D", "2023", false},
        {"M", "2023", false},
        {"Y", "2023", true},
        {"Y", "17", false},
        {"5", "17", true},
        {"5", "2023-01-01", false},
        {"H", "2023-01-01", false},
        {"15min", "01/31/2023 02:00 PM", true},
        {"15min", "2023-01-31 02", false},
        {"2H", "2023-01-31 02", true},
        {"90s", "31/01/2023 14:00", false},
        {"120s", "31/01/2023 14:00", true},
        {"s", "31/01/2023 14:00:00", true},
        {"24H", "2023-01-01", true},
        {"D", "2023-01-01", true},
        {"B", "2023-01-01", true},
        {"W", "2023-01-01", true},
        {"Q", "2023-01-01", true},
        {"M", "2023-01", true},
        {"W", "2023-01", false},
        {"Y", "2023-01", true},
        {"Q", "2023Q1", true},
        {"M", "2023Q1", false},
        {"6M", "2023Q1", true},
        {"W", "2023-W01", true},
        {"D", "2023-W01", false},
        {"7D", "2023-W01", true},
        {"M", "2023-W01", false},
        {"15min", "2023-01-01 00:00", true},
        {"M", "2023-01-01 00:00", true},
        {"1", "2023-01-01 00:00", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct times times = parse_times(cases[i].time);
        struct io_freq freq = typed(cases[i].freq);
        struct fc_error err = {.code = FC_OK};
        enum fc_status status = io_freq_check(&freq, &times.format, &err);
        if ((status == FC_OK) != cases[i].suits)
            fail_msg("%s on %s: %d", cases[i].freq, cases[i].time, status);
        assert_int_equal(err.code, status);
    }
}

static void years_are_steps_of_year_numbers(void **state)
{
    struct times times = parse_times("1998,2000");
    struct io_freq freq = typed("2Y");
    struct fc_error err;
    (void)state;
    assert_int_equal(io_freq_check(&freq, &times.format, &err), FC_OK);
    expect_continued(&times, &freq, "2002,2004");
}

/* Timestamps of a line, behind its name; NULL at the end. */
static char *next_cell(char **line)
{
    char *cell = *line;
    if (cell == NULL || *cell == '\0')
        return NULL;
    size_t n = strcspn(cell, ",\n");
    *line = cell + n + (cell[n] != '\0');
    cell[n] = '\0';
    return cell;
}

/* A row of calendars.csv: what follows three years, for five. */
static void check_calendar(char *line)
{
    static int64_t t[4000];
    struct io_time_format format = {0};
    struct io_freq freq;
    const char *name = next_cell(&line);
    int season = (int)strtol(next_cell(&line), NULL, 10);
    size_t history = (size_t)strtol(next_cell(&line), NULL, 10), n = 0;
    for (char *cell; (cell = next_cell(&line)) != NULL; n++)
        assert_null(io_time_parse(cell, strlen(cell), &format, &t[n]));
    io_freq_infer(t, history, &format, &freq);
    if (io_freq_season(&freq) != season)
        fail_msg("%s: season %d, not %d", name, io_freq_season(&freq), season);
    if (freq.multiple != 1 || n < history + 50)
        fail_msg("%s: multiple %lld, %zu after %zu", name,
                 (long long)freq.multiple, n, history);
    for (size_t i = 0; i < n; i++) {
        char text[IO_TIME_SIZE], wanted[IO_TIME_SIZE];
        int64_t k = -1, at = -1;
        if (i < history
            && (!io_freq_index(&freq, t[0], t[i], &k) || k != (int64_t)i))
            fail_msg("%s: the %zu-th is the %lld-th", name, i, (long long)k);
        if (i < history)
            continue;
        io_freq_advance(&freq, t[0], (int64_t)i, &at);
        io_time_print(&format, at, text);
        io_time_print(&format, t[i], wanted);
        if (at != t[i])
            fail_msg("%s: %s, not %s", name, text, wanted);
    }
}

static void calendars_continue_as_pythons_datetime_says(void **state)
{
    static char line[1 << 17];
    FILE *file = fopen("tests/reference/calendars.csv", "r");
    int rows = 0;
    (void)state;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; rows++)
        check_calendar(line);
    fclose(file);
    assert_int_equal(rows, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendars_continue_as_pythons_datetime_says),
        cmocka_unit_test(integers_step_by_their_common_divisor),
        cmocka_unit_test(months_keep_their_day),
        cmocka_unit_test(quarters_and_years_keep_their_months),
        cmocka_unit_test(weeks_and_days_are_even),
        cmocka_unit_test(times_of_day_are_even),
        cmocka_unit_test(business_days_skip_weekends),
        cmocka_unit_test(one_timestamp_has_no_step),
        cmocka_unit_test(a_mistyped_timestamp_is_no_step),
        cmocka_unit_test(gaps_do_not_lengthen_the_step),
        cmocka_unit_test(each_series_settles_on_its_own_day),
        cmocka_unit_test(times_off_the_grid_are_told),
        cmocka_unit_test(a_start_off_its_own_grid_has_no_positions),
        cmocka_unit_test(positions_may_be_before_the_start),
        cmocka_unit_test(the_calendar_ends_in_9999),
        cmocka_unit_test(random_grids_are_recovered),
        cmocka_unit_test(the_majority_wins),
        cmocka_unit_test(the_vote_does_not_depend_on_order),
        cmocka_unit_test(frequencies_are_typed_in_many_ways),
        cmocka_unit_test(misspelt_frequencies_are_explained),
        cmocka_unit_test(a_frequency_must_suit_the_form),
        cmocka_unit_test(years_are_steps_of_year_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
