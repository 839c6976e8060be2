/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SipHash-1-3 beside CPython 3.11, whose hash of bytes it is:
 *   PYTHONHASHSEED=0 python3 -c "print(hex(hash(b'a') & (2**64 - 1)))"
 * and XXH64 beside xxhsum 0.8.1, xxh64sum of the bytes below; with a seed, what
 * its own tests expect (cli/xsum_sanity_check.c).
 */
#include "tests/check.h"

#include "io/text/checksum.h"
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

static void xxh64_is_that_of_xxhsum(void **state)
{
    static const struct {
        size_t n;
        uint64_t sum;
    } cases[] = {
        {0, UINT64_C(0xef46db3751d8e999)},   {1, UINT64_C(0x1f25c8d0bc1f4bb6)},
        {3, UINT64_C(0x31d2363f52e564c9)},   {4, UINT64_C(0x9bb64b7d66ee9fda)},
        {7, UINT64_C(0x9a7b149959ce60d8)},   {8, UINT64_C(0xdab99d95c6f90092)},
        {12, UINT64_C(0xd52e407833af5133)},  {15, UINT64_C(0x1b47cb8243cc8e32)},
        {31, UINT64_C(0xa2aa5f33cc4a6119)},  {32, UINT64_C(0x23c3c17ef790fd97)},
        {33, UINT64_C(0x50a7cfc7ba588784)},  {63, UINT64_C(0x5e3e54b431c7493c)},
        {64, UINT64_C(0x0eb64b3ef6eeb01f)},  {100, UINT64_C(0xa61f8d4c170fe531)},
        {300, UINT64_C(0x240004dbee0ba6dc)},
    };
    unsigned char bytes[300];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(io_checksum(0, bytes, cases[i].n) == cases[i].sum);
}

static void xxh64_has_seeds(void **state)
{
    static const struct {
        size_t n;
        uint64_t sum;
    } cases[] = {
        {0, UINT64_C(0xac75fda2929b17ef)},
        {1, UINT64_C(0x5014607643a9b4c3)},
        {14, UINT64_C(0xc3bd6bf63deb6df0)},
        {222, UINT64_C(0x20cb8ab7ae10c14a)},
    };
    unsigned char bytes[222];
    uint64_t next = UINT64_C(2654435761);
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(next >> 56);
        next *= UINT64_C(11400714785074694797);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(io_checksum(2654435761U, bytes, cases[i].n)
                    == cases[i].sum);
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
        cmocka_unit_test(xxh64_is_that_of_xxhsum),
        cmocka_unit_test(xxh64_has_seeds),
        cmocka_unit_test(every_key_is_another),
        cmocka_unit_test(every_table_has_a_key_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
