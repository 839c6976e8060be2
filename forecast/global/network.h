/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_NETWORK_H
#define NIGHTCAST_FORECAST_GLOBAL_NETWORK_H

#include <stddef.h>
#include <stdint.h>

/*
 * A multilayer perceptron: `layers` hidden layers of rectified linear units,
 * then linear outputs.  Parameters are floats in one array, layer by layer: a
 * row of weights for every unit, then the units' intercepts.
 *
 * Training takes FC_NETWORK_LANES cases at once, which lie side by side:
 * number i of case c is at [i * FC_NETWORK_LANES + c].  All arrays of floats
 * are aligned to 16 bytes.
 */
enum { FC_NETWORK_LANES = 64 };

struct fc_network {
    int inputs;
    int hidden; /* units of each hidden layer */
    int layers; /* hidden ones, at least 1 */
    int outputs;
};

/* The number of parameters, rounded up to a multiple of 4. */
size_t fc_network_size(const struct fc_network *net);

/* The floats that fc_network_gradient() needs as scratch, and the number of
 * the hidden units of all layers and lanes. */
size_t fc_network_scratch(const struct fc_network *net);
size_t fc_network_units(const struct fc_network *net);

/*
 * Random start values: weights with variance 2 / inputs (He et al. 2015,
 * Delving deep into rectifiers), small ones for the outputs, intercepts 0.
 * *random is the state of fc_network_random().
 */
void fc_network_start(const struct fc_network *net, uint64_t *random,
                      float *parameters);

/*
 * Forward, all lanes.
 *
 *   x      inputs
 *   units  fc_network_units() values out, for fc_network_gradient()
 *   out    outputs
 */
void fc_network_forward(const struct fc_network *net, const float *parameters,
                        const float *x, float *units, float *out);

/*
 * Back-propagation, the sum over all lanes.
 *
 *   dout      the derivatives of the loss by the outputs
 *   scratch   fc_network_scratch() values
 *   gradient  fc_network_size() values out
 */
void fc_network_gradient(const struct fc_network *net, const float *parameters,
                         const float *x, const float *units, const float *dout,
                         float *scratch, float *gradient);

/*
 * One case in double precision, from parameters in double precision, as they
 * are kept.  units: 2 * hidden values of scratch.
 */
void fc_network_apply(const struct fc_network *net, const double *parameters,
                      const double *x, double *units, double *out);

/*
 * One step of gradient descent with the moments' memory of Kingma & Ba (2015),
 * Adam: a method for stochastic optimization, algorithm 1, and the weights'
 * decay apart from the gradient (Loshchilov & Hutter 2019).  mean and square
 * have n values, zeros before the first step; n is a multiple of 4.
 */
struct fc_adam {
    size_t n;
    float *mean, *square;
    long steps; /* done */
};

void fc_adam_step(struct fc_adam *adam, double rate, const float *gradient,
                  float *parameters);

/* 64 random bits; *random is any seed (Steele, Lea & Flood 2014, Fast
 * splittable pseudorandom number generators). */
uint64_t fc_network_random(uint64_t *random);

#endif
