/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * io/out/atomic_file.c where disks are full, limits are low and processes are
 * killed: the target is the old file or the new one, and nothing is left
 * beside it.
 */
#define _GNU_SOURCE

#include "tests/atomic.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

/* Disks that fill up. */

static int replace_under_limit(void *arg)
{
    const size_t *bytes = arg;
    struct io_atomic_file *file;
    struct fc_error err;
    struct rlimit limit = {100000, 100000};
    char *much = calloc(1, *bytes);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 100;
    if (io_atomic_open("f", &file, &err) != FC_OK)
        return 101;
    io_atomic_write(file, much, *bytes);
    free(much);
    enum fc_status status = commit(file, &err);
    if (status != FC_OK
        && strcmp(err.msg, "cannot write 'f': File too large") != 0)
        return 102;
    return status;
}

static void a_file_grown_too_large_leaves_the_old_one(void **state)
{
    (void)state;
    for (size_t bytes = 100000; bytes < 3 * MB; bytes = bytes * 5 + 1) {
        put("f", "old");
        assert_int_equal(run_child(replace_under_limit, &bytes),
                         bytes == 100000 ? FC_OK : FC_EIO);
        if (bytes > 100000)
            assert_holds("f", "old");
        assert_int_equal(count_temporaries("."), 0);
    }
}

enum { NO_MOUNT = 77 };

/* A file system of 2 MB, seen by this child alone. */
static int fill_small_disk(void *arg)
{
    struct io_atomic_file *file;
    struct fc_error err;
    char found[4] = "", *much = calloc(1, MB);
    (void)arg;
    if (mkdir("disk", 0777) != 0 || unshare(CLONE_NEWNS) != 0
        || mount("none", "/", "none", MS_REC | MS_PRIVATE, "") != 0
        || mount("none", "disk", "tmpfs", 0, "size=2m") != 0
        || chdir("disk") != 0)
        return NO_MOUNT;
    int old = open("f", O_RDWR | O_CREAT, 0666);
    if (write(old, "old", 3) != 3 || close(old) != 0)
        return 1;
    for (int parts = 2; parts < 5; parts++) {
        if (io_atomic_open("f", &file, &err) != FC_OK)
            return 2;
        for (int i = 0; i < parts; i++)
            io_atomic_write(file, much, MB);
        if (commit(file, &err) != FC_EIO
            || strcmp(err.msg, "cannot write 'f': No space left on device")
                   != 0)
            return 3;
        if (count_temporaries(".") != 0)
            return 4;
    }
    free(much);
    old = open("f", O_RDONLY);
    return read(old, found, 4) == 3 && strcmp(found, "old") == 0 ? 0 : 5;
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    int result = run_child(fill_small_disk, NULL);
    if (result == NO_MOUNT) {
        print_message("           no permission to mount: skipped\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static void a_folder_removed_meanwhile_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a", 0777), 0);
    struct io_atomic_file *file = open_file("a/f");
    write_text(file, "text");
    assert_int_equal(system("rm -r a"), 0);
    assert_cannot_commit(file,
                         "cannot replace 'a/f': No such file or directory");
    assert_absent("a");
}

/* A pipe gets nothing when a file beside it cannot be finished. */
static int commit_pipe_and_large_file(void *arg)
{
    const int *ends = arg;
    char path[40];
    struct rlimit limit = {10, 10};
    struct io_atomic_file *files[2];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0
        || io_atomic_open(path, &files[0], NULL) != FC_OK
        || io_atomic_open("f", &files[1], NULL) != FC_OK)
        return 100;
    write_text(files[0], "down the pipe");
    write_text(files[1], "more than ten bytes");
    return io_atomic_commit(files, 2, NULL);
}

static void a_stream_goes_last(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(run_child(commit_pipe_and_large_file, ends), FC_EIO);
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    assert_absent("f");
}

/* Processes that end before they are done. */

static int write_and_wait(void *arg)
{
    const int *ready = arg;
    struct io_atomic_file *file;
    if (io_atomic_open("f", &file, NULL) != FC_OK)
        return 1;
    for (int i = 0; i < 300000; i++)
        write_text(file, "half written");
    if (write(*ready, "!", 1) != 1)
        return 2;
    for (;;)
        pause();
}

