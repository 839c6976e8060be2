/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A multilayer perceptron, its gradient by back-propagation (Rumelhart, Hinton
 * & Williams 1986), and Adam.
 *
 * All products of matrices take tiles of 4 rows by 8 lanes, whose sums stay in
 * registers.  The order of every sum is fixed.
 */
#include "forecast/global/network.h"

#include <math.h>
#include <string.h>

/* may_alias: the arrays are of floats. */
typedef float vec __attribute__((vector_size(16), may_alias));

enum { LANES = FC_NETWORK_LANES, WIDTH = 4, ROWS = 4 };

/* Adam's constants as published, but for the weights' decay. */
static const float MEMORY = 0.9F, SQUARE_MEMORY = 0.999F, TINY = 1e-8F;
static const double DECAY = 0.01;

/* A layer's place among the parameters. */
struct layer {
    size_t inputs, outputs, at;
};

static struct layer layer_of(const struct fc_network *net, int i)
{
    size_t inputs = (size_t)net->inputs, hidden = (size_t)net->hidden;
    struct layer layer = {inputs, hidden, 0};
    if (i > 0) {
        layer.inputs = hidden;
        layer.at =
            (inputs + 1) * hidden + (size_t)(i - 1) * (hidden + 1) * hidden;
    }
    if (i == net->layers)
        layer.outputs = (size_t)net->outputs;
    return layer;
}

size_t fc_network_size(const struct fc_network *net)
{
    struct layer last = layer_of(net, net->layers);
    size_t n = last.at + (last.inputs + 1) * last.outputs;
    return (n + WIDTH - 1) / WIDTH * WIDTH;
}

size_t fc_network_scratch(const struct fc_network *net)
{
    return 2 * (size_t)net->hidden * LANES;
}

size_t fc_network_units(const struct fc_network *net)
{
    return (size_t)net->layers * (size_t)net->hidden * LANES;
}

