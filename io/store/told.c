/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A few pieces of each of the last nights that were asked for are held, so that
 * series by series a piece is read once; where the next series lies is guessed
 * from the last, and from their numbers, which mostly have no gaps.
 */
#define _DEFAULT_SOURCE /* htobe32 */
#include "io/store/told.h"

#include "io/store/statements.h"
#include "io/text/checksum.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 4, PIECE_BYTES = IO_TOLD_PIECE * WORD };

/* Runs that are held: of each model so many nights, and of few models more. */
enum { NIGHTS_LEAST = 2, RUNS = 32 };

/* Pieces that are held of a run, if it has so many: those of a block and of all
   small ones, in which every series of it is somewhere. */
enum { SLOTS_LEAST = 16, SLOTS_MOST = 256 };

/* --- pieces --- */

static int64_t key_of(int64_t night, int64_t model, int64_t piece)
{
    return (night << IO_STORE_NIGHT_SHIFT) + (model << IO_STORE_SERIES_BITS)
           + piece;
}

static uint32_t sum_piece(int64_t key, const void *bytes, size_t n)
{
    return (uint32_t)io_checksum((uint64_t)key, bytes, n);
}

/* Of what is known of a run. */
static uint32_t sum_told(int64_t night, int64_t model, int64_t series,
                         int64_t words, int64_t steps)
{
    const int64_t all[] = {night, model, series, words, steps};
    return (uint32_t)io_checksum(0, all, sizeof all);
}

static void put_word(unsigned char *at, uint32_t word)
{
    word = htobe32(word);
    memcpy(at, &word, sizeof word);
}

static uint32_t word_at(const unsigned char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return be32toh(word);
}

/* --- telling --- */

/* A run that has not ended. */
struct telling {
    int64_t night, model;
    size_t n, steps;      /* numbers of each series, of a quantity */
    int64_t series, last; /* how many, and the number of the last */
    uint32_t *block;      /* of each series of a block head and numbers */
    size_t filled;        /* series of it */
    int64_t piece;        /* the next one */
    size_t used;          /* bytes of it */
    struct telling *next;
    unsigned char bytes[PIECE_BYTES];
};

static void free_telling(struct telling *t)
{
    free(t->block);
    free(t);
}

static enum fc_status write_piece(struct io_store *store, struct telling *t,
                                  const unsigned char *bytes, size_t n,
                                  struct fc_error *err)
{
    int64_t key = key_of(t->night, t->model, t->piece++);
    return io_store_run(store,
                        io_store_ask(store, IO_SQL_ADD_PART, err, "ibi", key,
                                     (const void *)bytes, n,
                                     (int64_t)sum_piece(key, bytes, n)),
                        err);
}

static enum fc_status put(struct io_store *store, struct telling *t,
                          uint32_t word, struct fc_error *err)
{
    put_word(t->bytes + t->used, word);
    t->used += WORD;
    if (t->used < PIECE_BYTES)
        return FC_OK;
    t->used = 0;
    return write_piece(store, t, t->bytes, PIECE_BYTES, err);
}

/* The series of a block that may not be full. */
static enum fc_status put_block(struct io_store *store, struct telling *t,
                                struct fc_error *err)
{
    size_t words = IO_TOLD_HEAD + t->n;
    size_t quantities = t->steps > 0 ? t->n / t->steps : 0;
    enum fc_status status = FC_OK;
    for (size_t i = 0; i < t->filled; i++)
        for (size_t k = 0; status == FC_OK && k < IO_TOLD_HEAD; k++)
            status = put(store, t, t->block[i * words + k], err);
    for (size_t k = 0; k < t->n; k++) {
        size_t step = k / quantities, quantity = k % quantities;
        size_t at = IO_TOLD_HEAD + quantity * t->steps + step;
        for (size_t i = 0; status == FC_OK && i < t->filled; i++)
            status = put(store, t, t->block[i * words + at], err);
    }
    t->filled = 0;
    return status;
}

