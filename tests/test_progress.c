/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "tests/folder.h"

#include "cmd/talk/progress.h"
#include "cmd/talk/talk.h"
#include "forecast/base/parallel.h"

#include <sys/ioctl.h>

static void assert_text(size_t columns, size_t done, size_t n, double seconds,
                        const char *expected)
{
    char text[CMD_PROGRESS_SIZE];
    size_t length =
        cmd_progress_text(text, columns, done, n, seconds, "series");
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void counts_have_thousands_separators(void **state)
{
    static const struct {
        size_t count;
        const char *text;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {123456, "123,456"},
                 {1234567, "1,234,567"},
                 {SIZE_MAX, "18,446,744,073,709,551,615"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CMD_COUNT_SIZE];
        assert_string_equal(cmd_count(cases[i].count, text), cases[i].text);
    }
}

static void the_bar_tells_share_rate_and_time_left(void **state)
{
    (void)state;
    assert_text(79, 0, 3003, 0,
                "    0/3,003 series   0% "
                "[>                                       ]");
    assert_text(79, 1204, 3003, 1.5,
                "1,204/3,003 series  40% [============>                 ] "
                "803 series/s, 2 s left");
    assert_text(79, 3003, 3003, 4.25,
                "3,003/3,003 series 100% [==============================] "
                "707 series/s, 0 s left");
    assert_text(79, 1, 60, 3.0,
                " 1/60 series   1% [>                           ] "
                "0.33 series/s, 2 min 57 s left");
    assert_text(200, 0, 0, 1,
                "0/0 series 100% [========================================]");
}

static void time_left_has_two_units(void **state)
{
    (void)state;
    assert_text(45, 10, 20, 59.4, "10/20 series  50% 0.17 series/s, 59 s left");
    assert_text(50, 10, 20, 60,
                "10/20 series  50% 0.17 series/s, 1 min 0 s left");
    assert_text(50, 10, 20, 8045,
                "10/20 series  50% 0.0012 series/s, 2 h 14 min left");
    assert_text(51, 10, 20, 529200,
                "10/20 series  50% 1.9e-05 series/s, 6 d 3 h left");
}

static void narrow_terminals_get_what_fits(void **state)
{
    char text[CMD_PROGRESS_SIZE];
    (void)state;
    assert_text(40, 5, 10, 5, " 5/10 series  50% 1 series/s, 5 s left");
    assert_text(37, 5, 10, 5, " 5/10 series  50% [========>        ]");
    assert_text(29, 5, 10, 5, " 5/10 series  50%");
    assert_text(17, 5, 10, 5, " 5/10 series  50%");
    assert_text(16, 5, 10, 5, " 50%");
    assert_text(4, 5, 10, 5, " 50%");
    assert_text(3, 5, 10, 5, "");
    for (size_t columns = 0; columns < CMD_PROGRESS_SIZE; columns++)
        for (size_t done = 0; done <= 20; done++) {
            size_t length =
                cmd_progress_text(text, columns, done * 76543210987654321,
                                  20 * 76543210987654321, 1e-9, "series");
            assert_true(length <= columns && strlen(text) == length);
        }
}

/* Runs the bar over n updates, pausing after each; what was written. */
static size_t written_to_pipe(enum cmd_when when, int n, long pause_us,
                              char *found, size_t size)
{
    struct cmd_progress progress;
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    cmd_progress_init(&progress, when, ends[1], "series");
    for (int i = 1; i <= n; i++) {
        cmd_progress_update(&progress, (size_t)i, (size_t)n);
        sleep_us(pause_us);
    }
    cmd_progress_clear(&progress);
    cmd_progress_clear(&progress); /* once is enough */
    ssize_t length = read(ends[0], found, size - 1);
    found[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    close(ends[1]);
    return length > 0 ? (size_t)length : 0;
}

static void off_writes_nothing(void **state)
{
    char found[1000];
    (void)state;
    assert_int_equal(written_to_pipe(CMD_NEVER, 100, 0, found, 1000), 0);
    assert_int_equal(written_to_pipe(CMD_AUTO, 100, 0, found, 1000), 0);
}

static void always_draws_also_into_a_pipe_and_erases(void **state)
{
    char found[1000];
    (void)state;
    written_to_pipe(CMD_ALWAYS, 1, 0, found, sizeof found);
    char *again = strchr(found + 1, '\r');
    assert_int_equal(found[0], '\r');
    assert_non_null(again);
    size_t shown = (size_t)(again - found - 1);
    assert_memory_equal(found + 1, "1/1 series 100%", 15);
    assert_in_range(shown, 15, 79);
    assert_int_equal(strspn(again + 1, " "), shown);
    assert_string_equal(again + 1 + shown, "\r");
}

static void it_is_drawn_ten_times_a_second_at_most(void **state)
{
    static char found[100000];
    struct timespec before, after;
    int draws = 0;
    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &before);
    written_to_pipe(CMD_ALWAYS, 60, 5000, found, sizeof found);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double seconds = (double)(after.tv_sec - before.tv_sec)
                     + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    for (const char *p = found; *p != '\0'; p++)
        draws += *p == '\r';
    draws -= 2; /* to erase */
    assert_true(draws >= 2);
    assert_true(draws <= 1 + (int)(10 * seconds));
}

/* A terminal of so many columns: its two ends. */
static bool open_terminal(unsigned short columns, int *outer, int *inner)
{
    struct winsize size = {.ws_row = 25, .ws_col = columns};
    *outer = posix_openpt(O_RDWR | O_NOCTTY);
    if (*outer < 0 || grantpt(*outer) != 0 || unlockpt(*outer) != 0)
        return false;
    *inner = open(ptsname(*outer), O_RDWR | O_NOCTTY);
    return *inner >= 0 && ioctl(*inner, TIOCSWINSZ, &size) == 0;
}

static void a_terminal_s_width_is_respected(void **state)
{
    (void)state;
    for (unsigned short columns = 0; columns <= 200; columns += 4) {
        struct cmd_progress progress;
        char found[1000] = "";
        int outer = -1, inner = -1;
        if (!open_terminal(columns, &outer, &inner)) {
            print_message("           no pseudo-terminals: skipped\n");
            skip();
        }
        cmd_progress_init(&progress, CMD_AUTO, inner, "series");
        cmd_progress_update(&progress, 5, 10);
        size_t most = columns == 0 ? 79 : columns - 1;
        if (most >= 4) {
            assert_true(read(outer, found, sizeof found - 1) > 0);
            assert_non_null(strstr(found, "50%"));
            assert_true(strlen(found) - 1 <= most);
        }
        cmd_progress_clear(&progress);
        close(inner);
        close(outer);
    }
}

static void a_terminal_that_goes_away_is_no_failure(void **state)
{
    struct cmd_progress progress;
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    cmd_progress_init(&progress, CMD_ALWAYS, ends[1], "series");
    cmd_progress_update(&progress, 1, 2);
    cmd_progress_update(&progress, 2, 2);
    cmd_progress_clear(&progress);
    close(ends[1]);
}

struct batch {
    struct cmd_progress progress; /* first: the map's argument is its own */
    int calls;
};

static enum fc_status count(void *arg, size_t i, struct fc_workspace *ws)
{
    struct batch *batch = arg;
    (void)i;
    (void)ws;
    batch->calls++;
    return FC_OK;
}

static void it_is_a_progress_callback_of_the_map(void **state)
{
    struct batch batch = {.calls = 0};
    struct fc_parallel job = {.n = 100,
                              .nthreads = 1,
                              .item = count,
                              .arg = &batch,
                              .progress = cmd_progress_update};
    char found[1000] = "";
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    cmd_progress_init(&batch.progress, CMD_ALWAYS, ends[1], "series");
    assert_int_equal(fc_parallel_map(&job), FC_OK);
    assert_int_equal(batch.calls, 100);
    assert_true(read(ends[0], found, sizeof found - 1) > 0);
    assert_memory_equal(found, "\r  1/100 series   1%", 20);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_have_thousands_separators),
        cmocka_unit_test(the_bar_tells_share_rate_and_time_left),
        cmocka_unit_test(time_left_has_two_units),
        cmocka_unit_test(narrow_terminals_get_what_fits),
        cmocka_unit_test(off_writes_nothing),
        cmocka_unit_test(always_draws_also_into_a_pipe_and_erases),
        cmocka_unit_test(it_is_drawn_ten_times_a_second_at_most),
        cmocka_unit_test(a_terminal_s_width_is_respected),
        cmocka_unit_test(a_terminal_that_goes_away_is_no_failure),
        cmocka_unit_test(it_is_a_progress_callback_of_the_map),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
