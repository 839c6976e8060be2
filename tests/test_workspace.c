/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "forecast/base/workspace.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

static void memory_is_aligned_and_distinct(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    double *a = fc_workspace_doubles(ws, 3);
    double *b = fc_workspace_doubles(ws, 5);
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal((uintptr_t)b % 64, 0);
    assert_true(b >= a + 3 || a >= b + 5);
    fc_workspace_free(ws);
}

static void pointers_survive_growth(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    double *first = fc_workspace_doubles(ws, 10);
    for (int i = 0; i < 10; i++)
        first[i] = i;
    for (size_t n = 1; n < 1000000; n *= 3) {
        double *more = fc_workspace_doubles(ws, n);
        assert_non_null(more);
        memset(more, 0xff, n * sizeof *more);
    }
    for (int i = 0; i < 10; i++)
        assert_true(first[i] == i);
    fc_workspace_free(ws);
}

static void release_gives_back_what_the_mark_says(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    fc_workspace_doubles(ws, 7);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *a = fc_workspace_doubles(ws, 100);
    fc_workspace_doubles(ws, 1000000);
    fc_workspace_release(ws, mark);
    assert_ptr_equal(fc_workspace_doubles(ws, 100), a);
    fc_workspace_free(ws);
}

static void overflowing_sizes_are_refused(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    assert_null(fc_workspace_doubles(ws, SIZE_MAX / 4));
    assert_null(fc_workspace_array(ws, SIZE_MAX, 1));
    assert_non_null(fc_workspace_doubles(ws, 0));
    fc_workspace_free(ws);
}

/* So that a sanitizer sees an overrun from one array into the next. */
static void beyond_an_array_is_out_of_bounds(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    struct fc_workspace *ws = fc_workspace_new();
    double *a = fc_workspace_doubles(ws, 8);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *b = fc_workspace_doubles(ws, 3);
    assert_false(__asan_address_is_poisoned(a + 7));
    assert_true(__asan_address_is_poisoned(a + 8));
    assert_false(__asan_address_is_poisoned(b + 2));
    assert_true(__asan_address_is_poisoned(b + 3));
    fc_workspace_release(ws, mark);
    assert_true(__asan_address_is_poisoned(b));
    assert_false(__asan_address_is_poisoned(a));
    fc_workspace_reset(ws);
    assert_true(__asan_address_is_poisoned(a));
    fc_workspace_free(ws);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_distinct),
        cmocka_unit_test(pointers_survive_growth),
        cmocka_unit_test(release_gives_back_what_the_mark_says),
        cmocka_unit_test(overflowing_sizes_are_refused),
        cmocka_unit_test(beyond_an_array_is_out_of_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
