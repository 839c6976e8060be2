/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which shard a task is, by the variables that schedulers' manuals promise.
 */
#include "tests/check.h"

#include "cmd/host/array.h"

#include <stdio.h>

static const char *environment; /* "A=1 B=2", of the test that runs */

static const char *variable(const char *name)
{
    static char value[8][40];
    static int next;
    size_t n = strlen(name);
    for (const char *p = environment; *p != '\0'; p += *p == ' ') {
        size_t length = strcspn(p, " ");
        if (length > n && p[n] == '=' && memcmp(p, name, n) == 0) {
            char *out = value[next++ % 8];
            snprintf(out, sizeof *value, "%.*s", (int)(length - n - 1),
                     p + n + 1);
            return out;
        }
        p += length;
    }
    return NULL;
}

#define SLURM(id, min, max, step, count)                        \
    "SLURM_ARRAY_TASK_ID=" id " SLURM_ARRAY_TASK_MIN=" min      \
    " SLURM_ARRAY_TASK_MAX=" max " SLURM_ARRAY_TASK_STEP=" step \
    " SLURM_ARRAY_TASK_COUNT=" count
#define SGE(id, first, last, step)                                    \
    "SGE_TASK_ID=" id " SGE_TASK_FIRST=" first " SGE_TASK_LAST=" last \
    " SGE_TASK_STEPSIZE=" step
#define STEP(rank, size) " SLURM_PROCID=" rank " SLURM_NTASKS=" size

static void tasks_find_their_shards(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked;
        const char *environment;
        uint32_t number, count;
    } cases[] = {
        {0, SLURM("3", "1", "16", "1", "16"), 3, 16},
        {0, SLURM("0", "0", "15", "1", "16"), 1, 16},
        {0, SLURM("15", "0", "15", "1", "16"), 16, 16},
        {0, SLURM("100000", "1", "100000", "1", "100000"), 100000, 100000},
        {16, SLURM("3", "1", "16", "1", "16"), 3, 16},
        /* a rerun of two */
        {16, SLURM("3", "3", "11", "8", "2"), 3, 16},
        {16, SLURM("11", "3", "11", "8", "2"), 11, 16},
        /* the rank of an only task says nothing beside it */
        {16, SLURM("3", "1", "16", "1", "16") STEP("0", "1"), 3, 16},
        {0, SLURM("3", "1", "16", "1", "16") STEP("0", "1"), 3, 16},
        {4, "JOB_COMPLETION_INDEX=0", 1, 4},
        {4, "JOB_COMPLETION_INDEX=3", 4, 4},
        {4, "AWS_BATCH_JOB_ARRAY_INDEX=3", 4, 4},
        {0, "AWS_BATCH_JOB_ARRAY_INDEX=3 AWS_BATCH_JOB_ARRAY_SIZE=9", 4, 9},
        {0, "CLOUD_RUN_TASK_INDEX=1 CLOUD_RUN_TASK_COUNT=2", 2, 2},
        {0, "BATCH_TASK_INDEX=0 BATCH_TASK_COUNT=2", 1, 2},
        {9, "PBS_ARRAY_INDEX=9", 9, 9},
        {9, "PBS_ARRAYID=1", 1, 9},
        {0, SGE("2", "1", "4", "1"), 2, 4},
        {8, SGE("2", "2", "4", "2"), 2, 8},
        {0, "LSB_JOBINDEX=2 LSB_JOBINDEX_END=4 LSB_JOBINDEX_STEP=1", 2, 4},
        {7, "LSB_JOBINDEX=7", 7, 7},
        {7, "PARALLEL_SEQ=7", 7, 7},
        {0, STEP("2", "4"), 3, 4},
        {4, STEP("2", "4"), 3, 4},
        {0, STEP("0", "1"), 1, 1},
        {0, "OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=6", 6, 6},
        {0, "PMI_RANK=0 PMI_SIZE=6", 1, 6},
        {0, "PMI_RANK=3 PMI_SIZE=4" STEP("3", "4"), 4, 4},
        /* mpirun starts a launcher on each of two nodes by srun */
        {0, "OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=6" STEP("1", "2"), 6,
         6},
        /* SGE and LSF say so when there is no array; empty is not set */
        {4, "SGE_TASK_ID=undefined JOB_COMPLETION_INDEX=1", 2, 4},
        {4, "LSB_JOBINDEX=0 PARALLEL_SEQ=1", 1, 4},
        {4, "SLURM_ARRAY_TASK_ID= PARALLEL_SEQ=1", 1, 4},
        /* two that agree */
        {4, "JOB_COMPLETION_INDEX=1 PARALLEL_SEQ=2", 2, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_shard shard = {0};
        char why[CMD_ARRAY_WHY] = "";
        environment = cases[i].environment;
        bool found = cmd_array_shard(cases[i].asked, variable, &shard, why);
        if (!found || shard.number != cases[i].number
            || shard.count != cases[i].count)
            fail_msg("%s: %u/%u %s", environment, shard.number, shard.count,
                     why);
    }
}

