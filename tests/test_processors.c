/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processors of a process in made-up control groups: a proc and a group
 * tree in a folder of the test.  The affinity is the machine's own and is
 * set in children.
 */
#define _GNU_SOURCE

#include "tests/folder.h"

#include "cmd/host/processors.h"

#include <limits.h>
#include <sched.h>

static int scheduled_on(void)
{
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

static int enter_tree(void **state)
{
    enter_folder(state);
    assert_int_equal(system("mkdir -p self v2/a/b/c v1/a/b"), 0);
    return 0;
}

static void put_line(const char *path, const char *line)
{
    char text[300];
    snprintf(text, sizeof text, "%s\n", line);
    put(path, text);
}

/* Mounts the group `root` at `point` in the current folder. */
static void mount_at(const char *root, const char *point, const char *type,
                     const char *options, const char *mode)
{
    char folder[PATH_MAX];
    assert_non_null(getcwd(folder, sizeof folder));
    FILE *f = fopen("self/mountinfo", mode);
    assert_non_null(f);
    fprintf(f, "22 1 0:19 / /proc rw,relatime - proc proc rw\n");
    fprintf(f, "31 23 0:28 %s %s/%s rw,nosuid shared:9 - %s %s %s\n", root,
            folder, point, type, type, options);
    assert_int_equal(fclose(f), 0);
}

static void no_groups_set_no_limit(void **state)
{
    (void)state;
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(cmd_processors("missing"), scheduled_on());
    assert_int_equal(cmd_processors("."), scheduled_on());
    put("self/cgroup", "");
    put("self/mountinfo", "");
    assert_int_equal(cmd_processors("."), scheduled_on());
    put_line("self/cgroup", "nonsense");
    put_line("self/mountinfo", "nonsense - cgroup2");
    assert_int_equal(cmd_processors("."), scheduled_on());
}

static void the_least_of_both_counts(void **state)
{
    (void)state;
    put_line("self/cgroup", "0::/a");
    mount_at("/", "v2", "cgroup2", "rw", "w");
    put_line("v2/a/cpu.max", "100000 100000");
    assert_int_equal(cmd_processors("."), 1);
    put_line("v2/a/cpu.max", "99900000 100000");
    assert_int_equal(cmd_processors("."), scheduled_on());
}

static void omp_num_threads_has_no_say(void **state)
{
    (void)state;
    setenv("OMP_NUM_THREADS", "17", 1);
    assert_int_equal(cmd_processors("missing"), scheduled_on());
    unsetenv("OMP_NUM_THREADS");
}

/* Rounded up: half a processor is one thread, and one and a half are two. */
static void a_quota_is_rounded_up(void **state)
{
    const struct {
        const char *max;
        int processors;
    } cases[] = {
        {"max 100000", INT_MAX},
        {"100000 100000", 1},
        {"50000 100000", 1},
        {"1 1000000", 1},
        {"100001 100000", 2},
        {"150000 100000", 2},
        {"200000 100000", 2},
        {"1600000 100000", 16},
        {"99999999999999 1", INT_MAX},
        {"", INT_MAX},
        {"junk", INT_MAX},
        {"-1 100000", INT_MAX},
        {"100000 0", INT_MAX},
        {"0 100000", INT_MAX},
    };
    (void)state;
    put_line("self/cgroup", "0::/a");
    mount_at("/", "v2", "cgroup2", "rw", "w");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_line("v2/a/cpu.max", cases[i].max);
        assert_int_equal(cmd_processor_quota("."), cases[i].processors);
    }
}

static void the_least_quota_up_to_the_root_counts(void **state)
{
    const char *groups[] = {"v2/cpu.max", "v2/a/cpu.max", "v2/a/b/cpu.max",
                            "v2/a/b/c/cpu.max"};
    (void)state;
    put_line("self/cgroup", "0::/a/b/c");
    mount_at("/", "v2", "cgroup2", "rw", "w");
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++)
            put_line(groups[k], k == i ? "100000 100000" : "max 100000");
        assert_int_equal(cmd_processor_quota("."), 1);
        for (size_t k = 0; k < 4; k++)
            put_line(groups[k], k == i ? "max 100000" : "9900000 100000");
        assert_int_equal(cmd_processor_quota("."), 99);
    }
    for (size_t k = 0; k < 4; k++)
        put_line(groups[k], "max 100000");
    put_line("self/cgroup", "0::/a/b");
    put_line("v2/a/b/c/cpu.max", "100000 100000"); /* not above us */
    assert_int_equal(cmd_processor_quota("."), INT_MAX);
}

