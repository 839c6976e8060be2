#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shortest decimals of doubles by David Gay's dtoa (mode 0), as Python prints
them: the bits in hexadecimal and repr() without a trailing ".0".  Python
shares the thresholds of plain notation, 1e-4 and 1e16.

    python3 shortest.py > shortest.csv      (CPython 3)
"""
import random
import struct

random.seed(20)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def value(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


chosen = [bits(x) for x in (
    1, 0.1, 0.2 + 0.1, 1 / 3, 2 / 3, 100, 1e15, 1e16, 9999999999999998,
    99999999999999990, 123456789012345680, 1e22, 1e23, 9.5e-5, 1e-4, 1e-5,
    5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 3060.42, 2**53,
    2**53 + 2, 2.0**-44, 2.0**-1022, 9007199254740993.0, 4.35, 0.5, 1e12 / 3)]
chosen += list(range(1, 6)) + [0x000fffffffffffff, 0x0010000000000000]
chosen += [e << 52 for e in range(1, 2047, 7)]          # powers of two
chosen += [(e << 52) + d for e in range(900, 1200, 9) for d in (-1, 1)]
chosen += [random.getrandbits(52) | e << 52 for e in range(1, 2047, 5)]
chosen += [bits(round(random.uniform(0, 10 ** k), d))
           for k in range(1, 12) for d in range(7)]
chosen += [bits(float("%de%d" % (random.randint(1, 999), e)))
           for e in range(-30, 45)]
print("bits,shortest")
for b in chosen:
    text = repr(value(b))
    print("%016x,%s" % (b, text[:-2] if text.endswith(".0") else text))
