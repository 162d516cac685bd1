/* progress.h: how far a run is, on standard error, and the signals that ask for it or stop it.
 *
 * At a terminal a line after one second and then four times a second; SIGUSR1 prints a line any
 * time; SIGINT and SIGTERM ask the run to stop in order (what was done is committed and reported).
 */
#ifndef MSH_SCAN_PROGRESS_H
#define MSH_SCAN_PROGRESS_H

#include <mishen/scan.h>

typedef struct msh_progress msh_progress;

/* Takes over SIGINT, SIGTERM and SIGUSR1 through a descriptor: call it after all processes were
 * started. */
MSH_MUST_CHECK msh_err msh_progress_new(msh_progress_mode mode, msh_lang lang, msh_progress **out);
/* Look at the clock and at signals; *stop is set when the run shall end. */
void msh_progress_tick(msh_progress *p, const msh_run_summary *s, bool *stop);
/* Clears the line; gives the signals back. */
/* Take the line away, before anything else is written to the terminal. */
void msh_progress_clear(msh_progress *p);
void msh_progress_free(msh_progress *p);

#endif
