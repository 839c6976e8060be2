/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "tests/atomic.h"

#include <sys/xattr.h>

/* Ordinary files. */

static void the_file_appears_at_the_commit(void **state)
{
    (void)state;
    struct io_atomic_file *file = open_file("f.csv");
    write_text(file, "a,b\n");
    assert_int_equal(io_atomic_size(file), 4);
    assert_absent("f.csv");
    assert_int_equal(count_entries(".", ".f.csv.nightcast-"), 1);
    assert_int_equal(commit(file, NULL), FC_OK);
    assert_holds("f.csv", "a,b\n");
    assert_int_equal(count_temporaries("."), 0);
}

static void every_byte_arrives_in_order(void **state)
{
    const size_t total = 5 * MB;
    unsigned char *bytes = malloc(total), *found = malloc(total + 1);
    (void)state;
    for (size_t i = 0; i < total; i++)
        bytes[i] = (unsigned char)(i * 2654435761U >> 24);
    struct io_atomic_file *file = open_file("f");
    size_t at = 0;
    for (size_t n = 0; at < total; n = (n * 7 + 3) % (2 * MB)) {
        size_t part = n < total - at ? n : total - at;
        io_atomic_write(file, bytes + at, part);
        at += part;
        assert_int_equal(io_atomic_size(file), at);
    }
    assert_int_equal(commit(file, NULL), FC_OK);
    FILE *f = fopen("f", "r");
    assert_int_equal(fread(found, 1, total + 1, f), total);
    assert_memory_equal(found, bytes, total);
    fclose(f);
    free(bytes);
    free(found);
}

static void the_old_file_stays_until_then(void **state)
{
    (void)state;
    put("f", "old");
    struct io_atomic_file *file = open_file("f");
    char *much = calloc(3, MB);
    io_atomic_write(file, much, 3 * MB);
    free(much);
    assert_holds("f", "old");
    io_atomic_abandon(file);
    assert_holds("f", "old");
    assert_int_equal(count_temporaries("."), 0);
    replace("f", "new");
    assert_holds("f", "new");
    replace("f", "");
    assert_holds("f", "");
    io_atomic_abandon(NULL);
}

static void the_mode_is_as_the_umask_says(void **state)
{
    const mode_t masks[] = {022, 077, 002, 0};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct stat id;
        mode_t before = umask(masks[i]);
        unlink("f");
        replace("f", "text");
        umask(before);
        assert_int_equal(stat("f", &id), 0);
        assert_int_equal(id.st_mode & 07777, 0666 & ~masks[i]);
    }
}

static void the_old_files_rights_stay(void **state)
{
    const mode_t modes[] = {0600, 0640, 0444, 0666};
    struct stat id;
    (void)state;
    replace("f", "old");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chmod("f", modes[i]), 0);
        replace("f", "text");
        assert_int_equal(stat("f", &id), 0);
        assert_int_equal(id.st_mode & 07777, modes[i]);
    }
}

static int mode_of(const char *path)
{
    struct stat id;
    assert_int_equal(stat(path, &id), 0);
    return id.st_mode & 07777;
}

static int mode_of_temporary(const char *folder)
{
    struct dirent *e;
    struct stat id = {0};
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    while ((e = readdir(entries)) != NULL)
        if (strstr(e->d_name, ".nightcast-") != NULL)
            assert_int_equal(fstatat(dirfd(entries), e->d_name, &id, 0), 0);
    closedir(entries);
    assert_true(S_ISREG(id.st_mode));
    return id.st_mode & 07777;
}

/* Written under a mask; the temporary's mode on the way. */
static void write_slowly(const char *path, mode_t mask)
{
    char *much = calloc(3, MB);
    mode_t before = umask(mask);
    struct io_atomic_file *file = open_file(path);
    assert_int_equal(count_temporaries("."), 1);
    assert_int_equal(mode_of_temporary("."), 0600);
    io_atomic_write(file, much, 3 * MB);
    assert_int_equal(mode_of_temporary("."), 0600);
    umask(077); /* the one at the opening counts */
    assert_int_equal(commit(file, NULL), FC_OK);
    umask(before);
    free(much);
}

