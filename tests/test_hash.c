/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SipHash-1-3 beside CPython 3.11, whose hash of bytes it is:
 *   PYTHONHASHSEED=0 python3 -c "print(hex(hash(b'a') & (2**64 - 1)))"
 */
#include "tests/check.h"

#include "io/text/hash.h"
#include "io/text/intern.h"

static void siphash_is_that_of_cpython(void **state)
{
    const struct io_hash_key zero = {{0, 0}};
    const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"a", UINT64_C(0x407448d2b89b1813)},
        {"abcdefg", UINT64_C(0x6db12aae9070f506)},
        {"abcdefgh", UINT64_C(0x3f7b849c0b8e35ea)},
        {"series-1234567", UINT64_C(0xd14fdae6dc643d2d)},
        {"0123456789abcdef", UINT64_C(0x1d42b30f7e060c24)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(io_hash(&zero, cases[i].text, strlen(cases[i].text))
                             == cases[i].hash,
                         1);
}

static void every_key_is_another(void **state)
{
    (void)state;
    struct io_hash_key a = io_hash_key_draw(), b = io_hash_key_draw();
    assert_true(a.k[0] != b.k[0] || a.k[1] != b.k[1]);
    assert_true(io_hash(&a, "series", 6) != io_hash(&b, "series", 6));
}

/* So that a file cannot be made to suit all tables. */
static void every_table_has_a_key_of_its_own(void **state)
{
    struct io_intern a = {0}, b = {0};
    (void)state;
    assert_int_equal(io_intern_add(&a, "x", 1), 0);
    assert_int_equal(io_intern_add(&b, "x", 1), 0);
    assert_memory_not_equal(&a.key, &b.key, sizeof a.key);
    struct io_hash_key first = a.key;
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(io_intern_add(&a, (const char *)&i, sizeof i), i + 1);
    assert_memory_equal(&a.key, &first, sizeof first);
    io_intern_release(&a);
    io_intern_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_is_that_of_cpython),
        cmocka_unit_test(every_key_is_another),
        cmocka_unit_test(every_table_has_a_key_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
