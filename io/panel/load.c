/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading in four steps, the work of each through the parallel map.
 *
 * 1. The file is cut into stretches of equal size and each is parsed on its
 *    own, from the first line end in it.  A line end may lie inside a quoted
 *    field, so every stretch also says where its records began and ended:
 *    stretch k + 1 counts only if it began where stretch k ended, and is
 *    parsed again from there if it did not.  The result is therefore that of
 *    a single reader, whatever the file contains.
 * 2. As soon as a stretch and all before it are done, its ids are numbered
 *    and given back, for they take more memory than the numbers.
 * 3. Each series learns where its rows lie.  Where they lie in several
 *    stretches they are brought together (io/rows/gather.c).
 * 4. Each series is put in order and on its grid (order.c, step.c, grid.c).
 */
#include "io/panel/load.h"

#include "forecast/base/parallel.h"
#include "io/csv/header.h"
#include "io/csv/parse.h"
#include "io/panel/rejects.h"
#include "io/rows/gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { MIN_CHUNK = 1 << 20, MAX_CHUNK = 1 << 24, CHUNKS_PER_JOB = 8 };

struct io_panel_memory {
    struct io_chunk *chunks; /* nchunks, and one for gathered rows */
    size_t nchunks;
    struct io_intern ids;
    struct io_raw *raw;        /* per series; while loading */
    struct io_unused **unused; /* likewise, if it is asked for */
};

/* What the steps of one loading share. */
struct load {
    const struct io_panel_options *options;
    struct io_source source;
    struct io_layout layout;
    struct io_fill_options fill;
    struct io_panel *panel;
    struct io_panel_memory *memory;
    uint64_t chunk;      /* bytes */
    struct io_freq freq; /* options->freq, checked */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* Steps 1 and 2: parsing, numbering. */

static uint64_t chunk_until(const struct load *load, size_t i, size_t n)
{
    return i + 1 == n ? UINT64_MAX
                      : load->layout.body + (uint64_t)(i + 1) * load->chunk;
}

static enum fc_status parse_from(struct load *load, uint64_t offset,
                                 bool skip_line, size_t i)
{
    struct io_chunk *chunk = &load->memory->chunks[i];
    struct io_cursor cursor;
    chunk->err_line = UINT64_MAX;
    chunk->status = io_cursor_init(&cursor, &load->source, offset, &chunk->err);
    uint64_t until = chunk_until(load, i, load->memory->nchunks);
    if (chunk->status == FC_OK && skip_line)
        chunk->status = io_cursor_skip_line(&cursor, until, &chunk->err);
    if (chunk->status == FC_OK)
        io_csv_parse(&load->layout, &load->fill, &cursor, until, chunk);
    io_cursor_release(&cursor);
    return chunk->status;
}

static enum fc_status parse_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct load *load = arg;
    uint64_t begin = load->layout.body + (uint64_t)i * load->chunk;
    (void)ws;
    return parse_from(load, i > 0 ? begin - 1 : begin, i > 0, i);
}

/* Replaces the chunk's own numbers of ids by the panel's. */
static bool number_ids(struct load *load, struct io_chunk *chunk)
{
    struct io_intern *ids = &load->memory->ids;
    uint32_t n = chunk->ids.n;
    uint32_t *number = malloc((n > 0 ? n : 1) * sizeof *number);
    bool good = number != NULL;
    for (uint32_t i = 0; good && i < n; i++) {
        number[i] =
            io_intern_add(ids, chunk->ids.text[i], chunk->ids.length[i]);
        good = number[i] != IO_INTERN_FULL;
    }
    good = good && io_chunk_number(chunk, number);
    free(number);
    return good;
}

/* What is to be done for one chunk after another; see above. */
static void take_chunk(void *arg, size_t i)
{
    struct load *load = arg;
    struct io_chunk *chunk = &load->memory->chunks[i];
    if (i > 0 && chunk[-1].status != FC_OK) {
        chunk->status = chunk[-1].status; /* nothing after it counts */
        return;
    }
    if (i > 0 && chunk->begin != chunk[-1].end) {
        io_chunk_release(chunk);
        parse_from(load, chunk[-1].end, false, i);
    }
    if (chunk->status == FC_OK && !number_ids(load, chunk)) {
        chunk->status = no_memory(&chunk->err);
        chunk->err_line = UINT64_MAX;
    }
}

