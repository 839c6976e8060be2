/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "tests/atomic.h"

#include "io/out/csv.h"

#include <csv.h>
#include <locale.h>
#include <sys/resource.h>

/* Everything that was written, as a string to be freed. */
static char *committed(struct io_atomic_file *file, size_t *size)
{
    struct stat id;
    assert_int_equal(commit(file, NULL), FC_OK);
    assert_int_equal(stat("f", &id), 0);
    *size = (size_t)id.st_size;
    char *text = calloc(1, *size + 1);
    FILE *f = fopen("f", "r");
    assert_int_equal(fread(text, 1, *size, f), *size);
    fclose(f);
    return text;
}

static void assert_written(struct io_atomic_file *file, const char *expected)
{
    size_t size;
    char *text = committed(file, &size);
    assert_string_equal(text, expected);
    free(text);
}

static void fields_are_quoted_when_they_must_be(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"two words", "two words"},
        {"semi;colon", "semi;colon"},
        {"it's", "it's"},
        {"Z\303\274rich", "Z\303\274rich"},
        {"a,b", "\"a,b\""},
        {"\"", "\"\"\"\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"line\nbreak", "\"line\nbreak\""},
        {"carriage\rreturn", "\"carriage\rreturn\""},
        {" before", "\" before\""},
        {"after ", "\"after \""},
        {" ", "\" \""},
        {"\ttab", "\"\ttab\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_atomic_file *file = open_file("f");
        io_write_field(file, cases[i][0]);
        assert_written(file, cases[i][1]);
    }
}

/* What libcsv understands of what was written. */
struct parsed {
    char fields[300][40];
    size_t nfields, nrows;
};

static void take_field(void *bytes, size_t n, void *arg)
{
    struct parsed *p = arg;
    assert_true(p->nfields < 300 && n < sizeof p->fields[0]);
    memcpy(p->fields[p->nfields], bytes, n);
    p->fields[p->nfields++][n] = '\0';
}

static void take_row(int c, void *arg)
{
    struct parsed *p = arg;
    (void)c;
    p->nrows++;
}

/* Random text of the characters that matter. */
static void random_text(unsigned *seed, char *text)
{
    static const char alphabet[] = "ab,\"\r\n ;\t'";
    size_t length = (*seed = *seed * 1103515245 + 12345) >> 16 & 15;
    for (size_t i = 0; i < length; i++) {
        *seed = *seed * 1103515245 + 12345;
        text[i] = alphabet[(*seed >> 16) % (sizeof alphabet - 1)];
    }
    text[length] = '\0';
}

static void any_field_reads_back_as_it_was(void **state)
{
    enum { ROWS = 100, COLUMNS = 3 };
    static struct parsed parsed;
    static char texts[ROWS * COLUMNS][16];
    unsigned seed = 7;
    size_t size;
    struct csv_parser parser;
    (void)state;
    struct io_atomic_file *file = open_file("f");
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        random_text(&seed, texts[i]);
        if (i % COLUMNS == 0)
            texts[i][0] = 'x'; /* libcsv drops rows without any text */
        io_write_field(file, texts[i]);
        write_text(file, i % COLUMNS == COLUMNS - 1 ? "\n" : ",");
    }
    char *text = committed(file, &size);
    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
    assert_int_equal(
        csv_parse(&parser, text, size, take_field, take_row, &parsed), size);
    assert_int_equal(csv_fini(&parser, take_field, take_row, &parsed), 0);
    csv_free(&parser);
    free(text);
    assert_int_equal(parsed.nrows, ROWS);
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        assert_string_equal(parsed.fields[i], texts[i]);
}

static struct fc_outline outline_of(const double *levels, int nlevels,
                                    const double *quantiles, int nquantiles)
{
    struct fc_outline outline;
    struct fc_error err;
    assert_int_equal(
        fc_outline_init(&outline, levels, nlevels, quantiles, nquantiles, &err),
        FC_OK);
    return outline;
}

