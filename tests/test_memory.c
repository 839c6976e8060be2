/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory of a process on a made-up machine and in made-up control groups.
 */
#define _GNU_SOURCE

#include "tests/folder.h"

#include "cmd/host/memory.h"

#include <math.h>
#include <sys/resource.h>

static const double GB = 1024.0 * 1024 * 1024;

static int enter_tree(void **state)
{
    enter_folder(state);
    assert_int_equal(system("mkdir -p self v2/a/b v1/a"), 0);
    return 0;
}

static void put_machine(int total, int available, int swap)
{
    char text[300];
    snprintf(text, sizeof text,
             "MemTotal: %d kB\nMemFree: 5 kB\nMemAvailable:   %d kB\n"
             "SwapTotal: %d kB\nSwapFree: %d kB\nHugePages_Total: 0\n",
             total << 20, available << 20, swap << 20, swap << 20);
    put("meminfo", text);
}

static void mount_at(const char *point, const char *type, const char *options)
{
    char text[5000], folder[4096];
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(text, sizeof text, "31 23 0:28 / %s/%s rw - %s %s %s\n", folder,
             point, type, type, options);
    put("self/mountinfo", text);
}

static void what_is_not_known_sets_no_limit(void **state)
{
    (void)state;
    assert_true(isinf(cmd_memory("missing")));
    assert_true(isinf(cmd_memory(".")));
    put("meminfo", "nonsense\n: 7 kB\n");
    assert_true(isinf(cmd_memory(".")));
}

static void what_is_available_counts_but_half_at_least(void **state)
{
    (void)state;
    put_machine(16, 10, 0);
    assert_near(cmd_memory("."), 9.5 * GB, 1e-9);
    put_machine(16, 3, 0); /* somebody else's, for now */
    assert_near(cmd_memory("."), 8 * GB, 1e-9);
    put_machine(16, 10, 2);
    assert_near(cmd_memory("."), 11.4 * GB, 1e-9);
}

static void the_least_group_counts(void **state)
{
    (void)state;
    put_machine(16, 10, 0);
    put("self/cgroup", "0::/a/b\n");
    mount_at("v2", "cgroup2", "rw");
    put("v2/a/b/memory.max", "max\n");
    assert_near(cmd_memory("."), 9.5 * GB, 1e-9);
    put("v2/a/memory.max", "1073741824\n");
    assert_near(cmd_memory("."), 0.95 * GB, 1e-9);
    put("v2/a/b/memory.max", "536870912\n");
    assert_near(cmd_memory("."), 0.475 * GB, 1e-9);
}

static void version_1_has_another_file(void **state)
{
    (void)state;
    put_machine(16, 10, 0);
    put("self/cgroup", "7:cpu:/x\n4:memory:/a\n");
    mount_at("v1", "cgroup", "rw,memory");
    put("v1/a/memory.limit_in_bytes", "9223372036854771712\n");
    assert_near(cmd_memory("."), 9.5 * GB, 1e-9);
    put("v1/a/memory.limit_in_bytes", "1073741824\n");
    assert_near(cmd_memory("."), 0.95 * GB, 1e-9);
}

static double limit_in_force(void)
{
    struct rlimit data;
    assert_int_equal(getrlimit(RLIMIT_DATA, &data), 0);
    return data.rlim_cur == RLIM_INFINITY ? INFINITY : (double)data.rlim_cur;
}

/* Children report what is wrong; 0 is nothing. */
static int limit_is_set(void *arg)
{
    (void)arg;
    put_machine(16, 10, 0);
    put("self/statm", "9 9 9 9 0 1000 0\n");
    cmd_memory_limit(".", 2);
    double limit = limit_in_force();
    if (!(limit > 9.5 * GB && limit < 11 * GB))
        return 1;
    put_machine(16, 12, 0);
    cmd_memory_limit(".", 2); /* the lower one stays */
    return limit_in_force() == limit ? 0 : 2;
}

static int limit_is_not_set(void *arg)
{
    (void)arg;
    double before = limit_in_force();
    put_machine(16, 10, 0);
    cmd_memory_limit(".", 2); /* what is in use is not known */
    if (limit_in_force() != before)
        return 1;
    put("self/statm", "9 9 9 9 0 9000000000 0\n"); /* a sanitizer's */
    cmd_memory_limit(".", 2);
    if (limit_in_force() != before)
        return 2;
    return 0;
}

/* A sanitizer has taken more than any limit, and could take no more. */
static bool has_reserved_terabytes(void)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL) {
        if (fscanf(f, "%*u %*u %*u %*u %*u %llu", &pages) != 1)
            pages = 0;
        fclose(f);
    }
    return pages > 1ULL << 28;
}

static void the_process_is_limited(void **state)
{
    (void)state;
    if (has_reserved_terabytes())
        skip();
    assert_int_equal(run_child(limit_is_set, NULL), 0);
}

static void the_process_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(run_child(limit_is_not_set, NULL), 0);
}

#define IN_TREE(test) \
    cmocka_unit_test_setup_teardown(test, enter_tree, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(what_is_not_known_sets_no_limit),
        IN_TREE(what_is_available_counts_but_half_at_least),
        IN_TREE(the_least_group_counts),
        IN_TREE(version_1_has_another_file),
        IN_TREE(the_process_is_limited),
        IN_TREE(the_process_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
