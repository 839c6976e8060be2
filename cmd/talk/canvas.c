/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *ascii;
    const char *cell; /* UTF-8; of lines, as a legend shows them */
    const char *colour;
} inks[CMD_INKS] = {
    [CMD_INK_NONE] = {" ", " ", ""},
    [CMD_INK_WIDE] = {".", "\xe2\x96\x91", "\033[36m"},
    [CMD_INK_NARROW] = {":", "\xe2\x96\x92", "\033[36m"},
    [CMD_INK_HISTORY] = {"*", "\xe2\xa0\x92", ""},
    [CMD_INK_FORECAST] = {"o", "\xe2\xa0\x92", "\033[1;33m"},
};

bool cmd_canvas_init(struct cmd_canvas *canvas, size_t columns, size_t rows)
{
    *canvas = (struct cmd_canvas){columns, rows, NULL, NULL};
    canvas->dots = calloc(rows, columns);
    canvas->ink = calloc(rows, columns);
    if (canvas->dots != NULL && canvas->ink != NULL)
        return true;
    cmd_canvas_release(canvas);
    return false;
}

void cmd_canvas_release(struct cmd_canvas *canvas)
{
    free(canvas->dots);
    free(canvas->ink);
    *canvas = (struct cmd_canvas){0};
}

static bool is_area(enum cmd_ink ink)
{
    return ink == CMD_INK_WIDE || ink == CMD_INK_NARROW;
}

/* The cell of a dot; NULL outside.  A cell has one ink; a line over another
   of a different ink takes the whole of it. */
static uint8_t *take_cell(struct cmd_canvas *canvas, double x, double y,
                          enum cmd_ink ink)
{
    if (!(x >= 0 && y >= 0 && x < (double)(canvas->columns * CMD_DOTS_ACROSS)
          && y < (double)(canvas->rows * CMD_DOTS_DOWN)))
        return NULL;
    size_t at = (size_t)y / CMD_DOTS_DOWN * canvas->columns
                + (size_t)x / CMD_DOTS_ACROSS;
    if (canvas->ink[at] > (uint8_t)ink)
        return NULL;
    if (canvas->ink[at] != (uint8_t)ink)
        canvas->dots[at] = 0;
    canvas->ink[at] = (uint8_t)ink;
    return &canvas->dots[at];
}

static void put_dot(struct cmd_canvas *canvas, double x, double y,
                    enum cmd_ink ink)
{
    /* The Unicode Standard, section 21.1: dots 1 to 8 are bits 0 to 7 */
    static const uint8_t bit[CMD_DOTS_DOWN][CMD_DOTS_ACROSS] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    uint8_t *cell = take_cell(canvas, x, y, ink);
    if (cell != NULL)
        *cell |= bit[(size_t)y % CMD_DOTS_DOWN][(size_t)x % CMD_DOTS_ACROSS];
}

void cmd_canvas_line(struct cmd_canvas *canvas, double x0, double y0, double x1,
                     double y1, enum cmd_ink ink)
{
    double across = (double)(canvas->columns * CMD_DOTS_ACROSS);
    double down = (double)(canvas->rows * CMD_DOTS_DOWN);
    double length = fmax(fabs(x1 - x0), fabs(y1 - y0));
    if (!(length <= 4 * (across + down))) /* nor what is not a number */
        return;
    int steps = (int)ceil(length);
    for (int i = 0; i <= steps; i++) {
        double share = steps > 0 ? (double)i / steps : 0;
        put_dot(canvas, x0 + share * (x1 - x0), y0 + share * (y1 - y0), ink);
    }
}

void cmd_canvas_area(struct cmd_canvas *canvas, double x, double top,
                     double bottom, enum cmd_ink ink)
{
    double last = (double)(canvas->rows * CMD_DOTS_DOWN) - 1;
    bottom = fmin(bottom, last);
    for (double y = fmax(top, 0); y <= bottom; y++)
        take_cell(canvas, x, y, ink);
    if (top <= bottom)
        take_cell(canvas, x, bottom, ink);
}

static void print_cell(const struct cmd_canvas *canvas, size_t at, bool utf8)
{
    enum cmd_ink ink = (enum cmd_ink)canvas->ink[at];
    unsigned dots = canvas->dots[at];
    if (!utf8 || is_area(ink) || ink == CMD_INK_NONE) {
        fputs(utf8 ? inks[ink].cell : inks[ink].ascii, stdout);
        return;
    }
    putchar(0xe2); /* U+2800 + dots */
    putchar((int)(0xa0 | dots >> 6));
    putchar((int)(0x80 | (dots & 0x3f)));
}

void cmd_canvas_print(const struct cmd_canvas *canvas, size_t row,
                      const struct cmd_terminal *terminal)
{
    size_t from = row * canvas->columns, end = from + canvas->columns;
    const char *colour = "";
    while (end > from && canvas->ink[end - 1] == CMD_INK_NONE)
        end--;
    for (size_t at = from; at < end; at++) {
        const char *own = inks[canvas->ink[at]].colour;
        if (terminal->colour && own != colour) {
            printf("\033[0m%s", own);
            colour = own;
        }
        print_cell(canvas, at, terminal->utf8);
    }
    if (*colour != '\0')
        fputs("\033[0m", stdout);
}

void cmd_ink_print(enum cmd_ink ink, const struct cmd_terminal *terminal)
{
    const char *sign = terminal->utf8 ? inks[ink].cell : inks[ink].ascii;
    bool coloured = terminal->colour && *inks[ink].colour != '\0';
    printf("%s%s%s%s", coloured ? inks[ink].colour : "", sign,
           is_area(ink) ? "" : sign, coloured ? "\033[0m" : "");
}
