/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Correctly rounded decimal to double, and double to shortest decimal.
 *
 * A decimal is w * 10^q.  When both w and 10^|q| are doubles, one operation
 * rounds once and is exact (W. D. Clinger, How to Read Floating Point Numbers
 * Accurately, PLDI 1990).  For up to 19 digits and |q| <= 27, w * 5^q or
 * w / 5^-q is formed in 128 bits, with a sticky bit for the remainder, and
 * rounded to nearest even by hand.  What is left goes to strtod.  Up to eight
 * characters, which are most numbers of most files, are read as one word (see
 * D. Lemire 2021, Number Parsing at a Gigabyte per Second, Software: Practice
 * and Experience 51(8), for the digits).
 *
 * Printing scales x by a power of ten to the 17 digits that always suffice,
 * exactly, as an integer and a remainder.  The decimals that read back as x
 * lie between the midpoints to its two neighbours (D. E. Knuth & G. L. Steele
 * in G. L. Steele & J. L. White, How to Print Floating-Point Numbers
 * Accurately, PLDI 1990).  At that scale the interval is 1.1 to 22.3 wide, so
 * that it holds at most one multiple of 100, which is then the shortest; else
 * the closest multiple of ten; else the closest integer.  The same view of
 * the interval underlies R. Giulietti, The Schubfach Way to Render Doubles
 * (2020).  Outside about 1e-13 .. 1e43, where 128 bits do not hold the exact
 * product, precisions 1 .. 17 of snprintf are tried in turn.
 */
#include "io/text/number.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/text/digits.h"

#if FLT_RADIX != 2 || DBL_MANT_DIG != 53
#error "IEEE binary64 expected"
#endif

enum { LITTLE_ENDIAN_WORDS = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };

__extension__ typedef unsigned __int128 uint128;

/* 5^27 is the largest power of five below 2^64. */
enum { MAX_POWER5 = 27 };
static const uint64_t power5[MAX_POWER5 + 1] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

