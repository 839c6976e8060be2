/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "io/text/amount.h"
#include "io/text/number.h"

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 (Steele, Lea & Flood 2014) */
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void expect_read(const char *text, double expected)
{
    double v = -12345;
    if (!io_number_parse(text, strlen(text), &v)
        || memcmp(&v, &expected, sizeof v) != 0)
        fail_msg("'%.60s' read as %a, not %a", text, v, expected);
}

static void expect_printed(double x, const char *expected)
{
    char buf[IO_NUMBER_SIZE];
    size_t n = io_number_print(x, buf);
    assert_int_equal(n, strlen(buf));
    if (strcmp(buf, expected) != 0)
        fail_msg("%a printed as %s, not %s", x, buf, expected);
}

static void plain_and_exponent_forms_are_read(void **state)
{
    (void)state;
    expect_read("0", 0);
    expect_read("-0", -0.0);
    expect_read("+7", 7);
    expect_read("007", 7);
    expect_read("5.", 5);
    expect_read(".5", 0.5);
    expect_read("-.5e1", -5);
    expect_read("3060.42", 3060.42);
    expect_read("1e3", 1000);
    expect_read("1E+03", 1000);
    expect_read("1.5e-07", 1.5e-7);
    expect_read("0e999999999999999999999", 0);
    expect_read("0.000e-999999999999999999999", 0);
    expect_read("1e-999999999999999999999", 0);
    expect_read("123456789012345678901234567890",
                123456789012345678901234567890.);
}

static void what_is_not_a_number_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "1 ",
                                      " 1",
                                      "1 2",
                                      "1,5",
                                      "1.5.2",
                                      "--1",
                                      "+-1",
                                      "-",
                                      "+",
                                      ".",
                                      "e5",
                                      ".e5",
                                      "1e",
                                      "1e+",
                                      "1e5.0",
                                      "0x10",
                                      "0X1p3",
                                      "inf",
                                      "-inf",
                                      "nan",
                                      "NaN",
                                      "NA",
                                      "1_000",
                                      "1d5",
                                      "1e999",
                                      "-1e400",
                                      "1.7976931348623159e308",
                                      "1.8e308",
                                      "1e99999999999999999999",
                                      "1f",
                                      "1'000",
                                      "\xd9\xa1"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double v = 42;
        if (io_number_parse(bad[i], strlen(bad[i]), &v))
            fail_msg("'%s' read as %g", bad[i], v);
        assert_true(v == 42);
    }
    double v = 42;
    assert_false(io_number_parse("1\0", 2, &v));
    assert_true(io_number_parse("12", 1, &v) && v == 1);
}

static void halfway_cases_round_to_even(void **state)
{
    (void)state;
    /* 1 + 2^-53 is midway between 1 and its neighbour 1 + 2^-52. */
#define MIDWAY "1.0000000000000001110223024625156540423631668090820312"
    expect_read(MIDWAY "4", 1);
    expect_read(MIDWAY "5", 1);
    expect_read(MIDWAY "50000000000000000000000", 1);
    expect_read(MIDWAY "50000000000000000000001", 0x1.0000000000001p0);
    expect_read(MIDWAY "6", 0x1.0000000000001p0);
    expect_read("9007199254740993", 9007199254740992.);
    expect_read("9007199254740993.0000000000000001", 9007199254740994.);
    expect_read("9007199254740995", 9007199254740996.);
    expect_read("36028797018963972", 36028797018963968.);
    expect_read("9007199254740993e-3", 9007199254740.993);
    expect_read("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
    expect_read("2.2250738585072012e-308", 0x1p-1022);
    expect_read("2.4703282292062327208e-324", 0);
    expect_read("2.4703282292062327209e-324", 0x1p-1074);
    expect_read("1.7976931348623158e308", 0x1.fffffffffffffp1023);
}

static void only_a_digit_past_all_others_breaks_a_tie(void **state)
{
    static const char midway[] = MIDWAY "5";
    size_t n = 3000;
    char *text = malloc(n + 1);
    (void)state;
    memset(text, '0', n);
    memcpy(text, midway, sizeof midway - 1);
    text[n] = '\0';
    expect_read(text, 1);
    text[n - 1] = '1';
    expect_read(text, 0x1.0000000000001p0);
    memset(text, '0', n);
    memcpy(text + n - 4, "25e1", 4);
    expect_read(text, 250);
    memset(text, '9', n);
    double v;
    assert_false(io_number_parse(text, n, &v));
    memcpy(text + n - 6, "e-2900", 6);
    expect_read(text, strtod(text, NULL));
    free(text);
}

/* Texts of every length and exponent around the limits of the fast paths. */
static void random_texts_read_as_strtod_reads_them(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 250000; i++) {
        char text[80];
        uint64_t a = next_random(&seed);
        uint64_t w = a >> (next_random(&seed) % 64);
        uint64_t f = next_random(&seed) >> (next_random(&seed) % 64);
        int q = (int)(next_random(&seed) % 64) - 32;
        int wide = (int)(next_random(&seed) % 700) - 350;
        switch (i % 5) {
        case 0:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)w, q);
            break;
        case 1:
            snprintf(text, sizeof text, "-%llu.%llu", (unsigned long long)w,
                     (unsigned long long)f);
            break;
        case 2:
            snprintf(text, sizeof text, "%llu.%0*llue%d", (unsigned long long)w,
                     (int)(a % 25), (unsigned long long)f, q);
            break;
        case 3:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)a, wide);
            break;
        default:
            /* odd integers of 54 to 63 bits: many are midpoints */
            snprintf(
                text, sizeof text, "%llu",
                (unsigned long long)((w | UINT64_C(1) << 53 | 1) << (a % 3)));
        }
        double expected = strtod(text, NULL);
        double v;
        if (!isinf(expected))
            expect_read(text, expected);
        else
            assert_false(io_number_parse(text, strlen(text), &v));
    }
}

