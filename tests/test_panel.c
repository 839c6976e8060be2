/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader, on files whose right reading is plain to a person.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, truncate */
#include "tests/check.h"

#include "io/panel/load.h"

#include <time.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/nightcast-panel-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text, size_t n)
{
    snprintf(path, sizeof path, "%s/in.csv", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static struct io_panel_options defaults(void)
{
    return (struct io_panel_options){.path = path, .jobs = 2};
}

static void load(const char *text, const struct io_panel_options *options,
                 struct io_panel *panel)
{
    struct fc_error err = {0};
    write_file(text, strlen(text));
    enum fc_status status = io_panel_load(options, panel, &err);
    if (status != FC_OK)
        print_error("%s\n", err.msg);
    assert_int_equal(status, FC_OK);
}

static void load_plain(const char *text, struct io_panel *panel)
{
    struct io_panel_options options = defaults();
    load(text, &options, panel);
}

/* Loads a text that must fail, with a message that has all of these words. */
static void refuse(const char *text, size_t n,
                   const struct io_panel_options *options,
                   const char *const *words)
{
    struct io_panel panel;
    struct fc_error err = {0};
    write_file(text, n);
    assert_int_not_equal(io_panel_load(options, &panel, &err), FC_OK);
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(err.msg, words[i]) == NULL)
            fail_msg("'%s' does not say '%s'", err.msg, words[i]);
    assert_null(panel.series);
}

#define REFUSE(text, ...)                                 \
    do {                                                  \
        struct io_panel_options refused = defaults();     \
        refuse(text, strlen(text), &refused,              \
               (const char *const[]){__VA_ARGS__, NULL}); \
    } while (0)

static void check_values(const struct fc_history *s, const double *expected,
                         size_t n)
{
    assert_int_equal(s->n, n);
    for (size_t i = 0; i < n; i++)
        if (isnan(expected[i]))
            assert_true(isnan(s->y[i]));
        else
            assert_true(s->y[i] == expected[i]);
}

#define CHECK_VALUES(series, ...)                          \
    check_values(&(series), (const double[]){__VA_ARGS__}, \
                 sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static const char *future(const struct io_panel *panel, size_t i, int h)
{
    static char buf[IO_TIME_SIZE];
    assert_true(io_panel_future(panel, i, h, buf));
    return buf;
}

static void long_form_is_grouped_in_order_of_appearance(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "b,2024-01-01,1\nb,2024-01-02,2\n"
               "a,2024-01-01,10\na,2024-01-02,20\na,2024-01-03,30\n",
               &p);
    assert_int_equal(p.nseries, 2);
    assert_string_equal(p.series[0].id, "b");
    assert_string_equal(p.series[1].id, "a");
    CHECK_VALUES(p.series[0], 1, 2);
    CHECK_VALUES(p.series[1], 10, 20, 30);
    assert_string_equal(future(&p, 0, 0), "2024-01-03");
    assert_string_equal(future(&p, 1, 1), "2024-01-05");
    assert_true(p.facts[0].ends_early);
    assert_false(p.facts[1].ends_early);
    io_panel_release(&p);
}

static void rows_may_come_in_any_order(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "a,2024-03-31,3\nb,2024-01-31,10\na,2024-01-31,1\n"
               "b,2024-03-31,30\na,2024-02-29,2\nb,2024-02-29,20\n",
               &p);
    CHECK_VALUES(p.series[0], 1, 2, 3);
    CHECK_VALUES(p.series[1], 10, 20, 30);
    assert_string_equal(future(&p, 0, 0), "2024-04-30");
    assert_string_equal(future(&p, 0, 1), "2024-05-31");
    assert_true(p.facts[0].unordered);
    io_panel_release(&p);
}

