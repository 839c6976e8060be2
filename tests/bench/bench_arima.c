/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What automatic ARIMA costs: CPU time per series on M3 monthly beside R's
 * auto.arima() on the same series, on daily series of lengths 50 to 500, with
 * missing values, and against the length n and the season m.
 *
 *   bench_arima [M3-MONTHLY.csv [SERIES]]
 *
 * Every figure is a line "what,number,unit".  R is asked when Rscript with the
 * package forecast is there; SERIES (20) of the file's series are taken, evenly
 * spread.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, popen */
#include "forecast/models.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HORIZON = 18, LONGEST = 1000, MOST_SERIES = 5000 };

struct panel {
    size_t n;
    struct fc_series series[MOST_SERIES];
    char id[MOST_SERIES][32];
    double *y[MOST_SERIES];
};

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* CPU seconds of one fit and forecast; negative when it failed. */
static double time_one(const struct fc_series *series, int season,
                       struct fc_workspace *ws)
{
    static const double levels[] = {80, 95};
    double mean[HORIZON], lo[2 * HORIZON], hi[2 * HORIZON];
    struct fc_spec spec = {.model = fc_model_find("arima")};
    struct fc_seasons seasons = fc_one_season(season);
    struct fc_request request = {.spec = &spec};
    struct fc_series whole = *series;
    whole.seasons = &seasons;
    struct fc_forecast out = {HORIZON, 2, levels, mean, lo, hi, false};
    struct fc_fit fit;
    struct fc_error err;
    double start = cpu_seconds();
    bool ok = fc_model_fit(&whole, &request, ws, &fit, &err) == FC_OK
              && fc_model_predict(&fit, ws, &out, &err) == FC_OK;
    double used = cpu_seconds() - start;
    fc_workspace_reset(ws);
    return ok ? used : -1;
}

/* ---- M3 beside R ---- */

static void add_value(struct panel *panel, const char *id, double value)
{
    size_t last = panel->n - 1;
    if (panel->n == 0 || strcmp(panel->id[last], id) != 0) {
        if (panel->n == MOST_SERIES)
            return;
        last = panel->n++;
        snprintf(panel->id[last], sizeof panel->id[last], "%.31s", id);
        panel->y[last] = malloc(LONGEST * sizeof(double));
        panel->series[last] =
            (struct fc_series){.id = panel->id[last], .y = panel->y[last]};
    }
    if (panel->y[last] != NULL && panel->series[last].n < LONGEST)
        panel->y[last][panel->series[last].n++] = value;
}

static bool read_panel(const char *path, struct panel *panel)
{
    char line[256];
    FILE *file = fopen(path, "r");
    panel->n = 0;
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL) {
        char *comma = strchr(line, ','), *last = strrchr(line, ',');
        if (comma == NULL)
            continue;
        *comma = '\0';
        add_value(panel, line, strtod(last + 1, NULL));
    }
    fclose(file);
    return panel->n > 0;
}