static enum fc_status end_one(struct io_store *store, struct telling *t,
                              struct fc_error *err)
{
    enum { SMALL_BYTES = IO_TOLD_SMALL * WORD };
    enum fc_status status = put_block(store, t, err);
    for (size_t at = 0; status == FC_OK && at < t->used; at += SMALL_BYTES) {
        size_t left = t->used - at;
        status = write_piece(store, t, t->bytes + at,
                             left < SMALL_BYTES ? left : SMALL_BYTES, err);
    }
    if (status != FC_OK)
        return status;
    int64_t words = (int64_t)t->n + IO_TOLD_HEAD, steps = (int64_t)t->steps;
    return io_store_run(
        store,
        io_store_ask(
            store, IO_SQL_ADD_TOLD, err, "iiiiii", t->night, t->model,
            t->series, words, steps,
            (int64_t)sum_told(t->night, t->model, t->series, words, steps)),
        err);
}

enum fc_status io_told_end(struct io_store *store, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (store->telling != NULL)
        io_told_forget(store);
    while (status == FC_OK && store->telling != NULL) {
        struct telling *t = store->telling;
        status = end_one(store, t, err);
        store->telling = t->next;
        free_telling(t);
    }
    return status;
}

static struct telling *find_telling(struct io_store *store,
                                    const struct io_said *said)
{
    struct telling *t = store->telling;
    while (t != NULL && t->model != said->model)
        t = t->next;
    return t;
}

static struct telling *begin(struct io_store *store, const struct io_said *said)
{
    size_t words = IO_TOLD_HEAD + said->n, size;
    struct telling *t = NULL;
    if (!__builtin_mul_overflow(words, IO_TOLD_BLOCK * WORD, &size))
        t = malloc(sizeof *t);
    if (t == NULL)
        return NULL;
    t->block = malloc(size);
    if (t->block == NULL) {
        free(t);
        return NULL;
    }
    t->night = said->night;
    t->model = said->model;
    t->n = said->n;
    t->steps = said->steps > 0 ? said->steps : said->n;
    t->series = t->piece = 0;
    t->last = -1;
    t->used = t->filled = 0;
    t->next = store->telling;
    store->telling = t;
    return t;
}

static void fill_series(uint32_t *to, const struct io_said *said)
{
    uint64_t scale, origin = (uint64_t)said->origin;
    double known = isnan(said->scale) ? NAN : said->scale;
    memcpy(&scale, &known, sizeof scale);
    const uint32_t head[IO_TOLD_HEAD] = {
        (uint32_t)said->series,   (uint32_t)said->exponent,
        (uint32_t)(origin >> 32), (uint32_t)origin,
        (uint32_t)(scale >> 32),  (uint32_t)scale};
    memcpy(to, head, sizeof head);
    if (said->n > 0)
        memcpy(to + IO_TOLD_HEAD, said->numbers, said->n * WORD);
}

