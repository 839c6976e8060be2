/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: a file as what a model has learnt.  The first three bytes say
 * whether the checksum is made to fit and how much later series end, the
 * season, and the horizon.  What is
 * taken comes back from being written as it was, and what passes the model's
 * check can be forecast with.
 */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "forecast/known/known.h"
#include "forecast/models.h"
#include "io/out/learned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATH = 40, LENGTH = 40 };

static int make_file(const char *text, size_t n, char path[PATH])
{
    int fd = memfd_create("learned", 0);
    assert(fd >= 0);
    for (size_t done = 0; done < n;) {
        ssize_t written = write(fd, text + done, n - done);
        assert(written > 0);
        done += (size_t)written;
    }
    snprintf(path, PATH, "/proc/self/fd/%d", fd);
    return fd;
}

/* The text without its last line, and the one that fits. */
static size_t mend(char *text, size_t n)
{
    size_t at = n > 0 ? n - 1 : 0;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at
           + (size_t)sprintf(text + at, "crc32 %08lx\n",
                             crc32_z(0, (const unsigned char *)text, at));
}

static void check_agreed(const struct io_agreed *a, const struct io_agreed *b)
{
    char text[IO_TIME_SIZE];
    int64_t t;
    assert(strcmp(a->id, b->id) == 0 && a->wide == b->wide);
    assert(a->wide || strcmp(a->time, b->time) == 0);
    assert(a->wide || strcmp(a->value, b->value) == 0);
    assert(a->decimal == b->decimal && a->first == b->first);
    assert(a->freq.anchor_day == b->freq.anchor_day);
    assert(memcmp(&a->format, &b->format, sizeof a->format) == 0);
    io_time_print(&a->format, a->last, text);
    if (io_freq_advance(&a->freq, a->last, 1, &t))
        io_freq_text(&a->freq, text, sizeof text);
}

static void check_written(const struct io_learned *learned)
{
    struct io_learned again;
    struct io_atomic_file *file;
    struct fc_error err;
    char path[PATH], name[PATH];
    int fd = make_file("", 0, path);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    enum fc_status status = io_atomic_open(name, &file, &err);
    assert(status == FC_OK);
    io_learned_write(file, learned);
    status = io_atomic_commit(&file, 1, &err);
    assert(status == FC_OK);
    status = io_learned_read(path, &again, &err);
    assert(status == FC_OK);
    assert(again.n == learned->n && again.horizon == learned->horizon);
    assert(fc_seasons_equal(&again.seasons, &learned->seasons));
    assert(again.step.unit == learned->step.unit);
    assert(again.step.multiple == learned->step.multiple);
    assert(again.last == learned->last);
    assert(strcmp(again.model, learned->model) == 0);
    assert(again.has_agreed == learned->has_agreed);
    assert(again.sign == learned->sign);
    if (learned->has_agreed)
        check_agreed(&again.agreed, &learned->agreed);
    for (size_t i = 0; i < learned->n; i++)
        assert(again.values[i] == learned->values[i]);
    assert(again.nregressors == learned->nregressors);
    assert(again.nevents == learned->nevents);
    assert(again.nbases == learned->nbases);
    assert(again.nslopes == learned->nslopes);
    for (size_t i = 0; i < learned->nregressors; i++)
        assert(strcmp(again.regressor[i], learned->regressor[i]) == 0);
    for (size_t i = 0; i < learned->nbases; i++)
        assert(strcmp(again.base[i], learned->base[i]) == 0);
    for (size_t i = 0; i < learned->nslopes; i++)
        assert(again.slopes[i] == learned->slopes[i]);
    io_learned_release(&again);
    close(fd);
}

/* What was taken is what was written. */
static void check_known(const struct fc_known *known, const double *x, size_t n)
{
    double *again = malloc(n * sizeof *again);
    assert(n == fc_known_size(known->n));
    fc_known_pack(known, again);
    for (size_t i = 0; i < n; i++)
        assert(again[i] == x[i]);
    free(again);
}

/* Reading outside of the block is for the sanitizer to notice. */
static void forecast(const struct fc_request *request,
                     const struct fc_seasons *seasons)
{
    static const double levels[] = {5, 80, 99.9};
    double y[LENGTH], numbers[7 * 256];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series series = {
        .id = "a", .y = y, .n = LENGTH, .seasons = seasons};
    struct fc_error err;
    struct fc_fit fit;
    size_t h = (size_t)request->horizon;
    struct fc_forecast out =
        fc_forecast_over(request->horizon, 3, levels, numbers);
    for (int t = 0; t < LENGTH; t++)
        y[t] = 50 + t + 10 * (t % fc_season_length(seasons)) + (t * 7 % 5);
    enum fc_status status = fc_model_fit(&series, request, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, ws, &out, &err);
    for (size_t i = 0; status == FC_OK && i < 3 * h; i++)
        assert(out.lo[i] <= out.hi[i]);
    fc_workspace_free(ws);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct io_learned learned;
    struct fc_error err = {0};
    char path[PATH];
    if (size < 3)
        return 0;
    gsl_set_error_handler_off();
    size_t n = size - 3;
    char *text = malloc(n + 32);
    memcpy(text, data + 3, n);
    if (data[0] & 1)
        n = mend(text, n);
    int fd = make_file(text, n, path);
    free(text);
    enum fc_status status = io_learned_read(path, &learned, &err);
    assert(status == FC_OK || (err.msg[0] != '\0' && learned.values == NULL));
    close(fd);
    if (status != FC_OK)
        return 0;
    check_written(&learned);
    struct fc_known *known;
    if (fc_known_unpack(learned.slopes, learned.nslopes, &known, &err) == FC_OK)
        check_known(known, learned.slopes, learned.nslopes);
    free(known);
    struct fc_spec spec = {.model = fc_model_find(learned.model)};
    if (spec.model == NULL || spec.model->check_learned == NULL)
        spec.model = fc_model_find("auto");
    struct fc_seasons seasons = fc_one_season(1 + data[1] % 24);
    struct fc_request request = {
        .spec = &spec, .horizon = 1 + data[2], .seed = 1};
    struct fc_learned *block =
        malloc(sizeof *block + learned.n * sizeof(double));
    block->n = learned.n;
    memcpy(block->values, learned.values, learned.n * sizeof(double));
    if (spec.model->check_learned(fc_part_of(block), &spec, &seasons,
                                  request.horizon, &err)
        == FC_OK) {
        if (spec.model->place_learned != NULL)
            spec.model->place_learned(block, data[0] / 2 - 64);
        status = spec.model->check_learned(fc_part_of(block), &spec, &seasons,
                                           request.horizon, &err);
        assert(status == FC_OK);
        request.learned = fc_part_of(block);
        forecast(&request, &seasons);
    }
    free(block);
    io_learned_release(&learned);
    return 0;
}
