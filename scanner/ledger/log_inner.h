/* log_inner.h: the writer's insides, shared by log*.c and recover.c alone. */
#ifndef MSH_LEDGER_LOG_INNER_H
#define MSH_LEDGER_LOG_INNER_H

#include "base/clock.h"
#include "base/cursor.h"
#include "ledger/log.h"
#include "ledger/store.h"
#include "ledger/tiles.h"
#include "ledger/tree.h"

/* A group is committed in pieces of at most this many records; recovery adopts no more than one
 * piece, so that a log whose checkpoints were taken away is not signed anew. */
enum { MSH_GROUP_MAX = 4096, MSH_MONTH = 7, MSH_BODY_MAX = 64 << 10 };
/* A key signs at most this long (audit-log.md section 5). */
enum { MSH_EPOCH_RECORDS = 10000, MSH_EPOCH_SECONDS = 900 };

/* Where the log stands; written to LOG/state as a cache. */
typedef struct msh_log_state {
    uint64_t seg_first, seg_bytes, cp_bytes[MSH_PROFILES];
    uint64_t epoch_first; /* first record of the key in use */
    int64_t epoch_us;     /* when it came into use */
    uint8_t closed;       /* the last record is key.next: the next key must come into use */
    uint8_t begin_due;    /* the next record must be key.begin */
    uint8_t key_ids[MSH_PROFILES][4];
    char month[MSH_MONTH + 1];  /* "2026-11" of the open segment's first record, "" = none */
    char last_ts[MSH_UTC_SIZE]; /* of the last record, "" = unknown */
    msh_tree trees[MSH_PROFILES];
} msh_log_state;

struct msh_log {
    char dir[MSH_LOG_PATH];
    char origin[MSH_LOG_ORIGIN + 1];
    char boot[40];
    unsigned profiles; /* bit p: profile p is written */
    msh_note_key keys[MSH_PROFILES];
    msh_hasher hashers[MSH_PROFILES];
    msh_tiles tiles[MSH_PROFILES];
    int lock_fd, seg_fd, cp_fd[MSH_PROFILES];
    msh_log_state state;
    uint8_t state_digest[32]; /* of the state file that `state` agrees with */
    msh_buf group;            /* u32 length, type, u32 length, body, … */
    size_t pending;
    msh_buf out, note; /* lines of a piece; a note */
    msh_buf latest;    /* what LOG/checkpoint should hold; empty = it does */
    uint64_t shown_ns; /* when LOG/checkpoint was last written */
    bool alone;        /* the next record stands before all that a commit would put before it */
    bool dead;         /* something failed: only close is allowed */
};

static inline bool msh_log_has(const msh_log *l, size_t p)
{
    return l->profiles >> p & 1;
}

/* --- log_first.c: first use ------------------------------------------------------------------- */

/* Folders, boot id; refuses a network disk. */
MSH_MUST_CHECK msh_err msh_log_prepare(msh_log *l, msh_error *why);
/* Under the lock: origin, profile, hashers, tiles and, unless they are lost, keys; makes what is
 * missing at first use. */
MSH_MUST_CHECK msh_err msh_log_load(msh_log *l, const char *origin, bool keys, msh_error *why);
MSH_MUST_CHECK msh_err msh_log_load_keys(msh_log *l, msh_error *why);

/* --- log_state.c: the cache ------------------------------------------------------------------- */

/* Writes LOG/state (no sync) and remembers its digest. */
MSH_MUST_CHECK msh_err msh_log_state_save(msh_log *l, msh_error *why);
/* Whether LOG/state, the open files and l->state agree; loads LOG/state (and the keys) when another
 * process wrote it. false: recover. */
bool msh_log_state_current(msh_log *l);
/* Opens (again) the files that l->state names. */
MSH_MUST_CHECK msh_err msh_log_open_files(msh_log *l, msh_error *why);
void msh_log_close_files(msh_log *l);

/* --- recover.c -------------------------------------------------------------------------------- */

typedef struct msh_recovery {
    uint64_t adopted;     /* lines without a checkpoint that were kept */
    uint64_t torn;        /* bytes cut from the lines */
    uint64_t cut_bytes;   /* bytes cut from the checkpoint files */
    uint64_t from;        /* first record that was read */
    char quarantine[100]; /* name of the file that keeps the torn bytes, or "" */
    uint8_t torn_sha256[32];
    bool unsigned_end[MSH_PROFILES]; /* this tree's last checkpoint is behind the lines */
} msh_recovery;

/* Under the lock: reads what the tiles do not vouch for, cuts what is torn, fills l->state and
 * opens the files. MSH_E_EVIDENCE_LOST when lines are missing, MSH_E_EVIDENCE when they are not
 * those signed. */
MSH_MUST_CHECK msh_err msh_log_recover(msh_log *l, msh_recovery *out, msh_error *why);

/* --- log_piece.c: writing --------------------------------------------------------------------- */

/* Steps of section 8 for at most MSH_GROUP_MAX records of the group; *first: index of the first. On
 * an error the files may be ahead of l->state. */
MSH_MUST_CHECK msh_err msh_log_write_piece(msh_log *l, msh_cursor *group, uint64_t *first,
                                           msh_error *why);
/* Signs the tree of profile p as it stands, appended to the checkpoints; no sync. */
MSH_MUST_CHECK msh_err msh_log_sign(msh_log *l, size_t p, const msh_tree *t, msh_error *why);
MSH_MUST_CHECK msh_err msh_log_sync_checkpoints(msh_log *l, msh_error *why);
/* LOG/checkpoint takes the latest note now. */
void msh_log_show_latest(msh_log *l);

/* --- log_epoch.c: keys ------------------------------------------------------------------------ */

/* Whether the key has signed long enough; n: records that are about to be added. */
bool msh_log_epoch_due(const msh_log *l, size_t n);
/* key.next, its checkpoint by the old key, and the next key in the old one's place. */
MSH_MUST_CHECK msh_err msh_log_next_key(msh_log *l, msh_error *why);
/* The last record is key.next: signs what is not yet signed (recovery may be NULL: all is), then
 * puts the next key in place. */
MSH_MUST_CHECK msh_err msh_log_switch_key(msh_log *l, const msh_recovery *r, msh_error *why);
/* Public keys of the epoch before, for recovery; *key is NULL when there is none. */
MSH_MUST_CHECK msh_err msh_log_previous_key(const msh_log *l, size_t p, msh_note_key *out,
                                            msh_error *why);

/* "keys/log.pem" → "keys/next.pem" and so on. */
MSH_MUST_CHECK msh_err msh_log_key_path(const msh_log *l, size_t p, const char *stem,
                                        const char *suffix, char out[MSH_LOG_PATH], msh_error *why);
/* Opens a key file to be overwritten after it lost its name; -1 when there is none. */
int msh_log_key_open(const char *path);
/* Its bytes are overwritten as far as a program can do that; closes it. */
void msh_log_key_overwrite(int fd);

/* --- log.c ------------------------------------------------------------------------------------ */

/* Nothing open yet; NULL when memory is short or the name is too long. */
msh_log *msh_log_new(const char *dir);
/* Folders, and the lock is held until the log is closed. */
MSH_MUST_CHECK msh_err msh_log_lock(msh_log *l, msh_error *why);
/* Adds and commits one record; for log.open, log.recover, log.full. Under the lock. */
MSH_MUST_CHECK msh_err msh_log_put_one(msh_log *l, const char *type, msh_view body, msh_error *why);
/* The class of a failed write or sync. */
msh_err msh_log_io_class(int sys_errno);

#endif