/* 10^22 is the largest power of ten that is a double. */
enum { MAX_EXACT10 = 22 };
static const double power10[MAX_EXACT10 + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static int bit_length(uint128 v)
{
    uint64_t high = (uint64_t)(v >> 64);
    uint64_t low = (uint64_t)v;
    if (high != 0)
        return 128 - __builtin_clzll(high);
    return low != 0 ? 64 - __builtin_clzll(low) : 0;
}

/* v * 2^exponent, rounded to nearest even; v > 0 and the result is normal. */
static double round_to_double(uint128 v, int exponent)
{
    int excess = bit_length(v) - DBL_MANT_DIG;
    if (excess > 0) {
        uint128 rest = v & (((uint128)1 << excess) - 1);
        uint128 half = (uint128)1 << (excess - 1);
        v >>= excess;
        exponent += excess;
        if (rest > half || (rest == half && (v & 1)))
            v++;
    }
    return ldexp((double)(uint64_t)v, exponent);
}

/* w * 10^q for w > 0 and |q| <= MAX_POWER5. */
static double scale_exactly(uint64_t w, int q)
{
    if (q >= 0)
        return round_to_double((uint128)w * power5[q], q);
    /* 64 more bits leave the quotient at least 64 of them: enough for the
     * remainder to count as one sticky bit below the rounding position. */
    int shift = __builtin_clzll(w) + 63;
    uint128 numerator = (uint128)w << shift;
    uint128 quotient = numerator / power5[-q];
    bool sticky = quotient * power5[-q] != numerator;
    return round_to_double(quotient << 1 | sticky, q - shift - 1);
}

/* The parts of a number's text. */
struct decimal {
    const char *first; /* first digit that is not a leading zero */
    const char *end;   /* end of the digits */
    uint64_t w;        /* the significant digits, when at most 19 */
    ptrdiff_t ndigits; /* significant digits, with trailing zeros */
    int64_t q;         /* power of ten of the last digit */
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

/* [sign] digits after 'e'; saturates far beyond any double's range. */
static bool scan_exponent(const char *p, const char *end, int64_t *exponent)
{
    int64_t limit = INT64_C(1) << 60;
    int64_t v = 0;
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p == end)
        return false;
    for (; p < end; p++) {
        if (!is_digit(*p))
            return false;
        if (v < limit / 10)
            v = v * 10 + (*p - '0');
    }
    *exponent = negative ? -v : v;
    return true;
}

static bool scan_decimal(const char *p, const char *end, struct decimal *d)
{
    const char *start = p;
    const char *point = NULL;
    uint64_t w = 0;
    while (p < end && *p == '0')
        p++;
    d->first = p;
    for (; p < end && is_digit(*p); p++)
        w = w * 10 + (uint64_t)(*p - '0');
    if (p < end && *p == '.') {
        point = p++;
        if (d->first == point) {
            while (p < end && *p == '0')
                p++;
            d->first = p;
        }
        for (; p < end && is_digit(*p); p++)
            w = w * 10 + (uint64_t)(*p - '0');
    }
    d->end = p;
    d->w = w;
    d->q = point != NULL ? -(int64_t)(p - point - 1) : 0;
    d->ndigits = p - d->first - (point != NULL && d->first <= point);
    if (p - start == (point != NULL))
        return false;
    int64_t exponent = 0;
    if (p < end) {
        if ((*p | 0x20) != 'e' || !scan_exponent(p + 1, end, &exponent))
            return false;
    }
    d->q += exponent;
    return true;
}

/*
 * The rest by strtod, on a copy without a point, which depends on the locale.
 * The midpoint of two doubles has at most 768 significant digits: beyond them
 * only whether another digit is not zero can matter.
 */
static bool parse_slowly(const struct decimal *d, double *value)
{
    enum { ENOUGH = 800 };
    char copy[ENOUGH + 32];
    ptrdiff_t kept = 0;
    bool more = false;
    for (const char *p = d->first; p < d->end; p++) {
        if (*p == '.')
            continue;
        if (kept < ENOUGH)
            copy[kept++] = *p;
        else if ((more = *p != '0'))
            break;
    }
    int64_t q = d->q + (d->ndigits - kept);
    if (more) {
        copy[kept++] = '1';
        q--;
    }
    /* strtod saturates correctly far inside of these limits. */
    q = q > 99999 ? 99999 : q < -99999 ? -99999 : q;
    snprintf(copy + kept, sizeof copy - (size_t)kept, "e%d", (int)q);
    double v = strtod(copy, NULL);
    if (isinf(v))
        return false;
    *value = v;
    return true;
}

/* n <= 8 bytes, moved to the upper end of a word, '0' before them. */
static uint64_t load_short(const char *text, size_t n)
{
    size_t shift = 8 * (8 - n);
    uint64_t zeros = UINT64_C(0x3030303030303030) >> 4 * n >> 4 * n;
    if (n >= 4) {
        uint32_t first, last; /* which overlap, equal where they do */
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + n - 4, sizeof last);
        return zeros | (uint64_t)last << 32 | (uint64_t)first << shift;
    }
    uint64_t first = (unsigned char)text[0];
    uint64_t middle = (unsigned char)text[n / 2];
    uint64_t last = (unsigned char)text[n - 1];
    return zeros | first << shift | middle << (shift + 8 * (n / 2))
           | last << 56;
}

/*
 * Eight bytes at once, the last one uppermost: takes out the point, which
 * moves the digits before it up by one place, and sums the digits by pairs,
 * fours and eights.  No branch depends on how many digits there are, which no
 * processor can guess.  False for what is not 1 to 8 digits and points.
 */
static bool parse_short(const char *text, size_t n, double *value)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    if (n == 0 || n > 8)
        return false;
    uint64_t w = load_short(text, n);
    uint64_t x = w ^ ('.' * ones);
    uint64_t point = (x - ones) & ~x & (ones << 7); /* lowest bit: the first */
    int decimals = 0;
    if (point != 0) {
        uint64_t before = (point & -point) >> 7; /* lowest bit of its byte */
        decimals = __builtin_clzll(before) / 8;
        w = (w & (~UINT64_C(0) << 8) * before) | (w & (before - 1)) << 8 | '0';
        if (n == 1)
            return false;
    }
    w ^= '0' * ones;
    if (((w | (w + 6 * ones)) & (ones * 0xf0)) != 0)
        return false;
    w = w * 10 + (w >> 8);
    w = (((w & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064))
         + ((w >> 16 & UINT64_C(0x000000ff000000ff))
            * UINT64_C(0x0000271000000001)))
        >> 32;
    *value = (double)(uint32_t)w / power10[decimals];
    return true;
}

bool io_number_parse(const char *text, size_t n, double *value)
{
    const char *end = text + n;
    struct decimal d;
    double v;
    if (LITTLE_ENDIAN_WORDS && parse_short(text, n, value))
        return true;
    if (n == 0)
        return false;
    bool negative = *text == '-';
    if (!scan_decimal(text + (negative || *text == '+'), end, &d))
        return false;
    if (d.ndigits == 0)
        v = 0;
    else if (d.ndigits > 19 || d.q > MAX_POWER5 || d.q < -MAX_POWER5) {
        if (!parse_slowly(&d, &v))
            return false;
    } else if (d.w >> DBL_MANT_DIG == 0 && d.q <= MAX_EXACT10
               && d.q >= -MAX_EXACT10)
        v = d.q < 0 ? (double)d.w / power10[-d.q] : (double)d.w * power10[d.q];
    else
        v = scale_exactly(d.w, (int)d.q);
    *value = negative ? -v : v;
    return true;
}

