/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_OPTIONS_H
#define NIGHTCAST_CMD_OPTIONS_OPTIONS_H

#include "cmd/options/tokens.h"
#include "cmd/talk/progress.h"
#include "cmd/talk/talk.h"
#include "forecast/model.h"
#include "io/panel/load.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The options of all subcommands: one table, from which come the parser, the
 * range checks, the defaults and --help.
 */

#define NIGHTCAST_VERSION "0.1.0"

/* Which subcommands an option belongs to. */
enum cmd_set {
    CMD_FORECAST = 1,
    CMD_INSPECT = 2,
    CMD_BENCH = 4,
    CMD_MODELS = 8,
    CMD_BACKTEST = 16,
    CMD_SCORE = 32,
    CMD_SIMULATE = 64,
    CMD_MERGE = 128,
    CMD_LEARN = 256,
    CMD_PLOT = 512,
    CMD_REPORT = 1024,
    CMD_HISTORY = 2048,
    /* several of them */
    CMD_BOUNDS = CMD_FORECAST | CMD_BENCH | CMD_BACKTEST, /* have intervals */
    CMD_RUNS = CMD_BOUNDS | CMD_SIMULATE,
    CMD_FITS = CMD_RUNS | CMD_LEARN,
    CMD_PARTS = CMD_FORECAST | CMD_BACKTEST | CMD_SIMULATE | CMD_LEARN
                | CMD_INSPECT,         /* read a file in several parts */
    CMD_SHOWS = CMD_PLOT | CMD_REPORT, /* forecasts that are there already */
    CMD_READS = CMD_FITS | CMD_INSPECT | CMD_SCORE | CMD_SHOWS
};

struct cmd_command {
    const char *name;
    enum cmd_set set;
    const char *usage;   /* what follows the name */
    const char *summary; /* one line */
    const char *example; /* a command line that works on data/ */
    int (*run)(int argc, char **argv);
};

/* How many series may fail. */
struct cmd_max_failed {
    double most; /* series, or percent of them; infinity: any number */
    bool percent;
};

/* All files of a run --by-file, of which it reads some. */
struct cmd_all_files {
    size_t n;
    uint64_t names, paths; /* checksums of what they are called, in their order,
                              without their folders and with them */
};

/* What lines of history are about. */
enum cmd_by { CMD_BY_NIGHT, CMD_BY_LEAD, CMD_BY_SERIES };

/* Rows of the table, and joined lists. */
enum { CMD_GIVEN_MOST = 128, CMD_LISTS_MOST = 64 };

struct cmd_options {
    enum cmd_set set;            /* the subcommand's */
    bool given[CMD_GIVEN_MOST];  /* of the table's rows: not by default */
    char *lists[CMD_LISTS_MOST]; /* that were given in several parts */
    size_t nlists;
    char **inputs; /* merge, history: any number of them, in argv, or with
                      `from` in names */
    size_t ninputs;
    bool by_file;  /* each has series of its own; a run with a shard then
                      reads some of them, which are `inputs' once checked */
    int64_t parts; /* learn: so many of them; 0 = all */
    struct cmd_all_files files;
    const char *from;    /* merge: a list of more inputs */
    bool missing;        /* merge: print what is */
    const char *input;   /* score, report, plot: the forecasts */
    const char *actuals; /* score, report */
    const char *train;   /* score, report, plot */
    const char *shown;   /* plot: a series; report: several */
    const char *output;
    const char *summary;
    const char *models; /* as given; specs is what it means */
    struct fc_spec *specs;
    char **spec_names; /* as the user wrote them */
    size_t nspecs;
    const char *fallback_text;
    struct fc_spec fallback;
    bool has_fallback;
    int64_t horizon;
    const char *season_text;
    struct fc_seasons seasons;
    bool has_seasons; /* false: from the timestamps */
    const char *levels_text;
    double *levels; /* ascending */
    int nlevels;
    int64_t jobs; /* 0 = all */
    const char *id, *time, *value;
    const char *time_format, *na, *encoding;
    const char *ignore; /* periods: see io/time/period.h */
    int decimal; /* the place among its choices */
    const char *freq_text;
    struct io_freq freq;
    bool has_freq;
    int64_t stale; /* steps; see cmd_option_given() */
    bool wide;
    /* the enums of their modules */
    int gaps, align, duplicates, progress, log_format, missing_regressors;
    bool non_negative;
    int64_t seed;
    int64_t origins;
    int64_t stride; /* 0 = the horizon */
    int64_t paths;
    int64_t lead_time; /* 0 = none */
    const char *quantiles_text;
    double *quantiles; /* ascending, percent */
    int nquantiles;
    bool whole, csv;
    int64_t settings[FC_SETTINGS_SIZE]; /* of models; -1 = their own */
    const char *lock;
    int64_t lock_wait; /* seconds */
    const char *max_failed_text;
    struct cmd_max_failed max_failed;
    const char *metrics, *rejects;
    const char *trace;  /* forecast: made; report: read */
    const char *scores; /* report */
    const char *report; /* forecast */
    const char *steps;  /* backtest */
    const char *shard_text;
    struct io_shard shard; /* count 0: not asked for */
    char **names;          /* of files, made from what was given */
    size_t nnames, names_room;
    const char *learned;
    const char *regressors; /* see io/known/terms.h */
    const char *unknown;    /* of their columns, those not known in advance */
    const char *future;     /* their file, or NULL */
    const char *what_if;    /* see io/known/change.h; or NULL */
    const char *events, *events_as; /* see io/known/events.h */
    const char *effects;    /* forecast */
    const char *components; /* forecast; report, which reads it */
    const char *store;
    int64_t keep, relearn, refit; /* nights */
    const char *deadline_text;
    double deadline; /* by cmd_now(); 0: none */
    int by;          /* enum cmd_by */
    int64_t worst;
    bool changes;
    bool partial_ok, quiet, verbose, help, version;
};

/*
 * Reads the arguments of a subcommand (argv[0] is its name).  Returns -1 to
 * go on, or an exit status: after --help, which was printed, or after a usage
 * error, which was reported.
 */
int cmd_options_parse(const struct cmd_command *command, int argc, char **argv,
                      struct cmd_options *options);

void cmd_options_release(struct cmd_options *options);

/*
 * " key=value" of every option of a subcommand that has a say in what is
 * written, as it is in force.
 */
void cmd_options_tokens(const struct cmd_command *command,
                        const struct cmd_options *options,
                        struct cmd_tokens *tokens);

/* "5" or "2.5%"; NULL is no limit.  False when it is neither. */
bool cmd_max_failed_parse(const char *text, struct cmd_max_failed *limit);
bool cmd_too_many_failed(const struct cmd_max_failed *limit, size_t failed,
                         size_t n);

/* Whether the user gave the option, rather than the default. */
bool cmd_option_given(const struct cmd_options *options, const char *name);
/* Takes over a name that was allocated; false, and free, when memory is short.
 */
bool cmd_options_keep(struct cmd_options *options, char *name);

/* Whether one of the inputs is standard input. */
bool cmd_reads_stdin(const struct cmd_options *options);

/* Whether series have regressors, events among them. */
bool cmd_has_known(const struct cmd_options *options);

/* The exit status of a run that wrote something: good or only partly so. */
int cmd_verdict(const struct cmd_options *options, bool good);

/* --help of a subcommand. */
void cmd_options_help(const struct cmd_command *command);

/* How the options ask for an input to be read. */
struct io_panel_options cmd_panel_options(const struct cmd_options *options);

#endif
