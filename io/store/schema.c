/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The views take a forecast's numbers out of their blob: IEEE 754 binary32,
 * the most significant byte first.  SQLite has no function that tells a byte's
 * value, nor, unless it was built with one, powers of two: a byte's value is
 * its place in a blob of all, octet, and power holds the others.
 *
 * SQLite puts a view's expressions in the place of their names, each time they
 * are named, and takes a copy of a whole piece each time a part of it is asked
 * for.  What is to be made once is therefore a column of a union with nothing,
 * which it leaves as it is, and asks only for the rows that are asked for.
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
    "CREATE TABLE IF NOT EXISTS told(night INTEGER, model INTEGER, series "
    "INTEGER NOT NULL,"
    " words INTEGER NOT NULL, steps INTEGER NOT NULL, sum INTEGER NOT NULL,"
    " PRIMARY KEY(night, model)) WITHOUT ROWID;"
    /* key is night, model and which part */
    "CREATE TABLE IF NOT EXISTS part(key INTEGER PRIMARY KEY, bytes BLOB NOT "
    "NULL,"
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

/* A byte of a word, and its 32 bits. */
#define OCTET(word, at) \
    "(instr((SELECT every FROM octet), substr(" word ", " at ", 1)) - 1)"
#define BITS(word)                                             \
    "(((" OCTET(word, "1") " << 8 | " OCTET(word, "2") ") << 8" \
    " | " OCTET(word, "3") ") << 8 | " OCTET(word, "4") ")"

/* What the bits of a number in units of a power of two come to; p is that. */
#define EXPONENT                                      \
    "((" OCTET("w.word", "1") " & 127) << 1"          \
    " | (" OCTET("w.word", "2") " >> 7))"
#define VALUE                                                            \
    "(1 - 2 * (" OCTET("w.word", "1") " >> 7)) * p.value"                \
    " * ((((" OCTET("w.word", "2") " & 127) << 8"                        \
    " | " OCTET("w.word", "3") ") << 8 | " OCTET("w.word", "4") ")"      \
    " + CASE WHEN " EXPONENT " THEN 8388608 ELSE 0 END) AS value"
#define POWER                                         \
    "CROSS JOIN power p ON p.exponent"                \
    " = max(" EXPONENT ", 1) - 150 + w.exponent"
#define ORIGIN                                                             \
    "CASE (SELECT value FROM job WHERE name = 'timestamps')"               \
    " WHEN 'integers' THEN e.origin ELSE datetime(e.origin, 'unixepoch')"  \
    " END AS origin"
#define LEADS                                                   \
    "lead(lead) AS (SELECT 1 UNION ALL SELECT lead + 1 FROM lead" \
    " WHERE lead < (SELECT max(horizon) FROM night))"

/* Of what belongs to an e the word at `at`: a piece's key, and its place there. */
#define PIECE(at)                                                         \
    "(e.night << 41) + (e.model << 31) + CASE WHEN " at " < e.whole * 4080" \
    " THEN (" at ") / 4080"                                               \
    " ELSE e.whole + (" at " - e.whole * 4080) / 504 END"
#define WORD(piece, at)                                                \
    "substr(" piece ".bytes, 1 + 4 * CASE WHEN " at " < e.whole * 4080" \
    " THEN (" at ") % 4080 ELSE (" at " - e.whole * 4080) % 504 END, 4)"

static const char OCTETS[] =
    "CREATE VIEW octet AS SELECT x'"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
    "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    "' AS every;";

/* The blocks of what was told, the first and the last of their series. */
#define LAST "(e.begin + e.block * 6 - 6)"
static const char BLOCKS[] =
    "CREATE VIEW block AS WITH RECURSIVE"
    " n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n"
    " WHERE (n + 1) * 256 < (SELECT max(series) FROM told)),"
    " e AS (SELECT t.night, t.model, m.name, t.steps,"
    " (t.words - 6) / max(t.steps, 1) AS many,"
    " t.series * t.words / 4080 AS whole,"
    " min(256, t.series - n.n * 256) AS block, n.n * 256 * t.words AS begin"
    " FROM told t CROSS JOIN model m ON m.model = t.model"
    " CROSS JOIN n ON n.n * 256 < t.series),"
    " f AS (SELECT e.*, " WORD("a", "e.begin") " AS head,"
    " " WORD("z", LAST) " AS tail FROM e"
    " CROSS JOIN part a ON a.key = " PIECE("e.begin")
    " CROSS JOIN part z ON z.key = " PIECE(LAST) ")"
    " SELECT night, model, name, steps, many, whole, block, begin,"
    " " BITS("head") " AS first, " BITS("tail") " AS last FROM f"
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0;";