/* CPU seconds R takes for the series that `step` leaves; negative: no R. */
static double time_r(const char *path, size_t step)
{
    char command[2048], answer[256];
    double seconds = -1;
    snprintf(command, sizeof command,
             "OPENBLAS_NUM_THREADS=1 Rscript -e '"
             "suppressMessages(library(forecast));"
             "x<-read.csv(\"%s\",colClasses=c(\"character\",\"character\","
             "\"numeric\"));"
             "s<-split(x$y,factor(x[[1]],levels=unique(x[[1]])));"
             "s<-s[seq(1,length(s),by=%zu)];"
             "t<-system.time(for(y in s)forecast(auto.arima(ts(y,frequency=12))"
             ",h=18));cat(\"seconds\",t[[1]]+t[[2]],\"\\n\")' 2>/dev/null",
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
    double ours = 0, all = 0;
    size_t count = 0;
    if (!read_panel(path, &panel)) {
        printf("arima on M3 monthly: no file '%s', left out\n", path);
        return;
    }
    size_t step = panel.n / wanted > 0 ? panel.n / wanted : 1;
    for (size_t i = 0; i < panel.n; i++)
        all += time_one(&panel.series[i], 12, ws);
    for (size_t i = 0; i < panel.n; i += step, count++)
        ours += time_one(&panel.series[i], 12, ws);
    printf("arima on M3 monthly: all %zu series,%.3f,CPU ms per series\n",
           panel.n, 1e3 * all / (double)panel.n);
    printf("arima on M3 monthly: %zu of them,%.3f,CPU ms per series\n", count,
           1e3 * ours / (double)count);
    fflush(stdout);
    double theirs = time_r(path, step);
    if (theirs > 0) {
        printf("R's auto.arima() on these %zu,%.1f,CPU ms per series\n", count,
               1e3 * theirs / (double)count);
        printf("R's auto.arima() takes,%.0f,times as long\n", theirs / ours);
    } else {
        printf("R with the package forecast is not here\n");
    }
    for (size_t i = 0; i < panel.n; i++)
        free(panel.y[i]);
}

/* ---- generated series ---- */

/* Trend, weekly season, noise; one in five intermittent. */
static void daily_series(gsl_rng *rng, double *y, size_t n, int season)
{
    bool intermittent = gsl_rng_uniform(rng) < 0.2;
    double level = 50 + 100 * gsl_rng_uniform(rng), walk = 0;
    double trend = gsl_ran_gaussian(rng, 0.05);
    double swing = 20 * gsl_rng_uniform(rng), noise = 2 + 8 * swing / 20;
    for (size_t t = 0; t < n; t++) {
        double phase = 2 * 3.14159265358979 * (double)(t % (size_t)season);
        walk += gsl_ran_gaussian(rng, 0.5);
        y[t] = level + trend * (double)t + walk + gsl_ran_gaussian(rng, noise)
               + swing * sin(phase / season)
               + swing / 2 * cos(2 * phase / season);
        if (intermittent)
            y[t] = gsl_rng_uniform(rng) < 0.7 ? 0 : floor(fabs(y[t]) / 20);
    }
}

static void bench_daily(int season, struct fc_workspace *ws)
{
    enum { COUNT = 400, MOST = 500 };
    double y[MOST], sum = 0, worst = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (int i = 0; i < COUNT; i++) {
        struct fc_series series = {
            .id = "daily", .y = y, .n = 50 + gsl_rng_uniform_int(rng, 451)};
        daily_series(rng, y, series.n, 7);
        double used = time_one(&series, season, ws);
        sum += used;
        worst = used > worst ? used : worst;
    }
    gsl_rng_free(rng);
    double each = sum / COUNT;
    printf("arima on daily series of 50 to 500: season %d,%.3f,"
           "CPU ms per series\n",
           season, 1e3 * each);
    printf("arima on daily series: season %d: the slowest,%.3f,CPU ms\n",
           season, 1e3 * worst);
    printf("arima on 10^6 daily series: season %d on 2 processors,%.1f,min\n",
           season, each * 1e6 / 2 / 60);
    fflush(stdout);
}

/* The same with one value in twenty missing. */
static void bench_gaps(int season, struct fc_workspace *ws)
{
    enum { COUNT = 400, MOST = 500, EVERY = 20 };
    double y[MOST], whole = 0, sum = 0, worst = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (int i = 0; i < COUNT; i++) {
        struct fc_series series = {
            .id = "gaps", .y = y, .n = 50 + gsl_rng_uniform_int(rng, 451)};
        daily_series(rng, y, series.n, 7);
        whole += time_one(&series, season, ws);
        for (size_t t = 1; t + 1 < series.n; t++)
            if (gsl_rng_uniform_int(rng, EVERY) == 0)
                y[t] = NAN;
        double used = time_one(&series, season, ws);
        sum += used;
        worst = used > worst ? used : worst;
    }
    gsl_rng_free(rng);
    printf("arima on daily series: season %d with 5%% missing,%.3f,"
           "CPU ms per series\n",
           season, 1e3 * sum / COUNT);
    printf("arima: a series with 5%% missing costs,%.2f,times one without\n",
           sum / whole);
    printf("arima: the slowest with 5%% missing,%.3f,CPU ms\n", 1e3 * worst);
    fflush(stdout);
}

static void bench_growth(size_t n, int season, struct fc_workspace *ws)
{
    enum { REPEATS = 3 };
    double *y = malloc(n * sizeof *y), sum = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (int i = 0; i < REPEATS && y != NULL; i++) {
        double level = 100, weight = 0.3;
        for (size_t t = 0; t < n; t++) {
            double phase = (double)(t % (size_t)season) / season;
            double shock = gsl_ran_gaussian(rng, 3);
            y[t] = level + 20 * sin(2 * 3.14159265358979 * phase) + shock;
            level += weight * shock;
        }
        sum += time_one(&(struct fc_series){.id = "growth", .y = y, .n = n},
                        season, ws);
    }
    printf("arima at n = %zu and m = %d,%.2f,CPU ms per series\n", n, season,
           1e3 * sum / REPEATS);
    fflush(stdout);
    gsl_rng_free(rng);
    free(y);
}

int main(int argc, char **argv)
{
    const char *path =
        argc > 1 ? argv[1] : "../shared/data/m3/monthly_train.csv";
    size_t wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    static const int seasons[] = {4, 12, 24, 52, 168};
    struct fc_workspace *ws = fc_workspace_new();
    if (ws == NULL)
        return EXIT_FAILURE;
    bench_m3(path, wanted > 0 ? wanted : 20, ws);
    bench_daily(1, ws);
    bench_daily(7, ws);
    bench_gaps(7, ws);
    for (size_t n = 100; n <= 51200; n *= 2)
        bench_growth(n, 12, ws);
    for (size_t i = 0; i < sizeof seasons / sizeof *seasons; i++)
        bench_growth(1000, seasons[i], ws);
    fc_workspace_free(ws);
    return EXIT_SUCCESS;
}
