/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The vote of many series on one frequency: counts per step in a hash table
 * with linear probing, since series with gaps may have many different steps.
 */
#include <stdlib.h>

#include "io/time/frequency.h"

struct io_freq_tally {
    enum io_freq_unit unit; /* IO_FREQ_UNKNOWN: a free slot */
    int64_t multiple;
    int anchor; /* where it makes another step: see step_of() */
    uint64_t votes;
};

/* Months vote on their anchor apart; a week that moves is one that does not,
   unless all do. */
static int anchor_of(const struct io_freq *freq)
{
    return freq->unit == IO_FREQ_MONTH || freq->unit == IO_FREQ_PERIOD
               ? 0
               : freq->anchor_day;
}

/* The slot of this step or the free one where it belongs. */
static struct io_freq_tally *find(const struct io_freq_vote *vote,
                                  enum io_freq_unit unit, int64_t multiple,
                                  int anchor)
{
    const int64_t step[] = {unit, multiple, anchor};
    size_t i = (size_t)io_hash(&vote->key, step, sizeof step);
    for (;; i++) {
        struct io_freq_tally *slot = &vote->tally[i & (vote->capacity - 1)];
        if (slot->unit == IO_FREQ_UNKNOWN
            || (slot->unit == unit && slot->multiple == multiple
                && slot->anchor == anchor))
            return slot;
    }
}

static enum fc_status grow(struct io_freq_vote *vote)
{
    struct io_freq_vote old = *vote;
    vote->capacity = old.capacity != 0 ? 2 * old.capacity : 16;
    vote->tally = calloc(vote->capacity, sizeof *vote->tally);
    if (vote->tally == NULL) {
        *vote = old;
        return FC_ENOMEM;
    }
    if (old.capacity == 0)
        vote->key = io_hash_key_draw();
    for (size_t i = 0; i < old.capacity; i++) {
        const struct io_freq_tally *slot = &old.tally[i];
        if (slot->unit != IO_FREQ_UNKNOWN)
            *find(vote, slot->unit, slot->multiple, slot->anchor) = *slot;
    }
    free(old.tally);
    return FC_OK;
}

static enum fc_status add_votes(struct io_freq_vote *vote,
                                enum io_freq_unit unit, int64_t multiple,
                                int anchor, uint64_t votes)
{
    if (vote->used + 1 > vote->capacity / 2 && grow(vote) != FC_OK)
        return FC_ENOMEM;
    struct io_freq_tally *slot = find(vote, unit, multiple, anchor);
    if (slot->unit == IO_FREQ_UNKNOWN) {
        slot->unit = unit;
        slot->multiple = multiple;
        slot->anchor = anchor;
        vote->used++;
    }
    slot->votes += votes;
    return FC_OK;
}

enum fc_status io_freq_vote_add(struct io_freq_vote *vote,
                                const struct io_freq *freq)
{
    if (freq->unit == IO_FREQ_UNKNOWN)
        return FC_OK;
    enum fc_status status =
        add_votes(vote, freq->unit, freq->multiple, anchor_of(freq), 1);
    if (status == FC_OK && freq->unit == IO_FREQ_MONTH)
        vote->anchor[freq->anchor_day]++;
    return status;
}

enum fc_status io_freq_vote_merge(struct io_freq_vote *vote,
                                  const struct io_freq_vote *other)
{
    for (size_t i = 0; i < other->capacity; i++) {
        const struct io_freq_tally *slot = &other->tally[i];
        if (slot->unit == IO_FREQ_UNKNOWN)
            continue;
        enum fc_status status = add_votes(vote, slot->unit, slot->multiple,
                                          slot->anchor, slot->votes);
        if (status != FC_OK)
            return status;
    }
    for (int day = 0; day < 32; day++)
        vote->anchor[day] += other->anchor[day];
    return FC_OK;
}

static bool beats(const struct io_freq_tally *a, const struct io_freq_tally *b)
{
    double la = io_freq_length(&(struct io_freq){a->unit, a->multiple, 0});
    double lb = io_freq_length(&(struct io_freq){b->unit, b->multiple, 0});
    if (a->votes != b->votes)
        return a->votes > b->votes;
    if (la != lb)
        return la < lb;
    if (a->unit != b->unit)
        return a->unit < b->unit;
    return a->multiple != b->multiple ? a->multiple < b->multiple
                                      : a->anchor < b->anchor;
}

static int most_common_anchor(const uint64_t anchor[32])
{
    int best = 0;
    for (int day = 1; day < 32; day++) {
        if (anchor[day] > anchor[best])
            best = day;
    }
    return best;
}

struct io_freq io_freq_vote_winner(const struct io_freq_vote *vote,
                                   uint64_t *votes, uint64_t *total)
{
    struct io_freq_tally best = {IO_FREQ_UNKNOWN, 0, 0, 0};
    uint64_t sum = 0;
    for (size_t i = 0; i < vote->capacity; i++) {
        const struct io_freq_tally *slot = &vote->tally[i];
        sum += slot->votes;
        if (slot->unit != IO_FREQ_UNKNOWN && beats(slot, &best))
            best = *slot;
    }
    if (votes != NULL)
        *votes = best.votes;
    if (total != NULL)
        *total = sum;
    return (struct io_freq){best.unit, best.multiple,
                            best.unit == IO_FREQ_MONTH
                                ? most_common_anchor(vote->anchor)
                                : best.anchor};
}

void io_freq_vote_release(struct io_freq_vote *vote)
{
    free(vote->tally);
    *vote = (struct io_freq_vote){0};
}
