/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk/story.h"

#include "cmd/talk/talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void cmd_story_text(const struct cmd_story *story,
                    const struct cmd_tally *tally, char line[CMD_STORY_SIZE])
{
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE], shard[40] = "";
    size_t in_part = tally->failed - tally->none;
    if (story->shard.count > 0)
        snprintf(shard, sizeof shard, " of shard %" PRIu32 "/%" PRIu32,
                 story->shard.number, story->shard.count);
    snprintf(line, CMD_STORY_SIZE, "%s of %s series%s forecast with %s%.200s",
             cmd_count(tally->ok, a), cmd_count(tally->n, b), shard,
             story->several ? "all of " : "", story->models);
    if (tally->fallback > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s %swith fallback %.60s%s",
                   cmd_count(tally->fallback, a),
                   story->several ? "in part " : "", story->fallback,
                   story->known ? " or without regressors" : "");
    if (tally->late > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s late",
                   cmd_count(tally->late, a));
    if (in_part > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s failed in part",
                   cmd_count(in_part, a));
    if (tally->none > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s failed",
                   cmd_count(tally->none, a));
    if (tally->early > 0 && !story->common)
        cmd_append(line, CMD_STORY_SIZE, ", %s series end%s early",
                   cmd_count(tally->early, a), tally->early == 1 ? "s" : "");
    else if (tally->early > 0)
        cmd_append(line, CMD_STORY_SIZE,
                   ", %s series filled up to the common end",
                   cmd_count(tally->early, a));
    if (tally->stale > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s stale and left out",
                   cmd_count(tally->stale, a));
    if (tally->filled > 0)
        cmd_append(line, CMD_STORY_SIZE,
                   ", %s step%s of %s series filled: --gaps %.20s",
                   cmd_count(tally->filled, a), tally->filled == 1 ? "" : "s",
                   cmd_count(tally->gappy, b), story->gaps);
    if (tally->mostly > 0)
        cmd_append(line, CMD_STORY_SIZE, " (more than half of %s of them)",
                   cmd_count(tally->mostly, a));
    if (tally->replaced > 0)
        cmd_append(line, CMD_STORY_SIZE, ", absurd intervals of %s replaced",
                   cmd_count(tally->replaced, a));
    if (tally->unchanged > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s unchanged since the last night",
                   cmd_count(tally->unchanged, a));
    if (tally->corrected > 0)
        cmd_append(line, CMD_STORY_SIZE, ", past values of %s corrected",
                   cmd_count(tally->corrected, a));
    if (tally->drifting > 0)
        cmd_append(line, CMD_STORY_SIZE, ", %s drifting",
                   cmd_count(tally->drifting, a));
}

void cmd_story_fields(const struct cmd_story *story,
                      const struct cmd_tally *tally, const struct cmd_end *end,
                      struct cmd_field fields[CMD_STORY_FIELDS])
{
    const struct cmd_field all[CMD_STORY_FIELDS] = {
        {"command", end->command, 0},
        {"model", story->models, 0},
        {"series", NULL, (double)tally->n},
        {"ok", NULL, (double)tally->ok},
        {"fallback", NULL, (double)tally->fallback},
        {"failed", NULL, (double)tally->none},
        {"failed_in_part", NULL, (double)(tally->failed - tally->none)},
        {"ends_early", NULL, (double)tally->early},
        {"stale", NULL, (double)tally->stale},
        {"steps_filled", NULL, (double)tally->filled},
        {"series_filled", NULL, (double)tally->gappy},
        {"intervals_replaced", NULL, (double)tally->replaced},
        {"seconds", NULL, end->seconds},
        {"threads", NULL, end->threads},
        {"output", end->output, 0},
        {story->deadline || story->store ? "late" : NULL, NULL,
         (double)tally->late},
        {story->store ? "unchanged" : NULL, NULL, (double)tally->unchanged},
        {"warm", NULL, (double)tally->warm},
        {"corrected", NULL, (double)tally->corrected},
        {"drifting", NULL, (double)tally->drifting},
        {NULL, NULL, 0},
    };
    memcpy(fields, all, sizeof all);
}

bool cmd_tally_is_good(const struct cmd_tally *tally)
{
    return tally->fallback + tally->late + tally->failed == 0;
}
