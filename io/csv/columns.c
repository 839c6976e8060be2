/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which column is what: as the user says; else by usual names, in a table;
 * else by what is in them.  Each role has the columns that could have it, of
 * which those with a usual name count alone; a role that has one left takes
 * it from the others, until none has.  What is still open then is asked.  A
 * file may have no ids at all: one of two columns, or one whose timestamps are
 * all different while what else there is comes and goes.
 */
#include "io/csv/columns.h"

#include "io/csv/alone.h"
#include "io/csv/table.h"
#include "io/text/field.h"
#include "io/text/number.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t NONE = SIZE_MAX;

enum role { ID, TIME, VALUE, NROLES };

static const char *const option[] = {"--id", "--time", "--value"};
static const char *const what[] = {"ids", "timestamps", "values"};

/*
 * Usual names, in lower case and without blanks, dashes and underscores; the
 * default ones, before a bar, outrank the others.
 */
static const char *const usual[NROLES] = {
    (" uniqueid id | series seriesid seriesname ts tsid item itemid itemno "
     "itemnumber itemcode itemname sku skuid skuno product productid productno "
     "productnumber productcode productname article articleid articleno "
     "articlenumber material materialno materialnumber stockcode store storeid "
     "storenbr storeno storenumber storename shop shopid location locationid "
     "site siteid warehouse region key name code customer customerid group "
     "channel branch plant dept department artikel artikelnr artikelnummer "
     "filiale produkt produit articulo producto tienda "),
    (" ds | date time timestamp datetime day week month quarter year period t "
     "step when yearmonth yearweek calendarday calmonth calweek invoicedate "
     "orderdate salesdate saledate transactiondate periodend weekending datum "
     "fecha monat woche "),
    (" y | value values val v target sales sale qty quantity demand units "
     "unitssold unitsales amount volume count observation obs consumption load "
     "weeklysales dailysales monthlysales qtysold orderqty salesqty menge "
     "absatz umsatz wert quantite ventes ventas cantidad valor "),
};

/* What is in a column, by the cells of a sample. */
struct content {
    size_t n; /* cells that say something */
    size_t dates, integers, numbers;
    bool row_number; /* one more in each row */
};

struct search {
    struct io_layout *layout;
    const struct io_sample *sample;
    struct content *content; /* of each column */
    bool *could[NROLES];     /* likewise */
    size_t role[NROLES];
    bool given[NROLES];
    const char *unsure; /* a column that may have ids, or be beside the only
                           series */
};

/* --- names --- */

static void simplify(const char *name, char *out, size_t size)
{
    size_t n = 0;
    for (; *name != '\0' && n + 1 < size; name++)
        if (strchr(" _-.", *name) == NULL)
            out[n++] = (char)tolower((unsigned char)*name);
    out[n] = '\0';
}

/* 0: not a usual name of the role; 2: the default one. */
static int rank_of(enum role role, const char *name)
{
    char simple[40], word[44];
    simplify(name, simple, sizeof simple);
    if (simple[0] == '\0' || strchr(simple, '|') != NULL)
        return 0;
    snprintf(word, sizeof word, " %s ", simple);
    const char *found = strstr(usual[role], word);
    if (found == NULL)
        return 0;
    return found < strchr(usual[role], '|') ? 2 : 1;
}

static int any_rank(const char *name)
{
    int best = 0;
    for (int r = 0; r < NROLES; r++) {
        int rank = rank_of((enum role)r, name);
        best = rank > best ? rank : best;
    }
    return best;
}

static size_t find_column(const struct io_layout *layout, const char *name,
                          size_t n)
{
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (strlen(layout->names[i]) == n
            && memcmp(layout->names[i], name, n) == 0)
            return i;
    return NONE;
}

/* Which of two columns of one name is meant, nobody can say. */
static enum fc_status check_unique(const struct io_layout *layout,
                                   size_t column, struct fc_error *err)
{
    const char *name = layout->names[column];
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (i != column && strcmp(layout->names[i], name) == 0)
            return fc_fail(err, FC_EDATA,
                           "%s:%llu: two columns are named '%.60s'; rename one",
                           layout->file, layout->header_line, name);
    return FC_OK;
}

