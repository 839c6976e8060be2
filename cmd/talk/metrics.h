/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_METRICS_H
#define NIGHTCAST_CMD_TALK_METRICS_H

#include "forecast/base/series.h"
#include "io/out/atomic_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a run came to, in the text format of Prometheus, for the textfile
 * collector of its node exporter.
 */
struct cmd_metrics {
    const char *output; /* a label: which of several jobs this is */
    size_t ok, fallback, failed;
    uint64_t rows, rejected;
    double read, fit, write; /* seconds */
    int threads;
    const struct fc_seasons *seasons; /* told if there are several */
    size_t late; /* series; told if there are some, or there is a store */
    bool store;  /* there is one: */
    size_t unchanged, warm, corrected, drifting; /* series */
};

void cmd_metrics_write(struct io_atomic_file *file,
                       const struct cmd_metrics *metrics);

#endif
