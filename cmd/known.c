/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/known.h"

#include "io/csv/source.h"
#include "io/known/events.h"
#include "io/known/labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 400 };

/* inspect prints what there is. */
static bool speaks(const struct cmd_options *options)
{
    return !options->quiet && !(options->set & CMD_INSPECT);
}

/* What of a file of the future is of no use. */
static void say_future(const struct cmd_options *options,
                       const struct io_future_rows *rows)
{
    char count[CMD_COUNT_SIZE], id[CMD_SHORT_SIZE];
    const char *path = options->future;
    if (rows->beyond > 0)
        cmd_say(CMD_INFO, "%s: %s row%s beyond the horizon not used", path,
                cmd_count((size_t)rows->beyond, count),
                rows->beyond == 1 ? " is" : "s are");
    if (rows->odd > 0)
        cmd_say(CMD_WARNING,
                "%s:%llu: warning: a row that is not used, as its time is no "
                "step of its series, or it has other fields than the header; "
                "there %s %s such",
                path, (unsigned long long)rows->line,
                rows->odd == 1 ? "is" : "are",
                cmd_count((size_t)rows->odd, count));
    if (options->shard.count > 0)
        return; /* the others' rows are strange to it */
    if (rows->strange > 0)
        cmd_say(CMD_WARNING,
                "%s: warning: %s row%s of no series of the input: '%s'%s", path,
                cmd_count((size_t)rows->strange, count),
                rows->strange == 1 ? " is" : "s are", cmd_short(rows->id, id),
                rows->strange == 1 ? "" : " ...");
    if (rows->used == 0)
        cmd_say(CMD_WARNING,
                "%s: warning: no row is in the horizon of a series of the "
                "input",
                path);
}

static void say_input(const struct cmd_options *options, const char *path,
                      const struct io_known *known)
{
    char count[CMD_COUNT_SIZE];
    for (size_t k = 0; k < known->ntexts; k++)
        cmd_say(CMD_INFO, "%s: a regressor for each text but the usual one, %s",
                path, known->base[k]);
    if (known->beyond > 0)
        cmd_say(CMD_INFO, "%s: %s row%s beyond the horizon not used", path,
                cmd_count((size_t)known->beyond, count),
                known->beyond == 1 ? " is" : "s are");
    if (options->future != NULL)
        say_future(options, &known->rows);
    if (known->nfresh > 0)
        cmd_say(CMD_WARNING,
                "%s: warning: a text that was not learnt counts as the usual "
                "one: %s%s",
                path, known->fresh, known->nfresh > 1 ? ", and others" : "");
}

static enum fc_status read_regressors(const struct cmd_options *options,
                                      const struct io_panel_options *how,
                                      const struct cmd_learned *learned,
                                      struct io_panel *panel,
                                      struct io_known *known,
                                      struct fc_error *err)
{
    struct io_terms terms;
    struct io_known_names names;
    struct io_changes changes = {.n = 0};
    if (options->regressors == NULL)
        return FC_OK;
    enum fc_status status = io_terms_parse(options->regressors, &terms, err);
    if (status == FC_OK && options->unknown != NULL)
        status = io_terms_mark_unknown(options->unknown, &terms, err);
    if (status == FC_OK && options->what_if != NULL)
        status = io_changes_parse(options->what_if, &changes, err);
    if (status != FC_OK) {
        io_terms_release(&terms);
        return status;
    }
    struct io_known_how asked = {
        &terms, (enum io_missing_regressors)options->missing_regressors, NULL,
        options->future, &changes};
    if (learned != NULL) {
        const struct io_learned *file = &learned->file;
        names = (struct io_known_names){
            file->nregressors - file->nevents, file->regressor, file->nbases,
            file->base, file->has_agreed ? file->sign : '\0'};
        asked.names = &names;
    }
    status = io_known_read(how, &asked, panel, known, err);
    io_terms_release(&terms);
    io_changes_release(&changes);
    if (status == FC_OK && speaks(options))
        say_input(options, io_source_name(how->path), known);
    return status;
}

/* Of each regressor, in how many series it is carried on by a rule. */
struct carried {
    size_t n[IO_TERMS_MOST][FC_KNOWN_RULES];
};

