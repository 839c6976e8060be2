/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What automatic exponential smoothing costs: CPU time per series on M3
 * monthly beside R's ets() on the same series, on daily series of 50 to 500
 * observations, and against the length n and the season m.
 *
 *   bench_ets [M3-MONTHLY.csv [SERIES]]
 *
 * Every figure is a line "what,number,unit".  R is asked when Rscript with the
 * package forecast is there; SERIES (40) of the file's series are taken, evenly
 * spread.
 */
#define _POSIX_C_SOURCE 200809L /* popen, clock_gettime */
#include "forecast/models.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HORIZON = 18, MOST_VALUES = 1 << 18, LONGEST = 51200 };

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* CPU seconds of one fit and forecast; the fit is told so when it fails. */
static double time_one(const double *y, size_t n, int season,
                       struct fc_workspace *ws)
{
    static const double levels[] = {80, 95};
    double mean[HORIZON], lo[2 * HORIZON], hi[2 * HORIZON];
    struct fc_series series = {.id = "series", .y = y, .n = n};
    struct fc_spec spec = {.model = fc_model_find("ets")};
    struct fc_seasons seasons = fc_one_season(season);
    struct fc_request request = {.spec = &spec};
    series.seasons = &seasons;
    struct fc_forecast out = {HORIZON, 2, levels, mean, lo, hi, false};
    struct fc_fit fit;
    struct fc_error err;
    double start = cpu_seconds();
    if (fc_model_fit(&series, &request, ws, &fit, &err) != FC_OK
        || fc_model_predict(&fit, ws, &out, &err) != FC_OK)
        printf("failed: %s\n", err.msg);
    double used = cpu_seconds() - start;
    fc_workspace_reset(ws);
    return used;
}

/* ---- M3 beside R ---- */

/* A file's series end to end: the i-th begins at start[i]. */
struct panel {
    size_t n, used;
    size_t start[8192];
    double value[MOST_VALUES];
};

static bool read_panel(const char *path, struct panel *panel)
{
    char line[256], last[64] = "";
    FILE *file = fopen(path, "r");
    panel->n = panel->used = 0;
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL && panel->used < MOST_VALUES
           && panel->n < 8191) {
        const char *value = strrchr(line, ',');
        if (value == NULL)
            continue;
        size_t id = strcspn(line, ",");
        if (id >= sizeof last)
            id = sizeof last - 1;
        if (strncmp(line, last, id) != 0 || last[id] != '\0') {
            panel->start[panel->n++] = panel->used;
            memcpy(last, line, id);
            last[id] = '\0';
        }
        panel->value[panel->used++] = strtod(value + 1, NULL);
    }
    panel->start[panel->n] = panel->used;
    fclose(file);
    return panel->n > 0;
}

static double time_panel(const struct panel *panel, size_t step,
                         struct fc_workspace *ws)
{
    double sum = 0;
    for (size_t i = 0; i < panel->n; i += step)
        sum += time_one(panel->value + panel->start[i],
                        panel->start[i + 1] - panel->start[i], 12, ws);
    return sum;
}

/* CPU seconds R takes for every step-th series; negative: no R. */
static double time_r(const char *path, size_t step)
{
    char command[2048], answer[256];
    double seconds = -1;
    snprintf(command, sizeof command,
             "OPENBLAS_NUM_THREADS=1 Rscript -e '"
             "suppressMessages(library(forecast));x<-read.csv(\"%s\");"
             "s<-split(x$y,factor(x[[1]],levels=unique(x[[1]])));"
             "s<-s[seq(1,length(s),by=%zu)];"
             "t<-system.time(for(y in s)forecast(ets(ts(y,frequency=12)),"
             "h=18));cat(\"seconds\",t[[1]]+t[[2]],\"\\n\")' 2>/dev/null",
             path, step);
    FILE *pipe = popen(command, "r");
    while (pipe != NULL && fgets(answer, sizeof answer, pipe) != NULL)
        if (strncmp(answer, "seconds ", 8) == 0)
            seconds = strtod(answer + 8, NULL);
    if (pipe != NULL)
        pclose(pipe);
    return seconds;
}

