/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "tests/folder.h"

#include "cmd/talk/json.h"
#include "forecast/base/parallel.h"

enum { ITEMS = 2000, THREADS = 4 };

static enum fc_status burn(void *arg, size_t i, struct fc_workspace *ws)
{
    double begin = fc_trace_now();
    (void)arg;
    (void)ws;
    while (fc_trace_now() < begin + 1e-6 * (double)(i % 7))
        ;
    return FC_OK;
}

static void every_item_has_one_span_and_no_thread_two_at_a_time(void **state)
{
    struct fc_trace *trace = fc_trace_new(THREADS);
    struct fc_parallel job = {.n = ITEMS,
                              .nthreads = THREADS,
                              .item = burn,
                              .trace = trace,
                              .what = "burn"};
    int seen[ITEMS] = {0};
    (void)state;
    assert_non_null(trace);
    assert_int_equal(fc_parallel_map(&job), FC_OK);
    double end = fc_trace_now();
    assert_int_equal(trace->ntracks, THREADS + 1);
    assert_int_equal(trace->tracks[0].n, 0);
    for (int t = 1; t <= THREADS; t++) {
        double last = trace->start;
        for (size_t k = 0; k < trace->tracks[t].n; k++) {
            const struct fc_span *span = &trace->tracks[t].spans[k];
            assert_string_equal(span->what, "burn");
            assert_true(span->start >= last);
            assert_true(span->end - span->start
                        >= 1e-6 * (double)(span->item % 7));
            last = span->end;
            seen[span->item]++;
        }
        assert_true(last <= end);
        assert_int_equal(trace->tracks[t].lost, 0);
    }
    for (int i = 0; i < ITEMS; i++)
        assert_int_equal(seen[i], 1);
    fc_trace_free(trace);
}

static void without_a_trace_nothing_is_written_down(void **state)
{
    struct fc_trace *trace = fc_trace_new(1);
    (void)state;
    assert_true(fc_trace_begin(NULL) == 0);
    assert_true(fc_trace_begin(trace) > 0);
    fc_trace_end(NULL, 0, "fit", 0, 0);
    fc_trace_end(trace, 2, "fit", 0, 0); /* there is no second thread */
    assert_int_equal(trace->tracks[0].n + trace->tracks[1].n, 0);
    fc_trace_free(trace);
    fc_trace_free(NULL);
}

/* What one text becomes. */
static void assert_json(const char *text, const char *expected)
{
    char read[256] = "";
    struct io_atomic_file *file;
    struct fc_error err;
    assert_int_equal(io_atomic_open("json", &file, &err), FC_OK);
    cmd_json_text(file, text);
    assert_int_equal(io_atomic_commit(&file, 1, &err), FC_OK);
    FILE *f = fopen("json", "rb");
    assert_non_null(f);
    size_t n = fread(read, 1, sizeof read - 1, f);
    fclose(f);
    read[n] = '\0';
    assert_string_equal(read, expected);
}

static void hostile_texts_are_json_that_html_does_not_see(void **state)
{
    (void)state;
    assert_json(NULL, "null");
    assert_json("", "\"\"");
    assert_json("K\xc3\xb6ln \xf0\x9f\x98\x80",
                "\"K\xc3\xb6ln \xf0\x9f\x98\x80\"");
    assert_json("a\"b\\c\n\t\x7f",
                "\"a\\u0022b\\u005cc\\u000a\\u0009\\u007f\"");
    assert_json("</script><!--&", "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    assert_json("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae",
                "\"\\u2028\\u2029\\u202e\"");
    assert_json("\xff\xc3(\xed\xa0\x80",
                "\"\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_has_one_span_and_no_thread_two_at_a_time),
        cmocka_unit_test(without_a_trace_nothing_is_written_down),
        IN_FOLDER(hostile_texts_are_json_that_html_does_not_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