enum fc_status io_told_add(struct io_store *store, const struct io_said *said,
                           struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (store->telling != NULL && store->telling->night != said->night)
        status = io_told_end(store, err);
    if (status != FC_OK)
        return status;
    struct telling *t = find_telling(store, said);
    if (t == NULL)
        t = begin(store, said);
    if (t == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    assert(said->series > t->last && said->n == t->n);
    t->last = said->series;
    t->series++;
    fill_series(t->block + t->filled++ * (IO_TOLD_HEAD + t->n), said);
    return t->filled == IO_TOLD_BLOCK ? put_block(store, t, err) : FC_OK;
}

/* --- reading --- */

struct slot {
    int64_t piece; /* and 1 more; 0: none */
    unsigned char bytes[PIECE_BYTES];
};

/* A run that is read. */
struct io_told {
    int64_t night, model;
    int64_t series, words; /* how many, and of each; 0: none was told */
    int64_t steps;         /* of each quantity */
    int64_t whole;         /* whole pieces */
    int64_t first;         /* the number of its first series */
    int64_t last;          /* the place that was found last */
    struct slot *slots;
    int64_t nslots;
    int64_t asked; /* when last, of all that were; 0: never */
};

void io_told_forget(struct io_store *store)
{
    for (size_t i = 0; i < store->told_models * store->told_nights; i++)
        free(store->told[i].slots);
    free(store->told);
    store->told = NULL;
    store->told_models = store->told_nights = 0;
}

void io_told_release(struct io_store *store)
{
    while (store->telling != NULL) {
        struct telling *t = store->telling;
        store->telling = t->next;
        free_telling(t);
    }
    io_told_forget(store);
}

static int64_t words_of(const struct io_told *told, int64_t piece)
{
    if (piece < told->whole)
        return IO_TOLD_PIECE;
    int64_t left = told->series * told->words - told->whole * IO_TOLD_PIECE
                   - (piece - told->whole) * IO_TOLD_SMALL;
    return left < IO_TOLD_SMALL ? left : IO_TOLD_SMALL;
}

static enum fc_status load(struct io_store *store, const struct io_told *told,
                           int64_t piece, struct slot *slot,
                           struct fc_error *err)
{
    int64_t key = key_of(told->night, told->model, piece);
    size_t n = (size_t)words_of(told, piece) * WORD;
    bool found;
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_PART, err, "i", key);
    enum fc_status status = io_store_next(store, row, &found, err);
    slot->piece = 0;
    if (status != FC_OK || !found)
        return status != FC_OK ? status : io_store_damaged(store, err);
    const void *bytes = sqlite3_column_blob(row, 0);
    bool good =
        bytes != NULL && (size_t)sqlite3_column_bytes(row, 0) == n
        && sum_piece(key, bytes, n) == (uint32_t)sqlite3_column_int64(row, 1);
    if (good) {
        memcpy(slot->bytes, bytes, n);
        slot->piece = piece + 1;
    }
    sqlite3_reset(row);
    return good ? FC_OK : io_store_damaged(store, err);
}

static enum fc_status take_word(struct io_store *store, struct io_told *told,
                                int64_t at, uint32_t *word,
                                struct fc_error *err)
{
    int64_t whole = told->whole * IO_TOLD_PIECE;
    int64_t piece = at / IO_TOLD_PIECE, from = at % IO_TOLD_PIECE;
    if (at >= whole) {
        piece = told->whole + (at - whole) / IO_TOLD_SMALL;
        from = (at - whole) % IO_TOLD_SMALL;
    }
    struct slot *slot = &told->slots[piece % told->nslots];
    enum fc_status status =
        slot->piece == piece + 1 ? FC_OK : load(store, told, piece, slot, err);
    if (status == FC_OK)
        *word = word_at(slot->bytes + from * WORD);
    return status;
}

/* Where the words of a place's block begin, and how many series it has. */
static int64_t block_of(const struct io_told *told, int64_t place,
                        int64_t *series)
{
    int64_t first = place - place % IO_TOLD_BLOCK;
    *series = told->series - first < IO_TOLD_BLOCK ? told->series - first
                                                   : IO_TOLD_BLOCK;
    return first * told->words;
}

static enum fc_status number_at(struct io_store *store, struct io_told *told,
                                int64_t place, int64_t *number,
                                struct fc_error *err)
{
    uint32_t word = 0;
    int64_t series, at = block_of(told, place, &series);
    enum fc_status status = take_word(
        store, told, at + place % IO_TOLD_BLOCK * IO_TOLD_HEAD, &word, err);
    *number = word;
    return status;
}

/* Whether a place is the first whose number is not below series. */
static enum fc_status is_first(struct io_store *store, struct io_told *told,
                               int64_t place, int64_t series, bool *is,
                               struct fc_error *err)
{
    int64_t number = 0, before = -1;
    enum fc_status status = FC_OK;
    *is = false;
    if (place < 0 || place > told->series)
        return FC_OK;
    if (place > 0)
        status = number_at(store, told, place - 1, &before, err);
    if (status == FC_OK && place < told->series)
        status = number_at(store, told, place, &number, err);
    *is = before < series && (place == told->series || number >= series);
    return status;
}

