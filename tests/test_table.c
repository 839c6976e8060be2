/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "tests/folder.h"

#include "io/csv/table.h"

#include <zlib.h>

/* What was read, as one text: fields in brackets, records by line. */
struct seen {
    char text[4096];
    size_t stop_after; /* records; 0 = never */
    size_t n;
};

static enum fc_status note(void *arg, const struct io_record *record,
                           struct fc_error *err)
{
    struct seen *seen = arg;
    size_t used = strlen(seen->text), room = sizeof seen->text;
    if (++seen->n == seen->stop_after)
        return fc_fail(err, FC_ERANGE, "enough");
    if (seen->n > 20) /* there is no room for more */
        return FC_OK;
    used += (size_t)snprintf(seen->text + used, room - used, "%llu",
                             (unsigned long long)record->line);
    for (size_t i = 0; i < record->n; i++) {
        assert_int_equal(strlen(record->field[i]), record->length[i]);
        used += (size_t)snprintf(seen->text + used, room - used, "[%s]",
                                 record->field[i]);
    }
    snprintf(seen->text + used, room - used, "\n");
    return FC_OK;
}

static enum fc_status read_text(const void *text, size_t n, struct seen *seen,
                                struct fc_error *err)
{
    FILE *file = fopen("t.csv", "wb");
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return io_table_read("t.csv", NULL, note, seen, err);
}

static void reads(const char *text, const char *expected)
{
    struct seen seen = {0};
    struct fc_error err = {0};
    if (read_text(text, strlen(text), &seen, &err) != FC_OK)
        fail_msg("'%s': %s", text, err.msg);
    assert_string_equal(seen.text, expected);
}

static void refuses(const char *text, size_t n, const char *message)
{
    struct seen seen = {0};
    struct fc_error err = {0};
    assert_int_equal(read_text(text, n, &seen, &err), FC_EDATA);
    assert_string_equal(err.msg, message);
}

static void records_come_with_their_lines(void **state)
{
    (void)state;
    reads("a,b\n1,2\n\n3,\n", "1[a][b]\n2[1][2]\n4[3][]\n");
    reads("a,b\n1,2", "1[a][b]\n2[1][2]\n");
    reads("\n\na,b\r\n 1 , 2\r\n", "3[a][b]\n4[ 1 ][ 2]\n");
    reads("a;\"b,c\"\n\"1;\"\"2\"\"\";\"3\n4\"\n5;6\n",
          "1[a][b,c]\n2[1;\"2\"][3\n4]\n4[5][6]\n");
    reads("\xef\xbb\xbf"
          "a\tb,c\td\n1\t2\t3\n",
          "1[a][b,c][d]\n2[1][2][3]\n");
    reads("a", "1[a]\n");
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    refuses("", 0, "t.csv: is empty; expected a header line");
    refuses("\n\n", 2, "t.csv: is empty; expected a header line");
    refuses("a,b\n1,2,3\n", 10, "t.csv:2: 3 columns where the header has 2");
    refuses("a,b\n1,2\n1\n", 10, "t.csv:3: 1 columns where the header has 2");
    refuses("a,b\n1,\"2\n3,4\n", 12,
            "t.csv:2: a quote that opens in this record is never closed");
    refuses("a,b\n1,\0\n", 8, "t.csv:2: a NUL byte: not a text file in UTF-8");
    struct fc_error err;
    struct seen seen = {0};
    assert_int_equal(io_table_read("none.csv", NULL, note, &seen, &err),
                     FC_EIO);
}

static void the_caller_s_error_ends_the_reading(void **state)
{
    (void)state;
    struct seen seen = {.stop_after = 2};
    struct fc_error err = {0};
    const char *text = "a\n1\n2\n3\n\"";
    assert_int_equal(read_text(text, strlen(text), &seen, &err), FC_ERANGE);
    assert_string_equal(err.msg, "enough");
    assert_int_equal(seen.n, 2);
}

/* Records across the blocks it reads, of more than one block, compressed. */
static void long_and_compressed_files(void **state)
{
    enum { ROWS = 100000, WIDE = 300000 };
    struct fc_error err = {0};
    (void)state;
    gzFile file = gzopen("t.csv.gz", "wb");
    gzputs(file, "id,value\n");
    for (int i = 0; i < ROWS; i++)
        gzprintf(file, "\"row %d\",%d\n", i, i % 1000 * 37);
    gzprintf(file, "\"");
    for (int i = 0; i < WIDE; i++)
        gzputc(file, 'x');
    gzputs(file, "\",1\n");
    assert_int_equal(gzclose(file), Z_OK);
    struct seen seen = {.n = 0};
    if (io_table_read("t.csv.gz", NULL, note, &seen, &err) != FC_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(seen.n, ROWS + 2);
}

static enum fc_status numbers(void *arg, const struct io_record *record,
                              struct fc_error *err)
{
    double *last = arg;
    if (record->line == 1) {
        assert_int_equal(io_table_column(record, "y"), 1);
        assert_int_equal(io_table_column(record, "z"), SIZE_MAX);
        return FC_OK;
    }
    static const struct io_number_form form = {.decimal = '.'};
    return io_table_number(record, 1, &form, last, err);
}

static void fields_become_numbers(void **state)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {{"x, y \n1, 2.5\n", 2.5}, {"x,y\n1,-1e3\n", -1000},
                {"x,y\n1,\n", NAN},       {"x,y\n1, NA \n", NAN},
                {"x,y\n1,nan\n", NAN},    {"x,y\n1,null\n", NAN}};
    struct fc_error err = {0};
    double value;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct seen seen = {0};
        value = -1;
        assert_int_equal(
            read_text(good[i].text, strlen(good[i].text), &seen, &err), FC_OK);
        assert_int_equal(io_table_read("t.csv", NULL, numbers, &value, &err),
                         FC_OK);
        if (isnan(good[i].value))
            assert_true(isnan(value));
        else
            assert_near(value, good[i].value, 0);
    }
    struct seen seen = {0};
    read_text("x,y\n1,two\n", 10, &seen, &err);
    assert_int_equal(io_table_read("t.csv", NULL, numbers, &value, &err),
                     FC_EDATA);
    assert_string_equal(err.msg, "t.csv:2: not a number: 'two'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(records_come_with_their_lines),
        IN_FOLDER(what_is_no_table_is_refused),
        IN_FOLDER(the_caller_s_error_ends_the_reading),
        IN_FOLDER(long_and_compressed_files),
        IN_FOLDER(fields_become_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