static enum fc_status parse_file(struct load *load, struct fc_error *err)
{
    uint64_t size = load->source.size - load->layout.body;
    uint64_t jobs = load->options->jobs > 1 ? (uint64_t)load->options->jobs : 1;
    uint64_t chunk = load->options->chunk;
    if (chunk == 0) {
        chunk = size / (jobs * CHUNKS_PER_JOB);
        chunk = chunk < MIN_CHUNK ? MIN_CHUNK : chunk;
        chunk = chunk > MAX_CHUNK ? MAX_CHUNK : chunk;
    }
    struct io_panel_memory *memory = load->memory;
    load->chunk = chunk;
    memory->nchunks = (size_t)(size / chunk) + 1;
    memory->chunks = calloc(memory->nchunks + 1, sizeof *memory->chunks);
    if (memory->chunks == NULL)
        return no_memory(err);
    struct fc_parallel job = {
        .n = memory->nchunks,
        .nthreads = load->options->jobs,
        .item = parse_item,
        .ordered = take_chunk,
        .arg = load,
    };
    if (fc_parallel_map(&job) != FC_OK)
        return no_memory(err);
    return FC_OK;
}

static enum fc_status parse_stream(struct load *load, struct io_cursor *cursor,
                                   struct fc_error *err)
{
    struct io_panel_memory *memory = load->memory;
    uint64_t step = load->options->chunk > 0 ? load->options->chunk : MAX_CHUNK;
    bool more = true;
    while (more) {
        size_t n = memory->nchunks;
        struct io_chunk *grown =
            realloc(memory->chunks, (n + 2) * sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        memory->chunks = grown;
        grown[n] = grown[n + 1] = (struct io_chunk){0};
        memory->nchunks = n + 1;
        uint64_t until = cursor->offset + step;
        io_csv_parse(&load->layout, &load->fill, cursor, until, &grown[n]);
        take_chunk(load, n);
        more = grown[n].status == FC_OK && grown[n].end >= until;
    }
    return FC_OK;
}

/* The first error that ends all reading, with its line in the file. */
static enum fc_status first_failure(struct load *load, struct fc_error *err)
{
    uint64_t line = load->layout.body_line;
    for (size_t i = 0; i < load->memory->nchunks; i++) {
        const struct io_chunk *c = &load->memory->chunks[i];
        if (c->status != FC_OK && c->err_line == UINT64_MAX)
            return fc_fail(err, c->status, "%s", c->err.msg);
        if (c->status != FC_OK)
            return fc_fail(err, c->status, "%s:%llu: %s", load->layout.file,
                           (unsigned long long)(line + c->err_line),
                           c->err.msg);
        line += c->nlines;
    }
    return io_source_unchanged(&load->source, err);
}

static enum fc_status parse(struct load *load, struct fc_error *err)
{
    const struct io_panel_options *o = load->options;
    struct io_column_names names = {o->id, o->time, o->value};
    struct io_cursor cursor = {0};
    enum fc_status status = io_source_open(o->path, &load->source, err);
    if (status == FC_OK)
        status = io_cursor_init(&cursor, &load->source, 0, err);
    if (status == FC_OK)
        status = io_layout_read(&cursor, o->wide ? &io_csv_wide : &io_csv_long,
                                &names, &load->layout, err);
    if (status == FC_OK)
        status = load->source.seekable ? parse_file(load, err)
                                       : parse_stream(load, &cursor, err);
    if (status == FC_OK)
        status = first_failure(load, err);
    io_cursor_release(&cursor);
    return status;
}

/* Step 3: series. */

static char *format_error(const char *file, uint64_t line, const char *msg)
{
    int n =
        snprintf(NULL, 0, "%s:%llu: %s", file, (unsigned long long)line, msg);
    char *text = malloc((size_t)n + 1);
    if (text != NULL)
        snprintf(text, (size_t)n + 1, "%s:%llu: %s", file,
                 (unsigned long long)line, msg);
    return text;
}

static bool attach_errors(struct load *load)
{
    struct io_panel *panel = load->panel;
    uint64_t line = load->layout.body_line;
    for (size_t i = 0; i < load->memory->nchunks; i++) {
        struct io_chunk *c = &load->memory->chunks[i];
        for (size_t k = 0; k < c->nerrors; k++) {
            char **error = &panel->facts[c->errors[k].series].error;
            if (*error == NULL)
                *error =
                    format_error(load->layout.file, line + c->errors[k].line,
                                 c->errors[k].msg);
            if (*error == NULL)
                return false;
        }
        if (c->not_utf8 > 0 && panel->not_utf8_line == 0)
            panel->not_utf8_line = line + c->not_utf8 - 1;
        panel->nrows += c->nrows;
        panel->nrejected += c->nrejected;
        line += c->nlines;
        if (load->options->rejects)
            continue; /* they are all to be listed */
        free(c->errors);
        c->errors = NULL;
    }
    return true;
}

/*
 * Looks for ids that differ from another only in blanks around them: legal,
 * but hardly ever meant.
 */
static void find_blank_ids(struct load *load)
{
    const struct io_intern *ids = &load->memory->ids;
    for (uint32_t i = 0; i < ids->n; i++) {
        const char *text = ids->text[i];
        size_t n = ids->length[i], skip = 0;
        while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
            n--;
        while (skip < n && (text[skip] == ' ' || text[skip] == '\t'))
            skip++;
        if (n - skip < ids->length[i]
            && io_intern_find(ids, text + skip, n - skip) != IO_INTERN_FULL) {
            load->panel->blank_id = text;
            return;
        }
    }
}

/* Makes the series from the ids, of which nothing else is kept. */
static bool make_series(struct load *load)
{
    struct io_panel *panel = load->panel;
    struct io_panel_memory *memory = load->memory;
    size_t n = panel->nseries = panel->ntotal = memory->ids.n;
    find_blank_ids(load);
    io_intern_close(&memory->ids);
    panel->series = calloc(n, sizeof *panel->series);
    panel->facts = calloc(n, sizeof *panel->facts);
    memory->raw = calloc(n, sizeof *memory->raw);
    if (panel->series == NULL || panel->facts == NULL || memory->raw == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        panel->series[i].id = memory->ids.text[i];
        memory->raw[i].other = !io_shard_has(
            &load->options->shard, memory->ids.text[i], memory->ids.length[i]);
    }
    io_intern_keep_text(&memory->ids);
    return true;
}

static enum fc_status assemble(struct load *load, struct fc_error *err)
{
    if (load->memory->ids.n == 0)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows",
                       load->layout.file);
    if (!make_series(load) || !attach_errors(load))
        return no_memory(err);
    struct io_gather gather = {
        .file = load->layout.file,
        .series = load->panel->series,
        .nseries = load->panel->nseries,
        .chunks = load->memory->chunks,
        .nchunks = load->memory->nchunks,
        .raw = load->memory->raw,
        .jobs = load->options->jobs,
    };
    return io_gather_rows(&gather, err);
}

