/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TALK_CANVAS_H
#define NIGHTCAST_CMD_TALK_CANVAS_H

#include "cmd/talk/terminal.h"

#include <stdint.h>

/*
 * A drawing made of characters.  A cell is one character: two by four dots of
 * braille for lines, or a shade for areas; in ASCII, one sign per ink.  Dots
 * are counted from the left and from the top.
 *
 * Inks in order: what is later covers what was there before.
 */
enum cmd_ink {
    CMD_INK_NONE,
    CMD_INK_WIDE,    /* the area of the widest interval */
    CMD_INK_NARROW,  /* of narrower ones */
    CMD_INK_HISTORY, /* lines */
    CMD_INK_FORECAST,
    CMD_INKS
};

enum { CMD_DOTS_ACROSS = 2, CMD_DOTS_DOWN = 4 }; /* of a cell */

struct cmd_canvas {
    size_t columns, rows;
    uint8_t *dots; /* per cell, row by row: the bits of U+2800 */
    uint8_t *ink;
};

/* False when memory is short. */
bool cmd_canvas_init(struct cmd_canvas *canvas, size_t columns, size_t rows);
void cmd_canvas_release(struct cmd_canvas *canvas);

/* What lies outside is not drawn. */
void cmd_canvas_line(struct cmd_canvas *canvas, double x0, double y0, double x1,
                     double y1, enum cmd_ink ink);

/* A column of an area, between two heights, in dots. */
void cmd_canvas_area(struct cmd_canvas *canvas, double x, double top,
                     double bottom, enum cmd_ink ink);

/* Prints one row of cells to standard output, blanks at its end left out. */
void cmd_canvas_print(const struct cmd_canvas *canvas, size_t row,
                      const struct cmd_terminal *terminal);

/* The sign of an ink, as a legend shows it, with its colour. */
void cmd_ink_print(enum cmd_ink ink, const struct cmd_terminal *terminal);

#endif
