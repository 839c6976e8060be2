/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_STORE_H
#define NIGHTCAST_TESTS_STORE_H

/* What tests of a store share: one in a folder of its own, and what must go
 * well. */
#include "tests/folder.h"

#include "io/store/nights.h"

static struct fc_error err;

#define OK(call)                                \
    do {                                        \
        if ((call) != FC_OK)                    \
            fail_msg("%s: %s", #call, err.msg); \
    } while (0)

/* The store of the folder, new or as it is, of a job with integer times. */
static inline struct io_store *open_store(void)
{
    struct io_store *store;
    const struct io_store_fact facts[] = {{"step", "daily"},
                                          {"timestamps", "integers"}};
    OK(io_store_open("st.db", IO_STORE_KEEP, &store, &err));
    OK(io_store_claim(store, facts, 2, &err));
    return store;
}

#endif
