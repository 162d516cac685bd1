/* approved.h: what the verified log says is approved: an index from (path, size, hashes) to
 * release. */
#ifndef MSH_LEDGER_APPROVED_H
#define MSH_LEDGER_APPROVED_H

#include "ledger/register.h"

#include <mishen/ledger.h>

typedef struct msh_approved msh_approved;
enum { MSH_ADOPTED_PATH = 4096, MSH_ADOPTED_MAX = 1 << 30 };

/* Verifies the log of a state folder wholly and reads its decisions. A state folder without a log
 * has none: *verdict says MSH_VERIFY_UNANCHORED with size 0. When the log or a decision does not
 * verify, *verdict says so and nothing counts as approved. now: a time as in records. */
MSH_MUST_CHECK msh_err msh_approved_load(const char *state, msh_lang lang, const char *now,
                                         msh_approved **out, msh_log_verdict *verdict,
                                         msh_error *why);
void msh_approved_free(msh_approved *a);

/* Whether a record of the log revoked a key of the reviewer. */
bool msh_approved_is_revoked(const msh_approved *a, const msh_reviewer *reviewer);

typedef enum msh_approved_state {
    MSH_APPROVED_YES,
    MSH_APPROVED_CHANGED, /* the path is approved with other bytes */
    MSH_APPROVED_UNKNOWN,
    MSH_APPROVED_ADOPTED,  /* stock that was taken over as it stood: never called approved */
    MSH_APPROVED_WITHDRAWN /* it was approved, and that was taken back */
} msh_approved_state;

/* hashes (32 bytes; NULL = was not taken, but never both) and size of the bytes at hand. *release
 * is set but for UNKNOWN; lives as long as a. */
msh_approved_state msh_approved_find(const msh_approved *a, msh_view path, uint64_t size,
                                     const uint8_t *sha256, const uint8_t *sm3, msh_view *release);

/* Paths that are approved but were not asked for with YES or CHANGED. */
typedef void (*msh_approved_missing)(void *ctx, msh_view path, msh_view release);
void msh_approved_each_missing(const msh_approved *a, msh_approved_missing missing, void *ctx);

/* A file as approved; views live as long as a. */
typedef struct msh_approved_file {
    msh_view path, release;
    msh_view not_after; /* earliest end of its approvals; empty = none */
    uint64_t size;
    uint8_t sha256[32], sm3[32];
    bool adopted; /* not approved: stock, or admitted by msh_approved_admit */
} msh_approved_file;

/* Every path that enough people approved, in any order: its latest bytes; or, with at_hand, the
 * bytes that msh_approved_find was asked for and said YES to. The visitor ends it with false. */
typedef bool (*msh_approved_visit)(void *ctx, const msh_approved_file *f);
void msh_approved_each(const msh_approved *a, bool at_hand, msh_approved_visit each, void *ctx);
/* These very bytes count like stock from here on, in this index alone: a page that a CMS rewrites,
 * scanned just now. */
MSH_MUST_CHECK msh_err msh_approved_admit(msh_approved *a, msh_view path, uint64_t size,
                                          const uint8_t sha256[32], const uint8_t sm3[32]);
/* Lists of stock whose file is gone or is not the one that was signed: nothing of them counts. */
unsigned msh_approved_lists_lost(const msh_approved *a);
/* STATE/adopted/<SHA-256>.list */
MSH_MUST_CHECK msh_err msh_adopted_path(const char *state, const uint8_t sha256[32],
                                        char out[MSH_ADOPTED_PATH], msh_error *why);
/* The bytes that somebody approved in this release, and that were not withdrawn since. */
void msh_approved_each_of(const msh_approved *a, msh_view release, msh_approved_visit each,
                          void *ctx);
/* Whether this person, with these keys, may sign for this path at this time: no key of the log,
 * none that was revoked, and the trust policy, if there is one, allows it. */
bool msh_approved_may_sign(const msh_approved *a, const msh_reviewer *r, msh_view path,
                           const char *ts);
/* Where each release stands; the trust policy in force, NULL = none. Both live as long as a. */
msh_register *msh_approved_register(const msh_approved *a);
const msh_trust *msh_approved_trust(const msh_approved *a);
/* A note as the log would be read with it: signatures, no key of the log, none that was revoked. */
MSH_MUST_CHECK msh_err msh_approved_read(const msh_approved *a, msh_arena *arena, msh_view note,
                                         msh_decision_read_out *out, msh_error *why);
/* Number of the latest decision's record, 0 = none; body of the latest manifest record, or NULL. */
uint64_t msh_approved_last_decision(const msh_approved *a);
const msh_json *msh_approved_last_manifest(const msh_approved *a);

#endif
