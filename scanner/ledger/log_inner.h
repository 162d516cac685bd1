/* log_inner.h: the writer's insides, shared by log.c, log_state.c and recover.c alone. */
#ifndef MSH_LEDGER_LOG_INNER_H
#define MSH_LEDGER_LOG_INNER_H

#include "ledger/log.h"
#include "ledger/store.h"
#include "ledger/tree.h"

/* A group is committed in pieces of at most this many records; recovery adopts no more than one
 * piece, so that a log whose checkpoints were taken away is not signed anew. */
enum { MSH_GROUP_MAX = 4096, MSH_MONTH = 7 };

/* Where the log stands; written to LOG/state as a cache. */
typedef struct msh_log_state {
    uint64_t seg_first, seg_bytes, cp_bytes[MSH_PROFILES];
    char month[MSH_MONTH + 1]; /* "2026-11" of the open segment's first record, "" = none */
    msh_tree trees[MSH_PROFILES];
} msh_log_state;

struct msh_log {
    char dir[MSH_LOG_PATH];
    char origin[MSH_LOG_ORIGIN + 1];
    char boot[40];
    msh_note_key keys[MSH_PROFILES];
    msh_hasher hashers[MSH_PROFILES];
    int lock_fd, seg_fd, cp_fd[MSH_PROFILES];
    msh_log_state state;
    uint8_t state_digest[32]; /* of the state file that `state` agrees with */
    msh_buf group;            /* u32 length, type, u32 length, body, … */
    size_t pending;
    msh_buf out, note; /* lines of a piece; a note */
    bool dead;         /* something failed: only close is allowed */
};

/* --- log_state.c: the cache ------------------------------------------------------------------- */

/* Writes LOG/state (no sync) and remembers its digest. */
MSH_MUST_CHECK msh_err msh_log_state_save(msh_log *l, msh_error *why);
/* Whether LOG/state, the open files and l->state agree; loads LOG/state when another process wrote
 * it. false: recover. */
bool msh_log_state_current(msh_log *l);
/* Opens (again) the files that l->state names. */
MSH_MUST_CHECK msh_err msh_log_open_files(msh_log *l, msh_error *why);
void msh_log_close_files(msh_log *l);

/* --- recover.c -------------------------------------------------------------------------------- */

typedef struct msh_recovery {
    uint64_t adopted;     /* lines without a checkpoint that were kept */
    uint64_t torn;        /* bytes cut from the lines */
    uint64_t cut_bytes;   /* bytes cut from the checkpoint files */
    char quarantine[100]; /* name of the file that keeps the torn bytes, or "" */
    uint8_t torn_sha256[32];
} msh_recovery;

/* Under the lock: reads everything, cuts what is torn, fills l->state and opens the files.
 * MSH_E_EVIDENCE_LOST when lines are missing, MSH_E_EVIDENCE when they are not those signed. */
MSH_MUST_CHECK msh_err msh_log_recover(msh_log *l, msh_recovery *out, msh_error *why);

/* --- log.c ------------------------------------------------------------------------------------ */

/* Adds and commits one record; for log.open, log.recover, log.full. Under the lock. */
MSH_MUST_CHECK msh_err msh_log_put_one(msh_log *l, const char *type, msh_view body, msh_error *why);
/* The class of a failed write or sync. */
msh_err msh_log_io_class(int sys_errno);

#endif