/* The heads of their series, and where the words of their numbers begin.  Which
   blocks have a series is said twice: one that is asked for is not looked for
   in all of them. */
#define HEAD(at) "(e.begin + n.place * 6 + " at ")"
#define FIELD(at)                                                         \
    "(SELECT " BITS("word") " FROM (SELECT " WORD("a", HEAD(at)) " AS word" \
    " FROM part a WHERE a.key = " PIECE(HEAD(at)) "))"
static const char HEADS[] =
    "CREATE VIEW head AS WITH RECURSIVE"
    " n(place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM n"
    " WHERE place < 255)"
    " SELECT e.night, e.model, e.name, e.steps, e.many, e.whole, e.block,"
    " e.begin + e.block * 6 + n.place AS at, s.id,"
    " " FIELD("1") " << 32 >> 32 AS exponent,"
    " " FIELD("2") " << 32 | " FIELD("3") " AS origin"
    " FROM block e JOIN n ON n.place < e.block"
    " JOIN series s ON s.series BETWEEN e.first AND e.last"
    " AND s.series = " FIELD("0")
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0;";

#define NUMBER "(e.at + ((l.lead - 1) * e.many + q.place) * e.block)"
static const char SPOKEN[] =
    "CREATE VIEW spoken AS WITH RECURSIVE " LEADS ","
    " h AS (SELECT e.night, e.model, e.name, e.steps, e.many, e.whole,"
    " e.block, e.at, e.id, e.exponent, " ORIGIN " FROM head e"
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0),"
    " w AS (SELECT e.night, e.id, e.name AS model, e.origin, l.lead,"
    " q.name AS quantity, " WORD("v", NUMBER) " AS word, e.exponent FROM h e"
    " CROSS JOIN quantity q ON q.night = e.night"
    " CROSS JOIN lead l ON l.lead <= e.steps"
    " CROSS JOIN part v ON v.key = " PIECE(NUMBER)
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0)"
    " SELECT w.night, w.id, w.model, w.origin, w.lead, w.quantity, " VALUE
    " FROM w " POWER ";";

static const char SAID[] =
    "CREATE VIEW said_before AS WITH RECURSIVE " LEADS ","
    " w AS (SELECT n.night, s.id, m.name AS model, " ORIGIN ", l.lead,"
    " q.name AS quantity,"
    " substr(e.numbers, (q.place * n.horizon + l.lead) * 4 - 3, 4) AS word,"
    " e.exponent"
    " FROM night n CROSS JOIN series s CROSS JOIN model m"
    " CROSS JOIN said e"
    " ON e.key = (n.night << 41) + (s.series << 10) + m.model"
    " CROSS JOIN quantity q ON q.night = n.night"
    " CROSS JOIN lead l ON l.lead <= n.horizon"
    " UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0, 0 WHERE 0)"
    " SELECT w.night, w.id, w.model, w.origin, w.lead, w.quantity, " VALUE
    " FROM w " POWER ";";

/* clang-format on */

static const char DROP[] =
    "DROP VIEW IF EXISTS forecasts; DROP VIEW IF EXISTS said_before;"
    "DROP VIEW IF EXISTS spoken; DROP VIEW IF EXISTS entry;";
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
    static const char *const all[] = {TABLES, TOLD,  VIEWS,  OCTETS,
                                      BLOCKS, HEADS, SPOKEN, FORECASTS};
    int rc = run_all(db, all, sizeof all / sizeof *all);
    if (rc == SQLITE_OK)
        rc = fill_powers(db);
    return rc;
}

int io_store_bring_up(sqlite3 *db, bool sealed)
{
    static const char *const all[] = {DROP,   TOLD,  OCTETS,
                                      BLOCKS, HEADS, SPOKEN};
    static const char *const before[] = {SAID, ALL_FORECASTS};
    bool rows = sqlite3_table_column_metadata(db, "main", "said", "key", NULL,
                                              NULL, NULL, NULL, NULL)
                == SQLITE_OK;
    int rc = run_all(db, all, sizeof all / sizeof *all);
    if (rc == SQLITE_OK && rows)
        rc = run_all(db, before, sizeof before / sizeof *before);
    else if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, FORECASTS, NULL, NULL, NULL);
    if (rc == SQLITE_OK && !sealed)
        rc = sqlite3_exec(db,
                          "INSERT OR IGNORE INTO job VALUES('seals', 'none')",
                          NULL, NULL, NULL);
    return rc;
}