/* "heat by its last value, deal by its mean (3 series) or its last value". */
static void say_carried(const struct io_known *known,
                        const struct carried *carried)
{
    static const char *const by[] = {"its last value", "its mean",
                                     "a season before"};
    char line[LINE] = "", count[CMD_COUNT_SIZE];
    size_t said = 0;
    for (size_t j = 0; j < known->n; j++) {
        bool first = true;
        size_t kinds = 0;
        for (int k = 0; k < FC_KNOWN_RULES; k++)
            kinds += carried->n[j][k] > 0;
        for (int k = 0; k < FC_KNOWN_RULES; k++) {
            if (carried->n[j][k] == 0)
                continue;
            if (first)
                cmd_append(line, LINE, "%s%.60s by %s", said++ > 0 ? ", " : "",
                           io_known_label(known, j), by[k]);
            else
                cmd_append(line, LINE, " or %s", by[k]);
            if (kinds > 1)
                cmd_append(line, LINE, " (%s series)",
                           cmd_count(carried->n[j][k], count));
            first = false;
        }
    }
    if (said > 0)
        cmd_say(CMD_INFO, "regressors not known in advance, carried on: %s",
                line);
}

/* A backtest finds a rule at every origin, of what was known by then. */
static void say_carried_anew(const struct io_known *known, size_t horizon)
{
    char line[LINE] = "";
    size_t said = 0;
    for (size_t j = 0; j < known->n; j++)
        if (known->known_for[j] < horizon)
            cmd_append(line, LINE, "%s%.60s", said++ > 0 ? ", " : "",
                       io_known_label(known, j));
    if (said > 0)
        cmd_say(CMD_INFO,
                "regressors not known in advance: %s; carried on from every "
                "origin by what suits their past until then, the last value, "
                "the mean or a season before",
                line);
}

void cmd_known_carry(const struct cmd_options *options,
                     const struct io_panel *panel, int horizon, int season,
                     struct io_known *known)
{
    if (options->unknown == NULL)
        return;
    if (options->set & CMD_BACKTEST) {
        if (speaks(options))
            say_carried_anew(known, (size_t)options->horizon);
        return;
    }
    struct carried carried = {0};
    enum fc_known_rule rule[IO_TERMS_MOST] = {FC_KNOWN_LAST};
    for (size_t i = 0; i < panel->nseries; i++) {
        fc_known_carry(known->known_for, known->n, panel->series[i].n, horizon,
                       season, known->x[i], rule);
        known->of[i].known_for = known->known_for;
        for (size_t j = 0; j < known->n; j++)
            carried.n[j][rule[j]] += panel->series[i].n > 0
                                     && panel->facts[i].error == NULL
                                     && known->known_for[j] < (size_t)horizon;
    }
    if (speaks(options))
        say_carried(known, &carried);
}

/* Events that no series has, whose key is a mistake perhaps. */
static void say_strange(const struct io_events *events,
                        const struct io_panel *panel)
{
    char count[CMD_COUNT_SIZE];
    size_t first = 0, n = io_events_count_strange(events, panel, &first);
    if (n > 0)
        cmd_say(CMD_WARNING,
                "%s: warning: %s event%s for no series of the input: '%s' of "
                "'%s'%s",
                events->path, cmd_count(n, count), n == 1 ? " is" : "s are",
                events->names.text[events->at[first].name],
                io_event_key(events, first), n == 1 ? "" : " ...");
}

/* How many days of events, and what of them is ignored. */
static void say_events(const struct io_events *events, size_t ignored,
                       const struct io_known *known)
{
    char count[CMD_COUNT_SIZE], names[CMD_COUNT_SIZE], values[CMD_COUNT_SIZE];
    if (ignored > 0)
        cmd_say(CMD_INFO, "%s: %s event%s of %s name%s; %s value%s ignored",
                events->path, cmd_count(events->n, count),
                events->n == 1 ? "" : "s", cmd_count(events->names.n, names),
                events->names.n == 1 ? "" : "s", cmd_count(ignored, values),
                ignored == 1 ? "" : "s");
    else
        cmd_say(CMD_INFO, "%s: %s event%s of %s name%s", events->path,
                cmd_count(events->n, count), events->n == 1 ? "" : "s",
                cmd_count(events->names.n, names),
                events->names.n == 1 ? "" : "s");
    if (known->nfresh_events > 0)
        cmd_say(CMD_WARNING,
                "%s: warning: what was not learnt has what all events have: "
                "%s%s",
                events->path, known->fresh_event,
                known->nfresh_events > 1 ? ", and others" : "");
}

