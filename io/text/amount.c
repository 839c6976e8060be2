/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cell loses what stands around its digits (a table), then its digits and
 * the marks between them are told apart, and the marks by their places: the
 * last of two kinds is the decimal sign, one kind that occurs twice is not,
 * and one that stands before three digits may be either.  What is left goes
 * to io_number_parse() with a point.
 */
#include "io/text/amount.h"

#include "io/text/number.h"
#include "io/text/trim.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const char not_a_number[] = "not a number";

void io_number_seen_merge(struct io_number_seen *seen,
                          const struct io_number_seen *next, uint64_t line)
{
    io_example_merge(&seen->point, &next->point, line);
    io_example_merge(&seen->comma, &next->comma, line);
    io_example_merge(&seen->open_point, &next->open_point, line);
    io_example_merge(&seen->open_comma, &next->open_comma, line);
}

/* --- what stands for no value --- */

static bool is_word(const char *text, size_t n, const char *word, size_t length)
{
    return n == length && strncasecmp(text, word, n) == 0;
}

static bool is_listed(const char *list, const char *text, size_t n)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        if (is_word(text, n, list, length))
            return true;
        if (list[length] == '\0')
            return false;
        list += length + 1;
    }
}

bool io_is_missing(const struct io_number_form *form, const char *text,
                   size_t n)
{
    static const char *const words[] = {"NA",   "N/A", "#N/A", "NaN", "null",
                                        "None", "-",   ".",    "?"};
    if (n == 0)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(text, n, words[i], strlen(words[i])))
            return true;
    return form != NULL && form->missing != NULL
           && is_listed(form->missing, text, n);
}

/* --- what stands around the digits --- */

/* Currencies, the longer before the shorter; percent; blanks of any width. */
static const char *const around[] = {
    " ",      "\t",     "\u00a0", "\u202f",  "\u2009",  "US$",    "R$",
    "C$",     "A$",     "$",      "\u20ac",  "\u00a3",  "\u00a5", "\u20b9",
    "\u20bd", "\u20ba", "\u20a9", "USD",     "EUR",     "GBP",    "CHF",
    "SEK",    "NOK",    "DKK",    "PLN",     "CZK",     "HUF",    "RON",
    "JPY",    "CNY",    "INR",    "BRL",     "CAD",     "AUD",    "Fr.",
    "kr.",    "kr",     "Kr",     "z\u0142", "K\u010d", "Ft",     "Rs.",
    "%",
};

/* A sign, at either end; one is enough. */
static const struct {
    const char *text;
    bool negative;
} signs[] = {{"-", true}, {"\u2212", true}, {"+", false}};

struct cell {
    const char *text;
    size_t n;
    bool negative, has_sign;
};

static bool starts(const struct cell *c, const char *with, size_t n)
{
    return c->n >= n && memcmp(c->text, with, n) == 0;
}

static bool ends(const struct cell *c, const char *with, size_t n)
{
    return c->n >= n && memcmp(c->text + c->n - n, with, n) == 0;
}

static bool strip_affix(struct cell *c)
{
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        size_t n = strlen(around[i]);
        bool front = starts(c, around[i], n);
        if (!front && !ends(c, around[i], n))
            continue;
        c->text += front ? n : 0;
        c->n -= n;
        return true;
    }
    return false;
}

static bool strip_sign(struct cell *c)
{
    for (size_t i = 0; !c->has_sign && i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i].text);
        bool front = starts(c, signs[i].text, n);
        if (!front && !ends(c, signs[i].text, n))
            continue;
        c->text += front ? n : 0;
        c->n -= n;
        c->negative = signs[i].negative;
        return c->has_sign = true;
    }
    return false;
}

/* (12.0) is -12. */
static bool strip_parentheses(struct cell *c)
{
    if (c->has_sign || c->n < 3 || c->text[0] != '('
        || c->text[c->n - 1] != ')')
        return false;
    c->text++;
    c->n -= 2;
    return c->negative = c->has_sign = true;
}

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

/* Nothing stands around most numbers. */
static bool is_bare(const struct cell *c)
{
    return c->n > 0 && is_digit(c->text[0]) && is_digit(c->text[c->n - 1]);
}

/* --- digits and marks --- */

enum { MOST_MARKS = 24, MOST_DIGITS = 400 };

enum mark { POINT, COMMA, OTHER, EXPONENT };