static void columns_separators_and_quotes_are_understood(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("\xef\xbb\xbfsales;when;shop;note\r\n"
               "1.5;2024Q1;\"a;\"\"b\"\"\nc\";x\r\n"
               "2.5;2024Q2;\"a;\"\"b\"\"\nc\";y\r\n",
               &p);
    assert_int_equal(p.nseries, 1);
    assert_string_equal(p.id_name, "shop");
    assert_string_equal(p.columns,
                        "id=shop time=when value=sales (others: note)");
    assert_true(p.say_columns);
    io_panel_release(&p);
    struct io_panel_options options = defaults();
    options.id = "shop";
    options.time = "when";
    options.value = "sales";
    load("\xef\xbb\xbfsales;when;shop;note\r\n"
         "1.5;2024Q1;\"a;\"\"b\"\"\nc\";x\r\n"
         "\r\n"
         "2.5 ; 2024Q2;\"a;\"\"b\"\"\nc\";y",
         &options, &p);
    assert_int_equal(p.nseries, 1);
    assert_string_equal(p.series[0].id, "a;\"b\"\nc");
    assert_string_equal(p.id_name, "shop");
    assert_string_equal(p.time_name, "when");
    CHECK_VALUES(p.series[0], 1.5, 2.5);
    assert_string_equal(future(&p, 0, 0), "2024Q3");
    io_panel_release(&p);
}

static void default_names_win_over_positions(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("y\textra\tds\tunique_id\n7\t?\t1\ts\n8\t?\t2\ts\n", &p);
    assert_string_equal(p.series[0].id, "s");
    CHECK_VALUES(p.series[0], 7, 8);
    assert_string_equal(future(&p, 0, 0), "3");
    io_panel_release(&p);
}

static void ids_are_opaque(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "a,1,1\na ,1,2\n,1,3\n\xc3\xa9,1,4\nb\xe9,1,5\n",
               &p);
    assert_int_equal(p.nseries, 5);
    assert_string_equal(p.series[1].id, "a ");
    assert_string_equal(p.series[2].id, "");
    assert_string_equal(p.series[3].id, "\xc3\xa9");
    assert_string_equal(p.blank_id, "a ");
    assert_int_equal(p.not_utf8_line, 6);
    io_panel_release(&p);
}

static void missing_values_have_several_spellings(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "s,1,1\ns,2,\ns,3,NA\ns,4,NaN\ns,5,null\ns,6, nan \ns,7,7\n",
               &p);
    CHECK_VALUES(p.series[0], 1, NAN, NAN, NAN, NAN, NAN, 7);
    assert_int_equal(p.facts[0].nmissing, 5);
    assert_int_equal(p.facts[0].nfilled, 5);
    io_panel_release(&p);
}

static void gap_policies_do_what_they_say(void **state)
{
    (void)state;
    const char *text = "unique_id,ds,y\n"
                       "s,2024-01-30,\ns,2024-01-31,1\n"
                       "s,2024-02-02,\ns,2024-02-04,5\ns,2024-02-05,NA\n"
                       "t,2024-02-03,1\nt,2024-02-05,3\n";
    struct io_panel p;
    struct io_panel_options options = defaults();
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, NAN, NAN, NAN, 5); /* ends are no gaps */
    assert_string_equal(future(&p, 0, 0), "2024-02-05");
    io_panel_release(&p);
    options.gaps = IO_GAPS_ZERO;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 0, 0, 0, 5);
    io_panel_release(&p);
    options.gaps = IO_GAPS_PREVIOUS;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 1, 1, 1, 5);
    io_panel_release(&p);
    options.gaps = IO_GAPS_ERROR;
    load(text, &options, &p);
    assert_non_null(strstr(p.facts[0].error, "2024-02-01"));
    assert_non_null(strstr(p.facts[1].error, "2024-02-04"));
    io_panel_release(&p);
}