static void nobody_else_can_open_what_is_not_complete(void **state)
{
    const mode_t masks[] = {022, 077, 002, 0};
    const mode_t modes[] = {0640, 0600, 0666, 0444};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k <= 4; k++) {
            unlink("f");
            if (k < 4) {
                put("f", "old");
                assert_int_equal(chmod("f", modes[k]), 0);
            }
            write_slowly("f", masks[i]);
            assert_int_equal(mode_of("f"), k < 4 ? modes[k] : 0666 & ~masks[i]);
        }
}

/*
 * A folder's default access list, as acl(5) has it: version 2, then tag,
 * permissions and id of each entry.  The owner, a user and the group may read
 * and write, all others nothing; or read only, where the mask says so.
 */
static bool set_default_list(const char *folder, unsigned short mask)
{
    struct {
        unsigned version;
        struct {
            unsigned short tag, permissions;
            unsigned id;
        } entry[5];
    } list = {2,
              {{0x01, 6, ~0U},
               {0x02, 6, 1234},
               {0x04, 6, ~0U},
               {0x10, mask, ~0U},
               {0x20, 0, ~0U}}};
    return setxattr(folder, "system.posix_acl_default", &list, sizeof list, 0)
           == 0;
}

/* A new file's list is what open(2) alone would have given it. */
static void the_folders_default_list_is_kept(void **state)
{
    char expected[100], found[100];
    (void)state;
    for (unsigned short mask = 4; mask <= 6; mask += 2) {
        if (!set_default_list(".", mask)) {
            puts("skip: no access lists on this file system");
            return;
        }
        put("plain", "made by open");
        unlink("f");
        write_slowly("f", 022);
        assert_int_equal(mode_of("plain"), 0600 | mask << 3);
        assert_int_equal(mode_of("f"), mode_of("plain"));
        ssize_t n = getxattr("plain", "system.posix_acl_access", expected,
                             sizeof expected);
        assert_true(n > 0);
        assert_int_equal(
            getxattr("f", "system.posix_acl_access", found, sizeof found), n);
        assert_memory_equal(found, expected, n);
        unlink("plain");
    }
}

static void replace_as(uid_t user, const char *path)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (setgid(user) != 0 || setuid(user) != 0)
            _exit(1);
        replace(path, "by another");
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Who may not have the old group gives it nothing to read. */
static void the_old_files_owner_stays(void **state)
{
    enum { OWNER = 1234, GROUP = 1235, OTHER = 4321 };
    struct stat id;
    (void)state;
    if (geteuid() != 0) {
        puts("skip: only root can give files away");
        return;
    }
    replace("f", "old");
    assert_int_equal(chown("f", OWNER, GROUP), 0);
    assert_int_equal(chmod("f", 0660), 0);
    replace("f", "text");
    assert_int_equal(stat("f", &id), 0);
    assert_int_equal(id.st_uid, OWNER);
    assert_int_equal(id.st_gid, GROUP);
    assert_int_equal(id.st_mode & 07777, 0660);
    assert_int_equal(chmod(".", 0777), 0);
    replace_as(OTHER, "f");
    assert_int_equal(stat("f", &id), 0);
    assert_int_equal(id.st_uid, OTHER);
    assert_int_equal(id.st_gid, OTHER);
    assert_int_equal(id.st_mode & 07777, 0600);
}

static void names_may_be_as_long_as_they_get(void **state)
{
    char name[257];
    (void)state;
    for (size_t length = 225; length <= 255; length++) {
        memset(name, 'x', length);
        memcpy(name + length - 2, "\xc3\xa4", 3);
        replace(name, "text");
        assert_holds(name, "text");
    }
    memset(name, 'x', 256);
    name[256] = '\0';
    struct io_atomic_file *file;
    struct fc_error err;
    assert_int_equal(io_atomic_open(name, &file, &err), FC_EIO);
    assert_non_null(strstr(err.msg, "File name too long"));
    assert_int_equal(count_temporaries("."), 0);
}

