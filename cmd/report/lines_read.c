/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A trace from its file: one event per line, with its members in the order in
 * which they were written.
 */
#define _GNU_SOURCE /* getline */
#include "cmd/report/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a line is read from; a NUL stands at its end. */
struct place {
    const char *at;
};

static bool take(struct place *p, const char *text)
{
    size_t n = strlen(text);
    if (strncmp(p->at, text, n) != 0)
        return false;
    p->at += n;
    return true;
}

static bool take_number(struct place *p, double *value)
{
    char *end;
    if (!(*p->at >= '0' && *p->at <= '9'))
        return false;
    *value = strtod(p->at, &end); /* LC_NUMERIC is never set */
    p->at = end;
    return true;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four digits of a code below U+10000, as UTF-8. */
static bool take_code(struct place *p, char **to)
{
    unsigned code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex(p->at[i]);
        if (digit < 0)
            return false;
        code = code * 16 + (unsigned)digit;
    }
    p->at += 4;
    if (code < 0x80) {
        *(*to)++ = (char)code;
    } else if (code < 0x800) {
        *(*to)++ = (char)(0xc0 | code >> 6);
        *(*to)++ = (char)(0x80 | (code & 0x3f));
    } else {
        *(*to)++ = (char)(0xe0 | code >> 12);
        *(*to)++ = (char)(0x80 | (code >> 6 & 0x3f));
        *(*to)++ = (char)(0x80 | (code & 0x3f));
    }
    return true;
}

/* A quoted string into `text`, which has room for the whole line: what is
   written \u003c there takes fewer bytes here. */
static bool take_string(struct place *p, char *text)
{
    if (!take(p, "\""))
        return false;
    while (*p->at != '"') {
        if (*p->at == '\0')
            return false;
        if (*p->at != '\\')
            *text++ = *p->at++;
        else if (p->at[1] == 'u' && (p->at += 2, true)) {
            if (!take_code(p, &text))
                return false;
        } else
            return false;
    }
    p->at++;
    *text = '\0';
    return true;
}

struct event {
    char *name, *cat; /* room for a line each */
    double track, start, length;
};

static bool take_event(struct place *p, struct event *e)
{
    return take(p, "{\"name\":") && take_string(p, e->name)
           && take(p, ",\"cat\":") && take_string(p, e->cat)
           && take(p, ",\"ph\":\"X\",\"pid\":1,\"tid\":")
           && take_number(p, &e->track) && take(p, ",\"ts\":")
           && take_number(p, &e->start) && take(p, ",\"dur\":")
           && take_number(p, &e->length) && e->track <= 65536;
}

static enum cmd_report_work work_of(const struct event *e)
{
    return strcmp(e->cat, "phase") == 0   ? CMD_WORK_PHASE
           : strcmp(e->cat, "fit") == 0   ? CMD_WORK_FIT
           : strcmp(e->cat, "parse") == 0 ? CMD_WORK_PARSE
                                          : CMD_WORK_LEARN;
}

static bool add_event(struct cmd_report_lines *lines, const struct event *e,
                      const struct io_intern *ids)
{
    struct cmd_report_stretch s = {
        .start = e->start * 1e-6,
        .end = (e->start + e->length) * 1e-6,
        .series = UINT32_MAX,
        .track = (uint32_t)e->track,
        .count = 1,
        .work = work_of(e),
    };
    if (s.work == CMD_WORK_FIT)
        s.series = io_intern_find(ids, e->name, strlen(e->name));
    if (s.work == CMD_WORK_PHASE) {
        uint32_t k = io_intern_add(&lines->names, e->name, strlen(e->name));
        if (k == IO_INTERN_FULL)
            return false;
        s.name = lines->names.text[k];
    }
    return cmd_report_lines_add(lines, &s);
}

/* What is no event of time: names of tracks, brackets. */
static bool is_frame(const char *line)
{
    return strstr(line, "\"ph\":\"M\"") != NULL || line[0] == ']'
           || strncmp(line, "{\"displayTimeUnit\"", 18) == 0;
}

static enum fc_status read_lines(FILE *f, const char *path,
                                 const struct io_intern *ids,
                                 struct cmd_report_lines *lines,
                                 struct fc_error *err)
{
    char *line = NULL;
    struct event e = {0};
    size_t room = 0, had = 0, number = 0;
    enum fc_status status = FC_OK;
    while (status == FC_OK && getline(&line, &room, f) > 0) {
        struct place place = {line};
        number++;
        if (room > had) {
            free(e.name);
            free(e.cat);
            e.name = malloc(room);
            e.cat = malloc(room);
            had = room;
        }
        if (e.name == NULL || e.cat == NULL)
            status = fc_fail(err, FC_ENOMEM, "out of memory");
        else if (take_event(&place, &e))
            status = add_event(lines, &e, ids)
                         ? FC_OK
                         : fc_fail(err, FC_ENOMEM, "out of memory");
        else if (!is_frame(line))
            status = fc_fail(err, FC_EDATA,
                             "%s:%zu: no event as `forecast --trace` writes "
                             "them",
                             path, number);
    }
    if (status == FC_OK && !feof(f)) /* or no room for a longer line */
        status = fc_fail(err, errno == ENOMEM ? FC_ENOMEM : FC_EIO,
                         "%s: cannot read: %s", path,
                         errno == ENOMEM ? "out of memory" : strerror(errno));
    if (status == FC_OK && lines->n == 0)
        status = fc_fail(err, FC_EDATA, "%s: no events", path);
    free(e.name);
    free(e.cat);
    free(line);
    return status;
}

enum fc_status cmd_report_lines_read(const char *path,
                                     const struct io_intern *ids,
                                     struct cmd_report_lines *lines,
                                     struct fc_error *err)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (f == NULL)
        return fc_fail(err, FC_EIO, "%s: cannot open: %s", path,
                       strerror(errno));
    enum fc_status status = read_lines(f, path, ids, lines, err);
    if (f != stdin)
        fclose(f);
    cmd_report_lines_finish(lines);
    return status;
}
