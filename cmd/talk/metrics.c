/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The exposition format of Prometheus, version 0.0.4.
 */
#include "cmd/talk/metrics.h"

#include "io/text/number.h"
#include "io/text/utf8.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

/*
 * Backslashes, quotes and line ends are escaped in labels, and what is not
 * UTF-8 becomes U+FFFD: a reader of metrics refuses the whole file for it.
 */
static void put_label(struct io_atomic_file *file, const char *text)
{
    size_t n = strlen(text), length;
    uint32_t code;
    for (size_t i = 0; i<n; i += length> 0 ? length : 1) {
        length = io_utf8_char((const unsigned char *)text + i, n - i, &code);
        if (length == 0)
            put(file, "\xef\xbf\xbd");
        else if (text[i] == '\n')
            put(file, "\\n");
        else if (text[i] == '\\' || text[i] == '"')
            io_atomic_write(file, (char[]){'\\', text[i]}, 2);
        else
            io_atomic_write(file, text + i, length);
    }
}

static void put_help(struct io_atomic_file *file, const char *name,
                     const char *help)
{
    put(file, "# HELP nightcast_");
    put(file, name);
    put(file, " ");
    put(file, help);
    put(file, "\n# TYPE nightcast_");
    put(file, name);
    put(file, " gauge\n");
}

/* One sample; key and value are a label besides the output, or NULL. */
static void put_sample(struct io_atomic_file *file, const char *output,
                       const char *name, const char *key, const char *value,
                       double number)
{
    char text[IO_NUMBER_SIZE];
    put(file, "nightcast_");
    put(file, name);
    put(file, "{output=\"");
    put_label(file, output);
    if (key != NULL) {
        put(file, "\",");
        put(file, key);
        put(file, "=\"");
        put(file, value);
    }
    put(file, "\"} ");
    io_number_print(number, text);
    put(file, text);
    put(file, "\n");
}

static double peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss * 1024
                                               : 0;
}

static void put_count(struct io_atomic_file *file, const char *output,
                      const char *name, const char *help, size_t count)
{
    put_help(file, name, help);
    put_sample(file, output, name, NULL, NULL, (double)count);
}

static void put_night(struct io_atomic_file *file, const struct cmd_metrics *m)
{
    put_count(file, m->output, "unchanged_series",
              "Series whose results of the night before still held.",
              m->unchanged);
    put_count(file, m->output, "warm_series",
              "Series that started from their last fits.", m->warm);
    put_count(file, m->output, "corrected_series",
              "Series of which past values had changed.", m->corrected);
    put_count(file, m->output, "drifting_series",
              "Series whose forecasts go astray.", m->drifting);
}

static void put_seasons(struct io_atomic_file *file,
                        const struct cmd_metrics *m)
{
    char place[] = "1";
    if (m->seasons->n < 2)
        return;
    put_help(file, "season_observations",
             "Its seasons, in observations, the shortest first.");
    for (int i = 0; i < m->seasons->n; i++, place[0]++)
        put_sample(file, m->output, "season_observations", "place", place,
                   m->seasons->length[i]);
}

void cmd_metrics_write(struct io_atomic_file *file, const struct cmd_metrics *m)
{
    const char *name = m->output;
    put_help(file, "series", "Series of the last run that wrote, by outcome.");
    put_sample(file, name, "series", "outcome", "ok", (double)m->ok);
    put_sample(file, name, "series", "outcome", "fallback",
               (double)m->fallback);
    put_sample(file, name, "series", "outcome", "failed", (double)m->failed);
    if (m->store || m->late > 0)
        put_sample(file, name, "series", "outcome", "late", (double)m->late);
    put_help(file, "rows", "Rows of its input, by whether they could be read.");
    put_sample(file, name, "rows", "read", "yes", (double)m->rows);
    put_sample(file, name, "rows", "read", "no", (double)m->rejected);
    put_help(file, "phase_seconds", "Seconds by the clock, by phase.");
    put_sample(file, name, "phase_seconds", "phase", "read", m->read);
    put_sample(file, name, "phase_seconds", "phase", "fit", m->fit);
    put_sample(file, name, "phase_seconds", "phase", "write", m->write);
    put_seasons(file, m);
    put_help(file, "threads", "Threads it ran on.");
    put_sample(file, name, "threads", NULL, NULL, m->threads);
    put_help(file, "peak_memory_bytes", "Most resident memory it took.");
    put_sample(file, name, "peak_memory_bytes", NULL, NULL, peak_bytes());
    put_help(file, "success_timestamp_seconds",
             "When it wrote its output, in seconds since 1970.");
    put_sample(file, name, "success_timestamp_seconds", NULL, NULL,
               (double)time(NULL));
    if (m->store)
        put_night(file, m);
}