static void a_folder_is_remembered_not_its_path(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a", 0777), 0);
    struct io_atomic_file *file = open_file("a/f");
    assert_int_equal(rename("a", "b"), 0);
    assert_int_equal(chdir("b"), 0);
    write_text(file, "text");
    assert_int_equal(commit(file, NULL), FC_OK);
    assert_holds("f", "text");
}

/* Links. */

static void a_link_is_followed_not_replaced(void **state)
{
    char absolute[4200];
    (void)state;
    snprintf(absolute, sizeof absolute, "%s/far/absolute", (char *)*state);
    assert_int_equal(mkdir("far", 0777), 0);
    put("far/f", "old");
    assert_int_equal(symlink("far/f", "here"), 0);
    assert_int_equal(symlink("../here", "far/back"), 0);
    assert_int_equal(symlink("far/back", "round"), 0);
    assert_int_equal(symlink("far/new", "dangling"), 0);
    assert_int_equal(symlink(absolute, "absolute"), 0);
    assert_int_equal(symlink("far", "folder"), 0);

    struct io_atomic_file *file = open_file("round");
    assert_int_equal(count_temporaries("far"), 1);
    assert_int_equal(count_temporaries("."), 0);
    write_text(file, "new");
    assert_int_equal(commit(file, NULL), FC_OK);
    assert_holds("far/f", "new");
    replace("dangling", "dangled");
    assert_holds("far/new", "dangled");
    replace("absolute", "absolute");
    assert_holds("far/absolute", "absolute");
    replace("folder/g", "through a folder");
    assert_holds("far/g", "through a folder");
    assert_link("here");
    assert_link("far/back");
    assert_link("round");
    assert_link("dangling");
    assert_link("absolute");
    assert_link("folder");
}

static void a_link_that_leads_nowhere_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_cannot_open(
        "loop", FC_EIO,
        "cannot create 'loop': Too many levels of symbolic links");
    assert_int_equal(symlink("missing/f", "astray"), 0);
    assert_cannot_open(
        "astray", FC_EIO,
        "cannot open the folder of 'astray': No such file or directory");
}

/* Targets that cannot be. */

static void bad_targets_fail_at_the_opening(void **state)
{
    (void)state;
    put("file", "old");
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_cannot_open(
        "missing/f", FC_EIO,
        "cannot open the folder of 'missing/f': No such file or directory");
    assert_cannot_open("folder", FC_EIO,
                       "cannot write 'folder': Is a directory");
    assert_cannot_open("folder/", FC_EIO,
                       "cannot write 'folder/': Is a directory");
    assert_cannot_open("fresh/", FC_EIO,
                       "cannot open the folder of 'fresh/': No such file or "
                       "directory");
    assert_cannot_open(".", FC_EIO, "cannot write '.': Is a directory");
    assert_cannot_open("/", FC_EIO, "cannot write '/': Is a directory");
    assert_cannot_open("", FC_EIO,
                       "cannot create '': No such file or directory");
    assert_cannot_open("file/f", FC_EIO,
                       "cannot create 'file/f': Not a directory");
    assert_cannot_open("/dev/fd/987", FC_EIO,
                       "cannot open '/dev/fd/987': Bad file descriptor");
    assert_holds("file", "old");
}

