/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_CLONES_H
#define NIGHTCAST_FORECAST_NUMERIC_CLONES_H

/*
 * Functions marked FC_CLONES are compiled for any x86-64 and for AVX2, and
 * chosen when the program starts.  Both do the same operations on vectors in
 * the same order, and elementwise arithmetic rounds as on doubles, so that the
 * results are the same.  Compilers and checkers that cannot do so compile them
 * once.  What a marked function calls must be FC_CLONES_INLINE to be a part of
 * both.
 */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) \
    && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)           \
    && !defined(__SANITIZE_THREAD__)
#define FC_CLONES __attribute__((target_clones("default", "avx2")))
#else
#define FC_CLONES
#endif

#define FC_CLONES_INLINE static inline __attribute__((always_inline))

#endif
