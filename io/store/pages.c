/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The idea is that of SQLite's own checksum VFS (ext/misc/cksumvfs.c in its
 * sources, which its library does not have), but for the log: a page's sum is
 * set when it goes into the file, and cleared when it comes from there.
 *
 * A seal is the checksum of all bytes before it, with the page's number as its
 * seed, most significant byte first; 1 for 0.  One that version 3 of a store
 * made is a CRC-32 of both, and four letters: the first page still has it, so
 * that programs of that version read there that a store is newer, and do not
 * take it for damaged.
 */
#define _DEFAULT_SOURCE /* htobe32 */
#include "io/store/pages.h"

#include "io/store/schema.h"
#include "io/text/checksum.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum {
    CONTENT = IO_STORE_PAGE - IO_PAGES_SEAL,
    HEADER = 100,       /* bytes that a database begins with */
    SIZE_AT = 16,       /* where it says how large its pages are */
    RESERVED_AT = 20,   /* where it says how many bytes of a page are free */
    WHOSE_AT = 68,      /* which application's it is */
    SMALLEST_PAGE = 512 /* that a database may have */
};

/* The system's own file lies behind it. */
struct page_file {
    sqlite3_file file;
    bool sealed; /* it has room for seals, by its header */
    unsigned char page[IO_STORE_PAGE];
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)((struct page_file *)file + 1);
}

/* --- seals --- */

static void make_old_seal(const unsigned char *page, sqlite3_int64 at,
                          unsigned char seal[IO_PAGES_SEAL])
{
    uint32_t number = htobe32((uint32_t)(at / IO_STORE_PAGE));
    uLong crc = crc32_z(0, (const unsigned char *)&number, sizeof number);
    uint32_t sum = htobe32((uint32_t)crc32_z(crc, page, CONTENT));
    memcpy(seal, &sum, sizeof sum);
    memcpy(seal + sizeof sum, "seal", IO_PAGES_SEAL - sizeof sum);
}

static void make_seal(const unsigned char *page, sqlite3_int64 at,
                      unsigned char seal[IO_PAGES_SEAL])
{
    if (at == 0) {
        make_old_seal(page, at, seal);
        return;
    }
    uint64_t number = (uint64_t)(at / IO_STORE_PAGE);
    uint64_t sum = io_checksum(number, page, CONTENT);
    sum = htobe64(sum != 0 ? sum : 1);
    memcpy(seal, &sum, sizeof sum);
}

static int check_seal(unsigned char *page, sqlite3_int64 at)
{
    static const unsigned char none[IO_PAGES_SEAL] = {0};
    unsigned char seal[IO_PAGES_SEAL];
    if (memcmp(page + CONTENT, none, sizeof none) == 0)
        return SQLITE_OK;
    make_seal(page, at, seal);
    if (memcmp(page + CONTENT, seal, sizeof seal) != 0)
        make_old_seal(page, at, seal);
    if (memcmp(page + CONTENT, seal, sizeof seal) != 0)
        return SQLITE_IOERR_DATA;
    memset(page + CONTENT, 0, IO_PAGES_SEAL);
    return SQLITE_OK;
}

/* A file's end is not within a page, of which SQLite takes the rest as zeros:
 * that is a page cut short.  Beyond the end all are zeros. */
static int check_end(const unsigned char *page)
{
    for (int i = 0; i < IO_STORE_PAGE; i++)
        if (page[i] != 0)
            return SQLITE_IOERR_DATA;
    return SQLITE_IOERR_SHORT_READ;
}

/* Other programs may keep as many bytes free.  One of these may be damaged. */
static bool is_ours(const unsigned char *header)
{
    int same = 0;
    for (int i = 0; i < 4; i++)
        same += header[WHOSE_AT + i]
                == (IO_STORE_APPLICATION >> (24 - 8 * i) & 0xff);
    return same >= 3;
}

/* SQLite, which has opened the file when it was empty, takes another size for
 * that of its pages until it has seen the first. */
static bool is_first_look(const unsigned char *bytes, sqlite3_int64 at)
{
    return at == 0
           && (bytes[SIZE_AT] << 8 | bytes[SIZE_AT + 1]) == IO_STORE_PAGE;
}

static void look_at_header(struct page_file *file, const unsigned char *bytes,
                           int n, sqlite3_int64 at)
{
    if (at == 0 && n >= HEADER)
        file->sealed = memcmp(bytes, "SQLite format 3", 16) == 0
                       && bytes[RESERVED_AT] == IO_PAGES_SEAL && is_ours(bytes);
}

