/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Code for AVX2 leaves the upper halves of the vector registers as it found
 * them: unused.  Where they are not, every step between instructions of the
 * old kind and of the new one, as into and out of the C library's log(), costs
 * tens of nanoseconds on many processors (Intel 64 and IA-32 Architectures
 * Optimization Reference Manual, "Mixing AVX code with SSE code").  The
 * compiler sees to it, with exceptions that nobody notices but by the clock.
 *
 * So this program's own log() stands before the C library's and asks the
 * processor, which tells in XGETBV with ECX = 1 what is in use.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"

#include <dlfcn.h>

#ifdef __x86_64__
#include <cpuid.h>

static bool upper_halves_in_use(void)
{
    unsigned a, d;
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
    return (a & 1 << 2) != 0;
}

static void use_upper_halves(void)
{
    __asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0" ::: "xmm0");
}

static void release_upper_halves(void)
{
    __asm__ volatile("vzeroupper" :::);
}

/* Does XGETBV tell?  A processor may leave the bit set. */
static bool can_tell(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0
        || !__get_cpuid_count(0xd, 1, &a, &b, &c, &d) || (a & 1 << 2) == 0
        || !__builtin_cpu_supports("avx2"))
        return false;
    release_upper_halves();
    return !upper_halves_in_use();
}

__attribute__((noinline)) static bool ask(void)
{
    return upper_halves_in_use();
}

typedef double v4 __attribute__((vector_size(32)));

/* Does the compiler see to it at all?  gcc does from -O2 on. */
__attribute__((target("avx2"), noinline)) static bool compiler_cares(v4 *x)
{
    *x *= *x;
    return !ask();
}
#else
typedef double v4[1];

static bool compiler_cares(v4 *x)
{
    (void)x;
    return false;
}

static bool can_tell(void)
{
    return false;
}

static bool upper_halves_in_use(void)
{
    return false;
}

static void use_upper_halves(void)
{
}

static void release_upper_halves(void)
{
}
#endif

static size_t calls, dirty;
static bool counting;

double log(double x)
{
    static double (*real)(double);
    if (counting) {
        calls++;
        dirty += upper_halves_in_use();
    }
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "log");
    return real(x);
}

static void the_processor_tells(void **state)
{
    (void)state;
    if (!can_tell())
        skip();
    release_upper_halves();
    assert_false(upper_halves_in_use());
    use_upper_halves();
    assert_true(upper_halves_in_use());
    release_upper_halves();
    assert_false(upper_halves_in_use());
}

static void fit(const char *text, int season)
{
    enum { N = 120 };
    double y[N];
    struct fc_spec spec = {0};
    struct fc_series series = series_of("a", y, N, season);
    struct fc_fit fitted;
    struct fc_error err;
    struct fc_workspace *ws = fc_workspace_new();
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, &err), FC_OK);
    for (int t = 0; t < N; t++)
        y[t] = 100 + t + 20 * (t % season) + (t * t * 7 % 31);
    counting = true;
    enum fc_status status = fit_spec(&series, &spec, ws, &fitted, &err);
    counting = false;
    assert_int_equal(status, FC_OK);
    fc_workspace_free(ws);
}

static void no_model_leaves_them_in_use(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        int season;
    } cases[] = {
        {"ets", 1},     {"ets", 7},   {"ets", 40}, /* a long season */
        {"ets:MAM", 7}, {"arima", 1}, {"arima", 7},
        {"ces", 7},     {"dotm", 7},  {"hw-mul", 7},
    };
    v4 x = {0};
    if (!can_tell() || !compiler_cares(&x))
        skip();
    calls = dirty = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fit(cases[i].spec, cases[i].season);
    assert_true(calls > 1000);
    assert_int_equal(dirty, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_processor_tells),
        cmocka_unit_test(no_model_leaves_them_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
