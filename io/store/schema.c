/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The views take a forecast's numbers out of their blob: IEEE 754 binary32,
 * the most significant byte first, so that hex() shows sign, exponent and
 * fraction in their order; power holds the powers of two, which SQLite has no
 * function for unless it was built with one.
 */
#include "io/store/schema.h"

#include <math.h>
#include <stddef.h>

static const char TABLES[] =
    /* what makes the job whose nights these are; several seasons are a text
       that begins with the shortest, "24;168" */
    "CREATE TABLE job(name TEXT PRIMARY KEY, value TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE night(night INTEGER PRIMARY KEY, began INTEGER NOT NULL,"
    " seconds REAL, origin INTEGER, horizon INTEGER NOT NULL,"
    " season INTEGER NOT NULL, levels TEXT NOT NULL, program TEXT NOT NULL,"
    " series INTEGER NOT NULL, ok INTEGER NOT NULL,"
    " fallback INTEGER NOT NULL, late INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, reused INTEGER NOT NULL,"
    " corrected INTEGER NOT NULL, drifting INTEGER NOT NULL,"
    " learnt INTEGER NOT NULL, warm INTEGER NOT NULL);"
    /* what the numbers of a night's forecasts are, in their order */
    "CREATE TABLE quantity(night INTEGER, place INTEGER, name TEXT NOT NULL,"
    " PRIMARY KEY(night, place)) WITHOUT ROWID;"
    "CREATE TABLE model(model INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE series(series INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE, night INTEGER NOT NULL, first INTEGER,"
    " last INTEGER, n INTEGER, whole INTEGER, recent INTEGER,"
    " why INTEGER NOT NULL DEFAULT 0);"
    /* sums over series of errors in units of the scale */
    "CREATE TABLE score(night INTEGER, model INTEGER, lead INTEGER,"
    " n INTEGER NOT NULL, error REAL NOT NULL, size REAL NOT NULL,"
    " both INTEGER NOT NULL, size_both REAL NOT NULL,"
    " naive_both REAL NOT NULL, PRIMARY KEY(night, model, lead))"
    " WITHOUT ROWID;"
    "CREATE TABLE cover(night INTEGER, model INTEGER, lead INTEGER,"
    " level REAL, compared INTEGER NOT NULL, inside INTEGER NOT NULL,"
    " PRIMARY KEY(night, model, lead, level)) WITHOUT ROWID;"
    /* how a series' forecasts turned out; key is series and model */
    "CREATE TABLE record(key INTEGER PRIMARY KEY, n INTEGER NOT NULL,"
    " error REAL NOT NULL, size REAL NOT NULL, both INTEGER NOT NULL,"
    " size_both REAL NOT NULL, naive_both REAL NOT NULL,"
    " level REAL, compared INTEGER NOT NULL, inside INTEGER NOT NULL,"
    " counted INTEGER NOT NULL, cumulated REAL NOT NULL,"
    " deviation REAL NOT NULL,"
    " recent INTEGER NOT NULL, outside INTEGER NOT NULL,"
    " drifting INTEGER NOT NULL);"
    /* results as they are, for as long as what they came from is unchanged */
    "CREATE TABLE kept(key INTEGER PRIMARY KEY, came_from INTEGER NOT NULL,"
    " settings INTEGER NOT NULL, origin INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, replaced INTEGER NOT NULL, detail TEXT,"
    " spec TEXT, loglik REAL, aicc REAL, sigma2 REAL, seconds REAL,"
    " numbers BLOB NOT NULL, crc INTEGER NOT NULL);"
    /* what fits of the next night may start from; night is from when its
       age counts, first the timestamp that its series began with */
    "CREATE TABLE fit(key INTEGER PRIMARY KEY, came_from INTEGER NOT NULL,"
    " night INTEGER NOT NULL, first INTEGER NOT NULL, numbers BLOB NOT NULL,"
    " crc INTEGER NOT NULL);"
    "CREATE TABLE learnt(model INTEGER PRIMARY KEY,"
    " came_from INTEGER NOT NULL, night INTEGER NOT NULL,"
    " origin INTEGER NOT NULL, numbers BLOB NOT NULL, crc INTEGER NOT NULL);"
    "CREATE TABLE power(exponent INTEGER PRIMARY KEY, value REAL NOT NULL);";

/* What is kept to be scored: told.h.  Series are how many, words of each. */
static const char TOLD[] =
    "CREATE TABLE told(night INTEGER, model INTEGER, series INTEGER NOT NULL,"
    " words INTEGER NOT NULL, steps INTEGER NOT NULL, sum INTEGER NOT NULL,"
    " PRIMARY KEY(night, model)) WITHOUT ROWID;"
    /* key is night, model and which part */
    "CREATE TABLE part(key INTEGER PRIMARY KEY, bytes BLOB NOT NULL,"
    " sum INTEGER NOT NULL);";