/* --- a file's methods --- */

static int read_bytes(sqlite3_file *file, void *bytes, int n, sqlite3_int64 at)
{
    struct page_file *pages = (struct page_file *)file;
    int rc = real_of(file)->pMethods->xRead(real_of(file), bytes, n, at);
    if (rc == SQLITE_IOERR_SHORT_READ && pages->sealed && n == IO_STORE_PAGE)
        return check_end(bytes);
    if (rc != SQLITE_OK)
        return rc;
    look_at_header(pages, bytes, n, at);
    if (!pages->sealed || n < SMALLEST_PAGE)
        return SQLITE_OK;
    if (n != IO_STORE_PAGE && is_first_look(bytes, at))
        return SQLITE_OK;
    if (n != IO_STORE_PAGE || at % n != 0)
        return SQLITE_IOERR_DATA; /* its header has another size of pages */
    return check_seal(bytes, at);
}

static int write_bytes(sqlite3_file *file, const void *bytes, int n,
                       sqlite3_int64 at)
{
    struct page_file *pages = (struct page_file *)file;
    look_at_header(pages, bytes, n, at);
    if (pages->sealed && n == IO_STORE_PAGE && at % n == 0) {
        memcpy(pages->page, bytes, CONTENT);
        make_seal(pages->page, at, pages->page + CONTENT);
        bytes = pages->page;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, n, at);
}

#define PASS_ON(method, ...) \
    return real_of(file)->pMethods->method(real_of(file), __VA_ARGS__)

static int close_file(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    PASS_ON(xTruncate, size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    PASS_ON(xSync, flags);
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size)
{
    PASS_ON(xFileSize, size);
}

static int lock_file(sqlite3_file *file, int lock)
{
    PASS_ON(xLock, lock);
}

static int unlock_file(sqlite3_file *file, int lock)
{
    PASS_ON(xUnlock, lock);
}

static int is_reserved(sqlite3_file *file, int *reserved)
{
    PASS_ON(xCheckReservedLock, reserved);
}

static int control_file(sqlite3_file *file, int what, void *arg)
{
    PASS_ON(xFileControl, what, arg);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int map_shared(sqlite3_file *file, int region, int size, int extend,
                      void volatile **map)
{
    PASS_ON(xShmMap, region, size, extend, map);
}

static int lock_shared(sqlite3_file *file, int first, int n, int flags)
{
    PASS_ON(xShmLock, first, n, flags);
}

static void pass_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int unmap_shared(sqlite3_file *file, int remove)
{
    PASS_ON(xShmUnmap, remove);
}

/* Version 2: nothing of a file is mapped but what its readers share. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_bytes,
    .xWrite = write_bytes,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = pass_barrier,
    .xShmUnmap = unmap_shared,
};

/* --- the layer --- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                     int flags, int *result)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    struct page_file *pages = (struct page_file *)file;
    (void)vfs;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return system->xOpen(system, name, file, flags, result);
    pages->file.pMethods = NULL;
    pages->sealed = false;
    int rc = system->xOpen(system, name, real_of(file), flags, result);
    if (rc == SQLITE_OK)
        pages->file.pMethods = &methods;
    return rc;
}

int io_pages_init(struct io_pages *pages)
{
    int rc = sqlite3_initialize();
    if (rc != SQLITE_OK)
        return rc;
    const sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (system == NULL)
        return SQLITE_ERROR;
    snprintf(pages->name, sizeof pages->name, "nightcast-%p", (void *)pages);
    pages->vfs = *system;
    pages->vfs.pNext = NULL;
    pages->vfs.zName = pages->name;
    pages->vfs.szOsFile += (int)sizeof(struct page_file);
    pages->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&pages->vfs, 0);
}

void io_pages_release(struct io_pages *pages)
{
    if (pages->vfs.zName != NULL)
        sqlite3_vfs_unregister(&pages->vfs);
    pages->vfs.zName = NULL;
}

int io_pages_reserve(sqlite3 *db)
{
    int bytes = IO_PAGES_SEAL;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

int io_pages_are_sealed(sqlite3 *db, int *sealed)
{
    int bytes = -1; /* asks */
    int rc =
        sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
    *sealed = bytes == IO_PAGES_SEAL;
    return rc;
}
