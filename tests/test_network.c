/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "forecast/global/network.h"

#include <stdalign.h>

enum { LANES = FC_NETWORK_LANES, MOST = 4096 };

/* Random numbers between -1 and 1. */
static void fill(uint64_t *random, float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)(fc_network_random(random) >> 40) * 0x1p-23 - 1);
}

/* The values that Vigna's splitmix64.c prints from this seed. */
static void random_bits_are_those_of_splitmix64(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821)};
    uint64_t random = 1234567;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(fc_network_random(&random) == expected[i]);
}

/* relu(x) + relu(-x) + 0.5 = |x| + 0.5, and relu(x) - relu(-x) = x. */
static void known_weights_compute_known_functions(void **state)
{
    (void)state;
    struct fc_network net = {
        .inputs = 1, .hidden = 2, .layers = 1, .outputs = 2};
    alignas(16) float x[LANES], units[2 * LANES], out[2 * LANES];
    alignas(16) float parameters[12] = {1, -1, 0, 0, 1, 1, 1, -1, 0.5F, 0};
    double wide[12], seen[2], scratch[4];
    assert_int_equal(fc_network_size(&net), 12);
    assert_int_equal(fc_network_units(&net), 2 * LANES);
    for (int c = 0; c < LANES; c++)
        x[c] = (float)(c - LANES / 2) / 4;
    fc_network_forward(&net, parameters, x, units, out);
    for (int i = 0; i < 12; i++)
        wide[i] = (double)parameters[i];
    for (int c = 0; c < LANES; c++) {
        double in = (double)x[c];
        assert_true((double)out[c] == fabs(in) + 0.5);
        assert_true((double)out[LANES + c] == in);
        fc_network_apply(&net, wide, &in, scratch, seen);
        assert_true(seen[0] == fabs(in) + 0.5 && seen[1] == in);
    }
}

/* A loss with another weight for every output and lane. */
static double loss(const struct fc_network *net, const double *parameters,
                   const float *x, const float *dout)
{
    double sum = 0, in[16], out[16], units[64];
    for (int c = 0; c < LANES; c++) {
        for (int i = 0; i < net->inputs; i++)
            in[i] = (double)x[i * LANES + c];
        fc_network_apply(net, parameters, in, units, out);
        for (int i = 0; i < net->outputs; i++)
            sum += (double)dout[i * LANES + c] * out[i];
    }
    return sum;
}

static void check_gradient(const struct fc_network *net)
{
    static alignas(16) float parameters[MOST], gradient[MOST], x[MOST];
    static alignas(16) float units[MOST], scratch[MOST], out[MOST], dout[MOST];
    static double wide[MOST];
    const double step = 1e-6;
    uint64_t random = 5;
    size_t n = fc_network_size(net);
    assert_true(n <= MOST && fc_network_units(net) <= MOST
                && fc_network_scratch(net) <= MOST);
    fc_network_start(net, &random, parameters);
    fill(&random, x, (size_t)net->inputs * LANES);
    fill(&random, dout, (size_t)net->outputs * LANES);
    fc_network_forward(net, parameters, x, units, out);
    fc_network_gradient(net, parameters, x, units, dout, scratch, gradient);
    for (size_t i = 0; i < n; i++)
        wide[i] = (double)parameters[i];
    for (size_t i = 0; i < n; i++) {
        double kept = wide[i];
        wide[i] = kept + step;
        double above = loss(net, wide, x, dout);
        wide[i] = kept - step;
        double below = loss(net, wide, x, dout);
        wide[i] = kept;
        assert_near_floor((double)gradient[i], (above - below) / (2 * step),
                          1e-4, 1);
    }
}

/* Sizes that fill no tile of rows, and one of every kind of layer. */
static void gradients_are_the_slopes_of_the_loss(void **state)
{
    (void)state;
    check_gradient(&(struct fc_network){3, 5, 1, 2});
    check_gradient(&(struct fc_network){7, 9, 2, 3});
    check_gradient(&(struct fc_network){8, 8, 3, 1});
}

/*
 * The first step is the rate against the gradient's sign, whatever its size
 * (Kingma & Ba 2015, section 2.1), less the decay, which takes 0.01 of the
 * rate from a parameter.
 */
static void the_first_step_is_the_rate(void **state)
{
    (void)state;
    alignas(16) float mean[4] = {0}, square[4] = {0};
    alignas(16) float gradient[4] = {3, -1e-3F, 200, 0};
    alignas(16) float parameters[4] = {1, 1, -2, 5};
    struct fc_adam adam = {.n = 4, .mean = mean, .square = square};
    fc_adam_step(&adam, 0.1, gradient, parameters);
    assert_near((double)parameters[0], 1 * 0.999 - 0.1, 1e-5);
    assert_near((double)parameters[1], 1 * 0.999 + 0.1, 1e-4);
    assert_near((double)parameters[2], -2 * 0.999 - 0.1, 1e-5);
    assert_near((double)parameters[3], 5 * 0.999, 1e-6);
    assert_int_equal(adam.steps, 1);
}

/* y = |a| - 2 b, which one hidden layer can be exactly. */
static void descent_finds_a_simple_function(void **state)
{
    (void)state;
    enum { HIDDEN = 16, STEPS = 3000 };
    struct fc_network net = {2, HIDDEN, 1, 1};
    static alignas(16) float p[MOST], g[MOST], mean[MOST], square[MOST];
    static alignas(16) float x[2 * LANES], units[HIDDEN * LANES], out[LANES];
    static alignas(16) float dout[LANES], scratch[2 * HIDDEN * LANES];
    struct fc_adam adam = {fc_network_size(&net), mean, square, 0};
    uint64_t random = 11;
    double first = 0, last = 0;
    fc_network_start(&net, &random, p);
    for (int step = 0; step < STEPS; step++) {
        fill(&random, x, 2 * LANES);
        fc_network_forward(&net, p, x, units, out);
        last = 0;
        for (int c = 0; c < LANES; c++) {
            float e = out[c] - (fabsf(x[c]) - 2 * x[LANES + c]);
            dout[c] = 2 * e / LANES;
            last += (double)(e * e) / LANES;
        }
        first = step == 0 ? last : first;
        fc_network_gradient(&net, p, x, units, dout, scratch, g);
        fc_adam_step(&adam, 0.02 * (1 - (double)step / STEPS), g, p);
    }
    assert_true(first > 0.3);
    assert_true(last < 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bits_are_those_of_splitmix64),
        cmocka_unit_test(known_weights_compute_known_functions),
        cmocka_unit_test(gradients_are_the_slopes_of_the_loss),
        cmocka_unit_test(the_first_step_is_the_rate),
        cmocka_unit_test(descent_finds_a_simple_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
