/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "tests/check.h"

#include "cmd/talk/canvas.h"

#include <unistd.h>

static const double missing = NAN;

static void assert_spark(const double *y, size_t n, size_t columns, bool utf8,
                         const char *expected)
{
    char out[CMD_SPARK_SIZE];
    assert_string_equal(cmd_spark(y, n, columns, utf8, out), expected);
}

static void a_spark_goes_from_the_lowest_to_the_highest_value(void **state)
{
    const double rise[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const double gap[] = {5, missing, 1};
    const double huge[] = {-1.7e308, 1.7e308, 0};
    const double flat[] = {3, 3, 3};
    (void)state;
    assert_spark(rise, 8, 8, true, "▁▂▃▄▅▆▇█");
    assert_spark(rise, 8, 8, false, "_.:-=+*#");
    assert_spark(rise, 8, 2, true, "▁█");
    assert_spark(gap, 3, 8, true, "█ ▁");
    assert_spark(huge, 3, 8, true, "▁█▄");
    assert_spark(flat, 3, 8, false, "===");
    assert_spark(flat, 0, 8, false, "");
    assert_spark(&missing, 1, 8, true, " ");
}

static void a_spark_has_no_more_columns_than_there_is_room_for(void **state)
{
    double y[1000];
    char out[CMD_SPARK_SIZE];
    (void)state;
    for (int i = 0; i < 1000; i++)
        y[i] = i;
    cmd_spark(y, 1000, 1000, true, out);
    assert_int_equal(strlen(out), 3 * CMD_SPARK_COLUMNS);
}

static void assert_bar(double share, bool utf8, const char *expected)
{
    char out[CMD_SPARK_SIZE];
    assert_string_equal(cmd_bar(share, 4, utf8, out), expected);
}

static void a_bar_fills_its_share(void **state)
{
    (void)state;
    assert_bar(1, true, "████");
    assert_bar(0.5, true, "██");
    assert_bar(0.5, false, "##");
    assert_bar(0.40625, true, "█▋"); /* 13 of 32 eighths */
    assert_bar(1e-9, true, "▏");
    assert_bar(0, true, "");
    assert_bar(7, true, "████");
    assert_bar(missing, true, "");
}

static void a_locale_says_what_can_be_shown(void **state)
{
    (void)state;
    assert_true(cmd_locale_is_utf8("en_US.UTF-8"));
    assert_true(cmd_locale_is_utf8("C.utf8"));
    assert_false(cmd_locale_is_utf8("C"));
    assert_false(cmd_locale_is_utf8("de_DE.ISO-8859-1"));
    assert_false(cmd_locale_is_utf8(NULL));
}

static void the_first_locale_that_is_set_decides(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "C", 1);
    setenv("LANG", "C.UTF-8", 1);
    assert_false(cmd_terminal_of(STDOUT_FILENO).utf8);
    setenv("LC_ALL", "C.UTF-8", 1);
    assert_true(cmd_terminal_of(STDOUT_FILENO).utf8);
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    assert_true(cmd_terminal_of(STDOUT_FILENO).utf8);
}

static void what_is_no_terminal_has_no_colours(void **state)
{
    int ends[2];
    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_int_equal(pipe(ends), 0);
    struct cmd_terminal t = cmd_terminal_of(ends[1]);
    assert_false(t.is_terminal);
    assert_false(t.colour);
    assert_int_equal(t.columns, 80);
    close(ends[0]);
    close(ends[1]);
}

static void lines_are_dots_and_cover_areas(void **state)
{
    struct cmd_canvas canvas;
    (void)state;
    assert_true(cmd_canvas_init(&canvas, 3, 2));
    cmd_canvas_area(&canvas, 0, 0, 7, CMD_INK_WIDE);
    cmd_canvas_area(&canvas, 2, 4.5, 100, CMD_INK_NARROW);
    cmd_canvas_line(&canvas, 0, 0, 5, 0, CMD_INK_FORECAST);
    cmd_canvas_line(&canvas, 0, 0, 0, 3, CMD_INK_HISTORY); /* beneath */
    const uint8_t ink[6] = {CMD_INK_FORECAST, CMD_INK_FORECAST,
                            CMD_INK_FORECAST, CMD_INK_WIDE,
                            CMD_INK_NARROW,   CMD_INK_NONE};
    assert_memory_equal(canvas.ink, ink, sizeof ink);
    for (int i = 0; i < 3; i++)
        assert_int_equal(canvas.dots[i], 0x09); /* U+2809: both upper dots */
    cmd_canvas_release(&canvas);
}

static void what_lies_outside_is_not_drawn(void **state)
{
    struct cmd_canvas canvas;
    (void)state;
    assert_true(cmd_canvas_init(&canvas, 2, 1));
    cmd_canvas_line(&canvas, -1e300, 0, 1e300, 0, CMD_INK_HISTORY);
    cmd_canvas_line(&canvas, missing, 0, 1, 0, CMD_INK_HISTORY);
    cmd_canvas_line(&canvas, -5, -5, -1, -1, CMD_INK_HISTORY);
    cmd_canvas_area(&canvas, -1, 0, 3, CMD_INK_WIDE);
    cmd_canvas_area(&canvas, 4, 0, 3, CMD_INK_WIDE);
    cmd_canvas_area(&canvas, 1, missing, missing, CMD_INK_WIDE);
    assert_int_equal(canvas.ink[1], CMD_INK_NONE);
    cmd_canvas_line(&canvas, 3, 3, 3, 3, CMD_INK_HISTORY);
    assert_int_equal(canvas.dots[1], 0x80);
    cmd_canvas_release(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spark_goes_from_the_lowest_to_the_highest_value),
        cmocka_unit_test(a_spark_has_no_more_columns_than_there_is_room_for),
        cmocka_unit_test(a_bar_fills_its_share),
        cmocka_unit_test(a_locale_says_what_can_be_shown),
        cmocka_unit_test(the_first_locale_that_is_set_decides),
        cmocka_unit_test(what_is_no_terminal_has_no_colours),
        cmocka_unit_test(lines_are_dots_and_cover_areas),
        cmocka_unit_test(what_lies_outside_is_not_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
