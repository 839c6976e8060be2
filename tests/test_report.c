/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "tests/folder.h"

#include "cmd/report/lines.h"
#include "cmd/report/scores.h"
#include "cmd/report/specs.h"
#include "cmd/report/vector.h"

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void assert_vector(const double *x, size_t n, const char *expected)
{
    char read[256] = "";
    struct io_atomic_file *file;
    struct fc_error err;
    assert_int_equal(io_atomic_open("v", &file, &err), FC_OK);
    cmd_report_vector(file, x, n);
    assert_int_equal(io_atomic_commit(&file, 1, &err), FC_OK);
    FILE *f = fopen("v", "r");
    assert_non_null(f);
    read[fread(read, 1, sizeof read - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(read, expected);
}

/* base64 by coreutils: printf '\x18\x2d\x44\x54\xfb\x21\x09\x40' | base64 */
static void numbers_take_the_shorter_form(void **state)
{
    const double few[] = {112, NAN, -0.5, 1e300};
    const double pi[] = {3.141592653589793};
    const double three[] = {3.141592653589793, NAN, 2.718281828459045};
    (void)state;
    assert_vector(few, 4, "\"112,,-0.5,1e+300\"");
    assert_vector(few, 0, "\"\"");
    assert_vector(pi, 1, "\"!GC1EVPshCUA=\"");
    assert_vector(three, 3, "\"!GC1EVPshCUAAAAAAAAD4f2lXFIsKvwVA\"");
}

static void assert_plain(const char *spec, const char *plain,
                         const char *weights)
{
    char a[128], b[128];
    cmd_report_plain(spec, a, b);
    assert_string_equal(a, plain);
    assert_string_equal(b, weights);
    cmd_report_plain(spec, b, NULL);
    assert_string_equal(b, plain);
}

static void weights_are_told_from_other_numbers(void **state)
{
    (void)state;
    assert_plain("auto(ets 0.23, pooled-log 0.07)", "auto(ets #, pooled-log #)",
                 "23 7");
    assert_plain("auto(snaive 1.00)", "auto(snaive #)", "100");
    assert_plain("ETS(M,Ad,M)", "ETS(M,Ad,M)", "");
    assert_plain("ARIMA(2,1,1) with 0.123", "ARIMA(2,1,1) with 0.123", "");
    assert_plain("", "", "");
    assert_plain(" 0.5", " 0.5", "");
}

/* Two series of known errors; a third is constant and has no scale. */
static const double steps[] = {1, 3, 2, 4, 3, 5};
static const double flat[] = {2, 2, 2};

struct known {
    struct fc_history series[3];
    struct io_panel panel;
    struct io_intern ids;
};

static void make_known(struct known *k)
{
    memset(k, 0, sizeof *k);
    k->series[0] = (struct fc_history){.id = "a", .y = steps, .n = 6};
    k->series[1] = (struct fc_history){.id = "b", .y = steps, .n = 2};
    k->series[2] = (struct fc_history){.id = "c", .y = flat, .n = 3};
    k->panel.series = k->series;
    k->panel.nseries = 3;
    for (int i = 0; i < 3; i++)
        io_intern_add(&k->ids, k->series[i].id, 1);
}

static void errors_are_summed_by_series_and_by_step(void **state)
{
    struct cmd_report_scores scores = {0};
    struct known k;
    struct fc_error err;
    const double levels[] = {80, 95}, lo[] = {1, 0}, hi[] = {2, 9};
    (void)state;
    make_known(&k);
    assert_int_equal(
        cmd_report_scores_init(&scores, &k.panel, 1, levels, 2, &err), FC_OK);
    uint32_t model = cmd_report_scores_model(&scores, "ets", 3);
    assert_int_equal(cmd_report_scores_model(&scores, "ets", 3), model);
    /* |differences| of a: 2 1 2 1 2, mean 1.6 */
    assert_near(scores.scale[0], 1.6, 1e-15);
    struct cmd_report_outcome o = {0, 1, 3, 5, lo, hi};
    assert_true(cmd_report_scores_add(&scores, model, &o));
    o.step = 0;
    o.mean = 2;
    assert_true(cmd_report_scores_add(&scores, model, &o));
    o.mean = NAN; /* was not forecast */
    assert_true(cmd_report_scores_add(&scores, model, &o));
    o = (struct cmd_report_outcome){2, 0, 3, 5, lo, hi};
    assert_true(cmd_report_scores_add(&scores, model, &o)); /* no scale */
    const struct cmd_report_model *m = &scores.model[model];
    assert_int_equal(m->nsteps, 2);
    assert_near(m->step[0].scaled, 1 / 1.6, 1e-15);
    assert_near(m->step[1].scaled, 2 / 1.6, 1e-15);
    assert_int_equal(m->step[0].n, 1);
    assert_near(cmd_report_mase(&m->of[0]), 1.5 / 1.6, 1e-15);
    assert_near(m->of[0].error, 1, 1e-15);
    assert_near(m->of[0].smape, 200 * (2. / 8 + 1. / 5), 1e-14);
    assert_true(isnan(cmd_report_mase(&m->of[1])));
    assert_true(isnan(cmd_report_mase(&m->of[2])));
    assert_int_equal(m->of[2].n, 1);
    /* 3 lies above the narrow interval, inside the wide one */
    assert_int_equal(m->inside[0] + m->inside[2], 0);
    assert_int_equal(m->compared[0] + m->compared[2], 3);
    assert_int_equal(m->inside[1] + m->inside[3], 3);
    assert_int_equal(m->of[0].inside, 2);
    cmd_report_scores_release(&scores);
    io_intern_release(&k.ids);
}

static enum fc_status read_scores(const char *text,
                                  struct cmd_report_scores *scores,
                                  struct fc_error *err)
{
    struct known k;
    size_t unknown;
    make_known(&k);
    write_file("s.csv", text);
    *scores = (struct cmd_report_scores){0};
    enum fc_status status = cmd_report_scores_read("s.csv", &k.panel, 1, &k.ids,
                                                   scores, &unknown, err);
    io_intern_release(&k.ids);
    return status;
}

static void scores_are_told_apart_by_their_columns(void **state)
{
    struct cmd_report_scores s;
    struct fc_error err;
    (void)state;
    assert_int_equal(
        read_scores("id,model,origin,step,actual,mean,lo-90,hi-90\n"
                    "a,m,x,1,3,5,1,9\na,m,x,2,3,,,\nz,m,x,1,1,1,1,1\n",
                    &s, &err),
        FC_OK);
    assert_true(s.backtest);
    assert_int_equal(s.nlevels, 1);
    assert_near(cmd_report_mase(&s.model[0].of[0]), 2 / 1.6, 1e-15);
    assert_int_equal(s.model[0].of[0].inside, 1);
    cmd_report_scores_release(&s);
    assert_int_equal(
        read_scores("id,model,steps,missing,mae,smape,mase,cover-80,cover-95\n"
                    "a,m,4,0,2,10,0.5,0.5,0.75\n",
                    &s, &err),
        FC_OK);
    assert_false(s.backtest);
    assert_near(cmd_report_mase(&s.model[0].of[0]), 0.5, 1e-15);
    assert_int_equal(s.model[0].of[0].inside, 3); /* of the wider: 0.75 * 4 */
    assert_int_equal(s.model[0].of[0].compared, 4);
    cmd_report_scores_release(&s);
    assert_int_equal(read_scores("id,model\na,m\n", &s, &err), FC_EDATA);
    cmd_report_scores_release(&s);
    assert_int_equal(
        read_scores("id,model,step,actual,mean\na,m,0,1,1\n", &s, &err),
        FC_EDATA);
    assert_non_null(strstr(err.msg, "s.csv:2: column 'step'"));
    cmd_report_scores_release(&s);
    assert_int_equal(
        read_scores("id,model,step,actual,mean\nz,m,1,1,1\n", &s, &err),
        FC_EDATA);
    cmd_report_scores_release(&s);
}

#define EVENT(name, cat, track, at, took)                                     \
    "{\"name\":\"" name "\",\"cat\":\"" cat                                   \
    "\",\"ph\":\"X\",\"pid\":1,\"tid\":" track ",\"ts\":" at ",\"dur\":" took \
    "},\n"

static void a_trace_is_read_again(void **state)
{
    struct cmd_report_lines lines = {0};
    struct fc_error err;
    struct known k;
    (void)state;
    make_known(&k);
    write_file("t.json",
               "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" EVENT(
                   "fit", "phase", "0", "0.000", "9000.000")
                   EVENT("b", "fit", "2", "1000.500", "3000.000")
                       EVENT("\\u0061", "fit", "1", "1000.000", "2000.000")
                           EVENT("z", "fit", "1", "4000.000",
                                 "5000.000") "],\"otherData\":{}}\n");
    assert_int_equal(cmd_report_lines_read("t.json", &k.ids, &lines, &err),
                     FC_OK);
    assert_int_equal(lines.ntracks, 3);
    assert_int_equal(lines.n, 4);
    assert_near(lines.end, 0.009, 1e-12);
    assert_near(lines.worked, 0.010, 1e-12);
    assert_string_equal(lines.at[0].name, "fit");
    assert_int_equal(lines.at[1].series, 0); /* \u0061 */
    assert_near(lines.at[1].start, 0.001, 1e-12);
    assert_int_equal(lines.at[2].series, UINT32_MAX);
    assert_int_equal(lines.at[3].series, 1);
    assert_int_equal(lines.at[3].track, 2);
    cmd_report_lines_release(&lines);
    io_intern_release(&k.ids);
}

static void what_is_no_trace_is_refused_by_its_line(void **state)
{
    static const char *const bad[] = {"hello\n",
                                      "{\"name\":\"a\n",
                                      "{\"name\":\"\\x\",\"cat\":\"fit\"\n",
                                      "{\"name\":\"\\u00\n",
                                      EVENT("a", "fit", "70000", "1", "1"),
                                      EVENT("a", "fit", "-1", "1", "1"),
                                      EVENT("a", "fit", "1", "nan", "1"),
                                      ""};
    struct known k;
    struct fc_error err;
    (void)state;
    make_known(&k);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cmd_report_lines lines = {0};
        write_file("t.json", bad[i]);
        assert_int_equal(cmd_report_lines_read("t.json", &k.ids, &lines, &err),
                         FC_EDATA);
        cmd_report_lines_release(&lines);
    }
    io_intern_release(&k.ids);
}

static void short_stretches_are_joined_and_none_is_lost(void **state)
{
    struct cmd_report_lines lines = {0};
    size_t count = 0;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct cmd_report_stretch s = {.start = i * 1e-3,
                                       .end =
                                           i * 1e-3 + (i == 777 ? 8e-4 : 5e-4),
                                       .series = (uint32_t)i,
                                       .track = 1,
                                       .count = 1,
                                       .work = CMD_WORK_FIT};
        assert_true(cmd_report_lines_add(&lines, &s));
    }
    cmd_report_lines_finish(&lines);
    assert_in_range(lines.n, 1000, 6000);
    bool longest = false;
    for (size_t i = 0; i < lines.n; i++) {
        count += lines.at[i].count;
        longest = longest || lines.at[i].series == 777;
        assert_true(i == 0 || lines.at[i].start >= lines.at[i - 1].end);
    }
    assert_int_equal(count, 100000);
    assert_true(longest);
    cmd_report_lines_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(numbers_take_the_shorter_form),
        cmocka_unit_test(weights_are_told_from_other_numbers),
        cmocka_unit_test(errors_are_summed_by_series_and_by_step),
        IN_FOLDER(scores_are_told_apart_by_their_columns),
        IN_FOLDER(a_trace_is_read_again),
        IN_FOLDER(what_is_no_trace_is_refused_by_its_line),
        cmocka_unit_test(short_stretches_are_joined_and_none_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
