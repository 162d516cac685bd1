/* buffer.h: bytes in memory, scanned without state and without log: for programs that hold a
 * document (an upload, an article of a CMS) and want to know what is in it.
 *
 * A verdict from here is advice while somebody writes. It is no record: what is published is
 * scanned, logged and approved by msh_scan and msh_approve. */
#ifndef MISHEN_BUFFER_H
#define MISHEN_BUFFER_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Compiled rules and locked processes that wait for work. Not for use by two threads at once. */
typedef struct msh_desk msh_desk;

/* Rules as options say; of options also limits, jobs, lang, medium, no_sandbox, inproc, no_ocr,
 * libexec and data count. Forks: call it before threads are started, and before secrets are read
 * (the locked processes are copies of this one). Errors: MSH_E_RULES, MSH_E_SANDBOX, MSH_E_MEMORY.
 * A program whose first desk is open may open others. */
MSH_MUST_CHECK msh_err msh_desk_open(const msh_options *options, msh_desk **out, msh_error *why);
void msh_desk_close(msh_desk *d);

/* What is said of one buffer, in this order: outcomes (what was not, or not wholly, read), then
 * findings. Either may be NULL. What they are given lives as long as the call. */
typedef struct msh_desk_events {
    void *ctx;
    void (*outcome)(void *ctx, const msh_outcome_note *note);
    void (*finding)(void *ctx, const msh_finding *finding);
} msh_desk_events;

/* name: as a file would be called ("通知.docx"); rules for names look at it. *out: the item with
 * its verdict, format and digests; its views live until the next call. events and out may be NULL.
 * A buffer longer than the limit `size` is an item with that outcome, no error. fp and tok of
 * findings are comparable within one desk only. Errors: MSH_E_MEMORY, MSH_E_CHILD: no verdict. */
MSH_MUST_CHECK msh_err msh_desk_scan(msh_desk *d, const char *name, msh_view bytes,
                                     const msh_desk_events *events, msh_item *out, msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
