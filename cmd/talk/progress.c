/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A progress bar of one line.  It is overwritten and erased with blanks and
 * carriage returns alone, which every terminal knows.
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* TIOCGWINSZ */

#include "cmd/talk/progress.h"

#include "cmd/talk/talk.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEFAULT_COLUMNS = 80,
    LEAST_BAR = 10, /* columns between the brackets; fewer say nothing */
    MOST_BAR = 40
};

static const double REDRAW_AFTER = 0.1; /* seconds */

/* "58 s", "3 min 5 s", "2 h 14 min", "6 d 3 h" */
static void duration_text(char *text, size_t size, double seconds)
{
    static const struct {
        const char *name;
        unsigned length;
    } units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
    uint64_t left = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : 1000000000;
    size_t i = 0;
    while (i < 3 && left < units[i].length)
        i++;
    uint64_t first = left / units[i].length;
    if (i == 3)
        snprintf(text, size, "%u s", (unsigned)first);
    else
        snprintf(text, size, "%u %s %u %s", (unsigned)first, units[i].name,
                 (unsigned)(left % units[i].length / units[i + 1].length),
                 units[i + 1].name);
}

/* "812 series/s, 2 s left"; empty before anything can be said. */
static void pace_text(char *text, size_t size, size_t done, size_t n,
                      double seconds, const char *unit)
{
    char count[CMD_COUNT_SIZE], left[48];
    text[0] = '\0';
    if (done == 0 || seconds <= 0)
        return;
    double rate = (double)done / seconds;
    if (rate < 10)
        snprintf(count, sizeof count, "%.2g", rate);
    else
        cmd_count(rate < 1e15 ? (size_t)(rate + 0.5) : 0, count);
    duration_text(left, sizeof left, (double)(n - done) / rate);
    snprintf(text, size, "%s %s/s, %s left", count, unit, left);
}

/* "[=====>    ]", width columns with its brackets */
static void bar_text(char *text, size_t width, double share)
{
    size_t inside = width - 2;
    size_t filled = (size_t)(share * (double)inside);
    memset(text, ' ', width);
    memset(text + 1, '=', filled);
    if (filled < inside)
        text[1 + filled] = '>';
    text[0] = '[';
    text[width - 1] = ']';
    text[width] = '\0';
}

/*
 * Parts are left out from the least to the most telling: the bar, the pace,
 * the counts; the percentage stays while there is room for it.
 */
size_t cmd_progress_text(char text[CMD_PROGRESS_SIZE], size_t columns,
                         size_t done, size_t n, double seconds,
                         const char *unit)
{
    char d[CMD_COUNT_SIZE], of[CMD_COUNT_SIZE], counts[96], percent[8];
    char pace[112], bar[MOST_BAR + 3] = "";
    if (done > n)
        done = n;
    double share = n > 0 ? (double)done / (double)n : 1;
    cmd_count(done, d);
    cmd_count(n, of);
    snprintf(counts, sizeof counts, "%*s/%s %.20s ", (int)strlen(of), d, of,
             unit);
    snprintf(percent, sizeof percent, "%3d%%", (int)(100 * share));
    pace_text(pace, sizeof pace, done, n, seconds, unit);

    size_t used = strlen(counts) + strlen(percent);
    if (pace[0] != '\0' && used + 1 + strlen(pace) <= columns)
        used += 1 + strlen(pace);
    else
        pace[0] = '\0';
    if (columns >= used + 1 + 2 + LEAST_BAR) {
        size_t width = columns - used - 1;
        bar_text(bar, width < MOST_BAR + 2 ? width : MOST_BAR + 2, share);
    }
    if (used > columns)
        counts[0] = '\0';
    if (strlen(percent) > columns)
        percent[0] = '\0';
    return (size_t)snprintf(text, CMD_PROGRESS_SIZE, "%s%s%s%s%s%s", counts,
                            percent, bar[0] ? " " : "", bar, pace[0] ? " " : "",
                            pace);
}

void cmd_progress_init(struct cmd_progress *progress, enum cmd_when when,
                       int fd, const char *unit)
{
    bool on = when == CMD_ALWAYS || (when == CMD_AUTO && isatty(fd));
    *progress = (struct cmd_progress){
        .fd = on ? fd : -1,
        .unit = unit,
        .start = on ? cmd_now() : 0,
    };
}

/* Writing to the last column would move some terminals to the next line. */
static size_t columns_of(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return DEFAULT_COLUMNS - 1;
    size_t columns = (size_t)size.ws_col - 1;
    return columns < CMD_PROGRESS_SIZE - 1 ? columns : CMD_PROGRESS_SIZE - 1;
}

/* A bar that cannot be drawn is switched off; it is not worth a failure. */
static void draw(struct cmd_progress *progress, const char *text, size_t length)
{
    char line[2 * CMD_PROGRESS_SIZE + 4];
    size_t blanks = progress->shown > length ? progress->shown - length : 0;
    int total = snprintf(line, sizeof line, "\r%s%*s%s", text, (int)blanks, "",
                         length == 0 ? "\r" : "");
    if (write(progress->fd, line, (size_t)total) < 0)
        progress->fd = -1;
    progress->shown = length;
}

void cmd_progress_update(void *arg, size_t done, size_t n)
{
    struct cmd_progress *progress = arg;
    char text[CMD_PROGRESS_SIZE];
    if (progress->fd < 0)
        return;
    double now = cmd_now();
    if (progress->drawn > 0 && now - progress->drawn < REDRAW_AFTER)
        return;
    progress->drawn = now;
    size_t columns = columns_of(progress->fd);
    if (columns < progress->shown) /* the terminal shrank: nothing to erase */
        progress->shown = columns;
    size_t length = cmd_progress_text(text, columns, done, n,
                                      now - progress->start, progress->unit);
    draw(progress, text, length);
}

void cmd_progress_clear(struct cmd_progress *progress)
{
    if (progress->fd >= 0 && progress->shown > 0)
        draw(progress, "", 0);
}
