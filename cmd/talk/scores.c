/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk/scores.h"

#include "cmd/talk/line.h"
#include "cmd/talk/terminal.h"
#include "io/out/csv.h"
#include "io/text/number.h"
#include "io/text/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BAR_COLUMNS = 40 };

static const char *const measures[FC_MEASURES] = {"mae",   "rmse", "mape",
                                                  "smape", "mase", "rmsse"};
static const char *const titles[FC_MEASURES] = {"MAE",   "RMSE", "MAPE",
                                                "sMAPE", "MASE", "RMSSE"};
static const int widths[FC_MEASURES] = {9, 9, 8, 8, 7, 7};

/* As many decimals as a reader can use; a dash for what does not exist. */
static void print_cell(double x, int width)
{
    char text[32];
    if (!isfinite(x))
        snprintf(text, sizeof text, isnan(x) ? "-" : "inf");
    else if (fabs(x) < 999.9995)
        snprintf(text, sizeof text, "%.3f", x);
    else
        snprintf(text, sizeof text, fabs(x) < 99999.95 ? "%.1f" : "%.2e", x);
    printf(" %*s", width - 1, text);
}

static int name_width(const struct cmd_scores *scores)
{
    size_t width = strlen("model");
    for (size_t k = 0; k < scores->n; k++)
        if (strlen(scores->names[k]) > width)
            width = strlen(scores->names[k]);
    return width < 60 ? (int)width : 60;
}

/* Names of models come from a file where forecasts are scored. */
static void print_model(const char *name, int width)
{
    size_t n = io_utf8_cut(name, strlen(name), 60);
    int shown = (int)cmd_print_visible(name, n);
    printf("%*s", shown < width ? width - shown : 0, "");
}

static void print_points(const struct cmd_scores *scores, int width)
{
    printf("%-*s  scored %8s", width, "model", scores->count_name);
    for (int i = 0; i < FC_MEASURES; i++)
        printf("%*s", widths[i], titles[i]);
    puts("    OWA");
    for (size_t k = 0; k < scores->n; k++) {
        const struct fc_score_mean *mean = &scores->means[k];
        print_model(scores->names[k], width);
        printf(" %7zu %8zu", mean->n, scores->counts[k]);
        for (size_t i = 0; i < FC_MEASURES; i++)
            print_cell(fc_score_mean_of(mean, i), widths[i]);
        print_cell(fc_score_mean_owa(mean), 7);
        putchar('\n');
    }
}

/* A column of its title's width, 9 or more. */
static int level_width(const char *measure, double level)
{
    char text[IO_NUMBER_SIZE];
    size_t n = strlen(measure) + 1 + io_number_print(level, text);
    return n < 9 ? 10 : (int)n + 1;
}

static void print_title(const char *measure, double level)
{
    char text[IO_NUMBER_SIZE];
    int width = level_width(measure, level) - (int)strlen(measure) - 1;
    int n = (int)io_number_print(level, text);
    printf("%*s%s-%s", width - n, "", measure, text);
}

static void print_intervals(const struct cmd_scores *scores, int width)
{
    if (scores->shape->nlevels == 0 && scores->seconds == NULL)
        return;
    printf("\n%-*s", width, "model");
    for (int i = 0; i < scores->shape->nlevels; i++) {
        print_title("cover", scores->shape->levels[i]);
        print_title("MSIS", scores->shape->levels[i]);
    }
    puts(scores->seconds != NULL ? "  seconds" : "");
    for (size_t k = 0; k < scores->n; k++) {
        const struct fc_score_mean *mean = &scores->means[k];
        print_model(scores->names[k], width);
        for (int i = 0; i < scores->shape->nlevels; i++) {
            double level = scores->shape->levels[i];
            print_cell(fc_score_mean_coverage(mean, i),
                       level_width("cover", level));
            print_cell(fc_score_mean_of(mean, fc_score_at(i, FC_MSIS)),
                       level_width("MSIS", level));
        }
        if (scores->seconds != NULL)
            printf(" %8.2f", scores->seconds[k]);
        putchar('\n');
    }
}

/* What is measured where there are quantiles, over all steps and as a mean
 * over the series. */
enum { POOLED = 2, WHOLE = POOLED + 2 };
static const char *const whole_names[WHOLE] = {"wql", "bias", "mase-50",
                                               "rmsse-1"};
static const char *const whole_titles[WHOLE] = {"WQL", "bias", "MASE-50",
                                                "RMSSE-1"};

static void whole_measures(const struct fc_score_mean *mean, double x[WHOLE])
{
    const struct fc_score_shape *shape = &mean->shape;
    x[0] = fc_score_mean_wql(mean);
    x[1] = fc_score_mean_bias(mean);
    x[2] = fc_score_mean_of(mean, fc_score_whole_at(shape, FC_MASE_MEDIAN));
    x[3] = fc_score_mean_of(mean, fc_score_whole_at(shape, FC_RMSSE_1));
}

static void print_whole(const struct cmd_scores *scores, int width)
{
    if (scores->shape->nquantiles == 0)
        return;
    printf("\n%-*s", width, "model");
    for (int i = 0; i < WHOLE; i++)
        printf("%10s", whole_titles[i]);
    putchar('\n');
    for (size_t k = 0; k < scores->n; k++) {
        double x[WHOLE];
        whole_measures(&scores->means[k], x);
        print_model(scores->names[k], width);
        for (int i = 0; i < WHOLE; i++)
            print_cell(x[i], 10);
        putchar('\n');
    }
}

