/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per scheduler, with the variables that its manual promises:
 *
 *   Slurm         sbatch(1) and srun(1), OUTPUT ENVIRONMENT VARIABLES
 *   Kubernetes    Jobs, completion mode Indexed
 *   AWS Batch     Array jobs; Job environment variables
 *   Google Cloud  Container runtime contract, Jobs; Batch, task indices
 *   PBS, Torque   qsub(1), -J and -t
 *   SGE           qsub(1), -t
 *   LSF           bsub(1), environment of job arrays
 *   GNU parallel  parallel(1), ENVIRONMENT VARIABLES
 *   MPI           mpirun(1) of Open MPI; PMI of MPICH and its kin
 */
#include "cmd/host/array.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum kind { ARRAY, MPI, STEP };

struct engine {
    enum kind kind;
    uint32_t base; /* its first index; of arrays that their user numbers, 1 */
    const char *index; /* this task's */
    const char *none;  /* the index of a task outside of any array */
    const char *first, *last, *step, *count; /* of all; NULL: it tells none */
};

static const struct engine engines[] = {
    {ARRAY, 1, "SLURM_ARRAY_TASK_ID", NULL, "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT"},
    {ARRAY, 0, "JOB_COMPLETION_INDEX", NULL, NULL, NULL, NULL, NULL},
    {ARRAY, 0, "AWS_BATCH_JOB_ARRAY_INDEX", NULL, NULL, NULL, NULL,
     "AWS_BATCH_JOB_ARRAY_SIZE"},
    {ARRAY, 0, "CLOUD_RUN_TASK_INDEX", NULL, NULL, NULL, NULL,
     "CLOUD_RUN_TASK_COUNT"},
    {ARRAY, 0, "BATCH_TASK_INDEX", NULL, NULL, NULL, NULL, "BATCH_TASK_COUNT"},
    {ARRAY, 1, "PBS_ARRAY_INDEX", NULL, NULL, NULL, NULL, NULL},
    {ARRAY, 1, "PBS_ARRAYID", NULL, NULL, NULL, NULL, NULL},
    {ARRAY, 1, "SGE_TASK_ID", "undefined", "SGE_TASK_FIRST", "SGE_TASK_LAST",
     "SGE_TASK_STEPSIZE", NULL},
    {ARRAY, 1, "LSB_JOBINDEX", "0", NULL, "LSB_JOBINDEX_END",
     "LSB_JOBINDEX_STEP", NULL},
    {ARRAY, 1, "PARALLEL_SEQ", NULL, NULL, NULL, NULL, NULL},
    {MPI, 0, "OMPI_COMM_WORLD_RANK", NULL, NULL, NULL, NULL,
     "OMPI_COMM_WORLD_SIZE"},
    {MPI, 0, "PMI_RANK", NULL, NULL, NULL, NULL, "PMI_SIZE"},
    {STEP, 0, "SLURM_PROCID", NULL, NULL, NULL, NULL, "SLURM_NTASKS"},
};

enum { NENGINES = sizeof engines / sizeof *engines };

/* What is asked, of whom, and where a refusal goes. */
struct search {
    uint32_t asked; /* the N of auto/N, or 0 */
    cmd_variable *variable;
    char *why;
};

/* What an engine says. */
struct place {
    const struct engine *engine; /* NULL: nothing */
    struct io_shard shard;
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct search *s,
                                                         const char *format,
                                                         ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(s->why, CMD_ARRAY_WHY, format, args);
    va_end(args);
    return false;
}

/* An empty variable is none. */
static const char *look_up(const struct search *s, const char *name)
{
    const char *text = name != NULL ? s->variable(name) : NULL;
    return text != NULL && *text != '\0' ? text : NULL;
}

/* Leaves *number as it is when there is no such variable. */
static bool read_number(const struct search *s, const char *name,
                        uint32_t *number)
{
    enum { DIGITS = 9 };
    const char *text = look_up(s, name);
    if (text == NULL)
        return true;
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > DIGITS || text[n] != '\0')
        return refuse(s, "%s is no index: '%.20s'", name, text);
    *number = 0;
    for (size_t i = 0; i < n; i++)
        *number = *number * 10 + (uint32_t)(text[i] - '0');
    return true;
}

static bool is_there(const struct search *s, const struct engine *e)
{
    const char *text = look_up(s, e->index);
    return text != NULL && (e->none == NULL || strcmp(text, e->none) != 0);
}

/* K is the index, N what was asked for. */
static bool place_in_given(const struct search *s, const struct engine *e,
                           uint32_t index, struct io_shard *shard)
{
    uint32_t last = s->asked - 1 + e->base;
    if (index < e->base || index > last)
        return refuse(s,
                      "%s=%" PRIu32 " is outside of %" PRIu32 " to %" PRIu32
                      ", which --shard auto/%" PRIu32 " goes by",
                      e->index, index, e->base, last, s->asked);
    *shard = (struct io_shard){index - e->base + 1, s->asked};
    return true;
}