/* As regressors, by the columns that were learnt if there are any. */
static enum fc_status add_events(const struct io_events *events,
                                 const struct cmd_learned *learned,
                                 const struct io_panel *panel, int horizon,
                                 struct io_known *known, struct fc_error *err)
{
    enum fc_role role[IO_TERMS_MOST];
    if (learned == NULL)
        return io_events_add(events, panel, horizon, NULL, known, err);
    const struct io_learned *file = &learned->file;
    size_t first = file->nregressors - file->nevents;
    struct io_event_names names = {file->nevents, file->regressor + first,
                                   role};
    for (size_t j = 0; j < file->nevents && j < IO_TERMS_MOST; j++)
        role[j] = learned->known->column[first + j].role;
    return io_events_add(events, panel, horizon, &names, known, err);
}

enum fc_status cmd_known_read(const struct cmd_options *options,
                              const struct io_panel_options *how,
                              const struct cmd_learned *learned,
                              struct io_panel *panel, struct io_known *known,
                              struct fc_error *err)
{
    struct io_events events = {0};
    enum fc_status status = FC_OK;
    size_t before = panel->nignored;
    if (options->events != NULL)
        status = io_events_read(how, options->events, options->events_as, panel,
                                &events, err);
    if (status == FC_OK)
        status = io_events_ignore(&events, panel, err);
    if (status == FC_OK)
        status = read_regressors(options, how, learned, panel, known, err);
    if (status == FC_OK && options->events != NULL)
        status = add_events(&events, learned, panel, how->horizon, known, err);
    if (status == FC_OK && options->events != NULL && speaks(options))
        say_events(&events, panel->nignored - before, known);
    if (status == FC_OK && options->events != NULL && speaks(options)
        && options->shard.count == 0
        && options->parts == 0) /* others' are strange to these */
        say_strange(&events, panel);
    if (status == FC_OK && !io_known_find_labels(known))
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    if (known->n == 0)
        io_known_release(known); /* all of them are ignored */
    io_events_release(&events);
    return status;
}

struct said {
    const struct io_panel *panel;
    const struct io_known *known;
    const struct fc_known *learnt;
};

/* ", price, temperature" of those that are so; how many. */
static size_t list(const struct said *said,
                   bool (*is_so)(const struct said *, size_t), char *line)
{
    const struct io_known *known = said->known;
    size_t n = 0;
    line[0] = '\0';
    for (size_t j = 0; j < known->n; j++)
        if (is_so(said, j))
            cmd_append(line, LINE, "%s%.60s", n++ > 0 ? ", " : "",
                       io_known_label(known, j));
    return n;
}

static bool is_log(const struct said *said, size_t j)
{
    const struct fc_known_column *column = &said->learnt->column[j];
    return column->used && column->form == FC_KNOWN_LOGS;
}

static bool is_reciprocal(const struct said *said, size_t j)
{
    const struct fc_known_column *column = &said->learnt->column[j];
    return column->used && column->form == FC_KNOWN_RECIPROCAL;
}

/* Whether a regressor is new in some series' horizon, and did not move in any
 * one's history. */
static bool is_new(const struct said *said, size_t j)
{
    bool moves = false;
    for (size_t i = 0; i < said->panel->nseries; i++) {
        const struct fc_history *series = &said->panel->series[i];
        const struct fc_regressors *of = &said->known->of[i];
        const double *x = of->x + j * of->stride;
        if (series->n == 0 || said->panel->facts[i].error != NULL)
            continue;
        for (size_t t = 1; t < series->n; t++)
            if (x[t] != x[0] && !isnan(x[t]) && !isnan(x[0]))
                return false;
        for (size_t t = series->n; t < of->stride; t++)
            moves = moves || (x[t] != x[0] && !isnan(x[t]) && !isnan(x[0]));
    }
    return moves;
}