/* The first place whose number is series or more; told->series if none is. */
static enum fc_status find_place(struct io_store *store, struct io_told *told,
                                 int64_t series, int64_t *place,
                                 struct fc_error *err)
{
    const int64_t guesses[] = {told->last, told->last + 1,
                               series - told->first};
    int64_t low = 0, high = told->series;
    bool is = false;
    enum fc_status status = FC_OK;
    for (int i = 0; status == FC_OK && !is && i < 3; i++) {
        *place = guesses[i];
        status = is_first(store, told, *place, series, &is, err);
    }
    while (status == FC_OK && !is && low < high) {
        int64_t middle = low + (high - low) / 2, number;
        status = number_at(store, told, middle, &number, err);
        if (number < series)
            low = middle + 1;
        else
            high = middle;
    }
    if (!is)
        *place = low;
    told->last = *place;
    return status;
}

static int64_t slots_for(int64_t words, int64_t total)
{
    int64_t small = IO_TOLD_PIECE / IO_TOLD_SMALL + 1;
    int64_t all = total / IO_TOLD_PIECE + small;
    int64_t n = IO_TOLD_BLOCK * words / IO_TOLD_PIECE + 2 + small;
    n = n < SLOTS_LEAST ? SLOTS_LEAST : n > SLOTS_MOST ? SLOTS_MOST : n;
    return n < all ? n : all;
}