/* The array tells how many there are, if it is whole. */
static bool place_in_whole(const struct search *s, const struct engine *e,
                           uint32_t index, struct io_shard *shard)
{
    uint32_t first = e->base, last = 0, step = 1, count = 0;
    if (!read_number(s, e->first, &first) || !read_number(s, e->last, &last)
        || !read_number(s, e->step, &step) || !read_number(s, e->count, &count))
        return false;
    if (look_up(s, e->last) == NULL && look_up(s, e->count) == NULL)
        return refuse(s,
                      "%s=%" PRIu32 " tells which, and nothing of how many: "
                      "say --shard auto/N",
                      e->index, index);
    if (look_up(s, e->last) == NULL)
        last = first + count - (count > 0);
    if (look_up(s, e->count) == NULL)
        count = last - first + 1;
    if (first > 1 || step > 1 || last < first || count != last - first + 1)
        return refuse(s,
                      "the tasks around %s=%" PRIu32
                      " are no whole array from 0 or 1 (%" PRIu32
                      " tasks, from %" PRIu32 " to %" PRIu32
                      "): say --shard auto/N",
                      e->index, index, count, first, last);
    if (index < first || index > last)
        return refuse(s, "%s=%" PRIu32 " is outside of %" PRIu32 " to %" PRIu32,
                      e->index, index, first, last);
    if (count > IO_SHARD_MOST)
        return refuse(s,
                      "%s=%" PRIu32 " is one of %" PRIu32 "; %d are the most",
                      e->index, index, count, IO_SHARD_MOST);
    *shard = (struct io_shard){index - first + 1, count};
    return true;
}

/* Ranks are always all there, so that there must be as many as were asked. */
static bool check_ranks(const struct search *s, const struct engine *e)
{
    uint32_t count = 0;
    if (!read_number(s, e->count, &count))
        return false;
    if (e->kind == ARRAY || s->asked == 0 || count == s->asked)
        return true;
    return refuse(s,
                  "%s=%" PRIu32 ", and not the tasks of --shard auto/%" PRIu32,
                  e->count, count, s->asked);
}

/* Every job step has a rank; that of an only task says nothing. */
static bool is_alone(const struct search *s, const struct engine *e)
{
    const char *count = look_up(s, e->count);
    return e->kind != ARRAY && (count == NULL || strcmp(count, "1") == 0);
}

static bool read_place(const struct search *s, const struct engine *e,
                       struct place *place)
{
    uint32_t index = 0;
    if (!read_number(s, e->index, &index))
        return false;
    place->engine = e;
    return s->asked > 0
               ? place_in_given(s, e, index, &place->shard) && check_ranks(s, e)
               : place_in_whole(s, e, index, &place->shard);
}

static bool refuse_pair(const struct search *s, const struct engine *a,
                        const struct engine *b)
{
    return refuse(s,
                  "%s=%.12s and %s=%.12s are two places of one task: say "
                  "--shard K/N",
                  a->index, look_up(s, a->index), b->index,
                  look_up(s, b->index));
}

/*
 * The first engine that says something, if none contradicts it.  Where there is
 * MPI, srun's ranks are those of its launchers.
 */
static bool find(const struct search *s, bool alone, struct place *found)
{
    for (int i = 0; i < NENGINES; i++) {
        const struct engine *e = &engines[i], *before = found->engine;
        struct place place = {0};
        if (!is_there(s, e) || is_alone(s, e) != alone
            || (before != NULL && before->kind == MPI && e->kind == STEP))
            continue;
        if (before != NULL && before->kind != e->kind)
            return refuse_pair(s, before, e);
        if (!read_place(s, e, &place))
            return false;
        if (before != NULL
            && (place.shard.number != found->shard.number
                || place.shard.count != found->shard.count))
            return refuse_pair(s, before, e);
        *found = place;
    }
    return true;
}

bool cmd_array_shard(uint32_t count, cmd_variable *variable,
                     struct io_shard *shard, char why[CMD_ARRAY_WHY])
{
    struct search s = {count, variable, why};
    struct place found = {0};
    if (!find(&s, false, &found))
        return false;
    if (found.engine == NULL && count < 2 && !find(&s, true, &found))
        return false;
    if (found.engine == NULL)
        return refuse(&s, "no scheduler's array: none of SLURM_ARRAY_TASK_ID, "
                          "JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX and "
                          "the like is set; say --shard K/N");
    *shard = found.shard;
    return true;
}
