/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* fileno */
/*
 * An option that is in the table is in --help of its commands and in the
 * manual; the completions, which ask --help, are in tests/sh/completion.sh.
 */
#include "tests/check.h"

#include "cmd/options/table.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char *read_all(FILE *file)
{
    enum { MOST = 1 << 20 };
    char *text = malloc(MOST);
    assert_non_null(text);
    size_t n = fread(text, 1, MOST - 1, file);
    text[n] = '\0';
    assert_true(n > 0 && n < MOST - 1);
    return text;
}

/* What --help prints for commands of such a set. */
static char *help_of(unsigned set)
{
    struct cmd_command command = {
        .name = "try", .usage = "", .summary = "", .set = set};
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    int out = dup(STDOUT_FILENO);
    assert_true(out >= 0 && dup2(fileno(file), STDOUT_FILENO) >= 0);
    cmd_options_help(&command);
    fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0);
    close(out);
    rewind(file);
    char *text = read_all(file);
    fclose(file);
    return text;
}

/* "--id" is not there because "--id-column" is. */
static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; (text = strstr(text, word)) != NULL; text += n)
        if (strchr(" ,\n\\", text[n]) != NULL)
            return true;
    return false;
}

static void every_option_is_in_the_help_of_its_commands(void **state)
{
    const struct cmd_option *row;
    (void)state;
    for (unsigned bit = 0; bit < 31; bit++) {
        unsigned set = 1U << bit;
        if (!(set & cmd_option_at(cmd_option_place("help"))->sets))
            continue;
        char *help = help_of(set);
        for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
            char name[60];
            snprintf(name, sizeof name, " --%s", row->name);
            if ((row->sets & set) && !has_word(help, name))
                fail_msg("%s is not in this help:\n%s", name, help);
        }
        free(help);
    }
}

static void every_option_is_in_the_manual(void **state)
{
    const struct cmd_option *row;
    FILE *file = fopen("cmd/nightcast.1", "r");
    (void)state;
    assert_non_null(file);
    char *manual = read_all(file);
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
        char name[120] = "\\-\\-";
        size_t n = strlen(name);
        for (const char *p = row->name; *p != '\0'; p++) {
            if (*p == '-')
                name[n++] = '\\';
            name[n++] = *p;
        }
        name[n] = '\0';
        if (!has_word(manual, name))
            fail_msg("%s is not in the manual", row->name);
    }
    free(manual);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_in_the_help_of_its_commands),
        cmocka_unit_test(every_option_is_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