static void common_alignment_fills_the_tail(void **state)
{
    (void)state;
    const char *text = "unique_id,ds,y\n"
                       "s,2024-01,1\ns,2024-03,3\nt,2024-01,4\nt,2024-05,8\n";
    struct io_panel p;
    struct io_panel_options options = defaults();
    options.freq = &(struct io_freq){.unit = IO_FREQ_MONTH, .multiple = 1};
    options.align = IO_ALIGN_COMMON;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, NAN, 3, NAN, NAN);
    assert_string_equal(future(&p, 0, 0), "2024-06");
    assert_true(p.facts[0].ends_early);
    io_panel_release(&p);
    options.gaps = IO_GAPS_ZERO;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 0, 3, 0, 0);
    io_panel_release(&p);
    options.gaps = IO_GAPS_PREVIOUS;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 1, 3, 3, 3);
    io_panel_release(&p);
}

static void duplicate_policies_do_what_they_say(void **state)
{
    (void)state;
    const char *text = "unique_id,ds,y\n"
                       "s,2,5\ns,1,1\ns,2,7\ns,3,NA\ns,3,4\nt,1,1\n";
    struct io_panel p;
    struct io_panel_options options = defaults();
    load(text, &options, &p);
    assert_non_null(strstr(p.facts[0].error, "2 rows for ds 2"));
    assert_null(p.facts[1].error);
    io_panel_release(&p);
    options.duplicates = IO_DUPLICATES_SUM;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 12, 4);
    assert_int_equal(p.facts[0].nduplicates, 2);
    io_panel_release(&p);
    options.duplicates = IO_DUPLICATES_MEAN;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 6, 4);
    io_panel_release(&p);
    options.duplicates = IO_DUPLICATES_LAST;
    load(text, &options, &p);
    CHECK_VALUES(p.series[0], 1, 7, 4);
    io_panel_release(&p);
}

static void wide_form_takes_times_from_the_header_or_counts(void **state)
{
    (void)state;
    struct io_panel p;
    struct io_panel_options options = defaults();
    options.wide = true;
    load("shop,2023-12-31,2024-01-31,2024-02-29\na,1,,3\nb,,5,\nc,1,2\n",
         &options, &p);
    assert_int_equal(p.nseries, 3);
    CHECK_VALUES(p.series[0], 1, NAN, 3);
    CHECK_VALUES(p.series[1], 5);
    CHECK_VALUES(p.series[2], 1, 2);
    assert_string_equal(p.id_name, "shop");
    assert_string_equal(p.time_name, "ds");
    assert_string_equal(future(&p, 0, 0), "2024-03-31");
    io_panel_release(&p);
    load("id,V1,V2,V3\na,1,2,\n", &options, &p);
    CHECK_VALUES(p.series[0], 1, 2);
    assert_string_equal(future(&p, 0, 0), "3");
    io_panel_release(&p);
    /* empty cells between values belong to the series and tell its step */
    load("id,2024-01,2024-02,2024-03,2024-04,2024-05\na,,1,,3,\nb,1,NA,3,,5\n",
         &options, &p);
    assert_string_equal(future(&p, 0, 0), "2024-05");
    CHECK_VALUES(p.series[0], 1, NAN, 3);
    CHECK_VALUES(p.series[1], 1, NAN, 3, NAN, 5);
    assert_int_equal(p.facts[0].nmissing, 1);
    assert_int_equal(p.facts[1].nmissing, 2);
    io_panel_release(&p);
}

static void a_bad_row_fails_its_series_only(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "good,2023-02-27,1\ngood,2023-02-28,2\n"
               "value,2023-02-27,0x10\nvalue,2023-02-28,1e999\n"
               "time,2023-02-30,1\n"
               "ragged,2023-02-27,1,5\n"
               "form,2023-02,1\n"
               "short,2023-02-27\n",
               &p);
    const char *said[] = {"in.csv:4: column 'y': not a number: '0x10'",
                          "in.csv:6: column 'ds': ", "in.csv:7: 4 columns",
                          "in.csv:8: column 'ds': ", "in.csv:9: 2 columns"};
    assert_int_equal(p.nseries, 6);
    assert_null(p.facts[0].error);
    CHECK_VALUES(p.series[0], 1, 2);
    for (size_t i = 0; i < 5; i++)
        if (p.facts[i + 1].error == NULL
            || strstr(p.facts[i + 1].error, said[i]) == NULL)
            fail_msg("'%s' does not say '%s'", p.facts[i + 1].error, said[i]);
    assert_int_equal(p.nrejected, 6);
    io_panel_release(&p);
}