/* A finite double above zero: m * 2^e. */
struct binary {
    uint64_t m;
    int e;
};

static struct binary decompose(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff);
    if (biased == 0)
        return (struct binary){fraction, -1074};
    return (struct binary){fraction | UINT64_C(1) << 52, biased - 1075};
}

/* Below a power of two the neighbour is only half as far away. */
static bool is_power_of_two(struct binary b)
{
    return b.m == UINT64_C(1) << 52 && b.e > -1074;
}

/*
 * x * 10^s = (whole * one + rest) / one, between 1e16 and 1e17, and the
 * distances to the midpoints below and above in the same unit, 1/one.
 */
struct scaled {
    uint64_t whole;
    uint128 rest;
    uint128 one;
    uint128 below;
    uint128 above;
    bool closed; /* the midpoints round to x: ties go to even */
};

/* Widest powers of ten for which struct scaled is exact in 128 bits. */
enum { MAX_UP = 30, MAX_DOWN = 26 };

static void scale_up(struct binary b, int s, struct scaled *out)
{
    /* Sixteenths of m keep the shift positive up to s = 0, e = 4. */
    uint128 factor = s <= MAX_POWER5
                         ? (uint128)power5[s]
                         : (uint128)power5[MAX_POWER5] * power5[s - MAX_POWER5];
    uint128 product = (uint128)b.m * factor << 4;
    int shift = 4 - b.e - s;
    out->one = (uint128)1 << shift;
    out->whole = (uint64_t)(product >> shift);
    out->rest = product & (out->one - 1);
    out->above = factor << 3;
}

static void scale_down(struct binary b, int s, struct scaled *out)
{
    uint128 unit = (uint128)1 << (b.e + s + 2);
    uint128 product = b.m * unit;
    out->one = (uint128)power5[-s] << 2;
    out->whole = (uint64_t)(product / out->one);
    out->rest = product - out->whole * out->one;
    out->above = unit >> 1;
}

static void scale_to_17_digits(struct binary b, int s, struct scaled *out)
{
    if (s >= 0)
        scale_up(b, s, out);
    else
        scale_down(b, s, out);
    out->below = is_power_of_two(b) ? out->above >> 1 : out->above;
    out->closed = (b.m & 1) == 0;
}

static bool within(uint128 distance, uint128 limit, bool closed)
{
    return distance < limit || (closed && distance == limit);
}

/* The multiple of unit within the interval that is closest to x, or 0. */
static uint64_t closest_multiple(const struct scaled *v, uint64_t unit)
{
    uint64_t low = v->whole - v->whole % unit;
    uint128 down = (v->whole - low) * v->one + v->rest;
    uint128 up = unit * v->one - down;
    bool low_fits = within(down, v->below, v->closed);
    bool high_fits = within(up, v->above, v->closed);
    if (low_fits && high_fits) {
        if (down == up)
            return low / unit % 2 == 0 ? low : low + unit;
        return down < up ? low : low + unit;
    }
    return low_fits ? low : high_fits ? low + unit : 0;
}

/* The digits of an integer and the power of ten that scales them. */
struct digits {
    char text[24];
    int n;
    int exponent; /* of the first digit: d.ddd * 10^exponent */
};

/* v * 10^point, v of 16 to 18 digits, without the zeros at its end */
static void write_digits(uint64_t v, int point, struct digits *d)
{
    char text[18];
    unsigned high = (unsigned)(v / 100000000 % 100000000);
    unsigned low = (unsigned)(v % 100000000);
    char *p = io_put_two(text, (unsigned)(v / 10000000000000000));
    p = io_put_four(io_put_four(p, high / 10000), high % 10000);
    io_put_four(io_put_four(p, low / 10000), low % 10000);
    int first = text[0] != '0' ? 0 : text[1] != '0' ? 1 : 2;
    int n = 18;
    while (text[n - 1] == '0')
        n--;
    d->exponent = point + 17 - first;
    d->n = n - first;
    memcpy(d->text, text + first, (size_t)d->n);
}

/* floor(log10(2^e2)) for |e2| < 1650: 78913 / 2^18 is log10(2) to 1e-6. */
static int floor_log10_power2(int e2)
{
    return (e2 * 78913) >> 18;
}

