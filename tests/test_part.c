/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees of parts: what is written is read, and nothing else is. */
#include "tests/check.h"

#include "forecast/numeric/part.h"

enum { OUTER = 7, INNER = 3 };

/* 7: a number, a part of version 3 with two numbers, an empty part, a number */
static struct fc_learned *tree(void)
{
    static const double first = 1.5, two[] = {2.5, 3.5}, last = 4.5;
    struct fc_part_writer writer = {0};
    size_t whole = fc_part_begin(&writer, OUTER);
    fc_part_put(&writer, &first, 1);
    size_t inside = fc_part_begin(&writer, INNER);
    fc_part_put(&writer, two, 2);
    fc_part_end(&writer, inside);
    fc_part_add(&writer, NULL);
    fc_part_put(&writer, &last, 1);
    fc_part_end(&writer, whole);
    struct fc_learned *learned = fc_part_finish(&writer);
    assert_non_null(learned);
    return learned;
}

/* Whether the tree is read as it was written, but for the numbers. */
static bool is_tree(struct fc_part part)
{
    struct fc_part_reader outer, inner;
    if (!fc_part_open(part, OUTER, &outer) || fc_part_take(&outer, 1) == NULL)
        return false;
    struct fc_part inside = fc_part_inside(&outer);
    if (!fc_part_open(inside, INNER, &inner) || fc_part_take(&inner, 2) == NULL
        || !fc_part_is_read(&inner))
        return false;
    bool empty = fc_part_inside(&outer).v == NULL;
    return fc_part_take(&outer, 1) != NULL && empty && fc_part_is_read(&outer);
}

static void a_tree_is_read_as_it_was_written(void **state)
{
    (void)state;
    static const double expected[] = {9,   OUTER, 1.5, 4,  INNER,
                                      2.5, 3.5,   1,   4.5};
    struct fc_learned *learned = tree();
    assert_int_equal(learned->n, 9);
    assert_memory_equal(learned->values, expected, sizeof expected);
    assert_true(is_tree(fc_part_of(learned)));
    assert_true(fc_part_is_finite(fc_part_of(learned)));
    free(learned);
}

/* Sizes and versions that are others; values may be. */
static void another_structure_is_not_read(void **state)
{
    (void)state;
    static const double wrong[] = {-1, 0, 0.5, 2, 5, 1e300, NAN, INFINITY};
    struct fc_learned *learned = tree();
    for (size_t i = 0; i < learned->n; i++)
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            bool is_value = i == 2 || i == 5 || i == 6 || i == 8;
            double right = learned->values[i];
            learned->values[i] = wrong[k];
            assert_int_equal(is_tree(fc_part_of(learned)), is_value);
            learned->values[i] = right;
        }
    learned->values[8] = NAN;
    assert_false(fc_part_is_finite(fc_part_of(learned)));
    for (size_t n = 0; n < learned->n; n++)
        assert_false(is_tree((struct fc_part){learned->values, n}));
    assert_false(is_tree(fc_part_of(NULL)));
    free(learned);
}

/* As long as one likes; a reader that has failed stays so. */
static void parts_grow_and_readers_stop(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    struct fc_part_writer writer = {0};
    struct fc_part_reader reader;
    size_t whole = fc_part_begin(&writer, 1);
    for (int i = 0; i < MANY; i++) {
        double x = i;
        fc_part_put(&writer, &x, 1);
    }
    fc_part_end(&writer, whole);
    struct fc_learned *learned = fc_part_finish(&writer);
    assert_true(fc_part_open(fc_part_of(learned), 1, &reader));
    const double *v = fc_part_take(&reader, MANY - 1);
    assert_true(v != NULL && v[MANY - 2] == MANY - 2);
    assert_null(fc_part_take(&reader, 2));
    assert_null(fc_part_take(&reader, 1));
    assert_false(fc_part_is_read(&reader));
    free(learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_read_as_it_was_written),
        cmocka_unit_test(another_structure_is_not_read),
        cmocka_unit_test(parts_grow_and_readers_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