/* "unique_id, ds, y" for a message, shortened. */
static void list_names(const struct io_layout *layout, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < layout->ncolumns && used + 1 < size; i++) {
        int n = snprintf(out + used, size - used, "%s%.40s", i ? ", " : "",
                         i < 8 ? layout->names[i] : "...");
        used += n > 0 ? (size_t)n : 0;
        if (i == 8)
            break;
    }
}

/* --- what the user says --- */

static enum fc_status no_column(const struct io_layout *layout, enum role role,
                                const char *name, size_t n,
                                struct fc_error *err)
{
    char names[200];
    list_names(layout, names, sizeof names);
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: no column '%.*s' for %s; the header has: %s",
                   layout->file, layout->header_line, n < 60 ? (int)n : 60,
                   name, option[role], names);
}

/* "--id none", unless a column is called so. */
static bool is_for_one(const struct search *s, enum role role, const char *name)
{
    return role == ID && s->layout->form->nroles == NROLES
           && strcmp(name, "none") == 0;
}

/* The columns of several keys. */
static enum fc_status find_keys(struct search *s, const char *list,
                                struct fc_error *err)
{
    struct io_layout *layout = s->layout;
    size_t n = 1;
    for (const char *p = list; *p != '\0'; p++)
        n += *p == ',';
    layout->keys = malloc(n * sizeof *layout->keys);
    if (layout->keys == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (const char *p = list;; p++) {
        size_t length = strcspn(p, ",");
        size_t column = find_column(layout, p, length);
        if (column == NONE)
            return no_column(layout, ID, p, length, err);
        for (size_t i = 0; i < layout->nkeys; i++)
            if (layout->keys[i] == column)
                return fc_fail(err, FC_EINVAL, "--id names '%.*s' twice",
                               (int)(length < 60 ? length : 60), p);
        layout->keys[layout->nkeys++] = column;
        p += length;
        if (*p == '\0')
            break;
    }
    s->role[ID] = layout->keys[0];
    return FC_OK;
}

static enum fc_status find_given(struct search *s,
                                 const char *const given[NROLES],
                                 struct fc_error *err)
{
    for (size_t i = 0; i < s->layout->form->nroles; i++) {
        enum fc_status status = FC_OK;
        if (given[i] == NULL)
            continue;
        s->given[i] = true;
        s->role[i] = find_column(s->layout, given[i], strlen(given[i]));
        if (s->role[i] == NONE && is_for_one(s, (enum role)i, given[i]))
            s->layout->one_series = true;
        else if (s->role[i] == NONE && i == ID && strchr(given[i], ',') != NULL)
            status = find_keys(s, given[i], err);
        else if (s->role[i] == NONE)
            status = no_column(s->layout, (enum role)i, given[i],
                               strlen(given[i]), err);
        if (status != FC_OK)
            return status;
        for (size_t j = 0; j < i; j++)
            if (s->role[i] != NONE && s->role[i] == s->role[j])
                return fc_fail(err, FC_EINVAL,
                               "%s and %s both name the column '%.60s'",
                               option[j], option[i], given[i]);
    }
    return FC_OK;
}

/* --- what is in the columns --- */

static bool is_integer(const char *text)
{
    size_t sign = *text == '-';
    size_t n = strspn(text + sign, "0123456789");
    return n > 0 && text[sign + n] == '\0' && n < 19;
}

static bool is_number(const char *text)
{
    struct io_number_seen seen = {0};
    struct io_number_form form = {.decimal = '.'};
    double v;
    if (io_amount_parse(&form, text, strlen(text), 0, &seen, &v) == NULL)
        return true;
    form.decimal = ',';
    return io_amount_parse(&form, text, strlen(text), 0, &seen, &v) == NULL;
}

/* As --time-format says, and no number. */
static bool is_of_format(const struct io_dialect *dialect, const char *text)
{
    struct io_time_format format = dialect->time;
    size_t n = strlen(text);
    int64_t t;
    double v;
    return dialect->time_given && format.form == IO_TIME_PATTERN
           && !io_number_parse(text, n, &v)
           && io_time_parse(text, n, &format, &t) == NULL;
}

/* A date to whoever wrote it: no number, or eight digits. */
static bool is_date(const char *text)
{
    struct io_time_format format[IO_TIME_CANDIDATES];
    size_t n = strlen(text);
    double v;
    if (io_number_parse(text, n, &v) && (n != 8 || !is_integer(text)))
        return false;
    return io_time_candidates(text, n, format) > 0
           && format[0].form != IO_TIME_INTEGER;
}

/* What a cell is. */
struct kind {
    bool date, integer, number;
    long long v; /* of an integer */
};

static struct kind kind_of(const struct io_dialect *dialect, const char *text)
{
    struct kind kind = {.date = is_date(text) || is_of_format(dialect, text),
                        .integer = is_integer(text)};
    kind.number = kind.integer || is_number(text);
    kind.v = kind.integer ? strtoll(text, NULL, 10) : 0;
    return kind;
}

static void look_at(struct search *s, size_t column)
{
    struct content *c = &s->content[column];
    struct kind kind = {0};
    const char *before = NULL;
    c->row_number = s->sample->n > 2;
    for (size_t i = 0; i < s->sample->n; i++) {
        const char *text = io_sample_cell(s->sample, i, column);
        if (io_is_missing(&s->layout->dialect.numbers, text, strlen(text)))
            continue;
        long long last = kind.v;
        if (before == NULL || strcmp(text, before) != 0)
            kind = kind_of(&s->layout->dialect, text);
        before = text;
        c->row_number =
            c->row_number && kind.integer && (c->n == 0 || kind.v == last + 1);
        c->n++;
        c->dates += kind.date;
        c->integers += kind.integer;
        c->numbers += kind.number;
    }
}

/* Nearly all: a few cells may be mistyped. */
static bool most(size_t count, const struct content *c)
{
    return c->n > 0 && 10 * count >= 9 * c->n;
}

/* A name says more than a few cells that are no numbers. */
static bool fits_by_name(const struct content *c, enum role role,
                         const char *name)
{
    int rank = rank_of(role, name);
    return rank == 2 || (rank == 1 && role == VALUE && c->numbers > 0);
}

static bool fits(const struct content *c, enum role role, bool any_dates)
{
    switch (role) {
    case ID:
        return !most(c->dates, c);
    case TIME:
        return any_dates ? most(c->dates, c)
                         : most(c->numbers, c) && !most(c->dates, c);
    default:
        return c->n == 0 || (most(c->numbers, c) && !most(c->dates, c));
    }
}

/*
 * Where nothing is a date, and what could be steps is not called so, a column
 * of texts that is: their form is not known, which is to be said of it.
 */
static void name_times(struct search *s)
{
    const struct io_layout *layout = s->layout;
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (s->could[TIME][i] && rank_of(TIME, layout->names[i]) > 0)
            return;
    for (size_t i = 0; i < layout->ncolumns; i++)
        s->could[TIME][i] =
            s->could[TIME][i]
            || (rank_of(TIME, layout->names[i]) > 0 && s->content[i].n > 0);
}

/* Which columns could have a role by what is in them. */
static void find_plausible(struct search *s)
{
    bool any_dates = false;
    for (size_t i = 0; i < s->layout->ncolumns; i++) {
        look_at(s, i);
        any_dates = any_dates
                    || (most(s->content[i].dates, &s->content[i])
                        && i != s->role[ID] && i != s->role[VALUE]);
    }
    for (int r = 0; r < NROLES; r++)
        for (size_t i = 0; i < s->layout->ncolumns; i++)
            s->could[r][i] = fits(&s->content[i], (enum role)r, any_dates)
                             || fits_by_name(&s->content[i], (enum role)r,
                                             s->layout->names[i]);
    if (!any_dates)
        name_times(s);
}

/* --- one for each role --- */

static size_t count(const struct search *s, enum role role)
{
    size_t n = 0;
    for (size_t i = 0; i < s->layout->ncolumns; i++)
        n += s->could[role][i];
    return n;
}

static void keep_only(struct search *s, enum role role,
                      bool (*keep)(const struct search *, enum role, size_t))
{
    size_t kept = 0, n = s->layout->ncolumns;
    for (size_t i = 0; i < n; i++)
        kept += s->could[role][i] && keep(s, role, i);
    for (size_t i = 0; kept > 0 && i < n; i++)
        s->could[role][i] = s->could[role][i] && keep(s, role, i);
}

static bool has_default_name(const struct search *s, enum role role, size_t i)
{
    return rank_of(role, s->layout->names[i]) == 2;
}

static bool has_usual_name(const struct search *s, enum role role, size_t i)
{
    return rank_of(role, s->layout->names[i]) > 0;
}

/* Of no other role's usual names. */
static bool is_free(const struct search *s, enum role role, size_t i)
{
    return rank_of(role, s->layout->names[i]) > 0
           || any_rank(s->layout->names[i]) == 0;
}

static bool is_no_row_number(const struct search *s, enum role role, size_t i)
{
    (void)role;
    return !s->content[i].row_number;
}

static bool is_text(const struct search *s, enum role role, size_t i)
{
    (void)role;
    return !most(s->content[i].numbers, &s->content[i]);
}

static bool says_something(const struct search *s, enum role role, size_t i)
{
    (void)role;
    return s->content[i].n > 0;
}

/* The columns that are settled are nobody else's; returns how many are new. */
static size_t take_single(struct search *s)
{
    size_t taken = 0;
    for (int r = 0; r < NROLES; r++) {
        if (s->role[r] != NONE || count(s, (enum role)r) != 1
            || (r == ID && s->layout->one_series))
            continue;
        for (size_t i = 0; i < s->layout->ncolumns; i++)
            if (s->could[r][i])
                s->role[r] = i;
        taken++;
        for (int other = 0; other < NROLES; other++)
            s->could[other][s->role[r]] = other == r;
    }
    return taken;
}

/* What the user said is nobody else's either. */
static void exclude_given(struct search *s)
{
    for (int r = 0; r < NROLES; r++)
        for (int other = 0; other < NROLES && s->role[r] != NONE; other++)
            s->could[other][s->role[r]] = other == r;
    for (size_t k = 0; k < s->layout->nkeys; k++)
        s->could[TIME][s->layout->keys[k]] =
            s->could[VALUE][s->layout->keys[k]] = false;
}

/* The last role has the last column, whatever is in it. */
static void take_last(struct search *s)
{
    size_t open = 0, left = 0, role = 0, column = 0;
    for (size_t r = 0; r < NROLES; r++)
        if (s->role[r] == NONE && !(r == ID && s->layout->one_series)) {
            open++;
            role = r;
        }
    for (size_t i = 0; i < s->layout->ncolumns; i++)
        if (i != s->role[ID] && i != s->role[TIME] && i != s->role[VALUE]) {
            left++;
            column = i;
        }
    if (open == 1 && left == 1 && s->layout->nkeys == 0 && s->unsure == NULL)
        s->role[role] = column;
}

/* --- files of one series --- */

/* Called like the time or the value, and no more than one in the file. */
static bool is_no_id(const struct search *s, size_t i)
{
    return any_rank(s->layout->names[i]) > 0 || s->content[i].n == 0
           || io_alone_beside(s->sample, i);
}

/*
 * Takes away what could be the id by its place alone.  Texts that come and go
 * between uneven dates may be either: customers, or events.
 */
static void find_one_series(struct search *s)
{
    size_t n = s->layout->ncolumns, time = s->role[TIME], left = 0, odd = 0;
    const char *unsure = NULL;
    for (size_t i = 0; i < n; i++)
        odd += s->could[ID][i] && !has_usual_name(s, ID, i);
    if (odd == 0 || s->role[ID] != NONE)
        return;
    for (size_t i = 0; i < n && time == NONE && count(s, TIME) == 1; i++)
        if (s->could[TIME][i])
            time = i;
    if (n > 2 && (time == NONE || !io_alone_times(s->sample, time)))
        return;
    for (size_t i = 0; i < n; i++) {
        bool could = n > 2 && i != time && s->could[ID][i];
        s->could[ID][i] =
            could && (has_usual_name(s, ID, i) || !is_no_id(s, i));
        left += s->could[ID][i];
        if (could && !s->could[ID][i] && is_text(s, ID, i)
            && any_rank(s->layout->names[i]) == 0 && s->content[i].n > 0
            && !io_alone_steps(s->sample, time, &s->layout->dialect))
            unsure = s->layout->names[i];
    }
    if (left == 0 && unsure != NULL && !s->layout->one_series)
        s->unsure = unsure;
    else if (left == 0)
        s->layout->one_series = true;
}

/* What is called a value is no time, if it is all there is for both. */
static void leave_values(struct search *s)
{
    bool both = count(s, TIME) == 1 && count(s, VALUE) == 1;
    for (size_t i = 0; both && s->role[TIME] == NONE && i < s->layout->ncolumns;
         i++)
        if (s->could[TIME][i] && s->could[VALUE][i]
            && has_usual_name(s, VALUE, i) && !has_usual_name(s, TIME, i))
            s->could[TIME][i] = false;
}

static void narrow(struct search *s)
{
    exclude_given(s);
    if (s->layout->ncolumns > 3)
        keep_only(s, ID, is_no_row_number);
    keep_only(s, ID, says_something);
    for (int r = 0; r < NROLES; r++) {
        keep_only(s, (enum role)r, has_usual_name);
        keep_only(s, (enum role)r, has_default_name);
        keep_only(s, (enum role)r, is_free);
    }
    leave_values(s);
    find_one_series(s);
    while (take_single(s) > 0)
        ;
    if (s->role[ID] == NONE)
        keep_only(s, ID, is_text);
    while (take_single(s) > 0)
        ;
    take_last(s);
}

static enum fc_status ask(const struct search *s, enum role role,
                          struct fc_error *err)
{
    const struct io_layout *layout = s->layout;
    size_t found[2], n = 0;
    char names[200];
    for (size_t i = 0; i < layout->ncolumns && n < 2; i++)
        if (s->could[role][i])
            found[n++] = i;
    list_names(layout, names, sizeof names);
    if (role == ID && s->unsure != NULL)
        return fc_fail(
            err, FC_EDATA,
            "%s:%llu: column '%.60s' could be ids: say --id '%.60s', "
            "or --id none if it is one series",
            layout->file, layout->header_line, s->unsure, s->unsure);
    if (n < 2)
        return fc_fail(
            err, FC_EDATA,
            "%s:%llu: no column looks like the %s: say %s COLUMN%s; "
            "the header has: %s",
            layout->file, layout->header_line, what[role], option[role],
            role == ID ? ", or --id none if it is one series" : "", names);
    const char *a = layout->names[found[0]], *b = layout->names[found[1]];
    if (strcmp(a, b) == 0)
        return check_unique(layout, found[0], err);
    if (role == ID)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: columns '%.40s' and '%.40s' could both be "
                       "ids: say --id '%.40s,%.40s' for a series of each pair, "
                       "or --id '%.40s'",
                       layout->file, layout->header_line, a, b, a, b, a);
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: columns '%.40s' and '%.40s' could both be the "
                   "%s: say %s '%.40s' or %s '%.40s'%s",
                   layout->file, layout->header_line, a, b, what[role],
                   option[role], a, option[role], b,
                   role == VALUE && layout->one_series
                       ? "; if each column is a series, write a row for each "
                         "series and timestamp"
                       : "");
}