bool cmd_known_is_as_all(const struct io_known *known,
                         const struct fc_known *learnt, size_t j)
{
    bool has_all = false;
    for (size_t k = known->n - known->nevents; k < known->n; k++)
        has_all =
            has_all
            || (known->role[k] == FC_ROLE_PLAIN && learnt->column[k].used);
    return has_all && !learnt->column[j].used && known->role[j] == FC_ROLE_DRAWN
           && strcmp(known->kind[j], "event") == 0;
}

static bool is_as_all(const struct said *said, size_t j)
{
    return cmd_known_is_as_all(said->known, said->learnt, j);
}

static bool is_out(const struct said *said, size_t j)
{
    return !said->learnt->column[j].used && !is_as_all(said, j);
}

static bool is_out_new(const struct said *said, size_t j)
{
    return is_out(said, j) && is_new(said, j);
}

static bool is_out_still(const struct said *said, size_t j)
{
    return is_out(said, j) && !is_new(said, j);
}

/* That no series has any in the horizon, where most likely a file is missing.
 */
static void say_all_lack(const struct said *said)
{
    size_t n = 0;
    for (size_t i = 0; i < said->panel->nseries; i++) {
        if (said->panel->facts[i].error != NULL
            || said->panel->series[i].n == 0)
            continue;
        if (cmd_known_lacks(said->known, i) == NULL)
            return;
        n++;
    }
    if (n > 0)
        cmd_say(CMD_WARNING,
                "warning: no series has all regressors in the horizon: its "
                "rows are those with an empty value, or of --future FILE; "
                "--regressors-unknown names columns that cannot be known");
}

enum fc_status cmd_known_find_logs(const struct io_panel *panel,
                                   struct io_known *known,
                                   const struct fc_known *learnt,
                                   struct fc_error *err)
{
    for (size_t j = 0; learnt != NULL && j < known->n; j++) {
        const struct fc_known_column *column = &learnt->column[j];
        if (!column->used || column->form == FC_KNOWN_AS_IT_IS)
            continue;
        for (size_t i = 0; i < panel->nseries; i++) {
            const struct fc_regressors *of = &known->of[i];
            for (size_t t = panel->series[i].n;
                 panel->facts[i].error == NULL && t < of->stride; t++)
                if (of->x[j * of->stride + t] <= 0
                    && !io_known_lack(known, panel, i, j, t, "has no log"))
                    return fc_fail(err, FC_ENOMEM, "out of memory");
        }
    }
    return FC_OK;
}

void cmd_known_say(const struct cmd_options *options,
                   const struct io_panel *panel, const struct io_known *known,
                   const struct fc_known *learnt)
{
    char names[LINE], count[CMD_COUNT_SIZE], rho[40] = "";
    struct said said = {panel, known, learnt};
    if (options->quiet || learnt == NULL)
        return;
    size_t logs = list(&said, is_log, names);
    if (learnt->rho != 0)
        snprintf(rho, sizeof rho, "; errors are alike by %.2f", learnt->rho);
    cmd_say(CMD_INFO, "regressors: series in %s%s%s%s, slopes of %s series%s",
            learnt->logs ? "logs" : "units",
            logs == 0      ? ", regressors as they are"
            : learnt->logs ? " as well as "
                           : ", in logs ",
            logs > 0 ? names : "", "", cmd_count(learnt->nseries, count), rho);
    if (list(&said, is_reciprocal, names) > 0)
        cmd_say(CMD_INFO,
                "regressors as reciprocals, whose effects grow the lower they "
                "are: %s",
                names);
    if (list(&said, is_as_all, names) > 0)
        cmd_say(CMD_INFO,
                "events of which no more is told than what all events have: %s",
                names);
    if (list(&said, is_out_new, names) > 0)
        cmd_say(CMD_WARNING,
                "warning: regressors that never moved and do now, left out, as "
                "nothing is known of their effect: %s",
                names);
    if (list(&said, is_out_still, names) > 0)
        cmd_say(CMD_INFO,
                "regressors that never move, only with others, or are too many "
                "to tell apart, left out: "
                "%s",
                names);
    if (options->set & (CMD_FORECAST | CMD_SIMULATE))
        say_all_lack(&said);
}
