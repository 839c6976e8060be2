/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An output file that appears whole or not at all: a temporary beside the
 * target, fsync, rename, fsync of the folder.
 *
 * The temporary is its owner's alone (mode 0600) until all of its bytes are
 * there: whoever opened it before could read the rest as well.  It is called
 * .<target>.nightcast-<16 hexadecimal digits> and is flock()ed while its
 * writer lives.  A killed process drops its locks, so the next run of the
 * same user into the same target can tell a leftover from a neighbour's work
 * in progress.  Between creating and locking lies a moment in which another
 * run may take the file for a leftover; whoever finds its temporary locked or
 * unlinked after that starts over with another name.
 *
 * Several files appear one after the other.  Meanwhile the folder of the first
 * is flock()ed, so that another run into the same files does not come between,
 * and all are of one run in the end.
 */
#define _GNU_SOURCE

#include "io/out/atomic_file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER_SIZE = 1 << 20,
    MAX_OPEN = 16,
    MAX_LINKS = 40,    /* the kernel's own limit on links to follow */
    MAX_ATTEMPTS = 100 /* at a temporary of our own */
};

static const char MARK[] = ".nightcast-";

enum { RANDOM_DIGITS = 16, MARK_LENGTH = sizeof MARK - 1 };

/*
 * The temporaries on disk.  A signal handler gets no argument, so what it has
 * to clean up can only be found through static storage; nothing else looks
 * here but the check that no target is opened twice.
 */
struct slot {
    atomic_bool live; /* folder and name are valid */
    int folder;
    char name[NAME_MAX + 1];
    struct io_atomic_file *file; /* NULL: the slot is free */
};

static struct slot slots[MAX_OPEN];

/* Where the program is between its first output and its end. */
enum phase { WRITING, APPEARING, APPEARED, ENDING };
static atomic_int phase = WRITING;

struct io_atomic_file {
    const char *path;  /* as the user wrote it */
    struct slot *slot; /* NULL until one is taken */
    int descriptor;    /* "-" and the like: what it stands for; or -1 */
    int fd;
    int folder;              /* of the target; -1: written to directly */
    char name[NAME_MAX + 1]; /* of the target within folder */
    struct stat folder_id;   /* valid if folder >= 0 */
    struct stat target_id;   /* valid if exists */
    bool exists;
    mode_t mode; /* of a new file: see ask_mode() */
    int error;   /* errno of the first write that failed */
    size_t used, flushed;
    bool summed; /* crc is of what has left the buffer */
    uint32_t crc;
    char buffer[BUFFER_SIZE];
};

/* "cannot write 'out.csv': No space left on device", from errno. */
static enum fc_status cannot(const char *what, const char *path, int error,
                             struct fc_error *err)
{
    if (strcmp(path, "-") == 0)
        return fc_fail(err, FC_EIO, "cannot %s standard output: %s", what,
                       strerror(error));
    return fc_fail(err, FC_EIO, "cannot %s '%s': %s", what, path,
                   strerror(error));
}

/* The temporaries' names: a prefix that tells the target, and random digits. */

/* As much of the target's name as leaves room for the rest. */
static int prefix_length(const char *name)
{
    size_t length = strlen(name);
    size_t most = NAME_MAX - 1 - MARK_LENGTH - RANDOM_DIGITS;
    if (length <= most)
        return (int)length;
    while (most > 0 && ((unsigned char)name[most] & 0xc0) == 0x80)
        most--; /* not in the middle of a UTF-8 character */
    return (int)most;
}

static bool random_name(const char *target, char *name)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return false;
    snprintf(name, NAME_MAX + 1, ".%.*s%s%016" PRIx64, prefix_length(target),
             target, MARK, number);
    return true;
}

static bool is_temporary_of(const char *target, const char *name)
{
    char prefix[NAME_MAX + 1];
    int length = snprintf(prefix, sizeof prefix, ".%.*s%s",
                          prefix_length(target), target, MARK);
    return strncmp(name, prefix, (size_t)length) == 0
           && strlen(name + length) == RANDOM_DIGITS
           && strspn(name + length, "0123456789abcdef") == RANDOM_DIGITS;
}

