/* decision.h: a decision on a release, a signed note (audit-log.md section 6), and who signs it.
 *
 *   audit-decision/v1 LF {canonical JSON} LF LF — reviewer … (Ed25519) LF — reviewer … (SM2) LF
 *
 * A reviewer's keys are never the log's: a decision signed by the scanner is refused. */
#ifndef MSH_LEDGER_DECISION_H
#define MSH_LEDGER_DECISION_H

#include "base/arena.h"
#include "base/json.h"
#include "base/table.h"
#include "ledger/reviewer.h"

enum { MSH_DECISION_FILES = 100 };

typedef struct msh_decision_file {
    msh_view path; /* relative to the root of what is published */
    uint64_t size;
    uint8_t sha256[32], sm3[32];
    uint64_t record; /* number of the item record it rests on */
    msh_verdict verdict;
} msh_decision_file;

typedef struct msh_decision {
    const char *act;     /* "approve", or "withdraw": takes back what was approved in the release */
    const char *release; /* id */
    const char *reviewer;                                             /* name */
    const char *title, *docno, *category, *channel, *reason, *policy; /* may be NULL */
    const char *log;                                                  /* origin */
    const char *ts;
    const msh_decision_file *files;
    size_t n_files;
} msh_decision;

/* The signed note, appended. MSH_E_REFUSED when a file may not be approved. */
MSH_MUST_CHECK msh_err msh_decision_write(msh_buf *out, const msh_decision *d,
                                          const msh_reviewer *reviewer, msh_error *why);

/* What a note says after both its signatures were checked with the keys of the reviewer it names.
 * log_keys, revoked (may be NULL): tables whose keys are public keys that may not sign decisions.
 * Views live in the arena. MSH_E_EVIDENCE when anything is not exactly as it should be. */
typedef struct msh_decision_read_out {
    msh_view act, release, title, reviewer, not_after, ts;
    uint8_t pub[MSH_REVIEWER_KEYS][MSH_KEY_PUBLIC_MAX]; /* of the keys that signed */
    msh_decision_file *files;                           /* record and verdict are not read */
    size_t n_files;
} msh_decision_read_out;
MSH_MUST_CHECK msh_err msh_decision_read(msh_arena *a, msh_view note, const char *state,
                                         const msh_table *log_keys, const msh_table *revoked,
                                         msh_decision_read_out *out, msh_error *why);

#endif