static const char VIEWS[] =
    "CREATE VIEW scores AS SELECT s.night, m.name AS model, s.lead, s.n,"
    " s.size / s.n AS mase, s.error / s.n AS bias,"
    " CASE WHEN s.naive_both > 0 THEN 1 - s.size_both / s.naive_both END"
    " AS value_added"
    " FROM score s JOIN model m ON m.model = s.model;"
    "CREATE VIEW coverages AS SELECT c.night, m.name AS model, c.lead,"
    " c.level, c.compared, c.inside * 1.0 / c.compared AS coverage"
    " FROM cover c JOIN model m ON m.model = c.model;"
    "CREATE VIEW nights AS SELECT n.night,"
    " datetime(n.began, 'unixepoch') AS began, n.seconds, n.horizon,"
    " CASE (SELECT value FROM job WHERE name = 'timestamps')"
    " WHEN 'integers' THEN n.origin ELSE datetime(n.origin, 'unixepoch') END"
    " AS origin, n.season, n.levels, n.program, n.series, n.ok, n.fallback,"
    " n.late, n.failed, n.reused, n.warm, n.corrected, n.drifting,"
    " n.learnt,"
    " (SELECT sum(n) FROM score s WHERE s.night = n.night) AS scored,"
    " (SELECT sum(size) / sum(n) FROM score s WHERE s.night = n.night)"
    " AS mase,"
    " (SELECT sum(error) / sum(n) FROM score s WHERE s.night = n.night)"
    " AS bias FROM night n;";

/* clang-format off */

/* 32 bits of eight hexadecimal digits. */
#define DIGIT(hex, at, shift) \
    "(instr('0123456789ABCDEF', substr(" hex ", " at ", 1)) - 1 << " shift ")"
#define BITS(hex)                                      \
    "(" DIGIT(hex, "1", "28") " | " DIGIT(hex, "2", "24") " | "     \
    DIGIT(hex, "3", "20") " | " DIGIT(hex, "4", "16") " | "         \
    DIGIT(hex, "5", "12") " | " DIGIT(hex, "6", "8") " | "          \
    DIGIT(hex, "7", "4") " | " DIGIT(hex, "8", "0") ")"

/* What the bits of a number in units of a power of two come to; p is that. */
#define VALUE                                                            \
    "(1 - 2 * (w.bits >> 31)) * p.value * ((w.bits & 8388607)"           \
    " + CASE WHEN w.bits >> 23 & 255 THEN 8388608 ELSE 0 END) AS value"
#define POWER                                         \
    "JOIN power p ON p.exponent"                      \
    " = max(w.bits >> 23 & 255, 1) - 150 + w.exponent"
#define ORIGIN                                                             \
    "CASE (SELECT value FROM job WHERE name = 'timestamps')"               \
    " WHEN 'integers' THEN w.origin ELSE datetime(w.origin, 'unixepoch')"  \
    " END AS origin"
#define LEADS                                                   \
    "lead(lead) AS (SELECT 1 UNION ALL SELECT lead + 1 FROM lead" \
    " WHERE lead < (SELECT max(horizon) FROM night))"

/* Of an entry e the word at `at`: a piece's key, and its place there. */
#define PIECE(at)                                                         \
    "(e.night << 41) + (e.model << 31) + CASE WHEN " at " < e.whole * 4080" \
    " THEN (" at ") / 4080"                                               \
    " ELSE e.whole + (" at " - e.whole * 4080) / 504 END"
#define WORD(piece, at)                                                    \
    "hex(substr(" piece ".bytes, 1 + 4 * CASE WHEN " at " < e.whole * 4080" \
    " THEN (" at ") % 4080 ELSE (" at " - e.whole * 4080) % 504 END, 4))"

/* The series of what was told, and where the words of their blocks' numbers
   begin.  As a union, beside nothing, it is made once and not for each number,
   and only of the nights and models that are asked for. */
