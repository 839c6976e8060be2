/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_FOLDER_H
#define NIGHTCAST_TESTS_FOLDER_H

/*
 * For tests that work on files: a folder of its own for each test, and
 * children for what may kill or limit the process.  A child reports by its
 * exit status: a failed assertion in it would run on in the parent's tests.
 *
 * Define _GNU_SOURCE before including this.
 */
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IN_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

static inline int enter_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *name = malloc(4096);
    snprintf(name, 4096, "%s/nightcast-test-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(name));
    assert_int_equal(chmod(name, 0777), 0);
    assert_int_equal(chdir(name), 0);
    *state = name;
    return 0;
}

static inline int leave_folder(void **state)
{
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(system(command), 0);
    free(*state);
    return 0;
}

static inline int count_entries(const char *folder, const char *part)
{
    int count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *e; (e = readdir(entries)) != NULL;)
        count += strstr(e->d_name, part) != NULL;
    closedir(entries);
    return count;
}

static inline int count_temporaries(const char *folder)
{
    return count_entries(folder, ".nightcast-");
}

static inline void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static inline void assert_holds(const char *path, const char *text)
{
    char found[1000] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    found[fread(found, 1, sizeof found - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(found, text);
}

static inline void assert_absent(const char *path)
{
    struct stat id;
    assert_int_equal(lstat(path, &id), -1);
    assert_int_equal(errno, ENOENT);
}

static inline void assert_link(const char *path)
{
    struct stat id;
    assert_int_equal(lstat(path, &id), 0);
    assert_true(S_ISLNK(id.st_mode));
}

static inline pid_t start_child(int (*body)(void *), void *arg)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* outlives no failed test */
        _exit(body(arg));
    }
    return pid;
}

static inline int wait_for(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static inline int run_child(int (*body)(void *), void *arg)
{
    int status = wait_for(start_child(body, arg));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static inline void sleep_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

#endif
