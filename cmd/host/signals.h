/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_SIGNALS_H
#define NIGHTCAST_CMD_HOST_SIGNALS_H

/*
 * SIGINT, SIGTERM and SIGHUP end the program at once, with exit status 1 and
 * a message (if standard error takes it without waiting), after the temporary
 * files of all open outputs are removed; these go, too, when a library ends the
 * program.  From when output files are being renamed signals come too late: the
 * program goes on and ends as it would have.  A closed pipe and a file grown
 * too large are errors of the write.
 */
void cmd_signals_set_up(void);

/*
 * The exit status of this run, whose output files are in place: a signal ends
 * it with that from now on, so that nobody who does not read its last messages
 * can hold it up.
 */
void cmd_signals_end_with(int status);

#endif