static const char ENTRIES[] =
    "CREATE VIEW entry AS WITH RECURSIVE"
    " places(place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM places"
    " WHERE place + 1 < (SELECT max(series) FROM told)),"
    " p AS (SELECT t.*, place FROM told t"
    " CROSS JOIN places ON place < t.series),"
    " e AS (SELECT night, model, steps, (words - 6) / max(steps, 1) AS many,"
    " series * words / 4080 AS whole, place % 256 AS place,"
    " min(256, series - place / 256 * 256) AS block,"
    " place / 256 * 256 * words AS begin,"
    " place / 256 * 256 * words + place % 256 * 6 AS at FROM p),"
    " h AS (SELECT e.*, " WORD("a", "e.at") " AS series,"
    " " WORD("b", "e.at + 1") " AS exponent,"
    " " WORD("c", "e.at + 2") " AS high, " WORD("d", "e.at + 3") " AS low"
    " FROM e JOIN part a ON a.key = " PIECE("e.at")
    " JOIN part b ON b.key = " PIECE("e.at + 1")
    " JOIN part c ON c.key = " PIECE("e.at + 2")
    " JOIN part d ON d.key = " PIECE("e.at + 3") ")"
    " SELECT night, model, whole, steps, many, block,"
    " begin + block * 6 + place AS at, " BITS("series") " AS series,"
    " (" BITS("exponent") " << 32) >> 32 AS exponent,"
    " (" BITS("high") " << 32) | " BITS("low") " AS origin FROM h"
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0;";

static const char SPOKEN[] =
    "CREATE VIEW spoken AS WITH RECURSIVE " LEADS ","
    " digit AS (SELECT e.*, s.id, l.lead, q.name AS quantity, "
    WORD("v", "(e.at + ((l.lead - 1) * e.many + q.place) * e.block)")
    " AS hex FROM entry e"
    " CROSS JOIN series s ON s.series = e.series"
    " CROSS JOIN quantity q ON q.night = e.night"
    " CROSS JOIN lead l ON l.lead <= e.steps"
    " CROSS JOIN part v ON v.key = "
    PIECE("(e.at + ((l.lead - 1) * e.many + q.place) * e.block)") "),"
    " w AS (SELECT *, " BITS("hex") " AS bits FROM digit)"
    " SELECT w.night, w.id, m.name AS model, " ORIGIN ","
    " w.lead, w.quantity, " VALUE
    " FROM w JOIN model m ON m.model = w.model " POWER ";";

static const char SAID[] =
    "CREATE VIEW said_before AS WITH RECURSIVE " LEADS ","
    " digit AS (SELECT n.night, s.key >> 10 & 2147483647 AS series,"
    " s.key & 1023 AS model, s.origin, s.exponent, l.lead,"
    " q.name AS quantity,"
    " hex(substr(s.numbers, (q.place * n.horizon + l.lead) * 4 - 3, 4)) AS hex"
    " FROM night n JOIN said s ON s.key >= n.night << 41"
    " AND s.key < (n.night + 1) << 41"
    " JOIN quantity q ON q.night = n.night"
    " JOIN lead l ON l.lead <= n.horizon),"
    " w AS (SELECT *, " BITS("hex") " AS bits FROM digit)"
    " SELECT w.night, s.id, m.name AS model, " ORIGIN ","
    " w.lead, w.quantity, " VALUE
    " FROM w JOIN series s ON s.series = w.series"
    " JOIN model m ON m.model = w.model " POWER ";";

/* clang-format on */

static const char FORECASTS[] =
    "CREATE VIEW forecasts AS SELECT * FROM spoken;";
static const char ALL_FORECASTS[] =
    "CREATE VIEW forecasts AS SELECT * FROM said_before"
    " UNION ALL SELECT * FROM spoken;";

/* All that a binary32 in units of a power of two may need. */
static int fill_powers(sqlite3 *db)
{
    sqlite3_stmt *insert = NULL;
    int rc = sqlite3_prepare_v2(db, "INSERT INTO power VALUES(?, ?)", -1,
                                &insert, NULL);
    for (int e = -1074; rc == SQLITE_OK && e < 1024; e++) {
        sqlite3_bind_int(insert, 1, e);
        sqlite3_bind_double(insert, 2, ldexp(1, e));
        sqlite3_step(insert);
        rc = sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return rc;
}

static int run_all(sqlite3 *db, const char *const *sql, size_t n)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
        rc = sqlite3_exec(db, sql[i], NULL, NULL, NULL);
    return rc;
}

int io_store_create(sqlite3 *db)
{
    static const char *const all[] = {TABLES,  TOLD,   VIEWS,
                                      ENTRIES, SPOKEN, FORECASTS};
    int rc = run_all(db, all, sizeof all / sizeof *all);
    if (rc == SQLITE_OK)
        rc = fill_powers(db);
    return rc;
}

int io_store_bring_up(sqlite3 *db, bool sealed)
{
    static const char *const all[] = {"DROP VIEW IF EXISTS forecasts;",
                                      TOLD,
                                      ENTRIES,
                                      SPOKEN,
                                      SAID,
                                      ALL_FORECASTS};
    int rc = run_all(db, all, sizeof all / sizeof *all);
    if (rc == SQLITE_OK && !sealed)
        rc = sqlite3_exec(db, "INSERT INTO job VALUES('seals', 'none')", NULL,
                          NULL, NULL);
    return rc;
}