/* Every text of up to five of these characters, and a sample of longer ones. */
static void short_texts_read_as_strtod_reads_them(void **state)
{
    static const char letters[] = "0159.-+e";
    uint64_t seed = 4;
    (void)state;
    for (uint64_t i = 0; i < 300000; i++) {
        uint64_t code = i < 8 * 8 * 8 * 8 * 8 ? i : next_random(&seed);
        bool sample = i >= 8 * 8 * 8 * 8 * 8;
        char text[9] = "", *end;
        size_t n = sample ? 5 + code % 4 : 5;
        for (size_t k = 0; k < n; k++, code /= 8)
            text[k] = letters[code % (sample && i % 3 == 0 ? 5 : 8)];
        for (size_t from = 0; from < n; from++) {
            double expected = strtod(text + from, &end), value = 42;
            bool good = *end == '\0' && isfinite(expected);
            assert_int_equal(io_number_parse(text + from, n - from, &value),
                             good);
            assert_true(value == (good ? expected : 42));
        }
    }
}

static void plain_notation_between_1e_4_and_1e16(void **state)
{
    (void)state;
    expect_printed(0, "0");
    expect_printed(-0.0, "0");
    expect_printed(-1.5, "-1.5");
    expect_printed(100, "100");
    expect_printed(0.0001, "0.0001");
    expect_printed(0.00001, "1e-05");
    expect_printed(1.5e-7, "1.5e-07");
    expect_printed(1e15, "1000000000000000");
    expect_printed(9999999999999998, "9999999999999998");
    expect_printed(1e16, "1e+16");
    expect_printed(-1.5e300, "-1.5e+300");
    expect_printed(-2.2250738585072014e-308, "-2.2250738585072014e-308");
}

static void shortest_decimals_match_python(void **state)
{
    FILE *file = fopen("tests/reference/shortest.csv", "r");
    unsigned long long bits;
    char expected[64];
    int n = 0;
    (void)state;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "bits,shortest"), 0);
    while (fscanf(file, "%llx,%63s", &bits, expected) == 2) {
        expect_printed(from_bits(bits), expected);
        n++;
    }
    fclose(file);
    assert_true(n > 800);
}

/* A printed number's digits, without sign, point, and zeros around them. */
static int copy_digits(const char *text, char digits[40])
{
    int n = 0;
    for (const char *p = text; *p != '\0' && *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9' && (n > 0 || *p != '0'))
            digits[n++] = *p;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return n;
}

/*
 * A printed number reads back, the closest decimal of one digit less does
 * not, and of as many digits it is the closest, which snprintf gives.  Only
 * above a power of two need the closest decimal not read back: those are in
 * shortest.csv.
 */
static void check_shortest(double x)
{
    char buf[IO_NUMBER_SIZE], text[40], ours[40], closest[40];
    size_t n = io_number_print(x, buf);
    double v = 0;
    if (strtod(buf, NULL) != x || !io_number_parse(buf, n, &v) || v != x)
        fail_msg("%a printed as %s reads back as %a", x, buf, v);
    int digits = copy_digits(buf, ours);
    snprintf(text, sizeof text, "%.*e", digits - 1, x);
    copy_digits(text, closest);
    if (strtod(text, NULL) == x && strcmp(ours, closest) != 0)
        fail_msg("%s printed for %s", buf, text);
    if (digits > 1) {
        snprintf(text, sizeof text, "%.*e", digits - 2, x);
        if (strtod(text, NULL) == x)
            fail_msg("%s printed for %s", buf, text);
    }
}

static void random_bits_print_shortest(void **state)
{
    uint64_t seed = 2;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double x = from_bits(next_random(&seed));
        if (isfinite(x) && x != 0)
            check_shortest(x);
    }
}

