/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/container.h"

#include <string.h>
#include <strings.h>

/* Files that are no text, by the bytes at a place. */
static const struct container {
    const char *bytes;
    size_t n, at;
    const char *also; /* somewhere in the first bytes, or NULL */
    const char *what, *todo;
} containers[] = {
    {"PK\3\4", 4, 0, "[Content_Types].xml", "an Excel workbook (.xlsx)",
     "save the sheet as CSV, or convert it: ssconvert FILE out.csv"},
    {"PK\3\4", 4, 0, "xl/", "an Excel workbook (.xlsx)",
     "save the sheet as CSV, or convert it: ssconvert FILE out.csv"},
    {"PK\3\4", 4, 0, "opendocument", "a spreadsheet (.ods)",
     "save the sheet as CSV, or convert it: ssconvert FILE out.csv"},
    {"PK\3\4", 4, 0, NULL, "a ZIP archive",
     "unpack it: unzip -p FILE | nightcast ... -"},
    {"PAR1", 4, 0, NULL, "a Parquet file",
     "convert it: duckdb -c \"copy (from 'FILE') to '/dev/stdout' (format csv, "
     "header)\" | nightcast ... -"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0, NULL, "an old Excel file (.xls)",
     "save the sheet as CSV, or convert it: ssconvert FILE out.csv"},
    {"\x28\xb5\x2f\xfd", 4, 0, NULL, "compressed with zstd",
     "unpack it: zstd -dc FILE | nightcast ... -"},
    {"BZh", 3, 0, NULL, "compressed with bzip2",
     "unpack it: bzip2 -dc FILE | nightcast ... -"},
    {"\xfd"
     "7zXZ",
     5, 0, NULL, "compressed with xz",
     "unpack it: xz -dc FILE | nightcast ... -"},
    {"7z\xbc\xaf\x27\x1c", 6, 0, NULL, "a 7-Zip archive",
     "unpack it: 7z x -so FILE | nightcast ... -"},
    {"ARROW1", 6, 0, NULL, "an Arrow (Feather) file", "write it as CSV"},
    {"ORC", 3, 0, NULL, "an ORC file", "write it as CSV"},
    {"SQLite format 3", 15, 0, NULL, "an SQLite database",
     "query it: sqlite3 -csv -header FILE 'select ...' | nightcast ... -"},
    {"%PDF", 4, 0, NULL, "a PDF document", "a CSV file is needed"},
    {"ustar", 5, 257, NULL, "a tar archive", "unpack it: tar -xf FILE"},
};

static bool contains(const unsigned char *head, size_t n, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(head + i, text, length) == 0)
            return true;
    return false;
}

static const struct container *find(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        const struct container *c = &containers[i];
        if (n >= c->at + c->n && memcmp(head + c->at, c->bytes, c->n) == 0
            && (c->also == NULL || contains(head, n, c->also)))
            return c;
    }
    return NULL;
}

/* Byte order marks; UTF-8's is left to who reads the header. */
static const char *marked_encoding(const unsigned char *head, size_t n)
{
    if (n >= 4 && memcmp(head, "\xff\xfe\0\0", 4) == 0)
        return "UTF-32";
    if (n >= 2
        && (memcmp(head, "\xff\xfe", 2) == 0
            || memcmp(head, "\xfe\xff", 2) == 0))
        return "UTF-16";
    return NULL;
}

static bool is_utf8_name(const char *encoding)
{
    return strcasecmp(encoding, "UTF-8") == 0
           || strcasecmp(encoding, "UTF8") == 0;
}

enum fc_status io_container_open(struct io_source *source, const char *encoding,
                                 struct fc_error *err)
{
    const unsigned char *head;
    size_t n;
    enum fc_status status = io_source_head(source, &head, &n, err);
    if (status != FC_OK)
        return status;
    const struct container *c = find(head, n);
    if (c != NULL)
        return fc_fail(err, FC_EDATA, "%s: is %s, not CSV: %s", source->name,
                       c->what, c->todo);
    if (encoding == NULL)
        encoding = marked_encoding(head, n);
    if (encoding == NULL || is_utf8_name(encoding))
        return FC_OK;
    return io_source_decode(source, encoding, err);
}
