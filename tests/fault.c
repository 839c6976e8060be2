/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A library to be preloaded (LD_PRELOAD) that lets one thing go wrong:
 *
 *   FAULT=memory:K    the K-th allocation of the process is refused
 *   FAULT=memory+:K   so are all that follow
 *   FAULT=write:K     the K-th write to a file fails: no space left
 *   FAULT=fsync:K     the K-th fsync fails: an input/output error
 *   FAULT=rename:K    the K-th rename fails: an input/output error
 *   FAULT=pwrite:K    the K-th pwrite fails: no space left
 *   FAULT=pwrite+:K   so do all that follow
 *   FAULT=killwrite:K SIGKILL comes before the K-th pwrite
 *   FAULT=pread:K     the K-th pread fails: an input/output error
 *   FAULT=shrink:K    before the K-th read or pread, FAULT_FILE loses half its
 *                     bytes
 *   FAULT=grow:K      before the K-th read or pread, a line is added to it
 *   FAULT=retouch:K   before the K-th pread, its last byte is written again
 *   FAULT=short:1     every pread gives half of what it is asked for
 *   FAULT=sigfsync:K  SIGTERM comes before the K-th fsync
 *   FAULT=sigrename:K SIGTERM comes after the K-th rename
 *   FAULT=stop:K      SIGSTOP comes after the K-th rename
 *   FAULT=stoplock:K  SIGSTOP comes before the K-th lock or unlock of a file
 *   FAULT=halt:K      the K-th fsync makes FAULT_FILE and never ends
 *   FAULT=sigsay:K    SIGTERM comes after the K-th write to standard error
 *   FAULT=thread:K    the K-th thread cannot be made: try again later
 *   FAULT=thread+:K   nor can those that follow
 *   FAULT=count:1      how many preads there were is written to FAULT_FILE
 *   FAULT=clock:K     the time of day is set back K hours whenever it is asked
 *
 * Calls are counted over all threads.
 *
 *   FAULT_PACE=N      beside that, the clock that only goes forward goes N
 *                     times as fast: what happens every few seconds does so
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static char kind[16];
static long when, pace = 1;
static bool for_good;
static atomic_long calls;

__attribute__((constructor)) static void read_plan(void)
{
    const char *plan = getenv("FAULT"), *faster = getenv("FAULT_PACE");
    if (faster != NULL)
        pace = atol(faster);
    const char *colon = plan != NULL ? strchr(plan, ':') : NULL;
    if (colon == NULL || (size_t)(colon - plan) >= sizeof kind)
        return;
    memcpy(kind, plan, (size_t)(colon - plan));
    when = atol(colon + 1);
    char *plus = strchr(kind, '+');
    for_good = plus != NULL;
    if (plus != NULL)
        *plus = '\0';
}

/* Whether this call is the one. */
static bool strikes(const char *what)
{
    if (when == 0 || strcmp(kind, what) != 0)
        return false;
    long call = atomic_fetch_add(&calls, 1) + 1;
    return call == when || (for_good && call > when);
}

static bool refused(void)
{
    if (!strikes("memory"))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return refused() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return refused() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *p = refused() ? NULL : __libc_memalign(alignment, size);
    if (p == NULL)
        return ENOMEM;
    *out = p;
    return 0;
}

static void *next(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);
    if (f == NULL)
        _exit(99);
    return f;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    ssize_t (*real)(int, const void *, size_t);
    *(void **)&real = next("write");
    if (fd > STDERR_FILENO && strikes("write")) {
        errno = ENOSPC;
        return -1;
    }
    ssize_t written = real(fd, bytes, n);
    if (fd == STDERR_FILENO && strikes("sigsay"))
        raise(SIGTERM);
    return written;
}