/* Without rows there is nothing to look at. */
static void take_first(struct search *s)
{
    size_t next = 0;
    for (size_t r = 0; r < s->layout->form->nroles; r++) {
        if (s->role[r] != NONE || (r == ID && s->layout->one_series))
            continue;
        while (next < s->layout->ncolumns
               && (next == s->role[ID] || next == s->role[TIME]
                   || next == s->role[VALUE]))
            next++;
        s->role[r] = next < s->layout->ncolumns ? next : NONE;
    }
}

/* Of two columns one is an id: then the times or the values are missing. */
static enum fc_status check_two(const struct search *s, struct fc_error *err)
{
    const struct io_layout *layout = s->layout;
    for (size_t i = 0; i < 2 && layout->ncolumns == 2; i++)
        if (i != s->role[TIME] && i != s->role[VALUE] && is_text(s, ID, i)
            && !most(s->content[i].dates, &s->content[i])
            && has_usual_name(s, ID, i))
            return fc_fail(err, FC_EDATA,
                           "%s:%llu: times and values are needed beside the "
                           "ids, '%.60s'; the header has 2 columns",
                           layout->file, layout->header_line, layout->names[i]);
    return FC_OK;
}

static enum fc_status infer(struct search *s, struct fc_error *err)
{
    size_t n = s->layout->ncolumns;
    bool *block = calloc(NROLES * n, sizeof *block);
    s->content = calloc(n, sizeof *s->content);
    if (block == NULL || s->content == NULL) {
        free(block);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    for (int r = 0; r < NROLES; r++)
        s->could[r] = block + (size_t)r * n;
    find_plausible(s);
    enum fc_status status = check_two(s, err);
    if (status == FC_OK)
        narrow(s);
    static const enum role order[] = {TIME, VALUE, ID};
    for (int i = 0; i < NROLES && status == FC_OK; i++)
        if (s->role[order[i]] == NONE
            && !(order[i] == ID && s->layout->one_series))
            status = ask(s, order[i], err);
    free(block);
    return status;
}

/* --- what is said --- */

static void say_others(const struct search *s, char *out, size_t size)
{
    const struct io_layout *layout = s->layout;
    size_t used = strlen(out), n = 0;
    for (size_t i = 0; i < layout->ncolumns && used + 1 < size; i++) {
        bool key = false;
        for (size_t k = 0; k < layout->nkeys; k++)
            key = key || layout->keys[k] == i;
        if (key || i == s->role[ID] || i == s->role[TIME]
            || i == s->role[VALUE])
            continue;
        used += (size_t)snprintf(
            out + used, size - used, "%s%.40s", n == 0 ? " (others: " : ", ",
            n >= 6                        ? "..."
            : layout->names[i][0] == '\0' ? "''"
                                          : layout->names[i]);
        if (n++ == 6)
            break;
    }
    if (n > 0 && used + 1 < size)
        snprintf(out + used, size - used, ")");
}

/* The columns' names, and whether they are no more than what was asked for. */
static void say(const struct search *s)
{
    static const char *const defaults[] = {"unique_id", "ds", "y"};
    struct io_layout *layout = s->layout;
    char *out = layout->columns;
    bool expected = true;
    for (size_t r = 0; r < layout->form->nroles; r++)
        expected =
            expected
            && (s->given[r]
                || (s->role[r] != NONE
                    && strcmp(layout->names[s->role[r]], defaults[r]) == 0));
    layout->say_columns = !expected && layout->form->nroles == NROLES;
    if (layout->one_series)
        snprintf(out, sizeof layout->columns, "one series (id '%s')",
                 IO_ONE_ID);
    else
        snprintf(out, sizeof layout->columns, "id=%.60s", layout->id_name);
    if (layout->form->nroles < NROLES)
        return;
    size_t used = strlen(out);
    snprintf(out + used, sizeof layout->columns - used,
             " time=%.60s value=%.60s", layout->names[s->role[TIME]],
             layout->names[s->role[VALUE]]);
    say_others(s, out, sizeof layout->columns);
}

/* The name of the ids' column, or of several as a record of CSV. */
static bool name_keys(struct io_layout *layout)
{
    size_t room = 1, used = 0;
    for (size_t k = 0; k < layout->nkeys; k++)
        room += 2 * strlen(layout->names[layout->keys[k]]) + 3;
    layout->id_name = malloc(room);
    layout->key_at = calloc(layout->ncolumns, sizeof *layout->key_at);
    if (layout->id_name == NULL || layout->key_at == NULL)
        return false;
    for (size_t k = 0; k < layout->nkeys; k++) {
        const char *name = layout->names[layout->keys[k]];
        layout->key_at[layout->keys[k]] = (uint32_t)k + 1;
        if (k > 0)
            layout->id_name[used++] = ',';
        used += io_field_put(name, strlen(name), layout->id_name + used);
    }
    layout->id_name[used] = '\0';
    layout->id = NONE;
    return true;
}

static bool name_id(struct io_layout *layout)
{
    if (layout->nkeys > 1)
        return name_keys(layout);
    const char *name =
        layout->one_series ? IO_ONE_ID_NAME : layout->names[layout->id];
    layout->id_name = malloc(strlen(name) + 1);
    if (layout->id_name != NULL)
        strcpy(layout->id_name, name);
    return layout->id_name != NULL;
}

static enum fc_status settle(struct search *s, struct fc_error *err)
{
    struct io_layout *layout = s->layout;
    enum fc_status status = FC_OK;
    layout->id = s->role[ID];
    layout->time = s->role[TIME];
    layout->value = s->role[VALUE];
    for (size_t r = 0; r < layout->form->nroles && status == FC_OK; r++)
        if (s->role[r] != NONE)
            status = check_unique(layout, s->role[r], err);
    for (size_t k = 0; k < layout->nkeys && status == FC_OK; k++) {
        status = check_unique(layout, layout->keys[k], err);
        if (layout->keys[k] == layout->time || layout->keys[k] == layout->value)
            return fc_fail(
                err, FC_EINVAL, "--id names the column '%.60s' of %s",
                layout->names[layout->keys[k]],
                layout->keys[k] == layout->time ? "times" : "values");
    }
    if (status == FC_OK && !name_id(layout))
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    if (status == FC_OK)
        say(s);
    return status;
}

/* In wide form: the first column that is no timestamp, or the usual name. */
static void take_wide_id(struct search *s)
{
    size_t usual_one = find_column(s->layout, "unique_id", 9);
    if (s->role[ID] == NONE)
        s->role[ID] = usual_one != NONE ? usual_one : 0;
}

enum fc_status io_columns_find(struct io_layout *layout,
                               const struct io_column_names *names,
                               const struct io_sample *sample,
                               struct fc_error *err)
{
    const char *const given[NROLES] = {names->id, names->time, names->value};
    struct search s = {.layout = layout, .sample = sample};
    size_t nroles = layout->form->nroles;
    layout->one_series = names->one_series;
    s.role[ID] = s.role[TIME] = s.role[VALUE] = NONE;
    enum fc_status status = find_given(&s, given, err);
    if (status != FC_OK)
        return status;
    bool may_be_one = nroles == NROLES && given[ID] == NULL;
    size_t least = nroles - (layout->one_series || may_be_one);
    if (layout->ncolumns < least)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: a header with at least %zu columns is "
                       "needed (%stime, value), found %zu",
                       layout->file, layout->header_line, least,
                       least > 2 ? "id, " : "", layout->ncolumns);
    if (may_be_one && layout->ncolumns == 2)
        layout->one_series = true;
    if (nroles < NROLES)
        take_wide_id(&s);
    else if (sample->n == 0)
        take_first(&s);
    else if ((!s.given[ID] && !layout->one_series) || !s.given[TIME]
             || !s.given[VALUE])
        status = infer(&s, err);
    if (status == FC_OK)
        status = settle(&s, err);
    free(s.content);
    return status;
}
