/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main program of a fuzz target under `make test`: every file of its
 * corpus once.  fuzz_reader replays tests/corpus/reader; or what it is given.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t n = 0, got, room = 0;
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(stderr, "%s\n", path);
    do {
        room = room * 2 + 4096;
        data = realloc(data, room);
        if (data == NULL)
            exit(1);
        got = fread(data + n, 1, room - n, file);
        n += got;
    } while (n == room);
    fclose(file);
    data = realloc(data, n > 0 ? n : 1); /* reading beyond it is noticed */
    LLVMFuzzerTestOneInput(data, n);
    free(data);
}

static int replay_corpus(const char *folder)
{
    char path[4096 + 256];
    int count = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        perror(folder);
        return 1;
    }
    for (struct dirent *e; (e = readdir(entries)) != NULL;)
        if (e->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            replay(path);
            count++;
        }
    closedir(entries);
    fprintf(stderr, "[replay] %d test(s) run\n", count);
    return count > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    char folder[4096];
    const char *name = strrchr(argv[0], '/');
    name = name != NULL ? name + 1 : argv[0];
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    if (argc > 1)
        return 0;
    snprintf(folder, sizeof folder, "tests/corpus/%s", name);
    return replay_corpus(folder);
}