/* SQLite's, which calls it by the one name or the other. */
static ssize_t write_at(const char *name, int fd, const void *bytes, size_t n,
                        off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = next(name);
    if (strikes("killwrite"))
        raise(SIGKILL);
    if (strikes("pwrite")) {
        errno = ENOSPC;
        return -1;
    }
    return real(fd, bytes, n, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    return write_at("pwrite", fd, bytes, n, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t offset)
{
    return write_at("pwrite64", fd, bytes, n, offset);
}

/* SQLite's, which calls it by the one name or the other, with a pointer. */
static int lock_by(const char *name, int fd, int what, void *arg)
{
    int (*real)(int, int, ...);
    *(void **)&real = next(name);
    if (what == F_SETLK && strikes("stoplock"))
        raise(SIGSTOP);
    return real(fd, what, arg);
}

#undef fcntl
int fcntl(int fd, int what, ...)
{
    va_list ap;
    va_start(ap, what);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    return lock_by("fcntl", fd, what, arg);
}

int fcntl64(int fd, int what, ...)
{
    va_list ap;
    va_start(ap, what);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    return lock_by("fcntl64", fd, what, arg);
}

static void halt(void)
{
    const char *path = getenv("FAULT_FILE");
    if (path == NULL || creat(path, 0666) < 0)
        _exit(99);
    for (;;)
        pause();
}

int fsync(int fd)
{
    int (*real)(int);
    *(void **)&real = next("fsync");
    if (strikes("sigfsync"))
        raise(SIGTERM);
    if (strikes("halt"))
        halt();
    if (strikes("fsync")) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int renameat(int from_folder, const char *from, int folder, const char *to)
{
    int (*real)(int, const char *, int, const char *);
    *(void **)&real = next("renameat");
    if (strikes("rename")) {
        errno = EIO;
        return -1;
    }
    int failed = real(from_folder, from, folder, to);
    if (strikes("sigrename"))
        raise(SIGTERM);
    if (strikes("stop"))
        raise(SIGSTOP);
    return failed;
}

int pthread_create(pthread_t *restrict thread,
                   const pthread_attr_t *restrict attributes,
                   void *(*start)(void *), void *restrict arg)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&real = next("pthread_create");
    return strikes("thread") ? EAGAIN : real(thread, attributes, start, arg);
}

static void change_file(bool shrink)
{
    const char *path = getenv("FAULT_FILE");
    struct stat st;
    if (path == NULL || stat(path, &st) != 0)
        _exit(99);
    if (shrink && truncate(path, st.st_size / 2) != 0)
        _exit(99);
    if (!shrink) {
        int fd = open(path, O_WRONLY | O_APPEND);
        ssize_t (*real)(int, const void *, size_t);
        *(void **)&real = next("write");
        if (fd < 0 || real(fd, "late,2030-01-01,1\n", 18) != 18)
            _exit(99);
        close(fd);
    }
}

static void retouch_file(void)
{
    const char *path = getenv("FAULT_FILE");
    FILE *file = path != NULL ? fopen(path, "r+") : NULL;
    int last;
    if (file == NULL || fseek(file, -1, SEEK_END) != 0
        || (last = getc(file)) == EOF || fseek(file, -1, SEEK_END) != 0
        || putc(last, file) == EOF || fclose(file) != 0)
        _exit(99);
}

ssize_t read(int fd, void *buf, size_t n)
{
    ssize_t (*real)(int, void *, size_t);
    *(void **)&real = next("read");
    if (strikes("shrink"))
        change_file(true);
    if (strikes("grow"))
        change_file(false);
    return real(fd, buf, n);
}

ssize_t pread(int fd, void *buf, size_t n, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t);
    *(void **)&real = next("pread");
    if (strikes("shrink"))
        change_file(true);
    if (strikes("grow"))
        change_file(false);
    if (strikes("retouch"))
        retouch_file();
    if (strcmp(kind, "short") == 0 && n > 1)
        n /= 2;
    if (strcmp(kind, "count") == 0)
        atomic_fetch_add(&calls, 1);
    if (strikes("pread")) {
        errno = EIO;
        return -1;
    }
    return real(fd, buf, n, offset);
}

/* Seconds to be taken off: more and more. */
static time_t set_back(void)
{
    if (when == 0 || strcmp(kind, "clock") != 0)
        return 0;
    return 3600 * when * (atomic_fetch_add(&calls, 1) + 1);
}

/* Other clocks are not of the day, and cannot be set. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = next("clock_gettime");
    int failed = real(clock, t);
    if (failed == 0
        && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        t->tv_sec -= set_back();
    if (failed == 0 && clock == CLOCK_MONOTONIC && pace > 1) {
        long nsec = t->tv_nsec * pace;
        t->tv_sec = t->tv_sec * pace + nsec / 1000000000;
        t->tv_nsec = nsec % 1000000000;
    }
    return failed;
}

time_t time(time_t *out)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    if (out != NULL)
        *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t = {0};
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    out->tv_sec = t.tv_sec;
    out->tv_usec = t.tv_nsec / 1000;
    return 0;
}

__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("FAULT_FILE");
    FILE *f =
        strcmp(kind, "count") == 0 && path != NULL ? fopen(path, "w") : NULL;
    if (f == NULL)
        return;
    fprintf(f, "%ld\n", atomic_load(&calls));
    fclose(f);
}