struct marks {
    size_t n, count[3]; /* of each kind but the exponent */
    struct {
        enum mark kind;
        size_t at; /* digits before it */
    } at[MOST_MARKS];
    size_t ndigits;
    char digits[MOST_DIGITS + 1];
    const char *exponent; /* and what follows, or the end */
};

/* Marks between thousands that can be nothing else. */
static size_t other_mark(const char *p, size_t n)
{
    static const char *const texts[] = {" ",      "'",      "\u00a0",
                                        "\u202f", "\u2009", "\u2019"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t length = strlen(texts[i]);
        if (n >= length && memcmp(p, texts[i], length) == 0)
            return length;
    }
    return 0;
}

static bool find_marks(const struct cell *c, struct marks *m)
{
    const char *p = c->text, *end = p + c->n;
    m->n = m->ndigits = 0;
    memset(m->count, 0, sizeof m->count);
    while (p < end && (*p | 0x20) != 'e') {
        if (is_digit(*p)) {
            if (m->ndigits == MOST_DIGITS)
                return false;
            m->digits[m->ndigits++] = *p++;
            continue;
        }
        enum mark kind = *p == '.' ? POINT : *p == ',' ? COMMA : OTHER;
        size_t length = kind == OTHER ? other_mark(p, (size_t)(end - p)) : 1;
        if (length == 0 || m->n == MOST_MARKS)
            return false;
        m->at[m->n].kind = kind;
        m->at[m->n++].at = m->ndigits;
        m->count[kind]++;
        p += length;
    }
    m->exponent = p;
    return m->ndigits > 0;
}

/*
 * Whether the first n marks stand between thousands, `until` digits in all:
 * three digits between any two, or two as in India but for the last three.
 */
static bool are_groups(const struct marks *m, size_t n, size_t until)
{
    if (n == 0)
        return true;
    size_t last = until - m->at[n - 1].at;
    if (m->at[0].at < 1 || m->at[0].at > 3 || last != 3)
        return false;
    for (size_t i = 1; i < n; i++) {
        size_t size = m->at[i].at - m->at[i - 1].at;
        if (m->at[i].kind != m->at[0].kind || (size != 3 && size != 2))
            return false;
    }
    return true;
}

/* What a cell says. */
enum verdict {
    NOTHING,
    DECIDES_POINT,
    DECIDES_COMMA,
    OPEN_POINT,
    OPEN_COMMA,
    NO_NUMBER
};

/* Marks of one kind, that are points or commas. */
static enum verdict judge_one_kind(const struct marks *m, bool has_exponent)
{
    bool point = m->count[POINT] > 0;
    if (m->n > 1)
        return has_exponent || !are_groups(m, m->n, m->ndigits) ? NO_NUMBER
               : point                                          ? DECIDES_COMMA
                                                                : DECIDES_POINT;
    if (has_exponent || m->digits[0] == '0' || !are_groups(m, 1, m->ndigits))
        return point ? DECIDES_POINT : DECIDES_COMMA;
    return point ? OPEN_POINT : OPEN_COMMA;
}

static enum verdict judge(const struct marks *m, bool has_exponent)
{
    size_t decimals = m->count[POINT] + m->count[COMMA];
    enum mark last = m->n > 0 ? m->at[m->n - 1].kind : OTHER;
    if (decimals == m->n && (m->count[POINT] == 0 || m->count[COMMA] == 0))
        return m->n == 0 ? NOTHING : judge_one_kind(m, has_exponent);
    if (decimals == 0)
        return are_groups(m, m->n, m->ndigits) && !has_exponent ? NOTHING
                                                                : NO_NUMBER;
    if (last == OTHER || m->count[last] != 1
        || !are_groups(m, m->n - 1, m->at[m->n - 1].at))
        return NO_NUMBER;
    return last == POINT ? DECIDES_POINT : DECIDES_COMMA;
}

static void note(enum verdict verdict, const char *text, size_t n,
                 uint64_t line, struct io_number_seen *seen)
{
    switch (verdict) {
    case DECIDES_POINT:
        io_example_add(&seen->point, text, n, line);
        break;
    case DECIDES_COMMA:
        io_example_add(&seen->comma, text, n, line);
        break;
    case OPEN_POINT:
        io_example_add(&seen->open_point, text, n, line);
        break;
    case OPEN_COMMA:
        io_example_add(&seen->open_comma, text, n, line);
        break;
    default:
        break;
    }
}