/* Step 4: grids. */

static enum fc_status regularise(struct load *load, struct fc_error *err)
{
    const struct io_panel_options *o = load->options;
    struct io_panel_memory *memory = load->memory;
    if (o->rejects && o->duplicates == IO_DUPLICATES_LAST) {
        memory->unused = calloc(load->panel->nseries, sizeof *memory->unused);
        if (memory->unused == NULL)
            return no_memory(err);
    }
    struct io_regular job = {
        .file = load->layout.file,
        .time_name = load->panel->time_name,
        .options = o,
        .freq = o->freq != NULL ? &load->freq : NULL,
        .chunks = memory->chunks,
        .nchunks = memory->nchunks + 1,
        .raw = memory->raw,
        .unused = memory->unused,
        .panel = load->panel,
    };
    enum fc_status status = io_order_rows(&job, err);
    if (status == FC_OK)
        status = io_settle_step(&job, err);
    if (status == FC_OK)
        status = io_fill_grids(&job, err);
    return status;
}

static bool list_rejects(struct load *load)
{
    const struct io_panel_memory *memory = load->memory;
    struct io_rejects_work work = {
        .file = load->layout.file,
        .body_line = load->layout.body_line,
        .chunks = memory->chunks,
        .nchunks = memory->nchunks,
        .raw = memory->raw,
        .unused = memory->unused,
        .panel = load->panel,
    };
    return io_rejects_list(&work);
}

/* As many elements as there are; the block stays if it cannot be moved. */
static void fit(void *array, size_t n, size_t size)
{
    void **place = array;
    void *fitted = realloc(*place, (n > 0 ? n : 1) * size);
    if (fitted != NULL)
        *place = fitted;
}