static void a_series_off_the_files_grid_fails(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\n"
               "a,2024-01-01,1\na,2024-01-08,2\na,2024-01-15,3\n"
               "b,2024-01-03,1\nb,2024-01-10,2\n"
               "c,2024-01-01,1\nc,2024-01-09,2\n"
               "d,2024-01-01,1\nd,2024-01-15,2\n",
               &p);
    assert_int_equal(p.freq.unit, IO_FREQ_WEEK);
    assert_null(p.facts[1].error);
    assert_non_null(strstr(p.facts[2].error, "2024-01-09"));
    assert_null(p.facts[3].error);
    CHECK_VALUES(p.series[3], 1, NAN, 2);
    io_panel_release(&p);
}

static void what_is_no_table_is_refused_with_its_place(void **state)
{
    (void)state;
    struct io_panel_options options = defaults();
    REFUSE("", "in.csv", "is empty");
    REFUSE("\n\n", "in.csv", "is empty");
    REFUSE("unique_id,ds,y\n", "in.csv", "no rows");
    REFUSE("just text\nand more\n", "in.csv:1:", "at least 2", "found 1");
    REFUSE("a,2024-01-01,5\na,2024-01-02,6\n", "in.csv:1:", "header");
    REFUSE("unique_id,ds,y\na,01/02/2024,5\n", "in.csv:2:", "'01/02/2024'");
    REFUSE("unique_id,ds,y\na,1,5\nb,2,6\n\"c,3,7\nd,4,8\n",
           "in.csv:4:", "quote", "never closed");
    REFUSE("unique_id,ds,y,y\na,1,5,6\n", "in.csv:1:", "two columns", "'y'");
    REFUSE("unique_id,ds,y\ra,1,5\ra,2,6\r", "in.csv:1:", "LF or CRLF");
    options.wide = true;
    refuse("a,1,2.5\nb,2,3.5\n", 17, &options,
           (const char *const[]){"in.csv:1:", "'2.5'", "header", NULL});
    options = defaults();
    options.value = "sales";
    refuse("unique_id,ds,y\na,1,5\n", 21, &options,
           (const char *const[]){"in.csv:1:", "'sales'", "--value",
                                 "unique_id, ds, y", NULL});
    options = defaults();
    refuse("unique_id,ds,y\na,1,5\nb\0,2,6\n", 28, &options,
           (const char *const[]){"in.csv:3:", "NUL", NULL});
    unlink(path);
    struct io_panel panel;
    struct fc_error err;
    assert_int_equal(io_panel_load(&options, &panel, &err), FC_EIO);
    assert_non_null(strstr(err.msg, "No such file"));
    options.path = folder;
    assert_int_equal(io_panel_load(&options, &panel, &err), FC_EIO);
    assert_non_null(strstr(err.msg, "directory"));
}

static void a_mistyped_year_does_not_fill_the_memory(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\na,1,5\na,2,5\na,1000000000000,5\nb,1,1\n", &p);
    assert_non_null(strstr(p.facts[0].error, "1000000000000 steps"));
    assert_null(p.facts[1].error);
    io_panel_release(&p);
}

/* 1,000 steps per row, and 10,000: here three rows, from 1 to 13,001. */
static void a_series_may_have_so_many_gaps(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\na,1,5\na,2,5\na,13001,5\n"
               "b,1,5\nb,2,5\nb,13002,5\n",
               &p);
    assert_null(p.facts[0].error);
    assert_int_equal(p.series[0].n, 13001);
    assert_int_equal(p.facts[0].nfilled, 12998);
    assert_non_null(p.facts[1].error);
    assert_non_null(strstr(p.facts[1].error, "13002 steps"));
    io_panel_release(&p);
}