static pid_t start_writer(int (*body)(void *))
{
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = start_child(body, &ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void what_a_killed_run_left_is_removed(void **state)
{
    (void)state;
    put("f", "old");
    put(".g.nightcast-0123456789abcdef", "another target's");
    put(".f.nightcast-0123456789abcdeg", "not ours");
    put(".f.nightcast-0123456789abcdef", "a leftover");
    assert_int_equal(symlink("f", ".f.nightcast-00000000000000ff"), 0);
    pid_t writer = start_writer(write_and_wait);
    assert_int_equal(count_temporaries("."), 4);
    assert_absent(".f.nightcast-0123456789abcdef");

    replace("f", "a neighbour's"); /* does not touch the living writer's */
    assert_int_equal(count_temporaries("."), 4);
    kill(writer, SIGKILL);
    wait_for(writer);
    assert_int_equal(count_temporaries("."), 4);
    assert_holds("f", "a neighbour's");

    replace("f", "new");
    assert_int_equal(count_temporaries("."), 3);
    assert_holds("f", "new");
    assert_holds(".g.nightcast-0123456789abcdef", "another target's");
    assert_holds(".f.nightcast-0123456789abcdeg", "not ours");
    assert_link(".f.nightcast-00000000000000ff");
}

static void end_cleanly(int sig)
{
    (void)sig;
    io_atomic_abandon_all();
    _exit(3);
}

static int write_two_and_wait(void *arg)
{
    struct io_atomic_file *second;
    if (signal(SIGTERM, end_cleanly) == SIG_ERR
        || io_atomic_open("g", &second, NULL) != FC_OK)
        return 1;
    return write_and_wait(arg);
}

static void a_signal_handler_removes_the_temporaries(void **state)
{
    (void)state;
    put("f", "old");
    pid_t writer = start_writer(write_two_and_wait);
    assert_int_equal(count_temporaries("."), 2);
    kill(writer, SIGTERM);
    int status = wait_for(writer);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    assert_int_equal(count_temporaries("."), 0);
    assert_holds("f", "old");
    assert_absent("g");
}

static void after_abandon_all_nothing_can_appear(void **state)
{
    (void)state;
    put("f", "old");
    struct io_atomic_file *file = open_file("f");
    write_text(file, "new");
    errno = 4711;
    io_atomic_abandon_all();
    assert_int_equal(errno, 4711);
    assert_int_equal(count_temporaries("."), 0);
    assert_cannot_commit(file, "cannot replace 'f': No such file or directory");
    assert_holds("f", "old");
}

/* A file of one letter: any two of them mixed show. */
enum { LETTERS = 100000 };

static bool replace_with_letters(char letter)
{
    char letters[1000];
    struct io_atomic_file *file;
    memset(letters, letter, sizeof letters);
    if (io_atomic_open("f", &file, NULL) != FC_OK)
        return false;
    for (size_t k = 0; k < LETTERS; k += sizeof letters)
        io_atomic_write(file, letters, sizeof letters);
    return commit(file, NULL) == FC_OK;
}

static bool holds_one_letter(const char *path)
{
    char *letters = calloc(1, LETTERS + 1);
    FILE *f = fopen(path, "r");
    size_t n = f != NULL ? fread(letters, 1, LETTERS + 1, f) : 0;
    bool whole = n == LETTERS && strspn(letters, (char[]){letters[0], 0}) >= n;
    if (f != NULL)
        fclose(f);
    free(letters);
    return whole;
}

static int replace_until_killed(void *arg)
{
    int written = 0;
    (void)arg;
    while (replace_with_letters((char)('a' + written % 26)))
        written++;
    return 1;
}

static void kills_at_any_moment_leave_a_whole_file(void **state)
{
    unsigned seed = 1;
    (void)state;
    assert_true(replace_with_letters('A'));
    for (int round = 0; round < 50; round++) {
        seed = seed * 1103515245 + 12345;
        pid_t writer = start_child(replace_until_killed, NULL);
        sleep_us((seed >> 16) % 8000);
        kill(writer, SIGKILL);
        assert_true(WIFSIGNALED(wait_for(writer)));
        assert_true(holds_one_letter("f"));
        assert_in_range(count_temporaries("."), 0, 1);
    }
    assert_true(replace_with_letters('Z'));
    assert_int_equal(count_temporaries("."), 0);
}

static int replace_often(void *arg)
{
    const char *letter = arg;
    for (int i = 0; i < 50; i++) {
        if (!replace_with_letters(*letter) || !holds_one_letter("f"))
            return 1;
    }
    return 0;
}

static void runs_into_one_target_do_not_mix(void **state)
{
    pid_t writers[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        writers[i] = start_child(replace_often, &"abcd"[i]);
    for (int i = 0; i < 4; i++)
        assert_int_equal(wait_for(writers[i]), 0);
    assert_true(holds_one_letter("f"));
    assert_int_equal(count_temporaries("."), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_grown_too_large_leaves_the_old_one),
        IN_FOLDER(a_full_disk_leaves_the_old_file),
        IN_FOLDER(a_folder_removed_meanwhile_is_an_error),
        IN_FOLDER(a_stream_goes_last),
        IN_FOLDER(what_a_killed_run_left_is_removed),
        IN_FOLDER(a_signal_handler_removes_the_temporaries),
        IN_FOLDER(after_abandon_all_nothing_can_appear),
        IN_FOLDER(kills_at_any_moment_leave_a_whole_file),
        IN_FOLDER(runs_into_one_target_do_not_mix),
    };
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
