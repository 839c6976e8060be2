/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Learning that was interrupted: from whatever pieces were kept of it the same
 * numbers follow, to the last bit, and these pieces are not made again.
 */
#include "tests/batches.h"

#include "forecast/models.h"

enum { N = 60, LENGTH = 72, H = 6, M = 12, MOST = 500 };

struct piece {
    uint32_t place;
    size_t index, n;
    double *numbers;
};

/* What was kept, of which every `stride`-th is lost; 0: nothing is. */
struct shelf {
    struct piece at[MOST];
    size_t n, recalled, made, stride;
};

static bool recall(void *arg, uint32_t place, size_t index, double *numbers,
                   size_t n)
{
    struct shelf *shelf = arg;
    for (size_t i = 0; i < shelf->n; i++) {
        const struct piece *piece = &shelf->at[i];
        bool lost = shelf->stride > 0 && i % shelf->stride == 0;
        if (piece->place != place || piece->index != index || lost)
            continue;
        assert_int_equal(piece->n, n);
        memcpy(numbers, piece->numbers, n * sizeof *numbers);
        shelf->recalled++;
        return true;
    }
    return false;
}

/* On one thread. */
static void keep(void *arg, uint32_t place, size_t index, const double *numbers,
                 size_t n)
{
    struct shelf *shelf = arg;
    size_t at = shelf->n;
    shelf->made++;
    for (size_t i = 0; i < shelf->n; i++)
        if (shelf->at[i].place == place && shelf->at[i].index == index)
            at = i; /* one that was lost, or two have a place: see below */
    assert_true(at < MOST);
    if (at == shelf->n) {
        shelf->n++;
        shelf->at[at] =
            (struct piece){place, index, n, malloc(n * sizeof *numbers)};
        memcpy(shelf->at[at].numbers, numbers, n * sizeof *numbers);
    }
    assert_int_equal(shelf->at[at].n, n);
    assert_memory_equal(shelf->at[at].numbers, numbers, n * sizeof *numbers);
}

static void monthly(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100, height = 5 + (double)(i % 5);
    for (size_t t = 0; t < n; t++) {
        level += gsl_ran_gaussian(rng, 1);
        y[t] = level + height * sin(0.5235987755982988 * (double)t);
    }
}

static struct fc_learned *learn(struct simulated *s, const char *model,
                                const struct fc_pieces *pieces)
{
    struct fc_spec spec = {0};
    struct fc_learned *learned = NULL;
    struct fc_lesson lesson = {.series = s->series,
                               .n = s->n,
                               .seasons = s->series[0].seasons,
                               .horizon = H,
                               .seed = 1,
                               .jobs = 1,
                               .pieces = pieces};
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, NULL), FC_OK);
    assert_int_equal(spec.model->learn(&lesson, &spec, &learned, NULL), FC_OK);
    assert_non_null(learned);
    return learned;
}

static void assert_same(const struct fc_learned *a, const struct fc_learned *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->values, b->values, a->n * sizeof *a->values);
}

/* At least `least` pieces are made of all of it. */
static void check(const char *model, size_t least)
{
    struct simulated s = simulate_batch(N, LENGTH, H, monthly);
    struct shelf shelf = {0};
    const struct fc_pieces pieces = {recall, keep, &shelf};
    give_season(&s, M);
    struct fc_learned *whole = learn(&s, model, NULL);
    struct fc_learned *first = learn(&s, model, &pieces);
    assert_same(first, whole);
    free(first);
    assert_int_equal(shelf.recalled, 0);
    assert_int_equal(shelf.made, shelf.n); /* no place is of two pieces */
    assert_true(shelf.n >= least);
    for (size_t stride = 0; stride < 5; stride++) {
        size_t lost = stride > 0 ? (shelf.n + stride - 1) / stride : 0;
        shelf.stride = stride;
        shelf.recalled = shelf.made = 0;
        struct fc_learned *again = learn(&s, model, &pieces);
        assert_same(again, whole);
        free(again);
        assert_int_equal(shelf.made, lost);
        assert_int_equal(shelf.recalled, shelf.n - lost);
    }
    for (size_t i = 0; i < shelf.n; i++)
        free(shelf.at[i].numbers);
    free(whole);
    release_simulated(&s);
}

static void auto_goes_on(void **state)
{
    (void)state;
    check("auto", N + 2 * (4 + 2)); /* trials, networks, regressions */
}

static void networks_go_on(void **state)
{
    (void)state;
    check("network", 2 * 4);
}

static void regressions_go_on(void **state)
{
    (void)state;
    check("pooled", 2);
    check("pooled-log", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auto_goes_on),
        cmocka_unit_test(networks_go_on),
        cmocka_unit_test(regressions_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