/* Empty ones, in the place of those of another run. */
static enum fc_status make_slots(struct io_told *told, int64_t n,
                                 struct fc_error *err)
{
    if (n != told->nslots) {
        free(told->slots);
        told->slots = malloc((size_t)n * sizeof *told->slots);
        told->nslots = told->slots != NULL ? n : 0;
    }
    for (int64_t i = 0; i < told->nslots; i++)
        told->slots[i].piece = 0;
    return told->slots != NULL ? FC_OK
                               : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* What there is of a night and model. */
static enum fc_status open_told(struct io_store *store, struct io_told *told,
                                int64_t night, int64_t model,
                                struct fc_error *err)
{
    bool found;
    sqlite3_stmt *row =
        io_store_ask(store, IO_SQL_TOLD, err, "ii", night, model);
    enum fc_status status = io_store_next(store, row, &found, err);
    *told = (struct io_told){.night = night,
                             .model = model,
                             .slots = told->slots,
                             .nslots = told->nslots};
    if (!found || status != FC_OK)
        return status;
    bool same = sqlite3_column_int64(row, 0) == model;
    int64_t series = sqlite3_column_int64(row, 1), total;
    int64_t words = sqlite3_column_int64(row, 2);
    int64_t steps = sqlite3_column_int64(row, 3);
    bool good = sqlite3_column_int64(row, 4)
                == sum_told(night, model, series, words, steps);
    sqlite3_reset(row);
    if (!same)
        return FC_OK;
    if (!good || series < 1 || words < IO_TOLD_HEAD || steps < 0
        || (steps == 0 ? words > IO_TOLD_HEAD
                       : (words - IO_TOLD_HEAD) % steps != 0)
        || __builtin_mul_overflow(series, words, &total)
        || total / IO_TOLD_SMALL >> IO_STORE_SERIES_BITS != 0)
        return io_store_damaged(store, err);
    status = make_slots(told, slots_for(words, total), err);
    if (status != FC_OK)
        return status;
    told->series = series;
    told->words = words;
    told->steps = steps;
    told->whole = total / IO_TOLD_PIECE;
    return number_at(store, told, 0, &told->first, err);
}

/* Series by series all models of a night are asked for, and of two nights
   where these are compared: there is room for as many. */
static enum fc_status make_room(struct io_store *store, struct fc_error *err)
{
    bool found;
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_LAST_MODEL, err, "");
    enum fc_status status = io_store_next(store, row, &found, err);
    if (status != FC_OK)
        return status;
    int64_t last = found ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_reset(row);
    if (last < 0 || last >> IO_STORE_MODEL_BITS != 0)
        return io_store_damaged(store, err);
    size_t models = last > 0 ? (size_t)last : 1, nights = RUNS / models;
    nights = nights < NIGHTS_LEAST ? NIGHTS_LEAST : nights;
    store->told = calloc(models * nights, sizeof *store->told);
    if (store->told == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    store->told_models = models;
    store->told_nights = nights;
    return FC_OK;
}

/* One that is open, or in the place of the one that was asked for longest ago
   of those of its model. */
static enum fc_status reach(struct io_store *store, int64_t night,
                            int64_t model, struct io_told **told,
                            struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (store->told == NULL)
        status = make_room(store, err);
    if (status != FC_OK)
        return status;
    struct io_told *own =
        store->told + (size_t)model % store->told_models * store->told_nights;
    *told = own;
    for (size_t i = 0; i < store->told_nights; i++) {
        if (own[i].asked > 0 && own[i].night == night
            && own[i].model == model) {
            *told = &own[i];
            (*told)->asked = ++store->told_asked;
            return FC_OK;
        }
        if (own[i].asked < (*told)->asked)
            *told = &own[i];
    }
    status = open_told(store, *told, night, model, err);
    (*told)->asked = ++store->told_asked;
    return status;
}

/* The steps that are asked for, of all quantities. */
static enum fc_status take_numbers(struct io_store *store, struct io_told *told,
                                   int64_t place, const struct io_said *said,
                                   float *room, struct fc_error *err)
{
    int64_t series, at = block_of(told, place, &series), steps = told->steps;
    int64_t n = told->words - IO_TOLD_HEAD, first = (int64_t)said->first;
    int64_t end = said->end == 0 || (int64_t)said->end > steps
                      ? steps
                      : (int64_t)said->end;
    enum fc_status status = FC_OK;
    at += series * IO_TOLD_HEAD + place % IO_TOLD_BLOCK;
    for (int64_t step = first; step < end; step++)
        for (int64_t k = 0; status == FC_OK && k < n / steps; k++) {
            uint32_t bits = 0;
            status =
                take_word(store, told, at + (step * (n / steps) + k) * series,
                          &bits, err);
            memcpy(&room[k * steps + step], &bits, sizeof bits);
        }
    return status;
}

static enum fc_status take_series(struct io_store *store, struct io_told *told,
                                  int64_t place, struct io_said *said,
                                  float *room, struct fc_error *err)
{
    uint32_t head[IO_TOLD_HEAD] = {0};
    int64_t series, at = block_of(told, place, &series);
    enum fc_status status = FC_OK;
    at += place % IO_TOLD_BLOCK * IO_TOLD_HEAD;
    for (int64_t i = 0; status == FC_OK && i < IO_TOLD_HEAD; i++)
        status = take_word(store, told, at + i, &head[i], err);
    uint64_t scale = (uint64_t)head[4] << 32 | head[5];
    said->series = head[0];
    said->exponent = (int)(int32_t)head[1];
    said->origin = (int64_t)((uint64_t)head[2] << 32 | head[3]);
    memcpy(&said->scale, &scale, sizeof scale);
    said->n = (size_t)(told->words - IO_TOLD_HEAD);
    said->steps = (size_t)told->steps;
    said->numbers = room;
    return status == FC_OK && room != NULL
               ? take_numbers(store, told, place, said, room, err)
               : status;
}

enum fc_status io_told_find(struct io_store *store, struct io_said *said,
                            float *room, size_t most, bool *night, bool *found,
                            struct fc_error *err)
{
    struct io_told *told = NULL;
    int64_t place;
    *night = *found = false;
    enum fc_status status = io_told_end(store, err);
    if (status == FC_OK)
        status = reach(store, said->night, said->model, &told, err);
    if (status != FC_OK || told->series == 0)
        return status;
    *night = true;
    if (room != NULL && (uint64_t)told->words - IO_TOLD_HEAD > most)
        return io_store_damaged(store, err);
    status = find_place(store, told, said->series, &place, err);
    if (status != FC_OK || place == told->series)
        return status;
    *found = true;
    return take_series(store, told, place, said, room, err);
}

enum fc_status io_told_model(struct io_store *store, int64_t night,
                             int64_t *model, bool *found, struct fc_error *err)
{
    enum fc_status status = io_told_end(store, err);
    *found = false;
    if (status != FC_OK)
        return status;
    sqlite3_stmt *row =
        io_store_ask(store, IO_SQL_TOLD, err, "ii", night, *model);
    status = io_store_next(store, row, found, err);
    if (*found)
        *model = sqlite3_column_int64(row, 0);
    if (*found)
        sqlite3_reset(row);
    return status;
}