/* The digits with a point where the form has its decimal sign. */
static bool to_number(const struct io_number_form *form, const struct cell *c,
                      const struct marks *m, double *value)
{
    char text[MOST_DIGITS + 40];
    enum mark decimal = form->decimal == ',' ? COMMA : POINT;
    size_t whole = m->ndigits, rest = c->n - (size_t)(m->exponent - c->text);
    if (m->n > 0 && m->at[m->n - 1].kind == decimal && m->count[decimal] == 1)
        whole = m->at[m->n - 1].at;
    if (rest > 32)
        return false;
    memcpy(text, m->digits, whole);
    text[whole] = '.';
    memcpy(text + whole + 1, m->digits + whole, m->ndigits - whole);
    memcpy(text + m->ndigits + 1, m->exponent, rest);
    if (!io_number_parse(text, m->ndigits + 1 + rest, value))
        return false;
    if (c->negative)
        *value = -*value;
    return true;
}

/* Digits at the front, appended to *w; returns their end. */
static const char *take_digits(const char *p, const char *end, uint64_t *w)
{
    for (; p < end && is_digit(*p); p++)
        *w = 10 * *w + (uint64_t)(*p - '0');
    return p;
}

/* Points with three digits behind each; NULL if they are anything else. */
static const char *take_thousands(const char *p, const char *end, uint64_t *w)
{
    while (p < end && *p == '.') {
        const char *from = p + 1;
        p = take_digits(from, end, w);
        if (p - from != 3)
            return NULL;
    }
    return p;
}

bool io_amount_plain(const struct io_number_form *form, const char *text,
                     size_t n, uint64_t line, struct io_number_seen *seen,
                     double *value)
{
    enum { MOST = 15 }; /* digits whose integer is a double, as is 10^MOST */
    static const double power10[MOST] = {1e0,  1e1,  1e2,  1e3,  1e4,
                                         1e5,  1e6,  1e7,  1e8,  1e9,
                                         1e10, 1e11, 1e12, 1e13, 1e14};
    const char *p = text, *end = text + n;
    uint64_t w = 0;
    if (n == 0 || n > MOST || form->decimal != ',' || form->missing != NULL)
        return false;
    bool negative = *p == '-';
    const char *first = p += negative;
    p = take_digits(p, end, &w);
    size_t before = (size_t)(p - first), after = 0;
    bool grouped = p < end && *p == '.';
    if (before == 0 || (grouped && before > 3))
        return false;
    if (grouped && ((p = take_thousands(p, end, &w)) == NULL || p == end))
        return false;
    if (p < end) {
        const char *comma = p;
        if (*p++ != ',')
            return false;
        p = take_digits(p, end, &w);
        after = (size_t)(p - comma) - 1;
        bool open = !grouped && after == 3 && before <= 3 && *first != '0';
        if (p < end || after == 0 || open)
            return false;
        io_example_add(&seen->comma, text, n, line);
    }
    *value = (double)w / power10[after];
    *value = negative ? -*value : *value;
    return true;
}

const char *io_amount_parse(const struct io_number_form *form, const char *text,
                            size_t n, uint64_t line,
                            struct io_number_seen *seen, double *value)
{
    struct cell c = {.text = text, .n = n};
    struct marks m;
    if (io_amount_plain(form, text, n, line, seen, value))
        return NULL;
    *value = NAN;
    io_trim(&c.text, &c.n);
    if ((!is_bare(&c) || form->missing != NULL)
        && io_is_missing(form, c.text, c.n))
        return NULL;
    if (!is_bare(&c)) {
        while (strip_affix(&c) || strip_sign(&c) || strip_parentheses(&c))
            ;
    }
    if (!find_marks(&c, &m))
        return not_a_number;
    enum verdict verdict = judge(&m, m.exponent < c.text + c.n);
    note(verdict, text, n, line, seen);
    if (verdict == NO_NUMBER)
        return not_a_number;
    if (verdict == DECIDES_POINT && form->decimal == ',')
        return "not a number (the decimal sign is a comma)";
    if (verdict == DECIDES_COMMA && form->decimal != ',')
        return "not a number (the decimal sign is a point)";
    return to_number(form, &c, &m, value) ? NULL : not_a_number;
}

void io_amount_note(const char *text, size_t n, uint64_t line,
                    struct io_number_seen *seen)
{
    struct cell c = {.text = text, .n = n};
    struct marks m;
    if (memchr(text, '.', n) == NULL)
        return;
    strip_sign(&c);
    if (find_marks(&c, &m))
        note(judge(&m, m.exponent < c.text + c.n), text, n, line, seen);
}