static void version_1_is_asked_for_quota_and_period(void **state)
{
    const char *names[] = {"cpu", "cpu,cpuacct", "cpuacct,cpu"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char line[80];
        snprintf(line, sizeof line, "4:memory:/x\n3:%s:/a/b\n0::/", names[i]);
        put_line("self/cgroup", line);
        snprintf(line, sizeof line, "rw,%s", names[i]);
        mount_at("/", "v1", "cgroup", line, "w");
        put_line("v1/a/b/cpu.cfs_quota_us", "-1");
        put_line("v1/a/b/cpu.cfs_period_us", "100000");
        assert_int_equal(cmd_processor_quota("."), INT_MAX);
        put_line("v1/a/b/cpu.cfs_quota_us", "70000");
        assert_int_equal(cmd_processor_quota("."), 1);
        put_line("v1/a/b/cpu.cfs_quota_us", "100001");
        assert_int_equal(cmd_processor_quota("."), 2);
        put_line("v1/a/cpu.cfs_quota_us", "100000");
        put_line("v1/a/cpu.cfs_period_us", "100000");
        assert_int_equal(cmd_processor_quota("."), 1);
        assert_int_equal(unlink("v1/a/cpu.cfs_quota_us"), 0);
    }
}

static void other_controllers_do_not_count(void **state)
{
    (void)state;
    put_line("self/cgroup", "3:cpuset:/a\n2:cpuacct:/a");
    mount_at("/", "v1", "cgroup", "rw,cpuset", "w");
    mount_at("/", "v1", "cgroup", "rw,cpuacct", "a");
    put_line("v1/a/cpu.cfs_quota_us", "100000");
    put_line("v1/a/cpu.cfs_period_us", "100000");
    assert_int_equal(cmd_processor_quota("."), INT_MAX);
}

/* Version 1 limits processors; version 2 is there for systemd's own use. */
static void both_versions_are_asked(void **state)
{
    (void)state;
    put_line("self/cgroup", "5:cpu:/a\n0::/a");
    mount_at("/", "v2", "cgroup2", "rw", "w");
    mount_at("/", "v1", "cgroup", "rw,cpu", "a");
    put_line("v1/a/cpu.cfs_quota_us", "100000");
    put_line("v1/a/cpu.cfs_period_us", "100000");
    assert_int_equal(cmd_processor_quota("."), 1);
    put_line("v1/a/cpu.cfs_quota_us", "-1");
    assert_int_equal(cmd_processor_quota("."), INT_MAX);
    put_line("v2/a/cpu.max", "100000 100000");
    assert_int_equal(cmd_processor_quota("."), 1);
}

/* A container sees its own group as the mount point. */
static void a_mounted_part_of_the_tree_is_understood(void **state)
{
    const char *groups[] = {"0::/docker/0123", "0::/", "0::/../../elsewhere",
                            "0::/docker/01234"};
    (void)state;
    mount_at("/docker/0123", "v2", "cgroup2", "rw", "w");
    put_line("v2/cpu.max", "100000 100000");
    for (size_t i = 0; i < 4; i++) {
        put_line("self/cgroup", groups[i]);
        assert_int_equal(cmd_processor_quota("."), 1);
    }
    put_line("v2/cpu.max", "max 100000");
    put_line("v2/a/cpu.max", "100000 100000");
    assert_int_equal(cmd_processor_quota("."), INT_MAX);
    put_line("self/cgroup", "0::/docker/0123/a");
    assert_int_equal(cmd_processor_quota("."), 1);
}

static void mount_points_may_hold_blanks(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a b\\c", 0777), 0);
    put_line("self/cgroup", "0::/");
    mount_at("/", "a\\040b\\134c", "cgroup2", "rw", "w");
    put_line("a b\\c/cpu.max", "100000 100000");
    assert_int_equal(cmd_processor_quota("."), 1);
}

static int on_one_processor(void *arg)
{
    cpu_set_t all, one;
    int cpu = 0;
    (void)arg;
    sched_getaffinity(0, sizeof all, &all);
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        return 100;
    return cmd_processors("missing");
}

static void the_affinity_is_respected(void **state)
{
    (void)state;
    assert_int_equal(run_child(on_one_processor, NULL), 1);
}

static void this_machine_has_processors(void **state)
{
    (void)state;
    assert_in_range(cmd_processors("/proc"), 1, scheduled_on());
}

#define IN_TREE(test) \
    cmocka_unit_test_setup_teardown(test, enter_tree, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(no_groups_set_no_limit),
        IN_TREE(the_least_of_both_counts),
        IN_TREE(omp_num_threads_has_no_say),
        IN_TREE(a_quota_is_rounded_up),
        IN_TREE(the_least_quota_up_to_the_root_counts),
        IN_TREE(version_1_is_asked_for_quota_and_period),
        IN_TREE(other_controllers_do_not_count),
        IN_TREE(both_versions_are_asked),
        IN_TREE(a_mounted_part_of_the_tree_is_understood),
        IN_TREE(mount_points_may_hold_blanks),
        IN_TREE(the_affinity_is_respected),
        IN_TREE(this_machine_has_processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
