/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/outcomes.h"

#include "forecast/numeric/missing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct fc_result *cmd_result_of(const struct cmd_run *run, size_t series,
                                      size_t spec)
{
    return &run->batch.results[series * run->work.job.nspecs + spec];
}

bool cmd_is_stale(const struct cmd_run *run, size_t series)
{
    return run->work.stale != NULL && run->work.stale[series];
}

const char *cmd_status_of(const struct cmd_run *run, size_t series,
                          size_t spec)
{
    static const char *const words[] = {[FC_OUTCOME_FAILED] = "failed",
                                        [FC_OUTCOME_FALLBACK] = "fallback",
                                        [FC_OUTCOME_LATE] = "late",
                                        [FC_OUTCOME_OK] = "ok"};
    return cmd_is_stale(run, series)
               ? "stale"
               : words[cmd_result_of(run, series, spec)->outcome];
}

enum fc_outcome cmd_outcome_of(const struct cmd_run *run, size_t series)
{
    enum fc_outcome worst = FC_OUTCOME_OK;
    if (cmd_is_stale(run, series))
        return worst;
    for (size_t k = 0; k < run->work.job.nspecs; k++)
        if (cmd_result_of(run, series, k)->outcome < worst)
            worst = cmd_result_of(run, series, k)->outcome;
    return worst;
}

/* Whether not one model could forecast it. */
static bool is_lost(const struct cmd_run *run, size_t series)
{
    for (size_t k = 0; k < run->work.job.nspecs; k++)
        if (cmd_result_of(run, series, k)->outcome != FC_OUTCOME_FAILED)
            return false;
    return true;
}

static bool has_replaced(const struct cmd_run *run, size_t series)
{
    for (size_t k = 0; k < run->work.job.nspecs; k++)
        if (cmd_result_of(run, series, k)->replaced)
            return true;
    return false;
}

static void count_filled(const struct cmd_run *run, size_t i,
                         struct cmd_tally *tally)
{
    const struct fc_history *series = &run->work.panel.series[i];
    size_t inside = run->work.panel.facts[i].nfilled
                    - fc_missing_tail(series->y, series->n);
    if (run->work.skip[i] || inside == 0)
        return;
    tally->filled += inside;
    tally->gappy++;
    tally->mostly += 2 * inside > series->n;
}

struct cmd_tally cmd_count_outcomes(const struct cmd_run *run)
{
    struct cmd_tally tally = {.n = run->work.job.n};
    for (size_t i = 0; i < tally.n; i++) {
        if (cmd_is_stale(run, i)) {
            tally.stale++;
            continue;
        }
        count_filled(run, i, &tally);
        enum fc_outcome outcome = cmd_outcome_of(run, i);
        tally.ok += outcome == FC_OUTCOME_OK;
        tally.fallback += outcome == FC_OUTCOME_FALLBACK;
        tally.late += outcome == FC_OUTCOME_LATE;
        tally.failed += outcome == FC_OUTCOME_FAILED;
        tally.none += is_lost(run, i);
        tally.early += run->work.panel.facts[i].ends_early;
        tally.replaced += has_replaced(run, i);
    }
    tally.unchanged = run->night.reused;
    tally.warm = cmd_night_count_warm(&run->night);
    tally.corrected = run->night.corrected;
    tally.drifting = run->night.drifting;
    return tally;
}

/* Appends to a text of limited size, after "; " if there is some already. */
__attribute__((format(printf, 3, 4))) static void append(char *text,
                                                         size_t size,
                                                         const char *fmt, ...)
{
    va_list ap;
    size_t used = strlen(text);
    if (used > 0 && used + 2 < size) {
        strcpy(text + used, "; ");
        used += 2;
    }
    va_start(ap, fmt);
    vsnprintf(text + used, size - used, fmt, ap);
    va_end(ap);
}

/* Whether the forecast's model took the missing values as they were. */
static bool took_missing(const struct cmd_run *run,
                         const struct fc_result *result, size_t series,
                         size_t spec)
{
    if (result->outcome == FC_OUTCOME_LATE)
        return false;
    const struct fc_spec *used =
        result->outcome == FC_OUTCOME_FALLBACK
                && cmd_known_lacks(&run->work.known, series) == NULL
            ? run->work.job.fallback
            : &run->work.job.specs[spec];
    return run->options->gaps == IO_GAPS_INTERPOLATE && used->model->missing;
}

/* What became of missing values inside of a series and at its end. */
static void append_missing(const struct cmd_run *run, size_t i, bool took,
                           char *text, size_t size)
{
    static const char *const filled[] = {"interpolated", "set to zero",
                                         "carried forward", "not allowed"};
    const struct fc_history *series = &run->work.panel.series[i];
    size_t tail = fc_missing_tail(series->y, series->n);
    size_t inside = run->work.panel.facts[i].nfilled - tail;
    if (inside > 0)
        append(text, size, "%zu missing value%s %s%s", inside,
               inside == 1 ? "" : "s",
               took ? "left to the model" : filled[run->options->gaps],
               2 * inside > series->n ? ", more than half of all" : "");
    if (tail > 0)
        append(text, size,
               "ends %zu step%s before the file does, which %s forecast "
               "as well",
               tail, tail == 1 ? "" : "s", tail == 1 ? "was" : "were");
}

void cmd_describe(const struct cmd_run *run, size_t series, size_t spec,
                  char *text, size_t size)
{
    static const char *const merged[] = {"not allowed", "summed", "averaged",
                                         "replaced by the last"};
    const struct cmd_options *options = run->options;
    const struct io_panel_facts *facts = &run->work.panel.facts[series];
    const struct fc_result *result = cmd_result_of(run, series, spec);
    char step[IO_FREQ_TEXT_SIZE], words[CMD_NIGHT_WORDS];
    text[0] = '\0';
    if (facts->error != NULL) {
        append(text, size, "%s", facts->error);
        return;
    }
    if (cmd_is_stale(run, series)) {
        append(text, size, "ended %lld steps before the file does (--stale)",
               (long long)io_panel_behind(&run->work.panel, series));
        return;
    }
    if (result->detail != NULL)
        append(text, size, "%s", result->detail);
    if (cmd_known_lacks(&run->work.known, series) != NULL)
        append(text, size, "%s", cmd_known_lacks(&run->work.known, series));
    if (facts->nduplicates > 0)
        append(text, size, "%u duplicate row%s %s", facts->nduplicates,
               facts->nduplicates == 1 ? "" : "s", merged[options->duplicates]);
    append_missing(run, series, took_missing(run, result, series, spec), text,
                   size);
    if (cmd_other_step(&run->work.panel, series)) {
        struct io_freq own = io_panel_own_step(&run->work.panel, series);
        io_freq_text(&own, step, sizeof step);
        append(text, size, "own step is %s, the file's is not", step);
    }
    if (facts->ends_early && options->align == IO_ALIGN_OWN)
        append(text, size, "ends before the file does");
    cmd_night_describe(&run->night, series, spec, words);
    if (words[0] != '\0')
        append(text, size, "%s", words);
}