uint64_t fc_network_random(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A standard normal number by Box & Muller (1958). */
static double normal(uint64_t *random)
{
    static const double TURN = 6.283185307179586;
    double u = ((double)(fc_network_random(random) >> 11) + 0.5) * 0x1p-53;
    double v = (double)(fc_network_random(random) >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(TURN * v);
}

void fc_network_start(const struct fc_network *net, uint64_t *random,
                      float *parameters)
{
    memset(parameters, 0, fc_network_size(net) * sizeof *parameters);
    for (int i = 0; i <= net->layers; i++) {
        struct layer layer = layer_of(net, i);
        double sd = i < net->layers ? sqrt(2.0 / (double)layer.inputs)
                                    : 0.1 / sqrt((double)layer.inputs);
        for (size_t j = 0; j < layer.inputs * layer.outputs; j++)
            parameters[layer.at + j] = (float)(sd * normal(random));
    }
}

/* A matrix of weights, or its transpose. */
struct matrix {
    const float *w;
    size_t rows, columns;
    size_t down, right; /* strides */
};

/* y = A x + intercepts (none when NULL), for all lanes. */
static void multiply(const struct matrix *a, const float *x,
                     const float *intercepts, float *y)
{
    for (size_t i = 0; i < a->rows; i += ROWS) {
        size_t rows = a->rows - i < ROWS ? a->rows - i : ROWS;
        const float *w[ROWS]; /* the last one again, where there are fewer */
        for (size_t r = 0; r < ROWS; r++)
            w[r] = a->w + (i + (r < rows ? r : rows - 1)) * a->down;
        for (size_t c = 0; c < LANES; c += 2 * WIDTH) {
            vec s00 = {0}, s10 = {0}, s20 = {0}, s30 = {0};
            vec s01 = {0}, s11 = {0}, s21 = {0}, s31 = {0};
            for (size_t j = 0, k = 0; j < a->columns; j++, k += a->right) {
                const vec *in = (const vec *)(x + j * LANES + c);
                vec x0 = in[0], x1 = in[1];
                s00 += w[0][k] * x0;
                s01 += w[0][k] * x1;
                s10 += w[1][k] * x0;
                s11 += w[1][k] * x1;
                s20 += w[2][k] * x0;
                s21 += w[2][k] * x1;
                s30 += w[3][k] * x0;
                s31 += w[3][k] * x1;
            }
            vec sums[ROWS][2] = {
                {s00, s01}, {s10, s11}, {s20, s21}, {s30, s31}};
            for (size_t r = 0; r < rows; r++) {
                vec *out = (vec *)(y + (i + r) * LANES + c);
                float b = intercepts != NULL ? intercepts[i + r] : 0;
                out[0] = sums[r][0] + b;
                out[1] = sums[r][1] + b;
            }
        }
    }
}

static float total(vec v)
{
    return (v[0] + v[1]) + (v[2] + v[3]);
}

/* g[i][j] = the sum over the lanes of dy[i] x[j], for two rows from i on. */
static void add_lanes(const struct layer *layer, size_t i, const float *x,
                      const float *dy, float *g)
{
    size_t second = i + 1 < layer->outputs ? i + 1 : i, n = layer->inputs;
    const float *d0 = dy + i * LANES, *d1 = dy + second * LANES;
    for (size_t j = 0; j < n; j += ROWS) {
        size_t columns = n - j < ROWS ? n - j : ROWS;
        const float *in[ROWS];
        for (size_t r = 0; r < ROWS; r++)
            in[r] = x + (j + (r < columns ? r : columns - 1)) * LANES;
        vec s00 = {0}, s01 = {0}, s02 = {0}, s03 = {0};
        vec s10 = {0}, s11 = {0}, s12 = {0}, s13 = {0};
        for (size_t c = 0; c < LANES; c += WIDTH) {
            vec a = *(const vec *)(d0 + c), b = *(const vec *)(d1 + c);
            vec x0 = *(const vec *)(in[0] + c), x1 = *(const vec *)(in[1] + c);
            vec x2 = *(const vec *)(in[2] + c), x3 = *(const vec *)(in[3] + c);
            s00 += a * x0;
            s01 += a * x1;
            s02 += a * x2;
            s03 += a * x3;
            s10 += b * x0;
            s11 += b * x1;
            s12 += b * x2;
            s13 += b * x3;
        }
        float sums[2][ROWS] = {
            {total(s00), total(s01), total(s02), total(s03)},
            {total(s10), total(s11), total(s12), total(s13)}};
        memcpy(g + i * n + j, sums[0], columns * sizeof *g);
        if (second > i)
            memcpy(g + second * n + j, sums[1], columns * sizeof *g);
    }
}

static void layer_gradient(const struct layer *layer, const float *x,
                           const float *dy, float *gradient)
{
    float *g = gradient + layer->at, *b = g + layer->inputs * layer->outputs;
    for (size_t i = 0; i < layer->outputs; i += 2)
        add_lanes(layer, i, x, dy, g);
    for (size_t i = 0; i < layer->outputs; i++) {
        vec sum = {0};
        for (size_t c = 0; c < LANES; c += WIDTH)
            sum += *(const vec *)(dy + i * LANES + c);
        b[i] = total(sum);
    }
}

void fc_network_forward(const struct fc_network *net, const float *parameters,
                        const float *x, float *units, float *out)
{
    size_t n = (size_t)net->hidden * LANES;
    for (int i = 0; i <= net->layers; i++) {
        struct layer layer = layer_of(net, i);
        const float *w = parameters + layer.at;
        struct matrix a = {w, layer.outputs, layer.inputs, layer.inputs, 1};
        float *y = i < net->layers ? units + (size_t)i * n : out;
        multiply(&a, x, w + layer.inputs * layer.outputs, y);
        for (size_t j = 0; i < net->layers && j < n; j++)
            y[j] = y[j] > 0 ? y[j] : 0;
        x = y;
    }
}

void fc_network_gradient(const struct fc_network *net, const float *parameters,
                         const float *x, const float *units, const float *dout,
                         float *scratch, float *gradient)
{
    size_t n = (size_t)net->hidden * LANES;
    const float *dy = dout;
    for (int i = net->layers; i >= 0; i--) {
        struct layer layer = layer_of(net, i);
        const float *in = i > 0 ? units + (size_t)(i - 1) * n : x;
        layer_gradient(&layer, in, dy, gradient);
        if (i == 0)
            break;
        struct matrix a = {parameters + layer.at, layer.inputs, layer.outputs,
                           1, layer.inputs};
        float *dx = scratch + (size_t)(i % 2) * n;
        multiply(&a, dy, NULL, dx);
        for (size_t j = 0; j < n; j++)
            dx[j] = in[j] > 0 ? dx[j] : 0;
        dy = dx;
    }
}

static double dot(const double *a, const double *b, size_t n)
{
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            s[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        s[0] += a[i] * b[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

void fc_network_apply(const struct fc_network *net, const double *parameters,
                      const double *x, double *units, double *out)
{
    for (int i = 0; i <= net->layers; i++) {
        struct layer layer = layer_of(net, i);
        const double *w = parameters + layer.at;
        const double *b = w + layer.inputs * layer.outputs;
        double *y = i < net->layers ? units + (i % 2) * net->hidden : out;
        for (size_t j = 0; j < layer.outputs; j++) {
            y[j] = b[j] + dot(w + j * layer.inputs, x, layer.inputs);
            if (i < net->layers)
                y[j] = fmax(y[j], 0);
        }
        x = y;
    }
}

void fc_adam_step(struct fc_adam *adam, double rate, const float *gradient,
                  float *parameters)
{
    double steps = (double)++adam->steps;
    float step = (float)(rate * sqrt(1 - pow(SQUARE_MEMORY, steps))
                         / (1 - pow(MEMORY, steps)));
    float kept = (float)(1 - rate * DECAY);
    for (size_t i = 0; i < adam->n; i += WIDTH) {
        vec g = *(const vec *)(gradient + i), root;
        vec *m = (vec *)(adam->mean + i), *s = (vec *)(adam->square + i);
        vec *p = (vec *)(parameters + i);
        *m = MEMORY * *m + (1 - MEMORY) * g;
        *s = SQUARE_MEMORY * *s + (1 - SQUARE_MEMORY) * (g * g);
        for (int k = 0; k < WIDTH; k++)
            root[k] = sqrtf((*s)[k]);
        *p = kept * *p - step * *m / (root + TINY);
    }
}