/* To be the same, there must be two. */
static void a_constant_has_two_equal_values(void **state)
{
    (void)state;
    struct io_panel p;
    load_plain("unique_id,ds,y\na,1,5\na,2,5\na,3,\na,4,5\nb,1,5\n"
               "c,1,5\nc,2,5\nc,3,6\n",
               &p);
    assert_true(p.facts[0].is_constant);
    assert_false(p.facts[1].is_constant);
    assert_false(p.facts[2].is_constant);
    io_panel_release(&p);
}

/* The start of a month or an hour, or what a late row has in its place. */
static void put_time(bool hourly, int i, bool late, char out[IO_TIME_SIZE])
{
    if (hourly)
        snprintf(out, IO_TIME_SIZE, "2024-05-17 %02d:%02d", i, late ? 7 : 0);
    else
        snprintf(out, IO_TIME_SIZE, "2023-%02d-%02d", i + 2, late ? 2 : 1);
}

/* Three series, the second of which has late rows. */
static void load_late(bool hourly, const bool *late, int n, struct io_panel *p)
{
    char text[4000], time[IO_TIME_SIZE];
    int used = snprintf(text, sizeof text, "unique_id,ds,y\n");
    for (char id = 'a'; id <= 'c'; id++)
        for (int i = 0; i < n; i++) {
            put_time(hourly, i, id == 'b' && late[i], time);
            used += snprintf(text + used, sizeof text - (size_t)used,
                             "%c,%s,%d\n", id, time, i);
        }
    load_plain(text, p);
}

/* Late rows of the second series, n from first on, and the one to blame. */
static void check_blamed(bool hourly, int of, int first, int n, int blamed)
{
    enum { MOST = 10 };
    struct io_panel p;
    char named[IO_TIME_SIZE], message[IO_TIME_SIZE + 20];
    bool late[MOST] = {false};
    for (int i = first; i < first + n; i++)
        late[i] = true;
    load_late(hourly, late, of, &p);
    put_time(hourly, blamed, late[blamed], named);
    snprintf(message, sizeof message, "ds %s does not fit", named);
    assert_null(p.facts[0].error);
    assert_null(p.facts[2].error);
    assert_non_null(p.facts[1].error);
    if (strstr(p.facts[1].error, message) == NULL)
        fail_msg("%d to %d of %d: %s", first, first + n - 1, of,
                 p.facts[1].error);
    io_panel_release(&p);
}

/* Whichever row it is: the first, too, off which all others seem to be. */
static void the_mistyped_row_is_named(void **state)
{
    (void)state;
    for (int hourly = 0; hourly < 2; hourly++)
        for (int n = 4; n <= 10; n++)
            for (int odd = 0; odd < n; odd++)
                check_blamed(hourly, n, odd, 1, odd);
}

/* Of several, the first. */
static void of_mistyped_rows_one_is_named(void **state)
{
    (void)state;
    for (int hourly = 0; hourly < 2; hourly++)
        for (int first = 0; first < 7; first += 3)
            check_blamed(hourly, 8, first, 2, first);
}

/* A small generator of random numbers, for random files. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Rows with quoted newlines, blank lines, errors, in no order. */
static char *random_file(uint32_t seed, size_t *n)
{
    static const char *const ids[] = {"a",  "\"b\nb\"", "\"c\"\"\n\"\"\"",
                                      "d,", "\"e,e\"",  "f"};
    static const char *const ends[] = {"\n", "\r\n", "\n\n"};
    char *text = malloc(1 << 16);
    size_t used = (size_t)sprintf(text, "unique_id,ds,y\n");
    unsigned rows = 20 + next(&seed) % 300;
    for (unsigned i = 0; i < rows; i++) {
        const char *id = ids[next(&seed) % (i % 50 == 49 ? 6 : 3)];
        used += (size_t)sprintf(text + used, "%s,%u,%u.%u%s", id,
                                next(&seed) % 500, next(&seed) % 100,
                                next(&seed) % 10, ends[next(&seed) % 3]);
    }
    *n = used;
    return text;
}

