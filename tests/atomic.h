/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_ATOMIC_H
#define NIGHTCAST_TESTS_ATOMIC_H

/* Writing through an io_atomic_file, in one line each. */
#include "tests/folder.h"

#include "io/out/atomic_file.h"

enum { MB = 1 << 20 };

static inline enum fc_status commit(struct io_atomic_file *file,
                                    struct fc_error *err)
{
    return io_atomic_commit(&file, 1, err);
}

static inline void write_text(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static inline void replace(const char *path, const char *text)
{
    struct io_atomic_file *file;
    struct fc_error err = {.msg = ""};
    if (io_atomic_open(path, &file, &err) == FC_OK) {
        write_text(file, text);
        commit(file, &err);
    }
    assert_string_equal(err.msg, "");
}

static inline void assert_cannot_open(const char *path, enum fc_status code,
                                      const char *message)
{
    struct io_atomic_file *file;
    struct fc_error err = {.msg = ""};
    assert_int_equal(io_atomic_open(path, &file, &err), code);
    assert_null(file);
    assert_string_equal(err.msg, message);
}

static inline void assert_cannot_commit(struct io_atomic_file *file,
                                        const char *message)
{
    struct fc_error err = {.msg = ""};
    assert_int_equal(commit(file, &err), FC_EIO);
    assert_string_equal(err.msg, message);
}

static inline struct io_atomic_file *open_file(const char *path)
{
    struct io_atomic_file *file;
    struct fc_error err = {.msg = ""};
    io_atomic_open(path, &file, &err);
    assert_string_equal(err.msg, "");
    return file;
}

#endif
