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

#include <mishen/review.h>

enum { MSH_DECISION_FILES = 100, MSH_DECISION_TEXT = 1000 };
#define MSH_NO_RECORD UINT64_MAX

typedef struct msh_decision_file {
    msh_view path; /* relative to the root of what is published */
    uint64_t size;
    uint8_t sha256[32], sm3[32];
    uint64_t record;     /* number of the item record it rests on; MSH_NO_RECORD = none */
    msh_verdict verdict; /* as the scan had it; REVIEW and worse: see covered, reason */
    bool covered;        /* a person's statement stands for what was not inspected */
} msh_decision_file;

/* A list that is too long for a note: where it stands by its hashes. */
typedef struct msh_decision_list {
    uint64_t files, size;
    uint8_t sha256[32], sm3[32];
} msh_decision_list;

typedef struct msh_decision {
    const char *act;
    const char *release;  /* id; NULL: of no release (waive, state, adopt) */
    const char *reviewer; /* name */
    const char *role;     /* NULL = "approver" */
    const char *policy;   /* may be NULL */
    const char *log;      /* origin */
    const char *ts;
    const char *not_after;         /* may be NULL */
    bool has_prev;                 /* a step of a release that was submitted */
    uint64_t prev;                 /* record of the decision before it */
    const msh_decision_list *list; /* in place of files; may be NULL */
    const msh_decision_file *files;
    size_t n_files;
#define MSH_REVIEW_TEXT(where, member, key, zh, en) const char *member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
} msh_decision;

/* The signed note, appended. MSH_E_REFUSED when a file may not be approved. */
MSH_MUST_CHECK msh_err msh_decision_write(msh_buf *out, const msh_decision *d,
                                          const msh_reviewer *reviewer, msh_error *why);

/* What a note says after both its signatures were checked with the keys of the reviewer it names.
 * log_keys, revoked (may be NULL): tables whose keys are public keys that may not sign decisions.
 * Views live in the arena. MSH_E_EVIDENCE when anything is not exactly as it should be. */
typedef struct msh_decision_read_out {
    msh_act kind;
    msh_view act, release, reviewer, role, not_after, ts;
    bool has_prev;
    uint64_t prev;
    bool has_list;
    msh_decision_list list;
    uint8_t pub[MSH_REVIEWER_KEYS][MSH_KEY_PUBLIC_MAX]; /* of the keys that signed */
    msh_decision_file *files; /* record from scans; verdict and covered are not read */
    size_t n_files;
#define MSH_REVIEW_TEXT(where, member, key, zh, en) msh_view member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
} msh_decision_read_out;
MSH_MUST_CHECK msh_err msh_decision_read(msh_arena *a, msh_view note, const char *state,
                                         const msh_table *log_keys, const msh_table *revoked,
                                         msh_decision_read_out *out, msh_error *why);
/* The two public keys of *d as views. */
void msh_decision_keys(const msh_decision_read_out *d, msh_view out[MSH_REVIEWER_KEYS]);

#endif