static void check_same(const struct io_panel *a, const struct io_panel *b)
{
    assert_int_equal(a->nseries, b->nseries);
    assert_int_equal(a->nrows, b->nrows);
    assert_int_equal(a->nrejected, b->nrejected);
    for (size_t i = 0; i < a->nseries; i++) {
        const struct io_panel_facts *x = &a->facts[i], *y = &b->facts[i];
        const struct fc_history *other = &b->series[i];
        assert_string_equal(a->series[i].id, other->id);
        assert_string_equal(x->error != NULL ? x->error : "",
                            y->error != NULL ? y->error : "");
        assert_int_equal(x->start, y->start);
        assert_int_equal(x->nduplicates, y->nduplicates);
        check_values(&a->series[i], other->y, other->n);
    }
    assert_int_equal(a->nrejects, b->nrejects);
    for (size_t i = 0; i < a->nrejects; i++) {
        assert_int_equal(a->rejects[i].line, b->rejects[i].line);
        assert_int_equal(a->rejects[i].series, b->rejects[i].series);
        assert_string_equal(a->rejects[i].reason, b->rejects[i].reason);
    }
}

static void any_split_of_the_file_gives_the_same_panel(void **state)
{
    size_t rejects = 0;
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        struct io_panel whole, split;
        struct fc_error err;
        struct io_panel_options options = defaults();
        size_t n;
        char *text = random_file(seed, &n);
        options.duplicates = IO_DUPLICATES_LAST;
        options.rejects = true;
        options.jobs = 1;
        options.chunk = 1 << 20;
        write_file(text, n);
        assert_int_equal(io_panel_load(&options, &whole, &err), FC_OK);
        rejects += whole.nrejects;
        options.jobs = 3;
        uint32_t chunks = seed;
        for (int k = 0; k < 8; k++) {
            options.chunk = 1 + next(&chunks) % (k < 4 ? 40 : 2000);
            assert_int_equal(io_panel_load(&options, &split, &err), FC_OK);
            check_same(&whole, &split);
            io_panel_release(&split);
        }
        io_panel_release(&whole);
        free(text);
    }
    assert_true(rejects > 100);
}

/* Appends one field, in quotes or as it is. */
static size_t put_field(char *out, const char *field, bool quoted)
{
    return (size_t)sprintf(out, quoted ? "\"%s\"" : "%s", field);
}

enum quoting {
    PLAIN,
    QUOTED,
    QUOTES_INSIDE /* of a column nobody looks at: only libcsv can tell */
};

/* The same rows, good and bad ones, in each way. */
static char *file_of_fields(uint32_t seed, enum quoting how,
                            const char *line_end)
{
    bool quoted = how != PLAIN;
    const char *extra = how == QUOTES_INSIDE ? "ex\"\"tra" : "extra";
    static const char *const ids[] = {"a", "bb", " c", "d ", "", "eeeeeeee"};
    static const char *const times[] = {"2024-01-05", "2024-01-1", "2024-13-01",
                                        " 2024-01-09", "x"};
    static const char *const values[] = {"1",  "-2.5", "1234.5678", "",
                                         "NA", " 7 ",  "7x",        "1e3"};
    char *text = malloc(1 << 16), date[20];
    size_t used = (size_t)sprintf(text, "unique_id,extra,ds,y%s", line_end);
    for (int i = 0; i < 200; i++) {
        bool odd = next(&seed) % 20 == 0;
        unsigned columns = next(&seed) % 60 == 0 ? 2 + next(&seed) % 4 : 4;
        sprintf(date, "2024-02-%02d", 1 + i % 29);
        const char *fields[] = {ids[next(&seed) % 6], extra,
                                odd ? times[next(&seed) % 5] : date,
                                values[next(&seed) % (odd ? 8 : 6)], "more"};
        for (unsigned k = 0; k < columns; k++) {
            used += put_field(text + used, fields[k], quoted);
            used += (size_t)sprintf(text + used, "%s",
                                    k + 1 < columns ? "," : line_end);
        }
    }
    return text;
}

