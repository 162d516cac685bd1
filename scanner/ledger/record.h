/* record.h: one line of the log (audit-log.md section 3), and the bodies that are written into it.
 *
 * {"b":<body>,"n":<index>,"ts":"2026-11-22T09:49:58.896451Z","ty":"<type>","v":1} LF
 * A line is refused unless it is exactly what RFC 8785 writes. No document text, ever: bodies hold
 * classes, rules, places, lengths and keyed tokens. */
#ifndef MSH_LEDGER_RECORD_H
#define MSH_LEDGER_RECORD_H

#include <mishen/finding.h>

#include "base/buf.h"

enum { MSH_RECORD_MAX = 65535, MSH_RECORD_TS = 27, MSH_RECORD_TYPE_MAX = 32 };

typedef struct msh_record {
    msh_view body; /* canonical JSON, an object */
    uint64_t n;
    msh_view ts;   /* 27 bytes */
    msh_view type; /* "item" */
} msh_record;

/* A line without its LF. MSH_E_EVIDENCE when it is not canonical or not of this form. */
MSH_MUST_CHECK msh_err msh_record_read(msh_view line, msh_record *out);
/* Writes the line with its LF. ts: 27 bytes. */
void msh_record_write(msh_buf *out, const char *type, msh_view body, uint64_t n, const char *ts);
/* Whether a type may be written: 1 to 32 of a-z and '.'. */
bool msh_record_type_ok(const char *type);

/* --- bodies; each appends one canonical JSON object ------------------------------------------- */

typedef struct msh_record_run {
    const char *run; /* id of the run */
    uint64_t config; /* index of its config record */
} msh_record_run;

/* item. rel: path relative to the root of scan.begin. A masked path (a rule hit in it) is recorded
 * as path_tok (name_tok: 32 hex digits) and its masked form; one that breaks the path rule as
 * path_b64 and path_shown. Such files cannot be approved. */
void msh_record_item(msh_buf *out, const msh_record_run *run, const msh_item *item, msh_view rel,
                     const msh_finding *findings, size_t n_findings, const char *name_tok);
/* finding; `item` is the number of its item in the run ("item" of its record). */
void msh_record_finding(msh_buf *out, const msh_record_run *run, uint64_t item,
                        const msh_finding *finding);

#endif