static void the_header_names_the_levels(void **state)
{
    const double levels[] = {0.1, 50, 80, 99.5, 99.99};
    (void)state;
    struct io_atomic_file *file = open_file("f");
    const double quantiles[] = {0.1, 50, 97.5};
    struct fc_outline outlines[] = {outline_of(levels + 2, 1, NULL, 0),
                                    outline_of(levels, 0, NULL, 0),
                                    outline_of(levels, 5, NULL, 0),
                                    outline_of(levels + 2, 1, quantiles, 3)};
    io_write_forecast_header(file, "unique_id", false, "ds", &outlines[0]);
    io_write_forecast_header(file, "a,b", false, " t", &outlines[1]);
    io_write_forecast_header(file, "a,b", true, "t", &outlines[2]);
    io_write_forecast_header(file, "i", false, "t", &outlines[3]);
    for (int i = 0; i < 4; i++)
        fc_outline_release(&outlines[i]);
    assert_written(file, "unique_id,ds,model,mean,lo-80,hi-80\n"
                         "\"a,b\",\" t\",model,mean\n"
                         "a,b,t,model,mean,lo-0.1,hi-0.1,lo-50,hi-50,lo-80,"
                         "hi-80,lo-99.5,hi-99.5,lo-99.99,hi-99.99\n"
                         "i,t,model,mean,lo-80,hi-80,q-0.1,q-50,q-97.5\n");
}

static void print_day(const void *arg, int h, char text[IO_TIME_SIZE])
{
    snprintf(text, IO_TIME_SIZE, "2024-01-%02d", *(const int *)arg + h);
}

static void a_forecast_is_a_row_per_step(void **state)
{
    double levels[] = {80, 95};
    double mean[] = {1.5, 0.1, 1e300};
    double lo[] = {1, -0.0, -1e300, -1.5, 1.0 / 3, NAN};
    double hi[] = {2, 5e-324, 1e22, 4.5, 123456789, INFINITY};
    struct fc_forecast forecast = {.horizon = 3,
                                   .nlevels = 2,
                                   .levels = levels,
                                   .mean = mean,
                                   .lo = lo,
                                   .hi = hi};
    int first = 30;
    const double quantiles[] = {10};
    struct fc_outline outline = outline_of(levels, 2, quantiles, 1);
    struct fc_outline none = outline_of(NULL, 0, NULL, 0);
    struct io_forecast_rows rows = {.id = "a,\"b\"",
                                    .model = "ets:MAdM",
                                    .forecast = &forecast,
                                    .outline = &outline,
                                    .time = print_day,
                                    .arg = &first};
    (void)state;
    struct io_atomic_file *file = open_file("f");
    io_write_forecast(file, &rows);
    forecast.horizon = 1;
    forecast.nlevels = 0;
    rows.outline = &none;
    rows.id = "c";
    io_write_forecast(file, &rows);
    fc_outline_release(&outline);
    fc_outline_release(&none);
    assert_written(file,
                   "\"a,\"\"b\"\"\",2024-01-30,ets:MAdM,1.5,1,2,-1.5,4.5,1\n"
                   "\"a,\"\"b\"\"\",2024-01-31,ets:MAdM,0.1,0,5e-324,"
                   "0.3333333333333333,123456789,0\n"
                   "\"a,\"\"b\"\"\",2024-01-32,ets:MAdM,1e+300,-1e+300,1e+22,,,"
                   "-1e+300\n"
                   "c,2024-01-30,ets:MAdM,1.5\n");
}

static void numbers_read_back_as_the_same_double(void **state)
{
    enum { ROWS = 1000 };
    static double mean[ROWS];
    struct fc_forecast forecast = {.horizon = ROWS, .mean = mean};
    int first = 0;
    struct fc_outline outline = {0};
    struct io_forecast_rows rows = {.id = "s",
                                    .model = "naive",
                                    .forecast = &forecast,
                                    .outline = &outline,
                                    .time = print_day,
                                    .arg = &first};
    uint64_t bits = 88172645463325252; /* xorshift64 (Marsaglia 2003) */
    size_t size;
    (void)state;
    for (int h = 0; h < ROWS; h++)
        do {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            memcpy(&mean[h], &bits, sizeof bits);
        } while (!isfinite(mean[h]));
    struct io_atomic_file *file = open_file("f");
    io_write_forecast(file, &rows);
    char *text = committed(file, &size), *line = text;
    for (int h = 0; h < ROWS; h++) {
        char *end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        assert_true(strtod(strrchr(line, ',') + 1, NULL) == mean[h]);
        line = end + 1;
    }
    free(text);
}

