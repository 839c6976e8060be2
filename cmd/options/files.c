/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules for files: each is one loop over the rows of the table of options
 * that have a role in it.
 */
#define _GNU_SOURCE /* stat */
#include "cmd/options/files.h"

#include "cmd/options/table.h"
#include "cmd/talk/talk.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files of a command by what it does with them. */
struct files {
    const char *name; /* of the command */
    size_t ninputs, noutputs, nlocks;
    struct cmd_file inputs[2 + CMD_OPTIONS_MOST];
    struct cmd_file outputs[CMD_OPTIONS_MOST];
    struct cmd_file locks[2 * CMD_OPTIONS_MOST]; /* and what else stays */
};

static void list_files(const struct cmd_command *command,
                       const struct cmd_options *o, struct files *files)
{
    const char *const named[] = {o->input, o->actuals}; /* by their place */
    files->name = command->name;
    files->ninputs = 0;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (named[i] != NULL)
            files->inputs[files->ninputs++] = (struct cmd_file){NULL, named[i]};
    files->ninputs +=
        cmd_option_files(command, o, CMD_INPUT, files->inputs + files->ninputs);
    files->noutputs = cmd_option_files(command, o, CMD_OUTPUT, files->outputs);
    files->nlocks = cmd_option_files(command, o, CMD_LOCK, files->locks);
    files->nlocks +=
        cmd_option_files(command, o, CMD_STORE, files->locks + files->nlocks);
}

static bool same_file(const char *input, const char *output)
{
    struct stat in, out;
    if (input == NULL || output == NULL || strcmp(output, "-") == 0)
        return false;
    int found =
        strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &in) : stat(input, &in);
    return found == 0 && S_ISREG(in.st_mode) && stat(output, &out) == 0
           && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

static bool ends_with_gz(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static bool stat_folder(const char *path, struct stat *folder)
{
    char name[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    if (n >= sizeof name)
        return false;
    memcpy(name, path, n);
    name[n] = '\0';
    return stat(n > 0 ? name : ".", folder) == 0;
}

/* Whether two paths name one file, also when it is not there yet. */
static bool same_place(const char *a, const char *b)
{
    struct stat in_a, in_b;
    const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');
    return strcmp(end_a != NULL ? end_a + 1 : a, end_b != NULL ? end_b + 1 : b)
               == 0
           && stat_folder(a, &in_a) && stat_folder(b, &in_b)
           && in_a.st_dev == in_b.st_dev && in_a.st_ino == in_b.st_ino;
}

/* The option of the first of n files that is this one, or NULL. */
static const char *replaced_by(const char *input, const struct cmd_file *file,
                               size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same_file(input, file[i].path))
            return file[i].option;
    return NULL;
}

/* Nor must who holds the lock be written over what is read. */
static int spare_input(const struct files *f, const char *input)
{
    const char *option = replaced_by(input, f->outputs, f->noutputs);
    if (option == NULL)
        option = replaced_by(input, f->locks, f->nlocks);
    if (option == NULL)
        return -1;
    return cmd_usage(f->name, "--%s would replace the input '%.200s'", option,
                     input);
}

static int spare_inputs(const struct files *f,
                        const struct cmd_options *options)
{
    int status = -1;
    for (size_t i = 0; i < f->ninputs && status < 0; i++)
        status = spare_input(f, f->inputs[i].path);
    for (size_t i = 1;
         (options->set & CMD_PARTS) && i < options->ninputs && status < 0; i++)
        status = spare_input(f, options->inputs[i]);
    return status;
}

static int check_compression(const struct files *f)
{
    for (size_t k = 0; k < f->noutputs; k++)
        if (ends_with_gz(f->outputs[k].path))
            return cmd_usage(f->name,
                             "--%s is not compressed: write - into a pipe, "
                             "| gzip >%.200s, or leave out .gz",
                             f->outputs[k].option, f->outputs[k].path);
    return -1;
}

static int check_standard_output(const struct files *f)
{
    const char *standard = NULL; /* the one that goes there */
    for (size_t k = 0; k < f->noutputs; k++) {
        if (strcmp(f->outputs[k].path, "-") != 0)
            continue;
        if (standard != NULL)
            return cmd_usage(f->name,
                             "--%s and --%s would both be standard output",
                             standard, f->outputs[k].option);
        standard = f->outputs[k].option;
    }
    return -1;
}

/* Nor the one over the other. */
static int keep_locks_apart(const struct files *f)
{
    for (size_t i = 1; i < f->nlocks; i++)
        for (size_t k = 0; k < i; k++)
            if (same_place(f->locks[i].path, f->locks[k].path)
                || same_file(f->locks[i].path, f->locks[k].path))
                return cmd_usage(f->name,
                                 "--%s and --%s need files of their "
                                 "own; both name '%.200s'",
                                 f->locks[k].option, f->locks[i].option,
                                 f->locks[i].path);
    return -1;
}

/* Results must not be written over the lock. */
static int spare_locks(const struct files *f)
{
    for (size_t i = 0; i < f->nlocks; i++)
        for (size_t k = 0; k < f->noutputs; k++)
            if (same_place(f->locks[i].path, f->outputs[k].path)
                || same_file(f->locks[i].path, f->outputs[k].path))
                return cmd_usage(f->name,
                                 "--%s needs a file of its own; '%.200s' "
                                 "is for --%s",
                                 f->locks[i].option, f->locks[i].path,
                                 f->outputs[k].option);
    return -1;
}

int cmd_check_files(const struct cmd_command *command,
                    const struct cmd_options *options)
{
    struct files files;
    list_files(command, options, &files);
    int status = spare_inputs(&files, options);
    if (status < 0)
        status = check_compression(&files);
    if (status < 0)
        status = check_standard_output(&files);
    if (status < 0)
        status = spare_locks(&files);
    if (status < 0)
        status = keep_locks_apart(&files);
    return status;
}

int cmd_check_shards(const struct cmd_command *command,
                     const struct cmd_options *options)
{
    struct files files;
    list_files(command, options, &files);
    int status = spare_inputs(&files, options);
    if (status >= 0)
        return status;
    for (size_t i = 0; i < options->ninputs; i++) {
        const char *shard = options->inputs[i];
        const char *option = replaced_by(shard, files.outputs, files.noutputs);
        if (option != NULL)
            return cmd_usage(command->name,
                             "--%s would replace the shard '%.200s'", option,
                             shard);
    }
    return -1;
}