/*
 * True when the lock is ours, or when this file system knows no locks: then
 * nobody can lock, hence nobody removes what others made.
 */
static bool lock(int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return errno != EWOULDBLOCK;
    return true;
}

static bool lock_is_free(int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

static void remove_if_stale(int folder, const char *name)
{
    struct stat id;
    int fd = openat(folder, name,
                    O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return;
    if (fstat(fd, &id) == 0 && S_ISREG(id.st_mode) && lock_is_free(fd))
        unlinkat(folder, name, 0);
    close(fd);
}

/* A folder that may be written to but not read keeps its leftovers. */
static void remove_leftovers(int folder, const char *target)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (entries == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(entries)) != NULL;)
        if (is_temporary_of(target, e->d_name))
            remove_if_stale(folder, e->d_name);
    closedir(entries);
}

static void unlink_temporary(struct slot *slot)
{
    if (atomic_exchange(&slot->live, false))
        unlinkat(slot->folder, slot->name, 0);
}

/* A file beside the target; its name stands in the slot before. */
static bool create(struct io_atomic_file *file, mode_t mode)
{
    struct slot *slot = file->slot;
    slot->folder = file->folder;
    if (!random_name(file->name, slot->name))
        return false;
    atomic_store(&slot->live, true);
    file->fd = openat(file->folder, slot->name,
                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->fd < 0)
        atomic_store(&slot->live, false);
    return file->fd >= 0;
}

static void drop(struct io_atomic_file *file)
{
    unlink_temporary(file->slot);
    close(file->fd);
    file->fd = -1;
}

/*
 * The mode of a new file, from the umask or the folder's default access list:
 * that of one which is made for the question and stays empty.
 */
static bool ask_mode(struct io_atomic_file *file)
{
    struct stat id;
    if (!create(file, 0666))
        return false;
    bool told = fstat(file->fd, &id) == 0;
    if (told)
        file->mode = id.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    drop(file);
    return told;
}

/* Creates and locks the temporary. */
static bool create_temporary(struct io_atomic_file *file)
{
    struct stat id;
    if (!file->exists && !ask_mode(file))
        return false;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (!create(file, S_IRUSR | S_IWUSR))
            return false;
        if (lock(file->fd) && fstat(file->fd, &id) == 0 && id.st_nlink > 0)
            return true;
        drop(file);
    }
    errno = EBUSY;
    return false;
}

/*
 * The new file is for whom the old one was: of the same owner, group and mode,
 * as far as this process may say so.  What the old group might do is not for
 * another.
 */
static void keep_rights(int fd, const struct stat *made, const struct stat *old)
{
    mode_t mode = old->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    bool same_owner = made->st_uid == old->st_uid;
    bool same_group = made->st_gid == old->st_gid;
    if (!same_owner || !same_group)
        same_group = fchown(fd, old->st_uid, old->st_gid) == 0 || same_group
                     || fchown(fd, (uid_t)-1, old->st_gid) == 0;
    if (!same_group)
        mode &= ~(mode_t)S_IRWXG;
    fchmod(fd, mode);
}

/* Opens the temporary to those who may read the target. */
static void give_rights(const struct io_atomic_file *file)
{
    struct stat id;
    if (!file->exists)
        fchmod(file->fd, file->mode);
    else if (fstat(file->fd, &id) == 0)
        keep_rights(file->fd, &id, &file->target_id);
}

/* Where a path leads. */

/*
 * The descriptor that "-", "/dev/stdout" and their like stand for, or -1.
 * Opening such a name anew would start at the beginning of what is already
 * open, and replacing it would not reach who holds it open.
 */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        const char *digits = path + length;
        if (strncmp(path, folders[i], length) != 0 || *digits == '\0'
            || strspn(digits, "0123456789") != strlen(digits))
            continue;
        long fd = strtol(digits, NULL, 10);
        return fd <= INT_MAX ? (int)fd : -1;
    }
    return -1;
}