static void tasks_without_a_place_are_told_why(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked;
        const char *environment, *word, *other;
    } cases[] = {
        {0, "", "SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"},
        {4, "SGE_TASK_ID=undefined LSB_JOBINDEX=0", "is set", "K/N"},
        /* outside */
        {16, SLURM("17", "1", "17", "1", "17"), "SLURM_ARRAY_TASK_ID=17",
         "outside of 1 to 16"},
        {16, SLURM("0", "0", "15", "1", "16"), "SLURM_ARRAY_TASK_ID=0",
         "outside of 1 to 16"},
        {4, "JOB_COMPLETION_INDEX=4", "JOB_COMPLETION_INDEX=4", "0 to 3"},
        {0, SLURM("9", "1", "8", "1", "8"), "SLURM_ARRAY_TASK_ID=9", "outside"},
        {0, "CLOUD_RUN_TASK_INDEX=2 CLOUD_RUN_TASK_COUNT=2",
         "CLOUD_RUN_TASK_INDEX=2", "outside"},
        /* not whole, not contiguous, not from 0 or 1 */
        {0, SLURM("3", "3", "11", "8", "2"), "SLURM_ARRAY_TASK_ID=3", "auto/N"},
        {0, SLURM("2", "2", "5", "1", "4"), "SLURM_ARRAY_TASK_ID=2", "auto/N"},
        {0, SLURM("1", "1", "9", "1", "5"), "5 tasks", "auto/N"},
        {0, SGE("1", "1", "7", "2"), "SGE_TASK_ID=1", "auto/N"},
        {0, "CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=0",
         "CLOUD_RUN_TASK_INDEX=0", "whole"},
        /* of how many? */
        {0, "JOB_COMPLETION_INDEX=1", "JOB_COMPLETION_INDEX=1", "auto/N"},
        {0, "PARALLEL_SEQ=1", "PARALLEL_SEQ=1", "auto/N"},
        {0, "SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_ID=1", "auto/N"},
        /* no numbers */
        {4, "PARALLEL_SEQ=x", "PARALLEL_SEQ is no index", "'x'"},
        {4, "PARALLEL_SEQ=-1", "PARALLEL_SEQ is no index", "'-1'"},
        {4, "PARALLEL_SEQ=9999999999", "PARALLEL_SEQ is no index", "'"},
        {0, "BATCH_TASK_INDEX=1 BATCH_TASK_COUNT=2x",
         "BATCH_TASK_COUNT is no index", "2x"},
        /* two that disagree */
        {4, "JOB_COMPLETION_INDEX=1 PARALLEL_SEQ=1", "JOB_COMPLETION_INDEX=1",
         "PARALLEL_SEQ=1"},
        {0,
         SLURM("1", "1", "4", "1",
               "4") " CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=5",
         "SLURM_ARRAY_TASK_ID=1", "CLOUD_RUN_TASK_INDEX=0"},
        {4, SLURM("1", "1", "4", "1", "4") STEP("2", "3"),
         "SLURM_ARRAY_TASK_ID=1", "SLURM_PROCID=2"},
        {0,
         "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4 PMI_RANK=2 PMI_SIZE=4",
         "OMPI_COMM_WORLD_RANK=1", "PMI_RANK=2"},
        /* ranks are as many as there are; one alone is no array */
        {16, STEP("2", "4"), "SLURM_NTASKS=4", "auto/16"},
        {16, STEP("0", "1"), "SLURM_ARRAY_TASK_ID", "is set"},
        /* too many */
        {0, SLURM("1", "1", "100001", "1", "100001"), "SLURM_ARRAY_TASK_ID=1",
         "100000 are the most"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct io_shard shard = {0};
        char why[CMD_ARRAY_WHY] = "";
        environment = cases[i].environment;
        if (cmd_array_shard(cases[i].asked, variable, &shard, why))
            fail_msg("%s: found %u/%u", environment, shard.number, shard.count);
        if (strstr(why, cases[i].word) == NULL
            || strstr(why, cases[i].other) == NULL)
            fail_msg("%s: %s", environment, why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_find_their_shards),
        cmocka_unit_test(tasks_without_a_place_are_told_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