static void bench_m3(const char *path, size_t wanted, struct fc_workspace *ws)
{
    static struct panel panel;
    if (!read_panel(path, &panel)) {
        printf("ets on M3 monthly: no file '%s', left out\n", path);
        return;
    }
    size_t step = panel.n / wanted > 0 ? panel.n / wanted : 1;
    size_t count = (panel.n + step - 1) / step;
    double all = time_panel(&panel, 1, ws);
    double before = time_panel(&panel, step, ws);
    double theirs = time_r(path, step);
    double ours = (before + time_panel(&panel, step, ws)) / 2;
    printf("ets on M3 monthly: all %zu series,%.3f,CPU ms per series\n",
           panel.n, 1e3 * all / (double)panel.n);
    printf("ets on M3 monthly: %zu of them,%.3f,CPU ms per series\n", count,
           1e3 * ours / (double)count);
    if (theirs > 0) {
        printf("R's ets() on these %zu,%.1f,CPU ms per series\n", count,
               1e3 * theirs / (double)count);
        printf("R's ets() takes,%.0f,times as long\n", theirs / ours);
    } else {
        printf("R with the package forecast is not here\n");
    }
    fflush(stdout);
}

/* ---- generated series ---- */

/* A wandering level with a trend, a season and noise. */
static void make_series(gsl_rng *rng, double *y, size_t n, int season)
{
    double level = 50 + 100 * gsl_rng_uniform(rng);
    double trend = gsl_ran_gaussian(rng, 0.05);
    double swing = 20 * gsl_rng_uniform(rng), noise = 2 + swing / 4;
    for (size_t t = 0; t < n; t++) {
        double phase =
            2 * 3.14159265358979 * (double)(t % (size_t)season) / season;
        level += trend + gsl_ran_gaussian(rng, 0.5);
        y[t] = level + gsl_ran_gaussian(rng, noise) + swing * sin(phase)
               + swing / 2 * cos(2 * phase);
    }
}

/* Two in three days without demand, small counts on the others. */
static void make_intermittent(gsl_rng *rng, double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_rng_uniform(rng) < 0.67 ? 0 : gsl_ran_poisson(rng, 4);
}

static void bench_daily(double *y, struct fc_workspace *ws)
{
    enum { COUNT = 451 };
    double sum = 0, worst = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (size_t i = 0; i < COUNT; i++) {
        size_t n = 50 + i;
        if (i % 5 == 0)
            make_intermittent(rng, y, n);
        else
            make_series(rng, y, n, 7);
        double used = time_one(y, n, 7, ws);
        sum += used;
        worst = used > worst ? used : worst;
    }
    gsl_rng_free(rng);
    printf("ets on daily series of 50 to 500: season 7,%.3f,"
           "CPU ms per series\n",
           1e3 * sum / COUNT);
    printf("ets on daily series: the slowest,%.3f,CPU ms\n", 1e3 * worst);
    printf("ets on 10^6 daily series on 2 processors,%.1f,min\n",
           sum / COUNT * 1e6 / 2 / 60);
    fflush(stdout);
}

static void bench_growth(double *y, size_t n, int season,
                         struct fc_workspace *ws)
{
    enum { REPEATS = 5 };
    double sum = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (int i = 0; i < REPEATS; i++) {
        make_series(rng, y, n, season);
        sum += time_one(y, n, season, ws);
    }
    gsl_rng_free(rng);
    printf("ets at n = %zu and m = %d,%.2f,CPU us per observation\n", n, season,
           1e6 * sum / REPEATS / (double)n);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *path =
        argc > 1 ? argv[1] : "../shared/data/m3/monthly_train.csv";
    size_t wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 40;
    static const int seasons[] = {4, 7, 12, 24, 52, 168, 365};
    static double y[LONGEST];
    struct fc_workspace *ws = fc_workspace_new();
    if (ws == NULL)
        return EXIT_FAILURE;
    bench_m3(path, wanted > 0 ? wanted : 40, ws);
    bench_daily(y, ws);
    for (size_t n = 50; n <= LONGEST; n *= 2)
        bench_growth(y, n, 12, ws);
    for (size_t i = 0; i < sizeof seasons / sizeof *seasons; i++)
        bench_growth(y, 5 * (size_t)seasons[i], seasons[i], ws);
    fc_workspace_free(ws);
    return EXIT_SUCCESS;
}