/* Replaces the symbolic link in path by what it says; 0, or -1 and errno. */
static int follow_link(char path[PATH_MAX])
{
    char link[PATH_MAX], next[PATH_MAX];
    const char *slash = strrchr(path, '/');
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0)
        return -1;
    link[length] = '\0';
    int folder = link[0] == '/' || slash == NULL ? 0 : (int)(slash - path) + 1;
    int total = snprintf(next, sizeof next, "%.*s%s", folder, path, link);
    if (total >= (int)sizeof next) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, next, (size_t)total + 1);
    return 0;
}

/* The name at the end of all links, there or not; 0, or -1 and errno. */
static int resolve(const char *path, char resolved[PATH_MAX])
{
    struct stat id;
    if (strlen(path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(resolved, path, strlen(path) + 1);
    for (int links = 0; links <= MAX_LINKS; links++) {
        if (lstat(resolved, &id) != 0)
            return errno == ENOENT ? 0 : -1;
        if (!S_ISLNK(id.st_mode))
            return 0;
        if (follow_link(resolved) != 0)
            return -1;
    }
    errno = ELOOP;
    return -1;
}

/*
 * Splits a resolved path into an open folder and a name.  A folder that may
 * not be read cannot be opened for fsync; it does for everything else.
 */
static int open_folder(struct io_atomic_file *file, char path[PATH_MAX])
{
    char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *folder = slash == NULL ? "." : slash == path ? "/" : path;
    int flags = O_DIRECTORY | O_CLOEXEC;
    size_t length = strlen(name);
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(file->name, name, length + 1);
    if (slash != NULL)
        *slash = '\0';
    file->folder = open(folder, O_RDONLY | flags);
    if (file->folder < 0 && errno == EACCES)
        file->folder = open(folder, O_PATH | flags);
    if (file->folder < 0)
        return -1;
    return fstat(file->folder, &file->folder_id);
}

/* No target twice. */

static bool same_object(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool same_target(const struct io_atomic_file *a,
                        const struct io_atomic_file *b)
{
    if (a->descriptor >= 0 && a->descriptor == b->descriptor)
        return true;
    if (a->exists && b->exists && same_object(&a->target_id, &b->target_id))
        return !S_ISCHR(a->target_id.st_mode); /* twice /dev/null is fine */
    return a->folder >= 0 && b->folder >= 0
           && same_object(&a->folder_id, &b->folder_id)
           && strcmp(a->name, b->name) == 0;
}

static enum fc_status take_slot(struct io_atomic_file *file,
                                struct fc_error *err)
{
    struct slot *free_slot = NULL;
    for (struct slot *s = slots; s < slots + MAX_OPEN; s++) {
        if (s->file == NULL)
            free_slot = s;
        else if (same_target(s->file, file))
            return fc_fail(err, FC_EINVAL, "'%s' and '%s' are the same file",
                           s->file->path, file->path);
    }
    if (free_slot == NULL)
        return fc_fail(err, FC_EINVAL, "more than %d output files at once",
                       MAX_OPEN);
    free_slot->file = file;
    file->slot = free_slot;
    return FC_OK;
}

/* Opening. */

static enum fc_status open_direct(struct io_atomic_file *file,
                                  struct fc_error *err)
{
    if (file->descriptor >= 0)
        file->fd = fcntl(file->descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    else
        file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    file->exists = file->fd >= 0 && fstat(file->fd, &file->target_id) == 0;
    if (!file->exists)
        return cannot("open", file->path, errno, err);
    return take_slot(file, err);
}

static enum fc_status open_beside(struct io_atomic_file *file,
                                  struct fc_error *err)
{
    char path[PATH_MAX];
    if (resolve(file->path, path) != 0)
        return cannot("create", file->path, errno, err);
    if (open_folder(file, path) != 0)
        return cannot("open the folder of", file->path, errno, err);
    if (file->name[0] == '\0')
        return cannot("write", file->path, EISDIR, err);
    enum fc_status status = take_slot(file, err);
    if (status != FC_OK)
        return status;
    remove_leftovers(file->folder, file->name);
    if (!create_temporary(file))
        return cannot("create a temporary file beside", file->path, errno, err);
    return FC_OK;
}

static enum fc_status open_target(struct io_atomic_file *file,
                                  struct fc_error *err)
{
    if (file->descriptor >= 0)
        return open_direct(file, err);
    file->exists = stat(file->path, &file->target_id) == 0;
    if (!file->exists && (errno != ENOENT || file->path[0] == '\0'))
        return cannot("create", file->path, errno, err);
    if (!file->exists || S_ISREG(file->target_id.st_mode))
        return open_beside(file, err);
    if (S_ISDIR(file->target_id.st_mode))
        return cannot("write", file->path, EISDIR, err);
    return open_direct(file, err);
}

enum fc_status io_atomic_open(const char *path, struct io_atomic_file **out,
                              struct fc_error *err)
{
    struct io_atomic_file *file = calloc(1, sizeof *file);
    *out = NULL;
    if (file == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    file->path = path;
    file->descriptor = descriptor_of(path);
    file->fd = -1;
    file->folder = -1;
    enum fc_status status = open_target(file, err);
    if (status != FC_OK) {
        io_atomic_abandon(file);
        return status;
    }
    *out = file;
    return FC_OK;
}

/* Writing. */

/* A descriptor that somebody made non-blocking is waited for. */
static bool try_again(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (errno == EAGAIN)
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    return errno == EINTR;
}

static void write_through(struct io_atomic_file *file, const char *bytes,
                          size_t n)
{
    while (n > 0 && file->error == 0) {
        ssize_t written = write(file->fd, bytes, n);
        if (written >= 0) {
            bytes += written;
            n -= (size_t)written;
        } else if (!try_again(file->fd)) {
            file->error = errno;
        }
    }
}

static uint32_t add_to(uint32_t crc, const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(crc, bytes, n);
}

static void pass_on(struct io_atomic_file *file, const void *bytes, size_t n)
{
    if (file->summed)
        file->crc = add_to(file->crc, bytes, n);
    write_through(file, bytes, n);
    file->flushed += n;
}

static void flush(struct io_atomic_file *file)
{
    pass_on(file, file->buffer, file->used);
    file->used = 0;
}

void io_atomic_sum(struct io_atomic_file *file)
{
    file->summed = true;
}

uint32_t io_atomic_checksum(const struct io_atomic_file *file)
{
    return add_to(file->crc, file->buffer, file->used);
}

void io_atomic_write(struct io_atomic_file *file, const void *bytes, size_t n)
{
    if (n > BUFFER_SIZE - file->used)
        flush(file);
    if (n > BUFFER_SIZE) {
        pass_on(file, bytes, n);
        return;
    }
    memcpy(file->buffer + file->used, bytes, n);
    file->used += n;
}

bool io_atomic_failed(const struct io_atomic_file *file)
{
    return file->error != 0;
}

size_t io_atomic_size(const struct io_atomic_file *file)
{
    return file->flushed + file->used;
}

/* Ending. */

/* Some file systems cannot fsync at all (EINVAL); that is no lost write. */
static int sync_to_disk(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR)
            return errno == EINVAL || errno == ENOTSUP ? 0 : -1;
    return 0;
}

/* All that can fail while the old files are still there. */
static enum fc_status finish_writing(struct io_atomic_file *file,
                                     struct fc_error *err)
{
    flush(file);
    if (file->error == 0 && file->folder >= 0) {
        give_rights(file);
        if (sync_to_disk(file->fd) != 0)
            file->error = errno;
    }
    if (file->error == 0 && file->folder < 0) {
        if (close(file->fd) != 0 && errno != EINTR)
            file->error = errno;
        file->fd = -1;
    }
    if (file->error != 0)
        return cannot("write", file->path, file->error, err);
    return FC_OK;
}

static enum fc_status rename_into_place(struct io_atomic_file *file,
                                        struct fc_error *err)
{
    struct slot *slot = file->slot;
    if (file->folder < 0)
        return FC_OK;
    if (renameat(file->folder, slot->name, file->folder, file->name) != 0)
        return cannot("replace", file->path, errno, err);
    atomic_store(&slot->live, false);
    return FC_OK;
}

/*
 * Temporaries before streams: what went down a pipe cannot be taken back, so
 * it goes when everything else has succeeded.
 */
static enum fc_status finish_all(struct io_atomic_file **files, size_t n,
                                 struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (int streams = 0; streams <= 1; streams++)
        for (size_t i = 0; i < n && status == FC_OK; i++)
            if (files[i] != NULL && (files[i]->folder < 0) == streams)
                status = finish_writing(files[i], err);
    return status;
}

static enum fc_status rename_all(struct io_atomic_file **files, size_t n,
                                 bool *any, struct fc_error *err)
{
    const struct io_atomic_file *replaced = NULL;
    for (size_t i = 0; i < n; i++) {
        if (files[i] == NULL)
            continue;
        struct fc_error reason;
        if (rename_into_place(files[i], &reason) != FC_OK) {
            if (replaced == NULL)
                return fc_fail(err, FC_EIO, "%s", reason.msg);
            return fc_fail(err, FC_EIO, "%.200s; '%.150s' is replaced already",
                           reason.msg, replaced->path);
        }
        if (files[i]->folder >= 0) {
            replaced = files[i];
            *any = true;
        }
    }
    return FC_OK;
}

/* The folder opened with O_PATH cannot be flushed (EBADF). */
static enum fc_status sync_folders(struct io_atomic_file **files, size_t n,
                                   struct fc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (files[i] != NULL && files[i]->folder >= 0
            && sync_to_disk(files[i]->folder) != 0 && errno != EBADF)
            return fc_fail(err, FC_EIO,
                           "'%s' is written, but its folder cannot be flushed "
                           "to disk: %s",
                           files[i]->path, strerror(errno));
    return FC_OK;
}

/*
 * From here until all have appeared no signal ends the program.  If one is
 * just about to, on another thread, there is nothing left to do.
 */
static void appearing(void)
{
    int before = atomic_load(&phase);
    while (before != ENDING)
        if (atomic_compare_exchange_weak(&phase, &before, APPEARING))
            return;
    for (;;)
        pause();
}

/* The folder of the first file that appears; -1 if none does. */
static int first_folder(struct io_atomic_file **files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (files[i] != NULL && files[i]->folder >= 0)
            return files[i]->folder;
    return -1;
}

/*
 * Waits until no other run has files appear in the folder, unless it takes so
 * long that the other must be stopped, or nothing can be locked here.
 */
static void take_turn(int folder)
{
    enum { TRIES = 1000, WAIT_MS = 10 };
    for (int i = 0; i < TRIES && !lock(folder); i++)
        nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
}

/* None or, but for what err says, all. */
static enum fc_status appear(struct io_atomic_file **files, size_t n,
                             struct fc_error *err)
{
    int folder = first_folder(files, n);
    if (folder < 0)
        return FC_OK;
    take_turn(folder);
    int before = atomic_load(&phase);
    bool replaced = false;
    appearing();
    enum fc_status status = rename_all(files, n, &replaced, err);
    flock(folder, LOCK_UN);
    if (status == FC_OK)
        status = sync_folders(files, n, err);
    atomic_store(&phase, replaced ? APPEARED : before);
    return status;
}

enum fc_status io_atomic_commit(struct io_atomic_file **files, size_t n,
                                struct fc_error *err)
{
    enum fc_status status = finish_all(files, n, err);
    if (status == FC_OK)
        status = appear(files, n, err);
    for (size_t i = 0; i < n; i++) {
        io_atomic_abandon(files[i]);
        files[i] = NULL;
    }
    return status;
}

/* The temporary goes before its lock does. */
void io_atomic_abandon(struct io_atomic_file *file)
{
    if (file == NULL)
        return;
    if (file->slot != NULL) {
        unlink_temporary(file->slot);
        file->slot->file = NULL;
    }
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    free(file);
}

void io_atomic_abandon_all(void)
{
    int error = errno;
    for (size_t i = 0; i < MAX_OPEN; i++)
        if (atomic_load(&slots[i].live))
            unlinkat(slots[i].folder, slots[i].name, 0);
    errno = error;
}

enum io_ending io_atomic_end(void)
{
    int before = atomic_load(&phase);
    do {
        if (before == APPEARED)
            return IO_ENDS_COMPLETE;
        if (before == APPEARING || before == ENDING)
            return IO_ENDS_LATER;
    } while (!atomic_compare_exchange_weak(&phase, &before, ENDING));
    io_atomic_abandon_all();
    return IO_ENDS_UNCHANGED;
}