static void quotes_change_nothing(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 100; seed++) {
        const char *line_end = seed % 2 == 0 ? "\n" : "\r\n";
        struct io_panel plain, other;
        struct io_panel_options options = defaults();
        options.duplicates = (enum io_duplicates)(seed % 4);
        char *text = file_of_fields(seed, PLAIN, line_end);
        load(text, &options, &plain);
        free(text);
        assert_true(plain.nrejected > 0);
        for (int how = QUOTED; how <= QUOTES_INSIDE; how++) {
            text = file_of_fields(seed, (enum quoting)how, line_end);
            load(text, &options, &other);
            free(text);
            check_same(&plain, &other);
            io_panel_release(&other);
        }
        io_panel_release(&plain);
    }
}

static void gzip_reads_as_the_plain_file_and_damage_is_noticed(void **state)
{
    (void)state;
    size_t n;
    char *text = random_file(7, &n), zipped[64];
    struct io_panel plain, unzipped;
    struct fc_error err;
    struct io_panel_options options = defaults();
    options.duplicates = IO_DUPLICATES_SUM;
    write_file(text, n);
    assert_int_equal(io_panel_load(&options, &plain, &err), FC_OK);
    snprintf(zipped, sizeof zipped, "%s/in.csv.gz", folder);
    gzFile gz = gzopen(zipped, "wb");
    assert_int_equal(gzwrite(gz, text, (unsigned)n), n);
    assert_int_equal(gzclose(gz), Z_OK);
    options.path = zipped;
    options.chunk = 100;
    assert_int_equal(io_panel_load(&options, &unzipped, &err), FC_OK);
    check_same(&plain, &unzipped);
    io_panel_release(&plain);
    io_panel_release(&unzipped);
    assert_int_equal(truncate(zipped, 200), 0);
    assert_int_equal(io_panel_load(&options, &unzipped, &err), FC_EIO);
    assert_non_null(strstr(err.msg, "in.csv.gz"));
    unlink(zipped);
    free(text);
}

static void shuffled_rows_give_the_same_series(void **state)
{
    (void)state;
    char *ordered = malloc(1 << 16), *shuffled = malloc(1 << 16);
    size_t a = (size_t)sprintf(ordered, "unique_id,ds,y\n"), b = a;
    struct io_panel p, q;
    strcpy(shuffled, ordered);
    for (int i = 0; i < 1000; i++) {
        int j = i * 377 % 1000; /* 377 and 1000 have no common factor */
        a += (size_t)sprintf(ordered + a, "s%d,%d,%d\n", i / 100, i % 100, i);
        b += (size_t)sprintf(shuffled + b, "s%d,%d,%d\n", j / 100, j % 100, j);
    }
    load_plain(ordered, &p);
    load_plain(shuffled, &q);
    assert_int_equal(p.nseries, 10);
    assert_int_equal(q.nseries, 10);
    for (size_t i = 0; i < 10; i++)
        for (size_t j = 0; j < 10; j++)
            if (strcmp(p.series[i].id, q.series[j].id) == 0)
                check_values(&p.series[i], q.series[j].y, q.series[j].n);
    io_panel_release(&p);
    io_panel_release(&q);
    free(ordered);
    free(shuffled);
}

/* A row's place in the week, by the loader's date and by the C library. */
static void check_hour(const struct io_panel *panel, size_t i, int64_t at)
{
    struct fc_date date = io_panel_date(panel, i);
    double hours = date.steps + (double)(at - panel->facts[i].start) / 3600;
    time_t when = (time_t)at;
    struct tm tm;
    assert_true(date.known);
    assert_non_null(gmtime_r(&when, &tm));
    assert_int_equal((int)fmod(hours, 168),
                     24 * ((tm.tm_wday + 6) % 7) + tm.tm_hour);
}

/* Hours are where they are, whatever is missing before them, in the middle or
 * at the beginning of a series. */