static void a_summary_row_leaves_the_unknown_empty(void **state)
{
    struct io_summary_row ok = {.id = " a",
                                .model = "arima",
                                .status = "ok",
                                .detail = "filled 2 gaps, summed 1 duplicate",
                                .n = 120,
                                .seasons = "12",
                                .spec = "ARIMA(2,1,1)(0,1,1)[12] with drift",
                                .loglik = -12.25,
                                .aicc = 30,
                                .sigma2 = 1e-9,
                                .seconds = 61.0000015};
    struct io_summary_row failed = {.id = "b",
                                    .model = "ets",
                                    .status = "failed",
                                    .n = 1,
                                    .seasons = "1",
                                    .loglik = NAN,
                                    .aicc = INFINITY,
                                    .sigma2 = NAN,
                                    .seconds = NAN};
    (void)state;
    struct io_atomic_file *file = open_file("f");
    io_write_summary_header(file, "id,1", false);
    io_write_summary(file, &ok);
    io_write_summary(file, &failed);
    failed.seconds = 1e-7;
    io_write_summary(file, &failed);
    assert_written(
        file,
        "\"id,1\",model,status,detail,n,season,spec,loglik,aicc,sigma2,"
        "seconds\n"
        "\" a\",arima,ok,\"filled 2 gaps, summed 1 duplicate\",120,12,"
        "\"ARIMA(2,1,1)(0,1,1)[12] with drift\",-12.25,30,1e-09,61.000002\n"
        "b,ets,failed,,1,1,,,,,\n"
        "b,ets,failed,,1,1,,,,,0.000000\n");
}

/* Many rows into a file that cannot take them all. */
static enum fc_status write_many(const char *path, struct fc_error *err)
{
    double mean[] = {1.0 / 3};
    struct fc_forecast forecast = {.horizon = 1, .mean = mean};
    int first = 1;
    struct fc_outline outline = {0};
    struct io_forecast_rows rows = {.id = "series",
                                    .model = "naive",
                                    .forecast = &forecast,
                                    .outline = &outline,
                                    .time = print_day,
                                    .arg = &first};
    struct io_atomic_file *file;
    enum fc_status status = io_atomic_open(path, &file, err);
    if (status != FC_OK)
        return status;
    for (int i = 0; i < 100000; i++)
        io_write_forecast(file, &rows);
    return commit(file, err);
}

static int write_many_under_limit(void *arg)
{
    struct fc_error err;
    struct rlimit limit = {1500000, 1500000};
    (void)arg;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 100;
    if (write_many("f", &err) != FC_EIO)
        return 101;
    return strcmp(err.msg, "cannot write 'f': File too large") != 0;
}

static void a_failed_write_is_told_at_the_commit(void **state)
{
    struct fc_error err;
    int ends[2];
    char path[40];
    (void)state;
    assert_int_equal(write_many("/dev/full", &err), FC_EIO);
    assert_string_equal(err.msg,
                        "cannot write '/dev/full': No space left on device");
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    assert_int_equal(write_many(path, &err), FC_EIO);
    assert_non_null(strstr(err.msg, "Broken pipe"));
    close(ends[1]);
    put("f", "old");
    assert_int_equal(run_child(write_many_under_limit, NULL), 0);
    assert_holds("f", "old");
    assert_int_equal(count_temporaries("."), 0);
}

/* A locale of commas, where the system has one. */
static void the_locale_changes_nothing(void **state)
{
    const char *names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    size_t i = 0;
    while (i < 4 && setlocale(LC_ALL, names[i]) == NULL)
        i++;
    if (i == 4)
        print_message("           no locale with decimal commas here\n");
    a_summary_row_leaves_the_unknown_empty(state);
    a_forecast_is_a_row_per_step(state);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(fields_are_quoted_when_they_must_be),
        IN_FOLDER(any_field_reads_back_as_it_was),
        IN_FOLDER(the_header_names_the_levels),
        IN_FOLDER(a_forecast_is_a_row_per_step),
        IN_FOLDER(numbers_read_back_as_the_same_double),
        IN_FOLDER(a_summary_row_leaves_the_unknown_empty),
        IN_FOLDER(a_failed_write_is_told_at_the_commit),
        IN_FOLDER(the_locale_changes_nothing),
    };
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
