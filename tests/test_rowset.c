/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that no CSV file has held: a reader of another kind fills a rowset, and
 * the panel that is made of it is that of the CSV file with the same rows.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "tests/check.h"

#include "io/panel/load.h"
#include "io/panel/make.h"
#include "io/rows/fill.h"

#include <unistd.h>

/* A record of a reader: one row, or why there is none. */
struct given {
    const char *id;
    int64_t time;
    double value;
    const char *problem;
};

/* b takes turns with a, has a gap and ends early; c is bad, then late. */
static const struct given given[] = {
    {"a", 1, 10, NULL}, {"b", 1, 20, NULL},
    {"a", 2, 11, NULL}, {"c", 1, 0, "column 'y': not a number: 'x'"},
    {"a", 4, 13, NULL}, {"a", 3, 12, NULL},
    {"b", 3, 22, NULL}, {"c", 2, 31, NULL},
    {"a", 4, 14, NULL},
};

enum { NGIVEN = sizeof given / sizeof *given };

static char folder[] = "/tmp/nightcast-rowset-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/in", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_csv(void)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "id,t,y\n");
    for (size_t i = 0; i < NGIVEN; i++)
        if (given[i].problem != NULL)
            fprintf(file, "%s,%d,x\n", given[i].id, (int)given[i].time);
        else
            fprintf(file, "%s,%d,%g\n", given[i].id, (int)given[i].time,
                    given[i].value);
    assert_int_equal(fclose(file), 0);
}

static char *copy(const char *text)
{
    char *out = malloc(strlen(text) + 1);
    assert_non_null(out);
    return strcpy(out, text);
}

/* One chunk of the given records from the first-th on. */
static void fill_chunk(const struct io_fill_options *options, size_t first,
                       size_t n, struct io_chunk *chunk)
{
    struct io_fill fill = {.options = options, .chunk = chunk};
    for (size_t i = first; i < first + n; i++) {
        const struct given *g = &given[i];
        io_fill_series(&fill, g->id, strlen(g->id));
        if (g->problem != NULL) {
            fill.rejected = true;
            snprintf(fill.problem, sizeof fill.problem, "%s", g->problem);
        } else {
            io_fill_row(&fill, g->time, g->value);
        }
        io_fill_end(&fill, i + 1 - first);
    }
    assert_false(fill.out_of_memory);
    io_fill_release(&fill);
    chunk->nlines = n;
    assert_true(io_chunk_pack(chunk, &options->shard));
}

/* In chunks of so many records. */
static struct io_rowset *read_given(const struct io_fill_options *options,
                                    size_t size)
{
    struct io_rowset *rows = io_rowset_new();
    assert_non_null(rows);
    rows->name = path;
    rows->id_name = copy("id");
    rows->time_name = copy("t");
    rows->format = (struct io_time_format){.form = IO_TIME_INTEGER};
    rows->first_line = 2;
    for (size_t first = 0; first < NGIVEN; first += size) {
        size_t n = NGIVEN - first < size ? NGIVEN - first : size;
        size_t at = rows->nchunks;
        uint32_t lowest;
        assert_true(io_rowset_grow(rows, at + 1));
        fill_chunk(options, first, n, &rows->chunks[at]);
        assert_true(io_rowset_number(rows, &rows->chunks[at], &lowest));
    }
    return rows;
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void assert_same(const struct io_panel *a, const struct io_panel *b)
{
    assert_int_equal(a->nseries, b->nseries);
    assert_int_equal(a->ntotal, b->ntotal);
    assert_int_equal(a->nrows, b->nrows);
    assert_int_equal(a->nrejected, b->nrejected);
    assert_int_equal(a->nrejects, b->nrejects);
    assert_string_equal(a->id_name, b->id_name);
    assert_string_equal(a->time_name, b->time_name);
    for (size_t i = 0; i < a->nseries; i++) {
        const struct fc_history *s = &a->series[i], *t = &b->series[i];
        assert_string_equal(s->id, t->id);
        assert_same_text(a->facts[i].error, b->facts[i].error);
        assert_int_equal(a->facts[i].start, b->facts[i].start);
        assert_int_equal(a->facts[i].nfilled, b->facts[i].nfilled);
        assert_int_equal(io_panel_number(a, i), io_panel_number(b, i));
        assert_int_equal(s->n, t->n);
        for (size_t k = 0; k < s->n; k++)
            assert_true(s->y[k] == t->y[k]
                        || (isnan(s->y[k]) && isnan(t->y[k])));
    }
    for (size_t i = 0; i < a->nrejects; i++) {
        assert_int_equal(a->rejects[i].line, b->rejects[i].line);
        assert_int_equal(a->rejects[i].series, b->rejects[i].series);
        assert_string_equal(a->rejects[i].reason, b->rejects[i].reason);
    }
}

static void compare(struct io_panel_options options)
{
    struct io_panel csv, made;
    struct fc_error err = {0};
    options.path = path;
    struct io_fill_options fill = {options.shard, options.rejects};
    assert_int_equal(io_panel_load(&options, &csv, &err), FC_OK);
    for (size_t size = 1; size <= NGIVEN; size++) {
        struct io_rowset *rows = read_given(&fill, size);
        assert_int_equal(io_panel_make(&options, rows, &made, &err), FC_OK);
        assert_same(&made, &csv);
        io_panel_release(&made);
    }
    io_panel_release(&csv);
}

static void any_reader_gives_the_panel_of_csv(void **state)
{
    (void)state;
    write_csv();
    compare((struct io_panel_options){.jobs = 1});
    compare((struct io_panel_options){
        .jobs = 2, .rejects = true, .duplicates = IO_DUPLICATES_LAST});
    compare((struct io_panel_options){.jobs = 1,
                                      .duplicates = IO_DUPLICATES_SUM,
                                      .gaps = IO_GAPS_ZERO,
                                      .align = IO_ALIGN_COMMON});
    for (uint32_t k = 1; k <= 2; k++)
        compare((struct io_panel_options){.jobs = 1,
                                          .rejects = true,
                                          .duplicates = IO_DUPLICATES_LAST,
                                          .shard = {k, 2}});
}

static void rows_are_what_was_given(void **state)
{
    struct io_panel_options options = {.jobs = 1,
                                       .duplicates = IO_DUPLICATES_LAST};
    struct io_fill_options fill = {.all_errors = false};
    struct io_panel panel;
    struct fc_error err = {0};
    (void)state;
    assert_int_equal(
        io_panel_make(&options, read_given(&fill, 4), &panel, &err), FC_OK);
    static const double a[] = {10, 11, 12, 14};
    assert_int_equal(panel.nseries, 3);
    assert_string_equal(panel.series[0].id, "a");
    assert_int_equal(panel.series[0].n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(panel.series[0].y[i] == a[i]);
    assert_int_equal(panel.facts[1].nfilled, 1);
    assert_non_null(strstr(panel.facts[2].error, ":5: column 'y'"));
    io_panel_release(&panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_reader_gives_the_panel_of_csv),
        cmocka_unit_test(rows_are_what_was_given),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