/* Moves what belongs to the shard to the front, and forgets the rest. */
static bool drop_others(struct load *load)
{
    struct io_panel *panel = load->panel;
    const struct io_raw *raw = load->memory->raw;
    uint32_t n = (uint32_t)panel->nseries, kept = 0;
    uint32_t *now = malloc(n * sizeof *now);
    panel->place = malloc(n * sizeof *panel->place);
    if (now == NULL || panel->place == NULL) {
        free(now);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        now[i] = kept;
        if (raw[i].other) {
            free(panel->facts[i].error);
            continue;
        }
        panel->series[kept] = panel->series[i];
        panel->facts[kept] = panel->facts[i];
        panel->place[kept++] = i;
    }
    for (size_t i = 0; i < panel->nrejects; i++)
        panel->rejects[i].series = now[panel->rejects[i].series];
    free(now);
    panel->nseries = kept;
    fit(&panel->series, kept, sizeof *panel->series);
    fit(&panel->facts, kept, sizeof *panel->facts);
    fit(&panel->place, kept, sizeof *panel->place);
    return true;
}

/*
 * A checksum of all that was read: the same however many threads read it.
 * The header counts by what it says.
 */
static uint32_t checksum(const struct load *load)
{
    const struct io_layout *layout = &load->layout;
    uLong crc = 0;
    for (size_t i = 0; i < layout->ncolumns; i++)
        crc = crc32_z(crc, (const unsigned char *)layout->names[i],
                      strlen(layout->names[i]) + 1);
    for (size_t i = 0; i < load->memory->nchunks; i++) {
        const struct io_chunk *c = &load->memory->chunks[i];
        crc = crc32_combine(crc, c->crc, (z_off_t)(c->end - c->begin));
    }
    return (uint32_t)crc;
}

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

static enum fc_status take_layout(struct load *load, struct fc_error *err)
{
    struct io_panel *panel = load->panel;
    const struct io_layout *layout = &load->layout;
    panel->id_name = copy_text(layout->names[layout->id]);
    panel->time_name = copy_text(layout->time_name);
    panel->format = layout->format;
    panel->bytes = load->memory->chunks[load->memory->nchunks - 1].end;
    if (load->options->shard.count > 0)
        panel->crc = checksum(load);
    if (panel->id_name == NULL || panel->time_name == NULL)
        return no_memory(err);
    return FC_OK;
}

static enum fc_status check_frequency(struct load *load, struct fc_error *err)
{
    struct fc_error why;
    load->freq = *load->options->freq;
    enum fc_status status =
        io_freq_check(&load->freq, &load->panel->format, &why);
    if (status != FC_OK)
        return fc_fail(err, status, "%s: %s", load->layout.file, why.msg);
    return FC_OK;
}

/* Gives back what only loading needs. */
static void forget_loading(struct io_panel_memory *memory, size_t ntotal)
{
    for (size_t i = 0; memory->unused != NULL && i < ntotal; i++)
        free(memory->unused[i]);
    free(memory->unused);
    free(memory->raw);
    memory->unused = NULL;
    memory->raw = NULL;
}

enum fc_status io_panel_load(const struct io_panel_options *options,
                             struct io_panel *panel, struct fc_error *err)
{
    struct load load = {.options = options,
                        .fill = {options->shard, options->rejects},
                        .panel = panel};
    *panel = (struct io_panel){0};
    panel->memory = load.memory = calloc(1, sizeof *load.memory);
    if (panel->memory == NULL)
        return no_memory(err);
    enum fc_status status = parse(&load, err);
    if (status == FC_OK)
        status = take_layout(&load, err);
    if (status == FC_OK && options->freq != NULL)
        status = check_frequency(&load, err);
    if (status == FC_OK)
        status = assemble(&load, err);
    if (status == FC_OK)
        status = regularise(&load, err);
    if (status == FC_OK && options->rejects && !list_rejects(&load))
        status = no_memory(err);
    if (status == FC_OK && options->shard.count > 1 && !drop_others(&load))
        status = no_memory(err);
    io_layout_release(&load.layout);
    io_source_close(&load.source);
    forget_loading(load.memory, panel->ntotal);
    if (status != FC_OK)
        io_panel_release(panel);
    return status;
}

static void release_memory(struct io_panel_memory *memory)
{
    for (size_t i = 0; memory->chunks != NULL && i <= memory->nchunks; i++)
        io_chunk_release(&memory->chunks[i]);
    free(memory->chunks);
    io_intern_release(&memory->ids);
    free(memory);
}

void io_panel_release(struct io_panel *panel)
{
    for (size_t i = 0; panel->facts != NULL && i < panel->nseries; i++) {
        free(panel->facts[i].error);
        if (panel->facts[i].owns_y)
            free((void *)panel->series[i].y);
    }
    if (panel->memory != NULL)
        release_memory(panel->memory);
    free(panel->rejects);
    free(panel->series);
    free(panel->facts);
    free(panel->place);
    free(panel->id_name);
    free(panel->time_name);
    *panel = (struct io_panel){0};
}