static void missing_hours_shift_nothing(void **state)
{
    (void)state;
    enum { ROW = 32, ROWS = 200 };
    const int64_t first = INT64_C(1709200800); /* 2024-02-29 10:00 */
    char *text = malloc(3 * ROWS * ROW), *end = text;
    struct io_panel panel;
    end += sprintf(end, "id,ds,y\n");
    for (int s = 0; s < 3; s++)
        for (int t = 0; t < ROWS; t++) {
            time_t at = (time_t)(first + 3600 * (int64_t)t);
            struct tm tm;
            bool missing = (s == 1 && t % 7 == 3) || (s == 2 && t < 5 + 24);
            if (missing)
                continue;
            assert_non_null(gmtime_r(&at, &tm));
            end += sprintf(end, "s%d,", s);
            end += strftime(end, ROW, "%Y-%m-%d %H:%M,", &tm);
            end += sprintf(end, "%d\n", t);
        }
    load_plain(text, &panel);
    assert_int_equal(panel.nseries, 3);
    for (size_t i = 0; i < 3; i++)
        for (size_t t = 0; t < panel.series[i].n; t++) {
            double y = panel.series[i].y[t];
            if (isnan(y))
                continue;
            check_hour(&panel, i, first + 3600 * (int64_t)y);
            assert_true(io_panel_date(&panel, i).steps + (double)t
                        == io_panel_date(&panel, 0).steps + y);
        }
    io_panel_release(&panel);
    free(text);
}

/* Months have no fixed part of a week, numbers no date. */
static void dates_are_known_of_what_has_them(void **state)
{
    (void)state;
    struct io_panel panel;
    load_plain("id,ds,y\na,2001-01-08,1\na,2001-01-09,2\na,2001-01-11,2\n",
               &panel);
    assert_true(io_panel_date(&panel, 0).known);
    assert_true(io_panel_date(&panel, 0).steps == 7);
    io_panel_release(&panel);
    load_plain("id,ds,y\na,2000-12-25,1\na,2001-01-01,2\na,2001-01-08,2\n",
               &panel);
    assert_true(io_panel_date(&panel, 0).steps == -1);
    io_panel_release(&panel);
    load_plain("id,ds,y\na,2001-01-01,1\na,2001-02-01,2\na,2001-03-01,2\n",
               &panel);
    assert_false(io_panel_date(&panel, 0).known);
    io_panel_release(&panel);
    load_plain("id,ds,y\na,1,1\na,2,2\na,3,2\n", &panel);
    assert_false(io_panel_date(&panel, 0).known);
    io_panel_release(&panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_form_is_grouped_in_order_of_appearance),
        cmocka_unit_test(rows_may_come_in_any_order),
        cmocka_unit_test(columns_separators_and_quotes_are_understood),
        cmocka_unit_test(default_names_win_over_positions),
        cmocka_unit_test(ids_are_opaque),
        cmocka_unit_test(missing_values_have_several_spellings),
        cmocka_unit_test(gap_policies_do_what_they_say),
        cmocka_unit_test(common_alignment_fills_the_tail),
        cmocka_unit_test(duplicate_policies_do_what_they_say),
        cmocka_unit_test(wide_form_takes_times_from_the_header_or_counts),
        cmocka_unit_test(a_bad_row_fails_its_series_only),
        cmocka_unit_test(a_series_off_the_files_grid_fails),
        cmocka_unit_test(what_is_no_table_is_refused_with_its_place),
        cmocka_unit_test(a_mistyped_year_does_not_fill_the_memory),
        cmocka_unit_test(a_constant_has_two_equal_values),
        cmocka_unit_test(a_series_may_have_so_many_gaps),
        cmocka_unit_test(the_mistyped_row_is_named),
        cmocka_unit_test(of_mistyped_rows_one_is_named),
        cmocka_unit_test(any_split_of_the_file_gives_the_same_panel),
        cmocka_unit_test(quotes_change_nothing),
        cmocka_unit_test(gzip_reads_as_the_plain_file_and_damage_is_noticed),
        cmocka_unit_test(shuffled_rows_give_the_same_series),
        cmocka_unit_test(missing_hours_shift_nothing),
        cmocka_unit_test(dates_are_known_of_what_has_them),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