static int become_nobody(void)
{
    enum { NOBODY = 65534 };
    return geteuid() != 0 || (setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static int try_read_only_folder(void *arg)
{
    struct io_atomic_file *file;
    struct fc_error err;
    (void)arg;
    if (!become_nobody())
        return 1;
    if (io_atomic_open("locked/f", &file, &err) != FC_EIO)
        return 2;
    return strcmp(err.msg, "cannot create a temporary file beside 'locked/f': "
                           "Permission denied")
                   == 0
               ? 0
               : 3;
}

static void a_read_only_folder_fails_at_the_opening(void **state)
{
    (void)state;
    assert_int_equal(mkdir("locked", 0755), 0);
    put("locked/f", "old");
    assert_int_equal(chmod("locked/f", 0666), 0);
    assert_int_equal(chmod("locked", 0555), 0);
    assert_int_equal(run_child(try_read_only_folder, NULL), 0);
    assert_int_equal(chmod("locked", 0755), 0);
    assert_holds("locked/f", "old");
    assert_int_equal(count_temporaries("locked"), 0);
}

static int write_into_drop_box(void *arg)
{
    struct io_atomic_file *file;
    (void)arg;
    if (!become_nobody())
        return 1;
    if (io_atomic_open("box/f", &file, NULL) != FC_OK)
        return 2;
    write_text(file, "text");
    return commit(file, NULL);
}

static void a_folder_that_cannot_be_read_will_do(void **state)
{
    (void)state;
    assert_int_equal(mkdir("box", 0777), 0);
    if (geteuid() == 0) /* nobody is neither owner nor group */
        assert_int_equal(chmod("box", 0773), 0);
    else
        assert_int_equal(chmod("box", 0333), 0);
    assert_int_equal(run_child(write_into_drop_box, NULL), 0);
    assert_int_equal(chmod("box", 0777), 0);
    assert_holds("box/f", "text");
}

/* Targets that are written to directly. */

static void a_full_device_is_an_error(void **state)
{
    struct stat id;
    (void)state;
    assert_int_equal(symlink("/dev/full", "full"), 0);
    const char *paths[] = {"/dev/full", "full"};
    for (size_t i = 0; i < 2; i++) {
        char message[100];
        snprintf(message, sizeof message,
                 "cannot write '%s': No space left on device", paths[i]);
        struct io_atomic_file *file = open_file(paths[i]);
        write_text(file, "text");
        assert_false(io_atomic_failed(file));
        assert_cannot_commit(file, message);
        file = open_file(paths[i]);
        char *much = calloc(2, MB);
        io_atomic_write(file, much, 2 * MB);
        free(much);
        assert_true(io_atomic_failed(file));
        write_text(file, "more");
        assert_cannot_commit(file, message);
    }
    assert_int_equal(stat("/dev/full", &id), 0);
    assert_true(S_ISCHR(id.st_mode));
}

static void the_null_device_takes_everything_twice(void **state)
{
    struct stat id;
    (void)state;
    struct io_atomic_file *files[] = {open_file("/dev/null"),
                                      open_file("/dev/null")};
    write_text(files[0], "one");
    write_text(files[1], "two");
    assert_int_equal(io_atomic_commit(files, 2, NULL), FC_OK);
    assert_null(files[0]);
    assert_null(files[1]);
    assert_int_equal(stat("/dev/null", &id), 0);
    assert_true(S_ISCHR(id.st_mode));
}

static void a_fifo_is_written_to(void **state)
{
    char found[10] = "";
    struct stat id;
    (void)state;
    assert_int_equal(mkfifo("fifo", 0666), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    replace("fifo", "text");
    assert_int_equal(read(reader, found, sizeof found), 4);
    assert_string_equal(found, "text");
    assert_int_equal(read(reader, found, sizeof found), 0);
    close(reader);
    assert_int_equal(stat("fifo", &id), 0);
    assert_true(S_ISFIFO(id.st_mode));
    assert_int_equal(count_temporaries("."), 0);
}

static void a_pipe_closed_by_its_reader_is_an_error(void **state)
{
    int ends[2];
    char path[40], message[100];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    snprintf(message, sizeof message, "cannot write '%s': Broken pipe", path);
    struct io_atomic_file *file = open_file(path);
    close(ends[0]);
    write_text(file, "text");
    assert_cannot_commit(file, message);
    close(ends[1]);
}

struct standard_output {
    int fd; /* becomes it; -1: it is closed */
    const char *path;
};

static int write_to_standard_output(void *arg)
{
    const struct standard_output *out = arg;
    struct io_atomic_file *file;
    struct fc_error err;
    close(STDOUT_FILENO);
    if (out->fd >= 0 && dup(out->fd) != STDOUT_FILENO)
        return 100;
    enum fc_status status = io_atomic_open(out->path, &file, &err);
    if (status == FC_OK) {
        write_text(file, "text");
        status = commit(file, &err);
    }
    if (status != FC_OK && strcmp(out->path, "-") == 0
        && strstr(err.msg, " standard output: ") == NULL)
        return 101;
    return status;
}

static void standard_output_is_streamed(void **state)
{
    const char *names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        int ends[2];
        char found[10] = "";
        assert_int_equal(pipe(ends), 0);
        struct standard_output out = {.fd = ends[1], .path = names[i]};
        assert_int_equal(run_child(write_to_standard_output, &out), 0);
        assert_int_equal(read(ends[0], found, sizeof found), 4);
        assert_string_equal(found, "text");
        close(ends[0]);
        assert_int_equal(run_child(write_to_standard_output, &out), FC_EIO);
        close(ends[1]);
        out.fd = open("log", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        assert_int_equal(write(out.fd, "before ", 7), 7);
        assert_int_equal(run_child(write_to_standard_output, &out), 0);
        assert_int_equal(write(out.fd, " after", 6), 6);
        close(out.fd);
        assert_holds("log", "before text after");
        out.fd = open("/dev/full", O_WRONLY);
        assert_int_equal(run_child(write_to_standard_output, &out), FC_EIO);
        close(out.fd);
        out.fd = -1;
        assert_int_equal(run_child(write_to_standard_output, &out), FC_EIO);
    }
}

/* Counts what comes down a pipe, slowly at first. */
static int read_slowly(void *arg)
{
    const int *ends = arg;
    char bytes[1 << 16];
    size_t total = 0;
    close(ends[1]);
    sleep_us(20000);
    for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
        total += (size_t)n;
    return total == 3 * MB ? 0 : 1;
}

static void a_slow_reader_of_a_non_blocking_pipe_gets_it_all(void **state)
{
    int ends[2];
    char path[40];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pid_t reader = start_child(read_slowly, ends);
    close(ends[0]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    struct io_atomic_file *file = open_file(path);
    close(ends[1]);
    char *much = calloc(3, MB);
    for (int i = 0; i < 3; i++)
        io_atomic_write(file, much, MB);
    free(much);
    assert_int_equal(commit(file, NULL), FC_OK);
    assert_int_equal(wait_for(reader), 0);
}

/* Two files at once. */

static void both_files_appear_or_neither(void **state)
{
    struct fc_error err;
    (void)state;
    put("a", "old a");
    put("b", "old b");
    struct io_atomic_file *files[] = {open_file("a"), NULL,
                                      open_file("/dev/full"), open_file("b")};
    write_text(files[0], "new a");
    write_text(files[2], "full");
    write_text(files[3], "new b");
    assert_int_equal(io_atomic_commit(files, 4, &err), FC_EIO);
    for (int i = 0; i < 4; i++)
        assert_null(files[i]);
    assert_holds("a", "old a");
    assert_holds("b", "old b");
    assert_int_equal(count_temporaries("."), 0);

    files[0] = open_file("a");
    files[1] = open_file("b");
    write_text(files[0], "new a");
    write_text(files[1], "new b");
    assert_int_equal(io_atomic_commit(files, 2, &err), FC_OK);
    assert_holds("a", "new a");
    assert_holds("b", "new b");
}

static void a_name_lost_between_two_renames_is_told(void **state)
{
    struct fc_error err;
    (void)state;
    struct io_atomic_file *files[] = {open_file("a"), open_file("b")};
    assert_int_equal(mkdir("b", 0777), 0);
    assert_int_equal(io_atomic_commit(files, 2, &err), FC_EIO);
    assert_string_equal(err.msg, "cannot replace 'b': Is a directory; 'a' is "
                                 "replaced already");
    assert_int_equal(count_temporaries("."), 0);
}

static void one_target_cannot_be_opened_twice(void **state)
{
    (void)state;
    assert_int_equal(symlink("f", "link"), 0);
    assert_int_equal(symlink(".", "here"), 0);
    struct io_atomic_file *file = open_file("f");
    assert_cannot_open("f", FC_EINVAL, "'f' and 'f' are the same file");
    assert_cannot_open("./f", FC_EINVAL, "'f' and './f' are the same file");
    assert_cannot_open("link", FC_EINVAL, "'f' and 'link' are the same file");
    assert_cannot_open("here/f", FC_EINVAL,
                       "'f' and 'here/f' are the same file");
    struct io_atomic_file *other = open_file("g");
    assert_int_equal(count_temporaries("."), 2);
    io_atomic_abandon(other);
    io_atomic_abandon(file);

    put("f", "old");
    assert_int_equal(link("f", "hard"), 0);
    file = open_file("hard");
    assert_cannot_open("link", FC_EINVAL,
                       "'hard' and 'link' are the same file");
    io_atomic_abandon(file);

    file = open_file("-");
    assert_cannot_open("/dev/stdout", FC_EINVAL,
                       "'-' and '/dev/stdout' are the same file");
    io_atomic_abandon(file);
    replace("f", "and free again");
}

static void too_many_files_are_refused(void **state)
{
    struct io_atomic_file *files[100];
    struct fc_error err;
    int n = 0;
    (void)state;
    for (; n < 100; n++) {
        char name[20];
        snprintf(name, sizeof name, "f%d", n);
        if (io_atomic_open(name, &files[n], &err) != FC_OK)
            break;
    }
    assert_in_range(n, 2, 99);
    assert_non_null(strstr(err.msg, "output files at once"));
    assert_int_equal(count_temporaries("."), n);
    while (n-- > 0)
        io_atomic_abandon(files[n]);
    assert_int_equal(count_temporaries("."), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_file_appears_at_the_commit),
        IN_FOLDER(every_byte_arrives_in_order),
        IN_FOLDER(the_old_file_stays_until_then),
        IN_FOLDER(the_mode_is_as_the_umask_says),
        IN_FOLDER(the_old_files_rights_stay),
        IN_FOLDER(nobody_else_can_open_what_is_not_complete),
        IN_FOLDER(the_folders_default_list_is_kept),
        IN_FOLDER(the_old_files_owner_stays),
        IN_FOLDER(names_may_be_as_long_as_they_get),
        IN_FOLDER(a_folder_is_remembered_not_its_path),
        IN_FOLDER(a_link_is_followed_not_replaced),
        IN_FOLDER(a_link_that_leads_nowhere_is_an_error),
        IN_FOLDER(bad_targets_fail_at_the_opening),
        IN_FOLDER(a_read_only_folder_fails_at_the_opening),
        IN_FOLDER(a_folder_that_cannot_be_read_will_do),
        IN_FOLDER(a_full_device_is_an_error),
        IN_FOLDER(the_null_device_takes_everything_twice),
        IN_FOLDER(a_fifo_is_written_to),
        IN_FOLDER(a_pipe_closed_by_its_reader_is_an_error),
        IN_FOLDER(standard_output_is_streamed),
        IN_FOLDER(a_slow_reader_of_a_non_blocking_pipe_gets_it_all),
        IN_FOLDER(both_files_appear_or_neither),
        IN_FOLDER(a_name_lost_between_two_renames_is_told),
        IN_FOLDER(one_target_cannot_be_opened_twice),
        IN_FOLDER(too_many_files_are_refused),
    };
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