static void everyday_numbers_print_shortest(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int i = 0; i < 250000; i++) {
        uint64_t r = next_random(&seed);
        double u = (double)(next_random(&seed) >> 11) * 0x1p-53;
        double scale = pow(10, (double)(r % 60) - 15);
        double x =
            i % 2 != 0 ? u * scale : (double)(r >> (24 + r % 40)) / scale;
        if (x != 0)
            check_shortest(x);
    }
}

/* A blank in front says nothing, but takes another way. */
static void expect_same_as_behind_a_blank(const char *text)
{
    struct io_number_form form = {.decimal = ','};
    struct io_number_seen a = {0}, b = {0};
    char blank[40];
    double x, y;
    snprintf(blank, sizeof blank, " %s", text);
    const char *why = io_amount_parse(&form, text, strlen(text), 7, &a, &x);
    if (io_amount_parse(&form, blank, strlen(blank), 7, &b, &y) != why
        || memcmp(&x, &y, sizeof x) != 0 || a.comma.n != b.comma.n
        || a.point.n != b.point.n || a.open_comma.n != b.open_comma.n
        || a.open_point.n != b.open_point.n)
        fail_msg("'%s' is %a, behind a blank %a", text, x, y);
}

/* Every text of up to six of these characters, and a sample of longer ones. */
static void amounts_with_commas_are_read_one_way(void **state)
{
    static const char letters[] = "0159.,-";
    uint64_t seed = 5;
    (void)state;
    for (uint64_t i = 0; i < 250000; i++) {
        bool sample = i >= 7 * 7 * 7 * 7 * 7 * 7;
        uint64_t code = sample ? next_random(&seed) : i;
        char text[20] = "";
        size_t n = sample ? 7 + code % 11 : 6;
        for (size_t k = 0; k < n; k++, code /= 7)
            text[k] = letters[code % (sample && k % 4 > 0 ? 4 : 7)];
        for (size_t from = 0; from < (sample ? 1 : n); from++)
            expect_same_as_behind_a_blank(text + from);
    }
}

/* Thousands by points, and a decimal comma. */
static void amounts_with_commas_read_as_strtod_reads_them(void **state)
{
    const struct io_number_form form = {.decimal = ','};
    uint64_t seed = 6;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct io_number_seen seen = {0};
        char plain[48], text[48];
        size_t used = 0;
        double value, expected;
        unsigned long long w = next_random(&seed) >> (24 + i % 36);
        int whole =
            snprintf(plain, sizeof plain, "%s%llu", i % 7 ? "" : "-", w);
        snprintf(plain + whole, sizeof plain - (size_t)whole, ".%0*llu",
                 1 + i % 2 + i % 3, w % 10);
        for (int k = 0; plain[k] != '\0'; k++) {
            bool group = i % 5 > 0 && k > 0 && k < whole && (whole - k) % 3 == 0
                         && plain[k - 1] != '-';
            if (group)
                text[used++] = '.';
            text[used++] = plain[k];
            if (plain[k] == '.')
                text[used - 1] = ',';
        }
        text[used] = '\0';
        expected = strtod(plain, NULL);
        if (io_amount_parse(&form, text, used, 3, &seen, &value) != NULL
            || memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("'%s' read as %a, not %a", text, value, expected);
        assert_int_equal(seen.comma.n + seen.open_comma.n, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_exponent_forms_are_read),
        cmocka_unit_test(what_is_not_a_number_is_refused),
        cmocka_unit_test(halfway_cases_round_to_even),
        cmocka_unit_test(only_a_digit_past_all_others_breaks_a_tie),
        cmocka_unit_test(random_texts_read_as_strtod_reads_them),
        cmocka_unit_test(short_texts_read_as_strtod_reads_them),
        cmocka_unit_test(plain_notation_between_1e_4_and_1e16),
        cmocka_unit_test(shortest_decimals_match_python),
        cmocka_unit_test(random_bits_print_shortest),
        cmocka_unit_test(everyday_numbers_print_shortest),
        cmocka_unit_test(amounts_with_commas_are_read_one_way),
        cmocka_unit_test(amounts_with_commas_read_as_strtod_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
