/* verify_inner.h: the verifier's insides, shared by verify*.c alone. */
#ifndef MSH_LEDGER_VERIFY_INNER_H
#define MSH_LEDGER_VERIFY_INNER_H

#include "ledger/guard.h"
#include "ledger/store.h"
#include "ledger/tree.h"
#include "ledger/verify.h"

/* The time of one pair of keys: it signs records from `first` on. */
typedef struct msh_epoch {
    uint64_t first;
    msh_note_key keys[MSH_PROFILES];
} msh_epoch;

/* A key.recover record: at which size, and the newest head it says was lost (size 0 = none). */
enum { MSH_RECOVERIES = 64 };
typedef struct msh_recovered {
    uint64_t at;
    msh_checkpoint seen;
} msh_recovered;

typedef struct msh_verifier {
    const char *dir;
    const msh_verify_options *options;
    msh_lang lang;
    msh_log_verdict *out;
    unsigned profiles; /* bit p: there is a public key for profile p */
    msh_checkpoints cps[MSH_PROFILES];
    size_t next[MSH_PROFILES];
    msh_epoch *epochs;
    size_t n_epochs, cap_epochs;
    bool begin_due; /* the record before was key.next */
    msh_guard guard;
    msh_recovered recoveries[MSH_RECOVERIES];
    size_t n_recoveries;
    uint64_t n; /* lines that were taken */
    msh_tree trees[MSH_PROFILES];
    msh_hasher hashers[MSH_PROFILES];
    msh_lines lines;
    msh_buf latest; /* LOG/checkpoint */
    bool has_latest;
    char last_ts[MSH_UTC_SIZE];
    msh_verify_record record;
    void *ctx;
    bool judged; /* *out has a verdict */
    msh_error *why;
} msh_verifier;

static inline bool msh_verify_has(const msh_verifier *v, size_t p)
{
    return v->profiles >> p & 1;
}

/* The verdict: the first bad place counts, and where places are equal the first call. Always
 * MSH_OK, so that it can end a function. */
msh_err msh_verify_judge(msh_verifier *v, int exit_code, uint64_t bad, const char *format, ...)
    MSH_PRINTF(4, 5);
const char *msh_verify_tr(const msh_verifier *v, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
/* A file that could not be read: 2, or 1 when it is there but malformed. */
MSH_MUST_CHECK msh_err msh_verify_unreadable(msh_verifier *v, msh_err err, const msh_error *inner);

/* --- verify_keys.c ---------------------------------------------------------------------------- */

/* The first epoch's keys from LOG/log.pub.pem, or those pinned by the options. */
MSH_MUST_CHECK msh_err msh_verify_load_keys(msh_verifier *v);
/* What record n says of keys: log.open, key.next, key.begin, key.guard, key.recover. */
MSH_MUST_CHECK msh_err msh_verify_key_record(msh_verifier *v, const msh_record *r);
/* All signatures, and rule (c). */
MSH_MUST_CHECK msh_err msh_verify_signatures(msh_verifier *v);
/* The key that signs size s. */
const msh_note_key *msh_verify_key_at(const msh_verifier *v, size_t p, uint64_t size);

/* --- verify_recover.c ------------------------------------------------------------------------- */

MSH_MUST_CHECK msh_err msh_verify_guard(msh_verifier *v, uint64_t n, const msh_json *body);
/* Judges the record; the caller takes its keys. */
MSH_MUST_CHECK msh_err msh_verify_recover(msh_verifier *v, uint64_t n, const msh_json *body,
                                          msh_arena *a);
/* Whether what an anchor saw is among the records that a recovery says were lost. */
bool msh_verify_explained(const msh_verifier *v, const msh_checkpoint *cp);

/* --- verify_anchor.c -------------------------------------------------------------------------- */

/* Compares the log with what trusted others saw of it; after all else was found good. */
MSH_MUST_CHECK msh_err msh_verify_anchors(msh_verifier *v);

/* --- verify_lines.c --------------------------------------------------------------------------- */

MSH_MUST_CHECK msh_err msh_verify_lines(msh_verifier *v, msh_lines_status *status);

#endif
