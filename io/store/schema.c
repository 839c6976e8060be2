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
    " learnt INTEGER NOT NULL);"
    /* what the numbers of a night's forecasts are, in their order */
    "CREATE TABLE quantity(night INTEGER, place INTEGER, name TEXT NOT NULL,"
    " PRIMARY KEY(night, place)) WITHOUT ROWID;"
    "CREATE TABLE model(model INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE series(series INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE, night INTEGER NOT NULL, first INTEGER,"
    " last INTEGER, n INTEGER, whole INTEGER, recent INTEGER,"
    " why INTEGER NOT NULL DEFAULT 0);"
    /* kept to be scored; key is night, series and model */
    "CREATE TABLE said(key INTEGER PRIMARY KEY, origin INTEGER NOT NULL,"
    " scale REAL, exponent INTEGER NOT NULL, numbers BLOB NOT NULL,"
    " crc INTEGER NOT NULL);"
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
    "CREATE TABLE learnt(model INTEGER PRIMARY KEY,"
    " came_from INTEGER NOT NULL, night INTEGER NOT NULL,"
    " origin INTEGER NOT NULL, numbers BLOB NOT NULL, crc INTEGER NOT NULL);"
    "CREATE TABLE power(exponent INTEGER PRIMARY KEY, value REAL NOT NULL);";

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
    " n.late, n.failed, n.reused, n.corrected, n.drifting, n.learnt,"
    " (SELECT sum(n) FROM score s WHERE s.night = n.night) AS scored,"
    " (SELECT sum(size) / sum(n) FROM score s WHERE s.night = n.night)"
    " AS mase,"
    " (SELECT sum(error) / sum(n) FROM score s WHERE s.night = n.night)"
    " AS bias FROM night n;"
    "CREATE VIEW forecasts AS WITH RECURSIVE lead(lead) AS (SELECT 1"
    " UNION ALL SELECT lead + 1 FROM lead WHERE lead <"
    " (SELECT max(horizon) FROM night)),"
    " digit(night, series, model, origin, exponent, lead, quantity, hex) AS"
    " (SELECT n.night, s.key >> 10 & 2147483647, s.key & 1023, s.origin,"
    " s.exponent, l.lead, q.name,"
    " hex(substr(s.numbers, (q.place * n.horizon + l.lead) * 4 - 3, 4))"
    " FROM night n JOIN said s ON s.key >= n.night << 41"
    " AND s.key < (n.night + 1) << 41"
    " JOIN quantity q ON q.night = n.night"
    " JOIN lead l ON l.lead <= n.horizon),"
    " word AS (SELECT *,"
    " (instr('0123456789ABCDEF', substr(hex, 1, 1)) - 1 << 28)"
    " | (instr('0123456789ABCDEF', substr(hex, 2, 1)) - 1 << 24)"
    " | (instr('0123456789ABCDEF', substr(hex, 3, 1)) - 1 << 20)"
    " | (instr('0123456789ABCDEF', substr(hex, 4, 1)) - 1 << 16)"
    " | (instr('0123456789ABCDEF', substr(hex, 5, 1)) - 1 << 12)"
    " | (instr('0123456789ABCDEF', substr(hex, 6, 1)) - 1 << 8)"
    " | (instr('0123456789ABCDEF', substr(hex, 7, 1)) - 1 << 4)"
    " | (instr('0123456789ABCDEF', substr(hex, 8, 1)) - 1) AS bits FROM digit)"
    " SELECT w.night, s.id, m.name AS model,"
    " CASE (SELECT value FROM job WHERE name = 'timestamps')"
    " WHEN 'integers' THEN w.origin ELSE datetime(w.origin, 'unixepoch') END"
    " AS origin, w.lead, w.quantity,"
    " (1 - 2 * (w.bits >> 31)) * p.value * ((w.bits & 8388607)"
    " + CASE WHEN w.bits >> 23 & 255 THEN 8388608 ELSE 0 END) AS value"
    " FROM word w JOIN series s ON s.series = w.series"
    " JOIN model m ON m.model = w.model"
    " JOIN power p ON p.exponent"
    " = max(w.bits >> 23 & 255, 1) - 150 + w.exponent;";

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

int io_store_create(sqlite3 *db)
{
    int rc = sqlite3_exec(db, TABLES, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, VIEWS, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = fill_powers(db);
    return rc;
}