/* False when 128 bits do not hold the exact scaling. */
static bool shortest_fast(struct binary b, struct digits *d)
{
    struct scaled v;
    if (b.m >> 52 == 0 || b.e < -100 || b.e > 100)
        return false;
    int s = 16 - floor_log10_power2(b.e + 52);
    if (s > MAX_UP || s < -MAX_DOWN)
        return false;
    scale_to_17_digits(b, s, &v);
    if (v.whole >= UINT64_C(100000000000000000)) {
        s--;
        scale_to_17_digits(b, s, &v);
    }
    assert(v.whole >= UINT64_C(10000000000000000));
    uint64_t best = closest_multiple(&v, 100);
    if (best == 0)
        best = closest_multiple(&v, 10);
    if (best == 0)
        best = closest_multiple(&v, 1);
    write_digits(best, -s, d);
    return true;
}

/* The digits of x to the given precision, as snprintf rounds them. */
static void round_digits(double x, int precision, struct digits *d)
{
    char text[40];
    snprintf(text, sizeof text, "%.*e", precision - 1, x);
    const char *e = strchr(text, 'e');
    d->n = 0;
    for (const char *p = text; p < e; p++) {
        if (is_digit(*p))
            d->text[d->n++] = *p;
    }
    d->exponent = (int)strtol(e + 1, NULL, 10);
}

static bool reads_back_as(const struct digits *d, double x)
{
    double v;
    char text[48];
    int n = snprintf(text, sizeof text, "%.*se%d", d->n, d->text,
                     d->exponent - d->n + 1);
    return io_number_parse(text, (size_t)n, &v) && v == x;
}

/* The next larger decimal of as many digits. */
static void increment(struct digits *d)
{
    int i = d->n - 1;
    while (i >= 0 && d->text[i] == '9')
        d->text[i--] = '0';
    if (i >= 0) {
        d->text[i]++;
    } else {
        d->text[0] = '1';
        d->exponent++;
    }
}

/*
 * The closest decimal of each precision in turn.  Decimals of 15 digits are
 * farther apart than normal doubles, so that at most one reads back as x, and
 * a shorter one would be that one.  Above a power of two the interval is wider
 * than below: there the second closest may read back where the closest does
 * not.
 */
static void shortest_slow(double x, struct digits *d)
{
    bool lopsided = is_power_of_two(decompose(x));
    int first = x >= DBL_MIN ? 15 : 1;
    for (int precision = first; precision <= 17; precision++) {
        round_digits(x, precision, d);
        if (reads_back_as(d, x))
            break;
        if (lopsided) {
            increment(d);
            if (reads_back_as(d, x))
                break;
        }
    }
    while (d->n > 1 && d->text[d->n - 1] == '0')
        d->n--;
}

static char *put(char *p, const char *text, int n)
{
    memcpy(p, text, (size_t)n);
    return p + n;
}

static char *put_zeros(char *p, int n)
{
    memset(p, '0', (size_t)n);
    return p + n;
}

static char *put_scientific(char *p, const struct digits *d)
{
    int e = d->exponent;
    unsigned size = (unsigned)abs(e);
    *p++ = d->text[0];
    if (d->n > 1) {
        *p++ = '.';
        p = put(p, d->text + 1, d->n - 1);
    }
    *p++ = 'e';
    *p++ = e < 0 ? '-' : '+';
    if (size >= 100)
        *p++ = (char)('0' + size / 100);
    *p++ = (char)('0' + size / 10 % 10);
    *p++ = (char)('0' + size % 10);
    return p;
}

static char *put_digits(char *p, const struct digits *d)
{
    int whole = d->exponent + 1; /* digits before the point */
    if (d->exponent < -4 || d->exponent >= 16)
        return put_scientific(p, d);
    if (whole <= 0) {
        p = put_zeros(put(p, "0.", 2), -whole);
        return put(p, d->text, d->n);
    }
    if (whole >= d->n)
        return put_zeros(put(p, d->text, d->n), whole - d->n);
    p = put(p, d->text, whole);
    *p++ = '.';
    return put(p, d->text + whole, d->n - whole);
}

size_t io_number_print(double x, char buf[IO_NUMBER_SIZE])
{
    struct digits d;
    char *p = buf;
    assert(isfinite(x));
    if (x == 0) {
        memcpy(buf, "0", 2);
        return 1;
    }
    if (x < 0) {
        *p++ = '-';
        x = -x;
    }
    if (!shortest_fast(decompose(x), &d))
        shortest_slow(x, &d);
    p = put_digits(p, &d);
    *p = '\0';
    return (size_t)(p - buf);
}