/* An empty cell for what does not exist. */
static void print_number(double x)
{
    char text[IO_NUMBER_SIZE] = "";
    if (isfinite(x))
        io_number_print(x, text);
    printf(",%s", text);
}

/* Names of variants have commas in them. */
static void print_name(const char *name)
{
    if (strchr(name, ',') != NULL && strchr(name, '"') == NULL)
        printf("\"%s\"", name);
    else
        fputs(name, stdout);
}

static void print_csv(const struct cmd_scores *scores)
{
    char level[IO_NUMBER_SIZE];
    printf("model,scored,%s", scores->count_name);
    for (int i = 0; i < FC_MEASURES; i++)
        printf(",%s", measures[i]);
    fputs(",owa", stdout);
    for (int i = 0; i < scores->shape->nlevels; i++) {
        io_number_print(scores->shape->levels[i], level);
        printf(",cover-%s,msis-%s", level, level);
    }
    for (int i = 0; i < WHOLE && scores->shape->nquantiles > 0; i++)
        printf(",%s", whole_names[i]);
    puts(scores->seconds != NULL ? ",seconds" : "");
    for (size_t k = 0; k < scores->n; k++) {
        const struct fc_score_mean *mean = &scores->means[k];
        print_name(scores->names[k]);
        printf(",%zu,%zu", mean->n, scores->counts[k]);
        for (size_t i = 0; i < FC_MEASURES; i++)
            print_number(fc_score_mean_of(mean, i));
        print_number(fc_score_mean_owa(mean));
        for (int i = 0; i < scores->shape->nlevels; i++) {
            print_number(fc_score_mean_coverage(mean, i));
            print_number(fc_score_mean_of(mean, fc_score_at(i, FC_MSIS)));
        }
        double x[WHOLE];
        if (scores->shape->nquantiles > 0)
            whole_measures(mean, x);
        for (int i = 0; i < WHOLE && scores->shape->nquantiles > 0; i++)
            print_number(x[i]);
        if (scores->seconds != NULL)
            printf(",%.6f", scores->seconds[k]);
        putchar('\n');
    }
}

void cmd_scores_print(const struct cmd_scores *scores, bool csv)
{
    int width = name_width(scores);
    if (csv) {
        print_csv(scores);
        return;
    }
    print_points(scores, width);
    print_intervals(scores, width);
    print_whole(scores, width);
}

void cmd_scores_print_bars(const struct cmd_scores *scores, bool utf8)
{
    char bar[CMD_SPARK_SIZE];
    int width = name_width(scores);
    double most = 0;
    for (size_t k = 0; k < scores->n; k++)
        most = fmax(most, fc_score_mean_of(&scores->means[k], FC_MASE));
    if (scores->n < 2 || !(most > 0 && isfinite(most)))
        return;
    printf("\n%-*s    MASE\n", width, "model");
    for (size_t k = 0; k < scores->n; k++) {
        double mase = fc_score_mean_of(&scores->means[k], FC_MASE);
        print_model(scores->names[k], width);
        print_cell(mase, 8);
        printf(" %s\n", cmd_bar(mase / most, BAR_COLUMNS, utf8, bar));
    }
}

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static void put_title(struct io_atomic_file *file, const char *what, double x)
{
    char number[IO_NUMBER_SIZE];
    io_number_print(x, number);
    put(file, what);
    put(file, number);
}

void cmd_scores_write_header(struct io_atomic_file *file,
                             const struct fc_score_shape *shape)
{
    for (int i = 0; i < FC_MEASURES; i++) {
        put(file, ",");
        put(file, measures[i]);
    }
    for (int i = 0; i < shape->nlevels; i++) {
        put_title(file, ",cover-", shape->levels[i]);
        put_title(file, ",msis-", shape->levels[i]);
    }
    if (shape->nquantiles > 0)
        put(file, ",bias,mase-50,rmsse-1");
    for (int i = 0; i < shape->nquantiles; i++)
        put_title(file, ",loss-", shape->quantiles[i]);
}

static void put_number(struct io_atomic_file *file, double x)
{
    put(file, ",");
    io_write_number(file, x);
}

void cmd_scores_write(struct io_atomic_file *file, const double *row,
                      size_t steps, const struct fc_score_shape *shape)
{
    for (int i = 0; i < FC_MEASURES; i++)
        put_number(file, row[i]);
    for (int i = 0; i < shape->nlevels; i++) {
        put_number(file, fc_score_coverage(row, i));
        put_number(file, row[fc_score_at(i, FC_MSIS)]);
    }
    if (shape->nquantiles == 0)
        return;
    const double *whole = row + fc_score_whole_at(shape, FC_RMSSE_1);
    put_number(file, whole[FC_ERROR_SUM] / whole[FC_SIZE_SUM]);
    put_number(file, whole[FC_MASE_MEDIAN]);
    put_number(file, whole[FC_RMSSE_1]);
    for (int i = 0; i < shape->nquantiles; i++)
        put_number(file, row[fc_score_loss_at(shape, i)] / (double)steps);
}

enum fc_status cmd_scores_commit(struct io_atomic_file **files, size_t n,
                                 struct fc_error *err)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return fc_fail(err, FC_EIO, "the table of scores could not be written");
    return io_atomic_commit(files, n, err);
}
