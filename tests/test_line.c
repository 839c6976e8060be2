/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk/line.h"

#include "io/text/utf8.h"
#include "io/time/calendar.h"
#include "tests/check.h"

#include <string.h>

static char buf[4096];

static const char *visible(const char *text)
{
    struct cmd_line line = {buf, 0, sizeof buf - 1};
    cmd_line_put_visible(&line, text, strlen(text));
    buf[line.n] = '\0';
    return buf;
}

static const char *json(const char *text, size_t most)
{
    struct cmd_line line = {buf, 0, sizeof buf - 1};
    cmd_line_put_json(&line, text, most);
    buf[line.n] = '\0';
    return buf;
}

static const char *time_text(int64_t seconds, long ns)
{
    struct cmd_line line = {buf, 0, sizeof buf - 1};
    cmd_line_put_time(&line, seconds, ns);
    buf[line.n] = '\0';
    return buf;
}

static void what_a_terminal_obeys_is_escaped(void **state)
{
    (void)state;
    assert_string_equal(visible("plain, Z\xc3\xbcrich \xe6\x97\xa5"),
                        "plain, Z\xc3\xbcrich \xe6\x97\xa5");
    assert_string_equal(visible("\x1b[2J\a\r\n\t\x7f"),
                        "\\x1b[2J\\x07\\x0d\\x0a\\x09\\x7f");
    /* the C1 controls as characters and as bytes */
    assert_string_equal(visible("\xc2\x9b"
                                "2J\x9b"),
                        "\\xc2\\x9b2J\\x9b");
    /* right-to-left override, line separator */
    assert_string_equal(visible("a\xe2\x80\xae"
                                "b\xe2\x80\xa8"),
                        "a\\xe2\\x80\\xaeb\\xe2\\x80\\xa8");
    /* overlong, surrogate, cut short */
    assert_string_equal(visible("\xc0\xaf"), "\\xc0\\xaf");
    assert_string_equal(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80");
    assert_string_equal(visible("\xf0\x9f\x98"), "\\xf0\\x9f\\x98");
}

static void json_strings_are_valid(void **state)
{
    (void)state;
    assert_string_equal(json("a\"b\\c/", 99), "\"a\\\"b\\\\c/\"");
    assert_string_equal(json("\n\x1b\x7f", 99), "\"\\u000a\\u001b\\u007f\"");
    assert_string_equal(json("\xc3\xa9\xe2\x80\xae", 99),
                        "\"\xc3\xa9\\u202e\"");
    assert_string_equal(json("a\xff"
                             "b\xc3",
                             99),
                        "\"a\xef\xbf\xbd"
                        "b\xef\xbf\xbd\"");
}

static void json_strings_are_cut_between_characters(void **state)
{
    (void)state;
    assert_string_equal(json("abcdef", 4), "\"abc\"");
    assert_string_equal(json("ab\xc3\xa9z", 4), "\"ab\"");
    assert_string_equal(json("a\nbc", 5), "\"a\"");
}

static void a_full_line_takes_nothing_after_a_gap(void **state)
{
    (void)state;
    struct cmd_line line = {buf, 0, 6};
    cmd_line_put(&line, "abcd");
    cmd_line_put_visible(&line, "x\x1by", 3);
    assert_int_equal(line.n, 5);
    assert_memory_equal(buf, "abcdx", 5);
}

static void times_are_rfc_3339(void **state)
{
    (void)state;
    assert_string_equal(time_text(0, 0), "1970-01-01T00:00:00.000Z");
    assert_string_equal(time_text(1795320003, 123999999),
                        "2026-11-22T04:00:03.123Z");
    assert_string_equal(time_text(-1, 500000000), "1969-12-31T23:59:59.500Z");
    assert_string_equal(time_text(IO_TIME_MAX, 0), "9999-12-31T23:59:59.000Z");
    assert_string_equal(time_text(INT64_MAX, 7), "1970-01-01T00:00:00.000Z");
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    assert_int_equal(io_utf8_cut("abc", 3, 5), 3);
    assert_int_equal(io_utf8_cut("abc", 3, 2), 2);
    assert_int_equal(io_utf8_cut("a\xe6\x97\xa5z", 5, 3), 1);
    assert_int_equal(io_utf8_cut("a\xe6\x97\xa5z", 5, 4), 4);
    /* what is no UTF-8 is cut somewhere */
    assert_int_equal(io_utf8_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_obeys_is_escaped),
        cmocka_unit_test(json_strings_are_valid),
        cmocka_unit_test(json_strings_are_cut_between_characters),
        cmocka_unit_test(a_full_line_takes_nothing_after_a_gap),
        cmocka_unit_test(times_are_rfc_3339),
        cmocka_unit_test(text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
